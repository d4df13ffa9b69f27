/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "workspace/chat/conversation-private.h"

G_BEGIN_DECLS

/* What a conversation keeps that is no property. */
typedef struct
{
  AtriumConversation *conversation;   /* borrowed: owns it */
  gint64      sort_time;
  gint64      last_message;
  gint64      read_message;
  GHashTable *typing;                 /* who → gint64* monotonic time until which it holds */
  guint       typing_timer;
  guint       draft_timer;
  gboolean    draft_dirty;
  gboolean    typing_told;
  gint64      typing_told_at;         /* monotonic µs */
  gboolean    filled;
} AtriumConversationState;

AtriumConversationState *atrium_conversation_state_new  (AtriumConversation      *conversation);
void                     atrium_conversation_state_free (AtriumConversationState *state);

G_END_DECLS
