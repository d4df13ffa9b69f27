/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "test-stream.h"

#include "xmpp/archive.h"

G_BEGIN_DECLS

/**
 * TestChat:
 *
 * A TestStream with the message modules on it; keeps what they emit.
 */
typedef struct
{
  TestStream   *stream;
  XmppClient   *client;       /* borrowed */
  XmppMuc      *muc;
  XmppMessages *messages;
  XmppArchive  *archive;
  GPtrArray    *received;     /* of XmppIncoming */
  GPtrArray    *bounced;      /* of char *: "chat id" */
  guint         pages;
} TestChat;

/* The account announces XEP-0359, 0313 and its extended fields; carbons are on. */
TestChat     *test_chat_new       (void);
void          test_chat_free      (TestChat *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestChat, test_chat_free)

/* Says @xml and asserts that exactly one message came out of it. */
XmppIncoming *test_chat_take      (TestChat *self, const char *xml);      /* borrowed until the next call */
/* Says @xml and asserts that nothing came out and that @reason was counted once more. */
void          test_chat_refused   (TestChat *self, const char *xml, const char *reason);

/* Joins team@rooms.work.test as "alice"; @features: <feature/> elements of the room. bob (bob@work.test, occupant-id
 * id-bob) is there already; our occupant-id is id-alice. The history is over. */
XmppMucRoom  *test_chat_join      (TestChat *self, const char *features);

#define TEST_ROOM "team@rooms.work.test"
#define TEST_ROOM_FEATURES \
  "<feature var='urn:xmpp:sid:0'/><feature var='urn:xmpp:mam:2'/><feature var='urn:xmpp:occupant-id:0'/>" \
  "<feature var='muc_nonanonymous'/>"

/* Runs the main context until @result is set by test_take_result(). */
void          test_take_result    (GObject *source, GAsyncResult *result, gpointer user_data);
void          test_wait_result    (GAsyncResult **result);

G_END_DECLS
