/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/client.h"

G_BEGIN_DECLS

/* STUN and TURN services of the server, with credentials for a while (XEP-0215). */

typedef struct
{
  char   *type;        /* "stun", "stuns", "turn", "turns" */
  char   *host;        /* name or address, without brackets; checked */
  guint16 port;
  char   *transport;   /* "udp" or "tcp" */
  char   *username;    /* (nullable) */
  char   *password;    /* (nullable) */
  gint64  expires;     /* µs since the epoch, UTC; 0: not said */
  gboolean restricted; /* needs credentials */
} XmppExternalService;

#define XMPP_TYPE_EXTERNAL_SERVICE (xmpp_external_service_get_type ())
GType                xmpp_external_service_get_type (void) G_GNUC_CONST;
XmppExternalService *xmpp_external_service_copy     (const XmppExternalService *service);
void                 xmpp_external_service_free     (XmppExternalService *service);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XmppExternalService, xmpp_external_service_free)

/* From the <services/> of an answer; entries that are no good are left out; at most 32. (transfer full) */
GPtrArray           *xmpp_extdisco_parse            (const XmppNode *services) G_GNUC_WARN_UNUSED_RESULT;

/* Asks the own server. Finish: (transfer full), array of XmppExternalService. */
void                 xmpp_extdisco_fetch_async      (XmppClient          *client,
                                                     GCancellable        *cancellable,
                                                     GAsyncReadyCallback  callback,
                                                     gpointer             user_data);
GPtrArray           *xmpp_extdisco_fetch_finish     (XmppClient    *client,
                                                     GAsyncResult  *result,
                                                     GError       **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
