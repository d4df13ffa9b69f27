/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Entity capabilities: XEP-0115. */
#define G_LOG_DOMAIN "xmpp"

#include "config.h"

#include "xmpp/caps.h"

#include "xmpp/jid.h"

#define CAPS_XMLNS   "http://jabber.org/protocol/caps"
#define CACHE_TYPE   "a(ss)"    /* hash (base64 of SHA-1), <query/> as XML */
#define MAX_PENDING  8          /* questions under way */
#define MAX_UNVERIFIED 2000  /* answers kept that proved nothing */
#define MAX_QUEUE    2000       /* waiting for their turn; beyond it nobody is asked */

/*
 * A resource is in one of three states: its hash is in verified (shared by all with that hash), its address is in
 * unverified (an answer that proved nothing, valid for it alone until it says something new), or it is not known yet.
 */
struct _XmppCaps
{
  GObject        parent_instance;

  XmppClient    *client;
  XmppDisco     *disco;
  XmppPresences *presences;
  GHashTable    *verified;     /* ver → XmppDiscoInfo */
  GQueue        *order;        /* char*: keys of verified, oldest first */
  GHashTable    *unverified;   /* unverified_key() → XmppDiscoInfo */
  GHashTable    *asking;       /* set of ver being asked for, and of "full address" where there is no hash to share */
  GQueue        *queue;        /* XmppPresence that wait */
  guint          pending;
  char          *own_hash;
};

