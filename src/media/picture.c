/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "media"

#include "config.h"

#include "media/picture.h"

#include "media/picture-protocol.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_HELPERS        2
#define HELPER_TIMEOUT_MS  5000

struct _MediaPicture
{
  GObject parent_instance;

  GBytes *pixels;
  int     width;   /* pixels */
  int     height;  /* pixels */
  gsize   stride;  /* bytes */
};

G_DEFINE_FINAL_TYPE (MediaPicture, media_picture, G_TYPE_OBJECT)
G_DEFINE_QUARK (media-picture-error-quark, media_picture_error)

/* One picture on its way. The task owns it. */
typedef struct
{
  GBytes      *encoded;
  GSubprocess *helper;
  GSource     *timeout;
  gulong       cancelled_id;
  int          max_width;
  int          max_height;
  int          output_fd;   /* -1 when none */
  gboolean     timed_out;
} Decode;

/* Main thread only. Tasks that wait for a helper; and how many helpers run. */
static GQueue waiting = G_QUEUE_INIT;
static guint running;

static void start_waiting (void);

static void
decode_free (Decode *decode)
{
  if (decode->timeout != NULL)
    {
      g_source_destroy (decode->timeout);
      g_clear_pointer (&decode->timeout, g_source_unref);
    }
  if (decode->output_fd >= 0)
    close (decode->output_fd);
  g_clear_object (&decode->helper);
  g_clear_pointer (&decode->encoded, g_bytes_unref);
  g_free (decode);
}

static const char *
get_helper_path (void)
{
  const char *path = g_getenv ("ATRIUM_DECODE_HELPER");   /* a build folder's, for tests and tools/run */

  return path != NULL ? path : MEDIA_DECODE_HELPER;
}

static int
make_memory_file (GBytes  *content,
                  GError **error)
{
  int fd = memfd_create ("atrium-picture", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  gsize length = 0;
  const guint8 *data = content != NULL ? g_bytes_get_data (content, &length) : NULL;

  for (gsize done = 0; fd >= 0 && done < length;)
    {
      ssize_t n = write (fd, data + done, length - done);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        {
          close (fd);
          fd = -1;
        }
      else
        {
          done += (gsize) n;
        }
    }

  if (fd < 0)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "no memory for a picture: %s", g_strerror (errno));
      return -1;
    }
  if (content != NULL)
    {
      lseek (fd, 0, SEEK_SET);
      fcntl (fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL);
    }

  return fd;
}

typedef struct
{
  void *address;
  gsize length;
} Mapping;

static void
mapping_free (Mapping *mapping)
{
  munmap (mapping->address, mapping->length);
  g_free (mapping);
}

/* The helper has ended, so nobody else can write to @fd any more. */
static MediaPicture *
read_reply (Decode  *decode,
            GError **error)
{
  g_autoptr(MediaPicture) self = NULL;
  g_autoptr(GBytes) whole = NULL;
  MediaPictureReply reply;
  struct stat info;
  Mapping *mapping;
  void *address;

  if (fstat (decode->output_fd, &info) != 0 || info.st_size < (off_t) sizeof reply ||
      pread (decode->output_fd, &reply, sizeof reply, 0) != (ssize_t) sizeof reply ||
      reply.magic != MEDIA_PICTURE_MAGIC ||
      reply.width == 0 || reply.width > (guint32) decode->max_width ||
      reply.height == 0 || reply.height > (guint32) decode->max_height ||
      reply.stride != reply.width * 4 ||
      (guint64) info.st_size != sizeof reply + (guint64) reply.stride * reply.height)
    {
      g_set_error_literal (error, MEDIA_PICTURE_ERROR, MEDIA_PICTURE_ERROR_BROKEN, "the picture decoder gave no picture");
      return NULL;
    }

  address = mmap (NULL, (gsize) info.st_size, PROT_READ, MAP_PRIVATE, decode->output_fd, 0);
  if (address == MAP_FAILED)
    {
      g_set_error_literal (error, MEDIA_PICTURE_ERROR, MEDIA_PICTURE_ERROR_BROKEN, "no memory for the picture");
      return NULL;
    }
  mapping = g_new (Mapping, 1);
  mapping->address = address;
  mapping->length = (gsize) info.st_size;
  whole = g_bytes_new_with_free_func (address, mapping->length, (GDestroyNotify) mapping_free, mapping);

  self = g_object_new (MEDIA_TYPE_PICTURE, NULL);
  self->width = (int) reply.width;
  self->height = (int) reply.height;
  self->stride = reply.stride;
  self->pixels = g_bytes_new_from_bytes (whole, sizeof reply, (gsize) reply.stride * reply.height);

  return g_steal_pointer (&self);
}

