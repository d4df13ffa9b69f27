/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/*
 * What passes between the app and its picture helper, which is started as
 *     atrium-decode TYPE MAX-WIDTH MAX-HEIGHT
 * with the encoded picture as file 3 (read only) and an empty memory file as file 4. The helper writes this header, then
 * height rows of stride bytes, and exits with 0. The app believes the header only if the sizes fit each other and the file.
 */
#define MEDIA_PICTURE_INPUT_FD  3
#define MEDIA_PICTURE_OUTPUT_FD 4
#define MEDIA_PICTURE_MAGIC     0x41445031u   /* "ADP1" */

typedef struct
{
  guint32 magic;
  guint32 width;    /* pixels */
  guint32 height;   /* pixels */
  guint32 stride;   /* bytes, 4 × width */
} MediaPictureReply;
