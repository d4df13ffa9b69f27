/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "outbox.h"

#include "sql-private.h"

#define COLUMNS \
  "id, kind, file, outbox, source, target, offset, total, state, tries, next_try, error, payload, created"

G_DEFINE_BOXED_TYPE (StoreJob, store_job, store_job_ref, store_job_unref)

StoreJob *
store_job_new (void)
{
  StoreJob *self = g_atomic_rc_box_new0 (StoreJob);

  self->total = -1;
  return self;
}

StoreJob *
store_job_ref (StoreJob *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear (StoreJob *self)
{
  g_free (self->kind);
  g_free (self->source);
  g_free (self->target);
  g_free (self->error);
  g_clear_pointer (&self->payload, g_bytes_unref);
}

void
store_job_unref (StoreJob *self)
{
  if (self != NULL)
    g_atomic_rc_box_release_full (self, (GDestroyNotify) clear);
}

static StoreJob *
read_row (StoreStatement *s)
{
  StoreJob *self = store_job_new ();

  self->id = sqlite3_column_int64 (s, 0);
  self->kind = store_column_dup_text (s, 1);
  self->file = sqlite3_column_int64 (s, 2);
  self->outbox = sqlite3_column_int64 (s, 3);
  self->source = store_column_dup_text (s, 4);
  self->target = store_column_dup_text (s, 5);
  self->offset = sqlite3_column_int64 (s, 6);
  self->total = sqlite3_column_int64 (s, 7);
  self->state = store_column_enum (s, 8, STORE_JOB_FAILED, STORE_JOB_WAITING);
  self->tries = store_column_enum (s, 9, G_MAXINT, 0);
  self->next_try = sqlite3_column_int64 (s, 10);
  self->error = store_column_dup_text (s, 11);
  self->payload = store_column_dup_bytes (s, 12);
  self->created = sqlite3_column_int64 (s, 13);
  return self;
}

static gboolean
check (const StoreJob *job,
       GError        **error)
{
  if (job->offset < 0 || job->total < -1 || (job->total >= 0 && job->offset > job->total))
    {
      g_set_error_literal (error, STORE_ERROR, STORE_ERROR_INVALID, "job: offset or size out of range");
      return FALSE;
    }
  return store_check_required (job->kind, 64, "kind", error) &&
         store_check_text (job->source, STORE_LIMIT_TEXT, "source", error) &&
         store_check_text (job->target, STORE_LIMIT_TEXT, "target", error) &&
         store_check_text (job->error, STORE_LIMIT_TEXT, "error", error) &&
         store_check_bytes (job->payload, STORE_LIMIT_PAYLOAD, "payload", error);
}

gboolean
store_job_add (StoreTransaction *tx,
               StoreJob         *job,
               GError          **error)
{
  if (!check (job, error) ||
      !store_exec (tx, error, "INSERT INTO job (kind, file, outbox, source, target, offset, total, state, tries, next_try, error, "
                   "payload, created) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", "siissiiddisbi", job->kind, job->file,
                   job->outbox, job->source, job->target, job->offset, job->total, (int) job->state,
                   (int) MIN (job->tries, G_MAXINT), job->next_try, job->error, job->payload, job->created))
    return FALSE;
  job->id = store_last_row (tx);
  store_transaction_note (tx, STORE_CHANGE_JOB, 0, job->id);
  return TRUE;
}

static gboolean
changed (StoreTransaction *tx,
         gint64            id,
         GError          **error)
{
  if (store_changes (tx) == 0)
    return store_fail_not_found (error, "job");
  store_transaction_note (tx, STORE_CHANGE_JOB, 0, id);
  return TRUE;
}

gboolean
store_job_update (StoreTransaction *tx,
                  const StoreJob   *job,
                  GError          **error)
{
  return check (job, error) &&
         store_exec (tx, error, "UPDATE job SET kind = ?, file = ?, outbox = ?, source = ?, target = ?, offset = ?, total = ?, "
                     "state = ?, tries = ?, next_try = ?, error = ?, payload = ? WHERE id = ?", "siissiiddisbi", job->kind,
                     job->file, job->outbox, job->source, job->target, job->offset, job->total, (int) job->state,
                     (int) MIN (job->tries, G_MAXINT), job->next_try, job->error, job->payload, job->id) &&
         changed (tx, job->id, error);
}

gboolean
store_job_set_offset (StoreTransaction *tx,
                      gint64            id,
                      gint64            offset,
                      GError          **error)
{
  return store_exec (tx, error, "UPDATE job SET offset = max(?, 0) WHERE id = ?", "ii", offset, id) && changed (tx, id, error);
}

gboolean
store_job_remove (StoreTransaction *tx,
                  gint64            id,
                  GError          **error)
{
  return store_exec (tx, error, "DELETE FROM job WHERE id = ?", "i", id) && changed (tx, id, error);
}

StoreJob *
store_job_load (StoreTransaction *tx,
                gint64            id,
                GError          **error)
{
  g_autoptr(StoreStatement) statement = store_query (tx, error, "SELECT " COLUMNS " FROM job WHERE id = ?", "i", id);
  int step;

  if (statement == NULL || (step = store_step (tx, statement, error)) < 0)
    return NULL;
  if (step == 0)
    store_fail_not_found (error, "job");
  return step == 1 ? read_row (statement) : NULL;
}

GPtrArray *
store_job_list (StoreTransaction *tx,
                GError          **error)
{
  g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) store_job_unref);
  g_autoptr(StoreStatement) statement = store_query (tx, error, "SELECT " COLUMNS " FROM job ORDER BY id LIMIT 10000", "");
  int step;

  if (statement == NULL)
    return NULL;
  while ((step = store_step (tx, statement, error)) == 1)
    g_ptr_array_add (list, read_row (statement));
  return step == 0 ? g_steal_pointer (&list) : NULL;
}
