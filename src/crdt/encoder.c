/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "encoder-private.h"

/* lib0 run-length coders. All start with value 0 and an empty run. */

static void
rle_flush_uint (CrdtRle *rle)
{
  if (rle->count == 0)
    return;
  crdt_writer_varint (&rle->out, rle->value, rle->count > 1);
  if (rle->count > 1)
    crdt_writer_varuint (&rle->out, rle->count - 2);
}

static void
rle_uint (CrdtRle *rle,
          guint64  value)
{
  if (rle->value == value)
    {
      rle->count++;
      return;
    }
  rle_flush_uint (rle);
  rle->count = 1;
  rle->value = value;
}

static void
rle_flush_diff (CrdtRle *rle)
{
  gint64 coded;

  if (rle->count == 0)
    return;
  coded = rle->diff * 2 + (rle->count > 1);
  crdt_writer_varint (&rle->out, (guint64) ABS (coded), coded < 0);
  if (rle->count > 1)
    crdt_writer_varuint (&rle->out, rle->count - 2);
}

static void
rle_diff (CrdtRle *rle,
          guint64  value)
{
  gint64 diff = (gint64) value - (gint64) rle->value;

  rle->value = value;
  if (rle->diff == diff)
    {
      rle->count++;
      return;
    }
  rle_flush_diff (rle);
  rle->count = 1;
  rle->diff = diff;
}

static void
rle_byte (CrdtWriter *out,
          guint8     *last,
          guint32    *count,
          guint8      value)
{
  if (*count > 0 && *last == value)
    {
      *count += 1;
      return;
    }
  if (*count > 0)
    crdt_writer_varuint (out, *count - 1);
  *count = 1;
  *last = value;
  crdt_writer_u8 (out, value);
}

void
crdt_encoder_init (CrdtEncoder *self,
                   CrdtFormat   format)
{
  memset (self, 0, sizeof *self);
  self->v2 = format == CRDT_FORMAT_V2;
}

void
crdt_encoder_clear (CrdtEncoder *self)
{
  crdt_writer_clear (&self->rest);
  crdt_writer_clear (&self->key_clock.out);
  crdt_writer_clear (&self->client.out);
  crdt_writer_clear (&self->left_clock.out);
  crdt_writer_clear (&self->right_clock.out);
  crdt_writer_clear (&self->info);
  crdt_writer_clear (&self->strings);
  crdt_writer_clear (&self->string_lengths.out);
  crdt_writer_clear (&self->parent_info);
  crdt_writer_clear (&self->type_ref.out);
  crdt_writer_clear (&self->length.out);
}

/* Returns: (transfer full): the update; the encoder is empty then. */
GBytes *
crdt_encoder_finish (CrdtEncoder *self)
{
  CrdtWriter out = { 0 };

  if (!self->v2)
    return crdt_writer_to_bytes (&self->rest);
  rle_flush_diff (&self->key_clock);
  rle_flush_uint (&self->client);
  rle_flush_diff (&self->left_clock);
  rle_flush_diff (&self->right_clock);
  rle_flush_uint (&self->string_lengths);
  rle_flush_uint (&self->type_ref);
  rle_flush_uint (&self->length);
  crdt_writer_u8 (&out, 0);
  crdt_writer_varbytes (&out, self->key_clock.out.data, self->key_clock.out.len);
  crdt_writer_varbytes (&out, self->client.out.data, self->client.out.len);
  crdt_writer_varbytes (&out, self->left_clock.out.data, self->left_clock.out.len);
  crdt_writer_varbytes (&out, self->right_clock.out.data, self->right_clock.out.len);
  crdt_writer_varbytes (&out, self->info.data, self->info.len);
  {
    g_auto(CrdtWriter) strings = { 0 };

    crdt_writer_varbytes (&strings, self->strings.data, self->strings.len);
    crdt_writer_bytes (&strings, self->string_lengths.out.data, self->string_lengths.out.len);
    crdt_writer_varbytes (&out, strings.data, strings.len);
  }
  crdt_writer_varbytes (&out, self->parent_info.data, self->parent_info.len);
  crdt_writer_varbytes (&out, self->type_ref.out.data, self->type_ref.out.len);
  crdt_writer_varbytes (&out, self->length.out.data, self->length.out.len);
  crdt_writer_bytes (&out, self->rest.data, self->rest.len);
  crdt_encoder_clear (self);
  return crdt_writer_to_bytes (&out);
}

void
crdt_encoder_info (CrdtEncoder *self,
                   guint8       info)
{
  if (self->v2)
    rle_byte (&self->info, &self->info_value, &self->info_count, info);
  else
    crdt_writer_u8 (&self->rest, info);
}

void
crdt_encoder_left_id (CrdtEncoder *self,
                      guint64      client,
                      guint32      clock)
{
  if (self->v2)
    {
      rle_uint (&self->client, client);
      rle_diff (&self->left_clock, clock);
      return;
    }
  crdt_writer_varuint (&self->rest, client);
  crdt_writer_varuint (&self->rest, clock);
}

