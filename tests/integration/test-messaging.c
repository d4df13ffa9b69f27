/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The message modules on real servers: people, two devices, archives, rooms; and the forged stanzas (threats A1, A2, A7 to
 * A11, A13, A14) that an ordinary account can send, live and once more out of the archive. */

#include "config.h"

#include "test-server.h"

#include "xmpp/archive.h"
#include "xmpp/correction.h"
#include "xmpp/jid.h"
#include "xmpp/muc-admin.h"
#include "xmpp/muc-config.h"
#include "xmpp/outgoing.h"

#include <string.h>

#define DEADLINE_SECONDS 60
#define NS_CLIENT "jabber:client"

typedef struct
{
  XmppClient   *client;
  XmppMuc      *muc;
  XmppMessages *messages;
  XmppArchive  *archive;
  GPtrArray    *received;     /* of XmppIncoming, all of them */
  guint64       acknowledged;
  guint         invites;
} Person;

/* --- waiting --- */

static gboolean
on_deadline (gpointer user_data)
{
  g_error ("waited in vain: %s", (const char *) user_data);
  return G_SOURCE_REMOVE;
}

#define wait_until(condition) \
  G_STMT_START { \
    guint deadline_ = g_timeout_add_seconds (DEADLINE_SECONDS, on_deadline, (gpointer) G_STRINGIFY (condition)); \
    while (!(condition)) \
      g_main_context_iteration (NULL, TRUE); \
    g_source_remove (deadline_); \
  } G_STMT_END

static void
take_result (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

/* --- people --- */

static void
on_received (XmppMessages *messages,
             GPtrArray    *list,
             gpointer      page,
             Person       *person)
{
  for (guint i = 0; page == NULL && i < list->len; i++)
    g_ptr_array_add (person->received, xmpp_incoming_ref (g_ptr_array_index (list, i)));
}

static void
on_ready (XmppMessages *messages,
          Person       *person)
{
  xmpp_client_send (person->client, xmpp_node_new ("presence", NS_CLIENT));
}

static void
on_acknowledged (XmppClient *client,
                 guint64     serial,
                 Person     *person)
{
  person->acknowledged = serial;
}

static void
on_invited (XmppMuc       *muc,
            XmppMucInvite *invite,
            Person        *person)
{
  g_assert_cmpstr (invite->from, ==, "alice@work.test");
  person->invites++;
}

static Person *
person_new (TestServer *server,
            const char *name,
            const char *resource)
{
  Person *self = g_new0 (Person, 1);
  g_autofree char *address = g_strdup_printf ("%s@work.test", name);
  g_autofree char *password = g_strdup_printf ("%s-password", name);

  self->client = xmpp_client_new (address);
  xmpp_client_set_password (self->client, password);
  xmpp_client_set_resource (self->client, resource);
  xmpp_client_set_server (self->client, test_server_get (server, "starttls"));
  xmpp_client_set_ca_file (self->client, test_server_get (server, "ca"));
  self->muc = xmpp_muc_new (self->client);
  self->messages = xmpp_messages_new (self->client, self->muc);
  self->archive = xmpp_archive_new (self->messages);
  self->received = g_ptr_array_new_with_free_func ((GDestroyNotify) xmpp_incoming_unref);
  g_signal_connect (self->messages, "received", G_CALLBACK (on_received), self);
  g_signal_connect (self->messages, "ready", G_CALLBACK (on_ready), self);
  g_signal_connect (self->client, "acknowledged", G_CALLBACK (on_acknowledged), self);
  g_signal_connect (self->muc, "invited", G_CALLBACK (on_invited), self);
  xmpp_client_connect (self->client);
  wait_until (xmpp_messages_is_ready (self->messages));
  g_assert_true (xmpp_messages_has_carbons (self->messages));
  g_assert_true (xmpp_archive_is_supported (self->archive, NULL, NULL));
  return self;
}

static void
person_free (Person *self)
{
  xmpp_client_disconnect (self->client, FALSE);
  g_ptr_array_unref (self->received);
  g_assert_finalize_object (self->archive);
  g_assert_finalize_object (self->messages);
  g_assert_finalize_object (self->muc);
  g_object_unref (self->client);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Person, person_free)

static XmppIncoming *
find_body (Person     *person,
           const char *body)
{
  for (guint i = 0; i < person->received->len; i++)
    {
      XmppIncoming *incoming = g_ptr_array_index (person->received, i);

      if (g_strcmp0 (xmpp_message_get_body (incoming->message, NULL), body) == 0)
        return incoming;
    }
  return NULL;
}

static XmppIncoming *
await_body (Person     *person,
            const char *body)
{
  XmppIncoming *incoming;

  wait_until ((incoming = find_body (person, body)) != NULL);
  return incoming;
}

static guint64
say (Person          *person,
     XmppMessageType  type,
     const char      *to,
     const char      *id,
     const char      *body)
{
  const XmppOutgoing message = { .type = type, .to = to, .id = id, .body = body, .markable = TRUE };
  guint64 serial = xmpp_client_send (person->client, xmpp_outgoing_to_node (&message));

  g_assert_cmpuint (serial, >, 0);
  return serial;
}

/* Sends what is written, as it is. */
static void
say_raw (Person     *person,
         const char *xml)
{
  g_autofree char *wrapped = g_strconcat ("<w xmlns='jabber:client'>", xml, "</w>", NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(XmppNode) node = xmpp_node_parse (wrapped, -1, &error);

  g_assert_no_error (error);
  for (XmppNode *child = xmpp_node_get_first_child (node); child != NULL; child = xmpp_node_get_next (child))
    g_assert_cmpuint (xmpp_client_send (person->client, xmpp_node_copy (child)), >, 0);
}

static guint
count_rejections (Person     *person,
                  const char *reason)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (xmpp_client_get_rejections (person->client), reason));
}

