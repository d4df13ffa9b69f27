/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium-app"

#include "config.h"

#include "app/parts/text-flow.h"

#define GAP 12        /* between the last word and the note */
#define MIN_WIDTH 80
#define NAT_WIDTH 600

struct _AtriumTextFlow
{
  GtkWidget parent_instance;

  GtkWidget *label;   /* children */
  GtkWidget *note;    /* NULL without one */
};

G_DEFINE_FINAL_TYPE (AtriumTextFlow, atrium_text_flow, GTK_TYPE_WIDGET)

static gboolean
has_text (AtriumTextFlow *self)
{
  return gtk_widget_should_layout (self->label);
}

/* Where the last line of the text ends when it is @width wide. */
static int
last_line_end (AtriumTextFlow *self,
               int             width)
{
  g_autoptr(PangoLayout) layout = pango_layout_copy (gtk_label_get_layout (GTK_LABEL (self->label)));
  PangoRectangle extents;

  pango_layout_set_width (layout, width * PANGO_SCALE);
  pango_layout_line_get_pixel_extents (pango_layout_get_line_readonly (layout, pango_layout_get_line_count (layout) - 1), NULL, &extents);

  return extents.width;
}

typedef struct
{
  int label_height;
  int note_width;
  int note_height;
  gboolean beside;
} Places;

static void
find_places (AtriumTextFlow *self,
             int             width,
             Places         *out_places)
{
  Places places = { 0 };

  if (has_text (self))
    gtk_widget_measure (self->label, GTK_ORIENTATION_VERTICAL, width, NULL, &places.label_height, NULL, NULL);
  if (self->note != NULL && gtk_widget_should_layout (self->note))
    {
      int least;

      gtk_widget_measure (self->note, GTK_ORIENTATION_HORIZONTAL, -1, &least, &places.note_width, NULL, NULL);
      places.note_width = MAX (least, MIN (places.note_width, width));
      gtk_widget_measure (self->note, GTK_ORIENTATION_VERTICAL, places.note_width, NULL, &places.note_height, NULL, NULL);
      places.beside = has_text (self) && last_line_end (self, width) + GAP + places.note_width <= width;
    }
  *out_places = places;
}

static void
atrium_text_flow_measure (GtkWidget      *widget,
                          GtkOrientation  orientation,
                          int             for_size,
                          int            *minimum,
                          int            *natural,
                          int            *minimum_baseline,
                          int            *natural_baseline)
{
  AtriumTextFlow *self = ATRIUM_TEXT_FLOW (widget);
  Places places;

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = MIN_WIDTH;
      *natural = NAT_WIDTH;
      return;
    }

  find_places (self, for_size < 0 ? NAT_WIDTH : for_size, &places);
  *minimum = *natural = places.beside ? MAX (places.label_height, places.note_height)
                                      : places.label_height + places.note_height;
}

static void
atrium_text_flow_size_allocate (GtkWidget *widget,
                                int        width,
                                int        height,
                                int        baseline)
{
  AtriumTextFlow *self = ATRIUM_TEXT_FLOW (widget);
  gboolean right_to_left = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  Places places;

  find_places (self, width, &places);
  if (has_text (self))
    gtk_widget_size_allocate (self->label, &(GtkAllocation) { 0, 0, width, places.label_height }, -1);
  if (places.note_width > 0)
    gtk_widget_size_allocate (self->note,
                              &(GtkAllocation) { right_to_left ? 0 : width - places.note_width,
                                                 MAX (0, height - places.note_height),
                                                 places.note_width, places.note_height },
                              -1);
}

static GtkSizeRequestMode
atrium_text_flow_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
atrium_text_flow_dispose (GObject *object)
{
  AtriumTextFlow *self = ATRIUM_TEXT_FLOW (object);

  g_clear_pointer (&self->note, gtk_widget_unparent);
  g_clear_pointer (&self->label, gtk_widget_unparent);

  G_OBJECT_CLASS (atrium_text_flow_parent_class)->dispose (object);
}

static void
atrium_text_flow_class_init (AtriumTextFlowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = atrium_text_flow_dispose;
  widget_class->measure = atrium_text_flow_measure;
  widget_class->size_allocate = atrium_text_flow_size_allocate;
  widget_class->get_request_mode = atrium_text_flow_get_request_mode;
}

static void
atrium_text_flow_init (AtriumTextFlow *self)
{
  self->label = g_object_new (GTK_TYPE_LABEL,
                              "xalign", 0.0f, "yalign", 0.0f, "wrap", TRUE, "wrap-mode", PANGO_WRAP_WORD_CHAR,
                              "selectable", TRUE, NULL);
  gtk_widget_add_css_class (self->label, "body");
  gtk_widget_set_parent (self->label, GTK_WIDGET (self));
}

GtkLabel *
atrium_text_flow_get_label (AtriumTextFlow *self)
{
  g_return_val_if_fail (ATRIUM_IS_TEXT_FLOW (self), NULL);

  return GTK_LABEL (self->label);
}

void
atrium_text_flow_set_note (AtriumTextFlow *self,
                           GtkWidget      *note)
{
  g_return_if_fail (ATRIUM_IS_TEXT_FLOW (self));

  if (self->note == note)
    return;

  g_clear_pointer (&self->note, gtk_widget_unparent);
  self->note = note;
  if (note != NULL)
    gtk_widget_set_parent (note, GTK_WIDGET (self));
}
