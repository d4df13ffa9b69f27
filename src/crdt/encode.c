/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From the document to updates, state vectors and delete sets.
 */

#include "config.h"

#include "encoder-private.h"
#include "update-private.h"

static void
encode_content (CrdtEncoder    *encoder,
                CrdtDoc        *doc,
                const CrdtItem *item,
                guint32         offset)
{
  const guint8 *data;
  gsize length;

  switch (item->ref)
    {
    case CRDT_REF_DELETED:
      crdt_encoder_length (encoder, item->length - offset);
      break;
    case CRDT_REF_STRING:
      {
        gsize size = crdt_text_utf8_size (doc, item, offset, item->length - offset);
        guint8 *to = crdt_encoder_string_space (encoder, size, item->length - offset);

        crdt_text_utf8_copy (doc, item, offset, item->length - offset, to);
        break;
      }
    case CRDT_REF_JSON:
    case CRDT_REF_ANY:
      crdt_encoder_length (encoder, item->length - offset);
      crdt_payload_get (doc, item, offset, item->length - offset, &data, &length);
      if (item->ref == CRDT_REF_ANY)
        crdt_writer_bytes (&encoder->rest, data, length);
      else
        crdt_encoder_json_strings (encoder, data, length, item->length - offset);
      break;
    case CRDT_REF_BINARY:
      crdt_payload_get (doc, item, 0, 1, &data, &length);
      crdt_writer_varbytes (&encoder->rest, data, length);
      break;
    case CRDT_REF_EMBED:
      crdt_payload_get (doc, item, 0, 1, &data, &length);
      crdt_encoder_json (encoder, data, length);
      break;
    case CRDT_REF_FORMAT:
    case CRDT_REF_DOC:
      {
        gsize n_key;
        const guint8 *key = crdt_string (doc, crdt_payload (doc, item->content)->key, &n_key);

        crdt_payload_get (doc, item, 0, 1, &data, &length);
        if (item->ref == CRDT_REF_FORMAT)
          {
            crdt_encoder_key (encoder, key, n_key);
            crdt_encoder_json (encoder, data, length);
          }
        else
          {
            crdt_encoder_string (encoder, key, n_key);
            crdt_writer_bytes (&encoder->rest, data, length);
          }
        break;
      }
    case CRDT_REF_TYPE:
      {
        const CrdtType *type = crdt_type_at (doc, item->content);

        crdt_encoder_type_ref (encoder, type->kind);
        if (type->kind == CRDT_TYPE_XML_ELEMENT || type->kind == CRDT_TYPE_XML_HOOK)
          {
            data = crdt_string (doc, type->name, &length);
            crdt_encoder_key (encoder, data, length);
          }
        break;
      }
    default:
      g_assert_not_reached ();
    }
}

/* Writes one struct from unit @offset on (format description §3). */
void
crdt_encode_item (CrdtEncoder    *encoder,
                  CrdtDoc        *doc,
                  const CrdtItem *item,
                  guint32         offset)
{
  guint32 origin_client = offset > 0 ? item->client : item->origin_client;
  guint32 origin_clock = offset > 0 ? item->clock + offset - 1 : item->origin_clock;
  guint8 info = item->ref;
  const CrdtSeq *seq;

  if (item->ref == CRDT_REF_GC)
    {
      crdt_encoder_info (encoder, 0);
      crdt_encoder_length (encoder, item->length - offset);
      return;
    }
  seq = &doc->seqs[crdt_item_seq (doc, item)];
  info |= (guint8) ((origin_client != 0 ? 0x80 : 0) | (item->right_client != 0 ? 0x40 : 0) | (seq->key != 0 ? 0x20 : 0));
  crdt_encoder_info (encoder, info);
  if (origin_client != 0)
    crdt_encoder_left_id (encoder, doc->clients[origin_client].id, origin_clock);
  if (item->right_client != 0)
    crdt_encoder_right_id (encoder, doc->clients[item->right_client].id, item->right_clock);
  if (origin_client == 0 && item->right_client == 0)
    {
      const CrdtType *parent = crdt_type_at (doc, seq->type);
      const guint8 *name;
      gsize n;

      crdt_encoder_parent_info (encoder, parent->item == 0);
      if (parent->item == 0)
        {
          name = crdt_string (doc, parent->name, &n);
          crdt_encoder_string (encoder, name, n);
        }
      else
        {
          const CrdtItem *owner = crdt_item (doc, parent->item);

          crdt_encoder_left_id (encoder, doc->clients[owner->client].id, owner->clock);
        }
      if (seq->key != 0)
        {
          name = crdt_string (doc, seq->key, &n);
          crdt_encoder_string (encoder, name, n);
        }
    }
  encode_content (encoder, doc, item, offset);
}

