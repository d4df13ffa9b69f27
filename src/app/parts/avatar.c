/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium-app"

#include "config.h"

#include "app/parts/avatar.h"
#include "app/parts/hue.h"

/* Faces drawn so far, shared by all avatars: key → GskRenderNode. A window shows a few dozen people at
 * two or three sizes; the cap only guards against a room of thousands being scrolled through. */
#define CACHE_SIZE 1024

#define ROOM_CORNER 0.27f

struct _AtriumAvatar
{
  GtkWidget parent_instance;

  char *address;
  char *name;
  int size;               /* logical pixels */
  gboolean room;
  AtriumDot dot;
  GdkPaintable *picture;
  GskRenderNode *face;    /* NULL until drawn with the present subject, size and scale */
  int face_scale;

  GtkWidget *dot_widget;  /* child, NULL without a dot */
};

enum
{
  PROP_0,
  PROP_SIZE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static GHashTable *cache;

G_DEFINE_FINAL_TYPE (AtriumAvatar, atrium_avatar, GTK_TYPE_WIDGET)

static gboolean
is_ideograph (gunichar c)
{
  switch (g_unichar_get_script (c))
    {
    case G_UNICODE_SCRIPT_HAN:
    case G_UNICODE_SCRIPT_HIRAGANA:
    case G_UNICODE_SCRIPT_KATAKANA:
    case G_UNICODE_SCRIPT_HANGUL:
      return TRUE;
    default:
      return FALSE;
    }
}

char *
atrium_avatar_dup_letters (const char *name)
{
  g_autoptr(GString) letters = g_string_new (NULL);
  gboolean at_start = TRUE;
  gunichar last_initial = 0;
  gunichar first_initial = 0;

  if (name == NULL || !g_utf8_validate (name, -1, NULL))
    return g_strdup ("");

  for (const char *p = name; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      /* One Chinese character says more than two letters beside it: "Procurement 采购" is 采. */
      if (is_ideograph (c))
        {
          g_string_append_unichar (letters, c);
          return g_string_free (g_steal_pointer (&letters), FALSE);
        }
      if (!g_unichar_isalnum (c))
        {
          at_start = TRUE;
          continue;
        }
      if (at_start && first_initial == 0)
        first_initial = c;
      else if (at_start && last_initial == 0)
        last_initial = c;
      at_start = FALSE;
    }

  if (first_initial != 0)
    g_string_append_unichar (letters, g_unichar_toupper (first_initial));
  if (last_initial != 0)
    g_string_append_unichar (letters, g_unichar_toupper (last_initial));

  return g_string_free (g_steal_pointer (&letters), FALSE);
}

static void
outline (AtriumAvatar   *self,
         GskRoundedRect *out_outline)
{
  float corner = self->room ? self->size * ROOM_CORNER : self->size / 2.0f;

  gsk_rounded_rect_init_from_rect (out_outline, &GRAPHENE_RECT_INIT (0, 0, self->size, self->size), corner);
}

static GskRenderNode *
draw_letters (AtriumAvatar *self)
{
  g_autoptr(GtkSnapshot) snapshot = gtk_snapshot_new ();
  g_autofree char *letters = atrium_avatar_dup_letters (self->name);
  double hue = atrium_hue_angle (self->address != NULL ? self->address : "");
  GskColorStop stops[2];
  GskRoundedRect shape;

  stops[0].offset = 0.0f;
  atrium_hue_color (hue, 72.0, 49.0, &stops[0].color);
  stops[1].offset = 1.0f;
  atrium_hue_color (hue, 78.0, 42.0, &stops[1].color);

  outline (self, &shape);
  gtk_snapshot_push_rounded_clip (snapshot, &shape);
  gtk_snapshot_append_linear_gradient (snapshot, &shape.bounds, &GRAPHENE_POINT_INIT (0, 0),
                                       &GRAPHENE_POINT_INIT (0, self->size), stops, G_N_ELEMENTS (stops));
  gtk_snapshot_pop (snapshot);

  if (*letters != '\0' && self->size >= 12)
    {
      g_autoptr(PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), letters);
      PangoFontDescription *font = pango_font_description_copy (pango_context_get_font_description (pango_layout_get_context (layout)));
      gboolean single = g_utf8_strlen (letters, -1) == 1;
      PangoRectangle ink;

      /* The letters belong to the drawing: they follow the face's size, not the text scale. */
      pango_font_description_set_weight (font, PANGO_WEIGHT_BOLD);
      pango_font_description_set_absolute_size (font, self->size * (single ? 0.46 : 0.375) * PANGO_SCALE);
      pango_layout_set_font_description (layout, font);
      pango_font_description_free (font);
      pango_layout_get_pixel_extents (layout, &ink, NULL);

      gtk_snapshot_save (snapshot);
      gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((self->size - ink.width) / 2.0f - ink.x,
                                                              (self->size - ink.height) / 2.0f - ink.y));
      gtk_snapshot_append_layout (snapshot, layout, &(GdkRGBA) { 1, 1, 1, 1 });
      gtk_snapshot_restore (snapshot);
    }

  return gtk_snapshot_to_node (snapshot);
}

