/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/node.h"

G_BEGIN_DECLS

/* XEP-0334: Message Processing Hints. */

#define XMPP_NS_HINTS "urn:xmpp:hints"

typedef enum
{
  XMPP_HINT_NONE               = 0,
  XMPP_HINT_NO_PERMANENT_STORE = 1 << 0,
  XMPP_HINT_NO_STORE           = 1 << 1,
  XMPP_HINT_NO_COPY            = 1 << 2,
  XMPP_HINT_STORE              = 1 << 3,
} XmppHints;

XmppHints  xmpp_hints_get  (const XmppNode *message);
void       xmpp_hints_add  (XmppNode       *message,
                            XmppHints       hints);

G_END_DECLS
