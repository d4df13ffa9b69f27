/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "workspace/people/person.h"
#include "workspace/types.h"

G_BEGIN_DECLS

/**
 * AtriumMessage:
 *
 * One message of a conversation, as the timeline shows it. Made by the workspace only; the object of a row stays the same
 * while anybody holds it, and its properties follow the database.
 *
 * Properties, all read-only from outside and notified when they change:
 *
 * - `id`: row in the database, > 0, stable for ever
 * - `conversation-address`: the conversation it belongs to
 * - `origin-id`: the sender's id, also the message id we sent (nullable)
 * - `archive-id`: id in the archive of the account or room (nullable)
 * - `author-address`: bare address; in rooms that hide it the full room address
 * - `author-name`: name to show, never empty
 * - `author`: the person where known (nullable)
 * - `nick`: name inside the room, NULL outside rooms
 * - `own`: written by this account, on any device
 * - `body`: plain text, fallback quotes removed; empty when retracted
 * - `time`: µs since the epoch, UTC
 * - `state`: of own messages how far it is; of others READ or DELIVERED (= unread)
 * - `error`: why it failed, a plain sentence (nullable)
 * - `read-by`: names of those who have read it, only on the last message each has read (nullable)
 * - `edited`: was corrected; the body is the newest version
 * - `retracted`: was taken back by the author or a moderator
 * - `retracted-by`: name of the moderator who removed it, NULL when its author did
 * - `retract-reason`: what the moderator said (nullable)
 * - `reply-id`: row of the message this one answers; 0 none; −1 not (yet) on this computer
 * - `reply-author`: name (nullable)
 * - `reply-preview`: first line of it, from our own row and never from the quote that came along (nullable)
 * - `mentions-me`: names us
 * - `reactions`: AtriumReaction, most given first; never NULL
 * - `files`: AtriumFile; never NULL
 * - `forwarded-from`: name of the first author of a forwarded message (nullable)
 * - `system`: a line of the room itself (“Bob changed the subject”), no person's words
 * - `starts-group`: the message before it is of another author, another day or > 5 min older
 * - `starts-day`: first of its day (local time)
 * - `first-unread`: the “New messages” line belongs above it
 */
#define ATRIUM_TYPE_MESSAGE (atrium_message_get_type ())
G_DECLARE_FINAL_TYPE (AtriumMessage, atrium_message, ATRIUM, MESSAGE, GObject)

gint64               atrium_message_get_id                   (AtriumMessage *self);
const char          *atrium_message_get_conversation_address (AtriumMessage *self);
const char          *atrium_message_get_origin_id            (AtriumMessage *self);
const char          *atrium_message_get_archive_id           (AtriumMessage *self);
const char          *atrium_message_get_author_address       (AtriumMessage *self);
const char          *atrium_message_get_author_name          (AtriumMessage *self);
AtriumPerson        *atrium_message_get_author               (AtriumMessage *self);
const char          *atrium_message_get_nick                 (AtriumMessage *self);
gboolean             atrium_message_get_own                  (AtriumMessage *self);
const char          *atrium_message_get_body                 (AtriumMessage *self);
gint64               atrium_message_get_time                 (AtriumMessage *self);
AtriumMessageState   atrium_message_get_state                (AtriumMessage *self);
const char          *atrium_message_get_error                (AtriumMessage *self);
const char * const  *atrium_message_get_read_by              (AtriumMessage *self);
gboolean             atrium_message_get_edited               (AtriumMessage *self);
gboolean             atrium_message_get_retracted            (AtriumMessage *self);
const char          *atrium_message_get_retracted_by         (AtriumMessage *self);
const char          *atrium_message_get_retract_reason       (AtriumMessage *self);
gint64               atrium_message_get_reply_id             (AtriumMessage *self);
const char          *atrium_message_get_reply_author         (AtriumMessage *self);
const char          *atrium_message_get_reply_preview        (AtriumMessage *self);
gboolean             atrium_message_get_mentions_me          (AtriumMessage *self);
GListModel          *atrium_message_get_reactions            (AtriumMessage *self);
GListModel          *atrium_message_get_files                (AtriumMessage *self);
const char          *atrium_message_get_forwarded_from       (AtriumMessage *self);
gboolean             atrium_message_get_system               (AtriumMessage *self);
gboolean             atrium_message_get_starts_group         (AtriumMessage *self);
gboolean             atrium_message_get_starts_day           (AtriumMessage *self);
gboolean             atrium_message_get_first_unread         (AtriumMessage *self);

/* Files of AtriumMessage:files and Reactions of AtriumMessage:reactions change in place through items-changed. */

/**
 * atrium_message_dup_spans:
 *
 * What the view needs to draw the body: styling (XEP-0393), links and mentions as byte offsets into #AtriumMessage:body,
 * sorted by start, outer before inner. Linear in the length of the body.
 *
 * Returns: (transfer full) (element-type AtriumSpan): the spans, maybe none
 */
GPtrArray          *atrium_message_dup_spans                (AtriumMessage *self) G_GNUC_WARN_UNUSED_RESULT;

/* Whether we may still edit or retract it: own, sent or queued, not retracted, with the id that edits need. */
gboolean            atrium_message_can_edit                 (AtriumMessage *self);
gboolean            atrium_message_can_retract              (AtriumMessage *self);

G_END_DECLS
