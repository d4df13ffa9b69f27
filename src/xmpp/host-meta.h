/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/trust.h"

G_BEGIN_DECLS

/* XEP-0156: WebSocket addresses of a domain, by https://DOMAIN/.well-known/host-meta in JSON and XML. */

/* Both return wss:// addresses only, at most 8, NULL-terminated; NULL for a document that is none. */
GStrv xmpp_host_meta_read_json   (const char *text, gsize length) G_GNUC_WARN_UNUSED_RESULT;
GStrv xmpp_host_meta_read_xml    (const char *text, gsize length) G_GNUC_WARN_UNUSED_RESULT;

void  xmpp_host_meta_fetch_async (const char          *domain,
                                  XmppTrust           *trust,
                                  GProxyResolver      *proxy,
                                  GCancellable        *cancellable,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data);
/* (transfer full) (nullable): NULL or empty when there is none; there is nothing to do about a failure. */
GStrv xmpp_host_meta_fetch_finish (GAsyncResult       *result);

G_END_DECLS
