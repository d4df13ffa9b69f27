/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Snapshots (format description §12): a state vector and a delete set name what a document
 * was at a time. They need a document that keeps deleted content.
 */

#include "config.h"

#include "snapshot.h"
#include "update-private.h"

/* A snapshot in terms of one document. */
typedef struct
{
  guint32 *states;   /* owned: by client index */
  guint32  n_states;
  GArray  *deletes;  /* (element-type CrdtRange) settled */
} Snapshot;

static void
snapshot_clear (Snapshot *self)
{
  g_clear_pointer (&self->states, g_free);
  g_clear_pointer (&self->deletes, g_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Snapshot, snapshot_clear)

/**
 * crdt_snapshot_new:
 *
 * Returns: (transfer full): the state of the document now; small, to be kept with author and time
 */
GBytes *
crdt_snapshot_new (CrdtDoc    *doc,
                   CrdtFormat  format)
{
  CrdtWriter out = { 0 };
  g_auto(CrdtEncoder) encoder;
  g_autoptr(GBytes) state = crdt_doc_encode_state_vector (doc);
  gsize length;
  const guint8 *data = g_bytes_get_data (state, &length);

  crdt_encoder_init (&encoder, format);
  crdt_encode_deletes (&encoder, doc);
  crdt_writer_bytes (&out, encoder.rest.data, encoder.rest.len);
  crdt_writer_bytes (&out, data, length);
  return crdt_writer_to_bytes (&out);
}

/* Whether a border lies between the halves of a character: splitting there would destroy it for everybody. */
static gboolean
cuts_character (CrdtDoc *doc,
                guint32  client,
                guint32  clock)
{
  const CrdtItem *item;
  const guint16 *text;

  if (clock == 0 || clock >= doc->clients[client].state)
    return FALSE;
  item = crdt_item (doc, crdt_store_find (doc, client, clock));
  if (item->ref != CRDT_REF_STRING || !item->wide || item->clock == clock)
    return FALSE;
  text = doc->clients[client].wide.wide + item->content + (clock - item->clock);
  return crdt_is_low_surrogate (text[0]) && crdt_is_high_surrogate (text[-1]);
}

static gboolean
cut_error (GError **error)
{
  g_set_error_literal (error, CRDT_ERROR, CRDT_ERROR_INVALID, "snapshot: it cuts a character in two");
  return FALSE;
}

static gboolean
snapshot_read (Snapshot      *self,
               CrdtDoc       *doc,
               const guint8  *data,
               gsize          length,
               CrdtFormat     format,
               GError       **error)
{
  g_autoptr(GArray) deletes = g_array_new (FALSE, FALSE, sizeof (CrdtWireRange));
  g_autoptr(GArray) state = NULL;
  CrdtReader reader;

  crdt_reader_init (&reader, data, length);
  if (!crdt_read_deletes (&reader, format == CRDT_FORMAT_V2, deletes))
    return crdt_reader_set_error (&reader, "snapshot", error);
  state = crdt_state_vector_parse (reader.at, crdt_reader_left (&reader), error);
  if (state == NULL)
    return FALSE;
  self->n_states = doc->n_clients;
  self->states = g_new0 (guint32, doc->n_clients);
  self->deletes = g_array_new (FALSE, FALSE, sizeof (CrdtRange));
  for (guint i = 0; i < state->len; i++)
    {
      const CrdtStateEntry *entry = &g_array_index (state, CrdtStateEntry, i);
      guint32 client = crdt_doc_find_client (doc, entry->client_id);

      if (entry->clock > (client != 0 ? doc->clients[client].state : 0))
        {
          g_set_error_literal (error, CRDT_ERROR, CRDT_ERROR_HISTORY,
                               "snapshot: the document does not know all of it");
          return FALSE;
        }
      self->states[client] = (guint32) entry->clock;
    }
  for (guint i = 0; i < deletes->len; i++)
    {
      const CrdtWireRange *range = &g_array_index (deletes, CrdtWireRange, i);
      guint32 client = crdt_doc_find_client (doc, range->client);
      CrdtRange one = { client, (guint32) range->clock, (guint32) range->length };

      if (client != 0 && range->clock + range->length <= doc->clients[client].state)
        g_array_append_val (self->deletes, one);
    }
  crdt_ranges_settle (self->deletes);
  for (guint32 i = 1; i < self->n_states; i++)
    if (cuts_character (doc, i, self->states[i]))
      return cut_error (error);
  for (guint i = 0; i < self->deletes->len; i++)
    {
      const CrdtRange *range = &g_array_index (self->deletes, CrdtRange, i);

      if (cuts_character (doc, range->client, range->clock)
          || cuts_character (doc, range->client, range->clock + range->length))
        return cut_error (error);
    }
  return TRUE;
}

static gboolean
is_visible (const Snapshot *self,
            const CrdtItem *item)
{
  return item->client < self->n_states && item->clock < self->states[item->client]
         && !crdt_ranges_contain (self->deletes, item->client, item->clock);
}

/* Splits the structs at the borders of a snapshot; inside a transaction, which joins them again. */
static void
split_at_borders (CrdtDoc        *doc,
                  const Snapshot *snapshot)
{
  for (guint32 i = 1; i < snapshot->n_states; i++)
    if (snapshot->states[i] > 0 && snapshot->states[i] < doc->clients[i].state)
      crdt_store_clean_start (doc, i, snapshot->states[i]);
  for (guint i = 0; i < snapshot->deletes->len; i++)
    {
      CrdtRange range = g_array_index (snapshot->deletes, CrdtRange, i);

      crdt_store_clean_start (doc, range.client, range.clock);
      if (range.clock + range.length < doc->clients[range.client].state)
        crdt_store_clean_start (doc, range.client, range.clock + range.length);
    }
}

static gboolean
begin (CrdtDoc  *doc,
       GError  **error)
{
  if (!crdt_doc_writable (doc, error))
    return FALSE;
  if (doc->txn.depth > 0)
    {
      g_set_error_literal (error, CRDT_ERROR, CRDT_ERROR_STATE, "a snapshot cannot be read inside a transaction");
      return FALSE;
    }
  crdt_txn_enter (doc);
  return TRUE;
}

static gboolean
has_content (CrdtDoc        *doc,
             const Snapshot *snapshot,
             GError        **error)
{
  for (guint32 i = 1; i < snapshot->n_states; i++)
    {
      CrdtStoreIter iter;
      CrdtHandle handle;

      crdt_store_iter_init (&iter, doc, i, 0);
      while (snapshot->states[i] > 0 && (handle = crdt_store_iter_next (&iter)) != 0
             && crdt_item (doc, handle)->clock < snapshot->states[i])
        {
          const CrdtItem *item = crdt_item (doc, handle);

          if ((item->ref == CRDT_REF_GC || item->ref == CRDT_REF_DELETED) && is_visible (snapshot, item))
            {
              g_set_error_literal (error, CRDT_ERROR, CRDT_ERROR_HISTORY,
                                   "snapshot: some of the content has been collected");
              return FALSE;
            }
        }
    }
  return TRUE;
}

static GBytes *
encode_snapshot (CrdtDoc        *doc,
                 const Snapshot *snapshot)
{
  CrdtEncoder encoder;
  guint32 n_clients, n = 0;
  const guint32 *clients = crdt_doc_clients_by_id (doc, &n_clients);

  crdt_encoder_init (&encoder, CRDT_FORMAT_V1);
  for (guint32 i = 0; i < n_clients; i++)
    n += snapshot->states[clients[i]] > 0;
  crdt_writer_varuint (&encoder.rest, n);
  for (guint32 i = 0; i < n_clients; i++)
    {
      guint32 state = snapshot->states[clients[i]];
      CrdtStoreIter iter;
      CrdtHandle handle;

      if (state == 0)
        continue;
      n = 0;
      crdt_store_iter_init (&iter, doc, clients[i], 0);
      while ((handle = crdt_store_iter_next (&iter)) != 0 && crdt_item (doc, handle)->clock < state)
        n++;
      crdt_writer_varuint (&encoder.rest, n);
      crdt_encoder_client (&encoder, doc->clients[clients[i]].id);
      crdt_writer_varuint (&encoder.rest, 0);
      crdt_store_iter_init (&iter, doc, clients[i], 0);
      while ((handle = crdt_store_iter_next (&iter)) != 0 && crdt_item (doc, handle)->clock < state)
        {
          const CrdtItem *item = crdt_item (doc, handle);
          guint32 over = item->clock + item->length > state ? item->clock + item->length - state : 0;

          /* Only a GC can reach over the border: items have been split there. */
          if (over > 0)
            {
              crdt_encoder_info (&encoder, 0);
              crdt_encoder_length (&encoder, item->length - over);
            }
          else
            crdt_encode_item (&encoder, doc, item, 0);
        }
    }
  crdt_encode_ranges (&encoder, doc, snapshot->deletes);
  return crdt_encoder_finish (&encoder);
}

/**
 * crdt_snapshot_open:
 * @snapshot: from crdt_snapshot_new() or Yjs
 * @error: #CrdtError; HISTORY if the document lacks what the snapshot names
 *
 * Returns: (transfer full) (nullable): a new document as @doc was then
 */
CrdtDoc *
crdt_snapshot_open (CrdtDoc       *doc,
                    const guint8  *data,
                    gsize          length,
                    CrdtFormat     format,
                    GError       **error)
{
  g_auto(Snapshot) snapshot = { 0 };
  g_autoptr(GBytes) update = NULL;
  g_autoptr(CrdtDoc) result = NULL;
  CrdtOptions options = { .keep_deleted = TRUE, .limits = &doc->limits };
  gboolean good;

  if (!snapshot_read (&snapshot, doc, data, length, format, error) || !begin (doc, error))
    return NULL;
  split_at_borders (doc, &snapshot);
  good = has_content (doc, &snapshot, error);
  if (good)
    update = encode_snapshot (doc, &snapshot);
  crdt_txn_leave (doc);
  if (!good)
    return NULL;
  result = crdt_doc_new (&options);
  data = g_bytes_get_data (update, &length);
  if (!crdt_doc_apply_update (result, data, length, CRDT_APPLY_TRUSTED, NULL, error))
    return NULL;
  /* Kinds of roots are not in an update. */
  for (guint i = 0; i < doc->roots->len; i++)
    {
      const CrdtType *type = crdt_type_at (doc, g_array_index (doc->roots, guint32, i));
      gsize n;
      const guint8 *name = crdt_string (doc, type->name, &n);
      guint32 number = crdt_strings_lookup (&result->strings, name, n);
      CrdtType *copy = number != 0 ? crdt_doc_root_by_number (result, number) : NULL;

      if (copy != NULL)
        copy->kind = type->kind;
    }
  return g_steal_pointer (&result);
}

static void
add_diff (CrdtDoc    *doc,
          CrdtValue  *delta,
          CrdtValue  *insert,
          GArray     *attributes,
          const char *change)
{
  CrdtValue *op = crdt_value_new_object ();
  CrdtValue *object = crdt_attributes_value (doc, attributes);

  crdt_value_set (op, "insert", insert);
  if (change != NULL)
    {
      CrdtValue *mark = crdt_value_new_object ();

      crdt_value_set (mark, "type", crdt_value_new_string (change, -1));
      if (object == NULL)
        object = crdt_value_new_object ();
      crdt_value_set (object, "ychange", mark);
    }
  if (object != NULL)
    crdt_value_set (op, "attributes", object);
  crdt_value_append (delta, op);
}

/**
 * crdt_snapshot_diff:
 * @type: a text
 * @older: (nullable): a v1 snapshot; NULL for the empty document
 * @newer: (nullable): a v1 snapshot; NULL for now
 *
 * Returns: (transfer full) (nullable): the text of both as a delta; what is only in one has
 *   the attribute "ychange" with "type" added or removed, as in Yjs
 */
CrdtValue *
crdt_snapshot_diff (CrdtType  *type,
                    GBytes    *older,
                    GBytes    *newer,
                    GError   **error)
{
  CrdtDoc *doc = type->doc;
  g_auto(Snapshot) before = { 0 };
  g_auto(Snapshot) after = { 0 };
  g_autoptr(GBytes) now = newer != NULL ? g_bytes_ref (newer) : crdt_snapshot_new (doc, CRDT_FORMAT_V1);
  g_autoptr(GBytes) then = older != NULL ? g_bytes_ref (older) : g_bytes_new_static ("\0\0", 2);
  g_autoptr(GArray) attributes = g_array_new (FALSE, FALSE, sizeof (CrdtAttribute));
  CrdtValue *delta;
  gsize length;
  const guint8 *data = g_bytes_get_data (then, &length);

  if (!snapshot_read (&before, doc, data, length, CRDT_FORMAT_V1, error))
    return NULL;
  data = g_bytes_get_data (now, &length);
  if (!snapshot_read (&after, doc, data, length, CRDT_FORMAT_V1, error) || !begin (doc, error))
    return NULL;
  split_at_borders (doc, &before);
  split_at_borders (doc, &after);
  delta = crdt_value_new_array ();
  for (CrdtHandle h = type->list != 0 ? crdt_seq_first (doc, type->list) : 0; h != 0; h = crdt_seq_next (doc, h))
    {
      const CrdtItem *item = crdt_item (doc, h);
      gboolean old = is_visible (&before, item);
      gboolean current = is_visible (&after, item);

      if (item->ref == CRDT_REF_FORMAT && current)
        {
          CrdtAttribute format = crdt_item_format (doc, item);

          crdt_attributes_apply (attributes, &format);
        }
      else if (crdt_item_countable (item) && (old || current))
        for (guint32 i = 0; i < item->length;)
          {
            g_auto(CrdtEntry) entry = { 0 };
            CrdtValue *insert;

            crdt_item_get_entry (doc, item, i, &entry);
            insert = entry.kind == CRDT_ITEM_TEXT ? crdt_value_new_string (entry.text, (gssize) entry.text_length)
                     : entry.kind == CRDT_ITEM_TYPE ? crdt_type_to_value (entry.type) : crdt_value_ref (entry.value);
            add_diff (doc, delta, insert, attributes, old == current ? NULL : current ? "added" : "removed");
            i += entry.length;
          }
    }
  crdt_txn_leave (doc);
  return delta;
}
