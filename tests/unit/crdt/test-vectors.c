/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Byte vectors that Yjs 13.6.33 has made: our edits give the same bytes, and its bytes give
 * the same document.
 */

#include "crdt/crdt.h"

static char *
hex (GBytes *bytes)
{
  GString *out = g_string_new (NULL);
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);

  for (gsize i = 0; i < length; i++)
    g_string_append_printf (out, "%02x", data[i]);
  return g_string_free (out, FALSE);
}

static GBytes *
unhex (const char *text)
{
  gsize n = strlen (text) / 2;
  guint8 *data = g_malloc (MAX (n, 1));

  for (gsize i = 0; i < n; i++)
    data[i] = (guint8) (g_ascii_xdigit_value (text[2 * i]) << 4 | g_ascii_xdigit_value (text[2 * i + 1]));
  return g_bytes_new_take (data, n);
}

static CrdtDoc *
new_doc (guint64 client)
{
  CrdtOptions options = { .client_id = client };

  return crdt_doc_new (&options);
}

static void
apply (CrdtDoc        *doc,
       GBytes         *update,
       CrdtApplyFlags  flags)
{
  g_autoptr(GError) error = NULL;
  gsize length;
  const guint8 *data = g_bytes_get_data (update, &length);

  crdt_doc_apply_update (doc, data, length, flags, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (crdt_doc_check (doc, &error));
}

/* The document has these bytes, and a copy made of them has them again. */
static void
check_v1 (CrdtDoc    *doc,
          const char *expected)
{
  g_autoptr(GBytes) v1 = crdt_doc_encode (doc, CRDT_FORMAT_V1);
  g_autoptr(GBytes) v2 = crdt_doc_encode (doc, CRDT_FORMAT_V2);
  g_autofree char *text = hex (v1);
  g_autofree char *hash = crdt_doc_hash (doc);
  g_autoptr(GError) error = NULL;

  g_assert_true (crdt_doc_check (doc, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, expected);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr(CrdtDoc) copy = new_doc (77);
      g_autoptr(GBytes) again = NULL;
      g_autofree char *again_text = NULL;
      g_autofree char *again_hash = NULL;

      apply (copy, i == 0 ? v1 : v2, i == 0 ? CRDT_APPLY_NONE : CRDT_APPLY_V2);
      again = crdt_doc_encode (copy, CRDT_FORMAT_V1);
      again_text = hex (again);
      again_hash = crdt_doc_hash (copy);
      g_assert_cmpstr (again_text, ==, expected);
      g_assert_cmpstr (again_hash, ==, hash);
    }
}

static void
check_v2 (CrdtDoc    *doc,
          const char *expected)
{
  g_autoptr(GBytes) v2 = crdt_doc_encode (doc, CRDT_FORMAT_V2);
  g_autofree char *text = hex (v2);

  g_assert_cmpstr (text, ==, expected);
}

static CrdtType *
root (CrdtDoc      *doc,
      const char   *name,
      CrdtTypeKind  kind)
{
  return crdt_doc_get_root (doc, name, kind, NULL);
}

static void
test_text (void)
{
  g_autoptr(CrdtDoc) doc = new_doc (1);
  CrdtType *text = root (doc, "t", CRDT_TYPE_TEXT);
  g_autoptr(GBytes) state = NULL;
  g_autofree char *state_hex = NULL;

  g_assert_true (crdt_text_insert (text, 0, "abc", -1, NULL, NULL));
  check_v1 (doc, "01010100040101740361626300");
  check_v2 (doc, "000001010000010407047461626301030101000001010000");
  state = crdt_doc_encode_state_vector (doc);
  state_hex = hex (state);
  g_assert_cmpstr (state_hex, ==, "010103");
  g_assert_true (crdt_text_delete (text, 1, 1, NULL));
  check_v1 (doc, "010301000401017401618101000184010101630101010101");
  g_assert_true (crdt_text_insert (text, 1, "X", -1, NULL, NULL));
  check_v1 (doc, "01040100040101740161810100018401010163c40101010201580101010101");
}

static void
test_surrogates (void)
{
  g_autoptr(CrdtDoc) doc = new_doc (1);
  CrdtType *text = root (doc, "t", CRDT_TYPE_TEXT);

  g_assert_true (crdt_text_insert (text, 0, "a\xf0\x9f\x98\x80" "b", -1, NULL, NULL));
  g_assert_cmpuint (crdt_type_get_length (text), ==, 4);
  check_v1 (doc, "01010100040101740661f09f98806200");
  g_assert_true (crdt_text_insert (text, 2, "-", -1, NULL, NULL));
  check_v1 (doc, "01030100040101740461efbfbd84010104efbfbd62c401010102012d00");
}

static void
test_format (void)
{
  g_autoptr(CrdtDoc) doc = new_doc (1);
  CrdtType *text = root (doc, "t", CRDT_TYPE_TEXT);
  g_autoptr(CrdtValue) bold = crdt_value_from_json ("{\"bold\":true}", -1, NULL);

  g_assert_true (crdt_text_insert (text, 0, "ab", -1, NULL, NULL));
  g_assert_true (crdt_text_format (text, 0, 1, bold, NULL));
  check_v1 (doc, "01040100040101740161840100016246010004626f6c640474727565c60100010104626f6c64046e756c6c00");
  check_v2 (doc, "0002000202410302010002000207040084004600c6100b746162626f6c64626f6c644101440001010000010400787e00");
}

static void
test_map (void)
{
  g_autoptr(CrdtDoc) doc = new_doc (1);
  CrdtType *map = root (doc, "m", CRDT_TYPE_MAP);
  g_autoptr(CrdtValue) one = crdt_value_new_number (1);
  g_autoptr(CrdtValue) v = crdt_value_new_string ("v", -1);

  g_assert_true (crdt_map_set (map, "k", one, NULL));
  check_v1 (doc, "010101002801016d016b017d0100");
  g_assert_true (crdt_map_set (map, "k", v, NULL));
  check_v1 (doc, "010201002101016d016b01a80100017701760101010001");
  check_v2 (doc, "0000024100010000032100a805026d6b41000101000241000102007701760101010000");
  g_assert_true (crdt_map_delete (map, "k", NULL));
  check_v1 (doc, "010101002101016d016b020101010002");
}

static void
test_array (void)
{
  g_autoptr(CrdtDoc) doc = new_doc (1);
  CrdtType *array = root (doc, "a", CRDT_TYPE_ARRAY);
  g_autoptr(CrdtValue) yes = crdt_value_new_boolean (TRUE);
  CrdtValue *values[3] = { crdt_value_new_number (1), crdt_value_new_string ("two", -1), crdt_value_new_null () };
  CrdtType *map;

  crdt_doc_begin (doc, NULL);
  map = crdt_array_insert_type (array, 0, CRDT_TYPE_MAP, NULL, NULL);
  g_assert_true (crdt_map_set (map, "x", yes, NULL));
  crdt_doc_commit (doc);
  check_v1 (doc, "010201000701016101280001000178017800");
  g_assert_true (crdt_array_insert (array, CRDT_END, values, 3, NULL));
  check_v1 (doc, "0103010007010161012800010001780178880100037d01770374776f7e00");
  g_assert_true (crdt_array_delete (array, 0, 1, NULL));
  check_v1 (doc, "0103010001010161010001880100037d01770374776f7e0101010002");
  g_assert_true (crdt_type_is_deleted (map));
  g_assert_false (crdt_map_set (map, "x", yes, NULL));
  for (guint i = 0; i < 3; i++)
    crdt_value_unref (values[i]);
}

static void
test_others (void)
{
  g_autoptr(CrdtDoc) embed = new_doc (1);
  g_autoptr(CrdtDoc) bytes = new_doc (1);
  g_autoptr(CrdtDoc) xml = new_doc (1);
  g_autoptr(CrdtValue) image = crdt_value_from_json ("{\"image\":\"u\"}", -1, NULL);
  g_autoptr(CrdtValue) r = crdt_value_new_string ("r", -1);
  CrdtValue *data = crdt_value_new_bytes ((const guint8 *) "\x09\x08", 2);
  CrdtType *p;

  g_assert_true (crdt_text_insert_embed (root (embed, "t", CRDT_TYPE_TEXT), 0, image, NULL, NULL));
  check_v1 (embed, "01010100050101740d7b22696d616765223a2275227d00");
  g_assert_true (crdt_array_insert (root (bytes, "a", CRDT_TYPE_ARRAY), 0, &data, 1, NULL));
  check_v1 (bytes, "010101000301016102090800");
  p = crdt_array_insert_type (root (xml, "x", CRDT_TYPE_XML_FRAGMENT), 0, CRDT_TYPE_XML_ELEMENT, "p", NULL);
  g_assert_true (crdt_map_set (p, "c", r, NULL));
  check_v1 (xml, "01020100070101780301702800010001630177017200");
  crdt_value_unref (data);
}

static void
test_two_clients (void)
{
  g_autoptr(CrdtDoc) one = new_doc (1);
  g_autoptr(CrdtDoc) two = new_doc (2);
  g_autoptr(GBytes) a = NULL;
  g_autoptr(GBytes) b = NULL;
  g_autofree char *text = NULL;

  crdt_text_insert (root (one, "t", CRDT_TYPE_TEXT), 0, "A", -1, NULL, NULL);
  crdt_text_insert (root (two, "t", CRDT_TYPE_TEXT), 0, "B", -1, NULL, NULL);
  a = crdt_doc_encode (one, CRDT_FORMAT_V1);
  b = crdt_doc_encode (two, CRDT_FORMAT_V1);
  apply (one, b, CRDT_APPLY_NONE);
  apply (two, a, CRDT_APPLY_NONE);
  check_v1 (one, "0201020004010174014201010004010174014100");
  check_v1 (two, "0201020004010174014201010004010174014100");
  check_v2 (one, "000002020100000104070474427441410201010000020100010000");
  text = crdt_text_to_string (root (one, "t", CRDT_TYPE_TEXT), NULL);
  g_assert_cmpstr (text, ==, "AB");
}

static void
test_diff (void)
{
  g_autoptr(CrdtDoc) doc = new_doc (1);
  g_autoptr(GBytes) diff = NULL;
  g_autoptr(GBytes) whole = NULL;
  g_autoptr(GBytes) cut = NULL;
  g_autofree char *text = NULL;
  g_autofree char *cut_text = NULL;

  crdt_text_insert (root (doc, "t", CRDT_TYPE_TEXT), 0, "hello", -1, NULL, NULL);
  diff = crdt_doc_encode_diff (doc, (const guint8 *) "\x01\x01\x02", 3, CRDT_FORMAT_V1, NULL);
  text = hex (diff);
  g_assert_cmpstr (text, ==, "01010102840101036c6c6f00");
  whole = crdt_doc_encode (doc, CRDT_FORMAT_V1);
  cut = crdt_update_diff (whole, CRDT_FORMAT_V1, (const guint8 *) "\x01\x01\x02", 3, NULL);
  cut_text = hex (cut);
  g_assert_cmpstr (cut_text, ==, "01010102840101036c6c6f00");
}

static void
on_update (CrdtDoc  *doc,
           GBytes   *update,
           gboolean  local,
           gpointer  origin,
           gpointer  user_data)
{
  g_ptr_array_add (user_data, g_bytes_ref (update));
}

static void
test_merge (void)
{
  g_autoptr(CrdtDoc) doc = new_doc (1);
  g_autoptr(CrdtDoc) other = new_doc (2);
  g_autoptr(GPtrArray) updates = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr(GBytes) merged = NULL;
  g_autofree char *text = NULL;
  g_autofree char *content = NULL;
  CrdtType *t = root (doc, "t", CRDT_TYPE_TEXT);
  GBytes *parts[2];

  crdt_doc_set_update_func (doc, on_update, updates, NULL);
  crdt_text_insert (t, 0, "a", -1, NULL, NULL);
  crdt_text_insert (t, 1, "b", -1, NULL, NULL);
  crdt_text_insert (t, 2, "c", -1, NULL, NULL);
  g_assert_cmpuint (updates->len, ==, 3);
  parts[0] = updates->pdata[0];
  parts[1] = updates->pdata[2];
  merged = crdt_update_merge (parts, 2, CRDT_FORMAT_V1, NULL);
  text = hex (merged);
  g_assert_cmpstr (text, ==, "010301000401017401610a01840101016300");
  apply (other, merged, CRDT_APPLY_NONE);
  g_assert_true (crdt_doc_has_pending (other));
  g_assert_cmpuint (crdt_doc_get_clock (other, 1), ==, 1);
  apply (other, updates->pdata[1], CRDT_APPLY_NONE);
  g_assert_false (crdt_doc_has_pending (other));
  content = crdt_text_to_string (root (other, "t", CRDT_TYPE_TEXT), NULL);
  g_assert_cmpstr (content, ==, "abc");
}

static void
test_empty (void)
{
  g_autoptr(CrdtDoc) doc = new_doc (1);
  g_autoptr(GBytes) nothing = unhex ("0000");

  check_v1 (doc, "0000");
  apply (doc, nothing, CRDT_APPLY_NONE);
  check_v1 (doc, "0000");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/crdt/vectors/text", test_text);
  g_test_add_func ("/crdt/vectors/surrogates", test_surrogates);
  g_test_add_func ("/crdt/vectors/format", test_format);
  g_test_add_func ("/crdt/vectors/map", test_map);
  g_test_add_func ("/crdt/vectors/array", test_array);
  g_test_add_func ("/crdt/vectors/others", test_others);
  g_test_add_func ("/crdt/vectors/two-clients", test_two_clients);
  g_test_add_func ("/crdt/vectors/diff", test_diff);
  g_test_add_func ("/crdt/vectors/merge", test_merge);
  g_test_add_func ("/crdt/vectors/empty", test_empty);
  return g_test_run ();
}
