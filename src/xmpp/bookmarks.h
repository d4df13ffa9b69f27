/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/pep.h"

G_BEGIN_DECLS

/* The rooms of the account, kept in a private node (XEP-0402). */

#define XMPP_BOOKMARKS_NODE      "urn:xmpp:bookmarks:1"
#define XMPP_BOOKMARKS_MAX       1000   /* rooms read and kept */

typedef struct
{
  char     *room;         /* prepared, bare: the item's id */
  char     *name;         /* (nullable) */
  char     *nick;         /* (nullable) */
  char     *password;     /* (nullable) */
  gboolean  autojoin;
  XmppNode *extensions;   /* (nullable): the <extensions/> of any client, kept as it came */
} XmppBookmark;

#define XMPP_TYPE_BOOKMARK (xmpp_bookmark_get_type ())
GType          xmpp_bookmark_get_type      (void) G_GNUC_CONST;
XmppBookmark  *xmpp_bookmark_new           (const char *room) G_GNUC_WARN_UNUSED_RESULT;
XmppBookmark  *xmpp_bookmark_copy          (const XmppBookmark *bookmark);
void           xmpp_bookmark_free          (XmppBookmark *bookmark);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XmppBookmark, xmpp_bookmark_free)

/* @item_id is the room. NULL unless it is a valid bare address with a local part and @conference a <conference/>. */
XmppBookmark  *xmpp_bookmark_parse         (const char     *item_id,
                                            const XmppNode *conference) G_GNUC_WARN_UNUSED_RESULT;
XmppNode      *xmpp_bookmark_to_node       (const XmppBookmark *bookmark) G_GNUC_WARN_UNUSED_RESULT;

/**
 * XmppBookmarks:
 *
 * Loads at the start of each new session; follows events of the own account only (threats A5, A13).
 *
 * Signals:
 * ::loaded ()                             the list of this session is complete; rooms not in it were removed
 * ::changed (XmppBookmark *bookmark)      new or different, by any device
 * ::removed (const char *room)
 */
#define XMPP_TYPE_BOOKMARKS (xmpp_bookmarks_get_type ())
G_DECLARE_FINAL_TYPE (XmppBookmarks, xmpp_bookmarks, XMPP, BOOKMARKS, GObject)

XmppBookmarks *xmpp_bookmarks_new          (XmppClient *client,
                                            XmppPep    *pep) G_GNUC_WARN_UNUSED_RESULT;
gboolean       xmpp_bookmarks_get_loaded   (XmppBookmarks *self);
const XmppBookmark *xmpp_bookmarks_get     (XmppBookmarks *self,
                                            const char    *room);        /* (nullable) */
GPtrArray     *xmpp_bookmarks_list         (XmppBookmarks *self) G_GNUC_WARN_UNUSED_RESULT;  /* (transfer container) */

/* Publishes the bookmark as it is; extensions of other clients that it lacks are added from what we know. */
void           xmpp_bookmarks_put_async    (XmppBookmarks       *self,
                                            const XmppBookmark  *bookmark,
                                            GCancellable        *cancellable,
                                            GAsyncReadyCallback  callback,
                                            gpointer             user_data);
void           xmpp_bookmarks_remove_async (XmppBookmarks       *self,
                                            const char          *room,
                                            GCancellable        *cancellable,
                                            GAsyncReadyCallback  callback,
                                            gpointer             user_data);
gboolean       xmpp_bookmarks_finish       (XmppBookmarks  *self,
                                            GAsyncResult   *result,
                                            GError        **error);

G_END_DECLS
