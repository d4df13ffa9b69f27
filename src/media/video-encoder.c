/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "media"

#include "config.h"

#include "media/video-encoder.h"

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <gst/video/video.h>

/*
 *   push() → appsrc → videorate → videoscale → videoconvert → capsfilter → encoder [→ h264parse] → appsink → func()
 *
 * Threads: push() and request_keyframe() come from anywhere; func() and bus errors come from the streaming thread; everything
 * else happens in the context the object was made in. self->lock guards `source`, `sink_pad` and the counters; nothing of
 * GStreamer that may block is called under it. `generation` tells messages of a pipeline that is already gone from those of
 * the current one.
 */

/* An encoder that has been given this many pictures since its last coded one, and this much time, is dead. */
#define STALL_FRAMES  10
#define STALL_TIME    (1 * G_USEC_PER_SEC)
#define START_TIME    (2 * G_USEC_PER_SEC)   /* more, while it opens its device */
/* The last one is never dead for being slow: a few pictures on a busy machine are better than none. */

struct _MediaVideoEncoder
{
  GObject parent_instance;

  GPtrArray        *kinds;         /* MediaEncoderKind, static */
  GMainContext     *context;
  MediaEncodedFunc  func;
  gpointer          user_data;

  GstElement       *pipeline;
  GstElement       *encoder;       /* inside the pipeline */
  GstElement       *filter;        /* inside the pipeline: size and rate of what is encoded */
  guint             current;       /* index into kinds; kinds->len = none left */
  guint             bitrate;       /* bit/s */
  int               width;         /* pixels */
  int               height;        /* pixels */
  int               fps;
  gboolean          running;

  GMutex            lock;
  GstAppSrc        *source;        /* NULL while being replaced */
  GstPad           *sink_pad;      /* where keyframes are asked for */
  guint             generation;
  guint             unanswered;    /* pictures since the last coded one */
  gint64            last_output;   /* monotonic µs; at first the latest time by which it has to begin */
  gboolean          failing;       /* a replacement is on its way */
  gboolean          last;          /* there is no other to replace it */
};

enum { PROP_0, PROP_ELEMENT, PROP_HARDWARE, N_PROPS };
enum { REPLACED, EXHAUSTED, N_SIGNALS };

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MediaVideoEncoder, media_video_encoder, G_TYPE_OBJECT)

/* A failure on its way from any thread to ours. */
typedef struct
{
  MediaVideoEncoder *self;
  char              *reason;
  guint              generation;
} Failure;

static void open_pipeline (MediaVideoEncoder *self);

static void
failure_free (Failure *failure)
{
  g_object_unref (failure->self);
  g_free (failure->reason);
  g_free (failure);
}

static const MediaEncoderKind *
get_kind (MediaVideoEncoder *self)
{
  return self->current < self->kinds->len ? g_ptr_array_index (self->kinds, self->current) : NULL;
}

static void
close_pipeline (MediaVideoEncoder *self)
{
  GstAppSrc *source;
  GstPad *sink_pad;

  g_mutex_lock (&self->lock);
  source = g_steal_pointer (&self->source);
  sink_pad = g_steal_pointer (&self->sink_pad);
  self->generation += 1;
  g_mutex_unlock (&self->lock);

  g_clear_object (&source);
  g_clear_object (&sink_pad);
  if (self->pipeline != NULL)
    gst_element_set_state (self->pipeline, GST_STATE_NULL);   /* func() has run for the last time */
  gst_clear_object (&self->pipeline);
  self->encoder = NULL;
  self->filter = NULL;
}

static void
give_up_current (MediaVideoEncoder *self,
                 const char        *reason)
{
  const MediaEncoderKind *failed = get_kind (self);

  g_debug ("%s failed: %s", failed->element, reason);
  close_pipeline (self);
  self->current += 1;
  if (get_kind (self) != NULL)
    open_pipeline (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ELEMENT]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_HARDWARE]);
  if (get_kind (self) != NULL)
    g_signal_emit (self, signals[REPLACED], 0, failed->element, reason);
  else
    g_signal_emit (self, signals[EXHAUSTED], 0, reason);
}

