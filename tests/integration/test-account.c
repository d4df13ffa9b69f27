/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Contacts, private data, pictures, files and services through real servers, with somebody who forges beside us. */

#include "config.h"

#include "test-server.h"

#include "xmpp/account.h"
#include "xmpp/avatar.h"
#include "xmpp/blocking.h"
#include "xmpp/bookmarks.h"
#include "xmpp/caps.h"
#include "xmpp/download.h"
#include "xmpp/entity-time.h"
#include "xmpp/extdisco.h"
#include "xmpp/invite.h"
#include "xmpp/mds.h"
#include "xmpp/nick.h"
#include "xmpp/roster.h"
#include "xmpp/upload.h"
#include "xmpp/user-search.h"
#include "xmpp/vcard-temp.h"
#include "xmpp/version.h"

#include <glib/gstdio.h>
#include <string.h>

#define DEADLINE_SECONDS 60      /* ends a broken test */
#define ROSTER_XMLNS "jabber:iq:roster"
#define EVENT_XMLNS  "http://jabber.org/protocol/pubsub#event"

static TestServer *servers[2];

/* An account on one device, with all that is to be tested. */
typedef struct
{
  XmppClient    *client;
  XmppRoster    *roster;
  XmppPresences *presences;
  XmppDisco     *disco;
  XmppCaps      *caps;
  XmppPubsub    *pubsub;
  XmppPep       *pep;
  XmppBookmarks *bookmarks;
  XmppMds       *mds;
  XmppAvatars   *avatars;
  XmppNicks     *nicks;
  XmppBlocking  *blocking;
  char          *avatar;      /* "address hash" of the last announcement */
  char          *nick;        /* "address nick" */
} Person;

static gboolean
on_deadline (gpointer user_data)
{
  g_error ("waited in vain for: %s", (const char *) user_data);
  return G_SOURCE_REMOVE;
}

/* Iterates until @condition holds. */
#define WAIT_FOR(condition) \
  G_STMT_START { \
    guint deadline_id = g_timeout_add_seconds (DEADLINE_SECONDS, on_deadline, (gpointer) #condition); \
    while (!(condition)) \
      g_main_context_iteration (NULL, TRUE); \
    g_source_remove (deadline_id); \
  } G_STMT_END

static void
done (GObject      *source,
      GAsyncResult *result,
      gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static TestServer *
get_server (TestServerKind kind)
{
  static const char * const arguments[] =
    { "--user", "alice", "--user", "bob", "--user", "carol", "--user", "dave",
      "--user", "erin", "--user", "frank", "--group", "Engineering=erin,frank", "--turn", NULL };

  if (servers[kind] == NULL)
    servers[kind] = test_server_start (kind, arguments);
  return servers[kind];
}

static void
on_announced (XmppAvatars *avatars,
              const char  *address,
              const char  *hash,
              int          source,
              Person      *person)
{
  g_free (person->avatar);
  person->avatar = g_strdup_printf ("%s %s", address, hash);
}

static void
on_nick (XmppNicks  *nicks,
         const char *address,
         const char *nick,
         Person     *person)
{
  g_free (person->nick);
  person->nick = g_strdup_printf ("%s %s", address, nick);
}

static Person *
person_new (TestServer *server,
            const char *name)
{
  Person *person = g_new0 (Person, 1);
  g_autofree char *address = g_strdup_printf ("%s@work.test", name);
  g_autofree char *password = g_strdup_printf ("%s-password", name);

  person->client = xmpp_client_new (address);
  xmpp_client_set_password (person->client, password);
  xmpp_client_set_server (person->client, test_server_get (server, "starttls"));
  xmpp_client_set_ca_file (person->client, test_server_get (server, "ca"));
  person->roster = xmpp_roster_new (person->client);
  person->presences = xmpp_presences_new (person->client);
  person->disco = xmpp_disco_new (person->client);
  person->caps = xmpp_caps_new (person->client, person->disco, person->presences);
  person->pubsub = xmpp_pubsub_new (person->client, person->disco);
  person->pep = xmpp_pep_new (person->client, person->disco, person->pubsub);
  person->bookmarks = xmpp_bookmarks_new (person->client, person->pep);
  person->mds = xmpp_mds_new (person->client, person->pep);
  person->avatars = xmpp_avatars_new (person->client, person->pep, person->presences);
  person->nicks = xmpp_nicks_new (person->pep);
  person->blocking = xmpp_blocking_new (person->client, person->disco);
  g_signal_connect (person->avatars, "announced", G_CALLBACK (on_announced), person);
  g_signal_connect (person->nicks, "changed", G_CALLBACK (on_nick), person);
  xmpp_client_connect (person->client);
  WAIT_FOR (xmpp_client_get_state (person->client) == XMPP_CLIENT_ONLINE && xmpp_roster_get_loaded (person->roster) &&
            xmpp_bookmarks_get_loaded (person->bookmarks) &&
            xmpp_presences_get (person->presences, xmpp_client_get_full_address (person->client)) != NULL);
  return person;
}

static void
person_free (Person *person)
{
  xmpp_client_disconnect (person->client, FALSE);
  WAIT_FOR (xmpp_client_get_state (person->client) == XMPP_CLIENT_OFFLINE);
  while (g_main_context_iteration (NULL, FALSE))
    ;           /* what was still asked hears that it ended, and lets go; results that a test still holds, hold their object too */
  g_object_unref (person->blocking);
  g_object_unref (person->nicks);
  g_object_unref (person->avatars);
  g_object_unref (person->mds);
  g_object_unref (person->bookmarks);
  g_object_unref (person->pep);
  g_object_unref (person->pubsub);
  g_object_unref (person->caps);
  g_object_unref (person->disco);
  g_object_unref (person->presences);
  g_object_unref (person->roster);
  g_object_unref (person->client);
  g_free (person->avatar);
  g_free (person->nick);
  g_free (person);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Person, person_free)

static guint
count (Person     *person,
       const char *reason)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (xmpp_client_get_rejections (person->client), reason));
}

