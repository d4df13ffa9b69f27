/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The database of one profile and its thread.
 *
 * Core is shared by the object and its thread: what is above the line in it belongs to the thread alone once it runs, what is
 * below is locked or does not change. The thread never holds a reference of the object: results and changes are handed to
 * the main context in an idle source, together with the last reference of the task, so that tasks, their data and the
 * database die on the thread that made them.
 */

#include "database.h"

#include <errno.h>
#include <glib/gstdio.h>

#include "fault.h"
#include "guard-private.h"
#include "index-private.h"
#include "map-private.h"
#include "opening-private.h"
#include "rescue-private.h"
#include "schema-private.h"
#include "sql-private.h"

/* Half a frame at 60 Hz. */
#define READ_BUDGET_US 8000
/* Messages indexed in one go in the background: some 20 ms, so that a waiting run is not held up. */
#define INDEX_CHUNK 500
/* Changes are told before the callback of the run that made them. */
#define CHANGES_PRIORITY (-1000)

typedef struct
{
  StoreConnection *connection;
  StoreGuard      *guard;
  gint64           seen;           /* newest row of table "change" that was told */
  gint64           data_version;
  gboolean         indexing;
  gboolean         damage_told;

  /* ---- */
  char            *path;           /* does not change */
  GMainContext    *context;        /* does not change: where signals are emitted */
  GAsyncQueue     *queue;          /* (element-type Job), sorted */
  GThread         *thread;         /* joined by whoever closes */
  GWeakRef         database;
  StoreRescue     *rescue;         /* set while opening, does not change then */
  GMutex           mutex;
  GCond            cond;
  gboolean         opened;         /* mutex: opening has ended, one way or the other */
  GError          *open_error;     /* mutex */
  gint             serial;         /* atomic */
  gint             closed;         /* atomic: no further runs */
  gint             progress;       /* atomic: of indexing, in 1/10,000 */
} Core;

typedef enum
{
  JOB_RUN,
  JOB_LOOK,     /* another process may have written */
  JOB_CLOSE,
} JobKind;

typedef struct
{
  JobKind        kind;
  int            priority;
  guint          serial;
  StoreAccess    access;
  StoreWork      work;
  gpointer       data;
  GDestroyNotify destroy;
  GTask         *task;      /* NULL: somebody waits for "done" */
  gboolean       done;      /* mutex of the core */
  gboolean       ok;
  GError        *error;
} Job;

struct _StoreDatabase
{
  GObject          parent_instance;
  Core            *core;
  StoreConnection *reader;     /* of the thread that opened; made when first needed */
  GFileMonitor    *monitor;    /* of the log, which other processes write */
  GThread         *owner;
};

