/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sequences: the items of a list, or of one key, in document order, as a B+-tree whose
 * inner nodes know what each child holds. seq-find.c searches in them.
 */

#include "config.h"

#include "doc-private.h"

/* Sequences by type and key */

static guint32
bucket_of (const CrdtDoc *doc,
           guint32        type,
           guint32        key)
{
  guint64 h = ((guint64) type << 32 | key) * G_GUINT64_CONSTANT (0x9E3779B97F4A7C15);

  return (guint32) (h >> 40) & (doc->n_buckets - 1);
}

/* Returns: the sequence of a key of a type, 0 if there is none. Key 0 is the list. */
guint32
crdt_seq_lookup (CrdtDoc *doc,
                 guint32  type,
                 guint32  key)
{
  if (key == 0)
    return crdt_type_at (doc, type)->list;
  if (doc->n_buckets == 0)
    return 0;
  for (guint32 seq = doc->seq_buckets[bucket_of (doc, type, key)]; seq != 0; seq = doc->seqs[seq].hash_next)
    if (doc->seqs[seq].type == type && doc->seqs[seq].key == key)
      return seq;
  return 0;
}

static void
grow_buckets (CrdtDoc *doc)
{
  doc->n_buckets = MAX (16, doc->n_buckets * 2);
  g_free (doc->seq_buckets);
  doc->seq_buckets = g_new0 (guint32, doc->n_buckets);
  for (guint32 seq = 1; seq < doc->n_seqs; seq++)
    if (doc->seqs[seq].key != 0)
      {
        guint32 bucket = bucket_of (doc, doc->seqs[seq].type, doc->seqs[seq].key);

        doc->seqs[seq].hash_next = doc->seq_buckets[bucket];
        doc->seq_buckets[bucket] = seq;
      }
}

guint32
crdt_seq_ensure (CrdtDoc *doc,
                 guint32  type_index,
                 guint32  key)
{
  CrdtType *type = crdt_type_at (doc, type_index);
  guint32 number = crdt_seq_lookup (doc, type_index, key);
  CrdtSeq *seq;

  if (number != 0)
    return number;
  if (doc->n_seqs == doc->alloc_seqs)
    {
      doc->alloc_seqs = MAX (8, doc->alloc_seqs + doc->alloc_seqs / 2);
      doc->seqs = g_renew (CrdtSeq, doc->seqs, doc->alloc_seqs);
    }
  number = doc->n_seqs++;
  seq = &doc->seqs[number];
  memset (seq, 0, sizeof *seq);
  seq->type = type_index;
  seq->key = key;
  seq->height = CRDT_SEQ_EMPTY;
  if (key == 0)
    {
      type->list = number;
      return number;
    }
  if (type->last_key != 0)
    doc->seqs[type->last_key].next = number;
  else
    type->first_key = number;
  type->last_key = number;
  if (++doc->n_keyed > doc->n_buckets)
    grow_buckets (doc);
  else
    {
      guint32 bucket = bucket_of (doc, type_index, key);

      seq->hash_next = doc->seq_buckets[bucket];
      doc->seq_buckets[bucket] = number;
    }
  return number;
}

/* Sums */

static inline guint32
format_bit (const CrdtDoc  *doc,
            const CrdtItem *item)
{
  return item->ref == CRDT_REF_FORMAT && !item->deleted ? 1u << (crdt_payload (doc, item->content)->key & 31) : 0;
}

/* What one item adds to the sums of its leaf. */
void
crdt_sum_item (CrdtDoc        *doc,
               const CrdtItem *item,
               CrdtSum        *sum)
{
  sum->units = crdt_item_units (item);
  sum->points = sum->units;
  sum->lines = 0;
  sum->items = 1;
  sum->formats = format_bit (doc, item);
  if (sum->units > 0 && item->ref == CRDT_REF_STRING)
    crdt_text_count (doc, item, 0, item->length, &sum->points, &sum->lines);
}

static void
sum_leaf (CrdtDoc        *doc,
          const CrdtLeaf *leaf,
          CrdtSum        *sum)
{
  CrdtSum one;

  memset (sum, 0, sizeof *sum);
  for (guint i = 0; i < leaf->n; i++)
    {
      crdt_sum_item (doc, crdt_item (doc, leaf->items[i]), &one);
      sum->units += one.units;
      sum->points += one.points;
      sum->lines += one.lines;
      sum->items += one.items;
      sum->formats |= one.formats;
    }
}

