/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define ATRIUM_TYPE_TEXT_FLOW (atrium_text_flow_get_type ())
G_DECLARE_FINAL_TYPE (AtriumTextFlow, atrium_text_flow, ATRIUM, TEXT_FLOW, GtkWidget)

/* A wrapping text with a note at its lower right: beside the last line where there is room, else below.
 * It asks for no width of its own, so a list never searches for one. */
GtkLabel  *atrium_text_flow_get_label (AtriumTextFlow *self);
/* @note: (nullable): shown at the right */
void       atrium_text_flow_set_note  (AtriumTextFlow *self,
                                       GtkWidget      *note);

G_END_DECLS
