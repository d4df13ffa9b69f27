/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <sqlite3.h>

G_BEGIN_DECLS

/* The version goes up with each change of what it makes of a text: the index is then made anew. */
#define STORE_TOKENIZER_VERSION 1
gboolean         store_tokenizer_register    (sqlite3 *handle, GError **error);
typedef enum
{
  STORE_TOKEN_WORD,     /* a run of letters and digits, folded */
  STORE_TOKEN_SIGN,     /* one character of a script that writes without spaces, or an emoji */
} StoreTokenKind;
/* @start, @end: bytes in the text. Return FALSE to stop. */
typedef gboolean (*StoreTokenFunc)           (StoreTokenKind kind, const char *token, gsize length, gsize start, gsize end, gpointer data);
void             store_tokenize              (const char *text, gsize length, StoreTokenFunc func, gpointer data);
/* Folded as tokens are, spaces kept: for comparing names. */
char            *store_fold                  (const char *text);

G_END_DECLS
