/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * XEP-0198 in use, and the work queue.
 *
 * In: transport → queue → handlers, in a time slice below the priority of drawing (threats C4). Only <a/> and <r/> are
 * dealt with at once. A stanza gets its serial when its handlers are about to run; what is still queued when a link
 * breaks was not handled: the server repeats it after a resume. Without resumption it is handed out before the end.
 *
 * Out: at most one request for acknowledgement is under way; when its answer comes and more was sent meanwhile, the next
 * goes out. So a single stanza is acknowledged after one round trip, and a burst costs two requests.
 */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "session.h"

#include "client-private.h"
#include "namespaces.h"
#include "link.h"
#include "node-private.h"
#include "parser.h"

#include <string.h>

/* What a turn of the work queue may take: half a frame of 16 ms (threats C4). */
#define SLICE (8 * G_TIME_SPAN_MILLISECOND)

/* Right below GTK's redraw (G_PRIORITY_HIGH_IDLE + 20), so that a flood never holds up a frame. */
#define PRIORITY_WORK (G_PRIORITY_HIGH_IDLE + 30)

/* The work queue is full with this much; nothing is read until half of it is done. */
#define MAX_QUEUED_STANZAS 256
#define MAX_QUEUED_BYTES   (2 * 1024 * 1024)

/* Servers end the stream, without saying why, at 262,144 bytes; some room for what differs in writing. */
#define MAX_OUTGOING (262144 - 1024)

struct _XmppSession
{
  XmppClient              *client;     /* borrowed: owns us */
  XmppRouter              *router;     /* borrowed from client */
  XmppClock               *clock;
  const XmppSessionEvents *events;

  XmppTransport           *transport;  /* owned; NULL between links */
  XmppSessionAcks          acks;
  XmppSm                  *sm;

  guint64                  sent;       /* serials */
  guint64                  acknowledged;
  guint64                  asked;      /* the request under way covers up to this; 0: none is */
  guint64                  received;
  guint64                  confirmed;
  guint32                  told_h;     /* what the server knows of our count */
  gboolean                 h_wanted;   /* the server asked and we had not confirmed all */
  gboolean                 confirm_manually;

  GQueue                   queue;      /* of XmppNode */
  gsize                    queued_bytes;
  GSource                 *work;
  gboolean                 throttled;
  gboolean                 working;
  GError                  *ending;     /* the link broke; told when the queue is empty */
  char                    *redirect;   /* the server said so at its end */

  XmppLink                *link;       /* NULL: not watched */
};

static void want_work (XmppSession *self);

/* --- links --- */

static void
forget_queue (XmppSession *self)
{
  g_queue_clear_full (&self->queue, (GDestroyNotify) xmpp_node_unref);
  self->queued_bytes = 0;
  self->throttled = FALSE;
  g_clear_error (&self->ending);
  if (self->work != NULL)
    {
      g_source_destroy (self->work);
      g_clear_pointer (&self->work, g_source_unref);
    }
}

static void
end_with (XmppSession *self,
          GError      *error)   /* (transfer full) */
{
  g_clear_pointer (&self->link, xmpp_link_free);
  g_clear_error (&self->ending);
  self->ending = error;
  if (xmpp_sm_get_id (self->sm) != NULL)
    {
      g_queue_clear_full (&self->queue, (GDestroyNotify) xmpp_node_unref);
      self->queued_bytes = 0;
    }
  want_work (self);
}

/* The server broke the rules: tell it, and end. */
static void
refuse (XmppSession *self,
        const char  *condition,
        XmppNode    *detail,
        const char  *message)
{
  xmpp_transport_fail (self->transport, condition, detail);
  end_with (self, g_error_new_literal (XMPP_CLIENT_ERROR, XMPP_CLIENT_ERROR_PROTOCOL, message));
}

/* --- acknowledgements --- */

static void ask_for_ack (XmppSession *self);

static void
take_acknowledged (XmppSession *self,
                   guint64      serial)
{
  if (serial <= self->acknowledged)
    return;
  self->acknowledged = serial;
  self->events->acknowledged (self->client, serial);
}

