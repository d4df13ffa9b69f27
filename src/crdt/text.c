/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Y.Text and Y.XmlText: editing and reading.
 */

#include "config.h"

#include "doc-private.h"

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CrdtTextPlace, crdt_text_place_clear)

/* Newlines that a retain beyond the end may make at most. */
#define MAX_NEWLINES (1u << 20)

static gboolean
range_error (CrdtType  *self,
             guint      index,
             guint      length,
             GError   **error)
{
  g_set_error (error, CRDT_ERROR, CRDT_ERROR_RANGE, "%u units at %u reach beyond the length %u", length, index,
               crdt_type_get_length (self));
  return FALSE;
}

static inline gboolean
check_range (CrdtType  *self,
             guint      index,
             guint      length,
             GError   **error)
{
  guint have = crdt_type_get_length (self);

  return G_LIKELY (index <= have && length <= have - index) || range_error (self, index, length, error);
}

static gboolean
check_attributes (CrdtValue  *attributes,
                  GError    **error)
{
  if (attributes == NULL || crdt_value_get_kind (attributes) == CRDT_VALUE_OBJECT)
    return TRUE;
  g_set_error_literal (error, CRDT_ERROR, CRDT_ERROR_INVALID, "attributes are no object");
  return FALSE;
}

static gboolean
check_clock (CrdtDoc  *doc,
             gsize     units,
             GError  **error)
{
  /* Formats take clocks too; the rest of the space is kept for them. */
  if (units < CRDT_MAX_CLOCK / 2 && (doc->client == 0 || doc->clients[doc->client].state < CRDT_MAX_CLOCK / 2))
    return TRUE;
  g_set_error_literal (error, CRDT_ERROR, CRDT_ERROR_LIMIT, "the text is too long for one author");
  return FALSE;
}

/* Typing: puts text at the end of the item that was extended last, if nothing has happened since. */
static gboolean
type_on (CrdtType     *self,
         guint         index,
         const char   *text,
         gsize         n_bytes,
         gsize         units)
{
  CrdtDoc *doc = self->doc;
  CrdtItem *item;
  CrdtClient *client;
  guint32 points, lines;

  if (doc->cursor.seq == 0 || doc->cursor.seq != self->list || !doc->cursor.extends)
    return FALSE;
  item = crdt_item (doc, doc->cursor.item);
  if (index != doc->cursor.start + item->length)
    return FALSE;
  client = &doc->clients[item->client];
  if (item->client != doc->client || item->clock + item->length != client->state)
    return FALSE;
  crdt_store_touch (doc, item->client);
  if (!crdt_text_extend (doc, item, (const guint8 *) text, n_bytes, (guint32) units))
    return FALSE;
  client->state += (guint32) units;
  crdt_text_count (doc, item, item->length - (guint32) units, (guint32) units, &points, &lines);
  crdt_seq_grown (doc, doc->cursor.item, (guint32) units, points, lines);
  crdt_txn_changed (doc, self->list);
  return TRUE;
}

/**
 * crdt_text_insert:
 * @index: in units
 * @text: UTF-8
 * @length: bytes, or -1 if NUL-terminated
 * @attributes: (nullable): an object; NULL for those of the text to the left. A key in force
 *   that it lacks ends before the text and begins again behind it
 * @error: RANGE, INVALID (not UTF-8), KIND, LIMIT, STATE
 */
gboolean
crdt_text_insert (CrdtType    *self,
                  guint        index,
                  const char  *text,
                  gssize       length,
                  CrdtValue   *attributes,
                  GError     **error)
{
  CrdtDoc *doc = self->doc;
  gsize n_bytes = length < 0 ? strlen (text) : (gsize) length;
  gsize units;

  if (!crdt_type_check (self, CRDT_KINDS_TEXT, "text", error) || !check_range (self, index, 0, error)
      || !check_attributes (attributes, error))
    return FALSE;
  if (n_bytes == 1 && (guint8) *text < 0x80)
    units = 1;
  else if (!crdt_utf8_scan ((const guint8 *) text, n_bytes, &units))
    {
      g_set_error_literal (error, CRDT_ERROR, CRDT_ERROR_INVALID, "the text is not UTF-8");
      return FALSE;
    }
  if (!check_clock (doc, units, error))
    return FALSE;
  if (units == 0)
    return TRUE;
  crdt_txn_enter (doc);
  if (attributes != NULL || !type_on (self, index, text, n_bytes, units))
    {
      g_autoptr(GArray) list = NULL;
      g_auto(CrdtWriter) storage = { 0 };
      g_auto(CrdtTextPlace) place = { 0 };

      if (attributes != NULL)
        {
          list = g_array_new (FALSE, FALSE, sizeof (CrdtAttribute));
          crdt_attributes_parse (doc, attributes, list, &storage);
        }
      crdt_text_place_find (&place, self, index);
      crdt_text_put_string (&place, text, n_bytes, (guint32) units, list);
    }
  crdt_txn_leave (doc);
  return TRUE;
}

