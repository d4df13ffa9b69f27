/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "conversation-private.h"

#include <string.h>

#include "conversation.h"
#include "index-private.h"
#include "message.h"

/* A preview is one line of a list. */
#define PREVIEW_CHARS 200

/* Read marks are counted up to here; lists show "999+". */
#define MAX_COUNTED 1000

#define COLUMNS \
  "id, address, kind, name, pin_order, muted_until, archived, notify, unread, mentions, read_key, read_message, read_told, " \
  "last_message, last_text, last_sender, last_state, last_kind, last_time, sort_time, draft, draft_reply, draft_edit, " \
  "draft_time, extra"

G_DEFINE_BOXED_TYPE (StoreConversation, store_conversation, store_conversation_ref, store_conversation_unref)

StoreConversation *
store_conversation_new (void)
{
  return g_atomic_rc_box_new0 (StoreConversation);
}

StoreConversation *
store_conversation_ref (StoreConversation *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear (StoreConversation *self)
{
  g_free (self->address);
  g_free (self->name);
  g_free (self->last_text);
  g_free (self->last_sender);
  g_free (self->draft);
  g_free (self->extra);
}

void
store_conversation_unref (StoreConversation *self)
{
  if (self != NULL)
    g_atomic_rc_box_release_full (self, (GDestroyNotify) clear);
}

static StoreConversation *
read_row (StoreStatement *s)
{
  StoreConversation *self = store_conversation_new ();

  self->id = sqlite3_column_int64 (s, 0);
  self->address = store_column_dup_text (s, 1);
  self->kind = store_column_enum (s, 2, STORE_CONVERSATION_ROOM, STORE_CONVERSATION_PERSON);
  self->name = store_column_dup_text (s, 3);
  self->pin_order = sqlite3_column_int64 (s, 4);
  self->muted_until = sqlite3_column_int64 (s, 5);
  self->archived = sqlite3_column_int64 (s, 6) != 0;
  self->notify = store_column_enum (s, 7, STORE_NOTIFY_NOTHING, STORE_NOTIFY_DEFAULT);
  self->unread = store_column_enum (s, 8, G_MAXINT, 0);
  self->mentions = store_column_enum (s, 9, G_MAXINT, 0);
  self->read_key = sqlite3_column_int64 (s, 10);
  self->read_message = sqlite3_column_int64 (s, 11);
  self->read_told = sqlite3_column_int64 (s, 12) != 0;
  self->last_message = sqlite3_column_int64 (s, 13);
  self->last_text = store_column_dup_text (s, 14);
  self->last_sender = store_column_dup_text (s, 15);
  self->last_state = store_column_enum (s, 16, STORE_MESSAGE_FAILED, STORE_MESSAGE_QUEUED);
  self->last_kind = store_column_enum (s, 17, STORE_MESSAGE_CALL, STORE_MESSAGE_TEXT);
  self->last_time = sqlite3_column_int64 (s, 18);
  self->sort_time = sqlite3_column_int64 (s, 19);
  self->draft = store_column_dup_text (s, 20);
  self->draft_reply = sqlite3_column_int64 (s, 21);
  self->draft_edit = sqlite3_column_int64 (s, 22);
  self->draft_time = sqlite3_column_int64 (s, 23);
  self->extra = store_column_dup_text (s, 24);
  return self;
}

gboolean
store_conversation_ensure (StoreTransaction      *tx,
                           const char            *address,
                           StoreConversationKind  kind,
                           gint64                *out_id,
                           GError               **error)
{
  gint64 id;

  if (!store_check_required (address, STORE_LIMIT_ID * 3, "address", error) ||
      !store_get_int64 (tx, error, 0, &id, "SELECT id FROM conversation WHERE address = ?", "s", address))
    return FALSE;
  if (id == 0)
    {
      gint64 now = g_get_real_time ();

      if (!store_exec (tx, error, "INSERT INTO conversation (address, kind, created, sort_time) VALUES (?, ?, ?, ?)", "sdii",
                       address, (int) kind, now, now))
        return FALSE;
      id = store_last_row (tx);
      store_transaction_note (tx, STORE_CHANGE_CONVERSATION, id, 0);
    }
  *out_id = id;
  return TRUE;
}

static StoreConversation *
load_one (StoreTransaction *tx,
          StoreStatement   *statement,
          GError          **error)
{
  int step = store_step (tx, statement, error);

  if (step == 0)
    store_fail_not_found (error, "conversation");
  return step == 1 ? read_row (statement) : NULL;
}

StoreConversation *
store_conversation_load (StoreTransaction *tx,
                         gint64            id,
                         GError          **error)
{
  g_autoptr(StoreStatement) statement = store_query (tx, error, "SELECT " COLUMNS " FROM conversation WHERE id = ?", "i", id);

  return statement != NULL ? load_one (tx, statement, error) : NULL;
}

StoreConversation *
store_conversation_find (StoreTransaction *tx,
                         const char       *address,
                         GError          **error)
{
  g_autoptr(StoreStatement) statement = store_query (tx, error, "SELECT " COLUMNS " FROM conversation WHERE address = ?", "s",
                                                     address);

  return statement != NULL ? load_one (tx, statement, error) : NULL;
}

GPtrArray *
store_conversation_list (StoreTransaction *tx,
                         gboolean          archived,
                         guint             offset,
                         guint             limit,
                         GError          **error)
{
  g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) store_conversation_unref);
  g_autoptr(StoreStatement) statement = NULL;
  int step;

  statement = store_query (tx, error,
                           "SELECT " COLUMNS " FROM conversation WHERE archived = ? "
                           "ORDER BY (pin_order = 0), pin_order, sort_time DESC LIMIT ? OFFSET ?", "ddd", archived ? 1 : 0,
                           (int) CLAMP (limit, 1, 1000), (int) MIN (offset, G_MAXINT));
  if (statement == NULL)
    return NULL;
  while ((step = store_step (tx, statement, error)) == 1)
    g_ptr_array_add (list, read_row (statement));
  return step == 0 ? g_steal_pointer (&list) : NULL;
}

