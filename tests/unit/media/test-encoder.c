/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fake-encoder.h"
#include "media/encoder-choice.h"
#include "media/video-encoder.h"

#include <gst/app/gstappsink.h>

/* One of each family that makes H.264. */
static const char * const families[] = {
  "vah264enc", "vah264lpenc", "vaapih264enc", "nvh264enc", "nvcudah264enc", "qsvh264enc", "msdkh264enc", "v4l2h264enc",
};

static void
remove_all (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (families); i++)
    fake_encoder_remove (families[i]);
}

static void
on_listed (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static GPtrArray *
list (MediaHardwarePolicy   policy,
      const char           *preferred,
      GVariant             *cache,
      GVariant            **out_cache)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  GPtrArray *kinds;

  media_encoder_choice_list_async (MEDIA_CODEC_H264, policy, preferred, cache, NULL, on_listed, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  kinds = media_encoder_choice_list_finish (result, out_cache, &error);
  g_assert_no_error (error);

  return kinds;
}

static const char *
get_name (GPtrArray *kinds,
          guint      index)
{
  return index < kinds->len ? ((MediaEncoderKind *) g_ptr_array_index (kinds, index))->element : NULL;
}

/* --- the choice --- */

static void
test_choice_working (gconstpointer data)
{
  const char *element = data;
  g_autoptr(GPtrArray) kinds = NULL;

  fake_encoder_register (element, FAKE_WORKS);
  kinds = list (MEDIA_HARDWARE_ALLOW, NULL, NULL, NULL);
  g_assert_cmpstr (get_name (kinds, 0), ==, element);
  g_assert_cmpstr (get_name (kinds, 1), ==, "openh264enc");   /* software stands behind it */
  remove_all ();
}

static void
test_choice_broken (gconstpointer data)
{
  static const FakeBehaviour faults[] = { FAKE_FAILS_TO_OPEN, FAKE_IGNORES_KEYFRAMES };
  const char *element = data;

  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_autoptr(GPtrArray) kinds = NULL;

      fake_encoder_register (element, faults[i]);
      kinds = list (MEDIA_HARDWARE_ALLOW, NULL, NULL, NULL);
      g_assert_cmpstr (get_name (kinds, 0), ==, "openh264enc");
    }
  remove_all ();
}

static void
test_choice_reasons (void)
{
  const MediaEncoderKind *kind = media_encoder_kind_lookup ("vah264enc");

  g_assert_cmpstr (media_encoder_choice_try (kind), ==, "it is not installed");
  fake_encoder_register ("vah264enc", FAKE_FAILS_TO_OPEN);
  g_assert_cmpstr (media_encoder_choice_try (kind), ==, "the device does not open");
  fake_encoder_register ("vah264enc", FAKE_IGNORES_KEYFRAMES);
  g_assert_cmpstr (media_encoder_choice_try (kind), ==, "it makes no keyframe when asked");
  fake_encoder_register ("vah264enc", FAKE_WORKS);
  g_assert_null (media_encoder_choice_try (kind));
  remove_all ();
}

static void
test_choice_order_and_policy (void)
{
  g_autoptr(GPtrArray) all = NULL;
  g_autoptr(GPtrArray) preferred = NULL;
  g_autoptr(GPtrArray) forbidden = NULL;
  g_autoptr(GPtrArray) only = NULL;
  g_autoptr(GPtrArray) forced_but_forbidden = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (families); i++)
    fake_encoder_register (families[i], FAKE_WORKS);
  all = list (MEDIA_HARDWARE_ALLOW, NULL, NULL, NULL);
  g_assert_cmpstr (get_name (all, 0), ==, "vah264enc");
  g_assert_cmpuint (all->len, >=, G_N_ELEMENTS (families) + 1);
  preferred = list (MEDIA_HARDWARE_ALLOW, "msdkh264enc", NULL, NULL);
  g_assert_cmpstr (get_name (preferred, 0), ==, "msdkh264enc");
  g_assert_cmpuint (preferred->len, ==, all->len);   /* listed once */
  forbidden = list (MEDIA_HARDWARE_FORBID, NULL, NULL, NULL);
  g_assert_cmpstr (get_name (forbidden, 0), ==, "openh264enc");
  forced_but_forbidden = list (MEDIA_HARDWARE_FORBID, "vah264enc", NULL, NULL);
  g_assert_cmpstr (get_name (forced_but_forbidden, 0), ==, "openh264enc");
  only = list (MEDIA_HARDWARE_ONLY, NULL, NULL, NULL);
  g_assert_cmpuint (only->len, ==, G_N_ELEMENTS (families));
  remove_all ();
}

