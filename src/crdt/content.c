/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Content of items: text in append-only buffers per client, other values as payloads.
 */

#include "config.h"

#include "doc-private.h"

static inline CrdtTextBuffer *
item_buffer (CrdtDoc        *doc,
             const CrdtItem *item)
{
  CrdtClient *client = &doc->clients[item->client];

  return item->wide ? &client->wide : &client->narrow;
}

/* Makes room for @more units behind the end. */
static void
buffer_reserve (CrdtTextBuffer *buffer,
                gsize           more,
                gsize           unit)
{
  gsize need = (gsize) buffer->length + more;

  if (need <= buffer->alloc)
    return;
  g_assert (need < G_MAXUINT32);
  /* The first text of a client is often its only one: take just that. */
  buffer->alloc = (guint32) MIN (buffer->alloc == 0 ? MAX (need, 16) : MAX (need, (gsize) buffer->alloc * 3 / 2),
                                 G_MAXUINT32);
  buffer->narrow = g_realloc (buffer->narrow, buffer->alloc * unit);
}

/* Makes room for text that is about to come, and no more than that. */
void
crdt_text_reserve (CrdtDoc *doc,
                   guint32  client,
                   guint32  narrow,
                   guint32  wide)
{
  CrdtTextBuffer *buffers[2] = { &doc->clients[client].narrow, &doc->clients[client].wide };

  for (guint w = 0; w < 2; w++)
    {
      guint64 need = (guint64) buffers[w]->length + (w == 0 ? narrow : wide);

      if (need > buffers[w]->alloc && need < G_MAXUINT32)
        {
          buffers[w]->alloc = (guint32) need;
          buffers[w]->narrow = g_realloc (buffers[w]->narrow, need * (w + 1));
        }
    }
}

/* Makes sure that all marks up to the end of the buffer are there. */
static void
update_marks (CrdtTextBuffer *buffer,
              gboolean        wide)
{
  guint32 n = buffer->length / CRDT_TEXT_MARK + 1;
  guint32 lines, points;

  if (buffer->n_marks >= n)
    return;
  if (n > buffer->alloc_marks)
    {
      buffer->alloc_marks = n + n / 4;
      buffer->marks = g_renew (guint32, buffer->marks, buffer->alloc_marks * 2);
    }
  if (buffer->n_marks == 0)
    {
      buffer->marks[0] = buffer->marks[1] = 0;
      buffer->n_marks = 1;
    }
  for (; buffer->n_marks < n; buffer->n_marks++)
    {
      guint32 start = (buffer->n_marks - 1) * CRDT_TEXT_MARK;

      lines = buffer->marks[2 * buffer->n_marks - 2];
      points = buffer->marks[2 * buffer->n_marks - 1];
      for (guint32 i = start; i < start + CRDT_TEXT_MARK; i++)
        if (wide)
          {
            lines += buffer->wide[i] == '\n';
            points += !(crdt_is_low_surrogate (buffer->wide[i]));
          }
        else
          {
            lines += buffer->narrow[i] == '\n';
            points++;
          }
      buffer->marks[2 * buffer->n_marks] = lines;
      buffer->marks[2 * buffer->n_marks + 1] = points;
    }
}

static void
count_directly (const CrdtTextBuffer *buffer,
                gboolean              wide,
                guint32               start,
                guint32               length,
                guint32              *points,
                guint32              *lines)
{
  guint32 n_lines = 0;
  guint32 n_points = length;

  if (wide)
    {
      const guint16 *text = buffer->wide + start;

      n_points = 0;
      for (guint32 i = 0; i < length; i++)
        {
          n_lines += text[i] == '\n';
          n_points += !crdt_is_low_surrogate (text[i]);
        }
    }
  else
    {
      const guint8 *text = buffer->narrow + start;

      for (guint32 i = 0; i < length; i++)
        n_lines += text[i] == '\n';
    }
  *points = n_points;
  *lines = n_lines;
}

/*
 * Counts code points and newlines of a part of a string item: O(1) in the length, thanks
 * to the marks. A code point is counted at its first unit.
 */
