/* SPDX-License-Identifier: GPL-3.0-or-later */

/* XEP-0393, and the link finder (threats C6, C7, D8). */

#include "config.h"

#include "xmpp/links.h"
#include "xmpp/styling.h"

#include <string.h>

static const char *const style_names[] = { "quote", "pre", "strong", "em", "strike", "code", "mark" };

/* "strong[0,8] …" without the marks. */
static char *
describe (const char *text)
{
  g_autoptr(GArray) spans = xmpp_styling_parse (text, -1);
  GString *out = g_string_new (NULL);
  gsize last = 0;

  for (guint i = 0; i < spans->len; i++)
    {
      const XmppStyleSpan *span = &g_array_index (spans, XmppStyleSpan, i);

      g_assert_cmpuint (span->start, >=, last);
      g_assert_cmpuint (span->start, <, span->end);
      g_assert_cmpuint (span->end, <=, strlen (text));
      last = span->start;
      if (span->style == XMPP_STYLE_DIRECTIVE)
        continue;
      g_string_append_printf (out, "%s%s%s{%.*s}", out->len > 0 ? " " : "", style_names[span->style],
                              span->depth > 1 ? "+" : "", (int) (span->end - span->start), text + span->start);
    }
  return g_string_free (out, FALSE);
}

static void
test_spans (void)
{
  static const struct
  {
    const char *text, *expected;
  } cases[] = {
    /* §5.2 */
    { "plain span", "" },
    { "*strong span*", "strong{*strong span*}" },
    { "plain _emphasis_ plain", "em{_emphasis_}" },
    { "`pre` plain *strong*", "code{`pre`} strong{*strong*}" },
    { "*strong*plain*", "strong{*strong*}" },
    { "* plain *strong*", "strong{*strong*}" },
    { "not strong*", "" }, { "*not strong", "" }, { "*not \n strong*", "" }, { "*not *strong", "" },
    { "**", "" }, { "***", "" }, { "****", "" },
    { "Everyone ~dis~likes cake.", "strike{~dis~}" },
    { "This is `*monospace*`", "code{`*monospace*`}" },
    { "This is *`monospace and bold`*", "strong{*`monospace and bold`*} code{`monospace and bold`}" },
    { "_*both*_ and _one", "em{_*both*_} strong{*both*}" },
    { "*this _overlaps* here_", "strong{*this _overlaps*}" },
    { "snake_case_name and 2*3*4", "" },
    { "（*非*）", "" }, { " *重点*内容", "strong{*重点*}" }, { "\xe3\x80\x80*x*", "strong{*x*}" },
    { "*a\xe3\x80\x80*", "" },
    { "one *two* three *four*", "strong{*two*} strong{*four*}" },
    { "", "" }, { "*", "" }, { "`", "" },
    /* §5.1 */
    { "```\nint x; *no*\n```\n*yes*", "pre{```\nint x; *no*\n```} strong{*yes*}" },
    { "```ignored\n(println)\n```\n\nplain", "pre{```ignored\n(println)\n```}" },
    { "```\nopen to the end", "pre{```\nopen to the end}" },
    { "a\n``` b\nc", "pre{``` b\nc}" },
    { "> That that is, is.\n\nSaid", "quote{> That that is, is.}" },
    { ">> outer and inner\n> outer\nnone", "quote{>> outer and inner\n> outer} quote+{> outer and inner}" },
    { "> *strong*\n> plain", "quote{> *strong*\n> plain} strong{*strong*}" },
    { "> ```\n> x\nnot in it\n```", "quote{> ```\n> x} pre{```\n> x} pre{```}" },
    { "> a\n\n> b", "quote{> a} quote{> b}" },
    { ">>>>>>>>>>>>>>>>>>>> deep", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *found = describe (cases[i].text);

      if (cases[i].expected != NULL && !g_str_equal (found, cases[i].expected))
        g_error ("“%s”: found %s, not %s", cases[i].text, found, cases[i].expected);
    }
}

static void
test_marks (void)
{
  g_autoptr(GArray) spans = xmpp_styling_parse ("> *a*", -1);
  const XmppStyleSpan expected[] = {
    { XMPP_STYLE_QUOTE, 1, 0, 5 }, { XMPP_STYLE_DIRECTIVE, 0, 0, 2 }, { XMPP_STYLE_STRONG, 0, 2, 5 },
    { XMPP_STYLE_DIRECTIVE, 0, 2, 3 }, { XMPP_STYLE_DIRECTIVE, 0, 4, 5 },
  };

  g_assert_cmpuint (spans->len, ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < spans->len; i++)
    {
      const XmppStyleSpan *span = &g_array_index (spans, XmppStyleSpan, i);

      g_assert_cmpint (span->style, ==, expected[i].style);
      g_assert_cmpuint (span->depth, ==, expected[i].depth);
      g_assert_cmpuint (span->start, ==, expected[i].start);
      g_assert_cmpuint (span->end, ==, expected[i].end);
    }
}

static void
test_links (void)
{
  static const struct
  {
    const char *text, *expected;
  } cases[] = {
    { "see https://example.org/a?b=c#d.", "https://example.org/a?b=c#d" },
    { "(http://example.org/a_(b)) and", "http://example.org/a_(b)" },
    { "HTTPS://EXAMPLE.ORG", "HTTPS://EXAMPLE.ORG" },
    { "mailto:a@b.example, tel:+49-30-123456; xmpp:team@rooms.work.test?join", "mailto:a@b.example|tel:+49-30-123456|xmpp:team@rooms.work.test?join" },
    { "看https://work.test/路径，谢谢", "https://work.test/" },
    { "https://work.test。", "https://work.test" },
    { "https://例子.测试/x", "https://例子.测试/x!" },
    { "https://bank.example@evil.example/", "https://bank.example@evil.example/!" },
    { "https://xn--80ak6aa92e.com/", "https://xn--80ak6aa92e.com/!" },
    { "http://[::1]:80/ http://[::zz]/", "http://[::1]:80/" },
    { "http://h:65535/ http://h:65536/ http://h:0 http://h:x", "http://h:65535/" },
    { "\"https://a.example\" <https://b.example>", "https://a.example|https://b.example" },
    { "**https://a.example**", "https://a.example" },
    { "xhttps://a.example git+https://a.example", "" },
    { "javascript:alert(1) file:///etc/passwd smb://h data:text/html,x about:blank ftp://h", "" },
    { "http: http:// http:/// https://- http://a..b http://-a", "" },
    { "mailto:@ mailto:a mailto:a@ tel:1 tel:abc xmpp: xmpp:x", "" },
    { "https://a.example/\xe2\x80\xaegnp.exe", "https://a.example/" },
    { "https://a.example/x\ny", "https://a.example/x" },
    { "http://http://http://", "" },
    { "nothing: at all", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GArray) links = xmpp_links_find (cases[i].text, -1);
      g_autoptr(GString) found = g_string_new (NULL);

      for (guint j = 0; j < links->len; j++)
        {
          const XmppLink *link = &g_array_index (links, XmppLink, j);

          g_string_append_printf (found, "%s%.*s%s", j > 0 ? "|" : "", (int) (link->end - link->start), cases[i].text + link->start,
                                  link->suspicious ? "!" : "");
        }
      if (!g_str_equal (found->str, cases[i].expected))
        g_error ("“%s”: found %s, not %s", cases[i].text, found->str, cases[i].expected);
    }
}

static void
test_safe (void)
{
  g_autofree char *longest = g_strnfill (XMPP_LINK_MAX_BYTES - strlen ("https://a.example/"), 'x');
  g_autofree char *at_limit = g_strconcat ("https://a.example/", longest, NULL);
  g_autofree char *over = g_strconcat (at_limit, "x", NULL);
  const char *bad[] = { "", ":", "javascript:alert(1)", " https://a.example", "https://a.example x", "file:///x", "https://",
                        "data:text/html,x", "https://a.example/\xe2\x80\xae", "https://a.example\n", "JaVaScRiPt:x", "vbscript:x", "xhttps://a" };
  XmppLinkScheme scheme;
  gboolean suspicious;

  g_assert_true (xmpp_link_is_safe ("https://a.example/x", &scheme, &suspicious));
  g_assert_cmpint (scheme, ==, XMPP_LINK_HTTPS);
  g_assert_false (suspicious);
  g_assert_true (xmpp_link_is_safe ("https://аррӏе.example/", NULL, &suspicious));
  g_assert_true (suspicious);
  g_assert_true (xmpp_link_is_safe (at_limit, NULL, NULL));
  g_assert_false (xmpp_link_is_safe (over, NULL, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    if (xmpp_link_is_safe (bad[i], NULL, NULL))
      g_error ("safe? %s", bad[i]);
}

/* Linear time: sixteen times the text takes at most 16 × 4 times as long (C7); and 64 kB some milliseconds. */
static void
test_time (void)
{
  const char *pieces[] = { "a", "(", "http://", "http:", "*", "*a ", "_*~`", "> ", ">", "`a", "```\n", "https://a.example/(", "tel:", "@:", "*a*", "x\n>",
                           "http://a)", "xmpp:", "\xe2\x80\xae", "a*" };

  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++)
    {
      gint64 elapsed[2] = { G_MAXINT64, G_MAXINT64 };

      for (guint size = 0; size < 2; size++)
        {
          g_autoptr(GString) text = g_string_new (NULL);

          while (text->len < (size == 0 ? 4096u : 65536u))
            g_string_append (text, pieces[i]);
          for (guint round = 0; round < 5; round++)
            {
              gint64 start = g_get_monotonic_time ();
              g_autoptr(GArray) spans = xmpp_styling_parse (text->str, text->len);
              g_autoptr(GArray) links = xmpp_links_find (text->str, text->len);

              elapsed[size] = MIN (elapsed[size], g_get_monotonic_time () - start);
            }
        }
      g_test_message ("“%s”: 4 kB %" G_GINT64_FORMAT " µs, 64 kB %" G_GINT64_FORMAT " µs", pieces[i], elapsed[0], elapsed[1]);
      g_assert_cmpint (elapsed[1], <, 64 * MAX (elapsed[0], 50));
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/xmpp/styling/spans", test_spans);
  g_test_add_func ("/xmpp/styling/marks", test_marks);
  g_test_add_func ("/xmpp/links/find", test_links);
  g_test_add_func ("/xmpp/links/safe", test_safe);
  g_test_add_func ("/xmpp/styling/time", test_time);
  return g_test_run ();
}
