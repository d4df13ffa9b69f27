/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * Where passwords are: in the keyring (libsecret), or, where the user has asked for it, in a file "secrets" (0600) in the
 * profile's folder. Never anywhere else.
 */

/* NULL without error: it is not known. */
void      atrium_secrets_lookup_async  (const char          *data_dir,
                                        const char          *address,
                                        GAsyncReadyCallback  callback,
                                        gpointer             user_data);
char     *atrium_secrets_lookup_finish (GAsyncResult        *result,
                                        GError             **error) G_GNUC_WARN_UNUSED_RESULT;
/* @file: write the file when there is no keyring. @password NULL forgets it in both places. */
void      atrium_secrets_store_async   (const char          *data_dir,
                                        const char          *address,
                                        const char          *password,
                                        gboolean             file,
                                        GAsyncReadyCallback  callback,
                                        gpointer             user_data);
gboolean  atrium_secrets_store_finish  (GAsyncResult        *result,
                                        GError             **error);

G_END_DECLS
