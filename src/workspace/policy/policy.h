/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * The settings that the workspace reads, one accessor a key, each with the built-in default where @settings is NULL. A
 * value that the organisation has locked wins over everything, also over arguments of atriumctl.
 */

/* A locked key: not writable (desktop facts §4: never decided by user or default value). */
gboolean   atrium_policy_is_locked              (GSettings  *settings,
                                                 const char *key);
/* The schema of this build or NULL when it is not installed; never aborts. */
GSettings *atrium_policy_new_settings           (void) G_GNUC_WARN_UNUSED_RESULT;

gboolean   atrium_policy_get_send_read_receipts (GSettings *settings);
gboolean   atrium_policy_get_send_typing        (GSettings *settings);
gint64     atrium_policy_get_upload_max         (GSettings *settings);   /* bytes; 0: the server's limit alone */
gint64     atrium_policy_get_download_auto_max  (GSettings *settings);   /* bytes; 0: never by itself */
gint64     atrium_policy_get_download_max       (GSettings *settings);   /* bytes; 0: no limit */
guint      atrium_policy_get_retention_months   (GSettings *settings);   /* 0: for ever */
/* (nullable) */
char      *atrium_policy_dup_server             (GSettings *settings) G_GNUC_WARN_UNUSED_RESULT;
char      *atrium_policy_dup_domain             (GSettings *settings) G_GNUC_WARN_UNUSED_RESULT;
char      *atrium_policy_dup_ca_file            (GSettings *settings) G_GNUC_WARN_UNUSED_RESULT;

/**
 * atrium_policy_validate:
 * @contents: text of a policy key file (the syntax of dconf and of the GSettings keyfile backend)
 * @out_problems: (out) (nullable): what is wrong, a sentence each
 *
 * Returns: %TRUE if every group, key, type and range in it exists in the schema
 */
gboolean   atrium_policy_validate               (const char *contents,
                                                 char     ***out_problems,
                                                 GError    **error);

/* Every key as {name, value, locked, source}: a(svbs). Sources: "default", "user", "organisation". */
GVariant  *atrium_policy_dump                   (GSettings *settings) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
