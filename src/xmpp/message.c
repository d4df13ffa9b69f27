/* SPDX-License-Identifier: GPL-3.0-or-later */

/* RFC 6121 §5: a message, with the payloads of the modules beside this one. */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "xmpp/client-private.h"
#include "xmpp/correction.h"
#include "xmpp/jid.h"
#include "xmpp/markers.h"
#include "xmpp/message.h"
#include "xmpp/moderation.h"
#include "xmpp/oob.h"
#include "xmpp/receipts.h"
#include "xmpp/stanza-id.h"
#include "xmpp/styling.h"

#include <string.h>

#define NS_CLIENT "jabber:client"

static const char *const type_names[] = { "normal", "chat", "groupchat", "headline", "error" };

G_DEFINE_QUARK (xmpp-message-parse-error-quark, xmpp_message_parse_error)
G_DEFINE_BOXED_TYPE (XmppMessage, xmpp_message, xmpp_message_ref, xmpp_message_unref)

static void
text_free (gpointer data)
{
  XmppText *text = data;

  g_free (text->language);
  g_free (text->text);
  g_free (text);
}

static XmppMessageType
parse_type (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (type_names); i++)
    {
      if (g_strcmp0 (name, type_names[i]) == 0)
        return i;
    }
  return XMPP_MESSAGE_NORMAL;     /* RFC 6121 §5.2.2: absent or unknown */
}

static gboolean
has_language (GPtrArray  *texts,
              const char *language)
{
  for (guint i = 0; i < texts->len; i++)
    {
      const XmppText *text = g_ptr_array_index (texts, i);

      if (g_ascii_strcasecmp (text->language, language) == 0)
        return TRUE;
    }
  return FALSE;
}

static GPtrArray *
parse_texts (const XmppNode *message,
             const char     *name)
{
  g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func (text_free);
  const char *inherited = xmpp_node_get_attribute (message, "xml:lang");

  for (XmppNode *child = xmpp_node_get_first_child (message); child != NULL; child = xmpp_node_get_next (child))
    {
      const char *language;
      XmppText *text;

      if (!xmpp_node_is (child, name, NS_CLIENT) || texts->len >= XMPP_MESSAGE_MAX_LANGUAGES)
        continue;
      language = xmpp_node_get_attribute (child, "xml:lang");
      if (language == NULL)
        language = inherited != NULL ? inherited : "";
      if (has_language (texts, language))
        continue;
      text = g_new0 (XmppText, 1);
      text->language = g_strdup (language);
      text->text = g_strdup (xmpp_node_get_text (child));
      g_ptr_array_add (texts, text);
    }
  return g_steal_pointer (&texts);
}

static gboolean
parse_address (const XmppNode  *node,
               const char      *attribute,
               char           **out,
               GError         **error)
{
  const char *text = xmpp_node_get_attribute (node, attribute);

  if (text == NULL)
    return TRUE;
  *out = xmpp_jid_prepare (text, NULL);
  if (*out == NULL)
    g_set_error (error, XMPP_MESSAGE_PARSE_ERROR, XMPP_MESSAGE_PARSE_ERROR_INVALID, "the message has a malformed “%s”", attribute);
  return *out != NULL;
}

static void
parse_payloads (XmppMessage    *self,
                const XmppNode *node)
{
  const char *thread = xmpp_node_get_child_text (node, "thread", NULL);

  self->origin_id = g_strdup (xmpp_origin_id_get (node));
  self->thread = xmpp_id_is_usable (thread) ? g_strdup (thread) : NULL;
  self->replaces = g_strdup (xmpp_correction_get (node));
  self->wants_receipt = xmpp_receipts_is_requested (node);
  self->received_id = g_strdup (xmpp_receipts_get_received (node));
  self->markable = xmpp_markers_is_markable (node);
  self->displayed_id = g_strdup (xmpp_markers_get_displayed (node));
  self->chat_state = xmpp_chat_state_get (node);
  self->hints = xmpp_hints_get (node);
  self->unstyled = xmpp_styling_is_disabled (node);
  self->retraction = xmpp_retraction_parse (node);
  self->reactions = xmpp_reactions_parse (node);
  self->reply = xmpp_reply_parse (node);
}

