/* SPDX-License-Identifier: GPL-3.0-or-later */
/* XEP-0292, RFC 6351, XEP-0054, XEP-0191; threats A3. */
#include "config.h"

#include "test-async.h"

#include "xmpp/avatar.h"
#include "xmpp/blocking.h"
#include "xmpp/vcard-temp.h"

/* --- cards --- */

static void
assert_entry (GPtrArray  *list,
              guint       index,
              const char *value,
              const char *kind)
{
  const XmppVcardEntry *entry;

  g_assert_cmpuint (index, <, list->len);
  entry = g_ptr_array_index (list, index);
  g_assert_cmpstr (entry->value, ==, value);
  g_assert_cmpstr (entry->kind, ==, kind);
}

static void
test_vcard4 (void)
{
  /* After XEP-0292 §3, example 1. */
  static const char xml[] =
    "<vcard xmlns='urn:ietf:params:xml:ns:vcard-4.0'><fn><text>Peter Saint-Andre</text></fn>"
    "<n><surname>Saint-Andre</surname><given>Peter</given><additional/></n>"
    "<nickname><text>stpeter</text></nickname><nickname><text>psa</text></nickname>"
    "<photo><uri>https://evil.test/track.jpg</uri></photo>"
    "<bday><date>1966-08-06</date></bday>"
    "<adr><parameters><type><text>work</text></type></parameters><ext>Suite 600</ext><street>1899 Wynkoop Street</street>"
    "<locality>Denver</locality><region>CO</region><code>80202</code><country>USA</country></adr>"
    "<tel><parameters><type><text>Work</text><text>voice</text></type></parameters><uri>tel:+1-303-308-3282</uri></tel>"
    "<tel><parameters><type><text>cell</text></type></parameters><text>+1-720-256-6756</text></tel>"
    "<email><parameters><type><text>work</text></type></parameters><text>psaintan@cisco.com</text></email>"
    "<org><parameters><type><text>work</text></type></parameters><text>Cisco</text><text>Standards</text></org>"
    "<group name='g'><title><text>Technical Leader</text></title></group>"
    "<url><uri>https://stpeter.im/</uri></url><note><text>  </text></note><x xmlns='urn:other'><text>no</text></x></vcard>";
  g_autoptr(XmppNode) node = xmpp_node_parse (xml, -1, NULL);
  g_autoptr(XmppVcard) card = xmpp_vcard4_parse (node);
  g_autoptr(XmppVcard) copy = NULL;
  g_autoptr(XmppVcard) again = NULL;
  g_autoptr(XmppNode) written = NULL;

  g_assert_cmpstr (card->full_name, ==, "Peter Saint-Andre");
  g_assert_cmpstr (card->family_name, ==, "Saint-Andre");
  g_assert_cmpstr (card->given_name, ==, "Peter");
  g_assert_cmpstr (card->nickname, ==, "stpeter");
  g_assert_cmpstr (card->birthday, ==, "1966-08-06");
  g_assert_cmpstr (card->organisation, ==, "Cisco");
  g_assert_cmpstr (card->department, ==, "Standards");
  g_assert_cmpstr (card->title, ==, "Technical Leader");
  g_assert_null (card->note);
  g_assert_null (card->photo);
  assert_entry (card->phones, 0, "+1-303-308-3282", "work");
  assert_entry (card->phones, 1, "+1-720-256-6756", "cell");
  assert_entry (card->emails, 0, "psaintan@cisco.com", "work");
  assert_entry (card->addresses, 0, "Suite 600, 1899 Wynkoop Street, Denver, CO, 80202, USA", "work");

  copy = xmpp_vcard_copy (card);
  written = xmpp_vcard4_to_node (copy);
  again = xmpp_vcard4_parse (written);
  g_assert_cmpstr (again->full_name, ==, card->full_name);
  g_assert_cmpstr (again->given_name, ==, card->given_name);
  g_assert_cmpstr (again->department, ==, card->department);
  g_assert_cmpstr (again->url, ==, card->url);
  assert_entry (again->phones, 0, "+1-303-308-3282", "work");
  assert_entry (again->addresses, 0, "Suite 600, 1899 Wynkoop Street, Denver, CO, 80202, USA", "work");
}

static void
test_vcard4_limits (void)
{
  g_autoptr(XmppNode) node = xmpp_node_new ("vcard", "urn:ietf:params:xml:ns:vcard-4.0");
  g_autoptr(XmppNode) other = xmpp_node_new ("vcard", "urn:other");
  g_autoptr(GString) text = g_string_new (NULL);
  g_autoptr(XmppVcard) card = NULL;

  g_assert_null (xmpp_vcard4_parse (other));
  for (guint i = 0; i < 3000; i++)
    g_string_append (text, "李");
  xmpp_node_add_text_child (xmpp_node_add_child (node, "fn", NULL), "text", NULL, text->str);
  for (guint i = 0; i < XMPP_VCARD_MAX_LIST + 1; i++)
    xmpp_node_add_text_child (xmpp_node_add_child (node, "email", NULL), "text", NULL, "a@example.org");
  card = xmpp_vcard4_parse (node);
  g_assert_cmpuint (strlen (card->full_name), <=, XMPP_VCARD_MAX_TEXT);
  g_assert_cmpuint (strlen (card->full_name), >, XMPP_VCARD_MAX_TEXT - 3);
  g_assert_true (g_utf8_validate (card->full_name, -1, NULL));
  g_assert_cmpuint (card->emails->len, ==, XMPP_VCARD_MAX_LIST);
}

