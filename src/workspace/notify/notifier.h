/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "workspace/workspace-private.h"

G_BEGIN_DECLS

/**
 * AtriumNotifier:
 *
 * Decides what of the news the user is told: nothing of muted chats, of what is on the screen, of what was told before; in
 * rooms what the conversation's setting says. A sender gets at most 5 notifications in 10 s; what is more is counted and
 * told as “and N more” when the time is over (threat C4).
 */
#define ATRIUM_TYPE_NOTIFIER (atrium_notifier_get_type ())
G_DECLARE_FINAL_TYPE (AtriumNotifier, atrium_notifier, ATRIUM, NOTIFIER, GObject)

AtriumNotifier *atrium_notifier_new           (AtriumWorkspace *workspace) G_GNUC_WARN_UNUSED_RESULT;
void            atrium_notifier_detach        (AtriumNotifier  *self);
void            atrium_notifier_note_messages (AtriumNotifier  *self,
                                               GPtrArray       *news);          /* (element-type AtriumNews) */
void            atrium_notifier_note_reads    (AtriumNotifier  *self,
                                               GArray          *conversations); /* gint64 */
/* Tells what is held back now instead of when the time is over. */
void            atrium_notifier_flush         (AtriumNotifier  *self);
/* Read here. */
void            atrium_notifier_withdraw      (AtriumNotifier  *self,
                                               const char      *conversation);

G_END_DECLS
