/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xmpp: links: RFC 5122, XEP-0147; ?register and ?roster;preauth: XEP-0401 and XEP-0379. */
#define G_LOG_DOMAIN "xmpp"

#include "config.h"

#include "xmpp/uri.h"

#include "xmpp/jid.h"

/*
 * xmpp:[//account/]address[?action[;key=value]…][#fragment]
 *
 * The text is taken apart at the first '#', the first '?', and at each ';' before anything is decoded, and each piece
 * is decoded once: an escaped separator is a character of its value and never begins another piece (threats D9).
 */

G_DEFINE_QUARK (xmpp-uri-error-quark, xmpp_uri_error)
G_DEFINE_BOXED_TYPE (XmppUri, xmpp_uri, xmpp_uri_copy, xmpp_uri_free)

static const struct
{
  const char         *name;
  XmppUriAction       action;
  const char * const  keys[6];
} actions[] = {
  { "message", XMPP_URI_MESSAGE, { "body", "subject", "thread", NULL } },
  { "join", XMPP_URI_JOIN, { "password", NULL } },
  { "register", XMPP_URI_REGISTER, { "preauth", NULL } },
  { "roster", XMPP_URI_ROSTER, { "name", "group", "preauth", "ibr", NULL } },
  { "subscribe", XMPP_URI_SUBSCRIBE, { NULL } },
  { "pubsub", XMPP_URI_PUBSUB, { "node", "item", "action", NULL } },
  { "call", XMPP_URI_CALL, { NULL } },
};

static const char * const *
get_known_keys (XmppUriAction action)
{
  static const char * const none[] = { NULL };

  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    if (actions[i].action == action)
      return actions[i].keys;
  return none;
}

XmppUri *
xmpp_uri_new (const char    *address,
              XmppUriAction  action)
{
  XmppUri *uri = g_new0 (XmppUri, 1);

  uri->address = g_strdup (address);
  uri->action = action;
  uri->keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return uri;
}

XmppUri *
xmpp_uri_copy (const XmppUri *uri)
{
  XmppUri *copy = xmpp_uri_new (uri->address, uri->action);
  GHashTableIter iter;
  gpointer name, value;

  copy->account = g_strdup (uri->account);
  copy->fragment = g_strdup (uri->fragment);
  g_hash_table_iter_init (&iter, uri->keys);
  while (g_hash_table_iter_next (&iter, &name, &value))
    g_hash_table_insert (copy->keys, g_strdup (name), g_strdup (value));
  return copy;
}

void
xmpp_uri_free (XmppUri *uri)
{
  if (uri == NULL)
    return;
  g_free (uri->address);
  g_free (uri->account);
  g_free (uri->fragment);
  g_hash_table_unref (uri->keys);
  g_free (uri);
}

const char *
xmpp_uri_get_key (const XmppUri *uri,
                  const char    *name)
{
  g_return_val_if_fail (uri != NULL, NULL);

  return g_hash_table_lookup (uri->keys, name);
}

void
xmpp_uri_set_key (XmppUri    *uri,
                  const char *name,
                  const char *value)
{
  g_return_if_fail (uri != NULL);
  g_return_if_fail (g_strv_contains (get_known_keys (uri->action), name));

  if (value != NULL)
    g_hash_table_replace (uri->keys, g_strdup (name), g_strdup (value));
  else
    g_hash_table_remove (uri->keys, name);
}

/* Decodes %XX once. NULL for bad escapes, NUL, text that is no UTF-8, and control characters, but for line feed and
 * tab where @lines. */
