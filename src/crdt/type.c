/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What all shared types have in common, lists, and maps.
 */

#include "config.h"

#include "doc-private.h"

CrdtTypeKind
crdt_type_get_kind (CrdtType *self)
{
  return (CrdtTypeKind) self->kind;
}

CrdtDoc *
crdt_type_get_doc (CrdtType *self)
{
  return self->doc;
}

/** Returns: (nullable): name of a root, an element or a hook; NULL for other nested types. */
const char *
crdt_type_get_name (CrdtType *self)
{
  gsize n;
  const guint8 *name;

  if (self->name == 0)
    return NULL;
  if (self->c_name == NULL)
    {
      name = crdt_string (self->doc, self->name, &n);
      self->c_name = crdt_arena_alloc_chunk (&self->doc->arena, n + 1);
      memcpy (self->c_name, name, n);
      self->c_name[n] = '\0';
    }
  return self->c_name;
}

/** Returns: (transfer none) (nullable): the type that contains @self; NULL for a root. */
CrdtType *
crdt_type_get_parent (CrdtType *self)
{
  return self->item != 0 ? crdt_item_parent (self->doc, crdt_item (self->doc, self->item)) : NULL;
}

gboolean
crdt_type_is_deleted (CrdtType *self)
{
  return self->dead;
}

/** Returns: UTF-16 units of a text, values of a list; keys do not count. */
guint
crdt_type_get_length (CrdtType *self)
{
  return self->list != 0 ? self->doc->seqs[self->list].sum.units : 0;
}

void
crdt_entry_clear (CrdtEntry *self)
{
  crdt_value_unref (self->value);
  g_free (self->text);
  memset (self, 0, sizeof *self);
}

/* Checks that a type is one of @kinds and can be changed now. */
gboolean
crdt_type_check (CrdtType    *type,
                 guint        kinds,
                 const char  *what,
                 GError     **error)
{
  if (G_UNLIKELY ((kinds & CRDT_KIND_BIT (type->kind)) == 0))
    {
      g_set_error (error, CRDT_ERROR, CRDT_ERROR_KIND, "the shared type is no %s", what);
      return FALSE;
    }
  return crdt_type_writable (type, error);
}

guint32
crdt_own_clock (CrdtDoc *doc)
{
  guint32 client = crdt_doc_own_client (doc); /* may move the table */

  return doc->clients[client].state;
}

/* Returns: a new item of our own that holds one plain value: Binary for bytes, Any for the rest. */
CrdtHandle
crdt_item_new_value (CrdtDoc   *doc,
                     CrdtValue *value)
{
  guint32 client = crdt_doc_own_client (doc);
  CrdtHandle handle;

  if (crdt_value_get_kind (value) == CRDT_VALUE_BYTES)
    {
      gsize length;
      const guint8 *data = crdt_value_get_bytes (value, &length);

      handle = crdt_item_new (doc, client, crdt_own_clock (doc), 1, CRDT_REF_BINARY);
      crdt_item (doc, handle)->content = crdt_payload_new (doc, data, length, 0);
    }
  else
    {
      g_auto(CrdtWriter) any = { 0 };

      crdt_any_write (&any, value);
      handle = crdt_item_new (doc, client, crdt_own_clock (doc), 1, CRDT_REF_ANY);
      crdt_item (doc, handle)->content = crdt_payload_new (doc, any.data, any.len, 0);
    }
  return handle;
}

CrdtHandle
crdt_item_new_type (CrdtDoc      *doc,
                    CrdtTypeKind  kind,
                    const char   *name)
{
  gboolean named = kind == CRDT_TYPE_XML_ELEMENT || kind == CRDT_TYPE_XML_HOOK;
  guint32 number = named ? crdt_strings_number (&doc->strings, name != NULL ? name : "UNDEFINED",
                                                name != NULL ? strlen (name) : 9) : 0;
  CrdtHandle handle = crdt_item_new (doc, crdt_doc_own_client (doc), crdt_own_clock (doc), 1, CRDT_REF_TYPE);

  crdt_item (doc, handle)->content = crdt_type_new (doc, kind, number, handle)->index;
  return handle;
}

