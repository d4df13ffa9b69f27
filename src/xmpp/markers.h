/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/node.h"

G_BEGIN_DECLS

/* XEP-0333: Displayed Markers. */

#define XMPP_NS_MARKERS "urn:xmpp:chat-markers:0"

gboolean    xmpp_markers_is_markable   (const XmppNode *message);
void        xmpp_markers_add_markable  (XmppNode       *message);
/* Id of the last message displayed there ("acknowledged" of older senders counts too); NULL if @message is no marker. */
const char *xmpp_markers_get_displayed (const XmppNode *message);
/* @type: "chat", or "groupchat" in rooms, where @id is the room's stanza-id (§5). */
XmppNode   *xmpp_markers_new_displayed (const char     *to,
                                        const char     *type,
                                        const char     *id) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
