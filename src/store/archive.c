/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Segments of archives, and pages.
 *
 * A segment is a range of archive order without holes, between two ids of the archive. "live" marks the one that live stanzas
 * extend; there is at most one in an archive. message.segment tells which segment gave a message its place; when two segments
 * turn out to touch, one takes over the other and "segment_merged" remembers it, so that no message need be rewritten.
 * Two segments are only ever merged on evidence: an id that both have, or an answer that was complete. Times decide nothing but
 * which of two separate segments is shown first, because live messages only have this computer's clock.
 *
 * Placing a page: its messages that are placed already are anchors and keep their keys; the others, new or so far placed by
 * arrival, go between them in the order of the page (place.c).
 */

#include "archive.h"

#include <string.h>

#include "conversation-private.h"
#include "message-private.h"
#include "place-private.h"

#define MAX_PAGE 1000
#define MAX_GAPS 100

typedef struct
{
  gint64   id;
  char    *scope;
  char    *start_id;
  gint64   start_time;
  char    *end_id;
  gint64   end_time;
  gboolean at_start;
  gboolean live;
} Segment;

static void
segment_clear (Segment *self)
{
  g_free (self->scope);
  g_free (self->start_id);
  g_free (self->end_id);
}

#define SEGMENT_COLUMNS "id, scope, start_id, start_time, end_id, end_time, at_start, live"

static void
read_segment (StoreStatement *s,
              Segment        *out)
{
  *out = (Segment) {
    .id = sqlite3_column_int64 (s, 0),
    .scope = store_column_dup_text (s, 1),
    .start_id = store_column_dup_text (s, 2),
    .start_time = sqlite3_column_int64 (s, 3),
    .end_id = store_column_dup_text (s, 4),
    .end_time = sqlite3_column_int64 (s, 5),
    .at_start = sqlite3_column_int64 (s, 6) != 0,
    .live = sqlite3_column_int64 (s, 7) != 0,
  };
}

/* All segments of an archive; there are as many as there are gaps. (element-type Segment) */
static GArray *
list_segments (StoreTransaction *tx,
               gint64            archive,
               GError          **error)
{
  g_autoptr(GArray) list = g_array_new (FALSE, FALSE, sizeof (Segment));
  g_autoptr(StoreStatement) statement = NULL;
  int step;

  g_array_set_clear_func (list, (GDestroyNotify) segment_clear);
  statement = store_query (tx, error, "SELECT " SEGMENT_COLUMNS " FROM segment WHERE archive = ? "
                           "ORDER BY live DESC, end_time DESC, id DESC", "i", archive);
  if (statement == NULL)
    return NULL;
  while ((step = store_step (tx, statement, error)) == 1)
    {
      Segment segment;

      read_segment (statement, &segment);
      g_array_append_val (list, segment);
    }
  return step == 0 ? g_steal_pointer (&list) : NULL;
}

static Segment *
find_segment (GArray *list,
              gint64  id)
{
  for (guint i = 0; i < list->len; i++)
    if (g_array_index (list, Segment, i).id == id)
      return &g_array_index (list, Segment, i);
  return NULL;
}

static gboolean
resolve_segment (StoreTransaction *tx,
                 gint64            id,
                 gint64           *out,
                 GError          **error)
{
  return store_get_int64 (tx, error, id, out, "SELECT into_id FROM segment_merged WHERE id = ?", "i", id);
}

static gboolean
insert_segment (StoreTransaction *tx,
                gint64            archive,
                Segment          *segment,
                GError          **error)
{
  if (!store_exec (tx, error, "INSERT INTO segment (id, archive, scope, start_id, start_time, end_id, end_time, at_start, live) "
                   /* Not the id of one that was merged: rows still name it. */
                   "VALUES (1 + max((SELECT coalesce(max(id), 0) FROM segment), (SELECT coalesce(max(id), 0) FROM segment_merged)), "
                   "?, ?, ?, ?, ?, ?, ?, ?)", "issisidd", archive, segment->scope, segment->start_id, segment->start_time,
                   segment->end_id, segment->end_time, segment->at_start ? 1 : 0, segment->live ? 1 : 0))
    return FALSE;
  segment->id = store_last_row (tx);
  store_transaction_note (tx, STORE_CHANGE_SEGMENTS, 0, archive);
  return TRUE;
}

