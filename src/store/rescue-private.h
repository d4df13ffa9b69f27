/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "database.h"

G_BEGIN_DECLS

void         store_rescue_free   (StoreRescue *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StoreRescue, store_rescue_free)
/* Makes a new database at @path from what can be read of the damaged one there, which is kept under another name. */
StoreRescue *store_rescue_run    (const char *path, const char *problem, GError **error);
/* Completes a rescue that was cut off between its last steps. */
gboolean     store_rescue_finish (const char *path, char **out_aside, GError **error);

G_END_DECLS
