/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Contact list and subscriptions: RFC 6121 §2 and §3. */
#define G_LOG_DOMAIN "xmpp"

#include "config.h"

#include "xmpp/roster.h"

#include "xmpp/iq-task-private.h"
#include "xmpp/jid.h"
#include "xmpp/sender-private.h"
#include "xmpp/table-private.h"

#define ROSTER_XMLNS "jabber:iq:roster"
#define STATE_TYPE   "(sa(sssbbas))"   /* version; address, name ("" none), subscription, ask, approved, groups */
#define MAX_TEXT     1024              /* bytes of a name, a group or the words of a request */

typedef struct
{
  char *from;
  char *text;
} Request;

struct _XmppRoster
{
  GObject     parent_instance;

  XmppClient *client;
  GHashTable *items;              /* address → XmppRosterItem */
  char       *version;            /* (nullable): of the server, for what is in items */
  GPtrArray  *requests;           /* Request, oldest first */
  guint       dropped_requests;
  gboolean    loaded;
  guint       handlers[2];
  GCancellable *cancellable;      /* of the fetch of this session */
};

enum { LOADED, ITEM_CHANGED, ITEM_REMOVED, VERSION_CHANGED, REQUEST_RECEIVED, REQUEST_REMOVED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (XmppRoster, xmpp_roster, G_TYPE_OBJECT)
G_DEFINE_BOXED_TYPE (XmppRosterItem, xmpp_roster_item, xmpp_roster_item_ref, xmpp_roster_item_unref)

static const char * const subscription_names[] = { "none", "to", "from", "both" };

const char *
xmpp_subscription_to_string (XmppSubscription subscription)
{
  g_return_val_if_fail (subscription < G_N_ELEMENTS (subscription_names), "none");

  return subscription_names[subscription];
}

gboolean
xmpp_subscription_from_string (const char       *text,
                               XmppSubscription *out)
{
  for (guint i = 0; i < G_N_ELEMENTS (subscription_names); i++)
    if (g_strcmp0 (text, subscription_names[i]) == 0)
      {
        *out = i;
        return TRUE;
      }
  return FALSE;
}

static void
roster_item_clear (gpointer data)
{
  XmppRosterItem *item = data;

  g_free (item->address);
  g_free (item->name);
  g_strfreev (item->groups);
}

XmppRosterItem *
xmpp_roster_item_ref (XmppRosterItem *item)
{
  return g_atomic_rc_box_acquire (item);
}

void
xmpp_roster_item_unref (XmppRosterItem *item)
{
  g_atomic_rc_box_release_full (item, roster_item_clear);
}

static int
compare_strings (gconstpointer a,
                 gconstpointer b)
{
  return strcmp (*(const char * const *) a, *(const char * const *) b);
}

/* At most @length bytes of @text, whole characters. */
static char *
dup_cut (const char *text,
         gsize       length)
{
  const char *end;

  if (strlen (text) <= length)
    return g_strdup (text);
  end = g_utf8_find_prev_char (text, text + length + 1);
  return g_strndup (text, end != NULL ? end - text : 0);
}

/* Sorted, without doubles and empty ones, at most XMPP_ROSTER_MAX_GROUPS. (transfer full) */
static char **
clean_groups (GPtrArray *groups)
{
  g_autoptr(GPtrArray) clean = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_sort (groups, compare_strings);
  for (guint i = 0; i < groups->len && clean->len < XMPP_ROSTER_MAX_GROUPS; i++)
    {
      const char *group = g_ptr_array_index (groups, i);

      if (*group == '\0' ||
          (clean->len > 0 && g_str_equal (group, g_ptr_array_index (clean, clean->len - 1))))
        continue;
      g_ptr_array_add (clean, dup_cut (group, MAX_TEXT));
    }
  g_ptr_array_add (clean, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&clean), FALSE);
}

static XmppRosterItem *
roster_item_new (const char       *address,
                 const char       *name,
                 XmppSubscription  subscription,
                 gboolean          ask,
                 gboolean          approved,
                 GPtrArray        *groups)
{
  XmppRosterItem *item = g_atomic_rc_box_new0 (XmppRosterItem);

  item->address = g_strdup (address);
  item->name = name != NULL && *name != '\0' ? dup_cut (name, MAX_TEXT) : NULL;
  item->subscription = subscription;
  item->ask = ask;
  item->approved = approved;
  item->groups = clean_groups (groups);
  return item;
}

