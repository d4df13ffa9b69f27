/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an entity says about itself: XEP-0030 §3.1, XEP-0128, and the verification string of XEP-0115 §5.1. */
#define G_LOG_DOMAIN "xmpp"

#include "config.h"

#include "xmpp/disco.h"

#define DISCO_INFO_XMLNS "http://jabber.org/protocol/disco#info"
#define FORMS_XMLNS      "jabber:x:data"
#define MAX_IDENTITIES   64
#define MAX_FEATURES     1024
#define MAX_FORMS        32
#define MAX_VALUES       256   /* of one field */

typedef struct
{
  char      *var;
  GPtrArray *values;   /* char*, sorted, NULL-terminated */
} Field;

typedef struct
{
  char      *form_type;
  GPtrArray *fields;   /* Field, sorted by var */
} Form;

struct _XmppDiscoInfo
{
  GPtrArray *identities;  /* XmppDiscoIdentity, sorted as §5.1 says */
  GPtrArray *features;    /* char*, sorted, NULL-terminated */
  GPtrArray *forms;       /* Form, sorted by type; only those with a FORM_TYPE */
  gboolean   ill_formed;  /* §5.4 3.3 to 3.5: must not be verified */
};

G_DEFINE_BOXED_TYPE (XmppDiscoInfo, xmpp_disco_info, xmpp_disco_info_ref, xmpp_disco_info_unref)

static void
identity_free (gpointer data)
{
  XmppDiscoIdentity *identity = data;

  g_free (identity->category);
  g_free (identity->type);
  g_free (identity->name);
  g_free (identity->lang);
  g_free (identity);
}

static void
field_free (gpointer data)
{
  Field *field = data;

  g_free (field->var);
  g_ptr_array_unref (field->values);
  g_free (field);
}

static void
form_free (gpointer data)
{
  Form *form = data;

  g_free (form->form_type);
  g_ptr_array_unref (form->fields);
  g_free (form);
}

static void
info_clear (gpointer data)
{
  XmppDiscoInfo *info = data;

  g_ptr_array_unref (info->identities);
  g_ptr_array_unref (info->features);
  g_ptr_array_unref (info->forms);
}

XmppDiscoInfo *
xmpp_disco_info_ref (XmppDiscoInfo *info)
{
  return g_atomic_rc_box_acquire (info);
}

void
xmpp_disco_info_unref (XmppDiscoInfo *info)
{
  g_atomic_rc_box_release_full (info, info_clear);
}

/* All comparisons are of bytes ("i;octet"), as §5.1 wants. */
static int
compare_strings (gconstpointer a,
                 gconstpointer b)
{
  return strcmp (*(const char * const *) a, *(const char * const *) b);
}

static int
compare_identities (gconstpointer a,
                    gconstpointer b)
{
  const XmppDiscoIdentity *first = *(XmppDiscoIdentity * const *) a;
  const XmppDiscoIdentity *second = *(XmppDiscoIdentity * const *) b;
  int order = strcmp (first->category, second->category);

  if (order == 0)
    order = strcmp (first->type, second->type);
  if (order == 0)
    order = strcmp (first->lang != NULL ? first->lang : "", second->lang != NULL ? second->lang : "");
  if (order == 0)
    order = strcmp (first->name != NULL ? first->name : "", second->name != NULL ? second->name : "");
  return order;
}

static int
compare_fields (gconstpointer a,
                gconstpointer b)
{
  return strcmp ((*(Field * const *) a)->var, (*(Field * const *) b)->var);
}

static int
compare_forms (gconstpointer a,
               gconstpointer b)
{
  return strcmp ((*(Form * const *) a)->form_type, (*(Form * const *) b)->form_type);
}

static void
parse_identity (XmppDiscoInfo  *info,
                const XmppNode *node)
{
  const char *category = xmpp_node_get_attribute (node, "category");
  const char *type = xmpp_node_get_attribute (node, "type");
  XmppDiscoIdentity *identity;

  if (category == NULL || type == NULL || info->identities->len >= MAX_IDENTITIES)
    {
      info->ill_formed = TRUE;
      return;
    }
  identity = g_new0 (XmppDiscoIdentity, 1);
  identity->category = g_strdup (category);
  identity->type = g_strdup (type);
  identity->name = g_strdup (xmpp_node_get_attribute (node, "name"));
  identity->lang = g_strdup (xmpp_node_get_attribute (node, "xml:lang"));
  g_ptr_array_add (info->identities, identity);
}