/* Writes one client's structs from a clock on, which is below its state. */
static void
encode_client (CrdtEncoder *encoder,
               CrdtDoc     *doc,
               guint32      client_index,
               guint32      clock)
{
  const CrdtClient *client = &doc->clients[client_index];
  CrdtStoreIter iter;
  CrdtHandle handle;
  guint32 n, offset;

  crdt_store_iter_init (&iter, doc, client_index, clock);
  n = client->chunks[iter.chunk].n - iter.at;
  for (guint32 i = iter.chunk + 1; i < client->n_chunks; i++)
    n += client->chunks[i].n;
  crdt_writer_varuint (&encoder->rest, n);
  crdt_encoder_client (encoder, client->id);
  crdt_writer_varuint (&encoder->rest, clock);
  handle = crdt_store_iter_next (&iter);
  offset = clock - crdt_item (doc, handle)->clock;
  for (; handle != 0; handle = crdt_store_iter_next (&iter), offset = 0)
    crdt_encode_item (encoder, doc, crdt_item (doc, handle), offset);
}

/* Returns: (transfer full): all deleted ranges of the store, by falling client id and rising clock. */
GArray *
crdt_doc_deleted_ranges (CrdtDoc *doc)
{
  GArray *ranges = g_array_new (FALSE, FALSE, sizeof (CrdtRange));
  guint32 n_clients;
  const guint32 *clients = crdt_doc_clients_by_id (doc, &n_clients);

  for (guint32 i = 0; i < n_clients; i++)
    {
      CrdtRange range = { clients[i], 0, 0 };
      CrdtStoreIter iter;
      CrdtHandle handle;

      if (doc->clients[clients[i]].n_chunks == 0)
        continue;
      crdt_store_iter_init (&iter, doc, clients[i], 0);
      while ((handle = crdt_store_iter_next (&iter)) != 0)
        {
          const CrdtItem *item = crdt_item (doc, handle);

          if (!item->deleted)
            continue;
          if (range.length > 0 && range.clock + range.length == item->clock)
            {
              range.length += item->length;
              continue;
            }
          if (range.length > 0)
            g_array_append_val (ranges, range);
          range.clock = item->clock;
          range.length = item->length;
        }
      if (range.length > 0)
        g_array_append_val (ranges, range);
    }
  return ranges;
}

/* Writes a delete set; the ranges are grouped by client, in the order of the wire. */
void
crdt_encode_ranges (CrdtEncoder  *encoder,
                    CrdtDoc      *doc,
                    const GArray *ranges)
{
  guint32 n_clients = 0;

  for (guint i = 0; i < ranges->len; i++)
    if (i == 0 || g_array_index (ranges, CrdtRange, i).client != g_array_index (ranges, CrdtRange, i - 1).client)
      n_clients++;
  crdt_writer_varuint (&encoder->rest, n_clients);
  for (guint i = 0; i < ranges->len;)
    {
      guint32 client = g_array_index (ranges, CrdtRange, i).client;
      guint end = i;

      while (end < ranges->len && g_array_index (ranges, CrdtRange, end).client == client)
        end++;
      crdt_encoder_delete_client (encoder, doc->clients[client].id, end - i);
      for (; i < end; i++)
        {
          const CrdtRange *range = &g_array_index (ranges, CrdtRange, i);

          crdt_encoder_delete (encoder, range->clock, range->length);
        }
    }
}

void
crdt_encode_deletes (CrdtEncoder *encoder,
                     CrdtDoc     *doc)
{
  g_autoptr(GArray) ranges = crdt_doc_deleted_ranges (doc);

  crdt_encode_ranges (encoder, doc, ranges);
}

static int
compare_client_index (gconstpointer a,
                      gconstpointer b,
                      gpointer      data)
{
  const CrdtDoc *doc = data;
  guint64 x = doc->clients[*(const guint32 *) a].id;
  guint64 y = doc->clients[*(const guint32 *) b].id;

  return x > y ? -1 : x < y;
}

static int
compare_ranges_by_id (gconstpointer a,
                      gconstpointer b,
                      gpointer      data)
{
  const CrdtRange *x = a;
  const CrdtRange *y = b;
  int order = compare_client_index (&x->client, &y->client, data);

  return order != 0 ? order : x->clock < y->clock ? -1 : x->clock > y->clock;
}

