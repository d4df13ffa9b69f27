/* SPDX-License-Identifier: GPL-3.0-or-later */
/* RFC 6121 §4, XEP-0115, XEP-0030; threats A13, A15, C4. */
#include "config.h"

#include "test-async.h"

#include "xmpp/caps.h"

typedef struct
{
  TestStream    *stream;
  XmppPresences *presences;
  XmppDisco     *disco;
  XmppCaps      *caps;      /* (nullable) */
  GString       *log;
} Fixture;

static void
on_changed (XmppPresences *presences,
            const char    *address,
            GString       *log)
{
  g_string_append_printf (log, "%s;", address);
}

static void
on_resolved (XmppCaps   *caps,
             const char *address,
             GString    *log)
{
  g_string_append_printf (log, "caps:%s;", address);
}

static void
set_up (Fixture       *f,
        gconstpointer  data)
{
  f->stream = test_stream_new ();
  f->presences = xmpp_presences_new (test_stream_get_client (f->stream));
  f->log = g_string_new (NULL);
  g_signal_connect (f->presences, "changed", G_CALLBACK (on_changed), f->log);
}

static void
set_up_caps (Fixture       *f,
             gconstpointer  data)
{
  set_up (f, data);
  f->disco = xmpp_disco_new (test_stream_get_client (f->stream));
  f->caps = xmpp_caps_new (test_stream_get_client (f->stream), f->disco, f->presences);
  test_stream_expect (f->stream, "<presence><c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='"
                      XMPP_CAPS_NODE "' ver='*'/></presence>");
  g_signal_connect (f->caps, "resolved", G_CALLBACK (on_resolved), f->log);
}

static void
tear_down (Fixture       *f,
           gconstpointer  data)
{
  if (f->caps != NULL)
    g_assert_finalize_object (f->caps);
  if (f->disco != NULL)
    g_assert_finalize_object (f->disco);
  g_assert_finalize_object (f->presences);
  test_stream_free (f->stream);
  g_string_free (f->log, TRUE);
}

static gboolean
has_log (gpointer data)
{
  return ((GString *) data)->len > 0;
}

static void
test_table (Fixture       *f,
            gconstpointer  data)
{
  XmppPresence *best;
  g_autoptr(GPtrArray) list = NULL;

  test_stream_push (f->stream, "<presence from='bob@work.test/phone'><show>away</show><priority>5</priority></presence>"
                    "<presence from='bob@work.test/desk'><show>chat</show><status>Here</status>"
                    "<priority>-1</priority><x xmlns='vcard-temp:x:update'><photo>"
                    "01B87FCD030B72895FF8E88DB57EC525450F000D</photo></x>"
                    "<nick xmlns='http://jabber.org/protocol/nick'>Bobby</nick></presence>");
  test_stream_wait (has_log, f->log);
  /* Two presences in one turn are one change. */
  g_assert_cmpstr (f->log->str, ==, "bob@work.test;");

  best = xmpp_presences_get_best (f->presences, "bob@work.test");
  g_assert_cmpstr (best->address, ==, "bob@work.test/desk");
  g_assert_cmpint (best->show, ==, XMPP_SHOW_CHAT);
  g_assert_cmpstr (best->status, ==, "Here");
  g_assert_cmpint (best->priority, ==, -1);
  g_assert_cmpstr (best->avatar, ==, "01b87fcd030b72895ff8e88db57ec525450f000d");
  g_assert_cmpstr (best->nick, ==, "Bobby");
  list = xmpp_presences_list (f->presences, "bob@work.test");
  g_assert_cmpuint (list->len, ==, 2);

  test_stream_say (f->stream, "<presence type='unavailable' from='bob@work.test/desk'/>");
  best = xmpp_presences_get_best (f->presences, "bob@work.test");
  g_assert_cmpint (best->show, ==, XMPP_SHOW_AWAY);
  test_stream_say (f->stream, "<presence type='unavailable' from='bob@work.test'/>");
  g_assert_null (xmpp_presences_get_best (f->presences, "bob@work.test"));
}

static void
test_odd_values (Fixture       *f,
                 gconstpointer  data)
{
  g_autofree char *long_text = g_strnfill (5000, 'x');
  XmppPresence *presence;

  test_stream_sayf (f->stream, "<presence from='bob@work.test/a'><show>dancing</show><priority>999</priority>"
                               "<status>%s</status><c xmlns='http://jabber.org/protocol/caps' ver='x'/>"
                               "<x xmlns='vcard-temp:x:update'><photo>zz</photo></x></presence>", long_text);
  presence = xmpp_presences_get (f->presences, "bob@work.test/a");
  g_assert_cmpint (presence->show, ==, XMPP_SHOW_ONLINE);
  g_assert_cmpint (presence->priority, ==, 0);
  g_assert_cmpuint (strlen (presence->status), ==, XMPP_PRESENCE_MAX_STATUS);
  g_assert_null (presence->caps_ver);
  g_assert_null (presence->avatar);
}

