/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "media/peer.h"
#include "media/video-encoder.h"

#include <math.h>
#include <string.h>

/* Two ends of a call in one process, over a real network of this machine. A tone and a grey go in at each end; what comes
 * out at the other is measured. */
typedef struct
{
  MediaPeer         *peer;
  MediaVideoEncoder *encoder;
  GThread           *camera;
  double             tone;         /* Hz, what is sent */
  guint8             grey;         /* luma, what is sent */
  int                stop;         /* atomic */

  GMutex             lock;
  double             power;        /* of the other side's tone, over the last second of sound */
  double             other_power;  /* of our own, which must not come back */
  double             wanted;       /* Hz, what should arrive */
  GArray            *samples;      /* gint16 */
  guint              n_pictures;
  guint8             luma;         /* of the middle of the last picture */
} End;

#define RATE 48000

/* Goertzel: how much of @frequency is in the sound, 0 to 1. */
static double
measure (const gint16 *samples,
         guint         n,
         double        frequency)
{
  double coefficient = 2 * cos (2 * G_PI * frequency / RATE);
  double s1 = 0;
  double s2 = 0;
  double energy = 1;

  for (guint i = 0; i < n; i++)
    {
      double s = samples[i] + coefficient * s1 - s2;

      s2 = s1;
      s1 = s;
      energy += (double) samples[i] * samples[i];
    }

  return (s1 * s1 + s2 * s2 - coefficient * s1 * s2) / (energy * n / 2);
}

static void
on_audio (GstSample *sample,
          gpointer   user_data)
{
  End *end = user_data;
  GstMapInfo map;

  g_assert_true (gst_buffer_map (gst_sample_get_buffer (sample), &map, GST_MAP_READ));
  g_mutex_lock (&end->lock);
  g_array_append_vals (end->samples, map.data, (guint) (map.size / 2));
  if (end->samples->len >= RATE / 2)
    {
      end->power = measure ((gint16 *) (void *) end->samples->data, RATE / 2, end->wanted);
      end->other_power = measure ((gint16 *) (void *) end->samples->data, RATE / 2, end->tone);
      g_array_set_size (end->samples, 0);
    }
  g_mutex_unlock (&end->lock);
  gst_buffer_unmap (gst_sample_get_buffer (sample), &map);
  g_main_context_wakeup (NULL);
}

static void
on_video (GstSample *sample,
          gpointer   user_data)
{
  End *end = user_data;
  GstStructure *structure = gst_caps_get_structure (gst_sample_get_caps (sample), 0);
  GstMapInfo map;
  int width;
  int height;

  g_assert_true (gst_structure_get_int (structure, "width", &width) && gst_structure_get_int (structure, "height", &height));
  g_assert_true (gst_buffer_map (gst_sample_get_buffer (sample), &map, GST_MAP_READ));
  g_mutex_lock (&end->lock);
  end->n_pictures += 1;
  end->luma = map.data[(gsize) width * (gsize) (height / 2) + (gsize) width / 2];   /* planar: the first plane is luma */
  g_mutex_unlock (&end->lock);
  gst_buffer_unmap (gst_sample_get_buffer (sample), &map);
  g_main_context_wakeup (NULL);
}

static void
on_encoded (GstSample *sample,
            gpointer   user_data)
{
  media_peer_push_video (((End *) user_data)->peer, sample);
}

/* A camera and a microphone: 50 pieces of sound and 25 pictures a second, by the clock as real ones. */
static gpointer
run_camera (gpointer user_data)
{
  End *end = user_data;
  g_autoptr(GstCaps) audio_caps = gst_caps_from_string ("audio/x-raw, format=S16LE, rate=48000, channels=1, layout=interleaved");
  g_autoptr(GstCaps) video_caps = gst_caps_from_string ("video/x-raw, format=I420, width=320, height=240, framerate=25/1");
  gint64 start = g_get_monotonic_time ();
  const guint n = RATE / 50;

  for (guint64 tick = 0; !g_atomic_int_get (&end->stop); tick++)
    {
      g_autoptr(GstBuffer) sound = gst_buffer_new_allocate (NULL, n * 2, NULL);
      g_autoptr(GstSample) sample = NULL;
      GstMapInfo map;
      gint64 wait;

      gst_buffer_map (sound, &map, GST_MAP_WRITE);
      for (guint i = 0; i < n; i++)
        ((gint16 *) (void *) map.data)[i] = (gint16) (12000 * sin (2 * G_PI * end->tone * (double) (tick * n + i) / RATE));
      gst_buffer_unmap (sound, &map);
      GST_BUFFER_PTS (sound) = tick * 20 * GST_MSECOND;
      GST_BUFFER_DURATION (sound) = 20 * GST_MSECOND;
      sample = gst_sample_new (sound, audio_caps, NULL, NULL);
      media_peer_push_audio (end->peer, sample);

      if (end->encoder != NULL && tick % 2 == 0)
        {
          g_autoptr(GstBuffer) picture = gst_buffer_new_allocate (NULL, 320 * 240 * 3 / 2, NULL);
          g_autoptr(GstSample) frame = NULL;

          gst_buffer_memset (picture, 0, end->grey, 320 * 240);
          gst_buffer_memset (picture, 0, (guint8) tick, 320);   /* something moves */
          gst_buffer_memset (picture, 320 * 240, 128, 320 * 240 / 2);
          GST_BUFFER_PTS (picture) = tick * 20 * GST_MSECOND;
          GST_BUFFER_DURATION (picture) = 40 * GST_MSECOND;
          frame = gst_sample_new (picture, video_caps, NULL, NULL);
          media_video_encoder_push (end->encoder, frame);
        }

      wait = start + (gint64) (tick + 1) * 20000 - g_get_monotonic_time ();
      if (wait > 0)
        {
          GMutex mutex;
          GCond cond;

          g_mutex_init (&mutex);
          g_cond_init (&cond);
          g_mutex_lock (&mutex);
          while (g_cond_wait_until (&cond, &mutex, g_get_monotonic_time () + wait) && FALSE)
            ;
          g_mutex_unlock (&mutex);
          g_cond_clear (&cond);
          g_mutex_clear (&mutex);
        }
    }

  return NULL;
}

