/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium"

#include "config.h"

#include "workspace/workspace-private.h"

#include "workspace/account/account-private.h"
#include "workspace/account/connection-lock.h"
#include "workspace/account/session.h"
#include "workspace/chat/conversation-private.h"
#include "workspace/chat/message-private.h"
#include "workspace/chat/timeline-private.h"
#include "workspace/clock.h"
#include "workspace/jobs/transfers.h"
#include "workspace/notify/notifier.h"
#include "workspace/outbox/outbox-private.h"
#include "workspace/people/directory-private.h"
#include "workspace/store-task.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

/* More chats than this are not kept in the list model; older ones are found by search. */
#define MAX_CONVERSATIONS 20000

struct _AtriumWorkspace
{
  GObject parent_instance;

  char *data_dir;
  char *cache_dir;
  GSettings *settings;
  StoreDatabase *database;
  AtriumAccount *account;
  AtriumDirectory *directory;
  AtriumOutbox *outbox;
  AtriumConnectionLock *lock;
  AtriumSession *session;       /* while the connection is ours */
  AtriumNotifier *notifier;
  AtriumTransfers *transfers;
  GListStore *conversations;
  GListStore *jobs;
  GHashTable *by_id;            /* gint64* → borrowed from conversations */
  GHashTable *by_address;       /* borrowed string → borrowed */
  GHashTable *messages;         /* gint64* → GWeakRef*: objects somebody holds */
  AtriumConversation *active;   /* what the window shows; may be NULL */
  gconstpointer read_conversation;  /* what was read last because it was looked at; only compared */
  gint64 read_last;                 /* its newest message then */
  gboolean window_active;
  guint unread;
  guint mentions;
  gboolean opened;
  gboolean closing;

  /* What has to be read anew: one run at a time, the next one takes what came meanwhile. */
  GHashTable *dirty_conversations;  /* gint64* set */
  GHashTable *dirty_messages;       /* gint64* → GUINT: 1 changed, 2 added */
  gboolean dirty_all;
  gboolean dirty_outbox;
  gboolean dirty_people;
  gboolean dirty_account;
  gboolean refreshing;
};

enum
{
  PROP_0,
  PROP_UNREAD,
  PROP_MENTIONS,
  PROP_ONLINE_HERE,
  PROP_OPENED,
  N_PROPS
};

enum
{
  NOTIFICATION,
  NOTIFICATION_WITHDRAWN,
  REJECTED,
  MESSAGE_ADDED,
  MESSAGE_CHANGED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AtriumWorkspace, atrium_workspace, G_TYPE_OBJECT)

static void schedule_refresh (AtriumWorkspace *self);

static gint64 *
key_new (gint64 id)
{
  gint64 *key = g_new (gint64, 1);

  *key = id;

  return key;
}

static void
weak_ref_free (gpointer data)
{
  g_weak_ref_clear (data);
  g_free (data);
}

/* The list: pinned first in their order, then newest first; archived ones are in it too, the views leave them out. */
static int
compare_conversations (gconstpointer a,
                       gconstpointer b,
                       gpointer      user_data)
{
  AtriumConversation *left = (gpointer) a, *right = (gpointer) b;
  gboolean left_pinned = atrium_conversation_get_pinned (left);
  gboolean right_pinned = atrium_conversation_get_pinned (right);
  gint64 left_time, right_time;

  if (left_pinned != right_pinned)
    return left_pinned ? -1 : 1;
  if (left_pinned && atrium_conversation_get_pin_order (left) != atrium_conversation_get_pin_order (right))
    return atrium_conversation_get_pin_order (left) < atrium_conversation_get_pin_order (right) ? -1 : 1;

  left_time = atrium_conversation_get_sort_time (left);
  right_time = atrium_conversation_get_sort_time (right);
  if (left_time != right_time)
    return left_time > right_time ? -1 : 1;

  return g_strcmp0 (atrium_conversation_get_address (left), atrium_conversation_get_address (right));
}

void
atrium_workspace_resort (AtriumWorkspace    *self,
                         AtriumConversation *conversation)
{
  GListModel *model = G_LIST_MODEL (self->conversations);
  g_autoptr (AtriumConversation) keep = g_object_ref (conversation);
  g_autoptr (AtriumConversation) before = NULL;
  g_autoptr (AtriumConversation) after = NULL;
  guint position;

  if (!g_list_store_find (self->conversations, conversation, &position))
    return;
  if (position > 0)
    before = g_list_model_get_item (model, position - 1);
  after = g_list_model_get_item (model, position + 1);
  if ((before == NULL || compare_conversations (before, conversation, NULL) <= 0) &&
      (after == NULL || compare_conversations (conversation, after, NULL) <= 0))
    return;

  g_list_store_remove (self->conversations, position);
  g_list_store_insert_sorted (self->conversations, keep, compare_conversations, NULL);
}

AtriumConversation *
atrium_workspace_find_by_id (AtriumWorkspace *self,
                             gint64           id)
{
  return g_hash_table_lookup (self->by_id, &id);
}

AtriumConversation *
atrium_workspace_find (AtriumWorkspace *self,
                       const char      *address)
{
  return address != NULL ? g_hash_table_lookup (self->by_address, address) : NULL;
}

/* What the user looks at counts as read. Once for each newest message, so that a mark which is refused does not go round. */
static void
read_active (AtriumWorkspace *self)
{
  gint64 last;

  if (self->active == NULL || !self->window_active || atrium_conversation_get_unread (self->active) == 0 ||
      atrium_conversation_get_marked_unread (self->active))
    return;

  last = atrium_conversation_get_last_message (self->active);
  if (self->read_conversation == self->active && self->read_last == last)
    return;
  self->read_conversation = self->active;
  self->read_last = last;
  atrium_conversation_mark_read (self->active);
}

