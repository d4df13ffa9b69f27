/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The life of a client's connection:
 *
 *   OFFLINE ─ connect() → CONNECTING ─ signed in → ONLINE
 *                           │   ↑                     │
 *                     failed│   │ timer, connect()    │ the link or the stream ended
 *                           ↓   │                     │
 *                          WAITING ←──────────────────┘
 *
 * A final error leads to OFFLINE from everywhere. The session of XEP-0198 outlives links: what is known of it stays until
 * a new one is bound. XEP-0352: whether somebody looks at it is told to the server.
 */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "client-internal.h"

#include "connector.h"
#include "jid.h"
#include "namespaces.h"
#include "redact.h"

#include <string.h>

/* How often in a row a server may send us elsewhere (threats B6). */
#define MAX_REDIRECTS 3

/* After a change of the network the next try comes within this, so that the network has time to settle. */
#define AFTER_CHANGE (2 * G_USEC_PER_SEC)

/* --- state --- */

void
xmpp_client_set_state (XmppClient      *self,
                       XmppClientState  state)
{
  if (self->state == state)
    return;
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), xmpp_client_properties[PROP_STATE]);
}

static void
set_error (XmppClient   *self,
           const GError *error)
{
  if (self->error == NULL && error == NULL)
    return;
  g_clear_error (&self->error);
  self->error = error != NULL ? g_error_copy (error) : NULL;
  g_object_notify_by_pspec (G_OBJECT (self), xmpp_client_properties[PROP_ERROR]);
}

void
xmpp_client_set_full_address (XmppClient *self,
                              const char *full_address)
{
  if (g_strcmp0 (self->full_address, full_address) == 0)
    return;
  g_free (self->full_address);
  self->full_address = g_strdup (full_address);
  g_object_notify_by_pspec (G_OBJECT (self), xmpp_client_properties[PROP_FULL_ADDRESS]);
}

/* --- the session --- */

static void
tell_unacknowledged (XmppClient *self)
{
  guint64 first = xmpp_session_take_unacknowledged (self->session);

  if (first != 0)
    g_signal_emit (self, xmpp_client_signals[UNACKNOWLEDGED], 0, first);
}

/* XEP-0352. A resumed session begins active too (§5.2). */
void
xmpp_client_tell_activity (XmppClient *self)
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

  if (!g_signal_has_handler_pending (self, xmpp_client_signals[STREAM_NOTE], 0, TRUE))
    return;
  redacted = xmpp_redact (node);
  line = g_strconcat (out ? "→ " : "← ", redacted, NULL);
  g_signal_emit (self, xmpp_client_signals[STREAM_NOTE], 0, line);
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
        g_signal_emit (self, xmpp_client_signals[UNACKNOWLEDGED], 0, (guint64) 0);
      tell_unacknowledged (self);
      xmpp_router_fail_all (self->router, XMPP_STANZA_ERROR_DISCONNECTED, "the session ended before the answer");
      xmpp_sm_forget (sm);
      xmpp_client_set_full_address (self, result->full_address);
      if (result->sm)
        xmpp_sm_start (sm, result->sm_id, result->sm_location,
                       xmpp_session_get_received (self->session) + g_queue_get_length (&result->early));
    }

  xmpp_session_begin (self->session, transport, result->sm ? XMPP_SESSION_ACKS_SM : XMPP_SESSION_ACKS_PING);
  while ((early = g_queue_pop_head (&result->early)) != NULL)
    xmpp_session_push (self->session, early);
  set_error (self, NULL);
  xmpp_client_set_state (self, XMPP_CLIENT_ONLINE);
  if (result->resumed)
    {
      xmpp_sm_resumed (sm, xmpp_session_get_confirmed (self->session));
      xmpp_session_resend (self->session);
    }
  if (self->inactive)
    xmpp_client_tell_activity (self);
  g_signal_emit (self, xmpp_client_signals[SESSION_STARTED], 0, result->resumed);
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
  g_object_notify_by_pspec (G_OBJECT (self), xmpp_client_properties[PROP_RETRY_AT]);
}

void
xmpp_client_stop_trying (XmppClient *self)
{
  self->wanted = FALSE;
  xmpp_clock_stop (self->clock, &self->timer);
  set_retry_at (self, 0);
  g_clear_pointer (&self->surroundings, xmpp_surroundings_free);
  g_clear_pointer (&self->redirect, g_free);
}

void
xmpp_client_end_attempt (XmppClient *self)
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
  xmpp_client_set_state (self, XMPP_CLIENT_WAITING);
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
      xmpp_client_stop_trying (self);
      xmpp_client_set_state (self, XMPP_CLIENT_OFFLINE);
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
  g_object_notify_by_pspec (G_OBJECT (self), xmpp_client_properties[PROP_STATE]);
  g_signal_emit (self, xmpp_client_signals[SESSION_ENDED], 0);
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
  g_signal_emit (self, xmpp_client_signals[ACKNOWLEDGED], 0, serial);
}

const XmppSessionEvents xmpp_client_session_events = { on_session_ended, on_acknowledged };

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
        g_signal_emit (self, xmpp_client_signals[UNACKNOWLEDGED], 0, (guint64) 0);
      begin_session (self, transport, result);
    }

  xmpp_login_free (login);
  if (self->state != XMPP_CLIENT_CONNECTING && self->attempt != NULL && self->login == NULL)
    xmpp_client_end_attempt (self);
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
      xmpp_client_end_attempt (self);
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

  xmpp_client_end_attempt (self);
  xmpp_clock_stop (self->clock, &self->timer);
  set_retry_at (self, 0);
  xmpp_client_set_state (self, XMPP_CLIENT_CONNECTING);
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
  xmpp_client_stop_trying (self);
  xmpp_client_end_attempt (self);
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
  xmpp_client_set_state (self, XMPP_CLIENT_OFFLINE);
  if (transport != NULL)
    g_signal_emit (self, xmpp_client_signals[SESSION_ENDED], 0);
  xmpp_router_fail_all (self->router, XMPP_STANZA_ERROR_DISCONNECTED, "the connection was closed");
  if (!resumable)
    {
      tell_unacknowledged (self);
      xmpp_sm_forget (sm);
    }
}
