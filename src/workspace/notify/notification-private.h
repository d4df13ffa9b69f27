/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "workspace/notify/notification.h"

G_BEGIN_DECLS

AtriumNotification *atrium_notification_new (void) G_GNUC_WARN_UNUSED_RESULT;

/* Each copies or references its value and notifies only when it is a new one. */
void atrium_notification_set_id (AtriumNotification *self, const char *value);
void atrium_notification_set_conversation (AtriumNotification *self, const char *value);
void atrium_notification_set_message_id (AtriumNotification *self, gint64 value);
void atrium_notification_set_title (AtriumNotification *self, const char *value);
void atrium_notification_set_body (AtriumNotification *self, const char *value);
void atrium_notification_set_author (AtriumNotification *self, const char *value);
void atrium_notification_set_count (AtriumNotification *self, guint value);
void atrium_notification_set_priority (AtriumNotification *self, AtriumPriority value);
void atrium_notification_set_time (AtriumNotification *self, gint64 value);

G_END_DECLS
