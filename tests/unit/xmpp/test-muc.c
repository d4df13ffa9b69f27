/* SPDX-License-Identifier: GPL-3.0-or-later */

/* XEP-0045, 0249, 0410, 0421: rooms. */

#include "config.h"

#include "test-chat.h"

#include "xmpp/hats.h"
#include "xmpp/moderation.h"
#include "xmpp/muc-admin.h"
#include "xmpp/muc-avatar.h"
#include "xmpp/muc-config.h"
#include "xmpp/muc-room-private.h"

#include <string.h>

#define INFO_REQUEST "<iq type='get' to='" TEST_ROOM "'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>"
#define INFO(more) "<query xmlns='http://jabber.org/protocol/disco#info'><identity category='conference' type='text' name='Team'/>" more "</query>"
#define JOIN(nick, more) "<presence to='" TEST_ROOM "/" nick "'><x xmlns='http://jabber.org/protocol/muc'>" more "</x></presence>"
#define HISTORY "<history maxstanzas='50'/>"
#define USER(more) "<x xmlns='http://jabber.org/protocol/muc#user'>" more "</x>"
#define PRESENCE(nick, more) "<presence from='" TEST_ROOM "/" nick "'>" more "</presence>"
#define GONE(nick, more) "<presence from='" TEST_ROOM "/" nick "' type='unavailable'>" USER (more) "</presence>"
#define SELF(nick) PRESENCE (nick, USER ("<item affiliation='none' role='participant'/><status code='110'/>"))

typedef struct
{
  guint         joined, created, left, occupant_joined, occupant_left, subject, configured;
  XmppRoomLeft  why;
  char         *by, *reason, *renamed_from, *affiliation_of, *declined;
  guint         items_changed;
} Watch;

static void
watch_clear (Watch *watch)
{
  g_free (watch->by);
  g_free (watch->reason);
  g_free (watch->renamed_from);
  g_free (watch->affiliation_of);
  g_free (watch->declined);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Watch, watch_clear)

static void
on_joined (XmppMucRoom *room, gboolean created, Watch *watch)
{
  watch->joined++;
  watch->created += created;
}

static void
on_left (XmppMucRoom *room, int why, const char *by, const char *reason, Watch *watch)
{
  watch->left++;
  watch->why = why;
  g_free (watch->by);
  watch->by = g_strdup (by);
  g_free (watch->reason);
  watch->reason = g_strdup (reason);
}

static void
on_occupant_left (XmppMucRoom *room, XmppMucOccupant *who, int why, const char *by, const char *reason, Watch *watch)
{
  watch->occupant_left++;
  watch->why = why;
  g_free (watch->by);
  watch->by = g_strdup (by);
  g_free (watch->reason);
  watch->reason = g_strdup (reason);
}

static void
on_renamed (XmppMucRoom *room, XmppMucOccupant *who, const char *old, Watch *watch)
{
  g_free (watch->renamed_from);
  watch->renamed_from = g_strdup (old);
}

static void
on_affiliation (XmppMucRoom *room, const char *address, int affiliation, Watch *watch)
{
  g_free (watch->affiliation_of);
  watch->affiliation_of = g_strdup_printf ("%s %s", address, xmpp_affiliation_to_string (affiliation));
}

static void
on_declined (XmppMucRoom *room, const char *who, const char *reason, Watch *watch)
{
  g_free (watch->declined);
  watch->declined = g_strdup_printf ("%s: %s", who, reason);
}

static void
count_up (guint *counter)
{
  (*counter)++;
}

static void
watch_room (Watch       *watch,
            XmppMucRoom *room)
{
  g_signal_connect (room, "joined", G_CALLBACK (on_joined), watch);
  g_signal_connect (room, "left", G_CALLBACK (on_left), watch);
  g_signal_connect_swapped (room, "occupant-joined", G_CALLBACK (count_up), &watch->occupant_joined);
  g_signal_connect (room, "occupant-left", G_CALLBACK (on_occupant_left), watch);
  g_signal_connect (room, "occupant-renamed", G_CALLBACK (on_renamed), watch);
  g_signal_connect_swapped (room, "subject-changed", G_CALLBACK (count_up), &watch->subject);
  g_signal_connect_swapped (room, "configuration-changed", G_CALLBACK (count_up), &watch->configured);
  g_signal_connect (room, "affiliation-changed", G_CALLBACK (on_affiliation), watch);
  g_signal_connect (room, "invite-declined", G_CALLBACK (on_declined), watch);
  g_signal_connect_swapped (room, "items-changed", G_CALLBACK (count_up), &watch->items_changed);
}

