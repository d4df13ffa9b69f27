/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium"

#include "config.h"

#include "workspace/people/person-private.h"

#include "workspace/enum-types.h"

struct _AtriumPerson
{
  GObject parent_instance;

  char *address;
  char *name;
  char *status_text;
  char **groups;
  char *request;
  char *avatar_hash;
  GBytes *avatar;
  char *nickname;
  char *title;
  char *organisation;
  char *email;
  char *phone;
  char *note;
  char *time_zone;
  char *pinyin;
  char *initials;
  char *match_hint;
  AtriumPresence presence;
  AtriumSubscription subscription;
  gboolean blocked;
  gboolean own;
};

enum
{
  PROP_0,
  PROP_ADDRESS,
  PROP_NAME,
  PROP_PRESENCE,
  PROP_STATUS_TEXT,
  PROP_GROUPS,
  PROP_SUBSCRIPTION,
  PROP_REQUEST,
  PROP_BLOCKED,
  PROP_OWN,
  PROP_AVATAR_HASH,
  PROP_AVATAR,
  PROP_NICKNAME,
  PROP_TITLE,
  PROP_ORGANISATION,
  PROP_EMAIL,
  PROP_PHONE,
  PROP_NOTE,
  PROP_TIME_ZONE,
  PROP_PINYIN,
  PROP_INITIALS,
  PROP_MATCH_HINT,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (AtriumPerson, atrium_person, G_TYPE_OBJECT)

static void
atrium_person_get_property (GObject    *object,
                            guint       prop_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  AtriumPerson *self = ATRIUM_PERSON (object);

  switch (prop_id)
    {
    case PROP_ADDRESS:
      g_value_set_string (value, self->address);
      break;
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_PRESENCE:
      g_value_set_enum (value, self->presence);
      break;
    case PROP_STATUS_TEXT:
      g_value_set_string (value, self->status_text);
      break;
    case PROP_GROUPS:
      g_value_set_boxed (value, self->groups);
      break;
    case PROP_SUBSCRIPTION:
      g_value_set_enum (value, self->subscription);
      break;
    case PROP_REQUEST:
      g_value_set_string (value, self->request);
      break;
    case PROP_BLOCKED:
      g_value_set_boolean (value, self->blocked);
      break;
    case PROP_OWN:
      g_value_set_boolean (value, self->own);
      break;
    case PROP_AVATAR_HASH:
      g_value_set_string (value, self->avatar_hash);
      break;
    case PROP_AVATAR:
      g_value_set_boxed (value, self->avatar);
      break;
    case PROP_NICKNAME:
      g_value_set_string (value, self->nickname);
      break;
    case PROP_TITLE:
      g_value_set_string (value, self->title);
      break;
    case PROP_ORGANISATION:
      g_value_set_string (value, self->organisation);
      break;
    case PROP_EMAIL:
      g_value_set_string (value, self->email);
      break;
    case PROP_PHONE:
      g_value_set_string (value, self->phone);
      break;
    case PROP_NOTE:
      g_value_set_string (value, self->note);
      break;
    case PROP_TIME_ZONE:
      g_value_set_string (value, self->time_zone);
      break;
    case PROP_PINYIN:
      g_value_set_string (value, self->pinyin);
      break;
    case PROP_INITIALS:
      g_value_set_string (value, self->initials);
      break;
    case PROP_MATCH_HINT:
      g_value_set_string (value, self->match_hint);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
atrium_person_finalize (GObject *object)
{
  AtriumPerson *self = ATRIUM_PERSON (object);

  g_clear_pointer (&self->address, g_free);
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->status_text, g_free);
  g_clear_pointer (&self->groups, g_strfreev);
  g_clear_pointer (&self->request, g_free);
  g_clear_pointer (&self->avatar_hash, g_free);
  g_clear_pointer (&self->avatar, g_bytes_unref);
  g_clear_pointer (&self->nickname, g_free);
  g_clear_pointer (&self->title, g_free);
  g_clear_pointer (&self->organisation, g_free);
  g_clear_pointer (&self->email, g_free);
  g_clear_pointer (&self->phone, g_free);
  g_clear_pointer (&self->note, g_free);
  g_clear_pointer (&self->time_zone, g_free);
  g_clear_pointer (&self->pinyin, g_free);
  g_clear_pointer (&self->initials, g_free);
  g_clear_pointer (&self->match_hint, g_free);

  G_OBJECT_CLASS (atrium_person_parent_class)->finalize (object);
}

static void
atrium_person_class_init (AtriumPersonClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = atrium_person_get_property;
  object_class->finalize = atrium_person_finalize;

  properties[PROP_ADDRESS] =
    g_param_spec_string ("address", NULL, NULL, NULL, flags);
  properties[PROP_NAME] =
    g_param_spec_string ("name", NULL, NULL, NULL, flags);
  properties[PROP_PRESENCE] =
    g_param_spec_enum ("presence", NULL, NULL, ATRIUM_TYPE_PRESENCE, 0, flags);
  properties[PROP_STATUS_TEXT] =
    g_param_spec_string ("status-text", NULL, NULL, NULL, flags);
  properties[PROP_GROUPS] =
    g_param_spec_boxed ("groups", NULL, NULL, G_TYPE_STRV, flags);
  properties[PROP_SUBSCRIPTION] =
    g_param_spec_enum ("subscription", NULL, NULL, ATRIUM_TYPE_SUBSCRIPTION, 0, flags);
  properties[PROP_REQUEST] =
    g_param_spec_string ("request", NULL, NULL, NULL, flags);
  properties[PROP_BLOCKED] =
    g_param_spec_boolean ("blocked", NULL, NULL, FALSE, flags);
  properties[PROP_OWN] =
    g_param_spec_boolean ("own", NULL, NULL, FALSE, flags);
  properties[PROP_AVATAR_HASH] =
    g_param_spec_string ("avatar-hash", NULL, NULL, NULL, flags);
  properties[PROP_AVATAR] =
    g_param_spec_boxed ("avatar", NULL, NULL, G_TYPE_BYTES, flags);
  properties[PROP_NICKNAME] =
    g_param_spec_string ("nickname", NULL, NULL, NULL, flags);
  properties[PROP_TITLE] =
    g_param_spec_string ("title", NULL, NULL, NULL, flags);
  properties[PROP_ORGANISATION] =
    g_param_spec_string ("organisation", NULL, NULL, NULL, flags);
  properties[PROP_EMAIL] =
    g_param_spec_string ("email", NULL, NULL, NULL, flags);
  properties[PROP_PHONE] =
    g_param_spec_string ("phone", NULL, NULL, NULL, flags);
  properties[PROP_NOTE] =
    g_param_spec_string ("note", NULL, NULL, NULL, flags);
  properties[PROP_TIME_ZONE] =
    g_param_spec_string ("time-zone", NULL, NULL, NULL, flags);
  properties[PROP_PINYIN] =
    g_param_spec_string ("pinyin", NULL, NULL, NULL, flags);
  properties[PROP_INITIALS] =
    g_param_spec_string ("initials", NULL, NULL, NULL, flags);
  properties[PROP_MATCH_HINT] =
    g_param_spec_string ("match-hint", NULL, NULL, NULL, flags);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
atrium_person_init (AtriumPerson *self)
{
}

AtriumPerson *
atrium_person_new (void)
{
  return g_object_new (ATRIUM_TYPE_PERSON, NULL);
}

const char *
atrium_person_get_address (AtriumPerson *self)
{
  g_return_val_if_fail (ATRIUM_IS_PERSON (self), NULL);

  return self->address;
}

void
atrium_person_set_address (AtriumPerson *self,
                           const char *value)
{
  g_return_if_fail (ATRIUM_IS_PERSON (self));

  if (g_strcmp0 (self->address, value) == 0)
    return;

  g_free (self->address);
  self->address = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ADDRESS]);
}

const char *
atrium_person_get_name (AtriumPerson *self)
{
  g_return_val_if_fail (ATRIUM_IS_PERSON (self), NULL);

  return self->name;
}

void
atrium_person_set_name (AtriumPerson *self,
                        const char *value)
{
  g_return_if_fail (ATRIUM_IS_PERSON (self));

  if (g_strcmp0 (self->name, value) == 0)
    return;

  g_free (self->name);
  self->name = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NAME]);
}

