/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Personal eventing: XEP-0163; private data in it: XEP-0223. */
#define G_LOG_DOMAIN "xmpp"

#include "config.h"

#include "xmpp/pep.h"

#include "xmpp/pubsub-private.h"

#define MAX_ROUNDS 8     /* looks at the configuration for one item: a server that never comes to rest */

struct _XmppPep
{
  GObject     parent_instance;

  XmppClient *client;
  XmppDisco  *disco;
  XmppPubsub *pubsub;
  GHashTable *ensured;   /* node → "access/max_items" made sure of in this session */
};

G_DEFINE_FINAL_TYPE (XmppPep, xmpp_pep, G_TYPE_OBJECT)

static const char * const access_models[] = { "whitelist", "presence", "open" };

/*
 * One publication. The steps, each only after the one before went well:
 *
 *  1. The account can be published to, and checks publish-options (disco).
 *  2. The node's configuration is read. No node: it is created with ours. Another one: it is changed.
 *     Once a session; 3. too.
 *  3. After a change it is read again: the access model must be what was asked for. Servers pass over fields that
 *     they do not know, so success alone proves nothing.
 *  4. The item is published with the access model as a precondition. When that fails, somebody changed the node in
 *     between: once more from 2.
 */
typedef struct
{
  char          *node;
  char          *item_id;
  XmppNode      *payload;     /* (nullable): NULL only makes sure of the node */
  XmppPepAccess  access;
  guint          max_items;   /* 0: as many as can be */
  enum {
    WANTED,                   /* the configuration with the wanted number of items */
    AS_MANY_AS_CAN_BE,        /* the server did not like it: the number may be over its cap */
    PLAIN,                    /* nor that: only what must be */
  } attempt;
  gboolean       again;       /* the precondition failed once */
  gboolean       changed;     /* created or configured: to be read again */
  guint          rounds;      /* how often step 2 was begun */
} Publish;

static void read_configuration (GTask *task);
static void publish_item       (GTask *task);

static void
publish_free (gpointer data)
{
  Publish *publish = data;

  g_free (publish->node);
  g_free (publish->item_id);
  g_clear_pointer (&publish->payload, xmpp_node_unref);
  g_free (publish);
}

static char *
dup_ensured (const Publish *publish)
{
  return g_strdup_printf ("%d/%u", publish->access, publish->max_items);
}

static void
on_session_started (XmppClient *client,
                    gboolean    resumed,
                    XmppPep    *self)
{
  if (!resumed)
    g_hash_table_remove_all (self->ensured);
}

static void
xmpp_pep_dispose (GObject *object)
{
  XmppPep *self = XMPP_PEP (object);

  if (self->client != NULL)
    g_signal_handlers_disconnect_by_data (self->client, self);
  g_clear_object (&self->client);
  g_clear_object (&self->disco);
  g_clear_object (&self->pubsub);
  G_OBJECT_CLASS (xmpp_pep_parent_class)->dispose (object);
}

static void
xmpp_pep_finalize (GObject *object)
{
  XmppPep *self = XMPP_PEP (object);

  g_hash_table_unref (self->ensured);
  G_OBJECT_CLASS (xmpp_pep_parent_class)->finalize (object);
}

static void
xmpp_pep_class_init (XmppPepClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = xmpp_pep_dispose;
  object_class->finalize = xmpp_pep_finalize;
}

