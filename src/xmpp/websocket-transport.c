/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "websocket-transport.h"

#include "client.h"
#include "namespaces.h"
#include "parser.h"

#include <libsoup/soup.h>
#include <string.h>

#define TIMEOUT 10

/* A message is one stanza; a little more, so that our own reader says what is wrong with it. */
#define MAX_MESSAGE (XMPP_PARSER_MAX_STANZA + 1024)

struct _XmppWebsocketTransport
{
  XmppTransport            parent_instance;

  SoupSession             *session;
  SoupWebsocketConnection *connection;
  XmppParser              *parser;
  GQueue                   held;      /* of GBytes: messages that came while nobody wanted to read */
  gsize                    limit;
  guint                    stanzas;   /* in the message being read */
  gboolean                 reading;
  gboolean                 feeding;
  gboolean                 ended;
  gboolean                 open_sent;
};

G_DEFINE_FINAL_TYPE (XmppWebsocketTransport, xmpp_websocket_transport, XMPP_TYPE_TRANSPORT)

/* --- in --- */

static void
end (XmppWebsocketTransport *self,
     const GError           *error)
{
  if (self->ended)
    return;
  self->ended = TRUE;
  xmpp_transport_emit_closed (XMPP_TRANSPORT (self), error);
}

static void
on_parser_start (XmppNode *header,
                 gpointer  user_data)
{
}

static void
on_parser_stanza (XmppNode *stanza,
                  gpointer  user_data)
{
  XmppWebsocketTransport *self = user_data;
  g_autoptr(XmppNode) node = stanza;

  if (++self->stanzas > 1 || self->ended)
    return;
  if (xmpp_node_is (node, "open", XMPP_NS_FRAMING))
    {
      xmpp_transport_emit_opened (XMPP_TRANSPORT (self), node);
    }
  else if (xmpp_node_is (node, "close", XMPP_NS_FRAMING))
    {
      XMPP_TRANSPORT_GET_CLASS (self)->close (XMPP_TRANSPORT (self));
      end (self, NULL);
    }
  else
    {
      xmpp_transport_emit_stanza (XMPP_TRANSPORT (self), g_steal_pointer (&node));
    }
}

static void
on_parser_end (gpointer user_data)
{
}

static const XmppParserEvents parser_events = { on_parser_start, on_parser_stanza, on_parser_end };

/* Each message is read as the only child of a root of ours: a fresh document, so that no state leaks between two. */
static void
feed (XmppWebsocketTransport *self,
      GBytes                 *message)
{
  g_autoptr(XmppWebsocketTransport) alive = g_object_ref (self);
  g_autoptr(GError) error = NULL;
  gsize length;
  const char *xml = g_bytes_get_data (message, &length);

  self->feeding = TRUE;
  self->stanzas = 0;
  xmpp_parser_reset (self->parser);
  xmpp_parser_set_limit (self->parser, self->limit);
  if (xmpp_parser_feed (self->parser, "<r>", 3, &error) && xmpp_parser_feed (self->parser, xml, length, &error) &&
      self->stanzas != 1)
    error = g_error_new_literal (XMPP_PARSER_ERROR, XMPP_PARSER_ERROR_NOT_WELL_FORMED,
                                 "a message is not one whole element");
  self->feeding = FALSE;
  if (error != NULL && !self->ended)
    {
      if (soup_websocket_connection_get_state (self->connection) == SOUP_WEBSOCKET_STATE_OPEN)
        soup_websocket_connection_close (self->connection, SOUP_WEBSOCKET_CLOSE_BAD_DATA, NULL);
      end (self, error);
    }
}

static void
read_held (XmppWebsocketTransport *self)
{
  while (self->reading && !self->feeding && !self->ended && !g_queue_is_empty (&self->held))
    {
      g_autoptr(GBytes) message = g_queue_pop_head (&self->held);
      feed (self, message);
    }
}

