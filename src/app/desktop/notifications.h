/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "workspace/workspace.h"

G_BEGIN_DECLS

#define ATRIUM_TYPE_NOTIFICATIONS (atrium_notifications_get_type ())
G_DECLARE_FINAL_TYPE (AtriumNotifications, atrium_notifications, ATRIUM, NOTIFICATIONS, GObject)

/**
 * atrium_notifications_new:
 * @settings: (nullable)
 *
 * Shows what the workspace wants to tell, one notification a chat, replaced and not stacked, withdrawn once
 * it is read anywhere. Follows the settings for previews, rooms and quiet hours. Actions of the application
 * it uses: "app.open-chat", "app.reply", "app.mark-read", each with the address.
 */
AtriumNotifications *atrium_notifications_new (GApplication    *application,
                                               AtriumWorkspace *workspace,
                                               GSettings       *settings) G_GNUC_WARN_UNUSED_RESULT;

/**
 * atrium_quiet_now:
 * @start: minutes after midnight
 * @end: minutes after midnight; before @start when the quiet hours run over midnight
 * @minute: now, minutes after midnight
 */
gboolean             atrium_quiet_now         (int              start,
                                               int              end,
                                               int              minute);

G_END_DECLS