/* --- contacts --- */

static gboolean
sees (Person     *person,
      const char *address)
{
  return xmpp_presences_get_best (person->presences, address) != NULL;
}

static gboolean
is_mutual (Person     *person,
           const char *address)
{
  XmppRosterItem *item = xmpp_roster_get_item (person->roster, address);

  return item != NULL && item->subscription == XMPP_SUBSCRIPTION_BOTH;
}

static gboolean
has_request (Person     *person,
             const char *from)
{
  return xmpp_roster_get_request_text (person->roster, from) != NULL;
}

static void
befriend (Person *a,
          Person *b)
{
  const char *of_a = xmpp_client_get_address (a->client), *of_b = xmpp_client_get_address (b->client);

  if (!xmpp_roster_is_contact (a->roster, of_b))
    {
      xmpp_roster_subscribe (a->roster, of_b, NULL);
      WAIT_FOR (has_request (b, of_a));
      xmpp_roster_approve (b->roster, of_a);
      xmpp_roster_subscribe (b->roster, of_a, NULL);
      WAIT_FOR (has_request (a, of_b));
      xmpp_roster_approve (a->roster, of_b);
    }
  WAIT_FOR (is_mutual (a, of_b) && is_mutual (b, of_a) && sees (a, of_b) && sees (b, of_a));
}

static void
test_contacts (gconstpointer data)
{
  TestServer *server = get_server (GPOINTER_TO_INT (data));
  const char *groups[] = { "Sales", "销售", NULL };
  g_autoptr(GAsyncResult) set = NULL;
  g_autoptr(GVariant) state = NULL;
  g_autoptr(GError) error = NULL;

  if (server == NULL)
    return;
  {
    g_autoptr(Person) alice = person_new (server, "alice");
    g_autoptr(Person) bob = person_new (server, "bob");
    XmppRosterItem *item;

    xmpp_roster_set_item_async (alice->roster, "bob@work.test", "Bob", groups, NULL, done, &set);
    WAIT_FOR (set != NULL);
    g_assert_true (xmpp_roster_set_item_finish (alice->roster, set, &error));
    g_assert_no_error (error);
    befriend (alice, bob);
    item = xmpp_roster_get_item (alice->roster, "bob@work.test");
    g_assert_cmpint (item->subscription, ==, XMPP_SUBSCRIPTION_BOTH);
    g_assert_cmpstr (item->name, ==, "Bob");
    g_assert_cmpuint (g_strv_length (item->groups), ==, 2);
    state = xmpp_roster_dup_state (alice->roster);

    xmpp_presences_set_own (bob->presences, XMPP_SHOW_DND, "In a meeting", 3);
    WAIT_FOR (xmpp_presences_get_best (alice->presences, "bob@work.test")->show == XMPP_SHOW_DND);
    g_assert_cmpstr (xmpp_presences_get_best (alice->presences, "bob@work.test")->status, ==, "In a meeting");
    /* His program says by its hash what it can. */
    WAIT_FOR (xmpp_caps_any_has (alice->caps, "bob@work.test", "http://jabber.org/protocol/nick+notify"));
    g_assert_cmpuint (count (alice, "caps-hash-mismatch"), ==, 0);
  }
}

/* The directory: a group that the administrator made is in the contact lists of its members, who see each other. */
static void
test_directory (gconstpointer data)
{
  TestServer *server = get_server (GPOINTER_TO_INT (data));

  if (server == NULL)
    return;
  {
    g_autoptr(Person) erin = person_new (server, "erin");
    g_autoptr(Person) frank = person_new (server, "frank");
    XmppRosterItem *item = xmpp_roster_get_item (erin->roster, "frank@work.test");

    g_assert_nonnull (item);
    g_assert_true (g_strv_contains ((const char * const *) item->groups, "Engineering"));
    g_assert_cmpint (item->subscription, ==, XMPP_SUBSCRIPTION_BOTH);
    WAIT_FOR (sees (erin, "frank@work.test") && sees (frank, "erin@work.test"));
  }
}

/* --- who forges --- */

