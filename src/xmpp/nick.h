/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/pep.h"

G_BEGIN_DECLS

#define XMPP_NICK_XMLNS "http://jabber.org/protocol/nick"

/**
 * XmppNicks:
 *
 * Nicknames that people give themselves (XEP-0172), by PEP. A nickname is a wish, not a name: it never stands in for
 * the directory's name (threats A12).
 *
 * Signals:
 * ::changed (const char *address, const char *nick)   @nick "" = taken back; ≤ 256 bytes, no control characters
 */
#define XMPP_TYPE_NICKS (xmpp_nicks_get_type ())
G_DECLARE_FINAL_TYPE (XmppNicks, xmpp_nicks, XMPP, NICKS, GObject)

XmppNicks *xmpp_nicks_new            (XmppPep *pep) G_GNUC_WARN_UNUSED_RESULT;
/* The text of a <nick/> below @parent, cleaned: trimmed, without control characters, ≤ 256 bytes; NULL if none. */
char      *xmpp_nick_dup_from        (const XmppNode *parent);

void       xmpp_nicks_publish_async  (XmppNicks           *self,
                                      const char          *nick,    /* NULL or "": taken back */
                                      GCancellable        *cancellable,
                                      GAsyncReadyCallback  callback,
                                      gpointer             user_data);
gboolean   xmpp_nicks_publish_finish (XmppNicks     *self,
                                      GAsyncResult  *result,
                                      GError       **error);

G_END_DECLS
