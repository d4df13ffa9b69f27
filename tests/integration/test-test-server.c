/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The helper itself: a server of each kind is there, can be killed and comes back. */
#include "test-server.h"

#include <gio/gio.h>

static gboolean
can_connect (const char *uri)
{
  g_autoptr(GSocketClient) client = g_socket_client_new ();
  g_autoptr(GSocketConnection) connection = NULL;

  connection = g_socket_client_connect_to_uri (client, uri, 5222, NULL, NULL);

  return connection != NULL;
}

static void
test_life (gconstpointer data)
{
  g_autoptr(TestServer) server = test_server_start (GPOINTER_TO_INT (data), NULL);

  if (server == NULL)
    return;

  g_assert_cmpstr (test_server_get (server, "domain"), ==, "work.test");
  g_assert_true (g_file_test (test_server_get (server, "ca"), G_FILE_TEST_IS_REGULAR));
  g_assert_true (can_connect (test_server_get (server, "starttls")));
  test_server_command (server, "kill");
  g_assert_false (can_connect (test_server_get (server, "starttls")));
  test_server_command (server, "start");
  g_assert_true (can_connect (test_server_get (server, "starttls")));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/test-server/prosody", GINT_TO_POINTER (TEST_SERVER_PROSODY), test_life);
  g_test_add_data_func ("/test-server/ejabberd", GINT_TO_POINTER (TEST_SERVER_EJABBERD), test_life);
  return g_test_run ();
}
