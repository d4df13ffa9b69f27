/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Voice messages: the microphone is open while the recording bar is shown, never longer. */
#define G_LOG_DOMAIN "atrium-app"

#include "config.h"

#include "app/conversation/composer-private.h"
#include "app/parts/stamp.h"
#include "app/parts/toast.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>

static void
update_recording (AtriumComposer *self)
{
  g_autofree char *elapsed = NULL;

  if (self->recorder == NULL)
    return;

  elapsed = atrium_stamp_duration (media_voice_recorder_get_elapsed (self->recorder) / 1000);
  gtk_label_set_text (self->record_label, elapsed);
  gtk_level_bar_set_value (self->record_level, media_voice_recorder_get_level (self->recorder));
}

static void
on_failed (AtriumComposer *self,
           const GError   *error)
{
  atrium_toast_error (GTK_WIDGET (self), _("The recording stopped"), error);
  atrium_composer_stop_recording (self);
}

void
atrium_composer_record (AtriumComposer *self)
{
  g_autoptr(MediaVoiceRecorder) recorder = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *folder = NULL;
  g_autofree char *path = NULL;

  if (self->recorder != NULL || self->conversation == NULL)
    return;

  folder = g_dir_make_tmp ("atrium-voice-XXXXXX", &error);
  path = folder != NULL ? g_build_filename (folder, "voice.ogg", NULL) : NULL;
  recorder = media_voice_recorder_new (NULL);
  if (path == NULL || !media_voice_recorder_start (recorder, path, &error))
    {
      atrium_toast_error (GTK_WIDGET (self), _("The recording could not start"), error);
      return;
    }

  self->recorder = g_steal_pointer (&recorder);
  self->recording_path = g_steal_pointer (&path);
  g_signal_connect_object (self->recorder, "notify", G_CALLBACK (update_recording), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->recorder, "failed", G_CALLBACK (on_failed), self, G_CONNECT_SWAPPED);
  update_recording (self);
  gtk_stack_set_visible_child_name (self->stack, "record");
  gtk_widget_grab_focus (self->record_send);
}

static void
remove_recording (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);

  g_unlink (path);
  g_rmdir (folder);
}

void
atrium_composer_stop_recording (AtriumComposer *self)
{
  if (self->recorder == NULL)
    return;

  g_signal_handlers_disconnect_by_data (self->recorder, self);
  media_voice_recorder_cancel (self->recorder);
  g_clear_object (&self->recorder);
  remove_recording (self->recording_path);
  g_clear_pointer (&self->recording_path, g_free);
  gtk_stack_set_visible_child_name (self->stack, "write");
  atrium_composer_focus (self);
}

typedef struct
{
  AtriumComposer *composer;
  AtriumConversation *conversation;
  char *path;
} Recording;

static void
recording_free (Recording *recording)
{
  remove_recording (recording->path);
  g_object_unref (recording->composer);
  g_object_unref (recording->conversation);
  g_free (recording->path);
  g_free (recording);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Recording, recording_free)

static void
on_sent (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  g_autoptr(Recording) recording = data;
  g_autoptr(GError) error = NULL;
  g_autoptr(AtriumMessage) message = atrium_conversation_send_voice_finish (ATRIUM_CONVERSATION (source), result, &error);

  if (message == NULL)
    atrium_toast_error (GTK_WIDGET (recording->composer), _("The voice message could not be kept"), error);
  else
    g_signal_emit_by_name (recording->composer, "sent");
}

static void
on_stopped (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  g_autoptr(Recording) recording = data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) waveform = NULL;
  g_autoptr(GFile) file = NULL;
  AtriumConversation *conversation = recording->conversation;
  gint64 duration;

  if (!media_voice_recorder_stop_finish (MEDIA_VOICE_RECORDER (source), result, &duration, &waveform, &error))
    {
      atrium_toast_error (GTK_WIDGET (recording->composer), _("The recording could not be finished"), error);
      return;
    }

  file = g_file_new_for_path (recording->path);
  atrium_conversation_send_voice_async (conversation, file, duration / 1000, waveform, NULL, on_sent, g_steal_pointer (&recording));
}

void
atrium_composer_send_recording (AtriumComposer *self)
{
  g_autoptr(MediaVoiceRecorder) recorder = NULL;
  Recording *recording;

  if (self->recorder == NULL || self->conversation == NULL)
    return;

  recorder = g_steal_pointer (&self->recorder);
  g_signal_handlers_disconnect_by_data (recorder, self);
  recording = g_new0 (Recording, 1);
  recording->composer = g_object_ref (self);
  recording->conversation = g_object_ref (self->conversation);
  recording->path = g_steal_pointer (&self->recording_path);
  media_voice_recorder_stop_async (recorder, on_stopped, recording);
  gtk_stack_set_visible_child_name (self->stack, "write");
  atrium_composer_focus (self);
}
