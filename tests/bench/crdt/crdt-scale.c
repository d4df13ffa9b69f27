/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * crdt-scale [formats|writers|sizes|large]…: how the engine behaves when documents grow.
 * Without an argument all but "large" run. One JSON object a line.
 */

#include "crdt/crdt.h"

#include <stdlib.h>
#include <time.h>

static double
now_us (void)
{
  struct timespec t;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double) t.tv_sec * 1e6 + (double) t.tv_nsec / 1e3;
}

static int
compare (const void *a,
         const void *b)
{
  double x = *(const double *) a;
  double y = *(const double *) b;

  return x < y ? -1 : x > y;
}

static CrdtDoc *
new_doc (guint64    client,
         CrdtType **text)
{
  CrdtOptions options = { .client_id = client };
  CrdtDoc *doc = crdt_doc_new (&options);

  *text = crdt_doc_get_root (doc, "text", CRDT_TYPE_TEXT, NULL);
  return doc;
}

static void
must (gboolean  good,
      GError   *error)
{
  if (!good)
    g_error ("%s", error != NULL ? error->message : "failed");
}

static void
apply (CrdtDoc *doc,
       GBytes  *update)
{
  GError *error = NULL;

  must (crdt_doc_apply_update (doc, g_bytes_get_data (update, NULL), g_bytes_get_size (update), CRDT_APPLY_TRUSTED,
                               NULL, &error), error);
}

/* 10,000 format ranges, then 1,000 edits in the middle. */
static void
formats (void)
{
  CrdtType *text;
  CrdtDoc *doc = new_doc (1, &text);
  g_autofree char *words = g_strnfill (200000, 'w');
  g_autoptr(CrdtValue) bold = crdt_value_from_json ("{\"bold\":true}", -1, NULL);
  g_autoptr(CrdtValue) red = crdt_value_from_json ("{\"color\":\"red\"}", -1, NULL);
  static double times[1000];
  double start = now_us ();

  must (crdt_text_insert (text, 0, words, -1, NULL, NULL), NULL);
  for (guint i = 0; i < 10000; i++)
    must (crdt_text_format (text, i * 20 + 3, 9, i % 2 == 0 ? bold : red, NULL), NULL);
  start = now_us () - start;
  for (guint i = 0; i < 1000; i++)
    {
      guint at = 100000 + i * 7 % 300;
      double before = now_us ();

      if (i % 4 == 3)
        must (crdt_text_delete (text, at, 1, NULL), NULL);
      else
        must (crdt_text_insert (text, at, "x", 1, NULL, NULL), NULL);
      times[i] = now_us () - before;
    }
  must (crdt_doc_check (doc, NULL), NULL);
  qsort (times, 1000, sizeof *times, compare);
  g_print ("{\"formats\":10000,\"format_us\":%.2f,\"edit_us_p50\":%.2f,\"edit_us_p99\":%.2f,\"edit_us_max\":%.2f}\n",
           start / 10000, times[500], times[990], times[999]);
  crdt_doc_free (doc);
}

/* n writers insert at one spot; their updates come by rising client id, the worst order. */
static void
writers (void)
{
  CrdtType *text;
  CrdtDoc *first = new_doc (1, &text);
  g_autoptr(GBytes) start = NULL;

  must (crdt_text_insert (text, 0, "<>", -1, NULL, NULL), NULL);
  start = crdt_doc_encode (first, CRDT_FORMAT_V1);
  crdt_doc_free (first);
  for (guint n = 500; n <= 8000; n *= 2)
    {
      g_autoptr(GPtrArray) updates = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
      CrdtDoc *doc = new_doc (2, &text);
      double before;

      for (guint i = 0; i < n; i++)
        {
          CrdtType *other_text;
          CrdtDoc *other = new_doc (1000 + i, &other_text);

          apply (other, start);
          must (crdt_text_insert (other_text, 1, "hello", -1, NULL, NULL), NULL);
          g_ptr_array_add (updates, crdt_doc_encode_diff (other, (const guint8 *) "\1\1\2", 3, CRDT_FORMAT_V1, NULL));
          crdt_doc_free (other);
        }
      apply (doc, start);
      before = now_us ();
      for (guint i = 0; i < n; i++)
        apply (doc, updates->pdata[i]);
      before = now_us () - before;
      must (crdt_type_get_length (text) == 2 + 5 * n, NULL);
      g_print ("{\"writers\":%u,\"ms\":%.3f,\"us_each\":%.3f}\n", n, before / 1000, before / n);
      crdt_doc_free (doc);
    }
}

