/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/client.h"
#include "xmpp/clock.h"
#include "xmpp/router.h"
#include "xmpp/sm.h"
#include "xmpp/transport.h"

G_BEGIN_DECLS

/*
 * The traffic of a client that is ONLINE: sends and numbers stanzas, queues and hands out received ones, asks for and
 * gives acknowledgements. One object for the client's whole life; links come and go.
 */
typedef struct _XmppSession XmppSession;

typedef enum
{
  XMPP_SESSION_ACKS_NONE,   /* nobody says what has arrived (tests) */
  XMPP_SESSION_ACKS_SM,     /* XEP-0198 */
  XMPP_SESSION_ACKS_PING,   /* the server lacks it: an answered ping proves what was sent before it */
} XmppSessionAcks;

typedef struct
{
  /* The link is gone, all that came by it was handed out. */
  void (*ended)          (XmppClient *client, const GError *error);
  void (*acknowledged)   (XmppClient *client, guint64 serial);
} XmppSessionEvents;

XmppSession   *xmpp_session_new            (XmppClient              *client,
                                            XmppRouter              *router,
                                            XmppClock               *clock,
                                            const XmppSessionEvents *events) G_GNUC_WARN_UNUSED_RESULT;
void           xmpp_session_free           (XmppSession    *self);

void           xmpp_session_begin          (XmppSession    *self,
                                            XmppTransport  *transport,
                                            XmppSessionAcks acks);
/* Before an end that we choose. */
void           xmpp_session_say_last_h     (XmppSession    *self);
/* Takes the transport back without a word on it; the queue is emptied. (transfer full) (nullable) */
XmppTransport *xmpp_session_end            (XmppSession    *self);
XmppTransport *xmpp_session_get_transport  (XmppSession    *self);
/* Begins to take events; xmpp_session_begin() does so too. */
void           xmpp_session_listen         (XmppSession    *self);
void           xmpp_session_push           (XmppSession    *self,
                                            XmppNode       *stanza);
/* Something happened around us: see whether the link still lives. */
void           xmpp_session_check_link     (XmppSession    *self);
/* Where the server sent us at its end; (transfer full) (nullable). */
char          *xmpp_session_take_redirect  (XmppSession    *self);
XmppSm        *xmpp_session_get_sm         (XmppSession    *self);

guint64        xmpp_session_send           (XmppSession    *self,
                                            XmppNode       *stanza);   /* (transfer full) */
void           xmpp_session_resend         (XmppSession    *self);
/* The server counted up to @serial while there was no link (a resume). */
void           xmpp_session_acknowledged   (XmppSession    *self,
                                            guint64         serial);
/* The first serial that is not known to have arrived; 0: all arrived. Forgets them. */
guint64        xmpp_session_take_unacknowledged (XmppSession *self);
guint64        xmpp_session_get_received   (XmppSession    *self);
guint64        xmpp_session_get_confirmed  (XmppSession    *self);
void           xmpp_session_set_confirm_manually (XmppSession *self,
                                            gboolean        manual);
void           xmpp_session_confirm        (XmppSession    *self,
                                            guint64         serial);

G_END_DECLS
