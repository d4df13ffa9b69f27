/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The typed view of a message, its payloads, and what goes out. */

#include "config.h"

#include "test-stream.h"

#include "xmpp/delay.h"
#include "xmpp/file-name.h"
#include "xmpp/markers.h"
#include "xmpp/outgoing.h"
#include "xmpp/receipts.h"
#include "xmpp/retraction.h"
#include "xmpp/stanza-id.h"
#include "xmpp/timestamp.h"

#include <string.h>

static XmppMessage *
parse (const char *attributes,
       const char *children)
{
  g_autofree char *xml = g_strdup_printf ("<message xmlns='jabber:client' %s>%s</message>", attributes, children);
  g_autoptr(XmppNode) node = xmpp_node_parse (xml, -1, NULL);
  g_autoptr(GError) error = NULL;
  XmppMessage *message;

  g_assert_nonnull (node);
  message = xmpp_message_parse (node, &error);
  g_assert_no_error (error);
  return message;
}

static void
test_languages (void)
{
  g_autoptr(XmppMessage) message = parse ("xml:lang='en' type='chat' from='Bob@Work.test/x' to='alice@work.test' id='1'",
                                          "<subject>S</subject><body>Hello</body><body xml:lang='zh-CN'>你好</body><body xml:lang='zh-CN'>again</body>"
                                          "<body xml:lang='de'>Hallo</body><thread>t</thread>");
  const char *const chinese[] = { "zh", "en", NULL };
  const char *const german[] = { "fr", "de_AT", NULL };
  const char *const french[] = { "fr", NULL };

  g_assert_cmpstr (message->from, ==, "bob@work.test/x");
  g_assert_cmpint (message->type, ==, XMPP_MESSAGE_CHAT);
  g_assert_cmpuint (message->bodies->len, ==, 3);
  g_assert_cmpstr (xmpp_message_get_body (message, chinese), ==, "你好");
  g_assert_cmpstr (xmpp_message_get_body (message, german), ==, "Hallo");
  g_assert_cmpstr (xmpp_message_get_body (message, french), ==, "Hello");
  g_assert_cmpstr (xmpp_message_get_body (message, NULL), ==, "Hello");
  g_assert_cmpstr (xmpp_message_get_subject (message, NULL), ==, "S");
  g_assert_cmpstr (message->thread, ==, "t");
  g_assert_false (xmpp_message_is_subject_change (message));
}

static void
test_types (void)
{
  g_autoptr(XmppMessage) absent = parse ("", "");
  g_autoptr(XmppMessage) odd = parse ("type='odd'", "");
  g_autoptr(XmppMessage) error = parse ("type='error' id='x'", "<body>mine</body><reactions xmlns='urn:xmpp:reactions:0' id='a'/><error type='auth'><forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>");
  g_autoptr(XmppNode) bad = xmpp_node_parse ("<message xmlns='jabber:client' from='@'/>", -1, NULL);
  g_autoptr(XmppNode) other = xmpp_node_parse ("<presence xmlns='jabber:client'/>", -1, NULL);
  g_autoptr(GError) first = NULL, second = NULL;

  g_assert_cmpint (absent->type, ==, XMPP_MESSAGE_NORMAL);
  g_assert_false (xmpp_message_has_content (absent));
  g_assert_cmpint (odd->type, ==, XMPP_MESSAGE_NORMAL);
  g_assert_error (error->error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_FORBIDDEN);
  g_assert_null (error->reactions);
  g_assert_null (xmpp_message_parse (bad, &first));
  g_assert_error (first, XMPP_MESSAGE_PARSE_ERROR, XMPP_MESSAGE_PARSE_ERROR_INVALID);
  g_assert_null (xmpp_message_parse (other, &second));
  g_assert_error (second, XMPP_MESSAGE_PARSE_ERROR, XMPP_MESSAGE_PARSE_ERROR_INVALID);
}

/* Examples of the XEPs, each in its field. */
static void
test_payloads (void)
{
  g_autoptr(XmppMessage) a = parse ("id='a'", "<body>x</body><request xmlns='urn:xmpp:receipts'/><markable xmlns='urn:xmpp:chat-markers:0'/><active xmlns='http://jabber.org/protocol/chatstates'/>"
                                              "<store xmlns='urn:xmpp:hints'/><no-copy xmlns='urn:xmpp:hints'/><unstyled xmlns='urn:xmpp:styling:0'/>"
                                              "<origin-id xmlns='urn:xmpp:sid:0' id='de305d54'/><replace id='bad1' xmlns='urn:xmpp:message-correct:0'/>");
  g_autoptr(XmppMessage) b = parse ("", "<received xmlns='urn:xmpp:receipts' id='richard2-4.1.247'/>");
  g_autoptr(XmppMessage) c = parse ("", "<displayed xmlns='urn:xmpp:chat-markers:0' id='message-1'/>");
  g_autoptr(XmppMessage) d = parse ("", "<composing xmlns='http://jabber.org/protocol/chatstates'/>");

  g_assert_true (a->wants_receipt);
  g_assert_true (a->markable);
  g_assert_cmpint (a->chat_state, ==, XMPP_CHAT_STATE_ACTIVE);
  g_assert_cmpint (a->hints, ==, XMPP_HINT_STORE | XMPP_HINT_NO_COPY);
  g_assert_true (a->unstyled);
  g_assert_cmpstr (a->origin_id, ==, "de305d54");
  g_assert_cmpstr (a->replaces, ==, "bad1");
  g_assert_cmpstr (b->received_id, ==, "richard2-4.1.247");
  g_assert_true (xmpp_message_has_content (b));
  g_assert_cmpstr (c->displayed_id, ==, "message-1");
  g_assert_cmpint (d->chat_state, ==, XMPP_CHAT_STATE_COMPOSING);
  g_assert_false (xmpp_message_has_content (d));
}

