/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Writing messages, one row for each whichever ways it comes (threats.md §8, 3). A message is known when
 *
 *  1. the archive's id for it is known, in the same conversation; or
 *  2. its author has a message with its origin id there; or
 *  3. it has no origin id, and its author has a message there with the same message id and the same text; ids shorter than
 *     8 characters ("1", as some programs count) must be close in time too. Two different ids of one archive make two
 *     messages in this case.
 */

#include "message-private.h"

#include <string.h>

#include "conversation-private.h"
#include "index-private.h"
#include "place-private.h"

#define MAX_FILES 64
/* Ids that are long enough to be unique by themselves. */
#define STRONG_ID 8
#define WEAK_WINDOW (10 * 60 * G_USEC_PER_SEC)
/* Row ids: 1/64 s since 2000-01-01, so that they grow with the time and stay short in the search index. */
#define ID_EPOCH G_GINT64_CONSTANT (946684800000000)
#define ID_UNIT 15625
#define MAX_UNREAD 1000

void
store_message_row_clear (StoreMessageRow *self)
{
  g_clear_pointer (&self->archive_id, g_free);
}

gboolean
store_message_check (const StoreMessage *message,
                     GError            **error)
{
  guint n_files = message->files != NULL ? message->files->len : 0;

  if (message->conversation <= 0 || message->time < 0 || message->state < 0 || message->state > STORE_MESSAGE_FAILED ||
      message->kind < 0 || message->kind > STORE_MESSAGE_CALL || n_files > MAX_FILES ||
      (message->archive_id != NULL && message->archive == NULL))
    {
      g_set_error_literal (error, STORE_ERROR, STORE_ERROR_INVALID, "message: a value is out of range");
      return FALSE;
    }
  for (guint i = 0; i < n_files; i++)
    {
      StoreFile *file = message->files->pdata[i];

      if (!store_check_text (file->name, STORE_LIMIT_ID * 4, "file name", error) ||
          !store_check_text (file->type, STORE_LIMIT_ID, "media type", error) ||
          !store_check_text (file->hash, STORE_LIMIT_ID * 4, "hash", error) ||
          !store_check_text (file->url, STORE_LIMIT_TEXT, "URL", error) ||
          !store_check_text (file->path, STORE_LIMIT_TEXT, "path", error) ||
          !store_check_text (file->description, STORE_LIMIT_TEXT, "description", error) ||
          !store_check_text (file->error, STORE_LIMIT_TEXT, "error", error))
        return FALSE;
    }
  return store_check_text (message->origin_id, STORE_LIMIT_ID, "origin id", error) &&
         store_check_text (message->message_id, STORE_LIMIT_ID, "message id", error) &&
         store_check_text (message->archive_id, STORE_LIMIT_ID, "archive id", error) &&
         store_check_text (message->reply_id, STORE_LIMIT_ID, "reply id", error) &&
         store_check_text (message->body, STORE_LIMIT_BODY, "body", error) &&
         store_check_text (message->extra, STORE_LIMIT_TEXT, "extra", error) &&
         store_check_text (message->thread, STORE_LIMIT_TEXT, "thread", error) &&
         store_check_text (message->error, STORE_LIMIT_TEXT, "error", error);
}

gboolean
store_message_note_changed (StoreTransaction *tx,
                            gint64            conversation,
                            gint64            id,
                            GError          **error)
{
  gint64 key, last;

  if (!store_get_int64 (tx, error, 0, &key, "SELECT order_key FROM message WHERE id = ?", "i", id) ||
      !store_get_int64 (tx, error, 0, &last, "SELECT last_message FROM conversation WHERE id = ?", "i", conversation))
    return FALSE;
  store_transaction_note_move (tx, STORE_CHANGE_MESSAGE_CHANGED, conversation, id, key, key);
  return id != last || store_conversation_refresh_last (tx, conversation, error);
}

