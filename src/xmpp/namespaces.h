/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Namespaces of the core; a feature's own are in its file. */
#define XMPP_NS_CLIENT        "jabber:client"
#define XMPP_NS_STREAM        "http://etherx.jabber.org/streams"
#define XMPP_NS_STREAM_ERRORS "urn:ietf:params:xml:ns:xmpp-streams"
#define XMPP_NS_STANZA_ERRORS "urn:ietf:params:xml:ns:xmpp-stanzas"
#define XMPP_NS_TLS           "urn:ietf:params:xml:ns:xmpp-tls"
#define XMPP_NS_SASL          "urn:ietf:params:xml:ns:xmpp-sasl"
#define XMPP_NS_SASL_BINDING  "urn:xmpp:sasl-cb:0"
#define XMPP_NS_BIND          "urn:ietf:params:xml:ns:xmpp-bind"
#define XMPP_NS_SM            "urn:xmpp:sm:3"
#define XMPP_NS_CSI           "urn:xmpp:csi:0"
#define XMPP_NS_PING          "urn:xmpp:ping"
#define XMPP_NS_FRAMING       "urn:ietf:params:xml:ns:xmpp-framing"
