/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Damaged files and failing disks. */

#include "helper.h"

#include <glib/gstdio.h>
#include <string.h>

#include "store/fault.h"
#include "store/sql-private.h"

#define BOB "bob@work.test"
#define PAGE 4096

static gboolean
fill (StoreTransaction *tx,
      gpointer          data,
      GError          **error)
{
  for (guint c = 0; c < 6; c++)
    {
      g_autofree char *address = g_strdup_printf ("peer%u@work.test", c);
      g_autofree char *draft = g_strdup_printf ("draft %u", c);
      gint64 chat = ensure_chat (tx, address, STORE_CONVERSATION_PERSON);

      for (guint i = 0; i < 80; i++)
        {
          g_autofree char *origin = g_strdup_printf ("origin-%u-%u", c, i);
          g_autofree char *archive_id = g_strdup_printf ("archive-%u-%u", c, i);
          g_autofree char *body = g_strdup_printf ("消息 %u 正文 some words of message %u", i, i * c);

          insert (tx, new_message (chat, i % 3 == 0 ? NULL : address, origin, archive_id, body, T0 + i * SECOND), STORE_INSERTED);
        }
      g_assert_true (store_conversation_set_draft (tx, chat, draft, 0, 0, T0, error));
    }
  for (guint i = 0; i < 12; i++)
    {
      g_autoptr(StoreOutboxEntry) entry = store_outbox_entry_new ();
      g_autofree char *payload = g_strdup_printf ("payload number %u", i);

      entry->kind = g_strdup ("message");
      entry->target = g_strdup_printf ("peer%u@work.test", i % 6);
      entry->conversation = i % 6 + 1;
      entry->payload = g_bytes_new (payload, strlen (payload));
      g_assert_true (store_outbox_add (tx, entry, error));
    }
  return store_cursor_set (tx, "roster", "ver14", error) &&
         store_setting_set_string (tx, "account", OWN, error);
}

static void
load_file (const char *path,
           char      **content,
           gsize      *length)
{
  g_autoptr(GError) error = NULL;

  g_file_get_contents (path, content, length, &error);
  g_assert_no_error (error);
}

static void
save_file (const char *path,
           const char *content,
           gsize       length)
{
  g_autoptr(GError) error = NULL;

  g_file_set_contents (path, content, length, &error);
  g_assert_no_error (error);
}

/* As after a crash, so that the next open looks closely. */
static void
mark_unclean (Fixture *f)
{
  g_autofree char *guard = g_strconcat (f->path, "-guard", NULL);

  save_file (guard, "open\n", 5);
}

typedef struct
{
  gint64 outbox, payloads, drafts, messages, cursors, settings;
} Counts;

static gboolean
count (StoreTransaction *tx,
       gpointer          data,
       GError          **error)
{
  Counts *counts = data;

  return store_get_int64 (tx, error, 0, &counts->outbox, "SELECT count(*) FROM outbox", "") &&
         store_get_int64 (tx, error, 0, &counts->payloads, "SELECT count(DISTINCT CAST(payload AS TEXT)) FROM outbox "
                          "WHERE CAST(payload AS TEXT) LIKE 'payload number %'", "") &&
         store_get_int64 (tx, error, 0, &counts->drafts, "SELECT count(*) FROM conversation WHERE draft LIKE 'draft _'", "") &&
         store_get_int64 (tx, error, 0, &counts->messages, "SELECT count(*) FROM message", "") &&
         store_get_int64 (tx, error, 0, &counts->cursors, "SELECT (SELECT count(*) FROM cursor) + (SELECT count(*) FROM segment)",
                          "") &&
         store_get_int64 (tx, error, 0, &counts->settings, "SELECT count(*) FROM setting", "");
}

