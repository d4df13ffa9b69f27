/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "message-private.h"

#include <string.h>

#include "index-private.h"

#define MAX_LIST 500
#define MAX_CANDIDATES 8

#define FROM_MESSAGE \
  "SELECT m.id, m.conversation, m.kind, m.direction, a.address, m.nick, a.occupant, m.origin_id, " \
  "coalesce(m.message_id, m.origin_id), r.address, m.archive_id, m.body, m.extra, m.thread, m.time, m.order_key, m.state, " \
  "m.error, m.weight, m.encrypted, m.reply_id, m.reply_message, m.edited, m.retracted, m.retracted_by, m.retracted_reason, " \
  "m.files, m.reactions FROM message m JOIN author a ON a.id = m.author LEFT JOIN archive r ON r.id = m.archive "

static StoreMessage *
read_row (StoreStatement *s,
          gboolean       *out_more)
{
  StoreMessage *self = store_message_new ();

  self->id = sqlite3_column_int64 (s, 0);
  self->conversation = sqlite3_column_int64 (s, 1);
  self->kind = store_column_enum (s, 2, STORE_MESSAGE_CALL, STORE_MESSAGE_NOTICE);
  self->direction = store_column_enum (s, 3, STORE_DIRECTION_OUT, STORE_DIRECTION_IN);
  self->sender = store_column_dup_text (s, 4);
  self->nick = store_column_dup_text (s, 5);
  self->occupant_id = store_column_dup_text (s, 6);
  self->origin_id = store_column_dup_text (s, 7);
  self->message_id = store_column_dup_text (s, 8);
  self->archive = store_column_dup_text (s, 9);
  self->archive_id = store_column_dup_text (s, 10);
  self->body = store_column_dup_text (s, 11);
  self->extra = store_column_dup_text (s, 12);
  self->thread = store_column_dup_text (s, 13);
  self->time = sqlite3_column_int64 (s, 14);
  self->order_key = sqlite3_column_int64 (s, 15);
  self->state = store_column_enum (s, 16, STORE_MESSAGE_FAILED, STORE_MESSAGE_SENT);
  self->error = store_column_dup_text (s, 17);
  self->mention = sqlite3_column_int64 (s, 18) == 2;
  self->encrypted = sqlite3_column_int64 (s, 19) != 0;
  self->reply_id = store_column_dup_text (s, 20);
  self->reply_message = sqlite3_column_int64 (s, 21);
  self->edited = sqlite3_column_int64 (s, 22);
  self->retracted = sqlite3_column_int64 (s, 23);
  self->retracted_by = store_column_dup_text (s, 24);
  self->retracted_reason = store_column_dup_text (s, 25);
  if (sqlite3_column_int64 (s, 26) > 0)
    self->files = g_ptr_array_new_with_free_func ((GDestroyNotify) store_file_free);
  if (sqlite3_column_int64 (s, 27) > 0)
    self->reactions = g_ptr_array_new_with_free_func ((GDestroyNotify) store_reaction_free);
  *out_more = *out_more || self->files != NULL || self->reactions != NULL;
  return self;
}

#define FROM_FILE \
  "SELECT id, message, name, size, type, hash, url, path, state, width, height, duration, description, error FROM file "

static StoreFile *
read_file (StoreStatement *s)
{
  StoreFile *file = store_file_new ();

  file->id = sqlite3_column_int64 (s, 0);
  file->message = sqlite3_column_int64 (s, 1);
  file->name = store_column_dup_text (s, 2);
  file->size = sqlite3_column_int64 (s, 3);
  file->type = store_column_dup_text (s, 4);
  file->hash = store_column_dup_text (s, 5);
  file->url = store_column_dup_text (s, 6);
  file->path = store_column_dup_text (s, 7);
  file->state = store_column_enum (s, 8, STORE_FILE_FAILED, STORE_FILE_REMOTE);
  file->width = store_column_enum (s, 9, G_MAXINT, 0);
  file->height = store_column_enum (s, 10, G_MAXINT, 0);
  file->duration = sqlite3_column_int64 (s, 11);
  file->description = store_column_dup_text (s, 12);
  file->error = store_column_dup_text (s, 13);
  return file;
}

