/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/client.h"

G_BEGIN_DECLS

/* The account itself, after sign-in (XEP-0077 §3.2 and §3.3). Making an account comes before sign-in: see client.h. */

/* Changes the password on the server, and in the client for the next sign-in. Errors: XMPP_STANZA_ERROR; CLIENT_ERROR
 * TLS_REQUIRED when the stream is not encrypted. */
void     xmpp_account_change_password_async (XmppClient          *client,
                                             const char          *password,
                                             GCancellable        *cancellable,
                                             GAsyncReadyCallback  callback,
                                             gpointer             user_data);
/* Removes the account from the server for good. */
void     xmpp_account_remove_async          (XmppClient          *client,
                                             GCancellable        *cancellable,
                                             GAsyncReadyCallback  callback,
                                             gpointer             user_data);
gboolean xmpp_account_finish                (XmppClient    *client,
                                             GAsyncResult  *result,
                                             GError       **error);

G_END_DECLS
