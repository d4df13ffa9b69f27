/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium"

#include "config.h"

#include "workspace/chat/timeline-private.h"

#include "workspace/account/session.h"
#include "workspace/chat/conversation-private.h"
#include "workspace/chat/message-private.h"
#include "workspace/chat/row.h"
#include "workspace/people/directory-private.h"
#include "workspace/store-task.h"
#include "workspace/sync/history.h"
#include "workspace/workspace-private.h"

#define PAGE 50
/* Messages above the first unread one when a conversation is opened there. */
#define CONTEXT 20
#define GROUP_SPAN (5 * G_TIME_SPAN_MINUTE)

/*
 * The window: `items` are messages in ascending order key, without holes inside the part of the history that is on this
 * computer. Invariants:
 *  1. order keys ascend strictly;
 *  2. every row of the database between the first and the last item's keys is an item, once a running read has ended;
 *  3. `end` means that no row has a greater key than the last item (new ones are appended);
 *  4. places (group, day, unread line) are right for every item after each items-changed.
 */
struct _AtriumTimeline
{
  GObject parent_instance;

  AtriumConversation *conversation;
  GPtrArray *items;           /* (element-type AtriumMessage) */
  GPtrArray *older_waiting;   /* (element-type GTask) */
  GArray *added;              /* gint64 rows that were added and are not yet read */
  gint64 unread_key;          /* the unread line is above the first incoming message after this; G_MAXINT64 none */
  guint newer_unread;
  gboolean start;             /* no older row on this computer */
  gboolean end;
  gboolean older_on_server;
  gboolean loading;
  gboolean dirty;             /* the whole window has to be read */
  gboolean reading;           /* a read of changes runs */
  gboolean marks_dirty;
};

enum
{
  PROP_0,
  PROP_AT_START,
  PROP_AT_END,
  PROP_LOADING,
  PROP_FIRST_UNREAD_POSITION,
  PROP_NEWER_UNREAD,
  PROP_OLDER_ON_SERVER,
  PROP_N_ITEMS,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void atrium_timeline_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AtriumTimeline, atrium_timeline, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, atrium_timeline_list_model_init))

static void read_changes (AtriumTimeline *self);

static AtriumWorkspace *
get_workspace (AtriumTimeline *self)
{
  return atrium_conversation_get_workspace (self->conversation);
}

static AtriumMessage *
item (AtriumTimeline *self,
      guint           position)
{
  return g_ptr_array_index (self->items, position);
}

static gint64
first_key (AtriumTimeline *self)
{
  return self->items->len > 0 ? atrium_message_get_order_key (item (self, 0)) : G_MAXINT64;
}

static gint64
last_key (AtriumTimeline *self)
{
  return self->items->len > 0 ? atrium_message_get_order_key (item (self, self->items->len - 1)) : G_MININT64;
}

/* Places. */

static gboolean
same_day (gint64 a,
          gint64 b)
{
  g_autoptr (GDateTime) left_utc = g_date_time_new_from_unix_utc (a / G_USEC_PER_SEC);
  g_autoptr (GDateTime) right_utc = g_date_time_new_from_unix_utc (b / G_USEC_PER_SEC);
  g_autoptr (GDateTime) left = NULL, right = NULL;

  if (left_utc == NULL || right_utc == NULL)
    return a == b;
  left = g_date_time_to_local (left_utc);
  right = g_date_time_to_local (right_utc);

  return g_date_time_get_year (left) == g_date_time_get_year (right) &&
         g_date_time_get_day_of_year (left) == g_date_time_get_day_of_year (right);
}

static void
place (AtriumTimeline *self,
       guint           position)
{
  AtriumMessage *message = item (self, position);
  AtriumMessage *before = position > 0 ? item (self, position - 1) : NULL;
  gint64 time = atrium_message_get_time (message);
  gboolean day = before == NULL || !same_day (atrium_message_get_time (before), time);
  gboolean group = day || atrium_message_get_system (before) != atrium_message_get_system (message) ||
                   atrium_message_get_own (before) != atrium_message_get_own (message) ||
                   g_strcmp0 (atrium_message_get_author_address (before), atrium_message_get_author_address (message)) != 0 ||
                   g_strcmp0 (atrium_message_get_nick (before), atrium_message_get_nick (message)) != 0 ||
                   ABS (time - atrium_message_get_time (before)) > GROUP_SPAN;
  gboolean unread = !atrium_message_get_own (message) && atrium_message_get_order_key (message) > self->unread_key;

  for (guint i = position; unread && i > 0; i--)
    {
      AtriumMessage *other = item (self, i - 1);

      if (atrium_message_get_order_key (other) <= self->unread_key)
        break;
      unread = atrium_message_get_own (other);
    }

  atrium_message_set_starts_day (message, day);
  atrium_message_set_starts_group (message, group || unread);
  atrium_message_set_first_unread (message, unread);
}

