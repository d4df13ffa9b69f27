/* SPDX-License-Identifier: GPL-3.0-or-later */

/* XEP-0004: what was read is written and read as the same. */

#include "config.h"

#include "xmpp/forms.h"

int LLVMFuzzerTestOneInput (const guint8 *data,
                            gsize         size);

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autoptr(XmppNode) node = size > 0 ? xmpp_node_parse ((const char *) data, size, NULL) : NULL;
  g_autoptr(XmppForm) form = node != NULL ? xmpp_form_parse (node, NULL) : NULL;
  g_autoptr(XmppForm) again = NULL;
  g_autoptr(XmppForm) submit = NULL;
  g_autoptr(XmppNode) built = NULL, rebuilt = NULL;
  g_autofree char *first = NULL, *second = NULL;

  if (form == NULL)
    return 0;
  xmpp_form_find_unanswered (form);
  submit = xmpp_form_new_submit (form);
  g_assert_cmpint (xmpp_form_get_kind (submit), ==, XMPP_FORM_SUBMIT);
  built = xmpp_form_to_node (form);
  first = xmpp_node_to_string (built);
  again = xmpp_form_parse (built, NULL);
  g_assert_nonnull (again);
  rebuilt = xmpp_form_to_node (again);
  second = xmpp_node_to_string (rebuilt);
  g_assert_cmpstr (first, ==, second);
  return 0;
}
