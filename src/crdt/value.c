/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "value-private.h"

#include <math.h>

struct _CrdtValue
{
  gatomicrefcount ref_count;
  guint8          kind;       /* CrdtValueKind */
  guint8          depth;      /* 1 for a scalar */
  union
  {
    gboolean      boolean;
    double        number;
    gint64        bigint;
    struct
    {
      char       *data;       /* owned, NUL after the last byte */
      gsize       length;
    } string;                 /* STRING and BYTES */
    struct
    {
      CrdtValue **items;      /* owned references */
      char      **keys;       /* owned, NULL in an array */
      guint       n;
      guint       alloc;
    } list;                   /* ARRAY and OBJECT */
  };
};

static CrdtValue *
value_new (CrdtValueKind kind)
{
  CrdtValue *self = g_new0 (CrdtValue, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->kind = (guint8) kind;
  self->depth = 1;
  return self;
}

/**
 * crdt_value_ref:
 *
 * Returns: (transfer full): @self
 */
CrdtValue *
crdt_value_ref (CrdtValue *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * crdt_value_unref:
 * @self: (nullable): a value
 */
void
crdt_value_unref (CrdtValue *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->ref_count))
    return;
  if (self->kind == CRDT_VALUE_STRING || self->kind == CRDT_VALUE_BYTES)
    g_free (self->string.data);
  else if (self->kind == CRDT_VALUE_ARRAY || self->kind == CRDT_VALUE_OBJECT)
    {
      /* Depth is at most CRDT_VALUE_MAX_DEPTH by construction. */
      for (guint i = 0; i < self->list.n; i++)
        {
          crdt_value_unref (self->list.items[i]);
          if (self->list.keys != NULL)
            g_free (self->list.keys[i]);
        }
      g_free (self->list.items);
      g_free (self->list.keys);
    }
  g_free (self);
}

CrdtValue *
crdt_value_new_undefined (void)
{
  return value_new (CRDT_VALUE_UNDEFINED);
}

CrdtValue *
crdt_value_new_null (void)
{
  return value_new (CRDT_VALUE_NULL);
}

CrdtValue *
crdt_value_new_boolean (gboolean value)
{
  CrdtValue *self = value_new (CRDT_VALUE_BOOLEAN);

  self->boolean = value != FALSE;
  return self;
}

CrdtValue *
crdt_value_new_number (double value)
{
  CrdtValue *self = value_new (CRDT_VALUE_NUMBER);

  self->number = value;
  return self;
}

CrdtValue *
crdt_value_new_bigint (gint64 value)
{
  CrdtValue *self = value_new (CRDT_VALUE_BIGINT);

  self->bigint = value;
  return self;
}

static CrdtValue *
value_new_data (CrdtValueKind kind,
                const void   *data,
                gsize         length)
{
  CrdtValue *self = value_new (kind);

  self->string.data = g_malloc (length + 1);
  if (length > 0)
    memcpy (self->string.data, data, length);
  self->string.data[length] = '\0';
  self->string.length = length;
  return self;
}

/**
 * crdt_value_new_string:
 * @text: UTF-8; may hold U+0000 when @length is given
 * @length: bytes, or -1 if NUL-terminated
 *
 * Returns: (transfer full): a string; invalid UTF-8 is a programming error
 */
CrdtValue *
crdt_value_new_string (const char *text,
                       gssize      length)
{
  gsize n = length < 0 ? strlen (text) : (gsize) length;
  gsize units;

  g_return_val_if_fail (crdt_utf8_scan ((const guint8 *) text, n, &units), NULL);
  return value_new_data (CRDT_VALUE_STRING, text, n);
}

CrdtValue *
crdt_value_new_bytes (const guint8 *data,
                      gsize         length)
{
  return value_new_data (CRDT_VALUE_BYTES, data, length);
}

CrdtValue *
crdt_value_new_array (void)
{
  return value_new (CRDT_VALUE_ARRAY);
}

