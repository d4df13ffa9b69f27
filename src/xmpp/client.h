/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "xmpp/node.h"

G_BEGIN_DECLS

/**
 * XmppClient:
 *
 * One account's connection: finds the server, secures the stream, signs in, binds, keeps the session alive,
 * resumes or reconnects. Lives in the thread-default main context it was made in. It connects when asked, stays
 * connected (reconnecting by itself with full-jitter back-off) until xmpp_client_disconnect().
 *
 * Feature modules (roster.c, muc.c, …) are objects built on a client; they register handlers and send IQs.
 */
#define XMPP_TYPE_CLIENT (xmpp_client_get_type ())
G_DECLARE_FINAL_TYPE (XmppClient, xmpp_client, XMPP, CLIENT, GObject)

typedef enum
{
  XMPP_CLIENT_OFFLINE,      /* not asked to connect, or stopped by a final error (see :error) */
  XMPP_CLIENT_WAITING,      /* asked to connect; waits for the network or for the next try (see :retry-at) */
  XMPP_CLIENT_CONNECTING,   /* a try is under way */
  XMPP_CLIENT_ONLINE,       /* bound or resumed: stanzas flow */
} XmppClientState;

/* Why a connection failed. Final ones stop the retries until the user acts. */
#define XMPP_CLIENT_ERROR (xmpp_client_error_quark ())
GQuark xmpp_client_error_quark (void);
typedef enum
{
  XMPP_CLIENT_ERROR_NOT_FOUND,          /* the domain has no such server (DNS says so) */
  XMPP_CLIENT_ERROR_UNREACHABLE,        /* nothing answered, or the connection broke */
  XMPP_CLIENT_ERROR_TIMED_OUT,
  XMPP_CLIENT_ERROR_TLS_REQUIRED,       /* final: the server offers no encryption */
  XMPP_CLIENT_ERROR_CERTIFICATE,        /* final: see xmpp_client_get_certificate_problem() */
  XMPP_CLIENT_ERROR_AUTH_FAILED,        /* final: wrong name or password */
  XMPP_CLIENT_ERROR_AUTH_DOWNGRADE,     /* final: weaker sign-in than this account used before */
  XMPP_CLIENT_ERROR_AUTH_UNSUPPORTED,   /* final: no mechanism in common */
  XMPP_CLIENT_ERROR_SERVER_UNPROVEN,    /* final: the server could not prove that it knows the password */
  XMPP_CLIENT_ERROR_CONFLICT,           /* final: replaced by another session with the same resource */
  XMPP_CLIENT_ERROR_PROTOCOL,           /* the server broke the protocol; text says how */
  XMPP_CLIENT_ERROR_STREAM,             /* the server ended the stream with an error; text says which */
  XMPP_CLIENT_ERROR_CLOSED,             /* asked to close while something was pending */
  XMPP_CLIENT_ERROR_REGISTRATION,       /* final: the account could not be made; text says why */
} XmppClientError;

/* A stanza-level error (RFC 6120 §8.3) as the GError of an IQ. */
#define XMPP_STANZA_ERROR (xmpp_stanza_error_quark ())
GQuark xmpp_stanza_error_quark (void);
typedef enum
{
  XMPP_STANZA_ERROR_UNDEFINED_CONDITION,
  XMPP_STANZA_ERROR_BAD_REQUEST,
  XMPP_STANZA_ERROR_CONFLICT,
  XMPP_STANZA_ERROR_FEATURE_NOT_IMPLEMENTED,
  XMPP_STANZA_ERROR_FORBIDDEN,
  XMPP_STANZA_ERROR_GONE,
  XMPP_STANZA_ERROR_INTERNAL_SERVER_ERROR,
  XMPP_STANZA_ERROR_ITEM_NOT_FOUND,
  XMPP_STANZA_ERROR_JID_MALFORMED,
  XMPP_STANZA_ERROR_NOT_ACCEPTABLE,
  XMPP_STANZA_ERROR_NOT_ALLOWED,
  XMPP_STANZA_ERROR_NOT_AUTHORIZED,
  XMPP_STANZA_ERROR_POLICY_VIOLATION,
  XMPP_STANZA_ERROR_RECIPIENT_UNAVAILABLE,
  XMPP_STANZA_ERROR_REDIRECT,
  XMPP_STANZA_ERROR_REGISTRATION_REQUIRED,
  XMPP_STANZA_ERROR_REMOTE_SERVER_NOT_FOUND,
  XMPP_STANZA_ERROR_REMOTE_SERVER_TIMEOUT,
  XMPP_STANZA_ERROR_RESOURCE_CONSTRAINT,
  XMPP_STANZA_ERROR_SERVICE_UNAVAILABLE,
  XMPP_STANZA_ERROR_SUBSCRIPTION_REQUIRED,
  XMPP_STANZA_ERROR_UNEXPECTED_REQUEST,
  XMPP_STANZA_ERROR_TIMED_OUT,          /* ours: no answer in time */
  XMPP_STANZA_ERROR_DISCONNECTED,       /* ours: the session ended before the answer */
  XMPP_STANZA_ERROR_INVALID_ANSWER,     /* ours: the answer is not what the protocol says */
} XmppStanzaError;