static gboolean
update_segment (StoreTransaction *tx,
                gint64            archive,
                const Segment    *segment,
                GError          **error)
{
  if (!store_exec (tx, error, "UPDATE segment SET start_id = ?, start_time = ?, end_id = ?, end_time = ?, at_start = ?, live = ? "
                   "WHERE id = ?", "sisiddi", segment->start_id, segment->start_time, segment->end_id, segment->end_time,
                   segment->at_start ? 1 : 0, segment->live ? 1 : 0, segment->id))
    return FALSE;
  store_transaction_note (tx, STORE_CHANGE_SEGMENTS, 0, archive);
  return TRUE;
}

gboolean
store_archive_reach_live (StoreTransaction *tx,
                          gint64            archive,
                          const char       *archive_id,
                          gint64            time,
                          gint64           *out_segment,
                          GError          **error)
{
  if (!store_get_int64 (tx, error, 0, out_segment, "SELECT id FROM segment WHERE archive = ? AND live = 1", "i", archive))
    return FALSE;
  if (*out_segment == 0)
    {
      Segment segment = { 0, (char *) "", (char *) archive_id, time, (char *) archive_id, time, FALSE, TRUE };

      if (!insert_segment (tx, archive, &segment, error))
        return FALSE;
      *out_segment = segment.id;
      return TRUE;
    }
  return store_exec (tx, error, "UPDATE segment SET end_id = ?, end_time = max(end_time, ?) WHERE id = ?", "sii", archive_id,
                     time, *out_segment);
}

gboolean
store_archive_extend_live (StoreTransaction *tx,
                           const char       *archive,
                           const char       *archive_id,
                           gint64            time,
                           GError          **error)
{
  gint64 number, segment;

  return store_check_required (archive_id, STORE_LIMIT_ID, "archive id", error) &&
         store_check_required (archive, STORE_LIMIT_ID * 3, "archive", error) &&
         store_archive_intern (tx, archive, &number, error) &&
         store_archive_reach_live (tx, number, archive_id, CLAMP (time, 0, G_MAXINT64 / 4), &segment, error);
}

gboolean
store_archive_end_live (StoreTransaction *tx,
                        const char       *archive,
                        GError          **error)
{
  if (archive == NULL)
    return store_exec (tx, error, "UPDATE segment SET live = 0 WHERE live = 1", "");
  return store_exec (tx, error, "UPDATE segment SET live = 0 WHERE live = 1 "
                     "AND archive = (SELECT id FROM archive WHERE address = ?)", "s", archive);
}

gboolean
store_archive_get_newest (StoreTransaction *tx,
                          const char       *archive,
                          char            **out_id,
                          gint64           *out_time,
                          GError          **error)
{
  g_autoptr(StoreStatement) statement = NULL;
  int step;

  statement = store_query (tx, error, "SELECT s.end_id, s.end_time FROM segment s JOIN archive a ON a.id = s.archive "
                           "WHERE a.address = ? AND s.scope = '' ORDER BY s.live DESC, s.end_time DESC LIMIT 1", "s", archive);
  if (statement == NULL || (step = store_step (tx, statement, error)) < 0)
    return FALSE;
  *out_id = step == 1 ? store_column_dup_text (statement, 0) : NULL;
  if (out_time != NULL)
    *out_time = step == 1 ? sqlite3_column_int64 (statement, 1) : 0;
  return TRUE;
}

gboolean
store_archive_forget (StoreTransaction *tx,
                      const char       *archive,
                      GError          **error)
{
  gint64 number;

  if (!store_archive_intern (tx, archive, &number, error) ||
      !store_exec (tx, error, "UPDATE message SET segment = 0 WHERE segment IN (SELECT id FROM segment WHERE archive = ?1) "
                   "OR segment IN (SELECT id FROM segment_merged WHERE into_id IN (SELECT id FROM segment WHERE archive = ?1))",
                   "i", number) ||
      !store_exec (tx, error, "DELETE FROM segment WHERE archive = ?", "i", number))
    return FALSE;
  store_transaction_note (tx, STORE_CHANGE_SEGMENTS, 0, number);
  return TRUE;
}

