/* SPDX-License-Identifier: GPL-3.0-or-later */

/* SCRAM by the examples of its RFCs, and what is chosen from what is offered. */

#include "config.h"

#include "test-stream.h"

#include "xmpp/client.h"
#include "xmpp/sasl.h"

#include <string.h>

typedef struct
{
  const char *name;
  const char *mechanism;
  const char *username;
  const char *password;
  const char *nonce;
  const char *client_first;
  const char *server_first;
  const char *client_final;
  const char *server_final;
} Example;

static const Example examples[] = {
  { "rfc5802", "SCRAM-SHA-1", "user", "pencil", "fyko+d2lbbFgONRv9qkxdawL",
    "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
    "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
    "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
    "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=" },
  { "rfc7677", "SCRAM-SHA-256", "user", "pencil", "rOprNGfwEbeRWgbNEkqO",
    "n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
    "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
    "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
    "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=" },
};

typedef struct
{
  gboolean  done;
  GBytes   *response;
  GError   *error;
} Step;

static void
on_stepped (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  Step *step = user_data;

  step->response = xmpp_sasl_step_finish (XMPP_SASL (source), result, &step->error);
  step->done = TRUE;
}

static void
step_clear (Step *step)
{
  g_clear_pointer (&step->response, g_bytes_unref);
  g_clear_error (&step->error);
  step->done = FALSE;
}

static void
take_step (XmppSasl   *sasl,
           const char *challenge,
           Step       *step)
{
  g_autoptr(GBytes) bytes = g_bytes_new (challenge, strlen (challenge));

  step_clear (step);
  xmpp_sasl_step_async (sasl, bytes, NULL, on_stepped, step);
  test_stream_wait_flag (&step->done);
}

static void
assert_bytes (GBytes     *bytes,
              const char *text)
{
  g_assert_nonnull (bytes);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), text, strlen (text));
}

static void
test_example (gconstpointer data)
{
  const Example *e = data;
  const char * const offered[] = { e->mechanism, NULL };
  XmppSaslKey *key = NULL;
  XmppSaslAccount account = { "user@work.test", e->username, e->password, NULL, FALSE, NULL, FALSE, &key };

  xmpp_sasl_set_nonce_for_tests (e->nonce);
  /* The second time the key is there already. */
  for (guint round = 0; round < 2; round++)
    {
      g_autoptr(XmppSasl) sasl = xmpp_sasl_new (&account, offered, NULL, NULL);
      g_autoptr(GBytes) final = g_bytes_new (e->server_final, strlen (e->server_final));
      g_autoptr(GError) error = NULL;
      Step step = { 0 };

      g_assert_cmpstr (xmpp_sasl_get_mechanism (sasl), ==, e->mechanism);
      assert_bytes (xmpp_sasl_get_initial (sasl), e->client_first);
      take_step (sasl, e->server_first, &step);
      assert_bytes (step.response, e->client_final);
      g_assert_nonnull (key);
      g_assert_true (xmpp_sasl_succeed (sasl, final, &error));
      g_assert_no_error (error);
      step_clear (&step);
    }
  xmpp_sasl_key_free (key);
  xmpp_sasl_set_nonce_for_tests (NULL);
}

typedef struct
{
  const char *name;
  const char *server_first;
  int         code;
} Bad;

static const Bad bad[] = {
  { "empty", "", XMPP_CLIENT_ERROR_PROTOCOL },
  { "nonce-of-another", "r=XrOprNGfwEbeRWgbNEkqO,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096", XMPP_CLIENT_ERROR_PROTOCOL },
  { "nonce-not-longer", "r=rOprNGfwEbeRWgbNEkqO,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096", XMPP_CLIENT_ERROR_PROTOCOL },
  { "no-salt", "r=rOprNGfwEbeRWgbNEkqOx,i=4096", XMPP_CLIENT_ERROR_PROTOCOL },
  { "salt-empty", "r=rOprNGfwEbeRWgbNEkqOx,s=,i=4096", XMPP_CLIENT_ERROR_PROTOCOL },
  { "salt-not-base64", "r=rOprNGfwEbeRWgbNEkqOx,s=W2!=,i=4096", XMPP_CLIENT_ERROR_PROTOCOL },
  { "extension", "m=x,r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096", XMPP_CLIENT_ERROR_PROTOCOL },
  { "count-none", "r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==", XMPP_CLIENT_ERROR_PROTOCOL },
  { "count-zero", "r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=0", XMPP_CLIENT_ERROR_PROTOCOL },
  { "count-negative", "r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=-4096", XMPP_CLIENT_ERROR_PROTOCOL },
  { "count-low", "r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4095", XMPP_CLIENT_ERROR_AUTH_DOWNGRADE },
  { "count-high", "r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=1000001", XMPP_CLIENT_ERROR_PROTOCOL },
  { "count-huge", "r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=99999999999999999999", XMPP_CLIENT_ERROR_PROTOCOL },
};

