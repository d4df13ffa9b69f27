/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What a person types into the search box, up to the first line feed, and a text, after it. Nothing typed is an error (threat C8),
 * the tokens lie within the text and ascend, and the snippet is valid and has its marks inside.
 */

#include <sqlite3.h>
#include <string.h>

#include "store/search.h"
#include "store/tokenizer-private.h"

int LLVMFuzzerTestOneInput (const guint8 *data,
                            gsize         size);

static gboolean
on_token (StoreTokenKind kind,
          const char    *token,
          gsize          length,
          gsize          start,
          gsize          end,
          gpointer       user_data)
{
  gsize *last = user_data;

  g_assert_cmpuint (length, >, 0);
  g_assert_cmpuint (length, <=, 96);
  g_assert_true (g_utf8_validate (token, length, NULL));
  g_assert_cmpuint (start, >=, last[0]);
  g_assert_cmpuint (start, <, end);
  g_assert_cmpuint (end, <=, last[1]);
  last[0] = end;
  return TRUE;
}

static sqlite3 *
open_index (void)
{
  static sqlite3 *db;

  if (db == NULL)
    {
      g_assert_cmpint (sqlite3_open (":memory:", &db), ==, SQLITE_OK);
      g_assert_true (store_tokenizer_register (db, NULL));
      g_assert_cmpint (sqlite3_exec (db, "CREATE VIRTUAL TABLE i USING fts5 (body, facets, content='', columnsize=0, "
                                     "tokenize='atrium'); INSERT INTO i (rowid, body, facets) VALUES (1, 'hello 世界', 'c1')",
                                     NULL, NULL, NULL), ==, SQLITE_OK);
    }
  return db;
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  const guint8 *line = memchr (data, '\n', size);
  gsize query_length = line != NULL ? (gsize) (line - data) : size;
  gsize text_length = line != NULL ? size - query_length - 1 : 0;
  const char *raw = text_length > 0 ? (const char *) line + 1 : "";
  g_autofree char *typed = g_strndup ((const char *) data, query_length);
  g_autofree char *text = g_strndup (raw, text_length);
  g_autoptr(StoreQuery) query = store_query_parse (typed);
  g_autofree char *expression = store_query_dup_expression (query);
  g_autoptr(GArray) ranges = NULL;
  g_autofree char *snippet = NULL;
  gsize bounds[2] = { 0, text_length };

  store_tokenize (raw, text_length, on_token, bounds);
  if (expression != NULL)
    {
      sqlite3_stmt *statement;
      int code;

      g_assert_true (g_utf8_validate (expression, -1, NULL));
      g_assert_cmpint (sqlite3_prepare_v2 (open_index (), "SELECT rowid FROM i WHERE i MATCH ? ORDER BY rowid DESC LIMIT 50", -1,
                                           &statement, NULL), ==, SQLITE_OK);
      sqlite3_bind_text (statement, 1, expression, -1, SQLITE_STATIC);
      while ((code = sqlite3_step (statement)) == SQLITE_ROW)
        ;
      g_assert_cmpint (code, ==, SQLITE_DONE);
      sqlite3_finalize (statement);
    }

  snippet = store_query_snippet (query, text, 160, &ranges);
  g_assert_true (g_utf8_validate (snippet, -1, NULL));
  g_assert_cmpint (g_utf8_strlen (snippet, -1), <=, 162);
  for (guint i = 0; i < ranges->len; i++)
    {
      StoreRange *range = &g_array_index (ranges, StoreRange, i);

      g_assert_cmpuint (range->start, <=, range->end);
      g_assert_cmpuint (range->end, <=, strlen (snippet));
      g_assert_true (i == 0 || range->start >= g_array_index (ranges, StoreRange, i - 1).end);
    }
  return 0;
}
