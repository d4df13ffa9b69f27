/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How web servers are reached for files: which addresses, which trust. Used by XEP-0363 and XEP-0447. */
#define G_LOG_DOMAIN "xmpp"

#include "config.h"

#include "xmpp/transfer.h"

#include "xmpp/http-private.h"

struct _XmppTransferPolicy
{
  GTlsDatabase   *authorities;     /* (nullable) */
  GProxyResolver *proxy_resolver;  /* (nullable) */
  GHashTable     *trusted_hosts;   /* set */
  GHashTable     *host_addresses;  /* host → "address[:port]" */
  gboolean        allow_loopback_http;
};

G_DEFINE_QUARK (xmpp-transfer-error-quark, xmpp_transfer_error)
G_DEFINE_BOXED_TYPE (XmppTransferPolicy, xmpp_transfer_policy, xmpp_transfer_policy_ref, xmpp_transfer_policy_unref)

XmppTransferPolicy *
xmpp_transfer_policy_new (void)
{
  XmppTransferPolicy *policy = g_rc_box_new0 (XmppTransferPolicy);

  policy->trusted_hosts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  policy->host_addresses = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return policy;
}

XmppTransferPolicy *
xmpp_transfer_policy_ref (XmppTransferPolicy *policy)
{
  return g_rc_box_acquire (policy);
}

static void
policy_clear (gpointer data)
{
  XmppTransferPolicy *policy = data;

  g_clear_object (&policy->authorities);
  g_clear_object (&policy->proxy_resolver);
  g_hash_table_unref (policy->trusted_hosts);
  g_hash_table_unref (policy->host_addresses);
}

void
xmpp_transfer_policy_unref (XmppTransferPolicy *policy)
{
  g_rc_box_release_full (policy, policy_clear);
}

gboolean
xmpp_transfer_policy_set_ca_file (XmppTransferPolicy  *policy,
                                  const char          *path,
                                  GError             **error)
{
  g_autoptr(GTlsDatabase) authorities = NULL;

  g_return_val_if_fail (policy != NULL, FALSE);

  if (path != NULL)
    {
      authorities = g_tls_file_database_new (path, error);
      if (authorities == NULL)
        return FALSE;
    }
  g_set_object (&policy->authorities, authorities);
  return TRUE;
}

void
xmpp_transfer_policy_set_proxy_resolver (XmppTransferPolicy *policy,
                                         GProxyResolver     *resolver)
{
  g_return_if_fail (policy != NULL);

  g_set_object (&policy->proxy_resolver, resolver);
}

void
xmpp_transfer_policy_add_trusted_host (XmppTransferPolicy *policy,
                                       const char         *host)
{
  g_return_if_fail (policy != NULL && host != NULL);

  g_hash_table_add (policy->trusted_hosts, g_ascii_strdown (host, -1));
}

gboolean
xmpp_transfer_policy_is_trusted_host (XmppTransferPolicy *policy,
                                      const char         *host)
{
  g_autofree char *lower = NULL;

  g_return_val_if_fail (policy != NULL && host != NULL, FALSE);

  lower = g_ascii_strdown (host, -1);
  return g_hash_table_contains (policy->trusted_hosts, lower);
}

void
xmpp_transfer_policy_set_host_address (XmppTransferPolicy *policy,
                                       const char         *host,
                                       const char         *address)
{
  g_return_if_fail (policy != NULL && host != NULL && address != NULL);

  g_hash_table_replace (policy->host_addresses, g_ascii_strdown (host, -1), g_strdup (address));
}

void
xmpp_transfer_policy_set_allow_loopback_http (XmppTransferPolicy *policy,
                                              gboolean            allow)
{
  g_return_if_fail (policy != NULL);

  policy->allow_loopback_http = allow;
}

GTlsDatabase *
xmpp_transfer_policy_get_authorities (XmppTransferPolicy *policy)
{
  return policy->authorities;
}

GProxyResolver *
xmpp_transfer_policy_get_proxy_resolver (XmppTransferPolicy *policy)
{
  return policy->proxy_resolver != NULL ? policy->proxy_resolver : g_proxy_resolver_get_default ();
}

