/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/client.h"

G_BEGIN_DECLS

/* The contact list and subscriptions (RFC 6121 §2 and §3, with roster versions §2.6). Shared roster groups of the
 * server arrive here as ordinary items whose groups are the departments. */

typedef enum
{
  XMPP_SUBSCRIPTION_NONE,   /* stored value "none"; append only */
  XMPP_SUBSCRIPTION_TO,     /* I see their presence */
  XMPP_SUBSCRIPTION_FROM,   /* they see mine */
  XMPP_SUBSCRIPTION_BOTH,
} XmppSubscription;

const char       *xmpp_subscription_to_string   (XmppSubscription subscription);
gboolean          xmpp_subscription_from_string (const char       *text,
                                                 XmppSubscription *out);

/* One contact. Immutable, counted. */
typedef struct
{
  char             *address;       /* prepared, bare */
  char             *name;          /* (nullable): the name given by the user or the directory */
  XmppSubscription  subscription;
  gboolean          ask;           /* we asked to see their presence and wait for the answer */
  gboolean          approved;      /* pre-approved (RFC 6121 §3.4) */
  char            **groups;        /* never NULL, no duplicates; at most XMPP_ROSTER_MAX_GROUPS */
} XmppRosterItem;

#define XMPP_ROSTER_MAX_ITEMS    50000  /* a whole company by a shared group, five times over */
#define XMPP_ROSTER_MAX_GROUPS   64     /* a contact */
#define XMPP_ROSTER_MAX_REQUESTS 100    /* subscription requests kept; later ones are counted only (threats C4) */

#define XMPP_TYPE_ROSTER_ITEM (xmpp_roster_item_get_type ())
GType             xmpp_roster_item_get_type     (void) G_GNUC_CONST;
XmppRosterItem   *xmpp_roster_item_ref          (XmppRosterItem *item);
void              xmpp_roster_item_unref        (XmppRosterItem *item);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XmppRosterItem, xmpp_roster_item_unref)

/**
 * XmppRoster:
 *
 * Fetches the list by itself whenever a new session starts (not after a resumption), and follows pushes. Pushes are
 * believed only from the own bare address or the server's silence (threats A3).
 *
 * Signals:
 * ::loaded ()                                  the list of this session is complete
 * ::item-changed (XmppRosterItem *item)        new or different
 * ::item-removed (const char *address)
 * ::version-changed ()                         xmpp_roster_dup_state() has something new to store
 * ::request-received (const char *from, const char *text)
 *                                              somebody asks to see our presence; once for each address while it is
 *                                              pending; @text may be empty
 * ::request-removed (const char *from)         answered here or elsewhere, or withdrawn
 */
#define XMPP_TYPE_ROSTER (xmpp_roster_get_type ())
G_DECLARE_FINAL_TYPE (XmppRoster, xmpp_roster, XMPP, ROSTER, GObject)

XmppRoster       *xmpp_roster_new               (XmppClient *client) G_GNUC_WARN_UNUSED_RESULT;

/* What the store keeps between runs: version and items. Opaque; a foreign or broken variant restores nothing. */
GVariant         *xmpp_roster_dup_state         (XmppRoster *self) G_GNUC_WARN_UNUSED_RESULT;  /* (transfer full), not floating */
gboolean          xmpp_roster_restore           (XmppRoster *self,
                                                 GVariant   *state);

gboolean          xmpp_roster_get_loaded        (XmppRoster *self);
XmppRosterItem   *xmpp_roster_get_item          (XmppRoster *self,
                                                 const char *address);   /* (transfer none) (nullable); bare or full */
/* (transfer container): borrowed XmppRosterItem, sorted by address. */
GPtrArray        *xmpp_roster_list_items        (XmppRoster *self) G_GNUC_WARN_UNUSED_RESULT;
/* Do they share presence with us (subscription to or both), or is it ourselves? */
gboolean          xmpp_roster_is_contact        (XmppRoster *self,
                                                 const char *address);

/* Do we share presence with them (subscription from or both), or is it ourselves? Only they are told about us. */
gboolean          xmpp_roster_sees_us           (XmppRoster *self,
                                                 const char *address);

/* Adds or changes a contact. @name (nullable), @groups (nullable). */
void              xmpp_roster_set_item_async    (XmppRoster          *self,
                                                 const char          *address,
                                                 const char          *name,
                                                 const char * const  *groups,
                                                 GCancellable        *cancellable,
                                                 GAsyncReadyCallback  callback,
                                                 gpointer             user_data);
gboolean          xmpp_roster_set_item_finish   (XmppRoster    *self,
                                                 GAsyncResult  *result,
                                                 GError       **error);
/* Removes a contact and both subscriptions. */
void              xmpp_roster_remove_async      (XmppRoster          *self,
                                                 const char          *address,
                                                 GCancellable        *cancellable,
                                                 GAsyncReadyCallback  callback,
                                                 gpointer             user_data);
gboolean          xmpp_roster_remove_finish     (XmppRoster    *self,
                                                 GAsyncResult  *result,
                                                 GError       **error);

/* Subscriptions. Each sends one presence and returns its serial, 0 when offline (see xmpp_client_send()). */
guint64           xmpp_roster_subscribe         (XmppRoster *self,
                                                 const char *address,
                                                 const char *text);      /* (nullable): a word to them */
/* The same with the token of an invitation, by which their server or program may agree at once (XEP-0379 §4). */
guint64           xmpp_roster_subscribe_invited (XmppRoster *self,
                                                 const char *address,
                                                 const char *token);
guint64           xmpp_roster_unsubscribe       (XmppRoster *self,
                                                 const char *address);
/* Answers a request; without one it pre-approves where the server can (RFC 6121 §3.4), else returns 0. */
guint64           xmpp_roster_approve           (XmppRoster *self,
                                                 const char *address);
/* Refuses a request, or takes back an approval or a subscription given before. */
guint64           xmpp_roster_cancel            (XmppRoster *self,
                                                 const char *address);

/* Requests waiting for an answer: addresses, oldest first. (transfer full) */
char            **xmpp_roster_list_requests     (XmppRoster *self) G_GNUC_WARN_UNUSED_RESULT;
/* The words that came with it; NULL if there is no such request. */
const char       *xmpp_roster_get_request_text  (XmppRoster *self,
                                                 const char *address);
/* Requests beyond XMPP_ROSTER_MAX_REQUESTS that were not kept. The server repeats them at the next sign-in. */
guint             xmpp_roster_get_dropped_requests (XmppRoster *self);

G_END_DECLS
