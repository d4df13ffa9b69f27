/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "media"

#include "config.h"

#include "media/voice-recorder.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <gst/gst.h>
#include <math.h>
#include <unistd.h>

#define LEVEL_INTERVAL (100 * GST_MSECOND)

struct _MediaVoiceRecorder
{
  GObject parent_instance;

  char       *source;     /* element name, NULL = default */
  char       *path;
  GstElement *pipeline;   /* NULL when not recording */
  GArray     *peaks;      /* float 0…1, one every LEVEL_INTERVAL */
  GTask      *stopping;
  guint       watch;      /* bus watch source */
  gint64      elapsed;    /* µs */
  double      level;      /* 0…1 */
};

enum { PROP_0, PROP_RECORDING, PROP_ELAPSED, PROP_LEVEL, N_PROPS };
enum { FAILED, N_SIGNALS };

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MediaVoiceRecorder, media_voice_recorder, G_TYPE_OBJECT)
G_DEFINE_QUARK (media-voice-error-quark, media_voice_error)

static void
close_pipeline (MediaVoiceRecorder *self)
{
  if (self->pipeline == NULL)
    return;

  g_clear_handle_id (&self->watch, g_source_remove);
  gst_element_set_state (self->pipeline, GST_STATE_NULL);
  gst_clear_object (&self->pipeline);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RECORDING]);
}

static void
discard_file (MediaVoiceRecorder *self)
{
  if (self->path != NULL)
    g_unlink (self->path);
  g_clear_pointer (&self->path, g_free);
}

static GBytes *
make_waveform (GArray *peaks)
{
  guint8 *waveform = g_new0 (guint8, MEDIA_WAVEFORM_PEAKS);

  for (guint i = 0; i < MEDIA_WAVEFORM_PEAKS && peaks->len > 0; i++)
    {
      guint first = (guint) ((guint64) i * peaks->len / MEDIA_WAVEFORM_PEAKS);
      guint last = MAX (first + 1, (guint) ((guint64) (i + 1) * peaks->len / MEDIA_WAVEFORM_PEAKS));
      float peak = 0;

      for (guint k = first; k < last && k < peaks->len; k++)
        peak = MAX (peak, g_array_index (peaks, float, k));
      /* The square root keeps quiet speech visible. */
      waveform[i] = (guint8) (255.0f * sqrtf (CLAMP (peak, 0.0f, 1.0f)) + 0.5f);
    }

  return g_bytes_new_take (waveform, MEDIA_WAVEFORM_PEAKS);
}

static void
fail (MediaVoiceRecorder *self,
      GError             *error)
{
  GTask *stopping = g_steal_pointer (&self->stopping);

  close_pipeline (self);
  discard_file (self);
  if (stopping != NULL)
    g_task_return_error (stopping, g_error_copy (error));
  else
    g_signal_emit (self, signals[FAILED], 0, error);
  g_clear_object (&stopping);
}

static void
on_level (MediaVoiceRecorder *self,
          const GstStructure *level)
{
  const GValue *values = gst_structure_get_value (level, "peak");
  const GValueArray *peaks = values != NULL ? g_value_get_boxed (values) : NULL;
  GstClockTime end = 0;
  float peak = 0;

  G_GNUC_BEGIN_IGNORE_DEPRECATIONS   /* the element still speaks GValueArray */
  for (guint i = 0; peaks != NULL && i < peaks->n_values; i++)
    peak = MAX (peak, (float) pow (10, g_value_get_double (g_value_array_get_nth ((GValueArray *) peaks, i)) / 20));
  G_GNUC_END_IGNORE_DEPRECATIONS

  gst_structure_get_clock_time (level, "endtime", &end);
  g_array_append_val (self->peaks, peak);
  self->level = CLAMP (peak, 0, 1);
  self->elapsed = (gint64) (end / GST_USECOND);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LEVEL]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ELAPSED]);
}

static void
on_finished (MediaVoiceRecorder *self)
{
  g_autoptr(GTask) stopping = g_steal_pointer (&self->stopping);

  close_pipeline (self);
  if (stopping == NULL)   /* the source ended by itself */
    return;
  if (self->elapsed == 0)
    {
      discard_file (self);
      g_task_return_new_error (stopping, MEDIA_VOICE_ERROR, MEDIA_VOICE_ERROR_EMPTY, "nothing was recorded");
      return;
    }
  g_clear_pointer (&self->path, g_free);   /* the caller's from now on */
  g_task_return_pointer (stopping, make_waveform (self->peaks), (GDestroyNotify) g_bytes_unref);
}

