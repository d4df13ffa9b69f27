/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "workspace/chat/conversation.h"

G_BEGIN_DECLS

#define ATRIUM_TYPE_CHAT_ROW (atrium_chat_row_get_type ())
G_DECLARE_FINAL_TYPE (AtriumChatRow, atrium_chat_row, ATRIUM, CHAT_ROW, GtkWidget)

/* One line of the chat list: face, name, last words, counts. Recycled: set_conversation() points it at
 * another conversation or at none. */
GtkWidget          *atrium_chat_row_new              (void);
void                atrium_chat_row_set_conversation (AtriumChatRow      *self,
                                                      AtriumConversation *conversation);
AtriumConversation *atrium_chat_row_get_conversation (AtriumChatRow      *self);

/* What the row says, in words, for screen readers: "Friday deliveries, 2 unread, Bob: …, 09:04". (transfer full) */
char               *atrium_chat_row_dup_description  (AtriumConversation *conversation);

G_END_DECLS