CrdtValue *
crdt_value_new_object (void)
{
  return value_new (CRDT_VALUE_OBJECT);
}

static void
list_add (CrdtValue *self,
          char      *key,
          CrdtValue *item)
{
  if (self->list.n == self->list.alloc)
    {
      self->list.alloc = MAX (4, self->list.alloc * 2);
      self->list.items = g_renew (CrdtValue *, self->list.items, self->list.alloc);
      if (self->kind == CRDT_VALUE_OBJECT)
        self->list.keys = g_renew (char *, self->list.keys, self->list.alloc);
    }
  if (self->kind == CRDT_VALUE_OBJECT)
    self->list.keys[self->list.n] = key;
  self->list.items[self->list.n++] = item;
  self->depth = MAX (self->depth, item->depth + 1);
}

/**
 * crdt_value_append:
 * @self: an array that is not shared yet
 * @item: (transfer full): what to put at its end
 */
void
crdt_value_append (CrdtValue *self,
                   CrdtValue *item)
{
  g_return_if_fail (self->kind == CRDT_VALUE_ARRAY);
  g_return_if_fail (item->depth < CRDT_VALUE_MAX_DEPTH);
  list_add (self, NULL, item);
}

/* JavaScript puts keys that are array indexes first, in numeric order. Returns -1 for another key. */
static gint64
key_index (const char *key)
{
  gint64 value = 0;

  if (*key == '\0' || (*key == '0' && key[1] != '\0'))
    return -1;
  for (const char *c = key; *c != '\0'; c++)
    {
      if (*c < '0' || *c > '9' || c - key >= 10)
        return -1;
      value = value * 10 + (*c - '0');
    }
  return value <= 4294967294 ? value : -1;
}

typedef struct
{
  gint64     index;
  guint      order;
  char      *key;
  CrdtValue *item;
} Member;

static int
compare_members (const void *a,
                 const void *b)
{
  const Member *x = a;
  const Member *y = b;

  if ((x->index >= 0) != (y->index >= 0))
    return x->index >= 0 ? -1 : 1;
  if (x->index != y->index)
    return x->index < y->index ? -1 : 1;
  return x->order < y->order ? -1 : 1;
}

/* Gives an object's members the order and uniqueness they have in JavaScript: O(n log n) for hostile input. */
static void
object_settle (CrdtValue *self)
{
  g_autoptr(GHashTable) seen = NULL;
  gboolean any_index = FALSE;
  guint n = 0;

  if (self->list.n == 0)
    return;
  if (self->list.n > 1)
    seen = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < self->list.n; i++)
    {
      gpointer at = NULL;

      if (seen != NULL && g_hash_table_lookup_extended (seen, self->list.keys[i], NULL, &at))
        {
          guint first = GPOINTER_TO_UINT (at);

          crdt_value_unref (self->list.items[first]);
          self->list.items[first] = self->list.items[i];
          g_free (self->list.keys[i]);
          continue;
        }
      self->list.keys[n] = self->list.keys[i];
      self->list.items[n] = self->list.items[i];
      any_index = any_index || key_index (self->list.keys[n]) >= 0;
      if (seen != NULL)
        g_hash_table_insert (seen, self->list.keys[n], GUINT_TO_POINTER (n));
      n++;
    }
  self->list.n = n;
  if (any_index)
    {
      g_autofree Member *members = g_new (Member, n);

      for (guint i = 0; i < n; i++)
        members[i] = (Member) { key_index (self->list.keys[i]), i, self->list.keys[i], self->list.items[i] };
      qsort (members, n, sizeof *members, compare_members);
      for (guint i = 0; i < n; i++)
        {
          self->list.keys[i] = members[i].key;
          self->list.items[i] = members[i].item;
        }
    }
}

/**
 * crdt_value_set:
 * @self: an object that is not shared yet
 * @key: name of the member
 * @value: (transfer full): its value, which replaces an older one
 */