enum { RESOLVED, CACHE_CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (XmppCaps, xmpp_caps, G_TYPE_OBJECT)

static void ask_next (XmppCaps *self);

static gboolean
is_sha1 (const XmppPresence *presence)
{
  return g_strcmp0 (presence->caps_hash, "sha-1") == 0;
}

static char *
unverified_key (const XmppPresence *presence)
{
  return g_strconcat (presence->address, "\n", presence->caps_ver, NULL);
}

/* @ver is what @info hashes to. */
static void
keep_verified (XmppCaps      *self,
               const char    *ver,
               XmppDiscoInfo *info)
{
  if (g_hash_table_contains (self->verified, ver))
    return;
  if (g_queue_get_length (self->order) >= XMPP_CAPS_MAX_CACHE)
    {
      g_autofree char *oldest = g_queue_pop_head (self->order);

      g_hash_table_remove (self->verified, oldest);
    }
  g_hash_table_insert (self->verified, g_strdup (ver), xmpp_disco_info_ref (info));
  g_queue_push_tail (self->order, g_strdup (ver));
}

typedef struct
{
  XmppCaps     *self;
  XmppPresence *presence;
} Question;

static void
on_answer (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autofree Question *question = user_data;
  g_autoptr(XmppCaps) self = question->self;
  g_autoptr(XmppPresence) presence = question->presence;
  g_autoptr(GError) error = NULL;
  g_autoptr(XmppDiscoInfo) info = xmpp_disco_info_finish (XMPP_DISCO (source), result, &error);
  g_autofree char *hash = info != NULL ? xmpp_disco_info_dup_hash (info) : NULL;
  XmppPresence *now;

  self->pending--;
  g_hash_table_remove (self->asking, is_sha1 (presence) ? presence->caps_ver : presence->address);
  if (self->client == NULL)
    return;
  if (info == NULL)
    g_debug ("a client did not say what it can: %s", error->message);
  else if (is_sha1 (presence) && g_strcmp0 (hash, presence->caps_ver) == 0)
    {
      keep_verified (self, hash, info);
      g_signal_emit (self, signals[CACHE_CHANGED], 0);
      g_signal_emit (self, signals[RESOLVED], 0, presence->address);
    }
  else
    {
      if (is_sha1 (presence))
        xmpp_client_note_rejection (self->client, "caps-hash-mismatch");
      now = xmpp_presences_get (self->presences, presence->address);
      if (now != NULL && g_strcmp0 (now->caps_ver, presence->caps_ver) == 0 &&
          g_hash_table_size (self->unverified) < MAX_UNVERIFIED)
        {
          g_hash_table_replace (self->unverified, unverified_key (presence), xmpp_disco_info_ref (info));
          g_signal_emit (self, signals[RESOLVED], 0, presence->address);
        }
    }
  ask_next (self);
}

static void
ask_next (XmppCaps *self)
{
  while (self->pending < MAX_PENDING && !g_queue_is_empty (self->queue))
    {
      g_autoptr(XmppPresence) presence = g_queue_pop_head (self->queue);
      const char *key = is_sha1 (presence) ? presence->caps_ver : presence->address;
      g_autofree char *node = NULL;
      Question *question;

      if (xmpp_client_get_state (self->client) != XMPP_CLIENT_ONLINE ||
          (is_sha1 (presence) && g_hash_table_contains (self->verified, presence->caps_ver)) ||
          !g_hash_table_add (self->asking, g_strdup (key)))
        continue;
      node = g_strconcat (presence->caps_node, "#", presence->caps_ver, NULL);
      question = g_new0 (Question, 1);
      question->self = g_object_ref (self);
      question->presence = xmpp_presence_ref (presence);
      self->pending++;
      xmpp_disco_info_async (self->disco, presence->address, node, NULL, on_answer, question);
    }
}

static void
on_resource_changed (XmppPresences *presences,
                     XmppPresence  *presence,
                     XmppCaps      *self)
{
  g_autofree char *key = NULL;

  if (presence->caps_ver == NULL)
    return;
  if (is_sha1 (presence) && g_hash_table_contains (self->verified, presence->caps_ver))
    {
      g_signal_emit (self, signals[RESOLVED], 0, presence->address);
      return;
    }
  /* The same client only came back from lunch: what it said still holds. */
  key = unverified_key (presence);
  if (g_hash_table_contains (self->unverified, key) || g_queue_get_length (self->queue) >= MAX_QUEUE)
    return;
  g_queue_push_tail (self->queue, xmpp_presence_ref (presence));
  ask_next (self);
}

static void
update_own (XmppCaps *self)
{
  g_autofree char *hash = xmpp_disco_info_dup_hash (xmpp_disco_get_own_info (self->disco));
  XmppNode *c;

  if (g_strcmp0 (hash, self->own_hash) == 0)
    return;
  g_free (self->own_hash);
  self->own_hash = g_strdup (hash);
  c = xmpp_node_new ("c", CAPS_XMLNS);
  xmpp_node_set_attribute (c, "hash", "sha-1");
  xmpp_node_set_attribute (c, "node", XMPP_CAPS_NODE);
  xmpp_node_set_attribute (c, "ver", hash);
  xmpp_presences_set_extension (self->presences, "c", CAPS_XMLNS, c);
}

static void
on_session_started (XmppClient *client,
                    gboolean    resumed,
                    XmppCaps   *self)
{
  if (resumed)
    return;
  g_hash_table_remove_all (self->unverified);
  g_queue_clear_full (self->queue, (GDestroyNotify) xmpp_presence_unref);
}

static void
xmpp_caps_dispose (GObject *object)
{
  XmppCaps *self = XMPP_CAPS (object);

  if (self->client != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->client, self);
      g_signal_handlers_disconnect_by_data (self->disco, self);
      g_signal_handlers_disconnect_by_data (self->presences, self);
    }
  g_queue_clear_full (self->queue, (GDestroyNotify) xmpp_presence_unref);
  g_clear_object (&self->client);
  g_clear_object (&self->disco);
  g_clear_object (&self->presences);
  G_OBJECT_CLASS (xmpp_caps_parent_class)->dispose (object);
}

static void
xmpp_caps_finalize (GObject *object)
{
  XmppCaps *self = XMPP_CAPS (object);

  g_hash_table_unref (self->verified);
  g_hash_table_unref (self->unverified);
  g_hash_table_unref (self->asking);
  g_queue_free_full (self->order, g_free);
  g_queue_free (self->queue);
  g_free (self->own_hash);
  G_OBJECT_CLASS (xmpp_caps_parent_class)->finalize (object);
}

static void
xmpp_caps_class_init (XmppCapsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = xmpp_caps_dispose;
  object_class->finalize = xmpp_caps_finalize;

  signals[RESOLVED] = g_signal_new ("resolved", XMPP_TYPE_CAPS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[CACHE_CHANGED] = g_signal_new ("cache-changed", XMPP_TYPE_CAPS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 0);
}

static void
xmpp_caps_init (XmppCaps *self)
{
  self->verified = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) xmpp_disco_info_unref);
  self->unverified = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) xmpp_disco_info_unref);
  self->asking = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->order = g_queue_new ();
  self->queue = g_queue_new ();
}