static void
on_helper_ended (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Decode *decode = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  MediaPicture *picture = NULL;

  g_subprocess_wait_finish (G_SUBPROCESS (source), result, NULL);
  if (decode->cancelled_id != 0)
    g_cancellable_disconnect (g_task_get_cancellable (task), decode->cancelled_id);
  decode->cancelled_id = 0;
  running -= 1;

  if (g_task_return_error_if_cancelled (task))
    {
      start_waiting ();
      return;
    }

  if (decode->timed_out)
    g_set_error (&error, MEDIA_PICTURE_ERROR, MEDIA_PICTURE_ERROR_BROKEN,
                 "the picture took longer than %d s to decode", HELPER_TIMEOUT_MS / 1000);
  else if (!g_subprocess_get_if_exited (decode->helper) || g_subprocess_get_exit_status (decode->helper) != 0)
    g_set_error_literal (&error, MEDIA_PICTURE_ERROR, MEDIA_PICTURE_ERROR_BROKEN, "the picture is damaged");
  else
    picture = read_reply (decode, &error);

  if (picture != NULL)
    g_task_return_pointer (task, picture, g_object_unref);
  else
    g_task_return_error (task, g_steal_pointer (&error));
  start_waiting ();
}

static gboolean
on_timeout (gpointer user_data)
{
  GTask *task = user_data;
  Decode *decode = g_task_get_task_data (task);

  decode->timed_out = TRUE;
  g_subprocess_force_exit (decode->helper);
  return G_SOURCE_REMOVE;
}

static void
on_cancelled (GCancellable *cancellable,
              gpointer      user_data)
{
  g_subprocess_force_exit (G_SUBPROCESS (user_data));
}

static gboolean
start_helper (GTask   *task,
              GError **error)
{
  Decode *decode = g_task_get_task_data (task);
  g_autoptr(GSubprocessLauncher) launcher = NULL;
  g_autofree char *width = g_strdup_printf ("%d", decode->max_width);
  g_autofree char *height = g_strdup_printf ("%d", decode->max_height);
  GCancellable *cancellable = g_task_get_cancellable (task);
  MediaPictureFormat format;
  int picture_width;
  int picture_height;
  int input_fd;
  gsize length;
  const guint8 *data = g_bytes_get_data (decode->encoded, &length);

  if (length > MEDIA_PICTURE_MAX_BYTES)
    {
      g_set_error (error, MEDIA_PICTURE_ERROR, MEDIA_PICTURE_ERROR_TOO_LARGE,
                   "the picture has more than %d MiB", MEDIA_PICTURE_MAX_BYTES / (1024 * 1024));
      return FALSE;
    }
  format = media_picture_header_read (data, length, &picture_width, &picture_height);
  if (format == MEDIA_PICTURE_UNKNOWN)
    {
      g_set_error_literal (error, MEDIA_PICTURE_ERROR, MEDIA_PICTURE_ERROR_UNSUPPORTED, "not a picture of a known kind");
      return FALSE;
    }
  if ((gint64) picture_width * picture_height > MEDIA_PICTURE_MAX_PIXELS)
    {
      g_set_error (error, MEDIA_PICTURE_ERROR, MEDIA_PICTURE_ERROR_TOO_LARGE,
                   "the picture has more than %d million pixels", MEDIA_PICTURE_MAX_PIXELS / 1000000);
      return FALSE;
    }

  input_fd = make_memory_file (decode->encoded, error);
  if (input_fd < 0)
    return FALSE;
  decode->output_fd = make_memory_file (NULL, error);
  if (decode->output_fd < 0)
    {
      close (input_fd);
      return FALSE;
    }

  launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_subprocess_launcher_take_fd (launcher, input_fd, MEDIA_PICTURE_INPUT_FD);
  g_subprocess_launcher_take_fd (launcher, fcntl (decode->output_fd, F_DUPFD_CLOEXEC, 10), MEDIA_PICTURE_OUTPUT_FD);
  decode->helper = g_subprocess_launcher_spawn (launcher, error, get_helper_path (),
                                                media_picture_format_get_type (format), width, height, NULL);
  if (decode->helper == NULL)
    {
      g_prefix_error (error, "the picture decoder did not start: ");
      (*error)->domain = MEDIA_PICTURE_ERROR;
      (*error)->code = MEDIA_PICTURE_ERROR_HELPER;
      return FALSE;
    }

  running += 1;
  decode->timeout = g_timeout_source_new (HELPER_TIMEOUT_MS);
  g_source_set_callback (decode->timeout, on_timeout, task, NULL);
  g_source_attach (decode->timeout, g_main_context_get_thread_default ());
  if (cancellable != NULL)
    decode->cancelled_id = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled),
                                                  g_object_ref (decode->helper), g_object_unref);
  g_subprocess_wait_async (decode->helper, NULL, on_helper_ended, g_object_ref (task));

  return TRUE;
}

