/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What a person typed, taken apart, and the part of a text that matches it. Every word reaches FTS5 as a quoted string with
 * its quotes doubled (threat C8), so that nothing typed is syntax; NUL ends the input before it comes here.
 */

#include "query-private.h"

#include <string.h>

#include "tokenizer-private.h"

#define MAX_TEXT 4096
#define MAX_WORDS 32
#define MAX_WORD 256
/* A snippet looks no further than this into a text. */
#define MAX_TOKENS 20000
#define CONTEXT_CHARS 40
/* One letter begins a tenth of all words: finding and merging their lists takes longer than typing the next letter. */
#define MIN_PREFIX 2

static void
word_clear (StoreQueryWord *word)
{
  g_free (word->text);
}

typedef struct
{
  guint    n;
  gboolean open;    /* the last token may be the beginning of a longer one */
} Count;

static gboolean
on_count (StoreTokenKind kind,
          const char    *token,
          gsize          length,
          gsize          start,
          gsize          end,
          gpointer       data)
{
  Count *count = data;

  count->n++;
  count->open = kind == STORE_TOKEN_WORD && g_utf8_strlen (token, length) >= MIN_PREFIX;
  return TRUE;
}

static void
add_word (StoreQuery *self,
          const char *text,
          gsize       length,
          gboolean    quoted)
{
  StoreQueryWord word = { NULL, FALSE, FALSE };
  Count count = { 0, FALSE };

  while (length > MAX_WORD || (length > 0 && length < strlen (text) && ((guchar) text[length] & 0xc0) == 0x80))
    length--;
  store_tokenize (text, length, on_count, &count);
  if (count.n == 0 || self->words->len >= MAX_WORDS)
    return;
  word.text = g_strndup (text, length);
  word.quoted = quoted;
  word.open = count.open;
  g_array_append_val (self->words, word);
}

/* Local midnight that begins the given day, month or year; the next one when @end. 0: not a date. */
static gint64
parse_date (const char *text,
            gboolean    end)
{
  guint64 year, month = 1, day = 1;
  g_auto(GStrv) parts = g_strsplit (text, "-", 4);
  guint n = g_strv_length (parts);
  g_autoptr(GDateTime) date = NULL;
  g_autoptr(GDateTime) after = NULL;

  if (n < 1 || n > 3 || strlen (parts[0]) != 4 || !g_ascii_string_to_unsigned (parts[0], 10, 1970, 9990, &year, NULL) ||
      (n > 1 && !g_ascii_string_to_unsigned (parts[1], 10, 1, 12, &month, NULL)) ||
      (n > 2 && !g_ascii_string_to_unsigned (parts[2], 10, 1, 31, &day, NULL)))
    return 0;
  date = g_date_time_new_local (year, month, day, 0, 0, 0);
  if (date == NULL)
    return 0;
  if (!end)
    return g_date_time_to_unix (date) * G_USEC_PER_SEC;
  after = n == 1 ? g_date_time_add_years (date, 1) : n == 2 ? g_date_time_add_months (date, 1) : g_date_time_add_days (date, 1);
  return after != NULL ? g_date_time_to_unix (after) * G_USEC_PER_SEC : 0;
}

/* FALSE: it only looks like a filter. */
static gboolean
add_filter (StoreQuery *self,
            const char *name,
            gsize       name_length,
            const char *value)
{
  gint64 date;

  if (value[0] == '\0')
    return FALSE;
  if (name_length == 4 && g_ascii_strncasecmp (name, "from", 4) == 0)
    {
      g_free (self->from);
      self->from = g_strdup (value);
      return TRUE;
    }
  if (name_length == 2 && g_ascii_strncasecmp (name, "in", 2) == 0)
    {
      g_free (self->in);
      self->in = g_strdup (value);
      return TRUE;
    }
  if (name_length == 3 && g_ascii_strncasecmp (name, "has", 3) == 0)
    {
      if (g_ascii_strcasecmp (value, "file") == 0)
        self->has_file = TRUE;
      else if (g_ascii_strcasecmp (value, "image") == 0)
        self->has_image = TRUE;
      else if (g_ascii_strcasecmp (value, "link") == 0)
        self->has_link = TRUE;
      else
        return FALSE;
      return TRUE;
    }
  if (name_length == 6 && g_ascii_strncasecmp (name, "before", 6) == 0 && (date = parse_date (value, FALSE)) > 0)
    {
      self->before = date;
      return TRUE;
    }
  if (name_length == 5 && g_ascii_strncasecmp (name, "after", 5) == 0 && (date = parse_date (value, TRUE)) > 0)
    {
      self->after = date;
      return TRUE;
    }
  return FALSE;
}

