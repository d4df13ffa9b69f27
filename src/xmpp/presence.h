/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/client.h"

G_BEGIN_DECLS

/* Presence (RFC 6121 §4) of ourselves and of others, one entry a resource. Room presence is not here. */

typedef enum
{
  XMPP_SHOW_OFFLINE,      /* ordered: a later one is the better one to show for a person */
  XMPP_SHOW_XA,
  XMPP_SHOW_AWAY,
  XMPP_SHOW_DND,
  XMPP_SHOW_ONLINE,
  XMPP_SHOW_CHAT,
} XmppShow;

const char   *xmpp_show_to_string          (XmppShow show);  /* "offline", "xa", "away", "dnd", "online", "chat" */

#define XMPP_PRESENCE_MAX_STATUS    1024   /* bytes kept of a status text */
#define XMPP_PRESENCE_MAX_RESOURCES 32     /* kept for one address */
#define XMPP_PRESENCE_MAX_ADDRESSES 50000

/* One resource of one address. Immutable, counted. */
typedef struct
{
  char     *address;      /* full address */
  XmppShow  show;
  int       priority;     /* -128 to 127 */
  char     *status;       /* (nullable): ≤ XMPP_PRESENCE_MAX_STATUS bytes */
  char     *avatar;       /* (nullable): XEP-0153 SHA-1, 40 lower-case hex; "" = has no avatar; NULL = not said */
  char     *nick;         /* (nullable): XEP-0172; never replaces a directory name (threats A12) */
  char     *caps_node;    /* (nullable): XEP-0115 */
  char     *caps_ver;
  char     *caps_hash;
  gint64    since;        /* µs since the epoch, UTC: XEP-0203 stamp of the own server, else 0 */
} XmppPresence;

#define XMPP_TYPE_PRESENCE (xmpp_presence_get_type ())
GType         xmpp_presence_get_type       (void) G_GNUC_CONST;
XmppPresence *xmpp_presence_ref            (XmppPresence *presence);
void          xmpp_presence_unref          (XmppPresence *presence);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XmppPresence, xmpp_presence_unref)

/**
 * XmppPresences:
 *
 * Sends our presence at the start of each new session and after each change, and keeps that of others.
 *
 * Signals:
 * ::changed (const char *address)     bare; coalesced: once an address for each turn of the main loop (threats C4)
 * ::resource-changed (XmppPresence *presence)   at once, each; for caps
 */
#define XMPP_TYPE_PRESENCES (xmpp_presences_get_type ())
G_DECLARE_FINAL_TYPE (XmppPresences, xmpp_presences, XMPP, PRESENCES, GObject)

XmppPresences *xmpp_presences_new          (XmppClient *client) G_GNUC_WARN_UNUSED_RESULT;

/* What others see. OFFLINE sends unavailable and keeps the session. @status (nullable). Default: ONLINE, none, 0. */
void          xmpp_presences_set_own       (XmppPresences *self,
                                            XmppShow       show,
                                            const char    *status,
                                            int            priority);
XmppShow      xmpp_presences_get_own_show  (XmppPresences *self);
const char   *xmpp_presences_get_own_status (XmppPresences *self);
/* A child that each own presence carries (caps, avatar hash, nick), by its name and namespace; NULL takes it out.
 * (transfer full). Sent at once when online. */
void          xmpp_presences_set_extension (XmppPresences *self,
                                            const char    *name,
                                            const char    *xmlns,
                                            XmppNode      *child);

/* The resource to show for a person: highest show, then priority; NULL when none is available. (transfer none) */
XmppPresence *xmpp_presences_get_best      (XmppPresences *self,
                                            const char    *address);
XmppPresence *xmpp_presences_get           (XmppPresences *self,
                                            const char    *full_address);
/* All available resources, own other devices too. (transfer container), borrowed entries. */
GPtrArray    *xmpp_presences_list          (XmppPresences *self,
                                            const char    *address) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
