/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "workspace/account/account.h"

G_BEGIN_DECLS

#define ATRIUM_TYPE_RAIL (atrium_rail_get_type ())
G_DECLARE_FINAL_TYPE (AtriumRail, atrium_rail, ATRIUM, RAIL, GtkWidget)

/* The sections of the window, at the left, or at the bottom of a narrow window; with the own face and its
 * status menu. Its buttons activate "win.section". */

/* @account: (nullable) */
void atrium_rail_set_account (AtriumRail    *self,
                              AtriumAccount *account);
/* Numbers on Chats. @mentions wins. */
void atrium_rail_set_counts  (AtriumRail    *self,
                              guint          unread,
                              guint          mentions);

G_END_DECLS
