/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Segments, gaps, and the order that the archive gives. */

#include "helper.h"

#include <stdlib.h>
#include <string.h>

#include "store/place-private.h"
#include "store/sql-private.h"

#define BOB "bob@work.test"

/* The archive of the tests: its n-th message is "n", sent at T0 + n seconds by Bob or, odd ones, by us. */
static StoreMessage *
archived (gint64 chat,
          guint  n)
{
  g_autofree char *origin = g_strdup_printf ("origin-%u", n);
  g_autofree char *id = g_strdup_printf ("a%u", n);
  g_autofree char *body = g_strdup_printf ("%u", n);

  return new_message (chat, n % 2 == 1 ? NULL : BOB, origin, id, body, T0 + n * SECOND);
}

static guint
page (StoreTransaction      *tx,
      gint64                 chat,
      StoreArchiveDirection  direction,
      const char            *scope,
      int                    anchor,
      guint                  first,
      guint                  last,
      gboolean               complete)
{
  g_autoptr(GPtrArray) messages = g_ptr_array_new_with_free_func ((GDestroyNotify) store_message_unref);
  g_autofree char *first_id = g_strdup_printf ("a%u", first);
  g_autofree char *last_id = g_strdup_printf ("a%u", last);
  g_autofree char *anchor_id = anchor >= 0 ? g_strdup_printf ("a%d", anchor) : NULL;
  StoreArchivePage got = { OWN, scope, direction, anchor_id, first_id, T0 + first * SECOND, last_id, T0 + last * SECOND, complete,
                           messages };
  g_autoptr(GError) error = NULL;
  guint added = 0;

  for (guint n = first; n <= last; n++)
    g_ptr_array_add (messages, archived (chat, n));
  store_archive_insert_page (tx, &got, STORE_INSERT_NONE, &added, &error);
  g_assert_no_error (error);
  return added;
}

static void
live (StoreTransaction  *tx,
      gint64             chat,
      guint              n,
      StoreInsertOutcome outcome)
{
  StoreMessage *message = archived (chat, n);

  /* This computer's clock is a year behind. */
  message->time -= 365 * 86400 * SECOND;
  insert (tx, message, outcome);
}

/* "11>3 0" : gaps from the newest to the oldest: begins below 11, ends above 3; then below 0 to the beginning. */
static char *
list_gaps (StoreTransaction *tx,
           const char       *address)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) gaps = store_archive_list_gaps (tx, OWN, address, &error);
  GString *text = g_string_new (NULL);

  g_assert_no_error (error);
  for (guint i = 0; i < gaps->len; i++)
    {
      StoreArchiveGap *gap = gaps->pdata[i];

      g_string_append_printf (text, "%s%s", i > 0 ? " " : "", gap->before_id != NULL ? gap->before_id : "end");
      if (gap->after_id != NULL)
        g_string_append_printf (text, ">%s", gap->after_id);
    }
  return g_string_free (text, FALSE);
}

#define assert_gaps(tx, expected) \
  G_STMT_START { \
    g_autofree char *gaps_ = list_gaps (tx, BOB); \
    g_assert_cmpstr (gaps_, ==, expected); \
  } G_STMT_END

#define assert_bodies(tx, chat, expected) \
  G_STMT_START { \
    g_autofree char *bodies_ = list_bodies (tx, chat); \
    g_assert_cmpstr (bodies_, ==, expected); \
  } G_STMT_END

