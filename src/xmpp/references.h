/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/node.h"

G_BEGIN_DECLS

/* XEP-0372: References; used for mentions. */

#define XMPP_NS_REFERENCES "urn:xmpp:reference:0"
#define XMPP_REFERENCES_MAX 256

typedef struct
{
  char  *address;     /* who is mentioned: bare address, or "room/nick" */
  gsize  start;       /* bytes [start, end) of the body, on character boundaries */
  gsize  end;
} XmppMention;

void       xmpp_mention_free      (XmppMention        *self);
/* Mentions of @message (element-type XmppMention), in the order of their start; without those that lie outside @body or
 * overlap an earlier one. @body may be NULL: then there are none. */
GPtrArray *xmpp_references_parse  (const XmppNode     *message,
                                   const char         *body) G_GNUC_WARN_UNUSED_RESULT;
/* @start, @end: bytes of @body. */
void       xmpp_references_add_mention (XmppNode      *message,
                                   const char         *body,
                                   const char         *address,
                                   gsize               start,
                                   gsize               end);

G_END_DECLS
