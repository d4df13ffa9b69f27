/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Relative positions (format description §12): places in a list that stay where they are in
 * the text while others edit it.
 */

#include "config.h"

#include "doc-private.h"
#include "position.h"

typedef enum
{
  POSITION_ITEM,
  POSITION_ROOT,
  POSITION_TYPE,
} PositionKind;

typedef struct
{
  PositionKind  kind;
  guint64       client;
  guint64       clock;
  const guint8 *name;
  gsize         n_name;
  gint64        assoc;
} Position;

static GBytes *
position_encode (const Position *position)
{
  CrdtWriter writer = { 0 };

  crdt_writer_varuint (&writer, position->kind);
  if (position->kind == POSITION_ROOT)
    crdt_writer_varbytes (&writer, position->name, position->n_name);
  else
    {
      crdt_writer_varuint (&writer, position->client);
      crdt_writer_varuint (&writer, position->clock);
    }
  crdt_writer_varint (&writer, (guint64) ABS (position->assoc), position->assoc < 0);
  return crdt_writer_to_bytes (&writer);
}

static gboolean
position_decode (const guint8  *data,
                 gsize          length,
                 Position      *position,
                 GError       **error)
{
  CrdtReader reader;
  guint64 kind, magnitude;
  gboolean negative;
  gsize units;

  memset (position, 0, sizeof *position);
  crdt_reader_init (&reader, data, length);
  if (crdt_reader_read_varuint (&reader, &kind))
    {
      position->kind = (PositionKind) kind;
      if (kind == POSITION_ROOT)
        {
          if (crdt_reader_read_varbytes (&reader, &position->name, &position->n_name)
              && !crdt_utf8_scan (position->name, position->n_name, &units))
            crdt_reader_fail (&reader, CRDT_ERROR_INVALID, "a name is not UTF-8");
        }
      else if (kind == POSITION_ITEM || kind == POSITION_TYPE)
        {
          if (crdt_reader_read_varuint (&reader, &position->client))
            crdt_reader_read_varuint (&reader, &position->clock);
        }
      else
        crdt_reader_fail (&reader, CRDT_ERROR_UNSUPPORTED, "an unknown kind of position");
      /* Older writers leave the association out. */
      if (reader.failure == NULL && reader.at < reader.end
          && crdt_reader_read_varint (&reader, &magnitude, &negative))
        position->assoc = negative ? -(gint64) magnitude : (gint64) magnitude;
      if (reader.failure == NULL && reader.at < reader.end)
        crdt_reader_fail (&reader, CRDT_ERROR_INVALID, "bytes follow the end");
    }
  return reader.failure == NULL || crdt_reader_set_error (&reader, "relative position", error);
}

/**
 * crdt_position_new:
 * @index: a place between units
 * @assoc: ≥ 0: belongs to what is right of it; < 0: to what is left of it
 *
 * Returns: (transfer full): the place as bytes, the same as Yjs makes
 */
GBytes *
crdt_position_new (CrdtType *type,
                   guint     index,
                   int       assoc)
{
  CrdtDoc *doc = type->doc;
  Position position = { 0 };
  CrdtHandle handle = 0;
  guint32 start = 0;

  position.assoc = assoc;
  if (type->list != 0 && (assoc >= 0 || index > 0))
    {
      if (assoc < 0)
        index--;
      handle = crdt_seq_find (doc, type->list, index, &start);
      if (handle != 0)
        {
          position.clock = crdt_item (doc, handle)->clock + (index - start);
        }
      else if (assoc < 0 && (handle = crdt_seq_last (doc, type->list)) != 0)
        position.clock = crdt_item_last_id (crdt_item (doc, handle)).clock;
    }
  if (handle != 0)
    {
      position.kind = POSITION_ITEM;
      position.client = doc->clients[crdt_item (doc, handle)->client].id;
    }
  else if (type->item == 0)
    {
      position.kind = POSITION_ROOT;
      position.name = crdt_string (doc, type->name, &position.n_name);
    }
  else
    {
      const CrdtItem *owner = crdt_item (doc, type->item);

      position.kind = POSITION_TYPE;
      position.client = doc->clients[owner->client].id;
      position.clock = owner->clock;
    }
  return position_encode (&position);
}

/* Follows an id to the item that holds it now, through all restorations. */
static CrdtHandle
follow (CrdtDoc *doc,
        guint64  client_id,
        guint64  clock,
        guint32 *out_offset)
{
  guint32 client = crdt_doc_find_client (doc, client_id);
  CrdtId id = { client, (guint32) clock };

  if (client == 0 || clock >= doc->clients[client].state)
    return 0;
  for (;;)
    {
      CrdtHandle handle = crdt_store_find (doc, id.client, id.clock);
      guint32 offset = id.clock - crdt_item (doc, handle)->clock;

      if (!crdt_item_get_redone (doc, handle, &id))
        {
          *out_offset = offset;
          return handle;
        }
      id.clock += offset;
    }
}

/**
 * crdt_position_resolve:
 * @data: from crdt_position_new() or Yjs
 * @out_type: (out): the type it is in
 * @out_index: (out): the place now
 * @error: #CrdtError if @data is no position; RANGE if it refers to something that is not
 *   known yet or no longer
 */
