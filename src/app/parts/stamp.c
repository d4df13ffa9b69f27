/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium-app"

#include "config.h"

#include "app/parts/stamp.h"

#include <glib/gi18n.h>

static GDateTime *
local_time (gint64 time)
{
  g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc (time / G_USEC_PER_SEC);

  if (utc == NULL)
    utc = g_date_time_new_from_unix_utc (0);
  return g_date_time_to_local (utc);
}

/* Days from @then to @now by the calendar, not by 24 hours. */
static int
days_between (GDateTime *then,
              GDateTime *now)
{
  GDate from, to;

  g_date_clear (&from, 1);
  g_date_clear (&to, 1);
  g_date_set_dmy (&from, g_date_time_get_day_of_month (then), g_date_time_get_month (then), g_date_time_get_year (then));
  g_date_set_dmy (&to, g_date_time_get_day_of_month (now), g_date_time_get_month (now), g_date_time_get_year (now));
  return g_date_days_between (&from, &to);
}

char *
atrium_stamp_clock (gint64 time)
{
  g_autoptr(GDateTime) then = local_time (time);

  /* Translators: time of day, see g_date_time_format() */
  return g_date_time_format (then, C_("time format", "%H:%M"));
}

char *
atrium_stamp_short (gint64 time,
                    gint64 now)
{
  g_autoptr(GDateTime) then = local_time (time);
  g_autoptr(GDateTime) today = local_time (now);
  int days = days_between (then, today);

  if (days <= 0)
    return g_date_time_format (then, C_("time format", "%H:%M"));
  if (days == 1)
    return g_strdup (_("Yesterday"));
  if (days < 7)
    return g_date_time_format (then, "%a");
  if (g_date_time_get_year (then) == g_date_time_get_year (today))
    /* Translators: a day of this year, short: 3 Mar */
    return g_date_time_format (then, C_("time format", "%-d %b"));
  /* Translators: a day of another year, short: 3 Mar 2025 */
  return g_date_time_format (then, C_("time format", "%-d %b %Y"));
}

char *
atrium_stamp_day (gint64 time,
                  gint64 now)
{
  g_autoptr(GDateTime) then = local_time (time);
  g_autoptr(GDateTime) today = local_time (now);
  int days = days_between (then, today);

  if (days == 0)
    return g_strdup (C_("day line", "Today"));
  if (days == 1)
    return g_strdup (C_("day line", "Yesterday"));
  if (g_date_time_get_year (then) == g_date_time_get_year (today))
    /* Translators: a day of this year, long: Friday 20 November */
    return g_date_time_format (then, C_("time format", "%A %-d %B"));
  /* Translators: a day of another year, long: Friday 20 November 2025 */
  return g_date_time_format (then, C_("time format", "%A %-d %B %Y"));
}

char *
atrium_stamp_full (gint64 time)
{
  g_autoptr(GDateTime) then = local_time (time);

  /* Translators: a full date and time, for a tooltip */
  return g_date_time_format (then, C_("time format", "%A %-d %B %Y, %H:%M:%S"));
}

char *
atrium_stamp_duration (gint64 ms)
{
  gint64 seconds = MAX (ms, 0) / 1000;

  if (seconds >= 3600)
    return g_strdup_printf ("%" G_GINT64_FORMAT ":%02d:%02d", seconds / 3600, (int) (seconds / 60 % 60), (int) (seconds % 60));
  return g_strdup_printf ("%d:%02d", (int) (seconds / 60), (int) (seconds % 60));
}