/* Pages */

typedef struct
{
  StoreMessage   *message;
  gint64          author;
  StoreMessageRow row;       /* id 0: new */
  gboolean        anchor;
  gint64          key;
} Item;

typedef struct
{
  const StoreArchivePage *page;
  gint64                  archive;
  Segment                 segment;     /* that the page belongs to */
  GHashTable             *touched;     /* (element-type gint64): other segments that hold messages of the page */
} Page;

static void
item_clear (Item *self)
{
  store_message_row_clear (&self->row);
}

static gboolean
page_has (const StoreArchivePage *page,
          const char             *id)
{
  if (g_str_equal (id, page->first_id) || g_str_equal (id, page->last_id))
    return TRUE;
  for (guint i = 0; page->messages != NULL && i < page->messages->len; i++)
    if (g_strcmp0 (((StoreMessage *) page->messages->pdata[i])->archive_id, id) == 0)
      return TRUE;
  return FALSE;
}

static void
replace (char      **id,
         gint64     *time,
         const char *new_id,
         gint64      new_time)
{
  g_free (*id);
  *id = g_strdup (new_id);
  *time = new_time;
}

/* The segment that the page continues, or a new one of just the page. */
static gboolean
open_segment (StoreTransaction *tx,
              Page             *self,
              GError          **error)
{
  const StoreArchivePage *page = self->page;
  gboolean forward = page->direction == STORE_ARCHIVE_FORWARD;
  g_autoptr(GArray) list = list_segments (tx, self->archive, error);
  Segment *known = NULL;

  if (list == NULL)
    return FALSE;
  for (guint i = 0; page->anchor_id != NULL && i < list->len && known == NULL; i++)
    {
      Segment *segment = &g_array_index (list, Segment, i);

      if (g_str_equal (segment->scope, page->scope) &&
          g_str_equal (forward ? segment->end_id : segment->start_id, page->anchor_id))
        known = segment;
    }
  if (known != NULL)
    {
      self->segment = *known;
      self->segment.scope = g_strdup (known->scope);
      self->segment.start_id = g_strdup (known->start_id);
      self->segment.end_id = g_strdup (known->end_id);
      if (forward && page->last_id != NULL)
        replace (&self->segment.end_id, &self->segment.end_time, page->last_id, page->last_time);
      else if (!forward && page->first_id != NULL)
        replace (&self->segment.start_id, &self->segment.start_time, page->first_id, page->first_time);
    }
  else if (page->first_id == NULL)
    return TRUE;    /* nothing came, and nothing is known that it would complete */
  else
    self->segment = (Segment) { 0, g_strdup (page->scope), g_strdup (page->first_id), page->first_time,
                                g_strdup (page->last_id), page->last_time, FALSE, FALSE };

  /* From the oldest on, or down to it. */
  if ((forward && page->anchor_id == NULL) || (!forward && page->complete))
    self->segment.at_start = TRUE;
  return known != NULL ? update_segment (tx, self->archive, &self->segment, error)
                       : insert_segment (tx, self->archive, &self->segment, error);
}

static gboolean
take_over (StoreTransaction *tx,
           Page             *self,
           const Segment    *other,
           GError          **error)
{
  const StoreArchivePage *page = self->page;
  Segment *own = &self->segment;

  if (page->first_id == NULL || !page_has (page, other->start_id))
    {
      /* The page begins inside the other one. */
      gboolean inside = page->first_id != NULL && g_str_equal (own->start_id, page->first_id) &&
                        g_hash_table_contains (self->touched, &other->id);

      if (inside || (!other->live && other->start_time < own->start_time))
        replace (&own->start_id, &own->start_time, other->start_id, other->start_time);
    }
  if (page->first_id == NULL || !page_has (page, other->end_id))
    if (other->live || (page->last_id != NULL && g_str_equal (own->end_id, page->last_id)) || other->end_time > own->end_time)
      replace (&own->end_id, &own->end_time, other->end_id, other->end_time);
  own->at_start = own->at_start || other->at_start;
  own->live = own->live || other->live;
  return store_exec (tx, error, "DELETE FROM segment WHERE id = ?", "i", other->id) &&
         store_exec (tx, error, "UPDATE segment_merged SET into_id = ? WHERE into_id = ?", "ii", own->id, other->id) &&
         store_exec (tx, error, "INSERT INTO segment_merged (id, into_id) VALUES (?, ?)", "ii", other->id, own->id) &&
         update_segment (tx, self->archive, own, error);
}