static void
on_ping_answered (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(XmppNode) answer = NULL;
  g_autoptr(GError) error = NULL;
  XmppSession *self = xmpp_client_get_session (XMPP_CLIENT (source));
  guint64 asked = self->asked;

  answer = xmpp_client_send_iq_finish (XMPP_CLIENT (source), result, &error);
  if (g_error_matches (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_DISCONNECTED))
    return;

  /* Any answer will do: the server handles what one client sends in order (RFC 6120 §10.1). */
  self->asked = 0;
  if (!g_error_matches (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_TIMED_OUT))
    take_acknowledged (self, asked);
  ask_for_ack (self);
}

static void
request_ack (XmppSession *self)
{
  if (self->acks == XMPP_SESSION_ACKS_SM)
    {
      g_autoptr(XmppNode) r = xmpp_node_new ("r", XMPP_NS_SM);

      self->asked = self->sent;
      xmpp_transport_send (self->transport, r);
    }
  else
    {
      XmppNode *iq = xmpp_client_new_iq ("get", xmpp_client_get_domain (self->client));

      xmpp_node_add_child (iq, "ping", XMPP_NS_PING);
      self->asked = self->sent + 1;   /* the ping itself */
      xmpp_client_send_iq_async (self->client, iq, NULL, on_ping_answered, NULL);
    }
}

static void
ask_for_ack (XmppSession *self)
{
  if (self->acks != XMPP_SESSION_ACKS_NONE && self->transport != NULL && self->ending == NULL &&
      self->asked == 0 && self->sent != self->acknowledged)
    request_ack (self);
}

static void
tell_h (XmppSession *self)
{
  g_autoptr(XmppNode) a = xmpp_node_new ("a", XMPP_NS_SM);
  char digits[16];

  self->told_h = xmpp_sm_get_h (self->sm, self->confirmed);
  g_snprintf (digits, sizeof digits, "%" G_GUINT32_FORMAT, self->told_h);
  xmpp_node_set_attribute (a, "h", digits);
  xmpp_transport_send (self->transport, a);
}

/* XEP-0198 §4: "undefined-condition" with what was wrong about the count. */
static void
refuse_count (XmppSession *self,
              const char  *h)
{
  XmppNode *detail = xmpp_node_new ("handled-count-too-high", XMPP_NS_SM);

  xmpp_node_set_attribute (detail, "h", h != NULL ? h : "");
  xmpp_node_set_attribute_int64 (detail, "send-count", xmpp_sm_get_out_count (self->sm));
  xmpp_client_note_rejection (self->client, "sm-false-count");
  /* A session that is wrong about what arrived is not resumed; what was sent in it counts as not known. */
  xmpp_sm_abandon (self->sm);
  refuse (self, "undefined-condition", detail, "the server acknowledged what was never sent");
}

static void
take_sm (XmppSession *self,
         XmppNode    *node)
{
  guint64 serial = self->acknowledged;
  const char *h;

  if (self->acks != XMPP_SESSION_ACKS_SM)
    {
      refuse (self, "unsupported-stanza-type", NULL, "the server acknowledges without having been asked to");
      return;
    }

  if (xmpp_node_is (node, "r", NULL))
    {
      self->h_wanted = TRUE;
      tell_h (self);
    }
  else if (xmpp_node_is (node, "a", NULL))
    {
      h = xmpp_node_get_attribute (node, "h");
      if (!xmpp_sm_acknowledge (self->sm, h, &serial))
        {
          refuse_count (self, h);
          return;
        }
      self->asked = 0;
      take_acknowledged (self, serial);
      ask_for_ack (self);
    }
  else
    {
      refuse (self, "unsupported-stanza-type", NULL, "the server broke the rules of stream management");
    }
}

/* --- in --- */

static guint
get_fingerprint (XmppNode *stanza)
{
  g_autofree char *xml = xmpp_node_to_string (stanza);

  return g_str_hash (xml);
}

static gboolean
get_kind (XmppNode       *node,
          XmppStanzaKind *kind)
{
  if (strcmp (xmpp_node_get_xmlns (node), XMPP_NS_CLIENT) != 0)
    return FALSE;
  if (strcmp (xmpp_node_get_name (node), "message") == 0)
    *kind = XMPP_STANZA_MESSAGE;
  else if (strcmp (xmpp_node_get_name (node), "presence") == 0)
    *kind = XMPP_STANZA_PRESENCE;
  else if (strcmp (xmpp_node_get_name (node), "iq") == 0)
    *kind = XMPP_STANZA_IQ;
  else
    return FALSE;
  return TRUE;
}