/* XEP-0045 §7.2, and R1 to R3 of muc-room-private.h. */
static void
test_join (void)
{
  g_autoptr(TestChat) chat = test_chat_new ();
  g_auto(Watch) watch = { 0 };
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  XmppMucRoom *room = xmpp_muc_ensure_room (chat->muc, TEST_ROOM);
  const XmppRoomJoin join = { .nick = "alice", .password = "open", .history_since = G_GINT64_CONSTANT (1577836800000000) };
  XmppMucOccupant *bob;

  watch_room (&watch, room);
  xmpp_muc_room_join_async (room, &join, NULL, test_take_result, &result);
  g_assert_cmpint (xmpp_muc_room_get_state (room), ==, XMPP_ROOM_JOINING);
  test_stream_answer (chat->stream, INFO_REQUEST, INFO ("<feature var='muc_hidden'/><feature var='muc_membersonly'/>"));
  test_stream_expect (chat->stream, JOIN ("alice", "<history since='2020-01-01T00:00:00.000Z'/><password>open</password>"));
  test_stream_say (chat->stream, PRESENCE ("bob", "<show>dnd</show><status>busy</status>"
                                           USER ("<item affiliation='admin' role='moderator' jid='BOB@work.test/phone'/>")
                                           "<x xmlns='vcard-temp:x:update'><photo>AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA</photo></x>"
                                           "<hats xmlns='urn:xmpp:hats:0'><hat uri='urn:x:teacher' title='Teacher'/></hats>"));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (room)), ==, 0);
  g_assert_null (result);
  test_stream_say (chat->stream, SELF ("alice"));
  test_wait_result (&result);
  g_assert_true (xmpp_muc_room_join_finish (room, result, &error));
  g_assert_no_error (error);
  g_assert_cmpint (xmpp_muc_room_get_state (room), ==, XMPP_ROOM_JOINED);
  g_assert_cmpuint (watch.joined, ==, 1);
  g_assert_cmpuint (watch.created, ==, 0);
  g_assert_cmpuint (watch.occupant_joined, ==, 0);
  g_assert_cmpuint (watch.items_changed, ==, 1);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (room)), ==, 2);
  g_assert_cmpstr (xmpp_muc_room_get_info (room)->name, ==, "Team");
  g_assert_cmpint (xmpp_muc_room_get_info (room)->flags, ==, XMPP_MUC_HIDDEN | XMPP_MUC_MEMBERS_ONLY);

  bob = xmpp_muc_room_find (room, "bob");
  g_assert_cmpstr (xmpp_muc_occupant_get_address (bob), ==, "bob@work.test");
  g_assert_cmpint (xmpp_muc_occupant_get_role (bob), ==, XMPP_ROLE_MODERATOR);
  g_assert_cmpint (xmpp_muc_occupant_get_affiliation (bob), ==, XMPP_AFFILIATION_ADMIN);
  g_assert_cmpstr (xmpp_muc_occupant_get_show (bob), ==, "dnd");
  g_assert_cmpstr (xmpp_muc_occupant_get_status (bob), ==, "busy");
  g_assert_cmpstr (xmpp_muc_occupant_get_avatar_hash (bob), ==, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
  g_assert_cmpuint (xmpp_muc_occupant_get_hats (bob)->len, ==, 1);
  g_assert_cmpstr (((XmppHat *) g_ptr_array_index (xmpp_muc_occupant_get_hats (bob), 0))->title, ==, "Teacher");
  g_assert_true (xmpp_muc_room_get_self (room) == xmpp_muc_room_find (room, "alice"));

  test_stream_say (chat->stream, PRESENCE ("carol", USER ("<item affiliation='none' role='participant'/>")));
  g_assert_cmpuint (watch.occupant_joined, ==, 1);
  test_stream_say (chat->stream, GONE ("bob", "<item affiliation='none' role='none'><actor nick='carol'/><reason>enough</reason></item><status code='307'/>"));
  g_assert_cmpuint (watch.occupant_left, ==, 1);
  g_assert_cmpint (watch.why, ==, XMPP_ROOM_LEFT_KICKED);
  g_assert_cmpstr (watch.by, ==, "carol");
  g_assert_cmpstr (watch.reason, ==, "enough");
  g_assert_null (xmpp_muc_room_find (room, "bob"));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (room)), ==, 2);

  xmpp_muc_room_leave (room, "bye");
  test_stream_expect (chat->stream, "<presence to='" TEST_ROOM "/alice' type='unavailable'><status>bye</status></presence>");
  g_assert_cmpint (xmpp_muc_room_get_state (room), ==, XMPP_ROOM_OUT);
  g_assert_cmpint (watch.why, ==, XMPP_ROOM_LEFT_ASKED);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (room)), ==, 0);
  /* What is still on the way. */
  test_stream_say (chat->stream, GONE ("alice", "<item affiliation='none' role='none'/><status code='110'/>")
                                 PRESENCE ("dave", USER ("<item affiliation='none' role='participant'/>")));
  g_assert_cmpuint (watch.left, ==, 1);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (room)), ==, 0);
}

/* The list stays in step with the positions, whatever order people come and go in (R3). */
static void
test_many (void)
{
  g_autoptr(TestChat) chat = test_chat_new ();
  XmppMucRoom *room = test_chat_join (chat, "");
  GListModel *list = G_LIST_MODEL (room);
  g_autoptr(GRand) rand = g_rand_new_with_seed (7);
  gboolean in[40] = { FALSE };

  for (guint step = 0; step < 400; step++)
    {
      guint who = g_rand_int_range (rand, 0, G_N_ELEMENTS (in)), expected = 2;

      if (in[who])
        test_stream_sayf (chat->stream, "<presence from='" TEST_ROOM "/n%u' type='unavailable'>" USER ("<item affiliation='none' role='none'/>") "</presence>", who);
      else
        test_stream_sayf (chat->stream, "<presence from='" TEST_ROOM "/n%u'>" USER ("<item affiliation='none' role='participant'/>") "</presence>", who);
      in[who] = !in[who];
      for (guint i = 0; i < G_N_ELEMENTS (in); i++)
        {
          g_autofree char *nick = g_strdup_printf ("n%u", i);

          expected += in[i];
          g_assert_true ((xmpp_muc_room_find (room, nick) != NULL) == in[i]);
        }
      g_assert_cmpuint (g_list_model_get_n_items (list), ==, expected);
      for (guint i = 0; i < expected; i++)
        {
          g_autoptr(XmppMucOccupant) occupant = g_list_model_get_item (list, i);

          g_assert_true (xmpp_muc_room_find (room, xmpp_muc_occupant_get_nick (occupant)) == occupant);
        }
    }
}

/* A room as big as we let it be, and one more: everybody appears in one step. */
static void
test_huge (void)
{
  g_autoptr(TestChat) chat = test_chat_new ();
  g_auto(Watch) watch = { 0 };
  g_autoptr(GString) crowd = g_string_new (NULL);
  XmppMucRoom *room = xmpp_muc_ensure_room (chat->muc, TEST_ROOM);
  const XmppRoomJoin join = { .nick = "alice" };
  gint64 start;

  watch_room (&watch, room);
  xmpp_muc_room_want (room, &join);
  test_stream_answer (chat->stream, INFO_REQUEST, INFO (""));
  test_stream_expect (chat->stream, JOIN ("alice", HISTORY));
  for (guint i = 0; i <= XMPP_ROOM_MAX_OCCUPANTS; i++)
    g_string_append_printf (crowd, "<presence from='" TEST_ROOM "/n%u'>" USER ("<item affiliation='none' role='participant'/>") "</presence>", i);
  g_string_append (crowd, SELF ("alice"));
  start = g_get_monotonic_time ();
  test_stream_say (chat->stream, crowd->str);
  g_test_message ("%u presences in %" G_GINT64_FORMAT " ms", XMPP_ROOM_MAX_OCCUPANTS, (g_get_monotonic_time () - start) / 1000);
  g_assert_cmpint (xmpp_muc_room_get_state (room), ==, XMPP_ROOM_JOINED);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (room)), ==, XMPP_ROOM_MAX_OCCUPANTS + 1);
  g_assert_cmpuint (watch.items_changed, ==, 1);
  g_assert_cmpuint (test_stream_count_rejections (chat->stream, "room-too-many-occupants"), ==, 1);
  g_assert_nonnull (xmpp_muc_room_find (room, "n0"));
  g_assert_null (xmpp_muc_room_find (room, "n20000"));
}

