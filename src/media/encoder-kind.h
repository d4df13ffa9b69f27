/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef enum
{
  MEDIA_CODEC_H264,   /* constrained baseline, packetization mode 1 (RFC 6184) */
  MEDIA_CODEC_VP8,
  MEDIA_CODEC_VP9,
  MEDIA_CODEC_AV1,
  MEDIA_N_CODECS
} MediaCodec;

/* How the element takes its target rate. */
typedef enum
{
  MEDIA_BITRATE_BITS,       /* property in bit/s */
  MEDIA_BITRATE_KILOBITS,   /* property in kbit/s */
  MEDIA_BITRATE_CONTROLS,   /* a field of the structure property "extra-controls", bit/s (V4L2) */
} MediaBitrateUnit;

/**
 * MediaEncoderKind:
 * @element: GStreamer element
 * @family: "va", "vaapi", "nvcodec", "qsv", "msdk", "v4l2" or "software"
 * @hardware: whether a graphics chip does the work
 * @bitrate_property: name of the property that takes the rate
 * @settings: "name=value" words for low delay; a name that the installed version does not have is passed over
 *
 * One kind of encoder that Atrium knows how to set up. The list is closed: nothing is chosen by rank or by what a peer says.
 */
typedef struct
{
  const char       *element;
  const char       *family;
  MediaCodec        codec;
  gboolean          hardware;
  const char       *bitrate_property;
  MediaBitrateUnit  bitrate_unit;
  const char       *settings;
} MediaEncoderKind;

/* Hardware first, then software; the order in which they are tried. (array length=out_n) (transfer none) */
const MediaEncoderKind *media_encoder_kinds       (guint                  *out_n);
const MediaEncoderKind *media_encoder_kind_lookup (const char             *element);   /* NULL if unknown */

/* An element of this kind with its settings applied. (transfer floating) (nullable): NULL if it is not installed */
GstElement             *media_encoder_kind_make   (const MediaEncoderKind *kind);
/* @bitrate: bit/s */
void                    media_encoder_kind_set_bitrate (const MediaEncoderKind *kind,
                                                        GstElement             *element,
                                                        guint                   bitrate);
/* "H264", "VP8" …: the encoding name of RTP and SDP. */
const char             *media_codec_get_name      (MediaCodec              codec);
/* What comes out of the encoding part: for H.264 whole access units as a byte stream, constrained baseline. */
GstCaps                *media_codec_make_caps     (MediaCodec              codec) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
