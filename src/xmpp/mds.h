/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/pep.h"

G_BEGIN_DECLS

/**
 * XmppMds:
 *
 * How far each chat was read, shared between the devices of the account (XEP-0490): one private item a chat, whose id
 * is the chat's address. Loads at the start of each new session; follows events of the own account only (threats A5).
 *
 * Signals:
 * ::displayed (const char *chat, const char *stanza_id, const char *by)
 *     read up to the message with this archive id, which the archive or room @by gave; also for what is loaded.
 *     @by is always the own account or @chat itself.
 * ::loaded ()
 */
#define XMPP_TYPE_MDS (xmpp_mds_get_type ())
G_DECLARE_FINAL_TYPE (XmppMds, xmpp_mds, XMPP, MDS, GObject)

#define XMPP_MDS_NODE "urn:xmpp:mds:displayed:0"
#define XMPP_MDS_MAX  10000    /* chats kept on the server */

XmppMds  *xmpp_mds_new            (XmppClient *client,
                                   XmppPep    *pep) G_GNUC_WARN_UNUSED_RESULT;

/* The archive id read up to in @chat; NULL if none is known. */
const char *xmpp_mds_get          (XmppMds    *self,
                                   const char *chat);

/* @by: whose id it is: the own bare address for people, the room's address for rooms. */
void      xmpp_mds_publish_async  (XmppMds             *self,
                                   const char          *chat,
                                   const char          *stanza_id,
                                   const char          *by,
                                   GCancellable        *cancellable,
                                   GAsyncReadyCallback  callback,
                                   gpointer             user_data);
gboolean  xmpp_mds_publish_finish (XmppMds       *self,
                                   GAsyncResult  *result,
                                   GError       **error);

G_END_DECLS
