/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Operations on encoded updates that need no document.
 */

#pragma once

#include "doc.h"

G_BEGIN_DECLS

GBytes   *crdt_update_merge            (GBytes * const   *updates,
                                        guint             n_updates,
                                        CrdtFormat        format,
                                        GError          **error) G_GNUC_WARN_UNUSED_RESULT;
GBytes   *crdt_update_diff             (GBytes           *update,
                                        CrdtFormat        format,
                                        const guint8     *state_vector,
                                        gsize             length,
                                        GError          **error) G_GNUC_WARN_UNUSED_RESULT;
GBytes   *crdt_update_convert          (GBytes           *update,
                                        CrdtFormat        from,
                                        CrdtFormat        to,
                                        GError          **error) G_GNUC_WARN_UNUSED_RESULT;
GBytes   *crdt_update_get_state_vector (GBytes           *update,
                                        CrdtFormat        format,
                                        GError          **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean  crdt_update_validate         (const guint8     *data,
                                        gsize             length,
                                        CrdtFormat        format,
                                        GError          **error);

/**
 * CrdtStateEntry:
 *
 * One client of a state vector: all its clocks below @clock are known.
 */
typedef struct
{
  guint64 client_id;
  guint64 clock;
} CrdtStateEntry;

GArray   *crdt_state_vector_parse      (const guint8     *data,
                                        gsize             length,
                                        GError          **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
