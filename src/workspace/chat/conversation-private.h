/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/store.h"
#include "workspace/chat/conversation.h"

G_BEGIN_DECLS

typedef struct _AtriumWorkspace AtriumWorkspace;

AtriumConversation *atrium_conversation_new            (AtriumWorkspace    *workspace,
                                                        gint64              id) G_GNUC_WARN_UNUSED_RESULT;
/* The workspace is going away. */
void                atrium_conversation_detach         (AtriumConversation *self);
AtriumWorkspace    *atrium_conversation_get_workspace  (AtriumConversation *self);   /* (nullable) */
gint64              atrium_conversation_get_id         (AtriumConversation *self);
/* The timeline somebody holds now; NULL when nobody does. */
AtriumTimeline     *atrium_conversation_peek_timeline  (AtriumConversation *self);
GBytes             *atrium_conversation_get_avatar     (AtriumConversation *self);
const char         *atrium_conversation_get_avatar_hash (AtriumConversation *self);

/* Each copies or references its value and notifies only when it is a new one. */
void atrium_conversation_put_address (AtriumConversation *self, const char *value);
void atrium_conversation_put_kind (AtriumConversation *self, AtriumConversationKind value);
void atrium_conversation_put_name (AtriumConversation *self, const char *value);
void atrium_conversation_put_subtitle (AtriumConversation *self, const char *value);
void atrium_conversation_put_person (AtriumConversation *self, AtriumPerson *value);
void atrium_conversation_put_last_text (AtriumConversation *self, const char *value);
void atrium_conversation_put_last_author (AtriumConversation *self, const char *value);
void atrium_conversation_put_last_own_state (AtriumConversation *self, int value);
void atrium_conversation_put_last_time (AtriumConversation *self, gint64 value);
void atrium_conversation_put_unread (AtriumConversation *self, guint value);
void atrium_conversation_put_mentions (AtriumConversation *self, guint value);
void atrium_conversation_put_marked_unread (AtriumConversation *self, gboolean value);
void atrium_conversation_put_muted (AtriumConversation *self, gboolean value);
void atrium_conversation_put_muted_until (AtriumConversation *self, gint64 value);
void atrium_conversation_put_pinned (AtriumConversation *self, gboolean value);
void atrium_conversation_put_pin_order (AtriumConversation *self, int value);
void atrium_conversation_put_archived (AtriumConversation *self, gboolean value);
void atrium_conversation_put_notify (AtriumConversation *self, AtriumNotify value);
void atrium_conversation_put_draft (AtriumConversation *self, const char *value);
void atrium_conversation_put_draft_reply (AtriumConversation *self, gint64 value);
void atrium_conversation_put_typing (AtriumConversation *self, const char * const *value);
void atrium_conversation_put_hidden_history (AtriumConversation *self, gboolean value);
void atrium_conversation_put_joined (AtriumConversation *self, gboolean value);
void atrium_conversation_put_join_problem (AtriumConversation *self, const char *value);
void atrium_conversation_put_subject (AtriumConversation *self, const char *value);
void atrium_conversation_put_own_role (AtriumConversation *self, AtriumRole value);
void atrium_conversation_put_own_affiliation (AtriumConversation *self, AtriumAffiliation value);
void atrium_conversation_put_nick (AtriumConversation *self, const char *value);
void atrium_conversation_put_private (AtriumConversation *self, gboolean value);
void atrium_conversation_put_n_members (AtriumConversation *self, guint value);
void atrium_conversation_put_n_present (AtriumConversation *self, guint value);
void atrium_conversation_put_avatar (AtriumConversation *self, GBytes *value);
void atrium_conversation_put_avatar_hash (AtriumConversation *self, const char *value);

/* Everything that comes from the row. */
void                atrium_conversation_fill            (AtriumConversation      *self,
                                                         const StoreConversation *row);
gint64              atrium_conversation_get_sort_time   (AtriumConversation *self);
gint64              atrium_conversation_get_last_message (AtriumConversation *self);
gint64              atrium_conversation_get_read_message (AtriumConversation *self);
/* Name, presence or picture of the person changed. */
void                atrium_conversation_update_person   (AtriumConversation *self);
void                atrium_conversation_update_subtitle (AtriumConversation *self);
void                atrium_conversation_note_typing     (AtriumConversation *self,
                                                         const char         *who,
                                                         gboolean            typing);
/* Writes drafts that wait to be written, of all @conversations. */
void                atrium_conversations_flush_drafts   (GListModel         *conversations);
/* Parts of the object that its other files keep. */
gpointer            atrium_conversation_get_state       (AtriumConversation *self);

G_END_DECLS
