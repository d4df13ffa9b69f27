/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Hostile input (threats G1 to G4): every cut and every bit, lies in counts, limits at and
 * beyond their edge, refusals by the hook, and memory that runs out.
 */

#include "crdt/crdt.h"
#include "crdt/lib0-private.h"

#include "../../fuzz/crdt/base.h"

#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static GBytes *
unhex (const char *text)
{
  gsize n = strlen (text) / 2;
  guint8 *data = g_malloc (MAX (n, 1));

  for (gsize i = 0; i < n; i++)
    data[i] = (guint8) (g_ascii_xdigit_value (text[2 * i]) << 4 | g_ascii_xdigit_value (text[2 * i + 1]));
  return g_bytes_new_take (data, n);
}

/* What another client would send: all kinds of content. */
static GBytes *
foreign_update (CrdtFormat format)
{
  g_autoptr(CrdtDoc) doc = base_doc ();
  g_autoptr(CrdtDoc) other = NULL;
  CrdtOptions options = { .client_id = 7 };
  g_autoptr(GBytes) bytes = crdt_doc_encode (doc, CRDT_FORMAT_V1);
  g_autoptr(GBytes) state = crdt_doc_encode_state_vector (doc);
  g_autoptr(CrdtValue) bold = crdt_value_from_json ("{\"bold\":true}", -1, NULL);
  CrdtType *text;

  other = crdt_doc_new (&options);
  crdt_doc_apply_update (other, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), 0, NULL, NULL);
  text = crdt_doc_get_root (other, "t", CRDT_TYPE_TEXT, NULL);
  crdt_text_insert (text, 4, "more \xf0\x9f\x98\x80", -1, bold, NULL);
  crdt_text_delete (text, 0, 2, NULL);
  crdt_map_set (crdt_doc_get_root (other, "m", CRDT_TYPE_MAP, NULL), "k", bold, NULL);
  crdt_array_insert (crdt_doc_get_root (other, "a", CRDT_TYPE_ARRAY, NULL), 1, (CrdtValue *[]) { bold }, 1, NULL);
  return crdt_doc_encode_diff (other, g_bytes_get_data (state, NULL), g_bytes_get_size (state), format, NULL);
}

static void
test_every_cut_and_bit (void)
{
  for (guint format = 0; format < 2; format++)
    {
      g_autoptr(GBytes) update = foreign_update (format == 0 ? CRDT_FORMAT_V1 : CRDT_FORMAT_V2);
      CrdtApplyFlags flags = format == 0 ? CRDT_APPLY_NONE : CRDT_APPLY_V2;
      gsize length;
      const guint8 *data = g_bytes_get_data (update, &length);

      for (gsize cut = 0; cut < length; cut++)
        {
          g_autoptr(CrdtDoc) doc = base_doc ();
          g_autofree guint8 *exact = g_memdup2 (data, cut);
          g_autofree char *before = crdt_doc_hash (doc);
          g_autofree char *after = NULL;

          /* A cut update is never a whole one: the delete set is at the end. */
          g_assert_false (crdt_doc_apply_update (doc, exact, cut, flags, NULL, NULL));
          after = crdt_doc_hash (doc);
          g_assert_cmpstr (before, ==, after);
          must_hold (doc);
        }
      for (gsize bit = 0; bit < length * 8; bit++)
        {
          g_autoptr(CrdtDoc) doc = base_doc ();
          g_autofree guint8 *changed = g_memdup2 (data, length);

          changed[bit / 8] ^= (guint8) (1 << bit % 8);
          throw_at (doc, changed, length, flags);
        }
    }
}

static void
expect_error (const char *hex,
              int         code)
{
  g_autoptr(GBytes) bytes = unhex (hex);
  g_autoptr(CrdtDoc) doc = base_doc ();
  g_autofree char *before = crdt_doc_hash (doc);
  g_autofree char *after = NULL;
  g_autoptr(GError) error = NULL;

  g_assert_false (crdt_doc_apply_update (doc, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), 0, NULL,
                                         &error));
  g_assert_error (error, CRDT_ERROR, code);
  after = crdt_doc_hash (doc);
  g_assert_cmpstr (before, ==, after);
}

