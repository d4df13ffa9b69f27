/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Applying updates: decode all, plan all, check all, and only then change the document, in
 * one transaction that cannot fail.
 */

#include "config.h"

#include "update-private.h"

/* What an update will do, in the order in which it is possible. */
typedef struct
{
  CrdtDoc        *doc;
  CrdtWireUpdate *update;
  GArray         *order;     /* (element-type Step) */
  GArray         *stack;     /* (element-type guint32) blocks that wait for each other */
  GArray         *missing;   /* (element-type CrdtWireId) */
  guint32         stamp;
  gboolean        pending;   /* something is left over */
} Plan;

typedef struct
{
  guint32 block;
  guint32 at;        /* struct, in the update */
} Step;

static guint32
client_state (const Plan *plan,
              guint64     id,
              guint32    *out_block)
{
  guint32 client = crdt_doc_find_client (plan->doc, id);

  *out_block = G_MAXUINT32;
  if (client == 0)
    return 0;
  if (plan->doc->clients[client].plan == plan->stamp)
    {
      *out_block = plan->doc->clients[client].block;
      return g_array_index (plan->update->blocks, CrdtWireBlock, *out_block).state;
    }
  return plan->doc->clients[client].state;
}

static void
note_missing (Plan    *plan,
              guint64  client,
              guint64  clock)
{
  CrdtWireId id = { client, clock };

  g_array_append_val (plan->missing, id);
}

/* All blocks on the stack wait for something that is not there: what is left of them is pending. */
static void
give_up_stack (Plan *plan)
{
  for (guint i = 0; i < plan->stack->len; i++)
    {
      CrdtWireBlock *block = &g_array_index (plan->update->blocks, CrdtWireBlock,
                                             g_array_index (plan->stack, guint32, i));

      block->done = TRUE;
      block->on_stack = FALSE;
    }
  plan->pending = TRUE;
  g_array_set_size (plan->stack, 0);
}

/* Returns: TRUE if a dependency is there; otherwise the block to plan first is on the stack, or all has been given up. */
static gboolean
depend (Plan    *plan,
        guint64  own_client,
        guint64  client,
        guint32  clock)
{
  guint32 block_index;
  CrdtWireBlock *block;

  if (client == own_client || clock < client_state (plan, client, &block_index))
    return TRUE;
  block = block_index != G_MAXUINT32 ? &g_array_index (plan->update->blocks, CrdtWireBlock, block_index) : NULL;
  if (block == NULL || block->done || block->on_stack || block->at == block->n)
    {
      note_missing (plan, client, clock);
      give_up_stack (plan);
      return FALSE;
    }
  block->on_stack = TRUE;
  g_array_append_val (plan->stack, block_index);
  return FALSE;
}

static void
plan_block (Plan    *plan,
            guint32  index)
{
  CrdtWireBlock *first = &g_array_index (plan->update->blocks, CrdtWireBlock, index);

  if (first->done || first->at == first->n)
    return;
  first->on_stack = TRUE;
  g_array_append_val (plan->stack, index);
  while (plan->stack->len > 0)
    {
      guint32 top = g_array_index (plan->stack, guint32, plan->stack->len - 1);
      CrdtWireBlock *block = &g_array_index (plan->update->blocks, CrdtWireBlock, top);
      const CrdtWireStruct *s;
      Step step;

      if (block->at == block->n)
        {
          block->done = TRUE;
          block->on_stack = FALSE;
          g_array_set_size (plan->stack, plan->stack->len - 1);
          continue;
        }
      s = &g_array_index (plan->update->structs, CrdtWireStruct, block->first + block->at);
      if (s->ref == CRDT_REF_SKIP || s->clock + s->length <= block->state)
        {
          block->at++;
          continue;
        }
      if (s->clock > block->state)
        {
          note_missing (plan, block->client, s->clock - 1);
          give_up_stack (plan);
          continue;
        }
      if ((s->has_origin && !depend (plan, block->client, s->origin_client, s->origin_clock))
          || (s->has_right && !depend (plan, block->client, s->right_client, s->right_clock))
          || (s->parent == CRDT_PARENT_ITEM && !depend (plan, block->client, s->parent_client, s->parent_clock)))
        continue;
      step.block = top;
      step.at = block->first + block->at;
      g_array_append_val (plan->order, step);
      block->state = s->clock + s->length;
      block->at++;
      if (plan->stack->len > 1)
        {
          /* Back to what waits below: it may not need more of this block, and this block may need it. */
          block->on_stack = FALSE;
          g_array_set_size (plan->stack, plan->stack->len - 1);
        }
    }
}

