/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/transport.h"
#include "xmpp/trust.h"

G_BEGIN_DECLS

/*
 * From a domain to a connected transport: SRV records of both services (RFC 6120 §3.2.1, XEP-0368), domain:5222
 * without them, WebSocket by host-meta (XEP-0156) when no byte stream gets through. A bad certificate ends the search.
 */
typedef struct
{
  const char     *domain;
  const char     *uri;        /* (nullable): xmpp://, xmpps://, ws://, wss://: this and nothing else */
  const char     *host_port;  /* (nullable): where a redirect or a session's location points to; tried first */
  XmppTrust      *trust;
  GTlsCertificate *certificate; /* (nullable): ours, for SASL EXTERNAL */
  GProxyResolver *proxy;      /* (nullable): the system's */
  gboolean        redirect_only;  /* @host_port and nothing else */
} XmppConnectorWish;

/* Errors: XMPP_CLIENT_ERROR NOT_FOUND, UNREACHABLE, TIMED_OUT, TLS_REQUIRED, CERTIFICATE. */
void           xmpp_connector_connect_async  (const XmppConnectorWish *wish,
                                              GCancellable            *cancellable,
                                              GAsyncReadyCallback      callback,
                                              gpointer                 user_data);
/* @retry_after: (out): seconds that a server asked us to wait before another try; 0: none did. */
XmppTransport *xmpp_connector_connect_finish (GAsyncResult            *result,
                                              gint64                  *retry_after,
                                              GError                 **error) G_GNUC_WARN_UNUSED_RESULT;
/* NULL, or what is wrong with a URI for xmpp_client_set_server(). */
const char    *xmpp_connector_check_uri      (const char              *uri);

/* "host", "host:port", "[v6]:port" (RFC 6120 §4.9.3.19). @port untouched if absent. */
gboolean       xmpp_connector_split_host_port (const char             *text,
                                              char                   **host,
                                              guint16                 *port);

G_END_DECLS