static void
on_candidate (MediaPeer  *peer,
              guint       mline,
              const char *candidate,
              gpointer    user_data)
{
  media_peer_add_candidate (((End *) user_data)->peer, mline, candidate);
}

static void
on_keyframe_wanted (MediaPeer *peer,
                    gpointer   user_data)
{
  End *end = user_data;

  if (end->encoder != NULL)
    media_video_encoder_request_keyframe (end->encoder);
}

static void
on_failed (MediaPeer    *peer,
           const GError *error,
           gpointer      user_data)
{
  g_error ("the connection failed: %s", error->message);
}

static void
end_init (End              *end,
          MediaPeerFlags    flags,
          const MediaCodec *codecs,
          guint             n_codecs,
          double            tone,
          double            wanted,
          guint8            grey)
{
  const MediaPeerFuncs funcs = { .audio = on_audio, .video = on_video };

  memset (end, 0, sizeof *end);
  g_mutex_init (&end->lock);
  end->samples = g_array_new (FALSE, FALSE, sizeof (gint16));
  end->tone = tone;
  end->wanted = wanted;
  end->grey = grey;
  end->peer = media_peer_new (flags, codecs, n_codecs, NULL, &funcs, end);
  g_signal_connect (end->peer, "keyframe-wanted", G_CALLBACK (on_keyframe_wanted), end);
  g_signal_connect (end->peer, "failed", G_CALLBACK (on_failed), end);
}

static void
end_start (End *end)
{
  static const char *const elements[MEDIA_N_CODECS] = { "openh264enc", "vp8enc", "vp9enc", NULL };
  MediaCodec codec;

  if (media_peer_get_video_codec (end->peer, &codec))
    {
      g_autoptr(GPtrArray) kinds = g_ptr_array_new ();

      g_ptr_array_add (kinds, (gpointer) media_encoder_kind_lookup (elements[codec]));
      end->encoder = media_video_encoder_new (kinds, on_encoded, end);
      media_video_encoder_set_format (end->encoder, 320, 240, 25);
      media_video_encoder_start (end->encoder);
    }
  end->camera = g_thread_new ("camera", run_camera, end);
}

static void
end_clear (End *end)
{
  g_atomic_int_set (&end->stop, 1);
  g_clear_pointer (&end->camera, g_thread_join);
  if (end->encoder != NULL)
    {
      media_video_encoder_stop (end->encoder);
      g_clear_object (&end->encoder);
    }
  media_peer_close (end->peer);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (end->peer);
  g_array_unref (end->samples);
  g_mutex_clear (&end->lock);
}

