/* SPDX-License-Identifier: GPL-3.0-or-later */
/* XEP-0215, XEP-0202, XEP-0092, XEP-0077, XEP-0050, XEP-0055, XEP-0401. */
#include "config.h"

#include "test-async.h"

#include "xmpp/account.h"
#include "xmpp/entity-time.h"
#include "xmpp/extdisco.h"
#include "xmpp/invite.h"
#include "xmpp/user-search.h"
#include "xmpp/version.h"

typedef struct
{
  TestStream *stream;
  XmppClient *client;
  XmppDisco  *disco;
  XmppRoster *roster;
  XmppAdhoc  *adhoc;
} Fixture;

static void
set_up (Fixture       *f,
        gconstpointer  data)
{
  f->stream = test_stream_new ();
  f->client = test_stream_get_client (f->stream);
  f->disco = xmpp_disco_new (f->client);
  f->roster = xmpp_roster_new (f->client);
  f->adhoc = xmpp_adhoc_new (f->client, f->disco);
}

static void
tear_down (Fixture       *f,
           gconstpointer  data)
{
  g_assert_finalize_object (f->adhoc);
  g_assert_finalize_object (f->roster);
  g_assert_finalize_object (f->disco);
  test_stream_free (f->stream);
}

/* --- external services --- */

static void
test_extdisco (Fixture       *f,
               gconstpointer  data)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GPtrArray) list = NULL;
  const XmppExternalService *service;

  xmpp_extdisco_fetch_async (f->client, NULL, test_async_done, &result);
  test_stream_answer (f->stream, "<iq type='get' to='work.test'><services xmlns='urn:xmpp:extdisco:2'/></iq>",
    "<services xmlns='urn:xmpp:extdisco:2'>"
    "<service host='Stun.Shakespeare.lit' port='9998' transport='udp' type='stun'/>"
    "<service host='192.0.2.1' password='jj929jkj5sadjfj93v3n' port='3478' transport='udp' type='turn' username='nb78932lkjlskjfdb7g8'"
    " restricted='1' expires='2026-11-21T20:00:00Z'/>"
    "<service host='[2001:db8::1]' type='turns' restricted='true'/>"
    "<service host='turn.example.org?transport=tcp' type='turn'/><service host='a b' type='turn'/><service type='turn'/>"
    "<service host='-x' type='turn'/><service host='ftp.example.org' type='ftp'/><service host='fe80::1%eth0' type='stun'/><service host='x.example.org' type='stun' port='0'/>"
    "<service host='x.example.org' type='stun' port='70000'/><service host='x.example.org' type='stun' transport='sctp'/>"
    "<service host='x.example.org' type='stun' port='3478x'/></services>");
  list = xmpp_extdisco_fetch_finish (f->client, test_async_wait (&result), NULL);
  g_assert_cmpuint (list->len, ==, 3);
  service = g_ptr_array_index (list, 0);
  g_assert_cmpstr (service->host, ==, "stun.shakespeare.lit");
  g_assert_cmpuint (service->port, ==, 9998);
  service = g_ptr_array_index (list, 1);
  g_assert_cmpstr (service->username, ==, "nb78932lkjlskjfdb7g8");
  g_assert_true (service->restricted);
  g_assert_cmpint (service->expires, ==, G_GINT64_CONSTANT (1795291200) * G_USEC_PER_SEC);
  service = g_ptr_array_index (list, 2);
  g_assert_cmpstr (service->host, ==, "2001:db8::1");
  g_assert_cmpuint (service->port, ==, 5349);
  g_assert_cmpstr (service->transport, ==, "tcp");
}

static void
test_extdisco_many (void)
{
  g_autoptr(XmppNode) services = xmpp_node_new ("services", "urn:xmpp:extdisco:2");
  g_autoptr(GPtrArray) list = NULL;

  for (guint i = 0; i < 100; i++)
    {
      XmppNode *service = xmpp_node_add_child (services, "service", NULL);

      xmpp_node_set_attribute (service, "host", "x.example.org");
      xmpp_node_set_attribute (service, "type", "stun");
    }
  list = xmpp_extdisco_parse (services);
  g_assert_cmpuint (list->len, ==, 32);
}

/* --- time and version: who is told --- */

