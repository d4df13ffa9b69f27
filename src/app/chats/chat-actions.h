/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "workspace/chat/conversation.h"

G_BEGIN_DECLS

/**
 * atrium_chat_actions_new:
 * @conversation: what they act on
 * @widget: toasts are shown in its window; not kept alive
 *
 * The actions of one chat, to be inserted under "chat": pin, mark-read, mark-unread, mute, notify, archive,
 * unarchive, leave. They follow the conversation's state as long as the group lives.
 */
GActionGroup *atrium_chat_actions_new (AtriumConversation *conversation,
                                       GtkWidget          *widget) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
