/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/client.h"
#include "xmpp/clock.h"

G_BEGIN_DECLS

/*
 * Who gets which stanza: the table of handlers, and the IQs that wait for an answer (RFC 6120 §8.2.3).
 * A part of one client, which it does not own.
 */
typedef struct _XmppRouter XmppRouter;

XmppRouter *xmpp_router_new            (XmppClient   *client,
                                        XmppClock    *clock) G_GNUC_WARN_UNUSED_RESULT;
void        xmpp_router_free           (XmppRouter   *self);

guint       xmpp_router_add            (XmppRouter        *self,
                                        XmppStanzaKind     kind,
                                        int                priority,
                                        const char        *name,
                                        const char        *xmlns,
                                        XmppStanzaHandler  handler,
                                        gpointer           user_data,
                                        GDestroyNotify     destroy);
void        xmpp_router_remove         (XmppRouter   *self,
                                        guint         id);

/* Takes @task, which is returned with the answer, an error, or after 30 s. */
void        xmpp_router_expect         (XmppRouter   *self,
                                        const char   *id,
                                        const char   *to,
                                        GTask        *task);
/* The session is gone: no answer can come any more. */
void        xmpp_router_fail_all       (XmppRouter   *self,
                                        XmppStanzaError code,
                                        const char   *message);
void        xmpp_router_dispatch       (XmppRouter   *self,
                                        XmppStanzaKind kind,
                                        XmppNode     *stanza);

G_END_DECLS
