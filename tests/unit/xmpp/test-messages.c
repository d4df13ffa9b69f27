/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The gate for messages: what passes, and what is proved about it; what is refused (threats A1, A7 to A11, A13, A14). */

#include "config.h"

#include "test-chat.h"

#include "xmpp/correction.h"

#define CARBON(kind, from, inner) \
  "<message from='" from "' to='" TEST_STREAM_FULL "'><" kind " xmlns='urn:xmpp:carbons:2'>" \
  "<forwarded xmlns='urn:xmpp:forward:0'>" inner "</forwarded></" kind "></message>"
#define ROOM_MESSAGE(nick, more) "<message from='" TEST_ROOM "/" nick "' type='groupchat' id='m1'>" more "</message>"
#define SID(by, id) "<stanza-id xmlns='urn:xmpp:sid:0' by='" by "' id='" id "'/>"

static void
test_live (void)
{
  g_autoptr(TestChat) chat = test_chat_new ();
  gint64 before = g_get_real_time ();
  XmppIncoming *in = test_chat_take (chat, "<message from='bob@work.test/phone' to='" TEST_STREAM_FULL "' type='chat' id='x1'>"
                                           "<body>Hi</body><origin-id xmlns='urn:xmpp:sid:0' id='x1'/>"
                                           SID ("alice@work.test", "a-1") "</message>");

  g_assert_cmpint (in->source, ==, XMPP_SOURCE_LIVE);
  g_assert_cmpint (in->kind, ==, XMPP_CHAT_DIRECT);
  g_assert_cmpstr (in->chat, ==, "bob@work.test");
  g_assert_cmpstr (in->from, ==, "bob@work.test/phone");
  g_assert_cmpstr (in->author->address, ==, "bob@work.test");
  g_assert_false (in->outgoing);
  g_assert_cmpstr (in->archive, ==, "alice@work.test");
  g_assert_cmpstr (in->archive_id, ==, "a-1");
  g_assert_cmpstr (in->message->origin_id, ==, "x1");
  g_assert_cmpstr (xmpp_message_get_body (in->message, NULL), ==, "Hi");
  g_assert_false (in->delayed);
  g_assert_cmpint (in->time, >=, before);
  g_assert_cmpint (in->time, <=, g_get_real_time ());
  g_assert_cmpuint (in->serial, >, 0);

  /* From another device of ours, straight to this one: a note to self. */
  in = test_chat_take (chat, "<message from='alice@work.test/other' type='chat'><body>note</body></message>");
  g_assert_cmpstr (in->chat, ==, "alice@work.test");
  g_assert_true (in->outgoing);
}

/* XEP-0280 §5, examples 4 to 11. */
static void
test_carbons (void)
{
  g_autoptr(TestChat) chat = test_chat_new ();
  XmppIncoming *in;

  in = test_chat_take (chat, CARBON ("received", "alice@work.test",
                                     "<message xmlns='jabber:client' from='bob@work.test/a' to='alice@work.test/home' type='chat'>"
                                     "<body>to home</body>" SID ("alice@work.test", "a-2") "</message>"));
  g_assert_cmpint (in->source, ==, XMPP_SOURCE_CARBON_RECEIVED);
  g_assert_cmpstr (in->chat, ==, "bob@work.test");
  g_assert_cmpstr (in->author->address, ==, "bob@work.test");
  g_assert_cmpstr (in->archive_id, ==, "a-2");
  g_assert_false (in->outgoing);

  in = test_chat_take (chat, CARBON ("sent", "alice@work.test",
                                     "<delay xmlns='urn:xmpp:delay' stamp='2026-01-02T03:04:05Z'/>"
                                     "<message xmlns='jabber:client' from='alice@work.test/home' to='bob@work.test/a' type='chat'>"
                                     "<body>from home</body></message>"));
  g_assert_cmpint (in->source, ==, XMPP_SOURCE_CARBON_SENT);
  g_assert_cmpstr (in->chat, ==, "bob@work.test");
  g_assert_cmpstr (in->author->address, ==, "alice@work.test");
  g_assert_true (in->outgoing);
  g_assert_true (in->delayed);
  g_assert_cmpint (in->time, ==, G_GINT64_CONSTANT (1767323045000000));
}

