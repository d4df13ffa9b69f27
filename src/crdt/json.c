/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * JSON as JavaScript reads and writes it, because embeds and formats travel as JSON
 * text in update v1 and have to come out byte for byte the same.
 */

#include "config.h"

#include "value-private.h"

#include <math.h>
#include <stdlib.h>

typedef struct
{
  const guint8 *at;
  const guint8 *end;
} Json;

static void
skip_space (Json *json)
{
  while (json->at < json->end && (*json->at == ' ' || *json->at == '\t' || *json->at == '\n' || *json->at == '\r'))
    json->at++;
}

static gboolean
skip_word (Json       *json,
           const char *word)
{
  gsize n = strlen (word);

  if ((gsize) (json->end - json->at) < n || memcmp (json->at, word, n) != 0)
    return FALSE;
  json->at += n;
  return TRUE;
}

static gboolean
read_hex4 (Json    *json,
           guint32 *out)
{
  guint32 value = 0;

  if (json->end - json->at < 4)
    return FALSE;
  for (guint i = 0; i < 4; i++)
    {
      int digit = g_ascii_xdigit_value ((char) json->at[i]);

      if (digit < 0)
        return FALSE;
      value = value << 4 | (guint32) digit;
    }
  json->at += 4;
  *out = value;
  return TRUE;
}

/* Reads a string behind its opening quote. Returns: (nullable): bytes with a NUL behind, length in @out_length. */
static char *
read_string (Json  *json,
             gsize *out_length)
{
  g_auto(CrdtWriter) text = { 0 };
  gsize units;

  for (;;)
    {
      const guint8 *run = json->at;
      guint32 c, low;

      while (json->at < json->end && *json->at != '"' && *json->at != '\\' && *json->at >= 0x20)
        json->at++;
      crdt_writer_bytes (&text, run, (gsize) (json->at - run));
      if (json->at >= json->end || *json->at < 0x20)
        return NULL;
      if (*json->at++ == '"')
        break;
      if (json->at >= json->end)
        return NULL;
      switch (*json->at++)
        {
        case '"': c = '"'; break;
        case '\\': c = '\\'; break;
        case '/': c = '/'; break;
        case 'b': c = '\b'; break;
        case 'f': c = '\f'; break;
        case 'n': c = '\n'; break;
        case 'r': c = '\r'; break;
        case 't': c = '\t'; break;
        case 'u':
          if (!read_hex4 (json, &c))
            return NULL;
          if (crdt_is_high_surrogate (c) && json->end - json->at >= 6 && json->at[0] == '\\' && json->at[1] == 'u')
            {
              Json ahead = { json->at + 2, json->end };

              if (read_hex4 (&ahead, &low) && crdt_is_low_surrogate (low))
                {
                  c = 0x10000 + ((c & 0x3FF) << 10 | (low & 0x3FF));
                  json->at = ahead.at;
                }
            }
          if (c >= 0xD800 && c <= 0xDFFF)
            c = 0xFFFD;
          break;
        default:
          return NULL;
        }
      crdt_writer_reserve (&text, 6);
      text.len += (gsize) g_unichar_to_utf8 (c, (char *) text.data + text.len);
    }
  crdt_writer_u8 (&text, 0);
  *out_length = text.len - 1;
  if (!crdt_utf8_scan (text.data, *out_length, &units))
    return NULL;
  return (char *) g_steal_pointer (&text.data);
}

static CrdtValue *
read_number (Json *json)
{
  const guint8 *start = json->at;
  g_autofree char *copy = NULL;

  if (json->at < json->end && *json->at == '-')
    json->at++;
  if (json->at >= json->end || !g_ascii_isdigit (*json->at))
    return NULL;
  if (*json->at == '0')
    json->at++;
  else
    while (json->at < json->end && g_ascii_isdigit (*json->at))
      json->at++;
  if (json->at < json->end && *json->at == '.')
    {
      json->at++;
      if (json->at >= json->end || !g_ascii_isdigit (*json->at))
        return NULL;
      while (json->at < json->end && g_ascii_isdigit (*json->at))
        json->at++;
    }
  if (json->at < json->end && (*json->at == 'e' || *json->at == 'E'))
    {
      json->at++;
      if (json->at < json->end && (*json->at == '+' || *json->at == '-'))
        json->at++;
      if (json->at >= json->end || !g_ascii_isdigit (*json->at))
        return NULL;
      while (json->at < json->end && g_ascii_isdigit (*json->at))
        json->at++;
    }
  copy = g_strndup ((const char *) start, (gsize) (json->at - start));
  return crdt_value_new_number (g_ascii_strtod (copy, NULL));
}

