/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a transaction changed, worked out from its new structs and deleted ranges: the cost
 * goes with the change, not with the document. Called before anything is collected or
 * joined, so that old content is still there.
 */

#include "config.h"

#include "doc-private.h"

/* An item of a changed sequence that is new in part or deleted. */
typedef struct
{
  guint32    seq;
  guint32    rank;
  CrdtHandle item;
} Touched;

/* Builds the delta of one list. */
typedef struct
{
  CrdtDoc  *doc;
  guint32   seq;
  GArray   *ops;         /* (element-type CrdtDeltaOp) */
  GArray   *old;         /* attributes before the transaction, at the cursor; NULL while equal to @new */
  GArray   *new;
} Builder;

static void
clear_op (gpointer data)
{
  CrdtDeltaOp *op = data;

  crdt_entry_clear (&op->entry);
  crdt_value_unref (op->attributes);
}

static void
clear_key (gpointer data)
{
  crdt_value_unref (((CrdtKeyChange *) data)->old_value);
  g_free ((char *) ((CrdtKeyChange *) data)->key);
}

static void
free_type_change (gpointer data)
{
  CrdtTypeChange *change = data;

  g_clear_pointer (&change->delta, g_array_unref);
  g_array_unref (change->keys);
  g_free (change);
}

static gboolean
same_attributes (const CrdtValue *a,
                 const CrdtValue *b)
{
  return (a == NULL && b == NULL) || (a != NULL && b != NULL && crdt_value_equal (a, b));
}

/* Adds an operation; takes its parts. Like neighbours become one. */
static void
add_op (Builder     *builder,
        CrdtDeltaOp  op)
{
  CrdtDeltaOp *last = builder->ops->len > 0 ? &g_array_index (builder->ops, CrdtDeltaOp, builder->ops->len - 1) : NULL;

  if (op.length == 0)
    {
      clear_op (&op);
      return;
    }
  if (last != NULL && last->action == op.action && same_attributes (last->attributes, op.attributes)
      && (op.action != CRDT_DELTA_INSERT
          || (op.entry.kind == CRDT_ITEM_TEXT && last->entry.kind == CRDT_ITEM_TEXT)))
    {
      last->length += op.length;
      if (op.action == CRDT_DELTA_INSERT)
        {
          last->entry.text = g_realloc (last->entry.text, last->entry.text_length + op.entry.text_length + 1);
          memcpy (last->entry.text + last->entry.text_length, op.entry.text, op.entry.text_length + 1);
          last->entry.text_length += op.entry.text_length;
          last->entry.length += op.length;
        }
      clear_op (&op);
      return;
    }
  g_array_append_val (builder->ops, op);
}

static void
add_retain (Builder   *builder,
            guint32    length,
            CrdtValue *attributes)
{
  CrdtDeltaOp op = { CRDT_DELTA_RETAIN, length, { 0 }, attributes };

  add_op (builder, op);
}

static void
add_delete (Builder *builder,
            guint32  length)
{
  CrdtDeltaOp op = { CRDT_DELTA_DELETE, length, { 0 }, NULL };

  add_op (builder, op);
}

static void
add_insert (Builder    *builder,
            CrdtHandle  handle,
            guint32     offset)
{
  CrdtDoc *doc = builder->doc;
  const CrdtItem *item = crdt_item (doc, handle);
  g_autoptr(GArray) attributes = NULL;

  if (doc->seqs[builder->seq].sum.formats != 0)
    attributes = crdt_text_attributes (doc, builder->seq, handle);
  for (guint32 i = offset; i < item->length;)
    {
      CrdtDeltaOp op = { CRDT_DELTA_INSERT, 1, { 0 }, crdt_attributes_value (doc, attributes) };

      crdt_item_get_entry (doc, item, i, &op.entry);
      op.length = op.entry.length;
      i += op.length;
      add_op (builder, op);
    }
}