/* Merges what the page has shown to be one. */
static gboolean
join_segments (StoreTransaction *tx,
               Page             *self,
               GError          **error)
{
  const StoreArchivePage *page = self->page;
  gboolean reaches_end = g_str_equal (page->scope, "") &&
                         ((page->direction == STORE_ARCHIVE_FORWARD && page->complete) ||
                          (page->direction == STORE_ARCHIVE_BACKWARD && page->anchor_id == NULL));
  g_autoptr(GArray) list = list_segments (tx, self->archive, error);

  if (list == NULL)
    return FALSE;
  for (guint i = 0; i < list->len; i++)
    {
      Segment *other = &g_array_index (list, Segment, i);

      if (other->id == self->segment.id || !g_str_equal (other->scope, page->scope))
        continue;
      if (g_hash_table_contains (self->touched, &other->id) || (reaches_end && other->live) ||
          (page->first_id != NULL && (page_has (page, other->start_id) || page_has (page, other->end_id))))
        if (!take_over (tx, self, other, error))
          return FALSE;
    }
  if (reaches_end && !self->segment.live)
    {
      self->segment.live = TRUE;
      return update_segment (tx, self->archive, &self->segment, error);
    }
  return TRUE;
}

/* Whether what @segment placed lies above the page. */
static gboolean
is_above (Page    *self,
          GArray  *segments,
          gint64   id)
{
  Segment *other;

  if (id == self->segment.id)
    return self->page->direction == STORE_ARCHIVE_BACKWARD;
  other = find_segment (segments, id);
  if (other == NULL)
    return FALSE;
  return other->live || other->start_time > self->page->first_time;
}

/* Keys of the messages placed just below and above the page, in a conversation of which the page has no anchor. */
static gboolean
find_bounds (StoreTransaction *tx,
             Page             *self,
             gint64            conversation,
             gint64            time,
             gint64           *out_low,
             gint64           *out_high,
             GError          **error)
{
  static const char up[] = "SELECT order_key, coalesce((SELECT into_id FROM segment_merged g WHERE g.id = message.segment), segment) "
                           "FROM message WHERE conversation = ? AND segment > 0 AND order_key >= ? ORDER BY order_key";
  static const char down[] = "SELECT order_key, coalesce((SELECT into_id FROM segment_merged g WHERE g.id = message.segment), segment) "
                             "FROM message WHERE conversation = ? AND segment > 0 AND order_key < ? ORDER BY order_key DESC";
  g_autoptr(GArray) segments = list_segments (tx, self->archive, error);
  gboolean met_below = FALSE;
  int step;

  *out_low = G_MININT64;
  *out_high = G_MAXINT64;
  if (segments == NULL)
    return FALSE;
  {
    g_autoptr(StoreStatement) statement = store_query (tx, error, up, "ii", conversation, time);

    if (statement == NULL)
      return FALSE;
    while ((step = store_step (tx, statement, error)) == 1)
      {
        gint64 key = sqlite3_column_int64 (statement, 0);

        if (is_above (self, segments, sqlite3_column_int64 (statement, 1)))
          {
            *out_high = key;
            break;
          }
        *out_low = key;
        met_below = TRUE;
      }
    if (step < 0)
      return FALSE;
  }
  if (met_below)
    return TRUE;
  {
    g_autoptr(StoreStatement) statement = store_query (tx, error, down, "ii", conversation, time);

    if (statement == NULL)
      return FALSE;
    while ((step = store_step (tx, statement, error)) == 1)
      {
        gint64 key = sqlite3_column_int64 (statement, 0);

        if (!is_above (self, segments, sqlite3_column_int64 (statement, 1)))
          {
            *out_low = key;
            break;
          }
        *out_high = key;
      }
    return step >= 0;
  }
}