/* Puts an item with one unit, made by the caller inside the transaction. */
static void
insert_single (CrdtType   *self,
               guint       index,
               CrdtHandle  handle,
               CrdtValue  *attributes)
{
  g_autoptr(GArray) list = g_array_new (FALSE, FALSE, sizeof (CrdtAttribute));
  g_auto(CrdtWriter) storage = { 0 };
  g_auto(CrdtTextPlace) place = { 0 };

  if (attributes != NULL)
    crdt_attributes_parse (self->doc, attributes, list, &storage);
  crdt_text_place_find (&place, self, index);
  crdt_text_put (&place, handle, list);
}

static CrdtHandle
new_embed (CrdtDoc   *doc,
           CrdtValue *embed)
{
  g_auto(CrdtWriter) any = { 0 };
  CrdtHandle handle = crdt_item_new (doc, crdt_doc_own_client (doc), crdt_own_clock (doc), 1, CRDT_REF_EMBED);

  crdt_any_write (&any, embed);
  crdt_item (doc, handle)->content = crdt_payload_new (doc, any.data, any.len, 0);
  return handle;
}

/**
 * crdt_text_insert_embed:
 * @embed: a value, usually an object, that counts as one unit
 * @attributes: (nullable): an object; NULL for none, unlike with text
 */
gboolean
crdt_text_insert_embed (CrdtType   *self,
                        guint       index,
                        CrdtValue  *embed,
                        CrdtValue  *attributes,
                        GError    **error)
{
  if (!crdt_type_check (self, CRDT_KINDS_TEXT, "text", error) || !check_range (self, index, 0, error)
      || !check_attributes (attributes, error) || !check_clock (self->doc, 1, error))
    return FALSE;
  crdt_txn_enter (self->doc);
  insert_single (self, index, new_embed (self->doc, embed), attributes);
  crdt_txn_leave (self->doc);
  return TRUE;
}

/**
 * crdt_text_insert_type:
 *
 * Embeds a shared type. Returns: (transfer none) (nullable): it, NULL with @error set
 */
CrdtType *
crdt_text_insert_type (CrdtType      *self,
                       guint          index,
                       CrdtTypeKind   kind,
                       const char    *name,
                       CrdtValue     *attributes,
                       GError       **error)
{
  CrdtHandle handle;
  CrdtType *type;

  g_return_val_if_fail (kind < CRDT_TYPE_UNKNOWN, NULL);
  if (!crdt_type_check (self, CRDT_KINDS_TEXT, "text", error) || !check_range (self, index, 0, error)
      || !check_attributes (attributes, error) || !check_clock (self->doc, 1, error))
    return NULL;
  if (self->depth >= self->doc->limits.max_depth)
    {
      g_set_error_literal (error, CRDT_ERROR, CRDT_ERROR_LIMIT, "shared types are nested too deeply");
      return NULL;
    }
  crdt_txn_enter (self->doc);
  handle = crdt_item_new_type (self->doc, kind, name);
  type = crdt_type_at (self->doc, crdt_item (self->doc, handle)->content);
  insert_single (self, index, handle, attributes);
  crdt_txn_leave (self->doc);
  return type;
}

/* Deletes units beside a tombstone, if the text is plain and nothing else happens in the transaction. */
static gboolean
trim (CrdtType *self,
      guint     index,
      guint     length)
{
  CrdtDoc *doc = self->doc;
  CrdtHandle handle;
  guint32 start;

  if (doc->txn.depth > 1 || doc->seqs[self->list].sum.formats != 0)
    return FALSE;
  handle = crdt_seq_find (doc, self->list, index, &start);
  if (!crdt_item_trim (doc, handle, index - start, length))
    return FALSE;
  /* Whoever deletes key by key goes on here. */
  doc->cursor.seq = self->list;
  doc->cursor.item = handle;
  doc->cursor.start = start;
  doc->cursor.extends = FALSE;
  return TRUE;
}

