/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "workspace/chat/file.h"

G_BEGIN_DECLS

/**
 * atrium_file_view_new:
 *
 * Returns: what shows @file in a message: a picture, a voice message, or a card with name, progress and buttons
 */
GtkWidget *atrium_file_view_new    (AtriumFile *file);

/* What both the card and a picture offer. Asks where, then copies without the x bit. */
void       atrium_file_save_as     (GtkWidget  *widget,
                                    AtriumFile *file);
/* Opens with the desktop's program, if the content is what the name says and no program itself; else Save as. */
void       atrium_file_open        (GtkWidget  *widget,
                                    AtriumFile *file);
void       atrium_file_show_folder (GtkWidget  *widget,
                                    AtriumFile *file);

/**
 * atrium_file_can_open:
 *
 * Only kinds of documents and media that no desktop runs are opened; the type is that of the content and
 * of the name, and both must agree.
 */
gboolean   atrium_file_can_open    (AtriumFile *file);

/* "1.9 of 3.1 MB · 62 %", "3.1 MB", "Paused at 62 % · goes on by itself". (transfer full) */
char      *atrium_file_dup_status  (AtriumFile *file);

G_END_DECLS
