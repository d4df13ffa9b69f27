/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/transport.h"

G_BEGIN_DECLS

/**
 * XmppStreamTransport:
 *
 * XML streams over a byte stream: TCP, TLS over TCP, or the two ends of a socket pair in tests.
 */
#define XMPP_TYPE_STREAM_TRANSPORT (xmpp_stream_transport_get_type ())
G_DECLARE_FINAL_TYPE (XmppStreamTransport, xmpp_stream_transport, XMPP, STREAM_TRANSPORT, XmppTransport)

XmppTransport *xmpp_stream_transport_new        (GIOStream           *stream) G_GNUC_WARN_UNUSED_RESULT;
/* Reads as if @header had come already: for a stream that was opened by other means. */
void           xmpp_stream_transport_assume_open (XmppStreamTransport *self,
                                                 const char          *header);
GIOStream     *xmpp_stream_transport_get_stream (XmppStreamTransport *self);
/* Takes the bytes out of the reader's hands for a TLS handshake; what has been received and not handled is dropped. */
void           xmpp_stream_transport_detach     (XmppStreamTransport *self);
void           xmpp_stream_transport_attach     (XmppStreamTransport *self,
                                                 GIOStream           *stream);

G_END_DECLS
