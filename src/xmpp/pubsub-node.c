/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nodes of publish-subscribe, their configuration, rights and subscriptions: XEP-0060 §5.6, §5.7, §6 and §8. */
#define G_LOG_DOMAIN "xmpp"

#include "config.h"

#include "xmpp/pubsub-private.h"

#include "xmpp/iq-task-private.h"
#include "xmpp/jid.h"

#define CONFIG_FORM_TYPE "http://jabber.org/protocol/pubsub#node_config"
#define MAX_RELATIONS    20000

G_DEFINE_BOXED_TYPE (XmppPubsubRelation, xmpp_pubsub_relation, xmpp_pubsub_relation_copy, xmpp_pubsub_relation_free)

static const char * const affiliation_names[] =
  { "none", "outcast", "member", "publish-only", "publisher", "owner" };
static const char * const subscription_names[] = { "none", "pending", "unconfigured", "subscribed" };

const char *
xmpp_pubsub_affiliation_to_string (XmppPubsubAffiliation affiliation)
{
  g_return_val_if_fail (affiliation < G_N_ELEMENTS (affiliation_names), "none");

  return affiliation_names[affiliation];
}

static XmppPubsubAffiliation
affiliation_parse (const char *text)
{
  for (guint i = 0; i < G_N_ELEMENTS (affiliation_names); i++)
    if (g_strcmp0 (text, affiliation_names[i]) == 0)
      return i;
  return XMPP_PUBSUB_AFFILIATION_NONE;
}

XmppPubsubRelation *
xmpp_pubsub_relation_new (const char                  *address,
                          XmppPubsubAffiliation        affiliation,
                          XmppPubsubSubscriptionState  subscription)
{
  XmppPubsubRelation *relation = g_new0 (XmppPubsubRelation, 1);

  relation->address = g_strdup (address);
  relation->affiliation = affiliation;
  relation->subscription = subscription;
  return relation;
}

XmppPubsubRelation *
xmpp_pubsub_relation_copy (const XmppPubsubRelation *relation)
{
  XmppPubsubRelation *copy = xmpp_pubsub_relation_new (relation->address, relation->affiliation,
                                                       relation->subscription);

  copy->node = g_strdup (relation->node);
  copy->subscription_id = g_strdup (relation->subscription_id);
  return copy;
}

void
xmpp_pubsub_relation_free (XmppPubsubRelation *relation)
{
  if (relation == NULL)
    return;
  g_free (relation->address);
  g_free (relation->node);
  g_free (relation->subscription_id);
  g_free (relation);
}

/* Starts a request about @node: <pubsub><@verb node='…'/></pubsub>. */
static GTask *
new_request (XmppPubsub           *self,
             const char           *type,
             const char           *service,
             const char           *xmlns,
             const char           *verb,
             const char           *node,
             GCancellable         *cancellable,
             GAsyncReadyCallback   callback,
             gpointer              user_data,
             XmppNode            **out_iq,
             XmppNode            **out_verb)
{
  XmppNode *pubsub;

  *out_iq = xmpp_pubsub_new_iq (type, service, xmlns, &pubsub);
  *out_verb = xmpp_node_add_child (pubsub, verb, NULL);
  if (node != NULL)
    xmpp_node_set_attribute (*out_verb, "node", node);
  return g_task_new (self, cancellable, callback, user_data);
}

void
xmpp_pubsub_create_node_async (XmppPubsub          *self,
                               const char          *service,
                               const char          *node,
                               const char * const  *config,
                               GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  GTask *task;
  XmppNode *iq, *create;

  g_return_if_fail (XMPP_IS_PUBSUB (self));
  g_return_if_fail (node != NULL);

  task = new_request (self, "set", service, XMPP_PUBSUB_XMLNS, "create", node, cancellable, callback, user_data,
                      &iq, &create);
  g_task_set_source_tag (task, xmpp_pubsub_create_node_async);
  if (config != NULL)
    xmpp_pubsub_add_form (xmpp_node_add_child (xmpp_node_get_parent (create), "configure", NULL),
                          CONFIG_FORM_TYPE, config);
  xmpp_iq_task_send (xmpp_pubsub_get_client (self), iq, task, NULL);
}

void
xmpp_pubsub_configure_async (XmppPubsub          *self,
                             const char          *service,
                             const char          *node,
                             const char * const  *config,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  GTask *task;
  XmppNode *iq, *configure;

  g_return_if_fail (XMPP_IS_PUBSUB (self));
  g_return_if_fail (node != NULL && config != NULL);

  task = new_request (self, "set", service, XMPP_PUBSUB_OWNER_XMLNS, "configure", node, cancellable, callback,
                      user_data, &iq, &configure);
  g_task_set_source_tag (task, xmpp_pubsub_configure_async);
  xmpp_pubsub_add_form (configure, CONFIG_FORM_TYPE, config);
  xmpp_iq_task_send (xmpp_pubsub_get_client (self), iq, task, NULL);
}

