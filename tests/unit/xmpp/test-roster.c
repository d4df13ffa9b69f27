/* SPDX-License-Identifier: GPL-3.0-or-later */
/* RFC 6121 §2 and §3; threats A3, C4. */
#include "config.h"

#include "test-async.h"

#include "xmpp/roster.h"

#define QUERY "<query xmlns='jabber:iq:roster'/>"
#define UNAVAILABLE "<error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"

typedef struct
{
  TestStream *stream;
  XmppRoster *roster;
  GString    *log;
} Fixture;

static void
on_loaded (XmppRoster *roster,
           GString    *log)
{
  g_string_append (log, "loaded;");
}

static void
on_changed (XmppRoster     *roster,
            XmppRosterItem *item,
            GString        *log)
{
  g_autofree char *groups = g_strjoinv (",", item->groups);

  g_string_append_printf (log, "+%s|%s|%s|%s%s%s;", item->address, item->name != NULL ? item->name : "",
                          xmpp_subscription_to_string (item->subscription), groups, item->ask ? "|ask" : "",
                          item->approved ? "|approved" : "");
}

static void
on_removed (XmppRoster *roster,
            const char *address,
            GString    *log)
{
  g_string_append_printf (log, "-%s;", address);
}

static void
on_request (XmppRoster *roster,
            const char *from,
            const char *text,
            GString    *log)
{
  g_string_append_printf (log, "?%s|%s;", from, text);
}

static void
on_request_removed (XmppRoster *roster,
                    const char *from,
                    GString    *log)
{
  g_string_append_printf (log, "!%s;", from);
}

static void
set_up (Fixture       *f,
        gconstpointer  data)
{
  f->stream = test_stream_new ();
  f->roster = xmpp_roster_new (test_stream_get_client (f->stream));
  f->log = g_string_new (NULL);
  g_signal_connect (f->roster, "loaded", G_CALLBACK (on_loaded), f->log);
  g_signal_connect (f->roster, "item-changed", G_CALLBACK (on_changed), f->log);
  g_signal_connect (f->roster, "item-removed", G_CALLBACK (on_removed), f->log);
  g_signal_connect (f->roster, "request-received", G_CALLBACK (on_request), f->log);
  g_signal_connect (f->roster, "request-removed", G_CALLBACK (on_request_removed), f->log);
}

static void
tear_down (Fixture       *f,
           gconstpointer  data)
{
  g_assert_finalize_object (f->roster);
  test_stream_free (f->stream);
  g_string_free (f->log, TRUE);
}

static void
assert_log (Fixture    *f,
            const char *expected)
{
  g_assert_cmpstr (f->log->str, ==, expected);
  g_string_truncate (f->log, 0);
}

static void
wait_loaded (Fixture *f)
{
  while (!xmpp_roster_get_loaded (f->roster))
    g_main_context_iteration (NULL, TRUE);
}

/* Two contacts, as RFC 6121 §2.2 shows. */
static void
load (Fixture *f)
{
  test_session_start (f->stream);
  test_stream_answer (f->stream, "<iq type='get'>" QUERY "</iq>",
                      "<query xmlns='jabber:iq:roster' ver='ver11'>"
                      "<item jid='Bob@Work.test' name='Bob' subscription='both'>"
                      "<group>Sales</group><group>Friends</group><group>Sales</group></item>"
                      "<item jid='carol@work.test' subscription='none' ask='subscribe' approved='true'/>"
                      "<item jid='@@' subscription='both'/>"
                      "<item jid='eve@work.test' subscription='owner'/>"
                      "</query>");
  wait_loaded (f);
}

static void
test_load (Fixture       *f,
           gconstpointer  data)
{
  XmppRosterItem *item;

  load (f);
  assert_log (f, "+bob@work.test|Bob|both|Friends,Sales;+carol@work.test||none||ask|approved;loaded;");
  g_assert_cmpuint (test_stream_count_rejections (f->stream, "roster-item-invalid"), ==, 2);
  item = xmpp_roster_get_item (f->roster, "bob@work.test/phone");
  g_assert_nonnull (item);
  g_assert_true (xmpp_roster_is_contact (f->roster, "bob@work.test/phone"));
  g_assert_true (xmpp_roster_sees_us (f->roster, "bob@work.test"));
  g_assert_false (xmpp_roster_is_contact (f->roster, "carol@work.test"));
  g_assert_true (xmpp_roster_is_contact (f->roster, TEST_STREAM_ADDRESS));
  g_assert_false (xmpp_roster_is_contact (f->roster, "mallory@work.test"));
}

