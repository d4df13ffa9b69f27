/* SPDX-License-Identifier: GPL-3.0-or-later */

/* XEP-0048 */

#include "config.h"

#include "test-chat.h"

#include "xmpp/bookmark-storage.h"

#define REQUEST "<iq type='get'><query xmlns='jabber:iq:private'><storage xmlns='storage:bookmarks'/></query></iq>"

static GPtrArray *
load (TestChat    *chat,
      const char  *payload,
      const char  *condition,
      GError     **error)
{
  g_autoptr(GAsyncResult) result = NULL;

  xmpp_bookmark_storage_load_async (chat->client, NULL, test_take_result, &result);
  if (condition != NULL)
    test_stream_answer_error (chat->stream, REQUEST, condition);
  else
    test_stream_answer (chat->stream, REQUEST, payload);
  test_wait_result (&result);
  return xmpp_bookmark_storage_load_finish (chat->client, result, error);
}

static void
test_load (void)
{
  g_autoptr(TestChat) chat = test_chat_new ();
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) found = load (chat, "<query xmlns='jabber:iq:private'><storage xmlns='storage:bookmarks'>"
                                           "<conference name='Council' autojoin='true' jid='Council@Conference.underhill.test'><nick>Puck</nick><password>p</password></conference>"
                                           "<url name='x' url='http://a'/><conference jid='underhill.test'/><conference jid='a@b/c'/><conference/>"
                                           "<conference jid='council@conference.underhill.test' name='again'/><conference jid='b@c.test' autojoin='0'/>"
                                           "</storage></query>", NULL, &error);
  g_autoptr(GPtrArray) none = load (chat, "<query xmlns='jabber:iq:private'><storage xmlns='storage:bookmarks'/></query>", NULL, &error);
  g_autoptr(GPtrArray) never = load (chat, NULL, "item-not-found", &error);
  const XmppBookmark *bookmark;

  g_assert_no_error (error);
  g_assert_cmpuint (found->len, ==, 2);
  bookmark = g_ptr_array_index (found, 0);
  g_assert_cmpstr (bookmark->room, ==, "council@conference.underhill.test");
  g_assert_cmpstr (bookmark->name, ==, "Council");
  g_assert_cmpstr (bookmark->nick, ==, "Puck");
  g_assert_cmpstr (bookmark->password, ==, "p");
  g_assert_true (bookmark->autojoin);
  bookmark = g_ptr_array_index (found, 1);
  g_assert_cmpstr (bookmark->room, ==, "b@c.test");
  g_assert_false (bookmark->autojoin);
  g_assert_cmpuint (none->len, ==, 0);
  g_assert_cmpuint (never->len, ==, 0);
  g_assert_null (load (chat, NULL, "service-unavailable", &error));
  g_assert_error (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_SERVICE_UNAVAILABLE);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/xmpp/bookmark-storage/load", test_load);
  return g_test_run ();
}
