/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Chat list, outbox, jobs, rooms, settings. */

#include "helper.h"

#include <string.h>

#define BOB "bob@work.test"

static gboolean
work_chats (StoreTransaction *tx,
            gpointer          data,
            GError          **error)
{
  gint64 ids[6];
  g_autoptr(GPtrArray) list = NULL;
  g_autoptr(GPtrArray) archived = NULL;
  g_autoptr(StoreConversation) found = NULL;
  g_autoptr(GError) local = NULL;
  guint count;
  static const guint order[] = { 4, 1, 3, 2, 0 };

  for (guint i = 0; i < 6; i++)
    {
      g_autofree char *address = g_strdup_printf ("p%u@work.test", i);

      ids[i] = ensure_chat (tx, address, i == 2 ? STORE_CONVERSATION_ROOM : STORE_CONVERSATION_PERSON);
      g_assert_cmpint (ensure_chat (tx, address, STORE_CONVERSATION_PERSON), ==, ids[i]);
      insert (tx, new_message (ids[i], NULL, NULL, NULL, "x", T0 + i * SECOND), STORE_INSERTED);
    }
  g_assert_true (store_conversation_set_pin_order (tx, ids[4], 1, error));
  g_assert_true (store_conversation_set_pin_order (tx, ids[1], 2, error));
  g_assert_true (store_conversation_set_archived (tx, ids[5], TRUE, error));
  g_assert_true (store_conversation_set_notify (tx, ids[2], STORE_NOTIFY_MENTIONS, error));
  g_assert_true (store_conversation_set_name (tx, ids[2], "Team", error));
  list = store_conversation_list (tx, FALSE, 0, 100, error);
  g_assert_cmpuint (list->len, ==, G_N_ELEMENTS (order));
  for (guint i = 0; i < list->len; i++)
    g_assert_cmpint (((StoreConversation *) list->pdata[i])->id, ==, ids[order[i]]);
  archived = store_conversation_list (tx, TRUE, 0, 100, error);
  g_assert_cmpuint (archived->len, ==, 1);
  g_assert_true (store_conversation_count (tx, FALSE, &count, error));
  g_assert_cmpuint (count, ==, 5);

  /* A draft brings its chat up, and its end takes it back. */
  g_assert_true (store_conversation_set_draft (tx, ids[0], "to do", 7, 0, T0 + 100 * SECOND, error));
  g_clear_pointer (&list, g_ptr_array_unref);
  list = store_conversation_list (tx, FALSE, 2, 1, error);
  g_assert_cmpint (((StoreConversation *) list->pdata[0])->id, ==, ids[0]);
  g_assert_cmpstr (((StoreConversation *) list->pdata[0])->draft, ==, "to do");
  g_assert_cmpint (((StoreConversation *) list->pdata[0])->draft_reply, ==, 7);
  g_assert_true (store_conversation_set_draft (tx, ids[0], "", 0, 0, 0, error));
  g_clear_pointer (&list, g_ptr_array_unref);
  list = store_conversation_list (tx, FALSE, 4, 1, error);
  g_assert_cmpint (((StoreConversation *) list->pdata[0])->id, ==, ids[0]);

  found = store_conversation_find (tx, "p2@work.test", error);
  g_assert_cmpint (found->kind, ==, STORE_CONVERSATION_ROOM);
  g_assert_cmpstr (found->name, ==, "Team");
  g_assert_null (store_conversation_find (tx, "nobody@work.test", &local));
  g_assert_error (local, STORE_ERROR, STORE_ERROR_NOT_FOUND);
  g_clear_error (&local);
  g_assert_false (store_conversation_set_name (tx, 12345, "x", &local));
  g_assert_error (local, STORE_ERROR, STORE_ERROR_NOT_FOUND);
  return check_invariants (tx, NULL, error);
}

static void
test_chats (Fixture      *f,
            gconstpointer data)
{
  fixture_write (f, work_chats, NULL);
}

static gint64
queue (StoreTransaction *tx,
       const char       *target)
{
  g_autoptr(StoreOutboxEntry) entry = store_outbox_entry_new ();
  g_autoptr(GError) error = NULL;

  entry->kind = g_strdup ("message");
  entry->target = g_strdup (target);
  entry->payload = g_bytes_new_static ("<x/>", 4);
  store_outbox_add (tx, entry, &error);
  g_assert_no_error (error);
  return entry->id;
}

static char *
list_ready (StoreTransaction *tx,
            gint64            now,
            guint             pipeline,
            gint64           *next)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) ready = store_outbox_list_ready (tx, now, pipeline, 100, next, &error);
  GString *ids = g_string_new (NULL);

  g_assert_no_error (error);
  for (guint i = 0; i < ready->len; i++)
    g_string_append_printf (ids, "%s%" G_GINT64_FORMAT, i > 0 ? " " : "", ((StoreOutboxEntry *) ready->pdata[i])->id);
  return g_string_free (ids, FALSE);
}