/* Replaces items and tells: the places of the new items and of the one below them are set first. */
static void
splice (AtriumTimeline *self,
        guint           position,
        guint           n_removed,
        GPtrArray      *added)      /* (element-type AtriumMessage) */
{
  guint n_before = self->items->len;

  if (n_removed == 0 && added->len == 0)
    return;

  if (n_removed > 0)
    g_ptr_array_remove_range (self->items, position, n_removed);
  for (guint i = 0; i < added->len; i++)
    g_ptr_array_insert (self->items, position + i, g_object_ref (g_ptr_array_index (added, i)));
  for (guint i = position; i < MIN (position + added->len + 1, self->items->len); i++)
    place (self, i);

  g_list_model_items_changed (G_LIST_MODEL (self), position, n_removed, added->len);
  if (n_before != self->items->len)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_ITEMS]);
}

static void
set_flag (AtriumTimeline *self,
          gboolean       *flag,
          gboolean        value,
          guint           property)
{
  if (*flag == value)
    return;

  *flag = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
  if (property == PROP_OLDER_ON_SERVER)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_AT_START]);
}

/* Reading. */

typedef enum
{
  READ_OPEN,        /* around the first unread message, else the newest page */
  READ_OLDER,
  READ_NEWER,
  READ_AROUND,      /* page with the row `value` in it */
  READ_AT,          /* page with the first row at or after the time `value` */
  READ_WINDOW,      /* everything from `key` to `last`, and beyond it when `end` */
  READ_ROWS,        /* the rows `ids` */
  READ_MARKS,
} ReadKind;

typedef struct
{
  ReadKind   kind;
  gint64     conversation;
  char      *archive;       /* own address, or the room */
  char      *address;
  gint64     key;
  gint64     last;
  gint64     value;
  gboolean   end;
  GArray    *ids;
  GPtrArray *rows;          /* out: AtriumRow */
  GPtrArray *marks;         /* out: StoreReadMark */
  gint64     unread_key;    /* out */
  guint      unread;        /* out */
  gboolean   at_start;      /* out */
  gboolean   at_end;        /* out */
  gboolean   older_on_server;
} ReadPage;

static void
read_page_free (gpointer data)
{
  ReadPage *page = data;

  g_clear_pointer (&page->rows, g_ptr_array_unref);
  g_clear_pointer (&page->marks, g_ptr_array_unref);
  g_clear_pointer (&page->ids, g_array_unref);
  g_free (page->archive);
  g_free (page->address);
  g_free (page);
}

static ReadPage *
read_page_new (AtriumTimeline *self,
               ReadKind        kind)
{
  ReadPage *page = g_new0 (ReadPage, 1);

  page->kind = kind;
  page->conversation = atrium_conversation_get_id (self->conversation);
  page->address = g_strdup (atrium_conversation_get_address (self->conversation));
  page->archive = g_strdup (atrium_conversation_get_kind (self->conversation) == ATRIUM_CONVERSATION_ROOM
                              ? page->address
                              : atrium_workspace_get_own_address (get_workspace (self)));
  page->unread_key = G_MAXINT64;

  return page;
}

static gboolean
append_rows (StoreTransaction *tx,
             ReadPage         *page,
             GPtrArray        *messages)
{
  if (messages == NULL)
    return FALSE;
  if (page->rows == NULL)
    page->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) atrium_row_free);
  for (guint i = 0; i < messages->len; i++)
    g_ptr_array_add (page->rows, atrium_row_new (tx, g_ptr_array_index (messages, i)));

  return TRUE;
}

/* @n_before rows below @key and @n_after from it on. */
static gboolean
read_both_sides (StoreTransaction  *tx,
                 ReadPage          *page,
                 gint64             key,
                 guint              n_before,
                 guint              n_after,
                 GError           **error)
{
  g_autoptr (GPtrArray) before = store_message_list_before (tx, page->conversation, key, n_before, error);
  g_autoptr (GPtrArray) after = NULL;

  if (!append_rows (tx, page, before))
    return FALSE;
  page->at_start = before->len < n_before;
  if (n_after == 0)
    {
      page->at_end = TRUE;
      return TRUE;
    }
  after = store_message_list_after (tx, page->conversation, key - 1, n_after, error);
  if (!append_rows (tx, page, after))
    return FALSE;
  page->at_end = after->len < n_after;

  return TRUE;
}