static XmppArchivePage *
fetch (Person                 *person,
       const XmppArchiveQuery *query)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  XmppArchivePage *page;

  xmpp_archive_query_async (person->archive, query, NULL, take_result, &result);
  wait_until (result != NULL);
  page = xmpp_archive_query_finish (person->archive, result, &error);
  g_assert_no_error (error);
  return page;
}

/* Fetches until a message with @body is in the archive; ejabberd's writes are not waited for by the sender. */
static XmppIncoming *
await_archived (Person      *person,
                const char  *archive,
                const char  *body)
{
  const XmppArchiveQuery query = { .archive = archive, .before = "" };
  guint deadline = g_timeout_add_seconds (DEADLINE_SECONDS, on_deadline, (gpointer) body);
  XmppIncoming *found = NULL;

  while (found == NULL)
    {
      g_autoptr(XmppArchivePage) page = fetch (person, &query);

      for (guint i = 0; i < page->messages->len; i++)
        {
          XmppIncoming *incoming = g_ptr_array_index (page->messages, i);

          if (g_strcmp0 (xmpp_message_get_body (incoming->message, NULL), body) == 0)
            found = incoming;
        }
      if (found != NULL)
        xmpp_incoming_ref (found);
    }
  g_source_remove (deadline);
  return found;
}

/* --- people and devices --- */

static void
test_devices (gconstpointer data)
{
  TestServerKind kind = GPOINTER_TO_INT (data);
  g_autoptr(TestServer) server = test_server_start (kind, NULL);
  g_autoptr(Person) desk = NULL, phone = NULL, bob = NULL;
  g_autoptr(GAsyncResult) found = NULL, missing = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *id = NULL, *none = NULL;
  XmppIncoming *live, *sent, *received;
  gint64 before = g_get_real_time ();

  if (server == NULL)
    return;
  desk = person_new (server, "alice", "desk");
  phone = person_new (server, "alice", "phone");
  bob = person_new (server, "bob", "desk");

  /* Out: the other device and the archive know it by the same id. */
  say (desk, XMPP_MESSAGE_CHAT, "bob@work.test", "out-1", "to bob");
  live = await_body (bob, "to bob");
  g_assert_cmpint (live->source, ==, XMPP_SOURCE_LIVE);
  g_assert_cmpstr (live->chat, ==, "alice@work.test");
  g_assert_cmpstr (live->author->address, ==, "alice@work.test");
  g_assert_cmpstr (live->message->id, ==, "out-1");
  g_assert_cmpstr (live->message->origin_id, ==, "out-1");
  g_assert_nonnull (live->archive_id);
  g_assert_cmpstr (live->archive, ==, "bob@work.test");
  sent = await_body (phone, "to bob");
  g_assert_cmpint (sent->source, ==, XMPP_SOURCE_CARBON_SENT);
  g_assert_cmpstr (sent->chat, ==, "bob@work.test");
  g_assert_true (sent->outgoing);
  g_assert_null (find_body (desk, "to bob"));

  /* In, to one device: the other one hears of it. */
  say (bob, XMPP_MESSAGE_CHAT, "alice@work.test/desk", "in-1", "to desk");
  await_body (desk, "to desk");
  received = await_body (phone, "to desk");
  g_assert_cmpint (received->source, ==, XMPP_SOURCE_CARBON_RECEIVED);
  g_assert_cmpstr (received->chat, ==, "bob@work.test");
  g_assert_false (received->outgoing);
  g_assert_cmpstr (received->archive_id, ==, find_body (desk, "to desk")->archive_id);
  g_assert_nonnull (received->archive_id);

  /* Exactly once. */
  xmpp_archive_find_async (desk->archive, NULL, "bob@work.test", "out-1", before, NULL, take_result, &found);
  wait_until (found != NULL);
  id = xmpp_archive_find_finish (desk->archive, found, &error);
  g_assert_no_error (error);
  g_assert_nonnull (id);
  if (sent->archive_id != NULL)
    g_assert_cmpstr (id, ==, sent->archive_id);
  xmpp_archive_find_async (desk->archive, NULL, "bob@work.test", "never-sent", before, NULL, take_result, &missing);
  wait_until (missing != NULL);
  none = xmpp_archive_find_finish (desk->archive, missing, &error);
  g_assert_no_error (error);
  g_assert_null (none);
  g_assert_cmpuint (g_hash_table_size (xmpp_client_get_rejections (desk->client)), ==, 0);
  g_assert_cmpuint (g_hash_table_size (xmpp_client_get_rejections (phone->client)), ==, 0);
  g_assert_cmpuint (g_hash_table_size (xmpp_client_get_rejections (bob->client)), ==, 0);
}