static void
send_forged (Person     *mallory,
             Person     *victim,
             const char *format)
{
  g_autoptr(GString) xml = g_string_new (format);
  XmppNode *stanza;

  g_string_replace (xml, "@FULL@", xmpp_client_get_full_address (victim->client), 0);
  stanza = xmpp_node_parse (xml->str, -1, NULL);
  g_assert_nonnull (stanza);
  g_assert_cmpuint (xmpp_client_send (mallory->client, stanza), >, 0);
}

static void
test_forged (gconstpointer data)
{
  TestServer *server = get_server (GPOINTER_TO_INT (data));

  if (server == NULL)
    return;
  {
    g_autoptr(Person) alice = person_new (server, "alice");
    g_autoptr(Person) mallory = person_new (server, "carol");
    g_autoptr(GPtrArray) rooms = NULL;
    guint n_contacts;
    g_autoptr(GPtrArray) contacts = xmpp_roster_list_items (alice->roster);

    n_contacts = contacts->len;
    send_forged (mallory, alice, "<iq xmlns='jabber:client' type='set' id='f1' to='@FULL@'><query xmlns='" ROSTER_XMLNS "'>"
                                 "<item jid='carol@work.test' subscription='both'/></query></iq>");
    send_forged (mallory, alice, "<iq xmlns='jabber:client' type='set' id='f2' to='@FULL@'><block xmlns='urn:xmpp:blocking'>"
                                 "<item jid='bob@work.test'/></block></iq>");
    send_forged (mallory, alice, "<iq xmlns='jabber:client' type='set' id='f3' to='@FULL@'><unblock xmlns='urn:xmpp:blocking'/></iq>");
    send_forged (mallory, alice, "<message xmlns='jabber:client' to='@FULL@'><event xmlns='" EVENT_XMLNS "'><items node='urn:xmpp:bookmarks:1'>"
                                 "<item id='evil@conference.work.test'><conference xmlns='urn:xmpp:bookmarks:1' autojoin='true'/></item>"
                                 "</items></event></message>");
    send_forged (mallory, alice, "<message xmlns='jabber:client' to='@FULL@' type='headline'><event xmlns='" EVENT_XMLNS "'>"
                                 "<items node='urn:xmpp:mds:displayed:0'><item id='bob@work.test'><displayed xmlns='urn:xmpp:mds:displayed:0'>"
                                 "<stanza-id xmlns='urn:xmpp:sid:0' by='alice@work.test' id='x'/></displayed></item></items></event></message>");
    send_forged (mallory, alice, "<message xmlns='jabber:client' to='@FULL@' type='headline'><event xmlns='" EVENT_XMLNS "'>"
                                 "<items node='urn:xmpp:avatar:metadata'><item id='x'><metadata xmlns='urn:xmpp:avatar:metadata'/></item></items></event></message>");
    send_forged (mallory, alice, "<presence xmlns='jabber:client' to='@FULL@'><x xmlns='http://jabber.org/protocol/muc#user'>"
                                 "<item affiliation='owner' role='moderator'/><status code='110'/></x></presence>");
    send_forged (mallory, alice, "<iq xmlns='jabber:client' type='result' id='guessed' to='@FULL@'><query xmlns='" ROSTER_XMLNS "'>"
                                 "<item jid='carol@work.test' subscription='both'/></query></iq>");
    WAIT_FOR (count (alice, "roster-push-forged") == 1);
    WAIT_FOR (count (alice, "blocking-push-forged") == 2);
    WAIT_FOR (count (alice, "pubsub-event-forged") == 3);
    WAIT_FOR (count (alice, "room-presence-outside-room") == 1);

    g_clear_pointer (&contacts, g_ptr_array_unref);
    contacts = xmpp_roster_list_items (alice->roster);
    g_assert_cmpuint (contacts->len, ==, n_contacts);
    g_assert_null (xmpp_roster_get_item (alice->roster, "carol@work.test"));
    g_assert_false (xmpp_blocking_contains (alice->blocking, "bob@work.test"));
    g_assert_null (xmpp_bookmarks_get (alice->bookmarks, "evil@conference.work.test"));
    g_assert_null (xmpp_mds_get (alice->mds, "bob@work.test"));
    g_assert_false (alice->avatar != NULL && g_str_has_prefix (alice->avatar, "carol@"));
    g_assert_null (xmpp_presences_get_best (alice->presences, "carol@work.test"));
  }
}

/* --- private data --- */

/* What @other gets when he reads @node of Alice. */
static int
read_of_alice (Person     *other,
               const char *node)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GPtrArray) items = NULL;
  g_autoptr(GError) error = NULL;

  xmpp_pubsub_get_items_async (other->pubsub, "alice@work.test", node, NULL, 0, NULL, done, &result);
  WAIT_FOR (result != NULL);
  items = xmpp_pubsub_get_items_finish (other->pubsub, result, &error);
  if (items != NULL)
    return -1;
  g_assert_cmpint (error->domain, ==, XMPP_STANZA_ERROR);
  return error->code;
}

