/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

#include "xmpp/node.h"

G_BEGIN_DECLS

/* XEP-0004: Data Forms. One form, filled or to be filled; also the result of a search (items). */

#define XMPP_NS_FORMS "jabber:x:data"

/* What a form from the network may hold at most; more is refused. */
#define XMPP_FORM_MAX_FIELDS 256
#define XMPP_FORM_MAX_VALUES 4096    /* values and options of one field */
#define XMPP_FORM_MAX_ITEMS  2048

#define XMPP_FORM_ERROR (xmpp_form_error_quark ())
GQuark xmpp_form_error_quark (void);
typedef enum
{
  XMPP_FORM_ERROR_INVALID,      /* not a data form, or of an unknown type */
  XMPP_FORM_ERROR_TOO_BIG,      /* more fields, values or items than the limits above */
} XmppFormError;

typedef enum
{
  XMPP_FORM_FORM,               /* asks to be filled in */
  XMPP_FORM_SUBMIT,
  XMPP_FORM_CANCEL,
  XMPP_FORM_RESULT,
} XmppFormType;

typedef enum
{
  XMPP_FIELD_TEXT_SINGLE,       /* also what an unknown or absent type means (§3.3) */
  XMPP_FIELD_TEXT_MULTI,
  XMPP_FIELD_TEXT_PRIVATE,
  XMPP_FIELD_BOOLEAN,
  XMPP_FIELD_LIST_SINGLE,
  XMPP_FIELD_LIST_MULTI,
  XMPP_FIELD_JID_SINGLE,
  XMPP_FIELD_JID_MULTI,
  XMPP_FIELD_FIXED,
  XMPP_FIELD_HIDDEN,
} XmppFieldType;

typedef struct
{
  char *label;                  /* (nullable) */
  char *value;
} XmppFieldOption;

typedef struct
{
  XmppFieldType type;
  gboolean      typed;          /* the type was given, not assumed */
  char         *name;           /* "var"; (nullable) for fixed fields */
  char         *label;          /* (nullable) */
  char         *description;    /* (nullable) */
  gboolean      required;
  GPtrArray    *values;         /* (element-type utf8) */
  GPtrArray    *options;        /* (element-type XmppFieldOption) */
} XmppField;

/**
 * XmppForm:
 *
 * Reference counted. Owns everything that its getters lend.
 */
typedef struct _XmppForm XmppForm;

GType            xmpp_form_get_type         (void) G_GNUC_CONST;
#define XMPP_TYPE_FORM (xmpp_form_get_type ())

/* @form_type: value of the hidden FORM_TYPE field (XEP-0068), or NULL for none. */
XmppForm        *xmpp_form_new              (XmppFormType type,
                                             const char  *form_type) G_GNUC_WARN_UNUSED_RESULT;
/* @node: an <x xmlns='jabber:x:data'/>. Errors: XMPP_FORM_ERROR. */
XmppForm        *xmpp_form_parse            (const XmppNode *node,
                                             GError        **error) G_GNUC_WARN_UNUSED_RESULT;
/* The first form that is a direct child of @parent, with the given FORM_TYPE (NULL: any); NULL if there is none. */
XmppForm        *xmpp_form_find             (const XmppNode *parent,
                                             const char     *form_type) G_GNUC_WARN_UNUSED_RESULT;
XmppForm        *xmpp_form_ref              (XmppForm *self);
void             xmpp_form_unref            (XmppForm *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XmppForm, xmpp_form_unref)

XmppFormType     xmpp_form_get_kind         (XmppForm *self);
const char      *xmpp_form_get_form_type    (XmppForm *self);   /* FORM_TYPE; NULL if none */
const char      *xmpp_form_get_title        (XmppForm *self);   /* NULL if none */
const char      *xmpp_form_get_instructions (XmppForm *self);   /* paragraphs joined by line feeds; NULL if none */
void             xmpp_form_set_title        (XmppForm *self, const char *title);
void             xmpp_form_set_instructions (XmppForm *self, const char *instructions);

/* Fields, in their order. */
guint            xmpp_form_get_n_fields     (XmppForm *self);
const XmppField *xmpp_form_get_field        (XmppForm *self, guint index);
const XmppField *xmpp_form_find_field       (XmppForm *self, const char *name);   /* NULL if none */
/* First value; NULL when there is no such field or it has no value. */
const char      *xmpp_form_get_value        (XmppForm *self, const char *name);
/* "1" and "true" are TRUE (§3.3); @fallback when absent or something else. */
gboolean         xmpp_form_get_boolean      (XmppForm *self, const char *name, gboolean fallback);
/* Decimal number within [min, max]; FALSE and @out untouched otherwise. */
gboolean         xmpp_form_get_int64        (XmppForm *self, const char *name, gint64 min, gint64 max, gint64 *out);

/* Setting a value adds the field when it is missing (as text-single, boolean or text-multi). */
void             xmpp_form_set_value        (XmppForm *self, const char *name, const char *value);
void             xmpp_form_set_boolean      (XmppForm *self, const char *name, gboolean value);
void             xmpp_form_set_values       (XmppForm *self, const char *name, const char *const *values);
/* Adds a field to a form that asks; @options: value, label, value, label, …, NULL; or NULL for none. */
void             xmpp_form_add_field        (XmppForm *self, XmppFieldType type, const char *name, const char *label,
                                             gboolean required, const char *const *options);

/* Result tables (§3.4). The columns are the reported fields (their values are empty). */
guint            xmpp_form_get_n_columns    (XmppForm *self);
const XmppField *xmpp_form_get_column       (XmppForm *self, guint index);
guint            xmpp_form_get_n_items      (XmppForm *self);
const char      *xmpp_form_get_item_value   (XmppForm *self, guint item, const char *name);   /* first; NULL if none */

/* An answer to @self: type submit, with the same FORM_TYPE and every field's current value; fixed fields left out. */
XmppForm        *xmpp_form_new_submit       (XmppForm *self) G_GNUC_WARN_UNUSED_RESULT;
/* NULL when each required field has a value and each list value is one of its options; else the name of the first bad field. */
const char      *xmpp_form_find_unanswered  (XmppForm *self);

void             xmpp_form_add_to_node      (XmppForm *self, XmppNode *parent);
XmppNode        *xmpp_form_to_node          (XmppForm *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
