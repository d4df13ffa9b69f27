/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/adhoc.h"
#include "xmpp/uri.h"

G_BEGIN_DECLS

/* Invitations: to an account on this server (XEP-0401), to a contact (XEP-0379). */

typedef struct
{
  char     *address;        /* for an account: the domain, or the address to register; for a contact: his address */
  gboolean  new_account;    /* ?register */
  char     *token;          /* preauth, (nullable) */
  char     *inviter;        /* (nullable): who becomes the first contact (";ibr=y" links name the inviter) */
  gboolean  may_register;   /* ?roster;…;ibr=y: who has no account may make one with the token */
} XmppInvite;

#define XMPP_TYPE_INVITE (xmpp_invite_get_type ())
GType       xmpp_invite_get_type       (void) G_GNUC_CONST;
/* From "xmpp:example.org?register;preauth=TOKEN", "xmpp:juliet@example.org?roster;preauth=TOKEN;ibr=y", and the same
 * behind a web page "https://host/invite/#TOKEN" is not followed. Errors: XMPP_URI_ERROR. */
XmppInvite *xmpp_invite_parse          (const char  *text,
                                        GError     **error) G_GNUC_WARN_UNUSED_RESULT;
XmppInvite *xmpp_invite_copy           (const XmppInvite *invite);
void        xmpp_invite_free           (XmppInvite *invite);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XmppInvite, xmpp_invite_free)

/* Asks the server for an invitation by ad-hoc command (XEP-0401 §4): @for_account TRUE: somebody new, else a contact.
 * Finish returns the link; @out_expires µs since the epoch, 0 not said. FEATURE_NOT_IMPLEMENTED when not offered. */
void        xmpp_invite_create_async   (XmppAdhoc           *adhoc,
                                        gboolean             for_account,
                                        GCancellable        *cancellable,
                                        GAsyncReadyCallback  callback,
                                        gpointer             user_data);
char       *xmpp_invite_create_finish  (XmppAdhoc     *adhoc,
                                        GAsyncResult  *result,
                                        gint64        *out_expires,
                                        GError       **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
