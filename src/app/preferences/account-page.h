/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "workspace/account/account.h"

G_BEGIN_DECLS

#define ATRIUM_TYPE_ACCOUNT_PAGE (atrium_account_page_get_type ())
G_DECLARE_FINAL_TYPE (AtriumAccountPage, atrium_account_page, ATRIUM, ACCOUNT_PAGE, AdwBin)

/* Own name, connection, password, signing out. */
GtkWidget *atrium_account_page_new (AtriumAccount *account);

G_END_DECLS
