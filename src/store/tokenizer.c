/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The FTS5 tokenizer "atrium". Chinese, Japanese, Thai and the other scripts that write without spaces give one token a
 * character, so that a word of any length is found as a phrase; FTS5's own tokenizers find nothing there, or nothing of less
 * than three characters. Everything else gives words: runs of letters and digits, lower case, without accents, full-width
 * forms as ordinary ones. One pass, no backtracking, no allocation that grows with the text.
 */

#include "tokenizer-private.h"

#include <string.h>

#include "error.h"

/* Longer words are cut: nobody types more of one, and a "word" of 64 kB must not become a term. */
#define MAX_TOKEN 96

typedef enum
{
  CLASS_NONE,   /* separates */
  CLASS_WORD,
  CLASS_SIGN,
  CLASS_JOIN,   /* belongs to the word before it, without a letter of its own */
} CharClass;

typedef struct { gunichar first, last; } Span;

/* Written without spaces between words, by Unicode blocks; ascending. */
static const Span unspaced[] = {
  { 0x0e00, 0x0eff },    /* Thai, Lao */
  { 0x1000, 0x109f },    /* Myanmar */
  { 0x1780, 0x17ff },    /* Khmer */
  { 0x1950, 0x19df },    /* Tai Le, New Tai Lue */
  { 0x1a20, 0x1aaf },    /* Tai Tham */
  { 0x2e80, 0x2fdf },    /* radicals */
  { 0x3005, 0x3007 },    /* 々 〆 〇 */
  { 0x3021, 0x3029 },    /* Hangzhou numerals */
  { 0x3031, 0x3035 },
  { 0x3038, 0x303c },
  { 0x3041, 0x30ff },    /* kana */
  { 0x3105, 0x312f },    /* Bopomofo */
  { 0x3131, 0x318e },
  { 0x31a0, 0x31ff },
  { 0x3400, 0x4dbf },    /* Han */
  { 0x4e00, 0x9fff },
  { 0xa9e0, 0xa9ff },
  { 0xaa60, 0xaa7f },
  { 0xac00, 0xd7a3 },    /* Hangul: particles are written onto the word */
  { 0xf900, 0xfaff },
  { 0xff66, 0xff9f },    /* half-width kana */
  { 0x16fe0, 0x18cff },  /* Tangut, Khitan */
  { 0x1b000, 0x1b2ff },
  { 0x20000, 0x3ffff },  /* Han, further planes */
};

/* Pictures people search for; ascending. */
static const Span emoji[] = {
  { 0x203c, 0x203c }, { 0x2049, 0x2049 }, { 0x2139, 0x2139 }, { 0x231a, 0x231b }, { 0x23e9, 0x23fa },
  { 0x25aa, 0x25ab }, { 0x2600, 0x27bf }, { 0x2b1b, 0x2b1c }, { 0x2b50, 0x2b50 }, { 0x2b55, 0x2b55 },
  { 0x1f000, 0x1f3fa }, { 0x1f400, 0x1faff },
};

static gboolean
is_in (const Span *spans,
       guint       n_spans,
       gunichar    c)
{
  guint low = 0, high = n_spans;

  while (low < high)
    {
      guint middle = (low + high) / 2;

      if (c > spans[middle].last)
        low = middle + 1;
      else if (c < spans[middle].first)
        high = middle;
      else
        return TRUE;
    }
  return FALSE;
}

static CharClass
classify (gunichar c)
{
  if (c < 0x80)
    return g_ascii_isalnum (c) || c == '_' ? CLASS_WORD : CLASS_NONE;
  if (c >= 0x0e00 && is_in (unspaced, G_N_ELEMENTS (unspaced), c))
    {
      /* A vowel sign or tone mark belongs to the character before; alone it would be a token of its own. */
      return g_unichar_ismark (c) ? CLASS_JOIN : g_unichar_isalnum (c) ? CLASS_SIGN : CLASS_NONE;
    }
  if (c >= 0x203c && is_in (emoji, G_N_ELEMENTS (emoji), c))
    return CLASS_SIGN;
  if (g_unichar_ismark (c) || c == 0x200d)    /* variation selectors, skin of an emoji sequence, accents */
    return CLASS_JOIN;
  return g_unichar_isalnum (c) ? CLASS_WORD : CLASS_NONE;
}

/* Appends @c as it is compared: compatibility forms, accents and case removed. Returns the new length. */
static gsize
append_folded (char    *token,
               gsize    length,
               gunichar c)
{
  gunichar parts[G_UNICHAR_MAX_DECOMPOSITION_LENGTH];
  gsize n;

  if (c < 0x80)
    {
      if (length < MAX_TOKEN)
        token[length++] = g_ascii_tolower (c);
      return length;
    }
  /* A syllable of Hangul and a voiced kana are what they are, not a letter with something on it. */
  if ((c >= 0x3041 && c <= 0x30ff) || (c >= 0xac00 && c <= 0xd7a3))
    {
      parts[0] = c;
      n = 1;
    }
  else
    n = g_unichar_fully_decompose (c, TRUE, parts, G_N_ELEMENTS (parts));
  for (gsize i = 0; i < n; i++)
    {
      gunichar folded = g_unichar_tolower (parts[i]);

      if (g_unichar_ismark (folded) && n > 1)
        continue;
      if (folded == 0xdf && length + 2 <= MAX_TOKEN)   /* ß */
        {
          token[length++] = 's';
          token[length++] = 's';
        }
      else if (length + 6 <= MAX_TOKEN)
        length += g_unichar_to_utf8 (folded, token + length);
    }
  return length;
}

