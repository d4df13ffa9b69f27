/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/client.h"
#include "xmpp/muc-room.h"
#include "xmpp/muc.h"

G_BEGIN_DECLS

/*
 * XmppMucRoom is written in three files: muc-room.c (the object, its list, what one asks of it), muc-join.c (the way in,
 * XEP-0410) and muc-presence.c (who is in it, by what the room says).
 *
 *   OUT ──join, want──▶ WAITING ──place in the queue──▶ JOINING ──self-presence──▶ JOINED
 *    ▲                     ▲ ▲                             │                         │
 *    ├──────── final error ┼─┼─────────────────────────────┤                         │
 *    │                     │ └─ passing error, new session ┘                         │
 *    │                     └── new session, service ended, place lost ───────────────┤
 *    └── leave, kick, ban, destroyed ────────────────────────────────────────────────┘
 *
 * Invariants:
 *   R1  @occupants is empty unless JOINED; those who come while JOINING are in @arriving and all enter at once;
 *   R2  in JOINED, @self_occupant is one of @occupants and its nick is @nick;
 *   R3  an occupant's position is its index in @occupants, and @by_nick has exactly those of @occupants and @arriving.
 */

#define XMPP_ROOM_MAX_OCCUPANTS 20000
/* Somebody who is silent that long may have lost his place without being told (XEP-0410 §3.1). */
#define XMPP_ROOM_QUIET_SECONDS (15 * 60)

/* One request that is answered by a stanza of another kind, or by an error with its id. */
typedef struct
{
  GTask *task;        /* NULL: none is open */
  char  *id;
  guint  timeout;
} XmppRoomRequest;

struct _XmppMucRoom
{
  GObject           parent_instance;

  XmppClient       *client;
  XmppMuc          *muc;              /* borrowed; NULL once it has let go of us */
  char             *address;
  XmppRoomState     state;
  char             *nick;
  char             *subject;
  XmppMucInfo      *info;
  GError           *error;
  char             *show;
  char             *status;

  /* The way in */
  char             *password;
  gboolean          other_nick;
  gboolean          create;
  gint64            history_since;
  char             *wanted_nick;      /* as asked for, before a number was put to it */
  guint             nick_tries;
  char             *join_id;          /* of the presence that asks to come in */
  guint             join_timeout;
  guint             retry_timeout;
  guint             retries;
  gboolean          created;          /* 201 came */
  gboolean          pinging;
  gboolean          in_history;       /* entered, and the subject that ends the history (§7.2.13 to 15) has not come */
  GCancellable     *cancellable;      /* of the questions on the way in; renewed with each try */
  GPtrArray        *join_tasks;
  XmppRoomRequest   nick_request;
  XmppRoomRequest   subject_request;

  /* Who is in */
  GPtrArray        *occupants;
  GPtrArray        *arriving;
  GHashTable       *by_nick;          /* nick → XmppMucOccupant, borrowed from the arrays */
  XmppMucOccupant  *self_occupant;    /* borrowed */
  gint64            heard;            /* monotonic µs: the room's last sign of life */
};

enum
{
  XMPP_ROOM_JOINED_SIGNAL,
  XMPP_ROOM_LEFT_SIGNAL,
  XMPP_ROOM_OCCUPANT_JOINED_SIGNAL,
  XMPP_ROOM_OCCUPANT_LEFT_SIGNAL,
  XMPP_ROOM_OCCUPANT_RENAMED_SIGNAL,
  XMPP_ROOM_SUBJECT_CHANGED_SIGNAL,
  XMPP_ROOM_CONFIGURATION_CHANGED_SIGNAL,
  XMPP_ROOM_AFFILIATION_CHANGED_SIGNAL,
  XMPP_ROOM_INVITE_DECLINED_SIGNAL,
  XMPP_ROOM_N_SIGNALS
};
extern guint xmpp_room_signals[XMPP_ROOM_N_SIGNALS];

/* muc-room.c */
XmppMucRoom *xmpp_muc_room_new                (XmppMuc     *muc, XmppClient *client, const char *address) G_GNUC_WARN_UNUSED_RESULT;
void         xmpp_muc_room_orphan             (XmppMucRoom *self);    /* its XmppMuc lets go */
void         xmpp_muc_room_set_state          (XmppMucRoom *self, XmppRoomState state);
void         xmpp_muc_room_take_error         (XmppMucRoom *self, GError *error);     /* (transfer full) (nullable) */
void         xmpp_muc_room_take_info          (XmppMucRoom *self, XmppMucInfo *info); /* (transfer full) */
void         xmpp_muc_room_take_nick          (XmppMucRoom *self, char *nick);        /* (transfer full) */
void         xmpp_muc_room_note_self          (XmppMucRoom *self);    /* own role or affiliation may have changed */
XmppNode    *xmpp_muc_room_new_presence       (XmppMucRoom *self, const char *nick) G_GNUC_WARN_UNUSED_RESULT;
gboolean     xmpp_muc_room_handle_message     (XmppMucRoom *self, XmppNode *message);   /* TRUE: nothing for others */
/* @error: (transfer full) (nullable): NULL is success. Nothing happens when none is open. */
void         xmpp_room_request_return         (XmppRoomRequest *self, GError *error);
/* The stanza is the error that answers it; returned. */
gboolean     xmpp_room_request_take_error     (XmppRoomRequest *self, const XmppNode *stanza);

/* muc-join.c */
void         xmpp_muc_room_begin_join         (XmppMucRoom *self);    /* its turn in the queue has come */
void         xmpp_muc_room_enter              (XmppMucRoom *self);    /* self-presence has come */
gboolean     xmpp_muc_room_take_join_error    (XmppMucRoom *self, const XmppNode *presence);
void         xmpp_muc_room_come_again         (XmppMucRoom *self);    /* the place is lost: WAITING */
void         xmpp_muc_room_stop               (XmppMucRoom *self);    /* ends what is under way; the state is the caller's */
void         xmpp_muc_room_fail_joins         (XmppMucRoom *self, const GError *error);
void         xmpp_muc_room_refresh_info       (XmppMucRoom *self);

/* muc-presence.c */
void         xmpp_muc_room_handle_presence    (XmppMucRoom *self, XmppNode *presence);
void         xmpp_muc_room_clear_occupants    (XmppMucRoom *self);
/* The room's own <x/> of a stanza: the last one, should an occupant's have been left in. */
XmppNode    *xmpp_muc_get_user_node           (const XmppNode *stanza);
gboolean     xmpp_muc_has_status              (const XmppNode *x, int code);

/* muc.c */
void         xmpp_muc_enqueue                 (XmppMuc *self, XmppMucRoom *room);
void         xmpp_muc_join_ended              (XmppMuc *self, XmppMucRoom *room);
/* Asks the rooms that were silent since @now − 15 minutes. @now: monotonic µs. */
void         xmpp_muc_check_quiet             (XmppMuc *self, gint64 now);

G_END_DECLS
