/* SPDX-License-Identifier: GPL-3.0-or-later */
/* XEP-0060, XEP-0163, XEP-0223, XEP-0402, XEP-0490, XEP-0172, XEP-0084; threats A5, A6, A13, D7. */
#include "config.h"

#include "test-async.h"

#include "xmpp/avatar.h"
#include "xmpp/bookmarks.h"
#include "xmpp/mds.h"
#include "xmpp/nick.h"

#define PS     "http://jabber.org/protocol/pubsub"
#define OWNER  "http://jabber.org/protocol/pubsub#owner"
#define EVENT  "http://jabber.org/protocol/pubsub#event"
#define FIELD(var, value) "<field var='" var "'><value>" value "</value></field>"
#define FORM(type, fields) "<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='hidden'><value>" \
                           type "</value></field>" fields "</x>"
#define CONFIG_FORM(fields) FORM ("http://jabber.org/protocol/pubsub#node_config", fields)
#define OPTIONS_FORM(fields) FORM ("http://jabber.org/protocol/pubsub#publish-options", fields)

#define ASK_ACCOUNT "<iq type='get' to='alice@work.test'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>"
#define ACCOUNT "<query xmlns='http://jabber.org/protocol/disco#info'><identity category='pubsub' type='pep'/>" \
                "<feature var='http://jabber.org/protocol/pubsub#publish-options'/></query>"
#define ASK_CONFIG(node) "<iq type='get'><pubsub xmlns='" OWNER "'><configure node='" node "'/></pubsub></iq>"
#define CONFIG(node, access, persist, max) "<pubsub xmlns='" OWNER "'><configure node='" node "'><x xmlns='jabber:x:data' type='form'>" \
  FIELD ("pubsub#access_model", access) FIELD ("pubsub#persist_items", persist) FIELD ("pubsub#max_items", max) \
  "</x></configure></pubsub>"
#define PRIVATE_FIELDS(max) FIELD ("pubsub#access_model", "whitelist") FIELD ("pubsub#persist_items", "1") \
  FIELD ("pubsub#max_items", max) FIELD ("pubsub#send_last_published_item", "never") FIELD ("pubsub#notify_retract", "1")
#define CREATE(node, fields) "<iq type='set'><pubsub xmlns='" PS "'><create node='" node "'/><configure>" \
  CONFIG_FORM (fields) "</configure></pubsub></iq>"
#define CONFIGURE(node, fields) "<iq type='set'><pubsub xmlns='" OWNER "'><configure node='" node "'>" \
  CONFIG_FORM (fields) "</configure></pubsub></iq>"
#define PUBLISH(node, id, payload, access) "<iq type='set'><pubsub xmlns='" PS "'><publish node='" node "'><item id='" id "'>" \
  payload "</item></publish><publish-options>" OPTIONS_FORM (FIELD ("pubsub#access_model", access) \
  FIELD ("pubsub#persist_items", "true")) "</publish-options></pubsub></iq>"

typedef struct
{
  TestStream *stream;
  XmppClient *client;
  XmppDisco  *disco;
  XmppPubsub *pubsub;
  XmppPep    *pep;
  GString    *log;
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
  f->log = g_string_new (NULL);
}

