/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium"

#include "config.h"

#include "workspace/chat/message-private.h"

#include "workspace/chat/file.h"
#include "workspace/chat/reaction.h"
#include "workspace/enum-types.h"
#include "xmpp/links.h"
#include "xmpp/styling.h"

#include <string.h>

struct _AtriumMessage
{
  GObject parent_instance;

  gint64 conversation_id;     /* row */
  gint64 order_key;           /* place in the conversation */
  char *message_id;           /* what edits name */
  GPtrArray *mentions;        /* (element-type AtriumSpan) (nullable) */
  gboolean unstyled;          /* XEP-0393 §6 */

  char *conversation_address;
  char *origin_id;
  char *archive_id;
  char *author_address;
  char *author_name;
  AtriumPerson *author;
  char *nick;
  char *body;
  char *error;
  char **read_by;
  char *retracted_by;
  char *retract_reason;
  char *reply_author;
  char *reply_preview;
  GListModel *reactions;
  GListModel *files;
  char *forwarded_from;
  gint64 id;
  gboolean own;
  gint64 time;
  AtriumMessageState state;
  gboolean edited;
  gboolean retracted;
  gint64 reply_id;
  gboolean mentions_me;
  gboolean system;
  gboolean starts_group;
  gboolean starts_day;
  gboolean first_unread;
};

