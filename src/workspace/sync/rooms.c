/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium"

#include "config.h"

#include "workspace/sync/rooms.h"

#include "workspace/account/account-private.h"
#include "workspace/chat/conversation-private.h"
#include "workspace/chat/member-private.h"
#include "workspace/outbox/sender-private.h"
#include "workspace/people/directory-private.h"
#include "workspace/store-task.h"
#include "workspace/sync/history.h"
#include "xmpp/hats.h"

#include <glib/gi18n-lib.h>

/* The list of rooms is waited for this long before the look at the server counts as complete. */
#define BOOKMARKS_SECONDS 15

struct _AtriumRooms
{
  GObject parent_instance;

  AtriumWorkspace *workspace;   /* borrowed; NULL when detached */
  AtriumSession *session;       /* borrowed: owns us */
  GHashTable *followed;         /* address → borrowed XmppMucRoom */
  GHashTable *stale;            /* addresses whose member lists are to be rebuilt */
  guint rebuild;
  guint bookmarks_timer;        /* how long bookmarks are waited for; a server may have none */
};

G_DEFINE_FINAL_TYPE (AtriumRooms, atrium_rooms, G_TYPE_OBJECT)

/* What is known of a room, on disk. */

typedef struct
{
  char     *address;
  char     *name;           /* NULL: leave */
  char     *subject;        /* NULL: leave */
  char     *nick;           /* NULL: leave */
  char     *password;       /* NULL: leave */
  int       bookmarked;     /* −1: leave */
  int       autojoin;
  gint64    conversation;   /* out */
} RoomNote;

static void
room_note_free (gpointer data)
{
  RoomNote *note = data;

  g_free (note->address);
  g_free (note->name);
  g_free (note->subject);
  g_free (note->nick);
  g_free (note->password);
  g_free (note);
}

static void
replace (char       **field,
         const char  *value)
{
  if (value == NULL)
    return;
  g_free (*field);
  *field = g_strdup (value);
}

static gboolean
room_note_work (StoreTransaction  *tx,
                gpointer           data,
                GError           **error)
{
  RoomNote *note = data;
  g_autoptr (StoreRoom) room = store_room_load (tx, note->address, NULL);
  g_autoptr (StoreConversation) conversation = NULL;

  if (room == NULL)
    room = store_room_new (note->address);
  replace (&room->name, note->name);
  replace (&room->subject, note->subject);
  replace (&room->nick, note->nick);
  replace (&room->password, note->password);
  if (note->bookmarked >= 0)
    room->bookmarked = note->bookmarked;
  if (note->autojoin >= 0)
    room->autojoin = note->autojoin;
  if (!store_room_save (tx, room, error))
    return FALSE;

  conversation = store_conversation_find (tx, note->address, NULL);
  if (conversation == NULL && room->autojoin)
    {
      if (!store_conversation_ensure (tx, note->address, STORE_CONVERSATION_ROOM, &note->conversation, error))
        return FALSE;
      conversation = store_conversation_load (tx, note->conversation, error);
      if (conversation == NULL)
        return FALSE;
    }
  if (conversation == NULL)
    return TRUE;
  if (conversation->archived && note->autojoin == 1 && !store_conversation_set_archived (tx, conversation->id, FALSE, error))
    return FALSE;
  if (room->name != NULL && g_strcmp0 (conversation->name, room->name) != 0)
    return store_conversation_set_name (tx, conversation->id, room->name, error);

  return TRUE;
}

static RoomNote *
room_note_new (const char *address)
{
  RoomNote *note = g_new0 (RoomNote, 1);

  note->address = g_strdup (address);
  note->bookmarked = note->autojoin = -1;

  return note;
}

static void
write_note (AtriumRooms *self,
            RoomNote    *note)
{
  atrium_store_run (atrium_workspace_get_database (self->workspace), STORE_ACCESS_FILL, room_note_work, note, room_note_free);
}

/* Conversations of rooms. */

static AtriumRole
map_role (XmppRole role)
{
  switch (role)
    {
    case XMPP_ROLE_VISITOR:
      return ATRIUM_ROLE_VISITOR;
    case XMPP_ROLE_PARTICIPANT:
      return ATRIUM_ROLE_PARTICIPANT;
    case XMPP_ROLE_MODERATOR:
      return ATRIUM_ROLE_MODERATOR;
    case XMPP_ROLE_NONE:
    default:
      return ATRIUM_ROLE_NONE;
    }
}

