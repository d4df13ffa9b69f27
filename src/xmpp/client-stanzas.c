/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Stanzas out and in, as modules see them; XEP-0199 for whoever pings us. */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "client-internal.h"

#include "namespaces.h"

#include <string.h>

/* --- ping (XEP-0199) --- */

gboolean
xmpp_client_on_ping (XmppClient *self,
                     XmppNode   *stanza,
                     gpointer    user_data)
{
  if (g_strcmp0 (xmpp_node_get_attribute (stanza, "type"), "get") != 0)
    return FALSE;
  xmpp_client_reply_result (self, stanza, NULL);
  return TRUE;
}

/* --- sending --- */

guint64
xmpp_client_send (XmppClient *self,
                  XmppNode   *stanza)
{
  g_autoptr(XmppNode) owned = stanza;
  const char *id;

  g_return_val_if_fail (XMPP_IS_CLIENT (self), 0);
  g_return_val_if_fail (stanza != NULL && xmpp_node_is (stanza, NULL, XMPP_NS_CLIENT), 0);
  g_return_val_if_fail (xmpp_node_get_attribute (stanza, "from") == NULL, 0);

  if (self->state != XMPP_CLIENT_ONLINE)
    return 0;

  id = xmpp_node_get_attribute (stanza, "id");
  if (id == NULL || *id == '\0')
    {
      g_autofree char *random = xmpp_random_id (12);
      xmpp_node_set_attribute (stanza, "id", random);
    }
  return xmpp_session_send (self->session, g_steal_pointer (&owned));
}

void
xmpp_client_send_iq_async (XmppClient          *self,
                           XmppNode            *iq,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  g_autoptr(XmppNode) owned = iq;
  g_autoptr(GTask) task = NULL;
  g_autofree char *id = NULL;

  g_return_if_fail (XMPP_IS_CLIENT (self));
  g_return_if_fail (iq != NULL && xmpp_node_is (iq, "iq", XMPP_NS_CLIENT));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, xmpp_client_send_iq_async);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (self->state != XMPP_CLIENT_ONLINE)
    {
      g_task_return_new_error (task, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_DISCONNECTED, "not connected");
      return;
    }

  /* Always a fresh one: an answer must not be guessable (threats A4). */
  id = xmpp_random_id (12);
  xmpp_node_set_attribute (iq, "id", id);
  xmpp_node_ref (iq);
  if (xmpp_client_send (self, g_steal_pointer (&owned)) == 0)
    g_task_return_new_error (task, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_POLICY_VIOLATION,
                             "the request is too large to be sent");
  else
    xmpp_router_expect (self->router, id, xmpp_node_get_attribute (iq, "to"), g_steal_pointer (&task));
  xmpp_node_unref (iq);
}

XmppNode *
xmpp_client_send_iq_finish (XmppClient    *self,
                            GAsyncResult  *result,
                            GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

XmppNode *
xmpp_client_new_iq (const char *type,
                    const char *to)
{
  XmppNode *iq = xmpp_node_new ("iq", XMPP_NS_CLIENT);

  xmpp_node_set_attribute (iq, "type", type);
  if (to != NULL)
    xmpp_node_set_attribute (iq, "to", to);
  return iq;
}

static XmppNode *
new_reply (const XmppNode *request,
           const char     *type)
{
  XmppNode *reply = xmpp_client_new_iq (type, xmpp_node_get_attribute (request, "from"));

  xmpp_node_set_attribute (reply, "id", xmpp_node_get_attribute (request, "id"));
  return reply;
}

void
xmpp_client_reply_result (XmppClient     *self,
                          const XmppNode *request,
                          XmppNode       *payload_root)
{
  g_autoptr(XmppNode) payload = payload_root;
  XmppNode *reply;

  g_return_if_fail (XMPP_IS_CLIENT (self));
  g_return_if_fail (request != NULL);

  reply = new_reply (request, "result");
  if (payload != NULL)
    xmpp_node_add_copy (reply, payload);
  xmpp_client_send (self, reply);
}

void
xmpp_client_reply_error (XmppClient      *self,
                         const XmppNode  *request,
                         XmppStanzaError  condition,
                         const char      *text)
{
  XmppNode *reply;

  g_return_if_fail (XMPP_IS_CLIENT (self));
  g_return_if_fail (request != NULL);

  reply = new_reply (request, "error");
  xmpp_stanza_error_add (reply, condition, text);
  xmpp_client_send (self, reply);
}

/* --- receiving --- */

guint
xmpp_client_add_handler (XmppClient        *self,
                         XmppStanzaKind     kind,
                         int                priority,
                         const char        *name,
                         const char        *xmlns,
                         XmppStanzaHandler  handler,
                         gpointer           user_data,
                         GDestroyNotify     destroy)
{
  g_return_val_if_fail (XMPP_IS_CLIENT (self), 0);
  g_return_val_if_fail (handler != NULL, 0);

  return xmpp_router_add (self->router, kind, priority, name, xmlns, handler, user_data, destroy);
}

void
xmpp_client_remove_handler (XmppClient *self,
                            guint       id)
{
  g_return_if_fail (XMPP_IS_CLIENT (self));

  xmpp_router_remove (self->router, id);
}

void
xmpp_client_set_confirm_manually (XmppClient *self,
                                  gboolean    manual)
{
  g_return_if_fail (XMPP_IS_CLIENT (self));

  xmpp_session_set_confirm_manually (self->session, manual);
}

guint64
xmpp_client_get_received (XmppClient *self)
{
  g_return_val_if_fail (XMPP_IS_CLIENT (self), 0);

  return xmpp_session_get_received (self->session);
}

void
xmpp_client_confirm (XmppClient *self,
                     guint64     serial)
{
  g_return_if_fail (XMPP_IS_CLIENT (self));

  xmpp_session_confirm (self->session, serial);
}

void
xmpp_client_note_rejection (XmppClient *self,
                            const char *reason)
{
  guint count;

  g_return_if_fail (XMPP_IS_CLIENT (self));
  g_return_if_fail (reason != NULL);

  count = GPOINTER_TO_UINT (g_hash_table_lookup (self->rejections, reason));
  g_hash_table_insert (self->rejections, (gpointer) g_intern_string (reason), GUINT_TO_POINTER (count + 1));
}

GHashTable *
xmpp_client_get_rejections (XmppClient *self)
{
  g_return_val_if_fail (XMPP_IS_CLIENT (self), NULL);

  return self->rejections;
}
