/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium"

#include "config.h"

#include "workspace/outbox/outbox-private.h"

#include "workspace/account/session.h"
#include "workspace/chat/conversation.h"
#include "workspace/chat/extra.h"
#include "workspace/jobs/transfers.h"
#include "workspace/outbox/outbox-entry-private.h"
#include "workspace/outbox/sender-private.h"
#include "workspace/people/directory-private.h"
#include "workspace/store-task.h"
#include "workspace/workspace-private.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

/* So many entries are shown; the rest waits unseen and comes up as these go. */
#define MAX_SHOWN 2000

struct _AtriumOutbox
{
  GObject parent_instance;

  AtriumWorkspace *workspace;   /* borrowed; NULL when detached */
  GPtrArray *entries;           /* (element-type AtriumOutboxEntry) by id */
  GPtrArray *waiters;           /* (element-type GTask), task data gint64 *: entry */
  guint failed;
  guint messages;
  gboolean reading;
  gboolean dirty;
};

enum
{
  PROP_0,
  PROP_COUNT,
  PROP_FAILED,
  PROP_MESSAGES,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void atrium_outbox_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AtriumOutbox, atrium_outbox, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, atrium_outbox_list_model_init))

/* Reading. */

typedef struct
{
  StoreOutboxEntry *entry;
  char             *summary;
} Line;

static void
line_free (gpointer data)
{
  Line *line = data;

  store_outbox_entry_unref (line->entry);
  g_free (line->summary);
  g_free (line);
}

static char *
dup_summary (StoreTransaction       *tx,
             const StoreOutboxEntry *entry)
{
  g_autoptr (StoreMessage) message = entry->message != 0 ? store_message_load (tx, entry->message, NULL) : NULL;
  g_auto (GStrv) lines = NULL;

  if (message == NULL)
    return NULL;
  if (*message->body == '\0' && message->files != NULL && message->files->len > 0)
    return g_strdup (((StoreFile *) g_ptr_array_index (message->files, 0))->name);
  lines = g_strsplit (message->body, "\n", 2);

  return lines[0] != NULL ? g_utf8_substring (lines[0], 0, MIN (g_utf8_strlen (lines[0], -1), 120)) : NULL;
}

static gboolean
read_entries (StoreTransaction  *tx,
              gpointer           data,
              GError           **error)
{
  GPtrArray *lines = data;
  g_autoptr (GPtrArray) entries = store_outbox_list (tx, MAX_SHOWN, error);

  if (entries == NULL)
    return FALSE;
  for (guint i = 0; i < entries->len; i++)
    {
      Line *line = g_new0 (Line, 1);

      line->entry = store_outbox_entry_ref (g_ptr_array_index (entries, i));
      line->summary = dup_summary (tx, line->entry);
      g_ptr_array_add (lines, line);
    }

  return TRUE;
}

static AtriumOutboxState
map_state (AtriumOutbox           *self,
           const StoreOutboxEntry *entry)
{
  AtriumSession *session = atrium_workspace_get_session (self->workspace);

  switch (entry->state)
    {
    case STORE_OUTBOX_FAILED:
      return ATRIUM_OUTBOX_FAILED;
    case STORE_OUTBOX_SENDING:
      if (session != NULL && atrium_sender_is_in_flight (atrium_session_get_sender (session), entry->id))
        return atrium_sender_is_doubtful (atrium_session_get_sender (session), entry->id) ? ATRIUM_OUTBOX_UNCERTAIN
                                                                                           : ATRIUM_OUTBOX_SENDING;
      return ATRIUM_OUTBOX_UNCERTAIN;
    case STORE_OUTBOX_WAITING:
    default:
      return ATRIUM_OUTBOX_WAITING;
    }
}

