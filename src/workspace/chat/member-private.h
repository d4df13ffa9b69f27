/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "workspace/chat/member.h"

G_BEGIN_DECLS

AtriumMember *atrium_member_new (void) G_GNUC_WARN_UNUSED_RESULT;

/* Each copies or references its value and notifies only when it is a new one. */
void atrium_member_set_person (AtriumMember *self, AtriumPerson *value);
void atrium_member_set_nick (AtriumMember *self, const char *value);
void atrium_member_set_address (AtriumMember *self, const char *value);
void atrium_member_set_name (AtriumMember *self, const char *value);
void atrium_member_set_role (AtriumMember *self, AtriumRole value);
void atrium_member_set_affiliation (AtriumMember *self, AtriumAffiliation value);
void atrium_member_set_presence (AtriumMember *self, AtriumPresence value);
void atrium_member_set_status_text (AtriumMember *self, const char *value);
void atrium_member_set_own (AtriumMember *self, gboolean value);
void atrium_member_set_hats (AtriumMember *self, const char * const *value);

G_END_DECLS