AtriumAffiliation
atrium_rooms_map_affiliation (XmppAffiliation affiliation)
{
  switch (affiliation)
    {
    case XMPP_AFFILIATION_OUTCAST:
      return ATRIUM_AFFILIATION_OUTCAST;
    case XMPP_AFFILIATION_MEMBER:
      return ATRIUM_AFFILIATION_MEMBER;
    case XMPP_AFFILIATION_ADMIN:
      return ATRIUM_AFFILIATION_ADMIN;
    case XMPP_AFFILIATION_OWNER:
      return ATRIUM_AFFILIATION_OWNER;
    case XMPP_AFFILIATION_NONE:
    default:
      return ATRIUM_AFFILIATION_NONE;
    }
}

static AtriumPresence
map_show (const char *show)
{
  if (g_strcmp0 (show, "away") == 0)
    return ATRIUM_PRESENCE_AWAY;
  if (g_strcmp0 (show, "xa") == 0)
    return ATRIUM_PRESENCE_EXTENDED_AWAY;
  if (g_strcmp0 (show, "dnd") == 0)
    return ATRIUM_PRESENCE_BUSY;

  return ATRIUM_PRESENCE_AVAILABLE;
}

static int
compare_members (gconstpointer a,
                 gconstpointer b)
{
  AtriumMember *left = *(AtriumMember **) a, *right = *(AtriumMember **) b;
  gboolean left_here = atrium_member_get_presence (left) != ATRIUM_PRESENCE_OFFLINE;
  gboolean right_here = atrium_member_get_presence (right) != ATRIUM_PRESENCE_OFFLINE;

  if (left_here != right_here)
    return left_here ? -1 : 1;
  if (atrium_member_get_affiliation (left) != atrium_member_get_affiliation (right))
    return (int) atrium_member_get_affiliation (right) - (int) atrium_member_get_affiliation (left);

  return g_utf8_collate (atrium_member_get_name (left), atrium_member_get_name (right));
}

static AtriumMember *
make_member (AtriumRooms     *self,
             XmppMucOccupant *occupant,
             gboolean         own)
{
  AtriumDirectory *directory = atrium_workspace_get_directory (self->workspace);
  AtriumMember *member = atrium_member_new ();
  const char *address = xmpp_muc_occupant_get_address (occupant);
  g_autofree char *name = atrium_directory_dup_name (directory, address, xmpp_muc_occupant_get_nick (occupant));
  GPtrArray *hats = xmpp_muc_occupant_get_hats (occupant);

  if (address != NULL)
    {
      g_autoptr (AtriumPerson) person = atrium_directory_lookup (directory, address);

      atrium_member_set_person (member, person);
    }
  if (hats != NULL && hats->len > 0)
    {
      g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
      g_auto (GStrv) titles = NULL;

      for (guint i = 0; i < hats->len; i++)
        g_strv_builder_add (builder, ((XmppHat *) g_ptr_array_index (hats, i))->title);
      titles = g_strv_builder_end (builder);
      atrium_member_set_hats (member, (const char * const *) titles);
    }
  atrium_member_set_nick (member, xmpp_muc_occupant_get_nick (occupant));
  atrium_member_set_address (member, address);
  atrium_member_set_name (member, name);
  atrium_member_set_role (member, map_role (xmpp_muc_occupant_get_role (occupant)));
  atrium_member_set_affiliation (member, atrium_rooms_map_affiliation (xmpp_muc_occupant_get_affiliation (occupant)));
  atrium_member_set_presence (member, map_show (xmpp_muc_occupant_get_show (occupant)));
  atrium_member_set_status_text (member, xmpp_muc_occupant_get_status (occupant));
  atrium_member_set_own (member, own);

  return member;
}