void
xmpp_pubsub_delete_node_async (XmppPubsub          *self,
                               const char          *service,
                               const char          *node,
                               GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  GTask *task;
  XmppNode *iq, *verb;

  g_return_if_fail (XMPP_IS_PUBSUB (self));
  g_return_if_fail (node != NULL);

  task = new_request (self, "set", service, XMPP_PUBSUB_OWNER_XMLNS, "delete", node, cancellable, callback,
                      user_data, &iq, &verb);
  g_task_set_source_tag (task, xmpp_pubsub_delete_node_async);
  xmpp_iq_task_send (xmpp_pubsub_get_client (self), iq, task, NULL);
}

void
xmpp_pubsub_purge_async (XmppPubsub          *self,
                         const char          *service,
                         const char          *node,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  GTask *task;
  XmppNode *iq, *verb;

  g_return_if_fail (XMPP_IS_PUBSUB (self));
  g_return_if_fail (node != NULL);

  task = new_request (self, "set", service, XMPP_PUBSUB_OWNER_XMLNS, "purge", node, cancellable, callback,
                      user_data, &iq, &verb);
  g_task_set_source_tag (task, xmpp_pubsub_purge_async);
  xmpp_iq_task_send (xmpp_pubsub_get_client (self), iq, task, NULL);
}

static void
on_subscribed (GTask    *task,
               XmppNode *result)
{
  XmppNode *node = xmpp_node_get_child (result, "pubsub", XMPP_PUBSUB_XMLNS);
  const char *state;

  node = node != NULL ? xmpp_node_get_child (node, "subscription", NULL) : NULL;
  state = node != NULL ? xmpp_node_get_attribute (node, "subscription") : NULL;
  if (g_strcmp0 (state, "pending") == 0)
    g_task_return_new_error (task, XMPP_PUBSUB_ERROR, XMPP_PUBSUB_ERROR_PENDING,
                             "an owner of the node has to agree first");
  else
    g_task_return_boolean (task, TRUE);
}

void
xmpp_pubsub_subscribe_async (XmppPubsub          *self,
                             const char          *service,
                             const char          *node,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  GTask *task;
  XmppNode *iq, *verb;

  g_return_if_fail (XMPP_IS_PUBSUB (self));
  g_return_if_fail (node != NULL);

  task = new_request (self, "set", service, XMPP_PUBSUB_XMLNS, "subscribe", node, cancellable, callback, user_data,
                      &iq, &verb);
  g_task_set_source_tag (task, xmpp_pubsub_subscribe_async);
  xmpp_node_set_attribute (verb, "jid", xmpp_client_get_address (xmpp_pubsub_get_client (self)));
  xmpp_iq_task_send (xmpp_pubsub_get_client (self), iq, task, on_subscribed);
}

