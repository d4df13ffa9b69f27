/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Updates without a document: merging, cutting, converting.
 */

#include "config.h"

#include "update-private.h"

/* Writes a decoded struct from unit @offset on, as crdt_encode_item() does with a stored one. */
void
crdt_wire_encode_struct (CrdtEncoder          *encoder,
                         guint64               client,
                         const CrdtWireStruct *s,
                         guint32               offset)
{
  gboolean has_origin = offset > 0 || s->has_origin;
  guint32 length = s->length - offset;
  const guint8 *data = s->data;
  gsize n_data = s->n_data;

  if (s->ref == CRDT_REF_GC)
    {
      crdt_encoder_info (encoder, 0);
      crdt_encoder_length (encoder, length);
      return;
    }
  /* As in the reference, a key that is not on the wire leaves no trace in a merged update. */
  crdt_encoder_info (encoder, (guint8) (s->ref | (has_origin ? 0x80 : 0) | (s->has_right ? 0x40 : 0)
                                        | (s->has_key ? 0x20 : 0)));
  if (has_origin)
    crdt_encoder_left_id (encoder, offset > 0 ? client : s->origin_client,
                          offset > 0 ? s->clock + offset - 1 : s->origin_clock);
  if (s->has_right)
    crdt_encoder_right_id (encoder, s->right_client, s->right_clock);
  if (!has_origin && !s->has_right)
    {
      crdt_encoder_parent_info (encoder, s->parent == CRDT_PARENT_ROOT);
      if (s->parent == CRDT_PARENT_ROOT)
        crdt_encoder_string (encoder, s->parent_name, s->n_parent_name);
      else
        crdt_encoder_left_id (encoder, s->parent_client, s->parent_clock);
      if (s->has_key)
        crdt_encoder_string (encoder, s->key, s->n_key);
    }
  switch (s->ref)
    {
    case CRDT_REF_DELETED:
      crdt_encoder_length (encoder, length);
      break;
    case CRDT_REF_STRING:
      {
        gboolean cut;
        const guint8 *from = crdt_utf8_skip_units (data, n_data, offset, &cut);
        gsize n = n_data - (gsize) (from - data);
        guint8 *to = crdt_encoder_string_space (encoder, n + (cut ? 3 : 0), length);

        if (cut)
          to = (guint8 *) memcpy (to, "\xEF\xBF\xBD", 3) + 3;
        if (n > 0)
          memcpy (to, from, n);
        break;
      }
    case CRDT_REF_JSON:
    case CRDT_REF_ANY:
      {
        CrdtReader reader;
        gboolean canonical;

        crdt_reader_init (&reader, data, n_data);
        for (guint32 i = 0; i < offset; i++)
          crdt_any_skip (&reader, &canonical);
        crdt_encoder_length (encoder, length);
        if (s->ref == CRDT_REF_ANY)
          crdt_writer_bytes (&encoder->rest, reader.at, crdt_reader_left (&reader));
        else
          crdt_encoder_json_strings (encoder, reader.at, crdt_reader_left (&reader), length);
        break;
      }
    case CRDT_REF_BINARY:
      crdt_writer_varbytes (&encoder->rest, data, n_data);
      break;
    case CRDT_REF_EMBED:
      crdt_encoder_json (encoder, data, n_data);
      break;
    case CRDT_REF_FORMAT:
      crdt_encoder_key (encoder, s->name, s->n_name);
      crdt_encoder_json (encoder, data, n_data);
      break;
    case CRDT_REF_TYPE:
      crdt_encoder_type_ref (encoder, s->type_kind);
      if (s->type_kind == CRDT_TYPE_XML_ELEMENT || s->type_kind == CRDT_TYPE_XML_HOOK)
        crdt_encoder_key (encoder, s->name, s->n_name);
      break;
    case CRDT_REF_DOC:
      crdt_encoder_string (encoder, s->name, s->n_name);
      crdt_writer_bytes (&encoder->rest, data, n_data);
      break;
    default:
      g_assert_not_reached ();
    }
}

static int
compare_wire_ranges (gconstpointer a,
                     gconstpointer b)
{
  const CrdtWireRange *x = a;
  const CrdtWireRange *y = b;

  if (x->client != y->client)
    return x->client > y->client ? -1 : 1;
  return x->clock < y->clock ? -1 : x->clock > y->clock;
}