static gboolean
on_bus_message (GstBus     *bus,
                GstMessage *message,
                gpointer    user_data)
{
  g_autoptr(MediaVoiceRecorder) self = g_object_ref (MEDIA_VOICE_RECORDER (user_data));
  g_autoptr(GError) cause = NULL;
  g_autoptr(GError) error = NULL;

  switch (GST_MESSAGE_TYPE (message))
    {
    case GST_MESSAGE_ELEMENT:
      if (gst_message_has_name (message, "level"))
        on_level (self, gst_message_get_structure (message));
      return G_SOURCE_CONTINUE;

    case GST_MESSAGE_EOS:
      self->watch = 0;
      on_finished (self);
      return G_SOURCE_REMOVE;

    case GST_MESSAGE_ERROR:
      gst_message_parse_error (message, &cause, NULL);
      error = g_error_new (MEDIA_VOICE_ERROR,
                           g_error_matches (cause, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_WRITE) ||
                               g_error_matches (cause, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NO_SPACE_LEFT)
                             ? MEDIA_VOICE_ERROR_FILE
                             : MEDIA_VOICE_ERROR_DEVICE,
                           "%s", cause->message);
      self->watch = 0;
      fail (self, error);
      return G_SOURCE_REMOVE;

    default:
      return G_SOURCE_CONTINUE;
    }
}

static void
media_voice_recorder_dispose (GObject *object)
{
  MediaVoiceRecorder *self = MEDIA_VOICE_RECORDER (object);

  media_voice_recorder_cancel (self);
  G_OBJECT_CLASS (media_voice_recorder_parent_class)->dispose (object);
}

static void
media_voice_recorder_finalize (GObject *object)
{
  MediaVoiceRecorder *self = MEDIA_VOICE_RECORDER (object);

  g_clear_pointer (&self->peaks, g_array_unref);
  g_free (self->source);
  g_free (self->path);
  G_OBJECT_CLASS (media_voice_recorder_parent_class)->finalize (object);
}

