/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/transport.h"
#include "xmpp/trust.h"

G_BEGIN_DECLS

/**
 * XmppWebsocketTransport:
 *
 * XML streams over a WebSocket (RFC 7395): one whole element a message, <open/> and <close/> instead of a root.
 */
#define XMPP_TYPE_WEBSOCKET_TRANSPORT (xmpp_websocket_transport_get_type ())
G_DECLARE_FINAL_TYPE (XmppWebsocketTransport, xmpp_websocket_transport, XMPP, WEBSOCKET_TRANSPORT, XmppTransport)

/* Errors: XMPP_CLIENT_ERROR. */
void           xmpp_websocket_transport_connect_async  (const char          *uri,
                                                        const char          *domain,
                                                        XmppTrust           *trust,
                                                        GProxyResolver      *proxy,
                                                        GCancellable        *cancellable,
                                                        GAsyncReadyCallback  callback,
                                                        gpointer             user_data);
/* @retry_after: (out): seconds that the server asks us to wait before another try; 0: it does not. */
XmppTransport *xmpp_websocket_transport_connect_finish (GAsyncResult        *result,
                                                        gint64              *retry_after,
                                                        GError             **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