/* --- pages --- */

#define N_PAGED 23

static void
check_order (GPtrArray *all)
{
  g_autoptr(GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);

  g_assert_cmpuint (all->len, ==, N_PAGED);
  for (guint i = 0; i < all->len; i++)
    {
      XmppIncoming *incoming = g_ptr_array_index (all, i);
      g_autofree char *expected = g_strdup_printf ("message %u", i);

      g_assert_cmpstr (xmpp_message_get_body (incoming->message, NULL), ==, expected);
      g_assert_true (g_hash_table_add (ids, incoming->archive_id));
      g_assert_true (incoming->delayed);
    }
}

static void
test_pages (gconstpointer data)
{
  TestServerKind kind = GPOINTER_TO_INT (data);
  g_autoptr(TestServer) server = test_server_start (kind, NULL);
  g_autoptr(Person) alice = NULL, bob = NULL;
  g_autoptr(GPtrArray) forward = g_ptr_array_new_with_free_func ((GDestroyNotify) xmpp_incoming_unref);
  g_autoptr(GPtrArray) backward = g_ptr_array_new_with_free_func ((GDestroyNotify) xmpp_incoming_unref);
  g_autofree char *cursor = NULL, *before = g_strdup ("");
  gboolean complete = FALSE, extended = FALSE;

  if (server == NULL)
    return;
  alice = person_new (server, "alice", "desk");
  bob = person_new (server, "bob", "desk");
  for (guint i = 0; i < N_PAGED; i++)
    {
      g_autofree char *id = g_strdup_printf ("m-%u", i), *body = g_strdup_printf ("message %u", i);

      say (alice, XMPP_MESSAGE_CHAT, "bob@work.test", id, body);
    }
  await_body (bob, "message 22");
  xmpp_incoming_unref (await_archived (bob, NULL, "message 22"));

  while (!complete)
    {
      const XmppArchiveQuery query = { .with = "alice@work.test", .after = cursor, .max = 5 };
      g_autoptr(XmppArchivePage) page = fetch (bob, &query);

      g_assert_cmpuint (page->messages->len, <=, 5);
      for (guint i = 0; i < page->messages->len; i++)
        g_ptr_array_add (forward, xmpp_incoming_ref (g_ptr_array_index (page->messages, i)));
      complete = page->complete;
      g_free (cursor);
      cursor = g_strdup (page->last);
    }
  check_order (forward);
  for (complete = FALSE; !complete;)
    {
      const XmppArchiveQuery query = { .before = before, .max = 10 };
      g_autoptr(XmppArchivePage) page = fetch (bob, &query);

      for (guint i = page->messages->len; i > 0; i--)
        g_ptr_array_insert (backward, 0, xmpp_incoming_ref (g_ptr_array_index (page->messages, i - 1)));
      complete = page->complete;
      g_free (before);
      before = g_strdup (page->first);
    }
  check_order (backward);
  for (guint i = 0; i < N_PAGED; i++)
    {
      XmppIncoming *archived = g_ptr_array_index (forward, i);
      XmppIncoming *live = find_body (bob, xmpp_message_get_body (archived->message, NULL));

      g_assert_cmpstr (archived->archive_id, ==, live->archive_id);
    }

  xmpp_archive_is_supported (bob->archive, NULL, &extended);
  g_assert_cmpint (extended, ==, kind == TEST_SERVER_PROSODY);
  if (extended)
    {
      const char *ids[] = { ((XmppIncoming *) g_ptr_array_index (forward, 3))->archive_id, ((XmppIncoming *) g_ptr_array_index (forward, 9))->archive_id, NULL };
      const XmppArchiveQuery by_id = { .ids = ids }, newer = { .before = "", .newer_than = ids[1], .max = 100 };
      g_autoptr(XmppArchivePage) two = fetch (bob, &by_id), rest = fetch (bob, &newer);

      g_assert_cmpuint (two->messages->len, ==, 2);
      g_assert_cmpuint (rest->messages->len, ==, N_PAGED - 10);
    }
  {
    const XmppArchiveQuery gone = { .after = "28482-98726-73623" };
    g_autoptr(GAsyncResult) result = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(XmppArchivePage) page = NULL;

    xmpp_archive_query_async (bob->archive, &gone, NULL, take_result, &result);
    wait_until (result != NULL);
    page = xmpp_archive_query_finish (bob->archive, result, &error);
    g_test_message ("an id that is not there: %s", error != NULL ? error->message : "no error");
    if (kind == TEST_SERVER_PROSODY)
      g_assert_error (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_ITEM_NOT_FOUND);
  }
}