/* Who says that he sits in a room, while we are in none, is not listened to (threats A13). */
static void
test_room_payload (Fixture       *f,
                   gconstpointer  data)
{
  test_stream_say (f->stream, "<presence from='mallory@work.test/x'><x xmlns='http://jabber.org/protocol/muc#user'>"
                              "<item affiliation='owner' role='moderator' jid='boss@work.test/x'/><status code='110'/></x></presence>");
  g_assert_null (xmpp_presences_get (f->presences, "mallory@work.test/x"));
  g_assert_cmpuint (test_stream_count_rejections (f->stream, "room-presence-outside-room"), ==, 1);
  g_assert_cmpstr (f->log->str, ==, "");
}

static void
test_limits (Fixture       *f,
             gconstpointer  data)
{
  g_autoptr(GString) flood = g_string_new (NULL);
  g_autoptr(GPtrArray) list = NULL;

  for (guint i = 0; i < XMPP_PRESENCE_MAX_RESOURCES + 5; i++)
    g_string_append_printf (flood, "<presence from='bob@work.test/r%u'/>", i);
  test_stream_say (f->stream, flood->str);
  list = xmpp_presences_list (f->presences, "bob@work.test");
  g_assert_cmpuint (list->len, ==, XMPP_PRESENCE_MAX_RESOURCES);
  g_assert_cmpuint (test_stream_count_rejections (f->stream, "presence-too-many-resources"), ==, 5);
}

static void
test_own (Fixture       *f,
          gconstpointer  data)
{
  test_session_start (f->stream);
  test_stream_expect (f->stream, "<presence/>");
  xmpp_presences_set_own (f->presences, XMPP_SHOW_DND, "Writing", 7);
  test_stream_expect (f->stream, "<presence><show>dnd</show><status>Writing</status><priority>7</priority></presence>");
  xmpp_presences_set_own (f->presences, XMPP_SHOW_DND, "Writing", 7);
  test_stream_expect_nothing (f->stream);
  xmpp_presences_set_own (f->presences, XMPP_SHOW_OFFLINE, NULL, 0);
  test_stream_expect (f->stream, "<presence type='unavailable'/>");
  test_session_start (f->stream);
  test_stream_expect_nothing (f->stream);
}

/* --- caps --- */

/* XEP-0115 §5.2: the simple example. */
#define EXODUS_VER "QgayPKawpkPSDYmwT/WM94uAlu0="
#define EXODUS_INFO "<query xmlns='http://jabber.org/protocol/disco#info' node='http://code.google.com/p/exodus#" EXODUS_VER "'>" \
  "<identity category='client' name='Exodus 0.9.1' type='pc'/>" \
  "<feature var='http://jabber.org/protocol/caps'/><feature var='http://jabber.org/protocol/disco#info'/>" \
  "<feature var='http://jabber.org/protocol/disco#items'/><feature var='http://jabber.org/protocol/muc'/></query>"
/* XEP-0115 §5.3: the complex one. */
#define PSI_INFO "<query xmlns='http://jabber.org/protocol/disco#info'>" \
  "<identity xml:lang='en' category='client' name='Psi 0.11' type='pc'/>" \
  "<identity xml:lang='el' category='client' name='Ψ 0.11' type='pc'/>" \
  "<feature var='http://jabber.org/protocol/caps'/><feature var='http://jabber.org/protocol/disco#info'/>" \
  "<feature var='http://jabber.org/protocol/disco#items'/><feature var='http://jabber.org/protocol/muc'/>" \
  "<x xmlns='jabber:x:data' type='result'><field var='FORM_TYPE' type='hidden'><value>urn:xmpp:dataforms:softwareinfo</value></field>" \
  "<field var='ip_version' type='text-multi'><value>ipv4</value><value>ipv6</value></field>" \
  "<field var='os'><value>Mac</value></field><field var='os_version'><value>10.5.1</value></field>" \
  "<field var='software'><value>Psi</value></field><field var='software_version'><value>0.11</value></field></x></query>"

#define PRESENCE(who, ver) "<presence from='" who "'><c xmlns='http://jabber.org/protocol/caps' hash='sha-1' " \
                           "node='http://code.google.com/p/exodus' ver='" ver "'/></presence>"
#define QUESTION(who, ver) "<iq type='get' to='" who "'><query xmlns='http://jabber.org/protocol/disco#info' " \
                           "node='http://code.google.com/p/exodus#" ver "'/></iq>"

