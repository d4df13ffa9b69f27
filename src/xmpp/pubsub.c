/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Publish-subscribe, items and notifications: XEP-0060 §5 to §7. Nodes and rights are in pubsub-node.c. */
#define G_LOG_DOMAIN "xmpp"

#include "config.h"

#include "xmpp/pubsub-private.h"

#include "xmpp/iq-task-private.h"
#include "xmpp/jid.h"
#include "xmpp/sender-private.h"

#define OPTIONS_FORM_TYPE "http://jabber.org/protocol/pubsub#publish-options"
#define MAX_ITEMS         20000   /* of one answer */

typedef struct
{
  guint                id;
  XmppPubsubSource     source;
  char                *service;   /* FROM_SERVICE only */
  char                *node;
  XmppPubsubEventFunc  func;
  gpointer             user_data;
  GDestroyNotify       destroy;
} Watch;

struct _XmppPubsub
{
  GObject     parent_instance;

  XmppClient *client;
  XmppDisco  *disco;
  GPtrArray  *watches;   /* Watch */
  guint       last_id;
  guint       handler;
};

G_DEFINE_FINAL_TYPE (XmppPubsub, xmpp_pubsub, G_TYPE_OBJECT)
G_DEFINE_QUARK (xmpp-pubsub-error-quark, xmpp_pubsub_error)

static void
watch_free (gpointer data)
{
  Watch *watch = data;

  if (watch->destroy != NULL)
    watch->destroy (watch->user_data);
  g_free (watch->service);
  g_free (watch->node);
  g_free (watch);
}

XmppClient *
xmpp_pubsub_get_client (XmppPubsub *self)
{
  return self->client;
}

static gboolean
watch_accepts (XmppPubsub            *self,
               const Watch           *watch,
               const XmppPubsubEvent *event)
{
  switch (watch->source)
    {
    case XMPP_PUBSUB_FROM_OWN:
      return g_str_equal (event->from, xmpp_client_get_address (self->client));
    case XMPP_PUBSUB_FROM_SERVICE:
      return g_str_equal (event->from, watch->service);
    case XMPP_PUBSUB_FROM_ANYBODY:
      return TRUE;
    default:
      g_assert_not_reached ();
    }
}

/* Handlers may add and remove watches: what to call is decided first, and looked up again by id. */
static void
deliver (XmppPubsub            *self,
         const XmppPubsubEvent *event)
{
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (guint));
  gboolean watched = FALSE;

  for (guint i = 0; i < self->watches->len; i++)
    {
      const Watch *watch = g_ptr_array_index (self->watches, i);

      if (!g_str_equal (watch->node, event->node))
        continue;
      watched = TRUE;
      if (watch_accepts (self, watch, event))
        g_array_append_val (ids, watch->id);
    }
  if (ids->len == 0)
    {
      xmpp_client_note_rejection (self->client, watched ? "pubsub-event-forged" : "pubsub-event-unasked");
      return;
    }
  for (guint i = 0; i < ids->len; i++)
    for (guint j = 0; j < self->watches->len; j++)
      {
        const Watch *watch = g_ptr_array_index (self->watches, j);

        if (watch->id == g_array_index (ids, guint, i))
          {
            watch->func (self, event, watch->user_data);
            break;
          }
      }
}

static gboolean
on_message (XmppClient *client,
            XmppNode   *message,
            gpointer    user_data)
{
  g_autoptr(XmppPubsub) self = g_object_ref (XMPP_PUBSUB (user_data));
  g_autofree char *from = xmpp_sender_dup (client, message);
  g_autoptr(XmppPubsubEvent) event = NULL;

  if (from == NULL || !xmpp_jid_is_bare (from))
    {
      /* Services and accounts speak from bare addresses; a resource is somebody's client (threats A5). */
      xmpp_client_note_rejection (client, "pubsub-event-forged");
      return TRUE;
    }
  event = xmpp_pubsub_event_parse (message);
  if (event == NULL)
    {
      xmpp_client_note_rejection (client, "pubsub-event-invalid");
      return TRUE;
    }
  event->from = from;
  deliver (self, event);
  return TRUE;
}

static void
xmpp_pubsub_dispose (GObject *object)
{
  XmppPubsub *self = XMPP_PUBSUB (object);

  if (self->client != NULL)
    xmpp_client_remove_handler (self->client, self->handler);
  g_ptr_array_set_size (self->watches, 0);
  g_clear_object (&self->client);
  g_clear_object (&self->disco);
  G_OBJECT_CLASS (xmpp_pubsub_parent_class)->dispose (object);
}