static void
test_ids (void)
{
  g_autofree char *longest = g_strnfill (XMPP_ID_MAX_BYTES, 'x');
  g_autofree char *over = g_strconcat (longest, "x", NULL);
  g_autofree char *good = g_strdup_printf ("id='%s'", longest);
  g_autofree char *bad = g_strdup_printf ("id='%s'", over);
  g_autoptr(XmppMessage) a = parse (good, ""), b = parse (bad, ""), c = parse ("id=''", "");

  g_assert_cmpstr (a->id, ==, longest);
  g_assert_null (b->id);
  g_assert_null (c->id);
}

static void
test_retractions (void)
{
  static const struct
  {
    const char *xml, *id, *moderator, *reason;
    gboolean    moderated, tombstone;
  } cases[] = {
    { "<retract id='w1' xmlns='urn:xmpp:message-retract:1'/><fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:message-retract:1'/><body>/me retracted</body>", "w1", NULL, NULL, FALSE, FALSE },
    { "<apply-to id='w1' xmlns='urn:xmpp:fasten:0'><retract xmlns='urn:xmpp:message-retract:0'/></apply-to><fallback xmlns='urn:xmpp:fallback:0'/><body>/me retracted</body>", "w1", NULL, NULL, FALSE, FALSE },
    { "<retract id='s1' xmlns='urn:xmpp:message-retract:1'><moderated by='r@m/macbeth' xmlns='urn:xmpp:message-moderate:1'/><reason>bad</reason></retract>", "s1", "r@m/macbeth", "bad", TRUE, FALSE },
    { "<apply-to id='s1' xmlns='urn:xmpp:fasten:0'><moderated by='r@m/macbeth' xmlns='urn:xmpp:message-moderate:0'><retract xmlns='urn:xmpp:message-retract:0'/><reason>bad</reason></moderated></apply-to>", "s1", "r@m/macbeth", "bad", TRUE, FALSE },
    { "<retracted stamp='2019-09-20T23:09:32Z' xmlns='urn:xmpp:message-retract:1' id='retract-message-1'/>", "retract-message-1", NULL, NULL, FALSE, TRUE },
    { "<retracted id='x' xmlns='urn:xmpp:message-retract:1'><moderated by='r@m/macbeth' xmlns='urn:xmpp:message-moderate:1'/><reason>bad</reason></retracted>", "x", "r@m/macbeth", "bad", TRUE, TRUE },
    { "<moderated by='r@m/macbeth' xmlns='urn:xmpp:message-moderate:0'><retracted stamp='2019-09-20T23:09:32Z' xmlns='urn:xmpp:message-retract:0'/><reason>bad</reason></moderated>", NULL, "r@m/macbeth", "bad", TRUE, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(XmppMessage) message = parse ("", cases[i].xml);

      g_assert_nonnull (message->retraction);
      g_assert_cmpstr (message->retraction->id, ==, cases[i].id);
      g_assert_cmpstr (message->retraction->moderator, ==, cases[i].moderator);
      g_assert_cmpstr (message->retraction->reason, ==, cases[i].reason);
      g_assert_cmpint (message->retraction->moderated, ==, cases[i].moderated);
      g_assert_cmpint (message->retraction->tombstone, ==, cases[i].tombstone);
      g_assert_null (xmpp_message_dup_text (message, NULL));
    }
}

/* Who may: the table of author.c, A7 and A8. */
static void
test_authors (void)
{
  static const struct
  {
    XmppAuthor a, b;
    gboolean   same;
  } cases[] = {
#define DIRECT(address) { XMPP_CHAT_DIRECT, (char *) "bob@work.test", (char *) address, NULL, NULL, 0 }
#define ROOM(address, nick, id, stay) { XMPP_CHAT_ROOM, (char *) "r@m.work.test", (char *) address, (char *) nick, (char *) id, stay }
    { DIRECT ("bob@work.test"), DIRECT ("bob@work.test"), TRUE },
    { DIRECT ("bob@work.test"), DIRECT ("alice@work.test"), FALSE },
    { DIRECT (NULL), DIRECT (NULL), FALSE },
    { DIRECT ("bob@work.test"), ROOM ("bob@work.test", "bob", NULL, 0), FALSE },
    { ROOM (NULL, "bob", "i1", 0), ROOM (NULL, "other", "i1", 0), TRUE },
    { ROOM ("bob@work.test", "bob", "i1", 5), ROOM ("bob@work.test", "bob", "i2", 5), FALSE },
    { ROOM ("bob@work.test", "bob", "i1", 0), ROOM ("bob@work.test", "robert", NULL, 0), TRUE },
    { ROOM ("bob@work.test", "bob", NULL, 5), ROOM ("eve@work.test", "bob", NULL, 5), FALSE },
    { ROOM (NULL, "bob", NULL, 5), ROOM (NULL, "bob", NULL, 5), TRUE },
    { ROOM (NULL, "bob", NULL, 5), ROOM (NULL, "bob", NULL, 6), FALSE },
    { ROOM (NULL, "bob", NULL, 0), ROOM (NULL, "bob", NULL, 0), FALSE },
    { ROOM (NULL, "bob", "i1", 5), ROOM (NULL, "bob", NULL, 5), TRUE },
    { ROOM (NULL, NULL, NULL, 0), ROOM (NULL, NULL, NULL, 0), TRUE },
    { ROOM (NULL, NULL, NULL, 0), ROOM (NULL, "bob", NULL, 0), FALSE },
    { ROOM (NULL, "bob", "i1", 0), { XMPP_CHAT_ROOM, (char *) "other@m.work.test", NULL, (char *) "bob", (char *) "i1", 0 }, FALSE },
  };
  const XmppAuthor room = ROOM (NULL, NULL, NULL, 0), bob = ROOM (NULL, "bob", "i1", 0), eve = ROOM (NULL, "eve", "i2", 0);
  const XmppAuthor other_room = { XMPP_CHAT_ROOM, (char *) "other@m.work.test", NULL, NULL, NULL, 0 };
  XmppRetraction own = { .id = (char *) "x" }, moderated = { .id = (char *) "x", .moderated = TRUE }, left = { .tombstone = TRUE };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      if (xmpp_author_same (&cases[i].a, &cases[i].b) != cases[i].same || xmpp_author_same (&cases[i].b, &cases[i].a) != cases[i].same)
        g_error ("author case %u", i);
    }
  g_assert_true (xmpp_retraction_allowed (&own, &bob, &bob));
  g_assert_false (xmpp_retraction_allowed (&own, &eve, &bob));
  g_assert_false (xmpp_retraction_allowed (&own, &room, &bob));
  g_assert_true (xmpp_retraction_allowed (&moderated, &room, &bob));
  g_assert_false (xmpp_retraction_allowed (&moderated, &bob, &bob));
  g_assert_false (xmpp_retraction_allowed (&moderated, &other_room, &bob));
  g_assert_false (xmpp_retraction_allowed (&left, &bob, &bob));
}

