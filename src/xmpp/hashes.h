/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Cryptographic hashes by their XMPP names (XEP-0300). MD5 and SHA-1 are refused: they prove nothing (§5). */

typedef struct _XmppHasher XmppHasher;

/* @algorithm: "sha-256", "sha-384", "sha-512", "sha3-256", "sha3-512". NULL if not known here; neither GLib nor GnuTLS has
 * BLAKE2b. */
XmppHasher *xmpp_hasher_new            (const char *algorithm) G_GNUC_WARN_UNUSED_RESULT;
void        xmpp_hasher_update         (XmppHasher   *hasher,
                                        gconstpointer data,
                                        gsize         size);
/* Base64 of the digest. Frees the hasher. */
char       *xmpp_hasher_finish         (XmppHasher *hasher) G_GNUC_WARN_UNUSED_RESULT;
void        xmpp_hasher_free           (XmppHasher *hasher);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XmppHasher, xmpp_hasher_free)

gboolean    xmpp_hash_is_supported     (const char *algorithm);
/* The strongest of those given: pairs algorithm, base64, …, NULL. Returns the index of the algorithm or -1. */
int         xmpp_hash_choose           (const char * const *hashes);

/* A local file's hash, on a worker thread. Finish returns base64. */
void        xmpp_hash_file_async       (GFile               *file,
                                        const char          *algorithm,
                                        GCancellable        *cancellable,
                                        GAsyncReadyCallback  callback,
                                        gpointer             user_data);
char       *xmpp_hash_file_finish      (GFile         *file,
                                        GAsyncResult  *result,
                                        GError       **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
