/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "xmpp/session-description.h"

#include <gio/gio.h>
#include <string.h>

G_DEFINE_QUARK (xmpp-session-error-quark, xmpp_session_error)

static void
parameter_free (gpointer data)
{
  XmppSessionParameter *parameter = data;

  g_free (parameter->name);
  g_free (parameter->value);
  g_free (parameter);
}

static void
feedback_free (gpointer data)
{
  XmppFeedback *feedback = data;

  g_free (feedback->type);
  g_free (feedback->subtype);
  g_free (feedback);
}

static void
extension_free (gpointer data)
{
  XmppHeaderExtension *extension = data;

  g_free (extension->uri);
  g_free (extension);
}

static void
source_free (gpointer data)
{
  XmppSource *source = data;

  g_ptr_array_unref (source->parameters);
  g_free (source);
}

static void
source_group_free (gpointer data)
{
  XmppSourceGroup *group = data;

  g_free (group->semantics);
  g_array_unref (group->ssrcs);
  g_free (group);
}

XmppPayloadType *
xmpp_payload_type_new (guint8      id,
                       const char *name,
                       guint       clockrate,
                       guint       channels)
{
  XmppPayloadType *self = g_new0 (XmppPayloadType, 1);

  self->id = id;
  self->name = g_strdup (name);
  self->clockrate = clockrate;
  self->channels = (guint8) MAX (channels, 1);
  self->parameters = g_ptr_array_new_with_free_func (parameter_free);
  self->feedback = g_ptr_array_new_with_free_func (feedback_free);

  return self;
}

void
xmpp_payload_type_free (XmppPayloadType *self)
{
  if (self == NULL)
    return;
  g_free (self->name);
  g_ptr_array_unref (self->parameters);
  g_ptr_array_unref (self->feedback);
  g_free (self);
}

XmppIceCandidate *
xmpp_ice_candidate_new (void)
{
  return g_new0 (XmppIceCandidate, 1);
}

void
xmpp_ice_candidate_free (XmppIceCandidate *self)
{
  if (self == NULL)
    return;
  g_free (self->foundation);
  g_free (self->address);
  g_free (self->related_address);
  g_free (self);
}

XmppSource *
xmpp_source_new (guint32 ssrc)
{
  XmppSource *self = g_new0 (XmppSource, 1);

  self->ssrc = ssrc;
  self->parameters = g_ptr_array_new_with_free_func (parameter_free);

  return self;
}

XmppSourceGroup *
xmpp_source_group_new (const char *semantics)
{
  XmppSourceGroup *self = g_new0 (XmppSourceGroup, 1);

  self->semantics = g_strdup (semantics);
  self->ssrcs = g_array_new (FALSE, FALSE, sizeof (guint32));

  return self;
}

XmppSessionContent *
xmpp_session_content_new (void)
{
  XmppSessionContent *self = g_new0 (XmppSessionContent, 1);

  self->by_initiator = TRUE;
  self->payload_types = g_ptr_array_new_with_free_func ((GDestroyNotify) xmpp_payload_type_free);
  self->feedback = g_ptr_array_new_with_free_func (feedback_free);
  self->extensions = g_ptr_array_new_with_free_func (extension_free);
  self->sources = g_ptr_array_new_with_free_func (source_free);
  self->source_groups = g_ptr_array_new_with_free_func (source_group_free);
  self->candidates = g_ptr_array_new_with_free_func ((GDestroyNotify) xmpp_ice_candidate_free);

  return self;
}

void
xmpp_session_content_free (XmppSessionContent *self)
{
  if (self == NULL)
    return;
  g_free (self->name);
  g_ptr_array_unref (self->payload_types);
  g_ptr_array_unref (self->feedback);
  g_ptr_array_unref (self->extensions);
  g_ptr_array_unref (self->sources);
  g_ptr_array_unref (self->source_groups);
  g_ptr_array_unref (self->candidates);
  g_free (self->ufrag);
  g_free (self->pwd);
  g_free (self->fingerprint);
  g_free (self);
}

