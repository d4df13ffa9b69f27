/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Presence: RFC 6121 §4. */
#define G_LOG_DOMAIN "xmpp"

#include "config.h"

#include "xmpp/presence.h"

#include "xmpp/delay.h"
#include "xmpp/jid.h"
#include "xmpp/nick.h"
#include "xmpp/sender-private.h"
#include "xmpp/table-private.h"

#define MAX_CAPS_TEXT 512   /* bytes of each caps attribute; longer ones are no caps */

typedef struct
{
  char     *xmlns;
  char     *name;
  XmppNode *node;
} Extension;

struct _XmppPresences
{
  GObject     parent_instance;

  XmppClient *client;
  GHashTable *addresses;   /* bare → GHashTable (full → XmppPresence) */
  GHashTable *changed;     /* set of bare addresses to announce */
  GSource    *announcer;   /* (nullable): runs when the set is not empty */
  GPtrArray  *extensions;  /* Extension: of our own presence */
  char       *status;
  XmppShow    show;
  int         priority;
  guint       handler;
};

enum { CHANGED, RESOURCE_CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (XmppPresences, xmpp_presences, G_TYPE_OBJECT)
G_DEFINE_BOXED_TYPE (XmppPresence, xmpp_presence, xmpp_presence_ref, xmpp_presence_unref)

static const char * const show_names[] = { "offline", "xa", "away", "dnd", "online", "chat" };

const char *
xmpp_show_to_string (XmppShow show)
{
  g_return_val_if_fail (show < G_N_ELEMENTS (show_names), "offline");

  return show_names[show];
}

static void
presence_clear (gpointer data)
{
  XmppPresence *presence = data;

  g_free (presence->address);
  g_free (presence->status);
  g_free (presence->avatar);
  g_free (presence->nick);
  g_free (presence->caps_node);
  g_free (presence->caps_ver);
  g_free (presence->caps_hash);
}

XmppPresence *
xmpp_presence_ref (XmppPresence *presence)
{
  return g_atomic_rc_box_acquire (presence);
}

void
xmpp_presence_unref (XmppPresence *presence)
{
  g_atomic_rc_box_release_full (presence, presence_clear);
}

static void
extension_free (gpointer data)
{
  Extension *extension = data;

  g_free (extension->xmlns);
  g_free (extension->name);
  xmpp_node_unref (extension->node);
  g_free (extension);
}

static XmppShow
parse_show (const XmppNode *stanza)
{
  const char *text = xmpp_node_get_child_text (stanza, "show", "jabber:client");

  /* §4.7.2.1: only these four; anything else is plain availability. */
  for (XmppShow show = XMPP_SHOW_XA; text != NULL && show <= XMPP_SHOW_CHAT; show++)
    if (show != XMPP_SHOW_ONLINE && g_str_equal (text, show_names[show]))
      return show;
  return XMPP_SHOW_ONLINE;
}

static int
parse_priority (const XmppNode *stanza)
{
  const char *text = xmpp_node_get_child_text (stanza, "priority", "jabber:client");
  gint64 value;

  if (text == NULL || !g_ascii_string_to_signed (text, 10, -128, 127, &value, NULL))
    return 0;
  return value;
}

static char *
parse_status (const XmppNode *stanza)
{
  const char *text = xmpp_node_get_child_text (stanza, "status", "jabber:client");
  gsize length;

  if (text == NULL || *text == '\0')
    return NULL;
  length = strlen (text);
  if (length > XMPP_PRESENCE_MAX_STATUS)
    length = g_utf8_find_prev_char (text, text + XMPP_PRESENCE_MAX_STATUS + 1) - text;
  return g_strndup (text, length);
}

static char *
parse_avatar (const XmppNode *stanza)
{
  XmppNode *update = xmpp_node_get_child (stanza, "x", "vcard-temp:x:update");
  const char *photo = update != NULL ? xmpp_node_get_child_text (update, "photo", NULL) : NULL;

  if (photo == NULL)
    return NULL;
  if (*photo == '\0')
    return g_strdup ("");
  if (strlen (photo) != 40)
    return NULL;
  for (const char *p = photo; *p != '\0'; p++)
    if (!g_ascii_isxdigit (*p))
      return NULL;
  return g_ascii_strdown (photo, -1);
}

static gboolean
caps_attribute_fits (const char *text)
{
  return text != NULL && *text != '\0' && strlen (text) <= MAX_CAPS_TEXT;
}

static XmppPresence *
presence_parse (XmppClient     *client,
                const XmppNode *stanza,
                const char     *from,
                const char     *bare)
{
  XmppPresence *presence = g_atomic_rc_box_new0 (XmppPresence);
  XmppNode *caps = xmpp_node_get_child (stanza, "c", "http://jabber.org/protocol/caps");
  g_autofree char *domain = xmpp_jid_dup_domain (bare);
  const char *stampers[] = { xmpp_client_get_domain (client), domain, bare, from, NULL };
  gint64 stamp;

  presence->address = g_strdup (from);
  presence->show = parse_show (stanza);
  presence->priority = parse_priority (stanza);
  presence->status = parse_status (stanza);
  presence->avatar = parse_avatar (stanza);
  presence->nick = xmpp_nick_dup_from (stanza);
  if (caps != NULL && caps_attribute_fits (xmpp_node_get_attribute (caps, "node")) &&
      caps_attribute_fits (xmpp_node_get_attribute (caps, "ver")) &&
      caps_attribute_fits (xmpp_node_get_attribute (caps, "hash")))
    {
      presence->caps_node = g_strdup (xmpp_node_get_attribute (caps, "node"));
      presence->caps_ver = g_strdup (xmpp_node_get_attribute (caps, "ver"));
      presence->caps_hash = g_strdup (xmpp_node_get_attribute (caps, "hash"));
    }
  if (xmpp_delay_get (stanza, stampers, &stamp))
    presence->since = xmpp_delay_clamp (stamp, g_get_real_time ());
  return presence;
}

static gboolean
announce (gpointer user_data)
{
  XmppPresences *self = user_data;
  g_autoptr(GHashTable) changed = g_steal_pointer (&self->changed);
  GHashTableIter iter;
  gpointer address;

  self->changed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_clear_pointer (&self->announcer, g_source_unref);
  g_object_ref (self);
  g_hash_table_iter_init (&iter, changed);
  while (g_hash_table_iter_next (&iter, &address, NULL))
    g_signal_emit (self, signals[CHANGED], 0, address);
  g_object_unref (self);
  return G_SOURCE_REMOVE;
}

static void
note_change (XmppPresences *self,
             const char    *bare)
{
  g_hash_table_add (self->changed, g_strdup (bare));
  if (self->announcer != NULL)
    return;
  self->announcer = g_idle_source_new ();
  g_source_set_static_name (self->announcer, "[xmpp] presence changes");
  g_source_set_callback (self->announcer, announce, self, NULL);
  g_source_attach (self->announcer, g_main_context_get_thread_default ());
}

static void
put_presence (XmppPresences *self,
              const char    *bare,
              XmppPresence  *presence)
{
  g_autoptr(XmppPresence) kept = presence;
  GHashTable *resources = g_hash_table_lookup (self->addresses, bare);

  if (resources == NULL)
    {
      if (g_hash_table_size (self->addresses) >= XMPP_PRESENCE_MAX_ADDRESSES)
        {
          xmpp_client_note_rejection (self->client, "presence-too-many-addresses");
          return;
        }
      resources = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) xmpp_presence_unref);
      g_hash_table_insert (self->addresses, g_strdup (bare), resources);
    }
  if (!g_hash_table_contains (resources, presence->address) &&
      g_hash_table_size (resources) >= XMPP_PRESENCE_MAX_RESOURCES)
    {
      xmpp_client_note_rejection (self->client, "presence-too-many-resources");
      return;
    }
  g_hash_table_replace (resources, presence->address, xmpp_presence_ref (presence));
  note_change (self, bare);
  g_signal_emit (self, signals[RESOURCE_CHANGED], 0, presence);
}

