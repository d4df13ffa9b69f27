/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "xmpp"

#include "config.h"

#include "xmpp/pinned-address-private.h"

struct _XmppPinnedAddress
{
  GNetworkAddress  parent_instance;

  GList           *addresses;   /* of GInetAddress */
};

/* Hands the addresses out one after the other. */
#define XMPP_TYPE_PINNED_ENUMERATOR (xmpp_pinned_enumerator_get_type ())
G_DECLARE_FINAL_TYPE (XmppPinnedEnumerator, xmpp_pinned_enumerator, XMPP, PINNED_ENUMERATOR, GSocketAddressEnumerator)

struct _XmppPinnedEnumerator
{
  GSocketAddressEnumerator  parent_instance;

  XmppPinnedAddress        *address;
  GList                    *next;      /* borrowed from address */
};

G_DEFINE_FINAL_TYPE (XmppPinnedEnumerator, xmpp_pinned_enumerator, G_TYPE_SOCKET_ADDRESS_ENUMERATOR)

static GSocketAddress *
enumerator_next (GSocketAddressEnumerator  *enumerator,
                 GCancellable              *cancellable,
                 GError                   **error)
{
  XmppPinnedEnumerator *self = XMPP_PINNED_ENUMERATOR (enumerator);
  GInetAddress *address;

  if (self->next == NULL)
    return NULL;
  address = self->next->data;
  self->next = self->next->next;
  return g_inet_socket_address_new (address, g_network_address_get_port (G_NETWORK_ADDRESS (self->address)));
}

static void
xmpp_pinned_enumerator_dispose (GObject *object)
{
  g_clear_object (&XMPP_PINNED_ENUMERATOR (object)->address);
  G_OBJECT_CLASS (xmpp_pinned_enumerator_parent_class)->dispose (object);
}

static void
xmpp_pinned_enumerator_class_init (XmppPinnedEnumeratorClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = xmpp_pinned_enumerator_dispose;
  G_SOCKET_ADDRESS_ENUMERATOR_CLASS (klass)->next = enumerator_next;
}

static void
xmpp_pinned_enumerator_init (XmppPinnedEnumerator *self)
{
}

static void xmpp_pinned_address_connectable_init (GSocketConnectableIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (XmppPinnedAddress, xmpp_pinned_address, G_TYPE_NETWORK_ADDRESS,
                               G_IMPLEMENT_INTERFACE (G_TYPE_SOCKET_CONNECTABLE, xmpp_pinned_address_connectable_init))

static GSocketAddressEnumerator *
enumerate (GSocketConnectable *connectable)
{
  XmppPinnedAddress *self = XMPP_PINNED_ADDRESS (connectable);
  XmppPinnedEnumerator *enumerator = g_object_new (XMPP_TYPE_PINNED_ENUMERATOR, NULL);

  enumerator->address = g_object_ref (self);
  enumerator->next = self->addresses;
  return G_SOCKET_ADDRESS_ENUMERATOR (enumerator);
}

static void
xmpp_pinned_address_connectable_init (GSocketConnectableIface *iface)
{
  iface->enumerate = enumerate;
  iface->proxy_enumerate = enumerate;   /* whoever pins has decided against a proxy */
}

static void
xmpp_pinned_address_finalize (GObject *object)
{
  g_list_free_full (XMPP_PINNED_ADDRESS (object)->addresses, g_object_unref);
  G_OBJECT_CLASS (xmpp_pinned_address_parent_class)->finalize (object);
}

static void
xmpp_pinned_address_class_init (XmppPinnedAddressClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = xmpp_pinned_address_finalize;
}

static void
xmpp_pinned_address_init (XmppPinnedAddress *self)
{
}

XmppPinnedAddress *
xmpp_pinned_address_new (const char *host,
                         guint16     port,
                         GList      *addresses)
{
  XmppPinnedAddress *self;

  g_return_val_if_fail (host != NULL && addresses != NULL, NULL);

  self = g_object_new (XMPP_TYPE_PINNED_ADDRESS, "hostname", host, "port", (guint) port, NULL);
  self->addresses = g_list_copy_deep (addresses, (GCopyFunc) (void (*) (void)) g_object_ref, NULL);
  return self;
}