enum
{
  PROP_0,
  PROP_ID,
  PROP_CONVERSATION_ADDRESS,
  PROP_ORIGIN_ID,
  PROP_ARCHIVE_ID,
  PROP_AUTHOR_ADDRESS,
  PROP_AUTHOR_NAME,
  PROP_AUTHOR,
  PROP_NICK,
  PROP_OWN,
  PROP_BODY,
  PROP_TIME,
  PROP_STATE,
  PROP_ERROR,
  PROP_READ_BY,
  PROP_EDITED,
  PROP_RETRACTED,
  PROP_RETRACTED_BY,
  PROP_RETRACT_REASON,
  PROP_REPLY_ID,
  PROP_REPLY_AUTHOR,
  PROP_REPLY_PREVIEW,
  PROP_MENTIONS_ME,
  PROP_REACTIONS,
  PROP_FILES,
  PROP_FORWARDED_FROM,
  PROP_SYSTEM,
  PROP_STARTS_GROUP,
  PROP_STARTS_DAY,
  PROP_FIRST_UNREAD,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (AtriumMessage, atrium_message, G_TYPE_OBJECT)

static void
atrium_message_get_property (GObject    *object,
                             guint       prop_id,
                             GValue     *value,
                             GParamSpec *pspec)
{
  AtriumMessage *self = ATRIUM_MESSAGE (object);

  switch (prop_id)
    {
    case PROP_ID:
      g_value_set_int64 (value, self->id);
      break;
    case PROP_CONVERSATION_ADDRESS:
      g_value_set_string (value, self->conversation_address);
      break;
    case PROP_ORIGIN_ID:
      g_value_set_string (value, self->origin_id);
      break;
    case PROP_ARCHIVE_ID:
      g_value_set_string (value, self->archive_id);
      break;
    case PROP_AUTHOR_ADDRESS:
      g_value_set_string (value, self->author_address);
      break;
    case PROP_AUTHOR_NAME:
      g_value_set_string (value, self->author_name);
      break;
    case PROP_AUTHOR:
      g_value_set_object (value, self->author);
      break;
    case PROP_NICK:
      g_value_set_string (value, self->nick);
      break;
    case PROP_OWN:
      g_value_set_boolean (value, self->own);
      break;
    case PROP_BODY:
      g_value_set_string (value, self->body);
      break;
    case PROP_TIME:
      g_value_set_int64 (value, self->time);
      break;
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    case PROP_ERROR:
      g_value_set_string (value, self->error);
      break;
    case PROP_READ_BY:
      g_value_set_boxed (value, self->read_by);
      break;
    case PROP_EDITED:
      g_value_set_boolean (value, self->edited);
      break;
    case PROP_RETRACTED:
      g_value_set_boolean (value, self->retracted);
      break;
    case PROP_RETRACTED_BY:
      g_value_set_string (value, self->retracted_by);
      break;
    case PROP_RETRACT_REASON:
      g_value_set_string (value, self->retract_reason);
      break;
    case PROP_REPLY_ID:
      g_value_set_int64 (value, self->reply_id);
      break;
    case PROP_REPLY_AUTHOR:
      g_value_set_string (value, self->reply_author);
      break;
    case PROP_REPLY_PREVIEW:
      g_value_set_string (value, self->reply_preview);
      break;
    case PROP_MENTIONS_ME:
      g_value_set_boolean (value, self->mentions_me);
      break;
    case PROP_REACTIONS:
      g_value_set_object (value, self->reactions);
      break;
    case PROP_FILES:
      g_value_set_object (value, self->files);
      break;
    case PROP_FORWARDED_FROM:
      g_value_set_string (value, self->forwarded_from);
      break;
    case PROP_SYSTEM:
      g_value_set_boolean (value, self->system);
      break;
    case PROP_STARTS_GROUP:
      g_value_set_boolean (value, self->starts_group);
      break;
    case PROP_STARTS_DAY:
      g_value_set_boolean (value, self->starts_day);
      break;
    case PROP_FIRST_UNREAD:
      g_value_set_boolean (value, self->first_unread);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
atrium_message_finalize (GObject *object)
{
  AtriumMessage *self = ATRIUM_MESSAGE (object);

  g_clear_pointer (&self->message_id, g_free);
  g_clear_pointer (&self->mentions, g_ptr_array_unref);
  g_clear_pointer (&self->conversation_address, g_free);
  g_clear_pointer (&self->origin_id, g_free);
  g_clear_pointer (&self->archive_id, g_free);
  g_clear_pointer (&self->author_address, g_free);
  g_clear_pointer (&self->author_name, g_free);
  g_clear_object (&self->author);
  g_clear_pointer (&self->nick, g_free);
  g_clear_pointer (&self->body, g_free);
  g_clear_pointer (&self->error, g_free);
  g_clear_pointer (&self->read_by, g_strfreev);
  g_clear_pointer (&self->retracted_by, g_free);
  g_clear_pointer (&self->retract_reason, g_free);
  g_clear_pointer (&self->reply_author, g_free);
  g_clear_pointer (&self->reply_preview, g_free);
  g_clear_object (&self->reactions);
  g_clear_object (&self->files);
  g_clear_pointer (&self->forwarded_from, g_free);

  G_OBJECT_CLASS (atrium_message_parent_class)->finalize (object);
}

static void
atrium_message_class_init (AtriumMessageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = atrium_message_get_property;
  object_class->finalize = atrium_message_finalize;

  properties[PROP_ID] =
    g_param_spec_int64 ("id", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  properties[PROP_CONVERSATION_ADDRESS] =
    g_param_spec_string ("conversation-address", NULL, NULL, NULL, flags);
  properties[PROP_ORIGIN_ID] =
    g_param_spec_string ("origin-id", NULL, NULL, NULL, flags);
  properties[PROP_ARCHIVE_ID] =
    g_param_spec_string ("archive-id", NULL, NULL, NULL, flags);
  properties[PROP_AUTHOR_ADDRESS] =
    g_param_spec_string ("author-address", NULL, NULL, NULL, flags);
  properties[PROP_AUTHOR_NAME] =
    g_param_spec_string ("author-name", NULL, NULL, NULL, flags);
  properties[PROP_AUTHOR] =
    g_param_spec_object ("author", NULL, NULL, ATRIUM_TYPE_PERSON, flags);
  properties[PROP_NICK] =
    g_param_spec_string ("nick", NULL, NULL, NULL, flags);
  properties[PROP_OWN] =
    g_param_spec_boolean ("own", NULL, NULL, FALSE, flags);
  properties[PROP_BODY] =
    g_param_spec_string ("body", NULL, NULL, NULL, flags);
  properties[PROP_TIME] =
    g_param_spec_int64 ("time", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  properties[PROP_STATE] =
    g_param_spec_enum ("state", NULL, NULL, ATRIUM_TYPE_MESSAGE_STATE, 0, flags);
  properties[PROP_ERROR] =
    g_param_spec_string ("error", NULL, NULL, NULL, flags);
  properties[PROP_READ_BY] =
    g_param_spec_boxed ("read-by", NULL, NULL, G_TYPE_STRV, flags);
  properties[PROP_EDITED] =
    g_param_spec_boolean ("edited", NULL, NULL, FALSE, flags);
  properties[PROP_RETRACTED] =
    g_param_spec_boolean ("retracted", NULL, NULL, FALSE, flags);
  properties[PROP_RETRACTED_BY] =
    g_param_spec_string ("retracted-by", NULL, NULL, NULL, flags);
  properties[PROP_RETRACT_REASON] =
    g_param_spec_string ("retract-reason", NULL, NULL, NULL, flags);
  properties[PROP_REPLY_ID] =
    g_param_spec_int64 ("reply-id", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  properties[PROP_REPLY_AUTHOR] =
    g_param_spec_string ("reply-author", NULL, NULL, NULL, flags);
  properties[PROP_REPLY_PREVIEW] =
    g_param_spec_string ("reply-preview", NULL, NULL, NULL, flags);
  properties[PROP_MENTIONS_ME] =
    g_param_spec_boolean ("mentions-me", NULL, NULL, FALSE, flags);
  properties[PROP_REACTIONS] =
    g_param_spec_object ("reactions", NULL, NULL, G_TYPE_LIST_MODEL, flags);
  properties[PROP_FILES] =
    g_param_spec_object ("files", NULL, NULL, G_TYPE_LIST_MODEL, flags);
  properties[PROP_FORWARDED_FROM] =
    g_param_spec_string ("forwarded-from", NULL, NULL, NULL, flags);
  properties[PROP_SYSTEM] =
    g_param_spec_boolean ("system", NULL, NULL, FALSE, flags);
  properties[PROP_STARTS_GROUP] =
    g_param_spec_boolean ("starts-group", NULL, NULL, FALSE, flags);
  properties[PROP_STARTS_DAY] =
    g_param_spec_boolean ("starts-day", NULL, NULL, FALSE, flags);
  properties[PROP_FIRST_UNREAD] =
    g_param_spec_boolean ("first-unread", NULL, NULL, FALSE, flags);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
atrium_message_init (AtriumMessage *self)
{
  self->reactions = G_LIST_MODEL (g_list_store_new (ATRIUM_TYPE_REACTION));
  self->files = G_LIST_MODEL (g_list_store_new (ATRIUM_TYPE_FILE));
}

AtriumMessage *
atrium_message_new (void)
{
  return g_object_new (ATRIUM_TYPE_MESSAGE, NULL);
}

gint64
atrium_message_get_id (AtriumMessage *self)
{
  g_return_val_if_fail (ATRIUM_IS_MESSAGE (self), 0);

  return self->id;
}

void
atrium_message_set_id (AtriumMessage *self,
                       gint64 value)
{
  g_return_if_fail (ATRIUM_IS_MESSAGE (self));

  if (self->id == value)
    return;

  self->id = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ID]);
}

const char *
atrium_message_get_conversation_address (AtriumMessage *self)
{
  g_return_val_if_fail (ATRIUM_IS_MESSAGE (self), NULL);

  return self->conversation_address;
}

void
atrium_message_set_conversation_address (AtriumMessage *self,
                                         const char *value)
{
  g_return_if_fail (ATRIUM_IS_MESSAGE (self));

  if (g_strcmp0 (self->conversation_address, value) == 0)
    return;

  g_free (self->conversation_address);
  self->conversation_address = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CONVERSATION_ADDRESS]);
}

const char *
atrium_message_get_origin_id (AtriumMessage *self)
{
  g_return_val_if_fail (ATRIUM_IS_MESSAGE (self), NULL);

  return self->origin_id;
}

void
atrium_message_set_origin_id (AtriumMessage *self,
                              const char *value)
{
  g_return_if_fail (ATRIUM_IS_MESSAGE (self));

  if (g_strcmp0 (self->origin_id, value) == 0)
    return;

  g_free (self->origin_id);
  self->origin_id = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ORIGIN_ID]);
}

const char *
atrium_message_get_archive_id (AtriumMessage *self)
{
  g_return_val_if_fail (ATRIUM_IS_MESSAGE (self), NULL);

  return self->archive_id;
}

void
atrium_message_set_archive_id (AtriumMessage *self,
                               const char *value)
{
  g_return_if_fail (ATRIUM_IS_MESSAGE (self));

  if (g_strcmp0 (self->archive_id, value) == 0)
    return;

  g_free (self->archive_id);
  self->archive_id = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ARCHIVE_ID]);
}