static void
on_message (SoupWebsocketConnection *connection,
            SoupWebsocketDataType    type,
            GBytes                  *message,
            XmppWebsocketTransport  *self)
{
  g_autoptr(XmppWebsocketTransport) alive = g_object_ref (self);

  xmpp_transport_emit_alive (XMPP_TRANSPORT (self));
  if (type != SOUP_WEBSOCKET_DATA_TEXT)
    {
      g_autoptr(GError) error = g_error_new_literal (XMPP_PARSER_ERROR, XMPP_PARSER_ERROR_NOT_WELL_FORMED,
                                                     "a binary message");
      soup_websocket_connection_close (connection, SOUP_WEBSOCKET_CLOSE_UNSUPPORTED_DATA, NULL);
      end (self, error);
      return;
    }
  g_queue_push_tail (&self->held, g_bytes_ref (message));
  read_held (self);
}

static void
on_closed (SoupWebsocketConnection *connection,
           XmppWebsocketTransport  *self)
{
  g_autoptr(GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED,
                                                 "the server closed the connection");
  end (self, error);
}

static void
on_error (SoupWebsocketConnection *connection,
          GError                  *error,
          XmppWebsocketTransport  *self)
{
  end (self, error);
}

/* --- transport --- */

static void
xmpp_websocket_transport_write (XmppTransport *transport,
                                const char    *xml,
                                gsize          length)
{
  XmppWebsocketTransport *self = XMPP_WEBSOCKET_TRANSPORT (transport);

  if (self->ended || soup_websocket_connection_get_state (self->connection) != SOUP_WEBSOCKET_STATE_OPEN)
    return;
  soup_websocket_connection_send_text (self->connection, xml);
}

static void
xmpp_websocket_transport_open (XmppTransport *transport,
                               const char    *to,
                               const char    *from)
{
  XmppWebsocketTransport *self = XMPP_WEBSOCKET_TRANSPORT (transport);
  g_autoptr(XmppNode) node = xmpp_node_new ("open", XMPP_NS_FRAMING);

  xmpp_node_set_attribute (node, "to", to);
  if (from != NULL)
    xmpp_node_set_attribute (node, "from", from);
  xmpp_node_set_attribute (node, "version", "1.0");
  xmpp_transport_send (transport, node);
  self->open_sent = TRUE;
  xmpp_transport_set_reading (transport, TRUE);
}

static void
xmpp_websocket_transport_close (XmppTransport *transport)
{
  XmppWebsocketTransport *self = XMPP_WEBSOCKET_TRANSPORT (transport);
  g_autoptr(XmppNode) node = xmpp_node_new ("close", XMPP_NS_FRAMING);

  if (self->ended || soup_websocket_connection_get_state (self->connection) != SOUP_WEBSOCKET_STATE_OPEN)
    return;
  if (self->open_sent)
    xmpp_transport_send (transport, node);
  soup_websocket_connection_close (self->connection, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
}

/* Without <close/> the stream stays resumable (RFC 7395 §3.6). ejabberd 23.01 has been seen to end the session on an orderly
 * end of the WebSocket too, so the connection under it is dropped; what was not acknowledged stays unacknowledged. */
static void
xmpp_websocket_transport_hang_up (XmppTransport *transport)
{
  if (!XMPP_WEBSOCKET_TRANSPORT (transport)->ended)
    XMPP_TRANSPORT_GET_CLASS (transport)->abort (transport);
}

static void
xmpp_websocket_transport_abort (XmppTransport *transport)
{
  XmppWebsocketTransport *self = XMPP_WEBSOCKET_TRANSPORT (transport);

  self->ended = TRUE;
  /* The stream under the WebSocket, not a closing handshake with a peer that may be gone. */
  g_io_stream_close_async (soup_websocket_connection_get_io_stream (self->connection), G_PRIORITY_DEFAULT, NULL, NULL,
                           NULL);
}

static void
xmpp_websocket_transport_set_reading (XmppTransport *transport,
                                      gboolean       reading)
{
  XmppWebsocketTransport *self = XMPP_WEBSOCKET_TRANSPORT (transport);

  self->reading = reading;
  read_held (self);
}

static void
xmpp_websocket_transport_set_limit (XmppTransport *transport,
                                    gsize          stanza_bytes)
{
  XMPP_WEBSOCKET_TRANSPORT (transport)->limit = stanza_bytes;
}

static GTlsConnection *
xmpp_websocket_transport_get_tls (XmppTransport *transport)
{
  return NULL;
}

static const char *
xmpp_websocket_transport_get_outer_xmlns (XmppTransport *transport)
{
  return NULL;
}

static void
xmpp_websocket_transport_dispose (GObject *object)
{
  XmppWebsocketTransport *self = XMPP_WEBSOCKET_TRANSPORT (object);

  if (self->connection != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->connection, self);
      if (soup_websocket_connection_get_state (self->connection) == SOUP_WEBSOCKET_STATE_OPEN)
        soup_websocket_connection_close (self->connection, SOUP_WEBSOCKET_CLOSE_GOING_AWAY, NULL);
    }
  g_clear_object (&self->connection);
  g_clear_object (&self->session);
  g_queue_clear_full (&self->held, (GDestroyNotify) g_bytes_unref);

  G_OBJECT_CLASS (xmpp_websocket_transport_parent_class)->dispose (object);
}

