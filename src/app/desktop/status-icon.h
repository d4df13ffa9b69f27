/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * AtriumStatusIcon:
 *
 * The icon that desktops with a status area show (KDE, Xfce, Deepin, UKUI, GNOME with an extension): a
 * StatusNotifierItem with a small menu over D-Bus. GNOME by itself has no such area, and then this object does nothing but
 * wait for one.
 *
 * Properties: "active" (gboolean, the user's setting; default FALSE), "attention" (gboolean: something unread mentions the
 * user), "present" (gboolean, read only: a host shows the icon).
 *
 * A click activates the application. The menu holds the sections of @menu as far as they are plain items with an action of
 * the application ("app.…"); labels are the menu's.
 */
#define ATRIUM_TYPE_STATUS_ICON (atrium_status_icon_get_type ())
G_DECLARE_FINAL_TYPE (AtriumStatusIcon, atrium_status_icon, ATRIUM, STATUS_ICON, GObject)

/* @icon_name: in the icon theme; @title: shown by the host; @menu: flat or with sections. */
AtriumStatusIcon *atrium_status_icon_new           (GApplication     *application,
                                                    GDBusConnection  *connection,
                                                    const char       *icon_name,
                                                    const char       *title,
                                                    GMenuModel       *menu) G_GNUC_WARN_UNUSED_RESULT;
void              atrium_status_icon_set_active    (AtriumStatusIcon *self,
                                                    gboolean          active);
void              atrium_status_icon_set_attention (AtriumStatusIcon *self,
                                                    gboolean          attention);
/* One line under the title, such as "3 unread messages"; NULL for none. */
void              atrium_status_icon_set_tooltip   (AtriumStatusIcon *self,
                                                    const char       *tooltip);
gboolean          atrium_status_icon_get_present   (AtriumStatusIcon *self);

G_END_DECLS
