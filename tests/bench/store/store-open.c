/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * store-open [MESSAGES]: opening a conversation of a million messages, a page at any position, the chat list. Beside each: what
 * SQL gives without blocks (count(*), OFFSET).
 */

#include "generate.h"

#include <glib/gstdio.h>
#include <locale.h>
#include <stdlib.h>

#include "store/sql-private.h"

#define SAMPLES 200

typedef struct
{
  guint          messages;
  StoreTimeline *timeline;
  double         load, count, page[SAMPLES], offset, first, find;
  double         list;
  guint          chats;
} Bench;

static double
now_ms (void)
{
  return g_get_monotonic_time () / 1000.0;
}

static int
compare_doubles (gconstpointer a,
                 gconstpointer b)
{
  double x = *(const double *) a;
  double y = *(const double *) b;

  return x < y ? -1 : x > y;
}

static gboolean
work_open (StoreTransaction *tx,
           gpointer          data,
           GError          **error)
{
  Bench *bench = data;
  g_autoptr(GPtrArray) page = NULL;
  double start = now_ms ();
  guint first;

  bench->timeline = store_timeline_load (tx, 1, error);
  if (bench->timeline == NULL)
    return FALSE;
  bench->load = now_ms () - start;
  page = store_timeline_fetch (bench->timeline, tx, store_timeline_get_count (bench->timeline) - 1, &first, error);
  bench->first = now_ms () - start;
  return page != NULL;
}

static gboolean
work_pages (StoreTransaction *tx,
            gpointer          data,
            GError          **error)
{
  Bench *bench = data;
  guint64 state = 1;
  double start;
  guint position;

  for (guint i = 0; i < SAMPLES; i++)
    {
      guint first;
      g_autoptr(GPtrArray) page = NULL;

      state = state * G_GUINT64_CONSTANT (6364136223846793005) + 1442695040888963407;
      start = now_ms ();
      page = store_timeline_fetch (bench->timeline, tx, (state >> 33) % store_timeline_get_count (bench->timeline), &first, error);
      if (page == NULL)
        return FALSE;
      bench->page[i] = now_ms () - start;
      if (i == SAMPLES - 1)
        {
          start = now_ms ();
          if (!store_timeline_find (bench->timeline, tx, ((StoreMessage *) page->pdata[0])->order_key, &position, error))
            return FALSE;
          bench->find = now_ms () - start;
          g_assert_cmpuint (position, ==, first);
        }
    }
  return TRUE;
}

static gboolean
work_floor (StoreTransaction *tx,
            gpointer          data,
            GError          **error)
{
  Bench *bench = data;
  double start = now_ms ();
  gint64 n;

  if (!store_get_int64 (tx, error, 0, &n, "SELECT count(*) FROM message WHERE conversation = 1", ""))
    return FALSE;
  bench->count = now_ms () - start;
  start = now_ms ();
  if (!store_get_int64 (tx, error, 0, &n, "SELECT order_key FROM message WHERE conversation = 1 ORDER BY order_key LIMIT 1 OFFSET ?",
                        "d", (int) bench->messages / 2))
    return FALSE;
  bench->offset = now_ms () - start;
  return TRUE;
}

static gboolean
work_list (StoreTransaction *tx,
           gpointer          data,
           GError          **error)
{
  Bench *bench = data;
  double start = now_ms ();
  g_autoptr(GPtrArray) list = store_conversation_list (tx, FALSE, 0, 200, error);

  bench->list = now_ms () - start;
  bench->chats = list != NULL ? list->len : 0;
  return list != NULL;
}

static void
remove_files (const char *path)
{
  static const char * const suffixes[] = { "", "-wal", "-shm", "-guard", "-map" };

  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *name = g_strconcat (path, suffixes[i], NULL);

      g_unlink (name);
    }
}

static void
check (gboolean ok,
       GError  *error)
{
  if (!ok)
    g_error ("%s", error->message);
}

int
main (int    argc,
      char **argv)
{
  Bench bench = { argc > 1 ? strtoul (argv[1], NULL, 10) : 1000000, NULL };
  GenerateProfile one = { bench.messages, 1, 1 };
  GenerateProfile many = { 100000, 200, 300 };
  g_autoptr(GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("atrium-bench-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "one.db", NULL);
  g_autofree char *path_many = g_build_filename (folder, "many.db", NULL);
  g_autofree char *guard = g_strconcat (path, "-guard", NULL);
  g_autoptr(StoreDatabase) db = store_database_open_sync (path, &error);
  double start;

  setlocale (LC_ALL, "C.UTF-8");
  check (db != NULL && generate_profile (db, &one, &error), error);
  g_clear_object (&db);
  start = now_ms ();
  db = store_database_open_sync (path, &error);
  check (db != NULL, error);
  g_print ("database of %u messages: opened in %.1f ms\n", bench.messages, now_ms () - start);

  /* The reader is new: first use includes opening it. */
  start = now_ms ();
  check (store_database_read (db, G_USEC_PER_SEC, work_open, &bench, &error), error);
  g_print ("conversation of %u messages: %.2f ms with a new connection; positions %.2f ms, with the newest page %.2f ms\n",
           bench.messages, now_ms () - start, bench.load, bench.first);
  check (store_database_read (db, 10 * G_USEC_PER_SEC, work_pages, &bench, &error), error);
  check (store_database_read (db, 10 * G_USEC_PER_SEC, work_floor, &bench, &error), error);
  qsort (bench.page, SAMPLES, sizeof bench.page[0], compare_doubles);
  g_print ("positions: %.2f ms; count(*) %.2f ms: ×%.1f\n", bench.load, bench.count, bench.count / bench.load);
  g_print ("page anywhere: median %.2f ms, 99 of 100 within %.2f ms; OFFSET alone %.2f ms: ×%.1f; position of a message %.2f ms\n",
           bench.page[SAMPLES / 2], bench.page[SAMPLES * 99 / 100], bench.offset, bench.offset / bench.page[SAMPLES / 2],
           bench.find);
  store_timeline_free (bench.timeline);
  g_clear_object (&db);

  /* After a crash everything is looked through. */
  g_assert_true (g_file_set_contents (guard, "open\n", 5, NULL));
  start = now_ms ();
  db = store_database_open_sync (path, &error);
  check (db != NULL, error);
  g_print ("opened with a check after a crash: %.0f ms\n", now_ms () - start);
  g_clear_object (&db);
  remove_files (path);

  db = store_database_open_sync (path_many, &error);
  check (db != NULL && generate_profile (db, &many, &error), error);
  g_clear_object (&db);
  db = store_database_open_sync (path_many, &error);
  check (db != NULL, error);
  start = now_ms ();
  check (store_database_read (db, G_USEC_PER_SEC, work_list, &bench, &error), error);
  g_print ("chat list: %u chats of %u messages in %.2f ms (%.2f ms with a new connection)\n", bench.chats, many.messages, bench.list,
           now_ms () - start);
  g_clear_object (&db);
  remove_files (path_many);
  g_rmdir (folder);
  return 0;
}
