/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "workspace/workspace.h"

G_BEGIN_DECLS

#define ATRIUM_TYPE_WINDOW (atrium_window_get_type ())
G_DECLARE_FINAL_TYPE (AtriumWindow, atrium_window, ATRIUM, WINDOW, AdwApplicationWindow)

/* The main window: rail, list, content and side panel, or the first run. It holds pages and no feature. */
GtkWidget *atrium_window_new               (GtkApplication     *application,
                                            AtriumWorkspace    *workspace,
                                            GSettings          *settings);

/**
 * atrium_window_open_conversation:
 * @message_id: row of the message to show; 0: the first unread one
 */
void       atrium_window_open_conversation (AtriumWindow       *self,
                                            AtriumConversation *conversation,
                                            gint64              message_id);
/* Puts the cursor into the composer of the open conversation. */
void       atrium_window_focus_composer    (AtriumWindow       *self);
/* Offers what a link of somebody asks for; nothing is done without a press of a button. */
void       atrium_window_offer_uri         (AtriumWindow       *self,
                                            const char         *uri);

G_END_DECLS
