/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "workspace/workspace-private.h"
#include "xmpp/archive.h"
#include "xmpp/messages.h"

G_BEGIN_DECLS

/**
 * AtriumInbox:
 *
 * Takes what XmppMessages has let through and writes it down: live messages in batches, archive pages as they are, each
 * in one transaction with the cursor. Only then is the server told that they were handled
 * (XEP-0198), receipts go out and the user is notified. What settles an entry of the outbox does so in that transaction.
 *
 * Signals:
 * ::page-stored (char *archive, gboolean ok)   the oldest page that was given has been written, or could not be
 * ::typing (char *conversation, char *who, gboolean typing)
 */
#define ATRIUM_TYPE_INBOX (atrium_inbox_get_type ())
G_DECLARE_FINAL_TYPE (AtriumInbox, atrium_inbox, ATRIUM, INBOX, GObject)

AtriumInbox *atrium_inbox_new          (AtriumWorkspace *workspace,
                                        XmppMessages    *messages) G_GNUC_WARN_UNUSED_RESULT;
void         atrium_inbox_detach       (AtriumInbox     *self);
/* How the next page of an archive is to be written; one query an archive is under way at a time. */
typedef struct
{
  StoreArchiveDirection direction;
  gboolean              seen;       /* does not count as unread */
  gboolean              quiet;      /* no notifications */
  gboolean              bounded;    /* the query had a start: "complete" says nothing about the archive */
  const char           *archive;    /* bare address; borrowed */
  const char           *scope;      /* "" or the address given as "with"; borrowed */
  const char           *anchor_id;  /* borrowed (nullable) */
} AtriumInboxPage;
void         atrium_inbox_expect_page  (AtriumInbox           *self,
                                        const AtriumInboxPage *page);
/* The query failed: there will be no page. */
void         atrium_inbox_drop_expected (AtriumInbox           *self,
                                         const char            *archive);
/* Finishes when everything given so far is written and confirmed. */
void         atrium_inbox_flush_async  (AtriumInbox         *self,
                                        GAsyncReadyCallback  callback,
                                        gpointer             user_data);
gboolean     atrium_inbox_flush_finish (AtriumInbox         *self,
                                        GAsyncResult        *result,
                                        GError             **error);

G_END_DECLS