static gboolean
get_key (StoreTransaction *tx,
         gint64            id,
         gint64           *out,
         GError          **error)
{
  return store_get_int64 (tx, error, G_MININT64, out, "SELECT order_key FROM message WHERE id = ?", "i", id);
}

/* Keys for the items first … end − 1, which lie between two anchors. */
static gboolean
place_run (StoreTransaction *tx,
           gint64            conversation,
           GPtrArray        *items,
           guint             first,
           guint             end,
           gint64            low,
           gint64            high,
           GError          **error)
{
  guint n = end - first;
  g_autofree gint64 *ids = g_new0 (gint64, n);
  g_autofree gint64 *times = g_new0 (gint64, n);
  g_autofree gint64 *keys = g_new0 (gint64, n);

  for (guint i = 0; i < n; i++)
    {
      Item *item = items->pdata[first + i];

      ids[i] = item->row.id;
      times[i] = item->row.id != 0 ? item->row.order_key : item->message->time;
    }
  if (!store_place_between (tx, conversation, low, high, ids, times, keys, n, error))
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      Item *item = items->pdata[first + i];

      item->key = keys[i];
    }
  return TRUE;
}

static gboolean
place_items (StoreTransaction *tx,
             Page             *self,
             gint64            conversation,
             GPtrArray        *items,
             GError          **error)
{
  gint64 low = G_MININT64, high = G_MAXINT64, last_anchor = G_MININT64;
  guint run = 0;
  gboolean any = FALSE;

  for (guint i = 0; i < items->len; i++)
    {
      Item *item = items->pdata[i];

      if (!item->anchor)
        continue;
      /* Anchors out of order cannot both be right: the later one is placed anew. */
      if (any && item->row.order_key <= last_anchor)
        {
          item->anchor = FALSE;
          continue;
        }
      last_anchor = item->row.order_key;
      if (!any && !store_get_int64 (tx, error, G_MININT64, &low, "SELECT order_key FROM message WHERE conversation = ? "
                                    "AND segment > 0 AND order_key < ? ORDER BY order_key DESC LIMIT 1", "ii", conversation,
                                    last_anchor))
        return FALSE;
      any = TRUE;
    }
  if (!any)
    {
      Item *item = items->pdata[0];

      return find_bounds (tx, self, conversation, item->message->time, &low, &high, error) &&
             place_run (tx, conversation, items, 0, items->len, low, high, error);
    }

  for (guint i = 0; i <= items->len; i++)
    {
      Item *item = i < items->len ? items->pdata[i] : NULL;

      if (item != NULL && !item->anchor)
        continue;
      /* Read again each time: making room may have moved it. */
      if (item != NULL)
        {
          if (!get_key (tx, item->row.id, &high, error))
            return FALSE;
        }
      else if (!store_get_int64 (tx, error, G_MAXINT64, &high, "SELECT order_key FROM message WHERE conversation = ? "
                                 "AND segment > 0 AND order_key > ? ORDER BY order_key LIMIT 1", "ii", conversation, low))
        return FALSE;
      if (!place_run (tx, conversation, items, run, i, low, high, error))
        return FALSE;
      if (item != NULL)
        {
          if (!get_key (tx, item->row.id, &item->key, error))
            return FALSE;
          low = item->key;
        }
      run = i + 1;
    }
  return TRUE;
}

