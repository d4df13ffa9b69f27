/* SPDX-License-Identifier: GPL-3.0-or-later */
/* User search: XEP-0055. */
#define G_LOG_DOMAIN "xmpp"

#include "config.h"

#include "xmpp/user-search.h"

#include "xmpp/jid.h"

#define SEARCH_XMLNS "jabber:iq:search"
#define FORMS_XMLNS  "jabber:x:data"

G_DEFINE_BOXED_TYPE (XmppSearchHit, xmpp_search_hit, xmpp_search_hit_copy, xmpp_search_hit_free)

/* Fields that may hold what the user typed, of the form or of the old query. ejabberd finds exact words only. */
static const char * const fields[] = { "user", "username", "fn", "first", "last", "nick", "email" };

/* One search: the service is looked for, its fields are read, then each of them that we know is asked one after the
 * other (they are and-ed within one question), and the hits are put together. */
typedef struct
{
  XmppDisco  *disco;
  char       *text;
  char       *service;
  GPtrArray  *to_ask;    /* char*: fields the service has; taken from the end */
  gboolean    form;      /* asks by data form */
  GPtrArray  *hits;      /* XmppSearchHit */
  GHashTable *seen;      /* addresses of hits, borrowed */
  guint       answers;
} Search;

XmppSearchHit *
xmpp_search_hit_copy (const XmppSearchHit *hit)
{
  XmppSearchHit *copy = g_new0 (XmppSearchHit, 1);

  copy->address = g_strdup (hit->address);
  copy->name = g_strdup (hit->name);
  copy->nick = g_strdup (hit->nick);
  copy->email = g_strdup (hit->email);
  copy->organisation = g_strdup (hit->organisation);
  return copy;
}

void
xmpp_search_hit_free (XmppSearchHit *hit)
{
  if (hit == NULL)
    return;
  g_free (hit->address);
  g_free (hit->name);
  g_free (hit->nick);
  g_free (hit->email);
  g_free (hit->organisation);
  g_free (hit);
}

static void
search_free (gpointer data)
{
  Search *search = data;

  g_object_unref (search->disco);
  g_free (search->text);
  g_free (search->service);
  g_ptr_array_unref (search->to_ask);
  g_clear_pointer (&search->hits, g_ptr_array_unref);
  g_hash_table_unref (search->seen);
  g_free (search);
}

static void
set_field (char       **field,
           const char  *text)
{
  if (*field == NULL && text != NULL && *text != '\0' && strlen (text) <= 1024)
    *field = g_strdup (text);
}

/* (transfer full) @hit */
static void
add_hit (Search        *search,
         XmppSearchHit *hit)
{
  g_autofree char *address = hit->address != NULL ? xmpp_jid_prepare (hit->address, NULL) : NULL;

  if (address == NULL || !xmpp_jid_is_bare (address) || search->hits->len >= XMPP_SEARCH_MAX_HITS ||
      g_hash_table_contains (search->seen, address))
    {
      xmpp_search_hit_free (hit);
      return;
    }
  g_free (hit->address);
  hit->address = g_steal_pointer (&address);
  g_ptr_array_add (search->hits, hit);
  g_hash_table_add (search->seen, hit->address);
}

/* <item><field var='jid'><value/></field>…</item> */
static void
parse_form_item (Search         *search,
                 const XmppNode *item)
{
  XmppSearchHit *hit = g_new0 (XmppSearchHit, 1);
  const struct { const char *var; char **field; } known[] = {
    { "jid", &hit->address }, { "fn", &hit->name }, { "nick", &hit->nick }, { "email", &hit->email },
    { "orgname", &hit->organisation },
  };

  for (XmppNode *field = xmpp_node_get_first_child (item); field != NULL; field = xmpp_node_get_next (field))
    for (guint i = 0; i < G_N_ELEMENTS (known); i++)
      if (g_strcmp0 (xmpp_node_get_attribute (field, "var"), known[i].var) == 0)
        set_field (known[i].field, xmpp_node_get_child_text (field, "value", FORMS_XMLNS));
  add_hit (search, hit);
}

/* <item jid=''><first/><last/><nick/><email/></item> */
static void
parse_plain_item (Search         *search,
                  const XmppNode *item)
{
  XmppSearchHit *hit = g_new0 (XmppSearchHit, 1);
  const char *first = xmpp_node_get_child_text (item, "first", NULL);
  const char *last = xmpp_node_get_child_text (item, "last", NULL);
  g_autofree char *name = g_strjoin (" ", first != NULL ? first : "", last != NULL ? last : "", NULL);

  set_field (&hit->address, xmpp_node_get_attribute (item, "jid"));
  set_field (&hit->name, g_strstrip (name));
  set_field (&hit->nick, xmpp_node_get_child_text (item, "nick", NULL));
  set_field (&hit->email, xmpp_node_get_child_text (item, "email", NULL));
  add_hit (search, hit);
}

static void ask_next (GTask *task);

