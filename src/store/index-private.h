/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sql-private.h"

G_BEGIN_DECLS

/*
 * The search index "message_index": row id = message id; column "body" the text and the names of its files; column
 * "facets" one token for the conversation (c12), the author (a34) and what it has (hf, hi, hl). It keeps no copy of the
 * text, so taking a row out needs the text that was put in: read it before changing a message, update afterwards.
 */
typedef struct
{
  char *body;
  char *facets;
} StoreIndexed;

void     store_indexed_clear  (StoreIndexed *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (StoreIndexed, store_indexed_clear)

/* What the index holds for a message as its row stands now. */
gboolean store_index_read     (StoreTransaction *tx, gint64 message, StoreIndexed *out, GError **error);
/* Puts in a message that was not there. */
gboolean store_index_add      (StoreTransaction *tx, gint64 message, GError **error);
/* Replaces @old by what the row says now. */
gboolean store_index_update   (StoreTransaction *tx, gint64 message, const StoreIndexed *old, GError **error);
gboolean store_index_remove   (StoreTransaction *tx, gint64 message, const StoreIndexed *old, GError **error);

/* After opening: makes the index when there is none, or begins anew when another tokenizer made it. */
gboolean store_index_check    (StoreConnection *connection, GError **error);
gboolean store_index_reset    (StoreConnection *connection, GError **error);
/* Indexes the next @n messages, newest first. @out_progress: 1 when all are in. */
gboolean store_index_continue (StoreConnection *connection, guint n, double *out_progress, GError **error);

G_END_DECLS
