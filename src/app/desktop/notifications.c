/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium-app"

#include "config.h"

#include "app/desktop/notifications.h"

#include <glib/gi18n.h>
#include <string.h>

/* First line of a message, in a notification. */
#define MAX_BODY 240

struct _AtriumNotifications
{
  GObject parent_instance;

  GApplication *application;   /* borrowed: owns us */
  AtriumWorkspace *workspace;  /* owned */
  GSettings *settings;         /* owned, NULL: built-in defaults */
};

G_DEFINE_FINAL_TYPE (AtriumNotifications, atrium_notifications, G_TYPE_OBJECT)

gboolean
atrium_quiet_now (int start,
                  int end,
                  int minute)
{
  if (start <= end)
    return minute >= start && minute < end;
  return minute >= start || minute < end;
}

static gboolean
setting (AtriumNotifications *self,
         const char          *key)
{
  return self->settings == NULL || g_settings_get_boolean (self->settings, key);
}

static gboolean
is_quiet (AtriumNotifications *self)
{
  g_autoptr(GDateTime) now = NULL;

  if (self->settings == NULL || !g_settings_get_boolean (self->settings, "quiet-hours"))
    return FALSE;

  now = g_date_time_new_now_local ();
  return atrium_quiet_now (g_settings_get_int (self->settings, "quiet-hours-start"),
                           g_settings_get_int (self->settings, "quiet-hours-end"),
                           g_date_time_get_hour (now) * 60 + g_date_time_get_minute (now));
}

static GNotificationPriority
to_priority (AtriumPriority priority)
{
  switch (priority)
    {
    case ATRIUM_PRIORITY_URGENT:
      return G_NOTIFICATION_PRIORITY_URGENT;
    case ATRIUM_PRIORITY_HIGH:
      return G_NOTIFICATION_PRIORITY_HIGH;
    case ATRIUM_PRIORITY_LOW:
      return G_NOTIFICATION_PRIORITY_LOW;
    case ATRIUM_PRIORITY_NORMAL:
    default:
      return G_NOTIFICATION_PRIORITY_NORMAL;
    }
}

/* Bodies are markup to some notification servers (threat C5): what was written must stay text. */
static char *
dup_body (AtriumNotifications *self,
          AtriumNotification  *notification)
{
  guint count = atrium_notification_get_count (notification);
  const char *body = atrium_notification_get_body (notification);
  const char *author = atrium_notification_get_author (notification);
  g_autofree char *line = NULL;
  g_autofree char *whole = NULL;
  char *break_at;

  if (!setting (self, "notification-preview") || body == NULL)
    return g_strdup_printf (ngettext ("%u new message", "%u new messages", MAX (count, 1)), MAX (count, 1));

  line = g_utf8_strlen (body, -1) > MAX_BODY ? g_utf8_substring (body, 0, MAX_BODY) : g_strdup (body);
  break_at = strchr (line, '\n');
  if (break_at != NULL)
    *break_at = '\0';
  if (author != NULL && g_strcmp0 (author, atrium_notification_get_title (notification)) != 0)
    /* Translators: author, then what they wrote, in a notification */
    whole = g_strdup_printf (C_("notification", "%s: %s"), author, line);
  else
    whole = g_steal_pointer (&line);
  return g_markup_escape_text (whole, -1);
}

static void
on_notification (AtriumWorkspace     *workspace,
                 AtriumNotification  *notification,
                 AtriumNotifications *self)
{
  const char *chat = atrium_notification_get_conversation (notification);
  g_autoptr(AtriumConversation) conversation = NULL;
  g_autoptr(GNotification) note = NULL;
  g_autofree char *body = NULL;

  if (!setting (self, "notifications") || is_quiet (self))
    return;

  conversation = chat != NULL ? atrium_workspace_dup_conversation (workspace, chat) : NULL;
  if (conversation != NULL && self->settings != NULL &&
      atrium_conversation_get_kind (conversation) == ATRIUM_CONVERSATION_ROOM)
    {
      int rooms = g_settings_get_enum (self->settings, "notify-rooms");

      if (rooms == ATRIUM_NOTIFY_NOTHING ||
          (rooms == ATRIUM_NOTIFY_MENTIONS && atrium_notification_get_priority (notification) < ATRIUM_PRIORITY_HIGH))
        return;
    }

  note = g_notification_new (atrium_notification_get_title (notification));
  body = dup_body (self, notification);
  g_notification_set_body (note, body);
  g_notification_set_priority (note, to_priority (atrium_notification_get_priority (notification)));
  g_notification_set_category (note, "im.received");
  if (chat != NULL)
    {
      g_notification_set_default_action_and_target (note, "app.open-chat", "s", chat);
      g_notification_add_button_with_target (note, C_("notification", "Reply"), "app.reply", "s", chat);
      g_notification_add_button_with_target (note, C_("notification", "Mark as read"), "app.mark-read", "s", chat);
    }
  g_application_send_notification (self->application, atrium_notification_get_id (notification), note);
}

static void
on_withdrawn (AtriumWorkspace     *workspace,
              const char          *id,
              AtriumNotifications *self)
{
  g_application_withdraw_notification (self->application, id);
}

static void
atrium_notifications_dispose (GObject *object)
{
  AtriumNotifications *self = ATRIUM_NOTIFICATIONS (object);

  g_clear_object (&self->workspace);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (atrium_notifications_parent_class)->dispose (object);
}

static void
atrium_notifications_class_init (AtriumNotificationsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = atrium_notifications_dispose;
}

static void
atrium_notifications_init (AtriumNotifications *self)
{
}

AtriumNotifications *
atrium_notifications_new (GApplication    *application,
                          AtriumWorkspace *workspace,
                          GSettings       *settings)
{
  AtriumNotifications *self;

  g_return_val_if_fail (G_IS_APPLICATION (application), NULL);
  g_return_val_if_fail (ATRIUM_IS_WORKSPACE (workspace), NULL);

  self = g_object_new (ATRIUM_TYPE_NOTIFICATIONS, NULL);
  self->application = application;
  self->workspace = g_object_ref (workspace);
  self->settings = settings != NULL ? g_object_ref (settings) : NULL;
  g_signal_connect_object (workspace, "notification", G_CALLBACK (on_notification), self, 0);
  g_signal_connect_object (workspace, "notification-withdrawn", G_CALLBACK (on_withdrawn), self, 0);
  return self;
}
