/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where an item goes (YATA as Yjs does it), and how items die.
 */

#include "config.h"

#include "doc-private.h"

/* From this many items on a conflict scan keeps its set as ordinals by handle. */
#define SHORT_SCAN 16
/* From this many on the neighbours are remembered as a crowd. */
#define LONG_SCAN  64

/* Returns: a new item with id and kind, not in any list yet. */
CrdtHandle
crdt_item_new (CrdtDoc *doc,
               guint32  client,
               guint32  clock,
               guint32  length,
               guint    ref)
{
  CrdtHandle handle = crdt_pool_take (&doc->items, &doc->arena, CRDT_ITEM_SHIFT, sizeof (CrdtItem));
  CrdtItem *item = crdt_item (doc, handle);

  item->client = client;
  item->clock = clock;
  item->length = length;
  item->ref = ref;
  item->deleted = ref == CRDT_REF_GC || ref == CRDT_REF_DELETED;
  return handle;
}

CrdtType *
crdt_type_new (CrdtDoc      *doc,
               CrdtTypeKind  kind,
               guint32       name,
               CrdtHandle    item)
{
  CrdtType *type = crdt_arena_alloc_chunk (&doc->arena, sizeof (CrdtType));

  memset (type, 0, sizeof *type);
  type->doc = doc;
  type->index = doc->types->len;
  type->item = item;
  type->name = name;
  type->kind = (guint8) kind;
  type->depth = 1;
  g_ptr_array_add (doc->types, type);
  return type;
}

/* Remembers that a key has been used for formatting, so that attributes can be looked up key by key. */
void
crdt_type_note_format (CrdtType *type,
                       guint32   key)
{
  if (type->format_keys == NULL)
    type->format_keys = g_array_new (FALSE, FALSE, sizeof (guint32));
  for (guint i = 0; i < type->format_keys->len; i++)
    if (g_array_index (type->format_keys, guint32, i) == key)
      return;
  g_array_append_val (type->format_keys, key);
}

/*
 * A crowd is a stretch between two neighbours (either may be none) in which all items have
 * that left neighbour as origin and that right one as rightOrigin, or descend from such an
 * item. There the rule of integration comes to: before the first of them whose client id is
 * larger. So a new one finds its place by binary search: n writers at one spot cost n log n.
 */

void
crdt_crowd_forget (CrdtDoc *doc)
{
  doc->crowd.seq = 0;
}

/* Whether the crowd would not be one without this item, which is about to become part of another. */
gboolean
crdt_crowd_minds (const CrdtDoc *doc,
                  CrdtHandle     handle)
{
  const CrdtItem *item = crdt_item (doc, handle);
  const CrdtItem *first;

  if (handle == doc->crowd.left || handle == doc->crowd.right)
    return TRUE;
  first = crdt_item (doc, g_array_index (doc->crowd.siblings, CrdtHandle, 0));
  return item->origin_client == first->origin_client && item->origin_clock == first->origin_clock;
}

static inline gboolean
same_origin (const CrdtItem *a,
             const CrdtItem *b)
{
  return a->origin_client == b->origin_client && (a->origin_client == 0 || a->origin_clock == b->origin_clock);
}

static inline gboolean
same_right (const CrdtItem *a,
            const CrdtItem *b)
{
  return a->right_client == b->right_client && (a->right_client == 0 || a->right_clock == b->right_clock);
}