/* Writes a little more, so that a database that only looks well is found out. */
static gboolean
use (StoreTransaction *tx,
     gpointer          data,
     GError          **error)
{
  gint64 chat = ensure_chat (tx, BOB, STORE_CONVERSATION_PERSON);
  g_autoptr(StoreQuery) query = store_query_parse ("正文 words");
  g_autoptr(GPtrArray) hits = NULL;

  insert (tx, new_message (chat, BOB, NULL, NULL, "after", T0 + 10000 * SECOND), STORE_INSERTED);
  hits = store_search_messages (tx, query, G_MAXINT64, 50, error);
  return hits != NULL;
}

static guint
count_aside (Fixture *f)
{
  g_autofree char *folder = g_path_get_dirname (f->path);
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  guint n = 0;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_assert_false (g_str_has_suffix (name, "-reading") || g_str_has_suffix (name, "-rescuing") ||
                      g_str_has_suffix (name, "-rescued") || g_str_has_suffix (name, "-graft"));
      if (strstr (name, ".damaged-") != NULL && !g_str_has_suffix (name, "-wal"))
        n++;
    }
  return n;
}

/* One flipped byte, 200 times: the database opens and works each time; what is not in the damaged place is there; the
 * damaged file is kept as it was. */
static void
test_flips (Fixture      *f,
            gconstpointer data)
{
  guint32 seed = g_test_rand_int ();
  g_autoptr(GRand) rand = g_rand_new_with_seed (seed);
  g_autofree char *original = NULL;
  gsize length;
  guint rescued = 0, lost_outbox = 0;

  g_test_message ("seed %u", seed);
  fixture_write (f, fill, NULL);
  fixture_close (f);
  load_file (f->path, &original, &length);
  for (guint i = 0; i < 200; i++)
    {
      g_autofree char *damaged = g_memdup2 (original, length);
      /* Every fourth in the first page, where the header and the schema are. */
      gsize position = i < 100 ? (gsize) i : (gsize) g_rand_int_range (rand, 0, i % 4 == 0 ? PAGE : (gint32) length);
      char flip = 1 << g_rand_int_range (rand, 0, 8);
      Counts counts;
      const StoreRescue *rescue;
      g_autoptr(GError) error = NULL;
      guint aside = count_aside (f);

      damaged[position] ^= flip;
      save_file (f->path, damaged, length);
      mark_unclean (f);
      g_test_message ("flip %#x at %" G_GSIZE_FORMAT, flip & 0xff, position);
      fixture_reopen (f);
      rescue = store_database_get_rescue (f->db);
      if (rescue != NULL)
        {
          g_autofree char *kept = NULL;
          gsize kept_length;

          rescued++;
          g_assert_cmpuint (count_aside (f), ==, aside + 1);
          load_file (rescue->aside, &kept, &kept_length);
          g_assert_cmpmem (kept, kept_length, damaged, length);
        }
      /* Damage that only shows in use: told as such, and rescued by the next open. */
      if (!store_database_run_sync (f->db, STORE_ACCESS_READ, count, &counts, &error) ||
          !store_database_run_sync (f->db, STORE_ACCESS_WRITE, use, NULL, &error))
        {
          g_assert_error (error, STORE_ERROR, STORE_ERROR_DAMAGED);
          g_clear_error (&error);
          fixture_close (f);
          fixture_reopen (f);
          fixture_read (f, count, &counts);
          fixture_write (f, use, NULL);
          if (store_database_get_rescue (f->db) != NULL)
            rescued++;
        }
      /* One page at most is lost, of one table; a flip within a text is within a text. */
      g_assert_cmpint (counts.messages, >=, 480 - 60);
      lost_outbox += 12 - counts.payloads;
      g_assert_cmpint (counts.drafts, >=, 0);
      fixture_close (f);
    }
  g_test_message ("%u of 200 needed a rescue, %u outbox entries were hit", rescued, lost_outbox);
  g_assert_cmpuint (rescued, >, 20);
  /* The outbox fills one page of some hundred: it is hit itself now and then, and lost only then. */
  g_assert_cmpuint (lost_outbox, <, 12 * 10);
}

