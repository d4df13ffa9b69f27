/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "outbox.h"

#include "sql-private.h"

#define COLUMNS \
  "id, kind, target, lane, stanza_id, payload, message, conversation, state, tries, next_try, error, created"
#define MAX_LIST 10000

G_DEFINE_BOXED_TYPE (StoreOutboxEntry, store_outbox_entry, store_outbox_entry_ref, store_outbox_entry_unref)

StoreOutboxEntry *
store_outbox_entry_new (void)
{
  return g_atomic_rc_box_new0 (StoreOutboxEntry);
}

StoreOutboxEntry *
store_outbox_entry_ref (StoreOutboxEntry *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear (StoreOutboxEntry *self)
{
  g_free (self->kind);
  g_free (self->target);
  g_free (self->lane);
  g_free (self->stanza_id);
  g_clear_pointer (&self->payload, g_bytes_unref);
  g_free (self->error);
}

void
store_outbox_entry_unref (StoreOutboxEntry *self)
{
  if (self != NULL)
    g_atomic_rc_box_release_full (self, (GDestroyNotify) clear);
}

static StoreOutboxEntry *
read_row (StoreStatement *s)
{
  StoreOutboxEntry *self = store_outbox_entry_new ();

  self->id = sqlite3_column_int64 (s, 0);
  self->kind = store_column_dup_text (s, 1);
  self->target = store_column_dup_text (s, 2);
  self->lane = store_column_dup_text (s, 3);
  self->stanza_id = store_column_dup_text (s, 4);
  self->payload = store_column_dup_bytes (s, 5);
  self->message = sqlite3_column_int64 (s, 6);
  self->conversation = sqlite3_column_int64 (s, 7);
  self->state = store_column_enum (s, 8, STORE_OUTBOX_FAILED, STORE_OUTBOX_WAITING);
  self->tries = store_column_enum (s, 9, G_MAXINT, 0);
  self->next_try = sqlite3_column_int64 (s, 10);
  self->error = store_column_dup_text (s, 11);
  self->created = sqlite3_column_int64 (s, 12);
  return self;
}

gboolean
store_outbox_add (StoreTransaction *tx,
                  StoreOutboxEntry *entry,
                  GError          **error)
{
  g_autoptr(GBytes) nothing = NULL;

  if (!store_check_required (entry->kind, 64, "kind", error) ||
      !store_check_required (entry->target, STORE_LIMIT_ID * 4, "target", error) ||
      !store_check_text (entry->lane, STORE_LIMIT_ID * 4, "lane", error) ||
      !store_check_text (entry->stanza_id, STORE_LIMIT_ID, "stanza id", error) ||
      !store_check_bytes (entry->payload, STORE_LIMIT_PAYLOAD, "payload", error))
    return FALSE;
  nothing = g_bytes_new (NULL, 0);
  if (!store_exec (tx, error,
                   "INSERT INTO outbox (kind, target, lane, stanza_id, payload, message, conversation, state, tries, next_try, "
                   "error, created) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", "ssssbiiddisi", entry->kind, entry->target,
                   entry->lane != NULL ? entry->lane : entry->target, entry->stanza_id,
                   entry->payload != NULL ? entry->payload : nothing, entry->message, entry->conversation, (int) entry->state,
                   (int) MIN (entry->tries, G_MAXINT), entry->next_try, entry->error, entry->created))
    return FALSE;
  entry->id = store_last_row (tx);
  store_transaction_note (tx, STORE_CHANGE_OUTBOX, entry->conversation, entry->id);
  return TRUE;
}

StoreOutboxEntry *
store_outbox_load (StoreTransaction *tx,
                   gint64            id,
                   GError          **error)
{
  g_autoptr(StoreStatement) statement = store_query (tx, error, "SELECT " COLUMNS " FROM outbox WHERE id = ?", "i", id);
  int step;

  if (statement == NULL || (step = store_step (tx, statement, error)) < 0)
    return NULL;
  if (step == 0)
    store_fail_not_found (error, "outbox entry");
  return step == 1 ? read_row (statement) : NULL;
}

GPtrArray *
store_outbox_list (StoreTransaction *tx,
                   guint             limit,
                   GError          **error)
{
  g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) store_outbox_entry_unref);
  g_autoptr(StoreStatement) statement = NULL;
  int step;

  statement = store_query (tx, error, "SELECT " COLUMNS " FROM outbox ORDER BY id LIMIT ?", "d", (int) CLAMP (limit, 1, MAX_LIST));
  if (statement == NULL)
    return NULL;
  while ((step = store_step (tx, statement, error)) == 1)
    g_ptr_array_add (list, read_row (statement));
  return step == 0 ? g_steal_pointer (&list) : NULL;
}

gboolean
store_outbox_count (StoreTransaction *tx,
                    guint            *out_count,
                    GError          **error)
{
  gint64 count;

  if (!store_get_int64 (tx, error, 0, &count, "SELECT count(*) FROM outbox", ""))
    return FALSE;
  *out_count = count;
  return TRUE;
}

