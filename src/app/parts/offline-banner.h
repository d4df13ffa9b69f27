/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "workspace/workspace.h"

G_BEGIN_DECLS

#define ATRIUM_TYPE_OFFLINE_BANNER (atrium_offline_banner_get_type ())
G_DECLARE_FINAL_TYPE (AtriumOfflineBanner, atrium_offline_banner, ATRIUM, OFFLINE_BANNER, GtkWidget)

/* The thin line under a header: offline for more than five seconds, or something only the user can put right.
 * Goes by itself. */
void atrium_offline_banner_set_workspace (AtriumOfflineBanner *self,
                                          AtriumWorkspace     *workspace);

G_END_DECLS