static void
test_bad (gconstpointer data)
{
  const Bad *b = data;
  const char * const offered[] = { "SCRAM-SHA-256", NULL };
  XmppSaslKey *key = NULL;
  XmppSaslAccount account = { "user@work.test", "user", "pencil", NULL, FALSE, NULL, FALSE, &key };
  g_autoptr(XmppSasl) sasl = NULL;
  g_autoptr(GError) error = NULL;
  Step step = { 0 };

  xmpp_sasl_set_nonce_for_tests ("rOprNGfwEbeRWgbNEkqO");
  sasl = xmpp_sasl_new (&account, offered, NULL, NULL);
  take_step (sasl, b->server_first, &step);
  g_assert_null (step.response);
  g_assert_error (step.error, XMPP_CLIENT_ERROR, b->code);
  g_assert_null (key);

  /* And nothing brings it back. */
  g_assert_false (xmpp_sasl_succeed (sasl, NULL, &error));
  g_assert_error (error, XMPP_CLIENT_ERROR, XMPP_CLIENT_ERROR_SERVER_UNPROVEN);
  step_clear (&step);
  xmpp_sasl_set_nonce_for_tests (NULL);
}

/* --- choosing --- */

typedef struct
{
  const char *offered;   /* separated by blanks */
  const char *floor;
  gboolean    certificate;
  const char *chosen;    /* NULL: none */
  int         code;
} Choice;

static const Choice choices[] = {
  { "PLAIN SCRAM-SHA-1 SCRAM-SHA-256", NULL, FALSE, "SCRAM-SHA-256", 0 },
  { "SCRAM-SHA-512 SCRAM-SHA-256", NULL, FALSE, "SCRAM-SHA-512", 0 },
  { "SCRAM-SHA-1 PLAIN", NULL, FALSE, "SCRAM-SHA-1", 0 },
  { "SCRAM-SHA-256-PLUS SCRAM-SHA-1", NULL, FALSE, "SCRAM-SHA-1", 0 },            /* nothing to bind to */
  { "SCRAM-SHA-256-PLUS", NULL, FALSE, NULL, XMPP_CLIENT_ERROR_AUTH_UNSUPPORTED },
  { "PLAIN", NULL, FALSE, "PLAIN", 0 },
  { "PLAIN", "PLAIN", FALSE, "PLAIN", 0 },
  { "PLAIN", "SCRAM-SHA-1", FALSE, NULL, XMPP_CLIENT_ERROR_AUTH_DOWNGRADE },
  { "SCRAM-SHA-1", "SCRAM-SHA-256", FALSE, NULL, XMPP_CLIENT_ERROR_AUTH_DOWNGRADE },
  { "SCRAM-SHA-1 SCRAM-SHA-256", "SCRAM-SHA-256", FALSE, "SCRAM-SHA-256", 0 },
  { "SCRAM-SHA-256", "SCRAM-SHA-256-PLUS", FALSE, "SCRAM-SHA-256", 0 },           /* a WebSocket cannot bind … */
  { "PLAIN", "SCRAM-SHA-256-PLUS", FALSE, NULL, XMPP_CLIENT_ERROR_AUTH_DOWNGRADE }, /* … but that is no licence */
  { "SCRAM-SHA-1", "SCRAM-SHA-256-PLUS", FALSE, NULL, XMPP_CLIENT_ERROR_AUTH_DOWNGRADE },
  { "EXTERNAL SCRAM-SHA-256", "SCRAM-SHA-256", TRUE, "EXTERNAL", 0 },
  { "EXTERNAL SCRAM-SHA-256", NULL, FALSE, "SCRAM-SHA-256", 0 },
  { "SCRAM-SHA-256", NULL, TRUE, "SCRAM-SHA-256", 0 },
  { "DIGEST-MD5 CRAM-MD5 LOGIN NTLM ANONYMOUS scram-sha-1 plain", NULL, FALSE, NULL, XMPP_CLIENT_ERROR_AUTH_UNSUPPORTED },
  { "", NULL, FALSE, NULL, XMPP_CLIENT_ERROR_AUTH_UNSUPPORTED },
};