const char *
atrium_message_get_author_address (AtriumMessage *self)
{
  g_return_val_if_fail (ATRIUM_IS_MESSAGE (self), NULL);

  return self->author_address;
}

void
atrium_message_set_author_address (AtriumMessage *self,
                                   const char *value)
{
  g_return_if_fail (ATRIUM_IS_MESSAGE (self));

  if (g_strcmp0 (self->author_address, value) == 0)
    return;

  g_free (self->author_address);
  self->author_address = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_AUTHOR_ADDRESS]);
}

const char *
atrium_message_get_author_name (AtriumMessage *self)
{
  g_return_val_if_fail (ATRIUM_IS_MESSAGE (self), NULL);

  return self->author_name;
}

void
atrium_message_set_author_name (AtriumMessage *self,
                                const char *value)
{
  g_return_if_fail (ATRIUM_IS_MESSAGE (self));

  if (g_strcmp0 (self->author_name, value) == 0)
    return;

  g_free (self->author_name);
  self->author_name = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_AUTHOR_NAME]);
}

AtriumPerson *
atrium_message_get_author (AtriumMessage *self)
{
  g_return_val_if_fail (ATRIUM_IS_MESSAGE (self), NULL);

  return self->author;
}

void
atrium_message_set_author (AtriumMessage *self,
                           AtriumPerson *value)
{
  g_return_if_fail (ATRIUM_IS_MESSAGE (self));

  if (g_set_object (&self->author, value))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_AUTHOR]);
}