void
crdt_value_set (CrdtValue  *self,
                const char *key,
                CrdtValue  *value)
{
  g_return_if_fail (self->kind == CRDT_VALUE_OBJECT);
  g_return_if_fail (value->depth < CRDT_VALUE_MAX_DEPTH);
  list_add (self, g_strdup (key), value);
  object_settle (self);
}

CrdtValueKind
crdt_value_get_kind (const CrdtValue *self)
{
  return (CrdtValueKind) self->kind;
}

/** Returns: the boolean, FALSE if @self is of another kind. */
gboolean
crdt_value_get_boolean (const CrdtValue *self)
{
  return self->kind == CRDT_VALUE_BOOLEAN && self->boolean;
}

/** Returns: the number, 0 if @self is neither number nor bigint. */
double
crdt_value_get_number (const CrdtValue *self)
{
  return self->kind == CRDT_VALUE_NUMBER ? self->number
         : self->kind == CRDT_VALUE_BIGINT ? (double) self->bigint : 0;
}

gint64
crdt_value_get_bigint (const CrdtValue *self)
{
  return self->kind == CRDT_VALUE_BIGINT ? self->bigint : 0;
}

/**
 * crdt_value_get_string:
 * @length: (out) (optional): bytes
 *
 * Returns: (nullable): the text, lent; NULL if @self is no string
 */
const char *
crdt_value_get_string (const CrdtValue *self,
                       gsize           *length)
{
  if (self->kind != CRDT_VALUE_STRING)
    return NULL;
  if (length != NULL)
    *length = self->string.length;
  return self->string.data;
}

const guint8 *
crdt_value_get_bytes (const CrdtValue *self,
                      gsize           *length)
{
  if (self->kind != CRDT_VALUE_BYTES)
    return NULL;
  *length = self->string.length;
  return (const guint8 *) self->string.data;
}

/** Returns: how many items an array or members an object has; 0 for others. */
guint
crdt_value_get_n_items (const CrdtValue *self)
{
  return self->kind >= CRDT_VALUE_ARRAY ? self->list.n : 0;
}

/** Returns: (transfer none) (nullable): the item at @index, NULL beyond the end. */
CrdtValue *
crdt_value_get_item (const CrdtValue *self,
                     guint            index)
{
  return index < crdt_value_get_n_items (self) ? self->list.items[index] : NULL;
}

const char *
crdt_value_get_key (const CrdtValue *self,
                    guint            index)
{
  return self->kind == CRDT_VALUE_OBJECT && index < self->list.n ? self->list.keys[index] : NULL;
}

/** Returns: (transfer none) (nullable): the member called @key of an object. */
CrdtValue *
crdt_value_get (const CrdtValue *self,
                const char      *key)
{
  if (self->kind == CRDT_VALUE_OBJECT)
    for (guint i = 0; i < self->list.n; i++)
      if (strcmp (self->list.keys[i], key) == 0)
        return self->list.items[i];
  return NULL;
}

/**
 * crdt_value_equal:
 *
 * Compares deeply; the order of an object's members does not matter, NaN equals NaN.
 */
gboolean
crdt_value_equal (const CrdtValue *a,
                  const CrdtValue *b)
{
  if (a == b)
    return TRUE;
  if (a == NULL || b == NULL || a->kind != b->kind)
    return FALSE;
  switch ((CrdtValueKind) a->kind)
    {
    case CRDT_VALUE_UNDEFINED:
    case CRDT_VALUE_NULL:
      return TRUE;
    case CRDT_VALUE_BOOLEAN:
      return a->boolean == b->boolean;
    case CRDT_VALUE_NUMBER:
      return a->number == b->number || (a->number != a->number && b->number != b->number);
    case CRDT_VALUE_BIGINT:
      return a->bigint == b->bigint;
    case CRDT_VALUE_STRING:
    case CRDT_VALUE_BYTES:
      return a->string.length == b->string.length && memcmp (a->string.data, b->string.data, a->string.length) == 0;
    case CRDT_VALUE_ARRAY:
    case CRDT_VALUE_OBJECT:
      break;
    }
  if (a->list.n != b->list.n)
    return FALSE;
  for (guint i = 0; i < a->list.n; i++)
    {
      const CrdtValue *other = a->kind == CRDT_VALUE_ARRAY ? b->list.items[i]
                               : strcmp (a->list.keys[i], b->list.keys[i]) == 0 ? b->list.items[i]
                               : crdt_value_get (b, a->list.keys[i]);

      if (!crdt_value_equal (a->list.items[i], other))
        return FALSE;
    }
  return TRUE;
}

