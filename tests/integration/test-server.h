/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * TestServer:
 *
 * A private Prosody or ejabberd on 127.0.0.1 with accounts, run by tests/servers/servers.py, which removes it when this
 * process ends, however it ends.
 */
typedef struct _TestServer TestServer;

typedef enum
{
  TEST_SERVER_PROSODY,
  TEST_SERVER_EJABBERD,
} TestServerKind;

/**
 * test_server_start:
 * @kind: which program
 * @arguments: (nullable) (array zero-terminated=1): more arguments of servers.py: "--user" "carol", "--relay", "--turn",
 *   "--group" "Team=alice,bob", "--upload-limit" "1000", …; without "--user" there are alice and bob
 *
 * Starts a server and waits until it answers. The domain is work.test and the password of NAME is "NAME-password".
 * Where the program is not installed the test is marked as skipped; a server that does not start fails the test.
 *
 * Returns: (transfer full) (nullable): the server, or %NULL when the test is to return at once
 */
TestServer *test_server_start   (TestServerKind     kind,
                                 const char *const *arguments) G_GNUC_WARN_UNUSED_RESULT;

/* Ends the server and removes what it wrote. %NULL is fine. */
void        test_server_stop    (TestServer        *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestServer, test_server_stop)

/**
 * test_server_get:
 * @key: "domain", "ca" (file), "starttls", "tls", "websocket", "websocket_plain" (URIs that
 *   xmpp_client_set_server() takes), "rooms", "pubsub", "upload" (addresses of the services), "log" (file)
 *
 * With "--relay" the URIs lead over the wire that can be cut.
 *
 * Returns: (transfer none): a fact about the server
 */
const char *test_server_get     (TestServer        *self,
                                 const char        *key);

/**
 * test_server_command:
 * @command: "kill", "stop", "start", "restart"; with "--relay" also "cut", "stall" (half-open), "heal", "delay 200" (ms);
 *   "add-user NAME PASSWORD"
 *
 * Runs the command and waits until it is done; a refusal fails the test.
 */
void        test_server_command (TestServer        *self,
                                 const char        *command);

G_END_DECLS
