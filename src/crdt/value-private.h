/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "lib0-private.h"
#include "value.h"

G_BEGIN_DECLS

/* Tags of lib0's `any`. */
#define CRDT_ANY_BYTES     116
#define CRDT_ANY_ARRAY     117
#define CRDT_ANY_OBJECT    118
#define CRDT_ANY_STRING    119
#define CRDT_ANY_TRUE      120
#define CRDT_ANY_FALSE     121
#define CRDT_ANY_BIGINT    122
#define CRDT_ANY_FLOAT64   123
#define CRDT_ANY_FLOAT32   124
#define CRDT_ANY_INTEGER   125
#define CRDT_ANY_NULL      126
#define CRDT_ANY_UNDEFINED 127

gboolean   crdt_any_skip               (CrdtReader      *reader,
                                        gboolean        *out_canonical);
CrdtValue *crdt_any_read               (CrdtReader      *reader);
void       crdt_any_write              (CrdtWriter      *writer,
                                        const CrdtValue *value);
gboolean   crdt_any_copy_canonical     (CrdtReader      *reader,
                                        CrdtWriter      *writer);
CrdtValue *crdt_json_read              (const guint8    *text,
                                        gsize            length);
void       crdt_json_write             (CrdtWriter      *writer,
                                        const CrdtValue *value);
gboolean   crdt_any_flat_equal         (const guint8    *a,
                                        gsize            a_length,
                                        const guint8    *b,
                                        gsize            b_length);

G_END_DECLS