static void
test_vcard_temp (void)
{
  static const char xml[] =
    "<vCard xmlns='vcard-temp'><FN>Peter</FN><N><FAMILY>Saint-Andre</FAMILY><GIVEN>Peter</GIVEN></N>"
    "<ORG><ORGNAME>XMPP</ORGNAME><ORGUNIT>Board</ORGUNIT></ORG><TEL><WORK/><VOICE/><NUMBER>303-308-3282</NUMBER></TEL>"
    "<TEL><HOME/><NUMBER/></TEL><EMAIL><INTERNET/><USERID>stpeter@jabber.org</USERID></EMAIL>"
    "<ADR><HOME/><STREET>Main</STREET><LOCALITY>Denver</LOCALITY></ADR>"
    "<PHOTO><TYPE>text/html</TYPE><BINVAL>\n iVBORw0KGgoAAAA=\n</BINVAL></PHOTO><PHOTO><EXTVAL>https://evil.test/x.png</EXTVAL></PHOTO></vCard>";
  g_autoptr(XmppNode) node = xmpp_node_parse (xml, -1, NULL);
  g_autoptr(XmppVcard) card = xmpp_vcard_temp_parse (node);
  g_autofree char *huge = g_strnfill (XMPP_AVATAR_MAX_BYTES * 4 / 3 + 8, 'A');
  g_autofree char *huge_xml = g_strdup_printf ("<vCard xmlns='vcard-temp'><PHOTO><BINVAL>%s</BINVAL></PHOTO></vCard>", huge);
  g_autoptr(XmppNode) huge_node = xmpp_node_parse (huge_xml, -1, NULL);
  g_autoptr(XmppVcard) huge_card = xmpp_vcard_temp_parse (huge_node);

  g_assert_cmpstr (card->full_name, ==, "Peter");
  g_assert_cmpstr (card->department, ==, "Board");
  g_assert_cmpuint (card->phones->len, ==, 1);
  assert_entry (card->phones, 0, "303-308-3282", "work");
  assert_entry (card->emails, 0, "stpeter@jabber.org", "");
  assert_entry (card->addresses, 0, "Main, Denver", "home");
  g_assert_cmpuint (g_bytes_get_size (card->photo), ==, 11);
  g_assert_cmpstr (card->photo_type, ==, "image/png");    /* what it is, not what it is called */
  g_assert_nonnull (huge_card);
  g_assert_null (huge_card->photo);
}

typedef struct
{
  TestStream *stream;
  XmppClient *client;
  XmppDisco  *disco;
  XmppPubsub *pubsub;
  XmppPep    *pep;
} Fixture;

static void
set_up (Fixture       *f,
        gconstpointer  data)
{
  f->stream = test_stream_new ();
  f->client = test_stream_get_client (f->stream);
  f->disco = xmpp_disco_new (f->client);
  f->pubsub = xmpp_pubsub_new (f->client, f->disco);
  f->pep = xmpp_pep_new (f->client, f->disco, f->pubsub);
}

static void
tear_down (Fixture       *f,
           gconstpointer  data)
{
  g_assert_finalize_object (f->pep);
  g_assert_finalize_object (f->pubsub);
  g_assert_finalize_object (f->disco);
  test_stream_free (f->stream);
}

#define ASK_PEP "<iq type='get' to='bob@work.test'><pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:vcard4' max_items='1'/></pubsub></iq>"
#define ASK_IQ "<iq type='get' to='bob@work.test'><vcard xmlns='urn:ietf:params:xml:ns:vcard-4.0'/></iq>"
#define ASK_TEMP "<iq type='get' to='bob@work.test'><vCard xmlns='vcard-temp'/></iq>"
#define CARD "<vcard xmlns='urn:ietf:params:xml:ns:vcard-4.0'><fn><text>Bob</text></fn></vcard>"

/* PEP, else IQ, else the old card. */
static void
test_fetch (Fixture       *f,
            gconstpointer  data)
{
  for (guint step = 0; step < 4; step++)
    {
      g_autoptr(GAsyncResult) result = NULL;
      g_autoptr(XmppVcard) card = NULL;
      g_autoptr(GError) error = NULL;

      xmpp_vcard4_fetch_async (f->pep, "bob@work.test", NULL, test_async_done, &result);
      if (step == 0)
        test_stream_answer (f->stream, ASK_PEP, "<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:vcard4'>"
                            "<item id='current'>" CARD "</item></items></pubsub>");
      else
        test_stream_answer_error (f->stream, ASK_PEP, "item-not-found");
      if (step == 1)
        test_stream_answer (f->stream, ASK_IQ, CARD);
      else if (step > 1)
        test_stream_answer_error (f->stream, ASK_IQ, "service-unavailable");
      if (step == 2)
        test_stream_answer (f->stream, ASK_TEMP, "<vCard xmlns='vcard-temp'><FN>Bob</FN></vCard>");
      else if (step > 2)
        test_stream_answer (f->stream, ASK_TEMP, "<vCard xmlns='vcard-temp'/>");
      card = xmpp_vcard4_fetch_finish (f->pep, test_async_wait (&result), &error);
      if (step < 3)
        g_assert_cmpstr (card->full_name, ==, "Bob");
      else
        g_assert_error (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_ITEM_NOT_FOUND);
    }
}