/* Threat A1: the whole message goes, body and all. */
static void
test_forged_carbons (void)
{
  g_autoptr(TestChat) chat = test_chat_new ();
  const char *inner = "<message xmlns='jabber:client' from='boss@work.test/x' to='alice@work.test/home' type='chat'><body>pay</body></message>";
  const char *senders[] = { "mallory@work.test/x", "mallory@work.test", "alice@work.test/desk", "work.test",
                            "alice@work.test.evil.example" };

  for (guint i = 0; i < G_N_ELEMENTS (senders); i++)
    for (guint sent = 0; sent < 2; sent++)
      {
        const char *kind = sent ? "sent" : "received";
        g_autofree char *xml = g_strdup_printf ("<message from='%s' type='chat'><body>look</body><%s xmlns='urn:xmpp:carbons:2'>"
                                                "<forwarded xmlns='urn:xmpp:forward:0'>%s</forwarded></%s></message>",
                                                senders[i], kind, inner, kind);

        test_chat_refused (chat, xml, "carbon-forged");
      }
  test_chat_refused (chat, CARBON ("received", "alice@work.test",
                                   "<message xmlns='jabber:client' from='bob@work.test/a' to='carol@work.test/x' type='chat'><body>x</body></message>"),
                     "carbon-foreign");
  test_chat_refused (chat, CARBON ("sent", "alice@work.test",
                                   "<message xmlns='jabber:client' from='bob@work.test/a' to='alice@work.test/x' type='chat'><body>x</body></message>"),
                     "carbon-foreign");
  test_chat_refused (chat, CARBON ("received", "alice@work.test", ""), "carbon-malformed");
  test_chat_refused (chat, CARBON ("received", "alice@work.test",
                                   "<message xmlns='jabber:client' from='" TEST_ROOM "/bob' to='alice@work.test/x' type='groupchat'><body>x</body></message>"),
                     "carbon-of-room");
  test_chat_refused (chat, CARBON ("received", "alice@work.test",
                                   "<message xmlns='jabber:client' from='bob@work.test/a' to='alice@work.test/x' type='chat'>"
                                   "<sent xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>"
                                   "<message xmlns='jabber:client' from='alice@work.test/x' to='eve@work.test'><body>x</body></message>"
                                   "</forwarded></sent></message>"),
                     "carbon-nested");
}

/* Threat A2, what needs no query. */
static void
test_archive_unasked (void)
{
  g_autoptr(TestChat) chat = test_chat_new ();

  test_chat_refused (chat, "<message from='mallory@work.test/x'><result xmlns='urn:xmpp:mam:2' queryid='q' id='1'>"
                           "<forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='boss@work.test/x' "
                           "to='alice@work.test' type='chat'><body>x</body></message></forwarded></result></message>",
                     "archive-unasked");
  test_chat_refused (chat, "<message from='alice@work.test'><result xmlns='urn:xmpp:mam:2' id='1'/></message>", "archive-unasked");
}

/* Threat A10 for the own archive. */
static void
test_stanza_ids (void)
{
  g_autoptr(TestChat) chat = test_chat_new ();
  XmppIncoming *in;

  in = test_chat_take (chat, "<message from='bob@work.test/a' type='chat'><body>1</body>"
                             SID ("alice@work.test", "forged") SID ("alice@work.test", "true") "</message>");
  g_assert_cmpstr (in->archive_id, ==, "true");
  in = test_chat_take (chat, "<message from='bob@work.test/a' type='chat'><body>2</body>"
                             SID ("bob@work.test", "his") SID ("work.test", "server") "</message>");
  g_assert_null (in->archive_id);
  in = test_chat_take (chat, "<message from='bob@work.test/a' type='chat'><body>3</body><no-store xmlns='urn:xmpp:hints'/>"
                             SID ("alice@work.test", "forged") "</message>");
  g_assert_null (in->archive_id);
}

