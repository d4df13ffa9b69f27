/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Invariant: exactly the messages with id ≥ index_floor are in the index, each with the text its row has. While an index is
 * made anew the floor comes down in steps, in the same transaction as the rows it passes; when it has passed the oldest it
 * becomes G_MININT64. It is kept in "meta" under "index_floor", with the version of the tokenizer under "tokenizer".
 */

#include "index-private.h"

#include <string.h>

#include "tokenizer-private.h"

#define TO_STRING(x) #x
#define VERSION_STRING(x) TO_STRING (x)

void
store_indexed_clear (StoreIndexed *self)
{
  g_clear_pointer (&self->body, g_free);
  g_clear_pointer (&self->facets, g_free);
}

static gboolean
has_link (const char *body)
{
  return strstr (body, "https://") != NULL || strstr (body, "http://") != NULL;
}

gboolean
store_index_read (StoreTransaction *tx,
                  gint64            message,
                  StoreIndexed     *out,
                  GError          **error)
{
  g_autoptr(GString) body = g_string_new (NULL);
  g_autoptr(GString) facets = g_string_new (NULL);
  gint64 n_files = 0;
  gboolean has_image = FALSE;
  int step;

  {
    g_autoptr(StoreStatement) statement = store_query (tx, error,
                                                       "SELECT body, conversation, author, files FROM message WHERE id = ?",
                                                       "i", message);

    if (statement == NULL || (step = store_step (tx, statement, error)) < 0)
      return FALSE;
    if (step == 0)
      return store_fail_not_found (error, "message");
    /* The bytes as they are: what goes in must be what comes out. */
    g_string_append (body, (const char *) sqlite3_column_text (statement, 0));
    g_string_append_printf (facets, "c%" G_GINT64_FORMAT " a%" G_GINT64_FORMAT,
                            (gint64) sqlite3_column_int64 (statement, 1), (gint64) sqlite3_column_int64 (statement, 2));
    n_files = sqlite3_column_int64 (statement, 3);
    if (has_link (body->str))
      g_string_append (facets, " hl");
  }
  if (n_files > 0)
    {
      g_autoptr(StoreStatement) statement = store_query (tx, error, "SELECT name, type FROM file WHERE message = ? ORDER BY id",
                                                         "i", message);

      if (statement == NULL)
        return FALSE;
      while ((step = store_step (tx, statement, error)) == 1)
        {
          const char *type = (const char *) sqlite3_column_text (statement, 1);

          g_string_append_printf (body, "\n%s", sqlite3_column_text (statement, 0));
          has_image = has_image || (type != NULL && g_str_has_prefix (type, "image/"));
        }
      if (step < 0)
        return FALSE;
      g_string_append (facets, has_image ? " hf hi" : " hf");
    }
  out->body = g_string_free (g_steal_pointer (&body), FALSE);
  out->facets = g_string_free (g_steal_pointer (&facets), FALSE);
  return TRUE;
}

gboolean
store_index_add (StoreTransaction *tx,
                 gint64            message,
                 GError          **error)
{
  g_auto(StoreIndexed) now = { NULL, NULL };

  if (message < tx->connection->index_floor)
    return TRUE;
  return store_index_read (tx, message, &now, error) &&
         store_exec (tx, error, "INSERT INTO message_index (rowid, body, facets) VALUES (?, ?, ?)", "iss", message, now.body,
                     now.facets);
}

gboolean
store_index_remove (StoreTransaction   *tx,
                    gint64              message,
                    const StoreIndexed *old,
                    GError            **error)
{
  if (message < tx->connection->index_floor)
    return TRUE;
  return store_exec (tx, error, "INSERT INTO message_index (message_index, rowid, body, facets) VALUES ('delete', ?, ?, ?)",
                     "iss", message, old->body, old->facets);
}

gboolean
store_index_update (StoreTransaction   *tx,
                    gint64              message,
                    const StoreIndexed *old,
                    GError            **error)
{
  g_auto(StoreIndexed) now = { NULL, NULL };

  if (message < tx->connection->index_floor)
    return TRUE;
  if (!store_index_read (tx, message, &now, error))
    return FALSE;
  if (g_str_equal (now.body, old->body) && g_str_equal (now.facets, old->facets))
    return TRUE;
  return store_index_remove (tx, message, old, error) &&
         store_exec (tx, error, "INSERT INTO message_index (rowid, body, facets) VALUES (?, ?, ?)", "iss", message, now.body,
                     now.facets);
}

