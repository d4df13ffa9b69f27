/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rooms of the account: XEP-0402. */
#define G_LOG_DOMAIN "xmpp"

#include "config.h"

#include "xmpp/bookmarks.h"

#include "xmpp/jid.h"
#include "xmpp/pubsub-private.h"
#include "xmpp/table-private.h"

#define MAX_TEXT 1024   /* bytes of name, nick and password each; longer ones are no bookmark of any client */

struct _XmppBookmarks
{
  GObject       parent_instance;

  XmppClient   *client;
  XmppPep      *pep;
  GHashTable   *rooms;         /* room → XmppBookmark */
  GCancellable *cancellable;   /* of the fetch of this session */
  guint         watch;
  gboolean      loaded;
  gboolean      subscribed;    /* asked for it in this session */
};

enum { LOADED, CHANGED, REMOVED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (XmppBookmarks, xmpp_bookmarks, G_TYPE_OBJECT)
G_DEFINE_BOXED_TYPE (XmppBookmark, xmpp_bookmark, xmpp_bookmark_copy, xmpp_bookmark_free)

XmppBookmark *
xmpp_bookmark_new (const char *room)
{
  XmppBookmark *bookmark = g_new0 (XmppBookmark, 1);

  bookmark->room = g_strdup (room);
  return bookmark;
}

XmppBookmark *
xmpp_bookmark_copy (const XmppBookmark *bookmark)
{
  XmppBookmark *copy = xmpp_bookmark_new (bookmark->room);

  copy->name = g_strdup (bookmark->name);
  copy->nick = g_strdup (bookmark->nick);
  copy->password = g_strdup (bookmark->password);
  copy->autojoin = bookmark->autojoin;
  copy->extensions = bookmark->extensions != NULL ? xmpp_node_ref (bookmark->extensions) : NULL;
  return copy;
}

void
xmpp_bookmark_free (XmppBookmark *bookmark)
{
  if (bookmark == NULL)
    return;
  g_free (bookmark->room);
  g_free (bookmark->name);
  g_free (bookmark->nick);
  g_free (bookmark->password);
  g_clear_pointer (&bookmark->extensions, xmpp_node_unref);
  g_free (bookmark);
}

static gboolean
nodes_equal (const XmppNode *a,
             const XmppNode *b)
{
  g_autofree char *first = a != NULL ? xmpp_node_to_string (a) : NULL;
  g_autofree char *second = b != NULL ? xmpp_node_to_string (b) : NULL;

  return g_strcmp0 (first, second) == 0;
}

static gboolean
bookmark_equal (const XmppBookmark *a,
                const XmppBookmark *b)
{
  return g_strcmp0 (a->name, b->name) == 0 && g_strcmp0 (a->nick, b->nick) == 0 &&
         g_strcmp0 (a->password, b->password) == 0 && a->autojoin == b->autojoin &&
         nodes_equal (a->extensions, b->extensions);
}

static char *
dup_text (const char *text)
{
  return text != NULL && *text != '\0' && strlen (text) <= MAX_TEXT ? g_strdup (text) : NULL;
}

XmppBookmark *
xmpp_bookmark_parse (const char     *item_id,
                     const XmppNode *conference)
{
  g_autofree char *room = item_id != NULL ? xmpp_jid_prepare (item_id, NULL) : NULL;
  g_autofree char *local = room != NULL ? xmpp_jid_dup_local (room) : NULL;
  XmppBookmark *bookmark;
  XmppNode *extensions;
  const char *autojoin;

  if (local == NULL || !xmpp_jid_is_bare (room) || conference == NULL ||
      !xmpp_node_is (conference, "conference", XMPP_BOOKMARKS_NODE))
    return NULL;
  bookmark = xmpp_bookmark_new (room);
  bookmark->name = dup_text (xmpp_node_get_attribute (conference, "name"));
  bookmark->nick = dup_text (xmpp_node_get_child_text (conference, "nick", NULL));
  bookmark->password = dup_text (xmpp_node_get_child_text (conference, "password", NULL));
  autojoin = xmpp_node_get_attribute (conference, "autojoin");
  bookmark->autojoin = g_strcmp0 (autojoin, "true") == 0 || g_strcmp0 (autojoin, "1") == 0;
  extensions = xmpp_node_get_child (conference, "extensions", NULL);
  if (extensions != NULL)
    bookmark->extensions = xmpp_node_copy (extensions);
  return bookmark;
}

XmppNode *
xmpp_bookmark_to_node (const XmppBookmark *bookmark)
{
  XmppNode *conference = xmpp_node_new ("conference", XMPP_BOOKMARKS_NODE);

  xmpp_node_set_attribute (conference, "autojoin", bookmark->autojoin ? "true" : "false");
  if (bookmark->name != NULL)
    xmpp_node_set_attribute (conference, "name", bookmark->name);
  if (bookmark->nick != NULL)
    xmpp_node_add_text_child (conference, "nick", NULL, bookmark->nick);
  if (bookmark->password != NULL)
    xmpp_node_add_text_child (conference, "password", NULL, bookmark->password);
  if (bookmark->extensions != NULL)
    xmpp_node_add_copy (conference, bookmark->extensions);
  return conference;
}

static void
put (XmppBookmarks *self,
     XmppBookmark  *bookmark)
{
  g_autoptr(XmppBookmark) owned = bookmark;
  const XmppBookmark *old = g_hash_table_lookup (self->rooms, bookmark->room);
  XmppBookmark *kept;

  if (old != NULL && bookmark_equal (old, bookmark))
    return;
  if (old == NULL && g_hash_table_size (self->rooms) >= XMPP_BOOKMARKS_MAX)
    {
      xmpp_client_note_rejection (self->client, "bookmarks-too-many");
      return;
    }
  kept = xmpp_bookmark_copy (bookmark);
  g_hash_table_replace (self->rooms, kept->room, kept);
  g_signal_emit (self, signals[CHANGED], 0, bookmark);
}

static void
take_out (XmppBookmarks *self,
          const char    *room)
{
  g_autofree char *kept = g_strdup (room);

  if (g_hash_table_remove (self->rooms, kept))
    g_signal_emit (self, signals[REMOVED], 0, kept);
}

static void
take_out_all (XmppBookmarks *self)
{
  g_autoptr(GPtrArray) rooms = xmpp_table_list_keys (self->rooms);
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < rooms->len; i++)
    g_ptr_array_add (names, g_strdup (g_ptr_array_index (rooms, i)));
  for (guint i = 0; i < names->len; i++)
    take_out (self, g_ptr_array_index (names, i));
}

