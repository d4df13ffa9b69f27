/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands: XEP-0050. */
#define G_LOG_DOMAIN "xmpp"

#include "config.h"

#include "xmpp/adhoc.h"

#include "xmpp/iq-task-private.h"

#define MAX_NOTES 32     /* of one step */

struct _XmppAdhoc
{
  GObject     parent_instance;

  XmppClient *client;
  XmppDisco  *disco;
};

G_DEFINE_FINAL_TYPE (XmppAdhoc, xmpp_adhoc, G_TYPE_OBJECT)
G_DEFINE_BOXED_TYPE (XmppAdhocStep, xmpp_adhoc_step, xmpp_adhoc_step_copy, xmpp_adhoc_step_free)

static const struct { const char *name; XmppAdhocAction action; } actions[] = {
  { "execute", XMPP_ADHOC_EXECUTE },
  { "prev", XMPP_ADHOC_PREV },
  { "next", XMPP_ADHOC_NEXT },
  { "complete", XMPP_ADHOC_COMPLETE },
  { "cancel", XMPP_ADHOC_CANCEL },
};

XmppAdhocStep *
xmpp_adhoc_step_copy (const XmppAdhocStep *step)
{
  XmppAdhocStep *copy = g_new0 (XmppAdhocStep, 1);

  *copy = *step;
  copy->service = g_strdup (step->service);
  copy->node = g_strdup (step->node);
  copy->session = g_strdup (step->session);
  copy->form = step->form != NULL ? xmpp_node_ref (step->form) : NULL;
  copy->notes = g_strdupv (step->notes);
  return copy;
}

void
xmpp_adhoc_step_free (XmppAdhocStep *step)
{
  if (step == NULL)
    return;
  g_free (step->service);
  g_free (step->node);
  g_free (step->session);
  g_clear_pointer (&step->form, xmpp_node_unref);
  g_strfreev (step->notes);
  g_free (step);
}

static void
xmpp_adhoc_dispose (GObject *object)
{
  XmppAdhoc *self = XMPP_ADHOC (object);

  g_clear_object (&self->client);
  g_clear_object (&self->disco);
  G_OBJECT_CLASS (xmpp_adhoc_parent_class)->dispose (object);
}

static void
xmpp_adhoc_class_init (XmppAdhocClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = xmpp_adhoc_dispose;
}

static void
xmpp_adhoc_init (XmppAdhoc *self)
{
}

XmppAdhoc *
xmpp_adhoc_new (XmppClient *client,
                XmppDisco  *disco)
{
  XmppAdhoc *self;

  g_return_val_if_fail (XMPP_IS_CLIENT (client), NULL);
  g_return_val_if_fail (XMPP_IS_DISCO (disco), NULL);

  self = g_object_new (XMPP_TYPE_ADHOC, NULL);
  self->client = g_object_ref (client);
  self->disco = g_object_ref (disco);
  return self;
}

XmppClient *
xmpp_adhoc_get_client (XmppAdhoc *self)
{
  g_return_val_if_fail (XMPP_IS_ADHOC (self), NULL);

  return self->client;
}

static const char *
get_service (XmppAdhoc  *self,
             const char *service)
{
  return service != NULL ? service : xmpp_client_get_domain (self->client);
}

static void
on_listed (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) items = xmpp_disco_items_finish (XMPP_DISCO (source), result, &error);
  g_autoptr(GPtrArray) commands = NULL;

  if (items == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  commands = g_ptr_array_new_with_free_func ((GDestroyNotify) xmpp_disco_item_free);
  for (guint i = 0; i < items->len; i++)
    {
      const XmppDiscoItem *item = g_ptr_array_index (items, i);

      /* A list may point at other entities; a command of somebody else is not what was asked for. */
      if (item->node != NULL && g_strcmp0 (item->address, g_task_get_task_data (task)) == 0)
        g_ptr_array_add (commands, xmpp_disco_item_copy (item));
    }
  g_task_return_pointer (task, g_steal_pointer (&commands), (GDestroyNotify) g_ptr_array_unref);
}

