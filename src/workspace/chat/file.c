/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium"

#include "config.h"

#include "workspace/chat/file-private.h"

#include "workspace/enum-types.h"
#include "workspace/jobs/transfers.h"

struct _AtriumFile
{
  GObject parent_instance;

  AtriumTransfers *transfers;   /* weak: moves the file */

  char *name;
  char *media_type;
  GBytes *waveform;
  char *url;
  char *path;
  char *error;
  gint64 size;
  AtriumFileKind kind;
  int width;
  int height;
  gint64 duration;
  AtriumFileState state;
  double progress;
  gboolean can_auto;
  gint64 id;
};

enum
{
  PROP_0,
  PROP_NAME,
  PROP_SIZE,
  PROP_MEDIA_TYPE,
  PROP_KIND,
  PROP_WIDTH,
  PROP_HEIGHT,
  PROP_DURATION,
  PROP_WAVEFORM,
  PROP_URL,
  PROP_PATH,
  PROP_STATE,
  PROP_PROGRESS,
  PROP_ERROR,
  PROP_CAN_AUTO,
  PROP_ID,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (AtriumFile, atrium_file, G_TYPE_OBJECT)

static void
atrium_file_get_property (GObject    *object,
                          guint       prop_id,
                          GValue     *value,
                          GParamSpec *pspec)
{
  AtriumFile *self = ATRIUM_FILE (object);

  switch (prop_id)
    {
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_SIZE:
      g_value_set_int64 (value, self->size);
      break;
    case PROP_MEDIA_TYPE:
      g_value_set_string (value, self->media_type);
      break;
    case PROP_KIND:
      g_value_set_enum (value, self->kind);
      break;
    case PROP_WIDTH:
      g_value_set_int (value, self->width);
      break;
    case PROP_HEIGHT:
      g_value_set_int (value, self->height);
      break;
    case PROP_DURATION:
      g_value_set_int64 (value, self->duration);
      break;
    case PROP_WAVEFORM:
      g_value_set_boxed (value, self->waveform);
      break;
    case PROP_URL:
      g_value_set_string (value, self->url);
      break;
    case PROP_PATH:
      g_value_set_string (value, self->path);
      break;
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    case PROP_PROGRESS:
      g_value_set_double (value, self->progress);
      break;
    case PROP_ERROR:
      g_value_set_string (value, self->error);
      break;
    case PROP_CAN_AUTO:
      g_value_set_boolean (value, self->can_auto);
      break;
    case PROP_ID:
      g_value_set_int64 (value, self->id);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
atrium_file_finalize (GObject *object)
{
  AtriumFile *self = ATRIUM_FILE (object);

  g_clear_weak_pointer (&self->transfers);
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->media_type, g_free);
  g_clear_pointer (&self->waveform, g_bytes_unref);
  g_clear_pointer (&self->url, g_free);
  g_clear_pointer (&self->path, g_free);
  g_clear_pointer (&self->error, g_free);

  G_OBJECT_CLASS (atrium_file_parent_class)->finalize (object);
}

static void
atrium_file_class_init (AtriumFileClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = atrium_file_get_property;
  object_class->finalize = atrium_file_finalize;

  properties[PROP_NAME] =
    g_param_spec_string ("name", NULL, NULL, NULL, flags);
  properties[PROP_SIZE] =
    g_param_spec_int64 ("size", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  properties[PROP_MEDIA_TYPE] =
    g_param_spec_string ("media-type", NULL, NULL, NULL, flags);
  properties[PROP_KIND] =
    g_param_spec_enum ("kind", NULL, NULL, ATRIUM_TYPE_FILE_KIND, 0, flags);
  properties[PROP_WIDTH] =
    g_param_spec_int ("width", NULL, NULL, G_MININT, G_MAXINT, 0, flags);
  properties[PROP_HEIGHT] =
    g_param_spec_int ("height", NULL, NULL, G_MININT, G_MAXINT, 0, flags);
  properties[PROP_DURATION] =
    g_param_spec_int64 ("duration", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  properties[PROP_WAVEFORM] =
    g_param_spec_boxed ("waveform", NULL, NULL, G_TYPE_BYTES, flags);
  properties[PROP_URL] =
    g_param_spec_string ("url", NULL, NULL, NULL, flags);
  properties[PROP_PATH] =
    g_param_spec_string ("path", NULL, NULL, NULL, flags);
  properties[PROP_STATE] =
    g_param_spec_enum ("state", NULL, NULL, ATRIUM_TYPE_FILE_STATE, 0, flags);
  properties[PROP_PROGRESS] =
    g_param_spec_double ("progress", NULL, NULL, -G_MAXDOUBLE, G_MAXDOUBLE, 0, flags);
  properties[PROP_ERROR] =
    g_param_spec_string ("error", NULL, NULL, NULL, flags);
  properties[PROP_CAN_AUTO] =
    g_param_spec_boolean ("can-auto", NULL, NULL, FALSE, flags);
  properties[PROP_ID] =
    g_param_spec_int64 ("id", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
atrium_file_init (AtriumFile *self)
{
}

AtriumFile *
atrium_file_new (void)
{
  return g_object_new (ATRIUM_TYPE_FILE, NULL);
}

const char *
atrium_file_get_name (AtriumFile *self)
{
  g_return_val_if_fail (ATRIUM_IS_FILE (self), NULL);

  return self->name;
}

void
atrium_file_set_name (AtriumFile *self,
                      const char *value)
{
  g_return_if_fail (ATRIUM_IS_FILE (self));

  if (g_strcmp0 (self->name, value) == 0)
    return;

  g_free (self->name);
  self->name = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NAME]);
}

gint64
atrium_file_get_size (AtriumFile *self)
{
  g_return_val_if_fail (ATRIUM_IS_FILE (self), 0);

  return self->size;
}

void
atrium_file_set_size (AtriumFile *self,
                      gint64 value)
{
  g_return_if_fail (ATRIUM_IS_FILE (self));

  if (self->size == value)
    return;

  self->size = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SIZE]);
}

const char *
atrium_file_get_media_type (AtriumFile *self)
{
  g_return_val_if_fail (ATRIUM_IS_FILE (self), NULL);

  return self->media_type;
}

void
atrium_file_set_media_type (AtriumFile *self,
                            const char *value)
{
  g_return_if_fail (ATRIUM_IS_FILE (self));

  if (g_strcmp0 (self->media_type, value) == 0)
    return;

  g_free (self->media_type);
  self->media_type = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MEDIA_TYPE]);
}

