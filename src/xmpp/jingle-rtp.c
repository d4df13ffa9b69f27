/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Session descriptions as Jingle. The sections are cited where an element is read; the XEP numbers stand in the header. */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "xmpp/jingle-rtp.h"

#include <string.h>

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

static gboolean
get_number (const XmppNode *node,
            const char     *name,
            gint64          min,
            gint64          max,
            gint64          fallback,
            gint64         *out)
{
  if (xmpp_node_get_attribute (node, name) == NULL)
    {
      *out = fallback;
      return fallback >= min;
    }

  return xmpp_node_get_attribute_int64 (node, name, min, max, out);
}

static const char *const senders_names[] = { "both", "initiator", "responder", "none" };
static const char *const setup_names[] = { NULL, "actpass", "active", "passive" };

static gboolean
read_senders (const XmppNode *node,
              XmppSenders    *out)
{
  const char *senders = xmpp_node_get_attribute (node, "senders");

  *out = XMPP_SENDERS_BOTH;
  if (senders == NULL)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (senders_names); i++)
    if (strcmp (senders, senders_names[i]) == 0)
      {
        *out = (XmppSenders) i;
        return TRUE;
      }

  return FALSE;
}

/* --- description --- */

/* XEP-0293 §3 */
static gboolean
read_feedback (const XmppNode  *parent,
               GPtrArray       *list,
               GError         **error)
{
  for (XmppNode *node = xmpp_node_get_first_child (parent); node != NULL; node = xmpp_node_get_next (node))
    {
      const char *type = xmpp_node_get_attribute (node, "type");
      const char *subtype = xmpp_node_get_attribute (node, "subtype");

      if (!xmpp_node_is (node, "rtcp-fb", XMPP_NS_JINGLE_FEEDBACK))
        continue;
      if (!xmpp_session_is_token (type) || (subtype != NULL && *subtype != '\0' && !xmpp_session_is_token (subtype)))
        return malformed (error, "feedback that is none");
      if (!xmpp_session_add_feedback (list, type, subtype != NULL ? subtype : ""))
        return too_many (error, "too many kinds of feedback");
    }

  return TRUE;
}

/* XEP-0167 §6: <payload-type/> with its <parameter/>s */
static gboolean
read_payload (const XmppNode      *node,
              XmppSessionContent  *content,
              GError             **error)
{
  const char *name = xmpp_node_get_attribute (node, "name");
  XmppPayloadType *payload;
  gint64 id;
  gint64 clockrate;
  gint64 channels;

  if (!xmpp_node_get_attribute_int64 (node, "id", 0, 127, &id))
    return malformed (error, "a payload type out of range");
  if (!xmpp_session_is_token (name) || !get_number (node, "clockrate", 1, 1000000, 8000, &clockrate) ||
      !get_number (node, "channels", 1, 32, 1, &channels))
    return malformed (error, "a payload type that is none");
  if (content->payload_types->len >= XMPP_SESSION_MAX_PAYLOADS)
    return too_many (error, "too many payload types");

  payload = xmpp_payload_type_new ((guint8) id, name, (guint) clockrate, (guint) channels);
  g_ptr_array_add (content->payload_types, payload);
  for (XmppNode *child = xmpp_node_get_first_child (node); child != NULL; child = xmpp_node_get_next (child))
    {
      const char *key = xmpp_node_get_attribute (child, "name");
      const char *value = xmpp_node_get_attribute (child, "value");

      if (!xmpp_node_is (child, "parameter", XMPP_NS_JINGLE_RTP))
        continue;
      key = key != NULL ? key : "";
      value = value != NULL ? value : "";
      /* In SDP a semicolon ends a parameter: here it would smuggle in another one. */
      if ((*key != '\0' && !xmpp_session_is_token (key)) || !xmpp_session_is_value (value) || strchr (value, ';') != NULL ||
          (*key == '\0' && (*value == '\0' || strchr (value, '=') != NULL)) || *value == ' ')
        return malformed (error, "a parameter that is none");
      if (!xmpp_session_add_parameter (payload->parameters, key, value))
        return too_many (error, "too many parameters of a payload type");
    }

  return read_feedback (node, payload->feedback, error);
}