static void
put_bookmark (Person     *person,
              const char *room,
              const char *name)
{
  g_autoptr(XmppBookmark) bookmark = xmpp_bookmark_new (room);
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  bookmark->name = g_strdup (name);
  bookmark->autojoin = TRUE;
  xmpp_bookmarks_put_async (person->bookmarks, bookmark, NULL, done, &result);
  WAIT_FOR (result != NULL);
  g_assert_true (xmpp_bookmarks_finish (person->bookmarks, result, &error));
  g_assert_no_error (error);
}

static void
publish_secret (Person     *person,
                const char *id)
{
  XmppNode *payload = xmpp_node_new ("note", "urn:x-atrium:test");
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  xmpp_node_add_text (payload, "for my eyes only");
  xmpp_pep_publish_async (person->pep, "urn:x-atrium:secret", id, payload, XMPP_PEP_PRIVATE, 100, NULL, done, &result);
  WAIT_FOR (result != NULL);
  g_assert_true (xmpp_pep_publish_finish (person->pep, result, &error));
  g_assert_no_error (error);
}

static void
test_private (gconstpointer data)
{
  TestServer *server = get_server (GPOINTER_TO_INT (data));
  g_autoptr(GAsyncResult) mark = NULL;
  g_autoptr(GAsyncResult) opened = NULL;
  g_autoptr(GAsyncResult) items_result = NULL;
  g_autoptr(GAsyncResult) removed = NULL;
  g_autoptr(GPtrArray) items = NULL;
  g_autoptr(GError) error = NULL;
  const char *open[] = { "pubsub#access_model", "open", NULL };

  if (server == NULL)
    return;
  {
    g_autoptr(Person) alice = person_new (server, "alice");
    g_autoptr(Person) phone = person_new (server, "alice");
    g_autoptr(Person) bob = person_new (server, "bob");
    g_autoptr(Person) stranger = person_new (server, "carol");

    befriend (alice, bob);
    put_bookmark (alice, "one@conference.work.test", "One");
    put_bookmark (alice, "two@conference.work.test", "二");
    put_bookmark (alice, "three@conference.work.test", "Three");
    /* The other device hears of each; none pushed another out. */
    WAIT_FOR (xmpp_bookmarks_get (phone->bookmarks, "one@conference.work.test") != NULL &&
              xmpp_bookmarks_get (phone->bookmarks, "two@conference.work.test") != NULL &&
              xmpp_bookmarks_get (phone->bookmarks, "three@conference.work.test") != NULL);
    xmpp_bookmarks_remove_async (phone->bookmarks, "one@conference.work.test", NULL, done, &removed);
    WAIT_FOR (removed != NULL);
    g_assert_true (xmpp_bookmarks_finish (phone->bookmarks, removed, &error));
    WAIT_FOR (xmpp_bookmarks_get (alice->bookmarks, "one@conference.work.test") == NULL);
    {
      g_autoptr(Person) later = person_new (server, "alice");
      g_autoptr(GPtrArray) list = xmpp_bookmarks_list (later->bookmarks);

      g_assert_cmpuint (list->len, ==, 2);
      g_assert_cmpstr (xmpp_bookmarks_get (later->bookmarks, "two@conference.work.test")->name, ==, "二");
    }

    xmpp_mds_publish_async (alice->mds, "bob@work.test", "archive-id-1", "alice@work.test", NULL, done, &mark);
    WAIT_FOR (mark != NULL);
    g_assert_true (xmpp_mds_publish_finish (alice->mds, mark, &error));
    WAIT_FOR (g_strcmp0 (xmpp_mds_get (phone->mds, "bob@work.test"), "archive-id-1") == 0);

    publish_secret (alice, "1");
    publish_secret (alice, "2");
    xmpp_pubsub_get_items_async (phone->pubsub, NULL, "urn:x-atrium:secret", NULL, 0, NULL, done, &items_result);
    WAIT_FOR (items_result != NULL);
    items = xmpp_pubsub_get_items_finish (phone->pubsub, items_result, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (items->len, ==, 2);

    /* A6: neither the contact nor the stranger reads any of it. */
    for (guint i = 0; i < 3; i++)
      {
        const char *nodes[] = { "urn:x-atrium:secret", XMPP_BOOKMARKS_NODE, XMPP_MDS_NODE };
        int of_bob = read_of_alice (bob, nodes[i]), of_stranger = read_of_alice (stranger, nodes[i]);

        g_test_message ("%s: contact %d, stranger %d", nodes[i], of_bob, of_stranger);
        g_assert_cmpint (of_bob, >=, 0);
        g_assert_cmpint (of_stranger, >=, 0);
      }

    /* Another program opens the node; the next item is not published to the world, the node is closed again. */
    xmpp_pubsub_configure_async (phone->pubsub, NULL, "urn:x-atrium:secret", open, NULL, done, &opened);
    WAIT_FOR (opened != NULL);
    g_assert_true (xmpp_pubsub_finish (phone->pubsub, opened, &error));
    g_assert_cmpint (read_of_alice (bob, "urn:x-atrium:secret"), ==, -1);
    publish_secret (alice, "3");
    g_assert_cmpint (read_of_alice (bob, "urn:x-atrium:secret"), >=, 0);
  }
}

/* --- people --- */

static void
test_people (gconstpointer data)
{
  static const char png[] = "\x89PNG\r\n\x1a\n" "not much of a picture";
  TestServer *server = get_server (GPOINTER_TO_INT (data));
  g_autoptr(GBytes) picture = g_bytes_new_static (png, sizeof png - 1);
  g_autofree char *hash = g_compute_checksum_for_bytes (G_CHECKSUM_SHA1, picture);
  g_autofree char *announcement = g_strdup_printf ("bob@work.test %s", hash);
  g_autoptr(XmppVcard) card = xmpp_vcard_new ();
  g_autoptr(XmppVcard) read = NULL;
  g_autoptr(GBytes) got = NULL;
  g_autoptr(GAsyncResult) published = NULL;
  g_autoptr(GAsyncResult) fetched = NULL;
  g_autoptr(GAsyncResult) card_published = NULL;
  g_autoptr(GAsyncResult) card_fetched = NULL;
  g_autoptr(GAsyncResult) nick_published = NULL;
  g_autoptr(GAsyncResult) blocked = NULL;
  g_autoptr(GAsyncResult) unblocked = NULL;
  g_autoptr(GError) error = NULL;

  if (server == NULL)
    return;
  card->full_name = g_strdup ("Bob 鲍勃");
  card->organisation = g_strdup ("Example & Sons");
  card->department = g_strdup ("Sales");
  xmpp_vcard_add_entry (card->emails, "bob@example.org", "work");
  xmpp_vcard_add_entry (card->phones, "+49 30 123", "cell");
  {
    g_autoptr(Person) alice = person_new (server, "alice");
    g_autoptr(Person) bob = person_new (server, "bob");
    g_autoptr(Person) phone = person_new (server, "alice");

    befriend (alice, bob);
    xmpp_avatars_publish_async (bob->avatars, picture, 64, 64, NULL, done, &published);
    WAIT_FOR (published != NULL);
    g_assert_true (xmpp_avatars_publish_finish (bob->avatars, published, &error));
    g_assert_no_error (error);
    WAIT_FOR (g_strcmp0 (alice->avatar, announcement) == 0);
    xmpp_avatars_fetch_async (alice->avatars, "bob@work.test", hash, XMPP_AVATAR_PEP, NULL, done, &fetched);
    WAIT_FOR (fetched != NULL);
    got = xmpp_avatars_fetch_finish (alice->avatars, fetched, &error);
    g_assert_no_error (error);
    g_assert_true (g_bytes_equal (got, picture));

    xmpp_vcard4_publish_async (bob->pep, card, XMPP_PEP_CONTACTS, NULL, done, &card_published);
    WAIT_FOR (card_published != NULL);
    g_assert_true (xmpp_vcard4_publish_finish (bob->pep, card_published, &error));
    g_assert_no_error (error);
    xmpp_vcard4_fetch_async (alice->pep, "bob@work.test", NULL, done, &card_fetched);
    WAIT_FOR (card_fetched != NULL);
    read = xmpp_vcard4_fetch_finish (alice->pep, card_fetched, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (read->full_name, ==, "Bob 鲍勃");
    g_assert_cmpstr (read->organisation, ==, "Example & Sons");
    g_assert_cmpstr (((XmppVcardEntry *) g_ptr_array_index (read->phones, 0))->value, ==, "+49 30 123");

    xmpp_nicks_publish_async (bob->nicks, "Bobby", NULL, done, &nick_published);
    WAIT_FOR (nick_published != NULL);
    g_assert_true (xmpp_nicks_publish_finish (bob->nicks, nick_published, &error));
    WAIT_FOR (g_strcmp0 (alice->nick, "bob@work.test Bobby") == 0);

    WAIT_FOR (xmpp_blocking_get_supported (alice->blocking) && xmpp_blocking_get_supported (phone->blocking));
    xmpp_blocking_block_async (alice->blocking, "spam@evil.test", NULL, done, &blocked);
    WAIT_FOR (blocked != NULL);
    g_assert_true (xmpp_blocking_finish (alice->blocking, blocked, &error));
    WAIT_FOR (xmpp_blocking_contains (alice->blocking, "spam@evil.test/x"));
    /* A device that asked for the list hears of it; both servers push to those only. */
    WAIT_FOR (xmpp_blocking_contains (phone->blocking, "spam@evil.test"));
    xmpp_blocking_unblock_async (alice->blocking, "spam@evil.test", NULL, done, &unblocked);
    WAIT_FOR (unblocked != NULL);
    WAIT_FOR (!xmpp_blocking_contains (alice->blocking, "spam@evil.test"));
  }
}

/* --- documents' transport --- */

static guint events;

static void
on_event (XmppPubsub            *pubsub,
          const XmppPubsubEvent *event,
          gpointer               user_data)
{
  g_assert_cmpstr (event->from, ==, "pubsub.work.test");
  events++;
}

static gboolean
finish (Person       *person,
        GAsyncResult *result)
{
  g_autoptr(GError) error = NULL;
  gboolean ok = xmpp_pubsub_finish (person->pubsub, result, &error);

  if (!ok)
    g_test_message ("%s", error->message);
  return ok;
}

#define DO(person, call, ...) \
  G_STMT_START { \
    g_autoptr(GAsyncResult) do_result = NULL; \
    call ((person)->pubsub, __VA_ARGS__, NULL, done, &do_result); \
    WAIT_FOR (do_result != NULL); \
    g_assert_true (finish (person, do_result)); \
  } G_STMT_END

static void
test_nodes (gconstpointer data)
{
  TestServer *server = get_server (GPOINTER_TO_INT (data));
  const char *config[] = { "pubsub#access_model", "whitelist", "pubsub#publish_model", "publishers", "pubsub#persist_items", "1",
                           "pubsub#max_items", "max", "pubsub#send_last_published_item", "never", "pubsub#notify_retract", "1",
                           "pubsub#notify_delete", "1", NULL };
  const char *service = "pubsub.work.test", *node = "urn:x-workspace:doc:1:test";
  const char *ids[] = { "u.2", NULL };
  g_autoptr(GPtrArray) members = g_ptr_array_new_with_free_func ((GDestroyNotify) xmpp_pubsub_relation_free);
  g_autoptr(GAsyncResult) listed = NULL;
  g_autoptr(GAsyncResult) got = NULL;
  g_autoptr(GAsyncResult) related = NULL;
  g_autoptr(GAsyncResult) configured = NULL;
  g_autoptr(GPtrArray) items = NULL;
  g_autoptr(GPtrArray) relations = NULL;
  g_autoptr(GHashTable) configuration = NULL;
  g_auto(GStrv) all = NULL;
  g_autoptr(GError) error = NULL;

  if (server == NULL)
    return;
  {
    g_autoptr(Person) alice = person_new (server, "alice");
    g_autoptr(Person) bob = person_new (server, "bob");

    DO (alice, xmpp_pubsub_create_node_async, service, node, config);
    g_ptr_array_add (members, xmpp_pubsub_relation_new ("bob@work.test", XMPP_PUBSUB_AFFILIATION_PUBLISHER, XMPP_PUBSUB_SUBSCRIPTION_SUBSCRIBED));
    DO (alice, xmpp_pubsub_set_affiliations_async, service, node, members);
    DO (bob, xmpp_pubsub_subscribe_async, service, node);
    events = 0;
    xmpp_pubsub_watch (bob->pubsub, XMPP_PUBSUB_FROM_SERVICE, service, node, on_event, NULL, NULL);
    for (guint i = 1; i <= 3; i++)
      {
        g_autoptr(GAsyncResult) published = NULL;
        g_autofree char *id = g_strdup_printf ("u.%u", i);
        g_autofree char *given = NULL;

        xmpp_pubsub_publish_async (i == 2 ? bob->pubsub : alice->pubsub, service, node, id, xmpp_node_new ("d", "urn:x-workspace:doc:1"),
                                   NULL, NULL, done, &published);
        WAIT_FOR (published != NULL);
        given = xmpp_pubsub_publish_finish (i == 2 ? bob->pubsub : alice->pubsub, published, &error);
        g_assert_no_error (error);
        g_assert_cmpstr (given, ==, id);
      }
    WAIT_FOR (events == 3);
    xmpp_pubsub_list_ids_async (bob->pubsub, service, node, NULL, done, &listed);
    WAIT_FOR (listed != NULL);
    all = xmpp_pubsub_list_ids_finish (bob->pubsub, listed, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (g_strv_length (all), ==, 3);
    xmpp_pubsub_get_items_async (bob->pubsub, service, node, ids, 0, NULL, done, &got);
    WAIT_FOR (got != NULL);
    items = xmpp_pubsub_get_items_finish (bob->pubsub, got, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (items->len, ==, 1);
    xmpp_pubsub_get_affiliations_async (alice->pubsub, service, node, NULL, done, &related);
    WAIT_FOR (related != NULL);
    relations = xmpp_pubsub_get_relations_finish (alice->pubsub, related, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (relations->len, ==, 2);
    xmpp_pubsub_get_configuration_async (alice->pubsub, service, node, NULL, done, &configured);
    WAIT_FOR (configured != NULL);
    configuration = xmpp_pubsub_get_configuration_finish (alice->pubsub, configured, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (((char **) g_hash_table_lookup (configuration, "pubsub#access_model"))[0], ==, "whitelist");
    DO (bob, xmpp_pubsub_retract_async, service, node, "u.2", TRUE);
    WAIT_FOR (events == 4);
    DO (alice, xmpp_pubsub_delete_node_async, service, node);
    WAIT_FOR (events == 5);
  }
}

/* --- files --- */

static void
test_files (gconstpointer data)
{
  TestServer *server = get_server (GPOINTER_TO_INT (data));
  g_autoptr(XmppTransferPolicy) policy = xmpp_transfer_policy_new ();
  g_autoptr(XmppTransferPolicy) of_stranger = xmpp_transfer_policy_new ();
  g_autofree char *folder = g_dir_make_tmp ("atrium-files-XXXXXX", NULL);
  g_autofree char *source_path = g_build_filename (folder, "source", NULL);
  g_autofree char *target_path = g_build_filename (folder, "target", NULL);
  g_autoptr(GFile) source = g_file_new_for_path (source_path);
  g_autoptr(GFile) target = g_file_new_for_path (target_path);
  g_autofree char *contents = g_malloc (300000);
  g_autofree char *received = NULL;
  g_autofree char *uri = NULL;
  g_autofree char *service = NULL;
  g_autofree char *hash = NULL;
  g_autofree char *type = NULL;
  const char *hashes[] = { "sha-256", NULL, NULL };
  g_autoptr(GAsyncResult) found = NULL;
  g_autoptr(GAsyncResult) sent = NULL;
  g_autoptr(GAsyncResult) hashed = NULL;
  g_autoptr(GAsyncResult) fetched = NULL;
  g_autoptr(GAsyncResult) refused = NULL;
  g_autoptr(GAsyncResult) wrong = NULL;
  g_autoptr(GError) error = NULL;
  XmppDownloadRequest request = { NULL, 300000, 1000000, hashes };
  gint64 max_size;
  gsize size;

  if (server == NULL)
    {
      g_rmdir (folder);
      return;
    }
  for (guint i = 0; i < 300000; i++)
    contents[i] = (i * 31) >> 4;
  g_assert_true (g_file_set_contents (source_path, contents, 300000, NULL));
  g_assert_true (xmpp_transfer_policy_set_ca_file (policy, test_server_get (server, "ca"), &error));
  xmpp_transfer_policy_set_host_address (policy, "work.test", "127.0.0.1");
  xmpp_transfer_policy_set_host_address (policy, "upload.work.test", "127.0.0.1");
  xmpp_transfer_policy_set_host_address (of_stranger, "work.test", "127.0.0.1");
  xmpp_transfer_policy_set_host_address (of_stranger, "upload.work.test", "127.0.0.1");
  {
    g_autoptr(Person) alice = person_new (server, "alice");
    g_autoptr(XmppUploads) uploads = xmpp_uploads_new (alice->client, alice->disco, policy);

    xmpp_uploads_find_async (uploads, NULL, done, &found);
    WAIT_FOR (found != NULL);
    service = xmpp_uploads_find_finish (uploads, found, &max_size, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (service, ==, test_server_get (server, "upload"));
    g_assert_cmpint (max_size, >, 300000);
    xmpp_uploads_send_async (uploads, source, "très cool 图.bin", "application/octet-stream", NULL, NULL, NULL, done, &sent);
    WAIT_FOR (sent != NULL);
    uri = xmpp_uploads_send_finish (uploads, sent, &error);
    g_assert_no_error (error);
    g_test_message ("%s", uri);
  }
  xmpp_hash_file_async (source, "sha-256", NULL, done, &hashed);
  WAIT_FOR (hashed != NULL);
  hash = xmpp_hash_file_finish (source, hashed, &error);
  hashes[1] = hash;
  request.url = uri;
  xmpp_download_async (&request, policy, target, NULL, NULL, NULL, done, &fetched);
  WAIT_FOR (fetched != NULL);
  g_assert_true (xmpp_download_finish (fetched, &type, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (target_path, &received, &size, NULL));
  g_assert_cmpmem (received, size, contents, 300000);
  g_unlink (target_path);

  /* D6: not the announced file. D5: the same address for whom the host is not his own. */
  hashes[1] = "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=";
  xmpp_download_async (&request, policy, target, NULL, NULL, NULL, done, &wrong);
  WAIT_FOR (wrong != NULL);
  g_assert_false (xmpp_download_finish (wrong, NULL, &error));
  g_assert_error (error, XMPP_TRANSFER_ERROR, XMPP_TRANSFER_ERROR_HASH);
  g_clear_error (&error);
  xmpp_download_async (&request, of_stranger, target, NULL, NULL, NULL, done, &refused);
  WAIT_FOR (refused != NULL);
  g_assert_false (xmpp_download_finish (refused, NULL, &error));
  g_assert_error (error, XMPP_TRANSFER_ERROR, XMPP_TRANSFER_ERROR_ADDRESS);
  g_assert_false (g_file_test (target_path, G_FILE_TEST_EXISTS));
  g_unlink (source_path);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

/* --- services --- */

static void
test_services (gconstpointer data)
{
  TestServerKind kind = GPOINTER_TO_INT (data);
  TestServer *server = get_server (kind);
  g_autoptr(GAsyncResult) external = NULL;
  g_autoptr(GAsyncResult) version_result = NULL;
  g_autoptr(GAsyncResult) time_result = NULL;
  g_autoptr(GAsyncResult) search_result = NULL;
  g_autoptr(GAsyncResult) commands_result = NULL;
  g_autoptr(GAsyncResult) invite_result = NULL;
  g_autoptr(GAsyncResult) password_result = NULL;
  g_autoptr(GPtrArray) services = NULL;
  g_autoptr(GPtrArray) hits = NULL;
  g_autoptr(GPtrArray) commands = NULL;
  g_autofree char *name = NULL;
  g_autofree char *number = NULL;
  g_autofree char *system = NULL;
  g_autofree char *link = NULL;
  g_autoptr(GError) error = NULL;
  gint64 now, expires;
  int offset;

  if (server == NULL)
    return;
  {
    g_autoptr(Person) dave = person_new (server, "dave");
    g_autoptr(XmppVersion) version = xmpp_version_new (dave->client, dave->disco, dave->roster, "Atrium", "0");
    g_autoptr(XmppEntityTime) entity_time = xmpp_entity_time_new (dave->client, dave->disco, dave->roster);
    g_autoptr(XmppAdhoc) adhoc = xmpp_adhoc_new (dave->client, dave->disco);

    xmpp_extdisco_fetch_async (dave->client, NULL, done, &external);
    WAIT_FOR (external != NULL);
    services = xmpp_extdisco_fetch_finish (dave->client, external, &error);
    if (services == NULL)
      g_test_message ("no external services: %s", error->message);    /* no coturn on this machine */
    else
      g_assert_cmpuint (services->len, >, 0);
    g_clear_error (&error);

    xmpp_version_fetch_async (version, NULL, NULL, done, &version_result);
    WAIT_FOR (version_result != NULL);
    if (xmpp_version_fetch_finish (version, version_result, &name, &number, &system, &error))
      g_assert_cmpstr (name, ==, kind == TEST_SERVER_PROSODY ? "Prosody" : "ejabberd");
    else
      g_assert_error (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_SERVICE_UNAVAILABLE);
    g_clear_error (&error);

    xmpp_entity_time_fetch_async (entity_time, "work.test", NULL, done, &time_result);
    WAIT_FOR (time_result != NULL);
    g_assert_true (xmpp_entity_time_fetch_finish (entity_time, time_result, &offset, &now, &error));
    g_assert_no_error (error);
    g_assert_cmpint (ABS (now - g_get_real_time ()), <, 60 * G_USEC_PER_SEC);

    xmpp_search_async (dave->client, dave->disco, "bob", NULL, done, &search_result);
    WAIT_FOR (search_result != NULL);
    hits = xmpp_search_finish (dave->client, search_result, &error);
    if (kind == TEST_SERVER_PROSODY)
      g_assert_error (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_FEATURE_NOT_IMPLEMENTED);
    else
      g_assert_no_error (error);
    g_test_message ("%u found", hits != NULL ? hits->len : 0);
    g_clear_error (&error);

    xmpp_adhoc_list_async (adhoc, NULL, NULL, done, &commands_result);
    WAIT_FOR (commands_result != NULL);
    commands = xmpp_adhoc_list_finish (adhoc, commands_result, &error);
    for (guint i = 0; commands != NULL && i < commands->len; i++)
      g_test_message ("command %s", ((XmppDiscoItem *) g_ptr_array_index (commands, i))->node);
    g_clear_error (&error);

    xmpp_invite_create_async (adhoc, FALSE, NULL, done, &invite_result);
    WAIT_FOR (invite_result != NULL);
    link = xmpp_invite_create_finish (adhoc, invite_result, &expires, &error);
    g_test_message ("invitation: %s", link != NULL ? link : error->message);
    if (kind == TEST_SERVER_EJABBERD)
      g_assert_error (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_FEATURE_NOT_IMPLEMENTED);
    else
      {
        g_autoptr(XmppInvite) invite = NULL;

        g_assert_no_error (error);
        invite = xmpp_invite_parse (link, NULL);
        g_assert_nonnull (invite->token);
      }
    g_clear_error (&error);

    xmpp_account_change_password_async (dave->client, "another-password", NULL, done, &password_result);
    WAIT_FOR (password_result != NULL);
    g_assert_true (xmpp_account_finish (dave->client, password_result, &error));
    g_assert_no_error (error);
    /* The client knows it: the next sign-in works, the old password would not. */
    xmpp_client_disconnect (dave->client, FALSE);
    WAIT_FOR (xmpp_client_get_state (dave->client) == XMPP_CLIENT_OFFLINE);
    xmpp_client_connect (dave->client);
    WAIT_FOR (xmpp_client_get_state (dave->client) == XMPP_CLIENT_ONLINE && xmpp_roster_get_loaded (dave->roster) &&
              xmpp_bookmarks_get_loaded (dave->bookmarks));
  }
}

int
main (int    argc,
      char **argv)
{
  static const char * const kinds[] = { "prosody", "ejabberd" };
  static const struct { const char *name; GTestDataFunc func; } tests[] = {
    { "contacts", test_contacts }, { "directory", test_directory }, { "forged", test_forged }, { "private", test_private }, { "people", test_people },
    { "nodes", test_nodes }, { "files", test_files }, { "services", test_services },
  };
  int status;

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    for (guint j = 0; j < G_N_ELEMENTS (tests); j++)
      {
        g_autofree char *path = g_strdup_printf ("/account/%s/%s", kinds[i], tests[j].name);

        g_test_add_data_func (path, GINT_TO_POINTER (i), tests[j].func);
      }
  status = g_test_run ();
  for (guint i = 0; i < G_N_ELEMENTS (servers); i++)
    g_clear_pointer (&servers[i], test_server_stop);
  return status;
}
