/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "media/voice-player.h"
#include "media/voice-recorder.h"

#include <glib/gstdio.h>

/* A tone instead of the microphone, and no loudspeaker. */
#define SOURCE "audiotestsrc"
#define SINK   "fakesink"

static char *
make_path (void)
{
  g_autofree char *folder = g_dir_make_tmp ("voice-XXXXXX", NULL);

  return g_build_filename (folder, "note.ogg", NULL);
}

static void
remove_path (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);

  g_unlink (path);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

static void
on_stopped (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static void
record (const char *path,
        gint64      length)
{
  g_autoptr(MediaVoiceRecorder) recorder = media_voice_recorder_new (SOURCE);
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GBytes) waveform = NULL;
  g_autoptr(GError) error = NULL;
  const guint8 *peaks;
  gint64 duration;

  g_assert_true (media_voice_recorder_start (recorder, path, &error));
  g_assert_no_error (error);
  g_assert_true (media_voice_recorder_is_recording (recorder));
  while (media_voice_recorder_get_elapsed (recorder) < length)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpfloat (media_voice_recorder_get_level (recorder), >, 0.5);   /* the test tone has 0.8 */

  media_voice_recorder_stop_async (recorder, on_stopped, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (media_voice_recorder_stop_finish (recorder, result, &duration, &waveform, &error));
  g_assert_no_error (error);
  g_assert_false (media_voice_recorder_is_recording (recorder));
  g_assert_cmpint (duration, >=, length);
  g_assert_cmpuint (g_bytes_get_size (waveform), ==, MEDIA_WAVEFORM_PEAKS);
  peaks = g_bytes_get_data (waveform, NULL);
  for (guint i = 0; i < MEDIA_WAVEFORM_PEAKS; i++)
    g_assert_cmpuint (peaks[i], >, 200);
}

static void
on_ended (MediaVoicePlayer *player,
          gpointer          user_data)
{
  *(gboolean *) user_data = TRUE;
}

static void
on_failed (GObject      *object,
           const GError *failure,
           gpointer      user_data)
{
  *(GError **) user_data = g_error_copy (failure);
}

static void
test_record_and_play (void)
{
  g_autofree char *path = make_path ();
  g_autoptr(MediaVoicePlayer) player = NULL;
  g_autoptr(GError) failure = NULL;
  gboolean ended = FALSE;

  record (path, 500000);
  player = media_voice_player_new (path, SINK);
  g_signal_connect (player, "ended", G_CALLBACK (on_ended), &ended);
  g_signal_connect (player, "failed", G_CALLBACK (on_failed), &failure);
  media_voice_player_set_rate (player, 1.5);
  media_voice_player_play (player);
  g_assert_true (media_voice_player_is_playing (player));
  while (!ended && failure == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_no_error (failure);
  g_assert_false (media_voice_player_is_playing (player));
  g_assert_cmpint (media_voice_player_get_duration (player), >=, 400000);
  g_assert_cmpint (media_voice_player_get_duration (player), <=, 5000000);

  ended = FALSE;   /* and once more from the start */
  media_voice_player_play (player);
  media_voice_player_pause (player);
  g_assert_false (media_voice_player_is_playing (player));
  media_voice_player_play (player);
  while (!ended && failure == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_no_error (failure);
  remove_path (path);
}

static void
test_cancel (void)
{
  g_autofree char *path = make_path ();
  g_autoptr(MediaVoiceRecorder) recorder = media_voice_recorder_new (SOURCE);

  g_assert_true (media_voice_recorder_start (recorder, path, NULL));
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  media_voice_recorder_cancel (recorder);
  g_assert_false (media_voice_recorder_is_recording (recorder));
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  media_voice_recorder_cancel (recorder);
  remove_path (path);
}

static void
test_no_overwrite (void)
{
  g_autofree char *path = make_path ();
  g_autoptr(MediaVoiceRecorder) recorder = media_voice_recorder_new (SOURCE);
  g_autoptr(GError) error = NULL;
  g_autofree char *content = NULL;

  g_assert_true (g_file_set_contents (path, "precious", -1, NULL));
  g_assert_false (media_voice_recorder_start (recorder, path, &error));
  g_assert_error (error, MEDIA_VOICE_ERROR, MEDIA_VOICE_ERROR_FILE);
  g_assert_true (g_file_get_contents (path, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, "precious");
  remove_path (path);
}

static void
test_missing_part (void)
{
  g_autofree char *path = make_path ();
  g_autoptr(MediaVoiceRecorder) recorder = media_voice_recorder_new ("nosuchsource");
  g_autoptr(GError) error = NULL;

  g_assert_false (media_voice_recorder_start (recorder, path, &error));
  g_assert_error (error, MEDIA_VOICE_ERROR, MEDIA_VOICE_ERROR_UNAVAILABLE);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  remove_path (path);
}

static void
test_bad_files (void)
{
  static const struct { const char *content; int code; } bad[] = {
    { "this is not sound at all, but rather a text", MEDIA_VOICE_ERROR_FORMAT },
    { NULL, MEDIA_VOICE_ERROR_FILE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *path = make_path ();
      g_autoptr(MediaVoicePlayer) player = NULL;
      g_autoptr(GError) failure = NULL;

      if (bad[i].content != NULL)
        g_assert_true (g_file_set_contents (path, bad[i].content, -1, NULL));
      player = media_voice_player_new (path, SINK);
      g_signal_connect (player, "failed", G_CALLBACK (on_failed), &failure);
      media_voice_player_play (player);
      while (failure == NULL)
        g_main_context_iteration (NULL, TRUE);
      g_assert_error (failure, MEDIA_VOICE_ERROR, bad[i].code);
      g_assert_false (media_voice_player_is_playing (player));
      remove_path (path);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/media/voice/record-and-play", test_record_and_play);
  g_test_add_func ("/media/voice/cancel", test_cancel);
  g_test_add_func ("/media/voice/no-overwrite", test_no_overwrite);
  g_test_add_func ("/media/voice/missing-part", test_missing_part);
  g_test_add_func ("/media/voice/bad-files", test_bad_files);

  return g_test_run ();
}
