/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium"

#include "config.h"

#include "workspace/notify/notification-private.h"

#include "workspace/enum-types.h"

struct _AtriumNotification
{
  GObject parent_instance;

  char *id;
  char *conversation;
  char *title;
  char *body;
  char *author;
  gint64 message_id;
  guint count;
  AtriumPriority priority;
  gint64 time;
};

enum
{
  PROP_0,
  PROP_ID,
  PROP_CONVERSATION,
  PROP_MESSAGE_ID,
  PROP_TITLE,
  PROP_BODY,
  PROP_AUTHOR,
  PROP_COUNT,
  PROP_PRIORITY,
  PROP_TIME,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (AtriumNotification, atrium_notification, G_TYPE_OBJECT)

static void
atrium_notification_get_property (GObject    *object,
                                  guint       prop_id,
                                  GValue     *value,
                                  GParamSpec *pspec)
{
  AtriumNotification *self = ATRIUM_NOTIFICATION (object);

  switch (prop_id)
    {
    case PROP_ID:
      g_value_set_string (value, self->id);
      break;
    case PROP_CONVERSATION:
      g_value_set_string (value, self->conversation);
      break;
    case PROP_MESSAGE_ID:
      g_value_set_int64 (value, self->message_id);
      break;
    case PROP_TITLE:
      g_value_set_string (value, self->title);
      break;
    case PROP_BODY:
      g_value_set_string (value, self->body);
      break;
    case PROP_AUTHOR:
      g_value_set_string (value, self->author);
      break;
    case PROP_COUNT:
      g_value_set_uint (value, self->count);
      break;
    case PROP_PRIORITY:
      g_value_set_enum (value, self->priority);
      break;
    case PROP_TIME:
      g_value_set_int64 (value, self->time);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
atrium_notification_finalize (GObject *object)
{
  AtriumNotification *self = ATRIUM_NOTIFICATION (object);

  g_clear_pointer (&self->id, g_free);
  g_clear_pointer (&self->conversation, g_free);
  g_clear_pointer (&self->title, g_free);
  g_clear_pointer (&self->body, g_free);
  g_clear_pointer (&self->author, g_free);

  G_OBJECT_CLASS (atrium_notification_parent_class)->finalize (object);
}

static void
atrium_notification_class_init (AtriumNotificationClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = atrium_notification_get_property;
  object_class->finalize = atrium_notification_finalize;

  properties[PROP_ID] =
    g_param_spec_string ("id", NULL, NULL, NULL, flags);
  properties[PROP_CONVERSATION] =
    g_param_spec_string ("conversation", NULL, NULL, NULL, flags);
  properties[PROP_MESSAGE_ID] =
    g_param_spec_int64 ("message-id", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  properties[PROP_TITLE] =
    g_param_spec_string ("title", NULL, NULL, NULL, flags);
  properties[PROP_BODY] =
    g_param_spec_string ("body", NULL, NULL, NULL, flags);
  properties[PROP_AUTHOR] =
    g_param_spec_string ("author", NULL, NULL, NULL, flags);
  properties[PROP_COUNT] =
    g_param_spec_uint ("count", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_PRIORITY] =
    g_param_spec_enum ("priority", NULL, NULL, ATRIUM_TYPE_PRIORITY, 0, flags);
  properties[PROP_TIME] =
    g_param_spec_int64 ("time", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
atrium_notification_init (AtriumNotification *self)
{
}

AtriumNotification *
atrium_notification_new (void)
{
  return g_object_new (ATRIUM_TYPE_NOTIFICATION, NULL);
}

const char *
atrium_notification_get_id (AtriumNotification *self)
{
  g_return_val_if_fail (ATRIUM_IS_NOTIFICATION (self), NULL);

  return self->id;
}

void
atrium_notification_set_id (AtriumNotification *self,
                            const char *value)
{
  g_return_if_fail (ATRIUM_IS_NOTIFICATION (self));

  if (g_strcmp0 (self->id, value) == 0)
    return;

  g_free (self->id);
  self->id = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ID]);
}

const char *
atrium_notification_get_conversation (AtriumNotification *self)
{
  g_return_val_if_fail (ATRIUM_IS_NOTIFICATION (self), NULL);

  return self->conversation;
}

void
atrium_notification_set_conversation (AtriumNotification *self,
                                      const char *value)
{
  g_return_if_fail (ATRIUM_IS_NOTIFICATION (self));

  if (g_strcmp0 (self->conversation, value) == 0)
    return;

  g_free (self->conversation);
  self->conversation = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CONVERSATION]);
}

gint64
atrium_notification_get_message_id (AtriumNotification *self)
{
  g_return_val_if_fail (ATRIUM_IS_NOTIFICATION (self), 0);

  return self->message_id;
}

void
atrium_notification_set_message_id (AtriumNotification *self,
                                    gint64 value)
{
  g_return_if_fail (ATRIUM_IS_NOTIFICATION (self));

  if (self->message_id == value)
    return;

  self->message_id = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MESSAGE_ID]);
}

