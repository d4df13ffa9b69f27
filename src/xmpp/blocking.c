/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The block list: XEP-0191. */
#define G_LOG_DOMAIN "xmpp"

#include "config.h"

#include "xmpp/blocking.h"

#include "xmpp/iq-task-private.h"
#include "xmpp/jid.h"
#include "xmpp/sender-private.h"
#include "xmpp/table-private.h"

#define BLOCKING_XMLNS "urn:xmpp:blocking"

struct _XmppBlocking
{
  GObject       parent_instance;

  XmppClient   *client;
  XmppDisco    *disco;
  GHashTable   *addresses;   /* set */
  GCancellable *cancellable;
  gboolean      supported;
  guint         handlers[2];
};

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (XmppBlocking, xmpp_blocking, G_TYPE_OBJECT)

/* Prepared addresses of the <item jid=''/> below @parent. */
static GPtrArray *
parse_items (XmppBlocking   *self,
             const XmppNode *parent)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (g_free);

  for (XmppNode *child = xmpp_node_get_first_child (parent); child != NULL; child = xmpp_node_get_next (child))
    {
      const char *jid = xmpp_node_get_attribute (child, "jid");
      char *address = jid != NULL ? xmpp_jid_prepare (jid, NULL) : NULL;

      if (!xmpp_node_is (child, "item", BLOCKING_XMLNS) || address == NULL)
        {
          xmpp_client_note_rejection (self->client, "blocking-item-invalid");
          g_free (address);
          continue;
        }
      g_ptr_array_add (list, address);
    }
  return list;
}

/* (transfer full) @address */
static gboolean
add (XmppBlocking *self,
     char         *address)
{
  if (g_hash_table_size (self->addresses) >= XMPP_BLOCKING_MAX)
    {
      xmpp_client_note_rejection (self->client, "blocking-too-many");
      g_free (address);
      return FALSE;
    }
  return g_hash_table_add (self->addresses, address);
}

static gboolean
on_push (XmppClient *client,
         XmppNode   *iq,
         gpointer    user_data)
{
  g_autoptr(XmppBlocking) self = g_object_ref (XMPP_BLOCKING (user_data));
  XmppNode *block = xmpp_node_get_child (iq, "block", BLOCKING_XMLNS);
  XmppNode *unblock = xmpp_node_get_child (iq, "unblock", BLOCKING_XMLNS);
  g_autoptr(GPtrArray) list = NULL;
  gboolean changed = FALSE;

  if (g_strcmp0 (xmpp_node_get_attribute (iq, "type"), "set") != 0)
    return FALSE;
  if (!xmpp_sender_is_own_account (client, iq))
    {
      xmpp_client_note_rejection (client, "blocking-push-forged");
      xmpp_client_reply_error (client, iq, XMPP_STANZA_ERROR_SERVICE_UNAVAILABLE, NULL);
      return TRUE;
    }
  xmpp_client_reply_result (client, iq, NULL);
  list = parse_items (self, block != NULL ? block : unblock);
  if (block == NULL && xmpp_node_get_first_child (unblock) == NULL)
    {
      /* §3.4: no item means everybody. An unblock whose items are all broken must not mean it. */
      changed = g_hash_table_size (self->addresses) > 0;
      g_hash_table_remove_all (self->addresses);
    }
  for (guint i = 0; i < list->len; i++)
    if (block != NULL)
      changed |= add (self, g_strdup (g_ptr_array_index (list, i)));
    else
      changed |= g_hash_table_remove (self->addresses, g_ptr_array_index (list, i));
  if (changed)
    g_signal_emit (self, signals[CHANGED], 0);
  return TRUE;
}

static void
on_list (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(XmppBlocking) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(XmppNode) answer = xmpp_client_send_iq_finish (XMPP_CLIENT (source), result, &error);
  XmppNode *blocklist = answer != NULL ? xmpp_node_get_child (answer, "blocklist", BLOCKING_XMLNS) : NULL;
  g_autoptr(GPtrArray) list = NULL;

  if (self->client == NULL)
    return;
  if (blocklist == NULL)
    {
      g_debug ("the block list was not loaded: %s", error != NULL ? error->message : "no list in the answer");
      return;
    }
  list = parse_items (self, blocklist);
  g_hash_table_remove_all (self->addresses);
  for (guint i = 0; i < list->len; i++)
    add (self, g_strdup (g_ptr_array_index (list, i)));
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
on_server_info (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr(XmppBlocking) self = user_data;
  g_autoptr(XmppDiscoInfo) info = xmpp_disco_info_finish (XMPP_DISCO (source), result, NULL);
  XmppNode *iq;

  if (self->client == NULL || info == NULL || !xmpp_disco_info_has_feature (info, BLOCKING_XMLNS))
    return;
  self->supported = TRUE;
  iq = xmpp_client_new_iq ("get", NULL);
  xmpp_node_add_child (iq, "blocklist", BLOCKING_XMLNS);
  xmpp_client_send_iq_async (self->client, iq, self->cancellable, on_list, g_object_ref (self));
}

static void
on_session_started (XmppClient   *client,
                    gboolean      resumed,
                    XmppBlocking *self)
{
  if (resumed)
    return;
  self->supported = FALSE;
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  xmpp_disco_info_async (self->disco, xmpp_client_get_domain (client), NULL, self->cancellable, on_server_info,
                         g_object_ref (self));
}

static void
xmpp_blocking_dispose (GObject *object)
{
  XmppBlocking *self = XMPP_BLOCKING (object);

  if (self->client != NULL)
    {
      for (guint i = 0; i < G_N_ELEMENTS (self->handlers); i++)
        xmpp_client_remove_handler (self->client, self->handlers[i]);
      g_signal_handlers_disconnect_by_data (self->client, self);
    }
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->client);
  g_clear_object (&self->disco);
  G_OBJECT_CLASS (xmpp_blocking_parent_class)->dispose (object);
}

