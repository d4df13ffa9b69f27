/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Rescue of a damaged database. The damaged file is never written to:
 *
 *  1. It is copied to NAME-reading (with its -wal), and only the copy is opened.
 *  2. A new database NAME-rescuing is made, and row after row is copied by row id, around pages that cannot be read: first
 *     what exists nowhere else (the outbox, then the chats with their drafts), then the rest. Cursors, archive segments and
 *     the stream session are left out, so that history comes back from the server; the search index is made anew.
 *  3. A table whose entry in the schema is gone is reached through NAME-map, which remembers on which page each table
 *     begins: page 1 of the copy is replaced by one that knows just this table.
 *  4. NAME-rescuing, complete and on the disk, becomes NAME-rescued; the damaged file gets its new name; NAME-rescued
 *     becomes NAME. An interruption is completed by the next open.
 */

#include "rescue-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conversation-private.h"
#include "index-private.h"
#include "map-private.h"
#include "place-private.h"
#include "schema-private.h"

#define PAGE_SIZE 4096
/* Pieces that a damaged table is cut into while looking for rows that can still be read. */
#define MAX_PROBES 4000

/* In the order of copying. The rest is derived, or comes back from the server. */
static const char * const tables[] = {
  "outbox", "conversation", "setting", "author", "archive", "message", "version", "reaction", "mark", "waiting",
  "file", "job", "person", "room", "member", "avatar", "caps",
};

typedef struct
{
  const char      *path;
  char            *reading;
  StoreConnection *target;
  StoreRescue     *result;
} Rescue;

void
store_rescue_free (StoreRescue *self)
{
  if (self == NULL)
    return;
  g_free (self->aside);
  g_free (self->problem);
  g_free (self);
}

static gboolean
fail_file (GError    **error,
           const char *step,
           const char *path,
           int         code)
{
  g_set_error (error, STORE_ERROR, code == ENOSPC || code == EDQUOT ? STORE_ERROR_FULL : STORE_ERROR_IO, "rescue: %s %s: %s",
               step, path, g_strerror (code));
  return FALSE;
}

static gboolean
copy_file (const char *from,
           const char *to,
           GError    **error)
{
  g_autofree char *buffer = g_malloc (1 << 16);
  int in = g_open (from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW, 0);
  int out;
  ssize_t n;

  if (in < 0)
    return errno == ENOENT ? TRUE : fail_file (error, "opening", from, errno);
  g_unlink (to);
  out = g_open (to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (out < 0)
    {
      fail_file (error, "making", to, errno);
      close (in);
      return FALSE;
    }
  while ((n = read (in, buffer, 1 << 16)) > 0 || (n < 0 && errno == EINTR))
    for (ssize_t done = 0; done < n;)
      {
        ssize_t written = write (out, buffer + done, n - done);

        if (written < 0 && errno != EINTR)
          {
            fail_file (error, "writing", to, errno);
            close (in);
            close (out);
            return FALSE;
          }
        done += MAX (written, 0);
      }
  close (in);
  close (out);
  return n == 0 ? TRUE : fail_file (error, "reading", from, errno);
}

static void
remove_all (const char *base)
{
  static const char * const suffixes[] = { "", "-wal", "-shm", "-journal" };

  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *path = g_strconcat (base, suffixes[i], NULL);

      g_unlink (path);
    }
}

/* Columns of a table, quoted by nature: they are identifiers of our own schema. */
static GPtrArray *
list_columns (StoreConnection *connection,
              const char      *table)
{
  g_autofree char *sql = g_strdup_printf ("PRAGMA table_info(%s)", table);
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  sqlite3_stmt *statement = NULL;

  if (sqlite3_prepare_v2 (connection->handle, sql, -1, &statement, NULL) == SQLITE_OK)
    while (sqlite3_step (statement) == SQLITE_ROW)
      g_ptr_array_add (names, g_strdup ((const char *) sqlite3_column_text (statement, 1)));
  sqlite3_finalize (statement);
  return names;
}

