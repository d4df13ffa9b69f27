/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "media"

#include "config.h"

#include "media/encoder-choice.h"

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <gst/video/video.h>
#include <string.h>
#include <sys/utsname.h>

#define TRIAL_WIDTH    320
#define TRIAL_HEIGHT   240
#define TRIAL_FPS      15
#define TRIAL_BITRATE  300000
#define TRIAL_FRAMES   12      /* a keyframe is asked for in the middle */
#define TRIAL_TIMEOUT  (2 * GST_SECOND)

typedef struct
{
  MediaCodec           codec;
  MediaHardwarePolicy  policy;
  char                *preferred;
  GHashTable          *verdicts;   /* key → GVariant (bs) */
} Choice;

static void
choice_free (Choice *choice)
{
  g_free (choice->preferred);
  g_clear_pointer (&choice->verdicts, g_hash_table_unref);
  g_free (choice);
}

/* --- the trial --- */

static GstBuffer *
make_frame (guint index)
{
  gsize size = TRIAL_WIDTH * TRIAL_HEIGHT * 3 / 2;
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, size, NULL);

  /* I420: a grey that changes a little, so that rate control cannot drop the frames as equal. */
  gst_buffer_memset (buffer, 0, (guint8) (60 + index * 8), TRIAL_WIDTH * TRIAL_HEIGHT);
  gst_buffer_memset (buffer, TRIAL_WIDTH * TRIAL_HEIGHT, 128, size - TRIAL_WIDTH * TRIAL_HEIGHT);
  GST_BUFFER_PTS (buffer) = gst_util_uint64_scale (index, GST_SECOND, TRIAL_FPS);
  GST_BUFFER_DURATION (buffer) = GST_SECOND / TRIAL_FPS;

  return buffer;
}

