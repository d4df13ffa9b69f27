/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium-app"

#include "config.h"

#include "app/chats/chat-actions.h"
#include "app/parts/text.h"
#include "app/parts/toast.h"

#include <glib/gi18n.h>

typedef struct
{
  AtriumConversation *conversation;  /* owned */
  GWeakRef widget;
  GSimpleActionGroup *group;         /* the owner of this record */
  gulong notify_id;
} Chat;

static void
chat_free (Chat *chat)
{
  g_clear_signal_handler (&chat->notify_id, chat->conversation);
  g_object_unref (chat->conversation);
  g_weak_ref_clear (&chat->widget);
  g_free (chat);
}

static void
toast (Chat       *chat,
       const char *text,
       void      (*undo) (gpointer data))
{
  g_autoptr(GtkWidget) widget = g_weak_ref_get (&chat->widget);

  if (widget != NULL)
    atrium_toast_undo (widget, text, undo, g_object_ref (chat->conversation), g_object_unref);
}

static gboolean
unread (AtriumConversation *conversation)
{
  return atrium_conversation_get_unread (conversation) > 0 || atrium_conversation_get_marked_unread (conversation);
}

static const char *
notify_name (AtriumNotify notify)
{
  return notify == ATRIUM_NOTIFY_ALL ? "all" : notify == ATRIUM_NOTIFY_MENTIONS ? "mentions" : "nothing";
}

static void
set_state (Chat       *chat,
           const char *name,
           GVariant   *state)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (chat->group), name);

  g_simple_action_set_state (G_SIMPLE_ACTION (action), state);
}

static void
set_enabled (Chat       *chat,
             const char *name,
             gboolean    enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (chat->group), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), enabled);
}

static void
update (Chat *chat)
{
  AtriumConversation *conversation = chat->conversation;
  gint64 until = atrium_conversation_get_muted_until (conversation);
  gboolean archived = atrium_conversation_get_archived (conversation);

  set_state (chat, "pin", g_variant_new_boolean (atrium_conversation_get_pinned (conversation)));
  set_state (chat, "notify", g_variant_new_string (notify_name (atrium_conversation_get_notify (conversation))));
  set_state (chat, "mute", g_variant_new_string (!atrium_conversation_get_muted (conversation) ? "off" :
                                                 until == G_MAXINT64 ? "always" : ""));
  set_enabled (chat, "mark-read", unread (conversation));
  set_enabled (chat, "mark-unread", !unread (conversation));
  set_enabled (chat, "archive", !archived);
  set_enabled (chat, "unarchive", archived);
  set_enabled (chat, "leave", atrium_conversation_get_kind (conversation) == ATRIUM_CONVERSATION_ROOM && !archived);
}

static void
on_pin (GSimpleAction *action,
        GVariant      *value,
        gpointer       data)
{
  Chat *chat = data;

  atrium_conversation_set_pinned (chat->conversation, !atrium_conversation_get_pinned (chat->conversation));
}

static void
undo_mark_read (gpointer data)
{
  atrium_conversation_mark_unread (data);
}

static void
on_mark_read (GSimpleAction *action,
              GVariant      *parameter,
              gpointer       data)
{
  Chat *chat = data;

  atrium_conversation_mark_read (chat->conversation);
  toast (chat, _("Marked as read"), undo_mark_read);
}

static void
on_mark_unread (GSimpleAction *action,
                GVariant      *parameter,
                gpointer       data)
{
  Chat *chat = data;

  atrium_conversation_mark_unread (chat->conversation);
}

static gint64
tomorrow_morning (void)
{
  g_autoptr(GDateTime) now = g_date_time_new_now_local ();
  g_autoptr(GDateTime) next = g_date_time_add_days (now, 1);
  g_autoptr(GDateTime) morning = g_date_time_new_local (g_date_time_get_year (next), g_date_time_get_month (next),
                                                        g_date_time_get_day_of_month (next), 8, 0, 0);

  return g_date_time_to_unix (morning) * G_USEC_PER_SEC;
}

static void
on_mute (GSimpleAction *action,
         GVariant      *value,
         gpointer       data)
{
  Chat *chat = data;
  const char *until = g_variant_get_string (value, NULL);

  if (g_str_equal (until, "hour"))
    atrium_conversation_set_muted_until (chat->conversation, g_get_real_time () + G_TIME_SPAN_HOUR);
  else if (g_str_equal (until, "tomorrow"))
    atrium_conversation_set_muted_until (chat->conversation, tomorrow_morning ());
  else if (g_str_equal (until, "always"))
    atrium_conversation_set_muted_until (chat->conversation, G_MAXINT64);
  else
    atrium_conversation_set_muted_until (chat->conversation, 0);
}

