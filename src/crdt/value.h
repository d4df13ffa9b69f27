/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * CrdtValueKind:
 *
 * What a #CrdtValue holds: the value space of lib0's `any`, which is JSON plus
 * undefined, 64-bit integers and bytes.
 */
typedef enum
{
  CRDT_VALUE_UNDEFINED,
  CRDT_VALUE_NULL,
  CRDT_VALUE_BOOLEAN,
  CRDT_VALUE_NUMBER,
  CRDT_VALUE_BIGINT,
  CRDT_VALUE_STRING,
  CRDT_VALUE_BYTES,
  CRDT_VALUE_ARRAY,
  CRDT_VALUE_OBJECT,
} CrdtValueKind;

/**
 * CrdtValue:
 *
 * A plain value: immutable once it is shared, reference counted. Arrays and
 * objects are filled by crdt_value_append() and crdt_value_set() before that.
 */
typedef struct _CrdtValue CrdtValue;

/** How deep arrays and objects may nest in values that are read. */
#define CRDT_VALUE_MAX_DEPTH 100

CrdtValue     *crdt_value_ref           (CrdtValue        *self);
void           crdt_value_unref         (CrdtValue        *self);
CrdtValue     *crdt_value_new_undefined (void) G_GNUC_WARN_UNUSED_RESULT;
CrdtValue     *crdt_value_new_null      (void) G_GNUC_WARN_UNUSED_RESULT;
CrdtValue     *crdt_value_new_boolean   (gboolean          value) G_GNUC_WARN_UNUSED_RESULT;
CrdtValue     *crdt_value_new_number    (double            value) G_GNUC_WARN_UNUSED_RESULT;
CrdtValue     *crdt_value_new_bigint    (gint64            value) G_GNUC_WARN_UNUSED_RESULT;
CrdtValue     *crdt_value_new_string    (const char       *text,
                                         gssize            length) G_GNUC_WARN_UNUSED_RESULT;
CrdtValue     *crdt_value_new_bytes     (const guint8     *data,
                                         gsize             length) G_GNUC_WARN_UNUSED_RESULT;
CrdtValue     *crdt_value_new_array     (void) G_GNUC_WARN_UNUSED_RESULT;
CrdtValue     *crdt_value_new_object    (void) G_GNUC_WARN_UNUSED_RESULT;
void           crdt_value_append        (CrdtValue        *self,
                                         CrdtValue        *item);
void           crdt_value_set           (CrdtValue        *self,
                                         const char       *key,
                                         CrdtValue        *value);

CrdtValueKind  crdt_value_get_kind      (const CrdtValue  *self);
gboolean       crdt_value_get_boolean   (const CrdtValue  *self);
double         crdt_value_get_number    (const CrdtValue  *self);
gint64         crdt_value_get_bigint    (const CrdtValue  *self);
const char    *crdt_value_get_string    (const CrdtValue  *self,
                                         gsize            *length);
const guint8  *crdt_value_get_bytes     (const CrdtValue  *self,
                                         gsize            *length);
guint          crdt_value_get_n_items   (const CrdtValue  *self);
CrdtValue     *crdt_value_get_item      (const CrdtValue  *self,
                                         guint             index);
const char    *crdt_value_get_key       (const CrdtValue  *self,
                                         guint             index);
CrdtValue     *crdt_value_get           (const CrdtValue  *self,
                                         const char       *key);
gboolean       crdt_value_equal         (const CrdtValue  *a,
                                         const CrdtValue  *b);

char          *crdt_value_to_json       (const CrdtValue  *self) G_GNUC_WARN_UNUSED_RESULT;
CrdtValue     *crdt_value_from_json     (const char       *json,
                                         gssize            length,
                                         GError          **error) G_GNUC_WARN_UNUSED_RESULT;
GBytes        *crdt_value_to_any        (const CrdtValue  *self) G_GNUC_WARN_UNUSED_RESULT;
CrdtValue     *crdt_value_from_any      (const guint8     *data,
                                         gsize             length,
                                         GError          **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CrdtValue, crdt_value_unref)

G_END_DECLS
