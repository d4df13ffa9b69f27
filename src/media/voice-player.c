/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "media"

#include "config.h"

#include "media/voice-player.h"

#include <gst/gst.h>

#define POSITION_INTERVAL_MS 250

struct _MediaVoicePlayer
{
  GObject parent_instance;

  char       *path;
  char       *sink;       /* element name, NULL = default */
  GstElement *pipeline;   /* NULL until first played, and after the end or an error */
  guint       watch;      /* bus watch source */
  guint       ticker;     /* only while playing */
  gint64      position;   /* µs */
  gint64      duration;   /* µs, 0 = unknown */
  double      rate;
  gboolean    playing;
  gboolean    prepared;   /* prerolled: seeks work */
};

enum { PROP_0, PROP_PLAYING, PROP_POSITION, PROP_DURATION, PROP_RATE, N_PROPS };
enum { ENDED, FAILED, N_SIGNALS };

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MediaVoicePlayer, media_voice_player, G_TYPE_OBJECT)

static void
set_position (MediaVoicePlayer *self,
              gint64            position)
{
  if (self->position == position)
    return;
  self->position = position;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_POSITION]);
}

static void
query_times (MediaVoicePlayer *self)
{
  gint64 value;

  if (self->duration == 0 && gst_element_query_duration (self->pipeline, GST_FORMAT_TIME, &value) && value > 0)
    {
      self->duration = value / (gint64) GST_USECOND;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DURATION]);
    }
  if (gst_element_query_position (self->pipeline, GST_FORMAT_TIME, &value) && value >= 0)
    set_position (self, value / (gint64) GST_USECOND);
}

static gboolean
on_tick (gpointer user_data)
{
  query_times (MEDIA_VOICE_PLAYER (user_data));
  return G_SOURCE_CONTINUE;
}

static void
set_playing (MediaVoicePlayer *self,
             gboolean          playing)
{
  if (self->playing == playing)
    return;

  self->playing = playing;
  if (playing)
    self->ticker = g_timeout_add (POSITION_INTERVAL_MS, on_tick, self);
  else
    g_clear_handle_id (&self->ticker, g_source_remove);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PLAYING]);
}

static void
close_pipeline (MediaVoicePlayer *self)
{
  set_playing (self, FALSE);
  if (self->pipeline == NULL)
    return;

  g_clear_handle_id (&self->watch, g_source_remove);
  gst_element_set_state (self->pipeline, GST_STATE_NULL);
  gst_clear_object (&self->pipeline);
  self->prepared = FALSE;
}

static void
do_seek (MediaVoicePlayer *self)
{
  gst_element_seek (self->pipeline, self->rate, GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH | GST_SEEK_FLAG_ACCURATE,
                    GST_SEEK_TYPE_SET, self->position * (gint64) GST_USECOND, GST_SEEK_TYPE_NONE, 0);
}

static gboolean
on_bus_message (GstBus     *bus,
                GstMessage *message,
                gpointer    user_data)
{
  g_autoptr(MediaVoicePlayer) self = g_object_ref (MEDIA_VOICE_PLAYER (user_data));
  g_autoptr(GError) cause = NULL;
  g_autoptr(GError) error = NULL;

  switch (GST_MESSAGE_TYPE (message))
    {
    case GST_MESSAGE_ASYNC_DONE:
      if (!self->prepared)
        {
          gint64 start = self->position;

          self->prepared = TRUE;
          query_times (self);   /* first: at another rate the duration is told as it will sound */
          self->position = start;
          if (self->position > 0 || self->rate != 1.0)
            do_seek (self);
        }
      return G_SOURCE_CONTINUE;

    case GST_MESSAGE_EOS:
      query_times (self);
      self->watch = 0;
      close_pipeline (self);
      set_position (self, 0);
      g_signal_emit (self, signals[ENDED], 0);
      return G_SOURCE_REMOVE;

    case GST_MESSAGE_ERROR:
      gst_message_parse_error (message, &cause, NULL);
      error = g_error_new (MEDIA_VOICE_ERROR,
                           cause->domain == GST_STREAM_ERROR ? MEDIA_VOICE_ERROR_FORMAT
                           : g_error_matches (cause, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_FOUND) ||
                                 g_error_matches (cause, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_OPEN_READ)
                             ? MEDIA_VOICE_ERROR_FILE
                             : MEDIA_VOICE_ERROR_DEVICE,
                           "%s", cause->message);
      self->watch = 0;
      close_pipeline (self);
      g_signal_emit (self, signals[FAILED], 0, error);
      return G_SOURCE_REMOVE;

    default:
      return G_SOURCE_CONTINUE;
    }
}