XmppMessage *
xmpp_message_parse (const XmppNode  *node,
                    GError         **error)
{
  g_autoptr(XmppMessage) self = NULL;
  const char *id;

  g_return_val_if_fail (node != NULL, NULL);

  if (!xmpp_node_is (node, "message", NS_CLIENT))
    {
      g_set_error_literal (error, XMPP_MESSAGE_PARSE_ERROR, XMPP_MESSAGE_PARSE_ERROR_INVALID, "not a message");
      return NULL;
    }
  self = g_new0 (XmppMessage, 1);
  g_atomic_ref_count_init (&self->refs);
  self->node = xmpp_node_get_parent (node) == NULL ? xmpp_node_ref ((XmppNode *) node) : xmpp_node_copy (node);
  self->type = parse_type (xmpp_node_get_attribute (node, "type"));
  self->bodies = parse_texts (node, "body");
  self->subjects = parse_texts (node, "subject");
  self->fallbacks = xmpp_fallback_parse (node);
  self->mentions = xmpp_references_parse (node, xmpp_message_get_body (self, NULL));
  self->files = xmpp_file_sharing_parse (node);
  if (!parse_address (node, "from", &self->from, error) || !parse_address (node, "to", &self->to, error))
    return NULL;
  id = xmpp_node_get_attribute (node, "id");
  self->id = xmpp_id_is_usable (id) ? g_strdup (id) : NULL;
  if (self->type == XMPP_MESSAGE_ERROR)
    self->error = xmpp_stanza_error_from_node (node);   /* what it carries is our own message, sent back */
  else
    parse_payloads (self, node);
  return g_steal_pointer (&self);
}

