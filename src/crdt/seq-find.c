/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Searches in sequences: by place, by neighbour, by format. All O(log n).
 */

#include "config.h"

#include "doc-private.h"

static inline guint
slot_in_leaf (const CrdtLeaf *leaf,
              CrdtHandle      handle)
{
  guint i = 0;

  while (leaf->items[i] != handle)
    i++;
  return i;
}

CrdtHandle
crdt_seq_first (CrdtDoc *doc,
                guint32  number)
{
  const CrdtSeq *seq = &doc->seqs[number];
  guint32 node = seq->root;

  if (seq->height < 0)
    return seq->height == CRDT_SEQ_EMPTY ? 0 : node;
  for (gint height = seq->height; height > 0; height--)
    node = crdt_inner (doc, node)->child[0];
  return crdt_leaf (doc, node)->items[0];
}

CrdtHandle
crdt_seq_last (CrdtDoc *doc,
               guint32  number)
{
  const CrdtSeq *seq = &doc->seqs[number];
  guint32 node = seq->root;

  if (seq->height < 0)
    return seq->height == CRDT_SEQ_EMPTY ? 0 : seq->height == CRDT_SEQ_ALONE ? node : seq->last;
  for (gint height = seq->height; height > 0; height--)
    node = crdt_inner (doc, node)->child[crdt_inner (doc, node)->n - 1];
  return crdt_leaf (doc, node)->items[crdt_leaf (doc, node)->n - 1];
}

CrdtHandle
crdt_seq_next (CrdtDoc    *doc,
               CrdtHandle  handle)
{
  guint32 home = crdt_item (doc, handle)->home;
  const CrdtLeaf *leaf;
  guint32 parent;
  guint slot, height = 1;

  if ((home & CRDT_HOME_SEQ) != 0)
    return doc->seqs[home & ~CRDT_HOME_SEQ].height == CRDT_SEQ_LOOSE ? doc->loose_next[handle] : 0;
  leaf = crdt_leaf (doc, home);
  slot = slot_in_leaf (leaf, handle) + 1;
  if (slot < leaf->n)
    return leaf->items[slot];
  parent = leaf->parent;
  slot = leaf->slot + 1;
  while (parent != 0)
    {
      const CrdtInner *inner = crdt_inner (doc, parent);

      if (slot < inner->n)
        {
          guint32 node = inner->child[slot];

          for (; height > 1; height--)
            node = crdt_inner (doc, node)->child[0];
          return crdt_leaf (doc, node)->items[0];
        }
      slot = inner->slot + 1u;
      parent = inner->parent;
      height++;
    }
  return 0;
}

CrdtHandle
crdt_seq_prev (CrdtDoc    *doc,
               CrdtHandle  handle)
{
  guint32 home = crdt_item (doc, handle)->home;
  const CrdtLeaf *leaf;
  guint32 parent;
  guint slot, height = 1;

  if ((home & CRDT_HOME_SEQ) != 0)
    return doc->seqs[home & ~CRDT_HOME_SEQ].height == CRDT_SEQ_LOOSE ? doc->loose_prev[handle] : 0;
  leaf = crdt_leaf (doc, home);
  slot = slot_in_leaf (leaf, handle);
  if (slot > 0)
    return leaf->items[slot - 1];
  parent = leaf->parent;
  slot = leaf->slot;
  while (parent != 0)
    {
      const CrdtInner *inner = crdt_inner (doc, parent);

      if (slot > 0)
        {
          guint32 node = inner->child[slot - 1];

          for (; height > 1; height--)
            node = crdt_inner (doc, node)->child[crdt_inner (doc, node)->n - 1];
          return crdt_leaf (doc, node)->items[crdt_leaf (doc, node)->n - 1];
        }
      slot = inner->slot;
      parent = inner->parent;
      height++;
    }
  return 0;
}

static inline gboolean
is_live (const CrdtItem *item)
{
  return !item->deleted && item->ref != CRDT_REF_DELETED;
}

/* Returns: the first live item at or behind slot @slot of a leaf, skipping dead stretches as a whole. */
static CrdtHandle
live_from (CrdtDoc *doc,
           guint32  leaf_number,
           guint    slot)
{
  for (;;)
    {
      const CrdtLeaf *leaf = crdt_leaf (doc, leaf_number);
      guint32 parent = leaf->parent;
      guint height = 1;

      for (; slot < leaf->n; slot++)
        if (is_live (crdt_item (doc, leaf->items[slot])))
          return leaf->items[slot];
      slot = leaf->slot + 1;
      for (;;)
        {
          const CrdtInner *inner;

          if (parent == 0)
            return 0;
          inner = crdt_inner (doc, parent);
          while (slot < inner->n && inner->units[slot] == 0 && inner->formats[slot] == 0)
            slot++;
          if (slot < inner->n)
            {
              leaf_number = inner->child[slot];
              break;
            }
          slot = inner->slot + 1u;
          parent = inner->parent;
          height++;
        }
      for (; height > 1; height--)
        {
          const CrdtInner *inner = crdt_inner (doc, leaf_number);
          guint i = 0;

          while (inner->units[i] == 0 && inner->formats[i] == 0)
            i++;
          leaf_number = inner->child[i];
        }
      slot = 0;
    }
}