/* lib0 `any` */

static gboolean
number_is_integer (double x)
{
  return x >= -2147483647.0 && x <= 2147483647.0 && x == (double) (gint64) x;
}

static double
read_float (const guint8 *at,
            gboolean      wide)
{
  if (wide)
    {
      guint64 bits;
      double value;

      memcpy (&bits, at, 8);
      bits = GUINT64_FROM_BE (bits);
      memcpy (&value, &bits, 8);
      return value;
    }
  else
    {
      guint32 bits;
      float value;

      memcpy (&bits, at, 4);
      bits = GUINT32_FROM_BE (bits);
      memcpy (&value, &bits, 4);
      return (double) value;
    }
}

static gboolean
fits_float32 (double x)
{
  /* The conversion of a value out of range is undefined in C, infinities are not. */
  if (x != x)
    return FALSE;
  if (x - x == 0 && (x > 3.4028234663852886e38 || x < -3.4028234663852886e38))
    return FALSE;
  return (double) (float) x == x;
}

/* Reads one scalar of an `any` whose tag has been read. */
static CrdtValue *
any_read_scalar (CrdtReader *reader,
                 guint8      tag)
{
  guint64 magnitude;
  gboolean negative;
  const guint8 *data;
  gsize length, units;

  switch (tag)
    {
    case CRDT_ANY_UNDEFINED:
      return crdt_value_new_undefined ();
    case CRDT_ANY_NULL:
      return crdt_value_new_null ();
    case CRDT_ANY_TRUE:
    case CRDT_ANY_FALSE:
      return crdt_value_new_boolean (tag == CRDT_ANY_TRUE);
    case CRDT_ANY_INTEGER:
      if (!crdt_reader_read_varint (reader, &magnitude, &negative))
        return NULL;
      return crdt_value_new_number (negative ? -(double) magnitude : (double) magnitude);
    case CRDT_ANY_FLOAT32:
    case CRDT_ANY_FLOAT64:
    case CRDT_ANY_BIGINT:
      length = tag == CRDT_ANY_FLOAT32 ? 4 : 8;
      if (crdt_reader_left (reader) < length)
        {
          crdt_reader_fail (reader, CRDT_ERROR_TRUNCATED, "a number is cut");
          return NULL;
        }
      data = reader->at;
      reader->at += length;
      if (tag == CRDT_ANY_BIGINT)
        {
          guint64 bits;

          memcpy (&bits, data, 8);
          return crdt_value_new_bigint ((gint64) GUINT64_FROM_BE (bits));
        }
      return crdt_value_new_number (read_float (data, tag == CRDT_ANY_FLOAT64));
    case CRDT_ANY_STRING:
    case CRDT_ANY_BYTES:
      if (!crdt_reader_read_varbytes (reader, &data, &length))
        return NULL;
      if (tag == CRDT_ANY_STRING && !crdt_utf8_scan (data, length, &units))
        {
          crdt_reader_fail (reader, CRDT_ERROR_INVALID, "a string is not UTF-8");
          return NULL;
        }
      return value_new_data (tag == CRDT_ANY_STRING ? CRDT_VALUE_STRING : CRDT_VALUE_BYTES, data, length);
    default:
      crdt_reader_fail (reader, CRDT_ERROR_INVALID, "an unknown tag of a value");
      return NULL;
    }
}