static void
expect_join_error (TestChat   *chat,
                   const char *condition,
                   int         code)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  XmppMucRoom *room = xmpp_muc_ensure_room (chat->muc, TEST_ROOM);
  const XmppRoomJoin join = { .nick = "alice" };
  const char *id;

  xmpp_muc_room_join_async (room, &join, NULL, test_take_result, &result);
  test_stream_answer (chat->stream, INFO_REQUEST, INFO (""));
  id = test_stream_expect (chat->stream, JOIN ("alice", HISTORY));
  /* An error with another id is of somebody else's making. */
  test_stream_say (chat->stream, "<presence from='" TEST_ROOM "/alice' type='error' id='other'><error type='auth'>"
                                 "<forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>");
  g_assert_null (result);
  test_stream_sayf (chat->stream, "<presence from='" TEST_ROOM "/alice' type='error' id='%s'><error type='auth'>"
                                  "<%s xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>", id, condition);
  test_wait_result (&result);
  g_assert_false (xmpp_muc_room_join_finish (room, result, &error));
  g_assert_error (error, XMPP_STANZA_ERROR, code);
  g_assert_cmpint (xmpp_muc_room_get_error (room)->code, ==, code);
}

static void
test_refused (void)
{
  g_autoptr(TestChat) chat = test_chat_new ();
  XmppMucRoom *room = xmpp_muc_ensure_room (chat->muc, TEST_ROOM);

  expect_join_error (chat, "not-authorized", XMPP_STANZA_ERROR_NOT_AUTHORIZED);
  g_assert_cmpint (xmpp_muc_room_get_state (room), ==, XMPP_ROOM_OUT);
  expect_join_error (chat, "registration-required", XMPP_STANZA_ERROR_REGISTRATION_REQUIRED);
  expect_join_error (chat, "forbidden", XMPP_STANZA_ERROR_FORBIDDEN);
  expect_join_error (chat, "conflict", XMPP_STANZA_ERROR_CONFLICT);
  g_assert_cmpint (xmpp_muc_room_get_state (room), ==, XMPP_ROOM_OUT);
  /* One that may pass: it goes on by itself. */
  expect_join_error (chat, "remote-server-timeout", XMPP_STANZA_ERROR_REMOTE_SERVER_TIMEOUT);
  g_assert_cmpint (xmpp_muc_room_get_state (room), ==, XMPP_ROOM_WAITING);
  xmpp_muc_room_leave (room, NULL);
  test_stream_expect_nothing (chat->stream);
}

/* Entering a room that does not exist would make one. */
static void
test_no_such_room (void)
{
  g_autoptr(TestChat) chat = test_chat_new ();
  g_autoptr(GAsyncResult) result = NULL, not_a_room = NULL;
  g_autoptr(GError) error = NULL;
  XmppMucRoom *room = xmpp_muc_ensure_room (chat->muc, TEST_ROOM);
  const XmppRoomJoin join = { .nick = "alice" };

  xmpp_muc_room_join_async (room, &join, NULL, test_take_result, &result);
  test_stream_answer_error (chat->stream, INFO_REQUEST, "item-not-found");
  test_wait_result (&result);
  g_assert_false (xmpp_muc_room_join_finish (room, result, &error));
  g_assert_error (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_ITEM_NOT_FOUND);
  g_clear_error (&error);
  xmpp_muc_room_join_async (room, &join, NULL, test_take_result, &not_a_room);
  test_stream_answer (chat->stream, INFO_REQUEST, "<query xmlns='http://jabber.org/protocol/disco#info'><identity category='account' type='registered'/></query>");
  test_wait_result (&not_a_room);
  g_assert_false (xmpp_muc_room_join_finish (room, not_a_room, &error));
  g_assert_error (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_INVALID_ANSWER);
  test_stream_expect_nothing (chat->stream);
}

static void
test_nick_conflict (void)
{
  g_autoptr(TestChat) chat = test_chat_new ();
  XmppMucRoom *room = xmpp_muc_ensure_room (chat->muc, TEST_ROOM);
  const XmppRoomJoin join = { .nick = "alice", .other_nick = TRUE };
  const char *id;

  xmpp_muc_room_want (room, &join);
  test_stream_answer (chat->stream, INFO_REQUEST, INFO (""));
  id = test_stream_expect (chat->stream, JOIN ("alice", HISTORY));
  test_stream_sayf (chat->stream, "<presence from='" TEST_ROOM "/alice' type='error' id='%s'><error type='cancel'>"
                                  "<conflict xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>", id);
  test_stream_expect (chat->stream, JOIN ("alice 2", HISTORY));
  /* The other alice is there. */
  test_stream_say (chat->stream, PRESENCE ("alice", USER ("<item affiliation='none' role='participant'/>")) SELF ("alice 2"));
  g_assert_cmpint (xmpp_muc_room_get_state (room), ==, XMPP_ROOM_JOINED);
  g_assert_cmpstr (xmpp_muc_room_get_nick (room), ==, "alice 2");
}