/**
 * crdt_text_delete:
 * @error: RANGE if there are not so many units
 *
 * Deletes units; formats that have become pointless by it go too.
 */
gboolean
crdt_text_delete (CrdtType  *self,
                  guint      index,
                  guint      length,
                  GError   **error)
{
  g_auto(CrdtTextPlace) place = { 0 };

  if (!crdt_type_check (self, CRDT_KINDS_TEXT, "text", error) || !check_range (self, index, length, error))
    return FALSE;
  if (length == 0)
    return TRUE;
  crdt_txn_enter (self->doc);
  if (!trim (self, index, length))
    {
      crdt_text_place_find (&place, self, index);
      crdt_text_delete_at (&place, length);
    }
  crdt_txn_leave (self->doc);
  return TRUE;
}

/**
 * crdt_text_format:
 * @attributes: an object; null as a value ends an attribute
 *
 * Gives attributes to a range.
 */
gboolean
crdt_text_format (CrdtType   *self,
                  guint       index,
                  guint       length,
                  CrdtValue  *attributes,
                  GError    **error)
{
  g_auto(CrdtTextPlace) place = { 0 };
  g_auto(CrdtWriter) storage = { 0 };
  g_autoptr(GArray) list = NULL;

  if (!crdt_type_check (self, CRDT_KINDS_TEXT, "text", error) || !check_range (self, index, length, error)
      || !check_attributes (attributes, error) || !check_clock (self->doc, 0, error))
    return FALSE;
  if (length == 0 || attributes == NULL)
    return TRUE;
  list = g_array_new (FALSE, FALSE, sizeof (CrdtAttribute));
  crdt_txn_enter (self->doc);
  crdt_attributes_parse (self->doc, attributes, list, &storage);
  crdt_text_place_find (&place, self, index);
  crdt_text_format_at (&place, length, list);
  crdt_txn_leave (self->doc);
  return TRUE;
}

/* Deltas */

static gboolean
bad_delta (GError     **error,
           const char  *what)
{
  g_set_error (error, CRDT_ERROR, CRDT_ERROR_INVALID, "delta: %s", what);
  return FALSE;
}

static gboolean
count_of (const CrdtValue *value,
          guint32         *out)
{
  double n = crdt_value_get_number (value);

  if (crdt_value_get_kind (value) != CRDT_VALUE_NUMBER || !(n >= 1) || n > G_MAXINT32 || n != (double) (guint32) n)
    return FALSE;
  *out = (guint32) n;
  return TRUE;
}

/* Checks a whole delta against the length, so that it is applied as a whole or not at all. */
static gboolean
check_delta (CrdtType   *self,
             CrdtValue  *delta,
             GError    **error)
{
  guint64 left = crdt_type_get_length (self);
  guint64 added = 0;

  if (crdt_value_get_kind (delta) != CRDT_VALUE_ARRAY)
    return bad_delta (error, "no array");
  for (guint i = 0; i < crdt_value_get_n_items (delta); i++)
    {
      CrdtValue *op = crdt_value_get_item (delta, i);
      CrdtValue *insert = crdt_value_get (op, "insert");
      CrdtValue *retain = crdt_value_get (op, "retain");
      CrdtValue *delete = crdt_value_get (op, "delete");
      CrdtValue *attributes = crdt_value_get (op, "attributes");
      guint32 n;

      if ((insert != NULL) + (retain != NULL) + (delete != NULL) != 1)
        return bad_delta (error, "an operation is not one of insert, retain, delete");
      if (attributes != NULL && crdt_value_get_kind (attributes) != CRDT_VALUE_OBJECT)
        return bad_delta (error, "attributes are no object");
      if (retain != NULL)
        {
          if (!count_of (retain, &n))
            return bad_delta (error, "a count is no positive integer");
          added += n > left ? n - left : 0;
          left -= MIN (left, n);
        }
      else if (delete != NULL)
        {
          if (!count_of (delete, &n))
            return bad_delta (error, "a count is no positive integer");
          if (n > left)
            return range_error (self, crdt_type_get_length (self) - (guint) left, n, error);
          left -= n;
        }
    }
  if (added > MAX_NEWLINES)
    return bad_delta (error, "a retain reaches too far beyond the end");
  return TRUE;
}

