/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "workspace/account/account.h"
#include "workspace/chat/conversation.h"
#include "workspace/notify/notification.h"
#include "workspace/outbox/outbox.h"
#include "workspace/people/directory.h"
#include "workspace/types.h"

G_BEGIN_DECLS

/**
 * AtriumWorkspace:
 *
 * One profile: account, people, conversations, outbox and jobs over one local database. The database is the truth;
 * the network only changes it. Everything here lives in the thread-default main context it was made in, and nothing
 * blocks it.
 *
 * Several programs may have the same profile open. One of them holds the connection lock and is online; the others
 * write into the database and its outbox, wake that one, and follow every change it makes.
 *
 * Properties (notified): `unread` and `mentions` (guint, over all conversations that are not muted or archived),
 * `online-here` (gboolean: this program holds the connection lock), `opened`.
 *
 * Signals:
 * - `notification` (AtriumNotification): tell the user; replaces an earlier one with the same id
 * - `notification-withdrawn` (char *id): read here or on another device
 * - `rejected` (char *reason, guint count): something was refused; reason is a stable code, never the content
 * - `message-added` (AtriumMessage): a message came into the database, ours or theirs, live or from the archive
 * - `message-changed` (AtriumMessage): state, edit, retraction, reaction, …
 */
#define ATRIUM_TYPE_WORKSPACE (atrium_workspace_get_type ())
G_DECLARE_FINAL_TYPE (AtriumWorkspace, atrium_workspace, ATRIUM, WORKSPACE, GObject)

/**
 * atrium_workspace_new:
 * @data_dir: folder of the profile; made 0700 when absent
 * @cache_dir: folder for what can be fetched again
 * @settings: (nullable): settings of org.atriumworkspace.Atrium; NULL: the built-in defaults
 */
AtriumWorkspace   *atrium_workspace_new               (const char          *data_dir,
                                                       const char          *cache_dir,
                                                       GSettings           *settings) G_GNUC_WARN_UNUSED_RESULT;

/* The folders of a profile: @profile NULL is the default one. XDG data and cache folders under the application id. */
char              *atrium_workspace_dup_data_dir      (const char          *profile) G_GNUC_WARN_UNUSED_RESULT;
char              *atrium_workspace_dup_cache_dir     (const char          *profile) G_GNUC_WARN_UNUSED_RESULT;

/* Whether this program wants to be online (default TRUE). FALSE before opening: a short-lived program that only reads or
 * writes the database. */
void               atrium_workspace_set_wants_connection (AtriumWorkspace  *self,
                                                       gboolean             wanted);

/* Opens the database and loads conversations, people, outbox and account. It does not wait for a network; the account
 * connects by itself afterwards unless the user works offline. */
void atrium_workspace_open_async (AtriumWorkspace    *self,
                                  GCancellable       *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer            user_data);
gboolean atrium_workspace_open_finish (AtriumWorkspace *self,
                                       GAsyncResult    *result,
                                       GError         **error);

/* Writes what waits, leaves the session resumable, lets the lock go. */
void atrium_workspace_close_async (AtriumWorkspace    *self,
                                   GCancellable       *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer            user_data);
gboolean atrium_workspace_close_finish (AtriumWorkspace *self,
                                        GAsyncResult    *result,
                                        GError         **error);

/* Borrowed, the same for the life of the workspace. */
AtriumAccount     *atrium_workspace_get_account       (AtriumWorkspace     *self);
AtriumDirectory   *atrium_workspace_get_directory     (AtriumWorkspace     *self);
AtriumOutbox      *atrium_workspace_get_outbox        (AtriumWorkspace     *self);
GListModel        *atrium_workspace_get_conversations (AtriumWorkspace     *self);  /* AtriumConversation: pinned, then newest */
GListModel        *atrium_workspace_get_jobs          (AtriumWorkspace     *self);  /* AtriumJob */
GSettings         *atrium_workspace_get_settings      (AtriumWorkspace     *self);  /* (nullable) */
const char        *atrium_workspace_get_data_dir      (AtriumWorkspace     *self);
guint              atrium_workspace_get_unread        (AtriumWorkspace     *self);
guint              atrium_workspace_get_mentions      (AtriumWorkspace     *self);
gboolean           atrium_workspace_get_online_here   (AtriumWorkspace     *self);