/* Sorts by falling client and rising clock, and joins what touches. */
void
crdt_wire_settle_deletes (GArray *deletes)
{
  guint n = 0;

  g_array_sort (deletes, compare_wire_ranges);
  for (guint i = 0; i < deletes->len; i++)
    {
      CrdtWireRange range = g_array_index (deletes, CrdtWireRange, i);
      CrdtWireRange *last = n > 0 ? &g_array_index (deletes, CrdtWireRange, n - 1) : NULL;

      if (last != NULL && last->client == range.client && last->clock + last->length >= range.clock)
        last->length = MAX (last->clock + last->length, range.clock + range.length) - last->clock;
      else
        g_array_index (deletes, CrdtWireRange, n++) = range;
    }
  g_array_set_size (deletes, n);
}

/* Writes settled ranges. */
void
crdt_wire_encode_deletes (CrdtEncoder *encoder,
                          GArray      *deletes)
{
  guint32 n_clients = 0;

  for (guint i = 0; i < deletes->len; i++)
    n_clients += i == 0
                 || g_array_index (deletes, CrdtWireRange, i).client
                    != g_array_index (deletes, CrdtWireRange, i - 1).client;
  crdt_writer_varuint (&encoder->rest, n_clients);
  for (guint i = 0; i < deletes->len;)
    {
      guint64 client = g_array_index (deletes, CrdtWireRange, i).client;
      guint end = i;

      while (end < deletes->len && g_array_index (deletes, CrdtWireRange, end).client == client)
        end++;
      crdt_encoder_delete_client (encoder, client, end - i);
      for (; i < end; i++)
        crdt_encoder_delete (encoder, g_array_index (deletes, CrdtWireRange, i).clock,
                             g_array_index (deletes, CrdtWireRange, i).length);
    }
}

/* A struct on its way into a merged update. */
typedef struct
{
  guint64               client;
  guint32               order;   /* of the update it comes from */
  const CrdtWireStruct *s;
} Piece;

static int
compare_pieces (gconstpointer a,
                gconstpointer b)
{
  const Piece *x = a;
  const Piece *y = b;

  if (x->client != y->client)
    return x->client > y->client ? -1 : 1;
  if (x->s->clock != y->s->clock)
    return x->s->clock < y->s->clock ? -1 : 1;
  return x->order < y->order ? -1 : x->order > y->order;
}

/* What is to be written: a part of a struct, several joined GCs, or a hole. */
typedef struct
{
  const CrdtWireStruct *s;
  guint32               offset;
  guint32               clock;
  guint32               length;
} Output;

static void
write_client (CrdtEncoder  *encoder,
              guint64       client,
              const Output *outputs,
              guint         n)
{
  crdt_writer_varuint (&encoder->rest, n);
  crdt_encoder_client (encoder, client);
  crdt_writer_varuint (&encoder->rest, outputs[0].clock);
  for (guint i = 0; i < n; i++)
    {
      const Output *output = &outputs[i];

      if (output->s == NULL)
        {
          crdt_encoder_info (encoder, CRDT_REF_SKIP);
          crdt_writer_varuint (&encoder->rest, output->length);
        }
      else if (output->s->ref == CRDT_REF_GC)
        {
          crdt_encoder_info (encoder, 0);
          crdt_encoder_length (encoder, output->length);
        }
      else
        crdt_wire_encode_struct (encoder, client, output->s, output->offset);
    }
}

/*
 * crdt_wire_combine:
 * @state: (nullable) (element-type CrdtStateEntry): leave out what is below it
 *
 * Makes one update of several (format description §3): what is covered is dropped, overlaps
 * are cut, holes become Skips.
 */
