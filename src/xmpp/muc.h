/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/client.h"
#include "xmpp/muc-invite.h"
#include "xmpp/muc-room.h"

G_BEGIN_DECLS

/* XEP-0045: Multi-User Chat: all rooms of an account. */

#define XMPP_NS_MUC      "http://jabber.org/protocol/muc"
#define XMPP_NS_MUC_USER "http://jabber.org/protocol/muc#user"

typedef struct
{
  char *address;
  char *name;         /* (nullable) */
} XmppMucListed;

void         xmpp_muc_listed_free            (XmppMucListed *self);

/**
 * XmppMuc:
 *
 * Keeps the rooms of an account, and enters them again (a few at a time) when a session starts anew. What claims to come
 * from a room we are not in is dropped and counted (threat A13).
 *
 * Signals:
 * ::invited (XmppMucInvite *invite)     each room and inviter once in 10 minutes; never entered without being asked
 */
#define XMPP_TYPE_MUC (xmpp_muc_get_type ())
G_DECLARE_FINAL_TYPE (XmppMuc, xmpp_muc, XMPP, MUC, GObject)

XmppMuc     *xmpp_muc_new                    (XmppClient  *client) G_GNUC_WARN_UNUSED_RESULT;
XmppClient  *xmpp_muc_get_client             (XmppMuc     *self);
/* The room object for a bare address, made when there is none yet; lives as long as @self or until forgotten. Borrowed. */
XmppMucRoom *xmpp_muc_ensure_room            (XmppMuc     *self, const char *address);
/* NULL if there is no such object. */
XmppMucRoom *xmpp_muc_get_room               (XmppMuc     *self, const char *address);
void         xmpp_muc_forget_room            (XmppMuc     *self, const char *address);   /* leaves it first */

/* Public rooms of a conference service (found by xmpp_disco_find_async() with feature XMPP_NS_MUC, category "conference"),
 * (element-type XmppMucListed), at most 10,000. Errors: XMPP_STANZA_ERROR. */
void         xmpp_muc_list_async             (XmppMuc *self, const char *service, GCancellable *cancellable,
                                              GAsyncReadyCallback callback, gpointer user_data);
GPtrArray   *xmpp_muc_list_finish            (XmppMuc *self, GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* What a room tells before one enters. Errors: XMPP_STANZA_ERROR; INVALID_ANSWER if it is not a room. */
void         xmpp_muc_get_info_async         (XmppMuc *self, const char *room, GCancellable *cancellable,
                                              GAsyncReadyCallback callback, gpointer user_data);
XmppMucInfo *xmpp_muc_get_info_finish        (XmppMuc *self, GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
