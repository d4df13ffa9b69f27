/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "workspace/chat/message.h"
#include "workspace/chat/timeline.h"
#include "workspace/people/person.h"
#include "workspace/types.h"

G_BEGIN_DECLS

/**
 * AtriumConversation:
 *
 * What we say with one person or in one room. Every verb that writes finishes when the write is safe on this disk; the
 * outbox brings it to the server. Their errors are #AtriumError: INVALID, TOO_LARGE, STORAGE, NOT_FOUND, POLICY.
 *
 * Properties (all notified):
 *
 * - `address`, `kind`, `name` (never empty), `subtitle` (“12 people · 3 online”, or how the person is)
 * - `person`: AtriumPerson, NULL for rooms
 * - `last-text`, `last-author` (NULL for own), `last-own-state` (#AtriumMessageState as int; −1 when the last is not ours),
 *   `last-time` (µs since the epoch; 0 none): the newest message
 * - `unread`, `mentions`: counts; `marked-unread`: the user wants to come back to it
 * - `muted`, `muted-until` (µs since the epoch; G_MAXINT64 always; 0 not), `pinned`, `pin-order`, `archived`, `notify`
 * - `draft` (nullable), `draft-reply` (row of the message it answers; 0 none)
 * - `typing`: names of those who write now (GStrv, nullable)
 * - `hidden-history`: older messages are on the server
 * - rooms: `joined`, `join-problem` (nullable), `subject`, `own-role`, `own-affiliation`, `nick`, `private`, `n-members`, `n-present`
 * - `avatar` (GBytes) and `avatar-hash` (nullable)
 */
#define ATRIUM_TYPE_CONVERSATION (atrium_conversation_get_type ())
G_DECLARE_FINAL_TYPE (AtriumConversation, atrium_conversation, ATRIUM, CONVERSATION, GObject)

const char             *atrium_conversation_get_address         (AtriumConversation *self);
AtriumConversationKind  atrium_conversation_get_kind            (AtriumConversation *self);
const char             *atrium_conversation_get_name            (AtriumConversation *self);
const char             *atrium_conversation_get_subtitle        (AtriumConversation *self);
AtriumPerson           *atrium_conversation_get_person          (AtriumConversation *self);
const char             *atrium_conversation_get_last_text       (AtriumConversation *self);
const char             *atrium_conversation_get_last_author     (AtriumConversation *self);
int                     atrium_conversation_get_last_own_state  (AtriumConversation *self);
gint64                  atrium_conversation_get_last_time       (AtriumConversation *self);
guint                   atrium_conversation_get_unread          (AtriumConversation *self);
guint                   atrium_conversation_get_mentions        (AtriumConversation *self);
gboolean                atrium_conversation_get_marked_unread   (AtriumConversation *self);
gboolean                atrium_conversation_get_muted           (AtriumConversation *self);
gint64                  atrium_conversation_get_muted_until     (AtriumConversation *self);
gboolean                atrium_conversation_get_pinned          (AtriumConversation *self);
int                     atrium_conversation_get_pin_order       (AtriumConversation *self);
gboolean                atrium_conversation_get_archived        (AtriumConversation *self);
AtriumNotify            atrium_conversation_get_notify          (AtriumConversation *self);
const char             *atrium_conversation_get_draft           (AtriumConversation *self);
gint64                  atrium_conversation_get_draft_reply     (AtriumConversation *self);
const char * const     *atrium_conversation_get_typing          (AtriumConversation *self);
gboolean                atrium_conversation_get_hidden_history  (AtriumConversation *self);
gboolean                atrium_conversation_get_joined          (AtriumConversation *self);
const char             *atrium_conversation_get_join_problem    (AtriumConversation *self);
const char             *atrium_conversation_get_subject         (AtriumConversation *self);
AtriumRole              atrium_conversation_get_own_role        (AtriumConversation *self);
AtriumAffiliation       atrium_conversation_get_own_affiliation (AtriumConversation *self);
const char             *atrium_conversation_get_nick            (AtriumConversation *self);
gboolean                atrium_conversation_get_private         (AtriumConversation *self);
guint                   atrium_conversation_get_n_members       (AtriumConversation *self);
guint                   atrium_conversation_get_n_present       (AtriumConversation *self);
GBytes                 *atrium_conversation_dup_avatar          (AtriumConversation *self);   /* (nullable) */

