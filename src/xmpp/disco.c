/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Service discovery: XEP-0030. */
#define G_LOG_DOMAIN "xmpp"

#include "config.h"

#include "xmpp/disco.h"

#include "xmpp/iq-task-private.h"
#include "xmpp/jid.h"
#include "xmpp/sender-private.h"

#define DISCO_INFO_XMLNS  "http://jabber.org/protocol/disco#info"
#define DISCO_ITEMS_XMLNS "http://jabber.org/protocol/disco#items"
#define MAX_CACHE         5000    /* answers kept of one session */
#define MAX_ITEMS         20000
#define MAX_FIND          64      /* items of the domain that are asked */

struct _XmppDisco
{
  GObject        parent_instance;

  XmppClient    *client;
  char          *category, *type, *name;
  GHashTable    *features;    /* feature → count */
  XmppDiscoInfo *own;         /* (nullable): made when asked for */
  char          *caps_node;   /* (nullable) */
  GHashTable    *cache;       /* key → XmppDiscoInfo */
  GHashTable    *pending;     /* key → GPtrArray of GTask that wait for one answer */
  GHashTable    *found;       /* key → GStrv */
  guint          session;     /* counts sessions, so that late answers do not fill the next one's cache */
  guint          handlers[2];
};

enum { FEATURES_CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (XmppDisco, xmpp_disco, G_TYPE_OBJECT)
G_DEFINE_BOXED_TYPE (XmppDiscoItem, xmpp_disco_item, xmpp_disco_item_copy, xmpp_disco_item_free)

XmppDiscoItem *
xmpp_disco_item_copy (const XmppDiscoItem *item)
{
  XmppDiscoItem *copy = g_new0 (XmppDiscoItem, 1);

  copy->address = g_strdup (item->address);
  copy->node = g_strdup (item->node);
  copy->name = g_strdup (item->name);
  return copy;
}

void
xmpp_disco_item_free (XmppDiscoItem *item)
{
  if (item == NULL)
    return;
  g_free (item->address);
  g_free (item->node);
  g_free (item->name);
  g_free (item);
}

/* Addresses and nodes cannot hold a line feed and an address comes first: the key is unambiguous. */
static char *
cache_key (const char *address,
           const char *node)
{
  return g_strconcat (address != NULL ? address : "", "\n", node, NULL);
}

static gboolean
is_own_node (XmppDisco  *self,
             const char *node)
{
  g_autofree char *hash = NULL;
  g_autofree char *full = NULL;

  if (node == NULL)
    return TRUE;
  if (self->caps_node == NULL)
    return FALSE;
  hash = xmpp_disco_info_dup_hash (xmpp_disco_get_own_info (self));
  full = g_strconcat (self->caps_node, "#", hash, NULL);
  return g_str_equal (node, full);
}

static gboolean
on_info_query (XmppClient *client,
               XmppNode   *iq,
               gpointer    user_data)
{
  XmppDisco *self = user_data;
  XmppNode *query = xmpp_node_get_child (iq, "query", DISCO_INFO_XMLNS);
  const char *node = xmpp_node_get_attribute (query, "node");
  XmppNode *answer;

  if (g_strcmp0 (xmpp_node_get_attribute (iq, "type"), "get") != 0)
    return FALSE;
  if (!is_own_node (self, node))
    {
      xmpp_client_reply_error (client, iq, XMPP_STANZA_ERROR_ITEM_NOT_FOUND, NULL);
      return TRUE;
    }
  answer = xmpp_disco_info_to_node (xmpp_disco_get_own_info (self));
  if (node != NULL)
    xmpp_node_set_attribute (answer, "node", node);
  xmpp_client_reply_result (client, iq, answer);
  return TRUE;
}

static gboolean
on_items_query (XmppClient *client,
                XmppNode   *iq,
                gpointer    user_data)
{
  XmppNode *query = xmpp_node_get_child (iq, "query", DISCO_ITEMS_XMLNS);

  if (g_strcmp0 (xmpp_node_get_attribute (iq, "type"), "get") != 0)
    return FALSE;
  if (xmpp_node_get_attribute (query, "node") != NULL)
    xmpp_client_reply_error (client, iq, XMPP_STANZA_ERROR_ITEM_NOT_FOUND, NULL);
  else
    xmpp_client_reply_result (client, iq, xmpp_node_new ("query", DISCO_ITEMS_XMLNS));
  return TRUE;
}

static void
on_session_started (XmppClient *client,
                    gboolean    resumed,
                    XmppDisco  *self)
{
  if (resumed)
    return;
  self->session++;
  g_hash_table_remove_all (self->cache);
  g_hash_table_remove_all (self->found);
}

static void
xmpp_disco_dispose (GObject *object)
{
  XmppDisco *self = XMPP_DISCO (object);

  if (self->client != NULL)
    {
      for (guint i = 0; i < G_N_ELEMENTS (self->handlers); i++)
        xmpp_client_remove_handler (self->client, self->handlers[i]);
      g_signal_handlers_disconnect_by_data (self->client, self);
    }
  g_clear_object (&self->client);
  G_OBJECT_CLASS (xmpp_disco_parent_class)->dispose (object);
}

static void
xmpp_disco_finalize (GObject *object)
{
  XmppDisco *self = XMPP_DISCO (object);

  g_free (self->category);
  g_free (self->type);
  g_free (self->name);
  g_free (self->caps_node);
  g_hash_table_unref (self->features);
  g_hash_table_unref (self->cache);
  g_hash_table_unref (self->pending);
  g_hash_table_unref (self->found);
  g_clear_pointer (&self->own, xmpp_disco_info_unref);
  G_OBJECT_CLASS (xmpp_disco_parent_class)->finalize (object);
}

static void
xmpp_disco_class_init (XmppDiscoClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = xmpp_disco_dispose;
  object_class->finalize = xmpp_disco_finalize;

  signals[FEATURES_CHANGED] = g_signal_new ("features-changed", XMPP_TYPE_DISCO, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                            NULL, G_TYPE_NONE, 0);
}

static void
xmpp_disco_init (XmppDisco *self)
{
  self->category = g_strdup ("client");
  self->type = g_strdup ("pc");
  self->features = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->cache = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) xmpp_disco_info_unref);
  self->pending = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  self->found = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_strfreev);
  xmpp_disco_add_feature (self, DISCO_INFO_XMLNS);
  xmpp_disco_add_feature (self, DISCO_ITEMS_XMLNS);
}

