/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "workspace/outbox/sender.h"

G_BEGIN_DECLS

/* An entry together with the rows that its stanza is made of, read in one transaction. */
typedef struct
{
  StoreOutboxEntry      *entry;
  StoreMessage          *message;     /* (nullable) */
  StoreMessage          *reply;       /* (nullable) */
  StoreConversationKind  kind;
  char                  *target_id;   /* id of the message it is about, as the wire names it (nullable) */
  char                  *own_reply_to; /* own address, for answers to own messages */
} AtriumParcel;

/* NULL without error: it cannot go yet, because the message it is about has no name on the wire. */
AtriumParcel *atrium_parcel_read      (StoreTransaction    *tx,
                                       StoreOutboxEntry    *entry,
                                       const char          *own,
                                       GError             **error) G_GNUC_WARN_UNUSED_RESULT;
void          atrium_parcel_free      (AtriumParcel        *parcel);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AtriumParcel, atrium_parcel_free)
/* The stanza of a message, edit, retraction or reaction; NULL for kinds that are no stanza, or nothing is left to send. */
XmppNode     *atrium_parcel_to_node   (const AtriumParcel  *parcel) G_GNUC_WARN_UNUSED_RESULT;

/* Entries that are requests (room, person, profile, read): done when the server has answered. Errors: XMPP_STANZA_ERROR;
 * DISCONNECTED: try again in the next session. */
void          atrium_request_run_async  (AtriumSession       *session,
                                         const AtriumParcel  *parcel,
                                         GAsyncReadyCallback  callback,
                                         gpointer             user_data);
gboolean      atrium_request_run_finish (GAsyncResult        *result,
                                         GError             **error);

/* A stanza error in plain words; @out_retry: it may go another time. */
char         *atrium_stanza_error_to_text (const GError     *error,
                                         gboolean           *out_retry) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
