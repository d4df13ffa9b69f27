/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/node.h"

G_BEGIN_DECLS

/*
 * Making an account on a stream that nobody has signed in to (XEP-0077 §3.1), with an invitation's token (XEP-0445).
 * A conversation without a wire: xmpp_registration_next() gives what to send, xmpp_registration_take() hears answers.
 */
typedef struct _XmppRegistration XmppRegistration;

XmppRegistration *xmpp_registration_new    (const char  *domain,
                                            const char  *username,
                                            const char  *password,
                                            const char  *token) G_GNUC_WARN_UNUSED_RESULT;   /* (nullable) */
void              xmpp_registration_free   (XmppRegistration *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XmppRegistration, xmpp_registration_free)

/* The next request; (transfer full). NULL: the account exists now. */
XmppNode         *xmpp_registration_next   (XmppRegistration *self);
/* Errors: XMPP_CLIENT_ERROR REGISTRATION, PROTOCOL. */
gboolean          xmpp_registration_take   (XmppRegistration *self,
                                            XmppNode         *answer,
                                            GError          **error);

G_END_DECLS
