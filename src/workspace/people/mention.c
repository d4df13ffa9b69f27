/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "workspace/people/mention.h"

#include <string.h>

static gboolean
is_word (gunichar c)
{
  return g_unichar_isalnum (c) || c == '_';
}

/* @nick at @place is a word: what stands before and after does not belong to it. */
static gboolean
is_alone (const char *text,
          const char *place,
          gsize       length)
{
  gunichar before = place > text ? g_utf8_get_char (g_utf8_prev_char (place)) : ' ';
  gunichar after = place[length] != '\0' ? g_utf8_get_char (place + length) : ' ';
  gunichar last = g_utf8_get_char (g_utf8_prev_char (place + length));

  if (before == '@')
    return !is_word (after) || g_unichar_iswide (last) || g_unichar_iswide (after);

  return !is_word (before) && !is_word (after);
}

gboolean
atrium_mention_is_for (const char *text,
                       GPtrArray  *mentions,
                       const char *own,
                       const char *room,
                       const char *nick)
{
  g_autofree char *occupant = nick != NULL ? g_strdup_printf ("%s/%s", room, nick) : NULL;
  const char *place;
  gsize length;

  for (guint i = 0; mentions != NULL && i < mentions->len; i++)
    {
      const AtriumSpan *span = g_ptr_array_index (mentions, i);

      if (g_strcmp0 (span->value, own) == 0 || (occupant != NULL && g_strcmp0 (span->value, occupant) == 0))
        return TRUE;
    }

  if (nick == NULL || *nick == '\0')
    return FALSE;
  length = strlen (nick);
  for (place = strstr (text, nick); place != NULL; place = strstr (place + length, nick))
    if (is_alone (text, place, length))
      return TRUE;

  return FALSE;
}
