/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Addresses (RFC 7622) are plain strings in their prepared form: compare with strcmp. */

#define XMPP_JID_ERROR (xmpp_jid_error_quark ())
GQuark      xmpp_jid_error_quark  (void);
typedef enum { XMPP_JID_ERROR_INVALID } XmppJidError;

/* Prepares @text: local part by UsernameCaseMapped, domain lower-cased, resource by OpaqueString (PRECIS). ≤ 1,023 bytes a part. */
char       *xmpp_jid_prepare      (const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean    xmpp_jid_is_valid     (const char *text);          /* prepares to itself */
char       *xmpp_jid_dup_bare     (const char *jid) G_GNUC_WARN_UNUSED_RESULT;
char       *xmpp_jid_dup_local    (const char *jid) G_GNUC_WARN_UNUSED_RESULT;    /* NULL if none */
char       *xmpp_jid_dup_domain   (const char *jid) G_GNUC_WARN_UNUSED_RESULT;
const char *xmpp_jid_get_resource (const char *jid);           /* points into @jid; NULL if none */
gboolean    xmpp_jid_is_bare      (const char *jid);
gboolean    xmpp_jid_bare_equal   (const char *a, const char *b);   /* same bare part; NULL equals nothing */
char       *xmpp_jid_join         (const char *bare, const char *resource) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