/* (transfer full), NULL and counted if it is none. */
static XmppBookmark *
parse_item (XmppBookmarks        *self,
            const XmppPubsubItem *item)
{
  XmppBookmark *bookmark = xmpp_bookmark_parse (item->id, item->payload);

  if (bookmark == NULL)
    xmpp_client_note_rejection (self->client, "bookmark-invalid");
  return bookmark;
}

static void
on_event (XmppPubsub            *pubsub,
          const XmppPubsubEvent *event,
          gpointer               user_data)
{
  g_autoptr(XmppBookmarks) self = g_object_ref (XMPP_BOOKMARKS (user_data));

  if (event->kind == XMPP_PUBSUB_EVENT_PURGE || event->kind == XMPP_PUBSUB_EVENT_DELETE)
    take_out_all (self);
  for (guint i = 0; i < event->items->len; i++)
    {
      XmppBookmark *bookmark = parse_item (self, g_ptr_array_index (event->items, i));

      if (bookmark != NULL)
        put (self, bookmark);
    }
  for (guint i = 0; i < event->retracted->len; i++)
    {
      g_autofree char *room = xmpp_jid_prepare (g_ptr_array_index (event->retracted, i), NULL);

      if (room != NULL)
        take_out (self, room);
    }
}

static void
load (XmppBookmarks *self,
      GPtrArray     *items)
{
  g_autoptr(GHashTable) fresh = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(GPtrArray) gone = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer room;

  for (guint i = 0; i < items->len; i++)
    {
      XmppBookmark *bookmark = parse_item (self, g_ptr_array_index (items, i));

      if (bookmark == NULL)
        continue;
      g_hash_table_add (fresh, g_strdup (bookmark->room));
      put (self, bookmark);
    }
  g_hash_table_iter_init (&iter, self->rooms);
  while (g_hash_table_iter_next (&iter, &room, NULL))
    if (!g_hash_table_contains (fresh, room))
      g_ptr_array_add (gone, g_strdup (room));
  for (guint i = 0; i < gone->len; i++)
    take_out (self, g_ptr_array_index (gone, i));
  self->loaded = TRUE;
  g_signal_emit (self, signals[LOADED], 0);
}