static void
tear_down (Fixture       *f,
           gconstpointer  data)
{
  g_assert_finalize_object (f->pep);
  g_assert_finalize_object (f->pubsub);
  g_assert_finalize_object (f->disco);
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

static gboolean
has_log (gpointer data)
{
  return ((GString *) data)->len > 0;
}

static guint
count (Fixture    *f,
       const char *reason)
{
  return test_stream_count_rejections (f->stream, reason);
}

static void
on_event (XmppPubsub            *pubsub,
          const XmppPubsubEvent *event,
          gpointer               user_data)
{
  GString *log = user_data;

  g_string_append_printf (log, "%s %s %d", event->from, event->node, event->kind);
  for (guint i = 0; i < event->items->len; i++)
    {
      const XmppPubsubItem *item = g_ptr_array_index (event->items, i);

      g_string_append_printf (log, " +%s=%s", item->id, item->payload != NULL ? xmpp_node_get_name (item->payload) : "");
    }
  for (guint i = 0; i < event->retracted->len; i++)
    g_string_append_printf (log, " -%s", (char *) g_ptr_array_index (event->retracted, i));
  g_string_append_c (log, ';');
}

/* --- events --- */

static void
test_events (Fixture       *f,
             gconstpointer  data)
{
  guint id = xmpp_pubsub_watch (f->pubsub, XMPP_PUBSUB_FROM_SERVICE, "pubsub.work.test", "doc", on_event, f->log, NULL);

  test_stream_say (f->stream, "<message from='pubsub.work.test' type='headline'><event xmlns='" EVENT "'><items node='doc'>"
                              "<item id='1'><entry xmlns='urn:x'/></item><item id='2'/><retract id='0'/></items></event></message>"
                              "<message from='pubsub.work.test'><event xmlns='" EVENT "'><purge node='doc'/></event></message>"
                              "<message from='pubsub.work.test'><event xmlns='" EVENT "'><delete node='doc'/></event></message>"
                              "<message from='pubsub.work.test'><event xmlns='" EVENT "'><configuration node='doc'/></event></message>");
  assert_log (f, "pubsub.work.test doc 0 +1=entry +2= -0;pubsub.work.test doc 1;pubsub.work.test doc 2;pubsub.work.test doc 3;");

  xmpp_pubsub_unwatch (f->pubsub, id);
  test_stream_say (f->stream, "<message from='pubsub.work.test'><event xmlns='" EVENT "'><purge node='doc'/></event></message>");
  assert_log (f, "");
  g_assert_cmpuint (count (f, "pubsub-event-unasked"), ==, 1);
}

/* Threats A5: a node of ours or of a service, spoken of by everybody else. */
static void
test_forged_events (Fixture       *f,
                    gconstpointer  data)
{
  static const char * const senders[] =
    { "mallory@work.test", "mallory@work.test/x", "alice@work.test/other", "work.test", "pubsub.evil.test", "not@@valid" };

  xmpp_pubsub_watch (f->pubsub, XMPP_PUBSUB_FROM_SERVICE, "pubsub.work.test", "doc", on_event, f->log, NULL);
  xmpp_pubsub_watch (f->pubsub, XMPP_PUBSUB_FROM_OWN, NULL, "private", on_event, f->log, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (senders); i++)
    test_stream_sayf (f->stream, "<message from='%s'><event xmlns='" EVENT "'><items node='%s'><item id='1'/></items></event></message>",
                      senders[i], i % 2 == 0 ? "doc" : "private");
  /* The right service for the other node, too. */
  test_stream_say (f->stream, "<message from='pubsub.work.test'><event xmlns='" EVENT "'><items node='private'><item id='1'/></items></event></message>"
                              "<message from='alice@work.test'><event xmlns='" EVENT "'><items node='doc'><item id='1'/></items></event></message>");
  assert_log (f, "");
  g_assert_cmpuint (count (f, "pubsub-event-forged"), ==, G_N_ELEMENTS (senders) + 2);

  test_stream_say (f->stream, "<message from='alice@work.test'><event xmlns='" EVENT "'><items node='private'><item id='1'/></items></event></message>"
                              "<message><event xmlns='" EVENT "'><items node='private'><item id='2'/></items></event></message>");
  assert_log (f, "alice@work.test private 0 +1=;alice@work.test private 0 +2=;");
}

static void
test_broken_events (Fixture       *f,
                    gconstpointer  data)
{
  static const char * const broken[] = {
    "<event xmlns='" EVENT "'/>",
    "<event xmlns='" EVENT "'><items/></event>",
    "<event xmlns='" EVENT "'><items node='doc'/><items node='doc'/></event>",
    "<event xmlns='" EVENT "'><surprise node='doc'/></event>",
  };
  g_autoptr(GString) many = g_string_new (NULL);

  xmpp_pubsub_watch (f->pubsub, XMPP_PUBSUB_FROM_SERVICE, "pubsub.work.test", "doc", on_event, f->log, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (broken); i++)
    test_stream_sayf (f->stream, "<message from='pubsub.work.test'>%s</message>", broken[i]);
  test_stream_say (f->stream, "<message from='pubsub.work.test' type='error'><event xmlns='" EVENT "'><items node='doc'/></event></message>");
  for (guint i = 0; i <= XMPP_PUBSUB_MAX_EVENT_ITEMS; i++)
    g_string_append_printf (many, "<retract id='%u'/>", i);
  test_stream_sayf (f->stream, "<message from='pubsub.work.test'><event xmlns='" EVENT "'><items node='doc'>%s</items></event></message>",
                    many->str);
  assert_log (f, "");
  g_assert_cmpuint (count (f, "pubsub-event-invalid"), ==, G_N_ELEMENTS (broken) + 2);
}

/* --- items --- */

static void
test_items (Fixture       *f,
            gconstpointer  data)
{
  const char *ids[] = { "a", "b", NULL };
  g_autoptr(GAsyncResult) by_id = NULL;
  g_autoptr(GAsyncResult) newest = NULL;
  g_autoptr(GAsyncResult) other = NULL;
  g_autoptr(GAsyncResult) list = NULL;
  g_autoptr(GPtrArray) items = NULL;
  g_autoptr(GPtrArray) last = NULL;
  g_auto(GStrv) listed = NULL;
  g_autoptr(GError) error = NULL;
  const XmppPubsubItem *item;

  xmpp_pubsub_get_items_async (f->pubsub, "pubsub.work.test", "doc", ids, 0, NULL, test_async_done, &by_id);
  test_stream_answer (f->stream, "<iq type='get' to='pubsub.work.test'><pubsub xmlns='" PS "'><items node='doc'>"
                                 "<item id='a'/><item id='b'/></items></pubsub></iq>",
                      "<pubsub xmlns='" PS "'><items node='doc'><item id='a' publisher='Bob@work.test/x'><e xmlns='urn:x'/></item>"
                      "<item id='never-asked'/><item/></items></pubsub>");
  items = xmpp_pubsub_get_items_finish (f->pubsub, test_async_wait (&by_id), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (items->len, ==, 1);
  item = g_ptr_array_index (items, 0);
  g_assert_cmpstr (item->id, ==, "a");
  g_assert_cmpstr (item->publisher, ==, "bob@work.test/x");
  g_assert_true (xmpp_node_is (item->payload, "e", "urn:x"));

  xmpp_pubsub_get_items_async (f->pubsub, NULL, "doc", NULL, 1, NULL, test_async_done, &newest);
  test_stream_answer (f->stream, "<iq type='get'><pubsub xmlns='" PS "'><items node='doc' max_items='1'/></pubsub></iq>",
                      "<pubsub xmlns='" PS "'><items node='doc'><item id='z'/></items></pubsub>");
  last = xmpp_pubsub_get_items_finish (f->pubsub, test_async_wait (&newest), &error);
  g_assert_cmpuint (last->len, ==, 1);

  /* About another node than asked. */
  xmpp_pubsub_get_items_async (f->pubsub, NULL, "doc", NULL, 0, NULL, test_async_done, &other);
  test_stream_answer (f->stream, "<iq type='get'><pubsub xmlns='" PS "'><items node='doc'/></pubsub></iq>",
                      "<pubsub xmlns='" PS "'><items node='other'><item id='z'/></items></pubsub>");
  g_assert_null (xmpp_pubsub_get_items_finish (f->pubsub, test_async_wait (&other), &error));
  g_assert_error (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_INVALID_ANSWER);

  xmpp_pubsub_list_ids_async (f->pubsub, "pubsub.work.test", "doc", NULL, test_async_done, &list);
  test_stream_answer (f->stream, "<iq type='get' to='pubsub.work.test'><query xmlns='http://jabber.org/protocol/disco#items' node='doc'/></iq>",
                      "<query xmlns='http://jabber.org/protocol/disco#items'><item jid='pubsub.work.test' name='u.1'/>"
                      "<item jid='pubsub.work.test' name='u.2'/><item jid='pubsub.work.test' node='child'/></query>");
  listed = xmpp_pubsub_list_ids_finish (f->pubsub, test_async_wait (&list), NULL);
  g_assert_cmpuint (g_strv_length (listed), ==, 2);
  g_assert_cmpstr (listed[1], ==, "u.2");
}

static void
test_publish (Fixture       *f,
              gconstpointer  data)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GAsyncResult) refused = NULL;
  g_autoptr(GAsyncResult) wrong = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *id = NULL;
  const char *options[] = { "pubsub#access_model", "open", NULL };

  xmpp_pubsub_publish_async (f->pubsub, "pubsub.work.test", "doc", NULL, xmpp_node_new ("e", "urn:x"), NULL, NULL,
                             test_async_done, &result);
  test_stream_answer (f->stream, "<iq type='set' to='pubsub.work.test'><pubsub xmlns='" PS "'><publish node='doc'><item>"
                                 "<e xmlns='urn:x'/></item></publish></pubsub></iq>",
                      "<pubsub xmlns='" PS "'><publish node='doc'><item id='auto-1'/></publish></pubsub>");
  id = xmpp_pubsub_publish_finish (f->pubsub, test_async_wait (&result), &error);
  g_assert_cmpstr (id, ==, "auto-1");

  xmpp_pubsub_publish_async (f->pubsub, "pubsub.work.test", "doc", "i", xmpp_node_new ("e", "urn:x"), options, NULL,
                             test_async_done, &refused);
  test_stream_answer_error (f->stream, "<iq type='set' to='pubsub.work.test'><pubsub xmlns='" PS "'><publish node='doc'><item id='i'>"
                                       "<e xmlns='urn:x'/></item></publish><publish-options>"
                                       OPTIONS_FORM (FIELD ("pubsub#access_model", "open")) "</publish-options></pubsub></iq>", "conflict");
  g_assert_null (xmpp_pubsub_publish_finish (f->pubsub, test_async_wait (&refused), &error));
  g_assert_error (error, XMPP_PUBSUB_ERROR, XMPP_PUBSUB_ERROR_PRECONDITION_NOT_MET);
  g_clear_error (&error);

  xmpp_pubsub_publish_async (f->pubsub, NULL, "doc", "mine", xmpp_node_new ("e", "urn:x"), NULL, NULL,
                             test_async_done, &wrong);
  test_stream_answer (f->stream, "<iq type='set'><pubsub xmlns='" PS "'><publish node='doc'><item id='mine'>"
                                 "<e xmlns='urn:x'/></item></publish></pubsub></iq>",
                      "<pubsub xmlns='" PS "'><publish node='doc'><item id='other'/></publish></pubsub>");
  g_assert_null (xmpp_pubsub_publish_finish (f->pubsub, test_async_wait (&wrong), &error));
  g_assert_error (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_INVALID_ANSWER);
}

