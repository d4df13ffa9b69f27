/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The state machine of RFC 6120 §4–7:
 *
 *   HEADER → FEATURES ─ not secured → STARTTLS → (handshake) → HEADER
 *                     ─ not signed in → [REGISTER] → SASL → HEADER
 *                     ─ signed in → RESUME → done
 *                                     └ failed → BIND → [ENABLE] → done
 *
 * In every state exactly the elements named in its function are taken; anything else is a protocol error.
 */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "login.h"

#include "client-private.h"
#include "connector.h"
#include "jid.h"
#include "namespaces.h"
#include "parser.h"
#include "stream-transport.h"

#include <string.h>

/* The whole of it; PBKDF2 with a million rounds on a slow machine included. */
#define TIME_LIMIT (45 * G_USEC_PER_SEC)

/* A server that goes on challenging is not signing us in. */
#define MAX_CHALLENGES 5

/* Stanzas between bind and <enabled/>: a presence or a push at most. */
#define MAX_EARLY 64

typedef enum
{
  STATE_HEADER,
  STATE_FEATURES,
  STATE_STARTTLS,
  STATE_HANDSHAKE,
  STATE_REGISTER,
  STATE_SASL,
  STATE_RESUME,
  STATE_BIND,
  STATE_ENABLE,
  STATE_DONE,
} State;

struct _XmppLogin
{
  XmppTransport    *transport;
  XmppLoginWish     wish;
  XmppClock        *clock;
  XmppLoginDone     done;
  gpointer          user_data;

  State             state;
  gboolean          signed_in;
  XmppTimer        *timer;
  GCancellable     *cancellable;
  XmppSasl         *sasl;
  guint             challenges;
  gboolean          unbound;       /* the server did not take the channel binding that it should know */
  gboolean          stepping;      /* an answer to a challenge is being worked out */
  char             *bind_id;
  XmppLoginResult   result;
};

void
xmpp_login_result_clear (XmppLoginResult *result)
{
  g_clear_pointer (&result->full_address, g_free);
  g_clear_pointer (&result->features, xmpp_node_unref);
  g_clear_pointer (&result->mechanism, g_free);
  g_clear_pointer (&result->resumed_h, g_free);
  g_clear_pointer (&result->sm_id, g_free);
  g_clear_pointer (&result->sm_location, g_free);
  g_clear_pointer (&result->redirect, g_free);
  g_queue_clear_full (&result->early, (GDestroyNotify) xmpp_node_unref);
}

/* --- ends --- */

static void
conclude (XmppLogin    *self,
          const GError *error)
{
  if (self->state == STATE_DONE)
    return;

  self->state = STATE_DONE;
  xmpp_clock_stop (self->clock, &self->timer);
  g_cancellable_cancel (self->cancellable);
  xmpp_transport_set_events (self->transport, NULL, NULL);
  self->done (&self->result, error, self->user_data);
}

/* @condition NULL: hang up without telling. */
G_GNUC_PRINTF (4, 5)
static void
fail (XmppLogin       *self,
      XmppClientError  code,
      const char      *condition,
      const char      *format,
      ...)
{
  g_autoptr(GError) error = NULL;
  va_list arguments;

  va_start (arguments, format);
  error = g_error_new_valist (XMPP_CLIENT_ERROR, code, format, arguments);
  va_end (arguments);

  if (condition != NULL)
    xmpp_transport_fail (self->transport, condition, NULL);
  else
    xmpp_transport_close (self->transport);
  conclude (self, error);
}

static void
fail_with (XmppLogin    *self,
           const GError *error)
{
  xmpp_transport_close (self->transport);
  conclude (self, error);
}

static void
fail_unexpected (XmppLogin *self,
                 XmppNode  *node)
{
  fail (self, XMPP_CLIENT_ERROR_PROTOCOL, "unsupported-stanza-type", "the server sent <%.50s/> before the sign-in was done",
        xmpp_node_get_name (node));
}

