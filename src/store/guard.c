/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "guard-private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static const char state_open[] = "open\n";
static const char state_closed[] = "closed\n";
static const char state_damaged[] = "damaged\n";

static gboolean
lock (int fd,
      int operation)
{
  int result;

  do
    result = flock (fd, operation);
  while (result < 0 && errno == EINTR);
  return result == 0;
}

static gboolean
write_state (StoreGuard *self,
             const char *state)
{
  size_t length = strlen (state);

  return pwrite (self->fd, state, length, 0) == (ssize_t) length && ftruncate (self->fd, length) == 0 &&
         fdatasync (self->fd) == 0;
}

static gboolean
has_state (StoreGuard *self,
           const char *state)
{
  char buffer[16];
  ssize_t n = pread (self->fd, buffer, sizeof buffer, 0);

  return n == (ssize_t) strlen (state) && memcmp (buffer, state, n) == 0;
}

StoreGuard *
store_guard_acquire (const char *database_path,
                     GError    **error)
{
  StoreGuard *self = g_new0 (StoreGuard, 1);

  self->path = g_strconcat (database_path, "-guard", NULL);
  self->fd = open (self->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (self->fd < 0 || (!lock (self->fd, LOCK_EX | LOCK_NB) && errno != EWOULDBLOCK))
    {
      int code = errno;

      g_set_error (error, STORE_ERROR, code == ENOSPC || code == EDQUOT ? STORE_ERROR_FULL : STORE_ERROR_IO, "%s: %s",
                   self->path, g_strerror (code));
      store_guard_release (self, FALSE);
      return NULL;
    }
  self->first = lock (self->fd, LOCK_EX | LOCK_NB);
  if (self->first)
    self->unclean = has_state (self, state_open) || has_state (self, state_damaged);
  else
    lock (self->fd, LOCK_SH);    /* waits while the first one looks at the file */
  return self;
}

gboolean
store_guard_open (StoreGuard *self,
                  GError    **error)
{
  if (!self->first)
    return TRUE;
  if (!write_state (self, state_open))
    {
      int code = errno;

      g_set_error (error, STORE_ERROR, code == ENOSPC || code == EDQUOT ? STORE_ERROR_FULL : STORE_ERROR_IO, "%s: %s",
                   self->path, g_strerror (code));
      return FALSE;
    }
  lock (self->fd, LOCK_SH);
  return TRUE;
}

void
store_guard_note_damage (StoreGuard *self)
{
  if (!write_state (self, state_damaged))
    g_debug ("%s: the damage could not be noted", self->path);
}

void
store_guard_release (StoreGuard *self,
                     gboolean    clean)
{
  if (self == NULL)
    return;
  if (self->fd >= 0)
    {
      if (clean && lock (self->fd, LOCK_EX | LOCK_NB) && has_state (self, state_open) && !write_state (self, state_closed))
        g_debug ("%s: the end could not be noted", self->path);
      close (self->fd);
    }
  g_free (self->path);
  g_free (self);
}