static gboolean
read_around_open (StoreTransaction  *tx,
                  ReadPage          *page,
                  GError           **error)
{
  g_autoptr (StoreConversation) conversation = store_conversation_load (tx, page->conversation, error);

  if (conversation == NULL)
    return FALSE;
  page->unread = conversation->unread;
  if (conversation->unread == 0)
    return read_both_sides (tx, page, G_MAXINT64, PAGE, 0, error);

  page->unread_key = conversation->read_key;

  return read_both_sides (tx, page, conversation->read_key + 1, CONTEXT, PAGE, error);
}

/* First row at or after a time: the order follows the archive, not the shown time, so this walks back page by page from the
 * newest; the pages are bounded by the time searched for. */
static gboolean
read_at_time (StoreTransaction  *tx,
              ReadPage          *page,
              GError           **error)
{
  gint64 key = G_MAXINT64;
  gint64 found = G_MAXINT64;

  while (TRUE)
    {
      g_autoptr (GPtrArray) messages = store_message_list_before (tx, page->conversation, key, 500, error);
      StoreMessage *oldest;

      if (messages == NULL)
        return FALSE;
      if (messages->len == 0)
        break;
      for (guint i = 0; i < messages->len; i++)
        {
          const StoreMessage *message = g_ptr_array_index (messages, i);

          if (message->time >= page->value)
            {
              found = MIN (found, message->order_key);
              break;
            }
        }
      oldest = g_ptr_array_index (messages, 0);
      key = oldest->order_key;
      if (oldest->time < page->value)
        break;
    }

  page->key = found;
  if (found == G_MAXINT64)
    return read_both_sides (tx, page, G_MAXINT64, PAGE, 0, error);

  return read_both_sides (tx, page, found, PAGE / 2, PAGE, error);
}

static gboolean
read_window (StoreTransaction  *tx,
             ReadPage          *page,
             GError           **error)
{
  gint64 key = page->key - 1;

  while (TRUE)
    {
      g_autoptr (GPtrArray) messages = store_message_list_after (tx, page->conversation, key, 500, error);

      if (messages == NULL)
        return FALSE;
      while (messages->len > 0 && !page->end &&
             ((StoreMessage *) g_ptr_array_index (messages, messages->len - 1))->order_key > page->last)
        g_ptr_array_set_size (messages, messages->len - 1);
      append_rows (tx, page, messages);
      if (messages->len < 500)
        return TRUE;
      key = ((StoreMessage *) g_ptr_array_index (messages, messages->len - 1))->order_key;
    }
}

static gboolean
read_rows (StoreTransaction  *tx,
           ReadPage          *page,
           GError           **error)
{
  page->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) atrium_row_free);
  for (guint i = 0; i < page->ids->len; i++)
    {
      g_autoptr (GError) missing = NULL;
      g_autoptr (StoreMessage) message = store_message_load (tx, g_array_index (page->ids, gint64, i), &missing);

      if (message != NULL)
        g_ptr_array_add (page->rows, atrium_row_new (tx, message));
      else if (!g_error_matches (missing, STORE_ERROR, STORE_ERROR_NOT_FOUND))
        return g_propagate_error (error, g_steal_pointer (&missing)), FALSE;
    }

  return TRUE;
}

static gboolean
read_page (StoreTransaction  *tx,
           gpointer           data,
           GError           **error)
{
  ReadPage *page = data;
  g_autoptr (GPtrArray) messages = NULL;
  g_autoptr (GPtrArray) gaps = NULL;
  g_autoptr (StoreMessage) target = NULL;

  g_clear_pointer (&page->rows, g_ptr_array_unref);
  switch (page->kind)
    {
    case READ_OPEN:
      if (!read_around_open (tx, page, error))
        return FALSE;
      break;
    case READ_OLDER:
      if (!read_both_sides (tx, page, page->key, PAGE, 0, error))
        return FALSE;
      break;
    case READ_NEWER:
      messages = store_message_list_after (tx, page->conversation, page->key, PAGE, error);
      if (!append_rows (tx, page, messages))
        return FALSE;
      page->at_end = messages->len < PAGE;
      break;
    case READ_AROUND:
      target = store_message_load (tx, page->value, error);
      if (target == NULL)
        return FALSE;
      if (target->conversation != page->conversation)
        {
          g_set_error_literal (error, STORE_ERROR, STORE_ERROR_NOT_FOUND, "the message is of another conversation");
          return FALSE;
        }
      page->key = target->order_key;
      if (!read_both_sides (tx, page, target->order_key, PAGE / 2, PAGE, error))
        return FALSE;
      break;
    case READ_AT:
      if (!read_at_time (tx, page, error))
        return FALSE;
      break;
    case READ_WINDOW:
      if (!read_window (tx, page, error))
        return FALSE;
      break;
    case READ_ROWS:
      if (!read_rows (tx, page, error))
        return FALSE;
      break;
    case READ_MARKS:
    default:
      break;
    }

  gaps = store_archive_list_gaps (tx, page->archive, page->address, error);
  if (gaps == NULL)
    return FALSE;
  page->older_on_server = gaps->len > 0 && ((StoreArchiveGap *) g_ptr_array_index (gaps, gaps->len - 1))->after_id == NULL;

  page->marks = store_message_list_read_marks (tx, page->conversation, error);

  return page->marks != NULL;
}

