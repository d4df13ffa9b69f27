/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "workspace/types.h"

G_BEGIN_DECLS

/**
 * atrium_mention_is_for:
 * @text: a message of a room
 * @mentions: (nullable) (element-type AtriumSpan): what it refers to by XEP-0372
 * @own: own bare address
 * @room: the room
 * @nick: (nullable): own name there
 *
 * Whether the message names us: by a reference, or, as programs without references do, by our nick as a word of its own
 * (with or without "@"; in Chinese text only with "@"). Linear in the length of @text.
 */
gboolean atrium_mention_is_for (const char *text,
                                GPtrArray  *mentions,
                                const char *own,
                                const char *room,
                                const char *nick);

G_END_DECLS
