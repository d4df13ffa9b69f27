/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/node.h"

G_BEGIN_DECLS

/* XEP-0461: Message Replies. The quoted text that comes along is fallback for older clients and never shown as what the
 * other said: that comes from our own copy of the message (threat A9). */

#define XMPP_NS_REPLY "urn:xmpp:reply:0"

typedef struct
{
  char *id;           /* what is answered: in rooms the room's stanza-id, otherwise the message id */
  char *to;           /* address of its author, as the sender says; NULL if not said or malformed */
} XmppReply;

XmppReply *xmpp_reply_parse     (const XmppNode *message) G_GNUC_WARN_UNUSED_RESULT;   /* NULL if none */
void       xmpp_reply_free      (XmppReply      *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XmppReply, xmpp_reply_free)
void       xmpp_reply_add       (XmppNode       *message,
                                 const char     *id,
                                 const char     *to);
/* @quoted as "> " lines, at most @max_lines of them, each line feed included; @out_length: its length in code points. */
char      *xmpp_reply_dup_quote (const char     *quoted,
                                 guint           max_lines,
                                 guint          *out_length) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
