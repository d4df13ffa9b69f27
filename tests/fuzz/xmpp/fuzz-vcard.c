/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Cards of both kinds: within the limits, valid text, and the same after writing and reading. */

#include "config.h"

#include "xmpp/avatar.h"
#include "xmpp/vcard-temp.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data,
                            gsize         size);

static void
check_text (const char *text)
{
  if (text == NULL)
    return;
  g_assert_cmpuint (strlen (text), <=, XMPP_VCARD_MAX_TEXT);
  g_assert_cmpuint (strlen (text), >, 0);
  g_assert_true (g_utf8_validate (text, -1, NULL));
}

static void
check_list (const GPtrArray *list)
{
  g_assert_cmpuint (list->len, <=, XMPP_VCARD_MAX_LIST);
  for (guint i = 0; i < list->len; i++)
    check_text (((XmppVcardEntry *) g_ptr_array_index (list, i))->value);
}

static void
check_card (XmppVcard *card)
{
  g_autoptr(XmppVcard) copy = xmpp_vcard_copy (card);
  g_autoptr(XmppNode) first = xmpp_vcard4_to_node (copy);
  g_autoptr(XmppVcard) again = xmpp_vcard4_parse (first);

  check_text (card->full_name);
  check_text (card->organisation);
  check_text (card->note);
  check_list (card->emails);
  check_list (card->phones);
  check_list (card->addresses);
  if (card->photo != NULL)
    g_assert_cmpuint (g_bytes_get_size (card->photo), <=, XMPP_AVATAR_MAX_BYTES);
  g_assert_cmpstr (again->full_name, ==, card->full_name);
  g_assert_cmpstr (again->family_name, ==, card->family_name);
  g_assert_cmpstr (again->department, ==, card->department);
  g_assert_cmpstr (again->note, ==, card->note);
  g_assert_cmpuint (again->emails->len, ==, card->emails->len);
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autoptr(XmppNode) node = xmpp_node_parse (size > 0 ? (const char *) data : "", size, NULL);
  g_autoptr(XmppVcard) card = NULL;
  g_autoptr(XmppVcard) temp = NULL;

  if (node == NULL)
    return 0;
  card = xmpp_vcard4_parse (node);
  temp = xmpp_vcard_temp_parse (node);
  if (card != NULL)
    check_card (card);
  if (temp != NULL)
    check_card (temp);
  return 0;
}
