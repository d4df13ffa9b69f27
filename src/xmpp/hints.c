/* SPDX-License-Identifier: GPL-3.0-or-later */

/* XEP-0334: Message Processing Hints. */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "xmpp/hints.h"

static const struct
{
  XmppHints   hint;
  const char *name;
} hint_names[] = {
  { XMPP_HINT_NO_PERMANENT_STORE, "no-permanent-store" },
  { XMPP_HINT_NO_STORE,           "no-store" },
  { XMPP_HINT_NO_COPY,            "no-copy" },
  { XMPP_HINT_STORE,              "store" },
};

XmppHints
xmpp_hints_get (const XmppNode *message)
{
  XmppHints hints = XMPP_HINT_NONE;

  g_return_val_if_fail (message != NULL, XMPP_HINT_NONE);

  for (guint i = 0; i < G_N_ELEMENTS (hint_names); i++)
    {
      if (xmpp_node_get_child (message, hint_names[i].name, XMPP_NS_HINTS) != NULL)
        hints |= hint_names[i].hint;
    }
  return hints;
}

void
xmpp_hints_add (XmppNode  *message,
                XmppHints  hints)
{
  g_return_if_fail (message != NULL);

  for (guint i = 0; i < G_N_ELEMENTS (hint_names); i++)
    {
      if ((hints & hint_names[i].hint) != 0
          && xmpp_node_get_child (message, hint_names[i].name, XMPP_NS_HINTS) == NULL)
        xmpp_node_add_child (message, hint_names[i].name, XMPP_NS_HINTS);
    }
}
