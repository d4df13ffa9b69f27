/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Makes text from the network safe to lay out (threat C6): nothing that stops the layout or changes what stands beside it.
 * It is plain text: markup is not interpreted, and not escaped. */

#define XMPP_DISPLAY_MAX_CHARACTERS 5000
#define XMPP_DISPLAY_MAX_LINES      200
#define XMPP_DISPLAY_MAX_MARKS      16      /* combining marks on one character */
#define XMPP_DISPLAY_NAME_MAX       128     /* characters of a name or a title */

/**
 * xmpp_display_text_dup:
 * @text: valid UTF-8
 * @mentions: (nullable) (element-type XmppMention): of @text; moved to where they are in the result, removed if they are not
 *   wholly in it
 * @whole: the user asked to see all of it: not cut
 * @out_cut: (out) (optional): something was cut off at the end
 *
 * Without control characters (line feeds and tabs stay; CR LF becomes a line feed), with at most
 * XMPP_DISPLAY_MAX_MARKS combining marks in a row, and with direction marks that do not reach beyond their line: those
 * left open are closed, those that close nothing are dropped.
 */
char *xmpp_display_text_dup (const char *text,
                             GPtrArray  *mentions,
                             gboolean    whole,
                             gboolean   *out_cut) G_GNUC_WARN_UNUSED_RESULT;
/* A name, nick, title or file name inside a line of ours: one line, no direction marks of its own, cut with "…", and
 * isolated (U+2068 … U+2069) from the text around it. Never empty but for an empty @name. */
char *xmpp_display_name_dup (const char *name) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
