/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Runs a fuzz target once over each file of its corpus, in the ordinary test suite: TAP, one line a file. */

#include <gio/gio.h>

int LLVMFuzzerTestOneInput (const guint8 *data,
                            gsize         size);

static void
replay (gconstpointer user_data)
{
  g_autofree char *contents = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree guint8 *exact = NULL;
  gsize length;

  g_file_get_contents (user_data, &contents, &length, &error);
  g_assert_no_error (error);
  /* Just as long as the input, so that a byte read behind it is noticed. */
  exact = g_memdup2 (contents, length);
  g_assert_cmpint (LLVMFuzzerTestOneInput (exact, length), ==, 0);
}

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  return g_strcmp0 (*(const char *const *) a, *(const char *const *) b);
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GError) error = NULL;
  const char *folder, *name;
  GDir *dir;

  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 2);
  folder = argv[1];
  dir = g_dir_open (folder, 0, &error);
  g_assert_no_error (error);
  while ((name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, g_strdup (name));
  g_dir_close (dir);
  g_ptr_array_sort (names, compare_names);
  g_assert_cmpuint (names->len, >, 0);
  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *path = g_strdup_printf ("/replay/%s", (const char *) g_ptr_array_index (names, i));

      g_test_add_data_func_full (path, g_build_filename (folder, g_ptr_array_index (names, i), NULL), replay, g_free);
    }
  return g_test_run ();
}