static void
test_create (void)
{
  g_autoptr(TestChat) chat = test_chat_new ();
  g_auto(Watch) watch = { 0 };
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  XmppMucRoom *room = xmpp_muc_ensure_room (chat->muc, TEST_ROOM);
  const XmppRoomJoin join = { .nick = "alice", .create = TRUE };
  XmppMucConfig config;

  watch_room (&watch, room);
  xmpp_muc_room_want (room, &join);
  test_stream_answer_error (chat->stream, INFO_REQUEST, "item-not-found");
  test_stream_expect (chat->stream, JOIN ("alice", HISTORY));
  test_stream_say (chat->stream, PRESENCE ("alice", USER ("<item affiliation='owner' role='moderator'/><status code='110'/><status code='201'/>")));
  g_assert_cmpuint (watch.created, ==, 1);
  test_stream_answer (chat->stream, INFO_REQUEST, INFO (""));

  xmpp_muc_config_init_team (&config, "Team");
  xmpp_muc_config_apply_async (chat->client, TEST_ROOM, &config, NULL, test_take_result, &result);
  test_stream_answer (chat->stream, "<iq type='get' to='" TEST_ROOM "'><query xmlns='http://jabber.org/protocol/muc#owner'/></iq>",
                      "<query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' type='form'>"
                      "<field type='hidden' var='FORM_TYPE'><value>http://jabber.org/protocol/muc#roomconfig</value></field>"
                      "<field type='fixed'><value>Basics</value></field>"
                      "<field type='text-single' var='muc#roomconfig_roomname'/>"
                      "<field type='boolean' var='muc#roomconfig_persistentroom'/>"
                      "<field type='boolean' var='muc#roomconfig_publicroom'><value>1</value></field>"
                      "<field type='boolean' var='mam'/>"
                      "<field type='list-single' var='muc#roomconfig_whois'><value>moderators</value></field>"
                      "<field type='text-single' var='other'><value>kept</value></field>"
                      "</x></query>");
  test_stream_answer (chat->stream, "<iq type='set' to='" TEST_ROOM "'><query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' type='submit'>"
                      "<field type='hidden' var='FORM_TYPE'><value>http://jabber.org/protocol/muc#roomconfig</value></field>"
                      "<field type='text-single' var='muc#roomconfig_roomname'><value>Team</value></field>"
                      "<field type='boolean' var='muc#roomconfig_persistentroom'><value>1</value></field>"
                      "<field type='boolean' var='muc#roomconfig_publicroom'><value>0</value></field>"
                      "<field type='boolean' var='mam'><value>1</value></field>"
                      "<field type='list-single' var='muc#roomconfig_whois'><value>anyone</value></field>"
                      "<field type='text-single' var='other'><value>kept</value></field>"
                      "</x></query></iq>", NULL);
  test_wait_result (&result);
  g_assert_true (xmpp_muc_config_apply_finish (chat->client, result, &error));
  g_assert_no_error (error);
  /* The room tells that it has changed: what it is is asked for again. */
  test_stream_push (chat->stream, "<message from='" TEST_ROOM "' type='groupchat'>" USER ("<status code='104'/>") "</message>");
  test_stream_answer (chat->stream, INFO_REQUEST, INFO ("<feature var='urn:xmpp:mam:2'/>"));
  g_assert_cmpint (xmpp_muc_room_get_info (room)->flags, ==, XMPP_MUC_ARCHIVE);
  g_assert_cmpuint (watch.configured, ==, 2);
}

static void
test_left (void)
{
  static const struct
  {
    const char   *item;
    XmppRoomLeft  why;
    XmppRoomState state;
  } cases[] = {
    { "<item affiliation='none' role='none'/><status code='307'/><status code='110'/>", XMPP_ROOM_LEFT_KICKED, XMPP_ROOM_OUT },
    { "<item affiliation='outcast' role='none'/><status code='301'/><status code='110'/>", XMPP_ROOM_LEFT_BANNED, XMPP_ROOM_OUT },
    { "<item affiliation='none' role='none'/><status code='321'/><status code='110'/>", XMPP_ROOM_LEFT_NOT_MEMBER, XMPP_ROOM_OUT },
    { "<item affiliation='none' role='none'/><status code='322'/><status code='110'/>", XMPP_ROOM_LEFT_NOT_MEMBER, XMPP_ROOM_OUT },
    { "<item affiliation='none' role='none'/><destroy jid='new@rooms.work.test'><reason>moved</reason></destroy>", XMPP_ROOM_LEFT_DESTROYED, XMPP_ROOM_OUT },
    { "<item affiliation='none' role='none'/><status code='332'/><status code='110'/>", XMPP_ROOM_LEFT_SERVICE, XMPP_ROOM_JOINING },
    { "<item affiliation='none' role='none'/><status code='307'/><status code='333'/><status code='110'/>", XMPP_ROOM_LEFT_SERVICE, XMPP_ROOM_JOINING },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(TestChat) chat = test_chat_new ();
      g_auto(Watch) watch = { 0 };
      XmppMucRoom *room = test_chat_join (chat, "");

      watch_room (&watch, room);
      test_stream_sayf (chat->stream, "<presence from='" TEST_ROOM "/alice' type='unavailable'>" USER ("%s") "</presence>", cases[i].item);
      g_assert_cmpuint (watch.left, ==, 1);
      g_assert_cmpint (watch.why, ==, cases[i].why);
      g_assert_cmpint (xmpp_muc_room_get_state (room), ==, cases[i].state);
      g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (room)), ==, 0);
      if (cases[i].why == XMPP_ROOM_LEFT_DESTROYED)
        g_assert_cmpstr (watch.reason, ==, "moved");
      if (cases[i].state == XMPP_ROOM_JOINING)
        {
          g_autoptr(XmppNode) question = test_stream_take (chat->stream);

          xmpp_muc_room_leave (room, NULL);
          test_stream_expect (chat->stream, "<presence to='" TEST_ROOM "/alice' type='unavailable'/>");
        }
    }
}

static void
test_nicks (void)
{
  g_autoptr(TestChat) chat = test_chat_new ();
  g_auto(Watch) watch = { 0 };
  g_autoptr(GAsyncResult) result = NULL, taken = NULL;
  g_autoptr(GError) error = NULL;
  XmppMucRoom *room = test_chat_join (chat, TEST_ROOM_FEATURES);
  gint64 stay = xmpp_muc_occupant_get_stay (xmpp_muc_room_find (room, "bob"));
  const char *id;

  watch_room (&watch, room);
  test_stream_say (chat->stream, GONE ("bob", "<item affiliation='member' role='participant' nick='robert'/><status code='303'/>")
                                 PRESENCE ("robert", USER ("<item affiliation='member' role='participant' jid='bob@work.test/phone'/>")));
  g_assert_cmpstr (watch.renamed_from, ==, "bob");
  g_assert_null (xmpp_muc_room_find (room, "bob"));
  g_assert_cmpint (xmpp_muc_occupant_get_stay (xmpp_muc_room_find (room, "robert")), ==, stay);
  g_assert_cmpuint (watch.occupant_joined, ==, 0);
  g_assert_cmpuint (watch.occupant_left, ==, 0);

  xmpp_muc_room_set_nick_async (room, "al", NULL, test_take_result, &result);
  test_stream_expect (chat->stream, "<presence to='" TEST_ROOM "/al'/>");
  test_stream_say (chat->stream, GONE ("alice", "<item affiliation='member' role='participant' nick='al'/><status code='303'/><status code='110'/>")
                                 SELF ("al"));
  test_wait_result (&result);
  g_assert_true (xmpp_muc_room_set_nick_finish (room, result, &error));
  g_assert_cmpstr (xmpp_muc_room_get_nick (room), ==, "al");
  g_assert_cmpint (xmpp_muc_room_get_state (room), ==, XMPP_ROOM_JOINED);
  g_assert_cmpstr (xmpp_muc_occupant_get_nick (xmpp_muc_room_get_self (room)), ==, "al");

  xmpp_muc_room_set_nick_async (room, "robert", NULL, test_take_result, &taken);
  id = test_stream_expect (chat->stream, "<presence to='" TEST_ROOM "/robert'/>");
  test_stream_sayf (chat->stream, "<presence from='" TEST_ROOM "/robert' type='error' id='%s'><error type='cancel'>"
                                  "<conflict xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>", id);
  test_wait_result (&taken);
  g_assert_false (xmpp_muc_room_set_nick_finish (room, taken, &error));
  g_assert_error (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_CONFLICT);
  g_assert_cmpstr (xmpp_muc_room_get_nick (room), ==, "al");
}