/* The timeline, with its first page (around the first unread message, else the newest) loaded or loading. It lives while
 * somebody holds it; everybody gets the same one. */
AtriumTimeline         *atrium_conversation_dup_timeline        (AtriumConversation *self) G_GNUC_WARN_UNUSED_RESULT;
/* Borrowed: AtriumMember, present first, by affiliation and name. */
GListModel             *atrium_conversation_get_members         (AtriumConversation *self);

/**
 * atrium_conversation_send_async:
 * @text: what to say; ≤ 64 kB
 * @reply_to: (nullable): the message it answers, of this conversation
 * @mentions: (nullable) (element-type AtriumSpan): people named in @text: MENTION spans, value = address
 * @flags: how
 *
 * Finishes with the message once its row and its outbox entry are committed and flushed to disk.
 */
void atrium_conversation_send_async (AtriumConversation *self,
                                     const char         *text,
                                     AtriumMessage      *reply_to,
                                     GPtrArray          *mentions,
                                     AtriumSendFlags     flags,
                                     GCancellable       *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer            user_data);
AtriumMessage *atrium_conversation_send_finish (AtriumConversation *self,
                                                GAsyncResult       *result,
                                                GError            **error) G_GNUC_WARN_UNUSED_RESULT;

/* Copies @file into private storage, then the message waits for its upload. @text (nullable) goes along. */
void atrium_conversation_send_file_async (AtriumConversation *self,
                                          GFile              *file,
                                          const char         *text,
                                          AtriumMessage      *reply_to,
                                          GCancellable       *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer            user_data);
AtriumMessage *atrium_conversation_send_file_finish (AtriumConversation *self,
                                                     GAsyncResult       *result,
                                                     GError            **error) G_GNUC_WARN_UNUSED_RESULT;

/* @files: (element-type GFile): several files under one text, sent as one message. */
void atrium_conversation_send_files_async (AtriumConversation *self,
                                           GPtrArray          *files,
                                           const char         *text,
                                           AtriumMessage      *reply_to,
                                           GCancellable       *cancellable,
                                           GAsyncReadyCallback callback,
                                           gpointer            user_data);
AtriumMessage *atrium_conversation_send_files_finish (AtriumConversation *self,
                                                      GAsyncResult       *result,
                                                      GError            **error) G_GNUC_WARN_UNUSED_RESULT;

/* @file: Ogg Opus; @duration in ms; @waveform (nullable) one byte a bar. */
void atrium_conversation_send_voice_async (AtriumConversation *self,
                                           GFile              *file,
                                           gint64              duration,
                                           GBytes             *waveform,
                                           GCancellable       *cancellable,
                                           GAsyncReadyCallback callback,
                                           gpointer            user_data);
AtriumMessage *atrium_conversation_send_voice_finish (AtriumConversation *self,
                                                      GAsyncResult       *result,
                                                      GError            **error) G_GNUC_WARN_UNUSED_RESULT;

void atrium_conversation_edit_async (AtriumConversation *self,
                                     AtriumMessage      *message,
                                     const char         *text,
                                     GCancellable       *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer            user_data);
gboolean atrium_conversation_edit_finish (AtriumConversation *self,
                                          GAsyncResult       *result,
                                          GError            **error);

void atrium_conversation_retract_async (AtriumConversation *self,
                                        AtriumMessage      *message,
                                        GCancellable       *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer            user_data);
gboolean atrium_conversation_retract_finish (AtriumConversation *self,
                                             GAsyncResult       *result,
                                             GError            **error);

/* As a moderator of a room: removes anybody's message. @reason (nullable). Errors: UNSUPPORTED where the room cannot. */
void atrium_conversation_moderate_async (AtriumConversation *self,
                                         AtriumMessage      *message,
                                         const char         *reason,
                                         GCancellable       *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer            user_data);
