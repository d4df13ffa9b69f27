/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/node.h"

G_BEGIN_DECLS

/* XEP-0066: Out of Band Data; how clients without XEP-0447 send files. */

#define XMPP_NS_OOB "jabber:x:oob"

/* The http(s) address; NULL if there is none. */
const char *xmpp_oob_get_url  (const XmppNode *message);
const char *xmpp_oob_get_description (const XmppNode *message);   /* NULL if none */
void        xmpp_oob_add      (XmppNode       *message,
                               const char     *url);

G_END_DECLS
