/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A connection's whole life against a scripted server: how it is found, kept, resumed, slowed down and ended. */

#include "config.h"

#include "test-clock.h"
#include "test-hostile-server.h"
#include "test-resolver.h"
#include "test-stream.h"

#include "xmpp/client-private.h"

#include <string.h>

static TestAuthority *authority;

typedef struct
{
  XmppClient *client;
  GString    *events;           /* S started, R resumed, E ended, An acknowledged, Un unacknowledged, body texts */
  guint       started;
  guint       resumed;
  guint       ended;
  guint64     acknowledged;
  gboolean    confirm;
} Account;

static void
on_started (XmppClient *client,
            gboolean    resumed,
            Account    *account)
{
  g_string_append (account->events, resumed ? "R " : "S ");
  if (resumed)
    account->resumed++;
  else
    account->started++;
}

static void
on_ended (XmppClient *client,
          Account    *account)
{
  g_string_append (account->events, "E ");
  account->ended++;
}

static void
on_acknowledged (XmppClient *client,
                 guint64     serial,
                 Account    *account)
{
  account->acknowledged = serial;
  g_string_append_printf (account->events, "A%" G_GUINT64_FORMAT " ", serial);
}

static void
on_unacknowledged (XmppClient *client,
                   guint64     serial,
                   Account    *account)
{
  g_string_append_printf (account->events, "U%" G_GUINT64_FORMAT " ", serial);
}

static gboolean
on_message (XmppClient *client,
            XmppNode   *stanza,
            gpointer    user_data)
{
  Account *account = user_data;

  g_string_append_printf (account->events, "%s ", xmpp_node_get_child_text (stanza, "body", NULL));
  if (account->confirm)
    xmpp_client_confirm (client, xmpp_client_get_received (client));
  return TRUE;
}

static void
account_init (Account     *account,
              TestHostile *server)
{
  memset (account, 0, sizeof *account);
  account->events = g_string_new (NULL);
  account->client = xmpp_client_new ("alice@work.test");
  xmpp_client_set_password (account->client, "alice-password");
  if (server != NULL)
    xmpp_client_set_server (account->client, test_hostile_get_uri (server));
  xmpp_client_set_ca_file (account->client, test_authority_get_file (authority));
  g_signal_connect (account->client, "session-started", G_CALLBACK (on_started), account);
  g_signal_connect (account->client, "session-ended", G_CALLBACK (on_ended), account);
  g_signal_connect (account->client, "acknowledged", G_CALLBACK (on_acknowledged), account);
  g_signal_connect (account->client, "unacknowledged", G_CALLBACK (on_unacknowledged), account);
  xmpp_client_add_handler (account->client, XMPP_STANZA_MESSAGE, 0, "body", "jabber:client", on_message, account, NULL);
}

static void
account_clear (Account *account)
{
  xmpp_client_disconnect (account->client, FALSE);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (account->client);
  g_string_free (account->events, TRUE);
}

static gboolean
is_online (gpointer data)
{
  return xmpp_client_get_state (((Account *) data)->client) == XMPP_CLIENT_ONLINE;
}

static gboolean
is_waiting (gpointer data)
{
  return xmpp_client_get_state (((Account *) data)->client) == XMPP_CLIENT_WAITING;
}

static gboolean
has_resumed (gpointer data)
{
  return ((Account *) data)->resumed > 0;
}

static void
say (Account    *account,
     const char *text)
{
  XmppNode *message = xmpp_node_new ("message", "jabber:client");

  xmpp_node_set_attribute (message, "to", "bob@work.test");
  xmpp_node_add_text_child (message, "body", NULL, text);
  g_assert_cmpuint (xmpp_client_send (account->client, message), !=, 0);
}

