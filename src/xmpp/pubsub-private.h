/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/pubsub.h"

G_BEGIN_DECLS

#define XMPP_PUBSUB_XMLNS       "http://jabber.org/protocol/pubsub"
#define XMPP_PUBSUB_EVENT_XMLNS "http://jabber.org/protocol/pubsub#event"
#define XMPP_PUBSUB_OWNER_XMLNS "http://jabber.org/protocol/pubsub#owner"

XmppClient      *xmpp_pubsub_get_client         (XmppPubsub *self);
XmppPubsubItem  *xmpp_pubsub_item_parse         (const XmppNode *node) G_GNUC_WARN_UNUSED_RESULT;
XmppPubsubSubscriptionState xmpp_pubsub_subscription_parse (const char *text);

/* <iq><pubsub xmlns=@xmlns/></iq>; @out_pubsub borrowed. */
XmppNode        *xmpp_pubsub_new_iq             (const char  *type,
                                                 const char  *service,
                                                 const char  *xmlns,
                                                 XmppNode   **out_pubsub) G_GNUC_WARN_UNUSED_RESULT;
/* Adds a submitted form with the pairs of @fields (see XmppPubsub). */
void             xmpp_pubsub_add_form           (XmppNode           *parent,
                                                 const char         *form_type,
                                                 const char * const *fields);

G_END_DECLS
