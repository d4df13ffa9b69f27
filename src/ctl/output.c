/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ctl/ctl.h"

#include "workspace/chat/file.h"
#include "workspace/chat/reaction.h"

#include <stdio.h>

void
ctl_set_string (JsonObject *object,
                const char *name,
                const char *value)
{
  if (value != NULL)
    json_object_set_string_member (object, name, value);
  else
    json_object_set_null_member (object, name);
}

void
ctl_print_object (JsonObject *object)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  g_autofree char *text = NULL;

  json_node_take_object (node, object);
  text = json_to_string (node, FALSE);
  fputs (text, stdout);
  fputc ('\n', stdout);
  fflush (stdout);
}

char *
ctl_time_to_text (gint64 time)
{
  g_autoptr (GDateTime) seconds = NULL;
  g_autofree char *day = NULL;

  if (time <= 0)
    return NULL;
  seconds = g_date_time_new_from_unix_utc (time / G_USEC_PER_SEC);
  if (seconds == NULL)
    return NULL;
  day = g_date_time_format (seconds, "%Y-%m-%dT%H:%M:%S");

  return g_strdup_printf ("%s.%03dZ", day, (int) (time % G_USEC_PER_SEC / 1000));
}

static void
set_time (JsonObject *object,
          const char *name,
          gint64      time)
{
  g_autofree char *text = ctl_time_to_text (time);

  ctl_set_string (object, name, text);
}

static const char *
state_to_text (AtriumMessageState state)
{
  switch (state)
    {
    case ATRIUM_MESSAGE_QUEUED:
      return "queued";
    case ATRIUM_MESSAGE_SENT:
      return "sent";
    case ATRIUM_MESSAGE_READ:
      return "read";
    case ATRIUM_MESSAGE_FAILED:
      return "failed";
    case ATRIUM_MESSAGE_DELIVERED:
    default:
      return "delivered";
    }
}

const char *
ctl_presence_to_text (AtriumPresence presence)
{
  switch (presence)
    {
    case ATRIUM_PRESENCE_OFFLINE:
      return "offline";
    case ATRIUM_PRESENCE_AVAILABLE:
      return "available";
    case ATRIUM_PRESENCE_AWAY:
      return "away";
    case ATRIUM_PRESENCE_EXTENDED_AWAY:
      return "xa";
    case ATRIUM_PRESENCE_BUSY:
      return "busy";
    case ATRIUM_PRESENCE_UNKNOWN:
    default:
      return "unknown";
    }
}

JsonObject *
ctl_message_to_json (AtriumMessage *message)
{
  JsonObject *object = json_object_new ();
  JsonObject *reactions = json_object_new ();
  JsonArray *files = json_array_new ();
  GListModel *model;

  json_object_set_int_member (object, "id", atrium_message_get_id (message));
  ctl_set_string (object, "chat", atrium_message_get_conversation_address (message));
  ctl_set_string (object, "from", atrium_message_get_author_address (message));
  ctl_set_string (object, "nick", atrium_message_get_nick (message));
  ctl_set_string (object, "body", atrium_message_get_body (message));
  set_time (object, "time", atrium_message_get_time (message));
  json_object_set_string_member (object, "direction", atrium_message_get_own (message) ? "out" : "in");
  json_object_set_string_member (object, "state", state_to_text (atrium_message_get_state (message)));
  json_object_set_boolean_member (object, "edited", atrium_message_get_edited (message));
  json_object_set_boolean_member (object, "retracted", atrium_message_get_retracted (message));
  if (atrium_message_get_reply_id (message) != 0)
    json_object_set_int_member (object, "reply_to", atrium_message_get_reply_id (message));
  else
    json_object_set_null_member (object, "reply_to");

  model = atrium_message_get_reactions (message);
  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (AtriumReaction) reaction = g_list_model_get_item (model, i);
      const char * const *addresses = atrium_reaction_get_addresses (reaction);
      JsonArray *who = json_array_new ();

      for (guint j = 0; addresses != NULL && addresses[j] != NULL; j++)
        json_array_add_string_element (who, addresses[j]);
      json_object_set_array_member (reactions, atrium_reaction_get_emoji (reaction), who);
    }
  json_object_set_object_member (object, "reactions", reactions);

  model = atrium_message_get_files (message);
  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (AtriumFile) file = g_list_model_get_item (model, i);
      JsonObject *one = json_object_new ();

      ctl_set_string (one, "name", atrium_file_get_name (file));
      json_object_set_int_member (one, "size", atrium_file_get_size (file));
      ctl_set_string (one, "type", atrium_file_get_media_type (file));
      ctl_set_string (one, "path", atrium_file_get_path (file));
      ctl_set_string (one, "url", atrium_file_get_url (file));
      json_array_add_object_element (files, one);
    }
  json_object_set_array_member (object, "files", files);
  json_object_set_boolean_member (object, "encrypted", FALSE);
  ctl_set_string (object, "origin_id", atrium_message_get_origin_id (message));
  ctl_set_string (object, "error", atrium_message_get_error (message));
  json_object_set_boolean_member (object, "mention", atrium_message_get_mentions_me (message));

  return object;
}

