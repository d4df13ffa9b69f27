/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

typedef enum
{
  XMPP_CHAT_DIRECT,           /* with a person (or a server); chat is the bare address */
  XMPP_CHAT_ROOM,             /* in a room; chat is the room's bare address */
  XMPP_CHAT_ROOM_PRIVATE,     /* aside, with one occupant of a room; chat is "room/nick" */
} XmppChatKind;

/**
 * XmppAuthor:
 *
 * Who said something, as far as it was proved; stored with each message. Two messages are by the same author only
 * if xmpp_author_same() says so: edits, retractions, reactions and marks of every source (live, carbon, archive) go
 * through that one function (threats A7, A8, A9, A11).
 */
typedef struct
{
  XmppChatKind  kind;
  char         *chat;         /* conversation it was said in */
  char         *address;      /* bare real address, verified; NULL when a room hides it */
  char         *nick;         /* in rooms; NULL: the room itself speaks */
  char         *occupant_id;  /* XEP-0421, only from rooms that announce it; NULL otherwise */
  gint64        stay;         /* one uninterrupted stay of one occupant, seen by us; unique for ever; 0 = not known */
} XmppAuthor;

GType        xmpp_author_get_type  (void) G_GNUC_CONST;
#define XMPP_TYPE_AUTHOR (xmpp_author_get_type ())

XmppAuthor  *xmpp_author_new       (XmppChatKind      kind,
                                    const char       *chat,
                                    const char       *address,
                                    const char       *nick,
                                    const char       *occupant_id,
                                    gint64            stay) G_GNUC_WARN_UNUSED_RESULT;
XmppAuthor  *xmpp_author_copy      (const XmppAuthor *self) G_GNUC_WARN_UNUSED_RESULT;
void         xmpp_author_free      (XmppAuthor       *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XmppAuthor, xmpp_author_free)

/**
 * xmpp_author_same:
 *
 * Whether both were certainly said by the same person in the same conversation. Decided by the strongest identity that
 * both have: occupant-id; else real address; else one uninterrupted stay. Without any of them: not the same.
 */
gboolean     xmpp_author_same      (const XmppAuthor *a,
                                    const XmppAuthor *b);
/* The room itself said it (moderation, configuration). */
gboolean     xmpp_author_is_room   (const XmppAuthor *self);

G_END_DECLS
