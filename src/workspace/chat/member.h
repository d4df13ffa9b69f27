/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "workspace/people/person.h"
#include "workspace/types.h"

G_BEGIN_DECLS

/**
 * AtriumMember:
 *
 * Somebody in a room: present, or on its list of members.
 *
 * Properties, all read-only from outside and notified when they change:
 *
 * - `person`: the person when the room shows real addresses (nullable)
 * - `nick`: name inside the room (nullable when absent)
 * - `address`: real bare address where the room shows it (nullable)
 * - `name`: what to show; never empty
 * - `role`: what they may do now; NONE when absent
 * - `affiliation`: what they are to the room
 * - `presence`: OFFLINE when not in the room
 * - `status-text`: their own words (nullable)
 * - `own`: this is us
 * - `hats`: titles that the room gives them (XEP-0317) (nullable)
 */
#define ATRIUM_TYPE_MEMBER (atrium_member_get_type ())
G_DECLARE_FINAL_TYPE (AtriumMember, atrium_member, ATRIUM, MEMBER, GObject)

AtriumPerson        *atrium_member_get_person      (AtriumMember *self);
const char          *atrium_member_get_nick        (AtriumMember *self);
const char          *atrium_member_get_address     (AtriumMember *self);
const char          *atrium_member_get_name        (AtriumMember *self);
AtriumRole           atrium_member_get_role        (AtriumMember *self);
AtriumAffiliation    atrium_member_get_affiliation (AtriumMember *self);
AtriumPresence       atrium_member_get_presence    (AtriumMember *self);
const char          *atrium_member_get_status_text (AtriumMember *self);
gboolean             atrium_member_get_own         (AtriumMember *self);
const char * const  *atrium_member_get_hats        (AtriumMember *self);

G_END_DECLS
