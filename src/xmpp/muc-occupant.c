/* SPDX-License-Identifier: GPL-3.0-or-later */

/* XEP-0045: one occupant of a room. */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "xmpp/hats.h"
#include "xmpp/muc-info-private.h"
#include "xmpp/muc-occupant-private.h"

#include <string.h>

#define MAX_STATUS 1024     /* bytes kept of what somebody says about himself */

struct _XmppMucOccupant
{
  GObject          parent_instance;

  char            *nick;
  char            *address;
  char            *occupant_id;
  char            *show;
  char            *status;
  char            *avatar_hash;
  GPtrArray       *hats;
  XmppRole         role;
  XmppAffiliation  affiliation;
  gint64           stay;
  guint            position;
};

enum
{
  PROP_0,
  PROP_NICK,
  PROP_ROLE,
  PROP_AFFILIATION,
  PROP_ADDRESS,
  PROP_SHOW,
  PROP_STATUS,
  PROP_AVATAR_HASH,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static const char *const role_names[] = { "none", "visitor", "participant", "moderator" };
static const char *const affiliation_names[] = { "outcast", "none", "member", "admin", "owner" };
static const char *const shows[] = { "away", "chat", "dnd", "xa", NULL };

G_DEFINE_FINAL_TYPE (XmppMucOccupant, xmpp_muc_occupant, G_TYPE_OBJECT)

/* Unique for ever: it is stored with messages and compared with those of later sessions. */
static gint64
new_stay (void)
{
  gint64 stay;

  do
    stay = ((gint64) (g_random_int () & G_MAXINT32) << 32) | g_random_int ();
  while (stay == 0);
  return stay;
}

static void
set_string (XmppMucOccupant  *self,
            char            **field,
            const char       *value,
            guint             property)
{
  if (g_strcmp0 (*field, value) == 0)
    return;
  g_free (*field);
  *field = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

static char *
dup_status (const XmppNode *presence)
{
  const char *text = xmpp_node_get_child_text (presence, "status", NULL);
  gsize length;

  if (text == NULL || *text == '\0')
    return NULL;
  length = strnlen (text, MAX_STATUS);
  while (length > 0 && (text[length] & 0xc0) == 0x80)
    length--;
  return g_strndup (text, length);
}

static char *
dup_avatar_hash (const XmppNode *presence)
{
  XmppNode *update = xmpp_node_get_child (presence, "x", "vcard-temp:x:update");

  return update != NULL ? xmpp_avatar_hash_dup_clean (xmpp_node_get_child_text (update, "photo", NULL)) : NULL;
}

void
xmpp_muc_occupant_update (XmppMucOccupant         *self,
                          const XmppOccupantFacts *facts,
                          const XmppNode          *presence)
{
  g_autofree char *status = dup_status (presence);
  g_autofree char *avatar_hash = dup_avatar_hash (presence);
  const char *show = xmpp_node_get_child_text (presence, "show", NULL);

  g_assert (XMPP_IS_MUC_OCCUPANT (self));

  g_object_freeze_notify (G_OBJECT (self));
  if (self->role != facts->role)
    {
      self->role = facts->role;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ROLE]);
    }
  if (self->affiliation != facts->affiliation)
    {
      self->affiliation = facts->affiliation;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_AFFILIATION]);
    }
  set_string (self, &self->address, facts->address, PROP_ADDRESS);
  set_string (self, &self->show, show != NULL && g_strv_contains (shows, show) ? show : NULL, PROP_SHOW);
  set_string (self, &self->status, status, PROP_STATUS);
  set_string (self, &self->avatar_hash, avatar_hash, PROP_AVATAR_HASH);
  g_free (self->occupant_id);
  self->occupant_id = g_strdup (facts->occupant_id);
  g_clear_pointer (&self->hats, g_ptr_array_unref);
  self->hats = xmpp_hats_parse (presence);
  g_object_thaw_notify (G_OBJECT (self));
}

void
xmpp_muc_occupant_set_nick (XmppMucOccupant *self,
                            const char      *nick)
{
  set_string (self, &self->nick, nick, PROP_NICK);
}

guint
xmpp_muc_occupant_get_position (XmppMucOccupant *self)
{
  return self->position;
}

void
xmpp_muc_occupant_set_position (XmppMucOccupant *self,
                                guint            position)
{
  self->position = position;
}

static void
xmpp_muc_occupant_get_property (GObject    *object,
                                guint       property,
                                GValue     *value,
                                GParamSpec *pspec)
{
  XmppMucOccupant *self = XMPP_MUC_OCCUPANT (object);

  switch (property)
    {
    case PROP_NICK:
      g_value_set_string (value, self->nick);
      break;
    case PROP_ROLE:
      g_value_set_int (value, self->role);
      break;
    case PROP_AFFILIATION:
      g_value_set_int (value, self->affiliation);
      break;
    case PROP_ADDRESS:
      g_value_set_string (value, self->address);
      break;
    case PROP_SHOW:
      g_value_set_string (value, self->show);
      break;
    case PROP_STATUS:
      g_value_set_string (value, self->status);
      break;
    case PROP_AVATAR_HASH:
      g_value_set_string (value, self->avatar_hash);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
    }
}

