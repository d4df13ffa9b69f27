/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "workspace/workspace.h"

G_BEGIN_DECLS

#define ATRIUM_TYPE_PEOPLE_LIST (atrium_people_list_get_type ())
G_DECLARE_FINAL_TYPE (AtriumPeopleList, atrium_people_list, ATRIUM, PEOPLE_LIST, GtkWidget)

/* The list pane of People: the organisation as a tree, or who fits what is typed (name, pinyin, initials,
 * address).
 *
 * Signal: "open" (AtriumPerson *) */
void atrium_people_list_set_workspace (AtriumPeopleList *self,
                                       AtriumWorkspace  *workspace);
void atrium_people_list_focus         (AtriumPeopleList *self);

G_END_DECLS
