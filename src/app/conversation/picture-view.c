/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium-app"

#include "config.h"

#include "app/conversation/file-card.h"
#include "app/conversation/file-view.h"
#include "app/conversation/picture-view.h"
#include "app/parts/text.h"
#include "app/parts/toast.h"
#include "media/picture.h"

#include <glib/gi18n.h>

#define MAX_WIDTH 400
#define MAX_HEIGHT 300
/* Room for a picture whose size nobody told. */
#define UNKNOWN_WIDTH 264
#define UNKNOWN_HEIGHT 148
#define MIN_EDGE 48
#define CORNER 12
/* Decoded pictures kept, so that scrolling back does not decode again; 400 × 300 at scale 2 is 2 MB. */
#define CACHE_SIZE 48

struct _AtriumPictureView
{
  GtkWidget parent_instance;

  AtriumFile *file;        /* owned */
  GdkTexture *texture;     /* NULL until decoded */
  GCancellable *decoding;  /* NULL while not decoding */
  int width, height;       /* room to keep, logical pixels */

  GtkWidget *face;         /* child: button over everything, or the file card after a failure */
  GtkWidget *status;       /* child: label over the empty room; NULL once there is a picture */
};

G_DEFINE_FINAL_TYPE (AtriumPictureView, atrium_picture_view, GTK_TYPE_WIDGET)

/* path → texture, and the paths in the order of arrival. */
static GHashTable *cache;
static GQueue cache_order = G_QUEUE_INIT;

static void
remember (const char *path,
          GdkTexture *texture)
{
  char *key;

  if (cache == NULL)
    cache = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  if (g_hash_table_contains (cache, path))
    return;

  while (g_hash_table_size (cache) >= CACHE_SIZE)
    g_hash_table_remove (cache, g_queue_pop_head (&cache_order));
  key = g_strdup (path);
  g_hash_table_insert (cache, key, g_object_ref (texture));
  g_queue_push_tail (&cache_order, key);
}

/* Keeps the shape inside the greatest size; tiny pictures are not blown up. */
static void
reserve (AtriumPictureView *self,
         int                width,
         int                height)
{
  double scale;

  if (width <= 0 || height <= 0)
    {
      self->width = UNKNOWN_WIDTH;
      self->height = UNKNOWN_HEIGHT;
      return;
    }
  scale = MIN (1.0, MIN ((double) MAX_WIDTH / width, (double) MAX_HEIGHT / height));
  self->width = MAX (MIN_EDGE, (int) (width * scale + 0.5));
  self->height = MAX (MIN_EDGE, (int) (height * scale + 0.5));
}

static void
show_as_card (AtriumPictureView *self)
{
  g_clear_pointer (&self->face, gtk_widget_unparent);
  g_clear_pointer (&self->status, gtk_widget_unparent);
  self->face = atrium_file_card_new (self->file);
  gtk_widget_set_parent (self->face, GTK_WIDGET (self));
}

static void
show_texture (AtriumPictureView *self,
              GdkTexture        *texture)
{
  g_set_object (&self->texture, texture);
  g_clear_pointer (&self->status, gtk_widget_unparent);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
on_decoded (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  g_autoptr(AtriumPictureView) self = data;
  g_autoptr(GError) error = NULL;
  g_autoptr(MediaPicture) picture = media_picture_load_finish (result, &error);
  g_autoptr(GdkTexture) texture = NULL;

  if (self->file == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->decoding);
  if (picture == NULL)
    {
      g_debug ("A picture is shown as a file: %s", error->message);
      show_as_card (self);
      return;
    }

  texture = gdk_memory_texture_new (media_picture_get_width (picture), media_picture_get_height (picture), GDK_MEMORY_R8G8B8A8,
                                    media_picture_get_pixels (picture), media_picture_get_stride (picture));
  remember (atrium_file_get_path (self->file), texture);
  show_texture (self, texture);
}

static void
update (AtriumPictureView *self)
{
  const char *path = atrium_file_get_path (self->file);
  AtriumFileState state = atrium_file_get_state (self->file);
  g_autofree char *status = NULL;
  GdkTexture *known;

  if (self->texture != NULL || ATRIUM_IS_FILE_CARD (self->face))
    return;

  if (path != NULL)
    {
      known = cache != NULL ? g_hash_table_lookup (cache, path) : NULL;
      if (known != NULL)
        {
          show_texture (self, known);
        }
      else if (self->decoding == NULL && gtk_widget_get_mapped (GTK_WIDGET (self)))
        {
          g_autoptr(GFile) file = g_file_new_for_path (path);
          int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));

          self->decoding = g_cancellable_new ();
          media_picture_load_async (file, MAX_WIDTH * scale, MAX_HEIGHT * scale, self->decoding, on_decoded, g_object_ref (self));
        }
      return;
    }

  if (state == ATRIUM_FILE_FAILED)
    {
      show_as_card (self);
      return;
    }
  status = atrium_file_dup_status (self->file);
  if (self->status == NULL)
    {
      self->status = gtk_label_new (NULL);
      gtk_label_set_wrap (GTK_LABEL (self->status), TRUE);
      gtk_label_set_justify (GTK_LABEL (self->status), GTK_JUSTIFY_CENTER);
      gtk_widget_add_css_class (self->status, "caption");
      gtk_widget_add_css_class (self->status, "dim-label");
      gtk_widget_set_can_target (self->status, FALSE);
      gtk_widget_set_parent (self->status, GTK_WIDGET (self));
    }
  gtk_label_set_text (GTK_LABEL (self->status), status);
}