/* One array or object that is being read. */
typedef struct
{
  CrdtValue *value; /* owned by the bottom of the stack */
  guint64    left;  /* members to come */
  char      *key;   /* owned: of the member to come, in an object */
} Open;

/* A key with U+0000 cannot be a C string: the part behind it would get lost without a word. */
static char *
read_key (CrdtReader *reader)
{
  const guint8 *data;
  gsize length, units;

  if (!crdt_reader_read_varbytes (reader, &data, &length))
    return NULL;
  if (!crdt_utf8_scan (data, length, &units))
    {
      crdt_reader_fail (reader, CRDT_ERROR_INVALID, "a string is not UTF-8");
      return NULL;
    }
  if (length > 0 && memchr (data, 0, length) != NULL)
    {
      crdt_reader_fail (reader, CRDT_ERROR_INVALID, "an object key holds U+0000");
      return NULL;
    }
  return g_strndup ((const char *) data, length);
}

/*
 * crdt_any_read:
 * @reader: at the tag
 *
 * Reads one `any`. Returns: (transfer full) (nullable): NULL when the reader has failed.
 */
CrdtValue *
crdt_any_read (CrdtReader *reader)
{
  Open stack[CRDT_VALUE_MAX_DEPTH];
  guint depth = 0;
  CrdtValue *value;

  for (;;)
    {
      guint8 tag;
      guint64 count;

      value = NULL;
      if (!crdt_reader_read_u8 (reader, &tag))
        break;
      if (tag == CRDT_ANY_ARRAY || tag == CRDT_ANY_OBJECT)
        {
          if (!crdt_reader_read_varuint (reader, &count))
            break;
          if (count > crdt_reader_left (reader) / (tag == CRDT_ANY_OBJECT ? 2 : 1))
            {
              crdt_reader_fail (reader, CRDT_ERROR_TRUNCATED, "a count is larger than the data");
              break;
            }
          if (depth == CRDT_VALUE_MAX_DEPTH - 1)
            {
              crdt_reader_fail (reader, CRDT_ERROR_LIMIT, "a value is nested too deeply");
              break;
            }
          value = value_new (tag == CRDT_ANY_ARRAY ? CRDT_VALUE_ARRAY : CRDT_VALUE_OBJECT);
          if (count > 0)
            {
              stack[depth++] = (Open) { value, count, NULL };
              if (tag == CRDT_ANY_OBJECT && (stack[depth - 1].key = read_key (reader)) == NULL)
                {
                  value = NULL; /* on the stack */
                  break;
                }
              continue;
            }
        }
      else
        value = any_read_scalar (reader, tag);
      if (value == NULL)
        break;
      /* The value is whole: put it into its parent, which may be whole by that too. */
      while (depth > 0)
        {
          Open *open = &stack[depth - 1];

          list_add (open->value, g_steal_pointer (&open->key), value);
          value = NULL;
          if (--open->left > 0)
            {
              if (open->value->kind == CRDT_VALUE_OBJECT)
                open->key = read_key (reader);
              break;
            }
          if (open->value->kind == CRDT_VALUE_OBJECT)
            object_settle (open->value);
          value = open->value;
          depth--;
        }
      if (value != NULL)
        return value;
      if (reader->failure != NULL)
        break;
    }
  crdt_value_unref (value);
  while (depth > 0)
    {
      g_free (stack[--depth].key);
      crdt_value_unref (stack[depth].value);
    }
  return NULL;
}

/*
 * crdt_any_skip:
 * @out_canonical: (out): whether crdt_any_write() would give the same bytes
 *
 * Checks one `any` and moves behind it, without building it.
 */