/* Applying what was read. */

static GPtrArray *
make_messages (AtriumTimeline *self,
               GPtrArray      *rows)
{
  GPtrArray *messages = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    g_ptr_array_add (messages, atrium_workspace_ensure_message (get_workspace (self), g_ptr_array_index (rows, i)));

  return messages;
}

static void
apply_marks (AtriumTimeline *self,
             ReadPage       *page)
{
  g_autoptr (GHashTable) readers = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, (GDestroyNotify) g_ptr_array_unref);
  AtriumDirectory *directory = atrium_workspace_get_directory (get_workspace (self));

  for (guint i = 0; page->marks != NULL && i < page->marks->len; i++)
    {
      StoreReadMark *mark = g_ptr_array_index (page->marks, i);
      GPtrArray *names = g_hash_table_lookup (readers, &mark->message);

      if (names == NULL)
        {
          names = g_ptr_array_new_with_free_func (g_free);
          g_hash_table_insert (readers, &mark->message, names);
        }
      g_ptr_array_add (names, atrium_directory_dup_name (directory, mark->sender, mark->nick));
    }

  for (guint i = 0; i < self->items->len; i++)
    {
      AtriumMessage *message = item (self, i);
      gint64 id = atrium_message_get_id (message);
      GPtrArray *names = g_hash_table_lookup (readers, &id);

      if (names != NULL)
        {
          if (names->len == 0 || g_ptr_array_index (names, names->len - 1) != NULL)
            g_ptr_array_add (names, NULL);
          atrium_message_set_read_by (message, (const char * const *) names->pdata);
        }
      else
        {
          atrium_message_set_read_by (message, NULL);
        }
    }
}

/* The new window against the old one: one splice of what lies between the common ends. */
static void
apply_window (AtriumTimeline *self,
              GPtrArray      *messages)
{
  g_autoptr (GPtrArray) middle = g_ptr_array_new_with_free_func (g_object_unref);
  guint n_old = self->items->len, n_new = messages->len;
  guint prefix = 0, suffix = 0;

  while (prefix < MIN (n_old, n_new) && g_ptr_array_index (self->items, prefix) == g_ptr_array_index (messages, prefix))
    prefix++;
  while (suffix < MIN (n_old, n_new) - prefix &&
         g_ptr_array_index (self->items, n_old - 1 - suffix) == g_ptr_array_index (messages, n_new - 1 - suffix))
    suffix++;
  for (guint i = prefix; i < n_new - suffix; i++)
    g_ptr_array_add (middle, g_object_ref (g_ptr_array_index (messages, i)));

  splice (self, prefix, n_old - suffix - prefix, middle);
}

static void
replace_window (AtriumTimeline *self,
                ReadPage       *page)
{
  g_autoptr (GPtrArray) messages = make_messages (self, page->rows);

  if (page->kind == READ_OPEN)
    {
      self->unread_key = page->unread_key;
      self->newer_unread = page->unread;
    }
  apply_window (self, messages);
  set_flag (self, &self->start, page->at_start, PROP_AT_START);
  set_flag (self, &self->end, page->at_end, PROP_AT_END);
  set_flag (self, &self->older_on_server, page->older_on_server, PROP_OLDER_ON_SERVER);
  apply_marks (self, page);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FIRST_UNREAD_POSITION]);
}

static guint
find_place (AtriumTimeline *self,
            gint64          key)
{
  guint low = 0, high = self->items->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (atrium_message_get_order_key (item (self, middle)) < key)
        low = middle + 1;
      else
        high = middle;
    }

  return low;
}

static void
apply_rows (AtriumTimeline *self,
            ReadPage       *page)
{
  for (guint i = 0; i < page->rows->len; i++)
    {
      AtriumRow *row = g_ptr_array_index (page->rows, i);
      gint64 key = row->message->order_key;
      g_autoptr (GPtrArray) one = NULL;
      guint position;

      if (row->message->conversation != page->conversation)
        continue;
      if ((key > last_key (self) && !self->end) || (key < first_key (self) && !self->start && self->items->len > 0))
        continue;
      if (atrium_timeline_find (self, row->message->id, &position))
        continue;
      one = g_ptr_array_new_with_free_func (g_object_unref);
      g_ptr_array_add (one, atrium_workspace_ensure_message (get_workspace (self), row));
      splice (self, find_place (self, key), 0, one);
    }
}

