/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "message.h"
#include "sql-private.h"

G_BEGIN_DECLS

/* What of a row decides about identity and place. */
typedef struct
{
  gint64            id;         /* 0: no row */
  gint64            conversation;
  gint64            order_key;
  gint64            author;
  gint64            segment;    /* of the archive that placed it; 0: none has */
  gint64            archive;
  char             *archive_id;
  StoreMessageState state;
} StoreMessageRow;
void     store_message_row_clear     (StoreMessageRow *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (StoreMessageRow, store_message_row_clear)

/* Authors and archives by number. */
gboolean store_author_intern         (StoreTransaction *tx, gint64 conversation, const StoreAuthor *author, gint64 *out_id,
                                      GError **error);
/* Whether two numbers are the same person, as far as is known. */
gboolean store_author_equal          (StoreTransaction *tx, gint64 a, gint64 b, gboolean *out_equal, GError **error);
gboolean store_archive_intern        (StoreTransaction *tx, const char *address, gint64 *out_id, GError **error);

/* Inserting. */
gboolean store_message_check         (const StoreMessage *message, GError **error);
/* The row that @message is already, if there is one. */
gboolean store_message_match         (StoreTransaction *tx, const StoreMessage *message, gint64 author, gint64 archive,
                                      StoreMessageRow *out_row, GError **error);
/* Writes a new row with everything that hangs on it. "order_key" is set. @segment: that placed it, or 0. */
gboolean store_message_write         (StoreTransaction *tx, StoreMessage *message, gint64 author, gint64 archive, gint64 segment,
                                      StoreInsertFlags flags, GError **error);
/* Fills in what @row lacked and @message knows. */
gboolean store_message_merge         (StoreTransaction *tx, StoreMessageRow *row, StoreMessage *message, gint64 archive,
                                      gboolean *out_changed, GError **error);
gboolean store_message_note_changed  (StoreTransaction *tx, gint64 conversation, gint64 id, GError **error);

/* Rows with this id of the wire, newest first. (element-type gint64) */
GArray  *store_message_find_rows     (StoreTransaction *tx, gint64 conversation, const char *wire_id, GError **error);
gboolean store_message_read_row      (StoreTransaction *tx, gint64 id, StoreMessageRow *out, GError **error);

/* What came before the message @id, which has these ids now. */
gboolean store_message_apply_waiting (StoreTransaction *tx, gint64 conversation, const char *origin_id, const char *message_id,
                                      const char *archive_id, GError **error);

/* Segments (archive.c): the live segment of an archive now reaches @archive_id; begins one when there is none. */
gboolean store_archive_reach_live    (StoreTransaction *tx, gint64 archive, const char *archive_id, gint64 time,
                                      gint64 *out_segment, GError **error);

G_END_DECLS
