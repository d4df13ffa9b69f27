/* SPDX-License-Identifier: GPL-3.0-or-later */

/* XEP-0424: Message Retraction. The form :0 is fastened to its target by XEP-0422. */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "xmpp/fallback.h"
#include "xmpp/hints.h"
#include "xmpp/moderation.h"
#include "xmpp/retraction.h"
#include "xmpp/stanza-id.h"

static XmppRetraction *
retraction_new (const char *id,
                gboolean    tombstone)
{
  XmppRetraction *self = g_new0 (XmppRetraction, 1);

  self->id = g_strdup (id);
  self->tombstone = tombstone;
  return self;
}

static XmppRetraction *
parse_tombstone (const XmppNode *message)
{
  XmppNode *node = xmpp_node_get_child (message, "retracted", XMPP_NS_RETRACT);
  XmppRetraction *self;
  const char *id;

  if (node == NULL)
    node = xmpp_node_get_child (message, "retracted", XMPP_NS_RETRACT_0);
  if (node == NULL)
    {
      /* XEP-0425 :0 keeps <moderated><retracted/></moderated>. */
      XmppNode *moderated = xmpp_node_get_child (message, "moderated", XMPP_NS_MODERATION_0);

      if (moderated == NULL || xmpp_node_get_child (moderated, "retracted", XMPP_NS_RETRACT_0) == NULL)
        return NULL;
      self = retraction_new (NULL, TRUE);
      self->moderated = xmpp_moderation_parse (message, &self->moderator, &self->reason);
      return self;
    }
  id = xmpp_node_get_attribute (node, "id");
  self = retraction_new (xmpp_id_is_usable (id) ? id : NULL, TRUE);
  self->moderated = xmpp_moderation_parse (node, &self->moderator, &self->reason);
  return self;
}

static XmppRetraction *
parse_fastened (const XmppNode *message)
{
  XmppNode *apply = xmpp_node_get_child (message, "apply-to", XMPP_NS_FASTEN);
  XmppNode *moderated;
  XmppRetraction *self;
  const char *id;

  if (apply == NULL)
    return NULL;
  id = xmpp_node_get_attribute (apply, "id");
  if (!xmpp_id_is_usable (id))
    return NULL;
  if (xmpp_node_get_child (apply, "retract", XMPP_NS_RETRACT_0) != NULL)
    return retraction_new (id, FALSE);
  moderated = xmpp_node_get_child (apply, "moderated", XMPP_NS_MODERATION_0);
  if (moderated == NULL || xmpp_node_get_child (moderated, "retract", XMPP_NS_RETRACT_0) == NULL)
    return NULL;
  self = retraction_new (id, FALSE);
  self->moderated = xmpp_moderation_parse (apply, &self->moderator, &self->reason);
  return self;
}

XmppRetraction *
xmpp_retraction_parse (const XmppNode *message)
{
  XmppNode *node;
  XmppRetraction *self;
  const char *id;

  g_return_val_if_fail (message != NULL, NULL);

  self = parse_tombstone (message);
  if (self != NULL)
    return self;
  node = xmpp_node_get_child (message, "retract", XMPP_NS_RETRACT);
  if (node == NULL)
    return parse_fastened (message);
  id = xmpp_node_get_attribute (node, "id");
  if (!xmpp_id_is_usable (id))
    return NULL;
  self = retraction_new (id, FALSE);
  self->moderated = xmpp_moderation_parse (node, &self->moderator, &self->reason);
  return self;
}

void
xmpp_retraction_free (XmppRetraction *self)
{
  if (self == NULL)
    return;
  g_free (self->id);
  g_free (self->moderator);
  g_free (self->reason);
  g_free (self);
}

gboolean
xmpp_retraction_allowed (const XmppRetraction *self,
                         const XmppAuthor     *by,
                         const XmppAuthor     *original)
{
  g_return_val_if_fail (self != NULL && by != NULL && original != NULL, FALSE);

  if (self->tombstone)
    return FALSE;
  if (self->moderated)
    return xmpp_author_is_room (by) && original->kind == XMPP_CHAT_ROOM && g_strcmp0 (by->chat, original->chat) == 0;
  return xmpp_author_same (by, original);
}

void
xmpp_retraction_add (XmppNode   *message,
                     const char *id,
                     const char *fallback)
{
  g_return_if_fail (message != NULL && id != NULL);

  xmpp_node_set_attribute (xmpp_node_add_child (message, "retract", XMPP_NS_RETRACT), "id", id);
  if (fallback != NULL)
    {
      xmpp_fallback_add (message, XMPP_NS_RETRACT);
      xmpp_node_add_text_child (message, "body", NULL, fallback);
    }
  xmpp_hints_add (message, XMPP_HINT_STORE);
}
