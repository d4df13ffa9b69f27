/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Stanzas of strangers at the gate: whatever they say, what comes out names no author that the stanza's sender is not. */

#include "config.h"

#include "../../unit/xmpp/test-stream.h"

#include "xmpp/archive.h"
#include "xmpp/jid.h"

int LLVMFuzzerTestOneInput (const guint8 *data,
                            gsize         size);

/* Every stanza of the input is sent by this one; the server writes it there. */
#define STRANGER "mallory@work.test"

static void
on_received (XmppMessages *messages,
             GPtrArray    *list,
             gpointer      page,
             gpointer      user_data)
{
  g_assert_null (page);
  for (guint i = 0; i < list->len; i++)
    {
      const XmppIncoming *incoming = g_ptr_array_index (list, i);

      g_assert_cmpint (incoming->source, ==, XMPP_SOURCE_LIVE);
      g_assert_cmpint (incoming->kind, ==, XMPP_CHAT_DIRECT);
      g_assert_cmpstr (incoming->author->address, ==, STRANGER);
      g_assert_cmpstr (incoming->chat, ==, STRANGER);
      g_assert_false (incoming->outgoing);
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autofree char *wrapped = g_strdup_printf ("<w xmlns='jabber:client'>%.*s</w>", (int) MIN (size, 65536), size > 0 ? (const char *) data : "");
  g_autoptr(XmppNode) node = xmpp_node_parse (wrapped, -1, NULL);
  TestStream *stream;
  XmppMuc *muc;
  XmppMessages *messages;
  XmppArchive *archive;

  if (node == NULL)
    return 0;
  stream = test_stream_new ();
  muc = xmpp_muc_new (test_stream_get_client (stream));
  messages = xmpp_messages_new (test_stream_get_client (stream), muc);
  archive = xmpp_archive_new (messages);
  g_signal_connect (messages, "received", G_CALLBACK (on_received), NULL);
  test_stream_answer (stream, "<iq type='get' to='alice@work.test'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>",
                      "<query xmlns='http://jabber.org/protocol/disco#info'><feature var='urn:xmpp:sid:0'/></query>");
  test_stream_answer (stream, "<iq type='set'><enable xmlns='urn:xmpp:carbons:2'/></iq>", NULL);
  for (XmppNode *child = xmpp_node_get_first_child (node); child != NULL; child = xmpp_node_get_next (child))
    {
      g_autoptr(XmppNode) stanza = NULL;
      g_autofree char *xml = NULL;

      if (!xmpp_node_is (child, "message", "jabber:client") && !xmpp_node_is (child, "presence", "jabber:client"))
        continue;
      stanza = xmpp_node_copy (child);
      xmpp_node_set_attribute (stanza, "from", STRANGER "/x");
      xmpp_node_set_attribute (stanza, "to", TEST_STREAM_FULL);
      xml = xmpp_node_to_string (stanza);
      test_stream_say (stream, xml);
    }
  test_stream_expect_nothing (stream);
  g_assert_finalize_object (archive);
  g_assert_finalize_object (messages);
  g_assert_finalize_object (muc);
  test_stream_free (stream);
  return 0;
}
