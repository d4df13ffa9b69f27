/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a table holds at this moment, borrowed: to be walked while the table may change. */

static inline GPtrArray *
xmpp_table_list (GHashTable *table,
                 gboolean    keys)
{
  GPtrArray *list = g_ptr_array_sized_new (g_hash_table_size (table));
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, table);
  while (g_hash_table_iter_next (&iter, &key, &value))
    g_ptr_array_add (list, keys ? key : value);
  return list;
}

/* (transfer container) */
static inline GPtrArray *
xmpp_table_list_keys (GHashTable *table)
{
  return xmpp_table_list (table, TRUE);
}

static inline GPtrArray *
xmpp_table_list_values (GHashTable *table)
{
  return xmpp_table_list (table, FALSE);
}

G_END_DECLS