static void
read_match (StoreStatement  *statement,
            StoreMessageRow *out)
{
  out->id = sqlite3_column_int64 (statement, 0);
  out->conversation = sqlite3_column_int64 (statement, 1);
  out->order_key = sqlite3_column_int64 (statement, 2);
  out->author = sqlite3_column_int64 (statement, 3);
  out->segment = sqlite3_column_int64 (statement, 4);
  out->archive = sqlite3_column_int64 (statement, 5);
  g_free (out->archive_id);
  out->archive_id = store_column_dup_text (statement, 6);
  out->state = store_column_enum (statement, 7, STORE_MESSAGE_FAILED, STORE_MESSAGE_SENT);
}

#define MATCH_COLUMNS "id, conversation, order_key, author, segment, archive, archive_id, state"

gboolean
store_message_read_row (StoreTransaction *tx,
                        gint64            id,
                        StoreMessageRow  *out,
                        GError          **error)
{
  g_autoptr(StoreStatement) statement = store_query (tx, error, "SELECT " MATCH_COLUMNS " FROM message WHERE id = ?", "i", id);
  int step;

  if (statement == NULL || (step = store_step (tx, statement, error)) < 0)
    return FALSE;
  if (step == 0)
    return store_fail_not_found (error, "message");
  read_match (statement, out);
  return TRUE;
}

static gboolean
match_archive (StoreTransaction   *tx,
               const StoreMessage *message,
               gint64              archive,
               StoreMessageRow    *out,
               GError            **error)
{
  g_autoptr(StoreStatement) statement = NULL;
  int step;

  statement = store_query (tx, error, "SELECT " MATCH_COLUMNS " FROM message WHERE archive_id = ? AND archive = ?", "si",
                           message->archive_id, archive);
  if (statement == NULL || (step = store_step (tx, statement, error)) < 0)
    return FALSE;
  if (step == 1)
    read_match (statement, out);
  return TRUE;
}

static gboolean
match_origin (StoreTransaction *tx,
              gint64            conversation,
              const char       *origin_id,
              gint64            author,
              StoreMessageRow  *out,
              GError          **error)
{
  g_autoptr(StoreStatement) statement = NULL;
  int step;

  statement = store_query (tx, error, "SELECT " MATCH_COLUMNS " FROM message WHERE origin_id = ? AND +conversation = ? "
                           "ORDER BY (author = ?) DESC LIMIT 16", "sii", origin_id, conversation, author);
  if (statement == NULL)
    return FALSE;
  while ((step = store_step (tx, statement, error)) == 1)
    {
      gboolean equal;

      if (!store_author_equal (tx, author, sqlite3_column_int64 (statement, 3), &equal, error))
        return FALSE;
      if (equal)
        {
          read_match (statement, out);
          return TRUE;
        }
    }
  return step == 0;
}

/*
 * Rule 3. The text compared is the first one: the row may have been edited since; a retracted one has none any more. The plus
 * signs, here and below, keep SQLite from walking a whole conversation for the sake of its order.
 */
