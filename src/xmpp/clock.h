/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * XmppClock:
 *
 * Where the protocol library takes its time and one-shot timers from. The system's clock in a program; tests give
 * one of their own and turn it by hand.
 */
typedef struct _XmppClock XmppClock;
typedef struct _XmppTimer XmppTimer;
typedef void (*XmppTimerFunc) (gpointer user_data);

struct _XmppClock
{
  gint64     (*get_monotonic) (XmppClock     *self);   /* µs, stands still while the machine sleeps */
  gint64     (*get_real)      (XmppClock     *self);   /* µs since the epoch, UTC */
  /* The timer is gone when @func runs. */
  XmppTimer *(*start)         (XmppClock     *self,
                               gint64         delay,   /* µs */
                               XmppTimerFunc  func,
                               gpointer       user_data);
  void       (*stop)          (XmppClock     *self,
                               XmppTimer     *timer);
};

XmppClock *xmpp_clock_get_system (void);

static inline gint64
xmpp_clock_now (XmppClock *self)
{
  return self->get_monotonic (self);
}

static inline XmppTimer *
xmpp_clock_start (XmppClock     *self,
                  gint64         delay,
                  XmppTimerFunc  func,
                  gpointer       user_data)
{
  return self->start (self, delay, func, user_data);
}

static inline void
xmpp_clock_stop (XmppClock  *self,
                 XmppTimer **timer)
{
  if (*timer != NULL)
    self->stop (self, g_steal_pointer (timer));
}

G_END_DECLS
