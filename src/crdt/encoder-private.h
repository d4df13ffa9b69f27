/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writers of updates in both formats. In v1 all fields go to @rest; in v2 each kind of
 * field has its own stream.
 */

#pragma once

#include "doc-private.h"

G_BEGIN_DECLS

/* lib0's UintOptRle (without @diffs) and IntDiffOptRle. */
typedef struct
{
  CrdtWriter out;
  guint64    value;
  gint64     diff;
  guint32    count;
} CrdtRle;

typedef struct
{
  gboolean   v2;
  CrdtWriter rest;
  CrdtRle    key_clock;
  CrdtRle    client;
  CrdtRle    left_clock;
  CrdtRle    right_clock;
  CrdtWriter info;
  guint32    info_count;
  guint8     info_value;
  CrdtWriter strings;
  CrdtRle    string_lengths;
  CrdtWriter parent_info;
  guint32    parent_count;
  guint8     parent_value;
  CrdtRle    type_ref;
  CrdtRle    length;
  guint32    n_keys;
  guint64    delete_clock;
} CrdtEncoder;

void     crdt_encoder_init          (CrdtEncoder   *self,
                                     CrdtFormat     format);
void     crdt_encoder_clear         (CrdtEncoder   *self);
GBytes  *crdt_encoder_finish        (CrdtEncoder   *self);
void     crdt_encoder_info          (CrdtEncoder   *self,
                                     guint8         info);
void     crdt_encoder_left_id       (CrdtEncoder   *self,
                                     guint64        client,
                                     guint32        clock);
void     crdt_encoder_right_id      (CrdtEncoder   *self,
                                     guint64        client,
                                     guint32        clock);
void     crdt_encoder_client        (CrdtEncoder   *self,
                                     guint64        client);
void     crdt_encoder_string        (CrdtEncoder   *self,
                                     const guint8  *text,
                                     gsize          n_bytes);
guint8  *crdt_encoder_string_space  (CrdtEncoder   *self,
                                     gsize          n_bytes,
                                     guint32        units);
void     crdt_encoder_parent_info   (CrdtEncoder   *self,
                                     gboolean       root);
void     crdt_encoder_type_ref      (CrdtEncoder   *self,
                                     guint          ref);
void     crdt_encoder_length        (CrdtEncoder   *self,
                                     guint32        length);
void     crdt_encoder_key           (CrdtEncoder   *self,
                                     const guint8  *text,
                                     gsize          n_bytes);
void     crdt_encoder_json          (CrdtEncoder   *self,
                                     const guint8  *any,
                                     gsize          length);
void     crdt_encoder_delete_client (CrdtEncoder   *self,
                                     guint64        client,
                                     guint32        n_ranges);
void     crdt_encoder_delete        (CrdtEncoder   *self,
                                     guint64        clock,
                                     guint64        length);
void     crdt_encoder_json_strings  (CrdtEncoder   *self,
                                     const guint8  *any,
                                     gsize          length,
                                     guint32        n);

void     crdt_encode_item           (CrdtEncoder    *encoder,
                                     CrdtDoc        *doc,
                                     const CrdtItem *item,
                                     guint32         offset);
void     crdt_encode_deletes        (CrdtEncoder    *encoder,
                                     CrdtDoc        *doc);
void     crdt_encode_ranges         (CrdtEncoder    *encoder,
                                     CrdtDoc        *doc,
                                     const GArray   *ranges);
GArray  *crdt_doc_deleted_ranges    (CrdtDoc        *doc) G_GNUC_WARN_UNUSED_RESULT;
GBytes  *crdt_txn_encode            (CrdtDoc        *doc) G_GNUC_WARN_UNUSED_RESULT;
GBytes  *crdt_doc_encode_from       (CrdtDoc        *doc,
                                     GArray         *state,
                                     CrdtFormat      format) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CrdtEncoder, crdt_encoder_clear)

G_END_DECLS