static void
test_lies (void)
{
  expect_error ("ffffffffffffff0f", CRDT_ERROR_TRUNCATED);               /* clients */
  expect_error ("01ffffffff0f0700", CRDT_ERROR_TRUNCATED);               /* structs */
  expect_error ("01010700040101740000", CRDT_ERROR_INVALID);             /* an empty string */
  expect_error ("010107000001", CRDT_ERROR_TRUNCATED);                   /* no delete set */
  expect_error ("01010700000000", CRDT_ERROR_INVALID);                   /* a GC of length 0 */
  expect_error ("0101070008010174ffffff7f00", CRDT_ERROR_TRUNCATED);     /* values */
  expect_error ("010107000401017402c32800", CRDT_ERROR_INVALID);         /* not UTF-8 */
  expect_error ("010107000b01017400", CRDT_ERROR_UNSUPPORTED);           /* content 11: Move of yrs */
  expect_error ("0101070007010174070000", CRDT_ERROR_UNSUPPORTED);       /* type 7 */
  expect_error ("010107008407050161" "00", CRDT_ERROR_INVALID);          /* an origin in its own future */
  expect_error ("0201070000010107000001" "00", CRDT_ERROR_INVALID);      /* two blocks of one client */
  expect_error ("00010701" "0000", CRDT_ERROR_INVALID);                  /* a deleted range of length 0 */
  expect_error ("000000", CRDT_ERROR_INVALID);                           /* more than an update */
  expect_error ("01010700050101740378797a00", CRDT_ERROR_INVALID);       /* an embed that is no JSON */
  expect_error ("010107ffffffffffffff0f0001" "00", CRDT_ERROR_LIMIT);    /* a giant clock */
  expect_error ("0101070000ffffffffffffff0f00", CRDT_ERROR_LIMIT);       /* a giant length */
}

/* A parent that is no type is not an error: see INTERNALS.md, "Lost parents". */
static void
test_lost_parent (void)
{
  g_autoptr(CrdtDoc) doc = base_doc ();
  g_autoptr(GBytes) update = unhex ("010107000400010001" "6100");
  g_autoptr(GError) error = NULL;

  g_assert_true (crdt_doc_apply_update (doc, g_bytes_get_data (update, NULL), g_bytes_get_size (update), 0, NULL,
                                        &error));
  g_assert_cmpuint (crdt_doc_get_clock (doc, 7), ==, 1);
  must_hold (doc);
}

static GBytes *
string_at (guint64     client,
           guint64     clock,
           const char *root,
           gboolean    with_origin)
{
  CrdtWriter writer = { 0 };

  crdt_writer_varuint (&writer, 1);
  crdt_writer_varuint (&writer, 1);
  crdt_writer_varuint (&writer, client);
  crdt_writer_varuint (&writer, clock);
  if (with_origin)
    {
      crdt_writer_u8 (&writer, 0x84);
      crdt_writer_varuint (&writer, client);
      crdt_writer_varuint (&writer, clock - 1);
    }
  else
    {
      crdt_writer_u8 (&writer, 4);
      crdt_writer_varuint (&writer, 1);
      crdt_writer_varbytes (&writer, root, strlen (root));
    }
  crdt_writer_varbytes (&writer, "x", 1);
  crdt_writer_varuint (&writer, 0);
  return crdt_writer_to_bytes (&writer);
}

static gboolean
apply (CrdtDoc  *doc,
       GBytes   *update,
       GError  **error)
{
  return crdt_doc_apply_update (doc, g_bytes_get_data (update, NULL), g_bytes_get_size (update), CRDT_APPLY_NONE, NULL,
                                error);
}