enum
{
  CHANGED,
  DAMAGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (StoreDatabase, store_database, G_TYPE_OBJECT)

static void
core_clear (Core *core)
{
  g_assert (core->connection == NULL && core->guard == NULL);
  g_free (core->path);
  g_main_context_unref (core->context);
  g_async_queue_unref (core->queue);
  g_weak_ref_clear (&core->database);
  store_rescue_free (core->rescue);
  g_mutex_clear (&core->mutex);
  g_cond_clear (&core->cond);
  g_clear_error (&core->open_error);
}

static void
core_unref (Core *core)
{
  g_atomic_rc_box_release_full (core, (GDestroyNotify) core_clear);
}

static void
job_free (Job *job)
{
  if (job->destroy != NULL)
    job->destroy (job->data);
  g_clear_error (&job->error);
  g_free (job);
}

static int
compare_jobs (gconstpointer a,
              gconstpointer b,
              gpointer      data)
{
  const Job *x = a;
  const Job *y = b;

  if (x->priority != y->priority)
    return x->priority < y->priority ? -1 : 1;
  /* Serials wrap; the queue is never half of them long. */
  return x->serial == y->serial ? 0 : (gint) (x->serial - y->serial) < 0 ? -1 : 1;
}

static void
attach (GMainContext *context,
        int           priority,
        GSourceFunc   func,
        gpointer      data,
        GDestroyNotify destroy)
{
  g_autoptr(GSource) source = g_idle_source_new ();

  g_source_set_priority (source, priority);
  g_source_set_callback (source, func, data, destroy);
  g_source_attach (source, context);
}

/* Telling changes */

typedef struct
{
  Core   *core;
  GArray *changes;    /* (element-type StoreChange); NULL: damage */
} Telling;

static void
telling_free (Telling *telling)
{
  core_unref (telling->core);
  g_clear_pointer (&telling->changes, g_array_unref);
  g_free (telling);
}

static gboolean
on_tell (gpointer data)
{
  Telling *telling = data;
  g_autoptr(StoreDatabase) database = g_weak_ref_get (&telling->core->database);

  if (database == NULL)
    return G_SOURCE_REMOVE;
  if (telling->changes != NULL)
    g_signal_emit (database, signals[CHANGED], 0, telling->changes->len, telling->changes->data);
  else
    g_signal_emit (database, signals[DAMAGED], 0);
  return G_SOURCE_REMOVE;
}

static void
tell (Core   *core,
      GArray *changes)
{
  Telling *telling = g_new0 (Telling, 1);

  telling->core = g_atomic_rc_box_acquire (core);
  telling->changes = changes;
  attach (core->context, CHANGES_PRIORITY, on_tell, telling, (GDestroyNotify) telling_free);
}

static gboolean
read_changes (StoreTransaction *tx,
              gint64            seen,
              GArray           *changes,
              GError          **error)
{
  g_autoptr(StoreStatement) statement = NULL;
  gint64 oldest;
  int step;

  if (!store_get_int64 (tx, error, 0, &oldest, "SELECT min(sequence) FROM change", ""))
    return FALSE;
  /* Some have been thrown away before they were seen. */
  if (oldest > seen + 1)
    {
      StoreChange everything = { oldest - 1, STORE_CHANGE_EVERYTHING, 0, 0 };

      g_array_append_val (changes, everything);
    }
  statement = store_query (tx, error, "SELECT sequence, kind, conversation, row FROM change WHERE sequence > ? ORDER BY sequence",
                           "i", seen);
  if (statement == NULL)
    return FALSE;
  while ((step = store_step (tx, statement, error)) == 1)
    {
      StoreChange change = {
        .sequence = sqlite3_column_int64 (statement, 0),
        .kind = store_column_enum (statement, 1, STORE_CHANGE_MARKS, STORE_CHANGE_EVERYTHING),
        .conversation = sqlite3_column_int64 (statement, 2),
        .row = sqlite3_column_int64 (statement, 3),
      };

      g_array_append_val (changes, change);
    }
  return step == 0;
}

static void
look_for_changes (Core *core)
{
  g_autoptr(GArray) changes = g_array_new (FALSE, FALSE, sizeof (StoreChange));
  g_autoptr(GError) error = NULL;
  StoreTransaction tx;

  if (!store_transaction_begin (&tx, core->connection, STORE_ACCESS_READ, &error))
    return;
  if (read_changes (&tx, core->seen, changes, &error) && changes->len > 0)
    {
      core->seen = g_array_index (changes, StoreChange, changes->len - 1).sequence;
      tell (core, g_steal_pointer (&changes));
    }
  store_transaction_rollback (&tx);
}

static void
look_at_others (Core *core)
{
  gint64 version;

  if (!store_connection_get_int64 (core->connection, "PRAGMA data_version", 0, &version, NULL) ||
      version == core->data_version)
    return;
  core->data_version = version;
  look_for_changes (core);
}

/* Opening, on the thread */

static gboolean
core_open (Core    *core,
           GError **error)
{
  g_autoptr(GError) local = NULL;
  g_autofree char *map_path = g_strconcat (core->path, "-map", NULL);
  g_autofree char *folder = g_path_get_dirname (core->path);
  gboolean check;

  store_fault_install_from_environment ();
  if (g_mkdir_with_parents (folder, 0700) < 0)
    {
      g_set_error (error, STORE_ERROR, STORE_ERROR_IO, "%s: %s", folder, g_strerror (errno));
      return FALSE;
    }
  if (g_file_test (core->path, G_FILE_TEST_EXISTS) && !store_opening_refuse_newer (core->path, error))
    return FALSE;
  core->guard = store_guard_acquire (core->path, error);
  if (core->guard == NULL)
    return FALSE;
  if (core->guard->first)
    {
      g_autofree char *aside = NULL;

      if (!store_rescue_finish (core->path, &aside, error))
        return FALSE;
      if (aside != NULL)
        {
          core->rescue = g_new0 (StoreRescue, 1);
          core->rescue->aside = g_steal_pointer (&aside);
          core->rescue->problem = g_strdup ("an earlier rescue was interrupted");
        }
    }
  if (!store_opening_make_file (core->path, error))
    return FALSE;

  /* A log that is left means the same as the mark, and more surely. */
  check = core->guard->first && (core->guard->unclean || store_opening_has_content (core->path, "-wal"));
  core->connection = store_opening_open (core->path, check, &local);
  if (core->connection == NULL && core->guard->first && g_error_matches (local, STORE_ERROR, STORE_ERROR_DAMAGED))
    {
      g_clear_pointer (&core->rescue, store_rescue_free);
      core->rescue = store_rescue_run (core->path, local->message, error);
      if (core->rescue == NULL)
        return FALSE;
      g_clear_error (&local);
      core->connection = store_opening_open (core->path, TRUE, &local);
    }
  if (core->connection == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (core->guard->first)
    store_map_update (map_path, core->connection);
  return store_guard_open (core->guard, error) &&
         store_connection_get_int64 (core->connection, "SELECT max(sequence) FROM change", 0, &core->seen, error) &&
         store_connection_get_int64 (core->connection, "PRAGMA data_version", 0, &core->data_version, error);
}

static void
core_close (Core *core)
{
  gboolean clean = core->connection != NULL && !core->connection->damaged;

  g_clear_pointer (&core->connection, store_connection_close);
  store_guard_release (g_steal_pointer (&core->guard), clean);
}

/* Working, on the thread */

static void
continue_index (Core *core)
{
  double progress = 1;

  if (!store_index_continue (core->connection, INDEX_CHUNK, &progress, NULL))
    {
      /* Tried again when there is work for the thread anyway, so a full disk is no busy loop. */
      core->indexing = FALSE;
      return;
    }
  core->indexing = progress < 1;
  g_atomic_int_set (&core->progress, (int) (progress * 10000));
}

static void
note_damages (Core *core)
{
  if (core->connection->index_damaged)
    {
      core->connection->index_damaged = FALSE;
      if (store_index_reset (core->connection, NULL))
        {
          core->indexing = TRUE;
          g_atomic_int_set (&core->progress, 0);
        }
    }
  if (core->connection->damaged && !core->damage_told)
    {
      core->damage_told = TRUE;
      store_guard_note_damage (core->guard);
      tell (core, NULL);
    }
}

static void
run (Core *core,
     Job  *job)
{
  StoreTransaction tx;

  if (job->task != NULL && g_cancellable_set_error_if_cancelled (g_task_get_cancellable (job->task), &job->error))
    return;
  if (!store_transaction_begin (&tx, core->connection, job->access, &job->error))
    {
      note_damages (core);
      return;
    }
  if (!job->work (&tx, job->data, &job->error))
    {
      store_transaction_rollback (&tx);
      if (job->error == NULL)
        g_set_error_literal (&job->error, STORE_ERROR, STORE_ERROR_FAILED, "the work was given up");
    }
  else if (store_transaction_commit (&tx, &job->error))
    {
      job->ok = TRUE;
      if (job->access != STORE_ACCESS_READ)
        look_for_changes (core);
    }
  note_damages (core);
  /* An index that could not be continued is tried again now. */
  if (g_atomic_int_get (&core->progress) < 10000)
    core->indexing = TRUE;
}

static gboolean
on_return (gpointer data)
{
  GTask *task = data;
  Job *job = g_task_get_task_data (task);

  if (job->error != NULL)
    g_task_return_error (task, g_steal_pointer (&job->error));
  else
    g_task_return_boolean (task, job->ok);
  return G_SOURCE_REMOVE;
}

static void
finish_job (Core *core,
            Job  *job)
{
  if (job->task != NULL)
    {
      GTask *task = g_steal_pointer (&job->task);

      /* The last reference goes with the source: nothing of the task is touched here afterwards. */
      attach (g_task_get_context (task), g_task_get_priority (task), on_return, task, g_object_unref);
    }
  else if (job->kind == JOB_LOOK)
    job_free (job);
  else
    {
      g_mutex_lock (&core->mutex);
      job->done = TRUE;
      g_cond_broadcast (&core->cond);
      g_mutex_unlock (&core->mutex);
    }
}

static gboolean on_opened (gpointer data);

typedef struct
{
  Core  *core;
  GTask *task;    /* NULL: somebody waits for "opened" */
} Start;

static gpointer
worker (gpointer data)
{
  Start *start = data;
  Core *core = start->core;
  GTask *task = start->task;
  GError *error = NULL;
  gboolean ok = core_open (core, &error);

  g_free (start);
  core->indexing = ok && core->connection->index_floor != G_MININT64;
  g_atomic_int_set (&core->progress, core->indexing ? 0 : 10000);
  if (!ok)
    core_close (core);
  g_mutex_lock (&core->mutex);
  core->opened = TRUE;
  core->open_error = error;
  g_cond_broadcast (&core->cond);
  g_mutex_unlock (&core->mutex);
  if (task != NULL)
    attach (g_task_get_context (task), G_PRIORITY_DEFAULT, on_opened, task, g_object_unref);
  if (!ok)
    {
      core_unref (core);
      return NULL;
    }

  for (;;)
    {
      Job *job = core->indexing ? g_async_queue_try_pop (core->queue) : g_async_queue_pop (core->queue);

      if (job == NULL)
        {
          continue_index (core);
          continue;
        }
      switch (job->kind)
        {
        case JOB_RUN:
          run (core, job);
          finish_job (core, job);
          break;
        case JOB_LOOK:
          look_at_others (core);
          finish_job (core, job);
          break;
        case JOB_CLOSE:
          core_close (core);
          job->ok = TRUE;
          finish_job (core, job);
          core_unref (core);
          return NULL;
        default:
          g_assert_not_reached ();
        }
    }
}

static void
push (Core *core,
      Job  *job)
{
  job->serial = (guint) g_atomic_int_add (&core->serial, 1);
  g_async_queue_push_sorted (core->queue, job, compare_jobs, NULL);
}

/* The object */

static void
on_log_changed (GFileMonitor     *monitor,
                GFile            *file,
                GFile            *other,
                GFileMonitorEvent event,
                gpointer          data)
{
  StoreDatabase *self = STORE_DATABASE (data);
  Job *job;

  if (g_atomic_int_get (&self->core->closed))
    return;
  job = g_new0 (Job, 1);
  job->kind = JOB_LOOK;
  job->priority = G_PRIORITY_DEFAULT_IDLE;
  push (self->core, job);
}

static void
store_database_dispose (GObject *object)
{
  StoreDatabase *self = STORE_DATABASE (object);

  if (self->monitor != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->monitor, self);
      g_file_monitor_cancel (self->monitor);
      g_clear_object (&self->monitor);
    }
  g_clear_pointer (&self->reader, store_connection_close);
  if (self->core != NULL && self->core->thread != NULL)
    {
      if (!g_atomic_int_get (&self->core->closed))
        {
          Job job = { .kind = JOB_CLOSE, .priority = G_MAXINT };

          g_atomic_int_set (&self->core->closed, 1);
          push (self->core, &job);
          /* The job lies on this stack: it is not left before the thread is gone. */
          g_thread_join (g_steal_pointer (&self->core->thread));
        }
      else
        g_thread_join (g_steal_pointer (&self->core->thread));
    }
  G_OBJECT_CLASS (store_database_parent_class)->dispose (object);
}

static void
store_database_finalize (GObject *object)
{
  StoreDatabase *self = STORE_DATABASE (object);

  g_clear_pointer (&self->core, core_unref);
  G_OBJECT_CLASS (store_database_parent_class)->finalize (object);
}

static void
store_database_class_init (StoreDatabaseClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = store_database_dispose;
  object_class->finalize = store_database_finalize;

  signals[CHANGED] = g_signal_new ("changed", STORE_TYPE_DATABASE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_POINTER);
  signals[DAMAGED] = g_signal_new ("damaged", STORE_TYPE_DATABASE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
store_database_init (StoreDatabase *self)
{
  self->owner = g_thread_self ();
}

static Core *
core_start (const char *path,
            GTask      *task)
{
  Core *core = g_atomic_rc_box_new0 (Core);
  Start *start = g_new0 (Start, 1);

  core->path = g_canonicalize_filename (path, NULL);
  core->context = g_main_context_ref_thread_default ();
  core->queue = g_async_queue_new ();
  g_weak_ref_init (&core->database, NULL);
  g_mutex_init (&core->mutex);
  g_cond_init (&core->cond);
  start->core = g_atomic_rc_box_acquire (core);
  start->task = task;
  core->thread = g_thread_new ("atrium-store", worker, start);
  return core;
}

/* Ends opening on the caller's thread. Takes @core. */
static StoreDatabase *
core_complete (Core    *core,
               GError **error)
{
  g_autoptr(StoreDatabase) self = NULL;
  g_autofree char *log_path = NULL;
  g_autoptr(GFile) log = NULL;

  if (core->open_error != NULL)
    {
      g_thread_join (g_steal_pointer (&core->thread));
      g_propagate_error (error, g_steal_pointer (&core->open_error));
      core_unref (core);
      return NULL;
    }
  self = g_object_new (STORE_TYPE_DATABASE, NULL);
  self->core = core;
  g_weak_ref_set (&core->database, self);

  log_path = g_strconcat (core->path, "-wal", NULL);
  log = g_file_new_for_path (log_path);
  self->monitor = g_file_monitor_file (log, G_FILE_MONITOR_NONE, NULL, NULL);
  if (self->monitor != NULL)
    {
      g_file_monitor_set_rate_limit (self->monitor, 50);
      g_signal_connect (self->monitor, "changed", G_CALLBACK (on_log_changed), self);
    }
  return g_steal_pointer (&self);
}

static gboolean
on_opened (gpointer data)
{
  GTask *task = data;
  Core *core = g_task_get_task_data (task);
  GError *error = NULL;
  StoreDatabase *self = core_complete (g_atomic_rc_box_acquire (core), &error);

  if (self == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, self, g_object_unref);
  return G_SOURCE_REMOVE;
}

void
store_database_open_async (const char          *path,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  GTask *task;
  Core *core;

  g_return_if_fail (path != NULL);

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, store_database_open_async);
  core = core_start (path, task);
  /* Read by on_opened(), which runs on this context, so not before this function has returned to it. */
  g_task_set_task_data (task, core, (GDestroyNotify) core_unref);
}

StoreDatabase *
store_database_open_finish (GAsyncResult *result,
                            GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

StoreDatabase *
store_database_open_sync (const char *path,
                          GError    **error)
{
  Core *core;

  g_return_val_if_fail (path != NULL, NULL);

  core = core_start (path, NULL);
  g_mutex_lock (&core->mutex);
  while (!core->opened)
    g_cond_wait (&core->cond, &core->mutex);
  g_mutex_unlock (&core->mutex);
  return core_complete (core, error);
}

void
store_database_close_async (StoreDatabase       *self,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  Job *job;

  g_return_if_fail (STORE_IS_DATABASE (self));

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, store_database_close_async);
  if (!g_atomic_int_compare_and_exchange (&self->core->closed, 0, 1))
    {
      g_task_return_new_error (task, STORE_ERROR, STORE_ERROR_CLOSED, "%s is closed", self->core->path);
      return;
    }
  if (self->monitor != NULL)
    g_file_monitor_cancel (self->monitor);
  g_clear_pointer (&self->reader, store_connection_close);
  job = g_new0 (Job, 1);
  job->kind = JOB_CLOSE;
  job->priority = G_MAXINT;
  g_task_set_task_data (task, job, (GDestroyNotify) job_free);
  job->task = g_steal_pointer (&task);
  push (self->core, job);
}

gboolean
store_database_close_finish (StoreDatabase *self,
                             GAsyncResult  *result,
                             GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
store_database_run_async (StoreDatabase       *self,
                          StoreAccess          access,
                          int                  priority,
                          StoreWork            work,
                          gpointer             data,
                          GDestroyNotify       destroy,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  Job *job;

  g_return_if_fail (STORE_IS_DATABASE (self));
  g_return_if_fail (work != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, store_database_run_async);
  g_task_set_priority (task, priority);
  /* What has been committed is reported as such, whatever was cancelled meanwhile. */
  g_task_set_check_cancellable (task, FALSE);

  job = g_new0 (Job, 1);
  job->kind = JOB_RUN;
  job->priority = priority;
  job->access = access;
  job->work = work;
  job->data = data;
  job->destroy = destroy;
  g_task_set_task_data (task, job, (GDestroyNotify) job_free);
  if (g_atomic_int_get (&self->core->closed))
    {
      g_task_return_new_error (task, STORE_ERROR, STORE_ERROR_CLOSED, "%s is closed", self->core->path);
      return;
    }
  job->task = g_steal_pointer (&task);
  push (self->core, job);
}

gboolean
store_database_run_finish (StoreDatabase *self,
                           GAsyncResult  *result,
                           GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_task_get_source_tag (G_TASK (result)) == store_database_run_async, FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

gpointer
store_database_get_run_data (GAsyncResult *result)
{
  Job *job;

  g_return_val_if_fail (G_IS_TASK (result), NULL);
  g_return_val_if_fail (g_task_get_source_tag (G_TASK (result)) == store_database_run_async, NULL);

  job = g_task_get_task_data (G_TASK (result));
  return job->data;
}

gboolean
store_database_run_sync (StoreDatabase *self,
                         StoreAccess    access,
                         StoreWork      work,
                         gpointer       data,
                         GError       **error)
{
  Job job = { .kind = JOB_RUN, .priority = G_PRIORITY_DEFAULT, .access = access, .work = work, .data = data };
  Core *core;

  g_return_val_if_fail (STORE_IS_DATABASE (self), FALSE);
  g_return_val_if_fail (work != NULL, FALSE);

  core = self->core;
  if (g_atomic_int_get (&core->closed))
    {
      g_set_error (error, STORE_ERROR, STORE_ERROR_CLOSED, "%s is closed", core->path);
      return FALSE;
    }
  push (core, &job);
  g_mutex_lock (&core->mutex);
  while (!job.done)
    g_cond_wait (&core->cond, &core->mutex);
  g_mutex_unlock (&core->mutex);
  if (job.error != NULL)
    g_propagate_error (error, job.error);
  return job.ok;
}

gboolean
store_database_read (StoreDatabase *self,
                     gint64         budget_us,
                     StoreWork      work,
                     gpointer       data,
                     GError       **error)
{
  g_autoptr(GError) local = NULL;
  StoreTransaction tx;
  gboolean ok;

  g_return_val_if_fail (STORE_IS_DATABASE (self), FALSE);
  g_return_val_if_fail (work != NULL, FALSE);
  g_return_val_if_fail (self->owner == g_thread_self (), FALSE);

  if (g_atomic_int_get (&self->core->closed))
    {
      g_set_error (error, STORE_ERROR, STORE_ERROR_CLOSED, "%s is closed", self->core->path);
      return FALSE;
    }
  if (self->reader == NULL)
    {
      self->reader = store_connection_open (self->core->path, STORE_OPEN_READ_ONLY, error);
      if (self->reader == NULL)
        return FALSE;
    }
  self->reader->deadline = g_get_monotonic_time () + (budget_us > 0 ? budget_us : READ_BUDGET_US);
  ok = store_transaction_begin (&tx, self->reader, STORE_ACCESS_READ, &local);
  if (ok)
    {
      ok = work (&tx, data, &local);
      store_transaction_rollback (&tx);
      if (!ok && local == NULL)
        g_set_error_literal (&local, STORE_ERROR, STORE_ERROR_FAILED, "the work was given up");
    }
  self->reader->deadline = 0;
  if (!ok)
    g_propagate_error (error, g_steal_pointer (&local));
  return ok;
}

const char *
store_database_get_path (StoreDatabase *self)
{
  g_return_val_if_fail (STORE_IS_DATABASE (self), NULL);

  return self->core->path;
}

const StoreRescue *
store_database_get_rescue (StoreDatabase *self)
{
  g_return_val_if_fail (STORE_IS_DATABASE (self), NULL);

  return self->core->rescue;
}

double
store_database_get_index_progress (StoreDatabase *self)
{
  g_return_val_if_fail (STORE_IS_DATABASE (self), 0);

  return g_atomic_int_get (&self->core->progress) / 10000.0;
}
