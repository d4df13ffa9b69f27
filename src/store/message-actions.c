/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Edits, retractions, reactions, receipts and read marks. Each names its message by an id of the wire. One that comes before its
 * message waits in table "waiting" and is applied by the insertion of the message, in the order of its time, by the same
 * code as one that finds its message at once: so the outcome does not depend on the order of arrival.
 *
 * Versions: the first row of an edited message in "version" (smallest id) is its original; of the others the one with the
 * latest time is shown, of equal times the one with the larger id of the wire.
 */

#include "message-private.h"

#include <string.h>

#include "conversation-private.h"
#include "index-private.h"

#define MAX_WAITING 1000
#define MAX_VERSIONS 100
#define MAX_EMOJIS 32
#define MAX_EMOJI 64
/* Own messages that one read mark turns to "read" at most. */
#define MAX_MARKED 2000

/* Stored values, append only. */
typedef enum
{
  ACTION_EDIT = 1,
  ACTION_RETRACTION = 2,
  ACTION_REACTIONS = 3,
  ACTION_RECEIPT = 4,
  ACTION_READ = 5,
} ActionKind;

typedef struct
{
  ActionKind kind;
  gint64     conversation;
  char      *target;
  gint64     author;
  char      *nick;
  gint64     time;
  char      *origin_id;
  char      *message_id;
  gint64     archive;
  char      *archive_id;
  char      *text;       /* new body, reason, or emojis joined by line feeds */
  char      *extra;
  char      *moderator;
} Action;

static void
action_clear (Action *self)
{
  g_free (self->target);
  g_free (self->nick);
  g_free (self->origin_id);
  g_free (self->message_id);
  g_free (self->archive_id);
  g_free (self->text);
  g_free (self->extra);
  g_free (self->moderator);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Action, action_clear)

/* What the target row says about itself. */
typedef struct
{
  gint64   id;
  gint64   order_key;
  gint64   author;
  int      direction;
  int      state;
  gboolean retracted;
} Target;

static gboolean
read_target (StoreTransaction *tx,
             gint64            id,
             Target           *out,
             GError          **error)
{
  g_autoptr(StoreStatement) statement = NULL;

  statement = store_query (tx, error, "SELECT id, order_key, author, direction, state, retracted > 0 FROM message WHERE id = ?",
                           "i", id);
  if (statement == NULL || store_step (tx, statement, error) != 1)
    return FALSE;
  *out = (Target) { sqlite3_column_int64 (statement, 0), sqlite3_column_int64 (statement, 1),
                    sqlite3_column_int64 (statement, 2), sqlite3_column_int (statement, 3),
                    sqlite3_column_int (statement, 4), sqlite3_column_int (statement, 5) };
  return TRUE;
}

/* Shows the version that counts. */
static gboolean
show_version (StoreTransaction *tx,
              const Action     *action,
              gint64            message,
              GError          **error)
{
  g_auto(StoreIndexed) old = { NULL, NULL };

  return store_index_read (tx, message, &old, error) &&
         store_exec (tx, error,
                     "UPDATE message SET (body, extra, edited) = (SELECT v.body, v.extra, max(v.time, 1) FROM version v "
                     "WHERE v.message = ?1 AND v.id > (SELECT min(id) FROM version WHERE message = ?1) "
                     "ORDER BY v.time DESC, coalesce(v.origin_id, v.message_id, '') DESC LIMIT 1) WHERE id = ?1", "i", message) &&
         store_index_update (tx, message, &old, error) &&
         store_message_note_changed (tx, action->conversation, message, error);
}

static gboolean
find_version (StoreTransaction *tx,
              const Action     *action,
              gint64            message,
              gint64           *out_version,
              GError          **error)
{
  *out_version = 0;
  if (action->archive_id != NULL &&
      !store_get_int64 (tx, error, 0, out_version, "SELECT id FROM version WHERE message = ? AND archive = ? AND archive_id = ?",
                        "iis", message, action->archive, action->archive_id))
    return FALSE;
  if (*out_version == 0 && action->origin_id != NULL &&
      !store_get_int64 (tx, error, 0, out_version, "SELECT id FROM version WHERE message = ? AND origin_id = ?", "is", message,
                        action->origin_id))
    return FALSE;
  if (*out_version == 0 && action->message_id != NULL &&
      !store_get_int64 (tx, error, 0, out_version,
                        "SELECT id FROM version WHERE message = ? AND message_id = ? AND body = ?", "iss", message,
                        action->message_id, action->text))
    return FALSE;
  return TRUE;
}

