/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Opening, threads, handing over, changes, two users of one file, versions. */

#include "helper.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "store/schema-private.h"
#include "store/sql-private.h"

#define BOB "bob@work.test"

static gboolean
set_a (StoreTransaction *tx,
       gpointer          data,
       GError          **error)
{
  return store_setting_set_string (tx, "a", data, error);
}

static gboolean
get_a (StoreTransaction *tx,
       gpointer          data,
       GError          **error)
{
  return store_setting_get_string (tx, "a", data, error);
}

static gboolean
set_then_fail (StoreTransaction *tx,
               gpointer          data,
               GError          **error)
{
  g_assert_true (store_setting_set_string (tx, "a", "half", error));
  g_set_error_literal (error, STORE_ERROR, STORE_ERROR_NOT_FOUND, "given up");
  return FALSE;
}

static void
assert_mode (const char *path,
             mode_t      mode)
{
  GStatBuf info;

  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmphex (info.st_mode & 0777, ==, mode);
}

static void
test_modes (Fixture      *f,
            gconstpointer data)
{
  g_autofree char *folder = g_path_get_dirname (f->path);
  g_autoptr(GDir) dir = NULL;
  const char *name;
  guint n = 0;

  fixture_write (f, set_a, (gpointer) "x");
  assert_mode (folder, 0700);
  dir = g_dir_open (folder, 0, NULL);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      assert_mode (path, 0600);
      n++;
    }
  g_assert_cmpuint (n, >=, 4);    /* database, log, shared memory, guard */
}

