/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xmpp/jingle-rtp.h"
#include "xmpp/sdp.h"

#include <string.h>

#define FINGERPRINT "7C:8E:8B:11:4F:3D:0A:59:92:6E:CC:0D:47:31:18:B0:6C:4A:F0:20:7D:5E:93:C7:AA:1B:62:48:EF:05:D9:3B"

/* As webrtcbin writes an offer of sound and picture in one bundle. */
static const char webrtcbin_offer[] =
  "v=0\r\n"
  "o=- 7394829384756 0 IN IP4 0.0.0.0\r\n"
  "s=-\r\n"
  "t=0 0\r\n"
  "a=ice-options:trickle\r\n"
  "a=group:BUNDLE audio0 video1\r\n"
  "m=audio 9 UDP/TLS/RTP/SAVPF 97\r\n"
  "c=IN IP4 0.0.0.0\r\n"
  "a=setup:actpass\r\n"
  "a=ice-ufrag:qZ8dK1xw\r\n"
  "a=ice-pwd:Vg0u4nF3mS7bY2cR9kT6hJ1a\r\n"
  "a=rtcp-mux\r\n"
  "a=rtcp-rsize\r\n"
  "a=sendrecv\r\n"
  "a=rtpmap:97 OPUS/48000/2\r\n"
  "a=rtcp-fb:97 transport-cc\r\n"
  "a=fmtp:97 useinbandfec=1;sprop-stereo=0\r\n"
  "a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n"
  "a=ssrc:1001 msid:user1@host one\r\n"
  "a=ssrc:1001 cname:user1@host\r\n"
  "a=mid:audio0\r\n"
  "a=fingerprint:sha-256 " FINGERPRINT "\r\n"
  "m=video 0 UDP/TLS/RTP/SAVPF 96 98\r\n"
  "c=IN IP4 0.0.0.0\r\n"
  "a=setup:actpass\r\n"
  "a=ice-ufrag:qZ8dK1xw\r\n"
  "a=ice-pwd:Vg0u4nF3mS7bY2cR9kT6hJ1a\r\n"
  "a=bundle-only\r\n"
  "a=rtcp-mux\r\n"
  "a=sendonly\r\n"
  "a=rtpmap:96 H264/90000\r\n"
  "a=rtcp-fb:96 nack\r\n"
  "a=rtcp-fb:96 nack pli\r\n"
  "a=fmtp:96 packetization-mode=1;profile-level-id=42e01f\r\n"
  "a=rtpmap:98 rtx/90000\r\n"
  "a=fmtp:98 apt=96\r\n"
  "a=ssrc-group:FID 2001 2002\r\n"
  "a=ssrc:2001 cname:user1@host\r\n"
  "a=ssrc:2002 cname:user1@host\r\n"
  "a=mid:video1\r\n"
  "a=fingerprint:sha-256 " FINGERPRINT "\r\n"
  "a=candidate:1 1 UDP 2015363327 192.0.2.7 50000 typ host\r\n"
  "a=candidate:2 1 TCP 1015021823 192.0.2.7 9 typ host tcptype active\r\n"
  "a=candidate:3 2 UDP 2015363326 192.0.2.7 50001 typ host\r\n"
  "a=candidate:4 1 UDP 1679819007 198.51.100.9 61000 typ srflx raddr 192.0.2.7 rport 50000\r\n"
  "a=candidate:5 1 UDP 2015363000 5e1c9e2a.local 50003 typ host\r\n";

