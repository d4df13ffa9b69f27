/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The invariant walker: checks a whole document against the numbered invariants of
 * INTERNALS.md. For tests; O(size · log size).
 */

#include "config.h"

#include "doc-private.h"

typedef struct
{
  CrdtDoc    *doc;
  GHashTable *seen;      /* handles met in sequences */
  char       *problem;   /* owned */
} Check;

G_GNUC_PRINTF (3, 4)
static gboolean
expect (Check      *check,
        gboolean    condition,
        const char *format,
        ...)
{
  va_list args;

  if (condition || check->problem != NULL)
    return condition;
  va_start (args, format);
  check->problem = g_strdup_vprintf (format, args);
  va_end (args);
  return FALSE;
}

/* I1 to I4: the store. */
static void
check_client (Check   *check,
              guint32  index)
{
  CrdtDoc *doc = check->doc;
  const CrdtClient *client = &doc->clients[index];
  CrdtStoreIter iter;
  CrdtHandle handle;
  guint32 clock = 0;

  for (guint32 i = 0; i < client->n_chunks; i++)
    {
      const CrdtChunk *chunk = &client->chunks[i];

      expect (check, chunk->n > 0, "I1: an empty chunk of client %u", index);
      expect (check, chunk->handles == NULL || chunk->n <= CRDT_CHUNK, "I1: an overfull chunk");
      handle = chunk->handles != NULL ? chunk->handles[0] : chunk->first;
      expect (check, crdt_item (doc, handle)->clock == chunk->clock, "I1: the clock of a chunk is wrong");
    }
  crdt_store_iter_init (&iter, doc, index, 0);
  while ((handle = crdt_store_iter_next (&iter)) != 0 && check->problem == NULL)
    {
      const CrdtItem *item = crdt_item (doc, handle);

      expect (check, item->client == index, "I2: a struct of another client");
      expect (check, item->clock == clock, "I2: a gap or overlap at clock %u of client %u", clock, index);
      expect (check, item->length > 0, "I2: a struct without length");
      clock = item->clock + item->length;
      if (item->ref == CRDT_REF_GC)
        {
          expect (check, item->deleted && item->home == 0, "I3: a GC in a sequence");
          continue;
        }
      expect (check, item->home != 0 && g_hash_table_contains (check->seen, GUINT_TO_POINTER (handle)),
              "I3: item %u of client %u is in no sequence", item->clock, index);
      expect (check, item->ref != CRDT_REF_DELETED || item->deleted, "I4: Deleted content that lives");
      expect (check, item->origin_client != index || item->origin_clock < item->clock, "I4: an origin in the future");
      if (item->ref == CRDT_REF_STRING)
        {
          const CrdtTextBuffer *buffer = item->wide ? &client->wide : &client->narrow;

          expect (check, item->content + item->length <= buffer->length, "I4: text beyond its buffer");
        }
      if (item->ref == CRDT_REF_TYPE)
        expect (check, crdt_type_at (doc, item->content)->item == handle, "I4: a type that does not know its item");
    }
  expect (check, clock == client->state, "I2: the state of client %u is wrong", index);
}

static void
add_sum (CrdtSum       *total,
         const CrdtSum *one)
{
  total->units += one->units;
  total->points += one->points;
  total->lines += one->lines;
  total->items += one->items;
  total->formats |= one->formats;
}

static gboolean
equal_sum (const CrdtSum *a,
           const CrdtSum *b)
{
  return a->units == b->units && a->points == b->points && a->lines == b->lines && a->items == b->items
         && a->formats == b->formats;
}

/* I5 and I6: the tree of a sequence. Recursion is bounded by its height. */
static void
check_node (Check   *check,
            guint32  seq,
            guint32  node,
            gint     height,
            guint32  parent,
            guint    slot,
            CrdtSum *out)
{
  CrdtDoc *doc = check->doc;

  memset (out, 0, sizeof *out);
  if (height == 0)
    {
      const CrdtLeaf *leaf = crdt_leaf (doc, node);

      expect (check, leaf->n > 0 && leaf->n <= CRDT_LEAF, "I5: a leaf of %u items", leaf->n);
      expect (check, leaf->seq == seq && leaf->parent == parent && (parent == 0 || leaf->slot == slot),
              "I5: a leaf that does not know its place");
      for (guint i = 0; i < leaf->n; i++)
        {
          CrdtSum one;

          expect (check, crdt_item (doc, leaf->items[i])->home == node, "I5: an item that does not know its leaf");
          expect (check, g_hash_table_add (check->seen, GUINT_TO_POINTER (leaf->items[i])), "I5: an item twice");
          crdt_sum_item (doc, crdt_item (doc, leaf->items[i]), &one);
          add_sum (out, &one);
        }
    }
  else
    {
      const CrdtInner *inner = crdt_inner (doc, node);

      expect (check, inner->n > 0 && inner->n <= CRDT_INNER && inner->height == height, "I5: a bad inner node");
      expect (check, inner->seq == seq && inner->parent == parent && (parent == 0 || inner->slot == slot),
              "I5: an inner node that does not know its place");
      for (guint i = 0; i < inner->n && check->problem == NULL; i++)
        {
          CrdtSum child, entry = { inner->units[i], inner->points[i], inner->lines[i], inner->items[i],
                                   inner->formats[i] };

          check_node (check, seq, inner->child[i], height - 1, node, i, &child);
          expect (check, equal_sum (&child, &entry),
                  "I6: wrong sums: units %u/%u points %u/%u lines %u/%u items %u/%u formats %x/%x", entry.units,
                  child.units, entry.points, child.points, entry.lines, child.lines, entry.items, child.items,
                  entry.formats, child.formats);
          add_sum (out, &child);
        }
    }
}

