/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/parts/avatar.h"

G_BEGIN_DECLS

#define ATRIUM_TYPE_PERSON_ROW (atrium_person_row_get_type ())
G_DECLARE_FINAL_TYPE (AtriumPersonRow, atrium_person_row, ATRIUM, PERSON_ROW, GtkWidget)

/* A face, a name, a second line, and a word at the right. */
GtkWidget *atrium_person_row_new  (void);
/* @second, @tag, @picture: (nullable) */
void       atrium_person_row_show (AtriumPersonRow *self,
                                   const char      *address,
                                   const char      *name,
                                   const char      *second,
                                   const char      *tag,
                                   AtriumDot        dot,
                                   GBytes          *picture);
void       atrium_person_row_set_room (AtriumPersonRow *self,
                                       gboolean         room);

G_END_DECLS