static void
forget_face (AtriumAvatar *self)
{
  g_clear_pointer (&self->face, gsk_render_node_unref);
}

static GskRenderNode *
find_face (AtriumAvatar *self)
{
  g_autofree char *key = NULL;
  GskRenderNode *node;
  int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));

  if (self->face != NULL && self->face_scale == scale)
    return self->face;

  key = g_strdup_printf ("%d %d %d %s\n%s", self->size, scale, self->room,
                         self->address != NULL ? self->address : "", self->name != NULL ? self->name : "");
  if (cache == NULL)
    cache = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) gsk_render_node_unref);
  node = g_hash_table_lookup (cache, key);
  if (node == NULL)
    {
      node = draw_letters (self);
      if (g_hash_table_size (cache) >= CACHE_SIZE)
        g_hash_table_remove_all (cache);
      g_hash_table_insert (cache, g_steal_pointer (&key), node);
    }

  forget_face (self);
  self->face = gsk_render_node_ref (node);
  self->face_scale = scale;
  return self->face;
}

static void
atrium_avatar_snapshot (GtkWidget   *widget,
                        GtkSnapshot *snapshot)
{
  AtriumAvatar *self = ATRIUM_AVATAR (widget);
  float x = (gtk_widget_get_width (widget) - self->size) / 2.0f;
  float y = (gtk_widget_get_height (widget) - self->size) / 2.0f;

  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (x, y));
  if (self->picture != NULL)
    {
      GskRoundedRect shape;
      double ratio = gdk_paintable_get_intrinsic_aspect_ratio (self->picture);
      double width = self->size;
      double height = self->size;

      /* Fill the shape; what sticks out is cut off, the middle stays. */
      if (ratio > 1.0)
        width *= ratio;
      else if (ratio > 0.0)
        height /= ratio;

      outline (self, &shape);
      gtk_snapshot_push_rounded_clip (snapshot, &shape);
      gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((self->size - width) / 2.0, (self->size - height) / 2.0));
      gdk_paintable_snapshot (self->picture, snapshot, width, height);
      gtk_snapshot_pop (snapshot);
    }
  else
    {
      gtk_snapshot_append_node (snapshot, find_face (self));
    }
  gtk_snapshot_restore (snapshot);

  if (self->dot_widget != NULL)
    gtk_widget_snapshot_child (widget, self->dot_widget, snapshot);
}

static void
atrium_avatar_measure (GtkWidget      *widget,
                       GtkOrientation  orientation,
                       int             for_size,
                       int            *minimum,
                       int            *natural,
                       int            *minimum_baseline,
                       int            *natural_baseline)
{
  AtriumAvatar *self = ATRIUM_AVATAR (widget);

  *minimum = *natural = self->size;
}

static void
atrium_avatar_size_allocate (GtkWidget *widget,
                             int        width,
                             int        height,
                             int        baseline)
{
  AtriumAvatar *self = ATRIUM_AVATAR (widget);
  int dot_width, dot_height;

  if (self->dot_widget == NULL)
    return;

  gtk_widget_measure (self->dot_widget, GTK_ORIENTATION_HORIZONTAL, -1, &dot_width, NULL, NULL, NULL);
  gtk_widget_measure (self->dot_widget, GTK_ORIENTATION_VERTICAL, -1, &dot_height, NULL, NULL, NULL);
  gtk_widget_size_allocate (self->dot_widget,
                            &(GtkAllocation) { (width + self->size) / 2 - dot_width + 2,
                                               (height + self->size) / 2 - dot_height + 2,
                                               dot_width, dot_height },
                            -1);
}

static void
atrium_avatar_system_setting_changed (GtkWidget        *widget,
                                      GtkSystemSetting  setting)
{
  if (cache != NULL && setting != GTK_SYSTEM_SETTING_ICON_THEME)
    g_hash_table_remove_all (cache);
  forget_face (ATRIUM_AVATAR (widget));
  GTK_WIDGET_CLASS (atrium_avatar_parent_class)->system_setting_changed (widget, setting);
}

