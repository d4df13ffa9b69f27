/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "workspace/outbox/entry-kind.h"

#include "workspace/clock.h"

#include <string.h>

static const struct
{
  const char       *text;
  AtriumOutboxKind  kind;
} kinds[] = {
  { ATRIUM_ENTRY_MESSAGE, ATRIUM_OUTBOX_MESSAGE },
  { ATRIUM_ENTRY_EDIT, ATRIUM_OUTBOX_EDIT },
  { ATRIUM_ENTRY_RETRACTION, ATRIUM_OUTBOX_RETRACTION },
  { ATRIUM_ENTRY_REACTION, ATRIUM_OUTBOX_REACTION },
  { ATRIUM_ENTRY_READ, ATRIUM_OUTBOX_READ },
  { ATRIUM_ENTRY_UPLOAD, ATRIUM_OUTBOX_UPLOAD },
  { ATRIUM_ENTRY_ROOM, ATRIUM_OUTBOX_ROOM },
  { ATRIUM_ENTRY_PERSON, ATRIUM_OUTBOX_PERSON },
  { ATRIUM_ENTRY_PROFILE, ATRIUM_OUTBOX_PROFILE },
};

AtriumOutboxKind
atrium_entry_kind_from_text (const char *text)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_strcmp0 (text, kinds[i].text) == 0)
      return kinds[i].kind;

  return ATRIUM_OUTBOX_MESSAGE;
}

char *
atrium_entry_new_id (void)
{
  return g_uuid_string_random ();
}

gint64
atrium_entry_add (StoreTransaction  *tx,
                  const char        *kind,
                  const char        *target,
                  const char        *lane,
                  const char        *stanza_id,
                  const char        *payload,
                  gint64             message,
                  gint64             conversation,
                  GError           **error)
{
  g_autoptr (StoreOutboxEntry) entry = store_outbox_entry_new ();

  entry->kind = g_strdup (kind);
  entry->target = g_strdup (target);
  entry->lane = g_strdup (lane);
  entry->stanza_id = g_strdup (stanza_id);
  entry->payload = g_bytes_new (payload != NULL ? payload : "", payload != NULL ? strlen (payload) : 0);
  entry->message = message;
  entry->conversation = conversation;
  entry->created = atrium_clock_now ();
  if (!store_outbox_add (tx, entry, error))
    return 0;

  return entry->id;
}
