/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "type.h"

G_BEGIN_DECLS

/**
 * CrdtUndo:
 *
 * Undo and redo of one person's changes to a set of types. It must be freed before its
 * document.
 */
typedef struct _CrdtUndo CrdtUndo;

/**
 * CrdtUndoOptions:
 * @capture_timeout: changes that come sooner after the last, in milliseconds, join its step
 * @ignore_remote_keys: bring back a key's value even over a newer one of somebody else
 * @clock: (nullable): returns the time in milliseconds; NULL for the monotonic clock
 */
typedef struct
{
  guint    capture_timeout;
  gboolean ignore_remote_keys;
  gint64 (*clock) (gpointer user_data);
  gpointer clock_data;
} CrdtUndoOptions;

#define CRDT_UNDO_CAPTURE_TIMEOUT 500u

CrdtUndo *crdt_undo_new            (CrdtDoc               *doc,
                                    CrdtType * const      *scope,
                                    guint                  n_scope,
                                    const CrdtUndoOptions *options) G_GNUC_WARN_UNUSED_RESULT;
void      crdt_undo_free           (CrdtUndo              *self);
void      crdt_undo_track_origin   (CrdtUndo              *self,
                                    gpointer               origin);
void      crdt_undo_untrack_origin (CrdtUndo              *self,
                                    gpointer               origin);
gboolean  crdt_undo_undo           (CrdtUndo              *self,
                                    GError               **error);
gboolean  crdt_undo_redo           (CrdtUndo              *self,
                                    GError               **error);
gboolean  crdt_undo_can_undo       (CrdtUndo              *self);
gboolean  crdt_undo_can_redo       (CrdtUndo              *self);
void      crdt_undo_stop_capturing (CrdtUndo              *self);
void      crdt_undo_clear          (CrdtUndo              *self);
void      crdt_undo_set_selection  (CrdtUndo              *self,
                                    gpointer               selection,
                                    GDestroyNotify         destroy);
gpointer  crdt_undo_get_selection  (CrdtUndo              *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CrdtUndo, crdt_undo_free)

G_END_DECLS
