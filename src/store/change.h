/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * StoreChangeKind:
 *
 * What a committed transaction changed. Stored values, append only.
 */
typedef enum
{
  STORE_CHANGE_EVERYTHING = 0,       /* too much to list: read anew what is shown */
  STORE_CHANGE_MESSAGE_ADDED = 1,
  STORE_CHANGE_MESSAGE_CHANGED = 2,  /* text, state, reactions, files … of one message */
  STORE_CHANGE_MESSAGE_MOVED = 3,    /* its place in the conversation */
  STORE_CHANGE_MESSAGE_REMOVED = 4,
  STORE_CHANGE_HISTORY = 5,          /* so many messages of one conversation that they are not listed one by one */
  STORE_CHANGE_CONVERSATION = 6,     /* row of the chat list: added, changed or removed */
  STORE_CHANGE_PERSON = 7,           /* @row is 0: several */
  STORE_CHANGE_ROOM = 8,
  STORE_CHANGE_OUTBOX = 9,
  STORE_CHANGE_JOB = 10,
  STORE_CHANGE_SETTING = 11,
  STORE_CHANGE_SEGMENTS = 12,        /* which parts of an archive are here */
  STORE_CHANGE_MARKS = 13,           /* how far others have read in a conversation */
} StoreChangeKind;

/**
 * StoreChange:
 * @sequence: grows with each change, over all processes that use the database
 * @kind: what happened
 * @conversation: id of the conversation, or 0
 * @row: id of the message, outbox entry or job; 0 when it does not apply
 */
typedef struct
{
  gint64          sequence;
  StoreChangeKind kind;
  gint64          conversation;
  gint64          row;
} StoreChange;

G_END_DECLS
