/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The one reader of XML from the network, from files and from stored stanzas: what one part of the program has read
 * is never read again by other rules (threat of two parsers seeing two stanzas).
 *
 * Depth counts open elements: 0 outside the stream, 1 between stanzas, 2 inside a stanza's root…
 * Expat is fed pieces of at most 4 kB, so that the bounds are looked at before much was buffered.
 */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "parser.h"

#include "node-private.h"

#include <dlfcn.h>
#include <expat.h>
#include <string.h>

#define PIECE 4096

#define XML_NAMESPACE "http://www.w3.org/XML/1998/namespace"

struct _XmppParser
{
  XmppParserEvents  events;
  gpointer          user_data;

  XML_Parser        expat;
  XmppNames        *names;
  XmppNode         *root;      /* owned: the stanza being read */
  XmppNode         *at;        /* borrowed from root: innermost open element */
  GError           *error;     /* set by a handler that stopped the reader */
  gsize             limit;     /* bytes of one stanza */
  gint64            start;     /* byte index of the first byte of the stanza being read, or after the last one */
  gint64            fed;       /* bytes given to expat */
  guint             depth;
  guint             children[XMPP_PARSER_MAX_DEPTH + 1];   /* by depth − 2: elements in each open element */
  guint             feeding;   /* inside xmpp_parser_feed() */
  gboolean          ended;     /* the stream's root was closed */
  gboolean          reset;     /* asked for by a handler: drop the rest of the piece */
  gboolean          freed;     /* asked for by a handler */
};

G_DEFINE_QUARK (xmpp-parser-error-quark, xmpp_parser_error)

G_GNUC_PRINTF (3, 4)
static void
stop (XmppParser      *self,
      XmppParserError  code,
      const char      *format,
      ...)
{
  va_list arguments;

  if (self->error == NULL)
    {
      va_start (arguments, format);
      self->error = g_error_new_valist (XMPP_PARSER_ERROR, code, format, arguments);
      va_end (arguments);
    }
  XML_StopParser (self->expat, XML_FALSE);
}

static inline gboolean
is_stopped (XmppParser *self)
{
  return self->error != NULL || self->reset || self->freed;
}

static void
check_size (XmppParser *self,
            gint64      end)
{
  if (end - self->start > (gint64) self->limit)
    stop (self, XMPP_PARSER_ERROR_LIMIT, "stanza larger than %" G_GSIZE_FORMAT " bytes", self->limit);
}

static void
on_start (void        *data,
          const char  *name,
          const char **attributes)
{
  XmppParser *self = data;
  XmppNode *node;
  guint n = 0;

  if (is_stopped (self))
    return;

  for (const char **a = attributes; *a != NULL; a += 2)
    {
      if (++n > XMPP_PARSER_MAX_ATTRIBUTES)
        {
          stop (self, XMPP_PARSER_ERROR_LIMIT, "more than %d attributes", XMPP_PARSER_MAX_ATTRIBUTES);
          return;
        }
      if (strlen (a[1]) > XMPP_PARSER_MAX_VALUE)
        {
          stop (self, XMPP_PARSER_ERROR_LIMIT, "attribute larger than %d bytes", XMPP_PARSER_MAX_VALUE);
          return;
        }
    }

  /* Nobody defines elements there, and a tree with one could not be written without a prefix. */
  if (g_str_has_prefix (name, XML_NAMESPACE "\n"))
    {
      stop (self, XMPP_PARSER_ERROR_RESTRICTED, "element in the namespace of XML itself");
      return;
    }
  if (self->depth > XMPP_PARSER_MAX_DEPTH)
    {
      stop (self, XMPP_PARSER_ERROR_LIMIT, "elements nested deeper than %d", XMPP_PARSER_MAX_DEPTH);
      return;
    }

  if (self->depth <= 1)
    {
      if (self->depth == 1)
        self->start = XML_GetCurrentByteIndex (self->expat);
      node = xmpp_node_new_parsed (self->names, name);
      self->root = node;
    }
  else
    {
      if (++self->children[self->depth - 2] > XMPP_PARSER_MAX_CHILDREN)
        {
          stop (self, XMPP_PARSER_ERROR_LIMIT, "more than %d elements in one", XMPP_PARSER_MAX_CHILDREN);
          return;
        }
      node = xmpp_node_add_parsed (self->at, name);
    }

  for (const char **a = attributes; *a != NULL; a += 2)
    xmpp_node_add_parsed_attribute (node, a[0], a[1]);

  if (self->depth == 0)
    {
      g_autoptr(XmppNode) header = g_steal_pointer (&self->root);

      check_size (self, XML_GetCurrentByteIndex (self->expat) + XML_GetCurrentByteCount (self->expat));
      if (self->error != NULL)
        return;
      self->depth = 1;
      self->start = XML_GetCurrentByteIndex (self->expat) + XML_GetCurrentByteCount (self->expat);
      self->events.stream_start (header, self->user_data);
      return;
    }

  self->children[self->depth - 1] = 0;
  self->at = node;
  self->depth++;
}

