/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define CRDT_ERROR (crdt_error_quark ())

/**
 * CrdtError:
 * @CRDT_ERROR_TRUNCATED: the bytes end in the middle of a field
 * @CRDT_ERROR_INVALID: the bytes break a rule of the format
 * @CRDT_ERROR_UNSUPPORTED: a content or type reference that Yjs 13.6 does not define
 * @CRDT_ERROR_LIMIT: well-formed, but beyond a limit of #CrdtLimits or of the engine
 * @CRDT_ERROR_REFUSED: the caller's hook refused a block
 * @CRDT_ERROR_RANGE: an index or a length outside the type
 * @CRDT_ERROR_KIND: the root or the type is of another kind
 * @CRDT_ERROR_STATE: not possible now (inside an observer, or the type is deleted)
 * @CRDT_ERROR_HISTORY: a snapshot asks for content that has been collected
 *
 * Codes of #CRDT_ERROR. The document is unchanged whenever one is returned.
 */
typedef enum
{
  CRDT_ERROR_TRUNCATED,
  CRDT_ERROR_INVALID,
  CRDT_ERROR_UNSUPPORTED,
  CRDT_ERROR_LIMIT,
  CRDT_ERROR_REFUSED,
  CRDT_ERROR_RANGE,
  CRDT_ERROR_KIND,
  CRDT_ERROR_STATE,
  CRDT_ERROR_HISTORY,
} CrdtError;

GQuark crdt_error_quark (void);

G_END_DECLS
