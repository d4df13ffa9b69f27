/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

#include "xmpp/node.h"

G_BEGIN_DECLS

/* XEP-0393: Message Styling. */

#define XMPP_NS_STYLING "urn:xmpp:styling:0"

/* Nested quotes deeper than this are text of the innermost one. */
#define XMPP_STYLE_MAX_DEPTH 16

typedef enum
{
  XMPP_STYLE_QUOTE,           /* lines of a quotation; @depth 1 = outermost */
  XMPP_STYLE_PREFORMATTED,    /* a ``` block with its fence lines */
  XMPP_STYLE_STRONG,          /* *…* */
  XMPP_STYLE_EMPHASIS,        /* _…_ */
  XMPP_STYLE_STRIKE,          /* ~…~ */
  XMPP_STYLE_CODE,            /* `…` */
  XMPP_STYLE_DIRECTIVE,       /* the marks themselves ("*", "> ", "```c"): shown pale or not at all */
} XmppStyle;

typedef struct
{
  XmppStyle style;
  guint     depth;            /* of quotes; 0 otherwise */
  gsize     start;            /* bytes [start, end) of the text */
  gsize     end;
} XmppStyleSpan;

/**
 * xmpp_styling_parse:
 *
 * Spans of @text (element-type XmppStyleSpan, by value), sorted by start, wider ones first. Spans of a kind do not overlap
 * and spans nest. Linear in the length of @text; no recursion. @length in bytes, -1 if terminated by NUL; valid UTF-8.
 */
GArray   *xmpp_styling_parse       (const char *text, gssize length) G_GNUC_WARN_UNUSED_RESULT;
/* The sender says that the text is not styled (§6). */
gboolean  xmpp_styling_is_disabled (const XmppNode *message);
void      xmpp_styling_disable     (XmppNode *message);

G_END_DECLS
