/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/muc-occupant.h"
#include "xmpp/node.h"

G_BEGIN_DECLS

/* What the room says of an occupant in one presence (XEP-0045 §7.2); borrowed from it. */
typedef struct
{
  XmppRole         role;
  XmppAffiliation  affiliation;
  const char      *address;       /* bare, prepared; NULL if hidden */
  const char      *occupant_id;   /* NULL unless the room announces it */
} XmppOccupantFacts;

XmppMucOccupant *xmpp_muc_occupant_new      (const char              *nick) G_GNUC_WARN_UNUSED_RESULT;
void             xmpp_muc_occupant_update   (XmppMucOccupant         *self,
                                             const XmppOccupantFacts *facts,
                                             const XmppNode          *presence);
void             xmpp_muc_occupant_set_nick (XmppMucOccupant         *self,
                                             const char              *nick);
/* Place in the list of the room; the room keeps it. */
guint            xmpp_muc_occupant_get_position (XmppMucOccupant     *self);
void             xmpp_muc_occupant_set_position (XmppMucOccupant     *self,
                                                 guint                position);

G_END_DECLS
