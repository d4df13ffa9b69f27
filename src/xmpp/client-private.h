/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/client.h"
#include "xmpp/clock.h"
#include "xmpp/session.h"

G_BEGIN_DECLS

/* A client that is ONLINE at once over @stream, the socket of a test; no header is sent, none is awaited. */
XmppClient *xmpp_client_new_for_stream   (const char     *full_address,
                                          GIOStream      *stream) G_GNUC_WARN_UNUSED_RESULT;

/* Before the first connection try; @clock must outlive the client. */
void        xmpp_client_set_clock        (XmppClient     *self,
                                          XmppClock      *clock);

XmppSession *xmpp_client_get_session     (XmppClient     *self);

/* The XMPP_CLIENT_ERROR that a <stream:error/> means. */
GError     *xmpp_stream_error_from_node  (const XmppNode *node) G_GNUC_WARN_UNUSED_RESULT;
GError     *xmpp_stanza_error_from_node  (const XmppNode *stanza) G_GNUC_WARN_UNUSED_RESULT;
void        xmpp_stanza_error_add        (XmppNode       *stanza,
                                          XmppStanzaError condition,
                                          const char     *text);

/* @length random bytes from the system, as lower-case hexadecimal digits. */
char       *xmpp_random_id               (gsize           length) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
