/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The struct store: clients, and per client the structs by clock without a gap.
 */

#include "config.h"

#include "doc-private.h"

/* Clients */

static guint32
client_slot (const CrdtDoc *doc,
             guint64        id)
{
  guint32 mask = doc->n_client_slots - 1;
  guint32 slot = (guint32) (id * G_GUINT64_CONSTANT (0x9E3779B97F4A7C15) >> 40) & mask;

  while (doc->client_slots[slot] != 0 && doc->clients[doc->client_slots[slot]].id != id)
    slot = (slot + 1) & mask;
  return slot;
}

static void
rebuild_client_slots (CrdtDoc *doc,
                      guint32  n_slots)
{
  g_free (doc->client_slots);
  doc->n_client_slots = n_slots;
  doc->client_slots = g_new0 (guint32, n_slots);
  for (guint32 i = 1; i < doc->n_clients; i++)
    doc->client_slots[client_slot (doc, doc->clients[i].id)] = i;
}

/* Returns: the index of a client, 0 if it is not known. */
guint32
crdt_doc_find_client (CrdtDoc *doc,
                      guint64  id)
{
  if (doc->clients[doc->last_client].id == id && doc->last_client != 0)
    return doc->last_client;
  return doc->client_slots[client_slot (doc, id)];
}

/* Returns: the index of a client, 0 if there are too many. */
guint32
crdt_doc_intern_client (CrdtDoc *doc,
                        guint64  id)
{
  guint32 index = crdt_doc_find_client (doc, id);

  if (index != 0)
    {
      doc->last_client = index;
      return index;
    }
  if (doc->n_clients > CRDT_MAX_CLIENTS)
    return 0;
  if (doc->n_clients == doc->alloc_clients)
    {
      doc->alloc_clients += MAX (4, doc->alloc_clients / 2);
      doc->clients = g_renew (CrdtClient, doc->clients, doc->alloc_clients);
    }
  index = doc->n_clients++;
  memset (&doc->clients[index], 0, sizeof (CrdtClient));
  doc->clients[index].id = id;
  if (doc->n_clients * 2 > doc->n_client_slots)
    rebuild_client_slots (doc, doc->n_client_slots * 2);
  else
    doc->client_slots[client_slot (doc, id)] = index;
  doc->n_by_id = 0;
  return index;
}

/* Takes back the clients from @n_clients on, which have no structs: the update that named them was refused. */
void
crdt_doc_forget_clients (CrdtDoc *doc,
                         guint32  n_clients)
{
  if (doc->n_clients == n_clients)
    return;
  doc->n_clients = n_clients;
  doc->last_client = 0;
  doc->n_by_id = 0;
  rebuild_client_slots (doc, doc->n_client_slots);
}

guint32
crdt_doc_own_client (CrdtDoc *doc)
{
  if (doc->client == 0)
    doc->client = crdt_doc_intern_client (doc, doc->client_id);
  return doc->client;
}

static int
compare_clients (gconstpointer a,
                 gconstpointer b,
                 gpointer      data)
{
  const CrdtDoc *doc = data;
  guint64 x = doc->clients[*(const guint32 *) a].id;
  guint64 y = doc->clients[*(const guint32 *) b].id;

  return x > y ? -1 : x < y;
}

/* Returns: all clients by falling id, the order of the wire. */
const guint32 *
crdt_doc_clients_by_id (CrdtDoc *doc,
                        guint32 *n_clients)
{
  if (doc->n_by_id != doc->n_clients - 1)
    {
      doc->n_by_id = doc->n_clients - 1;
      doc->by_id = g_renew (guint32, doc->by_id, MAX (doc->n_by_id, 1));
      for (guint32 i = 0; i < doc->n_by_id; i++)
        doc->by_id[i] = i + 1;
      g_qsort_with_data (doc->by_id, (int) doc->n_by_id, sizeof (guint32), compare_clients, doc);
    }
  *n_clients = doc->n_by_id;
  return doc->by_id;
}

/* Chunks */

static inline CrdtHandle
chunk_at (const CrdtChunk *chunk,
          guint32          at)
{
  return chunk->handles != NULL ? chunk->handles[at] : chunk->first + at;
}

