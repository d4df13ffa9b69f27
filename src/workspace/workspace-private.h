/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/store.h"
#include "workspace/chat/row.h"
#include "workspace/jobs/job.h"
#include "workspace/workspace.h"

G_BEGIN_DECLS

typedef struct _AtriumSession AtriumSession;
typedef struct _AtriumNotifier AtriumNotifier;
typedef struct _AtriumTransfers AtriumTransfers;

/* Settings of the database (store/setting.h) that the workspace keeps. */
#define ATRIUM_KEY_ADDRESS         "account/address"
#define ATRIUM_KEY_LAST_ADDRESS    "profile/last-address" /* whose messages are in this profile */
#define ATRIUM_KEY_SERVER          "account/server"
#define ATRIUM_KEY_CA_FILE         "account/ca-file"
#define ATRIUM_KEY_DISPLAY_NAME    "account/display-name"
#define ATRIUM_KEY_PRESENCE        "account/presence"
#define ATRIUM_KEY_STATUS_TEXT     "account/status-text"
#define ATRIUM_KEY_OFFLINE         "account/work-offline"
#define ATRIUM_KEY_AUTH_FLOOR      "account/auth-floor"
#define ATRIUM_KEY_SECRETS_FILE    "account/secrets-file"
#define ATRIUM_KEY_RESOURCE        "account/resource"
#define ATRIUM_KEY_STATE           "account/state"      /* JSON: what the program with the connection shows; for the others */

StoreDatabase      *atrium_workspace_get_database        (AtriumWorkspace    *self);   /* NULL before it is open */
AtriumSession      *atrium_workspace_get_session         (AtriumWorkspace    *self);   /* NULL unless online here is possible */
AtriumNotifier     *atrium_workspace_get_notifier        (AtriumWorkspace    *self);
AtriumTransfers    *atrium_workspace_get_transfers       (AtriumWorkspace    *self);
/* Own bare address, "local" in a profile without an account. */
const char         *atrium_workspace_get_own_address     (AtriumWorkspace    *self);

AtriumConversation *atrium_workspace_find_by_id          (AtriumWorkspace    *self,
                                                          gint64              id);     /* borrowed (nullable) */
AtriumConversation *atrium_workspace_find                (AtriumWorkspace    *self,
                                                          const char         *address);
/* The conversation of a row, made or brought up to date. Borrowed. */
AtriumConversation *atrium_workspace_apply_conversation  (AtriumWorkspace         *self,
                                                          const StoreConversation *row);
/* The message object of a row, made or brought up to date. (transfer full) */
AtriumMessage      *atrium_workspace_ensure_message      (AtriumWorkspace    *self,
                                                          const AtriumRow    *row) G_GNUC_WARN_UNUSED_RESULT;
gboolean            atrium_workspace_is_active           (AtriumWorkspace    *self,
                                                          AtriumConversation *conversation);
void                atrium_workspace_add_job             (AtriumWorkspace    *self,
                                                          AtriumJob          *job);
void                atrium_workspace_remove_job          (AtriumWorkspace    *self,
                                                          AtriumJob          *job);
/* Reads conversation @id at once, one row; NULL when it is not there. Borrowed. */
AtriumConversation *atrium_workspace_load_conversation_now (AtriumWorkspace  *self,
                                                          gint64              id);
/* Reads conversation @id again soon. */
void                atrium_workspace_touch_conversation  (AtriumWorkspace    *self,
                                                          gint64              id);
void                atrium_workspace_resort              (AtriumWorkspace    *self,
                                                          AtriumConversation *conversation);
/* Gives the connection up or takes it, as account and lock now say. */
void                atrium_workspace_update_session      (AtriumWorkspace    *self);
/* Ends a session that may run and starts one anew: other account, other server. */
void                atrium_workspace_restart_session     (AtriumWorkspace    *self);
void                atrium_workspace_end_session_async   (AtriumWorkspace    *self,
                                                          GCancellable       *cancellable,
                                                          GAsyncReadyCallback callback,
                                                          gpointer            user_data);
gboolean            atrium_workspace_end_session_finish  (AtriumWorkspace    *self,
                                                          GAsyncResult       *result,
                                                          GError            **error);
/* Removes everything of this profile from this computer; no session may run. */
void                atrium_workspace_wipe_async          (AtriumWorkspace    *self,
                                                          GCancellable       *cancellable,
                                                          GAsyncReadyCallback callback,
                                                          gpointer            user_data);
gboolean            atrium_workspace_wipe_finish         (AtriumWorkspace    *self,
                                                          GAsyncResult       *result,
                                                          GError            **error);
gboolean            atrium_workspace_is_online_elsewhere (AtriumWorkspace    *self);
void                atrium_workspace_emit_notification   (AtriumWorkspace    *self,
                                                          AtriumNotification *notification);
void                atrium_workspace_withdraw_notification (AtriumWorkspace  *self,
                                                          const char         *id);

G_END_DECLS
