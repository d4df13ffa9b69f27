/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium"

#include "config.h"

#include "workspace/workspace-private.h"

#include "workspace/account/session.h"
#include "workspace/chat/conversation-private.h"
#include "workspace/chat/extra.h"
#include "workspace/outbox/entry-kind.h"
#include "workspace/outbox/sender-private.h"
#include "workspace/search/search-hit-private.h"
#include "workspace/store-task.h"
#include "workspace/sync/history.h"
#include "workspace/sync/rooms.h"
#include "xmpp/jid.h"
#include "xmpp/muc-config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static GTask *
begin (AtriumWorkspace     *self,
       gpointer             tag,
       GCancellable        *cancellable,
       GAsyncReadyCallback  callback,
       gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, tag);
  if (atrium_workspace_get_database (self) != NULL)
    return task;
  g_task_return_new_error (task, ATRIUM_ERROR, ATRIUM_ERROR_FAILED, _("The profile is closed."));
  g_object_unref (task);

  return NULL;
}

/* People. */

typedef struct
{
  char                  *address;
  char                  *name;
  char                  *nick;
  StoreConversationKind  kind;
  gboolean               bookmark;
  StoreConversation     *row;
} Ensure;

static void
ensure_free (gpointer data)
{
  Ensure *ensure = data;

  g_clear_pointer (&ensure->row, store_conversation_unref);
  g_free (ensure->address);
  g_free (ensure->name);
  g_free (ensure->nick);
  g_free (ensure);
}

static gboolean
bookmark (StoreTransaction  *tx,
          Ensure            *ensure,
          GError           **error)
{
  g_autoptr (StoreRoom) room = store_room_load (tx, ensure->address, NULL);
  g_autoptr (JsonObject) payload = json_object_new ();
  g_autofree char *lane = g_strdup_printf ("room:%s", ensure->address);
  g_autofree char *json = NULL;

  if (room == NULL)
    room = store_room_new (ensure->address);
  room->autojoin = room->bookmarked = TRUE;
  if (ensure->name != NULL)
    {
      g_free (room->name);
      room->name = g_strdup (ensure->name);
    }
  if (ensure->nick != NULL)
    {
      g_free (room->nick);
      room->nick = g_strdup (ensure->nick);
    }
  json_object_set_string_member (payload, "verb", "bookmark");
  if (room->name != NULL)
    json_object_set_string_member (payload, "name", room->name);
  if (room->nick != NULL)
    json_object_set_string_member (payload, "nick", room->nick);
  json = atrium_json_to_text (g_steal_pointer (&payload));

  return store_room_save (tx, room, error) &&
         atrium_entry_add (tx, ATRIUM_ENTRY_ROOM, ensure->address, lane, NULL, json, 0, 0, error) != 0;
}

static gboolean
ensure_work (StoreTransaction  *tx,
             gpointer           data,
             GError           **error)
{
  Ensure *ensure = data;
  gint64 id;

  if (!store_conversation_ensure (tx, ensure->address, ensure->kind, &id, error))
    return FALSE;
  if (ensure->name != NULL && !store_conversation_set_name (tx, id, ensure->name, error))
    return FALSE;
  if (ensure->bookmark && (!bookmark (tx, ensure, error) || !store_conversation_set_archived (tx, id, FALSE, error)))
    return FALSE;
  ensure->row = store_conversation_load (tx, id, error);

  return ensure->row != NULL;
}

static void
on_ensured (GTask    *task,
            gpointer  data)
{
  AtriumWorkspace *self = g_task_get_source_object (task);
  Ensure *ensure = data;

  g_task_return_pointer (task, g_object_ref (atrium_workspace_apply_conversation (self, ensure->row)), g_object_unref);
}

