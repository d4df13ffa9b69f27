/* SPDX-License-Identifier: GPL-3.0-or-later */

/* atrium-decode: the picture helper. See picture.h for why it exists and picture-protocol.h for how it is spoken to.
 *
 * Everything that needs the system (the decoder's module, the output's size limit) is done before the first byte of the
 * picture is looked at; then the process gives up all but a handful of system calls. */

#define G_LOG_DOMAIN "atrium-decode"

#include "config.h"

#include "media/picture-header.h"
#include "media/picture-protocol.h"

#include <errno.h>
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#define MEMORY_LIMIT  (512ul * 1024 * 1024)
#define CPU_LIMIT     4    /* s */

typedef struct
{
  int max_width;
  int max_height;
} Box;

static void
fit (int  width,
     int  height,
     Box  box,
     int *out_width,
     int *out_height)
{
  double scale = MIN (1.0, MIN ((double) box.max_width / width, (double) box.max_height / height));

  *out_width = CLAMP ((int) (width * scale + 0.5), 1, box.max_width);
  *out_height = CLAMP ((int) (height * scale + 0.5), 1, box.max_height);
}

static void
on_size_prepared (GdkPixbufLoader *loader,
                  int              width,
                  int              height,
                  gpointer         user_data)
{
  const Box *box = user_data;
  int fitted_width;
  int fitted_height;

  if (width <= 0 || height <= 0 || (gint64) width * height > MEDIA_PICTURE_MAX_PIXELS)
    _exit (3);
  /* An orientation tag may turn the picture later: leave room for both ways. */
  fit (width, height, (Box) { MAX (box->max_width, box->max_height), MAX (box->max_width, box->max_height) },
       &fitted_width, &fitted_height);
  if (fitted_width < width || fitted_height < height)
    gdk_pixbuf_loader_set_size (loader, fitted_width, fitted_height);
}