static void
xmpp_pep_init (XmppPep *self)
{
  self->ensured = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

XmppPep *
xmpp_pep_new (XmppClient *client,
              XmppDisco  *disco,
              XmppPubsub *pubsub)
{
  XmppPep *self;

  g_return_val_if_fail (XMPP_IS_CLIENT (client), NULL);
  g_return_val_if_fail (XMPP_IS_DISCO (disco), NULL);
  g_return_val_if_fail (XMPP_IS_PUBSUB (pubsub), NULL);

  self = g_object_new (XMPP_TYPE_PEP, NULL);
  self->client = g_object_ref (client);
  self->disco = g_object_ref (disco);
  self->pubsub = g_object_ref (pubsub);
  g_signal_connect (client, "session-started", G_CALLBACK (on_session_started), self);
  return self;
}

XmppPubsub *
xmpp_pep_get_pubsub (XmppPep *self)
{
  g_return_val_if_fail (XMPP_IS_PEP (self), NULL);

  return self->pubsub;
}

XmppDisco *
xmpp_pep_get_disco (XmppPep *self)
{
  g_return_val_if_fail (XMPP_IS_PEP (self), NULL);

  return self->disco;
}

XmppClient *
xmpp_pep_get_client (XmppPep *self)
{
  g_return_val_if_fail (XMPP_IS_PEP (self), NULL);

  return self->client;
}

void
xmpp_pep_add_interest (XmppPep    *self,
                       const char *node)
{
  g_autofree char *feature = NULL;

  g_return_if_fail (XMPP_IS_PEP (self));
  g_return_if_fail (node != NULL);

  feature = g_strconcat (node, "+notify", NULL);
  xmpp_disco_add_feature (self->disco, feature);
}

void
xmpp_pep_remove_interest (XmppPep    *self,
                          const char *node)
{
  g_autofree char *feature = NULL;

  g_return_if_fail (XMPP_IS_PEP (self));
  g_return_if_fail (node != NULL);

  feature = g_strconcat (node, "+notify", NULL);
  xmpp_disco_remove_feature (self->disco, feature);
}

/* Pairs for a form. Values are static or owned by @out_max. */
static void
fill_config (const Publish  *publish,
             const char     *config[13],
             char          **out_max)
{
  guint n = 0;

  *out_max = publish->max_items > 0 && publish->attempt == WANTED ? g_strdup_printf ("%u", publish->max_items)
             : g_strdup ("max");
  config[n++] = "pubsub#access_model";
  config[n++] = access_models[publish->access];
  config[n++] = "pubsub#persist_items";
  config[n++] = "1";
  if (publish->attempt != PLAIN)
    {
      config[n++] = "pubsub#max_items";
      config[n++] = *out_max;
      if (publish->access == XMPP_PEP_PRIVATE)
        {
          /* It is read at the start of each session, and ejabberd would send the last item of each node then. */
          config[n++] = "pubsub#send_last_published_item";
          config[n++] = "never";
          config[n++] = "pubsub#notify_retract";
          config[n++] = "1";
        }
    }
  config[n] = NULL;
}

static const char *
first_value (GHashTable *config,
             const char *name)
{
  char **values = g_hash_table_lookup (config, name);

  return values != NULL ? values[0] : NULL;
}

static gboolean
is_true (const char *text)
{
  return g_strcmp0 (text, "1") == 0 || g_strcmp0 (text, "true") == 0;
}

/* The part that must hold, whatever it takes. */
static gboolean
is_safe (const Publish *publish,
         GHashTable    *config)
{
  return g_strcmp0 (first_value (config, "pubsub#access_model"), access_models[publish->access]) == 0 &&
         is_true (first_value (config, "pubsub#persist_items"));
}

/* Does the node keep as many items as wanted? A form without the field cannot be asked for more. */
static gboolean
is_roomy (const Publish *publish,
          GHashTable    *config)
{
  const char *text = first_value (config, "pubsub#max_items");
  guint64 value;

  if (publish->attempt == PLAIN || text == NULL || g_str_equal (text, "max"))
    return TRUE;
  return publish->max_items > 0 && g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT64, &value, NULL) &&
         value >= publish->max_items;
}

static gboolean
may_be_the_configuration (const GError *error)
{
  return g_error_matches (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_BAD_REQUEST) ||
         g_error_matches (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_NOT_ACCEPTABLE) ||
         g_error_matches (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_RESOURCE_CONSTRAINT) ||
         g_error_matches (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_FEATURE_NOT_IMPLEMENTED);
}

static void
on_changed (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Publish *publish = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;

  if (xmpp_pubsub_finish (XMPP_PUBSUB (source), result, &error))
    publish->changed = TRUE;
  else if (g_error_matches (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_CONFLICT))
    publish->changed = FALSE;   /* another device made the node just now: look what it is like */
  else if (publish->attempt != PLAIN && may_be_the_configuration (error))
    publish->attempt = publish->attempt == WANTED && publish->max_items > 0 ? AS_MANY_AS_CAN_BE : PLAIN;
  else
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  read_configuration (g_steal_pointer (&task));
}

static void
on_configuration (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  XmppPep *self = g_task_get_source_object (task);
  Publish *publish = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  g_autoptr(GHashTable) config = xmpp_pubsub_get_configuration_finish (XMPP_PUBSUB (source), result, &error);
  g_autofree char *max = NULL;
  const char *fields[13];

  if (config == NULL && !g_error_matches (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_ITEM_NOT_FOUND))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  /* What a change did not make roomy is as roomy as this server lets it be. */
  if (config != NULL && is_safe (publish, config) && (is_roomy (publish, config) || publish->changed))
    {
      g_hash_table_replace (self->ensured, g_strdup (publish->node), dup_ensured (publish));
      publish_item (g_steal_pointer (&task));
      return;
    }
  if (publish->changed || publish->rounds > MAX_ROUNDS)
    {
      g_task_return_new_error (task, XMPP_PUBSUB_ERROR, XMPP_PUBSUB_ERROR_NOT_PRIVATE,
                               "the server does not give the node %s the access model %s",
                               publish->node, access_models[publish->access]);
      return;
    }
  fill_config (publish, fields, &max);
  if (config == NULL)
    xmpp_pubsub_create_node_async (self->pubsub, NULL, publish->node, fields, g_task_get_cancellable (task),
                                   on_changed, g_object_ref (task));
  else
    xmpp_pubsub_configure_async (self->pubsub, NULL, publish->node, fields, g_task_get_cancellable (task),
                                 on_changed, g_object_ref (task));
}

