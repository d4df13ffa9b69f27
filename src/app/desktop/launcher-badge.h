/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * atrium_launcher_badge_show:
 * @application_id: whose launcher; the desktop file's name without suffix
 * @count: unread messages; 0 hides the badge
 * @urgent: ask the dock to draw attention
 *
 * Sets the number on the application's icon in docks that know com.canonical.Unity.LauncherEntry (Ubuntu's, KDE's, Dash to
 * Dock, Plank). A broadcast signal: nobody has to listen, nothing comes back.
 */
void atrium_launcher_badge_show (GDBusConnection *connection,
                                 const char      *application_id,
                                 guint            count,
                                 gboolean         urgent);

G_END_DECLS