AtriumConversation *
atrium_workspace_apply_conversation (AtriumWorkspace         *self,
                                     const StoreConversation *row)
{
  AtriumConversation *conversation = atrium_workspace_find_by_id (self, row->id);

  if (conversation == NULL)
    {
      g_autoptr (AtriumConversation) made = atrium_conversation_new (self, row->id);

      atrium_conversation_fill (made, row);
      g_hash_table_insert (self->by_id, key_new (row->id), made);
      g_hash_table_insert (self->by_address, (gpointer) atrium_conversation_get_address (made), made);
      g_list_store_insert_sorted (self->conversations, made, compare_conversations, NULL);

      return made;    /* the list holds it */
    }

  atrium_conversation_fill (conversation, row);
  atrium_workspace_resort (self, conversation);
  if (conversation == self->active)
    read_active (self);

  return conversation;
}

typedef struct
{
  gint64             id;
  StoreConversation *row;
} LoadOne;

static gboolean
load_one (StoreTransaction  *tx,
          gpointer           data,
          GError           **error)
{
  LoadOne *load = data;

  load->row = store_conversation_load (tx, load->id, error);

  return load->row != NULL;
}

AtriumConversation *
atrium_workspace_load_conversation_now (AtriumWorkspace *self,
                                        gint64           id)
{
  LoadOne load = { .id = id };
  AtriumConversation *conversation;

  if (!store_database_read (self->database, 0, load_one, &load, NULL))
    return NULL;
  conversation = atrium_workspace_apply_conversation (self, load.row);
  store_conversation_unref (load.row);

  return conversation;
}

static void
drop_conversation (AtriumWorkspace    *self,
                   AtriumConversation *conversation)
{
  g_autoptr (AtriumConversation) keep = g_object_ref (conversation);
  gint64 id = atrium_conversation_get_id (conversation);
  guint position;

  if (self->active == conversation)
    self->active = NULL;
  g_hash_table_remove (self->by_address, atrium_conversation_get_address (conversation));
  g_hash_table_remove (self->by_id, &id);
  if (g_list_store_find (self->conversations, conversation, &position))
    g_list_store_remove (self->conversations, position);
  atrium_conversation_detach (conversation);
}

static AtriumMessage *
dup_live_message (AtriumWorkspace *self,
                  gint64           id)
{
  GWeakRef *ref = g_hash_table_lookup (self->messages, &id);

  return ref != NULL ? g_weak_ref_get (ref) : NULL;
}

AtriumMessage *
atrium_workspace_ensure_message (AtriumWorkspace *self,
                                 const AtriumRow *row)
{
  AtriumMessage *message = dup_live_message (self, row->message->id);
  AtriumConversation *conversation = atrium_workspace_find_by_id (self, row->message->conversation);

  if (message == NULL)
    {
      GWeakRef *ref = g_new0 (GWeakRef, 1);

      message = atrium_message_new ();
      g_weak_ref_init (ref, message);
      g_hash_table_replace (self->messages, key_new (row->message->id), ref);
    }
  atrium_message_fill (message, row, self, conversation != NULL ? atrium_conversation_get_address (conversation) : NULL);

  return message;
}

/* Entries of messages nobody holds any more; called when the table has grown. */
static gboolean
is_dead (gpointer key,
         gpointer value,
         gpointer user_data)
{
  g_autoptr (GObject) object = g_weak_ref_get (value);

  return object == NULL;
}

gboolean
atrium_workspace_is_active (AtriumWorkspace    *self,
                            AtriumConversation *conversation)
{
  return self->window_active && self->active == conversation;
}

static void
set_counts (AtriumWorkspace *self,
            guint            unread,
            guint            mentions)
{
  if (self->unread != unread)
    {
      self->unread = unread;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_UNREAD]);
    }
  if (self->mentions != mentions)
    {
      self->mentions = mentions;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MENTIONS]);
    }
}

/* Reading what changed. */

typedef struct
{
  gboolean    all;
  GArray     *conversation_ids;
  GArray     *message_ids;
  GHashTable *added;          /* gint64* set: of the messages, the new ones */
  GPtrArray  *conversations;  /* StoreConversation */
  GArray     *gone;           /* ids of conversations that are no more */
  GPtrArray  *rows;           /* AtriumRow */
  guint       unread;
  guint       mentions;
} Refresh;

static void
refresh_free (gpointer data)
{
  Refresh *refresh = data;

  g_array_unref (refresh->conversation_ids);
  g_array_unref (refresh->message_ids);
  g_array_unref (refresh->gone);
  g_hash_table_unref (refresh->added);
  g_ptr_array_unref (refresh->conversations);
  g_ptr_array_unref (refresh->rows);
  g_free (refresh);
}

static Refresh *
refresh_new (void)
{
  Refresh *refresh = g_new0 (Refresh, 1);

  refresh->conversation_ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  refresh->message_ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  refresh->gone = g_array_new (FALSE, FALSE, sizeof (gint64));
  refresh->added = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  refresh->conversations = g_ptr_array_new_with_free_func ((GDestroyNotify) store_conversation_unref);
  refresh->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) atrium_row_free);

  return refresh;
}

