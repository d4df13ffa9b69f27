/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "room.h"

#include "sql-private.h"

#define COLUMNS "address, name, subject, nick, password, autojoin, bookmarked, bookmark_extensions, config, avatar"
#define MAX_MEMBERS 20000

G_DEFINE_BOXED_TYPE (StoreRoom, store_room, store_room_ref, store_room_unref)

StoreRoom *
store_room_new (const char *address)
{
  StoreRoom *self = g_atomic_rc_box_new0 (StoreRoom);

  self->address = g_strdup (address);
  return self;
}

StoreRoom *
store_room_ref (StoreRoom *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear (StoreRoom *self)
{
  g_free (self->address);
  g_free (self->name);
  g_free (self->subject);
  g_free (self->nick);
  g_free (self->password);
  g_free (self->bookmark_extensions);
  g_free (self->config);
  g_free (self->avatar);
}

void
store_room_unref (StoreRoom *self)
{
  if (self != NULL)
    g_atomic_rc_box_release_full (self, (GDestroyNotify) clear);
}

StoreMember *
store_member_new (const char       *address,
                  const char       *nick,
                  StoreAffiliation  affiliation)
{
  StoreMember *self = g_new0 (StoreMember, 1);

  self->address = g_strdup (address);
  self->nick = g_strdup (nick);
  self->affiliation = affiliation;
  return self;
}

void
store_member_free (StoreMember *self)
{
  if (self == NULL)
    return;
  g_free (self->address);
  g_free (self->nick);
  g_free (self);
}

static StoreRoom *
read_row (StoreStatement *s)
{
  g_autofree char *address = store_column_dup_text (s, 0);
  StoreRoom *self = store_room_new (address);

  self->name = store_column_dup_text (s, 1);
  self->subject = store_column_dup_text (s, 2);
  self->nick = store_column_dup_text (s, 3);
  self->password = store_column_dup_text (s, 4);
  self->autojoin = sqlite3_column_int64 (s, 5) != 0;
  self->bookmarked = sqlite3_column_int64 (s, 6) != 0;
  self->bookmark_extensions = store_column_dup_text (s, 7);
  self->config = store_column_dup_text (s, 8);
  self->avatar = store_column_dup_text (s, 9);
  return self;
}

StoreRoom *
store_room_load (StoreTransaction *tx,
                 const char       *address,
                 GError          **error)
{
  g_autoptr(StoreStatement) statement = store_query (tx, error, "SELECT " COLUMNS " FROM room WHERE address = ?", "s", address);
  int step;

  if (statement == NULL || (step = store_step (tx, statement, error)) < 0)
    return NULL;
  if (step == 0)
    store_fail_not_found (error, "room");
  return step == 1 ? read_row (statement) : NULL;
}

gboolean
store_room_save (StoreTransaction *tx,
                 const StoreRoom  *room,
                 GError          **error)
{
  if (!store_check_required (room->address, STORE_LIMIT_ID * 3, "address", error) ||
      !store_check_text (room->name, STORE_LIMIT_TEXT, "name", error) ||
      !store_check_text (room->subject, STORE_LIMIT_TEXT, "subject", error) ||
      !store_check_text (room->nick, STORE_LIMIT_ID * 3, "nickname", error) ||
      !store_check_text (room->password, STORE_LIMIT_ID, "password", error) ||
      !store_check_text (room->bookmark_extensions, STORE_LIMIT_TEXT, "bookmark", error) ||
      !store_check_text (room->config, STORE_LIMIT_TEXT, "configuration", error) ||
      !store_check_text (room->avatar, STORE_LIMIT_ID, "avatar", error) ||
      !store_exec (tx, error,
                   "INSERT INTO room (" COLUMNS ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (address) DO UPDATE SET "
                   "name = excluded.name, subject = excluded.subject, nick = excluded.nick, password = excluded.password, "
                   "autojoin = excluded.autojoin, bookmarked = excluded.bookmarked, "
                   "bookmark_extensions = excluded.bookmark_extensions, config = excluded.config, avatar = excluded.avatar",
                   "sssssddsss", room->address, room->name, room->subject, room->nick, room->password, room->autojoin ? 1 : 0,
                   room->bookmarked ? 1 : 0, room->bookmark_extensions, room->config, room->avatar))
    return FALSE;
  store_transaction_note (tx, STORE_CHANGE_ROOM, 0, 0);
  return TRUE;
}

gboolean
store_room_delete (StoreTransaction *tx,
                   const char       *address,
                   GError          **error)
{
  if (!store_exec (tx, error, "DELETE FROM room WHERE address = ?", "s", address) ||
      !store_exec (tx, error, "DELETE FROM member WHERE room = ?", "s", address))
    return FALSE;
  store_transaction_note (tx, STORE_CHANGE_ROOM, 0, 0);
  return TRUE;
}

GPtrArray *
store_room_list (StoreTransaction *tx,
                 GError          **error)
{
  g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) store_room_unref);
  g_autoptr(StoreStatement) statement = store_query (tx, error, "SELECT " COLUMNS " FROM room ORDER BY address LIMIT 10000", "");
  int step;

  if (statement == NULL)
    return NULL;
  while ((step = store_step (tx, statement, error)) == 1)
    g_ptr_array_add (list, read_row (statement));
  return step == 0 ? g_steal_pointer (&list) : NULL;
}

