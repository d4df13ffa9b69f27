/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "workspace/types.h"

G_BEGIN_DECLS

/**
 * AtriumJob:
 *
 * Work that takes a while: an upload, a download, fetching history.
 *
 * Properties, all read-only from outside and notified when they change:
 *
 * - `id`: row in the database; 0 for jobs that do not outlive the program
 * - `kind`: what it is
 * - `title`: what it does, to show
 * - `detail`: second line, e.g. “3 of 20” (nullable)
 * - `progress`: 0…1; −1 unknown
 * - `speed`: bytes a second over the last seconds; 0 unknown
 * - `state`: where it is
 * - `error`: why it failed (nullable)
 * - `cancellable`: atrium_job_cancel() works
 * - `pausable`: atrium_job_pause() and atrium_job_resume() work
 */
#define ATRIUM_TYPE_JOB (atrium_job_get_type ())
G_DECLARE_FINAL_TYPE (AtriumJob, atrium_job, ATRIUM, JOB, GObject)

gint64         atrium_job_get_id          (AtriumJob *self);
AtriumJobKind  atrium_job_get_kind        (AtriumJob *self);
const char    *atrium_job_get_title       (AtriumJob *self);
const char    *atrium_job_get_detail      (AtriumJob *self);
double         atrium_job_get_progress    (AtriumJob *self);
gint64         atrium_job_get_speed       (AtriumJob *self);
AtriumJobState atrium_job_get_state       (AtriumJob *self);
const char    *atrium_job_get_error       (AtriumJob *self);
gboolean       atrium_job_get_cancellable (AtriumJob *self);
gboolean       atrium_job_get_pausable    (AtriumJob *self);

void            atrium_job_cancel          (AtriumJob *self);
void            atrium_job_pause           (AtriumJob *self);
void            atrium_job_resume          (AtriumJob *self);

G_END_DECLS