static gboolean
work_catch_up (StoreTransaction *tx,
               gpointer          data,
               GError          **error)
{
  gint64 chat = ensure_chat (tx, BOB, STORE_CONVERSATION_PERSON);
  g_autofree char *newest = NULL;

  assert_gaps (tx, "end");
  g_assert_true (store_archive_get_newest (tx, OWN, &newest, NULL, error));
  g_assert_null (newest);

  /* First start: the newest page, then live */
  g_assert_cmpuint (page (tx, chat, STORE_ARCHIVE_BACKWARD, "", -1, 10, 13, FALSE), ==, 4);
  assert_gaps (tx, "a10");
  live (tx, chat, 14, STORE_INSERTED);
  live (tx, chat, 15, STORE_INSERTED);
  assert_gaps (tx, "a10");

  /* Reading back: messages fall before. */
  g_assert_cmpuint (page (tx, chat, STORE_ARCHIVE_BACKWARD, "", 10, 7, 9, FALSE), ==, 3);
  assert_gaps (tx, "a7");
  assert_bodies (tx, chat, "7 8 9 10 11 12 13 14 15");

  /* Away, and back: live first, then what was missed */
  g_assert_true (store_archive_end_live (tx, NULL, error));
  g_assert_true (store_archive_get_newest (tx, OWN, &newest, NULL, error));
  g_assert_cmpstr (newest, ==, "a15");
  live (tx, chat, 20, STORE_INSERTED);
  live (tx, chat, 21, STORE_INSERTED);
  g_assert_cmpuint (page (tx, chat, STORE_ARCHIVE_FORWARD, "", 15, 16, 17, FALSE), ==, 2);
  assert_bodies (tx, chat, "7 8 9 10 11 12 13 14 15 16 17 20 21");
  g_assert_cmpuint (page (tx, chat, STORE_ARCHIVE_FORWARD, "", 17, 18, 21, TRUE), ==, 2);
  assert_bodies (tx, chat, "7 8 9 10 11 12 13 14 15 16 17 18 19 20 21");
  assert_gaps (tx, "a7");
  live (tx, chat, 22, STORE_INSERTED);

  /* To the beginning */
  g_assert_cmpuint (page (tx, chat, STORE_ARCHIVE_BACKWARD, "", 7, 0, 6, TRUE), ==, 7);
  assert_gaps (tx, "");
  assert_bodies (tx, chat, "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22");
  {
    gint64 segments;

    g_assert_true (store_get_int64 (tx, error, 0, &segments, "SELECT count(*) FROM segment", ""));
    g_assert_cmpint (segments, ==, 1);
  }
  return check_invariants (tx, NULL, error);
}

static void
test_catch_up (Fixture      *f,
               gconstpointer data)
{
  fixture_write (f, work_catch_up, NULL);
}

/* A long absence leaves a gap that is filled later, from above, until it meets what is here. */
static gboolean
work_gap (StoreTransaction *tx,
          gpointer          data,
          GError          **error)
{
  gint64 chat = ensure_chat (tx, BOB, STORE_CONVERSATION_PERSON);

  page (tx, chat, STORE_ARCHIVE_FORWARD, "", -1, 0, 3, FALSE);
  g_assert_true (store_archive_end_live (tx, NULL, error));
  page (tx, chat, STORE_ARCHIVE_BACKWARD, "", -1, 18, 20, FALSE);
  assert_gaps (tx, "a18>a3");
  assert_bodies (tx, chat, "0 1 2 3 18 19 20");
  page (tx, chat, STORE_ARCHIVE_BACKWARD, "", 18, 10, 17, FALSE);
  assert_gaps (tx, "a10>a3");
  page (tx, chat, STORE_ARCHIVE_BACKWARD, "", 10, 2, 9, FALSE);
  assert_gaps (tx, "");
  assert_bodies (tx, chat, "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20");

  /* The same archive asked about one person only counts for that person. */
  g_assert_true (store_archive_forget (tx, OWN, error));
  assert_gaps (tx, "end");
  g_assert_cmpuint (page (tx, chat, STORE_ARCHIVE_BACKWARD, BOB, -1, 5, 20, FALSE), ==, 0);
  assert_gaps (tx, "a5");
  {
    g_autofree char *other = list_gaps (tx, "carol@work.test");

    g_assert_cmpstr (other, ==, "end");
  }
  assert_bodies (tx, chat, "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20");
  return check_invariants (tx, NULL, error);
}

static void
test_gap (Fixture      *f,
          gconstpointer data)
{
  fixture_write (f, work_gap, NULL);
}

/* What was written here while offline stands where it was written until the archive says otherwise. */
static gboolean
work_order (StoreTransaction *tx,
            gpointer          data,
            GError          **error)
{
  gint64 chat = ensure_chat (tx, BOB, STORE_CONVERSATION_PERSON);
  StoreMessage *message;

  page (tx, chat, STORE_ARCHIVE_FORWARD, "", -1, 0, 1, TRUE);
  /* Written offline: the archive has it as number 5, after 2, 3 and 4. */
  message = new_message (chat, NULL, "origin-5", NULL, "5", T0 + 2 * SECOND);
  insert (tx, message, STORE_INSERTED);
  g_assert_true (store_archive_end_live (tx, NULL, error));
  assert_bodies (tx, chat, "0 1 5");
  page (tx, chat, STORE_ARCHIVE_FORWARD, "", 1, 2, 6, TRUE);
  assert_bodies (tx, chat, "0 1 2 3 4 5 6");

  /* In a live room: own 9 was written before 8 came, and comes back after it. */
  message = new_message (chat, NULL, "origin-9", NULL, "9", T0 + 7 * SECOND);
  insert (tx, message, STORE_INSERTED);
  message = new_message (chat, NULL, "origin-11", NULL, "11", T0 + 7 * SECOND);
  insert (tx, message, STORE_INSERTED);
  insert (tx, archived (chat, 8), STORE_INSERTED);
  assert_bodies (tx, chat, "0 1 2 3 4 5 6 9 11 8");
  insert (tx, archived (chat, 9), STORE_MERGED);
  insert (tx, archived (chat, 10), STORE_INSERTED);
  insert (tx, archived (chat, 11), STORE_MERGED);
  assert_bodies (tx, chat, "0 1 2 3 4 5 6 8 9 10 11");
  return check_invariants (tx, NULL, error);
}

