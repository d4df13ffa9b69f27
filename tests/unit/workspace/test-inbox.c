/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "test-profile.h"

#include "workspace/chat/conversation-private.h"
#include "workspace/clock.h"
#include "workspace/notify/notifier.h"
#include "workspace/sync/apply.h"

#include <string.h>

#define BOB "bob@work.test"
#define NOON G_GINT64_CONSTANT (1700000000000000)

static XmppIncoming *
incoming_new (const char *xml,
              XmppSource  source,
              const char *archive_id)
{
  XmppIncoming *incoming = g_new0 (XmppIncoming, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (XmppNode) node = xmpp_node_parse (xml, -1, &error);

  g_assert_no_error (error);
  g_atomic_ref_count_init (&incoming->refs);
  incoming->source = source;
  incoming->kind = XMPP_CHAT_DIRECT;
  incoming->chat = g_strdup (BOB);
  incoming->author = xmpp_author_new (XMPP_CHAT_DIRECT, BOB, BOB, NULL, NULL, 0);
  incoming->from = g_strdup (BOB "/desk");
  incoming->archive = g_strdup (TEST_OWN);
  incoming->archive_id = g_strdup (archive_id);
  incoming->time = NOON;
  incoming->message = xmpp_message_parse (node, &error);
  g_assert_no_error (error);

  return incoming;
}

/* Writes one message as the inbox would; the news of it go to the notifier. */
static guint
receive (TestProfile *profile,
         const char  *xml,
         XmppSource   source,
         const char  *archive_id)
{
  g_autoptr (XmppIncoming) incoming = incoming_new (xml, source, archive_id);
  g_autoptr (AtriumApply) apply = atrium_apply_new (profile->workspace);
  guint n_news;

  atrium_apply_add (apply, incoming, 0);
  test_profile_run (profile, atrium_apply_work, apply);
  n_news = atrium_apply_get_news (apply)->len;
  atrium_notifier_note_messages (atrium_workspace_get_notifier (profile->workspace), atrium_apply_get_news (apply));

  return n_news;
}

#define MESSAGE(id, body) \
  "<message xmlns='jabber:client' type='chat' from='" BOB "/desk' to='" TEST_OWN "' id='" id "'><body>" body "</body>" \
  "<origin-id xmlns='urn:xmpp:sid:0' id='" id "'/></message>"

static gboolean
has_one_unread (gpointer data)
{
  return atrium_workspace_get_unread (((TestProfile *) data)->workspace) == 1;
}

/* Live, as a copy of another device, and from the archive: one row, one piece of news. */
static void
test_once (void)
{
  TestProfile *profile = test_profile_new ();
  AtriumConversation *chat;

  g_assert_cmpuint (receive (profile, MESSAGE ("m1", "hello"), XMPP_SOURCE_LIVE, NULL), ==, 1);
  g_assert_cmpuint (receive (profile, MESSAGE ("m1", "hello"), XMPP_SOURCE_CARBON_RECEIVED, "a1"), ==, 0);
  g_assert_cmpuint (receive (profile, MESSAGE ("m1", "hello"), XMPP_SOURCE_LIVE, "a1"), ==, 0);
  test_wait_until (has_one_unread, profile);
  chat = atrium_workspace_dup_conversation (profile->workspace, BOB);
  g_assert_nonnull (chat);
  g_assert_cmpuint (atrium_conversation_get_unread (chat), ==, 1);
  g_assert_cmpstr (atrium_conversation_get_last_text (chat), ==, "hello");
  g_object_unref (chat);
  test_profile_free (profile);
}

/* A correction that comes before what it corrects waits for it. */
static void
test_edit_before_target (void)
{
  TestProfile *profile = test_profile_new ();
  AtriumConversation *chat = test_profile_chat (profile, BOB);
  AtriumTimeline *timeline;
  g_autoptr (AtriumMessage) message = NULL;

  receive (profile,
           "<message xmlns='jabber:client' type='chat' from='" BOB "/desk' to='" TEST_OWN "' id='m2'><body>right</body>"
           "<replace xmlns='urn:xmpp:message-correct:0' id='m1'/></message>", XMPP_SOURCE_LIVE, NULL);
  receive (profile, MESSAGE ("m1", "wrong"), XMPP_SOURCE_LIVE, NULL);
  timeline = atrium_conversation_dup_timeline (chat);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (timeline)), ==, 1);
  message = g_list_model_get_item (G_LIST_MODEL (timeline), 0);
  g_assert_cmpstr (atrium_message_get_body (message), ==, "right");
  g_assert_true (atrium_message_get_edited (message));
  g_object_unref (timeline);
  g_object_unref (chat);
  test_profile_free (profile);
}