static gboolean
read_more (StoreTransaction *tx,
           StoreMessage     *self,
           GError          **error)
{
  int step;

  if (self->files != NULL)
    {
      g_autoptr(StoreStatement) statement = store_query (tx, error, FROM_FILE "WHERE message = ? ORDER BY id", "i", self->id);

      if (statement == NULL)
        return FALSE;
      while ((step = store_step (tx, statement, error)) == 1)
        g_ptr_array_add (self->files, read_file (statement));
      if (step < 0)
        return FALSE;
    }
  if (self->reactions != NULL)
    {
      g_autoptr(StoreStatement) statement = NULL;

      statement = store_query (tx, error, "SELECT a.address, r.nick, a.key = 'me', r.emojis, r.time FROM reaction r "
                               "JOIN author a ON a.id = r.author WHERE r.message = ? AND r.emojis <> '' ORDER BY r.time, r.id", "i", self->id);
      if (statement == NULL)
        return FALSE;
      while ((step = store_step (tx, statement, error)) == 1)
        {
          StoreReaction *reaction = g_new0 (StoreReaction, 1);
          g_autofree char *emojis = store_column_dup_text (statement, 3);

          reaction->sender = store_column_dup_text (statement, 0);
          reaction->nick = store_column_dup_text (statement, 1);
          reaction->own = sqlite3_column_int (statement, 2) != 0;
          reaction->emojis = g_strsplit (emojis, "\n", -1);
          reaction->time = sqlite3_column_int64 (statement, 4);
          g_ptr_array_add (self->reactions, reaction);
        }
      if (step < 0)
        return FALSE;
    }
  return TRUE;
}

/* Takes @statement to its end and releases it, because reading files and reactions comes after it. */
static GPtrArray *
read_list (StoreTransaction *tx,
           StoreStatement   *statement,
           gboolean          reverse,
           GError          **error)
{
  g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) store_message_unref);
  gboolean more = FALSE;
  int step;

  if (statement == NULL)
    return NULL;
  while ((step = store_step (tx, statement, error)) == 1)
    g_ptr_array_add (list, read_row (statement, &more));
  store_statement_release (statement);
  if (step < 0)
    return NULL;
  for (guint i = 0; more && i < list->len; i++)
    if (!read_more (tx, list->pdata[i], error))
      return NULL;
  for (guint i = 0; reverse && i < list->len / 2; i++)
    {
      gpointer message = list->pdata[i];

      list->pdata[i] = list->pdata[list->len - 1 - i];
      list->pdata[list->len - 1 - i] = message;
    }
  return g_steal_pointer (&list);
}

StoreMessage *
store_message_load (StoreTransaction *tx,
                    gint64            id,
                    GError          **error)
{
  g_autoptr(GPtrArray) list = read_list (tx, store_query (tx, error, FROM_MESSAGE "WHERE m.id = ?", "i", id), FALSE, error);

  if (list != NULL && list->len == 0)
    store_fail_not_found (error, "message");
  return list != NULL && list->len > 0 ? store_message_ref (list->pdata[0]) : NULL;
}

static gboolean
add_rows (StoreTransaction *tx,
          GArray           *rows,
          const char       *sql,
          const char       *wire_id,
          gint64            conversation,
          GError          **error)
{
  g_autoptr(StoreStatement) statement = store_query (tx, error, sql, "sid", wire_id, conversation, MAX_CANDIDATES);
  int step;

  if (statement == NULL)
    return FALSE;
  while ((step = store_step (tx, statement, error)) == 1)
    {
      gint64 id = sqlite3_column_int64 (statement, 0);
      gboolean known = FALSE;

      for (guint i = 0; i < rows->len; i++)
        known = known || g_array_index (rows, gint64, i) == id;
      if (!known)
        g_array_append_val (rows, id);
    }
  return step == 0;
}

