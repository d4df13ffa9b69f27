/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/store.h"
#include "workspace/chat/row.h"
#include "workspace/search/search-hit.h"

G_BEGIN_DECLS

AtriumSearchHit *atrium_search_hit_new (void) G_GNUC_WARN_UNUSED_RESULT;

/* Each copies or references its value and notifies only when it is a new one. */
void atrium_search_hit_set_kind (AtriumSearchHit *self, AtriumSearchKind value);
void atrium_search_hit_set_id (AtriumSearchHit *self, gint64 value);
void atrium_search_hit_set_address (AtriumSearchHit *self, const char *value);
void atrium_search_hit_set_title (AtriumSearchHit *self, const char *value);
void atrium_search_hit_set_author (AtriumSearchHit *self, const char *value);
void atrium_search_hit_set_snippet (AtriumSearchHit *self, const char *value);
void atrium_search_hit_set_ranges (AtriumSearchHit *self, GBytes *value);
void atrium_search_hit_set_time (AtriumSearchHit *self, gint64 value);
void atrium_search_hit_set_person (AtriumSearchHit *self, AtriumPerson *value);
void atrium_search_hit_set_message (AtriumSearchHit *self, AtriumMessage *value);

AtriumSearchHit *atrium_search_hit_new_for_row (AtriumWorkspace *workspace,
                                                const StoreHit  *from,
                                                const AtriumRow *row) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
