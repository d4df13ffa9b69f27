/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From decoded structs to items: the step of applying an update that cannot fail.
 */

#include "config.h"

#include "update-private.h"

static void
store_gc (CrdtDoc *doc,
          guint32  client,
          guint32  clock,
          guint32  length)
{
  crdt_store_append (doc, crdt_item_new (doc, client, clock, length, CRDT_REF_GC));
}

static void
take_content (CrdtDoc              *doc,
              CrdtHandle            handle,
              const CrdtWireStruct *s,
              guint32               offset)
{
  CrdtItem *item = crdt_item (doc, handle);
  const guint8 *data = s->data;
  gsize n_data = s->n_data;

  switch (s->ref)
    {
    case CRDT_REF_STRING:
      if (offset > 0)
        {
          gboolean cut;
          const guint8 *from = crdt_utf8_skip_units (data, n_data, offset, &cut);

          n_data -= (gsize) (from - data);
          if (cut)
            {
              g_autofree guint8 *copy = g_malloc (n_data + 3);

              memcpy (copy, "\xEF\xBF\xBD", 3);
              memcpy (copy + 3, from, n_data);
              item->wide = TRUE;
              item->content = crdt_text_add_utf8 (doc, item->client, copy, n_data + 3, item->length);
              return;
            }
          data = from;
        }
      item->wide = n_data != item->length;
      item->content = crdt_text_add_utf8 (doc, item->client, data, n_data, item->length);
      break;
    case CRDT_REF_JSON:
    case CRDT_REF_ANY:
      if (offset > 0)
        {
          CrdtReader reader;
          gboolean canonical;

          crdt_reader_init (&reader, data, n_data);
          for (guint32 i = 0; i < offset; i++)
            crdt_any_skip (&reader, &canonical);
          data = reader.at;
          n_data = crdt_reader_left (&reader);
        }
      item->content = crdt_payload_new_list (doc, data, n_data, item->length);
      break;
    case CRDT_REF_BINARY:
    case CRDT_REF_EMBED:
      item->content = crdt_payload_new (doc, data, n_data, 0);
      break;
    case CRDT_REF_FORMAT:
    case CRDT_REF_DOC:
      item->content = crdt_payload_new (doc, data, n_data, crdt_strings_number (&doc->strings, s->name, s->n_name));
      break;
    case CRDT_REF_TYPE:
      item->content = crdt_type_new (doc, (CrdtTypeKind) s->type_kind,
                                     s->n_name > 0 ? crdt_strings_number (&doc->strings, s->name, s->n_name) : 0,
                                     handle)->index;
      break;
    default:
      break;
    }
}

/* Somebody types on: the new struct would be joined with the last one of its client, so that one grows. */
static gboolean
extend_last (CrdtDoc              *doc,
             guint32               client_index,
             const CrdtWireStruct *s)
{
  CrdtClient *client = &doc->clients[client_index];
  CrdtHandle handle, right;
  CrdtItem *item;
  guint32 points, lines;

  if (s->ref != CRDT_REF_STRING || doc->txn.bulk || !s->has_origin || s->origin_client != client->id
      || s->origin_clock + 1 != s->clock || s->clock != client->state)
    return FALSE;
  handle = crdt_store_find (doc, client_index, s->origin_clock);
  item = crdt_item (doc, handle);
  if (item->ref != CRDT_REF_STRING || item->deleted || item->redone)
    return FALSE;
  right = crdt_seq_next (doc, handle);
  if (s->has_right)
    {
      if (item->right_client == 0 || doc->clients[item->right_client].id != s->right_client
          || item->right_clock != s->right_clock || right == 0
          || crdt_item (doc, right)->client != item->right_client
          || crdt_item (doc, right)->clock != item->right_clock)
        return FALSE;
    }
  else if (item->right_client != 0 || right != 0)
    return FALSE;
  crdt_store_touch (doc, client_index);
  if (!crdt_text_extend (doc, item, s->data, s->n_data, s->length))
    return FALSE;
  client->state += s->length;
  crdt_text_count (doc, item, item->length - s->length, s->length, &points, &lines);
  crdt_seq_grown (doc, handle, s->length, points, lines);
  if (doc->cursor.item != handle)
    doc->cursor.seq = 0;
  crdt_txn_changed (doc, crdt_item_seq (doc, item));
  return TRUE;
}

