/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "client-private.h"

#include "backoff.h"
#include "connector.h"
#include "jid.h"
#include "login.h"
#include "namespaces.h"
#include "redact.h"
#include "router.h"
#include "session.h"
#include "stream-transport.h"
#include "surroundings.h"
#include "trust.h"

#include <string.h>
#include <sys/random.h>

struct _XmppClient
{
  GObject          parent_instance;

  /* Settings. */
  char            *address;
  char            *domain;
  char            *username;
  char            *password;
  char            *server;
  char            *ca_file;
  char            *resource;
  char            *auth_floor;
  char            *token;         /* of an invitation */
  GTlsCertificate *certificate;
  GProxyResolver  *proxy;
  gboolean         make_account;
  gboolean         inactive;

  /* State. */
  XmppClientState  state;
  GError          *error;
  gint64           retry_at;      /* monotonic µs; 0: none */
  char            *full_address;
  XmppNode        *features;
  XmppClock       *clock;         /* borrowed: the system's, or a test's */

  XmppRouter      *router;
  XmppSession     *session;
  GHashTable      *rejections;    /* interned reason → GUINT count */

  /* The connection. */
  gboolean         wanted;
  GCancellable    *attempt;       /* of the try under way; has us as its data "client" */
  XmppTrust       *trust;         /* of the last try */
  XmppLogin       *login;
  XmppTransport   *login_transport;  /* what login works on */
  XmppRegistration *registration; /* lent to login */
  XmppSaslKey     *key;
  char            *mechanism;
  char            *transport_words;
  XmppTimer       *timer;         /* the next try */
  XmppBackoff      backoff;
  XmppSurroundings *surroundings; /* while wanted */
  char            *redirect;      /* where the next try goes */
  guint            redirects;     /* in a row */
};

enum
{
  PROP_0,
  PROP_ADDRESS,
  PROP_STATE,
  PROP_ERROR,
  PROP_RETRY_AT,
  PROP_FULL_ADDRESS,
  N_PROPS
};

enum
{
  SESSION_STARTED,
  SESSION_ENDED,
  ACKNOWLEDGED,
  UNACKNOWLEDGED,
  STREAM_NOTE,
  N_SIGNALS
};

/* How often in a row a server may send us elsewhere (threats B6). */
#define MAX_REDIRECTS 3

/* After a change of the network the next try comes within this, so that the network has time to settle. */
#define AFTER_CHANGE (2 * G_USEC_PER_SEC)

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (XmppClient, xmpp_client, G_TYPE_OBJECT)

char *
xmpp_random_id (gsize length)
{
  guint8 bytes[32];
  GString *id = g_string_sized_new (2 * length);

  g_return_val_if_fail (length <= sizeof bytes, NULL);

  /* Up to 256 bytes come whole or not at all once the system's pool is ready (getrandom(2)). */
  if (getrandom (bytes, length, 0) != (gssize) length)
    g_error ("no random numbers");
  for (gsize i = 0; i < length; i++)
    g_string_append_printf (id, "%02x", bytes[i]);
  return g_string_free (id, FALSE);
}

/* --- state --- */

static void
set_state (XmppClient      *self,
           XmppClientState  state)
{
  if (self->state == state)
    return;
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

static void
set_error (XmppClient   *self,
           const GError *error)
{
  if (self->error == NULL && error == NULL)
    return;
  g_clear_error (&self->error);
  self->error = error != NULL ? g_error_copy (error) : NULL;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ERROR]);
}

static void
set_full_address (XmppClient *self,
                  const char *full_address)
{
  if (g_strcmp0 (self->full_address, full_address) == 0)
    return;
  g_free (self->full_address);
  self->full_address = g_strdup (full_address);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FULL_ADDRESS]);
}

/* --- the session --- */

static void
tell_unacknowledged (XmppClient *self)
{
  guint64 first = xmpp_session_take_unacknowledged (self->session);

  if (first != 0)
    g_signal_emit (self, signals[UNACKNOWLEDGED], 0, first);
}

/* XEP-0352. A resumed session begins active too (§5.2). */
static void
tell_activity (XmppClient *self)
{
  g_autoptr(XmppNode) node = NULL;

  if (self->state != XMPP_CLIENT_ONLINE || xmpp_node_get_child (self->features, "csi", XMPP_NS_CSI) == NULL)
    return;
  node = xmpp_node_new (self->inactive ? "inactive" : "active", XMPP_NS_CSI);
  xmpp_transport_send (xmpp_session_get_transport (self->session), node);
}

static void
on_log (gboolean  out,
        XmppNode *node,
        gpointer  user_data)
{
  XmppClient *self = user_data;
  g_autofree char *redacted = NULL;
  g_autofree char *line = NULL;

  if (!g_signal_has_handler_pending (self, signals[STREAM_NOTE], 0, TRUE))
    return;
  redacted = xmpp_redact (node);
  line = g_strconcat (out ? "→ " : "← ", redacted, NULL);
  g_signal_emit (self, signals[STREAM_NOTE], 0, line);
}

