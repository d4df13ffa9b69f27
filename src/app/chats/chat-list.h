/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "workspace/workspace.h"

G_BEGIN_DECLS

#define ATRIUM_TYPE_CHAT_LIST (atrium_chat_list_get_type ())
G_DECLARE_FINAL_TYPE (AtriumChatList, atrium_chat_list, ATRIUM, CHAT_LIST, GtkWidget)

/* The list pane of Chats: search, filters, conversations, status line.
 *
 * Signal: "open" (AtriumConversation *): the user chose one. */

void                atrium_chat_list_set_workspace (AtriumChatList     *self,
                                                    AtriumWorkspace    *workspace);
/* Marks the conversation whose page is open. @conversation: (nullable) */
void                atrium_chat_list_set_selected  (AtriumChatList     *self,
                                                    AtriumConversation *conversation);
/* The conversation @step rows away from the open one, only among unread ones when @unread. (transfer full) (nullable) */
AtriumConversation *atrium_chat_list_dup_neighbour (AtriumChatList     *self,
                                                    int                 step,
                                                    gboolean            unread);
void                atrium_chat_list_set_compact   (AtriumChatList     *self,
                                                    gboolean            compact);
void                atrium_chat_list_focus         (AtriumChatList     *self);

G_END_DECLS