/* The schema's page gone altogether: every table is found again by the map. */
static void
test_first_page (Fixture      *f,
                 gconstpointer data)
{
  g_autofree char *content = NULL;
  const StoreRescue *rescue;
  Counts counts;
  gsize length;

  fixture_write (f, fill, NULL);
  fixture_close (f);
  load_file (f->path, &content, &length);
  memset (content, 0x5a, PAGE);
  save_file (f->path, content, length);
  fixture_reopen (f);
  rescue = store_database_get_rescue (f->db);
  g_assert_nonnull (rescue);
  g_assert_cmpuint (rescue->outbox, ==, 12);
  g_assert_cmpuint (rescue->drafts, ==, 6);
  fixture_read (f, count, &counts);
  g_assert_cmpint (counts.payloads, ==, 12);
  g_assert_cmpint (counts.drafts, ==, 6);
  g_assert_cmpint (counts.messages, ==, 480);
  g_assert_cmpint (counts.settings, ==, 1);
  /* History is asked for again. */
  g_assert_cmpint (counts.cursors, ==, 0);
  fixture_write (f, use, NULL);
  fixture_read (f, check_invariants, NULL);
  fixture_close (f);
  fixture_reopen (f);
  g_assert_null (store_database_get_rescue (f->db));
}

static void
test_cuts (Fixture      *f,
           gconstpointer data)
{
  g_autofree char *content = NULL;
  gsize length;

  fixture_write (f, fill, NULL);
  fixture_close (f);
  load_file (f->path, &content, &length);
  for (guint i = 1; i <= 20; i++)
    {
      Counts counts;

      save_file (f->path, content, length * i / 21 / (i % 2 == 0 ? PAGE : 1) * (i % 2 == 0 ? PAGE : 1));
      mark_unclean (f);
      fixture_reopen (f);
      g_assert_nonnull (store_database_get_rescue (f->db));
      fixture_read (f, count, &counts);
      fixture_write (f, use, NULL);
      fixture_read (f, check_invariants, NULL);
      fixture_close (f);
    }
  /* Nothing at all left of it */
  save_file (f->path, "", 0);
  mark_unclean (f);
  fixture_reopen (f);
  fixture_write (f, use, NULL);
}

static gboolean
add_some (StoreTransaction *tx,
          gpointer          data,
          GError          **error)
{
  gint64 chat = ensure_chat (tx, "peer0@work.test", STORE_CONVERSATION_PERSON);

  for (guint i = 0; i < 100; i++)
    insert (tx, new_message (chat, BOB, NULL, NULL, data, T0 + (1000 + i) * SECOND), STORE_INSERTED);
  return TRUE;
}

/* Copies database and log as a crash would leave them. */
static void
snapshot (Fixture    *f,
          const char *to)
{
  static const char * const suffixes[] = { "", "-wal" };

  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *from_path = g_strconcat (f->path, suffixes[i], NULL);
      g_autofree char *to_path = g_strconcat (to, suffixes[i], NULL);
      g_autofree char *content = NULL;
      gsize length;

      load_file (from_path, &content, &length);
      save_file (to_path, content, length);
    }
}

static void
open_snapshot (Fixture *f,
               const char *path)
{
  g_free (f->path);
  f->path = g_strdup (path);
  fixture_reopen (f);
}