static gboolean
write_items (StoreTransaction *tx,
             Page             *self,
             gint64            conversation,
             GPtrArray        *items,
             StoreInsertFlags  flags,
             guint            *added,
             GError          **error)
{
  gboolean moved = FALSE;

  for (guint i = 0; i < items->len; i++)
    {
      Item *item = items->pdata[i];

      if (item->row.id == 0 || item->anchor)
        continue;
      /* The key is free, or its own: see store_place_between(). */
      if (!store_place_move (tx, conversation, item->row.id, item->key, error))
        return FALSE;
      moved = TRUE;
    }

  for (guint i = 0; i < items->len; i++)
    {
      Item *item = items->pdata[i];
      gboolean changed = FALSE;

      if (item->row.id != 0)
        {
          if (!store_message_merge (tx, &item->row, item->message, self->archive, &changed, error) ||
              (!item->anchor && !store_exec (tx, error, "UPDATE message SET segment = ? WHERE id = ?", "ii", self->segment.id,
                                             item->row.id)))
            return FALSE;
          item->message->order_key = item->key;
          continue;
        }
      /* The same message may be in the page twice, under two ids. */
      if (!store_message_match (tx, item->message, item->author, self->archive, &item->row, error))
        return FALSE;
      if (item->row.id != 0)
        {
          if (!store_message_merge (tx, &item->row, item->message, self->archive, &changed, error))
            return FALSE;
          continue;
        }
      item->message->order_key = item->key;
      if (!store_message_write (tx, item->message, item->author, self->archive, self->segment.id, flags, error))
        return FALSE;
      (*added)++;
    }
  return !moved || store_conversation_refresh_last (tx, conversation, error);
}

static gboolean
collect_items (StoreTransaction *tx,
               Page             *self,
               GPtrArray        *items,
               GError          **error)
{
  for (guint i = 0; i < self->page->messages->len; i++)
    {
      StoreMessage *message = self->page->messages->pdata[i];
      StoreAuthor who = { message->direction, message->sender, message->occupant_id, message->nick };
      Item *item = g_new0 (Item, 1);

      g_ptr_array_add (items, item);
      item->message = message;
      if (!store_message_check (message, error) ||
          !store_author_intern (tx, message->conversation, &who, &item->author, error) ||
          !store_message_match (tx, message, item->author, self->archive, &item->row, error))
        return FALSE;
      /* Two of the page are one row: only the first counts, the other has nothing to place. */
      for (guint j = 0; item->row.id != 0 && j + 1 < items->len; j++)
        if (((Item *) items->pdata[j])->row.id == item->row.id)
          {
            g_ptr_array_remove_index (items, items->len - 1);
            item = NULL;
            break;
          }
      if (item == NULL)
        continue;
      item->anchor = item->row.id != 0 && item->row.segment != 0 && item->row.archive == self->archive &&
                     g_strcmp0 (item->row.archive_id, message->archive_id) == 0;
      if (item->anchor)
        {
          gint64 segment;

          if (!resolve_segment (tx, item->row.segment, &segment, error))
            return FALSE;
          g_hash_table_add (self->touched, g_memdup2 (&segment, sizeof segment));
        }
    }
  return TRUE;
}

static void
free_item (Item *item)
{
  item_clear (item);
  g_free (item);
}

