/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reads updates of both formats into CrdtWireUpdate. Nothing is allocated from a count
 * that the remaining bytes cannot fill, and nothing recurses on the input.
 */

#include "config.h"

#include "update-private.h"

/*
 * In v2 a struct may cost no byte of its own, because its fields are run-length coded. This
 * many structs are always allowed, and more in proportion to the bytes.
 */
#define V2_FREE_STRUCTS 1000000u
#define V2_PER_BYTE     64u

typedef struct
{
  CrdtReader reader;
  guint64    value;
  gint64     diff;
  guint64    count;      /* how often the value is still to be given */
} RleReader;

typedef struct
{
  gboolean      v2;
  CrdtReader    rest;
  RleReader     key_clock, client, left_clock, right_clock, string_lengths, type_ref, length;
  RleReader     info, parent_info;
  CrdtReader    strings;
  GArray       *keys;    /* (element-type Key) that v2 has read so far */
  CrdtArena    *scratch;
} Decoder;

typedef struct
{
  const guint8 *text;
  guint32       n;
} Key;

static inline gboolean
fail (Decoder    *self,
      CrdtError   code,
      const char *why)
{
  return crdt_reader_fail (&self->rest, code, why);
}

/* Passes a failure of one of the streams on. */
static gboolean
stream_failed (Decoder          *self,
               const CrdtReader *stream)
{
  return fail (self, stream->code, stream->failure);
}

static gboolean
read_rle_uint (Decoder   *self,
               RleReader *rle,
               guint64   *out)
{
  if (rle->count == 0)
    {
      gboolean negative;
      guint64 more;

      if (!crdt_reader_read_varint (&rle->reader, &rle->value, &negative))
        return stream_failed (self, &rle->reader);
      rle->count = 1;
      if (negative)
        {
          if (!crdt_reader_read_varuint (&rle->reader, &more))
            return stream_failed (self, &rle->reader);
          rle->count = more + 2;
        }
    }
  rle->count--;
  *out = rle->value;
  return TRUE;
}

static gboolean
read_rle_diff (Decoder   *self,
               RleReader *rle,
               guint64   *out)
{
  if (rle->count == 0)
    {
      gboolean negative;
      guint64 magnitude, more;
      gint64 coded;

      if (!crdt_reader_read_varint (&rle->reader, &magnitude, &negative))
        return stream_failed (self, &rle->reader);
      coded = negative ? -(gint64) magnitude : (gint64) magnitude;
      rle->count = 1;
      rle->diff = (coded - (coded & 1)) / 2;
      if ((coded & 1) != 0)
        {
          if (!crdt_reader_read_varuint (&rle->reader, &more))
            return stream_failed (self, &rle->reader);
          rle->count = more + 2;
        }
    }
  rle->count--;
  if ((gint64) rle->value + rle->diff < 0 || rle->value + (guint64) rle->diff > CRDT_MAX_INTEGER)
    return fail (self, CRDT_ERROR_INVALID, "a clock is out of range");
  rle->value += (guint64) rle->diff;
  *out = rle->value;
  return TRUE;
}

static gboolean
read_rle_byte (Decoder   *self,
               RleReader *rle,
               guint8    *out)
{
  if (rle->count == 0)
    {
      guint8 byte;

      if (!crdt_reader_read_u8 (&rle->reader, &byte))
        return stream_failed (self, &rle->reader);
      rle->value = byte;
      /* The last run has no count and never ends. */
      if (crdt_reader_left (&rle->reader) == 0)
        rle->count = G_MAXUINT64;
      else if (!crdt_reader_read_varuint (&rle->reader, &rle->count))
        return stream_failed (self, &rle->reader);
      else
        rle->count++;
    }
  rle->count--;
  *out = (guint8) rle->value;
  return TRUE;
}

/*
 * crdt_utf8_skip_units:
 * @text: checked UTF-8 with more than @units units
 * @out_cut: (out): whether the place is between the halves of a surrogate pair; the
 *   character is passed then
 *
 * Returns: the place behind so many UTF-16 units
 */