void
crdt_text_count (CrdtDoc        *doc,
                 const CrdtItem *item,
                 guint32         offset,
                 guint32         length,
                 guint32        *points,
                 guint32        *lines)
{
  CrdtTextBuffer *buffer = item_buffer (doc, item);
  guint32 start = item->content + offset;
  guint32 first, last, p, l;

  if (length == 1)
    {
      *lines = (item->wide ? buffer->wide[start] : buffer->narrow[start]) == '\n';
      *points = !item->wide || !crdt_is_low_surrogate (buffer->wide[start]);
      return;
    }
  if (length < 4 * CRDT_TEXT_MARK)
    {
      count_directly (buffer, item->wide, start, length, points, lines);
      return;
    }
  update_marks (buffer, item->wide);
  first = (start + CRDT_TEXT_MARK - 1) / CRDT_TEXT_MARK;
  last = (start + length) / CRDT_TEXT_MARK;
  *lines = buffer->marks[2 * last] - buffer->marks[2 * first];
  *points = buffer->marks[2 * last + 1] - buffer->marks[2 * first + 1];
  count_directly (buffer, item->wide, start, first * CRDT_TEXT_MARK - start, &p, &l);
  *points += p;
  *lines += l;
  count_directly (buffer, item->wide, last * CRDT_TEXT_MARK, start + length - last * CRDT_TEXT_MARK, &p, &l);
  *points += p;
  *lines += l;
}

/*
 * crdt_text_seek:
 * @count: how many newlines (@by_line) or code points to pass; the item holds at least as many
 *
 * Returns: units from the start of the item to just behind the last of them
 */
guint32
crdt_text_seek (CrdtDoc        *doc,
                const CrdtItem *item,
                gboolean        by_line,
                guint32         count)
{
  CrdtTextBuffer *buffer = item_buffer (doc, item);
  guint32 at = item->content;
  guint32 end = at + item->length;
  guint32 low, high, base, p, l;

  if (count == 0)
    return 0;
  if (!by_line && !item->wide)
    return MIN (count, item->length);
  if (item->length >= 4 * CRDT_TEXT_MARK)
    {
      /* Binary search for the last mark inside the item before which fewer than @count have passed. */
      update_marks (buffer, item->wide);
      low = (at + CRDT_TEXT_MARK - 1) / CRDT_TEXT_MARK;
      high = end / CRDT_TEXT_MARK + 1;
      count_directly (buffer, item->wide, at, low * CRDT_TEXT_MARK - at, &p, &l);
      base = by_line ? l : p;
      if (base < count)
        {
          guint which = by_line ? 0 : 1;
          guint32 origin = buffer->marks[2 * low + which];

          while (high - low > 1)
            {
              guint32 middle = (low + high) / 2;

              if (base + (buffer->marks[2 * middle + which] - origin) < count)
                low = middle;
              else
                high = middle;
            }
          count -= base + (buffer->marks[2 * low + which] - origin);
          at = low * CRDT_TEXT_MARK;
        }
    }
  for (; at < end && count > 0; at++)
    {
      if (by_line)
        count -= (item->wide ? buffer->wide[at] : buffer->narrow[at]) == '\n';
      else if (!crdt_is_low_surrogate (buffer->wide[at]))
        count--;
    }
  /* Both halves of the last code point belong to it. */
  if (!by_line && at > item->content && at < end && crdt_is_low_surrogate (buffer->wide[at])
      && crdt_is_high_surrogate (buffer->wide[at - 1]))
    at++;
  return at - item->content;
}

/* Appends checked UTF-8 to a client's text. Returns: its offset; narrow if units = bytes. */
guint32
crdt_text_add_utf8 (CrdtDoc      *doc,
                    guint32       client,
                    const guint8 *text,
                    gsize         n_bytes,
                    guint32       units)
{
  gboolean wide = n_bytes != units;
  CrdtTextBuffer *buffer = wide ? &doc->clients[client].wide : &doc->clients[client].narrow;
  guint32 offset = buffer->length;

  buffer_reserve (buffer, units, wide ? 2 : 1);
  if (wide)
    crdt_utf8_to_utf16 (text, n_bytes, buffer->wide + offset);
  else
    memcpy (buffer->narrow + offset, text, n_bytes);
  buffer->length += units;
  return offset;
}