const char *
atrium_message_get_nick (AtriumMessage *self)
{
  g_return_val_if_fail (ATRIUM_IS_MESSAGE (self), NULL);

  return self->nick;
}

void
atrium_message_set_nick (AtriumMessage *self,
                         const char *value)
{
  g_return_if_fail (ATRIUM_IS_MESSAGE (self));

  if (g_strcmp0 (self->nick, value) == 0)
    return;

  g_free (self->nick);
  self->nick = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NICK]);
}

gboolean
atrium_message_get_own (AtriumMessage *self)
{
  g_return_val_if_fail (ATRIUM_IS_MESSAGE (self), FALSE);

  return self->own;
}

void
atrium_message_set_own (AtriumMessage *self,
                        gboolean value)
{
  g_return_if_fail (ATRIUM_IS_MESSAGE (self));

  value = !!value;
  if (self->own == value)
    return;

  self->own = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_OWN]);
}

const char *
atrium_message_get_body (AtriumMessage *self)
{
  g_return_val_if_fail (ATRIUM_IS_MESSAGE (self), NULL);

  return self->body;
}

void
atrium_message_set_body (AtriumMessage *self,
                         const char *value)
{
  g_return_if_fail (ATRIUM_IS_MESSAGE (self));

  if (g_strcmp0 (self->body, value) == 0)
    return;

  g_free (self->body);
  self->body = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BODY]);
}

gint64
atrium_message_get_time (AtriumMessage *self)
{
  g_return_val_if_fail (ATRIUM_IS_MESSAGE (self), 0);

  return self->time;
}

void
atrium_message_set_time (AtriumMessage *self,
                         gint64 value)
{
  g_return_if_fail (ATRIUM_IS_MESSAGE (self));

  if (self->time == value)
    return;

  self->time = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TIME]);
}

AtriumMessageState
atrium_message_get_state (AtriumMessage *self)
{
  g_return_val_if_fail (ATRIUM_IS_MESSAGE (self), 0);

  return self->state;
}

void
atrium_message_set_state (AtriumMessage *self,
                          AtriumMessageState value)
{
  g_return_if_fail (ATRIUM_IS_MESSAGE (self));

  if (self->state == value)
    return;

  self->state = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

const char *
atrium_message_get_error (AtriumMessage *self)
{
  g_return_val_if_fail (ATRIUM_IS_MESSAGE (self), NULL);

  return self->error;
}

void
atrium_message_set_error (AtriumMessage *self,
                          const char *value)
{
  g_return_if_fail (ATRIUM_IS_MESSAGE (self));

  if (g_strcmp0 (self->error, value) == 0)
    return;

  g_free (self->error);
  self->error = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ERROR]);
}

