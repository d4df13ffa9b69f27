/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/author.h"
#include "xmpp/node.h"

G_BEGIN_DECLS

/* XEP-0424: Message Retraction; read in its forms :1 and :0 (XEP-0422 fastening), written in :1. */

#define XMPP_NS_RETRACT   "urn:xmpp:message-retract:1"
#define XMPP_NS_RETRACT_0 "urn:xmpp:message-retract:0"
#define XMPP_NS_FASTEN    "urn:xmpp:fasten:0"

typedef struct
{
  gboolean  tombstone;      /* this message is what is left of a retracted one; @id is then that of the retraction, or NULL */
  char     *id;             /* what is retracted: in rooms the room's stanza-id, otherwise the message id */
  gboolean  moderated;      /* by a moderator (XEP-0425), not by the author; only the room may say so */
  char     *moderator;      /* occupant address "room/nick", as the room said; NULL if unknown */
  char     *reason;         /* (nullable) */
} XmppRetraction;

XmppRetraction *xmpp_retraction_parse    (const XmppNode       *message) G_GNUC_WARN_UNUSED_RESULT;   /* NULL if none */
void            xmpp_retraction_free     (XmppRetraction       *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XmppRetraction, xmpp_retraction_free)
/* Whether the retraction that @by sent may remove what @original said (threat A8). */
gboolean        xmpp_retraction_allowed  (const XmppRetraction *self,
                                          const XmppAuthor     *by,
                                          const XmppAuthor     *original);
/* @fallback: body for clients that do not know retractions; (nullable). */
void            xmpp_retraction_add      (XmppNode             *message,
                                          const char           *id,
                                          const char           *fallback);

G_END_DECLS