static void
sum_inner (const CrdtInner *inner,
           CrdtSum         *sum)
{
  memset (sum, 0, sizeof *sum);
  for (guint i = 0; i < inner->n; i++)
    {
      sum->units += inner->units[i];
      sum->points += inner->points[i];
      sum->lines += inner->lines[i];
      sum->items += inner->items[i];
      sum->formats |= inner->formats[i];
    }
}

static inline void
put_sum (CrdtInner     *inner,
         guint          slot,
         const CrdtSum *sum)
{
  inner->units[slot] = sum->units;
  inner->points[slot] = sum->points;
  inner->lines[slot] = sum->lines;
  inner->items[slot] = sum->items;
  inner->formats[slot] = sum->formats;
}

/* Adds (or, in the arithmetic of 32 bits, subtracts) to all sums above a leaf. */
static void
add_up (CrdtDoc       *doc,
        CrdtLeaf      *leaf,
        const CrdtSum *delta)
{
  CrdtSum *total = &doc->seqs[leaf->seq].sum;
  guint32 parent = leaf->parent;
  guint slot = leaf->slot;

  total->units += delta->units;
  total->points += delta->points;
  total->lines += delta->lines;
  total->items += delta->items;
  total->formats |= delta->formats;
  while (parent != 0)
    {
      CrdtInner *inner = crdt_inner (doc, parent);

      inner->units[slot] += delta->units;
      inner->points[slot] += delta->points;
      inner->lines[slot] += delta->lines;
      inner->items[slot] += delta->items;
      inner->formats[slot] |= delta->formats;
      slot = inner->slot;
      parent = inner->parent;
    }
}

static void
add_item (CrdtDoc       *doc,
          CrdtHandle     handle,
          const CrdtSum *delta)
{
  CrdtItem *item = crdt_item (doc, handle);
  CrdtSeq *seq;

  if ((item->home & CRDT_HOME_SEQ) == 0)
    {
      add_up (doc, crdt_leaf (doc, item->home), delta);
      return;
    }
  seq = &doc->seqs[item->home & ~CRDT_HOME_SEQ];
  if (seq->height == CRDT_SEQ_LOOSE)
    return; /* the sums are made when the tree is */
  seq->sum.units += delta->units;
  seq->sum.points += delta->points;
  seq->sum.lines += delta->lines;
  seq->sum.formats |= delta->formats;
}

/* Tells the sums that an item has become longer by so much that is visible. Every key press comes here. */
void
crdt_seq_grown (CrdtDoc    *doc,
                CrdtHandle  handle,
                guint32     units,
                guint32     points,
                guint32     lines)
{
  const CrdtItem *item = crdt_item (doc, handle);
  const CrdtLeaf *leaf;
  CrdtSum *total;
  guint32 parent;
  guint slot;

  if ((item->home & CRDT_HOME_SEQ) != 0)
    {
      CrdtSum delta = { units, points, lines, 0, 0 };

      add_item (doc, handle, &delta);
      return;
    }
  leaf = crdt_leaf (doc, item->home);
  total = &doc->seqs[leaf->seq].sum;
  total->units += units;
  total->points += points;
  total->lines += lines;
  slot = leaf->slot;
  for (parent = leaf->parent; parent != 0;)
    {
      CrdtInner *inner = crdt_inner (doc, parent);

      inner->units[slot] += units;
      inner->points[slot] += points;
      if (lines != 0)
        inner->lines[slot] += lines;
      slot = inner->slot;
      parent = inner->parent;
    }
}

void
crdt_seq_shrunk (CrdtDoc    *doc,
                 CrdtHandle  item,
                 guint32     units,
                 guint32     points,
                 guint32     lines)
{
  /* The arithmetic of 32 bits subtracts by adding. */
  crdt_seq_grown (doc, item, 0u - units, 0u - points, 0u - lines);
}