const char * const *
atrium_message_get_read_by (AtriumMessage *self)
{
  g_return_val_if_fail (ATRIUM_IS_MESSAGE (self), NULL);

  return (const char * const *) self->read_by;
}

void
atrium_message_set_read_by (AtriumMessage *self,
                            const char * const *value)
{
  g_return_if_fail (ATRIUM_IS_MESSAGE (self));

  if (self->read_by != NULL && value != NULL && g_strv_equal ((const char * const *) self->read_by, value))
    return;
  if (self->read_by == NULL && value == NULL)
    return;

  g_strfreev (self->read_by);
  self->read_by = g_strdupv ((char **) value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_READ_BY]);
}

gboolean
atrium_message_get_edited (AtriumMessage *self)
{
  g_return_val_if_fail (ATRIUM_IS_MESSAGE (self), FALSE);

  return self->edited;
}

void
atrium_message_set_edited (AtriumMessage *self,
                           gboolean value)
{
  g_return_if_fail (ATRIUM_IS_MESSAGE (self));

  value = !!value;
  if (self->edited == value)
    return;

  self->edited = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_EDITED]);
}

gboolean
atrium_message_get_retracted (AtriumMessage *self)
{
  g_return_val_if_fail (ATRIUM_IS_MESSAGE (self), FALSE);

  return self->retracted;
}

void
atrium_message_set_retracted (AtriumMessage *self,
                              gboolean value)
{
  g_return_if_fail (ATRIUM_IS_MESSAGE (self));

  value = !!value;
  if (self->retracted == value)
    return;

  self->retracted = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RETRACTED]);
}

const char *
atrium_message_get_retracted_by (AtriumMessage *self)
{
  g_return_val_if_fail (ATRIUM_IS_MESSAGE (self), NULL);

  return self->retracted_by;
}

void
atrium_message_set_retracted_by (AtriumMessage *self,
                                 const char *value)
{
  g_return_if_fail (ATRIUM_IS_MESSAGE (self));

  if (g_strcmp0 (self->retracted_by, value) == 0)
    return;

  g_free (self->retracted_by);
  self->retracted_by = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RETRACTED_BY]);
}

const char *
atrium_message_get_retract_reason (AtriumMessage *self)
{
  g_return_val_if_fail (ATRIUM_IS_MESSAGE (self), NULL);

  return self->retract_reason;
}

void
atrium_message_set_retract_reason (AtriumMessage *self,
                                   const char *value)
{
  g_return_if_fail (ATRIUM_IS_MESSAGE (self));

  if (g_strcmp0 (self->retract_reason, value) == 0)
    return;

  g_free (self->retract_reason);
  self->retract_reason = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RETRACT_REASON]);
}

gint64
atrium_message_get_reply_id (AtriumMessage *self)
{
  g_return_val_if_fail (ATRIUM_IS_MESSAGE (self), 0);

  return self->reply_id;
}

void
atrium_message_set_reply_id (AtriumMessage *self,
                             gint64 value)
{
  g_return_if_fail (ATRIUM_IS_MESSAGE (self));

  if (self->reply_id == value)
    return;

  self->reply_id = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_REPLY_ID]);
}

const char *
atrium_message_get_reply_author (AtriumMessage *self)
{
  g_return_val_if_fail (ATRIUM_IS_MESSAGE (self), NULL);

  return self->reply_author;
}

void
atrium_message_set_reply_author (AtriumMessage *self,
                                 const char *value)
{
  g_return_if_fail (ATRIUM_IS_MESSAGE (self));

  if (g_strcmp0 (self->reply_author, value) == 0)
    return;

  g_free (self->reply_author);
  self->reply_author = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_REPLY_AUTHOR]);
}

const char *
atrium_message_get_reply_preview (AtriumMessage *self)
{
  g_return_val_if_fail (ATRIUM_IS_MESSAGE (self), NULL);

  return self->reply_preview;
}

void
atrium_message_set_reply_preview (AtriumMessage *self,
                                  const char *value)
{
  g_return_if_fail (ATRIUM_IS_MESSAGE (self));

  if (g_strcmp0 (self->reply_preview, value) == 0)
    return;

  g_free (self->reply_preview);
  self->reply_preview = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_REPLY_PREVIEW]);
}

