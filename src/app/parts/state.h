/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "workspace/types.h"

G_BEGIN_DECLS

/* How far an own message is: always a glyph and a word. */
const char *atrium_message_state_icon (AtriumMessageState state);
const char *atrium_message_state_word (AtriumMessageState state);

G_END_DECLS