static void
handle (XmppSession *self,
        XmppNode    *stanza)
{
  XmppStanzaKind kind;
  guint fingerprint = 0;

  if (!get_kind (stanza, &kind))
    return;

  if (xmpp_sm_get_id (self->sm) != NULL && (self->confirm_manually || xmpp_sm_expects_repetition (self->sm)))
    {
      fingerprint = get_fingerprint (stanza);
      if (xmpp_sm_is_repetition (self->sm, fingerprint, self->received))
        return;
    }

  self->received++;
  if (self->confirm_manually)
    xmpp_sm_handled (self->sm, self->received, fingerprint);
  xmpp_router_dispatch (self->router, kind, stanza);
  if (!self->confirm_manually)
    xmpp_session_confirm (self, self->received);
}

static gboolean
on_work (gpointer user_data)
{
  XmppSession *self = user_data;
  g_autoptr(XmppClient) alive = g_object_ref (self->client);
  gint64 start = g_get_monotonic_time ();
  XmppNode *node;

  /* A handler may run a nested main loop; order is kept by not working twice. */
  if (self->working)
    return G_SOURCE_CONTINUE;

  self->working = TRUE;
  while ((node = g_queue_pop_head (&self->queue)) != NULL)
    {
      g_autoptr(XmppNode) stanza = node;

      self->queued_bytes -= xmpp_node_get_footprint (stanza);
      handle (self, stanza);
      if (g_get_monotonic_time () - start >= SLICE)
        break;
    }
  self->working = FALSE;

  if (self->throttled && self->transport != NULL &&
      g_queue_get_length (&self->queue) <= MAX_QUEUED_STANZAS / 2 && self->queued_bytes <= MAX_QUEUED_BYTES / 2)
    {
      self->throttled = FALSE;
      xmpp_transport_set_reading (self->transport, TRUE);
    }
  if (!g_queue_is_empty (&self->queue))
    return G_SOURCE_CONTINUE;

  g_clear_pointer (&self->work, g_source_unref);
  if (self->ending != NULL)
    {
      g_autoptr(GError) error = g_steal_pointer (&self->ending);
      self->events->ended (self->client, error);
    }
  return G_SOURCE_REMOVE;
}

static void
want_work (XmppSession *self)
{
  if (self->work != NULL)
    return;

  self->work = g_idle_source_new ();
  g_source_set_priority (self->work, PRIORITY_WORK);
  g_source_set_static_name (self->work, "[xmpp] work queue");
  g_source_set_callback (self->work, on_work, self, NULL);
  g_source_attach (self->work, g_main_context_get_thread_default ());
}

static void
take_stream_error (XmppSession *self,
                   XmppNode    *node)
{
  GError *error = xmpp_stream_error_from_node (node);

  /* RFC 6120 §4.9.1.1: stream errors are not recoverable, so the session is not either. */
  xmpp_sm_abandon (self->sm);
  g_free (self->redirect);
  self->redirect = g_strdup (xmpp_node_get_child_text (node, "see-other-host", XMPP_NS_STREAM_ERRORS));
  xmpp_transport_close (self->transport);
  end_with (self, error);
}

static void
on_stanza (XmppTransport *transport,
           XmppNode      *node,      /* (transfer full) */
           gpointer       user_data)
{
  XmppSession *self = user_data;
  g_autoptr(XmppNode) stanza = node;
  XmppStanzaKind kind;

  if (self->ending != NULL)
    return;
  if (strcmp (xmpp_node_get_xmlns (stanza), XMPP_NS_SM) == 0)
    {
      take_sm (self, stanza);
      return;
    }
  if (xmpp_node_is (stanza, "error", XMPP_NS_STREAM))
    {
      take_stream_error (self, stanza);
      return;
    }
  if (!get_kind (stanza, &kind))
    {
      xmpp_client_note_rejection (self->client, "stream-element");
      refuse (self, "unsupported-stanza-type", NULL, "the server sent something that is no stanza");
      return;
    }

  self->queued_bytes += xmpp_node_get_footprint (stanza);
  g_queue_push_tail (&self->queue, g_steal_pointer (&stanza));
  if (!self->throttled &&
      (g_queue_get_length (&self->queue) >= MAX_QUEUED_STANZAS || self->queued_bytes >= MAX_QUEUED_BYTES))
    {
      self->throttled = TRUE;
      xmpp_transport_set_reading (transport, FALSE);
    }
  want_work (self);
}

