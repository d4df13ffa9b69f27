/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/disco.h"

G_BEGIN_DECLS

/**
 * XmppBlocking:
 *
 * The block list (XEP-0191). Loads at the start of each new session where the server announces it; pushes are believed
 * only from the own bare address or without sender (threats A3).
 *
 * Signals:
 * ::changed ()    the list is different
 */
#define XMPP_TYPE_BLOCKING (xmpp_blocking_get_type ())
G_DECLARE_FINAL_TYPE (XmppBlocking, xmpp_blocking, XMPP, BLOCKING, GObject)

#define XMPP_BLOCKING_MAX 10000

XmppBlocking *xmpp_blocking_new           (XmppClient *client,
                                           XmppDisco  *disco) G_GNUC_WARN_UNUSED_RESULT;
gboolean      xmpp_blocking_get_supported (XmppBlocking *self);    /* FALSE also while not known */
/* Is @address, its bare address or its domain on the list? */
gboolean      xmpp_blocking_contains      (XmppBlocking *self,
                                           const char   *address);
char        **xmpp_blocking_list          (XmppBlocking *self) G_GNUC_WARN_UNUSED_RESULT;   /* sorted */

void          xmpp_blocking_block_async   (XmppBlocking        *self,
                                           const char          *address,
                                           GCancellable        *cancellable,
                                           GAsyncReadyCallback  callback,
                                           gpointer             user_data);
void          xmpp_blocking_unblock_async (XmppBlocking        *self,
                                           const char          *address,
                                           GCancellable        *cancellable,
                                           GAsyncReadyCallback  callback,
                                           gpointer             user_data);
gboolean      xmpp_blocking_finish        (XmppBlocking  *self,
                                           GAsyncResult  *result,
                                           GError       **error);

G_END_DECLS
