/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How far each chat was read, on all devices: XEP-0490. */
#define G_LOG_DOMAIN "xmpp"

#include "config.h"

#include "xmpp/mds.h"

#include "xmpp/jid.h"
#include "xmpp/pubsub-private.h"

#define STANZA_ID_XMLNS "urn:xmpp:sid:0"
#define MAX_ID          1024   /* bytes of an archive id */

struct _XmppMds
{
  GObject       parent_instance;

  XmppClient   *client;
  XmppPep      *pep;
  GHashTable   *chats;   /* chat → archive id read up to */
  GCancellable *cancellable;
  guint         watch;
};

enum { DISPLAYED, LOADED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (XmppMds, xmpp_mds, G_TYPE_OBJECT)

static void
take_item (XmppMds              *self,
           const XmppPubsubItem *item)
{
  g_autofree char *chat = xmpp_jid_prepare (item->id, NULL);
  g_autofree char *by = NULL;
  XmppNode *stanza_id = NULL;
  const char *id = NULL;

  if (item->payload != NULL && xmpp_node_is (item->payload, "displayed", XMPP_MDS_NODE))
    stanza_id = xmpp_node_get_child (item->payload, "stanza-id", STANZA_ID_XMLNS);
  if (stanza_id != NULL)
    {
      id = xmpp_node_get_attribute (stanza_id, "id");
      by = xmpp_node_get_attribute (stanza_id, "by") != NULL
           ? xmpp_jid_prepare (xmpp_node_get_attribute (stanza_id, "by"), NULL) : NULL;
    }
  /* An id means something only in an archive that holds this chat: our own or the room's. */
  if (chat == NULL || id == NULL || *id == '\0' || strlen (id) > MAX_ID || by == NULL ||
      !(g_str_equal (by, xmpp_client_get_address (self->client)) || xmpp_jid_bare_equal (by, chat)))
    {
      xmpp_client_note_rejection (self->client, "read-mark-invalid");
      return;
    }
  if (!g_hash_table_contains (self->chats, chat) && g_hash_table_size (self->chats) >= XMPP_MDS_MAX)
    {
      xmpp_client_note_rejection (self->client, "read-marks-too-many");
      return;
    }
  if (g_strcmp0 (g_hash_table_lookup (self->chats, chat), id) == 0)
    return;
  g_hash_table_replace (self->chats, g_strdup (chat), g_strdup (id));
  g_signal_emit (self, signals[DISPLAYED], 0, chat, id, by);
}

static void
on_event (XmppPubsub            *pubsub,
          const XmppPubsubEvent *event,
          gpointer               user_data)
{
  g_autoptr(XmppMds) self = g_object_ref (XMPP_MDS (user_data));

  for (guint i = 0; i < event->items->len; i++)
    take_item (self, g_ptr_array_index (event->items, i));
  for (guint i = 0; i < event->retracted->len; i++)
    g_hash_table_remove (self->chats, g_ptr_array_index (event->retracted, i));
  if (event->kind == XMPP_PUBSUB_EVENT_PURGE || event->kind == XMPP_PUBSUB_EVENT_DELETE)
    g_hash_table_remove_all (self->chats);
}

static void
on_items (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(XmppMds) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) items = xmpp_pubsub_get_items_finish (XMPP_PUBSUB (source), result, &error);

  if (items == NULL && !g_error_matches (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_ITEM_NOT_FOUND))
    {
      g_debug ("read marks were not loaded: %s", error->message);
      return;
    }
  for (guint i = 0; items != NULL && i < items->len; i++)
    take_item (self, g_ptr_array_index (items, i));
  g_signal_emit (self, signals[LOADED], 0);
}

static void
on_session_started (XmppClient *client,
                    gboolean    resumed,
                    XmppMds    *self)
{
  if (resumed)
    return;
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  xmpp_pubsub_get_items_async (xmpp_pep_get_pubsub (self->pep), NULL, XMPP_MDS_NODE, NULL, 0, self->cancellable,
                               on_items, g_object_ref (self));
}

static void
xmpp_mds_dispose (GObject *object)
{
  XmppMds *self = XMPP_MDS (object);

  if (self->client != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->client, self);
      xmpp_pubsub_unwatch (xmpp_pep_get_pubsub (self->pep), self->watch);
      xmpp_pep_remove_interest (self->pep, XMPP_MDS_NODE);
    }
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->client);
  g_clear_object (&self->pep);
  G_OBJECT_CLASS (xmpp_mds_parent_class)->dispose (object);
}

static void
xmpp_mds_finalize (GObject *object)
{
  XmppMds *self = XMPP_MDS (object);

  g_hash_table_unref (self->chats);
  G_OBJECT_CLASS (xmpp_mds_parent_class)->finalize (object);
}

static void
xmpp_mds_class_init (XmppMdsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = xmpp_mds_dispose;
  object_class->finalize = xmpp_mds_finalize;

  signals[DISPLAYED] = g_signal_new ("displayed", XMPP_TYPE_MDS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                     G_TYPE_NONE, 3, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_STRING);
  signals[LOADED] = g_signal_new ("loaded", XMPP_TYPE_MDS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
xmpp_mds_init (XmppMds *self)
{
  self->chats = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

XmppMds *
xmpp_mds_new (XmppClient *client,
              XmppPep    *pep)
{
  XmppMds *self;

  g_return_val_if_fail (XMPP_IS_CLIENT (client), NULL);
  g_return_val_if_fail (XMPP_IS_PEP (pep), NULL);

  self = g_object_new (XMPP_TYPE_MDS, NULL);
  self->client = g_object_ref (client);
  self->pep = g_object_ref (pep);
  self->watch = xmpp_pubsub_watch (xmpp_pep_get_pubsub (pep), XMPP_PUBSUB_FROM_OWN, NULL, XMPP_MDS_NODE,
                                   on_event, self, NULL);
  xmpp_pep_add_interest (pep, XMPP_MDS_NODE);
  g_signal_connect (client, "session-started", G_CALLBACK (on_session_started), self);
  return self;
}

const char *
xmpp_mds_get (XmppMds    *self,
              const char *chat)
{
  g_return_val_if_fail (XMPP_IS_MDS (self), NULL);

  return g_hash_table_lookup (self->chats, chat);
}

static void
on_published (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  GError *error = NULL;

  if (xmpp_pep_publish_finish (XMPP_PEP (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
xmpp_mds_publish_async (XmppMds             *self,
                        const char          *chat,
                        const char          *stanza_id,
                        const char          *by,
                        GCancellable        *cancellable,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  XmppNode *displayed, *child;
  GTask *task;

  g_return_if_fail (XMPP_IS_MDS (self));
  g_return_if_fail (chat != NULL && stanza_id != NULL && by != NULL);

  displayed = xmpp_node_new ("displayed", XMPP_MDS_NODE);
  child = xmpp_node_add_child (displayed, "stanza-id", STANZA_ID_XMLNS);
  xmpp_node_set_attribute (child, "by", by);
  xmpp_node_set_attribute (child, "id", stanza_id);
  /* The own event that follows brings ::displayed also here, for other parts of the program. */
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, xmpp_mds_publish_async);
  xmpp_pep_publish_async (self->pep, XMPP_MDS_NODE, chat, displayed, XMPP_PEP_PRIVATE, XMPP_MDS_MAX, cancellable,
                          on_published, task);
}

gboolean
xmpp_mds_publish_finish (XmppMds       *self,
                         GAsyncResult  *result,
                         GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
