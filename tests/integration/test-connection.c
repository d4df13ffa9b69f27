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

int
main (int    argc,
      char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      g_autofree char *path = g_strdup_printf ("/connection/%s/%s/way-in",
                                               ways[i].kind == TEST_SERVER_PROSODY ? "prosody" : "ejabberd",
                                               ways[i].transport);
      g_test_add_data_func (path, &ways[i], test_way_in);
    }

  status = g_test_run ();
  for (guint i = 0; i < G_N_ELEMENTS (servers); i++)
    test_server_stop (servers[i]);
  return status;
}
