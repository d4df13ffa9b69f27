/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * XmppNode:
 *
 * One element of a stanza. All elements of a stanza, their names, attributes and text lie in one arena that
 * belongs to the root and is freed with it; only the root is reference counted. A child, and every string that
 * a getter returns, lives as long as its root. Not thread safe; a finished tree may be handed to another thread.
 */
typedef struct _XmppNode XmppNode;

GType        xmpp_node_get_type         (void) G_GNUC_CONST;
#define XMPP_TYPE_NODE (xmpp_node_get_type ())

/* Roots. @xmlns is the namespace URI of the element, never a prefix. */
XmppNode    *xmpp_node_new              (const char *name,
                                         const char *xmlns) G_GNUC_WARN_UNUSED_RESULT;
XmppNode    *xmpp_node_ref              (XmppNode *root);
void         xmpp_node_unref            (XmppNode *root);
/* A deep copy of @node (root or not) that is a root of its own. */
XmppNode    *xmpp_node_copy             (const XmppNode *node) G_GNUC_WARN_UNUSED_RESULT;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XmppNode, xmpp_node_unref)

/* Building. Returned children are borrowed from the root. Strings are copied; text and values must be valid
 * UTF-8 that XML 1.0 can carry: characters it cannot carry are left out. */
XmppNode    *xmpp_node_add_child        (XmppNode *parent,
                                         const char *name,
                                         const char *xmlns);   /* NULL: the parent's namespace */
XmppNode    *xmpp_node_add_text_child   (XmppNode *parent,
                                         const char *name,
                                         const char *xmlns,
                                         const char *text);
void         xmpp_node_add_copy         (XmppNode *parent,
                                         const XmppNode *node);
void         xmpp_node_set_attribute    (XmppNode *node,
                                         const char *name,     /* "xml:lang" and "prefix-free" names only */
                                         const char *value);   /* NULL removes */
void         xmpp_node_set_attribute_int64 (XmppNode *node,
                                         const char *name,
                                         gint64 value);
void         xmpp_node_add_text         (XmppNode *node,
                                         const char *text);

/* Reading. */
const char  *xmpp_node_get_name         (const XmppNode *node);
const char  *xmpp_node_get_xmlns        (const XmppNode *node);
gboolean     xmpp_node_is               (const XmppNode *node,
                                         const char *name,
                                         const char *xmlns);
const char  *xmpp_node_get_attribute    (const XmppNode *node,
                                         const char *name);    /* NULL if absent */
/* Decimal digits with an optional sign, nothing else, within [min, max]; FALSE and @out untouched otherwise. */
gboolean     xmpp_node_get_attribute_int64 (const XmppNode *node,
                                         const char *name,
                                         gint64 min,
                                         gint64 max,
                                         gint64 *out);
/* All character data directly inside @node, joined; "" if none; never NULL. */
const char  *xmpp_node_get_text         (const XmppNode *node);
XmppNode    *xmpp_node_get_child        (const XmppNode *node,
                                         const char *name,
                                         const char *xmlns);   /* first match; NULL if none. xmlns NULL: node's own */
const char  *xmpp_node_get_child_text   (const XmppNode *node,
                                         const char *name,
                                         const char *xmlns);   /* NULL if there is no such child */
XmppNode    *xmpp_node_get_first_child  (const XmppNode *node);  /* elements only */
XmppNode    *xmpp_node_get_next         (const XmppNode *node);  /* next sibling element */
XmppNode    *xmpp_node_get_parent       (const XmppNode *node);

/* Serialised XML. Prefix-free: each element whose namespace differs from its parent's carries xmlns. */
char        *xmpp_node_to_string        (const XmppNode *node) G_GNUC_WARN_UNUSED_RESULT;
/* Parses one whole element with the limits of the stream parser. For files, fixtures and stored stanzas. */
XmppNode    *xmpp_node_parse            (const char *xml,
                                         gssize length,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
