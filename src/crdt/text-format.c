/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Editing rich text as Yjs does it (format description §10), so that the same operations
 * make the same structs. Where Yjs walks, this looks up: attributes in force are found key
 * by key through the formats of the tree, tombstones are passed in one step.
 */

#include "config.h"

#include "doc-private.h"

static const guint8 any_null[] = { CRDT_ANY_NULL };

/* Keys in force longer than this many changes of value ago are ordered as if they began there. */
#define MAX_ORDER_STEPS 64

static inline gboolean
is_null (const CrdtAttribute *attribute)
{
  return attribute->n == 1 && attribute->data[0] == CRDT_ANY_NULL;
}

gboolean
crdt_attribute_equal (const CrdtAttribute *a,
                      const CrdtAttribute *b)
{
  if (a->n == b->n && memcmp (a->data, b->data, a->n) == 0
      && a->data[0] != CRDT_ANY_OBJECT && a->data[0] != CRDT_ANY_ARRAY)
    return TRUE;
  return crdt_any_flat_equal (a->data, a->n, b->data, b->n);
}

CrdtAttribute
crdt_item_format (CrdtDoc        *doc,
                  const CrdtItem *item)
{
  const CrdtPayload *payload = crdt_payload (doc, item->content);

  return (CrdtAttribute) { payload->key, payload->length, payload->data };
}

CrdtAttribute *
crdt_attributes_find (const GArray *attributes,
                      guint32       key)
{
  for (guint i = 0; attributes != NULL && i < attributes->len; i++)
    if (g_array_index (attributes, CrdtAttribute, i).key == key)
      return &g_array_index (attributes, CrdtAttribute, i);
  return NULL;
}

static void
attributes_remove (GArray  *attributes,
                   guint32  key)
{
  for (guint i = 0; i < attributes->len; i++)
    if (g_array_index (attributes, CrdtAttribute, i).key == key)
      {
        g_array_remove_index (attributes, i);
        return;
      }
}

static void
attributes_set (GArray              *attributes,
                const CrdtAttribute *attribute)
{
  CrdtAttribute *old = crdt_attributes_find (attributes, attribute->key);

  if (old != NULL)
    *old = *attribute;
  else
    g_array_append_val (attributes, *attribute);
}

/* Passing a Format: null takes the key out, another value puts it in. */
void
crdt_attributes_apply (GArray              *attributes,
                       const CrdtAttribute *attribute)
{
  if (is_null (attribute))
    attributes_remove (attributes, attribute->key);
  else
    attributes_set (attributes, attribute);
}

typedef struct
{
  CrdtAttribute attribute;
  guint32       rank;
} Ordered;

static int
compare_ordered (gconstpointer a,
                 gconstpointer b)
{
  guint32 x = ((const Ordered *) a)->rank;
  guint32 y = ((const Ordered *) b)->rank;

  return x < y ? -1 : x > y;
}

/*
 * crdt_text_attributes:
 * @before: the item in front of which to look, 0 for the end
 *
 * Returns: (transfer full) (element-type CrdtAttribute): what is in force there. The order is
 *   that of a JavaScript Map filled from the start: by where each key came into force.
 */
GArray *
crdt_text_attributes (CrdtDoc    *doc,
                      guint32     seq,
                      CrdtHandle  before)
{
  const CrdtType *type = crdt_type_at (doc, doc->seqs[seq].type);
  GArray *attributes = g_array_new (FALSE, FALSE, sizeof (CrdtAttribute));
  g_autoptr(GArray) found = NULL;

  if (type->format_keys == NULL || doc->seqs[seq].sum.formats == 0)
    return attributes;
  found = g_array_new (FALSE, FALSE, sizeof (Ordered));
  for (guint i = 0; i < type->format_keys->len; i++)
    {
      guint32 key = g_array_index (type->format_keys, guint32, i);
      CrdtHandle handle = crdt_seq_prev_format (doc, seq, before, key);
      Ordered one;

      if (handle == 0)
        continue;
      one.attribute = crdt_item_format (doc, crdt_item (doc, handle));
      one.rank = 0;
      if (is_null (&one.attribute))
        continue;
      for (guint steps = 0; steps < MAX_ORDER_STEPS; steps++)
        {
          CrdtHandle older = crdt_seq_prev_format (doc, seq, handle, key);
          CrdtAttribute old;

          if (older == 0)
            break;
          old = crdt_item_format (doc, crdt_item (doc, older));
          if (is_null (&old))
            break;
          handle = older;
        }
      one.rank = crdt_seq_rank (doc, handle);
      g_array_append_val (found, one);
    }
  if (found->len > 1)
    g_array_sort (found, compare_ordered);
  for (guint i = 0; i < found->len; i++)
    g_array_append_val (attributes, g_array_index (found, Ordered, i).attribute);
  return attributes;
}