static void
test_rights (Fixture       *f,
             gconstpointer  data)
{
  g_autoptr(GPtrArray) relations = g_ptr_array_new_with_free_func ((GDestroyNotify) xmpp_pubsub_relation_free);
  g_autoptr(GAsyncResult) set = NULL;
  g_autoptr(GAsyncResult) unsubscribed = NULL;
  g_autoptr(GAsyncResult) get = NULL;
  g_autoptr(GAsyncResult) own = NULL;
  g_autoptr(GAsyncResult) subscribed = NULL;
  g_autoptr(GPtrArray) list = NULL;
  g_autoptr(GPtrArray) subscriptions = NULL;
  g_autoptr(GError) error = NULL;
  const XmppPubsubRelation *relation;

  g_ptr_array_add (relations, xmpp_pubsub_relation_new ("bob@work.test", XMPP_PUBSUB_AFFILIATION_PUBLISHER,
                                                        XMPP_PUBSUB_SUBSCRIPTION_NONE));
  xmpp_pubsub_set_affiliations_async (f->pubsub, "pubsub.work.test", "doc", relations, NULL, test_async_done, &set);
  test_stream_answer (f->stream, "<iq type='set' to='pubsub.work.test'><pubsub xmlns='" OWNER "'><affiliations node='doc'>"
                                 "<affiliation jid='bob@work.test' affiliation='publisher'/></affiliations></pubsub></iq>", NULL);
  g_assert_true (xmpp_pubsub_finish (f->pubsub, test_async_wait (&set), &error));

  xmpp_pubsub_set_subscriptions_async (f->pubsub, "pubsub.work.test", "doc", relations, NULL, test_async_done, &unsubscribed);
  test_stream_answer (f->stream, "<iq type='set' to='pubsub.work.test'><pubsub xmlns='" OWNER "'><subscriptions node='doc'>"
                                 "<subscription jid='bob@work.test' subscription='none'/></subscriptions></pubsub></iq>", NULL);
  g_assert_true (xmpp_pubsub_finish (f->pubsub, test_async_wait (&unsubscribed), &error));

  xmpp_pubsub_get_affiliations_async (f->pubsub, "pubsub.work.test", "doc", NULL, test_async_done, &get);
  test_stream_answer (f->stream, "<iq type='get' to='pubsub.work.test'><pubsub xmlns='" OWNER "'><affiliations node='doc'/></pubsub></iq>",
                      "<pubsub xmlns='" OWNER "'><affiliations node='doc'><affiliation jid='alice@work.test' affiliation='owner'/>"
                      "<affiliation jid='@' affiliation='owner'/><affiliation jid='bob@work.test' affiliation='emperor'/></affiliations></pubsub>");
  list = xmpp_pubsub_get_relations_finish (f->pubsub, test_async_wait (&get), &error);
  g_assert_cmpuint (list->len, ==, 2);
  relation = g_ptr_array_index (list, 0);
  g_assert_cmpint (relation->affiliation, ==, XMPP_PUBSUB_AFFILIATION_OWNER);
  relation = g_ptr_array_index (list, 1);
  g_assert_cmpint (relation->affiliation, ==, XMPP_PUBSUB_AFFILIATION_NONE);

  xmpp_pubsub_get_subscriptions_async (f->pubsub, "pubsub.work.test", NULL, NULL, test_async_done, &own);
  test_stream_answer (f->stream, "<iq type='get' to='pubsub.work.test'><pubsub xmlns='" PS "'><subscriptions/></pubsub></iq>",
                      "<pubsub xmlns='" PS "'><subscriptions><subscription node='doc' jid='alice@work.test' subscription='subscribed' subid='7'/>"
                      "</subscriptions></pubsub>");
  subscriptions = xmpp_pubsub_get_relations_finish (f->pubsub, test_async_wait (&own), &error);
  relation = g_ptr_array_index (subscriptions, 0);
  g_assert_cmpstr (relation->node, ==, "doc");
  g_assert_cmpstr (relation->subscription_id, ==, "7");

  xmpp_pubsub_subscribe_async (f->pubsub, "pubsub.work.test", "doc", NULL, test_async_done, &subscribed);
  test_stream_answer (f->stream, "<iq type='set' to='pubsub.work.test'><pubsub xmlns='" PS "'><subscribe node='doc' jid='alice@work.test'/></pubsub></iq>",
                      "<pubsub xmlns='" PS "'><subscription node='doc' jid='alice@work.test' subscription='pending'/></pubsub>");
  g_assert_false (xmpp_pubsub_finish (f->pubsub, test_async_wait (&subscribed), &error));
  g_assert_error (error, XMPP_PUBSUB_ERROR, XMPP_PUBSUB_ERROR_PENDING);
}

