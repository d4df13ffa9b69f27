/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "workspace/workspace.h"

G_BEGIN_DECLS

#define ATRIUM_TYPE_SIDE_PANEL (atrium_side_panel_get_type ())
G_DECLARE_FINAL_TYPE (AtriumSidePanel, atrium_side_panel, ATRIUM, SIDE_PANEL, GtkWidget)

/* What belongs to the open conversation: members, files, settings. */
void atrium_side_panel_set_workspace    (AtriumSidePanel    *self,
                                         AtriumWorkspace    *workspace);
void atrium_side_panel_set_conversation (AtriumSidePanel    *self,
                                         AtriumConversation *conversation);
/* @page: "members", "files" or "settings" */
void atrium_side_panel_show_page        (AtriumSidePanel    *self,
                                         const char         *page);
/* Fetches what the panel shows; called when it comes into sight. */
void atrium_side_panel_refresh          (AtriumSidePanel    *self);
void atrium_side_panel_focus            (AtriumSidePanel    *self);

G_END_DECLS