static guint32
find_chunk (CrdtClient *client,
            guint32     clock)
{
  guint32 low = client->hit;
  guint32 high = client->n_chunks;

  if (low < high && client->chunks[low].clock <= clock
      && (low + 1 == high || clock < client->chunks[low + 1].clock))
    return low;
  if (client->chunks[high - 1].clock <= clock)
    return client->hit = high - 1;
  low = 0;
  while (high - low > 1)
    {
      guint32 middle = (low + high) / 2;

      if (client->chunks[middle].clock <= clock)
        low = middle;
      else
        high = middle;
    }
  return client->hit = low;
}

static inline gboolean
chunk_has (const CrdtDoc   *doc,
           const CrdtChunk *chunk,
           guint32          at,
           guint32          clock)
{
  const CrdtItem *item;

  if (at >= chunk->n)
    return FALSE;
  item = crdt_item (doc, chunk_at (chunk, at));
  return clock - item->clock < item->length;
}

static guint32
find_in_chunk (const CrdtDoc   *doc,
               CrdtClient      *client,
               const CrdtChunk *chunk,
               guint32          clock)
{
  guint32 low = client->hit_at;
  guint32 high = chunk->n;

  /* Look-ups come in groups: first where the last one ended, then beside it, then at the end. */
  if (chunk_has (doc, chunk, low, clock))
    return low;
  if (chunk_has (doc, chunk, low + 1, clock))
    return client->hit_at = low + 1;
  if (low > 0 && chunk_has (doc, chunk, low - 1, clock))
    return client->hit_at = low - 1;
  if (crdt_item (doc, chunk_at (chunk, high - 1))->clock <= clock)
    return client->hit_at = high - 1;
  /* What was last but one when somebody began to type: asked for at the end of each transaction. */
  if (high > 1 && crdt_item (doc, chunk_at (chunk, high - 2))->clock <= clock)
    return high - 2;
  low = 0;
  while (high - low > 1)
    {
      guint32 middle = (low + high) / 2;

      if (crdt_item (doc, chunk_at (chunk, middle))->clock <= clock)
        low = middle;
      else
        high = middle;
    }
  return client->hit_at = low;
}

/* Returns: the struct that contains @clock, which must be below the client's state. */
CrdtHandle
crdt_store_find (CrdtDoc *doc,
                 guint32  client,
                 guint32  clock)
{
  CrdtClient *c = &doc->clients[client];
  const CrdtChunk *chunk;

  g_assert (clock < c->state);
  chunk = &c->chunks[find_chunk (c, clock)];
  return chunk_at (chunk, find_in_chunk (doc, c, chunk, clock));
}

/* Returns: the struct of the same client that follows by clock, or 0. */
CrdtHandle
crdt_store_next (CrdtDoc    *doc,
                 CrdtHandle  handle)
{
  const CrdtItem *item = crdt_item (doc, handle);
  guint32 clock = item->clock + item->length;

  return clock < doc->clients[item->client].state ? crdt_store_find (doc, item->client, clock) : 0;
}

CrdtHandle
crdt_store_prev (CrdtDoc    *doc,
                 CrdtHandle  handle)
{
  const CrdtItem *item = crdt_item (doc, handle);

  return item->clock > 0 ? crdt_store_find (doc, item->client, item->clock - 1) : 0;
}

static CrdtChunk *
add_chunk (CrdtClient *client,
           guint32     at)
{
  if (client->n_chunks == client->alloc_chunks)
    {
      client->alloc_chunks = MAX (2, client->alloc_chunks + client->alloc_chunks / 2);
      client->chunks = g_renew (CrdtChunk, client->chunks, client->alloc_chunks);
    }
  memmove (client->chunks + at + 1, client->chunks + at, (client->n_chunks - at) * sizeof (CrdtChunk));
  client->n_chunks++;
  memset (&client->chunks[at], 0, sizeof (CrdtChunk));
  return &client->chunks[at];
}

static void
remove_chunk (CrdtDoc    *doc,
              CrdtClient *client,
              guint32     at)
{
  crdt_arena_free (&doc->arena, client->chunks[at].handles, CRDT_CHUNK * sizeof (CrdtHandle));
  client->n_chunks--;
  memmove (client->chunks + at, client->chunks + at + 1, (client->n_chunks - at) * sizeof (CrdtChunk));
  client->hit = 0;
}

