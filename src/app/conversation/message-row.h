/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "workspace/chat/message.h"

G_BEGIN_DECLS

#define ATRIUM_TYPE_MESSAGE_ROW (atrium_message_row_get_type ())
G_DECLARE_FINAL_TYPE (AtriumMessageRow, atrium_message_row, ATRIUM, MESSAGE_ROW, GtkWidget)

/* One message of the timeline, with the day line and the "New messages" line above it where they belong.
 * Recycled: set_message() points it at another message or at none.
 *
 * Activates "timeline.show" (x: row of the quoted message) in its parents.
 *
 * Signal: "command" (char *name, char *argument): a button of the row: "react" (emoji), "choose-reaction",
 * "retry". */
GtkWidget     *atrium_message_row_new         (void);
void           atrium_message_row_set_message (AtriumMessageRow *self,
                                               AtriumMessage    *message);
AtriumMessage *atrium_message_row_get_message (AtriumMessageRow *self);
/* @address: (nullable): who wrote the message that is quoted; call it before set_message() */
void           atrium_message_row_set_quoted  (AtriumMessageRow *self,
                                               const char       *address);
/* Smaller face for a narrow window. */
void           atrium_message_row_set_narrow  (AtriumMessageRow *self,
                                               gboolean          narrow);
/* Marks the message that a search or a jump led to. */
void           atrium_message_row_set_hit     (AtriumMessageRow *self,
                                               gboolean          hit);
/* @actions: (nullable): laid over the upper right of the message; the row does not own it */
void           atrium_message_row_set_actions (AtriumMessageRow *self,
                                               GtkWidget        *actions);

/* "Bob Larsen, 08:41: Morning all. …" for screen readers. (transfer full) */
char          *atrium_message_row_dup_description (AtriumMessage *message);

G_END_DECLS