GArray *
store_message_find_rows (StoreTransaction *tx,
                         gint64            conversation,
                         const char       *wire_id,
                         GError          **error)
{
  g_autoptr(GArray) rows = g_array_new (FALSE, FALSE, sizeof (gint64));

  if (!store_check_required (wire_id, STORE_LIMIT_ID, "id", error) ||
      !add_rows (tx, rows, "SELECT id FROM message WHERE archive_id = ? AND +conversation = ? ORDER BY +order_key DESC LIMIT ?",
                 wire_id, conversation, error) ||
      !add_rows (tx, rows, "SELECT id FROM message WHERE origin_id = ? AND +conversation = ? ORDER BY +order_key DESC LIMIT ?",
                 wire_id, conversation, error) ||
      !add_rows (tx, rows, "SELECT id FROM message WHERE message_id = ? AND +conversation = ? ORDER BY +order_key DESC LIMIT ?",
                 wire_id, conversation, error) ||
      /* Some programs name the last edit rather than the message. */
      !add_rows (tx, rows, "SELECT m.id FROM version v JOIN message m ON m.id = v.message WHERE v.origin_id = ? "
                 "AND +m.conversation = ? LIMIT ?", wire_id, conversation, error) ||
      !add_rows (tx, rows, "SELECT m.id FROM version v JOIN message m ON m.id = v.message WHERE v.message_id = ? "
                 "AND +m.conversation = ? LIMIT ?", wire_id, conversation, error))
    return NULL;
  return g_steal_pointer (&rows);
}

StoreMessage *
store_message_find (StoreTransaction *tx,
                    gint64            conversation,
                    const char       *wire_id,
                    GError          **error)
{
  g_autoptr(GArray) rows = store_message_find_rows (tx, conversation, wire_id, error);

  if (rows == NULL)
    return NULL;
  if (rows->len == 0)
    {
      store_fail_not_found (error, "message");
      return NULL;
    }
  return store_message_load (tx, g_array_index (rows, gint64, 0), error);
}

StoreMessage *
store_message_find_own (StoreTransaction *tx,
                        const char       *origin_id,
                        GError          **error)
{
  gint64 id;

  if (!store_get_int64 (tx, error, 0, &id, "SELECT id FROM message WHERE origin_id = ? AND direction = 1 LIMIT 1", "s",
                        origin_id))
    return NULL;
  if (id == 0)
    {
      store_fail_not_found (error, "message");
      return NULL;
    }
  return store_message_load (tx, id, error);
}

GPtrArray *
store_message_list_before (StoreTransaction *tx,
                           gint64            conversation,
                           gint64            order_key,
                           guint             limit,
                           GError          **error)
{
  return read_list (tx, store_query (tx, error,
                                     FROM_MESSAGE "WHERE m.conversation = ? AND m.order_key < ? ORDER BY m.order_key DESC LIMIT ?",
                                     "iid", conversation, order_key, (int) CLAMP (limit, 1, MAX_LIST)), TRUE, error);
}

GPtrArray *
store_message_list_after (StoreTransaction *tx,
                          gint64            conversation,
                          gint64            order_key,
                          guint             limit,
                          GError          **error)
{
  return read_list (tx, store_query (tx, error,
                                     FROM_MESSAGE "WHERE m.conversation = ? AND m.order_key > ? ORDER BY m.order_key LIMIT ?",
                                     "iid", conversation, order_key, (int) CLAMP (limit, 1, MAX_LIST)), FALSE, error);
}

GPtrArray *
store_message_list_with_files (StoreTransaction *tx,
                               gint64            conversation,
                               gint64            before_id,
                               guint             limit,
                               GError          **error)
{
  return read_list (tx, store_query (tx, error,
                                     FROM_MESSAGE "WHERE m.conversation = ? AND m.id < ? AND m.files > 0 "
                                     "ORDER BY m.id DESC LIMIT ?", "iid", conversation, before_id,
                                     (int) CLAMP (limit, 1, MAX_LIST)), FALSE, error);
}