static void
test_reactions (void)
{
  g_autoptr(XmppMessage) message = parse ("", "<reactions id='m' xmlns='urn:xmpp:reactions:0'><reaction>👋</reaction><reaction>🐢</reaction><reaction>👋</reaction>"
                                              "<reaction>LOUD</reaction><reaction/></reactions>");
  g_autoptr(XmppMessage) none = parse ("", "<reactions xmlns='urn:xmpp:reactions:0'><reaction>👋</reaction></reactions>");
  g_autoptr(XmppMessage) back = parse ("", "<reactions id='m' xmlns='urn:xmpp:reactions:0'/>");
  g_autoptr(GString) many = g_string_new ("<reactions id='m' xmlns='urn:xmpp:reactions:0'>");
  g_autoptr(XmppMessage) flood = NULL;
  const char *good[] = { "👋", "❤️", "👨‍👩‍👧‍👦", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "1️⃣", "#️⃣", "🇨🇳", "☺", "👍🏽", "‼️", "✔", "→" };
  const char *bad[] = { "", "a", "1", "12", "+1", "👍 👍", "x👍", "\xe2\x80\xae👍", "你好", "é", "\n", ":-)", "\xef\xb8\x8f", "<b>", "👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍" };

  g_assert_cmpstr (message->reactions->id, ==, "m");
  g_assert_cmpuint (g_strv_length (message->reactions->emojis), ==, 2);
  g_assert_cmpstr (message->reactions->emojis[1], ==, "🐢");
  g_assert_null (none->reactions);
  g_assert_cmpuint (g_strv_length (back->reactions->emojis), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    if (!xmpp_reaction_is_valid (good[i]))
      g_error ("a reaction: %s", good[i]);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    if (xmpp_reaction_is_valid (bad[i]))
      g_error ("no reaction: %s", bad[i]);
  for (guint i = 0; i < 2 * XMPP_REACTIONS_MAX; i++)
    {
      g_string_append (many, "<reaction>");
      g_string_append_unichar (many, 0x1f600 + i);
      g_string_append (many, "</reaction>");
    }
  g_string_append (many, "</reactions>");
  flood = parse ("", many->str);
  g_assert_cmpuint (g_strv_length (flood->reactions->emojis), ==, XMPP_REACTIONS_MAX);
}

/* XEP-0461 §4, with the counts in code points. */
static void
test_replies (void)
{
  g_autoptr(XmppMessage) message = parse ("", "<body>&gt; Änne wrote:\n&gt; 我们 🎂\n好 @bob!</body><reply to='anna@example.com/laptop' id='message-id1' xmlns='urn:xmpp:reply:0'/>"
                                              "<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body start='0' end='21'/></fallback>"
                                              "<reference xmlns='urn:xmpp:reference:0' type='mention' begin='23' end='27' uri='xmpp:bob@work.test'/>"
                                              "<reference xmlns='urn:xmpp:reference:0' type='mention' begin='2' end='6' uri='xmpp:anna@example.com'/>");
  g_autoptr(XmppMessage) outside = parse ("", "<body>short</body><reply id='x' xmlns='urn:xmpp:reply:0'/><fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body start='0' end='99'/></fallback>");
  g_autoptr(XmppMessage) not_a_reply = parse ("", "<body>all of it</body><fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'/>");
  g_autoptr(GPtrArray) mentions = NULL;
  g_autofree char *text = xmpp_message_dup_text_with_mentions (message, &mentions);
  g_autofree char *text2 = xmpp_message_dup_text (outside, NULL), *text3 = xmpp_message_dup_text (not_a_reply, NULL);
  const XmppMention *mention;

  g_assert_cmpstr (message->reply->id, ==, "message-id1");
  g_assert_cmpstr (message->reply->to, ==, "anna@example.com/laptop");
  g_assert_cmpstr (text, ==, "好 @bob!");
  g_assert_cmpuint (message->mentions->len, ==, 2);
  g_assert_cmpuint (mentions->len, ==, 1);
  mention = g_ptr_array_index (mentions, 0);
  g_assert_cmpstr (mention->address, ==, "bob@work.test");
  g_assert_cmpuint (mention->start, ==, strlen ("好 "));
  g_assert_cmpuint (mention->end, ==, strlen ("好 @bob"));
  g_assert_cmpstr (text2, ==, "short");
  /* What this view does not understand is not taken for fallback. */
  g_assert_cmpstr (text3, ==, "all of it");
}

static void
test_mentions (void)
{
  g_autoptr(XmppMessage) message = parse ("", "<body>Juliet and Romeo</body>"
                                              "<reference xmlns='urn:xmpp:reference:0' begin='11' end='16' type='mention' uri='xmpp:r@m.test/A%20b%2Fc'/>"
                                              "<reference xmlns='urn:xmpp:reference:0' begin='0' end='6' type='mention' uri='xmpp:juliet@capulet.lit'/>"
                                              "<reference xmlns='urn:xmpp:reference:0' begin='3' end='8' type='mention' uri='xmpp:overlap@x.lit'/>"
                                              "<reference xmlns='urn:xmpp:reference:0' begin='11' end='17' type='mention' uri='xmpp:outside@x.lit'/>"
                                              "<reference xmlns='urn:xmpp:reference:0' begin='6' end='6' type='mention' uri='xmpp:empty@x.lit'/>"
                                              "<reference xmlns='urn:xmpp:reference:0' begin='-1' end='6' type='mention' uri='xmpp:minus@x.lit'/>"
                                              "<reference xmlns='urn:xmpp:reference:0' begin='7' end='9' type='mention' uri='https://x.lit'/>"
                                              "<reference xmlns='urn:xmpp:reference:0' begin='7' end='9' type='mention' uri='xmpp:%ff@x.lit'/>"
                                              "<reference xmlns='urn:xmpp:reference:0' begin='7' end='9' type='data' uri='xmpp:data@x.lit'/>");
  const XmppMention *first, *second;

  g_assert_cmpuint (message->mentions->len, ==, 2);
  first = g_ptr_array_index (message->mentions, 0);
  second = g_ptr_array_index (message->mentions, 1);
  g_assert_cmpstr (first->address, ==, "juliet@capulet.lit");
  g_assert_cmpuint (first->end, ==, 6);
  g_assert_cmpstr (second->address, ==, "r@m.test/A b/c");
  g_assert_cmpuint (second->start, ==, 11);
}

/* XEP-0447 example 1, and the older ways. */
static void
test_files (void)
{
  g_autoptr(XmppMessage) message = parse ("", "<file-sharing xmlns='urn:xmpp:sfs:0' disposition='inline' id='f'><file xmlns='urn:xmpp:file:metadata:0'>"
                                              "<media-type>image/JPEG; x=y</media-type><name>../../summit\xe2\x80\xaegpj.exe</name><size>3032449</size><width>4096</width><height>70000</height>"
                                              "<date>2015-07-26T21:46:00Z</date><length>63000</length>"
                                              "<hash xmlns='urn:xmpp:hashes:2' algo='sha3-256'>2XarmwTlNxDAMkvymloX3S5+VbylNrJt/l5QyPa+YoU=</hash><hash xmlns='urn:xmpp:hashes:2' algo='short'>2Xar</hash>"
                                              "<desc>Photo from the summit.</desc><thumbnail xmlns='urn:xmpp:thumbs:1' uri='cid:sha1+ffd7@bob.xmpp.org' media-type='image/png' width='128' height='0'/></file>"
                                              "<sources><url-data xmlns='http://jabber.org/protocol/url-data' target='https://download.montague.lit/4a771ac1/summit.jpg'/>"
                                              "<url-data xmlns='http://jabber.org/protocol/url-data' target='file:///etc/passwd'/></sources></file-sharing>"
                                              "<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:sfs:0'><body/></fallback><body>https://download.montague.lit/4a771ac1/summit.jpg</body>"
                                              "<x xmlns='jabber:x:oob'><url>https://download.montague.lit/4a771ac1/summit.jpg</url></x>");
  g_autoptr(XmppMessage) oob = parse ("", "<body>https://u.test/1/a%20b.jpg?x=/y</body><x xmlns='jabber:x:oob'><url>https://u.test/1/a%20b.jpg?x=/y</url></x>");
  g_autoptr(XmppMessage) bad = parse ("", "<body>x</body><x xmlns='jabber:x:oob'><url>javascript:alert(1)</url></x>");
  g_autoptr(XmppMessage) minus = parse ("", "<file-sharing xmlns='urn:xmpp:sfs:0'><file xmlns='urn:xmpp:file:metadata:0'><size>-5</size><size>99999999999999999999</size><length>1e9</length></file></file-sharing>");
  const XmppFileShare *share;

  g_assert_cmpuint (message->files->len, ==, 1);
  share = g_ptr_array_index (message->files, 0);
  g_assert_true (share->is_inline);
  g_assert_cmpstr (share->id, ==, "f");
  g_assert_cmpstr (share->metadata->media_type, ==, "image/jpeg");
  g_assert_cmpstr (share->metadata->name, ==, "summitgpj.exe");
  g_assert_cmpint (share->metadata->size, ==, 3032449);
  g_assert_cmpint (share->metadata->width, ==, 4096);
  g_assert_cmpint (share->metadata->height, ==, 0);
  g_assert_cmpint (share->metadata->duration, ==, 63000);
  g_assert_cmpint (share->metadata->modified, ==, G_GINT64_CONSTANT (1437947160000000));
  g_assert_cmpstr (share->metadata->description, ==, "Photo from the summit.");
  g_assert_cmpuint (share->metadata->hashes->len, ==, 1);
  g_assert_cmpuint (share->metadata->thumbnails->len, ==, 1);
  g_assert_cmpuint (g_strv_length (share->urls), ==, 1);
  g_assert_null (xmpp_message_dup_text (message, NULL));

  g_assert_cmpuint (oob->files->len, ==, 1);
  share = g_ptr_array_index (oob->files, 0);
  g_assert_cmpstr (share->metadata->name, ==, "a b.jpg");
  g_assert_cmpint (share->metadata->size, ==, -1);
  g_assert_null (xmpp_message_dup_text (oob, NULL));
  g_assert_cmpuint (bad->files->len, ==, 0);
  share = g_ptr_array_index (minus->files, 0);
  g_assert_cmpint (share->metadata->size, ==, -1);
  g_assert_cmpint (share->metadata->duration, ==, 0);
}

/* Threat D1. */
static void
test_file_names (void)
{
  static const struct
  {
    const char *name, *clean;
  } cases[] = {
    { NULL, "file" }, { "", "file" }, { ".", "file" }, { "..", "file" }, { "...", "file" }, { "/", "file" }, { "\\", "file" },
    { "a.txt", "a.txt" }, { "../../etc/passwd", "passwd" }, { "/etc/passwd", "passwd" }, { "..\\..\\boot.ini", "boot.ini" },
    { "C:\\windows\\x.exe", "x.exe" }, { "a/../b", "b" }, { "a/..", "file" }, { "~/.bashrc", "bashrc" }, { ".bashrc", "bashrc" },
    { ".config/autostart/x.desktop", "x.desktop" }, { "-rf", "rf" }, { "--help.txt", "help.txt" }, { " -. x", "x" },
    { "name.", "name" }, { "name...", "name" }, { "name ", "name" }, { "name. . ", "name" }, { "a\nb.txt", "ab.txt" }, { "a\tb", "ab" },
    { "a\x01\x7f" "b", "ab" }, { "photo\xe2\x80\xaegnp.desktop", "photognp.desktop" }, { "a\xe2\x80\x8b" "b", "ab" }, { "\xef\xbb\xbf" "a", "a" },
    { "a\xe2\x80\xa8" "b", "ab" }, { "a\xe2\x81\xa6" "b", "ab" }, { "a\xc2\xa0" "b", "a b" }, { "a<b>c:d\"e|f?g*h", "a_b_c_d_e_f_g_h" },
    { "CON", "_CON" }, { "con.txt", "_con.txt" }, { "aux.tar.gz", "_aux.tar.gz" }, { "COM1", "_COM1" }, { "lpt9.x", "_lpt9.x" }, { "nul .txt", "_nul .txt" },
    { "console.txt", "console.txt" }, { "com10", "com10" }, { "报告.pdf", "报告.pdf" }, { "日程 (2).odt", "日程 (2).odt" }, { "a b.txt", "a b.txt" },
    { "%2e%2e%2f", "%2e%2e%2f" }, { "x.desktop", "x.desktop" }, { "\xff\xfe", "��" }, { "a\xc0\xaf" "b", "a��b" }, { "//", "file" },
    { "\\\\server\\share\\x", "x" }, { "x:stream", "x_stream" }, { "tab\there", "tabhere" }, { "🎉.png", "🎉.png" }, { "a.b.c.d", "a.b.c.d" },
    { "$(rm -rf).sh", "$(rm -rf).sh" }, { "`x`", "`x`" }, { "a;b", "a;b" }, { "a&b", "a&b" }, { "'q'", "'q'" }, { ". .", "file" }, { "- -", "file" },
    { "\xe2\x80\x8f\xd7\xa9.txt", "\xd7\xa9.txt" },
  };
  g_autofree char *stem = g_strnfill (400, 'x'), *wide = NULL, *name = NULL, *cut = NULL, *cut_wide = NULL, *plain = NULL;
  g_autoptr(GString) han = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *clean = xmpp_file_name_clean (cases[i].name);
      g_autofree char *again = xmpp_file_name_clean (clean);

      if (!g_str_equal (clean, cases[i].clean))
        g_error ("“%s” became “%s”, not “%s”", cases[i].name, clean, cases[i].clean);
      g_assert_cmpstr (again, ==, clean);
      g_assert_null (strchr (clean, '/'));
      g_assert_null (strchr (clean, '\\'));
    }
  name = g_strconcat (stem, ".tar.gz", NULL);
  cut = xmpp_file_name_clean (name);
  g_assert_cmpuint (strlen (cut), ==, XMPP_FILE_NAME_MAX_BYTES);
  g_assert_true (g_str_has_suffix (cut, "x.gz"));
  plain = xmpp_file_name_clean (stem);
  g_assert_cmpuint (strlen (plain), ==, XMPP_FILE_NAME_MAX_BYTES);
  for (guint i = 0; i < 100; i++)
    g_string_append (han, "字");
  wide = g_strconcat (han->str, ".pdf", NULL);
  cut_wide = xmpp_file_name_clean (wide);
  g_assert_cmpuint (strlen (cut_wide), <=, XMPP_FILE_NAME_MAX_BYTES);
  g_assert_true (g_utf8_validate (cut_wide, -1, NULL));
  g_assert_true (g_str_has_suffix (cut_wide, "字.pdf"));
}

