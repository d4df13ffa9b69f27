/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* How much room there is; see screens: one pane at a time under 650 px, the side panel over the content
 * where the content would become too narrow. */
typedef enum
{
  ATRIUM_WIDTH_NARROW,
  ATRIUM_WIDTH_MEDIUM,
  ATRIUM_WIDTH_WIDE,
} AtriumWidth;

#define ATRIUM_TYPE_SHELL (atrium_shell_get_type ())
G_DECLARE_FINAL_TYPE (AtriumShell, atrium_shell, ATRIUM, SHELL, GtkWidget)

/* The four places of the window: rail, list, content, panel. The children are given in the template
 * with <child type="rail"> and so on. */

AtriumWidth atrium_shell_get_width_step    (AtriumShell *self);

/* A section without a list pane gives all to its content. */
void        atrium_shell_set_has_list      (AtriumShell *self,
                                            gboolean     has_list);
/* Which of list and content a narrow window shows. */
void        atrium_shell_set_content_shown (AtriumShell *self,
                                            gboolean     content_shown);
gboolean    atrium_shell_get_content_shown (AtriumShell *self);
void        atrium_shell_set_panel_shown   (AtriumShell *self,
                                            gboolean     panel_shown);
gboolean    atrium_shell_get_panel_shown   (AtriumShell *self);

G_END_DECLS
