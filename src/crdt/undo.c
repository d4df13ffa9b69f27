/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Undo and redo as Yjs does it (format description §11): undoing deletes what a step
 * inserted, and inserts copies of what it deleted where the originals stood.
 */

#include "config.h"

#include "doc-private.h"
#include "undo.h"

typedef struct
{
  GArray         *insertions; /* (element-type CrdtRange) settled */
  GArray         *deletions;  /* (element-type CrdtRange) settled */
  GArray         *order;      /* (element-type guint32) clients of @deletions, as they were deleted from */
  gpointer        selection;
  GDestroyNotify  destroy;
} Step;

struct _CrdtUndo
{
  CrdtDoc         *doc;          /* borrowed; outlives this */
  GArray          *scope;        /* (element-type CrdtType *), empty: the whole document */
  GHashTable      *origins;      /* set */
  GPtrArray       *undo_steps;   /* (element-type Step) */
  GPtrArray       *redo_steps;
  CrdtUndoOptions  options;
  gint64           last_change;  /* ms; 0: the next change begins a step */
  gboolean         undoing;
  gboolean         redoing;
  Step            *popped;       /* owned: the step undone or redone last, for its selection */
};

static void
step_free (gpointer data)
{
  Step *step = data;

  if (step == NULL)
    return;
  if (step->destroy != NULL)
    step->destroy (step->selection);
  g_array_unref (step->insertions);
  g_array_unref (step->deletions);
  g_array_unref (step->order);
  g_free (step);
}

static gint64
monotonic_ms (gpointer data)
{
  return g_get_monotonic_time () / 1000;
}

/**
 * crdt_undo_new:
 * @scope: (array length=n_scope): the types whose changes count, with all inside them; none
 *   for the whole document
 * @options: (nullable): NULL for 500 ms and the monotonic clock
 *
 * Changes with origin NULL are tracked at first; see crdt_undo_track_origin().
 *
 * Returns: (transfer full): a manager
 */
CrdtUndo *
crdt_undo_new (CrdtDoc               *doc,
               CrdtType * const      *scope,
               guint                  n_scope,
               const CrdtUndoOptions *options)
{
  CrdtUndo *self = g_new0 (CrdtUndo, 1);

  self->doc = doc;
  self->scope = g_array_new (FALSE, FALSE, sizeof (CrdtType *));
  if (n_scope > 0)
    g_array_append_vals (self->scope, scope, n_scope);
  self->origins = g_hash_table_new (NULL, NULL);
  g_hash_table_add (self->origins, NULL);
  g_hash_table_add (self->origins, self);
  self->undo_steps = g_ptr_array_new_with_free_func (step_free);
  self->redo_steps = g_ptr_array_new_with_free_func (step_free);
  self->options.capture_timeout = CRDT_UNDO_CAPTURE_TIMEOUT;
  if (options != NULL)
    self->options = *options;
  if (self->options.clock == NULL)
    self->options.clock = monotonic_ms;
  g_ptr_array_add (doc->undos, self);
  return self;
}

/** Frees a manager; not inside a callback of its document. */
void
crdt_undo_free (CrdtUndo *self)
{
  if (self == NULL)
    return;
  g_ptr_array_remove (self->doc->undos, self);
  g_array_unref (self->scope);
  g_hash_table_unref (self->origins);
  g_ptr_array_unref (self->undo_steps);
  g_ptr_array_unref (self->redo_steps);
  step_free (self->popped);
  g_free (self);
}

void
crdt_undo_track_origin (CrdtUndo *self,
                        gpointer  origin)
{
  g_hash_table_add (self->origins, origin);
}

void
crdt_undo_untrack_origin (CrdtUndo *self,
                          gpointer  origin)
{
  g_hash_table_remove (self->origins, origin);
}

/* Whether a type is in the scope or inside a type that is. */
static gboolean
type_in_scope (const CrdtUndo *self,
               CrdtType       *type)
{
  if (self->scope->len == 0)
    return TRUE;
  for (; type != NULL; type = crdt_type_get_parent (type))
    for (guint i = 0; i < self->scope->len; i++)
      if (g_array_index (self->scope, CrdtType *, i) == type)
        return TRUE;
  return FALSE;
}

