/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "workspace/chat/conversation.h"
#include "workspace/people/directory.h"

G_BEGIN_DECLS

#define ATRIUM_TYPE_COMPLETION (atrium_completion_get_type ())
G_DECLARE_FINAL_TYPE (AtriumCompletion, atrium_completion, ATRIUM, COMPLETION, GObject)

/* The list that opens while one types "@" (people), ":" (emoji) or "/" at the start (commands) into a text
 * view. Up, Down, Enter, Tab and Escape belong to it while it is open. */
AtriumCompletion *atrium_completion_new              (GtkTextView        *view) G_GNUC_WARN_UNUSED_RESULT;
/* @conversation: (nullable) @directory: (nullable): people beyond the members of the room */
void              atrium_completion_set_conversation (AtriumCompletion   *self,
                                                      AtriumConversation *conversation,
                                                      AtriumDirectory    *directory);
/* Returns: whether the key was used up. */
gboolean          atrium_completion_handle_key       (AtriumCompletion   *self,
                                                      guint               keyval);
gboolean          atrium_completion_is_open          (AtriumCompletion   *self);
void              atrium_completion_close            (AtriumCompletion   *self);
/**
 * atrium_completion_dup_mentions:
 *
 * Returns: (transfer full) (element-type AtriumSpan): where @text names people that were chosen from the list
 */
GPtrArray        *atrium_completion_dup_mentions     (AtriumCompletion   *self,
                                                      const char         *text) G_GNUC_WARN_UNUSED_RESULT;
/* Forgets who was chosen: the message is gone. */
void              atrium_completion_reset            (AtriumCompletion   *self);

/* The emoji named exactly @name ("smile"), or NULL. */
const char       *atrium_emoji_by_name               (const char         *name);

G_END_DECLS