/* Returns: the nearest item right of @handle that is visible or a live Format, or 0. */
CrdtHandle
crdt_seq_next_live (CrdtDoc    *doc,
                    CrdtHandle  handle)
{
  guint32 home = crdt_item (doc, handle)->home;

  if ((home & CRDT_HOME_SEQ) != 0)
    return 0;
  return live_from (doc, home, slot_in_leaf (crdt_leaf (doc, home), handle) + 1);
}

CrdtHandle
crdt_seq_first_live (CrdtDoc *doc,
                     guint32  number)
{
  CrdtHandle first = crdt_seq_first (doc, number);

  if (first == 0 || is_live (crdt_item (doc, first)))
    return first;
  return crdt_seq_next_live (doc, first);
}

/*
 * crdt_seq_prev_format:
 * @handle: where to start, exclusive; 0 for the end
 *
 * Returns: the nearest live Format item for a key to the left, or 0
 */
CrdtHandle
crdt_seq_prev_format (CrdtDoc    *doc,
                      guint32     number,
                      CrdtHandle  handle,
                      guint32     key)
{
  const CrdtSeq *seq = &doc->seqs[number];
  guint32 bit = 1u << (key & 31);
  guint32 node;
  guint slot;

  if ((seq->sum.formats & bit) == 0 || seq->height == CRDT_SEQ_EMPTY)
    return 0;
  if (seq->height == CRDT_SEQ_ALONE)
    return handle == 0 && crdt_payload (doc, crdt_item (doc, seq->root)->content)->key == key ? seq->root : 0;
  if (handle != 0)
    {
      node = crdt_item (doc, handle)->home;
      slot = slot_in_leaf (crdt_leaf (doc, node), handle);
    }
  else
    {
      CrdtHandle last = crdt_seq_last (doc, number);

      node = crdt_item (doc, last)->home;
      slot = crdt_leaf (doc, node)->n;
    }
  for (;;)
    {
      const CrdtLeaf *leaf = crdt_leaf (doc, node);
      guint32 parent = leaf->parent;
      guint height = 1;

      while (slot-- > 0)
        {
          const CrdtItem *item = crdt_item (doc, leaf->items[slot]);

          if (item->ref == CRDT_REF_FORMAT && !item->deleted && crdt_payload (doc, item->content)->key == key)
            return leaf->items[slot];
        }
      slot = leaf->slot;
      for (;;)
        {
          const CrdtInner *inner;

          if (parent == 0)
            return 0;
          inner = crdt_inner (doc, parent);
          while (slot > 0 && (inner->formats[slot - 1] & bit) == 0)
            slot--;
          if (slot > 0)
            {
              node = inner->child[slot - 1];
              break;
            }
          slot = inner->slot;
          parent = inner->parent;
          height++;
        }
      for (; height > 1; height--)
        {
          const CrdtInner *inner = crdt_inner (doc, node);
          guint i = inner->n;

          while ((inner->formats[i - 1] & bit) == 0)
            i--;
          node = inner->child[i - 1];
        }
      slot = crdt_leaf (doc, node)->n;
    }
}

/* Returns: the visible units left of an item. */
guint32
crdt_seq_position (CrdtDoc    *doc,
                   CrdtHandle  handle)
{
  guint32 home = crdt_item (doc, handle)->home;
  const CrdtLeaf *leaf;
  guint32 sum = 0, parent;
  guint slot;

  if ((home & CRDT_HOME_SEQ) != 0)
    return 0;
  leaf = crdt_leaf (doc, home);
  for (guint i = 0; leaf->items[i] != handle; i++)
    sum += crdt_item_units (crdt_item (doc, leaf->items[i]));
  parent = leaf->parent;
  slot = leaf->slot;
  while (parent != 0)
    {
      const CrdtInner *inner = crdt_inner (doc, parent);

      for (guint i = 0; i < slot; i++)
        sum += inner->units[i];
      slot = inner->slot;
      parent = inner->parent;
    }
  return sum;
}

