/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "connector.h"

#include "client.h"
#include "host-meta.h"
#include "srv.h"
#include "stream-transport.h"
#include "websocket-transport.h"

#include <string.h>

/* One address of one target; a target with a dead IPv6 address still reaches its IPv4 one (RFC 8305 in GIO). */
#define TIMEOUT_SECONDS 10

#define PORT_STARTTLS   5222
#define PORT_DIRECT_TLS 5223

typedef enum
{
  CANDIDATE_STARTTLS,
  CANDIDATE_DIRECT_TLS,
  CANDIDATE_WEBSOCKET,
} CandidateKind;

typedef struct
{
  CandidateKind  kind;
  char          *host;
  guint16        port;
  char          *uri;      /* of a WebSocket */
} Candidate;

typedef struct
{
  char            *domain;
  XmppTrust       *trust;
  GTlsCertificate *certificate;
  GProxyResolver  *proxy;
  GSocketClient   *socket_client;

  GPtrArray       *targets;        /* of XmppSrvTarget */
  guint            lookups;        /* under way */
  guint            refusals;       /* services that DNS says are not there */
  GQueue           candidates;     /* of Candidate */
  gboolean         host_meta;      /* still to be asked */
  GSocketConnection *connection;   /* between TCP and TLS */
  Candidate       *current;
  gint64           retry_after;    /* seconds; 0: nobody said */
  GError          *error;          /* of the last candidate */
} Search;

static void try_next (GTask *task);

static void
candidate_free (gpointer data)
{
  Candidate *candidate = data;

  g_free (candidate->host);
  g_free (candidate->uri);
  g_free (candidate);
}

static void
search_free (gpointer data)
{
  Search *search = data;

  g_free (search->domain);
  g_clear_object (&search->trust);
  g_clear_object (&search->certificate);
  g_clear_object (&search->proxy);
  g_clear_object (&search->socket_client);
  g_clear_object (&search->connection);
  g_ptr_array_unref (search->targets);
  g_queue_clear_full (&search->candidates, candidate_free);
  g_clear_pointer (&search->current, candidate_free);
  g_clear_error (&search->error);
  g_free (search);
}

static void
add_candidate (Search        *search,
               CandidateKind  kind,
               const char    *host,
               guint16        port,
               const char    *uri)
{
  Candidate *candidate = g_new0 (Candidate, 1);

  candidate->kind = kind;
  candidate->host = g_strdup (host);
  candidate->port = port;
  candidate->uri = g_strdup (uri);
  g_queue_push_tail (&search->candidates, candidate);
}

/* --- URIs --- */

static gboolean
is_loopback (const char *host)
{
  g_autoptr(GInetAddress) address = g_inet_address_new_from_string (host);

  return strcmp (host, "localhost") == 0 || (address != NULL && g_inet_address_get_is_loopback (address));
}