static void
test_no_feature (void)
{
  TestStream *stream = test_stream_new ();
  XmppMuc *muc = xmpp_muc_new (test_stream_get_client (stream));
  XmppMessages *messages = xmpp_messages_new (test_stream_get_client (stream), muc);

  test_stream_answer_error (stream, "<iq type='get' to='alice@work.test'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>",
                            "service-unavailable");
  test_stream_answer_error (stream, "<iq type='set'><enable xmlns='urn:xmpp:carbons:2'/></iq>", "feature-not-implemented");
  g_assert_true (xmpp_messages_is_ready (messages));
  g_assert_false (xmpp_messages_has_carbons (messages));
  g_assert_false (xmpp_messages_has_feature (messages, "urn:xmpp:sid:0"));
  g_assert_finalize_object (messages);
  g_assert_finalize_object (muc);
  test_stream_free (stream);
}

static void
store_first (XmppMessages *messages,
             GPtrArray    *list,
             gpointer      page,
             gpointer      user_data)
{
  *(XmppIncoming **) user_data = xmpp_incoming_ref (g_ptr_array_index (list, 0));
}

/* XEP-0359: an id counts only if the account announces that it gives ids. */
static void
test_stanza_id_unannounced (void)
{
  TestStream *stream = test_stream_new ();
  XmppMuc *muc = xmpp_muc_new (test_stream_get_client (stream));
  XmppMessages *messages = xmpp_messages_new (test_stream_get_client (stream), muc);
  g_autoptr(XmppIncoming) in = NULL;

  test_stream_answer (stream, "<iq type='get' to='alice@work.test'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>",
                      "<query xmlns='http://jabber.org/protocol/disco#info'><feature var='urn:xmpp:mam:2'/></query>");
  test_stream_answer (stream, "<iq type='set'><enable xmlns='urn:xmpp:carbons:2'/></iq>", NULL);
  g_signal_connect (messages, "received", G_CALLBACK (store_first), &in);
  test_stream_say (stream, "<message from='bob@work.test/a' type='chat'><body>1</body>" SID ("alice@work.test", "forged") "</message>");
  g_assert_nonnull (in);
  g_assert_null (in->archive_id);
  g_assert_finalize_object (messages);
  g_assert_finalize_object (muc);
  test_stream_free (stream);
}

/* Threat A14. */
static void
test_delay (void)
{
  g_autoptr(TestChat) chat = test_chat_new ();
  gint64 day = G_TIME_SPAN_DAY, now;
  XmppIncoming *in;

#define DELAYED(from, stamp) "<message from='bob@work.test/a' type='chat'><body>x</body><delay xmlns='urn:xmpp:delay'" from " stamp='" stamp "'/></message>"
  in = test_chat_take (chat, DELAYED (" from='work.test'", "2020-01-01T00:00:00Z"));
  g_assert_true (in->delayed);
  g_assert_cmpint (in->time, ==, G_GINT64_CONSTANT (1577836800000000));
  in = test_chat_take (chat, DELAYED (" from='alice@work.test'", "2020-01-01T00:00:00Z"));
  g_assert_true (in->delayed);
  in = test_chat_take (chat, DELAYED (" from='work.test'", "1970-01-01T00:00:00Z"));
  g_assert_cmpint (in->time, ==, G_GINT64_CONSTANT (946684800000000));
  in = test_chat_take (chat, DELAYED (" from='work.test'", "9999-12-31T23:59:59Z"));
  now = g_get_real_time ();
  g_assert_cmpint (in->time, <=, now + day);
  g_assert_cmpint (in->time, >, now + day - G_TIME_SPAN_MINUTE);

  in = test_chat_take (chat, DELAYED (" from='bob@work.test'", "2020-01-01T00:00:00Z"));
  g_assert_false (in->delayed);
  in = test_chat_take (chat, DELAYED ("", "2020-01-01T00:00:00Z"));
  g_assert_false (in->delayed);
  in = test_chat_take (chat, DELAYED (" from='work.test'", "99999-01-01T00:00:00Z"));
  g_assert_false (in->delayed);
  g_assert_cmpint (in->time, >=, now);
}