static gboolean
on_tick (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

typedef struct
{
  gboolean  flag;    /* atomic */
  char     *heard;
  int       number;
} Notes;

static gboolean
is_flagged (gpointer data)
{
  return g_atomic_int_get (&((Notes *) data)->flag);
}

/* What a script on its thread sets. */
static void
wait_for_flag (Notes *notes)
{
  guint tick = g_timeout_add (5, on_tick, NULL);

  test_stream_wait (is_flagged, notes);
  g_source_remove (tick);
}

/* --- finding the server --- */

static void
script_online (TestHostileLink *link,
               gpointer         data)
{
  if (test_link_go_online (link, NULL))
    g_free (test_link_hear_all (link));
}

/* A port that nobody listens on: taken and given back. */
static guint16
get_dead_port (void)
{
  TestHostile *server = test_hostile_new (authority, script_online, NULL);
  guint16 port = test_hostile_get_port (server);

  test_hostile_free (server);
  return port;
}

/* The first target is dead, the second has direct TLS and another name in DNS: its certificate is for the domain. */
static void
script_direct (TestHostileLink *link,
               gpointer         data)
{
  g_autoptr(GTlsCertificate) certificate = test_authority_issue (authority, TEST_CERTIFICATE_RIGHT);

  if (test_link_secure (link, certificate) && test_link_sign_in (link, TEST_LINK_FEATURES_BIND) &&
      test_link_bind (link, NULL))
    g_free (test_link_hear_all (link));
}

static void
test_srv (void)
{
  g_autoptr(TestHostile) server = test_hostile_new (authority, script_direct, NULL);
  TestResolver *resolver = test_resolver_install ();
  g_autofree char *description = NULL;
  g_autofree char *expected = NULL;
  Account account;

  test_resolver_add_srv (resolver, "_xmpp-client._tcp.work.test", 5, 0, get_dead_port (), "dead.example.org.");
  test_resolver_add_srv (resolver, "_xmpps-client._tcp.work.test", 10, 0, test_hostile_get_port (server), "chat.example.org");
  account_init (&account, NULL);
  xmpp_client_connect (account.client);
  test_stream_wait (is_online, &account);
  description = xmpp_client_dup_description (account.client);
  expected = g_strdup_printf ("xmpps://chat.example.org:%u, TLS 1.3, SCRAM-SHA-256", test_hostile_get_port (server));
  g_assert_cmpstr (description, ==, expected);
  account_clear (&account);
  test_resolver_remove (resolver);
}

static void
expect_no_server (TestResolver *resolver)
{
  Account account;

  account_init (&account, NULL);
  xmpp_client_connect (account.client);
  test_stream_wait (is_waiting, &account);
  g_assert_error (xmpp_client_get_error (account.client), XMPP_CLIENT_ERROR, XMPP_CLIENT_ERROR_NOT_FOUND);
  g_assert_cmpint (xmpp_client_get_retry_at (account.client), >, 0);
  account_clear (&account);
  test_resolver_remove (resolver);
}

/* "." says that there is no such service: the domain's own address is not tried (RFC 2782). */
static void
test_srv_none (void)
{
  TestResolver *resolver = test_resolver_install ();

  test_resolver_add_srv (resolver, "_xmpp-client._tcp.work.test", 0, 0, 0, ".");
  expect_no_server (resolver);
}

static void
test_no_such_domain (void)
{
  TestResolver *resolver = test_resolver_install ();

  test_resolver_add_missing (resolver, "work.test");
  expect_no_server (resolver);
}

/* --- making an account --- */

static void
script_registration (TestHostileLink *link,
                     gpointer         data)
{
  Notes *notes = data;
  static const char * const requests[] = {
    "<preauth xmlns='urn:xmpp:pars:0' token='T-1'/></iq>",
    "<query xmlns='jabber:iq:register'/></iq>",
    "<query xmlns='jabber:iq:register'><username>alice</username><password>alice-password</password></query></iq>",
  };
  static const char * const answers[] = {
    "", "<query xmlns='jabber:iq:register'><instructions>x</instructions><username/><password/></query>", "",
  };

  if (test_link_get_number (link) > 1 || !test_link_open_secured (link) ||
      !test_link_open (link, "<register xmlns='http://jabber.org/features/iq-register'/>"
                             "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>SCRAM-SHA-256</mechanism>"
                             "</mechanisms>"))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (requests); i++)
    {
      g_autofree char *id = NULL;
      g_autofree char *answer = NULL;

      if (!test_link_hear (link, " id='") || (id = test_link_hear_until (link, "'")) == NULL ||
          !test_link_hear (link, requests[i]))
        return;
      if (notes->number == (int) i)
        answer = g_strdup_printf ("<iq type='error' id='%s'><error type='cancel'>"
                                  "<conflict xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>", id);
      else
        answer = g_strdup_printf ("<iq type='result' id='%s' from='work.test'>%s</iq>", id, answers[i]);
      if (!test_link_say (link, answer))
        return;
    }
  if (test_link_scram (link, "SCRAM-SHA-256", 4096, NULL) && test_link_open (link, TEST_LINK_FEATURES_BIND) &&
      test_link_bind (link, NULL))
    g_free (test_link_hear_all (link));
}

