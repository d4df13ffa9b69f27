/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "base.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autoptr(CrdtAwareness) awareness = crdt_awareness_new (1);
  g_autoptr(CrdtAwareness) other = crdt_awareness_new (2);
  g_autoptr(GBytes) message = NULL;
  g_autoptr(GError) error = NULL;
  gboolean answer;

  crdt_awareness_set_local (awareness, "{\"n\":1}", 1, NULL);
  if (crdt_awareness_apply (awareness, data, size, 2, &answer, NULL))
    {
      message = crdt_awareness_encode (awareness, NULL, 0);
      crdt_awareness_apply (other, g_bytes_get_data (message, NULL), g_bytes_get_size (message), 3, &answer, &error);
      g_assert_no_error (error);
    }
  g_assert_nonnull (crdt_awareness_get (awareness, 1));
  crdt_awareness_expire (awareness, 100000);
  return 0;
}
