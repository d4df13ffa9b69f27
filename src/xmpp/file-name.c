/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "xmpp/file-metadata.h"
#include "xmpp/file-name.h"

#include <string.h>

#define NOTHING_LEFT "file"
#define EXTENSION_MAX 16      /* bytes with the dot; a longer "extension" is only a dot in a name */
#define READ_MAX 8192         /* bytes looked at; longer ones are no names */

/* Windows opens a device for these, with any extension. */
static const char *const devices[] = {
  "con", "prn", "aux", "nul", "conin$", "conout$", "clock$",
  "com0", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9",
  "lpt0", "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
  NULL,
};

static const char *
last_component (const char *name)
{
  const char *last = name;

  for (const char *p = name; *p != '\0'; p++)
    {
      if (*p == '/' || *p == '\\')
        last = p + 1;
    }
  return last;
}

static void
append_clean (GString  *out,
              gunichar  c)
{
  switch (g_unichar_type (c))
    {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT:                /* direction marks and other invisible ones */
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
    case G_UNICODE_SURROGATE:
    case G_UNICODE_UNASSIGNED:
      return;
    case G_UNICODE_SPACE_SEPARATOR:
      g_string_append_c (out, ' ');
      return;
    default:
      break;
    }
  if (c < 0x80 && strchr ("<>:\"|?*", c) != NULL)
    g_string_append_c (out, '_');
  else
    g_string_append_unichar (out, c);
}

static void
strip_ends (GString *name)
{
  gsize start = strspn (name->str, ".- ");

  g_string_erase (name, 0, start);
  while (name->len > 0 && (name->str[name->len - 1] == '.' || name->str[name->len - 1] == ' '))
    g_string_truncate (name, name->len - 1);
}

static gboolean
is_device (const GString *name)
{
  g_autofree char *stem = g_ascii_strdown (name->str, strcspn (name->str, "."));

  return g_strv_contains (devices, g_strchomp (stem));
}

/* Cuts the stem so that name and extension fit. */
static void
shorten (GString *name)
{
  const char *dot = strrchr (name->str, '.');
  g_autofree char *extension = NULL;
  gsize keep;

  if (name->len <= XMPP_FILE_NAME_MAX_BYTES)
    return;
  if (dot != NULL && strlen (dot) <= EXTENSION_MAX)
    extension = g_strdup (dot);
  keep = XMPP_FILE_NAME_MAX_BYTES - (extension != NULL ? strlen (extension) : 0);
  while (keep > 0 && (name->str[keep] & 0xc0) == 0x80)
    keep--;
  g_string_truncate (name, keep);
  while (name->len > 0 && (name->str[name->len - 1] == '.' || name->str[name->len - 1] == ' '))
    g_string_truncate (name, name->len - 1);
  if (extension != NULL)
    g_string_append (name, extension);
}

char *
xmpp_file_name_clean (const char *name)
{
  g_autoptr(GString) clean = g_string_new (NULL);
  g_autofree char *valid = NULL;

  if (name == NULL)
    return g_strdup (NOTHING_LEFT);
  valid = g_utf8_make_valid (last_component (name), strnlen (last_component (name), READ_MAX));
  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    append_clean (clean, g_utf8_get_char (p));
  strip_ends (clean);
  if (is_device (clean))
    g_string_prepend_c (clean, '_');
  shorten (clean);
  if (clean->len == 0)
    g_string_assign (clean, NOTHING_LEFT);
  return g_string_free (g_steal_pointer (&clean), FALSE);
}