/* Fills in what an item holds at @offset; texts as the whole run from there. */
gboolean
crdt_item_get_entry (CrdtDoc        *doc,
                     const CrdtItem *item,
                     guint32         offset,
                     CrdtEntry      *entry)
{
  const guint8 *data;
  gsize length;

  memset (entry, 0, sizeof *entry);
  entry->length = 1;
  switch (item->ref)
    {
    case CRDT_REF_STRING:
      entry->kind = CRDT_ITEM_TEXT;
      entry->length = item->length - offset;
      entry->text_length = crdt_text_utf8_size (doc, item, offset, entry->length);
      entry->text = g_malloc (entry->text_length + 1);
      *crdt_text_utf8_copy (doc, item, offset, entry->length, (guint8 *) entry->text) = '\0';
      return TRUE;
    case CRDT_REF_JSON:
    case CRDT_REF_ANY:
    case CRDT_REF_EMBED:
      entry->kind = item->ref == CRDT_REF_EMBED ? CRDT_ITEM_EMBED : CRDT_ITEM_VALUE;
      crdt_payload_get (doc, item, offset, 1, &data, &length);
      entry->value = crdt_any_value (data, length);
      return TRUE;
    case CRDT_REF_BINARY:
      entry->kind = CRDT_ITEM_VALUE;
      crdt_payload_get (doc, item, 0, 1, &data, &length);
      entry->value = crdt_value_new_bytes (data, length);
      return TRUE;
    case CRDT_REF_TYPE:
      entry->kind = CRDT_ITEM_TYPE;
      entry->type = crdt_type_at (doc, item->content);
      return TRUE;
    case CRDT_REF_DOC:
      entry->kind = CRDT_ITEM_DOC;
      data = crdt_string (doc, crdt_payload (doc, item->content)->key, &length);
      entry->value = crdt_value_new_string ((const char *) data, (gssize) length);
      return TRUE;
    default:
      return FALSE;
    }
}

static gboolean
check_range (CrdtType  *type,
             guint      index,
             guint      length,
             GError   **error)
{
  guint have = crdt_type_get_length (type);

  if (index <= have && length <= have - index)
    return TRUE;
  g_set_error (error, CRDT_ERROR, CRDT_ERROR_RANGE, "%u units at %u reach beyond the length %u", length, index, have);
  return FALSE;
}

/* Lists */

/* The neighbours of the place @index: left is what holds the unit before it (format description §8). */
static void
find_list_place (CrdtType   *type,
                 guint       index,
                 CrdtHandle *left,
                 CrdtHandle *right)
{
  CrdtDoc *doc = type->doc;
  guint32 seq = crdt_seq_ensure (doc, type->index, 0);
  guint32 start;

  if (index == CRDT_END)
    *left = crdt_seq_last (doc, seq);
  else if (index == 0)
    *left = 0;
  else
    {
      *left = crdt_seq_find (doc, seq, index - 1, &start);
      if (index - start < crdt_item (doc, *left)->length)
        crdt_store_split (doc, *left, index - start);
    }
  *right = *left != 0 ? crdt_seq_next (doc, *left) : crdt_seq_first (doc, seq);
}

/**
 * crdt_array_insert:
 * @index: where, or %CRDT_END
 * @values: (array length=n_values): plain values
 * @error: %CRDT_ERROR_RANGE, %CRDT_ERROR_KIND, %CRDT_ERROR_STATE
 */