static void
test_room (void)
{
  g_autoptr(TestChat) chat = test_chat_new ();
  XmppMucRoom *room = test_chat_join (chat, TEST_ROOM_FEATURES);
  XmppIncoming *in;

  in = test_chat_take (chat, ROOM_MESSAGE ("bob", "<body>Hi</body><occupant-id xmlns='urn:xmpp:occupant-id:0' id='id-bob'/>"
                                           SID (TEST_ROOM, "r-1")));
  g_assert_cmpint (in->kind, ==, XMPP_CHAT_ROOM);
  g_assert_cmpstr (in->chat, ==, TEST_ROOM);
  g_assert_cmpstr (in->author->nick, ==, "bob");
  g_assert_cmpstr (in->author->address, ==, "bob@work.test");
  g_assert_cmpstr (in->author->occupant_id, ==, "id-bob");
  g_assert_cmpint (in->author->stay, ==, xmpp_muc_occupant_get_stay (xmpp_muc_room_find (room, "bob")));
  g_assert_cmpint (in->author->stay, !=, 0);
  g_assert_cmpstr (in->archive, ==, TEST_ROOM);
  g_assert_cmpstr (in->archive_id, ==, "r-1");
  g_assert_false (in->outgoing);

  in = test_chat_take (chat, ROOM_MESSAGE ("alice", "<body>me</body><occupant-id xmlns='urn:xmpp:occupant-id:0' id='id-alice'/>"));
  g_assert_true (in->outgoing);
  g_assert_null (in->archive_id);
  in = test_chat_take (chat, "<message from='" TEST_ROOM "' type='groupchat'><body>This room is now logged.</body></message>");
  g_assert_true (xmpp_author_is_room (in->author));

  in = test_chat_take (chat, "<message from='" TEST_ROOM "'><body>Your voice is wanted.</body></message>");
  g_assert_cmpint (in->kind, ==, XMPP_CHAT_ROOM);
  g_assert_cmpstr (in->chat, ==, TEST_ROOM);
  g_assert_true (xmpp_author_is_room (in->author));

  /* An aside. */
  in = test_chat_take (chat, "<message from='" TEST_ROOM "/bob' type='chat'><body>psst</body><x xmlns='http://jabber.org/protocol/muc#user'/></message>");
  g_assert_cmpint (in->kind, ==, XMPP_CHAT_ROOM_PRIVATE);
  g_assert_cmpstr (in->chat, ==, TEST_ROOM "/bob");
  g_assert_cmpstr (in->author->address, ==, "bob@work.test");
  g_assert_cmpstr (in->archive, ==, "alice@work.test");
  in = test_chat_take (chat, CARBON ("sent", "alice@work.test",
                                     "<message xmlns='jabber:client' from='alice@work.test/home' to='" TEST_ROOM "/bob' type='chat'>"
                                     "<body>psst back</body><x xmlns='http://jabber.org/protocol/muc#user'/></message>"));
  g_assert_cmpint (in->kind, ==, XMPP_CHAT_ROOM_PRIVATE);
  g_assert_cmpstr (in->chat, ==, TEST_ROOM "/bob");
  g_assert_true (in->outgoing);
}