static void
on_changes_read (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (AtriumTimeline) self = user_data;
  g_autoptr (GError) error = NULL;
  ReadPage *page = store_database_get_run_data (result);

  self->reading = FALSE;
  if (!store_database_run_finish (STORE_DATABASE (source), result, &error) || get_workspace (self) == NULL)
    {
      if (error != NULL)
        g_debug ("reading a conversation: %s", error->message);
      return;
    }

  if (page->kind == READ_ROWS)
    {
      apply_rows (self, page);
    }
  else if (page->kind == READ_WINDOW || page->kind == READ_OPEN)
    {
      g_autoptr (GPtrArray) messages = make_messages (self, page->rows);

      apply_window (self, messages);
      if (page->kind == READ_OPEN)
        {
          set_flag (self, &self->start, page->at_start, PROP_AT_START);
          set_flag (self, &self->end, page->at_end, PROP_AT_END);
        }
    }
  set_flag (self, &self->older_on_server, page->older_on_server, PROP_OLDER_ON_SERVER);
  apply_marks (self, page);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FIRST_UNREAD_POSITION]);
  read_changes (self);
}

static void
read_changes (AtriumTimeline *self)
{
  ReadPage *page;

  if (self->reading || get_workspace (self) == NULL)
    return;

  if (self->dirty)
    {
      page = read_page_new (self, self->items->len > 0 ? READ_WINDOW : READ_OPEN);
      page->key = first_key (self);
      page->last = last_key (self);
      page->end = self->end;
    }
  else if (self->added->len > 0)
    {
      page = read_page_new (self, READ_ROWS);
      page->ids = g_array_copy (self->added);
    }
  else if (self->marks_dirty)
    {
      page = read_page_new (self, READ_MARKS);
    }
  else
    {
      return;
    }

  self->dirty = self->marks_dirty = FALSE;
  g_array_set_size (self->added, 0);
  self->reading = TRUE;
  store_database_run_async (atrium_workspace_get_database (get_workspace (self)), STORE_ACCESS_READ, G_PRIORITY_DEFAULT,
                            read_page, page, read_page_free, NULL, on_changes_read, g_object_ref (self));
}

void
atrium_timeline_note_change (AtriumTimeline    *self,
                             const StoreChange *change)
{
  switch (change->kind)
    {
    case STORE_CHANGE_MESSAGE_ADDED:
      if (self->added->len < 100)
        g_array_append_val (self->added, change->row);
      else
        self->dirty = TRUE;
      break;
    case STORE_CHANGE_MESSAGE_CHANGED:
      /* The object of the row follows by itself. */
      return;
    case STORE_CHANGE_MARKS:
    case STORE_CHANGE_SEGMENTS:
      self->marks_dirty = TRUE;
      break;
    default:
      self->dirty = TRUE;
      break;
    }

  read_changes (self);
}

void
atrium_timeline_reset (AtriumTimeline *self)
{
  self->dirty = TRUE;
  read_changes (self);
}

/* Growing. */

static void
finish_loading (AtriumTimeline *self)
{
  set_flag (self, &self->loading, FALSE, PROP_LOADING);
}

static void
return_older (AtriumTimeline *self,
              GError         *error)
{
  g_autoptr (GPtrArray) waiting = g_steal_pointer (&self->older_waiting);

  self->older_waiting = g_ptr_array_new_with_free_func (g_object_unref);
  finish_loading (self);
  for (guint i = 0; i < waiting->len; i++)
    {
      if (error != NULL)
        g_task_return_error (g_ptr_array_index (waiting, i), g_error_copy (error));
      else
        g_task_return_boolean (g_ptr_array_index (waiting, i), TRUE);
    }
}

static void read_older (AtriumTimeline *self,
                        gboolean        after_fetch);

static void
on_older_fetched (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr (AtriumTimeline) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!atrium_history_fetch_older_finish (ATRIUM_HISTORY (source), result, &error))
    {
      return_older (self, error);
      return;
    }

  read_older (self, TRUE);
}

static void
fetch_older (AtriumTimeline *self)
{
  AtriumSession *session = get_workspace (self) != NULL ? atrium_workspace_get_session (get_workspace (self)) : NULL;
  AtriumHistory *history = session != NULL ? atrium_session_get_history (session) : NULL;

  if (history == NULL || !atrium_history_can_fetch (history, self->conversation))
    {
      return_older (self, NULL);
      return;
    }

  atrium_history_fetch_older_async (history, self->conversation, NULL, on_older_fetched, g_object_ref (self));
}