/* Reads an object of attributes; their bytes go to @storage. Returns: FALSE if it is no object. */
gboolean
crdt_attributes_parse (CrdtDoc    *doc,
                       CrdtValue  *value,
                       GArray     *out,
                       CrdtWriter *storage)
{
  guint n = crdt_value_get_n_items (value);
  g_autofree gsize *starts = g_new (gsize, n + 1);

  if (crdt_value_get_kind (value) != CRDT_VALUE_OBJECT)
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      starts[i] = storage->len;
      crdt_any_write (storage, crdt_value_get_item (value, i));
    }
  starts[n] = storage->len;
  for (guint i = 0; i < n; i++)
    {
      const char *key = crdt_value_get_key (value, i);
      CrdtAttribute attribute = { crdt_strings_number (&doc->strings, key, strlen (key)),
                                  (guint32) (starts[i + 1] - starts[i]), storage->data + starts[i] };

      g_array_append_val (out, attribute);
    }
  return TRUE;
}

/* Returns: (transfer full) (nullable): the attributes as an object, NULL if there are none. */
CrdtValue *
crdt_attributes_value (CrdtDoc      *doc,
                       const GArray *attributes)
{
  CrdtValue *object;

  if (attributes == NULL || attributes->len == 0)
    return NULL;
  object = crdt_value_new_object ();
  for (guint i = 0; i < attributes->len; i++)
    {
      const CrdtAttribute *attribute = &g_array_index (attributes, CrdtAttribute, i);
      gsize n;
      const guint8 *key = crdt_string (doc, attribute->key, &n);
      g_autofree char *name = g_strndup ((const char *) key, n);

      crdt_value_set (object, name, crdt_any_value (attribute->data, attribute->n));
    }
  return object;
}

/* Places */

void
crdt_text_place_clear (CrdtTextPlace *place)
{
  g_clear_pointer (&place->current, g_array_unref);
}

/* Finds the place directly behind unit @index − 1; markers and tombstones after it stay to the right. */
void
crdt_text_place_find (CrdtTextPlace *place,
                      CrdtType      *type,
                      guint32        index)
{
  CrdtDoc *doc = type->doc;
  guint32 start;

  place->type = type;
  place->seq = crdt_seq_ensure (doc, type->index, 0);
  place->index = index;
  place->current = NULL;
  if (index == 0)
    {
      place->left = 0;
      place->right = crdt_seq_first (doc, place->seq);
      return;
    }
  place->left = crdt_seq_find (doc, place->seq, index - 1, &start);
  if (index - start < crdt_item (doc, place->left)->length)
    place->right = crdt_store_split (doc, place->left, index - start);
  else
    place->right = crdt_seq_next (doc, place->left);
}

static GArray *
current_attributes (CrdtTextPlace *place)
{
  if (place->current == NULL)
    place->current = crdt_text_attributes (place->type->doc, place->seq, place->right);
  return place->current;
}

/* Steps over the item to the right. */
static void
forward (CrdtTextPlace *place)
{
  CrdtDoc *doc = place->type->doc;
  const CrdtItem *item = crdt_item (doc, place->right);

  if (item->ref == CRDT_REF_FORMAT && !item->deleted)
    {
      CrdtAttribute attribute = crdt_item_format (doc, item);

      if (place->current != NULL)
        crdt_attributes_apply (place->current, &attribute);
    }
  else
    place->index += crdt_item_units (item);
  place->left = place->right;
  place->right = crdt_seq_next (doc, place->right);
}