static void
test_gap (void)
{
  for (guint over = 0; over < 2; over++)
    {
      g_autoptr(CrdtDoc) doc = crdt_doc_new (NULL);
      g_autoptr(GBytes) update = string_at (7, CRDT_MAX_GAP + over, "t", TRUE);
      g_autoptr(GError) error = NULL;

      g_assert_cmpint (apply (doc, update, &error), ==, over == 0);
      g_assert_cmpint (crdt_doc_has_pending (doc), ==, over == 0);
      if (over)
        g_assert_error (error, CRDT_ERROR, CRDT_ERROR_LIMIT);
    }
}

static void
test_roots (void)
{
  g_autoptr(CrdtDoc) doc = crdt_doc_new (NULL);

  for (guint i = 0; i <= CRDT_MAX_ROOTS; i++)
    {
      g_autofree char *name = g_strdup_printf ("root-%u", i);
      g_autoptr(GBytes) update = string_at (100 + i, 0, name, FALSE);
      g_autoptr(GError) error = NULL;

      g_assert_cmpint (apply (doc, update, &error), ==, i < CRDT_MAX_ROOTS);
      if (i == CRDT_MAX_ROOTS)
        g_assert_error (error, CRDT_ERROR, CRDT_ERROR_LIMIT);
    }
  must_hold (doc);
}

static void
test_pending (void)
{
  CrdtLimits limits = { CRDT_MAX_UPDATE, CRDT_MAX_GAP, 4096, 10, CRDT_MAX_DEPTH, CRDT_MAX_ROOTS };
  CrdtOptions options = { .limits = &limits };
  g_autoptr(CrdtDoc) doc = crdt_doc_new (&options);
  gsize memory = 0;

  for (guint i = 0; i < 12; i++)
    {
      g_autoptr(GBytes) update = string_at (100 + i, 5, "t", TRUE);
      g_autoptr(GError) error = NULL;

      g_assert_cmpint (apply (doc, update, &error), ==, i < 10);
      if (i >= 10)
        g_assert_error (error, CRDT_ERROR, CRDT_ERROR_LIMIT);
    }
  /* The same again and again costs nothing. */
  for (guint i = 0; i < 1000; i++)
    {
      g_autoptr(GBytes) update = string_at (100, 5, "t", TRUE);

      apply (doc, update, NULL);
      if (i == 10)
        memory = crdt_doc_get_memory (doc);
    }
  g_assert_cmpuint (crdt_doc_get_memory (doc), ==, memory);
  must_hold (doc);
}

static void
test_depth (void)
{
  /* A chain of arrays, each the only value of the one before. */
  for (guint depth = CRDT_MAX_DEPTH - 2; depth <= CRDT_MAX_DEPTH; depth++)
    {
      g_auto(CrdtWriter) writer = { 0 };
      g_autoptr(CrdtDoc) doc = crdt_doc_new (NULL);
      g_autoptr(GError) error = NULL;

      crdt_writer_varuint (&writer, 1);
      crdt_writer_varuint (&writer, depth);
      crdt_writer_varuint (&writer, 7);
      crdt_writer_varuint (&writer, 0);
      for (guint i = 0; i < depth; i++)
        {
          crdt_writer_u8 (&writer, 7);
          if (i == 0)
            crdt_writer_bytes (&writer, "\x01\x01" "a", 3);
          else
            {
              crdt_writer_varuint (&writer, 0);
              crdt_writer_varuint (&writer, 7);
              crdt_writer_varuint (&writer, i - 1);
            }
          crdt_writer_varuint (&writer, 0);
        }
      crdt_writer_varuint (&writer, 0);
      /* The root has depth 1. */
      g_assert_cmpint (crdt_doc_apply_update (doc, writer.data, writer.len, 0, NULL, &error), ==,
                       depth < CRDT_MAX_DEPTH);
      if (depth >= CRDT_MAX_DEPTH)
        g_assert_error (error, CRDT_ERROR, CRDT_ERROR_LIMIT);
      must_hold (doc);
      {
        g_autoptr(CrdtValue) value = crdt_type_to_value (crdt_doc_get_root (doc, "a", CRDT_TYPE_ARRAY, NULL));

        g_assert_nonnull (value);
      }
    }
}