static guint32
next_random (guint32 *state)
{
  *state = *state * 1664525u + 1013904223u;
  return *state >> 8;
}

/* Cost of an edit at a random place, and of typing, against the size of the document. */
static void
sizes (void)
{
  for (guint size = 1000; size <= 10000000; size *= 10)
    {
      CrdtType *text;
      CrdtDoc *doc = new_doc (1, &text);
      g_autofree char *filler = g_strnfill (1000, 'a');
      guint32 state = 1;
      const guint n = 20000;
      double random_us, typing_us;

      filler[999] = '\n';
      /* In blocks at random places, so that there are many structs. */
      for (guint i = 0; i < size / 50; i++)
        must (crdt_text_insert (text, next_random (&state) % (i * 50 + 1), filler, 50, NULL, NULL), NULL);
      random_us = now_us ();
      for (guint i = 0; i < n; i++)
        {
          guint at = next_random (&state) % crdt_type_get_length (text);

          if (i % 2 == 0)
            must (crdt_text_insert (text, at, "x", 1, NULL, NULL), NULL);
          else
            must (crdt_text_delete (text, at, 1, NULL), NULL);
        }
      random_us = (now_us () - random_us) / n;
      typing_us = now_us ();
      for (guint i = 0; i < n; i++)
        must (crdt_text_insert (text, size / 2 + i, "x", 1, NULL, NULL), NULL);
      typing_us = (now_us () - typing_us) / n;
      g_print ("{\"characters\":%u,\"structs\":%u,\"random_edit_us\":%.3f,\"typing_us\":%.3f}\n", size,
               crdt_doc_get_n_structs (doc), random_us, typing_us);
      crdt_doc_free (doc);
    }
}

/* 10^7 characters by 100 authors, 10^5 structs each. */
static void
large (void)
{
  CrdtType *text, *copy_text;
  CrdtDoc *doc = new_doc (1, &text);
  CrdtDoc *copy;
  g_autoptr(GBytes) v1 = NULL;
  g_autoptr(GBytes) v2 = NULL;
  guint32 state = 7;
  double t[6];

  t[0] = now_us ();
  for (guint author = 0; author < 100; author++)
    {
      crdt_doc_set_client_id (doc, 1000 + author);
      for (guint i = 0; i < 100000; i++)
        must (crdt_text_insert (text, next_random (&state) % (crdt_type_get_length (text) + 1), "q", 1, NULL, NULL),
              NULL);
    }
  t[1] = now_us ();
  v1 = crdt_doc_encode (doc, CRDT_FORMAT_V1);
  t[2] = now_us ();
  v2 = crdt_doc_encode (doc, CRDT_FORMAT_V2);
  t[3] = now_us ();
  crdt_doc_free (doc);
  copy = new_doc (1, &copy_text);
  t[4] = now_us ();
  apply (copy, v1);
  t[5] = now_us ();
  {
    double edit = now_us ();

    for (guint i = 0; i < 10000; i++)
      must (crdt_text_insert (copy_text, next_random (&state) % crdt_type_get_length (copy_text), "z", 1, NULL, NULL),
            NULL);
    edit = (now_us () - edit) / 10000;
    g_print ("{\"characters\":%u,\"structs\":%u,\"authors\":100,\"build_s\":%.2f,\"encode_v1_s\":%.2f,\"v1_bytes\":%"
             G_GSIZE_FORMAT ",\"encode_v2_s\":%.2f,\"v2_bytes\":%" G_GSIZE_FORMAT
             ",\"load_v1_s\":%.2f,\"edit_us\":%.2f,\"memory\":%" G_GSIZE_FORMAT "}\n",
             crdt_type_get_length (copy_text), crdt_doc_get_n_structs (copy), (t[1] - t[0]) / 1e6,
             (t[2] - t[1]) / 1e6, g_bytes_get_size (v1), (t[3] - t[2]) / 1e6, g_bytes_get_size (v2),
             (t[5] - t[4]) / 1e6, edit, crdt_doc_get_memory (copy));
  }
  crdt_doc_free (copy);
}

int
main (int   argc,
      char *argv[])
{
  static const struct { const char *name; void (*run) (void); } all[] = {
    { "formats", formats }, { "writers", writers }, { "sizes", sizes }, { "large", large },
  };

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    {
      gboolean wanted = argc == 1 && i < 3;

      for (int k = 1; k < argc; k++)
        wanted = wanted || g_str_equal (argv[k], all[i].name);
      if (wanted)
        all[i].run ();
    }
  return 0;
}