/* One row from one statement to the other. FALSE only when the new file cannot be written. */
static gboolean
copy_row (Rescue       *self,
          sqlite3_stmt *from,
          sqlite3_stmt *to,
          guint         n_columns,
          guint64      *copied,
          GError      **error)
{
  int code;

  for (guint i = 0; i < n_columns; i++)
    sqlite3_bind_value (to, i + 1, sqlite3_column_value (from, i + 1));
  code = sqlite3_step (to);
  sqlite3_reset (to);
  /* A row that the new tables refuse was damaged itself. */
  if (code != SQLITE_DONE && (code & 0xff) != SQLITE_CONSTRAINT && (code & 0xff) != SQLITE_MISMATCH)
    return store_connection_fail (self->target, code, "rescue: writing a row", error);
  if (code == SQLITE_DONE)
    *copied += sqlite3_changes (self->target->handle);
  return TRUE;
}

typedef struct { gint64 low, high; } Range;

/* Reads what can be read of row ids low to high. *out_left: what could not. */
static gboolean
copy_range (Rescue       *self,
            sqlite3_stmt *up,
            sqlite3_stmt *down,
            sqlite3_stmt *to,
            guint         n_columns,
            Range         range,
            gboolean     *out_all,
            Range        *out_left,
            guint64      *copied,
            GError      **error)
{
  gboolean disorder = FALSE;

  *out_all = FALSE;
  *out_left = range;
  for (int pass = 0; pass < 2; pass++)
    {
      sqlite3_stmt *from = pass == 0 ? up : down;
      int code;

      sqlite3_bind_int64 (from, 1, out_left->low);
      sqlite3_bind_int64 (from, 2, out_left->high);
      while ((code = sqlite3_step (from)) == SQLITE_ROW)
        {
          gint64 row = sqlite3_column_int64 (from, 0);

          if (!copy_row (self, from, to, n_columns, copied, error))
            {
              sqlite3_reset (from);
              return FALSE;
            }
          /* A damaged cell may answer with any row id; those after it are good all the same. */
          if (row < out_left->low || row > out_left->high)
            {
              disorder = TRUE;
              continue;
            }
          if (row == G_MAXINT64 || row == G_MININT64)
            continue;
          if (pass == 0)
            out_left->low = row + 1;
          else
            out_left->high = row - 1;
        }
      sqlite3_reset (from);
      if (code == SQLITE_DONE)
        {
          *out_all = TRUE;
          return TRUE;
        }
    }
  if (disorder)
    *out_left = range;
  return TRUE;
}

/* TRUE in *out_found when the table could be reached at all. */
static gboolean
copy_table (Rescue          *self,
            StoreConnection *source,
            const char      *table,
            gboolean        *out_found,
            guint64         *copied,
            GError         **error)
{
  g_autoptr(GPtrArray) theirs = list_columns (source, table);
  g_autoptr(GPtrArray) ours = list_columns (self->target, table);
  g_autoptr(GString) names = g_string_new (NULL);
  g_autoptr(GString) marks = g_string_new (NULL);
  g_autoptr(GArray) ranges = g_array_new (FALSE, FALSE, sizeof (Range));
  g_autofree char *sql_up = NULL;
  g_autofree char *sql_down = NULL;
  g_autofree char *sql_to = NULL;
  sqlite3_stmt *up = NULL, *down = NULL, *to = NULL;
  Range all = { G_MININT64, G_MAXINT64 };
  guint n_columns = 0;
  guint probes = 0;
  gboolean ok = TRUE;

  for (guint i = 0; i < ours->len; i++)
    if (g_ptr_array_find_with_equal_func (theirs, ours->pdata[i], g_str_equal, NULL))
      {
        g_string_append_printf (names, "%s%s", n_columns > 0 ? ", " : "", (const char *) ours->pdata[i]);
        g_string_append (marks, n_columns > 0 ? ", ?" : "?");
        n_columns++;
      }
  /* A table that lost some of its columns is reached the other way. */
  *out_found = FALSE;
  if (n_columns < ours->len)
    return TRUE;

  sql_up = g_strdup_printf ("SELECT rowid, %s FROM %s NOT INDEXED WHERE rowid BETWEEN ? AND ? ORDER BY rowid", names->str, table);
  sql_down = g_strconcat (sql_up, " DESC", NULL);
  sql_to = g_strdup_printf ("INSERT OR IGNORE INTO %s (%s) VALUES (%s)", table, names->str, marks->str);
  if (sqlite3_prepare_v2 (source->handle, sql_up, -1, &up, NULL) == SQLITE_OK &&
      sqlite3_prepare_v2 (source->handle, sql_down, -1, &down, NULL) == SQLITE_OK &&
      sqlite3_prepare_v2 (self->target->handle, sql_to, -1, &to, NULL) == SQLITE_OK)
    {
      *out_found = TRUE;
      g_array_append_val (ranges, all);
      while (ok && ranges->len > 0 && probes++ < MAX_PROBES)
        {
          Range range = g_array_index (ranges, Range, ranges->len - 1);
          Range left;
          gboolean complete;

          g_array_set_size (ranges, ranges->len - 1);
          ok = copy_range (self, up, down, to, n_columns, range, &complete, &left, copied, error);
          if (ok && !complete && left.low < left.high)
            {
              gint64 middle = (left.low >> 1) + (left.high >> 1);
              Range lower = { left.low, middle };
              Range upper = { middle + 1, left.high };

              g_array_append_val (ranges, lower);
              g_array_append_val (ranges, upper);
            }
        }
    }
  sqlite3_finalize (up);
  sqlite3_finalize (down);
  sqlite3_finalize (to);
  return ok;
}

