/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/client.h"
#include "xmpp/incoming.h"
#include "xmpp/muc.h"

G_BEGIN_DECLS

/**
 * XmppMessages:
 *
 * The one gate for messages: live ones, carbons (XEP-0280), archive pages (XEP-0313) and rooms (XEP-0045) go through the
 * same checks and come out of ::received as #XmppIncoming. What does not pass is dropped whole and counted with
 * xmpp_client_note_rejection().
 *
 * It asks the own account for its features and switches carbons on as soon as a session starts; send initial presence
 * once ::ready is emitted (after a resumed session it is emitted at once), so that no message slips by unnoticed.
 *
 * Signals:
 * ::received (GPtrArray<XmppIncoming> *messages, XmppArchivePage *page)
 *     in the order of the archive or of arrival. @page is NULL for live messages and carbons (one at a time), else the
 *     page (boxed) with its cursor: store both in one transaction.
 * ::bounced (const char *chat, const char *id, GError *error)
 *     an error came back (from its addressee) for what we sent with that id; error XMPP_STANZA_ERROR.
 * ::ready ()
 */
#define XMPP_TYPE_MESSAGES (xmpp_messages_get_type ())
G_DECLARE_FINAL_TYPE (XmppMessages, xmpp_messages, XMPP, MESSAGES, GObject)

/* @muc: knows which rooms we are in; its lifetime is shared. */
XmppMessages *xmpp_messages_new            (XmppClient   *client,
                                            XmppMuc      *muc) G_GNUC_WARN_UNUSED_RESULT;
XmppClient   *xmpp_messages_get_client     (XmppMessages *self);
XmppMuc      *xmpp_messages_get_muc        (XmppMessages *self);
gboolean      xmpp_messages_is_ready       (XmppMessages *self);
/* Carbons are on in this session. */
gboolean      xmpp_messages_has_carbons    (XmppMessages *self);
/* Features (XEP-0030) of what the message modules understand, for our own service discovery; NULL-terminated. */
const char *const *xmpp_messages_list_understood (void);
/* A feature that the own account announced in this session (e.g. XMPP_NS_ARCHIVE). */
gboolean      xmpp_messages_has_feature    (XmppMessages *self,
                                            const char   *feature);

G_END_DECLS