gboolean
store_conversation_count (StoreTransaction *tx,
                          gboolean          archived,
                          guint            *out_count,
                          GError          **error)
{
  gint64 count;

  if (!store_get_int64 (tx, error, 0, &count, "SELECT count(*) FROM conversation WHERE archived = ?", "d", archived ? 1 : 0))
    return FALSE;
  *out_count = count;
  return TRUE;
}

gboolean
store_conversation_count_unread (StoreTransaction *tx,
                                 gint64            now,
                                 guint            *out_unread,
                                 guint            *out_mentions,
                                 GError          **error)
{
  g_autoptr(StoreStatement) statement = NULL;

  statement = store_query (tx, error,
                           "SELECT coalesce(sum(unread), 0), coalesce(sum(mentions), 0) FROM conversation "
                           "WHERE archived = 0 AND muted_until <= ?", "i", now);
  if (statement == NULL || store_step (tx, statement, error) != 1)
    return FALSE;
  *out_unread = sqlite3_column_int64 (statement, 0);
  *out_mentions = sqlite3_column_int64 (statement, 1);
  return TRUE;
}

static gboolean
changed (StoreTransaction *tx,
         gint64            id,
         GError          **error)
{
  if (store_changes (tx) == 0)
    return store_fail_not_found (error, "conversation");
  store_transaction_note (tx, STORE_CHANGE_CONVERSATION, id, 0);
  return TRUE;
}

gboolean
store_conversation_set_name (StoreTransaction *tx,
                             gint64            id,
                             const char       *name,
                             GError          **error)
{
  return store_check_text (name, STORE_LIMIT_TEXT, "name", error) &&
         store_exec (tx, error, "UPDATE conversation SET name = ? WHERE id = ?", "si", name != NULL ? name : "", id) &&
         changed (tx, id, error);
}

gboolean
store_conversation_set_pin_order (StoreTransaction *tx,
                                  gint64            id,
                                  gint64            pin_order,
                                  GError          **error)
{
  return store_exec (tx, error, "UPDATE conversation SET pin_order = ? WHERE id = ?", "ii", pin_order, id) &&
         changed (tx, id, error);
}

gboolean
store_conversation_set_muted (StoreTransaction *tx,
                              gint64            id,
                              gint64            until,
                              GError          **error)
{
  return store_exec (tx, error, "UPDATE conversation SET muted_until = ? WHERE id = ?", "ii", until, id) &&
         changed (tx, id, error);
}

gboolean
store_conversation_set_archived (StoreTransaction *tx,
                                 gint64            id,
                                 gboolean          archived,
                                 GError          **error)
{
  return store_exec (tx, error, "UPDATE conversation SET archived = ? WHERE id = ?", "di", archived ? 1 : 0, id) &&
         changed (tx, id, error);
}

gboolean
store_conversation_set_notify (StoreTransaction *tx,
                               gint64            id,
                               StoreNotify       notify,
                               GError          **error)
{
  return store_exec (tx, error, "UPDATE conversation SET notify = ? WHERE id = ?", "di", (int) notify, id) &&
         changed (tx, id, error);
}

