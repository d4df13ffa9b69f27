/* SPDX-License-Identifier: GPL-3.0-or-later */
/* RFC 5122, XEP-0147, XEP-0401, XEP-0379; threats D9. */
#include "config.h"

#include <glib.h>
#include <string.h>

#include "xmpp/invite.h"
#include "xmpp/uri.h"

static char *
describe (const XmppUri *uri)
{
  static const char * const keys[] =
    { "body", "subject", "thread", "password", "preauth", "name", "group", "ibr", "node", "item", "action" };
  GString *text = g_string_new (NULL);

  g_string_printf (text, "%s|%s|%d|%s", uri->account != NULL ? uri->account : "", uri->address != NULL ? uri->address : "",
                   uri->action, uri->fragment != NULL ? uri->fragment : "");
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    if (xmpp_uri_get_key (uri, keys[i]) != NULL)
      g_string_append_printf (text, "|%s=%s", keys[i], xmpp_uri_get_key (uri, keys[i]));
  return g_string_free (text, FALSE);
}

static void
test_parse (void)
{
  static const struct { const char *text; const char *expected; } cases[] = {
    { "xmpp:node@example.com", "|node@example.com|0|" },
    { "XMPP:Node@Example.COM/some%20where", "|node@example.com/some where|0|" },
    { "xmpp:example.com", "|example.com|0|" },
    { "xmpp://guest@example.com", "guest@example.com||0|" },
    { "xmpp://guest@example.com/support@example.com?message", "guest@example.com|support@example.com|1|" },
    { "xmpp:support@example.com?message;subject=Hello%20World", "|support@example.com|1||subject=Hello World" },
    { "xmpp:support@example.com?message;body=a%0Ab;type=chat", "|support@example.com|1||body=a\nb" },
    { "xmpp:nasty!%23$%25()*+,-.;=%3F%5B%5C%5D%5E_%60%7B%7C%7D~node@example.com", "|nasty!#$%()*+,-.;=?[\\]^_`{|}~node@example.com|0|" },
    { "xmpp:%E6%9D%8E@example.com", "|李@example.com|0|" },
    { "xmpp:room@conference.example.com?join;password=cauldronburn", "|room@conference.example.com|2||password=cauldronburn" },
    { "xmpp:romeo@montague.net?roster;name=Romeo;group=Friends", "|romeo@montague.net|4||name=Romeo|group=Friends" },
    { "xmpp:example.org?register;preauth=TOKEN", "|example.org|3||preauth=TOKEN" },
    { "xmpp:pubsub.example.org?pubsub;action=subscribe;node=urn%3Ax%3A1", "|pubsub.example.org|6||node=urn:x:1|action=subscribe" },
    { "xmpp:bob@example.org?call", "|bob@example.org|7|" },
    { "xmpp:bob@example.org?subscribe#top", "|bob@example.org|5|top" },
    /* Unknown actions are profiles, and bring no keys with them. */
    { "xmpp:bob@example.org?command;node=reboot;action=execute", "|bob@example.org|0|" },
    { "xmpp:bob@example.org?joinx;password=p", "|bob@example.org|0|" },
    { "xmpp:bob@example.org?", "|bob@example.org|0|" },
    { "xmpp:bob@example.org?JOIN", "|bob@example.org|0|" },
    /* An escaped separator stays inside its value; the first of a name counts; keys of other actions do not. */
    { "xmpp:bob@example.org?message;body=hi%3Bpassword%3Dx%26%3Fjoin", "|bob@example.org|1||body=hi;password=x&?join" },
    { "xmpp:bob@example.org?message%3Bjoin", "|bob@example.org|0|" },
    { "xmpp:bob@example.org?join;password=one;password=two;preauth=x", "|bob@example.org|2||password=one" },
    { "xmpp:bob@example.org?message;body", "|bob@example.org|1|" },
    { "xmpp:bob@example.org?message;;;=x;body=%20", "|bob@example.org|1||body= " },
    { "xmpp:bob@example.org?message;body=a?join;password=b", "|bob@example.org|1||body=a?join" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(XmppUri) uri = xmpp_uri_parse (cases[i].text, &error);
      g_autoptr(XmppUri) again = NULL;
      g_autofree char *actual = NULL;
      g_autofree char *text = NULL;
      g_autofree char *repeated = NULL;

      if (uri == NULL)
        g_error ("%s: %s", cases[i].text, error->message);
      actual = describe (uri);
      g_assert_cmpstr (actual, ==, cases[i].expected);
      /* Written and read again it is the same. */
      text = xmpp_uri_to_string (uri);
      again = xmpp_uri_parse (text, &error);
      g_assert_no_error (error);
      repeated = describe (again);
      g_assert_cmpstr (repeated, ==, cases[i].expected);
    }
}

static void
test_broken (void)
{
  static const struct { const char *text; int code; } cases[] = {
    { "http://example.org", XMPP_URI_ERROR_SCHEME },
    { "xmp:bob@example.org", XMPP_URI_ERROR_SCHEME },
    { "", XMPP_URI_ERROR_SCHEME },
    { "xmpp:", XMPP_URI_ERROR_INVALID },
    { "xmpp:?join", XMPP_URI_ERROR_INVALID },
    { "xmpp://", XMPP_URI_ERROR_INVALID },
    { "xmpp:///bob@example.org", XMPP_URI_ERROR_INVALID },
    { "xmpp://guest@example.com/@", XMPP_URI_ERROR_INVALID },
    { "xmpp:bob@", XMPP_URI_ERROR_INVALID },
    { "xmpp:@example.org", XMPP_URI_ERROR_INVALID },
    { "xmpp:bob%@example.org", XMPP_URI_ERROR_INVALID },
    { "xmpp:bob%4@example.org", XMPP_URI_ERROR_INVALID },
    { "xmpp:bob%zz@example.org", XMPP_URI_ERROR_INVALID },
    { "xmpp:bob%00@example.org", XMPP_URI_ERROR_INVALID },
    { "xmpp:bob%0A@example.org", XMPP_URI_ERROR_INVALID },
    { "xmpp:bob%FF@example.org", XMPP_URI_ERROR_INVALID },
    { "xmpp:bob@example.org\n?join", XMPP_URI_ERROR_INVALID },
    { "xmpp:bob@example.org?join;password=%0Axmpp:evil", XMPP_URI_ERROR_INVALID },
    { "xmpp:bob@example.org?message;subject=%0D", XMPP_URI_ERROR_INVALID },
    { "xmpp:bob@example.org?message;body=%C3%28", XMPP_URI_ERROR_INVALID },
    { "xmpp:bob@example.org#%00", XMPP_URI_ERROR_INVALID },
  };
  g_autofree char *fill = g_strnfill (XMPP_URI_MAX, 'x');
  g_autofree char *long_text = g_strconcat ("xmpp:bob@example.org?message;body=", fill, NULL);
  g_autofree char *limit = g_strndup (long_text, XMPP_URI_MAX);
  g_autoptr(XmppUri) at_limit = xmpp_uri_parse (limit, NULL);
  g_autoptr(GError) too_long = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(XmppUri) uri = xmpp_uri_parse (cases[i].text, &error);

      if (uri != NULL || !g_error_matches (error, XMPP_URI_ERROR, cases[i].code))
        g_error ("%s", cases[i].text);
    }
  g_assert_nonnull (at_limit);
  g_assert_null (xmpp_uri_parse (long_text, &too_long));
  g_assert_error (too_long, XMPP_URI_ERROR, XMPP_URI_ERROR_TOO_LONG);
}