/* Page 1 of a database that has one table, @table, beginning at page @root. */
static gboolean
make_first_page (Rescue     *self,
                 const char *table,
                 guint       root,
                 guchar      page[PAGE_SIZE],
                 GError    **error)
{
  g_autofree char *path = g_strconcat (self->path, "-graft", NULL);
  g_autofree char *create = NULL;
  g_autofree char *point = g_strdup_printf ("PRAGMA writable_schema=ON; UPDATE sqlite_schema SET rootpage = %u", root);
  g_autoptr(StoreConnection) graft = NULL;
  sqlite3_stmt *statement = NULL;
  gboolean ok = FALSE;
  int fd;

  if (sqlite3_prepare_v2 (self->target->handle, "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?", -1,
                          &statement, NULL) == SQLITE_OK)
    {
      sqlite3_bind_text (statement, 1, table, -1, SQLITE_TRANSIENT);
      if (sqlite3_step (statement) == SQLITE_ROW)
        {
          g_auto(GStrv) parts = g_strsplit ((const char *) sqlite3_column_text (statement, 0), " UNIQUE", -1);
          g_autofree char *plain = g_strjoinv ("", parts);
          g_auto(GStrv) keyed = g_strsplit (plain, "TEXT NOT NULL PRIMARY KEY", -1);
          g_autofree char *unkeyed = g_strjoinv ("TEXT NOT NULL", keyed);
          g_auto(GStrv) counted = g_strsplit (unkeyed, " AUTOINCREMENT", -1);

          /* Nothing that would want a second page: an index, or the table of counters. */
          create = g_strjoinv ("", counted);
        }
    }
  sqlite3_finalize (statement);
  remove_all (path);
  graft = store_connection_open (path, STORE_OPEN_CREATE | STORE_OPEN_RESCUE, error);
  if (graft == NULL || create == NULL ||
      !store_connection_exec (graft, "PRAGMA page_size=4096", error) ||
      !store_connection_exec (graft, create, error) ||
      !store_connection_exec (graft, point, error))
    {
      remove_all (path);
      return FALSE;
    }
  g_clear_pointer (&graft, store_connection_close);
  fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  if (fd >= 0)
    {
      ok = read (fd, page, PAGE_SIZE) == PAGE_SIZE;
      close (fd);
    }
  remove_all (path);
  return ok ? TRUE : fail_file (error, "reading", path, EIO);
}

/* All of the file's header (SQLite file format §1.3) that is the same in each of our files, or follows from its size. */
static void
restore_header (guchar *page,
                off_t   size)
{
  static const guchar constant[] = {
    'S', 'Q', 'L', 'i', 't', 'e', ' ', 'f', 'o', 'r', 'm', 'a', 't', ' ', '3', 0,
    PAGE_SIZE >> 8, PAGE_SIZE & 0xff,   /* page size */
    2, 2,                               /* write-ahead log */
    0, 64, 32, 32,
  };
  guint32 pages = GUINT32_TO_BE ((guint32) (size / PAGE_SIZE));

  memcpy (page, constant, sizeof constant);
  memcpy (page + 28, &pages, 4);
  memset (page + 32, 0, 8);                         /* no list of free pages: nothing is written */
  memcpy (page + 44, "\0\0\0\4", 4);               /* schema format */
  memset (page + 52, 0, 4);                         /* no automatic vacuum */
  memcpy (page + 56, "\0\0\0\1", 4);               /* UTF-8 */
  memset (page + 64, 0, 4);
  memcpy (page + 92, page + 24, 4);                 /* the size above is valid for this change counter */
}