gboolean
store_conversation_set_extra (StoreTransaction *tx,
                              gint64            id,
                              const char       *json,
                              GError          **error)
{
  return store_check_text (json, STORE_LIMIT_TEXT, "extra", error) &&
         store_exec (tx, error, "UPDATE conversation SET extra = ? WHERE id = ?", "si", json, id) && changed (tx, id, error);
}

gboolean
store_conversation_set_draft (StoreTransaction *tx,
                              gint64            id,
                              const char       *text,
                              gint64            reply,
                              gint64            edit,
                              gint64            time,
                              GError          **error)
{
  if (!store_check_text (text, STORE_LIMIT_TEXT, "draft", error))
    return FALSE;
  if (text == NULL || text[0] == '\0')
    return store_exec (tx, error,
                       "UPDATE conversation SET draft = NULL, draft_reply = 0, draft_edit = 0, draft_time = 0, "
                       "sort_time = CASE WHEN last_time > 0 THEN last_time ELSE created END WHERE id = ?", "i", id) &&
           changed (tx, id, error);
  return store_exec (tx, error,
                     "UPDATE conversation SET draft = ?, draft_reply = ?, draft_edit = ?, draft_time = ?, "
                     "sort_time = max(sort_time, ?) WHERE id = ?", "siiiii", text, reply, edit, time, time, id) &&
         changed (tx, id, error);
}

gboolean
store_conversation_refresh_unread (StoreTransaction *tx,
                                   gint64            id,
                                   GError          **error)
{
  g_autoptr(StoreStatement) statement = NULL;
  gint64 unread, mentions;

  /* The bound is on rows with weight, so a long own monologue costs as much as it is long; marks are near the end. */
  statement = store_query (tx, error,
                           "SELECT count(*), coalesce(sum(weight = 2), 0) FROM (SELECT weight FROM message "
                           "WHERE conversation = ?1 AND order_key > (SELECT read_key FROM conversation WHERE id = ?1) "
                           "AND weight > 0 LIMIT ?2)", "id", id, MAX_COUNTED);
  if (statement == NULL || store_step (tx, statement, error) != 1)
    return FALSE;
  unread = sqlite3_column_int64 (statement, 0);
  mentions = sqlite3_column_int64 (statement, 1);
  if (!store_exec (tx, error, "UPDATE conversation SET unread = ?, mentions = ? WHERE id = ? AND (unread <> ? OR mentions <> ?)",
                   "iiiii", unread, mentions, id, unread, mentions))
    return FALSE;
  if (store_changes (tx) > 0)
    store_transaction_note (tx, STORE_CHANGE_CONVERSATION, id, 0);
  return TRUE;
}

gboolean
store_conversation_mark_read (StoreTransaction *tx,
                              gint64            id,
                              gint64            message,
                              gboolean          told,
                              GError          **error)
{
  gint64 key;

  if (message == 0 &&
      !store_get_int64 (tx, error, 0, &message,
                        "SELECT id FROM message WHERE conversation = ? ORDER BY order_key DESC LIMIT 1", "i", id))
    return FALSE;
  if (message == 0)
    return TRUE;
  if (!store_get_int64 (tx, error, G_MININT64, &key, "SELECT order_key FROM message WHERE id = ? AND conversation = ?", "ii",
                        message, id))
    return FALSE;
  if (key == G_MININT64)
    return store_fail_not_found (error, "message");
  if (!store_exec (tx, error,
                   "UPDATE conversation SET read_key = ?, read_message = ?, read_told = ? WHERE id = ? AND read_key < ?",
                   "iidii", key, message, told ? 1 : 0, id, key))
    return FALSE;
  if (store_changes (tx) == 0)
    return TRUE;
  store_transaction_note (tx, STORE_CHANGE_CONVERSATION, id, 0);
  return store_conversation_refresh_unread (tx, id, error);
}

gboolean
store_conversation_mark_unread (StoreTransaction *tx,
                                gint64            id,
                                gint64            message,
                                GError          **error)
{
  gint64 key;

  if (!store_get_int64 (tx, error, G_MININT64, &key, "SELECT order_key FROM message WHERE id = ? AND conversation = ?", "ii",
                        message, id))
    return FALSE;
  if (key == G_MININT64)
    return store_fail_not_found (error, "message");
  return store_exec (tx, error,
                     "UPDATE conversation SET read_key = ?, read_message = coalesce((SELECT id FROM message "
                     "WHERE conversation = ? AND order_key < ? ORDER BY order_key DESC LIMIT 1), 0) WHERE id = ?", "iiii",
                     key - 1, id, key, id) &&
         changed (tx, id, error) && store_conversation_refresh_unread (tx, id, error);
}