/* --- private data --- */

static void
publish (Fixture       *f,
         XmppPepAccess  access,
         GAsyncResult **result)
{
  xmpp_pep_publish_async (f->pep, "secret", "1", xmpp_node_new ("e", "urn:x"), access, 10, NULL, test_async_done, result);
}

static void
test_private_new_node (Fixture       *f,
                       gconstpointer  data)
{
  g_autoptr(GAsyncResult) first = NULL;
  g_autoptr(GAsyncResult) second = NULL;
  g_autoptr(GError) error = NULL;

  publish (f, XMPP_PEP_PRIVATE, &first);
  test_stream_answer (f->stream, ASK_ACCOUNT, ACCOUNT);
  test_stream_answer_error (f->stream, ASK_CONFIG ("secret"), "item-not-found");
  test_stream_answer (f->stream, CREATE ("secret", PRIVATE_FIELDS ("10")), NULL);
  test_stream_answer (f->stream, ASK_CONFIG ("secret"), CONFIG ("secret", "whitelist", "1", "10"));
  test_stream_answer (f->stream, PUBLISH ("secret", "1", "<e xmlns='urn:x'/>", "whitelist"), NULL);
  g_assert_true (xmpp_pep_publish_finish (f->pep, test_async_wait (&first), &error));
  g_assert_no_error (error);

  /* The second time the node is known. */
  publish (f, XMPP_PEP_PRIVATE, &second);
  test_stream_answer (f->stream, PUBLISH ("secret", "1", "<e xmlns='urn:x'/>", "whitelist"), NULL);
  g_assert_true (xmpp_pep_publish_finish (f->pep, test_async_wait (&second), &error));
}

/* The node is there, open to contacts and too small: made private first. */
static void
test_private_open_node (Fixture       *f,
                        gconstpointer  data)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  publish (f, XMPP_PEP_PRIVATE, &result);
  test_stream_answer (f->stream, ASK_ACCOUNT, ACCOUNT);
  test_stream_answer (f->stream, ASK_CONFIG ("secret"), CONFIG ("secret", "presence", "1", "1"));
  test_stream_answer (f->stream, CONFIGURE ("secret", PRIVATE_FIELDS ("10")), NULL);
  test_stream_answer (f->stream, ASK_CONFIG ("secret"), CONFIG ("secret", "whitelist", "true", "10"));
  test_stream_answer (f->stream, PUBLISH ("secret", "1", "<e xmlns='urn:x'/>", "whitelist"), NULL);
  g_assert_true (xmpp_pep_publish_finish (f->pep, test_async_wait (&result), &error));
  g_assert_no_error (error);
}

