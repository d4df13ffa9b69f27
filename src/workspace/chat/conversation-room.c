/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium"

#include "config.h"

#include "workspace/chat/conversation-private.h"

#include "workspace/account/session.h"
#include "workspace/chat/extra.h"
#include "workspace/chat/file.h"
#include "workspace/chat/member-private.h"
#include "workspace/chat/message-private.h"
#include "workspace/outbox/entry-kind.h"
#include "workspace/outbox/sender-private.h"
#include "workspace/people/directory-private.h"
#include "workspace/search/search-hit-private.h"
#include "workspace/store-task.h"
#include "workspace/sync/rooms.h"
#include "workspace/workspace-private.h"
#include "xmpp/moderation.h"
#include "xmpp/muc-admin.h"
#include "xmpp/muc-config.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

/* Verbs that need the server now, and those that only look into this computer's copy. */

#define DEFINE_BOOLEAN_FINISH(verb) \
gboolean \
atrium_conversation_##verb##_finish (AtriumConversation  *self, \
                                     GAsyncResult        *result, \
                                     GError             **error) \
{ \
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE); \
\
  return g_task_propagate_boolean (G_TASK (result), error); \
}

DEFINE_BOOLEAN_FINISH (join)
DEFINE_BOOLEAN_FINISH (load_members)
DEFINE_BOOLEAN_FINISH (invite)
DEFINE_BOOLEAN_FINISH (set_affiliation)
DEFINE_BOOLEAN_FINISH (set_role)
DEFINE_BOOLEAN_FINISH (set_subject)
DEFINE_BOOLEAN_FINISH (set_name)
DEFINE_BOOLEAN_FINISH (set_config)
DEFINE_BOOLEAN_FINISH (set_nick)
DEFINE_BOOLEAN_FINISH (leave)
DEFINE_BOOLEAN_FINISH (destroy)
DEFINE_BOOLEAN_FINISH (remove)
DEFINE_BOOLEAN_FINISH (moderate)

static void
return_stanza_error (GTask  *task,
                     GError *error)     /* (transfer full) */
{
  gboolean retry;
  g_autofree char *text = atrium_stanza_error_to_text (error, &retry);

  g_task_return_new_error (task, ATRIUM_ERROR,
                           g_error_matches (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_DISCONNECTED) ? ATRIUM_ERROR_OFFLINE : ATRIUM_ERROR_REFUSED,
                           "%s", text);
  g_error_free (error);
}

static void
return_outcome (GTask    *task,
                gboolean  done,
                GError   *error)
{
  if (done)
    g_task_return_boolean (task, TRUE);
  else
    return_stanza_error (task, error);
}

/* A task for a verb that needs the server; NULL when there is none, and the task was answered. */
static GTask *
begin_online (AtriumConversation   *self,
              gpointer              tag,
              GCancellable         *cancellable,
              GAsyncReadyCallback   callback,
              gpointer              user_data,
              AtriumSession       **out_session)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  AtriumWorkspace *workspace = atrium_conversation_get_workspace (self);
  AtriumSession *session = workspace != NULL ? atrium_workspace_get_session (workspace) : NULL;

  g_task_set_source_tag (task, tag);
  if (session == NULL && workspace != NULL && atrium_workspace_is_online_elsewhere (workspace))
    {
      g_task_return_new_error (task, ATRIUM_ERROR, ATRIUM_ERROR_BUSY, _("Another program on this profile is online. Do it there."));
      g_object_unref (task);
      return NULL;
    }
  if (session == NULL || !atrium_session_is_online (session))
    {
      g_task_return_new_error (task, ATRIUM_ERROR, ATRIUM_ERROR_OFFLINE, _("This needs the server, and there is no connection."));
      g_object_unref (task);
      return NULL;
    }
  *out_session = session;

  return task;
}

