/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "workspace/clock.h"

static gint64 fake_time;

gint64
atrium_clock_now (void)
{
  return fake_time != 0 ? fake_time : g_get_real_time ();
}

void
atrium_clock_set_fake (gint64 time)
{
  fake_time = time;
}