static void
fill_entry (AtriumOutbox      *self,
            AtriumOutboxEntry *entry,
            const Line        *line)
{
  const StoreOutboxEntry *source = line->entry;
  AtriumConversation *conversation = atrium_workspace_find (self->workspace, source->target);
  g_autofree char *name = NULL;

  if (conversation == NULL)
    name = atrium_directory_dup_name (atrium_workspace_get_directory (self->workspace), source->target, NULL);
  atrium_outbox_entry_set_id (entry, source->id);
  atrium_outbox_entry_set_kind (entry, atrium_entry_kind_from_text (source->kind));
  atrium_outbox_entry_set_target (entry, source->target);
  atrium_outbox_entry_set_target_name (entry, conversation != NULL ? atrium_conversation_get_name (conversation) : name);
  atrium_outbox_entry_set_summary (entry, line->summary);
  atrium_outbox_entry_set_state (entry, map_state (self, source));
  atrium_outbox_entry_set_tries (entry, source->tries);
  atrium_outbox_entry_set_next_try (entry, source->next_try);
  atrium_outbox_entry_set_error (entry, source->error);
  atrium_outbox_entry_set_created (entry, source->created);
  atrium_outbox_entry_set_message_id (entry, source->message);
}

static void
settle_waiters (AtriumOutbox *self)
{
  for (guint i = self->waiters->len; i > 0; i--)
    {
      g_autoptr (GTask) task = g_object_ref (g_ptr_array_index (self->waiters, i - 1));
      gint64 id = *(gint64 *) g_task_get_task_data (task);
      AtriumOutboxEntry *entry = NULL;

      for (guint j = 0; j < self->entries->len && entry == NULL; j++)
        if (atrium_outbox_entry_get_id (g_ptr_array_index (self->entries, j)) == id)
          entry = g_ptr_array_index (self->entries, j);
      if (entry != NULL && atrium_outbox_entry_get_state (entry) != ATRIUM_OUTBOX_FAILED)
        continue;

      g_ptr_array_remove_index (self->waiters, i - 1);
      if (entry == NULL)
        g_task_return_boolean (task, TRUE);
      else
        g_task_return_new_error (task, ATRIUM_ERROR, ATRIUM_ERROR_REFUSED, "%s",
                                 atrium_outbox_entry_get_error (entry) != NULL ? atrium_outbox_entry_get_error (entry) : _("The server refused it."));
    }
}

static void
apply_entries (AtriumOutbox *self,
               GPtrArray    *lines)
{
  GPtrArray *fresh = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GHashTable) known = g_hash_table_new (g_int64_hash, g_int64_equal);
  g_autoptr (GArray) ids = g_array_sized_new (FALSE, FALSE, sizeof (gint64), self->entries->len);
  guint prefix = 0, suffix = 0, n_old = self->entries->len, n_new;
  guint failed = 0, messages = 0;

  for (guint i = 0; i < n_old; i++)
    {
      gint64 id = atrium_outbox_entry_get_id (g_ptr_array_index (self->entries, i));

      g_array_append_val (ids, id);
      g_hash_table_insert (known, &g_array_index (ids, gint64, i), g_ptr_array_index (self->entries, i));
    }
  for (guint i = 0; i < lines->len; i++)
    {
      Line *line = g_ptr_array_index (lines, i);
      AtriumOutboxEntry *entry = g_hash_table_lookup (known, &line->entry->id);

      entry = entry != NULL ? g_object_ref (entry) : atrium_outbox_entry_new ();
      fill_entry (self, entry, line);
      failed += atrium_outbox_entry_get_state (entry) == ATRIUM_OUTBOX_FAILED;
      messages += atrium_outbox_entry_get_kind (entry) == ATRIUM_OUTBOX_MESSAGE ||
                  atrium_outbox_entry_get_kind (entry) == ATRIUM_OUTBOX_UPLOAD;
      g_ptr_array_add (fresh, entry);
    }

  n_new = fresh->len;
  while (prefix < MIN (n_old, n_new) && g_ptr_array_index (self->entries, prefix) == g_ptr_array_index (fresh, prefix))
    prefix++;
  while (suffix < MIN (n_old, n_new) - prefix &&
         g_ptr_array_index (self->entries, n_old - 1 - suffix) == g_ptr_array_index (fresh, n_new - 1 - suffix))
    suffix++;

  g_ptr_array_unref (self->entries);
  self->entries = fresh;
  if (n_old - prefix - suffix > 0 || n_new - prefix - suffix > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), prefix, n_old - prefix - suffix, n_new - prefix - suffix);
  if (n_old != n_new)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_COUNT]);
  if (self->failed != failed)
    {
      self->failed = failed;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FAILED]);
    }
  if (self->messages != messages)
    {
      self->messages = messages;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MESSAGES]);
    }
  settle_waiters (self);
}

