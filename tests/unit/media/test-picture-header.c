/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "media/picture-header.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <string.h>

typedef struct
{
  const char         *name;
  const char         *bytes;
  gsize               length;
  MediaPictureFormat  format;
  int                 width;
  int                 height;
} Case;

#define BYTES(s) s, sizeof (s) - 1

static const Case cases[] = {
  { "png", BYTES ("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1\x2c\0\0\0\xc8\x08\6\0\0\0"), MEDIA_PICTURE_PNG, 300, 200 },
  { "png/cut", BYTES ("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1\x2c\0\0\0"), MEDIA_PICTURE_UNKNOWN, 0, 0 },
  { "png/no-header", BYTES ("\x89PNG\r\n\x1a\n\0\0\0\rIDAT\0\0\1\x2c\0\0\0\xc8\x08\6\0\0\0"), MEDIA_PICTURE_UNKNOWN, 0, 0 },
  { "png/zero", BYTES ("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\0\0\0\0\xc8\x08\6\0\0\0"), MEDIA_PICTURE_UNKNOWN, 0, 0 },
  { "png/negative", BYTES ("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\xff\xff\xff\xff\0\0\0\xc8\x08\6\0\0\0"), MEDIA_PICTURE_UNKNOWN, 0, 0 },
  { "png/largest-side", BYTES ("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x7f\xff\0\0\0\1\x08\6\0\0\0"), MEDIA_PICTURE_PNG, 32767, 1 },
  { "png/side-over", BYTES ("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x80\0\0\0\0\1\x08\6\0\0\0"), MEDIA_PICTURE_UNKNOWN, 0, 0 },
  { "gif", BYTES ("GIF89a\x0a\0\x14\0"), MEDIA_PICTURE_GIF, 10, 20 },
  { "gif/cut", BYTES ("GIF89a\x0a\0\x14"), MEDIA_PICTURE_UNKNOWN, 0, 0 },
  { "jpeg", BYTES ("\xff\xd8\xff\xe0\0\4JF\xff\xff\xc2\0\x0b\x08\0\x10\0\x20\1\1\x11\0"), MEDIA_PICTURE_JPEG, 32, 16 },
  { "jpeg/huffman-is-no-frame", BYTES ("\xff\xd8\xff\xc4\0\x0b\x08\0\x10\0\x20\1\1\x11\0"), MEDIA_PICTURE_UNKNOWN, 0, 0 },
  { "jpeg/segment-past-end", BYTES ("\xff\xd8\xff\xe0\xff\xff\0\0"), MEDIA_PICTURE_UNKNOWN, 0, 0 },
  { "jpeg/segment-too-short", BYTES ("\xff\xd8\xff\xe0\0\1\0\0\0\0\0\0"), MEDIA_PICTURE_UNKNOWN, 0, 0 },
  { "jpeg/scan-first", BYTES ("\xff\xd8\xff\xda\0\x0b\x08\0\x10\0\x20\1\1\x11\0"), MEDIA_PICTURE_UNKNOWN, 0, 0 },
  { "webp/lossy", BYTES ("RIFF\0\0\0\0WEBPVP8 \0\0\0\0\0\0\0\x9d\1\x2a\x40\0\x30\0"), MEDIA_PICTURE_WEBP, 64, 48 },
  { "webp/lossless", BYTES ("RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f\x3f\xc0\x0b\0\0\0\0\0\0"), MEDIA_PICTURE_WEBP, 64, 48 },
  { "webp/extended", BYTES ("RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x3f\0\0\x2f\0\0"), MEDIA_PICTURE_WEBP, 64, 48 },
  { "webp/unknown-chunk", BYTES ("RIFF\0\0\0\0WEBPVP9 \x0a\0\0\0\0\0\0\0\x3f\0\0\x2f\0\0"), MEDIA_PICTURE_UNKNOWN, 0, 0 },
  { "svg", BYTES ("<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>"), MEDIA_PICTURE_UNKNOWN, 0, 0 },
  { "empty", BYTES (""), MEDIA_PICTURE_UNKNOWN, 0, 0 },
};

static void
test_case (gconstpointer data)
{
  const Case *c = data;
  int width = -1;
  int height = -1;

  g_assert_cmpint (media_picture_header_read ((const guint8 *) c->bytes, c->length, &width, &height), ==, c->format);
  g_assert_cmpint (width, ==, c->format == MEDIA_PICTURE_UNKNOWN ? -1 : c->width);
  g_assert_cmpint (height, ==, c->format == MEDIA_PICTURE_UNKNOWN ? -1 : c->height);
}

/* What a real encoder writes is read with the size that it was given. */
static void
test_encoders (void)
{
  g_autoptr(GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, 321, 123);
  static const struct { const char *type; MediaPictureFormat format; } types[] = {
    { "png", MEDIA_PICTURE_PNG }, { "jpeg", MEDIA_PICTURE_JPEG },
  };

  gdk_pixbuf_fill (pixbuf, 0x2080c0ff);
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autofree char *data = NULL;
      gsize length;
      int width;
      int height;

      g_assert_true (gdk_pixbuf_save_to_buffer (pixbuf, &data, &length, types[i].type, NULL, NULL));
      g_assert_cmpint (media_picture_header_read ((guint8 *) data, length, &width, &height), ==, types[i].format);
      g_assert_cmpint (width, ==, 321);
      g_assert_cmpint (height, ==, 123);
    }
}

/* Every cut and every flipped bit of every case: no read outside (the sanitizer watches), no size out of range. */
static void
test_damage (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (gsize cut = 0; cut <= cases[i].length; cut++)
      for (gsize bit = 0; bit < MAX (cut * 8, 1); bit++)
        {
          g_autofree guint8 *copy = g_memdup2 (cases[i].bytes, MAX (cut, 1));
          int width = 1;
          int height = 1;

          if (cut > 0)
            copy[bit / 8] ^= (guint8) (1 << (bit % 8));
          media_picture_header_read (copy, cut, &width, &height);
          g_assert_true (width > 0 && width <= MEDIA_PICTURE_MAX_SIDE && height > 0 && height <= MEDIA_PICTURE_MAX_SIDE);
        }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/media/picture-header/%s", cases[i].name);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  g_test_add_func ("/media/picture-header/encoders", test_encoders);
  g_test_add_func ("/media/picture-header/damage", test_damage);

  return g_test_run ();
}