GBytes *
crdt_wire_combine (CrdtWireUpdate *updates,
                   guint           n_updates,
                   GArray         *state,
                   CrdtFormat      format)
{
  g_autoptr(GArray) pieces = g_array_new (FALSE, FALSE, sizeof (Piece));
  g_autoptr(GArray) deletes = g_array_new (FALSE, FALSE, sizeof (CrdtWireRange));
  g_autoptr(GArray) outputs = g_array_new (FALSE, FALSE, sizeof (Output));
  g_autoptr(GHashTable) known = g_hash_table_new (g_int64_hash, g_int64_equal);
  g_autoptr(GArray) starts = g_array_new (FALSE, FALSE, sizeof (guint));
  CrdtEncoder encoder;

  for (guint i = 0; state != NULL && i < state->len; i++)
    {
      CrdtStateEntry *entry = &g_array_index (state, CrdtStateEntry, i);

      g_hash_table_insert (known, &entry->client_id, entry);
    }
  for (guint u = 0; u < n_updates; u++)
    {
      for (guint b = 0; b < updates[u].blocks->len; b++)
        {
          const CrdtWireBlock *block = &g_array_index (updates[u].blocks, CrdtWireBlock, b);

          for (guint32 i = 0; i < block->n; i++)
            {
              Piece piece = { block->client, u, &g_array_index (updates[u].structs, CrdtWireStruct, block->first + i) };

              if (piece.s->ref != CRDT_REF_SKIP)
                g_array_append_val (pieces, piece);
            }
        }
      if (updates[u].deletes->len > 0)
        g_array_append_vals (deletes, updates[u].deletes->data, updates[u].deletes->len);
    }
  g_array_sort (pieces, compare_pieces);
  crdt_encoder_init (&encoder, format);
  /* First what to write, then how many clients that are. */
  for (guint i = 0; i < pieces->len;)
    {
      guint64 client = g_array_index (pieces, Piece, i).client;
      const CrdtStateEntry *entry = g_hash_table_lookup (known, &client);
      guint32 end = entry != NULL ? (guint32) MIN (entry->clock, G_MAXUINT32) : 0;
      gboolean begun = FALSE;
      guint start = outputs->len;

      for (; i < pieces->len && g_array_index (pieces, Piece, i).client == client; i++)
        {
          const CrdtWireStruct *s = g_array_index (pieces, Piece, i).s;
          Output *last = outputs->len > start ? &g_array_index (outputs, Output, outputs->len - 1) : NULL;
          Output output;

          if (s->clock + s->length <= end)
            continue;
          if (begun && s->clock > end)
            {
              Output hole = { NULL, 0, end, s->clock - end };

              g_array_append_val (outputs, hole);
              last = NULL;
            }
          output.s = s;
          output.offset = s->clock < end ? end - s->clock : 0;
          output.clock = s->clock + output.offset;
          output.length = s->length - output.offset;
          begun = TRUE;
          end = s->clock + s->length;
          if (last != NULL && last->s->ref == CRDT_REF_GC && s->ref == CRDT_REF_GC)
            last->length += output.length;
          else
            g_array_append_val (outputs, output);
        }
      if (outputs->len > start)
        {
          guint at = i - 1;

          g_array_append_val (starts, start);
          g_array_append_val (starts, at);
        }
    }
  crdt_writer_varuint (&encoder.rest, starts->len / 2);
  for (guint i = 0; i < starts->len; i += 2)
    {
      guint start = g_array_index (starts, guint, i);
      guint end = i + 2 < starts->len ? g_array_index (starts, guint, i + 2) : outputs->len;

      write_client (&encoder, g_array_index (pieces, Piece, g_array_index (starts, guint, i + 1)).client,
                    &g_array_index (outputs, Output, start), end - start);
    }
  crdt_wire_settle_deletes (deletes);
  crdt_wire_encode_deletes (&encoder, deletes);
  return crdt_encoder_finish (&encoder);
}

static GBytes *
combine_bytes (GBytes * const *updates,
               guint           n_updates,
               CrdtFormat      from,
               GArray         *state,
               CrdtFormat      to,
               GError        **error)
{
  g_autofree CrdtWireUpdate *decoded = g_new0 (CrdtWireUpdate, MAX (n_updates, 1));
  GBytes *result = NULL;
  guint n = 0;

  for (; n < n_updates; n++)
    {
      gsize length;
      const guint8 *data = g_bytes_get_data (updates[n], &length);

      crdt_wire_update_init (&decoded[n]);
      if (!crdt_wire_update_decode (&decoded[n], data, length, from, error))
        {
          crdt_wire_update_clear (&decoded[n]);
          break;
        }
    }
  if (n == n_updates)
    result = crdt_wire_combine (decoded, n_updates, state, to);
  while (n-- > 0)
    crdt_wire_update_clear (&decoded[n]);
  return result;
}

/**
 * crdt_update_merge:
 * @updates: (array length=n_updates): in any order
 * @format: of the updates and of the result
 * @error: #CrdtError
 *
 * Returns: (transfer full) (nullable): one update that does what all of them do
 */
GBytes *
crdt_update_merge (GBytes * const  *updates,
                   guint            n_updates,
                   CrdtFormat       format,
                   GError         **error)
{
  return combine_bytes (updates, n_updates, format, NULL, format, error);
}

/**
 * crdt_update_diff:
 *
 * Returns: (transfer full) (nullable): @update without what a holder of @state_vector has
 */
