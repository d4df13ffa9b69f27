/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium-app"

#include "config.h"

#include "app/shell.h"

#include <adwaita.h>

#define NARROW_BELOW 650
#define RAIL_WIDTH 64
#define LIST_WIDTH 300
#define PANEL_WIDTH 380
/* With less than this beside the panel the content would not be readable: the panel lies over it. */
#define CONTENT_BESIDE_PANEL 420
#define SLIDE_MS 200

struct _AtriumShell
{
  GtkWidget parent_instance;

  GtkWidget *rail;      /* children, in the order of drawing */
  GtkWidget *list;
  GtkWidget *content;
  GtkWidget *shade;     /* behind a panel that lies over the content */
  GtkWidget *panel;

  AtriumWidth width_step;
  gboolean has_list;
  gboolean content_shown;
  gboolean panel_shown;
  AdwAnimation *slide;  /* of the panel, 0 = away, 1 = there */
  double slide_value;
  guint notify_id;      /* a width step found while allocating is told after it */
};

enum
{
  PROP_0,
  PROP_WIDTH_STEP,
  PROP_CONTENT_SHOWN,
  PROP_PANEL_SHOWN,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void buildable_init (GtkBuildableIface *iface);

static GtkBuildableIface *parent_buildable;

G_DEFINE_FINAL_TYPE_WITH_CODE (AtriumShell, atrium_shell, GTK_TYPE_WIDGET,
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_BUILDABLE, buildable_init))

static void
atrium_shell_add_child (GtkBuildable *buildable,
                        GtkBuilder   *builder,
                        GObject      *child,
                        const char   *type)
{
  AtriumShell *self = ATRIUM_SHELL (buildable);
  GtkWidget **place = NULL;

  if (g_strcmp0 (type, "rail") == 0)
    place = &self->rail;
  else if (g_strcmp0 (type, "list") == 0)
    place = &self->list;
  else if (g_strcmp0 (type, "content") == 0)
    place = &self->content;
  else if (g_strcmp0 (type, "panel") == 0)
    place = &self->panel;

  if (place == NULL)
    {
      parent_buildable->add_child (buildable, builder, child, type);
      return;
    }

  g_assert (*place == NULL);
  *place = GTK_WIDGET (child);
  if (place == &self->panel)
    gtk_widget_set_parent (*place, GTK_WIDGET (self));
  else
    gtk_widget_insert_before (*place, GTK_WIDGET (self), self->shade);
}

static void
buildable_init (GtkBuildableIface *iface)
{
  parent_buildable = g_type_interface_peek_parent (iface);
  iface->add_child = atrium_shell_add_child;
}

static gboolean
tell_width_step (gpointer data)
{
  AtriumShell *self = data;

  self->notify_id = 0;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_WIDTH_STEP]);
  return G_SOURCE_REMOVE;
}

/* Gives @child its place, or hides it; never less than it needs, the rest is cut off. */
static void
place (GtkWidget *child,
       gboolean   shown,
       int        x,
       int        y,
       int        width,
       int        height)
{
  int least;

  gtk_widget_set_child_visible (child, shown);
  if (!shown || !gtk_widget_should_layout (child))
    return;

  gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
  width = MAX (width, least);
  gtk_widget_measure (child, GTK_ORIENTATION_VERTICAL, width, &least, NULL, NULL, NULL);
  height = MAX (height, least);
  gtk_widget_size_allocate (child, &(GtkAllocation) { x, y, width, height }, -1);
}