/* A server that says yes and does not do it gets nothing. */
static void
test_private_not_to_be_had (Fixture       *f,
                            gconstpointer  data)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  publish (f, XMPP_PEP_PRIVATE, &result);
  test_stream_answer (f->stream, ASK_ACCOUNT, ACCOUNT);
  test_stream_answer (f->stream, ASK_CONFIG ("secret"), CONFIG ("secret", "presence", "1", "10"));
  test_stream_answer (f->stream, CONFIGURE ("secret", PRIVATE_FIELDS ("10")), NULL);
  test_stream_answer (f->stream, ASK_CONFIG ("secret"), CONFIG ("secret", "presence", "1", "10"));
  g_assert_false (xmpp_pep_publish_finish (f->pep, test_async_wait (&result), &error));
  g_assert_error (error, XMPP_PUBSUB_ERROR, XMPP_PUBSUB_ERROR_NOT_PRIVATE);
  test_stream_expect_nothing (f->stream);
}

static void
test_private_unsupported (Fixture       *f,
                          gconstpointer  data)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  publish (f, XMPP_PEP_PRIVATE, &result);
  test_stream_answer (f->stream, ASK_ACCOUNT, "<query xmlns='http://jabber.org/protocol/disco#info'><identity category='pubsub' type='pep'/></query>");
  g_assert_false (xmpp_pep_publish_finish (f->pep, test_async_wait (&result), &error));
  g_assert_error (error, XMPP_PUBSUB_ERROR, XMPP_PUBSUB_ERROR_UNSUPPORTED);
  test_stream_expect_nothing (f->stream);
}

/* Another device opens the node between our look and our item: the precondition holds it back, and it is made private again. */
static void
test_private_changed_between (Fixture       *f,
                              gconstpointer  data)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  publish (f, XMPP_PEP_PRIVATE, &result);
  test_stream_answer (f->stream, ASK_ACCOUNT, ACCOUNT);
  test_stream_answer (f->stream, ASK_CONFIG ("secret"), CONFIG ("secret", "whitelist", "1", "max"));
  test_stream_answer_error (f->stream, PUBLISH ("secret", "1", "<e xmlns='urn:x'/>", "whitelist"), "conflict");
  test_stream_answer (f->stream, ASK_CONFIG ("secret"), CONFIG ("secret", "open", "1", "max"));
  test_stream_answer (f->stream, CONFIGURE ("secret", PRIVATE_FIELDS ("10")), NULL);
  test_stream_answer (f->stream, ASK_CONFIG ("secret"), CONFIG ("secret", "whitelist", "1", "10"));
  test_stream_answer (f->stream, PUBLISH ("secret", "1", "<e xmlns='urn:x'/>", "whitelist"), NULL);
  g_assert_true (xmpp_pep_publish_finish (f->pep, test_async_wait (&result), &error));
  g_assert_no_error (error);
}

/* More items than the server's cap: as many as it lets. ejabberd would keep one otherwise. */
static void
test_private_cap (Fixture       *f,
                  gconstpointer  data)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  publish (f, XMPP_PEP_PRIVATE, &result);
  test_stream_answer (f->stream, ASK_ACCOUNT, ACCOUNT);
  test_stream_answer (f->stream, ASK_CONFIG ("secret"), CONFIG ("secret", "whitelist", "1", "1"));
  test_stream_answer_error (f->stream, CONFIGURE ("secret", PRIVATE_FIELDS ("10")), "bad-request");
  test_stream_answer (f->stream, ASK_CONFIG ("secret"), CONFIG ("secret", "whitelist", "1", "1"));
  test_stream_answer (f->stream, CONFIGURE ("secret", PRIVATE_FIELDS ("max")), NULL);
  test_stream_answer (f->stream, ASK_CONFIG ("secret"), CONFIG ("secret", "whitelist", "1", "5"));
  test_stream_answer (f->stream, PUBLISH ("secret", "1", "<e xmlns='urn:x'/>", "whitelist"), NULL);
  g_assert_true (xmpp_pep_publish_finish (f->pep, test_async_wait (&result), &error));
  g_assert_no_error (error);
}

/* A server that does not like the whole configuration still gets what matters. */
static void
test_private_plain (Fixture       *f,
                    gconstpointer  data)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  publish (f, XMPP_PEP_PRIVATE, &result);
  test_stream_answer (f->stream, ASK_ACCOUNT, ACCOUNT);
  test_stream_answer_error (f->stream, ASK_CONFIG ("secret"), "item-not-found");
  test_stream_answer_error (f->stream, CREATE ("secret", PRIVATE_FIELDS ("10")), "resource-constraint");
  test_stream_answer_error (f->stream, ASK_CONFIG ("secret"), "item-not-found");
  test_stream_answer_error (f->stream, CREATE ("secret", PRIVATE_FIELDS ("max")), "resource-constraint");
  test_stream_answer_error (f->stream, ASK_CONFIG ("secret"), "item-not-found");
  test_stream_answer (f->stream, CREATE ("secret", FIELD ("pubsub#access_model", "whitelist") FIELD ("pubsub#persist_items", "1")), NULL);
  test_stream_answer (f->stream, ASK_CONFIG ("secret"), CONFIG ("secret", "whitelist", "1", "1"));
  test_stream_answer (f->stream, PUBLISH ("secret", "1", "<e xmlns='urn:x'/>", "whitelist"), NULL);
  g_assert_true (xmpp_pep_publish_finish (f->pep, test_async_wait (&result), &error));
  g_assert_no_error (error);
}

/* --- bookmarks --- */

static void
on_bookmark (XmppBookmarks *bookmarks,
             XmppBookmark  *bookmark,
             GString       *log)
{
  g_string_append_printf (log, "+%s|%s|%s|%d|%s;", bookmark->room, bookmark->name != NULL ? bookmark->name : "",
                          bookmark->nick != NULL ? bookmark->nick : "", bookmark->autojoin,
                          bookmark->extensions != NULL ? "ext" : "");
}

