/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium"

#include "config.h"

#include "workspace/chat/member-private.h"

#include "workspace/enum-types.h"

struct _AtriumMember
{
  GObject parent_instance;

  AtriumPerson *person;
  char *nick;
  char *address;
  char *name;
  char *status_text;
  char **hats;
  AtriumRole role;
  AtriumAffiliation affiliation;
  AtriumPresence presence;
  gboolean own;
};

enum
{
  PROP_0,
  PROP_PERSON,
  PROP_NICK,
  PROP_ADDRESS,
  PROP_NAME,
  PROP_ROLE,
  PROP_AFFILIATION,
  PROP_PRESENCE,
  PROP_STATUS_TEXT,
  PROP_OWN,
  PROP_HATS,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (AtriumMember, atrium_member, G_TYPE_OBJECT)

static void
atrium_member_get_property (GObject    *object,
                            guint       prop_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  AtriumMember *self = ATRIUM_MEMBER (object);

  switch (prop_id)
    {
    case PROP_PERSON:
      g_value_set_object (value, self->person);
      break;
    case PROP_NICK:
      g_value_set_string (value, self->nick);
      break;
    case PROP_ADDRESS:
      g_value_set_string (value, self->address);
      break;
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_ROLE:
      g_value_set_enum (value, self->role);
      break;
    case PROP_AFFILIATION:
      g_value_set_enum (value, self->affiliation);
      break;
    case PROP_PRESENCE:
      g_value_set_enum (value, self->presence);
      break;
    case PROP_STATUS_TEXT:
      g_value_set_string (value, self->status_text);
      break;
    case PROP_OWN:
      g_value_set_boolean (value, self->own);
      break;
    case PROP_HATS:
      g_value_set_boxed (value, self->hats);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
atrium_member_finalize (GObject *object)
{
  AtriumMember *self = ATRIUM_MEMBER (object);

  g_clear_object (&self->person);
  g_clear_pointer (&self->nick, g_free);
  g_clear_pointer (&self->address, g_free);
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->status_text, g_free);
  g_clear_pointer (&self->hats, g_strfreev);

  G_OBJECT_CLASS (atrium_member_parent_class)->finalize (object);
}

static void
atrium_member_class_init (AtriumMemberClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = atrium_member_get_property;
  object_class->finalize = atrium_member_finalize;

  properties[PROP_PERSON] =
    g_param_spec_object ("person", NULL, NULL, ATRIUM_TYPE_PERSON, flags);
  properties[PROP_NICK] =
    g_param_spec_string ("nick", NULL, NULL, NULL, flags);
  properties[PROP_ADDRESS] =
    g_param_spec_string ("address", NULL, NULL, NULL, flags);
  properties[PROP_NAME] =
    g_param_spec_string ("name", NULL, NULL, NULL, flags);
  properties[PROP_ROLE] =
    g_param_spec_enum ("role", NULL, NULL, ATRIUM_TYPE_ROLE, 0, flags);
  properties[PROP_AFFILIATION] =
    g_param_spec_enum ("affiliation", NULL, NULL, ATRIUM_TYPE_AFFILIATION, 0, flags);
  properties[PROP_PRESENCE] =
    g_param_spec_enum ("presence", NULL, NULL, ATRIUM_TYPE_PRESENCE, 0, flags);
  properties[PROP_STATUS_TEXT] =
    g_param_spec_string ("status-text", NULL, NULL, NULL, flags);
  properties[PROP_OWN] =
    g_param_spec_boolean ("own", NULL, NULL, FALSE, flags);
  properties[PROP_HATS] =
    g_param_spec_boxed ("hats", NULL, NULL, G_TYPE_STRV, flags);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
atrium_member_init (AtriumMember *self)
{
}

AtriumMember *
atrium_member_new (void)
{
  return g_object_new (ATRIUM_TYPE_MEMBER, NULL);
}

AtriumPerson *
atrium_member_get_person (AtriumMember *self)
{
  g_return_val_if_fail (ATRIUM_IS_MEMBER (self), NULL);

  return self->person;
}

void
atrium_member_set_person (AtriumMember *self,
                          AtriumPerson *value)
{
  g_return_if_fail (ATRIUM_IS_MEMBER (self));

  if (g_set_object (&self->person, value))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PERSON]);
}

const char *
atrium_member_get_nick (AtriumMember *self)
{
  g_return_val_if_fail (ATRIUM_IS_MEMBER (self), NULL);

  return self->nick;
}

void
atrium_member_set_nick (AtriumMember *self,
                        const char *value)
{
  g_return_if_fail (ATRIUM_IS_MEMBER (self));

  if (g_strcmp0 (self->nick, value) == 0)
    return;

  g_free (self->nick);
  self->nick = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NICK]);
}

