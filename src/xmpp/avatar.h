/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/pep.h"
#include "xmpp/presence.h"

G_BEGIN_DECLS

/* Pictures of people and rooms: by PEP (XEP-0084), and by vCard with the hash in presence (XEP-0153). */

#define XMPP_AVATAR_ERROR (xmpp_avatar_error_quark ())
GQuark xmpp_avatar_error_quark (void);
typedef enum
{
  XMPP_AVATAR_ERROR_NONE,       /* they have no picture */
  XMPP_AVATAR_ERROR_HASH,       /* the data is not what its SHA-1 says: nothing kept (threats D7) */
  XMPP_AVATAR_ERROR_TOO_BIG,
  XMPP_AVATAR_ERROR_TYPE,       /* none of PNG, JPEG, WebP, GIF by its first bytes */
} XmppAvatarError;

#define XMPP_AVATAR_MAX_BYTES 163840   /* read from others; its base64 still fits the 256 kB of a stanza */
#define XMPP_AVATAR_MAX_PIXELS 4096    /* a side, as announced */

/* Where a picture can be had. */
typedef enum
{
  XMPP_AVATAR_PEP,      /* XEP-0084 data node */
  XMPP_AVATAR_VCARD,    /* XEP-0153 */
} XmppAvatarSource;

/* The type by its signature: "image/png", "image/jpeg", "image/webp", "image/gif"; NULL for all else. */
const char *xmpp_avatar_sniff           (GBytes *data);

/**
 * XmppAvatars:
 *
 * Signals:
 * ::announced (const char *address, const char *hash, XmppAvatarSource source)
 *     a person's or room's picture is the one with this SHA-1 (40 lower-case hex) now; "" = none any more. The picture
 *     itself is fetched only when asked. What PEP says of a person goes before what his presence says.
 */
#define XMPP_TYPE_AVATARS (xmpp_avatars_get_type ())
G_DECLARE_FINAL_TYPE (XmppAvatars, xmpp_avatars, XMPP, AVATARS, GObject)

XmppAvatars *xmpp_avatars_new           (XmppClient    *client,
                                         XmppPep       *pep,
                                         XmppPresences *presences) G_GNUC_WARN_UNUSED_RESULT;

/* Fetches the picture of @address with SHA-1 @hash from @source; checked: size, SHA-1, signature.
 * @address: bare, or for VCARD an occupant's full address. Errors: XMPP_AVATAR_ERROR, XMPP_STANZA_ERROR. */
void         xmpp_avatars_fetch_async   (XmppAvatars         *self,
                                         const char          *address,
                                         const char          *hash,
                                         XmppAvatarSource     source,
                                         GCancellable        *cancellable,
                                         GAsyncReadyCallback  callback,
                                         gpointer             user_data);
GBytes      *xmpp_avatars_fetch_finish  (XmppAvatars   *self,
                                         GAsyncResult  *result,
                                         GError       **error) G_GNUC_WARN_UNUSED_RESULT;
/* Our own: PNG bytes (≤ 64 kB is kind to others), @width and @height in pixels; @png NULL takes the picture away.
 * Readable by whoever sees our presence. The servers derive the vCard photo. */
void         xmpp_avatars_publish_async (XmppAvatars         *self,
                                         GBytes              *png,
                                         int                  width,
                                         int                  height,
                                         GCancellable        *cancellable,
                                         GAsyncReadyCallback  callback,
                                         gpointer             user_data);
gboolean     xmpp_avatars_publish_finish (XmppAvatars   *self,
                                         GAsyncResult  *result,
                                         GError       **error);

G_END_DECLS
