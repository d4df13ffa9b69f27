/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Updates as they come from the wire: decoded and validated whole, before any of it
 * touches a document.
 */

#pragma once

#include "encoder-private.h"
#include "update.h"

G_BEGIN_DECLS

typedef enum
{
  CRDT_PARENT_COPIED,  /* from the left, else the right neighbour */
  CRDT_PARENT_ROOT,
  CRDT_PARENT_ITEM,
} CrdtParentKind;

/* One struct of an update; the pointers lead into the update or its scratch memory. */
typedef struct
{
  guint64       origin_client;
  guint64       right_client;
  guint64       parent_client;
  guint32       clock;
  guint32       length;
  guint32       origin_clock;
  guint32       right_clock;
  guint32       parent_clock;
  guint32       n_parent_name;
  guint32       n_key;
  guint32       n_name;
  guint32       n_data;
  guint8        ref;            /* CRDT_REF_… */
  guint8        has_origin;
  guint8        has_right;
  guint8        parent;         /* CrdtParentKind */
  guint8        has_key;
  guint8        type_kind;      /* of a Type */
  const guint8 *parent_name;    /* root */
  const guint8 *key;            /* parentSub */
  const guint8 *name;           /* key of a Format, node name of a Type, guid of a Doc */
  const guint8 *data;           /* text as UTF-8, canonical `any`s, or bytes */
} CrdtWireStruct;

/* The structs of one client. */
typedef struct
{
  guint64 client;
  guint32 first;        /* index of its first struct */
  guint32 n;
  guint32 at;           /* next to plan */
  guint32 state;        /* planned state */
  guint32 index;        /* client index in the document */
  guint8  done;         /* all that can be planned is */
  guint8  on_stack;
} CrdtWireBlock;

typedef struct
{
  guint64 client;
  guint64 clock;
  guint64 length;
} CrdtWireRange;

typedef struct
{
  guint64 client;
  guint64 clock;
} CrdtWireId;

typedef struct
{
  GArray    *blocks;    /* (element-type CrdtWireBlock) */
  GArray    *structs;   /* (element-type CrdtWireStruct) */
  GArray    *deletes;   /* (element-type CrdtWireRange) */
  CrdtArena  scratch;
} CrdtWireUpdate;

void      crdt_wire_update_init      (CrdtWireUpdate       *self);
void      crdt_wire_update_clear     (CrdtWireUpdate       *self);
gboolean  crdt_wire_update_decode    (CrdtWireUpdate       *self,
                                      const guint8         *data,
                                      gsize                 length,
                                      CrdtFormat            format,
                                      GError              **error);
void      crdt_wire_encode_struct    (CrdtEncoder          *encoder,
                                      guint64               client,
                                      const CrdtWireStruct *s,
                                      guint32               offset);
void      crdt_wire_encode_deletes   (CrdtEncoder          *encoder,
                                      GArray               *deletes);
void      crdt_wire_settle_deletes   (GArray               *deletes);
gboolean  crdt_read_deletes          (CrdtReader           *reader,
                                      gboolean              v2,
                                      GArray               *deletes);
GBytes   *crdt_wire_combine          (CrdtWireUpdate       *updates,
                                      guint                 n_updates,
                                      GArray               *state,
                                      CrdtFormat            format) G_GNUC_WARN_UNUSED_RESULT;
void      crdt_wire_integrate        (CrdtDoc              *doc,
                                      guint32               client,
                                      const CrdtWireStruct *s);
void      crdt_wire_apply_deletes    (CrdtDoc              *doc,
                                      GArray               *deletes,
                                      GArray               *rest);
GBytes   *crdt_pending_encode        (CrdtDoc              *doc,
                                      GArray               *state,
                                      CrdtFormat            format) G_GNUC_WARN_UNUSED_RESULT;
const guint8 *crdt_utf8_skip_units   (const guint8         *text,
                                      gsize                 n_bytes,
                                      guint32               units,
                                      gboolean             *out_cut);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CrdtWireUpdate, crdt_wire_update_clear)

G_END_DECLS