void
xmpp_adhoc_list_async (XmppAdhoc           *self,
                       const char          *service,
                       GCancellable        *cancellable,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  GTask *task;

  g_return_if_fail (XMPP_IS_ADHOC (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, xmpp_adhoc_list_async);
  g_task_set_task_data (task, g_strdup (get_service (self, service)), g_free);
  xmpp_disco_items_async (self->disco, get_service (self, service), XMPP_ADHOC_XMLNS, cancellable, on_listed, task);
}

GPtrArray *
xmpp_adhoc_list_finish (XmppAdhoc     *self,
                        GAsyncResult  *result,
                        GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static XmppAdhocAction
parse_action (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    if (g_strcmp0 (name, actions[i].name) == 0)
      return actions[i].action;
  return XMPP_ADHOC_EXECUTE;
}

static void
parse_actions (XmppAdhocStep  *step,
               const XmppNode *command)
{
  XmppNode *node = xmpp_node_get_child (command, "actions", NULL);

  if (step->status != XMPP_ADHOC_EXECUTING)
    return;
  step->actions = XMPP_ADHOC_CANCEL;
  if (node == NULL)
    {
      step->actions |= XMPP_ADHOC_COMPLETE;    /* §3.4: a single step */
      step->default_action = XMPP_ADHOC_COMPLETE;
      return;
    }
  for (XmppNode *child = xmpp_node_get_first_child (node); child != NULL; child = xmpp_node_get_next (child))
    step->actions |= parse_action (xmpp_node_get_name (child));
  step->default_action = parse_action (xmpp_node_get_attribute (node, "execute"));
  if (step->default_action == XMPP_ADHOC_EXECUTE)
    step->default_action = (step->actions & XMPP_ADHOC_NEXT) ? XMPP_ADHOC_NEXT : XMPP_ADHOC_COMPLETE;
}

static void
on_step (GTask    *task,
         XmppNode *result)
{
  const XmppAdhocStep *asked = g_task_get_task_data (task);
  XmppNode *command = xmpp_iq_task_require (task, result, "command", XMPP_ADHOC_XMLNS);
  g_autoptr(GPtrArray) notes = NULL;
  XmppAdhocStep *step;
  const char *status;
  XmppNode *form;

  if (command == NULL)
    return;
  step = g_new0 (XmppAdhocStep, 1);
  step->service = g_strdup (asked->service);
  step->node = g_strdup (asked->node);
  step->session = g_strdup (xmpp_node_get_attribute (command, "sessionid"));
  status = xmpp_node_get_attribute (command, "status");
  step->status = g_strcmp0 (status, "executing") == 0 ? XMPP_ADHOC_EXECUTING
                 : g_strcmp0 (status, "canceled") == 0 ? XMPP_ADHOC_CANCELED : XMPP_ADHOC_COMPLETED;
  parse_actions (step, command);
  form = xmpp_node_get_child (command, "x", "jabber:x:data");
  if (form != NULL)
    step->form = xmpp_node_copy (form);
  notes = g_ptr_array_new ();
  for (XmppNode *child = xmpp_node_get_first_child (command);
       child != NULL && notes->len < MAX_NOTES;
       child = xmpp_node_get_next (child))
    if (xmpp_node_is (child, "note", XMPP_ADHOC_XMLNS))
      {
        g_ptr_array_add (notes, g_strdup (xmpp_node_get_text (child)));
        step->failed |= g_strcmp0 (xmpp_node_get_attribute (child, "type"), "error") == 0;
      }
  g_ptr_array_add (notes, NULL);
  step->notes = (char **) g_ptr_array_free (g_steal_pointer (&notes), FALSE);
  g_task_return_pointer (task, step, (GDestroyNotify) xmpp_adhoc_step_free);
}

/* @form (transfer full) (nullable) */
static void
send_step (XmppAdhoc           *self,
           const char          *service,
           const char          *node,
           const char          *session,
           const char          *action,
           XmppNode            *form,
           gpointer             source_tag,
           GCancellable        *cancellable,
           GAsyncReadyCallback  callback,
           gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  XmppAdhocStep *asked = g_new0 (XmppAdhocStep, 1);
  XmppNode *iq, *command;

  g_task_set_source_tag (task, source_tag);
  asked->service = g_strdup (service);
  asked->node = g_strdup (node);
  g_task_set_task_data (task, asked, (GDestroyNotify) xmpp_adhoc_step_free);
  iq = xmpp_client_new_iq ("set", service);
  command = xmpp_node_add_child (iq, "command", XMPP_ADHOC_XMLNS);
  xmpp_node_set_attribute (command, "node", node);
  xmpp_node_set_attribute (command, "action", action);
  if (session != NULL)
    xmpp_node_set_attribute (command, "sessionid", session);
  if (form != NULL)
    {
      xmpp_node_add_copy (command, form);
      xmpp_node_unref (form);
    }
  xmpp_iq_task_send (self->client, iq, task, on_step);
}

void
xmpp_adhoc_start_async (XmppAdhoc           *self,
                        const char          *service,
                        const char          *node,
                        GCancellable        *cancellable,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  g_return_if_fail (XMPP_IS_ADHOC (self));
  g_return_if_fail (node != NULL);

  send_step (self, get_service (self, service), node, NULL, "execute", NULL, xmpp_adhoc_start_async, cancellable,
             callback, user_data);
}

void
xmpp_adhoc_continue_async (XmppAdhoc           *self,
                           const XmppAdhocStep *step,
                           XmppAdhocAction      action,
                           XmppNode            *form,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  const char *name = "execute";

  g_return_if_fail (XMPP_IS_ADHOC (self));
  g_return_if_fail (step != NULL);

  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    if (actions[i].action == action)
      name = actions[i].name;
  send_step (self, step->service, step->node, step->session, name, form, xmpp_adhoc_continue_async, cancellable,
             callback, user_data);
}

XmppAdhocStep *
xmpp_adhoc_finish (XmppAdhoc     *self,
                   GAsyncResult  *result,
                   GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
