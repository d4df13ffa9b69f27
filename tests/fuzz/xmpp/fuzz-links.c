/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the finder finds is safe by itself and inside the text; file names come out clean and stay so (threat D1). */

#include "config.h"

#include "xmpp/file-metadata.h"
#include "xmpp/file-name.h"
#include "xmpp/links.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data,
                            gsize         size);

static void
check_name (const char *text)
{
  g_autofree char *clean = xmpp_file_name_clean (text);
  g_autofree char *again = xmpp_file_name_clean (clean);

  g_assert_true (g_utf8_validate (clean, -1, NULL));
  g_assert_cmpuint (strlen (clean), >, 0);
  g_assert_cmpuint (strlen (clean), <=, XMPP_FILE_NAME_MAX_BYTES);
  g_assert_null (strpbrk (clean, "/\\:*?\"<>|\n\r"));
  g_assert_true (clean[0] != '.' && clean[0] != '-');
  g_assert_cmpstr (clean, ==, again);
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autofree char *text = g_strndup (size > 0 ? (const char *) data : "", size);
  g_autoptr(GArray) links = NULL;

  check_name (text);
  if (!g_utf8_validate (text, -1, NULL))
    return 0;
  links = xmpp_links_find (text, -1);
  for (guint i = 0; i < links->len; i++)
    {
      const XmppLink *link = &g_array_index (links, XmppLink, i);
      g_autofree char *uri = NULL;
      XmppLinkScheme scheme;

      g_assert_cmpuint (link->end, <=, strlen (text));
      if (i > 0)
        g_assert_cmpuint (link->start, >=, g_array_index (links, XmppLink, i - 1).end);
      uri = g_strndup (text + link->start, link->end - link->start);
      g_assert_true (xmpp_link_is_safe (uri, &scheme, NULL));
      g_assert_cmpint (scheme, ==, link->scheme);
    }
  return 0;
}
