/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "xmpp/node-private.h"
#include "xmpp/redact.h"

#include <string.h>

static void
assert_xml (const XmppNode *node,
            const char     *expected)
{
  g_autofree char *xml = xmpp_node_to_string (node);

  g_assert_cmpstr (xml, ==, expected);
}

static void
test_build (void)
{
  g_autoptr(XmppNode) message = xmpp_node_new ("message", "jabber:client");
  XmppNode *body, *x;

  xmpp_node_set_attribute (message, "to", "bob@work.test");
  xmpp_node_set_attribute (message, "id", "1");
  body = xmpp_node_add_text_child (message, "body", NULL, "a < b & c > d");
  xmpp_node_set_attribute (body, "xml:lang", "en");
  x = xmpp_node_add_child (message, "x", "urn:x");
  xmpp_node_add_child (x, "y", NULL);
  xmpp_node_set_attribute_int64 (x, "n", G_MININT64);
  assert_xml (message, "<message xmlns='jabber:client' to='bob@work.test' id='1'><body xml:lang='en'>a &lt; b &amp; c &gt; d"
                       "</body><x xmlns='urn:x' n='-9223372036854775808'><y/></x></message>");

  xmpp_node_set_attribute (message, "to", "carol@work.test");
  xmpp_node_set_attribute (message, "id", NULL);
  xmpp_node_set_attribute (message, "type", "chat");
  g_assert_cmpstr (xmpp_node_get_attribute (message, "to"), ==, "carol@work.test");
  g_assert_null (xmpp_node_get_attribute (message, "id"));
  g_assert_cmpstr (xmpp_node_get_attribute (message, "type"), ==, "chat");
  g_assert_true (xmpp_node_get_parent (body) == message);
  g_assert_true (xmpp_node_get_next (body) == x);
  g_assert_null (xmpp_node_get_next (x));
}

static void
test_text (void)
{
  g_autoptr(XmppNode) node = xmpp_node_new ("a", "u");
  XmppNode *child;

  g_assert_cmpstr (xmpp_node_get_text (node), ==, "");
  xmpp_node_add_text (node, "one ");
  xmpp_node_add_text (node, "two");
  g_assert_cmpstr (xmpp_node_get_text (node), ==, "one two");
  child = xmpp_node_add_text_child (node, "b", NULL, "inner");
  g_assert_cmpstr (xmpp_node_get_text (node), ==, "one two");
  xmpp_node_add_text (node, " three");
  g_assert_cmpstr (xmpp_node_get_text (node), ==, "one two three");
  g_assert_cmpstr (xmpp_node_get_text (node), ==, "one two three");
  xmpp_node_add_text (node, " four");
  g_assert_cmpstr (xmpp_node_get_text (node), ==, "one two three four");
  g_assert_true (xmpp_node_get_first_child (node) == child);
  g_assert_null (xmpp_node_get_next (child));
  assert_xml (node, "<a xmlns='u'>one two<b>inner</b> three four</a>");
}

/* A text that is added to byte by byte: the same text, and time in proportion. */
static void
test_long_text (void)
{
  g_autoptr(XmppNode) node = xmpp_node_new ("a", "u");
  g_autoptr(GString) expected = g_string_new (NULL);

  for (guint i = 0; i < 200000; i++)
    {
      char text[] = { 'a' + i % 26, '\0' };
      xmpp_node_add_text (node, text);
      g_string_append (expected, text);
    }
  g_assert_cmpstr (xmpp_node_get_text (node), ==, expected->str);
  g_assert_cmpuint (xmpp_node_get_footprint (node), <, 20 * 200000);
}

