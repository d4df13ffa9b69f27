/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/hashes.h"
#include "xmpp/transfer.h"

G_BEGIN_DECLS

/* Fetching a file by HTTP that somebody shared (XEP-0363, XEP-0447). Nothing here starts by itself: a user or a policy asked. */

/* What is to be fetched and what it must be. */
typedef struct
{
  const char         *url;        /* https://… */
  gint64              size;       /* announced bytes, which it must have exactly; -1: not known */
  gint64              max_size;   /* refuse beyond; > 0 */
  const char * const *hashes;     /* (nullable): pairs algorithm, base64, …, NULL; the strongest known one is checked */
} XmppDownloadRequest;

/**
 * xmpp_download_async:
 * @request: what; copied
 * @policy: how
 * @target: where to; its folder exists. Bytes go to the same name with ".part" first, which is kept when the network
 *   broke and continued by the next call for the same target and address (HTTP Range), and which replaces @target
 *   only after size and hash were checked.
 * @progress: (nullable): how far
 *
 * Gets a file. Only https; at most 5 redirects, each checked anew; each host is looked up first and refused when any
 * of its addresses is private, unless it is a trusted host (threats D5). Errors: XMPP_TRANSFER_ERROR, G_IO_ERROR.
 */
void     xmpp_download_async  (const XmppDownloadRequest *request,
                               XmppTransferPolicy        *policy,
                               GFile                     *target,
                               XmppTransferProgress       progress,
                               gpointer                   progress_data,
                               GCancellable              *cancellable,
                               GAsyncReadyCallback        callback,
                               gpointer                   user_data);
/* @out_content_type: (out) (optional) (nullable) (transfer full): what the web server called it; only a hint (threats D2). */
gboolean xmpp_download_finish (GAsyncResult  *result,
                               char         **out_content_type,
                               GError       **error);

G_END_DECLS