static void
load_roster (Fixture *f)
{
  test_session_start (f->stream);
  test_stream_answer (f->stream, "<iq type='get'><query xmlns='jabber:iq:roster'/></iq>",
                      "<query xmlns='jabber:iq:roster'><item jid='bob@work.test' subscription='both'/>"
                      "<item jid='carol@work.test' subscription='to'/></query>");
  while (!xmpp_roster_get_loaded (f->roster))
    g_main_context_iteration (NULL, TRUE);
}

#define UNAVAILABLE "<error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"

static void
test_answers (Fixture       *f,
              gconstpointer  data)
{
  static const char * const strangers[] = { "mallory@work.test/x", "carol@work.test/x" };
  g_autoptr(XmppVersion) version = xmpp_version_new (f->client, f->disco, f->roster, "Atrium", "1.0");
  g_autoptr(XmppEntityTime) entity_time = xmpp_entity_time_new (f->client, f->disco, f->roster);

  load_roster (f);
  g_assert_true (xmpp_disco_info_has_feature (xmpp_disco_get_own_info (f->disco), "urn:xmpp:time"));
  test_stream_say (f->stream, "<iq type='get' id='v1' from='bob@work.test/x'><query xmlns='jabber:iq:version'/></iq>");
  test_stream_expect (f->stream, "<iq type='result' id='v1' to='bob@work.test/x'><query xmlns='jabber:iq:version'>"
                                 "<name>Atrium</name><version>1.0</version></query></iq>");
  test_stream_say (f->stream, "<iq type='get' id='t1' from='bob@work.test/x'><time xmlns='urn:xmpp:time'/></iq>");
  test_stream_expect (f->stream, "<iq type='result' id='t1' to='bob@work.test/x'><time xmlns='urn:xmpp:time'><tzo>*</tzo><utc>*</utc></time></iq>");
  for (guint i = 0; i < G_N_ELEMENTS (strangers); i++)
    {
      g_autofree char *v = g_strdup_printf ("<iq type='error' id='v' to='%s'>" UNAVAILABLE "</iq>", strangers[i]);
      g_autofree char *t = g_strdup_printf ("<iq type='error' id='t' to='%s'>" UNAVAILABLE "</iq>", strangers[i]);

      test_stream_sayf (f->stream, "<iq type='get' id='v' from='%s'><query xmlns='jabber:iq:version'/></iq>", strangers[i]);
      test_stream_expect (f->stream, v);
      test_stream_sayf (f->stream, "<iq type='get' id='t' from='%s'><time xmlns='urn:xmpp:time'/></iq>", strangers[i]);
      test_stream_expect (f->stream, t);
    }
}

static void
test_questions (Fixture       *f,
                gconstpointer  data)
{
  g_autoptr(XmppVersion) version = xmpp_version_new (f->client, f->disco, f->roster, "Atrium", "1.0");
  g_autoptr(XmppEntityTime) entity_time = xmpp_entity_time_new (f->client, f->disco, f->roster);
  g_autoptr(GAsyncResult) version_result = NULL;
  g_autoptr(GAsyncResult) time_result = NULL;
  g_autoptr(GAsyncResult) bad_result = NULL;
  g_autofree char *name = NULL;
  g_autofree char *number = NULL;
  g_autofree char *system = NULL;
  g_autoptr(GError) error = NULL;
  gint64 time = 0;
  int offset = 1;

  xmpp_version_fetch_async (version, NULL, NULL, test_async_done, &version_result);
  test_stream_answer (f->stream, "<iq type='get' to='work.test'><query xmlns='jabber:iq:version'/></iq>",
                      "<query xmlns='jabber:iq:version'><name>Exodus</name><version>0.7</version></query>");
  g_assert_true (xmpp_version_fetch_finish (version, test_async_wait (&version_result), &name, &number, &system, &error));
  g_assert_cmpstr (name, ==, "Exodus");
  g_assert_cmpstr (system, ==, "");

  xmpp_entity_time_fetch_async (entity_time, "bob@work.test/x", NULL, test_async_done, &time_result);
  test_stream_answer (f->stream, "<iq type='get' to='bob@work.test/x'><time xmlns='urn:xmpp:time'/></iq>",
                      "<time xmlns='urn:xmpp:time'><tzo>-06:00</tzo><utc>2006-12-19T17:58:35Z</utc></time>");
  g_assert_true (xmpp_entity_time_fetch_finish (entity_time, test_async_wait (&time_result), &offset, &time, &error));
  g_assert_cmpint (offset, ==, -6 * 3600);
  g_assert_cmpint (time, ==, G_GINT64_CONSTANT (1166551115) * G_USEC_PER_SEC);

  xmpp_entity_time_fetch_async (entity_time, "bob@work.test/x", NULL, test_async_done, &bad_result);
  test_stream_answer (f->stream, "<iq type='get' to='bob@work.test/x'><time xmlns='urn:xmpp:time'/></iq>",
                      "<time xmlns='urn:xmpp:time'><tzo>-99:00</tzo><utc>2006-12-19T17:58:35Z</utc></time>");
  g_assert_false (xmpp_entity_time_fetch_finish (entity_time, test_async_wait (&bad_result), &offset, &time, &error));
  g_assert_error (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_INVALID_ANSWER);
  g_assert_cmpint (offset, ==, -6 * 3600);
}