static void
test_room_forgeries (void)
{
  g_autoptr(TestChat) chat = test_chat_new ();
  XmppIncoming *in;

  test_chat_refused (chat, ROOM_MESSAGE ("bob", "<body>Hi</body>"), "room-unknown");
  test_chat_join (chat, TEST_ROOM_FEATURES);
  test_chat_refused (chat, "<message from='mallory@work.test/x' type='groupchat'><body>x</body></message>", "room-unknown");

  /* Stamps of occupants, after the history (A14). */
  in = test_chat_take (chat, ROOM_MESSAGE ("bob", "<body>x</body><delay xmlns='urn:xmpp:delay' from='" TEST_ROOM "' stamp='2020-01-01T00:00:00Z'/>"));
  g_assert_false (in->delayed);
  g_assert_false (in->history);
  /* Ids (A10): two occupant-ids are none; one that is not that of who has the nick is not joined with his identity. */
  in = test_chat_take (chat, ROOM_MESSAGE ("bob", "<body>x</body><occupant-id xmlns='urn:xmpp:occupant-id:0' id='id-alice'/>"
                                           "<occupant-id xmlns='urn:xmpp:occupant-id:0' id='id-bob'/>"));
  g_assert_cmpstr (in->author->occupant_id, ==, "id-bob");
  in = test_chat_take (chat, ROOM_MESSAGE ("bob", "<body>x</body><occupant-id xmlns='urn:xmpp:occupant-id:0' id='id-other'/>"));
  g_assert_cmpstr (in->author->occupant_id, ==, "id-other");
  g_assert_null (in->author->address);
  g_assert_cmpint (in->author->stay, ==, 0);
  in = test_chat_take (chat, ROOM_MESSAGE ("bob", "<body>x</body>" SID (TEST_ROOM, "forged") SID (TEST_ROOM, "true")));
  g_assert_cmpstr (in->archive_id, ==, "true");
  in = test_chat_take (chat, ROOM_MESSAGE ("bob", "<body>x</body>" SID ("alice@work.test", "own")));
  g_assert_null (in->archive_id);

  /* A8 */
  test_chat_refused (chat, ROOM_MESSAGE ("bob", "<retract xmlns='urn:xmpp:message-retract:1' id='r-1'><moderated xmlns='urn:xmpp:message-moderate:1' by='" TEST_ROOM "/alice'/></retract>"),
                     "moderation-forged");
  test_chat_refused (chat, ROOM_MESSAGE ("bob", "<apply-to xmlns='urn:xmpp:fasten:0' id='r-1'><moderated xmlns='urn:xmpp:message-moderate:0' by='" TEST_ROOM "/alice'>"
                                         "<retract xmlns='urn:xmpp:message-retract:0'/></moderated></apply-to>"),
                     "moderation-forged");
  test_chat_refused (chat, "<message from='bob@work.test/a' type='chat'><retract xmlns='urn:xmpp:message-retract:1' id='r-1'>"
                           "<moderated xmlns='urn:xmpp:message-moderate:1'/></retract></message>",
                     "moderation-forged");
  test_chat_refused (chat, ROOM_MESSAGE ("bob", "<retracted xmlns='urn:xmpp:message-retract:1' id='r-1'/>"), "tombstone-forged");
  in = test_chat_take (chat, "<message from='" TEST_ROOM "' type='groupchat' id='ret'><retract xmlns='urn:xmpp:message-retract:1' id='r-1'>"
                             "<moderated xmlns='urn:xmpp:message-moderate:1' by='" TEST_ROOM "/bob'/><reason>spam</reason></retract></message>");
  g_assert_true (in->message->retraction->moderated);
  g_assert_cmpstr (in->message->retraction->moderator, ==, TEST_ROOM "/bob");
  g_assert_cmpstr (in->message->retraction->reason, ==, "spam");
}

/* ejabberd 23.01 announces neither occupant-id nor does it strip one. */
static void
test_room_without_features (void)
{
  g_autoptr(TestChat) chat = test_chat_new ();
  XmppMucRoom *room = test_chat_join (chat, "");
  XmppIncoming *in;

  g_assert_null (xmpp_muc_occupant_get_occupant_id (xmpp_muc_room_find (room, "bob")));
  in = test_chat_take (chat, ROOM_MESSAGE ("bob", "<body>x</body><occupant-id xmlns='urn:xmpp:occupant-id:0' id='id-bob'/>"
                                           SID (TEST_ROOM, "forged")));
  g_assert_null (in->author->occupant_id);
  g_assert_null (in->archive_id);
  g_assert_cmpstr (in->author->address, ==, "bob@work.test");
}