static gboolean
apply_edit (StoreTransaction *tx,
            const Action     *action,
            const Target     *target,
            GError          **error)
{
  gint64 known, versions;

  if (!find_version (tx, action, target->id, &known, error))
    return FALSE;
  if (known != 0)
    {
      /* The archive's stamp is the better one. */
      if (action->archive_id == NULL)
        return TRUE;
      if (!store_exec (tx, error, "UPDATE version SET archive = ?, archive_id = ?, time = ? WHERE id = ? AND archive_id IS NULL",
                       "isii", action->archive, action->archive_id, action->time, known))
        return FALSE;
      return store_changes (tx) == 0 || show_version (tx, action, target->id, error);
    }

  if (!store_get_int64 (tx, error, 0, &versions, "SELECT count(*) FROM version WHERE message = ?", "i", target->id))
    return FALSE;
  if (versions == 0 &&
      !store_exec (tx, error, "INSERT INTO version (message, time, body, extra) SELECT id, time, body, extra FROM message "
                   "WHERE id = ?", "i", target->id))
    return FALSE;
  if (versions >= MAX_VERSIONS &&
      !store_exec (tx, error, "DELETE FROM version WHERE id = (SELECT id FROM version WHERE message = ?1 "
                   "AND id > (SELECT min(id) FROM version WHERE message = ?1) ORDER BY time LIMIT 1)", "i", target->id))
    return FALSE;
  return store_exec (tx, error, "INSERT INTO version (message, time, origin_id, message_id, archive, archive_id, body, extra) "
                     "VALUES (?, ?, ?, ?, ?, ?, ?, ?)", "iisskss" "s", target->id, action->time, action->origin_id,
                     action->message_id, action->archive, action->archive_id, action->text, action->extra) &&
         show_version (tx, action, target->id, error);
}

static gboolean
apply_retraction (StoreTransaction *tx,
                  const Action     *action,
                  const Target     *target,
                  GError          **error)
{
  g_auto(StoreIndexed) old = { NULL, NULL };
  g_autofree char *by = NULL;

  if (action->moderator != NULL)
    by = g_strdup (action->moderator);
  else
    {
      g_autoptr(StoreStatement) statement = store_query (tx, error, "SELECT coalesce(?, address) FROM author WHERE id = ?", "si",
                                                         action->nick, action->author);

      if (statement == NULL || store_step (tx, statement, error) < 0)
        return FALSE;
      by = store_column_dup_text (statement, 0);
    }
  return store_index_read (tx, target->id, &old, error) &&
         store_exec (tx, error, "UPDATE message SET body = '', extra = NULL, retracted = ?, retracted_by = ?, "
                     "retracted_reason = ?, files = 0, reactions = 0, weight = 0 WHERE id = ?", "issi", MAX (action->time, 1),
                     by, action->text, target->id) &&
         store_exec (tx, error, "DELETE FROM version WHERE message = ?", "i", target->id) &&
         store_exec (tx, error, "DELETE FROM file WHERE message = ?", "i", target->id) &&
         store_exec (tx, error, "DELETE FROM reaction WHERE message = ?", "i", target->id) &&
         store_index_update (tx, target->id, &old, error) &&
         store_conversation_refresh_unread (tx, action->conversation, error) &&
         store_message_note_changed (tx, action->conversation, target->id, error);
}

