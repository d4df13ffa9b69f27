/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/desktop/autostart.h"

#include <glib/gstdio.h>


static const char * const command[] = { "/opt/odd \"name\" 100%/atrium", "--background", NULL };

static void
on_done (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static gboolean
set_autostart (GDBusConnection  *connection,
               gboolean          enabled,
               GError          **error)
{
  g_autoptr(GAsyncResult) result = NULL;

  atrium_autostart_set_async (connection, "org.example.Test", command, enabled, "To ring when somebody writes", NULL,
                              on_done, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return atrium_autostart_set_finish (result, error);
}

/* --- a portal of our own --- */

static const char portal_xml[] =
  "<node><interface name='org.freedesktop.portal.Background'>"
  "<method name='RequestBackground'><arg type='s' direction='in'/><arg type='a{sv}' direction='in'/>"
  "<arg type='o' direction='out'/></method></interface></node>";

typedef struct
{
  guint32  response;     /* 0 yes, 1 the user said no */
  gboolean autostart;    /* what was asked */
  char   **command;
} Portal;

static void
on_portal_call (GDBusConnection       *connection,
                const char            *sender,
                const char            *path,
                const char            *interface,
                const char            *method,
                GVariant              *parameters,
                GDBusMethodInvocation *invocation,
                gpointer               user_data)
{
  Portal *portal = user_data;
  g_autoptr(GVariant) options = NULL;
  g_autofree char *token = NULL;
  g_autofree char *caller = g_strdelimit (g_strdup (sender + 1), ".", '_');
  g_autofree char *handle = NULL;
  GVariantBuilder results;

  g_variant_get (parameters, "(s@a{sv})", NULL, &options);
  g_assert_true (g_variant_lookup (options, "handle_token", "s", &token));
  g_assert_true (g_variant_lookup (options, "autostart", "b", &portal->autostart));
  g_clear_pointer (&portal->command, g_strfreev);
  g_assert_true (g_variant_lookup (options, "commandline", "^as", &portal->command));
  handle = g_strdup_printf ("/org/freedesktop/portal/desktop/request/%s/%s", caller, token);
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(o)", handle));

  g_variant_builder_init (&results, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&results, "{sv}", "background", g_variant_new_boolean (TRUE));
  g_variant_builder_add (&results, "{sv}", "autostart", g_variant_new_boolean (portal->response == 0 && portal->autostart));
  g_dbus_connection_emit_signal (connection, sender, handle, "org.freedesktop.portal.Request", "Response",
                                 g_variant_new ("(ua{sv})", portal->response, &results), NULL);
}

static GDBusConnection *
connect_bus (GTestDBus *bus)
{
  return g_dbus_connection_new_for_address_sync (g_test_dbus_get_bus_address (bus),
                                                 G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                                   G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                                 NULL, NULL, NULL);
}

static void
on_owned (GDBusConnection *connection,
          const char      *name,
          gpointer         user_data)
{
  *(gboolean *) user_data = TRUE;
}

static void
test_portal (void)
{
  static const GDBusInterfaceVTable table = { .method_call = on_portal_call };
  g_autoptr(GDBusNodeInfo) info = g_dbus_node_info_new_for_xml (portal_xml, NULL);
  g_autoptr(GTestDBus) bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_autoptr(GDBusConnection) ours = NULL;
  g_autoptr(GDBusConnection) theirs = NULL;
  g_autoptr(GError) error = NULL;
  Portal portal = { 0 };
  gboolean owned = FALSE;
  guint name;

  g_test_dbus_up (bus);
  ours = connect_bus (bus);
  theirs = connect_bus (bus);
  g_setenv ("ATRIUM_USE_PORTALS", "1", TRUE);

  /* Nobody there: an error, no hang. */
  g_assert_false (set_autostart (ours, TRUE, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);

  g_dbus_connection_register_object (theirs, "/org/freedesktop/portal/desktop", info->interfaces[0], &table, &portal, NULL, NULL);
  name = g_bus_own_name_on_connection (theirs, "org.freedesktop.portal.Desktop", G_BUS_NAME_OWNER_FLAGS_NONE, on_owned, NULL,
                                       &owned, NULL);
  while (!owned)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (set_autostart (ours, TRUE, &error));
  g_assert_no_error (error);
  g_assert_true (portal.autostart);
  g_assert_cmpstrv (portal.command, command);
  g_assert_true (set_autostart (ours, FALSE, &error));
  g_assert_false (portal.autostart);

  portal.response = 1;
  g_assert_false (set_autostart (ours, TRUE, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);

  g_unsetenv ("ATRIUM_USE_PORTALS");
  g_bus_unown_name (name);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_dbus_connection_close_sync (ours, NULL, NULL);
  g_dbus_connection_close_sync (theirs, NULL, NULL);
  g_test_dbus_down (bus);
  g_strfreev (portal.command);
}

static void
test_file (void)
{
  g_autoptr(GTestDBus) bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_autoptr(GDBusConnection) ours = NULL;
  g_autofree char *path = g_build_filename (g_get_user_config_dir (), "autostart", "org.example.Test.desktop", NULL);
  g_autoptr(GKeyFile) file = g_key_file_new ();
  g_autoptr(GError) error = NULL;
  g_autofree char *line = NULL;
  g_auto(GStrv) words = NULL;

  g_test_dbus_up (bus);
  ours = connect_bus (bus);
  g_assert_true (set_autostart (ours, FALSE, &error));   /* nothing there is fine */
  g_assert_true (set_autostart (ours, TRUE, &error));
  g_assert_no_error (error);
  g_assert_true (g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, &error));
  line = g_key_file_get_string (file, "Desktop Entry", "Exec", &error);
  g_assert_cmpstr (line, ==, "\"/opt/odd \\\"name\\\" 100%%/atrium\" \"--background\"");
  g_assert_true (set_autostart (ours, FALSE, &error));
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));

  g_dbus_connection_close_sync (ours, NULL, NULL);
  g_test_dbus_down (bus);
}

int
main (int    argc,
      char **argv)
{
  g_autofree char *folder = g_dir_make_tmp ("autostart-XXXXXX", NULL);
  g_autofree char *inside = g_build_filename (folder, "autostart", NULL);
  int status;

  /* Not G_TEST_OPTION_ISOLATE_DIRS, which leaks. */
  g_setenv ("XDG_CONFIG_HOME", folder, TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/desktop/autostart/file", test_file);
  g_test_add_func ("/desktop/autostart/portal", test_portal);

  status = g_test_run ();
  g_rmdir (inside);
  g_rmdir (folder);

  return status;
}