gboolean
atrium_message_get_mentions_me (AtriumMessage *self)
{
  g_return_val_if_fail (ATRIUM_IS_MESSAGE (self), FALSE);

  return self->mentions_me;
}

void
atrium_message_set_mentions_me (AtriumMessage *self,
                                gboolean value)
{
  g_return_if_fail (ATRIUM_IS_MESSAGE (self));

  value = !!value;
  if (self->mentions_me == value)
    return;

  self->mentions_me = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MENTIONS_ME]);
}

GListModel *
atrium_message_get_reactions (AtriumMessage *self)
{
  g_return_val_if_fail (ATRIUM_IS_MESSAGE (self), NULL);

  return self->reactions;
}

void
atrium_message_set_reactions (AtriumMessage *self,
                              GListModel *value)
{
  g_return_if_fail (ATRIUM_IS_MESSAGE (self));

  if (g_set_object (&self->reactions, value))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_REACTIONS]);
}

GListModel *
atrium_message_get_files (AtriumMessage *self)
{
  g_return_val_if_fail (ATRIUM_IS_MESSAGE (self), NULL);

  return self->files;
}

void
atrium_message_set_files (AtriumMessage *self,
                          GListModel *value)
{
  g_return_if_fail (ATRIUM_IS_MESSAGE (self));

  if (g_set_object (&self->files, value))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FILES]);
}

const char *
atrium_message_get_forwarded_from (AtriumMessage *self)
{
  g_return_val_if_fail (ATRIUM_IS_MESSAGE (self), NULL);

  return self->forwarded_from;
}

void
atrium_message_set_forwarded_from (AtriumMessage *self,
                                   const char *value)
{
  g_return_if_fail (ATRIUM_IS_MESSAGE (self));

  if (g_strcmp0 (self->forwarded_from, value) == 0)
    return;

  g_free (self->forwarded_from);
  self->forwarded_from = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FORWARDED_FROM]);
}

gboolean
atrium_message_get_system (AtriumMessage *self)
{
  g_return_val_if_fail (ATRIUM_IS_MESSAGE (self), FALSE);

  return self->system;
}

void
atrium_message_set_system (AtriumMessage *self,
                           gboolean value)
{
  g_return_if_fail (ATRIUM_IS_MESSAGE (self));

  value = !!value;
  if (self->system == value)
    return;

  self->system = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SYSTEM]);
}

gboolean
atrium_message_get_starts_group (AtriumMessage *self)
{
  g_return_val_if_fail (ATRIUM_IS_MESSAGE (self), FALSE);

  return self->starts_group;
}

void
atrium_message_set_starts_group (AtriumMessage *self,
                                 gboolean value)
{
  g_return_if_fail (ATRIUM_IS_MESSAGE (self));

  value = !!value;
  if (self->starts_group == value)
    return;

  self->starts_group = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STARTS_GROUP]);
}

gboolean
atrium_message_get_starts_day (AtriumMessage *self)
{
  g_return_val_if_fail (ATRIUM_IS_MESSAGE (self), FALSE);

  return self->starts_day;
}

void
atrium_message_set_starts_day (AtriumMessage *self,
                               gboolean value)
{
  g_return_if_fail (ATRIUM_IS_MESSAGE (self));

  value = !!value;
  if (self->starts_day == value)
    return;

  self->starts_day = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STARTS_DAY]);
}

gboolean
atrium_message_get_first_unread (AtriumMessage *self)
{
  g_return_val_if_fail (ATRIUM_IS_MESSAGE (self), FALSE);

  return self->first_unread;
}

void
atrium_message_set_first_unread (AtriumMessage *self,
                                 gboolean value)
{
  g_return_if_fail (ATRIUM_IS_MESSAGE (self));

  value = !!value;
  if (self->first_unread == value)
    return;

  self->first_unread = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FIRST_UNREAD]);
}

void
atrium_message_put_place (AtriumMessage *self,
                          gint64         conversation_id,
                          gint64         order_key)
{
  self->conversation_id = conversation_id;
  self->order_key = order_key;
}

gint64
atrium_message_get_conversation_id (AtriumMessage *self)
{
  return self->conversation_id;
}

gint64
atrium_message_get_order_key (AtriumMessage *self)
{
  return self->order_key;
}