/* (transfer full) @task */
static void
read_configuration (GTask *task)
{
  XmppPep *self = g_task_get_source_object (task);
  Publish *publish = g_task_get_task_data (task);

  publish->rounds++;
  xmpp_pubsub_get_configuration_async (self->pubsub, NULL, publish->node, g_task_get_cancellable (task),
                                       on_configuration, task);
}

static void
on_published (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  XmppPep *self = g_task_get_source_object (task);
  Publish *publish = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  g_autofree char *id = xmpp_pubsub_publish_finish (XMPP_PUBSUB (source), result, &error);

  if (id != NULL)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  if (!g_error_matches (error, XMPP_PUBSUB_ERROR, XMPP_PUBSUB_ERROR_PRECONDITION_NOT_MET) &&
      !g_error_matches (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_ITEM_NOT_FOUND))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  g_hash_table_remove (self->ensured, publish->node);
  if (publish->again)
    {
      g_task_return_new_error (task, XMPP_PUBSUB_ERROR, XMPP_PUBSUB_ERROR_NOT_PRIVATE,
                               "the node %s is configured differently again and again", publish->node);
      return;
    }
  publish->again = TRUE;
  publish->changed = FALSE;
  read_configuration (g_steal_pointer (&task));
}

/* (transfer full) @task */
static void
publish_item (GTask *task)
{
  XmppPep *self = g_task_get_source_object (task);
  Publish *publish = g_task_get_task_data (task);
  /* Only what both servers understand here; the rest is in the node's configuration. */
  const char *options[] = {
    "pubsub#access_model", access_models[publish->access],
    "pubsub#persist_items", "true",
    NULL
  };

  if (publish->payload == NULL)
    {
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
      return;
    }
  xmpp_pubsub_publish_async (self->pubsub, NULL, publish->node, publish->item_id, xmpp_node_ref (publish->payload),
                             options, g_task_get_cancellable (task), on_published, task);
}

static void
on_account_info (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  XmppPep *self = g_task_get_source_object (task);
  Publish *publish = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  g_autoptr(XmppDiscoInfo) info = xmpp_disco_info_finish (XMPP_DISCO (source), result, &error);
  g_autofree char *wanted = NULL;

  if (info == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  if (!xmpp_disco_info_has_identity (info, "pubsub", "pep") ||
      !xmpp_disco_info_has_feature (info, "http://jabber.org/protocol/pubsub#publish-options"))
    {
      g_task_return_new_error (task, XMPP_PUBSUB_ERROR, XMPP_PUBSUB_ERROR_UNSUPPORTED,
                               "the server cannot keep data in the account with a chosen access model");
      return;
    }
  wanted = dup_ensured (publish);
  if (g_strcmp0 (g_hash_table_lookup (self->ensured, publish->node), wanted) == 0)
    publish_item (g_steal_pointer (&task));
  else
    read_configuration (g_steal_pointer (&task));
}

static void
start (XmppPep             *self,
       const char          *node,
       const char          *item_id,
       XmppNode            *payload,
       XmppPepAccess        access,
       guint                max_items,
       GCancellable        *cancellable,
       GAsyncReadyCallback  callback,
       gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Publish *publish = g_new0 (Publish, 1);

  g_task_set_source_tag (task, xmpp_pep_publish_async);
  publish->node = g_strdup (node);
  publish->item_id = g_strdup (item_id);
  publish->payload = payload;
  publish->access = access;
  publish->max_items = max_items;
  g_task_set_task_data (task, publish, publish_free);
  xmpp_disco_info_async (self->disco, NULL, NULL, cancellable, on_account_info, task);
}

void
xmpp_pep_publish_async (XmppPep             *self,
                        const char          *node,
                        const char          *item_id,
                        XmppNode            *payload,
                        XmppPepAccess        access,
                        guint                max_items,
                        GCancellable        *cancellable,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  g_return_if_fail (XMPP_IS_PEP (self));
  g_return_if_fail (node != NULL && payload != NULL);
  g_return_if_fail (access < G_N_ELEMENTS (access_models));

  start (self, node, item_id, payload, access, max_items, cancellable, callback, user_data);
}

void
xmpp_pep_ensure_async (XmppPep             *self,
                       const char          *node,
                       XmppPepAccess        access,
                       guint                max_items,
                       GCancellable        *cancellable,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  g_return_if_fail (XMPP_IS_PEP (self));
  g_return_if_fail (node != NULL);
  g_return_if_fail (access < G_N_ELEMENTS (access_models));

  start (self, node, NULL, NULL, access, max_items, cancellable, callback, user_data);
}

gboolean
xmpp_pep_publish_finish (XmppPep       *self,
                         GAsyncResult  *result,
                         GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