static void
on_bookmark_removed (XmppBookmarks *bookmarks,
                     const char    *room,
                     GString       *log)
{
  g_string_append_printf (log, "-%s;", room);
}

static void
on_loaded (GObject *object,
           GString *log)
{
  g_string_append (log, "loaded;");
}

#define BOOKMARK_ITEM(id, rest) "<item id='" id "'><conference xmlns='urn:xmpp:bookmarks:1' " rest "</conference></item>"
#define BOOKMARKS_EVENT(from, items) "<message " from "><event xmlns='" EVENT "'><items node='urn:xmpp:bookmarks:1'>" items "</items></event></message>"

static void
test_bookmarks (Fixture       *f,
                gconstpointer  data)
{
  g_autoptr(XmppBookmarks) bookmarks = xmpp_bookmarks_new (f->client, f->pep);
  g_autoptr(GAsyncResult) put = NULL;
  g_autoptr(GAsyncResult) removed = NULL;
  g_autoptr(XmppBookmark) changed = NULL;
  g_autoptr(GError) error = NULL;

  g_signal_connect (bookmarks, "changed", G_CALLBACK (on_bookmark), f->log);
  g_signal_connect (bookmarks, "removed", G_CALLBACK (on_bookmark_removed), f->log);
  g_signal_connect (bookmarks, "loaded", G_CALLBACK (on_loaded), f->log);
  test_session_start (f->stream);
  test_stream_answer (f->stream, "<iq type='get'><pubsub xmlns='" PS "'><items node='urn:xmpp:bookmarks:1'/></pubsub></iq>",
                      "<pubsub xmlns='" PS "'><items node='urn:xmpp:bookmarks:1'>"
                      BOOKMARK_ITEM ("theplay@conference.work.test", "name='The Play' autojoin='true'><nick>JC</nick>"
                                     "<extensions><state xmlns='urn:other' minimised='1'/></extensions>")
                      BOOKMARK_ITEM ("orchard@conference.work.test", "autojoin='1'>")
                      BOOKMARK_ITEM ("work.test", "autojoin='1'>")
                      BOOKMARK_ITEM ("room@conference.work.test/nick", "autojoin='1'>")
                      "<item id='x@conference.work.test'><other xmlns='urn:x'/></item></items></pubsub>");
  test_stream_wait (has_log, f->log);
  test_stream_answer (f->stream, "<iq type='set'><pubsub xmlns='" PS "'><subscribe node='urn:xmpp:bookmarks:1' jid='alice@work.test'/></pubsub></iq>",
                      "<pubsub xmlns='" PS "'><subscription node='urn:xmpp:bookmarks:1' jid='alice@work.test' subscription='subscribed'/></pubsub>");
  assert_log (f, "+theplay@conference.work.test|The Play|JC|1|ext;+orchard@conference.work.test|||1|;loaded;");
  g_assert_cmpuint (count (f, "bookmark-invalid"), ==, 3);

  /* Threats A5, A13: nobody else makes us join a room. */
  test_stream_say (f->stream, BOOKMARKS_EVENT ("from='mallory@work.test'", BOOKMARK_ITEM ("evil@conference.evil.test", "autojoin='true'>"))
                              BOOKMARKS_EVENT ("from='mallory@work.test/x'", BOOKMARK_ITEM ("evil@conference.evil.test", "autojoin='true'>"))
                              BOOKMARKS_EVENT ("from='alice@work.test/other'", "<retract id='orchard@conference.work.test'/>"));
  assert_log (f, "");
  g_assert_cmpuint (count (f, "pubsub-event-forged"), ==, 3);
  test_stream_say (f->stream, BOOKMARKS_EVENT ("from='alice@work.test'", "<retract id='orchard@conference.work.test'/>")
                              BOOKMARKS_EVENT ("", BOOKMARK_ITEM ("new@conference.work.test", "autojoin='false'>")));
  assert_log (f, "-orchard@conference.work.test;+new@conference.work.test|||0|;");

  /* A change of ours keeps what another client wrote beside it. */
  changed = xmpp_bookmark_new ("theplay@conference.work.test");
  changed->name = g_strdup ("Play");
  xmpp_bookmarks_put_async (bookmarks, changed, NULL, test_async_done, &put);
  test_stream_answer (f->stream, ASK_ACCOUNT, ACCOUNT);
  test_stream_answer (f->stream, ASK_CONFIG ("urn:xmpp:bookmarks:1"), CONFIG ("urn:xmpp:bookmarks:1", "whitelist", "1", "1000"));
  test_stream_answer (f->stream, PUBLISH ("urn:xmpp:bookmarks:1", "theplay@conference.work.test",
                                          "<conference xmlns='urn:xmpp:bookmarks:1' autojoin='false' name='Play'><extensions>"
                                          "<state xmlns='urn:other' minimised='1'/></extensions></conference>", "whitelist"), NULL);
  g_assert_true (xmpp_bookmarks_finish (bookmarks, test_async_wait (&put), &error));
  assert_log (f, "+theplay@conference.work.test|Play||0|ext;");

  xmpp_bookmarks_remove_async (bookmarks, "theplay@conference.work.test", NULL, test_async_done, &removed);
  test_stream_answer (f->stream, "<iq type='set'><pubsub xmlns='" PS "'><retract node='urn:xmpp:bookmarks:1' notify='true'>"
                                 "<item id='theplay@conference.work.test'/></retract></pubsub></iq>", NULL);
  g_assert_true (xmpp_bookmarks_finish (bookmarks, test_async_wait (&removed), &error));
  assert_log (f, "-theplay@conference.work.test;");
}

/* --- read marks --- */

