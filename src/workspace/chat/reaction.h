/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "workspace/types.h"

G_BEGIN_DECLS

/**
 * AtriumReaction:
 *
 * One emoji under a message and who gave it.
 *
 * Properties, all read-only from outside and notified when they change:
 *
 * - `emoji`: the emoji
 * - `count`: how many people gave it, ≥ 1
 * - `own`: we gave it
 * - `names`: names, in the order of arrival
 * - `addresses`: addresses (in rooms the real one where known, else the nick), same order
 */
#define ATRIUM_TYPE_REACTION (atrium_reaction_get_type ())
G_DECLARE_FINAL_TYPE (AtriumReaction, atrium_reaction, ATRIUM, REACTION, GObject)

const char          *atrium_reaction_get_emoji     (AtriumReaction *self);
guint                atrium_reaction_get_count     (AtriumReaction *self);
gboolean             atrium_reaction_get_own       (AtriumReaction *self);
const char * const  *atrium_reaction_get_names     (AtriumReaction *self);
const char * const  *atrium_reaction_get_addresses (AtriumReaction *self);

G_END_DECLS