/* Threat A11: the same nick, another person: another stay, even when the leaving was not seen. */
static void
test_nick_reuse (void)
{
  g_autoptr(TestChat) chat = test_chat_new ();
  XmppMucRoom *room = test_chat_join (chat, TEST_ROOM_FEATURES);
  gint64 stay = xmpp_muc_occupant_get_stay (xmpp_muc_room_find (room, "bob"));

  test_stream_say (chat->stream, PRESENCE ("bob", "<show>away</show><occupant-id xmlns='urn:xmpp:occupant-id:0' id='id-bob'/>"
                                           USER ("<item affiliation='member' role='participant' jid='bob@work.test/phone'/>")));
  g_assert_cmpint (xmpp_muc_occupant_get_stay (xmpp_muc_room_find (room, "bob")), ==, stay);
  test_stream_say (chat->stream, PRESENCE ("bob", "<occupant-id xmlns='urn:xmpp:occupant-id:0' id='id-mallory'/>"
                                           USER ("<item affiliation='none' role='participant' jid='mallory@work.test/x'/>")));
  g_assert_cmpint (xmpp_muc_occupant_get_stay (xmpp_muc_room_find (room, "bob")), !=, stay);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (room)), ==, 2);
}

/* Threat A13. */
static void
test_strangers (void)
{
  g_autoptr(TestChat) chat = test_chat_new ();
  g_auto(Watch) watch = { 0 };
  XmppMucRoom *room = test_chat_join (chat, TEST_ROOM_FEATURES);

  watch_room (&watch, room);
  test_stream_say (chat->stream, "<presence from='bob@work.test/x'>" USER ("<item affiliation='owner' role='moderator'/><status code='110'/>") "</presence>");
  g_assert_cmpuint (test_stream_count_rejections (chat->stream, "room-unknown"), ==, 1);
  test_chat_refused (chat, "<message from='bob@work.test/x'>" USER ("<status code='104'/>") "</message>", "room-unknown");
  test_chat_refused (chat, "<message from='bob@work.test/x' type='chat'><body>x</body>" USER ("<item jid='boss@work.test' affiliation='owner'/>") "</message>", "room-unknown");
  /* An occupant in the room's clothes. */
  test_stream_say (chat->stream, PRESENCE ("bob", USER ("<item affiliation='member' role='participant'/><status code='110'/><status code='210'/>")));
  g_assert_cmpstr (xmpp_muc_room_get_nick (room), ==, "alice");
  g_assert_true (xmpp_muc_room_get_self (room) == xmpp_muc_room_find (room, "alice"));
  test_stream_say (chat->stream, "<message from='" TEST_ROOM "/bob' type='groupchat'>" USER ("<status code='104'/><item jid='x@work.test' affiliation='owner'/>") "</message>");
  g_assert_null (watch.affiliation_of);
  test_stream_expect_nothing (chat->stream);
  test_stream_say (chat->stream, "<presence from='" TEST_ROOM "/bob'/>");
  g_assert_cmpuint (test_stream_count_rejections (chat->stream, "room-presence-malformed"), ==, 1);
  /* The room itself may. */
  test_stream_say (chat->stream, "<message from='" TEST_ROOM "'>" USER ("<item jid='x@work.test' affiliation='owner'/>") "</message>");
  g_assert_cmpstr (watch.affiliation_of, ==, "x@work.test owner");
  /* XEP-0045 §7.8.2, example 57 */
  test_stream_say (chat->stream, "<message from='" TEST_ROOM "/bob'>" USER ("<decline from='carol@work.test'/>") "</message>");
  g_assert_null (watch.declined);
  test_stream_say (chat->stream, "<message from='" TEST_ROOM "'>" USER ("<decline from='carol@work.test'><reason>no time</reason></decline>") "</message>");
  g_assert_cmpstr (watch.declined, ==, "carol@work.test: no time");
}

static void
test_subject (void)
{
  g_autoptr(TestChat) chat = test_chat_new ();
  g_auto(Watch) watch = { 0 };
  g_autoptr(GAsyncResult) result = NULL, refused = NULL;
  g_autoptr(GError) error = NULL;
  XmppMucRoom *room = test_chat_join (chat, TEST_ROOM_FEATURES);
  const char *id;

  watch_room (&watch, room);
  test_stream_say (chat->stream, "<message from='" TEST_ROOM "/bob' type='groupchat'><subject>a subject and</subject><body>a body</body></message>");
  g_assert_cmpuint (watch.subject, ==, 0);
  xmpp_muc_room_set_subject_async (room, "Plans", NULL, test_take_result, &result);
  test_stream_expect (chat->stream, "<message to='" TEST_ROOM "' type='groupchat'><subject>Plans</subject></message>");
  test_stream_say (chat->stream, "<message from='" TEST_ROOM "/alice' type='groupchat'><subject>Plans</subject></message>");
  test_wait_result (&result);
  g_assert_true (xmpp_muc_room_set_subject_finish (room, result, &error));
  g_assert_cmpstr (xmpp_muc_room_get_subject (room), ==, "Plans");
  g_assert_cmpuint (watch.subject, ==, 1);

  xmpp_muc_room_set_subject_async (room, "Mine", NULL, test_take_result, &refused);
  id = test_stream_expect (chat->stream, "<message to='" TEST_ROOM "' type='groupchat'><subject>Mine</subject></message>");
  test_stream_sayf (chat->stream, "<message from='" TEST_ROOM "' type='error' id='%s'><error type='auth'>"
                                  "<forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>", id);
  test_wait_result (&refused);
  g_assert_false (xmpp_muc_room_set_subject_finish (room, refused, &error));
  g_assert_error (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_FORBIDDEN);
  g_assert_cmpstr (xmpp_muc_room_get_subject (room), ==, "Plans");
}

