/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "xmpp/parser.h"

#include <string.h>

#define HEADER "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>"

typedef struct
{
  GString    *events;
  XmppParser *parser;
  guint       reset_at;   /* stanza at which the parser is reset; 0: never */
  guint       free_at;
  guint       stanzas;
} Listener;

static void
on_start (XmppNode *header,
          gpointer  user_data)
{
  Listener *listener = user_data;

  g_string_append_printf (listener->events, "(%s ", xmpp_node_get_name (header));
}

static void
on_stanza (XmppNode *stanza,
           gpointer  user_data)
{
  Listener *listener = user_data;

  g_string_append_printf (listener->events, "%s ", xmpp_node_get_name (stanza));
  xmpp_node_unref (stanza);
  listener->stanzas++;
  if (listener->stanzas == listener->reset_at)
    xmpp_parser_reset (listener->parser);
  if (listener->stanzas == listener->free_at)
    xmpp_parser_free (g_steal_pointer (&listener->parser));
}

static void
on_end (gpointer user_data)
{
  Listener *listener = user_data;

  g_string_append (listener->events, ")");
}

static const XmppParserEvents events = { on_start, on_stanza, on_end };

static void
listener_init (Listener *listener)
{
  memset (listener, 0, sizeof *listener);
  listener->events = g_string_new (NULL);
  listener->parser = xmpp_parser_new (&events, listener);
  xmpp_parser_set_limit (listener->parser, XMPP_PARSER_MAX_STANZA);
}

static void
listener_clear (Listener *listener)
{
  xmpp_parser_free (listener->parser);
  g_string_free (listener->events, TRUE);
}

static void
feed (Listener   *listener,
      const char *xml)
{
  g_autoptr(GError) error = NULL;

  xmpp_parser_feed (listener->parser, xml, strlen (xml), &error);
  g_assert_no_error (error);
}

/* --- what is good --- */

static void
test_stream (void)
{
  Listener listener;

  listener_init (&listener);
  feed (&listener, HEADER);
  g_assert_cmpstr (listener.events->str, ==, "(stream ");
  feed (&listener, "<message/> \n\t<presence>x</presence><i");
  g_assert_cmpstr (listener.events->str, ==, "(stream message presence ");
  feed (&listener, "q><a><b/></a></iq></stream:stream>");
  g_assert_cmpstr (listener.events->str, ==, "(stream message presence iq )");
  feed (&listener, " \n");
  listener_clear (&listener);
}

/* Every way of cutting a stream in two gives the same events (C2: one reader, one meaning). */
static void
test_every_cut (void)
{
  const char *xml = HEADER "<message to='a&amp;b'><body>你好 &lt;&#x1F600;&gt;<![CDATA[ ]x]]></body></message><iq/></stream:stream>";
  gsize length = strlen (xml);

  for (gsize cut = 0; cut <= length; cut++)
    {
      g_autoptr(GError) error = NULL;
      Listener listener;

      listener_init (&listener);
      g_assert_true (xmpp_parser_feed (listener.parser, xml, cut, &error));
      g_assert_true (xmpp_parser_feed (listener.parser, xml + cut, length - cut, &error));
      g_assert_cmpstr (listener.events->str, ==, "(stream message iq )");
      listener_clear (&listener);
    }
}

static void
test_reset_in_event (void)
{
  Listener listener;

  /* Nothing of what came with the second stanza counts, however broken it is. */
  listener_init (&listener);
  listener.reset_at = 2;
  feed (&listener, HEADER "<one/><two/><three/><<<");
  g_assert_cmpstr (listener.events->str, ==, "(stream one two ");
  feed (&listener, HEADER "<four/>");
  g_assert_cmpstr (listener.events->str, ==, "(stream one two (stream four ");
  listener_clear (&listener);
}

static void
test_free_in_event (void)
{
  Listener listener;

  listener_init (&listener);
  listener.free_at = 1;
  feed (&listener, HEADER "<one/><two/>");
  g_assert_cmpstr (listener.events->str, ==, "(stream one ");
  g_assert_null (listener.parser);
  g_string_free (listener.events, TRUE);
}

/* --- what is bad --- */

