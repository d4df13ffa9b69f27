/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define ATRIUM_TYPE_WAVEFORM (atrium_waveform_get_type ())
G_DECLARE_FINAL_TYPE (AtriumWaveform, atrium_waveform, ATRIUM, WAVEFORM, GtkWidget)

/* The loudness of a voice message as upright bars; what was played is in full colour.
 *
 * Signal: "seek" (double): a click at this fraction of the length. */

/* @peaks: (nullable): one byte a bar, 0 to 255; any number of them */
void atrium_waveform_set_peaks    (AtriumWaveform *self,
                                   GBytes         *peaks);
/* @fraction: 0 to 1 */
void atrium_waveform_set_progress (AtriumWaveform *self,
                                   double          fraction);

G_END_DECLS
