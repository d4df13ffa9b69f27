/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * AtriumConnectionLock:
 *
 * Which of the programs on one profile is online: the one that holds an advisory lock on a file of the profile. The
 * kernel gives the lock up when its holder ends, however it ends; those who wait see the file being closed and try.
 *
 * Property `held` (notified).
 */
#define ATRIUM_TYPE_CONNECTION_LOCK (atrium_connection_lock_get_type ())
G_DECLARE_FINAL_TYPE (AtriumConnectionLock, atrium_connection_lock, ATRIUM, CONNECTION_LOCK, GObject)

/* Wanted from the start; tried for when the main loop runs. */
AtriumConnectionLock *atrium_connection_lock_new        (const char           *data_dir) G_GNUC_WARN_UNUSED_RESULT;
gboolean              atrium_connection_lock_get_held   (AtriumConnectionLock *self);
/* FALSE gives it up. */
void                  atrium_connection_lock_set_wanted (AtriumConnectionLock *self,
                                                         gboolean              wanted);
/* Whether another program has it now. */
gboolean              atrium_connection_lock_is_foreign (AtriumConnectionLock *self);

G_END_DECLS
