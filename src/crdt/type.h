/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The shared types: what they hold and how they are edited.
 *
 * Indexes and lengths count UTF-16 units in texts and values in arrays, as everywhere in
 * Yjs. Each edit is a transaction of its own unless crdt_doc_begin() has opened one.
 * Positions between the halves of a surrogate pair are legal, but an edit there destroys
 * the character; an editor that works in code points never produces one.
 */

#pragma once

#include "doc.h"

G_BEGIN_DECLS

CrdtTypeKind  crdt_type_get_kind            (CrdtType            *self);
CrdtDoc      *crdt_type_get_doc             (CrdtType            *self);
const char   *crdt_type_get_name            (CrdtType            *self);
CrdtType     *crdt_type_get_parent          (CrdtType            *self);
gboolean      crdt_type_is_deleted          (CrdtType            *self);
guint         crdt_type_get_length          (CrdtType            *self);

/**
 * CrdtItemKind:
 *
 * What stands at a place of an array, a fragment or a text, or under a key of a map.
 */
typedef enum
{
  CRDT_ITEM_TEXT,
  CRDT_ITEM_VALUE,
  CRDT_ITEM_EMBED,
  CRDT_ITEM_TYPE,
  CRDT_ITEM_DOC,
} CrdtItemKind;

/**
 * CrdtEntry:
 * @kind: which of the fields holds
 * @value: (nullable): of a value or an embed, or the guid of a sub-document
 * @type: (nullable): borrowed, of a nested type
 * @text: (nullable): UTF-8 of a run of text, with @text_length bytes
 * @length: units
 *
 * One piece of a type. Clear it with crdt_entry_clear().
 */
typedef struct
{
  CrdtItemKind  kind;
  CrdtValue    *value;
  CrdtType     *type;
  char         *text;
  gsize         text_length;
  guint         length;
} CrdtEntry;

void          crdt_entry_clear              (CrdtEntry           *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CrdtEntry, crdt_entry_clear)

/* Text: Y.Text and Y.XmlText */

gboolean      crdt_text_insert              (CrdtType            *self,
                                             guint                index,
                                             const char          *text,
                                             gssize               length,
                                             CrdtValue           *attributes,
                                             GError             **error);
gboolean      crdt_text_insert_embed        (CrdtType            *self,
                                             guint                index,
                                             CrdtValue           *embed,
                                             CrdtValue           *attributes,
                                             GError             **error);
CrdtType     *crdt_text_insert_type         (CrdtType            *self,
                                             guint                index,
                                             CrdtTypeKind         kind,
                                             const char          *name,
                                             CrdtValue           *attributes,
                                             GError             **error);
gboolean      crdt_text_delete              (CrdtType            *self,
                                             guint                index,
                                             guint                length,
                                             GError             **error);
gboolean      crdt_text_format              (CrdtType            *self,
                                             guint                index,
                                             guint                length,
                                             CrdtValue           *attributes,
                                             GError             **error);
gboolean      crdt_text_apply_delta         (CrdtType            *self,
                                             CrdtValue           *delta,
                                             GError             **error);
char         *crdt_text_to_string           (CrdtType            *self,
                                             gsize               *length) G_GNUC_WARN_UNUSED_RESULT;
char         *crdt_text_get_range           (CrdtType            *self,
                                             guint                index,
                                             guint                n_units,
                                             gsize               *length) G_GNUC_WARN_UNUSED_RESULT;
CrdtValue    *crdt_text_to_delta            (CrdtType            *self) G_GNUC_WARN_UNUSED_RESULT;
CrdtValue    *crdt_text_get_delta           (CrdtType            *self,
                                             guint                index,
                                             guint                length) G_GNUC_WARN_UNUSED_RESULT;
CrdtValue    *crdt_text_get_attributes_at   (CrdtType            *self,
                                             guint                index) G_GNUC_WARN_UNUSED_RESULT;
guint         crdt_text_get_n_lines         (CrdtType            *self);
guint         crdt_text_get_n_code_points   (CrdtType            *self);
guint         crdt_text_line_to_index       (CrdtType            *self,
                                             guint                line);
guint         crdt_text_index_to_line       (CrdtType            *self,
                                             guint                index);
guint         crdt_text_code_point_to_index (CrdtType            *self,
                                             guint                code_point);
guint         crdt_text_index_to_code_point (CrdtType            *self,
                                             guint                index);

/**
 * CrdtTextIter:
 *
 * Walks over the visible runs of a text without copying; on the stack. Any change of the
 * document ends its life.
 */
typedef struct
{
  /*< private >*/
  CrdtType *type;
  guint32   item;
  guint32   offset;
  guint32   left;
} CrdtTextIter;

/**
 * CrdtTextRun:
 * @ascii: (nullable): the units as bytes, if all are ASCII
 * @utf16: (nullable): the units otherwise
 * @embed: TRUE if this is an embed or a nested type of length 1
 */
typedef struct
{
  const guint8  *ascii;
  const guint16 *utf16;
  gboolean       embed;
  guint          length;
} CrdtTextRun;

void          crdt_text_iter_init           (CrdtTextIter        *iter,
                                             CrdtType            *type,
                                             guint                index,
                                             guint                length);
gboolean      crdt_text_iter_next           (CrdtTextIter        *iter,
                                             CrdtTextRun         *run);

/** As an index: behind the last item, deleted or not; the place that Yjs calls push. */
#define CRDT_END G_MAXUINT

/* Lists: Y.Array and the children of Y.XmlFragment and Y.XmlElement */

gboolean      crdt_array_insert             (CrdtType            *self,
                                             guint                index,
                                             CrdtValue * const   *values,
                                             guint                n_values,
                                             GError             **error);
CrdtType     *crdt_array_insert_type        (CrdtType            *self,
                                             guint                index,
                                             CrdtTypeKind         kind,
                                             const char          *name,
                                             GError             **error);
gboolean      crdt_array_delete             (CrdtType            *self,
                                             guint                index,
                                             guint                length,
                                             GError             **error);
gboolean      crdt_array_get                (CrdtType            *self,
                                             guint                index,
                                             CrdtEntry           *out_entry);

/* Maps: Y.Map, and the attributes of the XML types and of Y.Text */

gboolean      crdt_map_set                  (CrdtType            *self,
                                             const char          *key,
                                             CrdtValue           *value,
                                             GError             **error);
CrdtType     *crdt_map_set_type             (CrdtType            *self,
                                             const char          *key,
                                             CrdtTypeKind         kind,
                                             const char          *name,
                                             GError             **error);
gboolean      crdt_map_delete               (CrdtType            *self,
                                             const char          *key,
                                             GError             **error);
gboolean      crdt_map_get                  (CrdtType            *self,
                                             const char          *key,
                                             CrdtEntry           *out_entry);
char        **crdt_map_list_keys            (CrdtType            *self) G_GNUC_WARN_UNUSED_RESULT;

CrdtValue    *crdt_type_to_value            (CrdtType            *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