static void
test_logs (Fixture      *f,
           gconstpointer data)
{
  g_autofree char *a = g_build_filename (f->folder, "a.db", NULL);
  g_autofree char *b = g_build_filename (f->folder, "b.db", NULL);
  g_autofree char *c = g_build_filename (f->folder, "c.db", NULL);
  g_autofree char *a_log = g_strconcat (a, "-wal", NULL);
  g_autofree char *b_log = g_strconcat (b, "-wal", NULL);
  g_autofree char *other = NULL;
  Counts counts;
  gsize length;

  fixture_write (f, fill, NULL);
  snapshot (f, a);
  fixture_write (f, add_some, (gpointer) "b");
  snapshot (f, b);
  snapshot (f, c);
  fixture_close (f);

  /* A crash: everything that was committed is there. */
  open_snapshot (f, c);
  fixture_read (f, count, &counts);
  g_assert_cmpint (counts.messages, ==, 580);
  g_assert_null (store_database_get_rescue (f->db));
  fixture_close (f);

  /* The log of another state of the file, and none at all */
  load_file (b_log, &other, &length);
  save_file (a_log, other, length / 2);
  open_snapshot (f, a);
  fixture_write (f, use, NULL);
  fixture_read (f, check_invariants, NULL);
  fixture_close (f);
  g_unlink (b_log);
  open_snapshot (f, b);
  fixture_write (f, use, NULL);
  fixture_read (f, check_invariants, NULL);
}

/* The log of another profile, as a careless restore may leave it */
static void
test_foreign_log (Fixture      *f,
                  gconstpointer data)
{
  g_autofree char *other_path = g_build_filename (f->folder, "other.db", NULL);
  g_autofree char *snap = g_build_filename (f->folder, "snap.db", NULL);
  g_autofree char *snap_log = g_strconcat (snap, "-wal", NULL);
  g_autofree char *log = g_strconcat (f->path, "-wal", NULL);
  g_autofree char *content = NULL;
  gsize length;
  Fixture other = { .path = other_path, .folder = f->folder };

  fixture_write (f, fill, NULL);
  fixture_close (f);

  fixture_reopen (&other);
  fixture_write (&other, add_some, (gpointer) "other");
  snapshot (&other, snap);
  fixture_close (&other);

  load_file (snap_log, &content, &length);
  save_file (log, content, length);
  fixture_reopen (f);
  fixture_write (f, use, NULL);
  fixture_read (f, check_invariants, NULL);
}

/* An interruption between the last steps of a rescue is completed. */
static void
test_interrupted (Fixture      *f,
                  gconstpointer data)
{
  g_autofree char *rescued = g_strconcat (f->path, "-rescued", NULL);
  g_autofree char *content = NULL;
  Counts counts;
  gsize length;

  fixture_write (f, fill, NULL);
  fixture_close (f);
  load_file (f->path, &content, &length);
  save_file (rescued, content, length);
  save_file (f->path, "damaged", 7);
  fixture_reopen (f);
  g_assert_nonnull (store_database_get_rescue (f->db));
  fixture_read (f, count, &counts);
  g_assert_cmpint (counts.messages, ==, 480);
  g_assert_cmpuint (count_aside (f), ==, 1);
  fixture_close (f);

  /* … and when the damaged file had gone already */
  save_file (rescued, content, length);
  g_unlink (f->path);
  fixture_reopen (f);
  fixture_read (f, count, &counts);
  g_assert_cmpint (counts.messages, ==, 480);
}

/* Failing disks */

typedef struct
{
  gint64 chat;
  guint  number;
} Step;

static gboolean
work_step (StoreTransaction *tx,
           gpointer          data,
           GError          **error)
{
  Step *step = data;
  g_autoptr(StoreMessage) message = NULL;
  g_autoptr(StoreOutboxEntry) entry = store_outbox_entry_new ();
  g_autofree char *origin = g_strdup_printf ("step-%u", step->number);
  g_autofree char *body = g_strnfill (3000, 'a' + step->number % 26);

  if (!store_conversation_ensure (tx, BOB, STORE_CONVERSATION_PERSON, &step->chat, error))
    return FALSE;
  message = new_message (step->chat, NULL, origin, NULL, body, T0 + step->number * SECOND);
  if (!store_message_insert (tx, message, STORE_INSERT_NONE, NULL, error))
    return FALSE;
  entry->kind = g_strdup ("message");
  entry->target = g_strdup (BOB);
  entry->message = message->id;
  return store_outbox_add (tx, entry, error);
}

