/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "map-private.h"

#include <string.h>

GHashTable *
store_map_read (const char *path)
{
  GHashTable *map = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *content = NULL;
  g_auto(GStrv) lines = NULL;

  if (!g_file_get_contents (path, &content, NULL, NULL))
    return map;
  lines = g_strsplit (content, "\n", 200);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      char *space = strchr (lines[i], ' ');
      guint64 page;

      if (space == NULL || !g_ascii_string_to_unsigned (space + 1, 10, 2, G_MAXINT32, &page, NULL))
        continue;
      g_hash_table_insert (map, g_strndup (lines[i], space - lines[i]), GUINT_TO_POINTER ((guint) page));
    }
  return map;
}

void
store_map_update (const char      *path,
                  StoreConnection *connection)
{
  g_autoptr(GString) wanted = g_string_new (NULL);
  g_autofree char *content = NULL;
  g_autoptr(GError) error = NULL;
  sqlite3_stmt *statement = NULL;

  if (sqlite3_prepare_v2 (connection->handle,
                          "SELECT name, rootpage FROM sqlite_schema WHERE type = 'table' AND rootpage > 0 ORDER BY name", -1,
                          &statement, NULL) == SQLITE_OK)
    while (sqlite3_step (statement) == SQLITE_ROW)
      g_string_append_printf (wanted, "%s %d\n", sqlite3_column_text (statement, 0), sqlite3_column_int (statement, 1));
  sqlite3_finalize (statement);
  if (g_file_get_contents (path, &content, NULL, NULL) && g_str_equal (content, wanted->str))
    return;
  if (!g_file_set_contents_full (path, wanted->str, wanted->len, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error))
    g_debug ("%s", error->message);
}
