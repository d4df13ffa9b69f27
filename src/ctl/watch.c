/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ctl/ctl.h"

#include <glib-unix.h>

/* Everything that changes, one line each, until the time is over or somebody ends it. */

static void
print_event (const char *event,
             JsonObject *object)      /* (transfer full) */
{
  g_autofree char *now = ctl_time_to_text (g_get_real_time ());

  json_object_set_string_member (object, "event", event);
  if (!json_object_has_member (object, "time"))
    ctl_set_string (object, "time", now);
  ctl_print_object (object);
}

static void
on_message_added (AtriumWorkspace *workspace,
                  AtriumMessage   *message,
                  Ctl             *ctl)
{
  if (ctl->json)
    print_event ("message", ctl_message_to_json (message));
  else
    ctl_print_message (ctl, message);
}

static void
on_message_changed (AtriumWorkspace *workspace,
                    AtriumMessage   *message,
                    Ctl             *ctl)
{
  if (ctl->json)
    print_event ("message-changed", ctl_message_to_json (message));
}

static void
on_account_changed (AtriumAccount *account,
                    GParamSpec    *pspec,
                    Ctl           *ctl)
{
  static AtriumAccountState last = ATRIUM_ACCOUNT_NONE;

  if (!g_str_equal (g_param_spec_get_name (pspec), "state") || atrium_account_get_state (account) == last)
    return;
  last = atrium_account_get_state (account);
  if (ctl->json)
    print_event ("status", ctl_status_to_json (ctl));
}

static void
on_notification (AtriumWorkspace    *workspace,
                 AtriumNotification *notification,
                 Ctl                *ctl)
{
  static const char *priorities[] = {
    [ATRIUM_PRIORITY_LOW] = "low",
    [ATRIUM_PRIORITY_NORMAL] = "normal",
    [ATRIUM_PRIORITY_HIGH] = "high",
    [ATRIUM_PRIORITY_URGENT] = "urgent",
  };
  JsonObject *object;

  if (!ctl->json)
    return;
  object = json_object_new ();
  ctl_set_string (object, "id", atrium_notification_get_id (notification));
  ctl_set_string (object, "chat", atrium_notification_get_conversation (notification));
  json_object_set_int_member (object, "message", atrium_notification_get_message_id (notification));
  ctl_set_string (object, "title", atrium_notification_get_title (notification));
  ctl_set_string (object, "body", atrium_notification_get_body (notification));
  json_object_set_int_member (object, "count", atrium_notification_get_count (notification));
  json_object_set_string_member (object, "priority", priorities[atrium_notification_get_priority (notification)]);
  print_event ("notification", object);
}

static void
on_rejected (AtriumWorkspace *workspace,
             const char      *reason,
             guint            count,
             Ctl             *ctl)
{
  JsonObject *object;

  if (!ctl->json)
    return;
  object = json_object_new ();
  ctl_set_string (object, "reason", reason);
  json_object_set_int_member (object, "count", count);
  print_event ("rejected", object);
}

static void
on_chat_changed (AtriumConversation *conversation,
                 GParamSpec         *pspec,
                 Ctl                *ctl)
{
  if (ctl->json)
    print_event ("chat", ctl_chat_to_json (conversation));
}

static void
on_presence_changed (AtriumPerson *person,
                     GParamSpec   *pspec,
                     Ctl          *ctl)
{
  if (ctl->json)
    print_event ("presence", ctl_person_to_json (person));
}

static void
on_items_changed (GListModel *model,
                  guint       position,
                  guint       removed,
                  guint       added,
                  Ctl        *ctl)
{
  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (GObject) item = g_list_model_get_item (model, i);

      g_signal_handlers_disconnect_by_data (item, ctl);
      if (ATRIUM_IS_CONVERSATION (item))
        {
          g_signal_connect (item, "notify::unread", G_CALLBACK (on_chat_changed), ctl);
          g_signal_connect (item, "notify::joined", G_CALLBACK (on_chat_changed), ctl);
          g_signal_connect (item, "notify::name", G_CALLBACK (on_chat_changed), ctl);
        }
      else
        {
          g_signal_connect (item, "notify::presence", G_CALLBACK (on_presence_changed), ctl);
          if (atrium_person_get_presence (ATRIUM_PERSON (item)) != ATRIUM_PRESENCE_UNKNOWN)
            on_presence_changed (ATRIUM_PERSON (item), NULL, ctl);   /* it came with the person */
        }
    }
}

/* Somebody wants it to end. --timeout is about verbs that wait for something: it does not end this one. */
static gboolean ended;

static gboolean
on_end (gpointer user_data)
{
  Ctl *ctl = user_data;

  ended = TRUE;
  g_main_loop_quit (ctl->loop);

  return G_SOURCE_CONTINUE;
}

static gboolean
on_seconds_over (gpointer user_data)
{
  on_end (user_data);

  return G_SOURCE_REMOVE;
}

CtlStatus
ctl_verb_watch (Ctl   *ctl,
                int    argc,
                char **argv)
{
  int seconds = 0;
  const GOptionEntry entries[] = {
    { "seconds", 0, 0, G_OPTION_ARG_INT, &seconds, NULL, NULL },
    { NULL },
  };
  GListModel *conversations, *people;
  AtriumAccount *account;
  CtlStatus status;

  if (!ctl_parse (ctl, &argc, &argv, entries))
    return CTL_USAGE;
  if (argc != 1)
    return ctl_fail_usage (ctl, "watch [--seconds N]");
  status = ctl_open (ctl, TRUE);
  if (status != CTL_DONE)
    return status;

  account = atrium_workspace_get_account (ctl->workspace);
  conversations = atrium_workspace_get_conversations (ctl->workspace);
  people = atrium_directory_get_people (atrium_workspace_get_directory (ctl->workspace));
  g_signal_connect (ctl->workspace, "message-added", G_CALLBACK (on_message_added), ctl);
  g_signal_connect (ctl->workspace, "message-changed", G_CALLBACK (on_message_changed), ctl);
  g_signal_connect (ctl->workspace, "notification", G_CALLBACK (on_notification), ctl);
  g_signal_connect (ctl->workspace, "rejected", G_CALLBACK (on_rejected), ctl);
  g_signal_connect (account, "notify", G_CALLBACK (on_account_changed), ctl);
  g_signal_connect (conversations, "items-changed", G_CALLBACK (on_items_changed), ctl);
  g_signal_connect (people, "items-changed", G_CALLBACK (on_items_changed), ctl);
  on_items_changed (conversations, 0, 0, g_list_model_get_n_items (conversations), ctl);
  on_items_changed (people, 0, 0, g_list_model_get_n_items (people), ctl);
  if (ctl->json)
    print_event ("status", ctl_status_to_json (ctl));

  g_unix_signal_add (SIGTERM, on_end, ctl);
  g_unix_signal_add (SIGINT, on_end, ctl);
  if (seconds > 0)
    g_timeout_add_seconds (seconds, on_seconds_over, ctl);
  while (!ended)
    g_main_loop_run (ctl->loop);

  g_signal_handlers_disconnect_by_data (ctl->workspace, ctl);
  g_signal_handlers_disconnect_by_data (account, ctl);
  g_signal_handlers_disconnect_by_data (conversations, ctl);
  g_signal_handlers_disconnect_by_data (people, ctl);

  return CTL_DONE;
}