XmppMessage *
xmpp_message_ref (XmppMessage *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
xmpp_message_unref (XmppMessage *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;
  g_free (self->from);
  g_free (self->to);
  g_free (self->id);
  g_free (self->origin_id);
  g_free (self->thread);
  g_clear_pointer (&self->bodies, g_ptr_array_unref);
  g_clear_pointer (&self->subjects, g_ptr_array_unref);
  g_free (self->replaces);
  g_free (self->received_id);
  g_free (self->displayed_id);
  xmpp_retraction_free (self->retraction);
  xmpp_reactions_free (self->reactions);
  xmpp_reply_free (self->reply);
  g_clear_pointer (&self->fallbacks, g_ptr_array_unref);
  g_clear_pointer (&self->mentions, g_ptr_array_unref);
  g_clear_pointer (&self->files, g_ptr_array_unref);
  g_clear_error (&self->error);
  xmpp_node_unref (self->node);
  g_free (self);
}

/* 3: the same tag, 2: one is a region of the other, 0: another language. */
static int
match_language (const char *have,
                const char *want)
{
  gsize have_primary = strcspn (have, "-"), want_primary = strcspn (want, "-_");

  if (g_ascii_strcasecmp (have, want) == 0)
    return 3;
  if (have_primary > 0 && have_primary == want_primary && g_ascii_strncasecmp (have, want, have_primary) == 0)
    return 2;
  return 0;
}

static const char *
pick_text (GPtrArray          *texts,
           const char *const  *languages)
{
  for (gsize i = 0; languages != NULL && languages[i] != NULL; i++)
    {
      const XmppText *best = NULL;
      int best_match = 0;

      for (guint j = 0; j < texts->len; j++)
        {
          const XmppText *text = g_ptr_array_index (texts, j);
          int match = match_language (text->language, languages[i]);

          if (match > best_match)
            {
              best = text;
              best_match = match;
            }
        }
      if (best != NULL)
        return best->text;
    }
  for (guint i = 0; i < texts->len; i++)
    {
      const XmppText *text = g_ptr_array_index (texts, i);

      if (*text->language == '\0')
        return text->text;
    }
  return texts->len > 0 ? ((XmppText *) g_ptr_array_index (texts, 0))->text : NULL;
}

const char *
xmpp_message_get_body (XmppMessage        *self,
                       const char *const  *languages)
{
  g_return_val_if_fail (self != NULL, NULL);

  return pick_text (self->bodies, languages);
}

const char *
xmpp_message_get_subject (XmppMessage        *self,
                          const char *const  *languages)
{
  g_return_val_if_fail (self != NULL, NULL);

  return pick_text (self->subjects, languages);
}

/* What the body may stand in for, because this view tells it in its own fields. */
static char *
dup_mask (XmppMessage *self,
          const char  *body)
{
  const char *purposes[10] = { NULL };
  guint n = 0;

  if (self->reply != NULL)
    purposes[n++] = XMPP_NS_REPLY;
  if (self->retraction != NULL)
    {
      purposes[n++] = XMPP_NS_RETRACT;
      purposes[n++] = XMPP_NS_RETRACT_0;
      purposes[n++] = XMPP_NS_MODERATION;
      purposes[n++] = "";                 /* the form :0 says no purpose */
    }
  if (self->reactions != NULL)
    purposes[n++] = XMPP_NS_REACTIONS;
  if (self->files->len > 0)
    {
      purposes[n++] = XMPP_NS_FILE_SHARING;
      purposes[n++] = XMPP_NS_OOB;
    }
  return xmpp_fallback_mask (body, self->fallbacks, purposes);
}

/* Clients without fallback indication put the address into the body as it is. */
static gboolean
is_file_address (XmppMessage *self,
                 const char  *body)
{
  for (guint i = 0; i < self->files->len; i++)
    {
      const XmppFileShare *share = g_ptr_array_index (self->files, i);

      if (g_strv_contains ((const char *const *) share->urls, body))
        return TRUE;
    }
  return FALSE;
}

static char *
strip (const char *body,
       const char *keep)
{
  GString *text = g_string_new (NULL);

  for (gsize i = 0; body[i] != '\0'; i++)
    {
      if (keep[i])
        g_string_append_c (text, body[i]);
    }
  if (text->len == 0)
    return g_string_free (text, TRUE);    /* NULL */
  return g_string_free (text, FALSE);
}

char *
xmpp_message_dup_text (XmppMessage        *self,
                       const char *const  *languages)
{
  const char *body;
  g_autofree char *keep = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  body = xmpp_message_get_body (self, languages);
  if (body == NULL || is_file_address (self, body))
    return NULL;
  keep = dup_mask (self, body);
  return strip (body, keep);
}

static void
move_mention (GPtrArray         *mentions,
              const XmppMention *mention,
              const char        *keep)
{
  gsize before = 0;
  XmppMention *moved;

  for (gsize i = mention->start; i < mention->end; i++)
    {
      if (!keep[i])
        return;
    }
  for (gsize i = 0; i < mention->start; i++)
    before += keep[i];
  moved = g_new0 (XmppMention, 1);
  moved->address = g_strdup (mention->address);
  moved->start = before;
  moved->end = before + (mention->end - mention->start);
  g_ptr_array_add (mentions, moved);
}

char *
xmpp_message_dup_text_with_mentions (XmppMessage  *self,
                                     GPtrArray   **out_mentions)
{
  g_autoptr(GPtrArray) mentions = g_ptr_array_new_with_free_func ((GDestroyNotify) xmpp_mention_free);
  g_autofree char *keep = NULL;
  char *text = NULL;
  const char *body;

  g_return_val_if_fail (self != NULL && out_mentions != NULL, NULL);

  body = xmpp_message_get_body (self, NULL);
  if (body != NULL && !is_file_address (self, body))
    {
      keep = dup_mask (self, body);
      text = strip (body, keep);
      for (guint i = 0; i < self->mentions->len; i++)
        move_mention (mentions, g_ptr_array_index (self->mentions, i), keep);
    }
  *out_mentions = g_steal_pointer (&mentions);
  return text;
}

gboolean
xmpp_message_is_subject_change (XmppMessage *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->subjects->len > 0 && self->bodies->len == 0 && self->thread == NULL;
}

gboolean
xmpp_message_has_content (XmppMessage *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->bodies->len > 0 || self->subjects->len > 0 || self->files->len > 0 || self->retraction != NULL
         || self->reactions != NULL || self->replaces != NULL || self->received_id != NULL || self->displayed_id != NULL;
}

const XmppNode *
xmpp_message_get_payload (XmppMessage *self,
                          const char  *name,
                          const char  *xmlns)
{
  g_return_val_if_fail (self != NULL, NULL);

  return xmpp_node_get_child (self->node, name, xmlns);
}

const char *
xmpp_message_type_to_string (XmppMessageType type)
{
  g_return_val_if_fail (type < G_N_ELEMENTS (type_names), NULL);

  return type_names[type];
}
