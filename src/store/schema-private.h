/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sql-private.h"

G_BEGIN_DECLS

#define STORE_SCHEMA_VERSION 1
typedef gboolean (*StoreMigration) (StoreConnection *connection, GError **error);
gboolean         store_schema_migrate        (StoreConnection *connection, const StoreMigration *steps, guint n_steps, GError **error);
const StoreMigration *store_schema_get_steps (guint *out_n);
/* The version that the file says it has, 0 for an empty one; DAMAGED when its two records disagree. */
gboolean         store_schema_get_version    (StoreConnection *connection, guint *out_version, GError **error);

/* Notes what the schema looks like now, and sees whether it still does: a flipped byte in it passes SQLite's own checks. */
gboolean         store_schema_seal           (StoreConnection *connection, GError **error);
gboolean         store_schema_verify         (StoreConnection *connection, GError **error);

G_END_DECLS
