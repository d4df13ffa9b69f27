/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "media/picture-header.h"

G_BEGIN_DECLS

/**
 * MediaPicture:
 *
 * A decoded picture: 8 bits a channel, R G B A, colour not multiplied by alpha, rows from the top.
 *
 * Pictures come from strangers, and picture decoders are where desktops get broken into. So no byte of one is decoded
 * in this process: a small helper program, started for one picture and locked in (no files, no network, no new
 * processes, 512 MiB, 5 s), writes the pixels into memory that both share. If it dies, this picture has no pixels.
 */
#define MEDIA_TYPE_PICTURE (media_picture_get_type ())
G_DECLARE_FINAL_TYPE (MediaPicture, media_picture, MEDIA, PICTURE, GObject)

#define MEDIA_PICTURE_ERROR (media_picture_error_quark ())
GQuark media_picture_error_quark (void);
typedef enum
{
  MEDIA_PICTURE_ERROR_UNSUPPORTED,   /* no PNG, JPEG, WebP or GIF, or the header is broken */
  MEDIA_PICTURE_ERROR_TOO_LARGE,     /* more bytes or pixels than MEDIA_PICTURE_MAX_… */
  MEDIA_PICTURE_ERROR_BROKEN,        /* the decoder refused it, crashed on it or took too long */
  MEDIA_PICTURE_ERROR_HELPER,        /* the helper program could not be started */
} MediaPictureError;

/**
 * media_picture_load_async:
 * @file: a local file
 * @max_width: pixels; a larger picture is scaled down, its shape kept
 * @max_height: pixels
 *
 * Reads and decodes the first frame, turned upright by its orientation tag. At most two helpers run at once; others wait.
 * Cancelling kills the helper. Errors: #MediaPictureError, or #GIOErrorEnum from reading.
 */
void          media_picture_load_async    (GFile                *file,
                                           int                   max_width,
                                           int                   max_height,
                                           GCancellable         *cancellable,
                                           GAsyncReadyCallback   callback,
                                           gpointer              user_data);
/* The same for bytes in memory (avatars). */
void          media_picture_decode_async  (GBytes               *bytes,
                                           int                   max_width,
                                           int                   max_height,
                                           GCancellable         *cancellable,
                                           GAsyncReadyCallback   callback,
                                           gpointer              user_data);
/* Finishes both. Returns: (transfer full) */
MediaPicture *media_picture_load_finish   (GAsyncResult         *result,
                                           GError              **error) G_GNUC_WARN_UNUSED_RESULT;

int           media_picture_get_width     (MediaPicture         *self);
int           media_picture_get_height    (MediaPicture         *self);
gsize         media_picture_get_stride    (MediaPicture         *self);   /* bytes from row to row */
GBytes       *media_picture_get_pixels    (MediaPicture         *self);   /* (transfer none), stride × height bytes */

G_END_DECLS
