/* SPDX-License-Identifier: GPL-3.0-or-later */

/* XEP-0045 §6.4: Querying for Room Information. */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "xmpp/archive.h"
#include "xmpp/forms.h"
#include "xmpp/jid.h"
#include "xmpp/moderation.h"
#include "xmpp/muc-info-private.h"
#include "xmpp/muc-info.h"
#include "xmpp/muc.h"
#include "xmpp/occupant-id.h"
#include "xmpp/stanza-id.h"

#include <string.h>

#define ROOM_INFO "http://jabber.org/protocol/muc#roominfo"
#define MAX_OCCUPANTS 1000000

G_DEFINE_BOXED_TYPE (XmppMucInfo, xmpp_muc_info, xmpp_muc_info_copy, xmpp_muc_info_free)

static const struct
{
  const char   *feature;
  XmppMucFlags  flag;
} features[] = {
  { "muc_persistent",         XMPP_MUC_PERSISTENT },
  { "muc_membersonly",        XMPP_MUC_MEMBERS_ONLY },
  { "muc_hidden",             XMPP_MUC_HIDDEN },
  { "muc_moderated",          XMPP_MUC_MODERATED },
  { "muc_nonanonymous",       XMPP_MUC_NON_ANONYMOUS },
  { "muc_passwordprotected",  XMPP_MUC_PASSWORD },
  { XMPP_NS_ARCHIVE,          XMPP_MUC_ARCHIVE },
  { XMPP_NS_ARCHIVE_EXTENDED, XMPP_MUC_ARCHIVE_EXTENDED },
  { XMPP_NS_STANZA_ID,        XMPP_MUC_STANZA_ID },
  { XMPP_NS_OCCUPANT_ID,      XMPP_MUC_OCCUPANT_ID },
  { XMPP_NS_MODERATION,       XMPP_MUC_MODERATION },
  { XMPP_NS_MODERATION_0,     XMPP_MUC_MODERATION_0 },
  { "vcard-temp",             XMPP_MUC_VCARD },
  { "http://jabber.org/protocol/muc#self-ping-optimization", XMPP_MUC_SELF_PING },
};

static void
parse_feature (XmppMucInfo *self,
               const char  *feature)
{
  for (guint i = 0; i < G_N_ELEMENTS (features); i++)
    {
      if (g_strcmp0 (feature, features[i].feature) == 0)
        self->flags |= features[i].flag;
    }
}

char *
xmpp_avatar_hash_dup_clean (const char *text)
{
  if (text == NULL || strlen (text) != 40)
    return NULL;
  for (const char *p = text; *p != '\0'; p++)
    {
      if (!g_ascii_isxdigit (*p))
        return NULL;
    }
  return g_ascii_strdown (text, -1);
}

static void
parse_form (XmppMucInfo    *self,
            const XmppNode *query)
{
  g_autoptr(XmppForm) form = xmpp_form_find (query, ROOM_INFO);
  const char *hash;
  gint64 n_occupants;

  if (form == NULL)
    return;
  if (self->name == NULL)
    self->name = g_strdup (xmpp_form_get_value (form, "muc#roomconfig_roomname"));
  self->description = g_strdup (xmpp_form_get_value (form, "muc#roominfo_description"));
  self->subject = g_strdup (xmpp_form_get_value (form, "muc#roominfo_subject"));
  self->language = g_strdup (xmpp_form_get_value (form, "muc#roominfo_lang"));
  hash = xmpp_form_get_value (form, "muc#roominfo_avatarhash");
  if (hash == NULL)
    hash = xmpp_form_get_value (form, "{http://modules.prosody.im/mod_vcard_muc}avatar#sha1");
  self->avatar_hash = xmpp_avatar_hash_dup_clean (hash);
  if (xmpp_form_get_int64 (form, "muc#roominfo_occupants", 0, MAX_OCCUPANTS, &n_occupants))
    self->n_occupants = n_occupants;
}

XmppMucInfo *
xmpp_muc_info_parse (const XmppNode *query,
                     const char     *address)
{
  g_autoptr(XmppMucInfo) self = NULL;
  gboolean is_room = FALSE;

  g_return_val_if_fail (query != NULL && address != NULL, NULL);

  self = g_new0 (XmppMucInfo, 1);
  self->address = g_strdup (address);
  self->n_occupants = -1;
  for (XmppNode *child = xmpp_node_get_first_child (query); child != NULL; child = xmpp_node_get_next (child))
    {
      if (xmpp_node_is (child, "feature", XMPP_NS_DISCO_INFO))
        parse_feature (self, xmpp_node_get_attribute (child, "var"));
      else if (xmpp_node_is (child, "identity", XMPP_NS_DISCO_INFO)
               && g_strcmp0 (xmpp_node_get_attribute (child, "category"), "conference") == 0)
        {
          const char *name = xmpp_node_get_attribute (child, "name");

          is_room = TRUE;
          if (self->name == NULL && name != NULL && *name != '\0')
            self->name = g_strdup (name);
        }
    }
  if (!is_room)
    return NULL;
  parse_form (self, query);
  return g_steal_pointer (&self);
}

XmppMucInfo *
xmpp_muc_info_copy (const XmppMucInfo *self)
{
  XmppMucInfo *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = g_new0 (XmppMucInfo, 1);
  copy->address = g_strdup (self->address);
  copy->name = g_strdup (self->name);
  copy->description = g_strdup (self->description);
  copy->subject = g_strdup (self->subject);
  copy->language = g_strdup (self->language);
  copy->avatar_hash = g_strdup (self->avatar_hash);
  copy->flags = self->flags;
  copy->n_occupants = self->n_occupants;
  return copy;
}

void
xmpp_muc_info_free (XmppMucInfo *self)
{
  if (self == NULL)
    return;
  g_free (self->address);
  g_free (self->name);
  g_free (self->description);
  g_free (self->subject);
  g_free (self->language);
  g_free (self->avatar_hash);
  g_free (self);
}
