/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "lib0-private.h"

G_DEFINE_QUARK (crdt-error-quark, crdt_error)

gboolean
crdt_reader_read_varuint_slow (CrdtReader *self,
                               guint64    *out_value)
{
  const guint8 *at = self->at;
  guint64 value = 0;

  if (self->failure != NULL)
    return FALSE;
  for (guint shift = 0; at < self->end; shift += 7)
    {
      guint8 byte = *at++;

      /* 2^53 − 1 fits in 8 groups; zero groups after that are legal but pointless, so 10 bytes are enough. */
      if (shift > 63 || (shift >= 56 && (byte & 0x7F) != 0))
        return crdt_reader_fail (self, CRDT_ERROR_INVALID, "an integer is larger than 2^53 - 1");
      if (shift < 56)
        value |= (guint64) (byte & 0x7F) << shift;
      if (byte < 0x80)
        {
          if (value > CRDT_MAX_INTEGER)
            return crdt_reader_fail (self, CRDT_ERROR_INVALID, "an integer is larger than 2^53 - 1");
          *out_value = value;
          self->at = at;
          return TRUE;
        }
    }
  return crdt_reader_fail (self, CRDT_ERROR_TRUNCATED, "the data ends too early");
}

/* Reads one lib0 `varInt`: sign and magnitude, so that −0 exists. */
gboolean
crdt_reader_read_varint (CrdtReader *self,
                         guint64    *out_magnitude,
                         gboolean   *out_negative)
{
  const guint8 *at = self->at;
  guint64 value;
  guint8 byte;

  if (self->failure != NULL)
    return FALSE;
  if (at >= self->end)
    return crdt_reader_fail (self, CRDT_ERROR_TRUNCATED, "the data ends too early");
  byte = *at++;
  *out_negative = (byte & 0x40) != 0;
  value = byte & 0x3F;
  for (guint shift = 6; (byte & 0x80) != 0; shift += 7)
    {
      if (at >= self->end)
        return crdt_reader_fail (self, CRDT_ERROR_TRUNCATED, "the data ends too early");
      byte = *at++;
      if (shift > 62 || (shift >= 55 && (byte & 0x7F) != 0))
        return crdt_reader_fail (self, CRDT_ERROR_INVALID, "an integer is larger than 2^53 - 1");
      if (shift < 55)
        value |= (guint64) (byte & 0x7F) << shift;
    }
  if (value > CRDT_MAX_INTEGER)
    return crdt_reader_fail (self, CRDT_ERROR_INVALID, "an integer is larger than 2^53 - 1");
  *out_magnitude = value;
  self->at = at;
  return TRUE;
}

/* Reads a varUint length and lends that many bytes. */
gboolean
crdt_reader_read_varbytes (CrdtReader    *self,
                           const guint8 **out_data,
                           gsize         *out_length)
{
  const guint8 *before = self->at;
  guint64 length;

  if (!crdt_reader_read_varuint (self, &length))
    return FALSE;
  if (length > crdt_reader_left (self))
    {
      self->at = before;
      return crdt_reader_fail (self, CRDT_ERROR_TRUNCATED, "a length reaches beyond the end of the data");
    }
  *out_data = self->at;
  *out_length = (gsize) length;
  self->at += length;
  return TRUE;
}

/* Turns the reader's failure into an error; returns FALSE. */
gboolean
crdt_reader_set_error (CrdtReader  *self,
                       const char  *what,
                       GError     **error)
{
  g_set_error (error, CRDT_ERROR, (int) self->code, "%s: %s (near byte %" G_GSIZE_FORMAT ")", what,
               self->failure != NULL ? self->failure : "not well-formed", (gsize) (self->at - self->start));
  return FALSE;
}

void
crdt_writer_grow (CrdtWriter *self,
                  gsize       more)
{
  gsize want = MAX (self->alloc * 2, self->len + more);

  self->alloc = MAX (want, 64);
  self->data = g_realloc (self->data, self->alloc);
}

void
crdt_writer_varint (CrdtWriter *self,
                    guint64     magnitude,
                    gboolean    negative)
{
  crdt_writer_reserve (self, 11);
  self->data[self->len++] = (guint8) ((magnitude > 0x3F ? 0x80 : 0) | (negative ? 0x40 : 0) | (magnitude & 0x3F));
  magnitude >>= 6;
  while (magnitude > 0)
    {
      self->data[self->len++] = (guint8) ((magnitude > 0x7F ? 0x80 : 0) | (magnitude & 0x7F));
      magnitude >>= 7;
    }
}

void
crdt_writer_varbytes (CrdtWriter *self,
                      const void *data,
                      gsize       length)
{
  crdt_writer_varuint (self, length);
  crdt_writer_bytes (self, data, length);
}

/* Gives the written bytes away and leaves the writer empty. */
GBytes *
crdt_writer_to_bytes (CrdtWriter *self)
{
  GBytes *bytes;

  /* Updates are kept for long: do not keep the slack of the growing buffer with them. */
  if (self->alloc - self->len > 64)
    self->data = g_realloc (self->data, MAX (self->len, 1));
  bytes = g_bytes_new_take (self->data, self->len);
  memset (self, 0, sizeof *self);
  return bytes;
}

