/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium-desktop"

#include "config.h"

#include "app/desktop/autostart.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#define PORTAL_NAME "org.freedesktop.portal.Desktop"
#define PORTAL_PATH "/org/freedesktop/portal/desktop"

/* A question to the portal, answered by a signal of a request object. The task owns it. */
typedef struct
{
  GDBusConnection *connection;
  guint            subscription;
  gboolean         enabled;
} Request;

static void
request_free (Request *request)
{
  if (request->subscription != 0)
    g_dbus_connection_signal_unsubscribe (request->connection, request->subscription);
  g_object_unref (request->connection);
  g_free (request);
}

static gboolean
in_flatpak (void)
{
  return g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS);
}

/* --- files --- */

static gboolean
write_file (const char          *application_id,
            const char * const  *command,
            gboolean             enabled,
            GError             **error)
{
  g_autofree char *folder = g_build_filename (g_get_user_config_dir (), "autostart", NULL);
  g_autofree char *name = g_strconcat (application_id, ".desktop", NULL);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr(GKeyFile) file = g_key_file_new ();
  g_autoptr(GString) line = g_string_new (NULL);

  if (!enabled)
    {
      if (g_unlink (path) == 0 || errno == ENOENT)
        return TRUE;
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "cannot remove %s: %s", path, g_strerror (errno));
      return FALSE;
    }

  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "cannot make %s: %s", folder, g_strerror (errno));
      return FALSE;
    }
  for (guint i = 0; command[i] != NULL; i++)
    {
      /* Exec has a quoting of its own (Desktop Entry Specification, "The Exec key"). */
      if (i > 0)
        g_string_append_c (line, ' ');
      g_string_append_c (line, '"');
      for (const char *c = command[i]; *c != '\0'; c++)
        {
          if (strchr ("\"`$\\", *c) != NULL)
            g_string_append_c (line, '\\');
          if (*c == '%')
            g_string_append_c (line, '%');
          g_string_append_c (line, *c);
        }
      g_string_append_c (line, '"');
    }
  g_key_file_set_string (file, G_KEY_FILE_DESKTOP_GROUP, G_KEY_FILE_DESKTOP_KEY_TYPE, "Application");
  g_key_file_set_string (file, G_KEY_FILE_DESKTOP_GROUP, G_KEY_FILE_DESKTOP_KEY_NAME, "Atrium");
  g_key_file_set_string (file, G_KEY_FILE_DESKTOP_GROUP, G_KEY_FILE_DESKTOP_KEY_ICON, ATRIUM_APPLICATION_ID);
  g_key_file_set_string (file, G_KEY_FILE_DESKTOP_GROUP, G_KEY_FILE_DESKTOP_KEY_EXEC, line->str);
  g_key_file_set_string (file, G_KEY_FILE_DESKTOP_GROUP, "X-GNOME-UsesNotifications", "true");

  return g_key_file_save_to_file (file, path, error);
}

/* --- portal --- */

static void
on_response (GDBusConnection *connection,
             const char      *sender,
             const char      *path,
             const char      *interface,
             const char      *signal_name,
             GVariant        *parameters,
             gpointer         user_data)
{
  g_autoptr(GTask) task = g_object_ref (G_TASK (user_data));
  Request *request = g_task_get_task_data (task);
  g_autoptr(GVariant) results = NULL;
  gboolean autostart = FALSE;
  guint32 response;

  g_variant_get (parameters, "(u@a{sv})", &response, &results);
  g_variant_lookup (results, "autostart", "b", &autostart);
  g_dbus_connection_signal_unsubscribe (request->connection, request->subscription);   /* drops the subscription's reference */
  request->subscription = 0;

  if (response == 0 && autostart == request->enabled)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, "the desktop did not allow it");
}

static void
on_asked (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Request *request = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  g_autoptr(GVariant) answer = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (answer != NULL)
    return;   /* the signal follows */
  g_dbus_error_strip_remote_error (error);
  if (request->subscription != 0)
    g_dbus_connection_signal_unsubscribe (request->connection, request->subscription);
  request->subscription = 0;
  g_task_return_error (task, g_steal_pointer (&error));
}

static void
ask_portal (GTask              *task,
            const char * const *command,
            const char         *reason)
{
  Request *request = g_task_get_task_data (task);
  g_autofree char *token = g_strdup_printf ("atrium%08x", g_random_int ());
  g_autofree char *sender = g_strdup (g_dbus_connection_get_unique_name (request->connection) + 1);
  g_autofree char *path = NULL;
  GVariantBuilder options;

  g_strdelimit (sender, ".", '_');
  path = g_strdup_printf ("/org/freedesktop/portal/desktop/request/%s/%s", sender, token);
  request->subscription = g_dbus_connection_signal_subscribe (request->connection, PORTAL_NAME, "org.freedesktop.portal.Request",
                                                              "Response", path, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
                                                              on_response, g_object_ref (task), g_object_unref);

  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&options, "{sv}", "handle_token", g_variant_new_string (token));
  g_variant_builder_add (&options, "{sv}", "reason", g_variant_new_string (reason));
  g_variant_builder_add (&options, "{sv}", "autostart", g_variant_new_boolean (request->enabled));
  g_variant_builder_add (&options, "{sv}", "commandline", g_variant_new_strv (command, -1));
  g_dbus_connection_call (request->connection, PORTAL_NAME, PORTAL_PATH, "org.freedesktop.portal.Background",
                          "RequestBackground", g_variant_new ("(sa{sv})", "", &options), G_VARIANT_TYPE ("(o)"),
                          G_DBUS_CALL_FLAGS_NONE, -1, g_task_get_cancellable (task), on_asked, g_object_ref (task));
}

void
atrium_autostart_set_async (GDBusConnection     *connection,
                            const char          *application_id,
                            const char * const  *command,
                            gboolean             enabled,
                            const char          *reason,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  g_autoptr(GError) error = NULL;
  Request *request;

  g_return_if_fail (G_IS_DBUS_CONNECTION (connection));
  g_return_if_fail (application_id != NULL && command != NULL && command[0] != NULL);

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, atrium_autostart_set_async);
  if (in_flatpak () || g_getenv ("ATRIUM_USE_PORTALS") != NULL)
    {
      request = g_new0 (Request, 1);
      request->connection = g_object_ref (connection);
      request->enabled = enabled;
      g_task_set_task_data (task, request, (GDestroyNotify) request_free);
      ask_portal (task, command, reason);
    }
  else if (write_file (application_id, command, enabled, &error))   /* one small file */
    {
      g_task_return_boolean (task, TRUE);
    }
  else
    {
      g_task_return_error (task, g_steal_pointer (&error));
    }
}

gboolean
atrium_autostart_set_finish (GAsyncResult  *result,
                             GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
