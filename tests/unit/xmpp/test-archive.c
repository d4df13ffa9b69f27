/* SPDX-License-Identifier: GPL-3.0-or-later */

/* XEP-0313: pages, and what is refused of them (threat A2). */

#include "config.h"

#include "test-chat.h"

#include <string.h>

#define QUERY(to, fields, set) \
  "<iq type='set'" to "><query xmlns='urn:xmpp:mam:2' queryid='*'><x xmlns='jabber:x:data' type='submit'>" \
  "<field var='FORM_TYPE' type='hidden'><value>urn:xmpp:mam:2</value></field>" fields "</x>" \
  "<set xmlns='http://jabber.org/protocol/rsm'>" set "</set></query></iq>"
#define FIN(complete, set) \
  "<fin xmlns='urn:xmpp:mam:2'" complete "><set xmlns='http://jabber.org/protocol/rsm'>" set "</set></fin>"

/* Takes the query that the client sends, asserts what it is; its ids. */
static void
expect_query (TestChat    *chat,
              const char  *xml,
              char       **out_id,
              char       **out_query)
{
  g_autoptr(XmppNode) iq = test_stream_take (chat->stream);
  g_autofree char *actual = NULL;
  XmppNode *query = xmpp_node_get_child (iq, "query", "urn:xmpp:mam:2");

  *out_id = g_strdup (xmpp_node_get_attribute (iq, "id"));
  *out_query = g_strdup (xmpp_node_get_attribute (query, "queryid"));
  g_assert_cmpuint (strlen (*out_query), >=, 16);
  xmpp_node_set_attribute (iq, "id", NULL);
  actual = xmpp_node_to_string (iq);
  test_assert_same_xml (actual, xml);
}

static void
say_result (TestChat   *chat,
            const char *from,
            const char *query,
            const char *id,
            const char *inner)
{
  g_autofree char *sender = from != NULL ? g_strdup_printf (" from='%s'", from) : g_strdup ("");

  test_stream_sayf (chat->stream,
                    "<message%s to='" TEST_STREAM_FULL "'><result xmlns='urn:xmpp:mam:2' queryid='%s' id='%s'>"
                    "<forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2010-07-10T23:08:25Z'/>%s</forwarded></result></message>",
                    sender, query, id, inner);
}

#define FROM_BOB(text) "<message xmlns='jabber:client' from='bob@work.test/orchard' to='alice@work.test/balcony' type='chat' id='" text "'><body>" text "</body></message>"
#define TO_BOB(text) "<message xmlns='jabber:client' to='bob@work.test/orchard' from='alice@work.test/balcony' type='chat' id='" text "'><body>" text "</body>" \
  "<origin-id xmlns='urn:xmpp:sid:0' id='o-" text "'/></message>"

