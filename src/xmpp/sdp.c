/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Session descriptions as SDP: RFC 8866, RFC 8829, RFC 8839, RFC 8122. The strings come from our own engine, or were made by it
 * from what a peer said: read as strictly as anything from the network. */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "xmpp/sdp.h"

#include <string.h>

/* What may stand before the first m-line. */
typedef struct
{
  char          *ufrag;
  char          *pwd;
  const char    *fingerprint_hash;
  char          *fingerprint;
  XmppDtlsSetup  setup;
  XmppSenders    senders;
  gboolean       extmap_allow_mixed;
} SessionLevel;

typedef struct
{
  XmppSessionDescription *description;   /* owned */
  XmppSessionContent     *content;       /* of the current m-line; NULL at session level and in skipped ones */
  GHashTable             *refused;       /* set of contents with port 0, which says no unless they are bundle-only */
  guint                   n_mlines;
  SessionLevel            session;
  gboolean                by_initiator;
  gboolean                in_media;
} Reader;

static gboolean
fail (GError     **error,
      int          code,
      const char  *what)
{
  g_set_error_literal (error, XMPP_SESSION_ERROR, code, what);

  return FALSE;
}

static gboolean
malformed (GError     **error,
           const char  *what)
{
  return fail (error, XMPP_SESSION_ERROR_MALFORMED, what);
}

static gboolean
too_many (GError     **error,
          const char  *what)
{
  return fail (error, XMPP_SESSION_ERROR_LIMIT, what);
}

/* --- directions --- */

static XmppSenders
senders_from_direction (const char *direction,
                        gboolean    by_initiator)
{
  if (strcmp (direction, "sendonly") == 0)
    return by_initiator ? XMPP_SENDERS_INITIATOR : XMPP_SENDERS_RESPONDER;
  if (strcmp (direction, "recvonly") == 0)
    return by_initiator ? XMPP_SENDERS_RESPONDER : XMPP_SENDERS_INITIATOR;
  if (strcmp (direction, "inactive") == 0)
    return XMPP_SENDERS_NONE;

  return XMPP_SENDERS_BOTH;
}

static const char *
direction_from_senders (XmppSenders senders,
                        gboolean    by_initiator)
{
  switch (senders)
    {
    case XMPP_SENDERS_INITIATOR:
      return by_initiator ? "sendonly" : "recvonly";
    case XMPP_SENDERS_RESPONDER:
      return by_initiator ? "recvonly" : "sendonly";
    case XMPP_SENDERS_NONE:
      return "inactive";
    case XMPP_SENDERS_BOTH:
    default:
      return "sendrecv";
    }
}

static gboolean
is_direction (const char *text)
{
  return strcmp (text, "sendrecv") == 0 || strcmp (text, "sendonly") == 0 || strcmp (text, "recvonly") == 0 ||
         strcmp (text, "inactive") == 0;
}

/* --- candidates --- */