static void
rebuild_members (AtriumRooms        *self,
                 XmppMucRoom        *room,
                 AtriumConversation *conversation)
{
  g_autoptr (GPtrArray) members = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GHashTable) here = g_hash_table_new (g_str_hash, g_str_equal);
  GListStore *model = G_LIST_STORE (atrium_conversation_get_members (conversation));
  guint n_occupants = g_list_model_get_n_items (G_LIST_MODEL (room));
  XmppMucOccupant *own = xmpp_muc_room_get_self (room);
  guint n_old = g_list_model_get_n_items (G_LIST_MODEL (model));

  for (guint i = 0; i < n_occupants; i++)
    {
      g_autoptr (XmppMucOccupant) occupant = g_list_model_get_item (G_LIST_MODEL (room), i);
      AtriumMember *member = make_member (self, occupant, occupant == own);

      if (atrium_member_get_address (member) != NULL)
        g_hash_table_add (here, (gpointer) atrium_member_get_address (member));
      g_ptr_array_add (members, member);
    }
  /* Those on the list who are not in the room stay. */
  for (guint i = 0; i < n_old; i++)
    {
      AtriumMember *member = g_list_model_get_item (G_LIST_MODEL (model), i);
      const char *address = atrium_member_get_address (member);

      if (address != NULL && atrium_member_get_presence (member) == ATRIUM_PRESENCE_OFFLINE && !g_hash_table_contains (here, address))
        g_ptr_array_add (members, member);
      else
        g_object_unref (member);
    }
  g_ptr_array_sort (members, compare_members);
  g_list_store_splice (model, 0, n_old, members->pdata, members->len);
  atrium_conversation_put_n_present (conversation, n_occupants);
  atrium_conversation_put_n_members (conversation, members->len);
}

void
atrium_rooms_update (AtriumRooms *self,
                     XmppMucRoom *room)
{
  AtriumConversation *conversation = atrium_workspace_find (self->workspace, xmpp_muc_room_get_address (room));
  XmppMucOccupant *own = xmpp_muc_room_get_self (room);
  const XmppMucInfo *info = xmpp_muc_room_get_info (room);
  const GError *error = xmpp_muc_room_get_error (room);
  gboolean joined = xmpp_muc_room_get_state (room) == XMPP_ROOM_JOINED;

  if (conversation == NULL)
    return;

  atrium_conversation_put_joined (conversation, joined);
  atrium_conversation_put_nick (conversation, xmpp_muc_room_get_nick (room));
  if (joined)
    atrium_conversation_put_subject (conversation, xmpp_muc_room_get_subject (room));
  if (own != NULL)
    {
      atrium_conversation_put_own_role (conversation, map_role (xmpp_muc_occupant_get_role (own)));
      atrium_conversation_put_own_affiliation (conversation, atrium_rooms_map_affiliation (xmpp_muc_occupant_get_affiliation (own)));
    }
  if (info != NULL)
    atrium_conversation_put_private (conversation, (info->flags & XMPP_MUC_MEMBERS_ONLY) != 0);
  if (!joined && error != NULL)
    {
      gboolean retry;
      g_autofree char *text = atrium_stanza_error_to_text (error, &retry);

      atrium_conversation_put_join_problem (conversation, text);
    }
  else
    {
      atrium_conversation_put_join_problem (conversation, NULL);
    }
  rebuild_members (self, room, conversation);
  atrium_conversation_update_subtitle (conversation);
}

static gboolean
on_rebuild (gpointer user_data)
{
  AtriumRooms *self = user_data;
  GHashTableIter iter;
  gpointer key;

  self->rebuild = 0;
  g_hash_table_iter_init (&iter, self->stale);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      XmppMucRoom *room = g_hash_table_lookup (self->followed, key);

      if (room != NULL)
        atrium_rooms_update (self, room);
    }
  g_hash_table_remove_all (self->stale);

  return G_SOURCE_REMOVE;
}

static void
touch (AtriumRooms *self,
       XmppMucRoom *room)
{
  g_hash_table_add (self->stale, g_strdup (xmpp_muc_room_get_address (room)));
  if (self->rebuild == 0)
    self->rebuild = g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, on_rebuild, self, NULL);
}

void
atrium_rooms_touch_conversation (AtriumRooms        *self,
                                 AtriumConversation *conversation)
{
  XmppMucRoom *room = g_hash_table_lookup (self->followed, atrium_conversation_get_address (conversation));

  if (room != NULL)
    touch (self, room);
}

