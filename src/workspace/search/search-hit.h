/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "workspace/chat/message.h"
#include "workspace/people/person.h"
#include "workspace/types.h"

G_BEGIN_DECLS

/**
 * AtriumSearchHit:
 *
 * One result of a search.
 *
 * Properties, all read-only from outside and notified when they change:
 *
 * - `kind`: what was found
 * - `id`: row of the message; 0 for people and rooms
 * - `address`: the conversation, person or room
 * - `title`: name of the conversation or person
 * - `author`: who wrote it (nullable)
 * - `snippet`: plain text around the match
 * - `ranges`: guint32 pairs (start, length) in bytes of the snippet to highlight (nullable)
 * - `time`: µs since the epoch; 0 for people
 * - `person`: for people (nullable)
 * - `message`: for messages (nullable)
 */
#define ATRIUM_TYPE_SEARCH_HIT (atrium_search_hit_get_type ())
G_DECLARE_FINAL_TYPE (AtriumSearchHit, atrium_search_hit, ATRIUM, SEARCH_HIT, GObject)

AtriumSearchKind atrium_search_hit_get_kind    (AtriumSearchHit *self);
gint64           atrium_search_hit_get_id      (AtriumSearchHit *self);
const char      *atrium_search_hit_get_address (AtriumSearchHit *self);
const char      *atrium_search_hit_get_title   (AtriumSearchHit *self);
const char      *atrium_search_hit_get_author  (AtriumSearchHit *self);
const char      *atrium_search_hit_get_snippet (AtriumSearchHit *self);
GBytes          *atrium_search_hit_get_ranges  (AtriumSearchHit *self);
gint64           atrium_search_hit_get_time    (AtriumSearchHit *self);
AtriumPerson    *atrium_search_hit_get_person  (AtriumSearchHit *self);
AtriumMessage   *atrium_search_hit_get_message (AtriumSearchHit *self);

G_END_DECLS