/* Turns the neighbourhood of @at in a chunk of consecutive handles into a chunk with a list of them. */
static void
materialise (CrdtDoc    *doc,
             CrdtClient *client,
             guint32    *chunk_index,
             guint32    *at)
{
  const guint32 window = CRDT_CHUNK * 3 / 4;
  CrdtChunk whole = client->chunks[*chunk_index];
  CrdtChunk *chunk;
  guint32 start, n;

  if (whole.handles != NULL)
    return;
  start = *at > window / 2 ? *at - window / 2 : 0;
  n = MIN (window, whole.n - start);
  if (start + n < whole.n)
    {
      chunk = add_chunk (client, *chunk_index + 1);
      chunk->first = whole.first + start + n;
      chunk->n = whole.n - start - n;
      chunk->clock = crdt_item (doc, chunk->first)->clock;
    }
  if (start > 0)
    {
      chunk = &client->chunks[*chunk_index];
      chunk->n = start;
      *chunk_index += 1;
      *at -= start;
      chunk = add_chunk (client, *chunk_index);
      chunk->clock = crdt_item (doc, whole.first + start)->clock;
    }
  chunk = &client->chunks[*chunk_index];
  chunk->n = n;
  chunk->handles = crdt_arena_alloc (&doc->arena, CRDT_CHUNK * sizeof (CrdtHandle));
  for (guint32 i = 0; i < n; i++)
    chunk->handles[i] = whole.first + start + i;
  client->hit = 0;
}

/* Puts @handle behind the struct at @at of a chunk. */
static void
insert_behind (CrdtDoc    *doc,
               CrdtClient *client,
               guint32     chunk_index,
               guint32     at,
               CrdtHandle  handle)
{
  CrdtChunk *chunk;

  materialise (doc, client, &chunk_index, &at);
  chunk = &client->chunks[chunk_index];
  if (chunk->n == CRDT_CHUNK)
    {
      CrdtChunk *right = add_chunk (client, chunk_index + 1);

      chunk = &client->chunks[chunk_index];
      right->handles = crdt_arena_alloc (&doc->arena, CRDT_CHUNK * sizeof (CrdtHandle));
      right->n = CRDT_CHUNK / 2;
      chunk->n = CRDT_CHUNK / 2;
      memcpy (right->handles, chunk->handles + CRDT_CHUNK / 2, CRDT_CHUNK / 2 * sizeof (CrdtHandle));
      right->clock = crdt_item (doc, right->handles[0])->clock;
      if (at >= CRDT_CHUNK / 2)
        {
          at -= CRDT_CHUNK / 2;
          chunk = right;
        }
    }
  memmove (chunk->handles + at + 2, chunk->handles + at + 1, (chunk->n - at - 1) * sizeof (CrdtHandle));
  chunk->handles[at + 1] = handle;
  chunk->n++;
}

/* Takes the struct at @at out of the index. */
static void
remove_at (CrdtDoc    *doc,
           CrdtClient *client,
           guint32     chunk_index,
           guint32     at)
{
  CrdtChunk *chunk = &client->chunks[chunk_index];

  if (chunk->n == 1)
    {
      remove_chunk (doc, client, chunk_index);
      return;
    }
  if (chunk->handles == NULL && at + 1 == chunk->n)
    {
      chunk->n--;
      return;
    }
  if (chunk->handles == NULL && at == 0)
    {
      chunk->first++;
      chunk->n--;
      chunk->clock = crdt_item (doc, chunk->first)->clock;
      return;
    }
  materialise (doc, client, &chunk_index, &at);
  chunk = &client->chunks[chunk_index];
  chunk->n--;
  memmove (chunk->handles + at, chunk->handles + at + 1, (chunk->n - at) * sizeof (CrdtHandle));
  chunk->clock = crdt_item (doc, chunk->handles[0])->clock;
  if (chunk->n < CRDT_CHUNK / 8 && chunk_index + 1 < client->n_chunks)
    {
      CrdtChunk *next = &client->chunks[chunk_index + 1];

      if (next->handles != NULL && chunk->n + next->n <= CRDT_CHUNK * 3 / 4)
        {
          memcpy (chunk->handles + chunk->n, next->handles, next->n * sizeof (CrdtHandle));
          chunk->n += next->n;
          remove_chunk (doc, client, chunk_index + 1);
        }
    }
}

/* Remembers the state that a client had before the transaction. */
void
crdt_store_touch (CrdtDoc *doc,
                  guint32  client)
{
  CrdtClient *c = &doc->clients[client];

  if (c->touched != doc->txn.stamp)
    {
      c->touched = doc->txn.stamp;
      c->before = c->state;
      g_array_append_val (doc->txn.clients, client);
    }
}