static void
refresh_leaf_formats (CrdtDoc  *doc,
                      CrdtLeaf *leaf)
{
  guint32 formats = 0;
  guint32 parent = leaf->parent;
  guint slot = leaf->slot;

  for (guint i = 0; i < leaf->n; i++)
    formats |= format_bit (doc, crdt_item (doc, leaf->items[i]));
  while (parent != 0)
    {
      CrdtInner *inner = crdt_inner (doc, parent);

      if (inner->formats[slot] == formats)
        return;
      inner->formats[slot] = formats;
      for (guint i = 0; i < inner->n; i++)
        formats |= inner->formats[i];
      slot = inner->slot;
      parent = inner->parent;
    }
  doc->seqs[leaf->seq].sum.formats = formats;
}

/* A Format item has been deleted: works out anew which keys are left around it. */
void
crdt_seq_refresh_formats (CrdtDoc    *doc,
                          CrdtHandle  handle)
{
  const CrdtItem *item = crdt_item (doc, handle);
  CrdtSeq *seq;

  if ((item->home & CRDT_HOME_SEQ) == 0)
    {
      refresh_leaf_formats (doc, crdt_leaf (doc, item->home));
      return;
    }
  seq = &doc->seqs[item->home & ~CRDT_HOME_SEQ];
  if (seq->height == CRDT_SEQ_ALONE)
    seq->sum.formats = format_bit (doc, item);
}

/* Nodes */

static guint32
new_leaf (CrdtDoc *doc,
          guint32  seq)
{
  guint32 number = crdt_pool_take (&doc->leaves, &doc->arena, CRDT_LEAF_SHIFT, sizeof (CrdtLeaf));

  crdt_leaf (doc, number)->seq = seq;
  return number;
}

static guint32
new_inner (CrdtDoc *doc,
           guint32  seq,
           guint    height)
{
  guint32 number = crdt_pool_take (&doc->inners, &doc->arena, CRDT_INNER_SHIFT, sizeof (CrdtInner));

  crdt_inner (doc, number)->seq = seq;
  crdt_inner (doc, number)->height = (guint8) height;
  return number;
}

static void
free_leaf (CrdtDoc *doc,
           guint32  number)
{
  crdt_pool_give (&doc->leaves, number, CRDT_LEAF_SHIFT, sizeof (CrdtLeaf));
}

static void
free_inner (CrdtDoc *doc,
            guint32  number)
{
  crdt_pool_give (&doc->inners, number, CRDT_INNER_SHIFT, sizeof (CrdtInner));
}

static inline guint
leaf_slot (const CrdtLeaf *leaf,
           CrdtHandle      handle)
{
  guint i = 0;

  while (leaf->items[i] != handle)
    i++;
  return i;
}

/* Tells the children from @first on where they are. */
static void
renumber (CrdtDoc   *doc,
          guint32    number,
          CrdtInner *inner,
          guint      first)
{
  for (guint i = first; i < inner->n; i++)
    if (inner->height == 1)
      {
        CrdtLeaf *child = crdt_leaf (doc, inner->child[i]);

        child->parent = number;
        child->slot = (guint16) i;
      }
    else
      {
        CrdtInner *child = crdt_inner (doc, inner->child[i]);

        child->parent = number;
        child->slot = (guint8) i;
      }
}

static void
shift_children (CrdtInner *inner,
                guint      to,
                guint      from)
{
  gsize n = (inner->n - from) * sizeof (guint32);

  memmove (inner->child + to, inner->child + from, n);
  memmove (inner->units + to, inner->units + from, n);
  memmove (inner->points + to, inner->points + from, n);
  memmove (inner->lines + to, inner->lines + from, n);
  memmove (inner->items + to, inner->items + from, n);
  memmove (inner->formats + to, inner->formats + from, n);
}

/*
 * Puts node @child (height @height − 1 …) right of node @left, whose sums have been taken
 * from @left's already: the totals above do not change. Full inner nodes are cut in two.
 */