const char *
xmpp_transfer_policy_get_host_address (XmppTransferPolicy *policy,
                                       const char         *host)
{
  g_autofree char *lower = g_ascii_strdown (host, -1);

  return g_hash_table_lookup (policy->host_addresses, lower);
}

gboolean
xmpp_transfer_policy_get_allow_loopback_http (XmppTransferPolicy *policy)
{
  return policy->allow_loopback_http;
}

static gboolean
in_net (const guint8 *bytes,
        const guint8 *net,
        guint         bits)
{
  guint whole = bits / 8, rest = bits % 8;

  return memcmp (bytes, net, whole) == 0 &&
         (rest == 0 || ((bytes[whole] ^ net[whole]) >> (8 - rest)) == 0);
}

static gboolean
is_private_ipv4 (const guint8 *bytes)
{
  /* RFC 6890 and its registry: whatever is not an address on the public Internet. */
  static const struct { guint8 net[4]; guint bits; } nets[] = {
    { { 0, 0, 0, 0 }, 8 }, { { 10, 0, 0, 0 }, 8 }, { { 100, 64, 0, 0 }, 10 }, { { 127, 0, 0, 0 }, 8 },
    { { 169, 254, 0, 0 }, 16 }, { { 172, 16, 0, 0 }, 12 }, { { 192, 0, 0, 0 }, 24 }, { { 192, 0, 2, 0 }, 24 },
    { { 192, 88, 99, 0 }, 24 }, { { 192, 168, 0, 0 }, 16 }, { { 198, 18, 0, 0 }, 15 }, { { 198, 51, 100, 0 }, 24 },
    { { 203, 0, 113, 0 }, 24 }, { { 224, 0, 0, 0 }, 4 }, { { 240, 0, 0, 0 }, 4 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (nets); i++)
    if (in_net (bytes, nets[i].net, nets[i].bits))
      return TRUE;
  return FALSE;
}

static gboolean
is_private_ipv6 (const guint8 *bytes)
{
  static const struct { guint8 net[16]; guint bits; } nets[] = {
    { { 0x01, 0x00 }, 64 },                 /* discard */
    { { 0x20, 0x01, 0x00, 0x00 }, 23 },     /* IETF protocol assignments, Teredo too */
    { { 0x20, 0x01, 0x0d, 0xb8 }, 32 },     /* documentation */
    { { 0x3f, 0xff }, 20 },                 /* documentation */
    { { 0xfc, 0x00 }, 7 },                  /* unique local */
    { { 0xfe, 0x80 }, 10 },                 /* link-local */
    { { 0xfe, 0xc0 }, 10 },                 /* site-local, of old */
    { { 0xff, 0x00 }, 8 },                  /* multicast */
  };
  static const guint8 zero[16];
  static const guint8 mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };
  static const guint8 nat64[12] = { 0x00, 0x64, 0xff, 0x9b };
  static const guint8 nat64_local[6] = { 0x00, 0x64, 0xff, 0x9b, 0x00, 0x01 };
  static const guint8 six_to_four[2] = { 0x20, 0x02 };

  if (memcmp (bytes, mapped, 12) == 0 || memcmp (bytes, nat64, 12) == 0)
    return is_private_ipv4 (bytes + 12);
  if (memcmp (bytes, zero, 12) == 0)
    return TRUE;                            /* ::, ::1, and IPv4-compatible ones of old */
  if (memcmp (bytes, nat64_local, 6) == 0)
    return TRUE;
  if (memcmp (bytes, six_to_four, 2) == 0)
    return is_private_ipv4 (bytes + 2);
  for (guint i = 0; i < G_N_ELEMENTS (nets); i++)
    if (in_net (bytes, nets[i].net, nets[i].bits))
      return TRUE;
  return FALSE;
}

gboolean
xmpp_transfer_address_is_private (GInetAddress *address)
{
  g_return_val_if_fail (G_IS_INET_ADDRESS (address), TRUE);

  if (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV4)
    return is_private_ipv4 (g_inet_address_to_bytes (address));
  return is_private_ipv6 (g_inet_address_to_bytes (address));
}