/* The index of the first of the crowd whose client id is larger. */
static guint
crowd_place (const CrdtDoc *doc,
             guint64        id)
{
  guint low = 0;
  guint high = doc->crowd.siblings->len;

  while (low < high)
    {
      guint middle = (low + high) / 2;
      CrdtHandle handle = g_array_index (doc->crowd.siblings, CrdtHandle, middle);

      if (doc->clients[crdt_item (doc, handle)->client].id < id)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

static gboolean
crowd_fits (const CrdtDoc  *doc,
            guint32         seq,
            CrdtHandle      left,
            CrdtHandle      right,
            const CrdtItem *item)
{
  return doc->crowd.seq == seq && doc->crowd.left == left && doc->crowd.right == right
         && doc->crowd.siblings->len > 0
         && same_origin (crdt_item (doc, g_array_index (doc->crowd.siblings, CrdtHandle, 0)), item)
         && same_right (crdt_item (doc, g_array_index (doc->crowd.siblings, CrdtHandle, 0)), item);
}

/* Remembers the stretch between @left and @right if it is a crowd; @item is in it already. */
static void
crowd_learn (CrdtDoc    *doc,
             guint32     seq,
             CrdtHandle  left,
             CrdtHandle  right,
             CrdtHandle  handle)
{
  CrdtItem *item = crdt_item (doc, handle);
  CrdtHandle at = left != 0 ? crdt_seq_next (doc, left) : crdt_seq_first (doc, seq);
  g_autoptr(GHashTable) members = g_hash_table_new (NULL, NULL);
  guint64 last = 0;

  crdt_crowd_forget (doc);
  if (doc->crowd.siblings == NULL)
    doc->crowd.siblings = g_array_new (FALSE, FALSE, sizeof (CrdtHandle));
  g_array_set_size (doc->crowd.siblings, 0);
  for (; at != 0 && at != right; at = crdt_seq_next (doc, at))
    {
      const CrdtItem *o = crdt_item (doc, at);

      if (same_origin (o, item) && same_right (o, item))
        {
          guint64 id = doc->clients[o->client].id;

          if (doc->crowd.siblings->len > 0 && id <= last)
            return;
          last = id;
          g_array_append_val (doc->crowd.siblings, at);
        }
      else if (o->origin_client == 0
               || !g_hash_table_contains (members, GUINT_TO_POINTER (crdt_store_find (doc, o->origin_client,
                                                                                      o->origin_clock))))
        return;
      g_hash_table_add (members, GUINT_TO_POINTER (at));
    }
  if (at != right || doc->crowd.siblings->len == 0)
    return;
  doc->crowd.seq = seq;
  doc->crowd.left = left;
  doc->crowd.right = right;
}

/* The set of items that one scan has seen, with the order in which it saw them. */
typedef struct
{
  CrdtHandle small[SHORT_SCAN];
  guint      n;
} Scan;

static void
scan_add (CrdtDoc    *doc,
          Scan       *scan,
          CrdtHandle  handle)
{
  if (scan->n < SHORT_SCAN)
    scan->small[scan->n] = handle;
  else
    {
      if (doc->scan_alloc < doc->items.n)
        {
          guint32 alloc = doc->items.n + doc->items.n / 4;

          doc->scan = g_renew (guint32, doc->scan, alloc);
          memset (doc->scan + doc->scan_alloc, 0, (alloc - doc->scan_alloc) * sizeof (guint32));
          doc->scan_alloc = alloc;
        }
      if (doc->scan_base > G_MAXUINT32 - doc->items.n - SHORT_SCAN - 1)
        {
          memset (doc->scan, 0, doc->scan_alloc * sizeof (guint32));
          doc->scan_base = 0;
        }
      if (scan->n == SHORT_SCAN)
        for (guint i = 0; i < SHORT_SCAN; i++)
          doc->scan[scan->small[i]] = doc->scan_base + 1 + i;
      doc->scan[handle] = doc->scan_base + 1 + scan->n;
    }
  scan->n++;
}

/* Returns: the ordinal of an item that has been seen, −1 otherwise. */
static gint64
scan_ordinal (const CrdtDoc *doc,
              const Scan    *scan,
              CrdtHandle     handle)
{
  if (scan->n <= SHORT_SCAN)
    {
      for (guint i = scan->n; i-- > 0;)
        if (scan->small[i] == handle)
          return i;
      return -1;
    }
  if (handle >= doc->scan_alloc || doc->scan[handle] <= doc->scan_base)
    return -1;
  return (gint64) (doc->scan[handle] - doc->scan_base - 1);
}

/*
 * find_place:
 *
 * Walks over the items that stand where the new one belongs, and returns the one after
 * which it goes. "Seen" is the set B of the format description; C, those seen since the
 * destination last moved, are the seen ones with an ordinal above that of the destination.
 */
static CrdtHandle
find_place (CrdtDoc        *doc,
            guint32         seq,
            const CrdtItem *item,
            CrdtHandle      left,
            CrdtHandle      right,
            guint          *out_steps)
{
  CrdtHandle destination = left;
  gint64 destination_ordinal = -1;
  CrdtHandle o = left != 0 ? crdt_seq_next (doc, left) : crdt_seq_first (doc, seq);
  guint64 id = doc->clients[item->client].id;
  Scan scan;

  scan.n = 0;
  for (; o != 0 && o != right; o = crdt_seq_next (doc, o))
    {
      const CrdtItem *other = crdt_item (doc, o);

      scan_add (doc, &scan, o);
      if (same_origin (item, other))
        {
          if (doc->clients[other->client].id < id)
            {
              destination = o;
              destination_ordinal = scan.n - 1;
            }
          else if (same_right (item, other))
            break;
        }
      else if (other->origin_client != 0)
        {
          CrdtHandle origin = crdt_store_find (doc, other->origin_client, other->origin_clock);
          gint64 ordinal = scan_ordinal (doc, &scan, origin);

          if (ordinal < 0)
            break;
          if (ordinal <= destination_ordinal)
            {
              destination = o;
              destination_ordinal = scan.n - 1;
            }
        }
      else
        break;
    }
  if (scan.n > SHORT_SCAN)
    doc->scan_base += scan.n + 1;
  *out_steps = scan.n;
  return destination;
}

/*
 * crdt_item_integrate:
 * @item: a new item with id, origins and content; its clock is the state of its client
 * @left: the item that ends at its origin, or 0
 * @right: the item that starts at its rightOrigin, or 0
 *
 * Puts an item into the list where every replica puts it, and into the store.
 */
void
crdt_item_integrate (CrdtDoc    *doc,
                     CrdtHandle  handle,
                     guint32     seq,
                     CrdtHandle  left,
                     CrdtHandle  right)
{
  CrdtItem *item = crdt_item (doc, handle);
  guint32 type_index = doc->seqs[seq].type;
  CrdtType *type = crdt_type_at (doc, type_index);
  gboolean keyed = doc->seqs[seq].key != 0;
  CrdtHandle destination = left;
  CrdtHandle next;

  next = left != 0 ? crdt_seq_next (doc, left) : crdt_seq_first (doc, seq);
  if (next != right)
    {
      if (left == 0 && right != 0 && crdt_seq_prev (doc, right) == 0)
        {
          /* The right neighbour is the head of its list: there is nothing to scan. */
        }
      else if (crowd_fits (doc, seq, left, right, item))
        {
          guint place = crowd_place (doc, doc->clients[item->client].id);

          if (place < doc->crowd.siblings->len)
            destination = crdt_seq_prev (doc, g_array_index (doc->crowd.siblings, CrdtHandle, place));
          else
            destination = right != 0 ? crdt_seq_prev (doc, right) : crdt_seq_last (doc, seq);
          g_array_insert_val (doc->crowd.siblings, place, handle);
        }
      else
        {
          guint steps;

          destination = find_place (doc, seq, item, left, right, &steps);
          if (steps > LONG_SCAN)
            {
              crdt_seq_insert_after (doc, seq, destination, handle);
              crowd_learn (doc, seq, left, right, handle);
              goto placed;
            }
          if (destination != left || left == doc->crowd.left)
            crdt_crowd_forget (doc);
        }
    }
  else if (doc->crowd.seq == seq && doc->crowd.left == left)
    crdt_crowd_forget (doc);
  crdt_seq_insert_after (doc, seq, destination, handle);
placed:
  item = crdt_item (doc, handle);
  crdt_store_append (doc, handle);
  if (item->ref == CRDT_REF_DELETED)
    crdt_txn_deleted (doc, item->client, item->clock, item->length);
  else if (item->ref == CRDT_REF_FORMAT)
    crdt_type_note_format (type, crdt_payload (doc, item->content)->key);
  else if (item->ref == CRDT_REF_TYPE)
    {
      CrdtType *child = crdt_type_at (doc, item->content);

      child->item = handle;
      child->depth = type->depth + 1;
      doc->max_depth = MAX (doc->max_depth, child->depth);
    }
  crdt_txn_changed (doc, seq);
  if (keyed)
    {
      next = crdt_seq_next (doc, handle);
      if (next == 0)
        {
          CrdtHandle older = crdt_seq_prev (doc, handle);

          if (older != 0)
            crdt_item_delete (doc, older);
        }
      else
        crdt_item_delete (doc, handle);
    }
  if (type->dead)
    crdt_item_delete (doc, handle);
}

/* Inserts an item of our own between two neighbours: gives it the origins that it has by that. */
CrdtHandle
crdt_item_insert_local (CrdtDoc    *doc,
                        guint32     seq,
                        CrdtHandle  left,
                        CrdtHandle  right,
                        CrdtHandle  handle)
{
  CrdtItem *item = crdt_item (doc, handle);

  if (left != 0)
    {
      CrdtId id = crdt_item_last_id (crdt_item (doc, left));

      item->origin_client = id.client;
      item->origin_clock = id.clock;
    }
  if (right != 0)
    {
      item->right_client = crdt_item (doc, right)->client;
      item->right_clock = crdt_item (doc, right)->clock;
    }
  crdt_item_integrate (doc, handle, seq, left, right);
  return handle;
}

static void
mark_deleted (CrdtDoc    *doc,
              CrdtHandle  handle)
{
  CrdtItem *item = crdt_item (doc, handle);
  CrdtSum sum;

  crdt_sum_item (doc, item, &sum);
  item->deleted = TRUE;
  doc->txn.items_deleted = TRUE;
  if (doc->cursor.seq == crdt_item_seq (doc, item))
    doc->cursor.seq = 0;
  if (sum.units > 0)
    crdt_seq_shrunk (doc, handle, sum.units, sum.points, sum.lines);
  if (sum.formats != 0)
    crdt_seq_refresh_formats (doc, handle);
  crdt_txn_deleted (doc, item->client, item->clock, item->length);
  crdt_txn_changed (doc, crdt_item_seq (doc, item));
}

/* Deletes an item and all that it contains. Nothing happens if it is deleted already. */
void
crdt_item_delete (CrdtDoc    *doc,
                  CrdtHandle  handle)
{
  g_autoptr(GArray) types = NULL;

  if (crdt_item (doc, handle)->deleted)
    return;
  mark_deleted (doc, handle);
  if (crdt_item (doc, handle)->ref != CRDT_REF_TYPE)
    return;
  /* Children wait in a list instead of on the stack: nesting is the input's choice. */
  types = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_array_append_val (types, crdt_item (doc, handle)->content);
  for (guint i = 0; i < types->len; i++)
    {
      CrdtType *type = crdt_type_at (doc, g_array_index (types, guint32, i));
      guint32 seq = type->list != 0 ? type->list : type->first_key;
      gboolean list = type->list != 0;

      type->dead = TRUE;
      for (; seq != 0; seq = list ? type->first_key : doc->seqs[seq].next, list = FALSE)
        for (CrdtHandle h = list ? crdt_seq_first (doc, seq) : crdt_seq_last (doc, seq); h != 0;
             h = list ? crdt_seq_next (doc, h) : 0)
          {
            CrdtItem *child = crdt_item (doc, h);

            if (!child->deleted)
              {
                mark_deleted (doc, h);
                if (child->ref == CRDT_REF_TYPE)
                  g_array_append_val (types, child->content);
              }
            else if (!crdt_txn_is_new (doc, child))
              {
                /* Collected with its parent, outside of this transaction's deletions: join it then. */
                CrdtId id = { child->client, child->clock };

                g_array_append_val (doc->txn.splits, id);
              }
          }
    }
}

/* Whether @right is what crdt_store_split() would have made of the end of @left, if that were deleted or not. */
static inline gboolean
continues (const CrdtItem *left,
           const CrdtItem *right)
{
  return left->client == right->client && left->clock + left->length == right->clock
         && right->origin_client == right->client && right->origin_clock == right->clock - 1
         && left->right_client == right->right_client && left->right_clock == right->right_clock
         && !left->keep && !right->keep && !left->redone && !right->redone;
}

/*
 * crdt_item_trim:
 * @offset, @length: a part at the start or the end of a string item, but not all of it
 *
 * Deletes a part of a string by moving the border to the tombstone beside it, which is what
 * splitting, collecting and joining come to in the end: deleting key by key is mostly this.
 * Returns: FALSE if it is not so simple, with nothing done
 */
gboolean
crdt_item_trim (CrdtDoc    *doc,
                CrdtHandle  handle,
                guint32     offset,
                guint32     length)
{
  CrdtItem *item = crdt_item (doc, handle);
  gboolean at_end = offset > 0;
  CrdtClient *client;
  CrdtHandle tomb_handle;
  CrdtItem *tomb;
  guint32 points, lines, clock;

  /* Observers and undo need the parts as items of their own until the end of the transaction. */
  if (doc->observers->len > 0 || doc->undos->len > 0 || doc->keep_deleted || doc->txn.bulk
      || item->ref != CRDT_REF_STRING || length >= item->length || (at_end && offset + length != item->length))
    return FALSE;
  tomb_handle = at_end ? crdt_seq_next (doc, handle) : crdt_seq_prev (doc, handle);
  if (tomb_handle == 0)
    return FALSE;
  tomb = crdt_item (doc, tomb_handle);
  if (tomb->ref != CRDT_REF_DELETED || !(at_end ? continues (item, tomb) : continues (tomb, item)))
    return FALSE;
  client = &doc->clients[item->client];
  if (item->wide && crdt_is_low_surrogate (client->wide.wide[item->content + (at_end ? offset : length)]))
    return FALSE;
  crdt_text_count (doc, item, offset, length, &points, &lines);
  crdt_seq_shrunk (doc, handle, length, points, lines);
  (item->wide ? &client->wide : &client->narrow)->dead += length;
  clock = item->clock + offset;
  if (at_end)
    {
      item->length -= length;
      crdt_store_move_border (doc, tomb_handle, clock);
    }
  else
    {
      item->content += length;
      tomb->length += length;
      crdt_store_move_border (doc, handle, clock + length);
    }
  if (doc->cursor.seq != 0 && doc->cursor.seq == crdt_item_seq (doc, item))
    {
      /* The item that is typed into ends elsewhere now, or begins after other text. */
      if (doc->cursor.item == handle && at_end)
        doc->cursor.extends = FALSE;
      else
        doc->cursor.seq = 0;
    }
  crdt_txn_deleted (doc, item->client, clock, length);
  crdt_txn_changed (doc, crdt_item_seq (doc, item));
  return TRUE;
}

/* Turns an item into a struct that only holds its clocks. */
static void
become_gc (CrdtDoc    *doc,
           CrdtHandle  handle)
{
  CrdtItem *item = crdt_item (doc, handle);

  crdt_content_drop (doc, item);
  if (item->redone)
    g_hash_table_remove (doc->redone, GUINT_TO_POINTER (handle));
  item->ref = CRDT_REF_GC;
  item->deleted = TRUE;
  item->redone = FALSE;
  item->keep = FALSE;
  item->origin_client = item->right_client = 0;
  item->origin_clock = item->right_clock = 0;
  item->home = 0;
}

/* Gives up the content of a deleted item; what a type contains keeps nothing but its clocks. */
void
crdt_item_collect (CrdtDoc    *doc,
                   CrdtHandle  handle)
{
  CrdtItem *item = crdt_item (doc, handle);
  g_autoptr(GArray) types = NULL;

  g_assert (item->deleted);
  if (item->ref == CRDT_REF_DELETED || item->ref == CRDT_REF_GC)
    return;
  if (item->ref == CRDT_REF_TYPE)
    {
      types = g_array_new (FALSE, FALSE, sizeof (guint32));
      g_array_append_val (types, item->content);
      for (guint i = 0; i < types->len; i++)
        {
          CrdtType *type = crdt_type_at (doc, g_array_index (types, guint32, i));
          guint32 seq = type->list != 0 ? type->list : type->first_key;
          gboolean list = type->list != 0;

          type->collected = TRUE;
          type->item = 0;
          crdt_crowd_forget (doc);
          for (; seq != 0; seq = list ? type->first_key : doc->seqs[seq].next, list = FALSE)
            {
              CrdtHandle h = crdt_seq_first (doc, seq);
              g_autoptr(GArray) items = g_array_new (FALSE, FALSE, sizeof (CrdtHandle));

              for (; h != 0; h = crdt_seq_next (doc, h))
                g_array_append_val (items, h);
              crdt_seq_clear (doc, seq);
              for (guint k = 0; k < items->len; k++)
                {
                  h = g_array_index (items, CrdtHandle, k);
                  if (crdt_item (doc, h)->ref == CRDT_REF_TYPE)
                    g_array_append_val (types, crdt_item (doc, h)->content);
                  become_gc (doc, h);
                }
            }
        }
    }
  crdt_content_drop (doc, item);
  item->ref = CRDT_REF_DELETED;
}
