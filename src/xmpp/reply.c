/* SPDX-License-Identifier: GPL-3.0-or-later */

/* XEP-0461: Message Replies. */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "xmpp/jid.h"
#include "xmpp/reply.h"
#include "xmpp/stanza-id.h"

#include <string.h>

XmppReply *
xmpp_reply_parse (const XmppNode *message)
{
  XmppNode *node;
  XmppReply *self;
  const char *id, *to;

  g_return_val_if_fail (message != NULL, NULL);

  node = xmpp_node_get_child (message, "reply", XMPP_NS_REPLY);
  id = node != NULL ? xmpp_node_get_attribute (node, "id") : NULL;
  if (!xmpp_id_is_usable (id))
    return NULL;
  to = xmpp_node_get_attribute (node, "to");
  self = g_new0 (XmppReply, 1);
  self->id = g_strdup (id);
  self->to = to != NULL ? xmpp_jid_prepare (to, NULL) : NULL;
  return self;
}

void
xmpp_reply_free (XmppReply *self)
{
  if (self == NULL)
    return;
  g_free (self->id);
  g_free (self->to);
  g_free (self);
}

void
xmpp_reply_add (XmppNode   *message,
                const char *id,
                const char *to)
{
  XmppNode *node;

  g_return_if_fail (message != NULL && id != NULL);

  node = xmpp_node_add_child (message, "reply", XMPP_NS_REPLY);
  if (to != NULL)
    xmpp_node_set_attribute (node, "to", to);
  xmpp_node_set_attribute (node, "id", id);
}

char *
xmpp_reply_dup_quote (const char *quoted,
                      guint       max_lines,
                      guint      *out_length)
{
  g_autoptr(GString) text = g_string_new (NULL);
  const char *line = quoted;

  g_return_val_if_fail (quoted != NULL, NULL);

  for (guint i = 0; i < max_lines && *line != '\0'; i++)
    {
      const char *end = strchrnul (line, '\n');

      g_string_append (text, "> ");
      g_string_append_len (text, line, end - line);
      g_string_append_c (text, '\n');
      line = *end == '\n' ? end + 1 : end;
    }
  if (out_length != NULL)
    *out_length = g_utf8_strlen (text->str, text->len);
  return g_string_free (g_steal_pointer (&text), FALSE);
}