/* XEP-0294 §3 */
static gboolean
read_extension (const XmppNode      *node,
                XmppSessionContent  *content,
                GError             **error)
{
  const char *uri = xmpp_node_get_attribute (node, "uri");
  XmppSenders senders;
  gint64 id;

  if (!xmpp_node_get_attribute_int64 (node, "id", 1, 255, &id) || !read_senders (node, &senders) || !xmpp_session_is_value (uri) ||
      *uri == '\0' || strchr (uri, ' ') != NULL)
    return malformed (error, "a header extension that is none");
  if (!xmpp_session_add_extension (content->extensions, (guint8) id, uri, senders))
    return too_many (error, "too many header extensions");

  return TRUE;
}

/* XEP-0339 §3 */
static gboolean
read_source (const XmppNode      *node,
             XmppSessionContent  *content,
             GError             **error)
{
  XmppSource *source;
  gint64 ssrc;

  if (!xmpp_node_get_attribute_int64 (node, "ssrc", 0, G_MAXUINT32, &ssrc))
    return malformed (error, "a source that is none");
  if (content->sources->len >= XMPP_SESSION_MAX_ENTRIES)
    return too_many (error, "too many sources");
  source = xmpp_source_new ((guint32) ssrc);
  g_ptr_array_add (content->sources, source);
  for (XmppNode *child = xmpp_node_get_first_child (node); child != NULL; child = xmpp_node_get_next (child))
    {
      const char *value = xmpp_node_get_attribute (child, "value");

      if (strcmp (xmpp_node_get_name (child), "parameter") != 0)
        continue;
      if (!xmpp_session_is_token (xmpp_node_get_attribute (child, "name")) || (value != NULL && !xmpp_session_is_value (value)))
        return malformed (error, "a parameter of a source that is none");
      if (!xmpp_session_add_parameter (source->parameters, xmpp_node_get_attribute (child, "name"), value != NULL ? value : ""))
        return too_many (error, "too many parameters of a source");
    }

  return TRUE;
}

static gboolean
read_source_group (const XmppNode      *node,
                   XmppSessionContent  *content,
                   GError             **error)
{
  XmppSourceGroup *group;

  if (!xmpp_session_is_token (xmpp_node_get_attribute (node, "semantics")))
    return malformed (error, "a group of sources that is none");
  if (content->source_groups->len >= XMPP_SESSION_MAX_ENTRIES)
    return too_many (error, "too many groups of sources");
  group = xmpp_source_group_new (xmpp_node_get_attribute (node, "semantics"));
  g_ptr_array_add (content->source_groups, group);
  for (XmppNode *child = xmpp_node_get_first_child (node); child != NULL; child = xmpp_node_get_next (child))
    {
      gint64 ssrc;
      guint32 word;

      if (!xmpp_node_is (child, "source", XMPP_NS_JINGLE_SOURCE))
        continue;
      if (!xmpp_node_get_attribute_int64 (child, "ssrc", 0, G_MAXUINT32, &ssrc))
        return malformed (error, "a group of sources that is none");
      if (group->ssrcs->len >= XMPP_SESSION_MAX_ENTRIES - 1)
        return too_many (error, "too many sources in a group");
      word = (guint32) ssrc;
      g_array_append_val (group->ssrcs, word);
    }

  return TRUE;
}

static gboolean
read_description (const XmppNode      *node,
                  XmppSessionContent  *content,
                  GError             **error)
{
  content->media = (char *) xmpp_session_get_media (xmpp_node_get_attribute (node, "media"));
  if (content->media == NULL)
    return fail (error, XMPP_SESSION_ERROR_UNSUPPORTED, "a content that is neither sound nor picture");

  for (XmppNode *child = xmpp_node_get_first_child (node); child != NULL; child = xmpp_node_get_next (child))
    {
      if (xmpp_node_is (child, "payload-type", XMPP_NS_JINGLE_RTP) && !read_payload (child, content, error))
        return FALSE;
      if (xmpp_node_is (child, "rtcp-mux", XMPP_NS_JINGLE_RTP))
        content->rtcp_mux = TRUE;
      if (xmpp_node_is (child, "extmap-allow-mixed", XMPP_NS_JINGLE_EXTENSION))
        content->extmap_allow_mixed = TRUE;
      if (xmpp_node_is (child, "rtp-hdrext", XMPP_NS_JINGLE_EXTENSION) && !read_extension (child, content, error))
        return FALSE;
      if (xmpp_node_is (child, "source", XMPP_NS_JINGLE_SOURCE) && !read_source (child, content, error))
        return FALSE;
      if (xmpp_node_is (child, "ssrc-group", XMPP_NS_JINGLE_SOURCE) && !read_source_group (child, content, error))
        return FALSE;
    }

  return read_feedback (node, content->feedback, error);
}