static void
on_end (void       *data,
        const char *name)
{
  XmppParser *self = data;
  gint64 end;

  if (is_stopped (self))
    return;

  self->depth--;
  if (self->depth > 1)
    {
      self->at = xmpp_node_get_parent (self->at);
      return;
    }

  if (self->depth == 0)
    {
      self->ended = TRUE;
      self->start = XML_GetCurrentByteIndex (self->expat) + XML_GetCurrentByteCount (self->expat);
      self->events.stream_end (self->user_data);
      return;
    }

  end = XML_GetCurrentByteIndex (self->expat) + XML_GetCurrentByteCount (self->expat);
  check_size (self, end);
  if (self->error != NULL)
    return;
  self->start = end;
  self->at = NULL;
  self->events.stanza (g_steal_pointer (&self->root), self->user_data);
}

static gboolean
is_blank (const char *text,
          gsize       length)
{
  for (gsize i = 0; i < length; i++)
    if (text[i] != ' ' && text[i] != '\t' && text[i] != '\r' && text[i] != '\n')
      return FALSE;
  return TRUE;
}

static void
on_text (void       *data,
         const char *text,
         int         length)
{
  XmppParser *self = data;

  if (is_stopped (self))
    return;

  if (self->at != NULL)
    {
      xmpp_node_add_parsed_text (self->at, text, length);
      return;
    }

  /* Between stanzas only blanks are allowed: keep-alives (RFC 6120 §4.6.1). */
  if (!is_blank (text, length))
    {
      stop (self, XMPP_PARSER_ERROR_UNEXPECTED, "text between stanzas");
      return;
    }
  self->start = XML_GetCurrentByteIndex (self->expat) + XML_GetCurrentByteCount (self->expat);
}

static void
on_comment (void       *data,
            const char *text)
{
  if (!is_stopped (data))
    stop (data, XMPP_PARSER_ERROR_RESTRICTED, "comment");
}

static void
on_processing_instruction (void       *data,
                           const char *target,
                           const char *text)
{
  if (!is_stopped (data))
    stop (data, XMPP_PARSER_ERROR_RESTRICTED, "processing instruction");
}

static void
on_doctype (void       *data,
            const char *name,
            const char *system,
            const char *public,
            int         internal)
{
  if (!is_stopped (data))
    stop (data, XMPP_PARSER_ERROR_RESTRICTED, "document type");
}

static void
on_entity (void       *data,
           const char *name,
           int         parameter,
           const char *value,
           int         length,
           const char *base,
           const char *system,
           const char *public,
           const char *notation)
{
  if (!is_stopped (data))
    stop (data, XMPP_PARSER_ERROR_RESTRICTED, "entity declaration");
}

static void
on_skipped_entity (void       *data,
                   const char *name,
                   int         parameter)
{
  if (!is_stopped (data))
    stop (data, XMPP_PARSER_ERROR_RESTRICTED, "entity");
}

/* RFC 6120 §11.6: UTF-8 only. Expat would follow another encoding of the XML declaration. */
static void
on_declaration (void       *data,
                const char *version,
                const char *encoding,
                int         standalone)
{
  if (is_stopped (data))
    return;
  if (encoding != NULL && g_ascii_strcasecmp (encoding, "utf-8") != 0)
    stop (data, XMPP_PARSER_ERROR_NOT_WELL_FORMED, "encoding %.20s", encoding);
}

static int
on_unknown_encoding (void         *data,
                     const char   *name,
                     XML_Encoding *encoding)
{
  return XML_STATUS_ERROR;
}

/* Expat ≥ 2.6 may hold back a token that came in pieces until more bytes come; a stream would wait for ever. */
static void
switch_reparse_deferral_off (XML_Parser expat)
{
  typedef XML_Bool (*SetReparseDeferral) (XML_Parser, XML_Bool);
  static gsize looked = 0;
  static SetReparseDeferral set = NULL;

  if (g_once_init_enter (&looked))
    {
      set = (SetReparseDeferral) dlsym (RTLD_DEFAULT, "XML_SetReparseDeferralEnabled");
      g_once_init_leave (&looked, 1);
    }
  if (set != NULL)
    set (expat, XML_FALSE);
}

