/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "setting.h"

#include <string.h>

#include "sql-private.h"

#define MAX_CAPS 2000

static gboolean
get_bytes (StoreTransaction *tx,
           const char       *sql,
           const char       *key,
           GBytes          **out,
           GError          **error)
{
  g_autoptr(StoreStatement) statement = store_query (tx, error, sql, "s", key);
  int step;

  if (statement == NULL || (step = store_step (tx, statement, error)) < 0)
    return FALSE;
  *out = step == 1 ? store_column_dup_bytes (statement, 0) : NULL;
  return TRUE;
}

static GHashTable *
list_bytes (StoreTransaction *tx,
            StoreStatement   *statement,
            GError          **error)
{
  g_autoptr(GHashTable) table = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_bytes_unref);
  g_autoptr(StoreStatement) released = statement;
  int step;

  if (statement == NULL)
    return NULL;
  while ((step = store_step (tx, statement, error)) == 1)
    g_hash_table_replace (table, store_column_dup_text (statement, 0), store_column_dup_bytes (statement, 1));
  return step == 0 ? g_steal_pointer (&table) : NULL;
}

gboolean
store_setting_get (StoreTransaction *tx,
                   const char       *key,
                   GBytes          **out_value,
                   GError          **error)
{
  return get_bytes (tx, "SELECT value FROM setting WHERE key = ?", key, out_value, error);
}

gboolean
store_setting_set (StoreTransaction *tx,
                   const char       *key,
                   GBytes           *value,
                   GError          **error)
{
  if (!store_check_required (key, STORE_LIMIT_ID, "setting", error) ||
      !store_check_bytes (value, STORE_LIMIT_PAYLOAD, key, error))
    return FALSE;
  store_transaction_note (tx, STORE_CHANGE_SETTING, 0, 0);
  if (value == NULL)
    return store_exec (tx, error, "DELETE FROM setting WHERE key = ?", "s", key);
  return store_exec (tx, error, "INSERT OR REPLACE INTO setting (key, value) VALUES (?, ?)", "sb", key, value);
}

gboolean
store_setting_get_string (StoreTransaction *tx,
                          const char       *key,
                          char            **out_value,
                          GError          **error)
{
  g_autoptr(GBytes) bytes = NULL;
  gsize size;
  const char *data;

  if (!store_setting_get (tx, key, &bytes, error))
    return FALSE;
  data = bytes != NULL ? g_bytes_get_data (bytes, &size) : NULL;
  *out_value = bytes == NULL ? NULL : data == NULL ? g_strdup ("") : g_utf8_make_valid (data, size);
  return TRUE;
}

gboolean
store_setting_set_string (StoreTransaction *tx,
                          const char       *key,
                          const char       *value,
                          GError          **error)
{
  g_autoptr(GBytes) bytes = value != NULL ? g_bytes_new (value, strlen (value)) : NULL;

  return store_setting_set (tx, key, bytes, error);
}

GHashTable *
store_setting_list (StoreTransaction *tx,
                    const char       *prefix,
                    GError          **error)
{
  return list_bytes (tx, store_query (tx, error, "SELECT key, value FROM setting WHERE substr(key, 1, length(?1)) = ?1", "s",
                                      prefix), error);
}

gboolean
store_cursor_get (StoreTransaction *tx,
                  const char       *name,
                  char            **out_value,
                  GError          **error)
{
  g_autoptr(StoreStatement) statement = store_query (tx, error, "SELECT value FROM cursor WHERE name = ?", "s", name);
  int step;

  if (statement == NULL || (step = store_step (tx, statement, error)) < 0)
    return FALSE;
  *out_value = step == 1 ? store_column_dup_text (statement, 0) : NULL;
  return TRUE;
}

gboolean
store_cursor_set (StoreTransaction *tx,
                  const char       *name,
                  const char       *value,
                  GError          **error)
{
  if (!store_check_required (name, STORE_LIMIT_ID, "cursor", error) || !store_check_text (value, STORE_LIMIT_TEXT, name, error))
    return FALSE;
  if (value == NULL)
    return store_exec (tx, error, "DELETE FROM cursor WHERE name = ?", "s", name);
  return store_exec (tx, error, "INSERT OR REPLACE INTO cursor (name, value) VALUES (?, ?)", "ss", name, value);
}

gboolean
store_caps_get (StoreTransaction *tx,
                const char       *hash,
                GBytes          **out_data,
                GError          **error)
{
  return get_bytes (tx, "SELECT data FROM caps WHERE hash = ?", hash, out_data, error);
}

gboolean
store_caps_set (StoreTransaction *tx,
                const char       *hash,
                GBytes           *data,
                gint64            now,
                GError          **error)
{
  if (!store_check_required (hash, STORE_LIMIT_ID, "capability hash", error) ||
      !store_check_bytes (data, STORE_LIMIT_PAYLOAD, "capabilities", error))
    return FALSE;
  if (data == NULL)
    return store_exec (tx, error, "DELETE FROM caps WHERE hash = ?", "s", hash);
  return store_exec (tx, error, "INSERT OR REPLACE INTO caps (hash, data, used) VALUES (?, ?, ?)", "sbi", hash, data, now) &&
         store_exec (tx, error, "DELETE FROM caps WHERE rowid IN (SELECT rowid FROM caps ORDER BY used DESC, rowid DESC "
                     "LIMIT -1 OFFSET ?)", "d", MAX_CAPS);
}

GHashTable *
store_caps_list (StoreTransaction *tx,
                 GError          **error)
{
  return list_bytes (tx, store_query (tx, error, "SELECT hash, data FROM caps", ""), error);
}

gboolean
store_session_get (StoreTransaction *tx,
                   const char       *account,
                   GBytes          **out_state,
                   GError          **error)
{
  return get_bytes (tx, "SELECT state FROM session WHERE account = ?", account, out_state, error);
}

gboolean
store_session_set (StoreTransaction *tx,
                   const char       *account,
                   GBytes           *state,
                   GError          **error)
{
  if (!store_check_required (account, STORE_LIMIT_ID * 3, "account", error) ||
      !store_check_bytes (state, STORE_LIMIT_PAYLOAD, "session", error))
    return FALSE;
  if (state == NULL)
    return store_exec (tx, error, "DELETE FROM session WHERE account = ?", "s", account);
  return store_exec (tx, error, "INSERT OR REPLACE INTO session (account, state) VALUES (?, ?)", "sb", account, state);
}
