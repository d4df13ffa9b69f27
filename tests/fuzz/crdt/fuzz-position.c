/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "base.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* Relative positions, as bytes and as JSON. */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autoptr(CrdtDoc) doc = base_doc ();
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autofree char *json = crdt_position_to_json (data, size, NULL);
  g_autoptr(GBytes) parsed = crdt_position_from_json (text, NULL);
  CrdtType *type;
  guint index;

  if (crdt_position_resolve (doc, data, size, &type, &index, NULL))
    g_assert_cmpuint (index, <=, crdt_type_get_length (type));
  if (json != NULL)
    {
      g_autoptr(GBytes) back = crdt_position_from_json (json, NULL);

      (void) back;
    }
  if (parsed != NULL)
    crdt_position_resolve (doc, g_bytes_get_data (parsed, NULL), g_bytes_get_size (parsed), &type, &index, NULL);
  return 0;
}