/* As Conversations sends it: credentials and fingerprint at each content, a group. */
static const char conversations_initiate[] =
  "<jingle xmlns='urn:xmpp:jingle:1' action='session-initiate' initiator='bob@work.test/phone' sid='a73sjjvkla37jfea'>"
  "<group xmlns='urn:xmpp:jingle:apps:grouping:0' semantics='BUNDLE'><content name='0'/></group>"
  "<content creator='initiator' name='0' senders='both'>"
  "<description xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'>"
  "<payload-type id='111' name='opus' clockrate='48000' channels='2'>"
  "<parameter name='minptime' value='10'/><parameter name='useinbandfec' value='1'/>"
  "<rtcp-fb xmlns='urn:xmpp:jingle:apps:rtp:rtcp-fb:0' type='transport-cc'/></payload-type>"
  "<payload-type id='126' name='telephone-event' clockrate='8000'><parameter value='0-16'/></payload-type>"
  "<payload-type id='0' name='PCMU' clockrate='8000'/>"
  "<rtp-hdrext xmlns='urn:xmpp:jingle:apps:rtp:rtp-hdrext:0' id='1' uri='urn:ietf:params:rtp-hdrext:ssrc-audio-level'/>"
  "<extmap-allow-mixed xmlns='urn:xmpp:jingle:apps:rtp:rtp-hdrext:0'/>"
  "<source xmlns='urn:xmpp:jingle:apps:rtp:ssma:0' ssrc='1570185137'><parameter name='cname' value='nLz7'/>"
  "<parameter name='msid' value='my-media-stream my-audio-track'/></source>"
  "<rtcp-mux/></description>"
  "<transport xmlns='urn:xmpp:jingle:transports:ice-udp:1' ufrag='8hhy' pwd='asd88fgpdd777uzjYhagZg'>"
  "<fingerprint xmlns='urn:xmpp:jingle:apps:dtls:0' hash='sha-256' setup='actpass'>" FINGERPRINT "</fingerprint>"
  "<candidate component='1' foundation='1' generation='0' id='el0747fg11' ip='10.0.1.1' network='1' port='8998'"
  " priority='2130706431' protocol='udp' type='host'/>"
  "<candidate component='2' foundation='1' generation='0' id='el0747fg12' ip='10.0.1.1' network='1' port='8999'"
  " priority='2130706430' protocol='udp' type='host'/>"
  "<candidate component='1' foundation='2' generation='0' id='y3s2b30v3r' ip='2001:db8::7' network='1' port='45664'"
  " priority='1694498815' protocol='udp' rel-addr='10.0.1.1' rel-port='8998' type='srflx'/>"
  "</transport></content></jingle>";

static XmppSessionDescription *
parse_jingle (const char  *xml,
              GError     **error)
{
  g_autoptr(XmppNode) jingle = xmpp_node_parse (xml, -1, error);

  g_assert_nonnull (jingle);
  return xmpp_jingle_rtp_parse (jingle, error);
}

static char *
to_jingle (XmppSessionDescription *description)
{
  g_autoptr(XmppNode) jingle = xmpp_node_new ("jingle", XMPP_NS_JINGLE);

  xmpp_jingle_rtp_build (description, jingle);
  return xmpp_node_to_string (jingle);
}

static char *
replace_all (const char *text,
             const char *find,
             const char *replace)
{
  g_auto(GStrv) parts = g_strsplit (text, find, -1);

  g_assert_cmpuint (g_strv_length (parts), >, 1);
  return g_strjoinv (replace, parts);
}

static void
test_sdp_offer (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(XmppSessionDescription) description = xmpp_sdp_parse (webrtcbin_offer, TRUE, &error);
  XmppSessionContent *audio;
  XmppSessionContent *video;
  XmppPayloadType *payload;
  XmppIceCandidate *candidate;

  g_assert_no_error (error);
  g_assert_cmpuint (description->contents->len, ==, 2);
  g_assert_cmpuint (description->bundle->len, ==, 2);
  audio = xmpp_session_description_find (description, "audio0");
  video = xmpp_session_description_find (description, "video1");
  g_assert_cmpstr (audio->media, ==, "audio");
  g_assert_cmpint (audio->senders, ==, XMPP_SENDERS_BOTH);
  g_assert_cmpint (video->senders, ==, XMPP_SENDERS_INITIATOR);   /* sendonly of the initiator */
  g_assert_cmpint (audio->setup, ==, XMPP_DTLS_ACTPASS);
  g_assert_cmpstr (audio->fingerprint, ==, FINGERPRINT);
  g_assert_cmpstr (audio->pwd, ==, "Vg0u4nF3mS7bY2cR9kT6hJ1a");

  payload = g_ptr_array_index (audio->payload_types, 0);
  g_assert_cmpuint (payload->channels, ==, 2);
  g_assert_cmpuint (payload->clockrate, ==, 48000);
  g_assert_cmpuint (payload->parameters->len, ==, 2);
  g_assert_cmpuint (payload->feedback->len, ==, 1);
  payload = g_ptr_array_index (video->payload_types, 0);
  g_assert_cmpstr (((XmppFeedback *) g_ptr_array_index (payload->feedback, 1))->subtype, ==, "pli");

  /* TCP, component 2 and .local are left out. */
  g_assert_cmpuint (video->candidates->len, ==, 2);
  candidate = g_ptr_array_index (video->candidates, 1);
  g_assert_cmpstr (candidate->type, ==, "srflx");
  g_assert_cmpstr (candidate->related_address, ==, "192.0.2.7");
  g_assert_cmpuint (candidate->related_port, ==, 50000);
}