gboolean
store_index_reset (StoreConnection *connection,
                   GError         **error)
{
  gint64 newest;

  g_hash_table_remove_all (connection->statements);
  if (!store_connection_exec (connection, "BEGIN IMMEDIATE", error))
    return FALSE;
  if (!store_connection_exec (connection,
                              "DROP TABLE IF EXISTS message_index;"
                              "CREATE VIRTUAL TABLE message_index USING fts5 (body, facets, content='', columnsize=0,"
                              "  detail=full, tokenize='atrium');"
                              "INSERT OR REPLACE INTO meta (key, value) VALUES ('tokenizer', '"
                              VERSION_STRING (STORE_TOKENIZER_VERSION) "');"
                              "INSERT OR REPLACE INTO meta (key, value)"
                              "  SELECT 'index_floor', coalesce(max(id) + 1, -9223372036854775808) FROM message",
                              error) ||
      !store_connection_get_int64 (connection, "SELECT max(id) + 1 FROM message", G_MININT64, &newest, error) ||
      !store_connection_exec (connection, "COMMIT", error))
    {
      if (!sqlite3_get_autocommit (connection->handle))
        sqlite3_exec (connection->handle, "ROLLBACK", NULL, NULL, NULL);
      return FALSE;
    }
  connection->index_floor = newest;
  return TRUE;
}

gboolean
store_index_check (StoreConnection *connection,
                   GError         **error)
{
  gint64 version, exists;

  if (!store_connection_get_int64 (connection, "SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'tokenizer'", 0, &version,
                                   error) ||
      !store_connection_get_int64 (connection, "SELECT count(*) FROM sqlite_schema WHERE name = 'message_index'", 0, &exists,
                                   error))
    return FALSE;
  if (version != STORE_TOKENIZER_VERSION || exists == 0)
    return store_index_reset (connection, error);
  return store_connection_get_int64 (connection, "SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'index_floor'", G_MININT64,
                                     &connection->index_floor, error);
}

static gboolean
index_older (StoreTransaction *tx,
             guint             n,
             gint64           *out_floor,
             GError          **error)
{
  g_autoptr(GArray) ids = g_array_sized_new (FALSE, FALSE, sizeof (gint64), n);
  gint64 floor = tx->connection->index_floor;
  g_autofree char *text = NULL;
  int step;

  {
    g_autoptr(StoreStatement) statement = store_query (tx, error, "SELECT id FROM message WHERE id < ? ORDER BY id DESC LIMIT ?",
                                                       "id", floor, (int) n);

    if (statement == NULL)
      return FALSE;
    while ((step = store_step (tx, statement, error)) == 1)
      {
        gint64 id = sqlite3_column_int64 (statement, 0);

        g_array_append_val (ids, id);
      }
    if (step < 0)
      return FALSE;
  }
  floor = ids->len < n ? G_MININT64 : g_array_index (ids, gint64, ids->len - 1);
  tx->connection->index_floor = floor;
  for (guint i = 0; i < ids->len; i++)
    if (!store_index_add (tx, g_array_index (ids, gint64, i), error))
      return FALSE;
  text = g_strdup_printf ("%" G_GINT64_FORMAT, floor);
  *out_floor = floor;
  return store_exec (tx, error, "INSERT OR REPLACE INTO meta (key, value) VALUES ('index_floor', ?)", "s", text);
}

gboolean
store_index_continue (StoreConnection *connection,
                      guint            n,
                      double          *out_progress,
                      GError         **error)
{
  gint64 before, floor, oldest, newest;
  StoreTransaction tx;

  if (!store_transaction_begin (&tx, connection, STORE_ACCESS_FILL, error))
    return FALSE;
  before = connection->index_floor;
  if (before == G_MININT64)
    {
      store_transaction_rollback (&tx);
      *out_progress = 1;
      return TRUE;
    }
  if (!index_older (&tx, n, &floor, error) ||
      !store_get_int64 (&tx, error, 0, &oldest, "SELECT min(id) FROM message", "") ||
      !store_get_int64 (&tx, error, 0, &newest, "SELECT max(id) FROM message", "") ||
      !store_transaction_commit (&tx, error))
    {
      store_transaction_rollback (&tx);
      connection->index_floor = before;
      return FALSE;
    }
  *out_progress = floor == G_MININT64 || newest <= oldest ? 1 : CLAMP ((double) (newest - floor) / (newest - oldest), 0, 0.999);
  return TRUE;
}
