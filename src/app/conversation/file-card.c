/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium-app"

#include "config.h"

#include "app/conversation/file-card.h"
#include "app/conversation/file-view.h"
#include "app/parts/text.h"
#include "app/parts/toast.h"

#include <glib/gi18n.h>
#include <string.h>

struct _AtriumFileCard
{
  GtkWidget parent_instance;

  AtriumFile *file;   /* owned */

  /* template children */
  GtkWidget *box;
  GtkImage *kind_image;
  GtkLabel *name_label;
  GtkProgressBar *progress_bar;
  GtkLabel *status_label;
  GtkWidget *load_button;
  GtkWidget *retry_button;
  GtkWidget *cancel_button;
  GtkWidget *open_button;
  GtkWidget *save_button;
};

G_DEFINE_FINAL_TYPE (AtriumFileCard, atrium_file_card, GTK_TYPE_WIDGET)

static const char *
kind_icon (AtriumFile *file)
{
  const char *type = atrium_file_get_media_type (file);

  if (type == NULL)
    return "text-x-generic-symbolic";
  if (g_str_has_prefix (type, "audio/"))
    return "audio-x-generic-symbolic";
  if (g_str_has_prefix (type, "video/"))
    return "video-x-generic-symbolic";
  if (g_str_has_prefix (type, "image/"))
    return "image-x-generic-symbolic";
  if (strstr (type, "zip") != NULL || strstr (type, "tar") != NULL)
    return "package-x-generic-symbolic";
  if (strstr (type, "spreadsheet") != NULL || g_str_equal (type, "text/csv"))
    return "x-office-spreadsheet-symbolic";
  if (strstr (type, "presentation") != NULL)
    return "x-office-presentation-symbolic";
  return "x-office-document-symbolic";
}

static void
update (AtriumFileCard *self)
{
  AtriumFileState state = atrium_file_get_state (self->file);
  g_autofree char *name = atrium_text_line (atrium_file_get_name (self->file), 200);
  g_autofree char *status = atrium_file_dup_status (self->file);
  gboolean moving = state == ATRIUM_FILE_RUNNING || state == ATRIUM_FILE_PAUSED;

  gtk_image_set_from_icon_name (self->kind_image, kind_icon (self->file));
  gtk_label_set_text (self->name_label, name);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->name_label), name);
  gtk_label_set_text (self->status_label, status);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->status_label), status);
  gtk_progress_bar_set_fraction (self->progress_bar, atrium_file_get_progress (self->file));
  gtk_widget_set_visible (GTK_WIDGET (self->progress_bar), moving);
  gtk_widget_set_visible (self->load_button, state == ATRIUM_FILE_REMOTE);
  gtk_widget_set_visible (self->retry_button, state == ATRIUM_FILE_FAILED || state == ATRIUM_FILE_PAUSED);
  gtk_widget_set_visible (self->cancel_button, moving || state == ATRIUM_FILE_WAITING);
  gtk_widget_set_visible (self->open_button, state == ATRIUM_FILE_DONE);
  gtk_widget_set_visible (self->save_button, state == ATRIUM_FILE_DONE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->progress_bar), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
on_downloaded (GObject      *source,
               GAsyncResult *result,
               gpointer      data)
{
  g_autoptr(GtkWidget) self = data;
  g_autoptr(GError) error = NULL;

  /* What went wrong also stands on the card. */
  if (!atrium_file_download_finish (ATRIUM_FILE (source), result, &error))
    atrium_toast_error (self, _("The file could not be loaded"), error);
}

static void
on_load (AtriumFileCard *self)
{
  atrium_file_download_async (self->file, NULL, on_downloaded, g_object_ref (self));
}

static void
on_retry (AtriumFileCard *self)
{
  atrium_file_retry (self->file);
}

static void
on_cancel (AtriumFileCard *self)
{
  atrium_file_cancel (self->file);
}

static void
on_open (AtriumFileCard *self)
{
  atrium_file_open (GTK_WIDGET (self), self->file);
}

static void
on_save (AtriumFileCard *self)
{
  atrium_file_save_as (GTK_WIDGET (self), self->file);
}

static void
atrium_file_card_dispose (GObject *object)
{
  AtriumFileCard *self = ATRIUM_FILE_CARD (object);

  g_clear_object (&self->file);
  g_clear_pointer (&self->box, gtk_widget_unparent);

  G_OBJECT_CLASS (atrium_file_card_parent_class)->dispose (object);
}

static void
atrium_file_card_class_init (AtriumFileCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = atrium_file_card_dispose;

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/atriumworkspace/Atrium/conversation/file-card.ui");
  gtk_widget_class_bind_template_child (widget_class, AtriumFileCard, box);
  gtk_widget_class_bind_template_child (widget_class, AtriumFileCard, kind_image);
  gtk_widget_class_bind_template_child (widget_class, AtriumFileCard, name_label);
  gtk_widget_class_bind_template_child (widget_class, AtriumFileCard, progress_bar);
  gtk_widget_class_bind_template_child (widget_class, AtriumFileCard, status_label);
  gtk_widget_class_bind_template_child (widget_class, AtriumFileCard, load_button);
  gtk_widget_class_bind_template_child (widget_class, AtriumFileCard, retry_button);
  gtk_widget_class_bind_template_child (widget_class, AtriumFileCard, cancel_button);
  gtk_widget_class_bind_template_child (widget_class, AtriumFileCard, open_button);
  gtk_widget_class_bind_template_child (widget_class, AtriumFileCard, save_button);
  gtk_widget_class_bind_template_callback (widget_class, on_load);
  gtk_widget_class_bind_template_callback (widget_class, on_retry);
  gtk_widget_class_bind_template_callback (widget_class, on_cancel);
  gtk_widget_class_bind_template_callback (widget_class, on_open);
  gtk_widget_class_bind_template_callback (widget_class, on_save);
}

static void
atrium_file_card_init (AtriumFileCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->load_button), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Download"), -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->retry_button), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Try again"), -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->cancel_button), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Cancel"), -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->open_button), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Open"), -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->save_button), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Save as…"), -1);
}

GtkWidget *
atrium_file_card_new (AtriumFile *file)
{
  AtriumFileCard *self;

  g_return_val_if_fail (ATRIUM_IS_FILE (file), NULL);

  self = g_object_new (ATRIUM_TYPE_FILE_CARD, NULL);
  self->file = g_object_ref (file);
  g_signal_connect_object (file, "notify", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}
