/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * atrium_autostart_set_async:
 * @connection: session bus
 * @application_id: also the name of the file in the user's autostart folder
 * @command: (array zero-terminated=1): what to start at log-in, such as "atrium", "--background"
 * @enabled: start at log-in, or no longer
 * @reason: one translated sentence that the desktop may show when it asks
 *
 * Inside Flatpak asks the Background portal; elsewhere writes or removes $XDG_CONFIG_HOME/autostart/ID.desktop. A file of
 * that name that the user has changed so that it is hidden is replaced, as this is the user's newer word.
 *
 * Errors: #GIOErrorEnum; PERMISSION_DENIED when the desktop or the user said no.
 */
void     atrium_autostart_set_async  (GDBusConnection     *connection,
                                      const char          *application_id,
                                      const char * const  *command,
                                      gboolean             enabled,
                                      const char          *reason,
                                      GCancellable        *cancellable,
                                      GAsyncReadyCallback  callback,
                                      gpointer             user_data);
gboolean atrium_autostart_set_finish (GAsyncResult        *result,
                                      GError             **error);

G_END_DECLS
