/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "base.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* State vectors, and snapshots, which end in one. */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autoptr(CrdtDoc) doc = base_doc ();
  g_autofree char *before = crdt_doc_hash (doc);
  g_autofree char *after = NULL;
  g_autoptr(GBytes) diff = crdt_doc_encode_diff (doc, data, size, CRDT_FORMAT_V1, NULL);
  g_autoptr(GBytes) bytes = g_bytes_new_static (data, size);
  g_autoptr(CrdtValue) delta = NULL;
  g_autoptr(CrdtDoc) restored = NULL;

  if (diff != NULL)
    g_assert_true (crdt_update_validate (g_bytes_get_data (diff, NULL), g_bytes_get_size (diff), CRDT_FORMAT_V1, NULL));
  delta = crdt_snapshot_diff (crdt_doc_lookup_root (doc, "t"), bytes, NULL, NULL);
  restored = crdt_snapshot_open (doc, data, size, CRDT_FORMAT_V1, NULL);
  if (restored != NULL)
    must_hold (restored);
  must_hold (doc);
  after = crdt_doc_hash (doc);
  g_assert_cmpstr (before, ==, after);
  return 0;
}
