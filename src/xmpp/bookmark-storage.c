/* SPDX-License-Identifier: GPL-3.0-or-later */

/* XEP-0048: Bookmarks, in XEP-0049: Private XML Storage. */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "xmpp/bookmark-storage.h"
#include "xmpp/jid.h"

#define NS_PRIVATE "jabber:iq:private"

static char *
dup_text (const char *text)
{
  return text != NULL && *text != '\0' ? g_strdup (text) : NULL;
}

static XmppBookmark *
parse_conference (const XmppNode *node)
{
  const char *address = xmpp_node_get_attribute (node, "jid");
  const char *autojoin = xmpp_node_get_attribute (node, "autojoin");
  g_autofree char *room = address != NULL ? xmpp_jid_prepare (address, NULL) : NULL;
  g_autofree char *local = room != NULL ? xmpp_jid_dup_local (room) : NULL;
  XmppBookmark *bookmark;

  if (local == NULL || !xmpp_jid_is_bare (room))
    return NULL;
  bookmark = xmpp_bookmark_new (room);
  bookmark->name = dup_text (xmpp_node_get_attribute (node, "name"));
  bookmark->nick = dup_text (xmpp_node_get_child_text (node, "nick", NULL));
  bookmark->password = dup_text (xmpp_node_get_child_text (node, "password", NULL));
  bookmark->autojoin = g_strcmp0 (autojoin, "true") == 0 || g_strcmp0 (autojoin, "1") == 0;
  return bookmark;
}

GPtrArray *
xmpp_bookmark_storage_parse (const XmppNode *storage)
{
  g_autoptr(GPtrArray) bookmarks = g_ptr_array_new_with_free_func ((GDestroyNotify) xmpp_bookmark_free);
  g_autoptr(GHashTable) rooms = g_hash_table_new (g_str_hash, g_str_equal);

  g_return_val_if_fail (storage != NULL, NULL);

  for (XmppNode *child = xmpp_node_get_first_child (storage); child != NULL; child = xmpp_node_get_next (child))
    {
      XmppBookmark *bookmark;

      if (!xmpp_node_is (child, "conference", XMPP_NS_BOOKMARK_STORAGE) || bookmarks->len >= XMPP_BOOKMARKS_MAX)
        continue;
      bookmark = parse_conference (child);
      if (bookmark != NULL && g_hash_table_add (rooms, bookmark->room))
        g_ptr_array_add (bookmarks, bookmark);
      else
        xmpp_bookmark_free (bookmark);
    }
  return g_steal_pointer (&bookmarks);
}

static void
on_loaded (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(XmppNode) answer = NULL;
  GPtrArray *bookmarks;
  XmppNode *query, *storage;
  GError *error = NULL;

  answer = xmpp_client_send_iq_finish (XMPP_CLIENT (source), result, &error);
  if (answer == NULL && !g_error_matches (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_ITEM_NOT_FOUND))
    {
      g_task_return_error (task, error);
      return;
    }
  g_clear_error (&error);
  query = answer != NULL ? xmpp_node_get_child (answer, "query", NS_PRIVATE) : NULL;
  storage = query != NULL ? xmpp_node_get_child (query, "storage", XMPP_NS_BOOKMARK_STORAGE) : NULL;
  bookmarks = storage != NULL ? xmpp_bookmark_storage_parse (storage)
                              : g_ptr_array_new_with_free_func ((GDestroyNotify) xmpp_bookmark_free);
  g_task_return_pointer (task, bookmarks, (GDestroyNotify) g_ptr_array_unref);
}

void
xmpp_bookmark_storage_load_async (XmppClient          *client,
                                  GCancellable        *cancellable,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data)
{
  XmppNode *iq;
  GTask *task;

  g_return_if_fail (XMPP_IS_CLIENT (client));

  task = g_task_new (client, cancellable, callback, user_data);
  g_task_set_source_tag (task, xmpp_bookmark_storage_load_async);
  iq = xmpp_client_new_iq ("get", NULL);
  xmpp_node_add_child (xmpp_node_add_child (iq, "query", NS_PRIVATE), "storage", XMPP_NS_BOOKMARK_STORAGE);
  xmpp_client_send_iq_async (client, iq, cancellable, on_loaded, task);
}

GPtrArray *
xmpp_bookmark_storage_load_finish (XmppClient    *client,
                                   GAsyncResult  *result,
                                   GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, client), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
