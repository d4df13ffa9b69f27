/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "database.h"

G_BEGIN_DECLS

/* Stored values, append only. */
typedef enum
{
  STORE_CONVERSATION_PERSON = 0,
  STORE_CONVERSATION_ROOM = 1,
} StoreConversationKind;

typedef enum
{
  STORE_NOTIFY_DEFAULT = 0,   /* as the preferences say */
  STORE_NOTIFY_ALL = 1,
  STORE_NOTIFY_MENTIONS = 2,
  STORE_NOTIFY_NOTHING = 3,
} StoreNotify;

/**
 * StoreConversation:
 *
 * One row of the chat list, complete: the list needs nothing else. Times are µs since the epoch, UTC. Reference counted,
 * by whichever thread; not changed once it was handed over.
 */
typedef struct
{
  gint64                id;
  char                 *address;        /* bare address of the person or room; unique */
  StoreConversationKind kind;
  char                 *name;           /* "" when none is known */
  gint64                pin_order;      /* 0: not pinned; else pinned chats ascend */
  gint64                muted_until;    /* 0: not; G_MAXINT64: always */
  gboolean              archived;
  StoreNotify           notify;

  /* Kept by the store */
  guint                 unread;         /* incoming messages after the read mark */
  guint                 mentions;       /* those of them that mention this person */
  gint64                read_key;       /* order key up to which this person has read */
  gint64                read_message;   /* the message there, 0 when none */
  gboolean              read_told;      /* the mark was given to the others (XEP-0333, XEP-0490) */
  gint64                last_message;   /* newest message, 0 when none */
  char                 *last_text;      /* one line of it, at most 200 characters; NULL when none or retracted */
  char                 *last_sender;    /* nickname or address of its author; NULL when it is our own */
  int                   last_state;     /* StoreMessageState of it, for our own */
  int                   last_kind;      /* StoreMessageKind of it */
  gint64                last_time;      /* shown time of it; 0 when none */
  gint64                sort_time;      /* newest of last message, draft and creation */

  char                 *draft;          /* NULL when there is none */
  gint64                draft_reply;    /* message the draft answers, or 0 */
  gint64                draft_edit;     /* message the draft changes, or 0 */
  gint64                draft_time;
  char                 *extra;          /* JSON of the layer above; NULL */
} StoreConversation;

GType              store_conversation_get_type      (void) G_GNUC_CONST;
#define STORE_TYPE_CONVERSATION (store_conversation_get_type ())
StoreConversation *store_conversation_new           (void) G_GNUC_WARN_UNUSED_RESULT;
StoreConversation *store_conversation_ref           (StoreConversation     *self);
void               store_conversation_unref         (StoreConversation     *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StoreConversation, store_conversation_unref)

/**
 * store_conversation_ensure:
 * @out_id: (out): id of the conversation with @address, made when there was none
 */
gboolean           store_conversation_ensure        (StoreTransaction      *tx,
                                                     const char            *address,
                                                     StoreConversationKind  kind,
                                                     gint64                *out_id,
                                                     GError               **error);
/* NULL with NOT_FOUND when there is none. */
StoreConversation *store_conversation_load          (StoreTransaction      *tx,
                                                     gint64                 id,
                                                     GError               **error) G_GNUC_WARN_UNUSED_RESULT;
StoreConversation *store_conversation_find          (StoreTransaction      *tx,
                                                     const char            *address,
                                                     GError               **error) G_GNUC_WARN_UNUSED_RESULT;
/**
 * store_conversation_list:
 * @archived: the archived ones, or the others
 * @offset: rows to leave out
 * @limit: most rows to return, 1 to 1,000
 *
 * Returns: (element-type StoreConversation): pinned first in their order, then newest first
 */
GPtrArray         *store_conversation_list          (StoreTransaction      *tx,
                                                     gboolean               archived,
                                                     guint                  offset,
                                                     guint                  limit,
                                                     GError               **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean           store_conversation_count         (StoreTransaction      *tx,
                                                     gboolean               archived,
                                                     guint                 *out_count,
                                                     GError               **error);
/* Sums over chats that are neither muted at @now nor archived. */
gboolean           store_conversation_count_unread  (StoreTransaction      *tx,
                                                     gint64                 now,
                                                     guint                 *out_unread,
                                                     guint                 *out_mentions,
                                                     GError               **error);

gboolean           store_conversation_set_name      (StoreTransaction *tx, gint64 id, const char *name, GError **error);
gboolean           store_conversation_set_pin_order (StoreTransaction *tx, gint64 id, gint64 pin_order, GError **error);
gboolean           store_conversation_set_muted     (StoreTransaction *tx, gint64 id, gint64 until, GError **error);
gboolean           store_conversation_set_archived  (StoreTransaction *tx, gint64 id, gboolean archived, GError **error);
gboolean           store_conversation_set_notify    (StoreTransaction *tx, gint64 id, StoreNotify notify, GError **error);
gboolean           store_conversation_set_extra     (StoreTransaction *tx, gint64 id, const char *json, GError **error);
/* @text NULL or "": no draft any more. At most 64 kB. */
gboolean           store_conversation_set_draft     (StoreTransaction *tx, gint64 id, const char *text, gint64 reply,
                                                     gint64 edit, gint64 time, GError **error);
/**
 * store_conversation_mark_read:
 * @message: the newest message that was read; 0: everything that is here
 * @told: the mark came from another of the person's devices, so nobody needs to be told
 *
 * Moves this person's read mark forward, never back, and counts anew.
 */
gboolean           store_conversation_mark_read     (StoreTransaction *tx, gint64 id, gint64 message, gboolean told,
                                                     GError **error);
/* Puts the mark back to just before @message ("mark as unread"). */
gboolean           store_conversation_mark_unread   (StoreTransaction *tx, gint64 id, gint64 message, GError **error);
gboolean           store_conversation_set_read_told (StoreTransaction *tx, gint64 id, GError **error);
/* Deletes the conversation, its messages and everything that hangs on them. */
gboolean           store_conversation_delete        (StoreTransaction *tx, gint64 id, GError **error);

G_END_DECLS
