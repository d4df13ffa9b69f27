/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "test-stream.h"

#include "xmpp/client-private.h"
#include "xmpp/namespaces.h"
#include "xmpp/node-private.h"
#include "xmpp/stream-transport.h"

#include <gio/gnetworking.h>
#include <string.h>
#include <sys/socket.h>

#define DEADLINE_SECONDS 20
#define HEADER "<stream:stream xmlns='" XMPP_NS_CLIENT "' xmlns:stream='" XMPP_NS_STREAM "'>"

struct _TestStream
{
  XmppClient    *client;
  XmppTransport *server;
  GQueue         sent;      /* of XmppNode: from the client, not taken yet */
  char          *last_id;
  guint          said;      /* stanzas the client has been told */
  guint          serial;    /* for ids of our own */
  gboolean       closed;
};

static void
on_stanza (XmppTransport *transport,
           XmppNode      *stanza,
           gpointer       user_data)
{
  TestStream *self = user_data;

  g_queue_push_tail (&self->sent, stanza);
}

static void
on_opened (XmppTransport *transport,
           XmppNode      *header,
           gpointer       user_data)
{
}

static void
on_closed (XmppTransport *transport,
           const GError  *error,
           gpointer       user_data)
{
  TestStream *self = user_data;

  self->closed = TRUE;
}

static const XmppTransportEvents events = { on_opened, on_stanza, on_closed };

static gboolean
on_deadline (gpointer user_data)
{
  gboolean *late = user_data;

  *late = TRUE;
  return G_SOURCE_CONTINUE;
}

void
test_stream_wait (gboolean (*condition) (gpointer data),
                  gpointer   data)
{
  gboolean late = FALSE;
  guint deadline = g_timeout_add_seconds (DEADLINE_SECONDS, on_deadline, &late);

  while (!condition (data))
    {
      if (late)
        g_error ("waited in vain");
      g_main_context_iteration (NULL, TRUE);
    }
  g_source_remove (deadline);
}

static gboolean
is_set (gpointer data)
{
  return *(gboolean *) data != 0;
}

void
test_stream_wait_flag (gboolean *flag)
{
  test_stream_wait (is_set, flag);
}

static GIOStream *
new_end (int fd)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GSocket) socket = g_socket_new_from_fd (fd, &error);

  g_assert_no_error (error);
  return G_IO_STREAM (g_socket_connection_factory_create_connection (socket));
}

TestStream *
test_stream_new (void)
{
  TestStream *self = g_new0 (TestStream, 1);
  g_autoptr(GIOStream) ours = NULL;
  g_autoptr(GIOStream) theirs = NULL;
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
  ours = new_end (fds[0]);
  theirs = new_end (fds[1]);

  g_queue_init (&self->sent);
  self->server = xmpp_stream_transport_new (ours);
  xmpp_transport_set_events (self->server, &events, self);
  xmpp_stream_transport_assume_open (XMPP_STREAM_TRANSPORT (self->server), HEADER);
  self->client = xmpp_client_new_for_stream (TEST_STREAM_FULL, theirs);
  return self;
}

void
test_stream_free (TestStream *self)
{
  XmppNode *left;

  while ((left = g_queue_pop_head (&self->sent)) != NULL)
    {
      g_autofree char *xml = xmpp_node_to_string (left);
      g_error ("the client sent what nobody expected: %s", xml);
    }
  g_assert_finalize_object (self->client);
  xmpp_transport_abort (self->server);
  g_object_unref (self->server);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_free (self->last_id);
  g_free (self);
}

XmppClient *
test_stream_get_client (TestStream *self)
{
  return self->client;
}

void
test_stream_push (TestStream *self,
                  const char *xml)
{
  xmpp_transport_send_xml (self->server, NULL, xml, strlen (xml));
}

/* The client handles stanzas in order: it has handled all once it answers an IQ said after them. */
void
test_stream_say (TestStream *self,
                 const char *xml)
{
  g_autofree char *id = g_strdup_printf ("sync-%u", ++self->serial);
  g_autofree char *ping = NULL;
  gboolean late = FALSE;
  guint deadline = g_timeout_add_seconds (DEADLINE_SECONDS, on_deadline, &late);
  gboolean done = FALSE;

  ping = g_strdup_printf ("<iq type='get' id='%s' from='work.test' to='" TEST_STREAM_FULL "'>"
                          "<sync xmlns='urn:atrium:test'/></iq>", id);
  test_stream_push (self, xml);
  test_stream_push (self, ping);
  while (!done)
    {
      GList *last;

      if (late || self->closed)
        g_error ("the client did not handle: %s", xml);
      g_main_context_iteration (NULL, TRUE);
      for (last = self->sent.tail; last != NULL && !done; last = last->prev)
        if (g_strcmp0 (xmpp_node_get_attribute (last->data, "id"), id) == 0)
          {
            xmpp_node_unref (last->data);
            g_queue_delete_link (&self->sent, last);
            done = TRUE;
            break;
          }
    }
  g_source_remove (deadline);
}

void
test_stream_sayf (TestStream *self,
                  const char *format,
                  ...)
{
  g_autofree char *xml = NULL;
  va_list arguments;

  va_start (arguments, format);
  xml = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  test_stream_say (self, xml);
}

static gboolean
has_sent (gpointer data)
{
  TestStream *self = data;

  return self->closed || !g_queue_is_empty (&self->sent);
}

