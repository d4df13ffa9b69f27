/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "type.h"

G_BEGIN_DECLS

GBytes   *crdt_position_new     (CrdtType      *type,
                                 guint          index,
                                 int            assoc) G_GNUC_WARN_UNUSED_RESULT;
gboolean  crdt_position_resolve (CrdtDoc       *doc,
                                 const guint8  *data,
                                 gsize          length,
                                 CrdtType     **out_type,
                                 guint         *out_index,
                                 GError       **error);
char     *crdt_position_to_json (const guint8  *data,
                                 gsize          length,
                                 GError       **error) G_GNUC_WARN_UNUSED_RESULT;
GBytes   *crdt_position_from_json (const char  *json,
                                 GError       **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
