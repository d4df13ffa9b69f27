/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/node.h"

G_BEGIN_DECLS

/* XEP-0428: Fallback Indication. */

#define XMPP_NS_FALLBACK "urn:xmpp:fallback:0"
#define XMPP_FALLBACKS_MAX 32

typedef struct
{
  char     *purpose;        /* namespace that it stands in for; NULL: not said */
  gboolean  body;           /* it is about the body */
  gboolean  whole;          /* all of the body */
  guint     start;          /* else code points [start, end) of it */
  guint     end;
} XmppFallback;

void       xmpp_fallback_free   (XmppFallback       *self);
/* (element-type XmppFallback); empty if none */
GPtrArray *xmpp_fallback_parse  (const XmppNode     *message) G_GNUC_WARN_UNUSED_RESULT;
/* One byte for each byte of @body: 0 where it stands in for one of @purposes (NULL-terminated; "" is a purpose that was not
 * said), else 1. Ranges that do not lie inside the body are ignored. */
char      *xmpp_fallback_mask   (const char         *body,
                                 GPtrArray          *fallbacks,
                                 const char *const  *purposes) G_GNUC_WARN_UNUSED_RESULT;
/* @body without what the mask leaves out. */
char      *xmpp_fallback_strip  (const char         *body,
                                 GPtrArray          *fallbacks,
                                 const char *const  *purposes) G_GNUC_WARN_UNUSED_RESULT;
void       xmpp_fallback_add    (XmppNode           *message,
                                 const char         *purpose);        /* the whole body */
void       xmpp_fallback_add_range (XmppNode        *message,
                                 const char         *purpose,
                                 guint               start,           /* code points */
                                 guint               end);

/* Byte offset of code point @offset in @text; FALSE when @text is shorter. */
gboolean   xmpp_text_offset_to_byte (const char     *text,
                                 gsize               offset,
                                 gsize              *out);

G_END_DECLS
