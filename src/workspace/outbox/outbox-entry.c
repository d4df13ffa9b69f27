/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium"

#include "config.h"

#include "workspace/outbox/outbox-entry-private.h"

#include "workspace/enum-types.h"

struct _AtriumOutboxEntry
{
  GObject parent_instance;

  char *target;
  char *target_name;
  char *summary;
  char *error;
  gint64 id;
  AtriumOutboxKind kind;
  AtriumOutboxState state;
  guint tries;
  gint64 next_try;
  gint64 created;
  gint64 message_id;
};

enum
{
  PROP_0,
  PROP_ID,
  PROP_KIND,
  PROP_TARGET,
  PROP_TARGET_NAME,
  PROP_SUMMARY,
  PROP_STATE,
  PROP_TRIES,
  PROP_NEXT_TRY,
  PROP_ERROR,
  PROP_CREATED,
  PROP_MESSAGE_ID,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (AtriumOutboxEntry, atrium_outbox_entry, G_TYPE_OBJECT)

static void
atrium_outbox_entry_get_property (GObject    *object,
                                  guint       prop_id,
                                  GValue     *value,
                                  GParamSpec *pspec)
{
  AtriumOutboxEntry *self = ATRIUM_OUTBOX_ENTRY (object);

  switch (prop_id)
    {
    case PROP_ID:
      g_value_set_int64 (value, self->id);
      break;
    case PROP_KIND:
      g_value_set_enum (value, self->kind);
      break;
    case PROP_TARGET:
      g_value_set_string (value, self->target);
      break;
    case PROP_TARGET_NAME:
      g_value_set_string (value, self->target_name);
      break;
    case PROP_SUMMARY:
      g_value_set_string (value, self->summary);
      break;
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    case PROP_TRIES:
      g_value_set_uint (value, self->tries);
      break;
    case PROP_NEXT_TRY:
      g_value_set_int64 (value, self->next_try);
      break;
    case PROP_ERROR:
      g_value_set_string (value, self->error);
      break;
    case PROP_CREATED:
      g_value_set_int64 (value, self->created);
      break;
    case PROP_MESSAGE_ID:
      g_value_set_int64 (value, self->message_id);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
atrium_outbox_entry_finalize (GObject *object)
{
  AtriumOutboxEntry *self = ATRIUM_OUTBOX_ENTRY (object);

  g_clear_pointer (&self->target, g_free);
  g_clear_pointer (&self->target_name, g_free);
  g_clear_pointer (&self->summary, g_free);
  g_clear_pointer (&self->error, g_free);

  G_OBJECT_CLASS (atrium_outbox_entry_parent_class)->finalize (object);
}

static void
atrium_outbox_entry_class_init (AtriumOutboxEntryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = atrium_outbox_entry_get_property;
  object_class->finalize = atrium_outbox_entry_finalize;

  properties[PROP_ID] =
    g_param_spec_int64 ("id", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  properties[PROP_KIND] =
    g_param_spec_enum ("kind", NULL, NULL, ATRIUM_TYPE_OUTBOX_KIND, 0, flags);
  properties[PROP_TARGET] =
    g_param_spec_string ("target", NULL, NULL, NULL, flags);
  properties[PROP_TARGET_NAME] =
    g_param_spec_string ("target-name", NULL, NULL, NULL, flags);
  properties[PROP_SUMMARY] =
    g_param_spec_string ("summary", NULL, NULL, NULL, flags);
  properties[PROP_STATE] =
    g_param_spec_enum ("state", NULL, NULL, ATRIUM_TYPE_OUTBOX_STATE, 0, flags);
  properties[PROP_TRIES] =
    g_param_spec_uint ("tries", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_NEXT_TRY] =
    g_param_spec_int64 ("next-try", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  properties[PROP_ERROR] =
    g_param_spec_string ("error", NULL, NULL, NULL, flags);
  properties[PROP_CREATED] =
    g_param_spec_int64 ("created", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  properties[PROP_MESSAGE_ID] =
    g_param_spec_int64 ("message-id", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
atrium_outbox_entry_init (AtriumOutboxEntry *self)
{
}

AtriumOutboxEntry *
atrium_outbox_entry_new (void)
{
  return g_object_new (ATRIUM_TYPE_OUTBOX_ENTRY, NULL);
}

gint64
atrium_outbox_entry_get_id (AtriumOutboxEntry *self)
{
  g_return_val_if_fail (ATRIUM_IS_OUTBOX_ENTRY (self), 0);

  return self->id;
}

void
atrium_outbox_entry_set_id (AtriumOutboxEntry *self,
                            gint64 value)
{
  g_return_if_fail (ATRIUM_IS_OUTBOX_ENTRY (self));

  if (self->id == value)
    return;

  self->id = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ID]);
}

AtriumOutboxKind
atrium_outbox_entry_get_kind (AtriumOutboxEntry *self)
{
  g_return_val_if_fail (ATRIUM_IS_OUTBOX_ENTRY (self), 0);

  return self->kind;
}

void
atrium_outbox_entry_set_kind (AtriumOutboxEntry *self,
                              AtriumOutboxKind value)
{
  g_return_if_fail (ATRIUM_IS_OUTBOX_ENTRY (self));

  if (self->kind == value)
    return;

  self->kind = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_KIND]);
}

const char *
atrium_outbox_entry_get_target (AtriumOutboxEntry *self)
{
  g_return_val_if_fail (ATRIUM_IS_OUTBOX_ENTRY (self), NULL);

  return self->target;
}

void
atrium_outbox_entry_set_target (AtriumOutboxEntry *self,
                                const char *value)
{
  g_return_if_fail (ATRIUM_IS_OUTBOX_ENTRY (self));

  if (g_strcmp0 (self->target, value) == 0)
    return;

  g_free (self->target);
  self->target = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TARGET]);
}

const char *
atrium_outbox_entry_get_target_name (AtriumOutboxEntry *self)
{
  g_return_val_if_fail (ATRIUM_IS_OUTBOX_ENTRY (self), NULL);

  return self->target_name;
}

void
atrium_outbox_entry_set_target_name (AtriumOutboxEntry *self,
                                     const char *value)
{
  g_return_if_fail (ATRIUM_IS_OUTBOX_ENTRY (self));

  if (g_strcmp0 (self->target_name, value) == 0)
    return;

  g_free (self->target_name);
  self->target_name = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TARGET_NAME]);
}