/* Puts text at the end of an item in place. Returns: FALSE if something else lies behind it. */
gboolean
crdt_text_extend (CrdtDoc      *doc,
                  CrdtItem     *item,
                  const guint8 *text,
                  gsize         n_bytes,
                  guint32       units)
{
  CrdtTextBuffer *buffer = item_buffer (doc, item);

  if (item->content + item->length != buffer->length || (!item->wide && n_bytes != units))
    return FALSE;
  buffer_reserve (buffer, units, item->wide ? 2 : 1);
  if (item->wide)
    crdt_utf8_to_utf16 (text, n_bytes, buffer->wide + buffer->length);
  else
    memcpy (buffer->narrow + buffer->length, text, n_bytes);
  buffer->length += units;
  item->length += units;
  return TRUE;
}

gsize
crdt_text_utf8_size (CrdtDoc        *doc,
                     const CrdtItem *item,
                     guint32         offset,
                     guint32         length)
{
  const CrdtTextBuffer *buffer = item_buffer (doc, item);

  return item->wide ? crdt_utf16_utf8_size (buffer->wide + item->content + offset, length) : length;
}

/* Writes a part of a string item as UTF-8; returns one past the last byte. */
guint8 *
crdt_text_utf8_copy (CrdtDoc        *doc,
                     const CrdtItem *item,
                     guint32         offset,
                     guint32         length,
                     guint8         *out)
{
  const CrdtTextBuffer *buffer = item_buffer (doc, item);

  if (item->wide)
    return crdt_utf16_to_utf8 (buffer->wide + item->content + offset, length, out);
  memcpy (out, buffer->narrow + item->content + offset, length);
  return out + length;
}

/* Appends an item's own text behind the end of a buffer of its client, wide if @wide. */
static guint32
append_text (CrdtDoc        *doc,
             const CrdtItem *item,
             guint32         client,
             gboolean        wide)
{
  CrdtTextBuffer *to = wide ? &doc->clients[client].wide : &doc->clients[client].narrow;
  guint32 offset = to->length;
  const CrdtTextBuffer *from;

  buffer_reserve (to, item->length, wide ? 2 : 1);
  from = item_buffer (doc, item);
  if (wide && item->wide)
    memcpy (to->wide + offset, from->wide + item->content, item->length * 2);
  else if (wide)
    for (guint32 i = 0; i < item->length; i++)
      to->wide[offset + i] = from->narrow[item->content + i];
  else
    memcpy (to->narrow + offset, from->narrow + item->content, item->length);
  to->length += item->length;
  return offset;
}

static gboolean
join_text (CrdtDoc  *doc,
           CrdtItem *left,
           CrdtItem *right)
{
  gboolean wide = left->wide || right->wide;
  CrdtTextBuffer *buffer = item_buffer (doc, left);

  if (left->wide == right->wide && left->content + left->length == right->content)
    return TRUE;
  if (left->wide == wide && left->content + left->length == buffer->length)
    {
      append_text (doc, right, left->client, wide);
    }
  else
    {
      guint32 offset = append_text (doc, left, left->client, wide);

      append_text (doc, right, left->client, wide);
      buffer = item_buffer (doc, left);
      buffer->dead += left->length;
      left->content = offset;
      left->wide = wide;
    }
  buffer = item_buffer (doc, right);
  buffer->dead += right->length;
  return TRUE;
}

/* Payloads */

/* Finds the end of each of @n values; they are canonical, so reading cannot fail. */
static guint32 *
find_ends (CrdtDoc      *doc,
           const guint8 *data,
           gsize         length,
           guint32       n)
{
  guint32 *ends = crdt_arena_alloc (&doc->arena, n * sizeof (guint32));
  CrdtReader reader;
  gboolean canonical;

  crdt_reader_init (&reader, data, length);
  for (guint32 i = 0; i < n; i++)
    {
      crdt_any_skip (&reader, &canonical);
      ends[i] = (guint32) (reader.at - reader.start);
    }
  return ends;
}

guint32
crdt_payload_new (CrdtDoc      *doc,
                  const guint8 *data,
                  gsize         length,
                  guint32       key)
{
  CrdtPayload payload = { 0 };
  guint32 number;

  payload.length = payload.alloc = (guint32) length;
  payload.key = key;
  if (length > 0)
    {
      payload.data = crdt_arena_alloc (&doc->arena, length);
      memcpy (payload.data, data, length);
    }
  if (doc->free_payloads->len > 0)
    {
      number = g_array_index (doc->free_payloads, guint32, doc->free_payloads->len - 1);
      g_array_set_size (doc->free_payloads, doc->free_payloads->len - 1);
      *crdt_payload (doc, number) = payload;
    }
  else
    {
      number = doc->payloads->len;
      g_array_append_val (doc->payloads, payload);
    }
  return number;
}