static GPtrArray *
parse_values (const XmppNode *node)
{
  GPtrArray *values = g_ptr_array_new_with_free_func (g_free);

  for (XmppNode *child = xmpp_node_get_first_child (node); child != NULL; child = xmpp_node_get_next (child))
    if (xmpp_node_is (child, "value", FORMS_XMLNS) && values->len < MAX_VALUES)
      g_ptr_array_add (values, g_strdup (xmpp_node_get_text (child)));
  g_ptr_array_sort (values, compare_strings);
  return values;
}

static void
parse_form (XmppDiscoInfo  *info,
            const XmppNode *node)
{
  Form *form = g_new0 (Form, 1);
  gboolean hidden = FALSE;

  form->fields = g_ptr_array_new_with_free_func (field_free);
  for (XmppNode *child = xmpp_node_get_first_child (node); child != NULL; child = xmpp_node_get_next (child))
    {
      const char *var = xmpp_node_get_attribute (child, "var");
      g_autoptr(GPtrArray) values = NULL;
      Field *field;

      if (!xmpp_node_is (child, "field", FORMS_XMLNS) || var == NULL)
        continue;
      values = parse_values (child);
      if (g_str_equal (var, "FORM_TYPE"))
        {
          /* §5.4 3.4: values that differ make it ill-formed; 3.6: it must be hidden to count. */
          for (guint i = 1; i < values->len; i++)
            if (!g_str_equal (g_ptr_array_index (values, 0), g_ptr_array_index (values, i)))
              info->ill_formed = TRUE;
          if (values->len > 0 && form->form_type == NULL)
            form->form_type = g_strdup (g_ptr_array_index (values, 0));
          hidden = g_strcmp0 (xmpp_node_get_attribute (child, "type"), "hidden") == 0;
          continue;
        }
      g_ptr_array_add (values, NULL);
      field = g_new0 (Field, 1);
      field->var = g_strdup (var);
      field->values = g_steal_pointer (&values);
      g_ptr_array_add (form->fields, field);
    }
  if (form->form_type == NULL || !hidden)
    {
      form_free (form);
      return;
    }
  if (info->forms->len >= MAX_FORMS)
    {
      info->ill_formed = TRUE;
      form_free (form);
      return;
    }
  g_ptr_array_sort (form->fields, compare_fields);
  g_ptr_array_add (info->forms, form);
}

/* '<' ends a part and '/' a part of an identity in the string that is hashed: with them inside, two different
 * informations would have one hash (§9, "preimage"). Nobody honest uses them there. */
static gboolean
is_ambiguous (XmppDiscoInfo *info)
{
  for (guint i = 0; i < info->identities->len; i++)
    {
      const XmppDiscoIdentity *identity = g_ptr_array_index (info->identities, i);

      if (strpbrk (identity->category, "</") != NULL || strpbrk (identity->type, "</") != NULL ||
          (identity->lang != NULL && strpbrk (identity->lang, "</") != NULL) ||
          (identity->name != NULL && strchr (identity->name, '<') != NULL))
        return TRUE;
    }
  for (guint i = 0; i + 1 < info->features->len; i++)
    if (strchr (g_ptr_array_index (info->features, i), '<') != NULL)
      return TRUE;
  for (guint i = 0; i < info->forms->len; i++)
    {
      const Form *form = g_ptr_array_index (info->forms, i);

      if (strchr (form->form_type, '<') != NULL)
        return TRUE;
      for (guint j = 0; j < form->fields->len; j++)
        {
          const Field *field = g_ptr_array_index (form->fields, j);

          if (strchr (field->var, '<') != NULL)
            return TRUE;
          for (guint k = 0; k + 1 < field->values->len; k++)
            if (strchr (g_ptr_array_index (field->values, k), '<') != NULL)
              return TRUE;
        }
    }
  return FALSE;
}