static void
insert_node (CrdtDoc       *doc,
             guint32        seq_number,
             guint32        left,
             guint32        child,
             guint          height,
             const CrdtSum *child_sum)
{
  CrdtSum sum = *child_sum;

  for (;;)
    {
      guint32 parent = height == 1 ? crdt_leaf (doc, left)->parent : crdt_inner (doc, left)->parent;
      guint slot = height == 1 ? crdt_leaf (doc, left)->slot : crdt_inner (doc, left)->slot;
      CrdtSeq *seq = &doc->seqs[seq_number];
      CrdtInner *inner;
      guint32 right_number;
      CrdtInner *right;
      CrdtSum right_sum;
      CrdtSum left_sum;
      guint keep;

      /* What is left of the left node: only its formats are not known by subtraction. */
      if (height == 1)
        sum_leaf (doc, crdt_leaf (doc, left), &left_sum);
      else
        sum_inner (crdt_inner (doc, left), &left_sum);
      if (parent == 0)
        {
          parent = new_inner (doc, seq_number, height);
          inner = crdt_inner (doc, parent);
          inner->n = 2;
          inner->child[0] = left;
          inner->child[1] = child;
          put_sum (inner, 0, &left_sum);
          put_sum (inner, 1, &sum);
          renumber (doc, parent, inner, 0);
          seq->root = parent;
          seq->height = (gint8) height;
          return;
        }
      inner = crdt_inner (doc, parent);
      put_sum (inner, slot, &left_sum);
      if (inner->n < CRDT_INNER)
        {
          shift_children (inner, slot + 2, slot + 1);
          inner->n++;
          inner->child[slot + 1] = child;
          put_sum (inner, slot + 1, &sum);
          renumber (doc, parent, inner, slot + 1);
          return;
        }
      /* Appending leaves full nodes behind, other places leave halves. */
      keep = slot + 1 == CRDT_INNER ? CRDT_INNER - 1 : CRDT_INNER / 2;
      right_number = new_inner (doc, seq_number, height);
      inner = crdt_inner (doc, parent);
      right = crdt_inner (doc, right_number);
      right->n = (guint16) (CRDT_INNER - keep);
      memcpy (right->child, inner->child + keep, right->n * sizeof (guint32));
      memcpy (right->units, inner->units + keep, right->n * sizeof (guint32));
      memcpy (right->points, inner->points + keep, right->n * sizeof (guint32));
      memcpy (right->lines, inner->lines + keep, right->n * sizeof (guint32));
      memcpy (right->items, inner->items + keep, right->n * sizeof (guint32));
      memcpy (right->formats, inner->formats + keep, right->n * sizeof (guint32));
      inner->n = (guint16) keep;
      if (slot < keep)
        {
          shift_children (inner, slot + 2, slot + 1);
          inner->n++;
          inner->child[slot + 1] = child;
          put_sum (inner, slot + 1, &sum);
          renumber (doc, parent, inner, slot + 1);
        }
      else
        {
          slot -= keep;
          shift_children (right, slot + 2, slot + 1);
          right->n++;
          right->child[slot + 1] = child;
          put_sum (right, slot + 1, &sum);
        }
      renumber (doc, right_number, right, 0);
      sum_inner (right, &right_sum);
      left = parent;
      child = right_number;
      sum = right_sum;
      height++;
    }
}

static void
insert_into_leaf (CrdtDoc    *doc,
                  guint32     number,
                  guint       at,
                  CrdtHandle  handle)
{
  CrdtLeaf *leaf = crdt_leaf (doc, number);

  if (leaf->n == CRDT_LEAF)
    {
      guint32 right_number = new_leaf (doc, leaf->seq);
      CrdtLeaf *right = crdt_leaf (doc, right_number);
      guint keep = at == CRDT_LEAF ? CRDT_LEAF - 2 : CRDT_LEAF / 2;
      CrdtSum sum;

      right->n = (guint16) (CRDT_LEAF - keep);
      memcpy (right->items, leaf->items + keep, right->n * sizeof (CrdtHandle));
      leaf->n = (guint16) keep;
      for (guint i = 0; i < right->n; i++)
        crdt_item (doc, right->items[i])->home = right_number;
      sum_leaf (doc, right, &sum);
      insert_node (doc, leaf->seq, number, right_number, 1, &sum);
      if (at > keep)
        {
          number = right_number;
          at -= keep;
        }
      leaf = crdt_leaf (doc, number);
    }
  memmove (leaf->items + at + 1, leaf->items + at, (leaf->n - at) * sizeof (CrdtHandle));
  leaf->items[at] = handle;
  leaf->n++;
  crdt_item (doc, handle)->home = number;
}

/* Loose sequences */

