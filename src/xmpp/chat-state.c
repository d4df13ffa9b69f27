/* SPDX-License-Identifier: GPL-3.0-or-later */

/* XEP-0085: Chat State Notifications. */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "xmpp/chat-state.h"
#include "xmpp/hints.h"

static const char *const names[] = { NULL, "active", "composing", "paused", "inactive", "gone" };

XmppChatState
xmpp_chat_state_get (const XmppNode *message)
{
  g_return_val_if_fail (message != NULL, XMPP_CHAT_STATE_NONE);

  for (guint i = XMPP_CHAT_STATE_ACTIVE; i < G_N_ELEMENTS (names); i++)
    {
      if (xmpp_node_get_child (message, names[i], XMPP_NS_CHAT_STATES) != NULL)
        return i;
    }
  return XMPP_CHAT_STATE_NONE;
}

void
xmpp_chat_state_add (XmppNode      *message,
                     XmppChatState  state)
{
  g_return_if_fail (message != NULL && state < G_N_ELEMENTS (names));

  if (state != XMPP_CHAT_STATE_NONE)
    xmpp_node_add_child (message, names[state], XMPP_NS_CHAT_STATES);
}

XmppNode *
xmpp_chat_state_new (const char    *to,
                     const char    *type,
                     XmppChatState  state)
{
  XmppNode *message;

  g_return_val_if_fail (to != NULL && type != NULL && state != XMPP_CHAT_STATE_NONE, NULL);

  message = xmpp_node_new ("message", "jabber:client");
  xmpp_node_set_attribute (message, "to", to);
  xmpp_node_set_attribute (message, "type", type);
  xmpp_chat_state_add (message, state);
  xmpp_hints_add (message, XMPP_HINT_NO_STORE);
  return message;
}
