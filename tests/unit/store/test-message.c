/* SPDX-License-Identifier: GPL-3.0-or-later */

/* One row a message: identity, merging, states, what others do to it. */

#include "helper.h"

#include <string.h>

#include "store/sql-private.h"

#define BOB "bob@work.test"
#define CAROL "carol@work.test"
#define ROOM "team@rooms.work.test"

static const StoreAuthor by_me = { STORE_DIRECTION_OUT, OWN, NULL, NULL };
static const StoreAuthor by_bob = { STORE_DIRECTION_IN, BOB, NULL, NULL };
static const StoreAuthor by_carol = { STORE_DIRECTION_IN, CAROL, NULL, NULL };

static StoreMessage *
load (StoreTransaction *tx,
      gint64            id)
{
  g_autoptr(GError) error = NULL;
  StoreMessage *message = store_message_load (tx, id, &error);

  g_assert_no_error (error);
  return message;
}

static StoreConversation *
load_chat (StoreTransaction *tx,
           gint64            id)
{
  g_autoptr(GError) error = NULL;
  StoreConversation *chat = store_conversation_load (tx, id, &error);

  g_assert_no_error (error);
  return chat;
}

static gboolean
work_round_trip (StoreTransaction *tx,
                 gpointer          data,
                 GError          **error)
{
  gint64 chat = ensure_chat (tx, BOB, STORE_CONVERSATION_PERSON);
  StoreMessage *message = new_message (chat, BOB, "origin-1", "arc-1", "你好 world", T0);
  g_autoptr(StoreMessage) got = NULL;
  g_autoptr(StoreConversation) row = NULL;
  StoreFile *file = store_message_add_file (message);
  gint64 id;

  file->name = g_strdup ("plan.pdf");
  file->size = 12345;
  file->type = g_strdup ("application/pdf");
  file->hash = g_strdup ("sha-256:abc");
  file->url = g_strdup ("https://upload.work.test/1");
  file->width = 3;
  file->height = 4;
  file->duration = 5;
  g_free (message->message_id);
  message->message_id = g_strdup ("other-id");
  message->extra = g_strdup ("{\"mentions\":[]}");
  message->thread = g_strdup ("t");
  message->mention = TRUE;
  message->encrypted = TRUE;
  message->reply_id = g_strdup ("unknown");
  id = insert (tx, message, STORE_INSERTED);

  got = load (tx, id);
  g_assert_cmpstr (got->sender, ==, BOB);
  g_assert_cmpstr (got->origin_id, ==, "origin-1");
  g_assert_cmpstr (got->message_id, ==, "other-id");
  g_assert_cmpstr (got->archive, ==, OWN);
  g_assert_cmpstr (got->archive_id, ==, "arc-1");
  g_assert_cmpstr (got->body, ==, "你好 world");
  g_assert_cmpstr (got->extra, ==, "{\"mentions\":[]}");
  g_assert_cmpstr (got->thread, ==, "t");
  g_assert_cmpstr (got->reply_id, ==, "unknown");
  g_assert_cmpint (got->reply_message, ==, 0);
  g_assert_cmpint (got->time, ==, T0);
  g_assert_cmpint (got->order_key, ==, T0);
  g_assert_true (got->mention);
  g_assert_true (got->encrypted);
  g_assert_cmpuint (got->files->len, ==, 1);
  file = got->files->pdata[0];
  g_assert_cmpstr (file->name, ==, "plan.pdf");
  g_assert_cmpint (file->size, ==, 12345);
  g_assert_cmpstr (file->url, ==, "https://upload.work.test/1");
  g_assert_cmpint (file->duration, ==, 5);
  g_assert_null (got->reactions);

  file->state = STORE_FILE_LOCAL;
  file->path = g_strdup ("/home/alice/plan.pdf");
  g_assert_true (store_file_update (tx, file, error));

  row = load_chat (tx, chat);
  g_assert_cmpuint (row->unread, ==, 1);
  g_assert_cmpuint (row->mentions, ==, 1);
  g_assert_cmpstr (row->last_text, ==, "你好 world");
  g_assert_cmpstr (row->last_sender, ==, BOB);
  g_assert_cmpint (row->last_message, ==, id);
  g_assert_cmpint (row->sort_time, >=, T0);

  /* The reply learns what it answers when that comes. */
  insert (tx, new_message (chat, NULL, "unknown", NULL, "question", T0 + SECOND), STORE_INSERTED);
  g_clear_pointer (&got, store_message_unref);
  got = load (tx, id);
  g_assert_cmpint (got->reply_message, !=, 0);
  return check_invariants (tx, NULL, error);
}

