/* SPDX-License-Identifier: GPL-3.0-or-later */

/* XEP-0446, 0447, 0066: what was read is written and read as the same. */

#include "config.h"

#include "xmpp/file-sharing.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data,
                            gsize         size);

static void
check (const XmppFileShare *share)
{
  g_autoptr(XmppNode) message = xmpp_node_new ("message", "jabber:client");
  g_autoptr(XmppFileMetadata) copy = xmpp_file_metadata_copy (share->metadata);
  g_autoptr(GPtrArray) again = NULL;
  const XmppFileShare *second;

  g_assert_true (share->metadata->name == NULL || strlen (share->metadata->name) <= XMPP_FILE_NAME_MAX_BYTES);
  g_assert_cmpint (share->metadata->size, >=, -1);
  g_assert_cmpint (copy->size, ==, share->metadata->size);
  xmpp_file_sharing_add (message, share);
  again = xmpp_file_sharing_parse (message);
  g_assert_cmpuint (again->len, ==, 1);
  second = g_ptr_array_index (again, 0);
  g_assert_cmpstr (second->metadata->name, ==, share->metadata->name);
  g_assert_cmpstr (second->metadata->media_type, ==, share->metadata->media_type);
  g_assert_cmpint (second->metadata->size, ==, share->metadata->size);
  g_assert_cmpuint (second->metadata->hashes->len, ==, share->metadata->hashes->len);
  g_assert_cmpuint (g_strv_length (second->urls), ==, g_strv_length (share->urls));
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autoptr(XmppNode) node = size > 0 ? xmpp_node_parse ((const char *) data, size, NULL) : NULL;
  g_autoptr(GPtrArray) shares = node != NULL ? xmpp_file_sharing_parse (node) : NULL;

  for (guint i = 0; shares != NULL && i < shares->len; i++)
    check (g_ptr_array_index (shares, i));
  return 0;
}