/* XEP-0410 §3. */
static void
test_self_ping (void)
{
  static const struct
  {
    const char *condition;
    gboolean    in;
  } cases[] = {
    { NULL, TRUE }, { "not-acceptable", FALSE }, { "service-unavailable", TRUE }, { "feature-not-implemented", TRUE },
    { "item-not-found", TRUE }, { "remote-server-timeout", TRUE }, { "not-allowed", FALSE },
  };
  const char *ping = "<iq type='get' to='" TEST_ROOM "/alice'><ping xmlns='urn:xmpp:ping'/></iq>";

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(TestChat) chat = test_chat_new ();
      g_auto(Watch) watch = { 0 };
      XmppMucRoom *room = test_chat_join (chat, "");
      gint64 now = g_get_monotonic_time ();

      watch_room (&watch, room);
      if (i % 2 == 0)
        g_signal_emit_by_name (chat->client, "session-started", TRUE);
      else
        {
          xmpp_muc_check_quiet (chat->muc, now + 14 * G_TIME_SPAN_MINUTE);
          test_stream_expect_nothing (chat->stream);
          xmpp_muc_check_quiet (chat->muc, now + 16 * G_TIME_SPAN_MINUTE);
          xmpp_muc_check_quiet (chat->muc, now + 16 * G_TIME_SPAN_MINUTE);    /* one question at a time */
        }
      if (cases[i].condition == NULL)
        test_stream_answer (chat->stream, ping, NULL);
      else
        test_stream_answer_error (chat->stream, ping, cases[i].condition);
      g_assert_cmpint (xmpp_muc_room_get_state (room), ==, cases[i].in ? XMPP_ROOM_JOINED : XMPP_ROOM_JOINING);
      g_assert_cmpuint (watch.left, ==, cases[i].in ? 0 : 1);
      if (!cases[i].in)
        {
          test_stream_answer (chat->stream, INFO_REQUEST, INFO (""));
          test_stream_expect (chat->stream, JOIN ("alice", HISTORY));
        }
      test_stream_expect_nothing (chat->stream);
    }
}

/* A new session: all rooms again, four at a time. */
static void
test_rejoin (void)
{
  g_autoptr(TestChat) chat = test_chat_new ();
  g_auto(Watch) watch = { 0 };
  XmppMucRoom *room = test_chat_join (chat, "");
  const XmppRoomJoin join = { .nick = "alice" };
  GString *order = g_string_new (NULL);

  watch_room (&watch, room);
  g_signal_emit_by_name (chat->client, "session-started", FALSE);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (room)), ==, 0);
  for (guint i = 0; i < 5; i++)
    {
      g_autofree char *address = g_strdup_printf ("r%u@rooms.work.test", i);

      xmpp_muc_room_want (xmpp_muc_ensure_room (chat->muc, address), &join);
    }
  for (guint i = 0; i < 6; i++)     /* two questions of the new session, four of rooms */
    {
      g_autoptr(XmppNode) iq = test_stream_take (chat->stream);
      const char *to = xmpp_node_get_attribute (iq, "to");

      if (to != NULL && strstr (to, "@rooms.") != NULL)
        g_string_append (order, to);
      test_stream_sayf (chat->stream, "<iq type='error' id='%s' from='%s'><error type='cancel'>"
                                      "<service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>",
                        xmpp_node_get_attribute (iq, "id"), to != NULL ? to : TEST_STREAM_ADDRESS);
    }
  /* Each that ended let another one in. */
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr(XmppNode) iq = test_stream_take (chat->stream);

      g_string_append (order, xmpp_node_get_attribute (iq, "to"));
    }
  g_assert_cmpstr (order->str, ==, TEST_ROOM "r0@rooms.work.testr1@rooms.work.testr2@rooms.work.test"
                                   "r3@rooms.work.testr4@rooms.work.test");
  test_stream_expect_nothing (chat->stream);
  g_string_free (order, TRUE);
}

static void
on_invited (XmppMuc       *muc,
            XmppMucInvite *invite,
            gpointer       user_data)
{
  g_ptr_array_add (user_data, xmpp_muc_invite_copy (invite));
}

static void
test_invites (void)
{
  g_autoptr(TestChat) chat = test_chat_new ();
  g_autoptr(GPtrArray) invites = g_ptr_array_new_with_free_func ((GDestroyNotify) xmpp_muc_invite_free);
  g_autoptr(XmppNode) decline = NULL, direct = NULL, mediated = NULL;
  g_autofree char *xml = NULL;
  const XmppMucInvite *invite;

  g_signal_connect (chat->muc, "invited", G_CALLBACK (on_invited), invites);
  /* XEP-0249 §2 */
  test_stream_say (chat->stream, "<message from='bob@work.test/desktop'><x xmlns='jabber:x:conference' jid='darkcave@rooms.work.test' "
                                 "password='cauldronburn' reason='Hey, this is the place!'/></message>");
  g_assert_cmpuint (invites->len, ==, 1);
  invite = g_ptr_array_index (invites, 0);
  g_assert_cmpstr (invite->room, ==, "darkcave@rooms.work.test");
  g_assert_cmpstr (invite->from, ==, "bob@work.test");
  g_assert_cmpstr (invite->password, ==, "cauldronburn");
  g_assert_false (invite->mediated);
  /* Again: grouped. */
  test_stream_say (chat->stream, "<message from='bob@work.test/other'><x xmlns='jabber:x:conference' jid='darkcave@rooms.work.test'/></message>");
  g_assert_cmpuint (invites->len, ==, 1);
  /* XEP-0045 §7.8.2 */
  test_stream_say (chat->stream, "<message from='coven@rooms.work.test'>" USER ("<invite from='carol@work.test/desktop'><reason>Come</reason></invite><password>p</password>") "</message>");
  g_assert_cmpuint (invites->len, ==, 2);
  invite = g_ptr_array_index (invites, 1);
  g_assert_true (invite->mediated);
  g_assert_cmpstr (invite->room, ==, "coven@rooms.work.test");
  g_assert_cmpstr (invite->from, ==, "carol@work.test");
  g_assert_cmpstr (invite->reason, ==, "Come");
  decline = xmpp_muc_invite_new_decline (invite, "no time");
  xml = xmpp_node_to_string (decline);
  test_assert_same_xml (xml, "<message to='coven@rooms.work.test'>" USER ("<decline to='carol@work.test'><reason>no time</reason></decline>") "</message>");
  /* Forged: a person who speaks as if he were a room. */
  test_chat_refused (chat, "<message from='mallory@work.test/x'>" USER ("<invite from='boss@work.test'/>") "</message>", "invite-not-from-room");
  test_chat_refused (chat, "<message from='mallory@work.test/x'><x xmlns='jabber:x:conference' jid='no room'/></message>", "invite-malformed");
  g_assert_cmpuint (invites->len, ==, 2);
  /* A flood */
  for (guint i = 0; i < 300; i++)
    test_stream_sayf (chat->stream, "<message from='mallory@work.test/x'><x xmlns='jabber:x:conference' jid='r%u@rooms.work.test'/></message>", i);
  g_assert_cmpuint (invites->len, ==, 256);
  g_assert_cmpuint (test_stream_count_rejections (chat->stream, "invite-flood"), ==, 46);
  /* None of them was entered. */
  test_stream_expect_nothing (chat->stream);

  direct = xmpp_muc_invite_new_direct ("bob@work.test", TEST_ROOM, NULL, "Come");
  g_free (xml);
  xml = xmpp_node_to_string (direct);
  test_assert_same_xml (xml, "<message to='bob@work.test'><x xmlns='jabber:x:conference' jid='" TEST_ROOM "' reason='Come'/></message>");
  mediated = xmpp_muc_invite_new_mediated (TEST_ROOM, "bob@work.test", NULL);
  g_free (xml);
  xml = xmpp_node_to_string (mediated);
  test_assert_same_xml (xml, "<message to='" TEST_ROOM "'>" USER ("<invite to='bob@work.test'/>") "</message>");
}