gboolean
crdt_array_insert (CrdtType            *self,
                   guint                index,
                   CrdtValue * const   *values,
                   guint                n_values,
                   GError             **error)
{
  CrdtDoc *doc = self->doc;
  CrdtHandle left, right;

  if (!crdt_type_check (self, CRDT_KINDS_LIST, "list", error)
      || (index != CRDT_END && !check_range (self, index, 0, error)))
    return FALSE;
  crdt_txn_enter (doc);
  find_list_place (self, index, &left, &right);
  for (guint i = 0; i < n_values;)
    {
      CrdtHandle handle;
      guint n = 0;

      if (crdt_value_get_kind (values[i]) == CRDT_VALUE_BYTES)
        handle = crdt_item_new_value (doc, values[i++]);
      else
        {
          g_auto(CrdtWriter) any = { 0 };

          for (; i < n_values && crdt_value_get_kind (values[i]) != CRDT_VALUE_BYTES; i++, n++)
            crdt_any_write (&any, values[i]);
          handle = crdt_item_new (doc, crdt_doc_own_client (doc), crdt_own_clock (doc), n, CRDT_REF_ANY);
          crdt_item (doc, handle)->content = crdt_payload_new_list (doc, any.data, any.len, n);
        }
      left = crdt_item_insert_local (doc, self->list, left, right, handle);
    }
  crdt_txn_leave (doc);
  return TRUE;
}

/**
 * crdt_array_insert_type:
 * @kind: of the new type
 * @name: (nullable): node name of an element or name of a hook
 *
 * Returns: (transfer none) (nullable): the new type, NULL with @error set
 */
CrdtType *
crdt_array_insert_type (CrdtType      *self,
                        guint          index,
                        CrdtTypeKind   kind,
                        const char    *name,
                        GError       **error)
{
  CrdtDoc *doc = self->doc;
  CrdtHandle left, right, handle;
  CrdtType *type;

  g_return_val_if_fail (kind < CRDT_TYPE_UNKNOWN, NULL);
  if (!crdt_type_check (self, CRDT_KINDS_LIST, "list", error)
      || (index != CRDT_END && !check_range (self, index, 0, error)))
    return NULL;
  if (self->depth >= doc->limits.max_depth)
    {
      g_set_error_literal (error, CRDT_ERROR, CRDT_ERROR_LIMIT, "shared types are nested too deeply");
      return NULL;
    }
  crdt_txn_enter (doc);
  find_list_place (self, index, &left, &right);
  handle = crdt_item_new_type (doc, kind, name);
  type = crdt_type_at (doc, crdt_item (doc, handle)->content);
  crdt_item_insert_local (doc, self->list, left, right, handle);
  crdt_txn_leave (doc);
  return type;
}

/**
 * crdt_array_delete:
 * @error: %CRDT_ERROR_RANGE if there are not so many values
 */
gboolean
crdt_array_delete (CrdtType  *self,
                   guint      index,
                   guint      length,
                   GError   **error)
{
  CrdtDoc *doc = self->doc;
  CrdtHandle handle;
  guint32 start;

  if (!crdt_type_check (self, CRDT_KINDS_LIST, "list", error) || !check_range (self, index, length, error))
    return FALSE;
  if (length == 0)
    return TRUE;
  crdt_txn_enter (doc);
  handle = crdt_seq_find (doc, self->list, index, &start);
  if (index > start)
    handle = crdt_store_split (doc, handle, index - start);
  for (;;)
    {
      guint32 units = crdt_item_units (crdt_item (doc, handle));
      CrdtHandle next;

      if (units > length)
        crdt_store_split (doc, handle, length);
      next = units < length ? crdt_seq_next_live (doc, handle) : 0;
      crdt_item_delete (doc, handle);
      if (units >= length)
        break;
      length -= units;
      handle = next;
    }
  crdt_txn_leave (doc);
  return TRUE;
}

/**
 * crdt_array_get:
 * @out_entry: (out): what stands there; crdt_entry_clear() it
 *
 * Returns: FALSE beyond the end
 */
gboolean
crdt_array_get (CrdtType  *self,
                guint      index,
                CrdtEntry *out_entry)
{
  guint32 start;
  CrdtHandle handle = self->list != 0 ? crdt_seq_find (self->doc, self->list, index, &start) : 0;

  return handle != 0 && crdt_item_get_entry (self->doc, crdt_item (self->doc, handle), index - start, out_entry);
}

/* Maps */