static void
test_registration (void)
{
  Notes notes = { FALSE, NULL, -1 };
  g_autoptr(TestHostile) server = test_hostile_new (authority, script_registration, &notes);
  Account account;

  account_init (&account, server);
  xmpp_client_set_registration (account.client, TRUE, "T-1");
  xmpp_client_connect (account.client);
  test_stream_wait (is_online, &account);
  account_clear (&account);
}

static gboolean
is_offline (gpointer data)
{
  return xmpp_client_get_state (((Account *) data)->client) == XMPP_CLIENT_OFFLINE;
}

static void
test_registration_refused (void)
{
  for (int step = 0; step < 3; step++)
    {
      Notes notes = { FALSE, NULL, step };
      g_autoptr(TestHostile) server = test_hostile_new (authority, script_registration, &notes);
      Account account;

      account_init (&account, server);
      xmpp_client_set_registration (account.client, TRUE, "T-1");
      xmpp_client_connect (account.client);
      test_stream_wait (is_offline, &account);
      g_assert_error (xmpp_client_get_error (account.client), XMPP_CLIENT_ERROR, XMPP_CLIENT_ERROR_REGISTRATION);
      g_test_message ("%s", xmpp_client_get_error (account.client)->message);
      account_clear (&account);
    }
}

/* --- acknowledgements --- */

/* One request for a burst, another for what came meanwhile; not one a stanza. */
static void
script_acks (TestHostileLink *link,
             gpointer         data)
{
  Notes *notes = data;
  g_autofree char *between = NULL;

  if (!test_link_go_online (link, "session-1") || !test_link_hear (link, "<r xmlns='urn:xmpp:sm:3'/>") ||
      (between = test_link_hear_until (link, "nine</body></message>")) == NULL)
    return;
  notes->heard = g_steal_pointer (&between);
  test_link_say (link, "<a xmlns='urn:xmpp:sm:3' h='1'/>");
  if (test_link_hear (link, "<r xmlns='urn:xmpp:sm:3'/>") && test_link_say (link, "<a xmlns='urn:xmpp:sm:3' h='9'/>"))
    g_free (test_link_hear_all (link));
}

static gboolean
has_acknowledged_nine (gpointer data)
{
  return ((Account *) data)->acknowledged == 9;
}

static void
test_acks_coalesced (void)
{
  static const char * const texts[] = { "one", "two", "three", "four", "five", "six", "seven", "eight", "nine" };
  Notes notes = { 0 };
  TestHostile *server = test_hostile_new (authority, script_acks, &notes);
  Account account;

  account_init (&account, server);
  xmpp_client_connect (account.client);
  test_stream_wait (is_online, &account);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    say (&account, texts[i]);
  test_stream_wait (has_acknowledged_nine, &account);
  g_assert_cmpstr (account.events->str, ==, "S A1 A9 ");
  account_clear (&account);
  test_hostile_free (server);
  g_assert_null (strstr (notes.heard, "<r "));
  g_free (notes.heard);
}

/* A server without stream management: an answered ping tells as much. */
static void
script_pings (TestHostileLink *link,
              gpointer         data)
{
  if (!test_link_go_online (link, NULL))
    return;
  for (;;)
    {
      g_autofree char *id = NULL;
      g_autofree char *answer = NULL;

      if (!test_link_hear (link, "<iq type='get' to='work.test' id='") || (id = test_link_hear_until (link, "'")) == NULL ||
          !test_link_hear (link, "<ping xmlns='urn:xmpp:ping'/></iq>"))
        return;
      answer = g_strdup_printf ("<iq type='error' id='%s' from='work.test'><error type='cancel'>"
                                "<service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>", id);
      if (!test_link_say (link, answer))
        return;
    }
}

