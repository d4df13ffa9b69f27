/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "trust.h"

#include "xmpp/client.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <string.h>

/* An administrator's file: some hundred authorities and lists. */
#define MAX_CA_FILE (4 * 1024 * 1024)

/* This code was written after that day: a clock before it is wrong. */
#define EARLIEST_NOW "2026-01-01T00:00:00Z"

struct _XmppTrust
{
  GObject             parent_instance;

  GPtrArray          *names;      /* of char *: what the certificate may be for */
  GTlsDatabase       *system;
  GTlsDatabase       *own;        /* NULL without a file */
  gnutls_x509_crl_t  *revoked;    /* lists of the file */
  unsigned int        n_revoked;
  XmppClock          *clock;
  char               *problem;
};

G_DEFINE_FINAL_TYPE (XmppTrust, xmpp_trust, G_TYPE_OBJECT)

/* --- the administrator's file --- */

static gboolean
load_file (XmppTrust   *self,
           const char  *path,
           GError     **error)
{
  g_autofree char *pem = NULL;
  gnutls_datum_t datum;
  gsize length;

  if (!g_file_get_contents (path, &pem, &length, error))
    return FALSE;
  if (length > MAX_CA_FILE)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s is too large for a list of authorities", path);
      return FALSE;
    }

  self->own = g_tls_file_database_new (path, error);
  if (self->own == NULL)
    return FALSE;

  if (strstr (pem, "-----BEGIN X509 CRL-----") == NULL)
    return TRUE;
  datum.data = (unsigned char *) pem;
  datum.size = length;
  if (gnutls_x509_crl_list_import2 (&self->revoked, &self->n_revoked, &datum, GNUTLS_X509_FMT_PEM, 0) < 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s has a revocation list that cannot be read", path);
      return FALSE;
    }
  return TRUE;
}

static gboolean
is_revoked (XmppTrust       *self,
            GTlsCertificate *certificate)
{
  g_autoptr(GByteArray) der = NULL;
  gnutls_x509_crt_t parsed;
  gnutls_datum_t datum;
  gboolean revoked = TRUE;

  if (self->n_revoked == 0)
    return FALSE;

  g_object_get (certificate, "certificate", &der, NULL);
  datum.data = der->data;
  datum.size = der->len;
  gnutls_x509_crt_init (&parsed);
  if (gnutls_x509_crt_import (parsed, &datum, GNUTLS_X509_FMT_DER) == 0)
    revoked = gnutls_x509_crt_check_revocation (parsed, self->revoked, self->n_revoked) != 0;
  gnutls_x509_crt_deinit (parsed);
  return revoked;
}

/* --- plain words --- */

static char *
describe_names (GTlsCertificate *certificate)
{
  g_autoptr(GPtrArray) names = g_tls_certificate_get_dns_names (certificate);
  g_autoptr(GString) list = g_string_new (NULL);

  for (guint i = 0; names != NULL && i < names->len; i++)
    {
      gsize length;
      const char *name = g_bytes_get_data (g_ptr_array_index (names, i), &length);

      if (i == 5)
        {
          g_string_append (list, ", …");
          break;
        }
      g_string_append (list, i > 0 ? ", " : "");
      g_string_append_len (list, name, MIN (length, 100));
    }
  if (list->len == 0)
    {
      g_autofree char *subject = g_tls_certificate_get_subject_name (certificate);
      g_string_append_printf (list, "%.200s", subject != NULL ? subject : "?");
    }
  return g_utf8_make_valid (list->str, list->len);
}

static char *
format_date (GDateTime *date)
{
  return date != NULL ? g_date_time_format (date, "%Y-%m-%d") : g_strdup ("?");
}

static char *
describe (XmppTrust            *self,
          GTlsCertificate      *certificate,
          GTlsCertificateFlags  flags)
{
  g_autoptr(GDateTime) now = g_date_time_new_from_unix_utc (self->clock->get_real (self->clock) / G_USEC_PER_SEC);
  g_autoptr(GDateTime) earliest = g_date_time_new_from_iso8601 (EARLIEST_NOW, NULL);
  g_autoptr(GDateTime) from = g_tls_certificate_get_not_valid_before (certificate);
  g_autoptr(GDateTime) until = g_tls_certificate_get_not_valid_after (certificate);
  g_autofree char *names = describe_names (certificate);
  g_autofree char *issuer = g_tls_certificate_get_issuer_name (certificate);
  g_autofree char *from_text = format_date (from);
  g_autofree char *until_text = format_date (until);
  g_autofree char *today = format_date (now);
  g_autoptr(GString) text = g_string_new (NULL);

  if (flags & G_TLS_CERTIFICATE_REVOKED)
    g_string_append (text, "The server's certificate was revoked. ");
  else if (flags & (G_TLS_CERTIFICATE_NOT_ACTIVATED | G_TLS_CERTIFICATE_EXPIRED) &&
           g_date_time_compare (now, earliest) < 0)
    g_string_append_printf (text, "This computer's clock is wrong: it says %s. ", today);
  else if (flags & G_TLS_CERTIFICATE_NOT_ACTIVATED)
    g_string_append_printf (text, "The server's certificate is not valid yet, or this computer's clock (%s) is wrong. ", today);
  else if (flags & G_TLS_CERTIFICATE_EXPIRED)
    g_string_append_printf (text, "The server's certificate has expired, or this computer's clock (%s) is wrong. ", today);
  else if (flags & G_TLS_CERTIFICATE_UNKNOWN_CA)
    g_string_append (text, "The server's certificate is signed by nobody that this computer trusts. ");
  else if (flags & G_TLS_CERTIFICATE_BAD_IDENTITY)
    g_string_append_printf (text, "The server's certificate is not for %s. ", (char *) g_ptr_array_index (self->names, 0));
  else if (flags & G_TLS_CERTIFICATE_INSECURE)
    g_string_append (text, "The server's certificate uses cryptography that is not safe any more. ");
  else
    g_string_append (text, "The server's certificate is not valid. ");

  g_string_append_printf (text, "Signed by: %.200s. For: %s. Valid from %s until %s.",
                          issuer != NULL ? issuer : "?", names, from_text, until_text);
  return g_utf8_make_valid (text->str, text->len);
}

