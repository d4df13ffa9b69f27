/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "test-hostile-server.h"

#include <gsasl.h>
#include <string.h>

#define HEADER "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'" \
               " id='s1' from='work.test' version='1.0'>"

struct _TestHostile
{
  TestAuthority     *authority;
  GTlsCertificate   *certificate;   /* the right one */
  TestHostileScript  script;
  gpointer           data;
  GSocketListener   *listener;
  GCancellable      *cancellable;
  GThread           *thread;
  GPtrArray         *threads;       /* of connections; of the accepting thread until it ended */
  guint16            port;
  char              *uri;
  guint              count;         /* atomic */
};

struct _TestHostileLink
{
  TestHostile  *server;
  GIOStream    *stream;
  GString      *heard;
  guint         number;
};

static gpointer
serve (gpointer data)
{
  TestHostileLink *link = data;

  link->server->script (link, link->server->data);
  g_io_stream_close (link->stream, NULL, NULL);
  g_object_unref (link->stream);
  g_string_free (link->heard, TRUE);
  g_free (link);
  return NULL;
}

static gpointer
accept_all (gpointer data)
{
  TestHostile *self = data;
  GSocketConnection *connection;

  while ((connection = g_socket_listener_accept (self->listener, NULL, self->cancellable, NULL)) != NULL)
    {
      TestHostileLink *link = g_new0 (TestHostileLink, 1);

      link->server = self;
      link->stream = G_IO_STREAM (connection);
      link->heard = g_string_new (NULL);
      link->number = g_atomic_int_add (&self->count, 1) + 1;
      g_ptr_array_add (self->threads, g_thread_new ("hostile", serve, link));
    }
  return NULL;
}

