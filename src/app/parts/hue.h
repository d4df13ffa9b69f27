/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gdk/gdk.h>

G_BEGIN_DECLS

/**
 * atrium_hue_angle:
 * @address: a bare address (or any other stable text)
 *
 * The hue that belongs to @address, as every client of the network draws it: the first two bytes of
 * the SHA-1 of the UTF-8 text, low byte first, as a fraction of the full circle (XEP-0392 §5.1).
 *
 * Returns: degrees, 0 to 360
 */
double atrium_hue_angle (const char *address);

/**
 * atrium_hue_color:
 * @hue: degrees
 * @saturation: 0 to 100
 * @lightness: 0 to 100
 * @out_color: (out): the colour in sRGB, opaque
 *
 * HSLuv to sRGB. Equal @lightness looks equally light for every @hue, so one contrast figure holds for
 * everybody's colour.
 */
void   atrium_hue_color (double   hue,
                         double   saturation,
                         double   lightness,
                         GdkRGBA *out_color);

/**
 * atrium_hue_name_color:
 * @address: a bare address
 * @dark: whether the text stands on a dark surface
 * @out_color: (out): the colour
 *
 * The colour of a person's name as text: lightness 42 on light surfaces, 72 on dark ones, which keeps
 * a contrast of at least 6.0 and 7.7.
 */
void   atrium_hue_name_color (const char *address,
                              gboolean    dark,
                              GdkRGBA    *out_color);

G_END_DECLS