static void
test_build (void)
{
  g_autoptr(XmppUri) uri = xmpp_uri_new ("李@example.org/a b", XMPP_URI_MESSAGE);
  g_autoptr(XmppUri) copy = NULL;
  g_autofree char *text = NULL;

  xmpp_uri_set_key (uri, "subject", "a;b=c");
  xmpp_uri_set_key (uri, "body", "x\ny");
  copy = xmpp_uri_copy (uri);
  text = xmpp_uri_to_string (copy);
  g_assert_cmpstr (text, ==, "xmpp:%E6%9D%8E@example.org/a%20b?message;body=x%0Ay;subject=a%3Bb%3Dc");
}

static void
test_invite (void)
{
  static const char * const none[] = {
    "xmpp:example.org?join", "xmpp:example.org", "xmpp:a@example.org/x?register;preauth=t", "xmpp://a@example.org?register",
    "https://example.org/invite/#TOKEN", "xmpp:example.org?register;preauth=",
  };
  g_autoptr(XmppInvite) account = xmpp_invite_parse ("xmpp:example.org?register;preauth=ABC", NULL);
  g_autoptr(XmppInvite) contact = xmpp_invite_parse ("xmpp:juliet@example.org?roster;preauth=1tMFqYDdKhfe2pwp;ibr=y", NULL);
  g_autoptr(XmppInvite) plain = xmpp_invite_parse ("xmpp:juliet@example.org?roster", NULL);
  g_autoptr(XmppInvite) closed = xmpp_invite_parse ("xmpp:juliet@example.org?roster;ibr=y", NULL);
  g_autofree char *token = g_strnfill (1025, 't');
  g_autofree char *long_text = g_strconcat ("xmpp:example.org?register;preauth=", token, NULL);

  g_assert_true (account->new_account);
  g_assert_cmpstr (account->address, ==, "example.org");
  g_assert_cmpstr (account->token, ==, "ABC");
  g_assert_null (account->inviter);
  g_assert_false (contact->new_account);
  g_assert_true (contact->may_register);
  g_assert_cmpstr (contact->inviter, ==, "juliet@example.org");
  g_assert_null (plain->token);
  g_assert_false (closed->may_register);      /* nothing to register with */
  for (guint i = 0; i < G_N_ELEMENTS (none); i++)
    g_assert_null (xmpp_invite_parse (none[i], NULL));
  g_assert_null (xmpp_invite_parse (long_text, NULL));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/xmpp/uri/parse", test_parse);
  g_test_add_func ("/xmpp/uri/broken", test_broken);
  g_test_add_func ("/xmpp/uri/build", test_build);
  g_test_add_func ("/xmpp/invite/parse", test_invite);
  return g_test_run ();
}