static gboolean
limit_error (GError     **error,
             const char  *what)
{
  g_set_error (error, CRDT_ERROR, CRDT_ERROR_LIMIT, "update: %s", what);
  return FALSE;
}

/* Works out in which order the structs of an update can be integrated, and what has to wait. */
static gboolean
make_plan (Plan            *plan,
           CrdtDoc         *doc,
           CrdtWireUpdate  *update,
           GError         **error)
{
  static guint32 stamp;

  plan->doc = doc;
  plan->update = update;
  if (plan->order == NULL)
    {
      plan->order = g_array_new (FALSE, FALSE, sizeof (Step));
      plan->stack = g_array_new (FALSE, FALSE, sizeof (guint32));
      plan->missing = g_array_new (FALSE, FALSE, sizeof (CrdtWireId));
    }
  plan->stamp = ++stamp;
  plan->pending = FALSE;
  for (guint i = 0; i < update->blocks->len; i++)
    {
      CrdtWireBlock *block = &g_array_index (update->blocks, CrdtWireBlock, i);

      block->index = crdt_doc_intern_client (doc, block->client);
      if (block->index == 0)
        return limit_error (error, "too many clients");
      block->state = doc->clients[block->index].state;
      doc->clients[block->index].plan = plan->stamp;
      doc->clients[block->index].block = i;
    }
  for (guint i = 0; i < update->blocks->len; i++)
    plan_block (plan, i);
  return TRUE;
}

static void
plan_clear (Plan *plan)
{
  g_clear_pointer (&plan->order, g_array_unref);
  g_clear_pointer (&plan->stack, g_array_unref);
  g_clear_pointer (&plan->missing, g_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Plan, plan_clear)

/* Depth of the type that a planned struct stands in; @depths has those of the steps before. */
static guint32
parent_depth (const Plan    *plan,
              const guint32 *depths,
              guint64        client_id,
              guint32        clock,
              gboolean       of_content)
{
  guint32 client = crdt_doc_find_client (plan->doc, client_id);
  guint32 block_index;
  const CrdtWireBlock *block;
  guint32 low, high;

  if (client == 0)
    return 0;
  if (clock < plan->doc->clients[client].state)
    {
      const CrdtItem *item = crdt_item (plan->doc, crdt_store_find (plan->doc, client, clock));

      if (item->ref == CRDT_REF_GC)
        return 0;
      if (of_content)
        return item->ref == CRDT_REF_TYPE ? crdt_type_at (plan->doc, item->content)->depth : 0;
      return crdt_item_parent (plan->doc, item)->depth;
    }
  if (plan->doc->clients[client].plan != plan->stamp)
    return 0;
  block_index = plan->doc->clients[client].block;
  block = &g_array_index (plan->update->blocks, CrdtWireBlock, block_index);
  low = block->first;
  high = block->first + block->n;
  while (high - low > 1)
    {
      guint32 middle = (low + high) / 2;

      if (g_array_index (plan->update->structs, CrdtWireStruct, middle).clock <= clock)
        low = middle;
      else
        high = middle;
    }
  return depths[low] + (of_content ? 1 : 0);
}

/* Refuses types nested too deeply. Most updates cannot get there and are not looked at closely. */
static gboolean
check_depth (const Plan  *plan,
             GError     **error)
{
  const GArray *structs = plan->update->structs;
  guint32 n_types = 0;
  g_autofree guint32 *depths = NULL;

  for (guint i = 0; i < structs->len; i++)
    n_types += g_array_index (structs, CrdtWireStruct, i).ref == CRDT_REF_TYPE;
  if (n_types == 0 || MAX (plan->doc->max_depth, 1) + n_types <= plan->doc->limits.max_depth)
    return TRUE;
  depths = g_new0 (guint32, structs->len);
  for (guint i = 0; i < plan->order->len; i++)
    {
      Step step = g_array_index (plan->order, Step, i);
      const CrdtWireStruct *s = &g_array_index (structs, CrdtWireStruct, step.at);
      guint32 depth = 0;

      if (s->ref == CRDT_REF_GC)
        continue;
      if (s->parent == CRDT_PARENT_ROOT)
        depth = 1;
      else if (s->parent == CRDT_PARENT_ITEM)
        depth = parent_depth (plan, depths, s->parent_client, s->parent_clock, TRUE);
      else if (s->has_origin)
        depth = parent_depth (plan, depths, s->origin_client, s->origin_clock, FALSE);
      else if (s->has_right)
        depth = parent_depth (plan, depths, s->right_client, s->right_clock, FALSE);
      depths[step.at] = depth;
      if (s->ref == CRDT_REF_TYPE && depth + 1 > plan->doc->limits.max_depth)
        return limit_error (error, "shared types are nested too deeply");
    }
  return TRUE;
}

static gboolean
check_roots (const Plan  *plan,
             GError     **error)
{
  CrdtDoc *doc = plan->doc;
  const GArray *structs = plan->update->structs;
  g_autoptr(GHashTable) names = NULL;
  const guint8 *last = NULL;
  guint32 n_last = 0;

  for (guint i = 0; i < structs->len; i++)
    {
      const CrdtWireStruct *s = &g_array_index (structs, CrdtWireStruct, i);
      guint32 number;

      if (s->parent != CRDT_PARENT_ROOT)
        continue;
      if (last != NULL && n_last == s->n_parent_name && memcmp (last, s->parent_name, n_last) == 0)
        continue;
      last = s->parent_name;
      n_last = s->n_parent_name;
      number = crdt_strings_lookup (&doc->strings, last, n_last);
      if (number != 0 && crdt_doc_root_by_number (doc, number) != NULL)
        continue;
      if (names == NULL)
        names = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, NULL);
      g_hash_table_add (names, g_bytes_new (last, n_last));
      if (doc->roots->len + g_hash_table_size (names) > doc->limits.max_roots)
        return limit_error (error, "too many roots");
    }
  return TRUE;
}