static void
on_opened (XmppTransport *transport,
           XmppNode      *header,
           gpointer       user_data)
{
  XmppSession *self = user_data;

  refuse (self, "invalid-xml", NULL, "the server began a second stream");
}

static void
on_closed (XmppTransport *transport,
           const GError  *error,
           gpointer       user_data)
{
  XmppSession *self = user_data;

  if (self->ending != NULL)
    return;
  if (error == NULL)
    {
      /* An orderly end of the stream ends the session too (XEP-0198 §5). */
      xmpp_sm_abandon (self->sm);
      end_with (self, g_error_new_literal (XMPP_CLIENT_ERROR, XMPP_CLIENT_ERROR_STREAM, "the server closed the stream"));
    }
  else if (error->domain == XMPP_PARSER_ERROR)
    {
      xmpp_client_note_rejection (self->client, "stream-xml");
      end_with (self, g_error_new (XMPP_CLIENT_ERROR, XMPP_CLIENT_ERROR_PROTOCOL, "the server sent bad XML: %s",
                                   error->message));
    }
  else
    {
      end_with (self, g_error_new (XMPP_CLIENT_ERROR, XMPP_CLIENT_ERROR_UNREACHABLE, "the connection broke: %s",
                                   error->message));
    }
}

static void
on_alive (XmppTransport *transport,
          gpointer       user_data)
{
  XmppSession *self = user_data;

  if (self->link != NULL)
    xmpp_link_alive (self->link);
}

static const XmppTransportEvents transport_events = { on_opened, on_stanza, on_closed, on_alive };

/* --- the life of the link --- */

static void
on_probe (gpointer user_data)
{
  XmppSession *self = user_data;

  /* A ping that is under way is a probe already. */
  if (self->acks == XMPP_SESSION_ACKS_SM || self->asked == 0)
    request_ack (self);
}

static void
on_dead (gpointer user_data)
{
  XmppSession *self = user_data;

  g_clear_pointer (&self->link, xmpp_link_free);
  xmpp_transport_abort (self->transport);
  end_with (self, g_error_new_literal (XMPP_CLIENT_ERROR, XMPP_CLIENT_ERROR_UNREACHABLE, "the server does not answer"));
}

static const XmppLinkEvents link_events = { on_probe, on_dead };

void
xmpp_session_check_link (XmppSession *self)
{
  if (self->link != NULL && self->ending == NULL)
    xmpp_link_check (self->link);
}

/* --- life --- */

XmppSession *
xmpp_session_new (XmppClient              *client,
                  XmppRouter              *router,
                  XmppClock               *clock,
                  const XmppSessionEvents *events)
{
  XmppSession *self = g_new0 (XmppSession, 1);

  self->client = client;
  self->router = router;
  self->clock = clock;
  self->events = events;
  self->sm = xmpp_sm_new ();
  g_queue_init (&self->queue);
  return self;
}

void
xmpp_session_free (XmppSession *self)
{
  g_autoptr(XmppTransport) transport = xmpp_session_end (self);

  if (transport != NULL)
    xmpp_transport_abort (transport);
  xmpp_sm_free (self->sm);
  g_free (self->redirect);
  g_free (self);
}

void
xmpp_session_begin (XmppSession     *self,
                    XmppTransport   *transport,
                    XmppSessionAcks  acks)
{
  g_return_if_fail (self->transport == NULL);

  forget_queue (self);
  self->transport = g_object_ref (transport);
  self->acks = acks;
  self->asked = 0;
  self->h_wanted = FALSE;
  if (acks != XMPP_SESSION_ACKS_NONE)
    self->link = xmpp_link_new (self->clock, &link_events, self);
  xmpp_session_listen (self);
}

void
xmpp_session_listen (XmppSession *self)
{
  xmpp_transport_set_events (self->transport, &transport_events, self);
}

