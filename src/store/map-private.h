/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sql-private.h"

G_BEGIN_DECLS

/* "NAME-map": on which page of the file each table begins, for a rescue that cannot read the schema. Lines "TABLE PAGE". */
GHashTable *store_map_read   (const char *path);    /* name → GUINT page; empty when there is no such file */
/* Brings the file up to date; a failure costs nothing now. */
void        store_map_update (const char *path, StoreConnection *connection);

G_END_DECLS
