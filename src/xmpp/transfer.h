/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What uploads (upload.h) and downloads (download.h) have in common. */

#define XMPP_TRANSFER_ERROR (xmpp_transfer_error_quark ())
GQuark xmpp_transfer_error_quark (void);
typedef enum
{
  XMPP_TRANSFER_ERROR_NO_SERVICE,      /* the server offers no upload */
  XMPP_TRANSFER_ERROR_TOO_BIG,         /* beyond the service's or the caller's limit */
  XMPP_TRANSFER_ERROR_QUOTA,           /* the account's space is used up */
  XMPP_TRANSFER_ERROR_ADDRESS,         /* the link is not one we follow: scheme, private address, too many redirects */
  XMPP_TRANSFER_ERROR_HTTP,            /* the web server refused; text has the status */
  XMPP_TRANSFER_ERROR_GONE,            /* 404 or 410 */
  XMPP_TRANSFER_ERROR_CERTIFICATE,     /* not who it says; final */
  XMPP_TRANSFER_ERROR_NETWORK,         /* may go another time */
  XMPP_TRANSFER_ERROR_HASH,            /* the file is not what was announced: nothing kept */
  XMPP_TRANSFER_ERROR_SIZE,            /* shorter or longer than announced: nothing kept */
  XMPP_TRANSFER_ERROR_CHANGED,         /* the local file changed during the upload */
} XmppTransferError;

/* Bytes done and in all (-1: not known). In the main context of the caller. */
typedef void (*XmppTransferProgress) (gint64   done,
                                      gint64   total,
                                      gpointer user_data);

/* How the web servers are reached and trusted. Immutable, counted. */
typedef struct _XmppTransferPolicy XmppTransferPolicy;
#define XMPP_TYPE_TRANSFER_POLICY (xmpp_transfer_policy_get_type ())
GType               xmpp_transfer_policy_get_type (void) G_GNUC_CONST;
XmppTransferPolicy *xmpp_transfer_policy_new      (void) G_GNUC_WARN_UNUSED_RESULT;
XmppTransferPolicy *xmpp_transfer_policy_ref      (XmppTransferPolicy *policy);
void                xmpp_transfer_policy_unref    (XmppTransferPolicy *policy);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XmppTransferPolicy, xmpp_transfer_policy_unref)
/* Setters are for the maker, before the first use. */
/* PEM file with authorities to trust beside the system's; NULL none. */
gboolean            xmpp_transfer_policy_set_ca_file (XmppTransferPolicy  *policy,
                                                   const char          *path,
                                                   GError             **error);
void                xmpp_transfer_policy_set_proxy_resolver (XmppTransferPolicy *policy,
                                                   GProxyResolver     *resolver);
/* A host that may have a private address: the own upload service's (from its slots). Lower case. */
void                xmpp_transfer_policy_add_trusted_host (XmppTransferPolicy *policy,
                                                   const char         *host);
gboolean            xmpp_transfer_policy_is_trusted_host (XmppTransferPolicy *policy,
                                                   const char         *host);
/* Where a host is to be found instead of DNS: "address" or "address:port" (private servers on loopback). */
void                xmpp_transfer_policy_set_host_address (XmppTransferPolicy *policy,
                                                   const char         *host,
                                                   const char         *address);
/* http:// to a trusted host that is written as a loopback address is let through (tests). Default FALSE. */
void                xmpp_transfer_policy_set_allow_loopback_http (XmppTransferPolicy *policy,
                                                   gboolean            allow);

/* Is it an address of the own machine, a private network, link-local, multicast, unspecified, or a form that maps to
 * one (v4-mapped, 6to4, NAT64)? */
gboolean            xmpp_transfer_address_is_private (GInetAddress *address);

G_END_DECLS