/* XEP-0313 §4.1 to 4.3. */
static void
test_pages (void)
{
  g_autoptr(TestChat) chat = test_chat_new ();
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(XmppArchivePage) page = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *id = NULL, *query = NULL;
  const XmppArchiveQuery wish = { .with = "bob@work.test", .start = G_GINT64_CONSTANT (1577836800000000), .after = "a-0", .max = 2 };
  const XmppIncoming *in;

  xmpp_archive_query_async (chat->archive, &wish, NULL, test_take_result, &result);
  expect_query (chat, QUERY ("", "<field var='with'><value>bob@work.test</value></field>"
                             "<field var='start'><value>2020-01-01T00:00:00.000Z</value></field>",
                             "<max>2</max><after>a-0</after>"), &id, &query);
  say_result (chat, "alice@work.test", query, "a-1", FROM_BOB ("one"));
  say_result (chat, NULL, query, "a-2", TO_BOB ("two"));
  g_assert_cmpuint (chat->received->len, ==, 0);
  test_stream_sayf (chat->stream, "<iq type='result' id='%s'>" FIN ("", "<first index='0'>a-1</first><last>a-2</last><count>9</count>") "</iq>", id);
  test_wait_result (&result);
  page = xmpp_archive_query_finish (chat->archive, result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (chat->pages, ==, 1);
  g_assert_cmpuint (chat->received->len, ==, 2);
  g_assert_cmpuint (page->messages->len, ==, 2);
  g_assert_cmpstr (page->first, ==, "a-1");
  g_assert_cmpstr (page->last, ==, "a-2");
  g_assert_cmpint (page->count, ==, 9);
  g_assert_false (page->complete);
  g_assert_cmpuint (page->refused, ==, 0);

  in = g_ptr_array_index (page->messages, 0);
  g_assert_cmpint (in->source, ==, XMPP_SOURCE_ARCHIVE);
  g_assert_cmpstr (in->chat, ==, "bob@work.test");
  g_assert_cmpstr (in->archive, ==, "alice@work.test");
  g_assert_cmpstr (in->archive_id, ==, "a-1");
  g_assert_true (in->delayed);
  g_assert_cmpint (in->time, ==, G_GINT64_CONSTANT (1278803305000000));
  g_assert_false (in->outgoing);
  in = g_ptr_array_index (page->messages, 1);
  g_assert_true (in->outgoing);
  g_assert_cmpstr (in->chat, ==, "bob@work.test");
  g_assert_cmpstr (in->message->origin_id, ==, "o-two");

  /* After its end nothing more belongs to it. */
  say_result (chat, "alice@work.test", query, "a-3", FROM_BOB ("late"));
  g_assert_cmpuint (test_stream_count_rejections (chat->stream, "archive-late"), ==, 1);
  g_assert_cmpuint (chat->received->len, ==, 2);
}

static void
test_last_page (void)
{
  g_autoptr(TestChat) chat = test_chat_new ();
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(XmppArchivePage) page = NULL;
  g_autofree char *id = NULL, *query = NULL;
  const XmppArchiveQuery wish = { .before = "", .newer_than = "a-5" };

  xmpp_archive_query_async (chat->archive, &wish, NULL, test_take_result, &result);
  expect_query (chat, QUERY ("", "<field var='after-id'><value>a-5</value></field>", "<max>50</max><before/>"), &id, &query);
  test_stream_sayf (chat->stream, "<iq type='result' id='%s'>" FIN (" complete='true'", "<count>0</count>") "</iq>", id);
  test_wait_result (&result);
  page = xmpp_archive_query_finish (chat->archive, result, NULL);
  g_assert_true (page->complete);
  g_assert_cmpint (page->count, ==, 0);
  g_assert_null (page->last);
  g_assert_cmpuint (chat->pages, ==, 1);
}

static void
test_ids (void)
{
  g_autoptr(TestChat) chat = test_chat_new ();
  g_autoptr(GAsyncResult) result = NULL, refused = NULL;
  g_autoptr(XmppArchivePage) page = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *id = NULL, *query = NULL;
  const char *const ids[] = { "a-7", "a-9", NULL };
  const XmppArchiveQuery wish = { .ids = ids, .max = 1 };
  const XmppArchiveQuery in_room = { .archive = TEST_ROOM, .ids = ids };

  xmpp_archive_query_async (chat->archive, &wish, NULL, test_take_result, &result);
  expect_query (chat, QUERY ("", "<field var='ids'><value>a-7</value><value>a-9</value></field>", "<max>2</max>"), &id, &query);
  say_result (chat, NULL, query, "a-7", FROM_BOB ("seven"));
  say_result (chat, NULL, query, "a-9", FROM_BOB ("nine"));
  test_stream_sayf (chat->stream, "<iq type='result' id='%s'>" FIN (" complete='true'", "<first>a-7</first><last>a-9</last>") "</iq>", id);
  test_wait_result (&result);
  page = xmpp_archive_query_finish (chat->archive, result, NULL);
  g_assert_cmpuint (page->messages->len, ==, 2);

  /* A room that does not announce it is not asked. */
  xmpp_archive_query_async (chat->archive, &in_room, NULL, test_take_result, &refused);
  test_wait_result (&refused);
  g_assert_null (xmpp_archive_query_finish (chat->archive, refused, &error));
  g_assert_error (error, XMPP_ARCHIVE_ERROR, XMPP_ARCHIVE_ERROR_UNSUPPORTED);
  test_stream_expect_nothing (chat->stream);
}

static void
test_forged_results (void)
{
  g_autoptr(TestChat) chat = test_chat_new ();
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(XmppArchivePage) page = NULL;
  g_autofree char *id = NULL, *query = NULL;
  const XmppArchiveQuery wish = { .max = 3 };

  xmpp_archive_query_async (chat->archive, &wish, NULL, test_take_result, &result);
  expect_query (chat, QUERY ("", "", "<max>3</max>"), &id, &query);

  /* Right query id, wrong sender. */
  say_result (chat, "mallory@work.test/x", query, "f-1", FROM_BOB ("f"));
  say_result (chat, "work.test", query, "f-2", FROM_BOB ("f"));
  say_result (chat, "alice@work.test/other", query, "f-3", FROM_BOB ("f"));
  g_assert_cmpuint (test_stream_count_rejections (chat->stream, "archive-forged"), ==, 3);
  /* Right sender, wrong query id. */
  say_result (chat, "alice@work.test", "guessed", "f-4", FROM_BOB ("f"));
  g_assert_cmpuint (test_stream_count_rejections (chat->stream, "archive-unasked"), ==, 1);
  /* A message of others. */
  say_result (chat, "alice@work.test", query, "f-5", "<message xmlns='jabber:client' from='bob@work.test/x' to='carol@work.test' type='chat'><body>x</body></message>");
  say_result (chat, "alice@work.test", query, "f-6", "<message xmlns='jabber:client' from='" TEST_ROOM "/bob' to='alice@work.test' type='groupchat'><body>x</body></message>");
  g_assert_cmpuint (test_stream_count_rejections (chat->stream, "archive-foreign"), ==, 2);
  say_result (chat, "alice@work.test", query, "", FROM_BOB ("f"));
  g_assert_cmpuint (test_stream_count_rejections (chat->stream, "archive-malformed"), ==, 1);
  /* More than asked for. */
  say_result (chat, "alice@work.test", query, "f-8", FROM_BOB ("f"));
  g_assert_cmpuint (test_stream_count_rejections (chat->stream, "archive-too-many"), ==, 1);

  test_stream_sayf (chat->stream, "<iq type='result' id='%s'>" FIN (" complete='true'", "<first>f-5</first><last>f-8</last>") "</iq>", id);
  test_wait_result (&result);
  page = xmpp_archive_query_finish (chat->archive, result, NULL);
  g_assert_cmpuint (page->messages->len, ==, 0);
  g_assert_cmpuint (page->refused, ==, 3);
  g_assert_cmpuint (chat->received->len, ==, 0);
}

/* The checks of the gate hold in the archive of a room: the same forgeries. */
static void
test_room (void)
{
  g_autoptr(TestChat) chat = test_chat_new ();
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(XmppArchivePage) page = NULL;
  g_autofree char *id = NULL, *query = NULL;
  const XmppArchiveQuery wish = { .archive = TEST_ROOM };
  const XmppIncoming *in;

  test_chat_join (chat, TEST_ROOM_FEATURES);
  xmpp_archive_query_async (chat->archive, &wish, NULL, test_take_result, &result);
  expect_query (chat, QUERY (" to='" TEST_ROOM "'", "", "<max>50</max>"), &id, &query);
#define IN_ROOM(nick, more) "<message xmlns='jabber:client' from='" TEST_ROOM "/" nick "' type='groupchat' id='g1'>" more "</message>"
  say_result (chat, "alice@work.test", query, "r-0", IN_ROOM ("bob", "<body>x</body>"));
  say_result (chat, NULL, query, "r-0", IN_ROOM ("bob", "<body>x</body>"));
  g_assert_cmpuint (test_stream_count_rejections (chat->stream, "archive-forged"), ==, 2);
  say_result (chat, TEST_ROOM, query, "r-1", "<message xmlns='jabber:client' from='bob@work.test/x' to='alice@work.test' type='chat'><body>x</body></message>");
  say_result (chat, TEST_ROOM, query, "r-2", "<message xmlns='jabber:client' from='other@rooms.work.test/bob' type='groupchat'><body>x</body></message>");
  g_assert_cmpuint (test_stream_count_rejections (chat->stream, "archive-foreign"), ==, 2);
  say_result (chat, TEST_ROOM, query, "r-3", IN_ROOM ("bob", "<retract xmlns='urn:xmpp:message-retract:1' id='r-1'><moderated xmlns='urn:xmpp:message-moderate:1'/></retract>"));
  g_assert_cmpuint (test_stream_count_rejections (chat->stream, "moderation-forged"), ==, 1);
  say_result (chat, TEST_ROOM, query, "r-4",
              IN_ROOM ("bob", "<body>Hi</body><occupant-id xmlns='urn:xmpp:occupant-id:0' id='id-bob'/>"
                       "<x xmlns='http://jabber.org/protocol/muc#user'><item jid='forged@work.test'/></x>"
                       "<x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='member' jid='bob@work.test/phone'/></x>"));
  say_result (chat, TEST_ROOM, query, "r-5", IN_ROOM ("somebody", "<body>me, under another nick</body><occupant-id xmlns='urn:xmpp:occupant-id:0' id='id-alice'/>"));
  say_result (chat, TEST_ROOM, query, "r-6", IN_ROOM ("bob", "<retracted xmlns='urn:xmpp:message-retract:1' id='ret' stamp='2026-01-01T00:00:00Z'/>"));
  test_stream_sayf (chat->stream, "<iq type='result' id='%s' from='" TEST_ROOM "'>" FIN (" complete='true'", "<first>r-3</first><last>r-6</last>") "</iq>", id);
  test_wait_result (&result);
  page = xmpp_archive_query_finish (chat->archive, result, NULL);
  g_assert_cmpuint (page->messages->len, ==, 3);
  in = g_ptr_array_index (page->messages, 0);
  g_assert_cmpint (in->kind, ==, XMPP_CHAT_ROOM);
  g_assert_cmpstr (in->author->occupant_id, ==, "id-bob");
  g_assert_cmpstr (in->author->address, ==, "bob@work.test");
  g_assert_cmpint (in->author->stay, ==, 0);
  g_assert_cmpstr (in->archive, ==, TEST_ROOM);
  g_assert_false (in->outgoing);
  in = g_ptr_array_index (page->messages, 1);
  g_assert_true (in->outgoing);
  in = g_ptr_array_index (page->messages, 2);
  g_assert_true (in->message->retraction->tombstone);
  g_assert_cmpstr (in->message->retraction->id, ==, "ret");
}

static void
test_failure (void)
{
  g_autoptr(TestChat) chat = test_chat_new ();
  g_autoptr(GAsyncResult) result = NULL, second = NULL;
  g_autoptr(GError) error = NULL;
  const XmppArchiveQuery wish = { .after = "gone" };

  xmpp_archive_query_async (chat->archive, &wish, NULL, test_take_result, &result);
  test_stream_answer_error (chat->stream, QUERY ("", "", "<max>50</max><after>gone</after>"), "item-not-found");
  test_wait_result (&result);
  g_assert_null (xmpp_archive_query_finish (chat->archive, result, &error));
  g_assert_error (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_ITEM_NOT_FOUND);
  g_clear_error (&error);

  xmpp_archive_query_async (chat->archive, &wish, NULL, test_take_result, &second);
  test_stream_answer (chat->stream, QUERY ("", "", "<max>50</max><after>gone</after>"), NULL);
  test_wait_result (&second);
  g_assert_null (xmpp_archive_query_finish (chat->archive, second, &error));
  g_assert_error (error, XMPP_ARCHIVE_ERROR, XMPP_ARCHIVE_ERROR_INVALID);
  g_assert_cmpuint (chat->pages, ==, 0);
}

/* Exactly once: over two pages, and not fooled by somebody who uses our id. */
static void
test_find (void)
{
  g_autoptr(TestChat) chat = test_chat_new ();
  g_autoptr(GAsyncResult) result = NULL, second = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *id = NULL, *query = NULL, *id2 = NULL, *query2 = NULL, *id3 = NULL, *query3 = NULL, *found = NULL, *none = NULL;
  gint64 since = G_GINT64_CONSTANT (1577836800000000);

#define FIND(set) QUERY ("", "<field var='with'><value>bob@work.test</value></field>" \
                         "<field var='start'><value>2019-12-31T23:50:00.000Z</value></field>", set)
  xmpp_archive_find_async (chat->archive, NULL, "bob@work.test", "o-two", since, NULL, test_take_result, &result);
  expect_query (chat, FIND ("<max>50</max>"), &id, &query);
  say_result (chat, NULL, query, "a-1", "<message xmlns='jabber:client' from='bob@work.test/x' to='alice@work.test' type='chat' id='o-two'><body>fooled?</body></message>");
  test_stream_sayf (chat->stream, "<iq type='result' id='%s'>" FIN ("", "<first>a-1</first><last>a-1</last>") "</iq>", id);
  expect_query (chat, FIND ("<max>50</max><after>a-1</after>"), &id2, &query2);
  say_result (chat, NULL, query2, "a-2", TO_BOB ("two"));
  test_stream_sayf (chat->stream, "<iq type='result' id='%s'>" FIN ("", "<first>a-2</first><last>a-2</last>") "</iq>", id2);
  test_wait_result (&result);
  found = xmpp_archive_find_finish (chat->archive, result, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (found, ==, "a-2");

  xmpp_archive_find_async (chat->archive, NULL, "bob@work.test", "o-three", since, NULL, test_take_result, &second);
  expect_query (chat, FIND ("<max>50</max>"), &id3, &query3);
  say_result (chat, NULL, query3, "a-2", TO_BOB ("two"));
  test_stream_sayf (chat->stream, "<iq type='result' id='%s'>" FIN (" complete='true'", "<first>a-2</first><last>a-2</last>") "</iq>", id3);
  test_wait_result (&second);
  none = xmpp_archive_find_finish (chat->archive, second, &error);
  g_assert_no_error (error);
  g_assert_null (none);
  g_assert_cmpuint (chat->pages, ==, 0);      /* a look-up shows nothing to anybody */
  g_assert_cmpuint (chat->received->len, ==, 0);
}

/* In a room that shows neither addresses nor occupant-ids the nick is all there is; elsewhere it proves nothing. */
static void
test_find_in_room (void)
{
  const struct
  {
    const char *features, *nick, *found;
  } cases[] = {
    { "", "alice", "r-1" }, { "", "bob", NULL }, { TEST_ROOM_FEATURES, "alice", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(TestChat) chat = test_chat_new ();
      g_autoptr(GAsyncResult) result = NULL;
      g_autoptr(GError) error = NULL;
      g_autofree char *id = NULL, *query = NULL, *inner = NULL, *found = NULL;

      test_chat_join (chat, cases[i].features);
      xmpp_archive_find_async (chat->archive, TEST_ROOM, NULL, "o-1", G_GINT64_CONSTANT (1577836800000000), NULL, test_take_result, &result);
      expect_query (chat, QUERY (" to='" TEST_ROOM "'", "<field var='start'><value>2019-12-31T23:50:00.000Z</value></field>", "<max>50</max>"), &id, &query);
      /* With occupant-ids it is somebody who had our nick then. */
      inner = g_strdup_printf ("<message xmlns='jabber:client' from='" TEST_ROOM "/%s' type='groupchat' id='o-1'><body>x</body>"
                               "<occupant-id xmlns='urn:xmpp:occupant-id:0' id='id-other'/></message>", cases[i].nick);
      say_result (chat, TEST_ROOM, query, "r-1", inner);
      test_stream_sayf (chat->stream, "<iq type='result' id='%s' from='" TEST_ROOM "'>" FIN (" complete='true'", "<first>r-1</first><last>r-1</last>") "</iq>", id);
      test_wait_result (&result);
      found = xmpp_archive_find_finish (chat->archive, result, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (found, ==, cases[i].found);
    }
}

static void
test_cancelled (void)
{
  g_autoptr(TestChat) chat = test_chat_new ();
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GError) error = NULL;
  g_autofree char *id = NULL, *query = NULL;
  const XmppArchiveQuery wish = { 0 };

  xmpp_archive_query_async (chat->archive, &wish, cancellable, test_take_result, &result);
  expect_query (chat, QUERY ("", "", "<max>50</max>"), &id, &query);
  g_cancellable_cancel (cancellable);
  test_wait_result (&result);
  g_assert_null (xmpp_archive_query_finish (chat->archive, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  say_result (chat, NULL, query, "a-1", FROM_BOB ("late"));
  g_assert_cmpuint (chat->received->len, ==, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/xmpp/archive/pages", test_pages);
  g_test_add_func ("/xmpp/archive/last-page", test_last_page);
  g_test_add_func ("/xmpp/archive/ids", test_ids);
  g_test_add_func ("/xmpp/archive/forged-results", test_forged_results);
  g_test_add_func ("/xmpp/archive/room", test_room);
  g_test_add_func ("/xmpp/archive/failure", test_failure);
  g_test_add_func ("/xmpp/archive/find", test_find);
  g_test_add_func ("/xmpp/archive/find-in-room", test_find_in_room);
  g_test_add_func ("/xmpp/archive/cancelled", test_cancelled);
  return g_test_run ();
}
