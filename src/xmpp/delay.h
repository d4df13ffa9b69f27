/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/node.h"

G_BEGIN_DECLS

/* XEP-0203: Delayed Delivery. Times are µs since the epoch, UTC. */

#define XMPP_NS_DELAY "urn:xmpp:delay"

/* 2000-01-01T00:00:00Z: nothing that XMPP carried is older. */
#define XMPP_DELAY_EARLIEST G_GINT64_CONSTANT (946684800000000)

/**
 * xmpp_delay_get:
 * @parent: a stanza or a <forwarded/>
 * @by: (array zero-terminated=1) (nullable): addresses to believe; %NULL believes any, for a wrapper that is itself verified
 * @out: (out): the stamp, as sent
 *
 * Finds the first stamp set by one of @by. Stamps of others are decoration that any sender can write.
 */
gboolean  xmpp_delay_get    (const XmppNode    *parent,
                             const char *const *by,
                             gint64            *out);
/* @time held within [2000, @now + 1 day]. */
gint64    xmpp_delay_clamp  (gint64             time,
                             gint64             now);
void      xmpp_delay_add    (XmppNode          *parent,
                             const char        *by,
                             gint64             time);

G_END_DECLS