/* Streaming thread: oggdemux shows its streams only once it has read them. Links the first Opus one; others stay unlinked. */
static void
on_pad_added (GstElement *demuxer,
              GstPad     *pad,
              gpointer    decoder)
{
  g_autoptr(GstPad) sink = gst_element_get_static_pad (GST_ELEMENT (decoder), "sink");
  g_autoptr(GstCaps) caps = gst_pad_get_current_caps (pad);

  if (caps == NULL || gst_caps_get_size (caps) == 0 || gst_pad_is_linked (sink) ||
      !gst_structure_has_name (gst_caps_get_structure (caps, 0), "audio/x-opus"))
    return;
  gst_pad_link (pad, sink);
}

static gboolean
open_pipeline (MediaVoicePlayer  *self,
               GError           **error)
{
  static const char *const chain[] = { "filesrc", "oggdemux", "opusdec", "audioconvert", "scaletempo", "audioresample", NULL };
  GstElement *elements[G_N_ELEMENTS (chain)];
  g_autoptr(GstElement) pipeline = gst_object_ref_sink (gst_pipeline_new ("voice-player"));
  g_autoptr(GstBus) bus = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (chain); i++)
    {
      const char *name = chain[i] != NULL ? chain[i] : self->sink != NULL ? self->sink : "autoaudiosink";

      elements[i] = gst_element_factory_make (name, NULL);
      if (elements[i] == NULL)
        {
          g_set_error (error, MEDIA_VOICE_ERROR, MEDIA_VOICE_ERROR_UNAVAILABLE, "the sound part “%s” is not installed", name);
          return FALSE;
        }
      gst_bin_add (GST_BIN (pipeline), elements[i]);
    }
  g_object_set (elements[0], "location", self->path, NULL);
  gst_element_link (elements[0], elements[1]);
  gst_element_link_many (elements[2], elements[3], elements[4], elements[5], elements[6], NULL);
  g_signal_connect_object (elements[1], "pad-added", G_CALLBACK (on_pad_added), elements[2], 0);

  self->pipeline = g_steal_pointer (&pipeline);
  bus = gst_element_get_bus (self->pipeline);
  self->watch = gst_bus_add_watch (bus, on_bus_message, self);

  return TRUE;
}

static void
media_voice_player_dispose (GObject *object)
{
  close_pipeline (MEDIA_VOICE_PLAYER (object));
  G_OBJECT_CLASS (media_voice_player_parent_class)->dispose (object);
}

static void
media_voice_player_finalize (GObject *object)
{
  MediaVoicePlayer *self = MEDIA_VOICE_PLAYER (object);

  g_free (self->path);
  g_free (self->sink);
  G_OBJECT_CLASS (media_voice_player_parent_class)->finalize (object);
}