static CrdtValue *
read_scalar (Json *json)
{
  if (json->at >= json->end)
    return NULL;
  switch (*json->at)
    {
    case '"':
      {
        g_autofree char *text = NULL;
        gsize length;

        json->at++;
        text = read_string (json, &length);
        return text != NULL ? crdt_value_new_string (text, (gssize) length) : NULL;
      }
    case 't':
      return skip_word (json, "true") ? crdt_value_new_boolean (TRUE) : NULL;
    case 'f':
      return skip_word (json, "false") ? crdt_value_new_boolean (FALSE) : NULL;
    case 'n':
      return skip_word (json, "null") ? crdt_value_new_null () : NULL;
    default:
      return read_number (json);
    }
}

/* Reads a key and the colon behind it; a key with U+0000 is refused (see read_key() of any). */
static char *
read_member_key (Json *json)
{
  g_autofree char *key = NULL;
  gsize length;

  skip_space (json);
  if (json->at >= json->end || *json->at++ != '"')
    return NULL;
  key = read_string (json, &length);
  if (key == NULL || strlen (key) != length)
    return NULL;
  skip_space (json);
  if (json->at >= json->end || *json->at++ != ':')
    return NULL;
  return g_steal_pointer (&key);
}

/*
 * crdt_json_read:
 *
 * Reads one JSON text, without recursion. Numbers become doubles as in JavaScript.
 *
 * Returns: (transfer full) (nullable): NULL if it is none or nested too deeply
 */
CrdtValue *
crdt_json_read (const guint8 *text,
                gsize         length)
{
  Json json = { text, text + length };
  g_autoptr(CrdtValue) root = NULL;
  /* Objects are filled through lib0's encoding: its reader settles the order of keys in one go. */
  g_auto(CrdtWriter) any = { 0 };
  struct { gsize count_at; guint32 count; guint8 close; } stack[CRDT_VALUE_MAX_DEPTH];
  guint depth = 0;
  CrdtReader reader;

  for (;;)
    {
      skip_space (&json);
      if (json.at >= json.end)
        return NULL;
      if (*json.at == '[' || *json.at == '{')
        {
          gboolean object = *json.at == '{';

          if (depth == CRDT_VALUE_MAX_DEPTH - 1)
            return NULL;
          json.at++;
          crdt_writer_u8 (&any, object ? CRDT_ANY_OBJECT : CRDT_ANY_ARRAY);
          stack[depth].count_at = any.len;
          stack[depth].count = 0;
          stack[depth++].close = object ? '}' : ']';
          /* The count is not known yet: five bytes of an over-long integer are filled in at the end. */
          crdt_writer_bytes (&any, "\x80\x80\x80\x80\x00", 5);
          skip_space (&json);
          if (json.at < json.end && *json.at == stack[depth - 1].close)
            goto close;
          goto member;
        }
      root = read_scalar (&json);
      if (root == NULL)
        return NULL;
      if (depth == 0)
        break;
      crdt_any_write (&any, root);
      g_clear_pointer (&root, crdt_value_unref);
    next:
      stack[depth - 1].count++;
      skip_space (&json);
      if (json.at >= json.end)
        return NULL;
      if (*json.at == ',')
        {
          json.at++;
          goto member;
        }
      if (*json.at != stack[depth - 1].close)
        return NULL;
    close:
      json.at++;
      depth--;
      for (guint i = 0; i < 5; i++)
        any.data[stack[depth].count_at + i] =
          (guint8) ((stack[depth].count >> (7 * i) & 0x7F) | (i < 4 ? 0x80 : 0));
      if (depth == 0)
        {
          crdt_reader_init (&reader, any.data, any.len);
          root = crdt_any_read (&reader);
          break;
        }
      goto next;
    member:
      if (stack[depth - 1].close == '}')
        {
          g_autofree char *key = read_member_key (&json);

          if (key == NULL)
            return NULL;
          crdt_writer_varbytes (&any, key, strlen (key));
        }
    }
  skip_space (&json);
  return json.at == json.end ? g_steal_pointer (&root) : NULL;
}

static void
write_string (CrdtWriter   *writer,
              const guint8 *text,
              gsize         length)
{
  static const char hex[] = "0123456789abcdef";

  crdt_writer_u8 (writer, '"');
  for (gsize i = 0; i < length; i++)
    {
      guint8 c = text[i];

      crdt_writer_reserve (writer, 6);
      if (c == '"' || c == '\\')
        {
          writer->data[writer->len++] = '\\';
          writer->data[writer->len++] = c;
        }
      else if (c >= 0x20)
        writer->data[writer->len++] = c;
      else
        {
          const char *at = memchr ("\bb\ff\nn\rr\tt", c, 10);

          writer->data[writer->len++] = '\\';
          if (at != NULL)
            writer->data[writer->len++] = (guint8) at[1];
          else
            {
              writer->data[writer->len++] = 'u';
              writer->data[writer->len++] = '0';
              writer->data[writer->len++] = '0';
              writer->data[writer->len++] = (guint8) hex[c >> 4];
              writer->data[writer->len++] = (guint8) hex[c & 15];
            }
        }
    }
  crdt_writer_u8 (writer, '"');
}

