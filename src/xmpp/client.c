/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "client-internal.h"

#include "jid.h"
#include "namespaces.h"
#include "stream-transport.h"

#include <string.h>
#include <sys/random.h>

GParamSpec *xmpp_client_properties[XMPP_CLIENT_N_PROPERTIES];
guint xmpp_client_signals[XMPP_CLIENT_N_SIGNALS];

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

  xmpp_client_stop_trying (self);
  xmpp_client_end_attempt (self);
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

  xmpp_client_properties[PROP_ADDRESS] =
    g_param_spec_string ("address", NULL, NULL, NULL,
                         G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  xmpp_client_properties[PROP_STATE] =
    g_param_spec_uint ("state", NULL, NULL, 0, XMPP_CLIENT_ONLINE, XMPP_CLIENT_OFFLINE,
                       G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  xmpp_client_properties[PROP_ERROR] =
    g_param_spec_boxed ("error", NULL, NULL, G_TYPE_ERROR,
                        G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  xmpp_client_properties[PROP_RETRY_AT] =
    g_param_spec_int64 ("retry-at", NULL, NULL, 0, G_MAXINT64, 0,
                        G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  xmpp_client_properties[PROP_FULL_ADDRESS] =
    g_param_spec_string ("full-address", NULL, NULL, NULL,
                         G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, XMPP_CLIENT_N_PROPERTIES, xmpp_client_properties);

  xmpp_client_signals[SESSION_STARTED] = g_signal_new ("session-started", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                           NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
  xmpp_client_signals[SESSION_ENDED] = g_signal_new ("session-ended", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 0);
  xmpp_client_signals[ACKNOWLEDGED] = g_signal_new ("acknowledged", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT64);
  xmpp_client_signals[UNACKNOWLEDGED] = g_signal_new ("unacknowledged", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT64);
  xmpp_client_signals[STREAM_NOTE] = g_signal_new ("stream-note", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
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
  xmpp_client_set_full_address (self, full_address);
  xmpp_session_begin (self->session, transport, XMPP_SESSION_ACKS_NONE);
  xmpp_transport_set_events (transport, NULL, NULL);
  xmpp_stream_transport_assume_open (XMPP_STREAM_TRANSPORT (transport),
                                     "<stream:stream xmlns='" XMPP_NS_CLIENT "' xmlns:stream='" XMPP_NS_STREAM "'>");
  xmpp_session_listen (self->session);
  xmpp_client_set_state (self, XMPP_CLIENT_ONLINE);
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
  self->session = xmpp_session_new (self, self->router, clock, &xmpp_client_session_events);
  xmpp_router_add (self->router, XMPP_STANZA_IQ, 0, "ping", XMPP_NS_PING, xmpp_client_on_ping, NULL, NULL);
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
  xmpp_client_set_full_address (self, address);
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
  xmpp_client_tell_activity (self);
}

/* --- what is now --- */

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
