/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/node.h"

G_BEGIN_DECLS

/* XEP-0444: Message Reactions. */

#define XMPP_NS_REACTIONS "urn:xmpp:reactions:0"

#define XMPP_REACTIONS_MAX      32      /* one person's reactions to one message; further ones are left out */
#define XMPP_REACTION_MAX_BYTES 64

typedef struct
{
  char  *id;          /* what is reacted to: in rooms the room's stanza-id, otherwise the message id */
  char **emojis;      /* the sender's whole set, each once; empty: takes all back */
} XmppReactions;

XmppReactions *xmpp_reactions_parse   (const XmppNode     *message) G_GNUC_WARN_UNUSED_RESULT;   /* NULL if none */
void           xmpp_reactions_free    (XmppReactions      *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XmppReactions, xmpp_reactions_free)
/* Adds the reactions and the "store" hint. */
void           xmpp_reactions_add     (XmppNode           *message,
                                       const char         *id,
                                       const char *const  *emojis);
/* One picture character and its modifiers: no letters, spaces, control or direction characters. */
gboolean       xmpp_reaction_is_valid (const char         *emoji);

G_END_DECLS