static void
test_round_trip (Fixture      *f,
                 gconstpointer data)
{
  fixture_write (f, work_round_trip, NULL);
}

static gboolean
work_identity (StoreTransaction *tx,
               gpointer          data,
               GError          **error)
{
  gint64 chat = ensure_chat (tx, BOB, STORE_CONVERSATION_PERSON);
  gint64 other = ensure_chat (tx, CAROL, STORE_CONVERSATION_PERSON);
  g_autoptr(StoreMessage) got = NULL;
  gint64 id, second;

  /* By origin id, then archive id alone */
  id = insert (tx, new_message (chat, BOB, "o-11111111", NULL, "one", T0), STORE_INSERTED);
  g_assert_cmpint (insert (tx, new_message (chat, BOB, "o-11111111", NULL, "one", T0), STORE_KNOWN), ==, id);
  g_assert_cmpint (insert (tx, new_message (chat, BOB, "o-11111111", "a1", "one", T0), STORE_MERGED), ==, id);
  g_assert_cmpint (insert (tx, new_message (chat, BOB, NULL, "a1", "one", T0), STORE_KNOWN), ==, id);
  got = load (tx, id);
  g_assert_cmpstr (got->archive_id, ==, "a1");

  /* The origin id belongs to its author and chat. */
  insert (tx, new_message (chat, NULL, "o-11111111", NULL, "mine", T0), STORE_INSERTED);
  insert (tx, new_message (other, CAROL, "o-11111111", NULL, "hers", T0), STORE_INSERTED);
  /* An archive id of another chat is not believed. */
  second = insert (tx, new_message (other, CAROL, "o-22222222", "a1", "forged", T0), STORE_INSERTED);
  g_clear_pointer (&got, store_message_unref);
  got = load (tx, second);
  g_assert_null (got->archive_id);

  /* Without origin id: message id, author and text */
  {
    StoreMessage *weak = new_message (chat, BOB, NULL, NULL, "ping", T0);

    weak->message_id = g_strdup ("1");
    id = insert (tx, weak, STORE_INSERTED);
    weak = new_message (chat, BOB, NULL, "a2", "ping", T0 + SECOND);
    weak->message_id = g_strdup ("1");
    g_assert_cmpint (insert (tx, weak, STORE_MERGED), ==, id);
    /* Another id of the same archive: another message. */
    weak = new_message (chat, BOB, NULL, "a3", "ping", T0 + 2 * SECOND);
    weak->message_id = g_strdup ("1");
    g_assert_cmpint (insert (tx, weak, STORE_INSERTED), !=, id);
    /* Another text: another message. A day later: another message. */
    weak = new_message (chat, BOB, NULL, NULL, "pong", T0);
    weak->message_id = g_strdup ("1");
    insert (tx, weak, STORE_INSERTED);
    weak = new_message (chat, BOB, NULL, NULL, "ping", T0 + 86400 * SECOND);
    weak->message_id = g_strdup ("1");
    insert (tx, weak, STORE_INSERTED);
    /* A long id needs no time. */
    weak = new_message (chat, BOB, NULL, NULL, "x", T0);
    weak->message_id = g_strdup ("0123456789abcdef");
    id = insert (tx, weak, STORE_INSERTED);
    weak = new_message (chat, BOB, "0123456789abcdef", NULL, "x", T0 + 86400 * SECOND);
    g_assert_cmpint (insert (tx, weak, STORE_MERGED), ==, id);
  }
  return check_invariants (tx, NULL, error);
}

