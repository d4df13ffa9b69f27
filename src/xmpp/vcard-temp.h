/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/vcard4.h"

G_BEGIN_DECLS

/* The old card (XEP-0054): read only, for servers and contacts without vCard 4, and for pictures (XEP-0153). */

XmppVcard *xmpp_vcard_temp_parse        (const XmppNode *vcard) G_GNUC_WARN_UNUSED_RESULT;  /* NULL: another element */

void       xmpp_vcard_temp_fetch_async  (XmppClient          *client,
                                         const char          *address,   /* NULL: own */
                                         GCancellable        *cancellable,
                                         GAsyncReadyCallback  callback,
                                         gpointer             user_data);
XmppVcard *xmpp_vcard_temp_fetch_finish (XmppClient    *client,
                                         GAsyncResult  *result,
                                         GError       **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