/* Steps over all deleted items to the right. */
static void
skip_deleted (CrdtTextPlace *place)
{
  CrdtDoc *doc = place->type->doc;

  if (place->right == 0 || !crdt_item (doc, place->right)->deleted)
    return;
  place->right = crdt_seq_next_live (doc, place->right);
  place->left = place->right != 0 ? crdt_seq_prev (doc, place->right) : crdt_seq_last (doc, place->seq);
}

static gboolean
right_is_format (const CrdtTextPlace *place,
                 CrdtAttribute       *out)
{
  const CrdtItem *item;

  if (place->right == 0)
    return FALSE;
  item = crdt_item (place->type->doc, place->right);
  if (item->ref != CRDT_REF_FORMAT || item->deleted)
    return FALSE;
  *out = crdt_item_format (place->type->doc, item);
  return TRUE;
}

/* "minimise": steps right over what is deleted and over Formats that say what is wanted anyway. */
static void
minimise (CrdtTextPlace *place,
          const GArray  *wanted)
{
  CrdtAttribute format;

  for (;;)
    {
      CrdtAttribute null_value = { 0, 1, any_null };
      const CrdtAttribute *want;

      skip_deleted (place);
      if (!right_is_format (place, &format))
        return;
      want = crdt_attributes_find (wanted, format.key);
      if (!crdt_attribute_equal (want != NULL ? want : &null_value, &format))
        return;
      forward (place);
    }
}

/* Puts a new item of our own at the place and steps over it. */
static void
put_item (CrdtTextPlace *place,
          CrdtHandle     handle)
{
  CrdtDoc *doc = place->type->doc;

  crdt_item_insert_local (doc, place->seq, place->left, place->right, handle);
  place->right = handle;
  forward (place);
}

static void
put_format (CrdtTextPlace       *place,
            const CrdtAttribute *attribute)
{
  CrdtDoc *doc = place->type->doc;
  CrdtHandle handle = crdt_item_new (doc, crdt_doc_own_client (doc), crdt_own_clock (doc), 1, CRDT_REF_FORMAT);

  crdt_item (doc, handle)->content = crdt_payload_new (doc, attribute->data, attribute->n, attribute->key);
  put_item (place, handle);
}

/* Brings the wanted attributes into force. Returns: (transfer full): what to put back behind. */
static GArray *
open_formats (CrdtTextPlace *place,
              const GArray  *wanted)
{
  GArray *negated = g_array_new (FALSE, FALSE, sizeof (CrdtAttribute));

  for (guint i = 0; i < wanted->len; i++)
    {
      const CrdtAttribute *want = &g_array_index (wanted, CrdtAttribute, i);
      const CrdtAttribute *now = crdt_attributes_find (current_attributes (place), want->key);
      CrdtAttribute old = now != NULL ? *now : (CrdtAttribute) { want->key, 1, any_null };

      if (crdt_attribute_equal (&old, want))
        continue;
      attributes_set (negated, &old);
      put_format (place, want);
    }
  return negated;
}

static void
close_formats (CrdtTextPlace *place,
               GArray        *negated)
{
  CrdtAttribute format;

  if (negated->len == 0)
    {
      /* The reference steps over what is deleted even then; nothing depends on it but the next operation. */
      skip_deleted (place);
      return;
    }
  for (;;)
    {
      const CrdtAttribute *old;

      skip_deleted (place);
      if (!right_is_format (place, &format))
        break;
      old = crdt_attributes_find (negated, format.key);
      if (old == NULL || !crdt_attribute_equal (old, &format))
        break;
      attributes_remove (negated, format.key);
      forward (place);
    }
  for (guint i = 0; i < negated->len; i++)
    {
      /* The array may hold bytes of an item; they live until the end of the transaction. */
      CrdtAttribute old = g_array_index (negated, CrdtAttribute, i);

      put_format (place, &old);
    }
}

/* What an insertion wants: what is asked for, and null for all else that is in force. */
static GArray *
complete_attributes (CrdtTextPlace *place,
                     const GArray  *attributes)
{
  GArray *wanted = g_array_new (FALSE, FALSE, sizeof (CrdtAttribute));
  const GArray *current = current_attributes (place);

  if (attributes == NULL)
    attributes = current;
  if (attributes->len > 0)
    g_array_append_vals (wanted, attributes->data, attributes->len);
  for (guint i = 0; i < current->len; i++)
    {
      CrdtAttribute null_value = { g_array_index (current, CrdtAttribute, i).key, 1, any_null };

      if (crdt_attributes_find (wanted, null_value.key) == NULL)
        g_array_append_val (wanted, null_value);
    }
  return wanted;
}

