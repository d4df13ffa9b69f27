/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  MEDIA_PICTURE_UNKNOWN,
  MEDIA_PICTURE_PNG,
  MEDIA_PICTURE_JPEG,
  MEDIA_PICTURE_WEBP,
  MEDIA_PICTURE_GIF,
} MediaPictureFormat;

/* What may reach a decoder. Larger pictures are offered as files. */
#define MEDIA_PICTURE_MAX_BYTES  (16 * 1024 * 1024)
#define MEDIA_PICTURE_MAX_PIXELS (40 * 1000 * 1000)
#define MEDIA_PICTURE_MAX_SIDE   32767

/**
 * media_picture_header_read:
 * @data: the first bytes of a file, or all of it
 * @length: bytes at @data
 * @out_width: (out): pixels, 1 to MEDIA_PICTURE_MAX_SIDE
 * @out_height: (out): pixels, 1 to MEDIA_PICTURE_MAX_SIDE
 *
 * Tells the format by its signature and reads the size from the header; decodes nothing. Orientation tags are not
 * looked at. The outputs are written only on success.
 *
 * Returns: the format, or %MEDIA_PICTURE_UNKNOWN if it is none of ours, the header is cut, or the size is out of range
 */
MediaPictureFormat media_picture_header_read     (const guint8       *data,
                                                  gsize               length,
                                                  int                *out_width,
                                                  int                *out_height);

/* "image/png" …; NULL for %MEDIA_PICTURE_UNKNOWN. Static. */
const char        *media_picture_format_get_type (MediaPictureFormat  format);

G_END_DECLS
