/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "base.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autoptr(CrdtDoc) doc = base_doc ();
  g_autoptr(CrdtDoc) empty = crdt_doc_new (NULL);
  g_autoptr(GBytes) bytes = g_bytes_new_static (data, size);
  g_autoptr(GBytes) merged = NULL;
  GBytes *twice[2] = { bytes, bytes };

  throw_at (doc, data, size, CRDT_APPLY_NONE);
  throw_at (empty, data, size, CRDT_APPLY_NONE);
  throw_at (doc, data, size, CRDT_APPLY_NONE);
  merged = crdt_update_merge (twice, 2, CRDT_FORMAT_V1, NULL);
  if (merged != NULL)
    g_assert_true (crdt_update_validate (g_bytes_get_data (merged, NULL), g_bytes_get_size (merged), CRDT_FORMAT_V1,
                                         NULL));
  return 0;
}