const char *
atrium_member_get_address (AtriumMember *self)
{
  g_return_val_if_fail (ATRIUM_IS_MEMBER (self), NULL);

  return self->address;
}

void
atrium_member_set_address (AtriumMember *self,
                           const char *value)
{
  g_return_if_fail (ATRIUM_IS_MEMBER (self));

  if (g_strcmp0 (self->address, value) == 0)
    return;

  g_free (self->address);
  self->address = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ADDRESS]);
}

const char *
atrium_member_get_name (AtriumMember *self)
{
  g_return_val_if_fail (ATRIUM_IS_MEMBER (self), NULL);

  return self->name;
}

void
atrium_member_set_name (AtriumMember *self,
                        const char *value)
{
  g_return_if_fail (ATRIUM_IS_MEMBER (self));

  if (g_strcmp0 (self->name, value) == 0)
    return;

  g_free (self->name);
  self->name = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NAME]);
}

AtriumRole
atrium_member_get_role (AtriumMember *self)
{
  g_return_val_if_fail (ATRIUM_IS_MEMBER (self), 0);

  return self->role;
}

void
atrium_member_set_role (AtriumMember *self,
                        AtriumRole value)
{
  g_return_if_fail (ATRIUM_IS_MEMBER (self));

  if (self->role == value)
    return;

  self->role = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ROLE]);
}

AtriumAffiliation
atrium_member_get_affiliation (AtriumMember *self)
{
  g_return_val_if_fail (ATRIUM_IS_MEMBER (self), 0);

  return self->affiliation;
}

void
atrium_member_set_affiliation (AtriumMember *self,
                               AtriumAffiliation value)
{
  g_return_if_fail (ATRIUM_IS_MEMBER (self));

  if (self->affiliation == value)
    return;

  self->affiliation = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_AFFILIATION]);
}

AtriumPresence
atrium_member_get_presence (AtriumMember *self)
{
  g_return_val_if_fail (ATRIUM_IS_MEMBER (self), 0);

  return self->presence;
}

void
atrium_member_set_presence (AtriumMember *self,
                            AtriumPresence value)
{
  g_return_if_fail (ATRIUM_IS_MEMBER (self));

  if (self->presence == value)
    return;

  self->presence = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PRESENCE]);
}

const char *
atrium_member_get_status_text (AtriumMember *self)
{
  g_return_val_if_fail (ATRIUM_IS_MEMBER (self), NULL);

  return self->status_text;
}

void
atrium_member_set_status_text (AtriumMember *self,
                               const char *value)
{
  g_return_if_fail (ATRIUM_IS_MEMBER (self));

  if (g_strcmp0 (self->status_text, value) == 0)
    return;

  g_free (self->status_text);
  self->status_text = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATUS_TEXT]);
}

gboolean
atrium_member_get_own (AtriumMember *self)
{
  g_return_val_if_fail (ATRIUM_IS_MEMBER (self), FALSE);

  return self->own;
}

void
atrium_member_set_own (AtriumMember *self,
                       gboolean value)
{
  g_return_if_fail (ATRIUM_IS_MEMBER (self));

  value = !!value;
  if (self->own == value)
    return;

  self->own = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_OWN]);
}

const char * const *
atrium_member_get_hats (AtriumMember *self)
{
  g_return_val_if_fail (ATRIUM_IS_MEMBER (self), NULL);

  return (const char * const *) self->hats;
}

void
atrium_member_set_hats (AtriumMember *self,
                        const char * const *value)
{
  g_return_if_fail (ATRIUM_IS_MEMBER (self));

  if (self->hats != NULL && value != NULL && g_strv_equal ((const char * const *) self->hats, value))
    return;
  if (self->hats == NULL && value == NULL)
    return;

  g_strfreev (self->hats);
  self->hats = g_strdupv ((char **) value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_HATS]);
}
