/* SPDX-License-Identifier: GPL-3.0-or-later */

/* XEP-0359: Unique and Stable Stanza IDs. */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "xmpp/stanza-id.h"

#include <string.h>

gboolean
xmpp_id_is_usable (const char *id)
{
  return id != NULL && *id != '\0' && strnlen (id, XMPP_ID_MAX_BYTES + 1) <= XMPP_ID_MAX_BYTES;
}

const char *
xmpp_stanza_id_get (const XmppNode *message,
                    const char     *by)
{
  const char *id = NULL;

  g_return_val_if_fail (message != NULL && by != NULL, NULL);

  /* Prosody 0.12 leaves a forged one in place and puts its own behind it. */
  for (XmppNode *child = xmpp_node_get_first_child (message); child != NULL; child = xmpp_node_get_next (child))
    {
      if (xmpp_node_is (child, "stanza-id", XMPP_NS_STANZA_ID)
          && g_strcmp0 (xmpp_node_get_attribute (child, "by"), by) == 0)
        id = xmpp_node_get_attribute (child, "id");
    }
  return xmpp_id_is_usable (id) ? id : NULL;
}

void
xmpp_stanza_id_add (XmppNode   *message,
                    const char *by,
                    const char *id)
{
  XmppNode *node;

  g_return_if_fail (message != NULL && by != NULL && id != NULL);

  node = xmpp_node_add_child (message, "stanza-id", XMPP_NS_STANZA_ID);
  xmpp_node_set_attribute (node, "by", by);
  xmpp_node_set_attribute (node, "id", id);
}

const char *
xmpp_origin_id_get (const XmppNode *message)
{
  XmppNode *node;
  const char *id;

  g_return_val_if_fail (message != NULL, NULL);

  node = xmpp_node_get_child (message, "origin-id", XMPP_NS_STANZA_ID);
  id = node != NULL ? xmpp_node_get_attribute (node, "id") : NULL;
  return xmpp_id_is_usable (id) ? id : NULL;
}

void
xmpp_origin_id_add (XmppNode   *message,
                    const char *id)
{
  g_return_if_fail (message != NULL && id != NULL);

  xmpp_node_set_attribute (xmpp_node_add_child (message, "origin-id", XMPP_NS_STANZA_ID), "id", id);
}
