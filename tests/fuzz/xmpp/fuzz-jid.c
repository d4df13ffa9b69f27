/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Addresses: preparing is stable, the parts of a prepared address are prepared, and together they are the whole. */

#include "config.h"

#include "xmpp/jid.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data,
                            gsize         size);

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autofree char *text = g_strndup (size > 0 ? (const char *) data : "", size);
  g_autofree char *prepared = xmpp_jid_prepare (text, NULL);
  g_autofree char *again = NULL;
  g_autofree char *bare = NULL;
  g_autofree char *local = NULL;
  g_autofree char *domain = NULL;
  g_autofree char *joined = NULL;
  g_autofree char *whole = NULL;

  if (prepared == NULL)
    {
      g_assert_false (xmpp_jid_is_valid (text));
      return 0;
    }
  again = xmpp_jid_prepare (prepared, NULL);
  g_assert_cmpstr (again, ==, prepared);
  g_assert_true (g_utf8_validate (prepared, -1, NULL));

  bare = xmpp_jid_dup_bare (prepared);
  local = xmpp_jid_dup_local (prepared);
  domain = xmpp_jid_dup_domain (prepared);
  joined = local != NULL ? g_strconcat (local, "@", domain, NULL) : g_strdup (domain);
  g_assert_cmpstr (joined, ==, bare);
  g_assert_true (xmpp_jid_is_valid (bare));
  g_assert_true (xmpp_jid_is_bare (bare));
  whole = xmpp_jid_join (bare, xmpp_jid_get_resource (prepared));
  g_assert_cmpstr (whole, ==, prepared);
  return 0;
}