/* The history that a room without an archive sends: nobody of then is taken for somebody of now. */
static void
test_room_history (void)
{
  g_autoptr(TestChat) chat = test_chat_new ();
  XmppMucRoom *room = xmpp_muc_ensure_room (chat->muc, TEST_ROOM);
  const XmppRoomJoin join = { .nick = "alice" };
  XmppIncoming *in;

  xmpp_muc_room_want (room, &join);
  test_stream_answer (chat->stream, "<iq type='get' to='" TEST_ROOM "'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>",
                      "<query xmlns='http://jabber.org/protocol/disco#info'><identity category='conference' type='text'/></query>");
  test_stream_expect (chat->stream, "<presence to='" TEST_ROOM "/alice'><x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='50'/></x></presence>");
  test_stream_say (chat->stream,
                   "<presence from='" TEST_ROOM "/bob'><x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='none' role='participant' jid='bob@work.test/x'/></x></presence>"
                   "<presence from='" TEST_ROOM "/alice'><x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='none' role='participant'/><status code='110'/></x></presence>");
  in = test_chat_take (chat, ROOM_MESSAGE ("bob", "<body>old</body><delay xmlns='urn:xmpp:delay' from='" TEST_ROOM "' stamp='2026-01-01T00:00:00Z'/>"));
  g_assert_true (in->history);
  g_assert_cmpint (in->author->stay, ==, 0);
  g_assert_null (in->author->address);
  g_assert_cmpint (in->time, ==, G_GINT64_CONSTANT (1767225600000000));
  test_stream_say (chat->stream, "<message from='" TEST_ROOM "/bob' type='groupchat'><subject>Plans</subject></message>");
  in = test_chat_take (chat, ROOM_MESSAGE ("bob", "<body>new</body><delay xmlns='urn:xmpp:delay' from='" TEST_ROOM "' stamp='2026-01-01T00:00:00Z'/>"));
  g_assert_false (in->history);
  g_assert_cmpint (in->author->stay, !=, 0);
}

/* Threats A7 and A11: who may edit, over all that can happen to a nick. */
static void
test_same_author (void)
{
  g_autoptr(TestChat) chat = test_chat_new ();
  g_autoptr(XmppAuthor) original = NULL;
  XmppIncoming *in;

  test_chat_join (chat, "");
  in = test_chat_take (chat, "<presence from='" TEST_ROOM "/carl'><x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='none' role='participant'/></x></presence>"
                             ROOM_MESSAGE ("carl", "<body>one</body>"));
  original = xmpp_author_copy (in->author);
  in = test_chat_take (chat, ROOM_MESSAGE ("carl", "<body>edited</body><replace xmlns='urn:xmpp:message-correct:0' id='m1'/>"));
  g_assert_cmpstr (in->message->replaces, ==, "m1");
  g_assert_true (xmpp_correction_allowed (original, in->author));
  in = test_chat_take (chat, ROOM_MESSAGE ("bob", "<body>edited</body><replace xmlns='urn:xmpp:message-correct:0' id='m1'/>"));
  g_assert_false (xmpp_correction_allowed (original, in->author));
  /* carl goes, another takes the nick. */
  in = test_chat_take (chat, "<presence from='" TEST_ROOM "/carl' type='unavailable'><x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='none' role='none'/></x></presence>"
                             "<presence from='" TEST_ROOM "/carl'><x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='none' role='participant'/></x></presence>"
                             ROOM_MESSAGE ("carl", "<body>forged</body><replace xmlns='urn:xmpp:message-correct:0' id='m1'/>"));
  g_assert_false (xmpp_correction_allowed (original, in->author));
  /* The same from a person: other chat. */
  in = test_chat_take (chat, "<message from='carl@work.test/x' type='chat'><body>forged</body><replace xmlns='urn:xmpp:message-correct:0' id='m1'/></message>");
  g_assert_false (xmpp_correction_allowed (original, in->author));
}

