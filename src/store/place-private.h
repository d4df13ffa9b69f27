/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sql-private.h"

G_BEGIN_DECLS

/* Messages in one block at most. */
#define STORE_BLOCK_SIZE 512

gboolean store_block_add      (StoreTransaction *tx, gint64 conversation, gint64 order_key, GError **error);
gboolean store_block_remove   (StoreTransaction *tx, gint64 conversation, gint64 order_key, GError **error);
gboolean store_block_rebuild  (StoreTransaction *tx, gint64 conversation, GError **error);

gboolean store_place_at_end   (StoreTransaction *tx, gint64 conversation, gint64 time, gint64 *out_key, GError **error);
/* Keys for @n messages after @low and before @high, ascending, as near to @times as may be; makes room when there is none.
 * @ids: those that are rows already, which may keep the key they have; 0 for new ones. */
gboolean store_place_between  (StoreTransaction *tx, gint64 conversation, gint64 low, gint64 high, const gint64 *ids,
                               const gint64 *times, gint64 *out_keys, guint n, GError **error);
gboolean store_place_move     (StoreTransaction *tx, gint64 conversation, gint64 message, gint64 new_key, GError **error);
/* Key of the message just after @key; G_MAXINT64 when there is none. */
gboolean store_place_get_next (StoreTransaction *tx, gint64 conversation, gint64 key, gint64 *out_key, GError **error);

G_END_DECLS