static void
test_offsets (void)
{
  static const struct { const char *text; gboolean valid; int offset; } cases[] = {
    { "Z", TRUE, 0 }, { "+00:00", TRUE, 0 }, { "+08:00", TRUE, 28800 }, { "-05:30", TRUE, -19800 }, { "+14:00", TRUE, 50400 },
    { "+14:01", FALSE }, { "+15:00", FALSE }, { "+08:60", FALSE }, { "08:00", FALSE }, { "+8:00", FALSE }, { "", FALSE },
    { NULL, FALSE }, { "+08:00x", FALSE }, { "+0a:00", FALSE }, { "+08-00", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      int offset = 12345;

      g_assert_cmpint (xmpp_entity_time_parse_offset (cases[i].text, &offset), ==, cases[i].valid);
      g_assert_cmpint (offset, ==, cases[i].valid ? cases[i].offset : 12345);
    }
}

/* --- account --- */

/* The stream of this test is not encrypted: the password stays here. */
static void
test_password_plain (Fixture       *f,
                     gconstpointer  data)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  xmpp_account_change_password_async (f->client, "new-secret", NULL, test_async_done, &result);
  g_assert_false (xmpp_account_finish (f->client, test_async_wait (&result), &error));
  g_assert_error (error, XMPP_CLIENT_ERROR, XMPP_CLIENT_ERROR_TLS_REQUIRED);
  test_stream_expect_nothing (f->stream);
}

static void
test_remove_account (Fixture       *f,
                     gconstpointer  data)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  xmpp_account_remove_async (f->client, NULL, test_async_done, &result);
  test_stream_answer_error (f->stream, "<iq type='set'><query xmlns='jabber:iq:register'><remove/></query></iq>", "not-allowed");
  g_assert_false (xmpp_account_finish (f->client, test_async_wait (&result), &error));
  g_assert_error (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_NOT_ALLOWED);
}

/* --- commands --- */

#define COMMANDS "http://jabber.org/protocol/commands"
#define LIST "<iq type='get' to='work.test'><query xmlns='http://jabber.org/protocol/disco#items' node='" COMMANDS "'/></iq>"
#define LISTED "<query xmlns='http://jabber.org/protocol/disco#items' node='" COMMANDS "'>" \
  "<item jid='work.test' node='urn:xmpp:invite#invite' name='Invite'/><item jid='evil.test' node='urn:xmpp:invite#create-account' name='x'/></query>"