static void
test_timestamps (void)
{
  static const struct
  {
    const char *text;
    gint64      time;       /* −1: refused */
  } cases[] = {
    { "1970-01-01T00:00:00Z", 0 }, { "1969-07-21T02:56:15Z", G_GINT64_CONSTANT (-14159025000000) }, { "1969-07-20T21:56:15-05:00", G_GINT64_CONSTANT (-14159025000000) },
    { "2010-07-10T23:08:25.123Z", G_GINT64_CONSTANT (1278803305123000) }, { "2010-07-10T23:08:25.1234567Z", G_GINT64_CONSTANT (1278803305123456) },
    { "0001-01-01T00:00:00Z", G_GINT64_CONSTANT (-62135596800000000) }, { "9999-12-31T23:59:59.999999Z", G_GINT64_CONSTANT (253402300799999999) },
    { "2024-02-29T00:00:00+00:00", G_GINT64_CONSTANT (1709164800000000) },
    { "2023-02-29T00:00:00Z", -1 }, { "2023-13-01T00:00:00Z", -1 }, { "2023-01-01T24:00:00Z", -1 }, { "2023-01-01T00:60:00Z", -1 },
    { "2023-01-01T00:00:00", -1 }, { "2023-01-01 00:00:00Z", -1 }, { "10000-01-01T00:00:00Z", -1 }, { "0000-01-01T00:00:00Z", -1 },
    { "2023-01-01T00:00:00.Z", -1 }, { "2023-01-01T00:00:00+24:00", -1 }, { "2023-01-01T00:00:00Zx", -1 }, { "", -1 }, { "-2023-01-01T00:00:00Z", -1 },
    { "20230101T00:00:00", -1 }, { "2023-1-01T00:00:00Z", -1 },
  };
  const gint64 times[] = { 0, G_GINT64_CONSTANT (1278803305123000), G_GINT64_CONSTANT (-14159025000000), G_GINT64_CONSTANT (253402300799999000) };
  g_autofree char *low = xmpp_timestamp_format (G_MININT64), *high = xmpp_timestamp_format (G_MAXINT64);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gint64 time = 77;
      gboolean good = xmpp_timestamp_parse (cases[i].text, &time);

      if (good != (cases[i].time != -1) || time != (good ? cases[i].time : 77))
        g_error ("%s: %" G_GINT64_FORMAT, cases[i].text, time);
    }
  g_assert_false (xmpp_timestamp_parse (NULL, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    {
      g_autofree char *text = xmpp_timestamp_format (times[i]);
      gint64 again = 77;

      g_assert_true (xmpp_timestamp_parse (text, &again));
      g_assert_cmpint (again, ==, times[i]);
    }
  g_assert_cmpstr (low, ==, "0001-01-01T00:00:00.000Z");
  g_assert_cmpstr (high, ==, "9999-12-31T23:59:59.999Z");
  g_assert_cmpint (xmpp_delay_clamp (G_MININT64, 0), ==, XMPP_DELAY_EARLIEST);
  g_assert_cmpint (xmpp_delay_clamp (G_MAXINT64, G_MAXINT64), ==, G_MAXINT64);
  g_assert_cmpint (xmpp_delay_clamp (G_MAXINT64, XMPP_DELAY_EARLIEST), ==, XMPP_DELAY_EARLIEST + G_TIME_SPAN_DAY);
}

static char *
repeat (const char *piece,
        guint       count)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < count; i++)
    g_string_append (text, piece);
  return g_string_free (text, FALSE);
}