static void
xmpp_websocket_transport_finalize (GObject *object)
{
  XmppWebsocketTransport *self = XMPP_WEBSOCKET_TRANSPORT (object);

  g_clear_pointer (&self->parser, xmpp_parser_free);

  G_OBJECT_CLASS (xmpp_websocket_transport_parent_class)->finalize (object);
}

static void
xmpp_websocket_transport_class_init (XmppWebsocketTransportClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  XmppTransportClass *transport_class = XMPP_TRANSPORT_CLASS (klass);

  object_class->dispose = xmpp_websocket_transport_dispose;
  object_class->finalize = xmpp_websocket_transport_finalize;

  transport_class->open = xmpp_websocket_transport_open;
  transport_class->write = xmpp_websocket_transport_write;
  transport_class->close = xmpp_websocket_transport_close;
  transport_class->hang_up = xmpp_websocket_transport_hang_up;
  transport_class->abort = xmpp_websocket_transport_abort;
  transport_class->set_reading = xmpp_websocket_transport_set_reading;
  transport_class->set_limit = xmpp_websocket_transport_set_limit;
  transport_class->get_tls = xmpp_websocket_transport_get_tls;
  transport_class->get_outer_xmlns = xmpp_websocket_transport_get_outer_xmlns;
}

static void
xmpp_websocket_transport_init (XmppWebsocketTransport *self)
{
  self->parser = xmpp_parser_new (&parser_events, self);
  self->limit = XMPP_PARSER_MAX_EARLY;
  g_queue_init (&self->held);
}

/* --- connecting --- */

typedef struct
{
  XmppTrust   *trust;
  SoupSession *session;
  SoupMessage *message;
  char        *uri;
} Connect;

static void
connect_free (gpointer data)
{
  Connect *self = data;

  g_object_unref (self->trust);
  g_object_unref (self->session);
  g_object_unref (self->message);
  g_free (self->uri);
  g_free (self);
}

static gboolean
on_accept_certificate (SoupMessage          *message,
                       GTlsCertificate      *certificate,
                       GTlsCertificateFlags  flags,
                       gpointer              user_data)
{
  return xmpp_trust_accepts (user_data, certificate);
}

static GError *
explain (Connect      *self,
         const GError *error)
{
  g_autofree char *problem = xmpp_trust_dup_problem (self->trust);
  guint status = soup_message_get_status (self->message);

  if (problem != NULL)
    return g_error_new_literal (XMPP_CLIENT_ERROR, XMPP_CLIENT_ERROR_CERTIFICATE, problem);
  if (status >= 300)
    return g_error_new (XMPP_CLIENT_ERROR, XMPP_CLIENT_ERROR_UNREACHABLE, "%s: HTTP %u", self->uri, status);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    return g_error_new (XMPP_CLIENT_ERROR, XMPP_CLIENT_ERROR_TIMED_OUT, "%s does not answer", self->uri);
  return g_error_new (XMPP_CLIENT_ERROR, XMPP_CLIENT_ERROR_UNREACHABLE, "%s: %s", self->uri, error->message);
}