void
store_tokenize (const char     *text,
                gsize           length,
                StoreTokenFunc  func,
                gpointer        data)
{
  char token[MAX_TOKEN + 8];
  gsize token_length = 0, token_start = 0, token_end = 0;
  gsize position = 0;

  while (position < length)
    {
      gunichar c = g_utf8_get_char_validated (text + position, length - position);
      gsize next = c == (gunichar) -1 || c == (gunichar) -2 ? position + 1 : position + g_utf8_skip[(guchar) text[position]];
      CharClass class = c == (gunichar) -1 || c == (gunichar) -2 || c == 0 ? CLASS_NONE : classify (c);

      if (class == CLASS_WORD)
        {
          if (token_length == 0)
            token_start = position;
          token_length = append_folded (token, token_length, c);
          token_end = next;
        }
      else if (class == CLASS_JOIN)
        {
          if (token_length > 0)
            token_end = next;
        }
      else
        {
          if (token_length > 0)
            {
              if (!func (STORE_TOKEN_WORD, token, token_length, token_start, token_end, data))
                return;
              token_length = 0;
            }
          if (class == CLASS_SIGN)
            {
              gsize sign = append_folded (token, 0, c);

              if (sign > 0 && !func (STORE_TOKEN_SIGN, token, sign, position, next, data))
                return;
            }
        }
      position = next;
    }
  if (token_length > 0)
    func (STORE_TOKEN_WORD, token, token_length, token_start, token_end, data);
}

typedef struct
{
  GString *string;
  gsize    last_end;
} Fold;

static gboolean
on_fold_token (StoreTokenKind kind,
               const char    *token,
               gsize          length,
               gsize          start,
               gsize          end,
               gpointer       data)
{
  Fold *fold = data;

  if (fold->string->len > 0 && start > fold->last_end)
    g_string_append_c (fold->string, ' ');
  g_string_append_len (fold->string, token, length);
  fold->last_end = end;
  return TRUE;
}

char *
store_fold (const char *text)
{
  Fold fold = { g_string_new (NULL), 0 };

  store_tokenize (text, strlen (text), on_fold_token, &fold);
  return g_string_free (fold.string, FALSE);
}

/* FTS5's side */

typedef struct
{
  gpointer context;
  int    (*emit) (void *, int, const char *, int, int, int);
  int      code;
} Emit;

static gboolean
on_fts_token (StoreTokenKind kind,
              const char    *token,
              gsize          length,
              gsize          start,
              gsize          end,
              gpointer       data)
{
  Emit *emit = data;

  emit->code = emit->emit (emit->context, 0, token, length, start, end);
  return emit->code == SQLITE_OK;
}

static int
fts_tokenize (Fts5Tokenizer *tokenizer,
              void          *context,
              int            flags,
              const char    *text,
              int            length,
              int          (*emit) (void *, int, const char *, int, int, int))
{
  Emit data = { context, emit, SQLITE_OK };

  store_tokenize (text, length, on_fts_token, &data);
  return data.code;
}

static int
fts_create (void           *context,
            const char    **arguments,
            int             n_arguments,
            Fts5Tokenizer **out)
{
  /* There is no state; FTS5 only wants something that is not NULL. */
  *out = (Fts5Tokenizer *) &fts_create;
  return SQLITE_OK;
}

static void
fts_delete (Fts5Tokenizer *tokenizer)
{
}

gboolean
store_tokenizer_register (sqlite3 *handle,
                          GError **error)
{
  static fts5_tokenizer tokenizer = { fts_create, fts_delete, fts_tokenize };
  fts5_api *api = NULL;
  sqlite3_stmt *statement = NULL;
  int code;

  code = sqlite3_prepare_v2 (handle, "SELECT fts5(?1)", -1, &statement, NULL);
  if (code == SQLITE_OK)
    {
      sqlite3_bind_pointer (statement, 1, &api, "fts5_api_ptr", NULL);
      sqlite3_step (statement);
    }
  sqlite3_finalize (statement);
  if (api == NULL)
    {
      g_set_error_literal (error, STORE_ERROR, STORE_ERROR_FAILED, "this SQLite has no full text search (FTS5)");
      return FALSE;
    }
  code = api->xCreateTokenizer (api, "atrium", NULL, &tokenizer, NULL);
  if (code != SQLITE_OK)
    {
      g_set_error (error, STORE_ERROR, STORE_ERROR_FAILED, "registering the tokenizer: %s", sqlite3_errstr (code));
      return FALSE;
    }
  return TRUE;
}