/**
 * crdt_text_apply_delta:
 * @delta: an array of operations as in Quill: insert (a string or an embed), retain, delete,
 *   with attributes
 * @error: INVALID if it is no delta, RANGE if it deletes beyond the end
 *
 * Applies a change in one transaction, all or nothing. A retain beyond the end makes
 * newlines, as in Yjs.
 */
gboolean
crdt_text_apply_delta (CrdtType   *self,
                       CrdtValue  *delta,
                       GError    **error)
{
  CrdtDoc *doc = self->doc;
  g_auto(CrdtTextPlace) place = { 0 };

  if (!crdt_type_check (self, CRDT_KINDS_TEXT, "text", error) || !check_clock (doc, 0, error)
      || !check_delta (self, delta, error))
    return FALSE;
  crdt_txn_enter (doc);
  crdt_text_place_find (&place, self, 0);
  for (guint i = 0; i < crdt_value_get_n_items (delta); i++)
    {
      CrdtValue *op = crdt_value_get_item (delta, i);
      CrdtValue *insert = crdt_value_get (op, "insert");
      CrdtValue *attributes = crdt_value_get (op, "attributes");
      g_autoptr(GArray) list = g_array_new (FALSE, FALSE, sizeof (CrdtAttribute));
      g_auto(CrdtWriter) storage = { 0 };
      guint32 n;

      if (attributes != NULL)
        crdt_attributes_parse (doc, attributes, list, &storage);
      if (insert != NULL && crdt_value_get_kind (insert) == CRDT_VALUE_STRING)
        {
          gsize n_bytes, units;
          const char *text = crdt_value_get_string (insert, &n_bytes);

          crdt_utf8_scan ((const guint8 *) text, n_bytes, &units);
          if (units > 0)
            crdt_text_put_string (&place, text, n_bytes, (guint32) units, list);
        }
      else if (insert != NULL)
        crdt_text_put (&place, new_embed (doc, insert), list);
      else if (count_of (crdt_value_get (op, "retain") != NULL ? crdt_value_get (op, "retain")
                                                               : crdt_value_get (op, "delete"), &n))
        {
          if (crdt_value_get (op, "retain") != NULL)
            crdt_text_format_at (&place, n, list);
          else
            crdt_text_delete_at (&place, n);
        }
      /* The bytes of the attributes die with this turn. */
      g_clear_pointer (&place.current, g_array_unref);
    }
  crdt_txn_leave (doc);
  return TRUE;
}

/* Reading */

/**
 * crdt_text_iter_init:
 * @index: where to begin, in units
 * @length: how many units to visit
 */
void
crdt_text_iter_init (CrdtTextIter *iter,
                     CrdtType     *type,
                     guint         index,
                     guint         length)
{
  guint32 start = 0;

  iter->type = type;
  iter->item = type->list != 0 ? crdt_seq_find (type->doc, type->list, index, &start) : 0;
  iter->offset = index - start;
  iter->left = length;
}

/**
 * crdt_text_iter_next:
 * @run: (out): the next run, lent
 *
 * Returns: FALSE at the end
 */
gboolean
crdt_text_iter_next (CrdtTextIter *iter,
                     CrdtTextRun  *run)
{
  CrdtDoc *doc = iter->type->doc;

  while (iter->item != 0 && iter->left > 0)
    {
      const CrdtItem *item = crdt_item (doc, iter->item);
      guint32 units = crdt_item_units (item);

      if (units > 0)
        {
          const CrdtClient *client = &doc->clients[item->client];

          memset (run, 0, sizeof *run);
          run->length = MIN (units - iter->offset, iter->left);
          run->embed = item->ref != CRDT_REF_STRING;
          if (!run->embed && item->wide)
            run->utf16 = client->wide.wide + item->content + iter->offset;
          else if (!run->embed)
            run->ascii = client->narrow.narrow + item->content + iter->offset;
          iter->left -= run->length;
          iter->offset = 0;
          iter->item = iter->left > 0 ? crdt_seq_next_live (doc, iter->item) : 0;
          return TRUE;
        }
      iter->item = crdt_seq_next_live (doc, iter->item);
    }
  return FALSE;
}

