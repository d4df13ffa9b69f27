/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "workspace/chat/file.h"

G_BEGIN_DECLS

#define ATRIUM_TYPE_FILE_CARD (atrium_file_card_get_type ())
G_DECLARE_FINAL_TYPE (AtriumFileCard, atrium_file_card, ATRIUM, FILE_CARD, GtkWidget)

/* A file with its name, how far it is, and what can be done: load, pause, cancel, try again, open, save. */
GtkWidget *atrium_file_card_new (AtriumFile *file);

G_END_DECLS