static XmppAffiliation
unmap_affiliation (AtriumAffiliation affiliation)
{
  switch (affiliation)
    {
    case ATRIUM_AFFILIATION_OUTCAST:
      return XMPP_AFFILIATION_OUTCAST;
    case ATRIUM_AFFILIATION_MEMBER:
      return XMPP_AFFILIATION_MEMBER;
    case ATRIUM_AFFILIATION_ADMIN:
      return XMPP_AFFILIATION_ADMIN;
    case ATRIUM_AFFILIATION_OWNER:
      return XMPP_AFFILIATION_OWNER;
    case ATRIUM_AFFILIATION_NONE:
    default:
      return XMPP_AFFILIATION_NONE;
    }
}

static XmppRole
unmap_role (AtriumRole role)
{
  switch (role)
    {
    case ATRIUM_ROLE_VISITOR:
      return XMPP_ROLE_VISITOR;
    case ATRIUM_ROLE_PARTICIPANT:
      return XMPP_ROLE_PARTICIPANT;
    case ATRIUM_ROLE_MODERATOR:
      return XMPP_ROLE_MODERATOR;
    case ATRIUM_ROLE_NONE:
    default:
      return XMPP_ROLE_NONE;
    }
}

/* Entering. */

static void
on_joined (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  gboolean done = xmpp_muc_room_join_finish (XMPP_MUC_ROOM (source), result, &error);

  return_outcome (task, done, error);
}

void
atrium_conversation_join_async (AtriumConversation  *self,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data)
{
  AtriumSession *session;
  GTask *task;
  XmppMucRoom *room;
  g_autofree char *nick = NULL;
  XmppRoomJoin join = { 0 };

  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));

  task = begin_online (self, atrium_conversation_join_async, cancellable, callback, user_data, &session);
  if (task == NULL)
    return;
  room = xmpp_muc_ensure_room (atrium_session_get_muc (session), atrium_conversation_get_address (self));
  atrium_rooms_follow (atrium_session_get_rooms (session), room);
  nick = atrium_conversation_get_nick (self) != NULL ? g_strdup (atrium_conversation_get_nick (self)) : atrium_session_dup_nick (session);
  join.nick = nick;
  join.other_nick = TRUE;
  xmpp_muc_room_join_async (room, &join, cancellable, on_joined, task);
}

/* Members: the affiliation lists, one after another. */

typedef struct
{
  XmppClient *client;
  GHashTable *seen;     /* address → AtriumMember */
  guint       next;
  guint       n_lists;  /* that the room let us see */
  GError     *problem;  /* the first that is not a refusal */
} LoadMembers;

static const XmppAffiliation member_lists[] = { XMPP_AFFILIATION_OWNER, XMPP_AFFILIATION_ADMIN, XMPP_AFFILIATION_MEMBER };

static void
load_members_free (gpointer data)
{
  LoadMembers *load = data;

  g_object_unref (load->client);
  g_hash_table_unref (load->seen);
  g_clear_error (&load->problem);
  g_free (load);
}

static void load_next_list (GTask *task);

static void
show_members (AtriumConversation *self,
              LoadMembers        *load)
{
  GListStore *model = G_LIST_STORE (atrium_conversation_get_members (self));
  g_autoptr (GPtrArray) added = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer value;

  for (guint i = g_list_model_get_n_items (G_LIST_MODEL (model)); i > 0; i--)
    {
      g_autoptr (AtriumMember) member = g_list_model_get_item (G_LIST_MODEL (model), i - 1);
      const char *address = atrium_member_get_address (member);

      if (atrium_member_get_presence (member) == ATRIUM_PRESENCE_OFFLINE)
        g_list_store_remove (model, i - 1);
      else if (address != NULL)
        g_hash_table_remove (load->seen, address);
    }
  g_hash_table_iter_init (&iter, load->seen);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_ptr_array_add (added, value);
  g_list_store_splice (model, g_list_model_get_n_items (G_LIST_MODEL (model)), 0, added->pdata, added->len);
  atrium_conversation_put_n_members (self, g_list_model_get_n_items (G_LIST_MODEL (model)));
  atrium_conversation_update_subtitle (self);
}

