/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium"

#include "config.h"

#include "workspace/account/connection-lock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

struct _AtriumConnectionLock
{
  GObject parent_instance;

  char *path;
  GFileMonitor *monitor;
  int fd;               /* −1 before the first try */
  gboolean wanted;
  gboolean held;
};

enum
{
  PROP_0,
  PROP_HELD,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (AtriumConnectionLock, atrium_connection_lock, G_TYPE_OBJECT)

static gboolean
open_file (AtriumConnectionLock *self)
{
  if (self->fd < 0)
    self->fd = open (self->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (self->fd < 0)
    g_debug ("connection lock: %s", g_strerror (errno));

  return self->fd >= 0;
}

static void
try_lock (AtriumConnectionLock *self)
{
  if (!self->wanted || self->held || !open_file (self))
    return;
  if (flock (self->fd, LOCK_EX | LOCK_NB) != 0)
    return;

  self->held = TRUE;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_HELD]);
}

static void
on_file_event (GFileMonitor         *monitor,
               GFile                *file,
               GFile                *other_file,
               GFileMonitorEvent     event,
               AtriumConnectionLock *self)
{
  try_lock (self);
}

gboolean
atrium_connection_lock_get_held (AtriumConnectionLock *self)
{
  g_autoptr (GFile) file = NULL;

  if (self->held || !self->wanted)
    return self->held;

  try_lock (self);
  if (!self->held && self->monitor == NULL && self->fd >= 0)
    {
      file = g_file_new_for_path (self->path);
      self->monitor = g_file_monitor_file (file, G_FILE_MONITOR_NONE, NULL, NULL);
      if (self->monitor != NULL)
        {
          g_signal_connect_object (self->monitor, "changed", G_CALLBACK (on_file_event), self, 0);
          /* Its holder may have ended before the watch was there. */
          try_lock (self);
        }
    }

  return self->held;
}

gboolean
atrium_connection_lock_is_foreign (AtriumConnectionLock *self)
{
  int fd;
  gboolean foreign;

  if (self->held)
    return FALSE;
  fd = open (self->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0)
    return FALSE;
  foreign = flock (fd, LOCK_SH | LOCK_NB) != 0;
  close (fd);

  return foreign;
}

void
atrium_connection_lock_set_wanted (AtriumConnectionLock *self,
                                   gboolean              wanted)
{
  if (self->wanted == wanted)
    return;

  self->wanted = wanted;
  if (wanted)
    {
      atrium_connection_lock_get_held (self);
    }
  else if (self->held)
    {
      g_clear_object (&self->monitor);
      close (self->fd);
      self->fd = -1;
      self->held = FALSE;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_HELD]);
    }
}

static void
atrium_connection_lock_get_property (GObject    *object,
                                     guint       prop_id,
                                     GValue     *value,
                                     GParamSpec *pspec)
{
  AtriumConnectionLock *self = ATRIUM_CONNECTION_LOCK (object);

  switch (prop_id)
    {
    case PROP_HELD:
      g_value_set_boolean (value, self->held);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
atrium_connection_lock_finalize (GObject *object)
{
  AtriumConnectionLock *self = ATRIUM_CONNECTION_LOCK (object);

  g_clear_object (&self->monitor);
  if (self->fd >= 0)
    close (self->fd);
  g_clear_pointer (&self->path, g_free);

  G_OBJECT_CLASS (atrium_connection_lock_parent_class)->finalize (object);
}

static void
atrium_connection_lock_class_init (AtriumConnectionLockClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = atrium_connection_lock_get_property;
  object_class->finalize = atrium_connection_lock_finalize;

  properties[PROP_HELD] = g_param_spec_boolean ("held", NULL, NULL, FALSE,
                                                G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
atrium_connection_lock_init (AtriumConnectionLock *self)
{
  self->fd = -1;
  self->wanted = TRUE;
}

AtriumConnectionLock *
atrium_connection_lock_new (const char *data_dir)
{
  AtriumConnectionLock *self = g_object_new (ATRIUM_TYPE_CONNECTION_LOCK, NULL);

  self->path = g_build_filename (data_dir, "online.lock", NULL);

  return self;
}
