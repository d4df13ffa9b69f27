/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A link that is read, written and read again says the same; nothing in it can start a second line or action (threat D9). */

#include "config.h"

#include "xmpp/invite.h"
#include "xmpp/jid.h"
#include "xmpp/uri.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data,
                            gsize         size);

static void
check_same (const XmppUri *a,
            const XmppUri *b)
{
  GHashTableIter iter;
  gpointer name, value;

  g_assert_cmpstr (a->address, ==, b->address);
  g_assert_cmpstr (a->account, ==, b->account);
  g_assert_cmpint (a->action, ==, b->action);
  g_assert_cmpstr (a->fragment, ==, b->fragment);
  g_assert_cmpuint (g_hash_table_size (a->keys), ==, g_hash_table_size (b->keys));
  g_hash_table_iter_init (&iter, a->keys);
  while (g_hash_table_iter_next (&iter, &name, &value))
    {
      g_assert_cmpstr (g_hash_table_lookup (b->keys, name), ==, value);
      g_assert_true (g_utf8_validate (value, -1, NULL));
      if (strcmp (name, "body") != 0)
        g_assert_null (strpbrk (value, "\n\r\t"));
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autofree char *text = g_strndup (size > 0 ? (const char *) data : "", size);
  g_autoptr(XmppUri) uri = xmpp_uri_parse (text, NULL);
  g_autoptr(XmppUri) again = NULL;
  g_autoptr(XmppInvite) invite = xmpp_invite_parse (text, NULL);
  g_autofree char *written = NULL;

  if (uri == NULL)
    {
      g_assert_null (invite);
      return 0;
    }
  g_assert_true (uri->address == NULL || xmpp_jid_is_valid (uri->address));
  g_assert_true (uri->account == NULL || xmpp_jid_is_bare (uri->account));
  if (uri->action == XMPP_URI_PROFILE)
    g_assert_cmpuint (g_hash_table_size (uri->keys), ==, 0);
  written = xmpp_uri_to_string (uri);
  if (strlen (written) > XMPP_URI_MAX)
    return 0;         /* more had to be escaped than was */
  again = xmpp_uri_parse (written, NULL);
  g_assert_nonnull (again);
  check_same (uri, again);
  return 0;
}