XmppIceCandidate *
xmpp_sdp_parse_candidate (const char  *text,
                          GError     **error)
{
  g_autoptr(XmppIceCandidate) candidate = NULL;
  g_auto(GStrv) words = NULL;
  guint64 component;
  guint64 priority;
  guint64 port;
  guint n;

  g_return_val_if_fail (text != NULL, NULL);

  if (g_str_has_prefix (text, "a="))
    text += 2;
  if (!g_str_has_prefix (text, "candidate:") || strlen (text) > 1024)
    {
      malformed (error, "no candidate");
      return NULL;
    }
  words = g_strsplit (text + strlen ("candidate:"), " ", 64);
  n = g_strv_length (words);
  if (n < 8 || strcmp (words[6], "typ") != 0 || !xmpp_session_is_ice (words[0], 1, 32) ||
      !xmpp_session_get_number (words[1], 256, &component) || !xmpp_session_get_number (words[3], G_MAXUINT32, &priority) ||
      !xmpp_session_get_number (words[5], G_MAXUINT16, &port))
    {
      malformed (error, "a candidate that is none");
      return NULL;
    }
  if (component != 1 || g_ascii_strcasecmp (words[2], "udp") != 0 || port == 0 || !xmpp_session_is_address (words[4]) ||
      xmpp_session_get_candidate_type (words[7]) == NULL)
    {
      fail (error, XMPP_SESSION_ERROR_UNSUPPORTED, "a candidate of another kind");
      return NULL;
    }

  candidate = xmpp_ice_candidate_new ();
  candidate->foundation = g_strdup (words[0]);
  candidate->priority = (guint32) priority;
  candidate->address = g_strdup (words[4]);
  candidate->port = (guint16) port;
  candidate->type = (char *) xmpp_session_get_candidate_type (words[7]);
  for (guint i = 8; i + 1 < n; i += 2)
    {
      guint64 number;

      if (strcmp (words[i], "raddr") == 0 && xmpp_session_is_address (words[i + 1]))
        {
          g_free (candidate->related_address);
          candidate->related_address = g_strdup (words[i + 1]);
        }
      else if (strcmp (words[i], "rport") == 0 && xmpp_session_get_number (words[i + 1], G_MAXUINT16, &number))
        candidate->related_port = (guint16) number;
      else if (strcmp (words[i], "generation") == 0 && xmpp_session_get_number (words[i + 1], G_MAXUINT8, &number))
        candidate->generation = (guint8) number;
      else if (strcmp (words[i], "network-id") == 0 && xmpp_session_get_number (words[i + 1], G_MAXUINT8, &number))
        candidate->network = (guint8) number;
    }

  return g_steal_pointer (&candidate);
}

char *
xmpp_sdp_print_candidate (const XmppIceCandidate *candidate,
                          const char             *ufrag)
{
  GString *text;

  g_return_val_if_fail (candidate != NULL, NULL);

  text = g_string_new (NULL);
  g_string_printf (text, "candidate:%s 1 udp %u %s %u typ %s", candidate->foundation, candidate->priority, candidate->address,
                   candidate->port, candidate->type);
  if (candidate->related_address != NULL)
    g_string_append_printf (text, " raddr %s rport %u", candidate->related_address, candidate->related_port);
  g_string_append_printf (text, " generation %u", candidate->generation);
  if (ufrag != NULL)
    g_string_append_printf (text, " ufrag %s", ufrag);

  return g_string_free (text, FALSE);
}

/* --- reading --- */

static XmppPayloadType *
find_payload (XmppSessionContent *content,
              guint64             id)
{
  for (guint i = 0; i < content->payload_types->len; i++)
    {
      XmppPayloadType *payload = g_ptr_array_index (content->payload_types, i);

      if (payload->id == id)
        return payload;
    }

  return NULL;
}

/* "<id> <rest>": the payload type it belongs to, and the rest; NULL with @rest untouched if it belongs to none. */
static XmppPayloadType *
split_payload (XmppSessionContent  *content,
               char                *value,
               char               **rest)
{
  char *space = strchr (value, ' ');
  guint64 id;

  if (space == NULL)
    return NULL;
  *space = '\0';
  if (!xmpp_session_get_number (value, 127, &id))
    return NULL;
  *rest = space + 1;

  return find_payload (content, id);
}

static gboolean
read_rtpmap (Reader  *reader,
             char    *value,
             GError **error)
{
  char *rest = NULL;
  XmppPayloadType *payload = split_payload (reader->content, value, &rest);
  g_auto(GStrv) parts = NULL;
  guint64 clockrate;
  guint64 channels = 1;

  if (payload == NULL)
    return TRUE;   /* a type that the m-line does not offer */
  parts = g_strsplit (rest, "/", 4);
  if (g_strv_length (parts) < 2 || g_strv_length (parts) > 3 || !xmpp_session_is_token (parts[0]) ||
      !xmpp_session_get_number (parts[1], 1000000, &clockrate) || clockrate == 0 ||
      (parts[2] != NULL && (!xmpp_session_get_number (parts[2], 32, &channels) || channels == 0)))
    return malformed (error, "an rtpmap that is none");
  g_free (payload->name);
  payload->name = g_strdup (parts[0]);
  payload->clockrate = (guint) clockrate;
  payload->channels = (guint8) channels;

  return TRUE;
}

