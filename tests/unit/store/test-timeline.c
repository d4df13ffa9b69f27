/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A list that follows the database edit by edit is equal to one read anew. */

#include "helper.h"

#include "store/sql-private.h"

#define BOB "bob@work.test"

typedef struct
{
  GRand         *rand;
  gint64         chat;
  guint          number;
  StoreTimeline *timeline;
  GArray        *model;     /* (element-type gint64): ids, as the edits say */
} Follow;

static gboolean
mutate (StoreTransaction *tx,
        gpointer          data,
        GError          **error)
{
  Follow *follow = data;
  guint n = g_rand_int_range (follow->rand, 1, 12);
  gint64 id = 0;

  follow->chat = ensure_chat (tx, BOB, STORE_CONVERSATION_PERSON);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *origin = g_strdup_printf ("origin-%u", follow->number);

      switch (g_rand_int_range (follow->rand, 0, 8))
        {
        case 0:     /* one goes */
          g_assert_true (store_get_int64 (tx, error, 0, &id, "SELECT id FROM message ORDER BY id LIMIT 1 OFFSET ?", "d",
                                          g_rand_int_range (follow->rand, 0, 40)));
          if (id != 0)
            g_assert_true (store_message_delete (tx, id, NULL, error));
          break;
        case 1:     /* one changes */
          g_assert_true (store_get_int64 (tx, error, 0, &id, "SELECT id FROM message WHERE state = 0 LIMIT 1 OFFSET ?", "d",
                                          g_rand_int_range (follow->rand, 0, 40)));
          if (id != 0)
            g_assert_true (store_message_set_state (tx, id, STORE_MESSAGE_SENT, NULL, error));
          break;
        case 2:     /* an old one is filled in, or one written here finds its place */
          {
            g_autoptr(GPtrArray) messages = g_ptr_array_new_with_free_func ((GDestroyNotify) store_message_unref);
            g_autofree char *archive_id = g_strdup_printf ("a%u", follow->number);
            gint64 time = T0 + g_rand_int_range (follow->rand, 0, 100000) * SECOND;
            StoreArchivePage page = { OWN, BOB, STORE_ARCHIVE_FORWARD, archive_id, archive_id, time, archive_id, time, FALSE,
                                      messages };
            g_autofree char *known = g_strdup_printf ("origin-%u", g_rand_int_range (follow->rand, 0, follow->number + 1));

            g_ptr_array_add (messages, new_message (follow->chat, NULL, known, archive_id, "x", time));
            g_assert_true (store_archive_insert_page (tx, &page, STORE_INSERT_NONE, NULL, error));
            break;
          }
        default:
          insert (tx, new_message (follow->chat, NULL, origin, NULL, "x", T0 + 200000 * SECOND + follow->number), STORE_INSERTED);
          break;
        }
      follow->number++;
    }
  return TRUE;
}

static gboolean
read_all (StoreTransaction *tx,
          gpointer          data,
          GError          **error)
{
  Follow *follow = data;
  guint n = store_timeline_get_count (follow->timeline);
  gint64 count;

  g_assert_true (store_get_int64 (tx, error, 0, &count, "SELECT count(*) FROM message", ""));
  g_assert_cmpuint (n, ==, count);
  g_array_set_size (follow->model, 0);
  for (guint position = 0; position < n;)
    {
      guint first;
      g_autoptr(GPtrArray) page = store_timeline_fetch (follow->timeline, tx, position, &first, error);

      g_assert_nonnull (page);
      g_assert_cmpuint (first, ==, position);
      g_assert_cmpuint (page->len, >, 0);
      g_assert_cmpuint (page->len, <=, STORE_TIMELINE_PAGE);
      for (guint i = 0; i < page->len; i++)
        {
          StoreMessage *message = page->pdata[i];
          guint found;

          g_array_append_val (follow->model, message->id);
          if (i % 7 == 0)
            {
              g_assert_true (store_timeline_find (follow->timeline, tx, message->order_key, &found, error));
              g_assert_cmpuint (found, ==, position + i);
            }
        }
      position += page->len;
    }
  return TRUE;
}

static gboolean
load (StoreTransaction *tx,
      gpointer          data,
      GError          **error)
{
  Follow *follow = data;

  follow->timeline = store_timeline_load (tx, follow->chat, error);
  return read_all (tx, follow, error);
}

static gboolean
follow_changes (StoreTransaction *tx,
                gpointer          data,
                GError          **error)
{
  Follow *follow = data;
  g_autoptr(GArray) before = g_array_copy (follow->model);
  g_autoptr(GArray) edits = store_timeline_update (follow->timeline, tx, error);

  g_assert_nonnull (edits);
  for (guint i = 0; i < edits->len; i++)
    {
      StoreTimelineEdit *edit = &g_array_index (edits, StoreTimelineEdit, i);
      gint64 unknown = 0;

      g_assert_cmpuint (edit->position + edit->removed, <=, before->len);
      g_array_remove_range (before, edit->position, edit->removed);
      for (guint j = 0; j < edit->added; j++)
        g_array_insert_val (before, edit->position, unknown);
    }
  g_assert_true (read_all (tx, follow, error));
  g_assert_cmpuint (before->len, ==, follow->model->len);
  for (guint i = 0; i < before->len; i++)
    if (g_array_index (before, gint64, i) != 0)
      g_assert_cmpint (g_array_index (before, gint64, i), ==, g_array_index (follow->model, gint64, i));
  return TRUE;
}

