/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "workspace/outbox/outbox-entry.h"

G_BEGIN_DECLS

/**
 * AtriumOutbox:
 *
 * Everything the user did that the server has not confirmed yet, as a #GListModel of #AtriumOutboxEntry in the order of writing.
 *
 * Properties (notified): `count` (guint: all entries), `failed` (guint: those that need the user), `messages` (guint: messages and files
 * among them).
 */
#define ATRIUM_TYPE_OUTBOX (atrium_outbox_get_type ())
G_DECLARE_FINAL_TYPE (AtriumOutbox, atrium_outbox, ATRIUM, OUTBOX, GObject)

guint atrium_outbox_get_count    (AtriumOutbox *self);
guint atrium_outbox_get_failed   (AtriumOutbox *self);
guint atrium_outbox_get_messages (AtriumOutbox *self);

/* By #AtriumOutboxEntry:id. retry: hand it to the server again, with the same ids. drop: never send it; its message is removed
 * (an edit, reaction or retraction is undone). An entry that was already handed to a server cannot be taken back for certain; drop then says so
 * by #ATRIUM_ERROR_BUSY while its fate is unknown. Errors: NOT_FOUND. */
void atrium_outbox_retry_async (AtriumOutbox       *self,
                                gint64              id,
                                GCancellable       *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer            user_data);
gboolean atrium_outbox_retry_finish (AtriumOutbox *self,
                                     GAsyncResult *result,
                                     GError      **error);
void atrium_outbox_drop_async (AtriumOutbox       *self,
                               gint64              id,
                               GCancellable       *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer            user_data);
gboolean atrium_outbox_drop_finish (AtriumOutbox *self,
                                    GAsyncResult *result,
                                    GError      **error);

/* Finishes when the entry is settled: TRUE when the server has it, an error when it failed or was dropped. */
void atrium_outbox_wait_async (AtriumOutbox       *self,
                               gint64              id,
                               GCancellable       *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer            user_data);
gboolean atrium_outbox_wait_finish (AtriumOutbox *self,
                                    GAsyncResult *result,
                                    GError      **error);
/* The same for the entry of a message (its row). */
void atrium_outbox_wait_message_async (AtriumOutbox       *self,
                                       gint64              message_id,
                                       GCancellable       *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer            user_data);
gboolean atrium_outbox_wait_message_finish (AtriumOutbox *self,
                                            GAsyncResult *result,
                                            GError      **error);

G_END_DECLS