/* The doubles that §5.4 calls ill-formed: identities, features, forms. Lists are sorted. */
static void
find_doubles (XmppDiscoInfo *info)
{
  for (guint i = 1; i < info->identities->len; i++)
    {
      const XmppDiscoIdentity *a = g_ptr_array_index (info->identities, i - 1);
      const XmppDiscoIdentity *b = g_ptr_array_index (info->identities, i);

      if (g_str_equal (a->category, b->category) && g_str_equal (a->type, b->type) &&
          g_strcmp0 (a->lang, b->lang) == 0 && g_strcmp0 (a->name, b->name) == 0)
        info->ill_formed = TRUE;
    }
  for (guint i = 1; i < info->features->len; i++)
    if (g_str_equal (g_ptr_array_index (info->features, i - 1), g_ptr_array_index (info->features, i)))
      info->ill_formed = TRUE;
  for (guint i = 1; i < info->forms->len; i++)
    if (compare_forms (&info->forms->pdata[i - 1], &info->forms->pdata[i]) == 0)
      info->ill_formed = TRUE;
}

XmppDiscoInfo *
xmpp_disco_info_new_from_node (const XmppNode *query)
{
  XmppDiscoInfo *info;

  if (query == NULL || !xmpp_node_is (query, "query", DISCO_INFO_XMLNS))
    return NULL;
  info = g_atomic_rc_box_new0 (XmppDiscoInfo);
  info->identities = g_ptr_array_new_with_free_func (identity_free);
  info->features = g_ptr_array_new_with_free_func (g_free);
  info->forms = g_ptr_array_new_with_free_func (form_free);
  for (XmppNode *child = xmpp_node_get_first_child (query); child != NULL; child = xmpp_node_get_next (child))
    {
      if (xmpp_node_is (child, "identity", DISCO_INFO_XMLNS))
        parse_identity (info, child);
      else if (xmpp_node_is (child, "feature", DISCO_INFO_XMLNS))
        {
          const char *var = xmpp_node_get_attribute (child, "var");

          if (var == NULL || info->features->len >= MAX_FEATURES)
            info->ill_formed = TRUE;
          else
            g_ptr_array_add (info->features, g_strdup (var));
        }
      else if (xmpp_node_is (child, "x", FORMS_XMLNS))
        parse_form (info, child);
    }
  g_ptr_array_sort (info->identities, compare_identities);
  g_ptr_array_sort (info->features, compare_strings);
  g_ptr_array_sort (info->forms, compare_forms);
  find_doubles (info);
  g_ptr_array_add (info->features, NULL);
  return info;
}

static void
form_to_node (const Form *form,
              XmppNode   *query)
{
  XmppNode *x = xmpp_node_add_child (query, "x", FORMS_XMLNS);
  XmppNode *field;

  xmpp_node_set_attribute (x, "type", "result");
  field = xmpp_node_add_child (x, "field", NULL);
  xmpp_node_set_attribute (field, "var", "FORM_TYPE");
  xmpp_node_set_attribute (field, "type", "hidden");
  xmpp_node_add_text_child (field, "value", NULL, form->form_type);
  for (guint i = 0; i < form->fields->len; i++)
    {
      const Field *entry = g_ptr_array_index (form->fields, i);

      field = xmpp_node_add_child (x, "field", NULL);
      xmpp_node_set_attribute (field, "var", entry->var);
      for (guint j = 0; j + 1 < entry->values->len; j++)
        xmpp_node_add_text_child (field, "value", NULL, g_ptr_array_index (entry->values, j));
    }
}

XmppNode *
xmpp_disco_info_to_node (XmppDiscoInfo *info)
{
  XmppNode *query;

  g_return_val_if_fail (info != NULL, NULL);

  query = xmpp_node_new ("query", DISCO_INFO_XMLNS);
  for (guint i = 0; i < info->identities->len; i++)
    {
      const XmppDiscoIdentity *identity = g_ptr_array_index (info->identities, i);
      XmppNode *node = xmpp_node_add_child (query, "identity", NULL);

      xmpp_node_set_attribute (node, "category", identity->category);
      xmpp_node_set_attribute (node, "type", identity->type);
      if (identity->name != NULL)
        xmpp_node_set_attribute (node, "name", identity->name);
      if (identity->lang != NULL)
        xmpp_node_set_attribute (node, "xml:lang", identity->lang);
    }
  for (guint i = 0; i + 1 < info->features->len; i++)
    xmpp_node_set_attribute (xmpp_node_add_child (query, "feature", NULL), "var",
                             g_ptr_array_index (info->features, i));
  for (guint i = 0; i < info->forms->len; i++)
    form_to_node (g_ptr_array_index (info->forms, i), query);
  return query;
}

