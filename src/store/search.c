/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Searching messages. Conversation, author and "has" are tokens of the index (index-private.h), so a filter narrows the search
 * before a row is read; the index is read from its newest row on and left as soon as there are enough.
 */

#include "message-private.h"
#include "query-private.h"

#include <string.h>

#include "tokenizer-private.h"

#define MAX_NAMES 50
#define SNIPPET_CHARS 160
/* Row ids follow the time (message.c), but those of one instant may run ahead by as much. */
#define ID_EPOCH G_GINT64_CONSTANT (946684800000000)
#define ID_UNIT 15625

void
store_hit_free (StoreHit *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->message, store_message_unref);
  g_free (self->snippet);
  g_clear_pointer (&self->ranges, g_array_unref);
  g_free (self);
}

static gboolean
collect_ids (StoreTransaction *tx,
             StoreStatement   *statement,
             GArray           *ids,
             GError          **error)
{
  g_autoptr(StoreStatement) released = statement;
  int step;

  if (statement == NULL)
    return FALSE;
  while ((step = store_step (tx, statement, error)) == 1)
    {
      gint64 id = sqlite3_column_int64 (statement, 0);

      g_array_append_val (ids, id);
    }
  return step == 0;
}

/* Authors whom "from:" may mean: by address, its local part, nickname, or a person's name. */
static GArray *
find_authors (StoreTransaction *tx,
              const char       *text,
              GError          **error)
{
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autofree char *folded = store_fold (text);

  if (g_ascii_strcasecmp (text, "me") == 0)
    return collect_ids (tx, store_query (tx, error, "SELECT id FROM author WHERE key = 'me'", ""), ids, error)
             ? g_steal_pointer (&ids) : NULL;
  if (!collect_ids (tx, store_query (tx, error, "SELECT id FROM author WHERE address = ?1 OR nick = ?1 "
                                     "OR substr(address, 1, length(?1) + 1) = ?1 || '@' LIMIT 50", "s", text), ids, error))
    return NULL;
  if (ids->len == 0 && folded[0] != '\0' &&
      !collect_ids (tx, store_query (tx, error, "SELECT id FROM author WHERE address IN (SELECT address FROM person "
                                     "WHERE instr(folded, ?) > 0) LIMIT 50", "s", folded), ids, error))
    return NULL;
  return g_steal_pointer (&ids);
}

static GArray *
find_conversations (StoreTransaction *tx,
                    const char       *text,
                    GError          **error)
{
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  if (!collect_ids (tx, store_query (tx, error, "SELECT id FROM conversation WHERE address = ?1 "
                                     "OR substr(address, 1, length(?1) + 1) = ?1 || '@' LIMIT 50", "s", text), ids, error))
    return NULL;
  if (ids->len == 0 &&
      !collect_ids (tx, store_query (tx, error, "SELECT id FROM conversation WHERE instr(lower(name), lower(?)) > 0 LIMIT 50", "s",
                                     text), ids, error))
    return NULL;
  return g_steal_pointer (&ids);
}

static void
append_any (GString *expression,
            char     kind,
            GArray  *ids)
{
  g_string_append (expression, expression->len > 0 ? " AND facets : (" : "facets : (");
  for (guint i = 0; i < ids->len; i++)
    g_string_append_printf (expression, "%s%c%" G_GINT64_FORMAT, i > 0 ? " OR " : "", kind, g_array_index (ids, gint64, i));
  g_string_append_c (expression, ')');
}

static void
append_facet (GString    *expression,
              const char *facet)
{
  g_string_append_printf (expression, "%sfacets : %s", expression->len > 0 ? " AND " : "", facet);
}