static gboolean
check_gaps (const Plan  *plan,
            GError     **error)
{
  for (guint i = 0; i < plan->update->blocks->len; i++)
    {
      const CrdtWireBlock *block = &g_array_index (plan->update->blocks, CrdtWireBlock, i);
      guint32 end = block->state;

      /* What is pending counts with its own gaps: no hole may be larger than the limit. */
      for (guint32 at = block->at; at < block->n; at++)
        {
          const CrdtWireStruct *s = &g_array_index (plan->update->structs, CrdtWireStruct, block->first + at);

          if (s->ref == CRDT_REF_SKIP)
            continue;
          if (s->clock > end && s->clock - end > plan->doc->limits.max_gap)
            return limit_error (error, "a struct lies too far beyond what is known of its client");
          end = s->clock + s->length;
        }
    }
  return TRUE;
}

static gboolean
ask_block_func (const Plan  *plan,
                GError     **error)
{
  CrdtDoc *doc = plan->doc;
  gboolean allowed = TRUE;

  if (doc->block_func == NULL)
    return TRUE;
  doc->busy = TRUE;
  for (guint i = 0; i < plan->update->blocks->len && allowed; i++)
    {
      const CrdtWireBlock *block = &g_array_index (plan->update->blocks, CrdtWireBlock, i);
      guint32 state = doc->clients[block->index].state;
      guint32 from = 0, to = 0;

      /* Pending parts are asked for now: they are kept, and nobody is asked again when they fit. */
      for (guint32 at = 0; at < block->n; at++)
        {
          const CrdtWireStruct *s = &g_array_index (plan->update->structs, CrdtWireStruct, block->first + at);

          if (s->ref == CRDT_REF_SKIP || s->clock + s->length <= state)
            continue;
          if (to == 0)
            from = MAX (s->clock, state);
          to = s->clock + s->length;
        }
      if (to > 0 && !doc->block_func (block->client, from, to - from, doc->block_data))
        {
          g_set_error (error, CRDT_ERROR, CRDT_ERROR_REFUSED,
                       "update: a block of client %" G_GUINT64_FORMAT " was refused", block->client);
          allowed = FALSE;
        }
    }
  doc->busy = FALSE;
  return allowed;
}