static void
on_room_changed (XmppMucRoom *room,
                 GParamSpec  *pspec,
                 AtriumRooms *self)
{
  if (self->workspace == NULL)
    return;

  touch (self, room);
  if (xmpp_muc_room_get_state (room) != XMPP_ROOM_JOINED)
    atrium_history_end_room (atrium_session_get_history (self->session), xmpp_muc_room_get_address (room));
  atrium_history_check (atrium_session_get_history (self->session));
}

static void
on_occupants_changed (XmppMucRoom *room,
                      guint        position,
                      guint        removed,
                      guint        added,
                      AtriumRooms *self)
{
  if (self->workspace != NULL)
    touch (self, room);
}

static void
begin_room (AtriumRooms *self,
            XmppMucRoom *room)
{
  if (xmpp_muc_room_get_state (room) != XMPP_ROOM_JOINED)
    return;

  atrium_history_begin_room (atrium_session_get_history (self->session), xmpp_muc_room_get_address (room));
  atrium_sender_note_room (atrium_session_get_sender (self->session));
  atrium_history_check (atrium_session_get_history (self->session));
}

static void
on_joined (XmppMucRoom *room,
           gboolean     created,
           AtriumRooms *self)
{
  if (self->workspace != NULL)
    begin_room (self, room);
}

static void
on_info (XmppMucRoom *room,
         GParamSpec  *pspec,
         AtriumRooms *self)
{
  const XmppMucInfo *info = xmpp_muc_room_get_info (room);

  if (self->workspace == NULL || info == NULL)
    return;
  if (info->name != NULL && *info->name != '\0')
    {
      RoomNote *note = room_note_new (xmpp_muc_room_get_address (room));

      note->name = g_strdup (info->name);
      write_note (self, note);
    }
  touch (self, room);
  begin_room (self, room);
}

static void
on_subject_changed (XmppMucRoom *room,
                    const char  *subject,
                    const char  *nick,
                    gint64       time,
                    AtriumRooms *self)
{
  RoomNote *note;

  if (self->workspace == NULL)
    return;
  note = room_note_new (xmpp_muc_room_get_address (room));
  note->subject = g_strdup (subject);
  write_note (self, note);
  touch (self, room);
}

void
atrium_rooms_follow (AtriumRooms *self,
                     XmppMucRoom *room)
{
  const char *address = xmpp_muc_room_get_address (room);

  if (g_hash_table_lookup (self->followed, address) == room)
    return;

  g_hash_table_replace (self->followed, g_strdup (address), room);
  g_signal_connect_object (room, "notify::state", G_CALLBACK (on_room_changed), self, 0);
  g_signal_connect_object (room, "notify::role", G_CALLBACK (on_room_changed), self, 0);
  g_signal_connect_object (room, "notify::affiliation", G_CALLBACK (on_room_changed), self, 0);
  g_signal_connect_object (room, "notify::error", G_CALLBACK (on_room_changed), self, 0);
  g_signal_connect_object (room, "notify::info", G_CALLBACK (on_info), self, 0);
  g_signal_connect_object (room, "joined", G_CALLBACK (on_joined), self, 0);
  g_signal_connect_object (room, "subject-changed", G_CALLBACK (on_subject_changed), self, 0);
  g_signal_connect_object (room, "items-changed", G_CALLBACK (on_occupants_changed), self, 0);
  begin_room (self, room);
  touch (self, room);
}

XmppMucRoom *
atrium_rooms_want (AtriumRooms *self,
                   const char  *address,
                   const char  *nick,
                   const char  *password)
{
  XmppMucRoom *room = xmpp_muc_ensure_room (atrium_session_get_muc (self->session), address);
  g_autofree char *usual = atrium_session_dup_nick (self->session);
  XmppRoomJoin join = { 0 };

  atrium_rooms_follow (self, room);
  if (xmpp_muc_room_get_state (room) != XMPP_ROOM_OUT)
    return room;
  join.nick = nick != NULL && *nick != '\0' ? nick : usual;
  join.password = password;
  join.other_nick = TRUE;
  xmpp_muc_room_want (room, &join);

  return room;
}

