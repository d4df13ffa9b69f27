/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "base.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autoptr(CrdtDoc) doc = base_doc ();
  g_autoptr(GBytes) bytes = g_bytes_new_static (data, size);
  g_autoptr(GBytes) v1 = crdt_update_convert (bytes, CRDT_FORMAT_V2, CRDT_FORMAT_V1, NULL);
  g_autoptr(CrdtDoc) restored = NULL;

  throw_at (doc, data, size, CRDT_APPLY_TRUSTED | CRDT_APPLY_V2);
  if (v1 != NULL)
    g_assert_true (crdt_update_validate (g_bytes_get_data (v1, NULL), g_bytes_get_size (v1), CRDT_FORMAT_V1, NULL));
  restored = crdt_snapshot_open (doc, data, size, CRDT_FORMAT_V2, NULL);
  if (restored != NULL)
    must_hold (restored);
  must_hold (doc);
  return 0;
}
