/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/node.h"

G_BEGIN_DECLS

/* XEP-0085: Chat State Notifications. */

#define XMPP_NS_CHAT_STATES "http://jabber.org/protocol/chatstates"

typedef enum
{
  XMPP_CHAT_STATE_NONE,
  XMPP_CHAT_STATE_ACTIVE,
  XMPP_CHAT_STATE_COMPOSING,
  XMPP_CHAT_STATE_PAUSED,
  XMPP_CHAT_STATE_INACTIVE,
  XMPP_CHAT_STATE_GONE,
} XmppChatState;

XmppChatState  xmpp_chat_state_get  (const XmppNode *message);
void           xmpp_chat_state_add  (XmppNode       *message,
                                     XmppChatState   state);
/* A message that carries nothing but a state, and is not stored. @type: "chat" or "groupchat". */
XmppNode      *xmpp_chat_state_new  (const char     *to,
                                     const char     *type,
                                     XmppChatState   state) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
