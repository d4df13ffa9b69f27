/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "xmpp"

#include "config.h"

#include "xmpp/sender-private.h"

#include "xmpp/jid.h"

gboolean
xmpp_sender_is_own_account (XmppClient     *client,
                            const XmppNode *stanza)
{
  g_autofree char *from = xmpp_sender_dup (client, stanza);

  return g_strcmp0 (from, xmpp_client_get_address (client)) == 0;
}

char *
xmpp_sender_dup (XmppClient     *client,
                 const XmppNode *stanza)
{
  const char *from = xmpp_node_get_attribute (stanza, "from");

  if (from == NULL)
    return g_strdup (xmpp_client_get_address (client));
  return xmpp_jid_prepare (from, NULL);
}

char *
xmpp_sender_dup_bare (XmppClient     *client,
                      const XmppNode *stanza)
{
  g_autofree char *from = xmpp_sender_dup (client, stanza);

  return from != NULL ? xmpp_jid_dup_bare (from) : NULL;
}
