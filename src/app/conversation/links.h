/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef enum
{
  ATRIUM_LINK_REFUSED,   /* a scheme that is shown as text only */
  ATRIUM_LINK_ASK,       /* the name of the host looks like another one, or hides something */
  ATRIUM_LINK_OPEN,
  ATRIUM_LINK_INSIDE,    /* xmpp: ends at a confirm view of this program */
} AtriumLinkVerdict;

/**
 * atrium_link_judge:
 * @uri: what somebody wrote
 * @shown: (nullable): the text it stands behind; NULL when it is the address itself
 *
 * http, https, mailto, tel and xmpp are followed; everything else is text. Asked first: a text that names
 * another address, an internationalised host name (letters of other scripts can look alike), user names in a
 * web address, and control or invisible characters.
 */
AtriumLinkVerdict atrium_link_judge (const char *uri,
                                     const char *shown);

/* Opens @uri through the desktop's portal, after a question where atrium_link_judge() wants one. */
void              atrium_link_open  (GtkWidget  *widget,
                                     const char *uri,
                                     const char *shown);

G_END_DECLS