static gboolean
set_item (CrdtType   *self,
          const char *key,
          CrdtHandle  handle)
{
  CrdtDoc *doc = self->doc;
  guint32 seq = crdt_seq_ensure (doc, self->index, crdt_strings_number (&doc->strings, key, strlen (key)));

  crdt_item_insert_local (doc, seq, crdt_seq_last (doc, seq), 0, handle);
  return TRUE;
}

/**
 * crdt_map_set:
 * @self: a map, or another type for its attributes
 * @value: a plain value
 */
gboolean
crdt_map_set (CrdtType    *self,
              const char  *key,
              CrdtValue   *value,
              GError     **error)
{
  if (!crdt_type_check (self, CRDT_KINDS_KEYED, "map", error))
    return FALSE;
  crdt_txn_enter (self->doc);
  set_item (self, key, crdt_item_new_value (self->doc, value));
  crdt_txn_leave (self->doc);
  return TRUE;
}

/**
 * crdt_map_set_type:
 *
 * Returns: (transfer none) (nullable): the new nested type, NULL with @error set
 */
CrdtType *
crdt_map_set_type (CrdtType      *self,
                   const char    *key,
                   CrdtTypeKind   kind,
                   const char    *name,
                   GError       **error)
{
  CrdtType *type;
  CrdtHandle handle;

  g_return_val_if_fail (kind < CRDT_TYPE_UNKNOWN, NULL);
  if (!crdt_type_check (self, CRDT_KINDS_KEYED, "map", error))
    return NULL;
  if (self->depth >= self->doc->limits.max_depth)
    {
      g_set_error_literal (error, CRDT_ERROR, CRDT_ERROR_LIMIT, "shared types are nested too deeply");
      return NULL;
    }
  crdt_txn_enter (self->doc);
  handle = crdt_item_new_type (self->doc, kind, name);
  type = crdt_type_at (self->doc, crdt_item (self->doc, handle)->content);
  set_item (self, key, handle);
  crdt_txn_leave (self->doc);
  return type;
}

static CrdtHandle
find_key (CrdtType   *self,
          const char *key)
{
  guint32 number = crdt_strings_lookup (&self->doc->strings, key, strlen (key));
  guint32 seq = number != 0 ? crdt_seq_lookup (self->doc, self->index, number) : 0;
  CrdtHandle handle = seq != 0 ? crdt_seq_last (self->doc, seq) : 0;

  return handle != 0 && !crdt_item (self->doc, handle)->deleted ? handle : 0;
}

/** Deletes a key; nothing happens if it is not there. */
gboolean
crdt_map_delete (CrdtType    *self,
                 const char  *key,
                 GError     **error)
{
  CrdtHandle handle;

  if (!crdt_type_check (self, CRDT_KINDS_KEYED, "map", error))
    return FALSE;
  handle = find_key (self, key);
  if (handle != 0)
    {
      crdt_txn_enter (self->doc);
      crdt_item_delete (self->doc, handle);
      crdt_txn_leave (self->doc);
    }
  return TRUE;
}

/**
 * crdt_map_get:
 * @out_entry: (out): the value; crdt_entry_clear() it
 *
 * Returns: FALSE if the key is not there
 */
gboolean
crdt_map_get (CrdtType   *self,
              const char *key,
              CrdtEntry  *out_entry)
{
  CrdtHandle handle = find_key (self, key);
  const CrdtItem *item = handle != 0 ? crdt_item (self->doc, handle) : NULL;

  return item != NULL && crdt_item_get_entry (self->doc, item,
                                              item->ref == CRDT_REF_STRING ? 0 : item->length - 1, out_entry);
}

/** Returns: (transfer full) (array zero-terminated=1): the keys that are there; g_strfreev() it. */
char **
crdt_map_list_keys (CrdtType *self)
{
  GPtrArray *keys = g_ptr_array_new ();

  for (guint32 seq = self->first_key; seq != 0; seq = self->doc->seqs[seq].next)
    {
      CrdtHandle last = crdt_seq_last (self->doc, seq);

      if (last != 0 && !crdt_item (self->doc, last)->deleted)
        {
          gsize n;
          const guint8 *key = crdt_string (self->doc, self->doc->seqs[seq].key, &n);

          g_ptr_array_add (keys, g_strndup ((const char *) key, n));
        }
    }
  g_ptr_array_add (keys, NULL);
  return (char **) g_ptr_array_free (keys, FALSE);
}

