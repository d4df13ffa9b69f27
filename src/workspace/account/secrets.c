/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium"

#include "config.h"

#include "workspace/account/secrets.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <libsecret/secret.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const SecretSchema schema = {
  ATRIUM_APPLICATION_ID, SECRET_SCHEMA_NONE,
  {
    { "address", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { "profile", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { NULL, 0 },
  },
  0, 0, 0, 0, 0, 0, 0, 0,
};

typedef struct
{
  char     *path;
  char     *data_dir;
  char     *address;
  char     *password;
  gboolean  file;
} Secret;

static void
secret_free (gpointer data)
{
  Secret *secret = data;

  if (secret->password != NULL)
    {
      explicit_bzero (secret->password, strlen (secret->password));
      g_free (secret->password);
    }
  g_free (secret->path);
  g_free (secret->data_dir);
  g_free (secret->address);
  g_free (secret);
}

static Secret *
secret_new (const char *data_dir,
            const char *address)
{
  Secret *secret = g_new0 (Secret, 1);

  secret->data_dir = g_strdup (data_dir);
  secret->path = g_build_filename (data_dir, "secrets", NULL);
  secret->address = g_strdup (address);

  return secret;
}

/* Others must not be able to read it: a file with wider rights is not believed either. */
static GKeyFile *
read_file (const char *path)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  GStatBuf status;

  if (g_lstat (path, &status) == 0 && S_ISREG (status.st_mode) && (status.st_mode & 077) == 0)
    g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, NULL);

  return g_steal_pointer (&file);
}

static gboolean
write_file (const char  *path,
            GKeyFile    *file,
            GError     **error)
{
  gsize size;
  g_autofree char *text = g_key_file_to_data (file, &size, NULL);

  return g_file_set_contents_full (path, text, size, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, error);
}

static void
on_lookup (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  char *password = secret_password_lookup_finish (result, &error);

  if (error != NULL)
    g_debug ("keyring: %s", error->message);
  g_task_return_pointer (task, password, (GDestroyNotify) secret_password_free);
}

/* Without a session bus there is no keyring, and asking for one would start one. */
static gboolean
has_keyring (void)
{
  const char *bus = g_getenv ("DBUS_SESSION_BUS_ADDRESS");
  g_autofree char *runtime = g_build_filename (g_get_user_runtime_dir (), "bus", NULL);

  return g_getenv ("ATRIUM_NO_KEYRING") == NULL && ((bus != NULL && *bus != '\0') || g_file_test (runtime, G_FILE_TEST_EXISTS));
}

void
atrium_secrets_lookup_async (const char          *data_dir,
                             const char          *address,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  Secret *secret = secret_new (data_dir, address);
  g_autoptr (GKeyFile) file = read_file (secret->path);
  char *password = g_key_file_get_string (file, "passwords", address, NULL);

  g_task_set_source_tag (task, atrium_secrets_lookup_async);
  g_task_set_task_data (task, secret, secret_free);
  if (password != NULL)
    {
      g_task_return_pointer (task, password, g_free);
      return;
    }
  if (!has_keyring ())
    {
      g_task_return_pointer (task, NULL, NULL);
      return;
    }

  secret_password_lookup (&schema, NULL, on_lookup, g_steal_pointer (&task), "address", address, "profile", data_dir, NULL);
}

char *
atrium_secrets_lookup_finish (GAsyncResult  *result,
                              GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
store_in_file (GTask *task)
{
  Secret *secret = g_task_get_task_data (task);
  g_autoptr (GKeyFile) file = read_file (secret->path);
  GError *error = NULL;

  if (secret->password != NULL)
    g_key_file_set_string (file, "passwords", secret->address, secret->password);
  else if (!g_key_file_remove_key (file, "passwords", secret->address, NULL))
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  if (!write_file (secret->path, file, &error))
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
on_stored (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Secret *secret = g_task_get_task_data (task);
  GError *error = NULL;

  if (secret_password_store_finish (result, &error))
    g_task_return_boolean (task, TRUE);
  else if (secret->file)
    {
      g_clear_error (&error);
      store_in_file (task);
    }
  else
    g_task_return_error (task, error);
}

static void
on_cleared (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  if (!secret_password_clear_finish (result, &error) && error != NULL)
    g_debug ("keyring: %s", error->message);
  store_in_file (task);
}

void
atrium_secrets_store_async (const char          *data_dir,
                            const char          *address,
                            const char          *password,
                            gboolean             use_file,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  Secret *secret = secret_new (data_dir, address);

  secret->password = g_strdup (password);
  secret->file = use_file;
  g_task_set_source_tag (task, atrium_secrets_store_async);
  g_task_set_task_data (task, secret, secret_free);

  if (!has_keyring ())
    {
      if (use_file || password == NULL)
        store_in_file (task);
      else
        g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "there is no keyring");
    }
  else if (password == NULL)
    secret_password_clear (&schema, NULL, on_cleared, g_steal_pointer (&task), "address", address, "profile", data_dir, NULL);
  else
    secret_password_store (&schema, SECRET_COLLECTION_DEFAULT, address, password, NULL, on_stored, g_steal_pointer (&task),
                           "address", address, "profile", data_dir, NULL);
}

gboolean
atrium_secrets_store_finish (GAsyncResult  *result,
                             GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
