/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/archive.h"
#include "xmpp/messages.h"

G_BEGIN_DECLS

/**
 * xmpp_messages_verify_archived:
 * @archive: bare address of the archive that sent it, already checked
 * @archive_id: its id there
 * @forwarded: the <forwarded/> of the result
 * @out_reason: (out) (nullable): code of the refusal; %NULL when it is merely of no interest
 *
 * Returns: (transfer full) (nullable): what was proved about the message
 */
XmppIncoming *xmpp_messages_verify_archived (XmppMessages    *self,
                                             const char      *archive,
                                             const char      *archive_id,
                                             XmppNode        *forwarded,
                                             const char     **out_reason) G_GNUC_WARN_UNUSED_RESULT;
void          xmpp_messages_emit_page       (XmppMessages    *self,
                                             XmppArchivePage *page);

G_END_DECLS
