/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ctl/ctl.h"

#include "workspace/chat/member.h"

#include <glib/gi18n.h>

static AtriumConversation *
get_room (Ctl        *ctl,
          const char *address)
{
  AtriumConversation *room = atrium_workspace_dup_conversation (ctl->workspace, address);

  if (room != NULL && atrium_conversation_get_kind (room) == ATRIUM_CONVERSATION_ROOM)
    return room;
  g_clear_object (&room);
  ctl_fail (ctl, g_error_new (ATRIUM_ERROR, ATRIUM_ERROR_NOT_FOUND, _("You are not in the room %s."), address));

  return NULL;
}

static CtlStatus
print_room (Ctl                *ctl,
            AtriumConversation *room)
{
  if (ctl->json)
    ctl_print_object (ctl_chat_to_json (room));
  else
    g_print ("%s\n", atrium_conversation_get_address (room));

  return CTL_DONE;
}

static CtlStatus
room_new (Ctl   *ctl,
          int    argc,
          char **argv)
{
  gboolean private = FALSE;
  g_auto (GStrv) members = NULL;
  const GOptionEntry entries[] = {
    { "private", 0, 0, G_OPTION_ARG_NONE, &private, NULL, NULL },
    { "member", 0, 0, G_OPTION_ARG_STRING_ARRAY, &members, NULL, NULL },
    { NULL },
  };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (AtriumConversation) room = NULL;
  g_autoptr (GAsyncResult) settled = NULL;
  GError *error = NULL;
  CtlStatus status;

  if (!ctl_parse (ctl, &argc, &argv, entries))
    return CTL_USAGE;
  if (argc != 2)
    return ctl_fail_usage (ctl, "room new NAME [--private] [--member ADDRESS]…");
  status = ctl_open_online (ctl);
  if (status != CTL_DONE)
    return status;
  atrium_workspace_create_room_async (ctl->workspace, argv[1], private ? ATRIUM_ROOM_PRIVATE : ATRIUM_ROOM_DEFAULT,
                                      (const char * const *) members, NULL, ctl_ready, ctl);
  result = ctl_wait (ctl);
  if (result == NULL)
    return ctl_fail_timeout (ctl);
  room = atrium_workspace_create_room_finish (ctl->workspace, result, &error);
  if (room == NULL)
    return ctl_fail (ctl, error);

  /* Invitations and the bookmark wait in the outbox: they leave before this program does. */
  atrium_workspace_sync_async (ctl->workspace, NULL, ctl_ready, ctl);
  settled = ctl_wait (ctl);
  if (settled == NULL)
    return ctl_fail_timeout (ctl);
  if (!atrium_workspace_sync_finish (ctl->workspace, settled, &error))
    return ctl_fail (ctl, error);

  return print_room (ctl, room);
}

static CtlStatus
room_join (Ctl   *ctl,
           int    argc,
           char **argv)
{
  g_autofree char *nick = NULL;
  const GOptionEntry entries[] = {
    { "nick", 0, 0, G_OPTION_ARG_STRING, &nick, NULL, NULL },
    { NULL },
  };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) settled = NULL;
  g_autoptr (AtriumConversation) room = NULL;
  GError *error = NULL;
  CtlStatus status;

  if (!ctl_parse (ctl, &argc, &argv, entries))
    return CTL_USAGE;
  if (argc != 2)
    return ctl_fail_usage (ctl, "room join ADDRESS [--nick NICK]");
  status = ctl_open_online (ctl);
  if (status != CTL_DONE)
    return status;
  atrium_workspace_join_room_async (ctl->workspace, argv[1], nick, NULL, ctl_ready, ctl);
  result = ctl_wait (ctl);
  if (result == NULL)
    return ctl_fail_timeout (ctl);
  room = atrium_workspace_join_room_finish (ctl->workspace, result, &error);
  if (room == NULL)
    return ctl_fail (ctl, error);
  atrium_workspace_sync_async (ctl->workspace, NULL, ctl_ready, ctl);
  settled = ctl_wait (ctl);
  if (settled == NULL)
    return ctl_fail_timeout (ctl);
  if (!atrium_workspace_sync_finish (ctl->workspace, settled, &error))
    return ctl_fail (ctl, error);

  return print_room (ctl, room);
}

