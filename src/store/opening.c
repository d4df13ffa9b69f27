/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "opening-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "index-private.h"
#include "schema-private.h"

gboolean
store_opening_make_file (const char *path,
                         GError    **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int fd = -1;

  if (g_mkdir_with_parents (folder, 0700) == 0)
    fd = g_open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0)
    {
      int code = errno;

      g_set_error (error, STORE_ERROR, code == ENOSPC || code == EDQUOT ? STORE_ERROR_FULL : STORE_ERROR_IO, "%s: %s", path,
                   g_strerror (code));
      return FALSE;
    }
  /* Whatever wrote it before; -wal and -shm follow it. */
  if (fchmod (fd, 0600) < 0)
    g_debug ("%s: its mode could not be changed", path);
  close (fd);
  return TRUE;
}

gboolean
store_opening_has_content (const char *path,
                           const char *suffix)
{
  g_autofree char *name = g_strconcat (path, suffix, NULL);
  GStatBuf info;

  return g_stat (name, &info) == 0 && info.st_size > 0;
}

static gboolean
quick_check (StoreConnection *connection,
             GError         **error)
{
  sqlite3_stmt *statement = NULL;
  int code = sqlite3_prepare_v2 (connection->handle, "PRAGMA quick_check(1)", -1, &statement, NULL);
  gboolean ok = FALSE;

  if (code == SQLITE_OK)
    code = sqlite3_step (statement);
  if (code != SQLITE_ROW)
    store_connection_fail (connection, code, "checking the database", error);
  else if (g_strcmp0 ((const char *) sqlite3_column_text (statement, 0), "ok") != 0)
    g_set_error (error, STORE_ERROR, STORE_ERROR_DAMAGED, "%s", sqlite3_column_text (statement, 0));
  else
    ok = TRUE;
  sqlite3_finalize (statement);
  return ok;
}

StoreConnection *
store_opening_open (const char *path,
                    gboolean    check,
                    GError    **error)
{
  g_autoptr(StoreConnection) connection = store_connection_open (path, STORE_OPEN_CREATE, error);
  const StoreMigration *steps;
  guint n_steps, version;

  if (connection == NULL || !store_schema_get_version (connection, &version, error))
    return NULL;
  steps = store_schema_get_steps (&n_steps);
  if (version > n_steps)
    /* Nothing of it may change, not even by a checkpoint. */
    sqlite3_db_config (connection->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
  else if (check && version > 0 && (!quick_check (connection, error) || !store_schema_verify (connection, error)))
    return NULL;
  if (!store_schema_migrate (connection, steps, n_steps, error) ||
      !store_index_check (connection, error) ||
      (version < n_steps && !store_schema_seal (connection, error)))
    return NULL;
  return g_steal_pointer (&connection);
}

/* A file of a later program must not be written to at all: its version is looked up before SQLite may touch it. */
gboolean
store_opening_refuse_newer (const char *path,
                            GError    **error)
{
  guchar header[64];
  int fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  guint32 version = 0;
  ssize_t n = fd >= 0 ? read (fd, header, sizeof header) : -1;

  if (fd >= 0)
    close (fd);
  if (n == sizeof header)
    version = (guint32) header[60] << 24 | (guint32) header[61] << 16 | (guint32) header[62] << 8 | header[63];
  if (version > STORE_SCHEMA_VERSION && !store_opening_has_content (path, "-wal"))
    {
      g_autofree char *uri = g_filename_to_uri (path, NULL, NULL);
      g_autofree char *name = g_strconcat (uri, "?immutable=1", NULL);
      sqlite3 *handle = NULL;
      sqlite3_stmt *statement = NULL;
      gboolean newer = FALSE;

      /* Both records of the version agree, or it is a damaged byte: see schema.c. */
      if (sqlite3_open_v2 (name, &handle, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK &&
          sqlite3_prepare_v2 (handle, "SELECT value FROM meta WHERE key = 'version'", -1, &statement, NULL) == SQLITE_OK &&
          sqlite3_step (statement) == SQLITE_ROW)
        newer = sqlite3_column_int64 (statement, 0) == version;
      sqlite3_finalize (statement);
      sqlite3_close (handle);
      if (newer)
        {
          g_set_error (error, STORE_ERROR, STORE_ERROR_NEWER,
                       "this database was written by a newer program (format %u, this program knows %u)", version,
                       STORE_SCHEMA_VERSION);
          return FALSE;
        }
    }
  return TRUE;
}
