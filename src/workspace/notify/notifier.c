/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium"

#include "config.h"

#include "workspace/notify/notifier.h"

#include "workspace/chat/conversation-private.h"
#include "workspace/clock.h"
#include "workspace/notify/notification-private.h"
#include "workspace/people/directory-private.h"
#include "workspace/sync/apply.h"

#include <glib/gi18n-lib.h>

#define BUDGET 5
#define BUDGET_SPAN (10 * G_TIME_SPAN_SECOND)

/* What one sender has used up. */
typedef struct
{
  gint64 times[BUDGET];   /* of the last notifications, oldest first; 0 free */
  guint  held;            /* messages not told */
  gint64 last_message;
  char  *conversation;
  char  *author;
} Budget;

struct _AtriumNotifier
{
  GObject parent_instance;

  AtriumWorkspace *workspace;   /* borrowed; NULL when detached */
  GHashTable *budgets;          /* sender → Budget */
  GHashTable *told;             /* conversation address → gint64* newest row told */
  GHashTable *counts;           /* conversation address → GUINT messages its notification stands for */
  guint timer;
};

G_DEFINE_FINAL_TYPE (AtriumNotifier, atrium_notifier, G_TYPE_OBJECT)

static void
budget_free (gpointer data)
{
  Budget *budget = data;

  g_free (budget->conversation);
  g_free (budget->author);
  g_free (budget);
}

static char *
dup_id (const char *conversation)
{
  return g_strconcat ("chat:", conversation, NULL);
}

static void
tell (AtriumNotifier     *self,
      AtriumConversation *conversation,
      const char         *author,
      const char         *body,
      gint64              message,
      gboolean            mention,
      gint64              time,
      guint               n_messages)
{
  g_autoptr (AtriumNotification) notification = atrium_notification_new ();
  const char *address = atrium_conversation_get_address (conversation);
  gboolean room = atrium_conversation_get_kind (conversation) == ATRIUM_CONVERSATION_ROOM;
  guint count = GPOINTER_TO_UINT (g_hash_table_lookup (self->counts, address)) + n_messages;
  g_autofree char *id = dup_id (address);
  g_autofree char *text = room && author != NULL ? g_strdup_printf ("%s: %s", author, body) : g_strdup (body);

  g_hash_table_replace (self->counts, g_strdup (address), GUINT_TO_POINTER (count));
  atrium_notification_set_id (notification, id);
  atrium_notification_set_conversation (notification, address);
  atrium_notification_set_message_id (notification, message);
  atrium_notification_set_title (notification, atrium_conversation_get_name (conversation));
  atrium_notification_set_body (notification, text);
  atrium_notification_set_author (notification, author);
  atrium_notification_set_count (notification, count);
  atrium_notification_set_priority (notification, mention || !room ? ATRIUM_PRIORITY_HIGH : ATRIUM_PRIORITY_NORMAL);
  atrium_notification_set_time (notification, time);
  atrium_workspace_emit_notification (self->workspace, notification);
}

/* The held ones, as one line. */
static void
tell_held (AtriumNotifier *self,
           Budget         *budget)
{
  AtriumConversation *conversation = atrium_workspace_find (self->workspace, budget->conversation);
  guint held = budget->held;

  budget->held = 0;
  if (conversation != NULL && !atrium_workspace_is_active (self->workspace, conversation))
    {
      g_autofree char *text = g_strdup_printf (ngettext ("and %u more message", "and %u more messages", held), held);

      tell (self, conversation, budget->author, text, budget->last_message, FALSE, atrium_clock_now (), held);
    }
}

static gboolean
on_timer (gpointer user_data)
{
  AtriumNotifier *self = user_data;
  GHashTableIter iter;
  gpointer value;

  self->timer = 0;
  g_hash_table_iter_init (&iter, self->budgets);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((Budget *) value)->held > 0)
      tell_held (self, value);
  g_hash_table_remove_all (self->budgets);

  return G_SOURCE_REMOVE;
}

void
atrium_notifier_flush (AtriumNotifier *self)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  on_timer (self);
}

/* TRUE when one more may be told now. */
static gboolean
spend (AtriumNotifier *self,
       Budget         *budget,
       gint64          now)
{
  if (budget->times[0] != 0 && now - budget->times[0] < BUDGET_SPAN)
    {
      if (self->timer == 0)
        self->timer = g_timeout_add_seconds (BUDGET_SPAN / G_TIME_SPAN_SECOND, on_timer, self);
      return FALSE;
    }
  for (guint i = 0; i + 1 < BUDGET; i++)
    budget->times[i] = budget->times[i + 1];
  budget->times[BUDGET - 1] = now;

  return TRUE;
}