static void
prepare (XmppParser *self)
{
  XML_SetUserData (self->expat, self);
  XML_SetElementHandler (self->expat, on_start, on_end);
  XML_SetCharacterDataHandler (self->expat, on_text);
  XML_SetCommentHandler (self->expat, on_comment);
  XML_SetProcessingInstructionHandler (self->expat, on_processing_instruction);
  XML_SetStartDoctypeDeclHandler (self->expat, on_doctype);
  XML_SetEntityDeclHandler (self->expat, on_entity);
  XML_SetSkippedEntityHandler (self->expat, on_skipped_entity);
  XML_SetXmlDeclHandler (self->expat, on_declaration);
  XML_SetUnknownEncodingHandler (self->expat, on_unknown_encoding, NULL);
  XML_SetParamEntityParsing (self->expat, XML_PARAM_ENTITY_PARSING_NEVER);
  switch_reparse_deferral_off (self->expat);

  g_clear_pointer (&self->root, xmpp_node_unref);
  g_clear_error (&self->error);
  self->at = NULL;
  self->start = 0;
  self->fed = 0;
  self->depth = 0;
  self->ended = FALSE;
  self->reset = FALSE;
}

/**
 * xmpp_parser_new:
 * @events: what to call; all three must be set
 *
 * The limit of a stanza is %XMPP_PARSER_MAX_EARLY until xmpp_parser_set_limit() says otherwise.
 */
XmppParser *
xmpp_parser_new (const XmppParserEvents *events,
                 gpointer                user_data)
{
  XmppParser *self;

  g_return_val_if_fail (events != NULL, NULL);

  self = g_new0 (XmppParser, 1);
  self->events = *events;
  self->user_data = user_data;
  self->names = xmpp_names_new ();
  self->limit = XMPP_PARSER_MAX_EARLY;
  self->expat = XML_ParserCreateNS ("UTF-8", '\n');
  prepare (self);
  return self;
}

/**
 * xmpp_parser_free:
 *
 * May be called from an event: the reader then ends as soon as the event has returned.
 */
void
xmpp_parser_free (XmppParser *self)
{
  if (self == NULL)
    return;
  if (self->feeding > 0)
    {
      self->freed = TRUE;
      XML_StopParser (self->expat, XML_FALSE);
      return;
    }

  XML_ParserFree (self->expat);
  g_clear_pointer (&self->root, xmpp_node_unref);
  g_clear_error (&self->error);
  xmpp_names_unref (self->names);
  g_free (self);
}

/**
 * xmpp_parser_reset:
 *
 * Begins a new stream. Called from an event it drops what is left of the bytes being fed: nothing said before a TLS
 * handshake may count after it (RFC 6120 §5.4.3.3).
 */
void
xmpp_parser_reset (XmppParser *self)
{
  g_return_if_fail (self != NULL);

  if (self->feeding > 0)
    {
      if (!self->reset)
        XML_StopParser (self->expat, XML_FALSE);
      self->reset = TRUE;
      return;
    }

  XML_ParserReset (self->expat, "UTF-8");
  prepare (self);
}

void
xmpp_parser_set_limit (XmppParser *self,
                       gsize       stanza_bytes)
{
  g_return_if_fail (self != NULL);

  self->limit = stanza_bytes;
}

static void
take_expat_error (XmppParser *self)
{
  enum XML_Error code = XML_GetErrorCode (self->expat);

  if (self->error != NULL)
    return;
  self->error = g_error_new (XMPP_PARSER_ERROR,
                             code == XML_ERROR_UNDEFINED_ENTITY ? XMPP_PARSER_ERROR_RESTRICTED
                                                                : XMPP_PARSER_ERROR_NOT_WELL_FORMED,
                             "%s", XML_ErrorString (code));
}

/* Up to the first byte that no UTF-8 text of XML has. Expat, told to read UTF-8, would all the same take a NUL or a mark
 * of byte order at the start for UTF-16 (RFC 6120 §11.6; found by the fuzz target). */
static gsize
count_possible (const char *data,
                gsize       length)
{
  static const guchar never[] = { 0x00, 0xFE, 0xFF };

  for (guint i = 0; i < G_N_ELEMENTS (never); i++)
    {
      const char *found = memchr (data, never[i], length);

      if (found != NULL)
        length = found - data;
    }
  return length;
}

/**
 * xmpp_parser_feed:
 * @data: the next bytes of the stream, cut anywhere
 * @error: #XmppParserError
 *
 * Calls events for what has become whole. After an error the parser takes nothing more until it is reset.
 */
