/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Opening a connection and running statements on it. All SQL of this room is in string constants; values are bound, never
 * written into the text (threat C8). The file itself counts as hostile (threat K6): no extensions, no functions with side
 * effects from its schema, no writes to shadow tables, lowered limits.
 */

#include "sql-private.h"

#include <string.h>

#include "tokenizer-private.h"

/* A writer in another process holds the lock for one short transaction; archive fills are the longest. */
#define BUSY_TIMEOUT_MS 5000
/* Steps of the virtual machine between two looks at the clock: some 20 µs. */
#define DEADLINE_STEPS 1000

static const struct { int limit; int value; } limits[] = {
  { SQLITE_LIMIT_LENGTH, 16 * 1024 * 1024 },
  { SQLITE_LIMIT_SQL_LENGTH, 65536 },
  { SQLITE_LIMIT_COLUMN, 100 },
  { SQLITE_LIMIT_EXPR_DEPTH, 50 },
  { SQLITE_LIMIT_COMPOUND_SELECT, 5 },
  { SQLITE_LIMIT_VDBE_OP, 25000 },
  { SQLITE_LIMIT_FUNCTION_ARG, 20 },
  { SQLITE_LIMIT_ATTACHED, 0 },
  { SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1024 },
  { SQLITE_LIMIT_VARIABLE_NUMBER, 100 },
  { SQLITE_LIMIT_TRIGGER_DEPTH, 10 },
  { SQLITE_LIMIT_WORKER_THREADS, 0 },
};

StoreError
store_error_from_sqlite (int code)
{
  if (code == SQLITE_CORRUPT_VTAB)
    return STORE_ERROR_DAMAGED;

  switch (code & 0xff)
    {
    case SQLITE_FULL:
      return STORE_ERROR_FULL;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
      return STORE_ERROR_IO;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return STORE_ERROR_DAMAGED;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_INTERRUPT:
      return STORE_ERROR_BUSY;
    case SQLITE_TOOBIG:
      return STORE_ERROR_INVALID;
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return STORE_ERROR_IO;
    default:
      return STORE_ERROR_FAILED;
    }
}

gboolean
store_connection_fail (StoreConnection *self,
                       int              code,
                       const char      *step,
                       GError         **error)
{
  int extended = self->handle != NULL ? sqlite3_extended_errcode (self->handle) : code;

  if ((extended & 0xff) != (code & 0xff))
    extended = code;
  if (extended == SQLITE_CORRUPT_VTAB)
    self->index_damaged = TRUE;
  else if ((extended & 0xff) == SQLITE_CORRUPT || (extended & 0xff) == SQLITE_NOTADB)
    self->damaged = TRUE;

  g_set_error (error, STORE_ERROR, store_error_from_sqlite (extended), "%s: %s (%d)", step,
               self->handle != NULL ? sqlite3_errmsg (self->handle) : sqlite3_errstr (code), extended);
  return FALSE;
}

static void
finalize_statement (gpointer statement)
{
  sqlite3_finalize (statement);
}

static int
on_progress (gpointer data)
{
  StoreConnection *self = data;

  return self->deadline != 0 && g_get_monotonic_time () > self->deadline;
}

gboolean
store_connection_exec (StoreConnection *self,
                       const char      *sql,
                       GError         **error)
{
  int code = sqlite3_exec (self->handle, sql, NULL, NULL, NULL);

  if (code != SQLITE_OK)
    return store_connection_fail (self, code, "database", error);
  return TRUE;
}

gboolean
store_connection_get_int64 (StoreConnection *self,
                            const char      *sql,
                            gint64           fallback,
                            gint64          *out,
                            GError         **error)
{
  sqlite3_stmt *statement = NULL;
  int code = sqlite3_prepare_v2 (self->handle, sql, -1, &statement, NULL);

  if (code == SQLITE_OK)
    code = sqlite3_step (statement);
  if (code == SQLITE_ROW)
    *out = sqlite3_column_type (statement, 0) == SQLITE_NULL ? fallback : sqlite3_column_int64 (statement, 0);
  else if (code == SQLITE_DONE)
    *out = fallback;
  else
    store_connection_fail (self, code, "database", error);
  sqlite3_finalize (statement);
  return code == SQLITE_ROW || code == SQLITE_DONE;
}