/* At each limit, and one more. */
static void
test_limits (void)
{
  const char *share = "<file-sharing xmlns='urn:xmpp:sfs:0'><file xmlns='urn:xmpp:file:metadata:0'/></file-sharing>";
  const char *fallback = "<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'/>";

  for (guint over = 0; over < 2; over++)
    {
      g_autofree char *shares = repeat (share, XMPP_FILE_SHARES_MAX + over), *fallbacks = repeat (fallback, XMPP_FALLBACKS_MAX + over);
      g_autofree char *body = repeat ("x", XMPP_REFERENCES_MAX + 1);
      g_autoptr(GString) mentions = g_string_new (NULL), languages = g_string_new (NULL);
      g_autoptr(GString) sources = g_string_new ("<file-sharing xmlns='urn:xmpp:sfs:0'><file xmlns='urn:xmpp:file:metadata:0'>");
      g_autoptr(XmppMessage) a = NULL, b = NULL, c = NULL, d = NULL, e = NULL;
      const XmppFileShare *file;

      g_string_append_printf (mentions, "<body>%s</body>", body);
      for (guint i = 0; i < XMPP_REFERENCES_MAX + over; i++)
        g_string_append_printf (mentions, "<reference xmlns='urn:xmpp:reference:0' type='mention' begin='%u' end='%u' uri='xmpp:a@b.test'/>", i, i + 1);
      for (guint i = 0; i < XMPP_MESSAGE_MAX_LANGUAGES + over; i++)
        g_string_append_printf (languages, "<body xml:lang='x-%u'>x</body>", i);
      for (guint i = 0; i < XMPP_FILE_MAX_HASHES + over; i++)
        g_string_append (sources, "<hash xmlns='urn:xmpp:hashes:2' algo='sha-256'>MDEyMzQ1Njc4OWFiY2RlZg==</hash>");
      for (guint i = 0; i < XMPP_FILE_MAX_THUMBNAILS + over; i++)
        g_string_append (sources, "<thumbnail xmlns='urn:xmpp:thumbs:1' uri='cid:x'/>");
      g_string_append (sources, "</file><sources>");
      for (guint i = 0; i < XMPP_FILE_MAX_SOURCES + over; i++)
        g_string_append (sources, "<url-data xmlns='http://jabber.org/protocol/url-data' target='https://a.test/'/>");
      g_string_append (sources, "</sources></file-sharing>");

      a = parse ("", shares);
      g_assert_cmpuint (a->files->len, ==, XMPP_FILE_SHARES_MAX);
      b = parse ("", fallbacks);
      g_assert_cmpuint (b->fallbacks->len, ==, XMPP_FALLBACKS_MAX);
      c = parse ("", mentions->str);
      g_assert_cmpuint (c->mentions->len, ==, XMPP_REFERENCES_MAX);
      d = parse ("", languages->str);
      g_assert_cmpuint (d->bodies->len, ==, XMPP_MESSAGE_MAX_LANGUAGES);
      e = parse ("", sources->str);
      file = g_ptr_array_index (e->files, 0);
      g_assert_cmpuint (file->metadata->hashes->len, ==, XMPP_FILE_MAX_HASHES);
      g_assert_cmpuint (file->metadata->thumbnails->len, ==, XMPP_FILE_MAX_THUMBNAILS);
      g_assert_cmpuint (g_strv_length (file->urls), ==, XMPP_FILE_MAX_SOURCES);
    }
}

