/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "test-clock.h"

struct _XmppTimer
{
  gint64         due;
  XmppTimerFunc  func;
  gpointer       user_data;
};

typedef struct
{
  XmppClock  clock;
  gint64     now;
  GList     *timers;   /* of XmppTimer, earliest first */
} TestClock;

static gint64
get_monotonic (XmppClock *clock)
{
  return ((TestClock *) clock)->now;
}

static gint64
get_real (XmppClock *clock)
{
  return G_GINT64_CONSTANT (1790000000000000) + ((TestClock *) clock)->now;
}

static int
compare (gconstpointer a,
         gconstpointer b)
{
  const XmppTimer *first = a, *second = b;

  return first->due < second->due ? -1 : first->due > second->due;
}

static XmppTimer *
start (XmppClock     *clock,
       gint64         delay,
       XmppTimerFunc  func,
       gpointer       user_data)
{
  TestClock *self = (TestClock *) clock;
  XmppTimer *timer = g_new (XmppTimer, 1);

  timer->due = self->now + MAX (delay, 0);
  timer->func = func;
  timer->user_data = user_data;
  self->timers = g_list_insert_sorted (self->timers, timer, compare);
  return timer;
}

static void
stop (XmppClock *clock,
      XmppTimer *timer)
{
  TestClock *self = (TestClock *) clock;

  g_assert_nonnull (g_list_find (self->timers, timer));
  self->timers = g_list_remove (self->timers, timer);
  g_free (timer);
}

XmppClock *
test_clock_new (void)
{
  TestClock *self = g_new0 (TestClock, 1);

  self->clock.get_monotonic = get_monotonic;
  self->clock.get_real = get_real;
  self->clock.start = start;
  self->clock.stop = stop;
  self->now = G_USEC_PER_SEC;
  return &self->clock;
}

void
test_clock_free (XmppClock *clock)
{
  TestClock *self = (TestClock *) clock;

  g_assert_null (self->timers);
  g_free (self);
}

void
test_clock_advance (XmppClock *clock,
                    gint64     delay)
{
  TestClock *self = (TestClock *) clock;
  gint64 until = self->now + delay;

  while (self->timers != NULL && ((XmppTimer *) self->timers->data)->due <= until)
    {
      g_autofree XmppTimer *timer = self->timers->data;

      self->timers = g_list_delete_link (self->timers, self->timers);
      self->now = timer->due;
      timer->func (timer->user_data);
    }
  self->now = until;
}

gint64
test_clock_get_next (XmppClock *clock)
{
  TestClock *self = (TestClock *) clock;

  return self->timers != NULL ? ((XmppTimer *) self->timers->data)->due - self->now : -1;
}
