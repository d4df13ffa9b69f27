/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "xmpp"

#include "config.h"

#include "xmpp/iq-task-private.h"

typedef struct
{
  GTask          *task;
  XmppIqTaskFunc  on_result;
} IqStep;

static void
on_answer (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  IqStep *step = user_data;
  g_autoptr(GTask) task = step->task;
  XmppIqTaskFunc on_result = step->on_result;
  g_autoptr(GError) error = NULL;
  g_autoptr(XmppNode) answer = NULL;

  g_free (step);
  answer = xmpp_client_send_iq_finish (XMPP_CLIENT (source), result, &error);
  if (answer == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else if (on_result == NULL)
    g_task_return_boolean (task, TRUE);
  else
    on_result (task, answer);
}

void
xmpp_iq_task_send (XmppClient     *client,
                   XmppNode       *iq,
                   GTask          *task,
                   XmppIqTaskFunc  on_result)
{
  IqStep *step = g_new0 (IqStep, 1);

  step->task = task;
  step->on_result = on_result;
  xmpp_client_send_iq_async (client, iq, g_task_get_cancellable (task), on_answer, step);
}

XmppNode *
xmpp_iq_task_require (GTask      *task,
                      XmppNode   *result,
                      const char *name,
                      const char *xmlns)
{
  XmppNode *child = xmpp_node_get_child (result, name, xmlns);

  if (child == NULL)
    g_task_return_new_error (task, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_INVALID_ANSWER,
                             "the answer has no <%s xmlns='%s'/>", name, xmlns);
  return child;
}
