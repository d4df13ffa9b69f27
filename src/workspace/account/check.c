/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium"

#include "config.h"

#include "workspace/account/check-private.h"

#include "workspace/enum-types.h"

struct _AtriumCheck
{
  GObject parent_instance;

  char *title;
  char *name;
  char *detail;
  char *fix;
  AtriumCheckState state;
};

enum
{
  PROP_0,
  PROP_TITLE,
  PROP_NAME,
  PROP_STATE,
  PROP_DETAIL,
  PROP_FIX,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (AtriumCheck, atrium_check, G_TYPE_OBJECT)

static void
atrium_check_get_property (GObject    *object,
                           guint       prop_id,
                           GValue     *value,
                           GParamSpec *pspec)
{
  AtriumCheck *self = ATRIUM_CHECK (object);

  switch (prop_id)
    {
    case PROP_TITLE:
      g_value_set_string (value, self->title);
      break;
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    case PROP_DETAIL:
      g_value_set_string (value, self->detail);
      break;
    case PROP_FIX:
      g_value_set_string (value, self->fix);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
atrium_check_finalize (GObject *object)
{
  AtriumCheck *self = ATRIUM_CHECK (object);

  g_clear_pointer (&self->title, g_free);
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->detail, g_free);
  g_clear_pointer (&self->fix, g_free);

  G_OBJECT_CLASS (atrium_check_parent_class)->finalize (object);
}

static void
atrium_check_class_init (AtriumCheckClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = atrium_check_get_property;
  object_class->finalize = atrium_check_finalize;

  properties[PROP_TITLE] =
    g_param_spec_string ("title", NULL, NULL, NULL, flags);
  properties[PROP_NAME] =
    g_param_spec_string ("name", NULL, NULL, NULL, flags);
  properties[PROP_STATE] =
    g_param_spec_enum ("state", NULL, NULL, ATRIUM_TYPE_CHECK_STATE, 0, flags);
  properties[PROP_DETAIL] =
    g_param_spec_string ("detail", NULL, NULL, NULL, flags);
  properties[PROP_FIX] =
    g_param_spec_string ("fix", NULL, NULL, NULL, flags);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
atrium_check_init (AtriumCheck *self)
{
}

AtriumCheck *
atrium_check_new (void)
{
  return g_object_new (ATRIUM_TYPE_CHECK, NULL);
}

const char *
atrium_check_get_title (AtriumCheck *self)
{
  g_return_val_if_fail (ATRIUM_IS_CHECK (self), NULL);

  return self->title;
}

void
atrium_check_set_title (AtriumCheck *self,
                        const char *value)
{
  g_return_if_fail (ATRIUM_IS_CHECK (self));

  if (g_strcmp0 (self->title, value) == 0)
    return;

  g_free (self->title);
  self->title = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TITLE]);
}

const char *
atrium_check_get_name (AtriumCheck *self)
{
  g_return_val_if_fail (ATRIUM_IS_CHECK (self), NULL);

  return self->name;
}

void
atrium_check_set_name (AtriumCheck *self,
                       const char *value)
{
  g_return_if_fail (ATRIUM_IS_CHECK (self));

  if (g_strcmp0 (self->name, value) == 0)
    return;

  g_free (self->name);
  self->name = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NAME]);
}

AtriumCheckState
atrium_check_get_state (AtriumCheck *self)
{
  g_return_val_if_fail (ATRIUM_IS_CHECK (self), 0);

  return self->state;
}

void
atrium_check_set_state (AtriumCheck *self,
                        AtriumCheckState value)
{
  g_return_if_fail (ATRIUM_IS_CHECK (self));

  if (self->state == value)
    return;

  self->state = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

const char *
atrium_check_get_detail (AtriumCheck *self)
{
  g_return_val_if_fail (ATRIUM_IS_CHECK (self), NULL);

  return self->detail;
}

void
atrium_check_set_detail (AtriumCheck *self,
                         const char *value)
{
  g_return_if_fail (ATRIUM_IS_CHECK (self));

  if (g_strcmp0 (self->detail, value) == 0)
    return;

  g_free (self->detail);
  self->detail = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DETAIL]);
}

const char *
atrium_check_get_fix (AtriumCheck *self)
{
  g_return_val_if_fail (ATRIUM_IS_CHECK (self), NULL);

  return self->fix;
}

void
atrium_check_set_fix (AtriumCheck *self,
                      const char *value)
{
  g_return_if_fail (ATRIUM_IS_CHECK (self));

  if (g_strcmp0 (self->fix, value) == 0)
    return;

  g_free (self->fix);
  self->fix = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FIX]);
}