gboolean
crdt_any_skip (CrdtReader *reader,
               gboolean   *out_canonical)
{
  guint64 left[CRDT_VALUE_MAX_DEPTH];
  gboolean object[CRDT_VALUE_MAX_DEPTH];
  guint depth = 0;

  *out_canonical = TRUE;
  for (;;)
    {
      const guint8 *at = reader->at;
      const guint8 *data;
      guint64 magnitude;
      gboolean negative;
      gsize length, units;
      guint8 tag;

      if (!crdt_reader_read_u8 (reader, &tag))
        return FALSE;
      switch (tag)
        {
        case CRDT_ANY_UNDEFINED:
        case CRDT_ANY_NULL:
        case CRDT_ANY_TRUE:
        case CRDT_ANY_FALSE:
          break;
        case CRDT_ANY_INTEGER:
          if (!crdt_reader_read_varint (reader, &magnitude, &negative))
            return FALSE;
          if (magnitude > G_MAXINT32 || (reader->at - at > 2 && reader->at[-1] == 0))
            *out_canonical = FALSE;
          break;
        case CRDT_ANY_FLOAT32:
        case CRDT_ANY_FLOAT64:
        case CRDT_ANY_BIGINT:
          length = tag == CRDT_ANY_FLOAT32 ? 4 : 8;
          if (crdt_reader_left (reader) < length)
            return crdt_reader_fail (reader, CRDT_ERROR_TRUNCATED, "a number is cut");
          if (tag != CRDT_ANY_BIGINT)
            {
              double x = read_float (reader->at, tag == CRDT_ANY_FLOAT64);

              if (x != x || number_is_integer (x) || (tag == CRDT_ANY_FLOAT64 && fits_float32 (x)))
                *out_canonical = FALSE;
            }
          reader->at += length;
          break;
        case CRDT_ANY_STRING:
        case CRDT_ANY_BYTES:
          if (!crdt_reader_read_varbytes (reader, &data, &length))
            return FALSE;
          if (tag == CRDT_ANY_STRING && !crdt_utf8_scan (data, length, &units))
            return crdt_reader_fail (reader, CRDT_ERROR_INVALID, "a string is not UTF-8");
          if (data - at > 2 && data[-1] == 0)
            *out_canonical = FALSE;
          break;
        case CRDT_ANY_ARRAY:
        case CRDT_ANY_OBJECT:
          if (!crdt_reader_read_varuint (reader, &magnitude))
            return FALSE;
          if (magnitude > crdt_reader_left (reader) / (tag == CRDT_ANY_OBJECT ? 2 : 1))
            return crdt_reader_fail (reader, CRDT_ERROR_TRUNCATED, "a count is larger than the data");
          if (depth == CRDT_VALUE_MAX_DEPTH - 1)
            return crdt_reader_fail (reader, CRDT_ERROR_LIMIT, "a value is nested too deeply");
          if (reader->at - at > 2 && reader->at[-1] == 0)
            *out_canonical = FALSE;
          if (tag == CRDT_ANY_OBJECT && magnitude > 1)
            *out_canonical = FALSE; /* maybe: keys may be double or numeric, which only building it tells */
          if (magnitude > 0)
            {
              left[depth] = magnitude;
              object[depth++] = tag == CRDT_ANY_OBJECT;
              goto member;
            }
          break;
        default:
          return crdt_reader_fail (reader, CRDT_ERROR_INVALID, "an unknown tag of a value");
        }
      while (depth > 0 && --left[depth - 1] == 0)
        depth--;
      if (depth == 0)
        return TRUE;
    member:
      if (object[depth - 1])
        {
          at = reader->at;
          if (!crdt_reader_read_varbytes (reader, &data, &length))
            return FALSE;
          if (!crdt_utf8_scan (data, length, &units))
            return crdt_reader_fail (reader, CRDT_ERROR_INVALID, "a string is not UTF-8");
          if (length > 0 && memchr (data, 0, length) != NULL)
            return crdt_reader_fail (reader, CRDT_ERROR_INVALID, "an object key holds U+0000");
          if (data - at > 1 && data[-1] == 0)
            *out_canonical = FALSE;
        }
    }
}

