/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "workspace/chat/message.h"

G_BEGIN_DECLS

/**
 * AtriumTimeline:
 *
 * A #GListModel of #AtriumMessage, oldest first: a window on the database that grows at both ends in pages of 50. Prepends
 * and appends come with exact items-changed, so that a view can keep its place. Opening a conversation costs one page,
 * whatever its length.
 *
 * Properties (notified): `at-start` (the oldest message on this computer is in the window, and the server has no older ones),
 * `at-end` (the newest message is in the window; new ones are appended by themselves), `loading`,
 * `first-unread-position` (position of the first unread message when the conversation was opened, G_MAXUINT none),
 * `newer-unread` (unread messages below the window), `older-on-server` (the window begins where our copy of the history does).
 */
#define ATRIUM_TYPE_TIMELINE (atrium_timeline_get_type ())
G_DECLARE_FINAL_TYPE (AtriumTimeline, atrium_timeline, ATRIUM, TIMELINE, GObject)

typedef enum
{
  ATRIUM_JUMP_MESSAGE,        /* value: row of the message */
  ATRIUM_JUMP_FIRST_UNREAD,   /* value: ignored; the newest when nothing is unread */
  ATRIUM_JUMP_DATE,           /* value: µs since the epoch; the first message at or after it */
  ATRIUM_JUMP_NEWEST,         /* value: ignored */
} AtriumJump;

gboolean atrium_timeline_get_at_start              (AtriumTimeline *self);
gboolean atrium_timeline_get_at_end                (AtriumTimeline *self);
gboolean atrium_timeline_get_loading               (AtriumTimeline *self);
gboolean atrium_timeline_get_older_on_server       (AtriumTimeline *self);
guint    atrium_timeline_get_first_unread_position (AtriumTimeline *self);
/* Position of a message inside the window; FALSE when it is outside. */
gboolean atrium_timeline_find                      (AtriumTimeline *self,
                                                    gint64          id,
                                                    guint          *out_position);

/* One page more at an end: from the database, and from the server's archive where the database has none. Finishes with TRUE
 * also when there was nothing more. A load that is under way already is joined. */
void atrium_timeline_load_older_async (AtriumTimeline     *self,
                                       GCancellable       *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer            user_data);
gboolean atrium_timeline_load_older_finish (AtriumTimeline *self,
                                            GAsyncResult   *result,
                                            GError        **error);
void atrium_timeline_load_newer_async (AtriumTimeline     *self,
                                       GCancellable       *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer            user_data);
gboolean atrium_timeline_load_newer_finish (AtriumTimeline *self,
                                            GAsyncResult   *result,
                                            GError        **error);

/* Makes the window stand around another place. Finishes with the position of the message in the window (the window may be new:
 * items-changed over all of it). Errors: NOT_FOUND. */
void atrium_timeline_jump_to_async (AtriumTimeline     *self,
                                    AtriumJump          jump,
                                    gint64              value,
                                    GCancellable       *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer            user_data);
gboolean atrium_timeline_jump_to_finish (AtriumTimeline *self,
                                         GAsyncResult   *result,
                                         guint          *out_position,
                                         GError        **error);

/* Forgets the “New messages” line. */
void     atrium_timeline_clear_first_unread        (AtriumTimeline *self);

G_END_DECLS