static void
on_connected (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Connect *connect = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  g_autoptr(SoupWebsocketConnection) connection = NULL;
  XmppWebsocketTransport *self;

  connection = soup_session_websocket_connect_finish (SOUP_SESSION (source), result, &error);
  if (connection == NULL)
    {
      g_task_return_error (task, explain (connect, error));
      return;
    }
  if (g_strcmp0 (soup_websocket_connection_get_protocol (connection), "xmpp") != 0)
    {
      g_task_return_new_error (task, XMPP_CLIENT_ERROR, XMPP_CLIENT_ERROR_UNREACHABLE, "%s is not a chat server",
                               connect->uri);
      return;
    }

  self = g_object_new (XMPP_TYPE_WEBSOCKET_TRANSPORT, NULL);
  self->session = g_object_ref (connect->session);
  self->connection = g_object_ref (connection);
  soup_websocket_connection_set_max_incoming_payload_size (connection, MAX_MESSAGE);
  g_signal_connect (connection, "message", G_CALLBACK (on_message), self);
  g_signal_connect (connection, "closed", G_CALLBACK (on_closed), self);
  g_signal_connect (connection, "error", G_CALLBACK (on_error), self);
  xmpp_transport_set_secure (XMPP_TRANSPORT (self), TRUE);
  xmpp_transport_set_description (XMPP_TRANSPORT (self), connect->uri);
  g_task_return_pointer (task, self, g_object_unref);
}

void
xmpp_websocket_transport_connect_async (const char          *uri,
                                        const char          *domain,
                                        XmppTrust           *trust,
                                        GProxyResolver      *proxy,
                                        GCancellable        *cancellable,
                                        GAsyncReadyCallback  callback,
                                        gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr(SoupMessage) message = soup_message_new (SOUP_METHOD_GET, uri);
  char *protocols[] = { (char *) "xmpp", NULL };
  Connect *connect;

  g_task_set_source_tag (task, xmpp_websocket_transport_connect_async);
  if (message == NULL)
    {
      g_task_return_new_error (task, XMPP_CLIENT_ERROR, XMPP_CLIENT_ERROR_NOT_FOUND, "%s is not an address", uri);
      return;
    }

  connect = g_new0 (Connect, 1);
  connect->trust = g_object_ref (trust);
  connect->message = g_object_ref (message);
  connect->uri = g_strdup (uri);
  connect->session = soup_session_new_with_options ("timeout", TIMEOUT, NULL);
  if (proxy != NULL)
    soup_session_set_proxy_resolver (connect->session, proxy);
  /* No authority is built in: every certificate comes to on_accept_certificate(). */
  soup_session_set_tls_database (connect->session, NULL);
  g_task_set_task_data (task, connect, connect_free);
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  g_signal_connect_object (message, "accept-certificate", G_CALLBACK (on_accept_certificate), trust, 0);
  soup_session_websocket_connect_async (connect->session, message, NULL, protocols, G_PRIORITY_DEFAULT, cancellable,
                                        on_connected, g_object_ref (task));
}

/* RFC 9110 §10.2.3, as seconds; a date is not worth the trouble. */
static gint64
read_retry_after (SoupMessage *message)
{
  const char *text = soup_message_headers_get_one (soup_message_get_response_headers (message), "Retry-After");
  guint64 seconds = 0;

  if (text == NULL || !g_ascii_isdigit (*text) ||
      !g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT32, &seconds, NULL))
    return 0;
  return seconds;
}

XmppTransport *
xmpp_websocket_transport_connect_finish (GAsyncResult  *result,
                                         gint64        *retry_after,
                                         GError       **error)
{
  Connect *connect = g_task_get_task_data (G_TASK (result));

  if (connect != NULL)
    *retry_after = read_retry_after (connect->message);
  return g_task_propagate_pointer (G_TASK (result), error);
}