static void
on_displayed (XmppMds    *mds,
              const char *chat,
              const char *id,
              const char *by,
              GString    *log)
{
  g_string_append_printf (log, "%s=%s by %s;", chat, id, by);
}

#define MARK(chat, id, by) "<item id='" chat "'><displayed xmlns='urn:xmpp:mds:displayed:0'>" \
                           "<stanza-id xmlns='urn:xmpp:sid:0' by='" by "' id='" id "'/></displayed></item>"

static void
test_mds (Fixture       *f,
          gconstpointer  data)
{
  g_autoptr(XmppMds) mds = xmpp_mds_new (f->client, f->pep);
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  g_signal_connect (mds, "displayed", G_CALLBACK (on_displayed), f->log);
  g_signal_connect (mds, "loaded", G_CALLBACK (on_loaded), f->log);
  test_session_start (f->stream);
  test_stream_answer (f->stream, "<iq type='get'><pubsub xmlns='" PS "'><items node='urn:xmpp:mds:displayed:0'/></pubsub></iq>",
                      "<pubsub xmlns='" PS "'><items node='urn:xmpp:mds:displayed:0'>"
                      MARK ("bob@work.test", "0f710f2b", "alice@work.test")
                      MARK ("room@conference.work.test", "ca21deaf", "room@conference.work.test")
                      MARK ("carol@work.test", "x", "mallory@work.test")
                      "<item id='dave@work.test'/></items></pubsub>");
  test_stream_wait (has_log, f->log);
  assert_log (f, "bob@work.test=0f710f2b by alice@work.test;room@conference.work.test=ca21deaf by room@conference.work.test;loaded;");
  g_assert_cmpuint (count (f, "read-mark-invalid"), ==, 2);
  g_assert_cmpstr (xmpp_mds_get (mds, "bob@work.test"), ==, "0f710f2b");

  test_stream_say (f->stream, "<message from='mallory@work.test'><event xmlns='" EVENT "'><items node='urn:xmpp:mds:displayed:0'>"
                              MARK ("bob@work.test", "forged", "alice@work.test") "</items></event></message>");
  assert_log (f, "");
  g_assert_cmpstr (xmpp_mds_get (mds, "bob@work.test"), ==, "0f710f2b");

  xmpp_mds_publish_async (mds, "bob@work.test", "next", "alice@work.test", NULL, test_async_done, &result);
  test_stream_answer (f->stream, ASK_ACCOUNT, ACCOUNT);
  test_stream_answer (f->stream, ASK_CONFIG ("urn:xmpp:mds:displayed:0"), CONFIG ("urn:xmpp:mds:displayed:0", "whitelist", "1", "max"));
  test_stream_answer (f->stream, PUBLISH ("urn:xmpp:mds:displayed:0", "bob@work.test", "<displayed xmlns='urn:xmpp:mds:displayed:0'>"
                                          "<stanza-id xmlns='urn:xmpp:sid:0' by='alice@work.test' id='next'/></displayed>", "whitelist"), NULL);
  g_assert_true (xmpp_mds_publish_finish (mds, test_async_wait (&result), &error));
}

/* --- nick and picture --- */

static void
on_nick (XmppNicks  *nicks,
         const char *address,
         const char *nick,
         GString    *log)
{
  g_string_append_printf (log, "%s=%s;", address, nick);
}

static void
test_nicks (Fixture       *f,
            gconstpointer  data)
{
  g_autoptr(XmppNicks) nicks = xmpp_nicks_new (f->pep);

  g_signal_connect (nicks, "changed", G_CALLBACK (on_nick), f->log);
  g_assert_true (xmpp_disco_info_has_feature (xmpp_disco_get_own_info (f->disco), "http://jabber.org/protocol/nick+notify"));
  test_stream_say (f->stream, "<message from='bob@work.test'><event xmlns='" EVENT "'><items node='http://jabber.org/protocol/nick'>"
                              "<item id='1'><nick xmlns='http://jabber.org/protocol/nick'>  Bo\xE2\x80\xAE" "b\t!</nick></item></items></event></message>"
                              "<message from='bob@work.test'><event xmlns='" EVENT "'><items node='http://jabber.org/protocol/nick'>"
                              "<item id='1'><nick xmlns='http://jabber.org/protocol/nick'/></item></items></event></message>"
                              "<message from='bob@work.test/forged'><event xmlns='" EVENT "'><items node='http://jabber.org/protocol/nick'>"
                              "<item id='1'><nick xmlns='http://jabber.org/protocol/nick'>Boss</nick></item></items></event></message>");
  assert_log (f, "bob@work.test=Bob!;bob@work.test=;");
}

static void
on_announced (XmppAvatars *avatars,
              const char  *address,
              const char  *hash,
              int          source,
              GString     *log)
{
  g_string_append_printf (log, "%s=%s/%d;", address, hash, source);
}

#define METADATA(from, info) "<message from='" from "'><event xmlns='" EVENT "'><items node='urn:xmpp:avatar:metadata'><item id='x'>" \
                             "<metadata xmlns='urn:xmpp:avatar:metadata'>" info "</metadata></item></items></event></message>"

