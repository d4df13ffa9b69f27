/* SPDX-License-Identifier: GPL-3.0-or-later */

/* XmppClient against real servers: every way in, and every way of losing the connection. */

#include "config.h"

#include "test-server.h"

#include "xmpp/client.h"
#include "xmpp/jid.h"

#include <string.h>

/* Ends a broken test. A dead link may take 27 s to be noticed, and the next try 5 s. */
#define DEADLINE_SECONDS 60

typedef struct
{
  XmppClient *client;
  guint       started;         /* ::session-started, new */
  guint       resumed;         /* ::session-started, resumed */
  guint       ended;
  guint64     acknowledged;
  guint64     unacknowledged;  /* G_MAXUINT64: not said */
  GPtrArray  *bodies;          /* of char *, in the order received */
  GString    *log;             /* redacted wire log, shown when a wait fails */
} Person;

static void
on_started (XmppClient *client,
            gboolean    resumed,
            Person     *person)
{
  if (resumed)
    person->resumed++;
  else
    person->started++;
}

static void
on_ended (XmppClient *client,
          Person     *person)
{
  person->ended++;
}

static void
on_acknowledged (XmppClient *client,
                 guint64     serial,
                 Person     *person)
{
  g_assert_cmpuint (serial, >, person->acknowledged);
  person->acknowledged = serial;
}

static void
on_unacknowledged (XmppClient *client,
                   guint64     serial,
                   Person     *person)
{
  person->unacknowledged = serial;
}

static void
on_note (XmppClient *client,
         const char *line,
         Person     *person)
{
  g_string_append (person->log, line);
  g_string_append_c (person->log, '\n');
}

static gboolean
on_message (XmppClient *client,
            XmppNode   *stanza,
            gpointer    user_data)
{
  Person *person = user_data;
  const char *body = xmpp_node_get_child_text (stanza, "body", NULL);

  g_ptr_array_add (person->bodies, g_strdup (body));
  return TRUE;
}

static void
person_init (Person     *person,
             TestServer *server,
             const char *name,
             const char *transport)
{
  g_autofree char *address = g_strdup_printf ("%s@work.test", name);
  g_autofree char *password = g_strdup_printf ("%s-password", name);

  memset (person, 0, sizeof *person);
  person->unacknowledged = G_MAXUINT64;
  person->bodies = g_ptr_array_new_with_free_func (g_free);
  person->log = g_string_new (NULL);
  person->client = xmpp_client_new (address);
  xmpp_client_set_password (person->client, password);
  xmpp_client_set_server (person->client, test_server_get (server, transport));
  xmpp_client_set_ca_file (person->client, test_server_get (server, "ca"));
  xmpp_client_add_handler (person->client, XMPP_STANZA_MESSAGE, 0, "body", "jabber:client", on_message, person, NULL);
  g_signal_connect (person->client, "session-started", G_CALLBACK (on_started), person);
  g_signal_connect (person->client, "session-ended", G_CALLBACK (on_ended), person);
  g_signal_connect (person->client, "acknowledged", G_CALLBACK (on_acknowledged), person);
  g_signal_connect (person->client, "unacknowledged", G_CALLBACK (on_unacknowledged), person);
  g_signal_connect (person->client, "stream-note", G_CALLBACK (on_note), person);
}

static void
person_clear (Person *person)
{
  xmpp_client_disconnect (person->client, FALSE);
  g_assert_finalize_object (person->client);
  g_ptr_array_unref (person->bodies);
  g_string_free (person->log, TRUE);
}

/* --- waiting --- */

static gboolean
on_deadline (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_CONTINUE;
}

static void
complain (Person     *person,
          const char *what)
{
  const GError *error = xmpp_client_get_error (person->client);

  g_error ("waited in vain for %s; state %d, %s\n%s", what, xmpp_client_get_state (person->client),
           error != NULL ? error->message : "no error", person->log->str);
}