static void
atrium_shell_size_allocate (GtkWidget *widget,
                            int        width,
                            int        height,
                            int        baseline)
{
  AtriumShell *self = ATRIUM_SHELL (widget);
  gboolean narrow = width < NARROW_BELOW;
  gboolean panel = self->panel_shown || self->slide_value > 0.0;
  int list_width = self->has_list && !narrow ? LIST_WIDTH : 0;
  int rail_width = narrow ? 0 : RAIL_WIDTH;
  int rest = width - rail_width - list_width;
  gboolean panel_over = rest - PANEL_WIDTH < CONTENT_BESIDE_PANEL;
  AtriumWidth step = narrow ? ATRIUM_WIDTH_NARROW : panel_over ? ATRIUM_WIDTH_MEDIUM : ATRIUM_WIDTH_WIDE;
  gboolean right_to_left = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  int panel_width, panel_shown_width;
#define MIRROR(x, w) (right_to_left ? width - (x) - (w) : (x))

  /* Large text may need more than the usual width. */
  gtk_widget_measure (self->panel, GTK_ORIENTATION_HORIZONTAL, -1, &panel_width, NULL, NULL, NULL);
  panel_width = MIN (MAX (PANEL_WIDTH, panel_width), narrow ? width : rest);
  panel_shown_width = (int) (panel_width * self->slide_value + 0.5);

  if (narrow)
    {
      gboolean content = !self->has_list || self->content_shown;
      gboolean rail = !self->has_list || !self->content_shown;
      int rail_height = 0;

      gtk_widget_add_css_class (widget, "narrow");
      gtk_orientable_set_orientation (GTK_ORIENTABLE (self->rail), GTK_ORIENTATION_HORIZONTAL);
      if (rail)
        gtk_widget_measure (self->rail, GTK_ORIENTATION_VERTICAL, -1, &rail_height, NULL, NULL, NULL);
      place (self->rail, rail, 0, height - rail_height, width, rail_height);
      place (self->list, !content, 0, 0, width, height - rail_height);
      place (self->content, content, 0, 0, width, height - rail_height);
    }
  else
    {
      int content_width = rest - (panel_over ? 0 : panel_shown_width);

      gtk_widget_remove_css_class (widget, "narrow");
      gtk_orientable_set_orientation (GTK_ORIENTABLE (self->rail), GTK_ORIENTATION_VERTICAL);
      place (self->rail, TRUE, MIRROR (0, rail_width), 0, rail_width, height);
      place (self->list, self->has_list, MIRROR (rail_width, list_width), 0, list_width, height);
      place (self->content, TRUE, MIRROR (rail_width + list_width, content_width), 0, content_width, height);
    }

  place (self->shade, panel && panel_over, 0, 0, width, height);
  gtk_widget_set_opacity (self->shade, self->slide_value);
  place (self->panel, panel, right_to_left ? panel_shown_width - panel_width : width - panel_shown_width, 0,
         panel_width, height);
#undef MIRROR

  if (self->width_step != step)
    {
      self->width_step = step;
      if (self->notify_id == 0)
        self->notify_id = g_idle_add_full (G_PRIORITY_HIGH_IDLE, tell_width_step, self, NULL);
    }
}

static void
atrium_shell_measure (GtkWidget      *widget,
                      GtkOrientation  orientation,
                      int             for_size,
                      int            *minimum,
                      int            *natural,
                      int            *minimum_baseline,
                      int            *natural_baseline)
{
  AtriumShell *self = ATRIUM_SHELL (widget);
  GtkWidget *const panes[] = { self->list, self->content, self->panel };

  /* The floor is the narrow layout: the widest pane alone. Panes scroll, so heights matter little. */
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 320 : 240;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 1280 : 800;
  for (guint i = 0; i < G_N_ELEMENTS (panes); i++)
    {
      int least;

      if (orientation == GTK_ORIENTATION_VERTICAL || !gtk_widget_get_visible (panes[i]))
        continue;
      gtk_widget_measure (panes[i], orientation, -1, &least, NULL, NULL, NULL);
      *minimum = MAX (*minimum, MIN (least, 360));
    }
  *natural = MAX (*natural, *minimum);
}

static void
on_shade_pressed (AtriumShell *self)
{
  atrium_shell_set_panel_shown (self, FALSE);
}

