/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "workspace/people/person.h"

G_BEGIN_DECLS

AtriumPerson *atrium_person_new (void) G_GNUC_WARN_UNUSED_RESULT;

/* Each copies or references its value and notifies only when it is a new one. */
void atrium_person_set_address (AtriumPerson *self, const char *value);
void atrium_person_set_name (AtriumPerson *self, const char *value);
void atrium_person_set_presence (AtriumPerson *self, AtriumPresence value);
void atrium_person_set_status_text (AtriumPerson *self, const char *value);
void atrium_person_set_groups (AtriumPerson *self, const char * const *value);
void atrium_person_set_subscription (AtriumPerson *self, AtriumSubscription value);
void atrium_person_set_request (AtriumPerson *self, const char *value);
void atrium_person_set_blocked (AtriumPerson *self, gboolean value);
void atrium_person_set_own (AtriumPerson *self, gboolean value);
void atrium_person_set_avatar_hash (AtriumPerson *self, const char *value);
void atrium_person_set_avatar (AtriumPerson *self, GBytes *value);
void atrium_person_set_nickname (AtriumPerson *self, const char *value);
void atrium_person_set_title (AtriumPerson *self, const char *value);
void atrium_person_set_organisation (AtriumPerson *self, const char *value);
void atrium_person_set_email (AtriumPerson *self, const char *value);
void atrium_person_set_phone (AtriumPerson *self, const char *value);
void atrium_person_set_note (AtriumPerson *self, const char *value);
void atrium_person_set_time_zone (AtriumPerson *self, const char *value);
void atrium_person_set_pinyin (AtriumPerson *self, const char *value);
void atrium_person_set_initials (AtriumPerson *self, const char *value);
void atrium_person_set_match_hint (AtriumPerson *self, const char *value);

G_END_DECLS
