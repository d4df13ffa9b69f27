/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Reading: one read at a time into a buffer of 16 kB, straight into the parser. Writing: what is sent while a write is
 * under way is gathered and goes out as one write after it.
 *
 * Each operation holds a reference to the transport and the generation that it was begun in; detaching or aborting
 * starts a new generation, and what an older one brings is ignored.
 */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "stream-transport.h"

#include "namespaces.h"
#include "parser.h"

#include <string.h>

#define READ_SIZE 16384
#define LAST_WRITE_SECONDS 5

struct _XmppStreamTransport
{
  XmppTransport  parent_instance;

  GIOStream     *stream;
  GCancellable  *cancellable;   /* of this generation */
  XmppParser    *parser;
  GString       *out;           /* waits for the write under way */
  char          *buffer;        /* READ_SIZE */
  gboolean       reading_wanted;
  gboolean       reading;       /* a read is under way */
  gboolean       writing;       /* a write is under way */
  gboolean       closing;       /* close the connection when all is written */
  gboolean       broken;
};

G_DEFINE_FINAL_TYPE (XmppStreamTransport, xmpp_stream_transport, XMPP_TYPE_TRANSPORT)

typedef struct
{
  XmppStreamTransport *self;
  GCancellable        *cancellable;
  GString             *bytes;       /* of a write */
} Operation;

static void read_more (XmppStreamTransport *self);
static void write_more (XmppStreamTransport *self);

static Operation *
operation_new (XmppStreamTransport *self,
               GString             *bytes)
{
  Operation *operation = g_new (Operation, 1);

  operation->self = g_object_ref (self);
  operation->cancellable = g_object_ref (self->cancellable);
  operation->bytes = bytes;
  return operation;
}

static void
operation_free (Operation *operation)
{
  g_object_unref (operation->self);
  g_object_unref (operation->cancellable);
  if (operation->bytes != NULL)
    g_string_free (operation->bytes, TRUE);
  g_free (operation);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Operation, operation_free)

static void
begin_generation (XmppStreamTransport *self)
{
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  self->reading = FALSE;
  self->writing = FALSE;
}

static void
break_off (XmppStreamTransport *self,
           const GError        *error)
{
  if (self->broken)
    return;

  self->broken = TRUE;
  g_cancellable_cancel (self->cancellable);
  if (self->stream != NULL)
    g_io_stream_close_async (self->stream, G_PRIORITY_DEFAULT, NULL, NULL, NULL);
  xmpp_transport_emit_closed (XMPP_TRANSPORT (self), error);
}

static void
on_parser_start (XmppNode *header,
                 gpointer  user_data)
{
  xmpp_transport_emit_opened (user_data, header);
}

static void
on_parser_stanza (XmppNode *stanza,
                  gpointer  user_data)
{
  xmpp_transport_emit_stanza (user_data, stanza);
}

static void
on_parser_end (gpointer user_data)
{
  XmppStreamTransport *self = user_data;

  /* RFC 6120 §4.4: the answer to a closing tag is a closing tag. */
  if (!self->closing)
    XMPP_TRANSPORT_GET_CLASS (self)->close (user_data);
  xmpp_transport_emit_closed (user_data, NULL);
}

static const XmppParserEvents parser_events = { on_parser_start, on_parser_stanza, on_parser_end };

static void
feed (XmppStreamTransport *self,
      const char          *bytes,
      gsize                length)
{
  g_autoptr(XmppStreamTransport) alive = g_object_ref (self);
  g_autoptr(GError) error = NULL;

  if (!xmpp_parser_feed (self->parser, bytes, length, &error))
    break_off (self, error);
}

static void
on_read (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(Operation) operation = user_data;
  XmppStreamTransport *self = operation->self;
  g_autoptr(GError) error = NULL;
  gssize length;

  length = g_input_stream_read_finish (G_INPUT_STREAM (source), result, &error);
  if (operation->cancellable != self->cancellable || self->broken)
    return;

  if (length <= 0)
    {
      self->reading = FALSE;
      if (error == NULL)
        error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED, "the server closed the connection");
      break_off (self, error);
      return;
    }

  xmpp_transport_emit_alive (XMPP_TRANSPORT (self));
  feed (self, self->buffer, length);

  /* Only now: a read begun by what the bytes brought about would write into the buffer that is being parsed. */
  if (operation->cancellable == self->cancellable)
    {
      self->reading = FALSE;
      read_more (self);
    }
}

