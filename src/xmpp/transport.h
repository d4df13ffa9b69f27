/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "xmpp/node.h"

G_BEGIN_DECLS

/**
 * XmppTransport:
 *
 * One connection that carries XML streams: a byte stream (RFC 6120) or a WebSocket (RFC 7395). It frames, writes and
 * parses; what the stanzas mean is for its owner, who hears of them by #XmppTransportEvents.
 */
#define XMPP_TYPE_TRANSPORT (xmpp_transport_get_type ())
G_DECLARE_DERIVABLE_TYPE (XmppTransport, xmpp_transport, XMPP, TRANSPORT, GObject)

typedef struct
{
  /* The peer's stream header; borrowed. */
  void (*opened) (XmppTransport *self, XmppNode *header, gpointer user_data);
  /* (transfer full) */
  void (*stanza) (XmppTransport *self, XmppNode *stanza, gpointer user_data);
  /* The peer ended the stream (@error NULL), broke its rules (XMPP_PARSER_ERROR) or the link broke. The last event. */
  void (*closed) (XmppTransport *self, const GError *error, gpointer user_data);
  /* (nullable): bytes came, of whatever kind. */
  void (*alive)  (XmppTransport *self, gpointer user_data);
} XmppTransportEvents;

struct _XmppTransportClass
{
  GObjectClass parent_class;

  void            (*open)        (XmppTransport *self, const char *to, const char *from);
  void            (*write)       (XmppTransport *self, const char *xml, gsize length);
  void            (*close)       (XmppTransport *self);
  void            (*hang_up)     (XmppTransport *self);
  void            (*abort)       (XmppTransport *self);
  void            (*set_reading) (XmppTransport *self, gboolean reading);
  void            (*set_limit)   (XmppTransport *self, gsize stanza_bytes);
  GTlsConnection *(*get_tls)     (XmppTransport *self);
  const char     *(*get_outer_xmlns) (XmppTransport *self);
};

void            xmpp_transport_set_events  (XmppTransport             *self,
                                            const XmppTransportEvents *events,   /* static; NULL: nobody listens */
                                            gpointer                   user_data);

void            xmpp_transport_open        (XmppTransport *self,
                                            const char    *to,
                                            const char    *from);    /* (nullable) */
void            xmpp_transport_send        (XmppTransport *self,
                                            XmppNode      *node);
/* The same for what was serialised already. */
void            xmpp_transport_send_xml    (XmppTransport *self,
                                            XmppNode      *node,     /* (nullable): for the log */
                                            const char    *xml,
                                            gsize          length);
char           *xmpp_transport_serialise   (XmppTransport *self,
                                            XmppNode      *node,
                                            gsize         *length) G_GNUC_WARN_UNUSED_RESULT;
void            xmpp_transport_close       (XmppTransport *self);
void            xmpp_transport_fail        (XmppTransport *self,
                                            const char    *condition,
                                            XmppNode      *detail);
void            xmpp_transport_hang_up     (XmppTransport *self);
void            xmpp_transport_abort       (XmppTransport *self);
void            xmpp_transport_set_reading (XmppTransport *self,
                                            gboolean       reading);
void            xmpp_transport_set_limit   (XmppTransport *self,
                                            gsize          stanza_bytes);
GTlsConnection *xmpp_transport_get_tls     (XmppTransport *self);
gboolean        xmpp_transport_is_secure   (XmppTransport *self);
void            xmpp_transport_set_secure  (XmppTransport *self,
                                            gboolean       secure);
const char     *xmpp_transport_get_description (XmppTransport *self);
void            xmpp_transport_set_description (XmppTransport *self,
                                            const char    *description);

/* For the implementations. */
void            xmpp_transport_emit_opened (XmppTransport *self, XmppNode *header);
void            xmpp_transport_emit_stanza (XmppTransport *self, XmppNode *stanza);
void            xmpp_transport_emit_closed (XmppTransport *self, const GError *error);
void            xmpp_transport_emit_alive  (XmppTransport *self);

/* Wire log: called with each element in (@out FALSE) or out while set. */
typedef void  (*XmppTransportLog)          (gboolean out, XmppNode *node, gpointer user_data);
void            xmpp_transport_set_log     (XmppTransport *self, XmppTransportLog log, gpointer user_data);

G_END_DECLS
