/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tray of the composer: what goes along with the next message. */
#define G_LOG_DOMAIN "atrium-app"

#include "config.h"

#include "app/conversation/composer-private.h"
#include "app/parts/text.h"
#include "app/parts/toast.h"

#include <glib/gi18n.h>

/* Files in one message. */
#define MAX_FILES 20

static void
on_remove (GtkButton      *button,
           AtriumComposer *self)
{
  GFile *file = g_object_get_data (G_OBJECT (button), "file");
  GtkWidget *child = gtk_widget_get_ancestor (GTK_WIDGET (button), GTK_TYPE_FLOW_BOX_CHILD);

  g_ptr_array_remove (self->files, file);
  gtk_flow_box_remove (self->tray, child);
  gtk_widget_set_visible (GTK_WIDGET (self->tray), self->files->len > 0);
  atrium_composer_update_buttons (self);
}

static void
add_to_tray (AtriumComposer *self,
             GFile          *file)
{
  g_autofree char *base = g_file_get_basename (file);
  g_autofree char *utf8 = base != NULL ? g_filename_display_name (base) : g_strdup ("");
  g_autofree char *name = atrium_text_line (utf8, 60);
  g_autofree char *remove_name = g_strdup_printf (_("Do not send %s"), name);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *label = gtk_label_new (name);
  GtkWidget *button = gtk_button_new_from_icon_name ("window-close-symbolic");

  gtk_widget_add_css_class (box, "atrium-attachment");
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 24);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "circular");
  gtk_widget_set_tooltip_text (button, remove_name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, remove_name, -1);
  g_object_set_data_full (G_OBJECT (button), "file", g_object_ref (file), g_object_unref);
  g_signal_connect (button, "clicked", G_CALLBACK (on_remove), self);
  gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name ("mail-attachment-symbolic"));
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), button);
  gtk_flow_box_append (self->tray, box);
}

void
atrium_composer_add_files (AtriumComposer *self,
                           GPtrArray      *files)
{
  g_return_if_fail (ATRIUM_IS_COMPOSER (self));
  g_return_if_fail (files != NULL);

  for (guint i = 0; i < files->len; i++)
    {
      GFile *file = g_ptr_array_index (files, i);

      if (self->files->len >= MAX_FILES)
        {
          atrium_toast (GTK_WIDGET (self), _("One message takes 20 files."));
          break;
        }
      if (!g_file_is_native (file) || g_file_query_file_type (file, G_FILE_QUERY_INFO_NONE, NULL) != G_FILE_TYPE_REGULAR)
        {
          atrium_toast (GTK_WIDGET (self), _("Only files of this computer can be sent, not folders."));
          continue;
        }
      g_ptr_array_add (self->files, g_object_ref (file));
      add_to_tray (self, file);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->tray), self->files->len > 0);
  atrium_composer_update_buttons (self);
  atrium_composer_focus (self);
}

void
atrium_composer_clear_files (AtriumComposer *self)
{
  GtkFlowBoxChild *child;

  g_ptr_array_set_size (self->files, 0);
  while ((child = gtk_flow_box_get_child_at_index (self->tray, 0)) != NULL)
    gtk_flow_box_remove (self->tray, GTK_WIDGET (child));
  gtk_widget_set_visible (GTK_WIDGET (self->tray), FALSE);
}

static void
on_files_chosen (GtkNativeDialog *dialog,
                 int              response,
                 AtriumComposer  *self)
{
  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr(GListModel) chosen = gtk_file_chooser_get_files (GTK_FILE_CHOOSER (dialog));
      g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);

      for (guint i = 0; i < g_list_model_get_n_items (chosen); i++)
        g_ptr_array_add (files, g_list_model_get_item (chosen, i));
      atrium_composer_add_files (self, files);
    }
  g_object_unref (dialog);
}