static gboolean
item_in_scope (const CrdtUndo *self,
               CrdtHandle      handle)
{
  const CrdtItem *item = crdt_item (self->doc, handle);

  return item->ref != CRDT_REF_GC && type_in_scope (self, crdt_item_parent (self->doc, item));
}

/* Protects an item and all that it stands in from collection, or no longer. */
static void
keep_item (CrdtDoc    *doc,
           CrdtHandle  handle,
           gboolean    keep)
{
  while (handle != 0 && crdt_item (doc, handle)->keep != keep)
    {
      crdt_item (doc, handle)->keep = keep;
      handle = crdt_item_parent (doc, crdt_item (doc, handle))->item;
    }
}

/* Adds the structs of one range, after splits at its ends. */
static void
structs_of_range (CrdtDoc   *doc,
                  CrdtRange  range,
                  GArray    *out)
{
  guint32 end = range.clock + range.length;
  guint32 clock = range.clock;

  while (clock < end)
    {
      CrdtHandle handle = crdt_store_clean_start (doc, range.client, clock);
      const CrdtItem *item = crdt_item (doc, handle);

      if (item->clock + item->length > end && item->ref != CRDT_REF_GC)
        crdt_store_split (doc, handle, end - item->clock);
      g_array_append_val (out, handle);
      clock = item->clock + item->length;
    }
}

/* The structs of ranges; @order (nullable) tells which client comes first. */
static void
structs_of (CrdtDoc      *doc,
            const GArray *ranges,
            const GArray *order,
            GArray       *out)
{
  for (guint o = 0; o < (order != NULL ? order->len : 1); o++)
    for (guint i = 0; i < ranges->len; i++)
      {
        CrdtRange range = g_array_index (ranges, CrdtRange, i);

        if (order == NULL || g_array_index (order, guint32, o) == range.client)
          structs_of_range (doc, range, out);
      }
}

static void
add_order (GArray       *to,
           const GArray *from)
{
  for (guint i = 0; i < from->len; i++)
    {
      guint32 client = g_array_index (from, guint32, i);
      gboolean known = FALSE;

      for (guint k = 0; k < to->len && !known; k++)
        known = g_array_index (to, guint32, k) == client;
      if (!known)
        g_array_append_val (to, client);
    }
}

static void
add_ranges (GArray       *to,
            const GArray *from)
{
  if (from->len > 0)
    g_array_append_vals (to, from->data, from->len);
  crdt_ranges_settle (to);
}

/* Lets go of what the steps keep from collection. Called inside a transaction. */
static void
release_steps (CrdtUndo  *self,
               GPtrArray *steps)
{
  for (guint i = 0; i < steps->len; i++)
    {
      const Step *step = steps->pdata[i];

      for (guint k = 0; k < step->deletions->len; k++)
        {
          CrdtRange range = g_array_index (step->deletions, CrdtRange, k);
          CrdtStoreIter iter;
          CrdtHandle handle;

          crdt_store_iter_init (&iter, self->doc, range.client, range.clock);
          while ((handle = crdt_store_iter_next (&iter)) != 0
                 && crdt_item (self->doc, handle)->clock < range.clock + range.length)
            if (item_in_scope (self, handle))
              keep_item (self->doc, handle, FALSE);
        }
    }
  g_ptr_array_set_size (steps, 0);
}

