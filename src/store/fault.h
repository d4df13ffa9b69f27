/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * A disk that fails on demand: an SQLite VFS over the usual one. For tests only: it is registered by store_fault_install(),
 * or when the environment has ATRIUM_STORE_FAULTS=FILE before the first database is opened. With FILE, writes and fsyncs of
 * databases fail with "disk full" while that file exists, so that another process can switch the disk off and on.
 */
typedef enum
{
  STORE_FAULT_WRITE = 1 << 0,   /* write, truncate, create */
  STORE_FAULT_SYNC = 1 << 1,
  STORE_FAULT_READ = 1 << 2,
} StoreFaultKind;

void           store_fault_install          (void);
/* Only when the environment asks for it; called by the first open. */
void           store_fault_install_from_environment (void);
/**
 * store_fault_arm:
 * @kinds: which operations count
 * @after: so many more of them succeed first
 * @times: then so many fail; 0: all, until disarmed
 */
void           store_fault_arm              (guint kinds, guint after, guint times);
void           store_fault_disarm           (void);
/* How many operations have failed since the last store_fault_arm(). */
guint          store_fault_get_count        (void);

G_END_DECLS
