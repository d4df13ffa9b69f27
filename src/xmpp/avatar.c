/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pictures of people and rooms: XEP-0084, and XEP-0153 for those that only have a vCard. */
#define G_LOG_DOMAIN "xmpp"

#include "config.h"

#include "xmpp/avatar.h"

#include "xmpp/jid.h"
#include "xmpp/vcard-temp.h"

#define METADATA_NODE "urn:xmpp:avatar:metadata"
#define DATA_NODE     "urn:xmpp:avatar:data"
#define MAX_INFOS     16      /* versions of one picture looked at */
#define MAX_KNOWN     50000   /* addresses whose hash is remembered */

struct _XmppAvatars
{
  GObject        parent_instance;

  XmppPep       *pep;
  XmppPresences *presences;
  GHashTable    *by_pep;        /* address → hash, "" none: goes before the other */
  GHashTable    *by_presence;   /* address → hash */
  guint          watch;
};

enum { ANNOUNCED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (XmppAvatars, xmpp_avatars, G_TYPE_OBJECT)
G_DEFINE_QUARK (xmpp-avatar-error-quark, xmpp_avatar_error)

const char *
xmpp_avatar_sniff (GBytes *data)
{
  gsize size;
  const guint8 *p = g_bytes_get_data (data, &size);

  if (size >= 8 && memcmp (p, "\x89PNG\r\n\x1a\n", 8) == 0)
    return "image/png";
  if (size >= 3 && memcmp (p, "\xff\xd8\xff", 3) == 0)
    return "image/jpeg";
  if (size >= 12 && memcmp (p, "RIFF", 4) == 0 && memcmp (p + 8, "WEBP", 4) == 0)
    return "image/webp";
  if (size >= 6 && (memcmp (p, "GIF87a", 6) == 0 || memcmp (p, "GIF89a", 6) == 0))
    return "image/gif";
  return NULL;
}

static gboolean
is_sha1 (const char *text)
{
  if (text == NULL || strlen (text) != 40)
    return FALSE;
  for (const char *p = text; *p != '\0'; p++)
    if (!g_ascii_isxdigit (*p))
      return FALSE;
  return TRUE;
}

/* The hash of the version to show: the first that is in the account itself (no "url", which would send us elsewhere),
 * a PNG before the others, of a size that we take. "" for no picture; NULL if what is there is no good. */
static char *
parse_metadata (const XmppNode *metadata)
{
  const char *best = NULL;
  gboolean best_is_png = FALSE;
  guint n = 0;

  if (metadata == NULL || !xmpp_node_is (metadata, "metadata", METADATA_NODE))
    return NULL;
  if (xmpp_node_get_child (metadata, "info", NULL) == NULL)
    return g_strdup ("");
  for (XmppNode *info = xmpp_node_get_first_child (metadata);
       info != NULL && n < MAX_INFOS;
       info = xmpp_node_get_next (info), n++)
    {
      gboolean png = g_strcmp0 (xmpp_node_get_attribute (info, "type"), "image/png") == 0;
      const char *id = xmpp_node_get_attribute (info, "id");
      gint64 value;

      if (!xmpp_node_is (info, "info", METADATA_NODE) || xmpp_node_get_attribute (info, "url") != NULL ||
          !is_sha1 (id) ||
          !xmpp_node_get_attribute_int64 (info, "bytes", 1, XMPP_AVATAR_MAX_BYTES, &value))
        continue;
      if ((xmpp_node_get_attribute (info, "width") != NULL &&
           !xmpp_node_get_attribute_int64 (info, "width", 0, XMPP_AVATAR_MAX_PIXELS, &value)) ||
          (xmpp_node_get_attribute (info, "height") != NULL &&
           !xmpp_node_get_attribute_int64 (info, "height", 0, XMPP_AVATAR_MAX_PIXELS, &value)))
        continue;
      if (best == NULL || (png && !best_is_png))
        {
          best = id;
          best_is_png = png;
        }
    }
  return best != NULL ? g_ascii_strdown (best, -1) : NULL;
}

/* TRUE if @hash is news. */
static gboolean
remember (GHashTable *table,
          const char *address,
          const char *hash)
{
  if (g_strcmp0 (g_hash_table_lookup (table, address), hash) == 0)
    return FALSE;
  if (!g_hash_table_contains (table, address) && g_hash_table_size (table) >= MAX_KNOWN)
    return FALSE;
  g_hash_table_replace (table, g_strdup (address), g_strdup (hash));
  return TRUE;
}

static void
on_metadata (XmppPubsub            *pubsub,
             const XmppPubsubEvent *event,
             gpointer               user_data)
{
  g_autoptr(XmppAvatars) self = g_object_ref (XMPP_AVATARS (user_data));
  const XmppPubsubItem *item;
  g_autofree char *hash = NULL;

  if (event->kind == XMPP_PUBSUB_EVENT_PURGE || event->kind == XMPP_PUBSUB_EVENT_DELETE)
    hash = g_strdup ("");
  else if (event->items->len > 0)
    {
      item = g_ptr_array_index (event->items, event->items->len - 1);
      hash = parse_metadata (item->payload);
      if (hash == NULL)
        xmpp_client_note_rejection (xmpp_pep_get_client (self->pep), "avatar-metadata-invalid");
    }
  if (hash != NULL && remember (self->by_pep, event->from, hash))
    g_signal_emit (self, signals[ANNOUNCED], 0, event->from, hash, XMPP_AVATAR_PEP);
}

static void
on_resource_changed (XmppPresences *presences,
                     XmppPresence  *presence,
                     XmppAvatars   *self)
{
  g_autofree char *bare = NULL;

  if (presence->avatar == NULL)
    return;
  bare = xmpp_jid_dup_bare (presence->address);
  if (!remember (self->by_presence, bare, presence->avatar) || g_hash_table_contains (self->by_pep, bare))
    return;
  g_signal_emit (self, signals[ANNOUNCED], 0, bare, presence->avatar, XMPP_AVATAR_VCARD);
}

static void
xmpp_avatars_dispose (GObject *object)
{
  XmppAvatars *self = XMPP_AVATARS (object);

  if (self->pep != NULL)
    {
      xmpp_pubsub_unwatch (xmpp_pep_get_pubsub (self->pep), self->watch);
      xmpp_pep_remove_interest (self->pep, METADATA_NODE);
      g_signal_handlers_disconnect_by_data (self->presences, self);
    }
  g_clear_object (&self->pep);
  g_clear_object (&self->presences);
  G_OBJECT_CLASS (xmpp_avatars_parent_class)->dispose (object);
}

static void
xmpp_avatars_finalize (GObject *object)
{
  XmppAvatars *self = XMPP_AVATARS (object);

  g_hash_table_unref (self->by_pep);
  g_hash_table_unref (self->by_presence);
  G_OBJECT_CLASS (xmpp_avatars_parent_class)->finalize (object);
}

static void
xmpp_avatars_class_init (XmppAvatarsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = xmpp_avatars_dispose;
  object_class->finalize = xmpp_avatars_finalize;

  signals[ANNOUNCED] = g_signal_new ("announced", XMPP_TYPE_AVATARS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                     G_TYPE_NONE, 3, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_INT);
}

static void
xmpp_avatars_init (XmppAvatars *self)
{
  self->by_pep = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->by_presence = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

XmppAvatars *
xmpp_avatars_new (XmppClient    *client,
                  XmppPep       *pep,
                  XmppPresences *presences)
{
  XmppAvatars *self;

  g_return_val_if_fail (XMPP_IS_CLIENT (client), NULL);
  g_return_val_if_fail (XMPP_IS_PEP (pep), NULL);
  g_return_val_if_fail (XMPP_IS_PRESENCES (presences), NULL);

  self = g_object_new (XMPP_TYPE_AVATARS, NULL);
  self->pep = g_object_ref (pep);
  self->presences = g_object_ref (presences);
  self->watch = xmpp_pubsub_watch (xmpp_pep_get_pubsub (pep), XMPP_PUBSUB_FROM_ANYBODY, NULL, METADATA_NODE,
                                   on_metadata, self, NULL);
  xmpp_pep_add_interest (pep, METADATA_NODE);
  g_signal_connect (presences, "resource-changed", G_CALLBACK (on_resource_changed), self);
  return self;
}

/* Ends @task with @data if it is what @hash (the task's data) says, and a picture. (transfer none) @data */
static void
return_checked (GTask  *task,
                GBytes *data)
{
  const char *hash = g_task_get_task_data (task);
  XmppAvatars *self = g_task_get_source_object (task);
  g_autofree char *actual = NULL;

  if (g_bytes_get_size (data) > XMPP_AVATAR_MAX_BYTES)
    {
      g_task_return_new_error (task, XMPP_AVATAR_ERROR, XMPP_AVATAR_ERROR_TOO_BIG, "the picture is too big");
      return;
    }
  actual = g_compute_checksum_for_bytes (G_CHECKSUM_SHA1, data);
  if (!g_str_equal (actual, hash))
    {
      xmpp_client_note_rejection (xmpp_pep_get_client (self->pep), "avatar-hash-mismatch");
      g_task_return_new_error (task, XMPP_AVATAR_ERROR, XMPP_AVATAR_ERROR_HASH,
                               "the picture is not the one that was announced");
      return;
    }
  if (xmpp_avatar_sniff (data) == NULL)
    {
      xmpp_client_note_rejection (xmpp_pep_get_client (self->pep), "avatar-type");
      g_task_return_new_error (task, XMPP_AVATAR_ERROR, XMPP_AVATAR_ERROR_TYPE,
                               "the picture is none of PNG, JPEG, WebP or GIF");
      return;
    }
  g_task_return_pointer (task, g_bytes_ref (data), (GDestroyNotify) g_bytes_unref);
}

static void
on_data (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) items = xmpp_pubsub_get_items_finish (XMPP_PUBSUB (source), result, &error);
  const XmppPubsubItem *item = items != NULL && items->len > 0 ? g_ptr_array_index (items, 0) : NULL;
  g_autoptr(GBytes) data = NULL;
  guchar *bytes;
  gsize size;

  if (items == NULL && !g_error_matches (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_ITEM_NOT_FOUND))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  if (item == NULL || item->payload == NULL || !xmpp_node_is (item->payload, "data", DATA_NODE))
    {
      g_task_return_new_error (task, XMPP_AVATAR_ERROR, XMPP_AVATAR_ERROR_NONE, "there is no such picture");
      return;
    }
  bytes = g_base64_decode (xmpp_node_get_text (item->payload), &size);
  data = g_bytes_new_take (bytes, size);
  return_checked (task, data);
}

static void
on_vcard (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(XmppVcard) card = xmpp_vcard_temp_fetch_finish (XMPP_CLIENT (source), result, &error);

  if (card == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else if (card->photo == NULL)
    g_task_return_new_error (task, XMPP_AVATAR_ERROR, XMPP_AVATAR_ERROR_NONE, "the card holds no picture");
  else
    return_checked (task, card->photo);
}

void
xmpp_avatars_fetch_async (XmppAvatars         *self,
                          const char          *address,
                          const char          *hash,
                          XmppAvatarSource     source,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  const char *ids[] = { hash, NULL };

  g_return_if_fail (XMPP_IS_AVATARS (self));
  g_return_if_fail (address != NULL && hash != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, xmpp_avatars_fetch_async);
  g_task_set_task_data (task, g_ascii_strdown (hash, -1), g_free);
  if (!is_sha1 (hash))
    g_task_return_new_error (task, XMPP_AVATAR_ERROR, XMPP_AVATAR_ERROR_NONE, "\"%.40s\" is no SHA-1", hash);
  else if (source == XMPP_AVATAR_PEP)
    xmpp_pubsub_get_items_async (xmpp_pep_get_pubsub (self->pep), address, DATA_NODE, ids, 0, cancellable, on_data,
                                 g_steal_pointer (&task));
  else
    xmpp_vcard_temp_fetch_async (xmpp_pep_get_client (self->pep), address, cancellable, on_vcard,
                                 g_steal_pointer (&task));
}

GBytes *
xmpp_avatars_fetch_finish (XmppAvatars   *self,
                           GAsyncResult  *result,
                           GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* Data first, then what announces it (§3): nobody may be told of a picture that is not there yet. */
static void
on_metadata_published (GObject      *source,
                       GAsyncResult *result,
                       gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  GError *error = NULL;

  if (xmpp_pep_publish_finish (XMPP_PEP (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
publish_metadata (GTask *task)
{
  XmppAvatars *self = g_task_get_source_object (task);
  XmppNode *metadata = g_task_get_task_data (task);
  XmppNode *info = xmpp_node_get_first_child (metadata);

  xmpp_pep_publish_async (self->pep, METADATA_NODE, info != NULL ? xmpp_node_get_attribute (info, "id") : "current",
                          xmpp_node_ref (metadata), XMPP_PEP_CONTACTS, 1, g_task_get_cancellable (task),
                          on_metadata_published, g_object_ref (task));
}

static void
on_data_published (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  GError *error = NULL;

  if (xmpp_pep_publish_finish (XMPP_PEP (source), result, &error))
    publish_metadata (task);
  else
    g_task_return_error (task, error);
}

void
xmpp_avatars_publish_async (XmppAvatars         *self,
                            GBytes              *png,
                            int                  width,
                            int                  height,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  g_autofree char *hash = NULL;
  g_autofree char *text = NULL;
  XmppNode *metadata, *info, *data;

  g_return_if_fail (XMPP_IS_AVATARS (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, xmpp_avatars_publish_async);
  metadata = xmpp_node_new ("metadata", METADATA_NODE);
  g_task_set_task_data (task, metadata, (GDestroyNotify) xmpp_node_unref);
  if (png == NULL)
    {
      publish_metadata (task);
      return;
    }
  if (g_bytes_get_size (png) > XMPP_AVATAR_MAX_BYTES)
    {
      g_task_return_new_error (task, XMPP_AVATAR_ERROR, XMPP_AVATAR_ERROR_TOO_BIG, "the picture is too big");
      return;
    }
  if (g_strcmp0 (xmpp_avatar_sniff (png), "image/png") != 0)
    {
      g_task_return_new_error (task, XMPP_AVATAR_ERROR, XMPP_AVATAR_ERROR_TYPE, "the picture is no PNG");
      return;
    }
  hash = g_compute_checksum_for_bytes (G_CHECKSUM_SHA1, png);
  info = xmpp_node_add_child (metadata, "info", NULL);
  xmpp_node_set_attribute (info, "id", hash);
  xmpp_node_set_attribute (info, "type", "image/png");
  xmpp_node_set_attribute_int64 (info, "bytes", g_bytes_get_size (png));
  xmpp_node_set_attribute_int64 (info, "width", width);
  xmpp_node_set_attribute_int64 (info, "height", height);
  data = xmpp_node_new ("data", DATA_NODE);
  text = g_base64_encode (g_bytes_get_data (png, NULL), g_bytes_get_size (png));
  xmpp_node_add_text (data, text);
  xmpp_pep_publish_async (self->pep, DATA_NODE, hash, data, XMPP_PEP_CONTACTS, 1, cancellable, on_data_published,
                          g_steal_pointer (&task));
}

gboolean
xmpp_avatars_publish_finish (XmppAvatars   *self,
                             GAsyncResult  *result,
                             GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