/* Called for each transaction, after its observers and before anything is collected. */
void
crdt_undo_after (gpointer  undo,
                 CrdtDoc  *doc)
{
  CrdtUndo *self = undo;
  const CrdtTxn *txn = &doc->txn;
  GPtrArray *steps = self->undoing ? self->redo_steps : self->undo_steps;
  g_autoptr(GArray) insertions = NULL;
  gboolean touched = FALSE;
  gint64 now;

  for (guint i = 0; i < txn->changed->len && !touched; i++)
    touched = type_in_scope (self, crdt_type_at (doc, doc->seqs[g_array_index (txn->changed, guint32, i)].type));
  if (!touched || !g_hash_table_contains (self->origins, txn->origin) || (!txn->local && txn->origin == NULL))
    return;
  if (self->undoing)
    crdt_undo_stop_capturing (self);
  else if (!self->redoing)
    release_steps (self, self->redo_steps);
  insertions = g_array_new (FALSE, FALSE, sizeof (CrdtRange));
  for (guint i = 0; i < txn->clients->len; i++)
    {
      guint32 client = g_array_index (txn->clients, guint32, i);
      CrdtRange range = { client, doc->clients[client].before,
                          doc->clients[client].state - doc->clients[client].before };

      if (range.length > 0)
        g_array_append_val (insertions, range);
    }
  now = self->options.clock (self->options.clock_data);
  if (self->last_change > 0 && now - self->last_change < (gint64) self->options.capture_timeout && steps->len > 0
      && !self->undoing && !self->redoing)
    {
      Step *last = steps->pdata[steps->len - 1];

      add_ranges (last->deletions, txn->deletes);
      add_ranges (last->insertions, insertions);
      add_order (last->order, txn->delete_order);
    }
  else
    {
      Step *step = g_new0 (Step, 1);

      step->deletions = g_array_new (FALSE, FALSE, sizeof (CrdtRange));
      step->insertions = g_array_new (FALSE, FALSE, sizeof (CrdtRange));
      add_ranges (step->deletions, txn->deletes);
      add_ranges (step->insertions, insertions);
      step->order = g_array_new (FALSE, FALSE, sizeof (guint32));
      add_order (step->order, txn->delete_order);
      g_ptr_array_add (steps, step);
    }
  if (!self->undoing && !self->redoing)
    self->last_change = MAX (now, 1);
  for (guint i = 0; i < txn->deletes->len; i++)
    {
      CrdtRange range = g_array_index (txn->deletes, CrdtRange, i);
      CrdtStoreIter iter;
      CrdtHandle handle;

      crdt_store_iter_init (&iter, doc, range.client, range.clock);
      while ((handle = crdt_store_iter_next (&iter)) != 0
             && crdt_item (doc, handle)->clock < range.clock + range.length)
        if (item_in_scope (self, handle))
          keep_item (doc, handle, TRUE);
    }
}

/* Redoing */

typedef struct
{
  CrdtUndo     *undo;
  GHashTable   *items;       /* set of handles to redo */
  const GArray *insertions;  /* of the step */
} Redo;

static gboolean
in_steps (const GPtrArray *steps,
          const CrdtItem  *item)
{
  for (guint i = 0; i < steps->len; i++)
    if (crdt_ranges_contain (((const Step *) steps->pdata[i])->deletions, item->client, item->clock))
      return TRUE;
  return FALSE;
}

/* The item that restored @handle, or 0. */
static CrdtHandle
redone_item (CrdtDoc    *doc,
             CrdtHandle  handle)
{
  CrdtId id;

  return crdt_item_get_redone (doc, handle, &id) ? crdt_store_clean_start (doc, id.client, id.clock) : 0;
}

static CrdtHandle
parent_item (CrdtDoc    *doc,
             CrdtHandle  handle)
{
  return crdt_item_parent (doc, crdt_item (doc, handle))->item;
}

/* Follows what an item was restored as until that stands in the parent @owner. */
static CrdtHandle
trace_to_parent (CrdtDoc    *doc,
                 CrdtHandle  handle,
                 CrdtHandle  owner)
{
  while (handle != 0 && (crdt_item (doc, handle)->ref == CRDT_REF_GC || parent_item (doc, handle) != owner))
    handle = redone_item (doc, handle);
  return handle;
}

/*
 * Restores an item as a copy. Returns: the copy, 0 if it cannot be restored. Recursion goes up the
 * parents, whose number is bounded by CrdtLimits.max_depth.
 */
