/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * xmpp_file_name_clean:
 * @name: (nullable): a name from the network, anything
 *
 * The name of a plain file in a folder of ours (threat D1): last path component of either kind of slash; no control, bidi
 * or line characters; no leading dots, dashes or spaces, no trailing dots or spaces; no characters or device names that
 * Windows reserves; at most 200 bytes, with the extension kept. Never empty: "file" when nothing is left.
 */
char *xmpp_file_name_clean (const char *name) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
