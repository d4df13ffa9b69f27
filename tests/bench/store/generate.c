/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "generate.h"

#include <math.h>
#include <string.h>

/* 2022-01-01; messages come every 100 s, so a million of them are three years. */
#define START (G_GINT64_CONSTANT (1640995200) * G_USEC_PER_SEC)
#define INTERVAL (G_GINT64_CONSTANT (100) * G_USEC_PER_SEC)
#define BATCH 2000
#define N_HAN 2500
#define N_LATIN 8000

static guint64
next (guint64 *state)
{
  /* splitmix64 */
  guint64 z = (*state += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15));

  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return z ^ (z >> 31);
}

/* 0 … n − 1, the k-th with a weight of about 1/(k + 1). */
static guint
zipf (guint64 *state,
      guint    n)
{
  double u = (next (state) >> 11) * 0x1.0p-53;

  return MIN ((guint) (exp (u * log (n + 1.0)) - 1), n - 1);
}

static gunichar
han (guint rank)
{
  /* Spread over the block, so that neighbours in rank are not neighbours in code. */
  return 0x4e00 + rank * 7919u % 20000;
}

char *
generate_han (guint rank,
              guint length)
{
  GString *word = g_string_new (NULL);

  for (guint i = 0; i < length; i++)
    g_string_append_unichar (word, han (rank + i));
  return g_string_free (word, FALSE);
}

char *
generate_latin (guint rank)
{
  /* Seven letters each, so that no word is a part of another. */
  char word[8] = "";
  guint value = rank * 104729u + 12345;

  for (guint i = 0; i < 7; i++)
    {
      word[i] = i % 2 == 0 ? "bcdfghklmnprstvz"[value % 16] : "aeiou"[value % 5];
      value = value / 5 + rank * (i + 3);
    }
  return g_strdup (word);
}

char *
generate_text (guint number)
{
  guint64 state = number * G_GUINT64_CONSTANT (2654435761) + 1;
  GString *text = g_string_new (NULL);

  if (number % 2 == 0)
    {
      guint length = 6 + next (&state) % 30;

      while (length > 0)
        {
          guint rank = zipf (&state, N_HAN);
          guint n = 1 + next (&state) % 4;

          /* Words: runs of neighbouring ranks */
          for (guint i = 0; i < n && length > 0; i++, length--)
            g_string_append_unichar (text, han (rank + i));
          if (next (&state) % 8 == 0)
            g_string_append (text, "，");
        }
      g_string_append (text, "。");
    }
  else
    {
      guint length = 3 + next (&state) % 12;

      for (guint i = 0; i < length; i++)
        {
          g_autofree char *word = generate_latin (zipf (&state, N_LATIN));

          g_string_append_printf (text, "%s%s", i > 0 ? " " : "", word);
        }
    }
  return g_string_free (text, FALSE);
}

typedef struct
{
  const GenerateProfile *profile;
  gint64                *chats;
  guint                  from, to;
} Part;

static gboolean
write_people (StoreTransaction *tx,
              gpointer          data,
              GError          **error)
{
  Part *part = data;

  for (guint i = 0; i < part->profile->people; i++)
    {
      g_autofree char *address = g_strdup_printf ("person%u@work.test", i);
      g_autoptr(StorePerson) person = store_person_new (address);

      person->name = i % 2 == 0 ? generate_han (i * 3, 3) : generate_latin (i);
      person->pinyin = i % 2 == 0 ? generate_latin (i) : NULL;
      person->listed = TRUE;
      if (!store_person_save (tx, person, error))
        return FALSE;
    }
  for (guint i = 0; i < part->profile->chats; i++)
    {
      gboolean room = i % 10 == 9;
      g_autofree char *address = g_strdup_printf (room ? "room%u@rooms.work.test" : "person%u@work.test", i);
      g_autofree char *name = i % 2 == 0 ? generate_han (i * 3, 3) : generate_latin (i);

      if (!store_conversation_ensure (tx, address, room ? STORE_CONVERSATION_ROOM : STORE_CONVERSATION_PERSON, &part->chats[i],
                                      error) ||
          !store_conversation_set_name (tx, part->chats[i], name, error) ||
          (i < 3 && !store_conversation_set_pin_order (tx, part->chats[i], i + 1, error)))
        return FALSE;
    }
  return TRUE;
}

static gboolean
write_messages (StoreTransaction *tx,
                gpointer          data,
                GError          **error)
{
  Part *part = data;

  for (guint i = part->from; i < part->to; i++)
    {
      guint64 state = i + 77;
      guint chat = part->profile->chats > 1 ? zipf (&state, part->profile->chats) : 0;
      g_autoptr(StoreMessage) message = store_message_new ();
      guint who = next (&state) % 4;

      message->conversation = part->chats[chat];
      message->direction = who == 0 ? STORE_DIRECTION_OUT : STORE_DIRECTION_IN;
      message->state = STORE_MESSAGE_SENT;
      message->sender = who == 0 ? g_strdup ("alice@work.test") : g_strdup_printf ("person%u@work.test", chat);
      if (chat % 10 == 9 && who != 0)
        {
          g_free (message->sender);
          message->sender = g_strdup_printf ("person%u@work.test", who);
          message->nick = g_strdup_printf ("Person %u", who);
          message->occupant_id = g_strdup_printf ("occupant-%u", who);
        }
      message->origin_id = g_strdup_printf ("%016" G_GINT64_MODIFIER "x-%08x", next (&state), i);
      message->message_id = g_strdup (message->origin_id);
      message->archive = g_strdup ("alice@work.test");
      message->archive_id = g_strdup_printf ("%016" G_GINT64_MODIFIER "x", next (&state));
      message->body = generate_text (i);
      message->time = START + i * INTERVAL;
      if (!store_message_insert (tx, message, i + 50 < part->profile->messages ? STORE_INSERT_SEEN : STORE_INSERT_NONE, NULL,
                                 error))
        return FALSE;
    }
  return TRUE;
}

gboolean
generate_profile (StoreDatabase         *db,
                  const GenerateProfile *profile,
                  GError               **error)
{
  g_autofree gint64 *chats = g_new0 (gint64, profile->chats);
  Part part = { profile, chats, 0, 0 };

  if (!store_database_run_sync (db, STORE_ACCESS_FILL, write_people, &part, error))
    return FALSE;
  for (part.from = 0; part.from < profile->messages; part.from = part.to)
    {
      part.to = MIN (part.from + BATCH, profile->messages);
      if (!store_database_run_sync (db, STORE_ACCESS_FILL, write_messages, &part, error))
        return FALSE;
    }
  return TRUE;
}