static void
on_notify (GSimpleAction *action,
           GVariant      *value,
           gpointer       data)
{
  Chat *chat = data;
  const char *about = g_variant_get_string (value, NULL);

  if (g_str_equal (about, "all"))
    atrium_conversation_set_notify (chat->conversation, ATRIUM_NOTIFY_ALL);
  else if (g_str_equal (about, "mentions"))
    atrium_conversation_set_notify (chat->conversation, ATRIUM_NOTIFY_MENTIONS);
  else
    atrium_conversation_set_notify (chat->conversation, ATRIUM_NOTIFY_NOTHING);
}

static void
undo_archive (gpointer data)
{
  atrium_conversation_set_archived (data, FALSE);
}

static void
on_archive (GSimpleAction *action,
            GVariant      *parameter,
            gpointer       data)
{
  Chat *chat = data;

  atrium_conversation_set_archived (chat->conversation, TRUE);
  toast (chat, _("Moved to the archive"), undo_archive);
}

static void
on_unarchive (GSimpleAction *action,
              GVariant      *parameter,
              gpointer       data)
{
  Chat *chat = data;

  atrium_conversation_set_archived (chat->conversation, FALSE);
}

static void
on_rejoined (GObject      *source,
             GAsyncResult *result,
             gpointer      data)
{
  g_autoptr(GError) error = NULL;

  if (!atrium_conversation_join_finish (ATRIUM_CONVERSATION (source), result, &error))
    g_message ("The room could not be joined again: %s", error->message);
}

static void
undo_leave (gpointer data)
{
  atrium_conversation_set_archived (data, FALSE);
  atrium_conversation_join_async (data, NULL, on_rejoined, NULL);
}

static void
on_left (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  g_autoptr(GtkWidget) widget = data;
  g_autoptr(GError) error = NULL;
  AtriumConversation *conversation = ATRIUM_CONVERSATION (source);

  if (!atrium_conversation_leave_finish (conversation, result, &error))
    {
      atrium_toast_error (widget, _("The room could not be left"), error);
      return;
    }

  atrium_toast_undo (widget, _("You left the room. Its history stays in the archive."), undo_leave,
                     g_object_ref (conversation), g_object_unref);
}

static void
on_leave (GSimpleAction *action,
          GVariant      *parameter,
          gpointer       data)
{
  Chat *chat = data;
  g_autoptr(GtkWidget) widget = g_weak_ref_get (&chat->widget);

  if (widget != NULL)
    atrium_conversation_leave_async (chat->conversation, NULL, on_left, g_steal_pointer (&widget));
}

static const GActionEntry entries[] = {
  { .name = "pin", .state = "false", .change_state = on_pin },
  { .name = "mark-read", .activate = on_mark_read },
  { .name = "mark-unread", .activate = on_mark_unread },
  { .name = "mute", .parameter_type = "s", .state = "'off'", .change_state = on_mute },
  { .name = "notify", .parameter_type = "s", .state = "'all'", .change_state = on_notify },
  { .name = "archive", .activate = on_archive },
  { .name = "unarchive", .activate = on_unarchive },
  { .name = "leave", .activate = on_leave },
};

GActionGroup *
atrium_chat_actions_new (AtriumConversation *conversation,
                         GtkWidget          *widget)
{
  g_autoptr(GSimpleActionGroup) group = g_simple_action_group_new ();
  Chat *chat;

  g_return_val_if_fail (ATRIUM_IS_CONVERSATION (conversation), NULL);
  g_return_val_if_fail (GTK_IS_WIDGET (widget), NULL);

  chat = g_new0 (Chat, 1);
  chat->conversation = g_object_ref (conversation);
  g_weak_ref_init (&chat->widget, widget);
  chat->group = group;
  g_object_set_data_full (G_OBJECT (group), "atrium-chat", chat, (GDestroyNotify) chat_free);
  g_action_map_add_action_entries (G_ACTION_MAP (group), entries, G_N_ELEMENTS (entries), chat);
  chat->notify_id = g_signal_connect_swapped (conversation, "notify", G_CALLBACK (update), chat);
  update (chat);

  return G_ACTION_GROUP (g_steal_pointer (&group));
}