void
atrium_rooms_forget (AtriumRooms *self,
                     const char  *address)
{
  AtriumConversation *conversation = atrium_workspace_find (self->workspace, address);

  g_hash_table_remove (self->followed, address);
  xmpp_muc_forget_room (atrium_session_get_muc (self->session), address);
  if (conversation != NULL)
    {
      atrium_conversation_put_joined (conversation, FALSE);
      g_list_store_remove_all (G_LIST_STORE (atrium_conversation_get_members (conversation)));
      atrium_conversation_put_n_present (conversation, 0);
    }
}

/* Bookmarks. */

static void
on_bookmark_changed (XmppBookmarks *bookmarks,
                     XmppBookmark  *bookmark,
                     AtriumRooms   *self)
{
  RoomNote *note;

  if (self->workspace == NULL)
    return;

  note = room_note_new (bookmark->room);
  note->name = g_strdup (bookmark->name);
  note->nick = g_strdup (bookmark->nick);
  note->password = g_strdup (bookmark->password);
  note->bookmarked = TRUE;
  note->autojoin = bookmark->autojoin;
  write_note (self, note);
  if (bookmark->autojoin)
    atrium_rooms_want (self, bookmark->room, bookmark->nick, bookmark->password);
  else if (g_hash_table_contains (self->followed, bookmark->room))
    atrium_rooms_forget (self, bookmark->room);
}

static void
on_bookmark_removed (XmppBookmarks *bookmarks,
                     const char    *address,
                     AtriumRooms   *self)
{
  RoomNote *note;

  if (self->workspace == NULL)
    return;

  note = room_note_new (address);
  note->bookmarked = note->autojoin = FALSE;
  write_note (self, note);
  if (g_hash_table_contains (self->followed, address))
    atrium_rooms_forget (self, address);
}

static void
on_bookmarks_loaded (XmppBookmarks *bookmarks,
                     AtriumRooms   *self)
{
  g_clear_handle_id (&self->bookmarks_timer, g_source_remove);
  if (self->workspace != NULL)
    atrium_history_check (atrium_session_get_history (self->session));
}

/* Invitations: a line in a conversation that is not entered until the user says so. */

typedef struct
{
  char   *room;
  char   *from;
  char   *text;
  gint64  time;
} Invitation;

static void
invitation_free (gpointer data)
{
  Invitation *invitation = data;

  g_free (invitation->room);
  g_free (invitation->from);
  g_free (invitation->text);
  g_free (invitation);
}

static gboolean
invitation_work (StoreTransaction  *tx,
                 gpointer           data,
                 GError           **error)
{
  Invitation *invitation = data;
  g_autoptr (StoreRoom) room = store_room_load (tx, invitation->room, NULL);
  g_autoptr (StoreMessage) line = store_message_new ();

  if (room != NULL && room->autojoin)
    return TRUE;
  line->kind = STORE_MESSAGE_NOTICE;
  line->direction = STORE_DIRECTION_IN;
  line->sender = g_strdup (invitation->from);
  line->origin_id = g_strdup_printf ("invitation:%s", invitation->from);
  g_free (line->body);
  line->body = g_strdup (invitation->text);
  line->time = invitation->time;
  line->mention = TRUE;

  return store_conversation_ensure (tx, invitation->room, STORE_CONVERSATION_ROOM, &line->conversation, error) &&
         store_message_insert (tx, line, STORE_INSERT_NONE, NULL, error);
}

static void
on_invited (XmppMuc       *muc,
            XmppMucInvite *invite,
            AtriumRooms   *self)
{
  Invitation *invitation;
  g_autofree char *name = NULL;

  if (self->workspace == NULL)
    return;
  name = atrium_directory_dup_name (atrium_workspace_get_directory (self->workspace), invite->from, NULL);
  invitation = g_new0 (Invitation, 1);
  invitation->room = g_strdup (invite->room);
  invitation->from = g_strdup (invite->from);
  invitation->time = invite->time;
  invitation->text = invite->reason != NULL && *invite->reason != '\0'
                       ? g_strdup_printf (_("%s invites you to this room: %s"), name, invite->reason)
                       : g_strdup_printf (_("%s invites you to this room."), name);
  atrium_store_run (atrium_workspace_get_database (self->workspace), STORE_ACCESS_WRITE, invitation_work, invitation, invitation_free);
}

static gboolean
list_rooms_work (StoreTransaction  *tx,
                 gpointer           data,
                 GError           **error)
{
  GPtrArray **rooms = data;

  *rooms = store_room_list (tx, error);

  return *rooms != NULL;
}

