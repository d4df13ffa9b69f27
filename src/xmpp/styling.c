/* SPDX-License-Identifier: GPL-3.0-or-later */

/* XEP-0393: Message Styling.
 *
 * One pass over the lines; quotes and preformatted blocks are states that go on from line to line, spans are looked for
 * inside one line. Invariants:
 *
 *   S1  spans are appended in the order of their start, an enclosing one before what it encloses;
 *   S2  an open quote or block holds the index of its span, whose end is moved with each of its lines;
 *   S3  for each mark the search for its partner only moves forward within a line, so that a line costs linear time.
 */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "xmpp/styling.h"

#include <string.h>

#define N_MARKS 4
#define FENCE "```"

static const char marks[N_MARKS] = { '*', '_', '~', '`' };
static const XmppStyle mark_styles[N_MARKS] = {
  XMPP_STYLE_STRONG, XMPP_STYLE_EMPHASIS, XMPP_STYLE_STRIKE, XMPP_STYLE_CODE,
};

typedef struct
{
  const char *text;
  GArray     *spans;
  guint       depth;                              /* open quotes */
  guint       quotes[XMPP_STYLE_MAX_DEPTH];       /* index of their spans */
  gboolean    in_block;
  guint       block_depth;                        /* quotes around the open block */
  guint       block;                              /* index of its span */
} Parser;

static guint
add_span (Parser    *parser,
          XmppStyle  style,
          guint      depth,
          gsize      start,
          gsize      end)
{
  XmppStyleSpan span = { style, depth, start, end };

  g_array_append_val (parser->spans, span);
  return parser->spans->len - 1;
}

static gboolean
is_space_before (const char *text,
                 gsize       line,
                 gsize       at)
{
  gunichar c;

  if (at == line)
    return FALSE;
  c = g_utf8_get_char (g_utf8_find_prev_char (text + line, text + at));
  return g_unichar_isspace (c) || g_unichar_type (c) == G_UNICODE_SPACE_SEPARATOR;
}

static gboolean
is_space_at (const char *text,
             gsize       at,
             gsize       end)
{
  gunichar c;

  if (at >= end)
    return TRUE;
  c = g_utf8_get_char (text + at);
  return g_unichar_isspace (c) || g_unichar_type (c) == G_UNICODE_SPACE_SEPARATOR;
}

static int
mark_index (char c)
{
  for (int i = 0; i < N_MARKS; i++)
    {
      if (marks[i] == c)
        return i;
    }
  return -1;
}

typedef struct
{
  gsize end;        /* of the span's contents: where its closing mark stands */
} OpenSpan;

/* Spans of one line, [start, end). */
static void
parse_line (Parser *parser,
            gsize   start,
            gsize   end)
{
  const char *text = parser->text;
  gsize search[N_MARKS] = { start, start, start, start };
  OpenSpan open[N_MARKS + 1] = { { end } };
  guint n_open = 0;
  gboolean after_opening = FALSE;     /* the byte before is an opening mark */
  int last_opening = -1;
  gsize at = start;

  while (at < end)
    {
      int mark = mark_index (text[at]);
      gsize limit = open[n_open].end;
      gsize close;

      if (n_open > 0 && at == limit)
        {
          add_span (parser, XMPP_STYLE_DIRECTIVE, 0, at, at + 1);
          n_open--;
          at++;
          after_opening = FALSE;
          continue;
        }
      if (mark < 0)
        {
          at++;
          after_opening = FALSE;
          continue;
        }
      if ((at != start && !is_space_before (text, start, at) && !(after_opening && last_opening != mark))
          || is_space_at (text, at + 1, end))
        {
          at++;
          after_opening = FALSE;
          continue;
        }
      if (text[at + 1] == marks[mark])
        {
          /* Nothing between them: neither is a mark (§5.2). */
          at += at + 1 < limit ? 2 : 1;
          after_opening = FALSE;
          continue;
        }

      for (close = MAX (search[mark], at + 2); close < end; close++)      /* S3 */
        {
          if (text[close] == marks[mark] && !is_space_before (text, start, close))
            break;
        }
      search[mark] = close;
      if (close >= limit)
        {
          at++;
          after_opening = FALSE;
          continue;
        }
      add_span (parser, mark_styles[mark], 0, at, close + 1);
      add_span (parser, XMPP_STYLE_DIRECTIVE, 0, at, at + 1);
      if (mark_styles[mark] == XMPP_STYLE_CODE)
        {
          add_span (parser, XMPP_STYLE_DIRECTIVE, 0, close, close + 1);
          at = close + 1;
          after_opening = FALSE;
          continue;
        }
      open[++n_open].end = close;
      at++;
      after_opening = TRUE;
      last_opening = mark;
    }
}

