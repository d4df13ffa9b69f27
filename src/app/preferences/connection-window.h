/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "workspace/workspace.h"

G_BEGIN_DECLS

#define ATRIUM_TYPE_CONNECTION_WINDOW (atrium_connection_window_get_type ())
G_DECLARE_FINAL_TYPE (AtriumConnectionWindow, atrium_connection_window, ATRIUM, CONNECTION_WINDOW, AdwWindow)

/* "Check connection": a live list of what works, each with what to do where it does not. */
GtkWidget *atrium_connection_window_new (GtkWindow       *parent,
                                         AtriumWorkspace *workspace);

G_END_DECLS