static gboolean
read_all_conversations (StoreTransaction  *tx,
                        GPtrArray         *conversations,
                        GError           **error)
{
  const guint page = 1000;

  for (int archived = 0; archived < 2; archived++)
    {
      guint offset = 0;

      while (conversations->len < MAX_CONVERSATIONS)
        {
          g_autoptr (GPtrArray) rows = store_conversation_list (tx, archived, offset, page, error);

          if (rows == NULL)
            return FALSE;
          for (guint i = 0; i < rows->len; i++)
            g_ptr_array_add (conversations, store_conversation_ref (g_ptr_array_index (rows, i)));
          if (rows->len < page)
            break;
          offset += rows->len;
        }
    }

  return TRUE;
}

static gboolean
read_refresh (StoreTransaction  *tx,
              gpointer           data,
              GError           **error)
{
  Refresh *refresh = data;

  if (refresh->all && !read_all_conversations (tx, refresh->conversations, error))
    return FALSE;

  for (guint i = 0; !refresh->all && i < refresh->conversation_ids->len; i++)
    {
      gint64 id = g_array_index (refresh->conversation_ids, gint64, i);
      g_autoptr (GError) missing = NULL;
      StoreConversation *row = store_conversation_load (tx, id, &missing);

      if (row != NULL)
        g_ptr_array_add (refresh->conversations, row);
      else if (g_error_matches (missing, STORE_ERROR, STORE_ERROR_NOT_FOUND))
        g_array_append_val (refresh->gone, id);
      else
        return g_propagate_error (error, g_steal_pointer (&missing)), FALSE;
    }

  for (guint i = 0; i < refresh->message_ids->len; i++)
    {
      g_autoptr (GError) missing = NULL;
      g_autoptr (StoreMessage) row = store_message_load (tx, g_array_index (refresh->message_ids, gint64, i), &missing);

      if (row != NULL)
        g_ptr_array_add (refresh->rows, atrium_row_new (tx, row));
      else if (!g_error_matches (missing, STORE_ERROR, STORE_ERROR_NOT_FOUND))
        return g_propagate_error (error, g_steal_pointer (&missing)), FALSE;
    }

  return store_conversation_count_unread (tx, atrium_clock_now (), &refresh->unread, &refresh->mentions, error);
}

static void
apply_refresh (AtriumWorkspace *self,
               Refresh         *refresh)
{
  if (refresh->all)
    {
      g_autoptr (GHashTable) seen = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
      g_autoptr (GPtrArray) gone = g_ptr_array_new ();
      GHashTableIter iter;
      gpointer key, value;

      for (guint i = 0; i < refresh->conversations->len; i++)
        g_hash_table_add (seen, key_new (((StoreConversation *) g_ptr_array_index (refresh->conversations, i))->id));
      g_hash_table_iter_init (&iter, self->by_id);
      while (g_hash_table_iter_next (&iter, &key, &value))
        if (!g_hash_table_contains (seen, key))
          g_ptr_array_add (gone, value);
      for (guint i = 0; i < gone->len; i++)
        drop_conversation (self, g_ptr_array_index (gone, i));
    }

  for (guint i = 0; i < refresh->conversations->len; i++)
    atrium_workspace_apply_conversation (self, g_ptr_array_index (refresh->conversations, i));
  for (guint i = 0; i < refresh->gone->len; i++)
    {
      AtriumConversation *conversation = atrium_workspace_find_by_id (self, g_array_index (refresh->gone, gint64, i));

      if (conversation != NULL)
        drop_conversation (self, conversation);
    }

  for (guint i = 0; i < refresh->rows->len; i++)
    {
      AtriumRow *row = g_ptr_array_index (refresh->rows, i);
      g_autoptr (AtriumMessage) message = atrium_workspace_ensure_message (self, row);

      g_signal_emit (self, signals[g_hash_table_contains (refresh->added, &row->message->id) ? MESSAGE_ADDED : MESSAGE_CHANGED], 0, message);
    }

  if (g_hash_table_size (self->messages) > 5000)
    g_hash_table_foreach_remove (self->messages, is_dead, NULL);

  set_counts (self, refresh->unread, refresh->mentions);
}

static void
on_refreshed (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (AtriumWorkspace) self = user_data;
  g_autoptr (GError) error = NULL;

  self->refreshing = FALSE;
  if (!store_database_run_finish (STORE_DATABASE (source), result, &error))
    {
      g_debug ("reading changes: %s", error->message);
      return;
    }

  apply_refresh (self, store_database_get_run_data (result));
  schedule_refresh (self);
}

static void
take_keys (GHashTable *set,
           GArray     *out)
{
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, set);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    g_array_append_vals (out, key, 1);
}

static int
compare_ids (gconstpointer a,
             gconstpointer b)
{
  gint64 left = *(const gint64 *) a, right = *(const gint64 *) b;

  return (left > right) - (left < right);
}

static void
schedule_refresh (AtriumWorkspace *self)
{
  Refresh *refresh;
  GHashTableIter iter;
  gpointer key, value;

  if (self->database == NULL || self->closing)
    return;

  if (self->dirty_outbox)
    {
      self->dirty_outbox = FALSE;
      atrium_outbox_reload (self->outbox);
    }
  if (self->dirty_people)
    {
      self->dirty_people = FALSE;
      atrium_directory_reload (self->directory);
    }
  if (self->dirty_account)
    {
      self->dirty_account = FALSE;
      atrium_account_reload (self->account);
    }

  if (self->refreshing ||
      (!self->dirty_all && g_hash_table_size (self->dirty_conversations) == 0 && g_hash_table_size (self->dirty_messages) == 0))
    return;

  refresh = refresh_new ();
  refresh->all = self->dirty_all;
  take_keys (self->dirty_conversations, refresh->conversation_ids);

  g_hash_table_iter_init (&iter, self->dirty_messages);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      g_array_append_vals (refresh->message_ids, key, 1);
      if (GPOINTER_TO_UINT (value) == 2)
        g_hash_table_add (refresh->added, key_new (*(gint64 *) key));
    }
  g_array_sort (refresh->message_ids, compare_ids);

  self->dirty_all = FALSE;
  g_hash_table_remove_all (self->dirty_conversations);
  g_hash_table_remove_all (self->dirty_messages);
  self->refreshing = TRUE;
  store_database_run_async (self->database, STORE_ACCESS_READ, G_PRIORITY_DEFAULT, read_refresh, refresh, refresh_free,
                            NULL, on_refreshed, g_object_ref (self));
}