GPtrArray *
store_room_list_members (StoreTransaction *tx,
                         const char       *room,
                         GError          **error)
{
  g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) store_member_free);
  g_autoptr(StoreStatement) statement = NULL;
  int step;

  statement = store_query (tx, error, "SELECT address, nick, affiliation FROM member WHERE room = ? "
                           "ORDER BY affiliation DESC, address", "s", room);
  if (statement == NULL)
    return NULL;
  while ((step = store_step (tx, statement, error)) == 1)
    {
      g_autofree char *address = store_column_dup_text (statement, 0);
      g_autofree char *nick = store_column_dup_text (statement, 1);

      g_ptr_array_add (list, store_member_new (address, nick, store_column_enum (statement, 2, STORE_AFFILIATION_OWNER,
                                                                                 STORE_AFFILIATION_NONE)));
    }
  return step == 0 ? g_steal_pointer (&list) : NULL;
}

gboolean
store_room_set_member (StoreTransaction  *tx,
                       const char        *room,
                       const StoreMember *member,
                       GError           **error)
{
  if (!store_check_required (room, STORE_LIMIT_ID * 3, "room", error) ||
      !store_check_required (member->address, STORE_LIMIT_ID * 3, "address", error) ||
      !store_check_text (member->nick, STORE_LIMIT_ID * 3, "nickname", error))
    return FALSE;
  store_transaction_note (tx, STORE_CHANGE_ROOM, 0, 0);
  if (member->affiliation == STORE_AFFILIATION_NONE)
    return store_exec (tx, error, "DELETE FROM member WHERE room = ? AND address = ?", "ss", room, member->address);
  return store_exec (tx, error, "INSERT INTO member (room, address, nick, affiliation) VALUES (?, ?, ?, ?) "
                     "ON CONFLICT (room, address) DO UPDATE SET nick = excluded.nick, affiliation = excluded.affiliation", "sssd",
                     room, member->address, member->nick, (int) member->affiliation);
}

gboolean
store_room_set_members (StoreTransaction *tx,
                        const char       *room,
                        GPtrArray        *members,
                        GError          **error)
{
  if (members->len > MAX_MEMBERS)
    {
      g_set_error_literal (error, STORE_ERROR, STORE_ERROR_INVALID, "members: too many");
      return FALSE;
    }
  if (!store_exec (tx, error, "DELETE FROM member WHERE room = ?", "s", room))
    return FALSE;
  for (guint i = 0; i < members->len; i++)
    if (!store_room_set_member (tx, room, members->pdata[i], error))
      return FALSE;
  return TRUE;
}