static gboolean
has_acknowledged_four (gpointer data)
{
  return ((Account *) data)->acknowledged >= 4;
}

static void
test_acks_by_ping (void)
{
  TestHostile *server = test_hostile_new (authority, script_pings, NULL);
  Account account;

  account_init (&account, server);
  xmpp_client_connect (account.client);
  test_stream_wait (is_online, &account);
  say (&account, "one");    /* 1; its ping is 2 */
  say (&account, "two");    /* 3; the next ping is 4 */
  test_stream_wait (has_acknowledged_four, &account);
  g_assert_cmpstr (account.events->str, ==, "S A2 A4 ");

  /* And it does not ping itself into a circle. */
  say (&account, "three");
  while (account.acknowledged < 6)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (account.acknowledged, ==, 6);
  account_clear (&account);
  test_hostile_free (server);
}

/* --- resuming --- */

/* "one" and "two" arrive, "two" is not confirmed, the link breaks. Then the server repeats "two" and says "three". */
static void
script_resume (TestHostileLink *link,
               gpointer         data)
{
  Notes *notes = data;

  if (test_link_get_number (link) == 1)
    {
      if (test_link_go_online (link, "session-1") &&
          test_link_say (link, "<message><body>one</body></message><message><body>two</body></message>"
                               "<r xmlns='urn:xmpp:sm:3'/>") &&
          test_link_hear (link, "out-1</body>") && test_link_hear (link, "out-2</body>"))
        test_link_say (link, "<a xmlns='urn:xmpp:sm:3' h='1'/>");
      return;
    }
  if (!test_link_open_secured (link) || !test_link_sign_in (link, TEST_LINK_FEATURES_SM) ||
      !test_link_hear (link, "<resume xmlns='urn:xmpp:sm:3' previd='session-1' h='1'/>"))
    return;
  if (notes->number == 0)
    {
      test_link_say (link, "<resumed xmlns='urn:xmpp:sm:3' previd='session-1' h='1'/>"
                           "<message><body>two</body></message><message><body>three</body></message>");
      if (test_link_hear (link, "out-2</body>") && test_link_hear (link, "<r xmlns='urn:xmpp:sm:3'/>"))
        test_link_say (link, "<a xmlns='urn:xmpp:sm:3' h='2'/><r xmlns='urn:xmpp:sm:3'/>");
      /* One confirmed of one, two and three. */
      if (test_link_hear (link, "<a xmlns='urn:xmpp:sm:3' h='1'/>"))
        g_atomic_int_set (&notes->flag, TRUE);
    }
  else
    {
      test_link_say (link, notes->number == 1 ? "<failed xmlns='urn:xmpp:sm:3' h='2'><item-not-found "
                                                "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>"
                                              : "<failed xmlns='urn:xmpp:sm:3'/>");
      if (test_link_bind (link, "session-2"))
        g_atomic_int_set (&notes->flag, TRUE);
    }
  g_free (test_link_hear_all (link));
}

static gboolean
has_heard_two (gpointer data)
{
  return strstr (((Account *) data)->events->str, "two ") != NULL;
}

static gboolean
has_ended (gpointer data)
{
  return ((Account *) data)->ended > 0;
}

static gboolean
has_heard_three (gpointer data)
{
  return strstr (((Account *) data)->events->str, "three ") != NULL;
}

static void
run_resume (Account     *account,
            TestHostile *server)
{
  account_init (account, server);
  xmpp_client_set_confirm_manually (account->client, TRUE);
  xmpp_client_connect (account->client);
  test_stream_wait (is_online, account);
  say (account, "out-1");
  test_stream_wait (has_heard_two, account);
  xmpp_client_confirm (account->client, 1);
  say (account, "out-2");
  test_stream_wait (has_ended, account);
  xmpp_client_connect (account->client);
}