/* A document that is loaded takes as much memory for its text as that has. */
static void
reserve_text (Plan *plan)
{
  for (guint i = 0; i < plan->update->blocks->len; i++)
    {
      const CrdtWireBlock *block = &g_array_index (plan->update->blocks, CrdtWireBlock, i);
      guint32 units[2] = { 0, 0 };

      for (guint32 k = block->first; k < block->first + block->at; k++)
        {
          const CrdtWireStruct *s = &g_array_index (plan->update->structs, CrdtWireStruct, k);

          if (s->ref == CRDT_REF_STRING)
            units[s->n_data != s->length] += s->length;
        }
      crdt_text_reserve (plan->doc, block->index, units[0], units[1]);
    }
}

static void
execute (Plan *plan)
{
  if (plan->doc->txn.bulk)
    reserve_text (plan);
  for (guint i = 0; i < plan->order->len; i++)
    {
      Step step = g_array_index (plan->order, Step, i);
      const CrdtWireBlock *block = &g_array_index (plan->update->blocks, CrdtWireBlock, step.block);

      const CrdtWireStruct *s = &g_array_index (plan->update->structs, CrdtWireStruct, step.at);

      crdt_wire_integrate (plan->doc, block->index, s);
    }
}

/* Pending parts */

/* Cuts an update down to what its plan has left over. */
static void
keep_left_over (CrdtWireUpdate *update)
{
  for (guint i = 0; i < update->blocks->len; i++)
    {
      CrdtWireBlock *block = &g_array_index (update->blocks, CrdtWireBlock, i);

      block->first += block->at;
      block->n -= block->at;
      block->at = 0;
    }
  g_array_set_size (update->deletes, 0);
}

static guint32
count_structs (const CrdtWireUpdate *update)
{
  guint32 n = 0;

  for (guint i = 0; i < update->blocks->len; i++)
    n += g_array_index (update->blocks, CrdtWireBlock, i).n - g_array_index (update->blocks, CrdtWireBlock, i).at;
  return n;
}

/* Returns: (transfer full): what is pending, as an update of its own. */
GBytes *
crdt_pending_encode (CrdtDoc    *doc,
                     GArray     *state,
                     CrdtFormat  format)
{
  g_auto(CrdtWireUpdate) update;

  crdt_wire_update_init (&update);
  if (doc->pending != NULL)
    {
      gsize length;
      const guint8 *data = g_bytes_get_data (doc->pending, &length);
      gboolean good = crdt_wire_update_decode (&update, data, length, CRDT_FORMAT_V1, NULL);

      g_assert (good);
    }
  if (doc->pending_deletes->len > 0)
    g_array_append_vals (update.deletes, doc->pending_deletes->data, doc->pending_deletes->len);
  return crdt_wire_combine (&update, 1, state, format);
}

/* Checks that the parts which must wait, old and new, stay within bounds. Sets @out_pending to both merged. */
static gboolean
merge_pending (CrdtDoc         *doc,
               const Plan      *plan,
               gboolean         trusted,
               GBytes         **out_pending,
               GError         **error)
{
  CrdtWireUpdate updates[2];
  guint n = 1;
  gboolean good = TRUE;

  *out_pending = NULL;
  if (!plan->pending)
    {
      *out_pending = doc->pending != NULL ? g_bytes_ref (doc->pending) : NULL;
      return TRUE;
    }
  /* A copy of the tables; the structs are shared. */
  crdt_wire_update_init (&updates[0]);
  g_array_append_vals (updates[0].blocks, plan->update->blocks->data, plan->update->blocks->len);
  g_array_append_vals (updates[0].structs, plan->update->structs->data, plan->update->structs->len);
  keep_left_over (&updates[0]);
  if (doc->pending != NULL)
    {
      gsize length;
      const guint8 *data = g_bytes_get_data (doc->pending, &length);

      crdt_wire_update_init (&updates[1]);
      good = crdt_wire_update_decode (&updates[1], data, length, CRDT_FORMAT_V1, NULL);
      g_assert (good);
      n = 2;
    }
  if (!trusted && count_structs (&updates[0]) + (n == 2 ? count_structs (&updates[1]) : 0)
                  > doc->limits.max_pending_structs)
    good = limit_error (error, "too many structs wait for missing parts");
  if (good)
    {
      *out_pending = crdt_wire_combine (updates, n, NULL, CRDT_FORMAT_V1);
      if (!trusted && g_bytes_get_size (*out_pending) > doc->limits.max_pending_bytes)
        {
          g_clear_pointer (out_pending, g_bytes_unref);
          good = limit_error (error, "too many bytes wait for missing parts");
        }
    }
  for (guint i = 0; i < n; i++)
    crdt_wire_update_clear (&updates[i]);
  return good;
}