void
atrium_composer_choose_files (AtriumComposer *self,
                              gboolean        pictures)
{
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (pictures ? _("Choose pictures") : _("Choose files"),
                                                              GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
                                                              GTK_FILE_CHOOSER_ACTION_OPEN, _("Attach"), NULL);

  gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (dialog), TRUE);
  if (pictures)
    {
      g_autoptr(GtkFileFilter) filter = gtk_file_filter_new ();

      gtk_file_filter_set_name (filter, _("Pictures"));
      gtk_file_filter_add_mime_type (filter, "image/png");
      gtk_file_filter_add_mime_type (filter, "image/jpeg");
      gtk_file_filter_add_mime_type (filter, "image/webp");
      gtk_file_filter_add_mime_type (filter, "image/gif");
      gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (dialog), filter);
    }
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_files_chosen), self, 0);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
add_file_list (AtriumComposer *self,
               GdkFileList    *list)
{
  g_autoptr(GSList) members = gdk_file_list_get_files (list);
  g_autoptr(GPtrArray) files = g_ptr_array_new ();

  for (GSList *l = members; l != NULL; l = l->next)
    g_ptr_array_add (files, l->data);
  atrium_composer_add_files (self, files);
}

/* A picture from the clipboard has no file yet. */
static void
on_texture_read (GObject      *source,
                 GAsyncResult *result,
                 gpointer      data)
{
  g_autoptr(AtriumComposer) self = data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GdkTexture) texture = gdk_clipboard_read_texture_finish (GDK_CLIPBOARD (source), result, &error);
  g_autofree char *folder = NULL;
  g_autofree char *path = NULL;
  g_autoptr(GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *base = NULL;

  if (texture == NULL)
    {
      atrium_toast_error (GTK_WIDGET (self), _("The picture could not be pasted"), error);
      return;
    }

  folder = g_dir_make_tmp ("atrium-paste-XXXXXX", &error);
  /* Translators: file name of a pasted picture; keep the format of the time */
  base = g_date_time_format (now, _("Picture %Y-%m-%d %H%M%S"));
  path = folder != NULL ? g_strdup_printf ("%s/%s.png", folder, base) : NULL;
  if (path != NULL && gdk_texture_save_to_png (texture, path))
    {
      g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);

      g_ptr_array_add (files, g_file_new_for_path (path));
      atrium_composer_add_files (self, files);
    }
  else
    {
      atrium_toast (GTK_WIDGET (self), _("The picture could not be pasted."));
    }
}

static void
on_list_read (GObject      *source,
              GAsyncResult *result,
              gpointer      data)
{
  g_autoptr(AtriumComposer) self = data;
  g_autoptr(GError) error = NULL;
  const GValue *value = gdk_clipboard_read_value_finish (GDK_CLIPBOARD (source), result, &error);

  if (value != NULL)
    add_file_list (self, g_value_get_boxed (value));
  else
    atrium_toast_error (GTK_WIDGET (self), NULL, error);
}

/* Files and pictures go into the tray; text is left to the text view. */
static void
on_paste (GtkTextView    *view,
          AtriumComposer *self)
{
  GdkClipboard *clipboard = gtk_widget_get_clipboard (GTK_WIDGET (self));
  GdkContentFormats *formats = gdk_clipboard_get_formats (clipboard);

  if (gdk_content_formats_contain_gtype (formats, GDK_TYPE_FILE_LIST))
    {
      g_signal_stop_emission_by_name (view, "paste-clipboard");
      gdk_clipboard_read_value_async (clipboard, GDK_TYPE_FILE_LIST, G_PRIORITY_DEFAULT, NULL, on_list_read, g_object_ref (self));
    }
  else if (!gdk_content_formats_contain_gtype (formats, G_TYPE_STRING) &&
           gdk_content_formats_contain_gtype (formats, GDK_TYPE_TEXTURE))
    {
      g_signal_stop_emission_by_name (view, "paste-clipboard");
      gdk_clipboard_read_texture_async (clipboard, NULL, on_texture_read, g_object_ref (self));
    }
}

static gboolean
on_drop (GtkDropTarget  *target,
         const GValue   *value,
         double          x,
         double          y,
         AtriumComposer *self)
{
  if (!G_VALUE_HOLDS (value, GDK_TYPE_FILE_LIST))
    return FALSE;

  add_file_list (self, g_value_get_boxed (value));
  return TRUE;
}

void
atrium_composer_init_files (AtriumComposer *self)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  self->files = g_ptr_array_new_with_free_func (g_object_unref);
  g_signal_connect (self->view, "paste-clipboard", G_CALLBACK (on_paste), self);
  g_signal_connect (target, "drop", G_CALLBACK (on_drop), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}
