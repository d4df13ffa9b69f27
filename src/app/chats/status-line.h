/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "workspace/workspace.h"

G_BEGIN_DECLS

#define ATRIUM_TYPE_STATUS_LINE (atrium_status_line_get_type ())
G_DECLARE_FINAL_TYPE (AtriumStatusLine, atrium_status_line, ATRIUM, STATUS_LINE, GtkWidget)

/* The line under the chat list: the connection when it is not simply there, what waits to be sent, and
 * long work. Opens a popover with all of it. Away when there is nothing to say. */
void atrium_status_line_set_workspace (AtriumStatusLine *self,
                                       AtriumWorkspace  *workspace);

G_END_DECLS
