/* SPDX-License-Identifier: GPL-3.0-or-later */

/* XEP-0184: Message Delivery Receipts. */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "xmpp/hints.h"
#include "xmpp/receipts.h"
#include "xmpp/stanza-id.h"

gboolean
xmpp_receipts_is_requested (const XmppNode *message)
{
  g_return_val_if_fail (message != NULL, FALSE);

  return xmpp_node_get_child (message, "request", XMPP_NS_RECEIPTS) != NULL;
}

void
xmpp_receipts_add_request (XmppNode *message)
{
  g_return_if_fail (message != NULL);

  xmpp_node_add_child (message, "request", XMPP_NS_RECEIPTS);
}

const char *
xmpp_receipts_get_received (const XmppNode *message)
{
  XmppNode *node;
  const char *id;

  g_return_val_if_fail (message != NULL, NULL);

  node = xmpp_node_get_child (message, "received", XMPP_NS_RECEIPTS);
  id = node != NULL ? xmpp_node_get_attribute (node, "id") : NULL;
  return xmpp_id_is_usable (id) ? id : NULL;
}

XmppNode *
xmpp_receipts_new_received (const char *to,
                            const char *type,
                            const char *id)
{
  XmppNode *message;

  g_return_val_if_fail (to != NULL && type != NULL && id != NULL, NULL);

  message = xmpp_node_new ("message", "jabber:client");
  xmpp_node_set_attribute (message, "to", to);
  xmpp_node_set_attribute (message, "type", type);
  xmpp_node_set_attribute (xmpp_node_add_child (message, "received", XMPP_NS_RECEIPTS), "id", id);
  xmpp_hints_add (message, XMPP_HINT_STORE);   /* §5.5: so that a device that was away learns of it */
  return message;
}