static void
on_notification (AtriumWorkspace    *workspace,
                 AtriumNotification *notification,
                 GPtrArray          *told)
{
  g_ptr_array_add (told, g_strdup (atrium_notification_get_body (notification)));
}

/* Five in ten seconds, then one line for the rest (threat C4). */
static void
test_budget (void)
{
  TestProfile *profile = test_profile_new ();
  g_autoptr (GPtrArray) told = g_ptr_array_new_with_free_func (g_free);

  atrium_clock_set_fake (NOON);
  g_signal_connect (profile->workspace, "notification", G_CALLBACK (on_notification), told);
  for (guint i = 0; i < 12; i++)
    {
      g_autofree char *xml = g_strdup_printf (MESSAGE ("b%u", "line"), i, i);

      receive (profile, xml, XMPP_SOURCE_LIVE, NULL);
    }
  g_assert_cmpuint (told->len, ==, 5);
  atrium_notifier_flush (atrium_workspace_get_notifier (profile->workspace));
  g_assert_cmpuint (told->len, ==, 6);
  g_assert_nonnull (strstr (g_ptr_array_index (told, 5), "7"));
  atrium_clock_set_fake (0);
  g_signal_handlers_disconnect_by_data (profile->workspace, told);
  test_profile_free (profile);
}

/* What is on the screen needs no notification. */
static void
test_active_is_quiet (void)
{
  TestProfile *profile = test_profile_new ();
  AtriumConversation *chat = test_profile_chat (profile, BOB);
  g_autoptr (GPtrArray) told = g_ptr_array_new_with_free_func (g_free);

  g_signal_connect (profile->workspace, "notification", G_CALLBACK (on_notification), told);
  atrium_workspace_set_active (profile->workspace, chat, TRUE);
  receive (profile, MESSAGE ("q1", "seen"), XMPP_SOURCE_LIVE, NULL);
  g_assert_cmpuint (told->len, ==, 0);
  /* What is looked at counts as read. */
  while (atrium_conversation_get_last_time (chat) == 0 || atrium_conversation_get_unread (chat) > 0)
    g_main_context_iteration (NULL, TRUE);
  atrium_workspace_set_active (profile->workspace, chat, FALSE);
  receive (profile, MESSAGE ("q2", "unseen"), XMPP_SOURCE_LIVE, NULL);
  g_assert_cmpuint (told->len, ==, 1);
  while (atrium_conversation_get_unread (chat) == 0)
    g_main_context_iteration (NULL, TRUE);
  atrium_workspace_set_active (profile->workspace, chat, TRUE);   /* and when one comes back to it */
  while (atrium_conversation_get_unread (chat) > 0)
    g_main_context_iteration (NULL, TRUE);
  g_signal_handlers_disconnect_by_data (profile->workspace, told);
  g_object_unref (chat);
  test_profile_free (profile);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/workspace/inbox/once", test_once);
  g_test_add_func ("/workspace/inbox/edit-before-target", test_edit_before_target);
  g_test_add_func ("/workspace/notify/budget", test_budget);
  g_test_add_func ("/workspace/notify/active-is-quiet", test_active_is_quiet);

  return g_test_run ();
}
