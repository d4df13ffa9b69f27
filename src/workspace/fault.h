/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Places where a test may have the program killed: with FAULT_AT=n in the environment of a build with the option
 * fault_points, the n-th place that is reached ends the process by SIGKILL. Nothing in other builds. */
#ifdef ATRIUM_FAULT_POINTS
void atrium_fault_point (const char *name);
#else
static inline void
atrium_fault_point (const char *name)
{
}
#endif

G_END_DECLS
