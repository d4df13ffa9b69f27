/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/client.h"

G_BEGIN_DECLS

/* Service discovery (XEP-0030) with extended information (XEP-0128): asking, with a cache for the session, and answering. */

typedef struct
{
  char *category;
  char *type;
  char *name;   /* (nullable) */
  char *lang;   /* (nullable) */
} XmppDiscoIdentity;

typedef struct
{
  char *address;
  char *node;   /* (nullable) */
  char *name;   /* (nullable) */
} XmppDiscoItem;

#define XMPP_TYPE_DISCO_ITEM (xmpp_disco_item_get_type ())
GType              xmpp_disco_item_get_type    (void) G_GNUC_CONST;
XmppDiscoItem     *xmpp_disco_item_copy        (const XmppDiscoItem *item);
void               xmpp_disco_item_free        (XmppDiscoItem *item);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XmppDiscoItem, xmpp_disco_item_free)

/* What an entity says about itself. Immutable, counted. */
typedef struct _XmppDiscoInfo XmppDiscoInfo;
#define XMPP_TYPE_DISCO_INFO (xmpp_disco_info_get_type ())
GType              xmpp_disco_info_get_type    (void) G_GNUC_CONST;
XmppDiscoInfo     *xmpp_disco_info_ref         (XmppDiscoInfo *info);
void               xmpp_disco_info_unref       (XmppDiscoInfo *info);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XmppDiscoInfo, xmpp_disco_info_unref)

/* From a <query xmlns='…disco#info'/>; NULL if it is none. Unknown children are passed over. */
XmppDiscoInfo     *xmpp_disco_info_new_from_node (const XmppNode *query) G_GNUC_WARN_UNUSED_RESULT;
XmppNode          *xmpp_disco_info_to_node     (XmppDiscoInfo *info) G_GNUC_WARN_UNUSED_RESULT;
gboolean           xmpp_disco_info_has_feature (XmppDiscoInfo *info,
                                                const char    *feature);
/* (transfer none): NULL-terminated, sorted. */
const char * const *xmpp_disco_info_get_features (XmppDiscoInfo *info);
guint              xmpp_disco_info_get_n_identities (XmppDiscoInfo *info);
const XmppDiscoIdentity *xmpp_disco_info_get_identity (XmppDiscoInfo *info,
                                                guint          index);
/* @type NULL: any of the category. */
gboolean           xmpp_disco_info_has_identity (XmppDiscoInfo *info,
                                                const char    *category,
                                                const char    *type);
/* Values of a field of the extension form with that FORM_TYPE (XEP-0128); NULL if it is not there. */
const char * const *xmpp_disco_info_get_field  (XmppDiscoInfo *info,
                                                const char    *form_type,
                                                const char    *var);
/* The verification string of XEP-0115 §5.1, as base64 of its SHA-1; NULL, by the rules of §5.4, if the information is
 * ill-formed (twice the same identity, feature or form type). */
char              *xmpp_disco_info_dup_hash    (XmppDiscoInfo *info) G_GNUC_WARN_UNUSED_RESULT;

/**
 * XmppDisco:
 *
 * Signals:
 * ::features-changed ()   our own information is different now
 */
#define XMPP_TYPE_DISCO (xmpp_disco_get_type ())
G_DECLARE_FINAL_TYPE (XmppDisco, xmpp_disco, XMPP, DISCO, GObject)

XmppDisco         *xmpp_disco_new              (XmppClient *client) G_GNUC_WARN_UNUSED_RESULT;

/* Ours. Counted: a feature that two modules added stays until both removed it. */
void               xmpp_disco_set_identity     (XmppDisco  *self,
                                                const char *category,
                                                const char *type,
                                                const char *name);
void               xmpp_disco_add_feature      (XmppDisco  *self,
                                                const char *feature);
void               xmpp_disco_remove_feature   (XmppDisco  *self,
                                                const char *feature);
XmppDiscoInfo     *xmpp_disco_get_own_info     (XmppDisco *self);   /* (transfer none), until the next change */
/* The node prefix of our caps ("node#ver" is answered like no node at all). */
void               xmpp_disco_set_caps_node    (XmppDisco  *self,
                                                const char *node);

/* Asks @address (NULL: the own account) about itself or @node (nullable). Answers are kept for the session.
 * Finish returns (transfer full). Errors: XMPP_STANZA_ERROR. */
void               xmpp_disco_info_async       (XmppDisco           *self,
                                                const char          *address,
                                                const char          *node,
                                                GCancellable        *cancellable,
                                                GAsyncReadyCallback  callback,
                                                gpointer             user_data);
XmppDiscoInfo     *xmpp_disco_info_finish      (XmppDisco     *self,
                                                GAsyncResult  *result,
                                                GError       **error) G_GNUC_WARN_UNUSED_RESULT;
/* Items of @address (rooms of a service, nodes of an account, item ids of a node). Never cached. At most 20,000 are
 * returned. Finish: (transfer full), array of XmppDiscoItem. */
void               xmpp_disco_items_async      (XmppDisco           *self,
                                                const char          *address,
                                                const char          *node,
                                                GCancellable        *cancellable,
                                                GAsyncReadyCallback  callback,
                                                gpointer             user_data);
GPtrArray         *xmpp_disco_items_finish     (XmppDisco     *self,
                                                GAsyncResult  *result,
                                                GError       **error) G_GNUC_WARN_UNUSED_RESULT;
/* Addresses among the own domain and its items whose information has @feature and, if given, an identity of
 * @category and @type (nullable each). At most 64 items of the domain are asked. Cached for the session.
 * Finish: (transfer full), may be empty. */
void               xmpp_disco_find_async       (XmppDisco           *self,
                                                const char          *feature,
                                                const char          *category,
                                                const char          *type,
                                                GCancellable        *cancellable,
                                                GAsyncReadyCallback  callback,
                                                gpointer             user_data);
char             **xmpp_disco_find_finish      (XmppDisco     *self,
                                                GAsyncResult  *result,
                                                GError       **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