static void
test_adhoc (Fixture       *f,
            gconstpointer  data)
{
  g_autoptr(GAsyncResult) list_result = NULL;
  g_autoptr(GAsyncResult) start_result = NULL;
  g_autoptr(GAsyncResult) next_result = NULL;
  g_autoptr(GPtrArray) commands = NULL;
  g_autoptr(XmppAdhocStep) first = NULL;
  g_autoptr(XmppAdhocStep) last = NULL;
  XmppNode *form = xmpp_node_new ("x", "jabber:x:data");

  xmpp_adhoc_list_async (f->adhoc, NULL, NULL, test_async_done, &list_result);
  test_stream_answer (f->stream, LIST, LISTED);
  commands = xmpp_adhoc_list_finish (f->adhoc, test_async_wait (&list_result), NULL);
  g_assert_cmpuint (commands->len, ==, 1);       /* a command of somebody else is none of this service */

  /* XEP-0050, examples 7 to 12. */
  xmpp_adhoc_start_async (f->adhoc, "responder.work.test", "config", NULL, test_async_done, &start_result);
  test_stream_answer (f->stream, "<iq type='set' to='responder.work.test'><command xmlns='" COMMANDS "' node='config' action='execute'/></iq>",
                      "<command xmlns='" COMMANDS "' sessionid='config:20020923T213616Z-700' node='config' status='executing'>"
                      "<actions execute='next'><next/></actions><x xmlns='jabber:x:data' type='form'><field var='service'/></x></command>");
  first = xmpp_adhoc_finish (f->adhoc, test_async_wait (&start_result), NULL);
  g_assert_cmpint (first->status, ==, XMPP_ADHOC_EXECUTING);
  g_assert_cmpint (first->default_action, ==, XMPP_ADHOC_NEXT);
  g_assert_cmpint (first->actions, ==, XMPP_ADHOC_NEXT | XMPP_ADHOC_CANCEL);
  g_assert_nonnull (first->form);

  xmpp_node_set_attribute (form, "type", "submit");
  xmpp_adhoc_continue_async (f->adhoc, first, XMPP_ADHOC_NEXT, form, NULL, test_async_done, &next_result);
  test_stream_answer (f->stream, "<iq type='set' to='responder.work.test'><command xmlns='" COMMANDS "' node='config' action='next' "
                                 "sessionid='config:20020923T213616Z-700'><x xmlns='jabber:x:data' type='submit'/></command></iq>",
                      "<command xmlns='" COMMANDS "' sessionid='config:20020923T213616Z-700' node='config' status='completed'>"
                      "<note type='error'>Service 'httpd' has not been configured.</note></command>");
  last = xmpp_adhoc_finish (f->adhoc, test_async_wait (&next_result), NULL);
  g_assert_cmpint (last->status, ==, XMPP_ADHOC_COMPLETED);
  g_assert_true (last->failed);
  g_assert_cmpstr (last->notes[0], ==, "Service 'httpd' has not been configured.");
}

static void
test_create_invite (Fixture       *f,
                    gconstpointer  data)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GAsyncResult) refused = NULL;
  g_autoptr(GAsyncResult) strange = NULL;
  g_autofree char *link = NULL;
  g_autoptr(GError) error = NULL;
  gint64 expires;

  xmpp_invite_create_async (f->adhoc, FALSE, NULL, test_async_done, &result);
  test_stream_answer (f->stream, LIST, LISTED);
  test_stream_answer (f->stream, "<iq type='set' to='work.test'><command xmlns='" COMMANDS "' node='urn:xmpp:invite#invite' action='execute'/></iq>",
                      "<command xmlns='" COMMANDS "' node='urn:xmpp:invite#invite' sessionid='1' status='completed'><x xmlns='jabber:x:data' type='result'>"
                      "<field var='uri'><value>xmpp:alice@work.test?roster;preauth=TOKEN;ibr=y</value></field>"
                      "<field var='expire'><value>2026-11-21T20:00:00Z</value></field></x></command>");
  link = xmpp_invite_create_finish (f->adhoc, test_async_wait (&result), &expires, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (link, ==, "xmpp:alice@work.test?roster;preauth=TOKEN;ibr=y");
  g_assert_cmpint (expires, ==, G_GINT64_CONSTANT (1795291200) * G_USEC_PER_SEC);

  /* The other command is of another entity, so this server has none. */
  xmpp_invite_create_async (f->adhoc, TRUE, NULL, test_async_done, &refused);
  test_stream_answer (f->stream, LIST, LISTED);
  g_assert_null (xmpp_invite_create_finish (f->adhoc, test_async_wait (&refused), NULL, &error));
  g_assert_error (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_FEATURE_NOT_IMPLEMENTED);
  g_clear_error (&error);

  xmpp_invite_create_async (f->adhoc, FALSE, NULL, test_async_done, &strange);
  test_stream_answer (f->stream, LIST, LISTED);
  test_stream_answer (f->stream, "<iq type='set' to='work.test'><command xmlns='" COMMANDS "' node='urn:xmpp:invite#invite' action='execute'/></iq>",
                      "<command xmlns='" COMMANDS "' node='urn:xmpp:invite#invite' sessionid='1' status='completed'><x xmlns='jabber:x:data' type='result'>"
                      "<field var='uri'><value>javascript:alert(1)</value></field></x></command>");
  g_assert_null (xmpp_invite_create_finish (f->adhoc, test_async_wait (&strange), NULL, &error));
  g_assert_error (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_INVALID_ANSWER);
}

