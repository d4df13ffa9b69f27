/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/client.h"
#include "xmpp/disco.h"

G_BEGIN_DECLS

/* Publish-subscribe (XEP-0060): a generic client for services (pubsub.example.org) and for accounts (XEP-0163). */

#define XMPP_PUBSUB_MAX_EVENT_ITEMS 1024    /* of one event */

/* A pubsub-specific condition (XEP-0060 §…) that is not told by XMPP_STANZA_ERROR alone. */
#define XMPP_PUBSUB_ERROR (xmpp_pubsub_error_quark ())
GQuark xmpp_pubsub_error_quark (void);
typedef enum
{
  XMPP_PUBSUB_ERROR_PRECONDITION_NOT_MET,  /* §7.1.5: the node is configured differently */
  XMPP_PUBSUB_ERROR_UNSUPPORTED,           /* the service lacks what was asked; also: it cannot keep a node private */
  XMPP_PUBSUB_ERROR_PAYLOAD_TOO_BIG,
  XMPP_PUBSUB_ERROR_NOT_SUBSCRIBED,
  XMPP_PUBSUB_ERROR_PENDING,               /* subscription waits for the owner */
  XMPP_PUBSUB_ERROR_NOT_PRIVATE,           /* the node could not be made private: nothing was published */
} XmppPubsubError;

/* One item. Immutable, counted. */
typedef struct
{
  char     *id;
  char     *publisher;   /* (nullable): where the service tells; a claim of the service, prepared */
  XmppNode *payload;     /* (nullable): root of its own; NULL when only the id was sent */
} XmppPubsubItem;

#define XMPP_TYPE_PUBSUB_ITEM (xmpp_pubsub_item_get_type ())
GType            xmpp_pubsub_item_get_type        (void) G_GNUC_CONST;
XmppPubsubItem  *xmpp_pubsub_item_ref             (XmppPubsubItem *item);
void             xmpp_pubsub_item_unref           (XmppPubsubItem *item);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XmppPubsubItem, xmpp_pubsub_item_unref)

typedef enum
{
  XMPP_PUBSUB_EVENT_ITEMS,          /* published: items; retracted: retracted ids; both may be filled */
  XMPP_PUBSUB_EVENT_PURGE,
  XMPP_PUBSUB_EVENT_DELETE,
  XMPP_PUBSUB_EVENT_CONFIGURATION,
  XMPP_PUBSUB_EVENT_SUBSCRIPTION,   /* subscription */
} XmppPubsubEventKind;

typedef enum
{
  XMPP_PUBSUB_SUBSCRIPTION_NONE,
  XMPP_PUBSUB_SUBSCRIPTION_PENDING,
  XMPP_PUBSUB_SUBSCRIPTION_UNCONFIGURED,
  XMPP_PUBSUB_SUBSCRIPTION_SUBSCRIBED,
} XmppPubsubSubscriptionState;

/* One checked notification; valid during the signal or handler only. */
typedef struct
{
  const char                  *from;          /* bare address of the service or account; verified, never NULL */
  const char                  *node;
  XmppPubsubEventKind          kind;
  GPtrArray                   *items;         /* of XmppPubsubItem; take a reference to keep one */
  GPtrArray                   *retracted;     /* of char* */
  XmppPubsubSubscriptionState  subscription;  /* kind SUBSCRIPTION */
  gint64                       delay;         /* µs since the epoch of the service's own XEP-0203 stamp; 0 none */
} XmppPubsubEvent;

/* Parses the <message/> of a notification. NULL unless it is one with a well-formed <event/>. No check of the sender.
 * Free with xmpp_pubsub_event_free(); strings belong to @message, which must live as long. */
XmppPubsubEvent *xmpp_pubsub_event_parse          (const XmppNode *message) G_GNUC_WARN_UNUSED_RESULT;
void             xmpp_pubsub_event_free           (XmppPubsubEvent *event);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XmppPubsubEvent, xmpp_pubsub_event_free)

typedef enum
{
  XMPP_PUBSUB_AFFILIATION_NONE,
  XMPP_PUBSUB_AFFILIATION_OUTCAST,
  XMPP_PUBSUB_AFFILIATION_MEMBER,
  XMPP_PUBSUB_AFFILIATION_PUBLISH_ONLY,
  XMPP_PUBSUB_AFFILIATION_PUBLISHER,
  XMPP_PUBSUB_AFFILIATION_OWNER,
} XmppPubsubAffiliation;

const char      *xmpp_pubsub_affiliation_to_string (XmppPubsubAffiliation affiliation);

/* An affiliation or a subscription of somebody (@address) to, or of ours at, @node. */
typedef struct
{
  char                        *address;       /* (nullable): NULL in own lists of affiliations */
  char                        *node;
  XmppPubsubAffiliation        affiliation;
  XmppPubsubSubscriptionState  subscription;
  char                        *subscription_id;  /* (nullable) */
} XmppPubsubRelation;

