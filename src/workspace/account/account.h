/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "workspace/types.h"

G_BEGIN_DECLS

/**
 * AtriumAccount:
 *
 * The account of a profile and its connection, as people see it.
 *
 * Properties (all notified):
 *
 * - `address`: bare address; NULL without an account
 * - `display-name`: own name to show
 * - `state`: #AtriumAccountState
 * - `since`: (GDateTime) when the state began
 * - `problem`: what is wrong, a plain translated sentence; NULL when nothing is
 * - `problem-hint`: what to do about it (nullable)
 * - `problem-final`: retrying alone will not help: the user or the administrator has to act
 * - `retry-at`: (gint64) next try, µs since the epoch; 0 none
 * - `server-description`: how we are connected, e.g. “chat.work.test:5223, TLS 1.3, SCRAM-SHA-256-PLUS” (nullable)
 * - `presence`, `status-text`: what we tell others; kept over restarts. OFFLINE means invisible.
 * - `network-allowed`: FALSE while the user works offline
 * - `avatar`: (GBytes) own picture (nullable)
 * - `can-register-people`: the server lets this account make invitations
 */
#define ATRIUM_TYPE_ACCOUNT (atrium_account_get_type ())
G_DECLARE_FINAL_TYPE (AtriumAccount, atrium_account, ATRIUM, ACCOUNT, GObject)

const char         *atrium_account_get_address            (AtriumAccount *self);
const char         *atrium_account_get_display_name       (AtriumAccount *self);
AtriumAccountState  atrium_account_get_state              (AtriumAccount *self);
GDateTime          *atrium_account_get_since              (AtriumAccount *self);
const char         *atrium_account_get_problem            (AtriumAccount *self);
const char         *atrium_account_get_problem_hint       (AtriumAccount *self);
gboolean            atrium_account_get_problem_final      (AtriumAccount *self);
gint64              atrium_account_get_retry_at           (AtriumAccount *self);
const char         *atrium_account_get_server_description (AtriumAccount *self);
AtriumPresence      atrium_account_get_presence           (AtriumAccount *self);
const char         *atrium_account_get_status_text        (AtriumAccount *self);
gboolean            atrium_account_get_network_allowed    (AtriumAccount *self);
GBytes             *atrium_account_get_avatar             (AtriumAccount *self);
gboolean            atrium_account_get_can_register_people (AtriumAccount *self);

/* What we tell others. @text (nullable). At once when online, else with the next connection. */
void                atrium_account_set_presence           (AtriumAccount  *self,
                                                           AtriumPresence  presence,
                                                           const char     *text);
/* FALSE: stay offline until TRUE. Kept over restarts. */
void                atrium_account_set_network_allowed    (AtriumAccount  *self,
                                                           gboolean        allowed);
/* Try now instead of at #AtriumAccount:retry-at; also after a final problem was dealt with. */
void                atrium_account_reconnect              (AtriumAccount  *self);

/**
 * atrium_account_lookup_server_async:
 * @address: a work address, “name@company”
 *
 * For the first run: looks for the server of @address without signing in. Finishes with a line such as “Found
 * chat.company, encrypted”. Errors: INVALID (not an address), NOT_FOUND (no server there), OFFLINE (no network), each with
 * a sentence that can be shown.
 */
void atrium_account_lookup_server_async (AtriumAccount      *self,
                                         const char         *address,
                                         GCancellable       *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer            user_data);