static void
test_pushes (Fixture       *f,
             gconstpointer  data)
{
  load (f);
  g_string_truncate (f->log, 0);

  test_stream_say (f->stream, "<iq type='set' id='p1' from='alice@work.test'><query xmlns='jabber:iq:roster' ver='ver12'>"
                              "<item jid='dave@work.test' subscription='from' name='Dave'/></query></iq>");
  test_stream_expect (f->stream, "<iq type='result' id='p1' to='alice@work.test'/>");
  assert_log (f, "+dave@work.test|Dave|from|;");

  /* The same again changes nothing. */
  test_stream_say (f->stream, "<iq type='set' id='p2'><query xmlns='jabber:iq:roster'>"
                              "<item jid='dave@work.test' subscription='from' name='Dave'/></query></iq>");
  test_stream_expect (f->stream, "<iq type='result' id='p2'/>");
  assert_log (f, "");

  test_stream_say (f->stream, "<iq type='set' id='p3'><query xmlns='jabber:iq:roster'>"
                              "<item jid='dave@work.test' subscription='remove'/></query></iq>");
  test_stream_expect (f->stream, "<iq type='result' id='p3'/>");
  assert_log (f, "-dave@work.test;");
  g_assert_null (xmpp_roster_get_item (f->roster, "dave@work.test"));
}

static void
test_forged_pushes (Fixture       *f,
                    gconstpointer  data)
{
  static const char * const senders[] =
    { "mallory@work.test/x", "mallory@work.test", "alice@work.test/desk", "work.test", "alice@evil.test", "bob@work.test" };

  load (f);
  g_string_truncate (f->log, 0);
  for (guint i = 0; i < G_N_ELEMENTS (senders); i++)
    {
      g_autofree char *expected = g_strdup_printf ("<iq type='error' id='f%u' to='%s'>" UNAVAILABLE "</iq>", i, senders[i]);

      test_stream_sayf (f->stream, "<iq type='set' id='f%u' from='%s'><query xmlns='jabber:iq:roster'>"
                                   "<item jid='mallory@work.test' subscription='both'/></query></iq>", i, senders[i]);
      test_stream_expect (f->stream, expected);
    }
  assert_log (f, "");
  g_assert_cmpuint (test_stream_count_rejections (f->stream, "roster-push-forged"), ==, G_N_ELEMENTS (senders));
  g_assert_null (xmpp_roster_get_item (f->roster, "mallory@work.test"));

  /* From ourselves, but two items or none: the protocol wants exactly one. */
  test_stream_say (f->stream, "<iq type='set' id='g1'><query xmlns='jabber:iq:roster'><item jid='x@work.test'/>"
                              "<item jid='y@work.test'/></query></iq>");
  test_stream_expect (f->stream, "<iq type='error' id='g1'><error type='modify'>"
                                 "<bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>");
  g_assert_cmpuint (test_stream_count_rejections (f->stream, "roster-push-invalid"), ==, 1);
  assert_log (f, "");
}

static void
test_state (Fixture       *f,
            gconstpointer  data)
{
  g_autoptr(GVariant) state = NULL;
  g_autoptr(GVariant) foreign = g_variant_ref_sink (g_variant_new_string ("x"));
  g_autoptr(XmppRoster) other = NULL;
  XmppRosterItem *item;

  load (f);
  state = xmpp_roster_dup_state (f->roster);
  other = xmpp_roster_new (test_stream_get_client (f->stream));
  g_assert_false (xmpp_roster_restore (other, foreign));
  g_assert_true (xmpp_roster_restore (other, state));
  item = xmpp_roster_get_item (other, "bob@work.test");
  g_assert_nonnull (item);
  g_assert_cmpstr (item->name, ==, "Bob");
  g_assert_cmpint (item->subscription, ==, XMPP_SUBSCRIPTION_BOTH);
  g_assert_cmpstr (item->groups[1], ==, "Sales");
  g_assert_true (xmpp_roster_get_item (other, "carol@work.test")->approved);
}

/* A list that a new session brings removes who is gone, and tells only what is different. */
static void
test_reload (Fixture       *f,
             gconstpointer  data)
{
  load (f);
  g_string_truncate (f->log, 0);
  test_session_start (f->stream);
  g_assert_false (xmpp_roster_get_loaded (f->roster));
  test_stream_answer (f->stream, "<iq type='get'>" QUERY "</iq>",
                      "<query xmlns='jabber:iq:roster'><item jid='bob@work.test' name='Bob' subscription='both'>"
                      "<group>Friends</group><group>Sales</group></item></query>");
  wait_loaded (f);
  assert_log (f, "-carol@work.test;loaded;");
}