static gboolean
check_pairs (StoreTransaction *tx,
             gpointer          data,
             GError          **error)
{
  gint64 unpaired, messages;

  g_assert_true (store_get_int64 (tx, error, 0, &unpaired, "SELECT (SELECT count(*) FROM outbox WHERE message NOT IN "
                                  "(SELECT id FROM message)) + (SELECT count(*) FROM message WHERE id NOT IN "
                                  "(SELECT message FROM outbox))", ""));
  g_assert_cmpint (unpaired, ==, 0);
  g_assert_true (store_get_int64 (tx, error, 0, &messages, "SELECT count(*) FROM message", ""));
  *(gint64 *) data = messages;
  return check_invariants (tx, NULL, error);
}

/* So that pages have to be read again */
static gboolean
forget_pages (StoreTransaction *tx,
              gpointer          data,
              GError          **error)
{
  sqlite3_db_release_memory (tx->connection->handle);
  return TRUE;
}

/* The n-th write, sync or read fails, for every n until nothing fails: the caller is told, nothing is half done, the database
 * goes on being usable, and what was reported as safe is there after a crash. */
static void
test_nth_failure (Fixture      *f,
                  gconstpointer data)
{
  static const guint kinds[] = { STORE_FAULT_WRITE, STORE_FAULT_SYNC, STORE_FAULT_READ };

  for (guint k = 0; k < G_N_ELEMENTS (kinds); k++)
    {
      guint n = 0, failures = 1;

      fixture_close (f);
      g_free (f->path);
      f->path = g_strdup_printf ("%s/%u/atrium.db", f->folder, k);
      fixture_reopen (f);
      /* Reads grow with the file, which grows here: every so many of them. */
      for (n = 0; failures > 0 && n < 2000; n += kinds[k] == STORE_FAULT_READ ? 1 + n / 4 : 1)
        {
          gint64 promised = 0, found = 0;
          g_autoptr(GError) error = NULL;
          Step step = { 0, 0 };

          fixture_read (f, check_pairs, &promised);
          fixture_read (f, forget_pages, NULL);
          step.number = n * 10;
          store_fault_arm (kinds[k], n, 1);
          for (guint i = 0; i < 3; i++)
            {
              step.number++;
              if (store_database_run_sync (f->db, STORE_ACCESS_WRITE, work_step, &step, &error))
                promised++;
              else
                {
                  g_assert_true (g_error_matches (error, STORE_ERROR, STORE_ERROR_FULL) ||
                                 g_error_matches (error, STORE_ERROR, STORE_ERROR_IO));
                  g_clear_error (&error);
                }
            }
          failures = store_fault_get_count ();
          store_fault_disarm ();
          /* Usable at once */
          fixture_read (f, check_pairs, &found);
          g_assert_cmpint (found, ==, promised);
        }
      g_test_message ("kind %u: clean after %u", kinds[k], n);
      g_assert_cmpuint (n, >, 2);
      g_assert_cmpuint (n, <, 2000);
    }
}