static void
on_found (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Search *search = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  g_autoptr(XmppNode) answer = xmpp_client_send_iq_finish (XMPP_CLIENT (source), result, &error);
  XmppNode *query = answer != NULL ? xmpp_node_get_child (answer, "query", SEARCH_XMLNS) : NULL;
  XmppNode *form = query != NULL ? xmpp_node_get_child (query, "x", FORMS_XMLNS) : NULL;
  XmppNode *list = form != NULL ? form : query;

  if (answer == NULL && (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ||
                         (search->to_ask->len == 0 && search->answers == 0)))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  if (answer != NULL)
    search->answers++;
  for (XmppNode *child = list != NULL ? xmpp_node_get_first_child (list) : NULL;
       child != NULL;
       child = xmpp_node_get_next (child))
    if (xmpp_node_is (child, "item", FORMS_XMLNS))
      parse_form_item (search, child);
    else if (xmpp_node_is (child, "item", SEARCH_XMLNS))
      parse_plain_item (search, child);
  ask_next (g_steal_pointer (&task));
}

/* (transfer full) @task */
static void
ask_next (GTask *task)
{
  g_autoptr(GTask) owned = task;
  XmppClient *client = g_task_get_source_object (task);
  Search *search = g_task_get_task_data (task);
  g_autofree char *name = NULL;
  XmppNode *iq, *query, *field;

  if (search->to_ask->len == 0)
    {
      g_task_return_pointer (task, g_steal_pointer (&search->hits), (GDestroyNotify) g_ptr_array_unref);
      return;
    }
  name = g_ptr_array_steal_index (search->to_ask, search->to_ask->len - 1);
  iq = xmpp_client_new_iq ("set", search->service);
  query = xmpp_node_add_child (iq, "query", SEARCH_XMLNS);
  if (search->form)
    {
      XmppNode *x = xmpp_node_add_child (query, "x", FORMS_XMLNS);

      xmpp_node_set_attribute (x, "type", "submit");
      field = xmpp_node_add_child (x, "field", NULL);
      xmpp_node_set_attribute (field, "var", "FORM_TYPE");
      xmpp_node_set_attribute (field, "type", "hidden");
      xmpp_node_add_text_child (field, "value", NULL, SEARCH_XMLNS);
      field = xmpp_node_add_child (x, "field", NULL);
      xmpp_node_set_attribute (field, "var", name);
      xmpp_node_add_text_child (field, "value", NULL, search->text);
    }
  else
    xmpp_node_add_text_child (query, name, NULL, search->text);
  xmpp_client_send_iq_async (client, iq, g_task_get_cancellable (task), on_found, g_steal_pointer (&owned));
}

static gboolean
has_field (const XmppNode *query,
           const XmppNode *form,
           const char     *name)
{
  if (form == NULL)
    return xmpp_node_get_child (query, name, SEARCH_XMLNS) != NULL;
  for (XmppNode *field = xmpp_node_get_first_child (form); field != NULL; field = xmpp_node_get_next (field))
    if (xmpp_node_is (field, "field", FORMS_XMLNS) && g_strcmp0 (xmpp_node_get_attribute (field, "var"), name) == 0)
      return TRUE;
  return FALSE;
}

static void
on_fields (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Search *search = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  g_autoptr(XmppNode) answer = xmpp_client_send_iq_finish (XMPP_CLIENT (source), result, &error);
  XmppNode *query = answer != NULL ? xmpp_node_get_child (answer, "query", SEARCH_XMLNS) : NULL;
  XmppNode *form = query != NULL ? xmpp_node_get_child (query, "x", FORMS_XMLNS) : NULL;

  if (answer == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  search->form = form != NULL;
  for (guint i = 0; query != NULL && i < G_N_ELEMENTS (fields); i++)
    if (has_field (query, form, fields[i]))
      g_ptr_array_add (search->to_ask, g_strdup (fields[i]));
  ask_next (g_steal_pointer (&task));
}

static void
on_service (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  XmppClient *client = g_task_get_source_object (task);
  Search *search = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) services = xmpp_disco_find_finish (XMPP_DISCO (source), result, &error);
  XmppNode *iq;

  if (services == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  if (services[0] == NULL)
    {
      g_task_return_new_error (task, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_FEATURE_NOT_IMPLEMENTED,
                               "the server has no search for people");
      return;
    }
  search->service = g_strdup (services[0]);
  iq = xmpp_client_new_iq ("get", search->service);
  xmpp_node_add_child (iq, "query", SEARCH_XMLNS);
  xmpp_client_send_iq_async (client, iq, g_task_get_cancellable (task), on_fields, g_object_ref (task));
}

void
xmpp_search_async (XmppClient          *client,
                   XmppDisco           *disco,
                   const char          *text,
                   GCancellable        *cancellable,
                   GAsyncReadyCallback  callback,
                   gpointer             user_data)
{
  GTask *task;
  Search *search;

  g_return_if_fail (XMPP_IS_CLIENT (client));
  g_return_if_fail (XMPP_IS_DISCO (disco));
  g_return_if_fail (text != NULL);

  task = g_task_new (client, cancellable, callback, user_data);
  g_task_set_source_tag (task, xmpp_search_async);
  search = g_new0 (Search, 1);
  search->disco = g_object_ref (disco);
  search->text = g_strdup (text);
  search->to_ask = g_ptr_array_new_with_free_func (g_free);
  search->hits = g_ptr_array_new_with_free_func ((GDestroyNotify) xmpp_search_hit_free);
  search->seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_task_set_task_data (task, search, search_free);
  xmpp_disco_find_async (disco, SEARCH_XMLNS, "directory", "user", cancellable, on_service, task);
}

GPtrArray *
xmpp_search_finish (XmppClient    *client,
                    GAsyncResult  *result,
                    GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, client), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
