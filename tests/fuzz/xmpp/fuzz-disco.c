/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What others say of themselves: written and read again it has the same hash (threat A15); services are usable addresses. */

#include "config.h"

#include "xmpp/disco.h"
#include "xmpp/extdisco.h"

int LLVMFuzzerTestOneInput (const guint8 *data,
                            gsize         size);

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autoptr(XmppNode) node = xmpp_node_parse (size > 0 ? (const char *) data : "", size, NULL);
  g_autoptr(XmppDiscoInfo) info = node != NULL ? xmpp_disco_info_new_from_node (node) : NULL;
  g_autoptr(GPtrArray) services = node != NULL ? xmpp_extdisco_parse (node) : NULL;

  if (info != NULL)
    {
      g_autofree char *hash = xmpp_disco_info_dup_hash (info);
      g_autoptr(XmppNode) written = xmpp_disco_info_to_node (info);
      g_autoptr(XmppDiscoInfo) again = xmpp_disco_info_new_from_node (written);
      g_autofree char *hash_again = xmpp_disco_info_dup_hash (again);

      if (hash != NULL)
        g_assert_cmpstr (hash, ==, hash_again);
    }
  for (guint i = 0; services != NULL && i < services->len; i++)
    {
      const XmppExternalService *service = g_ptr_array_index (services, i);

      g_assert_cmpuint (service->port, >, 0);
      for (const char *p = service->host; *p != '\0'; p++)
        g_assert_true (g_ascii_isalnum (*p) || *p == '-' || *p == '.' || *p == '_' || *p == ':');
    }
  return 0;
}
