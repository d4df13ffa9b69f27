/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/store.h"
#include "workspace/types.h"

G_BEGIN_DECLS

/* Stored values of StoreOutboxEntry.kind. */
#define ATRIUM_ENTRY_MESSAGE    "message"
#define ATRIUM_ENTRY_EDIT       "edit"
#define ATRIUM_ENTRY_RETRACTION "retraction"
#define ATRIUM_ENTRY_REACTION   "reaction"
#define ATRIUM_ENTRY_READ       "read"
#define ATRIUM_ENTRY_UPLOAD     "upload"
#define ATRIUM_ENTRY_ROOM       "room"
#define ATRIUM_ENTRY_PERSON     "person"
#define ATRIUM_ENTRY_PROFILE    "profile"

/*
 * Payloads, JSON objects:
 *   edit      {"body", "mentions"}      the text as it was written; the row already shows it
 *   reaction  {"emojis", "before"}      our whole set now, and what it was
 *   read      {"message"}               row read up to
 *   room      {"verb": "bookmark" | "unbookmark" | "invite", …}
 *   person    {"verb": "add" | "remove" | "approve" | "decline" | "block" | "unblock", "name", "groups"}
 *   profile   {"verb": "nick" | "avatar", …}
 */

AtriumOutboxKind   atrium_entry_kind_from_text (const char *text);

/* A new origin id: 128 random bits. */
char              *atrium_entry_new_id         (void) G_GNUC_WARN_UNUSED_RESULT;

/* Adds an entry that is ready to go. @lane, @stanza_id, @payload (JSON), all nullable. Returns its id, 0 on error. */
gint64             atrium_entry_add            (StoreTransaction  *tx,
                                                const char        *kind,
                                                const char        *target,
                                                const char        *lane,
                                                const char        *stanza_id,
                                                const char        *payload,
                                                gint64             message,
                                                gint64             conversation,
                                                GError           **error);

G_END_DECLS