/* Whether attributes play a role at a place, now that a text is inserted there. */
static gboolean
is_plain (CrdtTextPlace *place,
          const GArray  *attributes)
{
  CrdtAttribute format;

  if (attributes != NULL && (attributes->len > 0 || place->type->doc->seqs[place->seq].sum.formats != 0))
    return FALSE;
  /* Attributes as they are: only a marker right here could be stepped over. */
  skip_deleted (place);
  return !right_is_format (place, &format);
}

/*
 * crdt_text_put:
 * @attributes: (nullable): NULL for those in force at the place
 *
 * Inserts an item and steps behind it and its formats.
 */
void
crdt_text_put (CrdtTextPlace *place,
               CrdtHandle     handle,
               GArray        *attributes)
{
  g_autoptr(GArray) wanted = NULL;
  g_autoptr(GArray) negated = NULL;

  if (is_plain (place, attributes))
    {
      put_item (place, handle);
      skip_deleted (place);
      return;
    }
  wanted = complete_attributes (place, attributes);
  minimise (place, wanted);
  negated = open_formats (place, wanted);
  /* Formats have taken clocks since the item was made. */
  crdt_item (place->type->doc, handle)->clock = crdt_own_clock (place->type->doc);
  put_item (place, handle);
  close_formats (place, negated);
}

/* Extends the item to the left in place, if a new item would be joined with it anyway. */
static gboolean
extend_left (CrdtTextPlace *place,
             const char    *text,
             gsize          n_bytes,
             guint32        units)
{
  CrdtDoc *doc = place->type->doc;
  CrdtItem *item;
  CrdtClient *client;
  guint32 points = 0, lines = 0, start;

  if (place->left == 0)
    return FALSE;
  item = crdt_item (doc, place->left);
  client = &doc->clients[item->client];
  if (item->client != doc->client || item->ref != CRDT_REF_STRING || item->deleted || item->redone
      || item->clock + item->length != client->state)
    return FALSE;
  if (place->right != 0)
    {
      const CrdtItem *right = crdt_item (doc, place->right);

      if (item->right_client != right->client || item->right_clock != right->clock)
        return FALSE;
    }
  else if (item->right_client != 0)
    return FALSE;
  crdt_store_touch (doc, item->client);
  if (!crdt_text_extend (doc, item, (const guint8 *) text, n_bytes, units))
    return FALSE;
  client->state += units;
  crdt_text_count (doc, item, item->length - units, units, &points, &lines);
  start = place->index - (item->length - units);
  crdt_seq_grown (doc, place->left, units, points, lines);
  crdt_txn_changed (doc, place->seq);
  place->index += units;
  doc->cursor.seq = place->seq;
  doc->cursor.item = place->left;
  doc->cursor.start = start;
  doc->cursor.extends = TRUE;
  return TRUE;
}

/* Inserts text of @units units and steps behind it. */
void
crdt_text_put_string (CrdtTextPlace *place,
                      const char    *text,
                      gsize          n_bytes,
                      guint32        units,
                      GArray        *attributes)
{
  CrdtDoc *doc = place->type->doc;
  CrdtHandle handle;
  CrdtItem *item;

  if (is_plain (place, attributes) && extend_left (place, text, n_bytes, units))
    return;
  handle = crdt_item_new (doc, crdt_doc_own_client (doc), crdt_own_clock (doc), units, CRDT_REF_STRING);
  item = crdt_item (doc, handle);
  item->wide = n_bytes != units;
  item->content = crdt_text_add_utf8 (doc, item->client, (const guint8 *) text, n_bytes, units);
  crdt_text_put (place, handle, attributes);
}