const guint8 *
crdt_utf8_skip_units (const guint8 *text,
                      gsize         n_bytes,
                      guint32       units,
                      gboolean     *out_cut)
{
  const guint8 *end = text + n_bytes;

  *out_cut = FALSE;
  while (units > 0 && text < end)
    {
      if (*text >= 0xF0)
        {
          text += 4;
          if (units == 1)
            {
              *out_cut = TRUE;
              return text;
            }
          units -= 2;
        }
      else
        {
          text += *text < 0x80 ? 1 : *text < 0xE0 ? 2 : 3;
          units--;
        }
    }
  return text;
}

/* Cuts the next string of @units out of v2's string of all strings. */
static gboolean
next_string (Decoder       *self,
             guint64        units,
             const guint8 **out_text,
             guint32       *out_n)
{
  CrdtReader *strings = &self->strings;
  const guint8 *start = strings->at;
  const guint8 *at = start;
  gboolean cut_before = FALSE, cut_after;
  gsize n;

  /* A half that the string before has left over is marked by a start beyond the end of the character. */
  if (units == 0)
    {
      *out_text = start;
      *out_n = 0;
      return TRUE;
    }
  if (strings->failure != NULL)
    return stream_failed (self, strings);
  if (self->string_lengths.diff != 0)
    {
      cut_before = TRUE;
      self->string_lengths.diff = 0;
      units--;
    }
  if (units > crdt_reader_left (strings))
    return fail (self, CRDT_ERROR_TRUNCATED, "the strings end too early");
  at = crdt_utf8_skip_units (start, crdt_reader_left (strings), (guint32) units, &cut_after);
  {
    gsize have;

    crdt_utf8_scan (start, (gsize) (at - start), &have);
    if (have < units)
      return fail (self, CRDT_ERROR_TRUNCATED, "the strings end too early");
  }
  strings->at = at;
  n = (gsize) (at - start);
  if (cut_before || cut_after)
    {
      guint8 *copy = crdt_arena_alloc_chunk (self->scratch, n + 6);
      guint8 *to = copy;

      /* Two strings share a character: each keeps U+FFFD, as lone surrogates do everywhere. */
      if (cut_before)
        to = memcpy (to, "\xEF\xBF\xBD", 3), to += 3;
      if (cut_after)
        n -= 4;
      memcpy (to, start, n);
      to += n;
      if (cut_after)
        to = memcpy (to, "\xEF\xBF\xBD", 3), to += 3;
      self->string_lengths.diff = cut_after;
      *out_text = copy;
      *out_n = (guint32) (to - copy);
      return TRUE;
    }
  *out_text = start;
  *out_n = (guint32) n;
  return TRUE;
}

static gboolean
read_string (Decoder       *self,
             const guint8 **out_text,
             guint32       *out_n,
             gsize         *out_units)
{
  gsize n, units;
  guint64 length;

  if (self->v2)
    {
      if (!read_rle_uint (self, &self->string_lengths, &length) || !next_string (self, length, out_text, out_n))
        return FALSE;
      *out_units = (gsize) length;
      return TRUE;
    }
  if (!crdt_reader_read_varbytes (&self->rest, out_text, &n))
    return FALSE;
  if (!crdt_utf8_scan (*out_text, n, &units))
    return fail (self, CRDT_ERROR_INVALID, "a string is not UTF-8");
  *out_n = (guint32) n;
  *out_units = units;
  return TRUE;
}

static gboolean
read_key (Decoder       *self,
          const guint8 **out_text,
          guint32       *out_n)
{
  guint64 clock;
  gsize units;
  Key key;

  if (!self->v2)
    return read_string (self, out_text, out_n, &units);
  if (!read_rle_diff (self, &self->key_clock, &clock))
    return FALSE;
  if (clock < self->keys->len)
    {
      key = g_array_index (self->keys, Key, clock);
    }
  else
    {
      if (!read_string (self, &key.text, &key.n, &units))
        return FALSE;
      g_array_append_val (self->keys, key);
    }
  *out_text = key.text;
  *out_n = key.n;
  return TRUE;
}

static gboolean
read_clock (Decoder   *self,
            RleReader *rle,
            guint32   *out)
{
  guint64 clock;

  if (self->v2 ? !read_rle_diff (self, rle, &clock) : !crdt_reader_read_varuint (&self->rest, &clock))
    return FALSE;
  if (clock >= CRDT_MAX_CLOCK)
    return fail (self, CRDT_ERROR_LIMIT, "a clock is larger than this engine counts");
  *out = (guint32) clock;
  return TRUE;
}