/* --- rooms --- */

static char *
room_address (TestServer *server)
{
  return g_strconcat ("team@", test_server_get (server, "rooms"), NULL);
}

static XmppMucRoom *
join (Person     *person,
      const char *address,
      const char *nick,
      gboolean    create,
      int         code)       /* −1: it succeeds */
{
  const XmppRoomJoin wish = { .nick = nick, .create = create };
  XmppMucRoom *room = xmpp_muc_ensure_room (person->muc, address);
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  xmpp_muc_room_join_async (room, &wish, NULL, take_result, &result);
  wait_until (result != NULL);
  if (xmpp_muc_room_join_finish (room, result, &error))
    g_assert_cmpint (code, ==, -1);
  else
    g_assert_error (error, XMPP_STANZA_ERROR, code);
  return room;
}

static void
configure (Person      *person,
           const char  *address,
           gboolean     open)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  XmppMucRoom *room = xmpp_muc_get_room (person->muc, address);
  XmppMucFlags wanted = XMPP_MUC_HIDDEN | XMPP_MUC_NON_ANONYMOUS | XMPP_MUC_ARCHIVE | XMPP_MUC_PERSISTENT;
  XmppMucConfig config;

  xmpp_muc_config_init_team (&config, "Team");
  if (open)
    config.members_only = XMPP_MUC_NO;
  else
    wanted |= XMPP_MUC_MEMBERS_ONLY;
  xmpp_muc_config_apply_async (person->client, address, &config, NULL, take_result, &result);
  wait_until (result != NULL);
  g_assert_true (xmpp_muc_config_apply_finish (person->client, result, &error));
  g_assert_no_error (error);
  /* The room tells that it has changed, and is asked what it is now. */
  wait_until (xmpp_muc_room_get_info (room) != NULL && (xmpp_muc_room_get_info (room)->flags & wanted) == wanted);
}

