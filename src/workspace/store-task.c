/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium"

#include "config.h"

#include "workspace/store-task.h"

#include "workspace/types.h"

#include <glib/gi18n-lib.h>

GError *
atrium_error_from_store (GError *error)
{
  GError *mapped = NULL;

  if (error->domain != STORE_ERROR)
    return error;

  switch ((StoreError) error->code)
    {
    case STORE_ERROR_FULL:
      mapped = g_error_new_literal (ATRIUM_ERROR, ATRIUM_ERROR_STORAGE, _("The disk is full. Nothing was changed; make room and try again."));
      break;
    case STORE_ERROR_IO:
    case STORE_ERROR_BUSY:
      mapped = g_error_new (ATRIUM_ERROR, ATRIUM_ERROR_STORAGE, _("The disk refused to write. Nothing was changed. (%s)"), error->message);
      break;
    case STORE_ERROR_DAMAGED:
      mapped = g_error_new_literal (ATRIUM_ERROR, ATRIUM_ERROR_STORAGE, _("The local data is damaged. It is repaired at the next start."));
      break;
    case STORE_ERROR_NEWER:
      mapped = g_error_new_literal (ATRIUM_ERROR, ATRIUM_ERROR_STORAGE, _("A newer version of Atrium wrote this profile. It was left untouched; update Atrium."));
      break;
    case STORE_ERROR_CLOSED:
      mapped = g_error_new_literal (ATRIUM_ERROR, ATRIUM_ERROR_FAILED, _("The profile is closed."));
      break;
    case STORE_ERROR_INVALID:
      mapped = g_error_new (ATRIUM_ERROR, ATRIUM_ERROR_INVALID, _("This cannot be stored: %s"), error->message);
      break;
    case STORE_ERROR_NOT_FOUND:
      mapped = g_error_new_literal (ATRIUM_ERROR, ATRIUM_ERROR_NOT_FOUND, _("There is no such thing in this profile."));
      break;
    case STORE_ERROR_READ_ONLY:
    case STORE_ERROR_FAILED:
    default:
      mapped = g_error_new_literal (ATRIUM_ERROR, ATRIUM_ERROR_STORAGE, error->message);
      break;
    }

  g_error_free (error);

  return mapped;
}

typedef struct
{
  GTask           *task;
  AtriumStoreDone  done;
} Pending;

static void
on_run_done (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autofree Pending *pending = user_data;
  g_autoptr (GTask) task = pending->task;
  GError *error = NULL;

  if (!store_database_run_finish (STORE_DATABASE (source), result, &error))
    g_task_return_error (task, atrium_error_from_store (error));
  else if (pending->done != NULL)
    pending->done (task, store_database_get_run_data (result));
  else
    g_task_return_boolean (task, TRUE);
}

void
atrium_store_run_task (StoreDatabase   *database,
                       StoreAccess      access,
                       GTask           *task,
                       StoreWork        work,
                       gpointer         data,
                       GDestroyNotify   destroy,
                       AtriumStoreDone  done)
{
  Pending *pending = g_new0 (Pending, 1);

  pending->task = task;
  pending->done = done;
  store_database_run_async (database, access, G_PRIORITY_DEFAULT, work, data, destroy,
                            g_task_get_cancellable (task), on_run_done, pending);
}

static void
on_quiet_run_done (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr (GError) error = NULL;

  if (!store_database_run_finish (STORE_DATABASE (source), result, &error))
    g_debug ("background write: %s", error->message);
}

void
atrium_store_run (StoreDatabase  *database,
                  StoreAccess     access,
                  StoreWork       work,
                  gpointer        data,
                  GDestroyNotify  destroy)
{
  store_database_run_async (database, access, G_PRIORITY_DEFAULT, work, data, destroy, NULL, on_quiet_run_done, NULL);
}