AtriumPresence
atrium_person_get_presence (AtriumPerson *self)
{
  g_return_val_if_fail (ATRIUM_IS_PERSON (self), 0);

  return self->presence;
}

void
atrium_person_set_presence (AtriumPerson *self,
                            AtriumPresence value)
{
  g_return_if_fail (ATRIUM_IS_PERSON (self));

  if (self->presence == value)
    return;

  self->presence = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PRESENCE]);
}

const char *
atrium_person_get_status_text (AtriumPerson *self)
{
  g_return_val_if_fail (ATRIUM_IS_PERSON (self), NULL);

  return self->status_text;
}

void
atrium_person_set_status_text (AtriumPerson *self,
                               const char *value)
{
  g_return_if_fail (ATRIUM_IS_PERSON (self));

  if (g_strcmp0 (self->status_text, value) == 0)
    return;

  g_free (self->status_text);
  self->status_text = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATUS_TEXT]);
}

const char * const *
atrium_person_get_groups (AtriumPerson *self)
{
  g_return_val_if_fail (ATRIUM_IS_PERSON (self), NULL);

  return (const char * const *) self->groups;
}

void
atrium_person_set_groups (AtriumPerson *self,
                          const char * const *value)
{
  g_return_if_fail (ATRIUM_IS_PERSON (self));

  if (self->groups != NULL && value != NULL && g_strv_equal ((const char * const *) self->groups, value))
    return;
  if (self->groups == NULL && value == NULL)
    return;

  g_strfreev (self->groups);
  self->groups = g_strdupv ((char **) value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_GROUPS]);
}

