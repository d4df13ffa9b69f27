/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* xmpp: links (RFC 5122, XEP-0147). A link is a wish of whoever wrote it: every one of them ends at a view that asks
 * (threats D9). */

#define XMPP_URI_ERROR (xmpp_uri_error_quark ())
GQuark xmpp_uri_error_quark (void);
typedef enum
{
  XMPP_URI_ERROR_SCHEME,     /* not an xmpp: link */
  XMPP_URI_ERROR_INVALID,    /* bad escapes, address, or control characters */
  XMPP_URI_ERROR_TOO_LONG,   /* > XMPP_URI_MAX bytes */
} XmppUriError;

#define XMPP_URI_MAX     8192
#define XMPP_URI_MAX_KEYS  32

typedef enum
{
  XMPP_URI_PROFILE,     /* no action, or one we do not know: show who it is */
  XMPP_URI_MESSAGE,     /* body, subject, thread */
  XMPP_URI_JOIN,        /* password */
  XMPP_URI_REGISTER,    /* preauth: an account by invitation */
  XMPP_URI_ROSTER,      /* name, group, preauth: add to contacts */
  XMPP_URI_SUBSCRIBE,
  XMPP_URI_PUBSUB,      /* node, item, action */
  XMPP_URI_CALL,        /* asks to call; never calls */
} XmppUriAction;

typedef struct
{
  char          *address;   /* (nullable): prepared; bare or full */
  char          *account;   /* (nullable): the account to use (xmpp://account/address) */
  XmppUriAction  action;
  GHashTable    *keys;      /* name → value, decoded; only those the action knows; the first of a name counts */
  char          *fragment;  /* (nullable): decoded */
} XmppUri;

#define XMPP_TYPE_URI (xmpp_uri_get_type ())
GType       xmpp_uri_get_type  (void) G_GNUC_CONST;
XmppUri    *xmpp_uri_parse     (const char  *text,
                                GError     **error) G_GNUC_WARN_UNUSED_RESULT;
XmppUri    *xmpp_uri_new       (const char    *address,
                                XmppUriAction  action) G_GNUC_WARN_UNUSED_RESULT;
XmppUri    *xmpp_uri_copy      (const XmppUri *uri);
void        xmpp_uri_free      (XmppUri *uri);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XmppUri, xmpp_uri_free)
const char *xmpp_uri_get_key   (const XmppUri *uri,
                                const char    *name);
void        xmpp_uri_set_key   (XmppUri    *uri,
                                const char *name,
                                const char *value);
/* Keys in the order of their names: the same link for the same content. */
char       *xmpp_uri_to_string (const XmppUri *uri) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