static void
rooms_data_free (gpointer data)
{
  GPtrArray **rooms = data;

  g_clear_pointer (rooms, g_ptr_array_unref);
  g_free (rooms);
}

static void
on_rooms_listed (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (AtriumRooms) self = user_data;
  GPtrArray **rooms = store_database_get_run_data (result);

  if (!store_database_run_finish (STORE_DATABASE (source), result, NULL) || self->workspace == NULL)
    return;
  for (guint i = 0; i < (*rooms)->len; i++)
    {
      StoreRoom *room = g_ptr_array_index (*rooms, i);

      if (room->autojoin)
        atrium_rooms_want (self, room->address, room->nick, room->password);
    }
}

static gboolean
on_bookmarks_late (gpointer user_data)
{
  AtriumRooms *self = user_data;

  self->bookmarks_timer = 0;
  atrium_history_check (atrium_session_get_history (self->session));

  return G_SOURCE_REMOVE;
}

void
atrium_rooms_want_all (AtriumRooms *self)
{
  if (!xmpp_bookmarks_get_loaded (atrium_session_get_bookmarks (self->session)) && self->bookmarks_timer == 0)
    self->bookmarks_timer = g_timeout_add_seconds (BOOKMARKS_SECONDS, on_bookmarks_late, self);
  store_database_run_async (atrium_workspace_get_database (self->workspace), STORE_ACCESS_READ, G_PRIORITY_DEFAULT,
                            list_rooms_work, g_new0 (GPtrArray *, 1), rooms_data_free, NULL, on_rooms_listed, g_object_ref (self));
}

gboolean
atrium_rooms_is_pending (AtriumRooms *self)
{
  GHashTableIter iter;
  gpointer value;

  if (!xmpp_bookmarks_get_loaded (atrium_session_get_bookmarks (self->session)) && self->bookmarks_timer != 0)
    return TRUE;
  g_hash_table_iter_init (&iter, self->followed);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      XmppRoomState state = xmpp_muc_room_get_state (value);

      if (state == XMPP_ROOM_JOINING || (state == XMPP_ROOM_WAITING && xmpp_muc_room_get_error (value) == NULL))
        return TRUE;
    }

  return FALSE;
}

void
atrium_rooms_list_joined (AtriumRooms *self,
                          GHashTable  *out)
{
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, self->followed);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (xmpp_muc_room_get_state (value) == XMPP_ROOM_JOINED)
      g_hash_table_add (out, g_strdup (key));
}

void
atrium_rooms_detach (AtriumRooms *self)
{
  self->workspace = NULL;
  g_clear_handle_id (&self->rebuild, g_source_remove);
  g_clear_handle_id (&self->bookmarks_timer, g_source_remove);
}

static void
atrium_rooms_finalize (GObject *object)
{
  AtriumRooms *self = ATRIUM_ROOMS (object);

  atrium_rooms_detach (self);
  g_clear_pointer (&self->followed, g_hash_table_unref);
  g_clear_pointer (&self->stale, g_hash_table_unref);

  G_OBJECT_CLASS (atrium_rooms_parent_class)->finalize (object);
}

static void
atrium_rooms_class_init (AtriumRoomsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = atrium_rooms_finalize;
}

static void
atrium_rooms_init (AtriumRooms *self)
{
  self->followed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->stale = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

AtriumRooms *
atrium_rooms_new (AtriumWorkspace *workspace,
                  AtriumSession   *session)
{
  AtriumRooms *self = g_object_new (ATRIUM_TYPE_ROOMS, NULL);
  XmppBookmarks *bookmarks = atrium_session_get_bookmarks (session);

  self->workspace = workspace;
  self->session = session;
  g_signal_connect_object (bookmarks, "changed", G_CALLBACK (on_bookmark_changed), self, 0);
  g_signal_connect_object (bookmarks, "removed", G_CALLBACK (on_bookmark_removed), self, 0);
  g_signal_connect_object (atrium_session_get_muc (session), "invited", G_CALLBACK (on_invited), self, 0);
  g_signal_connect_object (bookmarks, "loaded", G_CALLBACK (on_bookmarks_loaded), self, 0);

  return self;
}