StoreQuery *
store_query_parse (const char *text)
{
  StoreQuery *self = g_new0 (StoreQuery, 1);
  g_autofree char *valid = g_utf8_make_valid (text, strnlen (text, MAX_TEXT));
  const char *p = valid;

  self->words = g_array_new (FALSE, FALSE, sizeof (StoreQueryWord));
  g_array_set_clear_func (self->words, (GDestroyNotify) word_clear);
  while (*p != '\0')
    {
      const char *start, *colon = NULL;

      while (g_unichar_isspace (g_utf8_get_char (p)))
        p = g_utf8_next_char (p);
      if (*p == '\0')
        break;
      if (*p == '"')
        {
          const char *end = strchr (p + 1, '"');

          if (end == NULL)
            {
              p++;
              continue;
            }
          add_word (self, p + 1, end - p - 1, TRUE);
          p = end + 1;
          continue;
        }
      start = p;
      while (*p != '\0' && *p != '"' && !g_unichar_isspace (g_utf8_get_char (p)))
        {
          if (*p == ':' && colon == NULL)
            colon = p;
          p = g_utf8_next_char (p);
        }
      if (colon != NULL)
        {
          const char *value_end = p;
          g_autofree char *value = NULL;

          /* from:"Li Lei" */
          if (colon + 1 == p && *p == '"' && (value_end = strchr (p + 1, '"')) != NULL)
            value = g_strndup (p + 1, value_end++ - p - 1);
          else
            {
              value_end = p;
              value = g_strndup (colon + 1, p - colon - 1);
            }
          if (add_filter (self, start, colon - start, value))
            {
              p = value_end;
              continue;
            }
        }
      add_word (self, start, p - start, FALSE);
    }
  /* While a word is being typed, its beginning is searched for. */
  self->open_end = valid[0] != '\0' && !g_unichar_isspace (g_utf8_get_char (g_utf8_prev_char (valid + strlen (valid))));
  return self;
}

void
store_query_free (StoreQuery *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->words);
  g_free (self->from);
  g_free (self->in);
  g_free (self);
}

void
store_query_set_conversation (StoreQuery *self,
                              gint64      conversation)
{
  self->conversation = conversation;
}

gboolean
store_query_is_empty (const StoreQuery *self)
{
  return self->words->len == 0 && self->from == NULL && self->in == NULL && !self->has_file && !self->has_image &&
         !self->has_link && self->before == 0 && self->after == 0;
}

static gboolean
is_prefix (const StoreQuery *self,
           guint             i)
{
  const StoreQueryWord *word = &g_array_index (self->words, StoreQueryWord, i);

  return i + 1 == self->words->len && self->open_end && !word->quoted && word->open;
}

char *
store_query_dup_expression (const StoreQuery *self)
{
  g_autoptr(GString) expression = NULL;

  if (self->words->len == 0)
    return NULL;
  expression = g_string_new ("body : (");
  for (guint i = 0; i < self->words->len; i++)
    {
      const StoreQueryWord *word = &g_array_index (self->words, StoreQueryWord, i);

      g_string_append (expression, i > 0 ? " AND \"" : "\"");
      for (const char *p = word->text; *p != '\0'; p++)
        {
          if (*p == '"')
            g_string_append_c (expression, '"');
          g_string_append_c (expression, *p);
        }
      g_string_append_c (expression, '"');
      if (is_prefix (self, i))
        g_string_append_c (expression, '*');
    }
  g_string_append_c (expression, ')');
  return g_string_free (g_steal_pointer (&expression), FALSE);
}

/* Snippets */

typedef struct
{
  gsize start, end;      /* in the text */
  gsize offset, length;  /* in "letters" */
} Token;

typedef struct
{
  GArray  *tokens;
  GString *letters;
} Tokens;

static gboolean
on_token (StoreTokenKind kind,
          const char    *token,
          gsize          length,
          gsize          start,
          gsize          end,
          gpointer       data)
{
  Tokens *self = data;
  Token new_token = { start, end, self->letters->len, length };

  g_string_append_len (self->letters, token, length);
  g_array_append_val (self->tokens, new_token);
  return self->tokens->len < MAX_TOKENS;
}

static void
tokens_init (Tokens     *self,
             const char *text)
{
  self->tokens = g_array_new (FALSE, FALSE, sizeof (Token));
  self->letters = g_string_new (NULL);
  store_tokenize (text, strlen (text), on_token, self);
}

