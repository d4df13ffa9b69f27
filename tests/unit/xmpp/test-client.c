/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "test-stream.h"

#include <string.h>

static guint
count (TestStream *stream,
       const char *reason)
{
  return test_stream_count_rejections (stream, reason);
}

/* --- handlers --- */

typedef struct
{
  GString  *order;
  char      letter;
  gboolean  consume;
} Listener;

static gboolean
on_stanza (XmppClient *client,
           XmppNode   *stanza,
           gpointer    user_data)
{
  Listener *listener = user_data;

  g_string_append_c (listener->order, listener->letter);
  return listener->consume;
}

static void
test_handlers (void)
{
  g_autoptr(TestStream) stream = test_stream_new ();
  XmppClient *client = test_stream_get_client (stream);
  g_autoptr(GString) order = g_string_new (NULL);
  Listener a = { order, 'a', FALSE }, b = { order, 'b', FALSE }, c = { order, 'c', TRUE }, d = { order, 'd', FALSE };
  guint b_id;

  xmpp_client_add_handler (client, XMPP_STANZA_MESSAGE, 0, "body", "jabber:client", on_stanza, &a, NULL);
  b_id = xmpp_client_add_handler (client, XMPP_STANZA_MESSAGE, 5, NULL, NULL, on_stanza, &b, NULL);
  xmpp_client_add_handler (client, XMPP_STANZA_MESSAGE, 0, NULL, "urn:x", on_stanza, &c, NULL);
  xmpp_client_add_handler (client, XMPP_STANZA_MESSAGE, -5, NULL, NULL, on_stanza, &d, NULL);

  test_stream_say (stream, "<message><body>one</body></message>");
  g_assert_cmpstr (order->str, ==, "bad");
  g_string_truncate (order, 0);

  test_stream_say (stream, "<message><y xmlns='urn:x'/><body>two</body></message>");
  g_assert_cmpstr (order->str, ==, "bac");
  g_string_truncate (order, 0);

  xmpp_client_remove_handler (client, b_id);
  test_stream_say (stream, "<message><body xmlns='urn:other'>three</body></message><presence/>");
  g_assert_cmpstr (order->str, ==, "d");
  g_assert_cmpuint (xmpp_client_get_received (client), ==, 7);   /* with the three of the harness */
}

static void
test_requests (void)
{
  g_autoptr(TestStream) stream = test_stream_new ();

  test_stream_say (stream, "<iq type='get' id='q1' from='bob@work.test/x'><query xmlns='urn:nobody'/></iq>");
  test_stream_expect (stream, "<iq type='error' id='q1' to='bob@work.test/x'><error type='cancel'>"
                              "<service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>");

  /* Two children, or none: no request. */
  test_stream_say (stream, "<iq type='set' id='q2' from='bob@work.test/x'><a/><b/></iq>");
  test_stream_expect (stream, "<iq type='error' id='q2' to='bob@work.test/x'><error type='modify'>"
                              "<bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>");
  test_stream_say (stream, "<iq type='wrong' id='q3'><a/></iq><iq type='get'><a/></iq>");
  g_assert_cmpuint (count (stream, "iq-malformed"), ==, 3);
  test_stream_expect_nothing (stream);
}

/* --- answers (threats A4) --- */

typedef struct
{
  gboolean  done;
  XmppNode *answer;
  GError   *error;
} Outcome;

static void
on_answer (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  Outcome *outcome = user_data;

  g_assert_false (outcome->done);
  outcome->answer = xmpp_client_send_iq_finish (XMPP_CLIENT (source), result, &outcome->error);
  outcome->done = TRUE;
}