static void
test_identity (Fixture      *f,
               gconstpointer data)
{
  fixture_write (f, work_identity, NULL);
}

/* The arrivals of six messages: live, carbon, archive, replay after a resumption, in a random order. Whatever the order, there
 * are six rows, with all their ids, in archive order. */
static gboolean
work_random_arrivals (StoreTransaction *tx,
                      gpointer          data,
                      GError          **error)
{
  GRand *rand = data;
  static guint round;
  g_autofree char *address = g_strdup_printf ("peer%u@work.test", round++);
  gint64 chat = ensure_chat (tx, address, STORE_CONVERSATION_PERSON);
  const guint n = 6;
  guint arrivals[6 * 3];
  guint n_arrivals = G_N_ELEMENTS (arrivals);
  g_autofree char *bodies = NULL;

  g_assert_true (store_archive_end_live (tx, OWN, error));
  for (guint i = 0; i < n_arrivals; i++)
    arrivals[i] = i;
  for (guint i = n_arrivals - 1; i > 0; i--)
    {
      guint j = g_rand_int_range (rand, 0, i + 1);
      guint swap = arrivals[i];

      arrivals[i] = arrivals[j];
      arrivals[j] = swap;
    }
  for (guint i = 0; i < n_arrivals; i++)
    {
      guint k = arrivals[i] % n;
      guint way = arrivals[i] / n;
      g_autofree char *origin = g_strdup_printf ("%s-origin-%u", address, k);
      g_autofree char *archive_id = g_strdup_printf ("%s-archive-%u", address, k);
      g_autofree char *body = g_strdup_printf ("m%u", k);
      /* Odd ones are our own. The clock here is a day off. */
      gint64 time = way == 2 ? T0 + k * SECOND : T0 + 86400 * SECOND + g_rand_int_range (rand, 0, 1000);
      g_autoptr(StoreMessage) message = new_message (chat, k % 2 == 1 ? NULL : address, origin, NULL, body, time);
      StoreInsertOutcome outcome;

      if (way == 0)       /* direct or a carbon copy, without the archive's id */
        g_assert_true (store_message_insert (tx, message, STORE_INSERT_NONE, &outcome, error));
      else if (way == 1)  /* replayed */
        g_assert_true (store_message_insert (tx, message, STORE_INSERT_NONE, &outcome, error));
    }
  /* The archive comes in pages of random size, and some of it twice. */
  for (guint first = 0; first < n;)
    {
      guint size = g_rand_int_range (rand, 1, n - first + 1);
      g_autoptr(GPtrArray) messages = g_ptr_array_new_with_free_func ((GDestroyNotify) store_message_unref);
      g_autofree char *first_id = g_strdup_printf ("%s-archive-%u", address, first);
      g_autofree char *last_id = g_strdup_printf ("%s-archive-%u", address, first + size - 1);
      g_autofree char *anchor = first > 0 ? g_strdup_printf ("%s-archive-%u", address, first - 1) : NULL;
      StoreArchivePage page = { OWN, address, STORE_ARCHIVE_FORWARD, anchor, first_id, T0 + first * SECOND, last_id,
                                T0 + (first + size - 1) * SECOND, first + size == n, messages };
      guint added;

      for (guint k = first; k < first + size; k++)
        {
          g_autofree char *origin = g_strdup_printf ("%s-origin-%u", address, k);
          g_autofree char *archive_id = g_strdup_printf ("%s-archive-%u", address, k);
          g_autofree char *body = g_strdup_printf ("m%u", k);

          g_ptr_array_add (messages, new_message (chat, k % 2 == 1 ? NULL : address, origin, archive_id, body, T0 + k * SECOND));
        }
      g_assert_true (store_archive_insert_page (tx, &page, STORE_INSERT_NONE, &added, error));
      if (g_rand_boolean (rand))
        {
          g_assert_true (store_archive_insert_page (tx, &page, STORE_INSERT_NONE, &added, error));
          g_assert_cmpuint (added, ==, 0);
        }
      first += size;
    }
  bodies = list_bodies (tx, chat);
  g_assert_cmpstr (bodies, ==, "m0 m1 m2 m3 m4 m5");
  return check_invariants (tx, NULL, error);
}

