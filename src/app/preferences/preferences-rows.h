/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * atrium_preferences_add_rows:
 * @page: where the groups go
 * @page_name: which rows
 *
 * Makes the rows of one page from the table of keys, each bound to its key with g_settings_bind().
 */
void  atrium_preferences_add_rows     (AdwPreferencesPage *page,
                                       const char         *page_name,
                                       GSettings          *settings);

/* How many rows of a page the organisation has locked. */
guint atrium_preferences_count_locked (const char         *page_name,
                                       GSettings          *settings);

G_END_DECLS
