/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The network is GNetworkMonitor's to tell; whether it thinks that there is one at all is not believed (it sees no
 * server on the own machine), only that something changed.
 *
 * Sleep is seen by a timer of the wall clock that the kernel cancels when that clock jumps: it does so on resume, and
 * when somebody sets the clock, which costs a probe. No bus, no polling.
 */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "surroundings.h"

#include <errno.h>
#include <glib-unix.h>
#include <sys/timerfd.h>
#include <unistd.h>

/* Never runs out: some centuries. */
#define FAR_AWAY (G_GINT64_CONSTANT (1) << 34)

struct _XmppSurroundings
{
  XmppSurroundingsFunc  changed;
  gpointer              user_data;
  GNetworkMonitor      *monitor;
  gulong                monitor_id;
  int                   timer_fd;    /* −1: none */
  GSource              *timer;
};

static void
arm (XmppSurroundings *self)
{
  struct itimerspec when = { { 0, 0 }, { FAR_AWAY, 0 } };

  timerfd_settime (self->timer_fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &when, NULL);
}

static gboolean
on_clock_jumped (int          fd,
                 GIOCondition condition,
                 gpointer     user_data)
{
  XmppSurroundings *self = user_data;
  guint64 count;

  /* ECANCELED says that the clock jumped; either way the timer is spent. */
  if (read (fd, &count, sizeof count) < 0 && errno == EAGAIN)
    return G_SOURCE_CONTINUE;
  arm (self);
  self->changed (self->user_data);
  return G_SOURCE_CONTINUE;
}

static void
on_network_changed (GNetworkMonitor *monitor,
                    gboolean         available,
                    gpointer         user_data)
{
  XmppSurroundings *self = user_data;

  self->changed (self->user_data);
}

XmppSurroundings *
xmpp_surroundings_new (XmppSurroundingsFunc changed,
                       gpointer             user_data)
{
  XmppSurroundings *self = g_new0 (XmppSurroundings, 1);

  self->changed = changed;
  self->user_data = user_data;
  self->monitor = g_object_ref (g_network_monitor_get_default ());
  self->monitor_id = g_signal_connect (self->monitor, "network-changed", G_CALLBACK (on_network_changed), self);

  self->timer_fd = timerfd_create (CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
  if (self->timer_fd >= 0)
    {
      arm (self);
      self->timer = g_unix_fd_source_new (self->timer_fd, G_IO_IN);
      g_source_set_callback (self->timer, G_SOURCE_FUNC (on_clock_jumped), self, NULL);
      g_source_attach (self->timer, g_main_context_get_thread_default ());
    }
  return self;
}

void
xmpp_surroundings_free (XmppSurroundings *self)
{
  g_signal_handler_disconnect (self->monitor, self->monitor_id);
  g_object_unref (self->monitor);
  if (self->timer != NULL)
    {
      g_source_destroy (self->timer);
      g_source_unref (self->timer);
    }
  if (self->timer_fd >= 0)
    close (self->timer_fd);
  g_free (self);
}