static gboolean
read_id (Decoder   *self,
         RleReader *clocks,
         guint64   *out_client,
         guint32   *out_clock)
{
  if (self->v2 ? !read_rle_uint (self, &self->client, out_client)
               : !crdt_reader_read_varuint (&self->rest, out_client))
    return FALSE;
  return read_clock (self, clocks, out_clock);
}

static gboolean
read_length (Decoder *self,
             guint64 *out)
{
  return self->v2 ? read_rle_uint (self, &self->length, out) : crdt_reader_read_varuint (&self->rest, out);
}

/* Copies what a writer has made into memory that lives as long as the update. */
static void
keep_data (Decoder        *self,
           CrdtWriter     *writer,
           CrdtWireStruct *s)
{
  guint8 *copy = crdt_arena_alloc_chunk (self->scratch, MAX (writer->len, 1));

  if (writer->len > 0)
    memcpy (copy, writer->data, writer->len);
  s->data = copy;
  s->n_data = (guint32) writer->len;
}

static gboolean
read_json (Decoder        *self,
           CrdtWireStruct *s)
{
  g_auto(CrdtWriter) writer = { 0 };
  const guint8 *text;
  gsize n, units;

  if (self->v2)
    {
      if (!crdt_any_copy_canonical (&self->rest, &writer))
        return FALSE;
    }
  else
    {
      g_autoptr(CrdtValue) value = NULL;

      if (!crdt_reader_read_varbytes (&self->rest, &text, &n))
        return FALSE;
      if (!crdt_utf8_scan (text, n, &units))
        return fail (self, CRDT_ERROR_INVALID, "a string is not UTF-8");
      if (n == 4 && memcmp (text, "null", 4) == 0)
        crdt_writer_u8 (&writer, CRDT_ANY_NULL);
      else if (n == 4 && memcmp (text, "true", 4) == 0)
        crdt_writer_u8 (&writer, CRDT_ANY_TRUE);
      else
        {
          value = crdt_json_read (text, n);
          if (value == NULL)
            return fail (self, CRDT_ERROR_INVALID, "a value is not JSON");
          crdt_any_write (&writer, value);
        }
    }
  keep_data (self, &writer, s);
  return TRUE;
}

/* Reads @n `any`s: lent if they are in canonical form, else rewritten. */
static gboolean
read_anys (Decoder        *self,
           guint64         n,
           CrdtWireStruct *s)
{
  CrdtReader start = self->rest;
  gboolean all = TRUE;

  for (guint64 i = 0; i < n; i++)
    {
      gboolean canonical;

      if (!crdt_any_skip (&self->rest, &canonical))
        return FALSE;
      all = all && canonical;
    }
  if (all)
    {
      s->data = start.at;
      s->n_data = (guint32) (self->rest.at - start.at);
    }
  else
    {
      g_auto(CrdtWriter) writer = { 0 };

      for (guint64 i = 0; i < n; i++)
        if (!crdt_any_copy_canonical (&start, &writer))
          return fail (self, start.code, start.failure);
      keep_data (self, &writer, s);
    }
  return TRUE;
}

static gboolean
read_json_strings (Decoder        *self,
                   guint64         n,
                   CrdtWireStruct *s)
{
  g_auto(CrdtWriter) writer = { 0 };

  for (guint64 i = 0; i < n; i++)
    {
      const guint8 *text;
      guint32 length;
      gsize units;
      g_autoptr(CrdtValue) value = NULL;

      if (!read_string (self, &text, &length, &units))
        return FALSE;
      if (length == 9 && memcmp (text, "undefined", 9) == 0)
        value = crdt_value_new_undefined ();
      else
        value = crdt_json_read (text, length);
      if (value == NULL)
        return fail (self, CRDT_ERROR_INVALID, "a value is not JSON");
      crdt_any_write (&writer, value);
    }
  keep_data (self, &writer, s);
  return TRUE;
}

