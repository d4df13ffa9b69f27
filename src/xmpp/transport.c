/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "transport.h"

#include "namespaces.h"
#include "node-private.h"

typedef struct
{
  const XmppTransportEvents *events;
  gpointer                   user_data;
  XmppTransportLog           log;
  gpointer                   log_data;
  char                      *description;
  gboolean                   secure;
  gboolean                   closed;     /* the last event was emitted */
} XmppTransportPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (XmppTransport, xmpp_transport, G_TYPE_OBJECT)

static XmppTransportPrivate *
get_private (XmppTransport *self)
{
  return xmpp_transport_get_instance_private (self);
}

static void
xmpp_transport_finalize (GObject *object)
{
  XmppTransportPrivate *priv = get_private (XMPP_TRANSPORT (object));

  g_free (priv->description);

  G_OBJECT_CLASS (xmpp_transport_parent_class)->finalize (object);
}

static void
xmpp_transport_class_init (XmppTransportClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = xmpp_transport_finalize;
}

static void
xmpp_transport_init (XmppTransport *self)
{
}

void
xmpp_transport_set_events (XmppTransport             *self,
                           const XmppTransportEvents *events,
                           gpointer                   user_data)
{
  XmppTransportPrivate *priv;

  g_return_if_fail (XMPP_IS_TRANSPORT (self));

  priv = get_private (self);
  priv->events = events;
  priv->user_data = user_data;
}

/**
 * xmpp_transport_open:
 * @to: the domain to speak to
 * @from: (nullable): the account's bare address; only once the stream is secured (RFC 6120 §4.7.1)
 *
 * Sends the header of a stream, and expects a new one.
 */
void
xmpp_transport_open (XmppTransport *self,
                     const char    *to,
                     const char    *from)
{
  g_return_if_fail (XMPP_IS_TRANSPORT (self));

  XMPP_TRANSPORT_GET_CLASS (self)->open (self, to, from);
}

char *
xmpp_transport_serialise (XmppTransport *self,
                          XmppNode      *node,
                          gsize         *length)
{
  GString *xml = g_string_sized_new (512);

  xmpp_node_append_xml (node, xml, XMPP_TRANSPORT_GET_CLASS (self)->get_outer_xmlns (self));
  if (length != NULL)
    *length = xml->len;
  return g_string_free (xml, FALSE);
}

void
xmpp_transport_send_xml (XmppTransport *self,
                         XmppNode      *node,
                         const char    *xml,
                         gsize          length)
{
  XmppTransportPrivate *priv;

  g_return_if_fail (XMPP_IS_TRANSPORT (self));

  priv = get_private (self);
  if (priv->log != NULL && node != NULL)
    priv->log (TRUE, node, priv->log_data);
  XMPP_TRANSPORT_GET_CLASS (self)->write (self, xml, length);
}

/**
 * xmpp_transport_send:
 * @node: (transfer none): a child of the stream
 *
 * Queues @node for writing. Order is kept; after the link broke nothing happens.
 */
void
xmpp_transport_send (XmppTransport *self,
                     XmppNode      *node)
{
  g_autofree char *xml = NULL;
  gsize length;

  g_return_if_fail (XMPP_IS_TRANSPORT (self));

  xml = xmpp_transport_serialise (self, node, &length);
  xmpp_transport_send_xml (self, node, xml, length);
}

/**
 * xmpp_transport_close:
 *
 * Ends the stream (RFC 6120 §4.4) and, once that is written, the connection. No events follow.
 */
void
xmpp_transport_close (XmppTransport *self)
{
  XmppTransportPrivate *priv;

  g_return_if_fail (XMPP_IS_TRANSPORT (self));

  priv = get_private (self);
  priv->events = NULL;
  if (!priv->closed)
    XMPP_TRANSPORT_GET_CLASS (self)->close (self);
}

/**
 * xmpp_transport_fail:
 * @condition: a stream error condition (RFC 6120 §4.9.3)
 * @detail: (nullable) (transfer full): application-specific element
 *
 * Tells the peer what it did wrong and closes. No events follow.
 */
