/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/node.h"

G_BEGIN_DECLS

/**
 * XmppParser:
 *
 * Push parser for one XML stream (RFC 6120 §4, §11): bytes in, whole stanzas out. All bounds of a stanza are held
 * while reading, so that no input makes it keep more than a stanza's worth of memory.
 */
typedef struct _XmppParser XmppParser;

#define XMPP_PARSER_MAX_DEPTH      64             /* elements within elements, the stream's root not counted */
#define XMPP_PARSER_MAX_STANZA     (256 * 1024)   /* bytes of XML */
#define XMPP_PARSER_MAX_EARLY      (10 * 1000)    /* bytes of XML, before sign-in */
#define XMPP_PARSER_MAX_ATTRIBUTES 64             /* of an element */
#define XMPP_PARSER_MAX_VALUE      (64 * 1024)    /* bytes of an attribute's value */
#define XMPP_PARSER_MAX_CHILDREN   4096           /* elements directly in an element */

#define XMPP_PARSER_ERROR (xmpp_parser_error_quark ())
GQuark xmpp_parser_error_quark (void);
typedef enum
{
  XMPP_PARSER_ERROR_NOT_WELL_FORMED,  /* not XML, or not the UTF-8 that XMPP asks for */
  XMPP_PARSER_ERROR_RESTRICTED,       /* comment, processing instruction, DTD, entity (RFC 6120 §11.1) */
  XMPP_PARSER_ERROR_LIMIT,            /* one of the bounds above */
  XMPP_PARSER_ERROR_UNEXPECTED,       /* text between stanzas, bytes after the end of the stream */
} XmppParserError;

typedef struct
{
  /* The opening tag of the stream, as an element without content; borrowed. */
  void (*stream_start) (XmppNode *header, gpointer user_data);
  /* A whole child of the stream; (transfer full). */
  void (*stanza)       (XmppNode *stanza, gpointer user_data);
  void (*stream_end)   (gpointer user_data);
} XmppParserEvents;

XmppParser *xmpp_parser_new        (const XmppParserEvents *events,
                                    gpointer                user_data) G_GNUC_WARN_UNUSED_RESULT;
void        xmpp_parser_free       (XmppParser  *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XmppParser, xmpp_parser_free)

gboolean    xmpp_parser_feed       (XmppParser  *self,
                                    const char  *data,
                                    gsize        length,
                                    GError     **error);
void        xmpp_parser_reset      (XmppParser  *self);
void        xmpp_parser_set_limit  (XmppParser  *self,
                                    gsize        stanza_bytes);
/* The stream-level condition (RFC 6120 §4.9.3) to close the stream with. */
const char *xmpp_parser_error_to_condition (const GError *error);

G_END_DECLS
