/* SPDX-License-Identifier: GPL-3.0-or-later */

/* XEP-0004 */

#include "config.h"

#include "test-stream.h"

#include "xmpp/forms.h"

static XmppForm *
parse (const char  *xml,
       GError     **error)
{
  g_autoptr(XmppNode) node = xmpp_node_parse (xml, -1, NULL);

  g_assert_nonnull (node);
  return xmpp_form_parse (node, error);
}

/* §3, example 2, shortened. */
#define BOT "<x xmlns='jabber:x:data' type='form'><title>Bot Configuration</title><instructions>Fill out this form</instructions>" \
  "<instructions>to configure your new bot!</instructions>" \
  "<field type='hidden' var='FORM_TYPE'><value>jabber:bot</value></field>" \
  "<field type='fixed'><value>Section 1: Bot Info</value></field>" \
  "<field type='text-single' label='The name of your bot' var='botname'/>" \
  "<field type='text-multi' label='Helpful description' var='description'><desc>What it is for</desc></field>" \
  "<field type='boolean' label='Public bot?' var='public'><required/></field>" \
  "<field type='list-multi' label='What features?' var='features'>" \
  "<option label='Contests'><value>contests</value></option><option label='News'><value>news</value></option>" \
  "<value>news</value><value>contests</value></field>" \
  "<field type='list-single' label='Subscribers' var='maxsubs'><value>20</value>" \
  "<option label='10'><value>10</value></option><option label='20'><value>20</value></option></field>" \
  "<field type='jid-multi' var='invitelist'/><field type='no-such-type' var='odd'><value>7</value></field></x>"

static void
test_read (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(XmppForm) form = parse (BOT, &error);
  const XmppField *field;
  gint64 number = -1;

  g_assert_no_error (error);
  g_assert_cmpint (xmpp_form_get_kind (form), ==, XMPP_FORM_FORM);
  g_assert_cmpstr (xmpp_form_get_form_type (form), ==, "jabber:bot");
  g_assert_cmpstr (xmpp_form_get_title (form), ==, "Bot Configuration");
  g_assert_cmpstr (xmpp_form_get_instructions (form), ==, "Fill out this form\nto configure your new bot!");
  g_assert_cmpuint (xmpp_form_get_n_fields (form), ==, 9);
  field = xmpp_form_find_field (form, "features");
  g_assert_cmpint (field->type, ==, XMPP_FIELD_LIST_MULTI);
  g_assert_cmpuint (field->values->len, ==, 2);
  g_assert_cmpuint (field->options->len, ==, 2);
  g_assert_cmpstr (((XmppFieldOption *) g_ptr_array_index (field->options, 0))->label, ==, "Contests");
  g_assert_cmpstr (xmpp_form_find_field (form, "description")->description, ==, "What it is for");
  g_assert_true (xmpp_form_find_field (form, "public")->required);
  g_assert_cmpint (xmpp_form_find_field (form, "odd")->type, ==, XMPP_FIELD_TEXT_SINGLE);
  g_assert_false (xmpp_form_find_field (form, "odd")->typed);
  g_assert_true (xmpp_form_get_int64 (form, "maxsubs", 0, 100, &number));
  g_assert_cmpint (number, ==, 20);
  g_assert_false (xmpp_form_get_int64 (form, "maxsubs", 0, 19, &number));
  g_assert_false (xmpp_form_get_int64 (form, "features", 0, 19, &number));
  g_assert_cmpint (number, ==, 20);
  g_assert_true (xmpp_form_get_boolean (form, "public", TRUE));
  g_assert_null (xmpp_form_find_field (form, "none"));
}

static void
test_answer (void)
{
  g_autoptr(XmppForm) form = parse (BOT, NULL);
  g_autoptr(XmppForm) submit = NULL;
  g_autoptr(XmppNode) node = NULL;
  g_autofree char *xml = NULL;
  const char *const invite[] = { "a@work.test", "b@work.test", NULL };

  g_assert_cmpstr (xmpp_form_find_unanswered (form), ==, "public");
  xmpp_form_set_boolean (form, "public", FALSE);
  g_assert_null (xmpp_form_find_unanswered (form));
  xmpp_form_set_value (form, "maxsubs", "11");
  g_assert_cmpstr (xmpp_form_find_unanswered (form), ==, "maxsubs");
  xmpp_form_set_value (form, "maxsubs", "10");
  xmpp_form_set_values (form, "invitelist", invite);
  g_assert_false (xmpp_form_get_boolean (form, "public", TRUE));
  submit = xmpp_form_new_submit (form);
  node = xmpp_form_to_node (submit);
  xml = xmpp_node_to_string (node);
  test_assert_same_xml (xml, "<x xmlns='jabber:x:data' type='submit'><field type='hidden' var='FORM_TYPE'><value>jabber:bot</value></field>"
                             "<field type='text-single' var='botname'/><field type='text-multi' var='description'/>"
                             "<field type='boolean' var='public'><value>0</value></field>"
                             "<field type='list-multi' var='features'><value>news</value><value>contests</value></field>"
                             "<field type='list-single' var='maxsubs'><value>10</value></field>"
                             "<field type='jid-multi' var='invitelist'><value>a@work.test</value><value>b@work.test</value></field>"
                             "<field var='odd'><value>7</value></field></x>");
}