static CtlStatus
room_leave (Ctl   *ctl,
            int    argc,
            char **argv)
{
  g_autoptr (AtriumConversation) room = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;
  CtlStatus status;

  if (argc != 2)
    return ctl_fail_usage (ctl, "room leave ROOM");
  status = ctl_open (ctl, FALSE);
  if (status != CTL_DONE)
    return status;
  room = get_room (ctl, argv[1]);
  if (room == NULL)
    return CTL_FAILED;
  atrium_conversation_leave_async (room, NULL, ctl_ready, ctl);
  result = ctl_wait (ctl);
  if (result == NULL)
    return ctl_fail_timeout (ctl);

  return atrium_conversation_leave_finish (room, result, &error) ? CTL_DONE : ctl_fail (ctl, error);
}

static gboolean
is_settled (Ctl *ctl)
{
  return g_object_get_data (G_OBJECT (ctl->workspace), "room-joined") != NULL;
}

static void
on_joined (AtriumConversation *room,
           GParamSpec         *pspec,
           Ctl                *ctl)
{
  if (atrium_conversation_get_joined (room))
    g_object_set_data (G_OBJECT (ctl->workspace), "room-joined", GINT_TO_POINTER (1));
}

static gboolean
wait_joined (Ctl                *ctl,
             AtriumConversation *room)
{
  gulong handler = g_signal_connect (room, "notify::joined", G_CALLBACK (on_joined), ctl);
  gboolean joined;

  on_joined (room, NULL, ctl);
  joined = ctl_wait_for (ctl, is_settled);
  g_signal_handler_disconnect (room, handler);

  return joined;
}

static CtlStatus
room_members (Ctl   *ctl,
              int    argc,
              char **argv)
{
  static const char *affiliations[] = {
    [ATRIUM_AFFILIATION_NONE] = "none",
    [ATRIUM_AFFILIATION_OUTCAST] = "outcast",
    [ATRIUM_AFFILIATION_MEMBER] = "member",
    [ATRIUM_AFFILIATION_ADMIN] = "admin",
    [ATRIUM_AFFILIATION_OWNER] = "owner",
  };
  static const char *roles[] = {
    [ATRIUM_ROLE_NONE] = "none",
    [ATRIUM_ROLE_VISITOR] = "visitor",
    [ATRIUM_ROLE_PARTICIPANT] = "participant",
    [ATRIUM_ROLE_MODERATOR] = "moderator",
  };
  g_autoptr (AtriumConversation) room = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  GListModel *members;
  GError *error = NULL;
  CtlStatus status;

  if (argc != 2)
    return ctl_fail_usage (ctl, "room members ROOM");
  status = ctl_open_online (ctl);
  if (status != CTL_DONE)
    return status;
  room = get_room (ctl, argv[1]);
  if (room == NULL)
    return CTL_FAILED;
  if (!wait_joined (ctl, room))
    return ctl_fail_timeout (ctl);
  atrium_conversation_load_members_async (room, NULL, ctl_ready, ctl);
  result = ctl_wait (ctl);
  if (result == NULL)
    return ctl_fail_timeout (ctl);
  if (!atrium_conversation_load_members_finish (room, result, &error))
    return ctl_fail (ctl, error);
  members = atrium_conversation_get_members (room);
  for (guint i = 0; i < g_list_model_get_n_items (members); i++)
    {
      g_autoptr (AtriumMember) member = g_list_model_get_item (members, i);

      if (ctl->json)
        {
          JsonObject *object = json_object_new ();

          ctl_set_string (object, "address", atrium_member_get_address (member));
          ctl_set_string (object, "nick", atrium_member_get_nick (member));
          ctl_set_string (object, "name", atrium_member_get_name (member));
          ctl_set_string (object, "affiliation", affiliations[atrium_member_get_affiliation (member)]);
          ctl_set_string (object, "role", roles[atrium_member_get_role (member)]);
          ctl_set_string (object, "presence", ctl_presence_to_text (atrium_member_get_presence (member)));
          ctl_print_object (object);
        }
      else
        {
          g_print ("%s  %s  %s\n", atrium_member_get_name (member),
                   atrium_member_get_address (member) != NULL ? atrium_member_get_address (member) : "",
                   affiliations[atrium_member_get_affiliation (member)]);
        }
    }

  return CTL_DONE;
}

static CtlStatus
room_invite (Ctl   *ctl,
             int    argc,
             char **argv)
{
  g_autoptr (AtriumConversation) room = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;
  CtlStatus status;

  if (argc < 3)
    return ctl_fail_usage (ctl, "room invite ROOM ADDRESS…");
  status = ctl_open (ctl, FALSE);
  if (status != CTL_DONE)
    return status;
  room = get_room (ctl, argv[1]);
  if (room == NULL)
    return CTL_FAILED;
  atrium_conversation_invite_async (room, (const char * const *) argv + 2, NULL, NULL, ctl_ready, ctl);
  result = ctl_wait (ctl);
  if (result == NULL)
    return ctl_fail_timeout (ctl);

  return atrium_conversation_invite_finish (room, result, &error) ? CTL_DONE : ctl_fail (ctl, error);
}