static void
append_run (CrdtWriter        *out,
            const CrdtTextRun *run)
{
  if (run->ascii != NULL)
    crdt_writer_bytes (out, run->ascii, run->length);
  else if (run->utf16 != NULL)
    {
      gsize size = crdt_utf16_utf8_size (run->utf16, run->length);

      crdt_writer_reserve (out, size);
      crdt_utf16_to_utf8 (run->utf16, run->length, out->data + out->len);
      out->len += size;
    }
}

/**
 * crdt_text_get_range:
 * @index: first unit
 * @n_units: how many; cut at the end of the text
 * @length: (out) (optional): bytes
 *
 * Returns: (transfer full): the text of a range as UTF-8 with a NUL behind; embeds are left out
 */
char *
crdt_text_get_range (CrdtType *self,
                     guint     index,
                     guint     n_units,
                     gsize    *length)
{
  CrdtWriter out = { 0 };
  CrdtTextIter iter;
  CrdtTextRun run;

  crdt_text_iter_init (&iter, self, index, n_units);
  while (crdt_text_iter_next (&iter, &run))
    append_run (&out, &run);
  crdt_writer_u8 (&out, 0);
  if (length != NULL)
    *length = out.len - 1;
  return (char *) out.data;
}

/** Returns: (transfer full): all text, as crdt_text_get_range() gives it. */
char *
crdt_text_to_string (CrdtType *self,
                     gsize    *length)
{
  CrdtDoc *doc = self->doc;
  CrdtWriter out = { 0 };

  crdt_writer_reserve (&out, crdt_type_get_length (self) + 1);
  for (CrdtHandle h = self->list != 0 ? crdt_seq_first (doc, self->list) : 0; h != 0; h = crdt_seq_next (doc, h))
    {
      const CrdtItem *item = crdt_item (doc, h);

      if (!item->deleted && item->ref == CRDT_REF_STRING)
        {
          gsize size = crdt_text_utf8_size (doc, item, 0, item->length);

          crdt_writer_reserve (&out, size + 1);
          crdt_text_utf8_copy (doc, item, 0, item->length, out.data + out.len);
          out.len += size;
        }
    }
  crdt_writer_u8 (&out, 0);
  if (length != NULL)
    *length = out.len - 1;
  return (char *) out.data;
}

static void
append_insert (CrdtDoc      *doc,
               CrdtValue    *delta,
               CrdtValue    *insert,
               const GArray *attributes)
{
  CrdtValue *op = crdt_value_new_object ();
  CrdtValue *object = crdt_attributes_value (doc, attributes);

  crdt_value_set (op, "insert", insert);
  if (object != NULL)
    crdt_value_set (op, "attributes", object);
  crdt_value_append (delta, op);
}

/**
 * crdt_text_get_delta:
 * @index: first unit
 * @length: how many; cut at the end of the text
 *
 * Returns: (transfer full): the range as a delta of insertions, neighbours with equal
 *   attributes joined. A nested type appears as its plain value
 */