static gboolean
roster_item_equal (const XmppRosterItem *a,
                   const XmppRosterItem *b)
{
  return g_strcmp0 (a->name, b->name) == 0 && a->subscription == b->subscription && a->ask == b->ask &&
         a->approved == b->approved && g_strv_equal ((const char * const *) a->groups, (const char * const *) b->groups);
}

static char *
dup_prepared_bare (const char *text)
{
  g_autofree char *address = text != NULL ? xmpp_jid_prepare (text, NULL) : NULL;

  return address != NULL && xmpp_jid_is_bare (address) ? g_steal_pointer (&address) : NULL;
}

static gboolean
is_true (const char *text)
{
  return g_strcmp0 (text, "true") == 0 || g_strcmp0 (text, "1") == 0;
}

/* NULL if the element is no contact. @out_removed says that it is one to take out. */
static XmppRosterItem *
roster_item_parse (const XmppNode *node,
                   gboolean       *out_removed)
{
  g_autofree char *address = dup_prepared_bare (xmpp_node_get_attribute (node, "jid"));
  const char *subscription_text = xmpp_node_get_attribute (node, "subscription");
  XmppSubscription subscription = XMPP_SUBSCRIPTION_NONE;
  g_autoptr(GPtrArray) groups = g_ptr_array_new ();

  *out_removed = g_strcmp0 (subscription_text, "remove") == 0;
  if (address == NULL)
    return NULL;
  if (subscription_text != NULL && !*out_removed &&
      !xmpp_subscription_from_string (subscription_text, &subscription))
    return NULL;
  for (XmppNode *child = xmpp_node_get_first_child (node); child != NULL; child = xmpp_node_get_next (child))
    if (xmpp_node_is (child, "group", ROSTER_XMLNS))
      g_ptr_array_add (groups, (char *) xmpp_node_get_text (child));
  return roster_item_new (address, xmpp_node_get_attribute (node, "name"), subscription,
                          g_strcmp0 (xmpp_node_get_attribute (node, "ask"), "subscribe") == 0,
                          is_true (xmpp_node_get_attribute (node, "approved")), groups);
}

static void
request_free (gpointer data)
{
  Request *request = data;

  g_free (request->from);
  g_free (request->text);
  g_free (request);
}

static Request *
find_request (XmppRoster *self,
              const char *address,
              guint      *out_index)
{
  for (guint i = 0; i < self->requests->len; i++)
    {
      Request *request = g_ptr_array_index (self->requests, i);

      if (g_str_equal (request->from, address))
        {
          if (out_index != NULL)
            *out_index = i;
          return request;
        }
    }
  return NULL;
}

static void
remove_request (XmppRoster *self,
                const char *address)
{
  g_autofree char *from = g_strdup (address);
  guint index;

  if (find_request (self, from, &index) == NULL)
    return;
  g_ptr_array_remove_index (self->requests, index);
  g_signal_emit (self, signals[REQUEST_REMOVED], 0, from);
}

/* (transfer full) item */
static void
put_item (XmppRoster     *self,
          XmppRosterItem *item)
{
  XmppRosterItem *old = g_hash_table_lookup (self->items, item->address);
  g_autoptr(XmppRosterItem) kept = NULL;

  if (old != NULL && roster_item_equal (old, item))
    {
      xmpp_roster_item_unref (item);
      return;
    }
  if (old == NULL && g_hash_table_size (self->items) >= XMPP_ROSTER_MAX_ITEMS)
    {
      xmpp_client_note_rejection (self->client, "roster-too-big");
      xmpp_roster_item_unref (item);
      return;
    }
  kept = xmpp_roster_item_ref (item);
  g_hash_table_replace (self->items, item->address, item);
  g_signal_emit (self, signals[ITEM_CHANGED], 0, kept);
  if (kept->subscription == XMPP_SUBSCRIPTION_FROM || kept->subscription == XMPP_SUBSCRIPTION_BOTH)
    remove_request (self, kept->address);
}

