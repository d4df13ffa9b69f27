/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "workspace/workspace.h"

G_BEGIN_DECLS

#define ATRIUM_TYPE_TODAY_PAGE (atrium_today_page_get_type ())
G_DECLARE_FINAL_TYPE (AtriumTodayPage, atrium_today_page, ATRIUM, TODAY_PAGE, GtkWidget)

/* What waits for the user: mentions and unread chats; and a quiet page when nothing does. */
void atrium_today_page_set_workspace (AtriumTodayPage *self,
                                      AtriumWorkspace *workspace);

/**
 * atrium_today_greeting:
 * @hour: 0 to 23
 *
 * Returns: a translated format with one "%s" for the name
 */
const char *atrium_today_greeting    (int              hour);

G_END_DECLS
