/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The account after sign-in: XEP-0077 §3.2 and §3.3. */
#define G_LOG_DOMAIN "xmpp"

#include "config.h"

#include "xmpp/account.h"

#include "xmpp/client-private.h"
#include "xmpp/iq-task-private.h"
#include "xmpp/jid.h"
#include "xmpp/session.h"
#include "xmpp/transport.h"

#define REGISTER_XMLNS "jabber:iq:register"

static void
on_password_changed (GTask    *task,
                     XmppNode *result)
{
  XmppClient *client = g_task_get_source_object (task);

  xmpp_client_set_password (client, g_task_get_task_data (task));
  g_task_return_boolean (task, TRUE);
}

static void
free_secret (gpointer data)
{
  char *secret = data;

  explicit_bzero (secret, strlen (secret));
  g_free (secret);
}

void
xmpp_account_change_password_async (XmppClient          *client,
                                    const char          *password,
                                    GCancellable        *cancellable,
                                    GAsyncReadyCallback  callback,
                                    gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  g_autofree char *local = NULL;
  XmppSession *session;
  XmppNode *iq, *query;

  g_return_if_fail (XMPP_IS_CLIENT (client));
  g_return_if_fail (password != NULL && *password != '\0');

  task = g_task_new (client, cancellable, callback, user_data);
  g_task_set_source_tag (task, xmpp_account_change_password_async);
  session = xmpp_client_get_session (client);
  if (session == NULL || !xmpp_transport_is_secure (xmpp_session_get_transport (session)))
    {
      g_task_return_new_error (task, XMPP_CLIENT_ERROR, XMPP_CLIENT_ERROR_TLS_REQUIRED,
                               "the password does not go over a connection that is not encrypted");
      return;
    }
  g_task_set_task_data (task, g_strdup (password), free_secret);
  local = xmpp_jid_dup_local (xmpp_client_get_address (client));
  iq = xmpp_client_new_iq ("set", xmpp_client_get_domain (client));
  query = xmpp_node_add_child (iq, "query", REGISTER_XMLNS);
  xmpp_node_add_text_child (query, "username", NULL, local);
  xmpp_node_add_text_child (query, "password", NULL, password);
  xmpp_iq_task_send (client, iq, g_steal_pointer (&task), on_password_changed);
}

void
xmpp_account_remove_async (XmppClient          *client,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  GTask *task;
  XmppNode *iq, *query;

  g_return_if_fail (XMPP_IS_CLIENT (client));

  task = g_task_new (client, cancellable, callback, user_data);
  g_task_set_source_tag (task, xmpp_account_remove_async);
  iq = xmpp_client_new_iq ("set", NULL);
  query = xmpp_node_add_child (iq, "query", REGISTER_XMLNS);
  xmpp_node_add_child (query, "remove", NULL);
  xmpp_iq_task_send (client, iq, task, NULL);
}

gboolean
xmpp_account_finish (XmppClient    *client,
                     GAsyncResult  *result,
                     GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, client), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
