/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ctl/ctl.h"

#include <glib/gi18n.h>

static gboolean
parse_id (Ctl        *ctl,
          const char *text,
          gint64     *out)
{
  if (g_ascii_string_to_signed (text, 10, 1, G_MAXINT64, out, NULL))
    return TRUE;
  ctl_fail_usage (ctl, "“%s” is not the id of a message.", text);

  return FALSE;
}

/* The conversation CHAT names: one there is, or a new one with a person. */
static CtlStatus
open_chat (Ctl                 *ctl,
           const char          *address,
           AtriumConversation **out)
{
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  *out = atrium_workspace_dup_conversation (ctl->workspace, address);
  if (*out != NULL)
    return CTL_DONE;
  atrium_workspace_open_person_async (ctl->workspace, address, NULL, ctl_ready, ctl);
  result = ctl_wait (ctl);
  if (result == NULL)
    return ctl_fail_timeout (ctl);
  *out = atrium_workspace_open_person_finish (ctl->workspace, result, &error);

  return *out != NULL ? CTL_DONE : ctl_fail (ctl, error);
}

static CtlStatus
load_message (Ctl                 *ctl,
              gint64               id,
              AtriumMessage      **out_message,
              AtriumConversation **out_conversation)
{
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  atrium_workspace_load_message_async (ctl->workspace, id, NULL, ctl_ready, ctl);
  result = ctl_wait (ctl);
  if (result == NULL)
    return ctl_fail_timeout (ctl);
  *out_message = atrium_workspace_load_message_finish (ctl->workspace, result, &error);
  if (*out_message == NULL)
    return ctl_fail (ctl, error);
  *out_conversation = atrium_workspace_dup_conversation (ctl->workspace, atrium_message_get_conversation_address (*out_message));
  if (*out_conversation != NULL)
    return CTL_DONE;
  g_clear_object (out_message);

  return ctl_fail (ctl, g_error_new_literal (ATRIUM_ERROR, ATRIUM_ERROR_NOT_FOUND, _("There is no such conversation.")));
}

CtlStatus
ctl_verb_chats (Ctl   *ctl,
                int    argc,
                char **argv)
{
  GListModel *conversations;
  CtlStatus status;

  if (argc != 1)
    return ctl_fail_usage (ctl, "chats takes no arguments.");
  status = ctl_open (ctl, FALSE);
  if (status != CTL_DONE)
    return status;
  conversations = atrium_workspace_get_conversations (ctl->workspace);
  for (guint i = 0; i < g_list_model_get_n_items (conversations); i++)
    {
      g_autoptr (AtriumConversation) conversation = g_list_model_get_item (conversations, i);

      if (ctl->json)
        ctl_print_object (ctl_chat_to_json (conversation));
      else
        g_print ("%s  %s  (%u)  %s\n", atrium_conversation_get_address (conversation), atrium_conversation_get_name (conversation),
                 atrium_conversation_get_unread (conversation),
                 atrium_conversation_get_last_text (conversation) != NULL ? atrium_conversation_get_last_text (conversation) : "");
    }

  return CTL_DONE;
}

CtlStatus
ctl_verb_messages (Ctl   *ctl,
                   int    argc,
                   char **argv)
{
  int limit = 50;
  gint64 before = 0;
  const GOptionEntry entries[] = {
    { "limit", 0, 0, G_OPTION_ARG_INT, &limit, NULL, NULL },
    { "before", 0, 0, G_OPTION_ARG_INT64, &before, NULL, NULL },
    { NULL },
  };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GListModel) messages = NULL;
  GError *error = NULL;
  CtlStatus status;

  if (!ctl_parse (ctl, &argc, &argv, entries))
    return CTL_USAGE;
  if (argc != 2 || limit < 1)
    return ctl_fail_usage (ctl, "messages CHAT [--limit N] [--before ID]");
  status = ctl_open (ctl, FALSE);
  if (status != CTL_DONE)
    return status;
  atrium_workspace_load_messages_async (ctl->workspace, argv[1], before, limit, NULL, ctl_ready, ctl);
  result = ctl_wait (ctl);
  if (result == NULL)
    return ctl_fail_timeout (ctl);
  messages = atrium_workspace_load_messages_finish (ctl->workspace, result, &error);
  if (messages == NULL)
    return ctl_fail (ctl, error);
  for (guint i = 0; i < g_list_model_get_n_items (messages); i++)
    {
      g_autoptr (AtriumMessage) message = g_list_model_get_item (messages, i);

      ctl_print_message (ctl, message);
    }

  return CTL_DONE;
}

