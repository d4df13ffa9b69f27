/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/disco.h"
#include "xmpp/transfer.h"

G_BEGIN_DECLS

/**
 * XmppUploads:
 *
 * File upload by HTTP (XEP-0363): finds the service once a session, asks for a slot, sends the file. A PUT that the
 * network broke is tried again twice with a new slot. Errors: XMPP_TRANSFER_ERROR, XMPP_STANZA_ERROR, G_IO_ERROR of
 * the local file.
 */
#define XMPP_TYPE_UPLOADS (xmpp_uploads_get_type ())
G_DECLARE_FINAL_TYPE (XmppUploads, xmpp_uploads, XMPP, UPLOADS, GObject)

XmppUploads *xmpp_uploads_new             (XmppClient         *client,
                                           XmppDisco          *disco,
                                           XmppTransferPolicy *policy) G_GNUC_WARN_UNUSED_RESULT;

/* The service of this session. @out_max_size: in bytes, -1 when not announced. Errors: NO_SERVICE. */
void         xmpp_uploads_find_async      (XmppUploads         *self,
                                           GCancellable        *cancellable,
                                           GAsyncReadyCallback  callback,
                                           gpointer             user_data);
char        *xmpp_uploads_find_finish     (XmppUploads   *self,
                                           GAsyncResult  *result,
                                           gint64        *out_max_size,
                                           GError       **error) G_GNUC_WARN_UNUSED_RESULT;

/* Sends @file under @name (already cleaned) as @content_type (nullable). Finish returns the address to give to others.
 * The hosts of the slots become trusted hosts of the policy. */
void         xmpp_uploads_send_async      (XmppUploads          *self,
                                           GFile                *file,
                                           const char           *name,
                                           const char           *content_type,
                                           XmppTransferProgress  progress,
                                           gpointer              progress_data,
                                           GCancellable         *cancellable,
                                           GAsyncReadyCallback   callback,
                                           gpointer              user_data);
char        *xmpp_uploads_send_finish     (XmppUploads   *self,
                                           GAsyncResult  *result,
                                           GError       **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
