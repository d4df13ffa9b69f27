/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/client.h"

G_BEGIN_DECLS

/* XEP-0425: Moderated Message Retraction. */

#define XMPP_NS_MODERATION   "urn:xmpp:message-moderate:1"
#define XMPP_NS_MODERATION_0 "urn:xmpp:message-moderate:0"

/* What a <moderated/> says; namespaces :0 and :1. */
gboolean  xmpp_moderation_parse         (const XmppNode       *parent,
                                         char                **moderator,    /* (out) (nullable) "room/nick" */
                                         char                **reason);      /* (out) (nullable) */

/**
 * xmpp_moderation_retract_async:
 * @room: bare address
 * @stanza_id: the room's id of the message
 * @reason: (nullable)
 * @legacy: the room announces only namespace :0
 *
 * Asks the room to retract somebody's message. Errors: XMPP_STANZA_ERROR, FORBIDDEN unless we are a moderator.
 */
void      xmpp_moderation_retract_async  (XmppClient          *client,
                                          const char          *room,
                                          const char          *stanza_id,
                                          const char          *reason,
                                          gboolean             legacy,
                                          GCancellable        *cancellable,
                                          GAsyncReadyCallback  callback,
                                          gpointer             user_data);
gboolean  xmpp_moderation_retract_finish (XmppClient          *client,
                                          GAsyncResult        *result,
                                          GError             **error);

G_END_DECLS
