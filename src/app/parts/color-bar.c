/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium-app"

#include "config.h"

#include "app/parts/color-bar.h"
#include "app/parts/hue.h"

#define BAR_WIDTH 3

struct _AtriumColorBar
{
  GtkWidget parent_instance;

  GdkRGBA color;
};

G_DEFINE_FINAL_TYPE (AtriumColorBar, atrium_color_bar, GTK_TYPE_WIDGET)

static void
atrium_color_bar_measure (GtkWidget      *widget,
                          GtkOrientation  orientation,
                          int             for_size,
                          int            *minimum,
                          int            *natural,
                          int            *minimum_baseline,
                          int            *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? BAR_WIDTH : 12;
}

static void
atrium_color_bar_snapshot (GtkWidget   *widget,
                           GtkSnapshot *snapshot)
{
  AtriumColorBar *self = ATRIUM_COLOR_BAR (widget);

  gtk_snapshot_append_color (snapshot, &self->color,
                             &GRAPHENE_RECT_INIT (0, 0, gtk_widget_get_width (widget), gtk_widget_get_height (widget)));
}

static void
atrium_color_bar_class_init (AtriumColorBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->measure = atrium_color_bar_measure;
  widget_class->snapshot = atrium_color_bar_snapshot;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
atrium_color_bar_init (AtriumColorBar *self)
{
}

void
atrium_color_bar_set_address (AtriumColorBar *self,
                              const char     *address)
{
  g_return_if_fail (ATRIUM_IS_COLOR_BAR (self));

  atrium_hue_color (atrium_hue_angle (address != NULL ? address : ""), 72.0, 45.0, &self->color);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