XmppCaps *
xmpp_caps_new (XmppClient    *client,
               XmppDisco     *disco,
               XmppPresences *presences)
{
  XmppCaps *self;

  g_return_val_if_fail (XMPP_IS_CLIENT (client), NULL);
  g_return_val_if_fail (XMPP_IS_DISCO (disco), NULL);
  g_return_val_if_fail (XMPP_IS_PRESENCES (presences), NULL);

  self = g_object_new (XMPP_TYPE_CAPS, NULL);
  self->client = g_object_ref (client);
  self->disco = g_object_ref (disco);
  self->presences = g_object_ref (presences);
  xmpp_disco_set_caps_node (disco, XMPP_CAPS_NODE);
  xmpp_disco_add_feature (disco, CAPS_XMLNS);
  g_signal_connect (client, "session-started", G_CALLBACK (on_session_started), self);
  g_signal_connect_swapped (disco, "features-changed", G_CALLBACK (update_own), self);
  g_signal_connect (presences, "resource-changed", G_CALLBACK (on_resource_changed), self);
  update_own (self);
  return self;
}

XmppDiscoInfo *
xmpp_caps_lookup (XmppCaps   *self,
                  const char *full_address)
{
  XmppPresence *presence;
  XmppDiscoInfo *info = NULL;
  g_autofree char *key = NULL;

  g_return_val_if_fail (XMPP_IS_CAPS (self), NULL);
  g_return_val_if_fail (full_address != NULL, NULL);

  presence = xmpp_presences_get (self->presences, full_address);
  if (presence == NULL || presence->caps_ver == NULL)
    return NULL;
  if (is_sha1 (presence))
    info = g_hash_table_lookup (self->verified, presence->caps_ver);
  key = unverified_key (presence);
  return info != NULL ? info : g_hash_table_lookup (self->unverified, key);
}

gboolean
xmpp_caps_any_has (XmppCaps   *self,
                   const char *address,
                   const char *feature)
{
  g_autoptr(GPtrArray) resources = NULL;

  g_return_val_if_fail (XMPP_IS_CAPS (self), FALSE);

  resources = xmpp_presences_list (self->presences, address);
  for (guint i = 0; i < resources->len; i++)
    {
      const XmppPresence *presence = g_ptr_array_index (resources, i);
      XmppDiscoInfo *info = xmpp_caps_lookup (self, presence->address);

      if (info != NULL && xmpp_disco_info_has_feature (info, feature))
        return TRUE;
    }
  return FALSE;
}

GVariant *
xmpp_caps_export (XmppCaps *self)
{
  GVariantBuilder builder;

  g_return_val_if_fail (XMPP_IS_CAPS (self), NULL);

  g_variant_builder_init (&builder, G_VARIANT_TYPE (CACHE_TYPE));
  for (GList *l = self->order->head; l != NULL; l = l->next)
    {
      g_autoptr(XmppNode) query = xmpp_disco_info_to_node (g_hash_table_lookup (self->verified, l->data));
      g_autofree char *xml = xmpp_node_to_string (query);

      g_variant_builder_add (&builder, "(ss)", l->data, xml);
    }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

guint
xmpp_caps_import (XmppCaps *self,
                  GVariant *cache)
{
  GVariantIter iter;
  const char *ver, *xml;
  guint taken = 0;

  g_return_val_if_fail (XMPP_IS_CAPS (self), 0);

  if (cache == NULL || !g_variant_is_of_type (cache, G_VARIANT_TYPE (CACHE_TYPE)) || !g_variant_is_normal_form (cache))
    return 0;
  g_variant_iter_init (&iter, cache);
  while (taken < XMPP_CAPS_MAX_CACHE && g_variant_iter_next (&iter, "(&s&s)", &ver, &xml))
    {
      g_autoptr(XmppNode) query = xmpp_node_parse (xml, -1, NULL);
      g_autoptr(XmppDiscoInfo) info = query != NULL ? xmpp_disco_info_new_from_node (query) : NULL;
      g_autofree char *hash = info != NULL ? xmpp_disco_info_dup_hash (info) : NULL;

      if (g_strcmp0 (hash, ver) != 0)
        continue;
      keep_verified (self, ver, info);
      taken++;
    }
  return taken;
}
