/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/client.h"
#include "xmpp/muc-occupant.h"

G_BEGIN_DECLS

/* XEP-0045 §§8–10: roles and affiliations, kick, ban, voice, destroying. Free of state: @room is a bare address. */

#define XMPP_NS_MUC_ADMIN "http://jabber.org/protocol/muc#admin"

typedef struct
{
  char            *address;       /* bare */
  char            *nick;          /* (nullable) */
  XmppAffiliation  affiliation;
  char            *reason;        /* (nullable) */
} XmppMucMember;

void       xmpp_muc_member_free                   (XmppMucMember *self);

/* Kick = ROLE_NONE, give or take voice = PARTICIPANT or VISITOR. @reason (nullable). Errors: XMPP_STANZA_ERROR. */
void       xmpp_muc_admin_set_role_async          (XmppClient *client, const char *room, const char *nick, XmppRole role,
                                                   const char *reason, GCancellable *cancellable,
                                                   GAsyncReadyCallback callback, gpointer user_data);
gboolean   xmpp_muc_admin_set_role_finish         (XmppClient *client, GAsyncResult *result, GError **error);
/* Ban = OUTCAST. @address: bare. */
void       xmpp_muc_admin_set_affiliation_async   (XmppClient *client, const char *room, const char *address,
                                                   XmppAffiliation affiliation, const char *reason,
                                                   GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean   xmpp_muc_admin_set_affiliation_finish  (XmppClient *client, GAsyncResult *result, GError **error);
/* Everybody with that affiliation (element-type XmppMucMember). */
void       xmpp_muc_admin_list_async              (XmppClient *client, const char *room, XmppAffiliation affiliation,
                                                   GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *xmpp_muc_admin_list_finish             (XmppClient *client, GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* @alternate: room to go to instead; (nullable). */
void       xmpp_muc_admin_destroy_async           (XmppClient *client, const char *room, const char *alternate,
                                                   const char *reason, GCancellable *cancellable,
                                                   GAsyncReadyCallback callback, gpointer user_data);
gboolean   xmpp_muc_admin_destroy_finish          (XmppClient *client, GAsyncResult *result, GError **error);

G_END_DECLS
