/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Positions by blocks (place.c): the sums of the blocks before one give the position of its first message, and within a block at
 * most 512 index entries are counted. What has changed since the last look is read from table "change"; each row of it
 * carries the key before and after. Positions in the old state are computed from those of the new one.
 */

#include "timeline.h"

#include <string.h>

#include "place-private.h"

typedef struct
{
  gint64 first_key;
  guint  start;     /* position of its first message */
  guint  count;
} Block;

struct _StoreTimeline
{
  gint64  conversation;
  gint64  seen;       /* newest row of table "change" that is accounted for */
  guint   count;
  GArray *blocks;     /* (element-type Block) */
};

static gboolean
read_blocks (StoreTimeline    *self,
             StoreTransaction *tx,
             GError          **error)
{
  g_autoptr(GArray) blocks = g_array_new (FALSE, FALSE, sizeof (Block));
  g_autoptr(StoreStatement) statement = NULL;
  guint64 count = 0;
  gint64 seen;
  int step;

  if (!store_get_int64 (tx, error, 0, &seen, "SELECT max(sequence) FROM change", ""))
    return FALSE;
  statement = store_query (tx, error, "SELECT first_key, count FROM block WHERE conversation = ? ORDER BY first_key", "i",
                           self->conversation);
  if (statement == NULL)
    return FALSE;
  while ((step = store_step (tx, statement, error)) == 1)
    {
      Block block = { sqlite3_column_int64 (statement, 0), count, store_column_enum (statement, 1, G_MAXINT, 0) };

      count += block.count;
      g_array_append_val (blocks, block);
    }
  if (step < 0)
    return FALSE;
  if (count > G_MAXINT)
    {
      g_set_error_literal (error, STORE_ERROR, STORE_ERROR_DAMAGED, "a conversation counts more messages than there can be");
      return FALSE;
    }
  g_array_unref (self->blocks);
  self->blocks = g_steal_pointer (&blocks);
  self->count = count;
  self->seen = seen;
  return TRUE;
}

StoreTimeline *
store_timeline_load (StoreTransaction *tx,
                     gint64            conversation,
                     GError          **error)
{
  g_autoptr(StoreTimeline) self = g_new0 (StoreTimeline, 1);

  self->conversation = conversation;
  self->blocks = g_array_new (FALSE, FALSE, sizeof (Block));
  return read_blocks (self, tx, error) ? g_steal_pointer (&self) : NULL;
}

void
store_timeline_free (StoreTimeline *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->blocks);
  g_free (self);
}

guint
store_timeline_get_count (const StoreTimeline *self)
{
  return self->count;
}

static gboolean
is_current (StoreTimeline    *self,
            StoreTransaction *tx,
            gboolean         *out,
            GError          **error)
{
  gint64 newer;

  /* Kinds 1, 3 and 4 move positions; 0 and 5 may. */
  if (!store_get_int64 (tx, error, 0, &newer, "SELECT count(*) FROM change WHERE sequence > ? AND "
                        "(kind = 0 OR (conversation = ? AND kind IN (1, 3, 4, 5)))", "ii", self->seen, self->conversation))
    return FALSE;
  *out = newer == 0;
  return TRUE;
}

static Block *
block_at (StoreTimeline *self,
          guint          position)
{
  guint low = 0, high = self->blocks->len;

  while (low + 1 < high)
    {
      guint middle = (low + high) / 2;

      if (g_array_index (self->blocks, Block, middle).start <= position)
        low = middle;
      else
        high = middle;
    }
  return &g_array_index (self->blocks, Block, low);
}

static Block *
block_of (StoreTimeline *self,
          gint64         key)
{
  guint low = 0, high = self->blocks->len;

  while (low + 1 < high)
    {
      guint middle = (low + high) / 2;

      if (g_array_index (self->blocks, Block, middle).first_key <= key)
        low = middle;
      else
        high = middle;
    }
  return &g_array_index (self->blocks, Block, low);
}

