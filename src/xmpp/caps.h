/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/disco.h"
#include "xmpp/presence.h"

G_BEGIN_DECLS

/**
 * XmppCaps:
 *
 * Entity capabilities (XEP-0115): puts the hash of our own features into our presence, and learns the features of
 * others by hash. Information is kept for others only after its hash was verified (§5.4, threats A15); what cannot be
 * verified counts for that one resource in this session alone.
 *
 * Signals:
 * ::resolved (const char *full_address)   xmpp_caps_lookup() knows this resource now
 * ::cache-changed ()                      xmpp_caps_export() has something new to store
 */
#define XMPP_TYPE_CAPS (xmpp_caps_get_type ())
G_DECLARE_FINAL_TYPE (XmppCaps, xmpp_caps, XMPP, CAPS, GObject)

#define XMPP_CAPS_NODE      "https://atriumworkspace.org/"  /* an identifier; nothing is fetched from there */
#define XMPP_CAPS_MAX_CACHE 2000                            /* hashes kept; oldest verified go first */

XmppCaps      *xmpp_caps_new         (XmppClient    *client,
                                      XmppDisco     *disco,
                                      XmppPresences *presences) G_GNUC_WARN_UNUSED_RESULT;

/* (transfer none) (nullable): not known (yet). */
XmppDiscoInfo *xmpp_caps_lookup      (XmppCaps   *self,
                                      const char *full_address);
/* Does any available resource of @address announce @feature? */
gboolean       xmpp_caps_any_has     (XmppCaps   *self,
                                      const char *address,
                                      const char *feature);

/* The verified cache, for the store. Importing verifies every entry again; returns how many were taken. */
GVariant      *xmpp_caps_export      (XmppCaps *self) G_GNUC_WARN_UNUSED_RESULT;  /* (transfer full), not floating */
guint          xmpp_caps_import      (XmppCaps *self,
                                      GVariant *cache);

G_END_DECLS