static void
test_random_arrivals (Fixture      *f,
                      gconstpointer data)
{
  guint32 seed = g_test_rand_int ();
  g_autoptr(GRand) rand = g_rand_new_with_seed (seed);

  g_test_message ("seed %u", seed);
  for (guint i = 0; i < 100; i++)
    fixture_write (f, work_random_arrivals, rand);
}

static gboolean
work_states (StoreTransaction *tx,
             gpointer          data,
             GError          **error)
{
  gint64 chat = ensure_chat (tx, BOB, STORE_CONVERSATION_PERSON);
  gint64 id = insert (tx, new_message (chat, NULL, "o-1", NULL, "hi", T0), STORE_INSERTED);
  g_autoptr(StoreMessage) got = NULL;
  StoreMessage *echo;
  gint64 target;

  g_assert_true (store_message_set_state (tx, id, STORE_MESSAGE_FAILED, "no route", error));
  got = load (tx, id);
  g_assert_cmpint (got->state, ==, STORE_MESSAGE_FAILED);
  g_assert_cmpstr (got->error, ==, "no route");

  /* The archive has it after all. */
  echo = new_message (chat, NULL, "o-1", "a-1", "hi", T0);
  echo->state = STORE_MESSAGE_SENT;
  insert (tx, echo, STORE_MERGED);
  g_clear_pointer (&got, store_message_unref);
  got = load (tx, id);
  g_assert_cmpint (got->state, ==, STORE_MESSAGE_SENT);
  g_assert_null (got->error);

  g_assert_true (store_message_apply_receipt (tx, chat, "o-1", &by_bob, T0, &target, error));
  g_assert_cmpint (target, ==, id);
  g_assert_true (store_message_apply_read (tx, chat, "a-1", &by_bob, T0, &target, error));
  g_assert_true (store_message_set_state (tx, id, STORE_MESSAGE_SENT, NULL, error));
  g_assert_true (store_message_set_state (tx, id, STORE_MESSAGE_FAILED, "late", error));
  g_clear_pointer (&got, store_message_unref);
  got = load (tx, id);
  g_assert_cmpint (got->state, ==, STORE_MESSAGE_READ);

  /* A mark reads everything of ours before it that has been sent, and nothing that has not. */
  {
    gint64 sent = insert (tx, new_message (chat, NULL, "o-2", NULL, "sent", T0 + SECOND), STORE_INSERTED);
    gint64 queued = insert (tx, new_message (chat, NULL, "o-3", NULL, "queued", T0 + 2 * SECOND), STORE_INSERTED);
    gint64 last = insert (tx, new_message (chat, NULL, "o-4", NULL, "last", T0 + 3 * SECOND), STORE_INSERTED);
    g_autoptr(StoreMessage) a = NULL;
    g_autoptr(StoreMessage) b = NULL;
    g_autoptr(StoreMessage) c = NULL;
    g_autoptr(GPtrArray) marks = NULL;

    g_assert_true (store_message_set_state (tx, sent, STORE_MESSAGE_SENT, NULL, error));
    g_assert_true (store_message_apply_read (tx, chat, "o-4", &by_bob, T0, NULL, error));
    a = load (tx, sent);
    b = load (tx, queued);
    c = load (tx, last);
    g_assert_cmpint (a->state, ==, STORE_MESSAGE_READ);
    g_assert_cmpint (b->state, ==, STORE_MESSAGE_QUEUED);
    g_assert_cmpint (c->state, ==, STORE_MESSAGE_READ);
    marks = store_message_list_read_marks (tx, chat, error);
    g_assert_cmpuint (marks->len, ==, 1);
    g_assert_cmpint (((StoreReadMark *) marks->pdata[0])->message, ==, last);
    g_assert_cmpstr (((StoreReadMark *) marks->pdata[0])->sender, ==, BOB);
  }
  return check_invariants (tx, NULL, error);
}

