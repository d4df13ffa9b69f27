/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * An SQLite VFS over the usual one whose operations fail on demand. A failing write or sync answers "disk full", a failing
 * read "I/O error". Counters are atomic: the database thread and the reader use it at the same time.
 */

#include "fault.h"

#include <sqlite3.h>
#include <unistd.h>

typedef struct
{
  sqlite3_file  base;
  sqlite3_file *real;    /* behind this struct, in the same allocation of SQLite's */
} FaultFile;

static sqlite3_vfs *real_vfs;
static char *switch_path;        /* faults while this file exists; NULL: no such switch */
static int armed;
static guint armed_kinds;
static int armed_after;
static int armed_times;
static int failed_count;

static gboolean
should_fail (StoreFaultKind kind)
{
  if (switch_path != NULL && kind != STORE_FAULT_READ && access (switch_path, F_OK) == 0)
    {
      g_atomic_int_inc (&failed_count);
      return TRUE;
    }
  if (!g_atomic_int_get (&armed) || (armed_kinds & kind) == 0)
    return FALSE;
  if (g_atomic_int_add (&armed_after, -1) > 0)
    return FALSE;
  if (armed_times > 0 && g_atomic_int_get (&failed_count) >= armed_times)
    return FALSE;
  g_atomic_int_inc (&failed_count);
  return TRUE;
}

#define REAL(file) (((FaultFile *) (file))->real)

static int
fault_close (sqlite3_file *file)
{
  return REAL (file)->pMethods->xClose (REAL (file));
}

static int
fault_read (sqlite3_file *file, void *data, int n, sqlite3_int64 offset)
{
  if (should_fail (STORE_FAULT_READ))
    return SQLITE_IOERR_READ;
  return REAL (file)->pMethods->xRead (REAL (file), data, n, offset);
}

static int
fault_write (sqlite3_file *file, const void *data, int n, sqlite3_int64 offset)
{
  if (should_fail (STORE_FAULT_WRITE))
    return SQLITE_FULL;
  return REAL (file)->pMethods->xWrite (REAL (file), data, n, offset);
}

static int
fault_truncate (sqlite3_file *file, sqlite3_int64 size)
{
  if (should_fail (STORE_FAULT_WRITE))
    return SQLITE_IOERR_TRUNCATE;
  return REAL (file)->pMethods->xTruncate (REAL (file), size);
}

static int
fault_sync (sqlite3_file *file, int flags)
{
  if (should_fail (STORE_FAULT_SYNC))
    return SQLITE_IOERR_FSYNC;
  return REAL (file)->pMethods->xSync (REAL (file), flags);
}

static int
fault_file_size (sqlite3_file *file, sqlite3_int64 *size)
{
  return REAL (file)->pMethods->xFileSize (REAL (file), size);
}

static int
fault_lock (sqlite3_file *file, int kind)
{
  return REAL (file)->pMethods->xLock (REAL (file), kind);
}

static int
fault_unlock (sqlite3_file *file, int kind)
{
  return REAL (file)->pMethods->xUnlock (REAL (file), kind);
}

static int
fault_check_reserved_lock (sqlite3_file *file, int *result)
{
  return REAL (file)->pMethods->xCheckReservedLock (REAL (file), result);
}

static int
fault_file_control (sqlite3_file *file, int op, void *argument)
{
  return REAL (file)->pMethods->xFileControl (REAL (file), op, argument);
}

static int
fault_sector_size (sqlite3_file *file)
{
  return REAL (file)->pMethods->xSectorSize (REAL (file));
}

static int
fault_device_characteristics (sqlite3_file *file)
{
  return REAL (file)->pMethods->xDeviceCharacteristics (REAL (file));
}

static int
fault_shm_map (sqlite3_file *file, int page, int size, int extend, void volatile **out)
{
  if (extend && should_fail (STORE_FAULT_WRITE))
    return SQLITE_IOERR_SHMMAP;
  return REAL (file)->pMethods->xShmMap (REAL (file), page, size, extend, out);
}

static int
fault_shm_lock (sqlite3_file *file, int offset, int n, int flags)
{
  return REAL (file)->pMethods->xShmLock (REAL (file), offset, n, flags);
}

static void
fault_shm_barrier (sqlite3_file *file)
{
  REAL (file)->pMethods->xShmBarrier (REAL (file));
}

static int
fault_shm_unmap (sqlite3_file *file, int remove)
{
  return REAL (file)->pMethods->xShmUnmap (REAL (file), remove);
}

/* Version 2: with shared memory, without mapped reads, so that each read passes here. */
static const sqlite3_io_methods fault_methods = {
  .iVersion = 2,
  .xClose = fault_close,
  .xRead = fault_read,
  .xWrite = fault_write,
  .xTruncate = fault_truncate,
  .xSync = fault_sync,
  .xFileSize = fault_file_size,
  .xLock = fault_lock,
  .xUnlock = fault_unlock,
  .xCheckReservedLock = fault_check_reserved_lock,
  .xFileControl = fault_file_control,
  .xSectorSize = fault_sector_size,
  .xDeviceCharacteristics = fault_device_characteristics,
  .xShmMap = fault_shm_map,
  .xShmLock = fault_shm_lock,
  .xShmBarrier = fault_shm_barrier,
  .xShmUnmap = fault_shm_unmap,
};

static int
fault_open (sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *file, int flags, int *out_flags)
{
  FaultFile *self = (FaultFile *) file;
  int code;

  self->base.pMethods = NULL;
  self->real = (sqlite3_file *) (self + 1);
  code = real_vfs->xOpen (real_vfs, name, self->real, flags, out_flags);
  if (self->real->pMethods != NULL)
    self->base.pMethods = &fault_methods;
  return code;
}

static void
install (const char *path)
{
  static gsize once;

  if (g_once_init_enter (&once))
    {
      static sqlite3_vfs vfs;

      switch_path = g_strdup (path);
      real_vfs = sqlite3_vfs_find (NULL);
      vfs = *real_vfs;
      vfs.zName = "atrium-fault";
      vfs.szOsFile = sizeof (FaultFile) + real_vfs->szOsFile;
      vfs.pNext = NULL;
      vfs.xOpen = fault_open;
      sqlite3_vfs_register (&vfs, TRUE);
      g_once_init_leave (&once, 1);
    }
}

void
store_fault_install (void)
{
  install (g_getenv ("ATRIUM_STORE_FAULTS"));
}

void
store_fault_install_from_environment (void)
{
  const char *path = g_getenv ("ATRIUM_STORE_FAULTS");

  if (path != NULL && path[0] != '\0')
    install (path);
}

void
store_fault_arm (guint kinds,
                 guint after,
                 guint times)
{
  store_fault_disarm ();
  armed_kinds = kinds;
  armed_times = times;
  g_atomic_int_set (&armed_after, after);
  g_atomic_int_set (&failed_count, 0);
  g_atomic_int_set (&armed, 1);
}

void
store_fault_disarm (void)
{
  g_atomic_int_set (&armed, 0);
}

guint
store_fault_get_count (void)
{
  return g_atomic_int_get (&failed_count);
}