gboolean
store_conversation_set_read_told (StoreTransaction *tx,
                                  gint64            id,
                                  GError          **error)
{
  return store_exec (tx, error, "UPDATE conversation SET read_told = 1 WHERE id = ?", "i", id) && changed (tx, id, error);
}

/* The first lines as one, cut at a character. */
static char *
make_preview (const char *body)
{
  GString *line = g_string_new (NULL);
  guint n = 0;

  for (const char *p = body; *p != '\0' && n < PREVIEW_CHARS; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (g_unichar_isspace (c) || g_unichar_iscntrl (c))
        {
          if (line->len == 0 || line->str[line->len - 1] == ' ')
            continue;
          c = ' ';
        }
      g_string_append_unichar (line, c);
      n++;
    }
  g_strchomp (line->str);
  return g_string_free (line, FALSE);
}

gboolean
store_conversation_refresh_last (StoreTransaction *tx,
                                 gint64            id,
                                 GError          **error)
{
  g_autofree char *text = NULL;
  g_autofree char *sender = NULL;
  gint64 message = 0, time = 0;
  int state = 0, kind = 0, step;

  {
    g_autoptr(StoreStatement) statement = NULL;

    statement = store_query (tx, error,
                             "SELECT m.id, m.body, m.nick, a.address, m.direction, m.state, m.kind, m.time, m.retracted, "
                             "(SELECT name FROM file WHERE file.message = m.id ORDER BY file.id LIMIT 1) "
                             "FROM message m JOIN author a ON a.id = m.author "
                             "WHERE m.conversation = ? ORDER BY m.order_key DESC LIMIT 1", "i", id);
    if (statement == NULL || (step = store_step (tx, statement, error)) < 0)
      return FALSE;
    if (step == 1)
      {
        g_autofree char *body = store_column_dup_text (statement, 1);

        message = sqlite3_column_int64 (statement, 0);
        if (sqlite3_column_int64 (statement, 8) == 0)
          {
            if (body[0] == '\0' && sqlite3_column_type (statement, 9) != SQLITE_NULL)
              {
                g_free (body);
                body = store_column_dup_text (statement, 9);
              }
            text = make_preview (body);
          }
        if (sqlite3_column_int (statement, 4) == STORE_DIRECTION_IN)
          sender = store_column_dup_text (statement, sqlite3_column_type (statement, 2) != SQLITE_NULL ? 2 : 3);
        state = sqlite3_column_int (statement, 5);
        kind = sqlite3_column_int (statement, 6);
        time = sqlite3_column_int64 (statement, 7);
      }
  }
  if (!store_exec (tx, error,
                   "UPDATE conversation SET last_message = ?, last_text = ?, last_sender = ?, last_state = ?, last_kind = ?, "
                   "last_time = ?, sort_time = max(CASE WHEN ? > 0 THEN ? ELSE created END, draft_time) WHERE id = ?",
                   "issddiiii", message, text, sender, state, kind, time, time, time, id))
    return FALSE;
  store_transaction_note (tx, STORE_CHANGE_CONVERSATION, id, 0);
  return TRUE;
}

gboolean
store_conversation_delete (StoreTransaction *tx,
                           gint64            id,
                           GError          **error)
{
  g_autoptr(GArray) messages = g_array_new (FALSE, FALSE, sizeof (gint64));
  int step;

  {
    g_autoptr(StoreStatement) statement = store_query (tx, error, "SELECT id FROM message WHERE conversation = ?", "i", id);

    if (statement == NULL)
      return FALSE;
    while ((step = store_step (tx, statement, error)) == 1)
      {
        gint64 message = sqlite3_column_int64 (statement, 0);

        g_array_append_val (messages, message);
      }
    if (step < 0)
      return FALSE;
  }
  for (guint i = 0; i < messages->len; i++)
    {
      gint64 message = g_array_index (messages, gint64, i);
      g_auto(StoreIndexed) old = { NULL, NULL };

      if (!store_index_read (tx, message, &old, error) || !store_index_remove (tx, message, &old, error))
        return FALSE;
    }
  if (!store_exec (tx, error, "DELETE FROM conversation WHERE id = ?", "i", id))
    return FALSE;
  if (store_changes (tx) == 0)
    return store_fail_not_found (error, "conversation");
  store_transaction_note (tx, STORE_CHANGE_HISTORY, id, 0);
  store_transaction_note (tx, STORE_CHANGE_CONVERSATION, id, 0);
  return TRUE;
}