AtriumFileKind
atrium_file_get_kind (AtriumFile *self)
{
  g_return_val_if_fail (ATRIUM_IS_FILE (self), 0);

  return self->kind;
}

void
atrium_file_set_kind (AtriumFile *self,
                      AtriumFileKind value)
{
  g_return_if_fail (ATRIUM_IS_FILE (self));

  if (self->kind == value)
    return;

  self->kind = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_KIND]);
}

int
atrium_file_get_width (AtriumFile *self)
{
  g_return_val_if_fail (ATRIUM_IS_FILE (self), 0);

  return self->width;
}

void
atrium_file_set_width (AtriumFile *self,
                       int value)
{
  g_return_if_fail (ATRIUM_IS_FILE (self));

  if (self->width == value)
    return;

  self->width = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_WIDTH]);
}

int
atrium_file_get_height (AtriumFile *self)
{
  g_return_val_if_fail (ATRIUM_IS_FILE (self), 0);

  return self->height;
}

void
atrium_file_set_height (AtriumFile *self,
                        int value)
{
  g_return_if_fail (ATRIUM_IS_FILE (self));

  if (self->height == value)
    return;

  self->height = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_HEIGHT]);
}

gint64
atrium_file_get_duration (AtriumFile *self)
{
  g_return_val_if_fail (ATRIUM_IS_FILE (self), 0);

  return self->duration;
}

void
atrium_file_set_duration (AtriumFile *self,
                          gint64 value)
{
  g_return_if_fail (ATRIUM_IS_FILE (self));

  if (self->duration == value)
    return;

  self->duration = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DURATION]);
}

GBytes *
atrium_file_get_waveform (AtriumFile *self)
{
  g_return_val_if_fail (ATRIUM_IS_FILE (self), NULL);

  return self->waveform;
}

void
atrium_file_set_waveform (AtriumFile *self,
                          GBytes *value)
{
  g_return_if_fail (ATRIUM_IS_FILE (self));

  if (self->waveform == value || (self->waveform != NULL && value != NULL && g_bytes_equal (self->waveform, value)))
    return;

  g_clear_pointer (&self->waveform, g_bytes_unref);
  self->waveform = value != NULL ? g_bytes_ref (value) : NULL;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_WAVEFORM]);
}

const char *
atrium_file_get_url (AtriumFile *self)
{
  g_return_val_if_fail (ATRIUM_IS_FILE (self), NULL);

  return self->url;
}