/* --- transport --- */

/* XEP-0176 §5.5. TRUE with nothing added for a candidate of another kind. */
static gboolean
read_candidate (const XmppNode      *node,
                XmppSessionContent  *content,
                GError             **error)
{
  const char *address = xmpp_node_get_attribute (node, "ip");
  const char *protocol = xmpp_node_get_attribute (node, "protocol");
  const char *related = xmpp_node_get_attribute (node, "rel-addr");
  const char *type = xmpp_session_get_candidate_type (xmpp_node_get_attribute (node, "type"));
  XmppIceCandidate *candidate;
  gint64 component;
  gint64 generation;
  gint64 network;
  gint64 port;
  gint64 priority;
  gint64 related_port;

  if (!xmpp_node_get_attribute_int64 (node, "component", 1, 256, &component) ||
      !xmpp_session_is_ice (xmpp_node_get_attribute (node, "foundation"), 1, 32) ||
      !xmpp_node_get_attribute_int64 (node, "port", 0, G_MAXUINT16, &port) ||
      !xmpp_node_get_attribute_int64 (node, "priority", 0, G_MAXUINT32, &priority) ||
      !get_number (node, "generation", 0, G_MAXUINT8, 0, &generation) ||
      !get_number (node, "network", 0, G_MAXUINT8, 0, &network) ||
      !get_number (node, "rel-port", 0, G_MAXUINT16, 0, &related_port) || address == NULL)
    return malformed (error, "a candidate that is none");
  if (component != 1 || port == 0 || type == NULL || protocol == NULL || g_ascii_strcasecmp (protocol, "udp") != 0 ||
      !xmpp_session_is_address (address))
    return TRUE;
  if (content->candidates->len >= XMPP_SESSION_MAX_CANDIDATES)
    return too_many (error, "too many candidates");

  candidate = xmpp_ice_candidate_new ();
  candidate->foundation = g_strdup (xmpp_node_get_attribute (node, "foundation"));
  candidate->address = g_strdup (address);
  candidate->port = (guint16) port;
  candidate->priority = (guint32) priority;
  candidate->type = (char *) type;
  candidate->generation = (guint8) generation;
  candidate->network = (guint8) network;
  if (xmpp_session_is_address (related))
    {
      candidate->related_address = g_strdup (related);
      candidate->related_port = (guint16) related_port;
    }
  g_ptr_array_add (content->candidates, candidate);

  return TRUE;
}

/* XEP-0320 §3 */
static gboolean
read_fingerprint (const XmppNode      *node,
                  XmppSessionContent  *content,
                  GError             **error)
{
  const char *hash = xmpp_session_get_hash (xmpp_node_get_attribute (node, "hash"));
  const char *setup = xmpp_node_get_attribute (node, "setup");
  g_autofree char *text = g_strstrip (g_strdup (xmpp_node_get_text (node)));
  char *fingerprint;

  if (hash == NULL)
    return fail (error, XMPP_SESSION_ERROR_UNSUPPORTED, "a fingerprint of a kind that is not accepted");
  fingerprint = xmpp_session_dup_fingerprint (hash, text);
  if (fingerprint == NULL)
    return malformed (error, "a fingerprint that is none");
  g_free (content->fingerprint);
  content->fingerprint = fingerprint;
  content->fingerprint_hash = (char *) hash;

  if (setup == NULL)
    return TRUE;
  for (guint i = 1; i < G_N_ELEMENTS (setup_names); i++)
    if (strcmp (setup, setup_names[i]) == 0)
      {
        content->setup = (XmppDtlsSetup) i;
        return TRUE;
      }

  return malformed (error, "an odd setup");
}

static gboolean
read_transport (const XmppNode      *node,
                XmppSessionContent  *content,
                GError             **error)
{
  const char *ufrag = xmpp_node_get_attribute (node, "ufrag");
  const char *pwd = xmpp_node_get_attribute (node, "pwd");

  if ((ufrag != NULL && !xmpp_session_is_ice (ufrag, 4, 256)) || (pwd != NULL && !xmpp_session_is_ice (pwd, 22, 256)))
    return malformed (error, "an ICE credential that is none");
  content->ufrag = g_strdup (ufrag);
  content->pwd = g_strdup (pwd);
  for (XmppNode *child = xmpp_node_get_first_child (node); child != NULL; child = xmpp_node_get_next (child))
    {
      if (xmpp_node_is (child, "candidate", XMPP_NS_JINGLE_ICE_UDP) && !read_candidate (child, content, error))
        return FALSE;
      if (xmpp_node_is (child, "fingerprint", XMPP_NS_JINGLE_DTLS) && !read_fingerprint (child, content, error))
        return FALSE;
    }

  return TRUE;
}