/* The keys whose values differ before and after, with the new values. NULL if none do. */
static CrdtValue *
difference (Builder *builder)
{
  CrdtDoc *doc = builder->doc;
  g_autoptr(GArray) changed = NULL;
  static const guint8 any_null[] = { CRDT_ANY_NULL };

  if (builder->old == NULL)
    return NULL;
  changed = g_array_new (FALSE, FALSE, sizeof (CrdtAttribute));
  for (guint i = 0; i < builder->new->len; i++)
    {
      const CrdtAttribute *now = &g_array_index (builder->new, CrdtAttribute, i);
      const CrdtAttribute *before = crdt_attributes_find (builder->old, now->key);

      if (before == NULL || !crdt_attribute_equal (before, now))
        g_array_append_val (changed, *now);
    }
  for (guint i = 0; i < builder->old->len; i++)
    {
      CrdtAttribute ended = { g_array_index (builder->old, CrdtAttribute, i).key, 1, any_null };

      if (crdt_attributes_find (builder->new, ended.key) == NULL)
        g_array_append_val (changed, ended);
    }
  return crdt_attributes_value (doc, changed);
}

/* Forgets the attributes when both sides are the same again. */
static void
settle (Builder *builder)
{
  g_autoptr(CrdtValue) value = difference (builder);

  if (value == NULL)
    {
      g_clear_pointer (&builder->old, g_array_unref);
      g_clear_pointer (&builder->new, g_array_unref);
    }
}

/* How many units at the start of an item are older than the transaction. */
static guint32
old_units (CrdtDoc        *doc,
           const CrdtItem *item)
{
  const CrdtClient *client = &doc->clients[item->client];

  if (client->touched != doc->txn.stamp || client->before >= item->clock + item->length)
    return item->length;
  return client->before > item->clock ? client->before - item->clock : 0;
}

static inline gboolean
deleted_now (CrdtDoc        *doc,
             const CrdtItem *item)
{
  return item->deleted && crdt_ranges_contain (doc->txn.deletes, item->client, item->clock);
}

/* Walks over what is untouched behind @from up to @to (0: until nothing differs), giving it the changed attributes. */
static guint32
walk_untouched (Builder    *builder,
                CrdtHandle  from,
                CrdtHandle  to)
{
  CrdtDoc *doc = builder->doc;
  guint32 passed = 0;
  guint32 stop = to != 0 ? crdt_seq_rank (doc, to) : G_MAXUINT32;

  for (CrdtHandle h = crdt_seq_next_live (doc, from); h != 0 && builder->old != NULL; h = crdt_seq_next_live (doc, h))
    {
      const CrdtItem *item = crdt_item (doc, h);

      if (h == to || (to != 0 && crdt_seq_rank (doc, h) >= stop))
        break;
      if (item->ref == CRDT_REF_FORMAT)
        {
          CrdtAttribute format = crdt_item_format (doc, item);

          crdt_attributes_apply (builder->old, &format);
          crdt_attributes_apply (builder->new, &format);
          settle (builder);
          continue;
        }
      add_retain (builder, item->length, difference (builder));
      passed += item->length;
    }
  return passed;
}

static void
pass_format (Builder    *builder,
             CrdtHandle  handle,
             gboolean    is_new)
{
  CrdtDoc *doc = builder->doc;
  const CrdtItem *item = crdt_item (doc, handle);
  CrdtAttribute format = crdt_item_format (doc, item);

  if (is_new && item->deleted)
    return;
  if (builder->old == NULL)
    {
      builder->new = crdt_text_attributes (doc, builder->seq, handle);
      builder->old = g_array_new (FALSE, FALSE, sizeof (CrdtAttribute));
      if (builder->new->len > 0)
        g_array_append_vals (builder->old, builder->new->data, builder->new->len);
    }
  crdt_attributes_apply (is_new ? builder->new : builder->old, &format);
  settle (builder);
}