static gboolean
apply_reactions (StoreTransaction *tx,
                 const Action     *action,
                 const Target     *target,
                 GError          **error)
{
  gint64 newest;

  if (!store_get_int64 (tx, error, G_MININT64, &newest, "SELECT time FROM reaction WHERE message = ? AND author = ?", "ii",
                        target->id, action->author))
    return FALSE;
  if (newest > action->time)
    return TRUE;
  /* An empty set stays as a row, so that an older set that comes late finds it. It does not count as a reaction. */
  return store_exec (tx, error, "INSERT INTO reaction (message, author, nick, emojis, time) VALUES (?, ?, ?, ?, ?) "
                     "ON CONFLICT (message, author) DO UPDATE SET nick = excluded.nick, emojis = excluded.emojis, "
                     "time = excluded.time", "iissi", target->id, action->author, action->nick, action->text, action->time) &&
         store_exec (tx, error, "UPDATE message SET reactions = (SELECT count(*) FROM reaction WHERE message = ?1 "
                     "AND emojis <> '') WHERE id = ?1", "i", target->id) &&
         store_message_note_changed (tx, action->conversation, target->id, error);
}

static gboolean
set_own_state (StoreTransaction  *tx,
               const Target      *target,
               StoreMessageState  state,
               GError           **error)
{
  return target->direction != STORE_DIRECTION_OUT || store_message_set_state (tx, target->id, state, NULL, error);
}

static gboolean
mark_own_read (StoreTransaction *tx,
               const Action     *action,
               gint64            from_key,
               gint64            to_key,
               GError          **error)
{
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  int step;

  {
    g_autoptr(StoreStatement) statement = NULL;

    statement = store_query (tx, error, "SELECT id, direction, state FROM message WHERE conversation = ? AND order_key > ? "
                             "AND order_key <= ? ORDER BY order_key DESC LIMIT ?", "iiid", action->conversation, from_key, to_key,
                             MAX_MARKED);
    if (statement == NULL)
      return FALSE;
    while ((step = store_step (tx, statement, error)) == 1)
      {
        gint64 id = sqlite3_column_int64 (statement, 0);
        int state = sqlite3_column_int (statement, 2);

        if (sqlite3_column_int (statement, 1) == STORE_DIRECTION_OUT &&
            (state == STORE_MESSAGE_SENT || state == STORE_MESSAGE_DELIVERED))
          g_array_append_val (ids, id);
      }
    if (step < 0)
      return FALSE;
  }
  for (guint i = 0; i < ids->len; i++)
    if (!store_message_set_state (tx, g_array_index (ids, gint64, i), STORE_MESSAGE_READ, NULL, error))
      return FALSE;
  return TRUE;
}

static gboolean
apply_read (StoreTransaction *tx,
            const Action     *action,
            const Target     *target,
            GError          **error)
{
  gint64 own, person, before;

  if (!store_get_int64 (tx, error, 0, &own, "SELECT key = 'me' FROM author WHERE id = ?", "i", action->author) ||
      !store_get_int64 (tx, error, 0, &person, "SELECT kind = 0 FROM conversation WHERE id = ?", "i", action->conversation))
    return FALSE;
  if (own)
    return store_conversation_mark_read (tx, action->conversation, target->id, TRUE, error);

  if (!store_get_int64 (tx, error, 0, &before, "SELECT order_key FROM mark WHERE conversation = ? AND author = ?", "ii",
                        action->conversation, action->author))
    return FALSE;
  if (before >= target->order_key)
    return TRUE;
  if (!store_exec (tx, error, "INSERT INTO mark (conversation, author, nick, message, order_key, time) VALUES (?, ?, ?, ?, ?, ?) "
                   "ON CONFLICT (conversation, author) DO UPDATE SET nick = excluded.nick, message = excluded.message, "
                   "order_key = excluded.order_key, time = excluded.time", "iisiii", action->conversation, action->author,
                   action->nick, target->id, target->order_key, action->time))
    return FALSE;
  store_transaction_note (tx, STORE_CHANGE_MARKS, action->conversation, 0);
  if (!person)
    return TRUE;
  /* To have read a message is to have got it. */
  return set_own_state (tx, target, STORE_MESSAGE_READ, error) &&
         mark_own_read (tx, action, before, target->order_key, error);
}

