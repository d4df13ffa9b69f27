/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "redact.h"

#include "node-private.h"

#include <string.h>

/* Values that tell what happened and give away nothing: no passwords, tokens, addresses of uploads or texts. */
static const char * const open_attributes[] = {
  "type", "id", "from", "to", "version", "xml:lang", "mechanism", "h", "resume", "max", "node", "var", "code", "by",
  "action", "affiliation", "role", "subscription", "ver", "hash", "stamp", "complete", "queryid", NULL,
};

/* A line that is longer tells nothing more. */
#define MAX_LINE 2000

static void
append_start (GString        *out,
              const XmppNode *node)
{
  g_autofree const char **names = xmpp_node_list_attributes (node);
  const XmppNode *parent = xmpp_node_get_parent (node);

  g_string_append_printf (out, "<%s", xmpp_node_get_name (node));
  if (parent == NULL || strcmp (xmpp_node_get_xmlns (parent), xmpp_node_get_xmlns (node)) != 0)
    g_string_append_printf (out, " xmlns='%s'", xmpp_node_get_xmlns (node));
  for (const char **name = names; *name != NULL; name++)
    {
      const char *value = xmpp_node_get_attribute (node, *name);

      if (g_strv_contains (open_attributes, *name))
        g_string_append_printf (out, " %s='%s'", *name, value);
      else
        g_string_append_printf (out, " %s='[%" G_GSIZE_FORMAT "]'", *name, strlen (value));
    }
}

char *
xmpp_redact (const XmppNode *node)
{
  GString *out = g_string_new (NULL);
  const XmppNode *at = node;

  while (out->len < MAX_LINE)
    {
      gsize text = strlen (xmpp_node_get_text (at));
      XmppNode *child = xmpp_node_get_first_child (at);

      append_start (out, at);
      if (text > 0 || child != NULL)
        g_string_append_c (out, '>');
      else
        g_string_append (out, "/>");
      if (text > 0)
        g_string_append_printf (out, "[%" G_GSIZE_FORMAT "]", text);
      if (child != NULL)
        {
          at = child;
          continue;
        }
      if (text > 0)
        g_string_append_printf (out, "</%s>", xmpp_node_get_name (at));

      while (at != node && xmpp_node_get_next (at) == NULL)
        {
          at = xmpp_node_get_parent (at);
          g_string_append_printf (out, "</%s>", xmpp_node_get_name (at));
        }
      if (at == node)
        break;
      at = xmpp_node_get_next (at);
    }
  if (out->len > MAX_LINE)
    {
      g_autofree char *valid = g_utf8_make_valid (out->str, MAX_LINE);

      g_string_assign (out, valid);
      g_string_append (out, "…");
    }
  /* One line, whatever a peer put into an id. */
  for (char *c = out->str; *c != '\0'; c++)
    if ((guchar) *c < 0x20 || *c == 0x7F)
      *c = '?';
  return g_string_free (out, FALSE);
}