/* --- deciding --- */

gboolean
xmpp_trust_accepts (XmppTrust       *self,
                    GTlsCertificate *certificate)
{
  GTlsCertificateFlags best = G_TLS_CERTIFICATE_VALIDATE_ALL;
  GTlsDatabase *databases[] = { self->own, self->system };

  g_return_val_if_fail (XMPP_IS_TRUST (self), FALSE);

  g_clear_pointer (&self->problem, g_free);
  for (guint d = 0; d < G_N_ELEMENTS (databases); d++)
    for (guint n = 0; databases[d] != NULL && n < self->names->len; n++)
      {
        g_autoptr(GSocketConnectable) identity = g_network_address_new (g_ptr_array_index (self->names, n), 0);
        GTlsCertificateFlags flags;

        flags = g_tls_database_verify_chain (databases[d], certificate, G_TLS_DATABASE_PURPOSE_AUTHENTICATE_SERVER,
                                             identity, NULL, G_TLS_DATABASE_VERIFY_NONE, NULL, NULL);
        /* The answer with the fewest complaints is the one worth telling. */
        if (__builtin_popcount (flags) < __builtin_popcount (best))
          best = flags;
      }

  if (best == 0 && is_revoked (self, certificate))
    best = G_TLS_CERTIFICATE_REVOKED;
  if (best == 0)
    return TRUE;
  self->problem = describe (self, certificate, best);
  return FALSE;
}

static gboolean
on_accept_certificate (GTlsConnection       *connection,
                       GTlsCertificate      *certificate,
                       GTlsCertificateFlags  flags,
                       XmppTrust            *self)
{
  return xmpp_trust_accepts (self, certificate);
}

void
xmpp_trust_guard (XmppTrust      *self,
                  GTlsConnection *connection)
{
  g_return_if_fail (XMPP_IS_TRUST (self));

  /* With an empty database every certificate is found wanting, so that all of them come to us: one place decides. */
  g_tls_connection_set_database (connection, NULL);
  g_signal_connect_object (connection, "accept-certificate", G_CALLBACK (on_accept_certificate), self, 0);
}

char *
xmpp_trust_dup_problem (XmppTrust *self)
{
  g_return_val_if_fail (XMPP_IS_TRUST (self), NULL);

  return g_strdup (self->problem);
}

GError *
xmpp_trust_explain (XmppTrust    *self,
                    const GError *error)
{
  if (self->problem != NULL)
    return g_error_new_literal (XMPP_CLIENT_ERROR, XMPP_CLIENT_ERROR_CERTIFICATE, self->problem);
  if (error->domain == XMPP_CLIENT_ERROR)
    return g_error_copy (error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    return g_error_new (XMPP_CLIENT_ERROR, XMPP_CLIENT_ERROR_TIMED_OUT, "securing the connection: %s", error->message);
  return g_error_new (XMPP_CLIENT_ERROR, XMPP_CLIENT_ERROR_UNREACHABLE, "securing the connection: %s", error->message);
}

static void
xmpp_trust_finalize (GObject *object)
{
  XmppTrust *self = XMPP_TRUST (object);

  g_ptr_array_unref (self->names);
  g_clear_object (&self->system);
  g_clear_object (&self->own);
  for (unsigned int i = 0; i < self->n_revoked; i++)
    gnutls_x509_crl_deinit (self->revoked[i]);
  gnutls_free (self->revoked);
  g_free (self->problem);

  G_OBJECT_CLASS (xmpp_trust_parent_class)->finalize (object);
}

static void
xmpp_trust_class_init (XmppTrustClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = xmpp_trust_finalize;
}

static void
xmpp_trust_init (XmppTrust *self)
{
  self->names = g_ptr_array_new_with_free_func (g_free);
  self->system = g_tls_backend_get_default_database (g_tls_backend_get_default ());
  self->clock = xmpp_clock_get_system ();
}

XmppTrust *
xmpp_trust_new (const char  *domain,
                const char  *ca_file,
                GError     **error)
{
  g_autoptr(XmppTrust) self = g_object_new (XMPP_TYPE_TRUST, NULL);

  xmpp_trust_add_name (self, domain);
  if (ca_file != NULL && !load_file (self, ca_file, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
xmpp_trust_add_name (XmppTrust  *self,
                     const char *host)
{
  gsize length = strlen (host);

  /* An IPv6 address is written without brackets in a certificate's check. */
  if (length > 2 && host[0] == '[' && host[length - 1] == ']')
    g_ptr_array_add (self->names, g_strndup (host + 1, length - 2));
  else
    g_ptr_array_add (self->names, g_strdup (host));
}

void
xmpp_trust_set_clock (XmppTrust *self,
                      XmppClock *clock)
{
  self->clock = clock;
}