void
atrium_message_put_wire (AtriumMessage *self,
                         const char    *message_id,
                         GPtrArray     *mentions,
                         gboolean       unstyled)
{
  g_free (self->message_id);
  self->message_id = g_strdup (message_id);
  g_clear_pointer (&self->mentions, g_ptr_array_unref);
  self->mentions = mentions != NULL ? g_ptr_array_ref (mentions) : NULL;
  self->unstyled = unstyled;
}

/* The id that edits, retractions outside rooms and receipts name. */
const char *
atrium_message_get_wire_id (AtriumMessage *self)
{
  return self->message_id != NULL ? self->message_id : self->origin_id;
}

static void
add_span (GPtrArray      *spans,
          gsize           start,
          gsize           end,
          AtriumSpanKind  kind,
          const char     *value)
{
  g_ptr_array_add (spans, atrium_span_new (start, end, kind, value));
}

static void
add_styles (GPtrArray  *spans,
            const char *body)
{
  static const AtriumSpanKind kinds[] = {
    [XMPP_STYLE_QUOTE] = ATRIUM_SPAN_QUOTE,
    [XMPP_STYLE_PREFORMATTED] = ATRIUM_SPAN_CODE_BLOCK,
    [XMPP_STYLE_STRONG] = ATRIUM_SPAN_BOLD,
    [XMPP_STYLE_EMPHASIS] = ATRIUM_SPAN_ITALIC,
    [XMPP_STYLE_STRIKE] = ATRIUM_SPAN_STRIKE,
    [XMPP_STYLE_CODE] = ATRIUM_SPAN_CODE,
    [XMPP_STYLE_DIRECTIVE] = ATRIUM_SPAN_MARKUP,
  };
  g_autoptr (GArray) styles = xmpp_styling_parse (body, -1);

  for (guint i = 0; i < styles->len; i++)
    {
      const XmppStyleSpan *style = &g_array_index (styles, XmppStyleSpan, i);

      add_span (spans, style->start, style->end, kinds[style->style], NULL);
    }
}

static int
compare_spans (gconstpointer a,
               gconstpointer b)
{
  const AtriumSpan *left = *(AtriumSpan **) a, *right = *(AtriumSpan **) b;

  if (left->start != right->start)
    return left->start < right->start ? -1 : 1;
  if (left->end != right->end)
    return left->end > right->end ? -1 : 1;

  return (int) left->kind - (int) right->kind;
}

GPtrArray *
atrium_message_dup_spans (AtriumMessage *self)
{
  g_autoptr (GPtrArray) spans = NULL;
  g_autoptr (GArray) links = NULL;
  gsize length;

  g_return_val_if_fail (ATRIUM_IS_MESSAGE (self), NULL);

  spans = g_ptr_array_new_with_free_func ((GDestroyNotify) atrium_span_free);
  if (self->body == NULL || *self->body == '\0')
    return g_steal_pointer (&spans);

  length = strlen (self->body);
  if (!self->unstyled)
    add_styles (spans, self->body);

  links = xmpp_links_find (self->body, length);
  for (guint i = 0; i < links->len; i++)
    {
      const XmppLink *link = &g_array_index (links, XmppLink, i);
      g_autofree char *uri = g_strndup (self->body + link->start, link->end - link->start);

      add_span (spans, link->start, link->end, ATRIUM_SPAN_LINK, uri);
    }

  for (guint i = 0; self->mentions != NULL && i < self->mentions->len; i++)
    {
      const AtriumSpan *mention = g_ptr_array_index (self->mentions, i);

      /* An edit may have shortened the text. */
      if (mention->end <= length &&
          g_utf8_validate (self->body + mention->start, mention->end - mention->start, NULL))
        g_ptr_array_add (spans, atrium_span_copy (mention));
    }
  g_ptr_array_sort (spans, compare_spans);

  return g_steal_pointer (&spans);
}

gboolean
atrium_message_can_edit (AtriumMessage *self)
{
  g_return_val_if_fail (ATRIUM_IS_MESSAGE (self), FALSE);

  return self->own && !self->retracted && !self->system && self->state != ATRIUM_MESSAGE_FAILED &&
         atrium_message_get_wire_id (self) != NULL;
}

gboolean
atrium_message_can_retract (AtriumMessage *self)
{
  return atrium_message_can_edit (self);
}