static void
start_waiting (void)
{
  while (running < MAX_HELPERS && !g_queue_is_empty (&waiting))
    {
      g_autoptr(GTask) task = g_queue_pop_head (&waiting);
      g_autoptr(GError) error = NULL;

      if (g_task_return_error_if_cancelled (task))
        continue;
      if (!start_helper (task, &error))
        g_task_return_error (task, g_steal_pointer (&error));
    }
}

static GTask *
decode_task_new (int                  max_width,
                 int                  max_height,
                 GCancellable        *cancellable,
                 GAsyncReadyCallback  callback,
                 gpointer             user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Decode *decode = g_new0 (Decode, 1);

  decode->max_width = MIN (max_width, MEDIA_PICTURE_MAX_SIDE);
  decode->max_height = MIN (max_height, MEDIA_PICTURE_MAX_SIDE);
  decode->output_fd = -1;
  g_task_set_source_tag (task, media_picture_load_async);
  g_task_set_task_data (task, decode, (GDestroyNotify) decode_free);

  return task;
}

static void
on_file_read (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Decode *decode = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;

  decode->encoded = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);
  if (decode->encoded == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  g_queue_push_tail (&waiting, g_steal_pointer (&task));
  start_waiting ();
}

static void
on_file_opened (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GFileInputStream) stream = g_file_read_finish (G_FILE (source), result, &error);

  if (stream == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  /* One byte more than allowed, so that a file that is too large is seen as such. A local file is read in one go. */
  g_input_stream_read_bytes_async (G_INPUT_STREAM (stream), MEDIA_PICTURE_MAX_BYTES + 1, G_PRIORITY_DEFAULT,
                                   g_task_get_cancellable (task), on_file_read, g_object_ref (task));
}

void
media_picture_load_async (GFile               *file,
                          int                  max_width,
                          int                  max_height,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;

  g_return_if_fail (G_IS_FILE (file));
  g_return_if_fail (max_width > 0 && max_height > 0);

  task = decode_task_new (max_width, max_height, cancellable, callback, user_data);
  g_file_read_async (file, G_PRIORITY_DEFAULT, cancellable, on_file_opened, g_object_ref (task));
}

void
media_picture_decode_async (GBytes              *bytes,
                            int                  max_width,
                            int                  max_height,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  Decode *decode;

  g_return_if_fail (bytes != NULL);
  g_return_if_fail (max_width > 0 && max_height > 0);

  task = decode_task_new (max_width, max_height, cancellable, callback, user_data);
  decode = g_task_get_task_data (task);
  decode->encoded = g_bytes_ref (bytes);
  g_queue_push_tail (&waiting, g_object_ref (task));
  start_waiting ();
}

MediaPicture *
media_picture_load_finish (GAsyncResult  *result,
                           GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
media_picture_finalize (GObject *object)
{
  MediaPicture *self = MEDIA_PICTURE (object);

  g_clear_pointer (&self->pixels, g_bytes_unref);
  G_OBJECT_CLASS (media_picture_parent_class)->finalize (object);
}

static void
media_picture_class_init (MediaPictureClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = media_picture_finalize;
}

static void
media_picture_init (MediaPicture *self)
{
}

int
media_picture_get_width (MediaPicture *self)
{
  g_return_val_if_fail (MEDIA_IS_PICTURE (self), 0);

  return self->width;
}

int
media_picture_get_height (MediaPicture *self)
{
  g_return_val_if_fail (MEDIA_IS_PICTURE (self), 0);

  return self->height;
}

gsize
media_picture_get_stride (MediaPicture *self)
{
  g_return_val_if_fail (MEDIA_IS_PICTURE (self), 0);

  return self->stride;
}

GBytes *
media_picture_get_pixels (MediaPicture *self)
{
  g_return_val_if_fail (MEDIA_IS_PICTURE (self), NULL);

  return self->pixels;
}
