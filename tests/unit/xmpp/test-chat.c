/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "test-chat.h"

#include <string.h>

static void
on_received (XmppMessages    *messages,
             GPtrArray       *list,
             XmppArchivePage *page,
             gpointer         user_data)
{
  TestChat *self = user_data;

  if (page != NULL)
    self->pages++;
  for (guint i = 0; i < list->len; i++)
    g_ptr_array_add (self->received, xmpp_incoming_ref (g_ptr_array_index (list, i)));
}

static void
on_bounced (XmppMessages *messages,
            const char   *chat,
            const char   *id,
            const GError *error,
            gpointer      user_data)
{
  TestChat *self = user_data;

  g_assert_nonnull (error);
  g_ptr_array_add (self->bounced, g_strconcat (chat, " ", id, NULL));
}

TestChat *
test_chat_new (void)
{
  TestChat *self = g_new0 (TestChat, 1);

  self->stream = test_stream_new ();
  self->client = test_stream_get_client (self->stream);
  self->muc = xmpp_muc_new (self->client);
  self->messages = xmpp_messages_new (self->client, self->muc);
  self->archive = xmpp_archive_new (self->messages);
  self->received = g_ptr_array_new_with_free_func ((GDestroyNotify) xmpp_incoming_unref);
  self->bounced = g_ptr_array_new_with_free_func (g_free);
  g_signal_connect (self->messages, "received", G_CALLBACK (on_received), self);
  g_signal_connect (self->messages, "bounced", G_CALLBACK (on_bounced), self);
  g_assert_false (xmpp_messages_is_ready (self->messages));
  test_stream_answer (self->stream,
                      "<iq type='get' to='alice@work.test'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>",
                      "<query xmlns='http://jabber.org/protocol/disco#info'><identity category='account' type='registered'/>"
                      "<feature var='urn:xmpp:sid:0'/><feature var='urn:xmpp:mam:2'/>"
                      "<feature var='urn:xmpp:mam:2#extended'/></query>");
  test_stream_answer (self->stream, "<iq type='set'><enable xmlns='urn:xmpp:carbons:2'/></iq>", NULL);
  g_assert_true (xmpp_messages_is_ready (self->messages));
  g_assert_true (xmpp_messages_has_carbons (self->messages));
  return self;
}

void
test_chat_free (TestChat *self)
{
  g_ptr_array_unref (self->received);
  g_ptr_array_unref (self->bounced);
  g_assert_finalize_object (self->archive);
  g_assert_finalize_object (self->messages);
  g_assert_finalize_object (self->muc);
  /* What they cancelled on their way out ends in the main context. */
  while (g_main_context_iteration (NULL, FALSE))
    ;
  test_stream_free (self->stream);
  g_free (self);
}

XmppIncoming *
test_chat_take (TestChat   *self,
                const char *xml)
{
  g_ptr_array_set_size (self->received, 0);
  test_stream_say (self->stream, xml);
  if (self->received->len != 1)
    g_error ("%u messages came out of %s", self->received->len, xml);
  return g_ptr_array_index (self->received, 0);
}

void
test_chat_refused (TestChat   *self,
                   const char *xml,
                   const char *reason)
{
  guint before = test_stream_count_rejections (self->stream, reason);

  g_ptr_array_set_size (self->received, 0);
  test_stream_say (self->stream, xml);
  if (self->received->len != 0)
    g_error ("not refused (%s): %s", reason, xml);
  if (test_stream_count_rejections (self->stream, reason) != before + 1)
    g_error ("not counted as %s: %s", reason, xml);
}

void
test_take_result (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  GAsyncResult **out = user_data;

  g_assert_null (*out);
  *out = g_object_ref (result);
}

static gboolean
has_result (gpointer data)
{
  return *(GAsyncResult **) data != NULL;
}

void
test_wait_result (GAsyncResult **result)
{
  test_stream_wait (has_result, result);
}

XmppMucRoom *
test_chat_join (TestChat   *self,
                const char *features)
{
  XmppMucRoom *room = xmpp_muc_ensure_room (self->muc, TEST_ROOM);
  const XmppRoomJoin join = { .nick = "alice" };
  g_autofree char *info = NULL;
  gboolean archived = strstr (features, "urn:xmpp:mam:2") != NULL;

  info = g_strconcat ("<query xmlns='http://jabber.org/protocol/disco#info'><identity category='conference' type='text' "
                      "name='Team'/><feature var='http://jabber.org/protocol/muc'/>", features, "</query>", NULL);
  xmpp_muc_room_want (room, &join);
  test_stream_answer (self->stream,
                      "<iq type='get' to='" TEST_ROOM "'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>", info);
  test_stream_expect (self->stream, archived
                      ? "<presence to='" TEST_ROOM "/alice'><x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='0'/></x></presence>"
                      : "<presence to='" TEST_ROOM "/alice'><x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='50'/></x></presence>");
  test_stream_say (self->stream,
                   "<presence from='" TEST_ROOM "/bob'><occupant-id xmlns='urn:xmpp:occupant-id:0' id='id-bob'/>"
                   "<x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='member' role='participant' "
                   "jid='bob@work.test/phone'/></x></presence>"
                   "<presence from='" TEST_ROOM "/alice'><occupant-id xmlns='urn:xmpp:occupant-id:0' id='id-alice'/>"
                   "<x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='owner' role='moderator' "
                   "jid='" TEST_STREAM_FULL "'/><status code='100'/><status code='110'/></x></presence>"
                   "<message from='" TEST_ROOM "' type='groupchat'><subject/></message>");
  g_assert_cmpint (xmpp_muc_room_get_state (room), ==, XMPP_ROOM_JOINED);
  g_ptr_array_set_size (self->received, 0);
  return room;
}