static void
on_unsubscribed (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(XmppNode) answer = xmpp_client_send_iq_finish (XMPP_CLIENT (source), result, &error);

  if (answer != NULL)
    g_task_return_boolean (task, TRUE);
  else if (g_error_matches (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_UNEXPECTED_REQUEST))
    g_task_return_new_error (task, XMPP_PUBSUB_ERROR, XMPP_PUBSUB_ERROR_NOT_SUBSCRIBED, "%s", error->message);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

void
xmpp_pubsub_unsubscribe_async (XmppPubsub          *self,
                               const char          *service,
                               const char          *node,
                               GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  GTask *task;
  XmppNode *iq, *verb;

  g_return_if_fail (XMPP_IS_PUBSUB (self));
  g_return_if_fail (node != NULL);

  task = new_request (self, "set", service, XMPP_PUBSUB_XMLNS, "unsubscribe", node, cancellable, callback,
                      user_data, &iq, &verb);
  g_task_set_source_tag (task, xmpp_pubsub_unsubscribe_async);
  xmpp_node_set_attribute (verb, "jid", xmpp_client_get_address (xmpp_pubsub_get_client (self)));
  xmpp_client_send_iq_async (xmpp_pubsub_get_client (self), iq, cancellable, on_unsubscribed, task);
}

void
xmpp_pubsub_set_affiliations_async (XmppPubsub          *self,
                                    const char          *service,
                                    const char          *node,
                                    GPtrArray           *relations,
                                    GCancellable        *cancellable,
                                    GAsyncReadyCallback  callback,
                                    gpointer             user_data)
{
  GTask *task;
  XmppNode *iq, *list;

  g_return_if_fail (XMPP_IS_PUBSUB (self));
  g_return_if_fail (node != NULL && relations != NULL);

  task = new_request (self, "set", service, XMPP_PUBSUB_OWNER_XMLNS, "affiliations", node, cancellable, callback,
                      user_data, &iq, &list);
  g_task_set_source_tag (task, xmpp_pubsub_set_affiliations_async);
  for (guint i = 0; i < relations->len; i++)
    {
      const XmppPubsubRelation *relation = g_ptr_array_index (relations, i);
      XmppNode *entry = xmpp_node_add_child (list, "affiliation", NULL);

      xmpp_node_set_attribute (entry, "jid", relation->address);
      xmpp_node_set_attribute (entry, "affiliation", affiliation_names[relation->affiliation]);
    }
  xmpp_iq_task_send (xmpp_pubsub_get_client (self), iq, task, NULL);
}

void
xmpp_pubsub_set_subscriptions_async (XmppPubsub          *self,
                                     const char          *service,
                                     const char          *node,
                                     GPtrArray           *relations,
                                     GCancellable        *cancellable,
                                     GAsyncReadyCallback  callback,
                                     gpointer             user_data)
{
  GTask *task;
  XmppNode *iq, *list;

  g_return_if_fail (XMPP_IS_PUBSUB (self));
  g_return_if_fail (node != NULL && relations != NULL);

  task = new_request (self, "set", service, XMPP_PUBSUB_OWNER_XMLNS, "subscriptions", node, cancellable, callback,
                      user_data, &iq, &list);
  g_task_set_source_tag (task, xmpp_pubsub_set_subscriptions_async);
  for (guint i = 0; i < relations->len; i++)
    {
      const XmppPubsubRelation *relation = g_ptr_array_index (relations, i);
      XmppNode *entry = xmpp_node_add_child (list, "subscription", NULL);

      xmpp_node_set_attribute (entry, "jid", relation->address);
      xmpp_node_set_attribute (entry, "subscription", subscription_names[relation->subscription]);
      if (relation->subscription_id != NULL)
        xmpp_node_set_attribute (entry, "subid", relation->subscription_id);
    }
  xmpp_iq_task_send (xmpp_pubsub_get_client (self), iq, task, NULL);
}

static void
on_configuration (GTask    *task,
                  XmppNode *result)
{
  g_autoptr(GHashTable) table = NULL;
  XmppNode *node = xmpp_iq_task_require (task, result, "pubsub", XMPP_PUBSUB_OWNER_XMLNS);

  if (node == NULL)
    return;
  node = xmpp_node_get_child (node, "configure", NULL);
  node = node != NULL ? xmpp_node_get_child (node, "x", "jabber:x:data") : NULL;
  if (node == NULL)
    {
      g_task_return_new_error (task, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_INVALID_ANSWER,
                               "the answer holds no configuration");
      return;
    }
  table = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_strfreev);
  for (XmppNode *field = xmpp_node_get_first_child (node); field != NULL; field = xmpp_node_get_next (field))
    {
      const char *var = xmpp_node_get_attribute (field, "var");
      g_autoptr(GPtrArray) values = NULL;

      if (!xmpp_node_is (field, "field", "jabber:x:data") || var == NULL)
        continue;
      values = g_ptr_array_new_with_free_func (g_free);
      for (XmppNode *value = xmpp_node_get_first_child (field); value != NULL; value = xmpp_node_get_next (value))
        if (xmpp_node_is (value, "value", "jabber:x:data"))
          g_ptr_array_add (values, g_strdup (xmpp_node_get_text (value)));
      g_ptr_array_add (values, NULL);
      g_hash_table_replace (table, g_strdup (var), g_ptr_array_free (g_steal_pointer (&values), FALSE));
    }
  g_task_return_pointer (task, g_steal_pointer (&table), (GDestroyNotify) g_hash_table_unref);
}

void
xmpp_pubsub_get_configuration_async (XmppPubsub          *self,
                                     const char          *service,
                                     const char          *node,
                                     GCancellable        *cancellable,
                                     GAsyncReadyCallback  callback,
                                     gpointer             user_data)
{
  GTask *task;
  XmppNode *iq, *verb;

  g_return_if_fail (XMPP_IS_PUBSUB (self));
  g_return_if_fail (node != NULL);

  task = new_request (self, "get", service, XMPP_PUBSUB_OWNER_XMLNS, "configure", node, cancellable, callback,
                      user_data, &iq, &verb);
  g_task_set_source_tag (task, xmpp_pubsub_get_configuration_async);
  xmpp_iq_task_send (xmpp_pubsub_get_client (self), iq, task, on_configuration);
}