static void
on_done (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

#define WAIT_FOR(condition)                      \
  G_STMT_START                                   \
    {                                            \
      while (!(condition))                       \
        g_main_context_iteration (NULL, TRUE);   \
    }                                            \
  G_STMT_END

static void
negotiate (End *caller,
           End *callee)
{
  g_autoptr(GAsyncResult) offered = NULL;
  g_autoptr(GAsyncResult) answered = NULL;
  g_autoptr(GAsyncResult) accepted = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *offer = NULL;
  g_autofree char *answer = NULL;

  g_signal_connect (caller->peer, "candidate", G_CALLBACK (on_candidate), callee);
  g_signal_connect (callee->peer, "candidate", G_CALLBACK (on_candidate), caller);
  media_peer_create_offer_async (caller->peer, on_done, &offered);
  WAIT_FOR (offered != NULL);
  offer = media_peer_create_offer_finish (caller->peer, offered, &error);
  g_assert_no_error (error);
  media_peer_accept_offer_async (callee->peer, offer, on_done, &answered);
  WAIT_FOR (answered != NULL);
  answer = media_peer_accept_offer_finish (callee->peer, answered, &error);
  g_assert_no_error (error);
  media_peer_accept_answer_async (caller->peer, answer, on_done, &accepted);
  WAIT_FOR (accepted != NULL);
  g_assert_true (media_peer_accept_answer_finish (caller->peer, accepted, &error));
  g_assert_no_error (error);
}

static gboolean
hears (End *end)
{
  gboolean heard;

  g_mutex_lock (&end->lock);
  heard = end->power > 0.8;
  if (heard)
    g_assert_cmpfloat (end->other_power, <, 0.1);   /* nobody hears himself */
  g_mutex_unlock (&end->lock);

  return heard;
}

static gboolean
sees (End    *end,
      guint8  grey)
{
  gboolean seen;

  g_mutex_lock (&end->lock);
  seen = end->n_pictures > 10 && ABS (end->luma - grey) < 12;
  g_mutex_unlock (&end->lock);

  return seen;
}

static void
test_call (gconstpointer data)
{
  const MediaCodec codec = (MediaCodec) GPOINTER_TO_INT (data);
  const MediaPeerFlags flags = MEDIA_PEER_AUDIO | MEDIA_PEER_VIDEO;
  MediaCodec agreed;
  End caller;
  End callee;

  end_init (&caller, flags, &codec, 1, 440, 1000, 60);
  end_init (&callee, flags, &codec, 1, 1000, 440, 180);
  negotiate (&caller, &callee);
  g_assert_true (media_peer_get_video_codec (callee.peer, &agreed));
  g_assert_cmpint (agreed, ==, codec);
  end_start (&caller);
  end_start (&callee);
  WAIT_FOR (media_peer_get_state (caller.peer) == MEDIA_PEER_CONNECTED && media_peer_get_state (callee.peer) == MEDIA_PEER_CONNECTED);
  WAIT_FOR (hears (&caller) && hears (&callee));
  WAIT_FOR (sees (&caller, 180) && sees (&callee, 60));
  end_clear (&caller);
  end_clear (&callee);
}

/* One talks and shows, the other listens only. */
static void
test_one_way (void)
{
  const MediaCodec codec = MEDIA_CODEC_VP8;
  MediaCodec agreed;
  End caller;
  End callee;

  end_init (&caller, MEDIA_PEER_AUDIO | MEDIA_PEER_VIDEO, &codec, 1, 440, 1000, 60);
  end_init (&callee, 0, NULL, 0, 1000, 440, 0);
  negotiate (&caller, &callee);
  g_assert_false (media_peer_get_video_codec (callee.peer, &agreed));
  end_start (&caller);
  WAIT_FOR (hears (&callee) && sees (&callee, 60));
  end_clear (&caller);
  end_clear (&callee);
}

static void
test_bad_descriptions (void)
{
  static const struct { const char *sdp; int code; } bad[] = {
    { "", MEDIA_PEER_ERROR_DESCRIPTION },
    { "rubbish", MEDIA_PEER_ERROR_DESCRIPTION },
    { "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 97\r\na=rtpmap:97 L16/48000\r\n",
      MEDIA_PEER_ERROR_NO_CODEC },
    { "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=video 9 UDP/TLS/RTP/SAVPF 97\r\na=rtpmap:97 X-QDM/90000\r\n",
      MEDIA_PEER_ERROR_NO_CODEC },
  };
  const MediaCodec codec = MEDIA_CODEC_VP8;

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr(GAsyncResult) result = NULL;
      g_autoptr(GError) error = NULL;
      End end;

      end_init (&end, MEDIA_PEER_AUDIO | MEDIA_PEER_VIDEO, &codec, 1, 440, 440, 0);
      media_peer_accept_offer_async (end.peer, bad[i].sdp, on_done, &result);
      WAIT_FOR (result != NULL);
      g_assert_null (media_peer_accept_offer_finish (end.peer, result, &error));
      g_assert_error (error, MEDIA_PEER_ERROR, bad[i].code);
      g_clear_object (&result);
      end_clear (&end);
    }
}

/* Closed while a step is under way: the step ends with an error, and nothing is touched afterwards. */
static void
test_close_early (void)
{
  const MediaCodec codec = MEDIA_CODEC_VP8;
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  End end;

  end_init (&end, MEDIA_PEER_AUDIO | MEDIA_PEER_VIDEO, &codec, 1, 440, 440, 0);
  media_peer_create_offer_async (end.peer, on_done, &result);
  media_peer_close (end.peer);
  WAIT_FOR (result != NULL);
  g_assert_null (media_peer_create_offer_finish (end.peer, result, &error));
  g_assert_error (error, MEDIA_PEER_ERROR, MEDIA_PEER_ERROR_CLOSED);
  g_clear_object (&result);
  end_clear (&end);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/media/peer/call/vp8", GINT_TO_POINTER (MEDIA_CODEC_VP8), test_call);
  g_test_add_data_func ("/media/peer/call/h264", GINT_TO_POINTER (MEDIA_CODEC_H264), test_call);
  g_test_add_func ("/media/peer/one-way", test_one_way);
  g_test_add_func ("/media/peer/bad-descriptions", test_bad_descriptions);
  g_test_add_func ("/media/peer/close-early", test_close_early);

  return g_test_run ();
}
