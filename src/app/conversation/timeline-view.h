/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "workspace/chat/conversation.h"

G_BEGIN_DECLS

#define ATRIUM_TYPE_TIMELINE_VIEW (atrium_timeline_view_get_type ())
G_DECLARE_FINAL_TYPE (AtriumTimelineView, atrium_timeline_view, ATRIUM, TIMELINE_VIEW, GtkWidget)

/* The messages of a conversation. Loads more at both ends while one scrolls, keeps its place, follows the
 * newest message only when one was looking at the end.
 *
 * Signals: "reply" (AtriumMessage *), "edit" (AtriumMessage *), "forward" (AtriumMessage *): what the composer
 * or a dialog has to do. */

/* Shows @conversation at @message_id, or at the first unread message when it is 0. */
void           atrium_timeline_view_set_conversation (AtriumTimelineView *self,
                                                      AtriumConversation *conversation,
                                                      gint64              message_id);
void           atrium_timeline_view_show_message     (AtriumTimelineView *self,
                                                      gint64              message_id);
void           atrium_timeline_view_show_newest      (AtriumTimelineView *self);
void           atrium_timeline_view_set_narrow       (AtriumTimelineView *self,
                                                      gboolean            narrow);
/* Whether the newest message is in sight. */
gboolean       atrium_timeline_view_get_at_end       (AtriumTimelineView *self);
/* The newest own message that can be edited; (nullable) (transfer full) */
AtriumMessage *atrium_timeline_view_dup_last_own     (AtriumTimelineView *self);
void           atrium_timeline_view_focus            (AtriumTimelineView *self);
/* For benchmarks: scrolls by @pixels. */
void           atrium_timeline_view_scroll_by        (AtriumTimelineView *self,
                                                      double              pixels);

G_END_DECLS
