/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a transaction changed, told once at its end.
 */

#pragma once

#include "type.h"

G_BEGIN_DECLS

/**
 * CrdtSource:
 *
 * Where a change comes from.
 */
typedef enum
{
  CRDT_SOURCE_LOCAL,
  CRDT_SOURCE_REMOTE,
  CRDT_SOURCE_UNDO,
} CrdtSource;

/** What a #CrdtDeltaOp does. */
typedef enum
{
  CRDT_DELTA_RETAIN,
  CRDT_DELTA_INSERT,
  CRDT_DELTA_DELETE,
} CrdtDeltaAction;

/**
 * CrdtDeltaOp:
 * @action: what happens at the cursor
 * @length: units (texts) or values (lists)
 * @entry: of an insert: what it is; its value, type and text as in #CrdtEntry
 * @attributes: (nullable): of an insert all attributes in force; of a retain those that
 *   changed, null for one that ended
 */
typedef struct
{
  CrdtDeltaAction  action;
  guint            length;
  CrdtEntry        entry;
  CrdtValue       *attributes;
} CrdtDeltaOp;

/** What happened to a key. */
typedef enum
{
  CRDT_KEY_ADD,
  CRDT_KEY_UPDATE,
  CRDT_KEY_DELETE,
} CrdtKeyAction;

/**
 * CrdtKeyChange:
 * @old_value: (nullable): the value before, unless it was a type or none
 */
typedef struct
{
  const char    *key;
  CrdtKeyAction  action;
  CrdtValue     *old_value;
} CrdtKeyChange;

/**
 * CrdtTypeChange:
 * @type: which type
 * @delta: (element-type CrdtDeltaOp): change of its list, empty if none
 * @keys: (element-type CrdtKeyChange): change of its keys, empty if none
 */
typedef struct
{
  CrdtType *type;
  GArray   *delta;
  GArray   *keys;
} CrdtTypeChange;

/**
 * CrdtChange:
 * @origin: what the transaction was begun with
 * @client_ids: (element-type guint64): the authors of what was inserted
 * @types: (element-type CrdtTypeChange): each changed type that was there before and still is
 */
typedef struct
{
  CrdtSource  source;
  gpointer    origin;
  GArray     *client_ids;
  GPtrArray  *types;
} CrdtChange;

/**
 * CrdtChangeFunc:
 * @change: valid during the call
 *
 * Tells one transaction. The document can be read but not changed inside.
 */
typedef void (*CrdtChangeFunc) (CrdtDoc          *doc,
                                const CrdtChange *change,
                                gpointer          user_data);

guint      crdt_doc_observe         (CrdtDoc              *self,
                                     CrdtChangeFunc        func,
                                     gpointer              user_data,
                                     GDestroyNotify        destroy);
void       crdt_doc_unobserve       (CrdtDoc              *self,
                                     guint                 id);
CrdtValue *crdt_type_change_to_value (const CrdtTypeChange *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