#define XMPP_TYPE_PUBSUB_RELATION (xmpp_pubsub_relation_get_type ())
GType            xmpp_pubsub_relation_get_type    (void) G_GNUC_CONST;
XmppPubsubRelation *xmpp_pubsub_relation_new      (const char                  *address,
                                                   XmppPubsubAffiliation        affiliation,
                                                   XmppPubsubSubscriptionState  subscription) G_GNUC_WARN_UNUSED_RESULT;
XmppPubsubRelation *xmpp_pubsub_relation_copy     (const XmppPubsubRelation *relation);
void             xmpp_pubsub_relation_free        (XmppPubsubRelation *relation);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XmppPubsubRelation, xmpp_pubsub_relation_free)

/**
 * XmppPubsub:
 *
 * In all calls @service NULL means the own account (PEP). Options and configuration are pairs, NULL-terminated:
 * { "pubsub#access_model", "whitelist", "pubsub#max_items", "10", NULL }; a name that comes twice has two values.
 * Errors: XMPP_STANZA_ERROR, and XMPP_PUBSUB_ERROR where the answer says more.
 */
#define XMPP_TYPE_PUBSUB (xmpp_pubsub_get_type ())
G_DECLARE_FINAL_TYPE (XmppPubsub, xmpp_pubsub, XMPP, PUBSUB, GObject)

XmppPubsub      *xmpp_pubsub_new                  (XmppClient *client,
                                                   XmppDisco  *disco) G_GNUC_WARN_UNUSED_RESULT;

/* Whose notifications a watch wants (threats A5). Anything else for that node is dropped and counted. */
typedef enum
{
  XMPP_PUBSUB_FROM_OWN,       /* the own account only: private nodes */
  XMPP_PUBSUB_FROM_SERVICE,   /* one named service or account only */
  XMPP_PUBSUB_FROM_ANYBODY,   /* whoever: public facts about the sender himself (avatar, nick) */
} XmppPubsubSource;

typedef void   (*XmppPubsubEventFunc)             (XmppPubsub            *self,
                                                   const XmppPubsubEvent *event,
                                                   gpointer               user_data);
/* Calls @func for each checked event of @node from @source. @service: with FROM_SERVICE only, bare. Returns an id > 0.
 * Any number of watches a node; a private one (FROM_OWN) of a node makes foreign events for it forged. */
guint            xmpp_pubsub_watch                (XmppPubsub          *self,
                                                   XmppPubsubSource     source,
                                                   const char          *service,
                                                   const char          *node,
                                                   XmppPubsubEventFunc  func,
                                                   gpointer             user_data,
                                                   GDestroyNotify       destroy);
void             xmpp_pubsub_unwatch              (XmppPubsub *self,
                                                   guint       id);

/* Publishes one item. @item_id NULL: the service chooses. @payload (transfer full). @options (nullable): publish-options.
 * Finish returns the item's id, or NULL with @error set. */
void             xmpp_pubsub_publish_async        (XmppPubsub          *self,
                                                   const char          *service,
                                                   const char          *node,
                                                   const char          *item_id,
                                                   XmppNode            *payload,
                                                   const char * const  *options,
                                                   GCancellable        *cancellable,
                                                   GAsyncReadyCallback  callback,
                                                   gpointer             user_data);
char            *xmpp_pubsub_publish_finish       (XmppPubsub    *self,
                                                   GAsyncResult  *result,
                                                   GError       **error) G_GNUC_WARN_UNUSED_RESULT;

/* Items: those with @ids (NULL-terminated), or with @ids NULL the newest @max (0: all that the service gives).
 * Finish: (transfer full), array of XmppPubsubItem in the service's order. */
void             xmpp_pubsub_get_items_async      (XmppPubsub          *self,
                                                   const char          *service,
                                                   const char          *node,
                                                   const char * const  *ids,
                                                   guint                max,
                                                   GCancellable        *cancellable,
                                                   GAsyncReadyCallback  callback,
                                                   gpointer             user_data);
GPtrArray       *xmpp_pubsub_get_items_finish     (XmppPubsub    *self,
                                                   GAsyncResult  *result,
                                                   GError       **error) G_GNUC_WARN_UNUSED_RESULT;
/* All item ids by service discovery (§5.5): portable where result-set paging is not. Finish: (transfer full). */
void             xmpp_pubsub_list_ids_async       (XmppPubsub          *self,
                                                   const char          *service,
                                                   const char          *node,
                                                   GCancellable        *cancellable,
                                                   GAsyncReadyCallback  callback,
                                                   gpointer             user_data);