static void
test_states (Fixture      *f,
             gconstpointer data)
{
  fixture_write (f, work_states, NULL);
}

/* Edits, reactions and retractions give the same, before and after their message, in any order. */
typedef struct
{
  GRand   *rand;
  gboolean retract;
} Shuffle;

static gboolean
work_actions (StoreTransaction *tx,
              gpointer          data,
              GError          **error)
{
  Shuffle *shuffle = data;
  static guint round;
  g_autofree char *address = g_strdup_printf ("act%u@work.test", round++);
  gint64 chat = ensure_chat (tx, address, STORE_CONVERSATION_PERSON);
  const StoreAuthor by_peer = { STORE_DIRECTION_IN, address, NULL, NULL };
  guint steps[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8 };
  const char * const laugh[] = { "😀", "👍", NULL };
  const char * const heart[] = { "❤️", NULL };
  const char * const none[] = { NULL };
  gint64 id = 0;
  g_autoptr(StoreMessage) got = NULL;
  g_autoptr(StoreConversation) row = NULL;
  g_autoptr(GPtrArray) versions = NULL;

  for (guint i = G_N_ELEMENTS (steps) - 1; i > 0; i--)
    {
      guint j = g_rand_int_range (shuffle->rand, 0, i + 1);
      guint swap = steps[i];

      steps[i] = steps[j];
      steps[j] = swap;
    }
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      gboolean ok = TRUE;

      switch (steps[i])
        {
        case 0:
          id = insert (tx, new_message (chat, address, "target-1", NULL, "first", T0), STORE_INSERTED);
          break;
        case 1:
          ok = store_message_apply_edit (tx, chat, "target-1", &by_peer, &(StoreStanzaIds) { "e1", "e1", NULL, NULL },
                                         T0 + 10 * SECOND, "second", NULL, NULL, error);
          break;
        case 2:
        case 8:   /* again */
          ok = store_message_apply_edit (tx, chat, "target-1", &by_peer, &(StoreStanzaIds) { "e2", "e2", NULL, NULL },
                                         T0 + 20 * SECOND, "third", "{}", NULL, error);
          break;
        case 3:   /* not his to edit */
          ok = store_message_apply_edit (tx, chat, "target-1", &by_me, &(StoreStanzaIds) { "e3", "e3", NULL, NULL },
                                         T0 + 30 * SECOND, "forged", NULL, NULL, error) &&
               store_message_apply_retraction (tx, chat, "target-1", &by_carol, NULL, T0 + 30 * SECOND, NULL, NULL, NULL, error);
          break;
        case 4:
          ok = store_message_apply_reactions (tx, chat, "target-1", &by_me, T0 + 11 * SECOND, laugh, NULL, error);
          break;
        case 5:
          ok = store_message_apply_reactions (tx, chat, "target-1", &by_me, T0 + 12 * SECOND, heart, NULL, error);
          break;
        case 6:
          ok = store_message_apply_reactions (tx, chat, "target-1", &by_peer, T0 + 12 * SECOND, laugh, NULL, error) &&
               store_message_apply_reactions (tx, chat, "target-1", &by_peer, T0 + 13 * SECOND, none, NULL, error);
          break;
        case 7:
          if (shuffle->retract)
            ok = store_message_apply_retraction (tx, chat, "target-1", &by_peer, NULL, T0 + 40 * SECOND, NULL, "oops", NULL,
                                                 error);
          break;
        default:
          g_assert_not_reached ();
        }
      g_assert_true (ok);
    }

  got = load (tx, id);
  row = load_chat (tx, chat);
  versions = store_message_list_versions (tx, id, error);
  if (shuffle->retract)
    {
      g_assert_cmpstr (got->body, ==, "");
      g_assert_cmpint (got->retracted, ==, T0 + 40 * SECOND);
      g_assert_cmpstr (got->retracted_by, ==, address);
      g_assert_cmpstr (got->retracted_reason, ==, "oops");
      g_assert_null (got->reactions);
      g_assert_cmpuint (versions->len, ==, 0);
      g_assert_null (row->last_text);
    }
  else
    {
      g_assert_cmpstr (got->body, ==, "third");
      g_assert_cmpstr (got->extra, ==, "{}");
      g_assert_cmpint (got->edited, ==, T0 + 20 * SECOND);
      g_assert_cmpuint (got->reactions->len, ==, 1);
      g_assert_true (((StoreReaction *) got->reactions->pdata[0])->own);
      g_assert_cmpstr (((StoreReaction *) got->reactions->pdata[0])->emojis[0], ==, "❤️");
      g_assert_cmpstr (row->last_text, ==, "third");
      g_assert_cmpstr (((StoreMessage *) versions->pdata[0])->body, ==, "first");
      g_assert_cmpuint (versions->len, ==, 3);
      g_assert_cmpstr (((StoreMessage *) versions->pdata[2])->body, ==, "third");
    }
  return check_invariants (tx, NULL, error);
}

