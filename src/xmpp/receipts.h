/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/node.h"

G_BEGIN_DECLS

/* XEP-0184: Message Delivery Receipts. */

#define XMPP_NS_RECEIPTS "urn:xmpp:receipts"

gboolean    xmpp_receipts_is_requested (const XmppNode *message);
void        xmpp_receipts_add_request  (XmppNode       *message);
/* Id of the message that arrived there; NULL if @message is no receipt. */
const char *xmpp_receipts_get_received (const XmppNode *message);
/* @to: bare address of the other side; @id: of the message that arrived; @type "chat" or "normal", as it came. */
XmppNode   *xmpp_receipts_new_received (const char     *to,
                                        const char     *type,
                                        const char     *id) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