XmppSessionDescription *
xmpp_session_description_new (void)
{
  XmppSessionDescription *self = g_new0 (XmppSessionDescription, 1);

  self->contents = g_ptr_array_new_with_free_func ((GDestroyNotify) xmpp_session_content_free);

  return self;
}

void
xmpp_session_description_free (XmppSessionDescription *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->contents);
  g_clear_pointer (&self->bundle, g_ptr_array_unref);
  g_free (self);
}

XmppSessionContent *
xmpp_session_description_find (XmppSessionDescription *self,
                               const char             *name)
{
  g_return_val_if_fail (self != NULL, NULL);

  for (guint i = 0; i < self->contents->len; i++)
    {
      XmppSessionContent *content = g_ptr_array_index (self->contents, i);

      if (g_strcmp0 (content->name, name) == 0)
        return content;
    }

  return NULL;
}

gboolean
xmpp_session_description_check (XmppSessionDescription  *self,
                                GError                 **error)
{
  g_autoptr(GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);

  g_return_val_if_fail (self != NULL, FALSE);

  if (self->contents->len == 0)
    {
      g_set_error_literal (error, XMPP_SESSION_ERROR, XMPP_SESSION_ERROR_MALFORMED, "the description has no content");
      return FALSE;
    }
  for (guint i = 0; i < self->contents->len; i++)
    {
      XmppSessionContent *content = g_ptr_array_index (self->contents, i);
      gboolean ids[128] = { FALSE };

      if (!g_hash_table_add (names, content->name))
        {
          g_set_error_literal (error, XMPP_SESSION_ERROR, XMPP_SESSION_ERROR_MALFORMED, "two contents have one name");
          return FALSE;
        }
      for (guint k = 0; k < content->payload_types->len; k++)
        {
          XmppPayloadType *payload = g_ptr_array_index (content->payload_types, k);

          if (ids[payload->id])
            {
              g_set_error (error, XMPP_SESSION_ERROR, XMPP_SESSION_ERROR_MALFORMED, "payload type %u is there twice", payload->id);
              return FALSE;
            }
          ids[payload->id] = TRUE;
        }
      if (content->payload_types->len == 0)
        {
          g_set_error_literal (error, XMPP_SESSION_ERROR, XMPP_SESSION_ERROR_UNSUPPORTED, "a content that offers nothing");
          return FALSE;
        }
      if (!content->rtcp_mux)
        {
          g_set_error_literal (error, XMPP_SESSION_ERROR, XMPP_SESSION_ERROR_UNSUPPORTED, "a content without rtcp-mux");
          return FALSE;
        }
      if (content->fingerprint == NULL)   /* SDES and plain RTP are never accepted */
        {
          g_set_error_literal (error, XMPP_SESSION_ERROR, XMPP_SESSION_ERROR_UNSUPPORTED, "a content without a DTLS fingerprint");
          return FALSE;
        }
    }
  for (guint i = 0; self->bundle != NULL && i < self->bundle->len; i++)
    if (!g_hash_table_contains (names, g_ptr_array_index (self->bundle, i)))
      {
        g_set_error_literal (error, XMPP_SESSION_ERROR, XMPP_SESSION_ERROR_MALFORMED, "the group names a content that is not there");
        return FALSE;
      }

  return TRUE;
}

gboolean
xmpp_session_add_parameter (GPtrArray  *parameters,
                            const char *name,
                            const char *value)
{
  XmppSessionParameter *parameter;

  if (parameters->len >= XMPP_SESSION_MAX_ENTRIES)
    return FALSE;
  parameter = g_new (XmppSessionParameter, 1);
  parameter->name = g_strdup (name);
  parameter->value = g_strdup (value);
  g_ptr_array_add (parameters, parameter);

  return TRUE;
}

gboolean
xmpp_session_add_feedback (GPtrArray  *feedback,
                           const char *type,
                           const char *subtype)
{
  XmppFeedback *entry;

  if (feedback->len >= XMPP_SESSION_MAX_ENTRIES)
    return FALSE;
  entry = g_new (XmppFeedback, 1);
  entry->type = g_strdup (type);
  entry->subtype = g_strdup (subtype);
  g_ptr_array_add (feedback, entry);

  return TRUE;
}

