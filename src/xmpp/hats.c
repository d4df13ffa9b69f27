/* SPDX-License-Identifier: GPL-3.0-or-later */

/* XEP-0317: Hats. */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "xmpp/hats.h"

void
xmpp_hat_free (XmppHat *self)
{
  if (self == NULL)
    return;
  g_free (self->uri);
  g_free (self->title);
  g_free (self);
}

GPtrArray *
xmpp_hats_parse (const XmppNode *presence)
{
  g_autoptr(GPtrArray) hats = g_ptr_array_new_with_free_func ((GDestroyNotify) xmpp_hat_free);
  const char *xmlns = XMPP_NS_HATS;
  XmppNode *node;

  g_return_val_if_fail (presence != NULL, NULL);

  node = xmpp_node_get_child (presence, "hats", xmlns);
  if (node == NULL)
    {
      xmlns = XMPP_NS_HATS_0;
      node = xmpp_node_get_child (presence, "hats", xmlns);
    }
  if (node == NULL)
    return g_steal_pointer (&hats);
  for (XmppNode *child = xmpp_node_get_first_child (node); child != NULL; child = xmpp_node_get_next (child))
    {
      const char *uri = xmpp_node_get_attribute (child, "uri");
      const char *title = xmpp_node_get_attribute (child, "title");
      XmppHat *hat;

      if (!xmpp_node_is (child, "hat", xmlns) || uri == NULL || title == NULL || hats->len >= XMPP_HATS_MAX)
        continue;
      hat = g_new0 (XmppHat, 1);
      hat->uri = g_strdup (uri);
      hat->title = g_strdup (title);
      g_ptr_array_add (hats, hat);
    }
  return g_steal_pointer (&hats);
}