const char *
atrium_notification_get_title (AtriumNotification *self)
{
  g_return_val_if_fail (ATRIUM_IS_NOTIFICATION (self), NULL);

  return self->title;
}

void
atrium_notification_set_title (AtriumNotification *self,
                               const char *value)
{
  g_return_if_fail (ATRIUM_IS_NOTIFICATION (self));

  if (g_strcmp0 (self->title, value) == 0)
    return;

  g_free (self->title);
  self->title = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TITLE]);
}

const char *
atrium_notification_get_body (AtriumNotification *self)
{
  g_return_val_if_fail (ATRIUM_IS_NOTIFICATION (self), NULL);

  return self->body;
}

void
atrium_notification_set_body (AtriumNotification *self,
                              const char *value)
{
  g_return_if_fail (ATRIUM_IS_NOTIFICATION (self));

  if (g_strcmp0 (self->body, value) == 0)
    return;

  g_free (self->body);
  self->body = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BODY]);
}

const char *
atrium_notification_get_author (AtriumNotification *self)
{
  g_return_val_if_fail (ATRIUM_IS_NOTIFICATION (self), NULL);

  return self->author;
}

void
atrium_notification_set_author (AtriumNotification *self,
                                const char *value)
{
  g_return_if_fail (ATRIUM_IS_NOTIFICATION (self));

  if (g_strcmp0 (self->author, value) == 0)
    return;

  g_free (self->author);
  self->author = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_AUTHOR]);
}

guint
atrium_notification_get_count (AtriumNotification *self)
{
  g_return_val_if_fail (ATRIUM_IS_NOTIFICATION (self), 0);

  return self->count;
}

void
atrium_notification_set_count (AtriumNotification *self,
                               guint value)
{
  g_return_if_fail (ATRIUM_IS_NOTIFICATION (self));

  if (self->count == value)
    return;

  self->count = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_COUNT]);
}

AtriumPriority
atrium_notification_get_priority (AtriumNotification *self)
{
  g_return_val_if_fail (ATRIUM_IS_NOTIFICATION (self), 0);

  return self->priority;
}

void
atrium_notification_set_priority (AtriumNotification *self,
                                  AtriumPriority value)
{
  g_return_if_fail (ATRIUM_IS_NOTIFICATION (self));

  if (self->priority == value)
    return;

  self->priority = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PRIORITY]);
}

gint64
atrium_notification_get_time (AtriumNotification *self)
{
  g_return_val_if_fail (ATRIUM_IS_NOTIFICATION (self), 0);

  return self->time;
}

void
atrium_notification_set_time (AtriumNotification *self,
                              gint64 value)
{
  g_return_if_fail (ATRIUM_IS_NOTIFICATION (self));

  if (self->time == value)
    return;

  self->time = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TIME]);
}
