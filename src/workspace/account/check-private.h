/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "workspace/account/check.h"

G_BEGIN_DECLS

AtriumCheck *atrium_check_new (void) G_GNUC_WARN_UNUSED_RESULT;

/* Each copies or references its value and notifies only when it is a new one. */
void atrium_check_set_title (AtriumCheck *self, const char *value);
void atrium_check_set_name (AtriumCheck *self, const char *value);
void atrium_check_set_state (AtriumCheck *self, AtriumCheckState value);
void atrium_check_set_detail (AtriumCheck *self, const char *value);
void atrium_check_set_fix (AtriumCheck *self, const char *value);

G_END_DECLS
