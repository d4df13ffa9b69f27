/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/desktop/notifications.h"
#include "app/parts/avatar.h"
#include "app/parts/hue.h"
#include "app/parts/stamp.h"
#include "app/parts/text.h"
#include "app/today/today-page.h"

#include <math.h>
#include <pango/pango.h>
#include <string.h>

#define FSI "\xe2\x81\xa8"
#define PDI "\xe2\x81\xa9"

/* The vectors of XEP-0392 §6. */
static void
test_hue (void)
{
  static const struct
  {
    const char *text;
    double angle;
  } vectors[] = {
    { "Romeo", 327.255249 }, { "juliet@capulet.lit", 209.410400 }, { "😺", 331.199341 }, { "council", 359.994507 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    g_assert_cmpfloat_with_epsilon (atrium_hue_angle (vectors[i].text), vectors[i].angle, 0.00001);
}

/* sRGB of XEP-0392 §6, at saturation 100 and lightness 50. */
static void
test_color (void)
{
  GdkRGBA color;

  atrium_hue_color (atrium_hue_angle ("Romeo"), 100, 50, &color);
  g_assert_cmpfloat_with_epsilon (color.red, 0.865, 0.001);
  g_assert_cmpfloat_with_epsilon (color.green, 0.000, 0.001);
  g_assert_cmpfloat_with_epsilon (color.blue, 0.686, 0.001);
  atrium_hue_color (atrium_hue_angle ("juliet@capulet.lit"), 100, 50, &color);
  g_assert_cmpfloat_with_epsilon (color.red, 0.000, 0.001);
  g_assert_cmpfloat_with_epsilon (color.green, 0.515, 0.001);
  g_assert_cmpfloat_with_epsilon (color.blue, 0.573, 0.001);
}

static double
luminance (const GdkRGBA *color)
{
  double channels[3] = { color->red, color->green, color->blue };

  for (guint i = 0; i < 3; i++)
    channels[i] = channels[i] <= 0.04045 ? channels[i] / 12.92 : pow ((channels[i] + 0.055) / 1.055, 2.4);
  return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2];
}

/* White letters stand on every face with a contrast of 4.5 at least, whatever the address. */
static void
test_contrast (void)
{
  for (guint hue = 0; hue < 360; hue++)
    {
      GdkRGBA light;

      atrium_hue_color (hue, 72, 49, &light);
      g_assert_cmpfloat (1.05 / (luminance (&light) + 0.05), >=, 4.5);
    }
}

static void
test_letters (void)
{
  static const struct
  {
    const char *name, *letters;
  } cases[] = {
    { "Bob Larsen", "BL" }, { "alice", "A" }, { "陈雨 Chen Yu", "陈" }, { "Procurement 采购", "采" }, { "Anna-Maria", "AM" },
    { "", "" }, { "  ", "" }, { "élise martin", "ÉM" }, { "a b c", "AB" }, { "7 Days", "7D" },
  };
  g_autofree char *none = atrium_avatar_dup_letters (NULL);

  g_assert_cmpstr (none, ==, "");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *letters = atrium_avatar_dup_letters (cases[i].name);

      g_assert_cmpstr (letters, ==, cases[i].letters);
    }
}

/* Threat C5: every character of Unicode comes out as itself, or not at all, and never as markup. */
static void
test_escape_all (void)
{
  for (gunichar c = 1; c <= 0x10ffff; c++)
    {
      g_autoptr(GString) markup = NULL;
      g_autofree char *plain = NULL;
      g_autoptr(GError) error = NULL;
      char text[8] = { 0 };
      gboolean dropped = (c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7f && c < 0xa0) || (c >= 0x202a && c <= 0x202e) ||
                         (c >= 0x2066 && c <= 0x2069);

      if (!g_unichar_validate (c) || (c > 0x3000 && c % 61 != 0))
        continue;
      g_unichar_to_utf8 (c, text);
      markup = g_string_new (NULL);
      atrium_text_append_escaped (markup, text, -1);
      g_assert_true (pango_parse_markup (markup->str, -1, 0, NULL, &plain, NULL, &error));
      g_assert_no_error (error);
      g_assert_cmpstr (plain, ==, dropped ? "" : text);
    }
}