typedef struct
{
  const char      *name;
  const char      *xml;
  gssize           length;
  XmppParserError  code;
} Bad;

static const Bad bad[] = {
  { "comment", HEADER "<!-- x -->", -1, XMPP_PARSER_ERROR_RESTRICTED },
  { "comment-inside", HEADER "<a><!-- x --></a>", -1, XMPP_PARSER_ERROR_RESTRICTED },
  { "instruction", HEADER "<?php x ?>", -1, XMPP_PARSER_ERROR_RESTRICTED },
  { "instruction-before", "<?xml version='1.0'?><?php x ?>", -1, XMPP_PARSER_ERROR_RESTRICTED },
  { "doctype", "<!DOCTYPE stream><stream/>", -1, XMPP_PARSER_ERROR_RESTRICTED },
  { "doctype-entity", "<!DOCTYPE s [<!ENTITY a 'b'>]><s>&a;</s>", -1, XMPP_PARSER_ERROR_RESTRICTED },
  { "doctype-external", "<!DOCTYPE s SYSTEM 'file:///etc/passwd'><s/>", -1, XMPP_PARSER_ERROR_RESTRICTED },
  { "entity", HEADER "<a>&nbsp;</a>", -1, XMPP_PARSER_ERROR_RESTRICTED },
  { "entity-in-attribute", HEADER "<a b='&x;'/>", -1, XMPP_PARSER_ERROR_RESTRICTED },
  { "prefix", HEADER "<x:a/>", -1, XMPP_PARSER_ERROR_NOT_WELL_FORMED },
  { "attribute-prefix", HEADER "<a x:b='c'/>", -1, XMPP_PARSER_ERROR_NOT_WELL_FORMED },
  { "duplicate-attribute", HEADER "<a b='c' b='d'/>", -1, XMPP_PARSER_ERROR_NOT_WELL_FORMED },
  { "duplicate-by-namespace", HEADER "<a xmlns:p='u' xmlns:q='u' p:b='c' q:b='d'/>", -1, XMPP_PARSER_ERROR_NOT_WELL_FORMED },
  { "newline-in-namespace", HEADER "<a xmlns='u&#10;v'/>", -1, XMPP_PARSER_ERROR_NOT_WELL_FORMED },
  { "element-of-xml", HEADER "<xml:a/>", -1, XMPP_PARSER_ERROR_RESTRICTED },
  { "utf-8-short", HEADER "<a>\xC3\x28</a>", -1, XMPP_PARSER_ERROR_NOT_WELL_FORMED },
  { "utf-8-overlong", HEADER "<a>\xC0\xAF</a>", -1, XMPP_PARSER_ERROR_NOT_WELL_FORMED },
  { "utf-8-surrogate", HEADER "<a>\xED\xA0\x80</a>", -1, XMPP_PARSER_ERROR_NOT_WELL_FORMED },
  { "utf-8-too-high", HEADER "<a>\xF4\x90\x80\x80</a>", -1, XMPP_PARSER_ERROR_NOT_WELL_FORMED },
  { "noncharacter", HEADER "<a>\xEF\xBF\xBF</a>", -1, XMPP_PARSER_ERROR_NOT_WELL_FORMED },
  { "control", HEADER "<a>\x0B</a>", -1, XMPP_PARSER_ERROR_NOT_WELL_FORMED },
  { "control-by-number", HEADER "<a>&#1;</a>", -1, XMPP_PARSER_ERROR_NOT_WELL_FORMED },
  { "nul", HEADER "<a>\0</a>", sizeof HEADER - 1 + 8, XMPP_PARSER_ERROR_NOT_WELL_FORMED },
  { "nul-by-number", HEADER "<a>&#0;</a>", -1, XMPP_PARSER_ERROR_NOT_WELL_FORMED },
  { "latin-1", "<?xml version='1.0' encoding='iso-8859-1'?><stream/>", -1, XMPP_PARSER_ERROR_NOT_WELL_FORMED },
  { "unknown-encoding", "<?xml version='1.0' encoding='x-none'?><stream/>", -1, XMPP_PARSER_ERROR_NOT_WELL_FORMED },
  { "utf-16", "<\0a\0/\0>\0", 8, XMPP_PARSER_ERROR_NOT_WELL_FORMED },
  { "utf-16-marked", "\xFF\xFE<\0a\0/\0>\0", 10, XMPP_PARSER_ERROR_NOT_WELL_FORMED },
  { "tags-crossed", HEADER "<a><b></a></b>", -1, XMPP_PARSER_ERROR_NOT_WELL_FORMED },
  { "cdata-end", HEADER "<a>]]></a>", -1, XMPP_PARSER_ERROR_NOT_WELL_FORMED },
  { "text-between", HEADER "<a/>x<b/>", -1, XMPP_PARSER_ERROR_UNEXPECTED },
  { "after-end", HEADER "</stream:stream><a/>", -1, XMPP_PARSER_ERROR_NOT_WELL_FORMED },
};