void
atrium_workspace_open_person_async (AtriumWorkspace     *self,
                                    const char          *address,
                                    GCancellable        *cancellable,
                                    GAsyncReadyCallback  callback,
                                    gpointer             user_data)
{
  g_autofree char *prepared = NULL;
  Ensure *ensure;
  GTask *task;

  g_return_if_fail (ATRIUM_IS_WORKSPACE (self));

  task = begin (self, atrium_workspace_open_person_async, cancellable, callback, user_data);
  if (task == NULL)
    return;
  prepared = address != NULL ? xmpp_jid_prepare (address, NULL) : NULL;
  if (prepared == NULL || strchr (prepared, '@') == NULL)
    {
      g_task_return_new_error (task, ATRIUM_ERROR, ATRIUM_ERROR_INVALID, _("“%s” is not an address. It looks like name@company."), address);
      g_object_unref (task);
      return;
    }

  ensure = g_new0 (Ensure, 1);
  ensure->address = xmpp_jid_dup_bare (prepared);
  ensure->kind = STORE_CONVERSATION_PERSON;
  atrium_store_run_task (atrium_workspace_get_database (self), STORE_ACCESS_WRITE, task, ensure_work, ensure, ensure_free, on_ensured);
}

AtriumConversation *
atrium_workspace_open_person_finish (AtriumWorkspace  *self,
                                     GAsyncResult     *result,
                                     GError          **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* Rooms. */

static AtriumSession *
get_online (AtriumWorkspace *self,
            GTask           *task)
{
  AtriumSession *session = atrium_workspace_get_session (self);

  if (session != NULL && atrium_session_is_online (session))
    return session;
  if (session == NULL && atrium_workspace_is_online_elsewhere (self))
    g_task_return_new_error (task, ATRIUM_ERROR, ATRIUM_ERROR_BUSY, _("Another program on this profile is online. Do it there."));
  else
    g_task_return_new_error (task, ATRIUM_ERROR, ATRIUM_ERROR_OFFLINE, _("This needs the server, and there is no connection."));
  g_object_unref (task);

  return NULL;
}

typedef struct
{
  char            *name;
  char            *address;
  char            *nick;
  char           **members;
  AtriumRoomFlags  flags;
  guint            next;
} MakeRoom;

static void
make_room_free (gpointer data)
{
  MakeRoom *make = data;

  g_free (make->name);
  g_free (make->address);
  g_free (make->nick);
  g_strfreev (make->members);
  g_free (make);
}

static void
return_stanza_error (GTask  *task,
                     GError *error)
{
  gboolean retry;
  g_autofree char *text = atrium_stanza_error_to_text (error, &retry);

  g_task_return_new_error (task, ATRIUM_ERROR, ATRIUM_ERROR_REFUSED, "%s", text);
  g_error_free (error);
}

static void
remember_room (GTask *task)     /* (transfer full) */
{
  AtriumWorkspace *self = g_task_get_source_object (task);
  MakeRoom *make = g_task_get_task_data (task);
  Ensure *ensure = g_new0 (Ensure, 1);

  ensure->address = g_strdup (make->address);
  ensure->name = g_strdup (make->name);
  ensure->nick = g_strdup (make->nick);
  ensure->kind = STORE_CONVERSATION_ROOM;
  ensure->bookmark = TRUE;
  atrium_store_run_task (atrium_workspace_get_database (self), STORE_ACCESS_WRITE, task, ensure_work, ensure, ensure_free, on_ensured);
}

static void
on_invited (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;

  atrium_conversation_invite_finish (ATRIUM_CONVERSATION (source), result, NULL);
  g_task_return_pointer (task, g_object_ref (source), g_object_unref);
}

static void
on_new_room_ensured (GTask    *task,
                     gpointer  data)
{
  AtriumWorkspace *self = g_task_get_source_object (task);
  MakeRoom *make = g_task_get_task_data (task);
  Ensure *ensure = data;
  AtriumConversation *conversation = atrium_workspace_apply_conversation (self, ensure->row);

  if (make->members != NULL && make->members[0] != NULL)
    atrium_conversation_invite_async (conversation, (const char * const *) make->members, NULL, NULL, on_invited, g_object_ref (task));
  else
    g_task_return_pointer (task, g_object_ref (conversation), g_object_unref);
}

static void
on_room_configured (GObject      *source,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  AtriumWorkspace *self = g_task_get_source_object (task);
  MakeRoom *make = g_task_get_task_data (task);
  GError *error = NULL;
  Ensure *ensure;

  if (!xmpp_muc_config_apply_finish (XMPP_CLIENT (source), result, &error))
    {
      return_stanza_error (task, error);
      return;
    }
  ensure = g_new0 (Ensure, 1);
  ensure->address = g_strdup (make->address);
  ensure->name = g_strdup (make->name);
  ensure->kind = STORE_CONVERSATION_ROOM;
  ensure->bookmark = TRUE;
  atrium_store_run_task (atrium_workspace_get_database (self), STORE_ACCESS_WRITE, g_steal_pointer (&task), ensure_work, ensure,
                         ensure_free, on_new_room_ensured);
}

static void
on_room_made (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  AtriumWorkspace *self = g_task_get_source_object (task);
  MakeRoom *make = g_task_get_task_data (task);
  AtriumSession *session = atrium_workspace_get_session (self);
  XmppMucConfig config = { 0 };
  GError *error = NULL;

  if (!xmpp_muc_room_join_finish (XMPP_MUC_ROOM (source), result, &error))
    {
      return_stanza_error (task, error);
      return;
    }
  if (session == NULL)
    {
      g_task_return_new_error (task, ATRIUM_ERROR, ATRIUM_ERROR_OFFLINE, _("The connection was closed."));
      return;
    }
  if (make->flags & ATRIUM_ROOM_PRIVATE)
    {
      xmpp_muc_config_init_team (&config, make->name);
    }
  else
    {
      config.name = make->name;
      config.persistent = config.archived = config.non_anonymous = XMPP_MUC_YES;
      config.members_only = config.hidden = XMPP_MUC_NO;
    }
  config.members_invite = XMPP_MUC_YES;
  xmpp_muc_config_apply_async (atrium_session_get_client (session), make->address, &config, NULL, on_room_configured, g_steal_pointer (&task));
}

/* "Project Ärger 7" → "project-arger-7", with a few random letters: the address says nothing and collides with nothing. */
static char *
dup_room_local (const char *name)
{
  g_autofree char *ascii = g_str_to_ascii (name, "C");
  g_autoptr (GString) local = g_string_new (NULL);
  g_autofree char *uuid = g_uuid_string_random ();

  for (const char *p = ascii; *p != '\0' && local->len < 40; p++)
    {
      if (g_ascii_isalnum (*p))
        g_string_append_c (local, g_ascii_tolower (*p));
      else if (local->len > 0 && local->str[local->len - 1] != '-')
        g_string_append_c (local, '-');
    }
  if (local->len > 0 && local->str[local->len - 1] != '-')
    g_string_append_c (local, '-');
  g_string_append_len (local, uuid, 8);

  return g_string_free (g_steal_pointer (&local), FALSE);
}

static void
on_service_found (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  AtriumWorkspace *self = g_task_get_source_object (task);
  MakeRoom *make = g_task_get_task_data (task);
  AtriumSession *session = atrium_workspace_get_session (self);
  GError *error = NULL;
  g_auto (GStrv) services = xmpp_disco_find_finish (XMPP_DISCO (source), result, &error);
  g_autofree char *local = NULL;
  g_autofree char *nick = NULL;
  XmppRoomJoin join = { 0 };
  XmppMucRoom *room;

  if (services == NULL)
    {
      return_stanza_error (task, error);
      return;
    }
  if (services[0] == NULL || session == NULL)
    {
      g_task_return_new_error (task, ATRIUM_ERROR, ATRIUM_ERROR_UNSUPPORTED, _("This server has no rooms."));
      return;
    }

  local = dup_room_local (make->name);
  make->address = g_strdup_printf ("%s@%s", local, services[0]);
  nick = atrium_session_dup_nick (session);
  join.nick = nick;
  join.create = TRUE;
  room = xmpp_muc_ensure_room (atrium_session_get_muc (session), make->address);
  atrium_rooms_follow (atrium_session_get_rooms (session), room);
  xmpp_muc_room_join_async (room, &join, NULL, on_room_made, g_steal_pointer (&task));
}

void
atrium_workspace_create_room_async (AtriumWorkspace     *self,
                                    const char          *name,
                                    AtriumRoomFlags      flags,
                                    const char * const  *members,
                                    GCancellable        *cancellable,
                                    GAsyncReadyCallback  callback,
                                    gpointer             user_data)
{
  AtriumSession *session;
  MakeRoom *make;
  GTask *task;

  g_return_if_fail (ATRIUM_IS_WORKSPACE (self));

  task = begin (self, atrium_workspace_create_room_async, cancellable, callback, user_data);
  if (task == NULL)
    return;
  if (name == NULL || *name == '\0' || strlen (name) > 200)
    {
      g_task_return_new_error (task, ATRIUM_ERROR, ATRIUM_ERROR_INVALID, _("Give the room a name of at most 200 bytes."));
      g_object_unref (task);
      return;
    }
  session = get_online (self, task);
  if (session == NULL)
    return;

  make = g_new0 (MakeRoom, 1);
  make->name = g_strdup (name);
  make->flags = flags;
  make->members = g_strdupv ((char **) members);
  g_task_set_task_data (task, make, make_room_free);
  xmpp_disco_find_async (atrium_session_get_disco (session), XMPP_NS_MUC, "conference", "text", cancellable, on_service_found, task);
}

AtriumConversation *
atrium_workspace_create_room_finish (AtriumWorkspace  *self,
                                     GAsyncResult     *result,
                                     GError          **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
on_room_joined (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (xmpp_muc_room_join_finish (XMPP_MUC_ROOM (source), result, &error))
    remember_room (g_steal_pointer (&task));
  else
    return_stanza_error (task, error);
}

void
atrium_workspace_join_room_async (AtriumWorkspace     *self,
                                  const char          *address,
                                  const char          *nick,
                                  GCancellable        *cancellable,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data)
{
  g_autofree char *prepared = NULL;
  g_autofree char *usual = NULL;
  AtriumSession *session;
  XmppRoomJoin join = { 0 };
  XmppMucRoom *room;
  MakeRoom *make;
  GTask *task;

  g_return_if_fail (ATRIUM_IS_WORKSPACE (self));

  task = begin (self, atrium_workspace_join_room_async, cancellable, callback, user_data);
  if (task == NULL)
    return;
  prepared = address != NULL ? xmpp_jid_prepare (address, NULL) : NULL;
  if (prepared == NULL || !xmpp_jid_is_bare (prepared) || strchr (prepared, '@') == NULL)
    {
      g_task_return_new_error (task, ATRIUM_ERROR, ATRIUM_ERROR_INVALID, _("“%s” is not the address of a room."), address);
      g_object_unref (task);
      return;
    }
  session = get_online (self, task);
  if (session == NULL)
    return;

  make = g_new0 (MakeRoom, 1);
  make->address = g_strdup (prepared);
  make->nick = g_strdup (nick);
  g_task_set_task_data (task, make, make_room_free);
  usual = atrium_session_dup_nick (session);
  join.nick = nick != NULL ? nick : usual;
  join.other_nick = TRUE;
  room = xmpp_muc_ensure_room (atrium_session_get_muc (session), prepared);
  atrium_rooms_follow (atrium_session_get_rooms (session), room);
  if (xmpp_muc_room_get_state (room) == XMPP_ROOM_JOINED)
    remember_room (task);
  else
    xmpp_muc_room_join_async (room, &join, cancellable, on_room_joined, task);
}

AtriumConversation *
atrium_workspace_join_room_finish (AtriumWorkspace  *self,
                                   GAsyncResult     *result,
                                   GError          **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
on_rooms_listed (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (GPtrArray) rooms = xmpp_muc_list_finish (XMPP_MUC (source), result, &error);
  GListStore *hits;

  if (rooms == NULL)
    {
      return_stanza_error (task, error);
      return;
    }
  hits = g_list_store_new (ATRIUM_TYPE_SEARCH_HIT);
  for (guint i = 0; i < rooms->len; i++)
    {
      XmppMucListed *room = g_ptr_array_index (rooms, i);
      g_autoptr (AtriumSearchHit) hit = atrium_search_hit_new ();

      atrium_search_hit_set_kind (hit, ATRIUM_SEARCH_ROOM);
      atrium_search_hit_set_address (hit, room->address);
      atrium_search_hit_set_title (hit, room->name != NULL ? room->name : room->address);
      g_list_store_append (hits, hit);
    }
  g_task_return_pointer (task, hits, g_object_unref);
}

static void
on_list_service_found (GObject      *source,
                       GAsyncResult *result,
                       gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  AtriumWorkspace *self = g_task_get_source_object (task);
  AtriumSession *session = atrium_workspace_get_session (self);
  GError *error = NULL;
  g_auto (GStrv) services = xmpp_disco_find_finish (XMPP_DISCO (source), result, &error);

  if (services == NULL)
    return_stanza_error (task, error);
  else if (services[0] == NULL || session == NULL)
    g_task_return_new_error (task, ATRIUM_ERROR, ATRIUM_ERROR_UNSUPPORTED, _("This server has no rooms."));
  else
    xmpp_muc_list_async (atrium_session_get_muc (session), services[0], NULL, on_rooms_listed, g_steal_pointer (&task));
}

void
atrium_workspace_list_rooms_async (AtriumWorkspace     *self,
                                   GCancellable        *cancellable,
                                   GAsyncReadyCallback  callback,
                                   gpointer             user_data)
{
  AtriumSession *session;
  GTask *task;

  g_return_if_fail (ATRIUM_IS_WORKSPACE (self));

  task = begin (self, atrium_workspace_list_rooms_async, cancellable, callback, user_data);
  session = task != NULL ? get_online (self, task) : NULL;
  if (session != NULL)
    xmpp_disco_find_async (atrium_session_get_disco (session), XMPP_NS_MUC, "conference", "text", cancellable, on_list_service_found, task);
}

GListModel *
atrium_workspace_list_rooms_finish (AtriumWorkspace  *self,
                                    GAsyncResult     *result,
                                    GError          **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* Search. */

typedef struct
{
  char              *text;
  AtriumSearchFlags  flags;
  guint              limit;
  StoreQuery        *query;
  GPtrArray         *hits;
  GPtrArray         *rows;
} Search;

static void
search_free (gpointer data)
{
  Search *search = data;

  g_clear_pointer (&search->query, store_query_free);
  g_clear_pointer (&search->hits, g_ptr_array_unref);
  g_clear_pointer (&search->rows, g_ptr_array_unref);
  g_free (search->text);
  g_free (search);
}

static gboolean
search_work (StoreTransaction  *tx,
             gpointer           data,
             GError           **error)
{
  Search *search = data;

  if ((search->flags & ATRIUM_SEARCH_IN_MESSAGES) == 0 || store_query_is_empty (search->query))
    return TRUE;
  search->hits = store_search_messages (tx, search->query, G_MAXINT64, search->limit, error);
  if (search->hits == NULL)
    return FALSE;
  search->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) atrium_row_free);
  for (guint i = 0; i < search->hits->len; i++)
    g_ptr_array_add (search->rows, atrium_row_new (tx, ((StoreHit *) g_ptr_array_index (search->hits, i))->message));

  return TRUE;
}

static void
add_people (AtriumWorkspace *self,
            Search          *search,
            GListStore      *hits)
{
  g_autoptr (GListModel) people = atrium_directory_search (atrium_workspace_get_directory (self), search->text);

  for (guint i = 0; i < MIN (g_list_model_get_n_items (people), search->limit); i++)
    {
      g_autoptr (AtriumPerson) person = g_list_model_get_item (people, i);
      g_autoptr (AtriumSearchHit) hit = atrium_search_hit_new ();

      atrium_search_hit_set_kind (hit, ATRIUM_SEARCH_PERSON);
      atrium_search_hit_set_address (hit, atrium_person_get_address (person));
      atrium_search_hit_set_title (hit, atrium_person_get_name (person));
      atrium_search_hit_set_snippet (hit, atrium_person_get_match_hint (person));
      atrium_search_hit_set_person (hit, person);
      g_list_store_append (hits, hit);
    }
}

static void
add_rooms (AtriumWorkspace *self,
           Search          *search,
           GListStore      *hits)
{
  GListModel *conversations = atrium_workspace_get_conversations (self);
  g_autofree char *folded = g_utf8_casefold (search->text, -1);

  for (guint i = 0; i < g_list_model_get_n_items (conversations); i++)
    {
      g_autoptr (AtriumConversation) conversation = g_list_model_get_item (conversations, i);
      g_autofree char *name = g_utf8_casefold (atrium_conversation_get_name (conversation), -1);
      g_autoptr (AtriumSearchHit) hit = NULL;

      if (atrium_conversation_get_kind (conversation) != ATRIUM_CONVERSATION_ROOM || strstr (name, folded) == NULL)
        continue;
      hit = atrium_search_hit_new ();
      atrium_search_hit_set_kind (hit, ATRIUM_SEARCH_ROOM);
      atrium_search_hit_set_address (hit, atrium_conversation_get_address (conversation));
      atrium_search_hit_set_title (hit, atrium_conversation_get_name (conversation));
      atrium_search_hit_set_snippet (hit, atrium_conversation_get_subtitle (conversation));
      g_list_store_append (hits, hit);
    }
}

static void
on_searched (GTask    *task,
             gpointer  data)
{
  AtriumWorkspace *self = g_task_get_source_object (task);
  GListStore *hits = g_list_store_new (ATRIUM_TYPE_SEARCH_HIT);
  Search *search = data;

  if (search->flags & ATRIUM_SEARCH_IN_PEOPLE)
    add_people (self, search, hits);
  if (search->flags & ATRIUM_SEARCH_IN_ROOMS)
    add_rooms (self, search, hits);
  for (guint i = 0; search->hits != NULL && i < search->hits->len; i++)
    {
      g_autoptr (AtriumSearchHit) hit = atrium_search_hit_new_for_row (self, g_ptr_array_index (search->hits, i), g_ptr_array_index (search->rows, i));

      g_list_store_append (hits, hit);
    }
  g_task_return_pointer (task, hits, g_object_unref);
}

void
atrium_workspace_search_async (AtriumWorkspace     *self,
                               const char          *query,
                               AtriumSearchFlags    flags,
                               guint                limit,
                               GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  Search *search;
  GTask *task;

  g_return_if_fail (ATRIUM_IS_WORKSPACE (self));
  g_return_if_fail (query != NULL);

  task = begin (self, atrium_workspace_search_async, cancellable, callback, user_data);
  if (task == NULL)
    return;
  search = g_new0 (Search, 1);
  search->text = g_strstrip (g_utf8_make_valid (query, -1));
  search->flags = flags;
  search->limit = limit > 0 ? MIN (limit, 200) : 50;
  search->query = store_query_parse (search->text);
  atrium_store_run_task (atrium_workspace_get_database (self), STORE_ACCESS_READ, task, search_work, search, search_free, on_searched);
}

GListModel *
atrium_workspace_search_finish (AtriumWorkspace  *self,
                                GAsyncResult     *result,
                                GError          **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* Single messages and pages of them. */

typedef struct
{
  gint64     id;
  char      *address;
  gint64     before;
  guint      limit;
  GPtrArray *rows;
} Load;

static void
load_free (gpointer data)
{
  Load *load = data;

  g_clear_pointer (&load->rows, g_ptr_array_unref);
  g_free (load->address);
  g_free (load);
}

static gboolean
load_message_work (StoreTransaction  *tx,
                   gpointer           data,
                   GError           **error)
{
  Load *load = data;
  g_autoptr (StoreMessage) message = store_message_load (tx, load->id, error);

  if (message == NULL)
    return FALSE;
  load->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) atrium_row_free);
  g_ptr_array_add (load->rows, atrium_row_new (tx, message));

  return TRUE;
}

static void
on_message_loaded (GTask    *task,
                   gpointer  data)
{
  Load *load = data;

  g_task_return_pointer (task, atrium_workspace_ensure_message (g_task_get_source_object (task), g_ptr_array_index (load->rows, 0)), g_object_unref);
}

void
atrium_workspace_load_message_async (AtriumWorkspace     *self,
                                     gint64               id,
                                     GCancellable        *cancellable,
                                     GAsyncReadyCallback  callback,
                                     gpointer             user_data)
{
  Load *load;
  GTask *task;

  g_return_if_fail (ATRIUM_IS_WORKSPACE (self));

  task = begin (self, atrium_workspace_load_message_async, cancellable, callback, user_data);
  if (task == NULL)
    return;
  load = g_new0 (Load, 1);
  load->id = id;
  atrium_store_run_task (atrium_workspace_get_database (self), STORE_ACCESS_READ, task, load_message_work, load, load_free, on_message_loaded);
}

AtriumMessage *
atrium_workspace_load_message_finish (AtriumWorkspace  *self,
                                      GAsyncResult     *result,
                                      GError          **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static gboolean
load_messages_work (StoreTransaction  *tx,
                    gpointer           data,
                    GError           **error)
{
  Load *load = data;
  g_autoptr (StoreConversation) conversation = store_conversation_find (tx, load->address, error);
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify) store_message_unref);
  gint64 key = G_MAXINT64;

  if (conversation == NULL)
    return FALSE;
  if (load->before != 0)
    {
      g_autoptr (StoreMessage) before = store_message_load (tx, load->before, error);

      if (before == NULL)
        return FALSE;
      key = before->order_key;
    }
  while (all->len < load->limit)
    {
      guint want = MIN (load->limit - all->len, 500);
      g_autoptr (GPtrArray) page = store_message_list_before (tx, conversation->id, key, want, error);

      if (page == NULL)
        return FALSE;
      for (guint i = page->len; i > 0; i--)
        g_ptr_array_add (all, store_message_ref (g_ptr_array_index (page, i - 1)));
      if (page->len < want)
        break;
      key = ((StoreMessage *) g_ptr_array_index (page, 0))->order_key;
    }
  load->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) atrium_row_free);
  for (guint i = all->len; i > 0; i--)
    g_ptr_array_add (load->rows, atrium_row_new (tx, g_ptr_array_index (all, i - 1)));

  return TRUE;
}

