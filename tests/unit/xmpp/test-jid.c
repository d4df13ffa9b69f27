/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "xmpp/jid.h"

#include <string.h>

typedef struct
{
  const char *in;
  const char *out;   /* NULL: refused */
} Case;

/* RFC 7622 §3.5, RFC 8265 §3.5 and §4.3, and what attackers would try. */
static const Case cases[] = {
  { "juliet@example.com", "juliet@example.com" },
  { "Juliet@EXAMPLE.com", "juliet@example.com" },
  { "juliet@example.com/foo", "juliet@example.com/foo" },
  { "juliet@example.com/Foo Bar", "juliet@example.com/Foo Bar" },
  { "juliet@example.com/foo@bar", "juliet@example.com/foo@bar" },
  { "juliet@example.com/a/b", "juliet@example.com/a/b" },
  { "foo\\20bar@example.com", "foo\\20bar@example.com" },
  { "fussball@example.com", "fussball@example.com" },
  { "fu\xC3\x9F" "ball@example.com", "fu\xC3\x9F" "ball@example.com" },
  { "\xCF\x80@example.com", "\xCF\x80@example.com" },
  { "\xCE\xA3@example.com/foo", "\xCF\x83@example.com/foo" },     /* Σ → σ */
  { "\xCF\x83@example.com/foo", "\xCF\x83@example.com/foo" },
  { "\xCF\x82@example.com/foo", "\xCF\x82@example.com/foo" },     /* ς stays */
  { "king@example.com/\xE2\x99\x9A", "king@example.com/\xE2\x99\x9A" },
  { "example.com", "example.com" },
  { "example.com/foobar", "example.com/foobar" },
  { "a.example.com/b@example.net", "a.example.com/b@example.net" },
  { "example.com.", "example.com" },
  { "张伟@例子.test", "张伟@例子.test" },
  { "张伟@xn--fsqu00a.test", "张伟@例子.test" },
  { "A\xCC\x8A@example.com", "\xC3\xA5@example.com" },            /* A and ring → å */
  { "\xEF\xBC\xA1lice@example.com", "alice@example.com" },        /* full-width A */
  { "alice@192.0.2.1", "alice@192.0.2.1" },
  { "alice@[2001:DB8::0:1]", "alice@[2001:db8::1]" },
  { "alice@localhost/\xC2\xA0", "alice@localhost/ " },            /* no-break space → space */
  { "alice@example.com/\xEF\xBC\xA1", "alice@example.com/\xEF\xBC\xA1" },   /* resources keep width and case */

  { "", NULL },
  { "@example.com", NULL },
  { "alice@", NULL },
  { "/foo", NULL },
  { "alice@example.com/", NULL },
  { "foo bar@example.com", NULL },
  { "alice\"@example.com", NULL },
  { "alice&@example.com", NULL },
  { "alice:x@example.com", NULL },
  { "<alice>@example.com", NULL },
  { "a@b@example.com", NULL },
  { "alice@exa mple.com", NULL },
  { "alice@-example.com", NULL },
  { "alice@example-.com", NULL },
  { "alice@example..com", NULL },
  { "alice@.com", NULL },
  { "alice@.", NULL },
  { "alice@例子..", NULL },
  { "alice@例子。。", NULL },
  { "alice@[2001:db8::1", NULL },
  { "alice@[::1]x", NULL },
  { "alice@[127.0.0.1]", NULL },
  { "alice@xn--\x7F.test", NULL },
  { "\xE2\x99\x9A@example.com", NULL },                           /* a symbol is no letter */
  { "henry\xE2\x85\xA3@example.com", NULL },                      /* Ⅳ has a compatibility form */
  { "a\xE2\x80\x8B" "b@example.com", NULL },                      /* zero-width space */
  { "a\xE2\x80\xAE" "b@example.com", NULL },                      /* bidi override */
  { "a\xE2\x80\x8D" "b@example.com", NULL },                      /* joiner without a virama */
  { "\xD7\x90" "a@example.com", NULL },                           /* right-to-left, then left-to-right */
  { "\xEF\xBC\xA0@example.com", NULL },                           /* full-width @ */
  { "alice\x01@example.com", NULL },
  { "alice@example.com/a\x7F", NULL },
  { "alice@example.com/a\nb", NULL },
  { "alice@example.com/\xE2\x80\xAE", NULL },
  { "al\xFFice@example.com", NULL },
  { "alice@exam\xFFple.com", NULL },
  { "alice@example.com/\xC3", NULL },
  { "\xED\xA0\x80@example.com", NULL },
};

