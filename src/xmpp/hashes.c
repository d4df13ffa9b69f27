/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hash functions: XEP-0300. */
#define G_LOG_DOMAIN "xmpp"

#include "config.h"

#include "xmpp/hashes.h"

#include <gnutls/crypto.h>

#define READ_SIZE (256 * 1024)

/* Strongest first: the order of xmpp_hash_choose(). */
static const struct
{
  const char               *name;
  gnutls_digest_algorithm_t algorithm;
} algorithms[] = {
  { "sha3-512", GNUTLS_DIG_SHA3_512 },
  { "sha-512", GNUTLS_DIG_SHA512 },
  { "sha-384", GNUTLS_DIG_SHA384 },
  { "sha3-256", GNUTLS_DIG_SHA3_256 },
  { "sha-256", GNUTLS_DIG_SHA256 },
};

struct _XmppHasher
{
  gnutls_hash_hd_t          handle;
  gnutls_digest_algorithm_t algorithm;
};

static int
find_algorithm (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (algorithms); i++)
    if (g_strcmp0 (name, algorithms[i].name) == 0)
      return i;
  return -1;
}

gboolean
xmpp_hash_is_supported (const char *algorithm)
{
  return find_algorithm (algorithm) >= 0;
}

int
xmpp_hash_choose (const char * const *hashes)
{
  int best = -1, best_rank = G_MAXINT;

  for (guint i = 0; hashes != NULL && hashes[i] != NULL && hashes[i + 1] != NULL; i += 2)
    {
      int rank = find_algorithm (hashes[i]);

      if (rank >= 0 && rank < best_rank)
        {
          best = i;
          best_rank = rank;
        }
    }
  return best;
}

XmppHasher *
xmpp_hasher_new (const char *algorithm)
{
  int index = find_algorithm (algorithm);
  XmppHasher *hasher;

  if (index < 0)
    return NULL;
  hasher = g_new0 (XmppHasher, 1);
  hasher->algorithm = algorithms[index].algorithm;
  if (gnutls_hash_init (&hasher->handle, hasher->algorithm) < 0)
    {
      g_free (hasher);      /* switched off by the system's policy */
      return NULL;
    }
  return hasher;
}

void
xmpp_hasher_update (XmppHasher   *hasher,
                    gconstpointer data,
                    gsize         size)
{
  g_return_if_fail (hasher != NULL);

  gnutls_hash (hasher->handle, data, size);
}

char *
xmpp_hasher_finish (XmppHasher *hasher)
{
  guint8 digest[64];
  gsize length;

  g_return_val_if_fail (hasher != NULL, NULL);

  length = gnutls_hash_get_len (hasher->algorithm);
  g_assert (length <= sizeof digest);
  gnutls_hash_deinit (g_steal_pointer (&hasher->handle), digest);
  g_free (hasher);
  return g_base64_encode (digest, length);
}

void
xmpp_hasher_free (XmppHasher *hasher)
{
  if (hasher == NULL)
    return;
  gnutls_hash_deinit (hasher->handle, NULL);
  g_free (hasher);
}

/* On a worker thread. */
static void
hash_file (GTask        *task,
           gpointer      source_object,
           gpointer      task_data,
           GCancellable *cancellable)
{
  GError *error = NULL;
  g_autoptr(XmppHasher) hasher = xmpp_hasher_new (task_data);
  g_autoptr(GFileInputStream) stream = NULL;
  g_autofree guint8 *buffer = NULL;
  gssize n;

  if (hasher == NULL)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "the hash \"%s\" is not known",
                               (const char *) task_data);
      return;
    }
  stream = g_file_read (G_FILE (source_object), cancellable, &error);
  if (stream == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  buffer = g_malloc (READ_SIZE);
  while ((n = g_input_stream_read (G_INPUT_STREAM (stream), buffer, READ_SIZE, cancellable, &error)) > 0)
    xmpp_hasher_update (hasher, buffer, n);
  if (n < 0)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, xmpp_hasher_finish (g_steal_pointer (&hasher)), g_free);
}

void
xmpp_hash_file_async (GFile               *file,
                      const char          *algorithm,
                      GCancellable        *cancellable,
                      GAsyncReadyCallback  callback,
                      gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;

  g_return_if_fail (G_IS_FILE (file));
  g_return_if_fail (algorithm != NULL);

  task = g_task_new (file, cancellable, callback, user_data);
  g_task_set_source_tag (task, xmpp_hash_file_async);
  g_task_set_task_data (task, g_strdup (algorithm), g_free);
  g_task_run_in_thread (task, hash_file);
}

char *
xmpp_hash_file_finish (GFile         *file,
                       GAsyncResult  *result,
                       GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, file), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