static CrdtHandle
redo_item (Redo       *redo,
           CrdtHandle  handle)
{
  CrdtDoc *doc = redo->undo->doc;
  CrdtHandle restored = redone_item (doc, handle);
  CrdtHandle owner, left = 0, right = 0, copy;
  CrdtType *type;
  CrdtItem *item, *from;
  guint32 key, seq;
  CrdtId id;

  if (restored != 0)
    return restored;
  owner = parent_item (doc, handle);
  if (owner != 0 && crdt_item (doc, owner)->deleted)
    {
      CrdtHandle next = redone_item (doc, owner);

      if (next == 0 && (!g_hash_table_contains (redo->items, GUINT_TO_POINTER (owner)) || redo_item (redo, owner) == 0))
        return 0;
      while ((next = redone_item (doc, owner)) != 0)
        owner = next;
      if (crdt_item (doc, owner)->ref != CRDT_REF_TYPE)
        return 0;
    }
  type = owner == 0 ? crdt_item_parent (doc, crdt_item (doc, handle))
                    : crdt_type_at (doc, crdt_item (doc, owner)->content);
  key = doc->seqs[crdt_item_seq (doc, crdt_item (doc, handle))].key;
  if (key == 0)
    {
      for (left = crdt_seq_prev (doc, handle); left != 0; left = crdt_seq_prev (doc, left))
        {
          CrdtHandle trace = trace_to_parent (doc, left, owner);

          if (trace != 0)
            {
              left = trace;
              break;
            }
        }
      for (right = handle; right != 0; right = crdt_seq_next (doc, right))
        {
          CrdtHandle trace = trace_to_parent (doc, right, owner);

          if (trace != 0)
            {
              right = trace;
              break;
            }
        }
    }
  else
    {
      seq = crdt_seq_lookup (doc, type->index, key);
      if (crdt_seq_next (doc, handle) != 0 && !redo->undo->options.ignore_remote_keys)
        {
          CrdtHandle next;

          left = handle;
          while ((next = crdt_seq_next (doc, left)) != 0)
            {
              const CrdtItem *newer = crdt_item (doc, next);

              if (!newer->redone && !crdt_ranges_contain (redo->insertions, newer->client, newer->clock)
                  && !in_steps (redo->undo->undo_steps, newer) && !in_steps (redo->undo->redo_steps, newer))
                break;
              left = next;
              while (crdt_item (doc, left)->redone)
                left = redone_item (doc, left);
            }
          /* A value of somebody else has come since: it stays. */
          if (next != 0)
            return 0;
        }
      else
        left = seq != 0 ? crdt_seq_last (doc, seq) : 0;
      if (left != 0 && parent_item (doc, left) != owner)
        left = seq != 0 ? crdt_seq_last (doc, seq) : 0;
    }
  id = (CrdtId) { crdt_doc_own_client (doc), crdt_own_clock (doc) };
  copy = crdt_item_new (doc, id.client, id.clock, crdt_item (doc, handle)->length, crdt_item (doc, handle)->ref);
  item = crdt_item (doc, copy);
  from = crdt_item (doc, handle);
  if (from->ref == CRDT_REF_TYPE)
    {
      const CrdtType *old = crdt_type_at (doc, from->content);

      item->content = crdt_type_new (doc, (CrdtTypeKind) old->kind, old->name, copy)->index;
    }
  else
    item->content = crdt_content_copy (doc, handle, item);
  crdt_item_set_redone (doc, handle, id);
  item->keep = TRUE;
  if (owner != 0)
    keep_item (doc, owner, TRUE);
  crdt_item_insert_local (doc, crdt_seq_ensure (doc, type->index, key), left, right, copy);
  return copy;
}

/* Does the opposite of one step. Returns: whether anything changed. */
static gboolean
revert (CrdtUndo   *self,
        const Step *step)
{
  CrdtDoc *doc = self->doc;
  g_autoptr(GArray) inserted = g_array_new (FALSE, FALSE, sizeof (CrdtHandle));
  g_autoptr(GArray) deleted = g_array_new (FALSE, FALSE, sizeof (CrdtHandle));
  g_autoptr(GArray) to_delete = g_array_new (FALSE, FALSE, sizeof (CrdtHandle));
  g_autoptr(GArray) to_redo = g_array_new (FALSE, FALSE, sizeof (CrdtHandle));
  Redo redo = { self, g_hash_table_new (NULL, NULL), step->insertions };
  gboolean changed = FALSE;

  structs_of (doc, step->insertions, NULL, inserted);
  for (guint i = 0; i < inserted->len; i++)
    {
      CrdtHandle handle = g_array_index (inserted, CrdtHandle, i);

      /* To the live copy, if it was undone and redone since. */
      while (crdt_item (doc, handle)->redone)
        handle = redone_item (doc, handle);
      if (!crdt_item (doc, handle)->deleted && item_in_scope (self, handle))
        g_array_append_val (to_delete, handle);
    }
  structs_of (doc, step->deletions, step->order, deleted);
  for (guint i = 0; i < deleted->len; i++)
    {
      CrdtHandle handle = g_array_index (deleted, CrdtHandle, i);
      const CrdtItem *item = crdt_item (doc, handle);

      if (item_in_scope (self, handle) && !crdt_ranges_contain (step->insertions, item->client, item->clock)
          && item->deleted && item->ref != CRDT_REF_DELETED)
        {
          g_hash_table_add (redo.items, GUINT_TO_POINTER (handle));
          g_array_append_val (to_redo, handle);
        }
    }
  for (guint i = 0; i < to_redo->len; i++)
    if (redo_item (&redo, g_array_index (to_redo, CrdtHandle, i)) != 0)
      changed = TRUE;
  /* Children before their parents, so that more is known when it comes to them. */
  for (guint i = to_delete->len; i-- > 0;)
    {
      crdt_item_delete (doc, g_array_index (to_delete, CrdtHandle, i));
      changed = TRUE;
    }
  g_hash_table_unref (redo.items);
  return changed;
}

