/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "helper.h"

#include <glib/gstdio.h>

#include "store/sql-private.h"

void
remove_folder (const char *path)
{
  g_autoptr(GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (g_file_test (child, G_FILE_TEST_IS_DIR) && !g_file_test (child, G_FILE_TEST_IS_SYMLINK))
        remove_folder (child);
      else
        g_unlink (child);
    }
  g_rmdir (path);
}

void
fixture_reopen (Fixture *self)
{
  g_autoptr(GError) error = NULL;

  self->db = store_database_open_sync (self->path, &error);
  g_assert_no_error (error);
  g_assert_nonnull (self->db);
}

void
fixture_close (Fixture *self)
{
  /* Changes that nobody has heard of hold no reference, so this is the last one. */
  g_assert_finalize_object (self->db);
  self->db = NULL;
}

void
fixture_set_up (Fixture      *self,
                gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  self->folder = g_dir_make_tmp ("atrium-store-XXXXXX", &error);
  g_assert_no_error (error);
  self->path = g_build_filename (self->folder, "profile", "atrium.db", NULL);
  fixture_reopen (self);
}

void
fixture_tear_down (Fixture      *self,
                   gconstpointer data)
{
  if (self->db != NULL)
    fixture_close (self);
  remove_folder (self->folder);
  g_free (self->folder);
  g_free (self->path);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

void
fixture_write (Fixture  *self,
               StoreWork work,
               gpointer  data)
{
  g_autoptr(GError) error = NULL;
  gboolean ok = store_database_run_sync (self->db, STORE_ACCESS_WRITE, work, data, &error);

  g_assert_no_error (error);
  g_assert_true (ok);
}

void
fixture_read (Fixture  *self,
              StoreWork work,
              gpointer  data)
{
  g_autoptr(GError) error = NULL;
  gboolean ok = store_database_run_sync (self->db, STORE_ACCESS_READ, work, data, &error);

  g_assert_no_error (error);
  g_assert_true (ok);
}

gint64
ensure_chat (StoreTransaction      *tx,
             const char            *address,
             StoreConversationKind  kind)
{
  g_autoptr(GError) error = NULL;
  gint64 id = 0;

  store_conversation_ensure (tx, address, kind, &id, &error);
  g_assert_no_error (error);
  g_assert_cmpint (id, >, 0);
  return id;
}

StoreMessage *
new_message (gint64      conversation,
             const char *sender,
             const char *origin,
             const char *archive_id,
             const char *body,
             gint64      time)
{
  StoreMessage *message = store_message_new ();

  message->conversation = conversation;
  message->direction = sender == NULL ? STORE_DIRECTION_OUT : STORE_DIRECTION_IN;
  message->sender = g_strdup (sender == NULL ? OWN : sender);
  message->origin_id = g_strdup (origin);
  message->message_id = g_strdup (origin);
  message->archive = archive_id != NULL ? g_strdup (OWN) : NULL;
  message->archive_id = g_strdup (archive_id);
  message->body = g_strdup (body);
  message->time = time;
  message->state = sender == NULL ? STORE_MESSAGE_QUEUED : STORE_MESSAGE_SENT;
  return message;
}

gint64
insert (StoreTransaction  *tx,
        StoreMessage      *message,
        StoreInsertOutcome outcome)
{
  g_autoptr(GError) error = NULL;
  StoreInsertOutcome got;
  gboolean ok = store_message_insert (tx, message, STORE_INSERT_NONE, &got, &error);
  gint64 id;

  g_assert_no_error (error);
  g_assert_true (ok);
  g_assert_cmpint (got, ==, outcome);
  id = message->id;
  store_message_unref (message);
  return id;
}

char *
list_bodies (StoreTransaction *tx,
             gint64            conversation)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) list = store_message_list_before (tx, conversation, G_MAXINT64, 500, &error);
  GString *joined = g_string_new (NULL);

  g_assert_no_error (error);
  for (guint i = 0; i < list->len; i++)
    g_string_append_printf (joined, "%s%s", i > 0 ? " " : "", ((StoreMessage *) list->pdata[i])->body);
  return g_string_free (joined, FALSE);
}

static void
assert_none (StoreTransaction *tx,
             const char       *sql)
{
  g_autoptr(GError) error = NULL;
  gint64 count;

  store_get_int64 (tx, &error, 0, &count, sql, "");
  g_assert_no_error (error);
  if (count != 0)
    g_error ("%" G_GINT64_FORMAT " rows break: %s", count, sql);
}

gboolean
check_invariants (StoreTransaction *tx,
                  gpointer          data,
                  GError          **error)
{
  /* Blocks: the sum is the count, each counts its stretch, the first begins at the beginning. */
  assert_none (tx, "SELECT count(*) FROM conversation c WHERE (SELECT coalesce(sum(count), 0) FROM block b "
                   "WHERE b.conversation = c.id) <> (SELECT count(*) FROM message m WHERE m.conversation = c.id)");
  assert_none (tx, "SELECT count(*) FROM block b WHERE count <> (SELECT count(*) FROM message m WHERE m.conversation = b.conversation "
                   "AND m.order_key >= b.first_key AND m.order_key < coalesce((SELECT min(first_key) FROM block n "
                   "WHERE n.conversation = b.conversation AND n.first_key > b.first_key), 9223372036854775807))");
  assert_none (tx, "SELECT count(*) FROM block WHERE count > 512");
  assert_none (tx, "SELECT count(*) FROM (SELECT min(first_key) AS f FROM block GROUP BY conversation) "
                   "WHERE f <> -9223372036854775808");
  /* Identity */
  assert_none (tx, "SELECT count(*) FROM (SELECT 1 FROM message WHERE origin_id IS NOT NULL "
                   "GROUP BY conversation, author, origin_id HAVING count(*) > 1)");
  assert_none (tx, "SELECT count(*) FROM (SELECT 1 FROM message WHERE archive_id IS NOT NULL "
                   "GROUP BY archive, archive_id HAVING count(*) > 1)");
  /* What the chat list shows */
  assert_none (tx, "SELECT count(*) FROM conversation c WHERE unread <> (SELECT min(count(*), 1000) FROM message m "
                   "WHERE m.conversation = c.id AND m.order_key > c.read_key AND m.weight > 0)");
  assert_none (tx, "SELECT count(*) FROM conversation c WHERE last_message <> coalesce((SELECT id FROM message m "
                   "WHERE m.conversation = c.id ORDER BY order_key DESC LIMIT 1), 0)");
  assert_none (tx, "SELECT count(*) FROM message m WHERE files <> (SELECT count(*) FROM file f WHERE f.message = m.id)");
  assert_none (tx, "SELECT count(*) FROM pragma_foreign_key_check");
  /* Every conversation and message is in the index once, under its facets. */
  assert_none (tx, "SELECT count(*) FROM conversation c WHERE (SELECT count(*) FROM message m WHERE m.conversation = c.id) <> "
                   "(SELECT count(*) FROM message_index WHERE message_index MATCH 'facets : c' || c.id) "
                   "AND NOT EXISTS (SELECT 1 FROM meta WHERE key = 'index_floor' AND CAST(value AS INTEGER) > 0)");
  return TRUE;
}
