/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium-desktop"

#include "config.h"

#include "app/desktop/launcher-badge.h"

void
atrium_launcher_badge_show (GDBusConnection *connection,
                            const char      *application_id,
                            guint            count,
                            gboolean         urgent)
{
  g_autofree char *uri = NULL;
  GVariantBuilder builder;

  g_return_if_fail (G_IS_DBUS_CONNECTION (connection));
  g_return_if_fail (application_id != NULL);

  uri = g_strdup_printf ("application://%s.desktop", application_id);
  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&builder, "{sv}", "count", g_variant_new_int64 (count));
  g_variant_builder_add (&builder, "{sv}", "count-visible", g_variant_new_boolean (count > 0));
  g_variant_builder_add (&builder, "{sv}", "urgent", g_variant_new_boolean (urgent && count > 0));
  g_dbus_connection_emit_signal (connection, NULL, "/org/atriumworkspace/Atrium/launcher",
                                 "com.canonical.Unity.LauncherEntry", "Update",
                                 g_variant_new ("(sa{sv})", uri, &builder), NULL);
}