/* *out_result: 1 applied, −1 refused. */
static gboolean
apply (StoreTransaction *tx,
       const Action     *action,
       const Target     *target,
       int              *out_result,
       GError          **error)
{
  gboolean author = TRUE;

  *out_result = -1;
  if ((action->kind == ACTION_EDIT || (action->kind == ACTION_RETRACTION && action->moderator == NULL)) &&
      !store_author_equal (tx, action->author, target->author, &author, error))
    return FALSE;
  if (!author)
    return TRUE;
  if (target->retracted && action->kind != ACTION_READ && action->kind != ACTION_RECEIPT)
    {
      *out_result = action->kind == ACTION_RETRACTION ? 1 : -1;
      return TRUE;
    }
  *out_result = 1;
  switch (action->kind)
    {
    case ACTION_EDIT:
      return apply_edit (tx, action, target, error);
    case ACTION_RETRACTION:
      return apply_retraction (tx, action, target, error);
    case ACTION_REACTIONS:
      return apply_reactions (tx, action, target, error);
    case ACTION_RECEIPT:
      return set_own_state (tx, target, STORE_MESSAGE_DELIVERED, error);
    case ACTION_READ:
      return apply_read (tx, action, target, error);
    default:
      *out_result = -1;
      return TRUE;
    }
}

static gboolean
wait_for_target (StoreTransaction *tx,
                 const Action     *action,
                 GError          **error)
{
  gint64 known = 0, count;

  /* Twice the same: one of them is enough. Of reactions and marks only the newest of each person counts anyway. */
  if (!store_get_int64 (tx, error, 0, &known, "SELECT id FROM waiting WHERE conversation = ? AND target = ? AND kind = ? "
                        "AND author = ? AND text IS ? AND (origin_id IS ? OR archive_id IS ?)", "isdisss", action->conversation,
                        action->target, (int) action->kind, action->author, action->text, action->origin_id,
                        action->archive_id))
    return FALSE;
  if (known != 0)
    return store_exec (tx, error, "UPDATE waiting SET archive = coalesce(?, archive), archive_id = coalesce(?, archive_id), "
                       "time = CASE WHEN ? IS NOT NULL THEN ? ELSE time END WHERE id = ?", "kssii", action->archive,
                       action->archive_id, action->archive_id, action->time, known);
  if (!store_exec (tx, error,
                   "INSERT INTO waiting (conversation, target, kind, author, nick, time, origin_id, message_id, archive, "
                   "archive_id, text, extra, moderator) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", "isdisissks" "sss",
                   action->conversation, action->target, (int) action->kind, action->author, action->nick, action->time,
                   action->origin_id, action->message_id, action->archive, action->archive_id, action->text, action->extra,
                   action->moderator) ||
      !store_get_int64 (tx, error, 0, &count, "SELECT count(*) FROM waiting WHERE conversation = ?", "i", action->conversation))
    return FALSE;
  return count <= MAX_WAITING ||
         store_exec (tx, error, "DELETE FROM waiting WHERE id = (SELECT min(id) FROM waiting WHERE conversation = ?)", "i",
                     action->conversation);
}

static gboolean
apply_or_wait (StoreTransaction *tx,
               const Action     *action,
               gint64           *out_message,
               GError          **error)
{
  g_autoptr(GArray) rows = store_message_find_rows (tx, action->conversation, action->target, error);
  gint64 message = 0;

  if (rows == NULL)
    return FALSE;
  /* Weak ids name several messages: the newest that the author may act on is meant. */
  for (guint i = 0; i < rows->len && message <= 0; i++)
    {
      Target target;
      int result;

      if (!read_target (tx, g_array_index (rows, gint64, i), &target, error) ||
          !apply (tx, action, &target, &result, error))
        return FALSE;
      message = result > 0 ? target.id : -1;
    }
  if (message == 0 && !wait_for_target (tx, action, error))
    return FALSE;
  if (out_message != NULL)
    *out_message = message;
  return TRUE;
}

