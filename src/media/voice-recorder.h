/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * MediaVoiceRecorder:
 *
 * Records one voice message from the microphone to an Ogg Opus file (RFC 7845): mono, 48 kHz, 24 kbit/s. The microphone is
 * open from start() until stop, cancel or an error, never longer.
 *
 * Properties: "elapsed" (gint64 µs of sound so far), "level" (double, loudness of the last 100 ms, 0 to 1), "recording".
 * Signal: ::failed (const GError *), after which the recorder has stopped and the file is gone.
 */
#define MEDIA_TYPE_VOICE_RECORDER (media_voice_recorder_get_type ())
G_DECLARE_FINAL_TYPE (MediaVoiceRecorder, media_voice_recorder, MEDIA, VOICE_RECORDER, GObject)

/* The waveform that goes with a message: this many peaks, one byte each (0 silence, 255 full scale). */
#define MEDIA_WAVEFORM_PEAKS 64

#define MEDIA_VOICE_ERROR (media_voice_error_quark ())
GQuark media_voice_error_quark (void);
typedef enum
{
  MEDIA_VOICE_ERROR_UNAVAILABLE,   /* a GStreamer part or the device is missing */
  MEDIA_VOICE_ERROR_DEVICE,        /* no microphone, busy, or no permission */
  MEDIA_VOICE_ERROR_FILE,          /* cannot write or read the file */
  MEDIA_VOICE_ERROR_FORMAT,        /* not Ogg Opus, or damaged */
  MEDIA_VOICE_ERROR_EMPTY,         /* stopped before any sound arrived */
} MediaVoiceError;

/* @source: name of a GStreamer source element, or NULL for the desktop's default microphone. */
MediaVoiceRecorder *media_voice_recorder_new         (const char           *source) G_GNUC_WARN_UNUSED_RESULT;
/* Writes to @path, which must not exist yet. */
gboolean            media_voice_recorder_start       (MediaVoiceRecorder   *self,
                                                      const char           *path,
                                                      GError              **error);
/* Ends the file properly. */
void                media_voice_recorder_stop_async  (MediaVoiceRecorder   *self,
                                                      GAsyncReadyCallback   callback,
                                                      gpointer              user_data);
/* @out_duration: (out): µs.  @out_waveform: (out) (transfer full): MEDIA_WAVEFORM_PEAKS bytes */
gboolean            media_voice_recorder_stop_finish (MediaVoiceRecorder   *self,
                                                      GAsyncResult         *result,
                                                      gint64               *out_duration,
                                                      GBytes              **out_waveform,
                                                      GError              **error);
/* Stops and deletes the file. Harmless when not recording. */
void                media_voice_recorder_cancel      (MediaVoiceRecorder   *self);
gboolean            media_voice_recorder_is_recording (MediaVoiceRecorder  *self);
gint64              media_voice_recorder_get_elapsed (MediaVoiceRecorder   *self);
double              media_voice_recorder_get_level   (MediaVoiceRecorder   *self);

G_END_DECLS