XmppDisco *
xmpp_disco_new (XmppClient *client)
{
  XmppDisco *self;

  g_return_val_if_fail (XMPP_IS_CLIENT (client), NULL);

  self = g_object_new (XMPP_TYPE_DISCO, NULL);
  self->client = g_object_ref (client);
  self->handlers[0] = xmpp_client_add_handler (client, XMPP_STANZA_IQ, 0, "query", DISCO_INFO_XMLNS,
                                               on_info_query, self, NULL);
  self->handlers[1] = xmpp_client_add_handler (client, XMPP_STANZA_IQ, 0, "query", DISCO_ITEMS_XMLNS,
                                               on_items_query, self, NULL);
  g_signal_connect (client, "session-started", G_CALLBACK (on_session_started), self);
  return self;
}

static void
own_changed (XmppDisco *self)
{
  g_clear_pointer (&self->own, xmpp_disco_info_unref);
  g_signal_emit (self, signals[FEATURES_CHANGED], 0);
}

void
xmpp_disco_set_identity (XmppDisco  *self,
                         const char *category,
                         const char *type,
                         const char *name)
{
  g_return_if_fail (XMPP_IS_DISCO (self));
  g_return_if_fail (category != NULL && type != NULL);

  g_free (self->category);
  g_free (self->type);
  g_free (self->name);
  self->category = g_strdup (category);
  self->type = g_strdup (type);
  self->name = g_strdup (name);
  own_changed (self);
}

