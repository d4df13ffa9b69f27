/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The inside of XmppClient, for the files that are its implementation: client.c, client-connect.c, client-stanzas.c. */

#include "xmpp/backoff.h"
#include "xmpp/client-private.h"
#include "xmpp/login.h"
#include "xmpp/router.h"
#include "xmpp/session.h"
#include "xmpp/surroundings.h"
#include "xmpp/trust.h"

G_BEGIN_DECLS

struct _XmppClient
{
  GObject          parent_instance;

  /* Settings. */
  char            *address;
  char            *domain;
  char            *username;
  char            *password;
  char            *server;
  char            *ca_file;
  char            *resource;
  char            *auth_floor;
  char            *token;         /* of an invitation */
  GTlsCertificate *certificate;
  GProxyResolver  *proxy;
  gboolean         make_account;
  gboolean         inactive;

  /* State. */
  XmppClientState  state;
  GError          *error;
  gint64           retry_at;      /* monotonic µs; 0: none */
  char            *full_address;
  XmppNode        *features;
  XmppClock       *clock;         /* borrowed: the system's, or a test's */

  XmppRouter      *router;
  XmppSession     *session;
  GHashTable      *rejections;    /* interned reason → GUINT count */

  /* The connection. */
  gboolean         wanted;
  GCancellable    *attempt;       /* of the try under way; has us as its data "client" */
  XmppTrust       *trust;         /* of the last try */
  XmppLogin       *login;
  XmppTransport   *login_transport;  /* what login works on */
  XmppRegistration *registration; /* lent to login */
  XmppSaslKey     *key;
  char            *mechanism;
  char            *transport_words;
  XmppTimer       *timer;         /* the next try */
  XmppBackoff      backoff;
  XmppSurroundings *surroundings; /* while wanted */
  char            *redirect;      /* where the next try goes */
  guint            redirects;     /* in a row */
};

enum
{
  PROP_0,
  PROP_ADDRESS,
  PROP_STATE,
  PROP_ERROR,
  PROP_RETRY_AT,
  PROP_FULL_ADDRESS,
  XMPP_CLIENT_N_PROPERTIES
};

enum
{
  SESSION_STARTED,
  SESSION_ENDED,
  ACKNOWLEDGED,
  UNACKNOWLEDGED,
  STREAM_NOTE,
  XMPP_CLIENT_N_SIGNALS
};

extern GParamSpec *xmpp_client_properties[XMPP_CLIENT_N_PROPERTIES];
extern guint xmpp_client_signals[XMPP_CLIENT_N_SIGNALS];
extern const XmppSessionEvents xmpp_client_session_events;

void     xmpp_client_set_state        (XmppClient      *self,
                                       XmppClientState  state);
void     xmpp_client_set_full_address (XmppClient      *self,
                                       const char      *full_address);
void     xmpp_client_tell_activity    (XmppClient      *self);
void     xmpp_client_stop_trying      (XmppClient      *self);
void     xmpp_client_end_attempt      (XmppClient      *self);
gboolean xmpp_client_on_ping          (XmppClient      *self,
                                       XmppNode        *stanza,
                                       gpointer         user_data);

G_END_DECLS