static void
on_list (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  AtriumConversation *self = g_task_get_source_object (task);
  LoadMembers *load = g_task_get_task_data (task);
  AtriumWorkspace *workspace = atrium_conversation_get_workspace (self);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = xmpp_muc_admin_list_finish (XMPP_CLIENT (source), result, &error);

  for (guint i = 0; list != NULL && workspace != NULL && i < list->len; i++)
    {
      XmppMucMember *from = g_ptr_array_index (list, i);
      AtriumMember *member = atrium_member_new ();
      g_autoptr (AtriumPerson) person = atrium_directory_lookup (atrium_workspace_get_directory (workspace), from->address);
      g_autofree char *name = atrium_directory_dup_name (atrium_workspace_get_directory (workspace), from->address, from->nick);

      atrium_member_set_person (member, person);
      atrium_member_set_address (member, from->address);
      atrium_member_set_name (member, name);
      atrium_member_set_affiliation (member, atrium_rooms_map_affiliation (from->affiliation));
      atrium_member_set_presence (member, ATRIUM_PRESENCE_OFFLINE);
      atrium_member_set_own (member, g_strcmp0 (from->address, atrium_workspace_get_own_address (workspace)) == 0);
      g_hash_table_replace (load->seen, g_strdup (from->address), member);
    }
  /* Who is no admin may see only some of the lists, or none (XEP-0045 §9.5): that is no error. */
  if (list != NULL)
    load->n_lists++;
  else if (load->problem == NULL && !g_error_matches (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_FORBIDDEN))
    load->problem = g_steal_pointer (&error);

  load->next++;
  if (load->next < G_N_ELEMENTS (member_lists))
    {
      load_next_list (g_steal_pointer (&task));
      return;
    }
  if (g_hash_table_size (load->seen) == 0 && load->problem != NULL)
    {
      return_stanza_error (task, g_steal_pointer (&load->problem));
      return;
    }
  /* With every list refused, those who are present remain what can be known. */
  if (load->n_lists > 0)
    show_members (self, load);
  g_task_return_boolean (task, TRUE);
}

static void
load_next_list (GTask *task)
{
  AtriumConversation *self = g_task_get_source_object (task);
  LoadMembers *load = g_task_get_task_data (task);

  xmpp_muc_admin_list_async (load->client, atrium_conversation_get_address (self), member_lists[load->next],
                             g_task_get_cancellable (task), on_list, task);
}

void
atrium_conversation_load_members_async (AtriumConversation  *self,
                                        GCancellable        *cancellable,
                                        GAsyncReadyCallback  callback,
                                        gpointer             user_data)
{
  AtriumSession *session;
  LoadMembers *load;
  GTask *task;

  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));

  task = begin_online (self, atrium_conversation_load_members_async, cancellable, callback, user_data, &session);
  if (task == NULL)
    return;
  load = g_new0 (LoadMembers, 1);
  load->client = g_object_ref (atrium_session_get_client (session));
  load->seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  g_task_set_task_data (task, load, load_members_free);
  load_next_list (task);
}

/* Invitations: through the outbox. */

typedef struct
{
  gint64  conversation;
  char   *address;
  char   *json;
  gboolean archive;
} RoomVerb;

static void
room_verb_free (gpointer data)
{
  RoomVerb *verb = data;

  g_free (verb->address);
  g_free (verb->json);
  g_free (verb);
}

static gboolean
room_verb_work (StoreTransaction  *tx,
                gpointer           data,
                GError           **error)
{
  RoomVerb *verb = data;
  g_autofree char *lane = g_strdup_printf ("room:%s", verb->address);

  if (atrium_entry_add (tx, ATRIUM_ENTRY_ROOM, verb->address, lane, NULL, verb->json, 0, 0, error) == 0)
    return FALSE;
  if (verb->archive)
    {
      g_autoptr (StoreRoom) room = store_room_load (tx, verb->address, NULL);

      if (room != NULL)
        {
          room->autojoin = room->bookmarked = FALSE;
          if (!store_room_save (tx, room, error))
            return FALSE;
        }
      return store_conversation_set_archived (tx, verb->conversation, TRUE, error);
    }

  return TRUE;
}