static gboolean
match_weak (StoreTransaction   *tx,
            const StoreMessage *message,
            gint64              author,
            gint64              archive,
            StoreMessageRow    *out,
            GError            **error)
{
  static const char by_message[] =
    "SELECT " MATCH_COLUMNS ", time, CASE WHEN retracted > 0 THEN NULL ELSE coalesce((SELECT v.body FROM version v "
    "WHERE v.message = message.id ORDER BY v.id LIMIT 1), body) END, origin_id FROM message "
    "WHERE message_id = ? AND +conversation = ? ORDER BY +order_key DESC LIMIT 32";
  static const char by_origin[] =
    "SELECT " MATCH_COLUMNS ", time, CASE WHEN retracted > 0 THEN NULL ELSE coalesce((SELECT v.body FROM version v "
    "WHERE v.message = message.id ORDER BY v.id LIMIT 1), body) END, origin_id FROM message "
    "WHERE origin_id = ? AND +conversation = ? ORDER BY +order_key DESC LIMIT 32";
  const char *id = message->origin_id != NULL ? message->origin_id : message->message_id;

  /* One side has an origin id and the other lost it, or neither has one. Both having one is rule 2. */
  for (int pass = message->origin_id != NULL ? 1 : 0; pass < 2 && out->id == 0; pass++)
    {
      g_autoptr(StoreStatement) statement = NULL;
      int step;

      statement = store_query (tx, error, pass == 0 && message->origin_id == NULL ? by_origin : by_message, "si", id,
                               message->conversation);
      if (statement == NULL)
        return FALSE;
      while ((step = store_step (tx, statement, error)) == 1)
        {
          const char *body = (const char *) sqlite3_column_text (statement, 9);
          gint64 distance = message->time - sqlite3_column_int64 (statement, 8);
          gboolean equal;

          if (message->origin_id != NULL && sqlite3_column_type (statement, 10) != SQLITE_NULL)
            continue;
          if (body != NULL ? strcmp (body, message->body != NULL ? message->body : "") != 0 : strlen (id) < STRONG_ID)
            continue;
          if (strlen (id) < STRONG_ID && (distance > WEAK_WINDOW || distance < -WEAK_WINDOW))
            continue;
          if (message->archive_id != NULL && sqlite3_column_type (statement, 6) != SQLITE_NULL &&
              sqlite3_column_int64 (statement, 5) == archive &&
              strcmp ((const char *) sqlite3_column_text (statement, 6), message->archive_id) != 0)
            continue;
          if (!store_author_equal (tx, author, sqlite3_column_int64 (statement, 3), &equal, error))
            return FALSE;
          if (equal)
            {
              read_match (statement, out);
              break;
            }
        }
      if (step < 0)
        return FALSE;
    }
  return TRUE;
}

gboolean
store_message_match (StoreTransaction   *tx,
                     const StoreMessage *message,
                     gint64              author,
                     gint64              archive,
                     StoreMessageRow    *out_row,
                     GError            **error)
{
  if (archive != 0 && message->archive_id != NULL)
    {
      if (!match_archive (tx, message, archive, out_row, error))
        return FALSE;
      if (out_row->id != 0 && out_row->conversation == message->conversation)
        return TRUE;
      store_message_row_clear (out_row);
      *out_row = (StoreMessageRow) { 0 };
    }
  if (message->origin_id != NULL &&
      !match_origin (tx, message->conversation, message->origin_id, author, out_row, error))
    return FALSE;
  if (out_row->id == 0 && (message->message_id != NULL || message->origin_id != NULL) &&
      !match_weak (tx, message, author, archive, out_row, error))
    return FALSE;
  return TRUE;
}

/* A free row id from the message's time on: the next one within a second, else within a minute, an hour, and so on. */
static gboolean
choose_id (StoreTransaction *tx,
           gint64            time,
           gint64           *out,
           GError          **error)
{
  gint64 first = CLAMP ((time - ID_EPOCH) / ID_UNIT, 1, G_MAXINT64 / 4);
  gint64 last;

  if (!store_get_int64 (tx, error, 0, &last, "SELECT id FROM message WHERE id = ?", "i", first))
    return FALSE;
  for (gint64 window = 64; last != 0; window *= 64)
    {
      if (!store_get_int64 (tx, error, first, &last, "SELECT max(id) FROM message WHERE id >= ? AND id < ?", "ii", first,
                            first + window))
        return FALSE;
      if (last < first + window - 1)
        {
          *out = last + 1;
          return TRUE;
        }
    }
  *out = first;
  return TRUE;
}

static gboolean
write_files (StoreTransaction *tx,
             StoreMessage     *message,
             GError          **error)
{
  for (guint i = 0; message->files != NULL && i < message->files->len; i++)
    {
      StoreFile *file = message->files->pdata[i];

      if (!store_exec (tx, error,
                       "INSERT INTO file (message, name, size, type, hash, url, path, state, width, height, duration, "
                       "description, error) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", "isissssdddiss", message->id,
                       file->name != NULL ? file->name : "", file->size, file->type, file->hash, file->url, file->path,
                       (int) file->state, file->width, file->height, file->duration, file->description, file->error))
        return FALSE;
      file->id = store_last_row (tx);
      file->message = message->id;
    }
  return TRUE;
}