static const char *
read_uri (const char  *text,
          Candidate   *candidate)
{
  g_autoptr(GUri) uri = g_uri_parse (text, G_URI_FLAGS_NONE, NULL);
  const char *scheme;
  int port;

  if (uri == NULL || g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0')
    return "not an address of a server";
  if (g_uri_get_userinfo (uri) != NULL)
    return "an address of a server has no user name";

  scheme = g_uri_get_scheme (uri);
  port = g_uri_get_port (uri);
  if (port == 0 || port > G_MAXUINT16)
    return "not a port";
  if (strcmp (scheme, "xmpp") == 0)
    {
      candidate->kind = CANDIDATE_STARTTLS;
      candidate->port = port > 0 ? port : PORT_STARTTLS;
    }
  else if (strcmp (scheme, "xmpps") == 0)
    {
      candidate->kind = CANDIDATE_DIRECT_TLS;
      candidate->port = port > 0 ? port : PORT_DIRECT_TLS;
    }
  else if (strcmp (scheme, "wss") == 0 || strcmp (scheme, "ws") == 0)
    {
      if (strcmp (scheme, "ws") == 0 && !is_loopback (g_uri_get_host (uri)))
        return "a server elsewhere needs wss://";
      candidate->kind = CANDIDATE_WEBSOCKET;
      candidate->uri = g_strdup (text);
    }
  else
    {
      return "an address of a server begins with xmpp://, xmpps:// or wss://";
    }
  candidate->host = g_strdup (g_uri_get_host (uri));
  return NULL;
}

const char *
xmpp_connector_check_uri (const char *uri)
{
  Candidate *candidate = g_new0 (Candidate, 1);
  const char *problem = read_uri (uri, candidate);

  candidate_free (candidate);
  return problem;
}

gboolean
xmpp_connector_split_host_port (const char  *text,
                                char       **host,
                                guint16     *port)
{
  const char *colon = strrchr (text, ':');
  const char *bracket = strchr (text, ']');
  guint64 number = 0;
  gsize length = strlen (text);

  if (length == 0 || length > 300 || strpbrk (text, " \t\r\n/@?#") != NULL)
    return FALSE;
  if (text[0] == '[' && bracket == NULL)
    return FALSE;
  if (text[0] != '[' && colon != NULL && strchr (text, ':') != colon)
    colon = NULL;   /* a bare IPv6 address */
  if (text[0] == '[' && (colon == NULL || colon < bracket))
    {
      if (bracket[1] != '\0')
        return FALSE;
      colon = NULL;
    }
  if (colon != NULL)
    {
      if (!g_ascii_isdigit (colon[1]) || !g_ascii_string_to_unsigned (colon + 1, 10, 1, G_MAXUINT16, &number, NULL))
        return FALSE;
      length = colon - text;
    }
  if (text[0] == '[')
    {
      text++;
      length = bracket - text;
    }
  if (length == 0)
    return FALSE;
  *host = g_strndup (text, length);
  if (number != 0)
    *port = number;
  return TRUE;
}

/* --- one candidate --- */

static void
give_up (GTask        *task,
         const GError *error)
{
  Search *search = g_task_get_task_data (task);

  g_clear_error (&search->error);
  search->error = g_error_copy (error);
  g_clear_object (&search->connection);
  if (g_error_matches (error, XMPP_CLIENT_ERROR, XMPP_CLIENT_ERROR_CERTIFICATE))
    {
      g_task_return_error (task, g_steal_pointer (&search->error));
      return;
    }
  try_next (task);
}

static void
finish (GTask         *task,
        XmppTransport *transport)
{
  g_task_return_pointer (task, transport, g_object_unref);
}

static void
finish_stream (GTask     *task,
               GIOStream *stream)
{
  Search *search = g_task_get_task_data (task);
  XmppTransport *transport = xmpp_stream_transport_new (stream);
  gboolean direct = search->current->kind == CANDIDATE_DIRECT_TLS;
  g_autofree char *description = NULL;

  description = g_strdup_printf (strchr (search->current->host, ':') != NULL ? "%s://[%s]:%u" : "%s://%s:%u",
                                 direct ? "xmpps" : "xmpp", search->current->host, search->current->port);
  xmpp_transport_set_description (transport, description);
  xmpp_transport_set_secure (transport, direct);
  finish (task, transport);
}

static void
on_handshake (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Search *search = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;

  if (!g_tls_connection_handshake_finish (G_TLS_CONNECTION (source), result, &error))
    {
      g_autoptr(GError) ours = xmpp_trust_explain (search->trust, error);
      give_up (task, ours);
      return;
    }
  g_clear_object (&search->connection);
  finish_stream (task, G_IO_STREAM (source));
}

static void
begin_tls (GTask *task)
{
  Search *search = g_task_get_task_data (task);
  const char * const protocols[] = { "xmpp-client", NULL };
  g_autoptr(GSocketConnectable) identity = g_network_address_new (search->domain, 0);
  g_autoptr(GIOStream) tls = NULL;
  g_autoptr(GError) error = NULL;

  tls = g_tls_client_connection_new (G_IO_STREAM (search->connection), identity, &error);
  if (tls == NULL)
    {
      g_autoptr(GError) ours = xmpp_trust_explain (search->trust, error);
      give_up (task, ours);
      return;
    }
  g_tls_connection_set_advertised_protocols (G_TLS_CONNECTION (tls), protocols);
  if (search->certificate != NULL)
    g_tls_connection_set_certificate (G_TLS_CONNECTION (tls), search->certificate);
  xmpp_trust_guard (search->trust, G_TLS_CONNECTION (tls));
  g_tls_connection_handshake_async (G_TLS_CONNECTION (tls), G_PRIORITY_DEFAULT, g_task_get_cancellable (task),
                                    on_handshake, g_object_ref (task));
}

static GError *
explain_connect (const GError *error,
                 const char   *host)
{
  if (error->domain == XMPP_CLIENT_ERROR)
    return g_error_copy (error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    return g_error_new (XMPP_CLIENT_ERROR, XMPP_CLIENT_ERROR_TIMED_OUT, "%s does not answer", host);
  if (g_error_matches (error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND))
    return g_error_new (XMPP_CLIENT_ERROR, XMPP_CLIENT_ERROR_NOT_FOUND, "there is no server called %s", host);
  return g_error_new (XMPP_CLIENT_ERROR, XMPP_CLIENT_ERROR_UNREACHABLE, "%s: %s", host, error->message);
}

static void
on_connected (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Search *search = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;

  search->connection = g_socket_client_connect_finish (G_SOCKET_CLIENT (source), result, &error);
  if (search->connection == NULL)
    {
      g_autoptr(GError) ours = explain_connect (error, search->current->host);
      give_up (task, ours);
      return;
    }

  /* The time limit was for connecting. An idle stream is watched by link.c, signing in has its own limit. */
  g_socket_set_timeout (g_socket_connection_get_socket (search->connection), 0);
  if (search->current->kind == CANDIDATE_DIRECT_TLS)
    begin_tls (task);
  else
    finish_stream (task, G_IO_STREAM (search->connection));
}

static void
on_websocket (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Search *search = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  XmppTransport *transport = xmpp_websocket_transport_connect_finish (result, &search->retry_after, &error);

  if (transport == NULL)
    {
      g_autoptr(GError) ours = explain_connect (error, search->current->host);
      give_up (task, ours);
      return;
    }
  finish (task, transport);
}

static gboolean
is_below (const char *host,
          const char *domain)
{
  gsize host_length = strlen (host);
  gsize domain_length = strlen (domain);

  return host_length > domain_length + 1 && host[host_length - domain_length - 1] == '.' &&
         g_ascii_strcasecmp (host + host_length - domain_length, domain) == 0;
}

static void
on_host_meta (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Search *search = g_task_get_task_data (task);
  g_auto(GStrv) uris = xmpp_host_meta_fetch_finish (result);

  for (char **uri = uris; uri != NULL && *uri != NULL; uri++)
    {
      Candidate *candidate = g_new0 (Candidate, 1);

      if (read_uri (*uri, candidate) == NULL && candidate->kind == CANDIDATE_WEBSOCKET)
        {
          /* The domain itself said so over https. Elsewhere than below it the certificate must still be for the domain
           * (threats B6). */
          if (is_below (candidate->host, search->domain))
            xmpp_trust_add_name (search->trust, candidate->host);
          g_queue_push_tail (&search->candidates, candidate);
        }
      else
        candidate_free (candidate);
    }
  try_next (task);
}

static void
try_next (GTask *task)
{
  Search *search = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);

  if (g_task_return_error_if_cancelled (task))
    return;

  g_clear_pointer (&search->current, candidate_free);
  search->current = g_queue_pop_head (&search->candidates);
  if (search->current == NULL && search->host_meta)
    {
      search->host_meta = FALSE;
      xmpp_host_meta_fetch_async (search->domain, search->trust, search->proxy, cancellable, on_host_meta,
                                  g_object_ref (task));
      return;
    }
  if (search->current == NULL)
    {
      if (search->error == NULL)
        search->error = g_error_new (XMPP_CLIENT_ERROR, XMPP_CLIENT_ERROR_NOT_FOUND, "%s has no chat server",
                                     search->domain);
      g_task_return_error (task, g_steal_pointer (&search->error));
      return;
    }

  if (search->current->kind == CANDIDATE_WEBSOCKET)
    xmpp_websocket_transport_connect_async (search->current->uri, search->domain, search->trust, search->proxy,
                                            cancellable, on_websocket, g_object_ref (task));
  else
    {
      g_autoptr(GSocketConnectable) address = g_network_address_new (search->current->host, search->current->port);
      g_socket_client_connect_async (search->socket_client, address, cancellable, on_connected, g_object_ref (task));
    }
}

/* --- records --- */

static void
take_targets (GTask *task)
{
  Search *search = g_task_get_task_data (task);

  xmpp_srv_sort (search->targets, NULL);
  for (guint i = 0; i < search->targets->len; i++)
    {
      XmppSrvTarget *target = g_ptr_array_index (search->targets, i);
      add_candidate (search, target->direct_tls ? CANDIDATE_DIRECT_TLS : CANDIDATE_STARTTLS, target->host, target->port,
                     NULL);
    }

  /* RFC 6120 §3.2.2: without records the domain itself; with "no such service" nothing (RFC 2782). */
  if (search->targets->len == 0 && search->refusals == 0)
    add_candidate (search, CANDIDATE_STARTTLS, search->domain, PORT_STARTTLS, NULL);
  try_next (task);
}

static void
take_records (GTask        *task,
              GResolver    *resolver,
              GAsyncResult *result,
              gboolean      direct_tls)
{
  Search *search = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  GList *records;

  /* A resolver that fails is as good as one without records: the domain's own address is still tried. */
  records = g_resolver_lookup_records_finish (resolver, result, &error);
  if (!xmpp_srv_collect (search->targets, records, direct_tls))
    search->refusals++;
  g_list_free_full (records, (GDestroyNotify) g_variant_unref);

  if (--search->lookups == 0)
    take_targets (task);
}

static void
on_direct_records (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;

  take_records (task, G_RESOLVER (source), result, TRUE);
}

static void
on_records (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;

  take_records (task, G_RESOLVER (source), result, FALSE);
}

static void
look_up (GTask *task)
{
  Search *search = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  g_autoptr(GResolver) resolver = g_resolver_get_default ();
  g_autofree char *ascii = g_hostname_to_ascii (search->domain);
  g_autofree char *direct = g_strconcat ("_xmpps-client._tcp.", ascii, NULL);
  g_autofree char *plain = g_strconcat ("_xmpp-client._tcp.", ascii, NULL);

  search->host_meta = TRUE;
  if (ascii == NULL || g_hostname_is_ip_address (search->domain))
    {
      take_targets (task);
      return;
    }
  search->lookups = 2;
  g_resolver_lookup_records_async (resolver, direct, G_RESOLVER_RECORD_SRV, cancellable, on_direct_records,
                                   g_object_ref (task));
  g_resolver_lookup_records_async (resolver, plain, G_RESOLVER_RECORD_SRV, cancellable, on_records, g_object_ref (task));
}

/* --- public --- */

static void
take_host_port (Search     *search,
                const char *text)
{
  guint16 port = PORT_STARTTLS;
  g_autofree char *host = NULL;

  if (xmpp_connector_split_host_port (text, &host, &port))
    add_candidate (search, port == PORT_DIRECT_TLS ? CANDIDATE_DIRECT_TLS : CANDIDATE_STARTTLS, host, port, NULL);
}

void
xmpp_connector_connect_async (const XmppConnectorWish *wish,
                              GCancellable            *cancellable,
                              GAsyncReadyCallback      callback,
                              gpointer                 user_data)
{
  g_autoptr(GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Search *search = g_new0 (Search, 1);

  g_task_set_source_tag (task, xmpp_connector_connect_async);
  g_task_set_task_data (task, search, search_free);
  search->domain = g_strdup (wish->domain);
  search->trust = g_object_ref (wish->trust);
  search->certificate = wish->certificate != NULL ? g_object_ref (wish->certificate) : NULL;
  search->proxy = wish->proxy != NULL ? g_object_ref (wish->proxy) : NULL;
  search->targets = g_ptr_array_new_with_free_func ((GDestroyNotify) xmpp_srv_target_free);
  g_queue_init (&search->candidates);
  search->socket_client = g_socket_client_new ();
  g_socket_client_set_timeout (search->socket_client, TIMEOUT_SECONDS);
  if (wish->proxy != NULL)
    g_socket_client_set_proxy_resolver (search->socket_client, wish->proxy);

  if (wish->uri != NULL)
    {
      Candidate *candidate = g_new0 (Candidate, 1);
      const char *problem = read_uri (wish->uri, candidate);

      if (problem != NULL)
        {
          candidate_free (candidate);
          g_task_return_new_error (task, XMPP_CLIENT_ERROR, XMPP_CLIENT_ERROR_NOT_FOUND, "%s: %s", wish->uri, problem);
          return;
        }
      g_queue_push_tail (&search->candidates, candidate);
      try_next (task);
      return;
    }

  if (wish->host_port != NULL)
    take_host_port (search, wish->host_port);
  if (wish->redirect_only)
    try_next (task);
  else
    look_up (task);
}

XmppTransport *
xmpp_connector_connect_finish (GAsyncResult  *result,
                               gint64        *retry_after,
                               GError       **error)
{
  Search *search = g_task_get_task_data (G_TASK (result));

  *retry_after = search->retry_after;
  return g_task_propagate_pointer (G_TASK (result), error);
}
