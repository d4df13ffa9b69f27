/* SPDX-License-Identifier: GPL-3.0-or-later */

/* XEP-0249: Direct MUC Invitations, and the mediated ones of XEP-0045 §7.8. */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "xmpp/jid.h"
#include "xmpp/muc-invite.h"
#include "xmpp/muc.h"

#define NS_CLIENT "jabber:client"

G_DEFINE_BOXED_TYPE (XmppMucInvite, xmpp_muc_invite, xmpp_muc_invite_copy, xmpp_muc_invite_free)

XmppMucInvite *
xmpp_muc_invite_copy (const XmppMucInvite *self)
{
  XmppMucInvite *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = g_new0 (XmppMucInvite, 1);
  copy->room = g_strdup (self->room);
  copy->from = g_strdup (self->from);
  copy->mediated = self->mediated;
  copy->reason = g_strdup (self->reason);
  copy->password = g_strdup (self->password);
  copy->thread = g_strdup (self->thread);
  copy->time = self->time;
  return copy;
}

void
xmpp_muc_invite_free (XmppMucInvite *self)
{
  if (self == NULL)
    return;
  g_free (self->room);
  g_free (self->from);
  g_free (self->reason);
  g_free (self->password);
  g_free (self->thread);
  g_free (self);
}

/* A prepared bare address with a local part: rooms and people have one, servers do not. */
static char *
dup_bare_with_local (const char *text,
                     gboolean    strip)
{
  g_autofree char *prepared = text != NULL ? xmpp_jid_prepare (text, NULL) : NULL;
  g_autofree char *local = NULL;

  if (prepared == NULL || (!strip && !xmpp_jid_is_bare (prepared)))
    return NULL;
  local = xmpp_jid_dup_local (prepared);
  return local != NULL ? xmpp_jid_dup_bare (prepared) : NULL;
}

static XmppMucInvite *
parse_mediated (const XmppNode  *message,
                const XmppNode  *x,
                const XmppNode  *invite,
                const char     **out_reason)
{
  g_autoptr(XmppMucInvite) self = g_new0 (XmppMucInvite, 1);
  const char *from = xmpp_node_get_attribute (invite, "from");
  XmppNode *go_on = xmpp_node_get_child (invite, "continue", NULL);

  self->mediated = TRUE;
  self->time = g_get_real_time ();
  self->room = dup_bare_with_local (xmpp_node_get_attribute (message, "from"), FALSE);
  if (self->room == NULL)
    {
      *out_reason = "invite-not-from-room";
      return NULL;
    }
  self->from = from != NULL ? xmpp_jid_prepare (from, NULL) : NULL;
  if (self->from == NULL)
    {
      *out_reason = "invite-malformed";
      return NULL;
    }
  if (!xmpp_jid_bare_equal (self->from, self->room))      /* "room/nick" is as far as it goes; else the bare address */
    {
      char *bare = xmpp_jid_dup_bare (self->from);

      g_free (self->from);
      self->from = bare;
    }
  self->reason = g_strdup (xmpp_node_get_child_text (invite, "reason", NULL));
  self->password = g_strdup (xmpp_node_get_child_text (x, "password", NULL));
  self->thread = go_on != NULL ? g_strdup (xmpp_node_get_attribute (go_on, "thread")) : NULL;
  return g_steal_pointer (&self);
}

static XmppMucInvite *
parse_direct (const XmppNode  *message,
              const XmppNode  *x,
              const char     **out_reason)
{
  g_autoptr(XmppMucInvite) self = g_new0 (XmppMucInvite, 1);

  self->time = g_get_real_time ();
  self->room = dup_bare_with_local (xmpp_node_get_attribute (x, "jid"), FALSE);
  self->from = dup_bare_with_local (xmpp_node_get_attribute (message, "from"), TRUE);
  if (self->room == NULL || self->from == NULL)
    {
      *out_reason = "invite-malformed";
      return NULL;
    }
  self->reason = g_strdup (xmpp_node_get_attribute (x, "reason"));
  self->password = g_strdup (xmpp_node_get_attribute (x, "password"));
  self->thread = g_strdup (xmpp_node_get_attribute (x, "thread"));
  return g_steal_pointer (&self);
}

XmppMucInvite *
xmpp_muc_invite_parse (const XmppNode  *message,
                       const char     **out_reason)
{
  XmppNode *x, *invite, *direct;
  const char *type;

  g_return_val_if_fail (message != NULL && out_reason != NULL, NULL);

  *out_reason = NULL;
  type = xmpp_node_get_attribute (message, "type");
  if (g_strcmp0 (type, "error") == 0 || g_strcmp0 (type, "groupchat") == 0)
    return NULL;
  x = xmpp_node_get_child (message, "x", XMPP_NS_MUC_USER);
  invite = x != NULL ? xmpp_node_get_child (x, "invite", NULL) : NULL;
  if (invite != NULL)
    return parse_mediated (message, x, invite, out_reason);
  direct = xmpp_node_get_child (message, "x", XMPP_NS_DIRECT_INVITE);
  /* A room that mediates may put a bare jabber:x:conference beside it for old clients; alone it must name the room. */
  return direct != NULL ? parse_direct (message, direct, out_reason) : NULL;
}

XmppNode *
xmpp_muc_invite_new_direct (const char *to,
                            const char *room,
                            const char *password,
                            const char *reason)
{
  XmppNode *message, *x;

  g_return_val_if_fail (to != NULL && room != NULL, NULL);

  message = xmpp_node_new ("message", NS_CLIENT);
  xmpp_node_set_attribute (message, "to", to);
  x = xmpp_node_add_child (message, "x", XMPP_NS_DIRECT_INVITE);
  xmpp_node_set_attribute (x, "jid", room);
  if (password != NULL)
    xmpp_node_set_attribute (x, "password", password);
  if (reason != NULL)
    xmpp_node_set_attribute (x, "reason", reason);
  return message;
}

XmppNode *
xmpp_muc_invite_new_mediated (const char *room,
                              const char *to,
                              const char *reason)
{
  XmppNode *message, *invite;

  g_return_val_if_fail (room != NULL && to != NULL, NULL);

  message = xmpp_node_new ("message", NS_CLIENT);
  xmpp_node_set_attribute (message, "to", room);
  invite = xmpp_node_add_child (xmpp_node_add_child (message, "x", XMPP_NS_MUC_USER), "invite", NULL);
  xmpp_node_set_attribute (invite, "to", to);
  if (reason != NULL)
    xmpp_node_add_text_child (invite, "reason", NULL, reason);
  return message;
}

XmppNode *
xmpp_muc_invite_new_decline (const XmppMucInvite *invite,
                             const char          *reason)
{
  XmppNode *message, *decline;

  g_return_val_if_fail (invite != NULL && invite->mediated, NULL);

  message = xmpp_node_new ("message", NS_CLIENT);
  xmpp_node_set_attribute (message, "to", invite->room);
  decline = xmpp_node_add_child (xmpp_node_add_child (message, "x", XMPP_NS_MUC_USER), "decline", NULL);
  xmpp_node_set_attribute (decline, "to", invite->from);
  if (reason != NULL)
    xmpp_node_add_text_child (decline, "reason", NULL, reason);
  return message;
}
