/* SPDX-License-Identifier: GPL-3.0-or-later */

/* XEP-0059: Result Set Management. */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "xmpp/rsm.h"
#include "xmpp/stanza-id.h"

XmppRsm *
xmpp_rsm_parse (const XmppNode *parent)
{
  XmppNode *set;
  XmppRsm *self;
  const char *first, *last, *count;
  gint64 number;

  g_return_val_if_fail (parent != NULL, NULL);

  set = xmpp_node_get_child (parent, "set", XMPP_NS_RSM);
  if (set == NULL)
    return NULL;
  first = xmpp_node_get_child_text (set, "first", NULL);
  last = xmpp_node_get_child_text (set, "last", NULL);
  count = xmpp_node_get_child_text (set, "count", NULL);

  self = g_new0 (XmppRsm, 1);
  self->first = xmpp_id_is_usable (first) ? g_strdup (first) : NULL;
  self->last = xmpp_id_is_usable (last) ? g_strdup (last) : NULL;
  self->count = count != NULL && g_ascii_string_to_signed (count, 10, 0, G_MAXINT64, &number, NULL) ? number : -1;
  return self;
}

void
xmpp_rsm_free (XmppRsm *self)
{
  if (self == NULL)
    return;
  g_free (self->first);
  g_free (self->last);
  g_free (self);
}

void
xmpp_rsm_add (XmppNode   *parent,
              guint       max,
              const char *after,
              const char *before)
{
  XmppNode *set;
  g_autofree char *number = g_strdup_printf ("%u", max);

  g_return_if_fail (parent != NULL);

  set = xmpp_node_add_child (parent, "set", XMPP_NS_RSM);
  xmpp_node_add_text_child (set, "max", NULL, number);
  if (after != NULL)
    xmpp_node_add_text_child (set, "after", NULL, after);
  if (before != NULL && *before != '\0')
    xmpp_node_add_text_child (set, "before", NULL, before);
  else if (before != NULL)
    xmpp_node_add_child (set, "before", NULL);
}
