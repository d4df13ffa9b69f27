/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* Seconds a toast with Undo stays. */
#define ATRIUM_UNDO_SECONDS 7

/* Shows @text at the bottom of the window that holds @widget; nothing when it is in none. */
void atrium_toast       (GtkWidget    *widget,
                         const char   *text);

/**
 * atrium_toast_error:
 * @what: (nullable): what did not work, a translated sentence without a full stop
 * @error: (nullable): its message is added; cancellation shows nothing
 */
void atrium_toast_error (GtkWidget    *widget,
                         const char   *what,
                         const GError *error);

/* Stays ten seconds; its button activates @action (without a target). */
void atrium_toast_action (GtkWidget   *widget,
                          const char  *text,
                          const char  *button,
                          const char  *action);

/**
 * atrium_toast_undo:
 * @undo: called when Undo is pressed
 * @destroy: frees @data when the toast is gone
 */
void atrium_toast_undo  (GtkWidget     *widget,
                         const char    *text,
                         void         (*undo) (gpointer data),
                         gpointer       data,
                         GDestroyNotify destroy);

G_END_DECLS
