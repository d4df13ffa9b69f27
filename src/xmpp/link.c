/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "link.h"

struct _XmppLink
{
  XmppClock            *clock;
  const XmppLinkEvents *events;
  gpointer              user_data;
  XmppTimer            *timer;
  gint64                alive_at;    /* monotonic µs of the last sign of life */
  gboolean              probing;
};

static void on_due (gpointer user_data);

static void
wait_for (XmppLink *self,
          gint64    delay)
{
  xmpp_clock_stop (self->clock, &self->timer);
  self->timer = xmpp_clock_start (self->clock, delay, on_due, self);
}

static void
probe (XmppLink *self,
       gint64    patience)
{
  self->probing = TRUE;
  wait_for (self, patience);
  self->events->probe (self->user_data);
}

static void
on_due (gpointer user_data)
{
  XmppLink *self = user_data;
  gint64 idle = xmpp_clock_now (self->clock) - self->alive_at;

  self->timer = NULL;
  if (self->probing)
    self->events->dead (self->user_data);
  else if (idle < XMPP_LINK_IDLE)
    wait_for (self, XMPP_LINK_IDLE - idle);
  else
    probe (self, XMPP_LINK_ANSWER);
}

XmppLink *
xmpp_link_new (XmppClock            *clock,
               const XmppLinkEvents *events,
               gpointer              user_data)
{
  XmppLink *self = g_new0 (XmppLink, 1);

  self->clock = clock;
  self->events = events;
  self->user_data = user_data;
  self->alive_at = xmpp_clock_now (clock);
  wait_for (self, XMPP_LINK_IDLE);
  return self;
}

void
xmpp_link_free (XmppLink *self)
{
  xmpp_clock_stop (self->clock, &self->timer);
  g_free (self);
}

void
xmpp_link_alive (XmppLink *self)
{
  self->alive_at = xmpp_clock_now (self->clock);

  /* The timer is left to run out: it then waits for the rest. So a busy stream costs a store, not a timer. */
  if (self->probing)
    {
      self->probing = FALSE;
      wait_for (self, XMPP_LINK_IDLE);
    }
}

void
xmpp_link_check (XmppLink *self)
{
  if (!self->probing)
    probe (self, XMPP_LINK_HURRY);
}