#define assert_ready(tx, now, pipeline, expected) \
  G_STMT_START { \
    g_autofree char *ready_ = list_ready (tx, now, pipeline, &next); \
    g_assert_cmpstr (ready_, ==, expected); \
  } G_STMT_END

static gboolean
work_outbox (StoreTransaction *tx,
             gpointer          data,
             GError          **error)
{
  gint64 next;
  g_autoptr(StoreOutboxEntry) entry = NULL;
  g_autoptr(GError) local = NULL;
  guint count;

  queue (tx, "a@work.test");   /* 1 */
  queue (tx, "a@work.test");   /* 2 */
  queue (tx, "b@work.test");   /* 3 */
  queue (tx, "a@work.test");   /* 4 */
  assert_ready (tx, T0, 1, "1 3");
  assert_ready (tx, T0, 2, "1 2 3");
  g_assert_cmpint (next, ==, G_MAXINT64);

  g_assert_true (store_outbox_set_sending (tx, 1, error));
  assert_ready (tx, T0, 1, "3");
  assert_ready (tx, T0, 2, "2 3");
  /* To be tried later: nothing of its lane overtakes it. */
  g_assert_true (store_outbox_set_waiting (tx, 1, T0 + SECOND, "no answer", error));
  assert_ready (tx, T0, 2, "3");
  g_assert_cmpint (next, ==, T0 + SECOND);
  assert_ready (tx, T0 + SECOND, 2, "1 2 3");
  /* Given up: the others go on. */
  g_assert_true (store_outbox_set_failed (tx, 1, "forbidden", error));
  assert_ready (tx, T0, 1, "2 3");
  entry = store_outbox_load (tx, 1, error);
  g_assert_cmpint (entry->state, ==, STORE_OUTBOX_FAILED);
  g_assert_cmpuint (entry->tries, ==, 1);
  g_assert_cmpstr (entry->error, ==, "forbidden");
  g_assert_cmpuint (g_bytes_get_size (entry->payload), ==, 4);

  g_assert_true (store_outbox_set_sending (tx, 2, error));
  g_assert_true (store_outbox_reset_sending (tx, error));
  assert_ready (tx, T0, 1, "2 3");
  g_assert_true (store_outbox_remove (tx, 4, error));
  g_assert_false (store_outbox_remove (tx, 4, &local));
  g_assert_error (local, STORE_ERROR, STORE_ERROR_NOT_FOUND);
  /* Its number is not given again. */
  g_assert_cmpint (queue (tx, "a@work.test"), ==, 5);
  g_assert_true (store_outbox_count (tx, &count, error));
  g_assert_cmpuint (count, ==, 4);
  return TRUE;
}

static void
test_outbox (Fixture      *f,
             gconstpointer data)
{
  fixture_write (f, work_outbox, NULL);
}

static gboolean
work_jobs (StoreTransaction *tx,
           gpointer          data,
           GError          **error)
{
  g_autoptr(StoreJob) job = store_job_new ();
  g_autoptr(StoreJob) got = NULL;
  g_autoptr(GPtrArray) list = NULL;
  g_autoptr(GError) local = NULL;

  job->kind = g_strdup ("upload");
  job->source = g_strdup ("/home/alice/a.png");
  job->total = 100;
  g_assert_true (store_job_add (tx, job, error));
  g_assert_true (store_job_set_offset (tx, job->id, 50, error));
  got = store_job_load (tx, job->id, error);
  g_assert_cmpint (got->offset, ==, 50);
  g_assert_cmpint (got->total, ==, 100);
  got->state = STORE_JOB_FAILED;
  got->error = g_strdup ("too big");
  g_assert_true (store_job_update (tx, got, error));
  got->offset = 101;
  g_assert_false (store_job_update (tx, got, &local));
  g_assert_error (local, STORE_ERROR, STORE_ERROR_INVALID);
  list = store_job_list (tx, error);
  g_assert_cmpuint (list->len, ==, 1);
  g_assert_cmpstr (((StoreJob *) list->pdata[0])->error, ==, "too big");
  return store_job_remove (tx, job->id, error);
}

static void
test_jobs (Fixture      *f,
           gconstpointer data)
{
  fixture_write (f, work_jobs, NULL);
}