static void
test_size (void)
{
  g_autoptr(CrdtDoc) doc = crdt_doc_new (NULL);
  g_autofree guint8 *large = g_malloc0 (CRDT_MAX_UPDATE + 1);
  g_autoptr(GError) error = NULL;

  g_assert_false (crdt_doc_apply_update (doc, large, CRDT_MAX_UPDATE + 1, 0, NULL, &error));
  g_assert_error (error, CRDT_ERROR, CRDT_ERROR_LIMIT);
}

typedef struct
{
  guint64 allowed;
  guint   asked;
} Hook;

static gboolean
allow_one (guint64  client_id,
           guint64  clock,
           guint64  length,
           gpointer user_data)
{
  Hook *hook = user_data;

  hook->asked++;
  g_assert_cmpuint (length, >, 0);
  return client_id == hook->allowed;
}

static void
test_hook (void)
{
  g_autoptr(CrdtDoc) doc = crdt_doc_new (NULL);
  Hook hook = { 7, 0 };
  g_autoptr(GBytes) own = string_at (7, 0, "t", FALSE);
  g_autoptr(GBytes) foreign = string_at (8, 0, "t", FALSE);
  g_autoptr(GBytes) later = string_at (8, 3, "t", TRUE);
  g_autoptr(GError) error = NULL;

  crdt_doc_set_block_func (doc, allow_one, &hook, NULL);
  g_assert_true (apply (doc, own, NULL));
  g_assert_cmpuint (hook.asked, ==, 1);
  /* What is known already is not asked about. */
  g_assert_true (apply (doc, own, NULL));
  g_assert_cmpuint (hook.asked, ==, 1);
  g_assert_false (apply (doc, foreign, &error));
  g_assert_error (error, CRDT_ERROR, CRDT_ERROR_REFUSED);
  g_assert_cmpuint (crdt_doc_get_clock (doc, 8), ==, 0);
  /* Nor can it come in by way of what is pending. */
  g_assert_false (apply (doc, later, NULL));
  g_assert_false (crdt_doc_has_pending (doc));
}

/* Another replica writes under our id: we leave it to them. */
static void
test_same_client (void)
{
  CrdtOptions options = { .client_id = 7 };
  g_autoptr(CrdtDoc) doc = crdt_doc_new (&options);
  g_autoptr(CrdtDoc) other = crdt_doc_new (&options);
  CrdtType *text = crdt_doc_get_root (doc, "t", CRDT_TYPE_TEXT, NULL);
  g_autoptr(GBytes) update = NULL;

  crdt_text_insert (text, 0, "a", -1, NULL, NULL);
  crdt_text_insert (crdt_doc_get_root (other, "t", CRDT_TYPE_TEXT, NULL), 0, "bc", -1, NULL, NULL);
  update = crdt_doc_encode (other, CRDT_FORMAT_V1);
  g_assert_true (apply (doc, update, NULL));
  g_assert_cmpuint (crdt_doc_get_client_id (doc), !=, 7);
  g_assert_true (crdt_text_insert (text, 0, "z", -1, NULL, NULL));
  must_hold (doc);
}

static void
on_update (CrdtDoc  *doc,
           GBytes   *update,
           gboolean  local,
           gpointer  origin,
           gpointer  user_data)
{
  g_autoptr(GError) error = NULL;
  CrdtType *text = crdt_doc_lookup_root (doc, "t");

  g_assert_false (crdt_text_insert (text, 0, "x", -1, NULL, &error));
  g_assert_error (error, CRDT_ERROR, CRDT_ERROR_STATE);
  *(guint *) user_data += 1;
}

static void
test_reentrance (void)
{
  g_autoptr(CrdtDoc) doc = crdt_doc_new (NULL);
  CrdtType *text = crdt_doc_get_root (doc, "t", CRDT_TYPE_TEXT, NULL);
  guint called = 0;

  crdt_doc_set_update_func (doc, on_update, &called, NULL);
  g_assert_true (crdt_text_insert (text, 0, "a", -1, NULL, NULL));
  g_assert_cmpuint (called, ==, 1);
  g_assert_cmpuint (crdt_type_get_length (text), ==, 1);
}

