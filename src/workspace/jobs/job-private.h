/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "workspace/jobs/job.h"

G_BEGIN_DECLS

AtriumJob *atrium_job_new (void) G_GNUC_WARN_UNUSED_RESULT;

/* Each copies or references its value and notifies only when it is a new one. */
void atrium_job_set_id (AtriumJob *self, gint64 value);
void atrium_job_set_kind (AtriumJob *self, AtriumJobKind value);
void atrium_job_set_title (AtriumJob *self, const char *value);
void atrium_job_set_detail (AtriumJob *self, const char *value);
void atrium_job_set_progress (AtriumJob *self, double value);
void atrium_job_set_speed (AtriumJob *self, gint64 value);
void atrium_job_set_state (AtriumJob *self, AtriumJobState value);
void atrium_job_set_error (AtriumJob *self, const char *value);
void atrium_job_set_cancellable (AtriumJob *self, gboolean value);
void atrium_job_set_pausable (AtriumJob *self, gboolean value);

G_END_DECLS
