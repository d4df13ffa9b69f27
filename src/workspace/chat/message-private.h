/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "workspace/chat/message.h"

G_BEGIN_DECLS

AtriumMessage *atrium_message_new (void) G_GNUC_WARN_UNUSED_RESULT;

/* Each copies or references its value and notifies only when it is a new one. */
void atrium_message_set_id (AtriumMessage *self, gint64 value);
void atrium_message_set_conversation_address (AtriumMessage *self, const char *value);
void atrium_message_set_origin_id (AtriumMessage *self, const char *value);
void atrium_message_set_archive_id (AtriumMessage *self, const char *value);
void atrium_message_set_author_address (AtriumMessage *self, const char *value);
void atrium_message_set_author_name (AtriumMessage *self, const char *value);
void atrium_message_set_author (AtriumMessage *self, AtriumPerson *value);
void atrium_message_set_nick (AtriumMessage *self, const char *value);
void atrium_message_set_own (AtriumMessage *self, gboolean value);
void atrium_message_set_body (AtriumMessage *self, const char *value);
void atrium_message_set_time (AtriumMessage *self, gint64 value);
void atrium_message_set_state (AtriumMessage *self, AtriumMessageState value);
void atrium_message_set_error (AtriumMessage *self, const char *value);
void atrium_message_set_read_by (AtriumMessage *self, const char * const *value);
void atrium_message_set_edited (AtriumMessage *self, gboolean value);
void atrium_message_set_retracted (AtriumMessage *self, gboolean value);
void atrium_message_set_retracted_by (AtriumMessage *self, const char *value);
void atrium_message_set_retract_reason (AtriumMessage *self, const char *value);
void atrium_message_set_reply_id (AtriumMessage *self, gint64 value);
void atrium_message_set_reply_author (AtriumMessage *self, const char *value);
void atrium_message_set_reply_preview (AtriumMessage *self, const char *value);
void atrium_message_set_mentions_me (AtriumMessage *self, gboolean value);
void atrium_message_set_reactions (AtriumMessage *self, GListModel *value);
void atrium_message_set_files (AtriumMessage *self, GListModel *value);
void atrium_message_set_forwarded_from (AtriumMessage *self, const char *value);
void atrium_message_set_system (AtriumMessage *self, gboolean value);
void atrium_message_set_starts_group (AtriumMessage *self, gboolean value);
void atrium_message_set_starts_day (AtriumMessage *self, gboolean value);
void atrium_message_set_first_unread (AtriumMessage *self, gboolean value);

/* What only the workspace needs to know. */
void        atrium_message_put_place           (AtriumMessage *self,
                                                gint64         conversation_id,
                                                gint64         order_key);
gint64      atrium_message_get_conversation_id (AtriumMessage *self);
gint64      atrium_message_get_order_key       (AtriumMessage *self);
void        atrium_message_put_wire            (AtriumMessage *self,
                                                const char    *message_id,
                                                GPtrArray     *mentions,
                                                gboolean       unstyled);
const char *atrium_message_get_wire_id         (AtriumMessage *self);

G_END_DECLS
