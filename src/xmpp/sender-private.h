/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/client.h"

G_BEGIN_DECLS

/* Who a stanza is from (RFC 6120 §8.1.2.1: none means the own account). */

/* TRUE if @stanza came from the own account itself: without sender, or from its bare address. What changes the
 * account's state is believed from nobody else (RFC 6121 §2.1.6, threats A3 and A5). */
gboolean  xmpp_sender_is_own_account (XmppClient     *client,
                                      const XmppNode *stanza);
/* The prepared full and bare sender; the own bare address when absent; NULL when it is no address at all. */
char     *xmpp_sender_dup            (XmppClient     *client,
                                      const XmppNode *stanza) G_GNUC_WARN_UNUSED_RESULT;
char     *xmpp_sender_dup_bare       (XmppClient     *client,
                                      const XmppNode *stanza) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