static void
loose_reserve (CrdtDoc    *doc,
               CrdtHandle  handle)
{
  if (handle >= doc->loose_alloc)
    {
      guint32 alloc = MAX (handle + 1, doc->items.n);

      alloc += alloc / 4;
      doc->loose_next = g_renew (CrdtHandle, doc->loose_next, alloc);
      doc->loose_prev = g_renew (CrdtHandle, doc->loose_prev, alloc);
      doc->loose_alloc = alloc;
    }
}

static void
insert_loose (CrdtDoc    *doc,
              guint32     number,
              CrdtHandle  left,
              CrdtHandle  handle)
{
  CrdtSeq *seq = &doc->seqs[number];
  CrdtHandle right = left != 0 ? doc->loose_next[left] : seq->root;

  loose_reserve (doc, handle);
  doc->loose_prev[handle] = left;
  doc->loose_next[handle] = right;
  if (left != 0)
    doc->loose_next[left] = handle;
  else
    seq->root = handle;
  if (right != 0)
    doc->loose_prev[right] = handle;
  else
    seq->last = handle;
  crdt_item (doc, handle)->home = CRDT_HOME_SEQ | number;
}

static void
free_nodes (CrdtDoc *doc,
            guint32  number)
{
  CrdtSeq *seq = &doc->seqs[number];
  guint32 node = seq->root;
  gint height = seq->height;

  if (height < 0)
    return;
  /* Down to the first leaf, then leaf by leaf; an inner node goes after its last child. */
  for (; height > 0; height--)
    node = crdt_inner (doc, node)->child[0];
  for (;;)
    {
      guint32 parent = crdt_leaf (doc, node)->parent;
      guint slot = crdt_leaf (doc, node)->slot;

      free_leaf (doc, node);
      height = 1;
      while (parent != 0 && slot + 1 == crdt_inner (doc, parent)->n)
        {
          guint32 up = crdt_inner (doc, parent)->parent;

          slot = crdt_inner (doc, parent)->slot;
          free_inner (doc, parent);
          parent = up;
          height++;
        }
      if (parent == 0)
        return;
      node = crdt_inner (doc, parent)->child[slot + 1];
      for (height--; height > 0; height--)
        node = crdt_inner (doc, node)->child[0];
    }
}

/* Turns a sequence into a linked list for the time of a bulk load. */
void
crdt_seq_loosen (CrdtDoc *doc,
                 guint32  number)
{
  CrdtSeq *seq = &doc->seqs[number];
  CrdtHandle first, last = 0;

  if (seq->height == CRDT_SEQ_LOOSE)
    return;
  first = crdt_seq_first (doc, number);
  for (CrdtHandle h = first; h != 0; h = crdt_seq_next (doc, h))
    {
      loose_reserve (doc, h);
      doc->loose_prev[h] = last;
      if (last != 0)
        doc->loose_next[last] = h;
      doc->loose_next[h] = 0;
      last = h;
    }
  free_nodes (doc, number);
  seq->height = CRDT_SEQ_LOOSE;
  seq->root = first;
  seq->last = last;
  for (CrdtHandle h = first; h != 0; h = doc->loose_next[h])
    crdt_item (doc, h)->home = CRDT_HOME_SEQ | number;
  g_array_append_val (doc->loose, number);
}

