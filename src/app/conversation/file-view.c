/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium-app"

#include "config.h"

#include "app/conversation/file-card.h"
#include "app/conversation/file-view.h"
#include "app/conversation/picture-view.h"
#include "app/conversation/voice-card.h"
#include "app/parts/toast.h"

#include <glib/gi18n.h>

/* Enough of a file to tell its type by content. */
#define SNIFF_BYTES 4096

GtkWidget *
atrium_file_view_new (AtriumFile *file)
{
  g_return_val_if_fail (ATRIUM_IS_FILE (file), NULL);

  switch (atrium_file_get_kind (file))
    {
    case ATRIUM_FILE_IMAGE:
      return atrium_picture_view_new (file);
    case ATRIUM_FILE_VOICE:
      return atrium_voice_card_new (file);
    case ATRIUM_FILE_OTHER:
    case ATRIUM_FILE_VIDEO:
    default:
      return atrium_file_card_new (file);
    }
}

char *
atrium_file_dup_status (AtriumFile *file)
{
  gint64 size = atrium_file_get_size (file);
  g_autofree char *whole = size >= 0 ? g_format_size (size) : NULL;
  int percent = (int) (atrium_file_get_progress (file) * 100 + 0.5);

  switch (atrium_file_get_state (file))
    {
    case ATRIUM_FILE_RUNNING:
      if (whole != NULL)
        {
          g_autofree char *done = g_format_size ((guint64) (atrium_file_get_progress (file) * size));

          /* Translators: bytes done, bytes in all, percent: 1.9 MB of 3.1 MB · 62 % */
          return g_strdup_printf (_("%s of %s · %d %%"), done, whole, percent);
        }
      return g_strdup_printf (C_("file", "%d %%"), percent);
    case ATRIUM_FILE_PAUSED:
      return g_strdup_printf (_("Paused at %d %% · goes on by itself"), percent);
    case ATRIUM_FILE_WAITING:
      return whole != NULL ? g_strdup_printf (_("%s · waiting"), whole) : g_strdup (_("Waiting"));
    case ATRIUM_FILE_FAILED:
      return g_strdup (atrium_file_get_error (file) != NULL ? atrium_file_get_error (file) : _("Not loaded"));
    case ATRIUM_FILE_REMOTE:
      return whole != NULL ? g_strdup_printf (_("%s · not on this computer yet"), whole) : g_strdup (_("Not on this computer yet"));
    case ATRIUM_FILE_DONE:
    default:
      return whole != NULL ? g_steal_pointer (&whole) : g_strdup (_("On this computer"));
    }
}

/* The content type that both the bytes and the name agree on, or NULL. */
static char *
sniff (const char *path,
       const char *name)
{
  g_autoptr(GFile) file = g_file_new_for_path (path);
  g_autoptr(GFileInputStream) stream = g_file_read (file, NULL, NULL);
  g_autofree guchar *bytes = g_malloc (SNIFF_BYTES);
  g_autofree char *by_name = NULL;
  g_autofree char *by_content = NULL;
  gboolean uncertain = FALSE;
  gsize n_read = 0;

  if (stream == NULL || !g_input_stream_read_all (G_INPUT_STREAM (stream), bytes, SNIFF_BYTES, &n_read, NULL, NULL))
    return NULL;

  by_name = g_content_type_guess (name, NULL, 0, &uncertain);
  by_content = g_content_type_guess (NULL, bytes, n_read, &uncertain);
  if (by_name == NULL || by_content == NULL || g_content_type_is_unknown (by_name))
    return NULL;
  if (!g_content_type_is_a (by_name, by_content) && !g_content_type_is_a (by_content, by_name))
    return NULL;
  return g_steal_pointer (&by_name);
}

gboolean
atrium_file_can_open (AtriumFile *file)
{
  /* Office files are ZIP inside, plain text is text/plain inside: "is a" covers both. */
  static const char *const kinds[] = {
    "application/pdf", "application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.spreadsheet",
    "application/vnd.oasis.opendocument.presentation",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "text/plain", "text/csv", "text/markdown", "image/png", "image/jpeg", "image/webp", "image/gif",
    "audio/ogg", "audio/mpeg", "audio/flac", "audio/x-opus+ogg", "audio/mp4", "video/mp4", "video/webm", "video/x-matroska",
  };
  const char *path = atrium_file_get_path (file);
  g_autofree char *type = path != NULL ? sniff (path, atrium_file_get_name (file)) : NULL;
  g_autofree char *media_type = type != NULL ? g_content_type_get_mime_type (type) : NULL;

  for (guint i = 0; media_type != NULL && i < G_N_ELEMENTS (kinds); i++)
    {
      if (g_str_equal (media_type, kinds[i]))
        return TRUE;
    }
  return FALSE;
}

static void
on_copied (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  g_autoptr(GtkWidget) widget = data;
  g_autoptr(GError) error = NULL;

  if (g_file_copy_finish (G_FILE (source), result, &error))
    atrium_toast (widget, _("Saved"));
  else
    atrium_toast_error (widget, _("The file could not be saved"), error);
}

static void
on_place_chosen (GtkNativeDialog *dialog,
                 int              response,
                 GtkWidget       *widget)
{
  AtriumFile *file = g_object_get_data (G_OBJECT (dialog), "file");

  if (response == GTK_RESPONSE_ACCEPT && atrium_file_get_path (file) != NULL)
    {
      g_autoptr(GFile) from = g_file_new_for_path (atrium_file_get_path (file));
      g_autoptr(GFile) to = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));

      /* Default permissions: what came from others is never saved as a program. */
      g_file_copy_async (from, to, G_FILE_COPY_OVERWRITE | G_FILE_COPY_TARGET_DEFAULT_PERMS, G_PRIORITY_DEFAULT, NULL, NULL, NULL,
                         on_copied, g_object_ref (widget));
    }
  g_object_unref (dialog);
}

void
atrium_file_save_as (GtkWidget  *widget,
                     AtriumFile *file)
{
  GtkFileChooserNative *dialog;

  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (ATRIUM_IS_FILE (file));

  dialog = gtk_file_chooser_native_new (_("Save file"), GTK_WINDOW (gtk_widget_get_root (widget)),
                                        GTK_FILE_CHOOSER_ACTION_SAVE, _("Save"), NULL);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), atrium_file_get_name (file));
  g_object_set_data_full (G_OBJECT (dialog), "file", g_object_ref (file), g_object_unref);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_place_chosen), widget, 0);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

void
atrium_file_open (GtkWidget  *widget,
                  AtriumFile *file)
{
  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (ATRIUM_IS_FILE (file));

  if (atrium_file_get_path (file) == NULL)
    return;

  if (atrium_file_can_open (file))
    {
      g_autofree char *uri = g_filename_to_uri (atrium_file_get_path (file), NULL, NULL);

      gtk_show_uri (GTK_WINDOW (gtk_widget_get_root (widget)), uri, GDK_CURRENT_TIME);
    }
  else
    {
      atrium_toast (widget, _("This kind of file is not opened from here. Save it first."));
      atrium_file_save_as (widget, file);
    }
}

void
atrium_file_show_folder (GtkWidget  *widget,
                         AtriumFile *file)
{
  g_autofree char *folder = NULL;
  g_autofree char *uri = NULL;

  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (ATRIUM_IS_FILE (file));

  if (atrium_file_get_path (file) == NULL)
    return;

  folder = g_path_get_dirname (atrium_file_get_path (file));
  uri = g_filename_to_uri (folder, NULL, NULL);
  gtk_show_uri (GTK_WINDOW (gtk_widget_get_root (widget)), uri, GDK_CURRENT_TIME);
}
