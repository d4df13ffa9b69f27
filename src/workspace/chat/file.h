/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "workspace/types.h"

G_BEGIN_DECLS

/**
 * AtriumFile:
 *
 * A file of a message: on the server, on its way, or here.
 *
 * Properties, all read-only from outside and notified when they change:
 *
 * - `name`: cleaned (no path, no control or bidi characters), never empty
 * - `size`: bytes; −1 unknown
 * - `media-type`: as announced; sniff before you open (nullable)
 * - `kind`: what it is to the timeline
 * - `width`: pixels, announced; 0 unknown
 * - `height`: pixels, announced; 0 unknown
 * - `duration`: ms; 0 unknown
 * - `waveform`: one byte a bar, 0…255 (nullable)
 * - `url`: where it lies (nullable until uploaded)
 * - `path`: local file in private storage (nullable)
 * - `state`: where it is
 * - `progress`: 0…1 while RUNNING or PAUSED
 * - `error`: why it failed (nullable)
 * - `can-auto`: comes from our own upload service and may be fetched without asking
 * - `id`: row in the database
 */
#define ATRIUM_TYPE_FILE (atrium_file_get_type ())
G_DECLARE_FINAL_TYPE (AtriumFile, atrium_file, ATRIUM, FILE, GObject)

const char     *atrium_file_get_name       (AtriumFile *self);
gint64          atrium_file_get_size       (AtriumFile *self);
const char     *atrium_file_get_media_type (AtriumFile *self);
AtriumFileKind  atrium_file_get_kind       (AtriumFile *self);
int             atrium_file_get_width      (AtriumFile *self);
int             atrium_file_get_height     (AtriumFile *self);
gint64          atrium_file_get_duration   (AtriumFile *self);
GBytes         *atrium_file_get_waveform   (AtriumFile *self);
const char     *atrium_file_get_url        (AtriumFile *self);
const char     *atrium_file_get_path       (AtriumFile *self);
AtriumFileState atrium_file_get_state      (AtriumFile *self);
double          atrium_file_get_progress   (AtriumFile *self);
const char     *atrium_file_get_error      (AtriumFile *self);
gboolean        atrium_file_get_can_auto   (AtriumFile *self);
gint64          atrium_file_get_id         (AtriumFile *self);

/**
 * atrium_file_download_async:
 *
 * Fetches a REMOTE, PAUSED or FAILED file into private storage as a job (resumes a part that is here already). The click
 * that leads here is the consent: the file may lie on any https server with a public address.
 * Errors: #GIOError; ATRIUM_ERROR_POLICY when larger than policy allows.
 */
void                atrium_file_download_async              (AtriumFile          *self,
                                                             GCancellable        *cancellable,
                                                             GAsyncReadyCallback  callback,
                                                             gpointer             user_data);
gboolean            atrium_file_download_finish             (AtriumFile          *self,
                                                             GAsyncResult        *result,
                                                             GError             **error);
/* Pauses (keeps what is here), gives up (own uploads: fails the message), and goes on or tries again. */
void                atrium_file_pause                       (AtriumFile          *self);
void                atrium_file_cancel                      (AtriumFile          *self);
void                atrium_file_retry                       (AtriumFile          *self);

G_END_DECLS
