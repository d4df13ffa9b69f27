/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "search.h"

G_BEGIN_DECLS

typedef struct
{
  char    *text;
  gboolean quoted;
  gboolean open;           /* its last token is two letters of a word or more, which may go on */
} StoreQueryWord;

struct _StoreQuery
{
  GArray  *words;          /* (element-type StoreQueryWord) */
  gboolean open_end;       /* nothing follows the last word */
  char    *from;
  char    *in;
  gboolean has_file;
  gboolean has_image;
  gboolean has_link;
  gint64   before;         /* µs; 0: not given */
  gint64   after;
  gint64   conversation;   /* 0: all */
};

G_END_DECLS
