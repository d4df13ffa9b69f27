/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "workspace/chat/message.h"

G_BEGIN_DECLS

#define ATRIUM_TYPE_MESSAGE_BODY (atrium_message_body_get_type ())
G_DECLARE_FINAL_TYPE (AtriumMessageBody, atrium_message_body, ATRIUM, MESSAGE_BODY, GtkWidget)

/* The words of a message: styled text, quotes, code, links, and at their end how far an own message is.
 * Long texts are cut, with a button for the rest. */

/* Shows the present state of @message; cheap when its words have not changed. */
void atrium_message_body_update (AtriumMessageBody *self,
                                 AtriumMessage     *message);
/* The colours of the style changed: build the text again at the next update. */
void atrium_message_body_forget (AtriumMessageBody *self);

G_END_DECLS