/* A verdict of an earlier start is believed; a foreign or odd cache is not fatal. */
static void
test_choice_cache (void)
{
  g_autoptr(GVariant) cache = NULL;
  g_autoptr(GVariant) again = NULL;
  g_autoptr(GVariant) odd = g_variant_ref_sink (g_variant_new_string ("rubbish"));
  g_autoptr(GPtrArray) first = NULL;
  g_autoptr(GPtrArray) second = NULL;
  g_autoptr(GPtrArray) third = NULL;

  fake_encoder_register ("vah264enc", FAKE_WORKS);
  first = list (MEDIA_HARDWARE_ALLOW, NULL, NULL, &cache);
  g_assert_cmpstr (get_name (first, 0), ==, "vah264enc");

  fake_encoder_register ("vah264enc", FAKE_FAILS_TO_OPEN);   /* a trial would say no now */
  second = list (MEDIA_HARDWARE_ALLOW, NULL, cache, &again);
  g_assert_cmpstr (get_name (second, 0), ==, "vah264enc");
  g_assert_cmpuint (g_variant_n_children (again), ==, g_variant_n_children (cache));

  third = list (MEDIA_HARDWARE_ALLOW, NULL, odd, NULL);
  g_assert_cmpstr (get_name (third, 0), ==, "openh264enc");
  remove_all ();
}

/* --- the encoder --- */

typedef struct
{
  GMutex   lock;
  guint    n_samples;
  guint    n_keyframes;
  int      width;          /* of the last sample */
  guint    replaced;
  char    *reason;
  gboolean exhausted;
} Output;

static void
on_encoded (GstSample *sample,
            gpointer   user_data)
{
  Output *output = user_data;
  GstStructure *structure = gst_caps_get_structure (gst_sample_get_caps (sample), 0);

  g_mutex_lock (&output->lock);
  output->n_samples += 1;
  if (!GST_BUFFER_FLAG_IS_SET (gst_sample_get_buffer (sample), GST_BUFFER_FLAG_DELTA_UNIT))
    output->n_keyframes += 1;
  gst_structure_get_int (structure, "width", &output->width);
  g_mutex_unlock (&output->lock);
  g_main_context_wakeup (NULL);
}

static void
on_replaced (MediaVideoEncoder *encoder,
             const char        *element,
             const char        *reason,
             gpointer           user_data)
{
  Output *output = user_data;

  output->replaced += 1;
  g_free (output->reason);
  output->reason = g_strdup (reason);
}

static void
on_exhausted (MediaVideoEncoder *encoder,
              const char        *reason,
              gpointer           user_data)
{
  ((Output *) user_data)->exhausted = TRUE;
}

/* A moving picture of 320 × 240, at a steady 30 a second by its timestamps. */
static void
push_picture (MediaVideoEncoder *encoder,
              guint              index)
{
  const gsize luma = 320 * 240;
  g_autoptr(GstBuffer) buffer = gst_buffer_new_allocate (NULL, luma * 3 / 2, NULL);
  g_autoptr(GstCaps) caps = gst_caps_from_string ("video/x-raw, format=I420, width=320, height=240, framerate=30/1");
  g_autoptr(GstSample) sample = NULL;

  gst_buffer_memset (buffer, 0, 40, luma);
  gst_buffer_memset (buffer, 320 * (index % 200), 200, 320 * 40);
  gst_buffer_memset (buffer, luma, 128, luma / 2);
  GST_BUFFER_PTS (buffer) = gst_util_uint64_scale (index, GST_SECOND, 30);
  GST_BUFFER_DURATION (buffer) = GST_SECOND / 30;
  sample = gst_sample_new (buffer, caps, NULL, NULL);
  media_video_encoder_push (encoder, sample);
}

static guint
get_count (Output *output)
{
  guint n;

  g_mutex_lock (&output->lock);
  n = output->n_samples;
  g_mutex_unlock (&output->lock);

  return n;
}

/* Pushes until @wanted coded pictures have come out in all, one at a time as a camera does. */
static void
push_until (MediaVideoEncoder *encoder,
            Output            *output,
            guint             *index,
            guint              wanted)
{
  while (get_count (output) < wanted && !output->exhausted)
    {
      guint before = get_count (output);
      gint64 end = g_get_monotonic_time () + 33000;

      push_picture (encoder, (*index)++);
      /* The next picture of a camera comes after 33 ms, or here as soon as this one is through. */
      while (get_count (output) == before && g_get_monotonic_time () < end)
        {
          if (!g_main_context_iteration (NULL, FALSE))
            g_thread_yield ();
        }
      while (g_main_context_iteration (NULL, FALSE))
        ;
    }
}

