/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "xmpp/forms.h"
#include "xmpp/muc-info.h"
#include "xmpp/muc-occupant.h"

G_BEGIN_DECLS

/* XEP-0045: Multi-User Chat: one room. */

typedef enum
{
  XMPP_ROOM_OUT,          /* not in it, and not asked to be */
  XMPP_ROOM_WAITING,      /* wants in: no session, in the queue, or between two tries */
  XMPP_ROOM_JOINING,
  XMPP_ROOM_JOINED,
} XmppRoomState;

typedef enum
{
  XMPP_ROOM_LEFT_ASKED,           /* we left */
  XMPP_ROOM_LEFT_KICKED,          /* 307 */
  XMPP_ROOM_LEFT_BANNED,          /* 301 */
  XMPP_ROOM_LEFT_NOT_MEMBER,      /* 321, 322: it is for members, and we are none (any more) */
  XMPP_ROOM_LEFT_DESTROYED,
  XMPP_ROOM_LEFT_SERVICE,         /* 332, 333 and lost rooms: comes back by itself */
} XmppRoomLeft;

/* How to enter. Plain data: initialise with { 0 }; strings are borrowed. */
typedef struct
{
  const char *nick;             /* required */
  const char *password;         /* (nullable) */
  gboolean    other_nick;       /* when the nick is taken, try "nick 2" … "nick 9" */
  gboolean    create;           /* make the room if there is none (then it stays locked until configured) */
  gint64      history_since;    /* for rooms without an archive: µs since the epoch; 0 = the last 50 messages */
} XmppRoomJoin;

/**
 * XmppMucRoom:
 *
 * A #GListModel of #XmppMucOccupant (no order: sort in the view). Entering is kept up: a new session, a restarted
 * service or a lost place (XEP-0410) is followed by a new join until xmpp_muc_room_leave(), a kick or a final error.
 *
 * Properties with notify: "state", "nick" (ours), "subject", "info" (XmppMucInfo), "role", "affiliation" (ours),
 * "error" (why the last join failed; NULL after success).
 *
 * Signals:
 * ::joined (gboolean created)            self-presence arrived; @created: the room is new and locked (§10.1)
 * ::left (XmppRoomLeft why, const char *by, const char *reason)       @by nick or address, @reason both (nullable)
 * ::occupant-joined (XmppMucOccupant *who)         not for those that were there when we came
 * ::occupant-left (XmppMucOccupant *who, XmppRoomLeft why, const char *by, const char *reason)
 * ::occupant-renamed (XmppMucOccupant *who, const char *old_nick)
 * ::subject-changed (const char *subject, const char *nick, gint64 time)
 * ::configuration-changed ()             "info" has been asked for again
 * ::affiliation-changed (const char *address, XmppAffiliation affiliation)    of somebody who may not be in the room
 * ::invite-declined (const char *who, const char *reason)       our mediated invitation; @reason (nullable)
 */
#define XMPP_TYPE_MUC_ROOM (xmpp_muc_room_get_type ())
G_DECLARE_FINAL_TYPE (XmppMucRoom, xmpp_muc_room, XMPP, MUC_ROOM, GObject)

const char         *xmpp_muc_room_get_address      (XmppMucRoom *self);
XmppRoomState       xmpp_muc_room_get_state        (XmppMucRoom *self);
const char         *xmpp_muc_room_get_nick         (XmppMucRoom *self);     /* ours, or the one asked for; NULL if never joined */
const char         *xmpp_muc_room_get_subject      (XmppMucRoom *self);     /* "" if none */
const XmppMucInfo  *xmpp_muc_room_get_info         (XmppMucRoom *self);     /* NULL until it has told */
const GError       *xmpp_muc_room_get_error        (XmppMucRoom *self);
XmppMucOccupant    *xmpp_muc_room_get_self         (XmppMucRoom *self);     /* NULL unless joined */
XmppMucOccupant    *xmpp_muc_room_find             (XmppMucRoom *self, const char *nick);   /* NULL if not there */

/* Enters; the result is that of the first try. Errors: XMPP_STANZA_ERROR: NOT_AUTHORIZED password wrong or missing,
 * FORBIDDEN banned, REGISTRATION_REQUIRED members only, CONFLICT nick taken, SERVICE_UNAVAILABLE full, ITEM_NOT_FOUND no
 * such room or still locked, NOT_ALLOWED no right to create it, … These are final; the room is OUT again. Cancelling ends
 * the waiting, not the wish: xmpp_muc_room_leave() does. */
void                xmpp_muc_room_join_async       (XmppMucRoom *self, const XmppRoomJoin *join, GCancellable *cancellable,
                                                    GAsyncReadyCallback callback, gpointer user_data);
gboolean            xmpp_muc_room_join_finish      (XmppMucRoom *self, GAsyncResult *result, GError **error);
/* Wants in without waiting for the answer: for bookmarks at start; works offline. */
void                xmpp_muc_room_want             (XmppMucRoom *self, const XmppRoomJoin *join);
void                xmpp_muc_room_leave            (XmppMucRoom *self, const char *reason);

/* The rest needs the room JOINED. All errors: XMPP_STANZA_ERROR. */
void                xmpp_muc_room_set_nick_async   (XmppMucRoom *self, const char *nick, GCancellable *cancellable,
                                                    GAsyncReadyCallback callback, gpointer user_data);
gboolean            xmpp_muc_room_set_nick_finish  (XmppMucRoom *self, GAsyncResult *result, GError **error);
/* Done when the room tells the new subject to everybody. */
void                xmpp_muc_room_set_subject_async  (XmppMucRoom *self, const char *subject, GCancellable *cancellable,
                                                      GAsyncReadyCallback callback, gpointer user_data);
gboolean            xmpp_muc_room_set_subject_finish (XmppMucRoom *self, GAsyncResult *result, GError **error);
/* Presence in the room follows the account's: @show, @status (nullable). */
void                xmpp_muc_room_set_presence     (XmppMucRoom *self, const char *show, const char *status);
/* Is our place still there? (XEP-0410) Done by itself after a resumed session and 15 quiet minutes. */
void                xmpp_muc_room_ping             (XmppMucRoom *self);

G_END_DECLS
