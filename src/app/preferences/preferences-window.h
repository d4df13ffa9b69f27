/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "workspace/workspace.h"

G_BEGIN_DECLS

#define ATRIUM_TYPE_PREFERENCES_WINDOW (atrium_preferences_window_get_type ())
G_DECLARE_FINAL_TYPE (AtriumPreferencesWindow, atrium_preferences_window, ATRIUM, PREFERENCES_WINDOW, AdwWindow)

/* Every row is bound to its key and applies at once. A key that the organisation has locked stays readable,
 * says so, and is counted on its page. @settings: (nullable): without a schema only the account is shown. */
GtkWidget *atrium_preferences_window_new       (GtkWindow               *parent,
                                                AtriumWorkspace         *workspace,
                                                GSettings               *settings);
/* @page: "account", "appearance", "notifications", "chats", "privacy", "storage" or "help" */
void       atrium_preferences_window_show_page (AtriumPreferencesWindow *self,
                                                const char              *page);

G_END_DECLS
