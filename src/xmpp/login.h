/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/clock.h"
#include "xmpp/register.h"
#include "xmpp/sasl.h"
#include "xmpp/transport.h"
#include "xmpp/trust.h"

G_BEGIN_DECLS

/*
 * From a connected transport to a session: TLS (RFC 6120 §5), sign-in (§6), resume or bind (§7, XEP-0198 §3, §5).
 * Nothing but this is spoken before; anything else from the server ends the stream (threats B7).
 */
typedef struct _XmppLogin XmppLogin;

typedef struct
{
  const char       *address;        /* bare */
  const char       *domain;
  const char       *username;
  const char       *password;       /* (nullable) */
  const char       *resource;       /* (nullable) */
  const char       *auth_floor;     /* (nullable) */
  GTlsCertificate  *certificate;    /* (nullable): ours */
  XmppTrust        *trust;
  XmppSaslKey     **key;
  XmppRegistration *registration;   /* (nullable): make the account first */
  const char       *resume_id;      /* (nullable) */
  guint32           resume_h;
} XmppLoginWish;

typedef struct
{
  char     *full_address;   /* NULL when resumed */
  XmppNode *features;       /* of the signed-in stream */
  char     *mechanism;      /* NULL: the error came before */
  gboolean  registered;     /* the account was made */
  gboolean  resumed;
  char     *resumed_h;      /* what the server has counted; also of a failed resume (XEP-0198 §5), or NULL */
  gboolean  resume_failed;
  gboolean  sm;             /* enabled */
  char     *sm_id;          /* NULL: not resumable */
  char     *sm_location;
  char     *redirect;       /* see-other-host, with the error STREAM */
  GQueue    early;          /* of XmppNode: stanzas between bind and <enabled/> */
} XmppLoginResult;

void       xmpp_login_result_clear (XmppLoginResult *result);

/* Called once. On success @transport delivers its next stanza right after @done returned: set new events in it.
 * @error is an XMPP_CLIENT_ERROR; the transport was closed then. */
typedef void (*XmppLoginDone) (XmppLoginResult *result,
                               const GError    *error,
                               gpointer         user_data);

XmppLogin *xmpp_login_start (XmppTransport       *transport,
                             const XmppLoginWish *wish,     /* what it points to outlives the login */
                             XmppClock           *clock,
                             XmppLoginDone        done,
                             gpointer             user_data) G_GNUC_WARN_UNUSED_RESULT;
/* Also before it is done; then the transport is dropped. */
void       xmpp_login_free  (XmppLogin           *self);

G_END_DECLS