/* --- contents --- */

static gboolean
read_content_head (const XmppNode      *node,
                   XmppSessionContent  *content,
                   GError             **error)
{
  const char *creator = xmpp_node_get_attribute (node, "creator");

  if (!xmpp_session_is_token (xmpp_node_get_attribute (node, "name")) || !read_senders (node, &content->senders) ||
      (creator != NULL && strcmp (creator, "initiator") != 0 && strcmp (creator, "responder") != 0))
    return malformed (error, "a content that is none");
  content->name = g_strdup (xmpp_node_get_attribute (node, "name"));
  content->by_initiator = g_strcmp0 (creator, "responder") != 0;

  return TRUE;
}

static gboolean
read_content (const XmppNode      *node,
              XmppSessionContent  *content,
              GError             **error)
{
  XmppNode *description = xmpp_node_get_child (node, "description", XMPP_NS_JINGLE_RTP);
  XmppNode *transport = xmpp_node_get_child (node, "transport", XMPP_NS_JINGLE_ICE_UDP);

  if (!read_content_head (node, content, error))
    return FALSE;
  if (description == NULL || transport == NULL)
    return fail (error, XMPP_SESSION_ERROR_UNSUPPORTED, "a content of another application or transport");

  return read_description (description, content, error) && read_transport (transport, content, error);
}

/* XEP-0338 §3 */
static gboolean
read_group (const XmppNode          *node,
            XmppSessionDescription  *description,
            GError                 **error)
{
  if (g_strcmp0 (xmpp_node_get_attribute (node, "semantics"), "BUNDLE") != 0)
    return TRUE;
  g_clear_pointer (&description->bundle, g_ptr_array_unref);
  for (XmppNode *child = xmpp_node_get_first_child (node); child != NULL; child = xmpp_node_get_next (child))
    {
      const char *name = xmpp_node_get_attribute (child, "name");

      if (!xmpp_node_is (child, "content", XMPP_NS_JINGLE_GROUP))
        continue;
      if (!xmpp_session_is_token (name))
        return malformed (error, "a group that is none");
      if (description->bundle == NULL)
        description->bundle = g_ptr_array_new_with_free_func (g_free);
      if (description->bundle->len >= XMPP_SESSION_MAX_CONTENTS)
        return too_many (error, "too many contents in a group");
      g_ptr_array_add (description->bundle, g_strdup (name));
    }

  return TRUE;
}

XmppSessionDescription *
xmpp_jingle_rtp_parse (const XmppNode  *jingle,
                       GError         **error)
{
  g_autoptr(XmppSessionDescription) description = xmpp_session_description_new ();

  g_return_val_if_fail (jingle != NULL, NULL);

  for (XmppNode *child = xmpp_node_get_first_child (jingle); child != NULL; child = xmpp_node_get_next (child))
    {
      XmppSessionContent *content;

      if (xmpp_node_is (child, "group", XMPP_NS_JINGLE_GROUP) && !read_group (child, description, error))
        return NULL;
      if (!xmpp_node_is (child, "content", XMPP_NS_JINGLE))
        continue;
      if (description->contents->len >= XMPP_SESSION_MAX_CONTENTS)
        {
          too_many (error, "too many contents");
          return NULL;
        }
      content = xmpp_session_content_new ();
      content->mline = description->contents->len;
      g_ptr_array_add (description->contents, content);
      if (!read_content (child, content, error))
        return NULL;
    }
  if (!xmpp_session_description_check (description, error))
    return NULL;

  return g_steal_pointer (&description);
}

XmppSessionContent *
xmpp_jingle_rtp_parse_transport (const XmppNode  *content_node,
                                 GError         **error)
{
  g_autoptr(XmppSessionContent) content = xmpp_session_content_new ();
  XmppNode *transport;

  g_return_val_if_fail (content_node != NULL, NULL);

  transport = xmpp_node_get_child (content_node, "transport", XMPP_NS_JINGLE_ICE_UDP);
  if (!read_content_head (content_node, content, error))
    return NULL;
  if (transport == NULL)
    {
      fail (error, XMPP_SESSION_ERROR_UNSUPPORTED, "a content of another transport");
      return NULL;
    }

  return read_transport (transport, content, error) ? g_steal_pointer (&content) : NULL;
}