static void
build_tree (CrdtDoc *doc,
            guint32  number)
{
  CrdtSeq *seq = &doc->seqs[number];
  CrdtHandle at = seq->root;
  g_autofree guint32 *nodes = NULL;
  g_autofree CrdtSum *sums = NULL;
  guint32 n_items = 0, n = 0;
  guint height = 0;

  memset (&seq->sum, 0, sizeof seq->sum);
  for (CrdtHandle h = at; h != 0; h = doc->loose_next[h])
    n_items++;
  if (n_items <= 1)
    {
      seq->height = n_items == 0 ? CRDT_SEQ_EMPTY : CRDT_SEQ_ALONE;
      if (n_items == 1)
        crdt_sum_item (doc, crdt_item (doc, at), &seq->sum);
      return;
    }
  nodes = g_new (guint32, n_items / (CRDT_LEAF - 2) + 2);
  sums = g_new (CrdtSum, n_items / (CRDT_LEAF - 2) + 2);
  while (at != 0)
    {
      guint32 leaf_number = new_leaf (doc, number);
      CrdtLeaf *leaf = crdt_leaf (doc, leaf_number);

      while (at != 0 && leaf->n < CRDT_LEAF - 2)
        {
          leaf->items[leaf->n++] = at;
          crdt_item (doc, at)->home = leaf_number;
          at = doc->loose_next[at];
        }
      nodes[n] = leaf_number;
      sum_leaf (doc, leaf, &sums[n++]);
    }
  while (n > 1)
    {
      guint32 n_up = 0;

      height++;
      for (guint32 i = 0; i < n;)
        {
          guint32 inner_number = new_inner (doc, number, height);
          CrdtInner *inner = crdt_inner (doc, inner_number);
          CrdtSum sum;

          for (; i < n && inner->n < CRDT_INNER - 2; i++)
            {
              inner->child[inner->n] = nodes[i];
              put_sum (inner, inner->n++, &sums[i]);
            }
          renumber (doc, inner_number, inner, 0);
          sum_inner (inner, &sum);
          nodes[n_up] = inner_number;
          sums[n_up++] = sum;
        }
      n = n_up;
    }
  seq = &doc->seqs[number];
  seq->root = nodes[0];
  seq->height = (gint8) height;
  seq->sum = sums[0];
}

/* Ends a bulk load: builds the trees of all loose sequences bottom-up. */
void
crdt_seq_build_loose (CrdtDoc *doc)
{
  for (guint i = 0; i < doc->loose->len; i++)
    {
      guint32 number = g_array_index (doc->loose, guint32, i);

      if (doc->seqs[number].height == CRDT_SEQ_LOOSE)
        build_tree (doc, number);
    }
  g_array_set_size (doc->loose, 0);
  g_clear_pointer (&doc->loose_next, g_free);
  g_clear_pointer (&doc->loose_prev, g_free);
  doc->loose_alloc = 0;
}

/* Insertion and removal */

/*
 * crdt_seq_insert_after:
 * @left: 0 to insert at the front
 *
 * Puts an item into a sequence and its content into the sums.
 */
void
crdt_seq_insert_after (CrdtDoc    *doc,
                       guint32     number,
                       CrdtHandle  left,
                       CrdtHandle  handle)
{
  CrdtSeq *seq = &doc->seqs[number];
  CrdtItem *item = crdt_item (doc, handle);
  CrdtSum sum;
  guint32 node;

  doc->cursor.seq = 0;
  if (doc->txn.bulk)
    {
      crdt_seq_loosen (doc, number);
      insert_loose (doc, number, left, handle);
      return;
    }
  if (seq->height == CRDT_SEQ_EMPTY)
    {
      seq->height = CRDT_SEQ_ALONE;
      seq->root = handle;
      item->home = CRDT_HOME_SEQ | number;
      crdt_sum_item (doc, item, &seq->sum);
      return;
    }
  if (seq->height == CRDT_SEQ_ALONE)
    {
      CrdtLeaf *leaf;

      node = new_leaf (doc, number);
      leaf = crdt_leaf (doc, node);
      leaf->n = 1;
      leaf->items[0] = seq->root;
      crdt_item (doc, seq->root)->home = node;
      seq->root = node;
      seq->height = 0;
    }
  if (left != 0)
    {
      node = crdt_item (doc, left)->home;
      insert_into_leaf (doc, node, leaf_slot (crdt_leaf (doc, node), left) + 1, handle);
    }
  else
    {
      node = seq->root;
      for (gint height = seq->height; height > 0; height--)
        node = crdt_inner (doc, node)->child[0];
      insert_into_leaf (doc, node, 0, handle);
    }
  crdt_sum_item (doc, item, &sum);
  add_up (doc, crdt_leaf (doc, item->home), &sum);
}

/* Takes a child out of an inner node, and empty nodes above out of theirs. */
static void
remove_node (CrdtDoc *doc,
             guint32  number,
             guint32  parent,
             guint    slot)
{
  CrdtSeq *seq = &doc->seqs[number];

  while (parent != 0)
    {
      CrdtInner *inner = crdt_inner (doc, parent);
      guint32 up;

      if (inner->n > 1)
        {
          shift_children (inner, slot, slot + 1);
          inner->n--;
          renumber (doc, parent, inner, slot);
          break;
        }
      up = inner->parent;
      slot = inner->slot;
      free_inner (doc, parent);
      parent = up;
    }
  /* A root with one child is none. */
  while (seq->height > 0 && crdt_inner (doc, seq->root)->n == 1)
    {
      guint32 child = crdt_inner (doc, seq->root)->child[0];

      free_inner (doc, seq->root);
      seq->root = child;
      seq->height--;
      if (seq->height == 0)
        crdt_leaf (doc, child)->parent = 0;
      else
        crdt_inner (doc, child)->parent = 0;
    }
}