static gboolean
parse_yes (const char *text,
           gboolean   *out)
{
  if (text == NULL)
    return TRUE;
  if (!g_str_equal (text, "yes") && !g_str_equal (text, "no"))
    return FALSE;
  *out = g_str_equal (text, "yes");

  return TRUE;
}

static CtlStatus
room_configure (Ctl   *ctl,
                int    argc,
                char **argv)
{
  g_autofree char *name = NULL;
  g_autofree char *private = NULL;
  g_autofree char *members_only = NULL;
  g_autofree char *archive = NULL;
  const GOptionEntry entries[] = {
    { "name", 0, 0, G_OPTION_ARG_STRING, &name, NULL, NULL },
    { "private", 0, 0, G_OPTION_ARG_STRING, &private, NULL, NULL },
    { "members-only", 0, 0, G_OPTION_ARG_STRING, &members_only, NULL, NULL },
    { "archive", 0, 0, G_OPTION_ARG_STRING, &archive, NULL, NULL },
    { NULL },
  };
  g_autoptr (AtriumConversation) room = NULL;
  g_autoptr (AtriumRoomConfig) config = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) set = NULL;
  GError *error = NULL;
  CtlStatus status;

  if (!ctl_parse (ctl, &argc, &argv, entries))
    return CTL_USAGE;
  if (argc != 2)
    return ctl_fail_usage (ctl, "room configure ROOM [--name N] [--private yes|no] [--members-only yes|no] [--archive yes|no]");
  status = ctl_open_online (ctl);
  if (status != CTL_DONE)
    return status;
  room = get_room (ctl, argv[1]);
  if (room == NULL)
    return CTL_FAILED;
  if (!wait_joined (ctl, room))
    return ctl_fail_timeout (ctl);
  atrium_conversation_get_config_async (room, NULL, ctl_ready, ctl);
  result = ctl_wait (ctl);
  if (result == NULL)
    return ctl_fail_timeout (ctl);
  config = atrium_conversation_get_config_finish (room, result, &error);
  if (config == NULL)
    return ctl_fail (ctl, error);

  if (name != NULL || private != NULL || members_only != NULL || archive != NULL)
    {
      if (name != NULL)
        {
          g_free (config->name);
          config->name = g_strdup (name);
        }
      if (!parse_yes (private, &config->hidden) || !parse_yes (private, &config->members_only) ||
          !parse_yes (members_only, &config->members_only) || !parse_yes (archive, &config->archive))
        return ctl_fail_usage (ctl, "Say yes or no.");
      atrium_conversation_set_config_async (room, config, NULL, ctl_ready, ctl);
      set = ctl_wait (ctl);
      if (set == NULL)
        return ctl_fail_timeout (ctl);
      if (!atrium_conversation_set_config_finish (room, set, &error))
        return ctl_fail (ctl, error);
    }
  if (ctl->json)
    {
      JsonObject *object = json_object_new ();

      ctl_set_string (object, "address", atrium_conversation_get_address (room));
      ctl_set_string (object, "name", config->name);
      json_object_set_boolean_member (object, "hidden", config->hidden);
      json_object_set_boolean_member (object, "members_only", config->members_only);
      json_object_set_boolean_member (object, "persistent", config->persistent);
      json_object_set_boolean_member (object, "archive", config->archive);
      ctl_print_object (object);
    }
  else
    {
      g_print ("%s: %s%s%s\n", config->name != NULL ? config->name : "", config->hidden ? "hidden " : "listed ",
               config->members_only ? "members-only " : "open ", config->archive ? "archived" : "not archived");
    }

  return CTL_DONE;
}

CtlStatus
ctl_verb_room (Ctl   *ctl,
               int    argc,
               char **argv)
{
  static const struct
  {
    const char *name;
    CtlVerb     run;
  } verbs[] = {
    { "new", room_new },
    { "join", room_join },
    { "leave", room_leave },
    { "members", room_members },
    { "invite", room_invite },
    { "configure", room_configure },
  };

  for (guint i = 0; argc > 1 && i < G_N_ELEMENTS (verbs); i++)
    if (g_str_equal (argv[1], verbs[i].name))
      return verbs[i].run (ctl, argc - 1, argv + 1);

  return ctl_fail_usage (ctl, "room new | join | leave | members | invite | configure …");
}
