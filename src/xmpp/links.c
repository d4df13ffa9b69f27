/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "xmpp/links.h"

#include <string.h>

/* A token is looked at once as a whole and then skipped, whether it was a link or not: linear time, no backtracking. */

static const struct
{
  const char     *name;
  XmppLinkScheme  scheme;
} schemes[] = {
  { "http",   XMPP_LINK_HTTP },
  { "https",  XMPP_LINK_HTTPS },
  { "mailto", XMPP_LINK_MAILTO },
  { "xmpp",   XMPP_LINK_XMPP },
  { "tel",    XMPP_LINK_TEL },
};

#define SCHEME_MAX 6

/* Chinese and Japanese are written without spaces: after the host their characters end a link. */
static gboolean
ends_path (gunichar c)
{
  switch (g_unichar_get_script (c))
    {
    case G_UNICODE_SCRIPT_HAN:
    case G_UNICODE_SCRIPT_HIRAGANA:
    case G_UNICODE_SCRIPT_KATAKANA:
    case G_UNICODE_SCRIPT_BOPOMOFO:
      return TRUE;
    default:
      return FALSE;
    }
}

/* Nothing of a link, in any part of it: what RFC 3987 leaves out, spaces, controls, direction marks, wide punctuation. */
static gboolean
ends_token (gunichar c)
{
  if (c < 0x80)
    return c <= ' ' || c == 0x7f || strchr ("<>\"`{}|\\^", c) != NULL;
  switch (g_unichar_type (c))
    {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT:
    case G_UNICODE_SURROGATE:
    case G_UNICODE_PRIVATE_USE:
    case G_UNICODE_UNASSIGNED:
    case G_UNICODE_SPACE_SEPARATOR:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
    case G_UNICODE_OPEN_PUNCTUATION:
    case G_UNICODE_CLOSE_PUNCTUATION:
    case G_UNICODE_INITIAL_PUNCTUATION:
    case G_UNICODE_FINAL_PUNCTUATION:
    case G_UNICODE_OTHER_PUNCTUATION:
      return TRUE;
    default:
      return FALSE;
    }
}

/* One past the last byte of the token that starts at @start. */
static gsize
find_token_end (const char *text,
                gsize       start,
                gsize       size)
{
  gboolean in_authority = TRUE;     /* "scheme://host" up to the next '/', '?' or '#' */
  guint slashes = 0;
  gsize at = start;

  while (at < size)
    {
      gunichar c = g_utf8_get_char (text + at);

      if (ends_token (c))
        break;
      if (c == '/' && slashes < 2)
        slashes++;
      else if (c == '/' || c == '?' || c == '#')
        in_authority = FALSE;
      if (!in_authority && c >= 0x80 && ends_path (c))
        break;
      at = g_utf8_next_char (text + at) - text;
    }
  return at;
}

/* Sentence punctuation and closing brackets that were not opened inside are not part of the link. */
static gsize
trim_end (const char *text,
          gsize       start,
          gsize       end)
{
  int round = 0, square = 0;    /* closing ones too many */

  for (gsize i = start; i < end; i++)
    {
      round += text[i] == ')' ? 1 : text[i] == '(' ? -1 : 0;
      square += text[i] == ']' ? 1 : text[i] == '[' ? -1 : 0;
    }
  while (end > start)
    {
      char c = text[end - 1];

      if (strchr (".,;:!?'*_~", c) != NULL)
        end--;
      else if (c == ')' && round > 0)
        {
          round--;
          end--;
        }
      else if (c == ']' && square > 0)
        {
          square--;
          end--;
        }
      else
        break;
    }
  return end;
}

static gboolean
check_port (const char *text,
            gsize       start,
            gsize       end)
{
  guint port = 0;

  if (start == end || end - start > 5)
    return FALSE;
  for (gsize i = start; i < end; i++)
    {
      if (!g_ascii_isdigit (text[i]))
        return FALSE;
      port = port * 10 + (text[i] - '0');
    }
  return port >= 1 && port <= 65535;
}

static gboolean
check_ip_literal (const char *text,
                  gsize       start,
                  gsize       end)
{
  g_autofree char *address = g_strndup (text + start, end - start);

  return g_hostname_is_ip_address (address) && strchr (address, ':') != NULL;
}

/* Letters, digits, dots and inner dashes; no empty labels but the last. */
static gboolean
check_name (const char *text,
            gsize       start,
            gsize       end,
            gboolean   *suspicious)
{
  gsize label = start;

  if (start == end || end - start > 253)
    return FALSE;
  for (gsize i = start; i <= end; i++)
    {
      guchar c = i < end ? text[i] : '.';

      if (c == '.')
        {
          if (i == label && i < end)
            return FALSE;
          if (i > label && (text[label] == '-' || text[i - 1] == '-'))
            return FALSE;
          if (i - label >= 4 && g_ascii_strncasecmp (text + label, "xn--", 4) == 0)
            *suspicious = TRUE;
          label = i + 1;
        }
      else if (c >= 0x80)
        *suspicious = TRUE;       /* may look like another one */
      else if (!g_ascii_isalnum (c) && c != '-' && c != '_')
        return FALSE;
    }
  return TRUE;
}

static gboolean
check_authority (const char *text,
                 gsize       start,
                 gsize       end,
                 gboolean   *suspicious)
{
  gsize host = start, host_end;

  for (gsize i = start; i < end; i++)
    {
      if (text[i] == '@')
        host = i + 1;
    }
  if (host != start)
    *suspicious = TRUE;           /* "https://bank.example@evil.example" */
  if (host < end && text[host] == '[')
    {
      const char *bracket = memchr (text + host, ']', end - host);

      if (bracket == NULL || !check_ip_literal (text, host + 1, bracket - text))
        return FALSE;
      host_end = bracket - text + 1;
      return host_end == end || (text[host_end] == ':' && check_port (text, host_end + 1, end));
    }
  for (host_end = host; host_end < end && text[host_end] != ':'; host_end++)
    ;
  if (host_end < end && !check_port (text, host_end + 1, end))
    return FALSE;
  return check_name (text, host, host_end, suspicious);
}

