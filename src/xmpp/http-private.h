/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

#include "xmpp/transfer.h"

G_BEGIN_DECLS

/* One HTTP exchange under a XmppTransferPolicy: address checked, name looked up, connected to what was checked. */

/* An address that we go to: https (or loopback http by the policy), a host, no user name. Errors: XMPP_TRANSFER_ERROR_ADDRESS. */
GUri         *xmpp_http_parse_uri     (XmppTransferPolicy  *policy,
                                       const char          *text,
                                       GError             **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * xmpp_http_send_async:
 * @policy: how
 * @message: what, with an address from xmpp_http_parse_uri(); not sent before
 *
 * Sends, up to the response's headers. Redirects are not followed. Errors: XMPP_TRANSFER_ERROR ADDRESS, CERTIFICATE,
 * NETWORK; G_IO_ERROR_CANCELLED. Whatever status the server gave is no error here.
 */
void          xmpp_http_send_async    (XmppTransferPolicy  *policy,
                                       SoupMessage         *message,
                                       GCancellable        *cancellable,
                                       GAsyncReadyCallback  callback,
                                       gpointer             user_data);
/* The response's body. */
GInputStream *xmpp_http_send_finish   (GAsyncResult        *result,
                                       GError             **error) G_GNUC_WARN_UNUSED_RESULT;

/* The error that a status from 400 on means. */
GError       *xmpp_http_error_new     (SoupMessage         *message) G_GNUC_WARN_UNUSED_RESULT;
/* What an error of the network or of libsoup is to us. (transfer full) @error */
GError       *xmpp_http_map_error     (GError              *error) G_GNUC_WARN_UNUSED_RESULT;

/* Policy, as seen by us. */
GTlsDatabase   *xmpp_transfer_policy_get_authorities    (XmppTransferPolicy *policy);
GProxyResolver *xmpp_transfer_policy_get_proxy_resolver (XmppTransferPolicy *policy);
const char     *xmpp_transfer_policy_get_host_address   (XmppTransferPolicy *policy,
                                                         const char         *host);
gboolean        xmpp_transfer_policy_get_allow_loopback_http (XmppTransferPolicy *policy);

G_END_DECLS