/* XEP-0198 §4: what was handled is acknowledged before the stream ends, or the server keeps it for another session. */
void
xmpp_session_say_last_h (XmppSession *self)
{
  if (self->transport != NULL && self->ending == NULL && self->acks == XMPP_SESSION_ACKS_SM)
    tell_h (self);
}

XmppTransport *
xmpp_session_end (XmppSession *self)
{
  forget_queue (self);
  g_clear_pointer (&self->link, xmpp_link_free);
  if (self->transport != NULL)
    xmpp_transport_set_events (self->transport, NULL, NULL);
  return g_steal_pointer (&self->transport);
}

XmppTransport *
xmpp_session_get_transport (XmppSession *self)
{
  return self->transport;
}

XmppSm *
xmpp_session_get_sm (XmppSession *self)
{
  return self->sm;
}

char *
xmpp_session_take_redirect (XmppSession *self)
{
  return g_steal_pointer (&self->redirect);
}

/* Stanzas that came before the session's count began; @stanza is (transfer full). */
void
xmpp_session_push (XmppSession *self,
                   XmppNode    *stanza)
{
  self->queued_bytes += xmpp_node_get_footprint (stanza);
  g_queue_push_tail (&self->queue, stanza);
  want_work (self);
}

/* --- out --- */

/**
 * xmpp_session_send:
 * @stanza: (transfer full): complete
 *
 * Returns: its serial; 0 when it is too large for any server, and nothing was sent
 */
guint64
xmpp_session_send (XmppSession *self,
                   XmppNode    *stanza)
{
  g_autoptr(XmppNode) owned = stanza;
  g_autoptr(GBytes) bytes = NULL;
  char *xml;
  gsize length;

  g_return_val_if_fail (self->transport != NULL, 0);

  xml = xmpp_transport_serialise (self->transport, stanza, &length);
  bytes = g_bytes_new_take (xml, length);
  if (length > MAX_OUTGOING)
    {
      xmpp_client_note_rejection (self->client, "outgoing-too-large");
      return 0;
    }

  self->sent++;
  if (self->acks == XMPP_SESSION_ACKS_SM)
    xmpp_sm_sent (self->sm, self->sent, bytes);
  if (self->ending == NULL)
    xmpp_transport_send_xml (self->transport, stanza, xml, length);
  ask_for_ack (self);
  return self->sent;
}

/* After a resume: what the server did not count goes out again, as it was. */
void
xmpp_session_resend (XmppSession *self)
{
  for (guint i = 0; i < xmpp_sm_get_n_waiting (self->sm); i++)
    {
      gsize length;
      const char *xml = g_bytes_get_data (xmpp_sm_get_waiting (self->sm, i), &length);

      xmpp_transport_send_xml (self->transport, NULL, xml, length);
    }
  ask_for_ack (self);
}

void
xmpp_session_acknowledged (XmppSession *self,
                           guint64      serial)
{
  take_acknowledged (self, serial);
}

guint64
xmpp_session_take_unacknowledged (XmppSession *self)
{
  guint64 first = self->acknowledged < self->sent ? self->acknowledged + 1 : 0;

  self->acknowledged = self->sent;
  xmpp_sm_drop_waiting (self->sm);
  return first;
}

guint64
xmpp_session_get_received (XmppSession *self)
{
  return self->received;
}

guint64
xmpp_session_get_confirmed (XmppSession *self)
{
  return self->confirmed;
}

void
xmpp_session_set_confirm_manually (XmppSession *self,
                                   gboolean     manual)
{
  self->confirm_manually = manual;
}

void
xmpp_session_confirm (XmppSession *self,
                      guint64      serial)
{
  g_return_if_fail (serial <= self->received);

  if (serial <= self->confirmed)
    return;
  self->confirmed = serial;
  xmpp_sm_confirmed (self->sm, serial);

  /* The server was told less than it had asked for: it hears of the rest without asking again. */
  if (self->h_wanted && self->transport != NULL && self->ending == NULL && serial == self->received &&
      g_queue_is_empty (&self->queue))
    {
      self->h_wanted = FALSE;
      if (self->told_h != xmpp_sm_get_h (self->sm, serial))
        tell_h (self);
    }
}