static gboolean
read_content (Decoder        *self,
              CrdtWireStruct *s,
              guint64        *out_length)
{
  guint64 n = 1;
  gsize units, size;

  switch (s->ref)
    {
    case CRDT_REF_DELETED:
      if (!read_length (self, &n))
        return FALSE;
      break;
    case CRDT_REF_STRING:
      if (!read_string (self, &s->data, &s->n_data, &units))
        return FALSE;
      n = units;
      break;
    case CRDT_REF_JSON:
    case CRDT_REF_ANY:
      if (!read_length (self, &n))
        return FALSE;
      if (n > crdt_reader_left (s->ref == CRDT_REF_JSON && self->v2 ? &self->strings : &self->rest))
        return fail (self, CRDT_ERROR_TRUNCATED, "a count is larger than the data");
      if (!(s->ref == CRDT_REF_ANY ? read_anys (self, n, s) : read_json_strings (self, n, s)))
        return FALSE;
      break;
    case CRDT_REF_BINARY:
      if (!crdt_reader_read_varbytes (&self->rest, &s->data, &size))
        return FALSE;
      s->n_data = (guint32) size;
      break;
    case CRDT_REF_EMBED:
      if (!read_json (self, s))
        return FALSE;
      break;
    case CRDT_REF_FORMAT:
      if (!read_key (self, &s->name, &s->n_name) || !read_json (self, s))
        return FALSE;
      break;
    case CRDT_REF_TYPE:
      {
        guint64 kind;

        if (self->v2 ? !read_rle_uint (self, &self->type_ref, &kind) : !crdt_reader_read_varuint (&self->rest, &kind))
          return FALSE;
        if (kind > CRDT_TYPE_XML_TEXT)
          return fail (self, CRDT_ERROR_UNSUPPORTED, "an unknown kind of shared type");
        s->type_kind = (guint8) kind;
        if ((kind == CRDT_TYPE_XML_ELEMENT || kind == CRDT_TYPE_XML_HOOK) && !read_key (self, &s->name, &s->n_name))
          return FALSE;
        break;
      }
    case CRDT_REF_DOC:
      if (!read_string (self, &s->name, &s->n_name, &units) || !read_anys (self, 1, s))
        return FALSE;
      if (s->data[0] != CRDT_ANY_OBJECT)
        return fail (self, CRDT_ERROR_INVALID, "the options of a sub-document are no object");
      break;
    default:
      return fail (self, CRDT_ERROR_UNSUPPORTED, "an unknown kind of content");
    }
  *out_length = n;
  return TRUE;
}

static gboolean
read_struct (Decoder        *self,
             guint64         client,
             guint32         clock,
             CrdtWireStruct *s)
{
  guint64 length;
  guint8 info;
  gsize units;

  memset (s, 0, sizeof *s);
  s->clock = clock;
  if (self->v2 ? !read_rle_byte (self, &self->info, &info) : !crdt_reader_read_u8 (&self->rest, &info))
    return FALSE;
  s->ref = info & 31;
  if (s->ref == CRDT_REF_GC || s->ref == CRDT_REF_SKIP)
    {
      if (s->ref == CRDT_REF_GC ? !read_length (self, &length) : !crdt_reader_read_varuint (&self->rest, &length))
        return FALSE;
    }
  else
    {
      s->has_origin = (info & 0x80) != 0;
      s->has_right = (info & 0x40) != 0;
      if (s->has_origin && !read_id (self, &self->left_clock, &s->origin_client, &s->origin_clock))
        return FALSE;
      if (s->has_right && !read_id (self, &self->right_clock, &s->right_client, &s->right_clock))
        return FALSE;
      if (!s->has_origin && !s->has_right)
        {
          guint8 byte;
          guint64 root;

          if (self->v2)
            {
              if (!read_rle_byte (self, &self->parent_info, &byte))
                return FALSE;
              root = byte;
            }
          else if (!crdt_reader_read_varuint (&self->rest, &root))
            return FALSE;
          s->parent = root == 1 ? CRDT_PARENT_ROOT : CRDT_PARENT_ITEM;
          if (root == 1)
            {
              if (!read_string (self, &s->parent_name, &s->n_parent_name, &units))
                return FALSE;
            }
          else if (!read_id (self, &self->left_clock, &s->parent_client, &s->parent_clock))
            return FALSE;
          if ((info & 0x20) != 0)
            {
              if (!read_string (self, &s->key, &s->n_key, &units))
                return FALSE;
              s->has_key = TRUE;
            }
        }
      /* A reference to a unit of the same client that does not exist yet could never be resolved. */
      if ((s->has_origin && s->origin_client == client && s->origin_clock >= clock)
          || (s->has_right && s->right_client == client && s->right_clock >= clock)
          || (s->parent == CRDT_PARENT_ITEM && s->parent_client == client && s->parent_clock >= clock))
        return fail (self, CRDT_ERROR_INVALID, "a struct refers to its own future");
      if (!read_content (self, s, &length))
        return FALSE;
    }
  if (length == 0)
    return fail (self, CRDT_ERROR_INVALID, "a struct has no length");
  if (length > CRDT_MAX_CLOCK - clock)
    return fail (self, CRDT_ERROR_LIMIT, "a clock is larger than this engine counts");
  s->length = (guint32) length;
  return TRUE;
}

