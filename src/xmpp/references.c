/* SPDX-License-Identifier: GPL-3.0-or-later */

/* XEP-0372: References. */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "xmpp/fallback.h"
#include "xmpp/jid.h"
#include "xmpp/references.h"

#include <string.h>

#define SCHEME "xmpp:"

void
xmpp_mention_free (XmppMention *self)
{
  if (self == NULL)
    return;
  g_free (self->address);
  g_free (self);
}

/* The address in an xmpp: link without query or fragment; prepared; NULL if it is none. */
static char *
parse_address (const char *uri)
{
  g_autofree char *escaped = NULL, *address = NULL;

  if (uri == NULL || g_ascii_strncasecmp (uri, SCHEME, strlen (SCHEME)) != 0)
    return NULL;
  uri += strlen (SCHEME);
  escaped = g_strndup (uri, strcspn (uri, "?#"));
  address = g_uri_unescape_string (escaped, NULL);
  if (address == NULL || !g_utf8_validate (address, -1, NULL))
    return NULL;
  return xmpp_jid_prepare (address, NULL);
}

static int
compare_start (gconstpointer a,
               gconstpointer b)
{
  const XmppMention *first = *(const XmppMention *const *) a;
  const XmppMention *second = *(const XmppMention *const *) b;

  return first->start < second->start ? -1 : first->start > second->start;
}

static void
drop_overlapping (GPtrArray *mentions)
{
  gsize end = 0;

  g_ptr_array_sort (mentions, compare_start);
  for (guint i = 0; i < mentions->len;)
    {
      const XmppMention *mention = g_ptr_array_index (mentions, i);

      if (mention->start < end)
        g_ptr_array_remove_index (mentions, i);
      else
        {
          end = mention->end;
          i++;
        }
    }
}

GPtrArray *
xmpp_references_parse (const XmppNode *message,
                       const char     *body)
{
  g_autoptr(GPtrArray) mentions = g_ptr_array_new_with_free_func ((GDestroyNotify) xmpp_mention_free);

  g_return_val_if_fail (message != NULL, NULL);

  if (body == NULL)
    return g_steal_pointer (&mentions);
  for (XmppNode *child = xmpp_node_get_first_child (message); child != NULL; child = xmpp_node_get_next (child))
    {
      g_autofree char *address = NULL;
      gint64 begin, end;
      gsize start_byte, end_byte;
      XmppMention *mention;

      if (mentions->len >= XMPP_REFERENCES_MAX)
        break;
      if (!xmpp_node_is (child, "reference", XMPP_NS_REFERENCES)
          || g_strcmp0 (xmpp_node_get_attribute (child, "type"), "mention") != 0
          || xmpp_node_get_attribute (child, "anchor") != NULL      /* about another message */
          || !xmpp_node_get_attribute_int64 (child, "begin", 0, G_MAXINT32, &begin)
          || !xmpp_node_get_attribute_int64 (child, "end", begin + 1, G_MAXINT32, &end)
          || !xmpp_text_offset_to_byte (body, begin, &start_byte)
          || !xmpp_text_offset_to_byte (body, end, &end_byte))
        continue;
      address = parse_address (xmpp_node_get_attribute (child, "uri"));
      if (address == NULL)
        continue;
      mention = g_new0 (XmppMention, 1);
      mention->address = g_steal_pointer (&address);
      mention->start = start_byte;
      mention->end = end_byte;
      g_ptr_array_add (mentions, mention);
    }
  drop_overlapping (mentions);
  return g_steal_pointer (&mentions);
}

void
xmpp_references_add_mention (XmppNode   *message,
                             const char *body,
                             const char *address,
                             gsize       start,
                             gsize       end)
{
  g_autofree char *escaped = NULL, *uri = NULL;
  XmppNode *node;

  g_return_if_fail (message != NULL && body != NULL && address != NULL);
  g_return_if_fail (start < end && end <= strlen (body));

  escaped = g_uri_escape_string (address, "@/!$&'()*+,;=:", FALSE);
  uri = g_strconcat (SCHEME, escaped, NULL);
  node = xmpp_node_add_child (message, "reference", XMPP_NS_REFERENCES);
  xmpp_node_set_attribute (node, "type", "mention");
  xmpp_node_set_attribute_int64 (node, "begin", g_utf8_strlen (body, start));
  xmpp_node_set_attribute_int64 (node, "end", g_utf8_strlen (body, end));
  xmpp_node_set_attribute (node, "uri", uri);
}
