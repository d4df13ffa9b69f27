/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "workspace/sync/inbox.h"

G_BEGIN_DECLS

/**
 * AtriumHistory:
 *
 * Brings what the archives (XEP-0313) have and this computer has not: after signing in the newest page first, so that
 * the list is right at once, then page by page back to what is known; on the first sign-in the newest messages of the
 * first 20 chats; more when somebody scrolls up.
 *
 * Signal ::settled (): own archive and those of the rooms are caught up.
 */
#define ATRIUM_TYPE_HISTORY (atrium_history_get_type ())
G_DECLARE_FINAL_TYPE (AtriumHistory, atrium_history, ATRIUM, HISTORY, GObject)

AtriumHistory *atrium_history_new                (AtriumWorkspace     *workspace,
                                                  XmppArchive         *archive,
                                                  AtriumInbox         *inbox) G_GNUC_WARN_UNUSED_RESULT;
void           atrium_history_detach             (AtriumHistory       *self);
void           atrium_history_note_session       (AtriumHistory       *self,
                                                  gboolean             resumed);
/* The session is ready: catch up unless it was resumed. */
void           atrium_history_begin              (AtriumHistory       *self);
/* A room was entered. */
void           atrium_history_begin_room         (AtriumHistory       *self,
                                                  const char          *room);
void           atrium_history_end_room           (AtriumHistory       *self,
                                                  const char          *room);
/* Emits ::settled when nothing is left to fetch; called by those it waits for. */
void           atrium_history_check              (AtriumHistory       *self);
gboolean       atrium_history_is_busy            (AtriumHistory       *self);
/* Read on another device, up to the message with that archive id (XEP-0490). */
void           atrium_history_apply_displayed    (AtriumHistory       *self,
                                                  const char          *chat,
                                                  const char          *archive_id);
gboolean       atrium_history_can_fetch          (AtriumHistory       *self,
                                                  AtriumConversation  *conversation);
/* One page of what the server has before our oldest part of the conversation. */
void           atrium_history_fetch_older_async  (AtriumHistory       *self,
                                                  AtriumConversation  *conversation,
                                                  GCancellable        *cancellable,
                                                  GAsyncReadyCallback  callback,
                                                  gpointer             user_data);
gboolean       atrium_history_fetch_older_finish (AtriumHistory       *self,
                                                  GAsyncResult        *result,
                                                  GError             **error);

G_END_DECLS