static void
begin_session (XmppClient      *self,
               XmppTransport   *transport,
               XmppLoginResult *result)
{
  XmppSm *sm = xmpp_session_get_sm (self->session);
  XmppNode *early;

  g_clear_pointer (&self->features, xmpp_node_unref);
  self->features = g_steal_pointer (&result->features);
  g_free (self->mechanism);
  self->mechanism = g_steal_pointer (&result->mechanism);

  if (!result->resumed)
    {
      guint64 serial = 0;

      /* A failed resume may still say how much had arrived (XEP-0198 §5). */
      if (result->resumed_h != NULL && !xmpp_sm_is_restored (sm) && xmpp_sm_acknowledge (sm, result->resumed_h, &serial) &&
          serial != 0)
        xmpp_session_acknowledged (self->session, serial);
      if (xmpp_sm_is_restored (sm))
        g_signal_emit (self, signals[UNACKNOWLEDGED], 0, (guint64) 0);
      tell_unacknowledged (self);
      xmpp_router_fail_all (self->router, XMPP_STANZA_ERROR_DISCONNECTED, "the session ended before the answer");
      xmpp_sm_forget (sm);
      set_full_address (self, result->full_address);
      if (result->sm)
        xmpp_sm_start (sm, result->sm_id, result->sm_location,
                       xmpp_session_get_received (self->session) + g_queue_get_length (&result->early));
    }

  xmpp_session_begin (self->session, transport, result->sm ? XMPP_SESSION_ACKS_SM : XMPP_SESSION_ACKS_PING);
  while ((early = g_queue_pop_head (&result->early)) != NULL)
    xmpp_session_push (self->session, early);
  set_error (self, NULL);
  set_state (self, XMPP_CLIENT_ONLINE);
  if (result->resumed)
    {
      xmpp_sm_resumed (sm, xmpp_session_get_confirmed (self->session));
      xmpp_session_resend (self->session);
    }
  if (self->inactive)
    tell_activity (self);
  g_signal_emit (self, signals[SESSION_STARTED], 0, result->resumed);
}

static gboolean
is_final (const GError *error)
{
  switch ((XmppClientError) error->code)
    {
    case XMPP_CLIENT_ERROR_TLS_REQUIRED:
    case XMPP_CLIENT_ERROR_CERTIFICATE:
    case XMPP_CLIENT_ERROR_AUTH_FAILED:
    case XMPP_CLIENT_ERROR_AUTH_DOWNGRADE:
    case XMPP_CLIENT_ERROR_AUTH_UNSUPPORTED:
    case XMPP_CLIENT_ERROR_SERVER_UNPROVEN:
    case XMPP_CLIENT_ERROR_CONFLICT:
    case XMPP_CLIENT_ERROR_REGISTRATION:
      return TRUE;
    case XMPP_CLIENT_ERROR_NOT_FOUND:
    case XMPP_CLIENT_ERROR_UNREACHABLE:
    case XMPP_CLIENT_ERROR_TIMED_OUT:
    case XMPP_CLIENT_ERROR_PROTOCOL:
    case XMPP_CLIENT_ERROR_STREAM:
    case XMPP_CLIENT_ERROR_CLOSED:
    default:
      return FALSE;
    }
}

static void begin_attempt (XmppClient *self);

static void
set_retry_at (XmppClient *self,
              gint64      retry_at)
{
  if (self->retry_at == retry_at)
    return;
  self->retry_at = retry_at;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RETRY_AT]);
}

static void
stop_trying (XmppClient *self)
{
  self->wanted = FALSE;
  xmpp_clock_stop (self->clock, &self->timer);
  set_retry_at (self, 0);
  g_clear_pointer (&self->surroundings, xmpp_surroundings_free);
  g_clear_pointer (&self->redirect, g_free);
}

static void
end_attempt (XmppClient *self)
{
  if (self->attempt != NULL)
    g_cancellable_cancel (self->attempt);
  g_clear_object (&self->attempt);
  g_clear_pointer (&self->login, xmpp_login_free);
  g_clear_pointer (&self->registration, xmpp_registration_free);
}

static void
on_retry (gpointer user_data)
{
  XmppClient *self = user_data;

  self->timer = NULL;
  begin_attempt (self);
}

static void
retry_in (XmppClient *self,
          gint64      delay)
{
  xmpp_clock_stop (self->clock, &self->timer);
  self->timer = xmpp_clock_start (self->clock, delay, on_retry, self);
  set_retry_at (self, MAX (xmpp_clock_now (self->clock) + delay, 1));
  set_state (self, XMPP_CLIENT_WAITING);
}

static XmppBackoffReason
get_backoff_reason (const GError *error)
{
  /* These are the server's way to say that there are too many of us (RFC 6120 §4.9.3). */
  if (strstr (error->message, "resource-constraint") != NULL || strstr (error->message, "policy-violation") != NULL)
    return XMPP_BACKOFF_SERVER_BUSY;
  if (strstr (error->message, "does not answer") != NULL)
    return XMPP_BACKOFF_LINK_LOST;
  return XMPP_BACKOFF_SERVER_END;
}

/* RFC 6120 §4.9.3.19: to the host the server named; the certificate must be good for the domain all the same. */
static gboolean
follow_redirect (XmppClient *self,
                 char       *redirect)   /* (transfer full) (nullable) */
{
  g_autofree char *target = redirect;

  if (target == NULL)
    return FALSE;
  if (self->server != NULL || self->redirects >= MAX_REDIRECTS)
    {
      xmpp_client_note_rejection (self, "stream-redirect");
      return FALSE;
    }
  self->redirects++;
  g_free (self->redirect);
  self->redirect = g_steal_pointer (&target);
  return TRUE;
}