static void
assert_hash (const char *xml,
             const char *expected)
{
  g_autoptr(XmppNode) query = xmpp_node_parse (xml, -1, NULL);
  g_autoptr(XmppDiscoInfo) info = xmpp_disco_info_new_from_node (query);
  g_autofree char *hash = xmpp_disco_info_dup_hash (info);

  g_assert_cmpstr (hash, ==, expected);
}

static void
test_hash (void)
{
  static const char * const ill_formed[] = {
    "<feature var='a'/><feature var='a'/>",
    "<identity category='client' type='pc'/><identity category='client' type='pc'/>",
    "<feature/>",
    "<identity category='client'/>",
    "<feature var='a&lt;b'/>",
    "<identity category='client/pc' type='x'/>",
    "<x xmlns='jabber:x:data'><field var='FORM_TYPE' type='hidden'><value>a</value><value>b</value></field></x>",
    "<x xmlns='jabber:x:data'><field var='FORM_TYPE' type='hidden'><value>a</value></field></x>"
    "<x xmlns='jabber:x:data'><field var='FORM_TYPE' type='hidden'><value>a</value></field></x>",
  };

  assert_hash (EXODUS_INFO, EXODUS_VER);
  assert_hash (PSI_INFO, "q07IKJEyjvHSyhy//CH0CxmKi8w=");
  for (guint i = 0; i < G_N_ELEMENTS (ill_formed); i++)
    {
      g_autofree char *xml = g_strdup_printf ("<query xmlns='http://jabber.org/protocol/disco#info'>%s</query>", ill_formed[i]);

      assert_hash (xml, NULL);
    }
}

static void
test_caps_verified (Fixture       *f,
                    gconstpointer  data)
{
  g_autoptr(GVariant) cache = NULL;
  XmppDiscoInfo *info;

  test_stream_say (f->stream, PRESENCE ("bob@work.test/a", EXODUS_VER));
  g_assert_null (xmpp_caps_lookup (f->caps, "bob@work.test/a"));
  test_stream_answer (f->stream, QUESTION ("bob@work.test/a", EXODUS_VER), EXODUS_INFO);
  while (xmpp_caps_lookup (f->caps, "bob@work.test/a") == NULL)
    g_main_context_iteration (NULL, TRUE);
  info = xmpp_caps_lookup (f->caps, "bob@work.test/a");
  g_assert_true (xmpp_disco_info_has_feature (info, "http://jabber.org/protocol/muc"));
  g_assert_true (xmpp_caps_any_has (f->caps, "bob@work.test", "http://jabber.org/protocol/muc"));
  g_assert_false (xmpp_caps_any_has (f->caps, "bob@work.test", "urn:xmpp:jingle:1"));

  /* Another one with the same hash is known without a question. */
  test_stream_say (f->stream, PRESENCE ("carol@work.test/b", EXODUS_VER));
  test_stream_expect_nothing (f->stream);
  g_assert_true (xmpp_caps_lookup (f->caps, "carol@work.test/b") == info);

  cache = xmpp_caps_export (f->caps);
  g_assert_cmpuint (g_variant_n_children (cache), ==, 1);
}