void
ctl_print_message (Ctl           *ctl,
                   AtriumMessage *message)
{
  g_autofree char *time = NULL;

  if (ctl->json)
    {
      ctl_print_object (ctl_message_to_json (message));
      return;
    }
  time = ctl_time_to_text (atrium_message_get_time (message));
  g_print ("%" G_GINT64_FORMAT "  %s  %s: %s%s%s\n", atrium_message_get_id (message), time, atrium_message_get_author_name (message),
           atrium_message_get_retracted (message) ? "(taken back)" : atrium_message_get_body (message),
           atrium_message_get_edited (message) ? " (edited)" : "",
           atrium_message_get_own (message) && atrium_message_get_state (message) == ATRIUM_MESSAGE_QUEUED ? " (queued)" :
           atrium_message_get_state (message) == ATRIUM_MESSAGE_FAILED ? " (failed)" : "");
}

JsonObject *
ctl_chat_to_json (AtriumConversation *conversation)
{
  JsonObject *object = json_object_new ();

  ctl_set_string (object, "address", atrium_conversation_get_address (conversation));
  ctl_set_string (object, "name", atrium_conversation_get_name (conversation));
  json_object_set_string_member (object, "kind", atrium_conversation_get_kind (conversation) == ATRIUM_CONVERSATION_ROOM ? "room" : "person");
  json_object_set_int_member (object, "unread", atrium_conversation_get_unread (conversation));
  json_object_set_int_member (object, "mentions", atrium_conversation_get_mentions (conversation));
  ctl_set_string (object, "last", atrium_conversation_get_last_text (conversation));
  set_time (object, "last_time", atrium_conversation_get_last_time (conversation));
  json_object_set_boolean_member (object, "muted", atrium_conversation_get_muted (conversation));
  json_object_set_boolean_member (object, "pinned", atrium_conversation_get_pinned (conversation));
  json_object_set_boolean_member (object, "archived", atrium_conversation_get_archived (conversation));
  if (atrium_conversation_get_kind (conversation) == ATRIUM_CONVERSATION_ROOM)
    json_object_set_boolean_member (object, "joined", atrium_conversation_get_joined (conversation));

  return object;
}

JsonObject *
ctl_person_to_json (AtriumPerson *person)
{
  JsonObject *object = json_object_new ();
  JsonArray *groups = json_array_new ();
  const char * const *names = atrium_person_get_groups (person);

  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    json_array_add_string_element (groups, names[i]);
  ctl_set_string (object, "address", atrium_person_get_address (person));
  ctl_set_string (object, "name", atrium_person_get_name (person));
  json_object_set_array_member (object, "groups", groups);
  json_object_set_string_member (object, "presence", ctl_presence_to_text (atrium_person_get_presence (person)));
  json_object_set_boolean_member (object, "blocked", atrium_person_get_blocked (person));

  return object;
}

JsonObject *
ctl_status_to_json (Ctl *ctl)
{
  AtriumAccount *account = atrium_workspace_get_account (ctl->workspace);
  JsonObject *object = json_object_new ();
  const char *state;

  switch (atrium_account_get_state (account))
    {
    case ATRIUM_ACCOUNT_ONLINE:
      state = "online";
      break;
    case ATRIUM_ACCOUNT_CONNECTING:
    case ATRIUM_ACCOUNT_WAITING:
      state = "connecting";
      break;
    case ATRIUM_ACCOUNT_NONE:
    case ATRIUM_ACCOUNT_OFFLINE:
    default:
      state = "offline";
      break;
    }
  ctl_set_string (object, "account", atrium_account_get_address (account));
  json_object_set_string_member (object, "state", state);
  if (atrium_account_get_since (account) != NULL)
    set_time (object, "since", g_date_time_to_unix (atrium_account_get_since (account)) * G_USEC_PER_SEC);
  else
    json_object_set_null_member (object, "since");
  ctl_set_string (object, "server", atrium_account_get_server_description (account));
  json_object_set_int_member (object, "outbox", atrium_outbox_get_count (atrium_workspace_get_outbox (ctl->workspace)));
  ctl_set_string (object, "error", atrium_account_get_problem (account));

  return object;
}

JsonObject *
ctl_entry_to_json (AtriumOutboxEntry *entry)
{
  static const char *kinds[] = {
    [ATRIUM_OUTBOX_MESSAGE] = "message",
    [ATRIUM_OUTBOX_EDIT] = "edit",
    [ATRIUM_OUTBOX_RETRACTION] = "retraction",
    [ATRIUM_OUTBOX_REACTION] = "reaction",
    [ATRIUM_OUTBOX_READ] = "read",
    [ATRIUM_OUTBOX_UPLOAD] = "upload",
    [ATRIUM_OUTBOX_ROOM] = "room",
    [ATRIUM_OUTBOX_PERSON] = "person",
    [ATRIUM_OUTBOX_PROFILE] = "profile",
  };
  static const char *states[] = {
    [ATRIUM_OUTBOX_WAITING] = "waiting",
    [ATRIUM_OUTBOX_SENDING] = "sending",
    [ATRIUM_OUTBOX_UNCERTAIN] = "uncertain",
    [ATRIUM_OUTBOX_FAILED] = "failed",
  };
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "id", atrium_outbox_entry_get_id (entry));
  json_object_set_string_member (object, "kind", kinds[atrium_outbox_entry_get_kind (entry)]);
  ctl_set_string (object, "target", atrium_outbox_entry_get_target (entry));
  json_object_set_string_member (object, "state", states[atrium_outbox_entry_get_state (entry)]);
  json_object_set_int_member (object, "tries", atrium_outbox_entry_get_tries (entry));
  set_time (object, "next_try", atrium_outbox_entry_get_next_try (entry));
  ctl_set_string (object, "error", atrium_outbox_entry_get_error (entry));
  ctl_set_string (object, "summary", atrium_outbox_entry_get_summary (entry));
  json_object_set_int_member (object, "message", atrium_outbox_entry_get_message_id (entry));

  return object;
}