static MediaVideoEncoder *
make_encoder (Output     *output,
              const char *first,
              const char *second)
{
  g_autoptr(GPtrArray) kinds = g_ptr_array_new ();
  MediaVideoEncoder *encoder;

  g_ptr_array_add (kinds, (gpointer) media_encoder_kind_lookup (first));
  if (second != NULL)
    g_ptr_array_add (kinds, (gpointer) media_encoder_kind_lookup (second));
  g_mutex_init (&output->lock);
  encoder = media_video_encoder_new (kinds, on_encoded, output);
  g_signal_connect (encoder, "replaced", G_CALLBACK (on_replaced), output);
  g_signal_connect (encoder, "exhausted", G_CALLBACK (on_exhausted), output);
  media_video_encoder_set_format (encoder, 320, 240, 30);
  media_video_encoder_start (encoder);

  return encoder;
}

static void
end_encoder (MediaVideoEncoder *encoder,
             Output            *output)
{
  media_video_encoder_stop (encoder);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (encoder);
  g_mutex_clear (&output->lock);
  g_free (output->reason);
}

static void
test_encode (void)
{
  Output output = { 0 };
  MediaVideoEncoder *encoder = make_encoder (&output, "openh264enc", NULL);
  guint index = 0;
  guint keyframes;

  push_until (encoder, &output, &index, 20);
  g_assert_cmpuint (output.n_keyframes, ==, 1);
  media_video_encoder_request_keyframe (encoder);
  push_until (encoder, &output, &index, 24);
  g_assert_cmpuint (output.n_keyframes, ==, 2);

  /* A smaller size comes through by itself, with a keyframe. */
  keyframes = output.n_keyframes;
  media_video_encoder_set_bitrate (encoder, 150000);
  media_video_encoder_set_format (encoder, 160, 120, 30);
  while (output.width != 160)
    push_until (encoder, &output, &index, get_count (&output) + 1);
  g_assert_cmpuint (output.n_keyframes, >, keyframes);
  g_assert_cmpuint (output.replaced, ==, 0);
  end_encoder (encoder, &output);
}

/* The call goes on: every family, every way to die in mid-call. */
static void
test_replace (gconstpointer data)
{
  static const FakeBehaviour faults[] = { FAKE_FAILS_TO_OPEN, FAKE_FAILS_LATER, FAKE_GOES_SILENT };
  const char *element = data;

  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      Output output = { 0 };
      MediaVideoEncoder *encoder;
      guint index = 0;

      fake_encoder_register (element, faults[i]);
      encoder = make_encoder (&output, element, "openh264enc");
      push_until (encoder, &output, &index, FAKE_FAULT_AT + 20);
      g_assert_cmpuint (output.replaced, ==, 1);
      g_assert_cmpstr (media_video_encoder_get_element (encoder), ==, "openh264enc");
      g_assert_false (media_video_encoder_get_hardware (encoder));
      /* The new one began with a keyframe; the first one did too if it ever worked. */
      g_assert_cmpuint (output.n_keyframes, ==, faults[i] == FAKE_FAILS_TO_OPEN ? 1 : 2);
      end_encoder (encoder, &output);
    }
  remove_all ();
}

static void
test_exhausted (void)
{
  Output output = { 0 };
  MediaVideoEncoder *encoder;
  guint index = 0;

  fake_encoder_register ("vah264enc", FAKE_FAILS_LATER);
  fake_encoder_register ("nvh264enc", FAKE_FAILS_TO_OPEN);
  encoder = make_encoder (&output, "vah264enc", "nvh264enc");
  push_until (encoder, &output, &index, 10000);
  g_assert_true (output.exhausted);
  g_assert_null (media_video_encoder_get_element (encoder));
  push_picture (encoder, index);   /* harmless */
  media_video_encoder_request_keyframe (encoder);
  end_encoder (encoder, &output);
  remove_all ();
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  remove_all ();   /* a machine that has real ones is tested with ours */

  for (guint i = 0; i < G_N_ELEMENTS (families); i++)
    {
      g_autofree char *working = g_strdup_printf ("/media/encoder/choice/working/%s", families[i]);
      g_autofree char *broken = g_strdup_printf ("/media/encoder/choice/broken/%s", families[i]);
      g_autofree char *replace = g_strdup_printf ("/media/encoder/replace/%s", families[i]);

      g_test_add_data_func (working, families[i], test_choice_working);
      g_test_add_data_func (broken, families[i], test_choice_broken);
      g_test_add_data_func (replace, families[i], test_replace);
    }
  g_test_add_func ("/media/encoder/choice/reasons", test_choice_reasons);
  g_test_add_func ("/media/encoder/choice/order-and-policy", test_choice_order_and_policy);
  g_test_add_func ("/media/encoder/choice/cache", test_choice_cache);
  g_test_add_func ("/media/encoder/encode", test_encode);
  g_test_add_func ("/media/encoder/exhausted", test_exhausted);

  return g_test_run ();
}
