/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Servers that lie, cheat and break the protocol: threats.md §2 (B) and what of §3 (C) shows on a whole connection. */

#include "config.h"

#include "test-hostile-server.h"
#include "test-resolver.h"
#include "test-stream.h"

#include "xmpp/client-private.h"

#include <string.h>

#define PLAIN_ONLY "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism></mechanisms>"
#define SHA256_ONLY "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>SCRAM-SHA-256</mechanism></mechanisms>"

static TestAuthority *authority;

/* --- the client --- */

typedef struct
{
  XmppClient *client;
  guint       started;
  guint       resumed;
  guint       ended;
  guint64     acknowledged;
  guint64     unacknowledged;   /* G_MAXUINT64: not said */
  GString    *log;
} Account;

static void
on_started (XmppClient *client,
            gboolean    resumed,
            Account    *account)
{
  if (resumed)
    account->resumed++;
  else
    account->started++;
}

static void
on_ended (XmppClient *client,
          Account    *account)
{
  account->ended++;
}

static void
on_acknowledged (XmppClient *client,
                 guint64     serial,
                 Account    *account)
{
  account->acknowledged = serial;
}

static void
on_unacknowledged (XmppClient *client,
                   guint64     serial,
                   Account    *account)
{
  account->unacknowledged = serial;
}

static void
on_note (XmppClient *client,
         const char *line,
         Account    *account)
{
  g_string_append (account->log, line);
  g_string_append_c (account->log, '\n');
}

static void
account_init (Account    *account,
              const char *address,
              const char *server)
{
  memset (account, 0, sizeof *account);
  account->unacknowledged = G_MAXUINT64;
  account->log = g_string_new (NULL);
  account->client = xmpp_client_new (address);
  xmpp_client_set_password (account->client, "alice-password");
  xmpp_client_set_server (account->client, server);
  xmpp_client_set_ca_file (account->client, test_authority_get_file (authority));
  g_signal_connect (account->client, "session-started", G_CALLBACK (on_started), account);
  g_signal_connect (account->client, "session-ended", G_CALLBACK (on_ended), account);
  g_signal_connect (account->client, "acknowledged", G_CALLBACK (on_acknowledged), account);
  g_signal_connect (account->client, "unacknowledged", G_CALLBACK (on_unacknowledged), account);
  g_signal_connect (account->client, "stream-note", G_CALLBACK (on_note), account);
}

static void
account_clear (Account *account)
{
  xmpp_client_disconnect (account->client, FALSE);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (account->client);
  g_string_free (account->log, TRUE);
}

static gboolean
has_error (gpointer data)
{
  return xmpp_client_get_error (((Account *) data)->client) != NULL;
}

static gboolean
is_online (gpointer data)
{
  return xmpp_client_get_state (((Account *) data)->client) == XMPP_CLIENT_ONLINE;
}

static gboolean
is_online_or_failed (gpointer data)
{
  if (has_error (data))
    g_error ("%s", xmpp_client_get_error (((Account *) data)->client)->message);
  return is_online (data);
}

static gboolean
has_ended (gpointer data)
{
  return ((Account *) data)->ended > 0;
}

static guint
count_rejections (Account    *account,
                  const char *reason)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (xmpp_client_get_rejections (account->client), reason));
}

