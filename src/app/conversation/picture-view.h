/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "workspace/chat/file.h"

G_BEGIN_DECLS

#define ATRIUM_TYPE_PICTURE_VIEW (atrium_picture_view_get_type ())
G_DECLARE_FINAL_TYPE (AtriumPictureView, atrium_picture_view, ATRIUM, PICTURE_VIEW, GtkWidget)

/* A picture in a message, at most 400 × 300. Its room is kept from the first moment, so nothing moves when
 * it arrives. Decoding happens in the decoder process; what that refuses is shown as a file. */
GtkWidget *atrium_picture_view_new (AtriumFile *file);

G_END_DECLS