gboolean atrium_conversation_moderate_finish (AtriumConversation *self,
                                              GAsyncResult       *result,
                                              GError            **error);

void atrium_conversation_react_async (AtriumConversation *self,
                                      AtriumMessage      *message,
                                      const char         *emoji,
                                      gboolean            on,
                                      GCancellable       *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer            user_data);
gboolean atrium_conversation_react_finish (AtriumConversation *self,
                                           GAsyncResult       *result,
                                           GError            **error);

void atrium_conversation_forward_async (AtriumConversation *self,
                                        AtriumMessage      *message,
                                        AtriumConversation *to,
                                        GCancellable       *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer            user_data);
AtriumMessage *atrium_conversation_forward_finish (AtriumConversation *self,
                                                   GAsyncResult       *result,
                                                   GError            **error) G_GNUC_WARN_UNUSED_RESULT;

/* Send again, or drop, a message that failed. */
void atrium_conversation_retry_async (AtriumConversation *self,
                                      AtriumMessage      *message,
                                      GCancellable       *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer            user_data);
gboolean atrium_conversation_retry_finish (AtriumConversation *self,
                                           GAsyncResult       *result,
                                           GError            **error);

void atrium_conversation_drop_async (AtriumConversation *self,
                                     AtriumMessage      *message,
                                     GCancellable       *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer            user_data);
gboolean atrium_conversation_drop_finish (AtriumConversation *self,
                                          GAsyncResult       *result,
                                          GError            **error);

/* Read up to the newest message we have; tells the sender (when allowed) and our other devices. The undo is mark_unread(). */
void                    atrium_conversation_mark_read           (AtriumConversation *self);
void                    atrium_conversation_mark_unread         (AtriumConversation *self);
void atrium_conversation_read_async (AtriumConversation *self,
                                     GCancellable       *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer            user_data);
gboolean atrium_conversation_read_finish (AtriumConversation *self,
                                          GAsyncResult       *result,
                                          GError            **error);

/* @text (nullable), @reply_to row or 0. Saved in the background, coalesced. */
void                    atrium_conversation_set_draft           (AtriumConversation *self,
                                                                 const char         *text,
                                                                 gint64              reply_to);
void                    atrium_conversation_set_typing          (AtriumConversation *self,
                                                                 gboolean            typing);
void                    atrium_conversation_set_pinned          (AtriumConversation *self,
                                                                 gboolean            pinned);
void                    atrium_conversation_set_pin_order       (AtriumConversation *self,
                                                                 int                 order);
void                    atrium_conversation_set_muted_until     (AtriumConversation *self,
                                                                 gint64              until);
void                    atrium_conversation_set_archived        (AtriumConversation *self,
                                                                 gboolean            archived);
void                    atrium_conversation_set_notify          (AtriumConversation *self,
                                                                 AtriumNotify        notify);

/* Hits of @query inside this conversation, newest first: AtriumSearchHit. */
void atrium_conversation_find_async (AtriumConversation *self,
                                     const char         *query,
                                     guint               limit,
                                     GCancellable       *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer            user_data);
GListModel *atrium_conversation_find_finish (AtriumConversation *self,
                                             GAsyncResult       *result,
                                             GError            **error) G_GNUC_WARN_UNUSED_RESULT;

/* Files of this conversation, newest first, at most @limit: AtriumFile. */
void atrium_conversation_list_files_async (AtriumConversation *self,
                                           guint               limit,
                                           GCancellable       *cancellable,
                                           GAsyncReadyCallback callback,
                                           gpointer            user_data);
GListModel *atrium_conversation_list_files_finish (AtriumConversation *self,
                                                   GAsyncResult       *result,
                                                   GError            **error) G_GNUC_WARN_UNUSED_RESULT;

/* Rooms. These need the server and finish with its answer. */
void atrium_conversation_join_async (AtriumConversation *self,
                                     GCancellable       *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer            user_data);
gboolean atrium_conversation_join_finish (AtriumConversation *self,
                                          GAsyncResult       *result,
                                          GError            **error);
