/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "test-authority.h"

#include <glib/gstdio.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <string.h>
#include <time.h>

#define DAY (24 * 60 * 60)

typedef struct
{
  gnutls_x509_privkey_t key;
  gnutls_x509_crt_t     certificate;
} Signer;

struct _TestAuthority
{
  Signer  root;
  char   *file;
  guint8  last_serial;
};

static void
check (int code)
{
  if (code < 0)
    g_error ("gnutls: %s", gnutls_strerror (code));
}

static gnutls_x509_privkey_t
new_key (void)
{
  gnutls_x509_privkey_t key;

  check (gnutls_x509_privkey_init (&key));
  check (gnutls_x509_privkey_generate (key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0));
  return key;
}

/* @signer NULL: signed by itself. */
static Signer
make (TestAuthority *self,
      const char    *name,
      const Signer  *signer,
      gboolean       is_authority,
      time_t         from,
      time_t         until)
{
  Signer made;
  guint8 serial = ++self->last_serial;
  guint8 id[20];
  gsize id_size = sizeof id;

  made.key = new_key ();
  check (gnutls_x509_crt_init (&made.certificate));
  check (gnutls_x509_crt_set_version (made.certificate, 3));
  check (gnutls_x509_crt_set_serial (made.certificate, &serial, 1));
  check (gnutls_x509_crt_set_key (made.certificate, made.key));
  check (gnutls_x509_crt_set_dn_by_oid (made.certificate, GNUTLS_OID_X520_COMMON_NAME, 0, name, strlen (name)));
  check (gnutls_x509_crt_set_activation_time (made.certificate, from));
  check (gnutls_x509_crt_set_expiration_time (made.certificate, until));
  check (gnutls_x509_crt_set_basic_constraints (made.certificate, is_authority, -1));
  check (gnutls_x509_crt_set_key_usage (made.certificate,
                                        is_authority ? GNUTLS_KEY_KEY_CERT_SIGN | GNUTLS_KEY_CRL_SIGN
                                                     : GNUTLS_KEY_DIGITAL_SIGNATURE));
  if (!is_authority)
    {
      check (gnutls_x509_crt_set_subject_alt_name (made.certificate, GNUTLS_SAN_DNSNAME, name, strlen (name),
                                                   GNUTLS_FSAN_SET));
      check (gnutls_x509_crt_set_key_purpose_oid (made.certificate, GNUTLS_KP_TLS_WWW_SERVER, 0));
    }
  check (gnutls_x509_crt_get_key_id (made.certificate, 0, id, &id_size));
  check (gnutls_x509_crt_set_subject_key_id (made.certificate, id, id_size));
  check (gnutls_x509_crt_sign2 (made.certificate, signer != NULL ? signer->certificate : made.certificate,
                                signer != NULL ? signer->key : made.key, GNUTLS_DIG_SHA256, 0));
  return made;
}

static void
signer_clear (Signer *signer)
{
  gnutls_x509_crt_deinit (signer->certificate);
  gnutls_x509_privkey_deinit (signer->key);
}

static void
append_pem (GString           *pem,
            gnutls_x509_crt_t  certificate)
{
  gnutls_datum_t out;

  check (gnutls_x509_crt_export2 (certificate, GNUTLS_X509_FMT_PEM, &out));
  g_string_append_len (pem, (char *) out.data, out.size);
  gnutls_free (out.data);
}

static void
append_key (GString               *pem,
            gnutls_x509_privkey_t  key)
{
  gnutls_datum_t out;

  check (gnutls_x509_privkey_export2_pkcs8 (key, GNUTLS_X509_FMT_PEM, NULL, 0, &out));
  g_string_append_len (pem, (char *) out.data, out.size);
  gnutls_free (out.data);
}

/* The serial that test_authority_issue() gives to the certificate to be revoked. */
#define REVOKED_SERIAL 200

static void
append_revocations (TestAuthority *self,
                    GString       *pem)
{
  const guint8 serial = REVOKED_SERIAL;
  gnutls_x509_crl_t list;
  gnutls_datum_t out;
  time_t now = time (NULL);

  check (gnutls_x509_crl_init (&list));
  check (gnutls_x509_crl_set_version (list, 2));
  check (gnutls_x509_crl_set_this_update (list, now - DAY));
  check (gnutls_x509_crl_set_next_update (list, now + DAY));
  check (gnutls_x509_crl_set_crt_serial (list, &serial, 1, now - DAY));
  check (gnutls_x509_crl_sign2 (list, self->root.certificate, self->root.key, GNUTLS_DIG_SHA256, 0));
  check (gnutls_x509_crl_export2 (list, GNUTLS_X509_FMT_PEM, &out));
  g_string_append_len (pem, (char *) out.data, out.size);
  gnutls_free (out.data);
  gnutls_x509_crl_deinit (list);
}

TestAuthority *
test_authority_new (void)
{
  TestAuthority *self = g_new0 (TestAuthority, 1);
  g_autoptr(GString) pem = g_string_new (NULL);
  g_autoptr(GError) error = NULL;
  int fd;

  self->root = make (self, "Authority of the test", NULL, TRUE, time (NULL) - DAY, time (NULL) + DAY);
  append_pem (pem, self->root.certificate);
  append_revocations (self, pem);
  fd = g_file_open_tmp ("atrium-authority-XXXXXX.pem", &self->file, &error);
  g_assert_no_error (error);
  g_close (fd, NULL);
  g_file_set_contents (self->file, pem->str, pem->len, &error);
  g_assert_no_error (error);
  return self;
}

void
test_authority_free (TestAuthority *self)
{
  g_unlink (self->file);
  g_free (self->file);
  signer_clear (&self->root);
  g_free (self);
}

const char *
test_authority_get_file (TestAuthority *self)
{
  return self->file;
}

GTlsCertificate *
test_authority_issue (TestAuthority       *self,
                      TestCertificateKind  kind)
{
  g_autoptr(GString) pem = g_string_new (NULL);
  g_autoptr(GError) error = NULL;
  GTlsCertificate *certificate;
  time_t now = time (NULL);
  time_t from = now - DAY / 2, until = now + DAY / 2;
  const char *name = "work.test";
  Signer between = { NULL, NULL };
  const Signer *signer = &self->root;
  Signer leaf;

  switch (kind)
    {
    case TEST_CERTIFICATE_EXPIRED:
      from = now - DAY;
      until = now - 60;
      break;
    case TEST_CERTIFICATE_FUTURE:
      from = now + 3600;
      break;
    case TEST_CERTIFICATE_OTHER_NAME:
      name = "example.org";
      break;
    case TEST_CERTIFICATE_WILDCARD:
      name = "*.work.test";
      break;
    case TEST_CERTIFICATE_SELF_SIGNED:
      signer = NULL;
      break;
    case TEST_CERTIFICATE_BY_NO_AUTHORITY:
      between = make (self, "mallory.work.test", &self->root, FALSE, from, until);
      signer = &between;
      break;
    case TEST_CERTIFICATE_REVOKED:
      self->last_serial = REVOKED_SERIAL - 1;
      break;
    case TEST_CERTIFICATE_RIGHT:
    default:
      break;
    }

  leaf = make (self, name, signer, FALSE, from, until);
  append_pem (pem, leaf.certificate);
  if (between.key != NULL)
    append_pem (pem, between.certificate);
  append_key (pem, leaf.key);
  certificate = g_tls_certificate_new_from_pem (pem->str, pem->len, &error);
  g_assert_no_error (error);
  signer_clear (&leaf);
  if (between.key != NULL)
    signer_clear (&between);
  return certificate;
}
