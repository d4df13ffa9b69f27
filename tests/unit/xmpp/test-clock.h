/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/clock.h"

G_BEGIN_DECLS

/* A clock that stands still until a test turns it. */
XmppClock *test_clock_new     (void);
void       test_clock_free    (XmppClock *clock);
/* Turns it on by @delay µs; timers that become due run, each at its own time, in order. */
void       test_clock_advance (XmppClock *clock,
                               gint64     delay);
/* Until the next timer is due; 0 if one is due now, −1 if there is none. */
gint64     test_clock_get_next (XmppClock *clock);

G_END_DECLS