static void
take_item_out (XmppRoster *self,
               const char *address)
{
  g_autofree char *kept = g_strdup (address);

  if (g_hash_table_remove (self->items, kept))
    g_signal_emit (self, signals[ITEM_REMOVED], 0, kept);
}

static void
set_version (XmppRoster *self,
             const char *version)
{
  g_free (self->version);
  self->version = g_strdup (version);
}

static gboolean
on_push (XmppClient *client,
         XmppNode   *iq,
         gpointer    user_data)
{
  XmppRoster *self = user_data;
  XmppNode *query = xmpp_node_get_child (iq, "query", ROSTER_XMLNS);
  XmppNode *child = xmpp_node_get_first_child (query);
  const char *version = xmpp_node_get_attribute (query, "ver");
  g_autoptr(XmppRosterItem) item = NULL;
  gboolean removed;

  if (g_strcmp0 (xmpp_node_get_attribute (iq, "type"), "set") != 0)
    return FALSE;
  if (!xmpp_sender_is_own_account (client, iq))
    {
      xmpp_client_note_rejection (client, "roster-push-forged");
      xmpp_client_reply_error (client, iq, XMPP_STANZA_ERROR_SERVICE_UNAVAILABLE, NULL);
      return TRUE;
    }
  if (child != NULL && xmpp_node_is (child, "item", ROSTER_XMLNS) && xmpp_node_get_next (child) == NULL)
    item = roster_item_parse (child, &removed);
  if (item == NULL)
    {
      xmpp_client_note_rejection (client, "roster-push-invalid");
      xmpp_client_reply_error (client, iq, XMPP_STANZA_ERROR_BAD_REQUEST, NULL);
      return TRUE;
    }
  xmpp_client_reply_result (client, iq, NULL);

  g_object_ref (self);
  if (version != NULL)
    set_version (self, version);
  if (removed)
    take_item_out (self, item->address);
  else
    put_item (self, g_steal_pointer (&item));
  g_signal_emit (self, signals[VERSION_CHANGED], 0);
  g_object_unref (self);
  return TRUE;
}

static void
on_subscribe (XmppRoster *self,
              XmppNode   *presence,
              const char *from)
{
  XmppRosterItem *item = g_hash_table_lookup (self->items, from);
  const char *text = xmpp_node_get_child_text (presence, "status", "jabber:client");
  Request *request;

  if (g_str_equal (from, xmpp_client_get_address (self->client)) || find_request (self, from, NULL) != NULL)
    return;
  if (item != NULL && (item->subscription == XMPP_SUBSCRIPTION_FROM || item->subscription == XMPP_SUBSCRIPTION_BOTH))
    return;
  if (self->requests->len >= XMPP_ROSTER_MAX_REQUESTS)
    {
      self->dropped_requests++;
      xmpp_client_note_rejection (self->client, "subscription-requests-full");
      return;
    }
  request = g_new0 (Request, 1);
  request->from = g_strdup (from);
  request->text = dup_cut (text != NULL ? text : "", MAX_TEXT);
  g_ptr_array_add (self->requests, request);
  g_signal_emit (self, signals[REQUEST_RECEIVED], 0, from, request->text);
}

static gboolean
on_presence (XmppClient *client,
             XmppNode   *presence,
             gpointer    user_data)
{
  XmppRoster *self = user_data;
  const char *type = xmpp_node_get_attribute (presence, "type");
  g_autofree char *from = NULL;

  if (type == NULL || !(g_str_equal (type, "subscribe") || g_str_equal (type, "subscribed") ||
                        g_str_equal (type, "unsubscribe") || g_str_equal (type, "unsubscribed")))
    return FALSE;
  from = xmpp_sender_dup_bare (client, presence);
  if (from == NULL)
    {
      xmpp_client_note_rejection (client, "presence-sender-invalid");
      return TRUE;
    }
  g_object_ref (self);
  if (g_str_equal (type, "subscribe"))
    on_subscribe (self, presence, from);
  else if (g_str_equal (type, "unsubscribe"))
    remove_request (self, from);
  /* "subscribed" and "unsubscribed" only announce the roster push that the server sends; nothing is believed here. */
  g_object_unref (self);
  return TRUE;
}

