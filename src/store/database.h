/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "change.h"
#include "error.h"

G_BEGIN_DECLS

/**
 * StoreTransaction:
 *
 * The inside of one transaction. Every typed operation of this room takes one. It exists only while a #StoreWork runs, and
 * only on the thread that runs it; keep no pointer to it.
 */
typedef struct _StoreTransaction StoreTransaction;

/**
 * StoreAccess:
 * @STORE_ACCESS_READ: one consistent view; writes fail with READ_ONLY
 * @STORE_ACCESS_WRITE: for what the user was promised. The commit is on the disk (fsync) before the result is reported
 * @STORE_ACCESS_FILL: for what the server still has (archive pages, caches). Atomic, but a power cut may undo the newest
 *     of them; any later @STORE_ACCESS_WRITE makes them safe as well
 */
typedef enum
{
  STORE_ACCESS_READ,
  STORE_ACCESS_WRITE,
  STORE_ACCESS_FILL,
} StoreAccess;

/**
 * StoreWork:
 * @tx: the transaction; not valid after the return
 * @data: what was given to store_database_run_async(). The worker has it to itself until the result is reported, so
 *     results are left in it
 * @error: set it when returning %FALSE
 *
 * Returns: %TRUE to commit, %FALSE to undo everything done through @tx
 */
typedef gboolean (*StoreWork) (StoreTransaction *tx,
                               gpointer          data,
                               GError          **error);

/**
 * StoreDatabase:
 *
 * One profile's database. One worker thread does all the work, in the order it was asked for within one priority, so that
 * no caller waits for the disk. Other processes may use the same file at the same time.
 *
 * ::changed (guint n_changes, gpointer changes) is emitted on the main context that opened the database, after a commit
 * and before the callback of the run that did it; @changes is an array of #StoreChange, valid during the emission. It
 * tells the changes of other processes too.
 *
 * ::damaged () is emitted when a damage was met while working. Close, open again: that rescues.
 */
#define STORE_TYPE_DATABASE (store_database_get_type ())
G_DECLARE_FINAL_TYPE (StoreDatabase, store_database, STORE, DATABASE, GObject)

/**
 * StoreRescue:
 * @aside: where the damaged file was put; it is never deleted by us
 * @problem: what was found
 * @rows: rows that were copied over
 * @outbox: how many of them were waiting to be sent
 * @drafts: how many of them were drafts
 *
 * What was done about a damaged file; shown to the person once.
 */
typedef struct
{
  char   *aside;
  char   *problem;
  guint64 rows;
  guint   outbox;
  guint   drafts;
} StoreRescue;

/**
 * store_database_open_async:
 * @path: the file. Its folder is made when missing. Folder 0700, file 0600
 *
 * Opens or creates a database, brings an older one up to date, checks it after an unclean end and rescues a damaged one.
 * Errors: NEWER, BUSY, FULL, IO, FAILED.
 */
void               store_database_open_async        (const char          *path,
                                                     GCancellable        *cancellable,
                                                     GAsyncReadyCallback  callback,
                                                     gpointer             user_data);
StoreDatabase     *store_database_open_finish       (GAsyncResult        *result,
                                                     GError             **error) G_GNUC_WARN_UNUSED_RESULT;

/* For programs without a main loop and for tests: the same, waiting. Signals are emitted on the thread-default context. */
StoreDatabase     *store_database_open_sync         (const char          *path,
                                                     GError             **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * store_database_close_async:
 *
 * Finishes what was asked for before, then closes the file. Later runs fail with CLOSED. Dropping the last reference
 * does the same and waits for it.
 */
void               store_database_close_async       (StoreDatabase       *self,
                                                     GAsyncReadyCallback  callback,
                                                     gpointer             user_data);
gboolean           store_database_close_finish      (StoreDatabase       *self,
                                                     GAsyncResult        *result,
                                                     GError             **error);

/**
 * store_database_run_async:
 * @priority: %G_PRIORITY_DEFAULT; larger numbers wait for smaller ones
 * @work: runs on the database thread
 * @data: (nullable): handed to @work
 * @destroy: (nullable): frees @data, on the caller's main context, after @callback has returned
 *
 * Runs @work in one transaction. Several typed operations in one @work succeed or fail together. A cancelled run that has
 * not started is not started; once started it is finished and its outcome is reported.
 */
void               store_database_run_async         (StoreDatabase       *self,
                                                     StoreAccess          access,
                                                     int                  priority,
                                                     StoreWork            work,
                                                     gpointer             data,
                                                     GDestroyNotify       destroy,
                                                     GCancellable        *cancellable,
                                                     GAsyncReadyCallback  callback,
                                                     gpointer             user_data);
/* FALSE: nothing was changed; @error says why. */
gboolean           store_database_run_finish        (StoreDatabase       *self,
                                                     GAsyncResult        *result,
                                                     GError             **error);
/* The @data of that run; it lives until the callback returns. */
gpointer           store_database_get_run_data      (GAsyncResult        *result);

/* The same, waiting for the worker: tests, benchmarks, programs without a main loop. Never on a thread that draws. */
gboolean           store_database_run_sync          (StoreDatabase       *self,
                                                     StoreAccess          access,
                                                     StoreWork            work,
                                                     gpointer             data,
                                                     GError             **error);

/**
 * store_database_read:
 * @budget_us: longest time to spend, in µs; 0 = 8,000 (half a frame)
 *
 * Reads on the calling thread (that which opened the database) through a connection of its own that cannot write and never
 * waits for a lock, for lists that must answer at once: a page of messages, the chat list. A read over its budget is
 * stopped between two steps of SQLite and fails with BUSY; ask again with store_database_run_async(). Search, counting and
 * anything over more than some hundred rows belongs there from the start.
 */
gboolean           store_database_read              (StoreDatabase       *self,
                                                     gint64               budget_us,
                                                     StoreWork            work,
                                                     gpointer             data,
                                                     GError             **error);

const char        *store_database_get_path          (StoreDatabase       *self);
/* What was rescued while opening; NULL when nothing had to be. */
const StoreRescue *store_database_get_rescue        (StoreDatabase       *self);
/* 0 to 1 while old messages are being indexed anew for search in the background; 1 when search covers everything. */
double             store_database_get_index_progress (StoreDatabase      *self);

G_END_DECLS