/* Returns: (transfer full): the update of the transaction that is about to end; its deletions are settled. */
GBytes *
crdt_txn_encode (CrdtDoc *doc)
{
  CrdtTxn *txn = &doc->txn;
  CrdtEncoder encoder;
  GBytes *update;
  guint32 n = 0;

  /* Of a v1 encoder only these two fields are ever looked at; its buffer is kept for the next update. */
  encoder.v2 = FALSE;
  encoder.rest = doc->update_buffer;
  encoder.rest.len = 0;
  if (txn->clients->len > 1)
    g_array_sort_with_data (txn->clients, compare_client_index, doc);
  for (guint i = 0; i < txn->clients->len; i++)
    {
      const CrdtClient *client = &doc->clients[g_array_index (txn->clients, guint32, i)];

      n += client->state > client->before;
    }
  crdt_writer_varuint (&encoder.rest, n);
  for (guint i = 0; i < txn->clients->len; i++)
    {
      guint32 index = g_array_index (txn->clients, guint32, i);

      if (doc->clients[index].state > doc->clients[index].before)
        encode_client (&encoder, doc, index, doc->clients[index].before);
    }
  if (txn->deletes->len > 1)
    g_array_sort_with_data (txn->deletes, compare_ranges_by_id, doc);
  crdt_encode_ranges (&encoder, doc, txn->deletes);
  update = g_bytes_new (encoder.rest.data, encoder.rest.len);
  /* A large paste does not leave a large buffer behind. */
  if (encoder.rest.alloc > 65536)
    crdt_writer_clear (&encoder.rest);
  doc->update_buffer = encoder.rest;
  return update;
}

/*
 * crdt_doc_encode_from:
 * @state: (nullable) (element-type CrdtStateEntry): what the receiver has; NULL for nothing
 *
 * Returns: (transfer full): what the store has beyond that, without pending parts
 */
GBytes *
crdt_doc_encode_from (CrdtDoc    *doc,
                      GArray     *state,
                      CrdtFormat  format)
{
  CrdtEncoder encoder;
  guint32 n_clients, n = 0;
  const guint32 *clients = crdt_doc_clients_by_id (doc, &n_clients);
  g_autofree guint32 *from = g_new0 (guint32, doc->n_clients);

  for (guint i = 0; state != NULL && i < state->len; i++)
    {
      const CrdtStateEntry *entry = &g_array_index (state, CrdtStateEntry, i);
      guint32 client = crdt_doc_find_client (doc, entry->client_id);

      if (client != 0)
        from[client] = (guint32) MIN (entry->clock, G_MAXUINT32);
    }
  crdt_encoder_init (&encoder, format);
  for (guint32 i = 0; i < n_clients; i++)
    n += doc->clients[clients[i]].state > from[clients[i]];
  crdt_writer_varuint (&encoder.rest, n);
  for (guint32 i = 0; i < n_clients; i++)
    if (doc->clients[clients[i]].state > from[clients[i]])
      encode_client (&encoder, doc, clients[i], from[clients[i]]);
  crdt_encode_deletes (&encoder, doc);
  return crdt_encoder_finish (&encoder);
}

/* Adds what is pending to an update of the store; takes @update. */
static GBytes *
with_pending (CrdtDoc    *doc,
              GBytes     *update,
              GArray     *state,
              CrdtFormat  format)
{
  g_autoptr(GBytes) base = update;
  g_autoptr(GBytes) pending = NULL;
  GBytes *parts[2];
  GBytes *merged;

  if (doc->pending == NULL && doc->pending_deletes->len == 0)
    return g_steal_pointer (&base);
  pending = crdt_pending_encode (doc, state, format);
  parts[0] = base;
  parts[1] = pending;
  merged = crdt_update_merge (parts, 2, format, NULL);
  g_assert (merged != NULL); /* both were made by us */
  return merged;
}

/**
 * crdt_doc_encode:
 *
 * Returns: (transfer full): the whole document, with what is pending, as one update
 */
GBytes *
crdt_doc_encode (CrdtDoc    *self,
                 CrdtFormat  format)
{
  return with_pending (self, crdt_doc_encode_from (self, NULL, format), NULL, format);
}

/**
 * crdt_doc_encode_diff:
 * @state_vector: what the receiver has
 * @error: #CrdtError if @state_vector is not one
 *
 * Returns: (transfer full) (nullable): the structs that the receiver lacks and all deletions
 */
GBytes *
crdt_doc_encode_diff (CrdtDoc       *self,
                      const guint8  *state_vector,
                      gsize          length,
                      CrdtFormat     format,
                      GError       **error)
{
  g_autoptr(GArray) state = crdt_state_vector_parse (state_vector, length, error);

  if (state == NULL)
    return NULL;
  return with_pending (self, crdt_doc_encode_from (self, state, format), state, format);
}

/**
 * crdt_doc_encode_state_vector:
 *
 * Returns: (transfer full): for each client, how much is known; pending parts do not count
 */
GBytes *
crdt_doc_encode_state_vector (CrdtDoc *self)
{
  CrdtWriter writer = { 0 };
  guint32 n_clients, n = 0;
  const guint32 *clients = crdt_doc_clients_by_id (self, &n_clients);

  for (guint32 i = 0; i < n_clients; i++)
    n += self->clients[clients[i]].state > 0;
  crdt_writer_varuint (&writer, n);
  for (guint32 i = 0; i < n_clients; i++)
    if (self->clients[clients[i]].state > 0)
      {
        crdt_writer_varuint (&writer, self->clients[clients[i]].id);
        crdt_writer_varuint (&writer, self->clients[clients[i]].state);
      }
  return crdt_writer_to_bytes (&writer);
}
