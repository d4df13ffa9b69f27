/* SPDX-License-Identifier: GPL-3.0-or-later */

/* XEP-0203: Delayed Delivery. */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "xmpp/delay.h"
#include "xmpp/timestamp.h"

#define DAY (G_GINT64_CONSTANT (86400) * G_USEC_PER_SEC)

gboolean
xmpp_delay_get (const XmppNode    *parent,
                const char *const *by,
                gint64            *out)
{
  g_return_val_if_fail (parent != NULL && out != NULL, FALSE);

  for (XmppNode *child = xmpp_node_get_first_child (parent); child != NULL; child = xmpp_node_get_next (child))
    {
      const char *from;

      if (!xmpp_node_is (child, "delay", XMPP_NS_DELAY))
        continue;
      from = xmpp_node_get_attribute (child, "from");
      if (by != NULL && (from == NULL || !g_strv_contains (by, from)))
        continue;
      if (xmpp_timestamp_parse (xmpp_node_get_attribute (child, "stamp"), out))
        return TRUE;
    }
  return FALSE;
}

gint64
xmpp_delay_clamp (gint64 time,
                  gint64 now)
{
  gint64 latest = now > G_MAXINT64 - DAY ? G_MAXINT64 : now + DAY;

  return CLAMP (time, XMPP_DELAY_EARLIEST, MAX (latest, XMPP_DELAY_EARLIEST));
}

void
xmpp_delay_add (XmppNode   *parent,
                const char *by,
                gint64      time)
{
  g_autofree char *stamp = xmpp_timestamp_format (time);
  XmppNode *node;

  g_return_if_fail (parent != NULL);

  node = xmpp_node_add_child (parent, "delay", XMPP_NS_DELAY);
  if (by != NULL)
    xmpp_node_set_attribute (node, "from", by);
  xmpp_node_set_attribute (node, "stamp", stamp);
}