/* Checks one `any` and appends it in the one form that the reference writes. */
gboolean
crdt_any_copy_canonical (CrdtReader *reader,
                         CrdtWriter *writer)
{
  CrdtReader before = *reader;
  g_autoptr(CrdtValue) value = NULL;
  gboolean canonical;

  if (!crdt_any_skip (reader, &canonical))
    return FALSE;
  if (canonical)
    {
      crdt_writer_bytes (writer, before.at, (gsize) (reader->at - before.at));
      return TRUE;
    }
  value = crdt_any_read (&before);
  if (value == NULL)
    return crdt_reader_fail (reader, before.code, before.failure);
  crdt_any_write (writer, value);
  return TRUE;
}

/* Writes one `any` as lib0 does. Recursion is bounded by CRDT_VALUE_MAX_DEPTH. */
void
crdt_any_write (CrdtWriter      *writer,
                const CrdtValue *value)
{
  switch ((CrdtValueKind) value->kind)
    {
    case CRDT_VALUE_UNDEFINED:
      crdt_writer_u8 (writer, CRDT_ANY_UNDEFINED);
      break;
    case CRDT_VALUE_NULL:
      crdt_writer_u8 (writer, CRDT_ANY_NULL);
      break;
    case CRDT_VALUE_BOOLEAN:
      crdt_writer_u8 (writer, value->boolean ? CRDT_ANY_TRUE : CRDT_ANY_FALSE);
      break;
    case CRDT_VALUE_NUMBER:
      {
        double x = value->number;
        gboolean negative = signbit (x) != 0;

        if (number_is_integer (x))
          {
            crdt_writer_u8 (writer, CRDT_ANY_INTEGER);
            crdt_writer_varint (writer, (guint64) (negative ? -x : x), negative);
          }
        else if (fits_float32 (x))
          {
            float f = (float) x;
            guint32 bits;

            memcpy (&bits, &f, 4);
            bits = GUINT32_TO_BE (bits);
            crdt_writer_u8 (writer, CRDT_ANY_FLOAT32);
            crdt_writer_bytes (writer, &bits, 4);
          }
        else
          {
            guint64 bits;

            memcpy (&bits, &x, 8);
            if (x != x)
              bits = G_GUINT64_CONSTANT (0x7FF8000000000000);
            bits = GUINT64_TO_BE (bits);
            crdt_writer_u8 (writer, CRDT_ANY_FLOAT64);
            crdt_writer_bytes (writer, &bits, 8);
          }
        break;
      }
    case CRDT_VALUE_BIGINT:
      {
        guint64 bits = GUINT64_TO_BE ((guint64) value->bigint);

        crdt_writer_u8 (writer, CRDT_ANY_BIGINT);
        crdt_writer_bytes (writer, &bits, 8);
        break;
      }
    case CRDT_VALUE_STRING:
    case CRDT_VALUE_BYTES:
      crdt_writer_u8 (writer, value->kind == CRDT_VALUE_STRING ? CRDT_ANY_STRING : CRDT_ANY_BYTES);
      crdt_writer_varbytes (writer, value->string.data, value->string.length);
      break;
    case CRDT_VALUE_ARRAY:
    case CRDT_VALUE_OBJECT:
      crdt_writer_u8 (writer, value->kind == CRDT_VALUE_ARRAY ? CRDT_ANY_ARRAY : CRDT_ANY_OBJECT);
      crdt_writer_varuint (writer, value->list.n);
      for (guint i = 0; i < value->list.n; i++)
        {
          if (value->kind == CRDT_VALUE_OBJECT)
            crdt_writer_varbytes (writer, value->list.keys[i], strlen (value->list.keys[i]));
          crdt_any_write (writer, value->list.items[i]);
        }
      break;
    }
}