static void
xmpp_blocking_finalize (GObject *object)
{
  XmppBlocking *self = XMPP_BLOCKING (object);

  g_hash_table_unref (self->addresses);
  G_OBJECT_CLASS (xmpp_blocking_parent_class)->finalize (object);
}

static void
xmpp_blocking_class_init (XmppBlockingClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = xmpp_blocking_dispose;
  object_class->finalize = xmpp_blocking_finalize;

  signals[CHANGED] = g_signal_new ("changed", XMPP_TYPE_BLOCKING, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);
}

static void
xmpp_blocking_init (XmppBlocking *self)
{
  self->addresses = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

XmppBlocking *
xmpp_blocking_new (XmppClient *client,
                   XmppDisco  *disco)
{
  XmppBlocking *self;

  g_return_val_if_fail (XMPP_IS_CLIENT (client), NULL);
  g_return_val_if_fail (XMPP_IS_DISCO (disco), NULL);

  self = g_object_new (XMPP_TYPE_BLOCKING, NULL);
  self->client = g_object_ref (client);
  self->disco = g_object_ref (disco);
  self->handlers[0] = xmpp_client_add_handler (client, XMPP_STANZA_IQ, 0, "block", BLOCKING_XMLNS, on_push, self, NULL);
  self->handlers[1] = xmpp_client_add_handler (client, XMPP_STANZA_IQ, 0, "unblock", BLOCKING_XMLNS, on_push, self,
                                               NULL);
  g_signal_connect (client, "session-started", G_CALLBACK (on_session_started), self);
  return self;
}

gboolean
xmpp_blocking_get_supported (XmppBlocking *self)
{
  g_return_val_if_fail (XMPP_IS_BLOCKING (self), FALSE);

  return self->supported;
}

gboolean
xmpp_blocking_contains (XmppBlocking *self,
                        const char   *address)
{
  g_autofree char *bare = NULL;
  g_autofree char *domain = NULL;
  g_autofree char *domain_resource = NULL;

  g_return_val_if_fail (XMPP_IS_BLOCKING (self), FALSE);

  if (address == NULL)
    return FALSE;
  /* §3.1: full, bare, domain with resource, domain. */
  bare = xmpp_jid_dup_bare (address);
  domain = xmpp_jid_dup_domain (address);
  if (xmpp_jid_get_resource (address) != NULL)
    domain_resource = xmpp_jid_join (domain, xmpp_jid_get_resource (address));
  return g_hash_table_contains (self->addresses, address) || g_hash_table_contains (self->addresses, bare) ||
         g_hash_table_contains (self->addresses, domain) ||
         (domain_resource != NULL && g_hash_table_contains (self->addresses, domain_resource));
}

static int
compare_strings (gconstpointer a,
                 gconstpointer b)
{
  return strcmp (*(const char * const *) a, *(const char * const *) b);
}

char **
xmpp_blocking_list (XmppBlocking *self)
{
  g_autoptr(GPtrArray) list = NULL;

  g_return_val_if_fail (XMPP_IS_BLOCKING (self), NULL);

  list = xmpp_table_list_keys (self->addresses);
  g_ptr_array_sort (list, compare_strings);
  g_ptr_array_add (list, NULL);
  return g_strdupv ((char **) list->pdata);
}

static void
send_change (XmppBlocking        *self,
             const char          *verb,
             const char          *address,
             gpointer             source_tag,
             GCancellable        *cancellable,
             GAsyncReadyCallback  callback,
             gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  XmppNode *iq = xmpp_client_new_iq ("set", NULL);
  XmppNode *node = xmpp_node_add_child (iq, verb, BLOCKING_XMLNS);

  g_task_set_source_tag (task, source_tag);
  xmpp_node_set_attribute (xmpp_node_add_child (node, "item", NULL), "jid", address);
  /* The push that follows changes the list. */
  xmpp_iq_task_send (self->client, iq, task, NULL);
}

void
xmpp_blocking_block_async (XmppBlocking        *self,
                           const char          *address,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  g_return_if_fail (XMPP_IS_BLOCKING (self));
  g_return_if_fail (address != NULL);

  send_change (self, "block", address, xmpp_blocking_block_async, cancellable, callback, user_data);
}

void
xmpp_blocking_unblock_async (XmppBlocking        *self,
                             const char          *address,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  g_return_if_fail (XMPP_IS_BLOCKING (self));
  g_return_if_fail (address != NULL);

  send_change (self, "unblock", address, xmpp_blocking_unblock_async, cancellable, callback, user_data);
}

gboolean
xmpp_blocking_finish (XmppBlocking  *self,
                      GAsyncResult  *result,
                      GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
