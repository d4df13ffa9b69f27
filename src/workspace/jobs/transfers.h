/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "workspace/chat/file.h"
#include "workspace/workspace-private.h"

G_BEGIN_DECLS

/**
 * AtriumTransfers:
 *
 * Uploads and downloads, two of each at a time. An upload is an entry of the outbox whose message follows when its files
 * are on the server; its files lie in the profile's folder "outgoing" until then. A download is a job in the database
 * until it is done, so that it goes on after a restart; its file lies in "files".
 */
#define ATRIUM_TYPE_TRANSFERS (atrium_transfers_get_type ())
G_DECLARE_FINAL_TYPE (AtriumTransfers, atrium_transfers, ATRIUM, TRANSFERS, GObject)

AtriumTransfers *atrium_transfers_new       (AtriumWorkspace     *workspace) G_GNUC_WARN_UNUSED_RESULT;
void             atrium_transfers_detach    (AtriumTransfers     *self);
/* Reads the downloads that were under way. */
void             atrium_transfers_open      (AtriumTransfers     *self);
void             atrium_transfers_stop      (AtriumTransfers     *self);
/* Something may be ready to go: an entry came, the session is online. */
void             atrium_transfers_kick      (AtriumTransfers     *self);
/* The upload of outbox entry @entry is given up. */
void             atrium_transfers_abandon   (AtriumTransfers     *self,
                                             gint64               entry);
/* Sets what moves: state, progress, error. */
void             atrium_transfers_fill_file (AtriumTransfers     *self,
                                             AtriumFile          *file,
                                             const StoreFile     *row,
                                             gboolean             own);
/* Fetches files of a message that may come by themselves (threat D4). */
void             atrium_transfers_auto      (AtriumTransfers     *self,
                                             const StoreMessage  *message);
/* For AtriumFile. */
void             atrium_transfers_download_async  (AtriumTransfers     *self,
                                             AtriumFile          *file,
                                             GCancellable        *cancellable,
                                             GAsyncReadyCallback  callback,
                                             gpointer             user_data);
gboolean         atrium_transfers_download_finish (AtriumTransfers     *self,
                                             GAsyncResult        *result,
                                             GError             **error);
void             atrium_transfers_pause     (AtriumTransfers     *self,
                                             AtriumFile          *file);
void             atrium_transfers_cancel    (AtriumTransfers     *self,
                                             AtriumFile          *file);

G_END_DECLS
