/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/desktop/launcher-badge.h"
#include "app/desktop/status-icon.h"

#include <string.h>

/* A bus of our own, on which this process plays the watcher and the host over a second connection. */
typedef struct
{
  GTestDBus        *bus;
  GDBusConnection  *ours;
  GDBusConnection  *host;
  GApplication     *application;
  GMenu            *menu;
  AtriumStatusIcon *icon;
  char             *registered;   /* what the watcher was told */
  guint             watcher_name;
  guint             watcher_object;
  guint             activated;
  guint             quit;
} Fixture;

static const char watcher_xml[] =
  "<node><interface name='org.kde.StatusNotifierWatcher'>"
  "<method name='RegisterStatusNotifierItem'><arg type='s' direction='in'/></method>"
  "</interface></node>";

static void
on_watcher_call (GDBusConnection       *connection,
                 const char            *sender,
                 const char            *path,
                 const char            *interface,
                 const char            *method,
                 GVariant              *parameters,
                 GDBusMethodInvocation *invocation,
                 gpointer               user_data)
{
  Fixture *fixture = user_data;

  g_free (fixture->registered);
  g_variant_get (parameters, "(s)", &fixture->registered);
  g_dbus_method_invocation_return_value (invocation, NULL);
}

static void
start_watcher (Fixture *fixture)
{
  static const GDBusInterfaceVTable table = { .method_call = on_watcher_call };
  g_autoptr(GDBusNodeInfo) info = g_dbus_node_info_new_for_xml (watcher_xml, NULL);

  fixture->watcher_object = g_dbus_connection_register_object (fixture->host, "/StatusNotifierWatcher", info->interfaces[0],
                                                               &table, fixture, NULL, NULL);
  fixture->watcher_name = g_bus_own_name_on_connection (fixture->host, "org.kde.StatusNotifierWatcher",
                                                        G_BUS_NAME_OWNER_FLAGS_NONE, NULL, NULL, NULL, NULL);
}

static void
stop_watcher (Fixture *fixture)
{
  g_bus_unown_name (fixture->watcher_name);
  g_dbus_connection_unregister_object (fixture->host, fixture->watcher_object);
  fixture->watcher_name = 0;
}

static void
on_activate (GApplication *application,
             gpointer      user_data)
{
  ((Fixture *) user_data)->activated += 1;
}

static void
on_quit (GSimpleAction *action,
         GVariant      *parameter,
         gpointer       user_data)
{
  ((Fixture *) user_data)->quit += 1;
}

static GDBusConnection *
connect_bus (GTestDBus *bus)
{
  g_autoptr(GError) error = NULL;
  GDBusConnection *connection;

  connection = g_dbus_connection_new_for_address_sync (g_test_dbus_get_bus_address (bus),
                                                       G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                                         G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                                       NULL, NULL, &error);
  g_assert_no_error (error);
  return connection;
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr(GSimpleAction) quit = g_simple_action_new ("quit", NULL);
  g_autoptr(GSimpleAction) quiet = g_simple_action_new_stateful ("quiet", NULL, g_variant_new_boolean (TRUE));
  g_autoptr(GMenu) section = g_menu_new ();

  fixture->bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (fixture->bus);
  fixture->ours = connect_bus (fixture->bus);
  fixture->host = connect_bus (fixture->bus);

  fixture->application = g_application_new ("org.example.Test", G_APPLICATION_NON_UNIQUE);
  g_assert_true (g_application_register (fixture->application, NULL, NULL));
  g_signal_connect (fixture->application, "activate", G_CALLBACK (on_activate), fixture);
  g_signal_connect (quit, "activate", G_CALLBACK (on_quit), fixture);
  g_action_map_add_action (G_ACTION_MAP (fixture->application), G_ACTION (quit));
  g_action_map_add_action (G_ACTION_MAP (fixture->application), G_ACTION (quiet));

  fixture->menu = g_menu_new ();
  g_menu_append (fixture->menu, "Be quiet", "app.quiet");
  g_menu_append (section, "Quit", "app.quit");
  g_menu_append_section (fixture->menu, NULL, G_MENU_MODEL (section));
  fixture->icon = atrium_status_icon_new (fixture->application, fixture->ours, "org.example.Test", "Test",
                                          G_MENU_MODEL (fixture->menu));
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  if (fixture->watcher_name != 0)
    stop_watcher (fixture);
  g_assert_finalize_object (fixture->icon);
  g_object_unref (fixture->menu);
  g_object_unref (fixture->application);
  g_dbus_connection_close_sync (fixture->host, NULL, NULL);
  g_dbus_connection_close_sync (fixture->ours, NULL, NULL);
  g_object_unref (fixture->host);
  g_object_unref (fixture->ours);
  g_test_dbus_down (fixture->bus);
  g_object_unref (fixture->bus);
  g_free (fixture->registered);
}