static void
run_room_verb (AtriumConversation  *self,
               JsonObject          *payload,      /* (transfer full) */
               gboolean             archive,
               gpointer             tag,
               GCancellable        *cancellable,
               GAsyncReadyCallback  callback,
               gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  AtriumWorkspace *workspace = atrium_conversation_get_workspace (self);
  RoomVerb *verb = g_new0 (RoomVerb, 1);

  g_task_set_source_tag (task, tag);
  verb->json = atrium_json_to_text (payload);
  verb->archive = archive;
  verb->conversation = atrium_conversation_get_id (self);
  verb->address = g_strdup (atrium_conversation_get_address (self));
  if (workspace == NULL)
    {
      room_verb_free (verb);
      g_task_return_new_error (task, ATRIUM_ERROR, ATRIUM_ERROR_FAILED, _("The profile is closed."));
      g_object_unref (task);
      return;
    }
  atrium_store_run_task (atrium_workspace_get_database (workspace), STORE_ACCESS_WRITE, task, room_verb_work, verb, room_verb_free, NULL);
}

void
atrium_conversation_invite_async (AtriumConversation   *self,
                                  const char * const   *addresses,
                                  const char           *reason,
                                  GCancellable         *cancellable,
                                  GAsyncReadyCallback   callback,
                                  gpointer              user_data)
{
  JsonObject *payload = json_object_new ();

  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));

  json_object_set_string_member (payload, "verb", "invite");
  atrium_json_set_strv (payload, "addresses", addresses);
  if (reason != NULL)
    json_object_set_string_member (payload, "reason", reason);
  run_room_verb (self, payload, FALSE, atrium_conversation_invite_async, cancellable, callback, user_data);
}

void
atrium_conversation_leave_async (AtriumConversation  *self,
                                 GCancellable        *cancellable,
                                 GAsyncReadyCallback  callback,
                                 gpointer             user_data)
{
  JsonObject *payload = json_object_new ();

  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));

  json_object_set_string_member (payload, "verb", "unbookmark");
  run_room_verb (self, payload, TRUE, atrium_conversation_leave_async, cancellable, callback, user_data);
}

/* Rights. */

static void
on_affiliation_set (GObject      *source,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  gboolean done = xmpp_muc_admin_set_affiliation_finish (XMPP_CLIENT (source), result, &error);

  return_outcome (task, done, error);
}

void
atrium_conversation_set_affiliation_async (AtriumConversation  *self,
                                           const char          *address,
                                           AtriumAffiliation    affiliation,
                                           const char          *reason,
                                           GCancellable        *cancellable,
                                           GAsyncReadyCallback  callback,
                                           gpointer             user_data)
{
  AtriumSession *session;
  GTask *task;

  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));

  task = begin_online (self, atrium_conversation_set_affiliation_async, cancellable, callback, user_data, &session);
  if (task != NULL)
    xmpp_muc_admin_set_affiliation_async (atrium_session_get_client (session), atrium_conversation_get_address (self), address,
                                          unmap_affiliation (affiliation), reason, cancellable, on_affiliation_set, task);
}

static void
on_role_set (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  gboolean done = xmpp_muc_admin_set_role_finish (XMPP_CLIENT (source), result, &error);

  return_outcome (task, done, error);
}

void
atrium_conversation_set_role_async (AtriumConversation  *self,
                                    const char          *nick,
                                    AtriumRole           role,
                                    const char          *reason,
                                    GCancellable        *cancellable,
                                    GAsyncReadyCallback  callback,
                                    gpointer             user_data)
{
  AtriumSession *session;
  GTask *task;

  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));

  task = begin_online (self, atrium_conversation_set_role_async, cancellable, callback, user_data, &session);
  if (task != NULL)
    xmpp_muc_admin_set_role_async (atrium_session_get_client (session), atrium_conversation_get_address (self), nick,
                                   unmap_role (role), reason, cancellable, on_role_set, task);
}