static void
on_messages_loaded (GTask    *task,
                    gpointer  data)
{
  GListStore *messages = g_list_store_new (ATRIUM_TYPE_MESSAGE);
  Load *load = data;

  for (guint i = 0; i < load->rows->len; i++)
    {
      g_autoptr (AtriumMessage) message = atrium_workspace_ensure_message (g_task_get_source_object (task), g_ptr_array_index (load->rows, i));

      g_list_store_append (messages, message);
    }
  g_task_return_pointer (task, messages, g_object_unref);
}

void
atrium_workspace_load_messages_async (AtriumWorkspace     *self,
                                      const char          *address,
                                      gint64               before,
                                      guint                limit,
                                      GCancellable        *cancellable,
                                      GAsyncReadyCallback  callback,
                                      gpointer             user_data)
{
  Load *load;
  GTask *task;

  g_return_if_fail (ATRIUM_IS_WORKSPACE (self));

  task = begin (self, atrium_workspace_load_messages_async, cancellable, callback, user_data);
  if (task == NULL)
    return;
  load = g_new0 (Load, 1);
  load->address = g_strdup (address);
  load->before = before;
  load->limit = limit > 0 ? limit : 50;
  atrium_store_run_task (atrium_workspace_get_database (self), STORE_ACCESS_READ, task, load_messages_work, load, load_free, on_messages_loaded);
}

