/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/node.h"

G_BEGIN_DECLS

/* XEP-0421: Occupant identifiers for semi-anonymous MUCs. */

#define XMPP_NS_OCCUPANT_ID "urn:xmpp:occupant-id:0"
#define XMPP_OCCUPANT_ID_MAX_BYTES 512      /* §4: at most 128 characters */

/* NULL if there is none, more than one, or it is too long. Only for stanzas of rooms that announce the feature (A10). */
const char *xmpp_occupant_id_get (const XmppNode *stanza);

G_END_DECLS
