/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define ATRIUM_TYPE_WRAP_BOX (atrium_wrap_box_get_type ())
G_DECLARE_FINAL_TYPE (AtriumWrapBox, atrium_wrap_box, ATRIUM, WRAP_BOX, GtkWidget)

/* Children one after another at their natural width, in as many lines as they need. */
GtkWidget *atrium_wrap_box_new    (int            spacing);
void       atrium_wrap_box_append (AtriumWrapBox *self,
                                   GtkWidget     *child);
void       atrium_wrap_box_clear  (AtriumWrapBox *self);

G_END_DECLS
