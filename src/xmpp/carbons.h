/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/client.h"

G_BEGIN_DECLS

/* XEP-0280: Message Carbons. */

#define XMPP_NS_CARBONS "urn:xmpp:carbons:2"
#define XMPP_NS_FORWARD "urn:xmpp:forward:0"

typedef enum
{
  XMPP_CARBON_NONE,           /* no carbon: an ordinary message */
  XMPP_CARBON_SENT,
  XMPP_CARBON_RECEIVED,
  XMPP_CARBON_REFUSED,        /* forged or malformed: the whole message must be dropped */
} XmppCarbon;

/**
 * xmpp_carbons_parse:
 * @message: an incoming message
 * @own: own bare address
 * @out_forwarded: (out) (nullable): the <forwarded/> of a good carbon, owned by @message
 * @out_message: (out) (nullable): the message in it, owned by @message
 * @out_reason: (out) (nullable): code of the refusal
 *
 * Only our own server, in our own bare name, may say what we sent or received elsewhere (threat A1).
 */
XmppCarbon  xmpp_carbons_parse         (XmppNode            *message,
                                        const char          *own,
                                        XmppNode           **out_forwarded,
                                        XmppNode           **out_message,
                                        const char         **out_reason);
void        xmpp_carbons_add_private   (XmppNode            *message);   /* no copies of this one */
void        xmpp_carbons_enable_async  (XmppClient          *client,
                                        GCancellable        *cancellable,
                                        GAsyncReadyCallback  callback,
                                        gpointer             user_data);
gboolean    xmpp_carbons_enable_finish (XmppClient          *client,
                                        GAsyncResult        *result,
                                        GError             **error);

G_END_DECLS
