/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Times as people read them, in local time. @time and @now are µs since the epoch; all results are
 * (transfer full). */

char *atrium_stamp_clock (gint64 time);              /* 09:04 */
char *atrium_stamp_short (gint64 time, gint64 now);  /* 09:04, Yesterday, Thu, 3 Mar, 3 Mar 2025 */
char *atrium_stamp_day   (gint64 time, gint64 now);  /* Friday 20 November */
char *atrium_stamp_full  (gint64 time);              /* for tooltips: Friday 20 November 2026, 09:04:31 */

/* @ms → 0:37 */
char *atrium_stamp_duration (gint64 ms);

G_END_DECLS