/* The other side reads "sendonly" of a responder the other way round. */
static void
test_senders (void)
{
  g_autoptr(XmppSessionDescription) description = xmpp_sdp_parse (webrtcbin_offer, FALSE, NULL);
  XmppSessionContent *video = xmpp_session_description_find (description, "video1");
  g_autofree char *as_responder = xmpp_sdp_print (description, FALSE, 1, 1);
  g_autofree char *as_initiator = xmpp_sdp_print (description, TRUE, 1, 1);

  g_assert_cmpint (video->senders, ==, XMPP_SENDERS_RESPONDER);
  g_assert_nonnull (strstr (as_responder, "a=sendonly"));
  g_assert_null (strstr (as_responder, "a=recvonly"));
  g_assert_nonnull (strstr (as_initiator, "a=recvonly"));
}

/* SDP → Jingle → SDP → Jingle: nothing that both can say gets lost. */
static void
test_round_trip (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(XmppSessionDescription) first = xmpp_sdp_parse (webrtcbin_offer, TRUE, &error);
  g_autofree char *jingle = to_jingle (first);
  g_autoptr(XmppSessionDescription) second = parse_jingle (jingle, &error);
  g_autofree char *sdp = NULL;
  g_autofree char *again = NULL;
  g_autofree char *first_sdp = xmpp_sdp_print (first, TRUE, 7, 1);
  g_autoptr(XmppSessionDescription) third = NULL;

  g_assert_no_error (error);
  sdp = xmpp_sdp_print (second, TRUE, 7, 1);
  g_assert_cmpstr (sdp, ==, first_sdp);
  third = xmpp_sdp_parse (sdp, TRUE, &error);
  g_assert_no_error (error);
  again = to_jingle (third);
  g_assert_cmpstr (again, ==, jingle);
}

static void
test_conversations (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(XmppSessionDescription) description = parse_jingle (conversations_initiate, &error);
  g_autofree char *sdp = NULL;
  XmppSessionContent *content;

  g_assert_no_error (error);
  content = xmpp_session_description_find (description, "0");
  g_assert_cmpuint (content->candidates->len, ==, 2);   /* component 2 left out */
  g_assert_true (content->extmap_allow_mixed);

  sdp = xmpp_sdp_print (description, TRUE, 1, 1);
  g_assert_nonnull (strstr (sdp, "m=audio 9 UDP/TLS/RTP/SAVPF 111 126 0\r\n"));
  g_assert_nonnull (strstr (sdp, "a=rtpmap:111 opus/48000/2\r\n"));
  g_assert_nonnull (strstr (sdp, "a=fmtp:111 minptime=10;useinbandfec=1\r\n"));
  g_assert_nonnull (strstr (sdp, "a=fmtp:126 0-16\r\n"));
  g_assert_nonnull (strstr (sdp, "a=group:BUNDLE 0\r\n"));
  g_assert_nonnull (strstr (sdp, "a=ssrc:1570185137 msid:my-media-stream my-audio-track\r\n"));
  g_assert_nonnull (strstr (sdp, "a=candidate:2 1 udp 1694498815 2001:db8::7 45664 typ srflx raddr 10.0.1.1 rport 8998 "));
}