static gboolean
on_failure (gpointer user_data)
{
  Failure *failure = user_data;
  MediaVideoEncoder *self = failure->self;

  if (self->running && failure->generation == self->generation && get_kind (self) != NULL)
    give_up_current (self, failure->reason);

  return G_SOURCE_REMOVE;
}

/* Any thread; the lock is held. */
static void
report_failure_locked (MediaVideoEncoder *self,
                       const char        *reason)
{
  g_autoptr(GSource) idle = NULL;
  Failure *failure;

  if (self->failing)
    return;
  self->failing = TRUE;

  failure = g_new0 (Failure, 1);
  failure->self = g_object_ref (self);
  failure->reason = g_strdup (reason);
  failure->generation = self->generation;
  idle = g_idle_source_new ();
  g_source_set_priority (idle, G_PRIORITY_HIGH);
  g_source_set_callback (idle, on_failure, failure, (GDestroyNotify) failure_free);
  g_source_attach (idle, self->context);
}

/* Streaming thread. */
static GstBusSyncReply
on_bus_message (GstBus     *bus,
                GstMessage *message,
                gpointer    user_data)
{
  MediaVideoEncoder *self = user_data;
  g_autoptr(GError) error = NULL;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    {
      gst_message_parse_error (message, &error, NULL);
      g_mutex_lock (&self->lock);
      report_failure_locked (self, error->message);
      g_mutex_unlock (&self->lock);
    }
  gst_message_unref (message);

  return GST_BUS_DROP;
}

/* Streaming thread. */
static GstFlowReturn
on_new_sample (GstAppSink *sink,
               gpointer    user_data)
{
  MediaVideoEncoder *self = user_data;
  g_autoptr(GstSample) sample = gst_app_sink_pull_sample (sink);

  if (sample == NULL)
    return GST_FLOW_EOS;
  g_mutex_lock (&self->lock);
  self->unanswered = 0;
  self->last_output = g_get_monotonic_time ();
  g_mutex_unlock (&self->lock);
  self->func (sample, self->user_data);

  return GST_FLOW_OK;
}

static void
apply_format (MediaVideoEncoder *self)
{
  g_autoptr(GstCaps) caps = NULL;

  if (self->filter == NULL)
    return;
  caps = gst_caps_new_simple ("video/x-raw", "width", G_TYPE_INT, self->width, "height", G_TYPE_INT, self->height,
                              "framerate", GST_TYPE_FRACTION, self->fps, 1, "pixel-aspect-ratio", GST_TYPE_FRACTION, 1, 1, NULL);
  g_object_set (self->filter, "caps", caps, NULL);
}