void
atrium_workspace_touch_conversation (AtriumWorkspace *self,
                                     gint64           id)
{
  g_hash_table_add (self->dirty_conversations, key_new (id));
  schedule_refresh (self);
}

static gboolean
is_listening (AtriumWorkspace *self)
{
  return g_signal_has_handler_pending (self, signals[MESSAGE_ADDED], 0, TRUE) ||
         g_signal_has_handler_pending (self, signals[MESSAGE_CHANGED], 0, TRUE);
}

static void
note_message (AtriumWorkspace   *self,
              const StoreChange *change)
{
  gboolean added = change->kind == STORE_CHANGE_MESSAGE_ADDED;
  gpointer known;

  if (change->row == 0)
    return;
  if (!is_listening (self))
    {
      g_autoptr (AtriumMessage) live = dup_live_message (self, change->row);

      if (live == NULL)
        return;
    }

  known = g_hash_table_lookup (self->dirty_messages, &change->row);
  if (known == NULL || added)
    g_hash_table_replace (self->dirty_messages, key_new (change->row), GUINT_TO_POINTER (added ? 2 : 1));
}

static void
tell_timeline (AtriumWorkspace   *self,
               const StoreChange *change)
{
  AtriumConversation *conversation = atrium_workspace_find_by_id (self, change->conversation);
  AtriumTimeline *timeline = conversation != NULL ? atrium_conversation_peek_timeline (conversation) : NULL;

  if (timeline != NULL)
    atrium_timeline_note_change (timeline, change);
}

static void
reset_timelines (AtriumWorkspace *self)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->by_id);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      AtriumTimeline *timeline = atrium_conversation_peek_timeline (value);

      if (timeline != NULL)
        atrium_timeline_reset (timeline);
    }
}

static void
on_changed (StoreDatabase     *database,
            guint              n_changes,
            const StoreChange *changes,
            AtriumWorkspace   *self)
{
  for (guint i = 0; i < n_changes; i++)
    {
      const StoreChange *change = &changes[i];

      switch (change->kind)
        {
        case STORE_CHANGE_MESSAGE_ADDED:
        case STORE_CHANGE_MESSAGE_CHANGED:
          note_message (self, change);
          tell_timeline (self, change);
          break;
        case STORE_CHANGE_MESSAGE_MOVED:
        case STORE_CHANGE_MESSAGE_REMOVED:
        case STORE_CHANGE_HISTORY:
        case STORE_CHANGE_SEGMENTS:
        case STORE_CHANGE_MARKS:
          tell_timeline (self, change);
          break;
        case STORE_CHANGE_CONVERSATION:
          g_hash_table_add (self->dirty_conversations, key_new (change->conversation));
          break;
        case STORE_CHANGE_OUTBOX:
          self->dirty_outbox = TRUE;
          break;
        case STORE_CHANGE_PERSON:
          self->dirty_people = TRUE;
          break;
        case STORE_CHANGE_SETTING:
          self->dirty_account = TRUE;
          break;
        case STORE_CHANGE_ROOM:
        case STORE_CHANGE_JOB:
          break;
        case STORE_CHANGE_EVERYTHING:
        default:
          self->dirty_all = self->dirty_outbox = self->dirty_people = self->dirty_account = TRUE;
          reset_timelines (self);
          break;
        }
    }

  schedule_refresh (self);
}

/* Opening. */

typedef struct
{
  GPtrArray  *conversations;
  GHashTable *settings;
  gpointer    people;
  guint       unread;
  guint       mentions;
} OpenData;

static void
open_data_free (gpointer data)
{
  OpenData *open = data;

  g_clear_pointer (&open->conversations, g_ptr_array_unref);
  g_clear_pointer (&open->settings, g_hash_table_unref);
  g_clear_pointer (&open->people, atrium_directory_read_free);
  g_free (open);
}

static gboolean
read_profile (StoreTransaction  *tx,
              gpointer           data,
              GError           **error)
{
  OpenData *open = data;

  open->conversations = g_ptr_array_new_with_free_func ((GDestroyNotify) store_conversation_unref);
  open->settings = store_setting_list (tx, "account/", error);
  if (open->settings == NULL)
    return FALSE;
  open->people = atrium_directory_read (tx, error);
  if (open->people == NULL)
    return FALSE;
  if (!read_all_conversations (tx, open->conversations, error))
    return FALSE;

  return store_conversation_count_unread (tx, atrium_clock_now (), &open->unread, &open->mentions, error);
}

static gboolean
read_nothing (StoreTransaction  *tx,
              gpointer           data,
              GError           **error)
{
  return TRUE;
}

static void
on_settled (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;

  store_database_run_finish (STORE_DATABASE (source), result, NULL);
  g_task_return_boolean (task, TRUE);
}