static char *
decode (const char *text,
        gsize       length,
        gboolean    lines)
{
  g_autoptr(GString) out = g_string_sized_new (length);

  for (gsize i = 0; i < length; i++)
    {
      guchar c = text[i];

      if (c == '%')
        {
          if (i + 2 >= length || !g_ascii_isxdigit (text[i + 1]) || !g_ascii_isxdigit (text[i + 2]))
            return NULL;
          c = g_ascii_xdigit_value (text[i + 1]) * 16 + g_ascii_xdigit_value (text[i + 2]);
          i += 2;
        }
      if (c == 0x7f || (c < 0x20 && !(lines && (c == '\n' || c == '\t' || c == '\r'))))
        return NULL;
      g_string_append_c (out, c);
    }
  if (!g_utf8_validate (out->str, out->len, NULL))
    return NULL;
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static char *
decode_address (const char *text,
                gsize       length)
{
  g_autofree char *decoded = decode (text, length, FALSE);

  return decoded != NULL ? xmpp_jid_prepare (decoded, NULL) : NULL;
}

/* "action;key=value;…" → @uri. FALSE if a value is broken. */
static gboolean
parse_query (XmppUri    *uri,
             const char *query,
             gsize       length)
{
  const char *end = query + length;
  const char *piece = query;
  guint n = 0;

  while (piece <= end)
    {
      const char *stop = memchr (piece, ';', end - piece);
      const char *equals;

      if (stop == NULL)
        stop = end;
      if (n == 0)
        {
          for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
            if (strlen (actions[i].name) == (gsize) (stop - piece) &&
                strncmp (actions[i].name, piece, stop - piece) == 0)
              uri->action = actions[i].action;
        }
      else if (n <= XMPP_URI_MAX_KEYS && (equals = memchr (piece, '=', stop - piece)) != NULL)
        {
          g_autofree char *name = decode (piece, equals - piece, FALSE);
          g_autofree char *value = decode (equals + 1, stop - equals - 1,
                                           uri->action == XMPP_URI_MESSAGE && strncmp (piece, "body=", 5) == 0);

          if (name == NULL || value == NULL)
            return FALSE;
          if (g_strv_contains (get_known_keys (uri->action), name) && !g_hash_table_contains (uri->keys, name))
            g_hash_table_insert (uri->keys, g_steal_pointer (&name), g_steal_pointer (&value));
        }
      n++;
      piece = stop + 1;
    }
  return TRUE;
}

/* Everything after "xmpp:". FALSE if any piece is broken. */
static gboolean
parse_rest (XmppUri    *uri,
            const char *text)
{
  const char *p = text;
  const char *fragment = strchr (p, '#');
  const char *end = fragment != NULL ? fragment : p + strlen (p);
  const char *query = memchr (p, '?', end - p);
  const char *path_end = query != NULL ? query : end;

  if (fragment != NULL)
    {
      uri->fragment = decode (fragment + 1, strlen (fragment + 1), FALSE);
      if (uri->fragment == NULL)
        return FALSE;
    }
  if (g_str_has_prefix (p, "//"))
    {
      const char *slash = memchr (p + 2, '/', path_end - p - 2);

      uri->account = decode_address (p + 2, (slash != NULL ? slash : path_end) - p - 2);
      if (uri->account == NULL || !xmpp_jid_is_bare (uri->account))
        return FALSE;
      p = slash != NULL ? slash + 1 : path_end;
    }
  if (p < path_end)
    {
      uri->address = decode_address (p, path_end - p);
      if (uri->address == NULL)
        return FALSE;
    }
  if (uri->address == NULL && uri->account == NULL)
    return FALSE;
  return query == NULL || parse_query (uri, query + 1, end - query - 1);
}

XmppUri *
xmpp_uri_parse (const char  *text,
                GError     **error)
{
  g_autoptr(XmppUri) uri = NULL;

  g_return_val_if_fail (text != NULL, NULL);

  if (g_ascii_strncasecmp (text, "xmpp:", 5) != 0)
    {
      g_set_error_literal (error, XMPP_URI_ERROR, XMPP_URI_ERROR_SCHEME, "not an xmpp: link");
      return NULL;
    }
  if (strlen (text) > XMPP_URI_MAX)
    {
      g_set_error_literal (error, XMPP_URI_ERROR, XMPP_URI_ERROR_TOO_LONG, "the link is too long");
      return NULL;
    }
  uri = xmpp_uri_new (NULL, XMPP_URI_PROFILE);
  if (!parse_rest (uri, text + 5))
    {
      g_set_error_literal (error, XMPP_URI_ERROR, XMPP_URI_ERROR_INVALID, "the link is broken");
      return NULL;
    }
  return g_steal_pointer (&uri);
}

static int
compare_strings (gconstpointer a,
                 gconstpointer b)
{
  return strcmp (*(const char * const *) a, *(const char * const *) b);
}

char *
xmpp_uri_to_string (const XmppUri *uri)
{
  g_autoptr(GString) out = NULL;
  g_autoptr(GPtrArray) names = NULL;
  GHashTableIter iter;
  gpointer name;

  g_return_val_if_fail (uri != NULL, NULL);

  out = g_string_new ("xmpp:");
  if (uri->account != NULL)
    {
      g_string_append (out, "//");
      g_string_append_uri_escaped (out, uri->account, "@", FALSE);
      if (uri->address != NULL)
        g_string_append_c (out, '/');
    }
  if (uri->address != NULL)
    g_string_append_uri_escaped (out, uri->address, "@/", FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    if (actions[i].action == uri->action)
      g_string_append_printf (out, "?%s", actions[i].name);
  names = g_ptr_array_new ();
  g_hash_table_iter_init (&iter, uri->keys);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    g_ptr_array_add (names, name);
  g_ptr_array_sort (names, compare_strings);
  for (guint i = 0; i < names->len; i++)
    {
      g_string_append_printf (out, ";%s=", (const char *) g_ptr_array_index (names, i));
      g_string_append_uri_escaped (out, g_hash_table_lookup (uri->keys, g_ptr_array_index (names, i)), NULL, FALSE);
    }
  if (uri->fragment != NULL)
    {
      g_string_append_c (out, '#');
      g_string_append_uri_escaped (out, uri->fragment, NULL, FALSE);
    }
  return g_string_free (g_steal_pointer (&out), FALSE);
}
