/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium-app"

#include "config.h"

#include "app/parts/text.h"

#include <string.h>

#define FIRST_STRONG_ISOLATE "\xe2\x81\xa8"
#define POP_DIRECTIONAL_ISOLATE "\xe2\x81\xa9"
#define REPLACEMENT "\xef\xbf\xbd"

/* Runs inside runs that are followed; deeper ones are shown without style. */
#define MAX_DEPTH 16

static gboolean
is_bidi_control (gunichar c)
{
  return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

static gboolean
is_mark (gunichar c)
{
  switch (g_unichar_type (c))
    {
    case G_UNICODE_NON_SPACING_MARK:
    case G_UNICODE_ENCLOSING_MARK:
    case G_UNICODE_SPACING_MARK:
      return TRUE;
    default:
      return FALSE;
    }
}

/* Copies what may be shown. With @escape for markup, without for plain text; with @one_line every kind
 * of white space becomes one space. Stops after @max_characters. */
static void
append_clean (GString    *out,
              const char *text,
              gsize       length,
              gboolean    escape,
              gboolean    one_line,
              guint       max_characters)
{
  const char *p = text;
  const char *end = text + length;
  guint marks = 0;
  guint count = 0;

  while (p < end)
    {
      gunichar c = g_utf8_get_char_validated (p, end - p);
      const char *next;

      if (c == (gunichar) -1 || c == (gunichar) -2)
        {
          g_string_append (out, REPLACEMENT);
          p++;
          marks = 0;
          continue;
        }
      next = g_utf8_next_char (p);

      if (one_line && (c == '\n' || c == '\r' || c == '\t' || c == 0x2028 || c == 0x2029))
        c = ' ';

      if (is_bidi_control (c) || (c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7f && c < 0xa0))
        {
          p = next;
          continue;
        }

      if (is_mark (c))
        {
          if (++marks > ATRIUM_TEXT_MAX_MARKS)
            {
              p = next;
              continue;
            }
        }
      else
        {
          marks = 0;
          if (++count > max_characters)
            {
              g_string_append (out, "…");
              return;
            }
        }

      if (escape && c == '<')
        g_string_append (out, "&lt;");
      else if (escape && c == '>')
        g_string_append (out, "&gt;");
      else if (escape && c == '&')
        g_string_append (out, "&amp;");
      else if (escape && c == '"')
        g_string_append (out, "&quot;");
      else if (escape && c == '\'')
        g_string_append (out, "&#39;");
      else
        g_string_append_unichar (out, c);
      p = next;
    }
}

void
atrium_text_append_escaped (GString    *markup,
                            const char *text,
                            gssize      length)
{
  g_return_if_fail (markup != NULL);

  if (text != NULL)
    append_clean (markup, text, length < 0 ? strlen (text) : (gsize) length, TRUE, FALSE, G_MAXUINT);
}

char *
atrium_text_isolate (const char *text)
{
  GString *out = g_string_new (FIRST_STRONG_ISOLATE);

  if (text != NULL)
    append_clean (out, text, strlen (text), FALSE, FALSE, G_MAXUINT);
  g_string_append (out, POP_DIRECTIONAL_ISOLATE);

  return g_string_free (out, FALSE);
}

char *
atrium_text_line (const char *text,
                  guint       max_characters)
{
  GString *out = g_string_new (FIRST_STRONG_ISOLATE);

  if (text != NULL)
    append_clean (out, text, strlen (text), FALSE, TRUE, max_characters);
  g_string_append (out, POP_DIRECTIONAL_ISOLATE);

  return g_string_free (out, FALSE);
}

gsize
atrium_text_clip (const char *text,
                  gboolean   *out_clipped)
{
  const char *p = text;
  guint characters = 0;
  guint lines = 0;

  g_return_val_if_fail (text != NULL, 0);

  while (*p != '\0' && characters < ATRIUM_TEXT_MAX_CHARACTERS && lines < ATRIUM_TEXT_MAX_LINES)
    {
      if (*p == '\n')
        lines++;
      /* Bodies are valid UTF-8; a stray byte counts as one character and stays inside the string. */
      p++;
      while ((*p & 0xc0) == 0x80)
        p++;
      characters++;
    }

  if (out_clipped != NULL)
    *out_clipped = *p != '\0';
  return p - text;
}

static void
open_run (GString             *markup,
          const AtriumTextRun *run,
          gboolean             dark)
{
  switch (run->style)
    {
    case ATRIUM_TEXT_STRONG:
      g_string_append (markup, "<b>");
      break;
    case ATRIUM_TEXT_EMPHASIS:
      g_string_append (markup, "<i>");
      break;
    case ATRIUM_TEXT_STRIKE:
      g_string_append (markup, "<s>");
      break;
    case ATRIUM_TEXT_CODE:
      g_string_append_printf (markup, "<span font_family=\"monospace\" background=\"%s\">", dark ? "#3a3a3a" : "#ececec");
      break;
    case ATRIUM_TEXT_LINK:
      g_string_append (markup, "<a href=\"");
      atrium_text_append_escaped (markup, run->data, -1);
      g_string_append (markup, "\">");
      break;
    case ATRIUM_TEXT_MENTION:
      g_string_append_printf (markup, "<span weight=\"bold\" foreground=\"%s\" background=\"%s\">",
                              dark ? "#78aeed" : "#1a64bf", dark ? "#263851" : "#e3eefb");
      break;
    case ATRIUM_TEXT_MATCH:
      g_string_append_printf (markup, "<span weight=\"bold\" foreground=\"%s\" background=\"%s\">",
                              dark ? "#78aeed" : "#1a64bf", dark ? "#263851" : "#dbe8fa");
      break;
    case ATRIUM_TEXT_HIDDEN:
      break;
    default:
      g_assert_not_reached ();
    }
}

static void
close_run (GString             *markup,
           const AtriumTextRun *run)
{
  switch (run->style)
    {
    case ATRIUM_TEXT_STRONG:
      g_string_append (markup, "</b>");
      break;
    case ATRIUM_TEXT_EMPHASIS:
      g_string_append (markup, "</i>");
      break;
    case ATRIUM_TEXT_STRIKE:
      g_string_append (markup, "</s>");
      break;
    case ATRIUM_TEXT_LINK:
      g_string_append (markup, "</a>");
      break;
    case ATRIUM_TEXT_CODE:
    case ATRIUM_TEXT_MENTION:
    case ATRIUM_TEXT_MATCH:
      g_string_append (markup, "</span>");
      break;
    case ATRIUM_TEXT_HIDDEN:
      break;
    default:
      g_assert_not_reached ();
    }
}

char *
atrium_text_to_markup (const char          *text,
                       gsize                start,
                       gsize                end,
                       const AtriumTextRun *runs,
                       guint                n_runs,
                       gboolean             dark)
{
  GString *markup = g_string_new (FIRST_STRONG_ISOLATE);
  const AtriumTextRun *open[MAX_DEPTH];
  guint depth = 0;
  guint next = 0;
  guint hidden = 0;
  gboolean in_link = FALSE;
  gsize at = start;

  g_return_val_if_fail (text != NULL, NULL);

  while (at < end || depth > 0)
    {
      gsize stop = end;

      /* Leave what ends here. */
      while (depth > 0 && MIN (open[depth - 1]->end, end) <= at)
        {
          const AtriumTextRun *run = open[--depth];

          if (run->style == ATRIUM_TEXT_HIDDEN)
            hidden--;
          else
            close_run (markup, run);
          if (run->style == ATRIUM_TEXT_LINK)
            in_link = FALSE;
        }
      if (at >= end)
        continue;

      /* Enter what starts here; a run that crosses its parent, starts before the part that is shown or
       * is a link in a link is left out rather than trusted. */
      while (next < n_runs && runs[next].start <= at)
        {
          const AtriumTextRun *run = &runs[next++];

          if (run->start < at || run->end <= run->start || depth == MAX_DEPTH ||
              (depth > 0 && run->end > open[depth - 1]->end) ||
              (run->style == ATRIUM_TEXT_LINK && (in_link || run->data == NULL)))
            continue;
          open[depth++] = run;
          if (run->style == ATRIUM_TEXT_HIDDEN)
            hidden++;
          else
            open_run (markup, run, dark);
          if (run->style == ATRIUM_TEXT_LINK)
            in_link = TRUE;
        }

      if (depth > 0)
        stop = MIN (stop, open[depth - 1]->end);
      if (next < n_runs)
        stop = MIN (stop, runs[next].start);
      if (stop > at)
        {
          if (hidden == 0)
            atrium_text_append_escaped (markup, text + at, stop - at);
          at = stop;
        }
    }

  g_string_append (markup, POP_DIRECTIONAL_ISOLATE);
  return g_string_free (markup, FALSE);
}

static gboolean
is_emoji (gunichar c)
{
  return (c >= 0x1f300 && c <= 0x1faff) || (c >= 0x2600 && c <= 0x27bf) || (c >= 0x1f1e6 && c <= 0x1f1ff);
}

gboolean
atrium_text_is_emoji_only (const char *text)
{
  guint bases = 0;
  gboolean joined = FALSE;

  if (text == NULL)
    return FALSE;

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (c == 0x200d)
        joined = TRUE;
      else if (c == 0xfe0f || (c >= 0x1f3fb && c <= 0x1f3ff))
        continue;
      else if (is_emoji (c))
        {
          if (!joined && ++bases > 3)
            return FALSE;
          joined = FALSE;
        }
      else if (c != ' ')
        return FALSE;
    }

  return bases > 0;
}