/* Adds who is on the room's lists to its members. Somebody whom the room shows no list has only those who are present. */
void atrium_conversation_load_members_async (AtriumConversation *self,
                                             GCancellable       *cancellable,
                                             GAsyncReadyCallback callback,
                                             gpointer            user_data);
gboolean atrium_conversation_load_members_finish (AtriumConversation *self,
                                                  GAsyncResult       *result,
                                                  GError            **error);
void atrium_conversation_invite_async (AtriumConversation *self,
                                       const char * const *addresses,
                                       const char         *reason,
                                       GCancellable       *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer            user_data);
gboolean atrium_conversation_invite_finish (AtriumConversation *self,
                                            GAsyncResult       *result,
                                            GError            **error);
void atrium_conversation_set_affiliation_async (AtriumConversation *self,
                                                const char         *address,
                                                AtriumAffiliation   affiliation,
                                                const char         *reason,
                                                GCancellable       *cancellable,
                                                GAsyncReadyCallback callback,
                                                gpointer            user_data);
gboolean atrium_conversation_set_affiliation_finish (AtriumConversation *self,
                                                     GAsyncResult       *result,
                                                     GError            **error);
void atrium_conversation_set_role_async (AtriumConversation *self,
                                         const char         *nick,
                                         AtriumRole          role,
                                         const char         *reason,
                                         GCancellable       *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer            user_data);
gboolean atrium_conversation_set_role_finish (AtriumConversation *self,
                                              GAsyncResult       *result,
                                              GError            **error);
void atrium_conversation_set_subject_async (AtriumConversation *self,
                                            const char         *subject,
                                            GCancellable       *cancellable,
                                            GAsyncReadyCallback callback,
                                            gpointer            user_data);
gboolean atrium_conversation_set_subject_finish (AtriumConversation *self,
                                                 GAsyncResult       *result,
                                                 GError            **error);
void atrium_conversation_set_name_async (AtriumConversation *self,
                                         const char         *name,
                                         GCancellable       *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer            user_data);
gboolean atrium_conversation_set_name_finish (AtriumConversation *self,
                                              GAsyncResult       *result,
                                              GError            **error);
void atrium_conversation_get_config_async (AtriumConversation *self,
                                           GCancellable       *cancellable,
                                           GAsyncReadyCallback callback,
                                           gpointer            user_data);
AtriumRoomConfig *atrium_conversation_get_config_finish (AtriumConversation *self,
                                                         GAsyncResult       *result,
                                                         GError            **error) G_GNUC_WARN_UNUSED_RESULT;
void atrium_conversation_set_config_async (AtriumConversation     *self,
                                           const AtriumRoomConfig *config,
                                           GCancellable           *cancellable,
                                           GAsyncReadyCallback     callback,
                                           gpointer                user_data);
gboolean atrium_conversation_set_config_finish (AtriumConversation *self,
                                                GAsyncResult       *result,
                                                GError            **error);
void atrium_conversation_set_nick_async (AtriumConversation *self,
                                         const char         *nick,
                                         GCancellable       *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer            user_data);
gboolean atrium_conversation_set_nick_finish (AtriumConversation *self,
                                              GAsyncResult       *result,
                                              GError            **error);
/* Leaves for good (bookmark removed); the history stays here, archived. Works offline. */
void atrium_conversation_leave_async (AtriumConversation *self,
                                      GCancellable       *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer            user_data);
gboolean atrium_conversation_leave_finish (AtriumConversation *self,
                                           GAsyncResult       *result,
                                           GError            **error);
void atrium_conversation_destroy_async (AtriumConversation *self,
                                        const char         *reason,
                                        GCancellable       *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer            user_data);
gboolean atrium_conversation_destroy_finish (AtriumConversation *self,
                                             GAsyncResult       *result,
                                             GError            **error);

/* Removes the conversation and its messages from this computer (they stay on the server). */
void atrium_conversation_remove_async (AtriumConversation *self,
                                       GCancellable       *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer            user_data);
gboolean atrium_conversation_remove_finish (AtriumConversation *self,
                                            GAsyncResult       *result,
                                            GError            **error);

G_END_DECLS
