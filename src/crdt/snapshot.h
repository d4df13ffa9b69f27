/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "type.h"

G_BEGIN_DECLS

GBytes    *crdt_snapshot_new           (CrdtDoc       *doc,
                                        CrdtFormat     format) G_GNUC_WARN_UNUSED_RESULT;
CrdtDoc   *crdt_snapshot_open          (CrdtDoc       *doc,
                                        const guint8  *snapshot,
                                        gsize          length,
                                        CrdtFormat     format,
                                        GError       **error) G_GNUC_WARN_UNUSED_RESULT;
CrdtValue *crdt_snapshot_diff          (CrdtType      *type,
                                        GBytes        *older,
                                        GBytes        *newer,
                                        GError       **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