static void
test_follow (Fixture      *f,
             gconstpointer data)
{
  guint32 seed = g_test_rand_int ();
  g_autoptr(GRand) rand = g_rand_new_with_seed (seed);
  Follow follow = { .rand = rand, .model = g_array_new (FALSE, FALSE, sizeof (gint64)) };

  g_test_message ("seed %u", seed);
  for (guint i = 0; i < 60; i++)
    fixture_write (f, mutate, &follow);
  fixture_read (f, load, &follow);
  for (guint i = 0; i < 150; i++)
    {
      fixture_write (f, mutate, &follow);
      if (i % 3 == 0)
        continue;      /* several at once */
      fixture_read (f, follow_changes, &follow);
    }
  fixture_read (f, check_invariants, NULL);
  store_timeline_free (follow.timeline);
  g_array_unref (follow.model);
}

/* Thousands, before, after and in between, so that blocks are split, emptied and joined. */
static gboolean
work_blocks (StoreTransaction *tx,
             gpointer          data,
             GError          **error)
{
  GRand *rand = data;
  gint64 chat = ensure_chat (tx, BOB, STORE_CONVERSATION_PERSON);
  g_autoptr(GPtrArray) messages = g_ptr_array_new_with_free_func ((GDestroyNotify) store_message_unref);
  guint position;
  gint64 key;
  Follow follow = { .rand = rand, .chat = chat, .model = g_array_new (FALSE, FALSE, sizeof (gint64)) };

  for (guint i = 0; i < 1500; i++)
    {
      g_autofree char *id = g_strdup_printf ("a%u", i);
      /* Three at a time at one random place: all over what is there */
      gint64 time = T0 + g_rand_int_range (rand, 0, 3000) * SECOND;
      StoreArchivePage page = { OWN, BOB, STORE_ARCHIVE_FORWARD, id, id, time, id, time, FALSE, messages };

      g_ptr_array_set_size (messages, 0);
      g_ptr_array_add (messages, new_message (chat, BOB, NULL, id, "x", time));
      g_assert_true (store_archive_insert_page (tx, &page, STORE_INSERT_NONE, NULL, error));
    }
  g_assert_true (check_invariants (tx, NULL, error));
  g_assert_true (load (tx, &follow, error));
  g_assert_true (store_get_int64 (tx, error, 0, &key, "SELECT order_key FROM message ORDER BY order_key LIMIT 1 OFFSET 1234", ""));
  g_assert_true (store_timeline_find (follow.timeline, tx, key, &position, error));
  g_assert_cmpuint (position, ==, 1234);
  g_assert_true (store_timeline_find_unread (follow.timeline, tx, &position, error));
  g_assert_cmpuint (position, ==, 0);
  store_timeline_free (follow.timeline);
  g_array_unref (follow.model);

  for (guint i = 0; i < 1400; i++)
    {
      gint64 id;

      g_assert_true (store_get_int64 (tx, error, 0, &id, "SELECT id FROM message ORDER BY order_key LIMIT 1 OFFSET ?", "d",
                                      i % 2 == 0 ? 0 : g_rand_int_range (rand, 0, 1500 - (gint) i)));
      g_assert_true (store_message_delete (tx, id, NULL, error));
    }
  return check_invariants (tx, NULL, error);
}

static void
test_blocks (Fixture      *f,
             gconstpointer data)
{
  guint32 seed = g_test_rand_int ();
  g_autoptr(GRand) rand = g_rand_new_with_seed (seed);

  g_test_message ("seed %u", seed);
  fixture_write (f, work_blocks, rand);
}

/* A look at positions that no longer hold is refused. */
static gboolean
work_stale (StoreTransaction *tx,
            gpointer          data,
            GError          **error)
{
  gint64 chat = ensure_chat (tx, BOB, STORE_CONVERSATION_PERSON);
  g_autoptr(StoreTimeline) timeline = data;
  g_autoptr(GArray) edits = NULL;
  g_autoptr(GPtrArray) page = NULL;
  g_autoptr(GError) local = NULL;
  guint first;

  g_assert_cmpuint (store_timeline_get_count (timeline), ==, 1);
  g_assert_null (store_timeline_fetch (timeline, tx, 0, &first, &local));
  g_assert_error (local, STORE_ERROR, STORE_ERROR_BUSY);
  edits = store_timeline_update (timeline, tx, error);
  g_assert_cmpuint (edits->len, ==, 1);
  page = store_timeline_fetch (timeline, tx, 1, &first, error);
  g_assert_cmpuint (page->len, ==, 2);
  return chat > 0;
}

static gboolean
work_load_one (StoreTransaction *tx,
               gpointer          data,
               GError          **error)
{
  *(StoreTimeline **) data = store_timeline_load (tx, ensure_chat (tx, BOB, STORE_CONVERSATION_PERSON), error);
  return TRUE;
}

static gboolean
work_add_one (StoreTransaction *tx,
              gpointer          data,
              GError          **error)
{
  insert (tx, new_message (ensure_chat (tx, BOB, STORE_CONVERSATION_PERSON), NULL, data, NULL, "x", T0), STORE_INSERTED);
  return TRUE;
}

static void
test_stale (Fixture      *f,
            gconstpointer data)
{
  StoreTimeline *timeline;

  fixture_write (f, work_add_one, (gpointer) "o-1");
  fixture_read (f, work_load_one, &timeline);
  fixture_write (f, work_add_one, (gpointer) "o-2");
  fixture_read (f, work_stale, timeline);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_test ("/store/timeline/follow", test_follow);
  add_test ("/store/timeline/blocks", test_blocks);
  add_test ("/store/timeline/stale", test_stale);
  return g_test_run ();
}
