/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "workspace/types.h"

G_BEGIN_DECLS

/**
 * AtriumNotification:
 *
 * Something to tell the user about. One a conversation: a later one with the same id replaces it.
 *
 * Properties, all read-only from outside and notified when they change:
 *
 * - `id`: stable: the conversation's address with a prefix
 * - `conversation`: address of the conversation
 * - `message-id`: row to open at
 * - `title`: plain text: person or room
 * - `body`: plain text; not cut by the preview setting, that is the app's choice
 * - `author`: who wrote it (nullable)
 * - `count`: messages it stands for
 * - `priority`: how loud
 * - `time`: µs since the epoch
 */
#define ATRIUM_TYPE_NOTIFICATION (atrium_notification_get_type ())
G_DECLARE_FINAL_TYPE (AtriumNotification, atrium_notification, ATRIUM, NOTIFICATION, GObject)

const char    *atrium_notification_get_id           (AtriumNotification *self);
const char    *atrium_notification_get_conversation (AtriumNotification *self);
gint64         atrium_notification_get_message_id   (AtriumNotification *self);
const char    *atrium_notification_get_title        (AtriumNotification *self);
const char    *atrium_notification_get_body         (AtriumNotification *self);
const char    *atrium_notification_get_author       (AtriumNotification *self);
guint          atrium_notification_get_count        (AtriumNotification *self);
AtriumPriority atrium_notification_get_priority     (AtriumNotification *self);
gint64         atrium_notification_get_time         (AtriumNotification *self);

G_END_DECLS
