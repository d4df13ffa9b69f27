/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Primitive encodings: the vectors of the format description, limits and refusals. */

#include "crdt/crdt.h"
#include "crdt/lib0-private.h"
#include "crdt/value-private.h"

#include <math.h>

static char *
hex (const guint8 *data,
     gsize         length)
{
  GString *out = g_string_new (NULL);

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

static void
test_varuint (void)
{
  static const struct { guint64 value; const char *bytes; } cases[] = {
    { 0, "00" }, { 127, "7f" }, { 128, "8001" }, { 300, "ac02" },
    { G_MAXUINT32, "ffffffff0f" }, { CRDT_MAX_INTEGER, "ffffffffffffff0f" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto(CrdtWriter) writer = { 0 };
      g_autofree char *text = NULL;
      CrdtReader reader;
      guint64 value = 0;

      crdt_writer_varuint (&writer, cases[i].value);
      text = hex (writer.data, writer.len);
      g_assert_cmpstr (text, ==, cases[i].bytes);
      crdt_reader_init (&reader, writer.data, writer.len);
      g_assert_true (crdt_reader_read_varuint (&reader, &value));
      g_assert_cmpuint (value, ==, cases[i].value);
      g_assert_true (reader.at == reader.end);
      for (gsize cut = 0; cut < writer.len; cut++)
        {
          crdt_reader_init (&reader, writer.data, cut);
          g_assert_false (crdt_reader_read_varuint (&reader, &value));
          g_assert_true (reader.at == reader.start);
          g_assert_cmpint (reader.code, ==, CRDT_ERROR_TRUNCATED);
        }
    }
}

static void
test_varuint_refused (void)
{
  static const char *const cases[] = { "8080808080808010", "ffffffffffffffff7f", "ffffffffffffffffffffffffffff00",
                                       "808080808080808001" };
  static const char *const accepted[] = { "80808080808000", "8000" };

  for (guint i = 0; i < G_N_ELEMENTS (cases) + G_N_ELEMENTS (accepted); i++)
    {
      gboolean good = i >= G_N_ELEMENTS (cases);
      g_autoptr(GBytes) bytes = unhex (good ? accepted[i - G_N_ELEMENTS (cases)] : cases[i]);
      CrdtReader reader;
      guint64 value = 7;
      gsize n;
      const guint8 *data = g_bytes_get_data (bytes, &n);

      crdt_reader_init (&reader, data, n);
      g_assert_cmpint (crdt_reader_read_varuint (&reader, &value), ==, good);
      g_assert_cmpuint (value, ==, good ? 0 : 7);
    }
}

static void
test_varint (void)
{
  static const struct { gint64 value; gboolean negative; const char *bytes; } cases[] = {
    { 0, FALSE, "00" }, { 0, TRUE, "40" }, { 1, TRUE, "41" }, { 63, FALSE, "3f" }, { 64, FALSE, "8001" },
    { 64, TRUE, "c001" }, { G_GINT64_CONSTANT (1) << 31, FALSE, "8080808010" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto(CrdtWriter) writer = { 0 };
      g_autofree char *text = NULL;
      CrdtReader reader;
      guint64 value;
      gboolean negative;

      crdt_writer_varint (&writer, (guint64) cases[i].value, cases[i].negative);
      text = hex (writer.data, writer.len);
      g_assert_cmpstr (text, ==, cases[i].bytes);
      crdt_reader_init (&reader, writer.data, writer.len);
      g_assert_true (crdt_reader_read_varint (&reader, &value, &negative));
      g_assert_cmpuint (value, ==, (guint64) cases[i].value);
      g_assert_cmpint (negative, ==, cases[i].negative);
    }
}

static void
check_any (CrdtValue  *value,
           const char *expected)
{
  g_autoptr(GBytes) bytes = crdt_value_to_any (value);
  g_autoptr(CrdtValue) back = NULL;
  g_autoptr(GError) error = NULL;
  gsize n;
  const guint8 *data = g_bytes_get_data (bytes, &n);
  g_autofree char *text = hex (data, n);

  g_assert_cmpstr (text, ==, expected);
  back = crdt_value_from_any (data, n, &error);
  g_assert_no_error (error);
  g_assert_true (crdt_value_equal (back, value));
  for (gsize cut = 0; cut < n; cut++)
    {
      g_autoptr(GError) cut_error = NULL;

      g_assert_null (crdt_value_from_any (data, cut, &cut_error));
      g_assert_error (cut_error, CRDT_ERROR, CRDT_ERROR_TRUNCATED);
    }
  crdt_value_unref (value);
}

static void
test_any (void)
{
  CrdtValue *list = crdt_value_new_array ();
  CrdtValue *object = crdt_value_new_object ();

  crdt_value_append (list, crdt_value_new_number (1));
  crdt_value_append (list, crdt_value_new_string ("a", -1));
  crdt_value_set (object, "a", crdt_value_new_number (1));
  crdt_value_set (object, "b", crdt_value_new_null ());
  check_any (crdt_value_new_null (), "7e");
  check_any (crdt_value_new_undefined (), "7f");
  check_any (crdt_value_new_number (5), "7d05");
  check_any (crdt_value_new_number (2147483648.0), "7c4f000000");
  check_any (crdt_value_new_number (0.5), "7c3f000000");
  check_any (crdt_value_new_number (0.1), "7b3fb999999999999a");
  check_any (crdt_value_new_number (-0.0), "7d40");
  check_any (crdt_value_new_bigint (10), "7a000000000000000a");
  check_any (crdt_value_new_number (NAN), "7b7ff8000000000000");
  check_any (crdt_value_new_number (INFINITY), "7c7f800000");
  check_any (list, "75027d01770161");
  check_any (object, "760201617d0101627e");
}

/* JavaScript's order of keys and its view of doubled ones. */
static void
test_object_order (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(CrdtValue) value = crdt_value_from_json ("{\"b\":1,\"10\":2,\"a\":3,\"9\":4,\"b\":5,\"01\":6}", -1, &error);
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  text = crdt_value_to_json (value);
  g_assert_cmpstr (text, ==, "{\"9\":4,\"10\":2,\"b\":5,\"a\":3,\"01\":6}");
}

static void
test_canonical (void)
{
  static const struct { const char *in; const char *out; } cases[] = {
    { "7d05", "7d05" }, { "7d8500", "7d05" }, { "7c40a00000", "7d05" }, { "7b3fe0000000000000", "7c3f000000" },
    { "7781006", NULL }, { "77810061", "770161" }, { "760201317d010130" "7d02", "760201307d0201317d01" },
    { "7e7e", NULL }, { "00", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GBytes) bytes = unhex (cases[i].in);
      g_auto(CrdtWriter) writer = { 0 };
      CrdtReader reader;
      gsize n;
      const guint8 *data = g_bytes_get_data (bytes, &n);
      gboolean good;

      crdt_reader_init (&reader, data, n);
      good = crdt_any_copy_canonical (&reader, &writer) && reader.at == reader.end;
      g_assert_cmpint (good, ==, cases[i].out != NULL);
      if (good)
        {
          g_autofree char *text = hex (writer.data, writer.len);

          g_assert_cmpstr (text, ==, cases[i].out);
        }
    }
}

static void
test_json (void)
{
  static const struct { const char *in; const char *out; } cases[] = {
    { "1", "1" }, { " [ 1 , 2.50 ] ", "[1,2.5]" }, { "1e21", "1e+21" }, { "1e20", "100000000000000000000" },
    { "0.000001", "0.000001" }, { "1e-7", "1e-7" }, { "123456.789e3", "123456789" }, { "-0", "0" },
    { "5e-324", "5e-324" }, { "1.7976931348623157e308", "1.7976931348623157e+308" }, { "0.1", "0.1" },
    { "\"\\u00e9\\n\\u0001\\/\"", "\"\xc3\xa9\\n\\u0001/\"" }, { "\"\\ud83d\\ude00\"", "\"\xf0\x9f\x98\x80\"" },
    { "\"\\ud83d\"", "\"\xef\xbf\xbd\"" }, { "{}", "{}" }, { "[]", "[]" }, { "{\"a\":[{}]}", "{\"a\":[{}]}" },
    { "[1,]", NULL }, { "[", NULL }, { "{\"a\"}", NULL }, { "{\"a\":1,}", NULL }, { "01", NULL }, { "+1", NULL },
    { "1.", NULL }, { "\"\n\"", NULL }, { "\"\\x\"", NULL }, { "nul", NULL }, { "", NULL }, { "1 2", NULL },
    { "[]]", NULL }, { "{]", NULL }, { "\"\xff\"", NULL }, { "\"abc", NULL }, { "undefined", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(CrdtValue) value = crdt_value_from_json (cases[i].in, -1, &error);

      if (cases[i].out == NULL)
        {
          g_assert_null (value);
          g_assert_error (error, CRDT_ERROR, CRDT_ERROR_INVALID);
        }
      else
        {
          g_autofree char *text = NULL;

          g_assert_no_error (error);
          text = crdt_value_to_json (value);
          g_assert_cmpstr (text, ==, cases[i].out);
        }
    }
}

static void
test_depth (void)
{
  for (guint depth = CRDT_VALUE_MAX_DEPTH - 2; depth < CRDT_VALUE_MAX_DEPTH + 2; depth++)
    {
      g_autoptr(GString) json = g_string_new (NULL);
      g_autoptr(GByteArray) any = g_byte_array_new ();
      g_autoptr(CrdtValue) a = NULL;
      g_autoptr(CrdtValue) b = NULL;

      for (guint i = 0; i < depth; i++)
        {
          g_string_append_c (json, '[');
          g_byte_array_append (any, (const guint8 *) "\x75\x01", 2);
        }
      for (guint i = 0; i < depth; i++)
        g_string_insert_c (json, (gssize) depth, ']');
      g_byte_array_append (any, (const guint8 *) "\x7e", 1);
      a = crdt_value_from_json (json->str, -1, NULL);
      b = crdt_value_from_any (any->data, any->len, NULL);
      g_assert_cmpint (a != NULL, ==, depth <= CRDT_VALUE_MAX_DEPTH - 1);
      g_assert_cmpint (b != NULL, ==, depth <= CRDT_VALUE_MAX_DEPTH - 1);
    }
}

static void
test_utf8 (void)
{
  static const struct { const char *text; gboolean good; gsize units; } cases[] = {
    { "", TRUE, 0 }, { "abcdefghij", TRUE, 10 }, { "\xc3\xa9", TRUE, 1 }, { "\xe4\xb8\xad", TRUE, 1 },
    { "\xf0\x9f\x98\x80", TRUE, 2 }, { "12345678\xf0\x9f\x98\x80", TRUE, 10 }, { "\xef\xbb\xbf" "a", TRUE, 2 },
    { "\x80", FALSE, 0 }, { "\xc0\x80", FALSE, 0 }, { "\xed\xa0\x80", FALSE, 0 }, { "\xf4\x90\x80\x80", FALSE, 0 },
    { "\xe0\x80\x80", FALSE, 0 }, { "\xf0\x80\x80\x80", FALSE, 0 }, { "\xc3", FALSE, 0 }, { "\xff", FALSE, 0 },
    { "\xe4\xb8", FALSE, 0 }, { "1234567\xe4\xb8", FALSE, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gsize units = 99, n = strlen (cases[i].text);

      g_assert_cmpint (crdt_utf8_scan ((const guint8 *) cases[i].text, n, &units), ==, cases[i].good);
      if (cases[i].good)
        {
          guint16 wide[16];
          guint8 back[64];

          g_assert_cmpuint (units, ==, cases[i].units);
          crdt_utf8_to_utf16 ((const guint8 *) cases[i].text, n, wide);
          g_assert_cmpuint (crdt_utf16_utf8_size (wide, units), ==, n);
          g_assert_true (crdt_utf16_to_utf8 (wide, units, back) == back + n);
          g_assert_cmpmem (back, n, cases[i].text, n);
        }
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/crdt/values/varuint", test_varuint);
  g_test_add_func ("/crdt/values/varuint-refused", test_varuint_refused);
  g_test_add_func ("/crdt/values/varint", test_varint);
  g_test_add_func ("/crdt/values/any", test_any);
  g_test_add_func ("/crdt/values/object-order", test_object_order);
  g_test_add_func ("/crdt/values/canonical", test_canonical);
  g_test_add_func ("/crdt/values/json", test_json);
  g_test_add_func ("/crdt/values/depth", test_depth);
  g_test_add_func ("/crdt/values/utf8", test_utf8);
  return g_test_run ();
}