static void
test_avatar_metadata (Fixture       *f,
                      gconstpointer  data)
{
  g_autoptr(XmppPresences) presences = xmpp_presences_new (f->client);
  g_autoptr(XmppAvatars) avatars = xmpp_avatars_new (f->client, f->pep, presences);

  g_signal_connect (avatars, "announced", G_CALLBACK (on_announced), f->log);
  test_stream_say (f->stream, METADATA ("bob@work.test",
                     "<info bytes='999999999' id='111f4b3c50d7b0df729d299bc6f8e9ef9066971f' type='image/png'/>"
                     "<info bytes='500' id='211f4b3c50d7b0df729d299bc6f8e9ef9066971f' type='image/png' url='http://evil.test/track.png'/>"
                     "<info bytes='500' id='not-a-hash' type='image/png'/>"
                     "<info bytes='500' width='70000' id='311f4b3c50d7b0df729d299bc6f8e9ef9066971f' type='image/png'/>"
                     "<info bytes='500' id='411F4B3C50D7B0DF729D299BC6F8E9EF9066971F' type='image/jpeg'/>"
                     "<info bytes='500' id='511f4b3c50d7b0df729d299bc6f8e9ef9066971f' type='image/png' height='64' width='64'/>"));
  assert_log (f, "bob@work.test=511f4b3c50d7b0df729d299bc6f8e9ef9066971f/0;");
  /* What presence says does not go over it. */
  test_stream_say (f->stream, "<presence from='bob@work.test/a'><x xmlns='vcard-temp:x:update'><photo>611f4b3c50d7b0df729d299bc6f8e9ef9066971f</photo></x></presence>"
                              "<presence from='carol@work.test/a'><x xmlns='vcard-temp:x:update'><photo>711f4b3c50d7b0df729d299bc6f8e9ef9066971f</photo></x></presence>");
  assert_log (f, "carol@work.test=711f4b3c50d7b0df729d299bc6f8e9ef9066971f/1;");
  test_stream_say (f->stream, METADATA ("bob@work.test", "<info bytes='0' id='x' type='y'/>") METADATA ("bob@work.test", ""));
  assert_log (f, "bob@work.test=/0;");
  g_assert_cmpuint (count (f, "avatar-metadata-invalid"), ==, 1);
}

static void
fetch_avatar (Fixture    *f,
              XmppAvatars *avatars,
              const char *hash,
              const char *base64,
              GBytes    **out,
              GError    **error)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autofree char *request = g_strdup_printf ("<iq type='get' to='bob@work.test'><pubsub xmlns='" PS "'>"
                                              "<items node='urn:xmpp:avatar:data'><item id='%s'/></items></pubsub></iq>", hash);
  g_autofree char *answer = g_strdup_printf ("<pubsub xmlns='" PS "'><items node='urn:xmpp:avatar:data'><item id='%s'>"
                                             "<data xmlns='urn:xmpp:avatar:data'>%s</data></item></items></pubsub>", hash, base64);

  xmpp_avatars_fetch_async (avatars, "bob@work.test", hash, XMPP_AVATAR_PEP, NULL, test_async_done, &result);
  test_stream_answer (f->stream, request, answer);
  *out = xmpp_avatars_fetch_finish (avatars, test_async_wait (&result), error);
}

static void
test_avatar_data (Fixture       *f,
                  gconstpointer  data)
{
  static const char png[] = "\x89PNG\r\n\x1a\n-and-the-rest";
  static const char svg[] = "<svg xmlns='http://www.w3.org/2000/svg'/>";
  g_autoptr(XmppPresences) presences = xmpp_presences_new (f->client);
  g_autoptr(XmppAvatars) avatars = xmpp_avatars_new (f->client, f->pep, presences);
  g_autofree char *base64 = g_base64_encode ((const guchar *) png, sizeof png - 1);
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA1, png, sizeof png - 1);
  g_autofree char *svg64 = g_base64_encode ((const guchar *) svg, sizeof svg - 1);
  g_autofree char *svg_hash = g_compute_checksum_for_string (G_CHECKSUM_SHA1, svg, sizeof svg - 1);
  g_autoptr(GBytes) good = NULL;
  g_autoptr(GBytes) bad = NULL;
  g_autoptr(GError) error = NULL;

  fetch_avatar (f, avatars, hash, base64, &good, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (good, NULL), g_bytes_get_size (good), png, sizeof png - 1);
  g_assert_cmpstr (xmpp_avatar_sniff (good), ==, "image/png");

  fetch_avatar (f, avatars, "111f4b3c50d7b0df729d299bc6f8e9ef9066971f", base64, &bad, &error);
  g_assert_null (bad);
  g_assert_error (error, XMPP_AVATAR_ERROR, XMPP_AVATAR_ERROR_HASH);
  g_clear_error (&error);
  g_assert_cmpuint (count (f, "avatar-hash-mismatch"), ==, 1);

  fetch_avatar (f, avatars, svg_hash, svg64, &bad, &error);
  g_assert_null (bad);
  g_assert_error (error, XMPP_AVATAR_ERROR, XMPP_AVATAR_ERROR_TYPE);
}

#define ADD(path, func) g_test_add ("/xmpp/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("pubsub/events", test_events);
  ADD ("pubsub/events/forged", test_forged_events);
  ADD ("pubsub/events/broken", test_broken_events);
  ADD ("pubsub/items", test_items);
  ADD ("pubsub/publish", test_publish);
  ADD ("pubsub/rights", test_rights);
  ADD ("pep/private/new-node", test_private_new_node);
  ADD ("pep/private/open-node", test_private_open_node);
  ADD ("pep/private/not-to-be-had", test_private_not_to_be_had);
  ADD ("pep/private/unsupported", test_private_unsupported);
  ADD ("pep/private/changed-between", test_private_changed_between);
  ADD ("pep/private/cap", test_private_cap);
  ADD ("pep/private/plain", test_private_plain);
  ADD ("bookmarks", test_bookmarks);
  ADD ("mds", test_mds);
  ADD ("nicks", test_nicks);
  ADD ("avatar/metadata", test_avatar_metadata);
  ADD ("avatar/data", test_avatar_data);
  return g_test_run ();
}
