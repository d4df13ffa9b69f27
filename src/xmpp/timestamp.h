/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* XEP-0082: XMPP Date and Time Profiles. Times are µs since the epoch, UTC. */

/* Reads "CCYY-MM-DDThh:mm:ss[.sss](Z|±hh:mm)", years 1 to 9999; anything else is FALSE and leaves @out alone. */
gboolean  xmpp_timestamp_parse   (const char *text,
                                  gint64     *out);
/* "2026-11-21T18:00:00.123Z"; @time is clamped to the years 1 to 9999. */
char     *xmpp_timestamp_format  (gint64      time) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