static void
on_entries_read (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (AtriumOutbox) self = user_data;
  g_autoptr (GError) error = NULL;
  AtriumSession *session;

  self->reading = FALSE;
  if (!store_database_run_finish (STORE_DATABASE (source), result, &error))
    {
      g_debug ("reading the outbox: %s", error->message);
      return;
    }
  if (self->workspace == NULL)
    return;

  apply_entries (self, store_database_get_run_data (result));
  session = atrium_workspace_get_session (self->workspace);
  if (session != NULL)
    atrium_sender_kick (atrium_session_get_sender (session));
  atrium_transfers_kick (atrium_workspace_get_transfers (self->workspace));
  if (self->dirty)
    atrium_outbox_reload (self);
}

void
atrium_outbox_reload (AtriumOutbox *self)
{
  if (self->workspace == NULL)
    return;
  if (self->reading)
    {
      self->dirty = TRUE;
      return;
    }

  self->dirty = FALSE;
  self->reading = TRUE;
  store_database_run_async (atrium_workspace_get_database (self->workspace), STORE_ACCESS_READ, G_PRIORITY_DEFAULT,
                            read_entries, g_ptr_array_new_with_free_func (line_free), (GDestroyNotify) g_ptr_array_unref,
                            NULL, on_entries_read, g_object_ref (self));
}

/* Retry. */

static gboolean
retry_work (StoreTransaction  *tx,
            gpointer           data,
            GError           **error)
{
  gint64 id = *(gint64 *) data;
  g_autoptr (StoreOutboxEntry) entry = store_outbox_load (tx, id, error);

  if (entry == NULL)
    return FALSE;
  if (entry->state == STORE_OUTBOX_SENDING)
    return TRUE;    /* its fate is being found out; it is sent again if need be */
  if (entry->message != 0 && (g_str_equal (entry->kind, ATRIUM_ENTRY_MESSAGE) || g_str_equal (entry->kind, ATRIUM_ENTRY_UPLOAD)))
    {
      g_autoptr (GError) problem = NULL;

      if (!store_message_set_state (tx, entry->message, STORE_MESSAGE_QUEUED, NULL, &problem) &&
          !g_error_matches (problem, STORE_ERROR, STORE_ERROR_NOT_FOUND))
        return g_propagate_error (error, g_steal_pointer (&problem)), FALSE;
    }

  return store_outbox_set_waiting (tx, id, 0, NULL, error);
}

void
atrium_outbox_retry_async (AtriumOutbox        *self,
                           gint64               id,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_return_if_fail (ATRIUM_IS_OUTBOX (self));
  g_return_if_fail (self->workspace != NULL);

  g_task_set_source_tag (task, atrium_outbox_retry_async);
  atrium_store_run_task (atrium_workspace_get_database (self->workspace), STORE_ACCESS_WRITE, g_steal_pointer (&task),
                         retry_work, g_memdup2 (&id, sizeof id), g_free, NULL);
}