gboolean
crdt_position_resolve (CrdtDoc       *doc,
                       const guint8  *data,
                       gsize          length,
                       CrdtType     **out_type,
                       guint         *out_index,
                       GError       **error)
{
  Position position;
  CrdtType *type = NULL;
  CrdtHandle handle;
  guint32 offset, number;

  if (!position_decode (data, length, &position, error))
    return FALSE;
  if (position.kind == POSITION_ROOT)
    {
      number = crdt_strings_lookup (&doc->strings, position.name, position.n_name);
      type = number != 0 ? crdt_doc_root_by_number (doc, number) : NULL;
    }
  else
    {
      handle = follow (doc, position.client, position.clock, &offset);
      if (handle != 0 && position.kind == POSITION_TYPE && crdt_item (doc, handle)->ref == CRDT_REF_TYPE)
        type = crdt_type_at (doc, crdt_item (doc, handle)->content);
      else if (handle != 0 && position.kind == POSITION_ITEM && crdt_item (doc, handle)->ref != CRDT_REF_GC)
        {
          const CrdtItem *item = crdt_item (doc, handle);

          /* The value of a key has no place in a list. */
          if (doc->seqs[crdt_item_seq (doc, item)].key != 0)
            {
              g_set_error_literal (error, CRDT_ERROR, CRDT_ERROR_RANGE, "the position is not in a list");
              return FALSE;
            }
          type = crdt_item_parent (doc, item);
          *out_type = type;
          *out_index = type->dead ? 0 : crdt_seq_position (doc, handle)
                       + (item->deleted || !crdt_item_countable (item) ? 0 : offset + (position.assoc < 0 ? 1 : 0));
          return TRUE;
        }
    }
  if (type == NULL)
    {
      g_set_error_literal (error, CRDT_ERROR, CRDT_ERROR_RANGE, "the position refers to something unknown");
      return FALSE;
    }
  *out_type = type;
  *out_index = position.assoc >= 0 ? crdt_type_get_length (type) : 0;
  return TRUE;
}

/**
 * crdt_position_to_json:
 *
 * Returns: (transfer full) (nullable): the form in which cursors travel in awareness states
 */
char *
crdt_position_to_json (const guint8  *data,
                       gsize          length,
                       GError       **error)
{
  Position position;
  g_autoptr(CrdtValue) object = NULL;

  if (!position_decode (data, length, &position, error))
    return NULL;
  object = crdt_value_new_object ();
  if (position.kind == POSITION_ROOT)
    crdt_value_set (object, "tname", crdt_value_new_string ((const char *) position.name, (gssize) position.n_name));
  else
    {
      CrdtValue *id = crdt_value_new_object ();

      crdt_value_set (id, "client", crdt_value_new_number ((double) position.client));
      crdt_value_set (id, "clock", crdt_value_new_number ((double) position.clock));
      crdt_value_set (object, position.kind == POSITION_ITEM ? "item" : "type", id);
    }
  crdt_value_set (object, "assoc", crdt_value_new_number ((double) position.assoc));
  return crdt_value_to_json (object);
}

static gboolean
read_id (CrdtValue *value,
         Position  *position)
{
  CrdtValue *client = value != NULL ? crdt_value_get (value, "client") : NULL;
  CrdtValue *clock = value != NULL ? crdt_value_get (value, "clock") : NULL;
  double c, k;

  if (client == NULL || clock == NULL)
    return FALSE;
  c = crdt_value_get_number (client);
  k = crdt_value_get_number (clock);
  if (!(c >= 0 && c <= (double) CRDT_MAX_INTEGER && k >= 0 && k <= (double) CRDT_MAX_INTEGER))
    return FALSE;
  position->client = (guint64) c;
  position->clock = (guint64) k;
  return TRUE;
}

/**
 * crdt_position_from_json:
 * @error: %CRDT_ERROR_INVALID
 *
 * Returns: (transfer full) (nullable): the bytes of a position in JSON
 */
GBytes *
crdt_position_from_json (const char  *json,
                         GError     **error)
{
  g_autoptr(CrdtValue) object = crdt_value_from_json (json, -1, error);
  Position position = { 0 };
  CrdtValue *name, *assoc;

  if (object == NULL)
    return NULL;
  name = crdt_value_get (object, "tname");
  assoc = crdt_value_get (object, "assoc");
  if (assoc != NULL)
    position.assoc = crdt_value_get_number (assoc) < 0 ? -1 : 0;
  if (read_id (crdt_value_get (object, "item"), &position))
    position.kind = POSITION_ITEM;
  else if (name != NULL && crdt_value_get_kind (name) == CRDT_VALUE_STRING)
    {
      position.kind = POSITION_ROOT;
      position.name = (const guint8 *) crdt_value_get_string (name, &position.n_name);
    }
  else if (read_id (crdt_value_get (object, "type"), &position))
    position.kind = POSITION_TYPE;
  else
    {
      g_set_error_literal (error, CRDT_ERROR, CRDT_ERROR_INVALID, "relative position: no item, tname or type");
      return NULL;
    }
  return position_encode (&position);
}
