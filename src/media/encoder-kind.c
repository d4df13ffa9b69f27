/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "media"

#include "config.h"

#include "media/encoder-kind.h"

#include <string.h>

/* Keyframes only when somebody asks for one: a lost packet is repaired, a new viewer asks. */
#define RARE_KEYFRAMES "2000"

static const MediaEncoderKind kinds[] = {
  /* VA-API. Rank NONE in GStreamer 1.22, which is why nothing here goes by rank. "lp" is the low-power engine of Intel chips. */
  { "vah264enc", "va", MEDIA_CODEC_H264, TRUE, "bitrate", MEDIA_BITRATE_KILOBITS,
    "rate-control=cbr b-frames=0 ref-frames=1 target-usage=6 key-int-max=1024 dct8x8=false cabac=false cpb-size=0" },
  { "vah264lpenc", "va", MEDIA_CODEC_H264, TRUE, "bitrate", MEDIA_BITRATE_KILOBITS,
    "rate-control=cbr b-frames=0 ref-frames=1 target-usage=6 key-int-max=1024 dct8x8=false cabac=false cpb-size=0" },
  { "vaapih264enc", "vaapi", MEDIA_CODEC_H264, TRUE, "bitrate", MEDIA_BITRATE_KILOBITS,
    "rate-control=cbr max-bframes=0 refs=1 quality-level=6 keyframe-period=" RARE_KEYFRAMES " dct8x8=false cabac=false" },
  { "nvh264enc", "nvcodec", MEDIA_CODEC_H264, TRUE, "bitrate", MEDIA_BITRATE_KILOBITS,
    "preset=low-latency-hq rc-mode=cbr zerolatency=true bframes=0 rc-lookahead=0 gop-size=-1 strict-gop=true" },
  { "nvcudah264enc", "nvcodec", MEDIA_CODEC_H264, TRUE, "bitrate", MEDIA_BITRATE_KILOBITS,
    "preset=low-latency-hq rate-control=cbr zero-reorder-delay=true b-frames=0 rc-lookahead=0 gop-size=-1" },
  { "qsvh264enc", "qsv", MEDIA_CODEC_H264, TRUE, "bitrate", MEDIA_BITRATE_KILOBITS,
    "rate-control=cbr b-frames=0 ref-frames=1 rc-lookahead=0 low-latency=true target-usage=6 gop-size=" RARE_KEYFRAMES },
  { "msdkh264enc", "msdk", MEDIA_CODEC_H264, TRUE, "bitrate", MEDIA_BITRATE_KILOBITS,
    "rate-control=cbr b-frames=0 ref-frames=1 low-latency=true target-usage=6 gop-size=" RARE_KEYFRAMES },
  { "v4l2h264enc", "v4l2", MEDIA_CODEC_H264, TRUE, "extra-controls", MEDIA_BITRATE_CONTROLS, "" },
  { "openh264enc", "software", MEDIA_CODEC_H264, FALSE, "bitrate", MEDIA_BITRATE_BITS,
    "usage-type=camera complexity=low rate-control=bitrate enable-frame-skip=true gop-size=" RARE_KEYFRAMES },
  { "x264enc", "software", MEDIA_CODEC_H264, FALSE, "bitrate", MEDIA_BITRATE_KILOBITS,
    "tune=zerolatency speed-preset=ultrafast bframes=0 key-int-max=" RARE_KEYFRAMES " vbv-buf-capacity=200" },

  { "vavp8enc", "va", MEDIA_CODEC_VP8, TRUE, "bitrate", MEDIA_BITRATE_KILOBITS, "rate-control=cbr target-usage=6" },
  { "vaapivp8enc", "vaapi", MEDIA_CODEC_VP8, TRUE, "bitrate", MEDIA_BITRATE_KILOBITS,
    "rate-control=cbr keyframe-period=" RARE_KEYFRAMES },
  { "v4l2vp8enc", "v4l2", MEDIA_CODEC_VP8, TRUE, "extra-controls", MEDIA_BITRATE_CONTROLS, "" },
  /* One thread: with more, libvpx on few cores needs longer and stalls when another call starts. */
  { "vp8enc", "software", MEDIA_CODEC_VP8, FALSE, "target-bitrate", MEDIA_BITRATE_BITS,
    "deadline=1 cpu-used=8 threads=1 lag-in-frames=0 end-usage=cbr keyframe-max-dist=" RARE_KEYFRAMES
    " static-threshold=1 dropframe-threshold=30 buffer-size=600 buffer-initial-size=400 buffer-optimal-size=500"
    " error-resilient=partitions" },

  { "vavp9enc", "va", MEDIA_CODEC_VP9, TRUE, "bitrate", MEDIA_BITRATE_KILOBITS,
    "rate-control=cbr target-usage=6 key-int-max=1024" },
  { "vaapivp9enc", "vaapi", MEDIA_CODEC_VP9, TRUE, "bitrate", MEDIA_BITRATE_KILOBITS,
    "rate-control=cbr keyframe-period=" RARE_KEYFRAMES },
  { "qsvvp9enc", "qsv", MEDIA_CODEC_VP9, TRUE, "bitrate", MEDIA_BITRATE_KILOBITS,
    "rate-control=cbr ref-frames=1 target-usage=6 gop-size=" RARE_KEYFRAMES },
  { "vaav1enc", "va", MEDIA_CODEC_AV1, TRUE, "bitrate", MEDIA_BITRATE_KILOBITS,
    "rate-control=cbr target-usage=6 key-int-max=1024" },
  { "nvav1enc", "nvcodec", MEDIA_CODEC_AV1, TRUE, "bitrate", MEDIA_BITRATE_KILOBITS,
    "preset=p3 tune=ultra-low-latency rate-control=cbr zero-reorder-delay=true gop-size=-1" },
  { "qsvav1enc", "qsv", MEDIA_CODEC_AV1, TRUE, "bitrate", MEDIA_BITRATE_KILOBITS,
    "rate-control=cbr ref-frames=1 target-usage=6 gop-size=" RARE_KEYFRAMES },
};