/* Moves the start of a struct, whose neighbour before it has given or taken the clocks between. */
void
crdt_store_move_border (CrdtDoc    *doc,
                        CrdtHandle  handle,
                        guint32     clock)
{
  CrdtItem *item = crdt_item (doc, handle);
  CrdtClient *client = &doc->clients[item->client];
  CrdtChunk *chunk = &client->chunks[find_chunk (client, item->clock)];

  if (chunk_at (chunk, 0) == handle)
    chunk->clock = clock;
  item->length += item->clock - clock;
  item->origin_clock += clock - item->clock;
  item->clock = clock;
}

/* Adds a struct at the end of its client; its clock must be the client's state. */
void
crdt_store_append (CrdtDoc    *doc,
                   CrdtHandle  handle)
{
  const CrdtItem *item = crdt_item (doc, handle);
  CrdtClient *client = &doc->clients[item->client];
  CrdtChunk *chunk = client->n_chunks > 0 ? &client->chunks[client->n_chunks - 1] : NULL;

  g_assert (item->clock == client->state);
  crdt_store_touch (doc, item->client);
  doc->txn.added = TRUE;
  client->state = item->clock + item->length;
  if (chunk != NULL && chunk->handles == NULL && chunk->first + chunk->n == handle)
    {
      chunk->n++;
      return;
    }
  if (chunk != NULL && chunk->handles == NULL && chunk->n < CRDT_CHUNK / 2)
    {
      guint32 index = client->n_chunks - 1;
      guint32 at = 0;

      materialise (doc, client, &index, &at);
      chunk = &client->chunks[client->n_chunks - 1];
    }
  if (chunk != NULL && chunk->handles != NULL && chunk->n < CRDT_CHUNK)
    {
      chunk->handles[chunk->n++] = handle;
      return;
    }
  chunk = add_chunk (client, client->n_chunks);
  chunk->clock = item->clock;
  chunk->first = handle;
  chunk->n = 1;
}

/*
 * crdt_store_split:
 * @offset: 0 < @offset < length
 *
 * Cuts a struct in two. Returns: the right part, which is a new one; @handle stays the left part.
 */
CrdtHandle
crdt_store_split (CrdtDoc    *doc,
                  CrdtHandle  handle,
                  guint32     offset)
{
  CrdtItem *left = crdt_item (doc, handle);
  CrdtClient *client = &doc->clients[left->client];
  guint32 chunk_index = find_chunk (client, left->clock);
  guint32 at = find_in_chunk (doc, client, &client->chunks[chunk_index], left->clock);
  CrdtHandle number = crdt_pool_take (&doc->items, &doc->arena, CRDT_ITEM_SHIFT, sizeof (CrdtItem));
  CrdtItem *right = crdt_item (doc, number);
  CrdtId id = { left->client, left->clock + offset };
  CrdtId redone;
  CrdtSum part;

  g_assert (offset > 0 && offset < left->length);
  *right = *left;
  right->clock += offset;
  right->length -= offset;
  left->length = offset;
  insert_behind (doc, client, chunk_index, at, number);
  if (left->ref == CRDT_REF_GC)
    return number;
  right->origin_client = left->client;
  right->origin_clock = right->clock - 1;
  right->home = 0;
  right->redone = FALSE;
  crdt_content_split (doc, left, right, offset);
  if (left->redone && crdt_item_get_redone (doc, handle, &redone))
    crdt_item_set_redone (doc, number, (CrdtId) { redone.client, redone.clock + offset });
  crdt_sum_item (doc, right, &part);
  crdt_seq_shrunk (doc, handle, part.units, part.points, part.lines);
  crdt_seq_insert_after (doc, crdt_item_seq (doc, left), handle, number);
  g_array_append_val (doc->txn.splits, id);
  return number;
}

/* Returns: the struct that starts at a clock below the state, after a split if need be. */
CrdtHandle
crdt_store_clean_start (CrdtDoc *doc,
                        guint32  client,
                        guint32  clock)
{
  CrdtHandle handle = crdt_store_find (doc, client, clock);
  const CrdtItem *item = crdt_item (doc, handle);

  if (item->clock == clock || item->ref == CRDT_REF_GC)
    return handle;
  return crdt_store_split (doc, handle, clock - item->clock);
}