static void
assert_sent (XmppNode   *node,    /* (transfer full) */
             const char *xml)
{
  g_autofree char *actual = xmpp_node_to_string (node);

  test_assert_same_xml (actual, xml);
  xmpp_node_unref (node);
}

static void
test_outgoing (void)
{
  const XmppMention mention = { .address = (char *) "bob@work.test", .start = 0, .end = 4 };
  const XmppMention *const mentions[] = { &mention, NULL };
  const XmppOutgoing plain = { .type = XMPP_MESSAGE_CHAT, .to = "bob@work.test", .id = "o1", .body = "Hi", .want_receipt = TRUE, .markable = TRUE };
  const XmppOutgoing reply = { .type = XMPP_MESSAGE_GROUPCHAT, .to = "r@m.work.test", .id = "o2", .body = "@bob 好", .reply_id = "s1", .reply_to = "r@m.work.test/bob",
                               .reply_quote = "We should\n烤蛋糕", .mentions = mentions, .want_receipt = TRUE };
  const XmppOutgoing aside = { .type = XMPP_MESSAGE_CHAT, .to = "r@m.work.test/bob", .id = "o4", .body = "psst", .room_private = TRUE, .replaces = "o3", .hints = XMPP_HINT_NO_COPY };
  const char *const emojis[] = { "👋", NULL };

  assert_sent (xmpp_outgoing_to_node (&plain), "<message type='chat' to='bob@work.test' id='o1'><body>Hi</body><origin-id xmlns='urn:xmpp:sid:0' id='o1'/>"
               "<request xmlns='urn:xmpp:receipts'/><markable xmlns='urn:xmpp:chat-markers:0'/></message>");
  assert_sent (xmpp_outgoing_to_node (&reply), "<message type='groupchat' to='r@m.work.test' id='o2'><reply xmlns='urn:xmpp:reply:0' to='r@m.work.test/bob' id='s1'/>"
               "<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body start='0' end='18'/></fallback>"
               "<body>&gt; We should\n&gt; 烤蛋糕\n@bob 好</body>"
               "<reference xmlns='urn:xmpp:reference:0' type='mention' begin='18' end='22' uri='xmpp:bob@work.test'/><origin-id xmlns='urn:xmpp:sid:0' id='o2'/></message>");
  assert_sent (xmpp_outgoing_to_node (&aside), "<message type='chat' to='r@m.work.test/bob' id='o4'><body>psst</body><origin-id xmlns='urn:xmpp:sid:0' id='o4'/>"
               "<replace xmlns='urn:xmpp:message-correct:0' id='o3'/><x xmlns='http://jabber.org/protocol/muc#user'/><no-copy xmlns='urn:xmpp:hints'/></message>");
  assert_sent (xmpp_outgoing_new_reactions (XMPP_MESSAGE_CHAT, "bob@work.test", "o5", "m1", emojis),
               "<message type='chat' to='bob@work.test' id='o5'><origin-id xmlns='urn:xmpp:sid:0' id='o5'/><reactions xmlns='urn:xmpp:reactions:0' id='m1'>"
               "<reaction>👋</reaction></reactions><store xmlns='urn:xmpp:hints'/></message>");
  assert_sent (xmpp_outgoing_new_retraction (XMPP_MESSAGE_CHAT, "bob@work.test", "o6", "m1", "retracted"),
               "<message type='chat' to='bob@work.test' id='o6'><origin-id xmlns='urn:xmpp:sid:0' id='o6'/><retract xmlns='urn:xmpp:message-retract:1' id='m1'/>"
               "<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:message-retract:1'><body/></fallback><body>retracted</body><store xmlns='urn:xmpp:hints'/></message>");
  assert_sent (xmpp_receipts_new_received ("bob@work.test", "chat", "m1"),
               "<message to='bob@work.test' type='chat'><received xmlns='urn:xmpp:receipts' id='m1'/><store xmlns='urn:xmpp:hints'/></message>");
  assert_sent (xmpp_markers_new_displayed ("bob@work.test", "chat", "m1"),
               "<message to='bob@work.test' type='chat'><displayed xmlns='urn:xmpp:chat-markers:0' id='m1'/><store xmlns='urn:xmpp:hints'/></message>");
  assert_sent (xmpp_chat_state_new ("bob@work.test", "chat", XMPP_CHAT_STATE_COMPOSING),
               "<message to='bob@work.test' type='chat'><composing xmlns='http://jabber.org/protocol/chatstates'/><no-store xmlns='urn:xmpp:hints'/></message>");
}

