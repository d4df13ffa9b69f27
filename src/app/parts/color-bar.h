/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define ATRIUM_TYPE_COLOR_BAR (atrium_color_bar_get_type ())
G_DECLARE_FINAL_TYPE (AtriumColorBar, atrium_color_bar, ATRIUM, COLOR_BAR, GtkWidget)

/* The upright line beside a quote, in the colour of who is quoted. */
void atrium_color_bar_set_address (AtriumColorBar *self,
                                   const char     *address);

G_END_DECLS