static gboolean
is_wanted (AtriumNotifier     *self,
           AtriumConversation *conversation,
           const StoreMessage *message)
{
  AtriumNotify level = atrium_conversation_get_notify (conversation);

  if (atrium_conversation_get_muted (conversation) || level == ATRIUM_NOTIFY_NOTHING ||
      atrium_workspace_is_active (self->workspace, conversation) || message->kind != STORE_MESSAGE_TEXT)
    return FALSE;
  if (level == ATRIUM_NOTIFY_MENTIONS && atrium_conversation_get_kind (conversation) == ATRIUM_CONVERSATION_ROOM)
    return message->mention;

  return TRUE;
}

static void
note_message (AtriumNotifier   *self,
              const AtriumNews *news)
{
  AtriumConversation *conversation = atrium_workspace_find_by_id (self->workspace, news->conversation);
  const StoreMessage *message = news->message;
  const char *sender = message->sender != NULL ? message->sender : message->nick != NULL ? message->nick : "";
  g_autofree char *author = NULL;
  const char *body = message->body;
  const char *address;
  gint64 *told;
  Budget *budget;

  if (conversation == NULL || !is_wanted (self, conversation, message))
    return;
  address = atrium_conversation_get_address (conversation);
  told = g_hash_table_lookup (self->told, address);
  if (told != NULL && message->id <= *told)
    return;
  /* Of what an archive brought, only what is not read yet. */
  if (!news->live && atrium_conversation_get_unread (conversation) == 0)
    return;
  g_hash_table_replace (self->told, g_strdup (address), g_memdup2 (&message->id, sizeof message->id));

  author = atrium_directory_dup_name (atrium_workspace_get_directory (self->workspace), message->sender, message->nick);
  if (*body == '\0' && message->files != NULL && message->files->len > 0)
    body = ((StoreFile *) g_ptr_array_index (message->files, 0))->name;
  budget = g_hash_table_lookup (self->budgets, sender);
  if (budget == NULL)
    {
      budget = g_new0 (Budget, 1);
      g_hash_table_insert (self->budgets, g_strdup (sender), budget);
    }
  if (!spend (self, budget, atrium_clock_now ()))
    {
      budget->held++;
      budget->last_message = message->id;
      g_free (budget->conversation);
      budget->conversation = g_strdup (address);
      g_free (budget->author);
      budget->author = g_steal_pointer (&author);
      return;
    }

  tell (self, conversation, author, body, message->id, message->mention, message->time, 1);
}

void
atrium_notifier_note_messages (AtriumNotifier *self,
                               GPtrArray      *news)
{
  if (self->workspace == NULL)
    return;
  for (guint i = 0; i < news->len; i++)
    {
      AtriumNews *one = g_ptr_array_index (news, i);

      /* The list learns of a new conversation a moment later: it has to be there to be named. */
      if (atrium_workspace_find_by_id (self->workspace, one->conversation) == NULL)
        atrium_workspace_load_conversation_now (self->workspace, one->conversation);
      note_message (self, one);
    }
}

void
atrium_notifier_note_reads (AtriumNotifier *self,
                            GArray         *conversations)
{
  if (self->workspace == NULL)
    return;
  for (guint i = 0; i < conversations->len; i++)
    {
      AtriumConversation *conversation = atrium_workspace_find_by_id (self->workspace, g_array_index (conversations, gint64, i));

      if (conversation != NULL)
        atrium_notifier_withdraw (self, atrium_conversation_get_address (conversation));
    }
}

void
atrium_notifier_withdraw (AtriumNotifier *self,
                          const char     *conversation)
{
  g_autofree char *id = NULL;

  if (self->workspace == NULL || !g_hash_table_remove (self->counts, conversation))
    return;
  id = dup_id (conversation);
  atrium_workspace_withdraw_notification (self->workspace, id);
}

void
atrium_notifier_detach (AtriumNotifier *self)
{
  self->workspace = NULL;
  g_clear_handle_id (&self->timer, g_source_remove);
}

static void
atrium_notifier_finalize (GObject *object)
{
  AtriumNotifier *self = ATRIUM_NOTIFIER (object);

  atrium_notifier_detach (self);
  g_clear_pointer (&self->budgets, g_hash_table_unref);
  g_clear_pointer (&self->told, g_hash_table_unref);
  g_clear_pointer (&self->counts, g_hash_table_unref);

  G_OBJECT_CLASS (atrium_notifier_parent_class)->finalize (object);
}

static void
atrium_notifier_class_init (AtriumNotifierClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = atrium_notifier_finalize;
}

static void
atrium_notifier_init (AtriumNotifier *self)
{
  self->budgets = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, budget_free);
  self->told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

AtriumNotifier *
atrium_notifier_new (AtriumWorkspace *workspace)
{
  AtriumNotifier *self = g_object_new (ATRIUM_TYPE_NOTIFIER, NULL);

  self->workspace = workspace;

  return self;
}
