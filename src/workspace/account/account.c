/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium"

#include "config.h"

#include "workspace/account/account-private.h"

#include "workspace/enum-types.h"

struct _AtriumAccount
{
  GObject parent_instance;

  AtriumWorkspace *workspace; /* borrowed: owns us; NULL once it is gone */

  char *address;
  char *display_name;
  GDateTime *since;
  char *problem;
  char *problem_hint;
  char *server_description;
  char *status_text;
  GBytes *avatar;
  AtriumAccountState state;
  gboolean problem_final;
  gint64 retry_at;
  AtriumPresence presence;
  gboolean network_allowed;
  gboolean can_register_people;
};

enum
{
  PROP_0,
  PROP_ADDRESS,
  PROP_DISPLAY_NAME,
  PROP_STATE,
  PROP_SINCE,
  PROP_PROBLEM,
  PROP_PROBLEM_HINT,
  PROP_PROBLEM_FINAL,
  PROP_RETRY_AT,
  PROP_SERVER_DESCRIPTION,
  PROP_PRESENCE,
  PROP_STATUS_TEXT,
  PROP_NETWORK_ALLOWED,
  PROP_AVATAR,
  PROP_CAN_REGISTER_PEOPLE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (AtriumAccount, atrium_account, G_TYPE_OBJECT)

static void
atrium_account_get_property (GObject    *object,
                             guint       prop_id,
                             GValue     *value,
                             GParamSpec *pspec)
{
  AtriumAccount *self = ATRIUM_ACCOUNT (object);

  switch (prop_id)
    {
    case PROP_ADDRESS:
      g_value_set_string (value, self->address);
      break;
    case PROP_DISPLAY_NAME:
      g_value_set_string (value, self->display_name);
      break;
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    case PROP_SINCE:
      g_value_set_boxed (value, self->since);
      break;
    case PROP_PROBLEM:
      g_value_set_string (value, self->problem);
      break;
    case PROP_PROBLEM_HINT:
      g_value_set_string (value, self->problem_hint);
      break;
    case PROP_PROBLEM_FINAL:
      g_value_set_boolean (value, self->problem_final);
      break;
    case PROP_RETRY_AT:
      g_value_set_int64 (value, self->retry_at);
      break;
    case PROP_SERVER_DESCRIPTION:
      g_value_set_string (value, self->server_description);
      break;
    case PROP_PRESENCE:
      g_value_set_enum (value, self->presence);
      break;
    case PROP_STATUS_TEXT:
      g_value_set_string (value, self->status_text);
      break;
    case PROP_NETWORK_ALLOWED:
      g_value_set_boolean (value, self->network_allowed);
      break;
    case PROP_AVATAR:
      g_value_set_boxed (value, self->avatar);
      break;
    case PROP_CAN_REGISTER_PEOPLE:
      g_value_set_boolean (value, self->can_register_people);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
atrium_account_finalize (GObject *object)
{
  AtriumAccount *self = ATRIUM_ACCOUNT (object);

  g_clear_pointer (&self->address, g_free);
  g_clear_pointer (&self->display_name, g_free);
  g_clear_pointer (&self->since, g_date_time_unref);
  g_clear_pointer (&self->problem, g_free);
  g_clear_pointer (&self->problem_hint, g_free);
  g_clear_pointer (&self->server_description, g_free);
  g_clear_pointer (&self->status_text, g_free);
  g_clear_pointer (&self->avatar, g_bytes_unref);

  G_OBJECT_CLASS (atrium_account_parent_class)->finalize (object);
}

static void
atrium_account_class_init (AtriumAccountClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = atrium_account_get_property;
  object_class->finalize = atrium_account_finalize;

  properties[PROP_ADDRESS] =
    g_param_spec_string ("address", NULL, NULL, NULL, flags);
  properties[PROP_DISPLAY_NAME] =
    g_param_spec_string ("display-name", NULL, NULL, NULL, flags);
  properties[PROP_STATE] =
    g_param_spec_enum ("state", NULL, NULL, ATRIUM_TYPE_ACCOUNT_STATE, 0, flags);
  properties[PROP_SINCE] =
    g_param_spec_boxed ("since", NULL, NULL, G_TYPE_DATE_TIME, flags);
  properties[PROP_PROBLEM] =
    g_param_spec_string ("problem", NULL, NULL, NULL, flags);
  properties[PROP_PROBLEM_HINT] =
    g_param_spec_string ("problem-hint", NULL, NULL, NULL, flags);
  properties[PROP_PROBLEM_FINAL] =
    g_param_spec_boolean ("problem-final", NULL, NULL, FALSE, flags);
  properties[PROP_RETRY_AT] =
    g_param_spec_int64 ("retry-at", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  properties[PROP_SERVER_DESCRIPTION] =
    g_param_spec_string ("server-description", NULL, NULL, NULL, flags);
  properties[PROP_PRESENCE] =
    g_param_spec_enum ("presence", NULL, NULL, ATRIUM_TYPE_PRESENCE, 0, flags);
  properties[PROP_STATUS_TEXT] =
    g_param_spec_string ("status-text", NULL, NULL, NULL, flags);
  properties[PROP_NETWORK_ALLOWED] =
    g_param_spec_boolean ("network-allowed", NULL, NULL, FALSE, flags);
  properties[PROP_AVATAR] =
    g_param_spec_boxed ("avatar", NULL, NULL, G_TYPE_BYTES, flags);
  properties[PROP_CAN_REGISTER_PEOPLE] =
    g_param_spec_boolean ("can-register-people", NULL, NULL, FALSE, flags);

  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_signal_new ("password-needed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
atrium_account_init (AtriumAccount *self)
{
  self->presence = ATRIUM_PRESENCE_AVAILABLE;
  self->network_allowed = TRUE;
}

AtriumAccount *
atrium_account_new (AtriumWorkspace *workspace)
{
  AtriumAccount *self = g_object_new (ATRIUM_TYPE_ACCOUNT, NULL);

  self->workspace = workspace;

  return self;
}

void
atrium_account_detach (AtriumAccount *self)
{
  self->workspace = NULL;
}

AtriumWorkspace *
atrium_account_get_workspace (AtriumAccount *self)
{
  return self->workspace;
}

const char *
atrium_account_get_address (AtriumAccount *self)
{
  g_return_val_if_fail (ATRIUM_IS_ACCOUNT (self), NULL);

  return self->address;
}

void
atrium_account_put_address (AtriumAccount *self,
                            const char *value)
{
  g_return_if_fail (ATRIUM_IS_ACCOUNT (self));

  if (g_strcmp0 (self->address, value) == 0)
    return;

  g_free (self->address);
  self->address = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ADDRESS]);
}

const char *
atrium_account_get_display_name (AtriumAccount *self)
{
  g_return_val_if_fail (ATRIUM_IS_ACCOUNT (self), NULL);

  return self->display_name;
}

void
atrium_account_put_display_name (AtriumAccount *self,
                                 const char *value)
{
  g_return_if_fail (ATRIUM_IS_ACCOUNT (self));

  if (g_strcmp0 (self->display_name, value) == 0)
    return;

  g_free (self->display_name);
  self->display_name = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DISPLAY_NAME]);
}

AtriumAccountState
atrium_account_get_state (AtriumAccount *self)
{
  g_return_val_if_fail (ATRIUM_IS_ACCOUNT (self), 0);

  return self->state;
}

void
atrium_account_put_state (AtriumAccount *self,
                          AtriumAccountState value)
{
  g_return_if_fail (ATRIUM_IS_ACCOUNT (self));

  if (self->state == value)
    return;

  self->state = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

GDateTime *
atrium_account_get_since (AtriumAccount *self)
{
  g_return_val_if_fail (ATRIUM_IS_ACCOUNT (self), NULL);

  return self->since;
}

void
atrium_account_put_since (AtriumAccount *self,
                          GDateTime *value)
{
  g_return_if_fail (ATRIUM_IS_ACCOUNT (self));

  if (self->since == value || (self->since != NULL && value != NULL && g_date_time_equal (self->since, value)))
    return;

  g_clear_pointer (&self->since, g_date_time_unref);
  self->since = value != NULL ? g_date_time_ref (value) : NULL;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SINCE]);
}

const char *
atrium_account_get_problem (AtriumAccount *self)
{
  g_return_val_if_fail (ATRIUM_IS_ACCOUNT (self), NULL);

  return self->problem;
}

void
atrium_account_put_problem (AtriumAccount *self,
                            const char *value)
{
  g_return_if_fail (ATRIUM_IS_ACCOUNT (self));

  if (g_strcmp0 (self->problem, value) == 0)
    return;

  g_free (self->problem);
  self->problem = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PROBLEM]);
}