static void
read_more (XmppStreamTransport *self)
{
  if (!self->reading_wanted || self->reading || self->broken || self->stream == NULL)
    return;

  self->reading = TRUE;
  g_input_stream_read_async (g_io_stream_get_input_stream (self->stream), self->buffer, READ_SIZE,
                             G_PRIORITY_DEFAULT, self->cancellable, on_read, operation_new (self, NULL));
}

static void
on_written (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(Operation) operation = user_data;
  XmppStreamTransport *self = operation->self;
  g_autoptr(GError) error = NULL;
  gboolean ok;

  ok = g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, &error);
  if (operation->cancellable != self->cancellable || self->broken)
    return;

  self->writing = FALSE;
  if (!ok)
    {
      /* What the peer said before it hung up (a stream error, say) is still to be read: the reader ends the link. */
      if (self->closing || !self->reading_wanted)
        break_off (self, error);
      return;
    }
  write_more (self);
}

static void
write_more (XmppStreamTransport *self)
{
  Operation *operation;

  if (self->writing || self->broken || self->stream == NULL)
    return;
  if (self->out->len == 0)
    {
      if (self->closing)
        break_off (self, NULL);
      return;
    }

  self->writing = TRUE;
  operation = operation_new (self, self->out);
  self->out = g_string_sized_new (512);
  g_output_stream_write_all_async (g_io_stream_get_output_stream (self->stream),
                                   operation->bytes->str, operation->bytes->len, G_PRIORITY_DEFAULT,
                                   self->cancellable, on_written, operation);
}

static void
xmpp_stream_transport_write (XmppTransport *transport,
                             const char    *xml,
                             gsize          length)
{
  XmppStreamTransport *self = XMPP_STREAM_TRANSPORT (transport);

  if (self->broken || self->closing)
    return;
  g_string_append_len (self->out, xml, length);
  write_more (self);
}

static void
xmpp_stream_transport_open (XmppTransport *transport,
                            const char    *to,
                            const char    *from)
{
  XmppStreamTransport *self = XMPP_STREAM_TRANSPORT (transport);
  g_autofree char *header = NULL;

  xmpp_parser_reset (self->parser);
  if (from != NULL)
    header = g_markup_printf_escaped ("<?xml version='1.0'?><stream:stream to='%s' from='%s' version='1.0' xml:lang='en'"
                                      " xmlns='" XMPP_NS_CLIENT "' xmlns:stream='" XMPP_NS_STREAM "'>", to, from);
  else
    header = g_markup_printf_escaped ("<?xml version='1.0'?><stream:stream to='%s' version='1.0' xml:lang='en'"
                                      " xmlns='" XMPP_NS_CLIENT "' xmlns:stream='" XMPP_NS_STREAM "'>", to);
  xmpp_transport_send_xml (transport, NULL, header, strlen (header));
  xmpp_transport_set_reading (transport, TRUE);
}

/* A peer that takes nothing any more must not keep the connection for ever. */
static void
limit_last_write (XmppStreamTransport *self)
{
  g_autoptr(GIOStream) base = NULL;

  if (G_IS_TLS_CONNECTION (self->stream))
    g_object_get (self->stream, "base-io-stream", &base, NULL);
  else
    base = g_object_ref (self->stream);
  if (G_IS_SOCKET_CONNECTION (base))
    g_socket_set_timeout (g_socket_connection_get_socket (G_SOCKET_CONNECTION (base)), LAST_WRITE_SECONDS);
}

static void
xmpp_stream_transport_hang_up (XmppTransport *transport)
{
  XmppStreamTransport *self = XMPP_STREAM_TRANSPORT (transport);

  if (self->closing || self->broken)
    return;
  limit_last_write (self);
  self->closing = TRUE;
  write_more (self);
}

static void
xmpp_stream_transport_close (XmppTransport *transport)
{
  XmppStreamTransport *self = XMPP_STREAM_TRANSPORT (transport);

  if (self->closing || self->broken)
    return;
  xmpp_transport_send_xml (transport, NULL, "</stream:stream>", strlen ("</stream:stream>"));
  xmpp_stream_transport_hang_up (transport);
}

static void
xmpp_stream_transport_abort (XmppTransport *transport)
{
  XmppStreamTransport *self = XMPP_STREAM_TRANSPORT (transport);

  break_off (self, NULL);
}

static void
xmpp_stream_transport_set_reading (XmppTransport *transport,
                                   gboolean       reading)
{
  XmppStreamTransport *self = XMPP_STREAM_TRANSPORT (transport);

  self->reading_wanted = reading;
  read_more (self);
}