static void
outcome_clear (Outcome *outcome)
{
  g_clear_pointer (&outcome->answer, xmpp_node_unref);
  g_clear_error (&outcome->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Outcome, outcome_clear)

static void
ask (TestStream   *stream,
     const char   *to,
     GCancellable *cancellable,
     Outcome      *outcome)
{
  XmppNode *iq = xmpp_client_new_iq ("get", to);

  xmpp_node_add_child (iq, "query", "urn:q");
  xmpp_client_send_iq_async (test_stream_get_client (stream), iq, cancellable, on_answer, outcome);
}

static void
test_answer (void)
{
  g_autoptr(TestStream) stream = test_stream_new ();
  g_auto(Outcome) outcome = { 0 };

  ask (stream, "room.work.test", NULL, &outcome);
  test_stream_answer (stream, "<iq type='get' to='room.work.test'><query xmlns='urn:q'/></iq>",
                      "<query xmlns='urn:q'>yes</query>");
  g_assert_true (outcome.done);
  g_assert_no_error (outcome.error);
  g_assert_cmpstr (xmpp_node_get_child_text (outcome.answer, "query", "urn:q"), ==, "yes");
}

static void
test_answer_error (void)
{
  g_autoptr(TestStream) stream = test_stream_new ();
  g_auto(Outcome) outcome = { 0 };

  ask (stream, "room.work.test", NULL, &outcome);
  test_stream_answer_error (stream, "<iq type='get' to='room.work.test'><query xmlns='urn:q'/></iq>", "item-not-found");
  g_assert_true (outcome.done);
  g_assert_error (outcome.error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_ITEM_NOT_FOUND);
}

static void
test_answer_forged (void)
{
  g_autoptr(TestStream) stream = test_stream_new ();
  g_auto(Outcome) outcome = { 0 };
  g_autofree char *id = NULL;

  ask (stream, "room.work.test", NULL, &outcome);
  id = g_strdup (test_stream_expect (stream, "<iq type='get' to='room.work.test'><query xmlns='urn:q'/></iq>"));
  g_assert_cmpuint (strlen (id), >=, 16);

  test_stream_sayf (stream, "<iq type='result' id='%s' from='mallory@work.test/x'/>", id);
  test_stream_sayf (stream, "<iq type='result' id='%s'/>", id);
  test_stream_sayf (stream, "<iq type='error' id='%s' from='room.work.test/x'/>", id);
  test_stream_say (stream, "<iq type='result' id='other' from='room.work.test'/>");
  g_assert_false (outcome.done);
  g_assert_cmpuint (count (stream, "iq-answer-sender"), ==, 3);
  g_assert_cmpuint (count (stream, "iq-answer-unknown"), ==, 1);

  test_stream_sayf (stream, "<iq type='result' id='%s' from='room.work.test'/>", id);
  g_assert_true (outcome.done);
  g_assert_no_error (outcome.error);

  /* And only once. */
  test_stream_sayf (stream, "<iq type='result' id='%s' from='room.work.test'/>", id);
  g_assert_cmpuint (count (stream, "iq-answer-unknown"), ==, 2);
}

static void
test_answer_of_own_account (void)
{
  static const char * const senders[] = { "", " from='alice@work.test'", " from='alice@work.test/desk'" };

  for (guint i = 0; i < G_N_ELEMENTS (senders); i++)
    {
      g_autoptr(TestStream) stream = test_stream_new ();
      g_auto(Outcome) outcome = { 0 };
      g_autofree char *id = NULL;

      ask (stream, NULL, NULL, &outcome);
      id = g_strdup (test_stream_expect (stream, "<iq type='get'><query xmlns='urn:q'/></iq>"));
      test_stream_sayf (stream, "<iq type='result' id='%s' from='alice@work.test/phone'/>", id);
      g_assert_false (outcome.done);
      test_stream_sayf (stream, "<iq type='result' id='%s'%s/>", id, senders[i]);
      g_assert_true (outcome.done);
    }
}

static void
test_cancel (void)
{
  g_autoptr(TestStream) stream = test_stream_new ();
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_auto(Outcome) outcome = { 0 };
  g_auto(Outcome) late = { 0 };
  g_autofree char *id = NULL;

  ask (stream, NULL, cancellable, &outcome);
  id = g_strdup (test_stream_expect (stream, "<iq type='get'><query xmlns='urn:q'/></iq>"));
  g_cancellable_cancel (cancellable);
  test_stream_wait_flag (&outcome.done);
  g_assert_error (outcome.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  test_stream_sayf (stream, "<iq type='result' id='%s'/>", id);
  g_assert_cmpuint (count (stream, "iq-answer-unknown"), ==, 1);

  /* Cancelled before it began: nothing is sent. */
  ask (stream, NULL, cancellable, &late);
  test_stream_wait_flag (&late.done);
  g_assert_error (late.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  test_stream_expect_nothing (stream);
}

static void
test_cut (void)
{
  g_autoptr(TestStream) stream = test_stream_new ();
  XmppClient *client = test_stream_get_client (stream);
  g_auto(Outcome) outcome = { 0 };
  g_auto(Outcome) late = { 0 };

  ask (stream, NULL, NULL, &outcome);
  test_stream_expect (stream, "<iq type='get'><query xmlns='urn:q'/></iq>");
  test_stream_cut (stream);
  test_stream_wait_flag (&outcome.done);
  g_assert_error (outcome.error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_DISCONNECTED);

  ask (stream, NULL, NULL, &late);
  test_stream_wait_flag (&late.done);
  g_assert_error (late.error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_DISCONNECTED);
  g_assert_cmpuint (xmpp_client_send (client, xmpp_node_new ("presence", "jabber:client")), ==, 0);
}

static void
test_too_large (void)
{
  g_autoptr(TestStream) stream = test_stream_new ();
  XmppNode *message = xmpp_node_new ("message", "jabber:client");
  g_autofree char *text = g_strnfill (262144, 'x');

  xmpp_node_add_text_child (message, "body", NULL, text);
  g_assert_cmpuint (xmpp_client_send (test_stream_get_client (stream), message), ==, 0);
  g_assert_cmpuint (count (stream, "outgoing-too-large"), ==, 1);
  test_stream_expect_nothing (stream);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/client/handlers", test_handlers);
  g_test_add_func ("/client/requests", test_requests);
  g_test_add_func ("/client/answer", test_answer);
  g_test_add_func ("/client/answer/error", test_answer_error);
  g_test_add_func ("/client/answer/forged", test_answer_forged);
  g_test_add_func ("/client/answer/of-own-account", test_answer_of_own_account);
  g_test_add_func ("/client/cancel", test_cancel);
  g_test_add_func ("/client/cut", test_cut);
  g_test_add_func ("/client/too-large", test_too_large);

  return g_test_run ();
}
