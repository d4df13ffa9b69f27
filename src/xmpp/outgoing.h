/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/message.h"

G_BEGIN_DECLS

/**
 * XmppOutgoing:
 *
 * What is to be said; xmpp_outgoing_to_node() makes the stanza, with the fallbacks that older clients need. Plain data:
 * initialise with { 0 }; strings are borrowed.
 */
typedef struct
{
  XmppMessageType          type;              /* CHAT, GROUPCHAT or NORMAL */
  const char              *to;                /* bare address, room, or "room/nick" */
  const char              *id;                /* also the origin-id; required, the same again when sent again */
  const char              *body;              /* (nullable) */
  const char              *language;          /* (nullable) */
  const char              *subject;           /* (nullable) */
  const char              *thread;            /* (nullable) */
  const char              *replaces;          /* XEP-0308: id of the original; (nullable) */
  const char              *reply_id;          /* XEP-0461; (nullable) */
  const char              *reply_to;          /* author's address; (nullable) */
  const char              *reply_quote;       /* text answered, for the fallback; (nullable): none */
  const XmppMention *const *mentions;         /* NULL-terminated; offsets of @body; (nullable) */
  const XmppFileShare *const *files;          /* NULL-terminated; (nullable) */
  gboolean                 want_receipt;      /* left out in rooms */
  gboolean                 markable;
  gboolean                 unstyled;
  gboolean                 room_private;      /* @to is an occupant (XEP-0045 §7.5) */
  XmppHints                hints;
} XmppOutgoing;

/* A stanza to send; (transfer full). A body-less file message gets the first address as body and jabber:x:oob. */
XmppNode *xmpp_outgoing_to_node       (const XmppOutgoing *self) G_GNUC_WARN_UNUSED_RESULT;
/* The whole set of our reactions to message @target (XEP-0444). @type CHAT or GROUPCHAT. */
XmppNode *xmpp_outgoing_new_reactions (XmppMessageType     type,
                                       const char         *to,
                                       const char         *id,
                                       const char         *target,
                                       const char *const  *emojis) G_GNUC_WARN_UNUSED_RESULT;
/* Takes back our own message @target (XEP-0424). @fallback: words for older clients. */
XmppNode *xmpp_outgoing_new_retraction (XmppMessageType    type,
                                       const char         *to,
                                       const char         *id,
                                       const char         *target,
                                       const char         *fallback) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
