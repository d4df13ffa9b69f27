/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/node.h"

G_BEGIN_DECLS

/* XEP-0059: Result Set Management. */

#define XMPP_NS_RSM "http://jabber.org/protocol/rsm"

typedef struct
{
  char   *first;        /* NULL for an empty page */
  char   *last;
  gint64  count;        /* of the whole set; −1 = not said */
} XmppRsm;

/* NULL when @parent has no usable <set/>. */
XmppRsm *xmpp_rsm_parse  (const XmppNode *parent) G_GNUC_WARN_UNUSED_RESULT;
void     xmpp_rsm_free   (XmppRsm        *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XmppRsm, xmpp_rsm_free)
/* @after, @before: (nullable); @before "" asks for the last page. */
void     xmpp_rsm_add    (XmppNode       *parent,
                          guint           max,
                          const char     *after,
                          const char     *before);

G_END_DECLS
