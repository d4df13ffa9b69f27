/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/node.h"

G_BEGIN_DECLS

/* Names met on a stream: one copy for all its stanzas. Shared by a parser and the trees it made. */
typedef struct _XmppNames XmppNames;

XmppNames  *xmpp_names_new             (void);
XmppNames  *xmpp_names_ref             (XmppNames  *self);
void        xmpp_names_unref           (XmppNames  *self);

/*
 * An element, attribute or namespace name as expat writes it: "URI\nlocal", "URI\nlocal\nprefix" or "local". @local and
 * @uri are interned, or NULL when the table is full or the name too long (the caller then copies).
 */
gboolean    xmpp_names_split           (XmppNames   *self,
                                        const char  *expat_name,
                                        const char **local,
                                        const char **uri);

/* What the parser builds with: strings are valid already and need no check. */
XmppNode   *xmpp_node_new_parsed       (XmppNames   *names,
                                        const char  *expat_name);
XmppNode   *xmpp_node_add_parsed       (XmppNode    *parent,
                                        const char  *expat_name);
void        xmpp_node_add_parsed_attribute (XmppNode   *node,
                                        const char  *expat_name,
                                        const char  *value);
void        xmpp_node_add_parsed_text  (XmppNode    *node,
                                        const char  *text,
                                        gsize        length);

/* Names of all attributes, in document order, NULL-terminated; free the array only. */
const char **xmpp_node_list_attributes (const XmppNode *node) G_GNUC_WARN_UNUSED_RESULT;

/* Bytes of memory that the tree takes. */
gsize       xmpp_node_get_footprint    (const XmppNode *root);

/* Appends XML to @out; xmlns is left out where it equals @outer_xmlns (NULL: always written). */
void        xmpp_node_append_xml       (const XmppNode *node,
                                        GString        *out,
                                        const char     *outer_xmlns);

G_END_DECLS
