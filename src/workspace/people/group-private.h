/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "workspace/people/group.h"

G_BEGIN_DECLS

AtriumGroup *atrium_group_new (void) G_GNUC_WARN_UNUSED_RESULT;

/* Each copies or references its value and notifies only when it is a new one. */
void atrium_group_set_name (AtriumGroup *self, const char *value);
void atrium_group_set_path (AtriumGroup *self, const char *value);
void atrium_group_set_children (AtriumGroup *self, GListModel *value);
void atrium_group_set_n_people (AtriumGroup *self, guint value);

G_END_DECLS
