/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Notifications of publish-subscribe: XEP-0060 §7.1.2.1, §7.2.2.1, §8.4.3, §8.5.3, §8.6, §8.2.4. */
#define G_LOG_DOMAIN "xmpp"

#include "config.h"

#include "xmpp/pubsub-private.h"

#include "xmpp/delay.h"
#include "xmpp/jid.h"

G_DEFINE_BOXED_TYPE (XmppPubsubItem, xmpp_pubsub_item, xmpp_pubsub_item_ref, xmpp_pubsub_item_unref)

static void
item_clear (gpointer data)
{
  XmppPubsubItem *item = data;

  g_free (item->id);
  g_free (item->publisher);
  g_clear_pointer (&item->payload, xmpp_node_unref);
}

XmppPubsubItem *
xmpp_pubsub_item_ref (XmppPubsubItem *item)
{
  return g_atomic_rc_box_acquire (item);
}

void
xmpp_pubsub_item_unref (XmppPubsubItem *item)
{
  g_atomic_rc_box_release_full (item, item_clear);
}

XmppPubsubItem *
xmpp_pubsub_item_parse (const XmppNode *node)
{
  XmppPubsubItem *item = g_atomic_rc_box_new0 (XmppPubsubItem);
  const char *id = xmpp_node_get_attribute (node, "id");
  const char *publisher = xmpp_node_get_attribute (node, "publisher");
  XmppNode *payload = xmpp_node_get_first_child (node);

  item->id = g_strdup (id != NULL ? id : "");
  item->publisher = publisher != NULL ? xmpp_jid_prepare (publisher, NULL) : NULL;
  item->payload = payload != NULL ? xmpp_node_copy (payload) : NULL;
  return item;
}

/* FALSE if there are more than we take. */
static gboolean
parse_items (XmppPubsubEvent *event,
             const XmppNode  *items)
{
  guint n = 0;

  for (XmppNode *child = xmpp_node_get_first_child (items); child != NULL; child = xmpp_node_get_next (child))
    {
      const char *id = xmpp_node_get_attribute (child, "id");

      if (n++ >= XMPP_PUBSUB_MAX_EVENT_ITEMS)
        return FALSE;
      if (xmpp_node_is (child, "item", XMPP_PUBSUB_EVENT_XMLNS))
        g_ptr_array_add (event->items, xmpp_pubsub_item_parse (child));
      else if (xmpp_node_is (child, "retract", XMPP_PUBSUB_EVENT_XMLNS) && id != NULL)
        g_ptr_array_add (event->retracted, g_strdup (id));
    }
  return TRUE;
}

XmppPubsubSubscriptionState
xmpp_pubsub_subscription_parse (const char *text)
{
  if (g_strcmp0 (text, "subscribed") == 0)
    return XMPP_PUBSUB_SUBSCRIPTION_SUBSCRIBED;
  if (g_strcmp0 (text, "pending") == 0)
    return XMPP_PUBSUB_SUBSCRIPTION_PENDING;
  if (g_strcmp0 (text, "unconfigured") == 0)
    return XMPP_PUBSUB_SUBSCRIPTION_UNCONFIGURED;
  return XMPP_PUBSUB_SUBSCRIPTION_NONE;
}

XmppPubsubEvent *
xmpp_pubsub_event_parse (const XmppNode *message)
{
  static const struct { const char *name; XmppPubsubEventKind kind; } kinds[] = {
    { "items", XMPP_PUBSUB_EVENT_ITEMS },
    { "purge", XMPP_PUBSUB_EVENT_PURGE },
    { "delete", XMPP_PUBSUB_EVENT_DELETE },
    { "configuration", XMPP_PUBSUB_EVENT_CONFIGURATION },
    { "subscription", XMPP_PUBSUB_EVENT_SUBSCRIPTION },
  };
  g_autoptr(XmppPubsubEvent) event = NULL;
  const char *from = xmpp_node_get_attribute (message, "from");
  const char *by[] = { from, NULL };
  XmppNode *root, *child;
  guint i;

  if (!xmpp_node_is (message, "message", "jabber:client") ||
      g_strcmp0 (xmpp_node_get_attribute (message, "type"), "error") == 0)
    return NULL;
  root = xmpp_node_get_child (message, "event", XMPP_PUBSUB_EVENT_XMLNS);
  child = root != NULL ? xmpp_node_get_first_child (root) : NULL;
  if (child == NULL || xmpp_node_get_next (child) != NULL)
    return NULL;
  for (i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (xmpp_node_is (child, kinds[i].name, XMPP_PUBSUB_EVENT_XMLNS))
      break;
  if (i == G_N_ELEMENTS (kinds) || xmpp_node_get_attribute (child, "node") == NULL)
    return NULL;

  event = g_new0 (XmppPubsubEvent, 1);
  event->from = from;
  event->node = xmpp_node_get_attribute (child, "node");
  event->kind = kinds[i].kind;
  event->items = g_ptr_array_new_with_free_func ((GDestroyNotify) xmpp_pubsub_item_unref);
  event->retracted = g_ptr_array_new_with_free_func (g_free);
  if (event->kind == XMPP_PUBSUB_EVENT_ITEMS && !parse_items (event, child))
    return NULL;
  if (event->kind == XMPP_PUBSUB_EVENT_SUBSCRIPTION)
    event->subscription = xmpp_pubsub_subscription_parse (xmpp_node_get_attribute (child, "subscription"));
  if (from == NULL || !xmpp_delay_get (message, by, &event->delay))
    event->delay = 0;
  return g_steal_pointer (&event);
}

void
xmpp_pubsub_event_free (XmppPubsubEvent *event)
{
  if (event == NULL)
    return;
  g_ptr_array_unref (event->items);
  g_ptr_array_unref (event->retracted);
  g_free (event);
}