static gboolean
lock_in (void)
{
  static const int allowed[] = {
    SCMP_SYS (read), SCMP_SYS (write), SCMP_SYS (pread64), SCMP_SYS (lseek), SCMP_SYS (close), SCMP_SYS (fstat),
    SCMP_SYS (newfstatat), SCMP_SYS (brk), SCMP_SYS (mmap), SCMP_SYS (munmap), SCMP_SYS (mremap), SCMP_SYS (madvise),
    SCMP_SYS (mprotect), SCMP_SYS (futex), SCMP_SYS (rt_sigreturn), SCMP_SYS (rt_sigprocmask), SCMP_SYS (clock_gettime),
    SCMP_SYS (gettimeofday), SCMP_SYS (getrandom), SCMP_SYS (sched_yield), SCMP_SYS (exit), SCMP_SYS (exit_group),
    SCMP_SYS (getpid), SCMP_SYS (gettid),
  };
  const struct rlimit none = { 0, 0 };
  const struct rlimit memory = { MEMORY_LIMIT, MEMORY_LIMIT };
  const struct rlimit cpu = { CPU_LIMIT, CPU_LIMIT };
  scmp_filter_ctx filter;
  gboolean locked;

  if (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl (PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
    return FALSE;
  setrlimit (RLIMIT_CORE, &none);
  setrlimit (RLIMIT_CPU, &cpu);
  if (setrlimit (RLIMIT_AS, &memory) != 0 || setrlimit (RLIMIT_NPROC, &none) != 0)
    return FALSE;

  filter = seccomp_init (SCMP_ACT_KILL_PROCESS);
  locked = filter != NULL;
  for (gsize i = 0; locked && i < G_N_ELEMENTS (allowed); i++)
    locked = seccomp_rule_add (filter, SCMP_ACT_ALLOW, allowed[i], 0) == 0;
  /* Libraries look for files now and then (a locale, a module); they must cope with a no. */
  locked = locked && seccomp_rule_add (filter, SCMP_ACT_ERRNO (ENOENT), SCMP_SYS (openat), 0) == 0 &&
           seccomp_rule_add (filter, SCMP_ACT_ERRNO (ENOENT), SCMP_SYS (open), 0) == 0 &&
           seccomp_rule_add (filter, SCMP_ACT_ERRNO (ENOENT), SCMP_SYS (readlink), 0) == 0 &&
           seccomp_rule_add (filter, SCMP_ACT_ERRNO (ENOENT), SCMP_SYS (access), 0) == 0 &&
           seccomp_load (filter) == 0;
  if (filter != NULL)
    seccomp_release (filter);

  return locked;
}

static gboolean
write_all (const void *data,
           gsize       length)
{
  const guint8 *at = data;

  while (length > 0)
    {
      ssize_t n = write (MEDIA_PICTURE_OUTPUT_FD, at, length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return FALSE;
      at += n;
      length -= (gsize) n;
    }

  return TRUE;
}

static gboolean
write_picture (GdkPixbuf *pixbuf,
               Box        box)
{
  g_autoptr(GdkPixbuf) upright = gdk_pixbuf_apply_embedded_orientation (pixbuf);
  g_autoptr(GdkPixbuf) fitted = NULL;
  g_autoptr(GdkPixbuf) rgba = NULL;
  MediaPictureReply reply = { .magic = MEDIA_PICTURE_MAGIC };
  int width;
  int height;

  if (upright == NULL)
    return FALSE;
  fit (gdk_pixbuf_get_width (upright), gdk_pixbuf_get_height (upright), box, &width, &height);
  fitted = width == gdk_pixbuf_get_width (upright) && height == gdk_pixbuf_get_height (upright)
             ? g_object_ref (upright)
             : gdk_pixbuf_scale_simple (upright, width, height, GDK_INTERP_BILINEAR);
  if (fitted == NULL)
    return FALSE;
  rgba = gdk_pixbuf_get_has_alpha (fitted) ? g_object_ref (fitted) : gdk_pixbuf_add_alpha (fitted, FALSE, 0, 0, 0);
  if (rgba == NULL)
    return FALSE;

  reply.width = (guint32) width;
  reply.height = (guint32) height;
  reply.stride = (guint32) width * 4;
  if (!write_all (&reply, sizeof reply))
    return FALSE;
  for (int y = 0; y < height; y++)
    if (!write_all (gdk_pixbuf_read_pixels (rgba) + (gsize) y * gdk_pixbuf_get_rowstride (rgba), reply.stride))
      return FALSE;

  return TRUE;
}

int
main (int    argc,
      char **argv)
{
  static const char *const types[] = { "image/png", "image/jpeg", "image/webp", "image/gif", NULL };
  g_autoptr(GdkPixbufLoader) loader = NULL;
  guint8 buffer[65536];
  GdkPixbuf *pixbuf;
  GdkPixbufAnimation *animation;
  Box box;
  ssize_t n;

  if (argc != 4 || !g_strv_contains (types, argv[1]))
    return 2;
  box.max_width = CLAMP (atoi (argv[2]), 1, MEDIA_PICTURE_MAX_SIDE);
  box.max_height = CLAMP (atoi (argv[3]), 1, MEDIA_PICTURE_MAX_SIDE);

  loader = gdk_pixbuf_loader_new_with_mime_type (argv[1], NULL);
  if (loader == NULL)
    return 4;
  g_signal_connect (loader, "size-prepared", G_CALLBACK (on_size_prepared), &box);
  if (!lock_in ())
    return 5;

  while ((n = read (MEDIA_PICTURE_INPUT_FD, buffer, sizeof buffer)) > 0)
    if (!gdk_pixbuf_loader_write (loader, buffer, (gsize) n, NULL))
      _exit (3);
  if (n < 0 || !gdk_pixbuf_loader_close (loader, NULL))
    _exit (3);

  animation = gdk_pixbuf_loader_get_animation (loader);
  pixbuf = animation != NULL ? gdk_pixbuf_animation_get_static_image (animation) : NULL;
  if (pixbuf == NULL || !write_picture (pixbuf, box))
    _exit (3);

  _exit (0);   /* nothing of a stranger's picture is worth a clean-up */
}