static XmppMucRoom *
get_room (AtriumConversation *self,
          AtriumSession      *session,
          GTask              *task)
{
  XmppMucRoom *room = xmpp_muc_get_room (atrium_session_get_muc (session), atrium_conversation_get_address (self));

  if (room != NULL && xmpp_muc_room_get_state (room) == XMPP_ROOM_JOINED)
    return room;
  g_task_return_new_error (task, ATRIUM_ERROR, ATRIUM_ERROR_OFFLINE, _("You are not in this room."));
  g_object_unref (task);

  return NULL;
}

static void
on_subject_set (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  gboolean done = xmpp_muc_room_set_subject_finish (XMPP_MUC_ROOM (source), result, &error);

  return_outcome (task, done, error);
}

void
atrium_conversation_set_subject_async (AtriumConversation  *self,
                                       const char          *subject,
                                       GCancellable        *cancellable,
                                       GAsyncReadyCallback  callback,
                                       gpointer             user_data)
{
  AtriumSession *session;
  GTask *task;
  XmppMucRoom *room;

  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));

  task = begin_online (self, atrium_conversation_set_subject_async, cancellable, callback, user_data, &session);
  room = task != NULL ? get_room (self, session, task) : NULL;
  if (room != NULL)
    xmpp_muc_room_set_subject_async (room, subject, cancellable, on_subject_set, task);
}

static void
on_nick_set (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  gboolean done = xmpp_muc_room_set_nick_finish (XMPP_MUC_ROOM (source), result, &error);

  return_outcome (task, done, error);
}

void
atrium_conversation_set_nick_async (AtriumConversation  *self,
                                    const char          *nick,
                                    GCancellable        *cancellable,
                                    GAsyncReadyCallback  callback,
                                    gpointer             user_data)
{
  AtriumSession *session;
  GTask *task;
  XmppMucRoom *room;

  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));

  task = begin_online (self, atrium_conversation_set_nick_async, cancellable, callback, user_data, &session);
  room = task != NULL ? get_room (self, session, task) : NULL;
  if (room != NULL)
    xmpp_muc_room_set_nick_async (room, nick, cancellable, on_nick_set, task);
}

/* Configuration. */

static void
on_config_applied (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  gboolean done = xmpp_muc_config_apply_finish (XMPP_CLIENT (source), result, &error);

  return_outcome (task, done, error);
}

static XmppMucSetting
setting (gboolean on)
{
  return on ? XMPP_MUC_YES : XMPP_MUC_NO;
}

void
atrium_conversation_set_config_async (AtriumConversation     *self,
                                      const AtriumRoomConfig *config,
                                      GCancellable           *cancellable,
                                      GAsyncReadyCallback     callback,
                                      gpointer                user_data)
{
  AtriumSession *session;
  XmppMucConfig wanted = { 0 };
  GTask *task;

  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));
  g_return_if_fail (config != NULL);

  task = begin_online (self, atrium_conversation_set_config_async, cancellable, callback, user_data, &session);
  if (task == NULL)
    return;
  wanted.name = config->name;
  wanted.description = config->description;
  wanted.hidden = setting (config->hidden);
  wanted.members_only = setting (config->members_only);
  wanted.moderated = setting (config->moderated);
  wanted.persistent = setting (config->persistent);
  wanted.archived = setting (config->archive);
  wanted.members_invite = setting (config->members_invite);
  wanted.members_subject = setting (config->anybody_sets_subject);
  xmpp_muc_config_apply_async (atrium_session_get_client (session), atrium_conversation_get_address (self), &wanted, cancellable,
                               on_config_applied, task);
}

void
atrium_conversation_set_name_async (AtriumConversation  *self,
                                    const char          *name,
                                    GCancellable        *cancellable,
                                    GAsyncReadyCallback  callback,
                                    gpointer             user_data)
{
  AtriumSession *session;
  XmppMucConfig wanted = { 0 };
  GTask *task;

  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));

  task = begin_online (self, atrium_conversation_set_name_async, cancellable, callback, user_data, &session);
  if (task == NULL)
    return;
  wanted.name = name;
  xmpp_muc_config_apply_async (atrium_session_get_client (session), atrium_conversation_get_address (self), &wanted, cancellable,
                               on_config_applied, task);
}

