/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Threat C6. */

#include "config.h"

#include "xmpp/display-text.h"
#include "xmpp/references.h"

#include <string.h>

#define RLO "\xe2\x80\xae"
#define PDF "\xe2\x80\xac"
#define RLI "\xe2\x81\xa7"
#define FSI "\xe2\x81\xa8"
#define PDI "\xe2\x81\xa9"
#define MARK "\xcc\x81"       /* U+0301 */

static char *
repeat (const char *piece,
        guint       count)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < count; i++)
    g_string_append (text, piece);
  return g_string_free (text, FALSE);
}

static void
test_cases (void)
{
  static const struct
  {
    const char *text, *shown;
  } cases[] = {
    { "", "" }, { "plain 中文 🎉", "plain 中文 🎉" }, { "a\tb\nc", "a\tb\nc" }, { "a\r\nb\rc", "a\nbc" }, { "a\x01\x7f\xc2\x85" "b", "ab" },
    { "<b>&amp;</b>", "<b>&amp;</b>" }, { "a\xe2\x80\xa8" "b\xe2\x80\xa9", "ab" },
    { RLO "abc", RLO "abc" PDF }, { RLO "abc\ndef", RLO "abc" PDF "\ndef" }, { RLI "a" PDI "b", RLI "a" PDI "b" },
    { "a" PDI "b" PDF, "ab" }, { RLI RLO "a" PDI "b", RLI RLO "a" PDF PDI "b" }, { RLO RLI "a" PDF "b", RLO RLI "ab" PDI PDF },
    { "e" MARK "x", "e" MARK "x" }, { "👨‍👩‍👧", "👨‍👩‍👧" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gboolean cut = TRUE;
      g_autofree char *shown = xmpp_display_text_dup (cases[i].text, NULL, FALSE, &cut);
      g_autofree char *again = xmpp_display_text_dup (shown, NULL, FALSE, NULL);

      if (!g_str_equal (shown, cases[i].shown))
        g_error ("case %u: %s", i, g_strescape (shown, NULL));
      g_assert_cmpstr (again, ==, shown);
      g_assert_false (cut);
    }
}

static void
test_limits (void)
{
  g_autofree char *at = repeat ("字", XMPP_DISPLAY_MAX_CHARACTERS), *over = g_strconcat (at, "字", NULL);
  g_autofree char *lines = repeat ("\n", XMPP_DISPLAY_MAX_LINES - 1), *more_lines = g_strconcat (lines, "\n", NULL);
  g_autofree char *marks = repeat (MARK, XMPP_DISPLAY_MAX_MARKS), *more_marks = g_strconcat ("e", marks, MARK, "x", NULL), *right_marks = g_strconcat ("e", marks, "x", NULL);
  g_autofree char *deep = repeat (RLO, 10000);
  g_autofree char *a = NULL, *b = NULL, *c = NULL, *d = NULL, *e = NULL, *f = NULL, *g = NULL;
  gboolean cut;

  a = xmpp_display_text_dup (at, NULL, FALSE, &cut);
  g_assert_false (cut);
  g_assert_cmpstr (a, ==, at);
  b = xmpp_display_text_dup (over, NULL, FALSE, &cut);
  g_assert_true (cut);
  g_assert_cmpstr (b, ==, at);
  c = xmpp_display_text_dup (over, NULL, TRUE, &cut);
  g_assert_false (cut);
  g_assert_cmpstr (c, ==, over);
  d = xmpp_display_text_dup (lines, NULL, FALSE, &cut);
  g_assert_false (cut);
  e = xmpp_display_text_dup (more_lines, NULL, FALSE, &cut);
  g_assert_true (cut);
  g_assert_cmpstr (e, ==, lines);
  f = xmpp_display_text_dup (more_marks, NULL, FALSE, &cut);
  g_assert_cmpstr (f, ==, right_marks);
  g = xmpp_display_text_dup (deep, NULL, TRUE, &cut);
  g_assert_cmpuint (strlen (g), <=, 2 * 125 * 3);
}

static XmppMention *
new_mention (gsize start,
             gsize end)
{
  XmppMention *mention = g_new0 (XmppMention, 1);

  mention->address = g_strdup ("bob@work.test");
  mention->start = start;
  mention->end = end;
  return mention;
}

static void
test_mentions (void)
{
  g_autoptr(GPtrArray) mentions = g_ptr_array_new_with_free_func ((GDestroyNotify) xmpp_mention_free);
  g_autofree char *far = repeat ("x", XMPP_DISPLAY_MAX_CHARACTERS);
  g_autofree char *text = g_strconcat ("\x01@bob and @a\x02l", far, "@end", NULL), *shown = NULL;
  const XmppMention *bob;

  g_ptr_array_add (mentions, new_mention (1, 5));                                   /* @bob */
  g_ptr_array_add (mentions, new_mention (10, 14));                                 /* broken by a control character */
  g_ptr_array_add (mentions, new_mention (strlen (text) - 4, strlen (text)));       /* cut off */
  shown = xmpp_display_text_dup (text, mentions, FALSE, NULL);
  g_assert_true (g_str_has_prefix (shown, "@bob and @al"));
  g_assert_cmpuint (mentions->len, ==, 1);
  bob = g_ptr_array_index (mentions, 0);
  g_assert_cmpuint (bob->start, ==, 0);
  g_assert_cmpuint (bob->end, ==, 4);
}

static void
test_names (void)
{
  g_autofree char *at = repeat ("字", XMPP_DISPLAY_NAME_MAX), *over = g_strconcat (at, "字", NULL);
  g_autofree char *at_shown = g_strconcat (FSI, at, PDI, NULL), *over_shown = g_strconcat (FSI, at, "…", PDI, NULL);
  const struct
  {
    const char *name, *shown;
  } cases[] = {
    { "", "" }, { "Bob", FSI "Bob" PDI }, { "Bob" PDI RLO "liame", FSI "Bobliame" PDI }, { "a\nb\tc", FSI "a b c" PDI },
    { RLO, FSI "…" PDI }, { "<span size='999999'>", FSI "<span size='999999'>" PDI }, { "👨‍👩‍👧", FSI "👨‍👩‍👧" PDI }, { at, at_shown }, { over, over_shown },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *shown = xmpp_display_name_dup (cases[i].name);

      g_assert_cmpstr (shown, ==, cases[i].shown);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/xmpp/display-text/cases", test_cases);
  g_test_add_func ("/xmpp/display-text/limits", test_limits);
  g_test_add_func ("/xmpp/display-text/mentions", test_mentions);
  g_test_add_func ("/xmpp/display-text/names", test_names);
  return g_test_run ();
}
