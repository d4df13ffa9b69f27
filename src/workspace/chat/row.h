/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/store.h"
#include "workspace/chat/message.h"

G_BEGIN_DECLS

typedef struct _AtriumWorkspace AtriumWorkspace;

/**
 * AtriumRow:
 *
 * A message row together with what is needed to show it, read in one transaction.
 */
typedef struct
{
  StoreMessage *message;
  StoreMessage *reply;    /* (nullable): the row it answers */
} AtriumRow;

AtriumRow *atrium_row_new        (StoreTransaction *tx,
                                  StoreMessage     *message) G_GNUC_WARN_UNUSED_RESULT;
void       atrium_row_free       (AtriumRow        *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AtriumRow, atrium_row_free)

/* (element-type StoreMessage) to (element-type AtriumRow), in the same order. */
GPtrArray *atrium_rows_new       (StoreTransaction *tx,
                                  GPtrArray        *messages) G_GNUC_WARN_UNUSED_RESULT;

/* Sets every property of @message that comes from the row (not those of its place in a timeline). */
void       atrium_message_fill   (AtriumMessage    *message,
                                  const AtriumRow  *row,
                                  AtriumWorkspace  *workspace,
                                  const char       *conversation);

G_END_DECLS