static void
on_time_limit (gpointer user_data)
{
  XmppLogin *self = user_data;
  g_autoptr(GError) error = g_error_new_literal (XMPP_CLIENT_ERROR, XMPP_CLIENT_ERROR_TIMED_OUT,
                                                 "the server takes too long to let us in");

  self->timer = NULL;
  xmpp_transport_abort (self->transport);
  conclude (self, error);
}

static void
open_stream (XmppLogin *self)
{
  self->state = STATE_HEADER;
  xmpp_transport_open (self->transport, self->wish.domain,
                       xmpp_transport_is_secure (self->transport) ? self->wish.address : NULL);
}

/* --- TLS (RFC 6120 §5) --- */

static void
on_handshake (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(GCancellable) cancellable = user_data;
  g_autoptr(GError) error = NULL;
  gboolean ok = g_tls_connection_handshake_finish (G_TLS_CONNECTION (source), result, &error);
  XmppLogin *self;

  if (g_cancellable_is_cancelled (cancellable))
    return;
  self = g_object_get_data (G_OBJECT (cancellable), "login");

  if (!ok)
    {
      g_autoptr(GError) ours = xmpp_trust_explain (self->wish.trust, error);
      xmpp_transport_abort (self->transport);
      conclude (self, ours);
      return;
    }
  xmpp_stream_transport_attach (XMPP_STREAM_TRANSPORT (self->transport), G_IO_STREAM (source));
  xmpp_transport_set_secure (self->transport, TRUE);
  open_stream (self);
}

static void
begin_handshake (XmppLogin *self)
{
  XmppStreamTransport *transport = XMPP_STREAM_TRANSPORT (self->transport);
  g_autoptr(GSocketConnectable) identity = g_network_address_new (self->wish.domain, 0);
  g_autoptr(GIOStream) tls = NULL;
  g_autoptr(GError) error = NULL;

  self->state = STATE_HANDSHAKE;
  xmpp_stream_transport_detach (transport);
  tls = g_tls_client_connection_new (xmpp_stream_transport_get_stream (transport), identity, &error);
  if (tls == NULL)
    {
      fail (self, XMPP_CLIENT_ERROR_UNREACHABLE, NULL, "no TLS: %s", error->message);
      return;
    }
  if (self->wish.certificate != NULL)
    g_tls_connection_set_certificate (G_TLS_CONNECTION (tls), self->wish.certificate);
  xmpp_trust_guard (self->wish.trust, G_TLS_CONNECTION (tls));
  g_tls_connection_handshake_async (G_TLS_CONNECTION (tls), G_PRIORITY_DEFAULT, self->cancellable, on_handshake,
                                    g_object_ref (self->cancellable));
}

static void
take_starttls (XmppLogin *self,
               XmppNode  *node)
{
  if (xmpp_node_is (node, "proceed", XMPP_NS_TLS))
    begin_handshake (self);
  else if (xmpp_node_is (node, "failure", XMPP_NS_TLS))
    fail (self, XMPP_CLIENT_ERROR_TLS_REQUIRED, NULL, "the server refused to encrypt");
  else
    fail_unexpected (self, node);
}

/* --- SASL (RFC 6120 §6) --- */

static void
send_sasl (XmppLogin  *self,
           const char *name,
           GBytes     *data)
{
  g_autoptr(XmppNode) node = xmpp_node_new (name, XMPP_NS_SASL);

  if (strcmp (name, "auth") == 0)
    xmpp_node_set_attribute (node, "mechanism", xmpp_sasl_get_mechanism (self->sasl));
  if (data != NULL)
    {
      gsize length;
      const guchar *bytes = g_bytes_get_data (data, &length);
      g_autofree char *text = length > 0 ? g_base64_encode (bytes, length) : g_strdup ("=");

      /* "=" is an empty answer in <auth/>; elsewhere the element is empty (§6.4.2, §6.4.3). */
      if (length > 0 || strcmp (name, "auth") == 0)
        xmpp_node_add_text (node, text);
    }
  xmpp_transport_send (self->transport, node);
}