static void
test_transactions (Fixture      *f,
                   gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *value = NULL;

  fixture_write (f, set_a, (gpointer) "whole");
  g_assert_false (store_database_run_sync (f->db, STORE_ACCESS_WRITE, set_then_fail, NULL, &error));
  g_assert_error (error, STORE_ERROR, STORE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (store_database_run_sync (f->db, STORE_ACCESS_READ, set_a, (gpointer) "x", &error));
  g_assert_error (error, STORE_ERROR, STORE_ERROR_READ_ONLY);
  g_clear_error (&error);
  g_assert_false (store_database_read (f->db, 0, set_a, (gpointer) "x", &error));
  g_assert_error (error, STORE_ERROR, STORE_ERROR_READ_ONLY);
  g_clear_error (&error);

  g_assert_true (store_database_read (f->db, 0, get_a, &value, &error));
  g_assert_cmpstr (value, ==, "whole");
  g_clear_pointer (&value, g_free);
  fixture_close (f);
  fixture_reopen (f);
  fixture_read (f, get_a, &value);
  g_assert_cmpstr (value, ==, "whole");
  g_assert_null (store_database_get_rescue (f->db));
}

/* A step that fails spoils the transaction, even if the work looks away. */
static gboolean
work_looks_away (StoreTransaction *tx,
                 gpointer          data,
                 GError          **error)
{
  g_assert_true (store_setting_set_string (tx, "a", "half", error));
  g_assert_false (store_exec (tx, NULL, "INSERT INTO outbox (kind) VALUES ('x')", ""));
  return TRUE;
}

static void
test_failed_step (Fixture      *f,
                  gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *value = NULL;

  g_assert_false (store_database_run_sync (f->db, STORE_ACCESS_WRITE, work_looks_away, NULL, &error));
  g_assert_error (error, STORE_ERROR, STORE_ERROR_FAILED);
  fixture_read (f, get_a, &value);
  g_assert_null (value);
}

/* Asynchronous runs */

typedef struct
{
  StoreMessage *message;
  gpointer      thread;
  guint        *freed_here;
} Carried;

static void
carried_free (gpointer data)
{
  Carried *carried = data;

  g_assert_true (carried->thread == g_thread_self ());
  (*carried->freed_here)++;
  g_clear_pointer (&carried->message, store_message_unref);
  g_free (carried);
}

static gboolean
work_carry (StoreTransaction *tx,
            gpointer          data,
            GError          **error)
{
  Carried *carried = data;
  gint64 chat = ensure_chat (tx, BOB, STORE_CONVERSATION_PERSON);
  StoreMessage *message = new_message (chat, NULL, NULL, NULL, "hello", T0);

  g_assert_true (carried->thread != g_thread_self ());
  carried->message = store_message_ref (message);
  insert (tx, message, STORE_INSERTED);
  return TRUE;
}

static void
on_carried (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  g_autoptr(GError) error = NULL;
  Carried *carried = store_database_get_run_data (result);
  guint *left = data;

  g_assert_true (store_database_run_finish (STORE_DATABASE (source), result, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (carried->message->body, ==, "hello");
  g_assert_cmpint (carried->message->id, >, 0);
  (*left)--;
}

static void
test_async (Fixture      *f,
            gconstpointer data)
{
  guint left = 200, freed = 0;

  for (guint i = 0; i < 200; i++)
    {
      Carried *carried = g_new0 (Carried, 1);

      carried->thread = g_thread_self ();
      carried->freed_here = &freed;
      store_database_run_async (f->db, STORE_ACCESS_FILL, G_PRIORITY_DEFAULT, work_carry, carried, carried_free, NULL, on_carried,
                                &left);
    }
  g_assert_cmpuint (left, ==, 200);    /* never before the call has returned */
  while (left > 0 || freed < 200)
    g_main_context_iteration (NULL, TRUE);
}

typedef struct
{
  GString *order;
  char     letter;
} Letter;

static gboolean
work_letter (StoreTransaction *tx,
             gpointer          data,
             GError          **error)
{
  Letter *letter = data;

  g_string_append_c (letter->order, letter->letter);
  return TRUE;
}

typedef struct
{
  GMutex mutex;
  GCond  cond;
  gboolean go;
} Gate;

static gboolean
work_gate (StoreTransaction *tx,
           gpointer          data,
           GError          **error)
{
  Gate *gate = data;

  g_mutex_lock (&gate->mutex);
  while (!gate->go)
    g_cond_wait (&gate->cond, &gate->mutex);
  g_mutex_unlock (&gate->mutex);
  return TRUE;
}

static void
on_done (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  GError **error = data;

  if (!store_database_run_finish (STORE_DATABASE (source), result, error))
    g_assert_nonnull (*error);
  else
    g_assert_true (*error == NULL);
  *error = *error == NULL ? g_error_new_literal (STORE_ERROR, 99, "done") : *error;
}

static void
wait_for (GError **error)
{
  while (*error == NULL)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_order (Fixture      *f,
            gconstpointer data)
{
  Gate gate = { .go = FALSE };
  g_autoptr(GString) order = g_string_new (NULL);
  Letter letters[] = { { order, 'a' }, { order, 'b' }, { order, 'c' }, { order, 'd' }, { order, 'x' } };
  int priorities[] = { G_PRIORITY_LOW, G_PRIORITY_DEFAULT, G_PRIORITY_HIGH, G_PRIORITY_DEFAULT, G_PRIORITY_DEFAULT };
  g_autoptr(GError) gate_done = NULL;
  GError *errors[5] = { NULL };
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();

  g_mutex_init (&gate.mutex);
  g_cond_init (&gate.cond);
  store_database_run_async (f->db, STORE_ACCESS_READ, G_MININT, work_gate, &gate, NULL, NULL, on_done, &gate_done);
  for (guint i = 0; i < 5; i++)
    store_database_run_async (f->db, STORE_ACCESS_READ, priorities[i], work_letter, &letters[i], NULL,
                              i == 4 ? cancellable : NULL, on_done, &errors[i]);
  g_cancellable_cancel (cancellable);
  g_mutex_lock (&gate.mutex);
  gate.go = TRUE;
  g_cond_signal (&gate.cond);
  g_mutex_unlock (&gate.mutex);
  for (guint i = 0; i < 5; i++)
    wait_for (&errors[i]);
  g_assert_cmpstr (order->str, ==, "cbda");
  g_assert_error (errors[4], G_IO_ERROR, G_IO_ERROR_CANCELLED);
  for (guint i = 0; i < 5; i++)
    g_error_free (errors[i]);
  g_mutex_clear (&gate.mutex);
  g_cond_clear (&gate.cond);
}

static void
on_closed (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  GError **error = data;

  g_assert_true (store_database_close_finish (STORE_DATABASE (source), result, error));
  *error = g_error_new_literal (STORE_ERROR, 99, "done");
}

static void
test_close (Fixture      *f,
            gconstpointer data)
{
  g_autoptr(GError) first = NULL;
  g_autoptr(GError) closed = NULL;
  g_autoptr(GError) late = NULL;
  g_autoptr(GError) read = NULL;
  g_autofree char *value = NULL;

  store_database_run_async (f->db, STORE_ACCESS_WRITE, G_PRIORITY_LOW, set_a, (gpointer) "before", NULL, NULL, on_done, &first);
  store_database_close_async (f->db, on_closed, &closed);
  store_database_run_async (f->db, STORE_ACCESS_WRITE, G_PRIORITY_HIGH, set_a, (gpointer) "late", NULL, NULL, on_done, &late);
  wait_for (&first);
  wait_for (&closed);
  wait_for (&late);
  g_assert_error (first, STORE_ERROR, 99);
  g_assert_error (late, STORE_ERROR, STORE_ERROR_CLOSED);
  g_assert_false (store_database_read (f->db, 0, get_a, &value, &read));
  g_assert_error (read, STORE_ERROR, STORE_ERROR_CLOSED);
  fixture_close (f);
  fixture_reopen (f);
  fixture_read (f, get_a, &value);
  g_assert_cmpstr (value, ==, "before");
}

/* Changes */

static void
on_changed (StoreDatabase *db,
            guint          n,
            StoreChange   *changes,
            GArray        *all)
{
  g_array_append_vals (all, changes, n);
}

static gboolean
work_one_message (StoreTransaction *tx,
                  gpointer          data,
                  GError          **error)
{
  gint64 chat = ensure_chat (tx, BOB, STORE_CONVERSATION_PERSON);

  *(gint64 *) data = insert (tx, new_message (chat, BOB, NULL, NULL, "hi", T0), STORE_INSERTED);
  return TRUE;
}

static gboolean
work_many_messages (StoreTransaction *tx,
                    gpointer          data,
                    GError          **error)
{
  gint64 chat = ensure_chat (tx, BOB, STORE_CONVERSATION_PERSON);

  for (guint i = 0; i < 500; i++)
    insert (tx, new_message (chat, BOB, NULL, NULL, "hi", T0 + i), STORE_INSERTED);
  return TRUE;
}

static gboolean
has_change (GArray         *all,
            StoreChangeKind kind,
            gint64          row)
{
  for (guint i = 0; i < all->len; i++)
    if (g_array_index (all, StoreChange, i).kind == kind && g_array_index (all, StoreChange, i).row == row)
      return TRUE;
  return FALSE;
}

static void
test_changes (Fixture      *f,
              gconstpointer data)
{
  g_autoptr(GArray) all = g_array_new (FALSE, FALSE, sizeof (StoreChange));
  g_autoptr(GArray) theirs = g_array_new (FALSE, FALSE, sizeof (StoreChange));
  g_autoptr(StoreDatabase) other = NULL;
  g_autoptr(GError) error = NULL;
  gint64 id;

  g_signal_connect (f->db, "changed", G_CALLBACK (on_changed), all);
  fixture_write (f, work_one_message, &id);
  while (!has_change (all, STORE_CHANGE_MESSAGE_ADDED, id))
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (has_change (all, STORE_CHANGE_CONVERSATION, 0));
  for (guint i = 1; i < all->len; i++)
    g_assert_cmpint (g_array_index (all, StoreChange, i).sequence, ==, g_array_index (all, StoreChange, i - 1).sequence + 1);

  /* Too many to list */
  g_array_set_size (all, 0);
  fixture_write (f, work_many_messages, NULL);
  while (!has_change (all, STORE_CHANGE_HISTORY, 0))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (all->len, <, 10);

  /* Somebody else's: another connection stands for another process. */
  other = store_database_open_sync (f->path, &error);
  g_assert_no_error (error);
  g_signal_connect (other, "changed", G_CALLBACK (on_changed), theirs);
  g_array_set_size (all, 0);
  g_assert_true (store_database_run_sync (other, STORE_ACCESS_WRITE, work_one_message, &id, &error));
  while (!has_change (all, STORE_CHANGE_MESSAGE_ADDED, id) || !has_change (theirs, STORE_CHANGE_MESSAGE_ADDED, id))
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (has_change (all, STORE_CHANGE_EVERYTHING, 0));
}

/* A read that takes too long is stopped. */
static gboolean
work_endless (StoreTransaction *tx,
              gpointer          data,
              GError          **error)
{
  gint64 n;

  return store_get_int64 (tx, error, 0, &n, "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c "
                          "LIMIT 1000000000) SELECT count(*) FROM c", "");
}

static void
test_budget (Fixture      *f,
             gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *value = NULL;
  gint64 start = g_get_monotonic_time ();

  g_assert_false (store_database_read (f->db, 5000, work_endless, NULL, &error));
  g_assert_error (error, STORE_ERROR, STORE_ERROR_BUSY);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 5 * SECOND);
  g_assert_true (store_database_read (f->db, 0, get_a, &value, NULL));
}

/* Versions */

static GBytes *
read_file (const char *path)
{
  char *content;
  gsize length;

  g_assert_true (g_file_get_contents (path, &content, &length, NULL));
  return g_bytes_new_take (content, length);
}

static void
test_newer (Fixture      *f,
            gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) before = NULL;
  g_autoptr(GBytes) after = NULL;
  sqlite3 *handle;

  fixture_close (f);
  g_assert_cmpint (sqlite3_open (f->path, &handle), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (handle, "UPDATE meta SET value = '999' WHERE key = 'version'; PRAGMA user_version = 999",
                                 NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (handle);
  before = read_file (f->path);
  g_assert_null (store_database_open_sync (f->path, &error));
  g_assert_error (error, STORE_ERROR, STORE_ERROR_NEWER);
  after = read_file (f->path);
  g_assert_true (g_bytes_equal (before, after));

  /* Also when the newer program has left a log. */
  g_clear_error (&error);
  g_clear_pointer (&before, g_bytes_unref);
  g_clear_pointer (&after, g_bytes_unref);
  g_assert_cmpint (sqlite3_open (f->path, &handle), ==, SQLITE_OK);
  sqlite3_db_config (handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
  g_assert_cmpint (sqlite3_exec (handle, "CREATE TABLE later (x)", NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (handle);
  before = read_file (f->path);
  g_assert_null (store_database_open_sync (f->path, &error));
  g_assert_error (error, STORE_ERROR, STORE_ERROR_NEWER);
  after = read_file (f->path);
  g_assert_true (g_bytes_equal (before, after));
}

static gboolean
step_good (StoreConnection *connection,
           GError         **error)
{
  return store_connection_exec (connection, "CREATE TABLE good (x)", error);
}

static gboolean
step_half (StoreConnection *connection,
           GError         **error)
{
  return store_connection_exec (connection, "CREATE TABLE half (x)", error) &&
         store_connection_exec (connection, "INSERT INTO nowhere VALUES (1)", error);
}

/* A step that fails leaves the version before it, whole. */
static void
test_migration (Fixture      *f,
                gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->folder, "other.db", NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(StoreConnection) connection = store_connection_open (path, STORE_OPEN_CREATE, &error);
  guint n, version;
  const StoreMigration *real = store_schema_get_steps (&n);
  StoreMigration steps[] = { real[0], step_good, step_half };
  gint64 tables;

  g_assert_no_error (error);
  g_assert_false (store_schema_migrate (connection, steps, 3, &error));
  g_assert_error (error, STORE_ERROR, STORE_ERROR_FAILED);
  g_clear_error (&error);
  g_assert_true (store_schema_get_version (connection, &version, &error));
  g_assert_cmpuint (version, ==, 2);
  g_assert_true (store_connection_get_int64 (connection, "SELECT count(*) FROM sqlite_schema WHERE name IN ('good', 'half')", 0,
                                             &tables, &error));
  g_assert_cmpint (tables, ==, 1);
  /* An older program: refused. */
  g_assert_false (store_schema_migrate (connection, steps, 1, &error));
  g_assert_error (error, STORE_ERROR, STORE_ERROR_NEWER);
}

static gboolean
check_fixture (StoreTransaction *tx,
               gpointer          data,
               GError          **error)
{
  g_autoptr(GPtrArray) chats = store_conversation_list (tx, FALSE, 0, 10, error);
  g_autoptr(GPtrArray) outbox = store_outbox_list (tx, 10, error);
  g_autofree char *bodies = NULL;

  g_assert_cmpuint (chats->len, ==, 1);
  g_assert_cmpstr (((StoreConversation *) chats->pdata[0])->draft, ==, "a draft");
  g_assert_cmpuint (outbox->len, ==, 1);
  bodies = list_bodies (tx, ((StoreConversation *) chats->pdata[0])->id);
  g_assert_cmpstr (bodies, ==, "first 第二");
  return check_invariants (tx, NULL, error);
}

/* A file that each version wrote, brought up to date. To make the next one: see make_fixture(). */
static void
test_fixtures (Fixture      *f,
               gconstpointer data)
{
  fixture_close (f);
  for (guint version = 1; version <= STORE_SCHEMA_VERSION; version++)
    {
      g_autofree char *name = g_strdup_printf ("version-%u.db", version);
      g_autofree char *source = g_test_build_filename (G_TEST_DIST, "unit", "store", "fixtures", name, NULL);
      g_autoptr(GBytes) content = read_file (source);
      g_autoptr(GError) error = NULL;

      g_assert_true (g_file_set_contents (f->path, g_bytes_get_data (content, NULL), g_bytes_get_size (content), &error));
      fixture_reopen (f);
      g_assert_null (store_database_get_rescue (f->db));
      fixture_read (f, check_fixture, NULL);
      fixture_close (f);
    }
}

static gboolean
write_fixture (StoreTransaction *tx,
               gpointer          data,
               GError          **error)
{
  gint64 chat = ensure_chat (tx, BOB, STORE_CONVERSATION_PERSON);
  g_autoptr(StoreOutboxEntry) entry = store_outbox_entry_new ();

  insert (tx, new_message (chat, BOB, "o-1", "a-1", "first", T0), STORE_INSERTED);
  entry->message = insert (tx, new_message (chat, NULL, "o-2", NULL, "第二", T0 + SECOND), STORE_INSERTED);
  entry->kind = g_strdup ("message");
  entry->target = g_strdup (BOB);
  entry->conversation = chat;
  entry->payload = g_bytes_new_static ("payload", 7);
  return store_outbox_add (tx, entry, error) &&
         store_conversation_set_draft (tx, chat, "a draft", 0, 0, T0 + 2 * SECOND, error);
}

/* test-store-database --make-fixture FILE: writes the fixture of this version. */
static int
make_fixture (const char *path)
{
  g_autoptr(StoreDatabase) db = store_database_open_sync (path, NULL);

  return db != NULL && store_database_run_sync (db, STORE_ACCESS_WRITE, write_fixture, NULL, NULL) ? 0 : 1;
}

static void
on_open (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  g_autoptr(GError) error = NULL;
  StoreDatabase **db = data;

  *db = store_database_open_finish (result, &error);
  g_assert_no_error (error);
}

static void
on_open_failed (GObject      *source,
                GAsyncResult *result,
                gpointer      data)
{
  GError **error = data;

  g_assert_null (store_database_open_finish (result, error));
}

static void
test_open_async (Fixture      *f,
                 gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *impossible = g_build_filename (f->path, "below-a-file", "atrium.db", NULL);

  fixture_close (f);
  store_database_open_async (f->path, NULL, on_open, &f->db);
  while (f->db == NULL)
    g_main_context_iteration (NULL, TRUE);
  fixture_write (f, set_a, (gpointer) "x");

  store_database_open_async (impossible, NULL, on_open_failed, &error);
  while (error == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_error (error, STORE_ERROR, STORE_ERROR_IO);
}

int
main (int    argc,
      char **argv)
{
  if (argc == 3 && g_str_equal (argv[1], "--make-fixture"))
    return make_fixture (argv[2]);

  g_test_init (&argc, &argv, NULL);
  add_test ("/store/database/modes", test_modes);
  add_test ("/store/database/transactions", test_transactions);
  add_test ("/store/database/failed-step", test_failed_step);
  add_test ("/store/database/open-async", test_open_async);
  add_test ("/store/database/async", test_async);
  add_test ("/store/database/order", test_order);
  add_test ("/store/database/close", test_close);
  add_test ("/store/database/changes", test_changes);
  add_test ("/store/database/budget", test_budget);
  add_test ("/store/database/newer", test_newer);
  add_test ("/store/database/migration", test_migration);
  add_test ("/store/database/fixtures", test_fixtures);
  return g_test_run ();
}
