/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/node.h"

G_BEGIN_DECLS

/* The one way of XML into a log (threats B10): structure, addresses and ids stay; texts and all other values become
 * their length. (transfer full) */
char *xmpp_redact (const XmppNode *node) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