static void
test_caps_poisoned (Fixture       *f,
                    gconstpointer  data)
{
  g_autoptr(GVariant) cache = NULL;

  test_stream_say (f->stream, PRESENCE ("mallory@work.test/x", EXODUS_VER));
  test_stream_answer (f->stream, QUESTION ("mallory@work.test/x", EXODUS_VER),
                      "<query xmlns='http://jabber.org/protocol/disco#info'><identity category='client' type='pc'/>"
                      "<feature var='urn:evil'/></query>");
  while (xmpp_caps_lookup (f->caps, "mallory@work.test/x") == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (test_stream_count_rejections (f->stream, "caps-hash-mismatch"), ==, 1);
  /* It holds for him alone: who says the same hash is asked himself. */
  test_stream_say (f->stream, PRESENCE ("bob@work.test/a", EXODUS_VER));
  g_assert_null (xmpp_caps_lookup (f->caps, "bob@work.test/a"));
  test_stream_answer (f->stream, QUESTION ("bob@work.test/a", EXODUS_VER), EXODUS_INFO);
  while (xmpp_caps_lookup (f->caps, "bob@work.test/a") == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (xmpp_caps_any_has (f->caps, "bob@work.test", "urn:evil"));
  cache = xmpp_caps_export (f->caps);
  g_assert_cmpuint (g_variant_n_children (cache), ==, 1);
}

static void
test_caps_import (Fixture       *f,
                  gconstpointer  data)
{
  GVariantBuilder builder;
  g_autoptr(GVariant) cache = NULL;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ss)"));
  g_variant_builder_add (&builder, "(ss)", EXODUS_VER, EXODUS_INFO);
  g_variant_builder_add (&builder, "(ss)", "QgayPKawpkPSDYmwT/WM94uAlu1=", EXODUS_INFO);
  g_variant_builder_add (&builder, "(ss)", "x", "<query");
  cache = g_variant_ref_sink (g_variant_builder_end (&builder));
  g_assert_cmpuint (xmpp_caps_import (f->caps, cache), ==, 1);
  test_stream_say (f->stream, PRESENCE ("bob@work.test/a", EXODUS_VER));
  g_assert_nonnull (xmpp_caps_lookup (f->caps, "bob@work.test/a"));
}

static void
test_own_caps (Fixture       *f,
               gconstpointer  data)
{
  g_autofree char *hash = NULL;
  g_autofree char *query = NULL;
  g_autofree char *expected = NULL;
  g_autoptr(XmppNode) answer = NULL;
  g_autoptr(XmppDiscoInfo) info = NULL;

  xmpp_disco_add_feature (f->disco, "urn:xmpp:test");
  hash = xmpp_disco_info_dup_hash (xmpp_disco_get_own_info (f->disco));
  expected = g_strdup_printf ("<presence><c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='" XMPP_CAPS_NODE
                              "' ver='%s'/></presence>", hash);
  test_stream_expect (f->stream, expected);
  query = g_strdup_printf ("<iq type='get' id='d1' from='bob@work.test/a'><query xmlns='http://jabber.org/protocol/disco#info' "
                           "node='" XMPP_CAPS_NODE "#%s'/></iq>", hash);
  test_stream_say (f->stream, query);
  answer = test_stream_take (f->stream);
  info = xmpp_disco_info_new_from_node (xmpp_node_get_first_child (answer));
  g_assert_true (xmpp_disco_info_has_feature (info, "urn:xmpp:test"));
  g_assert_true (xmpp_disco_info_has_identity (info, "client", "pc"));

  test_stream_say (f->stream, "<iq type='get' id='d2' from='bob@work.test/a'>"
                              "<query xmlns='http://jabber.org/protocol/disco#info' node='other'/></iq>");
  test_stream_expect (f->stream, "<iq type='error' id='d2' to='bob@work.test/a'><error type='cancel'>"
                                 "<item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>");
  xmpp_disco_remove_feature (f->disco, "urn:xmpp:test");
  test_stream_expect (f->stream, "<presence><c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='"
                      XMPP_CAPS_NODE "' ver='*'/></presence>");
}

static void
test_find (Fixture       *f,
           gconstpointer  data)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GAsyncResult) again = NULL;
  g_auto(GStrv) found = NULL;
  g_auto(GStrv) cached = NULL;

  xmpp_disco_find_async (f->disco, "urn:x", "store", "file", NULL, test_async_done, &result);
  test_stream_answer (f->stream, "<iq type='get' to='work.test'><query xmlns='http://jabber.org/protocol/disco#items'/></iq>",
                      "<query xmlns='http://jabber.org/protocol/disco#items'><item jid='a.work.test'/><item jid='b.work.test'/>"
                      "<item jid='a.work.test'/><item jid='c.work.test' node='n'/></query>");
  test_stream_answer (f->stream, "<iq type='get' to='work.test'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>",
                      "<query xmlns='http://jabber.org/protocol/disco#info'><feature var='urn:x'/></query>");
  test_stream_answer_error (f->stream, "<iq type='get' to='a.work.test'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>",
                            "service-unavailable");
  test_stream_answer (f->stream, "<iq type='get' to='b.work.test'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>",
                      "<query xmlns='http://jabber.org/protocol/disco#info'><identity category='store' type='file'/>"
                      "<feature var='urn:x'/></query>");
  found = xmpp_disco_find_finish (f->disco, test_async_wait (&result), NULL);
  g_assert_cmpuint (g_strv_length (found), ==, 1);
  g_assert_cmpstr (found[0], ==, "b.work.test");

  xmpp_disco_find_async (f->disco, "urn:x", "store", "file", NULL, test_async_done, &again);
  cached = xmpp_disco_find_finish (f->disco, test_async_wait (&again), NULL);
  g_assert_cmpstr (cached[0], ==, "b.work.test");
}

#define ADD(path, func) g_test_add ("/xmpp/presence/" path, Fixture, NULL, set_up, func, tear_down)
#define ADD_CAPS(path, func) g_test_add ("/xmpp/caps/" path, Fixture, NULL, set_up_caps, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("table", test_table);
  ADD ("odd-values", test_odd_values);
  ADD ("room-payload", test_room_payload);
  ADD ("limits", test_limits);
  ADD ("own", test_own);
  g_test_add_func ("/xmpp/caps/hash", test_hash);
  ADD_CAPS ("verified", test_caps_verified);
  ADD_CAPS ("poisoned", test_caps_poisoned);
  ADD_CAPS ("import", test_caps_import);
  ADD_CAPS ("own", test_own_caps);
  ADD_CAPS ("find", test_find);
  return g_test_run ();
}
