/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Wall clock in µs since the epoch, UTC. The one place where the workspace asks what time it is, so that tests can say. */
gint64 atrium_clock_now      (void);
/* For tests: the clock stands still at @time until it is set again; 0: the real one. */
void   atrium_clock_set_fake (gint64 time);

G_END_DECLS