static void
on_slide (double   value,
          gpointer data)
{
  AtriumShell *self = data;

  self->slide_value = value;
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

static void
atrium_shell_get_property (GObject    *object,
                           guint       id,
                           GValue     *value,
                           GParamSpec *pspec)
{
  AtriumShell *self = ATRIUM_SHELL (object);

  switch (id)
    {
    case PROP_WIDTH_STEP:
      g_value_set_int (value, self->width_step);
      break;
    case PROP_CONTENT_SHOWN:
      g_value_set_boolean (value, self->content_shown);
      break;
    case PROP_PANEL_SHOWN:
      g_value_set_boolean (value, self->panel_shown);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
atrium_shell_set_property (GObject      *object,
                           guint         id,
                           const GValue *value,
                           GParamSpec   *pspec)
{
  AtriumShell *self = ATRIUM_SHELL (object);

  switch (id)
    {
    case PROP_CONTENT_SHOWN:
      atrium_shell_set_content_shown (self, g_value_get_boolean (value));
      break;
    case PROP_PANEL_SHOWN:
      atrium_shell_set_panel_shown (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
atrium_shell_dispose (GObject *object)
{
  AtriumShell *self = ATRIUM_SHELL (object);

  g_clear_handle_id (&self->notify_id, g_source_remove);
  if (self->slide != NULL)
    adw_animation_reset (self->slide);
  g_clear_object (&self->slide);
  g_clear_pointer (&self->rail, gtk_widget_unparent);
  g_clear_pointer (&self->list, gtk_widget_unparent);
  g_clear_pointer (&self->content, gtk_widget_unparent);
  g_clear_pointer (&self->shade, gtk_widget_unparent);
  g_clear_pointer (&self->panel, gtk_widget_unparent);

  G_OBJECT_CLASS (atrium_shell_parent_class)->dispose (object);
}

static void
atrium_shell_class_init (AtriumShellClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = atrium_shell_dispose;
  object_class->get_property = atrium_shell_get_property;
  object_class->set_property = atrium_shell_set_property;
  widget_class->measure = atrium_shell_measure;
  widget_class->size_allocate = atrium_shell_size_allocate;

  properties[PROP_WIDTH_STEP] = g_param_spec_int ("width-step", NULL, NULL, ATRIUM_WIDTH_NARROW, ATRIUM_WIDTH_WIDE,
                                                  ATRIUM_WIDTH_WIDE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_CONTENT_SHOWN] = g_param_spec_boolean ("content-shown", NULL, NULL, FALSE,
                                                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  properties[PROP_PANEL_SHOWN] = g_param_spec_boolean ("panel-shown", NULL, NULL, FALSE,
                                                       G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_css_name (widget_class, "shell");
}

static void
atrium_shell_init (AtriumShell *self)
{
  GtkGesture *press = gtk_gesture_click_new ();

  self->width_step = ATRIUM_WIDTH_WIDE;
  self->has_list = TRUE;
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);

  self->shade = g_object_new (GTK_TYPE_BOX, "css-classes", (const char *[]) { "atrium-shade", NULL }, NULL);
  g_signal_connect_swapped (press, "pressed", G_CALLBACK (on_shade_pressed), self);
  gtk_widget_add_controller (self->shade, GTK_EVENT_CONTROLLER (press));
  gtk_widget_set_parent (self->shade, GTK_WIDGET (self));

  self->slide = adw_timed_animation_new (GTK_WIDGET (self), 0.0, 1.0, SLIDE_MS,
                                         adw_callback_animation_target_new (on_slide, self, NULL));
}

AtriumWidth
atrium_shell_get_width_step (AtriumShell *self)
{
  g_return_val_if_fail (ATRIUM_IS_SHELL (self), ATRIUM_WIDTH_WIDE);

  return self->width_step;
}

void
atrium_shell_set_has_list (AtriumShell *self,
                           gboolean     has_list)
{
  g_return_if_fail (ATRIUM_IS_SHELL (self));

  if (self->has_list == !!has_list)
    return;

  self->has_list = !!has_list;
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

void
atrium_shell_set_content_shown (AtriumShell *self,
                                gboolean     content_shown)
{
  g_return_if_fail (ATRIUM_IS_SHELL (self));

  if (self->content_shown == !!content_shown)
    return;

  self->content_shown = !!content_shown;
  gtk_widget_queue_allocate (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CONTENT_SHOWN]);
}

gboolean
atrium_shell_get_content_shown (AtriumShell *self)
{
  g_return_val_if_fail (ATRIUM_IS_SHELL (self), FALSE);

  return self->content_shown;
}

void
atrium_shell_set_panel_shown (AtriumShell *self,
                              gboolean     panel_shown)
{
  g_return_if_fail (ATRIUM_IS_SHELL (self));

  if (self->panel_shown == !!panel_shown)
    return;

  self->panel_shown = !!panel_shown;
  adw_timed_animation_set_value_from (ADW_TIMED_ANIMATION (self->slide), self->slide_value);
  adw_timed_animation_set_value_to (ADW_TIMED_ANIMATION (self->slide), self->panel_shown ? 1.0 : 0.0);
  adw_animation_play (self->slide);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PANEL_SHOWN]);
}

gboolean
atrium_shell_get_panel_shown (AtriumShell *self)
{
  g_return_val_if_fail (ATRIUM_IS_SHELL (self), FALSE);

  return self->panel_shown;
}
