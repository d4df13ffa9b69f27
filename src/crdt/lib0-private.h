/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The primitive encodings of lib0, which every Yjs format is made of.
 *
 * A reader remembers its first failure and then fails every further read, so
 * callers may check once at the end of a group of fields. A failed read leaves
 * the cursor where it was.
 */

#pragma once

#include "error.h"

#include <string.h>

G_BEGIN_DECLS

/** Largest integer that JavaScript can count to: 2^53 − 1. */
#define CRDT_MAX_INTEGER ((guint64) 9007199254740991)

typedef struct
{
  const guint8 *at;      /* next byte to read */
  const guint8 *end;     /* one past the last */
  const guint8 *start;   /* for positions in messages */
  const char   *failure; /* why the first read failed, or NULL; static */
  CrdtError     code;    /* of @failure */
} CrdtReader;

typedef struct
{
  guint8 *data;  /* owned */
  gsize   len;
  gsize   alloc;
} CrdtWriter;

static inline void
crdt_reader_init (CrdtReader   *self,
                  const guint8 *data,
                  gsize         length)
{
  /* An empty array may be NULL, to which nothing can be added. */
  self->at = self->start = data != NULL ? data : (const guint8 *) "";
  self->end = self->at + length;
  self->failure = NULL;
  self->code = CRDT_ERROR_INVALID;
}

static inline gsize
crdt_reader_left (const CrdtReader *self)
{
  return (gsize) (self->end - self->at);
}

/* Remembers the first failure, which stops all further reads. Returns FALSE. */
static inline gboolean
crdt_reader_fail (CrdtReader *self,
                  CrdtError   code,
                  const char *why)
{
  if (self->failure == NULL)
    {
      self->failure = why;
      self->code = code;
    }
  return FALSE;
}

gboolean crdt_reader_read_varuint_slow (CrdtReader    *self,
                                        guint64       *out_value);
gboolean crdt_reader_read_varint       (CrdtReader    *self,
                                        guint64       *out_magnitude,
                                        gboolean      *out_negative);
gboolean crdt_reader_read_varbytes     (CrdtReader    *self,
                                        const guint8 **out_data,
                                        gsize         *out_length);
gboolean crdt_reader_set_error         (CrdtReader    *self,
                                        const char    *what,
                                        GError       **error);

/* Reads one byte. */
static inline gboolean
crdt_reader_read_u8 (CrdtReader *self,
                     guint8     *out_value)
{
  if (self->at >= self->end || self->failure != NULL)
    return crdt_reader_fail (self, CRDT_ERROR_TRUNCATED, "the data ends too early");
  *out_value = *self->at++;
  return TRUE;
}

/* Reads one lib0 `varUint`: 7 bits a byte, low group first, high bit = more. At most 2^53 − 1. */
static inline gboolean
crdt_reader_read_varuint (CrdtReader *self,
                          guint64    *out_value)
{
  if (self->at < self->end && *self->at < 0x80 && self->failure == NULL)
    {
      *out_value = *self->at++;
      return TRUE;
    }
  return crdt_reader_read_varuint_slow (self, out_value);
}

void crdt_writer_grow          (CrdtWriter   *self,
                                gsize         more);
void crdt_writer_varint        (CrdtWriter   *self,
                                guint64       magnitude,
                                gboolean      negative);
void crdt_writer_varbytes      (CrdtWriter   *self,
                                const void   *data,
                                gsize         length);
GBytes *crdt_writer_to_bytes   (CrdtWriter   *self);

static inline void
crdt_writer_clear (CrdtWriter *self)
{
  g_free (self->data);
  memset (self, 0, sizeof *self);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CrdtWriter, crdt_writer_clear)

/* Makes sure that @more bytes can be stored at data + len. */
static inline void
crdt_writer_reserve (CrdtWriter *self,
                     gsize       more)
{
  if (G_UNLIKELY (self->alloc - self->len < more))
    crdt_writer_grow (self, more);
}

static inline void
crdt_writer_u8 (CrdtWriter *self,
                guint8      value)
{
  crdt_writer_reserve (self, 1);
  self->data[self->len++] = value;
}

static inline void
crdt_writer_bytes (CrdtWriter *self,
                   const void *data,
                   gsize       length)
{
  if (length == 0)
    return;
  crdt_writer_reserve (self, length);
  memcpy (self->data + self->len, data, length);
  self->len += length;
}

static inline void
crdt_writer_varuint (CrdtWriter *self,
                     guint64     value)
{
  crdt_writer_reserve (self, 10);
  while (value >= 0x80)
    {
      self->data[self->len++] = (guint8) (value | 0x80);
      value >>= 7;
    }
  self->data[self->len++] = (guint8) value;
}

/* UTF-8 and UTF-16 */

gboolean crdt_utf8_scan        (const guint8  *text,
                                gsize          n_bytes,
                                gsize         *out_units);
void     crdt_utf8_to_utf16    (const guint8  *text,
                                gsize          n_bytes,
                                guint16       *out);
gsize    crdt_utf16_utf8_size  (const guint16 *text,
                                gsize          n_units);
guint8  *crdt_utf16_to_utf8    (const guint16 *text,
                                gsize          n_units,
                                guint8        *out);

#define crdt_is_high_surrogate(u) (((u) & 0xFC00) == 0xD800)
#define crdt_is_low_surrogate(u)  (((u) & 0xFC00) == 0xDC00)

G_END_DECLS