void
atrium_file_set_url (AtriumFile *self,
                     const char *value)
{
  g_return_if_fail (ATRIUM_IS_FILE (self));

  if (g_strcmp0 (self->url, value) == 0)
    return;

  g_free (self->url);
  self->url = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_URL]);
}

const char *
atrium_file_get_path (AtriumFile *self)
{
  g_return_val_if_fail (ATRIUM_IS_FILE (self), NULL);

  return self->path;
}

void
atrium_file_set_path (AtriumFile *self,
                      const char *value)
{
  g_return_if_fail (ATRIUM_IS_FILE (self));

  if (g_strcmp0 (self->path, value) == 0)
    return;

  g_free (self->path);
  self->path = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PATH]);
}

AtriumFileState
atrium_file_get_state (AtriumFile *self)
{
  g_return_val_if_fail (ATRIUM_IS_FILE (self), 0);

  return self->state;
}

void
atrium_file_set_state (AtriumFile *self,
                       AtriumFileState value)
{
  g_return_if_fail (ATRIUM_IS_FILE (self));

  if (self->state == value)
    return;

  self->state = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

double
atrium_file_get_progress (AtriumFile *self)
{
  g_return_val_if_fail (ATRIUM_IS_FILE (self), 0);

  return self->progress;
}

void
atrium_file_set_progress (AtriumFile *self,
                          double value)
{
  g_return_if_fail (ATRIUM_IS_FILE (self));

  if (self->progress == value)
    return;

  self->progress = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PROGRESS]);
}

const char *
atrium_file_get_error (AtriumFile *self)
{
  g_return_val_if_fail (ATRIUM_IS_FILE (self), NULL);

  return self->error;
}

void
atrium_file_set_error (AtriumFile *self,
                       const char *value)
{
  g_return_if_fail (ATRIUM_IS_FILE (self));

  if (g_strcmp0 (self->error, value) == 0)
    return;

  g_free (self->error);
  self->error = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ERROR]);
}

gboolean
atrium_file_get_can_auto (AtriumFile *self)
{
  g_return_val_if_fail (ATRIUM_IS_FILE (self), FALSE);

  return self->can_auto;
}

void
atrium_file_set_can_auto (AtriumFile *self,
                          gboolean value)
{
  g_return_if_fail (ATRIUM_IS_FILE (self));

  value = !!value;
  if (self->can_auto == value)
    return;

  self->can_auto = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CAN_AUTO]);
}

gint64
atrium_file_get_id (AtriumFile *self)
{
  g_return_val_if_fail (ATRIUM_IS_FILE (self), 0);

  return self->id;
}

void
atrium_file_set_id (AtriumFile *self,
                    gint64 value)
{
  g_return_if_fail (ATRIUM_IS_FILE (self));

  if (self->id == value)
    return;

  self->id = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ID]);
}

void
atrium_file_put_transfers (AtriumFile      *self,
                           AtriumTransfers *transfers)
{
  g_set_weak_pointer (&self->transfers, transfers);
}

static void
on_downloaded (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (atrium_transfers_download_finish (ATRIUM_TRANSFERS (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
atrium_file_download_async (AtriumFile          *self,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_return_if_fail (ATRIUM_IS_FILE (self));

  g_task_set_source_tag (task, atrium_file_download_async);
  if (self->transfers == NULL)
    {
      g_task_return_new_error (task, ATRIUM_ERROR, ATRIUM_ERROR_FAILED, "the profile was closed");
      g_object_unref (task);
      return;
    }

  atrium_transfers_download_async (self->transfers, self, cancellable, on_downloaded, task);
}

gboolean
atrium_file_download_finish (AtriumFile    *self,
                             GAsyncResult  *result,
                             GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
atrium_file_pause (AtriumFile *self)
{
  g_return_if_fail (ATRIUM_IS_FILE (self));

  if (self->transfers != NULL)
    atrium_transfers_pause (self->transfers, self);
}

void
atrium_file_cancel (AtriumFile *self)
{
  g_return_if_fail (ATRIUM_IS_FILE (self));

  if (self->transfers != NULL)
    atrium_transfers_cancel (self->transfers, self);
}

static void
on_retried (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GError) error = NULL;

  if (!atrium_file_download_finish (ATRIUM_FILE (source), result, &error))
    g_debug ("fetching again: %s", error->message);
}

void
atrium_file_retry (AtriumFile *self)
{
  g_return_if_fail (ATRIUM_IS_FILE (self));

  atrium_file_download_async (self, NULL, on_retried, NULL);
}
