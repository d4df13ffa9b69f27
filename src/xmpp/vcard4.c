/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vCard 4 as XML (RFC 6351) over XMPP: XEP-0292. */
#define G_LOG_DOMAIN "xmpp"

#include "config.h"

#include "xmpp/vcard4.h"

#include "xmpp/vcard-private.h"
#include "xmpp/vcard-temp.h"

#define VCARD4_XMLNS "urn:ietf:params:xml:ns:vcard-4.0"

/* <@name><text|uri|…>value</…></@name>: the first value below @property, whatever its type is called. */
static char *
dup_value (const XmppNode *property)
{
  for (XmppNode *child = xmpp_node_get_first_child (property); child != NULL; child = xmpp_node_get_next (child))
    if (!xmpp_node_is (child, "parameters", VCARD4_XMLNS))
      return xmpp_vcard_dup_text (xmpp_node_get_text (child));
  return NULL;
}

static char *
dup_component (const XmppNode *property,
               const char     *name,
               guint           index)
{
  for (XmppNode *child = xmpp_node_get_first_child (property); child != NULL; child = xmpp_node_get_next (child))
    if (xmpp_node_is (child, name, VCARD4_XMLNS) && index-- == 0)
      return xmpp_vcard_dup_text (xmpp_node_get_text (child));
  return NULL;
}

/* <parameters><type><text>work</text></type></parameters>, "" if none. */
static const char *
get_kind (const XmppNode *property)
{
  XmppNode *node = xmpp_node_get_child (property, "parameters", NULL);
  const char *text;

  node = node != NULL ? xmpp_node_get_child (node, "type", NULL) : NULL;
  text = node != NULL ? xmpp_node_get_child_text (node, "text", NULL) : NULL;
  return text != NULL && strlen (text) <= 64 ? text : "";
}

static char *
dup_address (const XmppNode *property)
{
  static const char * const parts[] = { "ext", "street", "locality", "region", "code", "country", "pobox" };
  g_autoptr(GString) line = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autofree char *text = dup_component (property, parts[i], 0);

      if (text != NULL && line->len + strlen (text) < XMPP_VCARD_MAX_TEXT)
        g_string_append_printf (line, "%s%s", line->len > 0 ? ", " : "", text);
    }
  return xmpp_vcard_dup_text (line->str);
}

static void
take_entry (GPtrArray      *list,
            char           *value,
            const XmppNode *property)
{
  if (value != NULL)
    xmpp_vcard_add_entry (list, value, get_kind (property));
  g_free (value);
}

static void
parse_property (XmppVcard      *card,
                const XmppNode *node)
{
  const struct { const char *name; char **field; } simple[] = {
    { "fn", &card->full_name }, { "nickname", &card->nickname }, { "title", &card->title },
    { "role", &card->role }, { "url", &card->url }, { "note", &card->note },
    { "bday", &card->birthday }, { "tz", &card->time_zone },
  };
  const char *name = xmpp_node_get_name (node);

  if (g_strcmp0 (xmpp_node_get_xmlns (node), VCARD4_XMLNS) != 0)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (simple); i++)
    if (g_str_equal (name, simple[i].name))
      {
        xmpp_vcard_take_once (simple[i].field, dup_value (node));
        return;
      }
  if (g_str_equal (name, "n"))
    {
      xmpp_vcard_take_once (&card->family_name, dup_component (node, "surname", 0));
      xmpp_vcard_take_once (&card->given_name, dup_component (node, "given", 0));
    }
  else if (g_str_equal (name, "org"))
    {
      xmpp_vcard_take_once (&card->organisation, dup_component (node, "text", 0));
      xmpp_vcard_take_once (&card->department, dup_component (node, "text", 1));
    }
  else if (g_str_equal (name, "email"))
    take_entry (card->emails, dup_value (node), node);
  else if (g_str_equal (name, "tel"))
    {
      char *value = dup_value (node);

      if (value != NULL && g_ascii_strncasecmp (value, "tel:", 4) == 0)
        memmove (value, value + 4, strlen (value + 4) + 1);
      if (value != NULL && *value == '\0')
        g_clear_pointer (&value, g_free);
      take_entry (card->phones, value, node);
    }
  else if (g_str_equal (name, "adr"))
    take_entry (card->addresses, dup_address (node), node);
}

