/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

typedef enum
{
  XMPP_ROLE_NONE,
  XMPP_ROLE_VISITOR,          /* no voice in a moderated room */
  XMPP_ROLE_PARTICIPANT,
  XMPP_ROLE_MODERATOR,
} XmppRole;

typedef enum
{
  XMPP_AFFILIATION_OUTCAST,
  XMPP_AFFILIATION_NONE,
  XMPP_AFFILIATION_MEMBER,
  XMPP_AFFILIATION_ADMIN,
  XMPP_AFFILIATION_OWNER,
} XmppAffiliation;

/**
 * XmppMucOccupant:
 *
 * Somebody in a room right now. Properties with notify: "nick", "role", "affiliation", "address", "show", "status",
 * "avatar-hash". Made and changed by #XmppMucRoom only.
 */
#define XMPP_TYPE_MUC_OCCUPANT (xmpp_muc_occupant_get_type ())
G_DECLARE_FINAL_TYPE (XmppMucOccupant, xmpp_muc_occupant, XMPP, MUC_OCCUPANT, GObject)

const char      *xmpp_muc_occupant_get_nick         (XmppMucOccupant *self);
XmppRole         xmpp_muc_occupant_get_role         (XmppMucOccupant *self);
XmppAffiliation  xmpp_muc_occupant_get_affiliation  (XmppMucOccupant *self);
const char      *xmpp_muc_occupant_get_address      (XmppMucOccupant *self);   /* bare real address; NULL if hidden from us */
const char      *xmpp_muc_occupant_get_occupant_id  (XmppMucOccupant *self);   /* NULL unless the room announces XEP-0421 */
gint64           xmpp_muc_occupant_get_stay         (XmppMucOccupant *self);   /* see XmppAuthor.stay */
const char      *xmpp_muc_occupant_get_show         (XmppMucOccupant *self);   /* "away", "chat", "dnd", "xa"; NULL = available */
const char      *xmpp_muc_occupant_get_status       (XmppMucOccupant *self);   /* (nullable) */
const char      *xmpp_muc_occupant_get_avatar_hash  (XmppMucOccupant *self);   /* XEP-0153 SHA-1, hex; (nullable) */
GPtrArray       *xmpp_muc_occupant_get_hats         (XmppMucOccupant *self);   /* (element-type XmppHat) */

const char      *xmpp_role_to_string                (XmppRole         role);
const char      *xmpp_affiliation_to_string         (XmppAffiliation  affiliation);
/* FALSE for another word, @out untouched. */
gboolean         xmpp_role_from_string              (const char      *text, XmppRole *out);
gboolean         xmpp_affiliation_from_string       (const char      *text, XmppAffiliation *out);

G_END_DECLS
