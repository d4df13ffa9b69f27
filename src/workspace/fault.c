/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "workspace/fault.h"

#ifdef ATRIUM_FAULT_POINTS
#include <signal.h>
#include <stdlib.h>

void
atrium_fault_point (const char *name)
{
  static int left = -1;

  if (left == -1)
    left = g_getenv ("FAULT_AT") != NULL ? atoi (g_getenv ("FAULT_AT")) : 0;
  if (left > 0 && --left == 0)
    raise (SIGKILL);
}
#endif
