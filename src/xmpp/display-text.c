/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "xmpp/display-text.h"
#include "xmpp/references.h"

#include <string.h>

/* UAX 9 §2 */
#define LRE 0x202a
#define RLE 0x202b
#define PDF 0x202c
#define LRO 0x202d
#define RLO 0x202e
#define LRI 0x2066
#define RLI 0x2067
#define FSI 0x2068
#define PDI 0x2069

/* UAX 9 §3.3.2: deeper levels are ignored by everybody. */
#define MAX_LEVELS 125

typedef struct
{
  GString  *out;
  guint     marks;                    /* combining ones since the last base */
  guint     n_open;
  gunichar  closers[MAX_LEVELS];      /* of the levels that are open in this line */
} Writer;

static gboolean
is_combining (gunichar c)
{
  switch (g_unichar_type (c))
    {
    case G_UNICODE_NON_SPACING_MARK:
    case G_UNICODE_ENCLOSING_MARK:
      return TRUE;
    default:
      return FALSE;
    }
}

static void
close_line (Writer *writer)
{
  while (writer->n_open > 0)
    g_string_append_unichar (writer->out, writer->closers[--writer->n_open]);
}

/* Closes the innermost level that @c closes, with those inside it; FALSE if there is none. */
static gboolean
close_level (Writer   *writer,
             gunichar  c)
{
  guint at = writer->n_open;

  while (at > 0 && writer->closers[at - 1] != c)
    {
      if (c == PDF)
        return FALSE;       /* an embedding does not reach out of an isolate (UAX 9 §6.1) */
      at--;
    }
  if (at == 0)
    return FALSE;
  while (writer->n_open > at)
    g_string_append_unichar (writer->out, writer->closers[--writer->n_open]);
  writer->n_open--;
  return TRUE;
}

/* Whether the character stays. */
static gboolean
filter (Writer   *writer,
        gunichar  c)
{
  if (is_combining (c))
    return ++writer->marks <= XMPP_DISPLAY_MAX_MARKS;
  if (c != 0x200d)
    writer->marks = 0;
  switch (c)
    {
    case '\n':
      close_line (writer);
      return TRUE;
    case '\t':
      return TRUE;
    case LRE:
    case RLE:
    case LRO:
    case RLO:
    case LRI:
    case RLI:
    case FSI:
      if (writer->n_open >= MAX_LEVELS)
        return FALSE;
      writer->closers[writer->n_open++] = c == LRI || c == RLI || c == FSI ? PDI : PDF;
      return TRUE;
    case PDF:
    case PDI:
      return close_level (writer, c);
    case 0x2028:
    case 0x2029:
      return FALSE;
    default:
      return g_unichar_type (c) != G_UNICODE_CONTROL;
    }
}

/* @map: where each byte of the input went, or G_MAXSIZE. */
static void
move_mentions (GPtrArray   *mentions,
               const gsize *map)
{
  for (guint i = 0; i < mentions->len;)
    {
      XmppMention *mention = g_ptr_array_index (mentions, i);
      gsize length = mention->end - mention->start;
      gsize start = map[mention->start];
      gboolean whole = start != G_MAXSIZE;

      for (gsize j = 0; whole && j < length; j++)
        whole = map[mention->start + j] == start + j;
      if (!whole)
        {
          g_ptr_array_remove_index (mentions, i);
          continue;
        }
      mention->start = start;
      mention->end = start + length;
      i++;
    }
}

char *
xmpp_display_text_dup (const char *text,
                       GPtrArray  *mentions,
                       gboolean    whole,
                       gboolean   *out_cut)
{
  Writer writer = { g_string_new (NULL) };
  g_autofree gsize *map = NULL;
  guint characters = 0, lines = 1;
  gsize size;
  const char *p;

  g_return_val_if_fail (text != NULL, NULL);

  size = strlen (text);
  if (mentions != NULL)
    {
      map = g_new (gsize, size + 1);
      memset (map, 0xff, (size + 1) * sizeof (gsize));
    }
  for (p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      gsize length = g_utf8_next_char (p) - p;

      if (!whole && (characters >= XMPP_DISPLAY_MAX_CHARACTERS || (c == '\n' && lines >= XMPP_DISPLAY_MAX_LINES)))
        break;
      if (!filter (&writer, c))
        continue;
      for (gsize i = 0; map != NULL && i < length; i++)
        map[p - text + i] = writer.out->len + i;
      g_string_append_len (writer.out, p, length);
      characters++;
      lines += c == '\n';
    }
  close_line (&writer);
  if (mentions != NULL)
    move_mentions (mentions, map);
  if (out_cut != NULL)
    *out_cut = *p != '\0';
  return g_string_free (writer.out, FALSE);
}

static gboolean
belongs_in_name (gunichar c)
{
  switch (g_unichar_type (c))
    {
    case G_UNICODE_CONTROL:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
      return FALSE;
    case G_UNICODE_FORMAT:
      return c == 0x200d || c == 0x200c || (c >= 0xe0020 && c <= 0xe007f);   /* joiners of scripts and emoji, flags */
    default:
      return TRUE;
    }
}

char *
xmpp_display_name_dup (const char *name)
{
  g_autoptr(GString) out = NULL;
  guint characters = 0, marks = 0;

  g_return_val_if_fail (name != NULL, NULL);

  if (*name == '\0')
    return g_strdup ("");
  out = g_string_new (NULL);
  g_string_append_unichar (out, FSI);
  for (const char *p = name; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (c == '\n' || c == '\t')
        c = ' ';
      if (!belongs_in_name (c))
        continue;
      marks = is_combining (c) ? marks + 1 : 0;
      if (marks > XMPP_DISPLAY_MAX_MARKS)
        continue;
      if (characters++ >= XMPP_DISPLAY_NAME_MAX)
        {
          g_string_append (out, "…");
          break;
        }
      g_string_append_unichar (out, c);
    }
  if (characters == 0)
    g_string_append (out, "…");
  g_string_append_unichar (out, PDI);
  return g_string_free (g_steal_pointer (&out), FALSE);
}