/* Reads a delete set (format description §3 and §13). */
gboolean
crdt_read_deletes (CrdtReader *reader,
                   gboolean    v2,
                   GArray     *deletes)
{
  guint64 n_clients, n_ranges;

  if (!crdt_reader_read_varuint (reader, &n_clients))
    return FALSE;
  for (; n_clients > 0; n_clients--)
    {
      CrdtWireRange range;
      guint64 end = 0;

      if (!crdt_reader_read_varuint (reader, &range.client) || !crdt_reader_read_varuint (reader, &n_ranges))
        return FALSE;
      if (n_ranges > crdt_reader_left (reader) / 2)
        return crdt_reader_fail (reader, CRDT_ERROR_TRUNCATED, "a count is larger than the data");
      for (; n_ranges > 0; n_ranges--)
        {
          if (!crdt_reader_read_varuint (reader, &range.clock) || !crdt_reader_read_varuint (reader, &range.length))
            return FALSE;
          if (v2)
            {
              range.clock += end;
              range.length += 1;
            }
          if (range.length == 0)
            return crdt_reader_fail (reader, CRDT_ERROR_INVALID, "a deleted range has no length");
          if (range.clock >= CRDT_MAX_CLOCK || range.length > CRDT_MAX_CLOCK - range.clock)
            return crdt_reader_fail (reader, CRDT_ERROR_LIMIT, "a clock is larger than this engine counts");
          end = range.clock + range.length;
          g_array_append_val (deletes, range);
        }
    }
  return TRUE;
}

static gboolean
open_stream (Decoder    *self,
             CrdtReader *stream)
{
  const guint8 *data;
  gsize length;

  if (!crdt_reader_read_varbytes (&self->rest, &data, &length))
    return FALSE;
  crdt_reader_init (stream, data, length);
  return TRUE;
}

static gboolean
open_v2 (Decoder *self)
{
  CrdtReader strings;
  const guint8 *data;
  gsize length, units;
  guint8 flag;

  if (!crdt_reader_read_u8 (&self->rest, &flag))
    return FALSE;
  if (flag != 0)
    return fail (self, CRDT_ERROR_UNSUPPORTED, "an unknown feature flag of update v2");
  if (!open_stream (self, &self->key_clock.reader) || !open_stream (self, &self->client.reader)
      || !open_stream (self, &self->left_clock.reader) || !open_stream (self, &self->right_clock.reader)
      || !open_stream (self, &self->info.reader) || !open_stream (self, &strings)
      || !open_stream (self, &self->parent_info.reader) || !open_stream (self, &self->type_ref.reader)
      || !open_stream (self, &self->length.reader))
    return FALSE;
  if (crdt_reader_left (&strings) == 0)
    {
      crdt_reader_init (&self->strings, strings.at, 0);
      self->string_lengths.reader = strings;
      return TRUE;
    }
  if (!crdt_reader_read_varbytes (&strings, &data, &length))
    return stream_failed (self, &strings);
  if (!crdt_utf8_scan (data, length, &units))
    return fail (self, CRDT_ERROR_INVALID, "a string is not UTF-8");
  crdt_reader_init (&self->strings, data, length);
  self->string_lengths.reader = strings;
  return TRUE;
}

