/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * store-search [MESSAGES]: what search finds and what it costs. Beside it: a plain look through all texts (the floor of recall),
 * and FTS5's own trigram tokenizer over the same texts (the floor of time and size).
 */

#include "generate.h"

#include <glib/gstdio.h>
#include <locale.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/tokenizer-private.h"

#define REPEATS 25

static double
now_ms (void)
{
  return g_get_monotonic_time () / 1000.0;
}

static void
exec (sqlite3    *db,
      const char *sql)
{
  char *message = NULL;

  if (sqlite3_exec (db, sql, NULL, NULL, &message) != SQLITE_OK)
    g_error ("%s: %s", sql, message);
}

static gint64
number (sqlite3    *db,
        const char *sql,
        const char *text)
{
  sqlite3_stmt *statement;
  gint64 value;

  if (sqlite3_prepare_v2 (db, sql, -1, &statement, NULL) != SQLITE_OK)
    g_error ("%s: %s", sql, sqlite3_errmsg (db));
  if (text != NULL)
    sqlite3_bind_text (statement, 1, text, -1, SQLITE_TRANSIENT);
  if (sqlite3_step (statement) != SQLITE_ROW)
    g_error ("%s: %s", sql, sqlite3_errmsg (db));
  value = sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);
  return value;
}

/* Building one index from the finished table */
static double
build (sqlite3    *db,
       const char *tokenizer)
{
  g_autofree char *create = g_strdup_printf ("CREATE VIRTUAL TABLE bench_%s USING fts5 (body, content='', columnsize=0, "
                                             "tokenize='%s')", tokenizer, tokenizer);
  g_autofree char *fill = g_strdup_printf ("INSERT INTO bench_%s (rowid, body) SELECT id, body FROM message", tokenizer);
  double start = now_ms ();

  exec (db, "BEGIN");
  exec (db, create);
  exec (db, fill);
  exec (db, "COMMIT");
  return now_ms () - start;
}

typedef struct
{
  const char *text;
  guint       found;
  double      ms;
} Search;

static int
compare_doubles (gconstpointer a,
                 gconstpointer b)
{
  double x = *(const double *) a;
  double y = *(const double *) b;

  return x < y ? -1 : x > y;
}

static gboolean
work_search (StoreTransaction *tx,
             gpointer          data,
             GError          **error)
{
  Search *search = data;
  double times[REPEATS];

  for (guint i = 0; i < REPEATS; i++)
    {
      g_autoptr(StoreQuery) query = store_query_parse (search->text);
      double start = now_ms ();
      g_autoptr(GPtrArray) hits = store_search_messages (tx, query, G_MAXINT64, 50, error);

      if (hits == NULL)
        return FALSE;
      times[i] = now_ms () - start;
      search->found = hits->len;
    }
  qsort (times, REPEATS, sizeof times[0], compare_doubles);
  search->ms = times[REPEATS / 2];
  return TRUE;
}

int
main (int    argc,
      char **argv)
{
  GenerateProfile profile = { argc > 1 ? strtoul (argv[1], NULL, 10) : 1000000, 500, 500 };
  g_autoptr(GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("atrium-bench-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "atrium.db", NULL);
  g_autoptr(StoreDatabase) db = store_database_open_sync (path, &error);
  g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  sqlite3 *plain;
  double start = now_ms (), ours, theirs;
  gint64 our_size, their_size;
  int failed = 0;

  setlocale (LC_ALL, "C.UTF-8");

  g_assert_no_error (error);
  if (!generate_profile (db, &profile, &error))
    g_error ("%s", error->message);
  g_print ("fill: %u messages in %.1f s (%.0f a second, indexed)\n", profile.messages, (now_ms () - start) / 1000,
           profile.messages / ((now_ms () - start) / 1000));

  if (sqlite3_open (path, &plain) != SQLITE_OK || !store_tokenizer_register (plain, &error))
    g_error ("opening %s", path);

  /* Newest 50 through the whole of our code: query, rows, snippets. Recall by counting all matches. */
  for (guint length = 1; length <= 4; length *= 2)
    for (guint rank = 3; rank <= 1500; rank = rank * 9)
      g_ptr_array_add (words, generate_han (rank, length));
  for (guint rank = 3; rank < 7000; rank = rank * 12)
    g_ptr_array_add (words, generate_latin (rank));
  for (guint i = 0; i < words->len; i++)
    {
      g_autofree char *pattern = g_strdup_printf ("%%%s%%", (char *) words->pdata[i]);
      g_autofree char *phrase = g_strdup_printf ("body : \"%s\"", (char *) words->pdata[i]);
      g_autofree char *closed = g_strconcat (words->pdata[i], " ", NULL);
      Search search = { closed, 0, 0 };
      double scan_start = now_ms (), scan;
      /* A comma between two characters does not part them for us. */
      gint64 expected = number (plain, "SELECT count(*) FROM message WHERE replace(body, '，', '') LIKE ?", pattern);
      gint64 found;

      scan = now_ms () - scan_start;
      found = number (plain, "SELECT count(*) FROM message_index WHERE message_index MATCH ?", phrase);
      if (!store_database_run_sync (db, STORE_ACCESS_READ, work_search, &search, &error))
        g_error ("%s", error->message);
      g_print ("search %s: %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT " found (recall %.3f); newest %u in %.2f ms; "
               "plain scan %.0f ms: ×%.0f\n", (char *) words->pdata[i], found, expected,
               expected > 0 ? (double) found / expected : 1.0, search.found, search.ms, scan, scan / MAX (search.ms, 0.001));
      if (found != expected)
        failed = 1;
    }
  g_print ("prefix of a word being typed:");
  for (guint length = 2; length <= 5; length++)
    {
      g_autofree char *word = generate_latin (40);
      Search search = { word, 0, 0 };

      word[length] = '\0';
      if (!store_database_run_sync (db, STORE_ACCESS_READ, work_search, &search, &error))
        g_error ("%s", error->message);
      g_print (" %u letters %.2f ms", length, search.ms);
    }
  g_print ("\n");

  ours = build (plain, "atrium");
  theirs = build (plain, "trigram");
  our_size = number (plain, "SELECT sum(length(block)) FROM bench_atrium_data", NULL);
  their_size = number (plain, "SELECT sum(length(block)) FROM bench_trigram_data", NULL);
  g_print ("index: built in %.1f s, trigram %.1f s: ×%.2f; %.1f MB, trigram %.1f MB: ×%.2f\n", ours / 1000, theirs / 1000,
           theirs / ours, our_size / 1e6, their_size / 1e6, (double) their_size / our_size);
  sqlite3_close (plain);

  g_clear_object (&db);
  for (guint i = 0; i < 5; i++)
    {
      static const char * const suffixes[] = { "", "-wal", "-shm", "-guard", "-map" };
      g_autofree char *name = g_strconcat (path, suffixes[i], NULL);

      g_unlink (name);
    }
  g_rmdir (folder);
  return failed;
}