static void
atrium_avatar_get_property (GObject    *object,
                            guint       id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_SIZE:
      g_value_set_int (value, ATRIUM_AVATAR (object)->size);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
atrium_avatar_set_property (GObject      *object,
                            guint         id,
                            const GValue *value,
                            GParamSpec   *pspec)
{
  switch (id)
    {
    case PROP_SIZE:
      atrium_avatar_set_size (ATRIUM_AVATAR (object), g_value_get_int (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
on_picture_changed (AtriumAvatar *self)
{
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
atrium_avatar_dispose (GObject *object)
{
  AtriumAvatar *self = ATRIUM_AVATAR (object);

  atrium_avatar_set_picture (self, NULL);
  g_clear_pointer (&self->dot_widget, gtk_widget_unparent);
  forget_face (self);

  G_OBJECT_CLASS (atrium_avatar_parent_class)->dispose (object);
}

static void
atrium_avatar_finalize (GObject *object)
{
  AtriumAvatar *self = ATRIUM_AVATAR (object);

  g_free (self->address);
  g_free (self->name);

  G_OBJECT_CLASS (atrium_avatar_parent_class)->finalize (object);
}

static void
atrium_avatar_class_init (AtriumAvatarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = atrium_avatar_dispose;
  object_class->finalize = atrium_avatar_finalize;
  object_class->get_property = atrium_avatar_get_property;
  object_class->set_property = atrium_avatar_set_property;

  widget_class->measure = atrium_avatar_measure;
  widget_class->size_allocate = atrium_avatar_size_allocate;
  widget_class->snapshot = atrium_avatar_snapshot;
  widget_class->system_setting_changed = atrium_avatar_system_setting_changed;

  properties[PROP_SIZE] = g_param_spec_int ("size", NULL, NULL, 8, 512, 40,
                                            G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_css_name (widget_class, "avatar");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
atrium_avatar_init (AtriumAvatar *self)
{
  self->size = 40;
  gtk_widget_set_halign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
}

GtkWidget *
atrium_avatar_new (int size)
{
  return g_object_new (ATRIUM_TYPE_AVATAR, "size", size, NULL);
}

void
atrium_avatar_set_size (AtriumAvatar *self,
                        int           size)
{
  g_return_if_fail (ATRIUM_IS_AVATAR (self));

  if (self->size == size)
    return;

  self->size = size;
  forget_face (self);
  gtk_widget_queue_resize (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SIZE]);
}

void
atrium_avatar_set_subject (AtriumAvatar *self,
                           const char   *address,
                           const char   *name,
                           gboolean      room)
{
  g_return_if_fail (ATRIUM_IS_AVATAR (self));

  if (name == NULL || *name == '\0')
    name = address;
  if (g_strcmp0 (self->address, address) == 0 && g_strcmp0 (self->name, name) == 0 && self->room == !!room)
    return;

  g_free (self->address);
  self->address = g_strdup (address);
  g_free (self->name);
  self->name = g_strdup (name);
  self->room = !!room;
  forget_face (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
atrium_avatar_set_dot (AtriumAvatar *self,
                       AtriumDot     dot)
{
  static const char *const classes[] = { NULL, "available", "away", "busy", "offline" };

  g_return_if_fail (ATRIUM_IS_AVATAR (self));

  if (self->dot == dot)
    return;

  self->dot = dot;
  g_clear_pointer (&self->dot_widget, gtk_widget_unparent);
  if (dot != ATRIUM_DOT_NONE)
    {
      self->dot_widget = g_object_new (GTK_TYPE_BOX, "css-name", "dot", NULL);
      gtk_widget_add_css_class (self->dot_widget, classes[dot]);
      gtk_widget_set_parent (self->dot_widget, GTK_WIDGET (self));
    }
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

void
atrium_avatar_set_picture (AtriumAvatar *self,
                           GdkPaintable *picture)
{
  g_return_if_fail (ATRIUM_IS_AVATAR (self));

  if (self->picture == picture)
    return;

  if (self->picture != NULL)
    g_signal_handlers_disconnect_by_func (self->picture, on_picture_changed, self);
  g_set_object (&self->picture, picture);
  if (picture != NULL)
    g_signal_connect_swapped (picture, "invalidate-contents", G_CALLBACK (on_picture_changed), self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