static void
take_failure (XmppClient   *self,
              const GError *error,
              char         *redirect)   /* (transfer full) (nullable) */
{
  g_autoptr(GError) kept = g_error_copy (error);

  set_error (self, kept);
  if (is_final (kept))
    {
      g_free (redirect);
      stop_trying (self);
      set_state (self, XMPP_CLIENT_OFFLINE);
      return;
    }
  if (follow_redirect (self, redirect))
    {
      begin_attempt (self);
      return;
    }
  retry_in (self, xmpp_backoff_next (&self->backoff, get_backoff_reason (kept), xmpp_clock_now (self->clock)));
}

static void
on_session_ended (XmppClient   *self,
                  const GError *error)
{
  g_autoptr(XmppTransport) transport = xmpp_session_end (self->session);
  g_autoptr(XmppClient) alive = g_object_ref (self);
  gboolean resumable = xmpp_sm_get_id (xmpp_session_get_sm (self->session)) != NULL;
  char *redirect = xmpp_session_take_redirect (self->session);

  if (transport != NULL)
    xmpp_transport_close (transport);
  g_clear_pointer (&self->features, xmpp_node_unref);
  self->state = self->wanted ? XMPP_CLIENT_WAITING : XMPP_CLIENT_OFFLINE;
  set_error (self, error);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
  g_signal_emit (self, signals[SESSION_ENDED], 0);
  if (!resumable)
    {
      xmpp_router_fail_all (self->router, XMPP_STANZA_ERROR_DISCONNECTED, "the session ended before the answer");
      tell_unacknowledged (self);
    }
  /* Somebody may have asked for something else meanwhile. */
  if (self->wanted && self->state == XMPP_CLIENT_WAITING)
    take_failure (self, error, redirect);
  else
    g_free (redirect);
}

static void
on_acknowledged (XmppClient *self,
                 guint64     serial)
{
  g_signal_emit (self, signals[ACKNOWLEDGED], 0, serial);
}

static const XmppSessionEvents session_events = { on_session_ended, on_acknowledged };

/* --- a try --- */

/* The server counts what was never sent (threats B8): the session is worth nothing. */
static void
refuse_resumption (XmppClient    *self,
                   XmppTransport *transport)
{
  XmppNode *detail = xmpp_node_new ("handled-count-too-high", XMPP_NS_SM);
  g_autoptr(GError) error = NULL;

  xmpp_client_note_rejection (self, "sm-false-count");
  xmpp_transport_fail (transport, "undefined-condition", detail);
  tell_unacknowledged (self);
  xmpp_router_fail_all (self->router, XMPP_STANZA_ERROR_DISCONNECTED, "the session ended before the answer");
  xmpp_sm_forget (xmpp_session_get_sm (self->session));
  error = g_error_new_literal (XMPP_CLIENT_ERROR, XMPP_CLIENT_ERROR_PROTOCOL,
                               "the server acknowledged what was never sent");
  take_failure (self, error, NULL);
}

static void
on_login_done (XmppLoginResult *result,
               const GError    *error,
               gpointer         user_data)
{
  XmppClient *self = user_data;
  g_autoptr(XmppClient) alive = g_object_ref (self);
  g_autoptr(XmppTransport) transport = g_steal_pointer (&self->login_transport);
  XmppSm *sm = xmpp_session_get_sm (self->session);
  gboolean restored = xmpp_sm_is_restored (sm);
  XmppLogin *login = g_steal_pointer (&self->login);
  guint64 serial = 0;

  if (result->registered)
    self->make_account = FALSE;
  if (result->mechanism != NULL)
    {
      const char *floor = xmpp_sasl_raise_floor (self->auth_floor, result->mechanism);

      if (floor != self->auth_floor)
        {
          g_free (self->auth_floor);
          self->auth_floor = g_strdup (floor);
        }
    }

  if (error != NULL)
    {
      take_failure (self, error, g_steal_pointer (&result->redirect));
    }
  else if (result->resumed && !xmpp_sm_acknowledge (sm, result->resumed_h, &serial))
    {
      refuse_resumption (self, transport);
    }
  else
    {
      xmpp_backoff_online (&self->backoff, xmpp_clock_now (self->clock));
      self->redirects = 0;
      if (serial != 0)
        xmpp_session_acknowledged (self->session, serial);
      if (result->resumed && restored)
        g_signal_emit (self, signals[UNACKNOWLEDGED], 0, (guint64) 0);
      begin_session (self, transport, result);
    }

  xmpp_login_free (login);
  if (self->state != XMPP_CLIENT_CONNECTING && self->attempt != NULL && self->login == NULL)
    end_attempt (self);
}

