/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "xmpp/carbons.h"
#include "xmpp/correction.h"
#include "xmpp/markers.h"
#include "xmpp/muc.h"
#include "xmpp/oob.h"
#include "xmpp/outgoing.h"
#include "xmpp/receipts.h"
#include "xmpp/stanza-id.h"
#include "xmpp/styling.h"

#include <string.h>

/* Lines of the message answered that go along for older clients. */
#define QUOTE_LINES 8

static XmppNode *
new_message (XmppMessageType  type,
             const char      *to,
             const char      *id)
{
  XmppNode *message = xmpp_node_new ("message", "jabber:client");

  xmpp_node_set_attribute (message, "type", xmpp_message_type_to_string (type));
  xmpp_node_set_attribute (message, "to", to);
  xmpp_node_set_attribute (message, "id", id);
  return message;
}

static const char *
first_url (const XmppOutgoing *self)
{
  for (gsize i = 0; self->files != NULL && self->files[i] != NULL; i++)
    {
      if (self->files[i]->urls != NULL && self->files[i]->urls[0] != NULL)
        return self->files[i]->urls[0];
    }
  return NULL;
}

/* The body with the quotation in front of it; adds the reply and its fallback. */
static char *
add_reply (XmppNode           *message,
           const XmppOutgoing *self)
{
  g_autofree char *quote = NULL;
  guint length = 0;

  if (self->reply_id == NULL)
    return g_strdup (self->body);
  xmpp_reply_add (message, self->reply_id, self->reply_to);
  if (self->reply_quote == NULL || self->body == NULL)
    return g_strdup (self->body);
  quote = xmpp_reply_dup_quote (self->reply_quote, QUOTE_LINES, &length);
  if (length > 0)
    xmpp_fallback_add_range (message, XMPP_NS_REPLY, 0, length);
  return g_strconcat (quote, self->body, NULL);
}

static void
add_mentions (XmppNode           *message,
              const XmppOutgoing *self,
              const char         *body)
{
  /* A quotation in front moves them. */
  gsize before = strlen (body) - strlen (self->body);

  for (gsize i = 0; self->mentions != NULL && self->mentions[i] != NULL; i++)
    {
      const XmppMention *mention = self->mentions[i];

      xmpp_references_add_mention (message, body, mention->address, before + mention->start, before + mention->end);
    }
}

static void
add_body (XmppNode           *message,
          const XmppOutgoing *self)
{
  g_autofree char *body = add_reply (message, self);
  const char *url = first_url (self);

  if (body != NULL)
    {
      xmpp_node_add_text_child (message, "body", NULL, body);
      add_mentions (message, self, body);
    }
  else if (url != NULL)
    {
      /* Clients that know only XEP-0066 want the address in both places, and equal. */
      xmpp_node_add_text_child (message, "body", NULL, url);
      xmpp_fallback_add (message, XMPP_NS_FILE_SHARING);
      xmpp_oob_add (message, url);
    }
}

static void
add_requests (XmppNode           *message,
              const XmppOutgoing *self)
{
  if (self->want_receipt && self->type != XMPP_MESSAGE_GROUPCHAT)
    xmpp_receipts_add_request (message);      /* XEP-0184 §5.3: not in rooms */
  if (self->markable)
    xmpp_markers_add_markable (message);
  if (self->unstyled)
    xmpp_styling_disable (message);
  if (self->room_private)
    xmpp_node_add_child (message, "x", XMPP_NS_MUC_USER);
  xmpp_hints_add (message, self->hints);
}

XmppNode *
xmpp_outgoing_to_node (const XmppOutgoing *self)
{
  XmppNode *message;

  g_return_val_if_fail (self != NULL && self->to != NULL && self->id != NULL, NULL);
  g_return_val_if_fail (self->type != XMPP_MESSAGE_ERROR, NULL);

  message = new_message (self->type, self->to, self->id);
  if (self->language != NULL)
    xmpp_node_set_attribute (message, "xml:lang", self->language);
  if (self->subject != NULL)
    xmpp_node_add_text_child (message, "subject", NULL, self->subject);
  add_body (message, self);
  if (self->thread != NULL)
    xmpp_node_add_text_child (message, "thread", NULL, self->thread);
  xmpp_origin_id_add (message, self->id);
  if (self->replaces != NULL)
    xmpp_correction_add (message, self->replaces);
  for (gsize i = 0; self->files != NULL && self->files[i] != NULL; i++)
    xmpp_file_sharing_add (message, self->files[i]);
  add_requests (message, self);
  return message;
}

XmppNode *
xmpp_outgoing_new_reactions (XmppMessageType     type,
                             const char         *to,
                             const char         *id,
                             const char         *target,
                             const char *const  *emojis)
{
  XmppNode *message;

  g_return_val_if_fail (to != NULL && id != NULL && target != NULL, NULL);

  message = new_message (type, to, id);
  xmpp_origin_id_add (message, id);
  xmpp_reactions_add (message, target, emojis);
  return message;
}

XmppNode *
xmpp_outgoing_new_retraction (XmppMessageType  type,
                              const char      *to,
                              const char      *id,
                              const char      *target,
                              const char      *fallback)
{
  XmppNode *message;

  g_return_val_if_fail (to != NULL && id != NULL && target != NULL, NULL);

  message = new_message (type, to, id);
  xmpp_origin_id_add (message, id);
  xmpp_retraction_add (message, target, fallback);
  return message;
}
