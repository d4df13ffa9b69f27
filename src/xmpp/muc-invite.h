/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/client.h"

G_BEGIN_DECLS

/* Invitations into rooms: direct ones (XEP-0249: Direct MUC Invitations) and those through the room (XEP-0045 §7.8). */

#define XMPP_NS_DIRECT_INVITE "jabber:x:conference"

typedef struct
{
  char     *room;         /* bare address */
  char     *from;         /* who invites: bare address, or "room/nick" where the room hides it */
  gboolean  mediated;     /* the room says so; direct ones were proved by our server */
  char     *reason;       /* (nullable) */
  char     *password;     /* (nullable) */
  char     *thread;       /* (nullable) chat that it goes on from */
  gint64    time;         /* µs since the epoch, UTC: arrival */
} XmppMucInvite;

GType          xmpp_muc_invite_get_type    (void) G_GNUC_CONST;
#define XMPP_TYPE_MUC_INVITE (xmpp_muc_invite_get_type ())
XmppMucInvite *xmpp_muc_invite_copy        (const XmppMucInvite *self) G_GNUC_WARN_UNUSED_RESULT;
void           xmpp_muc_invite_free        (XmppMucInvite       *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XmppMucInvite, xmpp_muc_invite_free)

/**
 * xmpp_muc_invite_parse:
 * @message: an incoming message
 * @out_reason: (out) (nullable): code of the refusal when it carries an invitation that must not be believed
 *
 * NULL if it carries no invitation or a refused one. An ordinary user has a full address; only a room speaks from a bare
 * one, so a mediated invitation from a full address is forged (threat A13).
 */
XmppMucInvite *xmpp_muc_invite_parse       (const XmppNode      *message,
                                            const char         **out_reason) G_GNUC_WARN_UNUSED_RESULT;
/* @to: bare address of the guest. */
XmppNode      *xmpp_muc_invite_new_direct  (const char          *to,
                                            const char          *room,
                                            const char          *password,
                                            const char          *reason) G_GNUC_WARN_UNUSED_RESULT;
/* Through the room, which also makes the guest a member of a members-only room. */
XmppNode      *xmpp_muc_invite_new_mediated (const char         *room,
                                            const char          *to,
                                            const char          *reason) G_GNUC_WARN_UNUSED_RESULT;
/* Tells the inviter of a mediated invitation that we do not come. */
XmppNode      *xmpp_muc_invite_new_decline (const XmppMucInvite *invite,
                                            const char          *reason) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
