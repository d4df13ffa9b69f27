/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "media/encoder-kind.h"

G_BEGIN_DECLS

typedef enum
{
  MEDIA_HARDWARE_ALLOW,    /* hardware first, software when it does not work */
  MEDIA_HARDWARE_FORBID,   /* software only */
  MEDIA_HARDWARE_ONLY,     /* no software: for those who must spare the processor; a list may be empty */
} MediaHardwarePolicy;

/**
 * media_encoder_choice_list_async:
 * @codec: what has to come out
 * @policy: the user's or the organisation's word on hardware
 * @preferred: (nullable): element to try first, whatever its kind, unless @policy forbids it
 * @cache: (nullable): what an earlier call gave out, to spare the trials
 *
 * Finds the encoders that really work here, best first. An element that is installed proves nothing: a driver may refuse to
 * open, or take frames and give none. So each candidate encodes a few small frames and has to answer a request for a
 * keyframe, in a worker thread, within two seconds. Verdicts are kept by element, plug-in version and system version.
 *
 * An empty list is a success.
 */
void       media_encoder_choice_list_async  (MediaCodec            codec,
                                             MediaHardwarePolicy   policy,
                                             const char           *preferred,
                                             GVariant             *cache,
                                             GCancellable         *cancellable,
                                             GAsyncReadyCallback   callback,
                                             gpointer              user_data);
/* @out_cache: (out) (optional) (transfer full): type a{s(bs)}, to be kept and passed in again.
 * Returns: (transfer container) (element-type MediaEncoderKind): never NULL but on cancellation */
GPtrArray *media_encoder_choice_list_finish (GAsyncResult         *result,
                                             GVariant            **out_cache,
                                             GError              **error) G_GNUC_WARN_UNUSED_RESULT;

/* The trial of one kind; blocks for up to two seconds: worker threads and tests only.
 * Returns: (nullable): NULL if it works, else why not, for the diagnostic report. Static. */
const char *media_encoder_choice_try        (const MediaEncoderKind *kind);

G_END_DECLS