static CtlStatus
wait_for_server (Ctl           *ctl,
                 AtriumMessage *message)
{
  AtriumOutbox *outbox = atrium_workspace_get_outbox (ctl->workspace);
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  if (atrium_account_get_address (atrium_workspace_get_account (ctl->workspace)) == NULL)
    return ctl_fail (ctl, g_error_new_literal (ATRIUM_ERROR, ATRIUM_ERROR_NOT_SIGNED_IN, _("There is no account. Sign in first.")));
  atrium_outbox_wait_message_async (outbox, atrium_message_get_id (message), NULL, ctl_ready, ctl);
  result = ctl_wait (ctl);
  if (result == NULL)
    return ctl_fail_timeout (ctl);

  return atrium_outbox_wait_message_finish (outbox, result, &error) ? CTL_DONE : ctl_fail (ctl, error);
}

CtlStatus
ctl_verb_send (Ctl   *ctl,
               int    argc,
               char **argv)
{
  gint64 reply_to = 0;
  g_auto (GStrv) files = NULL;
  gboolean wait = FALSE;
  const GOptionEntry entries[] = {
    { "reply-to", 0, 0, G_OPTION_ARG_INT64, &reply_to, NULL, NULL },
    { "file", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &files, NULL, NULL },
    { "wait", 0, 0, G_OPTION_ARG_NONE, &wait, NULL, NULL },
    { NULL },
  };
  g_autoptr (AtriumConversation) conversation = NULL;
  g_autoptr (AtriumConversation) other = NULL;
  g_autoptr (AtriumMessage) reply = NULL;
  g_autoptr (AtriumMessage) message = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  gint64 id;
  GError *error = NULL;
  CtlStatus status;

  if (!ctl_parse (ctl, &argc, &argv, entries))
    return CTL_USAGE;
  if (argc != 3 && !(argc == 2 && files != NULL))
    return ctl_fail_usage (ctl, "send CHAT TEXT [--reply-to ID] [--file PATH]… [--wait]");
  status = ctl_open (ctl, wait);
  if (status != CTL_DONE)
    return status;
  status = open_chat (ctl, argv[1], &conversation);
  if (status == CTL_DONE && reply_to != 0)
    status = load_message (ctl, reply_to, &reply, &other);
  if (status != CTL_DONE)
    return status;

  if (files != NULL)
    {
      g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_object_unref);

      for (guint i = 0; files[i] != NULL; i++)
        g_ptr_array_add (list, g_file_new_for_path (files[i]));
      atrium_conversation_send_files_async (conversation, list, argc == 3 ? argv[2] : NULL, reply, NULL, ctl_ready, ctl);
    }
  else
    {
      atrium_conversation_send_async (conversation, argv[2], reply, NULL, ATRIUM_SEND_DEFAULT, NULL, ctl_ready, ctl);
    }
  result = ctl_wait (ctl);
  if (result == NULL)
    return ctl_fail_timeout (ctl);
  message = atrium_conversation_send_finish (conversation, result, &error);
  if (message == NULL)
    return ctl_fail (ctl, error);
  if (wait)
    {
      status = wait_for_server (ctl, message);
      if (status != CTL_DONE)
        return status;
      /* Shown as it is now. */
      id = atrium_message_get_id (message);
      g_clear_object (&message);
      g_clear_object (&other);
      status = load_message (ctl, id, &message, &other);
      if (status != CTL_DONE)
        return status;
    }
  ctl_print_message (ctl, message);

  return CTL_DONE;
}

