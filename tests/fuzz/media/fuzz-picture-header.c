/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The reader that stands before every picture decoder: a known format has a size within the limits, an unknown one leaves
 * the outputs alone. */

#include "config.h"

#include "media/picture-header.h"

int LLVMFuzzerTestOneInput (const guint8 *data,
                            gsize         size);

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  static const guint8 nothing;
  int width = -1;
  int height = -1;

  if (media_picture_header_read (size > 0 ? data : &nothing, size, &width, &height) == MEDIA_PICTURE_UNKNOWN)
    g_assert_true (width == -1 && height == -1);
  else
    g_assert_true (width > 0 && width <= MEDIA_PICTURE_MAX_SIDE && height > 0 && height <= MEDIA_PICTURE_MAX_SIDE);

  return 0;
}