static void
check_seq (Check   *check,
           guint32  number)
{
  CrdtDoc *doc = check->doc;
  const CrdtSeq *seq = &doc->seqs[number];
  CrdtSum sum;

  expect (check, seq->height != CRDT_SEQ_LOOSE, "I5: a loose sequence outside of a transaction");
  if (seq->height == CRDT_SEQ_EMPTY)
    memset (&sum, 0, sizeof sum);
  else if (seq->height == CRDT_SEQ_ALONE)
    {
      expect (check, crdt_item (doc, seq->root)->home == (CRDT_HOME_SEQ | number), "I5: an item alone and not at home");
      g_hash_table_add (check->seen, GUINT_TO_POINTER (seq->root));
      crdt_sum_item (doc, crdt_item (doc, seq->root), &sum);
    }
  else
    check_node (check, number, seq->root, seq->height, 0, 0, &sum);
  expect (check, equal_sum (&sum, &seq->sum), "I6: the sums of sequence %u are wrong (units %u/%u items %u/%u)", number,
          seq->sum.units, sum.units, seq->sum.items, sum.items);
  if (seq->key != 0)
    {
      /* I7: of a key at most the last value lives. */
      CrdtHandle last = crdt_seq_last (doc, number);

      for (CrdtHandle h = crdt_seq_first (doc, number); h != 0 && h != last; h = crdt_seq_next (doc, h))
        {
          const CrdtItem *item = crdt_item (doc, h);
          const CrdtItem *next = crdt_item (doc, crdt_seq_next (doc, h));

          /* A hostile value of several units may be cut: its parts are one value. */
          expect (check, item->deleted || (next->client == item->client && next->clock == item->clock + item->length),
                  "I7: an older value lives");
        }
    }
}

/**
 * crdt_doc_check:
 * @error: %CRDT_ERROR_INVALID with the number of the invariant that is broken
 *
 * Checks all invariants of INTERNALS.md, for tests. Returns: TRUE if they hold
 */
gboolean
crdt_doc_check (CrdtDoc  *self,
                GError  **error)
{
  Check check = { self, g_hash_table_new (NULL, NULL), NULL };
  guint n_items;

  for (guint32 i = 1; i < self->n_seqs && check.problem == NULL; i++)
    {
      const CrdtType *type = crdt_type_at (self, self->seqs[i].type);

      check_seq (&check, i);
      /* I8: nothing lives in what is deleted. */
      if (type->dead && check.problem == NULL)
        for (CrdtHandle h = crdt_seq_first (self, i); h != 0; h = crdt_seq_next (self, h))
          expect (&check, crdt_item (self, h)->deleted, "I8: an item lives in a deleted type");
    }
  n_items = g_hash_table_size (check.seen);
  for (guint32 i = 1; i < self->n_clients && check.problem == NULL; i++)
    check_client (&check, i);
  if (check.problem == NULL)
    {
      guint n_gc = 0;

      for (guint32 i = 1; i < self->n_clients; i++)
        {
          CrdtStoreIter iter;
          CrdtHandle handle;

          crdt_store_iter_init (&iter, self, i, 0);
          while ((handle = crdt_store_iter_next (&iter)) != 0)
            n_gc += crdt_item (self, handle)->ref == CRDT_REF_GC;
        }
      expect (&check, n_items + n_gc == crdt_doc_get_n_structs (self), "I3: %u items and %u GCs of %u structs", n_items,
              n_gc, crdt_doc_get_n_structs (self));
    }
  /* I9: the cursor tells the truth. */
  if (check.problem == NULL && self->cursor.seq != 0)
    expect (&check, crdt_item_seq (self, crdt_item (self, self->cursor.item)) == self->cursor.seq
                    && crdt_seq_position (self, self->cursor.item) == self->cursor.start, "I9: the cursor is wrong");
  g_hash_table_unref (check.seen);
  if (check.problem == NULL)
    return TRUE;
  g_set_error_literal (error, CRDT_ERROR, CRDT_ERROR_INVALID, check.problem);
  g_free (check.problem);
  return FALSE;
}
