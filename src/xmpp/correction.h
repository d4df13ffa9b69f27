/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/author.h"
#include "xmpp/node.h"

G_BEGIN_DECLS

/* XEP-0308: Last Message Correction. */

#define XMPP_NS_CORRECTION "urn:xmpp:message-correct:0"

/* Id ("id" attribute, in rooms too) of the message that @message replaces; NULL if it replaces none. */
const char *xmpp_correction_get     (const XmppNode   *message);
void        xmpp_correction_add     (XmppNode         *message,
                                     const char       *replaced_id);
/* Whether @correction may replace what @original said: same author, same conversation (threat A7). */
gboolean    xmpp_correction_allowed (const XmppAuthor *original,
                                     const XmppAuthor *correction);

G_END_DECLS