GPtrArray *
store_message_list_versions (StoreTransaction *tx,
                             gint64            id,
                             GError          **error)
{
  g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) store_message_unref);
  g_autoptr(StoreStatement) statement = NULL;
  int step;

  statement = store_query (tx, error,
                           "SELECT body, extra, time FROM version WHERE message = ?1 "
                           "ORDER BY (id = (SELECT min(id) FROM version WHERE message = ?1)) DESC, time, "
                           "coalesce(origin_id, message_id, '')", "i", id);
  if (statement == NULL)
    return NULL;
  while ((step = store_step (tx, statement, error)) == 1)
    {
      StoreMessage *version = store_message_new ();

      version->body = store_column_dup_text (statement, 0);
      version->extra = store_column_dup_text (statement, 1);
      version->time = sqlite3_column_int64 (statement, 2);
      g_ptr_array_add (list, version);
    }
  return step == 0 ? g_steal_pointer (&list) : NULL;
}

GPtrArray *
store_message_list_read_marks (StoreTransaction *tx,
                               gint64            conversation,
                               GError          **error)
{
  g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) store_read_mark_free);
  g_autoptr(StoreStatement) statement = NULL;
  int step;

  statement = store_query (tx, error, "SELECT a.address, m.nick, m.message, m.order_key, m.time FROM mark m "
                           "JOIN author a ON a.id = m.author WHERE m.conversation = ? ORDER BY m.order_key DESC LIMIT 1000", "i",
                           conversation);
  if (statement == NULL)
    return NULL;
  while ((step = store_step (tx, statement, error)) == 1)
    {
      StoreReadMark *mark = g_new0 (StoreReadMark, 1);

      mark->sender = store_column_dup_text (statement, 0);
      mark->nick = store_column_dup_text (statement, 1);
      mark->message = sqlite3_column_int64 (statement, 2);
      mark->order_key = sqlite3_column_int64 (statement, 3);
      mark->time = sqlite3_column_int64 (statement, 4);
      g_ptr_array_add (list, mark);
    }
  return step == 0 ? g_steal_pointer (&list) : NULL;
}

StoreFile *
store_file_load (StoreTransaction *tx,
                 gint64            id,
                 GError          **error)
{
  g_autoptr(StoreStatement) statement = store_query (tx, error, FROM_FILE "WHERE id = ?", "i", id);
  int step;

  if (statement == NULL || (step = store_step (tx, statement, error)) < 0)
    return NULL;
  if (step == 0)
    store_fail_not_found (error, "file");
  return step == 1 ? read_file (statement) : NULL;
}

gboolean
store_file_update (StoreTransaction *tx,
                   const StoreFile  *file,
                   GError          **error)
{
  gint64 conversation, message;

  if (!store_check_text (file->name, STORE_LIMIT_ID * 4, "file name", error) ||
      !store_check_text (file->type, STORE_LIMIT_ID, "media type", error) ||
      !store_check_text (file->hash, STORE_LIMIT_ID * 4, "hash", error) ||
      !store_check_text (file->url, STORE_LIMIT_TEXT, "URL", error) ||
      !store_check_text (file->path, STORE_LIMIT_TEXT, "path", error) ||
      !store_check_text (file->description, STORE_LIMIT_TEXT, "description", error) ||
      !store_check_text (file->error, STORE_LIMIT_TEXT, "error", error) ||
      !store_get_int64 (tx, error, 0, &message, "SELECT message FROM file WHERE id = ?", "i", file->id))
    return FALSE;
  if (message == 0)
    return store_fail_not_found (error, "file");
  {
    g_auto(StoreIndexed) old = { NULL, NULL };

    if (!store_index_read (tx, message, &old, error) ||
        !store_exec (tx, error, "UPDATE file SET name = ?, size = ?, type = ?, hash = ?, url = ?, path = ?, state = ?, width = ?, "
                     "height = ?, duration = ?, description = ?, error = ? WHERE id = ?", "sissssdddissi",
                     file->name != NULL ? file->name : "", file->size, file->type, file->hash, file->url, file->path,
                     (int) file->state, file->width, file->height, file->duration, file->description, file->error, file->id) ||
        !store_index_update (tx, message, &old, error))
      return FALSE;
  }
  return store_get_int64 (tx, error, 0, &conversation, "SELECT conversation FROM message WHERE id = ?", "i", message) &&
         store_message_note_changed (tx, conversation, message, error);
}
