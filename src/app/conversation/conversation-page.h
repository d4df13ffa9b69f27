/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "workspace/workspace.h"

G_BEGIN_DECLS

#define ATRIUM_TYPE_CONVERSATION_PAGE (atrium_conversation_page_get_type ())
G_DECLARE_FINAL_TYPE (AtriumConversationPage, atrium_conversation_page, ATRIUM, CONVERSATION_PAGE, GtkWidget)

/* The content pane of Chats: header, timeline, composer.
 *
 * Signals: "forward" (AtriumMessage *); "reading" (): whether the newest message is in sight has changed. */

/* @settings: (nullable) */
void                atrium_conversation_page_set_workspace    (AtriumConversationPage *self,
                                                               AtriumWorkspace        *workspace,
                                                               GSettings              *settings);
/* @message_id: what to show, 0: the first unread message */
void                atrium_conversation_page_set_conversation (AtriumConversationPage *self,
                                                               AtriumConversation     *conversation,
                                                               gint64                  message_id);
AtriumConversation *atrium_conversation_page_get_conversation (AtriumConversationPage *self);
/* Whether the newest message is in sight. */
gboolean            atrium_conversation_page_get_reading      (AtriumConversationPage *self);
/* One pane at a time: a back button, smaller faces. */
void                atrium_conversation_page_set_narrow       (AtriumConversationPage *self,
                                                               gboolean                narrow);
/* Whether this pane carries the window's buttons. */
void                atrium_conversation_page_set_last         (AtriumConversationPage *self,
                                                               gboolean                last);
void                atrium_conversation_page_search           (AtriumConversationPage *self);
void                atrium_conversation_page_focus_composer   (AtriumConversationPage *self);
void                atrium_conversation_page_focus_timeline   (AtriumConversationPage *self);

G_END_DECLS