static void
xmpp_pubsub_finalize (GObject *object)
{
  XmppPubsub *self = XMPP_PUBSUB (object);

  g_ptr_array_unref (self->watches);
  G_OBJECT_CLASS (xmpp_pubsub_parent_class)->finalize (object);
}

static void
xmpp_pubsub_class_init (XmppPubsubClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = xmpp_pubsub_dispose;
  object_class->finalize = xmpp_pubsub_finalize;
}

static void
xmpp_pubsub_init (XmppPubsub *self)
{
  self->watches = g_ptr_array_new_with_free_func (watch_free);
}

XmppPubsub *
xmpp_pubsub_new (XmppClient *client,
                 XmppDisco  *disco)
{
  XmppPubsub *self;

  g_return_val_if_fail (XMPP_IS_CLIENT (client), NULL);
  g_return_val_if_fail (XMPP_IS_DISCO (disco), NULL);

  self = g_object_new (XMPP_TYPE_PUBSUB, NULL);
  self->client = g_object_ref (client);
  self->disco = g_object_ref (disco);
  /* Before the chat messages: a notification is none. */
  self->handler = xmpp_client_add_handler (client, XMPP_STANZA_MESSAGE, 50, "event", XMPP_PUBSUB_EVENT_XMLNS,
                                           on_message, self, NULL);
  return self;
}

guint
xmpp_pubsub_watch (XmppPubsub          *self,
                   XmppPubsubSource     source,
                   const char          *service,
                   const char          *node,
                   XmppPubsubEventFunc  func,
                   gpointer             user_data,
                   GDestroyNotify       destroy)
{
  Watch *watch;

  g_return_val_if_fail (XMPP_IS_PUBSUB (self), 0);
  g_return_val_if_fail ((service != NULL) == (source == XMPP_PUBSUB_FROM_SERVICE), 0);
  g_return_val_if_fail (node != NULL && func != NULL, 0);

  watch = g_new0 (Watch, 1);
  watch->id = ++self->last_id;
  watch->source = source;
  watch->service = g_strdup (service);
  watch->node = g_strdup (node);
  watch->func = func;
  watch->user_data = user_data;
  watch->destroy = destroy;
  g_ptr_array_add (self->watches, watch);
  return watch->id;
}

void
xmpp_pubsub_unwatch (XmppPubsub *self,
                     guint       id)
{
  g_return_if_fail (XMPP_IS_PUBSUB (self));

  for (guint i = 0; i < self->watches->len; i++)
    if (((Watch *) g_ptr_array_index (self->watches, i))->id == id)
      {
        g_ptr_array_remove_index (self->watches, i);
        return;
      }
}

XmppNode *
xmpp_pubsub_new_iq (const char  *type,
                    const char  *service,
                    const char  *xmlns,
                    XmppNode   **out_pubsub)
{
  XmppNode *iq = xmpp_client_new_iq (type, service);

  *out_pubsub = xmpp_node_add_child (iq, "pubsub", xmlns);
  return iq;
}

void
xmpp_pubsub_add_form (XmppNode           *parent,
                      const char         *form_type,
                      const char * const *fields)
{
  XmppNode *x = xmpp_node_add_child (parent, "x", "jabber:x:data");
  XmppNode *field = xmpp_node_add_child (x, "field", NULL);
  const char *last = NULL;

  xmpp_node_set_attribute (x, "type", "submit");
  xmpp_node_set_attribute (field, "var", "FORM_TYPE");
  xmpp_node_set_attribute (field, "type", "hidden");
  xmpp_node_add_text_child (field, "value", NULL, form_type);
  for (guint i = 0; fields[i] != NULL; i += 2)
    {
      g_assert (fields[i + 1] != NULL);
      if (last == NULL || !g_str_equal (last, fields[i]))
        {
          field = xmpp_node_add_child (x, "field", NULL);
          xmpp_node_set_attribute (field, "var", fields[i]);
        }
      last = fields[i];
      xmpp_node_add_text_child (field, "value", NULL, fields[i + 1]);
    }
}

/* Publishing. */

typedef struct
{
  char     *item_id;   /* (nullable) */
  gboolean  options;
} Publish;

