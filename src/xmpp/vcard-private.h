/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/vcard4.h"

G_BEGIN_DECLS

/* Trimmed and cut to XMPP_VCARD_MAX_TEXT; NULL when nothing is left. */
char  *xmpp_vcard_dup_text  (const char *text);
/* The first value of a field counts. (transfer full) @text */
void   xmpp_vcard_take_once (char **field,
                             char  *text);

G_END_DECLS