CrdtValue *
crdt_text_get_delta (CrdtType *self,
                     guint     index,
                     guint     length)
{
  CrdtDoc *doc = self->doc;
  CrdtValue *delta = crdt_value_new_array ();
  g_autoptr(GArray) attributes = NULL;
  g_autoptr(GArray) shown_list = g_array_new (FALSE, FALSE, sizeof (CrdtAttribute)); /* of @text */
  g_auto(CrdtWriter) text = { 0 };
  guint32 start = 0;
  CrdtHandle at;

  if (self->list == 0 || length == 0)
    return delta;
  at = crdt_seq_find (doc, self->list, index, &start);
  if (at == 0)
    return delta;
  attributes = crdt_text_attributes (doc, self->list, at);
  index -= start;
  for (; at != 0 && length > 0; at = crdt_seq_next_live (doc, at))
    {
      const CrdtItem *item = crdt_item (doc, at);
      gboolean same;

      if (item->ref == CRDT_REF_FORMAT)
        {
          CrdtAttribute format = crdt_item_format (doc, item);

          crdt_attributes_apply (attributes, &format);
          continue;
        }
      same = attributes->len == shown_list->len;
      for (guint i = 0; i < attributes->len && same; i++)
        {
          const CrdtAttribute *a = &g_array_index (attributes, CrdtAttribute, i);
          const CrdtAttribute *b = crdt_attributes_find (shown_list, a->key);

          same = b != NULL && a->n == b->n && memcmp (a->data, b->data, a->n) == 0;
        }
      if (text.len > 0 && (!same || item->ref != CRDT_REF_STRING))
        {
          append_insert (doc, delta, crdt_value_new_string ((const char *) text.data, (gssize) text.len), shown_list);
          text.len = 0;
        }
      if (!same)
        {
          g_array_set_size (shown_list, 0);
          if (attributes->len > 0)
            g_array_append_vals (shown_list, attributes->data, attributes->len);
        }
      if (item->ref == CRDT_REF_STRING)
        {
          guint32 n = MIN (item->length - index, length);
          gsize size = crdt_text_utf8_size (doc, item, index, n);

          crdt_writer_reserve (&text, size);
          crdt_text_utf8_copy (doc, item, index, n, text.data + text.len);
          text.len += size;
          length -= n;
        }
      else
        {
          for (guint32 i = index; i < item->length && length > 0; i++, length--)
            {
              g_auto(CrdtEntry) entry = { 0 };

              crdt_item_get_entry (doc, item, i, &entry);
              append_insert (doc, delta, entry.kind == CRDT_ITEM_TYPE ? crdt_type_to_value (entry.type)
                                                                     : crdt_value_ref (entry.value), shown_list);
            }
        }
      index = 0;
    }
  if (text.len > 0)
    append_insert (doc, delta, crdt_value_new_string ((const char *) text.data, (gssize) text.len), shown_list);
  return delta;
}

/** Returns: (transfer full): the whole text as a delta, see crdt_text_get_delta(). */
CrdtValue *
crdt_text_to_delta (CrdtType *self)
{
  return crdt_text_get_delta (self, 0, G_MAXUINT);
}

/**
 * crdt_text_get_attributes_at:
 * @index: a place between units
 *
 * Returns: (transfer full): the attributes that text typed there gets, as an object.
 *   O(keys · log n)
 */
CrdtValue *
crdt_text_get_attributes_at (CrdtType *self,
                             guint     index)
{
  CrdtDoc *doc = self->doc;
  g_autoptr(GArray) attributes = NULL;
  CrdtValue *object;
  CrdtHandle at = 0;
  guint32 start;

  if (self->list == 0)
    return crdt_value_new_object ();
  /* In front of the unit's right neighbour: formats directly behind the unit do not hold yet. */
  if (index > 0)
    {
      at = crdt_seq_find (doc, self->list, MIN (index, crdt_type_get_length (self)) - 1, &start);
      if (at != 0)
        attributes = crdt_text_attributes (doc, self->list, at);
    }
  object = crdt_attributes_value (doc, attributes);
  return object != NULL ? object : crdt_value_new_object ();
}

/** Returns: how many newlines the text has, plus one. */
guint
crdt_text_get_n_lines (CrdtType *self)
{
  return self->list != 0 ? self->doc->seqs[self->list].sum.lines + 1 : 1;
}

guint
crdt_text_get_n_code_points (CrdtType *self)
{
  return self->list != 0 ? self->doc->seqs[self->list].sum.points : 0;
}

static guint
convert (CrdtType    *self,
         CrdtMeasure  from,
         CrdtMeasure  to,
         guint        value)
{
  return self->list != 0 ? crdt_seq_convert (self->doc, self->list, from, to, value) : 0;
}

/** Returns: the unit at which line @line begins, counting from 0; the end for a line too many. */
guint
crdt_text_line_to_index (CrdtType *self,
                         guint     line)
{
  return convert (self, CRDT_BY_LINE, CRDT_BY_UNIT, line);
}

guint
crdt_text_index_to_line (CrdtType *self,
                         guint     index)
{
  return convert (self, CRDT_BY_UNIT, CRDT_BY_LINE, index);
}

/** Returns: the unit at which a code point begins; an embed counts as one, as in GtkTextBuffer. */
guint
crdt_text_code_point_to_index (CrdtType *self,
                               guint     code_point)
{
  return convert (self, CRDT_BY_POINT, CRDT_BY_UNIT, code_point);
}

guint
crdt_text_index_to_code_point (CrdtType *self,
                               guint     index)
{
  return convert (self, CRDT_BY_UNIT, CRDT_BY_POINT, index);
}
