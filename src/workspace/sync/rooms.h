/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "workspace/account/session.h"

G_BEGIN_DECLS

/**
 * AtriumRooms:
 *
 * Follows bookmarks and rooms: enters what is bookmarked, writes what rooms tell about themselves, and keeps the rooms'
 * conversations (members, own role, subject) up to date.
 */
#define ATRIUM_TYPE_ROOMS (atrium_rooms_get_type ())
G_DECLARE_FINAL_TYPE (AtriumRooms, atrium_rooms, ATRIUM, ROOMS, GObject)

AtriumRooms *atrium_rooms_new         (AtriumWorkspace    *workspace,
                                       AtriumSession      *session) G_GNUC_WARN_UNUSED_RESULT;
void         atrium_rooms_detach      (AtriumRooms        *self);
/* Enters what this computer knows to be bookmarked, before the server has said it again. */
void         atrium_rooms_want_all    (AtriumRooms        *self);
XmppMucRoom *atrium_rooms_want        (AtriumRooms        *self,
                                       const char         *address,
                                       const char         *nick,
                                       const char         *password);
/* Some room is being entered and has neither let us in nor refused. */
gboolean     atrium_rooms_is_pending  (AtriumRooms        *self);
void         atrium_rooms_list_joined (AtriumRooms        *self,
                                       GHashTable         *out);
AtriumAffiliation atrium_rooms_map_affiliation (XmppAffiliation affiliation);
/* Shows what the room is now in its conversation. */
void         atrium_rooms_update      (AtriumRooms        *self,
                                       XmppMucRoom        *room);
void         atrium_rooms_touch_conversation (AtriumRooms        *self,
                                       AtriumConversation *conversation);
/* Follows a room that was just made or entered. */
void         atrium_rooms_follow      (AtriumRooms        *self,
                                       XmppMucRoom        *room);
void         atrium_rooms_forget      (AtriumRooms        *self,
                                       const char         *address);

G_END_DECLS