gboolean
xmpp_parser_feed (XmppParser  *self,
                  const char  *data,
                  gsize        length,
                  GError     **error)
{
  gboolean ok;

  g_return_val_if_fail (self != NULL, FALSE);

  self->feeding++;
  for (gsize piece = 0; length > 0 && !is_stopped (self); data += piece, length -= piece)
    {
      piece = count_possible (data, MIN (length, PIECE));
      if (piece == 0)
        {
          g_set_error_literal (&self->error, XMPP_PARSER_ERROR, XMPP_PARSER_ERROR_NOT_WELL_FORMED, "not UTF-8");
          break;
        }
      if (self->ended)
        {
          if (!is_blank (data, piece))
            g_set_error_literal (&self->error, XMPP_PARSER_ERROR, XMPP_PARSER_ERROR_UNEXPECTED,
                                 "bytes after the end of the stream");
          continue;
        }
      self->fed += piece;
      if (XML_Parse (self->expat, data, piece, XML_FALSE) != XML_STATUS_OK)
        {
          if (!self->reset && !self->freed)
            take_expat_error (self);
          break;
        }
      /* Expat may hold back what began after the end, and never find out that it is wrong. */
      if (self->ended && !is_stopped (self) && self->fed - self->start <= (gint64) piece &&
          !is_blank (data + piece - (self->fed - self->start), self->fed - self->start))
        g_set_error_literal (&self->error, XMPP_PARSER_ERROR, XMPP_PARSER_ERROR_UNEXPECTED,
                             "bytes after the end of the stream");
      if (self->fed - self->start > (gint64) self->limit && !is_stopped (self))
        g_set_error (&self->error, XMPP_PARSER_ERROR, XMPP_PARSER_ERROR_LIMIT,
                     "stanza larger than %" G_GSIZE_FORMAT " bytes", self->limit);
    }
  self->feeding--;

  if (self->freed)
    {
      if (self->feeding == 0)
        xmpp_parser_free (self);
      return TRUE;
    }
  if (self->reset && self->feeding == 0)
    {
      XML_ParserReset (self->expat, "UTF-8");
      prepare (self);
      return TRUE;
    }
  ok = self->error == NULL;
  if (!ok && error != NULL)
    *error = g_error_copy (self->error);
  return ok;
}

const char *
xmpp_parser_error_to_condition (const GError *error)
{
  g_return_val_if_fail (error != NULL, NULL);

  if (error->domain != XMPP_PARSER_ERROR)
    return "undefined-condition";
  switch ((XmppParserError) error->code)
    {
    case XMPP_PARSER_ERROR_NOT_WELL_FORMED: return "not-well-formed";
    case XMPP_PARSER_ERROR_RESTRICTED:      return "restricted-xml";
    case XMPP_PARSER_ERROR_LIMIT:           return "policy-violation";
    case XMPP_PARSER_ERROR_UNEXPECTED:      return "invalid-xml";
    default:                                return "undefined-condition";
    }
}

/* --- whole documents --- */

typedef struct
{
  XmppNode *node;
  guint     count;
} Whole;

static void
on_whole_start (XmppNode *header,
                gpointer  user_data)
{
}

static void
on_whole_stanza (XmppNode *stanza,
                 gpointer  user_data)
{
  Whole *whole = user_data;

  if (whole->count++ == 0)
    whole->node = stanza;
  else
    xmpp_node_unref (stanza);
}

static void
on_whole_end (gpointer user_data)
{
}

XmppNode *
xmpp_node_parse (const char  *xml,
                 gssize       length,
                 GError     **error)
{
  static const XmppParserEvents events = { on_whole_start, on_whole_stanza, on_whole_end };
  g_autoptr(XmppParser) parser = NULL;
  g_autoptr(XmppNode) node = NULL;
  Whole whole = { NULL, 0 };
  gboolean fed;

  g_return_val_if_fail (xml != NULL, NULL);

  /* The element becomes the only child of a root of ours, so that all bounds hold as on a stream. */
  parser = xmpp_parser_new (&events, &whole);
  xmpp_parser_set_limit (parser, XMPP_PARSER_MAX_STANZA);
  fed = xmpp_parser_feed (parser, "<r>", 3, error) &&
        xmpp_parser_feed (parser, xml, length < 0 ? strlen (xml) : (gsize) length, error);
  node = whole.node;
  if (!fed)
    return NULL;
  if (whole.count != 1 || parser->ended || parser->depth != 1 || parser->fed != parser->start)
    {
      g_set_error (error, XMPP_PARSER_ERROR, XMPP_PARSER_ERROR_NOT_WELL_FORMED,
                   whole.count > 1 ? "more than one element" : "not one whole element");
      return NULL;
    }
  return g_steal_pointer (&node);
}
