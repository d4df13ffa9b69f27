/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "error.h"
#include "value.h"

G_BEGIN_DECLS

/**
 * CrdtDoc:
 *
 * A replicated document, byte-compatible with Yjs 13.6. Plain memory: no I/O, no threads
 * of its own, no main loop; a document belongs to one thread at a time.
 */
typedef struct _CrdtDoc CrdtDoc;

/**
 * CrdtType:
 *
 * A shared type inside a document: a root, or nested in another type. It belongs to its
 * document and lives as long as that; once its item is deleted it is empty and edits fail
 * with %CRDT_ERROR_STATE.
 */
typedef struct _CrdtType CrdtType;

/**
 * CrdtTypeKind:
 *
 * The type references of the wire, in their order there. %CRDT_TYPE_UNKNOWN is a root
 * that has only been named by others so far.
 */
typedef enum
{
  CRDT_TYPE_ARRAY,
  CRDT_TYPE_MAP,
  CRDT_TYPE_TEXT,
  CRDT_TYPE_XML_ELEMENT,
  CRDT_TYPE_XML_FRAGMENT,
  CRDT_TYPE_XML_HOOK,
  CRDT_TYPE_XML_TEXT,
  CRDT_TYPE_UNKNOWN,
} CrdtTypeKind;

/**
 * CrdtBlockFunc:
 * @client_id: whose block it is
 * @clock: first clock that is new to this document
 * @length: how many units are new
 *
 * Asked once for each client whose content an update would add, before anything changes.
 * The place to refuse blocks in the name of a client that is not the sender's (threat G1).
 *
 * Returns: FALSE to refuse the whole update with %CRDT_ERROR_REFUSED
 */
typedef gboolean (*CrdtBlockFunc) (guint64  client_id,
                                   guint64  clock,
                                   guint64  length,
                                   gpointer user_data);

/**
 * CrdtLimits:
 * @max_update: bytes of one update
 * @max_gap: how far a struct may lie beyond what is known of its client
 * @max_pending_bytes: what may wait for missing parts, encoded
 * @max_pending_structs: the same, in structs
 * @max_depth: nesting of types; a root has depth 1
 * @max_roots: named roots
 *
 * Bounds on what an update may do to a document; exceeding one is %CRDT_ERROR_LIMIT.
 */
typedef struct
{
  gsize max_update;
  guint max_gap;
  gsize max_pending_bytes;
  guint max_pending_structs;
  guint max_depth;
  guint max_roots;
} CrdtLimits;

#define CRDT_MAX_GAP             1000000u
#define CRDT_MAX_PENDING_BYTES   ((gsize) 8 * 1024 * 1024)
#define CRDT_MAX_PENDING_STRUCTS 10000u
#define CRDT_MAX_DEPTH           100u
#define CRDT_MAX_ROOTS           256u
/** What one PubSub item may carry; documents from disk are larger and are loaded with %CRDT_APPLY_TRUSTED. */
#define CRDT_MAX_UPDATE          ((gsize) 1024 * 1024)

/**
 * CrdtOptions:
 * @client_id: 0 for a fresh random one, which is right everywhere but in tests
 * @keep_deleted: keep the content of deleted items, which snapshots need (Yjs: gc = false)
 * @limits: (nullable): NULL for the defaults
 */
typedef struct
{
  guint64           client_id;
  gboolean          keep_deleted;
  const CrdtLimits *limits;
} CrdtOptions;

/**
 * CrdtApplyFlags:
 * @CRDT_APPLY_TRUSTED: the bytes are our own, from disk: no limit on size and gaps, hook not asked
 * @CRDT_APPLY_V2: update format v2; only for storage, never for what comes from the network
 */
typedef enum
{
  CRDT_APPLY_NONE = 0,
  CRDT_APPLY_TRUSTED = 1 << 0,
  CRDT_APPLY_V2 = 1 << 1,
} CrdtApplyFlags;

/**
 * CrdtFormat:
 *
 * The two encodings of updates.
 */
typedef enum
{
  CRDT_FORMAT_V1,
  CRDT_FORMAT_V2,
} CrdtFormat;

/**
 * CrdtUpdateFunc:
 * @update: the v1 update of one transaction
 * @local: FALSE if it came from crdt_doc_apply_update()
 * @origin: what the transaction was begun with
 *
 * Called at the end of each transaction that changed the document. The document may not be
 * changed inside.
 */
typedef void (*CrdtUpdateFunc) (CrdtDoc  *doc,
                                GBytes   *update,
                                gboolean  local,
                                gpointer  origin,
                                gpointer  user_data);

CrdtDoc  *crdt_doc_new                  (const CrdtOptions  *options) G_GNUC_WARN_UNUSED_RESULT;
void      crdt_doc_free                 (CrdtDoc            *self);
guint64   crdt_doc_get_client_id        (CrdtDoc            *self);
void      crdt_doc_set_client_id        (CrdtDoc            *self,
                                         guint64             client_id);
gsize     crdt_doc_get_memory           (CrdtDoc            *self);
guint     crdt_doc_get_n_structs        (CrdtDoc            *self);

CrdtType *crdt_doc_get_root             (CrdtDoc            *self,
                                         const char         *name,
                                         CrdtTypeKind        kind,
                                         GError            **error);
char    **crdt_doc_list_roots           (CrdtDoc            *self) G_GNUC_WARN_UNUSED_RESULT;
CrdtType *crdt_doc_lookup_root          (CrdtDoc            *self,
                                         const char         *name);

void      crdt_doc_begin                (CrdtDoc            *self,
                                         gpointer            origin);
void      crdt_doc_commit               (CrdtDoc            *self);

void      crdt_doc_set_update_func      (CrdtDoc            *self,
                                         CrdtUpdateFunc      func,
                                         gpointer            user_data,
                                         GDestroyNotify      destroy);
void      crdt_doc_set_block_func       (CrdtDoc            *self,
                                         CrdtBlockFunc       func,
                                         gpointer            user_data,
                                         GDestroyNotify      destroy);

gboolean  crdt_doc_apply_update         (CrdtDoc            *self,
                                         const guint8       *data,
                                         gsize               length,
                                         CrdtApplyFlags      flags,
                                         gpointer            origin,
                                         GError            **error);
GBytes   *crdt_doc_encode               (CrdtDoc            *self,
                                         CrdtFormat          format) G_GNUC_WARN_UNUSED_RESULT;
GBytes   *crdt_doc_encode_diff          (CrdtDoc            *self,
                                         const guint8       *state_vector,
                                         gsize               length,
                                         CrdtFormat          format,
                                         GError            **error) G_GNUC_WARN_UNUSED_RESULT;
GBytes   *crdt_doc_encode_state_vector  (CrdtDoc            *self) G_GNUC_WARN_UNUSED_RESULT;
gboolean  crdt_doc_has_pending          (CrdtDoc            *self);
guint64   crdt_doc_get_clock            (CrdtDoc            *self,
                                         guint64             client_id);
char     *crdt_doc_hash                 (CrdtDoc            *self) G_GNUC_WARN_UNUSED_RESULT;
gboolean  crdt_doc_check                (CrdtDoc            *self,
                                         GError            **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CrdtDoc, crdt_doc_free)

G_END_DECLS