static void
tokens_clear (Tokens *self)
{
  g_array_unref (self->tokens);
  g_string_free (self->letters, TRUE);
}

static gboolean
matches_at (const Tokens *text,
            guint         position,
            const Tokens *word,
            gboolean      prefix)
{
  if (position + word->tokens->len > text->tokens->len)
    return FALSE;
  for (guint i = 0; i < word->tokens->len; i++)
    {
      const Token *a = &g_array_index (text->tokens, Token, position + i);
      const Token *b = &g_array_index (word->tokens, Token, i);
      gboolean open = prefix && i + 1 == word->tokens->len;

      if ((open ? a->length < b->length : a->length != b->length) ||
          memcmp (text->letters->str + a->offset, word->letters->str + b->offset, b->length) != 0)
        return FALSE;
    }
  return TRUE;
}

static int
compare_ranges (gconstpointer a,
                gconstpointer b)
{
  const StoreRange *x = a;
  const StoreRange *y = b;

  return x->start < y->start ? -1 : x->start > y->start ? 1 : x->end < y->end ? -1 : x->end > y->end;
}

/* (element-type StoreRange): what matches in @text, ascending, not overlapping. */
static GArray *
find_matches (const StoreQuery *self,
              const char       *text)
{
  GArray *merged = g_array_new (FALSE, FALSE, sizeof (StoreRange));
  g_autoptr(GArray) ranges = g_array_new (FALSE, FALSE, sizeof (StoreRange));
  Tokens tokens;

  tokens_init (&tokens, text);
  for (guint i = 0; i < self->words->len; i++)
    {
      Tokens word;

      tokens_init (&word, g_array_index (self->words, StoreQueryWord, i).text);
      for (guint j = 0; word.tokens->len > 0 && j + word.tokens->len <= tokens.tokens->len; j++)
        if (matches_at (&tokens, j, &word, is_prefix (self, i)))
          {
            StoreRange range = { g_array_index (tokens.tokens, Token, j).start,
                                 g_array_index (tokens.tokens, Token, j + word.tokens->len - 1).end };

            g_array_append_val (ranges, range);
          }
      tokens_clear (&word);
    }
  tokens_clear (&tokens);
  g_array_sort (ranges, compare_ranges);
  for (guint i = 0; i < ranges->len; i++)
    {
      StoreRange range = g_array_index (ranges, StoreRange, i);
      StoreRange *last = merged->len > 0 ? &g_array_index (merged, StoreRange, merged->len - 1) : NULL;

      if (last != NULL && range.start <= last->end)
        last->end = MAX (last->end, range.end);
      else
        g_array_append_val (merged, range);
    }
  return merged;
}

char *
store_query_snippet (const StoreQuery *self,
                     const char       *text,
                     guint             max_chars,
                     GArray          **out_ranges)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autoptr(GArray) matches = find_matches (self, valid);
  g_autoptr(GArray) ranges = g_array_new (FALSE, FALSE, sizeof (StoreRange));
  GString *snippet = g_string_new (NULL);
  const char *p = valid;
  guint n = 0, next = 0;

  if (matches->len > 0)
    {
      p = valid + g_array_index (matches, StoreRange, 0).start;
      for (guint i = 0; i < CONTEXT_CHARS && p > valid; i++)
        p = g_utf8_prev_char (p);
      if (p > valid)
        g_string_append (snippet, "…");
    }
  for (; *p != '\0' && n < max_chars; p = g_utf8_next_char (p))
    {
      gsize position = p - valid;
      gunichar c = g_utf8_get_char (p);
      StoreRange *match = next < matches->len ? &g_array_index (matches, StoreRange, next) : NULL;

      if (match != NULL && position == match->start)
        {
          StoreRange range = { snippet->len, snippet->len };

          g_array_append_val (ranges, range);
        }
      if (g_unichar_isspace (c) || g_unichar_iscntrl (c))
        {
          if (snippet->len > 0 && snippet->str[snippet->len - 1] != ' ')
            g_string_append_c (snippet, ' ');
        }
      else
        g_string_append_unichar (snippet, c);
      n++;
      if (match != NULL && position >= match->start)
        {
          g_array_index (ranges, StoreRange, ranges->len - 1).end = snippet->len;
          if (position + g_utf8_skip[(guchar) *p] >= match->end)
            next++;
        }
    }
  if (*p != '\0')
    g_string_append (snippet, "…");
  if (out_ranges != NULL)
    *out_ranges = g_steal_pointer (&ranges);
  return g_string_free (snippet, FALSE);
}