static void
load_query (XmppRoster *self,
            XmppNode   *query)
{
  g_autoptr(GHashTable) fresh = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify) xmpp_roster_item_unref);
  g_autoptr(GPtrArray) gone = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer address;

  for (XmppNode *child = xmpp_node_get_first_child (query); child != NULL; child = xmpp_node_get_next (child))
    {
      gboolean removed;
      g_autoptr(XmppRosterItem) item = NULL;

      if (!xmpp_node_is (child, "item", ROSTER_XMLNS))
        continue;
      item = roster_item_parse (child, &removed);
      if (item == NULL || removed)
        {
          xmpp_client_note_rejection (self->client, "roster-item-invalid");
          continue;
        }
      g_hash_table_add (fresh, item->address);
      g_ptr_array_add (items, g_steal_pointer (&item));
    }

  g_hash_table_iter_init (&iter, self->items);
  while (g_hash_table_iter_next (&iter, &address, NULL))
    if (!g_hash_table_contains (fresh, address))
      g_ptr_array_add (gone, g_strdup (address));
  for (guint i = 0; i < gone->len; i++)
    take_item_out (self, g_ptr_array_index (gone, i));
  for (guint i = 0; i < items->len; i++)
    put_item (self, xmpp_roster_item_ref (g_ptr_array_index (items, i)));
  set_version (self, xmpp_node_get_attribute (query, "ver"));
}

static void
on_fetched (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(XmppRoster) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(XmppNode) answer = xmpp_client_send_iq_finish (XMPP_CLIENT (source), result, &error);
  XmppNode *query;

  if (answer == NULL)
    {
      g_debug ("the roster was not fetched: %s", error->message);
      return;
    }
  query = xmpp_node_get_child (answer, "query", ROSTER_XMLNS);
  if (query != NULL)
    load_query (self, query);
  else if (self->version == NULL)
    return;             /* "nothing changed" is no answer to somebody who has nothing (§2.6.3) */
  self->loaded = TRUE;
  if (query != NULL)
    g_signal_emit (self, signals[VERSION_CHANGED], 0);
  g_signal_emit (self, signals[LOADED], 0);
}

static void
on_session_started (XmppClient *client,
                    gboolean    resumed,
                    XmppRoster *self)
{
  XmppNode *features = xmpp_client_get_features (client);
  XmppNode *iq, *query;

  if (resumed)
    return;
  self->loaded = FALSE;
  g_cancellable_cancel (self->cancellable);
  g_set_object (&self->cancellable, NULL);
  self->cancellable = g_cancellable_new ();

  iq = xmpp_client_new_iq ("get", NULL);
  query = xmpp_node_add_child (iq, "query", ROSTER_XMLNS);
  if (features != NULL && xmpp_node_get_child (features, "ver", "urn:xmpp:features:rosterver") != NULL)
    xmpp_node_set_attribute (query, "ver", self->version != NULL ? self->version : "");
  else
    g_clear_pointer (&self->version, g_free);
  xmpp_client_send_iq_async (client, iq, self->cancellable, on_fetched, g_object_ref (self));
}

static void
xmpp_roster_dispose (GObject *object)
{
  XmppRoster *self = XMPP_ROSTER (object);

  if (self->client != NULL)
    {
      for (guint i = 0; i < G_N_ELEMENTS (self->handlers); i++)
        xmpp_client_remove_handler (self->client, self->handlers[i]);
      g_signal_handlers_disconnect_by_data (self->client, self);
    }
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->client);
  G_OBJECT_CLASS (xmpp_roster_parent_class)->dispose (object);
}

static void
xmpp_roster_finalize (GObject *object)
{
  XmppRoster *self = XMPP_ROSTER (object);

  g_hash_table_unref (self->items);
  g_ptr_array_unref (self->requests);
  g_free (self->version);
  G_OBJECT_CLASS (xmpp_roster_parent_class)->finalize (object);
}