/* @full: one resource; the bare address itself: all of them (§4.5.3). */
static void
take_out (XmppPresences *self,
          const char    *bare,
          const char    *full)
{
  GHashTable *resources = g_hash_table_lookup (self->addresses, bare);

  if (resources == NULL)
    return;
  if (!xmpp_jid_is_bare (full) && !g_hash_table_remove (resources, full))
    return;
  if (xmpp_jid_is_bare (full) || g_hash_table_size (resources) == 0)
    g_hash_table_remove (self->addresses, bare);
  note_change (self, bare);
}

static gboolean
on_presence (XmppClient *client,
             XmppNode   *stanza,
             gpointer    user_data)
{
  XmppPresences *self = user_data;
  const char *type = xmpp_node_get_attribute (stanza, "type");
  g_autofree char *from = xmpp_sender_dup (client, stanza);
  g_autofree char *bare = from != NULL ? xmpp_jid_dup_bare (from) : NULL;

  if (bare == NULL)
    {
      xmpp_client_note_rejection (client, "presence-sender-invalid");
      return TRUE;
    }
  if (type != NULL)
    {
      if (g_str_equal (type, "unavailable") || g_str_equal (type, "error"))
        take_out (self, bare, from);
      return TRUE;
    }
  /* Joined rooms take theirs before us: who claims to be an occupant here is in no room of ours (threats A13). */
  if (xmpp_node_get_child (stanza, "x", "http://jabber.org/protocol/muc#user") != NULL)
    {
      xmpp_client_note_rejection (client, "room-presence-outside-room");
      return TRUE;
    }
  put_presence (self, bare, presence_parse (client, stanza, from, bare));
  return TRUE;
}