static void
wait_present (Fixture  *fixture,
              gboolean  present)
{
  while (atrium_status_icon_get_present (fixture->icon) != present)
    g_main_context_iteration (NULL, TRUE);
}

static void
on_answer (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

/* The host asks our item something. */
static GVariant *
ask (Fixture     *fixture,
     const char  *path,
     const char  *interface,
     const char  *method,
     GVariant    *parameters,
     GError     **error)
{
  g_autoptr(GAsyncResult) result = NULL;

  g_dbus_connection_call (fixture->host, fixture->registered, path, interface, method, parameters, NULL,
                          G_DBUS_CALL_FLAGS_NONE, -1, NULL, on_answer, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return g_dbus_connection_call_finish (fixture->host, result, error);
}

static char *
get_string (Fixture    *fixture,
            const char *property)
{
  g_autoptr(GVariant) answer = ask (fixture, "/StatusNotifierItem", "org.freedesktop.DBus.Properties", "Get",
                                    g_variant_new ("(ss)", "org.kde.StatusNotifierItem", property), NULL);
  g_autoptr(GVariant) value = NULL;

  g_variant_get (answer, "(v)", &value);
  return g_variant_dup_string (value, NULL);
}

static void
test_registers (Fixture       *fixture,
                gconstpointer  data)
{
  g_autofree char *status = NULL;
  g_autofree char *attention = NULL;
  g_autofree char *title = NULL;

  start_watcher (fixture);
  atrium_status_icon_set_active (fixture->icon, TRUE);
  wait_present (fixture, TRUE);
  g_assert_cmpstr (fixture->registered, ==, g_dbus_connection_get_unique_name (fixture->ours));

  status = get_string (fixture, "Status");
  g_assert_cmpstr (status, ==, "Active");
  atrium_status_icon_set_attention (fixture->icon, TRUE);
  attention = get_string (fixture, "Status");
  g_assert_cmpstr (attention, ==, "NeedsAttention");
  title = get_string (fixture, "Title");
  g_assert_cmpstr (title, ==, "Test");
}

/* Desktops start in any order, and a panel may crash and come back. */
static void
test_watcher_comes_and_goes (Fixture       *fixture,
                             gconstpointer  data)
{
  atrium_status_icon_set_active (fixture->icon, TRUE);
  g_assert_false (atrium_status_icon_get_present (fixture->icon));
  start_watcher (fixture);
  wait_present (fixture, TRUE);
  stop_watcher (fixture);
  wait_present (fixture, FALSE);
  g_clear_pointer (&fixture->registered, g_free);
  start_watcher (fixture);
  wait_present (fixture, TRUE);
  g_assert_nonnull (fixture->registered);
}

static void
test_switched_off (Fixture       *fixture,
                   gconstpointer  data)
{
  g_autoptr(GVariant) answer = NULL;
  g_autoptr(GError) error = NULL;

  start_watcher (fixture);
  atrium_status_icon_set_active (fixture->icon, TRUE);
  wait_present (fixture, TRUE);
  atrium_status_icon_set_active (fixture->icon, FALSE);
  g_assert_false (atrium_status_icon_get_present (fixture->icon));
  answer = ask (fixture, "/StatusNotifierItem", "org.kde.StatusNotifierItem", "Activate", g_variant_new ("(ii)", 0, 0), &error);
  g_assert_null (answer);
  g_assert_nonnull (error);
}

static void
test_click (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr(GVariant) answer = NULL;

  start_watcher (fixture);
  atrium_status_icon_set_active (fixture->icon, TRUE);
  wait_present (fixture, TRUE);
  answer = ask (fixture, "/StatusNotifierItem", "org.kde.StatusNotifierItem", "Activate", g_variant_new ("(ii)", 5, 5), NULL);
  g_assert_nonnull (answer);
  g_assert_cmpuint (fixture->activated, ==, 1);
}

static void
test_menu (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr(GVariant) layout = NULL;
  g_autoptr(GVariant) children = NULL;
  g_autoptr(GVariant) answer = NULL;
  g_autoptr(GVariant) odd = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *text = NULL;

  start_watcher (fixture);
  atrium_status_icon_set_active (fixture->icon, TRUE);
  wait_present (fixture, TRUE);

  layout = ask (fixture, "/MenuBar", "com.canonical.dbusmenu", "GetLayout",
                g_variant_new ("(ii@as)", 0, -1, g_variant_new_strv (NULL, 0)), NULL);
  g_variant_get (layout, "(u(i@a{sv}@av))", NULL, NULL, NULL, &children);
  g_assert_cmpuint (g_variant_n_children (children), ==, 3);   /* quiet, line, quit */
  text = g_variant_print (children, FALSE);
  g_assert_nonnull (strstr (text, "'Be quiet'"));
  g_assert_nonnull (strstr (text, "'toggle-state': <1>"));
  g_assert_nonnull (strstr (text, "'separator'"));

  answer = ask (fixture, "/MenuBar", "com.canonical.dbusmenu", "Event",
                g_variant_new ("(isvu)", 3, "clicked", g_variant_new_int32 (0), 0), NULL);
  g_assert_nonnull (answer);
  g_assert_cmpuint (fixture->quit, ==, 1);

  /* Entries that are not there. */
  odd = ask (fixture, "/MenuBar", "com.canonical.dbusmenu", "GetLayout",
             g_variant_new ("(ii@as)", 99, -1, g_variant_new_strv (NULL, 0)), &error);
  g_assert_null (odd);
  g_assert_error (error, G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS);
  g_clear_pointer (&answer, g_variant_unref);
  answer = ask (fixture, "/MenuBar", "com.canonical.dbusmenu", "Event",
                g_variant_new ("(isvu)", -7, "clicked", g_variant_new_int32 (0), 0), NULL);
  g_assert_nonnull (answer);
  g_assert_cmpuint (fixture->quit, ==, 1);
}

static void
on_update (GDBusConnection *connection,
           const char      *sender,
           const char      *path,
           const char      *interface,
           const char      *signal_name,
           GVariant        *parameters,
           gpointer         user_data)
{
  *(GVariant **) user_data = g_variant_ref (parameters);
}

static void
test_badge (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr(GVariant) update = NULL;
  g_autoptr(GVariant) properties = NULL;
  gboolean visible;
  gint64 count;
  const char *uri;
  guint id;

  id = g_dbus_connection_signal_subscribe (fixture->host, NULL, "com.canonical.Unity.LauncherEntry", "Update", NULL, NULL,
                                           G_DBUS_SIGNAL_FLAGS_NONE, on_update, &update, NULL);
  g_assert_true (g_dbus_connection_flush_sync (fixture->host, NULL, NULL));
  atrium_launcher_badge_show (fixture->ours, "org.example.Test", 3, FALSE);
  while (update == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_variant_get (update, "(&s@a{sv})", &uri, &properties);
  g_assert_cmpstr (uri, ==, "application://org.example.Test.desktop");
  g_assert_true (g_variant_lookup (properties, "count", "x", &count));
  g_assert_true (g_variant_lookup (properties, "count-visible", "b", &visible));
  g_assert_cmpint (count, ==, 3);
  g_assert_true (visible);
  g_dbus_connection_signal_unsubscribe (fixture->host, id);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add ("/desktop/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("status-icon/registers", test_registers);
  ADD ("status-icon/watcher-comes-and-goes", test_watcher_comes_and_goes);
  ADD ("status-icon/switched-off", test_switched_off);
  ADD ("status-icon/click", test_click);
  ADD ("status-icon/menu", test_menu);
  ADD ("launcher-badge", test_badge);

  return g_test_run ();
}
