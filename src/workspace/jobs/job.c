/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium"

#include "config.h"

#include "workspace/jobs/job-private.h"

#include "workspace/enum-types.h"

struct _AtriumJob
{
  GObject parent_instance;

  char *title;
  char *detail;
  char *error;
  gint64 id;
  AtriumJobKind kind;
  double progress;
  gint64 speed;
  AtriumJobState state;
  gboolean cancellable;
  gboolean pausable;
};

enum
{
  PROP_0,
  PROP_ID,
  PROP_KIND,
  PROP_TITLE,
  PROP_DETAIL,
  PROP_PROGRESS,
  PROP_SPEED,
  PROP_STATE,
  PROP_ERROR,
  PROP_CANCELLABLE,
  PROP_PAUSABLE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];
static guint request_signal;

G_DEFINE_FINAL_TYPE (AtriumJob, atrium_job, G_TYPE_OBJECT)

static void
atrium_job_get_property (GObject    *object,
                         guint       prop_id,
                         GValue     *value,
                         GParamSpec *pspec)
{
  AtriumJob *self = ATRIUM_JOB (object);

  switch (prop_id)
    {
    case PROP_ID:
      g_value_set_int64 (value, self->id);
      break;
    case PROP_KIND:
      g_value_set_enum (value, self->kind);
      break;
    case PROP_TITLE:
      g_value_set_string (value, self->title);
      break;
    case PROP_DETAIL:
      g_value_set_string (value, self->detail);
      break;
    case PROP_PROGRESS:
      g_value_set_double (value, self->progress);
      break;
    case PROP_SPEED:
      g_value_set_int64 (value, self->speed);
      break;
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    case PROP_ERROR:
      g_value_set_string (value, self->error);
      break;
    case PROP_CANCELLABLE:
      g_value_set_boolean (value, self->cancellable);
      break;
    case PROP_PAUSABLE:
      g_value_set_boolean (value, self->pausable);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
atrium_job_finalize (GObject *object)
{
  AtriumJob *self = ATRIUM_JOB (object);

  g_clear_pointer (&self->title, g_free);
  g_clear_pointer (&self->detail, g_free);
  g_clear_pointer (&self->error, g_free);

  G_OBJECT_CLASS (atrium_job_parent_class)->finalize (object);
}

static void
atrium_job_class_init (AtriumJobClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = atrium_job_get_property;
  object_class->finalize = atrium_job_finalize;

  properties[PROP_ID] =
    g_param_spec_int64 ("id", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  properties[PROP_KIND] =
    g_param_spec_enum ("kind", NULL, NULL, ATRIUM_TYPE_JOB_KIND, 0, flags);
  properties[PROP_TITLE] =
    g_param_spec_string ("title", NULL, NULL, NULL, flags);
  properties[PROP_DETAIL] =
    g_param_spec_string ("detail", NULL, NULL, NULL, flags);
  properties[PROP_PROGRESS] =
    g_param_spec_double ("progress", NULL, NULL, -G_MAXDOUBLE, G_MAXDOUBLE, 0, flags);
  properties[PROP_SPEED] =
    g_param_spec_int64 ("speed", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  properties[PROP_STATE] =
    g_param_spec_enum ("state", NULL, NULL, ATRIUM_TYPE_JOB_STATE, 0, flags);
  properties[PROP_ERROR] =
    g_param_spec_string ("error", NULL, NULL, NULL, flags);
  properties[PROP_CANCELLABLE] =
    g_param_spec_boolean ("cancellable", NULL, NULL, FALSE, flags);
  properties[PROP_PAUSABLE] =
    g_param_spec_boolean ("pausable", NULL, NULL, FALSE, flags);

  g_object_class_install_properties (object_class, N_PROPS, properties);

  /* To whoever does the work: "cancel", "pause", "resume". */
  request_signal = g_signal_new ("request", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
atrium_job_init (AtriumJob *self)
{
}

AtriumJob *
atrium_job_new (void)
{
  return g_object_new (ATRIUM_TYPE_JOB, NULL);
}

gint64
atrium_job_get_id (AtriumJob *self)
{
  g_return_val_if_fail (ATRIUM_IS_JOB (self), 0);

  return self->id;
}

void
atrium_job_set_id (AtriumJob *self,
                   gint64 value)
{
  g_return_if_fail (ATRIUM_IS_JOB (self));

  if (self->id == value)
    return;

  self->id = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ID]);
}

AtriumJobKind
atrium_job_get_kind (AtriumJob *self)
{
  g_return_val_if_fail (ATRIUM_IS_JOB (self), 0);

  return self->kind;
}

void
atrium_job_set_kind (AtriumJob *self,
                     AtriumJobKind value)
{
  g_return_if_fail (ATRIUM_IS_JOB (self));

  if (self->kind == value)
    return;

  self->kind = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_KIND]);
}

const char *
atrium_job_get_title (AtriumJob *self)
{
  g_return_val_if_fail (ATRIUM_IS_JOB (self), NULL);

  return self->title;
}

void
atrium_job_set_title (AtriumJob *self,
                      const char *value)
{
  g_return_if_fail (ATRIUM_IS_JOB (self));

  if (g_strcmp0 (self->title, value) == 0)
    return;

  g_free (self->title);
  self->title = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TITLE]);
}

