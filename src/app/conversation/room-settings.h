/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "workspace/chat/conversation.h"

G_BEGIN_DECLS

#define ATRIUM_TYPE_ROOM_SETTINGS (atrium_room_settings_get_type ())
G_DECLARE_FINAL_TYPE (AtriumRoomSettings, atrium_room_settings, ATRIUM, ROOM_SETTINGS, GtkWidget)

/* Settings of a chat: own notifications, and for the owners of a room what it is and who may come. */
void atrium_room_settings_set_conversation (AtriumRoomSettings *self,
                                            AtriumConversation *conversation);
/* Asks the server for the settings of the room. */
void atrium_room_settings_refresh          (AtriumRoomSettings *self);

G_END_DECLS
