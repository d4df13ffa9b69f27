/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium-app"

#include "config.h"

#include "app/parts/waveform.h"

#define BAR_WIDTH 2
#define BAR_STEP 4
#define HEIGHT 26

struct _AtriumWaveform
{
  GtkWidget parent_instance;

  GBytes *peaks;    /* NULL: unknown, drawn as a flat line */
  double progress;  /* 0 to 1 */
};

enum
{
  SEEK,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AtriumWaveform, atrium_waveform, GTK_TYPE_WIDGET)

/* The loudest of the peaks that fall on bar @bar of @n_bars. */
static double
bar_level (AtriumWaveform *self,
           guint           bar,
           guint           n_bars)
{
  gsize n_peaks = 0;
  const guint8 *peaks = self->peaks != NULL ? g_bytes_get_data (self->peaks, &n_peaks) : NULL;
  gsize first, last;
  guint8 level = 0;

  if (n_peaks == 0)
    return 0.0;

  first = n_peaks * bar / n_bars;
  last = MAX (first + 1, n_peaks * (bar + 1) / n_bars);
  for (gsize i = first; i < MIN (last, n_peaks); i++)
    level = MAX (level, peaks[i]);
  return level / 255.0;
}

static void
atrium_waveform_snapshot (GtkWidget   *widget,
                          GtkSnapshot *snapshot)
{
  AtriumWaveform *self = ATRIUM_WAVEFORM (widget);
  GtkStyleContext *style = gtk_widget_get_style_context (widget);
  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget);
  guint n_bars = MAX (1, width / BAR_STEP);
  gboolean right_to_left = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  GdkRGBA played, rest;

  gtk_style_context_get_color (style, &played);
  rest = played;
  rest.alpha *= 0.4f;

  for (guint bar = 0; bar < n_bars; bar++)
    {
      float bar_height = MAX (3.0, bar_level (self, bar, n_bars) * height);
      float x = right_to_left ? width - (int) (bar + 1) * BAR_STEP : (int) bar * BAR_STEP;
      GskRoundedRect shape;

      gsk_rounded_rect_init_from_rect (&shape, &GRAPHENE_RECT_INIT (x, (height - bar_height) / 2.0f, BAR_WIDTH, bar_height), 1);
      gtk_snapshot_push_rounded_clip (snapshot, &shape);
      gtk_snapshot_append_color (snapshot, bar + 0.5 <= self->progress * n_bars ? &played : &rest, &shape.bounds);
      gtk_snapshot_pop (snapshot);
    }
}

static void
atrium_waveform_measure (GtkWidget      *widget,
                         GtkOrientation  orientation,
                         int             for_size,
                         int            *minimum,
                         int            *natural,
                         int            *minimum_baseline,
                         int            *natural_baseline)
{
  if (orientation == GTK_ORIENTATION_VERTICAL)
    {
      *minimum = *natural = HEIGHT;
      return;
    }
  *minimum = 60;
  *natural = 184;
}

static void
on_pressed (GtkGestureClick *gesture,
            int              n_press,
            double           x,
            double           y,
            AtriumWaveform  *self)
{
  int width = gtk_widget_get_width (GTK_WIDGET (self));
  double fraction = width > 0 ? CLAMP (x / width, 0.0, 1.0) : 0.0;

  if (gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL)
    fraction = 1.0 - fraction;
  g_signal_emit (self, signals[SEEK], 0, fraction);
}

static void
atrium_waveform_finalize (GObject *object)
{
  g_clear_pointer (&ATRIUM_WAVEFORM (object)->peaks, g_bytes_unref);

  G_OBJECT_CLASS (atrium_waveform_parent_class)->finalize (object);
}

static void
atrium_waveform_class_init (AtriumWaveformClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = atrium_waveform_finalize;
  widget_class->measure = atrium_waveform_measure;
  widget_class->snapshot = atrium_waveform_snapshot;
  signals[SEEK] = g_signal_new ("seek", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 1, G_TYPE_DOUBLE);
  gtk_widget_class_set_css_name (widget_class, "waveform");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
atrium_waveform_init (AtriumWaveform *self)
{
  GtkGesture *click = gtk_gesture_click_new ();

  g_signal_connect (click, "pressed", G_CALLBACK (on_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
}

void
atrium_waveform_set_peaks (AtriumWaveform *self,
                           GBytes         *peaks)
{
  g_return_if_fail (ATRIUM_IS_WAVEFORM (self));

  g_clear_pointer (&self->peaks, g_bytes_unref);
  self->peaks = peaks != NULL ? g_bytes_ref (peaks) : NULL;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
atrium_waveform_set_progress (AtriumWaveform *self,
                              double          fraction)
{
  g_return_if_fail (ATRIUM_IS_WAVEFORM (self));

  self->progress = CLAMP (fraction, 0.0, 1.0);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
