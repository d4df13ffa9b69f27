/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Transactions: what they remember, and what happens at their end, in this order:
 * observers, undo managers, collection of what was deleted, joining, the update.
 */

#include "config.h"

#include "encoder-private.h"

void
crdt_txn_start (CrdtDoc    *doc,
                CrdtSource  source,
                gpointer    origin)
{
  CrdtTxn *txn = &doc->txn;

  txn->depth = 1;
  txn->source = source;
  txn->local = source != CRDT_SOURCE_REMOTE;
  txn->origin = origin;
  txn->added = FALSE;
  txn->items_deleted = FALSE;
  txn->bulk = FALSE;
  /* Stamp 0 marks clients that no transaction has touched. */
  if (++txn->stamp == 0)
    {
      for (guint32 i = 1; i < doc->n_clients; i++)
        doc->clients[i].touched = 0;
      txn->stamp = 1;
    }
}

/**
 * crdt_doc_begin:
 * @origin: (nullable): given to observers; undo managers track transactions by it
 *
 * Opens a transaction; the edits up to crdt_doc_commit() are one change and one update.
 * Nested calls join the outermost one. Inside a callback of the document this is a
 * programming error.
 */
void
crdt_doc_begin (CrdtDoc  *self,
                gpointer  origin)
{
  g_return_if_fail (!self->busy);
  if (self->txn.depth > 0)
    self->txn.depth++;
  else
    crdt_txn_start (self, CRDT_SOURCE_LOCAL, origin);
}

void
crdt_txn_enter (CrdtDoc *doc)
{
  if (doc->txn.depth > 0)
    doc->txn.depth++;
  else
    crdt_txn_start (doc, CRDT_SOURCE_LOCAL, NULL);
}

/* Whether the document may be changed now. */
gboolean
crdt_doc_writable (CrdtDoc  *doc,
                   GError  **error)
{
  if (G_LIKELY (!doc->busy))
    return TRUE;
  g_set_error_literal (error, CRDT_ERROR, CRDT_ERROR_STATE, "the document cannot be changed inside an observer");
  return FALSE;
}

gboolean
crdt_type_writable (CrdtType  *type,
                    GError   **error)
{
  if (!crdt_doc_writable (type->doc, error))
    return FALSE;
  if (G_LIKELY (!type->dead))
    return TRUE;
  g_set_error_literal (error, CRDT_ERROR, CRDT_ERROR_STATE, "the shared type has been deleted");
  return FALSE;
}

/* Notes that clocks were deleted by this transaction. */
void
crdt_txn_deleted (CrdtDoc *doc,
                  guint32  client,
                  guint32  clock,
                  guint32  length)
{
  GArray *deletes = doc->txn.deletes;
  CrdtRange range = { client, clock, length };

  if (deletes->len > 0)
    {
      CrdtRange *last = &g_array_index (deletes, CrdtRange, deletes->len - 1);

      if (last->client == client && last->clock + last->length == clock)
        {
          last->length += length;
          return;
        }
    }
  g_array_append_val (deletes, range);
}

/* Notes that a sequence was changed, for the observers. */
void
crdt_txn_changed (CrdtDoc *doc,
                  guint32  seq)
{
  /* Only those who watch ask for it. */
  if (doc->observers->len == 0 && doc->undos->len == 0)
    return;
  if (!doc->seqs[seq].changed)
    {
      doc->seqs[seq].changed = TRUE;
      g_array_append_val (doc->txn.changed, seq);
    }
}

/* Whether this transaction has created an item. */
gboolean
crdt_txn_is_new (CrdtDoc        *doc,
                 const CrdtItem *item)
{
  const CrdtClient *client = &doc->clients[item->client];

  return client->touched == doc->txn.stamp && item->clock >= client->before;
}

static int
compare_ranges (gconstpointer a,
                gconstpointer b)
{
  const CrdtRange *x = a;
  const CrdtRange *y = b;

  if (x->client != y->client)
    return x->client < y->client ? -1 : 1;
  return x->clock < y->clock ? -1 : x->clock > y->clock;
}

/* Sorts ranges by client index and clock and joins those that touch. */
void
crdt_ranges_settle (GArray *ranges)
{
  guint n = 0;

  for (guint i = 1; i < ranges->len; i++)
    if (compare_ranges (&g_array_index (ranges, CrdtRange, i - 1), &g_array_index (ranges, CrdtRange, i)) > 0)
      {
        g_array_sort (ranges, compare_ranges);
        break;
      }
  for (guint i = 0; i < ranges->len; i++)
    {
      CrdtRange range = g_array_index (ranges, CrdtRange, i);
      CrdtRange *last = n > 0 ? &g_array_index (ranges, CrdtRange, n - 1) : NULL;

      if (last != NULL && last->client == range.client && last->clock + last->length >= range.clock)
        last->length = MAX (last->clock + last->length, range.clock + range.length) - last->clock;
      else
        g_array_index (ranges, CrdtRange, n++) = range;
    }
  g_array_set_size (ranges, n);
}