/* *out_none: a filter names nobody, so nothing can match. */
static char *
make_expression (StoreTransaction *tx,
                 const StoreQuery *query,
                 gboolean         *out_none,
                 GError          **error)
{
  g_autofree char *words = store_query_dup_expression (query);
  g_autoptr(GString) expression = g_string_new (words);

  *out_none = FALSE;
  if (query->conversation != 0)
    {
      g_autoptr(GArray) one = g_array_new (FALSE, FALSE, sizeof (gint64));

      g_array_append_val (one, query->conversation);
      append_any (expression, 'c', one);
    }
  if (query->in != NULL)
    {
      g_autoptr(GArray) ids = find_conversations (tx, query->in, error);

      if (ids == NULL)
        return NULL;
      *out_none = *out_none || ids->len == 0;
      append_any (expression, 'c', ids);
    }
  if (query->from != NULL)
    {
      g_autoptr(GArray) ids = find_authors (tx, query->from, error);

      if (ids == NULL)
        return NULL;
      *out_none = *out_none || ids->len == 0;
      append_any (expression, 'a', ids);
    }
  if (query->has_file)
    append_facet (expression, "hf");
  if (query->has_image)
    append_facet (expression, "hi");
  if (query->has_link)
    append_facet (expression, "hl");
  return g_string_free (g_steal_pointer (&expression), FALSE);
}

static GArray *
find_rows (StoreTransaction *tx,
           const StoreQuery *query,
           gint64            before_id,
           guint             limit,
           GError          **error)
{
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autofree char *expression = NULL;
  gint64 before = query->before > 0 ? query->before : G_MAXINT64;
  gint64 first_id = query->after > 0 ? MAX ((query->after - ID_EPOCH) / ID_UNIT, 0) : 0;
  gboolean none;

  expression = make_expression (tx, query, &none, error);
  if (expression == NULL)
    return NULL;
  if (none)
    return g_steal_pointer (&ids);
  if (expression[0] == '\0')
    {
      if (!collect_ids (tx, store_query (tx, error, "SELECT id FROM message WHERE id < ? AND id >= ? AND time < ? AND time >= ? "
                                         "AND retracted = 0 ORDER BY id DESC LIMIT ?", "iiiid", before_id, first_id, before,
                                         query->after, (int) limit), ids, error))
        return NULL;
    }
  else if (query->before == 0 && query->after == 0)
    {
      if (!collect_ids (tx, store_query (tx, error, "SELECT rowid FROM message_index WHERE message_index MATCH ? AND rowid < ? "
                                         "ORDER BY rowid DESC LIMIT ?", "sid", expression, before_id, (int) limit), ids, error))
        return NULL;
    }
  else if (!collect_ids (tx, store_query (tx, error, "SELECT i.rowid FROM message_index i CROSS JOIN message m ON m.id = i.rowid "
                                          "WHERE i.message_index MATCH ? AND i.rowid < ? AND i.rowid >= ? AND m.time < ? "
                                          "AND m.time >= ? ORDER BY i.rowid DESC LIMIT ?", "siiiid", expression, before_id,
                                          first_id, before, query->after, (int) limit), ids, error))
    return NULL;
  return g_steal_pointer (&ids);
}

GPtrArray *
store_search_messages (StoreTransaction *tx,
                       const StoreQuery *query,
                       gint64            before_id,
                       guint             limit,
                       GError          **error)
{
  g_autoptr(GPtrArray) hits = g_ptr_array_new_with_free_func ((GDestroyNotify) store_hit_free);
  g_autoptr(GArray) ids = NULL;

  if (store_query_is_empty (query))
    return g_steal_pointer (&hits);
  ids = find_rows (tx, query, before_id, CLAMP (limit, 1, 200), error);
  if (ids == NULL)
    return NULL;
  for (guint i = 0; i < ids->len; i++)
    {
      StoreHit *hit = g_new0 (StoreHit, 1);
      const char *text;

      g_ptr_array_add (hits, hit);
      hit->message = store_message_load (tx, g_array_index (ids, gint64, i), error);
      if (hit->message == NULL)
        return NULL;
      text = hit->message->body;
      if (text[0] == '\0' && hit->message->files != NULL && hit->message->files->len > 0)
        text = ((StoreFile *) hit->message->files->pdata[0])->name;
      hit->snippet = store_query_snippet (query, text, SNIPPET_CHARS, &hit->ranges);
    }
  return g_steal_pointer (&hits);
}

gboolean
store_search_get_oldest (StoreTransaction *tx,
                         gint64           *out_time,
                         GError          **error)
{
  return store_get_int64 (tx, error, 0, out_time, "SELECT time FROM message ORDER BY id LIMIT 1", "");
}