static void
test_room (gconstpointer data)
{
  TestServerKind kind = GPOINTER_TO_INT (data);
  const char *const arguments[] = { "--user", "alice", "--user", "bob", "--user", "carol", NULL };
  g_autoptr(TestServer) server = test_server_start (kind, arguments);
  g_autoptr(Person) alice = NULL, bob = NULL, carol = NULL;
  g_autofree char *address = NULL;
  g_autoptr(GAsyncResult) member = NULL, subject = NULL, kick = NULL, list = NULL, refused = NULL, destroyed = NULL;
  g_autoptr(GPtrArray) members = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(XmppIncoming) archived = NULL, own = NULL;
  g_autoptr(XmppAuthor) author = NULL;
  XmppMucRoom *room, *theirs;
  XmppIncoming *in;

  if (server == NULL)
    return;
  address = room_address (server);
  alice = person_new (server, "alice", "desk");
  bob = person_new (server, "bob", "desk");
  carol = person_new (server, "carol", "desk");

  join (alice, address, "alice", FALSE, XMPP_STANZA_ERROR_ITEM_NOT_FOUND);
  room = join (alice, address, "alice", TRUE, -1);
  configure (alice, address, FALSE);
  g_assert_cmpint (xmpp_muc_occupant_get_affiliation (xmpp_muc_room_get_self (room)), ==, XMPP_AFFILIATION_OWNER);
  g_assert_cmpstr (xmpp_muc_room_get_info (room)->name, ==, "Team");
  g_assert_cmpint ((xmpp_muc_room_get_info (room)->flags & XMPP_MUC_OCCUPANT_ID) != 0, ==, kind == TEST_SERVER_PROSODY);

  /* Members only. */
  join (bob, address, "bob", FALSE, XMPP_STANZA_ERROR_REGISTRATION_REQUIRED);
  xmpp_muc_admin_set_affiliation_async (alice->client, address, "bob@work.test", XMPP_AFFILIATION_MEMBER, NULL, NULL, take_result, &member);
  wait_until (member != NULL);
  g_assert_true (xmpp_muc_admin_set_affiliation_finish (alice->client, member, &error));
  xmpp_client_send (alice->client, xmpp_muc_invite_new_direct ("bob@work.test", address, NULL, "Come"));
  wait_until (bob->invites == 1);
  xmpp_client_send (alice->client, xmpp_muc_invite_new_mediated (address, "carol@work.test", NULL));
  wait_until (carol->invites == 1);
  theirs = join (bob, address, "bob", FALSE, -1);
  wait_until (xmpp_muc_room_find (room, "bob") != NULL);
  g_assert_cmpstr (xmpp_muc_occupant_get_address (xmpp_muc_room_find (room, "bob")), ==, "bob@work.test");
  xmpp_muc_admin_list_async (alice->client, address, XMPP_AFFILIATION_MEMBER, NULL, take_result, &list);
  wait_until (list != NULL);
  members = xmpp_muc_admin_list_finish (alice->client, list, &error);
  g_assert_cmpuint (members->len, >=, 1);

  /* Talk. */
  say (bob, XMPP_MESSAGE_GROUPCHAT, address, "r-1", "in the room");
  in = await_body (alice, "in the room");
  g_assert_cmpint (in->kind, ==, XMPP_CHAT_ROOM);
  g_assert_cmpstr (in->author->nick, ==, "bob");
  g_assert_cmpstr (in->author->address, ==, "bob@work.test");
  g_assert_cmpint (in->author->occupant_id != NULL, ==, kind == TEST_SERVER_PROSODY);
  g_assert_false (in->outgoing);
  g_assert_nonnull (in->archive_id);
  author = xmpp_author_copy (in->author);
  in = await_body (bob, "in the room");
  g_assert_true (in->outgoing);
  g_assert_cmpstr (in->archive_id, ==, find_body (alice, "in the room")->archive_id);

  /* The archive of the room says the same: the author is the same, so he may edit what was live. */
  archived = await_archived (alice, address, "in the room");
  g_assert_cmpstr (archived->archive_id, ==, in->archive_id);
  g_assert_cmpstr (archived->archive, ==, address);
  g_assert_true (xmpp_author_same (author, archived->author));
  g_assert_false (archived->outgoing);
  own = await_archived (bob, address, "in the room");
  g_assert_true (own->outgoing);

  /* An aside. */
  {
    g_autofree char *to = g_strconcat (address, "/bob", NULL);
    const XmppOutgoing aside = { .type = XMPP_MESSAGE_CHAT, .to = to, .id = "p-1", .body = "psst", .room_private = TRUE };

    xmpp_client_send (alice->client, xmpp_outgoing_to_node (&aside));
    in = await_body (bob, "psst");
    g_assert_cmpint (in->kind, ==, XMPP_CHAT_ROOM_PRIVATE);
    g_assert_cmpstr (in->author->nick, ==, "alice");
    g_assert_cmpstr (in->author->address, ==, "alice@work.test");
  }

  /* Subject, new nick, kick, end. */
  xmpp_muc_room_set_subject_async (theirs, "Plans", NULL, take_result, &subject);
  wait_until (subject != NULL);
  g_assert_true (xmpp_muc_room_set_subject_finish (theirs, subject, &error));
  g_assert_no_error (error);
  wait_until (g_str_equal (xmpp_muc_room_get_subject (room), "Plans"));
  {
    g_autoptr(GAsyncResult) renamed = NULL;
    gint64 stay = xmpp_muc_occupant_get_stay (xmpp_muc_room_find (room, "bob"));

    xmpp_muc_room_set_nick_async (theirs, "robert", NULL, take_result, &renamed);
    wait_until (renamed != NULL);
    g_assert_true (xmpp_muc_room_set_nick_finish (theirs, renamed, &error));
    wait_until (xmpp_muc_room_find (room, "robert") != NULL && xmpp_muc_room_find (room, "bob") == NULL);
    g_assert_cmpint (xmpp_muc_occupant_get_stay (xmpp_muc_room_find (room, "robert")), ==, stay);
  }
  xmpp_muc_admin_destroy_async (bob->client, address, NULL, NULL, NULL, take_result, &refused);
  wait_until (refused != NULL);
  g_assert_false (xmpp_muc_admin_destroy_finish (bob->client, refused, &error));
  g_assert_error (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_FORBIDDEN);
  g_clear_error (&error);
  xmpp_muc_admin_set_role_async (alice->client, address, "robert", XMPP_ROLE_NONE, "enough", NULL, take_result, &kick);
  wait_until (kick != NULL);
  g_assert_true (xmpp_muc_admin_set_role_finish (alice->client, kick, &error));
  wait_until (xmpp_muc_room_get_state (theirs) == XMPP_ROOM_OUT);
  wait_until (xmpp_muc_room_find (room, "robert") == NULL);
  xmpp_muc_admin_destroy_async (alice->client, address, NULL, NULL, NULL, take_result, &destroyed);
  wait_until (destroyed != NULL);
  g_assert_true (xmpp_muc_admin_destroy_finish (alice->client, destroyed, &error));
  wait_until (xmpp_muc_room_get_state (room) == XMPP_ROOM_OUT);
  g_assert_cmpuint (g_hash_table_size (xmpp_client_get_rejections (alice->client)), ==, 0);
  g_assert_cmpuint (g_hash_table_size (xmpp_client_get_rejections (bob->client)), ==, 0);
}