static void
test_escape_broken (void)
{
  g_autoptr(GString) markup = g_string_new (NULL);

  atrium_text_append_escaped (markup, "a\xff\xc3", 3);
  g_assert_cmpstr (markup->str, ==, "a\xef\xbf\xbd\xef\xbf\xbd");
}

static void
test_marks (void)
{
  g_autoptr(GString) storm = g_string_new ("e");
  g_autofree char *line = NULL;

  for (guint i = 0; i < 10000; i++)
    g_string_append (storm, "\xcc\x81");
  line = atrium_text_line (storm->str, 100);
  g_assert_cmpuint (g_utf8_strlen (line, -1), ==, 1 + ATRIUM_TEXT_MAX_MARKS + 2);
}

static void
test_line (void)
{
  g_autofree char *line = atrium_text_line ("one\ntwo\r\tthree", 100);
  g_autofree char *cut = atrium_text_line ("abcdef", 3);
  g_autofree char *spoof = atrium_text_line ("a" PDI "\xe2\x80\xae" "b", 10);

  g_assert_cmpstr (line, ==, FSI "one two  three" PDI);
  g_assert_cmpstr (cut, ==, FSI "abc…" PDI);
  g_assert_cmpstr (spoof, ==, FSI "ab" PDI);
}

static void
test_clip (void)
{
  g_autofree char *at_limit = g_strnfill (ATRIUM_TEXT_MAX_CHARACTERS, 'x');
  g_autofree char *over = g_strnfill (ATRIUM_TEXT_MAX_CHARACTERS + 1, 'x');
  g_autofree char *lines = g_strnfill (ATRIUM_TEXT_MAX_LINES + 5, '\n');
  gboolean clipped;

  g_assert_cmpuint (atrium_text_clip (at_limit, &clipped), ==, ATRIUM_TEXT_MAX_CHARACTERS);
  g_assert_false (clipped);
  g_assert_cmpuint (atrium_text_clip (over, &clipped), ==, ATRIUM_TEXT_MAX_CHARACTERS);
  g_assert_true (clipped);
  g_assert_cmpuint (atrium_text_clip (lines, &clipped), ==, ATRIUM_TEXT_MAX_LINES);
  g_assert_true (clipped);
}

static void
test_markup (void)
{
  const AtriumTextRun runs[] = {
    { ATRIUM_TEXT_STRONG, 0, 6, NULL },
    { ATRIUM_TEXT_HIDDEN, 0, 1, NULL },
    { ATRIUM_TEXT_HIDDEN, 5, 6, NULL },
    { ATRIUM_TEXT_LINK, 7, 12, "https://e.org/?a=\"&b" },
  };
  g_autofree char *markup = atrium_text_to_markup ("*bold* <a&b>", 0, 12, runs, G_N_ELEMENTS (runs), FALSE);

  g_assert_cmpstr (markup, ==,
                   FSI "<b>bold</b> <a href=\"https://e.org/?a=&quot;&amp;b\">&lt;a&amp;b&gt;</a>" PDI);
}

/* Runs that cross, point outside or end before they start must give well-formed markup all the same. */
static void
test_markup_hostile (void)
{
  const char *text = "0123456789 äöü <b>";
  g_autoptr(GRand) rand = g_rand_new_with_seed (20261121);

  for (guint round = 0; round < 5000; round++)
    {
      AtriumTextRun runs[6];
      g_autofree char *markup = NULL;
      g_autoptr(GError) error = NULL;
      gsize at = 0;

      for (guint i = 0; i < G_N_ELEMENTS (runs); i++)
        {
          at = MIN (at + g_rand_int_range (rand, 0, 3), 9);
          runs[i].style = g_rand_int_range (rand, 0, ATRIUM_TEXT_HIDDEN + 1);
          runs[i].start = at;
          runs[i].end = g_rand_int_range (rand, 0, 11);
          runs[i].data = "x<y";
        }
      markup = atrium_text_to_markup (text, 0, strlen (text), runs, G_N_ELEMENTS (runs), TRUE);
      /* Links are the label's own element: Pango does not know them. */
      {
        g_autoptr(GRegex) links = g_regex_new ("</?a[^>]*>", 0, 0, NULL);
        g_autofree char *without = g_regex_replace_literal (links, markup, -1, 0, "", 0, NULL);

        g_assert_true (pango_parse_markup (without, -1, 0, NULL, NULL, NULL, &error));
        g_assert_no_error (error);
      }
    }
}