static void
test_requests (Fixture       *f,
               gconstpointer  data)
{
  g_auto(GStrv) list = NULL;

  test_stream_say (f->stream, "<presence type='subscribe' from='dave@work.test/phone'><status>It is me</status></presence>"
                              "<presence type='subscribe' from='dave@work.test'><status>again</status></presence>"
                              "<presence type='subscribe' from='alice@work.test'/>"
                              "<presence type='subscribe' from='@'/>"
                              "<presence type='subscribe' from='erin@work.test'/>"
                              "<presence type='unsubscribe' from='erin@work.test'/>");
  assert_log (f, "?dave@work.test|It is me;?erin@work.test|;!erin@work.test;");
  list = xmpp_roster_list_requests (f->roster);
  g_assert_cmpuint (g_strv_length (list), ==, 1);
  g_assert_cmpstr (xmpp_roster_get_request_text (f->roster, "dave@work.test"), ==, "It is me");

  g_assert_cmpuint (xmpp_roster_approve (f->roster, "dave@work.test"), >, 0);
  test_stream_expect (f->stream, "<presence type='subscribed' to='dave@work.test'/>");
  assert_log (f, "!dave@work.test;");
  /* No request, and a server that knows no pre-approval. */
  g_assert_cmpuint (xmpp_roster_approve (f->roster, "frank@work.test"), ==, 0);
  g_assert_cmpuint (xmpp_roster_cancel (f->roster, "frank@work.test"), >, 0);
  test_stream_expect (f->stream, "<presence type='unsubscribed' to='frank@work.test'/>");
  g_assert_cmpuint (xmpp_roster_subscribe (f->roster, "frank@work.test", "Hello"), >, 0);
  test_stream_expect (f->stream, "<presence type='subscribe' to='frank@work.test'><status>Hello</status></presence>");
  g_assert_cmpuint (xmpp_roster_subscribe_invited (f->roster, "frank@work.test", "1tMFqYDdKhfe2pwp"), >, 0);
  test_stream_expect (f->stream, "<presence type='subscribe' to='frank@work.test'><preauth xmlns='urn:xmpp:pars:0' token='1tMFqYDdKhfe2pwp'/></presence>");
  g_assert_cmpuint (xmpp_roster_unsubscribe (f->roster, "frank@work.test"), >, 0);
  test_stream_expect (f->stream, "<presence type='unsubscribe' to='frank@work.test'/>");
}

/* Answered on another device: the push says so. */
static void
test_request_answered_elsewhere (Fixture       *f,
                                 gconstpointer  data)
{
  load (f);
  test_stream_say (f->stream, "<presence type='subscribe' from='dave@work.test'/>");
  g_string_truncate (f->log, 0);
  test_stream_say (f->stream, "<iq type='set' id='a1'><query xmlns='jabber:iq:roster'>"
                              "<item jid='dave@work.test' subscription='from'/></query></iq>");
  test_stream_expect (f->stream, "<iq type='result' id='a1'/>");
  assert_log (f, "+dave@work.test||from|;!dave@work.test;");
}

static void
test_request_flood (Fixture       *f,
                    gconstpointer  data)
{
  g_autoptr(GString) flood = g_string_new (NULL);
  g_auto(GStrv) list = NULL;

  for (guint i = 0; i < XMPP_ROSTER_MAX_REQUESTS + 20; i++)
    g_string_append_printf (flood, "<presence type='subscribe' from='bot%u@evil.test'/>", i);
  test_stream_say (f->stream, flood->str);
  list = xmpp_roster_list_requests (f->roster);
  g_assert_cmpuint (g_strv_length (list), ==, XMPP_ROSTER_MAX_REQUESTS);
  g_assert_cmpuint (xmpp_roster_get_dropped_requests (f->roster), ==, 20);
  g_assert_cmpuint (test_stream_count_rejections (f->stream, "subscription-requests-full"), ==, 20);
}

static void
test_changes (Fixture       *f,
              gconstpointer  data)
{
  g_autoptr(GAsyncResult) set = NULL;
  g_autoptr(GAsyncResult) removed = NULL;
  g_autoptr(GError) error = NULL;
  const char *groups[] = { "Team", NULL };

  xmpp_roster_set_item_async (f->roster, "gail@work.test", "Gail <3", groups, NULL, test_async_done, &set);
  test_stream_answer (f->stream, "<iq type='set'><query xmlns='jabber:iq:roster'><item jid='gail@work.test' "
                                 "name='Gail &lt;3'><group>Team</group></item></query></iq>", NULL);
  g_assert_true (xmpp_roster_set_item_finish (f->roster, test_async_wait (&set), &error));
  g_assert_no_error (error);

  xmpp_roster_remove_async (f->roster, "gail@work.test", NULL, test_async_done, &removed);
  test_stream_answer_error (f->stream, "<iq type='set'><query xmlns='jabber:iq:roster'><item jid='gail@work.test' "
                                       "subscription='remove'/></query></iq>", "item-not-found");
  g_assert_false (xmpp_roster_remove_finish (f->roster, test_async_wait (&removed), &error));
  g_assert_error (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_ITEM_NOT_FOUND);
}

#define ADD(path, func) g_test_add ("/xmpp/roster/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("load", test_load);
  ADD ("pushes", test_pushes);
  ADD ("pushes/forged", test_forged_pushes);
  ADD ("state", test_state);
  ADD ("reload", test_reload);
  ADD ("requests", test_requests);
  ADD ("requests/answered-elsewhere", test_request_answered_elsewhere);
  ADD ("requests/flood", test_request_flood);
  ADD ("changes", test_changes);
  return g_test_run ();
}