/* Returns: the number of items left of an item, visible or not: the order of the document. */
guint32
crdt_seq_rank (CrdtDoc    *doc,
               CrdtHandle  handle)
{
  guint32 home = crdt_item (doc, handle)->home;
  const CrdtLeaf *leaf;
  guint32 sum, parent;
  guint slot;

  if ((home & CRDT_HOME_SEQ) != 0)
    return 0;
  leaf = crdt_leaf (doc, home);
  sum = slot_in_leaf (leaf, handle);
  parent = leaf->parent;
  slot = leaf->slot;
  while (parent != 0)
    {
      const CrdtInner *inner = crdt_inner (doc, parent);

      for (guint i = 0; i < slot; i++)
        sum += inner->items[i];
      slot = inner->slot;
      parent = inner->parent;
    }
  return sum;
}

/*
 * crdt_seq_find:
 * @unit: index of a visible unit
 * @out_start: (out): visible units before the item
 *
 * Returns: the item that holds the unit, 0 beyond the end
 */
CrdtHandle
crdt_seq_find (CrdtDoc *doc,
               guint32  number,
               guint32  unit,
               guint32 *out_start)
{
  const CrdtSeq *seq = &doc->seqs[number];
  const CrdtLeaf *leaf;
  guint32 node = seq->root;
  guint32 rest = unit;

  if (unit >= seq->sum.units)
    return 0;
  if (doc->cursor.seq == number && unit >= doc->cursor.start)
    {
      const CrdtItem *item = crdt_item (doc, doc->cursor.item);

      if (unit - doc->cursor.start < crdt_item_units (item))
        {
          *out_start = doc->cursor.start;
          return doc->cursor.item;
        }
    }
  if (seq->height == CRDT_SEQ_ALONE)
    {
      *out_start = 0;
      return node;
    }
  for (gint height = seq->height; height > 0; height--)
    {
      const CrdtInner *inner = crdt_inner (doc, node);
      guint i = 0;

      while (rest >= inner->units[i])
        rest -= inner->units[i++];
      node = inner->child[i];
    }
  leaf = crdt_leaf (doc, node);
  for (guint i = 0;; i++)
    {
      guint32 units = crdt_item_units (crdt_item (doc, leaf->items[i]));

      if (rest < units)
        {
          *out_start = unit - rest;
          return leaf->items[i];
        }
      rest -= units;
    }
}

static inline guint32
measure_of (const CrdtSum *sum,
            CrdtMeasure    measure)
{
  return measure == CRDT_BY_UNIT ? sum->units : measure == CRDT_BY_POINT ? sum->points : sum->lines;
}

/*
 * crdt_seq_convert:
 *
 * Finds the first place before which @value of measure @from lie, or the end, and counts
 * how many of measure @to lie before it.
 */
guint32
crdt_seq_convert (CrdtDoc     *doc,
                  guint32      number,
                  CrdtMeasure  from,
                  CrdtMeasure  to,
                  guint32      value)
{
  const CrdtSeq *seq = &doc->seqs[number];
  const CrdtItem *item = NULL;
  guint32 node = seq->root;
  guint32 result = 0;
  guint32 offset, points, lines;

  if (value == 0 || seq->height == CRDT_SEQ_EMPTY)
    return 0;
  if (value > measure_of (&seq->sum, from))
    return measure_of (&seq->sum, to);
  if (seq->height == CRDT_SEQ_ALONE)
    item = crdt_item (doc, node);
  else
    {
      const CrdtLeaf *leaf;

      for (gint height = seq->height; height > 0; height--)
        {
          const CrdtInner *inner = crdt_inner (doc, node);
          guint i;

          for (i = 0; i + 1u < inner->n; i++)
            {
              CrdtSum sum = { inner->units[i], inner->points[i], inner->lines[i], 0, 0 };

              if (value <= measure_of (&sum, from))
                break;
              value -= measure_of (&sum, from);
              result += measure_of (&sum, to);
            }
          node = inner->child[i];
        }
      leaf = crdt_leaf (doc, node);
      for (guint i = 0; i < leaf->n; i++)
        {
          CrdtSum sum;

          item = crdt_item (doc, leaf->items[i]);
          crdt_sum_item (doc, item, &sum);
          if (value <= measure_of (&sum, from))
            break;
          value -= measure_of (&sum, from);
          result += measure_of (&sum, to);
        }
    }
  if (item->ref != CRDT_REF_STRING)
    return result + (to == CRDT_BY_LINE ? 0 : value);
  offset = from == CRDT_BY_UNIT ? value : crdt_text_seek (doc, item, from == CRDT_BY_LINE, value);
  if (to == CRDT_BY_UNIT)
    return result + offset;
  crdt_text_count (doc, item, 0, offset, &points, &lines);
  return result + (to == CRDT_BY_LINE ? lines : points);
}
