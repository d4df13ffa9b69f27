/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * XmppSasl:
 *
 * One attempt to sign in (RFC 4422): chooses the mechanism, answers challenges, and makes sure that the server has
 * proved that it knows the password too. Mechanisms: SCRAM (RFC 5802, RFC 7677) with and without channel binding
 * (RFC 5929, RFC 9266), EXTERNAL, and PLAIN where the account never used better.
 */
#define XMPP_TYPE_SASL (xmpp_sasl_get_type ())
G_DECLARE_FINAL_TYPE (XmppSasl, xmpp_sasl, XMPP, SASL, GObject)

#define XMPP_SASL_MIN_ITERATIONS 4096
#define XMPP_SASL_MAX_ITERATIONS 1000000

/* The salted password of one account, kept for the life of the process so that a reconnect derives nothing. */
typedef struct _XmppSaslKey XmppSaslKey;
void        xmpp_sasl_key_free      (XmppSaslKey *key);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XmppSaslKey, xmpp_sasl_key_free)

typedef struct
{
  const char         *address;       /* bare */
  const char         *username;      /* its local part */
  const char         *password;      /* (nullable) */
  const char         *floor;         /* (nullable): the strongest mechanism used before */
  gboolean            certificate;   /* the TLS handshake offered a client certificate */
  GTlsConnection     *tls;           /* (nullable): what to bind to */
  gboolean            unbound;       /* do not try a binding that the server has not announced */
  XmppSaslKey       **key;           /* (inout): see above */
} XmppSaslAccount;

/*
 * @mechanisms: as the server announced them; @bindings: channel binding types it announced (XEP-0440), NULL: none.
 * What @account points to must outlive the object. Errors: XMPP_CLIENT_ERROR AUTH_DOWNGRADE, AUTH_UNSUPPORTED,
 * AUTH_FAILED (no password).
 */
XmppSasl   *xmpp_sasl_new           (const XmppSaslAccount *account,
                                     const char * const    *mechanisms,
                                     const char * const    *bindings,
                                     GError               **error) G_GNUC_WARN_UNUSED_RESULT;
const char *xmpp_sasl_get_mechanism (XmppSasl            *self);
/* The initial response; NULL if there is none. */
GBytes     *xmpp_sasl_get_initial   (XmppSasl            *self);
void        xmpp_sasl_step_async    (XmppSasl            *self,
                                     GBytes              *challenge,
                                     GCancellable        *cancellable,
                                     GAsyncReadyCallback  callback,
                                     gpointer             user_data);
GBytes     *xmpp_sasl_step_finish   (XmppSasl            *self,
                                     GAsyncResult        *result,
                                     GError             **error) G_GNUC_WARN_UNUSED_RESULT;
/* The server says that all is well; @data is what came with it. FALSE: it has not proved it (SERVER_UNPROVEN). */
gboolean    xmpp_sasl_succeed       (XmppSasl            *self,
                                     GBytes              *data,
                                     GError             **error);
/* The server refused the very first message of a mechanism bound to a type that it had not announced. */
gboolean    xmpp_sasl_was_guess     (XmppSasl            *self);
/* The stronger of a floor and a mechanism that was used. */
const char *xmpp_sasl_raise_floor   (const char          *floor,
                                     const char          *mechanism);

/* For tests: the nonce is random otherwise. */
void        xmpp_sasl_set_nonce_for_tests (const char    *nonce);

G_END_DECLS