static void
test_admin (void)
{
  g_autoptr(TestChat) chat = test_chat_new ();
  g_autoptr(GAsyncResult) kick = NULL, ban = NULL, list = NULL, destroy = NULL, moderate = NULL, legacy = NULL;
  g_autoptr(GPtrArray) members = NULL;
  g_autoptr(GError) error = NULL;
  const XmppMucMember *member;

#define ADMIN(type, more) "<iq type='" type "' to='" TEST_ROOM "'><query xmlns='http://jabber.org/protocol/muc#admin'>" more "</query></iq>"
  xmpp_muc_admin_set_role_async (chat->client, TEST_ROOM, "bob", XMPP_ROLE_NONE, "enough", NULL, test_take_result, &kick);
  test_stream_answer (chat->stream, ADMIN ("set", "<item nick='bob' role='none'><reason>enough</reason></item>"), NULL);
  test_wait_result (&kick);
  g_assert_true (xmpp_muc_admin_set_role_finish (chat->client, kick, &error));
  xmpp_muc_admin_set_affiliation_async (chat->client, TEST_ROOM, "bob@work.test", XMPP_AFFILIATION_OUTCAST, NULL, NULL, test_take_result, &ban);
  test_stream_answer_error (chat->stream, ADMIN ("set", "<item jid='bob@work.test' affiliation='outcast'/>"), "not-allowed");
  test_wait_result (&ban);
  g_assert_false (xmpp_muc_admin_set_affiliation_finish (chat->client, ban, &error));
  g_assert_error (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_NOT_ALLOWED);
  g_clear_error (&error);
  xmpp_muc_admin_list_async (chat->client, TEST_ROOM, XMPP_AFFILIATION_MEMBER, NULL, test_take_result, &list);
  test_stream_answer (chat->stream, ADMIN ("get", "<item affiliation='member'/>"),
                      "<query xmlns='http://jabber.org/protocol/muc#admin'><item affiliation='member' jid='Bob@work.test' nick='bob'/>"
                      "<item affiliation='member' jid='@@'/><item affiliation='member' jid='carol@work.test'><reason>r</reason></item></query>");
  test_wait_result (&list);
  members = xmpp_muc_admin_list_finish (chat->client, list, &error);
  g_assert_cmpuint (members->len, ==, 2);
  member = g_ptr_array_index (members, 0);
  g_assert_cmpstr (member->address, ==, "bob@work.test");
  g_assert_cmpstr (member->nick, ==, "bob");
  xmpp_muc_admin_destroy_async (chat->client, TEST_ROOM, "new@rooms.work.test", "moved", NULL, test_take_result, &destroy);
  test_stream_answer (chat->stream, "<iq type='set' to='" TEST_ROOM "'><query xmlns='http://jabber.org/protocol/muc#owner'>"
                      "<destroy jid='new@rooms.work.test'><reason>moved</reason></destroy></query></iq>", NULL);
  test_wait_result (&destroy);
  g_assert_true (xmpp_muc_admin_destroy_finish (chat->client, destroy, &error));

  /* XEP-0425 §4, and the form :0 that servers of 2023 know. */
  xmpp_moderation_retract_async (chat->client, TEST_ROOM, "r-1", "spam", FALSE, NULL, test_take_result, &moderate);
  test_stream_answer (chat->stream, "<iq type='set' to='" TEST_ROOM "'><moderate id='r-1' xmlns='urn:xmpp:message-moderate:1'>"
                      "<retract xmlns='urn:xmpp:message-retract:1'/><reason>spam</reason></moderate></iq>", NULL);
  test_wait_result (&moderate);
  g_assert_true (xmpp_moderation_retract_finish (chat->client, moderate, &error));
  xmpp_moderation_retract_async (chat->client, TEST_ROOM, "r-1", NULL, TRUE, NULL, test_take_result, &legacy);
  test_stream_answer_error (chat->stream, "<iq type='set' to='" TEST_ROOM "'><apply-to id='r-1' xmlns='urn:xmpp:fasten:0'>"
                            "<moderate xmlns='urn:xmpp:message-moderate:0'><retract xmlns='urn:xmpp:message-retract:0'/></moderate></apply-to></iq>", "forbidden");
  test_wait_result (&legacy);
  g_assert_false (xmpp_moderation_retract_finish (chat->client, legacy, &error));
  g_assert_error (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_FORBIDDEN);
}