static void
test_prepare (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autofree char *prepared = xmpp_jid_prepare (cases[i].in, &error);
      g_autofree char *again = NULL;
      g_autofree char *shown = g_strescape (cases[i].in, NULL);

      g_test_message ("%s", shown);
      g_assert_cmpstr (prepared, ==, cases[i].out);
      if (cases[i].out == NULL)
        {
          g_assert_error (error, XMPP_JID_ERROR, XMPP_JID_ERROR_INVALID);
          g_assert_false (xmpp_jid_is_valid (cases[i].in));
          continue;
        }
      g_assert_no_error (error);
      g_assert_true (xmpp_jid_is_valid (prepared));
      again = xmpp_jid_prepare (prepared, NULL);
      g_assert_cmpstr (again, ==, prepared);
      g_assert_cmpint (xmpp_jid_is_valid (cases[i].in), ==, strcmp (cases[i].in, cases[i].out) == 0);
    }
}

static void
test_lengths (void)
{
  for (guint n = 1023; n <= 1024; n++)
    {
      g_autofree char *part = g_strnfill (n, 'a');
      g_autofree char *local = g_strconcat (part, "@example.com", NULL);
      g_autofree char *resource = g_strconcat ("a@example.com/", part, NULL);

      g_assert_cmpint (xmpp_jid_is_valid (local), ==, n == 1023);
      g_assert_cmpint (xmpp_jid_is_valid (resource), ==, n == 1023);
    }
  {
    g_autofree char *label = g_strnfill (63, 'a');
    g_autofree char *good = g_strconcat ("x@", label, ".test", NULL);
    g_autofree char *bad = g_strconcat ("x@a", label, ".test", NULL);

    g_assert_true (xmpp_jid_is_valid (good));
    g_assert_false (xmpp_jid_is_valid (bad));
  }
}

static void
test_parts (void)
{
  g_autofree char *bare = xmpp_jid_dup_bare ("a@b.c/d@e/f");
  g_autofree char *local = xmpp_jid_dup_local ("a@b.c/d@e/f");
  g_autofree char *domain = xmpp_jid_dup_domain ("a@b.c/d@e/f");
  g_autofree char *no_local = xmpp_jid_dup_local ("b.c/d@e");
  g_autofree char *only_domain = xmpp_jid_dup_domain ("b.c/d@e");
  g_autofree char *joined = xmpp_jid_join ("a@b.c", "x");
  g_autofree char *not_joined = xmpp_jid_join ("a@b.c", NULL);

  g_assert_cmpstr (bare, ==, "a@b.c");
  g_assert_cmpstr (local, ==, "a");
  g_assert_cmpstr (domain, ==, "b.c");
  g_assert_null (no_local);
  g_assert_cmpstr (only_domain, ==, "b.c");
  g_assert_cmpstr (xmpp_jid_get_resource ("a@b.c/d@e/f"), ==, "d@e/f");
  g_assert_null (xmpp_jid_get_resource ("a@b.c"));
  g_assert_true (xmpp_jid_is_bare ("a@b.c"));
  g_assert_false (xmpp_jid_is_bare ("a@b.c/d"));
  g_assert_cmpstr (joined, ==, "a@b.c/x");
  g_assert_cmpstr (not_joined, ==, "a@b.c");
  g_assert_true (xmpp_jid_bare_equal ("a@b.c/x", "a@b.c/y"));
  g_assert_true (xmpp_jid_bare_equal ("a@b.c", "a@b.c/y"));
  g_assert_false (xmpp_jid_bare_equal ("a@b.c", "a@b.cc"));
  g_assert_false (xmpp_jid_bare_equal ("a@b.c", NULL));
  g_assert_false (xmpp_jid_bare_equal (NULL, NULL));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/jid/prepare", test_prepare);
  g_test_add_func ("/jid/lengths", test_lengths);
  g_test_add_func ("/jid/parts", test_parts);

  return g_test_run ();
}