#define WAIT(person, condition) \
  G_STMT_START { \
    gboolean late_ = FALSE; \
    guint deadline_ = g_timeout_add_seconds (DEADLINE_SECONDS, on_deadline, &late_); \
    while (!(condition)) \
      { \
        if (late_) \
          complain (person, #condition); \
        g_main_context_iteration (NULL, TRUE); \
      } \
    g_source_remove (deadline_); \
  } G_STMT_END

static gboolean
is_online (Person *person)
{
  return xmpp_client_get_state (person->client) == XMPP_CLIENT_ONLINE;
}

static void
come_online (Person *person)
{
  xmpp_client_connect (person->client);
  WAIT (person, is_online (person));
  xmpp_client_send (person->client, xmpp_node_new ("presence", "jabber:client"));
}

static guint64
say (Person     *from,
     const char *to,
     const char *text)
{
  XmppNode *message = xmpp_node_new ("message", "jabber:client");

  xmpp_node_set_attribute (message, "to", to);
  xmpp_node_set_attribute (message, "type", "chat");
  xmpp_node_add_text_child (message, "body", NULL, text);
  return xmpp_client_send (from->client, message);
}

/* --- ways in --- */

typedef struct
{
  TestServerKind  kind;
  const char     *transport;
  const char     *description;
} Way;

static const Way ways[] = {
  { TEST_SERVER_PROSODY, "starttls", "xmpp://" },
  { TEST_SERVER_PROSODY, "tls", "xmpps://" },
  { TEST_SERVER_PROSODY, "websocket", "wss://" },
  { TEST_SERVER_PROSODY, "websocket_plain", "ws://" },
  { TEST_SERVER_EJABBERD, "starttls", "xmpp://" },
  { TEST_SERVER_EJABBERD, "tls", "xmpps://" },
  { TEST_SERVER_EJABBERD, "websocket", "wss://" },
  { TEST_SERVER_EJABBERD, "websocket_plain", "ws://" },
};

static TestServer *servers[2];    /* by kind, started once */

static TestServer *
get_server (TestServerKind kind)
{
  static const char * const arguments[] = { "--relay", NULL };

  if (servers[kind] == NULL)
    servers[kind] = test_server_start (kind, arguments);
  return servers[kind];
}

static void
test_way_in (gconstpointer data)
{
  const Way *way = data;
  TestServer *server = get_server (way->kind);
  g_autofree char *description = NULL;
  g_autofree char *floor = NULL;
  Person alice, bob;
  guint64 serial;

  if (server == NULL)
    return;
  person_init (&alice, server, "alice", way->transport);
  person_init (&bob, server, "bob", way->transport);
  come_online (&alice);
  come_online (&bob);

  description = xmpp_client_dup_description (alice.client);
  g_test_message ("%s", description);
  g_assert_true (g_str_has_prefix (description, way->description));
  floor = xmpp_client_dup_auth_floor (alice.client);
  g_assert_true (g_str_has_prefix (floor, "SCRAM-SHA-256"));
  g_assert_true (xmpp_jid_bare_equal (xmpp_client_get_full_address (alice.client), "alice@work.test"));
  g_assert_nonnull (xmpp_client_get_features (alice.client));

  serial = say (&alice, "bob@work.test", "你好 <&> \"hello\"");
  WAIT (&bob, bob.bodies->len == 1);
  g_assert_cmpstr (g_ptr_array_index (bob.bodies, 0), ==, "你好 <&> \"hello\"");
  WAIT (&alice, alice.acknowledged >= serial);

  /* Nothing secret or private in the wire log (threats B10). */
  g_assert_null (strstr (alice.log->str, "alice-password"));
  g_assert_null (strstr (alice.log->str, "hello"));
  g_assert_nonnull (strstr (alice.log->str, "<message"));

  person_clear (&alice);
  person_clear (&bob);
}

/* --- ways of losing the connection --- */

/* The connection is reset: both come back to the sessions they had, and what was said meanwhile arrives once. */
static void
test_cut (gconstpointer data)
{
  const Way *way = data;
  TestServer *server = get_server (way->kind);
  Person alice, bob;
  g_autofree char *full = NULL;

  if (server == NULL)
    return;
  person_init (&alice, server, "alice", way->transport);
  person_init (&bob, server, "bob", way->transport);
  come_online (&alice);
  come_online (&bob);
  full = g_strdup (xmpp_client_get_full_address (alice.client));

  say (&alice, "bob@work.test", "before");
  WAIT (&bob, bob.bodies->len == 1);
  test_server_command (server, "cut");
  say (&alice, "bob@work.test", "into the dark");
  WAIT (&alice, alice.ended == 1);
  WAIT (&bob, bob.ended == 1);
  g_assert_cmpint (xmpp_client_get_state (alice.client), !=, XMPP_CLIENT_OFFLINE);
  g_assert_cmpuint (say (&alice, "bob@work.test", "not sent"), ==, 0);

  test_server_command (server, "heal");
  xmpp_client_connect (alice.client);
  xmpp_client_connect (bob.client);
  WAIT (&alice, alice.resumed == 1);
  WAIT (&bob, bob.resumed == 1);
  g_assert_cmpstr (xmpp_client_get_full_address (alice.client), ==, full);
  say (&alice, "bob@work.test", "after");
  WAIT (&bob, bob.bodies->len == 3);
  g_assert_cmpstr (g_ptr_array_index (bob.bodies, 1), ==, "into the dark");
  g_assert_cmpstr (g_ptr_array_index (bob.bodies, 2), ==, "after");
  g_assert_cmpuint (alice.started, ==, 1);
  g_assert_cmpuint (alice.unacknowledged, ==, G_MAXUINT64);

  person_clear (&alice);
  person_clear (&bob);
}

/* A program that ends and one that starts: the session goes from one to the other. */
static void
test_restart_of_client (gconstpointer data)
{
  const Way *way = data;
  TestServer *server = get_server (way->kind);
  g_autoptr(GVariant) session = NULL;
  Person alice, again, bob;

  if (server == NULL)
    return;
  person_init (&alice, server, "alice", way->transport);
  person_init (&bob, server, "bob", way->transport);
  come_online (&bob);
  come_online (&alice);
  xmpp_client_set_confirm_manually (alice.client, TRUE);

  say (&bob, "alice@work.test", "one");
  WAIT (&alice, alice.bodies->len == 1);
  xmpp_client_confirm (alice.client, xmpp_client_get_received (alice.client));
  say (&bob, "alice@work.test", "two");
  WAIT (&alice, alice.bodies->len == 2);

  /* "two" was handled, but never stored: the next process must see it again, and "one" not. */
  session = xmpp_client_dup_session (alice.client);
  g_assert_nonnull (session);
  xmpp_client_disconnect (alice.client, TRUE);
  say (&bob, "alice@work.test", "three");

  person_init (&again, server, "alice", way->transport);
  xmpp_client_set_session (again.client, session);
  xmpp_client_connect (again.client);
  WAIT (&again, again.resumed == 1);
  g_assert_cmpuint (again.unacknowledged, ==, 0);
  WAIT (&again, again.bodies->len == 2);
  g_assert_cmpstr (g_ptr_array_index (again.bodies, 0), ==, "two");
  g_assert_cmpstr (g_ptr_array_index (again.bodies, 1), ==, "three");

  /* And it goes on counting from there. */
  WAIT (&again, say (&again, "bob@work.test", "back") != 0);
  WAIT (&bob, bob.bodies->len == 1);

  person_clear (&alice);
  person_clear (&again);
  person_clear (&bob);
}

/* The server dies without a word and forgets its sessions. */
static void
test_kill_of_server (gconstpointer data)
{
  const Way *way = data;
  TestServer *server = get_server (way->kind);
  Person alice;

  if (server == NULL)
    return;
  person_init (&alice, server, "alice", way->transport);
  come_online (&alice);
  WAIT (&alice, alice.acknowledged == 1);

  test_server_command (server, "kill");
  g_assert_cmpuint (say (&alice, "alice@work.test", "nobody hears"), ==, 2);
  WAIT (&alice, alice.ended == 1);
  test_server_command (server, "start");
  xmpp_client_connect (alice.client);
  WAIT (&alice, alice.started + alice.resumed == 2);
  if (alice.resumed == 0)
    g_assert_cmpuint (alice.unacknowledged, ==, 2);

  person_clear (&alice);
}

static guint
count_acks (Person *person)
{
  guint count = 0;

  for (const char *at = person->log->str; (at = strstr (at, "<a xmlns='urn:xmpp:sm:3'")) != NULL; at++)
    count += g_str_has_prefix (at - strlen ("← "), "←");
  return count;
}

/* Nothing comes and nothing goes, and no packet says so (threats §8 promise 8). Both servers at once, as it takes long. */
static void
test_half_open (void)
{
  Person alice[2];
  TestServer *server[2];
  gint64 start;

  for (guint i = 0; i < 2; i++)
    {
      server[i] = get_server (i);
      if (server[i] == NULL)
        return;
      person_init (&alice[i], server[i], "alice", i == TEST_SERVER_PROSODY ? "starttls" : "websocket");
      come_online (&alice[i]);
      WAIT (&alice[i], alice[i].acknowledged == 1);
    }

  /* Left alone they live: after a while each is asked, and answers. */
  for (guint i = 0; i < 2; i++)
    {
      guint answers = count_acks (&alice[i]);

      WAIT (&alice[i], count_acks (&alice[i]) > answers || alice[i].ended > 0);
      g_assert_cmpuint (alice[i].ended, ==, 0);
    }

  for (guint i = 0; i < 2; i++)
    test_server_command (server[i], "stall");
  start = g_get_monotonic_time ();
  say (&alice[0], "alice@work.test", "into the void");

  for (guint i = 0; i < 2; i++)
    {
      WAIT (&alice[i], alice[i].ended == 1);
      g_assert_cmpint (g_get_monotonic_time () - start, <=, 30 * G_USEC_PER_SEC);
      test_server_command (server[i], "heal");
    }
  for (guint i = 0; i < 2; i++)
    {
      WAIT (&alice[i], alice[i].resumed == 1);
      WAIT (&alice[i], is_online (&alice[i]));
    }
  WAIT (&alice[0], alice[0].bodies->len == 1);
  for (guint i = 0; i < 2; i++)
    person_clear (&alice[i]);
}

/* --- refusals --- */

static void
test_wrong_password (gconstpointer data)
{
  const Way *way = data;
  TestServer *server = get_server (way->kind);
  Person alice;

  if (server == NULL)
    return;
  person_init (&alice, server, "alice", way->transport);
  xmpp_client_set_password (alice.client, "wrong");
  xmpp_client_connect (alice.client);
  WAIT (&alice, xmpp_client_get_error (alice.client) != NULL);
  g_assert_error (xmpp_client_get_error (alice.client), XMPP_CLIENT_ERROR, XMPP_CLIENT_ERROR_AUTH_FAILED);
  g_assert_cmpint (xmpp_client_get_state (alice.client), ==, XMPP_CLIENT_OFFLINE);

  /* Corrected, it works. */
  xmpp_client_set_password (alice.client, "alice-password");
  come_online (&alice);
  person_clear (&alice);
}

static void
test_unknown_authority (gconstpointer data)
{
  const Way *way = data;
  TestServer *server = get_server (way->kind);
  g_autofree char *problem = NULL;
  Person alice;

  if (server == NULL)
    return;
  person_init (&alice, server, "alice", way->transport);
  xmpp_client_set_ca_file (alice.client, NULL);
  xmpp_client_connect (alice.client);
  WAIT (&alice, xmpp_client_get_error (alice.client) != NULL);
  g_assert_error (xmpp_client_get_error (alice.client), XMPP_CLIENT_ERROR, XMPP_CLIENT_ERROR_CERTIFICATE);
  g_assert_cmpint (xmpp_client_get_state (alice.client), ==, XMPP_CLIENT_OFFLINE);
  problem = xmpp_client_dup_certificate_problem (alice.client);
  g_test_message ("%s", problem);
  g_assert_nonnull (strstr (problem, "signed by nobody that this computer trusts"));
  g_assert_nonnull (strstr (problem, "work.test"));
  person_clear (&alice);
}

static void
add (const char    *name,
     const Way     *way,
     GTestDataFunc  func)
{
  g_autofree char *path = g_strdup_printf ("/connection/%s/%s/%s",
                                           way->kind == TEST_SERVER_PROSODY ? "prosody" : "ejabberd", way->transport, name);

  g_test_add_data_func (path, way, func);
}

int
main (int    argc,
      char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      gboolean secure = strcmp (ways[i].transport, "websocket_plain") != 0;

      add ("way-in", &ways[i], test_way_in);
      if (secure)
        {
          add ("cut", &ways[i], test_cut);
          add ("wrong-password", &ways[i], test_wrong_password);
          add ("unknown-authority", &ways[i], test_unknown_authority);
        }
      if (strcmp (ways[i].transport, "starttls") == 0 || strcmp (ways[i].transport, "websocket") == 0)
        add ("restart-of-client", &ways[i], test_restart_of_client);
      if (strcmp (ways[i].transport, "tls") == 0)
        add ("kill-of-server", &ways[i], test_kill_of_server);
    }
  g_test_add_func ("/connection/half-open", test_half_open);

  status = g_test_run ();
  for (guint i = 0; i < G_N_ELEMENTS (servers); i++)
    test_server_stop (servers[i]);
  return status;
}
