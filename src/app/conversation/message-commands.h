/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "workspace/chat/conversation.h"
#include "workspace/chat/reaction.h"

G_BEGIN_DECLS

/* What can be done with one message. Those that another part of the window has to do (reply, edit, forward)
 * are not here. */
typedef enum
{
  ATRIUM_COMMAND_REPLY,
  ATRIUM_COMMAND_EDIT,
  ATRIUM_COMMAND_FORWARD,
  ATRIUM_COMMAND_REACT,
  ATRIUM_COMMAND_CHOOSE_REACTION,
  ATRIUM_COMMAND_COPY,
  ATRIUM_COMMAND_RETRACT,
  ATRIUM_COMMAND_MODERATE,
  ATRIUM_COMMAND_RETRY,
  ATRIUM_COMMAND_DROP,
  ATRIUM_N_COMMANDS
} AtriumCommand;

/* "reply", "edit", …; also the name of the action in "message". */
const char   *atrium_command_get_name    (AtriumCommand       command);
/* Returns: FALSE when @name is none */
gboolean      atrium_command_parse       (const char         *name,
                                          AtriumCommand      *out_command);
/* Whether @command makes sense for @message now. */
gboolean      atrium_command_is_possible (AtriumCommand       command,
                                          AtriumConversation *conversation,
                                          AtriumMessage      *message);
/**
 * atrium_command_run:
 * @widget: toasts and questions appear in its window
 * @argument: (nullable): the emoji for REACT
 *
 * Runs react, copy, retract, moderate, retry and drop. What takes something from others asks first.
 */
void          atrium_command_run         (AtriumCommand       command,
                                          AtriumConversation *conversation,
                                          AtriumMessage      *message,
                                          const char         *argument,
                                          GtkWidget          *widget);

G_END_DECLS