static void
open_pipeline (MediaVideoEncoder *self)
{
  static const char *const parts[] = { "appsrc", "videorate", "videoscale", "videoconvert", "capsfilter" };
  GstAppSinkCallbacks callbacks = { .new_sample = on_new_sample };
  const MediaEncoderKind *kind = get_kind (self);
  GstElement *elements[G_N_ELEMENTS (parts)];
  g_autoptr(GstCaps) coded = media_codec_make_caps (kind->codec);
  g_autoptr(GstBus) bus = NULL;
  GstElement *sink;
  GstElement *parse = NULL;
  gboolean linked;

  self->pipeline = gst_object_ref_sink (gst_pipeline_new ("video-encoder"));
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      elements[i] = gst_element_factory_make (parts[i], NULL);
      g_assert (elements[i] != NULL);   /* GStreamer's base set, without which nothing else here works */
      gst_bin_add (GST_BIN (self->pipeline), elements[i]);
    }
  sink = gst_element_factory_make ("appsink", NULL);
  g_assert (sink != NULL);
  gst_bin_add (GST_BIN (self->pipeline), sink);
  self->encoder = media_encoder_kind_make (kind);
  if (kind->codec == MEDIA_CODEC_H264)
    parse = gst_element_factory_make ("h264parse", NULL);

  g_mutex_lock (&self->lock);
  self->failing = FALSE;
  self->last = self->current + 1 == self->kinds->len;
  self->unanswered = 0;
  self->last_output = g_get_monotonic_time () + START_TIME;
  if (self->encoder == NULL || (kind->codec == MEDIA_CODEC_H264 && parse == NULL))
    {
      report_failure_locked (self, "it is not installed");
      g_mutex_unlock (&self->lock);
      if (self->encoder != NULL)
        gst_object_unref (gst_object_ref_sink (self->encoder));
      self->encoder = NULL;
      return;
    }
  g_mutex_unlock (&self->lock);

  gst_bin_add (GST_BIN (self->pipeline), self->encoder);
  if (parse != NULL)
    {
      g_object_set (parse, "config-interval", -1, NULL);   /* parameter sets with every keyframe: receivers come and go */
      gst_bin_add (GST_BIN (self->pipeline), parse);
    }
  self->filter = elements[4];
  apply_format (self);
  media_encoder_kind_set_bitrate (kind, self->encoder, self->bitrate);
  g_object_set (elements[0], "format", GST_FORMAT_TIME, "is-live", TRUE, "max-buffers", (guint64) 2, NULL);
  gst_util_set_object_arg (G_OBJECT (elements[0]), "leaky-type", "downstream");
  g_object_set (elements[1], "drop-only", TRUE, "skip-to-first", TRUE, NULL);
  g_object_set (sink, "sync", FALSE, "caps", coded, "wait-on-eos", FALSE, NULL);
  gst_app_sink_set_callbacks (GST_APP_SINK (sink), &callbacks, self, NULL);

  linked = gst_element_link_many (elements[0], elements[1], elements[2], elements[3], elements[4], self->encoder, NULL) &&
           (parse != NULL ? gst_element_link_many (self->encoder, parse, sink, NULL) : gst_element_link (self->encoder, sink));
  bus = gst_element_get_bus (self->pipeline);
  gst_bus_set_sync_handler (bus, on_bus_message, self, NULL);

  if (!linked || gst_element_set_state (self->pipeline, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE)
    {
      g_mutex_lock (&self->lock);
      report_failure_locked (self, linked ? "it does not start" : "it does not fit");
      g_mutex_unlock (&self->lock);
      return;
    }

  g_mutex_lock (&self->lock);
  self->source = g_object_ref (GST_APP_SRC (elements[0]));
  self->sink_pad = gst_element_get_static_pad (sink, "sink");
  g_mutex_unlock (&self->lock);
}

static void
media_video_encoder_dispose (GObject *object)
{
  media_video_encoder_stop (MEDIA_VIDEO_ENCODER (object));
  G_OBJECT_CLASS (media_video_encoder_parent_class)->dispose (object);
}

static void
media_video_encoder_finalize (GObject *object)
{
  MediaVideoEncoder *self = MEDIA_VIDEO_ENCODER (object);

  g_clear_pointer (&self->kinds, g_ptr_array_unref);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (media_video_encoder_parent_class)->finalize (object);
}