XmppVcard *
xmpp_vcard4_parse (const XmppNode *vcard)
{
  XmppVcard *card;

  if (vcard == NULL || !xmpp_node_is (vcard, "vcard", VCARD4_XMLNS))
    return NULL;
  card = xmpp_vcard_new ();
  for (XmppNode *child = xmpp_node_get_first_child (vcard); child != NULL; child = xmpp_node_get_next (child))
    {
      if (xmpp_node_is (child, "group", VCARD4_XMLNS))
        for (XmppNode *inner = xmpp_node_get_first_child (child); inner != NULL; inner = xmpp_node_get_next (inner))
          parse_property (card, inner);
      else
        parse_property (card, child);
    }
  return card;
}

static XmppNode *
add_property (XmppNode   *vcard,
              const char *name,
              const char *type,
              const char *value)
{
  XmppNode *property;

  if (value == NULL)
    return NULL;
  property = xmpp_node_add_child (vcard, name, NULL);
  xmpp_node_add_text_child (property, type, NULL, value);
  return property;
}

static void
add_entries (XmppNode        *vcard,
             const char      *name,
             const char      *type,
             const char      *prefix,
             const GPtrArray *list)
{
  for (guint i = 0; i < list->len; i++)
    {
      const XmppVcardEntry *entry = g_ptr_array_index (list, i);
      g_autofree char *value = g_strconcat (prefix, entry->value, NULL);
      XmppNode *property = xmpp_node_add_child (vcard, name, NULL);

      if (*entry->kind != '\0')
        {
          XmppNode *parameters = xmpp_node_add_child (property, "parameters", NULL);

          xmpp_node_add_text_child (xmpp_node_add_child (parameters, "type", NULL), "text", NULL, entry->kind);
        }
      xmpp_node_add_text_child (property, type, NULL, value);
    }
}

XmppNode *
xmpp_vcard4_to_node (const XmppVcard *card)
{
  XmppNode *vcard = xmpp_node_new ("vcard", VCARD4_XMLNS);
  XmppNode *node;

  add_property (vcard, "fn", "text", card->full_name);
  if (card->family_name != NULL || card->given_name != NULL)
    {
      node = xmpp_node_add_child (vcard, "n", NULL);
      xmpp_node_add_text_child (node, "surname", NULL, card->family_name != NULL ? card->family_name : "");
      xmpp_node_add_text_child (node, "given", NULL, card->given_name != NULL ? card->given_name : "");
    }
  add_property (vcard, "nickname", "text", card->nickname);
  if (card->organisation != NULL || card->department != NULL)
    {
      node = xmpp_node_add_child (vcard, "org", NULL);
      xmpp_node_add_text_child (node, "text", NULL, card->organisation != NULL ? card->organisation : "");
      if (card->department != NULL)
        xmpp_node_add_text_child (node, "text", NULL, card->department);
    }
  add_property (vcard, "title", "text", card->title);
  add_property (vcard, "role", "text", card->role);
  add_property (vcard, "url", "uri", card->url);
  add_property (vcard, "note", "text", card->note);
  add_property (vcard, "bday", "date", card->birthday);
  add_property (vcard, "tz", "text", card->time_zone);
  add_entries (vcard, "email", "text", "", card->emails);
  add_entries (vcard, "tel", "uri", "tel:", card->phones);
  for (guint i = 0; i < card->addresses->len; i++)
    {
      const XmppVcardEntry *entry = g_ptr_array_index (card->addresses, i);

      node = xmpp_node_add_child (vcard, "adr", NULL);
      if (*entry->kind != '\0')
        xmpp_node_add_text_child (xmpp_node_add_child (xmpp_node_add_child (node, "parameters", NULL), "type", NULL),
                                  "text", NULL, entry->kind);
      xmpp_node_add_text_child (node, "street", NULL, entry->value);
    }
  return vcard;
}