gboolean
xmpp_session_add_extension (GPtrArray   *extensions,
                            guint8       id,
                            const char  *uri,
                            XmppSenders  senders)
{
  XmppHeaderExtension *extension;

  if (extensions->len >= XMPP_SESSION_MAX_ENTRIES)
    return FALSE;
  extension = g_new (XmppHeaderExtension, 1);
  extension->id = id;
  extension->uri = g_strdup (uri);
  extension->senders = senders;
  g_ptr_array_add (extensions, extension);

  return TRUE;
}

gboolean
xmpp_session_is_token (const char *text)
{
  gsize length;

  if (text == NULL)
    return FALSE;
  length = strlen (text);
  if (length < 1 || length > 64)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (text[i]) && strchr ("!#$%&'*+-.^_`{|}~", text[i]) == NULL)
      return FALSE;

  return TRUE;
}

gboolean
xmpp_session_is_value (const char *text)
{
  gsize length;

  if (text == NULL)
    return FALSE;
  length = strlen (text);
  if (length > XMPP_SESSION_MAX_TEXT || !g_utf8_validate (text, (gssize) length, NULL))
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (g_ascii_iscntrl (text[i]))
      return FALSE;

  return TRUE;
}

gboolean
xmpp_session_is_address (const char *text)
{
  /* A scope (fe80::1%eth0) names an interface of this machine: nobody else may choose one. */
  return text != NULL && strlen (text) <= 45 && strchr (text, '%') == NULL && g_hostname_is_ip_address (text);
}

gboolean
xmpp_session_is_ice (const char *text,
                     gsize       min,
                     gsize       max)
{
  gsize length;

  if (text == NULL)
    return FALSE;
  length = strlen (text);
  if (length < min || length > max)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (text[i]) && text[i] != '+' && text[i] != '/')
      return FALSE;

  return TRUE;
}

const char *
xmpp_session_get_hash (const char *hash)
{
  static const char *const hashes[] = { "sha-256", "sha-384", "sha-512" };

  for (guint i = 0; hash != NULL && i < G_N_ELEMENTS (hashes); i++)
    if (g_ascii_strcasecmp (hash, hashes[i]) == 0)
      return hashes[i];

  return NULL;
}

char *
xmpp_session_dup_fingerprint (const char *hash,
                              const char *text)
{
  gsize n_bytes;

  g_return_val_if_fail (hash != NULL && strlen (hash) == 7, NULL);

  n_bytes = (gsize) g_ascii_strtoull (hash + 4, NULL, 10) / 8;
  if (text == NULL || strlen (text) != n_bytes * 3 - 1)
    return NULL;
  for (gsize i = 0; text[i] != '\0'; i++)
    if (i % 3 == 2 ? text[i] != ':' : !g_ascii_isxdigit (text[i]))
      return NULL;

  return g_ascii_strup (text, -1);
}

const char *
xmpp_session_get_media (const char *media)
{
  if (g_strcmp0 (media, "audio") == 0)
    return "audio";
  if (g_strcmp0 (media, "video") == 0)
    return "video";

  return NULL;
}

const char *
xmpp_session_get_candidate_type (const char *type)
{
  static const char *const types[] = { "host", "srflx", "prflx", "relay" };

  for (guint i = 0; type != NULL && i < G_N_ELEMENTS (types); i++)
    if (strcmp (type, types[i]) == 0)
      return types[i];

  return NULL;
}

gboolean
xmpp_session_get_number (const char *text,
                         guint64     max,
                         guint64    *out)
{
  guint64 value;

  /* g_ascii_string_to_unsigned() refuses signs, spaces and overflow. */
  if (text == NULL || !g_ascii_string_to_unsigned (text, 10, 0, max, &value, NULL))
    return FALSE;
  *out = value;

  return TRUE;
}
