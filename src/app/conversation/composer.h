/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "workspace/workspace.h"

G_BEGIN_DECLS

#define ATRIUM_TYPE_COMPOSER (atrium_composer_get_type ())
G_DECLARE_FINAL_TYPE (AtriumComposer, atrium_composer, ATRIUM, COMPOSER, GtkWidget)

/* Where one writes. The text stays until it is safe on this disk; a draft is kept for each chat.
 *
 * Signals: "sent" (): something was sent; "edit-last" (): Up was pressed in the empty text; "escape" (): Escape
 * with nothing to close. */

/* @settings: (nullable) */
void atrium_composer_set_workspace    (AtriumComposer     *self,
                                       AtriumWorkspace    *workspace,
                                       GSettings          *settings);
void atrium_composer_set_conversation (AtriumComposer     *self,
                                       AtriumConversation *conversation);
void atrium_composer_reply            (AtriumComposer     *self,
                                       AtriumMessage      *message);
void atrium_composer_edit             (AtriumComposer     *self,
                                       AtriumMessage      *message);
/* @files: (element-type GFile): put into the tray */
void atrium_composer_add_files        (AtriumComposer     *self,
                                       GPtrArray          *files);
void atrium_composer_focus            (AtriumComposer     *self);
/* For tests: the text as it stands. (transfer full) */
char *atrium_composer_dup_text        (AtriumComposer     *self);
/* For tests: what Enter does. */
void atrium_composer_send             (AtriumComposer     *self);

G_END_DECLS