/* What goes out with files, replies and mentions comes in as the same. */
static void
test_round_trip (void)
{
  XmppFileShare *share = xmpp_file_share_new ();
  const XmppFileShare *const shares[] = { share, NULL };
  const XmppOutgoing file = { .type = XMPP_MESSAGE_CHAT, .to = "bob@work.test", .id = "o1", .files = shares };
  const XmppMention mention = { .address = (char *) "r@m.work.test/Al B/ß", .start = 3, .end = 6 };
  const XmppMention *const mentions[] = { &mention, NULL };
  const XmppOutgoing reply = { .type = XMPP_MESSAGE_CHAT, .to = "bob@work.test", .id = "o2", .body = "好all now", .reply_id = "s", .reply_quote = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10", .mentions = mentions };
  g_autoptr(GBytes) digest = g_bytes_new ("0123456789abcdef0123456789abcdef", 32);
  g_autoptr(XmppNode) node = NULL, node2 = NULL;
  g_autoptr(XmppMessage) message = NULL, message2 = NULL;
  g_autoptr(GPtrArray) found = NULL;
  g_autofree char *text = NULL;
  const XmppFileShare *again;

  share->metadata->name = g_strdup ("报告.pdf");
  share->metadata->media_type = g_strdup ("application/pdf");
  share->metadata->size = 12345;
  share->metadata->width = 10;
  share->metadata->height = 20;
  share->metadata->duration = 5;
  share->metadata->modified = G_GINT64_CONSTANT (1437947160000000);
  share->metadata->description = g_strdup ("d <&>");
  xmpp_file_metadata_add_hash (share->metadata, "sha-256", digest);
  xmpp_file_metadata_add_thumbnail (share->metadata, "cid:x", "image/png", 1, 2);
  g_strfreev (share->urls);
  share->urls = g_strsplit ("https://u.test/1/r.pdf", " ", 0);
  node = xmpp_outgoing_to_node (&file);
  g_assert_cmpstr (xmpp_node_get_child_text (node, "body", NULL), ==, "https://u.test/1/r.pdf");
  message = xmpp_message_parse (node, NULL);
  g_assert_cmpuint (message->files->len, ==, 1);
  again = g_ptr_array_index (message->files, 0);
  g_assert_cmpstr (again->metadata->name, ==, "报告.pdf");
  g_assert_cmpstr (again->metadata->description, ==, "d <&>");
  g_assert_cmpint (again->metadata->size, ==, 12345);
  g_assert_cmpint (again->metadata->modified, ==, share->metadata->modified);
  g_assert_true (g_bytes_equal (((XmppFileHash *) g_ptr_array_index (again->metadata->hashes, 0))->value, digest));
  g_assert_cmpstr (again->urls[0], ==, "https://u.test/1/r.pdf");
  g_assert_null (xmpp_message_dup_text (message, NULL));
  xmpp_file_share_free (share);

  node2 = xmpp_outgoing_to_node (&reply);
  message2 = xmpp_message_parse (node2, NULL);
  text = xmpp_message_dup_text_with_mentions (message2, &found);
  g_assert_cmpstr (text, ==, "好all now");
  g_assert_cmpuint (found->len, ==, 1);
  g_assert_cmpstr (((XmppMention *) g_ptr_array_index (found, 0))->address, ==, mention.address);
  g_assert_cmpuint (((XmppMention *) g_ptr_array_index (found, 0))->start, ==, 3);
  g_assert_true (g_str_has_prefix (xmpp_message_get_body (message2, NULL), "> 1\n> 2\n"));
  g_assert_null (strstr (xmpp_message_get_body (message2, NULL), "> 9"));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/xmpp/message/languages", test_languages);
  g_test_add_func ("/xmpp/message/types", test_types);
  g_test_add_func ("/xmpp/message/payloads", test_payloads);
  g_test_add_func ("/xmpp/message/ids", test_ids);
  g_test_add_func ("/xmpp/message/retractions", test_retractions);
  g_test_add_func ("/xmpp/message/authors", test_authors);
  g_test_add_func ("/xmpp/message/reactions", test_reactions);
  g_test_add_func ("/xmpp/message/replies", test_replies);
  g_test_add_func ("/xmpp/message/mentions", test_mentions);
  g_test_add_func ("/xmpp/message/files", test_files);
  g_test_add_func ("/xmpp/message/file-names", test_file_names);
  g_test_add_func ("/xmpp/message/timestamps", test_timestamps);
  g_test_add_func ("/xmpp/message/limits", test_limits);
  g_test_add_func ("/xmpp/message/outgoing", test_outgoing);
  g_test_add_func ("/xmpp/message/round-trip", test_round_trip);
  return g_test_run ();
}
