/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * A host whose addresses were looked up and checked already: connecting goes to these and never asks the name service
 * again, which could give another answer the second time. For TLS it still is the host of that name.
 */
#define XMPP_TYPE_PINNED_ADDRESS (xmpp_pinned_address_get_type ())
G_DECLARE_FINAL_TYPE (XmppPinnedAddress, xmpp_pinned_address, XMPP, PINNED_ADDRESS, GNetworkAddress)

/* @addresses: of GInetAddress; at least one.. */
XmppPinnedAddress *xmpp_pinned_address_new (const char *host,
                                            guint16     port,
                                            GList      *addresses) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