static gboolean
action_init (StoreTransaction     *tx,
             Action               *self,
             ActionKind            kind,
             gint64                conversation,
             const char           *target,
             const StoreAuthor    *author,
             const StoreStanzaIds *ids,
             gint64                time,
             const char           *text,
             gsize                 max_text,
             GError              **error)
{
  if (!store_check_required (target, STORE_LIMIT_ID, "target", error) ||
      !store_check_text (text, max_text, "text", error) ||
      (ids != NULL && (!store_check_text (ids->origin_id, STORE_LIMIT_ID, "origin id", error) ||
                       !store_check_text (ids->message_id, STORE_LIMIT_ID, "message id", error) ||
                       !store_check_text (ids->archive_id, STORE_LIMIT_ID, "archive id", error))) ||
      !store_author_intern (tx, conversation, author, &self->author, error))
    return FALSE;
  if (ids != NULL && ids->archive_id != NULL && !store_archive_intern (tx, ids->archive, &self->archive, error))
    return FALSE;
  self->kind = kind;
  self->conversation = conversation;
  self->target = g_strdup (target);
  self->nick = g_strdup (author->nick);
  self->time = CLAMP (time, 0, G_MAXINT64 / 4);
  self->text = g_strdup (text);
  if (ids != NULL)
    {
      self->origin_id = g_strdup (ids->origin_id);
      self->message_id = g_strdup (ids->message_id);
      self->archive_id = self->archive != 0 ? g_strdup (ids->archive_id) : NULL;
    }
  return TRUE;
}

gboolean
store_message_apply_edit (StoreTransaction     *tx,
                          gint64                conversation,
                          const char           *target,
                          const StoreAuthor    *author,
                          const StoreStanzaIds *ids,
                          gint64                time,
                          const char           *body,
                          const char           *extra,
                          gint64               *out_message,
                          GError              **error)
{
  g_auto(Action) action = { 0 };

  if (!action_init (tx, &action, ACTION_EDIT, conversation, target, author, ids, time, body != NULL ? body : "",
                    STORE_LIMIT_BODY, error) ||
      !store_check_text (extra, STORE_LIMIT_TEXT, "extra", error))
    return FALSE;
  action.extra = g_strdup (extra);
  return apply_or_wait (tx, &action, out_message, error);
}

gboolean
store_message_apply_retraction (StoreTransaction     *tx,
                                gint64                conversation,
                                const char           *target,
                                const StoreAuthor    *author,
                                const StoreStanzaIds *ids,
                                gint64                time,
                                const char           *moderator,
                                const char           *reason,
                                gint64               *out_message,
                                GError              **error)
{
  g_auto(Action) action = { 0 };

  if (!action_init (tx, &action, ACTION_RETRACTION, conversation, target, author, ids, time, reason, STORE_LIMIT_TEXT, error) ||
      !store_check_text (moderator, STORE_LIMIT_ID * 3, "moderator", error))
    return FALSE;
  action.moderator = g_strdup (moderator);
  return apply_or_wait (tx, &action, out_message, error);
}

gboolean
store_message_apply_reactions (StoreTransaction   *tx,
                               gint64              conversation,
                               const char         *target,
                               const StoreAuthor  *author,
                               gint64              time,
                               const char * const *emojis,
                               gint64             *out_message,
                               GError            **error)
{
  g_auto(Action) action = { 0 };
  g_autoptr(GString) joined = g_string_new (NULL);

  for (guint i = 0; emojis != NULL && emojis[i] != NULL; i++)
    {
      if (i == MAX_EMOJIS || strchr (emojis[i], '\n') != NULL || strlen (emojis[i]) > MAX_EMOJI || emojis[i][0] == '\0')
        {
          g_set_error_literal (error, STORE_ERROR, STORE_ERROR_INVALID, "reactions: too many, too long or empty");
          return FALSE;
        }
      g_string_append_printf (joined, "%s%s", i > 0 ? "\n" : "", emojis[i]);
    }
  return action_init (tx, &action, ACTION_REACTIONS, conversation, target, author, NULL, time, joined->str, STORE_LIMIT_TEXT,
                      error) &&
         apply_or_wait (tx, &action, out_message, error);
}

