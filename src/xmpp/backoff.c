/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "backoff.h"

#define SECOND       G_TIME_SPAN_SECOND
#define FIRST_LOST   (1 * SECOND)     /* the first try after a lost link comes within this */
#define FIRST_END    (5 * SECOND)     /* … and after the server's end */
#define MIN_DELAY    (1 * SECOND)
#define MAX_DELAY    (60 * SECOND)
#define STABLE       (60 * SECOND)    /* a session this long forgets the failures before it */
#define BUSY_TRIES   4                /* a busy server is treated as if it had failed this often: up to 16 s */
#define MAX_HINT     (3600 * SECOND)  /* nobody locks us out for longer */

static gint64
draw (XmppBackoff *self,
      gint64       bound)
{
  if (self->random != NULL)
    return self->random (bound);
  return (gint64) (g_random_double () * bound);
}

void
xmpp_backoff_online (XmppBackoff *self,
                     gint64       now)
{
  self->online_since = now;
  self->not_before = 0;
}

void
xmpp_backoff_hint (XmppBackoff *self,
                   gint64       now,
                   gint64       seconds)
{
  if (seconds > 0)
    self->not_before = now + MIN (seconds, MAX_HINT / SECOND) * SECOND;
}

gint64
xmpp_backoff_next (XmppBackoff       *self,
                   XmppBackoffReason  reason,
                   gint64             now)
{
  gint64 delay, bound;

  if (self->online_since != 0 && now - self->online_since >= STABLE)
    self->tries = 0;
  self->online_since = 0;
  if (reason == XMPP_BACKOFF_SERVER_BUSY)
    self->tries = MAX (self->tries, BUSY_TRIES);

  if (self->tries == 0)
    {
      delay = draw (self, reason == XMPP_BACKOFF_LINK_LOST ? FIRST_LOST : FIRST_END);
    }
  else
    {
      bound = self->tries < 6 ? (SECOND << self->tries) : MAX_DELAY;
      delay = MIN_DELAY + draw (self, bound - MIN_DELAY);
    }
  self->tries = MIN (self->tries + 1, 16);

  /* Those that were told the same time come back spread over five seconds after it. */
  if (self->not_before > now + delay)
    delay = self->not_before - now + draw (self, FIRST_END);
  return delay;
}