static void
on_profile_read (GTask    *task,
                 gpointer  data)
{
  AtriumWorkspace *self = g_task_get_source_object (task);
  OpenData *open = data;

  atrium_account_load (self->account, open->settings);
  atrium_directory_show (self->directory, open->people);
  for (guint i = 0; i < open->conversations->len; i++)
    atrium_workspace_apply_conversation (self, g_ptr_array_index (open->conversations, i));
  set_counts (self, open->unread, open->mentions);
  atrium_outbox_reload (self->outbox);
  atrium_transfers_open (self->transfers);

  self->opened = TRUE;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_OPENED]);
  atrium_workspace_update_session (self);

  /* People and outbox are being read. What is asked for after them, less urgently, is answered when they are there. */
  store_database_run_async (self->database, STORE_ACCESS_READ, G_PRIORITY_LOW, read_nothing, NULL, NULL, NULL, on_settled,
                            g_object_ref (task));
}

static void
on_database_opened (GObject      *source,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  AtriumWorkspace *self = g_task_get_source_object (task);
  GError *error = NULL;

  self->database = store_database_open_finish (result, &error);
  if (self->database == NULL)
    {
      g_task_return_error (task, atrium_error_from_store (error));
      return;
    }

  g_signal_connect_object (self->database, "changed", G_CALLBACK (on_changed), self, 0);
  atrium_store_run_task (self->database, STORE_ACCESS_READ, g_steal_pointer (&task), read_profile,
                         g_new0 (OpenData, 1), open_data_free, on_profile_read);
}

void
atrium_workspace_open_async (AtriumWorkspace     *self,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autofree char *path = g_build_filename (self->data_dir, "atrium.db", NULL);

  g_return_if_fail (ATRIUM_IS_WORKSPACE (self));
  g_return_if_fail (self->database == NULL);

  g_task_set_source_tag (task, atrium_workspace_open_async);
  if (g_mkdir_with_parents (self->data_dir, 0700) != 0 || g_mkdir_with_parents (self->cache_dir, 0700) != 0)
    {
      g_task_return_new_error (task, ATRIUM_ERROR, ATRIUM_ERROR_STORAGE, _("The folder %s cannot be made."), self->data_dir);
      return;
    }

  store_database_open_async (path, cancellable, on_database_opened, g_steal_pointer (&task));
}

gboolean
atrium_workspace_open_finish (AtriumWorkspace  *self,
                              GAsyncResult     *result,
                              GError          **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* Closing. */

static void
on_database_closed (GObject      *source,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  AtriumWorkspace *self = g_task_get_source_object (task);
  GError *error = NULL;

  if (!store_database_close_finish (STORE_DATABASE (source), result, &error))
    {
      g_task_return_error (task, atrium_error_from_store (error));
      return;
    }

  g_clear_object (&self->lock);
  g_task_return_boolean (task, TRUE);
}

static void
on_session_stopped (GObject      *source,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  AtriumWorkspace *self = g_task_get_source_object (task);

  atrium_session_stop_finish (ATRIUM_SESSION (source), result, NULL);
  g_clear_object (&self->session);
  store_database_close_async (self->database, on_database_closed, g_steal_pointer (&task));
}

void
atrium_workspace_close_async (AtriumWorkspace     *self,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_return_if_fail (ATRIUM_IS_WORKSPACE (self));

  g_task_set_source_tag (task, atrium_workspace_close_async);
  self->closing = TRUE;
  if (self->database == NULL)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }

  atrium_conversations_flush_drafts (G_LIST_MODEL (self->conversations));
  atrium_transfers_stop (self->transfers);
  if (self->session != NULL)
    atrium_session_stop_async (self->session, on_session_stopped, g_steal_pointer (&task));
  else
    store_database_close_async (self->database, on_database_closed, g_steal_pointer (&task));
}