const char *
atrium_account_get_problem_hint (AtriumAccount *self)
{
  g_return_val_if_fail (ATRIUM_IS_ACCOUNT (self), NULL);

  return self->problem_hint;
}

void
atrium_account_put_problem_hint (AtriumAccount *self,
                                 const char *value)
{
  g_return_if_fail (ATRIUM_IS_ACCOUNT (self));

  if (g_strcmp0 (self->problem_hint, value) == 0)
    return;

  g_free (self->problem_hint);
  self->problem_hint = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PROBLEM_HINT]);
}

gboolean
atrium_account_get_problem_final (AtriumAccount *self)
{
  g_return_val_if_fail (ATRIUM_IS_ACCOUNT (self), FALSE);

  return self->problem_final;
}

void
atrium_account_put_problem_final (AtriumAccount *self,
                                  gboolean value)
{
  g_return_if_fail (ATRIUM_IS_ACCOUNT (self));

  value = !!value;
  if (self->problem_final == value)
    return;

  self->problem_final = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PROBLEM_FINAL]);
}

gint64
atrium_account_get_retry_at (AtriumAccount *self)
{
  g_return_val_if_fail (ATRIUM_IS_ACCOUNT (self), 0);

  return self->retry_at;
}

void
atrium_account_put_retry_at (AtriumAccount *self,
                             gint64 value)
{
  g_return_if_fail (ATRIUM_IS_ACCOUNT (self));

  if (self->retry_at == value)
    return;

  self->retry_at = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RETRY_AT]);
}

