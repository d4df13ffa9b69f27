/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "workspace/workspace.h"

G_BEGIN_DECLS

#define ATRIUM_TYPE_WELCOME_PAGE (atrium_welcome_page_get_type ())
G_DECLARE_FINAL_TYPE (AtriumWelcomePage, atrium_welcome_page, ATRIUM, WELCOME_PAGE, GtkWidget)

/* The first run: work address and password, an invitation, or work without an account.
 *
 * Signal: "done" (): there is an account now, or the user wants to work without one. */

/* @settings: (nullable) */
GtkWidget *atrium_welcome_page_new            (AtriumWorkspace   *workspace,
                                               GSettings         *settings);
/* @link: "xmpp:…?register;preauth=…": filled in, not followed */
void       atrium_welcome_page_use_invitation (AtriumWelcomePage *self,
                                               const char        *link);

G_END_DECLS