/* Number::toString of ECMA-262: the shortest digits that read back to the same double. */
static void
write_number (CrdtWriter *writer,
              double      x)
{
  char digits[32], out[64];
  char *mantissa, *e;
  int exponent, n, k = 0;
  guint o = 0;

  if (x != x || x - x != 0)
    {
      crdt_writer_bytes (writer, "null", 4);
      return;
    }
  if (x == 0)
    {
      crdt_writer_u8 (writer, '0');
      return;
    }
  for (int precision = 0; precision <= 16; precision++)
    {
      char format[8];

      g_snprintf (format, sizeof format, "%%.%de", precision);
      g_ascii_formatd (digits, sizeof digits, format, fabs (x));
      if (g_ascii_strtod (digits, NULL) == fabs (x))
        break;
    }
  e = strchr (digits, 'e');
  exponent = atoi (e + 1);
  mantissa = digits;
  for (char *c = digits; c < e; c++)
    if (*c != '.')
      mantissa[k++] = *c;
  n = exponent + 1;
  if (x < 0)
    out[o++] = '-';
  if (k <= n && n <= 21)
    {
      for (int i = 0; i < n; i++)
        out[o++] = i < k ? mantissa[i] : '0';
    }
  else if (0 < n && n <= 21)
    {
      for (int i = 0; i < k; i++)
        {
          if (i == n)
            out[o++] = '.';
          out[o++] = mantissa[i];
        }
    }
  else if (-6 < n && n <= 0)
    {
      out[o++] = '0';
      out[o++] = '.';
      for (int i = n; i < 0; i++)
        out[o++] = '0';
      for (int i = 0; i < k; i++)
        out[o++] = mantissa[i];
    }
  else
    {
      out[o++] = mantissa[0];
      if (k > 1)
        out[o++] = '.';
      for (int i = 1; i < k; i++)
        out[o++] = mantissa[i];
      o += (guint) g_snprintf (out + o, sizeof out - o, "e%c%d", n > 0 ? '+' : '-', abs (n - 1));
    }
  crdt_writer_bytes (writer, out, o);
}

/*
 * crdt_json_write:
 *
 * Appends what JSON.stringify gives: undefined members are left out, undefined items are
 * null. A bigint, which JSON.stringify refuses, is written as a number.
 * Recursion is bounded by CRDT_VALUE_MAX_DEPTH.
 */
void
crdt_json_write (CrdtWriter      *writer,
                 const CrdtValue *value)
{
  const guint8 *data;
  const char *text;
  gsize length;
  gboolean object, first = TRUE;

  switch (crdt_value_get_kind (value))
    {
    case CRDT_VALUE_UNDEFINED:
    case CRDT_VALUE_NULL:
      crdt_writer_bytes (writer, "null", 4);
      break;
    case CRDT_VALUE_BOOLEAN:
      if (crdt_value_get_boolean (value))
        crdt_writer_bytes (writer, "true", 4);
      else
        crdt_writer_bytes (writer, "false", 5);
      break;
    case CRDT_VALUE_NUMBER:
      write_number (writer, crdt_value_get_number (value));
      break;
    case CRDT_VALUE_BIGINT:
      {
        char number[32];
        int n = g_snprintf (number, sizeof number, "%" G_GINT64_FORMAT, crdt_value_get_bigint (value));

        crdt_writer_bytes (writer, number, (gsize) n);
        break;
      }
    case CRDT_VALUE_STRING:
      text = crdt_value_get_string (value, &length);
      write_string (writer, (const guint8 *) text, length);
      break;
    case CRDT_VALUE_BYTES:
      data = crdt_value_get_bytes (value, &length);
      crdt_writer_u8 (writer, '{');
      for (gsize i = 0; i < length; i++)
        {
          char member[48];
          int n = g_snprintf (member, sizeof member, "%s\"%" G_GSIZE_FORMAT "\":%u", i > 0 ? "," : "", i, data[i]);

          crdt_writer_bytes (writer, member, (gsize) n);
        }
      crdt_writer_u8 (writer, '}');
      break;
    case CRDT_VALUE_ARRAY:
    case CRDT_VALUE_OBJECT:
      object = crdt_value_get_kind (value) == CRDT_VALUE_OBJECT;
      crdt_writer_u8 (writer, object ? '{' : '[');
      for (guint i = 0; i < crdt_value_get_n_items (value); i++)
        {
          const CrdtValue *item = crdt_value_get_item (value, i);

          if (object && crdt_value_get_kind (item) == CRDT_VALUE_UNDEFINED)
            continue;
          if (!first)
            crdt_writer_u8 (writer, ',');
          first = FALSE;
          if (object)
            {
              const char *key = crdt_value_get_key (value, i);

              write_string (writer, (const guint8 *) key, strlen (key));
              crdt_writer_u8 (writer, ':');
            }
          crdt_json_write (writer, item);
        }
      crdt_writer_u8 (writer, object ? '}' : ']');
      break;
    }
}