/* One type on its way into a plain value. Depth is bounded by CrdtLimits.max_depth. */
static CrdtValue *type_value (CrdtType *type,
                              guint     depth);

static CrdtValue *
entry_value (CrdtEntry *entry,
             guint      depth)
{
  if (entry->kind == CRDT_ITEM_TYPE)
    return type_value (entry->type, depth + 1);
  if (entry->kind == CRDT_ITEM_TEXT)
    return crdt_value_new_string (entry->text, (gssize) entry->text_length);
  return crdt_value_ref (entry->value);
}

static CrdtValue *
keys_value (CrdtType *type,
            guint     depth)
{
  CrdtValue *object = crdt_value_new_object ();
  g_auto(GStrv) keys = crdt_map_list_keys (type);

  for (guint i = 0; keys[i] != NULL; i++)
    {
      g_auto(CrdtEntry) entry = { 0 };

      if (crdt_map_get (type, keys[i], &entry))
        crdt_value_set (object, keys[i], entry_value (&entry, depth));
    }
  return object;
}

static CrdtValue *
list_value (CrdtType *type,
            guint     depth)
{
  CrdtDoc *doc = type->doc;
  CrdtValue *array = crdt_value_new_array ();

  for (CrdtHandle h = type->list != 0 ? crdt_seq_first_live (doc, type->list) : 0; h != 0;
       h = crdt_seq_next_live (doc, h))
    {
      const CrdtItem *item = crdt_item (doc, h);
      guint32 step = item->ref == CRDT_REF_STRING ? item->length : 1;

      for (guint32 i = 0; i < item->length; i += step)
        {
          g_auto(CrdtEntry) entry = { 0 };

          if (crdt_item_get_entry (doc, item, i, &entry))
            crdt_value_append (array, entry_value (&entry, depth));
        }
    }
  return array;
}

static CrdtValue *
type_value (CrdtType *type,
            guint     depth)
{
  CrdtValue *object;
  gsize n;

  /* Plain values nest less deeply than types may with larger limits. */
  if (2 * depth > CRDT_VALUE_MAX_DEPTH - 4)
    return crdt_value_new_null ();
  switch ((CrdtTypeKind) type->kind)
    {
    case CRDT_TYPE_MAP:
      return keys_value (type, depth);
    case CRDT_TYPE_ARRAY:
    case CRDT_TYPE_XML_FRAGMENT:
      return list_value (type, depth);
    case CRDT_TYPE_TEXT:
      {
        g_autofree char *text = crdt_text_to_string (type, &n);

        return crdt_value_new_string (text, (gssize) n);
      }
    case CRDT_TYPE_XML_TEXT:
      object = crdt_value_new_object ();
      {
        g_autofree char *text = crdt_text_to_string (type, &n);

        crdt_value_set (object, "attributes", keys_value (type, depth));
        crdt_value_set (object, "text", crdt_value_new_string (text, (gssize) n));
      }
      return object;
    case CRDT_TYPE_XML_ELEMENT:
    case CRDT_TYPE_XML_HOOK:
      object = crdt_value_new_object ();
      crdt_value_set (object, "name", crdt_value_new_string (crdt_type_get_name (type), -1));
      crdt_value_set (object, "attributes", keys_value (type, depth));
      crdt_value_set (object, "children", list_value (type, depth));
      return object;
    case CRDT_TYPE_UNKNOWN:
      break;
    }
  return crdt_value_new_null ();
}

/**
 * crdt_type_to_value:
 *
 * Returns: (transfer full): the content as a plain value, as toJSON() of the reference
 *   gives it for maps, arrays and texts; XML nodes as objects with name, attributes,
 *   children or text
 */
CrdtValue *
crdt_type_to_value (CrdtType *self)
{
  return type_value (self, 0);
}
