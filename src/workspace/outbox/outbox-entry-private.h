/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "workspace/outbox/outbox-entry.h"

G_BEGIN_DECLS

AtriumOutboxEntry *atrium_outbox_entry_new (void) G_GNUC_WARN_UNUSED_RESULT;

/* Each copies or references its value and notifies only when it is a new one. */
void atrium_outbox_entry_set_id (AtriumOutboxEntry *self, gint64 value);
void atrium_outbox_entry_set_kind (AtriumOutboxEntry *self, AtriumOutboxKind value);
void atrium_outbox_entry_set_target (AtriumOutboxEntry *self, const char *value);
void atrium_outbox_entry_set_target_name (AtriumOutboxEntry *self, const char *value);
void atrium_outbox_entry_set_summary (AtriumOutboxEntry *self, const char *value);
void atrium_outbox_entry_set_state (AtriumOutboxEntry *self, AtriumOutboxState value);
void atrium_outbox_entry_set_tries (AtriumOutboxEntry *self, guint value);
void atrium_outbox_entry_set_next_try (AtriumOutboxEntry *self, gint64 value);
void atrium_outbox_entry_set_error (AtriumOutboxEntry *self, const char *value);
void atrium_outbox_entry_set_created (AtriumOutboxEntry *self, gint64 value);
void atrium_outbox_entry_set_message_id (AtriumOutboxEntry *self, gint64 value);

G_END_DECLS
