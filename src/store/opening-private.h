/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sql-private.h"

G_BEGIN_DECLS

/* The steps of opening a file; database.c puts them in order. */

/* A file of a later program must not be written to at all: its version is looked up before SQLite may touch it. */
gboolean         store_opening_refuse_newer (const char *path, GError **error);
/* The file is there, and only for its owner. */
gboolean         store_opening_make_file    (const char *path, GError **error);
gboolean         store_opening_has_content  (const char *path, const char *suffix);
/* Opens, checks when @check, and brings up to date. DAMAGED: rescue it. */
StoreConnection *store_opening_open         (const char *path, gboolean check, GError **error);

G_END_DECLS