char           **xmpp_pubsub_list_ids_finish      (XmppPubsub    *self,
                                                   GAsyncResult  *result,
                                                   GError       **error) G_GNUC_WARN_UNUSED_RESULT;

/* Calls that only succeed or fail share this finish function. */
gboolean         xmpp_pubsub_finish               (XmppPubsub    *self,
                                                   GAsyncResult  *result,
                                                   GError       **error);
void             xmpp_pubsub_retract_async        (XmppPubsub          *self,
                                                   const char          *service,
                                                   const char          *node,
                                                   const char          *item_id,
                                                   gboolean             notify,
                                                   GCancellable        *cancellable,
                                                   GAsyncReadyCallback  callback,
                                                   gpointer             user_data);
/* @config (nullable): the service's defaults. */
void             xmpp_pubsub_create_node_async    (XmppPubsub          *self,
                                                   const char          *service,
                                                   const char          *node,
                                                   const char * const  *config,
                                                   GCancellable        *cancellable,
                                                   GAsyncReadyCallback  callback,
                                                   gpointer             user_data);
/* Changes only the fields in @config (both servers keep the others). */
void             xmpp_pubsub_configure_async      (XmppPubsub          *self,
                                                   const char          *service,
                                                   const char          *node,
                                                   const char * const  *config,
                                                   GCancellable        *cancellable,
                                                   GAsyncReadyCallback  callback,
                                                   gpointer             user_data);
void             xmpp_pubsub_delete_node_async    (XmppPubsub          *self,
                                                   const char          *service,
                                                   const char          *node,
                                                   GCancellable        *cancellable,
                                                   GAsyncReadyCallback  callback,
                                                   gpointer             user_data);
void             xmpp_pubsub_purge_async          (XmppPubsub          *self,
                                                   const char          *service,
                                                   const char          *node,
                                                   GCancellable        *cancellable,
                                                   GAsyncReadyCallback  callback,
                                                   gpointer             user_data);
/* Our bare address. Subscribing twice is no error. Fails with XMPP_PUBSUB_ERROR_PENDING when an owner must agree. */
void             xmpp_pubsub_subscribe_async      (XmppPubsub          *self,
                                                   const char          *service,
                                                   const char          *node,
                                                   GCancellable        *cancellable,
                                                   GAsyncReadyCallback  callback,
                                                   gpointer             user_data);
void             xmpp_pubsub_unsubscribe_async    (XmppPubsub          *self,
                                                   const char          *service,
                                                   const char          *node,
                                                   GCancellable        *cancellable,
                                                   GAsyncReadyCallback  callback,
                                                   gpointer             user_data);
/* Owner (§8.8, §8.9): changes only those in @relations, an array of XmppPubsubRelation (address + affiliation, or address + subscription). */
void             xmpp_pubsub_set_affiliations_async (XmppPubsub          *self,
                                                   const char          *service,
                                                   const char          *node,
                                                   GPtrArray           *relations,
                                                   GCancellable        *cancellable,
                                                   GAsyncReadyCallback  callback,
                                                   gpointer             user_data);
void             xmpp_pubsub_set_subscriptions_async (XmppPubsub          *self,
                                                   const char          *service,
                                                   const char          *node,
                                                   GPtrArray           *relations,
                                                   GCancellable        *cancellable,
                                                   GAsyncReadyCallback  callback,
                                                   gpointer             user_data);

/* Configuration (owner): table of field name → GStrv of values. (transfer full) */
void             xmpp_pubsub_get_configuration_async (XmppPubsub          *self,
                                                   const char          *service,
                                                   const char          *node,
                                                   GCancellable        *cancellable,
                                                   GAsyncReadyCallback  callback,
                                                   gpointer             user_data);
GHashTable      *xmpp_pubsub_get_configuration_finish (XmppPubsub    *self,
                                                   GAsyncResult  *result,
                                                   GError       **error) G_GNUC_WARN_UNUSED_RESULT;

/* Lists of XmppPubsubRelation, (transfer full). With @node: everybody's, as owner. @node NULL: our own at the service
 * (Prosody has no own affiliations: XMPP_STANZA_ERROR_SERVICE_UNAVAILABLE; use subscriptions). */
void             xmpp_pubsub_get_affiliations_async (XmppPubsub          *self,
                                                   const char          *service,
                                                   const char          *node,
                                                   GCancellable        *cancellable,
                                                   GAsyncReadyCallback  callback,
                                                   gpointer             user_data);
void             xmpp_pubsub_get_subscriptions_async (XmppPubsub          *self,
                                                   const char          *service,
                                                   const char          *node,
                                                   GCancellable        *cancellable,
                                                   GAsyncReadyCallback  callback,
                                                   gpointer             user_data);
GPtrArray       *xmpp_pubsub_get_relations_finish (XmppPubsub    *self,
                                                   GAsyncResult  *result,
                                                   GError       **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