static void
publish_free (gpointer data)
{
  Publish *publish = data;

  g_free (publish->item_id);
  g_free (publish);
}

static void
on_published (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Publish *publish = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  g_autoptr(XmppNode) answer = xmpp_client_send_iq_finish (XMPP_CLIENT (source), result, &error);
  XmppNode *node;
  const char *id = NULL;

  if (answer == NULL)
    {
      /* §7.1.3.6 and §7.1.3.4 use these conditions for nothing else. */
      if (publish->options && g_error_matches (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_CONFLICT))
        g_task_return_new_error (task, XMPP_PUBSUB_ERROR, XMPP_PUBSUB_ERROR_PRECONDITION_NOT_MET,
                                 "the node is configured differently: %s", error->message);
      else if (g_error_matches (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_NOT_ACCEPTABLE))
        g_task_return_new_error (task, XMPP_PUBSUB_ERROR, XMPP_PUBSUB_ERROR_PAYLOAD_TOO_BIG,
                                 "the item is too big for the service: %s", error->message);
      else
        g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  node = xmpp_node_get_child (answer, "pubsub", XMPP_PUBSUB_XMLNS);
  node = node != NULL ? xmpp_node_get_child (node, "publish", NULL) : NULL;
  node = node != NULL ? xmpp_node_get_child (node, "item", NULL) : NULL;
  if (node != NULL)
    id = xmpp_node_get_attribute (node, "id");
  if (id == NULL)
    id = publish->item_id;      /* §7.1.2: a service need not repeat it */
  if (id == NULL || (publish->item_id != NULL && !g_str_equal (id, publish->item_id)))
    g_task_return_new_error (task, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_INVALID_ANSWER,
                             "the service did not tell the item's id");
  else
    g_task_return_pointer (task, g_strdup (id), g_free);
}

void
xmpp_pubsub_publish_async (XmppPubsub          *self,
                           const char          *service,
                           const char          *node,
                           const char          *item_id,
                           XmppNode            *payload,
                           const char * const  *options,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  g_autoptr(XmppNode) owned = payload;
  g_autoptr(GTask) task = NULL;
  Publish *publish;
  XmppNode *iq, *pubsub, *element;

  g_return_if_fail (XMPP_IS_PUBSUB (self));
  g_return_if_fail (node != NULL && payload != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, xmpp_pubsub_publish_async);
  publish = g_new0 (Publish, 1);
  publish->item_id = g_strdup (item_id);
  publish->options = options != NULL;
  g_task_set_task_data (task, publish, publish_free);

  iq = xmpp_pubsub_new_iq ("set", service, XMPP_PUBSUB_XMLNS, &pubsub);
  element = xmpp_node_add_child (pubsub, "publish", NULL);
  xmpp_node_set_attribute (element, "node", node);
  element = xmpp_node_add_child (element, "item", NULL);
  if (item_id != NULL)
    xmpp_node_set_attribute (element, "id", item_id);
  xmpp_node_add_copy (element, payload);
  if (options != NULL)
    xmpp_pubsub_add_form (xmpp_node_add_child (pubsub, "publish-options", NULL), OPTIONS_FORM_TYPE, options);
  xmpp_client_send_iq_async (self->client, iq, cancellable, on_published, g_steal_pointer (&task));
}

char *
xmpp_pubsub_publish_finish (XmppPubsub    *self,
                            GAsyncResult  *result,
                            GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* Reading. */

typedef struct
{
  char  *node;
  char **ids;   /* (nullable) */
} Get;

static void
get_free (gpointer data)
{
  Get *get = data;

  g_free (get->node);
  g_strfreev (get->ids);
  g_free (get);
}

static void
on_got_items (GTask    *task,
              XmppNode *result)
{
  Get *get = g_task_get_task_data (task);
  g_autoptr(GPtrArray) items = NULL;
  XmppNode *node = xmpp_iq_task_require (task, result, "pubsub", XMPP_PUBSUB_XMLNS);

  if (node == NULL)
    return;
  node = xmpp_node_get_child (node, "items", NULL);
  if (node == NULL || g_strcmp0 (xmpp_node_get_attribute (node, "node"), get->node) != 0)
    {
      g_task_return_new_error (task, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_INVALID_ANSWER,
                               "the answer is about another node than %s", get->node);
      return;
    }
  items = g_ptr_array_new_with_free_func ((GDestroyNotify) xmpp_pubsub_item_unref);
  for (XmppNode *child = xmpp_node_get_first_child (node);
       child != NULL && items->len < MAX_ITEMS;
       child = xmpp_node_get_next (child))
    {
      const char *id = xmpp_node_get_attribute (child, "id");

      if (!xmpp_node_is (child, "item", XMPP_PUBSUB_XMLNS) || id == NULL)
        continue;
      if (get->ids != NULL && !g_strv_contains ((const char * const *) get->ids, id))
        continue;
      g_ptr_array_add (items, xmpp_pubsub_item_parse (child));
    }
  g_task_return_pointer (task, g_steal_pointer (&items), (GDestroyNotify) g_ptr_array_unref);
}

void
xmpp_pubsub_get_items_async (XmppPubsub          *self,
                             const char          *service,
                             const char          *node,
                             const char * const  *ids,
                             guint                max,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  GTask *task;
  Get *get;
  XmppNode *iq, *pubsub, *items;

  g_return_if_fail (XMPP_IS_PUBSUB (self));
  g_return_if_fail (node != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, xmpp_pubsub_get_items_async);
  get = g_new0 (Get, 1);
  get->node = g_strdup (node);
  get->ids = g_strdupv ((char **) ids);
  g_task_set_task_data (task, get, get_free);

  iq = xmpp_pubsub_new_iq ("get", service, XMPP_PUBSUB_XMLNS, &pubsub);
  items = xmpp_node_add_child (pubsub, "items", NULL);
  xmpp_node_set_attribute (items, "node", node);
  if (max > 0 && ids == NULL)
    xmpp_node_set_attribute_int64 (items, "max_items", max);
  for (guint i = 0; ids != NULL && ids[i] != NULL; i++)
    xmpp_node_set_attribute (xmpp_node_add_child (items, "item", NULL), "id", ids[i]);
  xmpp_iq_task_send (self->client, iq, task, on_got_items);
}

GPtrArray *
xmpp_pubsub_get_items_finish (XmppPubsub    *self,
                              GAsyncResult  *result,
                              GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
on_listed_ids (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) items = xmpp_disco_items_finish (XMPP_DISCO (source), result, &error);
  g_autoptr(GPtrArray) ids = NULL;

  if (items == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  ids = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < items->len; i++)
    {
      const XmppDiscoItem *item = g_ptr_array_index (items, i);

      /* §5.5: the id is the name, and there is no node. */
      if (item->name != NULL && item->node == NULL)
        g_ptr_array_add (ids, g_strdup (item->name));
    }
  g_ptr_array_add (ids, NULL);
  g_task_return_pointer (task, g_ptr_array_free (g_steal_pointer (&ids), FALSE), (GDestroyNotify) g_strfreev);
}

void
xmpp_pubsub_list_ids_async (XmppPubsub          *self,
                            const char          *service,
                            const char          *node,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  GTask *task;

  g_return_if_fail (XMPP_IS_PUBSUB (self));
  g_return_if_fail (node != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, xmpp_pubsub_list_ids_async);
  xmpp_disco_items_async (self->disco, service, node, cancellable, on_listed_ids, task);
}

char **
xmpp_pubsub_list_ids_finish (XmppPubsub    *self,
                             GAsyncResult  *result,
                             GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

gboolean
xmpp_pubsub_finish (XmppPubsub    *self,
                    GAsyncResult  *result,
                    GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
xmpp_pubsub_retract_async (XmppPubsub          *self,
                           const char          *service,
                           const char          *node,
                           const char          *item_id,
                           gboolean             notify,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  GTask *task;
  XmppNode *iq, *pubsub, *retract;

  g_return_if_fail (XMPP_IS_PUBSUB (self));
  g_return_if_fail (node != NULL && item_id != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, xmpp_pubsub_retract_async);
  iq = xmpp_pubsub_new_iq ("set", service, XMPP_PUBSUB_XMLNS, &pubsub);
  retract = xmpp_node_add_child (pubsub, "retract", NULL);
  xmpp_node_set_attribute (retract, "node", node);
  if (notify)
    xmpp_node_set_attribute (retract, "notify", "true");
  xmpp_node_set_attribute (xmpp_node_add_child (retract, "item", NULL), "id", item_id);
  xmpp_iq_task_send (self->client, iq, task, NULL);
}
