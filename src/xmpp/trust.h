/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "xmpp/clock.h"

G_BEGIN_DECLS

/**
 * XmppTrust:
 *
 * Decides whether a server's certificate is good (RFC 6125, RFC 7590): by the system's authorities or the
 * administrator's, for the account's domain – never for a name that DNS gave – or for the host that the administrator
 * named. Keeps plain words about the last refusal.
 */
#define XMPP_TYPE_TRUST (xmpp_trust_get_type ())
G_DECLARE_FINAL_TYPE (XmppTrust, xmpp_trust, XMPP, TRUST, GObject)

/* @ca_file: PEM, authorities and revocation lists; an unreadable one is an error of its own. */
XmppTrust       *xmpp_trust_new          (const char  *domain,
                                          const char  *ca_file,
                                          GError     **error) G_GNUC_WARN_UNUSED_RESULT;
void             xmpp_trust_add_name     (XmppTrust   *self,
                                          const char  *host);
void             xmpp_trust_set_clock    (XmppTrust   *self,
                                          XmppClock   *clock);
/* Makes @connection ask us, before its handshake. */
void             xmpp_trust_guard        (XmppTrust   *self,
                                          GTlsConnection *connection);
/* Whether @certificate, with the chain it came with, is good. */
gboolean         xmpp_trust_accepts      (XmppTrust   *self,
                                          GTlsCertificate *certificate);
/* (transfer full) (nullable) */
char            *xmpp_trust_dup_problem  (XmppTrust   *self);
/* Turns the error of a handshake into ours. */
GError          *xmpp_trust_explain      (XmppTrust   *self,
                                          const GError *error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