const char *
atrium_account_get_server_description (AtriumAccount *self)
{
  g_return_val_if_fail (ATRIUM_IS_ACCOUNT (self), NULL);

  return self->server_description;
}

void
atrium_account_put_server_description (AtriumAccount *self,
                                       const char *value)
{
  g_return_if_fail (ATRIUM_IS_ACCOUNT (self));

  if (g_strcmp0 (self->server_description, value) == 0)
    return;

  g_free (self->server_description);
  self->server_description = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SERVER_DESCRIPTION]);
}

AtriumPresence
atrium_account_get_presence (AtriumAccount *self)
{
  g_return_val_if_fail (ATRIUM_IS_ACCOUNT (self), 0);

  return self->presence;
}

void
atrium_account_put_presence (AtriumAccount *self,
                             AtriumPresence value)
{
  g_return_if_fail (ATRIUM_IS_ACCOUNT (self));

  if (self->presence == value)
    return;

  self->presence = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PRESENCE]);
}

const char *
atrium_account_get_status_text (AtriumAccount *self)
{
  g_return_val_if_fail (ATRIUM_IS_ACCOUNT (self), NULL);

  return self->status_text;
}

void
atrium_account_put_status_text (AtriumAccount *self,
                                const char *value)
{
  g_return_if_fail (ATRIUM_IS_ACCOUNT (self));

  if (g_strcmp0 (self->status_text, value) == 0)
    return;

  g_free (self->status_text);
  self->status_text = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATUS_TEXT]);
}

gboolean
atrium_account_get_network_allowed (AtriumAccount *self)
{
  g_return_val_if_fail (ATRIUM_IS_ACCOUNT (self), FALSE);

  return self->network_allowed;
}

void
atrium_account_put_network_allowed (AtriumAccount *self,
                                    gboolean value)
{
  g_return_if_fail (ATRIUM_IS_ACCOUNT (self));

  value = !!value;
  if (self->network_allowed == value)
    return;

  self->network_allowed = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NETWORK_ALLOWED]);
}

GBytes *
atrium_account_get_avatar (AtriumAccount *self)
{
  g_return_val_if_fail (ATRIUM_IS_ACCOUNT (self), NULL);

  return self->avatar;
}

void
atrium_account_put_avatar (AtriumAccount *self,
                           GBytes *value)
{
  g_return_if_fail (ATRIUM_IS_ACCOUNT (self));

  if (self->avatar == value || (self->avatar != NULL && value != NULL && g_bytes_equal (self->avatar, value)))
    return;

  g_clear_pointer (&self->avatar, g_bytes_unref);
  self->avatar = value != NULL ? g_bytes_ref (value) : NULL;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_AVATAR]);
}

gboolean
atrium_account_get_can_register_people (AtriumAccount *self)
{
  g_return_val_if_fail (ATRIUM_IS_ACCOUNT (self), FALSE);

  return self->can_register_people;
}

void
atrium_account_put_can_register_people (AtriumAccount *self,
                                        gboolean value)
{
  g_return_if_fail (ATRIUM_IS_ACCOUNT (self));

  value = !!value;
  if (self->can_register_people == value)
    return;

  self->can_register_people = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CAN_REGISTER_PEOPLE]);
}
