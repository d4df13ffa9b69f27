/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What is shown of one message before "Show all". */
#define ATRIUM_TEXT_MAX_CHARACTERS 5000
#define ATRIUM_TEXT_MAX_LINES 200
/* Combining marks shown after one base character; the rest would only stop the layout. */
#define ATRIUM_TEXT_MAX_MARKS 16

typedef enum
{
  ATRIUM_TEXT_STRONG,
  ATRIUM_TEXT_EMPHASIS,
  ATRIUM_TEXT_STRIKE,
  ATRIUM_TEXT_CODE,
  ATRIUM_TEXT_LINK,     /* data: where it leads */
  ATRIUM_TEXT_MENTION,  /* data: an address */
  ATRIUM_TEXT_MATCH,    /* a word that was searched for */
  ATRIUM_TEXT_HIDDEN,   /* styling marks that are shown by the style instead */
} AtriumTextStyle;

/* A styled run of a text. Runs may nest but not cross. */
typedef struct
{
  AtriumTextStyle style;
  gsize start;        /* bytes from the start of the text */
  gsize end;          /* one past the last byte */
  const char *data;   /* borrowed */
} AtriumTextRun;

/**
 * atrium_text_append_escaped:
 * @markup: where to write
 * @text: what somebody wrote; need not be NUL-terminated
 * @length: bytes, or −1 for all
 *
 * The one way from a string that others wrote into Pango markup: escapes `<`, `>`, `&` and quotes, drops
 * control characters and explicit bidirectional formatting (UAX #9 §2.1 to §2.4: it could reorder the
 * words around it), replaces broken UTF-8, and keeps at most %ATRIUM_TEXT_MAX_MARKS combining marks in a
 * row.
 */
void   atrium_text_append_escaped (GString             *markup,
                                   const char          *text,
                                   gssize               length);

/**
 * atrium_text_isolate:
 *
 * Returns: (transfer full): @text as plain text that cannot change the direction or the layout of what
 *   stands around it: cleaned as by atrium_text_append_escaped(), between FSI and PDI
 */
char  *atrium_text_isolate        (const char          *text);

/**
 * atrium_text_line:
 *
 * Returns: (transfer full): @text on one line, for previews: line breaks and tabs become spaces, at most
 *   @max_characters characters, cleaned and isolated
 */
char  *atrium_text_line           (const char          *text,
                                   guint                max_characters);

/**
 * atrium_text_clip:
 * @text: a message body
 * @out_clipped: (out) (optional): whether something was left out
 *
 * Returns: how many bytes of @text to show before "Show all", cut at a line or character border
 */
gsize  atrium_text_clip           (const char          *text,
                                   gboolean            *out_clipped);

/**
 * atrium_text_to_markup:
 * @text: a message body
 * @start: first byte to show
 * @end: one past the last byte to show
 * @runs: (array length=n_runs): sorted by start, outer runs before inner ones
 * @dark: colours for a dark surface
 *
 * Returns: (transfer full): Pango markup of the bytes from @start to @end, isolated
 */
char  *atrium_text_to_markup      (const char          *text,
                                   gsize                start,
                                   gsize                end,
                                   const AtriumTextRun *runs,
                                   guint                n_runs,
                                   gboolean             dark);

/**
 * atrium_text_is_emoji_only:
 *
 * Returns: whether @text is one to three emoji and nothing else, and may be shown large
 */
gboolean atrium_text_is_emoji_only (const char         *text);

G_END_DECLS
