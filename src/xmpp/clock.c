/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "clock.h"

struct _XmppTimer
{
  GSource       *source;
  XmppTimerFunc  func;
  gpointer       user_data;
};

static gint64
system_get_monotonic (XmppClock *self)
{
  return g_get_monotonic_time ();
}

static gint64
system_get_real (XmppClock *self)
{
  return g_get_real_time ();
}

static void
timer_free (gpointer data)
{
  XmppTimer *timer = data;

  g_source_unref (timer->source);
  g_free (timer);
}

static gboolean
on_due (gpointer data)
{
  XmppTimer *timer = data;

  timer->func (timer->user_data);
  return G_SOURCE_REMOVE;
}

static XmppTimer *
system_start (XmppClock     *self,
              gint64         delay,
              XmppTimerFunc  func,
              gpointer       user_data)
{
  XmppTimer *timer = g_new (XmppTimer, 1);

  timer->source = g_timeout_source_new (MAX (delay, 0) / 1000);
  timer->func = func;
  timer->user_data = user_data;
  g_source_set_callback (timer->source, on_due, timer, timer_free);
  g_source_set_static_name (timer->source, "[xmpp] timer");
  g_source_attach (timer->source, g_main_context_get_thread_default ());
  return timer;
}

static void
system_stop (XmppClock *self,
             XmppTimer *timer)
{
  g_source_destroy (timer->source);
}

/**
 * xmpp_clock_get_system:
 *
 * Returns: (transfer none): the clock of the machine; its timers run in the thread-default main context
 */
XmppClock *
xmpp_clock_get_system (void)
{
  static XmppClock clock = { system_get_monotonic, system_get_real, system_start, system_stop };

  return &clock;
}
