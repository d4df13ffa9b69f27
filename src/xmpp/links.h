/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Finds what looks like a link in plain text: http, https, mailto, xmpp, tel (threat D8); "www." and bare mail addresses
 * are left alone, because what they stand for would be a guess. */

#define XMPP_LINK_MAX_BYTES 4096      /* longer ones stay text */

typedef enum
{
  XMPP_LINK_HTTP,
  XMPP_LINK_HTTPS,
  XMPP_LINK_MAILTO,
  XMPP_LINK_XMPP,
  XMPP_LINK_TEL,
} XmppLinkScheme;

typedef struct
{
  XmppLinkScheme scheme;
  gboolean       suspicious;    /* user part, punycode or mixed scripts in the host: show the true host and ask */
  gsize          start;         /* bytes [start, end) of the text */
  gsize          end;
} XmppLink;

/* Links of @text (element-type XmppLink, by value) in their order. Linear in the length of @text. @length in bytes, -1 if
 * terminated by NUL; valid UTF-8. */
GArray   *xmpp_links_find     (const char *text, gssize length) G_GNUC_WARN_UNUSED_RESULT;
/* Whether @uri, as a whole, is a link that may be opened. */
gboolean  xmpp_link_is_safe   (const char *uri, XmppLinkScheme *out_scheme, gboolean *out_suspicious);

G_END_DECLS