static void
begin_login (XmppClient    *self,
             XmppTransport *transport)
{
  XmppSm *sm = xmpp_session_get_sm (self->session);
  XmppLoginWish wish = { 0 };

  g_free (self->transport_words);
  self->transport_words = g_strdup (xmpp_transport_get_description (transport));
  xmpp_transport_set_log (transport, on_log, self);

  if (self->make_account && self->username != NULL && self->password != NULL)
    self->registration = xmpp_registration_new (self->domain, self->username, self->password, self->token);
  wish.address = self->address;
  wish.domain = self->domain;
  wish.username = self->username;
  wish.password = self->password;
  wish.resource = self->resource;
  wish.auth_floor = self->auth_floor;
  wish.certificate = self->certificate;
  wish.trust = self->trust;
  wish.key = &self->key;
  wish.registration = self->registration;
  wish.resume_id = xmpp_sm_get_id (sm);
  wish.resume_h = xmpp_sm_get_h (sm, xmpp_session_get_confirmed (self->session));
  self->login_transport = g_object_ref (transport);
  self->login = xmpp_login_start (transport, &wish, self->clock, on_login_done, self);
}

static void
on_connected (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(GCancellable) attempt = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(XmppTransport) transport = NULL;
  gint64 retry_after = 0;
  XmppClient *self;

  transport = xmpp_connector_connect_finish (result, &retry_after, &error);
  if (g_cancellable_is_cancelled (attempt))
    {
      if (transport != NULL)
        xmpp_transport_abort (transport);
      return;
    }
  self = g_object_get_data (G_OBJECT (attempt), "client");

  if (transport == NULL)
    {
      end_attempt (self);
      xmpp_backoff_hint (&self->backoff, xmpp_clock_now (self->clock), retry_after);
      take_failure (self, error, NULL);
      return;
    }
  begin_login (self, transport);
}

static gboolean
prepare_trust (XmppClient  *self,
               GError     **error)
{
  g_autoptr(GError) local = NULL;

  g_clear_object (&self->trust);
  self->trust = xmpp_trust_new (self->domain, self->ca_file, &local);
  if (self->trust == NULL)
    {
      g_set_error (error, XMPP_CLIENT_ERROR, XMPP_CLIENT_ERROR_CERTIFICATE, "the list of authorities cannot be read: %s",
                   local->message);
      return FALSE;
    }
  xmpp_trust_set_clock (self->trust, self->clock);

  /* The administrator named a host: a certificate for it is as good as one for the domain (threats B2). */
  if (self->server != NULL)
    {
      g_autoptr(GUri) uri = g_uri_parse (self->server, G_URI_FLAGS_NONE, NULL);

      if (uri != NULL && g_uri_get_host (uri) != NULL && *g_uri_get_host (uri) != '\0')
        xmpp_trust_add_name (self->trust, g_uri_get_host (uri));
    }
  return TRUE;
}

static void
begin_attempt (XmppClient *self)
{
  XmppSm *sm = xmpp_session_get_sm (self->session);
  g_autoptr(GError) error = NULL;
  g_autofree char *redirect = g_steal_pointer (&self->redirect);
  XmppConnectorWish wish = { 0 };

  end_attempt (self);
  xmpp_clock_stop (self->clock, &self->timer);
  set_retry_at (self, 0);
  set_state (self, XMPP_CLIENT_CONNECTING);
  if (!prepare_trust (self, &error))
    {
      take_failure (self, error, NULL);
      return;
    }

  self->attempt = g_cancellable_new ();
  g_object_set_data (G_OBJECT (self->attempt), "client", self);
  wish.domain = self->domain;
  wish.uri = self->server;
  wish.host_port = redirect != NULL ? redirect : xmpp_sm_get_location (sm);
  wish.redirect_only = redirect != NULL;
  wish.trust = self->trust;
  wish.certificate = self->certificate;
  wish.proxy = self->proxy;
  xmpp_connector_connect_async (&wish, self->attempt, on_connected, g_object_ref (self->attempt));
}

/* The network changed, or the machine woke up. */
static void
on_surroundings_changed (gpointer user_data)
{
  XmppClient *self = user_data;

  if (self->state == XMPP_CLIENT_ONLINE)
    xmpp_session_check_link (self->session);
  else if (self->state == XMPP_CLIENT_WAITING && self->retry_at > xmpp_clock_now (self->clock) + AFTER_CHANGE)
    retry_in (self, (gint64) (g_random_double () * AFTER_CHANGE));
}

/* --- ping (XEP-0199) --- */

static gboolean
on_ping (XmppClient *self,
         XmppNode   *stanza,
         gpointer    user_data)
{
  if (g_strcmp0 (xmpp_node_get_attribute (stanza, "type"), "get") != 0)
    return FALSE;
  xmpp_client_reply_result (self, stanza, NULL);
  return TRUE;
}

/* --- object --- */

static void
wipe (char **secret)
{
  if (*secret != NULL)
    explicit_bzero (*secret, strlen (*secret));
  g_clear_pointer (secret, g_free);
}

