/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "workspace/workspace.h"

G_BEGIN_DECLS

#define ATRIUM_TYPE_ROOM_DIALOG (atrium_room_dialog_get_type ())
G_DECLARE_FINAL_TYPE (AtriumRoomDialog, atrium_room_dialog, ATRIUM, ROOM_DIALOG, AdwWindow)

/* Makes a room, or with @join enters one: from the list of the server or by its address.
 *
 * Signal: "opened" (AtriumConversation *) */
GtkWidget *atrium_room_dialog_new (GtkWindow       *parent,
                                   AtriumWorkspace *workspace,
                                   gboolean         join);

G_END_DECLS