/* Works out the delta of a list from its touched items, which are in document order. */
static GArray *
build_delta (CrdtDoc       *doc,
             guint32        seq,
             const Touched *touched,
             guint          n_touched)
{
  Builder builder = { doc, seq, g_array_new (FALSE, FALSE, sizeof (CrdtDeltaOp)), NULL, NULL };
  guint32 at = 0;

  g_array_set_clear_func (builder.ops, clear_op);
  for (guint i = 0; i < n_touched; i++)
    {
      CrdtHandle handle = touched[i].item;
      const CrdtItem *item = crdt_item (doc, handle);
      guint32 old = old_units (doc, item);
      guint32 position = crdt_seq_position (doc, handle);

      if (builder.old != NULL)
        at += walk_untouched (&builder, touched[i - 1].item, handle);
      add_retain (&builder, position - at, NULL);
      at = position;
      if (item->ref == CRDT_REF_FORMAT)
        pass_format (&builder, handle, old == 0);
      else if (!crdt_item_countable (item))
        continue;
      else if (item->deleted)
        add_delete (&builder, old);
      else
        {
          add_retain (&builder, old, difference (&builder));
          add_insert (&builder, handle, old);
          at += item->length;
        }
    }
  if (builder.old != NULL)
    walk_untouched (&builder, touched[n_touched - 1].item, 0);
  g_clear_pointer (&builder.old, g_array_unref);
  g_clear_pointer (&builder.new, g_array_unref);
  /* A change says nothing about what follows it. */
  while (builder.ops->len > 0)
    {
      const CrdtDeltaOp *last = &g_array_index (builder.ops, CrdtDeltaOp, builder.ops->len - 1);

      if (last->action != CRDT_DELTA_RETAIN || last->attributes != NULL)
        break;
      g_array_set_size (builder.ops, builder.ops->len - 1);
    }
  return builder.ops;
}

static void
note_touched (CrdtDoc    *doc,
              GArray     *touched,
              CrdtHandle  handle)
{
  const CrdtItem *item = crdt_item (doc, handle);
  Touched one;

  if (item->ref == CRDT_REF_GC)
    return;
  one.seq = crdt_item_seq (doc, item);
  if (doc->seqs[one.seq].key != 0)
    return;
  one.rank = crdt_seq_rank (doc, handle);
  one.item = handle;
  g_array_append_val (touched, one);
}

static int
compare_touched (gconstpointer a,
                 gconstpointer b)
{
  const Touched *x = a;
  const Touched *y = b;

  if (x->seq != y->seq)
    return x->seq < y->seq ? -1 : 1;
  return x->rank < y->rank ? -1 : x->rank > y->rank;
}

static GArray *
collect_touched (CrdtDoc *doc)
{
  GArray *touched = g_array_new (FALSE, FALSE, sizeof (Touched));
  CrdtStoreIter iter;
  CrdtHandle handle;

  for (guint i = 0; i < doc->txn.clients->len; i++)
    {
      guint32 client = g_array_index (doc->txn.clients, guint32, i);

      crdt_store_iter_init (&iter, doc, client, doc->clients[client].before);
      while ((handle = crdt_store_iter_next (&iter)) != 0)
        /* New and gone again is nothing, unless a part of it is older. */
        if (!crdt_item (doc, handle)->deleted)
          note_touched (doc, touched, handle);
    }
  for (guint i = 0; i < doc->txn.deletes->len; i++)
    {
      CrdtRange range = g_array_index (doc->txn.deletes, CrdtRange, i);

      crdt_store_iter_init (&iter, doc, range.client, range.clock);
      while ((handle = crdt_store_iter_next (&iter)) != 0)
        {
          const CrdtItem *item = crdt_item (doc, handle);

          if (item->clock >= range.clock + range.length)
            break;
          if (item->deleted && old_units (doc, item) > 0)
            note_touched (doc, touched, handle);
        }
    }
  g_array_sort (touched, compare_touched);
  return touched;
}

static CrdtValue *
last_value (CrdtDoc    *doc,
            CrdtHandle  handle)
{
  const CrdtItem *item = crdt_item (doc, handle);
  CrdtEntry entry;
  CrdtValue *value;

  if (!crdt_item_get_entry (doc, item, item->ref == CRDT_REF_STRING ? 0 : item->length - 1, &entry))
    return NULL;
  value = entry.value != NULL ? crdt_value_ref (entry.value)
          : entry.text != NULL ? crdt_value_new_string (entry.text, (gssize) entry.text_length) : NULL;
  crdt_entry_clear (&entry);
  return value;
}