static void
xmpp_client_get_property (GObject    *object,
                          guint       id,
                          GValue     *value,
                          GParamSpec *pspec)
{
  XmppClient *self = XMPP_CLIENT (object);

  switch (id)
    {
    case PROP_ADDRESS:
      g_value_set_string (value, self->address);
      break;
    case PROP_STATE:
      g_value_set_uint (value, self->state);
      break;
    case PROP_ERROR:
      g_value_set_boxed (value, self->error);
      break;
    case PROP_RETRY_AT:
      g_value_set_int64 (value, self->retry_at);
      break;
    case PROP_FULL_ADDRESS:
      g_value_set_string (value, self->full_address);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
xmpp_client_set_property (GObject      *object,
                          guint         id,
                          const GValue *value,
                          GParamSpec   *pspec)
{
  XmppClient *self = XMPP_CLIENT (object);

  switch (id)
    {
    case PROP_ADDRESS:
      self->address = g_value_dup_string (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
xmpp_client_constructed (GObject *object)
{
  XmppClient *self = XMPP_CLIENT (object);

  G_OBJECT_CLASS (xmpp_client_parent_class)->constructed (object);

  self->domain = xmpp_jid_dup_domain (self->address);
  self->username = xmpp_jid_dup_local (self->address);
  xmpp_client_set_clock (self, xmpp_clock_get_system ());
}

static void
xmpp_client_dispose (GObject *object)
{
  XmppClient *self = XMPP_CLIENT (object);

  stop_trying (self);
  end_attempt (self);
  g_clear_object (&self->login_transport);
  if (self->session != NULL)
    {
      g_autoptr(XmppTransport) transport = xmpp_session_end (self->session);

      if (transport != NULL)
        {
          xmpp_transport_set_log (transport, NULL, NULL);
          xmpp_transport_close (transport);
        }
    }

  G_OBJECT_CLASS (xmpp_client_parent_class)->dispose (object);
}

static void
xmpp_client_finalize (GObject *object)
{
  XmppClient *self = XMPP_CLIENT (object);

  g_clear_pointer (&self->session, xmpp_session_free);
  g_clear_pointer (&self->router, xmpp_router_free);
  g_clear_pointer (&self->features, xmpp_node_unref);
  g_clear_pointer (&self->rejections, g_hash_table_unref);
  g_clear_error (&self->error);
  g_clear_object (&self->trust);
  g_clear_object (&self->certificate);
  g_clear_object (&self->proxy);
  g_clear_pointer (&self->key, xmpp_sasl_key_free);
  wipe (&self->password);
  g_free (self->address);
  g_free (self->domain);
  g_free (self->username);
  g_free (self->server);
  g_free (self->ca_file);
  g_free (self->resource);
  g_free (self->auth_floor);
  g_free (self->token);
  g_free (self->mechanism);
  g_free (self->transport_words);
  g_free (self->redirect);
  g_free (self->full_address);

  G_OBJECT_CLASS (xmpp_client_parent_class)->finalize (object);
}

static void
xmpp_client_class_init (XmppClientClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = xmpp_client_constructed;
  object_class->get_property = xmpp_client_get_property;
  object_class->set_property = xmpp_client_set_property;
  object_class->dispose = xmpp_client_dispose;
  object_class->finalize = xmpp_client_finalize;

  properties[PROP_ADDRESS] =
    g_param_spec_string ("address", NULL, NULL, NULL,
                         G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  properties[PROP_STATE] =
    g_param_spec_uint ("state", NULL, NULL, 0, XMPP_CLIENT_ONLINE, XMPP_CLIENT_OFFLINE,
                       G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  properties[PROP_ERROR] =
    g_param_spec_boxed ("error", NULL, NULL, G_TYPE_ERROR,
                        G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  properties[PROP_RETRY_AT] =
    g_param_spec_int64 ("retry-at", NULL, NULL, 0, G_MAXINT64, 0,
                        G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  properties[PROP_FULL_ADDRESS] =
    g_param_spec_string ("full-address", NULL, NULL, NULL,
                         G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[SESSION_STARTED] = g_signal_new ("session-started", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                           NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
  signals[SESSION_ENDED] = g_signal_new ("session-ended", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[ACKNOWLEDGED] = g_signal_new ("acknowledged", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT64);
  signals[UNACKNOWLEDGED] = g_signal_new ("unacknowledged", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT64);
  signals[STREAM_NOTE] = g_signal_new ("stream-note", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                       NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
xmpp_client_init (XmppClient *self)
{
  g_autofree char *random = xmpp_random_id (4);

  self->rejections = g_hash_table_new (g_str_hash, g_str_equal);
  self->resource = g_strconcat ("atrium.", random, NULL);
}

/**
 * xmpp_client_new:
 * @address: the account's bare address, prepared
 */
XmppClient *
xmpp_client_new (const char *address)
{
  g_return_val_if_fail (address != NULL && xmpp_jid_is_bare (address), NULL);

  return g_object_new (XMPP_TYPE_CLIENT, "address", address, NULL);
}

XmppClient *
xmpp_client_new_for_stream (const char *full_address,
                            GIOStream  *stream)
{
  g_autofree char *bare = xmpp_jid_dup_bare (full_address);
  g_autoptr(XmppTransport) transport = xmpp_stream_transport_new (stream);
  XmppClient *self = xmpp_client_new (bare);

  self->features = xmpp_node_new ("features", XMPP_NS_STREAM);
  set_full_address (self, full_address);
  xmpp_session_begin (self->session, transport, XMPP_SESSION_ACKS_NONE);
  xmpp_transport_set_events (transport, NULL, NULL);
  xmpp_stream_transport_assume_open (XMPP_STREAM_TRANSPORT (transport),
                                     "<stream:stream xmlns='" XMPP_NS_CLIENT "' xmlns:stream='" XMPP_NS_STREAM "'>");
  xmpp_session_listen (self->session);
  set_state (self, XMPP_CLIENT_ONLINE);
  return self;
}

void
xmpp_client_set_clock (XmppClient *self,
                       XmppClock  *clock)
{
  g_return_if_fail (XMPP_IS_CLIENT (self));
  g_return_if_fail (self->state == XMPP_CLIENT_OFFLINE);

  g_clear_pointer (&self->session, xmpp_session_free);
  g_clear_pointer (&self->router, xmpp_router_free);
  self->clock = clock;
  self->router = xmpp_router_new (self, clock);
  self->session = xmpp_session_new (self, self->router, clock, &session_events);
  xmpp_router_add (self->router, XMPP_STANZA_IQ, 0, "ping", XMPP_NS_PING, on_ping, NULL, NULL);
}

/* --- settings --- */

void
xmpp_client_set_password (XmppClient *self,
                          const char *password)
{
  char *copy = g_strdup (password);

  g_return_if_fail (XMPP_IS_CLIENT (self));

  wipe (&self->password);
  self->password = copy;
}

static void
set_string (char       **field,
            const char  *value)
{
  char *copy = g_strdup (value);

  g_free (*field);
  *field = copy;
}

void
xmpp_client_set_server (XmppClient *self,
                        const char *uri)
{
  g_return_if_fail (XMPP_IS_CLIENT (self));

  set_string (&self->server, uri);
}

void
xmpp_client_set_ca_file (XmppClient *self,
                         const char *path)
{
  g_return_if_fail (XMPP_IS_CLIENT (self));

  set_string (&self->ca_file, path);
}

void
xmpp_client_set_client_certificate (XmppClient      *self,
                                    GTlsCertificate *certificate)
{
  g_return_if_fail (XMPP_IS_CLIENT (self));

  g_set_object (&self->certificate, certificate);
}

void
xmpp_client_set_proxy_resolver (XmppClient     *self,
                                GProxyResolver *resolver)
{
  g_return_if_fail (XMPP_IS_CLIENT (self));

  g_set_object (&self->proxy, resolver);
}

void
xmpp_client_set_resource (XmppClient *self,
                          const char *resource)
{
  g_autofree char *random = xmpp_random_id (4);
  g_autofree char *chosen = g_strconcat ("atrium.", random, NULL);

  g_return_if_fail (XMPP_IS_CLIENT (self));

  set_string (&self->resource, resource != NULL ? resource : chosen);
}

void
xmpp_client_set_auth_floor (XmppClient *self,
                            const char *floor)
{
  g_return_if_fail (XMPP_IS_CLIENT (self));

  set_string (&self->auth_floor, floor);
}

char *
xmpp_client_dup_auth_floor (XmppClient *self)
{
  g_return_val_if_fail (XMPP_IS_CLIENT (self), NULL);

  return g_strdup (self->auth_floor);
}

void
xmpp_client_set_registration (XmppClient *self,
                              gboolean    make,
                              const char *token)
{
  g_return_if_fail (XMPP_IS_CLIENT (self));

  self->make_account = make;
  set_string (&self->token, token);
}

/**
 * xmpp_client_set_session:
 * @session: (nullable): from xmpp_client_dup_session(), perhaps of an earlier process or version
 *
 * The next connection tries to resume @session. One that cannot be read is as good as none.
 */
void
xmpp_client_set_session (XmppClient *self,
                         GVariant   *session)
{
  XmppSm *sm;
  g_autofree char *address = NULL;

  g_return_if_fail (XMPP_IS_CLIENT (self));
  g_return_if_fail (self->state == XMPP_CLIENT_OFFLINE);

  sm = xmpp_session_get_sm (self->session);
  xmpp_sm_forget (sm);
  if (session == NULL || !xmpp_sm_restore (sm, session, xmpp_session_get_received (self->session), &address))
    return;
  if (!xmpp_jid_bare_equal (address, self->address))
    {
      xmpp_sm_forget (sm);
      return;
    }
  set_full_address (self, address);
}

GVariant *
xmpp_client_dup_session (XmppClient *self)
{
  g_return_val_if_fail (XMPP_IS_CLIENT (self), NULL);

  return xmpp_client_dup_session_at (self, xmpp_session_get_confirmed (self->session));
}

GVariant *
xmpp_client_dup_session_at (XmppClient *self,
                            guint64     received)
{
  g_return_val_if_fail (XMPP_IS_CLIENT (self), NULL);

  if (self->full_address == NULL)
    return NULL;
  return xmpp_sm_save (xmpp_session_get_sm (self->session), self->full_address, received);
}

void
xmpp_client_set_inactive (XmppClient *self,
                          gboolean    inactive)
{
  g_return_if_fail (XMPP_IS_CLIENT (self));

  inactive = !!inactive;
  if (self->inactive == inactive)
    return;
  self->inactive = inactive;
  tell_activity (self);
}

/* --- connecting --- */

/**
 * xmpp_client_connect:
 *
 * Connects, and stays connected until xmpp_client_disconnect() or an error that is final. While waiting for the next
 * try: tries now.
 */
void
xmpp_client_connect (XmppClient *self)
{
  g_return_if_fail (XMPP_IS_CLIENT (self));

  if (!self->wanted)
    {
      self->wanted = TRUE;
      self->redirects = 0;
      if (self->surroundings == NULL)
        self->surroundings = xmpp_surroundings_new (on_surroundings_changed, self);
    }
  if (self->state == XMPP_CLIENT_OFFLINE || self->state == XMPP_CLIENT_WAITING)
    begin_attempt (self);
}

/**
 * xmpp_client_disconnect:
 * @resumable: leave the session on the server, to be resumed by the next connection
 */
void
xmpp_client_disconnect (XmppClient *self,
                        gboolean    resumable)
{
  g_autoptr(XmppTransport) transport = NULL;
  g_autoptr(XmppClient) alive = NULL;
  XmppSm *sm;

  g_return_if_fail (XMPP_IS_CLIENT (self));

  alive = g_object_ref (self);
  sm = xmpp_session_get_sm (self->session);
  stop_trying (self);
  end_attempt (self);
  g_clear_object (&self->login_transport);
  if (xmpp_sm_get_id (sm) == NULL)
    resumable = FALSE;

  if (self->state == XMPP_CLIENT_ONLINE && !resumable)
    {
      XmppNode *presence = xmpp_node_new ("presence", XMPP_NS_CLIENT);

      xmpp_node_set_attribute (presence, "type", "unavailable");
      xmpp_client_send (self, presence);
    }
  xmpp_session_say_last_h (self->session);
  transport = xmpp_session_end (self->session);
  if (transport != NULL)
    {
      xmpp_transport_set_log (transport, NULL, NULL);
      if (resumable)
        xmpp_transport_hang_up (transport);
      else
        xmpp_transport_close (transport);
      g_clear_pointer (&self->features, xmpp_node_unref);
    }
  set_state (self, XMPP_CLIENT_OFFLINE);
  if (transport != NULL)
    g_signal_emit (self, signals[SESSION_ENDED], 0);
  xmpp_router_fail_all (self->router, XMPP_STANZA_ERROR_DISCONNECTED, "the connection was closed");
  if (!resumable)
    {
      tell_unacknowledged (self);
      xmpp_sm_forget (sm);
    }
}

XmppSession *
xmpp_client_get_session (XmppClient *self)
{
  return self->session;
}

XmppClientState
xmpp_client_get_state (XmppClient *self)
{
  g_return_val_if_fail (XMPP_IS_CLIENT (self), XMPP_CLIENT_OFFLINE);

  return self->state;
}

gint64
xmpp_client_get_retry_at (XmppClient *self)
{
  g_return_val_if_fail (XMPP_IS_CLIENT (self), 0);

  return self->retry_at;
}

const GError *
xmpp_client_get_error (XmppClient *self)
{
  g_return_val_if_fail (XMPP_IS_CLIENT (self), NULL);

  return self->error;
}

const char *
xmpp_client_get_address (XmppClient *self)
{
  g_return_val_if_fail (XMPP_IS_CLIENT (self), NULL);

  return self->address;
}

const char *
xmpp_client_get_domain (XmppClient *self)
{
  g_return_val_if_fail (XMPP_IS_CLIENT (self), NULL);

  return self->domain;
}

const char *
xmpp_client_get_full_address (XmppClient *self)
{
  g_return_val_if_fail (XMPP_IS_CLIENT (self), NULL);

  return self->full_address;
}

XmppNode *
xmpp_client_get_features (XmppClient *self)
{
  g_return_val_if_fail (XMPP_IS_CLIENT (self), NULL);

  return self->features;
}

char *
xmpp_client_dup_certificate_problem (XmppClient *self)
{
  g_return_val_if_fail (XMPP_IS_CLIENT (self), NULL);

  return self->trust != NULL ? xmpp_trust_dup_problem (self->trust) : NULL;
}

static const char *
get_tls_words (GTlsConnection *tls)
{
  switch (g_tls_connection_get_protocol_version (tls))
    {
    case G_TLS_PROTOCOL_VERSION_TLS_1_3: return "TLS 1.3";
    case G_TLS_PROTOCOL_VERSION_TLS_1_2: return "TLS 1.2";
    default:                             return "TLS";
    }
}

/**
 * xmpp_client_dup_description:
 *
 * Returns: (transfer full) (nullable): how the stream is connected; NULL unless ONLINE
 */
char *
xmpp_client_dup_description (XmppClient *self)
{
  GTlsConnection *tls;

  g_return_val_if_fail (XMPP_IS_CLIENT (self), NULL);

  if (self->state != XMPP_CLIENT_ONLINE || self->transport_words == NULL)
    return NULL;
  tls = xmpp_transport_get_tls (xmpp_session_get_transport (self->session));
  return g_strdup_printf ("%s%s%s, %s", self->transport_words, tls != NULL ? ", " : "",
                          tls != NULL ? get_tls_words (tls) : "", self->mechanism);
}

/* --- sending --- */

guint64
xmpp_client_send (XmppClient *self,
                  XmppNode   *stanza)
{
  g_autoptr(XmppNode) owned = stanza;
  const char *id;

  g_return_val_if_fail (XMPP_IS_CLIENT (self), 0);
  g_return_val_if_fail (stanza != NULL && xmpp_node_is (stanza, NULL, XMPP_NS_CLIENT), 0);
  g_return_val_if_fail (xmpp_node_get_attribute (stanza, "from") == NULL, 0);

  if (self->state != XMPP_CLIENT_ONLINE)
    return 0;

  id = xmpp_node_get_attribute (stanza, "id");
  if (id == NULL || *id == '\0')
    {
      g_autofree char *random = xmpp_random_id (12);
      xmpp_node_set_attribute (stanza, "id", random);
    }
  return xmpp_session_send (self->session, g_steal_pointer (&owned));
}

void
xmpp_client_send_iq_async (XmppClient          *self,
                           XmppNode            *iq,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  g_autoptr(XmppNode) owned = iq;
  g_autoptr(GTask) task = NULL;
  g_autofree char *id = NULL;

  g_return_if_fail (XMPP_IS_CLIENT (self));
  g_return_if_fail (iq != NULL && xmpp_node_is (iq, "iq", XMPP_NS_CLIENT));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, xmpp_client_send_iq_async);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (self->state != XMPP_CLIENT_ONLINE)
    {
      g_task_return_new_error (task, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_DISCONNECTED, "not connected");
      return;
    }

  /* Always a fresh one: an answer must not be guessable (threats A4). */
  id = xmpp_random_id (12);
  xmpp_node_set_attribute (iq, "id", id);
  xmpp_node_ref (iq);
  if (xmpp_client_send (self, g_steal_pointer (&owned)) == 0)
    g_task_return_new_error (task, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_POLICY_VIOLATION,
                             "the request is too large to be sent");
  else
    xmpp_router_expect (self->router, id, xmpp_node_get_attribute (iq, "to"), g_steal_pointer (&task));
  xmpp_node_unref (iq);
}

XmppNode *
xmpp_client_send_iq_finish (XmppClient    *self,
                            GAsyncResult  *result,
                            GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

XmppNode *
xmpp_client_new_iq (const char *type,
                    const char *to)
{
  XmppNode *iq = xmpp_node_new ("iq", XMPP_NS_CLIENT);

  xmpp_node_set_attribute (iq, "type", type);
  if (to != NULL)
    xmpp_node_set_attribute (iq, "to", to);
  return iq;
}

static XmppNode *
new_reply (const XmppNode *request,
           const char     *type)
{
  XmppNode *reply = xmpp_client_new_iq (type, xmpp_node_get_attribute (request, "from"));

  xmpp_node_set_attribute (reply, "id", xmpp_node_get_attribute (request, "id"));
  return reply;
}

void
xmpp_client_reply_result (XmppClient     *self,
                          const XmppNode *request,
                          XmppNode       *payload_root)
{
  g_autoptr(XmppNode) payload = payload_root;
  XmppNode *reply;

  g_return_if_fail (XMPP_IS_CLIENT (self));
  g_return_if_fail (request != NULL);

  reply = new_reply (request, "result");
  if (payload != NULL)
    xmpp_node_add_copy (reply, payload);
  xmpp_client_send (self, reply);
}

void
xmpp_client_reply_error (XmppClient      *self,
                         const XmppNode  *request,
                         XmppStanzaError  condition,
                         const char      *text)
{
  XmppNode *reply;

  g_return_if_fail (XMPP_IS_CLIENT (self));
  g_return_if_fail (request != NULL);

  reply = new_reply (request, "error");
  xmpp_stanza_error_add (reply, condition, text);
  xmpp_client_send (self, reply);
}

/* --- receiving --- */

guint
xmpp_client_add_handler (XmppClient        *self,
                         XmppStanzaKind     kind,
                         int                priority,
                         const char        *name,
                         const char        *xmlns,
                         XmppStanzaHandler  handler,
                         gpointer           user_data,
                         GDestroyNotify     destroy)
{
  g_return_val_if_fail (XMPP_IS_CLIENT (self), 0);
  g_return_val_if_fail (handler != NULL, 0);

  return xmpp_router_add (self->router, kind, priority, name, xmlns, handler, user_data, destroy);
}

void
xmpp_client_remove_handler (XmppClient *self,
                            guint       id)
{
  g_return_if_fail (XMPP_IS_CLIENT (self));

  xmpp_router_remove (self->router, id);
}

void
xmpp_client_set_confirm_manually (XmppClient *self,
                                  gboolean    manual)
{
  g_return_if_fail (XMPP_IS_CLIENT (self));

  xmpp_session_set_confirm_manually (self->session, manual);
}

guint64
xmpp_client_get_received (XmppClient *self)
{
  g_return_val_if_fail (XMPP_IS_CLIENT (self), 0);

  return xmpp_session_get_received (self->session);
}

void
xmpp_client_confirm (XmppClient *self,
                     guint64     serial)
{
  g_return_if_fail (XMPP_IS_CLIENT (self));

  xmpp_session_confirm (self->session, serial);
}

void
xmpp_client_note_rejection (XmppClient *self,
                            const char *reason)
{
  guint count;

  g_return_if_fail (XMPP_IS_CLIENT (self));
  g_return_if_fail (reason != NULL);

  count = GPOINTER_TO_UINT (g_hash_table_lookup (self->rejections, reason));
  g_hash_table_insert (self->rejections, (gpointer) g_intern_string (reason), GUINT_TO_POINTER (count + 1));
}

GHashTable *
xmpp_client_get_rejections (XmppClient *self)
{
  g_return_val_if_fail (XMPP_IS_CLIENT (self), NULL);

  return self->rejections;
}