/* Returns: the struct that ends at a clock below the state, after a split if need be. */
CrdtHandle
crdt_store_clean_end (CrdtDoc *doc,
                      guint32  client,
                      guint32  clock)
{
  CrdtHandle handle = crdt_store_find (doc, client, clock);
  const CrdtItem *item = crdt_item (doc, handle);

  if (item->clock + item->length - 1 != clock && item->ref != CRDT_REF_GC)
    crdt_store_split (doc, handle, clock - item->clock + 1);
  return handle;
}

/*
 * crdt_store_join:
 *
 * Makes one struct of two that follow each other by clock, if nothing tells them apart.
 * The right one is gone then.
 */
gboolean
crdt_store_join (CrdtDoc    *doc,
                 CrdtHandle  left_handle,
                 CrdtHandle  right_handle)
{
  CrdtItem *left = crdt_item (doc, left_handle);
  CrdtItem *right = crdt_item (doc, right_handle);
  CrdtClient *client = &doc->clients[left->client];
  guint32 chunk_index, at;

  if (left->ref != right->ref || left->deleted != right->deleted)
    return FALSE;
  if (left->ref != CRDT_REF_GC)
    {
      if (right->origin_client != left->client || right->origin_clock != right->clock - 1
          || left->right_client != right->right_client || left->right_clock != right->right_clock
          || left->redone || right->redone
          || (left->ref != CRDT_REF_STRING && left->ref != CRDT_REF_DELETED
              && left->ref != CRDT_REF_ANY && left->ref != CRDT_REF_JSON)
          || crdt_item_seq (doc, left) != crdt_item_seq (doc, right)
          || crdt_seq_next (doc, left_handle) != right_handle)
        return FALSE;
      if (!crdt_content_join (doc, left, right))
        return FALSE;
      crdt_seq_remove_joined (doc, left_handle, right_handle);
      left->keep |= right->keep;
    }
  if (doc->crowd.seq != 0 && crdt_crowd_minds (doc, right_handle))
    crdt_crowd_forget (doc);
  chunk_index = find_chunk (client, right->clock);
  at = find_in_chunk (doc, client, &client->chunks[chunk_index], right->clock);
  left->length += right->length;
  remove_at (doc, client, chunk_index, at);
  if (doc->cursor.item == right_handle)
    doc->cursor.seq = 0;
  crdt_pool_give (&doc->items, right_handle, CRDT_ITEM_SHIFT, sizeof (CrdtItem));
  return TRUE;
}

void
crdt_store_iter_init (CrdtStoreIter *iter,
                      CrdtDoc       *doc,
                      guint32        client,
                      guint32        clock)
{
  CrdtClient *c = &doc->clients[client];

  iter->client = c;
  iter->at = 0;
  iter->chunk = c->n_chunks;
  if (clock < c->state)
    {
      iter->chunk = find_chunk (c, clock);
      iter->at = find_in_chunk (doc, c, &c->chunks[iter->chunk], clock);
    }
}

void
crdt_store_clear (CrdtDoc *doc)
{
  for (guint32 i = 1; i < doc->n_clients; i++)
    {
      CrdtClient *client = &doc->clients[i];

      g_free (client->chunks);
      g_free (client->narrow.narrow);
      g_free (client->narrow.marks);
      g_free (client->wide.wide);
      g_free (client->wide.marks);
    }
  g_free (doc->clients);
  g_free (doc->client_slots);
  g_free (doc->by_id);
}

/* Which item restored this one: kept apart, because few items are ever restored. */

gboolean
crdt_item_get_redone (CrdtDoc    *doc,
                      CrdtHandle  handle,
                      CrdtId     *out_id)
{
  const CrdtId *id;

  if (!crdt_item (doc, handle)->redone)
    return FALSE;
  id = g_hash_table_lookup (doc->redone, GUINT_TO_POINTER (handle));
  *out_id = *id;
  return TRUE;
}

void
crdt_item_set_redone (CrdtDoc    *doc,
                      CrdtHandle  handle,
                      CrdtId      id)
{
  if (doc->redone == NULL)
    doc->redone = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  crdt_item (doc, handle)->redone = TRUE;
  g_hash_table_insert (doc->redone, GUINT_TO_POINTER (handle), g_memdup2 (&id, sizeof id));
}