/* In the copy that is read from. */
static gboolean
repair_header (const char *path,
               GError    **error)
{
  guchar page[100];
  struct stat info;
  int fd = g_open (path, O_RDWR | O_CLOEXEC, 0);
  gboolean ok = fd >= 0 && fstat (fd, &info) == 0;

  if (ok && pread (fd, page, sizeof page, 0) == (ssize_t) sizeof page)
    {
      restore_header (page, info.st_size);
      ok = pwrite (fd, page, sizeof page, 0) == (ssize_t) sizeof page;
    }
  if (fd >= 0)
    close (fd);
  return ok ? TRUE : fail_file (error, "writing", path, errno);
}

static gboolean
graft_first_page (Rescue     *self,
                  const char *table,
                  guint       root,
                  GError    **error)
{
  guchar page[PAGE_SIZE];
  struct stat info;
  gboolean ok;
  int fd;

  if (!make_first_page (self, table, root, page, error))
    return FALSE;
  fd = g_open (self->reading, O_RDWR | O_CLOEXEC, 0);
  if (fd < 0 || fstat (fd, &info) < 0)
    {
      fail_file (error, "opening", self->reading, errno);
      if (fd >= 0)
        close (fd);
      return FALSE;
    }
  restore_header (page, info.st_size);
  ok = pwrite (fd, page, PAGE_SIZE, 0) == PAGE_SIZE;
  close (fd);
  return ok ? TRUE : fail_file (error, "writing", self->reading, errno);
}

/* Reaches a table whose schema entry cannot be read. */
static gboolean
copy_lost_table (Rescue     *self,
                 GHashTable *map,
                 const char *table,
                 guint64    *copied,
                 GError    **error)
{
  guint root = GPOINTER_TO_UINT (g_hash_table_lookup (map, table));

  if (root < 2)
    return TRUE;
  for (int pass = 0; pass < 2; pass++)
    {
      g_autofree char *wal = g_strconcat (self->reading, "-wal", NULL);
      g_autofree char *shm = g_strconcat (self->reading, "-shm", NULL);
      g_autoptr(StoreConnection) source = NULL;
      gboolean found = FALSE;

      /* The log may hold a page 1 that is damaged too, or be of another file. */
      if (pass == 1)
        g_unlink (wal);
      g_unlink (shm);
      if (!graft_first_page (self, table, root, error))
        return FALSE;
      source = store_connection_open (self->reading, STORE_OPEN_RESCUE, NULL);
      if (source != NULL && !copy_table (self, source, table, &found, copied, error))
        return FALSE;
      if (found)
        return TRUE;
    }
  return TRUE;
}

/* What refers to rows that could not be read. */
static const char repair[] =
  "DELETE FROM outbox WHERE typeof(payload) <> 'blob';"
  "UPDATE outbox SET state = 0, next_try = 0 WHERE state <> 2;"
  "INSERT OR IGNORE INTO conversation (id, address, kind) SELECT conversation, target, 0 FROM outbox"
  "  WHERE conversation > 0 AND conversation NOT IN (SELECT id FROM conversation);"
  "INSERT OR IGNORE INTO author (key) VALUES ('me');"
  "UPDATE OR IGNORE message SET author = (SELECT id FROM author WHERE key = 'me')"
  "  WHERE direction = 1 AND author NOT IN (SELECT id FROM author);"
  "INSERT OR IGNORE INTO author (id, key) SELECT DISTINCT author, 'lost/' || author FROM message"
  "  WHERE author NOT IN (SELECT id FROM author);"
  "DELETE FROM message WHERE conversation NOT IN (SELECT id FROM conversation);"
  "UPDATE message SET segment = 0;"
  "UPDATE message SET archive = NULL, archive_id = NULL WHERE archive IS NOT NULL"
  "  AND archive NOT IN (SELECT id FROM archive);"
  "DELETE FROM version WHERE message NOT IN (SELECT id FROM message);"
  "DELETE FROM reaction WHERE message NOT IN (SELECT id FROM message) OR author NOT IN (SELECT id FROM author);"
  "DELETE FROM file WHERE message NOT IN (SELECT id FROM message);"
  "DELETE FROM mark WHERE conversation NOT IN (SELECT id FROM conversation) OR author NOT IN (SELECT id FROM author);"
  "DELETE FROM waiting WHERE conversation NOT IN (SELECT id FROM conversation) OR author NOT IN (SELECT id FROM author);"
  "UPDATE outbox SET message = 0 WHERE message <> 0 AND message NOT IN (SELECT id FROM message);"
  "UPDATE outbox SET conversation = 0 WHERE conversation <> 0 AND conversation NOT IN (SELECT id FROM conversation);"
  "UPDATE message SET files = (SELECT count(*) FROM file WHERE file.message = message.id),"
  "  reactions = (SELECT count(*) FROM reaction WHERE reaction.message = message.id) WHERE files > 0 OR reactions > 0;";