/*
 * Checks that the bytes are UTF-8 as the WHATWG decoder of the reference does in its
 * fatal mode (no over-long forms, no surrogates, nothing above U+10FFFF; U+0000 and a
 * byte order mark are text) and counts UTF-16 units. All ASCII means units = bytes.
 */
gboolean
crdt_utf8_scan (const guint8 *text,
                gsize         n_bytes,
                gsize        *out_units)
{
  gsize i = 0;
  gsize units = 0;

  while (i < n_bytes)
    {
      guint8 lead = text[i];
      guint32 c;
      guint n;

      while (n_bytes - i >= 8)
        {
          guint64 eight;

          memcpy (&eight, text + i, 8);
          if ((eight & G_GUINT64_CONSTANT (0x8080808080808080)) != 0)
            break;
          i += 8;
          units += 8;
        }
      if (i >= n_bytes)
        break;
      lead = text[i];
      if (lead < 0x80)
        {
          i++;
          units++;
          continue;
        }
      if (lead >= 0xC2 && lead <= 0xDF)
        n = 1, c = lead & 0x1F;
      else if ((lead & 0xF0) == 0xE0)
        n = 2, c = lead & 0x0F;
      else if (lead >= 0xF0 && lead <= 0xF4)
        n = 3, c = lead & 0x07;
      else
        return FALSE;
      if (n_bytes - i <= n)
        return FALSE;
      for (guint k = 1; k <= n; k++)
        {
          if ((text[i + k] & 0xC0) != 0x80)
            return FALSE;
          c = c << 6 | (text[i + k] & 0x3F);
        }
      if ((n == 2 && (c < 0x800 || (c >= 0xD800 && c <= 0xDFFF))) || (n == 3 && (c < 0x10000 || c > 0x10FFFF)))
        return FALSE;
      i += n + 1;
      units += n == 3 ? 2 : 1;
    }
  *out_units = units;
  return TRUE;
}

/* Converts checked UTF-8; @out has room for the units that crdt_utf8_scan() counted. */
void
crdt_utf8_to_utf16 (const guint8 *text,
                    gsize         n_bytes,
                    guint16      *out)
{
  const guint8 *end = text + n_bytes;

  while (text < end)
    {
      guint8 lead = *text;

      if (lead < 0x80)
        {
          *out++ = lead;
          text += 1;
        }
      else if (lead < 0xE0)
        {
          *out++ = (guint16) ((lead & 0x1F) << 6 | (text[1] & 0x3F));
          text += 2;
        }
      else if (lead < 0xF0)
        {
          *out++ = (guint16) ((lead & 0x0F) << 12 | (text[1] & 0x3F) << 6 | (text[2] & 0x3F));
          text += 3;
        }
      else
        {
          guint32 c = (guint32) (lead & 0x07) << 18 | (guint32) (text[1] & 0x3F) << 12
                      | (guint32) (text[2] & 0x3F) << 6 | (text[3] & 0x3F);

          c -= 0x10000;
          *out++ = (guint16) (0xD800 | c >> 10);
          *out++ = (guint16) (0xDC00 | (c & 0x3FF));
          text += 4;
        }
    }
}

/* How many bytes crdt_utf16_to_utf8() writes. */
gsize
crdt_utf16_utf8_size (const guint16 *text,
                      gsize          n_units)
{
  gsize size = 0;

  for (gsize i = 0; i < n_units; i++)
    {
      guint16 u = text[i];

      if (crdt_is_high_surrogate (u) && i + 1 < n_units && crdt_is_low_surrogate (text[i + 1]))
        {
          size += 4;
          i++;
        }
      else
        size += u < 0x80 ? 1 : u < 0x800 ? 2 : 3;
    }
  return size;
}

/* Writes UTF-8, a lone surrogate as U+FFFD like the reference; returns one past the last byte. */
guint8 *
crdt_utf16_to_utf8 (const guint16 *text,
                    gsize          n_units,
                    guint8        *out)
{
  for (gsize i = 0; i < n_units; i++)
    {
      guint32 c = text[i];

      if (c < 0x80)
        {
          *out++ = (guint8) c;
          continue;
        }
      if (c < 0x800)
        {
          *out++ = (guint8) (0xC0 | c >> 6);
          *out++ = (guint8) (0x80 | (c & 0x3F));
          continue;
        }
      if (crdt_is_high_surrogate (c) && i + 1 < n_units && crdt_is_low_surrogate (text[i + 1]))
        {
          c = 0x10000 + ((c & 0x3FF) << 10 | (text[++i] & 0x3FF));
          *out++ = (guint8) (0xF0 | c >> 18);
          *out++ = (guint8) (0x80 | (c >> 12 & 0x3F));
          *out++ = (guint8) (0x80 | (c >> 6 & 0x3F));
          *out++ = (guint8) (0x80 | (c & 0x3F));
          continue;
        }
      if (c >= 0xD800 && c <= 0xDFFF)
        c = 0xFFFD;
      *out++ = (guint8) (0xE0 | c >> 12);
      *out++ = (guint8) (0x80 | (c >> 6 & 0x3F));
      *out++ = (guint8) (0x80 | (c & 0x3F));
    }
  return out;
}
