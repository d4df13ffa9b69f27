/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "workspace/types.h"

G_BEGIN_DECLS

/**
 * AtriumPerson:
 *
 * A person of the directory, or somebody we talk with who is not in it.
 *
 * Properties, all read-only from outside and notified when they change:
 *
 * - `address`: bare address, prepared
 * - `name`: what to show: name of the directory, else their own name, else the address; never empty
 * - `presence`: best of their devices; %ATRIUM_PRESENCE_UNKNOWN while we may not see it
 * - `status-text`: their own words (nullable)
 * - `groups`: directory groups, sorted (nullable)
 * - `subscription`: who sees whose presence
 * - `request`: the words of a request to see our presence that waits for an answer; NULL when there is none, empty without words
 * - `blocked`: nothing of theirs reaches us
 * - `own`: this is the account itself
 * - `avatar-hash`: SHA-1 of the picture, lower-case hex (nullable)
 * - `avatar`: encoded picture, ≤ 256 kB, hash checked, NOT decoded nor trusted (nullable)
 * - `nickname`: the name they gave themselves (nullable)
 * - `title`: position, from their vCard (nullable)
 * - `organisation`: organisation and unit, from their vCard (nullable)
 * - `email`: from their vCard (nullable)
 * - `phone`: from their vCard (nullable)
 * - `note`: from their vCard (nullable)
 * - `time-zone`: offset or zone name of their device or vCard (nullable)
 * - `pinyin`: folded reading of the name for sorting and search; computed in the background (nullable)
 * - `initials`: initials of the reading, “zs” for 张三 (nullable)
 * - `match-hint`: why a search found this person, e.g. “zhang wei”; only on items of a search (nullable)
 */
#define ATRIUM_TYPE_PERSON (atrium_person_get_type ())
G_DECLARE_FINAL_TYPE (AtriumPerson, atrium_person, ATRIUM, PERSON, GObject)

const char          *atrium_person_get_address      (AtriumPerson *self);
const char          *atrium_person_get_name         (AtriumPerson *self);
AtriumPresence       atrium_person_get_presence     (AtriumPerson *self);
const char          *atrium_person_get_status_text  (AtriumPerson *self);
const char * const  *atrium_person_get_groups       (AtriumPerson *self);
AtriumSubscription   atrium_person_get_subscription (AtriumPerson *self);
const char          *atrium_person_get_request      (AtriumPerson *self);
gboolean             atrium_person_get_blocked      (AtriumPerson *self);
gboolean             atrium_person_get_own          (AtriumPerson *self);
const char          *atrium_person_get_avatar_hash  (AtriumPerson *self);
GBytes              *atrium_person_get_avatar       (AtriumPerson *self);
const char          *atrium_person_get_nickname     (AtriumPerson *self);
const char          *atrium_person_get_title        (AtriumPerson *self);
const char          *atrium_person_get_organisation (AtriumPerson *self);
const char          *atrium_person_get_email        (AtriumPerson *self);
const char          *atrium_person_get_phone        (AtriumPerson *self);
const char          *atrium_person_get_note         (AtriumPerson *self);
const char          *atrium_person_get_time_zone    (AtriumPerson *self);
const char          *atrium_person_get_pinyin       (AtriumPerson *self);
const char          *atrium_person_get_initials     (AtriumPerson *self);
const char          *atrium_person_get_match_hint   (AtriumPerson *self);

G_END_DECLS