static void
test_resume (void)
{
  Notes notes = { FALSE, NULL, 0 };
  TestHostile *server = test_hostile_new (authority, script_resume, &notes);
  Account account;

  run_resume (&account, server);
  test_stream_wait (has_resumed, &account);
  test_stream_wait (has_heard_three, &account);
  wait_for_flag (&notes);
  g_assert_cmpstr (account.events->str, ==, "S one two A1 E R three A2 ");
  g_assert_cmpuint (xmpp_client_get_received (account.client), ==, 3);
  account_clear (&account);
  test_hostile_free (server);
}

static gboolean
has_started_twice (gpointer data)
{
  return ((Account *) data)->started == 2;
}

/* The server has forgotten the session, and may still know how much of it had arrived. */
static void
test_resume_failed (void)
{
  static const char * const expected[] = { "S one two A1 E A2 S ", "S one two A1 E U2 S " };

  for (int i = 0; i < 2; i++)
    {
      Notes notes = { FALSE, NULL, 1 + i };
      TestHostile *server = test_hostile_new (authority, script_resume, &notes);
      Account account;

      run_resume (&account, server);
      test_stream_wait (has_started_twice, &account);
      wait_for_flag (&notes);
      g_assert_cmpstr (account.events->str, ==, expected[i]);
      account_clear (&account);
      test_hostile_free (server);
    }
}

/* --- a dead link --- */

static void
script_silent (TestHostileLink *link,
               gpointer         data)
{
  Notes *notes = data;

  if (test_link_go_online (link, "session-1") && test_link_hear (link, "<r xmlns='urn:xmpp:sm:3'/>"))
    g_atomic_int_set (&notes->flag, TRUE);
  g_free (test_link_hear_all (link));
}

static void
test_dead_link (void)
{
  Notes notes = { 0 };
  TestHostile *server = test_hostile_new (authority, script_silent, &notes);
  XmppClock *clock = test_clock_new ();
  Account account;

  account_init (&account, server);
  xmpp_client_set_clock (account.client, clock);
  xmpp_client_connect (account.client);
  test_stream_wait (is_online, &account);
  test_clock_advance (clock, 15 * G_TIME_SPAN_SECOND);
  wait_for_flag (&notes);   /* it was asked whether it lives */
  g_assert_cmpuint (account.ended, ==, 0);
  test_clock_advance (clock, 12 * G_TIME_SPAN_SECOND);
  test_stream_wait (has_ended, &account);
  g_assert_error (xmpp_client_get_error (account.client), XMPP_CLIENT_ERROR, XMPP_CLIENT_ERROR_UNREACHABLE);
  g_assert_cmpint (xmpp_client_get_state (account.client), ==, XMPP_CLIENT_WAITING);
  /* The next try is less than a second away: the server does not expect a crowd. */
  g_assert_cmpint (test_clock_get_next (clock), <=, G_TIME_SPAN_SECOND);
  account_clear (&account);
  test_hostile_free (server);
  test_clock_free (clock);
}

/* A server that never says a word costs 45 s at most. */
static void
script_mute (TestHostileLink *link,
             gpointer         data)
{
  test_link_hear (link, "<stream:stream");
  g_atomic_int_set (&((Notes *) data)->flag, TRUE);
  g_free (test_link_hear_all (link));
}

static void
test_mute_server (void)
{
  Notes notes = { 0 };
  TestHostile *server = test_hostile_new (authority, script_mute, &notes);
  XmppClock *clock = test_clock_new ();
  Account account;

  account_init (&account, server);
  xmpp_client_set_clock (account.client, clock);
  xmpp_client_connect (account.client);
  wait_for_flag (&notes);
  test_clock_advance (clock, 45 * G_TIME_SPAN_SECOND);
  test_stream_wait (is_waiting, &account);
  g_assert_error (xmpp_client_get_error (account.client), XMPP_CLIENT_ERROR, XMPP_CLIENT_ERROR_TIMED_OUT);
  account_clear (&account);
  test_hostile_free (server);
  test_clock_free (clock);
}

/* --- being pinged, being idle --- */