static void
xmpp_muc_occupant_finalize (GObject *object)
{
  XmppMucOccupant *self = XMPP_MUC_OCCUPANT (object);

  g_free (self->nick);
  g_free (self->address);
  g_free (self->occupant_id);
  g_free (self->show);
  g_free (self->status);
  g_free (self->avatar_hash);
  g_ptr_array_unref (self->hats);

  G_OBJECT_CLASS (xmpp_muc_occupant_parent_class)->finalize (object);
}

static void
xmpp_muc_occupant_class_init (XmppMucOccupantClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = xmpp_muc_occupant_get_property;
  object_class->finalize = xmpp_muc_occupant_finalize;

  properties[PROP_NICK] = g_param_spec_string ("nick", NULL, NULL, NULL, flags);
  properties[PROP_ROLE] = g_param_spec_int ("role", NULL, NULL, XMPP_ROLE_NONE, XMPP_ROLE_MODERATOR, XMPP_ROLE_NONE, flags);
  properties[PROP_AFFILIATION] = g_param_spec_int ("affiliation", NULL, NULL, XMPP_AFFILIATION_OUTCAST,
                                                   XMPP_AFFILIATION_OWNER, XMPP_AFFILIATION_NONE, flags);
  properties[PROP_ADDRESS] = g_param_spec_string ("address", NULL, NULL, NULL, flags);
  properties[PROP_SHOW] = g_param_spec_string ("show", NULL, NULL, NULL, flags);
  properties[PROP_STATUS] = g_param_spec_string ("status", NULL, NULL, NULL, flags);
  properties[PROP_AVATAR_HASH] = g_param_spec_string ("avatar-hash", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
xmpp_muc_occupant_init (XmppMucOccupant *self)
{
  self->affiliation = XMPP_AFFILIATION_NONE;
  self->hats = g_ptr_array_new ();
  self->stay = new_stay ();
}

XmppMucOccupant *
xmpp_muc_occupant_new (const char *nick)
{
  XmppMucOccupant *self = g_object_new (XMPP_TYPE_MUC_OCCUPANT, NULL);

  self->nick = g_strdup (nick);
  return self;
}

const char *
xmpp_muc_occupant_get_nick (XmppMucOccupant *self)
{
  g_return_val_if_fail (XMPP_IS_MUC_OCCUPANT (self), NULL);

  return self->nick;
}

XmppRole
xmpp_muc_occupant_get_role (XmppMucOccupant *self)
{
  g_return_val_if_fail (XMPP_IS_MUC_OCCUPANT (self), XMPP_ROLE_NONE);

  return self->role;
}

XmppAffiliation
xmpp_muc_occupant_get_affiliation (XmppMucOccupant *self)
{
  g_return_val_if_fail (XMPP_IS_MUC_OCCUPANT (self), XMPP_AFFILIATION_NONE);

  return self->affiliation;
}

const char *
xmpp_muc_occupant_get_address (XmppMucOccupant *self)
{
  g_return_val_if_fail (XMPP_IS_MUC_OCCUPANT (self), NULL);

  return self->address;
}

const char *
xmpp_muc_occupant_get_occupant_id (XmppMucOccupant *self)
{
  g_return_val_if_fail (XMPP_IS_MUC_OCCUPANT (self), NULL);

  return self->occupant_id;
}

gint64
xmpp_muc_occupant_get_stay (XmppMucOccupant *self)
{
  g_return_val_if_fail (XMPP_IS_MUC_OCCUPANT (self), 0);

  return self->stay;
}

const char *
xmpp_muc_occupant_get_show (XmppMucOccupant *self)
{
  g_return_val_if_fail (XMPP_IS_MUC_OCCUPANT (self), NULL);

  return self->show;
}

const char *
xmpp_muc_occupant_get_status (XmppMucOccupant *self)
{
  g_return_val_if_fail (XMPP_IS_MUC_OCCUPANT (self), NULL);

  return self->status;
}

const char *
xmpp_muc_occupant_get_avatar_hash (XmppMucOccupant *self)
{
  g_return_val_if_fail (XMPP_IS_MUC_OCCUPANT (self), NULL);

  return self->avatar_hash;
}

GPtrArray *
xmpp_muc_occupant_get_hats (XmppMucOccupant *self)
{
  g_return_val_if_fail (XMPP_IS_MUC_OCCUPANT (self), NULL);

  return self->hats;
}

const char *
xmpp_role_to_string (XmppRole role)
{
  g_return_val_if_fail ((guint) role < G_N_ELEMENTS (role_names), NULL);

  return role_names[role];
}

const char *
xmpp_affiliation_to_string (XmppAffiliation affiliation)
{
  g_return_val_if_fail ((guint) affiliation < G_N_ELEMENTS (affiliation_names), NULL);

  return affiliation_names[affiliation];
}

gboolean
xmpp_role_from_string (const char *text,
                       XmppRole   *out)
{
  for (guint i = 0; i < G_N_ELEMENTS (role_names); i++)
    {
      if (g_strcmp0 (text, role_names[i]) == 0)
        {
          *out = i;
          return TRUE;
        }
    }
  return FALSE;
}

gboolean
xmpp_affiliation_from_string (const char      *text,
                              XmppAffiliation *out)
{
  for (guint i = 0; i < G_N_ELEMENTS (affiliation_names); i++)
    {
      if (g_strcmp0 (text, affiliation_names[i]) == 0)
        {
          *out = i;
          return TRUE;
        }
    }
  return FALSE;
}