/* What happened to one key, if anything. */
static void
add_key_change (CrdtDoc *doc,
                guint32  seq,
                GArray  *keys)
{
  CrdtHandle last = crdt_seq_last (doc, seq);
  CrdtHandle before = last;
  CrdtKeyChange change = { 0 };
  gboolean had;
  const guint8 *key;
  gsize n;

  if (last == 0)
    return;
  while (before != 0 && crdt_txn_is_new (doc, crdt_item (doc, before)))
    before = crdt_seq_prev (doc, before);
  had = before != 0 && deleted_now (doc, crdt_item (doc, before));
  if (crdt_item (doc, last)->deleted)
    {
      if (!had)
        return;
      change.action = CRDT_KEY_DELETE;
    }
  else if (before == last)
    return;
  else
    change.action = had ? CRDT_KEY_UPDATE : CRDT_KEY_ADD;
  if (had)
    change.old_value = last_value (doc, before);
  key = crdt_string (doc, doc->seqs[seq].key, &n);
  change.key = g_strndup ((const char *) key, n);
  g_array_append_val (keys, change);
}

static CrdtTypeChange *
change_of (CrdtDoc    *doc,
           GHashTable *by_type,
           GPtrArray  *types,
           guint32     type_index)
{
  CrdtTypeChange *change = g_hash_table_lookup (by_type, GUINT_TO_POINTER (type_index));

  if (change == NULL)
    {
      change = g_new0 (CrdtTypeChange, 1);
      change->type = crdt_type_at (doc, type_index);
      change->keys = g_array_new (FALSE, FALSE, sizeof (CrdtKeyChange));
      g_array_set_clear_func (change->keys, clear_key);
      g_hash_table_insert (by_type, GUINT_TO_POINTER (type_index), change);
      g_ptr_array_add (types, change);
    }
  return change;
}

/* Tells the observers about the transaction that is about to end. */
void
crdt_change_emit (CrdtDoc *doc)
{
  CrdtTxn *txn = &doc->txn;
  CrdtChange change = { txn->source, txn->origin, NULL, NULL };
  g_autoptr(GArray) touched = collect_touched (doc);
  g_autoptr(GHashTable) by_type = g_hash_table_new (NULL, NULL);
  g_autoptr(GPtrArray) types = g_ptr_array_new_with_free_func (free_type_change);
  g_autoptr(GArray) client_ids = g_array_new (FALSE, FALSE, sizeof (guint64));

  for (guint i = 0; i < txn->clients->len; i++)
    {
      const CrdtClient *client = &doc->clients[g_array_index (txn->clients, guint32, i)];

      if (client->state > client->before)
        g_array_append_val (client_ids, client->id);
    }
  for (guint i = 0; i < txn->changed->len; i++)
    {
      guint32 seq = g_array_index (txn->changed, guint32, i);
      const CrdtType *type = crdt_type_at (doc, doc->seqs[seq].type);
      CrdtTypeChange *one;

      /* A type that is new is told as an insertion into its parent, with all that it holds. */
      if (type->dead || (type->item != 0 && crdt_txn_is_new (doc, crdt_item (doc, type->item))))
        continue;
      one = change_of (doc, by_type, types, type->index);
      if (doc->seqs[seq].key != 0)
        add_key_change (doc, seq, one->keys);
      else if (one->delta == NULL)
        {
          guint start = 0, end;

          while (start < touched->len && g_array_index (touched, Touched, start).seq != seq)
            start++;
          end = start;
          while (end < touched->len && g_array_index (touched, Touched, end).seq == seq)
            end++;
          if (end > start)
            one->delta = build_delta (doc, seq, &g_array_index (touched, Touched, start), end - start);
        }
    }
  for (guint i = types->len; i-- > 0;)
    {
      CrdtTypeChange *one = types->pdata[i];

      if (one->delta == NULL)
        {
          one->delta = g_array_new (FALSE, FALSE, sizeof (CrdtDeltaOp));
          g_array_set_clear_func (one->delta, clear_op);
        }
      if (one->delta->len == 0 && one->keys->len == 0)
        g_ptr_array_remove_index (types, i);
    }
  if (types->len == 0)
    return;
  change.client_ids = client_ids;
  change.types = types;
  for (guint i = 0; i < doc->observers->len; i++)
    {
      CrdtObserver *observer = &g_array_index (doc->observers, CrdtObserver, i);

      if (observer->func != NULL)
        observer->func (doc, &change, observer->user_data);
    }
}

