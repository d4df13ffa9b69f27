/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/disco.h"

G_BEGIN_DECLS

/* User search (XEP-0055) where a server has it (ejabberd's vjud; stock Prosody has none). */

typedef struct
{
  char *address;      /* prepared, bare */
  char *name;         /* (nullable) */
  char *nick;
  char *email;
  char *organisation;
} XmppSearchHit;

#define XMPP_SEARCH_MAX_HITS 500

#define XMPP_TYPE_SEARCH_HIT (xmpp_search_hit_get_type ())
GType          xmpp_search_hit_get_type (void) G_GNUC_CONST;
XmppSearchHit *xmpp_search_hit_copy     (const XmppSearchHit *hit);
void           xmpp_search_hit_free     (XmppSearchHit *hit);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XmppSearchHit, xmpp_search_hit_free)

/* Asks the search service of the own server for @text as a user name, as a full name and as an e-mail address, whichever
 * of those fields it has. Finish: (transfer full), without doubles. FEATURE_NOT_IMPLEMENTED when there is no service. */
void           xmpp_search_async        (XmppClient          *client,
                                         XmppDisco           *disco,
                                         const char          *text,
                                         GCancellable        *cancellable,
                                         GAsyncReadyCallback  callback,
                                         gpointer             user_data);
GPtrArray     *xmpp_search_finish       (XmppClient    *client,
                                         GAsyncResult  *result,
                                         GError       **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