static gboolean
check_web (const char *text,
           gsize       start,
           gsize       end,
           gboolean   *suspicious)
{
  gsize at;

  if (end - start < 3 || text[start] != '/' || text[start + 1] != '/')
    return FALSE;
  for (at = start + 2; at < end && strchr ("/?#", text[at]) == NULL; at++)
    ;
  return check_authority (text, start + 2, at, suspicious);
}

static gboolean
check_mail (const char *text,
            gsize       start,
            gsize       end)
{
  gsize stop = start;
  const char *at;

  while (stop < end && text[stop] != '?')
    stop++;
  at = memchr (text + start, '@', stop - start);
  return at != NULL && at != text + start && at + 1 != text + stop;
}

static gboolean
check_xmpp (const char *text,
            gsize       start,
            gsize       end)
{
  gsize stop = start;

  while (stop < end && text[stop] != '?' && text[stop] != '#')
    stop++;
  return stop > start && (memchr (text + start, '@', stop - start) != NULL || memchr (text + start, '.', stop - start) != NULL);
}

static gboolean
check_phone (const char *text,
             gsize       start,
             gsize       end)
{
  guint digits = 0;

  for (gsize i = start; i < end; i++)
    {
      if (g_ascii_isdigit (text[i]))
        digits++;
      else if (text[i] == ';' && digits >= 3)
        return TRUE;              /* parameters */
      else if (strchr ("-.()", text[i]) == NULL && !(text[i] == '+' && i == start))
        return FALSE;
    }
  return digits >= 3;
}

static gboolean
check_rest (const char     *text,
            gsize           start,
            gsize           end,
            XmppLinkScheme  scheme,
            gboolean       *suspicious)
{
  switch (scheme)
    {
    case XMPP_LINK_HTTP:
    case XMPP_LINK_HTTPS:
      return check_web (text, start, end, suspicious);
    case XMPP_LINK_MAILTO:
      return check_mail (text, start, end);
    case XMPP_LINK_XMPP:
      return check_xmpp (text, start, end);
    case XMPP_LINK_TEL:
      return check_phone (text, start, end);
    default:
      g_assert_not_reached ();
    }
}

/* The scheme that ends before the colon at @colon; not in the middle of a word, nor before @floor. */
static gboolean
find_scheme (const char     *text,
             gsize           floor,
             gsize           colon,
             XmppLinkScheme *out_scheme,
             gsize          *out_start)
{
  gsize start = colon;

  while (start > floor && colon - start <= SCHEME_MAX && g_ascii_isalnum (text[start - 1]))
    start--;
  if (colon - start > SCHEME_MAX || (start > floor && strchr ("+-._", text[start - 1]) != NULL))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (schemes); i++)
    {
      if (strlen (schemes[i].name) == colon - start
          && g_ascii_strncasecmp (text + start, schemes[i].name, colon - start) == 0)
        {
          *out_scheme = schemes[i].scheme;
          *out_start = start;
          return TRUE;
        }
    }
  return FALSE;
}

GArray *
xmpp_links_find (const char *text,
                 gssize      length)
{
  g_autoptr(GArray) links = g_array_new (FALSE, FALSE, sizeof (XmppLink));
  gsize size, at = 0, floor = 0;

  g_return_val_if_fail (text != NULL, NULL);

  size = length < 0 ? strlen (text) : (gsize) length;
  while (at < size)
    {
      const char *colon = memchr (text + at, ':', size - at);
      XmppLink link = { 0 };
      gsize token_end;

      if (colon == NULL)
        break;
      at = colon - text + 1;
      if (!find_scheme (text, floor, at - 1, &link.scheme, &link.start))
        continue;
      token_end = find_token_end (text, at, size);
      link.end = trim_end (text, at, token_end);
      if (link.end - link.start <= XMPP_LINK_MAX_BYTES
          && check_rest (text, at, link.end, link.scheme, &link.suspicious))
        g_array_append_val (links, link);
      at = token_end;
      floor = token_end;
    }
  return g_steal_pointer (&links);
}

gboolean
xmpp_link_is_safe (const char     *uri,
                   XmppLinkScheme *out_scheme,
                   gboolean       *out_suspicious)
{
  gboolean suspicious = FALSE;
  XmppLinkScheme scheme;
  const char *colon;
  gsize size, start;

  g_return_val_if_fail (uri != NULL, FALSE);

  size = strnlen (uri, XMPP_LINK_MAX_BYTES + 1);
  if (size > XMPP_LINK_MAX_BYTES || !g_utf8_validate (uri, size, NULL))
    return FALSE;
  colon = strchr (uri, ':');
  if (colon == NULL || !find_scheme (uri, 0, colon - uri, &scheme, &start) || start != 0)
    return FALSE;
  for (const char *p = colon + 1; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      /* Wide punctuation only ends links in running text. */
      if (c < 0x80 ? ends_token (c) : (!g_unichar_isgraph (c) || g_unichar_type (c) == G_UNICODE_FORMAT))
        return FALSE;
    }
  if (!check_rest (uri, colon + 1 - uri, size, scheme, &suspicious))
    return FALSE;
  if (out_scheme != NULL)
    *out_scheme = scheme;
  if (out_suspicious != NULL)
    *out_suspicious = suspicious;
  return TRUE;
}