/* @address: bare address, prepared (see jid.h). */
XmppClient     *xmpp_client_new                 (const char *address) G_GNUC_WARN_UNUSED_RESULT;

/* Settings; they take effect with the next connection try. */
void            xmpp_client_set_password        (XmppClient *self, const char *password);
/* NULL: discovery. Else "xmpp://host:port" (STARTTLS), "xmpps://host:port", "ws://…" (loopback only), "wss://…". */
void            xmpp_client_set_server          (XmppClient *self, const char *uri);
/* PEM file with the authorities to trust beside the system's, and revocation lists; NULL for none. */
void            xmpp_client_set_ca_file         (XmppClient *self, const char *path);
void            xmpp_client_set_client_certificate (XmppClient *self, GTlsCertificate *certificate); /* SASL EXTERNAL */
void            xmpp_client_set_proxy_resolver  (XmppClient *self, GProxyResolver *resolver);
void            xmpp_client_set_resource        (XmppClient *self, const char *resource);  /* NULL: chosen by us, stable for the object */
/* The strongest sign-in this account has used, as xmpp_client_dup_auth_floor() gave it; nothing weaker is accepted. */
void            xmpp_client_set_auth_floor      (XmppClient *self, const char *floor);
char           *xmpp_client_dup_auth_floor      (XmppClient *self);
/* Opaque state of a resumable session (XEP-0198 §5) from xmpp_client_dup_session(), to be resumed by the next connection.
 * What the earlier process had sent without an acknowledgement is not known any more: ::unacknowledged (0). */
void            xmpp_client_set_session         (XmppClient *self, GVariant *session);
GVariant       *xmpp_client_dup_session         (XmppClient *self);
/* The same as it would be once all up to @received was confirmed: to be stored in the transaction that stores these. */
GVariant       *xmpp_client_dup_session_at      (XmppClient *self, guint64 received);
void            xmpp_client_set_inactive        (XmppClient *self, gboolean inactive);     /* XEP-0352 */
/* Makes the account, with its address and password, before the first sign-in (XEP-0077); @token of an invitation
 * (XEP-0445) or NULL. @make FALSE: not any more; it is so by itself once the account was made. */
void            xmpp_client_set_registration    (XmppClient *self, gboolean make, const char *token);

void            xmpp_client_connect             (XmppClient *self);  /* idempotent; also "try again now" */
/* Ends the stream cleanly: unavailable presence, stream close. @resumable: leave the session for a later resume. */
void            xmpp_client_disconnect          (XmppClient *self, gboolean resumable);

/* Properties: "address", "state" (guint), "error" (boxed GError, the last failure; NULL once ONLINE), "retry-at" (monotonic
 * µs, 0 = none), "full-address" (bound full address or NULL), each with notify. */
XmppClientState xmpp_client_get_state           (XmppClient *self);
gint64          xmpp_client_get_retry_at        (XmppClient *self);
const GError   *xmpp_client_get_error           (XmppClient *self);
const char     *xmpp_client_get_address         (XmppClient *self);   /* bare */
const char     *xmpp_client_get_domain          (XmppClient *self);
const char     *xmpp_client_get_full_address    (XmppClient *self);
/* Plain words for the last certificate failure: who signed, for whom, until when; NULL when there was none. */
char           *xmpp_client_dup_certificate_problem (XmppClient *self);
/* How the stream is connected, for "Check connection": "xmpps://chat.example:5223, TLS 1.3, SCRAM-SHA-256-PLUS". */
char           *xmpp_client_dup_description     (XmppClient *self);
/* Stream features the server announced after sign-in (for modules: pre-approval, roster versions, …); NULL offline. */
XmppNode       *xmpp_client_get_features        (XmppClient *self);