gboolean
atrium_workspace_close_finish (AtriumWorkspace  *self,
                               GAsyncResult     *result,
                               GError          **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* The connection. */

static void
on_rejected (AtriumSession   *session,
             const char      *reason,
             guint            count,
             AtriumWorkspace *self)
{
  g_signal_emit (self, signals[REJECTED], 0, reason, count);
}

static void
on_old_session_stopped (GObject      *source,
                        GAsyncResult *result,
                        gpointer      user_data)
{
  g_autoptr (AtriumWorkspace) self = user_data;

  atrium_session_stop_finish (ATRIUM_SESSION (source), result, NULL);
  atrium_workspace_update_session (self);
}

void
atrium_workspace_update_session (AtriumWorkspace *self)
{
  gboolean wanted = self->opened && !self->closing && atrium_account_get_address (self->account) != NULL &&
                    atrium_connection_lock_get_held (self->lock);

  if (wanted && self->session == NULL)
    {
      self->session = atrium_session_new (self);
      g_signal_connect_object (self->session, "rejected", G_CALLBACK (on_rejected), self, 0);
      atrium_session_start (self->session);
    }
  else if (!wanted && self->session != NULL && !self->closing)
    {
      g_autoptr (AtriumSession) session = g_steal_pointer (&self->session);

      atrium_session_stop_async (session, on_old_session_stopped, g_object_ref (self));
    }
}

gboolean
atrium_workspace_is_online_elsewhere (AtriumWorkspace *self)
{
  return atrium_connection_lock_is_foreign (self->lock);
}

void
atrium_workspace_restart_session (AtriumWorkspace *self)
{
  if (self->session != NULL)
    {
      g_autoptr (AtriumSession) session = g_steal_pointer (&self->session);

      atrium_session_stop_async (session, on_old_session_stopped, g_object_ref (self));
    }
  else
    {
      atrium_workspace_update_session (self);
    }
}

static void
on_session_ended (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;

  atrium_session_stop_finish (ATRIUM_SESSION (source), result, NULL);
  g_task_return_boolean (task, TRUE);
}

void
atrium_workspace_end_session_async (AtriumWorkspace     *self,
                                    GCancellable        *cancellable,
                                    GAsyncReadyCallback  callback,
                                    gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (AtriumSession) session = g_steal_pointer (&self->session);

  g_task_set_source_tag (task, atrium_workspace_end_session_async);
  if (session == NULL)
    g_task_return_boolean (task, TRUE);
  else
    atrium_session_stop_async (session, on_session_ended, g_steal_pointer (&task));
}

gboolean
atrium_workspace_end_session_finish (AtriumWorkspace  *self,
                                     GAsyncResult     *result,
                                     GError          **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* Wiping: the files go, an empty database comes. */

static gboolean
remove_tree (const char  *path,
             GError     **error)
{
  g_autoptr (GPtrArray) pending = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) folders = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_add (pending, g_strdup (path));
  while (pending->len > 0)
    {
      g_autofree char *one = g_ptr_array_steal_index (pending, pending->len - 1);
      g_autoptr (GDir) dir = g_dir_open (one, 0, NULL);
      const char *name;

      if (dir == NULL)
        continue;
      while ((name = g_dir_read_name (dir)) != NULL)
        {
          char *child = g_build_filename (one, name, NULL);
          GStatBuf status;

          if (g_lstat (child, &status) == 0 && S_ISDIR (status.st_mode))
            {
              g_ptr_array_add (pending, child);
              continue;
            }
          g_unlink (child);
          g_free (child);
        }
      g_ptr_array_add (folders, g_steal_pointer (&one));
    }
  for (guint i = folders->len; i > 0; i--)
    g_rmdir (g_ptr_array_index (folders, i - 1));
  if (g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, ATRIUM_ERROR, ATRIUM_ERROR_STORAGE, _("Not everything in %s could be removed."), path);
      return FALSE;
    }

  return TRUE;
}

static gboolean
remove_profile (const char  *data_dir,
                const char  *cache_dir,
                GError     **error)
{
  g_autoptr (GDir) dir = g_dir_open (data_dir, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (data_dir, name, NULL);
      GStatBuf status;

      /* Other profiles may lie below; the lock stays ours. */
      if (g_str_equal (name, "profiles") || g_str_equal (name, "online.lock"))
        continue;
      if (g_lstat (child, &status) == 0 && S_ISDIR (status.st_mode))
        {
          if (!remove_tree (child, error))
            return FALSE;
        }
      else if (g_unlink (child) != 0)
        {
          g_set_error (error, ATRIUM_ERROR, ATRIUM_ERROR_STORAGE, _("%s could not be removed."), child);
          return FALSE;
        }
    }

  {
    g_autofree char *files = g_build_filename (cache_dir, "files", NULL);

    return !g_file_test (files, G_FILE_TEST_EXISTS) || remove_tree (files, error);
  }
}

