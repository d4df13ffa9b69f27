/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/bookmarks.h"

G_BEGIN_DECLS

/* XEP-0048: Bookmarks: the list of rooms that older clients kept in private storage (XEP-0049: Private XML Storage). Read
 * only, for accounts that come from such a client; ours are in bookmarks.h. */

#define XMPP_NS_BOOKMARK_STORAGE "storage:bookmarks"

/* Rooms of a <storage/> (element-type XmppBookmark), each once, at most XMPP_BOOKMARKS_MAX; others are left out. */
GPtrArray *xmpp_bookmark_storage_parse       (const XmppNode      *storage) G_GNUC_WARN_UNUSED_RESULT;
/* Empty if the account keeps none. Errors: XMPP_STANZA_ERROR. */
void       xmpp_bookmark_storage_load_async  (XmppClient          *client,
                                              GCancellable        *cancellable,
                                              GAsyncReadyCallback  callback,
                                              gpointer             user_data);
GPtrArray *xmpp_bookmark_storage_load_finish (XmppClient          *client,
                                              GAsyncResult        *result,
                                              GError             **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
