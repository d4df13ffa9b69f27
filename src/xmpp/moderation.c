/* SPDX-License-Identifier: GPL-3.0-or-later */

/* XEP-0425: Moderated Message Retraction. */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "xmpp/moderation.h"
#include "xmpp/retraction.h"

gboolean
xmpp_moderation_parse (const XmppNode  *parent,
                       char           **moderator,
                       char           **reason)
{
  XmppNode *moderated;
  const char *text;

  g_return_val_if_fail (parent != NULL && moderator != NULL && reason != NULL, FALSE);

  moderated = xmpp_node_get_child (parent, "moderated", XMPP_NS_MODERATION);
  if (moderated == NULL)
    moderated = xmpp_node_get_child (parent, "moderated", XMPP_NS_MODERATION_0);
  if (moderated == NULL)
    return FALSE;
  /* :1 has the reason beside <moderated/>, in the namespace of the retraction; :0 has it inside. */
  text = xmpp_node_get_child_text (parent, "reason", NULL);
  if (text == NULL)
    text = xmpp_node_get_child_text (moderated, "reason", NULL);
  *moderator = g_strdup (xmpp_node_get_attribute (moderated, "by"));
  *reason = g_strdup (text);
  return TRUE;
}

static XmppNode *
new_request (XmppClient *client,
             const char *room,
             const char *stanza_id,
             const char *reason,
             gboolean    legacy)
{
  XmppNode *iq = xmpp_client_new_iq ("set", room);
  XmppNode *moderate;

  if (legacy)
    {
      XmppNode *apply = xmpp_node_add_child (iq, "apply-to", XMPP_NS_FASTEN);

      xmpp_node_set_attribute (apply, "id", stanza_id);
      moderate = xmpp_node_add_child (apply, "moderate", XMPP_NS_MODERATION_0);
      xmpp_node_add_child (moderate, "retract", XMPP_NS_RETRACT_0);
    }
  else
    {
      moderate = xmpp_node_add_child (iq, "moderate", XMPP_NS_MODERATION);
      xmpp_node_set_attribute (moderate, "id", stanza_id);
      xmpp_node_add_child (moderate, "retract", XMPP_NS_RETRACT);
    }
  if (reason != NULL && *reason != '\0')
    xmpp_node_add_text_child (moderate, "reason", NULL, reason);
  return iq;
}

static void
on_answer (GObject      *source,
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

void
xmpp_moderation_retract_async (XmppClient          *client,
                               const char          *room,
                               const char          *stanza_id,
                               const char          *reason,
                               gboolean             legacy,
                               GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  GTask *task;

  g_return_if_fail (XMPP_IS_CLIENT (client));
  g_return_if_fail (room != NULL && stanza_id != NULL);

  task = g_task_new (client, cancellable, callback, user_data);
  g_task_set_source_tag (task, xmpp_moderation_retract_async);
  xmpp_client_send_iq_async (client, new_request (client, room, stanza_id, reason, legacy), cancellable, on_answer, task);
}

gboolean
xmpp_moderation_retract_finish (XmppClient    *client,
                                GAsyncResult  *result,
                                GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, client), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