/* What is built is what is read. */
static void
test_round_trip (void)
{
  const char *const options[] = { "tea", "Tea", "coffee", "Coffee", NULL };
  g_autoptr(XmppForm) form = xmpp_form_new (XMPP_FORM_FORM, "urn:atrium:test");
  g_autoptr(XmppForm) again = NULL;
  g_autoptr(XmppNode) node = NULL, second = NULL;
  g_autofree char *xml = NULL, *second_xml = NULL;

  xmpp_form_set_title (form, "Drinks");
  xmpp_form_set_instructions (form, "Choose");
  xmpp_form_add_field (form, XMPP_FIELD_LIST_SINGLE, "drink", "Drink", TRUE, options);
  xmpp_form_add_field (form, XMPP_FIELD_TEXT_MULTI, "note", NULL, FALSE, NULL);
  node = xmpp_form_to_node (form);
  xml = xmpp_node_to_string (node);
  again = xmpp_form_parse (node, NULL);
  second = xmpp_form_to_node (again);
  second_xml = xmpp_node_to_string (second);
  g_assert_cmpstr (xml, ==, second_xml);
  g_assert_cmpstr (xmpp_form_find_unanswered (again), ==, "drink");
}

/* §3.4, example 8. */
static void
test_items (void)
{
  g_autoptr(XmppForm) form = parse ("<x xmlns='jabber:x:data' type='result'><title>Search</title>"
                                    "<reported><field var='name' label='Name'/><field var='url' type='text-single'/></reported>"
                                    "<item><field var='name'><value>Verona</value></field><field var='url'><value>http://a</value></field></item>"
                                    "<item><field var='name'><value>Mantua</value></field></item></x>", NULL);

  g_assert_cmpuint (xmpp_form_get_n_columns (form), ==, 2);
  g_assert_cmpstr (xmpp_form_get_column (form, 0)->label, ==, "Name");
  g_assert_cmpuint (xmpp_form_get_n_items (form), ==, 2);
  g_assert_cmpstr (xmpp_form_get_item_value (form, 0, "url"), ==, "http://a");
  g_assert_cmpstr (xmpp_form_get_item_value (form, 1, "name"), ==, "Mantua");
  g_assert_null (xmpp_form_get_item_value (form, 1, "url"));
}

static XmppForm *
parse_repeated (const char  *before,
                const char  *part,
                guint        count,
                const char  *after,
                GError     **error)
{
  g_autoptr(GString) xml = g_string_new ("<x xmlns='jabber:x:data' type='form'>");

  g_string_append (xml, before);
  for (guint i = 0; i < count; i++)
    g_string_append (xml, part);
  g_string_append (xml, after);
  g_string_append (xml, "</x>");
  return parse (xml->str, error);
}

static void
test_limits (void)
{
  static const struct
  {
    const char *before, *part, *after;
    guint       limit;
  } cases[] = {
    { "", "<field var='a'/>", "", XMPP_FORM_MAX_FIELDS },
    { "", "<item/>", "", XMPP_FORM_MAX_ITEMS },
    { "<reported>", "<field var='a'/>", "</reported>", XMPP_FORM_MAX_FIELDS },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(XmppForm) at_limit = parse_repeated (cases[i].before, cases[i].part, cases[i].limit, cases[i].after, &error);
      g_autoptr(XmppForm) over = NULL;

      g_assert_no_error (error);
      g_assert_nonnull (at_limit);
      over = parse_repeated (cases[i].before, cases[i].part, cases[i].limit + 1, cases[i].after, &error);
      g_assert_null (over);
      g_assert_error (error, XMPP_FORM_ERROR, XMPP_FORM_ERROR_TOO_BIG);
    }
}

static void
test_invalid (void)
{
  const char *cases[] = { "<x xmlns='jabber:x:data'/>", "<x xmlns='jabber:x:data' type='other'/>", "<x xmlns='other' type='form'/>", "<y xmlns='jabber:x:data' type='form'/>" };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_null (parse (cases[i], &error));
      g_assert_error (error, XMPP_FORM_ERROR, XMPP_FORM_ERROR_INVALID);
    }
}

static void
test_find (void)
{
  g_autoptr(XmppNode) node = xmpp_node_parse ("<q xmlns='u'><x xmlns='jabber:x:data'/><x xmlns='jabber:x:data' type='result'><field var='FORM_TYPE'><value>a</value></field></x>"
                                              "<x xmlns='jabber:x:data' type='result'><field var='FORM_TYPE'><value>b</value></field></x></q>", -1, NULL);
  g_autoptr(XmppForm) b = xmpp_form_find (node, "b"), any = xmpp_form_find (node, NULL);

  g_assert_cmpstr (xmpp_form_get_form_type (b), ==, "b");
  g_assert_cmpstr (xmpp_form_get_form_type (any), ==, "a");
  g_assert_null (xmpp_form_find (node, "c"));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/xmpp/forms/read", test_read);
  g_test_add_func ("/xmpp/forms/answer", test_answer);
  g_test_add_func ("/xmpp/forms/round-trip", test_round_trip);
  g_test_add_func ("/xmpp/forms/items", test_items);
  g_test_add_func ("/xmpp/forms/limits", test_limits);
  g_test_add_func ("/xmpp/forms/invalid", test_invalid);
  g_test_add_func ("/xmpp/forms/find", test_find);
  return g_test_run ();
}