static void
send_own (XmppPresences *self)
{
  XmppNode *stanza;

  if (xmpp_client_get_state (self->client) != XMPP_CLIENT_ONLINE)
    return;
  stanza = xmpp_node_new ("presence", "jabber:client");
  if (self->show == XMPP_SHOW_OFFLINE)
    xmpp_node_set_attribute (stanza, "type", "unavailable");
  else if (self->show != XMPP_SHOW_ONLINE)
    xmpp_node_add_text_child (stanza, "show", NULL, show_names[self->show]);
  if (self->status != NULL)
    xmpp_node_add_text_child (stanza, "status", NULL, self->status);
  if (self->show != XMPP_SHOW_OFFLINE)
    {
      g_autofree char *priority = g_strdup_printf ("%d", self->priority);

      if (self->priority != 0)
        xmpp_node_add_text_child (stanza, "priority", NULL, priority);
      for (guint i = 0; i < self->extensions->len; i++)
        xmpp_node_add_copy (stanza, ((Extension *) g_ptr_array_index (self->extensions, i))->node);
    }
  xmpp_client_send (self->client, stanza);
}

static void
on_session_started (XmppClient    *client,
                    gboolean       resumed,
                    XmppPresences *self)
{
  GHashTableIter iter;
  gpointer address;

  if (resumed)
    return;
  g_hash_table_iter_init (&iter, self->addresses);
  while (g_hash_table_iter_next (&iter, &address, NULL))
    note_change (self, address);
  g_hash_table_remove_all (self->addresses);
  if (self->show != XMPP_SHOW_OFFLINE)
    send_own (self);
}

static void
xmpp_presences_dispose (GObject *object)
{
  XmppPresences *self = XMPP_PRESENCES (object);

  if (self->client != NULL)
    {
      xmpp_client_remove_handler (self->client, self->handler);
      g_signal_handlers_disconnect_by_data (self->client, self);
    }
  if (self->announcer != NULL)
    {
      g_source_destroy (self->announcer);
      g_clear_pointer (&self->announcer, g_source_unref);
    }
  g_clear_object (&self->client);
  G_OBJECT_CLASS (xmpp_presences_parent_class)->dispose (object);
}

static void
xmpp_presences_finalize (GObject *object)
{
  XmppPresences *self = XMPP_PRESENCES (object);

  g_hash_table_unref (self->addresses);
  g_hash_table_unref (self->changed);
  g_ptr_array_unref (self->extensions);
  g_free (self->status);
  G_OBJECT_CLASS (xmpp_presences_parent_class)->finalize (object);
}

static void
xmpp_presences_class_init (XmppPresencesClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = xmpp_presences_dispose;
  object_class->finalize = xmpp_presences_finalize;

  signals[CHANGED] = g_signal_new ("changed", XMPP_TYPE_PRESENCES, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[RESOURCE_CHANGED] = g_signal_new ("resource-changed", XMPP_TYPE_PRESENCES, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                            NULL, G_TYPE_NONE, 1, XMPP_TYPE_PRESENCE);
}

static void
xmpp_presences_init (XmppPresences *self)
{
  self->show = XMPP_SHOW_ONLINE;
  self->addresses = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_hash_table_unref);
  self->changed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->extensions = g_ptr_array_new_with_free_func (extension_free);
}

