/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium-app"

#include "config.h"

#include "app/parts/wrap-box.h"

struct _AtriumWrapBox
{
  GtkWidget parent_instance;

  int spacing;  /* pixels between children and between lines */
};

G_DEFINE_FINAL_TYPE (AtriumWrapBox, atrium_wrap_box, GTK_TYPE_WIDGET)

/* Walks the children over lines of @width; with @allocate also gives them their places. Returns the height. */
static int
lay_out (AtriumWrapBox *self,
         int            width,
         gboolean       allocate)
{
  gboolean right_to_left = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  int x = 0, y = 0, line_height = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self)); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      int least, child_width, child_height;

      if (!gtk_widget_should_layout (child))
        continue;

      gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &least, &child_width, NULL, NULL);
      child_width = MAX (least, MIN (child_width, width));
      gtk_widget_measure (child, GTK_ORIENTATION_VERTICAL, child_width, NULL, &child_height, NULL, NULL);

      if (x > 0 && x + child_width > width)
        {
          x = 0;
          y += line_height + self->spacing;
          line_height = 0;
        }
      if (allocate)
        gtk_widget_size_allocate (child,
                                  &(GtkAllocation) { right_to_left ? width - x - child_width : x, y, child_width, child_height },
                                  -1);
      x += child_width + self->spacing;
      line_height = MAX (line_height, child_height);
    }

  return y + line_height;
}

static void
atrium_wrap_box_measure (GtkWidget      *widget,
                         GtkOrientation  orientation,
                         int             for_size,
                         int            *minimum,
                         int            *natural,
                         int            *minimum_baseline,
                         int            *natural_baseline)
{
  AtriumWrapBox *self = ATRIUM_WRAP_BOX (widget);

  *minimum = *natural = 0;
  if (orientation == GTK_ORIENTATION_VERTICAL)
    {
      *minimum = *natural = lay_out (self, for_size < 0 ? G_MAXINT / 2 : for_size, FALSE);
      return;
    }

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      int child_minimum, child_natural;

      if (!gtk_widget_should_layout (child))
        continue;
      gtk_widget_measure (child, orientation, -1, &child_minimum, &child_natural, NULL, NULL);
      *minimum = MAX (*minimum, child_minimum);
      *natural += child_natural + (*natural > 0 ? self->spacing : 0);
    }
}

static void
atrium_wrap_box_size_allocate (GtkWidget *widget,
                               int        width,
                               int        height,
                               int        baseline)
{
  lay_out (ATRIUM_WRAP_BOX (widget), width, TRUE);
}

static GtkSizeRequestMode
atrium_wrap_box_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
atrium_wrap_box_dispose (GObject *object)
{
  atrium_wrap_box_clear (ATRIUM_WRAP_BOX (object));

  G_OBJECT_CLASS (atrium_wrap_box_parent_class)->dispose (object);
}

static void
atrium_wrap_box_class_init (AtriumWrapBoxClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = atrium_wrap_box_dispose;
  widget_class->measure = atrium_wrap_box_measure;
  widget_class->size_allocate = atrium_wrap_box_size_allocate;
  widget_class->get_request_mode = atrium_wrap_box_get_request_mode;
}

static void
atrium_wrap_box_init (AtriumWrapBox *self)
{
  self->spacing = 6;
}

GtkWidget *
atrium_wrap_box_new (int spacing)
{
  AtriumWrapBox *self = g_object_new (ATRIUM_TYPE_WRAP_BOX, NULL);

  self->spacing = spacing;
  return GTK_WIDGET (self);
}

void
atrium_wrap_box_append (AtriumWrapBox *self,
                        GtkWidget     *child)
{
  g_return_if_fail (ATRIUM_IS_WRAP_BOX (self));
  g_return_if_fail (GTK_IS_WIDGET (child));

  gtk_widget_insert_before (child, GTK_WIDGET (self), NULL);
}

void
atrium_wrap_box_clear (AtriumWrapBox *self)
{
  GtkWidget *child;

  g_return_if_fail (ATRIUM_IS_WRAP_BOX (self));

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
}