static void
test_actions (Fixture      *f,
              gconstpointer data)
{
  guint32 seed = g_test_rand_int ();
  g_autoptr(GRand) rand = g_rand_new_with_seed (seed);

  g_test_message ("seed %u", seed);
  for (guint i = 0; i < 200; i++)
    {
      Shuffle shuffle = { rand, i % 2 == 1 };

      fixture_write (f, work_actions, &shuffle);
    }
}

static gboolean
work_rooms (StoreTransaction *tx,
            gpointer          data,
            GError          **error)
{
  gint64 room = ensure_chat (tx, ROOM, STORE_CONVERSATION_ROOM);
  const StoreAuthor impostor = { STORE_DIRECTION_IN, NULL, "occ-2", "Bob" };
  const StoreAuthor bob = { STORE_DIRECTION_IN, BOB, "occ-1", "Robert" };
  StoreMessage *message = new_message (room, BOB, "o-1", NULL, "hello", T0);
  gint64 id, target;
  g_autoptr(StoreMessage) got = NULL;

  g_clear_pointer (&message->sender, g_free);
  message->nick = g_strdup ("Bob");
  message->occupant_id = g_strdup ("occ-1");
  id = insert (tx, message, STORE_INSERTED);

  /* Another with his nickname is another (threat A11), whatever ids it copies. */
  message = new_message (room, BOB, "o-1", NULL, "hello", T0);
  g_clear_pointer (&message->sender, g_free);
  message->nick = g_strdup ("Bob");
  message->occupant_id = g_strdup ("occ-2");
  g_assert_cmpint (insert (tx, message, STORE_INSERTED), !=, id);
  g_assert_true (store_message_apply_edit (tx, room, "o-1", &impostor, &(StoreStanzaIds) { "e", "e", NULL, NULL }, T0 + SECOND,
                                           "changed", NULL, &target, error));
  g_assert_cmpint (target, !=, id);
  g_assert_true (store_message_apply_edit (tx, room, "o-1", &bob, &(StoreStanzaIds) { "e", "e", NULL, NULL }, T0 + SECOND,
                                           "his own", NULL, &target, error));
  g_assert_cmpint (target, ==, id);
  got = load (tx, id);
  g_assert_cmpstr (got->body, ==, "his own");
  /* The real address is known now, for what he said before too. */
  g_assert_cmpstr (got->sender, ==, BOB);

  g_assert_true (store_message_apply_retraction (tx, room, "o-1", &impostor, NULL, T0, NULL, NULL, &target, error));
  g_assert_cmpint (target, !=, id);
  g_assert_true (store_message_apply_retraction (tx, room, "o-1", &impostor, NULL, T0, "Moderator", "rude", &target, error));
  return check_invariants (tx, NULL, error);
}