/* --- search --- */

#define ITEMS "<iq type='get' to='work.test'><query xmlns='http://jabber.org/protocol/disco#items'/></iq>"
#define INFO(to) "<iq type='get' to='" to "'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>"
#define ASKED(field) "<iq type='set' to='vjud.work.test'><query xmlns='jabber:iq:search'><x xmlns='jabber:x:data' type='submit'>" \
  "<field var='FORM_TYPE' type='hidden'><value>jabber:iq:search</value></field><field var='" field "'><value>bob</value></field></x></query></iq>"

static void
test_search (Fixture       *f,
             gconstpointer  data)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GPtrArray) hits = NULL;
  g_autoptr(GError) error = NULL;
  const XmppSearchHit *hit;

  xmpp_search_async (f->client, f->disco, "bob", NULL, test_async_done, &result);
  test_stream_answer (f->stream, ITEMS, "<query xmlns='http://jabber.org/protocol/disco#items'><item jid='vjud.work.test'/></query>");
  test_stream_answer (f->stream, INFO ("work.test"), "<query xmlns='http://jabber.org/protocol/disco#info'/>");
  test_stream_answer (f->stream, INFO ("vjud.work.test"), "<query xmlns='http://jabber.org/protocol/disco#info'>"
                      "<identity category='directory' type='user'/><feature var='jabber:iq:search'/></query>");
  test_stream_answer (f->stream, "<iq type='get' to='vjud.work.test'><query xmlns='jabber:iq:search'/></iq>",
                      "<query xmlns='jabber:iq:search'><instructions/><x xmlns='jabber:x:data' type='form'>"
                      "<field var='user'/><field var='fn'/><field var='bday'/></x></query>");
  test_stream_answer (f->stream, ASKED ("fn"), "<query xmlns='jabber:iq:search'><x xmlns='jabber:x:data' type='result'>"
                      "<item><field var='jid'><value>Bob@work.test</value></field><field var='fn'><value>Bob</value></field></item>"
                      "<item><field var='jid'><value>@@</value></field></item></x></query>");
  test_stream_answer (f->stream, ASKED ("user"), "<query xmlns='jabber:iq:search'><x xmlns='jabber:x:data' type='result'>"
                      "<item><field var='jid'><value>bob@work.test</value></field></item>"
                      "<item><field var='jid'><value>bob2@work.test</value></field></item></x></query>");
  hits = xmpp_search_finish (f->client, test_async_wait (&result), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (hits->len, ==, 2);
  hit = g_ptr_array_index (hits, 0);
  g_assert_cmpstr (hit->address, ==, "bob@work.test");
  g_assert_cmpstr (hit->name, ==, "Bob");
}

static void
test_search_none (Fixture       *f,
                  gconstpointer  data)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  xmpp_search_async (f->client, f->disco, "bob", NULL, test_async_done, &result);
  test_stream_answer (f->stream, ITEMS, "<query xmlns='http://jabber.org/protocol/disco#items'/>");
  test_stream_answer (f->stream, INFO ("work.test"), "<query xmlns='http://jabber.org/protocol/disco#info'/>");
  g_assert_null (xmpp_search_finish (f->client, test_async_wait (&result), &error));
  g_assert_error (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_FEATURE_NOT_IMPLEMENTED);
}

#define ADD(path, func) g_test_add ("/xmpp/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("extdisco", test_extdisco);
  g_test_add_func ("/xmpp/extdisco/many", test_extdisco_many);
  ADD ("time-and-version/answers", test_answers);
  ADD ("time-and-version/questions", test_questions);
  g_test_add_func ("/xmpp/time/offsets", test_offsets);
  ADD ("account/password-plain", test_password_plain);
  ADD ("account/remove", test_remove_account);
  ADD ("adhoc", test_adhoc);
  ADD ("invite/create", test_create_invite);
  ADD ("search", test_search);
  ADD ("search/none", test_search_none);
  return g_test_run ();
}