/* Fetching: PEP, then IQ, then the old card; whoever has none, or does not let us, leads to the next. */

typedef struct
{
  char *address;   /* (nullable) */
} Fetch;

static void
fetch_free (gpointer data)
{
  Fetch *fetch = data;

  g_free (fetch->address);
  g_free (fetch);
}

static void
on_temp (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  GError *error = NULL;
  XmppVcard *card = xmpp_vcard_temp_fetch_finish (XMPP_CLIENT (source), result, &error);

  if (card != NULL)
    g_task_return_pointer (task, card, (GDestroyNotify) xmpp_vcard_free);
  else
    g_task_return_error (task, error);
}

static gboolean
is_final (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ||
         g_error_matches (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_DISCONNECTED) ||
         g_error_matches (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_TIMED_OUT);
}

static void
on_iq (GObject      *source,
       GAsyncResult *result,
       gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Fetch *fetch = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  g_autoptr(XmppNode) answer = xmpp_client_send_iq_finish (XMPP_CLIENT (source), result, &error);
  XmppVcard *card = answer != NULL ? xmpp_vcard4_parse (xmpp_node_get_child (answer, "vcard", VCARD4_XMLNS)) : NULL;

  if (card != NULL)
    g_task_return_pointer (task, card, (GDestroyNotify) xmpp_vcard_free);
  else if (error != NULL && is_final (error))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    xmpp_vcard_temp_fetch_async (XMPP_CLIENT (source), fetch->address, g_task_get_cancellable (task), on_temp,
                                 g_object_ref (task));
}

static void
on_items (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  XmppPep *pep = g_task_get_source_object (task);
  Fetch *fetch = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) items = xmpp_pubsub_get_items_finish (XMPP_PUBSUB (source), result, &error);
  XmppNode *iq;

  for (guint i = 0; items != NULL && i < items->len; i++)
    {
      XmppVcard *card = xmpp_vcard4_parse (((XmppPubsubItem *) g_ptr_array_index (items, i))->payload);

      if (card != NULL)
        {
          g_task_return_pointer (task, card, (GDestroyNotify) xmpp_vcard_free);
          return;
        }
    }
  if (error != NULL && is_final (error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  iq = xmpp_client_new_iq ("get", fetch->address);
  xmpp_node_add_child (iq, "vcard", VCARD4_XMLNS);
  xmpp_client_send_iq_async (xmpp_pep_get_client (pep), iq, g_task_get_cancellable (task), on_iq,
                             g_object_ref (task));
}

void
xmpp_vcard4_fetch_async (XmppPep             *pep,
                         const char          *address,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  GTask *task;
  Fetch *fetch;

  g_return_if_fail (XMPP_IS_PEP (pep));

  task = g_task_new (pep, cancellable, callback, user_data);
  g_task_set_source_tag (task, xmpp_vcard4_fetch_async);
  fetch = g_new0 (Fetch, 1);
  fetch->address = g_strdup (address);
  g_task_set_task_data (task, fetch, fetch_free);
  xmpp_pubsub_get_items_async (xmpp_pep_get_pubsub (pep), address, XMPP_VCARD4_NODE, NULL, 1, cancellable, on_items,
                               task);
}

XmppVcard *
xmpp_vcard4_fetch_finish (XmppPep       *pep,
                          GAsyncResult  *result,
                          GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, pep), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
xmpp_vcard4_publish_async (XmppPep             *pep,
                           const XmppVcard     *card,
                           XmppPepAccess        access,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  g_return_if_fail (XMPP_IS_PEP (pep));
  g_return_if_fail (card != NULL);

  xmpp_pep_publish_async (pep, XMPP_VCARD4_NODE, "current", xmpp_vcard4_to_node (card), access, 1, cancellable,
                          callback, user_data);
}

gboolean
xmpp_vcard4_publish_finish (XmppPep       *pep,
                            GAsyncResult  *result,
                            GError       **error)
{
  return xmpp_pep_publish_finish (pep, result, error);
}
