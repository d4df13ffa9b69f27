/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/clock.h"

G_BEGIN_DECLS

/*
 * Watches a link for death: a link on which nothing has come for 15 s is probed, one that does not answer within 12 s
 * is dead. So half-open connections are noticed within 30 s (threats §8 promise 8).
 */
typedef struct _XmppLink XmppLink;

#define XMPP_LINK_IDLE   (15 * G_USEC_PER_SEC)
#define XMPP_LINK_ANSWER (12 * G_USEC_PER_SEC)
#define XMPP_LINK_HURRY  (5 * G_USEC_PER_SEC)    /* after a change of the network or a sleep */

typedef struct
{
  void (*probe) (gpointer user_data);   /* send something that is answered */
  void (*dead)  (gpointer user_data);   /* may free the link */
} XmppLinkEvents;

XmppLink *xmpp_link_new   (XmppClock            *clock,
                           const XmppLinkEvents *events,
                           gpointer              user_data) G_GNUC_WARN_UNUSED_RESULT;
void      xmpp_link_free  (XmppLink             *self);
/* Something came. */
void      xmpp_link_alive (XmppLink             *self);
/* There is reason for doubt: probe now. */
void      xmpp_link_check (XmppLink             *self);

G_END_DECLS