AtriumSubscription
atrium_person_get_subscription (AtriumPerson *self)
{
  g_return_val_if_fail (ATRIUM_IS_PERSON (self), 0);

  return self->subscription;
}

void
atrium_person_set_subscription (AtriumPerson *self,
                                AtriumSubscription value)
{
  g_return_if_fail (ATRIUM_IS_PERSON (self));

  if (self->subscription == value)
    return;

  self->subscription = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SUBSCRIPTION]);
}

const char *
atrium_person_get_request (AtriumPerson *self)
{
  g_return_val_if_fail (ATRIUM_IS_PERSON (self), NULL);

  return self->request;
}

void
atrium_person_set_request (AtriumPerson *self,
                           const char *value)
{
  g_return_if_fail (ATRIUM_IS_PERSON (self));

  if (g_strcmp0 (self->request, value) == 0)
    return;

  g_free (self->request);
  self->request = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_REQUEST]);
}

gboolean
atrium_person_get_blocked (AtriumPerson *self)
{
  g_return_val_if_fail (ATRIUM_IS_PERSON (self), FALSE);

  return self->blocked;
}

void
atrium_person_set_blocked (AtriumPerson *self,
                           gboolean value)
{
  g_return_if_fail (ATRIUM_IS_PERSON (self));

  value = !!value;
  if (self->blocked == value)
    return;

  self->blocked = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BLOCKED]);
}

gboolean
atrium_person_get_own (AtriumPerson *self)
{
  g_return_val_if_fail (ATRIUM_IS_PERSON (self), FALSE);

  return self->own;
}

void
atrium_person_set_own (AtriumPerson *self,
                       gboolean value)
{
  g_return_if_fail (ATRIUM_IS_PERSON (self));

  value = !!value;
  if (self->own == value)
    return;

  self->own = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_OWN]);
}

const char *
atrium_person_get_avatar_hash (AtriumPerson *self)
{
  g_return_val_if_fail (ATRIUM_IS_PERSON (self), NULL);

  return self->avatar_hash;
}

void
atrium_person_set_avatar_hash (AtriumPerson *self,
                               const char *value)
{
  g_return_if_fail (ATRIUM_IS_PERSON (self));

  if (g_strcmp0 (self->avatar_hash, value) == 0)
    return;

  g_free (self->avatar_hash);
  self->avatar_hash = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_AVATAR_HASH]);
}

GBytes *
atrium_person_get_avatar (AtriumPerson *self)
{
  g_return_val_if_fail (ATRIUM_IS_PERSON (self), NULL);

  return self->avatar;
}

void
atrium_person_set_avatar (AtriumPerson *self,
                          GBytes *value)
{
  g_return_if_fail (ATRIUM_IS_PERSON (self));

  if (self->avatar == value || (self->avatar != NULL && value != NULL && g_bytes_equal (self->avatar, value)))
    return;

  g_clear_pointer (&self->avatar, g_bytes_unref);
  self->avatar = value != NULL ? g_bytes_ref (value) : NULL;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_AVATAR]);
}

const char *
atrium_person_get_nickname (AtriumPerson *self)
{
  g_return_val_if_fail (ATRIUM_IS_PERSON (self), NULL);

  return self->nickname;
}

void
atrium_person_set_nickname (AtriumPerson *self,
                            const char *value)
{
  g_return_if_fail (ATRIUM_IS_PERSON (self));

  if (g_strcmp0 (self->nickname, value) == 0)
    return;

  g_free (self->nickname);
  self->nickname = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NICKNAME]);
}