void
xmpp_transport_fail (XmppTransport *self,
                     const char    *condition,
                     XmppNode      *detail)
{
  g_autoptr(XmppNode) error = xmpp_node_new ("error", XMPP_NS_STREAM);
  g_autoptr(XmppNode) owned = detail;

  g_return_if_fail (XMPP_IS_TRANSPORT (self));

  xmpp_node_add_child (error, condition, XMPP_NS_STREAM_ERRORS);
  if (detail != NULL)
    xmpp_node_add_copy (error, detail);
  xmpp_transport_send (self, error);
  xmpp_transport_close (self);
}

/**
 * xmpp_transport_hang_up:
 *
 * Closes the connection, once all is written, without ending the stream: the session can be resumed. No events follow.
 */
void
xmpp_transport_hang_up (XmppTransport *self)
{
  XmppTransportPrivate *priv;

  g_return_if_fail (XMPP_IS_TRANSPORT (self));

  priv = get_private (self);
  priv->events = NULL;
  if (!priv->closed)
    XMPP_TRANSPORT_GET_CLASS (self)->hang_up (self);
}

/**
 * xmpp_transport_abort:
 *
 * Drops the connection without a word. No events follow.
 */
void
xmpp_transport_abort (XmppTransport *self)
{
  g_return_if_fail (XMPP_IS_TRANSPORT (self));

  get_private (self)->events = NULL;
  get_private (self)->closed = TRUE;
  XMPP_TRANSPORT_GET_CLASS (self)->abort (self);
}

void
xmpp_transport_set_reading (XmppTransport *self,
                            gboolean       reading)
{
  g_return_if_fail (XMPP_IS_TRANSPORT (self));

  XMPP_TRANSPORT_GET_CLASS (self)->set_reading (self, reading);
}

void
xmpp_transport_set_limit (XmppTransport *self,
                          gsize          stanza_bytes)
{
  g_return_if_fail (XMPP_IS_TRANSPORT (self));

  XMPP_TRANSPORT_GET_CLASS (self)->set_limit (self, stanza_bytes);
}

GTlsConnection *
xmpp_transport_get_tls (XmppTransport *self)
{
  g_return_val_if_fail (XMPP_IS_TRANSPORT (self), NULL);

  return XMPP_TRANSPORT_GET_CLASS (self)->get_tls (self);
}

/* Whether passwords may travel: TLS, or a connection that does not leave the machine (a WebSocket on loopback). */
gboolean
xmpp_transport_is_secure (XmppTransport *self)
{
  g_return_val_if_fail (XMPP_IS_TRANSPORT (self), FALSE);

  return get_private (self)->secure;
}

void
xmpp_transport_set_secure (XmppTransport *self,
                           gboolean       secure)
{
  get_private (self)->secure = secure;
}

const char *
xmpp_transport_get_description (XmppTransport *self)
{
  return get_private (self)->description;
}

void
xmpp_transport_set_description (XmppTransport *self,
                                const char    *description)
{
  XmppTransportPrivate *priv = get_private (self);

  g_free (priv->description);
  priv->description = g_strdup (description);
}

void
xmpp_transport_emit_alive (XmppTransport *self)
{
  XmppTransportPrivate *priv = get_private (self);

  if (priv->events != NULL && priv->events->alive != NULL)
    priv->events->alive (self, priv->user_data);
}

void
xmpp_transport_emit_opened (XmppTransport *self,
                            XmppNode      *header)
{
  XmppTransportPrivate *priv = get_private (self);

  if (priv->events != NULL)
    priv->events->opened (self, header, priv->user_data);
}

void
xmpp_transport_emit_stanza (XmppTransport *self,
                            XmppNode      *stanza)
{
  XmppTransportPrivate *priv = get_private (self);

  if (priv->log != NULL)
    priv->log (FALSE, stanza, priv->log_data);
  if (priv->events != NULL)
    priv->events->stanza (self, stanza, priv->user_data);
  else
    xmpp_node_unref (stanza);
}

void
xmpp_transport_emit_closed (XmppTransport *self,
                            const GError  *error)
{
  XmppTransportPrivate *priv = get_private (self);
  const XmppTransportEvents *events = g_steal_pointer (&priv->events);

  priv->closed = TRUE;
  if (events != NULL)
    events->closed (self, error, priv->user_data);
}

void
xmpp_transport_set_log (XmppTransport    *self,
                        XmppTransportLog  log,
                        gpointer          user_data)
{
  XmppTransportPrivate *priv = get_private (self);

  priv->log = log;
  priv->log_data = user_data;
}