static void
on_subscribed (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr(GError) error = NULL;

  if (!xmpp_pubsub_finish (XMPP_PUBSUB (source), result, &error))
    g_debug ("no subscription to the own bookmarks: %s", error->message);
}

/* ejabberd 23.01 tells of a new item whoever announces an interest, but of a retracted one explicit subscribers only. */
static void
subscribe (XmppBookmarks *self)
{
  if (self->subscribed || self->pep == NULL)
    return;
  self->subscribed = TRUE;
  xmpp_pubsub_subscribe_async (xmpp_pep_get_pubsub (self->pep), NULL, XMPP_BOOKMARKS_NODE, self->cancellable,
                               on_subscribed, NULL);
}

static void
on_items (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(XmppBookmarks) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) items = xmpp_pubsub_get_items_finish (XMPP_PUBSUB (source), result, &error);

  if (items != NULL)
    subscribe (self);
  if (items == NULL && g_error_matches (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_ITEM_NOT_FOUND))
    items = g_ptr_array_new ();     /* no node yet: no bookmarks */
  if (items == NULL)
    g_debug ("bookmarks were not loaded: %s", error->message);
  else
    load (self, items);
}

static void
on_session_started (XmppClient    *client,
                    gboolean       resumed,
                    XmppBookmarks *self)
{
  if (resumed)
    return;
  self->loaded = FALSE;
  self->subscribed = FALSE;
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  xmpp_pubsub_get_items_async (xmpp_pep_get_pubsub (self->pep), NULL, XMPP_BOOKMARKS_NODE, NULL, 0,
                               self->cancellable, on_items, g_object_ref (self));
}

static void
xmpp_bookmarks_dispose (GObject *object)
{
  XmppBookmarks *self = XMPP_BOOKMARKS (object);

  if (self->client != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->client, self);
      xmpp_pubsub_unwatch (xmpp_pep_get_pubsub (self->pep), self->watch);
      xmpp_pep_remove_interest (self->pep, XMPP_BOOKMARKS_NODE);
    }
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->client);
  g_clear_object (&self->pep);
  G_OBJECT_CLASS (xmpp_bookmarks_parent_class)->dispose (object);
}

static void
xmpp_bookmarks_finalize (GObject *object)
{
  XmppBookmarks *self = XMPP_BOOKMARKS (object);

  g_hash_table_unref (self->rooms);
  G_OBJECT_CLASS (xmpp_bookmarks_parent_class)->finalize (object);
}

static void
xmpp_bookmarks_class_init (XmppBookmarksClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = xmpp_bookmarks_dispose;
  object_class->finalize = xmpp_bookmarks_finalize;

  signals[LOADED] = g_signal_new ("loaded", XMPP_TYPE_BOOKMARKS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 0);
  signals[CHANGED] = g_signal_new ("changed", XMPP_TYPE_BOOKMARKS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 1, XMPP_TYPE_BOOKMARK);
  signals[REMOVED] = g_signal_new ("removed", XMPP_TYPE_BOOKMARKS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
xmpp_bookmarks_init (XmppBookmarks *self)
{
  self->rooms = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) xmpp_bookmark_free);
}