const char *
atrium_job_get_detail (AtriumJob *self)
{
  g_return_val_if_fail (ATRIUM_IS_JOB (self), NULL);

  return self->detail;
}

void
atrium_job_set_detail (AtriumJob *self,
                       const char *value)
{
  g_return_if_fail (ATRIUM_IS_JOB (self));

  if (g_strcmp0 (self->detail, value) == 0)
    return;

  g_free (self->detail);
  self->detail = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DETAIL]);
}

double
atrium_job_get_progress (AtriumJob *self)
{
  g_return_val_if_fail (ATRIUM_IS_JOB (self), 0);

  return self->progress;
}

void
atrium_job_set_progress (AtriumJob *self,
                         double value)
{
  g_return_if_fail (ATRIUM_IS_JOB (self));

  if (self->progress == value)
    return;

  self->progress = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PROGRESS]);
}

gint64
atrium_job_get_speed (AtriumJob *self)
{
  g_return_val_if_fail (ATRIUM_IS_JOB (self), 0);

  return self->speed;
}

void
atrium_job_set_speed (AtriumJob *self,
                      gint64 value)
{
  g_return_if_fail (ATRIUM_IS_JOB (self));

  if (self->speed == value)
    return;

  self->speed = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SPEED]);
}

AtriumJobState
atrium_job_get_state (AtriumJob *self)
{
  g_return_val_if_fail (ATRIUM_IS_JOB (self), 0);

  return self->state;
}

void
atrium_job_set_state (AtriumJob *self,
                      AtriumJobState value)
{
  g_return_if_fail (ATRIUM_IS_JOB (self));

  if (self->state == value)
    return;

  self->state = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

const char *
atrium_job_get_error (AtriumJob *self)
{
  g_return_val_if_fail (ATRIUM_IS_JOB (self), NULL);

  return self->error;
}

void
atrium_job_set_error (AtriumJob *self,
                      const char *value)
{
  g_return_if_fail (ATRIUM_IS_JOB (self));

  if (g_strcmp0 (self->error, value) == 0)
    return;

  g_free (self->error);
  self->error = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ERROR]);
}

gboolean
atrium_job_get_cancellable (AtriumJob *self)
{
  g_return_val_if_fail (ATRIUM_IS_JOB (self), FALSE);

  return self->cancellable;
}

void
atrium_job_set_cancellable (AtriumJob *self,
                            gboolean value)
{
  g_return_if_fail (ATRIUM_IS_JOB (self));

  value = !!value;
  if (self->cancellable == value)
    return;

  self->cancellable = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CANCELLABLE]);
}

gboolean
atrium_job_get_pausable (AtriumJob *self)
{
  g_return_val_if_fail (ATRIUM_IS_JOB (self), FALSE);

  return self->pausable;
}

void
atrium_job_set_pausable (AtriumJob *self,
                         gboolean value)
{
  g_return_if_fail (ATRIUM_IS_JOB (self));

  value = !!value;
  if (self->pausable == value)
    return;

  self->pausable = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PAUSABLE]);
}

void
atrium_job_cancel (AtriumJob *self)
{
  g_return_if_fail (ATRIUM_IS_JOB (self));

  g_signal_emit (self, request_signal, 0, "cancel");
}

void
atrium_job_pause (AtriumJob *self)
{
  g_return_if_fail (ATRIUM_IS_JOB (self));

  g_signal_emit (self, request_signal, 0, "pause");
}

void
atrium_job_resume (AtriumJob *self)
{
  g_return_if_fail (ATRIUM_IS_JOB (self));

  g_signal_emit (self, request_signal, 0, "resume");
}
