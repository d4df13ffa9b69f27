/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/node.h"

G_BEGIN_DECLS

/* XEP-0359: Unique and Stable Stanza IDs. */

#define XMPP_NS_STANZA_ID "urn:xmpp:sid:0"

/* An id longer than this is not kept: it would be a key of our database. Bytes. */
#define XMPP_ID_MAX_BYTES 1024

/* The id is there, not empty and not too long. */
gboolean    xmpp_id_is_usable     (const char     *id);
/* The id that archive @by gave: of several with the same "by" the last one (threat A10); NULL if none. The caller knows
 * that @by announces the feature. */
const char *xmpp_stanza_id_get    (const XmppNode *message,
                                   const char     *by);
void        xmpp_stanza_id_add    (XmppNode       *message,
                                   const char     *by,
                                   const char     *id);
const char *xmpp_origin_id_get    (const XmppNode *message);   /* NULL if none or unusable */
void        xmpp_origin_id_add    (XmppNode       *message,
                                   const char     *id);

G_END_DECLS