const MediaEncoderKind *
media_encoder_kinds (guint *out_n)
{
  *out_n = G_N_ELEMENTS (kinds);

  return kinds;
}

const MediaEncoderKind *
media_encoder_kind_lookup (const char *element)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_strcmp0 (kinds[i].element, element) == 0)
      return &kinds[i];

  return NULL;
}

GstElement *
media_encoder_kind_make (const MediaEncoderKind *kind)
{
  GstElement *element = gst_element_factory_make (kind->element, NULL);
  g_auto(GStrv) settings = NULL;

  if (element == NULL)
    return NULL;

  settings = g_strsplit (kind->settings, " ", -1);
  for (guint i = 0; settings[i] != NULL; i++)
    {
      char *equals = strchr (settings[i], '=');

      if (equals == NULL)
        continue;
      *equals = '\0';
      /* Names and ranges differ from version to version and from chip to chip. */
      if (g_object_class_find_property (G_OBJECT_GET_CLASS (element), settings[i]) != NULL)
        gst_util_set_object_arg (G_OBJECT (element), settings[i], equals + 1);
    }

  return element;
}

void
media_encoder_kind_set_bitrate (const MediaEncoderKind *kind,
                                GstElement             *element,
                                guint                   bitrate)
{
  g_autoptr(GstStructure) controls = NULL;

  if (g_object_class_find_property (G_OBJECT_GET_CLASS (element), kind->bitrate_property) == NULL)
    return;

  switch (kind->bitrate_unit)
    {
    case MEDIA_BITRATE_BITS:
      /* Signed in vp8enc, unsigned in openh264enc: both take a word. */
      {
        g_autofree char *text = g_strdup_printf ("%u", bitrate);

        gst_util_set_object_arg (G_OBJECT (element), kind->bitrate_property, text);
      }
      break;

    case MEDIA_BITRATE_KILOBITS:
      {
        g_autofree char *text = g_strdup_printf ("%u", MAX (1, bitrate / 1000));

        gst_util_set_object_arg (G_OBJECT (element), kind->bitrate_property, text);
      }
      break;

    case MEDIA_BITRATE_CONTROLS:
      controls = gst_structure_new ("controls", "video_bitrate", G_TYPE_INT, (int) bitrate, "video_bitrate_mode", G_TYPE_INT, 1,
                                    NULL);
      if (kind->codec == MEDIA_CODEC_H264)
        gst_structure_set (controls, "h264_profile", G_TYPE_INT, 1 /* constrained baseline */, NULL);
      g_object_set (element, kind->bitrate_property, controls, NULL);
      break;

    default:
      g_assert_not_reached ();
    }
}

const char *
media_codec_get_name (MediaCodec codec)
{
  static const char *const names[MEDIA_N_CODECS] = { "H264", "VP8", "VP9", "AV1" };

  g_return_val_if_fail (codec < MEDIA_N_CODECS, NULL);

  return names[codec];
}

GstCaps *
media_codec_make_caps (MediaCodec codec)
{
  switch (codec)
    {
    case MEDIA_CODEC_H264:
      return gst_caps_new_simple ("video/x-h264", "stream-format", G_TYPE_STRING, "byte-stream", "alignment", G_TYPE_STRING, "au",
                                  "profile", G_TYPE_STRING, "constrained-baseline", NULL);
    case MEDIA_CODEC_VP8:
      return gst_caps_new_empty_simple ("video/x-vp8");
    case MEDIA_CODEC_VP9:
      return gst_caps_new_empty_simple ("video/x-vp9");
    case MEDIA_CODEC_AV1:
      return gst_caps_new_empty_simple ("video/x-av1");
    case MEDIA_N_CODECS:
    default:
      g_return_val_if_reached (NULL);
    }
}