/* A payload of several values, each of which can be addressed. */
guint32
crdt_payload_new_list (CrdtDoc      *doc,
                       const guint8 *data,
                       gsize         length,
                       guint32       n_values)
{
  guint32 number = crdt_payload_new (doc, data, length, 0);

  if (n_values > 1)
    {
      CrdtPayload *payload = crdt_payload (doc, number);

      payload->ends = find_ends (doc, data, length, n_values);
      payload->alloc_ends = n_values;
    }
  return number;
}

static void
payload_free (CrdtDoc *doc,
              guint32  number)
{
  CrdtPayload *payload = crdt_payload (doc, number);

  crdt_arena_free (&doc->arena, payload->data, payload->alloc);
  crdt_arena_free (&doc->arena, payload->ends, payload->alloc_ends * sizeof (guint32));
  memset (payload, 0, sizeof *payload);
  g_array_append_val (doc->free_payloads, number);
}

/* Lends the bytes of values @offset to @offset + @length of an item; of a single one all of it. */
void
crdt_payload_get (CrdtDoc        *doc,
                  const CrdtItem *item,
                  guint32         offset,
                  guint32         length,
                  const guint8  **out_data,
                  gsize          *out_length)
{
  const CrdtPayload *payload = crdt_payload (doc, item->content);
  guint32 start = payload->ends != NULL && offset > 0 ? payload->ends[offset - 1] : 0;
  guint32 end = payload->ends != NULL ? payload->ends[offset + length - 1] : payload->length;

  *out_data = payload->data != NULL ? payload->data + start : (const guint8 *) "";
  *out_length = end - start;
}

static gboolean
join_payloads (CrdtDoc  *doc,
               CrdtItem *left,
               CrdtItem *right)
{
  CrdtPayload *a = crdt_payload (doc, left->content);
  CrdtPayload *b = crdt_payload (doc, right->content);
  guint32 n = left->length + right->length;
  guint32 a_length = a->ends != NULL ? a->ends[left->length - 1] : a->length;
  guint32 b_length = b->ends != NULL ? b->ends[right->length - 1] : b->length;
  gboolean single = a->ends == NULL;

  if ((guint64) a_length + b_length > G_MAXUINT32 / 2)
    return FALSE;
  if (a->alloc < a_length + b_length)
    {
      guint32 alloc = MAX (a_length + b_length, a->alloc + a->alloc / 2);

      a->data = crdt_arena_grow (&doc->arena, a->data, a->alloc, alloc);
      a->alloc = alloc;
    }
  if (a->alloc_ends < n)
    {
      guint32 alloc = MAX (n, a->alloc_ends + a->alloc_ends / 2);

      a->ends = crdt_arena_grow (&doc->arena, a->ends, a->alloc_ends * sizeof (guint32), alloc * sizeof (guint32));
      a->alloc_ends = alloc;
    }
  if (single)
    a->ends[0] = a_length;
  memcpy (a->data + a_length, b->data, b_length);
  a->length = a_length + b_length;
  for (guint32 i = 0; i < right->length; i++)
    a->ends[left->length + i] = a_length + (b->ends != NULL ? b->ends[i] : b->length);
  payload_free (doc, right->content);
  return TRUE;
}

/* Shares out the content of @left, which has been cut at @offset, with @right, its copy. */
void
crdt_content_split (CrdtDoc  *doc,
                    CrdtItem *left,
                    CrdtItem *right,
                    guint32   offset)
{
  if (left->ref == CRDT_REF_STRING)
    {
      CrdtTextBuffer *buffer = item_buffer (doc, left);

      right->content += offset;
      if (left->wide && crdt_is_high_surrogate (buffer->wide[right->content - 1]))
        {
          /* The character is destroyed as in the reference: both halves become U+FFFD for good. */
          gboolean pair = crdt_is_low_surrogate (buffer->wide[right->content]);

          buffer->wide[right->content - 1] = 0xFFFD;
          buffer->wide[right->content] = 0xFFFD;
          buffer->n_marks = 0;
          if (pair && !left->deleted)
            crdt_seq_grown (doc, crdt_store_find (doc, left->client, left->clock), 0, 1, 0);
        }
    }
  else if (left->ref == CRDT_REF_ANY || left->ref == CRDT_REF_JSON)
    {
      const CrdtPayload *whole = crdt_payload (doc, left->content);
      guint32 start = whole->ends[offset - 1];
      guint32 end = whole->ends[offset + right->length - 1];
      guint8 *data = whole->data;

      right->content = crdt_payload_new_list (doc, data + start, end - start, right->length);
      if (left->length == 1)
        {
          CrdtPayload *payload = crdt_payload (doc, left->content);

          crdt_arena_free (&doc->arena, payload->ends, payload->alloc_ends * sizeof (guint32));
          payload->ends = NULL;
          payload->alloc_ends = 0;
          payload->length = start;
        }
    }
}

