/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "message.h"

G_BEGIN_DECLS

/*
 * Which parts of an archive (XEP-0313) are here. A segment is a range of archive order without holes. The whole archive of
 * the account, or of a room, has the scope ""; what was asked only about one person has that address as scope.
 */

typedef enum
{
  STORE_ARCHIVE_FORWARD,    /* asked for what comes after an id */
  STORE_ARCHIVE_BACKWARD,   /* asked for what comes before an id, or for the newest */
} StoreArchiveDirection;

/**
 * StoreArchivePage:
 *
 * One answered query. Times are the archive's own stamps, µs since the epoch.
 */
typedef struct
{
  const char            *archive;     /* bare address of the account or room */
  const char            *scope;       /* "" or the bare address given as "with" */
  StoreArchiveDirection  direction;
  const char            *anchor_id;   /* the "after" or "before" of the query; NULL: from the oldest / the newest */
  const char            *first_id;    /* first and last result in archive order, whatever they hold; NULL: empty page */
  gint64                 first_time;
  const char            *last_id;
  gint64                 last_time;
  gboolean               complete;    /* nothing beyond, in that direction (fin complete='true') */
  GPtrArray             *messages;    /* (element-type StoreMessage) (nullable): those results that are messages, in archive
                                         order, "conversation" set; ids and keys are filled in as by store_message_insert() */
} StoreArchivePage;

/**
 * store_archive_insert_page:
 * @out_added: (out) (optional): how many of the messages are new rows
 *
 * Writes a page: messages at their place in archive order, and the segment, in one go. Messages that live arrival had put
 * elsewhere move to their archive order. Apply the page's edits, reactions and marks in the same transaction.
 */
gboolean       store_archive_insert_page    (StoreTransaction       *tx,
                                             const StoreArchivePage *page,
                                             StoreInsertFlags        flags,
                                             guint                  *out_added,
                                             GError                **error);

/**
 * store_archive_extend_live:
 *
 * A live stanza that is not a message (an edit, a reaction) has @archive_id: the live segment now reaches it; one begins when
 * there is none. store_message_insert() does this by itself for messages.
 */
gboolean       store_archive_extend_live    (StoreTransaction *tx, const char *archive, const char *archive_id, gint64 time,
                                             GError **error);
/**
 * store_archive_end_live:
 * @archive: %NULL: all
 *
 * What comes live from now on may follow a gap. To be called at the start of each session that is not a resumed one (or when a
 * room was joined anew), before anything of it is stored; then catch up forward from store_archive_get_newest() until a page
 * is complete.
 */
gboolean       store_archive_end_live       (StoreTransaction *tx, const char *archive, GError **error);
/* Id to catch up from ("after"): end of the newest segment of scope "". Ask after store_archive_end_live(), before live
 * messages are stored. *out_id NULL: nothing was ever fetched. */
gboolean       store_archive_get_newest     (StoreTransaction *tx, const char *archive, char **out_id, gint64 *out_time,
                                             GError **error);
/* The archive does not know our ids any more (item-not-found): forget the segments, keep the messages. */
gboolean       store_archive_forget         (StoreTransaction *tx, const char *archive, GError **error);

/**
 * StoreArchiveGap:
 * @before_id: ask backward from here, with @scope; NULL: from the newest
 * @before_time: the known part above the gap begins here; G_MAXINT64 when nothing newer is known
 * @after_id: the known part below it ends here; NULL: nothing older is known
 *
 * A part of a conversation's history that is not here. It lies between the messages of those times.
 */
typedef struct
{
  char  *scope;
  char  *before_id;
  gint64 before_time;
  char  *after_id;
  gint64 after_time;
} StoreArchiveGap;
void           store_archive_gap_free       (StoreArchiveGap *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StoreArchiveGap, store_archive_gap_free)

/**
 * store_archive_list_gaps:
 * @archive: the account's address, or the room's
 * @address: the person's address; the room's for a room
 *
 * Returns: (element-type StoreArchiveGap): newest first. The last one, without @after_id, is "older messages are on the
 * server"; it is missing when the archive's beginning is here.
 */
GPtrArray     *store_archive_list_gaps      (StoreTransaction *tx, const char *archive, const char *address,
                                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