/*
 * Sending. Stanzas are root nodes in "jabber:client". An empty "id" is filled in with ≥ 64 random bits; "from" must be absent.
 *
 * The returned serial grows by one with each stanza sent by this client object. When the server has acknowledged all
 * up to a serial, ::acknowledged is emitted. When a session ends without resumption, ::unacknowledged is emitted with
 * the first serial that is not known to have arrived; the caller decides what to send again (archive look-up first).
 * Returns 0, and sends nothing, unless the state is ONLINE, or when @stanza is larger than servers take (255 kB).
 * @stanza is (transfer full).
 */
guint64         xmpp_client_send                (XmppClient *self, XmppNode *stanza);

/* An IQ and its answer: matched by id and sender (threat A4). @iq (transfer full), type get or set. 30 s time-out.
 * Errors: XMPP_STANZA_ERROR. The result is the whole <iq type='result'/>. */
void            xmpp_client_send_iq_async       (XmppClient *self, XmppNode *iq, GCancellable *cancellable,
                                                 GAsyncReadyCallback callback, gpointer user_data);
XmppNode       *xmpp_client_send_iq_finish      (XmppClient *self, GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* New IQ root: type "get" or "set", @to NULL = own account. */
XmppNode       *xmpp_client_new_iq              (const char *type, const char *to) G_GNUC_WARN_UNUSED_RESULT;
/* Answers to an IQ request that a handler got. */
void            xmpp_client_reply_result        (XmppClient *self, const XmppNode *request, XmppNode *payload_root); /* (transfer full) (nullable) */
void            xmpp_client_reply_error         (XmppClient *self, const XmppNode *request, XmppStanzaError condition, const char *text);

/*
 * Receiving. A handler sees stanzas of one kind that have a direct child (@name, @xmlns); @name NULL: any child of that
 * namespace; both NULL: every stanza of the kind. Handlers run in descending @priority, first registered first; one that
 * returns TRUE has consumed the stanza. IQ requests that nobody consumed are answered with service-unavailable.
 */
typedef enum { XMPP_STANZA_MESSAGE, XMPP_STANZA_PRESENCE, XMPP_STANZA_IQ } XmppStanzaKind;
typedef gboolean (*XmppStanzaHandler)           (XmppClient *self, XmppNode *stanza, gpointer user_data);
guint           xmpp_client_add_handler         (XmppClient *self, XmppStanzaKind kind, int priority,
                                                 const char *name, const char *xmlns,
                                                 XmppStanzaHandler handler, gpointer user_data, GDestroyNotify destroy);
void            xmpp_client_remove_handler      (XmppClient *self, guint id);

/*
 * Acknowledging what was received (XEP-0198). By default a stanza counts as handled when its handlers have returned. With
 * confirmation switched on it counts only once xmpp_client_confirm() was called with its serial or a later one, so that
 * the database commit comes first. xmpp_client_get_received() is the serial of the stanza being handled.
 */
void            xmpp_client_set_confirm_manually (XmppClient *self, gboolean manual);
guint64         xmpp_client_get_received        (XmppClient *self);
void            xmpp_client_confirm             (XmppClient *self, guint64 serial);

/* Counts by reason code of what was refused (threats.md): shown by "diagnose". Modules report through it. */
void            xmpp_client_note_rejection      (XmppClient *self, const char *reason);  /* static lower-case-dashed code */
GHashTable     *xmpp_client_get_rejections      (XmppClient *self);                      /* reason → GUINT count; borrowed */

/* Signals:
 * ::session-started (gboolean resumed)        after bind or resume, before queued input is handled
 * ::session-ended ()                          no longer online
 * ::acknowledged (guint64 serial)
 * ::unacknowledged (guint64 first_serial)     see xmpp_client_send(); before the next ::session-started. 0: what an earlier
 *                                             process sent in a session that was restored
 * ::stream-note (const char *line)            one redacted line of wire log, only while somebody listens
 */

G_END_DECLS
