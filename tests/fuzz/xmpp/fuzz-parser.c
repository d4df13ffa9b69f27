/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The stream reader: however the bytes are cut, the same stanzas come out (threats C2), and what it reads can be written
 * and read again. The first byte of the input is where to cut. */

#include "config.h"

#include "xmpp/node-private.h"
#include "xmpp/parser.h"

#include <string.h>

#define SUFFIX " <q/> <q/>"

int LLVMFuzzerTestOneInput (const guint8 *data,
                            gsize         size);

static void
on_start (XmppNode *header,
          gpointer  user_data)
{
  xmpp_node_append_xml (header, user_data, NULL);
}

static void
on_stanza (XmppNode *stanza,
           gpointer  user_data)
{
  xmpp_node_append_xml (stanza, user_data, NULL);
  xmpp_node_unref (stanza);
}

static void
on_end (gpointer user_data)
{
  g_string_append_c (user_data, '$');
}

static const XmppParserEvents events = { on_start, on_stanza, on_end };

static gboolean
read_in_pieces (const guint8 *data,
                gsize         size,
                gsize         piece,
                GString      *out)
{
  g_autoptr(XmppParser) parser = xmpp_parser_new (&events, out);
  gboolean ok = TRUE;

  for (gsize at = 0; ok && at < size; at += piece)
    ok = xmpp_parser_feed (parser, (const char *) data + at, MIN (piece, size - at), NULL);
  return ok;
}

static void
check_round_trip (const guint8 *data,
                  gsize         size)
{
  g_autoptr(XmppNode) node = xmpp_node_parse ((const char *) data, size, NULL);
  g_autoptr(XmppNode) copy = NULL;
  g_autoptr(XmppNode) again = NULL;
  g_autofree char *xml = NULL;
  g_autofree char *copied = NULL;
  g_autofree char *rewritten = NULL;

  if (node == NULL)
    return;
  xml = xmpp_node_to_string (node);
  copy = xmpp_node_copy (node);
  copied = xmpp_node_to_string (copy);
  g_assert_cmpstr (copied, ==, xml);
  again = xmpp_node_parse (xml, -1, NULL);

  /* Escapes can make it longer than a stanza may be. */
  if (again == NULL)
    {
      g_assert_cmpuint (strlen (xml), >, XMPP_PARSER_MAX_VALUE);
      return;
    }
  rewritten = xmpp_node_to_string (again);
  g_assert_cmpstr (rewritten, ==, xml);
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autoptr(GString) whole = g_string_new (NULL);
  g_autoptr(GString) pieces = g_string_new (NULL);
  g_autoptr(GByteArray) bytes = g_byte_array_new ();
  gboolean ok_whole, ok_pieces;

  if (size < 2)
    return 0;

  /* What is wrong with the last bytes may be seen only when more come. */
  g_byte_array_append (bytes, data + 1, size - 1);
  g_byte_array_append (bytes, (const guint8 *) SUFFIX, strlen (SUFFIX));
  ok_whole = read_in_pieces (bytes->data, bytes->len, bytes->len, whole);
  ok_pieces = read_in_pieces (bytes->data, bytes->len, 1 + data[0], pieces);
  g_assert_cmpint (ok_whole, ==, ok_pieces);
  g_assert_cmpstr (whole->str, ==, pieces->str);
  check_round_trip (data + 1, size - 1);
  return 0;
}