void
xmpp_disco_add_feature (XmppDisco  *self,
                        const char *feature)
{
  guint count;

  g_return_if_fail (XMPP_IS_DISCO (self));
  g_return_if_fail (feature != NULL);

  count = GPOINTER_TO_UINT (g_hash_table_lookup (self->features, feature));
  g_hash_table_replace (self->features, g_strdup (feature), GUINT_TO_POINTER (count + 1));
  if (count == 0)
    own_changed (self);
}

void
xmpp_disco_remove_feature (XmppDisco  *self,
                           const char *feature)
{
  guint count;

  g_return_if_fail (XMPP_IS_DISCO (self));
  g_return_if_fail (feature != NULL);

  count = GPOINTER_TO_UINT (g_hash_table_lookup (self->features, feature));
  g_return_if_fail (count > 0);
  if (count > 1)
    {
      g_hash_table_replace (self->features, g_strdup (feature), GUINT_TO_POINTER (count - 1));
      return;
    }
  g_hash_table_remove (self->features, feature);
  own_changed (self);
}

XmppDiscoInfo *
xmpp_disco_get_own_info (XmppDisco *self)
{
  g_autoptr(XmppNode) query = NULL;
  XmppNode *identity;
  GHashTableIter iter;
  gpointer feature;

  g_return_val_if_fail (XMPP_IS_DISCO (self), NULL);

  if (self->own != NULL)
    return self->own;
  query = xmpp_node_new ("query", DISCO_INFO_XMLNS);
  identity = xmpp_node_add_child (query, "identity", NULL);
  xmpp_node_set_attribute (identity, "category", self->category);
  xmpp_node_set_attribute (identity, "type", self->type);
  if (self->name != NULL)
    xmpp_node_set_attribute (identity, "name", self->name);
  g_hash_table_iter_init (&iter, self->features);
  while (g_hash_table_iter_next (&iter, &feature, NULL))
    xmpp_node_set_attribute (xmpp_node_add_child (query, "feature", NULL), "var", feature);
  self->own = xmpp_disco_info_new_from_node (query);
  return self->own;
}

void
xmpp_disco_set_caps_node (XmppDisco  *self,
                          const char *node)
{
  g_return_if_fail (XMPP_IS_DISCO (self));

  g_free (self->caps_node);
  self->caps_node = g_strdup (node);
}

typedef struct
{
  XmppDisco *self;
  char      *key;
  guint      session;
} InfoQuery;

static void
on_info (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autofree InfoQuery *query = user_data;
  g_autoptr(XmppDisco) self = query->self;
  g_autofree char *key = query->key;
  g_autoptr(GError) error = NULL;
  g_autoptr(XmppNode) answer = xmpp_client_send_iq_finish (XMPP_CLIENT (source), result, &error);
  g_autoptr(XmppDiscoInfo) info = NULL;
  g_autoptr(GPtrArray) waiting = NULL;
  g_autofree char *pending_key = NULL;

  if (answer != NULL)
    info = xmpp_disco_info_new_from_node (xmpp_node_get_child (answer, "query", DISCO_INFO_XMLNS));
  if (answer != NULL && info == NULL)
    g_set_error_literal (&error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_INVALID_ANSWER,
                         "the answer holds no information");
  if (info != NULL && query->session == self->session && g_hash_table_size (self->cache) < MAX_CACHE)
    g_hash_table_replace (self->cache, g_strdup (key), xmpp_disco_info_ref (info));

  g_hash_table_steal_extended (self->pending, key, (gpointer *) &pending_key, (gpointer *) &waiting);
  for (guint i = 0; i < waiting->len; i++)
    {
      GTask *task = g_ptr_array_index (waiting, i);

      if (info != NULL)
        g_task_return_pointer (task, xmpp_disco_info_ref (info), (GDestroyNotify) xmpp_disco_info_unref);
      else
        g_task_return_error (task, g_error_copy (error));
    }
}