static gboolean
read_fmtp (Reader  *reader,
           char    *value,
           GError **error)
{
  char *rest = NULL;
  XmppPayloadType *payload = split_payload (reader->content, value, &rest);
  g_auto(GStrv) pairs = NULL;

  if (payload == NULL)
    return TRUE;
  pairs = g_strsplit (rest, ";", -1);
  for (guint i = 0; pairs[i] != NULL; i++)
    {
      char *pair = g_strstrip (pairs[i]);
      char *equals = strchr (pair, '=');

      if (*pair == '\0')
        continue;
      if (equals != NULL)
        *equals = '\0';
      if (!xmpp_session_is_value (pair) || (equals != NULL && (!xmpp_session_is_token (pair) || !xmpp_session_is_value (equals + 1))))
        return malformed (error, "an fmtp that is none");
      if (!xmpp_session_add_parameter (payload->parameters, equals != NULL ? pair : "", equals != NULL ? equals + 1 : pair))
        return too_many (error, "too many parameters of a payload type");
    }

  return TRUE;
}

static gboolean
read_feedback (Reader  *reader,
               char    *value,
               GError **error)
{
  char *rest = NULL;
  XmppPayloadType *payload = NULL;
  g_auto(GStrv) words = NULL;
  GPtrArray *list;

  if (g_str_has_prefix (value, "* "))
    {
      list = reader->content->feedback;
      rest = value + 2;
    }
  else
    {
      payload = split_payload (reader->content, value, &rest);
      if (payload == NULL)
        return TRUE;
      list = payload->feedback;
    }
  words = g_strsplit (rest, " ", 3);
  if (!xmpp_session_is_token (words[0]) || (words[0] != NULL && words[1] != NULL && !xmpp_session_is_token (words[1])))
    return malformed (error, "an rtcp-fb that is none");
  if (!xmpp_session_add_feedback (list, words[0], words[1] != NULL ? words[1] : ""))
    return too_many (error, "too many kinds of feedback");

  return TRUE;
}

static gboolean
read_extmap (Reader  *reader,
             char    *value,
             GError **error)
{
  g_auto(GStrv) words = g_strsplit (value, " ", 3);
  XmppSenders senders = XMPP_SENDERS_BOTH;
  char *slash;
  guint64 id;

  if (g_strv_length (words) < 2)
    return malformed (error, "an extmap that is none");
  slash = strchr (words[0], '/');
  if (slash != NULL)
    {
      *slash = '\0';
      if (!is_direction (slash + 1))
        return malformed (error, "an extmap with an odd direction");
      senders = senders_from_direction (slash + 1, reader->by_initiator);
    }
  if (!xmpp_session_get_number (words[0], 255, &id) || id == 0 || !xmpp_session_is_value (words[1]) || *words[1] == '\0')
    return malformed (error, "an extmap that is none");
  if (!xmpp_session_add_extension (reader->content->extensions, (guint8) id, words[1], senders))
    return too_many (error, "too many header extensions");

  return TRUE;
}

static gboolean
read_ssrc (Reader  *reader,
           char    *value,
           GError **error)
{
  GPtrArray *sources = reader->content->sources;
  XmppSource *source = NULL;
  char *space = strchr (value, ' ');
  char *colon;
  guint64 ssrc;

  if (space == NULL)
    return malformed (error, "an ssrc that is none");
  *space = '\0';
  if (!xmpp_session_get_number (value, G_MAXUINT32, &ssrc))
    return malformed (error, "an ssrc that is none");
  for (guint i = 0; i < sources->len && source == NULL; i++)
    if (((XmppSource *) g_ptr_array_index (sources, i))->ssrc == ssrc)
      source = g_ptr_array_index (sources, i);
  if (source == NULL)
    {
      if (sources->len >= XMPP_SESSION_MAX_ENTRIES)
        return too_many (error, "too many sources");
      source = xmpp_source_new ((guint32) ssrc);
      g_ptr_array_add (sources, source);
    }
  colon = strchr (space + 1, ':');
  if (colon != NULL)
    *colon = '\0';
  if (!xmpp_session_is_token (space + 1) || (colon != NULL && !xmpp_session_is_value (colon + 1)))
    return malformed (error, "an ssrc that is none");
  if (!xmpp_session_add_parameter (source->parameters, space + 1, colon != NULL ? colon + 1 : ""))
    return too_many (error, "too many parameters of a source");

  return TRUE;
}

