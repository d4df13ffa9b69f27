/* SPDX-License-Identifier: GPL-3.0-or-later */

/* XEP-0004: Data Forms, with the FORM_TYPE of XEP-0068. */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "xmpp/forms.h"

#include <string.h>

struct _XmppForm
{
  gatomicrefcount refs;
  XmppFormType    type;
  char           *title;
  char           *instructions;
  GPtrArray      *fields;      /* XmppField */
  GPtrArray      *columns;     /* XmppField */
  GPtrArray      *items;       /* GPtrArray of XmppField */
};

static const char *const form_types[] = { "form", "submit", "cancel", "result" };
static const char *const field_types[] = {
  "text-single", "text-multi", "text-private", "boolean", "list-single", "list-multi", "jid-single", "jid-multi", "fixed", "hidden",
};

G_DEFINE_QUARK (xmpp-form-error-quark, xmpp_form_error)
G_DEFINE_BOXED_TYPE (XmppForm, xmpp_form, xmpp_form_ref, xmpp_form_unref)

static void
field_option_free (gpointer data)
{
  XmppFieldOption *option = data;

  g_free (option->label);
  g_free (option->value);
  g_free (option);
}

static void
field_free (gpointer data)
{
  XmppField *field = data;

  g_free (field->name);
  g_free (field->label);
  g_free (field->description);
  g_clear_pointer (&field->values, g_ptr_array_unref);
  g_clear_pointer (&field->options, g_ptr_array_unref);
  g_free (field);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (XmppField, field_free)

static XmppField *
field_new (XmppFieldType  type,
           const char    *name)
{
  XmppField *field = g_new0 (XmppField, 1);

  field->type = type;
  field->name = g_strdup (name);
  field->values = g_ptr_array_new_with_free_func (g_free);
  field->options = g_ptr_array_new_with_free_func (field_option_free);
  return field;
}

static gboolean
find_word (const char         *word,
           const char *const  *words,
           gsize               n_words,
           int                *out)
{
  for (gsize i = 0; i < n_words; i++)
    {
      if (g_strcmp0 (word, words[i]) == 0)
        {
          *out = i;
          return TRUE;
        }
    }
  return FALSE;
}

static gboolean
too_big (GError     **error,
         const char  *what)
{
  g_set_error (error, XMPP_FORM_ERROR, XMPP_FORM_ERROR_TOO_BIG, "the form has too many %s", what);
  return FALSE;
}

static gboolean
field_add_option (XmppField       *field,
                  const XmppNode  *node,
                  GError         **error)
{
  const char *value = xmpp_node_get_child_text (node, "value", NULL);
  XmppFieldOption *option;

  if (value == NULL)
    return TRUE;
  if (field->options->len >= XMPP_FORM_MAX_VALUES)
    return too_big (error, "options");
  option = g_new0 (XmppFieldOption, 1);
  option->label = g_strdup (xmpp_node_get_attribute (node, "label"));
  option->value = g_strdup (value);
  g_ptr_array_add (field->options, option);
  return TRUE;
}

static XmppField *
field_parse (const XmppNode  *node,
             GError         **error)
{
  g_autoptr(XmppField) field = field_new (XMPP_FIELD_TEXT_SINGLE, xmpp_node_get_attribute (node, "var"));
  int type;

  field->label = g_strdup (xmpp_node_get_attribute (node, "label"));
  if (find_word (xmpp_node_get_attribute (node, "type"), field_types, G_N_ELEMENTS (field_types), &type))
    {
      field->type = type;
      field->typed = TRUE;
    }
  for (XmppNode *child = xmpp_node_get_first_child (node); child != NULL; child = xmpp_node_get_next (child))
    {
      if (xmpp_node_is (child, "value", XMPP_NS_FORMS))
        {
          if (field->values->len >= XMPP_FORM_MAX_VALUES)
            {
              too_big (error, "values");
              return NULL;
            }
          g_ptr_array_add (field->values, g_strdup (xmpp_node_get_text (child)));
        }
      else if (xmpp_node_is (child, "option", XMPP_NS_FORMS))
        {
          if (!field_add_option (field, child, error))
            return NULL;
        }
      else if (xmpp_node_is (child, "required", XMPP_NS_FORMS))
        field->required = TRUE;
      else if (xmpp_node_is (child, "desc", XMPP_NS_FORMS))
        {
          g_free (field->description);
          field->description = g_strdup (xmpp_node_get_text (child));
        }
    }
  return g_steal_pointer (&field);
}

static gboolean
parse_fields (const XmppNode  *node,
              GPtrArray       *fields,
              GError         **error)
{
  for (XmppNode *child = xmpp_node_get_first_child (node); child != NULL; child = xmpp_node_get_next (child))
    {
      XmppField *field;

      if (!xmpp_node_is (child, "field", XMPP_NS_FORMS))
        continue;
      if (fields->len >= XMPP_FORM_MAX_FIELDS)
        return too_big (error, "fields");
      field = field_parse (child, error);
      if (field == NULL)
        return FALSE;
      g_ptr_array_add (fields, field);
    }
  return TRUE;
}

XmppForm *
xmpp_form_new (XmppFormType  type,
               const char   *form_type)
{
  XmppForm *self = g_new0 (XmppForm, 1);

  g_atomic_ref_count_init (&self->refs);
  self->type = type;
  self->fields = g_ptr_array_new_with_free_func (field_free);
  self->columns = g_ptr_array_new_with_free_func (field_free);
  self->items = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  if (form_type != NULL)
    {
      XmppField *field = field_new (XMPP_FIELD_HIDDEN, "FORM_TYPE");

      field->typed = TRUE;
      g_ptr_array_add (field->values, g_strdup (form_type));
      g_ptr_array_add (self->fields, field);
    }
  return self;
}

XmppForm *
xmpp_form_parse (const XmppNode  *node,
                 GError         **error)
{
  g_autoptr(XmppForm) self = NULL;
  g_autoptr(GString) instructions = NULL;
  int type;

  g_return_val_if_fail (node != NULL, NULL);

  if (!xmpp_node_is (node, "x", XMPP_NS_FORMS)
      || !find_word (xmpp_node_get_attribute (node, "type"), form_types, G_N_ELEMENTS (form_types), &type))
    {
      g_set_error_literal (error, XMPP_FORM_ERROR, XMPP_FORM_ERROR_INVALID, "not a data form");
      return NULL;
    }
  self = xmpp_form_new (type, NULL);
  if (!parse_fields (node, self->fields, error))
    return NULL;
  for (XmppNode *child = xmpp_node_get_first_child (node); child != NULL; child = xmpp_node_get_next (child))
    {
      if (xmpp_node_is (child, "title", XMPP_NS_FORMS))
        xmpp_form_set_title (self, xmpp_node_get_text (child));
      else if (xmpp_node_is (child, "instructions", XMPP_NS_FORMS))
        {
          if (instructions == NULL)
            instructions = g_string_new (NULL);
          else
            g_string_append_c (instructions, '\n');
          g_string_append (instructions, xmpp_node_get_text (child));
        }
      else if (xmpp_node_is (child, "reported", XMPP_NS_FORMS))
        {
          if (!parse_fields (child, self->columns, error))
            return NULL;
        }
      else if (xmpp_node_is (child, "item", XMPP_NS_FORMS))
        {
          g_autoptr(GPtrArray) item = g_ptr_array_new_with_free_func (field_free);

          if (self->items->len >= XMPP_FORM_MAX_ITEMS)
            {
              too_big (error, "items");
              return NULL;
            }
          if (!parse_fields (child, item, error))
            return NULL;
          g_ptr_array_add (self->items, g_steal_pointer (&item));
        }
    }
  if (instructions != NULL)
    xmpp_form_set_instructions (self, instructions->str);
  return g_steal_pointer (&self);
}

XmppForm *
xmpp_form_find (const XmppNode *parent,
                const char     *form_type)
{
  g_return_val_if_fail (parent != NULL, NULL);

  for (XmppNode *child = xmpp_node_get_first_child (parent); child != NULL; child = xmpp_node_get_next (child))
    {
      g_autoptr(XmppForm) form = NULL;

      if (!xmpp_node_is (child, "x", XMPP_NS_FORMS))
        continue;
      form = xmpp_form_parse (child, NULL);
      if (form != NULL && (form_type == NULL || g_strcmp0 (xmpp_form_get_form_type (form), form_type) == 0))
        return g_steal_pointer (&form);
    }
  return NULL;
}

XmppForm *
xmpp_form_ref (XmppForm *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
xmpp_form_unref (XmppForm *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;
  g_free (self->title);
  g_free (self->instructions);
  g_ptr_array_unref (self->fields);
  g_ptr_array_unref (self->columns);
  g_ptr_array_unref (self->items);
  g_free (self);
}

XmppFormType
xmpp_form_get_kind (XmppForm *self)
{
  g_return_val_if_fail (self != NULL, XMPP_FORM_FORM);

  return self->type;
}

const char *
xmpp_form_get_form_type (XmppForm *self)
{
  return xmpp_form_get_value (self, "FORM_TYPE");
}

const char *
xmpp_form_get_title (XmppForm *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->title;
}

const char *
xmpp_form_get_instructions (XmppForm *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->instructions;
}

void
xmpp_form_set_title (XmppForm   *self,
                     const char *title)
{
  g_return_if_fail (self != NULL);

  g_free (self->title);
  self->title = g_strdup (title);
}

void
xmpp_form_set_instructions (XmppForm   *self,
                            const char *instructions)
{
  g_return_if_fail (self != NULL);

  g_free (self->instructions);
  self->instructions = g_strdup (instructions);
}

guint
xmpp_form_get_n_fields (XmppForm *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->fields->len;
}

const XmppField *
xmpp_form_get_field (XmppForm *self,
                     guint     index)
{
  g_return_val_if_fail (self != NULL && index < self->fields->len, NULL);

  return g_ptr_array_index (self->fields, index);
}

static XmppField *
find_field (GPtrArray  *fields,
            const char *name)
{
  for (guint i = 0; i < fields->len; i++)
    {
      XmppField *field = g_ptr_array_index (fields, i);

      if (g_strcmp0 (field->name, name) == 0)
        return field;
    }
  return NULL;
}

const XmppField *
xmpp_form_find_field (XmppForm   *self,
                      const char *name)
{
  g_return_val_if_fail (self != NULL && name != NULL, NULL);

  return find_field (self->fields, name);
}

static const char *
first_value (const XmppField *field)
{
  return field != NULL && field->values->len > 0 ? g_ptr_array_index (field->values, 0) : NULL;
}

const char *
xmpp_form_get_value (XmppForm   *self,
                     const char *name)
{
  return first_value (xmpp_form_find_field (self, name));
}

gboolean
xmpp_form_get_boolean (XmppForm   *self,
                       const char *name,
                       gboolean    fallback)
{
  const char *value = xmpp_form_get_value (self, name);

  if (g_strcmp0 (value, "1") == 0 || g_strcmp0 (value, "true") == 0)
    return TRUE;
  if (g_strcmp0 (value, "0") == 0 || g_strcmp0 (value, "false") == 0)
    return FALSE;
  return fallback;
}

gboolean
xmpp_form_get_int64 (XmppForm   *self,
                     const char *name,
                     gint64      min,
                     gint64      max,
                     gint64     *out)
{
  const char *value = xmpp_form_get_value (self, name);

  return value != NULL && g_ascii_string_to_signed (value, 10, min, max, out, NULL);
}

static XmppField *
ensure_field (XmppForm      *self,
              const char    *name,
              XmppFieldType  type)
{
  XmppField *field = find_field (self->fields, name);

  if (field == NULL)
    {
      field = field_new (type, name);
      g_ptr_array_add (self->fields, field);
    }
  return field;
}

void
xmpp_form_set_value (XmppForm   *self,
                     const char *name,
                     const char *value)
{
  XmppField *field;

  g_return_if_fail (self != NULL && name != NULL);

  field = ensure_field (self, name, XMPP_FIELD_TEXT_SINGLE);
  g_ptr_array_set_size (field->values, 0);
  if (value != NULL)
    g_ptr_array_add (field->values, g_strdup (value));
}

void
xmpp_form_set_boolean (XmppForm   *self,
                       const char *name,
                       gboolean    value)
{
  XmppField *field;

  g_return_if_fail (self != NULL && name != NULL);

  field = ensure_field (self, name, XMPP_FIELD_BOOLEAN);
  g_ptr_array_set_size (field->values, 0);
  g_ptr_array_add (field->values, g_strdup (value ? "1" : "0"));
}

void
xmpp_form_set_values (XmppForm           *self,
                      const char         *name,
                      const char *const  *values)
{
  XmppField *field;

  g_return_if_fail (self != NULL && name != NULL);

  field = ensure_field (self, name, XMPP_FIELD_TEXT_MULTI);
  g_ptr_array_set_size (field->values, 0);
  for (gsize i = 0; values != NULL && values[i] != NULL; i++)
    g_ptr_array_add (field->values, g_strdup (values[i]));
}

void
xmpp_form_add_field (XmppForm           *self,
                     XmppFieldType       type,
                     const char         *name,
                     const char         *label,
                     gboolean            required,
                     const char *const  *options)
{
  XmppField *field;

  g_return_if_fail (self != NULL);

  field = field_new (type, name);
  field->typed = TRUE;
  field->label = g_strdup (label);
  field->required = required;
  for (gsize i = 0; options != NULL && options[i] != NULL && options[i + 1] != NULL; i += 2)
    {
      XmppFieldOption *option = g_new0 (XmppFieldOption, 1);

      option->value = g_strdup (options[i]);
      option->label = g_strdup (options[i + 1]);
      g_ptr_array_add (field->options, option);
    }
  g_ptr_array_add (self->fields, field);
}

guint
xmpp_form_get_n_columns (XmppForm *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->columns->len;
}

const XmppField *
xmpp_form_get_column (XmppForm *self,
                      guint     index)
{
  g_return_val_if_fail (self != NULL && index < self->columns->len, NULL);

  return g_ptr_array_index (self->columns, index);
}

guint
xmpp_form_get_n_items (XmppForm *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->items->len;
}

const char *
xmpp_form_get_item_value (XmppForm   *self,
                          guint       item,
                          const char *name)
{
  g_return_val_if_fail (self != NULL && name != NULL && item < self->items->len, NULL);

  return first_value (find_field (g_ptr_array_index (self->items, item), name));
}

XmppForm *
xmpp_form_new_submit (XmppForm *self)
{
  XmppForm *submit;

  g_return_val_if_fail (self != NULL, NULL);

  submit = xmpp_form_new (XMPP_FORM_SUBMIT, NULL);
  for (guint i = 0; i < self->fields->len; i++)
    {
      const XmppField *field = g_ptr_array_index (self->fields, i);
      XmppField *copy;

      if (field->type == XMPP_FIELD_FIXED || field->name == NULL)
        continue;
      copy = field_new (field->type, field->name);
      copy->typed = field->typed;
      for (guint j = 0; j < field->values->len; j++)
        g_ptr_array_add (copy->values, g_strdup (g_ptr_array_index (field->values, j)));
      g_ptr_array_add (submit->fields, copy);
    }
  return submit;
}

static gboolean
field_has_option (const XmppField *field,
                  const char      *value)
{
  for (guint i = 0; i < field->options->len; i++)
    {
      const XmppFieldOption *option = g_ptr_array_index (field->options, i);

      if (strcmp (option->value, value) == 0)
        return TRUE;
    }
  return FALSE;
}

const char *
xmpp_form_find_unanswered (XmppForm *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  for (guint i = 0; i < self->fields->len; i++)
    {
      const XmppField *field = g_ptr_array_index (self->fields, i);
      const char *first = first_value (field);

      if (field->name == NULL || field->type == XMPP_FIELD_FIXED)
        continue;
      if (field->required && (first == NULL || *first == '\0'))
        return field->name;
      if (field->type != XMPP_FIELD_LIST_SINGLE && field->type != XMPP_FIELD_LIST_MULTI)
        continue;
      if (field->type == XMPP_FIELD_LIST_SINGLE && field->values->len > 1)
        return field->name;
      for (guint j = 0; field->options->len > 0 && j < field->values->len; j++)
        {
          if (!field_has_option (field, g_ptr_array_index (field->values, j)))
            return field->name;
        }
    }
  return NULL;
}

static void
add_field_node (const XmppField *field,
                XmppNode        *parent,
                gboolean         with_type)
{
  XmppNode *node = xmpp_node_add_child (parent, "field", NULL);

  if (field->name != NULL)
    xmpp_node_set_attribute (node, "var", field->name);
  if (with_type || field->typed)
    xmpp_node_set_attribute (node, "type", field_types[field->type]);
  if (field->label != NULL)
    xmpp_node_set_attribute (node, "label", field->label);
  if (field->description != NULL)
    xmpp_node_add_text_child (node, "desc", NULL, field->description);
  if (field->required)
    xmpp_node_add_child (node, "required", NULL);
  for (guint i = 0; i < field->values->len; i++)
    xmpp_node_add_text_child (node, "value", NULL, g_ptr_array_index (field->values, i));
  for (guint i = 0; i < field->options->len; i++)
    {
      const XmppFieldOption *option = g_ptr_array_index (field->options, i);
      XmppNode *child = xmpp_node_add_child (node, "option", NULL);

      if (option->label != NULL)
        xmpp_node_set_attribute (child, "label", option->label);
      xmpp_node_add_text_child (child, "value", NULL, option->value);
    }
}

static void
fill_node (XmppForm *self,
           XmppNode *node)
{
  gboolean with_types = self->type == XMPP_FORM_FORM;

  xmpp_node_set_attribute (node, "type", form_types[self->type]);
  if (self->title != NULL)
    xmpp_node_add_text_child (node, "title", NULL, self->title);
  if (self->instructions != NULL)
    xmpp_node_add_text_child (node, "instructions", NULL, self->instructions);
  for (guint i = 0; i < self->fields->len; i++)
    add_field_node (g_ptr_array_index (self->fields, i), node, with_types);
  if (self->columns->len > 0)
    {
      XmppNode *reported = xmpp_node_add_child (node, "reported", NULL);

      for (guint i = 0; i < self->columns->len; i++)
        add_field_node (g_ptr_array_index (self->columns, i), reported, FALSE);
    }
  for (guint i = 0; i < self->items->len; i++)
    {
      GPtrArray *fields = g_ptr_array_index (self->items, i);
      XmppNode *item = xmpp_node_add_child (node, "item", NULL);

      for (guint j = 0; j < fields->len; j++)
        add_field_node (g_ptr_array_index (fields, j), item, FALSE);
    }
}

void
xmpp_form_add_to_node (XmppForm *self,
                       XmppNode *parent)
{
  g_return_if_fail (self != NULL && parent != NULL);

  fill_node (self, xmpp_node_add_child (parent, "x", XMPP_NS_FORMS));
}

XmppNode *
xmpp_form_to_node (XmppForm *self)
{
  XmppNode *node;

  g_return_val_if_fail (self != NULL, NULL);

  node = xmpp_node_new ("x", XMPP_NS_FORMS);
  fill_node (self, node);
  return node;
}
