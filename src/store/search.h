/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "message.h"

G_BEGIN_DECLS

/**
 * StoreQuery:
 *
 * What a person typed into a search box: words that must all be there (the last one may be the
 * beginning of a word, from two letters on),
 * "words in quotes" in that order, and filters:
 * from:ADDRESS-OR-NAME · in:ADDRESS-OR-NAME · has:file|image|link · before:DATE · after:DATE (YYYY, YYYY-MM or YYYY-MM-DD, local time).
 * What does not look like a filter is searched for as text. Nothing a person can type is an error.
 */
typedef struct _StoreQuery StoreQuery;

StoreQuery    *store_query_parse            (const char *text) G_GNUC_WARN_UNUSED_RESULT;
void           store_query_free             (StoreQuery *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StoreQuery, store_query_free)
/* Only in this conversation, beside what was typed (find in chat). */
void           store_query_set_conversation (StoreQuery *self, gint64 conversation);
gboolean       store_query_is_empty         (const StoreQuery *self);
/* The expression for FTS5, every word quoted; NULL when there are only filters. For tests and fuzzing. */
char          *store_query_dup_expression   (const StoreQuery *self) G_GNUC_WARN_UNUSED_RESULT;

typedef struct
{
  StoreMessage *message;
  char         *snippet;      /* part of the body around the first match, on one line, at most 160 characters */
  GArray       *ranges;       /* (element-type StoreRange): what matched, in bytes of the snippet */
} StoreHit;
typedef struct { guint start, end; } StoreRange;
void           store_hit_free               (StoreHit *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StoreHit, store_hit_free)

/**
 * store_search_messages:
 * @before_id: only messages with a smaller id (next page); %G_MAXINT64 for the first
 * @limit: 1 to 200; 50 is usual
 *
 * Returns: (element-type StoreHit): newest first
 */
GPtrArray     *store_search_messages        (StoreTransaction *tx, const StoreQuery *query, gint64 before_id, guint limit,
                                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* What matches in @text and a snippet of it, without the database; also for titles and people. @out_ranges NULL: not wanted. */
char          *store_query_snippet          (const StoreQuery *self, const char *text, guint max_chars,
                                             GArray **out_ranges) G_GNUC_WARN_UNUSED_RESULT;
/* The oldest message here, for "This computer: since 3 March"; 0 when there is none. */
gboolean       store_search_get_oldest      (StoreTransaction *tx, gint64 *out_time, GError **error);

G_END_DECLS
