/* SPDX-License-Identifier: GPL-3.0-or-later */

/* XEP-0421: Occupant identifiers for semi-anonymous MUCs. */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "xmpp/occupant-id.h"

#include <string.h>

const char *
xmpp_occupant_id_get (const XmppNode *stanza)
{
  const char *id = NULL;
  guint count = 0;

  g_return_val_if_fail (stanza != NULL, NULL);

  for (XmppNode *child = xmpp_node_get_first_child (stanza); child != NULL; child = xmpp_node_get_next (child))
    {
      if (!xmpp_node_is (child, "occupant-id", XMPP_NS_OCCUPANT_ID))
        continue;
      id = xmpp_node_get_attribute (child, "id");
      count++;
    }
  if (count != 1 || id == NULL || *id == '\0'
      || strnlen (id, XMPP_OCCUPANT_ID_MAX_BYTES + 1) > XMPP_OCCUPANT_ID_MAX_BYTES)
    return NULL;
  return id;
}