/* An answer that takes the sound and refuses the picture. */
static void
test_refused_mline (void)
{
  g_autofree char *sdp = replace_all (webrtcbin_offer, "a=bundle-only\r\n", "");
  g_autoptr(GError) error = NULL;
  g_autoptr(XmppSessionDescription) description = xmpp_sdp_parse (sdp, TRUE, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (description->contents->len, ==, 1);
  g_assert_nonnull (xmpp_session_description_find (description, "audio0"));
  g_assert_cmpuint (description->bundle->len, ==, 1);
}

static void
test_transport_info (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(XmppSessionDescription) description = parse_jingle (conversations_initiate, &error);
  XmppSessionContent *content = xmpp_session_description_find (description, "0");
  g_autoptr(XmppNode) jingle = xmpp_node_new ("jingle", XMPP_NS_JINGLE);
  g_autoptr(XmppSessionContent) read = NULL;
  g_autofree char *line = NULL;
  g_autoptr(XmppIceCandidate) from_line = NULL;

  xmpp_jingle_rtp_build_transport (content, g_ptr_array_index (content->candidates, 1), jingle);
  read = xmpp_jingle_rtp_parse_transport (xmpp_node_get_first_child (jingle), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (read->name, ==, "0");
  g_assert_cmpstr (read->ufrag, ==, "8hhy");
  g_assert_cmpuint (read->candidates->len, ==, 1);
  line = xmpp_sdp_print_candidate (g_ptr_array_index (read->candidates, 0), "8hhy");
  g_assert_cmpstr (line, ==,
                   "candidate:2 1 udp 1694498815 2001:db8::7 45664 typ srflx raddr 10.0.1.1 rport 8998 generation 0 ufrag 8hhy");
  from_line = xmpp_sdp_parse_candidate (line, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (from_line->port, ==, 45664);
}

/* --- hostile --- */

typedef struct
{
  const char *name;
  const char *find;      /* in conversations_initiate */
  const char *replace;
  int         code;
} Forgery;

static const Forgery forgeries[] = {
  { "payload-999", "id='111'", "id='999'", XMPP_SESSION_ERROR_MALFORMED },
  { "no-payload", "payload-type", "other", XMPP_SESSION_ERROR_UNSUPPORTED },
  { "payload-negative", "id='111'", "id='-1'", XMPP_SESSION_ERROR_MALFORMED },
  { "payload-twice", "id='126'", "id='111'", XMPP_SESSION_ERROR_MALFORMED },
  { "payload-name-injects", "name='opus'", "name='opus&#10;a=x'", XMPP_SESSION_ERROR_MALFORMED },
  { "payload-name-spaces", "name='opus'", "name='o pus'", XMPP_SESSION_ERROR_MALFORMED },
  { "clockrate-huge", "clockrate='48000'", "clockrate='4800000000'", XMPP_SESSION_ERROR_MALFORMED },
  { "parameter-injects", "value='10'", "value='10&#13;&#10;a=ice-pwd:x'", XMPP_SESSION_ERROR_MALFORMED },
  { "parameter-smuggles", "value='10'", "value='10;useinbandfec=0'", XMPP_SESSION_ERROR_MALFORMED },
  { "extension-injects", "ssrc-audio-level'", "x&#10;a=setup:passive'", XMPP_SESSION_ERROR_MALFORMED },
  { "extension-zero", "id='1' uri", "id='0' uri", XMPP_SESSION_ERROR_MALFORMED },
  { "ssrc-huge", "ssrc='1570185137'", "ssrc='15701851370'", XMPP_SESSION_ERROR_MALFORMED },
  { "ssrc-parameter-injects", "value='nLz7'", "value='n&#10;a=x'", XMPP_SESSION_ERROR_MALFORMED },
  { "media-odd", "media='audio'", "media='application'", XMPP_SESSION_ERROR_UNSUPPORTED },
  { "no-mux", "<rtcp-mux/>", "", XMPP_SESSION_ERROR_UNSUPPORTED },
  { "sha-1", "hash='sha-256'", "hash='sha-1'", XMPP_SESSION_ERROR_UNSUPPORTED },
  { "fingerprint-short", FINGERPRINT, "7C:8E", XMPP_SESSION_ERROR_MALFORMED },
  { "fingerprint-text", FINGERPRINT, "not a fingerprint", XMPP_SESSION_ERROR_MALFORMED },
  { "no-fingerprint", "xmlns='urn:xmpp:jingle:apps:dtls:0'", "xmlns='urn:example:other'", XMPP_SESSION_ERROR_UNSUPPORTED },
  { "setup-odd", "setup='actpass'", "setup='holdconn'", XMPP_SESSION_ERROR_MALFORMED },
  { "ufrag-injects", "ufrag='8hhy'", "ufrag='8hhy&#10;'", XMPP_SESSION_ERROR_MALFORMED },
  { "pwd-short", "pwd='asd88fgpdd777uzjYhagZg'", "pwd='short'", XMPP_SESSION_ERROR_MALFORMED },
  { "port-negative", "port='8998'", "port='-8998'", XMPP_SESSION_ERROR_MALFORMED },
  { "priority-huge", "priority='2130706431'", "priority='99999999999'", XMPP_SESSION_ERROR_MALFORMED },
  { "foundation-injects", "foundation='2'", "foundation='2&#10;'", XMPP_SESSION_ERROR_MALFORMED },
  { "name-injects", "name='0' senders", "name='0&#10;a=x' senders", XMPP_SESSION_ERROR_MALFORMED },
  { "senders-odd", "senders='both'", "senders='everybody'", XMPP_SESSION_ERROR_MALFORMED },
  { "group-foreign", "<content name='0'/>", "<content name='7'/>", XMPP_SESSION_ERROR_MALFORMED },
  { "other-transport", "jingle:transports:ice-udp:1", "jingle:transports:raw-udp:1", XMPP_SESSION_ERROR_UNSUPPORTED },
};

static void
test_forgery (gconstpointer data)
{
  const Forgery *forgery = data;
  g_autofree char *xml = replace_all (conversations_initiate, forgery->find, forgery->replace);
  g_autoptr(GError) error = NULL;

  g_assert_null (parse_jingle (xml, &error));
  g_assert_error (error, XMPP_SESSION_ERROR, forgery->code);
}

/* Candidates that lead astray are passed over, not believed and not fatal. */
static void
test_candidates_left_out (void)
{
  static const char *const addresses[] = { "peer.example.org", "5e1c.local", "fe80::1%eth0", "127.0.0.1;x", "10.0.1.1\n", "" };

  for (guint i = 0; i < G_N_ELEMENTS (addresses); i++)
    {
      g_autofree char *escaped = g_markup_escape_text (addresses[i], -1);
      g_autofree char *xml = replace_all (conversations_initiate, "2001:db8::7", escaped);
      g_autoptr(GError) error = NULL;
      g_autoptr(XmppSessionDescription) description = parse_jingle (xml, &error);
      XmppSessionContent *content;

      /* The line end becomes a space in the attribute, as XML says; it is no address either way. */
      g_assert_no_error (error);
      content = g_ptr_array_index (description->contents, 0);
      g_assert_cmpuint (content->candidates->len, ==, 1);
    }
}

/* @repeated holds a line with a running number for #. */
static void
assert_limit (const char *repeated,
              guint       allowed)
{
  for (guint extra = 0; extra <= 1; extra++)
    {
      g_autoptr(GString) sdp = g_string_new ("v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 97\r\na=rtcp-mux\r\na=rtpmap:97 opus/48000/2\r\n"
                                             "a=fingerprint:sha-256 " FINGERPRINT "\r\n");
      g_autoptr(XmppSessionDescription) description = NULL;
      g_autoptr(GError) error = NULL;

      for (guint i = 0; i < allowed + extra; i++)
        {
          g_autofree char *number = g_strdup_printf ("%u", i + 1);
          g_autofree char *line = replace_all (repeated, "#", number);

          g_string_append (sdp, line);
        }
      description = xmpp_sdp_parse (sdp->str, TRUE, &error);
      if (extra == 0)
        g_assert_no_error (error);
      else
        g_assert_error (error, XMPP_SESSION_ERROR, XMPP_SESSION_ERROR_LIMIT);
    }
}

static void
test_limits (void)
{
  assert_limit ("a=candidate:# 1 udp 1 192.0.2.1 5000 typ host\r\n", XMPP_SESSION_MAX_CANDIDATES);
  assert_limit ("a=ssrc:# cname:x\r\n", XMPP_SESSION_MAX_ENTRIES);
  assert_limit ("a=ssrc:7 p#:x\r\n", XMPP_SESSION_MAX_ENTRIES);
  assert_limit ("a=extmap:# urn:x\r\n", XMPP_SESSION_MAX_ENTRIES);
  assert_limit ("a=rtcp-fb:97 f#\r\n", XMPP_SESSION_MAX_ENTRIES);
  assert_limit ("a=fmtp:97 p#=1\r\n", XMPP_SESSION_MAX_ENTRIES);
  assert_limit ("a=ssrc-group:FID #\r\n", XMPP_SESSION_MAX_ENTRIES);
}

static void
test_sdp_refused (void)
{
  static const struct { const char *find; const char *replace; int code; } cases[] = {
    { "UDP/TLS/RTP/SAVPF 97", "RTP/AVP 97", XMPP_SESSION_ERROR_UNSUPPORTED },
    { "UDP/TLS/RTP/SAVPF 97", "UDP/TLS/RTP/SAVPF 300", XMPP_SESSION_ERROR_MALFORMED },
    { "m=audio 9", "m=audio -9", XMPP_SESSION_ERROR_MALFORMED },
    { "a=mid:video1", "a=mid:audio0", XMPP_SESSION_ERROR_MALFORMED },
    { "v=0", "v=1", XMPP_SESSION_ERROR_MALFORMED },
    { "a=setup:actpass", "a=setup:both", XMPP_SESSION_ERROR_MALFORMED },
    { "t=0 0", "rubbish", XMPP_SESSION_ERROR_MALFORMED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *sdp = replace_all (webrtcbin_offer, cases[i].find, cases[i].replace);
      g_autoptr(GError) error = NULL;

      g_assert_null (xmpp_sdp_parse (sdp, TRUE, &error));
      g_assert_error (error, XMPP_SESSION_ERROR, cases[i].code);
    }
}

/* Every single byte changed: refused, or read into something that both spellings can carry. */
static void
test_damage (void)
{
  for (gsize i = 0; i < sizeof webrtcbin_offer - 1; i++)
    {
      static const char bytes[] = { '\n', ' ', ':', '\xff', '9', 'a' };
      g_autofree char *copy = g_strdup (webrtcbin_offer);
      g_autoptr(XmppSessionDescription) description = NULL;

      copy[i] = bytes[i % sizeof bytes];
      description = xmpp_sdp_parse (copy, TRUE, NULL);
      if (description != NULL)
        {
          g_autofree char *jingle = to_jingle (description);
          g_autoptr(GError) error = NULL;
          g_autoptr(XmppSessionDescription) again = parse_jingle (jingle, &error);
          g_autofree char *one = xmpp_sdp_print (description, TRUE, 1, 1);
          g_autofree char *two = NULL;

          g_assert_no_error (error);
          two = xmpp_sdp_print (again, TRUE, 1, 1);
          g_assert_cmpstr (one, ==, two);
        }
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/xmpp/session-description/sdp-offer", test_sdp_offer);
  g_test_add_func ("/xmpp/session-description/senders", test_senders);
  g_test_add_func ("/xmpp/session-description/round-trip", test_round_trip);
  g_test_add_func ("/xmpp/session-description/conversations", test_conversations);
  g_test_add_func ("/xmpp/session-description/refused-mline", test_refused_mline);
  g_test_add_func ("/xmpp/session-description/transport-info", test_transport_info);
  for (guint i = 0; i < G_N_ELEMENTS (forgeries); i++)
    {
      g_autofree char *path = g_strdup_printf ("/xmpp/session-description/forged/%s", forgeries[i].name);

      g_test_add_data_func (path, &forgeries[i], test_forgery);
    }
  g_test_add_func ("/xmpp/session-description/candidates-left-out", test_candidates_left_out);
  g_test_add_func ("/xmpp/session-description/limits", test_limits);
  g_test_add_func ("/xmpp/session-description/sdp-refused", test_sdp_refused);
  g_test_add_func ("/xmpp/session-description/damage", test_damage);

  return g_test_run ();
}