XmppBookmarks *
xmpp_bookmarks_new (XmppClient *client,
                    XmppPep    *pep)
{
  XmppBookmarks *self;

  g_return_val_if_fail (XMPP_IS_CLIENT (client), NULL);
  g_return_val_if_fail (XMPP_IS_PEP (pep), NULL);

  self = g_object_new (XMPP_TYPE_BOOKMARKS, NULL);
  self->client = g_object_ref (client);
  self->pep = g_object_ref (pep);
  self->watch = xmpp_pubsub_watch (xmpp_pep_get_pubsub (pep), XMPP_PUBSUB_FROM_OWN, NULL, XMPP_BOOKMARKS_NODE,
                                   on_event, self, NULL);
  xmpp_pep_add_interest (pep, XMPP_BOOKMARKS_NODE);
  g_signal_connect (client, "session-started", G_CALLBACK (on_session_started), self);
  return self;
}

gboolean
xmpp_bookmarks_get_loaded (XmppBookmarks *self)
{
  g_return_val_if_fail (XMPP_IS_BOOKMARKS (self), FALSE);

  return self->loaded;
}

const XmppBookmark *
xmpp_bookmarks_get (XmppBookmarks *self,
                    const char    *room)
{
  g_return_val_if_fail (XMPP_IS_BOOKMARKS (self), NULL);

  return g_hash_table_lookup (self->rooms, room);
}

GPtrArray *
xmpp_bookmarks_list (XmppBookmarks *self)
{
  g_return_val_if_fail (XMPP_IS_BOOKMARKS (self), NULL);

  return xmpp_table_list_values (self->rooms);
}

static void
on_put (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  XmppBookmarks *self = g_task_get_source_object (task);
  GError *error = NULL;

  if (!xmpp_pep_publish_finish (XMPP_PEP (source), result, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  /* The event for it may come before or after; servers need not send one to the publisher at all. */
  put (self, xmpp_bookmark_copy (g_task_get_task_data (task)));
  subscribe (self);
  g_task_return_boolean (task, TRUE);
}

void
xmpp_bookmarks_put_async (XmppBookmarks       *self,
                          const XmppBookmark  *bookmark,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  GTask *task;
  XmppBookmark *copy;
  const XmppBookmark *known;

  g_return_if_fail (XMPP_IS_BOOKMARKS (self));
  g_return_if_fail (bookmark != NULL && xmpp_jid_is_bare (bookmark->room));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, xmpp_bookmarks_put_async);
  copy = xmpp_bookmark_copy (bookmark);
  known = g_hash_table_lookup (self->rooms, bookmark->room);
  if (copy->extensions == NULL && known != NULL && known->extensions != NULL)
    copy->extensions = xmpp_node_ref (known->extensions);   /* §3.2: not ours to throw away */
  g_task_set_task_data (task, copy, (GDestroyNotify) xmpp_bookmark_free);
  xmpp_pep_publish_async (self->pep, XMPP_BOOKMARKS_NODE, copy->room, xmpp_bookmark_to_node (copy), XMPP_PEP_PRIVATE,
                          XMPP_BOOKMARKS_MAX, cancellable, on_put, task);
}

static void
on_retracted (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  XmppBookmarks *self = g_task_get_source_object (task);
  g_autoptr(GError) error = NULL;

  if (!xmpp_pubsub_finish (XMPP_PUBSUB (source), result, &error) &&
      !g_error_matches (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_ITEM_NOT_FOUND))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  take_out (self, g_task_get_task_data (task));
  g_task_return_boolean (task, TRUE);
}

void
xmpp_bookmarks_remove_async (XmppBookmarks       *self,
                             const char          *room,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  GTask *task;

  g_return_if_fail (XMPP_IS_BOOKMARKS (self));
  g_return_if_fail (room != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, xmpp_bookmarks_remove_async);
  g_task_set_task_data (task, g_strdup (room), g_free);
  xmpp_pubsub_retract_async (xmpp_pep_get_pubsub (self->pep), NULL, XMPP_BOOKMARKS_NODE, room, TRUE, cancellable,
                             on_retracted, task);
}

gboolean
xmpp_bookmarks_finish (XmppBookmarks  *self,
                       GAsyncResult   *result,
                       GError        **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