static void
remove_profile_thread (GTask        *task,
                       gpointer      source,
                       gpointer      data,
                       GCancellable *cancellable)
{
  char **paths = data;
  GError *error = NULL;

  if (remove_profile (paths[0], paths[1], &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_reopened (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (atrium_workspace_open_finish (ATRIUM_WORKSPACE (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_profile_removed (GObject      *source,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  AtriumWorkspace *self = g_task_get_source_object (task);
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      g_task_return_error (task, error);
      return;
    }

  atrium_directory_clear (self->directory);
  atrium_workspace_open_async (self, NULL, on_reopened, g_steal_pointer (&task));
}

static void
on_closed_for_wipe (GObject      *source,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  AtriumWorkspace *self = g_task_get_source_object (task);
  g_autoptr (GTask) removal = NULL;
  char **paths = g_new0 (char *, 3);
  GHashTableIter iter;
  gpointer value;

  store_database_close_finish (STORE_DATABASE (source), result, NULL);
  g_clear_object (&self->database);
  g_hash_table_iter_init (&iter, self->by_id);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    atrium_conversation_detach (value);
  self->active = NULL;
  g_hash_table_remove_all (self->by_address);
  g_hash_table_remove_all (self->by_id);
  g_list_store_remove_all (self->conversations);
  g_hash_table_remove_all (self->dirty_conversations);
  g_hash_table_remove_all (self->dirty_messages);
  self->opened = FALSE;

  paths[0] = g_strdup (self->data_dir);
  paths[1] = g_strdup (self->cache_dir);
  removal = g_task_new (self, NULL, on_profile_removed, g_steal_pointer (&task));
  g_task_set_source_tag (removal, on_closed_for_wipe);
  g_task_set_task_data (removal, paths, (GDestroyNotify) g_strfreev);
  g_task_run_in_thread (removal, remove_profile_thread);
}

void
atrium_workspace_wipe_async (AtriumWorkspace     *self,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, atrium_workspace_wipe_async);
  store_database_close_async (self->database, on_closed_for_wipe, task);
}

gboolean
atrium_workspace_wipe_finish (AtriumWorkspace  *self,
                              GAsyncResult     *result,
                              GError          **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
atrium_workspace_emit_notification (AtriumWorkspace    *self,
                                    AtriumNotification *notification)
{
  g_signal_emit (self, signals[NOTIFICATION], 0, notification);
}

void
atrium_workspace_withdraw_notification (AtriumWorkspace *self,
                                        const char      *id)
{
  g_signal_emit (self, signals[NOTIFICATION_WITHDRAWN], 0, id);
}

static void
on_lock_changed (AtriumConnectionLock *lock,
                 GParamSpec           *pspec,
                 AtriumWorkspace      *self)
{
  atrium_workspace_update_session (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ONLINE_HERE]);
}

void
atrium_workspace_set_wants_connection (AtriumWorkspace *self,
                                       gboolean         wanted)
{
  g_return_if_fail (ATRIUM_IS_WORKSPACE (self));

  atrium_connection_lock_set_wanted (self->lock, wanted);
}

/* Object. */

static void
atrium_workspace_get_property (GObject    *object,
                               guint       prop_id,
                               GValue     *value,
                               GParamSpec *pspec)
{
  AtriumWorkspace *self = ATRIUM_WORKSPACE (object);

  switch (prop_id)
    {
    case PROP_UNREAD:
      g_value_set_uint (value, self->unread);
      break;
    case PROP_MENTIONS:
      g_value_set_uint (value, self->mentions);
      break;
    case PROP_ONLINE_HERE:
      g_value_set_boolean (value, atrium_workspace_get_online_here (self));
      break;
    case PROP_OPENED:
      g_value_set_boolean (value, self->opened);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
atrium_workspace_dispose (GObject *object)
{
  AtriumWorkspace *self = ATRIUM_WORKSPACE (object);
  GHashTableIter iter;
  gpointer value;

  self->closing = TRUE;
  self->active = NULL;
  if (self->by_id != NULL)
    {
      g_hash_table_iter_init (&iter, self->by_id);
      while (g_hash_table_iter_next (&iter, NULL, &value))
        atrium_conversation_detach (value);
      g_hash_table_remove_all (self->by_address);
      g_hash_table_remove_all (self->by_id);
    }
  if (self->account != NULL)
    atrium_account_detach (self->account);
  if (self->directory != NULL)
    atrium_directory_detach (self->directory);
  if (self->outbox != NULL)
    atrium_outbox_detach (self->outbox);
  if (self->transfers != NULL)
    atrium_transfers_detach (self->transfers);
  if (self->notifier != NULL)
    atrium_notifier_detach (self->notifier);
  if (self->session != NULL)
    atrium_session_detach (self->session);

  g_clear_object (&self->session);
  g_clear_object (&self->transfers);
  g_clear_object (&self->notifier);
  g_clear_object (&self->conversations);
  g_clear_object (&self->jobs);
  g_clear_object (&self->outbox);
  g_clear_object (&self->directory);
  g_clear_object (&self->account);
  g_clear_object (&self->database);
  g_clear_object (&self->lock);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (atrium_workspace_parent_class)->dispose (object);
}

static void
atrium_workspace_finalize (GObject *object)
{
  AtriumWorkspace *self = ATRIUM_WORKSPACE (object);

  g_clear_pointer (&self->by_id, g_hash_table_unref);
  g_clear_pointer (&self->by_address, g_hash_table_unref);
  g_clear_pointer (&self->messages, g_hash_table_unref);
  g_clear_pointer (&self->dirty_conversations, g_hash_table_unref);
  g_clear_pointer (&self->dirty_messages, g_hash_table_unref);
  g_clear_pointer (&self->data_dir, g_free);
  g_clear_pointer (&self->cache_dir, g_free);

  G_OBJECT_CLASS (atrium_workspace_parent_class)->finalize (object);
}

static void
atrium_workspace_class_init (AtriumWorkspaceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->get_property = atrium_workspace_get_property;
  object_class->dispose = atrium_workspace_dispose;
  object_class->finalize = atrium_workspace_finalize;

  properties[PROP_UNREAD] = g_param_spec_uint ("unread", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_MENTIONS] = g_param_spec_uint ("mentions", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_ONLINE_HERE] = g_param_spec_boolean ("online-here", NULL, NULL, FALSE, flags);
  properties[PROP_OPENED] = g_param_spec_boolean ("opened", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[NOTIFICATION] = g_signal_new ("notification", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 1, ATRIUM_TYPE_NOTIFICATION);
  signals[NOTIFICATION_WITHDRAWN] = g_signal_new ("notification-withdrawn", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                                  G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[REJECTED] = g_signal_new ("rejected", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_UINT);
  signals[MESSAGE_ADDED] = g_signal_new ("message-added", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 1, ATRIUM_TYPE_MESSAGE);
  signals[MESSAGE_CHANGED] = g_signal_new ("message-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                           G_TYPE_NONE, 1, ATRIUM_TYPE_MESSAGE);
}

static void
atrium_workspace_init (AtriumWorkspace *self)
{
  self->conversations = g_list_store_new (ATRIUM_TYPE_CONVERSATION);
  self->jobs = g_list_store_new (ATRIUM_TYPE_JOB);
  self->by_id = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->by_address = g_hash_table_new (g_str_hash, g_str_equal);
  self->messages = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, weak_ref_free);
  self->dirty_conversations = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->dirty_messages = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
}

AtriumWorkspace *
atrium_workspace_new (const char *data_dir,
                      const char *cache_dir,
                      GSettings  *settings)
{
  AtriumWorkspace *self;

  g_return_val_if_fail (data_dir != NULL, NULL);
  g_return_val_if_fail (cache_dir != NULL, NULL);

  self = g_object_new (ATRIUM_TYPE_WORKSPACE, NULL);
  self->data_dir = g_strdup (data_dir);
  self->cache_dir = g_strdup (cache_dir);
  g_set_object (&self->settings, settings);
  self->account = atrium_account_new (self);
  self->directory = atrium_directory_new (self);
  self->outbox = atrium_outbox_new (self);
  self->notifier = atrium_notifier_new (self);
  self->transfers = atrium_transfers_new (self);
  self->lock = atrium_connection_lock_new (data_dir);
  g_signal_connect_object (self->lock, "notify::held", G_CALLBACK (on_lock_changed), self, 0);

  return self;
}

static char *
dup_profile_dir (const char *base,
                 const char *profile)
{
  if (profile == NULL || *profile == '\0')
    return g_build_filename (base, ATRIUM_APPLICATION_ID, NULL);

  return g_build_filename (base, ATRIUM_APPLICATION_ID, "profiles", profile, NULL);
}

char *
atrium_workspace_dup_data_dir (const char *profile)
{
  return dup_profile_dir (g_get_user_data_dir (), profile);
}

char *
atrium_workspace_dup_cache_dir (const char *profile)
{
  return dup_profile_dir (g_get_user_cache_dir (), profile);
}

StoreDatabase *
atrium_workspace_get_database (AtriumWorkspace *self)
{
  return self->database;
}

AtriumSession *
atrium_workspace_get_session (AtriumWorkspace *self)
{
  return self->session;
}

AtriumNotifier *
atrium_workspace_get_notifier (AtriumWorkspace *self)
{
  return self->notifier;
}

AtriumTransfers *
atrium_workspace_get_transfers (AtriumWorkspace *self)
{
  return self->transfers;
}

const char *
atrium_workspace_get_own_address (AtriumWorkspace *self)
{
  const char *address = atrium_account_get_address (self->account);

  return address != NULL ? address : "local";
}

AtriumAccount *
atrium_workspace_get_account (AtriumWorkspace *self)
{
  g_return_val_if_fail (ATRIUM_IS_WORKSPACE (self), NULL);

  return self->account;
}

AtriumDirectory *
atrium_workspace_get_directory (AtriumWorkspace *self)
{
  g_return_val_if_fail (ATRIUM_IS_WORKSPACE (self), NULL);

  return self->directory;
}

AtriumOutbox *
atrium_workspace_get_outbox (AtriumWorkspace *self)
{
  g_return_val_if_fail (ATRIUM_IS_WORKSPACE (self), NULL);

  return self->outbox;
}

GListModel *
atrium_workspace_get_conversations (AtriumWorkspace *self)
{
  g_return_val_if_fail (ATRIUM_IS_WORKSPACE (self), NULL);

  return G_LIST_MODEL (self->conversations);
}

GListModel *
atrium_workspace_get_jobs (AtriumWorkspace *self)
{
  g_return_val_if_fail (ATRIUM_IS_WORKSPACE (self), NULL);

  return G_LIST_MODEL (self->jobs);
}

GSettings *
atrium_workspace_get_settings (AtriumWorkspace *self)
{
  g_return_val_if_fail (ATRIUM_IS_WORKSPACE (self), NULL);

  return self->settings;
}

const char *
atrium_workspace_get_data_dir (AtriumWorkspace *self)
{
  g_return_val_if_fail (ATRIUM_IS_WORKSPACE (self), NULL);

  return self->data_dir;
}

guint
atrium_workspace_get_unread (AtriumWorkspace *self)
{
  g_return_val_if_fail (ATRIUM_IS_WORKSPACE (self), 0);

  return self->unread;
}

guint
atrium_workspace_get_mentions (AtriumWorkspace *self)
{
  g_return_val_if_fail (ATRIUM_IS_WORKSPACE (self), 0);

  return self->mentions;
}

gboolean
atrium_workspace_get_online_here (AtriumWorkspace *self)
{
  g_return_val_if_fail (ATRIUM_IS_WORKSPACE (self), FALSE);

  return self->lock != NULL && atrium_connection_lock_get_held (self->lock);
}

AtriumConversation *
atrium_workspace_dup_conversation (AtriumWorkspace *self,
                                   const char      *address)
{
  AtriumConversation *conversation;

  g_return_val_if_fail (ATRIUM_IS_WORKSPACE (self), NULL);

  conversation = atrium_workspace_find (self, address);

  return conversation != NULL ? g_object_ref (conversation) : NULL;
}

void
atrium_workspace_set_active (AtriumWorkspace    *self,
                             AtriumConversation *conversation,
                             gboolean            window_active)
{
  g_return_if_fail (ATRIUM_IS_WORKSPACE (self));

  if (self->active != conversation || self->window_active != window_active)
    self->read_conversation = NULL;   /* looked at anew */
  self->active = conversation;
  self->window_active = window_active;
  read_active (self);
  if (self->session != NULL)
    atrium_session_set_inactive (self->session, !window_active);
}

void
atrium_workspace_add_job (AtriumWorkspace *self,
                          AtriumJob       *job)
{
  g_list_store_append (self->jobs, job);
}

void
atrium_workspace_remove_job (AtriumWorkspace *self,
                             AtriumJob       *job)
{
  guint position;

  if (self->jobs != NULL && g_list_store_find (self->jobs, job, &position))
    g_list_store_remove (self->jobs, position);
}

GVariant *
atrium_workspace_dup_rejections (AtriumWorkspace *self)
{
  g_return_val_if_fail (ATRIUM_IS_WORKSPACE (self), NULL);

  if (self->session != NULL)
    return atrium_session_dup_rejections (self->session);

  return g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE ("{su}"), NULL, 0));
}
