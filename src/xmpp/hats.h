/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/node.h"

G_BEGIN_DECLS

/* XEP-0317: Hats. */

#define XMPP_NS_HATS   "urn:xmpp:hats:0"
#define XMPP_NS_HATS_0 "xmpp:prosody.im/protocol/hats:1"    /* what mod_muc_hats of Prosody sends */
#define XMPP_HATS_MAX 16

typedef struct
{
  char *uri;
  char *title;
} XmppHat;

void       xmpp_hat_free   (XmppHat        *self);
GPtrArray *xmpp_hats_parse (const XmppNode *presence) G_GNUC_WARN_UNUSED_RESULT;   /* (element-type XmppHat); empty if none */

G_END_DECLS