typedef struct
{
  AtriumTimeline *self;
  gboolean        after_fetch;
} ReadOlder;

static void
on_older_read (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autofree ReadOlder *read = user_data;
  g_autoptr (AtriumTimeline) self = read->self;
  g_autoptr (GPtrArray) messages = NULL;
  ReadPage *page = store_database_get_run_data (result);
  GError *error = NULL;

  if (!store_database_run_finish (STORE_DATABASE (source), result, &error) || get_workspace (self) == NULL)
    {
      g_autoptr (GError) mapped = error != NULL ? atrium_error_from_store (error) : NULL;

      return_older (self, mapped);
      return;
    }

  messages = make_messages (self, page->rows);
  /* While the page was read, what it held may have come by another way. */
  while (messages->len > 0 && atrium_message_get_order_key (g_ptr_array_index (messages, messages->len - 1)) >= first_key (self))
    g_ptr_array_set_size (messages, messages->len - 1);
  splice (self, 0, 0, messages);
  set_flag (self, &self->start, page->at_start, PROP_AT_START);
  if (self->items->len == messages->len)
    set_flag (self, &self->end, TRUE, PROP_AT_END);
  set_flag (self, &self->older_on_server, page->older_on_server, PROP_OLDER_ON_SERVER);
  apply_marks (self, page);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FIRST_UNREAD_POSITION]);

  if (messages->len == 0 && page->older_on_server && !read->after_fetch)
    fetch_older (self);
  else
    return_older (self, NULL);
}

static void
read_older (AtriumTimeline *self,
            gboolean        after_fetch)
{
  ReadOlder *read;
  ReadPage *page;

  if (get_workspace (self) == NULL)
    {
      return_older (self, NULL);
      return;
    }

  read = g_new0 (ReadOlder, 1);
  page = read_page_new (self, READ_OLDER);
  page->key = first_key (self);
  read->self = g_object_ref (self);
  read->after_fetch = after_fetch;
  store_database_run_async (atrium_workspace_get_database (get_workspace (self)), STORE_ACCESS_READ, G_PRIORITY_DEFAULT,
                            read_page, page, read_page_free, NULL, on_older_read, read);
}

void
atrium_timeline_load_older_async (AtriumTimeline      *self,
                                  GCancellable        *cancellable,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  gboolean running = self->older_waiting->len > 0;

  g_return_if_fail (ATRIUM_IS_TIMELINE (self));

  g_task_set_source_tag (task, atrium_timeline_load_older_async);
  g_ptr_array_add (self->older_waiting, g_steal_pointer (&task));
  if (running)
    return;

  set_flag (self, &self->loading, TRUE, PROP_LOADING);
  read_older (self, FALSE);
}

gboolean
atrium_timeline_load_older_finish (AtriumTimeline  *self,
                                   GAsyncResult    *result,
                                   GError         **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
on_newer_read (GTask    *task,
               gpointer  data)
{
  AtriumTimeline *self = g_task_get_source_object (task);
  ReadPage *page = data;

  if (get_workspace (self) != NULL)
    {
      g_autoptr (GPtrArray) messages = make_messages (self, page->rows);

      while (messages->len > 0 && atrium_message_get_order_key (g_ptr_array_index (messages, 0)) <= last_key (self))
        g_ptr_array_remove_index (messages, 0);
      splice (self, self->items->len, 0, messages);
      set_flag (self, &self->end, page->at_end, PROP_AT_END);
      apply_marks (self, page);
    }
  finish_loading (self);
  g_task_return_boolean (task, TRUE);
}

void
atrium_timeline_load_newer_async (AtriumTimeline      *self,
                                  GCancellable        *cancellable,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  ReadPage *page;

  g_return_if_fail (ATRIUM_IS_TIMELINE (self));

  g_task_set_source_tag (task, atrium_timeline_load_newer_async);
  if (self->end || get_workspace (self) == NULL)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }

  page = read_page_new (self, READ_NEWER);
  page->key = last_key (self);
  set_flag (self, &self->loading, TRUE, PROP_LOADING);
  atrium_store_run_task (atrium_workspace_get_database (get_workspace (self)), STORE_ACCESS_READ, g_steal_pointer (&task),
                         read_page, page, read_page_free, on_newer_read);
}

