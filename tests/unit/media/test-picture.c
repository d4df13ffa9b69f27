/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "media/picture.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gstdio.h>
#include <string.h>

static void
on_loaded (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  GAsyncResult **out = user_data;

  *out = g_object_ref (result);
}

static MediaPicture *
decode (GBytes  *bytes,
        int      max_width,
        int      max_height,
        GError **error)
{
  g_autoptr(GAsyncResult) result = NULL;

  media_picture_decode_async (bytes, max_width, max_height, NULL, on_loaded, &result);
  g_assert_null (result);   /* never before the call returns */
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);

  return media_picture_load_finish (result, error);
}

/* Left half red, right half green, 200 × 100. */
static GBytes *
make_picture (const char *type)
{
  g_autoptr(GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, 200, 100);
  g_autoptr(GdkPixbuf) right = gdk_pixbuf_new_subpixbuf (pixbuf, 100, 0, 100, 100);
  char *data;
  gsize length;

  gdk_pixbuf_fill (pixbuf, 0xff0000ff);
  gdk_pixbuf_fill (right, 0x00ff00ff);
  g_assert_true (gdk_pixbuf_save_to_buffer (pixbuf, &data, &length, type, NULL, NULL));

  return g_bytes_new_take (data, length);
}

static void
assert_near (const guint8 *pixel,
             guint8        red,
             guint8        green,
             guint8        blue)
{
  g_assert_cmpint (ABS (pixel[0] - red), <, 12);
  g_assert_cmpint (ABS (pixel[1] - green), <, 12);
  g_assert_cmpint (ABS (pixel[2] - blue), <, 12);
  g_assert_cmpint (pixel[3], ==, 255);
}

static void
test_decode (gconstpointer type)
{
  g_autoptr(GBytes) bytes = make_picture (type);
  g_autoptr(GError) error = NULL;
  g_autoptr(MediaPicture) picture = decode (bytes, 100, 100, &error);
  const guint8 *pixels;

  g_assert_no_error (error);
  g_assert_cmpint (media_picture_get_width (picture), ==, 100);   /* shape kept */
  g_assert_cmpint (media_picture_get_height (picture), ==, 50);
  g_assert_cmpuint (g_bytes_get_size (media_picture_get_pixels (picture)), ==, 50 * media_picture_get_stride (picture));
  pixels = g_bytes_get_data (media_picture_get_pixels (picture), NULL);
  assert_near (pixels + 25 * media_picture_get_stride (picture) + 20 * 4, 0xff, 0, 0);
  assert_near (pixels + 25 * media_picture_get_stride (picture) + 80 * 4, 0, 0xff, 0);
}

static void
test_gif (void)
{
  static const guint8 gif[] = {
    'G', 'I', 'F', '8', '9', 'a', 1, 0, 1, 0, 0x80, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff,
    0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3b,
  };
  g_autoptr(GBytes) bytes = g_bytes_new_static (gif, sizeof gif);
  g_autoptr(GError) error = NULL;
  g_autoptr(MediaPicture) picture = decode (bytes, 10, 10, &error);

  g_assert_no_error (error);
  g_assert_cmpint (media_picture_get_width (picture), ==, 1);
  assert_near (g_bytes_get_data (media_picture_get_pixels (picture), NULL), 0, 0, 0xff);
}

static void
test_never_enlarged (void)
{
  g_autoptr(GBytes) bytes = make_picture ("png");
  g_autoptr(MediaPicture) picture = decode (bytes, 4000, 4000, NULL);

  g_assert_cmpint (media_picture_get_width (picture), ==, 200);
}

/* Ten at once, more than helpers are allowed: all come back. */
static void
test_queue (void)
{
  g_autoptr(GBytes) bytes = make_picture ("png");
  GAsyncResult *results[10] = { NULL };

  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    media_picture_decode_async (bytes, 50, 50, NULL, on_loaded, &results[i]);
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      g_autoptr(MediaPicture) picture = NULL;
      g_autoptr(GError) error = NULL;

      while (results[i] == NULL)
        g_main_context_iteration (NULL, TRUE);
      picture = media_picture_load_finish (results[i], &error);
      g_assert_no_error (error);
      g_assert_cmpint (media_picture_get_width (picture), ==, 50);
      g_object_unref (results[i]);
    }
}