/* A place that is lost without a word, and a new session. */
static void
test_room_returns (gconstpointer data)
{
  TestServerKind kind = GPOINTER_TO_INT (data);
  g_autoptr(TestServer) server = test_server_start (kind, NULL);
  g_autoptr(Person) alice = NULL, bob = NULL;
  g_autofree char *address = NULL, *me = NULL;
  XmppMucRoom *room;

  if (server == NULL)
    return;
  address = room_address (server);
  alice = person_new (server, "alice", "desk");
  bob = person_new (server, "bob", "desk");
  room = join (alice, address, "alice", TRUE, -1);
  configure (alice, address, TRUE);
  join (bob, address, "bob", FALSE, -1);
  wait_until (g_list_model_get_n_items (G_LIST_MODEL (room)) == 2);

  /* Behind the back of the module: the room says that we are gone, and nobody asked for it. */
  me = g_strdup_printf ("<presence to='%s/alice' type='unavailable'/>", address);
  say_raw (alice, me);
  wait_until (xmpp_muc_room_get_state (room) != XMPP_ROOM_JOINED);
  wait_until (xmpp_muc_room_get_state (room) == XMPP_ROOM_JOINED);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (room)), ==, 2);

  test_server_command (server, "restart");
  wait_until (xmpp_muc_room_get_state (room) != XMPP_ROOM_JOINED);
  wait_until (xmpp_muc_room_get_state (room) == XMPP_ROOM_JOINED);
  say (alice, XMPP_MESSAGE_GROUPCHAT, address, "after", "after the restart");
  await_body (alice, "after the restart");
}

/* --- forgeries --- */

/* Everything before it has been handled once this has come. */
static void
say_sentinel (Person *from,
              Person *to)
{
  g_autofree char *text = g_uuid_string_random ();

  say (from, XMPP_MESSAGE_CHAT, "alice@work.test", text, text);
  await_body (to, text);
}

static void
test_forged (gconstpointer data)
{
  TestServerKind kind = GPOINTER_TO_INT (data);
  const char *const arguments[] = { "--user", "alice", "--user", "bob", "--user", "mallory", NULL };
  g_autoptr(TestServer) server = test_server_start (kind, arguments);
  g_autoptr(Person) alice = NULL, bob = NULL, mallory = NULL;
  g_autoptr(XmppAuthor) bobs = NULL;
  XmppIncoming *in;
  gint64 now = g_get_real_time ();

  if (server == NULL)
    return;
  alice = person_new (server, "alice", "desk");
  bob = person_new (server, "bob", "desk");
  mallory = person_new (server, "mallory", "desk");
  say (bob, XMPP_MESSAGE_CHAT, "alice@work.test", "b-1", "from bob");
  bobs = xmpp_author_copy (await_body (alice, "from bob")->author);

#define TO_ALICE "to='alice@work.test/desk'"
#define FORWARDED "<forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='bob@work.test/x' to='alice@work.test' type='chat'><body>forged</body></message></forwarded>"
  /* A1 */
  say_raw (mallory, "<message " TO_ALICE " type='chat'><body>forged</body><received xmlns='urn:xmpp:carbons:2'>" FORWARDED "</received></message>"
                    "<message " TO_ALICE "><sent xmlns='urn:xmpp:carbons:2'>" FORWARDED "</sent></message>");
  say_sentinel (mallory, alice);
  g_test_message ("carbon-forged %u", count_rejections (alice, "carbon-forged"));
  g_assert_cmpuint (count_rejections (alice, "carbon-forged"), ==, 2);
  /* A2 */
  say_raw (mallory, "<message " TO_ALICE "><result xmlns='urn:xmpp:mam:2' queryid='q' id='1'>" FORWARDED "</result></message>");
  say_sentinel (mallory, alice);
  g_assert_cmpuint (count_rejections (alice, "archive-unasked"), ==, 1);
  /* A13 */
  say_raw (mallory, "<message " TO_ALICE " type='groupchat'><body>forged</body></message>"
                    "<message " TO_ALICE " type='chat'><body>forged</body><x xmlns='http://jabber.org/protocol/muc#user'><status code='104'/></x></message>"
                    "<presence " TO_ALICE "><x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='owner' role='moderator'/><status code='110'/></x></presence>"
                    "<message " TO_ALICE "><x xmlns='http://jabber.org/protocol/muc#user'><invite from='bob@work.test'/></x></message>");
  say_sentinel (mallory, alice);
  g_test_message ("room-unknown %u, invite-not-from-room %u", count_rejections (alice, "room-unknown"), count_rejections (alice, "invite-not-from-room"));
  g_assert_cmpuint (count_rejections (alice, "room-unknown"), >=, 2);
  g_assert_cmpuint (alice->invites, ==, 0);
  /* A8 */
  say_raw (mallory, "<message " TO_ALICE " type='chat'><retract xmlns='urn:xmpp:message-retract:1' id='b-1'><moderated xmlns='urn:xmpp:message-moderate:1'/></retract></message>"
                    "<message " TO_ALICE " type='chat'><retracted xmlns='urn:xmpp:message-retract:1' id='b-1'/></message>");
  say_sentinel (mallory, alice);
  g_assert_cmpuint (count_rejections (alice, "moderation-forged"), ==, 1);
  g_assert_cmpuint (count_rejections (alice, "tombstone-forged"), ==, 1);
  g_assert_null (find_body (alice, "forged"));

  /* A7: it comes in, under his own name, which is not the author's. */
  say_raw (mallory, "<message to='alice@work.test' type='chat' id='c-1'><body>edited</body><replace xmlns='urn:xmpp:message-correct:0' id='b-1'/></message>");
  in = await_body (alice, "edited");
  g_assert_cmpstr (in->author->address, ==, "mallory@work.test");
  g_assert_cmpstr (in->message->replaces, ==, "b-1");
  g_assert_false (xmpp_correction_allowed (bobs, in->author));
  {
    g_autoptr(XmppIncoming) archived = await_archived (alice, NULL, "edited");

    g_assert_false (xmpp_correction_allowed (bobs, archived->author));
  }
  /* A10, A14 */
  say_raw (mallory, "<message to='alice@work.test' type='chat' id='s-1'><body>ids</body><stanza-id xmlns='urn:xmpp:sid:0' by='alice@work.test' id='forged-id'/>"
                    "<delay xmlns='urn:xmpp:delay' stamp='2001-01-01T00:00:00Z'/><delay xmlns='urn:xmpp:delay' from='mallory@work.test' stamp='2001-01-01T00:00:00Z'/></message>");
  in = await_body (alice, "ids");
  g_test_message ("id of the message with a forged id: %s", in->archive_id);
  g_assert_cmpstr (in->archive_id, !=, "forged-id");
  g_assert_false (in->delayed);
  g_assert_cmpint (in->time, >=, now);
  {
    g_autoptr(XmppIncoming) archived = await_archived (alice, NULL, "ids");

    g_assert_cmpstr (archived->archive_id, ==, in->archive_id);
    g_assert_cmpint (archived->time, >=, now - G_TIME_SPAN_MINUTE);
  }
  say_raw (mallory, "<message to='alice@work.test' type='chat'><body>unstored</body><no-store xmlns='urn:xmpp:hints'/><stanza-id xmlns='urn:xmpp:sid:0' by='alice@work.test' id='forged-id'/></message>");
  in = await_body (alice, "unstored");
  g_assert_null (in->archive_id);
}

