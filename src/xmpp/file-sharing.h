/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/file-metadata.h"

G_BEGIN_DECLS

/* XEP-0447: Stateless File Sharing. */

#define XMPP_NS_FILE_SHARING "urn:xmpp:sfs:0"
#define XMPP_NS_URL_DATA     "http://jabber.org/protocol/url-data"

#define XMPP_FILE_SHARES_MAX  32      /* files in one message */
#define XMPP_FILE_MAX_SOURCES 8

typedef struct
{
  char             *id;             /* among the files of the message; (nullable) */
  gboolean          is_inline;      /* meant to be shown in place, not as an attachment */
  XmppFileMetadata *metadata;
  char            **urls;           /* https (http only as sent: the downloader decides); may be empty */
} XmppFileShare;

XmppFileShare *xmpp_file_share_new        (void) G_GNUC_WARN_UNUSED_RESULT;
void           xmpp_file_share_free       (XmppFileShare  *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XmppFileShare, xmpp_file_share_free)
/* All files of a message (element-type XmppFileShare). A message that only carries jabber:x:oob gives one file with a name
 * taken from the address; empty if none. */
GPtrArray     *xmpp_file_sharing_parse    (const XmppNode *message) G_GNUC_WARN_UNUSED_RESULT;
void           xmpp_file_sharing_add      (XmppNode       *message,
                                           const XmppFileShare *share);

G_END_DECLS