CtlStatus
ctl_verb_react (Ctl   *ctl,
                int    argc,
                char **argv)
{
  gboolean off = FALSE;
  const GOptionEntry entries[] = {
    { "remove", 0, 0, G_OPTION_ARG_NONE, &off, NULL, NULL },
    { NULL },
  };
  g_autoptr (AtriumConversation) conversation = NULL;
  g_autoptr (AtriumMessage) message = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;
  CtlStatus status;
  gint64 id;

  if (!ctl_parse (ctl, &argc, &argv, entries))
    return CTL_USAGE;
  if (argc != 3)
    return ctl_fail_usage (ctl, "react ID EMOJI [--remove]");
  if (!parse_id (ctl, argv[1], &id))
    return CTL_USAGE;
  status = ctl_open (ctl, FALSE);
  if (status == CTL_DONE)
    status = load_message (ctl, id, &message, &conversation);
  if (status != CTL_DONE)
    return status;
  atrium_conversation_react_async (conversation, message, argv[2], !off, NULL, ctl_ready, ctl);
  result = ctl_wait (ctl);
  if (result == NULL)
    return ctl_fail_timeout (ctl);

  return atrium_conversation_react_finish (conversation, result, &error) ? CTL_DONE : ctl_fail (ctl, error);
}

CtlStatus
ctl_verb_edit (Ctl   *ctl,
               int    argc,
               char **argv)
{
  g_autoptr (AtriumConversation) conversation = NULL;
  g_autoptr (AtriumMessage) message = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;
  CtlStatus status;
  gint64 id;

  if (argc != 3)
    return ctl_fail_usage (ctl, "edit ID TEXT");
  if (!parse_id (ctl, argv[1], &id))
    return CTL_USAGE;
  status = ctl_open (ctl, FALSE);
  if (status == CTL_DONE)
    status = load_message (ctl, id, &message, &conversation);
  if (status != CTL_DONE)
    return status;
  atrium_conversation_edit_async (conversation, message, argv[2], NULL, ctl_ready, ctl);
  result = ctl_wait (ctl);
  if (result == NULL)
    return ctl_fail_timeout (ctl);

  return atrium_conversation_edit_finish (conversation, result, &error) ? CTL_DONE : ctl_fail (ctl, error);
}

CtlStatus
ctl_verb_retract (Ctl   *ctl,
                  int    argc,
                  char **argv)
{
  g_autoptr (AtriumConversation) conversation = NULL;
  g_autoptr (AtriumMessage) message = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;
  CtlStatus status;
  gint64 id;

  if (argc != 2)
    return ctl_fail_usage (ctl, "retract ID");
  if (!parse_id (ctl, argv[1], &id))
    return CTL_USAGE;
  status = ctl_open (ctl, FALSE);
  if (status == CTL_DONE)
    status = load_message (ctl, id, &message, &conversation);
  if (status != CTL_DONE)
    return status;
  atrium_conversation_retract_async (conversation, message, NULL, ctl_ready, ctl);
  result = ctl_wait (ctl);
  if (result == NULL)
    return ctl_fail_timeout (ctl);

  return atrium_conversation_retract_finish (conversation, result, &error) ? CTL_DONE : ctl_fail (ctl, error);
}

CtlStatus
ctl_verb_read (Ctl   *ctl,
               int    argc,
               char **argv)
{
  g_autoptr (AtriumConversation) conversation = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;
  CtlStatus status;

  if (argc != 2)
    return ctl_fail_usage (ctl, "read CHAT");
  status = ctl_open (ctl, FALSE);
  if (status != CTL_DONE)
    return status;
  conversation = atrium_workspace_dup_conversation (ctl->workspace, argv[1]);
  if (conversation == NULL)
    return ctl_fail (ctl, g_error_new (ATRIUM_ERROR, ATRIUM_ERROR_NOT_FOUND, _("There is no conversation with %s."), argv[1]));
  atrium_conversation_read_async (conversation, NULL, ctl_ready, ctl);
  result = ctl_wait (ctl);
  if (result == NULL)
    return ctl_fail_timeout (ctl);

  return atrium_conversation_read_finish (conversation, result, &error) ? CTL_DONE : ctl_fail (ctl, error);
}

/* People and search. */

static void
print_person (Ctl          *ctl,
              AtriumPerson *person)
{
  if (ctl->json)
    ctl_print_object (ctl_person_to_json (person));
  else
    g_print ("%s  %s  %s\n", atrium_person_get_address (person), atrium_person_get_name (person),
             ctl_presence_to_text (atrium_person_get_presence (person)));
}