/* Integrates one planned struct (format description §5.2 and §6). */
static void
integrate_struct (CrdtDoc              *doc,
                  guint32               client,
                  const CrdtWireStruct *s)
{
  guint32 state = doc->clients[client].state;
  guint32 offset = state > s->clock ? state - s->clock : 0;
  CrdtHandle left = 0, right = 0, handle;
  guint32 seq = 0;
  CrdtItem *item;

  if (s->ref == CRDT_REF_GC)
    {
      store_gc (doc, client, s->clock + offset, s->length - offset);
      return;
    }
  /* The reference resolves the origins before it cuts, so splits happen even where they are not needed. */
  if (s->has_origin)
    left = crdt_store_clean_end (doc, crdt_doc_intern_client (doc, s->origin_client), s->origin_clock);
  if (s->has_right)
    right = crdt_store_clean_start (doc, crdt_doc_intern_client (doc, s->right_client), s->right_clock);
  if ((left != 0 && crdt_item (doc, left)->ref == CRDT_REF_GC)
      || (right != 0 && crdt_item (doc, right)->ref == CRDT_REF_GC))
    seq = 0;
  else if (s->parent == CRDT_PARENT_COPIED)
    seq = crdt_item_seq (doc, crdt_item (doc, left != 0 ? left : right));
  else
    {
      CrdtType *parent = NULL;

      if (s->parent == CRDT_PARENT_ROOT)
        {
          guint32 name = crdt_strings_number (&doc->strings, s->parent_name, s->n_parent_name);

          parent = crdt_doc_root_by_number (doc, name);
          if (parent == NULL)
            parent = crdt_doc_add_root (doc, name, CRDT_TYPE_UNKNOWN);
        }
      else
        {
          const CrdtItem *owner;

          owner = crdt_item (doc, crdt_store_find (doc, crdt_doc_intern_client (doc, s->parent_client),
                                                   s->parent_clock));
          if (owner->ref == CRDT_REF_TYPE)
            parent = crdt_type_at (doc, owner->content);
        }
      /* A parent that is no type is treated as the reference does: see INTERNALS.md, "Lost parents". */
      if (parent != NULL)
        seq = crdt_seq_ensure (doc, parent->index,
                               s->has_key ? crdt_strings_number (&doc->strings, s->key, s->n_key) : 0);
    }
  if (offset > 0 && seq != 0)
    {
      /* What we have of it decides where the rest goes, even if the update says something else. */
      left = crdt_store_clean_end (doc, client, state - 1);
      seq = crdt_item (doc, left)->ref == CRDT_REF_GC ? 0 : crdt_item_seq (doc, crdt_item (doc, left));
    }
  if (seq == 0)
    {
      store_gc (doc, client, s->clock + offset, s->length - offset);
      return;
    }
  handle = crdt_item_new (doc, client, s->clock + offset, s->length - offset, s->ref);
  item = crdt_item (doc, handle);
  if (offset > 0)
    {
      item->origin_client = client;
      item->origin_clock = state - 1;
    }
  else if (s->has_origin)
    {
      item->origin_client = crdt_doc_find_client (doc, s->origin_client);
      item->origin_clock = s->origin_clock;
    }
  if (s->has_right)
    {
      item->right_client = crdt_doc_find_client (doc, s->right_client);
      item->right_clock = s->right_clock;
    }
  take_content (doc, handle, s, offset);
  crdt_item_integrate (doc, handle, seq, left, right);
}

/* Integrates one planned struct of a client: its clock is not above the client's state, and what it refers to is there. */
void
crdt_wire_integrate (CrdtDoc              *doc,
                     guint32               client,
                     const CrdtWireStruct *s)
{
  if (!extend_last (doc, client, s))
    integrate_struct (doc, client, s);
}

/* Deletes a range of known clocks. */
static void
delete_range (CrdtDoc *doc,
              guint32  client,
              guint32  clock,
              guint32  end)
{
  while (clock < end)
    {
      CrdtHandle handle = crdt_store_find (doc, client, clock);
      const CrdtItem *item = crdt_item (doc, handle);

      if (!item->deleted)
        {
          guint32 part = MIN (end, item->clock + item->length) - clock;

          if (part < item->length && crdt_item_trim (doc, handle, clock - item->clock, part))
            {
              clock += part;
              continue;
            }
          if (item->clock < clock)
            {
              handle = crdt_store_split (doc, handle, clock - item->clock);
              item = crdt_item (doc, handle);
            }
          if (item->clock + item->length > end)
            crdt_store_split (doc, handle, end - item->clock);
          crdt_item_delete (doc, handle);
        }
      clock = item->clock + item->length;
    }
}

/* Applies a delete set; what lies beyond the state is added to @rest. */
void
crdt_wire_apply_deletes (CrdtDoc *doc,
                         GArray  *deletes,
                         GArray  *rest)
{
  for (guint i = 0; i < deletes->len; i++)
    {
      CrdtWireRange range = g_array_index (deletes, CrdtWireRange, i);
      guint32 client = crdt_doc_find_client (doc, range.client);
      guint64 state = client != 0 ? doc->clients[client].state : 0;
      guint64 end = range.clock + range.length;

      if (range.clock < state)
        delete_range (doc, client, (guint32) range.clock, (guint32) MIN (end, state));
      if (end > state)
        {
          CrdtWireRange left = { range.client, MAX (range.clock, state), end - MAX (range.clock, state) };

          g_array_append_val (rest, left);
        }
    }
}