static void
test_avatar (void)
{
  g_autoptr(TestChat) chat = test_chat_new ();
  g_autoptr(GAsyncResult) result = NULL, none = NULL, big = NULL, stored = NULL;
  g_autoptr(GBytes) image = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *type = NULL;
  g_autofree char *text = g_strnfill (4 * (XMPP_MUC_AVATAR_MAX_BYTES / 3 + 1), 'A');
  g_autofree char *answer = g_strdup_printf ("<vCard xmlns='vcard-temp'><PHOTO><BINVAL>%s</BINVAL></PHOTO></vCard>", text);
  const char *request = "<iq type='get' to='" TEST_ROOM "'><vCard xmlns='vcard-temp'/></iq>";

  xmpp_muc_avatar_load_async (chat->client, TEST_ROOM, NULL, test_take_result, &result);
  test_stream_answer (chat->stream, request, "<vCard xmlns='vcard-temp'><PHOTO><TYPE>image/png</TYPE><BINVAL>aGVs\nbG8=</BINVAL></PHOTO></vCard>");
  test_wait_result (&result);
  image = xmpp_muc_avatar_load_finish (chat->client, result, &type, &error);
  g_assert_cmpmem (g_bytes_get_data (image, NULL), g_bytes_get_size (image), "hello", 5);
  g_assert_cmpstr (type, ==, "image/png");
  xmpp_muc_avatar_load_async (chat->client, TEST_ROOM, NULL, test_take_result, &none);
  test_stream_answer_error (chat->stream, request, "item-not-found");
  test_wait_result (&none);
  g_assert_null (xmpp_muc_avatar_load_finish (chat->client, none, NULL, &error));
  g_assert_no_error (error);
  xmpp_muc_avatar_load_async (chat->client, TEST_ROOM, NULL, test_take_result, &big);
  test_stream_answer (chat->stream, request, answer);
  test_wait_result (&big);
  g_assert_null (xmpp_muc_avatar_load_finish (chat->client, big, NULL, &error));
  g_assert_error (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_INVALID_ANSWER);
  g_clear_error (&error);
  xmpp_muc_avatar_store_async (chat->client, TEST_ROOM, image, "image/png", NULL, test_take_result, &stored);
  test_stream_answer (chat->stream, "<iq type='set' to='" TEST_ROOM "'><vCard xmlns='vcard-temp'><PHOTO><TYPE>image/png</TYPE><BINVAL>aGVsbG8=</BINVAL></PHOTO></vCard></iq>", NULL);
  test_wait_result (&stored);
  g_assert_true (xmpp_muc_avatar_store_finish (chat->client, stored, &error));
}

static void
test_list (void)
{
  g_autoptr(TestChat) chat = test_chat_new ();
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GPtrArray) rooms = NULL;
  g_autoptr(GError) error = NULL;

#define LIST(set) "<iq type='get' to='rooms.work.test'><query xmlns='http://jabber.org/protocol/disco#items'>" \
  "<set xmlns='http://jabber.org/protocol/rsm'><max>200</max>" set "</set></query></iq>"
  xmpp_muc_list_async (chat->muc, "rooms.work.test", NULL, test_take_result, &result);
  test_stream_answer (chat->stream, LIST (""), "<query xmlns='http://jabber.org/protocol/disco#items'><item jid='a@rooms.work.test' name='A'/>"
                      "<set xmlns='http://jabber.org/protocol/rsm'><first>a</first><last>a</last><count>2</count></set></query>");
  test_stream_answer (chat->stream, LIST ("<after>a</after>"), "<query xmlns='http://jabber.org/protocol/disco#items'><item jid='b@rooms.work.test'/>"
                      "<item jid='c@rooms.work.test/x'/><set xmlns='http://jabber.org/protocol/rsm'><first>b</first><last>b</last><count>2</count></set></query>");
  test_wait_result (&result);
  rooms = xmpp_muc_list_finish (chat->muc, result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rooms->len, ==, 2);
  g_assert_cmpstr (((XmppMucListed *) g_ptr_array_index (rooms, 0))->name, ==, "A");
  g_assert_cmpstr (((XmppMucListed *) g_ptr_array_index (rooms, 1))->address, ==, "b@rooms.work.test");
}

static void
test_cancel (void)
{
  g_autoptr(TestChat) chat = test_chat_new ();
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GAsyncResult) cancelled = NULL, patient = NULL;
  g_autoptr(GError) error = NULL;
  XmppMucRoom *room = xmpp_muc_ensure_room (chat->muc, TEST_ROOM);
  const XmppRoomJoin join = { .nick = "alice" };

  xmpp_muc_room_join_async (room, &join, cancellable, test_take_result, &cancelled);
  xmpp_muc_room_join_async (room, &join, NULL, test_take_result, &patient);
  test_stream_answer (chat->stream, INFO_REQUEST, INFO (""));
  test_stream_expect (chat->stream, JOIN ("alice", HISTORY));
  g_cancellable_cancel (cancellable);
  g_assert_null (cancelled);
  test_wait_result (&cancelled);
  g_assert_false (xmpp_muc_room_join_finish (room, cancelled, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_null (patient);
  test_stream_say (chat->stream, SELF ("alice"));
  test_wait_result (&patient);
  g_assert_true (xmpp_muc_room_join_finish (room, patient, NULL));
  g_assert_cmpint (xmpp_muc_room_get_state (room), ==, XMPP_ROOM_JOINED);
}

static void
test_forget (void)
{
  g_autoptr(TestChat) chat = test_chat_new ();
  g_autoptr(XmppMucRoom) room = g_object_ref (test_chat_join (chat, ""));
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  const XmppRoomJoin join = { .nick = "alice" };

  xmpp_muc_forget_room (chat->muc, TEST_ROOM);
  test_stream_expect (chat->stream, "<presence to='" TEST_ROOM "/alice' type='unavailable'/>");
  g_assert_null (xmpp_muc_get_room (chat->muc, TEST_ROOM));
  xmpp_muc_room_join_async (room, &join, NULL, test_take_result, &result);
  test_wait_result (&result);
  g_assert_false (xmpp_muc_room_join_finish (room, result, &error));
  g_assert_error (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_DISCONNECTED);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/xmpp/muc/join", test_join);
  g_test_add_func ("/xmpp/muc/many", test_many);
  g_test_add_func ("/xmpp/muc/huge", test_huge);
  g_test_add_func ("/xmpp/muc/refused", test_refused);
  g_test_add_func ("/xmpp/muc/no-such-room", test_no_such_room);
  g_test_add_func ("/xmpp/muc/nick-conflict", test_nick_conflict);
  g_test_add_func ("/xmpp/muc/create", test_create);
  g_test_add_func ("/xmpp/muc/left", test_left);
  g_test_add_func ("/xmpp/muc/nicks", test_nicks);
  g_test_add_func ("/xmpp/muc/nick-reuse", test_nick_reuse);
  g_test_add_func ("/xmpp/muc/strangers", test_strangers);
  g_test_add_func ("/xmpp/muc/subject", test_subject);
  g_test_add_func ("/xmpp/muc/self-ping", test_self_ping);
  g_test_add_func ("/xmpp/muc/rejoin", test_rejoin);
  g_test_add_func ("/xmpp/muc/invites", test_invites);
  g_test_add_func ("/xmpp/muc/admin", test_admin);
  g_test_add_func ("/xmpp/muc/avatar", test_avatar);
  g_test_add_func ("/xmpp/muc/list", test_list);
  g_test_add_func ("/xmpp/muc/cancel", test_cancel);
  g_test_add_func ("/xmpp/muc/forget", test_forget);
  return g_test_run ();
}