static void
media_video_encoder_get_property (GObject    *object,
                                  guint       id,
                                  GValue     *value,
                                  GParamSpec *pspec)
{
  MediaVideoEncoder *self = MEDIA_VIDEO_ENCODER (object);

  switch (id)
    {
    case PROP_ELEMENT:
      g_value_set_string (value, media_video_encoder_get_element (self));
      break;
    case PROP_HARDWARE:
      g_value_set_boolean (value, media_video_encoder_get_hardware (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
media_video_encoder_class_init (MediaVideoEncoderClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = media_video_encoder_dispose;
  object_class->finalize = media_video_encoder_finalize;
  object_class->get_property = media_video_encoder_get_property;

  properties[PROP_ELEMENT] = g_param_spec_string ("element", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_HARDWARE] = g_param_spec_boolean ("hardware", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[REPLACED] = g_signal_new ("replaced", MEDIA_TYPE_VIDEO_ENCODER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
  signals[EXHAUSTED] = g_signal_new ("exhausted", MEDIA_TYPE_VIDEO_ENCODER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                     G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
media_video_encoder_init (MediaVideoEncoder *self)
{
  g_mutex_init (&self->lock);
  self->context = g_main_context_ref_thread_default ();
  self->bitrate = 400000;
  self->width = 640;
  self->height = 360;
  self->fps = 30;
}

MediaVideoEncoder *
media_video_encoder_new (GPtrArray        *kinds,
                         MediaEncodedFunc  func,
                         gpointer          user_data)
{
  MediaVideoEncoder *self;

  g_return_val_if_fail (kinds != NULL && kinds->len > 0, NULL);
  g_return_val_if_fail (func != NULL, NULL);

  gst_init (NULL, NULL);
  self = g_object_new (MEDIA_TYPE_VIDEO_ENCODER, NULL);
  self->kinds = g_ptr_array_ref (kinds);
  self->func = func;
  self->user_data = user_data;

  return self;
}

void
media_video_encoder_set_format (MediaVideoEncoder *self,
                                int                width,
                                int                height,
                                int                fps)
{
  g_return_if_fail (MEDIA_IS_VIDEO_ENCODER (self));
  g_return_if_fail (width > 0 && height > 0 && width % 2 == 0 && height % 2 == 0);   /* 4:2:0 */
  g_return_if_fail (fps > 0);

  self->width = width;
  self->height = height;
  self->fps = fps;
  apply_format (self);
}

void
media_video_encoder_set_bitrate (MediaVideoEncoder *self,
                                 guint              bitrate)
{
  g_return_if_fail (MEDIA_IS_VIDEO_ENCODER (self));

  self->bitrate = bitrate;
  if (self->encoder != NULL)
    media_encoder_kind_set_bitrate (get_kind (self), self->encoder, bitrate);
}

void
media_video_encoder_start (MediaVideoEncoder *self)
{
  g_return_if_fail (MEDIA_IS_VIDEO_ENCODER (self));

  if (self->running || get_kind (self) == NULL)
    return;
  self->running = TRUE;
  open_pipeline (self);
}

void
media_video_encoder_stop (MediaVideoEncoder *self)
{
  g_return_if_fail (MEDIA_IS_VIDEO_ENCODER (self));

  self->running = FALSE;
  close_pipeline (self);
}

void
media_video_encoder_push (MediaVideoEncoder *self,
                          GstSample         *sample)
{
  g_autoptr(GstAppSrc) source = NULL;

  g_return_if_fail (MEDIA_IS_VIDEO_ENCODER (self));
  g_return_if_fail (GST_IS_SAMPLE (sample));

  g_mutex_lock (&self->lock);
  if (self->source != NULL && !self->failing)
    {
      source = g_object_ref (self->source);
      self->unanswered += 1;
      if (!self->last && self->unanswered > STALL_FRAMES && g_get_monotonic_time () - self->last_output > STALL_TIME)
        report_failure_locked (self, "it takes pictures and gives none");
    }
  g_mutex_unlock (&self->lock);

  if (source != NULL)
    gst_app_src_push_sample (source, sample);
}

void
media_video_encoder_request_keyframe (MediaVideoEncoder *self)
{
  g_autoptr(GstPad) pad = NULL;

  g_return_if_fail (MEDIA_IS_VIDEO_ENCODER (self));

  g_mutex_lock (&self->lock);
  if (self->sink_pad != NULL)
    pad = g_object_ref (self->sink_pad);
  g_mutex_unlock (&self->lock);

  if (pad != NULL)
    gst_pad_push_event (pad, gst_video_event_new_upstream_force_key_unit (GST_CLOCK_TIME_NONE, TRUE, 1));
}

const char *
media_video_encoder_get_element (MediaVideoEncoder *self)
{
  const MediaEncoderKind *kind;

  g_return_val_if_fail (MEDIA_IS_VIDEO_ENCODER (self), NULL);

  kind = get_kind (self);
  return kind != NULL ? kind->element : NULL;
}

gboolean
media_video_encoder_get_hardware (MediaVideoEncoder *self)
{
  const MediaEncoderKind *kind;

  g_return_val_if_fail (MEDIA_IS_VIDEO_ENCODER (self), FALSE);

  kind = get_kind (self);
  return kind != NULL && kind->hardware;
}
