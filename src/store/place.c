/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Order keys and blocks.
 *
 * A key is µs since the epoch where nothing speaks against it: a message at the end gets the time, but always more than the one
 * before it, whatever the clock does; messages of an archive page get the archive's stamps, squeezed between their
 * neighbours.
 *
 * Blocks: the messages of a conversation, by key, are cut into stretches. A block begins at first_key and ends where the next
 * one begins; the first begins at G_MININT64. Invariant: "count" is the number of messages of the stretch, 0 only for a
 * conversation's only block, and at most STORE_BLOCK_SIZE.
 */

#include "place-private.h"

/* Between messages at the end, so that some that turn up later fit in between: 1 ms. */
#define STEP 1000
/* Keys are positive and stay clear of the end of the number range: 2000-01-01, and as far as nobody's clock goes. */
#define MIN_KEY (G_GINT64_CONSTANT (946684800) * G_USEC_PER_SEC)
#define MAX_KEY (G_MAXINT64 / 4)

typedef struct
{
  gint64 id;
  gint64 first_key;
  gint64 count;
} Block;

static gboolean
find_block (StoreTransaction *tx,
            gint64            conversation,
            gint64            key,
            Block            *out,
            GError          **error)
{
  g_autoptr(StoreStatement) statement = NULL;
  int step;

  statement = store_query (tx, error,
                           "SELECT id, first_key, count FROM block WHERE conversation = ? AND first_key <= ? "
                           "ORDER BY first_key DESC LIMIT 1", "ii", conversation, key);
  if (statement == NULL || (step = store_step (tx, statement, error)) < 0)
    return FALSE;
  *out = (Block) { 0, G_MININT64, 0 };
  if (step == 1)
    *out = (Block) { sqlite3_column_int64 (statement, 0), sqlite3_column_int64 (statement, 1),
                     sqlite3_column_int64 (statement, 2) };
  return TRUE;
}

static gboolean
new_block (StoreTransaction *tx,
           gint64            conversation,
           gint64            first_key,
           gint64            count,
           GError          **error)
{
  return store_exec (tx, error, "INSERT INTO block (conversation, first_key, count) VALUES (?, ?, ?)", "iii", conversation,
                     first_key, count);
}

static gboolean
set_count (StoreTransaction *tx,
           gint64            block,
           gint64            count,
           GError          **error)
{
  return store_exec (tx, error, "UPDATE block SET count = ? WHERE id = ?", "ii", count, block);
}

/* To be called with the message already in its table. */
gboolean
store_block_add (StoreTransaction *tx,
                 gint64            conversation,
                 gint64            order_key,
                 GError          **error)
{
  Block block;
  gint64 middle, next;

  if (!find_block (tx, conversation, order_key, &block, error))
    return FALSE;
  if (block.id == 0)
    return new_block (tx, conversation, G_MININT64, 1, error);
  if (block.count < STORE_BLOCK_SIZE)
    return set_count (tx, block.id, block.count + 1, error);

  /* At the end, where most come, full blocks are left full. */
  if (!store_place_get_next (tx, conversation, order_key, &next, error))
    return FALSE;
  if (next == G_MAXINT64)
    return new_block (tx, conversation, order_key, 1, error);

  if (!store_get_int64 (tx, error, 0, &middle,
                        "SELECT order_key FROM message WHERE conversation = ? AND order_key >= ? ORDER BY order_key "
                        "LIMIT 1 OFFSET ?", "iid", conversation, block.first_key, STORE_BLOCK_SIZE / 2))
    return FALSE;
  return set_count (tx, block.id, STORE_BLOCK_SIZE / 2, error) &&
         new_block (tx, conversation, middle, block.count + 1 - STORE_BLOCK_SIZE / 2, error);
}

gboolean
store_block_remove (StoreTransaction *tx,
                    gint64            conversation,
                    gint64            order_key,
                    GError          **error)
{
  Block block;
  gint64 next;

  if (!find_block (tx, conversation, order_key, &block, error))
    return FALSE;
  if (block.id == 0)
    return TRUE;
  if (block.count > 1)
    return set_count (tx, block.id, block.count - 1, error);
  if (!store_exec (tx, error, "DELETE FROM block WHERE id = ?", "i", block.id))
    return FALSE;
  if (block.first_key != G_MININT64)
    return TRUE;
  /* The one after it now begins at the beginning. */
  if (!store_get_int64 (tx, error, 0, &next,
                        "SELECT id FROM block WHERE conversation = ? ORDER BY first_key LIMIT 1", "i", conversation))
    return FALSE;
  return next == 0 ||
         store_exec (tx, error, "UPDATE block SET first_key = ? WHERE id = ?", "ii", G_MININT64, next);
}

gboolean
store_block_rebuild (StoreTransaction *tx,
                     gint64            conversation,
                     GError          **error)
{
  g_autoptr(GArray) firsts = g_array_new (FALSE, FALSE, sizeof (gint64));
  gint64 n = 0;
  int step;

  if (!store_exec (tx, error, "DELETE FROM block WHERE conversation = ?", "i", conversation))
    return FALSE;
  {
    g_autoptr(StoreStatement) statement = store_query (tx, error,
                                                       "SELECT order_key FROM message WHERE conversation = ? ORDER BY order_key",
                                                       "i", conversation);

    if (statement == NULL)
      return FALSE;
    while ((step = store_step (tx, statement, error)) == 1)
      if (n++ % STORE_BLOCK_SIZE == 0)
        {
          gint64 key = n == 1 ? G_MININT64 : sqlite3_column_int64 (statement, 0);

          g_array_append_val (firsts, key);
        }
    if (step < 0)
      return FALSE;
  }
  for (guint i = 0; i < firsts->len; i++)
    if (!new_block (tx, conversation, g_array_index (firsts, gint64, i),
                    i + 1 < firsts->len ? STORE_BLOCK_SIZE : n - (gint64) i * STORE_BLOCK_SIZE, error))
      return FALSE;
  return TRUE;
}

