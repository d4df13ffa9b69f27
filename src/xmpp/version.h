/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/disco.h"
#include "xmpp/roster.h"

G_BEGIN_DECLS

/* Software version (XEP-0092): which program and version somebody or a server runs. */

/* Answers with name and version (never the operating system) to contacts and the own server while it lives. */
#define XMPP_TYPE_VERSION (xmpp_version_get_type ())
G_DECLARE_FINAL_TYPE (XmppVersion, xmpp_version, XMPP, VERSION, GObject)

XmppVersion *xmpp_version_new          (XmppClient *client,
                                        XmppDisco  *disco,
                                        XmppRoster *roster,
                                        const char *name,
                                        const char *version) G_GNUC_WARN_UNUSED_RESULT;

/* @address NULL: the own server. Out values (transfer full), "" when not said; each ≤ 256 bytes. */
void         xmpp_version_fetch_async  (XmppVersion         *self,
                                        const char          *address,
                                        GCancellable        *cancellable,
                                        GAsyncReadyCallback  callback,
                                        gpointer             user_data);
gboolean     xmpp_version_fetch_finish (XmppVersion   *self,
                                        GAsyncResult  *result,
                                        char         **out_name,
                                        char         **out_version,
                                        char         **out_system,
                                        GError       **error);

G_END_DECLS