gboolean
atrium_timeline_load_newer_finish (AtriumTimeline  *self,
                                   GAsyncResult    *result,
                                   GError         **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* Jumping. */

static void
on_jumped (GTask    *task,
           gpointer  data)
{
  AtriumTimeline *self = g_task_get_source_object (task);
  AtriumJump jump = GPOINTER_TO_INT (g_task_get_task_data (task));
  ReadPage *page = data;
  guint position;

  finish_loading (self);
  if (get_workspace (self) == NULL)
    {
      g_task_return_new_error (task, ATRIUM_ERROR, ATRIUM_ERROR_NOT_FOUND, "the conversation is gone");
      return;
    }

  replace_window (self, page);
  switch (jump)
    {
    case ATRIUM_JUMP_FIRST_UNREAD:
      position = atrium_timeline_get_first_unread_position (self);
      break;
    case ATRIUM_JUMP_MESSAGE:
    case ATRIUM_JUMP_DATE:
      position = find_place (self, page->key);
      break;
    case ATRIUM_JUMP_NEWEST:
    default:
      position = G_MAXUINT;
      break;
    }
  if (position >= self->items->len)
    position = self->items->len > 0 ? self->items->len - 1 : 0;
  g_task_return_int (task, position);
}

void
atrium_timeline_jump_to_async (AtriumTimeline      *self,
                               AtriumJump           jump,
                               gint64               value,
                               GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  ReadPage *page;
  guint position;

  g_return_if_fail (ATRIUM_IS_TIMELINE (self));

  g_task_set_source_tag (task, atrium_timeline_jump_to_async);
  g_task_set_task_data (task, GINT_TO_POINTER (jump), NULL);
  if (get_workspace (self) == NULL)
    {
      g_task_return_new_error (task, ATRIUM_ERROR, ATRIUM_ERROR_NOT_FOUND, "the conversation is gone");
      return;
    }
  if (jump == ATRIUM_JUMP_MESSAGE && atrium_timeline_find (self, value, &position))
    {
      g_task_return_int (task, position);
      return;
    }
  if (jump == ATRIUM_JUMP_NEWEST && self->end && self->items->len > 0)
    {
      g_task_return_int (task, self->items->len - 1);
      return;
    }

  switch (jump)
    {
    case ATRIUM_JUMP_MESSAGE:
      page = read_page_new (self, READ_AROUND);
      break;
    case ATRIUM_JUMP_DATE:
      page = read_page_new (self, READ_AT);
      break;
    case ATRIUM_JUMP_FIRST_UNREAD:
      page = read_page_new (self, READ_OPEN);
      break;
    case ATRIUM_JUMP_NEWEST:
    default:
      page = read_page_new (self, READ_OLDER);
      page->key = G_MAXINT64;
      break;
    }
  page->value = value;
  set_flag (self, &self->loading, TRUE, PROP_LOADING);
  atrium_store_run_task (atrium_workspace_get_database (get_workspace (self)), STORE_ACCESS_READ, g_steal_pointer (&task),
                         read_page, page, read_page_free, on_jumped);
}

gboolean
atrium_timeline_jump_to_finish (AtriumTimeline  *self,
                                GAsyncResult    *result,
                                guint           *out_position,
                                GError         **error)
{
  gssize position;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  /* The read may have failed, and then nobody has ended the loading state. */
  finish_loading (self);
  position = g_task_propagate_int (G_TASK (result), error);
  if (position < 0)
    return FALSE;
  if (out_position != NULL)
    *out_position = position;

  return TRUE;
}

void
atrium_timeline_clear_first_unread (AtriumTimeline *self)
{
  guint position;

  g_return_if_fail (ATRIUM_IS_TIMELINE (self));

  position = atrium_timeline_get_first_unread_position (self);
  self->unread_key = G_MAXINT64;
  if (position < self->items->len)
    place (self, position);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FIRST_UNREAD_POSITION]);
}

/* Asking. */

gboolean
atrium_timeline_find (AtriumTimeline *self,
                      gint64          id,
                      guint          *out_position)
{
  g_return_val_if_fail (ATRIUM_IS_TIMELINE (self), FALSE);

  for (guint i = self->items->len; i > 0; i--)
    if (atrium_message_get_id (item (self, i - 1)) == id)
      {
        if (out_position != NULL)
          *out_position = i - 1;
        return TRUE;
      }

  return FALSE;
}

guint
atrium_timeline_get_first_unread_position (AtriumTimeline *self)
{
  guint position;

  g_return_val_if_fail (ATRIUM_IS_TIMELINE (self), G_MAXUINT);

  if (self->unread_key == G_MAXINT64)
    return G_MAXUINT;
  position = find_place (self, self->unread_key + 1);
  while (position < self->items->len && atrium_message_get_own (item (self, position)))
    position++;

  return position < self->items->len ? position : G_MAXUINT;
}

gboolean
atrium_timeline_get_at_start (AtriumTimeline *self)
{
  g_return_val_if_fail (ATRIUM_IS_TIMELINE (self), FALSE);

  return self->start && !self->older_on_server;
}