/**
 * crdt_doc_observe:
 * @func: called at the end of each transaction that changed content
 *
 * Returns: a number for crdt_doc_unobserve(), never 0
 */
guint
crdt_doc_observe (CrdtDoc        *self,
                  CrdtChangeFunc  func,
                  gpointer        user_data,
                  GDestroyNotify  destroy)
{
  CrdtObserver observer = { ++self->next_observer, func, user_data, destroy };

  g_return_val_if_fail (!self->busy, 0);
  g_array_append_val (self->observers, observer);
  return observer.id;
}

/** Takes an observer out; not inside a callback of the document. */
void
crdt_doc_unobserve (CrdtDoc *self,
                    guint    id)
{
  g_return_if_fail (!self->busy);
  for (guint i = 0; i < self->observers->len; i++)
    {
      CrdtObserver observer = g_array_index (self->observers, CrdtObserver, i);

      if (observer.id == id)
        {
          g_array_remove_index (self->observers, i);
          if (observer.destroy != NULL)
            observer.destroy (observer.user_data);
          return;
        }
    }
}

static CrdtValue *
entry_to_value (const CrdtEntry *entry)
{
  if (entry->kind == CRDT_ITEM_TEXT)
    return crdt_value_new_string (entry->text, (gssize) entry->text_length);
  if (entry->kind == CRDT_ITEM_TYPE)
    return crdt_type_to_value (entry->type);
  return crdt_value_ref (entry->value);
}

/**
 * crdt_type_change_to_value:
 *
 * Returns: (transfer full): the change as an object: "delta" in the form of Quill, with
 *   values of lists in arrays as in Yjs, and "keys" with action and oldValue
 */
CrdtValue *
crdt_type_change_to_value (const CrdtTypeChange *self)
{
  CrdtValue *object = crdt_value_new_object ();
  CrdtValue *delta = crdt_value_new_array ();
  CrdtValue *keys = crdt_value_new_object ();
  gboolean text = (CRDT_KINDS_TEXT & CRDT_KIND_BIT (self->type->kind)) != 0;
  static const char *const actions[] = { "add", "update", "delete" };

  for (guint i = 0; i < self->delta->len; i++)
    {
      const CrdtDeltaOp *op = &g_array_index (self->delta, CrdtDeltaOp, i);
      CrdtValue *one = crdt_value_new_object ();

      if (op->action == CRDT_DELTA_INSERT && text)
        crdt_value_set (one, "insert", entry_to_value (&op->entry));
      else if (op->action == CRDT_DELTA_INSERT)
        {
          CrdtValue *list = crdt_value_new_array ();

          for (;; i++)
            {
              crdt_value_append (list, entry_to_value (&op->entry));
              if (i + 1 == self->delta->len || op[1].action != CRDT_DELTA_INSERT)
                break;
              op++;
            }
          crdt_value_set (one, "insert", list);
        }
      else
        crdt_value_set (one, op->action == CRDT_DELTA_RETAIN ? "retain" : "delete",
                        crdt_value_new_number (op->length));
      if (op->attributes != NULL)
        crdt_value_set (one, "attributes", crdt_value_ref (op->attributes));
      crdt_value_append (delta, one);
    }
  for (guint i = 0; i < self->keys->len; i++)
    {
      const CrdtKeyChange *change = &g_array_index (self->keys, CrdtKeyChange, i);
      CrdtValue *one = crdt_value_new_object ();

      crdt_value_set (one, "action", crdt_value_new_string (actions[change->action], -1));
      if (change->old_value != NULL)
        crdt_value_set (one, "oldValue", crdt_value_ref (change->old_value));
      crdt_value_set (keys, change->key, one);
    }
  crdt_value_set (object, "delta", delta);
  crdt_value_set (object, "keys", keys);
  return object;
}