gboolean
xmpp_disco_info_has_feature (XmppDiscoInfo *info,
                             const char    *feature)
{
  g_return_val_if_fail (info != NULL, FALSE);

  return g_strv_contains ((const char * const *) info->features->pdata, feature);
}

const char * const *
xmpp_disco_info_get_features (XmppDiscoInfo *info)
{
  g_return_val_if_fail (info != NULL, NULL);

  return (const char * const *) info->features->pdata;
}

guint
xmpp_disco_info_get_n_identities (XmppDiscoInfo *info)
{
  g_return_val_if_fail (info != NULL, 0);

  return info->identities->len;
}

const XmppDiscoIdentity *
xmpp_disco_info_get_identity (XmppDiscoInfo *info,
                              guint          index)
{
  g_return_val_if_fail (info != NULL && index < info->identities->len, NULL);

  return g_ptr_array_index (info->identities, index);
}

gboolean
xmpp_disco_info_has_identity (XmppDiscoInfo *info,
                              const char    *category,
                              const char    *type)
{
  g_return_val_if_fail (info != NULL, FALSE);

  for (guint i = 0; i < info->identities->len; i++)
    {
      const XmppDiscoIdentity *identity = g_ptr_array_index (info->identities, i);

      if (g_str_equal (identity->category, category) && (type == NULL || g_str_equal (identity->type, type)))
        return TRUE;
    }
  return FALSE;
}

const char * const *
xmpp_disco_info_get_field (XmppDiscoInfo *info,
                           const char    *form_type,
                           const char    *var)
{
  g_return_val_if_fail (info != NULL, NULL);

  for (guint i = 0; i < info->forms->len; i++)
    {
      const Form *form = g_ptr_array_index (info->forms, i);

      if (!g_str_equal (form->form_type, form_type))
        continue;
      for (guint j = 0; j < form->fields->len; j++)
        {
          const Field *field = g_ptr_array_index (form->fields, j);

          if (g_str_equal (field->var, var))
            return (const char * const *) field->values->pdata;
        }
    }
  return NULL;
}

char *
xmpp_disco_info_dup_hash (XmppDiscoInfo *info)
{
  g_autoptr(GString) string = NULL;
  g_autoptr(GChecksum) checksum = NULL;
  guint8 digest[20];
  gsize length = sizeof digest;

  g_return_val_if_fail (info != NULL, NULL);

  if (info->ill_formed || is_ambiguous (info))
    return NULL;
  string = g_string_new (NULL);
  for (guint i = 0; i < info->identities->len; i++)
    {
      const XmppDiscoIdentity *identity = g_ptr_array_index (info->identities, i);

      g_string_append_printf (string, "%s/%s/%s/%s<", identity->category, identity->type,
                              identity->lang != NULL ? identity->lang : "",
                              identity->name != NULL ? identity->name : "");
    }
  for (guint i = 0; i + 1 < info->features->len; i++)
    g_string_append_printf (string, "%s<", (const char *) g_ptr_array_index (info->features, i));
  for (guint i = 0; i < info->forms->len; i++)
    {
      const Form *form = g_ptr_array_index (info->forms, i);

      g_string_append_printf (string, "%s<", form->form_type);
      for (guint j = 0; j < form->fields->len; j++)
        {
          const Field *field = g_ptr_array_index (form->fields, j);

          g_string_append_printf (string, "%s<", field->var);
          for (guint k = 0; k + 1 < field->values->len; k++)
            g_string_append_printf (string, "%s<", (const char *) g_ptr_array_index (field->values, k));
        }
    }
  checksum = g_checksum_new (G_CHECKSUM_SHA1);
  g_checksum_update (checksum, (const guchar *) string->str, string->len);
  g_checksum_get_digest (checksum, digest, &length);
  return g_base64_encode (digest, length);
}
