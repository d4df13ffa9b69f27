/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/client.h"

G_BEGIN_DECLS

/* XEP-0486: MUC Avatars: the picture of a room, in its vCard. */

#define XMPP_MUC_AVATAR_MAX_BYTES (128 * 1024)

/* The picture as sent, for the caller to check and decode; NULL without error if the room has none. @out_media_type: as
 * the room says; (nullable). Errors: XMPP_STANZA_ERROR. */
void    xmpp_muc_avatar_load_async   (XmppClient *client, const char *room, GCancellable *cancellable,
                                      GAsyncReadyCallback callback, gpointer user_data);
GBytes *xmpp_muc_avatar_load_finish  (XmppClient *client, GAsyncResult *result, char **out_media_type, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* @image NULL removes it. Needs to be an owner. */
void    xmpp_muc_avatar_store_async  (XmppClient *client, const char *room, GBytes *image, const char *media_type,
                                      GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean xmpp_muc_avatar_store_finish (XmppClient *client, GAsyncResult *result, GError **error);

G_END_DECLS