static gboolean
work_rooms (StoreTransaction *tx,
            gpointer          data,
            GError          **error)
{
  g_autoptr(StoreRoom) room = store_room_new ("team@rooms.work.test");
  g_autoptr(StoreRoom) got = NULL;
  g_autoptr(GPtrArray) members = g_ptr_array_new_with_free_func ((GDestroyNotify) store_member_free);
  g_autoptr(GPtrArray) list = NULL;
  g_autoptr(StoreMember) gone = store_member_new ("m3@work.test", NULL, STORE_AFFILIATION_NONE);
  g_autoptr(GBytes) picture = g_bytes_new_static ("png", 3);
  g_autoptr(GBytes) loaded = NULL;
  g_autoptr(GError) local = NULL;
  g_autofree char *type = NULL;

  room->name = g_strdup ("Team");
  room->autojoin = room->bookmarked = TRUE;
  room->avatar = g_strdup ("sha");
  g_assert_true (store_room_save (tx, room, error));
  got = store_room_load (tx, room->address, error);
  g_assert_true (got->autojoin);
  g_assert_cmpstr (got->name, ==, "Team");
  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *address = g_strdup_printf ("m%u@work.test", i);

      g_ptr_array_add (members, store_member_new (address, "nick", i == 999 ? STORE_AFFILIATION_OWNER : STORE_AFFILIATION_MEMBER));
    }
  g_assert_true (store_room_set_members (tx, room->address, members, error));
  g_assert_true (store_room_set_member (tx, room->address, gone, error));
  list = store_room_list_members (tx, room->address, error);
  g_assert_cmpuint (list->len, ==, 999);
  g_assert_cmpint (((StoreMember *) list->pdata[0])->affiliation, ==, STORE_AFFILIATION_OWNER);

  g_assert_true (store_avatar_save (tx, "sha", "image/png", picture, error));
  g_assert_true (store_avatar_save (tx, "unused", "image/png", picture, error));
  g_assert_true (store_avatar_collect (tx, error));
  loaded = store_avatar_load (tx, "sha", &type, error);
  g_assert_true (g_bytes_equal (loaded, picture));
  g_assert_cmpstr (type, ==, "image/png");
  g_assert_null (store_avatar_load (tx, "unused", NULL, &local));
  g_assert_error (local, STORE_ERROR, STORE_ERROR_NOT_FOUND);
  return store_room_delete (tx, room->address, error);
}

static void
test_rooms (Fixture      *f,
            gconstpointer data)
{
  fixture_write (f, work_rooms, NULL);
}

static gboolean
work_settings (StoreTransaction *tx,
               gpointer          data,
               GError          **error)
{
  g_autoptr(GBytes) bytes = g_bytes_new_static ("\0\1\2", 3);
  g_autoptr(GBytes) empty = g_bytes_new (NULL, 0);
  g_autoptr(GBytes) got = NULL;
  g_autoptr(GHashTable) all = NULL;
  g_autoptr(GHashTable) caps = NULL;
  g_autofree char *text = NULL;
  g_autofree char *cursor = NULL;
  g_autofree char *over = g_strnfill (2000, 'k');
  g_autoptr(GError) local = NULL;

  g_assert_true (store_setting_set (tx, "account.x", bytes, error));
  g_assert_true (store_setting_set (tx, "account.empty", empty, error));
  g_assert_true (store_setting_set_string (tx, "other", "中文", error));
  g_assert_true (store_setting_get (tx, "account.x", &got, error));
  g_assert_true (g_bytes_equal (got, bytes));
  g_assert_true (store_setting_get_string (tx, "other", &text, error));
  g_assert_cmpstr (text, ==, "中文");
  all = store_setting_list (tx, "account.", error);
  g_assert_cmpuint (g_hash_table_size (all), ==, 2);
  g_assert_true (store_setting_set (tx, "account.x", NULL, error));
  g_clear_pointer (&got, g_bytes_unref);
  g_assert_true (store_setting_get (tx, "account.x", &got, error));
  g_assert_null (got);
  g_assert_false (store_setting_set_string (tx, over, "x", &local));
  g_assert_error (local, STORE_ERROR, STORE_ERROR_INVALID);

  g_assert_true (store_cursor_set (tx, "roster", "v1", error));
  g_assert_true (store_cursor_get (tx, "roster", &cursor, error));
  g_assert_cmpstr (cursor, ==, "v1");
  g_assert_true (store_session_set (tx, OWN, bytes, error));
  g_assert_true (store_session_get (tx, OWN, &got, error));
  g_assert_true (g_bytes_equal (got, bytes));

  for (guint i = 0; i < 2010; i++)
    {
      g_autofree char *hash = g_strdup_printf ("hash-%u", i);

      g_assert_true (store_caps_set (tx, hash, bytes, i, error));
    }
  caps = store_caps_list (tx, error);
  g_assert_cmpuint (g_hash_table_size (caps), ==, 2000);
  g_assert_false (g_hash_table_contains (caps, "hash-0"));
  g_assert_true (g_hash_table_contains (caps, "hash-2009"));
  return TRUE;
}

static void
test_settings (Fixture      *f,
               gconstpointer data)
{
  fixture_write (f, work_settings, NULL);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_test ("/store/records/chats", test_chats);
  add_test ("/store/records/outbox", test_outbox);
  add_test ("/store/records/jobs", test_jobs);
  add_test ("/store/records/rooms", test_rooms);
  add_test ("/store/records/settings", test_settings);
  return g_test_run ();
}