static void
media_voice_recorder_get_property (GObject    *object,
                                   guint       id,
                                   GValue     *value,
                                   GParamSpec *pspec)
{
  MediaVoiceRecorder *self = MEDIA_VOICE_RECORDER (object);

  switch (id)
    {
    case PROP_RECORDING:
      g_value_set_boolean (value, self->pipeline != NULL);
      break;
    case PROP_ELAPSED:
      g_value_set_int64 (value, self->elapsed);
      break;
    case PROP_LEVEL:
      g_value_set_double (value, self->level);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
media_voice_recorder_class_init (MediaVoiceRecorderClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = media_voice_recorder_dispose;
  object_class->finalize = media_voice_recorder_finalize;
  object_class->get_property = media_voice_recorder_get_property;

  properties[PROP_RECORDING] = g_param_spec_boolean ("recording", NULL, NULL, FALSE,
                                                     G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_ELAPSED] = g_param_spec_int64 ("elapsed", NULL, NULL, 0, G_MAXINT64, 0,
                                                 G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_LEVEL] = g_param_spec_double ("level", NULL, NULL, 0, 1, 0,
                                                G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[FAILED] = g_signal_new ("failed", MEDIA_TYPE_VOICE_RECORDER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
media_voice_recorder_init (MediaVoiceRecorder *self)
{
  self->peaks = g_array_new (FALSE, FALSE, sizeof (float));
}

MediaVoiceRecorder *
media_voice_recorder_new (const char *source)
{
  MediaVoiceRecorder *self;

  gst_init (NULL, NULL);
  self = g_object_new (MEDIA_TYPE_VOICE_RECORDER, NULL);
  self->source = g_strdup (source);

  return self;
}

gboolean
media_voice_recorder_start (MediaVoiceRecorder  *self,
                            const char          *path,
                            GError             **error)
{
  static const char *const chain[] = { NULL, "audioconvert", "audioresample", "level", "opusenc", "oggmux", "filesink" };
  GstElement *elements[G_N_ELEMENTS (chain)];
  g_autoptr(GstElement) pipeline = NULL;
  g_autoptr(GstBus) bus = NULL;
  g_autoptr(GstCaps) caps = NULL;
  int fd;

  g_return_val_if_fail (MEDIA_IS_VOICE_RECORDER (self), FALSE);
  g_return_val_if_fail (self->pipeline == NULL, FALSE);
  g_return_val_if_fail (path != NULL, FALSE);

  pipeline = gst_object_ref_sink (gst_pipeline_new ("voice-recorder"));
  for (guint i = 0; i < G_N_ELEMENTS (chain); i++)
    {
      const char *name = chain[i] != NULL ? chain[i] : self->source != NULL ? self->source : "autoaudiosrc";

      elements[i] = gst_element_factory_make (name, NULL);
      if (elements[i] == NULL)
        {
          g_set_error (error, MEDIA_VOICE_ERROR, MEDIA_VOICE_ERROR_UNAVAILABLE, "the sound part “%s” is not installed", name);
          return FALSE;
        }
      gst_bin_add (GST_BIN (pipeline), elements[i]);
    }
  if (g_object_class_find_property (G_OBJECT_GET_CLASS (elements[0]), "is-live") != NULL)
    g_object_set (elements[0], "is-live", TRUE, NULL);
  g_object_set (elements[3], "interval", (guint64) LEVEL_INTERVAL, "post-messages", TRUE, NULL);
  g_object_set (elements[4], "bitrate", 24000, NULL);
  gst_util_set_object_arg (G_OBJECT (elements[4]), "audio-type", "voice");
  g_object_set (elements[6], "location", path, NULL);

  caps = gst_caps_new_simple ("audio/x-raw", "rate", G_TYPE_INT, 48000, "channels", G_TYPE_INT, 1, NULL);
  if (!gst_element_link_many (elements[0], elements[1], elements[2], NULL) ||
      !gst_element_link_filtered (elements[2], elements[3], caps) ||
      !gst_element_link_many (elements[3], elements[4], elements[5], elements[6], NULL))
    {
      g_set_error_literal (error, MEDIA_VOICE_ERROR, MEDIA_VOICE_ERROR_UNAVAILABLE, "the sound parts do not fit together");
      return FALSE;
    }

  /* Made by us first, so that nothing that was there is overwritten. */
  fd = g_open (path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0)
    {
      g_set_error (error, MEDIA_VOICE_ERROR, MEDIA_VOICE_ERROR_FILE, "cannot write %s: %s", path, g_strerror (errno));
      return FALSE;
    }
  close (fd);

  g_free (self->path);
  self->path = g_strdup (path);
  g_array_set_size (self->peaks, 0);
  self->elapsed = 0;
  self->level = 0;
  self->pipeline = g_steal_pointer (&pipeline);
  bus = gst_element_get_bus (self->pipeline);
  self->watch = gst_bus_add_watch (bus, on_bus_message, self);
  if (gst_element_set_state (self->pipeline, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE)
    {
      close_pipeline (self);
      discard_file (self);
      g_set_error_literal (error, MEDIA_VOICE_ERROR, MEDIA_VOICE_ERROR_DEVICE, "the microphone could not be opened");
      return FALSE;
    }
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RECORDING]);

  return TRUE;
}

void
media_voice_recorder_stop_async (MediaVoiceRecorder  *self,
                                 GAsyncReadyCallback  callback,
                                 gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;

  g_return_if_fail (MEDIA_IS_VOICE_RECORDER (self));

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, media_voice_recorder_stop_async);
  if (self->pipeline == NULL || self->stopping != NULL)
    {
      g_task_return_new_error (task, MEDIA_VOICE_ERROR, MEDIA_VOICE_ERROR_EMPTY, "nothing is being recorded");
      return;
    }
  self->stopping = g_steal_pointer (&task);
  gst_element_send_event (self->pipeline, gst_event_new_eos ());   /* finished when it has come through to the file */
}

gboolean
media_voice_recorder_stop_finish (MediaVoiceRecorder  *self,
                                  GAsyncResult        *result,
                                  gint64              *out_duration,
                                  GBytes             **out_waveform,
                                  GError             **error)
{
  g_autoptr(GBytes) waveform = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  waveform = g_task_propagate_pointer (G_TASK (result), error);
  if (waveform == NULL)
    return FALSE;
  if (out_duration != NULL)
    *out_duration = self->elapsed;
  if (out_waveform != NULL)
    *out_waveform = g_steal_pointer (&waveform);

  return TRUE;
}

void
media_voice_recorder_cancel (MediaVoiceRecorder *self)
{
  g_autoptr(GTask) stopping = NULL;

  g_return_if_fail (MEDIA_IS_VOICE_RECORDER (self));

  stopping = g_steal_pointer (&self->stopping);
  if (self->pipeline != NULL)
    {
      close_pipeline (self);
      discard_file (self);
    }
  if (stopping != NULL)
    g_task_return_new_error (stopping, G_IO_ERROR, G_IO_ERROR_CANCELLED, "the recording was discarded");
}

gboolean
media_voice_recorder_is_recording (MediaVoiceRecorder *self)
{
  g_return_val_if_fail (MEDIA_IS_VOICE_RECORDER (self), FALSE);

  return self->pipeline != NULL;
}

gint64
media_voice_recorder_get_elapsed (MediaVoiceRecorder *self)
{
  g_return_val_if_fail (MEDIA_IS_VOICE_RECORDER (self), 0);

  return self->elapsed;
}

double
media_voice_recorder_get_level (MediaVoiceRecorder *self)
{
  g_return_val_if_fail (MEDIA_IS_VOICE_RECORDER (self), 0);

  return self->level;
}
