/* SPDX-License-Identifier: GPL-3.0-or-later */

/* XEP-0045 §§8–10: roles, affiliations, destroying. */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "xmpp/jid.h"
#include "xmpp/muc-admin.h"
#include "xmpp/muc-config.h"

#define MAX_MEMBERS 20000

void
xmpp_muc_member_free (XmppMucMember *self)
{
  if (self == NULL)
    return;
  g_free (self->address);
  g_free (self->nick);
  g_free (self->reason);
  g_free (self);
}

static void
on_done (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(XmppNode) answer = NULL;
  GError *error = NULL;

  answer = xmpp_client_send_iq_finish (XMPP_CLIENT (source), result, &error);
  if (answer == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

/* The one <item/> of a change. */
static XmppNode *
add_item (XmppNode   *iq,
          const char *reason)
{
  XmppNode *query = xmpp_node_add_child (iq, "query", XMPP_NS_MUC_ADMIN);
  XmppNode *item = xmpp_node_add_child (query, "item", NULL);

  if (reason != NULL && *reason != '\0')
    xmpp_node_add_text_child (item, "reason", NULL, reason);
  return item;
}

void
xmpp_muc_admin_set_role_async (XmppClient          *client,
                               const char          *room,
                               const char          *nick,
                               XmppRole             role,
                               const char          *reason,
                               GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  XmppNode *iq, *item;
  GTask *task;

  g_return_if_fail (XMPP_IS_CLIENT (client));
  g_return_if_fail (room != NULL && nick != NULL);

  task = g_task_new (client, cancellable, callback, user_data);
  g_task_set_source_tag (task, xmpp_muc_admin_set_role_async);
  iq = xmpp_client_new_iq ("set", room);
  item = add_item (iq, reason);
  xmpp_node_set_attribute (item, "nick", nick);
  xmpp_node_set_attribute (item, "role", xmpp_role_to_string (role));
  xmpp_client_send_iq_async (client, iq, cancellable, on_done, task);
}

gboolean
xmpp_muc_admin_set_role_finish (XmppClient    *client,
                                GAsyncResult  *result,
                                GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, client), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
xmpp_muc_admin_set_affiliation_async (XmppClient          *client,
                                      const char          *room,
                                      const char          *address,
                                      XmppAffiliation      affiliation,
                                      const char          *reason,
                                      GCancellable        *cancellable,
                                      GAsyncReadyCallback  callback,
                                      gpointer             user_data)
{
  XmppNode *iq, *item;
  GTask *task;

  g_return_if_fail (XMPP_IS_CLIENT (client));
  g_return_if_fail (room != NULL && address != NULL);

  task = g_task_new (client, cancellable, callback, user_data);
  g_task_set_source_tag (task, xmpp_muc_admin_set_affiliation_async);
  iq = xmpp_client_new_iq ("set", room);
  item = add_item (iq, reason);
  xmpp_node_set_attribute (item, "jid", address);
  xmpp_node_set_attribute (item, "affiliation", xmpp_affiliation_to_string (affiliation));
  xmpp_client_send_iq_async (client, iq, cancellable, on_done, task);
}

gboolean
xmpp_muc_admin_set_affiliation_finish (XmppClient    *client,
                                       GAsyncResult  *result,
                                       GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, client), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static XmppMucMember *
parse_member (const XmppNode  *item,
              XmppAffiliation  asked)
{
  const char *text = xmpp_node_get_attribute (item, "jid");
  g_autofree char *address = text != NULL ? xmpp_jid_prepare (text, NULL) : NULL;
  XmppMucMember *member;

  if (address == NULL)
    return NULL;
  member = g_new0 (XmppMucMember, 1);
  member->address = xmpp_jid_dup_bare (address);
  member->nick = g_strdup (xmpp_node_get_attribute (item, "nick"));
  member->affiliation = asked;
  xmpp_affiliation_from_string (xmpp_node_get_attribute (item, "affiliation"), &member->affiliation);
  member->reason = g_strdup (xmpp_node_get_child_text (item, "reason", NULL));
  return member;
}

static void
on_list (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(XmppNode) answer = NULL;
  g_autoptr(GPtrArray) members = NULL;
  XmppAffiliation asked = GPOINTER_TO_INT (g_task_get_task_data (task));
  XmppNode *query;
  GError *error = NULL;

  answer = xmpp_client_send_iq_finish (XMPP_CLIENT (source), result, &error);
  if (answer == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  members = g_ptr_array_new_with_free_func ((GDestroyNotify) xmpp_muc_member_free);
  query = xmpp_node_get_child (answer, "query", XMPP_NS_MUC_ADMIN);
  for (XmppNode *item = query != NULL ? xmpp_node_get_first_child (query) : NULL;
       item != NULL && members->len < MAX_MEMBERS;
       item = xmpp_node_get_next (item))
    {
      XmppMucMember *member;

      if (!xmpp_node_is (item, "item", XMPP_NS_MUC_ADMIN))
        continue;
      member = parse_member (item, asked);
      if (member != NULL)
        g_ptr_array_add (members, member);
    }
  g_task_return_pointer (task, g_steal_pointer (&members), (GDestroyNotify) g_ptr_array_unref);
}

void
xmpp_muc_admin_list_async (XmppClient          *client,
                           const char          *room,
                           XmppAffiliation      affiliation,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  XmppNode *iq, *item;
  GTask *task;

  g_return_if_fail (XMPP_IS_CLIENT (client));
  g_return_if_fail (room != NULL);

  task = g_task_new (client, cancellable, callback, user_data);
  g_task_set_source_tag (task, xmpp_muc_admin_list_async);
  g_task_set_task_data (task, GINT_TO_POINTER (affiliation), NULL);
  iq = xmpp_client_new_iq ("get", room);
  item = add_item (iq, NULL);
  xmpp_node_set_attribute (item, "affiliation", xmpp_affiliation_to_string (affiliation));
  xmpp_client_send_iq_async (client, iq, cancellable, on_list, task);
}

GPtrArray *
xmpp_muc_admin_list_finish (XmppClient    *client,
                            GAsyncResult  *result,
                            GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, client), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
xmpp_muc_admin_destroy_async (XmppClient          *client,
                              const char          *room,
                              const char          *alternate,
                              const char          *reason,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  XmppNode *iq, *destroy;
  GTask *task;

  g_return_if_fail (XMPP_IS_CLIENT (client));
  g_return_if_fail (room != NULL);

  task = g_task_new (client, cancellable, callback, user_data);
  g_task_set_source_tag (task, xmpp_muc_admin_destroy_async);
  iq = xmpp_client_new_iq ("set", room);
  destroy = xmpp_node_add_child (xmpp_node_add_child (iq, "query", XMPP_NS_MUC_OWNER), "destroy", NULL);
  if (alternate != NULL)
    xmpp_node_set_attribute (destroy, "jid", alternate);
  if (reason != NULL && *reason != '\0')
    xmpp_node_add_text_child (destroy, "reason", NULL, reason);
  xmpp_client_send_iq_async (client, iq, cancellable, on_done, task);
}

gboolean
xmpp_muc_admin_destroy_finish (XmppClient    *client,
                               GAsyncResult  *result,
                               GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, client), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
