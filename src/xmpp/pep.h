/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/pubsub.h"

G_BEGIN_DECLS

/* Personal eventing (XEP-0163) and private data in it (XEP-0223): nodes of the own account. */

typedef enum
{
  XMPP_PEP_PRIVATE,    /* whitelist: this account's devices only */
  XMPP_PEP_CONTACTS,   /* presence: whom we let see our presence */
  XMPP_PEP_OPEN,       /* anybody */
} XmppPepAccess;

/**
 * XmppPep:
 *
 * Publishing makes sure of the node first, once a session: it exists, has the wanted access model, keeps its items and
 * enough of them. Only then the item is sent, with publish-options that name the access model again, so that a change
 * in between fails instead of leaking (threats A6). A private item never leaves while any of this is not certain.
 */
#define XMPP_TYPE_PEP (xmpp_pep_get_type ())
G_DECLARE_FINAL_TYPE (XmppPep, xmpp_pep, XMPP, PEP, GObject)

XmppPep    *xmpp_pep_new             (XmppClient *client,
                                      XmppDisco  *disco,
                                      XmppPubsub *pubsub) G_GNUC_WARN_UNUSED_RESULT;
XmppPubsub *xmpp_pep_get_pubsub      (XmppPep *self);
XmppDisco  *xmpp_pep_get_disco       (XmppPep *self);
XmppClient *xmpp_pep_get_client      (XmppPep *self);

/* Announces "node+notify" in our features: the server then sends us the node's events of contacts and other devices.
 * Counted. */
void        xmpp_pep_add_interest    (XmppPep    *self,
                                      const char *node);
void        xmpp_pep_remove_interest (XmppPep    *self,
                                      const char *node);

/* Publishes to the own account. @max_items: how many the node must keep, ≥ 1; 0: as many as the server lets.
 * @payload (transfer full). Errors: XMPP_STANZA_ERROR, XMPP_PUBSUB_ERROR (UNSUPPORTED, NOT_PRIVATE, …). */
void        xmpp_pep_publish_async   (XmppPep             *self,
                                      const char          *node,
                                      const char          *item_id,
                                      XmppNode            *payload,
                                      XmppPepAccess        access,
                                      guint                max_items,
                                      GCancellable        *cancellable,
                                      GAsyncReadyCallback  callback,
                                      gpointer             user_data);
gboolean    xmpp_pep_publish_finish  (XmppPep       *self,
                                      GAsyncResult  *result,
                                      GError       **error);
/* Creates or configures the node without publishing; same rules and finish function. */
void        xmpp_pep_ensure_async    (XmppPep             *self,
                                      const char          *node,
                                      XmppPepAccess        access,
                                      guint                max_items,
                                      GCancellable        *cancellable,
                                      GAsyncReadyCallback  callback,
                                      gpointer             user_data);

G_END_DECLS