XmppPresences *
xmpp_presences_new (XmppClient *client)
{
  XmppPresences *self;

  g_return_val_if_fail (XMPP_IS_CLIENT (client), NULL);

  self = g_object_new (XMPP_TYPE_PRESENCES, NULL);
  self->client = g_object_ref (client);
  self->handler = xmpp_client_add_handler (client, XMPP_STANZA_PRESENCE, -10, NULL, NULL, on_presence, self, NULL);
  /* After the roster, which must be asked for first (RFC 6121 §2.2). */
  g_signal_connect_after (client, "session-started", G_CALLBACK (on_session_started), self);
  return self;
}

void
xmpp_presences_set_own (XmppPresences *self,
                        XmppShow       show,
                        const char    *status,
                        int            priority)
{
  g_return_if_fail (XMPP_IS_PRESENCES (self));
  g_return_if_fail (show < G_N_ELEMENTS (show_names));
  g_return_if_fail (priority >= -128 && priority <= 127);

  if (status != NULL && *status == '\0')
    status = NULL;
  if (self->show == show && self->priority == priority && g_strcmp0 (self->status, status) == 0)
    return;
  self->show = show;
  self->priority = priority;
  g_free (self->status);
  self->status = g_strdup (status);
  send_own (self);
}

XmppShow
xmpp_presences_get_own_show (XmppPresences *self)
{
  g_return_val_if_fail (XMPP_IS_PRESENCES (self), XMPP_SHOW_OFFLINE);

  return self->show;
}

const char *
xmpp_presences_get_own_status (XmppPresences *self)
{
  g_return_val_if_fail (XMPP_IS_PRESENCES (self), NULL);

  return self->status;
}

void
xmpp_presences_set_extension (XmppPresences *self,
                              const char    *name,
                              const char    *xmlns,
                              XmppNode      *child)
{
  Extension *extension;

  g_return_if_fail (XMPP_IS_PRESENCES (self));
  g_return_if_fail (name != NULL && xmlns != NULL);

  for (guint i = 0; i < self->extensions->len; i++)
    {
      extension = g_ptr_array_index (self->extensions, i);
      if (g_str_equal (extension->name, name) && g_str_equal (extension->xmlns, xmlns))
        {
          g_ptr_array_remove_index (self->extensions, i);
          break;
        }
    }
  if (child != NULL)
    {
      extension = g_new0 (Extension, 1);
      extension->name = g_strdup (name);
      extension->xmlns = g_strdup (xmlns);
      extension->node = child;
      g_ptr_array_add (self->extensions, extension);
    }
  if (self->show != XMPP_SHOW_OFFLINE)
    send_own (self);
}

XmppPresence *
xmpp_presences_get_best (XmppPresences *self,
                         const char    *address)
{
  g_autofree char *bare = NULL;
  GHashTable *resources;
  GHashTableIter iter;
  gpointer value;
  XmppPresence *best = NULL;

  g_return_val_if_fail (XMPP_IS_PRESENCES (self), NULL);
  g_return_val_if_fail (address != NULL, NULL);

  bare = xmpp_jid_dup_bare (address);
  resources = g_hash_table_lookup (self->addresses, bare);
  if (resources == NULL)
    return NULL;
  g_hash_table_iter_init (&iter, resources);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      XmppPresence *presence = value;

      if (best == NULL || presence->show > best->show ||
          (presence->show == best->show && presence->priority > best->priority) ||
          (presence->show == best->show && presence->priority == best->priority &&
           strcmp (presence->address, best->address) < 0))
        best = presence;
    }
  return best;
}

XmppPresence *
xmpp_presences_get (XmppPresences *self,
                    const char    *full_address)
{
  g_autofree char *bare = NULL;
  GHashTable *resources;

  g_return_val_if_fail (XMPP_IS_PRESENCES (self), NULL);
  g_return_val_if_fail (full_address != NULL, NULL);

  bare = xmpp_jid_dup_bare (full_address);
  resources = g_hash_table_lookup (self->addresses, bare);
  return resources != NULL ? g_hash_table_lookup (resources, full_address) : NULL;
}

GPtrArray *
xmpp_presences_list (XmppPresences *self,
                     const char    *address)
{
  g_autofree char *bare = NULL;
  GHashTable *resources;

  g_return_val_if_fail (XMPP_IS_PRESENCES (self), NULL);
  g_return_val_if_fail (address != NULL, NULL);

  bare = xmpp_jid_dup_bare (address);
  resources = g_hash_table_lookup (self->addresses, bare);
  return resources != NULL ? xmpp_table_list_values (resources) : g_ptr_array_new ();
}
