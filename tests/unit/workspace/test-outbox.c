/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "test-profile.h"

#include "workspace/chat/conversation-private.h"
#include "workspace/chat/timeline.h"

/* Everything here works without a network: the database is the truth. */

static void
test_send_is_kept (void)
{
  TestProfile *profile = test_profile_new ();
  AtriumConversation *chat = test_profile_chat (profile, "bob@work.test");
  AtriumMessage *message = test_profile_send (profile, chat, "hello");
  g_autofree char *origin_id = g_strdup (atrium_message_get_origin_id (message));
  AtriumTimeline *timeline;

  g_assert_cmpint (atrium_message_get_state (message), ==, ATRIUM_MESSAGE_QUEUED);
  g_assert_true (atrium_message_get_own (message));
  g_assert_nonnull (origin_id);
  g_assert_cmpuint (test_profile_count_outbox (profile), ==, 1);
  g_object_unref (message);
  g_object_unref (chat);

  test_profile_reopen (profile);
  g_assert_cmpuint (test_profile_count_outbox (profile), ==, 1);
  chat = test_profile_chat (profile, "bob@work.test");
  timeline = atrium_conversation_dup_timeline (chat);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (timeline)), ==, 1);
  message = g_list_model_get_item (G_LIST_MODEL (timeline), 0);
  g_assert_cmpstr (atrium_message_get_body (message), ==, "hello");
  g_assert_cmpstr (atrium_message_get_origin_id (message), ==, origin_id);
  g_object_unref (message);
  g_object_unref (timeline);
  g_object_unref (chat);
  test_profile_free (profile);
}

static gboolean
has_three (gpointer data)
{
  return g_list_model_get_n_items (data) == 3;
}

static void
test_timeline_follows (void)
{
  TestProfile *profile = test_profile_new ();
  AtriumConversation *chat = test_profile_chat (profile, "bob@work.test");
  AtriumTimeline *timeline = atrium_conversation_dup_timeline (chat);
  const char *texts[] = { "one", "two", "three" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_object_unref (test_profile_send (profile, chat, texts[i]));
  test_wait_until (has_three, timeline);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (AtriumMessage) message = g_list_model_get_item (G_LIST_MODEL (timeline), i);

      g_assert_cmpstr (atrium_message_get_body (message), ==, texts[i]);
      g_assert_cmpint (atrium_message_get_starts_group (message), ==, i == 0);
    }
  g_object_unref (timeline);
  g_object_unref (chat);
  test_profile_free (profile);
}

/* What has not left yet goes as it is now: an edit of it makes no second entry. */
static void
test_edit_before_sending (void)
{
  TestProfile *profile = test_profile_new ();
  AtriumConversation *chat = test_profile_chat (profile, "bob@work.test");
  AtriumMessage *message = test_profile_send (profile, chat, "helo");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  atrium_conversation_edit_async (chat, message, "hello", NULL, test_ready, &result);
  test_wait (&result);
  g_assert_true (atrium_conversation_edit_finish (chat, result, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (test_profile_count_outbox (profile), ==, 1);
  g_object_unref (message);
  g_object_unref (chat);
  test_profile_free (profile);
}

static void
test_empty_is_refused (void)
{
  TestProfile *profile = test_profile_new ();
  AtriumConversation *chat = test_profile_chat (profile, "bob@work.test");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  atrium_conversation_send_async (chat, "", NULL, NULL, ATRIUM_SEND_DEFAULT, NULL, test_ready, &result);
  test_wait (&result);
  g_assert_null (atrium_conversation_send_finish (chat, result, &error));
  g_assert_error (error, ATRIUM_ERROR, ATRIUM_ERROR_INVALID);
  g_assert_cmpuint (test_profile_count_outbox (profile), ==, 0);
  g_object_unref (chat);
  test_profile_free (profile);
}

static gboolean
has_one (gpointer data)
{
  return g_list_model_get_n_items (data) == 1;
}

static void
test_drop (void)
{
  TestProfile *profile = test_profile_new ();
  AtriumConversation *chat = test_profile_chat (profile, "bob@work.test");
  AtriumMessage *message = test_profile_send (profile, chat, "never mind");
  AtriumOutbox *outbox = atrium_workspace_get_outbox (profile->workspace);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) again = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (AtriumOutboxEntry) entry = NULL;

  test_wait_until (has_one, outbox);
  entry = g_list_model_get_item (G_LIST_MODEL (outbox), 0);
  g_assert_cmpint (atrium_outbox_entry_get_kind (entry), ==, ATRIUM_OUTBOX_MESSAGE);
  g_assert_cmpint (atrium_outbox_entry_get_message_id (entry), ==, atrium_message_get_id (message));
  atrium_outbox_drop_async (outbox, atrium_outbox_entry_get_id (entry), NULL, test_ready, &result);
  test_wait (&result);
  g_assert_true (atrium_outbox_drop_finish (outbox, result, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (test_profile_count_outbox (profile), ==, 0);

  atrium_outbox_drop_async (outbox, atrium_outbox_entry_get_id (entry), NULL, test_ready, &again);
  test_wait (&again);
  g_assert_false (atrium_outbox_drop_finish (outbox, again, &error));
  g_assert_error (error, ATRIUM_ERROR, ATRIUM_ERROR_NOT_FOUND);
  g_object_unref (message);
  g_object_unref (chat);
  test_profile_free (profile);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/workspace/outbox/send-is-kept", test_send_is_kept);
  g_test_add_func ("/workspace/outbox/edit-before-sending", test_edit_before_sending);
  g_test_add_func ("/workspace/outbox/empty-is-refused", test_empty_is_refused);
  g_test_add_func ("/workspace/outbox/drop", test_drop);
  g_test_add_func ("/workspace/timeline/follows", test_timeline_follows);

  return g_test_run ();
}