GBytes *
crdt_update_diff (GBytes        *update,
                  CrdtFormat     format,
                  const guint8  *state_vector,
                  gsize          length,
                  GError       **error)
{
  g_autoptr(GArray) state = crdt_state_vector_parse (state_vector, length, error);

  return state != NULL ? combine_bytes (&update, 1, format, state, format, error) : NULL;
}

/**
 * crdt_update_convert:
 *
 * Returns: (transfer full) (nullable): the same update in the other format
 */
GBytes *
crdt_update_convert (GBytes      *update,
                     CrdtFormat   from,
                     CrdtFormat   to,
                     GError     **error)
{
  return combine_bytes (&update, 1, from, NULL, to, error);
}

/**
 * crdt_update_validate:
 * @error: #CrdtError
 *
 * Decodes an update without applying it. Returns: TRUE if it is well-formed
 */
gboolean
crdt_update_validate (const guint8  *data,
                      gsize          length,
                      CrdtFormat     format,
                      GError       **error)
{
  g_auto(CrdtWireUpdate) update;

  crdt_wire_update_init (&update);
  return crdt_wire_update_decode (&update, data, length, format, error);
}

static int
compare_blocks (gconstpointer a,
                gconstpointer b)
{
  guint64 x = ((const CrdtWireBlock *) a)->client;
  guint64 y = ((const CrdtWireBlock *) b)->client;

  return x > y ? -1 : x < y;
}

/**
 * crdt_update_get_state_vector:
 *
 * Returns: (transfer full) (nullable): the state that a document has after applying @update
 * to nothing: per client what it holds without a gap from clock 0
 */
GBytes *
crdt_update_get_state_vector (GBytes      *update,
                              CrdtFormat   format,
                              GError     **error)
{
  g_auto(CrdtWireUpdate) decoded;
  g_auto(CrdtWriter) entries = { 0 };
  CrdtWriter writer = { 0 };
  gsize length;
  const guint8 *data = g_bytes_get_data (update, &length);
  guint32 n = 0;

  crdt_wire_update_init (&decoded);
  if (!crdt_wire_update_decode (&decoded, data, length, format, error))
    return NULL;
  g_array_sort (decoded.blocks, compare_blocks);
  for (guint b = 0; b < decoded.blocks->len; b++)
    {
      const CrdtWireBlock *block = &g_array_index (decoded.blocks, CrdtWireBlock, b);
      guint32 clock = 0;

      for (guint32 i = 0; i < block->n; i++)
        {
          const CrdtWireStruct *s = &g_array_index (decoded.structs, CrdtWireStruct, block->first + i);

          if (s->ref == CRDT_REF_SKIP || s->clock != clock)
            break;
          clock += s->length;
        }
      if (clock > 0)
        {
          crdt_writer_varuint (&entries, block->client);
          crdt_writer_varuint (&entries, clock);
          n++;
        }
    }
  crdt_writer_varuint (&writer, n);
  crdt_writer_bytes (&writer, entries.data, entries.len);
  return crdt_writer_to_bytes (&writer);
}

/**
 * crdt_state_vector_parse:
 * @error: #CrdtError
 *
 * Returns: (transfer full) (nullable) (element-type CrdtStateEntry): the entries
 */
GArray *
crdt_state_vector_parse (const guint8  *data,
                         gsize          length,
                         GError       **error)
{
  g_autoptr(GArray) entries = g_array_new (FALSE, FALSE, sizeof (CrdtStateEntry));
  CrdtReader reader;
  guint64 n;

  crdt_reader_init (&reader, data, length);
  if (crdt_reader_read_varuint (&reader, &n))
    {
      if (n > crdt_reader_left (&reader) / 2)
        crdt_reader_fail (&reader, CRDT_ERROR_TRUNCATED, "a count is larger than the data");
      for (; n > 0 && reader.failure == NULL; n--)
        {
          CrdtStateEntry entry;

          if (crdt_reader_read_varuint (&reader, &entry.client_id) && crdt_reader_read_varuint (&reader, &entry.clock))
            g_array_append_val (entries, entry);
        }
      if (reader.failure == NULL && reader.at != reader.end)
        crdt_reader_fail (&reader, CRDT_ERROR_INVALID, "bytes follow the end");
    }
  if (reader.failure == NULL)
    return g_steal_pointer (&entries);
  crdt_reader_set_error (&reader, "state vector", error);
  return NULL;
}