GPtrArray *
store_timeline_fetch (StoreTimeline    *self,
                      StoreTransaction *tx,
                      guint             position,
                      guint            *out_first,
                      GError          **error)
{
  g_autoptr(GPtrArray) page = NULL;
  gboolean current;
  gint64 key;
  Block *block;
  guint offset, wanted;

  if (position >= self->count)
    {
      g_set_error (error, STORE_ERROR, STORE_ERROR_NOT_FOUND, "there is no message %u of %u", position, self->count);
      return NULL;
    }
  if (!is_current (self, tx, &current, error))
    return NULL;
  if (!current)
    {
      g_set_error_literal (error, STORE_ERROR, STORE_ERROR_BUSY, "the conversation has changed since it was looked at");
      return NULL;
    }

  block = block_at (self, position);
  offset = (position - block->start) / STORE_TIMELINE_PAGE * STORE_TIMELINE_PAGE;
  wanted = MIN (block->count - offset, STORE_TIMELINE_PAGE);
  if (!store_get_int64 (tx, error, G_MININT64, &key, "SELECT order_key FROM message WHERE conversation = ? AND order_key >= ? "
                        "ORDER BY order_key LIMIT 1 OFFSET ?", "iid", self->conversation, block->first_key, (int) offset))
    return NULL;
  page = store_message_list_after (tx, self->conversation, key - 1, wanted, error);
  if (page == NULL)
    return NULL;
  if (key == G_MININT64 || page->len != wanted)
    {
      tx->connection->damaged = TRUE;
      g_set_error_literal (error, STORE_ERROR, STORE_ERROR_DAMAGED, "the count of a conversation's messages is wrong");
      return NULL;
    }
  *out_first = block->start + offset;
  return g_steal_pointer (&page);
}

static gboolean
find (StoreTimeline    *self,
      StoreTransaction *tx,
      gint64            order_key,
      guint            *out_position,
      GError          **error)
{
  gint64 before;
  Block *block;

  *out_position = 0;
  if (self->blocks->len == 0)
    return TRUE;
  block = block_of (self, order_key);
  if (!store_get_int64 (tx, error, 0, &before, "SELECT count(*) FROM message WHERE conversation = ? AND order_key >= ? "
                        "AND order_key < ?", "iii", self->conversation, block->first_key, order_key))
    return FALSE;
  *out_position = block->start + MIN (before, block->count);
  return TRUE;
}

gboolean
store_timeline_find (StoreTimeline    *self,
                     StoreTransaction *tx,
                     gint64            order_key,
                     guint            *out_position,
                     GError          **error)
{
  gboolean current;

  if (!is_current (self, tx, &current, error))
    return FALSE;
  if (!current)
    {
      g_set_error_literal (error, STORE_ERROR, STORE_ERROR_BUSY, "the conversation has changed since it was looked at");
      return FALSE;
    }
  return find (self, tx, order_key, out_position, error);
}

gboolean
store_timeline_find_unread (StoreTimeline    *self,
                            StoreTransaction *tx,
                            guint            *out_position,
                            GError          **error)
{
  gint64 unread, key;

  if (!store_get_int64 (tx, error, 0, &unread, "SELECT unread FROM conversation WHERE id = ?", "i", self->conversation))
    return FALSE;
  if (unread == 0)
    return FALSE;
  if (!store_get_int64 (tx, error, G_MININT64, &key, "SELECT order_key FROM message WHERE conversation = ?1 AND order_key > "
                        "(SELECT read_key FROM conversation WHERE id = ?1) AND weight > 0 ORDER BY order_key LIMIT 1", "i",
                        self->conversation))
    return FALSE;
  return key != G_MININT64 && store_timeline_find (self, tx, key, out_position, error);
}

/* What happened to one message in all. */
typedef struct
{
  gint64   old_key;    /* G_MININT64: was not there */
  gint64   new_key;    /* G_MININT64: is no longer there */
  gboolean met;
} Fate;

static int
compare_keys (gconstpointer a,
              gconstpointer b)
{
  gint64 x = *(const gint64 *) a;
  gint64 y = *(const gint64 *) b;

  return x < y ? -1 : x > y;
}