/* The same while opening a new file, and while rescuing a damaged one: told, nothing lost, and the next try succeeds. */
static void
test_nth_failure_opening (Fixture      *f,
                          gconstpointer data)
{
  g_autofree char *content = NULL;
  guint failures = 1, n;
  gsize length;

  fixture_write (f, fill, NULL);
  fixture_close (f);
  load_file (f->path, &content, &length);
  for (n = 0; failures > 0 && n < 3000; n++)
    {
      g_autofree char *path = g_strdup_printf ("%s/new-%u/atrium.db", f->folder, n);
      g_autofree char *folder = g_path_get_dirname (path);
      g_autoptr(GError) error = NULL;
      g_autoptr(StoreDatabase) db = NULL;

      store_fault_arm (STORE_FAULT_WRITE | STORE_FAULT_SYNC, n, 1);
      db = store_database_open_sync (path, &error);
      failures = store_fault_get_count ();
      store_fault_disarm ();
      if (db == NULL)
        {
          g_assert_true (g_error_matches (error, STORE_ERROR, STORE_ERROR_FULL) ||
                         g_error_matches (error, STORE_ERROR, STORE_ERROR_IO));
          g_clear_error (&error);
          db = store_database_open_sync (path, &error);
          g_assert_no_error (error);
        }
      g_clear_object (&db);
      remove_folder (folder);
    }
  g_test_message ("opening: clean after %u", n);
  g_assert_cmpuint (n, >, 5);

  /* Every so many, as a rescue writes much. */
  memset (content, 0x5a, 100);
  failures = 1;
  for (n = 0; failures > 0; n = n * 5 / 4 + 1)
    {
      g_autoptr(GError) error = NULL;
      Counts counts;

      save_file (f->path, content, length);
      mark_unclean (f);
      store_fault_arm (STORE_FAULT_WRITE | STORE_FAULT_SYNC, n, 1);
      f->db = store_database_open_sync (f->path, &error);
      failures = store_fault_get_count ();
      store_fault_disarm ();
      if (f->db == NULL)
        {
          g_assert_true (g_error_matches (error, STORE_ERROR, STORE_ERROR_FULL) ||
                         g_error_matches (error, STORE_ERROR, STORE_ERROR_IO));
          fixture_reopen (f);
        }
      fixture_read (f, count, &counts);
      g_assert_cmpint (counts.payloads, ==, 12);
      g_assert_cmpint (counts.drafts, ==, 6);
      g_assert_cmpint (counts.messages, ==, 480);
      fixture_close (f);
    }
  g_test_message ("rescuing: clean after %u", n);
}

/* A disk that is full for a while, switched by a file */
static void
test_full_disk (Fixture      *f,
                gconstpointer data)
{
  const char *lever = g_getenv ("ATRIUM_STORE_FAULTS");
  g_autoptr(GError) error = NULL;
  gint64 found;
  Step step = { 0, 1 };

  g_assert_true (store_database_run_sync (f->db, STORE_ACCESS_WRITE, work_step, &step, &error));
  save_file (lever, "", 0);
  for (step.number = 2; step.number < 20; step.number++)
    {
      g_assert_false (store_database_run_sync (f->db, STORE_ACCESS_WRITE, work_step, &step, &error));
      g_assert_error (error, STORE_ERROR, STORE_ERROR_FULL);
      g_clear_error (&error);
      fixture_read (f, check_pairs, &found);
      g_assert_cmpint (found, ==, 1);
    }
  g_unlink (lever);
  g_assert_true (store_database_run_sync (f->db, STORE_ACCESS_WRITE, work_step, &step, &error));
  fixture_read (f, check_pairs, &found);
  g_assert_cmpint (found, ==, 2);
}

int
main (int    argc,
      char **argv)
{
  g_autofree char *folder = g_dir_make_tmp ("atrium-fault-XXXXXX", NULL);
  g_autofree char *lever = g_build_filename (folder, "full", NULL);
  int result;

  g_setenv ("ATRIUM_STORE_FAULTS", lever, TRUE);
  store_fault_install ();
  g_test_init (&argc, &argv, NULL);
  add_test ("/store/rescue/flips", test_flips);
  add_test ("/store/rescue/first-page", test_first_page);
  add_test ("/store/rescue/cuts", test_cuts);
  add_test ("/store/rescue/logs", test_logs);
  add_test ("/store/rescue/foreign-log", test_foreign_log);
  add_test ("/store/rescue/interrupted", test_interrupted);
  add_test ("/store/fault/nth", test_nth_failure);
  add_test ("/store/fault/nth-opening", test_nth_failure_opening);
  add_test ("/store/fault/full-disk", test_full_disk);
  result = g_test_run ();
  remove_folder (folder);
  return result;
}