/* The deletions of unknown clocks are bounded like other pending parts. */
static gboolean
check_pending_deletes (const Plan  *plan,
                       GError     **error)
{
  CrdtDoc *doc = plan->doc;
  guint n = doc->pending_deletes->len;

  for (guint i = 0; i < plan->update->deletes->len; i++)
    {
      const CrdtWireRange *range = &g_array_index (plan->update->deletes, CrdtWireRange, i);
      guint32 block;

      n += range->clock + range->length > client_state (plan, range->client, &block);
    }
  return n <= doc->limits.max_pending_structs || limit_error (error, "too many deletions wait for missing parts");
}

static int
compare_missing (gconstpointer a,
                 gconstpointer b)
{
  const CrdtWireId *x = a;
  const CrdtWireId *y = b;

  if (x->client != y->client)
    return x->client < y->client ? -1 : 1;
  return x->clock < y->clock ? -1 : x->clock > y->clock;
}

/* Remembers what pending parts wait for: per client the lowest clock, so that repetition costs nothing. */
static void
add_missing (CrdtDoc      *doc,
             const GArray *missing)
{
  guint n = 0;

  if (missing->len == 0)
    return;
  g_array_append_vals (doc->missing, missing->data, missing->len);
  g_array_sort (doc->missing, compare_missing);
  for (guint i = 0; i < doc->missing->len; i++)
    {
      CrdtWireId id = g_array_index (doc->missing, CrdtWireId, i);

      if (n == 0 || g_array_index (doc->missing, CrdtWireId, n - 1).client != id.client)
        g_array_index (doc->missing, CrdtWireId, n++) = id;
    }
  g_array_set_size (doc->missing, n);
}

static gboolean
may_retry (const CrdtDoc *doc)
{
  for (guint i = 0; i < doc->missing->len; i++)
    {
      const CrdtWireId *id = &g_array_index (doc->missing, CrdtWireId, i);
      guint32 client = crdt_doc_find_client ((CrdtDoc *) doc, id->client);

      if (client != 0 && id->clock < doc->clients[client].state)
        return TRUE;
    }
  return FALSE;
}

/* Integrates pending parts for which what they waited for has come. */
static void
retry_pending (CrdtDoc *doc)
{
  while (doc->pending != NULL && may_retry (doc))
    {
      g_autoptr(GBytes) bytes = g_steal_pointer (&doc->pending);
      g_auto(CrdtWireUpdate) update;
      g_auto(Plan) plan = { 0 };
      gsize length;
      const guint8 *data = g_bytes_get_data (bytes, &length);
      gboolean good;

      crdt_wire_update_init (&update);
      good = crdt_wire_update_decode (&update, data, length, CRDT_FORMAT_V1, NULL);
      g_assert (good);
      /* What has become too deep since it was put aside is dropped: the other parts do not suffer for it. */
      g_array_set_size (doc->missing, 0);
      if (!make_plan (&plan, doc, &update, NULL) || !check_depth (&plan, NULL) || !check_roots (&plan, NULL))
        break;
      execute (&plan);
      if (plan.pending)
        {
          keep_left_over (&update);
          doc->pending = crdt_wire_combine (&update, 1, NULL, CRDT_FORMAT_V1);
          add_missing (doc, plan.missing);
        }
    }
  if (doc->pending_deletes->len > 0)
    {
      g_autoptr(GArray) deletes = doc->pending_deletes;

      doc->pending_deletes = g_array_new (FALSE, FALSE, sizeof (CrdtWireRange));
      crdt_wire_apply_deletes (doc, deletes, doc->pending_deletes);
    }
}

/* A large part of a document is built more quickly as lists than as trees. */
static gboolean
is_bulk (const Plan *plan)
{
  guint32 have = plan->doc->items.n - plan->doc->items.n_free;

  return plan->order->len > 64 && plan->order->len > have / 4;
}

/* The tables of the last update are kept for the next one: most updates are one key press. */
typedef struct
{
  CrdtWireUpdate update;
  Plan           plan;
} Cache;

/* Tables larger than this are not kept. */
#define KEEP_STRUCTS 1024

static void
cache_free (Cache *cache)
{
  crdt_wire_update_clear (&cache->update);
  plan_clear (&cache->plan);
  g_free (cache);
}