static gboolean
insert_messages (StoreTransaction *tx,
                 Page             *self,
                 StoreInsertFlags  flags,
                 guint            *added,
                 GError          **error)
{
  g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify) free_item);
  g_autoptr(GHashTable) groups = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, (GDestroyNotify) g_ptr_array_unref);
  g_autoptr(GPtrArray) order = g_ptr_array_new ();

  if (!collect_items (tx, self, items, error))
    return FALSE;
  for (guint i = 0; i < items->len; i++)
    {
      Item *item = items->pdata[i];
      GPtrArray *group = g_hash_table_lookup (groups, &item->message->conversation);

      if (group == NULL)
        {
          group = g_ptr_array_new ();
          g_hash_table_insert (groups, &item->message->conversation, group);
          g_ptr_array_add (order, group);
        }
      g_ptr_array_add (group, item);
    }
  for (guint i = 0; i < order->len; i++)
    {
      GPtrArray *group = order->pdata[i];
      gint64 conversation = ((Item *) group->pdata[0])->message->conversation;

      if (!place_items (tx, self, conversation, group, error) ||
          !write_items (tx, self, conversation, group, flags, added, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
check_page (const StoreArchivePage *page,
            GError                **error)
{
  if (!store_check_required (page->archive, STORE_LIMIT_ID * 3, "archive", error) ||
      !store_check_text (page->scope, STORE_LIMIT_ID * 3, "scope", error) ||
      !store_check_text (page->anchor_id, STORE_LIMIT_ID, "anchor", error) ||
      !store_check_text (page->first_id, STORE_LIMIT_ID, "first id", error) ||
      !store_check_text (page->last_id, STORE_LIMIT_ID, "last id", error))
    return FALSE;
  if (page->scope == NULL || (page->first_id == NULL) != (page->last_id == NULL) ||
      (page->messages != NULL && page->messages->len > (page->first_id == NULL ? 0 : MAX_PAGE)))
    {
      g_set_error_literal (error, STORE_ERROR, STORE_ERROR_INVALID, "archive page: scope, first or last id missing, or too many");
      return FALSE;
    }
  for (guint i = 0; page->messages != NULL && i < page->messages->len; i++)
    {
      StoreMessage *message = page->messages->pdata[i];

      if (message->archive_id == NULL || g_strcmp0 (message->archive, page->archive) != 0)
        {
          g_set_error_literal (error, STORE_ERROR, STORE_ERROR_INVALID, "archive page: a message is not of that archive");
          return FALSE;
        }
    }
  return TRUE;
}

gboolean
store_archive_insert_page (StoreTransaction       *tx,
                           const StoreArchivePage *page,
                           StoreInsertFlags        flags,
                           guint                  *out_added,
                           GError                **error)
{
  Page self = { .page = page };
  guint added = 0;
  gboolean ok;

  if (!check_page (page, error) || !store_archive_intern (tx, page->archive, &self.archive, error))
    return FALSE;
  self.touched = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  ok = open_segment (tx, &self, error) &&
       (page->messages == NULL || page->messages->len == 0 || insert_messages (tx, &self, flags, &added, error)) &&
       (self.segment.id == 0 || join_segments (tx, &self, error));
  g_hash_table_unref (self.touched);
  segment_clear (&self.segment);
  if (ok && out_added != NULL)
    *out_added = added;
  return ok;
}

/* Gaps */

void
store_archive_gap_free (StoreArchiveGap *self)
{
  if (self == NULL)
    return;
  g_free (self->scope);
  g_free (self->before_id);
  g_free (self->after_id);
  g_free (self);
}

static StoreArchiveGap *
new_gap (const char    *scope,
         const Segment *above,
         const Segment *below)
{
  StoreArchiveGap *gap = g_new0 (StoreArchiveGap, 1);

  gap->scope = g_strdup (above != NULL ? above->scope : scope);
  gap->before_id = above != NULL ? g_strdup (above->start_id) : NULL;
  gap->before_time = above != NULL ? above->start_time : G_MAXINT64;
  gap->after_id = below != NULL ? g_strdup (below->end_id) : NULL;
  gap->after_time = below != NULL ? below->end_time : 0;
  return gap;
}

GPtrArray *
store_archive_list_gaps (StoreTransaction *tx,
                         const char       *archive,
                         const char       *address,
                         GError          **error)
{
  g_autoptr(GPtrArray) gaps = g_ptr_array_new_with_free_func ((GDestroyNotify) store_archive_gap_free);
  g_autoptr(GArray) list = NULL;
  const Segment *above = NULL;    /* begins where what is known from the newest on begins */
  gboolean at_start = FALSE;
  gint64 number;

  if (!store_get_int64 (tx, error, 0, &number, "SELECT id FROM archive WHERE address = ?", "s", archive))
    return NULL;
  list = list_segments (tx, number, error);
  if (list == NULL)
    return NULL;
  for (guint i = 0; i < list->len && !at_start; i++)
    {
      const Segment *segment = &g_array_index (list, Segment, i);

      if (segment->scope[0] != '\0' && !g_str_equal (segment->scope, address))
        continue;
      if (above != NULL && segment->end_time <= above->start_time)
        {
          if (gaps->len >= MAX_GAPS)
            return g_steal_pointer (&gaps);
          g_ptr_array_add (gaps, new_gap (address, above, segment));
          above = segment;
        }
      else if (above == NULL || segment->start_time < above->start_time)
        above = segment;
      at_start = above == segment && segment->at_start;
    }
  if (!at_start)
    g_ptr_array_add (gaps, new_gap (g_str_equal (archive, address) ? "" : address, above, NULL));
  return g_steal_pointer (&gaps);
}