/* Puts the content of @right behind that of @left; @left's length is still the old one. */
gboolean
crdt_content_join (CrdtDoc  *doc,
                   CrdtItem *left,
                   CrdtItem *right)
{
  switch (left->ref)
    {
    case CRDT_REF_STRING:
      return join_text (doc, left, right);
    case CRDT_REF_ANY:
    case CRDT_REF_JSON:
      return join_payloads (doc, left, right);
    default:
      return TRUE;
    }
}

/* Gives up an item's content, which is being collected. */
void
crdt_content_drop (CrdtDoc  *doc,
                   CrdtItem *item)
{
  if (item->ref == CRDT_REF_STRING)
    item_buffer (doc, item)->dead += item->length;
  else if (crdt_item_has_payload (item))
    payload_free (doc, item->content);
  item->content = 0;
  item->wide = FALSE;
}

/* Gives @to, which belongs to another client perhaps, a copy of the content of @from. Types are the caller's. */
guint32
crdt_content_copy (CrdtDoc    *doc,
                   CrdtHandle  from_handle,
                   CrdtItem   *to)
{
  const CrdtItem *from = crdt_item (doc, from_handle);

  to->wide = from->wide;
  if (from->ref == CRDT_REF_STRING)
    return append_text (doc, from, to->client, from->wide);
  if (crdt_item_has_payload (from))
    {
      const guint8 *data;
      gsize length;
      guint32 key = crdt_payload (doc, from->content)->key;
      guint32 number;

      crdt_payload_get (doc, from, 0, from->length, &data, &length);
      number = from->ref == CRDT_REF_ANY || from->ref == CRDT_REF_JSON
               ? crdt_payload_new_list (doc, data, length, from->length)
               : crdt_payload_new (doc, data, length, key);
      return number;
    }
  return 0;
}

/*
 * crdt_text_compact:
 *
 * Rewrites a client's text without the parts that no item refers to, once they are more
 * than half of it: the cost is shared by the deletions that made them.
 */
void
crdt_text_compact (CrdtDoc *doc,
                   guint32  client_index)
{
  CrdtClient *client = &doc->clients[client_index];
  CrdtTextBuffer old[2] = { client->narrow, client->wide };
  CrdtStoreIter iter;
  CrdtHandle handle;

  for (guint w = 0; w < 2; w++)
    {
      CrdtTextBuffer *buffer = w == 0 ? &client->narrow : &client->wide;

      if (old[w].dead <= old[w].length / 2 || old[w].dead < 4096)
        continue;
      memset (buffer, 0, sizeof *buffer);
      buffer_reserve (buffer, old[w].length - old[w].dead + 16, w == 0 ? 1 : 2);
      crdt_store_iter_init (&iter, doc, client_index, 0);
      while ((handle = crdt_store_iter_next (&iter)) != 0)
        {
          CrdtItem *item = crdt_item (doc, handle);

          if (item->ref != CRDT_REF_STRING || item->wide != w)
            continue;
          buffer_reserve (buffer, item->length, w == 0 ? 1 : 2);
          if (w == 0)
            memcpy (buffer->narrow + buffer->length, old[w].narrow + item->content, item->length);
          else
            memcpy (buffer->wide + buffer->length, old[w].wide + item->content, item->length * 2);
          item->content = buffer->length;
          buffer->length += item->length;
        }
      g_free (old[w].narrow);
      g_free (old[w].marks);
    }
}

/* Builds the value of one canonical `any`. */
CrdtValue *
crdt_any_value (const guint8 *data,
                gsize         length)
{
  CrdtReader reader;

  crdt_reader_init (&reader, data, length);
  return crdt_any_read (&reader);
}
