/* SPDX-License-Identifier: GPL-3.0-or-later */

/* XEP-0444: Message Reactions. */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "xmpp/hints.h"
#include "xmpp/reactions.h"
#include "xmpp/stanza-id.h"

#include <string.h>

#define COMBINING_KEYCAP   0x20e3
#define VARIATION_TEXT     0xfe0e
#define VARIATION_EMOJI    0xfe0f
#define ZERO_WIDTH_JOINER  0x200d
#define TAG_FIRST          0xe0020
#define TAG_LAST           0xe007f

static gboolean
is_modifier (gunichar c)
{
  return c == VARIATION_TEXT || c == VARIATION_EMOJI || c == ZERO_WIDTH_JOINER || c == COMBINING_KEYCAP
         || (c >= TAG_FIRST && c <= TAG_LAST);
}

static gboolean
is_keycap_base (gunichar c)
{
  return (c >= '0' && c <= '9') || c == '#' || c == '*';
}

gboolean
xmpp_reaction_is_valid (const char *emoji)
{
  gboolean pictures = FALSE, keycap_base = FALSE, keycap = FALSE;

  if (emoji == NULL || *emoji == '\0' || strnlen (emoji, XMPP_REACTION_MAX_BYTES + 1) > XMPP_REACTION_MAX_BYTES
      || !g_utf8_validate (emoji, -1, NULL))
    return FALSE;
  for (const char *p = emoji; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (is_modifier (c))
        keycap |= c == COMBINING_KEYCAP;
      else if (is_keycap_base (c))
        {
          if (keycap_base || pictures)
            return FALSE;
          keycap_base = TRUE;
        }
      else
        {
          switch (g_unichar_type (c))
            {
            case G_UNICODE_OTHER_SYMBOL:
            case G_UNICODE_MATH_SYMBOL:       /* arrows, ✖ and the like */
            case G_UNICODE_MODIFIER_SYMBOL:   /* skin tones */
            case G_UNICODE_UNASSIGNED:        /* emoji newer than our tables */
              break;
            case G_UNICODE_OTHER_PUNCTUATION: /* ‼ ⁉ */
            case G_UNICODE_DASH_PUNCTUATION:  /* 〰 */
              if (c < 0x80)
                return FALSE;
              break;
            default:
              return FALSE;
            }
          if (c < 0x80)
            return FALSE;
          pictures = TRUE;
        }
    }
  /* A digit is a picture only with a keycap around it. */
  return keycap_base ? keycap && !pictures : pictures;
}

XmppReactions *
xmpp_reactions_parse (const XmppNode *message)
{
  XmppNode *node;
  XmppReactions *self;
  g_autoptr(GPtrArray) emojis = NULL;
  const char *id;

  g_return_val_if_fail (message != NULL, NULL);

  node = xmpp_node_get_child (message, "reactions", XMPP_NS_REACTIONS);
  id = node != NULL ? xmpp_node_get_attribute (node, "id") : NULL;
  if (!xmpp_id_is_usable (id))
    return NULL;

  emojis = g_ptr_array_new_with_free_func (g_free);
  for (XmppNode *child = xmpp_node_get_first_child (node); child != NULL; child = xmpp_node_get_next (child))
    {
      const char *emoji;

      if (!xmpp_node_is (child, "reaction", XMPP_NS_REACTIONS) || emojis->len >= XMPP_REACTIONS_MAX)
        continue;
      emoji = xmpp_node_get_text (child);
      if (!xmpp_reaction_is_valid (emoji) || g_ptr_array_find_with_equal_func (emojis, emoji, g_str_equal, NULL))
        continue;
      g_ptr_array_add (emojis, g_strdup (emoji));
    }
  g_ptr_array_add (emojis, NULL);

  self = g_new0 (XmppReactions, 1);
  self->id = g_strdup (id);
  self->emojis = (char **) g_ptr_array_free (g_steal_pointer (&emojis), FALSE);
  return self;
}

void
xmpp_reactions_free (XmppReactions *self)
{
  if (self == NULL)
    return;
  g_free (self->id);
  g_strfreev (self->emojis);
  g_free (self);
}

void
xmpp_reactions_add (XmppNode           *message,
                    const char         *id,
                    const char *const  *emojis)
{
  XmppNode *node;

  g_return_if_fail (message != NULL && id != NULL);

  node = xmpp_node_add_child (message, "reactions", XMPP_NS_REACTIONS);
  xmpp_node_set_attribute (node, "id", id);
  for (gsize i = 0; emojis != NULL && emojis[i] != NULL; i++)
    xmpp_node_add_text_child (node, "reaction", NULL, emojis[i]);
  xmpp_hints_add (message, XMPP_HINT_STORE);
}
