/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/session-description.h"

G_BEGIN_DECLS

#define XMPP_NS_JINGLE           "urn:xmpp:jingle:1"
#define XMPP_NS_JINGLE_RTP       "urn:xmpp:jingle:apps:rtp:1"
#define XMPP_NS_JINGLE_ICE_UDP   "urn:xmpp:jingle:transports:ice-udp:1"
#define XMPP_NS_JINGLE_DTLS      "urn:xmpp:jingle:apps:dtls:0"
#define XMPP_NS_JINGLE_FEEDBACK  "urn:xmpp:jingle:apps:rtp:rtcp-fb:0"
#define XMPP_NS_JINGLE_EXTENSION "urn:xmpp:jingle:apps:rtp:rtp-hdrext:0"
#define XMPP_NS_JINGLE_SOURCE    "urn:xmpp:jingle:apps:rtp:ssma:0"
#define XMPP_NS_JINGLE_GROUP     "urn:xmpp:jingle:apps:grouping:0"

/**
 * xmpp_jingle_rtp_parse:
 * @jingle: the <jingle/> of a session-initiate, session-accept, content-add or content-accept
 * @error: #XmppSessionError
 *
 * Reads all contents (0167, 0176, 0293, 0294, 0320, 0338, 0339). Elements and attributes that are not understood are
 * passed over; candidates of another kind than XmppIceCandidate holds are left out.
 */
XmppSessionDescription *xmpp_jingle_rtp_parse            (const XmppNode               *jingle,
                                                          GError                      **error) G_GNUC_WARN_UNUSED_RESULT;

/* Adds <content/> elements, and the <group/> if there is one, to @jingle. */
void                    xmpp_jingle_rtp_build            (const XmppSessionDescription *description,
                                                          XmppNode                     *jingle);

/* One content of a transport-info: name, credentials and candidates only; what is not said stays NULL or empty.
 * @content: a <content/> of @jingle */
XmppSessionContent     *xmpp_jingle_rtp_parse_transport  (const XmppNode               *content,
                                                          GError                      **error) G_GNUC_WARN_UNUSED_RESULT;
/* Adds a <content/> with the credentials of @content and one candidate to @jingle. */
void                    xmpp_jingle_rtp_build_transport  (const XmppSessionContent     *content,
                                                          const XmppIceCandidate       *candidate,
                                                          XmppNode                     *jingle);

G_END_DECLS
