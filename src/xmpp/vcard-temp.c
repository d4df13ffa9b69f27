/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The old card, read only: XEP-0054. */
#define G_LOG_DOMAIN "xmpp"

#include "config.h"

#include "xmpp/vcard-temp.h"

#include "xmpp/avatar.h"
#include "xmpp/iq-task-private.h"
#include "xmpp/vcard-private.h"

#define VCARD_TEMP_XMLNS "vcard-temp"

static char *
dup_child (const XmppNode *node,
           const char     *name)
{
  return xmpp_vcard_dup_text (xmpp_node_get_child_text (node, name, VCARD_TEMP_XMLNS));
}

/* Kinds are empty children: <WORK/>, <HOME/>, <CELL/>. The first one tells most. */
static const char *
get_kind (const XmppNode *node)
{
  static const char * const kinds[] = { "CELL", "WORK", "HOME", "FAX" };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (xmpp_node_get_child (node, kinds[i], VCARD_TEMP_XMLNS) != NULL)
      return kinds[i];
  return "";
}

static void
take_entry (GPtrArray      *list,
            char           *value,
            const XmppNode *node)
{
  if (value != NULL)
    xmpp_vcard_add_entry (list, value, get_kind (node));
  g_free (value);
}

static char *
dup_address (const XmppNode *node)
{
  static const char * const parts[] = { "EXTADD", "STREET", "LOCALITY", "REGION", "PCODE", "CTRY", "POBOX" };
  g_autoptr(GString) line = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autofree char *text = dup_child (node, parts[i]);

      if (text != NULL && line->len + strlen (text) < XMPP_VCARD_MAX_TEXT)
        g_string_append_printf (line, "%s%s", line->len > 0 ? ", " : "", text);
    }
  return xmpp_vcard_dup_text (line->str);
}

/* Only what is in the card itself: <EXTVAL/> would be an address that somebody chose for us to call. */
static void
parse_photo (XmppVcard      *card,
             const XmppNode *node)
{
  const char *text = xmpp_node_get_child_text (node, "BINVAL", VCARD_TEMP_XMLNS);
  guchar *bytes;
  gsize size;

  if (text == NULL || card->photo != NULL || strlen (text) > (gsize) XMPP_AVATAR_MAX_BYTES * 2)
    return;
  bytes = g_base64_decode (text, &size);
  if (size == 0 || size > XMPP_AVATAR_MAX_BYTES)
    {
      g_free (bytes);
      return;
    }
  card->photo = g_bytes_new_take (bytes, size);
  card->photo_type = g_strdup (xmpp_avatar_sniff (card->photo));
}

static void
parse_property (XmppVcard      *card,
                const XmppNode *node)
{
  const struct { const char *name; char **field; } simple[] = {
    { "FN", &card->full_name }, { "NICKNAME", &card->nickname }, { "TITLE", &card->title },
    { "ROLE", &card->role }, { "URL", &card->url }, { "DESC", &card->note }, { "BDAY", &card->birthday },
    { "TZ", &card->time_zone },
  };
  const char *name = xmpp_node_get_name (node);

  if (g_strcmp0 (xmpp_node_get_xmlns (node), VCARD_TEMP_XMLNS) != 0)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (simple); i++)
    if (g_str_equal (name, simple[i].name))
      {
        xmpp_vcard_take_once (simple[i].field, xmpp_vcard_dup_text (xmpp_node_get_text (node)));
        return;
      }
  if (g_str_equal (name, "N"))
    {
      xmpp_vcard_take_once (&card->family_name, dup_child (node, "FAMILY"));
      xmpp_vcard_take_once (&card->given_name, dup_child (node, "GIVEN"));
    }
  else if (g_str_equal (name, "ORG"))
    {
      xmpp_vcard_take_once (&card->organisation, dup_child (node, "ORGNAME"));
      xmpp_vcard_take_once (&card->department, dup_child (node, "ORGUNIT"));
    }
  else if (g_str_equal (name, "EMAIL"))
    take_entry (card->emails, dup_child (node, "USERID"), node);
  else if (g_str_equal (name, "TEL"))
    take_entry (card->phones, dup_child (node, "NUMBER"), node);
  else if (g_str_equal (name, "ADR"))
    take_entry (card->addresses, dup_address (node), node);
  else if (g_str_equal (name, "PHOTO"))
    parse_photo (card, node);
}

XmppVcard *
xmpp_vcard_temp_parse (const XmppNode *vcard)
{
  XmppVcard *card;

  if (vcard == NULL || !xmpp_node_is (vcard, "vCard", VCARD_TEMP_XMLNS))
    return NULL;
  card = xmpp_vcard_new ();
  for (XmppNode *child = xmpp_node_get_first_child (vcard); child != NULL; child = xmpp_node_get_next (child))
    parse_property (card, child);
  return card;
}

static void
on_answer (GTask    *task,
           XmppNode *result)
{
  XmppNode *vcard = xmpp_node_get_child (result, "vCard", VCARD_TEMP_XMLNS);

  if (vcard == NULL || xmpp_node_get_first_child (vcard) == NULL)
    g_task_return_new_error (task, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_ITEM_NOT_FOUND, "there is no card");
  else
    g_task_return_pointer (task, xmpp_vcard_temp_parse (vcard), (GDestroyNotify) xmpp_vcard_free);
}

void
xmpp_vcard_temp_fetch_async (XmppClient          *client,
                             const char          *address,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  GTask *task;
  XmppNode *iq;

  g_return_if_fail (XMPP_IS_CLIENT (client));

  task = g_task_new (client, cancellable, callback, user_data);
  g_task_set_source_tag (task, xmpp_vcard_temp_fetch_async);
  iq = xmpp_client_new_iq ("get", address);
  xmpp_node_add_child (iq, "vCard", VCARD_TEMP_XMLNS);
  xmpp_iq_task_send (client, iq, task, on_answer);
}

XmppVcard *
xmpp_vcard_temp_fetch_finish (XmppClient    *client,
                              GAsyncResult  *result,
                              GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, client), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