static void
script_csi (TestHostileLink *link,
            gpointer         data)
{
  Notes *notes = data;

  if (!test_link_open_secured (link) ||
      !test_link_sign_in (link, TEST_LINK_FEATURES_BIND "<csi xmlns='urn:xmpp:csi:0'/>") || !test_link_bind (link, NULL) ||
      !test_link_say (link, "<iq type='get' id='p1' from='work.test'><ping xmlns='urn:xmpp:ping'/></iq>") ||
      !test_link_hear (link, "<iq type='result' to='work.test' id='p1'/>") ||
      !test_link_hear (link, "<inactive xmlns='urn:xmpp:csi:0'/>") ||
      !test_link_hear (link, "<active xmlns='urn:xmpp:csi:0'/>"))
    return;
  g_atomic_int_set (&notes->flag, TRUE);
  g_free (test_link_hear_all (link));
}

static void
test_ping_and_csi (void)
{
  Notes notes = { 0 };
  TestHostile *server = test_hostile_new (authority, script_csi, &notes);
  Account account;

  account_init (&account, server);
  xmpp_client_connect (account.client);
  test_stream_wait (is_online, &account);
  while (xmpp_client_get_received (account.client) == 0)
    g_main_context_iteration (NULL, TRUE);
  xmpp_client_set_inactive (account.client, TRUE);
  xmpp_client_set_inactive (account.client, TRUE);
  xmpp_client_set_inactive (account.client, FALSE);
  wait_for_flag (&notes);
  account_clear (&account);
  test_hostile_free (server);
}

/* --- a flood (threats C4) --- */

#define FLOOD 1000

typedef struct
{
  guint total;
  guint in_this_turn;
  guint most;
} Flood;

/* Each takes a millisecond. */
static gboolean
on_flood (XmppClient *client,
          XmppNode   *stanza,
          gpointer    user_data)
{
  Flood *flood = user_data;
  gint64 until = g_get_monotonic_time () + 1000;

  while (g_get_monotonic_time () < until)
    ;
  flood->total++;
  flood->in_this_turn++;
  flood->most = MAX (flood->most, flood->in_this_turn);
  return TRUE;
}

static void
test_flood (void)
{
  g_autoptr(TestStream) stream = test_stream_new ();
  g_autoptr(GString) xml = g_string_new (NULL);
  Flood flood = { 0 };

  xmpp_client_add_handler (test_stream_get_client (stream), XMPP_STANZA_MESSAGE, 0, NULL, NULL, on_flood, &flood, NULL);
  for (guint i = 0; i < FLOOD; i++)
    g_string_append (xml, "<message><body>x</body></message>");
  test_stream_push (stream, xml->str);

  /* Between two iterations a frame would be drawn: an iteration may not take longer than the slice. */
  while (flood.total < FLOOD)
    {
      flood.in_this_turn = 0;
      g_main_context_iteration (NULL, TRUE);
    }
  g_test_message ("at most %u stanzas of 1 ms in a turn", flood.most);
  g_assert_cmpuint (flood.most, <=, 9);
}

int
main (int    argc,
      char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  authority = test_authority_new ();

  g_test_add_func ("/connect/srv", test_srv);
  g_test_add_func ("/connect/srv/none", test_srv_none);
  g_test_add_func ("/connect/no-such-domain", test_no_such_domain);
  g_test_add_func ("/connect/registration", test_registration);
  g_test_add_func ("/connect/registration/refused", test_registration_refused);
  g_test_add_func ("/connect/acks/coalesced", test_acks_coalesced);
  g_test_add_func ("/connect/acks/by-ping", test_acks_by_ping);
  g_test_add_func ("/connect/resume", test_resume);
  g_test_add_func ("/connect/resume/failed", test_resume_failed);
  g_test_add_func ("/connect/dead-link", test_dead_link);
  g_test_add_func ("/connect/mute-server", test_mute_server);
  g_test_add_func ("/connect/ping-and-csi", test_ping_and_csi);
  g_test_add_func ("/connect/flood", test_flood);

  status = g_test_run ();
  test_authority_free (authority);
  return status;
}
