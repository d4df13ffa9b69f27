/* SPDX-License-Identifier: GPL-3.0-or-later */

/* XEP-0280: Message Carbons; the copy is wrapped by XEP-0297: Stanza Forwarding. */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "xmpp/archive.h"
#include "xmpp/carbons.h"
#include "xmpp/jid.h"

#define NS_CLIENT "jabber:client"

static XmppCarbon
refuse (const char **out_reason,
        const char  *reason)
{
  *out_reason = reason;
  return XMPP_CARBON_REFUSED;
}

static XmppNode *
get_child_of (const XmppNode *node,
              const char     *name,
              const char     *xmlns)
{
  return node != NULL ? xmpp_node_get_child (node, name, xmlns) : NULL;
}

/* A copy of a copy, or of an archive result, would carry somebody else's claim past the check of the outer sender. */
static gboolean
is_wrapped (const XmppNode *message)
{
  return xmpp_node_get_child (message, "sent", XMPP_NS_CARBONS) != NULL
         || xmpp_node_get_child (message, "received", XMPP_NS_CARBONS) != NULL
         || xmpp_node_get_child (message, "result", XMPP_NS_ARCHIVE) != NULL;
}

XmppCarbon
xmpp_carbons_parse (XmppNode    *message,
                    const char  *own,
                    XmppNode   **out_forwarded,
                    XmppNode   **out_message,
                    const char **out_reason)
{
  XmppNode *sent, *received, *forwarded, *inner;
  const char *other;

  g_return_val_if_fail (message != NULL && own != NULL, XMPP_CARBON_REFUSED);

  sent = xmpp_node_get_child (message, "sent", XMPP_NS_CARBONS);
  received = xmpp_node_get_child (message, "received", XMPP_NS_CARBONS);
  if (sent == NULL && received == NULL)
    return XMPP_CARBON_NONE;
  if (g_strcmp0 (xmpp_node_get_attribute (message, "from"), own) != 0)
    return refuse (out_reason, "carbon-forged");
  if (sent != NULL && received != NULL)
    return refuse (out_reason, "carbon-malformed");

  forwarded = get_child_of (sent != NULL ? sent : received, "forwarded", XMPP_NS_FORWARD);
  inner = get_child_of (forwarded, "message", NS_CLIENT);
  if (inner == NULL)
    return refuse (out_reason, "carbon-malformed");
  if (is_wrapped (inner))
    return refuse (out_reason, "carbon-nested");
  if (g_strcmp0 (xmpp_node_get_attribute (inner, "type"), "groupchat") == 0)
    return refuse (out_reason, "carbon-of-room");     /* §6: rooms send to each device */
  other = xmpp_node_get_attribute (inner, sent != NULL ? "from" : "to");
  if (!xmpp_jid_bare_equal (other, own))
    return refuse (out_reason, "carbon-foreign");

  *out_forwarded = forwarded;
  *out_message = inner;
  return sent != NULL ? XMPP_CARBON_SENT : XMPP_CARBON_RECEIVED;
}

void
xmpp_carbons_add_private (XmppNode *message)
{
  g_return_if_fail (message != NULL);

  xmpp_node_add_child (message, "private", XMPP_NS_CARBONS);
}

static void
on_enabled (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(XmppNode) answer = NULL;
  GError *error = NULL;

  answer = xmpp_client_send_iq_finish (XMPP_CLIENT (source), result, &error);
  if (answer == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

void
xmpp_carbons_enable_async (XmppClient          *client,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  XmppNode *iq;
  GTask *task;

  g_return_if_fail (XMPP_IS_CLIENT (client));

  task = g_task_new (client, cancellable, callback, user_data);
  g_task_set_source_tag (task, xmpp_carbons_enable_async);
  iq = xmpp_client_new_iq ("set", NULL);
  xmpp_node_add_child (iq, "enable", XMPP_NS_CARBONS);
  xmpp_client_send_iq_async (client, iq, cancellable, on_enabled, task);
}

gboolean
xmpp_carbons_enable_finish (XmppClient    *client,
                            GAsyncResult  *result,
                            GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, client), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