/* --- building --- */

static void
build_feedback (const GPtrArray *list,
                XmppNode        *parent)
{
  for (guint i = 0; i < list->len; i++)
    {
      const XmppFeedback *feedback = g_ptr_array_index (list, i);
      XmppNode *node = xmpp_node_add_child (parent, "rtcp-fb", XMPP_NS_JINGLE_FEEDBACK);

      xmpp_node_set_attribute (node, "type", feedback->type);
      if (*feedback->subtype != '\0')
        xmpp_node_set_attribute (node, "subtype", feedback->subtype);
    }
}

static void
build_parameters (const GPtrArray *list,
                  XmppNode        *parent,
                  const char      *xmlns)
{
  for (guint i = 0; i < list->len; i++)
    {
      const XmppSessionParameter *parameter = g_ptr_array_index (list, i);
      XmppNode *node = xmpp_node_add_child (parent, "parameter", xmlns);

      if (*parameter->name != '\0')
        xmpp_node_set_attribute (node, "name", parameter->name);
      if (*parameter->value != '\0')
        xmpp_node_set_attribute (node, "value", parameter->value);
    }
}

static void
build_sources (const XmppSessionContent *content,
               XmppNode                 *description)
{
  for (guint i = 0; i < content->sources->len; i++)
    {
      const XmppSource *source = g_ptr_array_index (content->sources, i);
      XmppNode *node = xmpp_node_add_child (description, "source", XMPP_NS_JINGLE_SOURCE);

      xmpp_node_set_attribute_int64 (node, "ssrc", source->ssrc);
      build_parameters (source->parameters, node, XMPP_NS_JINGLE_SOURCE);
    }
  for (guint i = 0; i < content->source_groups->len; i++)
    {
      const XmppSourceGroup *group = g_ptr_array_index (content->source_groups, i);
      XmppNode *node = xmpp_node_add_child (description, "ssrc-group", XMPP_NS_JINGLE_SOURCE);

      xmpp_node_set_attribute (node, "semantics", group->semantics);
      for (guint k = 0; k < group->ssrcs->len; k++)
        xmpp_node_set_attribute_int64 (xmpp_node_add_child (node, "source", XMPP_NS_JINGLE_SOURCE), "ssrc",
                                       g_array_index (group->ssrcs, guint32, k));
    }
}

static void
build_description (const XmppSessionContent *content,
                   XmppNode                 *parent)
{
  XmppNode *description = xmpp_node_add_child (parent, "description", XMPP_NS_JINGLE_RTP);

  xmpp_node_set_attribute (description, "media", content->media);
  for (guint i = 0; i < content->payload_types->len; i++)
    {
      const XmppPayloadType *payload = g_ptr_array_index (content->payload_types, i);
      XmppNode *node = xmpp_node_add_child (description, "payload-type", XMPP_NS_JINGLE_RTP);

      xmpp_node_set_attribute_int64 (node, "id", payload->id);
      xmpp_node_set_attribute (node, "name", payload->name);
      xmpp_node_set_attribute_int64 (node, "clockrate", payload->clockrate);
      if (payload->channels > 1)
        xmpp_node_set_attribute_int64 (node, "channels", payload->channels);
      build_parameters (payload->parameters, node, XMPP_NS_JINGLE_RTP);
      build_feedback (payload->feedback, node);
    }
  build_feedback (content->feedback, description);
  for (guint i = 0; i < content->extensions->len; i++)
    {
      const XmppHeaderExtension *extension = g_ptr_array_index (content->extensions, i);
      XmppNode *node = xmpp_node_add_child (description, "rtp-hdrext", XMPP_NS_JINGLE_EXTENSION);

      xmpp_node_set_attribute_int64 (node, "id", extension->id);
      xmpp_node_set_attribute (node, "uri", extension->uri);
      if (extension->senders != XMPP_SENDERS_BOTH)
        xmpp_node_set_attribute (node, "senders", senders_names[extension->senders]);
    }
  if (content->extmap_allow_mixed)
    xmpp_node_add_child (description, "extmap-allow-mixed", XMPP_NS_JINGLE_EXTENSION);
  build_sources (content, description);
  if (content->rtcp_mux)
    xmpp_node_add_child (description, "rtcp-mux", XMPP_NS_JINGLE_RTP);
}