static void
test_bad (gconstpointer data)
{
  const Bad *b = data;
  gsize length = b->length < 0 ? strlen (b->xml) : (gsize) b->length;

  /* Whole, and byte by byte. */
  for (gsize piece = length; piece > 0; piece = piece == 1 ? 0 : 1)
    {
      g_autoptr(GError) error = NULL;
      gboolean ok = TRUE;
      Listener listener;

      listener_init (&listener);
      for (gsize at = 0; ok && at < length; at += piece)
        ok = xmpp_parser_feed (listener.parser, b->xml + at, piece, &error);
      g_assert_false (ok);
      if (strcmp (b->name, "after-end") != 0 || piece == length)
        g_assert_error (error, XMPP_PARSER_ERROR, (int) b->code);
      g_assert_nonnull (xmpp_parser_error_to_condition (error));

      /* Broken is broken: nothing more is taken. */
      g_assert_false (xmpp_parser_feed (listener.parser, "<a/>", 4, NULL));
      listener_clear (&listener);
    }
}

/* --- bounds (C3), each at the limit and one beyond --- */

static void
try_bound (const char *xml,
           gsize       length,
           gboolean    good)
{
  g_autoptr(GError) error = NULL;
  Listener listener;
  gboolean ok;

  listener_init (&listener);
  feed (&listener, HEADER);
  ok = xmpp_parser_feed (listener.parser, xml, length, &error);
  if (good)
    {
      g_assert_no_error (error);
      g_assert_cmpuint (listener.stanzas, ==, 1);
    }
  else
    {
      g_assert_false (ok);
      g_assert_error (error, XMPP_PARSER_ERROR, XMPP_PARSER_ERROR_LIMIT);
      g_assert_cmpstr (xmpp_parser_error_to_condition (error), ==, "policy-violation");
      g_assert_cmpuint (listener.stanzas, ==, 0);
    }
  listener_clear (&listener);
}

static void
test_depth (void)
{
  for (guint depth = XMPP_PARSER_MAX_DEPTH; depth <= XMPP_PARSER_MAX_DEPTH + 1; depth++)
    {
      g_autoptr(GString) xml = g_string_new (NULL);

      for (guint i = 0; i < depth; i++)
        g_string_append (xml, "<a>");
      for (guint i = 0; i < depth; i++)
        g_string_append (xml, "</a>");
      try_bound (xml->str, xml->len, depth == XMPP_PARSER_MAX_DEPTH);
    }
}

static void
test_attributes (void)
{
  for (guint n = XMPP_PARSER_MAX_ATTRIBUTES; n <= XMPP_PARSER_MAX_ATTRIBUTES + 1; n++)
    {
      g_autoptr(GString) xml = g_string_new ("<a");

      for (guint i = 0; i < n; i++)
        g_string_append_printf (xml, " b%u=''", i);
      g_string_append (xml, "/>");
      try_bound (xml->str, xml->len, n == XMPP_PARSER_MAX_ATTRIBUTES);
    }
}

static void
test_value (void)
{
  for (guint n = XMPP_PARSER_MAX_VALUE; n <= XMPP_PARSER_MAX_VALUE + 1; n++)
    {
      g_autofree char *value = g_strnfill (n, 'x');
      g_autofree char *xml = g_strdup_printf ("<a b='%s'/>", value);

      try_bound (xml, strlen (xml), n == XMPP_PARSER_MAX_VALUE);
    }
}