static void
test_bounced (void)
{
  g_autoptr(TestChat) chat = test_chat_new ();

  test_stream_say (chat->stream, "<message from='bob@work.test/a' type='error' id='x7'><body>Hi</body><error type='cancel'>"
                                 "<service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>"
                                 "<message from='bob@work.test/a' type='error'><error type='cancel'/></message>");
  g_assert_cmpuint (chat->bounced->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (chat->bounced, 0), ==, "bob@work.test x7");
  g_assert_cmpuint (chat->received->len, ==, 0);
}

static void
test_malformed (void)
{
  g_autoptr(TestChat) chat = test_chat_new ();

  test_chat_refused (chat, "<message from='bob@work.test/a' to='a b@@' type='chat'><body>x</body></message>", "message-malformed");
  test_chat_refused (chat, "<message type='groupchat'><body>x</body></message>", "message-malformed");
  /* Not ours to judge. */
  test_stream_say (chat->stream, "<message from='bob@work.test'><event xmlns='http://jabber.org/protocol/pubsub#event'/></message>");
  g_assert_cmpuint (chat->received->len, ==, 0);
}

static void
count_ready (XmppMessages *messages,
             gpointer      user_data)
{
  (*(guint *) user_data)++;
}

static void
test_new_session (void)
{
  g_autoptr(TestChat) chat = test_chat_new ();
  guint ready = 0;

  g_signal_connect (chat->messages, "ready", G_CALLBACK (count_ready), &ready);
  g_signal_emit_by_name (chat->client, "session-started", TRUE);
  g_assert_cmpuint (ready, ==, 1);
  test_stream_expect_nothing (chat->stream);
  g_signal_emit_by_name (chat->client, "session-started", FALSE);
  g_assert_false (xmpp_messages_is_ready (chat->messages));
  g_assert_false (xmpp_messages_has_feature (chat->messages, "urn:xmpp:mam:2"));
  test_stream_answer (chat->stream, "<iq type='get' to='alice@work.test'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>",
                      "<query xmlns='http://jabber.org/protocol/disco#info'/>");
  g_assert_cmpuint (ready, ==, 1);
  test_stream_answer (chat->stream, "<iq type='set'><enable xmlns='urn:xmpp:carbons:2'/></iq>", NULL);
  g_assert_cmpuint (ready, ==, 2);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/xmpp/messages/live", test_live);
  g_test_add_func ("/xmpp/messages/carbons", test_carbons);
  g_test_add_func ("/xmpp/messages/forged-carbons", test_forged_carbons);
  g_test_add_func ("/xmpp/messages/archive-unasked", test_archive_unasked);
  g_test_add_func ("/xmpp/messages/stanza-ids", test_stanza_ids);
  g_test_add_func ("/xmpp/messages/no-feature", test_no_feature);
  g_test_add_func ("/xmpp/messages/stanza-id-unannounced", test_stanza_id_unannounced);
  g_test_add_func ("/xmpp/messages/delay", test_delay);
  g_test_add_func ("/xmpp/messages/room", test_room);
  g_test_add_func ("/xmpp/messages/room-forgeries", test_room_forgeries);
  g_test_add_func ("/xmpp/messages/room-without-features", test_room_without_features);
  g_test_add_func ("/xmpp/messages/room-history", test_room_history);
  g_test_add_func ("/xmpp/messages/same-author", test_same_author);
  g_test_add_func ("/xmpp/messages/bounced", test_bounced);
  g_test_add_func ("/xmpp/messages/malformed", test_malformed);
  g_test_add_func ("/xmpp/messages/new-session", test_new_session);
  return g_test_run ();
}
