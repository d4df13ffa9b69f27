/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/conversation/completion.h"
#include "app/conversation/links.h"
#include "app/conversation/message-commands.h"

/* Threat D8: which links are followed, asked about, or text only. */
static void
test_judge (void)
{
  static const struct
  {
    const char *uri, *shown;
    AtriumLinkVerdict verdict;
  } cases[] = {
    { "https://example.org/a?b=c", NULL, ATRIUM_LINK_OPEN },
    { "HTTP://example.org", NULL, ATRIUM_LINK_OPEN },
    { "mailto:bob@work.test", NULL, ATRIUM_LINK_OPEN },
    { "tel:+441", NULL, ATRIUM_LINK_OPEN },
    { "xmpp:bob@work.test?message", NULL, ATRIUM_LINK_INSIDE },
    { "https://example.org", "https://bank.example", ATRIUM_LINK_ASK },
    { "https://xn--pple-43d.com/", NULL, ATRIUM_LINK_ASK },
    { "https://аpple.com/", NULL, ATRIUM_LINK_ASK },
    { "https://bank.example@evil.example/", NULL, ATRIUM_LINK_ASK },
    { "javascript:alert(1)", NULL, ATRIUM_LINK_REFUSED },
    { "file:///etc/passwd", NULL, ATRIUM_LINK_REFUSED },
    { "smb://host/share", NULL, ATRIUM_LINK_REFUSED },
    { "data:text/html,x", NULL, ATRIUM_LINK_REFUSED },
    { "https://", NULL, ATRIUM_LINK_REFUSED },
    { "https://example.org/\xe2\x80\xaegpj.exe", NULL, ATRIUM_LINK_REFUSED },
    { "https://example.org/\nx", NULL, ATRIUM_LINK_REFUSED },
    { "example.org", NULL, ATRIUM_LINK_REFUSED },
    { "", NULL, ATRIUM_LINK_REFUSED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i].uri);
      g_assert_cmpint (atrium_link_judge (cases[i].uri, cases[i].shown), ==, cases[i].verdict);
    }
}

static void
test_long (void)
{
  g_autofree char *tail = g_strnfill (5000, 'a');
  g_autofree char *uri = g_strconcat ("https://example.org/", tail, NULL);

  g_assert_cmpint (atrium_link_judge (uri, NULL), ==, ATRIUM_LINK_REFUSED);
}

static void
test_emoji (void)
{
  g_assert_cmpstr (atrium_emoji_by_name ("smile"), ==, "😄");
  g_assert_null (atrium_emoji_by_name ("smil"));
}

static void
test_commands (void)
{
  for (AtriumCommand command = 0; command < ATRIUM_N_COMMANDS; command++)
    {
      AtriumCommand parsed;

      g_assert_true (atrium_command_parse (atrium_command_get_name (command), &parsed));
      g_assert_cmpint (parsed, ==, command);
    }
  {
    AtriumCommand untouched = ATRIUM_COMMAND_COPY;

    g_assert_false (atrium_command_parse ("format-disk", &untouched));
    g_assert_cmpint (untouched, ==, ATRIUM_COMMAND_COPY);
  }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/app/link/judge", test_judge);
  g_test_add_func ("/app/link/long", test_long);
  g_test_add_func ("/app/emoji/name", test_emoji);
  g_test_add_func ("/app/command/names", test_commands);

  return g_test_run ();
}
