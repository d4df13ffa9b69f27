/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * How much more CPU it costs to read a stream into trees than to run bare expat over it. Both read the same bytes in the
 * same pieces, turn about; the best of several rounds counts, so that a busy neighbour does not.
 *
 * Aim: ≤ 1.6 ("ours / expat"). With --check a worse ratio is a failure.
 */

#include "config.h"

#include "xmpp/parser.h"

#include <expat.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#if HAVE_STROPHE
#include <strophe.h>
#endif

#define STANZAS 30000
#define ROUNDS  7
#define PIECE   4096
#define AIM     1.6

#define HEADER "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>"

static guint64 read_stanzas;

static double
get_cpu (void)
{
  struct timespec now;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
  return now.tv_sec + now.tv_nsec / 1e9;
}

/* What a day is made of: chat messages with their marks, presences, archive results, events of documents. */
static GString *
make_stream (void)
{
  GString *xml = g_string_new (HEADER);

  for (guint i = 0; i < STANZAS; i++)
    switch (i % 5)
      {
      case 0:
        g_string_append_printf (xml, "<message from='bob@work.test/desk' to='alice@work.test' type='chat' id='m%u'><body>The "
                                "figures for the third quarter are in the shared folder, have a look &amp; tell me.</body>"
                                "<request xmlns='urn:xmpp:receipts'/><markable xmlns='urn:xmpp:chat-markers:0'/>"
                                "<origin-id xmlns='urn:xmpp:sid:0' id='m%u'/><stanza-id xmlns='urn:xmpp:sid:0' "
                                "by='alice@work.test' id='%u'/></message>", i, i, i);
        break;
      case 1:
        g_string_append_printf (xml, "<presence from='room@rooms.work.test/Carol' to='alice@work.test/desk' id='p%u'><c "
                                "xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='https://example.org' "
                                "ver='q07IKJEyjvHSyhy//CH0CxmKi8w='/><x xmlns='http://jabber.org/protocol/muc#user'><item "
                                "affiliation='member' role='participant' jid='carol@work.test/x'/></x></presence>", i);
        break;
      case 2:
        g_string_append_printf (xml, "<message to='alice@work.test/desk' from='room@rooms.work.test'><result "
                                "xmlns='urn:xmpp:mam:2' queryid='q1' id='%u'><forwarded xmlns='urn:xmpp:forward:0'><delay "
                                "xmlns='urn:xmpp:delay' stamp='2026-01-02T03:04:05Z'/><message xmlns='jabber:client' "
                                "from='room@rooms.work.test/Dave' type='groupchat' id='g%u'><body>好的，我明天上午把文档"
                                "发给大家。</body></message></forwarded></result></message>", i, i);
        break;
      case 3:
        g_string_append_printf (xml, "<message from='alice@work.test' to='alice@work.test/desk' type='headline'><event "
                                "xmlns='http://jabber.org/protocol/pubsub#event'><items node='doc-1'><item id='%u'><update "
                                "xmlns='urn:example:doc'>AQHd2oXvDAAEAQR0ZXh0DGhlbGxvIHdvcmxkIGFuZCBtb3JlAA==</update>"
                                "</item></items></event></message>", i);
        break;
      default:
        g_string_append_printf (xml, "<iq type='result' id='i%u' from='alice@work.test' to='alice@work.test/desk'/>"
                                "<message from='bob@work.test/desk' to='alice@work.test' type='chat'><composing "
                                "xmlns='http://jabber.org/protocol/chatstates'/></message>", i);
        break;
      }
  return xml;
}

/* --- ours --- */

static void
on_start (XmppNode *header,
          gpointer  user_data)
{
}

static void
on_stanza (XmppNode *stanza,
           gpointer  user_data)
{
  read_stanzas++;
  xmpp_node_unref (stanza);
}

static void
on_end (gpointer user_data)
{
}