void
xmpp_disco_info_async (XmppDisco           *self,
                       const char          *address,
                       const char          *node,
                       GCancellable        *cancellable,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  g_autofree char *key = NULL;
  XmppDiscoInfo *info;
  GPtrArray *waiting;
  InfoQuery *state;
  XmppNode *iq, *query;

  g_return_if_fail (XMPP_IS_DISCO (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, xmpp_disco_info_async);
  if (address == NULL)
    address = xmpp_client_get_address (self->client);
  key = cache_key (address, node);
  info = g_hash_table_lookup (self->cache, key);
  if (info != NULL)
    {
      g_task_return_pointer (task, xmpp_disco_info_ref (info), (GDestroyNotify) xmpp_disco_info_unref);
      return;
    }
  waiting = g_hash_table_lookup (self->pending, key);
  if (waiting != NULL)
    {
      g_ptr_array_add (waiting, g_steal_pointer (&task));
      return;
    }
  waiting = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (waiting, g_steal_pointer (&task));
  g_hash_table_insert (self->pending, g_strdup (key), waiting);

  iq = xmpp_client_new_iq ("get", address);
  query = xmpp_node_add_child (iq, "query", DISCO_INFO_XMLNS);
  if (node != NULL)
    xmpp_node_set_attribute (query, "node", node);
  state = g_new0 (InfoQuery, 1);
  state->self = g_object_ref (self);
  state->key = g_steal_pointer (&key);
  state->session = self->session;
  /* Not cancellable: others may wait for the same answer. */
  xmpp_client_send_iq_async (self->client, iq, NULL, on_info, state);
}

XmppDiscoInfo *
xmpp_disco_info_finish (XmppDisco     *self,
                        GAsyncResult  *result,
                        GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
on_items (GTask    *task,
          XmppNode *result)
{
  g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify) xmpp_disco_item_free);
  XmppNode *query = xmpp_iq_task_require (task, result, "query", DISCO_ITEMS_XMLNS);

  if (query == NULL)
    return;
  for (XmppNode *child = xmpp_node_get_first_child (query);
       child != NULL && items->len < MAX_ITEMS;
       child = xmpp_node_get_next (child))
    {
      const char *jid = xmpp_node_get_attribute (child, "jid");
      g_autofree char *address = jid != NULL ? xmpp_jid_prepare (jid, NULL) : NULL;
      XmppDiscoItem *item;

      if (!xmpp_node_is (child, "item", DISCO_ITEMS_XMLNS) || address == NULL)
        continue;
      item = g_new0 (XmppDiscoItem, 1);
      item->address = g_steal_pointer (&address);
      item->node = g_strdup (xmpp_node_get_attribute (child, "node"));
      item->name = g_strdup (xmpp_node_get_attribute (child, "name"));
      g_ptr_array_add (items, item);
    }
  g_task_return_pointer (task, g_steal_pointer (&items), (GDestroyNotify) g_ptr_array_unref);
}