static gboolean
form_flag (XmppForm   *form,
           const char *name,
           const char *other)
{
  if (xmpp_form_find_field (form, name) != NULL || other == NULL)
    return xmpp_form_get_boolean (form, name, FALSE);

  return xmpp_form_get_boolean (form, other, FALSE);
}

static void
on_config (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (XmppForm) form = xmpp_muc_config_get_finish (XMPP_CLIENT (source), result, &error);
  AtriumRoomConfig *config;

  if (form == NULL)
    {
      return_stanza_error (task, error);
      return;
    }
  config = atrium_room_config_new ();
  config->name = g_strdup (xmpp_form_get_value (form, "muc#roomconfig_roomname"));
  config->description = g_strdup (xmpp_form_get_value (form, "muc#roomconfig_roomdesc"));
  config->hidden = !form_flag (form, "muc#roomconfig_publicroom", NULL);
  config->members_only = form_flag (form, "muc#roomconfig_membersonly", NULL);
  config->moderated = form_flag (form, "muc#roomconfig_moderatedroom", NULL);
  config->persistent = form_flag (form, "muc#roomconfig_persistentroom", NULL);
  config->archive = form_flag (form, "muc#roomconfig_enablearchiving", "mam");
  config->members_invite = form_flag (form, "muc#roomconfig_allowinvites", "allow_user_invites");
  config->anybody_sets_subject = form_flag (form, "muc#roomconfig_changesubject", NULL);
  g_task_return_pointer (task, config, (GDestroyNotify) atrium_room_config_free);
}

void
atrium_conversation_get_config_async (AtriumConversation  *self,
                                      GCancellable        *cancellable,
                                      GAsyncReadyCallback  callback,
                                      gpointer             user_data)
{
  AtriumSession *session;
  GTask *task;

  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));

  task = begin_online (self, atrium_conversation_get_config_async, cancellable, callback, user_data, &session);
  if (task != NULL)
    xmpp_muc_config_get_async (atrium_session_get_client (session), atrium_conversation_get_address (self), cancellable, on_config, task);
}

AtriumRoomConfig *
atrium_conversation_get_config_finish (AtriumConversation  *self,
                                       GAsyncResult        *result,
                                       GError             **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
on_destroyed (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  gboolean done = xmpp_muc_admin_destroy_finish (XMPP_CLIENT (source), result, &error);

  return_outcome (task, done, error);
}

void
atrium_conversation_destroy_async (AtriumConversation  *self,
                                   const char          *reason,
                                   GCancellable        *cancellable,
                                   GAsyncReadyCallback  callback,
                                   gpointer             user_data)
{
  AtriumSession *session;
  GTask *task;

  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));

  task = begin_online (self, atrium_conversation_destroy_async, cancellable, callback, user_data, &session);
  if (task != NULL)
    xmpp_muc_admin_destroy_async (atrium_session_get_client (session), atrium_conversation_get_address (self), NULL, reason,
                                  cancellable, on_destroyed, task);
}

static void
on_moderated (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  gboolean done = xmpp_moderation_retract_finish (XMPP_CLIENT (source), result, &error);

  return_outcome (task, done, error);
}

void
atrium_conversation_moderate_async (AtriumConversation  *self,
                                    AtriumMessage       *message,
                                    const char          *reason,
                                    GCancellable        *cancellable,
                                    GAsyncReadyCallback  callback,
                                    gpointer             user_data)
{
  AtriumSession *session;
  const XmppMucInfo *info;
  XmppMucRoom *room;
  GTask *task;

  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));
  g_return_if_fail (ATRIUM_IS_MESSAGE (message));

  task = begin_online (self, atrium_conversation_moderate_async, cancellable, callback, user_data, &session);
  room = task != NULL ? get_room (self, session, task) : NULL;
  if (room == NULL)
    return;
  info = xmpp_muc_room_get_info (room);
  if (info == NULL || (info->flags & (XMPP_MUC_MODERATION | XMPP_MUC_MODERATION_0)) == 0 || atrium_message_get_archive_id (message) == NULL)
    {
      g_task_return_new_error (task, ATRIUM_ERROR, ATRIUM_ERROR_UNSUPPORTED, _("This room cannot remove messages of others."));
      g_object_unref (task);
      return;
    }
  xmpp_moderation_retract_async (atrium_session_get_client (session), atrium_conversation_get_address (self),
                                 atrium_message_get_archive_id (message), reason, (info->flags & XMPP_MUC_MODERATION) == 0,
                                 cancellable, on_moderated, task);
}

