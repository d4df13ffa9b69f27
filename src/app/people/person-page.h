/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "workspace/workspace.h"

G_BEGIN_DECLS

#define ATRIUM_TYPE_PERSON_PAGE (atrium_person_page_get_type ())
G_DECLARE_FINAL_TYPE (AtriumPersonPage, atrium_person_page, ATRIUM, PERSON_PAGE, GtkWidget)

/* The content pane of People: one person. "Message" activates "win.message-person" with the address. */
void atrium_person_page_set_workspace (AtriumPersonPage *self,
                                       AtriumWorkspace  *workspace);
/* @person: (nullable) */
void atrium_person_page_set_person    (AtriumPersonPage *self,
                                       AtriumPerson     *person);
void atrium_person_page_set_narrow    (AtriumPersonPage *self,
                                       gboolean          narrow);

G_END_DECLS
