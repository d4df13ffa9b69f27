/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "message.h"

G_BEGIN_DECLS

/**
 * StoreTimeline:
 *
 * The positions of a conversation's messages, for a list model: count, position → message, message → position, and what
 * has changed since. Opening, counting and finding cost the same in a conversation of 100 and of 1,000,000 messages: the
 * database keeps how many messages lie in each of its blocks (at most 512 messages). Not thread safe: make and use it on
 * one thread, with store_database_read() or run_async().
 */
typedef struct _StoreTimeline StoreTimeline;

/* So many messages one fetch returns at most; fetches begin at multiples of it within a block. */
#define STORE_TIMELINE_PAGE 64

StoreTimeline *store_timeline_load          (StoreTransaction *tx,
                                             gint64            conversation,
                                             GError          **error) G_GNUC_WARN_UNUSED_RESULT;
void           store_timeline_free          (StoreTimeline    *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StoreTimeline, store_timeline_free)

guint          store_timeline_get_count     (const StoreTimeline *self);

/**
 * store_timeline_fetch:
 * @position: 0 to count − 1
 * @out_first: (out): position of the first message returned
 *
 * Returns: (element-type StoreMessage): the page that holds @position, oldest first. BUSY when the database has moved on
 * in a way that store_timeline_update() has not seen; update, then ask again.
 */
GPtrArray     *store_timeline_fetch         (StoreTimeline    *self,
                                             StoreTransaction *tx,
                                             guint             position,
                                             guint            *out_first,
                                             GError          **error) G_GNUC_WARN_UNUSED_RESULT;
/* Position of the message with @order_key, or where it would be. */
gboolean       store_timeline_find          (StoreTimeline    *self,
                                             StoreTransaction *tx,
                                             gint64            order_key,
                                             guint            *out_position,
                                             GError          **error);
/* Position of the first unread message; FALSE without @error set: there is none. */
gboolean       store_timeline_find_unread   (StoreTimeline    *self,
                                             StoreTransaction *tx,
                                             guint            *out_position,
                                             GError          **error);

/* One call of g_list_model_items_changed(), in the order to make them. removed == added: those rows changed. */
typedef struct
{
  guint position;
  guint removed;
  guint added;
} StoreTimelineEdit;

/**
 * store_timeline_update:
 *
 * Brings @self to the state of @tx. Returns: (element-type StoreTimelineEdit): what happened since, possibly empty; one edit
 * over everything when it was too much to tell.
 */
GArray        *store_timeline_update        (StoreTimeline    *self,
                                             StoreTransaction *tx,
                                             GError          **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