/* This computer's copy. */

static gboolean
remove_work (StoreTransaction  *tx,
             gpointer           data,
             GError           **error)
{
  return store_conversation_delete (tx, *(gint64 *) data, error);
}

void
atrium_conversation_remove_async (AtriumConversation  *self,
                                  GCancellable        *cancellable,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  AtriumWorkspace *workspace = atrium_conversation_get_workspace (self);
  gint64 id = atrium_conversation_get_id (self);

  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));

  g_task_set_source_tag (task, atrium_conversation_remove_async);
  if (workspace == NULL)
    {
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
      return;
    }
  atrium_store_run_task (atrium_workspace_get_database (workspace), STORE_ACCESS_WRITE, task, remove_work,
                         g_memdup2 (&id, sizeof id), g_free, NULL);
}

typedef struct
{
  gint64      conversation;
  StoreQuery *query;
  guint       limit;
  GPtrArray  *hits;       /* StoreHit */
  GPtrArray  *rows;       /* AtriumRow */
} Find;

static void
find_free (gpointer data)
{
  Find *find = data;

  g_clear_pointer (&find->query, store_query_free);
  g_clear_pointer (&find->hits, g_ptr_array_unref);
  g_clear_pointer (&find->rows, g_ptr_array_unref);
  g_free (find);
}

static gboolean
find_work (StoreTransaction  *tx,
           gpointer           data,
           GError           **error)
{
  Find *find = data;

  find->hits = store_search_messages (tx, find->query, G_MAXINT64, find->limit, error);
  if (find->hits == NULL)
    return FALSE;
  find->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) atrium_row_free);
  for (guint i = 0; i < find->hits->len; i++)
    g_ptr_array_add (find->rows, atrium_row_new (tx, ((StoreHit *) g_ptr_array_index (find->hits, i))->message));

  return TRUE;
}

AtriumSearchHit *
atrium_search_hit_new_for_row (AtriumWorkspace *workspace,
                               const StoreHit  *from,
                               const AtriumRow *row)
{
  AtriumSearchHit *hit = atrium_search_hit_new ();
  g_autoptr (AtriumMessage) message = atrium_workspace_ensure_message (workspace, row);
  AtriumConversation *conversation = atrium_workspace_find_by_id (workspace, row->message->conversation);
  g_autoptr (GArray) pairs = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autoptr (GBytes) ranges = NULL;

  for (guint i = 0; from->ranges != NULL && i < from->ranges->len; i++)
    {
      const StoreRange *range = &g_array_index (from->ranges, StoreRange, i);
      guint32 pair[] = { range->start, range->end - range->start };

      g_array_append_vals (pairs, pair, 2);
    }
  ranges = g_bytes_new (pairs->data, pairs->len * sizeof (guint32));
  atrium_search_hit_set_kind (hit, ATRIUM_SEARCH_MESSAGE);
  atrium_search_hit_set_id (hit, row->message->id);
  atrium_search_hit_set_address (hit, conversation != NULL ? atrium_conversation_get_address (conversation) : NULL);
  atrium_search_hit_set_title (hit, conversation != NULL ? atrium_conversation_get_name (conversation) : NULL);
  atrium_search_hit_set_author (hit, atrium_message_get_author_name (message));
  atrium_search_hit_set_snippet (hit, from->snippet);
  atrium_search_hit_set_ranges (hit, ranges);
  atrium_search_hit_set_time (hit, row->message->time);
  atrium_search_hit_set_message (hit, message);

  return hit;
}