/*
 * Memory that runs out ends the program: GLib aborts. What is on disk is only ever a whole
 * update, because an update is handed over after the transaction. A child with little
 * memory writes what it gets, and dies; what it has written must load.
 */
static void
test_memory (void)
{
  g_autofree char *path = NULL;
  int fd = g_file_open_tmp ("crdt-XXXXXX", &path, NULL);
  guint died = 0;

#if defined(__SANITIZE_ADDRESS__) || (defined(__has_feature) && defined(__clang__))
  g_test_skip ("the sanitizer needs the address space");
  close (fd);
  unlink (path);
  return;
#endif
  for (guint step = 0; step < 24; step++)
    {
      int status;
      pid_t child = fork ();

      g_assert_cmpint (ftruncate (fd, 0), ==, 0);
      if (child == 0)
        {
          struct rlimit limit, core = { 0, 0 };
          CrdtDoc *doc = base_doc ();
          CrdtType *text = crdt_doc_lookup_root (doc, "t");
          g_autofree char *large = g_strnfill (4096, 'x');
          g_autofree char *statm = NULL;

          setrlimit (RLIMIT_CORE, &core);
          /* The last words of the child are not for the report. */
          if (freopen ("/dev/null", "w", stdout) == NULL || freopen ("/dev/null", "w", stderr) == NULL)
            _exit (3);
          g_file_get_contents ("/proc/self/statm", &statm, NULL, NULL);
          limit.rlim_cur = limit.rlim_max = (rlim_t) g_ascii_strtoull (statm, NULL, 10) * 4096 + step * 300000;
          setrlimit (RLIMIT_AS, &limit);
          for (guint i = 0; i < 4000; i++)
            {
              g_autoptr(GBytes) bytes = NULL;

              crdt_text_insert (text, i % 7, large, -1, NULL, NULL);
              if (i % 8 == 0)
                {
                  bytes = crdt_doc_encode (doc, CRDT_FORMAT_V1);
                  if (pwrite (fd, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), 0) < 0)
                    _exit (3);
                }
            }
          _exit (0);
        }
      g_assert_cmpint (waitpid (child, &status, 0), ==, child);
      died += WIFSIGNALED (status) != 0;
      {
        g_autofree char *data = NULL;
        gsize length;

        g_assert_true (g_file_get_contents (path, &data, &length, NULL));
        if (length > 0)
          {
            g_autoptr(CrdtDoc) doc = crdt_doc_new (NULL);
            g_autoptr(GError) error = NULL;

            crdt_doc_apply_update (doc, (guint8 *) data, length, CRDT_APPLY_TRUSTED, NULL, &error);
            g_assert_no_error (error);
            must_hold (doc);
          }
      }
    }
  g_assert_cmpuint (died, >, 0);
  close (fd);
  unlink (path);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/crdt/hostile/every-cut-and-bit", test_every_cut_and_bit);
  g_test_add_func ("/crdt/hostile/lies", test_lies);
  g_test_add_func ("/crdt/hostile/lost-parent", test_lost_parent);
  g_test_add_func ("/crdt/hostile/gap", test_gap);
  g_test_add_func ("/crdt/hostile/roots", test_roots);
  g_test_add_func ("/crdt/hostile/pending", test_pending);
  g_test_add_func ("/crdt/hostile/depth", test_depth);
  g_test_add_func ("/crdt/hostile/size", test_size);
  g_test_add_func ("/crdt/hostile/hook", test_hook);
  g_test_add_func ("/crdt/hostile/same-client", test_same_client);
  g_test_add_func ("/crdt/hostile/reentrance", test_reentrance);
  g_test_add_func ("/crdt/hostile/memory", test_memory);
  return g_test_run ();
}