/* Lanes in a hash table name → entries of it that are under way, −1: held up. */
GPtrArray *
store_outbox_list_ready (StoreTransaction *tx,
                         gint64            now,
                         guint             pipeline,
                         guint             limit,
                         gint64           *out_next,
                         GError          **error)
{
  g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) store_outbox_entry_unref);
  g_autoptr(GHashTable) lanes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(GArray) ready = g_array_new (FALSE, FALSE, sizeof (gint64));
  gint64 next = G_MAXINT64;

  {
    /* Without payloads: a long outbox is looked through at each step. */
    g_autoptr(StoreStatement) statement = store_query (tx, error, "SELECT id, lane, state, next_try FROM outbox ORDER BY id", "");
    int step;

    if (statement == NULL)
      return NULL;
    while (ready->len < limit && (step = store_step (tx, statement, error)) != 0)
      {
        g_autofree char *lane = NULL;
        gint64 id, next_try;
        int state, under_way;

        if (step < 0)
          return NULL;
        id = sqlite3_column_int64 (statement, 0);
        lane = store_column_dup_text (statement, 1);
        state = store_column_enum (statement, 2, STORE_OUTBOX_FAILED, STORE_OUTBOX_WAITING);
        next_try = sqlite3_column_int64 (statement, 3);
        under_way = GPOINTER_TO_INT (g_hash_table_lookup (lanes, lane));
        if (under_way < 0 || state == STORE_OUTBOX_FAILED)
          continue;
        if (state == STORE_OUTBOX_WAITING && next_try > now)
          {
            next = MIN (next, next_try);
            under_way = -1;
          }
        else if (state == STORE_OUTBOX_WAITING && under_way >= (int) MAX (pipeline, 1))
          under_way = -1;
        else
          {
            if (state == STORE_OUTBOX_WAITING)
              g_array_append_val (ready, id);
            under_way++;
          }
        g_hash_table_replace (lanes, g_steal_pointer (&lane), GINT_TO_POINTER (under_way));
      }
  }
  for (guint i = 0; i < ready->len; i++)
    {
      StoreOutboxEntry *entry = store_outbox_load (tx, g_array_index (ready, gint64, i), error);

      if (entry == NULL)
        return NULL;
      g_ptr_array_add (list, entry);
    }
  if (out_next != NULL)
    *out_next = next;
  return g_steal_pointer (&list);
}

static gboolean
changed (StoreTransaction *tx,
         gint64            id,
         GError          **error)
{
  if (store_changes (tx) == 0)
    return store_fail_not_found (error, "outbox entry");
  store_transaction_note (tx, STORE_CHANGE_OUTBOX, 0, id);
  return TRUE;
}

gboolean
store_outbox_set_sending (StoreTransaction *tx,
                          gint64            id,
                          GError          **error)
{
  return store_exec (tx, error, "UPDATE outbox SET state = ?, tries = tries + 1 WHERE id = ?", "di", (int) STORE_OUTBOX_SENDING,
                     id) &&
         changed (tx, id, error);
}

gboolean
store_outbox_set_waiting (StoreTransaction *tx,
                          gint64            id,
                          gint64            next_try,
                          const char       *error_text,
                          GError          **error)
{
  return store_check_text (error_text, STORE_LIMIT_TEXT, "error", error) &&
         store_exec (tx, error, "UPDATE outbox SET state = ?, next_try = ?, error = coalesce(?, error) WHERE id = ?", "disi",
                     (int) STORE_OUTBOX_WAITING, next_try, error_text, id) &&
         changed (tx, id, error);
}

gboolean
store_outbox_set_failed (StoreTransaction *tx,
                         gint64            id,
                         const char       *error_text,
                         GError          **error)
{
  return store_check_text (error_text, STORE_LIMIT_TEXT, "error", error) &&
         store_exec (tx, error, "UPDATE outbox SET state = ?, error = ? WHERE id = ?", "dsi", (int) STORE_OUTBOX_FAILED, error_text,
                     id) &&
         changed (tx, id, error);
}

gboolean
store_outbox_set_payload (StoreTransaction *tx,
                          gint64            id,
                          GBytes           *payload,
                          GError          **error)
{
  return store_check_bytes (payload, STORE_LIMIT_PAYLOAD, "payload", error) &&
         store_exec (tx, error, "UPDATE outbox SET payload = ? WHERE id = ?", "bi", payload, id) && changed (tx, id, error);
}

gboolean
store_outbox_reset_sending (StoreTransaction *tx,
                            GError          **error)
{
  if (!store_exec (tx, error, "UPDATE outbox SET state = ? WHERE state = ?", "dd", (int) STORE_OUTBOX_WAITING,
                   (int) STORE_OUTBOX_SENDING))
    return FALSE;
  if (store_changes (tx) > 0)
    store_transaction_note (tx, STORE_CHANGE_OUTBOX, 0, 0);
  return TRUE;
}

gboolean
store_outbox_remove (StoreTransaction *tx,
                     gint64            id,
                     GError          **error)
{
  return store_exec (tx, error, "DELETE FROM outbox WHERE id = ?", "i", id) && changed (tx, id, error);
}