/* How many of the sorted @keys are below @key. */
static guint
count_below (GArray *keys,
             gint64  key)
{
  guint low = 0, high = keys->len;

  while (low < high)
    {
      guint middle = (low + high) / 2;

      if (g_array_index (keys, gint64, middle) < key)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

/* FALSE in *out_listed: too much to tell one by one. */
static gboolean
read_fates (StoreTimeline    *self,
            StoreTransaction *tx,
            GHashTable       *fates,
            gboolean         *out_listed,
            GError          **error)
{
  g_autoptr(StoreStatement) statement = NULL;
  gint64 oldest;
  int step;

  if (!store_get_int64 (tx, error, self->seen + 1, &oldest, "SELECT min(sequence) FROM change", ""))
    return FALSE;
  *out_listed = oldest <= self->seen + 1;
  statement = store_query (tx, error, "SELECT kind, row, old_key, new_key FROM change WHERE sequence > ? "
                           "AND (kind = 0 OR (conversation = ? AND kind <= 5)) ORDER BY sequence", "ii", self->seen,
                           self->conversation);
  if (statement == NULL)
    return FALSE;
  while ((step = store_step (tx, statement, error)) == 1)
    {
      int kind = sqlite3_column_int (statement, 0);
      gint64 row = sqlite3_column_int64 (statement, 1);
      Fate *fate;

      if (kind == STORE_CHANGE_EVERYTHING || kind == STORE_CHANGE_HISTORY)
        {
          *out_listed = FALSE;
          continue;
        }
      fate = g_hash_table_lookup (fates, &row);
      if (fate == NULL)
        {
          fate = g_new0 (Fate, 1);
          g_hash_table_insert (fates, g_memdup2 (&row, sizeof row), fate);
        }
      if (!fate->met)
        fate->old_key = sqlite3_column_int64 (statement, 2);
      fate->new_key = sqlite3_column_int64 (statement, 3);
      fate->met = TRUE;
    }
  return step == 0;
}

static void
add_edit (GArray *edits,
          guint   position,
          guint   removed,
          guint   added)
{
  StoreTimelineEdit edit = { position, removed, added };

  if (edits->len > 0)
    {
      StoreTimelineEdit *last = &g_array_index (edits, StoreTimelineEdit, edits->len - 1);

      /* Neighbours in one call: removals come from the end, additions from the beginning. */
      if (removed == 1 && added == 0 && last->added == 0 && last->position == position + 1)
        {
          last->position = position;
          last->removed++;
          return;
        }
      if (added == 1 && removed == 0 && last->removed == 0 && last->position + last->added == position)
        {
          last->added++;
          return;
        }
    }
  g_array_append_val (edits, edit);
}

GArray *
store_timeline_update (StoreTimeline    *self,
                       StoreTransaction *tx,
                       GError          **error)
{
  g_autoptr(GHashTable) fates = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  g_autoptr(GArray) edits = g_array_new (FALSE, FALSE, sizeof (StoreTimelineEdit));
  g_autoptr(GArray) removed = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr(GArray) added = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr(GArray) changed = g_array_new (FALSE, FALSE, sizeof (gint64));
  guint old_count = self->count;
  gboolean listed;
  GHashTableIter iter;
  Fate *fate;

  if (!read_fates (self, tx, fates, &listed, error) || !read_blocks (self, tx, error))
    return NULL;
  g_hash_table_iter_init (&iter, fates);
  while (listed && g_hash_table_iter_next (&iter, NULL, (gpointer *) &fate))
    {
      if (fate->old_key == fate->new_key)
        {
          if (fate->new_key != G_MININT64)
            g_array_append_val (changed, fate->new_key);
          continue;
        }
      if (fate->old_key != G_MININT64)
        g_array_append_val (removed, fate->old_key);
      if (fate->new_key != G_MININT64)
        g_array_append_val (added, fate->new_key);
    }
  if (!listed || old_count + added->len != self->count + removed->len)
    {
      add_edit (edits, 0, old_count, self->count);
      return g_steal_pointer (&edits);
    }
  g_array_sort (removed, compare_keys);
  g_array_sort (added, compare_keys);

  for (guint i = removed->len; i > 0; i--)
    {
      gint64 key = g_array_index (removed, gint64, i - 1);
      guint position;

      /* Its place among those of now, less what has come, more what has gone from before it. */
      if (!find (self, tx, key, &position, error))
        return NULL;
      add_edit (edits, position - count_below (added, key) + (i - 1), 1, 0);
    }
  for (guint i = 0; i < added->len; i++)
    {
      guint position;

      if (!find (self, tx, g_array_index (added, gint64, i), &position, error))
        return NULL;
      add_edit (edits, position, 0, 1);
    }
  for (guint i = 0; i < changed->len; i++)
    {
      guint position;

      if (!find (self, tx, g_array_index (changed, gint64, i), &position, error))
        return NULL;
      add_edit (edits, position, 1, 1);
    }
  return g_steal_pointer (&edits);
}
