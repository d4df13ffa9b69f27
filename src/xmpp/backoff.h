/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * When to try again: full-jitter exponential back-off of 1 to 60 s, so that the clients of a server that went down do
 * not all come back at once (RFC 6120 §3.3). Times are monotonic µs.
 */
typedef struct
{
  guint   tries;          /* failed since the last stable session */
  gint64  online_since;   /* 0: not online */
  gint64  not_before;     /* the server's own wish; 0: none */
  gint64  (*random) (gint64 bound);   /* [0, bound); NULL: the system's */
} XmppBackoff;

typedef enum
{
  XMPP_BACKOFF_LINK_LOST,     /* the network's doing: the server does not expect a crowd */
  XMPP_BACKOFF_SERVER_END,    /* the server hung up, on others too perhaps */
  XMPP_BACKOFF_SERVER_BUSY,   /* … and said that it has too much to do */
} XmppBackoffReason;

void    xmpp_backoff_online  (XmppBackoff       *self,
                              gint64             now);
/* What the server asked us to wait. */
void    xmpp_backoff_hint    (XmppBackoff       *self,
                              gint64             now,
                              gint64             seconds);
/* How long to wait from @now, µs. */
gint64  xmpp_backoff_next    (XmppBackoff       *self,
                              XmppBackoffReason  reason,
                              gint64             now);

G_END_DECLS
