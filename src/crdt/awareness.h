/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "error.h"

G_BEGIN_DECLS

/**
 * CrdtAwareness:
 *
 * Who is here and where their cursors are: short-lived states, one JSON text a client,
 * which are not part of the document (y-protocols awareness). It has no timers: the caller
 * renews its state every %CRDT_AWARENESS_RENEW ms and calls crdt_awareness_expire().
 */
typedef struct _CrdtAwareness CrdtAwareness;

#define CRDT_AWARENESS_RENEW       15000
#define CRDT_AWARENESS_TIMEOUT     30000
#define CRDT_AWARENESS_MAX_CLIENTS 1000
#define CRDT_AWARENESS_MAX_STATE   65536

/**
 * CrdtAwarenessFunc:
 * @state: (nullable): JSON, or NULL if the client has gone
 */
typedef void (*CrdtAwarenessFunc) (CrdtAwareness *self,
                                   guint64        client_id,
                                   const char    *state,
                                   gpointer       user_data);

CrdtAwareness *crdt_awareness_new         (guint64             client_id) G_GNUC_WARN_UNUSED_RESULT;
void           crdt_awareness_free        (CrdtAwareness      *self);
void           crdt_awareness_set_func    (CrdtAwareness      *self,
                                           CrdtAwarenessFunc   func,
                                           gpointer            user_data);
gboolean       crdt_awareness_set_local   (CrdtAwareness      *self,
                                           const char         *state,
                                           gint64              now,
                                           GError            **error);
const char    *crdt_awareness_get         (CrdtAwareness      *self,
                                           guint64             client_id);
guint64       *crdt_awareness_list        (CrdtAwareness      *self,
                                           guint              *n_clients) G_GNUC_WARN_UNUSED_RESULT;
gboolean       crdt_awareness_apply       (CrdtAwareness      *self,
                                           const guint8       *data,
                                           gsize               length,
                                           gint64              now,
                                           gboolean           *out_answer,
                                           GError            **error);
void           crdt_awareness_expire      (CrdtAwareness      *self,
                                           gint64              now);
GBytes        *crdt_awareness_encode      (CrdtAwareness      *self,
                                           const guint64      *client_ids,
                                           guint               n_clients) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CrdtAwareness, crdt_awareness_free)

G_END_DECLS
