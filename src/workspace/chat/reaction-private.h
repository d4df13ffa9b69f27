/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "workspace/chat/reaction.h"

G_BEGIN_DECLS

AtriumReaction *atrium_reaction_new (void) G_GNUC_WARN_UNUSED_RESULT;

/* Each copies or references its value and notifies only when it is a new one. */
void atrium_reaction_set_emoji (AtriumReaction *self, const char *value);
void atrium_reaction_set_count (AtriumReaction *self, guint value);
void atrium_reaction_set_own (AtriumReaction *self, gboolean value);
void atrium_reaction_set_names (AtriumReaction *self, const char * const *value);
void atrium_reaction_set_addresses (AtriumReaction *self, const char * const *value);

G_END_DECLS