gboolean
atrium_outbox_retry_finish (AtriumOutbox  *self,
                            GAsyncResult  *result,
                            GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* Drop. */

typedef struct
{
  gint64     id;
  GPtrArray *paths;
} Drop;

static void
drop_free (gpointer data)
{
  Drop *drop = data;

  g_clear_pointer (&drop->paths, g_ptr_array_unref);
  g_free (drop);
}

static gboolean
undo_reaction (StoreTransaction        *tx,
               const StoreOutboxEntry  *entry,
               GError                 **error)
{
  g_autoptr (StoreMessage) message = store_message_load (tx, entry->message, NULL);
  gsize size = 0;
  const char *text = g_bytes_get_data (entry->payload, &size);
  g_autoptr (JsonObject) payload = text != NULL ? atrium_json_parse (text, size) : NULL;
  g_auto (GStrv) before = atrium_json_dup_strv (payload, "before");
  StoreAuthor author = { .direction = STORE_DIRECTION_OUT };
  const char *target;

  if (message == NULL || payload == NULL)
    return TRUE;
  target = message->message_id != NULL ? message->message_id : message->archive_id;

  return target == NULL || store_message_apply_reactions (tx, entry->conversation, target, &author, entry->created,
                                                          (const char * const *) before, NULL, error);
}

static gboolean
drop_work (StoreTransaction  *tx,
           gpointer           data,
           GError           **error)
{
  Drop *drop = data;
  g_autoptr (StoreOutboxEntry) entry = store_outbox_load (tx, drop->id, error);

  if (entry == NULL)
    return FALSE;
  if (entry->state == STORE_OUTBOX_SENDING)
    {
      g_set_error_literal (error, ATRIUM_ERROR, ATRIUM_ERROR_BUSY, _("It was just handed to the server; whether it arrived is being found out."));
      return FALSE;
    }
  if (!store_outbox_remove (tx, drop->id, error))
    return FALSE;
  if (entry->message == 0)
    return TRUE;
  if (g_str_equal (entry->kind, ATRIUM_ENTRY_REACTION))
    return undo_reaction (tx, entry, error);
  if (g_str_equal (entry->kind, ATRIUM_ENTRY_MESSAGE) || g_str_equal (entry->kind, ATRIUM_ENTRY_UPLOAD))
    {
      g_autoptr (GError) problem = NULL;

      if (!store_message_delete (tx, entry->message, &drop->paths, &problem) &&
          !g_error_matches (problem, STORE_ERROR, STORE_ERROR_NOT_FOUND))
        return g_propagate_error (error, g_steal_pointer (&problem)), FALSE;
    }

  return TRUE;
}

static void
on_dropped (GTask    *task,
            gpointer  data)
{
  Drop *drop = data;

  for (guint i = 0; drop->paths != NULL && i < drop->paths->len; i++)
    g_unlink (g_ptr_array_index (drop->paths, i));
  g_task_return_boolean (task, TRUE);
}

void
atrium_outbox_drop_async (AtriumOutbox        *self,
                          gint64               id,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Drop *drop;

  g_return_if_fail (ATRIUM_IS_OUTBOX (self));
  g_return_if_fail (self->workspace != NULL);

  g_task_set_source_tag (task, atrium_outbox_drop_async);
  atrium_transfers_abandon (atrium_workspace_get_transfers (self->workspace), id);
  drop = g_new0 (Drop, 1);
  drop->id = id;
  atrium_store_run_task (atrium_workspace_get_database (self->workspace), STORE_ACCESS_WRITE, g_steal_pointer (&task),
                         drop_work, drop, drop_free, on_dropped);
}

gboolean
atrium_outbox_drop_finish (AtriumOutbox  *self,
                           GAsyncResult  *result,
                           GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* Waiting. */

static void
on_wait_cancelled (GCancellable *cancellable,
                   GTask        *task)
{
  AtriumOutbox *self = g_task_get_source_object (task);

  g_object_ref (task);
  if (g_ptr_array_remove (self->waiters, task))
    g_task_return_error_if_cancelled (task);
  g_object_unref (task);
}

void
atrium_outbox_wait_async (AtriumOutbox        *self,
                          gint64               id,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_return_if_fail (ATRIUM_IS_OUTBOX (self));

  g_task_set_source_tag (task, atrium_outbox_wait_async);
  g_task_set_task_data (task, g_memdup2 (&id, sizeof id), g_free);
  g_ptr_array_add (self->waiters, task);
  if (cancellable != NULL)
    g_signal_connect_object (cancellable, "cancelled", G_CALLBACK (on_wait_cancelled), task, 0);
  /* The model may not know it yet, or not any more: the answer comes with a fresh look. */
  atrium_outbox_reload (self);
}

gboolean
atrium_outbox_wait_finish (AtriumOutbox  *self,
                           GAsyncResult  *result,
                           GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

typedef struct
{
  gint64 message;
  gint64 entry;
} FindEntry;

static gboolean
find_entry (StoreTransaction  *tx,
            gpointer           data,
            GError           **error)
{
  FindEntry *find = data;
  g_autoptr (GPtrArray) entries = store_outbox_list (tx, 100000, error);

  if (entries == NULL)
    return FALSE;
  for (guint i = 0; i < entries->len; i++)
    {
      StoreOutboxEntry *entry = g_ptr_array_index (entries, i);

      if (entry->message == find->message)
        find->entry = entry->id;
    }

  return TRUE;
}

static void
on_waited (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data);

static void
on_entry_found (GTask    *task,
                gpointer  data)
{
  AtriumOutbox *self = g_task_get_source_object (task);
  FindEntry *find = data;

  if (find->entry == 0)
    g_task_return_boolean (task, TRUE);
  else
    atrium_outbox_wait_async (self, find->entry, g_task_get_cancellable (task), on_waited, g_object_ref (task));
}

/* An upload is followed by the entry of its message: look again until there is none. */
static void
on_waited (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  AtriumOutbox *self = ATRIUM_OUTBOX (source);
  GError *error = NULL;
  FindEntry *find;

  if (!atrium_outbox_wait_finish (self, result, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  find = g_new0 (FindEntry, 1);
  find->message = *(gint64 *) g_task_get_task_data (task);
  atrium_store_run_task (atrium_workspace_get_database (self->workspace), STORE_ACCESS_READ, g_steal_pointer (&task),
                         find_entry, find, g_free, on_entry_found);
}

void
atrium_outbox_wait_message_async (AtriumOutbox        *self,
                                  gint64               message_id,
                                  GCancellable        *cancellable,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  FindEntry *find = g_new0 (FindEntry, 1);

  g_return_if_fail (ATRIUM_IS_OUTBOX (self));

  g_task_set_source_tag (task, atrium_outbox_wait_message_async);
  g_task_set_task_data (task, g_memdup2 (&message_id, sizeof message_id), g_free);
  find->message = message_id;
  atrium_store_run_task (atrium_workspace_get_database (self->workspace), STORE_ACCESS_READ, task, find_entry, find, g_free, on_entry_found);
}

gboolean
atrium_outbox_wait_message_finish (AtriumOutbox  *self,
                                   GAsyncResult  *result,
                                   GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* Bounces after the end. */

typedef struct
{
  char     *stanza_id;
  char     *text;
  gboolean  retry;
} Bounce;

static void
bounce_free (gpointer data)
{
  Bounce *bounce = data;

  g_free (bounce->stanza_id);
  g_free (bounce->text);
  g_free (bounce);
}

static gboolean
bounce_work (StoreTransaction  *tx,
             gpointer           data,
             GError           **error)
{
  Bounce *bounce = data;
  g_autoptr (StoreMessage) message = store_message_find_own (tx, bounce->stanza_id, NULL);
  g_autoptr (StoreConversation) conversation = NULL;
  gint64 id;

  if (message == NULL || message->state >= STORE_MESSAGE_DELIVERED)
    return TRUE;
  conversation = store_conversation_load (tx, message->conversation, error);
  if (conversation == NULL)
    return FALSE;
  id = atrium_entry_add (tx, ATRIUM_ENTRY_MESSAGE, conversation->address, NULL, bounce->stanza_id, NULL,
                         message->id, message->conversation, error);
  if (id == 0 || !store_outbox_set_failed (tx, id, bounce->text, error))
    return FALSE;

  return store_message_set_state (tx, message->id, STORE_MESSAGE_FAILED, bounce->text, error);
}

void
atrium_outbox_note_late_bounce (AtriumOutbox *self,
                                const char   *stanza_id,
                                const GError *error)
{
  Bounce *bounce;

  if (self->workspace == NULL)
    return;

  bounce = g_new0 (Bounce, 1);
  bounce->stanza_id = g_strdup (stanza_id);
  bounce->text = atrium_stanza_error_to_text (error, &bounce->retry);
  atrium_store_run (atrium_workspace_get_database (self->workspace), STORE_ACCESS_WRITE, bounce_work, bounce, bounce_free);
}

/* Object. */

guint
atrium_outbox_get_count (AtriumOutbox *self)
{
  g_return_val_if_fail (ATRIUM_IS_OUTBOX (self), 0);

  return self->entries->len;
}

guint
atrium_outbox_get_failed (AtriumOutbox *self)
{
  g_return_val_if_fail (ATRIUM_IS_OUTBOX (self), 0);

  return self->failed;
}

guint
atrium_outbox_get_messages (AtriumOutbox *self)
{
  g_return_val_if_fail (ATRIUM_IS_OUTBOX (self), 0);

  return self->messages;
}

static GType
atrium_outbox_get_item_type (GListModel *model)
{
  return ATRIUM_TYPE_OUTBOX_ENTRY;
}

static guint
atrium_outbox_get_n_items (GListModel *model)
{
  return ATRIUM_OUTBOX (model)->entries->len;
}

static gpointer
atrium_outbox_get_item (GListModel *model,
                        guint       position)
{
  AtriumOutbox *self = ATRIUM_OUTBOX (model);

  return position < self->entries->len ? g_object_ref (g_ptr_array_index (self->entries, position)) : NULL;
}

static void
atrium_outbox_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = atrium_outbox_get_item_type;
  iface->get_n_items = atrium_outbox_get_n_items;
  iface->get_item = atrium_outbox_get_item;
}

static void
atrium_outbox_get_property (GObject    *object,
                            guint       prop_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  AtriumOutbox *self = ATRIUM_OUTBOX (object);

  switch (prop_id)
    {
    case PROP_COUNT:
      g_value_set_uint (value, self->entries->len);
      break;
    case PROP_FAILED:
      g_value_set_uint (value, self->failed);
      break;
    case PROP_MESSAGES:
      g_value_set_uint (value, self->messages);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

void
atrium_outbox_detach (AtriumOutbox *self)
{
  g_autoptr (GPtrArray) waiters = g_steal_pointer (&self->waiters);

  self->workspace = NULL;
  self->waiters = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; waiters != NULL && i < waiters->len; i++)
    g_task_return_new_error (g_ptr_array_index (waiters, i), ATRIUM_ERROR, ATRIUM_ERROR_FAILED, "the profile was closed");
}

static void
atrium_outbox_finalize (GObject *object)
{
  AtriumOutbox *self = ATRIUM_OUTBOX (object);

  g_clear_pointer (&self->entries, g_ptr_array_unref);
  g_clear_pointer (&self->waiters, g_ptr_array_unref);

  G_OBJECT_CLASS (atrium_outbox_parent_class)->finalize (object);
}

static void
atrium_outbox_class_init (AtriumOutboxClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = atrium_outbox_get_property;
  object_class->finalize = atrium_outbox_finalize;

  properties[PROP_COUNT] = g_param_spec_uint ("count", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_FAILED] = g_param_spec_uint ("failed", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_MESSAGES] = g_param_spec_uint ("messages", NULL, NULL, 0, G_MAXUINT, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
atrium_outbox_init (AtriumOutbox *self)
{
  self->entries = g_ptr_array_new_with_free_func (g_object_unref);
  self->waiters = g_ptr_array_new_with_free_func (g_object_unref);
}

AtriumOutbox *
atrium_outbox_new (AtriumWorkspace *workspace)
{
  AtriumOutbox *self = g_object_new (ATRIUM_TYPE_OUTBOX, NULL);

  self->workspace = workspace;

  return self;
}