/* --- blocking --- */

static void
on_blocking_changed (XmppBlocking *blocking,
                     guint        *n)
{
  (*n)++;
}

#define UNAVAILABLE "<error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"

static void
test_blocking (Fixture       *f,
               gconstpointer  data)
{
  g_autoptr(XmppBlocking) blocking = xmpp_blocking_new (f->client, f->disco);
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) list = NULL;
  guint changes = 0;

  g_signal_connect (blocking, "changed", G_CALLBACK (on_blocking_changed), &changes);
  test_session_start (f->stream);
  test_stream_answer (f->stream, "<iq type='get' to='work.test'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>",
                      "<query xmlns='http://jabber.org/protocol/disco#info'><feature var='urn:xmpp:blocking'/></query>");
  test_stream_answer (f->stream, "<iq type='get'><blocklist xmlns='urn:xmpp:blocking'/></iq>",
                      "<blocklist xmlns='urn:xmpp:blocking'><item jid='Romeo@montague.net'/><item jid='evil.test'/><item jid='@'/></blocklist>");
  while (changes == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (xmpp_blocking_get_supported (blocking));
  list = xmpp_blocking_list (blocking);
  g_assert_cmpuint (g_strv_length (list), ==, 2);
  g_assert_true (xmpp_blocking_contains (blocking, "romeo@montague.net/orchard"));
  g_assert_true (xmpp_blocking_contains (blocking, "anybody@evil.test/x"));
  g_assert_false (xmpp_blocking_contains (blocking, "juliet@capulet.com"));
  g_assert_cmpuint (test_stream_count_rejections (f->stream, "blocking-item-invalid"), ==, 1);

  /* Forged: nothing changes. */
  test_stream_say (f->stream, "<iq type='set' id='b1' from='mallory@work.test/x'><unblock xmlns='urn:xmpp:blocking'/></iq>"
                              "<iq type='set' id='b2' from='alice@work.test/other'><block xmlns='urn:xmpp:blocking'><item jid='bob@work.test'/></block></iq>");
  test_stream_expect (f->stream, "<iq type='error' id='b1' to='mallory@work.test/x'>" UNAVAILABLE "</iq>");
  test_stream_expect (f->stream, "<iq type='error' id='b2' to='alice@work.test/other'>" UNAVAILABLE "</iq>");
  g_assert_cmpuint (test_stream_count_rejections (f->stream, "blocking-push-forged"), ==, 2);
  g_assert_cmpuint (changes, ==, 1);

  /* An unblock whose items are all broken does not mean "everybody". */
  test_stream_say (f->stream, "<iq type='set' id='b3'><unblock xmlns='urn:xmpp:blocking'><item jid='@'/></unblock></iq>");
  test_stream_expect (f->stream, "<iq type='result' id='b3'/>");
  g_assert_cmpuint (changes, ==, 1);
  test_stream_say (f->stream, "<iq type='set' id='b4' from='alice@work.test'><unblock xmlns='urn:xmpp:blocking'><item jid='evil.test'/></unblock></iq>"
                              "<iq type='set' id='b5'><block xmlns='urn:xmpp:blocking'><item jid='bob@work.test'/></block></iq>");
  test_stream_expect (f->stream, "<iq type='result' id='b4' to='alice@work.test'/>");
  test_stream_expect (f->stream, "<iq type='result' id='b5'/>");
  g_assert_false (xmpp_blocking_contains (blocking, "evil.test"));
  g_assert_true (xmpp_blocking_contains (blocking, "bob@work.test"));
  test_stream_say (f->stream, "<iq type='set' id='b6'><unblock xmlns='urn:xmpp:blocking'/></iq>");
  test_stream_expect (f->stream, "<iq type='result' id='b6'/>");
  g_assert_false (xmpp_blocking_contains (blocking, "bob@work.test"));

  xmpp_blocking_block_async (blocking, "spam@work.test", NULL, test_async_done, &result);
  test_stream_answer (f->stream, "<iq type='set'><block xmlns='urn:xmpp:blocking'><item jid='spam@work.test'/></block></iq>", NULL);
  g_assert_true (xmpp_blocking_finish (blocking, test_async_wait (&result), &error));
}

#define ADD(path, func) g_test_add ("/xmpp/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/xmpp/vcard4/parse", test_vcard4);
  g_test_add_func ("/xmpp/vcard4/limits", test_vcard4_limits);
  g_test_add_func ("/xmpp/vcard-temp/parse", test_vcard_temp);
  ADD ("vcard4/fetch", test_fetch);
  ADD ("blocking", test_blocking);
  return g_test_run ();
}