GListModel *
atrium_workspace_load_messages_finish (AtriumWorkspace  *self,
                                       GAsyncResult     *result,
                                       GError          **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* Settling. */

typedef struct
{
  AtriumOutbox *outbox;
  gulong        account_handler;
  gulong        outbox_handler;
  gulong        session_handler;
  AtriumSession *session;
} Sync;

static void
sync_free (gpointer data)
{
  g_free (data);
}

static gboolean
is_outbox_settled (AtriumOutbox *outbox)
{
  return atrium_outbox_get_count (outbox) == atrium_outbox_get_failed (outbox);
}

static void
end_sync (GTask  *task,
          GError *error)
{
  AtriumWorkspace *self = g_task_get_source_object (task);
  Sync *sync = g_task_get_task_data (task);

  g_clear_signal_handler (&sync->account_handler, atrium_workspace_get_account (self));
  g_clear_signal_handler (&sync->outbox_handler, atrium_workspace_get_outbox (self));
  if (sync->session != NULL)
    g_clear_signal_handler (&sync->session_handler, sync->session);
  g_clear_object (&sync->session);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

static void
on_sync_flushed (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  GTask *task = user_data;

  atrium_inbox_flush_finish (ATRIUM_INBOX (source), result, NULL);
  end_sync (task, NULL);
}

static void
check_sync (GTask *task)
{
  AtriumWorkspace *self = g_task_get_source_object (task);
  Sync *sync = g_task_get_task_data (task);
  AtriumSession *session = atrium_workspace_get_session (self);
  AtriumAccount *account = atrium_workspace_get_account (self);

  if (g_task_get_completed (task) || sync->outbox_handler == 0)
    return;
  if (atrium_account_get_problem_final (account))
    {
      end_sync (task, g_error_new (ATRIUM_ERROR, ATRIUM_ERROR_REFUSED, "%s", atrium_account_get_problem (account)));
      return;
    }
  if (session == NULL || !atrium_session_is_settled (session) || !is_outbox_settled (atrium_workspace_get_outbox (self)))
    return;

  g_clear_signal_handler (&sync->outbox_handler, atrium_workspace_get_outbox (self));
  atrium_inbox_flush_async (atrium_session_get_inbox (session), on_sync_flushed, task);
}

static void
on_sync_changed (GObject    *object,
                 GParamSpec *pspec,
                 GTask      *task)
{
  check_sync (task);
}

static void
on_sync_settled (AtriumSession *session,
                 GTask         *task)
{
  check_sync (task);
}

void
atrium_workspace_sync_async (AtriumWorkspace     *self,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  GTask *task;
  Sync *sync;

  g_return_if_fail (ATRIUM_IS_WORKSPACE (self));

  task = begin (self, atrium_workspace_sync_async, cancellable, callback, user_data);
  if (task == NULL)
    return;
  if (atrium_account_get_address (atrium_workspace_get_account (self)) == NULL)
    {
      g_task_return_new_error (task, ATRIUM_ERROR, ATRIUM_ERROR_NOT_SIGNED_IN, _("This needs an account."));
      g_object_unref (task);
      return;
    }
  sync = g_new0 (Sync, 1);
  g_task_set_task_data (task, sync, sync_free);
  sync->outbox_handler = g_signal_connect (atrium_workspace_get_outbox (self), "notify::count", G_CALLBACK (on_sync_changed), task);
  sync->account_handler = g_signal_connect (atrium_workspace_get_account (self), "notify", G_CALLBACK (on_sync_changed), task);
  if (atrium_workspace_get_session (self) != NULL)
    {
      sync->session = g_object_ref (atrium_workspace_get_session (self));
      sync->session_handler = g_signal_connect (sync->session, "settled", G_CALLBACK (on_sync_settled), task);
    }
  else
    {
      end_sync (task, g_error_new_literal (ATRIUM_ERROR, ATRIUM_ERROR_BUSY, _("Another program on this profile is online; it does this by itself.")));
      return;
    }
  check_sync (task);
}

gboolean
atrium_workspace_sync_finish (AtriumWorkspace  *self,
                              GAsyncResult     *result,
                              GError          **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
