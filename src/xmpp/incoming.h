/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/author.h"
#include "xmpp/message.h"

G_BEGIN_DECLS

typedef enum
{
  XMPP_SOURCE_LIVE,
  XMPP_SOURCE_CARBON_SENT,        /* another device of ours sent it */
  XMPP_SOURCE_CARBON_RECEIVED,    /* another device of ours got it */
  XMPP_SOURCE_ARCHIVE,
} XmppSource;

/**
 * XmppIncoming:
 *
 * A message that passed every check, and what was proved about it. Reference counted; read only.
 */
typedef struct
{
  XmppSource   source;
  XmppChatKind kind;
  char        *chat;          /* conversation: bare address, room, or "room/nick" for an aside */
  gboolean     outgoing;      /* said by this account, on whatever device */
  XmppAuthor  *author;        /* who said it */
  char        *from;          /* full address it came from */
  char        *archive;       /* bare address of the archive that @archive_id belongs to: own account or the room */
  char        *archive_id;    /* its id there (XEP-0359); NULL when not known: archive look-up finds the rest */
  gint64       time;          /* µs since the epoch, UTC: stamp of own server or the room, else of arrival; for display */
  gboolean     delayed;       /* @time is a stamp, not the arrival */
  gboolean     history;       /* sent by the room when we joined */
  guint64      serial;        /* of the stanza, for xmpp_client_confirm(); 0 for results of an archive query */
  XmppMessage *message;

  /*< private >*/
  gatomicrefcount refs;
} XmppIncoming;

GType         xmpp_incoming_get_type (void) G_GNUC_CONST;
#define XMPP_TYPE_INCOMING (xmpp_incoming_get_type ())

XmppIncoming *xmpp_incoming_ref      (XmppIncoming *self);
void          xmpp_incoming_unref    (XmppIncoming *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XmppIncoming, xmpp_incoming_unref)

G_END_DECLS