static void
run_ours (const GString *xml)
{
  static const XmppParserEvents events = { on_start, on_stanza, on_end };
  g_autoptr(XmppParser) parser = xmpp_parser_new (&events, NULL);

  xmpp_parser_set_limit (parser, XMPP_PARSER_MAX_STANZA);
  for (gsize at = 0; at < xml->len; at += PIECE)
    if (!xmpp_parser_feed (parser, xml->str + at, MIN (PIECE, xml->len - at), NULL))
      g_error ("the stream was refused");
}

/* --- bare expat: namespaces on, handlers that do nothing --- */

static void
on_bare_start (void        *data,
               const char  *name,
               const char **attributes)
{
}

static void
on_bare_end (void       *data,
             const char *name)
{
}

static void
on_bare_text (void       *data,
              const char *text,
              int         length)
{
}

static void
run_expat (const GString *xml)
{
  XML_Parser parser = XML_ParserCreateNS ("UTF-8", '\n');

  XML_SetElementHandler (parser, on_bare_start, on_bare_end);
  XML_SetCharacterDataHandler (parser, on_bare_text);
  for (gsize at = 0; at < xml->len; at += PIECE)
    if (XML_Parse (parser, xml->str + at, MIN (PIECE, xml->len - at), XML_FALSE) != XML_STATUS_OK)
      g_error ("expat: %s", XML_ErrorString (XML_GetErrorCode (parser)));
  XML_ParserFree (parser);
}

/* --- libstrophe, one stanza after another (its stream reader is not public) --- */

#if HAVE_STROPHE
static void
run_strophe (const GString *xml)
{
  xmpp_ctx_t *context = xmpp_ctx_new (NULL, NULL);
  const char *at = xml->str + strlen (HEADER);

  while (*at != '\0')
    {
      const char *end = strstr (at, *(at + 1) == 'm' ? "</message>" : *(at + 1) == 'p' ? "</presence>" : "/>");
      g_autofree char *stanza = NULL;
      xmpp_stanza_t *tree;

      end = strchr (end, '>') + 1;
      /* An archived message has one inside. */
      if (g_str_has_prefix (end, "</forwarded>"))
        end = strstr (end, "</message>") + strlen ("</message>");
      stanza = g_strndup (at, end - at);
      tree = xmpp_stanza_new_from_string (context, stanza);
      if (tree == NULL)
        g_error ("libstrophe refused: %s", stanza);
      xmpp_stanza_release (tree);
      at = end;
    }
  xmpp_ctx_free (context);
}
#endif

static void
measure (void        (*run) (const GString *xml),
         const GString *xml,
         double        *best)
{
  double start = get_cpu ();
  double taken;

  run (xml);
  taken = get_cpu () - start;
  *best = MIN (*best, taken);
}

int
main (int    argc,
      char **argv)
{
  GString *xml = make_stream ();
  double ours = G_MAXDOUBLE, expat = G_MAXDOUBLE, strophe = G_MAXDOUBLE;
  gboolean check = argc > 1 && strcmp (argv[1], "--check") == 0;

  for (guint i = 0; i < ROUNDS; i++)
    {
      measure (run_expat, xml, &expat);
      measure (run_ours, xml, &ours);
#if HAVE_STROPHE
      if (i < 2)
        measure (run_strophe, xml, &strophe);
#endif
    }
  g_assert_cmpuint (read_stanzas, ==, (guint64) ROUNDS * (STANZAS + STANZAS / 5));

  printf ("stream      %.1f MB, %u stanzas\n", xml->len / 1e6, STANZAS + STANZAS / 5);
  printf ("bare expat  %.1f ms, %.0f MB/s\n", expat * 1e3, xml->len / 1e6 / expat);
  printf ("ours        %.1f ms, %.0f MB/s\n", ours * 1e3, xml->len / 1e6 / ours);
  if (strophe < G_MAXDOUBLE)
    printf ("libstrophe  %.1f ms, %.0f MB/s\n", strophe * 1e3, xml->len / 1e6 / strophe);
  printf ("ours / expat  %.2f (aim: %.1f)\n", ours / expat, AIM);
  g_string_free (xml, TRUE);
  return check && ours / expat > AIM ? 1 : 0;
}