static void
test_order (Fixture      *f,
            gconstpointer data)
{
  fixture_write (f, work_order, NULL);
}

/* Between two neighbours without a µs between them */
static gboolean
work_squeeze (StoreTransaction *tx,
              gpointer          data,
              GError          **error)
{
  gint64 chat = ensure_chat (tx, BOB, STORE_CONVERSATION_PERSON);
  gint64 times[700], keys[700];
  gint64 before, after;
  g_autoptr(GPtrArray) list = NULL;

  page (tx, chat, STORE_ARCHIVE_FORWARD, "", -1, 0, 0, FALSE);
  page (tx, chat, STORE_ARCHIVE_BACKWARD, "", -1, 900, 903, TRUE);
  g_assert_true (store_exec (tx, error, "UPDATE message SET order_key = ? WHERE body = '900'", "i", T0 + 2));
  g_assert_true (store_exec (tx, error, "UPDATE message SET order_key = ? WHERE body = '901'", "i", T0 + 3));
  g_assert_true (store_block_rebuild (tx, chat, error));
  g_assert_true (store_conversation_mark_read (tx, chat, 0, FALSE, error));
  page (tx, chat, STORE_ARCHIVE_BACKWARD, "", 900, 100, 899, FALSE);
  list = store_message_list_after (tx, chat, 0, 500, error);
  for (guint i = 1; i < list->len; i++)
    {
      g_autofree char *expected = g_strdup_printf ("%u", 99 + i);

      g_assert_cmpstr (((StoreMessage *) list->pdata[i])->body, ==, expected);
    }
  g_assert_true (store_get_int64 (tx, error, 0, &before, "SELECT order_key FROM message WHERE body = '903'", ""));
  g_assert_true (store_get_int64 (tx, error, 0, &after, "SELECT read_key FROM conversation", ""));
  g_assert_cmpint (before, ==, after);

  /* As a pure function: ascending, between, whatever the times are */
  for (guint i = 0; i < 700; i++)
    times[i] = i % 3 == 0 ? 0 : i % 3 == 1 ? G_MAXINT64 : T0 + 500;
  g_assert_true (store_place_between (tx, chat + 1, T0, T0 + 1000, NULL, times, keys, 700, error));
  for (guint i = 0; i < 700; i++)
    {
      g_assert_cmpint (keys[i], >, i > 0 ? keys[i - 1] : T0);
      g_assert_cmpint (keys[i], <, T0 + 1000);
    }
  return check_invariants (tx, NULL, error);
}

static void
test_squeeze (Fixture      *f,
              gconstpointer data)
{
  fixture_write (f, work_squeeze, NULL);
}