static gboolean
pop (CrdtUndo   *self,
     GPtrArray  *steps,
     GError    **error)
{
  gboolean changed = FALSE;

  if (!crdt_doc_writable (self->doc, error))
    return FALSE;
  if (self->doc->txn.depth > 0)
    {
      g_set_error_literal (error, CRDT_ERROR, CRDT_ERROR_STATE, "undo is not possible inside a transaction");
      return FALSE;
    }
  g_clear_pointer (&self->popped, step_free);
  crdt_txn_start (self->doc, CRDT_SOURCE_UNDO, self);
  while (steps->len > 0 && !changed)
    {
      Step *step = g_ptr_array_steal_index (steps, steps->len - 1);

      changed = revert (self, step);
      if (changed)
        self->popped = step;
      else
        step_free (step);
    }
  crdt_txn_leave (self->doc);
  return changed;
}

/**
 * crdt_undo_undo:
 * @error: %CRDT_ERROR_STATE
 *
 * Returns: TRUE if something was undone; FALSE without @error if there was nothing
 */
gboolean
crdt_undo_undo (CrdtUndo  *self,
                GError   **error)
{
  gboolean changed;

  self->undoing = TRUE;
  changed = pop (self, self->undo_steps, error);
  self->undoing = FALSE;
  return changed;
}

/** Does again what crdt_undo_undo() has undone. */
gboolean
crdt_undo_redo (CrdtUndo  *self,
                GError   **error)
{
  gboolean changed;

  self->redoing = TRUE;
  changed = pop (self, self->redo_steps, error);
  self->redoing = FALSE;
  return changed;
}

gboolean
crdt_undo_can_undo (CrdtUndo *self)
{
  return self->undo_steps->len > 0;
}

gboolean
crdt_undo_can_redo (CrdtUndo *self)
{
  return self->redo_steps->len > 0;
}

/** Makes the next change begin a new step, however soon it comes. */
void
crdt_undo_stop_capturing (CrdtUndo *self)
{
  self->last_change = 0;
}

/** Forgets all steps; what only they kept can be collected from now on. */
void
crdt_undo_clear (CrdtUndo *self)
{
  release_steps (self, self->undo_steps);
  release_steps (self, self->redo_steps);
  self->last_change = 0;
}

/**
 * crdt_undo_set_selection:
 * @selection: (transfer full): what to keep with the newest step that can be undone (after a
 *   change or a redo); ignored and freed if there is none
 */
void
crdt_undo_set_selection (CrdtUndo       *self,
                         gpointer        selection,
                         GDestroyNotify  destroy)
{
  Step *step = self->undo_steps->len > 0 ? self->undo_steps->pdata[self->undo_steps->len - 1] : NULL;

  if (step == NULL)
    {
      if (destroy != NULL)
        destroy (selection);
      return;
    }
  if (step->destroy != NULL)
    step->destroy (step->selection);
  step->selection = selection;
  step->destroy = destroy;
}

/** Returns: (transfer none) (nullable): what was kept with the step that was undone or redone last. */
gpointer
crdt_undo_get_selection (CrdtUndo *self)
{
  return self->popped != NULL ? self->popped->selection : NULL;
}