static void
on_found (GTask    *task,
          gpointer  data)
{
  AtriumConversation *self = g_task_get_source_object (task);
  AtriumWorkspace *workspace = atrium_conversation_get_workspace (self);
  GListStore *hits = g_list_store_new (ATRIUM_TYPE_SEARCH_HIT);
  Find *find = data;

  for (guint i = 0; workspace != NULL && i < find->hits->len; i++)
    {
      g_autoptr (AtriumSearchHit) hit = atrium_search_hit_new_for_row (workspace, g_ptr_array_index (find->hits, i), g_ptr_array_index (find->rows, i));

      g_list_store_append (hits, hit);
    }
  g_task_return_pointer (task, hits, g_object_unref);
}

void
atrium_conversation_find_async (AtriumConversation  *self,
                                const char          *query,
                                guint                limit,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  AtriumWorkspace *workspace = atrium_conversation_get_workspace (self);
  Find *find = g_new0 (Find, 1);

  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));

  g_task_set_source_tag (task, atrium_conversation_find_async);
  find->query = store_query_parse (query);
  store_query_set_conversation (find->query, atrium_conversation_get_id (self));
  find->limit = limit > 0 ? MIN (limit, 200) : 50;
  if (workspace == NULL)
    {
      find_free (find);
      g_task_return_new_error (task, ATRIUM_ERROR, ATRIUM_ERROR_FAILED, _("The profile is closed."));
      g_object_unref (task);
      return;
    }
  atrium_store_run_task (atrium_workspace_get_database (workspace), STORE_ACCESS_READ, task, find_work, find, find_free, on_found);
}

GListModel *
atrium_conversation_find_finish (AtriumConversation  *self,
                                 GAsyncResult        *result,
                                 GError             **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static gboolean
list_files_work (StoreTransaction  *tx,
                 gpointer           data,
                 GError           **error)
{
  Find *find = data;
  g_autoptr (GPtrArray) messages = store_message_list_with_files (tx, find->conversation, G_MAXINT64, find->limit, error);

  if (messages == NULL)
    return FALSE;
  find->rows = atrium_rows_new (tx, messages);

  return TRUE;
}

static void
on_files_listed (GTask    *task,
                 gpointer  data)
{
  AtriumConversation *self = g_task_get_source_object (task);
  AtriumWorkspace *workspace = atrium_conversation_get_workspace (self);
  GListStore *all = g_list_store_new (ATRIUM_TYPE_FILE);
  Find *find = data;

  for (guint i = 0; workspace != NULL && i < find->rows->len; i++)
    {
      g_autoptr (AtriumMessage) message = atrium_workspace_ensure_message (workspace, g_ptr_array_index (find->rows, i));
      GListModel *files = atrium_message_get_files (message);

      for (guint j = 0; j < g_list_model_get_n_items (files); j++)
        {
          g_autoptr (AtriumFile) file = g_list_model_get_item (files, j);

          g_list_store_append (all, file);
        }
    }
  g_task_return_pointer (task, all, g_object_unref);
}

void
atrium_conversation_list_files_async (AtriumConversation  *self,
                                      guint                limit,
                                      GCancellable        *cancellable,
                                      GAsyncReadyCallback  callback,
                                      gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  AtriumWorkspace *workspace = atrium_conversation_get_workspace (self);
  Find *find;

  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));

  g_task_set_source_tag (task, atrium_conversation_list_files_async);
  if (workspace == NULL)
    {
      g_task_return_new_error (task, ATRIUM_ERROR, ATRIUM_ERROR_FAILED, _("The profile is closed."));
      g_object_unref (task);
      return;
    }
  find = g_new0 (Find, 1);
  find->conversation = atrium_conversation_get_id (self);
  find->limit = limit > 0 ? MIN (limit, 500) : 100;
  atrium_store_run_task (atrium_workspace_get_database (workspace), STORE_ACCESS_READ, task, list_files_work, find, find_free, on_files_listed);
}

GListModel *
atrium_conversation_list_files_finish (AtriumConversation  *self,
                                       GAsyncResult        *result,
                                       GError             **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