static gboolean
read_ssrc_group (Reader  *reader,
                 char    *value,
                 GError **error)
{
  g_auto(GStrv) words = g_strsplit (value, " ", XMPP_SESSION_MAX_ENTRIES + 2);
  XmppSourceGroup *group;

  if (!xmpp_session_is_token (words[0]))
    return malformed (error, "an ssrc-group that is none");
  if (reader->content->source_groups->len >= XMPP_SESSION_MAX_ENTRIES || g_strv_length (words) > XMPP_SESSION_MAX_ENTRIES)
    return too_many (error, "too many groups of sources");
  group = xmpp_source_group_new (words[0]);
  g_ptr_array_add (reader->content->source_groups, group);
  for (guint i = 1; words[i] != NULL; i++)
    {
      guint64 ssrc;
      guint32 word;

      if (*words[i] == '\0')
        continue;
      if (!xmpp_session_get_number (words[i], G_MAXUINT32, &ssrc))
        return malformed (error, "an ssrc-group that is none");
      word = (guint32) ssrc;
      g_array_append_val (group->ssrcs, word);
    }

  return TRUE;
}

static gboolean
read_fingerprint (Reader  *reader,
                  char    *value,
                  GError **error)
{
  char *space = strchr (value, ' ');
  g_autofree char *fingerprint = NULL;
  const char *hash;

  if (space == NULL)
    return malformed (error, "a fingerprint that is none");
  *space = '\0';
  hash = xmpp_session_get_hash (value);
  if (hash == NULL)
    return fail (error, XMPP_SESSION_ERROR_UNSUPPORTED, "a fingerprint of a kind that is not accepted");
  fingerprint = xmpp_session_dup_fingerprint (hash, space + 1);
  if (fingerprint == NULL)
    return malformed (error, "a fingerprint that is none");

  if (reader->in_media)
    {
      g_free (reader->content->fingerprint);
      reader->content->fingerprint = g_steal_pointer (&fingerprint);
      reader->content->fingerprint_hash = (char *) hash;
    }
  else
    {
      g_free (reader->session.fingerprint);
      reader->session.fingerprint = g_steal_pointer (&fingerprint);
      reader->session.fingerprint_hash = hash;
    }

  return TRUE;
}

static gboolean
read_setup (Reader      *reader,
            const char  *value,
            GError     **error)
{
  XmppDtlsSetup setup;

  if (strcmp (value, "actpass") == 0)
    setup = XMPP_DTLS_ACTPASS;
  else if (strcmp (value, "active") == 0)
    setup = XMPP_DTLS_ACTIVE;
  else if (strcmp (value, "passive") == 0)
    setup = XMPP_DTLS_PASSIVE;
  else
    return malformed (error, "an odd setup");

  if (reader->in_media)
    reader->content->setup = setup;
  else
    reader->session.setup = setup;

  return TRUE;
}

static gboolean
read_credential (char       **slot,
                 const char  *value,
                 gsize        min,
                 GError     **error)
{
  if (!xmpp_session_is_ice (value, min, 256))
    return malformed (error, "an ICE credential that is none");
  g_free (*slot);
  *slot = g_strdup (value);

  return TRUE;
}