TestHostile *
test_hostile_new (TestAuthority     *authority,
                  TestHostileScript  script,
                  gpointer           data)
{
  TestHostile *self = g_new0 (TestHostile, 1);
  g_autoptr(GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr(GSocketAddress) any_port = g_inet_socket_address_new (loopback, 0);
  g_autoptr(GSocketAddress) address = NULL;
  g_autoptr(GError) error = NULL;

  self->authority = authority;
  self->certificate = test_authority_issue (authority, TEST_CERTIFICATE_RIGHT);
  self->script = script;
  self->data = data;
  self->threads = g_ptr_array_new ();
  self->cancellable = g_cancellable_new ();
  self->listener = g_socket_listener_new ();
  g_socket_listener_add_address (self->listener, any_port, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL, &address,
                                 &error);
  g_assert_no_error (error);
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
  self->uri = g_strdup_printf ("xmpp://127.0.0.1:%u", self->port);
  self->thread = g_thread_new ("hostile", accept_all, self);
  return self;
}

void
test_hostile_free (TestHostile *self)
{
  g_cancellable_cancel (self->cancellable);
  g_thread_join (self->thread);
  for (guint i = 0; i < self->threads->len; i++)
    g_thread_join (g_ptr_array_index (self->threads, i));
  g_ptr_array_unref (self->threads);
  g_socket_listener_close (self->listener);
  g_object_unref (self->listener);
  g_object_unref (self->cancellable);
  g_object_unref (self->certificate);
  g_free (self->uri);
  g_free (self);
}

guint16
test_hostile_get_port (TestHostile *self)
{
  return self->port;
}

const char *
test_hostile_get_uri (TestHostile *self)
{
  return self->uri;
}

guint
test_hostile_get_count (TestHostile *self)
{
  return g_atomic_int_get (&self->count);
}

guint
test_link_get_number (TestHostileLink *link)
{
  return link->number;
}

GTlsConnection *
test_link_get_tls (TestHostileLink *link)
{
  return G_TLS_CONNECTION (link->stream);
}

gboolean
test_link_say_bytes (TestHostileLink *link,
                     const char      *bytes,
                     gsize            length)
{
  return g_output_stream_write_all (g_io_stream_get_output_stream (link->stream), bytes, length, NULL,
                                    link->server->cancellable, NULL);
}

gboolean
test_link_say (TestHostileLink *link,
               const char      *text)
{
  return test_link_say_bytes (link, text, strlen (text));
}

static gboolean
read_some (TestHostileLink *link)
{
  char buffer[4096];
  gssize length = g_input_stream_read (g_io_stream_get_input_stream (link->stream), buffer, sizeof buffer,
                                       link->server->cancellable, NULL);

  if (length <= 0)
    return FALSE;
  g_string_append_len (link->heard, buffer, length);
  return TRUE;
}

gboolean
test_link_hear (TestHostileLink *link,
                const char      *needle)
{
  char *found;

  while ((found = strstr (link->heard->str, needle)) == NULL)
    if (!read_some (link))
      return FALSE;
  g_string_erase (link->heard, 0, found + strlen (needle) - link->heard->str);
  return TRUE;
}

/* The text up to @end, which is forgotten too. */
char *
test_link_hear_until (TestHostileLink *link,
                      const char      *end)
{
  char *found, *text;

  while ((found = strstr (link->heard->str, end)) == NULL)
    if (!read_some (link))
      return NULL;
  text = g_strndup (link->heard->str, found - link->heard->str);
  g_string_erase (link->heard, 0, found + strlen (end) - link->heard->str);
  return text;
}

char *
test_link_hear_all (TestHostileLink *link)
{
  while (read_some (link))
    ;
  return g_strdup (link->heard->str);
}

gboolean
test_link_open (TestHostileLink *link,
                const char      *features)
{
  if (!test_link_hear (link, "<stream:stream") || !test_link_hear (link, ">") || !test_link_say (link, HEADER))
    return FALSE;
  return features == NULL ||
         (test_link_say (link, "<stream:features>") && test_link_say (link, features) &&
          test_link_say (link, "</stream:features>"));
}

gboolean
test_link_secure (TestHostileLink *link,
                  GTlsCertificate *certificate)
{
  g_autoptr(GIOStream) tls = g_tls_server_connection_new (link->stream, certificate, NULL);

  g_assert_nonnull (tls);
  g_string_truncate (link->heard, 0);
  if (!g_tls_connection_handshake (G_TLS_CONNECTION (tls), link->server->cancellable, NULL))
    return FALSE;
  g_set_object (&link->stream, tls);
  return TRUE;
}

gboolean
test_link_open_secured (TestHostileLink *link)
{
  return test_link_open (link, "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>") &&
         test_link_hear (link, "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>") &&
         test_link_say (link, "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>") &&
         test_link_secure (link, link->server->certificate);
}

/* --- SCRAM --- */

static int
on_gsasl (Gsasl          *context,
          Gsasl_session  *session,
          Gsasl_property  property)
{
  const char *binding;

  switch (property)
    {
    case GSASL_PASSWORD:
      return gsasl_property_set (session, GSASL_PASSWORD, "alice-password");
    case GSASL_SCRAM_ITER:
      return gsasl_property_set (session, GSASL_SCRAM_ITER, gsasl_session_hook_get (session));
    case GSASL_CB_TLS_EXPORTER:
      binding = gsasl_callback_hook_get (context);
      return binding != NULL ? gsasl_property_set (session, GSASL_CB_TLS_EXPORTER, binding) : GSASL_NO_CB_TLS_EXPORTER;
    default:
      return GSASL_NO_CALLBACK;
    }
}

static gboolean
run_scram (TestHostileLink *link,
           Gsasl_session   *session,
           const char      *mechanism)
{
  g_autofree char *auth = NULL;
  const char *initial;

  if (!test_link_hear (link, "<auth ") || (auth = test_link_hear_until (link, "</auth>")) == NULL)
    return FALSE;
  g_assert_nonnull (strstr (auth, mechanism));
  initial = strchr (auth, '>') + 1;

  for (g_autofree char *in = g_strdup (initial);;)
    {
      g_autofree char *answer = NULL;
      char *out = NULL;
      int code = gsasl_step64 (session, in, &out);

      if (code != GSASL_OK && code != GSASL_NEEDS_MORE)
        {
          test_link_say (link, "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/></failure>");
          return FALSE;
        }
      if (code == GSASL_OK)
        answer = g_strdup_printf ("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>%s</success>", out);
      else
        answer = g_strdup_printf ("<challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>%s</challenge>", out);
      gsasl_free (out);
      if (!test_link_say (link, answer))
        return FALSE;
      if (code == GSASL_OK)
        return TRUE;
      g_free (in);
      in = NULL;
      if (!test_link_hear (link, "<response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>") ||
          (in = test_link_hear_until (link, "</response>")) == NULL)
        return FALSE;
    }
}

gboolean
test_link_scram (TestHostileLink *link,
                 const char      *mechanism,
                 int              iterations,
                 const char      *binding)
{
  g_autofree char *count = g_strdup_printf ("%d", iterations);
  Gsasl_session *session;
  Gsasl *context;
  gboolean ok;

  g_assert_cmpint (gsasl_init (&context), ==, GSASL_OK);
  gsasl_callback_set (context, on_gsasl);
  gsasl_callback_hook_set (context, (void *) binding);
  g_assert_cmpint (gsasl_server_start (context, mechanism, &session), ==, GSASL_OK);
  gsasl_session_hook_set (session, count);
  ok = run_scram (link, session, mechanism);
  gsasl_finish (session);
  gsasl_done (context);
  return ok;
}

gboolean
test_link_sign_in (TestHostileLink *link,
                   const char      *features)
{
  return test_link_open (link, "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>"
                               "<mechanism>SCRAM-SHA-256</mechanism></mechanisms>") &&
         test_link_scram (link, "SCRAM-SHA-256", 4096, NULL) &&
         test_link_open (link, features);
}

gboolean
test_link_bind (TestHostileLink *link,
                const char      *sm_id)
{
  g_autofree char *id = NULL;
  g_autofree char *resource = NULL;
  g_autofree char *answer = NULL;
  g_autofree char *enabled = NULL;

  if (!test_link_hear (link, " id='") || (id = test_link_hear_until (link, "'")) == NULL ||
      !test_link_hear (link, "<resource>") || (resource = test_link_hear_until (link, "</resource>")) == NULL ||
      !test_link_hear (link, "</iq>"))
    return FALSE;
  answer = g_strdup_printf ("<iq type='result' id='%s'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>"
                            "<jid>alice@work.test/%s</jid></bind></iq>", id, resource);
  if (!test_link_say (link, answer))
    return FALSE;
  if (sm_id == NULL)
    return TRUE;
  enabled = g_strdup_printf ("<enabled xmlns='urn:xmpp:sm:3' id='%s' resume='true'/>", sm_id);
  return test_link_hear (link, "<enable xmlns='urn:xmpp:sm:3' resume='true'/>") && test_link_say (link, enabled);
}

gboolean
test_link_go_online (TestHostileLink *link,
                     const char      *sm_id)
{
  return test_link_open_secured (link) &&
         test_link_sign_in (link, sm_id != NULL ? TEST_LINK_FEATURES_SM : TEST_LINK_FEATURES_BIND) &&
         test_link_bind (link, sm_id);
}
