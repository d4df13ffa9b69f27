/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "workspace/workspace-private.h"
#include "xmpp/adhoc.h"
#include "xmpp/archive.h"
#include "xmpp/avatar.h"
#include "xmpp/blocking.h"
#include "xmpp/bookmarks.h"
#include "xmpp/caps.h"
#include "xmpp/disco.h"
#include "xmpp/mds.h"
#include "xmpp/messages.h"
#include "xmpp/muc.h"
#include "xmpp/nick.h"
#include "xmpp/pep.h"
#include "xmpp/presence.h"
#include "xmpp/roster.h"
#include "xmpp/upload.h"

G_BEGIN_DECLS

typedef struct _AtriumHistory AtriumHistory;
typedef struct _AtriumInbox AtriumInbox;
typedef struct _AtriumRooms AtriumRooms;
typedef struct _AtriumSender AtriumSender;

/**
 * AtriumSession:
 *
 * The account's side of the network while this program holds the connection: the client, the modules on it, and what
 * carries their news into the database. Made when the account and the lock are there, gone with either.
 *
 * Signals:
 * ::rejected (char *reason, guint count)    something was refused
 * ::settled ()                              the look at the server after signing in is complete
 */
#define ATRIUM_TYPE_SESSION (atrium_session_get_type ())
G_DECLARE_FINAL_TYPE (AtriumSession, atrium_session, ATRIUM, SESSION, GObject)

AtriumSession  *atrium_session_new            (AtriumWorkspace *workspace) G_GNUC_WARN_UNUSED_RESULT;
/* The same over a client that somebody has made, for tests. */
AtriumSession  *atrium_session_new_for_client (AtriumWorkspace *workspace,
                                               XmppClient      *client) G_GNUC_WARN_UNUSED_RESULT;
/* Where the domain's web service is looked for when @server, an XMPP URI, names a bare IP address. */
void            atrium_session_set_host_address (AtriumSession *self,
                                               const char      *server);
/* Reads what the last session left and connects, unless the user works offline. */
void            atrium_session_start          (AtriumSession   *self);
/* Writes what came, leaves the stream resumable. */
void            atrium_session_stop_async     (AtriumSession       *self,
                                               GAsyncReadyCallback  callback,
                                               gpointer             user_data);
gboolean        atrium_session_stop_finish    (AtriumSession       *self,
                                               GAsyncResult        *result,
                                               GError             **error);
void            atrium_session_detach         (AtriumSession   *self);
void            atrium_session_set_inactive   (AtriumSession   *self,
                                               gboolean         inactive);
/* Account settings changed: presence, working offline. */
void            atrium_session_update         (AtriumSession   *self);
void            atrium_session_reconnect      (AtriumSession   *self);
gboolean        atrium_session_is_online      (AtriumSession   *self);
/* Bookmarks and archives have been looked at since the session began. */
gboolean        atrium_session_is_settled     (AtriumSession   *self);
void            atrium_session_note_rejections (AtriumSession  *self);
GVariant       *atrium_session_dup_rejections (AtriumSession   *self) G_GNUC_WARN_UNUSED_RESULT;

/* Own nick in a room; NULL when not in it. */
const char     *atrium_session_get_room_nick  (AtriumSession   *self,
                                               const char      *room);
/* Adds the rooms we are in to @out (owned strings). */
void            atrium_session_list_joined    (AtriumSession   *self,
                                               GHashTable      *out);
/* Enters a room with the usual nick unless @nick is given. */
XmppMucRoom    *atrium_session_want_room      (AtriumSession   *self,
                                               const char      *address,
                                               const char      *nick,
                                               const char      *password);
char           *atrium_session_dup_nick       (AtriumSession   *self) G_GNUC_WARN_UNUSED_RESULT;

/* Borrowed. */
XmppClient     *atrium_session_get_client     (AtriumSession   *self);
XmppRoster     *atrium_session_get_roster     (AtriumSession   *self);
XmppPresences  *atrium_session_get_presences  (AtriumSession   *self);
XmppDisco      *atrium_session_get_disco      (AtriumSession   *self);
XmppMuc        *atrium_session_get_muc        (AtriumSession   *self);
XmppMessages   *atrium_session_get_messages   (AtriumSession   *self);
XmppArchive    *atrium_session_get_archive    (AtriumSession   *self);
XmppBookmarks  *atrium_session_get_bookmarks  (AtriumSession   *self);
XmppMds        *atrium_session_get_mds        (AtriumSession   *self);
XmppAvatars    *atrium_session_get_avatars    (AtriumSession   *self);
XmppNicks      *atrium_session_get_nicks      (AtriumSession   *self);
XmppBlocking   *atrium_session_get_blocking   (AtriumSession   *self);
XmppPep        *atrium_session_get_pep        (AtriumSession   *self);
XmppAdhoc      *atrium_session_get_adhoc      (AtriumSession   *self);
XmppUploads    *atrium_session_get_uploads    (AtriumSession   *self);
XmppTransferPolicy *atrium_session_get_transfer_policy (AtriumSession *self);
AtriumInbox    *atrium_session_get_inbox      (AtriumSession   *self);
AtriumSender   *atrium_session_get_sender     (AtriumSession   *self);
AtriumHistory  *atrium_session_get_history    (AtriumSession   *self);
AtriumRooms    *atrium_session_get_rooms      (AtriumSession   *self);

G_END_DECLS