/* A stranger to the plan: pages of a random archive, in random order, with sessions that come and go, end in archive order. */
static gboolean
work_random (StoreTransaction *tx,
             gpointer          data,
             GError          **error)
{
  GRand *rand = data;
  gint64 chat = ensure_chat (tx, BOB, STORE_CONVERSATION_PERSON);
  guint end = 4;    /* the archive grows */
  g_autoptr(GPtrArray) list = NULL;

  page (tx, chat, STORE_ARCHIVE_BACKWARD, "", -1, 2, 3, FALSE);
  for (guint i = 0; i < 120; i++)
    switch (g_rand_int_range (rand, 0, 4))
      {
      case 0:     /* live */
        live (tx, chat, end++, STORE_INSERTED);
        break;
      case 1:     /* a session ends, something is missed, a new one begins with the newest page */
        g_assert_true (store_archive_end_live (tx, NULL, error));
        end += g_rand_int_range (rand, 1, 8);
        page (tx, chat, STORE_ARCHIVE_BACKWARD, "", -1, end - g_rand_int_range (rand, 1, 4), end - 1, FALSE);
        break;
      case 2:     /* … or with catching up */
        {
          g_autofree char *newest = NULL;
          guint from;

          g_assert_true (store_archive_end_live (tx, NULL, error));
          g_assert_true (store_archive_get_newest (tx, OWN, &newest, NULL, error));
          from = atoi (newest + 1) + 1;
          end += g_rand_int_range (rand, 1, 8);
          while (from < end)
            {
              guint last = from + g_rand_int_range (rand, 0, 4);

              last = MIN (last, end - 1);
              page (tx, chat, STORE_ARCHIVE_FORWARD, "", from - 1, from, last, last == end - 1);
              from = last + 1;
            }
          break;
        }
      case 3:     /* a gap is filled a little */
        {
          g_autoptr(GPtrArray) gaps = store_archive_list_gaps (tx, OWN, BOB, error);
          StoreArchiveGap *gap;
          guint before, size;

          if (gaps->len == 0)
            break;
          gap = gaps->pdata[g_rand_int_range (rand, 0, gaps->len)];
          before = atoi (gap->before_id + 1);
          size = g_rand_int_range (rand, 1, 6);
          size = MIN (before, size);
          if (before > 0)
            page (tx, chat, STORE_ARCHIVE_BACKWARD, "", before, before - size, before - 1, before == size);
          break;
        }
      default:
        g_assert_not_reached ();
      }
  /* Fill all. */
  for (;;)
    {
      g_autoptr(GPtrArray) gaps = store_archive_list_gaps (tx, OWN, BOB, error);
      guint before;

      if (gaps->len == 0)
        break;
      before = atoi (((StoreArchiveGap *) gaps->pdata[0])->before_id + 1);
      g_assert_cmpuint (before, >, 0);
      page (tx, chat, STORE_ARCHIVE_BACKWARD, "", before, before - MIN (before, 5), before - 1, before <= 5);
    }
  list = store_message_list_after (tx, chat, 0, 500, error);
  g_assert_cmpuint (list->len, ==, MIN (end, 500));
  for (guint i = 0; i < list->len; i++)
    {
      g_autofree char *expected = g_strdup_printf ("%u", i);

      g_assert_cmpstr (((StoreMessage *) list->pdata[i])->body, ==, expected);
    }
  g_assert_true (check_invariants (tx, NULL, error));
  return store_conversation_delete (tx, chat, error) && store_archive_forget (tx, OWN, error);
}

static void
test_random (Fixture      *f,
             gconstpointer data)
{
  guint32 seed = g_test_rand_int ();
  g_autoptr(GRand) rand = g_rand_new_with_seed (seed);

  g_test_message ("seed %u", seed);
  for (guint i = 0; i < 20; i++)
    fixture_write (f, work_random, rand);
}

static gboolean
work_refused (StoreTransaction *tx,
              gpointer          data,
              GError          **error)
{
  gint64 chat = ensure_chat (tx, BOB, STORE_CONVERSATION_PERSON);
  g_autoptr(GPtrArray) messages = g_ptr_array_new_with_free_func ((GDestroyNotify) store_message_unref);
  StoreArchivePage bad = { OWN, "", STORE_ARCHIVE_FORWARD, NULL, "a1", T0, NULL, T0, TRUE, NULL };
  g_autoptr(GError) local = NULL;

  g_assert_false (store_archive_insert_page (tx, &bad, STORE_INSERT_NONE, NULL, &local));
  g_assert_error (local, STORE_ERROR, STORE_ERROR_INVALID);
  g_clear_error (&local);
  g_ptr_array_add (messages, new_message (chat, BOB, "o", NULL, "no archive id", T0));
  bad.last_id = "a1";
  bad.messages = messages;
  g_assert_false (store_archive_insert_page (tx, &bad, STORE_INSERT_NONE, NULL, &local));
  g_assert_error (local, STORE_ERROR, STORE_ERROR_INVALID);
  /* An empty answer to a question from the beginning changes nothing. */
  bad = (StoreArchivePage) { OWN, "", STORE_ARCHIVE_FORWARD, NULL, NULL, 0, NULL, 0, TRUE, NULL };
  g_assert_true (store_archive_insert_page (tx, &bad, STORE_INSERT_NONE, NULL, error));
  assert_gaps (tx, "end");
  return TRUE;
}

static void
test_refused (Fixture      *f,
              gconstpointer data)
{
  fixture_write (f, work_refused, NULL);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_test ("/store/archive/catch-up", test_catch_up);
  add_test ("/store/archive/gap", test_gap);
  add_test ("/store/archive/order", test_order);
  add_test ("/store/archive/squeeze", test_squeeze);
  add_test ("/store/archive/random", test_random);
  add_test ("/store/archive/refused", test_refused);
  return g_test_run ();
}