/* Makes the main loop look at what another thread sets. */
static gboolean
on_tick (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

static gboolean
was_heard (gpointer data)
{
  return g_atomic_pointer_get ((char **) data) != NULL;
}

/* What the client wrote last is on its way when it is OFFLINE already: waits until the script has heard it all. */
static void
wait_until_heard (char **heard)
{
  guint tick = g_timeout_add (5, on_tick, NULL);

  test_stream_wait (was_heard, heard);
  g_source_remove (tick);
}

/* Connects to a server with @script and waits for the error that ends the try. */
static void
expect_failure (TestHostileScript  script,
                gpointer           data,
                char             **heard,     /* (nullable): set by @script at its end */
                const char        *floor,
                XmppClientError    code,
                gboolean           final)
{
  g_autoptr(TestHostile) server = test_hostile_new (authority, script, data);
  Account account;

  account_init (&account, "alice@work.test", test_hostile_get_uri (server));
  xmpp_client_set_auth_floor (account.client, floor);
  xmpp_client_connect (account.client);
  test_stream_wait (has_error, &account);
  g_test_message ("%s", xmpp_client_get_error (account.client)->message);
  g_assert_error (xmpp_client_get_error (account.client), XMPP_CLIENT_ERROR, (int) code);
  g_assert_cmpint (xmpp_client_get_state (account.client), ==, final ? XMPP_CLIENT_OFFLINE : XMPP_CLIENT_WAITING);
  g_assert_cmpuint (account.started, ==, 0);
  g_assert_null (strstr (account.log->str, "alice-password"));
  account_clear (&account);
  if (heard != NULL)
    wait_until_heard (heard);
}

/* --- B1: encryption taken away --- */

typedef struct
{
  char     *heard;    /* all that the client said after what the script waited for */
  gboolean  done;
  int       number;
  gboolean  flag;
} Notes;

static void
script_no_starttls (TestHostileLink *link,
                    gpointer         data)
{
  Notes *notes = data;

  test_link_open (link, PLAIN_ONLY);
  notes->heard = test_link_hear_all (link);
}

static void
test_no_starttls (void)
{
  Notes notes = { 0 };

  expect_failure (script_no_starttls, &notes, &notes.heard, NULL, XMPP_CLIENT_ERROR_TLS_REQUIRED, TRUE);
  g_assert_nonnull (strstr (notes.heard, "policy-violation"));
  g_assert_null (strstr (notes.heard, "<auth"));
  g_free (notes.heard);
}

static void
script_starttls_refused (TestHostileLink *link,
                         gpointer         data)
{
  Notes *notes = data;

  if (test_link_open (link, "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>" PLAIN_ONLY) &&
      test_link_hear (link, "<starttls"))
    test_link_say (link, "<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
  notes->heard = test_link_hear_all (link);
}

static void
test_starttls_refused (void)
{
  Notes notes = { 0 };

  expect_failure (script_starttls_refused, &notes, &notes.heard, NULL, XMPP_CLIENT_ERROR_TLS_REQUIRED, TRUE);
  g_assert_null (strstr (notes.heard, "<auth"));
  g_free (notes.heard);
}

/* "proceed", and then no TLS but a stream that goes on in clear (CVE-2016-10027). */
static void
script_proceed_in_clear (TestHostileLink *link,
                         gpointer         data)
{
  Notes *notes = data;

  if (test_link_open (link, "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>") &&
      test_link_hear (link, "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>") &&
      test_link_say (link, "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>") &&
      test_link_hear (link, "\x16\x03"))   /* the client's hello */
    test_link_say (link, "<stream:features>" PLAIN_ONLY "</stream:features>");
  notes->heard = test_link_hear_all (link);
}

static void
test_proceed_in_clear (void)
{
  Notes notes = { 0 };

  expect_failure (script_proceed_in_clear, &notes, &notes.heard, NULL, XMPP_CLIENT_ERROR_UNREACHABLE, FALSE);
  g_assert_null (strstr (notes.heard, "<auth"));
  g_free (notes.heard);
}

/* Features put in before the handshake by whoever sits between, in one write with what they follow: forgotten. */
static void
script_injected_features (TestHostileLink *link,
                          gpointer         data)
{
  Notes *notes = data;
  g_autoptr(GTlsCertificate) certificate = test_authority_issue (authority, TEST_CERTIFICATE_RIGHT);

  if (!test_link_open (link, "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>") ||
      !test_link_hear (link, "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>") ||
      !test_link_say (link, "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
                            "<stream:features>" PLAIN_ONLY "</stream:features>") ||
      !test_link_secure (link, certificate))
    return;
  notes->flag = test_link_sign_in (link, TEST_LINK_FEATURES_BIND) && test_link_bind (link, NULL);
  g_free (test_link_hear_all (link));
}

/* --- B2: certificates --- */

typedef struct
{
  const char          *name;
  TestCertificateKind  kind;
  const char          *address;
  const char          *words;      /* NULL: good */
} Certificate;

static const Certificate certificates[] = {
  { "right", TEST_CERTIFICATE_RIGHT, "alice@work.test", NULL },
  { "expired", TEST_CERTIFICATE_EXPIRED, "alice@work.test", "has expired" },
  { "future", TEST_CERTIFICATE_FUTURE, "alice@work.test", "not valid yet" },
  { "other-name", TEST_CERTIFICATE_OTHER_NAME, "alice@work.test", "is not for work.test" },
  { "self-signed", TEST_CERTIFICATE_SELF_SIGNED, "alice@work.test", "signed by nobody" },
  { "wildcard", TEST_CERTIFICATE_WILDCARD, "alice@chat.work.test", NULL },
  { "wildcard-too-deep", TEST_CERTIFICATE_WILDCARD, "alice@a.chat.work.test", "is not for a.chat.work.test" },
  { "wildcard-above", TEST_CERTIFICATE_WILDCARD, "alice@work.test", "is not for work.test" },
  { "by-no-authority", TEST_CERTIFICATE_BY_NO_AUTHORITY, "alice@work.test", "certificate is" },
  { "revoked", TEST_CERTIFICATE_REVOKED, "alice@work.test", "was revoked" },
};

typedef struct
{
  const Certificate *certificate;
  gboolean           secured;
} CertificateRun;

static void
script_certificate (TestHostileLink *link,
                    gpointer         data)
{
  CertificateRun *run = data;
  g_autoptr(GTlsCertificate) certificate = test_authority_issue (authority, run->certificate->kind);
  g_autofree char *rest = NULL;

  if (!test_link_hear (link, "<stream:stream") || !test_link_hear (link, ">") ||
      !test_link_say (link, "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' "
                            "version='1.0'><stream:features>"
                            "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>") ||
      !test_link_hear (link, "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>") ||
      !test_link_say (link, "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>") ||
      !test_link_secure (link, certificate))
    return;
  /* In TLS 1.3 our handshake is over before the client has judged: what counts is whether it speaks. */
  run->secured = test_link_hear (link, "<stream:stream");
  rest = test_link_hear_all (link);
}

static gboolean
has_error_or_secured (gpointer data)
{
  gpointer *both = data;

  return has_error (both[0]) || g_atomic_int_get (&((CertificateRun *) both[1])->secured);
}


static void
test_certificate (gconstpointer data)
{
  const Certificate *certificate = data;
  CertificateRun run = { certificate, FALSE };
  TestHostile *server = test_hostile_new (authority, script_certificate, &run);
  g_autofree char *problem = NULL;
  Account account;
  gpointer both[] = { &account, &run };
  guint tick = g_timeout_add (20, on_tick, NULL);   /* looks at what another thread sets */

  account_init (&account, certificate->address, test_hostile_get_uri (server));
  xmpp_client_connect (account.client);
  test_stream_wait (has_error_or_secured, both);
  g_source_remove (tick);
  problem = xmpp_client_dup_certificate_problem (account.client);
  if (certificate->words == NULL)
    {
      g_assert_null (problem);
      g_assert_true (run.secured);
    }
  else
    {
      g_test_message ("%s", problem);
      g_assert_error (xmpp_client_get_error (account.client), XMPP_CLIENT_ERROR, XMPP_CLIENT_ERROR_CERTIFICATE);
      g_assert_cmpint (xmpp_client_get_state (account.client), ==, XMPP_CLIENT_OFFLINE);
      g_assert_nonnull (strstr (problem, certificate->words));
      g_assert_nonnull (strstr (problem, "Signed by: CN="));
    }
  account_clear (&account);
  test_hostile_free (server);
  if (certificate->words != NULL)
    g_assert_false (run.secured);
}

/* --- B3, B4, B5: sign-in --- */

static void
script_plain_only (TestHostileLink *link,
                   gpointer         data)
{
  Notes *notes = data;

  if (test_link_open_secured (link) && test_link_open (link, PLAIN_ONLY))
    notes->heard = test_link_hear_all (link);
}

static void
test_downgrade_to_plain (void)
{
  Notes notes = { 0 };

  expect_failure (script_plain_only, &notes, &notes.heard, "SCRAM-SHA-1", XMPP_CLIENT_ERROR_AUTH_DOWNGRADE, TRUE);
  g_assert_null (strstr (notes.heard, "<auth"));
  g_free (notes.heard);
}

static void
script_plain_taken (TestHostileLink *link,
                    gpointer         data)
{
  Notes *notes = data;

  if (!test_link_open_secured (link) || !test_link_open (link, PLAIN_ONLY) || !test_link_hear (link, "<auth "))
    return;
  /* base64 of "\0alice\0alice-password" */
  notes->flag = test_link_hear (link, "AGFsaWNlAGFsaWNlLXBhc3N3b3Jk");
  test_link_say (link, "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>");
  if (test_link_open (link, TEST_LINK_FEATURES_BIND))
    test_link_bind (link, NULL);
  g_free (test_link_hear_all (link));
}

/* An account that never used better may still come in with PLAIN, inside TLS. */
static void
test_plain (void)
{
  Notes notes = { 0 };
  TestHostile *server = test_hostile_new (authority, script_plain_taken, &notes);
  Account account;

  account_init (&account, "alice@work.test", test_hostile_get_uri (server));
  xmpp_client_connect (account.client);
  test_stream_wait (is_online_or_failed, &account);
  account_clear (&account);
  test_hostile_free (server);
  g_assert_true (notes.flag);
}

static void
script_iterations (TestHostileLink *link,
                   gpointer         data)
{
  Notes *notes = data;

  if (test_link_open_secured (link) && test_link_open (link, SHA256_ONLY))
    notes->flag = test_link_scram (link, "SCRAM-SHA-256", notes->number, NULL);
}

static void
test_few_iterations (void)
{
  Notes notes = { 0 };

  notes.number = 4095;
  expect_failure (script_iterations, &notes, NULL, NULL, XMPP_CLIENT_ERROR_AUTH_DOWNGRADE, TRUE);
  g_assert_false (notes.flag);
}

/* libgsasl would derive for a second before it speaks: the challenge is written by hand. */
static void
script_many_iterations (TestHostileLink *link,
                        gpointer         data)
{
  g_autofree char *auth = NULL;
  g_autofree char *first = NULL;
  g_autofree char *challenge = NULL;
  g_autofree char *encoded = NULL;
  g_autofree char *element = NULL;
  g_autofree guchar *decoded = NULL;
  gsize length;

  if (!test_link_open_secured (link) || !test_link_open (link, SHA256_ONLY) || !test_link_hear (link, "'SCRAM-SHA-256'>"))
    return;
  auth = test_link_hear_until (link, "</auth>");
  decoded = g_base64_decode (auth, &length);
  first = g_strndup ((char *) decoded, length);
  challenge = g_strdup_printf ("r=%sX,s=c2FsdA==,i=1000001", strstr (first, "r=") + 2);
  encoded = g_base64_encode ((guchar *) challenge, strlen (challenge));
  element = g_strdup_printf ("<challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>%s</challenge>", encoded);
  test_link_say (link, element);
  ((Notes *) data)->heard = test_link_hear_all (link);
}

static void
test_many_iterations (void)
{
  Notes notes = { 0 };

  expect_failure (script_many_iterations, &notes, &notes.heard, NULL, XMPP_CLIENT_ERROR_PROTOCOL, FALSE);
  g_assert_nonnull (strstr (notes.heard, "<abort"));
  g_assert_null (strstr (notes.heard, "<response"));
  g_free (notes.heard);
}

static void
script_unknown_mechanisms (TestHostileLink *link,
                           gpointer         data)
{
  if (test_link_open_secured (link) &&
      test_link_open (link, "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>DIGEST-MD5</mechanism>"
                            "<mechanism>CRAM-MD5</mechanism><mechanism>ANONYMOUS</mechanism></mechanisms>"))
    ((Notes *) data)->heard = test_link_hear_all (link);
}

static void
test_unknown_mechanisms (void)
{
  Notes notes = { 0 };

  expect_failure (script_unknown_mechanisms, &notes, &notes.heard, NULL, XMPP_CLIENT_ERROR_AUTH_UNSUPPORTED, TRUE);
  g_assert_null (strstr (notes.heard, "<auth"));
  g_free (notes.heard);
}

#define PLUS_FEATURES \
  "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>SCRAM-SHA-256</mechanism>" \
  "<mechanism>SCRAM-SHA-256-PLUS</mechanism></mechanisms>" \
  "<sasl-channel-binding xmlns='urn:xmpp:sasl-cb:0'><channel-binding type='tls-exporter'/></sasl-channel-binding>"

/* @data->number: 0 the true binding, 1 that of another TLS session, as a man in the middle would have it. */
static void
script_binding (TestHostileLink *link,
                gpointer         data)
{
  Notes *notes = data;
  g_autoptr(GByteArray) binding = g_byte_array_new ();
  g_autofree char *text = NULL;

  if (!test_link_open_secured (link) || !test_link_open (link, PLUS_FEATURES))
    return;
  g_assert_true (g_tls_connection_get_channel_binding_data (test_link_get_tls (link), G_TLS_CHANNEL_BINDING_TLS_EXPORTER,
                                                            binding, NULL));
  binding->data[0] ^= notes->number;
  text = g_base64_encode (binding->data, binding->len);
  notes->flag = test_link_scram (link, "SCRAM-SHA-256-PLUS", 4096, text);
  if (notes->flag)
    if (test_link_open (link, TEST_LINK_FEATURES_BIND))
    test_link_bind (link, NULL);
  g_free (test_link_hear_all (link));
}

static void
test_binding (void)
{
  Notes notes = { 0 };
  TestHostile *server = test_hostile_new (authority, script_binding, &notes);
  Account account;
  g_autofree char *floor = NULL;

  account_init (&account, "alice@work.test", test_hostile_get_uri (server));
  xmpp_client_connect (account.client);
  test_stream_wait (is_online_or_failed, &account);
  floor = xmpp_client_dup_auth_floor (account.client);
  account_clear (&account);
  test_hostile_free (server);
  g_assert_true (notes.flag);
  g_assert_cmpstr (floor, ==, "SCRAM-SHA-256-PLUS");
}

static void
test_man_in_the_middle (void)
{
  Notes notes = { 0 };

  notes.number = 1;
  expect_failure (script_binding, &notes, NULL, NULL, XMPP_CLIENT_ERROR_AUTH_FAILED, TRUE);
  g_assert_false (notes.flag);
}

/* An account that was bound is not let in unbound, even where the server says that it cannot bind. */
static void
test_binding_taken_away (void)
{
  Notes notes = { 0 };

  notes.number = 4096;
  expect_failure (script_iterations, &notes, NULL, "SCRAM-SHA-256-PLUS", XMPP_CLIENT_ERROR_AUTH_DOWNGRADE, TRUE);
  g_assert_false (notes.flag);
}

static void
script_success_at_once (TestHostileLink *link,
                        gpointer         data)
{
  if (test_link_open_secured (link) && test_link_open (link, SHA256_ONLY) && test_link_hear (link, "</auth>") &&
      test_link_say (link, "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>"))
    ((Notes *) data)->heard = test_link_hear_all (link);
}

static void
test_success_at_once (void)
{
  Notes notes = { 0 };

  expect_failure (script_success_at_once, &notes, &notes.heard, NULL, XMPP_CLIENT_ERROR_SERVER_UNPROVEN, TRUE);
  g_assert_null (strstr (notes.heard, "<stream:stream"));
  g_free (notes.heard);
}

static void
script_false_proof (TestHostileLink *link,
                    gpointer         data)
{
  g_autofree char *auth = NULL;
  g_autofree char *challenge = NULL;
  g_autofree char *encoded = NULL;
  g_autofree char *element = NULL;
  g_autofree guchar *decoded = NULL;
  g_autofree char *first = NULL;
  const char *proof = ((Notes *) data)->number == 0 ? "dj1BQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE9" : "";
  gsize length;

  if (!test_link_open_secured (link) || !test_link_open (link, SHA256_ONLY) || !test_link_hear (link, "'SCRAM-SHA-256'>"))
    return;
  auth = test_link_hear_until (link, "</auth>");
  decoded = g_base64_decode (auth, &length);
  first = g_strndup ((char *) decoded, length);
  challenge = g_strdup_printf ("r=%sX,s=c2FsdA==,i=4096", strstr (first, "r=") + 2);
  encoded = g_base64_encode ((guchar *) challenge, strlen (challenge));
  element = g_strdup_printf ("<challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>%s</challenge>", encoded);
  g_free (challenge);
  challenge = g_strdup_printf ("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>%s</success>", proof);
  if (test_link_say (link, element) && test_link_hear (link, "</response>") && test_link_say (link, challenge))
    ((Notes *) data)->heard = test_link_hear_all (link);
}

static void
test_false_proof (void)
{
  Notes notes = { 0 };

  for (notes.number = 0; notes.number < 2; notes.number++)
    {
      expect_failure (script_false_proof, &notes, &notes.heard, NULL, XMPP_CLIENT_ERROR_SERVER_UNPROVEN, TRUE);
      g_assert_null (strstr (notes.heard, "<stream:stream"));
      g_clear_pointer (&notes.heard, g_free);
    }
}

/* --- B6: sent elsewhere --- */

static void
script_redirect (TestHostileLink *link,
                 gpointer         data)
{
  g_autofree char *error = g_strdup_printf ("<stream:error><see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'>"
                                            "elsewhere.test:%d</see-other-host></stream:error></stream:stream>",
                                            g_atomic_int_get (&((Notes *) data)->number));

  if (test_link_open (link, NULL) && test_link_say (link, error))
    g_free (test_link_hear_all (link));
}

static gboolean
is_waiting (gpointer data)
{
  return xmpp_client_get_state (((Account *) data)->client) == XMPP_CLIENT_WAITING;
}

static void
test_redirects (void)
{
  Notes notes = { 0 };
  g_autoptr(TestHostile) server = test_hostile_new (authority, script_redirect, &notes);
  TestResolver *resolver = test_resolver_install ();
  Account account;

  notes.number = test_hostile_get_port (server);
  test_resolver_add_srv (resolver, "_xmpp-client._tcp.work.test", 0, 0, test_hostile_get_port (server), "xmpp.work.test");
  account_init (&account, "alice@work.test", NULL);
  xmpp_client_connect (account.client);
  test_stream_wait (is_waiting, &account);
  /* The first connection, and three to where it was sent. */
  g_assert_cmpuint (test_hostile_get_count (server), ==, 4);
  g_assert_cmpuint (count_rejections (&account, "stream-redirect"), ==, 1);
  account_clear (&account);
  test_resolver_remove (resolver);
}

static void
test_redirect_of_pinned (void)
{
  Notes notes = { 0 };
  g_autoptr(TestHostile) server = test_hostile_new (authority, script_redirect, &notes);
  Account account;

  notes.number = test_hostile_get_port (server);
  account_init (&account, "alice@work.test", test_hostile_get_uri (server));
  xmpp_client_connect (account.client);
  test_stream_wait (is_waiting, &account);
  g_assert_cmpuint (test_hostile_get_count (server), ==, 1);
  g_assert_cmpuint (count_rejections (&account, "stream-redirect"), ==, 1);
  account_clear (&account);
}

/* Redirected to somebody with a good certificate, for a name that is not the account's. */
static void
test_redirect_to_other_name (void)
{
  Certificate other = { "other-name", TEST_CERTIFICATE_OTHER_NAME, NULL, NULL };
  CertificateRun run = { &other, FALSE };
  Notes notes = { 0 };
  g_autoptr(TestHostile) second = test_hostile_new (authority, script_certificate, &run);
  g_autoptr(TestHostile) server = test_hostile_new (authority, script_redirect, &notes);
  TestResolver *resolver = test_resolver_install ();
  Account account;

  notes.number = test_hostile_get_port (second);
  test_resolver_add_srv (resolver, "_xmpp-client._tcp.work.test", 0, 0, test_hostile_get_port (server), "xmpp.work.test");
  account_init (&account, "alice@work.test", NULL);
  xmpp_client_connect (account.client);
  while (xmpp_client_get_state (account.client) != XMPP_CLIENT_OFFLINE)
    g_main_context_iteration (NULL, TRUE);
  g_assert_error (xmpp_client_get_error (account.client), XMPP_CLIENT_ERROR, XMPP_CLIENT_ERROR_CERTIFICATE);
  account_clear (&account);
  test_resolver_remove (resolver);
  g_assert_false (run.secured);
}

/* --- B7, C: broken streams --- */

typedef struct
{
  const char *name;
  const char *said;       /* instead of features */
  const char *condition;  /* the stream error we answer with; NULL: none */
} Broken;

static const Broken before_login[] = {
  { "stanza", "<message from='work.test'><body>hello</body></message>", "unsupported-stanza-type" },
  { "success", "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>", "unsupported-stanza-type" },
  { "proceed", "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", "unsupported-stanza-type" },
  { "features-of-another-namespace", "<features xmlns='urn:other'/>", "unsupported-stanza-type" },
  { "comment", "<!-- hello -->", NULL },
  { "second-stream", "<stream:stream version='1.0'>", NULL },
  { "end", "</stream:stream>", NULL },
  { "after-the-end", "</stream:stream><stream:features/>", NULL },
};

static void
script_before_login (TestHostileLink *link,
                     gpointer         data)
{
  gpointer *both = data;
  const Broken *broken = both[0];

  if (test_link_open (link, NULL) && test_link_say (link, broken->said))
    ((Notes *) both[1])->heard = test_link_hear_all (link);
}

static gboolean
is_not_connecting (gpointer data)
{
  return xmpp_client_get_state (((Account *) data)->client) != XMPP_CLIENT_CONNECTING;
}

static void
test_before_login (gconstpointer data)
{
  const Broken *broken = data;
  Notes notes = { 0 };
  gpointer both[] = { (gpointer) broken, &notes };
  TestHostile *server = test_hostile_new (authority, script_before_login, both);
  Account account;

  account_init (&account, "alice@work.test", test_hostile_get_uri (server));
  xmpp_client_connect (account.client);
  if (strcmp (broken->name, "second-stream") == 0)
    {
      /* An element that never ends is noticed by its size or by the time limit; hanging up is the server's part here. */
      test_hostile_free (server);
      server = NULL;
    }
  test_stream_wait (is_not_connecting, &account);
  g_assert_cmpint (xmpp_client_get_state (account.client), ==, XMPP_CLIENT_WAITING);
  account_clear (&account);
  if (server != NULL)
    {
      wait_until_heard (&notes.heard);
      test_hostile_free (server);
    }
  if (broken->condition != NULL && strstr (notes.heard, broken->condition) == NULL)
    g_error ("not told %s: %s", broken->condition, notes.heard);
  if (notes.heard != NULL)
    g_assert_null (strstr (notes.heard, "<auth"));
  g_free (notes.heard);
}

static const Broken when_online[] = {
  { "comment", "<!-- hello -->", NULL },
  { "instruction", "<?php ?>", NULL },
  { "doctype", "<!DOCTYPE a [<!ENTITY b 'c'>]>", NULL },
  { "entity", "<message><body>&nbsp;</body></message>", NULL },
  { "prefix", "<x:message/>", NULL },
  { "utf-8", "<message><body>\xC3\x28</body></message>", NULL },
  { "control", "<message><body>\x01</body></message>", NULL },
  { "second-features", "<stream:features/>", "unsupported-stanza-type" },
  { "other-namespace", "<message xmlns='jabber:server'/>", "unsupported-stanza-type" },
  { "late-success", "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>", "unsupported-stanza-type" },
  { "text", "<presence/>hello<presence/>", NULL },
  { "ack-unasked", "<a xmlns='urn:xmpp:sm:3' h='0'/>", "unsupported-stanza-type" },
};

static void
script_when_online (TestHostileLink *link,
                    gpointer         data)
{
  gpointer *both = data;
  const Broken *broken = both[0];

  if (test_link_get_number (link) > 1)
    return;
  if (test_link_go_online (link, NULL) && test_link_say (link, broken->said))
    ((Notes *) both[1])->heard = test_link_hear_all (link);
}

static void
test_when_online (gconstpointer data)
{
  const Broken *broken = data;
  Notes notes = { 0 };
  gpointer both[] = { (gpointer) broken, &notes };
  TestHostile *server = test_hostile_new (authority, script_when_online, both);
  Account account;

  account_init (&account, "alice@work.test", test_hostile_get_uri (server));
  xmpp_client_connect (account.client);
  test_stream_wait (has_ended, &account);
  g_assert_cmpuint (account.started, ==, 1);
  g_assert_error (xmpp_client_get_error (account.client), XMPP_CLIENT_ERROR, XMPP_CLIENT_ERROR_PROTOCOL);
  account_clear (&account);
  wait_until_heard (&notes.heard);
  test_hostile_free (server);
  if (broken->condition != NULL && strstr (notes.heard, broken->condition) == NULL)
    g_error ("not told %s: %s", broken->condition, notes.heard);
  g_free (notes.heard);
}

/* --- B8: false counts --- */

typedef struct
{
  const char *name;
  const char *first;   /* an answer that is right, or NULL */
  const char *h;
} Count;

static const Count counts[] = {
  { "too-high", NULL, "4" },
  { "back", "3", "2" },
  { "far-back", NULL, "4294967295" },
  { "no-number", NULL, "three" },
  { "negative", NULL, "-1" },
  { "too-long", NULL, "4294967299" },
  { "missing", NULL, NULL },
};

static void
script_count (TestHostileLink *link,
              gpointer         data)
{
  gpointer *both = data;
  const Count *count = both[0];
  g_autofree char *a = count->h != NULL ? g_strdup_printf ("<a xmlns='urn:xmpp:sm:3' h='%s'/>", count->h)
                                        : g_strdup ("<a xmlns='urn:xmpp:sm:3'/>");

  if (test_link_get_number (link) > 1)
    return;
  if (!test_link_go_online (link, "session-1") || !test_link_hear (link, "three</body>"))
    return;
  if (count->first != NULL)
    {
      g_autofree char *right = g_strdup_printf ("<a xmlns='urn:xmpp:sm:3' h='%s'/>", count->first);
      test_link_say (link, right);
    }
  if (test_link_say (link, a))
    ((Notes *) both[1])->heard = test_link_hear_all (link);
}

static void
say (Account    *account,
     const char *text)
{
  XmppNode *message = xmpp_node_new ("message", "jabber:client");

  xmpp_node_set_attribute (message, "to", "bob@work.test");
  xmpp_node_add_text_child (message, "body", NULL, text);
  g_assert_cmpuint (xmpp_client_send (account->client, message), !=, 0);
}

static void
test_false_count (gconstpointer data)
{
  const Count *count = data;
  Notes notes = { 0 };
  gpointer both[] = { (gpointer) count, &notes };
  TestHostile *server = test_hostile_new (authority, script_count, both);
  Account account;

  account_init (&account, "alice@work.test", test_hostile_get_uri (server));
  xmpp_client_connect (account.client);
  test_stream_wait (is_online, &account);
  say (&account, "one");
  say (&account, "two");
  say (&account, "three");
  test_stream_wait (has_ended, &account);
  g_assert_error (xmpp_client_get_error (account.client), XMPP_CLIENT_ERROR, XMPP_CLIENT_ERROR_PROTOCOL);
  g_assert_cmpuint (count_rejections (&account, "sm-false-count"), ==, 1);
  /* A new session: what the liar counted before it lied is believed, the rest is not known. */
  g_assert_null (xmpp_client_dup_session (account.client));
  if (count->first != NULL)
    {
      g_assert_cmpuint (account.acknowledged, ==, 3);
      g_assert_cmpuint (account.unacknowledged, ==, G_MAXUINT64);
    }
  else
    {
      g_assert_cmpuint (account.acknowledged, ==, 0);
      g_assert_cmpuint (account.unacknowledged, ==, 1);
    }
  account_clear (&account);
  wait_until_heard (&notes.heard);
  test_hostile_free (server);
  g_assert_nonnull (strstr (notes.heard, "undefined-condition"));
  g_assert_nonnull (strstr (notes.heard, "handled-count-too-high"));
  g_free (notes.heard);
}

/* At a resume too. */
static void
script_count_at_resume (TestHostileLink *link,
                        gpointer         data)
{
  Notes *notes = data;

  if (test_link_get_number (link) == 1)
    {
      if (test_link_go_online (link, "session-1"))
        test_link_hear (link, "one</body>");
      return;   /* hangs up */
    }
  if (test_link_get_number (link) > 2 || !test_link_open_secured (link) || !test_link_sign_in (link, TEST_LINK_FEATURES_SM) ||
      !test_link_hear (link, "<resume ") || !test_link_hear (link, "previd='session-1'") ||
      !test_link_say (link, "<resumed xmlns='urn:xmpp:sm:3' previd='session-1' h='2'/>"))
    return;
  notes->heard = test_link_hear_all (link);
}

static void
test_false_count_at_resume (void)
{
  Notes notes = { 0 };
  TestHostile *server = test_hostile_new (authority, script_count_at_resume, &notes);
  Account account;

  account_init (&account, "alice@work.test", test_hostile_get_uri (server));
  xmpp_client_connect (account.client);
  test_stream_wait (is_online, &account);
  say (&account, "one");
  test_stream_wait (has_ended, &account);
  g_assert_cmpuint (account.unacknowledged, ==, G_MAXUINT64);
  xmpp_client_connect (account.client);
  test_stream_wait (is_waiting, &account);
  g_assert_cmpuint (account.resumed, ==, 0);
  g_assert_cmpuint (account.unacknowledged, ==, 1);
  g_assert_cmpuint (count_rejections (&account, "sm-false-count"), ==, 1);
  account_clear (&account);
  wait_until_heard (&notes.heard);
  test_hostile_free (server);
  g_assert_nonnull (strstr (notes.heard, "undefined-condition"));
  g_free (notes.heard);
}

/* --- conflict --- */

static void
script_conflict (TestHostileLink *link,
                 gpointer         data)
{
  if (test_link_go_online (link, "session-1"))
    test_link_say (link, "<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>"
                         "</stream:stream>");
  g_free (test_link_hear_all (link));
}

static void
test_conflict (void)
{
  g_autoptr(TestHostile) server = test_hostile_new (authority, script_conflict, NULL);
  Account account;

  account_init (&account, "alice@work.test", test_hostile_get_uri (server));
  xmpp_client_connect (account.client);
  test_stream_wait (has_ended, &account);
  g_assert_error (xmpp_client_get_error (account.client), XMPP_CLIENT_ERROR, XMPP_CLIENT_ERROR_CONFLICT);
  g_assert_cmpint (xmpp_client_get_state (account.client), ==, XMPP_CLIENT_OFFLINE);
  account_clear (&account);
}

static void
test_injected_features (void)
{
  Notes notes = { 0 };
  TestHostile *server = test_hostile_new (authority, script_injected_features, &notes);
  Account account;

  account_init (&account, "alice@work.test", test_hostile_get_uri (server));
  xmpp_client_connect (account.client);
  test_stream_wait (is_online_or_failed, &account);
  account_clear (&account);
  test_hostile_free (server);
  g_assert_true (notes.flag);
}

int
main (int    argc,
      char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  authority = test_authority_new ();

  g_test_add_func ("/hostile/starttls/missing", test_no_starttls);
  g_test_add_func ("/hostile/starttls/refused", test_starttls_refused);
  g_test_add_func ("/hostile/starttls/proceed-in-clear", test_proceed_in_clear);
  g_test_add_func ("/hostile/starttls/said-before-handshake", test_injected_features);
  for (guint i = 0; i < G_N_ELEMENTS (certificates); i++)
    {
      g_autofree char *path = g_strconcat ("/hostile/certificate/", certificates[i].name, NULL);
      g_test_add_data_func (path, &certificates[i], test_certificate);
    }
  g_test_add_func ("/hostile/sign-in/plain", test_plain);
  g_test_add_func ("/hostile/sign-in/downgrade-to-plain", test_downgrade_to_plain);
  g_test_add_func ("/hostile/sign-in/few-iterations", test_few_iterations);
  g_test_add_func ("/hostile/sign-in/many-iterations", test_many_iterations);
  g_test_add_func ("/hostile/sign-in/unknown-mechanisms", test_unknown_mechanisms);
  g_test_add_func ("/hostile/sign-in/binding", test_binding);
  g_test_add_func ("/hostile/sign-in/binding-of-man-in-the-middle", test_man_in_the_middle);
  g_test_add_func ("/hostile/sign-in/binding-taken-away", test_binding_taken_away);
  g_test_add_func ("/hostile/sign-in/success-at-once", test_success_at_once);
  g_test_add_func ("/hostile/sign-in/false-proof", test_false_proof);
  g_test_add_func ("/hostile/redirect/many", test_redirects);
  g_test_add_func ("/hostile/redirect/pinned", test_redirect_of_pinned);
  g_test_add_func ("/hostile/redirect/other-name", test_redirect_to_other_name);
  for (guint i = 0; i < G_N_ELEMENTS (before_login); i++)
    {
      g_autofree char *path = g_strconcat ("/hostile/before-login/", before_login[i].name, NULL);
      g_test_add_data_func (path, &before_login[i], test_before_login);
    }
  for (guint i = 0; i < G_N_ELEMENTS (when_online); i++)
    {
      g_autofree char *path = g_strconcat ("/hostile/online/", when_online[i].name, NULL);
      g_test_add_data_func (path, &when_online[i], test_when_online);
    }
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      g_autofree char *path = g_strconcat ("/hostile/count/", counts[i].name, NULL);
      g_test_add_data_func (path, &counts[i], test_false_count);
    }
  g_test_add_func ("/hostile/count/at-resume", test_false_count_at_resume);
  g_test_add_func ("/hostile/conflict", test_conflict);

  status = g_test_run ();
  test_authority_free (authority);
  return status;
}