GHashTable *
xmpp_pubsub_get_configuration_finish (XmppPubsub    *self,
                                      GAsyncResult  *result,
                                      GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* <affiliation node|jid affiliation/> and <subscription node|jid subscription subid/>, of <affiliations/> or
 * <subscriptions/>: in own lists the node differs from entry to entry, in an owner's list the address does. */
static void
on_relations (GTask    *task,
              XmppNode *result)
{
  const char *node = g_task_get_task_data (task);
  const char *xmlns = node != NULL ? XMPP_PUBSUB_OWNER_XMLNS : XMPP_PUBSUB_XMLNS;
  gboolean affiliations = g_task_get_source_tag (task) == xmpp_pubsub_get_affiliations_async;
  g_autoptr(GPtrArray) relations = NULL;
  XmppNode *list = xmpp_iq_task_require (task, result, "pubsub", xmlns);

  if (list == NULL)
    return;
  list = xmpp_node_get_child (list, affiliations ? "affiliations" : "subscriptions", NULL);
  relations = g_ptr_array_new_with_free_func ((GDestroyNotify) xmpp_pubsub_relation_free);
  for (XmppNode *child = list != NULL ? xmpp_node_get_first_child (list) : NULL;
       child != NULL && relations->len < MAX_RELATIONS;
       child = xmpp_node_get_next (child))
    {
      const char *jid = xmpp_node_get_attribute (child, "jid");
      const char *its_node = node != NULL ? node : xmpp_node_get_attribute (child, "node");
      g_autofree char *address = jid != NULL ? xmpp_jid_prepare (jid, NULL) : NULL;
      XmppPubsubRelation *relation;

      if (!xmpp_node_is (child, affiliations ? "affiliation" : "subscription", xmlns) || its_node == NULL ||
          (node != NULL && address == NULL))
        continue;
      relation = xmpp_pubsub_relation_new (address, affiliation_parse (xmpp_node_get_attribute (child, "affiliation")),
                                           xmpp_pubsub_subscription_parse (xmpp_node_get_attribute (child, "subscription")));
      relation->node = g_strdup (its_node);
      relation->subscription_id = g_strdup (xmpp_node_get_attribute (child, "subid"));
      g_ptr_array_add (relations, relation);
    }
  g_task_return_pointer (task, g_steal_pointer (&relations), (GDestroyNotify) g_ptr_array_unref);
}

void
xmpp_pubsub_get_affiliations_async (XmppPubsub          *self,
                                    const char          *service,
                                    const char          *node,
                                    GCancellable        *cancellable,
                                    GAsyncReadyCallback  callback,
                                    gpointer             user_data)
{
  GTask *task;
  XmppNode *iq, *verb;

  g_return_if_fail (XMPP_IS_PUBSUB (self));

  task = new_request (self, "get", service, node != NULL ? XMPP_PUBSUB_OWNER_XMLNS : XMPP_PUBSUB_XMLNS,
                      "affiliations", node, cancellable, callback, user_data, &iq, &verb);
  g_task_set_source_tag (task, xmpp_pubsub_get_affiliations_async);
  g_task_set_task_data (task, g_strdup (node), g_free);
  xmpp_iq_task_send (xmpp_pubsub_get_client (self), iq, task, on_relations);
}

void
xmpp_pubsub_get_subscriptions_async (XmppPubsub          *self,
                                     const char          *service,
                                     const char          *node,
                                     GCancellable        *cancellable,
                                     GAsyncReadyCallback  callback,
                                     gpointer             user_data)
{
  GTask *task;
  XmppNode *iq, *verb;

  g_return_if_fail (XMPP_IS_PUBSUB (self));

  task = new_request (self, "get", service, node != NULL ? XMPP_PUBSUB_OWNER_XMLNS : XMPP_PUBSUB_XMLNS,
                      "subscriptions", node, cancellable, callback, user_data, &iq, &verb);
  g_task_set_source_tag (task, xmpp_pubsub_get_subscriptions_async);
  g_task_set_task_data (task, g_strdup (node), g_free);
  xmpp_iq_task_send (xmpp_pubsub_get_client (self), iq, task, on_relations);
}

GPtrArray *
xmpp_pubsub_get_relations_finish (XmppPubsub    *self,
                                  GAsyncResult  *result,
                                  GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