static void
on_downloaded (GObject      *source,
               GAsyncResult *result,
               gpointer      data)
{
  g_autoptr(GtkWidget) self = data;
  g_autoptr(GError) error = NULL;

  if (!atrium_file_download_finish (ATRIUM_FILE (source), result, &error))
    atrium_toast_error (self, _("The picture could not be loaded"), error);
}

static void
on_clicked (AtriumPictureView *self)
{
  if (atrium_file_get_path (self->file) != NULL)
    atrium_file_open (GTK_WIDGET (self), self->file);
  else if (atrium_file_get_state (self->file) == ATRIUM_FILE_REMOTE)
    atrium_file_download_async (self->file, NULL, on_downloaded, g_object_ref (self));
}

static void
atrium_picture_view_measure (GtkWidget      *widget,
                             GtkOrientation  orientation,
                             int             for_size,
                             int            *minimum,
                             int            *natural,
                             int            *minimum_baseline,
                             int            *natural_baseline)
{
  AtriumPictureView *self = ATRIUM_PICTURE_VIEW (widget);

  if (ATRIUM_IS_FILE_CARD (self->face))
    {
      gtk_widget_measure (self->face, orientation, for_size, minimum, natural, NULL, NULL);
      return;
    }
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = MIN (self->width, 120);
      *natural = self->width;
    }
  else
    {
      *minimum = *natural = for_size < 0 || for_size >= self->width ? self->height
                                                                    : MAX (MIN_EDGE, self->height * for_size / self->width);
    }
}

static void
atrium_picture_view_size_allocate (GtkWidget *widget,
                                   int        width,
                                   int        height,
                                   int        baseline)
{
  AtriumPictureView *self = ATRIUM_PICTURE_VIEW (widget);

  if (self->face != NULL)
    {
      gtk_widget_measure (self->face, GTK_ORIENTATION_HORIZONTAL, -1, NULL, NULL, NULL, NULL);
      gtk_widget_size_allocate (self->face, &(GtkAllocation) { 0, 0, width, height }, -1);
    }
  if (self->status != NULL)
    {
      int least;

      gtk_widget_measure (self->status, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
      gtk_widget_size_allocate (self->status, &(GtkAllocation) { 0, 0, MAX (least, width), height }, -1);
    }
}

static void
atrium_picture_view_snapshot (GtkWidget   *widget,
                              GtkSnapshot *snapshot)
{
  AtriumPictureView *self = ATRIUM_PICTURE_VIEW (widget);

  if (self->face != NULL)
    gtk_widget_snapshot_child (widget, self->face, snapshot);
  if (self->texture != NULL)
    {
      GskRoundedRect shape;

      gsk_rounded_rect_init_from_rect (&shape,
                                       &GRAPHENE_RECT_INIT (0, 0, gtk_widget_get_width (widget), gtk_widget_get_height (widget)),
                                       CORNER);
      gtk_snapshot_push_rounded_clip (snapshot, &shape);
      gtk_snapshot_append_texture (snapshot, self->texture, &shape.bounds);
      gtk_snapshot_pop (snapshot);
    }
  if (self->status != NULL)
    gtk_widget_snapshot_child (widget, self->status, snapshot);
}

static void
atrium_picture_view_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (atrium_picture_view_parent_class)->map (widget);
  update (ATRIUM_PICTURE_VIEW (widget));
}

static void
atrium_picture_view_dispose (GObject *object)
{
  AtriumPictureView *self = ATRIUM_PICTURE_VIEW (object);

  if (self->decoding != NULL)
    g_cancellable_cancel (self->decoding);
  g_clear_object (&self->decoding);
  g_clear_pointer (&self->face, gtk_widget_unparent);
  g_clear_pointer (&self->status, gtk_widget_unparent);
  g_clear_object (&self->texture);
  g_clear_object (&self->file);

  G_OBJECT_CLASS (atrium_picture_view_parent_class)->dispose (object);
}

static void
atrium_picture_view_class_init (AtriumPictureViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = atrium_picture_view_dispose;
  widget_class->measure = atrium_picture_view_measure;
  widget_class->size_allocate = atrium_picture_view_size_allocate;
  widget_class->snapshot = atrium_picture_view_snapshot;
  widget_class->map = atrium_picture_view_map;
}

static void
atrium_picture_view_init (AtriumPictureView *self)
{
  gtk_widget_set_halign (GTK_WIDGET (self), GTK_ALIGN_START);
  self->face = gtk_button_new ();
  gtk_widget_add_css_class (self->face, "atrium-picture");
  g_signal_connect_swapped (self->face, "clicked", G_CALLBACK (on_clicked), self);
  gtk_widget_set_parent (self->face, GTK_WIDGET (self));
}

GtkWidget *
atrium_picture_view_new (AtriumFile *file)
{
  AtriumPictureView *self;
  g_autofree char *name = NULL;
  g_autofree char *label = NULL;

  g_return_val_if_fail (ATRIUM_IS_FILE (file), NULL);

  self = g_object_new (ATRIUM_TYPE_PICTURE_VIEW, NULL);
  self->file = g_object_ref (file);
  reserve (self, atrium_file_get_width (file), atrium_file_get_height (file));
  name = atrium_text_line (atrium_file_get_name (file), 200);
  label = g_strdup_printf (_("Picture: %s"), name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->face), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_widget_set_tooltip_text (self->face, name);
  g_signal_connect_object (file, "notify", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}
