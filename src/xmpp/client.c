/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "client-private.h"

#include "jid.h"
#include "namespaces.h"
#include "parser.h"
#include "router.h"
#include "session.h"
#include "stream-transport.h"

#include <string.h>
#include <sys/random.h>

struct _XmppClient
{
  GObject          parent_instance;

  /* Settings. */
  char            *address;
  char            *domain;

  /* State. */
  XmppClientState  state;
  GError          *error;
  gint64           retry_at;      /* monotonic µs; 0: none */
  char            *full_address;
  XmppNode        *features;
  XmppClock       *clock;         /* borrowed: the system's, or a test's */

  XmppRouter      *router;
  XmppSession     *session;
  GHashTable      *rejections;    /* static reason → GUINT count */
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
on_session_ended (XmppClient   *self,
                  const GError *error)
{
  g_autoptr(XmppTransport) transport = xmpp_session_end (self->session);

  g_clear_pointer (&self->features, xmpp_node_unref);
  set_error (self, error);
  set_state (self, XMPP_CLIENT_OFFLINE);
  g_signal_emit (self, signals[SESSION_ENDED], 0);
  xmpp_router_fail_all (self->router, XMPP_STANZA_ERROR_DISCONNECTED, "the session ended before the answer");
}

static void
on_acknowledged (XmppClient *self,
                 guint64     serial)
{
  g_signal_emit (self, signals[ACKNOWLEDGED], 0, serial);
}

static const XmppSessionEvents session_events = { on_session_ended, on_acknowledged };

/* --- object --- */

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
  xmpp_client_set_clock (self, xmpp_clock_get_system ());
}

static void
xmpp_client_dispose (GObject *object)
{
  XmppClient *self = XMPP_CLIENT (object);

  if (self->session != NULL)
    {
      g_autoptr(XmppTransport) transport = xmpp_session_end (self->session);

      if (transport != NULL)
        xmpp_transport_close (transport);
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
  g_free (self->address);
  g_free (self->domain);
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
  self->rejections = g_hash_table_new (g_str_hash, g_str_equal);
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