/* Two small neighbours under one parent become one leaf. */
static void
merge_leaves (CrdtDoc *doc,
              guint32  number)
{
  CrdtLeaf *leaf = crdt_leaf (doc, number);
  CrdtInner *parent;
  CrdtLeaf *right;
  guint32 right_number;
  guint slot = leaf->slot;

  if (leaf->parent == 0)
    return;
  parent = crdt_inner (doc, leaf->parent);
  if (slot + 1 == parent->n)
    {
      if (slot == 0)
        return;
      slot--;
      number = parent->child[slot];
      leaf = crdt_leaf (doc, number);
    }
  right_number = parent->child[slot + 1];
  right = crdt_leaf (doc, right_number);
  if (leaf->n + right->n > CRDT_LEAF * 3 / 4)
    return;
  memcpy (leaf->items + leaf->n, right->items, right->n * sizeof (CrdtHandle));
  for (guint i = 0; i < right->n; i++)
    crdt_item (doc, right->items[i])->home = number;
  leaf->n += right->n;
  parent->units[slot] += parent->units[slot + 1];
  parent->points[slot] += parent->points[slot + 1];
  parent->lines[slot] += parent->lines[slot + 1];
  parent->items[slot] += parent->items[slot + 1];
  parent->formats[slot] |= parent->formats[slot + 1];
  free_leaf (doc, right_number);
  remove_node (doc, leaf->seq, leaf->parent, slot + 1);
}

/* Takes @right out, whose content has become part of its neighbour @left. */
void
crdt_seq_remove_joined (CrdtDoc    *doc,
                        CrdtHandle  left,
                        CrdtHandle  right)
{
  CrdtItem *item = crdt_item (doc, right);
  CrdtSum sum = { 0, 0, 0, 0u - 1, 0 };
  CrdtLeaf *leaf;
  guint32 number = item->home;

  if ((number & CRDT_HOME_SEQ) != 0)
    {
      CrdtSeq *seq = &doc->seqs[number & ~CRDT_HOME_SEQ];
      CrdtHandle next = doc->loose_next[right];

      g_assert (seq->height == CRDT_SEQ_LOOSE);
      doc->loose_next[left] = next;
      if (next != 0)
        doc->loose_prev[next] = left;
      else
        seq->last = left;
      return;
    }
  if (crdt_item (doc, left)->home != number)
    {
      CrdtSum part;

      crdt_sum_item (doc, item, &part);
      crdt_seq_shrunk (doc, right, part.units, part.points, part.lines);
      crdt_seq_grown (doc, left, part.units, part.points, part.lines);
    }
  leaf = crdt_leaf (doc, number);
  add_up (doc, leaf, &sum);
  {
    guint at = leaf_slot (leaf, right);

    leaf->n--;
    memmove (leaf->items + at, leaf->items + at + 1, (leaf->n - at) * sizeof (CrdtHandle));
  }
  if (leaf->n == 0)
    {
      guint32 seq = leaf->seq;
      guint32 parent = leaf->parent;
      guint slot = leaf->slot;

      free_leaf (doc, number);
      remove_node (doc, seq, parent, slot);
    }
  else if (leaf->n < CRDT_LEAF / 4)
    merge_leaves (doc, number);
}

/* Empties a sequence; what becomes of its items is the caller's business. */
void
crdt_seq_clear (CrdtDoc *doc,
                guint32  number)
{
  CrdtSeq *seq = &doc->seqs[number];

  free_nodes (doc, number);
  seq->root = 0;
  seq->last = 0;
  memset (&seq->sum, 0, sizeof seq->sum);
  seq->height = seq->height == CRDT_SEQ_LOOSE ? CRDT_SEQ_LOOSE : CRDT_SEQ_EMPTY;
  doc->cursor.seq = 0;
}