static void
build_candidate (const XmppIceCandidate *candidate,
                 guint                   index,
                 XmppNode               *transport)
{
  XmppNode *node = xmpp_node_add_child (transport, "candidate", XMPP_NS_JINGLE_ICE_UDP);
  g_autofree char *id = g_strdup_printf ("c%s-%u-%u", candidate->foundation, candidate->port, index);

  xmpp_node_set_attribute_int64 (node, "component", 1);
  xmpp_node_set_attribute (node, "foundation", candidate->foundation);
  xmpp_node_set_attribute_int64 (node, "generation", candidate->generation);
  xmpp_node_set_attribute (node, "id", id);
  xmpp_node_set_attribute (node, "ip", candidate->address);
  xmpp_node_set_attribute_int64 (node, "network", candidate->network);
  xmpp_node_set_attribute_int64 (node, "port", candidate->port);
  xmpp_node_set_attribute_int64 (node, "priority", candidate->priority);
  xmpp_node_set_attribute (node, "protocol", "udp");
  xmpp_node_set_attribute (node, "type", candidate->type);
  if (candidate->related_address != NULL)
    {
      xmpp_node_set_attribute (node, "rel-addr", candidate->related_address);
      xmpp_node_set_attribute_int64 (node, "rel-port", candidate->related_port);
    }
}

static XmppNode *
build_content_head (const XmppSessionContent *content,
                    XmppNode                 *jingle)
{
  XmppNode *node = xmpp_node_add_child (jingle, "content", XMPP_NS_JINGLE);

  xmpp_node_set_attribute (node, "creator", content->by_initiator ? "initiator" : "responder");
  xmpp_node_set_attribute (node, "name", content->name);

  return node;
}

static XmppNode *
build_transport_head (const XmppSessionContent *content,
                      XmppNode                 *parent)
{
  XmppNode *transport = xmpp_node_add_child (parent, "transport", XMPP_NS_JINGLE_ICE_UDP);

  xmpp_node_set_attribute (transport, "ufrag", content->ufrag);
  xmpp_node_set_attribute (transport, "pwd", content->pwd);

  return transport;
}

void
xmpp_jingle_rtp_build (const XmppSessionDescription *description,
                       XmppNode                     *jingle)
{
  g_return_if_fail (description != NULL);
  g_return_if_fail (jingle != NULL);

  for (guint i = 0; i < description->contents->len; i++)
    {
      const XmppSessionContent *content = g_ptr_array_index (description->contents, i);
      XmppNode *node = build_content_head (content, jingle);
      XmppNode *transport;

      if (content->senders != XMPP_SENDERS_BOTH)
        xmpp_node_set_attribute (node, "senders", senders_names[content->senders]);
      build_description (content, node);
      transport = build_transport_head (content, node);
      if (content->fingerprint != NULL)
        {
          XmppNode *fingerprint = xmpp_node_add_text_child (transport, "fingerprint", XMPP_NS_JINGLE_DTLS, content->fingerprint);

          xmpp_node_set_attribute (fingerprint, "hash", content->fingerprint_hash);
          if (content->setup != XMPP_DTLS_NONE)
            xmpp_node_set_attribute (fingerprint, "setup", setup_names[content->setup]);
        }
      for (guint k = 0; k < content->candidates->len; k++)
        build_candidate (g_ptr_array_index (content->candidates, k), k, transport);
    }

  if (description->bundle != NULL)
    {
      XmppNode *group = xmpp_node_add_child (jingle, "group", XMPP_NS_JINGLE_GROUP);

      xmpp_node_set_attribute (group, "semantics", "BUNDLE");
      for (guint i = 0; i < description->bundle->len; i++)
        xmpp_node_set_attribute (xmpp_node_add_child (group, "content", XMPP_NS_JINGLE_GROUP), "name",
                                 g_ptr_array_index (description->bundle, i));
    }
}

void
xmpp_jingle_rtp_build_transport (const XmppSessionContent *content,
                                 const XmppIceCandidate   *candidate,
                                 XmppNode                 *jingle)
{
  g_return_if_fail (content != NULL);
  g_return_if_fail (candidate != NULL);
  g_return_if_fail (jingle != NULL);

  build_candidate (candidate, 0, build_transport_head (content, build_content_head (content, jingle)));
}