void
xmpp_disco_items_async (XmppDisco           *self,
                        const char          *address,
                        const char          *node,
                        GCancellable        *cancellable,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  GTask *task;
  XmppNode *iq, *query;

  g_return_if_fail (XMPP_IS_DISCO (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, xmpp_disco_items_async);
  iq = xmpp_client_new_iq ("get", address != NULL ? address : xmpp_client_get_address (self->client));
  query = xmpp_node_add_child (iq, "query", DISCO_ITEMS_XMLNS);
  if (node != NULL)
    xmpp_node_set_attribute (query, "node", node);
  xmpp_iq_task_send (self->client, iq, task, on_items);
}

GPtrArray *
xmpp_disco_items_finish (XmppDisco     *self,
                         GAsyncResult  *result,
                         GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* A search among the items of the domain. */
typedef struct
{
  char       *key;
  char       *feature, *category, *type;
  guint       session;
  char      **addresses;   /* asked, in order */
  gboolean   *matches;     /* one each */
  guint       waiting;     /* answers still to come */
} Find;

typedef struct
{
  GTask *task;
  guint  index;
} FindStep;

static void
find_free (gpointer data)
{
  Find *find = data;

  g_free (find->key);
  g_free (find->feature);
  g_free (find->category);
  g_free (find->type);
  g_strfreev (find->addresses);
  g_free (find->matches);
  g_free (find);
}

static void
find_done (GTask *task)
{
  XmppDisco *self = g_task_get_source_object (task);
  Find *find = g_task_get_task_data (task);
  g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func (g_free);
  char **list;

  for (guint i = 0; find->addresses[i] != NULL; i++)
    if (find->matches[i])
      g_ptr_array_add (found, g_strdup (find->addresses[i]));
  g_ptr_array_add (found, NULL);
  list = (char **) g_ptr_array_free (g_steal_pointer (&found), FALSE);
  if (find->session == self->session)
    g_hash_table_replace (self->found, g_strdup (find->key), g_strdupv (list));
  g_task_return_pointer (task, list, (GDestroyNotify) g_strfreev);
}

static void
on_find_info (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autofree FindStep *step = user_data;
  g_autoptr(GTask) task = step->task;
  Find *find = g_task_get_task_data (task);
  /* A component that does not answer is no match; that is no error of the search. */
  g_autoptr(XmppDiscoInfo) info = xmpp_disco_info_finish (XMPP_DISCO (source), result, NULL);

  find->matches[step->index] =
    info != NULL &&
    (find->feature == NULL || xmpp_disco_info_has_feature (info, find->feature)) &&
    (find->category == NULL || xmpp_disco_info_has_identity (info, find->category, find->type));
  if (--find->waiting == 0)
    find_done (task);
}

static void
on_find_items (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  XmppDisco *self = XMPP_DISCO (source);
  g_autoptr(GTask) task = user_data;
  Find *find = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) items = xmpp_disco_items_finish (self, result, &error);
  g_autoptr(GPtrArray) addresses = NULL;

  if (items == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  addresses = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (addresses, g_strdup (xmpp_client_get_domain (self->client)));
  for (guint i = 0; i < items->len && addresses->len <= MAX_FIND; i++)
    {
      const XmppDiscoItem *item = g_ptr_array_index (items, i);

      if (item->node == NULL && !g_ptr_array_find_with_equal_func (addresses, item->address, g_str_equal, NULL))
        g_ptr_array_add (addresses, g_strdup (item->address));
    }
  find->waiting = addresses->len;
  find->matches = g_new0 (gboolean, addresses->len);
  g_ptr_array_add (addresses, NULL);
  find->addresses = (char **) g_ptr_array_free (g_steal_pointer (&addresses), FALSE);
  for (guint i = 0; find->addresses[i] != NULL; i++)
    {
      FindStep *step = g_new0 (FindStep, 1);

      step->task = g_object_ref (task);
      step->index = i;
      xmpp_disco_info_async (self, find->addresses[i], NULL, g_task_get_cancellable (task), on_find_info, step);
    }
}

void
xmpp_disco_find_async (XmppDisco           *self,
                       const char          *feature,
                       const char          *category,
                       const char          *type,
                       GCancellable        *cancellable,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  Find *find;
  char **known;

  g_return_if_fail (XMPP_IS_DISCO (self));
  g_return_if_fail (feature != NULL || category != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, xmpp_disco_find_async);
  find = g_new0 (Find, 1);
  find->key = g_strdup_printf ("%s\n%s\n%s", feature != NULL ? feature : "", category != NULL ? category : "",
                               type != NULL ? type : "");
  find->feature = g_strdup (feature);
  find->category = g_strdup (category);
  find->type = g_strdup (type);
  find->session = self->session;
  g_task_set_task_data (task, find, find_free);
  known = g_hash_table_lookup (self->found, find->key);
  if (known != NULL)
    {
      g_task_return_pointer (task, g_strdupv (known), (GDestroyNotify) g_strfreev);
      return;
    }
  xmpp_disco_items_async (self, xmpp_client_get_domain (self->client), NULL, cancellable, on_find_items,
                          g_steal_pointer (&task));
}

char **
xmpp_disco_find_finish (XmppDisco     *self,
                        GAsyncResult  *result,
                        GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