static gboolean
rebuild (Rescue  *self,
         GError **error)
{
  g_autoptr(GArray) conversations = g_array_new (FALSE, FALSE, sizeof (gint64));
  StoreTransaction tx;

  if (!store_connection_exec (self->target, repair, error) ||
      !store_transaction_begin (&tx, self->target, STORE_ACCESS_WRITE, error))
    return FALSE;
  {
    g_autoptr(StoreStatement) statement = store_query (&tx, error, "SELECT id FROM conversation", "");
    int step = -1;

    while (statement != NULL && (step = store_step (&tx, statement, error)) == 1)
      {
        gint64 id = sqlite3_column_int64 (statement, 0);

        g_array_append_val (conversations, id);
      }
    if (step < 0)
      {
        store_statement_release (g_steal_pointer (&statement));
        store_transaction_rollback (&tx);
        return FALSE;
      }
  }
  for (guint i = 0; i < conversations->len; i++)
    {
      gint64 id = g_array_index (conversations, gint64, i);

      if (!store_block_rebuild (&tx, id, error) || !store_conversation_refresh_last (&tx, id, error) ||
          !store_conversation_refresh_unread (&tx, id, error))
        {
          store_transaction_rollback (&tx);
          return FALSE;
        }
    }
  store_transaction_note (&tx, STORE_CHANGE_EVERYTHING, 0, 0);
  return store_transaction_commit (&tx, error);
}