static void
test_cancel (void)
{
  g_autoptr(GBytes) bytes = make_picture ("png");
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  media_picture_decode_async (bytes, 50, 50, cancellable, on_loaded, &result);
  g_cancellable_cancel (cancellable);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (media_picture_load_finish (result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_file (void)
{
  g_autoptr(GBytes) bytes = make_picture ("jpeg");
  g_autofree char *path = g_build_filename (g_get_tmp_dir (), "picture-XXXXXX", NULL);
  g_autoptr(GFile) file = NULL;
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(MediaPicture) picture = NULL;
  int fd = g_mkstemp (path);

  g_close (fd, NULL);
  g_assert_true (g_file_set_contents (path, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes), NULL));
  file = g_file_new_for_path (path);
  media_picture_load_async (file, 64, 64, NULL, on_loaded, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  picture = media_picture_load_finish (result, NULL);
  g_assert_cmpint (media_picture_get_width (picture), ==, 64);
  g_file_delete (file, NULL, NULL);
}

static void
test_refused (void)
{
  static const char text[] = "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>";
  static const char monster[] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x75\x30\0\0\x75\x30\x08\6\0\0\0";   /* 30,000 × 30,000 */
  g_autoptr(GBytes) whole = make_picture ("png");
  g_autoptr(GBytes) svg = g_bytes_new_static (text, sizeof text - 1);
  g_autoptr(GBytes) huge = g_bytes_new_static (monster, sizeof monster - 1);
  g_autofree guint8 *wrong = g_memdup2 (g_bytes_get_data (whole, NULL), g_bytes_get_size (whole));
  g_autoptr(GBytes) damaged = NULL;
  g_autofree guint8 *long_data = g_malloc0 (MEDIA_PICTURE_MAX_BYTES + 1);
  g_autoptr(GBytes) too_long = NULL;
  struct { GBytes *bytes; int code; } refused[] = {
    { svg, MEDIA_PICTURE_ERROR_UNSUPPORTED }, { huge, MEDIA_PICTURE_ERROR_TOO_LARGE }, { NULL, MEDIA_PICTURE_ERROR_BROKEN },
  };
  g_autoptr(GError) error = NULL;

  wrong[29] ^= 0xff;   /* checksum of the header */
  damaged = g_bytes_new (wrong, g_bytes_get_size (whole));
  refused[2].bytes = damaged;

  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_assert_null (decode (refused[i].bytes, 100, 100, &error));
      g_assert_error (error, MEDIA_PICTURE_ERROR, refused[i].code);
      g_clear_error (&error);
    }
  memcpy (long_data, g_bytes_get_data (whole, NULL), g_bytes_get_size (whole));
  too_long = g_bytes_new_take (g_steal_pointer (&long_data), MEDIA_PICTURE_MAX_BYTES + 1);
  g_assert_null (decode (too_long, 100, 100, &error));
  g_assert_error (error, MEDIA_PICTURE_ERROR, MEDIA_PICTURE_ERROR_TOO_LARGE);
}

/* A helper that dies, writes rubbish or is not there costs one picture and nothing else. */
static void
test_bad_helpers (void)
{
  g_autofree char *good = g_strdup (g_getenv ("ATRIUM_DECODE_HELPER"));
  g_autofree char *script = g_build_filename (g_get_tmp_dir (), "helper-XXXXXX", NULL);
  static const char *const programs[] = {
    "#!/bin/sh\nkill -SEGV $$\n",
    "#!/bin/sh\nexit 0\n",
    "#!/bin/sh\nprintf '1PDAxxxxyyyyzzzz' >&4\n",
    "#!/bin/sh\nprintf '1PDA\\1\\0\\0\\0\\1\\0\\0\\0\\4\\0\\0\\0abcdTOO-MUCH' >&4\n",
  };
  g_autoptr(GBytes) bytes = make_picture ("png");
  g_autoptr(GError) error = NULL;
  g_autoptr(MediaPicture) picture = NULL;

  /* Only the name: newer GLib keeps the mode of a file that is there. */
  g_close (g_mkstemp (script), NULL);
  g_assert_cmpint (g_remove (script), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (programs); i++)
    {
      g_assert_true (g_file_set_contents_full (script, programs[i], -1, G_FILE_SET_CONTENTS_CONSISTENT, 0700, NULL));
      g_setenv ("ATRIUM_DECODE_HELPER", script, TRUE);
      g_assert_null (decode (bytes, 100, 100, &error));
      g_assert_error (error, MEDIA_PICTURE_ERROR, MEDIA_PICTURE_ERROR_BROKEN);
      g_clear_error (&error);
    }
  g_assert_cmpint (g_remove (script), ==, 0);
  g_assert_null (decode (bytes, 100, 100, &error));
  g_assert_error (error, MEDIA_PICTURE_ERROR, MEDIA_PICTURE_ERROR_HELPER);

  g_setenv ("ATRIUM_DECODE_HELPER", good, TRUE);
  picture = decode (bytes, 100, 100, NULL);
  g_assert_nonnull (picture);
}

/* Damage in every region of a file: a picture or an error, never a hang, and the next one works. */
static void
test_damage (gconstpointer type)
{
  g_autoptr(GBytes) whole = make_picture (type);
  gsize length = g_bytes_get_size (whole);

  for (guint round = 0; round < 24; round++)
    {
      g_autofree guint8 *copy = g_memdup2 (g_bytes_get_data (whole, NULL), length);
      g_autoptr(GBytes) damaged = NULL;
      g_autoptr(MediaPicture) picture = NULL;
      g_autoptr(GError) error = NULL;

      for (guint k = 0; k < 3; k++)
        copy[(round * length / 24 + k * 7) % length] ^= 0x5a;
      damaged = g_bytes_new (copy, length);
      picture = decode (damaged, 100, 100, &error);
      g_assert_true ((picture != NULL) != (error != NULL));
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/media/picture/png", "png", test_decode);
  g_test_add_data_func ("/media/picture/jpeg", "jpeg", test_decode);
  g_test_add_func ("/media/picture/gif", test_gif);
  g_test_add_func ("/media/picture/never-enlarged", test_never_enlarged);
  g_test_add_func ("/media/picture/queue", test_queue);
  g_test_add_func ("/media/picture/cancel", test_cancel);
  g_test_add_func ("/media/picture/file", test_file);
  g_test_add_func ("/media/picture/refused", test_refused);
  g_test_add_func ("/media/picture/bad-helpers", test_bad_helpers);
  g_test_add_data_func ("/media/picture/damage/png", "png", test_damage);
  g_test_add_data_func ("/media/picture/damage/jpeg", "jpeg", test_damage);

  return g_test_run ();
}