static Cache *
take_cache (CrdtDoc *doc)
{
  Cache *cache = g_steal_pointer (&doc->apply_cache);

  if (cache == NULL)
    {
      cache = g_new0 (Cache, 1);
      crdt_wire_update_init (&cache->update);
    }
  return cache;
}

static void
return_cache (CrdtDoc *doc,
              Cache   *cache)
{
  if (cache->update.structs->len > KEEP_STRUCTS || cache->update.blocks->len > KEEP_STRUCTS
      || cache->update.deletes->len > KEEP_STRUCTS || cache->update.scratch.total > 65536)
    {
      cache_free (cache);
      return;
    }
  cache->update.structs->len = 0;
  cache->update.blocks->len = 0;
  cache->update.deletes->len = 0;
  crdt_arena_clear (&cache->update.scratch);
  memset (&cache->update.scratch, 0, sizeof cache->update.scratch);
  if (cache->plan.order != NULL)
    {
      cache->plan.order->len = 0;
      cache->plan.stack->len = 0;
      cache->plan.missing->len = 0;
    }
  doc->apply_cache = cache;
}

void
crdt_apply_cache_free (CrdtDoc *doc)
{
  if (doc->apply_cache != NULL)
    cache_free (g_steal_pointer (&doc->apply_cache));
}

/**
 * crdt_doc_apply_update:
 * @flags: %CRDT_APPLY_TRUSTED for our own bytes from disk, %CRDT_APPLY_V2 for format v2
 * @origin: (nullable): of the transaction
 * @error: #CrdtError: what is wrong with the update; TRUNCATED, INVALID and UNSUPPORTED are
 *   about its bytes, LIMIT and REFUSED about what it would do, STATE means not inside a
 *   transaction or a callback
 *
 * Applies an update, all of it or nothing. Parts that refer to something unknown wait for
 * it inside the document.
 */
gboolean
crdt_doc_apply_update (CrdtDoc         *self,
                       const guint8    *data,
                       gsize            length,
                       CrdtApplyFlags   flags,
                       gpointer         origin,
                       GError         **error)
{
  Cache *cache;
  g_autoptr(GBytes) pending = NULL;
  gboolean trusted = (flags & CRDT_APPLY_TRUSTED) != 0;
  guint32 n_clients = self->n_clients;
  gboolean good;

  if (self->txn.depth > 0 || self->busy)
    {
      g_set_error_literal (error, CRDT_ERROR, CRDT_ERROR_STATE, "an update cannot be applied inside a transaction");
      return FALSE;
    }
  if (!trusted && length > self->limits.max_update)
    return limit_error (error, "too many bytes");
  cache = take_cache (self);
  good = crdt_wire_update_decode (&cache->update, data, length,
                                  (flags & CRDT_APPLY_V2) != 0 ? CRDT_FORMAT_V2 : CRDT_FORMAT_V1, error)
         && make_plan (&cache->plan, self, &cache->update, error)
         && check_depth (&cache->plan, error)
         && check_roots (&cache->plan, error)
         && (trusted || check_gaps (&cache->plan, error))
         && (trusted || check_pending_deletes (&cache->plan, error))
         && (trusted || ask_block_func (&cache->plan, error))
         && merge_pending (self, &cache->plan, trusted, &pending, error);
  if (!good)
    {
      crdt_doc_forget_clients (self, n_clients);
      return_cache (self, cache);
      return FALSE;
    }
  /* From here on nothing fails. */
  crdt_txn_start (self, CRDT_SOURCE_REMOTE, origin);
  self->txn.bulk = is_bulk (&cache->plan);
  execute (&cache->plan);
  g_clear_pointer (&self->pending, g_bytes_unref);
  self->pending = g_steal_pointer (&pending);
  add_missing (self, cache->plan.missing);
  crdt_wire_apply_deletes (self, cache->update.deletes, self->pending_deletes);
  if (crdt_doc_has_pending (self))
    retry_pending (self);
  if (self->pending_deletes->len > 1)
    crdt_wire_settle_deletes (self->pending_deletes);
  return_cache (self, cache);
  crdt_txn_leave (self);
  return TRUE;
}

/** Returns: TRUE if parts of updates wait for others that have not come yet. */
gboolean
crdt_doc_has_pending (CrdtDoc *self)
{
  return self->pending != NULL || self->pending_deletes->len > 0;
}