/* What XML cannot carry is left out; the rest survives writing and reading. */
static void
test_characters (void)
{
  static const struct { const char *in, *out; } cases[] = {
    { "tab\tnewline\nreturn\r\n", "tab\tnewline\nreturn\r\n" },
    { "a\x01" "b\x1F" "c", "abc" },
    { "a\xEF\xBF\xBE" "b\xEF\xBF\xBF", "ab" },
    { "bad\xFFutf\xC3", "badutf" },
    { "\xED\xA0\x80half", "half" },
    { "quotes ' \" ]]> <!-- & &amp;", "quotes ' \" ]]> <!-- & &amp;" },
    { "你好 😀", "你好 😀" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(XmppNode) node = xmpp_node_new ("a", "u");
      g_autoptr(XmppNode) read = NULL;
      g_autoptr(GError) error = NULL;
      g_autofree char *xml = NULL;

      xmpp_node_add_text (node, cases[i].in);
      xmpp_node_set_attribute (node, "b", cases[i].in);
      xml = xmpp_node_to_string (node);
      read = xmpp_node_parse (xml, -1, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (xmpp_node_get_text (read), ==, cases[i].out);
      g_assert_cmpstr (xmpp_node_get_attribute (read, "b"), ==, cases[i].out);
    }
}

static void
test_namespaces (void)
{
  const char *xml = "<a xmlns='u' xmlns:p='v'><p:b p:c='1' d='2' xml:lang='zh'><e xmlns=''/></p:b></a>";
  g_autoptr(XmppNode) node = xmpp_node_parse (xml, -1, NULL);
  g_autoptr(XmppNode) again = NULL;
  g_autofree char *written = NULL;
  g_autofree char *rewritten = NULL;
  XmppNode *b;

  b = xmpp_node_get_child (node, "b", "v");
  g_assert_nonnull (b);
  g_assert_null (xmpp_node_get_child (node, "b", NULL));
  g_assert_null (xmpp_node_get_attribute (b, "c"));
  g_assert_cmpstr (xmpp_node_get_attribute (b, "{v}c"), ==, "1");
  g_assert_cmpstr (xmpp_node_get_attribute (b, "d"), ==, "2");
  g_assert_cmpstr (xmpp_node_get_attribute (b, "xml:lang"), ==, "zh");
  g_assert_nonnull (xmpp_node_get_child (b, "e", ""));

  written = xmpp_node_to_string (node);
  again = xmpp_node_parse (written, -1, NULL);
  g_assert_nonnull (again);
  rewritten = xmpp_node_to_string (again);
  g_assert_cmpstr (written, ==, rewritten);
  g_assert_cmpstr (xmpp_node_get_attribute (xmpp_node_get_child (again, "b", "v"), "{v}c"), ==, "1");
}

static void
test_copy (void)
{
  g_autoptr(XmppNode) node = xmpp_node_parse ("<a xmlns='u'>t<b c='d'><e>x</e>y<f/></b><g/></a>", -1, NULL);
  g_autoptr(XmppNode) copy = xmpp_node_copy (xmpp_node_get_child (node, "b", NULL));
  g_autoptr(XmppNode) other = xmpp_node_new ("o", "v");

  assert_xml (copy, "<b xmlns='u' c='d'><e>x</e>y<f/></b>");
  g_assert_null (xmpp_node_get_parent (copy));
  xmpp_node_add_copy (other, node);
  xmpp_node_add_copy (other, copy);
  g_clear_pointer (&node, xmpp_node_unref);
  g_clear_pointer (&copy, xmpp_node_unref);
  assert_xml (other, "<o xmlns='v'><a xmlns='u'>t<b c='d'><e>x</e>y<f/></b><g/></a><b xmlns='u' c='d'><e>x</e>y<f/></b></o>");

  /* Into itself. */
  xmpp_node_add_copy (xmpp_node_get_child (other, "b", "u"), other);
  g_assert_nonnull (xmpp_node_get_child (xmpp_node_get_child (xmpp_node_get_child (other, "b", "u"), "o", "v"), "a", "u"));
}

typedef struct
{
  const char *text;
  gboolean    good;
  gint64      value;
} Number;

static void
test_numbers (void)
{
  static const Number numbers[] = {
    { "0", TRUE, 0 }, { "-0", TRUE, 0 }, { "+7", TRUE, 7 }, { "007", TRUE, 7 }, { "-100", TRUE, -100 }, { "100", TRUE, 100 },
    { "101", FALSE, 0 }, { "-101", FALSE, 0 }, { "", FALSE, 0 }, { "-", FALSE, 0 }, { "+", FALSE, 0 }, { "+-1", FALSE, 0 },
    { " 1", FALSE, 0 }, { "1 ", FALSE, 0 }, { "1e2", FALSE, 0 }, { "0x1", FALSE, 0 }, { "1.0", FALSE, 0 },
    { "9223372036854775808", FALSE, 0 }, { "18446744073709551617", FALSE, 0 }, { "１", FALSE, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      g_autoptr(XmppNode) node = xmpp_node_new ("a", "u");
      gint64 value = 12345;

      xmpp_node_set_attribute (node, "n", numbers[i].text);
      g_assert_cmpint (xmpp_node_get_attribute_int64 (node, "n", -100, 100, &value), ==, numbers[i].good);
      g_assert_cmpint (value, ==, numbers[i].good ? numbers[i].value : 12345);
      g_assert_false (xmpp_node_get_attribute_int64 (node, "absent", -100, 100, &value));
    }
}

/* A peer that invents names does not make the shared table grow for ever. */
static void
test_invented_names (void)
{
  g_autoptr(GString) xml = g_string_new ("<a xmlns='u'>");
  g_autoptr(XmppNode) node = NULL;
  guint count = 0;

  for (guint i = 0; i < 3000; i++)
    g_string_append_printf (xml, "<n%u v%u='%u'/>", i, i, i);
  g_string_append (xml, "</a>");
  node = xmpp_node_parse (xml->str, xml->len, NULL);
  for (XmppNode *n = xmpp_node_get_first_child (node); n != NULL; n = xmpp_node_get_next (n), count++)
    {
      g_autofree char *name = g_strdup_printf ("n%u", count);
      g_autofree char *attribute = g_strdup_printf ("v%u", count);

      g_assert_true (xmpp_node_is (n, name, "u"));
      g_assert_cmpuint (atoi (xmpp_node_get_attribute (n, attribute)), ==, count);
    }
  g_assert_cmpuint (count, ==, 3000);
}

static void
test_redact (void)
{
  g_autoptr(XmppNode) node = xmpp_node_parse ("<message xmlns='jabber:client' to='bob@work.test' id='a&#10;b'><body>very "
                                              "secret</body><x xmlns='urn:x' token='secret' type='t'>"
                                              "<password>secret</password></x></message>", -1, NULL);
  g_autofree char *line = xmpp_redact (node);

  g_assert_cmpstr (line, ==, "<message xmlns='jabber:client' to='bob@work.test' id='a?b'><body>[11]</body>"
                             "<x xmlns='urn:x' token='[6]' type='t'><password>[6]</password></x></message>");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/node/build", test_build);
  g_test_add_func ("/node/text", test_text);
  g_test_add_func ("/node/long-text", test_long_text);
  g_test_add_func ("/node/characters", test_characters);
  g_test_add_func ("/node/namespaces", test_namespaces);
  g_test_add_func ("/node/copy", test_copy);
  g_test_add_func ("/node/numbers", test_numbers);
  g_test_add_func ("/node/invented-names", test_invented_names);
  g_test_add_func ("/node/redact", test_redact);

  return g_test_run ();
}