static void
xmpp_stream_transport_set_limit (XmppTransport *transport,
                                 gsize          stanza_bytes)
{
  xmpp_parser_set_limit (XMPP_STREAM_TRANSPORT (transport)->parser, stanza_bytes);
}

static GTlsConnection *
xmpp_stream_transport_get_tls (XmppTransport *transport)
{
  XmppStreamTransport *self = XMPP_STREAM_TRANSPORT (transport);

  return G_IS_TLS_CONNECTION (self->stream) ? G_TLS_CONNECTION (self->stream) : NULL;
}

static const char *
xmpp_stream_transport_get_outer_xmlns (XmppTransport *transport)
{
  return XMPP_NS_CLIENT;
}

static void
xmpp_stream_transport_dispose (GObject *object)
{
  XmppStreamTransport *self = XMPP_STREAM_TRANSPORT (object);

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  if (self->stream != NULL && !self->broken)
    g_io_stream_close_async (self->stream, G_PRIORITY_DEFAULT, NULL, NULL, NULL);
  self->broken = TRUE;
  g_clear_object (&self->cancellable);
  g_clear_object (&self->stream);

  G_OBJECT_CLASS (xmpp_stream_transport_parent_class)->dispose (object);
}

static void
xmpp_stream_transport_finalize (GObject *object)
{
  XmppStreamTransport *self = XMPP_STREAM_TRANSPORT (object);

  g_clear_pointer (&self->parser, xmpp_parser_free);
  g_string_free (self->out, TRUE);
  g_free (self->buffer);

  G_OBJECT_CLASS (xmpp_stream_transport_parent_class)->finalize (object);
}

static void
xmpp_stream_transport_class_init (XmppStreamTransportClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  XmppTransportClass *transport_class = XMPP_TRANSPORT_CLASS (klass);

  object_class->dispose = xmpp_stream_transport_dispose;
  object_class->finalize = xmpp_stream_transport_finalize;

  transport_class->open = xmpp_stream_transport_open;
  transport_class->write = xmpp_stream_transport_write;
  transport_class->close = xmpp_stream_transport_close;
  transport_class->hang_up = xmpp_stream_transport_hang_up;
  transport_class->abort = xmpp_stream_transport_abort;
  transport_class->set_reading = xmpp_stream_transport_set_reading;
  transport_class->set_limit = xmpp_stream_transport_set_limit;
  transport_class->get_tls = xmpp_stream_transport_get_tls;
  transport_class->get_outer_xmlns = xmpp_stream_transport_get_outer_xmlns;
}

static void
xmpp_stream_transport_init (XmppStreamTransport *self)
{
  self->parser = xmpp_parser_new (&parser_events, self);
  self->out = g_string_sized_new (512);
  self->buffer = g_malloc (READ_SIZE);
  begin_generation (self);
}

/**
 * xmpp_stream_transport_new:
 * @stream: connected; the transport closes it
 */
XmppTransport *
xmpp_stream_transport_new (GIOStream *stream)
{
  XmppStreamTransport *self;

  g_return_val_if_fail (G_IS_IO_STREAM (stream), NULL);

  self = g_object_new (XMPP_TYPE_STREAM_TRANSPORT, NULL);
  self->stream = g_object_ref (stream);
  return XMPP_TRANSPORT (self);
}

void
xmpp_stream_transport_assume_open (XmppStreamTransport *self,
                                   const char          *header)
{
  g_return_if_fail (XMPP_IS_STREAM_TRANSPORT (self));

  xmpp_parser_set_limit (self->parser, XMPP_PARSER_MAX_STANZA);
  feed (self, header, strlen (header));
  xmpp_transport_set_reading (XMPP_TRANSPORT (self), TRUE);
}

GIOStream *
xmpp_stream_transport_get_stream (XmppStreamTransport *self)
{
  g_return_val_if_fail (XMPP_IS_STREAM_TRANSPORT (self), NULL);

  return self->stream;
}

void
xmpp_stream_transport_detach (XmppStreamTransport *self)
{
  g_return_if_fail (XMPP_IS_STREAM_TRANSPORT (self));

  self->reading_wanted = FALSE;
  xmpp_parser_reset (self->parser);
  begin_generation (self);
}

void
xmpp_stream_transport_attach (XmppStreamTransport *self,
                              GIOStream           *stream)
{
  g_return_if_fail (XMPP_IS_STREAM_TRANSPORT (self));

  g_set_object (&self->stream, stream);
}