/* The conversation with @address if there is one. */
AtriumConversation *atrium_workspace_dup_conversation (AtriumWorkspace     *self,
                                                       const char          *address) G_GNUC_WARN_UNUSED_RESULT;

/* What is on the screen: the conversation counts as read while it is visible at its newest message and the window is
 * active, and gives no notification. @conversation (nullable). */
void               atrium_workspace_set_active        (AtriumWorkspace     *self,
                                                       AtriumConversation  *conversation,
                                                       gboolean             window_active);

/* The conversation with a person; made when there is none. Errors: INVALID address. */
void atrium_workspace_open_person_async (AtriumWorkspace    *self,
                                         const char         *address,
                                         GCancellable       *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer            user_data);
AtriumConversation *atrium_workspace_open_person_finish (AtriumWorkspace *self,
                                                         GAsyncResult    *result,
                                                         GError         **error) G_GNUC_WARN_UNUSED_RESULT;

/* A new room named @name with @members (bare addresses, nullable) invited. Needs the server. */
void atrium_workspace_create_room_async (AtriumWorkspace    *self,
                                         const char         *name,
                                         AtriumRoomFlags     flags,
                                         const char * const *members,
                                         GCancellable       *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer            user_data);
AtriumConversation *atrium_workspace_create_room_finish (AtriumWorkspace *self,
                                                         GAsyncResult    *result,
                                                         GError         **error) G_GNUC_WARN_UNUSED_RESULT;

/* Enters a room and keeps it (bookmark). @nick NULL: the usual one. */
void atrium_workspace_join_room_async (AtriumWorkspace    *self,
                                       const char         *address,
                                       const char         *nick,
                                       GCancellable       *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer            user_data);
AtriumConversation *atrium_workspace_join_room_finish (AtriumWorkspace *self,
                                                       GAsyncResult    *result,
                                                       GError         **error) G_GNUC_WARN_UNUSED_RESULT;

/* Rooms of the own server that can be found: AtriumSearchHit of kind ROOM. Needs the server. */
void atrium_workspace_list_rooms_async (AtriumWorkspace    *self,
                                        GCancellable       *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer            user_data);
GListModel *atrium_workspace_list_rooms_finish (AtriumWorkspace *self,
                                                GAsyncResult    *result,
                                                GError         **error) G_GNUC_WARN_UNUSED_RESULT;

/* The newest @limit hits for @query (words; from:, in:, has:, before:, after: filter messages). Messages newest first, after
 * people and rooms. @limit 0: 50. */
void atrium_workspace_search_async (AtriumWorkspace    *self,
                                    const char         *query,
                                    AtriumSearchFlags   flags,
                                    guint               limit,
                                    GCancellable       *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer            user_data);
GListModel *atrium_workspace_search_finish (AtriumWorkspace *self,
                                            GAsyncResult    *result,
                                            GError         **error) G_GNUC_WARN_UNUSED_RESULT;

/* One message by its row. Errors: NOT_FOUND. */
void atrium_workspace_load_message_async (AtriumWorkspace    *self,
                                          gint64              id,
                                          GCancellable       *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer            user_data);
AtriumMessage *atrium_workspace_load_message_finish (AtriumWorkspace *self,
                                                     GAsyncResult    *result,
                                                     GError         **error) G_GNUC_WARN_UNUSED_RESULT;

/* The newest @limit messages older than row @before (0: the newest), oldest first: AtriumMessage. */
void atrium_workspace_load_messages_async (AtriumWorkspace    *self,
                                           const char         *address,
                                           gint64              before,
                                           guint               limit,
                                           GCancellable       *cancellable,
                                           GAsyncReadyCallback callback,
                                           gpointer            user_data);
GListModel *atrium_workspace_load_messages_finish (AtriumWorkspace *self,
                                                   GAsyncResult    *result,
                                                   GError         **error) G_GNUC_WARN_UNUSED_RESULT;

/* Sends what waits and fetches what is new; finishes when both are settled. Errors: OFFLINE when no connection can be had. */
void atrium_workspace_sync_async (AtriumWorkspace    *self,
                                  GCancellable       *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer            user_data);
gboolean atrium_workspace_sync_finish (AtriumWorkspace *self,
                                       GAsyncResult    *result,
                                       GError         **error);

/* Counts of refused input by reason since the start: reason → count as a{su}. */
GVariant          *atrium_workspace_dup_rejections    (AtriumWorkspace     *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