static void
test_children (void)
{
  for (guint n = XMPP_PARSER_MAX_CHILDREN; n <= XMPP_PARSER_MAX_CHILDREN + 1; n++)
    {
      g_autoptr(GString) xml = g_string_new ("<a><c/>");

      for (guint i = 1; i < n; i++)
        g_string_append (xml, i % 2 ? "<b><d/></b>" : "<b/>");
      g_string_append (xml, "</a>");
      try_bound (xml->str, xml->len, n == XMPP_PARSER_MAX_CHILDREN);
    }
}

static void
test_size (void)
{
  /* "<a>" and "</a>" around the text. */
  for (gsize size = XMPP_PARSER_MAX_STANZA; size <= XMPP_PARSER_MAX_STANZA + 1; size++)
    {
      g_autofree char *text = g_strnfill (size - 7, 'x');
      g_autofree char *xml = g_strdup_printf ("<a>%s</a>", text);

      try_bound (xml, strlen (xml), size == XMPP_PARSER_MAX_STANZA);
    }
}

/* A stanza may not be large, a stream may. */
static void
test_size_is_of_a_stanza (void)
{
  g_autofree char *text = g_strnfill (XMPP_PARSER_MAX_STANZA - 100, 'x');
  g_autofree char *xml = g_strdup_printf ("<a>%s</a>  \n", text);
  Listener listener;

  listener_init (&listener);
  feed (&listener, HEADER);
  for (guint i = 0; i < 20; i++)
    feed (&listener, xml);
  g_assert_cmpuint (listener.stanzas, ==, 20);
  listener_clear (&listener);
}

/* What has no end yet is bounded as well: a name, a value, blanks in a tag. */
static void
test_size_of_endless_token (void)
{
  static const char * const starts[] = { "<", "<a b='", "<a ", "<a><![CDATA[", "</", "<a>&" };

  for (guint i = 0; i < G_N_ELEMENTS (starts); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autofree char *text = g_strnfill (1000, i == 2 ? ' ' : 'x');
      gsize fed = 0;
      Listener listener;

      listener_init (&listener);
      xmpp_parser_set_limit (listener.parser, XMPP_PARSER_MAX_EARLY);
      feed (&listener, HEADER);
      feed (&listener, starts[i]);
      while (xmpp_parser_feed (listener.parser, text, 1000, &error))
        {
          fed += 1000;
          g_assert_cmpuint (fed, <=, XMPP_PARSER_MAX_EARLY + 1000);
        }
      listener_clear (&listener);
    }
}

/* --- xmpp_node_parse() --- */

static void
test_whole (void)
{
  static const char * const wrong[] = { "", " ", "x", "<a>", "<a/><b/>", "</r>", "<a/></r>", "</r><r><a/>", "<a/>x", "x<a/>",
                                        "<a", "<?xml version='1.0'?><a/>", "<!-- --><a/>" };
  g_autoptr(XmppNode) node = xmpp_node_parse ("<a xmlns='u'><b/></a>", -1, NULL);

  g_assert_true (xmpp_node_is (node, "a", "u"));
  g_assert_null (xmpp_node_get_parent (node));
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_null (xmpp_node_parse (wrong[i], -1, &error));
      g_assert_nonnull (error);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/parser/stream", test_stream);
  g_test_add_func ("/parser/every-cut", test_every_cut);
  g_test_add_func ("/parser/reset-in-event", test_reset_in_event);
  g_test_add_func ("/parser/free-in-event", test_free_in_event);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *path = g_strconcat ("/parser/bad/", bad[i].name, NULL);
      g_test_add_data_func (path, &bad[i], test_bad);
    }
  g_test_add_func ("/parser/bound/depth", test_depth);
  g_test_add_func ("/parser/bound/attributes", test_attributes);
  g_test_add_func ("/parser/bound/value", test_value);
  g_test_add_func ("/parser/bound/children", test_children);
  g_test_add_func ("/parser/bound/size", test_size);
  g_test_add_func ("/parser/bound/size-is-of-a-stanza", test_size_is_of_a_stanza);
  g_test_add_func ("/parser/bound/size-of-endless-token", test_size_of_endless_token);
  g_test_add_func ("/parser/whole", test_whole);

  return g_test_run ();
}