/* The first statement on a file reads its header and schema: that SQLite has no word for what it finds is a damage too. */
static gboolean
exec_first (StoreConnection *self,
            const char      *sql,
            GError         **error)
{
  g_autoptr(GError) local = NULL;

  if (store_connection_exec (self, sql, &local))
    return TRUE;
  if (local->code == STORE_ERROR_FAILED)
    local->code = STORE_ERROR_DAMAGED;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
configure (StoreConnection *self,
           StoreOpenFlags   flags,
           GError         **error)
{
  sqlite3 *db = self->handle;
  gint64 number;

  sqlite3_extended_result_codes (db, 1);
  sqlite3_busy_timeout (db, self->read_only ? 0 : BUSY_TIMEOUT_MS);
  for (guint i = 0; i < G_N_ELEMENTS (limits); i++)
    sqlite3_limit (db, limits[i].limit, limits[i].value);
  sqlite3_db_config (db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
  sqlite3_db_config (db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
  sqlite3_db_config (db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
  sqlite3_db_config (db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
  sqlite3_db_config (db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
  sqlite3_db_config (db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
  sqlite3_progress_handler (db, DEADLINE_STEPS, on_progress, self);

  if (flags & STORE_OPEN_RESCUE)
    {
      sqlite3_db_config (db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
      return store_connection_exec (self, "PRAGMA writable_schema=ON; PRAGMA cell_size_check=ON", error);
    }

  sqlite3_db_config (db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  if (!store_tokenizer_register (db, error))
    return FALSE;
  if (self->read_only)
    return store_connection_exec (self, "PRAGMA query_only=ON; PRAGMA cache_size=-4096; PRAGMA mmap_size=0", error);

  /* The mode is written into a new file; an existing one has it already and this only reads. */
  if (!exec_first (self, "PRAGMA page_size=4096; PRAGMA journal_mode=WAL", error) ||
      !store_connection_exec (self,
                              "PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON; PRAGMA synchronous=FULL;"
                              "PRAGMA cell_size_check=ON; PRAGMA cache_size=-16384; PRAGMA temp_store=MEMORY;"
                              "PRAGMA mmap_size=0; PRAGMA wal_autocheckpoint=1000; PRAGMA journal_size_limit=8388608",
                              error))
    return FALSE;
  self->full_sync = TRUE;

  /* The file could be opened for writing, so it is its header that forbids it. */
  if (sqlite3_db_readonly (db, "main") == 1)
    {
      g_set_error_literal (error, STORE_ERROR, STORE_ERROR_DAMAGED, "the header of the database is damaged");
      return FALSE;
    }
  /* What a build without these would silently not do. */
  if (!store_connection_get_int64 (self, "PRAGMA foreign_keys", 0, &number, error))
    return FALSE;
  if (number != 1)
    {
      g_set_error_literal (error, STORE_ERROR, STORE_ERROR_FAILED, "this SQLite has no foreign keys");
      return FALSE;
    }
  return TRUE;
}

StoreConnection *
store_connection_open (const char      *path,
                       StoreOpenFlags   flags,
                       GError         **error)
{
  g_autoptr(StoreConnection) self = g_new0 (StoreConnection, 1);
  int open_flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE;
  int code;

  self->read_only = (flags & STORE_OPEN_READ_ONLY) != 0;
  self->index_floor = G_MININT64;
  self->statements = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, finalize_statement);
  if (self->read_only)
    open_flags |= SQLITE_OPEN_READONLY;
  else
    open_flags |= SQLITE_OPEN_READWRITE | ((flags & STORE_OPEN_CREATE) != 0 ? SQLITE_OPEN_CREATE : 0);

  code = sqlite3_open_v2 (path, &self->handle, open_flags, NULL);
  if (code != SQLITE_OK)
    {
      store_connection_fail (self, code, "opening the database", error);
      return NULL;
    }
  if (!configure (self, flags, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
store_connection_close (StoreConnection *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->statements, g_hash_table_unref);
  sqlite3_close_v2 (self->handle);
  g_free (self);
}

/* Statements */

void
store_statement_release (StoreStatement *self)
{
  if (self == NULL)
    return;
  sqlite3_reset (self);
  sqlite3_clear_bindings (self);
}

static StoreStatement *
prepare (StoreTransaction *tx,
         const char       *sql,
         GError          **error)
{
  StoreConnection *connection = tx->connection;
  sqlite3_stmt *statement = g_hash_table_lookup (connection->statements, sql);

  if (tx->failed)
    {
      g_set_error_literal (error, STORE_ERROR, STORE_ERROR_FAILED, "an earlier step of this transaction failed");
      return NULL;
    }
  if (statement == NULL)
    {
      int code = sqlite3_prepare_v3 (connection->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL);

      if (code != SQLITE_OK)
        {
          tx->failed = TRUE;
          store_connection_fail (connection, code, "preparing a statement", error);
          return NULL;
        }
      g_hash_table_insert (connection->statements, (gpointer) sql, statement);
    }
  g_assert (!sqlite3_stmt_busy (statement));
  if (tx->access == STORE_ACCESS_READ && !sqlite3_stmt_readonly (statement))
    {
      g_set_error_literal (error, STORE_ERROR, STORE_ERROR_READ_ONLY, "a write in a transaction that only reads");
      return NULL;
    }
  return statement;
}

static gboolean
bind (StoreTransaction *tx,
      StoreStatement   *statement,
      const char       *types,
      va_list           arguments,
      GError          **error)
{
  int code = SQLITE_OK;

  for (int i = 0; types[i] != '\0' && code == SQLITE_OK; i++)
    switch (types[i])
      {
      case 'i':
        code = sqlite3_bind_int64 (statement, i + 1, va_arg (arguments, gint64));
        break;
      case 'd':
        code = sqlite3_bind_int (statement, i + 1, va_arg (arguments, int));
        break;
      case 'k':
        {
          gint64 value = va_arg (arguments, gint64);

          code = value != 0 ? sqlite3_bind_int64 (statement, i + 1, value) : sqlite3_bind_null (statement, i + 1);
          break;
        }
      case 's':
        code = sqlite3_bind_text (statement, i + 1, va_arg (arguments, const char *), -1, SQLITE_TRANSIENT);
        break;
      case 'b':
        {
          GBytes *bytes = va_arg (arguments, GBytes *);

          if (bytes == NULL)
            code = sqlite3_bind_null (statement, i + 1);
          else if (g_bytes_get_size (bytes) == 0)
            code = sqlite3_bind_zeroblob (statement, i + 1, 0);
          else
            code = sqlite3_bind_blob64 (statement, i + 1, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                                        SQLITE_TRANSIENT);
          break;
        }
      default:
        g_assert_not_reached ();
      }
  if (code != SQLITE_OK)
    {
      tx->failed = TRUE;
      return store_connection_fail (tx->connection, code, "binding a value", error);
    }
  return TRUE;
}

static StoreStatement *
query_valist (StoreTransaction *tx,
              GError          **error,
              const char       *sql,
              const char       *types,
              va_list           arguments)
{
  StoreStatement *statement = prepare (tx, sql, error);

  if (statement == NULL)
    return NULL;
  g_assert ((int) strlen (types) == sqlite3_bind_parameter_count (statement));
  if (!bind (tx, statement, types, arguments, error))
    {
      store_statement_release (statement);
      return NULL;
    }
  return statement;
}

StoreStatement *
store_query (StoreTransaction *tx,
             GError          **error,
             const char       *sql,
             const char       *types,
             ...)
{
  va_list arguments;
  StoreStatement *statement;

  va_start (arguments, types);
  statement = query_valist (tx, error, sql, types, arguments);
  va_end (arguments);
  return statement;
}

int
store_step (StoreTransaction *tx,
            StoreStatement   *statement,
            GError          **error)
{
  int code = sqlite3_step (statement);

  if (code == SQLITE_ROW)
    return 1;
  if (code == SQLITE_DONE)
    return 0;
  tx->failed = TRUE;
  store_connection_fail (tx->connection, code, "database", error);
  return -1;
}

gboolean
store_exec (StoreTransaction *tx,
            GError          **error,
            const char       *sql,
            const char       *types,
            ...)
{
  g_autoptr(StoreStatement) statement = NULL;
  va_list arguments;
  int step;

  va_start (arguments, types);
  statement = query_valist (tx, error, sql, types, arguments);
  va_end (arguments);
  if (statement == NULL)
    return FALSE;
  while ((step = store_step (tx, statement, error)) == 1)
    ;
  return step == 0;
}

int
store_changes (StoreTransaction *tx)
{
  return sqlite3_changes (tx->connection->handle);
}

gint64
store_last_row (StoreTransaction *tx)
{
  return sqlite3_last_insert_rowid (tx->connection->handle);
}

gboolean
store_get_int64 (StoreTransaction *tx,
                 GError          **error,
                 gint64            fallback,
                 gint64           *out,
                 const char       *sql,
                 const char       *types,
                 ...)
{
  g_autoptr(StoreStatement) statement = NULL;
  va_list arguments;
  int step;

  va_start (arguments, types);
  statement = query_valist (tx, error, sql, types, arguments);
  va_end (arguments);
  if (statement == NULL)
    return FALSE;
  step = store_step (tx, statement, error);
  if (step < 0)
    return FALSE;
  *out = step == 0 || sqlite3_column_type (statement, 0) == SQLITE_NULL ? fallback : sqlite3_column_int64 (statement, 0);
  return TRUE;
}

char *
store_column_dup_text (StoreStatement *statement,
                       int             column)
{
  const char *text = (const char *) sqlite3_column_text (statement, column);

  if (text == NULL)
    return NULL;
  return g_utf8_make_valid (text, strlen (text));
}

GBytes *
store_column_dup_bytes (StoreStatement *statement,
                        int             column)
{
  gconstpointer data;

  if (sqlite3_column_type (statement, column) == SQLITE_NULL)
    return NULL;
  data = sqlite3_column_blob (statement, column);
  return g_bytes_new (data, data != NULL ? sqlite3_column_bytes (statement, column) : 0);
}

int
store_column_enum (StoreStatement *statement,
                   int             column,
                   int             max,
                   int             fallback)
{
  gint64 value = sqlite3_column_int64 (statement, column);

  return value >= 0 && value <= max ? (int) value : fallback;
}

/* Transactions */

gboolean
store_transaction_begin (StoreTransaction *tx,
                         StoreConnection  *connection,
                         StoreAccess       access,
                         GError          **error)
{
  gboolean full = access == STORE_ACCESS_WRITE;

  *tx = (StoreTransaction) { .connection = connection, .access = access };
  if (access == STORE_ACCESS_READ)
    return store_connection_exec (connection, "BEGIN DEFERRED", error);

  if (connection->full_sync != full)
    {
      if (!store_connection_exec (connection, full ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL", error))
        return FALSE;
      connection->full_sync = full;
    }
  if (!store_connection_exec (connection, "BEGIN IMMEDIATE", error))
    return FALSE;
  tx->changes = g_array_new (FALSE, FALSE, sizeof (StoreLoggedChange));
  /* Another process may be making the search index anew, or have begun it. */
  if (!store_get_int64 (tx, error, G_MININT64, &connection->index_floor,
                        "SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'index_floor'", ""))
    {
      store_transaction_rollback (tx);
      return FALSE;
    }
  return TRUE;
}

void
store_transaction_rollback (StoreTransaction *tx)
{
  /* After some errors SQLite has undone the transaction itself. */
  if (!sqlite3_get_autocommit (tx->connection->handle))
    sqlite3_exec (tx->connection->handle, "ROLLBACK", NULL, NULL, NULL);
  g_clear_pointer (&tx->changes, g_array_unref);
}

/* More changes of one kind in one conversation than a list wants to follow one by one. */
#define MANY_CHANGES 200
/* Changes that are kept for lists and other processes to catch up with. */
#define KEPT_CHANGES 4000

static gboolean
write_changes (StoreTransaction *tx,
               GError          **error)
{
  g_autoptr(GHashTable) counts = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_autoptr(GHashTable) told = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_autoptr(GHashTable) once = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint others = 0;

  if (tx->changes->len == 0)
    return TRUE;

  for (guint i = 0; i < tx->changes->len; i++)
    {
      StoreLoggedChange *change = &g_array_index (tx->changes, StoreLoggedChange, i);

      if (change->kind <= STORE_CHANGE_MESSAGE_REMOVED)
        {
          guint n = GPOINTER_TO_UINT (g_hash_table_lookup (counts, &change->conversation));

          g_hash_table_replace (counts, g_memdup2 (&change->conversation, sizeof (gint64)), GUINT_TO_POINTER (n + 1));
        }
    }

  for (guint i = 0; i < tx->changes->len; i++)
    {
      StoreLoggedChange *change = &g_array_index (tx->changes, StoreLoggedChange, i);
      StoreLoggedChange row = *change;

      if (change->kind <= STORE_CHANGE_MESSAGE_REMOVED)
        {
          if (GPOINTER_TO_UINT (g_hash_table_lookup (counts, &change->conversation)) > MANY_CHANGES)
            {
              if (!g_hash_table_add (told, g_memdup2 (&change->conversation, sizeof (gint64))))
                continue;
              row = (StoreLoggedChange) { STORE_CHANGE_HISTORY, change->conversation, 0, G_MININT64, G_MININT64 };
            }
        }
      else
        {
          g_autofree char *name = g_strdup_printf ("%d %" G_GINT64_FORMAT " %" G_GINT64_FORMAT, change->kind,
                                                   change->conversation, change->row);

          if (!g_hash_table_add (once, g_steal_pointer (&name)))
            continue;
        }
      if (row.kind > STORE_CHANGE_HISTORY && ++others > KEPT_CHANGES / 4)
        {
          row = (StoreLoggedChange) { STORE_CHANGE_EVERYTHING, 0, 0, G_MININT64, G_MININT64 };
          i = tx->changes->len;
        }
      if (!store_exec (tx, error, "INSERT INTO change (kind, conversation, row, old_key, new_key) VALUES (?, ?, ?, ?, ?)",
                       "diiii", (int) row.kind, row.conversation, row.row, row.old_key, row.new_key))
        return FALSE;
    }
  return store_exec (tx, error, "DELETE FROM change WHERE sequence <= (SELECT max(sequence) FROM change) - ?",
                     "d", KEPT_CHANGES);
}

gboolean
store_transaction_commit (StoreTransaction *tx,
                          GError          **error)
{
  if (tx->failed)
    {
      g_set_error_literal (error, STORE_ERROR, STORE_ERROR_FAILED, "a step of this transaction failed");
      store_transaction_rollback (tx);
      return FALSE;
    }
  if ((tx->changes != NULL && !write_changes (tx, error)) ||
      !store_connection_exec (tx->connection, "COMMIT", error))
    {
      store_transaction_rollback (tx);
      return FALSE;
    }
  g_clear_pointer (&tx->changes, g_array_unref);
  return TRUE;
}

void
store_transaction_note_move (StoreTransaction *tx,
                             StoreChangeKind   kind,
                             gint64            conversation,
                             gint64            row,
                             gint64            old_key,
                             gint64            new_key)
{
  StoreLoggedChange change = { kind, conversation, row, old_key, new_key };

  /* In a transaction that only reads; the write that follows will say so. */
  if (tx->changes == NULL)
    return;
  /* The same thing twice in a row is one change. */
  if (tx->changes->len > 0 && old_key == new_key)
    {
      StoreLoggedChange *last = &g_array_index (tx->changes, StoreLoggedChange, tx->changes->len - 1);

      if (last->kind == kind && last->conversation == conversation && last->row == row &&
          last->old_key == old_key && last->new_key == new_key)
        return;
    }
  g_array_append_val (tx->changes, change);
}

void
store_transaction_note (StoreTransaction *tx,
                        StoreChangeKind   kind,
                        gint64            conversation,
                        gint64            row)
{
  store_transaction_note_move (tx, kind, conversation, row, G_MININT64, G_MININT64);
}

/* Arguments */

static gboolean
refuse (GError    **error,
        const char *what,
        const char *why)
{
  g_set_error (error, STORE_ERROR, STORE_ERROR_INVALID, "%s: %s", what, why);
  return FALSE;
}

gboolean
store_check_text (const char *text,
                  gsize       max,
                  const char *what,
                  GError    **error)
{
  gsize length;

  if (text == NULL)
    return TRUE;
  length = strnlen (text, max + 1);
  if (length > max)
    return refuse (error, what, "too long");
  if (!g_utf8_validate (text, length, NULL))
    return refuse (error, what, "not UTF-8");
  return TRUE;
}

gboolean
store_check_required (const char *text,
                      gsize       max,
                      const char *what,
                      GError    **error)
{
  if (text == NULL || text[0] == '\0')
    return refuse (error, what, "missing");
  return store_check_text (text, max, what, error);
}

gboolean
store_check_bytes (GBytes     *bytes,
                   gsize       max,
                   const char *what,
                   GError    **error)
{
  if (bytes != NULL && g_bytes_get_size (bytes) > max)
    return refuse (error, what, "too long");
  return TRUE;
}

gboolean
store_fail_not_found (GError    **error,
                      const char *what)
{
  g_set_error (error, STORE_ERROR, STORE_ERROR_NOT_FOUND, "there is no such %s", what);
  return FALSE;
}