/* Replies that came before what they answer. */
static gboolean
resolve_replies (StoreTransaction   *tx,
                 gint64              id,
                 gint64              conversation,
                 const char         *wire_id,
                 GError            **error)
{
  g_autoptr(GArray) replies = g_array_new (FALSE, FALSE, sizeof (gint64));
  int step;

  if (wire_id == NULL)
    return TRUE;
  {
    g_autoptr(StoreStatement) statement = NULL;

    statement = store_query (tx, error, "SELECT id FROM message WHERE reply_id = ? AND +conversation = ? "
                             "AND reply_message IS NULL AND id <> ?", "sii", wire_id, conversation, id);
    if (statement == NULL)
      return FALSE;
    while ((step = store_step (tx, statement, error)) == 1)
      {
        gint64 reply = sqlite3_column_int64 (statement, 0);

        g_array_append_val (replies, reply);
      }
    if (step < 0)
      return FALSE;
  }
  for (guint i = 0; i < replies->len; i++)
    {
      gint64 reply = g_array_index (replies, gint64, i);

      if (!store_exec (tx, error, "UPDATE message SET reply_message = ? WHERE id = ?", "ii", id, reply) ||
          !store_message_note_changed (tx, conversation, reply, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
on_new_ids (StoreTransaction *tx,
            gint64            id,
            gint64            conversation,
            const char       *origin_id,
            const char       *message_id,
            const char       *archive_id,
            GError          **error)
{
  return resolve_replies (tx, id, conversation, origin_id, error) &&
         (g_strcmp0 (origin_id, message_id) == 0 || resolve_replies (tx, id, conversation, message_id, error)) &&
         resolve_replies (tx, id, conversation, archive_id, error) &&
         store_message_apply_waiting (tx, conversation, origin_id, message_id, archive_id, error);
}

static gboolean
count_unread (StoreTransaction *tx,
              gint64            conversation,
              gint64            key,
              int               weight,
              GError          **error)
{
  if (weight == 0)
    return TRUE;
  return store_exec (tx, error, "UPDATE conversation SET unread = min(unread + 1, ?), mentions = min(mentions + ?, ?) "
                     "WHERE id = ? AND read_key < ?", "dddii", MAX_UNREAD, weight == 2 ? 1 : 0, MAX_UNREAD, conversation, key);
}

gboolean
store_message_write (StoreTransaction *tx,
                     StoreMessage     *message,
                     gint64            author,
                     gint64            archive,
                     gint64            segment,
                     StoreInsertFlags  flags,
                     GError          **error)
{
  gboolean counts = message->direction == STORE_DIRECTION_IN && message->kind != STORE_MESSAGE_NOTICE &&
                    (flags & STORE_INSERT_SEEN) == 0;
  int weight = counts ? (message->mention ? 2 : 1) : 0;
  gint64 reply = 0, newest;

  if (message->reply_id != NULL)
    {
      g_autoptr(GArray) rows = store_message_find_rows (tx, message->conversation, message->reply_id, error);

      if (rows == NULL)
        return FALSE;
      reply = rows->len > 0 ? g_array_index (rows, gint64, 0) : 0;
    }
  if (!choose_id (tx, message->time, &message->id, error))
    return FALSE;
  if (!store_exec (tx, error,
                   "INSERT INTO message (id, conversation, order_key, time, author, direction, kind, state, weight, segment, "
                   "nick, origin_id, message_id, archive, archive_id, body, extra, thread, error, encrypted, reply_id, "
                   "reply_message, files) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                   "iiiiiddddi" "sss" "ks" "ssssdskd", message->id, message->conversation, message->order_key, message->time,
                   author, (int) message->direction, (int) message->kind, (int) message->state, weight, segment,
                   message->nick, message->origin_id,
                   g_strcmp0 (message->message_id, message->origin_id) == 0 ? NULL : message->message_id,
                   archive, archive != 0 ? message->archive_id : NULL,
                   message->body != NULL ? message->body : "", message->extra, message->thread, message->error,
                   message->encrypted ? 1 : 0, message->reply_id, reply,
                   message->files != NULL ? (int) message->files->len : 0))
    return FALSE;
  message->reply_message = reply;
  if (!write_files (tx, message, error) ||
      !store_index_add (tx, message->id, error) ||
      !store_block_add (tx, message->conversation, message->order_key, error) ||
      !count_unread (tx, message->conversation, message->order_key, weight, error))
    return FALSE;
  store_transaction_note_move (tx, STORE_CHANGE_MESSAGE_ADDED, message->conversation, message->id, G_MININT64,
                               message->order_key);
  if (!on_new_ids (tx, message->id, message->conversation, message->origin_id, message->message_id,
                   archive != 0 ? message->archive_id : NULL, error))
    return FALSE;
  if (!store_place_get_next (tx, message->conversation, message->order_key, &newest, error))
    return FALSE;
  if (newest == G_MAXINT64)
    return store_conversation_refresh_last (tx, message->conversation, error);
  if (weight > 0)
    store_transaction_note (tx, STORE_CHANGE_CONVERSATION, message->conversation, 0);
  return TRUE;
}

static gboolean
is_forward (StoreMessageState from,
            StoreMessageState to)
{
  if (to == STORE_MESSAGE_FAILED)
    return from == STORE_MESSAGE_QUEUED;
  if (from == STORE_MESSAGE_FAILED)
    return TRUE;
  return to > from;
}

gboolean
store_message_merge (StoreTransaction *tx,
                     StoreMessageRow  *row,
                     StoreMessage     *message,
                     gint64            archive,
                     gboolean         *out_changed,
                     GError          **error)
{
  gboolean fills = FALSE;

  /* OR IGNORE: ids that another row has already stay there. */
  if (archive != 0 && message->archive_id != NULL && row->archive_id == NULL)
    {
      if (!store_exec (tx, error, "UPDATE OR IGNORE message SET archive = ?, archive_id = ? WHERE id = ?", "isi", archive,
                       message->archive_id, row->id))
        return FALSE;
      if (store_changes (tx) > 0)
        {
          row->archive = archive;
          row->archive_id = g_strdup (message->archive_id);
          fills = TRUE;
        }
    }
  if (message->origin_id != NULL)
    {
      if (!store_exec (tx, error, "UPDATE OR IGNORE message SET origin_id = ? WHERE id = ? AND origin_id IS NULL", "si",
                       message->origin_id, row->id))
        return FALSE;
      fills = fills || store_changes (tx) > 0;
    }
  if (message->message_id != NULL)
    {
      if (!store_exec (tx, error, "UPDATE message SET message_id = ? WHERE id = ? AND message_id IS NULL "
                       "AND origin_id IS NOT ?", "sis", message->message_id, row->id, message->message_id))
        return FALSE;
      fills = fills || store_changes (tx) > 0;
    }
  if (message->direction == STORE_DIRECTION_OUT && is_forward (row->state, message->state) &&
      message->state != STORE_MESSAGE_FAILED)
    {
      if (!store_exec (tx, error, "UPDATE message SET state = ?, error = NULL WHERE id = ?", "di", (int) message->state, row->id))
        return FALSE;
      row->state = message->state;
      fills = TRUE;
    }
  message->id = row->id;
  message->order_key = row->order_key;
  message->state = row->state;
  if (!fills)
    return TRUE;
  *out_changed = TRUE;
  return on_new_ids (tx, row->id, row->conversation, message->origin_id, message->message_id, row->archive_id, error) &&
         store_message_note_changed (tx, row->conversation, row->id, error);
}

/* A row that had its place by arrival only now has a live archive id: it comes after all that the archive has placed. */
static gboolean
place_live (StoreTransaction *tx,
            StoreMessageRow  *row,
            gint64            segment,
            GError          **error)
{
  gint64 placed, next, key;

  if (!store_get_int64 (tx, error, G_MININT64, &placed,
                        "SELECT order_key FROM message WHERE conversation = ? AND segment > 0 ORDER BY order_key DESC LIMIT 1",
                        "i", row->conversation) ||
      !store_exec (tx, error, "UPDATE message SET segment = ? WHERE id = ?", "ii", segment, row->id))
    return FALSE;
  row->segment = segment;
  if (placed < row->order_key)
    return TRUE;
  if (!store_place_get_next (tx, row->conversation, placed, &next, error) ||
      !store_place_between (tx, row->conversation, placed, next, &row->id, &placed, &key, 1, error) ||
      !store_place_move (tx, row->conversation, row->id, key, error))
    return FALSE;
  row->order_key = key;
  return store_conversation_refresh_last (tx, row->conversation, error);
}

gboolean
store_message_insert (StoreTransaction   *tx,
                      StoreMessage       *message,
                      StoreInsertFlags    flags,
                      StoreInsertOutcome *out_outcome,
                      GError            **error)
{
  StoreAuthor who = { message->direction, message->sender, message->occupant_id, message->nick };
  g_auto(StoreMessageRow) row = { 0 };
  gboolean changed = FALSE;
  gint64 author, archive, segment = 0;

  if (!store_message_check (message, error) ||
      !store_author_intern (tx, message->conversation, &who, &author, error) ||
      !store_archive_intern (tx, message->archive_id != NULL ? message->archive : NULL, &archive, error) ||
      !store_message_match (tx, message, author, archive, &row, error))
    return FALSE;

  if (row.id != 0)
    {
      gboolean had_place = row.segment != 0;

      if (!store_message_merge (tx, &row, message, archive, &changed, error))
        return FALSE;
      if (!had_place && row.archive_id != NULL && archive != 0 && row.archive == archive)
        {
          if (!store_archive_reach_live (tx, archive, row.archive_id, message->time, &segment, error) ||
              !place_live (tx, &row, segment, error))
            return FALSE;
          message->order_key = row.order_key;
          changed = TRUE;
        }
      if (out_outcome != NULL)
        *out_outcome = changed ? STORE_MERGED : STORE_KNOWN;
      return TRUE;
    }

  if (archive != 0)
    {
      gint64 taken;

      /* A message of another conversation has this id: it cannot be right, so it is not believed. */
      if (!store_get_int64 (tx, error, 0, &taken, "SELECT id FROM message WHERE archive_id = ? AND archive = ?", "si",
                            message->archive_id, archive))
        return FALSE;
      if (taken != 0)
        archive = 0;
    }
  if ((archive != 0 && !store_archive_reach_live (tx, archive, message->archive_id, message->time, &segment, error)) ||
      !store_place_at_end (tx, message->conversation, message->time, &message->order_key, error) ||
      !store_message_write (tx, message, author, archive, segment, flags, error))
    return FALSE;
  if (out_outcome != NULL)
    *out_outcome = STORE_INSERTED;
  return TRUE;
}

/* Whether something of an archive stands behind @key. */
static gboolean
is_passed (StoreTransaction  *tx,
           gint64             conversation,
           gint64             key,
           gint64            *out_passed,
           GError           **error)
{
  return store_get_int64 (tx, error, 0, out_passed, "SELECT 1 FROM message WHERE conversation = ? AND order_key > ? AND archive_id IS NOT NULL "
                          "LIMIT 1", "ii", conversation, key);
}

gboolean
store_message_place_waiting (StoreTransaction  *tx,
                             gint64             conversation,
                             GError           **error)
{
  g_autoptr(GArray) rows = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr(StoreStatement) statement = NULL;
  gint64 passed = 0;
  int step;

  statement = store_query (tx, error, "SELECT m.id, m.order_key FROM outbox o JOIN message m ON m.id = o.message WHERE o.conversation = ? "
                           "AND m.conversation = o.conversation AND m.direction = 1 AND m.state = 0 AND m.archive_id IS NULL "
                           "GROUP BY m.id ORDER BY m.order_key", "i", conversation);
  if (statement == NULL)
    return FALSE;
  while ((step = store_step (tx, statement, error)) == 1)
    {
      gint64 row[2] = { sqlite3_column_int64 (statement, 0), sqlite3_column_int64 (statement, 1) };

      g_array_append_vals (rows, row, 2);
    }
  if (step < 0)
    return FALSE;
  if (rows->len == 0)
    return TRUE;
  g_clear_pointer (&statement, store_statement_release);

  if (!is_passed (tx, conversation, g_array_index (rows, gint64, 1), &passed, error))
    return FALSE;
  for (guint i = 0; passed && i + 1 < rows->len; i += 2)
    {
      gint64 key;

      if (!store_place_at_end (tx, conversation, g_array_index (rows, gint64, i + 1), &key, error) ||
          !store_place_move (tx, conversation, g_array_index (rows, gint64, i), key, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
store_message_set_state (StoreTransaction  *tx,
                         gint64             id,
                         StoreMessageState  state,
                         const char        *error_text,
                         GError           **error)
{
  g_auto(StoreMessageRow) row = { 0 };

  if (!store_check_text (error_text, STORE_LIMIT_TEXT, "error", error) || !store_message_read_row (tx, id, &row, error))
    return FALSE;
  if (!is_forward (row.state, state))
    return TRUE;
  return store_exec (tx, error, "UPDATE message SET state = ?, error = ? WHERE id = ?", "dsi", (int) state,
                     state == STORE_MESSAGE_FAILED ? error_text : NULL, id) &&
         store_message_note_changed (tx, row.conversation, id, error);
}

gboolean
store_message_set_ids (StoreTransaction     *tx,
                       gint64                id,
                       const StoreStanzaIds *ids,
                       GError              **error)
{
  g_auto(StoreMessageRow) row = { 0 };
  g_autoptr(StoreMessage) known = store_message_new ();
  gboolean changed = FALSE;
  gint64 archive, segment;

  known->origin_id = g_strdup (ids->origin_id);
  known->message_id = g_strdup (ids->message_id);
  known->archive_id = g_strdup (ids->archive_id);
  known->archive = g_strdup (ids->archive);
  if (!store_message_read_row (tx, id, &row, error))
    return FALSE;
  known->conversation = row.conversation;
  known->state = row.state;
  if (!store_message_check (known, error) ||
      !store_archive_intern (tx, ids->archive_id != NULL ? ids->archive : NULL, &archive, error) ||
      !store_message_merge (tx, &row, known, archive, &changed, error))
    return FALSE;
  if (row.segment != 0 || row.archive_id == NULL || archive == 0 || row.archive != archive)
    return TRUE;
  return store_archive_reach_live (tx, archive, row.archive_id, row.order_key, &segment, error) &&
         place_live (tx, &row, segment, error);
}

gboolean
store_message_set_extra (StoreTransaction *tx,
                         gint64            id,
                         const char       *json,
                         GError          **error)
{
  g_auto(StoreMessageRow) row = { 0 };

  return store_check_text (json, STORE_LIMIT_TEXT, "extra", error) && store_message_read_row (tx, id, &row, error) &&
         store_exec (tx, error, "UPDATE message SET extra = ? WHERE id = ?", "si", json, id) &&
         store_message_note_changed (tx, row.conversation, id, error);
}

/* Fetched files only: what was sent lies where its author put it. */
static gboolean
collect_paths (StoreTransaction *tx,
               gint64            id,
               GPtrArray        *paths,
               GError          **error)
{
  g_autoptr(StoreStatement) statement = NULL;
  int step;

  statement = store_query (tx, error,
                           "SELECT path FROM file f WHERE message = ? AND path IS NOT NULL "
                           "AND (SELECT direction FROM message WHERE message.id = f.message) = 0 "
                           "AND NOT EXISTS (SELECT 1 FROM file g WHERE g.path = f.path AND g.message <> f.message)", "i", id);
  if (statement == NULL)
    return FALSE;
  while ((step = store_step (tx, statement, error)) == 1)
    g_ptr_array_add (paths, store_column_dup_text (statement, 0));
  return step == 0;
}

static gboolean
delete_one (StoreTransaction *tx,
            gint64            id,
            GPtrArray        *paths,
            GHashTable       *conversations,
            GError          **error)
{
  g_auto(StoreMessageRow) row = { 0 };
  g_auto(StoreIndexed) old = { NULL, NULL };

  if (!store_message_read_row (tx, id, &row, error) || !collect_paths (tx, id, paths, error) ||
      !store_index_read (tx, id, &old, error) || !store_index_remove (tx, id, &old, error) ||
      !store_exec (tx, error, "DELETE FROM message WHERE id = ?", "i", id) ||
      !store_block_remove (tx, row.conversation, row.order_key, error))
    return FALSE;
  store_transaction_note_move (tx, STORE_CHANGE_MESSAGE_REMOVED, row.conversation, id, row.order_key, G_MININT64);
  g_hash_table_add (conversations, g_memdup2 (&row.conversation, sizeof (gint64)));
  return TRUE;
}

static gboolean
refresh_all (StoreTransaction *tx,
             GHashTable       *conversations,
             GError          **error)
{
  GHashTableIter iter;
  gint64 *id;

  g_hash_table_iter_init (&iter, conversations);
  while (g_hash_table_iter_next (&iter, (gpointer *) &id, NULL))
    if (!store_conversation_refresh_last (tx, *id, error) || !store_conversation_refresh_unread (tx, *id, error))
      return FALSE;
  return TRUE;
}

gboolean
store_message_delete (StoreTransaction *tx,
                      gint64            id,
                      GPtrArray       **out_paths,
                      GError          **error)
{
  g_autoptr(GHashTable) conversations = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);

  if (!delete_one (tx, id, paths, conversations, error) || !refresh_all (tx, conversations, error))
    return FALSE;
  if (out_paths != NULL)
    *out_paths = g_steal_pointer (&paths);
  return TRUE;
}

gboolean
store_message_delete_before (StoreTransaction *tx,
                             gint64            time,
                             guint             limit,
                             guint            *out_deleted,
                             GPtrArray       **out_paths,
                             GError          **error)
{
  g_autoptr(GHashTable) conversations = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  int step;

  {
    g_autoptr(StoreStatement) statement = NULL;

    statement = store_query (tx, error, "SELECT id FROM message WHERE id < ? AND state <> ? ORDER BY id LIMIT ?", "idd",
                             CLAMP ((time - ID_EPOCH) / ID_UNIT, 0, G_MAXINT64 / 2), (int) STORE_MESSAGE_QUEUED,
                             (int) MIN (limit, G_MAXINT));
    if (statement == NULL)
      return FALSE;
    while ((step = store_step (tx, statement, error)) == 1)
      {
        gint64 id = sqlite3_column_int64 (statement, 0);

        g_array_append_val (ids, id);
      }
    if (step < 0)
      return FALSE;
  }
  for (guint i = 0; i < ids->len; i++)
    if (!delete_one (tx, g_array_index (ids, gint64, i), paths, conversations, error))
      return FALSE;
  if (!refresh_all (tx, conversations, error))
    return FALSE;
  if (out_deleted != NULL)
    *out_deleted = ids->len;
  if (out_paths != NULL)
    *out_paths = g_steal_pointer (&paths);
  return TRUE;
}
