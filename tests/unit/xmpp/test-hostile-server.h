/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "test-authority.h"

G_BEGIN_DECLS

/*
 * A server on loopback that says what a script tells it to. The script runs on a thread of the server, once for each
 * connection, with blocking calls; the client under test runs in the main loop.
 */
typedef struct _TestHostile     TestHostile;
typedef struct _TestHostileLink TestHostileLink;

typedef void (*TestHostileScript) (TestHostileLink *link, gpointer data);

TestHostile     *test_hostile_new          (TestAuthority     *authority,
                                            TestHostileScript  script,
                                            gpointer           data);
/* Waits for the scripts to end: connections are closed under them. */
void             test_hostile_free         (TestHostile       *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestHostile, test_hostile_free)
guint16          test_hostile_get_port     (TestHostile       *self);
/* "xmpp://127.0.0.1:port" */
const char      *test_hostile_get_uri      (TestHostile       *self);
/* Connections so far; from any thread. */
guint            test_hostile_get_count    (TestHostile       *self);

/* In a script. All return FALSE when the client hung up; a script then returns. */
guint            test_link_get_number      (TestHostileLink   *link);   /* of the connection, from 1 */
gboolean         test_link_say             (TestHostileLink   *link,
                                            const char        *text);
gboolean         test_link_say_bytes       (TestHostileLink   *link,
                                            const char        *bytes,
                                            gsize              length);
/* Reads on until @needle came, and forgets all up to its end. */
gboolean         test_link_hear            (TestHostileLink   *link,
                                            const char        *needle);
/* The same, and returns what was before it; NULL when the client hung up; (transfer full). */
char            *test_link_hear_until      (TestHostileLink   *link,
                                            const char        *end);
/* Reads until the client hangs up; returns what it said since the last hear; (transfer full). */
char            *test_link_hear_all        (TestHostileLink   *link);
/* The client's stream header comes, ours goes, with @features inside <stream:features/> (NULL: none are sent). */
gboolean         test_link_open            (TestHostileLink   *link,
                                            const char        *features);
/* Becomes the TLS server. */
gboolean         test_link_secure          (TestHostileLink   *link,
                                            GTlsCertificate   *certificate);
/* Header, features with starttls, <proceed/>, TLS with the right certificate. */
gboolean         test_link_open_secured    (TestHostileLink   *link);
GTlsConnection  *test_link_get_tls         (TestHostileLink   *link);
/* The server's half of SCRAM by libgsasl; the client has been told of @mechanism. FALSE: refused, or hung up. */
gboolean         test_link_scram           (TestHostileLink   *link,
                                            const char        *mechanism,
                                            int                iterations,
                                            const char        *binding);   /* base64 of tls-exporter, or NULL */
/* After test_link_open_secured(): open, SCRAM-SHA-256, open again with @features. */
gboolean         test_link_sign_in         (TestHostileLink   *link,
                                            const char        *features);
/* After the features: binds the client as alice@work.test/RESOURCE; with stream management if @sm_id is not NULL. */
gboolean         test_link_bind            (TestHostileLink   *link,
                                            const char        *sm_id);
/* All of it, from the header on. */
gboolean         test_link_go_online       (TestHostileLink   *link,
                                            const char        *sm_id);

#define TEST_LINK_FEATURES_BIND "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>"
#define TEST_LINK_FEATURES_SM   TEST_LINK_FEATURES_BIND "<sm xmlns='urn:xmpp:sm:3'/>"

G_END_DECLS