/* Formats @length units from the place on (format description §10, "format"). */
void
crdt_text_format_at (CrdtTextPlace *place,
                     guint32        length,
                     GArray        *attributes)
{
  CrdtDoc *doc = place->type->doc;
  g_autoptr(GArray) negated = NULL;

  minimise (place, attributes);
  negated = open_formats (place, attributes);
  while (place->right != 0)
    {
      CrdtItem *item;
      CrdtAttribute format;

      skip_deleted (place);
      if (place->right == 0)
        break;
      item = crdt_item (doc, place->right);
      if (length == 0 && (negated->len == 0 || item->ref != CRDT_REF_FORMAT))
        break;
      if (right_is_format (place, &format))
        {
          const CrdtAttribute *want = crdt_attributes_find (attributes, format.key);

          if (want != NULL)
            {
              if (crdt_attribute_equal (want, &format))
                attributes_remove (negated, format.key);
              else if (length == 0)
                break;
              else
                attributes_set (negated, &format);
              crdt_item_delete (doc, place->right);
            }
          forward (place);
          continue;
        }
      if (length < item->length)
        crdt_store_split (doc, place->right, length);
      length -= crdt_item (doc, place->right)->length;
      forward (place);
    }
  if (length > 0)
    {
      /* Quill takes it that every text ends with a newline, so formatting beyond the end makes some. */
      g_autofree char *newlines = g_strnfill (length, '\n');
      CrdtHandle handle = crdt_item_new (doc, crdt_doc_own_client (doc), crdt_own_clock (doc), length,
                                         CRDT_REF_STRING);

      crdt_item (doc, handle)->content = crdt_text_add_utf8 (doc, crdt_item (doc, handle)->client,
                                                             (const guint8 *) newlines, length, length);
      put_item (place, handle);
    }
  close_formats (place, negated);
}

/* Deletes Formats between the place and the next visible item that say nothing new or are overruled. */
static void
clean_gap (CrdtTextPlace *place,
           CrdtHandle     first,
           const GArray  *before)
{
  CrdtDoc *doc = place->type->doc;
  g_autoptr(GArray) formats = g_array_new (FALSE, FALSE, sizeof (CrdtHandle));

  if (first == 0)
    return;
  if (crdt_item (doc, first)->deleted)
    first = crdt_seq_next_live (doc, first);
  for (; first != 0 && crdt_item (doc, first)->ref == CRDT_REF_FORMAT; first = crdt_seq_next_live (doc, first))
    g_array_append_val (formats, first);
  for (guint i = 0; i < formats->len; i++)
    {
      CrdtHandle handle = g_array_index (formats, CrdtHandle, i);
      CrdtAttribute format = crdt_item_format (doc, crdt_item (doc, handle));
      const CrdtAttribute *old = crdt_attributes_find (before, format.key);
      gboolean last = TRUE;

      for (guint k = i + 1; k < formats->len && last; k++)
        last = crdt_item_format (doc, crdt_item (doc, g_array_index (formats, CrdtHandle, k))).key != format.key;
      /* The reference compares by identity here: objects are never the same. */
      if (!last || (old != NULL ? format.data[0] > CRDT_ANY_OBJECT && crdt_attribute_equal (old, &format)
                                : is_null (&format)))
        crdt_item_delete (doc, handle);
    }
}

/* Deletes up to @length units from the place on (format description §10, "delete"). */
void
crdt_text_delete_at (CrdtTextPlace *place,
                     guint32        length)
{
  CrdtDoc *doc = place->type->doc;
  CrdtHandle first = place->right;
  gboolean formats = doc->seqs[place->seq].sum.formats != 0;
  g_autoptr(GArray) before = NULL;

  if (formats)
    {
      const GArray *current = current_attributes (place);

      before = g_array_new (FALSE, FALSE, sizeof (CrdtAttribute));
      if (current->len > 0)
        g_array_append_vals (before, current->data, current->len);
    }
  while (length > 0 && place->right != 0)
    {
      const CrdtItem *item;

      skip_deleted (place);
      if (place->right == 0)
        break;
      item = crdt_item (doc, place->right);
      if (crdt_item_countable (item))
        {
          if (length < item->length)
            crdt_store_split (doc, place->right, length);
          length -= crdt_item (doc, place->right)->length;
          crdt_item_delete (doc, place->right);
        }
      forward (place);
    }
  if (formats)
    {
      clean_gap (place, first, before);
      /* Some of what was passed may be gone. */
      g_clear_pointer (&place->current, g_array_unref);
    }
}
