/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The card of a person, whatever it came in; see vcard4.c and vcard-temp.c. */
#define G_LOG_DOMAIN "xmpp"

#include "config.h"

#include "xmpp/vcard-private.h"

G_DEFINE_BOXED_TYPE (XmppVcard, xmpp_vcard, xmpp_vcard_copy, xmpp_vcard_free)

static void
entry_free (gpointer data)
{
  XmppVcardEntry *entry = data;

  g_free (entry->value);
  g_free (entry->kind);
  g_free (entry);
}

XmppVcard *
xmpp_vcard_new (void)
{
  XmppVcard *card = g_new0 (XmppVcard, 1);

  card->emails = g_ptr_array_new_with_free_func (entry_free);
  card->phones = g_ptr_array_new_with_free_func (entry_free);
  card->addresses = g_ptr_array_new_with_free_func (entry_free);
  return card;
}

static void
copy_list (GPtrArray       *to,
           const GPtrArray *from)
{
  for (guint i = 0; i < from->len; i++)
    {
      const XmppVcardEntry *entry = g_ptr_array_index (from, i);

      xmpp_vcard_add_entry (to, entry->value, entry->kind);
    }
}

XmppVcard *
xmpp_vcard_copy (const XmppVcard *card)
{
  XmppVcard *copy = xmpp_vcard_new ();

  copy->full_name = g_strdup (card->full_name);
  copy->given_name = g_strdup (card->given_name);
  copy->family_name = g_strdup (card->family_name);
  copy->nickname = g_strdup (card->nickname);
  copy->organisation = g_strdup (card->organisation);
  copy->department = g_strdup (card->department);
  copy->title = g_strdup (card->title);
  copy->role = g_strdup (card->role);
  copy->url = g_strdup (card->url);
  copy->note = g_strdup (card->note);
  copy->birthday = g_strdup (card->birthday);
  copy->time_zone = g_strdup (card->time_zone);
  copy->photo_type = g_strdup (card->photo_type);
  copy->photo = card->photo != NULL ? g_bytes_ref (card->photo) : NULL;
  copy_list (copy->emails, card->emails);
  copy_list (copy->phones, card->phones);
  copy_list (copy->addresses, card->addresses);
  return copy;
}

void
xmpp_vcard_free (XmppVcard *card)
{
  if (card == NULL)
    return;
  g_free (card->full_name);
  g_free (card->given_name);
  g_free (card->family_name);
  g_free (card->nickname);
  g_free (card->organisation);
  g_free (card->department);
  g_free (card->title);
  g_free (card->role);
  g_free (card->url);
  g_free (card->note);
  g_free (card->birthday);
  g_free (card->time_zone);
  g_free (card->photo_type);
  g_clear_pointer (&card->photo, g_bytes_unref);
  g_ptr_array_unref (card->emails);
  g_ptr_array_unref (card->phones);
  g_ptr_array_unref (card->addresses);
  g_free (card);
}

void
xmpp_vcard_add_entry (GPtrArray  *list,
                      const char *value,
                      const char *kind)
{
  XmppVcardEntry *entry;

  if (list->len >= XMPP_VCARD_MAX_LIST)
    return;
  entry = g_new0 (XmppVcardEntry, 1);
  entry->value = g_strdup (value);
  entry->kind = g_ascii_strdown (kind != NULL ? kind : "", -1);
  g_ptr_array_add (list, entry);
}

char *
xmpp_vcard_dup_text (const char *text)
{
  g_autofree char *cut = NULL;

  if (text == NULL)
    return NULL;
  if (strlen (text) > XMPP_VCARD_MAX_TEXT)
    cut = g_strndup (text, g_utf8_find_prev_char (text, text + XMPP_VCARD_MAX_TEXT + 1) - text);
  else
    cut = g_strdup (text);
  g_strstrip (cut);
  return *cut != '\0' ? g_steal_pointer (&cut) : NULL;
}

void
xmpp_vcard_take_once (char **field,
                      char  *text)
{
  if (*field == NULL)
    *field = text;
  else
    g_free (text);
}
