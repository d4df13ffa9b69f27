/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/store.h"

G_BEGIN_DECLS

/**
 * AtriumStoreDone:
 * @task: to be returned, with what the work found
 * @data: the data of the work
 *
 * Runs on the main context after a successful work.
 */
typedef void (*AtriumStoreDone) (GTask    *task,
                                 gpointer  data);

/**
 * atrium_store_run_task:
 * @task: (transfer full): answered when the work is done: with %TRUE, by @done, or with the error in the words of #AtriumError
 * @data: (transfer full) (nullable): freed by @destroy after that
 *
 * Runs @work in one transaction and answers @task. Cancelling the task's cancellable before the start undoes it.
 */
void     atrium_store_run_task  (StoreDatabase   *database,
                                 StoreAccess      access,
                                 GTask           *task,
                                 StoreWork        work,
                                 gpointer         data,
                                 GDestroyNotify   destroy,
                                 AtriumStoreDone  done);

/* The same for what nobody waits for; a failure is logged at debug level. */
void     atrium_store_run       (StoreDatabase   *database,
                                 StoreAccess      access,
                                 StoreWork        work,
                                 gpointer         data,
                                 GDestroyNotify   destroy);

/* An error of the store in the words of #AtriumError; others unchanged. (transfer full) both ways. */
GError  *atrium_error_from_store (GError         *error);

G_END_DECLS