static gboolean
copy_everything (Rescue  *self,
                 GError **error)
{
  g_autofree char *map_path = g_strconcat (self->path, "-map", NULL);
  g_autoptr(GHashTable) map = store_map_read (map_path);
  g_autoptr(GPtrArray) lost = g_ptr_array_new ();
  g_autoptr(StoreConnection) source = NULL;
  gint64 number;

  source = store_connection_open (self->reading, STORE_OPEN_RESCUE, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    {
      gboolean found = FALSE;
      guint64 copied = 0;

      if (!store_connection_exec (self->target, "BEGIN", error) ||
          (source != NULL && !copy_table (self, source, tables[i], &found, &copied, error)) ||
          !store_connection_exec (self->target, "COMMIT", error))
        return FALSE;
      self->result->rows += copied;
      if (!found)
        g_ptr_array_add (lost, (gpointer) tables[i]);
    }
  g_clear_pointer (&source, store_connection_close);

  for (guint i = 0; i < lost->len; i++)
    if (!store_connection_exec (self->target, "BEGIN", error) ||
        !copy_lost_table (self, map, lost->pdata[i], &self->result->rows, error) ||
        !store_connection_exec (self->target, "COMMIT", error))
      return FALSE;

  if (!rebuild (self, error) ||
      !store_connection_get_int64 (self->target, "SELECT count(*) FROM outbox", 0, &number, error))
    return FALSE;
  self->result->outbox = number;
  if (!store_connection_get_int64 (self->target, "SELECT count(*) FROM conversation WHERE draft IS NOT NULL", 0, &number, error))
    return FALSE;
  self->result->drafts = number;
  return TRUE;
}

static gboolean
sync_folder (const char *path,
             GError    **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int fd = g_open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  gboolean ok = fd >= 0 && fsync (fd) == 0;
  int code = errno;

  if (fd >= 0)
    close (fd);
  return ok ? TRUE : fail_file (error, "syncing", folder, code);
}

/* A second name for a file; where the file system has no links, its only one. */
static gboolean
put_aside (const char *from,
           const char *to,
           GError    **error)
{
  if (link (from, to) == 0 || errno == ENOENT || g_rename (from, to) == 0)
    return TRUE;
  return fail_file (error, "keeping", from, errno);
}

gboolean
store_rescue_finish (const char *path,
                     char      **out_aside,
                     GError    **error)
{
  g_autofree char *rescued = g_strconcat (path, "-rescued", NULL);
  g_autofree char *wal = g_strconcat (path, "-wal", NULL);
  g_autofree char *shm = g_strconcat (path, "-shm", NULL);
  g_autoptr(GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *stamp = g_date_time_format (now, "%Y%m%d-%H%M%S");
  g_autofree char *aside = g_strdup_printf ("%s.damaged-%s", path, stamp);
  g_autofree char *aside_wal = NULL;

  if (!g_file_test (rescued, G_FILE_TEST_EXISTS))
    return TRUE;
  for (guint i = 2; g_file_test (aside, G_FILE_TEST_EXISTS); i++)
    {
      g_free (aside);
      aside = g_strdup_printf ("%s.damaged-%s-%u", path, stamp, i);
    }
  aside_wal = g_strconcat (aside, "-wal", NULL);
  if (!put_aside (path, aside, error) || !put_aside (wal, aside_wal, error) || !sync_folder (path, error))
    return FALSE;
  /* Never a new file beside an old log: SQLite would play the one into the other. */
  g_unlink (wal);
  g_unlink (shm);
  if (!sync_folder (path, error))
    return FALSE;
  if (g_rename (rescued, path) < 0)
    return fail_file (error, "renaming", rescued, errno);
  if (!sync_folder (path, error))
    return FALSE;
  if (out_aside != NULL)
    *out_aside = g_steal_pointer (&aside);
  return TRUE;
}

StoreRescue *
store_rescue_run (const char *path,
                  const char *problem,
                  GError    **error)
{
  g_autofree char *reading = g_strconcat (path, "-reading", NULL);
  g_autofree char *reading_wal = g_strconcat (reading, "-wal", NULL);
  g_autofree char *rescuing = g_strconcat (path, "-rescuing", NULL);
  g_autofree char *rescued = g_strconcat (path, "-rescued", NULL);
  g_autofree char *wal = g_strconcat (path, "-wal", NULL);
  g_autoptr(StoreRescue) result = g_new0 (StoreRescue, 1);
  Rescue self = { path, reading, NULL, result };
  const StoreMigration *steps;
  guint n_steps;
  gboolean ok;

  result->problem = g_strdup (problem);
  remove_all (reading);
  remove_all (rescuing);
  if (!copy_file (path, reading, error) || !copy_file (wal, reading_wal, error) || !repair_header (reading, error))
    {
      remove_all (reading);
      return NULL;
    }

  {
    /* Made here so that it is 0600 from its first moment. */
    int fd = g_open (rescuing, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (fd >= 0)
      close (fd);
  }
  steps = store_schema_get_steps (&n_steps);
  self.target = store_connection_open (rescuing, STORE_OPEN_CREATE, error);
  ok = self.target != NULL &&
       store_schema_migrate (self.target, steps, n_steps, error) &&
       store_index_check (self.target, error) &&
       store_schema_seal (self.target, error) &&
       store_connection_exec (self.target, "PRAGMA foreign_keys=OFF", error) &&
       copy_everything (&self, error) &&
       /* Nothing of what was copied is in it yet: it is filled in the background. */
       store_index_reset (self.target, error) &&
       store_connection_exec (self.target, "PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode=DELETE", error);
  g_clear_pointer (&self.target, store_connection_close);
  remove_all (reading);
  if (ok && g_rename (rescuing, rescued) < 0)
    ok = fail_file (error, "renaming", rescuing, errno);
  if (!ok || !store_rescue_finish (path, &result->aside, error))
    {
      remove_all (rescuing);
      return NULL;
    }
  return g_steal_pointer (&result);
}
