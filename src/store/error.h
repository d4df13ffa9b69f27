/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * StoreError:
 * @STORE_ERROR_FAILED: something else went wrong; the message says what
 * @STORE_ERROR_CLOSED: the database is not open
 * @STORE_ERROR_FULL: the disk is full; nothing was changed, the database stays usable
 * @STORE_ERROR_IO: the disk refused a read or a write; nothing was changed
 * @STORE_ERROR_DAMAGED: the file is damaged; the next open sets it aside and rescues what can be read
 * @STORE_ERROR_NEWER: a newer program wrote this file; it was left untouched
 * @STORE_ERROR_BUSY: somebody else writes, or a read on the main thread used up its time
 * @STORE_ERROR_INVALID: a value is missing, too long or malformed
 * @STORE_ERROR_NOT_FOUND: there is no such row
 * @STORE_ERROR_READ_ONLY: a write was tried in a transaction that only reads
 */
typedef enum
{
  STORE_ERROR_FAILED,
  STORE_ERROR_CLOSED,
  STORE_ERROR_FULL,
  STORE_ERROR_IO,
  STORE_ERROR_DAMAGED,
  STORE_ERROR_NEWER,
  STORE_ERROR_BUSY,
  STORE_ERROR_INVALID,
  STORE_ERROR_NOT_FOUND,
  STORE_ERROR_READ_ONLY,
} StoreError;

#define STORE_ERROR (store_error_quark ())
GQuark store_error_quark (void);

G_END_DECLS