void
crdt_encoder_right_id (CrdtEncoder *self,
                       guint64      client,
                       guint32      clock)
{
  if (self->v2)
    {
      rle_uint (&self->client, client);
      rle_diff (&self->right_clock, clock);
      return;
    }
  crdt_writer_varuint (&self->rest, client);
  crdt_writer_varuint (&self->rest, clock);
}

void
crdt_encoder_client (CrdtEncoder *self,
                     guint64      client)
{
  if (self->v2)
    rle_uint (&self->client, client);
  else
    crdt_writer_varuint (&self->rest, client);
}

/* Makes a string of so many bytes and units. Returns: where the caller writes the bytes. */
guint8 *
crdt_encoder_string_space (CrdtEncoder *self,
                           gsize        n_bytes,
                           guint32      units)
{
  CrdtWriter *out = self->v2 ? &self->strings : &self->rest;

  if (self->v2)
    rle_uint (&self->string_lengths, units);
  else
    crdt_writer_varuint (out, n_bytes);
  crdt_writer_reserve (out, MAX (n_bytes, 1));
  out->len += n_bytes;
  return out->data + out->len - n_bytes;
}

void
crdt_encoder_string (CrdtEncoder  *self,
                     const guint8 *text,
                     gsize         n_bytes)
{
  gsize units = 0;
  guint8 *to;

  if (self->v2)
    crdt_utf8_scan (text, n_bytes, &units);
  to = crdt_encoder_string_space (self, n_bytes, (guint32) units);
  if (n_bytes > 0)
    memcpy (to, text, n_bytes);
}

void
crdt_encoder_parent_info (CrdtEncoder *self,
                          gboolean     root)
{
  if (self->v2)
    rle_byte (&self->parent_info, &self->parent_value, &self->parent_count, root ? 1 : 0);
  else
    crdt_writer_varuint (&self->rest, root ? 1 : 0);
}

void
crdt_encoder_type_ref (CrdtEncoder *self,
                       guint        ref)
{
  if (self->v2)
    rle_uint (&self->type_ref, ref);
  else
    crdt_writer_varuint (&self->rest, ref);
}

void
crdt_encoder_length (CrdtEncoder *self,
                     guint32      length)
{
  if (self->v2)
    rle_uint (&self->length, length);
  else
    crdt_writer_varuint (&self->rest, length);
}

/* The key of a Format or the name of an XML node. The reference writes every one as new in v2, so do we. */
void
crdt_encoder_key (CrdtEncoder  *self,
                  const guint8 *text,
                  gsize         n_bytes)
{
  if (self->v2)
    rle_diff (&self->key_clock, self->n_keys++);
  crdt_encoder_string (self, text, n_bytes);
}

/* The value of an Embed or a Format: JSON text in v1, `any` in v2. @any is canonical. */
void
crdt_encoder_json (CrdtEncoder  *self,
                   const guint8 *any,
                   gsize         length)
{
  g_autoptr(CrdtValue) value = NULL;
  g_auto(CrdtWriter) json = { 0 };

  if (self->v2)
    {
      crdt_writer_bytes (&self->rest, any, length);
      return;
    }
  if (length == 1 && any[0] == CRDT_ANY_NULL)
    {
      crdt_writer_varbytes (&self->rest, "null", 4);
      return;
    }
  if (length == 1 && any[0] == CRDT_ANY_TRUE)
    {
      crdt_writer_varbytes (&self->rest, "true", 4);
      return;
    }
  value = crdt_any_value (any, length);
  crdt_json_write (&json, value);
  crdt_writer_varbytes (&self->rest, json.data, json.len);
}

/* The values of the legacy JSON content: strings in both formats, "undefined" without quotes. */
void
crdt_encoder_json_strings (CrdtEncoder  *self,
                           const guint8 *any,
                           gsize         length,
                           guint32       n)
{
  CrdtReader reader;

  crdt_reader_init (&reader, any, length);
  for (guint32 i = 0; i < n; i++)
    {
      g_autoptr(CrdtValue) value = crdt_any_read (&reader);
      g_auto(CrdtWriter) json = { 0 };

      if (crdt_value_get_kind (value) == CRDT_VALUE_UNDEFINED)
        crdt_writer_bytes (&json, "undefined", 9);
      else
        crdt_json_write (&json, value);
      crdt_encoder_string (self, json.data, json.len);
    }
}

void
crdt_encoder_delete_client (CrdtEncoder *self,
                            guint64      client,
                            guint32      n_ranges)
{
  crdt_writer_varuint (&self->rest, client);
  crdt_writer_varuint (&self->rest, n_ranges);
  self->delete_clock = 0;
}

void
crdt_encoder_delete (CrdtEncoder *self,
                     guint64      clock,
                     guint64      length)
{
  if (self->v2)
    {
      crdt_writer_varuint (&self->rest, clock - self->delete_clock);
      crdt_writer_varuint (&self->rest, length - 1);
      self->delete_clock = clock + length;
      return;
    }
  crdt_writer_varuint (&self->rest, clock);
  crdt_writer_varuint (&self->rest, length);
}
