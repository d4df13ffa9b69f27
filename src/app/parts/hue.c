/* SPDX-License-Identifier: GPL-3.0-or-later */
/* XEP-0392: consistent colour generation, in the HSLuv colour space. */
#define G_LOG_DOMAIN "atrium-app"

#include "config.h"

#include "app/parts/hue.h"

#include <math.h>

/* CIE constants: κ and ε of L*, and the chromaticity of the D65 white point in u′v′. */
#define KAPPA 903.2962962962963
#define EPSILON 0.0088564516790356308
#define WHITE_U 0.19783000664283681
#define WHITE_V 0.46831999493879100

/* XYZ to linear sRGB. */
static const double xyz_to_rgb[3][3] = {
  { 3.2409699419045213, -1.5373831775700935, -0.49861076029300328 },
  { -0.96924363628087983, 1.8759675015077207, 0.041555057407175613 },
  { 0.055630079696993609, -0.20397695888897657, 1.0569715142428786 },
};

double
atrium_hue_angle (const char *address)
{
  g_autoptr(GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  guint8 digest[20];
  gsize length = sizeof digest;

  g_return_val_if_fail (address != NULL, 0.0);

  g_checksum_update (checksum, (const guchar *) address, -1);
  g_checksum_get_digest (checksum, digest, &length);

  return (digest[0] | (digest[1] << 8)) / 65536.0 * 360.0;
}

/* The greatest chroma that sRGB can show at this lightness and hue: the nearest of the six edges of
 * the RGB cube, seen from the grey axis. */
static double
greatest_chroma (double lightness,
                 double hue_radians)
{
  double sub1 = pow (lightness + 16.0, 3.0) / 1560896.0;
  double sub2 = sub1 > EPSILON ? sub1 : lightness / KAPPA;
  double least = G_MAXDOUBLE;

  for (int channel = 0; channel < 3; channel++)
    {
      double m1 = xyz_to_rgb[channel][0];
      double m2 = xyz_to_rgb[channel][1];
      double m3 = xyz_to_rgb[channel][2];

      for (int limit = 0; limit < 2; limit++)
        {
          double top1 = (284517.0 * m1 - 94839.0 * m3) * sub2;
          double top2 = (838422.0 * m3 + 769860.0 * m2 + 731718.0 * m1) * lightness * sub2 - 769860.0 * limit * lightness;
          double bottom = (632260.0 * m3 - 126452.0 * m2) * sub2 + 126452.0 * limit;
          double slope = top1 / bottom;
          double intercept = top2 / bottom;
          double length = intercept / (sin (hue_radians) - slope * cos (hue_radians));

          if (length >= 0.0 && length < least)
            least = length;
        }
    }

  return least;
}

static float
to_srgb (double linear)
{
  double value = linear <= 0.0031308 ? 12.92 * linear : 1.055 * pow (linear, 1.0 / 2.4) - 0.055;

  return (float) CLAMP (value, 0.0, 1.0);
}

void
atrium_hue_color (double   hue,
                  double   saturation,
                  double   lightness,
                  GdkRGBA *out_color)
{
  double radians = hue / 180.0 * G_PI;
  double chroma, u, v, x, y, z;

  g_return_if_fail (out_color != NULL);

  lightness = CLAMP (lightness, 0.01, 99.99);
  chroma = greatest_chroma (lightness, radians) / 100.0 * CLAMP (saturation, 0.0, 100.0);

  u = chroma * cos (radians) / (13.0 * lightness) + WHITE_U;
  v = chroma * sin (radians) / (13.0 * lightness) + WHITE_V;
  y = lightness > 8.0 ? pow ((lightness + 16.0) / 116.0, 3.0) : lightness / KAPPA;
  x = 9.0 * y * u / (4.0 * v);
  z = y * (12.0 - 3.0 * u - 20.0 * v) / (4.0 * v);

  out_color->red = to_srgb (xyz_to_rgb[0][0] * x + xyz_to_rgb[0][1] * y + xyz_to_rgb[0][2] * z);
  out_color->green = to_srgb (xyz_to_rgb[1][0] * x + xyz_to_rgb[1][1] * y + xyz_to_rgb[1][2] * z);
  out_color->blue = to_srgb (xyz_to_rgb[2][0] * x + xyz_to_rgb[2][1] * y + xyz_to_rgb[2][2] * z);
  out_color->alpha = 1.0f;
}

void
atrium_hue_name_color (const char *address,
                       gboolean    dark,
                       GdkRGBA    *out_color)
{
  atrium_hue_color (atrium_hue_angle (address), 78.0, dark ? 72.0 : 42.0, out_color);
}