static void
test_rooms (Fixture      *f,
            gconstpointer data)
{
  fixture_write (f, work_rooms, NULL);
}

static gboolean
work_unread (StoreTransaction *tx,
             gpointer          data,
             GError          **error)
{
  gint64 chat = ensure_chat (tx, BOB, STORE_CONVERSATION_PERSON);
  gint64 ids[6];
  g_autoptr(StoreConversation) row = NULL;
  guint unread, mentions;

  for (guint i = 0; i < 6; i++)
    {
      g_autofree char *origin = g_strdup_printf ("origin-%u", i);
      StoreMessage *message = new_message (chat, i == 2 ? NULL : BOB, origin, NULL, "x", T0 + i * SECOND);

      message->mention = i == 4;
      ids[i] = insert (tx, message, STORE_INSERTED);
    }
  row = load_chat (tx, chat);
  g_assert_cmpuint (row->unread, ==, 5);
  g_assert_cmpuint (row->mentions, ==, 1);
  g_assert_true (store_conversation_mark_read (tx, chat, ids[2], FALSE, error));
  g_assert_true (store_conversation_mark_read (tx, chat, ids[0], FALSE, error));   /* never back */
  g_clear_pointer (&row, store_conversation_unref);
  row = load_chat (tx, chat);
  g_assert_cmpuint (row->unread, ==, 3);
  g_assert_cmpint (row->read_message, ==, ids[2]);
  g_assert_false (row->read_told);
  /* Another device has read on. */
  g_assert_true (store_message_apply_read (tx, chat, "origin-4", &by_me, T0, NULL, error));
  g_clear_pointer (&row, store_conversation_unref);
  row = load_chat (tx, chat);
  g_assert_cmpuint (row->unread, ==, 1);
  g_assert_cmpuint (row->mentions, ==, 0);
  g_assert_true (row->read_told);
  g_assert_true (store_conversation_mark_unread (tx, chat, ids[3], error));
  g_assert_true (store_conversation_count_unread (tx, T0, &unread, &mentions, error));
  g_assert_cmpuint (unread, ==, 3);
  g_assert_true (store_conversation_set_muted (tx, chat, G_MAXINT64, error));
  g_assert_true (store_conversation_count_unread (tx, T0, &unread, &mentions, error));
  g_assert_cmpuint (unread, ==, 0);
  g_assert_true (store_conversation_mark_read (tx, chat, 0, FALSE, error));
  g_clear_pointer (&row, store_conversation_unref);
  row = load_chat (tx, chat);
  g_assert_cmpuint (row->unread, ==, 0);
  return check_invariants (tx, NULL, error);
}

static void
test_unread (Fixture      *f,
             gconstpointer data)
{
  fixture_write (f, work_unread, NULL);
}

