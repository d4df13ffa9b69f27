/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/client.h"

G_BEGIN_DECLS

/* XEP-0045 §6.4: what a room tells about itself before it is entered. */

typedef enum
{
  XMPP_MUC_PERSISTENT    = 1 << 0,
  XMPP_MUC_MEMBERS_ONLY  = 1 << 1,
  XMPP_MUC_HIDDEN        = 1 << 2,
  XMPP_MUC_MODERATED     = 1 << 3,
  XMPP_MUC_NON_ANONYMOUS = 1 << 4,    /* everybody sees real addresses */
  XMPP_MUC_PASSWORD      = 1 << 5,
  XMPP_MUC_ARCHIVE       = 1 << 6,    /* XEP-0313 */
  XMPP_MUC_ARCHIVE_EXTENDED = 1 << 7,
  XMPP_MUC_STANZA_ID     = 1 << 8,    /* XEP-0359 */
  XMPP_MUC_OCCUPANT_ID   = 1 << 9,    /* XEP-0421 */
  XMPP_MUC_MODERATION    = 1 << 10,   /* XEP-0425 */
  XMPP_MUC_MODERATION_0  = 1 << 11,   /* older form of it */
  XMPP_MUC_VCARD         = 1 << 12,   /* has a vCard, and perhaps an avatar in it */
  XMPP_MUC_SELF_PING     = 1 << 13,   /* XEP-0410 answered by the service itself */
} XmppMucFlags;

typedef struct
{
  char         *address;
  char         *name;           /* (nullable) */
  char         *description;    /* (nullable) */
  char         *subject;        /* (nullable) */
  char         *language;       /* (nullable) */
  char         *avatar_hash;    /* SHA-1, hex; (nullable) */
  XmppMucFlags  flags;
  int           n_occupants;    /* −1 = not said */
} XmppMucInfo;

GType        xmpp_muc_info_get_type (void) G_GNUC_CONST;
#define XMPP_TYPE_MUC_INFO (xmpp_muc_info_get_type ())
/* @query: the <query xmlns='http://jabber.org/protocol/disco#info'/> of @address; NULL if it is not a room's. */
XmppMucInfo *xmpp_muc_info_parse    (const XmppNode    *query,
                                     const char        *address) G_GNUC_WARN_UNUSED_RESULT;
XmppMucInfo *xmpp_muc_info_copy     (const XmppMucInfo *self) G_GNUC_WARN_UNUSED_RESULT;
void         xmpp_muc_info_free     (XmppMucInfo       *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XmppMucInfo, xmpp_muc_info_free)

G_END_DECLS
