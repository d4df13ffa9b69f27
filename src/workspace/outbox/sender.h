/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "workspace/outbox/entry-kind.h"
#include "workspace/workspace-private.h"
#include "xmpp/archive.h"

G_BEGIN_DECLS

/**
 * AtriumSender:
 *
 * Hands the entries of the outbox to the server, and knows what became of them; see the state table in sender.c.
 */
#define ATRIUM_TYPE_SENDER (atrium_sender_get_type ())
G_DECLARE_FINAL_TYPE (AtriumSender, atrium_sender, ATRIUM, SENDER, GObject)

AtriumSender *atrium_sender_new          (AtriumWorkspace *workspace,
                                          XmppArchive     *archive,
                                          XmppMessages    *messages) G_GNUC_WARN_UNUSED_RESULT;
void          atrium_sender_detach       (AtriumSender    *self);
/* Something may be ready: an entry came, a room was entered, the session is ready. */
void          atrium_sender_kick         (AtriumSender    *self);
/* The session is (not any more) one that entries can be sent in; after the initial look at the server. */
void          atrium_sender_set_ready    (AtriumSender    *self,
                                          gboolean         ready);
/* The entry that goes under @stanza_id and is not settled; 0 none. */
gint64        atrium_sender_find         (AtriumSender    *self,
                                          const char      *stanza_id);
/* The inbox has settled an entry: its message came back. */
void          atrium_sender_note_settled (AtriumSender    *self,
                                          gint64           id);
/* A room was entered: what waits for it, or is in doubt there, goes on. */
void          atrium_sender_note_room    (AtriumSender    *self);
gboolean      atrium_sender_is_doubtful  (AtriumSender    *self,
                                          gint64           id);
/* Its fate is unknown: handed over and not confirmed. */
gboolean      atrium_sender_is_in_flight (AtriumSender    *self,
                                          gint64           id);

G_END_DECLS