CtlStatus
ctl_verb_people (Ctl   *ctl,
                 int    argc,
                 char **argv)
{
  g_autoptr (GListModel) people = NULL;
  AtriumDirectory *directory;
  CtlStatus status;

  if (argc > 2)
    return ctl_fail_usage (ctl, "people [QUERY]");
  status = ctl_open (ctl, FALSE);
  if (status != CTL_DONE)
    return status;
  directory = atrium_workspace_get_directory (ctl->workspace);
  people = argc == 2 ? atrium_directory_search (directory, argv[1]) : g_object_ref (atrium_directory_get_people (directory));
  for (guint i = 0; i < g_list_model_get_n_items (people); i++)
    {
      g_autoptr (AtriumPerson) person = g_list_model_get_item (people, i);

      print_person (ctl, person);
    }

  return CTL_DONE;
}

static void
print_hit (Ctl             *ctl,
           AtriumSearchHit *hit)
{
  static const char *kinds[] = {
    [ATRIUM_SEARCH_MESSAGE] = "message",
    [ATRIUM_SEARCH_PERSON] = "person",
    [ATRIUM_SEARCH_ROOM] = "room",
  };
  AtriumMessage *message = atrium_search_hit_get_message (hit);
  g_autofree char *time = ctl_time_to_text (atrium_search_hit_get_time (hit));
  JsonObject *object;

  if (!ctl->json)
    {
      g_print ("%s  %s  %s  %s\n", kinds[atrium_search_hit_get_kind (hit)], atrium_search_hit_get_title (hit),
               atrium_search_hit_get_snippet (hit) != NULL ? atrium_search_hit_get_snippet (hit) : "", time != NULL ? time : "");
      return;
    }

  object = message != NULL ? ctl_message_to_json (message) : json_object_new ();
  json_object_set_string_member (object, "kind", kinds[atrium_search_hit_get_kind (hit)]);
  if (message == NULL)
    {
      ctl_set_string (object, "id", atrium_search_hit_get_address (hit));
      ctl_set_string (object, "time", time);
    }
  ctl_set_string (object, "title", atrium_search_hit_get_title (hit));
  ctl_set_string (object, "snippet", atrium_search_hit_get_snippet (hit));
  ctl_print_object (object);
}

CtlStatus
ctl_verb_search (Ctl   *ctl,
                 int    argc,
                 char **argv)
{
  g_autofree char *where = NULL;
  int limit = 50;
  const GOptionEntry entries[] = {
    { "in", 0, 0, G_OPTION_ARG_STRING, &where, NULL, NULL },
    { "limit", 0, 0, G_OPTION_ARG_INT, &limit, NULL, NULL },
    { NULL },
  };
  AtriumSearchFlags flags = ATRIUM_SEARCH_IN_ALL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GListModel) hits = NULL;
  GError *error = NULL;
  CtlStatus status;

  if (!ctl_parse (ctl, &argc, &argv, entries))
    return CTL_USAGE;
  if (argc != 2 || limit < 1)
    return ctl_fail_usage (ctl, "search QUERY [--in all|chat|people] [--limit N]");
  if (g_strcmp0 (where, "chat") == 0)
    flags = ATRIUM_SEARCH_IN_MESSAGES;
  else if (g_strcmp0 (where, "people") == 0)
    flags = ATRIUM_SEARCH_IN_PEOPLE;
  else if (where != NULL && !g_str_equal (where, "all"))
    return ctl_fail_usage (ctl, "This cannot be searched: %s", where);
  status = ctl_open (ctl, FALSE);
  if (status != CTL_DONE)
    return status;
  atrium_workspace_search_async (ctl->workspace, argv[1], flags, limit, NULL, ctl_ready, ctl);
  result = ctl_wait (ctl);
  if (result == NULL)
    return ctl_fail_timeout (ctl);
  hits = atrium_workspace_search_finish (ctl->workspace, result, &error);
  if (hits == NULL)
    return ctl_fail (ctl, error);
  for (guint i = 0; i < g_list_model_get_n_items (hits); i++)
    {
      g_autoptr (AtriumSearchHit) hit = g_list_model_get_item (hits, i);

      print_hit (ctl, hit);
    }

  return CTL_DONE;
}