static void
xmpp_roster_class_init (XmppRosterClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = xmpp_roster_dispose;
  object_class->finalize = xmpp_roster_finalize;

  signals[LOADED] = g_signal_new ("loaded", XMPP_TYPE_ROSTER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 0);
  signals[ITEM_CHANGED] = g_signal_new ("item-changed", XMPP_TYPE_ROSTER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 1, XMPP_TYPE_ROSTER_ITEM);
  signals[ITEM_REMOVED] = g_signal_new ("item-removed", XMPP_TYPE_ROSTER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[VERSION_CHANGED] = g_signal_new ("version-changed", XMPP_TYPE_ROSTER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                           G_TYPE_NONE, 0);
  signals[REQUEST_RECEIVED] = g_signal_new ("request-received", XMPP_TYPE_ROSTER, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                            NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
  signals[REQUEST_REMOVED] = g_signal_new ("request-removed", XMPP_TYPE_ROSTER, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                           NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
xmpp_roster_init (XmppRoster *self)
{
  self->items = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) xmpp_roster_item_unref);
  self->requests = g_ptr_array_new_with_free_func (request_free);
}

XmppRoster *
xmpp_roster_new (XmppClient *client)
{
  XmppRoster *self;

  g_return_val_if_fail (XMPP_IS_CLIENT (client), NULL);

  self = g_object_new (XMPP_TYPE_ROSTER, NULL);
  self->client = g_object_ref (client);
  self->handlers[0] = xmpp_client_add_handler (client, XMPP_STANZA_IQ, 0, "query", ROSTER_XMLNS, on_push, self, NULL);
  self->handlers[1] = xmpp_client_add_handler (client, XMPP_STANZA_PRESENCE, 10, NULL, NULL, on_presence, self, NULL);
  g_signal_connect (client, "session-started", G_CALLBACK (on_session_started), self);
  return self;
}

GVariant *
xmpp_roster_dup_state (XmppRoster *self)
{
  GVariantBuilder items;
  g_autoptr(GPtrArray) list = NULL;

  g_return_val_if_fail (XMPP_IS_ROSTER (self), NULL);

  list = xmpp_roster_list_items (self);
  g_variant_builder_init (&items, G_VARIANT_TYPE ("a(sssbbas)"));
  for (guint i = 0; i < list->len; i++)
    {
      XmppRosterItem *item = g_ptr_array_index (list, i);

      g_variant_builder_add (&items, "(sssbb^as)", item->address, item->name != NULL ? item->name : "",
                             xmpp_subscription_to_string (item->subscription), item->ask, item->approved,
                             item->groups);
    }
  return g_variant_ref_sink (g_variant_new ("(sa(sssbbas))", self->version != NULL ? self->version : "", &items));
}

gboolean
xmpp_roster_restore (XmppRoster *self,
                     GVariant   *state)
{
  g_autoptr(GVariantIter) items = NULL;
  const char *version, *address, *name, *subscription_text;
  gboolean ask, approved;
  GVariant *groups;

  g_return_val_if_fail (XMPP_IS_ROSTER (self), FALSE);

  if (state == NULL || !g_variant_is_of_type (state, G_VARIANT_TYPE (STATE_TYPE)) ||
      !g_variant_is_normal_form (state))
    return FALSE;
  g_hash_table_remove_all (self->items);
  g_variant_get (state, "(&sa(sssbbas))", &version, &items);
  while (g_variant_iter_loop (items, "(&s&s&sbb@as)", &address, &name, &subscription_text, &ask, &approved, &groups))
    {
      g_autoptr(GPtrArray) list = g_ptr_array_new ();
      g_autofree const char **names = g_variant_get_strv (groups, NULL);
      XmppSubscription subscription;
      XmppRosterItem *item;

      if (!xmpp_jid_is_valid (address) || !xmpp_jid_is_bare (address) ||
          !xmpp_subscription_from_string (subscription_text, &subscription))
        continue;
      for (guint i = 0; names[i] != NULL; i++)
        g_ptr_array_add (list, (char *) names[i]);
      item = roster_item_new (address, name, subscription, ask, approved, list);
      g_hash_table_replace (self->items, item->address, item);
    }
  g_free (self->version);
  self->version = *version != '\0' ? g_strdup (version) : NULL;
  return TRUE;
}

gboolean
xmpp_roster_get_loaded (XmppRoster *self)
{
  g_return_val_if_fail (XMPP_IS_ROSTER (self), FALSE);

  return self->loaded;
}

XmppRosterItem *
xmpp_roster_get_item (XmppRoster *self,
                      const char *address)
{
  g_autofree char *bare = NULL;

  g_return_val_if_fail (XMPP_IS_ROSTER (self), NULL);

  bare = xmpp_jid_dup_bare (address);
  return g_hash_table_lookup (self->items, bare);
}

static int
compare_items (gconstpointer a,
               gconstpointer b)
{
  const XmppRosterItem *first = *(XmppRosterItem * const *) a;
  const XmppRosterItem *second = *(XmppRosterItem * const *) b;

  return strcmp (first->address, second->address);
}

GPtrArray *
xmpp_roster_list_items (XmppRoster *self)
{
  GPtrArray *list;

  g_return_val_if_fail (XMPP_IS_ROSTER (self), NULL);

  list = xmpp_table_list_values (self->items);
  g_ptr_array_sort (list, compare_items);
  return list;
}

gboolean
xmpp_roster_is_contact (XmppRoster *self,
                        const char *address)
{
  XmppRosterItem *item;

  g_return_val_if_fail (XMPP_IS_ROSTER (self), FALSE);

  if (address == NULL)
    return FALSE;
  if (xmpp_jid_bare_equal (address, xmpp_client_get_address (self->client)))
    return TRUE;
  item = xmpp_roster_get_item (self, address);
  return item != NULL &&
         (item->subscription == XMPP_SUBSCRIPTION_TO || item->subscription == XMPP_SUBSCRIPTION_BOTH);
}

gboolean
xmpp_roster_sees_us (XmppRoster *self,
                     const char *address)
{
  XmppRosterItem *item;

  g_return_val_if_fail (XMPP_IS_ROSTER (self), FALSE);

  if (address == NULL)
    return FALSE;
  if (xmpp_jid_bare_equal (address, xmpp_client_get_address (self->client)))
    return TRUE;
  item = xmpp_roster_get_item (self, address);
  return item != NULL &&
         (item->subscription == XMPP_SUBSCRIPTION_FROM || item->subscription == XMPP_SUBSCRIPTION_BOTH);
}

static XmppNode *
new_item_iq (const char  *address,
             XmppNode   **out_item)
{
  XmppNode *iq = xmpp_client_new_iq ("set", NULL);
  XmppNode *query = xmpp_node_add_child (iq, "query", ROSTER_XMLNS);

  *out_item = xmpp_node_add_child (query, "item", NULL);
  xmpp_node_set_attribute (*out_item, "jid", address);
  return iq;
}

void
xmpp_roster_set_item_async (XmppRoster          *self,
                            const char          *address,
                            const char          *name,
                            const char * const  *groups,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  GTask *task;
  XmppNode *iq, *item;

  g_return_if_fail (XMPP_IS_ROSTER (self));
  g_return_if_fail (address != NULL && xmpp_jid_is_bare (address));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, xmpp_roster_set_item_async);
  iq = new_item_iq (address, &item);
  if (name != NULL && *name != '\0')
    xmpp_node_set_attribute (item, "name", name);
  for (guint i = 0; groups != NULL && groups[i] != NULL; i++)
    xmpp_node_add_text_child (item, "group", NULL, groups[i]);
  xmpp_iq_task_send (self->client, iq, task, NULL);
}

gboolean
xmpp_roster_set_item_finish (XmppRoster    *self,
                             GAsyncResult  *result,
                             GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
xmpp_roster_remove_async (XmppRoster          *self,
                          const char          *address,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  GTask *task;
  XmppNode *iq, *item;

  g_return_if_fail (XMPP_IS_ROSTER (self));
  g_return_if_fail (address != NULL && xmpp_jid_is_bare (address));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, xmpp_roster_remove_async);
  iq = new_item_iq (address, &item);
  xmpp_node_set_attribute (item, "subscription", "remove");
  xmpp_iq_task_send (self->client, iq, task, NULL);
}

gboolean
xmpp_roster_remove_finish (XmppRoster    *self,
                           GAsyncResult  *result,
                           GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static guint64
send_presence (XmppRoster *self,
               const char *type,
               const char *to,
               const char *text)
{
  XmppNode *presence = xmpp_node_new ("presence", "jabber:client");

  xmpp_node_set_attribute (presence, "type", type);
  xmpp_node_set_attribute (presence, "to", to);
  if (text != NULL && *text != '\0')
    xmpp_node_add_text_child (presence, "status", NULL, text);
  return xmpp_client_send (self->client, presence);
}

guint64
xmpp_roster_subscribe (XmppRoster *self,
                       const char *address,
                       const char *text)
{
  g_return_val_if_fail (XMPP_IS_ROSTER (self), 0);
  g_return_val_if_fail (address != NULL && xmpp_jid_is_bare (address), 0);

  return send_presence (self, "subscribe", address, text);
}

guint64
xmpp_roster_subscribe_invited (XmppRoster *self,
                               const char *address,
                               const char *token)
{
  XmppNode *presence;

  g_return_val_if_fail (XMPP_IS_ROSTER (self), 0);
  g_return_val_if_fail (address != NULL && xmpp_jid_is_bare (address), 0);
  g_return_val_if_fail (token != NULL, 0);

  presence = xmpp_node_new ("presence", "jabber:client");
  xmpp_node_set_attribute (presence, "type", "subscribe");
  xmpp_node_set_attribute (presence, "to", address);
  xmpp_node_set_attribute (xmpp_node_add_child (presence, "preauth", "urn:xmpp:pars:0"), "token", token);
  return xmpp_client_send (self->client, presence);
}

guint64
xmpp_roster_unsubscribe (XmppRoster *self,
                         const char *address)
{
  g_return_val_if_fail (XMPP_IS_ROSTER (self), 0);
  g_return_val_if_fail (address != NULL && xmpp_jid_is_bare (address), 0);

  return send_presence (self, "unsubscribe", address, NULL);
}

guint64
xmpp_roster_approve (XmppRoster *self,
                     const char *address)
{
  XmppNode *features;
  guint64 serial;

  g_return_val_if_fail (XMPP_IS_ROSTER (self), 0);
  g_return_val_if_fail (address != NULL && xmpp_jid_is_bare (address), 0);

  if (find_request (self, address, NULL) == NULL)
    {
      features = xmpp_client_get_features (self->client);
      if (features == NULL || xmpp_node_get_child (features, "sub", "urn:xmpp:features:pre-approval") == NULL)
        return 0;
    }
  serial = send_presence (self, "subscribed", address, NULL);
  if (serial != 0)
    remove_request (self, address);
  return serial;
}

guint64
xmpp_roster_cancel (XmppRoster *self,
                    const char *address)
{
  guint64 serial;

  g_return_val_if_fail (XMPP_IS_ROSTER (self), 0);
  g_return_val_if_fail (address != NULL && xmpp_jid_is_bare (address), 0);

  serial = send_presence (self, "unsubscribed", address, NULL);
  if (serial != 0)
    remove_request (self, address);
  return serial;
}

char **
xmpp_roster_list_requests (XmppRoster *self)
{
  GPtrArray *list;

  g_return_val_if_fail (XMPP_IS_ROSTER (self), NULL);

  list = g_ptr_array_new ();
  for (guint i = 0; i < self->requests->len; i++)
    g_ptr_array_add (list, g_strdup (((Request *) g_ptr_array_index (self->requests, i))->from));
  g_ptr_array_add (list, NULL);
  return (char **) g_ptr_array_free (list, FALSE);
}

const char *
xmpp_roster_get_request_text (XmppRoster *self,
                              const char *address)
{
  Request *request;

  g_return_val_if_fail (XMPP_IS_ROSTER (self), NULL);

  request = find_request (self, address, NULL);
  return request != NULL ? request->text : NULL;
}

guint
xmpp_roster_get_dropped_requests (XmppRoster *self)
{
  g_return_val_if_fail (XMPP_IS_ROSTER (self), 0);

  return self->dropped_requests;
}
