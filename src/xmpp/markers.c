/* SPDX-License-Identifier: GPL-3.0-or-later */

/* XEP-0333: Displayed Markers. */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "xmpp/hints.h"
#include "xmpp/markers.h"
#include "xmpp/stanza-id.h"

gboolean
xmpp_markers_is_markable (const XmppNode *message)
{
  g_return_val_if_fail (message != NULL, FALSE);

  return xmpp_node_get_child (message, "markable", XMPP_NS_MARKERS) != NULL;
}

void
xmpp_markers_add_markable (XmppNode *message)
{
  g_return_if_fail (message != NULL);

  xmpp_node_add_child (message, "markable", XMPP_NS_MARKERS);
}

const char *
xmpp_markers_get_displayed (const XmppNode *message)
{
  XmppNode *node;
  const char *id;

  g_return_val_if_fail (message != NULL, NULL);

  node = xmpp_node_get_child (message, "displayed", XMPP_NS_MARKERS);
  if (node == NULL)
    node = xmpp_node_get_child (message, "acknowledged", XMPP_NS_MARKERS);
  id = node != NULL ? xmpp_node_get_attribute (node, "id") : NULL;
  return xmpp_id_is_usable (id) ? id : NULL;
}

XmppNode *
xmpp_markers_new_displayed (const char *to,
                            const char *type,
                            const char *id)
{
  XmppNode *message;

  g_return_val_if_fail (to != NULL && type != NULL && id != NULL, NULL);

  message = xmpp_node_new ("message", "jabber:client");
  xmpp_node_set_attribute (message, "to", to);
  xmpp_node_set_attribute (message, "type", type);
  xmpp_node_set_attribute (xmpp_node_add_child (message, "displayed", XMPP_NS_MARKERS), "id", id);
  xmpp_hints_add (message, XMPP_HINT_STORE);
  return message;
}
