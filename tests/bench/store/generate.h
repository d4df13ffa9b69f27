/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/store.h"

G_BEGIN_DECLS

/*
 * Chats that look like a company's: half of the messages Chinese, half English, words as frequent as in real text (the k-th
 * most frequent about 1/k of the first). The same numbers give the same messages on every machine.
 */

typedef struct
{
  guint messages;
  guint chats;       /* every tenth a room; the first ones have most of the messages */
  guint people;
} GenerateProfile;

/* The @number-th text. */
char    *generate_text    (guint number);
/* A Han word of so many characters that occurs, and an English one. The larger @rank, the rarer. */
char    *generate_han     (guint rank, guint length);
char    *generate_latin   (guint rank);
/* Fills an open database through the ordinary operations. */
gboolean generate_profile (StoreDatabase *db, const GenerateProfile *profile, GError **error);

G_END_DECLS