const char *
atrium_outbox_entry_get_summary (AtriumOutboxEntry *self)
{
  g_return_val_if_fail (ATRIUM_IS_OUTBOX_ENTRY (self), NULL);

  return self->summary;
}

void
atrium_outbox_entry_set_summary (AtriumOutboxEntry *self,
                                 const char *value)
{
  g_return_if_fail (ATRIUM_IS_OUTBOX_ENTRY (self));

  if (g_strcmp0 (self->summary, value) == 0)
    return;

  g_free (self->summary);
  self->summary = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SUMMARY]);
}

AtriumOutboxState
atrium_outbox_entry_get_state (AtriumOutboxEntry *self)
{
  g_return_val_if_fail (ATRIUM_IS_OUTBOX_ENTRY (self), 0);

  return self->state;
}

void
atrium_outbox_entry_set_state (AtriumOutboxEntry *self,
                               AtriumOutboxState value)
{
  g_return_if_fail (ATRIUM_IS_OUTBOX_ENTRY (self));

  if (self->state == value)
    return;

  self->state = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

guint
atrium_outbox_entry_get_tries (AtriumOutboxEntry *self)
{
  g_return_val_if_fail (ATRIUM_IS_OUTBOX_ENTRY (self), 0);

  return self->tries;
}

void
atrium_outbox_entry_set_tries (AtriumOutboxEntry *self,
                               guint value)
{
  g_return_if_fail (ATRIUM_IS_OUTBOX_ENTRY (self));

  if (self->tries == value)
    return;

  self->tries = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TRIES]);
}

gint64
atrium_outbox_entry_get_next_try (AtriumOutboxEntry *self)
{
  g_return_val_if_fail (ATRIUM_IS_OUTBOX_ENTRY (self), 0);

  return self->next_try;
}

void
atrium_outbox_entry_set_next_try (AtriumOutboxEntry *self,
                                  gint64 value)
{
  g_return_if_fail (ATRIUM_IS_OUTBOX_ENTRY (self));

  if (self->next_try == value)
    return;

  self->next_try = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NEXT_TRY]);
}

const char *
atrium_outbox_entry_get_error (AtriumOutboxEntry *self)
{
  g_return_val_if_fail (ATRIUM_IS_OUTBOX_ENTRY (self), NULL);

  return self->error;
}

void
atrium_outbox_entry_set_error (AtriumOutboxEntry *self,
                               const char *value)
{
  g_return_if_fail (ATRIUM_IS_OUTBOX_ENTRY (self));

  if (g_strcmp0 (self->error, value) == 0)
    return;

  g_free (self->error);
  self->error = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ERROR]);
}

gint64
atrium_outbox_entry_get_created (AtriumOutboxEntry *self)
{
  g_return_val_if_fail (ATRIUM_IS_OUTBOX_ENTRY (self), 0);

  return self->created;
}

void
atrium_outbox_entry_set_created (AtriumOutboxEntry *self,
                                 gint64 value)
{
  g_return_if_fail (ATRIUM_IS_OUTBOX_ENTRY (self));

  if (self->created == value)
    return;

  self->created = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CREATED]);
}

gint64
atrium_outbox_entry_get_message_id (AtriumOutboxEntry *self)
{
  g_return_val_if_fail (ATRIUM_IS_OUTBOX_ENTRY (self), 0);

  return self->message_id;
}

void
atrium_outbox_entry_set_message_id (AtriumOutboxEntry *self,
                                    gint64 value)
{
  g_return_if_fail (ATRIUM_IS_OUTBOX_ENTRY (self));

  if (self->message_id == value)
    return;

  self->message_id = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MESSAGE_ID]);
}
