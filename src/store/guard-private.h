/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "error.h"

G_BEGIN_DECLS

/*
 * The lock file beside a database ("NAME-guard"). Each process that has the database open holds it shared; whoever can have
 * it alone is the first, may look at the file as a whole and repair it. Its content says how the last one left.
 */
typedef struct
{
  char    *path;
  int      fd;
  gboolean first;    /* nobody else has the database open */
  gboolean unclean;  /* the last user did not close it */
} StoreGuard;

StoreGuard *store_guard_acquire      (const char *database_path, GError **error);
/* Looking and repairing is done: others may come in. */
gboolean    store_guard_open         (StoreGuard *self, GError **error);
/* The next open has to look closely, however this one ends. */
void        store_guard_note_damage  (StoreGuard *self);
/* @clean: the database was closed as it should be. Frees @self. */
void        store_guard_release      (StoreGuard *self, gboolean clean);

G_END_DECLS