gboolean
atrium_timeline_get_at_end (AtriumTimeline *self)
{
  g_return_val_if_fail (ATRIUM_IS_TIMELINE (self), FALSE);

  return self->end;
}

gboolean
atrium_timeline_get_loading (AtriumTimeline *self)
{
  g_return_val_if_fail (ATRIUM_IS_TIMELINE (self), FALSE);

  return self->loading;
}

gboolean
atrium_timeline_get_older_on_server (AtriumTimeline *self)
{
  g_return_val_if_fail (ATRIUM_IS_TIMELINE (self), FALSE);

  return self->older_on_server;
}

static GType
atrium_timeline_get_item_type (GListModel *model)
{
  return ATRIUM_TYPE_MESSAGE;
}

static guint
atrium_timeline_get_n_items (GListModel *model)
{
  return ATRIUM_TIMELINE (model)->items->len;
}

static gpointer
atrium_timeline_get_item (GListModel *model,
                          guint       position)
{
  AtriumTimeline *self = ATRIUM_TIMELINE (model);

  return position < self->items->len ? g_object_ref (item (self, position)) : NULL;
}

static void
atrium_timeline_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = atrium_timeline_get_item_type;
  iface->get_n_items = atrium_timeline_get_n_items;
  iface->get_item = atrium_timeline_get_item;
}

static void
atrium_timeline_get_property (GObject    *object,
                              guint       prop_id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  AtriumTimeline *self = ATRIUM_TIMELINE (object);

  switch (prop_id)
    {
    case PROP_AT_START:
      g_value_set_boolean (value, atrium_timeline_get_at_start (self));
      break;
    case PROP_AT_END:
      g_value_set_boolean (value, self->end);
      break;
    case PROP_LOADING:
      g_value_set_boolean (value, self->loading);
      break;
    case PROP_FIRST_UNREAD_POSITION:
      g_value_set_uint (value, atrium_timeline_get_first_unread_position (self));
      break;
    case PROP_NEWER_UNREAD:
      g_value_set_uint (value, self->newer_unread);
      break;
    case PROP_OLDER_ON_SERVER:
      g_value_set_boolean (value, self->older_on_server);
      break;
    case PROP_N_ITEMS:
      g_value_set_uint (value, self->items->len);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
atrium_timeline_finalize (GObject *object)
{
  AtriumTimeline *self = ATRIUM_TIMELINE (object);

  g_clear_pointer (&self->items, g_ptr_array_unref);
  g_clear_pointer (&self->older_waiting, g_ptr_array_unref);
  g_clear_pointer (&self->added, g_array_unref);
  g_clear_object (&self->conversation);

  G_OBJECT_CLASS (atrium_timeline_parent_class)->finalize (object);
}

static void
atrium_timeline_class_init (AtriumTimelineClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = atrium_timeline_get_property;
  object_class->finalize = atrium_timeline_finalize;

  properties[PROP_AT_START] = g_param_spec_boolean ("at-start", NULL, NULL, FALSE, flags);
  properties[PROP_AT_END] = g_param_spec_boolean ("at-end", NULL, NULL, FALSE, flags);
  properties[PROP_LOADING] = g_param_spec_boolean ("loading", NULL, NULL, FALSE, flags);
  properties[PROP_FIRST_UNREAD_POSITION] =
    g_param_spec_uint ("first-unread-position", NULL, NULL, 0, G_MAXUINT, G_MAXUINT, flags);
  properties[PROP_NEWER_UNREAD] = g_param_spec_uint ("newer-unread", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_OLDER_ON_SERVER] = g_param_spec_boolean ("older-on-server", NULL, NULL, FALSE, flags);
  properties[PROP_N_ITEMS] = g_param_spec_uint ("n-items", NULL, NULL, 0, G_MAXUINT, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
atrium_timeline_init (AtriumTimeline *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
  self->older_waiting = g_ptr_array_new_with_free_func (g_object_unref);
  self->added = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->unread_key = G_MAXINT64;
}

AtriumTimeline *
atrium_timeline_new (AtriumConversation *conversation)
{
  AtriumTimeline *self = g_object_new (ATRIUM_TYPE_TIMELINE, NULL);
  AtriumWorkspace *workspace;
  ReadPage *page;

  self->conversation = g_object_ref (conversation);
  workspace = get_workspace (self);
  if (workspace == NULL || atrium_workspace_get_database (workspace) == NULL)
    return self;

  /* The first page is there at once when the disk is quick; else it follows. */
  page = read_page_new (self, READ_OPEN);
  if (store_database_read (atrium_workspace_get_database (workspace), 0, read_page, page, NULL))
    replace_window (self, page);
  else
    atrium_timeline_reset (self);
  read_page_free (page);

  return self;
}