/* An empty element is no data; "=" is data of length 0. FALSE: not base64. */
static gboolean
read_sasl (XmppNode  *node,
           GBytes   **data)
{
  const char *text = xmpp_node_get_text (node);
  gsize length = strlen (text);
  guchar *decoded;

  *data = NULL;
  if (length == 0)
    return TRUE;
  if (strcmp (text, "=") == 0)
    {
      *data = g_bytes_new_static ("", 0);
      return TRUE;
    }
  if (length % 4 != 0 || strspn (text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=") != length)
    return FALSE;
  decoded = g_base64_decode (text, &length);
  *data = g_bytes_new_take (decoded, length);
  return TRUE;
}

static GStrv
collect_mechanisms (XmppNode *features)
{
  XmppNode *list = xmpp_node_get_child (features, "mechanisms", XMPP_NS_SASL);
  GPtrArray *names = g_ptr_array_new ();

  for (XmppNode *n = list != NULL ? xmpp_node_get_first_child (list) : NULL; n != NULL; n = xmpp_node_get_next (n))
    if (xmpp_node_is (n, "mechanism", XMPP_NS_SASL) && names->len < 64)
      g_ptr_array_add (names, g_strdup (xmpp_node_get_text (n)));
  g_ptr_array_add (names, NULL);
  return (GStrv) g_ptr_array_free (names, FALSE);
}

/* XEP-0440; NULL when the server says nothing. */
static GStrv
collect_bindings (XmppNode *features)
{
  XmppNode *list = xmpp_node_get_child (features, "sasl-channel-binding", XMPP_NS_SASL_BINDING);
  GPtrArray *names;

  if (list == NULL)
    return NULL;
  names = g_ptr_array_new ();
  for (XmppNode *n = xmpp_node_get_first_child (list); n != NULL; n = xmpp_node_get_next (n))
    if (xmpp_node_is (n, "channel-binding", XMPP_NS_SASL_BINDING) && xmpp_node_get_attribute (n, "type") != NULL &&
        names->len < 64)
      g_ptr_array_add (names, g_strdup (xmpp_node_get_attribute (n, "type")));
  g_ptr_array_add (names, NULL);
  return (GStrv) g_ptr_array_free (names, FALSE);
}

static void
begin_sasl (XmppLogin *self,
            XmppNode  *features)
{
  g_auto(GStrv) mechanisms = collect_mechanisms (features);
  g_auto(GStrv) bindings = collect_bindings (features);
  g_autoptr(GError) error = NULL;
  XmppSaslAccount account = { 0 };

  account.address = self->wish.address;
  account.username = self->wish.username;
  account.password = self->wish.password;
  account.floor = self->wish.auth_floor;
  account.certificate = self->wish.certificate != NULL;
  account.tls = xmpp_transport_get_tls (self->transport);
  account.unbound = self->unbound;
  account.key = self->wish.key;
  g_clear_object (&self->sasl);
  self->sasl = xmpp_sasl_new (&account, (const char * const *) mechanisms, (const char * const *) bindings, &error);
  if (self->sasl == NULL)
    {
      fail_with (self, error);
      return;
    }
  self->state = STATE_SASL;
  send_sasl (self, "auth", xmpp_sasl_get_initial (self->sasl));
}

static void
on_stepped (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(GCancellable) cancellable = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) response = xmpp_sasl_step_finish (XMPP_SASL (source), result, &error);
  XmppLogin *self;

  if (g_cancellable_is_cancelled (cancellable))
    return;
  self = g_object_get_data (G_OBJECT (cancellable), "login");

  self->stepping = FALSE;
  if (response == NULL)
    {
      g_autoptr(XmppNode) abort = xmpp_node_new ("abort", XMPP_NS_SASL);
      xmpp_transport_send (self->transport, abort);
      fail_with (self, error);
      return;
    }
  send_sasl (self, "response", response);
}

static void
take_sasl_failure (XmppLogin *self,
                   XmppNode  *node)
{
  const char *text = xmpp_node_get_child_text (node, "text", NULL);
  const char *condition = "not-authorized";
  g_autofree char *words = NULL;
  XmppClientError code = XMPP_CLIENT_ERROR_AUTH_FAILED;

  /* ejabberd 23.01 offers -PLUS on TLS 1.3 and knows only tls-unique, which does not exist there. Another try without a
   * binding gives nothing away: no proof was sent yet, and an account that was bound before refuses to be unbound. */
  if (xmpp_sasl_was_guess (self->sasl) && !self->unbound)
    {
      self->unbound = TRUE;
      begin_sasl (self, self->result.features);
      return;
    }

  for (XmppNode *n = xmpp_node_get_first_child (node); n != NULL; n = xmpp_node_get_next (n))
    if (!xmpp_node_is (n, "text", NULL))
      {
        condition = xmpp_node_get_name (n);
        break;
      }

  /* RFC 6120 §6.5: only these say that the same words could be right another time. */
  if (strcmp (condition, "temporary-auth-failure") == 0 || strcmp (condition, "aborted") == 0)
    code = XMPP_CLIENT_ERROR_STREAM;
  else if (strcmp (condition, "mechanism-too-weak") == 0 || strcmp (condition, "invalid-mechanism") == 0)
    code = XMPP_CLIENT_ERROR_AUTH_UNSUPPORTED;
  words = g_strndup (text != NULL ? text : "", 500);
  {
    g_autofree char *valid = g_utf8_make_valid (words, -1);
    fail (self, code, NULL, "sign-in refused: %.60s%s%s", condition, *valid != '\0' ? ": " : "", valid);
  }
}

static void
take_sasl (XmppLogin *self,
           XmppNode  *node)
{
  g_autoptr(GBytes) data = NULL;
  g_autoptr(GError) error = NULL;

  if (self->stepping)
    {
      fail_unexpected (self, node);
      return;
    }
  if (xmpp_node_is (node, "failure", XMPP_NS_SASL))
    {
      take_sasl_failure (self, node);
      return;
    }
  if ((!xmpp_node_is (node, "challenge", XMPP_NS_SASL) && !xmpp_node_is (node, "success", XMPP_NS_SASL)) ||
      !read_sasl (node, &data))
    {
      fail_unexpected (self, node);
      return;
    }

  if (xmpp_node_is (node, "challenge", NULL))
    {
      if (++self->challenges > MAX_CHALLENGES)
        {
          fail (self, XMPP_CLIENT_ERROR_PROTOCOL, "policy-violation", "the server challenges without end");
          return;
        }
      if (data == NULL)
        data = g_bytes_new_static ("", 0);
      self->stepping = TRUE;
      xmpp_sasl_step_async (self->sasl, data, self->cancellable, on_stepped, g_object_ref (self->cancellable));
      return;
    }

  if (!xmpp_sasl_succeed (self->sasl, data, &error))
    {
      fail_with (self, error);
      return;
    }
  self->signed_in = TRUE;
  self->result.mechanism = g_strdup (xmpp_sasl_get_mechanism (self->sasl));
  xmpp_transport_set_limit (self->transport, XMPP_PARSER_MAX_STANZA);
  open_stream (self);
}

/* --- making the account --- */

static void
go_on_registering (XmppLogin *self)
{
  g_autoptr(XmppNode) request = xmpp_registration_next (self->wish.registration);

  if (request == NULL)
    {
      self->result.registered = TRUE;
      begin_sasl (self, self->result.features);
      return;
    }
  self->state = STATE_REGISTER;
  xmpp_transport_send (self->transport, request);
}

static void
take_registration (XmppLogin *self,
                   XmppNode  *node)
{
  g_autoptr(GError) error = NULL;

  if (!xmpp_registration_take (self->wish.registration, node, &error))
    {
      fail_with (self, error);
      return;
    }
  go_on_registering (self);
}

/* --- session --- */

static void
begin_bind (XmppLogin *self)
{
  g_autoptr(XmppNode) iq = xmpp_client_new_iq ("set", NULL);
  XmppNode *bind;

  if (xmpp_node_get_child (self->result.features, "bind", XMPP_NS_BIND) == NULL)
    {
      fail (self, XMPP_CLIENT_ERROR_PROTOCOL, "undefined-condition", "the server offers no session");
      return;
    }
  g_free (self->bind_id);
  self->bind_id = xmpp_random_id (12);
  xmpp_node_set_attribute (iq, "id", self->bind_id);
  bind = xmpp_node_add_child (iq, "bind", XMPP_NS_BIND);
  if (self->wish.resource != NULL)
    xmpp_node_add_text_child (bind, "resource", NULL, self->wish.resource);
  self->state = STATE_BIND;
  xmpp_transport_send (self->transport, iq);
}

static void
begin_resume (XmppLogin *self)
{
  g_autoptr(XmppNode) resume = xmpp_node_new ("resume", XMPP_NS_SM);

  xmpp_node_set_attribute (resume, "previd", self->wish.resume_id);
  xmpp_node_set_attribute_int64 (resume, "h", self->wish.resume_h);
  self->state = STATE_RESUME;
  xmpp_transport_send (self->transport, resume);
}

static void
take_resume (XmppLogin *self,
             XmppNode  *node)
{
  if (xmpp_node_is (node, "resumed", XMPP_NS_SM))
    {
      if (g_strcmp0 (xmpp_node_get_attribute (node, "previd"), self->wish.resume_id) != 0)
        {
          fail (self, XMPP_CLIENT_ERROR_PROTOCOL, "undefined-condition", "the server resumed another session");
          return;
        }
      self->result.resumed = TRUE;
      self->result.sm = TRUE;
      self->result.resumed_h = g_strdup (xmpp_node_get_attribute (node, "h"));
      conclude (self, NULL);
    }
  else if (xmpp_node_is (node, "failed", XMPP_NS_SM))
    {
      self->result.resume_failed = TRUE;
      self->result.resumed_h = g_strdup (xmpp_node_get_attribute (node, "h"));
      begin_bind (self);
    }
  else
    {
      fail_unexpected (self, node);
    }
}

static void
take_bind (XmppLogin *self,
           XmppNode  *node)
{
  const char *type = xmpp_node_get_attribute (node, "type");
  XmppNode *bind;
  const char *jid;

  if (!xmpp_node_is (node, "iq", XMPP_NS_CLIENT) || g_strcmp0 (xmpp_node_get_attribute (node, "id"), self->bind_id) != 0)
    {
      fail_unexpected (self, node);
      return;
    }
  if (g_strcmp0 (type, "error") == 0)
    {
      g_autoptr(GError) error = xmpp_stanza_error_from_node (node);
      fail (self, XMPP_CLIENT_ERROR_STREAM, NULL, "the server gives no session: %s", error->message);
      return;
    }

  bind = xmpp_node_get_child (node, "bind", XMPP_NS_BIND);
  jid = bind != NULL ? xmpp_node_get_child_text (bind, "jid", NULL) : NULL;
  if (jid == NULL || xmpp_jid_is_bare (jid) || !xmpp_jid_is_valid (jid) ||
      !xmpp_jid_bare_equal (jid, self->wish.address))
    {
      fail (self, XMPP_CLIENT_ERROR_PROTOCOL, "undefined-condition", "the server gave us an address that is not ours");
      return;
    }
  self->result.full_address = g_strdup (jid);

  if (xmpp_node_get_child (self->result.features, "sm", XMPP_NS_SM) != NULL)
    {
      g_autoptr(XmppNode) enable = xmpp_node_new ("enable", XMPP_NS_SM);

      xmpp_node_set_attribute (enable, "resume", "true");
      self->state = STATE_ENABLE;
      xmpp_transport_send (self->transport, enable);
      return;
    }
  conclude (self, NULL);
}

static gboolean
is_true (const char *value)
{
  return g_strcmp0 (value, "true") == 0 || g_strcmp0 (value, "1") == 0;
}

static void
take_enable (XmppLogin *self,
             XmppNode  *node)
{
  const char *id = xmpp_node_get_attribute (node, "id");
  const char *location = xmpp_node_get_attribute (node, "location");

  if (xmpp_node_is (node, "enabled", XMPP_NS_SM))
    {
      self->result.sm = TRUE;
      if (is_true (xmpp_node_get_attribute (node, "resume")) && id != NULL && *id != '\0' && strlen (id) <= 4096)
        {
          self->result.sm_id = g_strdup (id);
          if (location != NULL && strlen (location) <= 300)
            self->result.sm_location = g_strdup (location);
        }
      conclude (self, NULL);
    }
  else if (xmpp_node_is (node, "failed", XMPP_NS_SM))
    {
      conclude (self, NULL);
    }
  else if (xmpp_node_is (node, NULL, XMPP_NS_CLIENT) && g_queue_get_length (&self->result.early) < MAX_EARLY)
    {
      /* The session is bound: others may speak to it already. */
      g_queue_push_tail (&self->result.early, xmpp_node_ref (node));
    }
  else
    {
      fail_unexpected (self, node);
    }
}

/* --- features --- */

static void
take_features (XmppLogin *self,
               XmppNode  *node)
{
  if (!xmpp_node_is (node, "features", XMPP_NS_STREAM))
    {
      fail_unexpected (self, node);
      return;
    }
  g_clear_pointer (&self->result.features, xmpp_node_unref);
  self->result.features = xmpp_node_ref (node);

  if (!xmpp_transport_is_secure (self->transport))
    {
      g_autoptr(XmppNode) starttls = NULL;

      if (xmpp_node_get_child (node, "starttls", XMPP_NS_TLS) == NULL)
        {
          fail (self, XMPP_CLIENT_ERROR_TLS_REQUIRED, "policy-violation", "the server offers no encryption");
          return;
        }
      self->state = STATE_STARTTLS;
      starttls = xmpp_node_new ("starttls", XMPP_NS_TLS);
      xmpp_transport_send (self->transport, starttls);
    }
  else if (!self->signed_in)
    {
      if (self->wish.registration != NULL)
        go_on_registering (self);
      else
        begin_sasl (self, node);
    }
  else if (self->wish.resume_id != NULL && xmpp_node_get_child (node, "sm", XMPP_NS_SM) != NULL)
    {
      begin_resume (self);
    }
  else
    {
      self->result.resume_failed = self->wish.resume_id != NULL;
      begin_bind (self);
    }
}

/* --- events --- */

static void
on_opened (XmppTransport *transport,
           XmppNode      *header,
           gpointer       user_data)
{
  XmppLogin *self = user_data;
  const char *from = xmpp_node_get_attribute (header, "from");
  const char *version = xmpp_node_get_attribute (header, "version");

  if (self->state != STATE_HEADER)
    {
      fail (self, XMPP_CLIENT_ERROR_PROTOCOL, "invalid-xml", "the server began a stream in a stream");
      return;
    }
  if (!xmpp_node_is (header, "stream", XMPP_NS_STREAM) && !xmpp_node_is (header, "open", XMPP_NS_FRAMING))
    {
      fail (self, XMPP_CLIENT_ERROR_PROTOCOL, "invalid-namespace", "this is not a chat server");
      return;
    }
  if (version == NULL || !g_str_has_prefix (version, "1."))
    {
      fail (self, XMPP_CLIENT_ERROR_PROTOCOL, "unsupported-version", "the server speaks another version of the protocol");
      return;
    }
  /* RFC 6120 §4.7.1: a 'from' that is there must be the domain. */
  if (from != NULL && g_ascii_strcasecmp (from, self->wish.domain) != 0)
    {
      fail (self, XMPP_CLIENT_ERROR_PROTOCOL, "invalid-from", "the server says it is %.100s", from);
      return;
    }
  self->state = STATE_FEATURES;
}

static void
take_stream_error (XmppLogin *self,
                   XmppNode  *node)
{
  g_autoptr(GError) error = xmpp_stream_error_from_node (node);

  self->result.redirect = g_strdup (xmpp_node_get_child_text (node, "see-other-host", XMPP_NS_STREAM_ERRORS));
  fail_with (self, error);
}

static void
on_stanza (XmppTransport *transport,
           XmppNode      *node,      /* (transfer full) */
           gpointer       user_data)
{
  XmppLogin *self = user_data;
  g_autoptr(XmppNode) owned = node;

  if (xmpp_node_is (node, "error", XMPP_NS_STREAM))
    {
      take_stream_error (self, node);
      return;
    }
  switch (self->state)
    {
    case STATE_FEATURES: take_features (self, node); break;
    case STATE_STARTTLS: take_starttls (self, node); break;
    case STATE_REGISTER: take_registration (self, node); break;
    case STATE_SASL:     take_sasl (self, node); break;
    case STATE_RESUME:   take_resume (self, node); break;
    case STATE_BIND:     take_bind (self, node); break;
    case STATE_ENABLE:   take_enable (self, node); break;
    case STATE_HEADER:
    case STATE_HANDSHAKE:
    case STATE_DONE:
    default:             fail_unexpected (self, node); break;
    }
}

static void
on_closed (XmppTransport *transport,
           const GError  *error,
           gpointer       user_data)
{
  XmppLogin *self = user_data;
  g_autoptr(GError) ours = NULL;

  if (error == NULL)
    ours = g_error_new_literal (XMPP_CLIENT_ERROR, XMPP_CLIENT_ERROR_STREAM, "the server closed the stream");
  else if (error->domain == XMPP_PARSER_ERROR)
    ours = g_error_new (XMPP_CLIENT_ERROR, XMPP_CLIENT_ERROR_PROTOCOL, "the server sent bad XML: %s", error->message);
  else
    ours = g_error_new (XMPP_CLIENT_ERROR, XMPP_CLIENT_ERROR_UNREACHABLE, "the connection broke: %s", error->message);
  conclude (self, ours);
}

static const XmppTransportEvents transport_events = { on_opened, on_stanza, on_closed };

/* --- public --- */

XmppLogin *
xmpp_login_start (XmppTransport       *transport,
                  const XmppLoginWish *wish,
                  XmppClock           *clock,
                  XmppLoginDone        done,
                  gpointer             user_data)
{
  XmppLogin *self = g_new0 (XmppLogin, 1);

  self->transport = g_object_ref (transport);
  self->wish = *wish;
  self->clock = clock;
  self->done = done;
  self->user_data = user_data;
  g_queue_init (&self->result.early);
  self->timer = xmpp_clock_start (clock, TIME_LIMIT, on_time_limit, self);

  /* Callbacks of a login that was given up find their cancellable cancelled, and do not look further. */
  self->cancellable = g_cancellable_new ();
  g_object_set_data (G_OBJECT (self->cancellable), "login", self);

  xmpp_transport_set_limit (transport, XMPP_PARSER_MAX_EARLY);
  xmpp_transport_set_events (transport, &transport_events, self);
  open_stream (self);
  return self;
}

void
xmpp_login_free (XmppLogin *self)
{
  if (self->state != STATE_DONE)
    {
      xmpp_transport_set_events (self->transport, NULL, NULL);
      xmpp_transport_abort (self->transport);
    }
  xmpp_clock_stop (self->clock, &self->timer);
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  g_clear_object (&self->sasl);
  g_free (self->bind_id);
  xmpp_login_result_clear (&self->result);
  g_object_unref (self->transport);
  g_free (self);
}