/*
 * crdt_any_flat_equal:
 *
 * The comparison that Yjs makes between the values of formats: scalars by value, objects
 * and arrays member by member, but members that are objects themselves are never equal.
 */
gboolean
crdt_any_flat_equal (const guint8 *a,
                     gsize         a_length,
                     const guint8 *b,
                     gsize         b_length)
{
  CrdtReader ra, rb;
  g_autoptr(CrdtValue) x = NULL;
  g_autoptr(CrdtValue) y = NULL;

  if (a[0] < CRDT_ANY_BYTES || b[0] < CRDT_ANY_BYTES)
    return FALSE;
  if (a[0] != CRDT_ANY_ARRAY && a[0] != CRDT_ANY_OBJECT && a[0] != CRDT_ANY_BYTES && a[0] != CRDT_ANY_INTEGER)
    return a_length == b_length && memcmp (a, b, a_length) == 0;
  crdt_reader_init (&ra, a, a_length);
  crdt_reader_init (&rb, b, b_length);
  x = crdt_any_read (&ra);
  y = crdt_any_read (&rb);
  if (x == NULL || y == NULL || x->kind != y->kind)
    return FALSE;
  if (x->kind == CRDT_VALUE_NUMBER)
    return x->number == y->number;
  if (x->kind == CRDT_VALUE_BYTES)
    return crdt_value_equal (x, y);
  if (x->list.n != y->list.n)
    return FALSE;
  for (guint i = 0; i < x->list.n; i++)
    {
      const CrdtValue *other = x->kind == CRDT_VALUE_ARRAY ? y->list.items[i] : crdt_value_get (y, x->list.keys[i]);

      if (other == NULL || x->list.items[i]->kind >= CRDT_VALUE_BYTES || !crdt_value_equal (x->list.items[i], other))
        return FALSE;
    }
  return TRUE;
}

/**
 * crdt_value_to_any:
 *
 * Returns: (transfer full): @self as lib0's `any`, byte-identical to what lib0 writes
 */
GBytes *
crdt_value_to_any (const CrdtValue *self)
{
  CrdtWriter writer = { 0 };

  crdt_any_write (&writer, self);
  return crdt_writer_to_bytes (&writer);
}

/**
 * crdt_value_from_any:
 * @error: #CrdtError; bytes behind the value are an error too
 *
 * Returns: (transfer full) (nullable): the value that @data encodes
 */
CrdtValue *
crdt_value_from_any (const guint8  *data,
                     gsize          length,
                     GError       **error)
{
  CrdtReader reader;
  g_autoptr(CrdtValue) value = NULL;

  crdt_reader_init (&reader, data, length);
  value = crdt_any_read (&reader);
  if (value != NULL && reader.at == reader.end)
    return g_steal_pointer (&value);
  if (value != NULL)
    crdt_reader_fail (&reader, CRDT_ERROR_INVALID, "bytes follow the value");
  crdt_reader_set_error (&reader, "value", error);
  return NULL;
}

/**
 * crdt_value_from_json:
 * @length: bytes, or -1 if NUL-terminated
 * @error: #CRDT_ERROR_INVALID
 *
 * Returns: (transfer full) (nullable): the value of one JSON text (RFC 8259)
 */
CrdtValue *
crdt_value_from_json (const char  *json,
                      gssize       length,
                      GError     **error)
{
  CrdtValue *value = crdt_json_read ((const guint8 *) json, length < 0 ? strlen (json) : (gsize) length);

  if (value == NULL)
    g_set_error_literal (error, CRDT_ERROR, CRDT_ERROR_INVALID, "not a JSON text");
  return value;
}

/**
 * crdt_value_to_json:
 *
 * Returns: (transfer full): the text that JSON.stringify gives for @self
 */
char *
crdt_value_to_json (const CrdtValue *self)
{
  CrdtWriter writer = { 0 };

  crdt_json_write (&writer, self);
  crdt_writer_u8 (&writer, 0);
  return (char *) writer.data;
}
