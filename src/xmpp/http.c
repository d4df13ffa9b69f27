/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One HTTP exchange, for XEP-0363: the checks of threats D5. */
#define G_LOG_DOMAIN "xmpp"

#include "config.h"

#include "xmpp/http-private.h"

#include "xmpp/pinned-address-private.h"

#define IO_TIMEOUT 60      /* seconds without a byte */
#define MAX_URI    4096

typedef struct
{
  XmppTransferPolicy *policy;
  SoupMessage        *message;
  SoupSession        *session;
} Send;

static void
send_free (gpointer data)
{
  Send *state = data;

  xmpp_transfer_policy_unref (state->policy);
  g_object_unref (state->message);
  g_clear_object (&state->session);
  g_free (state);
}

static gboolean
is_loopback (const char *host)
{
  g_autoptr(GInetAddress) address = g_inet_address_new_from_string (host);

  return address != NULL && g_inet_address_get_is_loopback (address);
}

GUri *
xmpp_http_parse_uri (XmppTransferPolicy  *policy,
                     const char          *text,
                     GError             **error)
{
  g_autoptr(GUri) uri = NULL;
  g_autoptr(GError) parse_error = NULL;
  const char *host;

  if (strlen (text) > MAX_URI)
    {
      g_set_error_literal (error, XMPP_TRANSFER_ERROR, XMPP_TRANSFER_ERROR_ADDRESS, "the address is too long");
      return NULL;
    }
  uri = g_uri_parse (text, SOUP_HTTP_URI_FLAGS | G_URI_FLAGS_HAS_PASSWORD, &parse_error);
  if (uri == NULL)
    {
      g_set_error (error, XMPP_TRANSFER_ERROR, XMPP_TRANSFER_ERROR_ADDRESS, "the address is broken: %s",
                   parse_error->message);
      return NULL;
    }
  host = g_uri_get_host (uri);
  if (host == NULL || *host == '\0' || g_uri_get_user (uri) != NULL || g_uri_get_userinfo (uri) != NULL)
    {
      g_set_error_literal (error, XMPP_TRANSFER_ERROR, XMPP_TRANSFER_ERROR_ADDRESS,
                           "the address has no host, or a user name in it");
      return NULL;
    }
  if (g_strcmp0 (g_uri_get_scheme (uri), "https") != 0 &&
      !(g_strcmp0 (g_uri_get_scheme (uri), "http") == 0 && xmpp_transfer_policy_get_allow_loopback_http (policy) &&
        is_loopback (host)))
    {
      g_set_error_literal (error, XMPP_TRANSFER_ERROR, XMPP_TRANSFER_ERROR_ADDRESS,
                           "only https addresses are followed");
      return NULL;
    }
  return g_steal_pointer (&uri);
}

GError *
xmpp_http_error_new (SoupMessage *message)
{
  guint status = soup_message_get_status (message);
  const char *reason = soup_message_get_reason_phrase (message);

  return g_error_new (XMPP_TRANSFER_ERROR,
                      status == SOUP_STATUS_NOT_FOUND || status == SOUP_STATUS_GONE ? XMPP_TRANSFER_ERROR_GONE
                      : status == SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE ? XMPP_TRANSFER_ERROR_TOO_BIG
                      : XMPP_TRANSFER_ERROR_HTTP,
                      "the web server answered %u %.100s", status, reason != NULL ? reason : "");
}

