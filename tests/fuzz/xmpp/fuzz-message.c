/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The typed view of any stanza: what it lends is valid and within its limits. */

#include "config.h"

#include "xmpp/message.h"
#include "xmpp/stanza-id.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data,
                            gsize         size);

static void
check_mentions (GPtrArray  *mentions,
                const char *text)
{
  gsize end = 0;

  for (guint i = 0; i < mentions->len; i++)
    {
      const XmppMention *mention = g_ptr_array_index (mentions, i);

      g_assert_cmpuint (mention->start, >=, end);
      g_assert_cmpuint (mention->start, <, mention->end);
      g_assert_nonnull (text);
      g_assert_cmpuint (mention->end, <=, strlen (text));
      g_assert_true (g_utf8_validate (text + mention->start, mention->end - mention->start, NULL));
      end = mention->end;
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autoptr(XmppNode) node = size > 0 ? xmpp_node_parse ((const char *) data, size, NULL) : NULL;
  g_autoptr(XmppMessage) message = node != NULL ? xmpp_message_parse (node, NULL) : NULL;
  g_autoptr(GPtrArray) mentions = NULL;
  g_autofree char *text = NULL, *translated = NULL;
  const char *const languages[] = { "zh", "en", NULL };

  if (message == NULL)
    return 0;
  text = xmpp_message_dup_text_with_mentions (message, &mentions);
  translated = xmpp_message_dup_text (message, languages);
  g_assert_true (text == NULL || (*text != '\0' && g_utf8_validate (text, -1, NULL)));
  g_assert_true (translated == NULL || g_utf8_validate (translated, -1, NULL));
  check_mentions (message->mentions, xmpp_message_get_body (message, NULL));
  check_mentions (mentions, text);
  if (message->reactions != NULL)
    g_assert_cmpuint (g_strv_length (message->reactions->emojis), <=, XMPP_REACTIONS_MAX);
  if (message->retraction != NULL && !message->retraction->tombstone)
    g_assert_true (xmpp_id_is_usable (message->retraction->id));
  g_assert_cmpuint (message->files->len, <=, XMPP_FILE_SHARES_MAX);
  g_assert_cmpuint (message->bodies->len, <=, XMPP_MESSAGE_MAX_LANGUAGES);
  xmpp_message_is_subject_change (message);
  xmpp_message_has_content (message);
  return 0;
}
