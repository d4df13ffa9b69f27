/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/parts/avatar.h"
#include "workspace/people/person.h"

G_BEGIN_DECLS

/**
 * atrium_dot_for_presence:
 * @show_offline: a hollow dot for somebody who is away from every device, rather than none
 */
AtriumDot   atrium_dot_for_presence (AtriumPresence  presence,
                                     gboolean        show_offline);

/* Returns: a translated word */
const char *atrium_presence_word    (AtriumPresence  presence);

/**
 * atrium_avatar_load_bytes:
 * @bytes: (nullable): an encoded picture from the network
 *
 * Shows @bytes on @self once the decoder process has made pixels of them; until then, and when it
 * refuses, the letters. A later call wins over an earlier one. Textures are kept by content.
 */
void        atrium_avatar_load_bytes (AtriumAvatar  *self,
                                      GBytes        *bytes);

G_END_DECLS