GError *
xmpp_http_map_error (GError *error)
{
  g_autoptr(GError) owned = error;
  int code = XMPP_TRANSFER_ERROR_NETWORK;

  if (error->domain == XMPP_TRANSFER_ERROR || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return g_steal_pointer (&owned);
  if (error->domain == G_TLS_ERROR && error->code == G_TLS_ERROR_BAD_CERTIFICATE)
    code = XMPP_TRANSFER_ERROR_CERTIFICATE;
  return g_error_new (XMPP_TRANSFER_ERROR, code, "%s", error->message);
}

/* The system does not know who signed it: do the administrator's authorities? */
static gboolean
on_accept_certificate (SoupMessage          *message,
                       GTlsCertificate      *certificate,
                       GTlsCertificateFlags  errors,
                       gpointer              user_data)
{
  Send *state = user_data;
  GTlsDatabase *authorities = xmpp_transfer_policy_get_authorities (state->policy);
  g_autoptr(GSocketConnectable) identity = NULL;

  if (authorities == NULL || errors != G_TLS_CERTIFICATE_UNKNOWN_CA)
    return FALSE;
  identity = g_network_address_new (g_uri_get_host (soup_message_get_uri (message)), 443);
  return g_tls_database_verify_chain (authorities, certificate, G_TLS_DATABASE_PURPOSE_AUTHENTICATE_SERVER, identity,
                                      NULL, G_TLS_DATABASE_VERIFY_NONE, NULL, NULL) == 0;
}

static void
on_sent (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Send *state = g_task_get_task_data (task);
  GError *error = NULL;
  GInputStream *body = soup_session_send_finish (SOUP_SESSION (source), result, &error);

  g_signal_handlers_disconnect_by_data (state->message, state);
  if (body == NULL)
    {
      g_task_return_error (task, xmpp_http_map_error (error));
      return;
    }
  /* The session owns the connection that the body comes from. */
  g_object_set_data_full (G_OBJECT (body), "xmpp-http-session", g_object_ref (source), g_object_unref);
  g_task_return_pointer (task, body, g_object_unref);
}

/* @pinned (nullable): NULL goes through the proxy. (transfer full) @task */
static void
send_message (GTask             *task,
              XmppPinnedAddress *pinned)
{
  Send *state = g_task_get_task_data (task);

  state->session = g_object_new (SOUP_TYPE_SESSION,
                                 "timeout", IO_TIMEOUT,
                                 "remote-connectable", pinned,
                                 "proxy-resolver", pinned != NULL ? NULL
                                                   : xmpp_transfer_policy_get_proxy_resolver (state->policy),
                                 NULL);
  /* Sizes and hashes are those of the file as it is; a small answer that swells to a big one is an attack. */
  soup_session_remove_feature_by_type (state->session, SOUP_TYPE_CONTENT_DECODER);
  soup_message_add_flags (state->message, SOUP_MESSAGE_NO_REDIRECT);
  g_signal_connect (state->message, "accept-certificate", G_CALLBACK (on_accept_certificate), state);
  soup_session_send_async (state->session, state->message, G_PRIORITY_DEFAULT, g_task_get_cancellable (task), on_sent,
                           task);
}

/* Every address must be one we may go to: an attacker who controls the name could give several. */
static void
check_and_send (GTask *task,
                GList *addresses,
                int    port)
{
  g_autoptr(GTask) owned = task;
  Send *state = g_task_get_task_data (task);
  GUri *uri = soup_message_get_uri (state->message);
  const char *host = g_uri_get_host (uri);
  gboolean trusted = xmpp_transfer_policy_is_trusted_host (state->policy, host);
  gboolean plain = g_strcmp0 (g_uri_get_scheme (uri), "http") == 0;
  g_autoptr(XmppPinnedAddress) pinned = NULL;

  for (GList *l = addresses; l != NULL; l = l->next)
    if ((!trusted && xmpp_transfer_address_is_private (l->data)) ||
        (plain && !g_inet_address_get_is_loopback (l->data)))
      {
        g_task_return_new_error (task, XMPP_TRANSFER_ERROR, XMPP_TRANSFER_ERROR_ADDRESS,
                                 "%s is in a private network", host);
        return;
      }
  pinned = xmpp_pinned_address_new (host, port > 0 ? port : plain ? 80 : 443, addresses);
  send_message (g_steal_pointer (&owned), pinned);
}

static void
on_looked_up (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Send *state = g_task_get_task_data (task);
  GError *error = NULL;
  GList *addresses = g_resolver_lookup_by_name_finish (G_RESOLVER (source), result, &error);

  if (addresses == NULL)
    {
      g_task_return_error (task, xmpp_http_map_error (error));
      return;
    }
  check_and_send (g_steal_pointer (&task), addresses, g_uri_get_port (soup_message_get_uri (state->message)));
  g_resolver_free_addresses (addresses);
}

/* "address", "address:port", "[address]:port"; NULL if @text is no address. */
static GInetAddress *
parse_override (const char *text,
                int        *port)
{
  g_autoptr(GSocketConnectable) parsed = g_network_address_parse (text, 0, NULL);
  GNetworkAddress *address = parsed != NULL ? G_NETWORK_ADDRESS (parsed) : NULL;

  if (address == NULL)
    return NULL;
  if (g_network_address_get_port (address) != 0)
    *port = g_network_address_get_port (address);
  return g_inet_address_new_from_string (g_network_address_get_hostname (address));
}

static void
look_up (GTask *task)
{
  g_autoptr(GTask) owned = task;
  Send *state = g_task_get_task_data (task);
  GUri *uri = soup_message_get_uri (state->message);
  const char *host = g_uri_get_host (uri);
  const char *override = xmpp_transfer_policy_get_host_address (state->policy, host);
  int port = g_uri_get_port (uri);
  g_autoptr(GInetAddress) address = override != NULL ? parse_override (override, &port)
                                    : g_inet_address_new_from_string (host);

  if (address != NULL)
    {
      g_autoptr(GList) single = g_list_append (NULL, address);

      check_and_send (g_steal_pointer (&owned), single, port);
    }
  else
    {
      g_autoptr(GResolver) resolver = g_resolver_get_default ();

      g_resolver_lookup_by_name_async (resolver, host, g_task_get_cancellable (task), on_looked_up,
                                       g_steal_pointer (&owned));
    }
}

static void
on_proxies (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Send *state = g_task_get_task_data (task);
  GError *error = NULL;
  g_auto(GStrv) proxies = g_proxy_resolver_lookup_finish (G_PROXY_RESOLVER (source), result, &error);
  const char *host = g_uri_get_host (soup_message_get_uri (state->message));
  g_autoptr(GInetAddress) literal = g_inet_address_new_from_string (host);

  if (proxies == NULL)
    g_task_return_error (task, xmpp_http_map_error (error));
  else if (proxies[0] == NULL || g_str_has_prefix (proxies[0], "direct:"))
    look_up (g_steal_pointer (&task));
  else if (literal != NULL && xmpp_transfer_address_is_private (literal) &&
           !xmpp_transfer_policy_is_trusted_host (state->policy, host))
    g_task_return_new_error (task, XMPP_TRANSFER_ERROR, XMPP_TRANSFER_ERROR_ADDRESS, "%s is in a private network",
                             host);
  else
    send_message (g_steal_pointer (&task), NULL);   /* the proxy looks names up, and its rules hold */
}

void
xmpp_http_send_async (XmppTransferPolicy  *policy,
                      SoupMessage         *message,
                      GCancellable        *cancellable,
                      GAsyncReadyCallback  callback,
                      gpointer             user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Send *state = g_new0 (Send, 1);
  const char *host = g_uri_get_host (soup_message_get_uri (message));
  g_autofree char *text = g_uri_to_string_partial (soup_message_get_uri (message), G_URI_HIDE_QUERY);

  g_task_set_source_tag (task, xmpp_http_send_async);
  state->policy = xmpp_transfer_policy_ref (policy);
  state->message = g_object_ref (message);
  g_task_set_task_data (task, state, send_free);
  if (xmpp_transfer_policy_get_host_address (policy, host) != NULL)
    look_up (task);
  else
    g_proxy_resolver_lookup_async (xmpp_transfer_policy_get_proxy_resolver (policy), text, cancellable, on_proxies,
                                   task);
}

GInputStream *
xmpp_http_send_finish (GAsyncResult  *result,
                       GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