static gboolean
read_candidate (Reader      *reader,
                const char  *line,
                GError     **error)
{
  g_autoptr(GError) problem = NULL;
  XmppIceCandidate *candidate = xmpp_sdp_parse_candidate (line, &problem);

  if (candidate == NULL && g_error_matches (problem, XMPP_SESSION_ERROR, XMPP_SESSION_ERROR_UNSUPPORTED))
    return TRUE;
  if (candidate == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
  if (reader->content->candidates->len >= XMPP_SESSION_MAX_CANDIDATES)
    {
      xmpp_ice_candidate_free (candidate);
      return too_many (error, "too many candidates");
    }
  g_ptr_array_add (reader->content->candidates, candidate);

  return TRUE;
}

static gboolean
read_group (Reader  *reader,
            char    *value,
            GError **error)
{
  g_auto(GStrv) words = NULL;

  if (!g_str_has_prefix (value, "BUNDLE"))
    return TRUE;
  words = g_strsplit (value, " ", XMPP_SESSION_MAX_CONTENTS + 2);
  if (g_strv_length (words) > XMPP_SESSION_MAX_CONTENTS + 1)
    return too_many (error, "too many contents in a group");
  g_clear_pointer (&reader->description->bundle, g_ptr_array_unref);
  for (guint i = 1; words[i] != NULL; i++)
    {
      if (*words[i] == '\0')
        continue;
      if (!xmpp_session_is_token (words[i]))
        return malformed (error, "a group that is none");
      if (reader->description->bundle == NULL)
        reader->description->bundle = g_ptr_array_new_with_free_func (g_free);
      g_ptr_array_add (reader->description->bundle, g_strdup (words[i]));
    }

  return TRUE;
}

/* The attributes that may stand at either level. */
static gboolean
read_shared_attribute (Reader      *reader,
                       const char  *name,
                       char        *value,
                       gboolean    *handled,
                       GError     **error)
{
  *handled = TRUE;
  if (strcmp (name, "fingerprint") == 0)
    return read_fingerprint (reader, value, error);
  if (strcmp (name, "setup") == 0)
    return read_setup (reader, value, error);
  if (strcmp (name, "ice-ufrag") == 0)
    return read_credential (reader->in_media ? &reader->content->ufrag : &reader->session.ufrag, value, 4, error);
  if (strcmp (name, "ice-pwd") == 0)
    return read_credential (reader->in_media ? &reader->content->pwd : &reader->session.pwd, value, 22, error);
  if (strcmp (name, "extmap-allow-mixed") == 0)
    {
      if (reader->in_media)
        reader->content->extmap_allow_mixed = TRUE;
      else
        reader->session.extmap_allow_mixed = TRUE;
      return TRUE;
    }
  if (is_direction (name))
    {
      XmppSenders senders = senders_from_direction (name, reader->by_initiator);

      if (reader->in_media)
        reader->content->senders = senders;
      else
        reader->session.senders = senders;
      return TRUE;
    }
  *handled = FALSE;

  return TRUE;
}

static gboolean
read_attribute (Reader  *reader,
                char    *line,   /* without "a=" */
                GError **error)
{
  char *colon = strchr (line, ':');
  gboolean handled;
  char *value;

  if (reader->in_media && reader->content == NULL)
    return TRUE;   /* of an m-line that is passed over */
  if (reader->in_media && g_str_has_prefix (line, "candidate:"))
    return read_candidate (reader, line, error);

  if (colon != NULL)
    *colon = '\0';
  value = colon != NULL ? colon + 1 : line + strlen (line);
  if (!read_shared_attribute (reader, line, value, &handled, error))
    return FALSE;
  if (handled)
    return TRUE;
  if (!reader->in_media)
    return strcmp (line, "group") == 0 ? read_group (reader, value, error) : TRUE;

  if (strcmp (line, "mid") == 0)
    {
      if (!xmpp_session_is_token (value))
        return malformed (error, "a mid that is none");
      g_free (reader->content->name);
      reader->content->name = g_strdup (value);
      return TRUE;
    }
  if (strcmp (line, "rtpmap") == 0)
    return read_rtpmap (reader, value, error);
  if (strcmp (line, "fmtp") == 0)
    return read_fmtp (reader, value, error);
  if (strcmp (line, "rtcp-fb") == 0)
    return read_feedback (reader, value, error);
  if (strcmp (line, "extmap") == 0)
    return read_extmap (reader, value, error);
  if (strcmp (line, "ssrc") == 0)
    return read_ssrc (reader, value, error);
  if (strcmp (line, "ssrc-group") == 0)
    return read_ssrc_group (reader, value, error);
  if (strcmp (line, "rtcp-mux") == 0)
    reader->content->rtcp_mux = TRUE;
  if (strcmp (line, "bundle-only") == 0)   /* RFC 8843 §6 */
    g_hash_table_remove (reader->refused, reader->content);

  return TRUE;
}

/* What the static types of RFC 3551 are called; others need an rtpmap. */
static const char *
get_static_name (guint64 id)
{
  switch (id)
    {
    case 0:
      return "PCMU";
    case 8:
      return "PCMA";
    case 9:
      return "G722";
    default:
      return NULL;
    }
}

static gboolean
read_media (Reader  *reader,
            char    *value,   /* without "m=" */
            GError **error)
{
  g_auto(GStrv) words = g_strsplit (value, " ", XMPP_SESSION_MAX_PAYLOADS + 5);
  XmppSessionContent *content;
  guint64 port;

  reader->in_media = TRUE;
  reader->content = NULL;
  reader->n_mlines += 1;
  if (g_strv_length (words) < 4)
    return malformed (error, "an m-line that is none");
  if (reader->n_mlines > XMPP_SESSION_MAX_CONTENTS)
    return too_many (error, "too many m-lines");
  if (!xmpp_session_get_number (words[1], G_MAXUINT16, &port))
    return malformed (error, "an m-line without a port");
  if (xmpp_session_get_media (words[0]) == NULL)
    return TRUE;   /* application data: not ours */
  if (strcmp (words[2], "UDP/TLS/RTP/SAVPF") != 0 && strcmp (words[2], "UDP/TLS/RTP/SAVP") != 0)
    return fail (error, XMPP_SESSION_ERROR_UNSUPPORTED, "an m-line without DTLS-SRTP");

  content = xmpp_session_content_new ();
  g_ptr_array_add (reader->description->contents, content);
  reader->content = content;
  content->media = (char *) xmpp_session_get_media (words[0]);
  content->by_initiator = reader->by_initiator;
  content->mline = reader->n_mlines - 1;
  content->name = g_strdup_printf ("%u", content->mline);   /* until a mid says otherwise */
  if (port == 0)
    g_hash_table_add (reader->refused, content);
  content->senders = reader->session.senders;
  content->setup = reader->session.setup;
  content->ufrag = g_strdup (reader->session.ufrag);
  content->pwd = g_strdup (reader->session.pwd);
  content->fingerprint = g_strdup (reader->session.fingerprint);
  content->fingerprint_hash = (char *) reader->session.fingerprint_hash;
  content->extmap_allow_mixed = reader->session.extmap_allow_mixed;

  for (guint i = 3; words[i] != NULL; i++)
    {
      guint64 id;

      if (!xmpp_session_get_number (words[i], 127, &id))
        return malformed (error, "a payload type out of range");
      if (content->payload_types->len >= XMPP_SESSION_MAX_PAYLOADS)
        return too_many (error, "too many payload types");
      /* The static types all run at 8,000; an rtpmap may say otherwise. */
      g_ptr_array_add (content->payload_types, xmpp_payload_type_new ((guint8) id, get_static_name (id), 8000, 1));
    }

  return TRUE;
}

/* Payload types that no rtpmap has explained say nothing. */
static void
drop_nameless (XmppSessionContent *content)
{
  for (guint i = content->payload_types->len; i > 0; i--)
    if (((XmppPayloadType *) g_ptr_array_index (content->payload_types, i - 1))->name == NULL)
      g_ptr_array_remove_index (content->payload_types, i - 1);
}

/* What an answer says no to is no content of the session. */
static void
drop_refused (Reader *reader)
{
  GPtrArray *contents = reader->description->contents;

  for (guint i = contents->len; i > 0; i--)
    if (g_hash_table_contains (reader->refused, g_ptr_array_index (contents, i - 1)))
      g_ptr_array_remove_index (contents, i - 1);
}

/* The group may name m-lines that were passed over. */
static void
drop_foreign_bundle (XmppSessionDescription *description)
{
  for (guint i = description->bundle != NULL ? description->bundle->len : 0; i > 0; i--)
    if (xmpp_session_description_find (description, g_ptr_array_index (description->bundle, i - 1)) == NULL)
      g_ptr_array_remove_index (description->bundle, i - 1);
  if (description->bundle != NULL && description->bundle->len == 0)
    g_clear_pointer (&description->bundle, g_ptr_array_unref);
}

static gboolean
read_lines (Reader      *reader,
            const char  *sdp,
            GError     **error)
{
  if (!g_str_has_prefix (sdp, "v=0"))
    return malformed (error, "this is no SDP");

  for (const char *at = sdp; *at != '\0';)
    {
      gsize length = strcspn (at, "\r\n");
      g_autofree char *line = g_strndup (at, length);

      at += length;
      at += strspn (at, "\r\n");
      if (length == 0)
        continue;
      if (length < 2 || line[1] != '=' || !g_utf8_validate (line, (gssize) length, NULL))
        return malformed (error, "a line that is none");
      if (line[0] == 'm' && !read_media (reader, line + 2, error))
        return FALSE;
      if (line[0] == 'a' && !read_attribute (reader, line + 2, error))
        return FALSE;
    }

  for (guint i = 0; i < reader->description->contents->len; i++)
    drop_nameless (g_ptr_array_index (reader->description->contents, i));
  drop_refused (reader);
  drop_foreign_bundle (reader->description);

  return xmpp_session_description_check (reader->description, error);
}

XmppSessionDescription *
xmpp_sdp_parse (const char  *sdp,
                gboolean     by_initiator,
                GError     **error)
{
  Reader reader = { .by_initiator = by_initiator };
  g_autoptr(XmppSessionDescription) description = xmpp_session_description_new ();
  gboolean read;

  g_return_val_if_fail (sdp != NULL, NULL);

  if (strlen (sdp) > XMPP_SESSION_MAX_SDP)
    {
      too_many (error, "an SDP of more than 256 KiB");
      return NULL;
    }
  reader.description = description;
  reader.refused = g_hash_table_new (NULL, NULL);
  read = read_lines (&reader, sdp, error);
  g_hash_table_unref (reader.refused);
  g_free (reader.session.ufrag);
  g_free (reader.session.pwd);
  g_free (reader.session.fingerprint);

  return read ? g_steal_pointer (&description) : NULL;
}

/* --- writing --- */

static void
print_payload (GString               *text,
               const XmppPayloadType *payload)
{
  g_string_append_printf (text, "a=rtpmap:%u %s/%u", payload->id, payload->name, payload->clockrate);
  if (payload->channels > 1)
    g_string_append_printf (text, "/%u", payload->channels);
  g_string_append (text, "\r\n");

  for (guint i = 0; i < payload->feedback->len; i++)
    {
      const XmppFeedback *feedback = g_ptr_array_index (payload->feedback, i);

      g_string_append_printf (text, "a=rtcp-fb:%u %s%s%s\r\n", payload->id, feedback->type, *feedback->subtype ? " " : "",
                              feedback->subtype);
    }

  for (guint i = 0; i < payload->parameters->len; i++)
    {
      const XmppSessionParameter *parameter = g_ptr_array_index (payload->parameters, i);

      if (i == 0)
        g_string_append_printf (text, "a=fmtp:%u ", payload->id);
      else
        g_string_append_c (text, ';');
      g_string_append_printf (text, "%s%s%s", parameter->name, *parameter->name ? "=" : "", parameter->value);
    }
  if (payload->parameters->len > 0)
    g_string_append (text, "\r\n");
}

static void
print_transport (GString                  *text,
                 const XmppSessionContent *content)
{
  static const char *const setups[] = { NULL, "actpass", "active", "passive" };

  if (content->ufrag != NULL)
    g_string_append_printf (text, "a=ice-ufrag:%s\r\n", content->ufrag);
  if (content->pwd != NULL)
    g_string_append_printf (text, "a=ice-pwd:%s\r\n", content->pwd);
  g_string_append (text, "a=ice-options:trickle\r\n");
  if (content->fingerprint != NULL)
    g_string_append_printf (text, "a=fingerprint:%s %s\r\n", content->fingerprint_hash, content->fingerprint);
  if (content->setup != XMPP_DTLS_NONE)
    g_string_append_printf (text, "a=setup:%s\r\n", setups[content->setup]);
}

static void
print_sources (GString                  *text,
               const XmppSessionContent *content)
{
  for (guint i = 0; i < content->source_groups->len; i++)
    {
      const XmppSourceGroup *group = g_ptr_array_index (content->source_groups, i);

      g_string_append_printf (text, "a=ssrc-group:%s", group->semantics);
      for (guint k = 0; k < group->ssrcs->len; k++)
        g_string_append_printf (text, " %u", g_array_index (group->ssrcs, guint32, k));
      g_string_append (text, "\r\n");
    }
  for (guint i = 0; i < content->sources->len; i++)
    {
      const XmppSource *source = g_ptr_array_index (content->sources, i);

      for (guint k = 0; k < source->parameters->len; k++)
        {
          const XmppSessionParameter *parameter = g_ptr_array_index (source->parameters, k);

          g_string_append_printf (text, "a=ssrc:%u %s%s%s\r\n", source->ssrc, parameter->name, *parameter->value ? ":" : "",
                                  parameter->value);
        }
    }
}

static void
print_content (GString                  *text,
               const XmppSessionContent *content,
               gboolean                  by_initiator)
{
  g_string_append_printf (text, "m=%s 9 UDP/TLS/RTP/SAVPF", content->media);
  for (guint i = 0; i < content->payload_types->len; i++)
    g_string_append_printf (text, " %u", ((XmppPayloadType *) g_ptr_array_index (content->payload_types, i))->id);
  g_string_append_printf (text, "\r\nc=IN IP4 0.0.0.0\r\na=mid:%s\r\na=%s\r\n", content->name,
                          direction_from_senders (content->senders, by_initiator));
  if (content->rtcp_mux)
    g_string_append (text, "a=rtcp-mux\r\na=rtcp-rsize\r\n");
  if (content->extmap_allow_mixed)
    g_string_append (text, "a=extmap-allow-mixed\r\n");
  print_transport (text, content);

  for (guint i = 0; i < content->extensions->len; i++)
    {
      const XmppHeaderExtension *extension = g_ptr_array_index (content->extensions, i);

      g_string_append_printf (text, "a=extmap:%u", extension->id);
      if (extension->senders != XMPP_SENDERS_BOTH)
        g_string_append_printf (text, "/%s", direction_from_senders (extension->senders, by_initiator));
      g_string_append_printf (text, " %s\r\n", extension->uri);
    }
  for (guint i = 0; i < content->feedback->len; i++)
    {
      const XmppFeedback *feedback = g_ptr_array_index (content->feedback, i);

      g_string_append_printf (text, "a=rtcp-fb:* %s%s%s\r\n", feedback->type, *feedback->subtype ? " " : "", feedback->subtype);
    }
  for (guint i = 0; i < content->payload_types->len; i++)
    print_payload (text, g_ptr_array_index (content->payload_types, i));
  print_sources (text, content);
  for (guint i = 0; i < content->candidates->len; i++)
    {
      g_autofree char *candidate = xmpp_sdp_print_candidate (g_ptr_array_index (content->candidates, i), NULL);

      g_string_append_printf (text, "a=%s\r\n", candidate);
    }
}

char *
xmpp_sdp_print (const XmppSessionDescription *description,
                gboolean                      by_initiator,
                guint64                       session_id,
                guint                         version)
{
  GString *text;

  g_return_val_if_fail (description != NULL, NULL);

  text = g_string_new (NULL);
  g_string_printf (text, "v=0\r\no=- %" G_GUINT64_FORMAT " %u IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n", session_id, version);
  if (description->bundle != NULL)
    {
      g_string_append (text, "a=group:BUNDLE");
      for (guint i = 0; i < description->bundle->len; i++)
        g_string_append_printf (text, " %s", (const char *) g_ptr_array_index (description->bundle, i));
      g_string_append (text, "\r\n");
    }
  for (guint i = 0; i < description->contents->len; i++)
    print_content (text, g_ptr_array_index (description->contents, i), by_initiator);

  return g_string_free (text, FALSE);
}
