/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/session-description.h"

G_BEGIN_DECLS

/**
 * xmpp_sdp_parse:
 * @sdp: RFC 8866 text, lines ended by CR LF or LF
 * @by_initiator: the side that wrote it began the session; tells what "sendonly" means
 * @error: #XmppSessionError
 *
 * Reads what a WebRTC engine writes (RFC 8829 §5). Attributes at session level hold for every m-line that does not have its
 * own. Attributes that the session description has no place for are passed over. Candidates that are not UDP, not of component
 * 1 or not a numeric address are left out.
 */
XmppSessionDescription *xmpp_sdp_parse              (const char                   *sdp,
                                                     gboolean                      by_initiator,
                                                     GError                      **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * xmpp_sdp_print:
 * @session_id: the o= line's number; the same for one side's whole call
 * @version: the o= line's version; grows with each new description of that side
 *
 * Writes the description as @by_initiator's side would have.
 */
char                   *xmpp_sdp_print              (const XmppSessionDescription *description,
                                                     gboolean                      by_initiator,
                                                     guint64                       session_id,
                                                     guint                         version) G_GNUC_WARN_UNUSED_RESULT;

/* The value of one candidate attribute: "candidate:1 1 udp 2122 192.0.2.1 5000 typ host"; a leading "a=" is allowed. NULL
 * with UNSUPPORTED for those that are left out as above, with MALFORMED for rubbish. */
XmppIceCandidate       *xmpp_sdp_parse_candidate    (const char                   *text,
                                                     GError                      **error) G_GNUC_WARN_UNUSED_RESULT;
/* Without "a=". @ufrag (nullable) is added as the engine wants it for trickled candidates. */
char                   *xmpp_sdp_print_candidate    (const XmppIceCandidate       *candidate,
                                                     const char                   *ufrag) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