static void
media_voice_player_get_property (GObject    *object,
                                 guint       id,
                                 GValue     *value,
                                 GParamSpec *pspec)
{
  MediaVoicePlayer *self = MEDIA_VOICE_PLAYER (object);

  switch (id)
    {
    case PROP_PLAYING:
      g_value_set_boolean (value, self->playing);
      break;
    case PROP_POSITION:
      g_value_set_int64 (value, self->position);
      break;
    case PROP_DURATION:
      g_value_set_int64 (value, self->duration);
      break;
    case PROP_RATE:
      g_value_set_double (value, self->rate);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
media_voice_player_class_init (MediaVoicePlayerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = media_voice_player_dispose;
  object_class->finalize = media_voice_player_finalize;
  object_class->get_property = media_voice_player_get_property;

  properties[PROP_PLAYING] = g_param_spec_boolean ("playing", NULL, NULL, FALSE,
                                                   G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_POSITION] = g_param_spec_int64 ("position", NULL, NULL, 0, G_MAXINT64, 0,
                                                  G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_DURATION] = g_param_spec_int64 ("duration", NULL, NULL, 0, G_MAXINT64, 0,
                                                  G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_RATE] = g_param_spec_double ("rate", NULL, NULL, 0.5, 3, 1,
                                               G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[ENDED] = g_signal_new ("ended", MEDIA_TYPE_VOICE_PLAYER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[FAILED] = g_signal_new ("failed", MEDIA_TYPE_VOICE_PLAYER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
media_voice_player_init (MediaVoicePlayer *self)
{
  self->rate = 1.0;
}

MediaVoicePlayer *
media_voice_player_new (const char *path,
                        const char *sink)
{
  MediaVoicePlayer *self;

  g_return_val_if_fail (path != NULL, NULL);

  gst_init (NULL, NULL);
  self = g_object_new (MEDIA_TYPE_VOICE_PLAYER, NULL);
  self->path = g_strdup (path);
  self->sink = g_strdup (sink);

  return self;
}

void
media_voice_player_play (MediaVoicePlayer *self)
{
  g_autoptr(GError) error = NULL;

  g_return_if_fail (MEDIA_IS_VOICE_PLAYER (self));

  if (self->playing)
    return;
  if (self->pipeline == NULL && !open_pipeline (self, &error))
    {
      g_signal_emit (self, signals[FAILED], 0, error);
      return;
    }
  set_playing (self, TRUE);
  gst_element_set_state (self->pipeline, GST_STATE_PLAYING);   /* a failure comes as a message */
}

void
media_voice_player_pause (MediaVoicePlayer *self)
{
  g_return_if_fail (MEDIA_IS_VOICE_PLAYER (self));

  if (!self->playing)
    return;
  query_times (self);
  gst_element_set_state (self->pipeline, GST_STATE_PAUSED);
  set_playing (self, FALSE);
}

void
media_voice_player_seek (MediaVoicePlayer *self,
                         gint64            position)
{
  g_return_if_fail (MEDIA_IS_VOICE_PLAYER (self));

  set_position (self, MAX (0, self->duration > 0 ? MIN (position, self->duration) : position));
  if (self->prepared)
    do_seek (self);
}

void
media_voice_player_set_rate (MediaVoicePlayer *self,
                             double            rate)
{
  g_return_if_fail (MEDIA_IS_VOICE_PLAYER (self));
  g_return_if_fail (rate >= 0.5 && rate <= 3.0);

  if (self->rate == rate)
    return;
  self->rate = rate;
  if (self->prepared)
    {
      query_times (self);
      do_seek (self);
    }
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RATE]);
}

gboolean
media_voice_player_is_playing (MediaVoicePlayer *self)
{
  g_return_val_if_fail (MEDIA_IS_VOICE_PLAYER (self), FALSE);

  return self->playing;
}

gint64
media_voice_player_get_position (MediaVoicePlayer *self)
{
  g_return_val_if_fail (MEDIA_IS_VOICE_PLAYER (self), 0);

  return self->position;
}

gint64
media_voice_player_get_duration (MediaVoicePlayer *self)
{
  g_return_val_if_fail (MEDIA_IS_VOICE_PLAYER (self), 0);

  return self->duration;
}

double
media_voice_player_get_rate (MediaVoicePlayer *self)
{
  g_return_val_if_fail (MEDIA_IS_VOICE_PLAYER (self), 0);

  return self->rate;
}