gboolean
store_message_apply_receipt (StoreTransaction  *tx,
                             gint64             conversation,
                             const char        *target,
                             const StoreAuthor *author,
                             gint64             time,
                             gint64            *out_message,
                             GError           **error)
{
  g_auto(Action) action = { 0 };

  return action_init (tx, &action, ACTION_RECEIPT, conversation, target, author, NULL, time, NULL, 0, error) &&
         apply_or_wait (tx, &action, out_message, error);
}

gboolean
store_message_apply_read (StoreTransaction  *tx,
                          gint64             conversation,
                          const char        *target,
                          const StoreAuthor *author,
                          gint64             time,
                          gint64            *out_message,
                          GError           **error)
{
  g_auto(Action) action = { 0 };

  return action_init (tx, &action, ACTION_READ, conversation, target, author, NULL, time, NULL, 0, error) &&
         apply_or_wait (tx, &action, out_message, error);
}

static gboolean
take_waiting (StoreTransaction *tx,
              gint64            conversation,
              const char       *wire_id,
              GArray           *out_actions,
              GError          **error)
{
  g_autoptr(StoreStatement) statement = NULL;
  int step;

  statement = store_query (tx, error, "SELECT kind, target, author, nick, time, origin_id, message_id, archive, archive_id, text, "
                           "extra, moderator FROM waiting WHERE conversation = ? AND target = ? ORDER BY time, id", "is",
                           conversation, wire_id);
  if (statement == NULL)
    return FALSE;
  while ((step = store_step (tx, statement, error)) == 1)
    {
      Action action = {
        .kind = sqlite3_column_int (statement, 0),
        .conversation = conversation,
        .target = store_column_dup_text (statement, 1),
        .author = sqlite3_column_int64 (statement, 2),
        .nick = store_column_dup_text (statement, 3),
        .time = sqlite3_column_int64 (statement, 4),
        .origin_id = store_column_dup_text (statement, 5),
        .message_id = store_column_dup_text (statement, 6),
        .archive = sqlite3_column_int64 (statement, 7),
        .archive_id = store_column_dup_text (statement, 8),
        .text = store_column_dup_text (statement, 9),
        .extra = store_column_dup_text (statement, 10),
        .moderator = store_column_dup_text (statement, 11),
      };

      g_array_append_val (out_actions, action);
    }
  return step == 0;
}

static gboolean
apply_waiting_for (StoreTransaction *tx,
                   gint64            conversation,
                   const char       *wire_id,
                   GError          **error)
{
  g_autoptr(GArray) actions = g_array_new (FALSE, FALSE, sizeof (Action));

  g_array_set_clear_func (actions, (GDestroyNotify) action_clear);
  if (!take_waiting (tx, conversation, wire_id, actions, error))
    return FALSE;
  if (actions->len == 0)
    return TRUE;
  if (!store_exec (tx, error, "DELETE FROM waiting WHERE conversation = ? AND target = ?", "is", conversation, wire_id))
    return FALSE;
  for (guint i = 0; i < actions->len; i++)
    {
      Action *action = &g_array_index (actions, Action, i);
      g_autoptr(GArray) rows = store_message_find_rows (tx, conversation, wire_id, error);
      int result = 0;

      if (rows == NULL)
        return FALSE;
      for (guint j = 0; j < rows->len && result <= 0; j++)
        {
          Target target;

          if (!read_target (tx, g_array_index (rows, gint64, j), &target, error) ||
              !apply (tx, action, &target, &result, error))
            return FALSE;
        }
    }
  return TRUE;
}

gboolean
store_message_apply_waiting (StoreTransaction *tx,
                             gint64            conversation,
                             const char       *origin_id,
                             const char       *message_id,
                             const char       *archive_id,
                             GError          **error)
{
  const char *ids[] = { origin_id, g_strcmp0 (origin_id, message_id) == 0 ? NULL : message_id, archive_id };

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    if (ids[i] != NULL && !apply_waiting_for (tx, conversation, ids[i], error))
      return FALSE;
  return TRUE;
}