const char *
atrium_person_get_title (AtriumPerson *self)
{
  g_return_val_if_fail (ATRIUM_IS_PERSON (self), NULL);

  return self->title;
}

void
atrium_person_set_title (AtriumPerson *self,
                         const char *value)
{
  g_return_if_fail (ATRIUM_IS_PERSON (self));

  if (g_strcmp0 (self->title, value) == 0)
    return;

  g_free (self->title);
  self->title = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TITLE]);
}

const char *
atrium_person_get_organisation (AtriumPerson *self)
{
  g_return_val_if_fail (ATRIUM_IS_PERSON (self), NULL);

  return self->organisation;
}

void
atrium_person_set_organisation (AtriumPerson *self,
                                const char *value)
{
  g_return_if_fail (ATRIUM_IS_PERSON (self));

  if (g_strcmp0 (self->organisation, value) == 0)
    return;

  g_free (self->organisation);
  self->organisation = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ORGANISATION]);
}

const char *
atrium_person_get_email (AtriumPerson *self)
{
  g_return_val_if_fail (ATRIUM_IS_PERSON (self), NULL);

  return self->email;
}

void
atrium_person_set_email (AtriumPerson *self,
                         const char *value)
{
  g_return_if_fail (ATRIUM_IS_PERSON (self));

  if (g_strcmp0 (self->email, value) == 0)
    return;

  g_free (self->email);
  self->email = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_EMAIL]);
}

const char *
atrium_person_get_phone (AtriumPerson *self)
{
  g_return_val_if_fail (ATRIUM_IS_PERSON (self), NULL);

  return self->phone;
}

void
atrium_person_set_phone (AtriumPerson *self,
                         const char *value)
{
  g_return_if_fail (ATRIUM_IS_PERSON (self));

  if (g_strcmp0 (self->phone, value) == 0)
    return;

  g_free (self->phone);
  self->phone = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PHONE]);
}

const char *
atrium_person_get_note (AtriumPerson *self)
{
  g_return_val_if_fail (ATRIUM_IS_PERSON (self), NULL);

  return self->note;
}

void
atrium_person_set_note (AtriumPerson *self,
                        const char *value)
{
  g_return_if_fail (ATRIUM_IS_PERSON (self));

  if (g_strcmp0 (self->note, value) == 0)
    return;

  g_free (self->note);
  self->note = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NOTE]);
}

const char *
atrium_person_get_time_zone (AtriumPerson *self)
{
  g_return_val_if_fail (ATRIUM_IS_PERSON (self), NULL);

  return self->time_zone;
}

void
atrium_person_set_time_zone (AtriumPerson *self,
                             const char *value)
{
  g_return_if_fail (ATRIUM_IS_PERSON (self));

  if (g_strcmp0 (self->time_zone, value) == 0)
    return;

  g_free (self->time_zone);
  self->time_zone = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TIME_ZONE]);
}

const char *
atrium_person_get_pinyin (AtriumPerson *self)
{
  g_return_val_if_fail (ATRIUM_IS_PERSON (self), NULL);

  return self->pinyin;
}

void
atrium_person_set_pinyin (AtriumPerson *self,
                          const char *value)
{
  g_return_if_fail (ATRIUM_IS_PERSON (self));

  if (g_strcmp0 (self->pinyin, value) == 0)
    return;

  g_free (self->pinyin);
  self->pinyin = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PINYIN]);
}

const char *
atrium_person_get_initials (AtriumPerson *self)
{
  g_return_val_if_fail (ATRIUM_IS_PERSON (self), NULL);

  return self->initials;
}

void
atrium_person_set_initials (AtriumPerson *self,
                            const char *value)
{
  g_return_if_fail (ATRIUM_IS_PERSON (self));

  if (g_strcmp0 (self->initials, value) == 0)
    return;

  g_free (self->initials);
  self->initials = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_INITIALS]);
}

const char *
atrium_person_get_match_hint (AtriumPerson *self)
{
  g_return_val_if_fail (ATRIUM_IS_PERSON (self), NULL);

  return self->match_hint;
}

void
atrium_person_set_match_hint (AtriumPerson *self,
                              const char *value)
{
  g_return_if_fail (ATRIUM_IS_PERSON (self));

  if (g_strcmp0 (self->match_hint, value) == 0)
    return;

  g_free (self->match_hint);
  self->match_hint = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MATCH_HINT]);
}