static void
test_choice (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (choices); i++)
    {
      const Choice *c = &choices[i];
      g_auto(GStrv) offered = g_strsplit (c->offered, " ", 0);
      XmppSaslKey *key = NULL;
      XmppSaslAccount account = { "user@work.test", "user", "pencil", c->floor, c->certificate, NULL, FALSE, &key };
      g_autoptr(GError) error = NULL;
      g_autoptr(XmppSasl) sasl = xmpp_sasl_new (&account, (const char * const *) offered, NULL, &error);

      if (c->chosen == NULL)
        {
          g_assert_null (sasl);
          g_assert_error (error, XMPP_CLIENT_ERROR, c->code);
          continue;
        }
      g_assert_no_error (error);
      g_assert_cmpstr (xmpp_sasl_get_mechanism (sasl), ==, c->chosen);
    }
}

static void
test_floor (void)
{
  g_assert_cmpstr (xmpp_sasl_raise_floor (NULL, "PLAIN"), ==, "PLAIN");
  g_assert_cmpstr (xmpp_sasl_raise_floor ("PLAIN", "SCRAM-SHA-1"), ==, "SCRAM-SHA-1");
  g_assert_cmpstr (xmpp_sasl_raise_floor ("SCRAM-SHA-256", "SCRAM-SHA-1"), ==, "SCRAM-SHA-256");
  g_assert_cmpstr (xmpp_sasl_raise_floor ("SCRAM-SHA-256", "SCRAM-SHA-1-PLUS"), ==, "SCRAM-SHA-1-PLUS");
  g_assert_cmpstr (xmpp_sasl_raise_floor ("SCRAM-SHA-256", "EXTERNAL"), ==, "SCRAM-SHA-256");
  g_assert_cmpstr (xmpp_sasl_raise_floor (NULL, "EXTERNAL"), ==, NULL);
}

static void
test_names (void)
{
  const char * const offered[] = { "SCRAM-SHA-256", NULL };
  XmppSaslKey *key = NULL;
  XmppSaslAccount account = { "a@work.test", "a=b,c", "x", NULL, FALSE, NULL, FALSE, &key };
  g_autoptr(XmppSasl) sasl = NULL;

  xmpp_sasl_set_nonce_for_tests ("N");
  sasl = xmpp_sasl_new (&account, offered, NULL, NULL);
  assert_bytes (xmpp_sasl_get_initial (sasl), "n,,n=a=3Db=2Cc,r=N");
  xmpp_sasl_set_nonce_for_tests (NULL);
}

/* RFC 4013 §3: a password means the same however it was typed. */
static void
test_password_prepared (void)
{
  static const char * const same[] = { "I\xC2\xADX", "IX", "\xE2\x85\xA8" };   /* I, soft hyphen, X; IX; Ⅸ */
  const char * const offered[] = { "PLAIN", NULL };

  for (guint i = 0; i < G_N_ELEMENTS (same); i++)
    {
      XmppSaslKey *key = NULL;
      XmppSaslAccount account = { "a@work.test", "a", same[i], NULL, FALSE, NULL, FALSE, &key };
      g_autoptr(XmppSasl) sasl = xmpp_sasl_new (&account, offered, NULL, NULL);

      g_assert_cmpmem (g_bytes_get_data (xmpp_sasl_get_initial (sasl), NULL),
                       g_bytes_get_size (xmpp_sasl_get_initial (sasl)), "\0a\0IX", 5);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (examples); i++)
    {
      g_autofree char *path = g_strconcat ("/sasl/example/", examples[i].name, NULL);
      g_test_add_data_func (path, &examples[i], test_example);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *path = g_strconcat ("/sasl/bad/", bad[i].name, NULL);
      g_test_add_data_func (path, &bad[i], test_bad);
    }
  g_test_add_func ("/sasl/choice", test_choice);
  g_test_add_func ("/sasl/floor", test_floor);
  g_test_add_func ("/sasl/names", test_names);
  g_test_add_func ("/sasl/password-prepared", test_password_prepared);

  return g_test_run ();
}