static void
test_forged_in_room (gconstpointer data)
{
  TestServerKind kind = GPOINTER_TO_INT (data);
  const char *const arguments[] = { "--user", "alice", "--user", "bob", "--user", "mallory", NULL };
  g_autoptr(TestServer) server = test_server_start (kind, arguments);
  g_autoptr(Person) alice = NULL, bob = NULL, mallory = NULL;
  g_autoptr(XmppAuthor) bobs = NULL, mallorys = NULL;
  g_autoptr(XmppIncoming) archived = NULL, archived_edit = NULL;
  g_autofree char *address = NULL, *forged = NULL, *moderation = NULL, *presence = NULL, *reuse = NULL, *edit = NULL, *bob_id = NULL;
  gboolean occupant_ids;
  XmppMucRoom *room;
  XmppIncoming *in;
  gint64 now = g_get_real_time (), stay;

  if (server == NULL)
    return;
  address = room_address (server);
  alice = person_new (server, "alice", "desk");
  bob = person_new (server, "bob", "desk");
  mallory = person_new (server, "mallory", "desk");
  room = join (alice, address, "alice", TRUE, -1);
  configure (alice, address, TRUE);
  join (bob, address, "bob", FALSE, -1);
  join (mallory, address, "mallory", FALSE, -1);
  wait_until (g_list_model_get_n_items (G_LIST_MODEL (room)) == 3);
  occupant_ids = (xmpp_muc_room_get_info (room)->flags & XMPP_MUC_OCCUPANT_ID) != 0;
  say (bob, XMPP_MESSAGE_GROUPCHAT, address, "b-1", "from bob");
  bobs = xmpp_author_copy (await_body (alice, "from bob")->author);
  bob_id = g_strdup (bobs->occupant_id != NULL ? bobs->occupant_id : "guessed");

  /* A7, A10, A14 in one message. */
  forged = g_strdup_printf ("<message to='%s' type='groupchat' id='b-1'><body>forged</body><replace xmlns='urn:xmpp:message-correct:0' id='b-1'/>"
                            "<occupant-id xmlns='urn:xmpp:occupant-id:0' id='%s'/>"
                            "<stanza-id xmlns='urn:xmpp:sid:0' by='%s' id='forged-id'/><delay xmlns='urn:xmpp:delay' from='%s' stamp='2001-01-01T00:00:00Z'/>"
                            "<x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='owner' role='moderator' jid='bob@work.test/x'/><status code='104'/></x></message>",
                            address, bob_id, address, address);
  say_raw (mallory, forged);
  in = await_body (alice, "forged");
  mallorys = xmpp_author_copy (in->author);
  g_assert_cmpstr (in->author->nick, ==, "mallory");
  g_assert_cmpstr (in->author->address, ==, "mallory@work.test");
  g_assert_cmpstr (in->author->occupant_id, !=, "guessed");
  g_assert_cmpint (in->author->occupant_id != NULL, ==, occupant_ids);
  g_assert_false (xmpp_correction_allowed (bobs, in->author));
  g_assert_cmpstr (in->archive_id, !=, "forged-id");
  g_assert_nonnull (in->archive_id);
  g_assert_cmpint (in->time, >=, now);
  /* The same out of the archive. */
  archived = await_archived (alice, address, "forged");
  g_test_message ("archived author: %s, %s, %s", archived->author->nick, archived->author->address, archived->author->occupant_id);
  g_assert_cmpstr (archived->author->address, !=, "bob@work.test");
  g_assert_false (xmpp_correction_allowed (bobs, archived->author));
  g_assert_true (xmpp_author_same (mallorys, archived->author));
  g_assert_cmpstr (archived->archive_id, ==, in->archive_id);
  g_assert_cmpint (archived->time, >=, now - G_TIME_SPAN_MINUTE);

  /* A8 */
  moderation = g_strdup_printf ("<message to='%s' type='groupchat' id='x-1'><retract xmlns='urn:xmpp:message-retract:1' id='%s'>"
                                "<moderated xmlns='urn:xmpp:message-moderate:1' by='%s/alice'/></retract><body>moderated</body><store xmlns='urn:xmpp:hints'/></message>",
                                address, find_body (alice, "from bob")->archive_id, address);
  say_raw (mallory, moderation);
  say (mallory, XMPP_MESSAGE_GROUPCHAT, address, "x-2", "after");
  await_body (alice, "after");
  g_assert_null (find_body (alice, "moderated"));
  g_assert_cmpuint (count_rejections (alice, "moderation-forged"), ==, 1);

  /* A13 in the room: an occupant's presence in the room's clothes. */
  presence = g_strdup_printf ("<presence to='%s/mallory'><show>away</show><occupant-id xmlns='urn:xmpp:occupant-id:0' id='%s'/><x xmlns='http://jabber.org/protocol/muc#user'>"
                              "<item affiliation='owner' role='moderator' jid='bob@work.test/x'/><status code='110'/></x></presence>", address, bob_id);
  say_raw (mallory, presence);
  wait_until (g_strcmp0 (xmpp_muc_occupant_get_show (xmpp_muc_room_find (room, "mallory")), "away") == 0);
  g_assert_cmpstr (xmpp_muc_occupant_get_address (xmpp_muc_room_find (room, "mallory")), ==, "mallory@work.test");
  g_assert_cmpint (xmpp_muc_occupant_get_affiliation (xmpp_muc_room_find (room, "mallory")), ==, XMPP_AFFILIATION_NONE);
  if (occupant_ids)
    g_assert_cmpstr (xmpp_muc_occupant_get_occupant_id (xmpp_muc_room_find (room, "mallory")), !=, bob_id);
  g_assert_cmpstr (xmpp_muc_room_get_nick (room), ==, "alice");

  /* A11: bob goes, mallory takes his nick and edits. */
  stay = xmpp_muc_occupant_get_stay (xmpp_muc_room_find (room, "bob"));
  xmpp_muc_room_leave (xmpp_muc_get_room (bob->muc, address), NULL);
  wait_until (xmpp_muc_room_find (room, "bob") == NULL);
  reuse = g_strdup_printf ("<presence to='%s/bob'/>", address);
  say_raw (mallory, reuse);
  wait_until (xmpp_muc_room_find (room, "bob") != NULL);
  g_assert_cmpint (xmpp_muc_occupant_get_stay (xmpp_muc_room_find (room, "bob")), !=, stay);
  edit = g_strdup_printf ("<message to='%s' type='groupchat' id='e-1'><body>edited</body><replace xmlns='urn:xmpp:message-correct:0' id='b-1'/></message>", address);
  say_raw (mallory, edit);
  in = await_body (alice, "edited");
  g_assert_cmpstr (in->author->nick, ==, "bob");
  g_assert_false (xmpp_correction_allowed (bobs, in->author));
  archived_edit = await_archived (alice, address, "edited");
  g_assert_cmpstr (archived_edit->author->nick, ==, "bob");
  g_assert_false (xmpp_correction_allowed (bobs, archived_edit->author));
}

int
main (int   argc,
      char *argv[])
{
  static const struct
  {
    const char    *name;
    GTestDataFunc  function;
  } tests[] = {
    { "devices", test_devices },
    { "pages", test_pages },
    { "room", test_room },
    { "room-returns", test_room_returns },
    { "forged", test_forged },
    { "forged-in-room", test_forged_in_room },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *prosody = g_strdup_printf ("/messaging/prosody/%s", tests[i].name);
      g_autofree char *ejabberd = g_strdup_printf ("/messaging/ejabberd/%s", tests[i].name);

      g_test_add_data_func (prosody, GINT_TO_POINTER (TEST_SERVER_PROSODY), tests[i].function);
      g_test_add_data_func (ejabberd, GINT_TO_POINTER (TEST_SERVER_EJABBERD), tests[i].function);
    }
  return g_test_run ();
}
