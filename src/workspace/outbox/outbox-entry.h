/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "workspace/types.h"

G_BEGIN_DECLS

/**
 * AtriumOutboxEntry:
 *
 * Something the user did that the server has not confirmed yet.
 *
 * Properties, all read-only from outside and notified when they change:
 *
 * - `id`: row in the database
 * - `kind`: what it is
 * - `target`: address it is for
 * - `target-name`: name to show
 * - `summary`: first line of the text, file name, …
 * - `state`: where it is
 * - `tries`: how often it was handed to a server
 * - `next-try`: µs since the epoch; 0: as soon as possible
 * - `error`: last failure, a plain sentence (nullable)
 * - `created`: µs since the epoch
 * - `message-id`: row of the message it belongs to; 0 none
 */
#define ATRIUM_TYPE_OUTBOX_ENTRY (atrium_outbox_entry_get_type ())
G_DECLARE_FINAL_TYPE (AtriumOutboxEntry, atrium_outbox_entry, ATRIUM, OUTBOX_ENTRY, GObject)

gint64            atrium_outbox_entry_get_id          (AtriumOutboxEntry *self);
AtriumOutboxKind  atrium_outbox_entry_get_kind        (AtriumOutboxEntry *self);
const char       *atrium_outbox_entry_get_target      (AtriumOutboxEntry *self);
const char       *atrium_outbox_entry_get_target_name (AtriumOutboxEntry *self);
const char       *atrium_outbox_entry_get_summary     (AtriumOutboxEntry *self);
AtriumOutboxState atrium_outbox_entry_get_state       (AtriumOutboxEntry *self);
guint             atrium_outbox_entry_get_tries       (AtriumOutboxEntry *self);
gint64            atrium_outbox_entry_get_next_try    (AtriumOutboxEntry *self);
const char       *atrium_outbox_entry_get_error       (AtriumOutboxEntry *self);
gint64            atrium_outbox_entry_get_created     (AtriumOutboxEntry *self);
gint64            atrium_outbox_entry_get_message_id  (AtriumOutboxEntry *self);

G_END_DECLS
