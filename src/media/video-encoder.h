/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "media/encoder-kind.h"

G_BEGIN_DECLS

/**
 * MediaVideoEncoder:
 *
 * Raw pictures in, coded pictures out, through the first of several encoders that works. It runs in a pipeline of its own
 * behind an appsrc, so that an encoder which fails in mid-call (the driver resets, the device is taken away, it takes frames
 * and gives none) hurts nobody: it is thrown away, the next one goes on with a keyframe, and the call does not notice more than a
 * few missing frames.
 *
 * Properties: "element" (name of the encoder in use, NULL when none is left), "hardware".
 * Signals (in the main context the object was made in): ::replaced (const char *failed_element, const char *reason),
 * ::exhausted (const char *reason) when no encoder is left.
 */
#define MEDIA_TYPE_VIDEO_ENCODER (media_video_encoder_get_type ())
G_DECLARE_FINAL_TYPE (MediaVideoEncoder, media_video_encoder, MEDIA, VIDEO_ENCODER, GObject)

/* One coded picture. Called on a streaming thread; hand it on, do not work. */
typedef void (*MediaEncodedFunc) (GstSample *sample,
                                  gpointer   user_data);

/* @kinds: (element-type MediaEncoderKind): best first, all of one codec, at least one. @func runs until stop() has returned. */
MediaVideoEncoder *media_video_encoder_new          (GPtrArray         *kinds,
                                                     MediaEncodedFunc   func,
                                                     gpointer           user_data) G_GNUC_WARN_UNUSED_RESULT;

/* Pictures are scaled to @width × @height and thinned out to @fps. These may be called at any time and take effect with one of
 * the next pictures; a change of size makes a keyframe. Rates in bit/s. */
void               media_video_encoder_set_format   (MediaVideoEncoder *self,
                                                     int                width,
                                                     int                height,
                                                     int                fps);
void               media_video_encoder_set_bitrate  (MediaVideoEncoder *self,
                                                     guint              bitrate);
void               media_video_encoder_start        (MediaVideoEncoder *self);
void               media_video_encoder_stop         (MediaVideoEncoder *self);

/* Any thread. @sample holds raw video with caps and a timestamp; at most two wait, older ones are dropped. */
void               media_video_encoder_push         (MediaVideoEncoder *self,
                                                     GstSample         *sample);
/* Any thread. The next picture becomes a keyframe. */
void               media_video_encoder_request_keyframe (MediaVideoEncoder *self);

const char        *media_video_encoder_get_element  (MediaVideoEncoder *self);
gboolean           media_video_encoder_get_hardware (MediaVideoEncoder *self);

G_END_DECLS