static void
test_emoji (void)
{
  g_assert_true (atrium_text_is_emoji_only ("👍"));
  g_assert_true (atrium_text_is_emoji_only ("👩‍💻 🎉"));
  g_assert_false (atrium_text_is_emoji_only ("👍👍👍👍"));
  g_assert_false (atrium_text_is_emoji_only ("ok 👍"));
  g_assert_false (atrium_text_is_emoji_only (""));
}

static void
test_stamps (void)
{
  g_autoptr(GDateTime) now = g_date_time_new_local (2026, 11, 20, 9, 30, 0);
  gint64 now_us = g_date_time_to_unix (now) * G_USEC_PER_SEC;
  g_autofree char *today = atrium_stamp_short (now_us - 26 * 60 * G_USEC_PER_SEC, now_us);
  g_autofree char *yesterday = atrium_stamp_short (now_us - 20 * G_TIME_SPAN_HOUR, now_us);
  g_autofree char *week = atrium_stamp_short (now_us - 3 * G_TIME_SPAN_DAY, now_us);
  g_autofree char *year = atrium_stamp_short (now_us - 100 * G_TIME_SPAN_DAY, now_us);
  g_autofree char *long_ago = atrium_stamp_short (now_us - 700 * G_TIME_SPAN_DAY, now_us);
  g_autofree char *duration = atrium_stamp_duration (37500);
  g_autofree char *hours = atrium_stamp_duration (3723000);

  g_assert_cmpstr (today, ==, "09:04");
  g_assert_cmpstr (yesterday, ==, "Yesterday");
  g_assert_cmpstr (week, ==, "Tue");
  g_assert_cmpstr (year, ==, "12 Aug");
  g_assert_cmpstr (long_ago, ==, "20 Dec 2024");
  g_assert_cmpstr (duration, ==, "0:37");
  g_assert_cmpstr (hours, ==, "1:02:03");
}

static void
test_quiet (void)
{
  g_assert_true (atrium_quiet_now (1320, 420, 1400));
  g_assert_true (atrium_quiet_now (1320, 420, 10));
  g_assert_false (atrium_quiet_now (1320, 420, 420));
  g_assert_false (atrium_quiet_now (1320, 420, 720));
  g_assert_true (atrium_quiet_now (600, 660, 600));
  g_assert_false (atrium_quiet_now (600, 660, 660));
}

static void
test_greeting (void)
{
  g_assert_cmpstr (atrium_today_greeting (5), ==, "Good morning, %s");
  g_assert_cmpstr (atrium_today_greeting (12), ==, "Good afternoon, %s");
  g_assert_cmpstr (atrium_today_greeting (18), ==, "Good evening, %s");
  g_assert_cmpstr (atrium_today_greeting (3), ==, "Good evening, %s");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_setenv ("TZ", "UTC", TRUE);

  g_test_add_func ("/app/hue/angle", test_hue);
  g_test_add_func ("/app/hue/color", test_color);
  g_test_add_func ("/app/hue/contrast", test_contrast);
  g_test_add_func ("/app/avatar/letters", test_letters);
  g_test_add_func ("/app/text/escape-all", test_escape_all);
  g_test_add_func ("/app/text/escape-broken", test_escape_broken);
  g_test_add_func ("/app/text/marks", test_marks);
  g_test_add_func ("/app/text/line", test_line);
  g_test_add_func ("/app/text/clip", test_clip);
  g_test_add_func ("/app/text/markup", test_markup);
  g_test_add_func ("/app/text/markup-hostile", test_markup_hostile);
  g_test_add_func ("/app/text/emoji", test_emoji);
  g_test_add_func ("/app/stamp", test_stamps);
  g_test_add_func ("/app/quiet-hours", test_quiet);
  g_test_add_func ("/app/greeting", test_greeting);

  return g_test_run ();
}