/* Whether settled ranges contain a clock. */
gboolean
crdt_ranges_contain (const GArray *ranges,
                     guint32       client,
                     guint32       clock)
{
  guint low = 0;
  guint high = ranges->len;

  while (low < high)
    {
      guint middle = (low + high) / 2;
      const CrdtRange *range = &g_array_index (ranges, CrdtRange, middle);

      if (range->client < client || (range->client == client && range->clock + range->length <= clock))
        low = middle + 1;
      else if (range->client == client && range->clock <= clock)
        return TRUE;
      else
        high = middle;
    }
  return FALSE;
}

static void
collect_deleted (CrdtDoc *doc)
{
  for (guint i = 0; i < doc->txn.deletes->len; i++)
    {
      CrdtRange range = g_array_index (doc->txn.deletes, CrdtRange, i);
      CrdtStoreIter iter;
      CrdtHandle handle;

      crdt_store_iter_init (&iter, doc, range.client, range.clock);
      while ((handle = crdt_store_iter_next (&iter)) != 0)
        {
          const CrdtItem *item = crdt_item (doc, handle);

          if (item->clock >= range.clock + range.length)
            break;
          if (item->deleted && !item->keep)
            crdt_item_collect (doc, handle);
        }
    }
}

/* Whether it is worth asking crdt_store_join(); most neighbours by clock are not neighbours in the list. */
static inline gboolean
may_join (const CrdtItem *left,
          const CrdtItem *right)
{
  return left->ref == right->ref && left->deleted == right->deleted
         && (left->ref == CRDT_REF_GC
             || (right->origin_client == left->client && right->origin_clock == right->clock - 1));
}

/* Joins the struct at @handle with those before it as long as that works. Returns: the struct it is part of now. */
static CrdtHandle
join_lefts (CrdtDoc    *doc,
            CrdtHandle  handle,
            guint      *n_joined)
{
  CrdtHandle left;

  *n_joined = 0;
  while ((left = crdt_store_prev (doc, handle)) != 0
         && may_join (crdt_item (doc, left), crdt_item (doc, handle))
         && crdt_store_join (doc, left, handle))
    {
      handle = left;
      *n_joined += 1;
    }
  return handle;
}

/* Tries to join all structs from the one at @last down to those that start at @first, each with what is before it. */
static void
join_range (CrdtDoc    *doc,
            CrdtHandle  last,
            guint32     first)
{
  CrdtHandle handle = last;

  while (handle != 0 && crdt_item (doc, handle)->clock >= first && crdt_item (doc, handle)->clock > 0)
    {
      guint n;

      handle = crdt_store_prev (doc, join_lefts (doc, handle, &n));
    }
}

/* The same for everything that a client has got in this transaction, without a search per struct. */
static void
join_added (CrdtDoc *doc,
            guint32  client_index)
{
  CrdtClient *client = &doc->clients[client_index];
  CrdtStoreIter iter;
  CrdtHandle left, right;
  GArray *candidates = doc->txn.candidates;
  guint32 start = client->before > 0 ? crdt_item (doc, crdt_store_find (doc, client_index, client->before - 1))->clock
                                     : 0;

  if (start > 0)
    {
      /* The struct that holds the old end may join with the one before it too, as in the reference. */
      CrdtHandle at = crdt_store_find (doc, client_index, client->before);

      if (crdt_item (doc, at)->clock < client->before)
        start = crdt_item (doc, crdt_store_find (doc, client_index, start - 1))->clock;
    }
  candidates->len = 0;
  crdt_store_iter_init (&iter, doc, client_index, start);
  left = crdt_store_iter_next (&iter);
  while ((right = crdt_store_iter_next (&iter)) != 0)
    {
      if (may_join (crdt_item (doc, left), crdt_item (doc, right)))
        g_array_append_val (candidates, crdt_item (doc, right)->clock);
      left = right;
    }
  for (guint i = candidates->len; i-- > 0;)
    {
      guint32 clock = g_array_index (candidates, guint32, i);

      right = crdt_store_find (doc, client_index, clock);
      left = crdt_store_prev (doc, right);
      if (crdt_item (doc, right)->clock == clock && left != 0)
        crdt_store_join (doc, left, right);
    }
}