XmppNode *
test_stream_take (TestStream *self)
{
  test_stream_wait (has_sent, self);
  if (g_queue_is_empty (&self->sent))
    g_error ("the client closed the stream");
  return g_queue_pop_head (&self->sent);
}

/* --- comparing --- */

static gboolean
is_same_text (const char *actual,
              const char *expected)
{
  return strcmp (expected, "*") == 0 || strcmp (actual, expected) == 0;
}

static guint
count_attributes (const XmppNode *node)
{
  g_autofree const char **names = xmpp_node_list_attributes (node);

  return g_strv_length ((char **) names);
}

static gboolean
is_same_element (const XmppNode *actual,
                 const XmppNode *expected)
{
  g_autofree const char **names = xmpp_node_list_attributes (expected);

  if (!xmpp_node_is (actual, xmpp_node_get_name (expected), xmpp_node_get_xmlns (expected)))
    return FALSE;
  if (count_attributes (actual) != count_attributes (expected))
    return FALSE;
  for (const char **name = names; *name != NULL; name++)
    {
      const char *value = xmpp_node_get_attribute (actual, *name);

      if (value == NULL || !is_same_text (value, xmpp_node_get_attribute (expected, *name)))
        return FALSE;
    }
  return is_same_text (xmpp_node_get_text (actual), xmpp_node_get_text (expected));
}

static gboolean
is_same (const XmppNode *actual,
         const XmppNode *expected)
{
  XmppNode *a, *e;

  if (!is_same_element (actual, expected))
    return FALSE;
  a = xmpp_node_get_first_child (actual);
  e = xmpp_node_get_first_child (expected);
  for (; a != NULL && e != NULL; a = xmpp_node_get_next (a), e = xmpp_node_get_next (e))
    if (!is_same (a, e))
      return FALSE;
  return a == NULL && e == NULL;
}

static XmppNode *
parse_in_client_namespace (const char *xml)
{
  g_autofree char *wrapped = g_strconcat ("<w xmlns='" XMPP_NS_CLIENT "'>", xml, "</w>", NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(XmppNode) node = xmpp_node_parse (wrapped, -1, &error);

  if (node == NULL)
    g_error ("%s: %s", error->message, xml);
  g_assert_nonnull (xmpp_node_get_first_child (node));
  return xmpp_node_copy (xmpp_node_get_first_child (node));
}

void
test_assert_same_xml (const char *actual,
                      const char *expected)
{
  g_autoptr(XmppNode) a = parse_in_client_namespace (actual);
  g_autoptr(XmppNode) e = parse_in_client_namespace (expected);

  if (!is_same (a, e))
    g_error ("got      %s\nexpected %s", actual, expected);
}

const char *
test_stream_expect (TestStream *self,
                    const char *xml)
{
  g_autoptr(XmppNode) expected = parse_in_client_namespace (xml);
  g_autoptr(XmppNode) actual = test_stream_take (self);

  /* Ids are chosen at random: an expected stanza without one takes any. */
  if (xmpp_node_get_attribute (expected, "id") == NULL && xmpp_node_get_attribute (actual, "id") != NULL)
    xmpp_node_set_attribute (expected, "id", "*");
  if (!is_same (actual, expected))
    {
      g_autofree char *got = xmpp_node_to_string (actual);
      g_error ("the client sent %s\nexpected        %s", got, xml);
    }
  g_free (self->last_id);
  self->last_id = g_strdup (xmpp_node_get_attribute (actual, "id"));
  return self->last_id;
}

void
test_stream_expect_nothing (TestStream *self)
{
  test_stream_say (self, " ");
  if (!g_queue_is_empty (&self->sent))
    {
      g_autofree char *xml = xmpp_node_to_string (g_queue_peek_head (&self->sent));
      g_error ("the client sent what nobody expected: %s", xml);
    }
}

static void
answer (TestStream *self,
        const char *request,
        const char *type,
        const char *payload)
{
  g_autoptr(XmppNode) expected = parse_in_client_namespace (request);
  const char *to = xmpp_node_get_attribute (expected, "to");
  const char *id = test_stream_expect (self, request);
  g_autofree char *from = to != NULL ? g_strdup_printf (" from='%s'", to) : g_strdup ("");

  test_stream_sayf (self, "<iq type='%s' id='%s'%s to='" TEST_STREAM_FULL "'>%s</iq>", type, id, from,
                    payload != NULL ? payload : "");
}

void
test_stream_answer (TestStream *self,
                    const char *request,
                    const char *payload)
{
  answer (self, request, "result", payload);
}

void
test_stream_answer_error (TestStream *self,
                          const char *request,
                          const char *condition)
{
  g_autofree char *payload = g_strdup_printf ("<error type='cancel'><%s xmlns='" XMPP_NS_STANZA_ERRORS "'/></error>",
                                              condition);

  answer (self, request, "error", payload);
}

static gboolean
is_not_online (gpointer data)
{
  TestStream *self = data;

  return xmpp_client_get_state (self->client) != XMPP_CLIENT_ONLINE;
}

void
test_stream_cut (TestStream *self)
{
  xmpp_transport_abort (self->server);
  test_stream_wait (is_not_online, self);
}

guint
test_stream_count_rejections (TestStream *self,
                              const char *reason)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (xmpp_client_get_rejections (self->client), reason));
}
