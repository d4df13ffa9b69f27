/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium"

#include "config.h"

#include "workspace/people/group-private.h"

#include "workspace/enum-types.h"

struct _AtriumGroup
{
  GObject parent_instance;

  char *name;
  char *path;
  GListModel *children;
  guint n_people;
};

enum
{
  PROP_0,
  PROP_NAME,
  PROP_PATH,
  PROP_CHILDREN,
  PROP_N_PEOPLE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (AtriumGroup, atrium_group, G_TYPE_OBJECT)

static void
atrium_group_get_property (GObject    *object,
                           guint       prop_id,
                           GValue     *value,
                           GParamSpec *pspec)
{
  AtriumGroup *self = ATRIUM_GROUP (object);

  switch (prop_id)
    {
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_PATH:
      g_value_set_string (value, self->path);
      break;
    case PROP_CHILDREN:
      g_value_set_object (value, self->children);
      break;
    case PROP_N_PEOPLE:
      g_value_set_uint (value, self->n_people);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
atrium_group_finalize (GObject *object)
{
  AtriumGroup *self = ATRIUM_GROUP (object);

  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->path, g_free);
  g_clear_object (&self->children);

  G_OBJECT_CLASS (atrium_group_parent_class)->finalize (object);
}

static void
atrium_group_class_init (AtriumGroupClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = atrium_group_get_property;
  object_class->finalize = atrium_group_finalize;

  properties[PROP_NAME] =
    g_param_spec_string ("name", NULL, NULL, NULL, flags);
  properties[PROP_PATH] =
    g_param_spec_string ("path", NULL, NULL, NULL, flags);
  properties[PROP_CHILDREN] =
    g_param_spec_object ("children", NULL, NULL, G_TYPE_LIST_MODEL, flags);
  properties[PROP_N_PEOPLE] =
    g_param_spec_uint ("n-people", NULL, NULL, 0, G_MAXUINT, 0, flags);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
atrium_group_init (AtriumGroup *self)
{
}

AtriumGroup *
atrium_group_new (void)
{
  return g_object_new (ATRIUM_TYPE_GROUP, NULL);
}

const char *
atrium_group_get_name (AtriumGroup *self)
{
  g_return_val_if_fail (ATRIUM_IS_GROUP (self), NULL);

  return self->name;
}

void
atrium_group_set_name (AtriumGroup *self,
                       const char *value)
{
  g_return_if_fail (ATRIUM_IS_GROUP (self));

  if (g_strcmp0 (self->name, value) == 0)
    return;

  g_free (self->name);
  self->name = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NAME]);
}

const char *
atrium_group_get_path (AtriumGroup *self)
{
  g_return_val_if_fail (ATRIUM_IS_GROUP (self), NULL);

  return self->path;
}

void
atrium_group_set_path (AtriumGroup *self,
                       const char *value)
{
  g_return_if_fail (ATRIUM_IS_GROUP (self));

  if (g_strcmp0 (self->path, value) == 0)
    return;

  g_free (self->path);
  self->path = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PATH]);
}

GListModel *
atrium_group_get_children (AtriumGroup *self)
{
  g_return_val_if_fail (ATRIUM_IS_GROUP (self), NULL);

  return self->children;
}

void
atrium_group_set_children (AtriumGroup *self,
                           GListModel *value)
{
  g_return_if_fail (ATRIUM_IS_GROUP (self));

  if (g_set_object (&self->children, value))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CHILDREN]);
}

guint
atrium_group_get_n_people (AtriumGroup *self)
{
  g_return_val_if_fail (ATRIUM_IS_GROUP (self), 0);

  return self->n_people;
}

void
atrium_group_set_n_people (AtriumGroup *self,
                           guint value)
{
  g_return_if_fail (ATRIUM_IS_GROUP (self));

  if (self->n_people == value)
    return;

  self->n_people = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_PEOPLE]);
}