static gboolean
work_limits (StoreTransaction *tx,
             gpointer          data,
             GError          **error)
{
  gint64 chat = ensure_chat (tx, BOB, STORE_CONVERSATION_PERSON);
  g_autofree char *fits = g_strnfill (STORE_LIMIT_BODY, 'a');
  g_autofree char *over = g_strnfill (STORE_LIMIT_BODY + 1, 'a');
  g_autoptr(StoreMessage) bad = NULL;
  g_autoptr(GError) local = NULL;

  insert (tx, new_message (chat, BOB, "o-1", NULL, fits, T0), STORE_INSERTED);
  bad = new_message (chat, BOB, "o-2", NULL, over, T0);
  g_assert_false (store_message_insert (tx, bad, STORE_INSERT_NONE, NULL, &local));
  g_assert_error (local, STORE_ERROR, STORE_ERROR_INVALID);
  g_clear_error (&local);
  g_clear_pointer (&bad, store_message_unref);
  bad = new_message (chat, BOB, "o-2", NULL, "\xff\xfe", T0);
  g_assert_false (store_message_insert (tx, bad, STORE_INSERT_NONE, NULL, &local));
  g_assert_error (local, STORE_ERROR, STORE_ERROR_INVALID);
  g_clear_error (&local);
  g_clear_pointer (&bad, store_message_unref);
  bad = new_message (chat, BOB, "o-2", NULL, "x", -1);
  g_assert_false (store_message_insert (tx, bad, STORE_INSERT_NONE, NULL, &local));
  g_assert_error (local, STORE_ERROR, STORE_ERROR_INVALID);

  /* Any time a stamp can claim */
  insert (tx, new_message (chat, BOB, "t-min", NULL, "x", 0), STORE_INSERTED);
  insert (tx, new_message (chat, BOB, "t-max", NULL, "x", G_MAXINT64), STORE_INSERTED);
  insert (tx, new_message (chat, BOB, "t-max-2", NULL, "x", G_MAXINT64), STORE_INSERTED);
  insert (tx, new_message (chat, BOB, "t-now", NULL, "x", T0), STORE_INSERTED);

  /* Nothing waits for ever: the oldest give way. */
  for (guint i = 0; i < 1100; i++)
    {
      g_autofree char *target = g_strdup_printf ("none-%u", i);

      g_assert_true (store_message_apply_edit (tx, chat, target, &by_bob, NULL, T0, "x", NULL, NULL, error));
    }
  {
    gint64 waiting;

    g_assert_true (store_get_int64 (tx, error, 0, &waiting, "SELECT count(*) FROM waiting", ""));
    g_assert_cmpint (waiting, ==, 1000);
  }
  return check_invariants (tx, NULL, error);
}

static void
test_limits (Fixture      *f,
             gconstpointer data)
{
  fixture_write (f, work_limits, NULL);
}

static gboolean
work_delete (StoreTransaction *tx,
             gpointer          data,
             GError          **error)
{
  gint64 chat = ensure_chat (tx, BOB, STORE_CONVERSATION_PERSON);
  g_autoptr(GPtrArray) paths = NULL;
  g_autofree char *bodies = NULL;
  guint deleted;

  for (guint i = 0; i < 10; i++)
    {
      g_autofree char *origin = g_strdup_printf ("origin-%u", i);
      g_autofree char *body = g_strdup_printf ("b%u", i);
      StoreMessage *message = new_message (chat, i % 2 == 0 ? NULL : BOB, origin, NULL, body, T0 + i * SECOND);
      StoreFile *file = store_message_add_file (message);

      file->name = g_strdup ("f");
      file->path = g_strdup_printf ("/path/%u", i);
      message->state = i == 2 ? STORE_MESSAGE_QUEUED : STORE_MESSAGE_SENT;
      insert (tx, message, STORE_INSERTED);
    }
  g_assert_true (store_message_delete_before (tx, T0 + 5 * SECOND, 100, &deleted, &paths, error));
  g_assert_cmpuint (deleted, ==, 4);
  /* Fetched files only: never those that this person has sent. */
  g_assert_cmpuint (paths->len, ==, 2);
  g_assert_cmpstr (paths->pdata[0], ==, "/path/1");
  bodies = list_bodies (tx, chat);
  g_assert_cmpstr (bodies, ==, "b2 b5 b6 b7 b8 b9");
  g_assert_true (check_invariants (tx, NULL, error));
  g_assert_true (store_conversation_delete (tx, chat, error));
  return check_invariants (tx, NULL, error);
}

static void
test_delete (Fixture      *f,
             gconstpointer data)
{
  fixture_write (f, work_delete, NULL);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_test ("/store/message/round-trip", test_round_trip);
  add_test ("/store/message/identity", test_identity);
  add_test ("/store/message/random-arrivals", test_random_arrivals);
  add_test ("/store/message/states", test_states);
  add_test ("/store/message/actions", test_actions);
  add_test ("/store/message/rooms", test_rooms);
  add_test ("/store/message/unread", test_unread);
  add_test ("/store/message/limits", test_limits);
  add_test ("/store/message/delete", test_delete);
  return g_test_run ();
}