static XmppStyleSpan *
span_at (Parser *parser,
         guint   index)
{
  return &g_array_index (parser->spans, XmppStyleSpan, index);
}

/* Skips up to @limit quote marks of the line; opens and closes quotes so that as many are open as the line has. */
static gsize
parse_quotes (Parser *parser,
              gsize   start,
              gsize   end,
              guint   limit)
{
  gsize at = start;
  guint depth = 0;
  guint known = parser->depth;

  while (depth < limit && at < end && parser->text[at] == '>')
    {
      gsize mark = at++;

      if (at < end && (parser->text[at] == ' ' || parser->text[at] == '\t'))
        at++;
      if (depth >= known)
        {
          parser->quotes[depth] = add_span (parser, XMPP_STYLE_QUOTE, depth + 1, mark, end);
          parser->depth = depth + 1;
        }
      add_span (parser, XMPP_STYLE_DIRECTIVE, 0, mark, at);
      depth++;
    }
  for (guint i = 0; i < depth; i++)
    span_at (parser, parser->quotes[i])->end = end;
  parser->depth = depth;
  return at;
}

static void
parse_block_line (Parser *parser,
                  gsize   start,
                  gsize   end)
{
  span_at (parser, parser->block)->end = end;
  if (end - start == strlen (FENCE) && strncmp (parser->text + start, FENCE, strlen (FENCE)) == 0)
    {
      add_span (parser, XMPP_STYLE_DIRECTIVE, 0, start, end);
      parser->in_block = FALSE;
    }
}

static void
parse_text_line (Parser *parser,
                 gsize   start,
                 gsize   end)
{
  gsize at;

  if (parser->in_block)
    {
      at = parse_quotes (parser, start, end, parser->block_depth);
      if (parser->depth == parser->block_depth)
        {
          parse_block_line (parser, at, end);
          return;
        }
      parser->in_block = FALSE;     /* its quote has ended, and so has the block (§5.1) */
    }
  else
    at = parse_quotes (parser, start, end, XMPP_STYLE_MAX_DEPTH);
  if (end - at >= strlen (FENCE) && strncmp (parser->text + at, FENCE, strlen (FENCE)) == 0)
    {
      parser->in_block = TRUE;
      parser->block_depth = parser->depth;
      parser->block = add_span (parser, XMPP_STYLE_PREFORMATTED, 0, at, end);
      add_span (parser, XMPP_STYLE_DIRECTIVE, 0, at, end);
      return;
    }
  parse_line (parser, at, end);
}

GArray *
xmpp_styling_parse (const char *text,
                    gssize      length)
{
  g_autoptr(GArray) spans = g_array_new (FALSE, FALSE, sizeof (XmppStyleSpan));
  Parser parser = { .text = text, .spans = spans };
  gsize size, start = 0;

  g_return_val_if_fail (text != NULL, NULL);

  size = length < 0 ? strlen (text) : (gsize) length;
  while (start < size)
    {
      const char *feed = memchr (text + start, '\n', size - start);
      gsize end = feed != NULL ? (gsize) (feed - text) : size;

      parse_text_line (&parser, start, end);
      start = end + 1;
    }
  return g_steal_pointer (&spans);
}

gboolean
xmpp_styling_is_disabled (const XmppNode *message)
{
  g_return_val_if_fail (message != NULL, FALSE);

  return xmpp_node_get_child (message, "unstyled", XMPP_NS_STYLING) != NULL;
}

void
xmpp_styling_disable (XmppNode *message)
{
  g_return_if_fail (message != NULL);

  xmpp_node_add_child (message, "unstyled", XMPP_NS_STYLING);
}