static gboolean
decode_blocks (CrdtWireUpdate *update,
               Decoder        *self,
               guint64         max_structs)
{
  guint64 n_clients, n_structs;
  g_autoptr(GHashTable) seen = NULL;

  if (!crdt_reader_read_varuint (&self->rest, &n_clients))
    return FALSE;
  /* Each block has three numbers of its own, in v2 two. */
  if (n_clients > crdt_reader_left (&self->rest) / 2)
    return fail (self, CRDT_ERROR_TRUNCATED, "a count is larger than the data");
  if (n_clients > 1)
    seen = g_hash_table_new (g_int64_hash, g_int64_equal);
  g_array_set_size (update->blocks, (guint) n_clients); /* the hash table points into it */
  for (guint64 i = 0; i < n_clients; i++)
    {
      CrdtWireBlock *block = &g_array_index (update->blocks, CrdtWireBlock, i);
      guint64 clock;

      memset (block, 0, sizeof *block);
      if (!crdt_reader_read_varuint (&self->rest, &n_structs))
        return FALSE;
      if (self->v2 ? !read_rle_uint (self, &self->client, &block->client)
                   : !crdt_reader_read_varuint (&self->rest, &block->client))
        return FALSE;
      if (!crdt_reader_read_varuint (&self->rest, &clock))
        return FALSE;
      if (clock >= CRDT_MAX_CLOCK)
        return fail (self, CRDT_ERROR_LIMIT, "a clock is larger than this engine counts");
      if (n_structs > (self->v2 ? max_structs - update->structs->len : crdt_reader_left (&self->rest) / 2))
        return fail (self, self->v2 ? CRDT_ERROR_LIMIT : CRDT_ERROR_TRUNCATED, "a count is larger than the data");
      if (seen != NULL && !g_hash_table_add (seen, &block->client))
        return fail (self, CRDT_ERROR_INVALID, "a client has two blocks");
      block->first = update->structs->len;
      block->n = (guint32) n_structs;
      for (; n_structs > 0; n_structs--)
        {
          CrdtWireStruct *s;

          g_array_set_size (update->structs, update->structs->len + 1);
          s = &g_array_index (update->structs, CrdtWireStruct, update->structs->len - 1);
          if (!read_struct (self, block->client, (guint32) clock, s))
            return FALSE;
          clock += s->length;
        }
    }
  return TRUE;
}

void
crdt_wire_update_init (CrdtWireUpdate *self)
{
  memset (self, 0, sizeof *self);
  self->blocks = g_array_new (FALSE, FALSE, sizeof (CrdtWireBlock));
  self->structs = g_array_new (FALSE, FALSE, sizeof (CrdtWireStruct));
  self->deletes = g_array_new (FALSE, FALSE, sizeof (CrdtWireRange));
}

void
crdt_wire_update_clear (CrdtWireUpdate *self)
{
  g_clear_pointer (&self->blocks, g_array_unref);
  g_clear_pointer (&self->structs, g_array_unref);
  g_clear_pointer (&self->deletes, g_array_unref);
  crdt_arena_clear (&self->scratch);
}

/*
 * crdt_wire_update_decode:
 * @data: must outlive @self, which points into it
 * @error: #CrdtError
 *
 * Decodes and checks a whole update.
 */
gboolean
crdt_wire_update_decode (CrdtWireUpdate  *self,
                         const guint8    *data,
                         gsize            length,
                         CrdtFormat       format,
                         GError         **error)
{
  Decoder decoder;
  gboolean good;

  memset (&decoder, 0, sizeof decoder);
  decoder.v2 = format == CRDT_FORMAT_V2;
  decoder.scratch = &self->scratch;
  crdt_reader_init (&decoder.rest, data, length);
  if (decoder.v2)
    decoder.keys = g_array_new (FALSE, FALSE, sizeof (Key));
  good = length < G_MAXUINT32 / 2 || fail (&decoder, CRDT_ERROR_LIMIT, "an update of 2 GiB or more");
  good = good && (!decoder.v2 || open_v2 (&decoder));
  good = good && decode_blocks (self, &decoder, V2_FREE_STRUCTS + (guint64) length * V2_PER_BYTE);
  good = good && crdt_read_deletes (&decoder.rest, decoder.v2, self->deletes);
  good = good && (decoder.rest.at == decoder.rest.end
                  || fail (&decoder, CRDT_ERROR_INVALID, "bytes follow the end"));
  g_clear_pointer (&decoder.keys, g_array_unref);
  if (!good)
    return crdt_reader_set_error (&decoder.rest, "update", error);
  return TRUE;
}
