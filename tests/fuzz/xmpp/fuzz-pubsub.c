/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Notifications and what they carry: within the limits, never without a node. */

#include "config.h"

#include "xmpp/bookmarks.h"
#include "xmpp/jid.h"
#include "xmpp/pubsub.h"

int LLVMFuzzerTestOneInput (const guint8 *data,
                            gsize         size);

static void
check_bookmark (const XmppPubsubItem *item)
{
  g_autoptr(XmppBookmark) bookmark = xmpp_bookmark_parse (item->id, item->payload);
  g_autoptr(XmppBookmark) again = NULL;
  g_autoptr(XmppNode) node = NULL;

  if (bookmark == NULL)
    return;
  g_assert_true (xmpp_jid_is_bare (bookmark->room));
  node = xmpp_bookmark_to_node (bookmark);
  again = xmpp_bookmark_parse (bookmark->room, node);
  g_assert_nonnull (again);
  g_assert_cmpstr (again->name, ==, bookmark->name);
  g_assert_cmpstr (again->nick, ==, bookmark->nick);
  g_assert_cmpint (again->autojoin, ==, bookmark->autojoin);
  g_assert_cmpint (again->extensions != NULL, ==, bookmark->extensions != NULL);
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autoptr(XmppNode) message = xmpp_node_parse (size > 0 ? (const char *) data : "", size, NULL);
  g_autoptr(XmppPubsubEvent) event = message != NULL ? xmpp_pubsub_event_parse (message) : NULL;

  if (event == NULL)
    return 0;
  g_assert_nonnull (event->node);
  g_assert_cmpuint (event->items->len + event->retracted->len, <=, XMPP_PUBSUB_MAX_EVENT_ITEMS);
  for (guint i = 0; i < event->items->len; i++)
    {
      const XmppPubsubItem *item = g_ptr_array_index (event->items, i);

      g_assert_nonnull (item->id);
      g_assert_true (item->publisher == NULL || xmpp_jid_is_valid (item->publisher));
      check_bookmark (item);
    }
  return 0;
}
