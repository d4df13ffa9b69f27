/* SPDX-License-Identifier: GPL-3.0-or-later */

/* XEP-0308: Last Message Correction. */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "xmpp/correction.h"
#include "xmpp/stanza-id.h"

const char *
xmpp_correction_get (const XmppNode *message)
{
  XmppNode *node;
  const char *id;

  g_return_val_if_fail (message != NULL, NULL);

  node = xmpp_node_get_child (message, "replace", XMPP_NS_CORRECTION);
  id = node != NULL ? xmpp_node_get_attribute (node, "id") : NULL;
  return xmpp_id_is_usable (id) ? id : NULL;
}

void
xmpp_correction_add (XmppNode   *message,
                     const char *replaced_id)
{
  g_return_if_fail (message != NULL && replaced_id != NULL);

  xmpp_node_set_attribute (xmpp_node_add_child (message, "replace", XMPP_NS_CORRECTION), "id", replaced_id);
}

gboolean
xmpp_correction_allowed (const XmppAuthor *original,
                         const XmppAuthor *correction)
{
  return xmpp_author_same (original, correction);
}
