/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium"

#include "config.h"

#include "workspace/chat/reaction-private.h"

#include "workspace/enum-types.h"

struct _AtriumReaction
{
  GObject parent_instance;

  char *emoji;
  char **names;
  char **addresses;
  guint count;
  gboolean own;
};

enum
{
  PROP_0,
  PROP_EMOJI,
  PROP_COUNT,
  PROP_OWN,
  PROP_NAMES,
  PROP_ADDRESSES,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (AtriumReaction, atrium_reaction, G_TYPE_OBJECT)

static void
atrium_reaction_get_property (GObject    *object,
                              guint       prop_id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  AtriumReaction *self = ATRIUM_REACTION (object);

  switch (prop_id)
    {
    case PROP_EMOJI:
      g_value_set_string (value, self->emoji);
      break;
    case PROP_COUNT:
      g_value_set_uint (value, self->count);
      break;
    case PROP_OWN:
      g_value_set_boolean (value, self->own);
      break;
    case PROP_NAMES:
      g_value_set_boxed (value, self->names);
      break;
    case PROP_ADDRESSES:
      g_value_set_boxed (value, self->addresses);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
atrium_reaction_finalize (GObject *object)
{
  AtriumReaction *self = ATRIUM_REACTION (object);

  g_clear_pointer (&self->emoji, g_free);
  g_clear_pointer (&self->names, g_strfreev);
  g_clear_pointer (&self->addresses, g_strfreev);

  G_OBJECT_CLASS (atrium_reaction_parent_class)->finalize (object);
}

static void
atrium_reaction_class_init (AtriumReactionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = atrium_reaction_get_property;
  object_class->finalize = atrium_reaction_finalize;

  properties[PROP_EMOJI] =
    g_param_spec_string ("emoji", NULL, NULL, NULL, flags);
  properties[PROP_COUNT] =
    g_param_spec_uint ("count", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_OWN] =
    g_param_spec_boolean ("own", NULL, NULL, FALSE, flags);
  properties[PROP_NAMES] =
    g_param_spec_boxed ("names", NULL, NULL, G_TYPE_STRV, flags);
  properties[PROP_ADDRESSES] =
    g_param_spec_boxed ("addresses", NULL, NULL, G_TYPE_STRV, flags);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
atrium_reaction_init (AtriumReaction *self)
{
}

AtriumReaction *
atrium_reaction_new (void)
{
  return g_object_new (ATRIUM_TYPE_REACTION, NULL);
}

const char *
atrium_reaction_get_emoji (AtriumReaction *self)
{
  g_return_val_if_fail (ATRIUM_IS_REACTION (self), NULL);

  return self->emoji;
}

void
atrium_reaction_set_emoji (AtriumReaction *self,
                           const char *value)
{
  g_return_if_fail (ATRIUM_IS_REACTION (self));

  if (g_strcmp0 (self->emoji, value) == 0)
    return;

  g_free (self->emoji);
  self->emoji = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_EMOJI]);
}

guint
atrium_reaction_get_count (AtriumReaction *self)
{
  g_return_val_if_fail (ATRIUM_IS_REACTION (self), 0);

  return self->count;
}

void
atrium_reaction_set_count (AtriumReaction *self,
                           guint value)
{
  g_return_if_fail (ATRIUM_IS_REACTION (self));

  if (self->count == value)
    return;

  self->count = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_COUNT]);
}

gboolean
atrium_reaction_get_own (AtriumReaction *self)
{
  g_return_val_if_fail (ATRIUM_IS_REACTION (self), FALSE);

  return self->own;
}

void
atrium_reaction_set_own (AtriumReaction *self,
                         gboolean value)
{
  g_return_if_fail (ATRIUM_IS_REACTION (self));

  value = !!value;
  if (self->own == value)
    return;

  self->own = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_OWN]);
}

const char * const *
atrium_reaction_get_names (AtriumReaction *self)
{
  g_return_val_if_fail (ATRIUM_IS_REACTION (self), NULL);

  return (const char * const *) self->names;
}

void
atrium_reaction_set_names (AtriumReaction *self,
                           const char * const *value)
{
  g_return_if_fail (ATRIUM_IS_REACTION (self));

  if (self->names != NULL && value != NULL && g_strv_equal ((const char * const *) self->names, value))
    return;
  if (self->names == NULL && value == NULL)
    return;

  g_strfreev (self->names);
  self->names = g_strdupv ((char **) value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NAMES]);
}

const char * const *
atrium_reaction_get_addresses (AtriumReaction *self)
{
  g_return_val_if_fail (ATRIUM_IS_REACTION (self), NULL);

  return (const char * const *) self->addresses;
}

void
atrium_reaction_set_addresses (AtriumReaction *self,
                               const char * const *value)
{
  g_return_if_fail (ATRIUM_IS_REACTION (self));

  if (self->addresses != NULL && value != NULL && g_strv_equal ((const char * const *) self->addresses, value))
    return;
  if (self->addresses == NULL && value == NULL)
    return;

  g_strfreev (self->addresses);
  self->addresses = g_strdupv ((char **) value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ADDRESSES]);
}