static void
join_all (CrdtDoc *doc)
{
  CrdtTxn *txn = &doc->txn;

  for (guint i = 0; i < txn->deletes->len; i++)
    {
      CrdtRange range = g_array_index (txn->deletes, CrdtRange, i);
      const CrdtClient *client = &doc->clients[range.client];
      CrdtHandle last, next;

      /* What is new is joined below. */
      if (client->touched == txn->stamp && range.clock >= client->before)
        continue;
      last = crdt_store_find (doc, range.client, range.clock + range.length - 1);
      next = crdt_store_next (doc, last);
      join_range (doc, next != 0 ? next : last, range.clock);
    }
  if (txn->added)
    for (guint i = 0; i < txn->clients->len; i++)
      {
        guint32 client = g_array_index (txn->clients, guint32, i);

        if (doc->clients[client].state > doc->clients[client].before)
          join_added (doc, client);
      }
  for (guint i = txn->splits->len; i-- > 0;)
    {
      CrdtId id = g_array_index (txn->splits, CrdtId, i);
      CrdtHandle at = crdt_store_find (doc, id.client, id.clock);
      CrdtHandle next = crdt_store_next (doc, at);
      guint n = 0;

      if (next != 0)
        join_lefts (doc, next, &n);
      if (n > 1)
        continue;
      join_lefts (doc, crdt_store_find (doc, id.client, id.clock), &n);
    }
}

static void
reset (CrdtDoc *doc)
{
  CrdtTxn *txn = &doc->txn;

  for (guint i = 0; i < txn->changed->len; i++)
    doc->seqs[g_array_index (txn->changed, guint32, i)].changed = FALSE;
  txn->clients->len = 0;
  txn->deletes->len = 0;
  txn->splits->len = 0;
  txn->changed->len = 0;
  txn->bulk = FALSE;
}

/* Undo restores what was deleted client by client, in the order in which they came up. */
static void
note_delete_order (CrdtTxn *txn)
{
  g_array_set_size (txn->delete_order, 0);
  for (guint i = 0; i < txn->deletes->len; i++)
    {
      guint32 client = g_array_index (txn->deletes, CrdtRange, i).client;
      gboolean known = FALSE;

      for (guint k = 0; k < txn->delete_order->len && !known; k++)
        known = g_array_index (txn->delete_order, guint32, k) == client;
      if (!known)
        g_array_append_val (txn->delete_order, client);
    }
}

static void
finish (CrdtDoc *doc)
{
  CrdtTxn *txn = &doc->txn;
  gboolean watched = doc->observers->len > 0 || doc->undos->len > 0;

  if (!watched && !txn->added && !txn->items_deleted && txn->deletes->len == 0 && txn->splits->len == 0
      && doc->update_func == NULL && txn->local)
    {
      /* A key press that has extended a run: there is nothing to tidy up. */
      txn->clients->len = 0;
      return;
    }
  if (doc->undos->len > 0)
    note_delete_order (txn);
  if (txn->deletes->len > 1)
    crdt_ranges_settle (txn->deletes);
  if (watched && txn->changed->len > 0)
    {
      if (txn->bulk)
        {
          txn->bulk = FALSE;
          crdt_seq_build_loose (doc);
        }
      doc->busy = TRUE;
      if (doc->observers->len > 0)
        crdt_change_emit (doc);
      for (guint i = 0; i < doc->undos->len; i++)
        crdt_undo_after (g_ptr_array_index (doc->undos, i), doc);
      doc->busy = FALSE;
    }
  if (txn->items_deleted)
    {
      if (!doc->keep_deleted)
        collect_deleted (doc);
    }
  if (txn->added || txn->items_deleted || txn->splits->len > 0)
    join_all (doc);
  if (txn->deletes->len > 0 && !doc->keep_deleted)
    for (guint i = 0; i < txn->deletes->len; i++)
      {
        guint32 client = g_array_index (txn->deletes, CrdtRange, i).client;
        const CrdtClient *c = &doc->clients[client];

        if (G_UNLIKELY ((c->narrow.dead >= 4096 && c->narrow.dead > c->narrow.length / 2)
                        || (c->wide.dead >= 4096 && c->wide.dead > c->wide.length / 2)))
          crdt_text_compact (doc, client);
      }
  if (txn->bulk)
    {
      txn->bulk = FALSE;
      crdt_seq_build_loose (doc);
    }
  if (!txn->local && doc->client != 0 && doc->clients[doc->client].touched == txn->stamp)
    {
      /* Somebody else uses our id (format description §5.5): leave it to them. */
      doc->client = 0;
      do
        doc->client_id = g_random_int ();
      while (doc->client_id == 0 || crdt_doc_find_client (doc, doc->client_id) != 0);
    }
  if (doc->update_func != NULL && (txn->deletes->len > 0 || txn->clients->len > 0))
    {
      g_autoptr(GBytes) update = crdt_txn_encode (doc);

      doc->busy = TRUE;
      doc->update_func (doc, update, txn->local, txn->origin, doc->update_data);
      doc->busy = FALSE;
    }
  reset (doc);
}

void
crdt_txn_leave (CrdtDoc *doc)
{
  g_assert (doc->txn.depth > 0);
  if (doc->txn.depth == 1)
    finish (doc);
  doc->txn.depth--;
}

/**
 * crdt_doc_commit:
 *
 * Ends what crdt_doc_begin() began; the outermost one tells the observers.
 */
void
crdt_doc_commit (CrdtDoc *self)
{
  g_return_if_fail (self->txn.depth > 0 && !self->busy);
  crdt_txn_leave (self);
}