gboolean
store_place_get_next (StoreTransaction *tx,
                      gint64            conversation,
                      gint64            key,
                      gint64           *out_key,
                      GError          **error)
{
  return store_get_int64 (tx, error, G_MAXINT64, out_key,
                          "SELECT min(order_key) FROM message WHERE conversation = ? AND order_key > ?", "ii", conversation, key);
}

gboolean
store_place_at_end (StoreTransaction *tx,
                    gint64            conversation,
                    gint64            time,
                    gint64           *out_key,
                    GError          **error)
{
  gint64 last;

  if (!store_get_int64 (tx, error, G_MININT64, &last, "SELECT max(order_key) FROM message WHERE conversation = ?", "i",
                        conversation))
    return FALSE;
  time = CLAMP (time, MIN_KEY, MAX_KEY);
  *out_key = last == G_MININT64 ? time : MAX (time, last + STEP);
  return TRUE;
}

/* Moves everything from @from on away by @distance. */
static gboolean
make_room (StoreTransaction *tx,
           gint64            conversation,
           gint64            from,
           gint64            distance,
           GError          **error)
{
  /* Through negative keys, because each row must be unique at each moment. */
  return store_exec (tx, error, "UPDATE message SET order_key = -(order_key + ?) WHERE conversation = ? AND order_key >= ?",
                     "iii", distance, conversation, from) &&
         store_exec (tx, error, "UPDATE message SET order_key = -order_key WHERE conversation = ? AND order_key < ?", "ii",
                     conversation, -from) &&
         store_exec (tx, error, "UPDATE conversation SET read_key = read_key + ? WHERE id = ? AND read_key >= ?", "iii",
                     distance, conversation, from) &&
         store_exec (tx, error, "UPDATE mark SET order_key = order_key + ? WHERE conversation = ? AND order_key >= ?", "iii",
                     distance, conversation, from) &&
         store_block_rebuild (tx, conversation, error);
}

/* Makes room below @high for @n more; *high moves with it. */
static gboolean
raise_high (StoreTransaction *tx,
            gint64            conversation,
            gint64           *high,
            guint             n,
            GError          **error)
{
  gint64 distance = (gint64) (n + 1) * STEP;

  if (!make_room (tx, conversation, *high, distance, error))
    return FALSE;
  store_transaction_note (tx, STORE_CHANGE_HISTORY, conversation, 0);
  *high += distance;
  return TRUE;
}

gboolean
store_place_between (StoreTransaction *tx,
                     gint64            conversation,
                     gint64            low,
                     gint64            high,
                     const gint64     *ids,
                     const gint64     *times,
                     gint64           *out_keys,
                     guint             n,
                     GError          **error)
{
  gint64 previous = low;

  if (n == 0)
    return TRUE;
  if (high != G_MAXINT64 && high - 1 - MAX (low, 0) < (gint64) n && !raise_high (tx, conversation, &high, n, error))
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      gint64 left = n - i;      /* still to place, this one included */
      gint64 key = CLAMP (times[i], MIN_KEY, MAX_KEY);
      gint64 holder;

      /* Too early: as soon as may be, with some air while there is any. */
      if (previous != G_MININT64 && key <= previous)
        key = previous + (high == G_MAXINT64 ? STEP : CLAMP ((high - previous) / (left + 1), 1, STEP));
      /* Too late for those that follow. */
      if (high != G_MAXINT64 && key > high - left)
        key = previous == G_MININT64 ? high - left * STEP : previous + MAX ((high - previous) / (left + 1), 1);

      /* Messages that no archive has placed yet may lie in between. */
      for (;; key++)
        {
          if (high != G_MAXINT64 && high - key < left && !raise_high (tx, conversation, &high, n, error))
            return FALSE;
          if (!store_get_int64 (tx, error, 0, &holder, "SELECT id FROM message WHERE conversation = ? AND order_key = ?", "ii",
                                conversation, key))
            return FALSE;
          if (holder == 0 || (ids != NULL && holder == ids[i]))
            break;
        }
      out_keys[i] = previous = key;
    }
  return TRUE;
}

gboolean
store_place_move (StoreTransaction *tx,
                  gint64            conversation,
                  gint64            message,
                  gint64            new_key,
                  GError          **error)
{
  gint64 old_key;

  if (!store_get_int64 (tx, error, new_key, &old_key, "SELECT order_key FROM message WHERE id = ?", "i", message))
    return FALSE;
  if (old_key == new_key)
    return TRUE;
  if (!store_block_remove (tx, conversation, old_key, error) ||
      !store_exec (tx, error, "UPDATE message SET order_key = ? WHERE id = ?", "ii", new_key, message) ||
      !store_block_add (tx, conversation, new_key, error))
    return FALSE;
  store_transaction_note_move (tx, STORE_CHANGE_MESSAGE_MOVED, conversation, message, old_key, new_key);
  return TRUE;
}