static const char *
run_trial (GstElement *pipeline,
           GstAppSrc  *source,
           GstAppSink *sink)
{
  g_autoptr(GstPad) sink_pad = gst_element_get_static_pad (GST_ELEMENT (sink), "sink");
  gint64 end = g_get_monotonic_time () + (gint64) (TRIAL_TIMEOUT / GST_USECOND);
  gboolean asked_seen = FALSE;
  guint n_frames = 0;

  /* READY opens the device: finding the factory is not enough. */
  if (gst_element_set_state (pipeline, GST_STATE_READY) == GST_STATE_CHANGE_FAILURE)
    return "the device does not open";
  if (gst_element_set_state (pipeline, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE)
    return "it does not start";

  for (guint i = 0; i < TRIAL_FRAMES; i++)
    {
      GstClockTime left = (GstClockTime) MAX (0, end - g_get_monotonic_time ()) * GST_USECOND;
      g_autoptr(GstSample) sample = NULL;

      if (i == TRIAL_FRAMES / 2)
        gst_pad_push_event (sink_pad, gst_video_event_new_upstream_force_key_unit (GST_CLOCK_TIME_NONE, TRUE, 1));
      if (gst_app_src_push_buffer (source, make_frame (i)) != GST_FLOW_OK)
        return "it refuses a frame";

      /* One in, one out: an encoder that keeps frames back delays the talk. A few frames of start are forgiven, and so is a
       * frame that the rate control drops. */
      sample = gst_app_sink_try_pull_sample (sink, MIN (left, i < 4 || i > TRIAL_FRAMES / 2 ? 200 * GST_MSECOND : 50 * GST_MSECOND));
      while (sample != NULL)
        {
          gboolean key = !GST_BUFFER_FLAG_IS_SET (gst_sample_get_buffer (sample), GST_BUFFER_FLAG_DELTA_UNIT);

          if (n_frames == 0 && !key)
            return "it does not begin with a keyframe";
          asked_seen = asked_seen || (key && i >= TRIAL_FRAMES / 2);
          n_frames += 1;
          g_clear_pointer (&sample, gst_sample_unref);
          sample = gst_app_sink_try_pull_sample (sink, 0);
        }
      if (g_get_monotonic_time () >= end)
        return "it is too slow";
    }

  if (n_frames == 0)
    return "it gives no frames";
  if (n_frames < TRIAL_FRAMES / 2)
    return "it loses frames";
  if (!asked_seen)
    return "it makes no keyframe when asked";

  return NULL;
}

const char *
media_encoder_choice_try (const MediaEncoderKind *kind)
{
  g_autoptr(GstElement) pipeline = NULL;
  g_autoptr(GstCaps) raw = NULL;
  g_autoptr(GstCaps) coded = NULL;
  GstElement *source;
  GstElement *convert;
  GstElement *encoder = media_encoder_kind_make (kind);
  GstElement *parse = NULL;
  GstElement *sink;
  const char *problem;

  if (encoder == NULL)
    return "it is not installed";

  pipeline = gst_object_ref_sink (gst_pipeline_new ("trial"));
  source = gst_element_factory_make ("appsrc", NULL);
  convert = gst_element_factory_make ("videoconvert", NULL);
  sink = gst_element_factory_make ("appsink", NULL);
  if (kind->codec == MEDIA_CODEC_H264)
    parse = gst_element_factory_make ("h264parse", NULL);
  if (source == NULL || convert == NULL || sink == NULL || (kind->codec == MEDIA_CODEC_H264 && parse == NULL))
    {
      gst_object_unref (gst_object_ref_sink (encoder));
      g_clear_pointer (&source, gst_object_unref);
      g_clear_pointer (&convert, gst_object_unref);
      g_clear_pointer (&sink, gst_object_unref);
      g_clear_pointer (&parse, gst_object_unref);
      return "a part of GStreamer is missing";
    }

  raw = gst_caps_new_simple ("video/x-raw", "format", G_TYPE_STRING, "I420", "width", G_TYPE_INT, TRIAL_WIDTH,
                             "height", G_TYPE_INT, TRIAL_HEIGHT, "framerate", GST_TYPE_FRACTION, TRIAL_FPS, 1, NULL);
  coded = media_codec_make_caps (kind->codec);
  g_object_set (source, "caps", raw, "format", GST_FORMAT_TIME, "is-live", TRUE, NULL);
  g_object_set (sink, "sync", FALSE, "caps", coded, NULL);
  media_encoder_kind_set_bitrate (kind, encoder, TRIAL_BITRATE);
  gst_bin_add_many (GST_BIN (pipeline), source, convert, encoder, sink, parse, NULL);
  if (!gst_element_link_many (source, convert, encoder, NULL) ||
      !(parse != NULL ? gst_element_link_many (encoder, parse, sink, NULL) : gst_element_link (encoder, sink)))
    problem = "it does not fit";
  else
    problem = run_trial (pipeline, GST_APP_SRC (source), GST_APP_SINK (sink));
  gst_element_set_state (pipeline, GST_STATE_NULL);

  return problem;
}

/* --- the list --- */

/* What a verdict depends on: the element, its plug-in, and the kernel and driver below. */
static char *
make_key (const MediaEncoderKind *kind)
{
  g_autoptr(GstElementFactory) factory = gst_element_factory_find (kind->element);
  g_autoptr(GstPlugin) plugin = factory != NULL ? gst_plugin_feature_get_plugin (GST_PLUGIN_FEATURE (factory)) : NULL;
  g_autofree char *driver = NULL;
  struct utsname system = { 0 };

  if (factory == NULL)
    return NULL;
  uname (&system);
  if (g_str_equal (kind->family, "nvcodec"))
    g_file_get_contents ("/sys/module/nvidia/version", &driver, NULL, NULL);

  return g_strjoin ("/", kind->element, plugin != NULL ? gst_plugin_get_version (plugin) : "builtin", system.release,
                    driver != NULL ? g_strstrip (driver) : "-", NULL);
}

static gboolean
is_working (Choice                 *choice,
            const MediaEncoderKind *kind)
{
  g_autofree char *key = make_key (kind);
  GVariant *known;
  const char *problem;
  gboolean works;

  if (key == NULL)   /* not installed: cheap to see each time */
    return FALSE;
  known = g_hash_table_lookup (choice->verdicts, key);
  if (known != NULL)
    {
      g_variant_get (known, "(b&s)", &works, NULL);
      return works;
    }

  problem = media_encoder_choice_try (kind);
  g_debug ("%s: %s", kind->element, problem != NULL ? problem : "works");
  g_hash_table_insert (choice->verdicts, g_steal_pointer (&key),
                       g_variant_ref_sink (g_variant_new ("(bs)", problem == NULL, problem != NULL ? problem : "")));

  return problem == NULL;
}

static gboolean
is_allowed (Choice                 *choice,
            const MediaEncoderKind *kind)
{
  return kind->codec == choice->codec &&
         !(kind->hardware && choice->policy == MEDIA_HARDWARE_FORBID) &&
         !(!kind->hardware && choice->policy == MEDIA_HARDWARE_ONLY);
}

static void
list_in_thread (GTask        *task,
                gpointer      source_object,
                gpointer      task_data,
                GCancellable *cancellable)
{
  Choice *choice = task_data;
  g_autoptr(GPtrArray) list = g_ptr_array_new ();
  const MediaEncoderKind *preferred = choice->preferred != NULL ? media_encoder_kind_lookup (choice->preferred) : NULL;
  const MediaEncoderKind *kinds;
  guint n_kinds;

  if (preferred != NULL && is_allowed (choice, preferred) && is_working (choice, preferred))
    g_ptr_array_add (list, (gpointer) preferred);

  kinds = media_encoder_kinds (&n_kinds);
  for (guint i = 0; i < n_kinds; i++)
    {
      if (g_task_return_error_if_cancelled (task))
        return;
      if (&kinds[i] != preferred && is_allowed (choice, &kinds[i]) && is_working (choice, &kinds[i]))
        g_ptr_array_add (list, (gpointer) &kinds[i]);
    }

  g_task_return_pointer (task, g_steal_pointer (&list), (GDestroyNotify) g_ptr_array_unref);
}

void
media_encoder_choice_list_async (MediaCodec           codec,
                                 MediaHardwarePolicy  policy,
                                 const char          *preferred,
                                 GVariant            *cache,
                                 GCancellable        *cancellable,
                                 GAsyncReadyCallback  callback,
                                 gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  Choice *choice;

  g_return_if_fail (codec < MEDIA_N_CODECS);

  gst_init (NULL, NULL);
  choice = g_new0 (Choice, 1);
  choice->codec = codec;
  choice->policy = policy;
  choice->preferred = g_strdup (preferred);
  choice->verdicts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_variant_unref);
  if (cache != NULL && g_variant_is_of_type (cache, G_VARIANT_TYPE ("a{s(bs)}")))
    {
      GVariantIter iter;
      char *key;
      GVariant *verdict;

      g_variant_iter_init (&iter, cache);
      while (g_variant_iter_next (&iter, "{s@(bs)}", &key, &verdict))
        g_hash_table_insert (choice->verdicts, key, verdict);
    }

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, media_encoder_choice_list_async);
  g_task_set_task_data (task, choice, (GDestroyNotify) choice_free);
  g_task_run_in_thread (task, list_in_thread);
}

GPtrArray *
media_encoder_choice_list_finish (GAsyncResult  *result,
                                  GVariant     **out_cache,
                                  GError       **error)
{
  GPtrArray *list;

  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  list = g_task_propagate_pointer (G_TASK (result), error);
  if (list != NULL && out_cache != NULL)
    {
      Choice *choice = g_task_get_task_data (G_TASK (result));
      GVariantBuilder builder;
      GHashTableIter iter;
      gpointer key;
      gpointer verdict;

      g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{s(bs)}"));
      g_hash_table_iter_init (&iter, choice->verdicts);
      while (g_hash_table_iter_next (&iter, &key, &verdict))
        g_variant_builder_add (&builder, "{s@(bs)}", key, verdict);
      *out_cache = g_variant_ref_sink (g_variant_builder_end (&builder));
    }

  return list;
}