char *atrium_account_lookup_server_finish (AtriumAccount *self,
                                           GAsyncResult  *result,
                                           GError       **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * atrium_account_sign_in_async:
 * @address: bare address
 * @password: the password; kept in the keyring, or where atrium_account_set_secrets_file() allowed it, in a file
 * @server_uri: (nullable): “xmpp://host:port”, “xmpps://host:port”, “wss://…”; NULL: discovery, or what policy says
 * @ca_file: (nullable): PEM file of authorities to trust beside the system's
 *
 * Signs in and, on success, makes @address the account of this profile. A failed first try leaves the profile without an
 * account; the history of another account that signed in here before is never shown to this one. Errors: WRONG_PASSWORD, NOT_FOUND, OFFLINE,
 * REFUSED, POLICY, with a sentence that can be shown; #AtriumAccount:problem-hint holds the next step.
 */
void atrium_account_sign_in_async (AtriumAccount      *self,
                                   const char         *address,
                                   const char         *password,
                                   const char         *server_uri,
                                   const char         *ca_file,
                                   GCancellable       *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer            user_data);
gboolean atrium_account_sign_in_finish (AtriumAccount *self,
                                        GAsyncResult  *result,
                                        GError       **error);

/**
 * atrium_account_register_async:
 * @invitation: “xmpp:…?register;preauth=…” link
 * @name: user name
 * @password: password to set
 *
 * Makes an account by invitation and signs in with it.
 */
void atrium_account_register_async (AtriumAccount      *self,
                                    const char         *invitation,
                                    const char         *name,
                                    const char         *password,
                                    const char         *server_uri,
                                    const char         *ca_file,
                                    GCancellable       *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer            user_data);
gboolean atrium_account_register_finish (AtriumAccount *self,
                                         GAsyncResult  *result,
                                         GError       **error);

/* Ends the session and forgets the password. @wipe: also removes every message, file and draft of this profile from this
 * computer. What waits in the outbox is lost only by @wipe. */
void atrium_account_sign_out_async (AtriumAccount      *self,
                                    gboolean            wipe,
                                    GCancellable       *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer            user_data);
gboolean atrium_account_sign_out_finish (AtriumAccount *self,
                                         GAsyncResult  *result,
                                         GError       **error);

void atrium_account_change_password_async (AtriumAccount      *self,
                                           const char         *old_password,
                                           const char         *new_password,
                                           GCancellable       *cancellable,
                                           GAsyncReadyCallback callback,
                                           gpointer            user_data);
gboolean atrium_account_change_password_finish (AtriumAccount *self,
                                                GAsyncResult  *result,
                                                GError       **error);

/* Own name that colleagues see, and own picture (PNG or JPEG, ≤ 96 kB; NULL removes it). Both wait in the outbox when offline. */
void atrium_account_set_display_name_async (AtriumAccount      *self,
                                            const char         *name,
                                            GCancellable       *cancellable,
                                            GAsyncReadyCallback callback,
                                            gpointer            user_data);
gboolean atrium_account_set_display_name_finish (AtriumAccount *self,
                                                 GAsyncResult  *result,
                                                 GError       **error);

void atrium_account_set_avatar_async (AtriumAccount      *self,
                                      GBytes             *picture,
                                      const char         *media_type,
                                      int                 width,
                                      int                 height,
                                      GCancellable       *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer            user_data);
gboolean atrium_account_set_avatar_finish (AtriumAccount *self,
                                           GAsyncResult  *result,
                                           GError       **error);

/* An invitation link to hand on. Errors: UNSUPPORTED when this server makes none. */
void atrium_account_create_invitation_async (AtriumAccount      *self,
                                             GCancellable       *cancellable,
                                             GAsyncReadyCallback callback,
                                             gpointer            user_data);
char *atrium_account_create_invitation_finish (AtriumAccount *self,
                                               GAsyncResult  *result,
                                               GError       **error) G_GNUC_WARN_UNUSED_RESULT;

/* “Check connection”. The model is there at once through @out_checks and fills while the checks run (AtriumCheck, in a fixed
 * order); the pair finishes when all are done. @address (nullable) also checks how a colleague can be reached. */
void atrium_account_check_connection_async (AtriumAccount       *self,
                                            const char          *address,
                                            GListModel         **out_checks,
                                            GCancellable        *cancellable,
                                            GAsyncReadyCallback  callback,
                                            gpointer             user_data);
GListModel *atrium_account_check_connection_finish (AtriumAccount *self,
                                                    GAsyncResult  *result,
                                                    GError       **error) G_GNUC_WARN_UNUSED_RESULT;

/* Where the password goes when there is no keyring. Without this it is asked for at each start: #AtriumAccount::password-needed. */
void atrium_account_set_secrets_file (AtriumAccount *self,
                                      gboolean       allowed);

/* Signals:
 * ::password-needed ()  no keyring has it (any more): ask the user and call atrium_account_sign_in_async() again
 */

G_END_DECLS
