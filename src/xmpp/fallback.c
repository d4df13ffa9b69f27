/* SPDX-License-Identifier: GPL-3.0-or-later */

/* XEP-0428: Fallback Indication. */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "xmpp/fallback.h"

#include <string.h>

void
xmpp_fallback_free (XmppFallback *self)
{
  if (self == NULL)
    return;
  g_free (self->purpose);
  g_free (self);
}

static void
add_parsed (GPtrArray  *fallbacks,
            const char *purpose,
            gboolean    body,
            gboolean    whole,
            guint       start,
            guint       end)
{
  XmppFallback *self;

  if (fallbacks->len >= XMPP_FALLBACKS_MAX)
    return;
  self = g_new0 (XmppFallback, 1);
  self->purpose = g_strdup (purpose);
  self->body = body;
  self->whole = whole;
  self->start = start;
  self->end = end;
  g_ptr_array_add (fallbacks, self);
}

static void
parse_body (GPtrArray      *fallbacks,
            const char     *purpose,
            const XmppNode *body)
{
  gint64 start, end;

  if (xmpp_node_get_attribute (body, "start") == NULL && xmpp_node_get_attribute (body, "end") == NULL)
    add_parsed (fallbacks, purpose, TRUE, TRUE, 0, 0);
  else if (xmpp_node_get_attribute_int64 (body, "start", 0, G_MAXINT32, &start)
           && xmpp_node_get_attribute_int64 (body, "end", start, G_MAXINT32, &end))
    add_parsed (fallbacks, purpose, TRUE, FALSE, start, end);
}

GPtrArray *
xmpp_fallback_parse (const XmppNode *message)
{
  g_autoptr(GPtrArray) fallbacks = g_ptr_array_new_with_free_func ((GDestroyNotify) xmpp_fallback_free);

  g_return_val_if_fail (message != NULL, NULL);

  for (XmppNode *node = xmpp_node_get_first_child (message); node != NULL; node = xmpp_node_get_next (node))
    {
      const char *purpose;

      if (!xmpp_node_is (node, "fallback", XMPP_NS_FALLBACK))
        continue;
      purpose = xmpp_node_get_attribute (node, "for");
      if (xmpp_node_get_first_child (node) == NULL)
        add_parsed (fallbacks, purpose, TRUE, TRUE, 0, 0);   /* all of the message */
      for (XmppNode *child = xmpp_node_get_first_child (node); child != NULL; child = xmpp_node_get_next (child))
        {
          if (xmpp_node_is (child, "body", XMPP_NS_FALLBACK))
            parse_body (fallbacks, purpose, child);
        }
    }
  return g_steal_pointer (&fallbacks);
}

gboolean
xmpp_text_offset_to_byte (const char *text,
                          gsize       offset,
                          gsize      *out)
{
  const char *p = text;

  g_return_val_if_fail (text != NULL && out != NULL, FALSE);

  for (gsize i = 0; i < offset; i++)
    {
      if (*p == '\0')
        return FALSE;
      p = g_utf8_next_char (p);
    }
  *out = p - text;
  return TRUE;
}

char *
xmpp_fallback_mask (const char         *body,
                    GPtrArray          *fallbacks,
                    const char *const  *purposes)
{
  gsize length;
  char *keep;

  g_return_val_if_fail (body != NULL && fallbacks != NULL && purposes != NULL, NULL);

  length = strlen (body);
  keep = g_malloc (length + 1);
  memset (keep, 1, length);
  keep[length] = '\0';
  for (guint i = 0; i < fallbacks->len; i++)
    {
      const XmppFallback *fallback = g_ptr_array_index (fallbacks, i);
      gsize start = 0, end = length;

      if (!fallback->body || !g_strv_contains (purposes, fallback->purpose != NULL ? fallback->purpose : ""))
        continue;
      if (!fallback->whole
          && (!xmpp_text_offset_to_byte (body, fallback->start, &start)
              || !xmpp_text_offset_to_byte (body, fallback->end, &end)))
        continue;
      memset (keep + start, 0, end - start);
    }
  return keep;
}

char *
xmpp_fallback_strip (const char         *body,
                     GPtrArray          *fallbacks,
                     const char *const  *purposes)
{
  g_autofree char *keep = xmpp_fallback_mask (body, fallbacks, purposes);
  GString *text;

  g_return_val_if_fail (keep != NULL, NULL);

  text = g_string_new (NULL);
  for (gsize i = 0; body[i] != '\0'; i++)
    {
      if (keep[i])
        g_string_append_c (text, body[i]);
    }
  return g_string_free (text, FALSE);
}

static XmppNode *
add_node (XmppNode   *message,
          const char *purpose)
{
  XmppNode *node = xmpp_node_add_child (message, "fallback", XMPP_NS_FALLBACK);

  xmpp_node_set_attribute (node, "for", purpose);
  return xmpp_node_add_child (node, "body", NULL);
}

void
xmpp_fallback_add (XmppNode   *message,
                   const char *purpose)
{
  g_return_if_fail (message != NULL && purpose != NULL);

  add_node (message, purpose);
}

void
xmpp_fallback_add_range (XmppNode   *message,
                         const char *purpose,
                         guint       start,
                         guint       end)
{
  XmppNode *body;

  g_return_if_fail (message != NULL && purpose != NULL && start <= end);

  body = add_node (message, purpose);
  xmpp_node_set_attribute_int64 (body, "start", start);
  xmpp_node_set_attribute_int64 (body, "end", end);
}
