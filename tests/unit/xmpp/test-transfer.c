/* SPDX-License-Identifier: GPL-3.0-or-later */
/* XEP-0363, XEP-0300; threats D5, D6. A web server of our own on loopback stands for all others. */
#include "config.h"

#include "test-async.h"

#include <glib/gstdio.h>
#include <gnutls/x509.h>
#include <libsoup/soup.h>

#include "xmpp/download.h"
#include "xmpp/upload.h"

#define BIG_SIZE (1024 * 1024)

typedef struct
{
  SoupServer         *server;
  char               *base;        /* "http://127.0.0.1:PORT" */
  guint               port;
  char               *folder;
  GFile              *target;
  XmppTransferPolicy *policy;
  GCancellable       *cancellable;
  gint64              cancel_at;   /* progress at which to cancel, 0 never */
  gint64              progress;
  char               *big;         /* BIG_SIZE bytes */
  const char         *tag;         /* entity tag of /big */
  char               *range;       /* what the last request wanted */
  guint               requests;
  /* of uploads */
  GBytes             *put;
  char               *put_headers;
  guint               put_failures;
  const char         *rewrite;     /* (nullable): what the file holds after a PUT */
  TestStream         *stream;
} Fixture;

static void
answer_big (Fixture           *f,
            SoupServerMessage *message)
{
  SoupMessageHeaders *request = soup_server_message_get_request_headers (message);
  SoupMessageHeaders *response = soup_server_message_get_response_headers (message);
  const char *range = soup_message_headers_get_one (request, "Range");
  const char *if_range = soup_message_headers_get_one (request, "If-Range");
  gint64 start = 0;

  g_free (f->range);
  f->range = g_strdup (range);
  if (range != NULL && g_strcmp0 (if_range, f->tag) == 0)
    start = g_ascii_strtoll (range + strlen ("bytes="), NULL, 10);
  soup_message_headers_remove (request, "Range");     /* SoupServer would answer it by itself */
  soup_message_headers_replace (response, "ETag", f->tag);
  if (start > 0)
    {
      soup_server_message_set_status (message, SOUP_STATUS_PARTIAL_CONTENT, NULL);
      soup_message_headers_set_content_range (response, start, BIG_SIZE - 1, BIG_SIZE);
    }
  else
    soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_server_message_set_response (message, "application/octet-stream", SOUP_MEMORY_COPY, f->big + start, BIG_SIZE - start);
}

static void
on_put (Fixture           *f,
        SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  static const char * const names[] = { "Authorization", "Cookie", "Expires", "X-Evil", "Host2", "Content-Type" };
  GString *seen = g_string_new (NULL);

  if (f->put_failures > 0)
    {
      f->put_failures--;
      soup_server_message_set_status (message, SOUP_STATUS_SERVICE_UNAVAILABLE, NULL);
      g_string_free (seen, TRUE);
      return;
    }
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (soup_message_headers_get_one (headers, names[i]) != NULL)
      g_string_append_printf (seen, "%s=%s;", names[i], soup_message_headers_get_one (headers, names[i]));
  g_free (f->put_headers);
  f->put_headers = g_string_free (seen, FALSE);
  g_clear_pointer (&f->put, g_bytes_unref);
  f->put = soup_message_body_flatten (soup_server_message_get_request_body (message));
  soup_server_message_set_status (message, SOUP_STATUS_CREATED, NULL);
  if (f->rewrite != NULL)
    g_assert_true (g_file_set_contents (g_file_peek_path (f->target), f->rewrite, -1, NULL));
}

/* Never ends by itself: the size must be counted while it comes. */
static void
on_wrote_chunk (SoupServerMessage *message,
                gpointer           user_data)
{
  static const char zeros[4096];

  soup_message_body_append (soup_server_message_get_response_body (message), SOUP_MEMORY_STATIC, zeros, sizeof zeros);
}

static void
on_request (SoupServer        *server,
            SoupServerMessage *message,
            const char        *path,
            GHashTable        *query,
            gpointer           user_data)
{
  Fixture *f = user_data;
  SoupMessageHeaders *response = soup_server_message_get_response_headers (message);

  f->requests++;
  if (g_strcmp0 (soup_server_message_get_method (message), "PUT") == 0)
    on_put (f, message);
  else if (g_str_equal (path, "/hello"))
    {
      soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
      soup_server_message_set_response (message, "text/plain", SOUP_MEMORY_STATIC, "hello", 5);
    }
  else if (g_str_equal (path, "/big"))
    answer_big (f, message);
  else if (g_str_equal (path, "/endless"))
    {
      soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
      soup_message_headers_set_encoding (response, SOUP_ENCODING_CHUNKED);
      soup_message_body_set_accumulate (soup_server_message_get_response_body (message), FALSE);
      g_signal_connect (message, "wrote-headers", G_CALLBACK (on_wrote_chunk), NULL);
      g_signal_connect (message, "wrote-chunk", G_CALLBACK (on_wrote_chunk), NULL);
    }
  else if (g_str_has_prefix (path, "/hop/"))
    {
      gint64 left = g_ascii_strtoll (path + 5, NULL, 10);
      g_autofree char *next = left > 1 ? g_strdup_printf ("/hop/%" G_GINT64_FORMAT, left - 1) : g_strdup ("/hello");

      soup_server_message_set_redirect (message, SOUP_STATUS_FOUND, next);
    }
  else if (g_str_equal (path, "/away"))
    soup_server_message_set_redirect (message, SOUP_STATUS_FOUND, soup_message_headers_get_one (
        soup_server_message_get_request_headers (message), "X-Nothing") == NULL ? g_hash_table_lookup (query, "to") : "/");
  else
    soup_server_message_set_status (message, SOUP_STATUS_NOT_FOUND, NULL);
}

static void
set_up (Fixture       *f,
        gconstpointer  data)
{
  g_autoptr(GError) error = NULL;
  GSList *uris;
  g_autofree char *path = NULL;

  f->server = soup_server_new (NULL, NULL);
  soup_server_add_handler (f->server, NULL, on_request, f, NULL);
  soup_server_listen_local (f->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (f->server);
  f->port = g_uri_get_port (uris->data);
  f->base = g_strdup_printf ("http://127.0.0.1:%u", f->port);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  f->folder = g_dir_make_tmp ("atrium-transfer-XXXXXX", &error);
  g_assert_no_error (error);
  path = g_build_filename (f->folder, "file", NULL);
  f->target = g_file_new_for_path (path);
  f->policy = xmpp_transfer_policy_new ();
  xmpp_transfer_policy_set_allow_loopback_http (f->policy, TRUE);
  xmpp_transfer_policy_add_trusted_host (f->policy, "127.0.0.1");
  f->cancellable = g_cancellable_new ();
  f->big = g_malloc (BIG_SIZE);
  for (guint i = 0; i < BIG_SIZE; i++)
    f->big[i] = (i * 7919) >> 8;
  f->tag = "\"one\"";
}

static void
tear_down (Fixture       *f,
           gconstpointer  data)
{
  g_autoptr(GDir) dir = g_dir_open (f->folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (f->folder, name, NULL);

      g_assert_cmpint (g_unlink (path), ==, 0);
    }
  g_assert_cmpint (g_rmdir (f->folder), ==, 0);
  soup_server_disconnect (f->server);
  g_object_unref (f->server);
  g_object_unref (f->target);
  g_object_unref (f->cancellable);
  xmpp_transfer_policy_unref (f->policy);
  g_clear_pointer (&f->put, g_bytes_unref);
  g_free (f->put_headers);
  g_free (f->folder);
  g_free (f->base);
  g_free (f->big);
  g_free (f->range);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static gboolean
exists (Fixture    *f,
        const char *suffix)
{
  g_autofree char *path = g_strconcat (g_file_peek_path (f->target), suffix, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static void
on_progress (gint64   done,
             gint64   total,
             gpointer user_data)
{
  Fixture *f = user_data;

  g_assert_cmpint (done, >=, f->progress);
  f->progress = done;
  if (f->cancel_at > 0 && done >= f->cancel_at)
    g_cancellable_cancel (f->cancellable);
}

static gboolean
fetch (Fixture            *f,
       const char         *uri,
       gint64              size,
       gint64              max_size,
       const char * const *hashes,
       GError            **error)
{
  XmppDownloadRequest request = { uri, size, max_size, hashes };
  g_autoptr(GAsyncResult) result = NULL;

  f->progress = 0;
  xmpp_download_async (&request, f->policy, f->target, on_progress, f, f->cancellable, test_async_done, &result);
  g_assert_null (result);      /* never before the call returns */
  return xmpp_download_finish (test_async_wait (&result), NULL, error);
}

static void
assert_fetch_fails (Fixture    *f,
                    const char *uri,
                    gint64      size,
                    gint64      max_size,
                    int         code)
{
  g_autoptr(GError) error = NULL;

  g_assert_false (fetch (f, uri, size, max_size, NULL, &error));
  if (!g_error_matches (error, XMPP_TRANSFER_ERROR, code))
    g_error ("%s: %s %d: %s", uri, g_quark_to_string (error->domain), error->code, error->message);
  g_assert_false (exists (f, ""));
  g_assert_false (exists (f, ".part"));
}

static char *
at (Fixture    *f,
    const char *path)
{
  return g_strconcat (f->base, path, NULL);
}

/* --- addresses and hashes --- */

static void
test_addresses (void)
{
  static const struct { const char *address; gboolean is_private; } cases[] = {
    { "127.0.0.1", TRUE }, { "127.255.255.254", TRUE }, { "0.0.0.0", TRUE }, { "0.1.2.3", TRUE },
    { "10.0.0.1", TRUE }, { "172.16.0.1", TRUE }, { "172.31.255.255", TRUE }, { "172.32.0.1", FALSE }, { "172.15.0.1", FALSE },
    { "192.168.1.1", TRUE }, { "192.167.1.1", FALSE }, { "169.254.169.254", TRUE }, { "100.64.0.1", TRUE },
    { "100.128.0.1", FALSE }, { "192.0.0.8", TRUE }, { "198.18.0.1", TRUE }, { "198.20.0.1", FALSE },
    { "224.0.0.1", TRUE }, { "255.255.255.255", TRUE }, { "8.8.8.8", FALSE }, { "93.184.216.34", FALSE },
    { "::", TRUE }, { "::1", TRUE }, { "::ffff:127.0.0.1", TRUE }, { "::ffff:10.1.1.1", TRUE }, { "::ffff:8.8.8.8", FALSE },
    { "::127.0.0.1", TRUE }, { "64:ff9b::7f00:1", TRUE }, { "64:ff9b::808:808", FALSE }, { "64:ff9b:1::1", TRUE },
    { "2002:7f00:1::", TRUE }, { "2002:808:808::", FALSE }, { "fc00::1", TRUE }, { "fd12:3456::1", TRUE }, { "fe80::1", TRUE },
    { "fec0::1", TRUE }, { "ff02::1", TRUE }, { "2001::1", TRUE }, { "2001:db8::1", TRUE }, { "2001:4860:4860::8888", FALSE },
    { "2606:4700::1111", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GInetAddress) address = g_inet_address_new_from_string (cases[i].address);

      g_assert_nonnull (address);
      if (xmpp_transfer_address_is_private (address) != cases[i].is_private)
        g_error ("%s", cases[i].address);
    }
}

static void
test_hashes (void)
{
  static const struct { const char *algorithm; const char *abc; } vectors[] = {   /* FIPS 180-4, FIPS 202: "abc" */
    { "sha-256", "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=" },
    { "sha-384", "ywB1P0WjXou1oD1pmsZQBycsMqsO3tFjGotgWkP/W+2AhgcroefMI1i67KE0yCWn" },
    { "sha-512", "3a81oZNherrMQXNJriBBMRLm+k6JqX6iCp7u5ktV05ohkpkqJ0/BqDa6PCOj/uu9RU1EI2Q86A4qmslPpUyknw==" },
    { "sha3-256", "Ophdp0/iJbIEXBcta9OQvYVfCG4+nVJbRr/iRRFDFTI=" },
    { "sha3-512", "t1GFCxpXFopWk82SS2sJbgj2IYJ0RPcNiE9dAkDScS4Q4RbpGSrzyRp+xXZH45NAVzQLTPQI1aVlkvgnTuxT8A==" },
  };
  const char * const offered[] = { "md5", "x", "sha-256", "a", "sha-512", "b", "sha-1", "c", NULL };
  const char * const weak[] = { "md5", "x", "sha-1", "y", NULL };

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      XmppHasher *hasher = xmpp_hasher_new (vectors[i].algorithm);
      g_autofree char *hash = NULL;

      g_assert_nonnull (hasher);
      xmpp_hasher_update (hasher, "a", 1);
      xmpp_hasher_update (hasher, "bc", 2);
      hash = xmpp_hasher_finish (hasher);
      g_assert_cmpstr (hash, ==, vectors[i].abc);
    }
  g_assert_null (xmpp_hasher_new ("sha-1"));
  g_assert_cmpint (xmpp_hash_choose (offered), ==, 4);
  g_assert_cmpint (xmpp_hash_choose (weak), ==, -1);
  g_assert_cmpint (xmpp_hash_choose (NULL), ==, -1);
}

/* --- downloads --- */

static void
test_download (Fixture       *f,
               gconstpointer  data)
{
  const char * const hashes[] = { "sha-1", "nonsense", "sha-256", "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=", NULL };
  g_autofree char *uri = at (f, "/hop/5");
  g_autofree char *text = NULL;
  g_autoptr(GError) error = NULL;

  g_assert_true (fetch (f, uri, 5, 100, hashes, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (g_file_peek_path (f->target), &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "hello");
  g_assert_cmpint (f->progress, ==, 5);
  g_assert_cmpuint (f->requests, ==, 6);
  g_assert_false (exists (f, ".part"));
  g_assert_false (exists (f, ".part.from"));
}

static void
test_download_refused (Fixture       *f,
                       gconstpointer  data)
{
  static const char * const addresses[] = {
    "http://example.org/x", "ftp://example.org/x", "file:///etc/passwd", "https:///x", "https://", "nonsense", "",
    "https://user@example.org/x", "https://user:secret@example.org/x", "javascript:alert(1)",
    "https://127.0.0.2/x", "https://[::1]/x", "https://[::ffff:127.0.0.1]/x", "https://10.0.0.1/x", "https://169.254.169.254/latest",
    "https://localhost/x", "https://0.0.0.0/x", "http://localhost/x",
  };
  g_autofree char *hops = at (f, "/hop/6");
  g_autofree char *gone = at (f, "/missing");
  g_autofree char *hello = at (f, "/hello");
  g_autofree char *endless = at (f, "/endless");

  for (guint i = 0; i < G_N_ELEMENTS (addresses); i++)
    assert_fetch_fails (f, addresses[i], -1, 100, XMPP_TRANSFER_ERROR_ADDRESS);
  g_assert_cmpuint (f->requests, ==, 0);
  assert_fetch_fails (f, hops, -1, 100, XMPP_TRANSFER_ERROR_ADDRESS);
  assert_fetch_fails (f, gone, -1, 100, XMPP_TRANSFER_ERROR_GONE);
  assert_fetch_fails (f, hello, -1, 4, XMPP_TRANSFER_ERROR_TOO_BIG);
  assert_fetch_fails (f, hello, 4, 100, XMPP_TRANSFER_ERROR_SIZE);
  assert_fetch_fails (f, hello, 6, 100, XMPP_TRANSFER_ERROR_SIZE);
  assert_fetch_fails (f, hello, 1000, 100, XMPP_TRANSFER_ERROR_TOO_BIG);
  assert_fetch_fails (f, endless, -1, 1000000, XMPP_TRANSFER_ERROR_TOO_BIG);
  assert_fetch_fails (f, endless, 1000000, 2000000, XMPP_TRANSFER_ERROR_SIZE);
}

/* A page on a host that may be visited sends us where nobody may. */
static void
test_download_redirect_away (Fixture       *f,
                             gconstpointer  data)
{
  static const char * const to[] =
    { "https%3A%2F%2F127.0.0.2%2F", "http%3A%2F%2Flocalhost%2F", "file%3A%2F%2F%2Fetc%2Fpasswd", "https%3A%2F%2F%5B%3A%3A1%5D%2F",
      "https%3A%2F%2Flocalhost%3A1%2F", "gopher%3A%2F%2Fx%2F" };

  for (guint i = 0; i < G_N_ELEMENTS (to); i++)
    {
      g_autofree char *uri = g_strdup_printf ("%s/away?to=%s", f->base, to[i]);

      assert_fetch_fails (f, uri, -1, 100, XMPP_TRANSFER_ERROR_ADDRESS);
    }
}

static void
test_download_hash (Fixture       *f,
                    gconstpointer  data)
{
  const char * const hashes[] = { "sha-256", "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=", NULL };
  g_autofree char *uri = at (f, "/hello");
  g_autoptr(GError) error = NULL;

  g_assert_true (g_file_set_contents (g_file_peek_path (f->target), "old", -1, NULL));
  g_assert_false (fetch (f, uri, 5, 100, hashes, &error));
  g_assert_error (error, XMPP_TRANSFER_ERROR, XMPP_TRANSFER_ERROR_HASH);
  g_assert_false (exists (f, ".part"));
  {
    g_autofree char *text = NULL;

    g_assert_true (g_file_get_contents (g_file_peek_path (f->target), &text, NULL, NULL));
    g_assert_cmpstr (text, ==, "old");      /* what was there before is not touched */
  }
}

static void
interrupt (Fixture *f)
{
  g_autofree char *uri = at (f, "/big");
  g_autoptr(GError) error = NULL;

  f->cancel_at = BIG_SIZE / 4;
  g_assert_false (fetch (f, uri, -1, BIG_SIZE, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_true (exists (f, ".part"));
  g_assert_null (f->range);
  g_cancellable_reset (f->cancellable);
  f->cancel_at = 0;
}

static void
assert_big (Fixture *f)
{
  g_autofree char *text = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (g_file_peek_path (f->target), &text, &size, NULL));
  g_assert_cmpmem (text, size, f->big, BIG_SIZE);
  g_assert_false (exists (f, ".part"));
  g_assert_false (exists (f, ".part.from"));
}

static void
test_download_resumed (Fixture       *f,
                       gconstpointer  data)
{
  g_autofree char *uri = at (f, "/big");
  g_autoptr(GError) error = NULL;

  interrupt (f);
  g_assert_true (fetch (f, uri, BIG_SIZE, BIG_SIZE, NULL, &error));
  g_assert_no_error (error);
  g_assert_nonnull (f->range);
  g_assert_cmpint (g_ascii_strtoll (f->range + strlen ("bytes="), NULL, 10), >=, BIG_SIZE / 4);
  assert_big (f);
}

/* The file behind the address is another one now: no patchwork. */
static void
test_download_changed (Fixture       *f,
                       gconstpointer  data)
{
  g_autofree char *uri = at (f, "/big");
  g_autoptr(GError) error = NULL;

  interrupt (f);
  f->tag = "\"two\"";
  for (guint i = 0; i < BIG_SIZE; i++)
    f->big[i] ^= 0x55;
  g_assert_true (fetch (f, uri, BIG_SIZE, BIG_SIZE, NULL, &error));
  g_assert_no_error (error);
  g_assert_nonnull (f->range);
  assert_big (f);
}

static void
test_download_other_address (Fixture       *f,
                             gconstpointer  data)
{
  g_autofree char *uri = at (f, "/hello");
  g_autoptr(GError) error = NULL;

  interrupt (f);
  g_assert_true (fetch (f, uri, 5, 100, NULL, &error));
  g_assert_no_error (error);
}

/* --- certificates --- */

/* A certificate for files.work.test that signs itself. */
static char *
make_certificate (void)
{
  gnutls_x509_privkey_t key;
  gnutls_x509_crt_t certificate;
  gnutls_datum_t key_text, certificate_text;
  guint8 serial = 1;
  char *pem;

  g_assert_cmpint (gnutls_x509_privkey_init (&key), ==, 0);
  g_assert_cmpint (gnutls_x509_privkey_generate (key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_init (&certificate), ==, 0);
  gnutls_x509_crt_set_version (certificate, 3);
  gnutls_x509_crt_set_serial (certificate, &serial, 1);
  gnutls_x509_crt_set_activation_time (certificate, time (NULL) - 3600);
  gnutls_x509_crt_set_expiration_time (certificate, time (NULL) + 3600);
  gnutls_x509_crt_set_dn (certificate, "CN=files.work.test", NULL);
  gnutls_x509_crt_set_subject_alt_name (certificate, GNUTLS_SAN_DNSNAME, "files.work.test", strlen ("files.work.test"), 0);
  gnutls_x509_crt_set_basic_constraints (certificate, 1, -1);
  gnutls_x509_crt_set_key (certificate, key);
  g_assert_cmpint (gnutls_x509_crt_sign2 (certificate, certificate, key, GNUTLS_DIG_SHA256, 0), ==, 0);
  g_assert_cmpint (gnutls_x509_privkey_export2 (key, GNUTLS_X509_FMT_PEM, &key_text), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_export2 (certificate, GNUTLS_X509_FMT_PEM, &certificate_text), ==, 0);
  pem = g_strdup_printf ("%.*s%.*s", (int) certificate_text.size, certificate_text.data, (int) key_text.size, key_text.data);
  gnutls_free (key_text.data);
  gnutls_free (certificate_text.data);
  gnutls_x509_crt_deinit (certificate);
  gnutls_x509_privkey_deinit (key);
  return pem;
}

static void
test_certificate (Fixture       *f,
                  gconstpointer  data)
{
  g_autofree char *pem = make_certificate ();
  g_autofree char *ca = g_build_filename (f->folder, "ca.pem", NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(GTlsCertificate) certificate = g_tls_certificate_new_from_pem (pem, -1, &error);
  g_autoptr(SoupServer) server = soup_server_new ("tls-certificate", certificate, NULL);
  g_autofree char *address = NULL;
  GSList *uris;

  g_assert_no_error (error);
  soup_server_add_handler (server, NULL, on_request, f, NULL);
  soup_server_listen_local (server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY | SOUP_SERVER_LISTEN_HTTPS, &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (server);
  address = g_strdup_printf ("127.0.0.1:%u", g_uri_get_port (uris->data));
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  xmpp_transfer_policy_set_host_address (f->policy, "files.work.test", address);
  xmpp_transfer_policy_set_host_address (f->policy, "other.work.test", address);

  /* A private address of a host that is not trusted. */
  assert_fetch_fails (f, "https://files.work.test/hello", -1, 100, XMPP_TRANSFER_ERROR_ADDRESS);
  xmpp_transfer_policy_add_trusted_host (f->policy, "files.work.test");
  xmpp_transfer_policy_add_trusted_host (f->policy, "OTHER.work.test");
  assert_fetch_fails (f, "https://files.work.test/hello", -1, 100, XMPP_TRANSFER_ERROR_CERTIFICATE);
  g_assert_cmpuint (f->requests, ==, 0);

  g_assert_true (g_file_set_contents (ca, pem, -1, NULL));
  g_assert_true (xmpp_transfer_policy_set_ca_file (f->policy, ca, &error));
  assert_fetch_fails (f, "https://other.work.test/hello", -1, 100, XMPP_TRANSFER_ERROR_CERTIFICATE);
  g_assert_cmpuint (f->requests, ==, 0);
  g_assert_true (fetch (f, "https://files.work.test/hello", 5, 100, NULL, &error));
  g_assert_no_error (error);
  soup_server_disconnect (server);
}

/* --- uploads --- */

#define ITEMS "<iq type='get' to='work.test'><query xmlns='http://jabber.org/protocol/disco#items'/></iq>"
#define INFO(to) "<iq type='get' to='" to "'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>"
#define SERVICE "<query xmlns='http://jabber.org/protocol/disco#info'><identity category='store' type='file' name='HTTP File Upload'/>" \
  "<feature var='urn:xmpp:http:upload:0'/><x type='result' xmlns='jabber:x:data'><field var='FORM_TYPE' type='hidden'>" \
  "<value>urn:xmpp:http:upload:0</value></field><field var='max-file-size'><value>1000</value></field></x></query>"

static void
answer_disco (Fixture *f)
{
  test_stream_answer (f->stream, ITEMS, "<query xmlns='http://jabber.org/protocol/disco#items'><item jid='upload.work.test'/></query>");
  test_stream_answer (f->stream, INFO ("work.test"), "<query xmlns='http://jabber.org/protocol/disco#info'/>");
  test_stream_answer (f->stream, INFO ("upload.work.test"), SERVICE);
}

static void
write_file (Fixture    *f,
            const char *text)
{
  g_assert_true (g_file_set_contents (g_file_peek_path (f->target), text, -1, NULL));
}

static void
send_file (Fixture       *f,
           XmppUploads   *uploads,
           GAsyncResult **result)
{
  xmpp_uploads_send_async (uploads, f->target, "très cool.jpg", "image/jpeg", on_progress, f, f->cancellable, test_async_done,
                           result);
}

#define SLOT_REQUEST "<iq type='get' to='upload.work.test'><request xmlns='urn:xmpp:http:upload:0' filename='très cool.jpg' " \
                     "size='5' content-type='image/jpeg'/></iq>"

static char *
slot (Fixture *f)
{
  return g_strdup_printf ("<slot xmlns='urn:xmpp:http:upload:0'><put url='%s/upload/x'>"
                          "<header name='authorization'>Basic Zm9vOmJhcg==</header><header name='Cookie'>foo=bar; user=alice</header>"
                          "<header name='X-Evil'>yes</header><header name='Host2'>evil</header></put>"
                          "<get url='%s/get/x'/></slot>", f->base, f->base);
}

static void
test_upload (Fixture       *f,
             gconstpointer  data)
{
  g_autoptr(TestStream) stream = test_stream_new ();
  g_autoptr(XmppDisco) disco = xmpp_disco_new (test_stream_get_client (stream));
  g_autoptr(XmppUploads) uploads = xmpp_uploads_new (test_stream_get_client (stream), disco, f->policy);
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GAsyncResult) again = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *answer = slot (f);
  g_autofree char *uri = NULL;
  g_autofree char *second = NULL;
  g_autofree char *expected = at (f, "/get/x");

  f->stream = stream;
  write_file (f, "hello");
  send_file (f, uploads, &result);
  answer_disco (f);
  test_stream_answer (stream, SLOT_REQUEST, answer);
  uri = xmpp_uploads_send_finish (uploads, test_async_wait (&result), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (uri, ==, expected);
  g_assert_cmpmem (g_bytes_get_data (f->put, NULL), g_bytes_get_size (f->put), "hello", 5);
  g_assert_cmpstr (f->put_headers, ==, "Authorization=Basic Zm9vOmJhcg==;Cookie=foo=bar; user=alice;Content-Type=image/jpeg;");
  g_assert_cmpint (f->progress, ==, 5);

  /* The web server stumbles twice: a new slot each time, as a slot is good for one PUT. */
  f->put_failures = 2;
  f->progress = 0;
  g_clear_pointer (&f->put, g_bytes_unref);
  send_file (f, uploads, &again);
  for (guint i = 0; i < 3; i++)
    {
      test_stream_answer (stream, SLOT_REQUEST, answer);
      f->progress = 0;
    }
  second = xmpp_uploads_send_finish (uploads, test_async_wait (&again), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (second, ==, expected);
  g_assert_nonnull (f->put);
}

static void
test_upload_refused (Fixture       *f,
                     gconstpointer  data)
{
  static const char * const slots[] = {
    "<slot xmlns='urn:xmpp:http:upload:0'><put url='http://example.org/x'/><get url='https://example.org/x'/></slot>",
    "<slot xmlns='urn:xmpp:http:upload:0'><put url='https://example.org/x'/><get url='http://example.org/x'/></slot>",
    "<slot xmlns='urn:xmpp:http:upload:0'><put url='file:///etc/passwd'/><get url='https://example.org/x'/></slot>",
  };
  g_autoptr(TestStream) stream = test_stream_new ();
  g_autoptr(XmppDisco) disco = xmpp_disco_new (test_stream_get_client (stream));
  g_autoptr(XmppUploads) uploads = xmpp_uploads_new (test_stream_get_client (stream), disco, f->policy);
  g_autoptr(GAsyncResult) too_big = NULL;
  g_autoptr(GAsyncResult) quota = NULL;
  g_autoptr(GAsyncResult) smuggled = NULL;
  g_autofree char *big = g_strnfill (1001, 'x');
  g_autofree char *header = NULL;
  g_autoptr(GError) error = NULL;

  f->stream = stream;
  write_file (f, big);
  send_file (f, uploads, &too_big);
  answer_disco (f);
  g_assert_null (xmpp_uploads_send_finish (uploads, test_async_wait (&too_big), &error));
  g_assert_error (error, XMPP_TRANSFER_ERROR, XMPP_TRANSFER_ERROR_TOO_BIG);
  g_clear_error (&error);

  write_file (f, "hello");
  send_file (f, uploads, &quota);
  test_stream_answer_error (stream, SLOT_REQUEST, "resource-constraint");
  g_assert_null (xmpp_uploads_send_finish (uploads, test_async_wait (&quota), &error));
  g_assert_error (error, XMPP_TRANSFER_ERROR, XMPP_TRANSFER_ERROR_QUOTA);
  g_clear_error (&error);

  for (guint i = 0; i < G_N_ELEMENTS (slots); i++)
    {
      g_autoptr(GAsyncResult) result = NULL;

      send_file (f, uploads, &result);
      test_stream_answer (stream, SLOT_REQUEST, slots[i]);
      g_assert_null (xmpp_uploads_send_finish (uploads, test_async_wait (&result), &error));
      g_assert_error (error, XMPP_TRANSFER_ERROR, XMPP_TRANSFER_ERROR_ADDRESS);
      g_clear_error (&error);
    }

  send_file (f, uploads, &smuggled);
  header = g_strdup_printf ("<slot xmlns='urn:xmpp:http:upload:0'><put url='%s/x'><header name='Cookie'>a&#10;X-Evil: yes</header></put>"
                            "<get url='%s/x'/></slot>", f->base, f->base);
  test_stream_answer (stream, SLOT_REQUEST, header);
  g_assert_null (xmpp_uploads_send_finish (uploads, test_async_wait (&smuggled), &error));
  g_assert_error (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_INVALID_ANSWER);
  g_assert_cmpuint (f->requests, ==, 0);
}

/* Somebody saves the file while it goes up: what is there is neither the old nor the new one. */
static void
test_upload_changed (Fixture       *f,
                     gconstpointer  data)
{
  g_autoptr(TestStream) stream = test_stream_new ();
  g_autoptr(XmppDisco) disco = xmpp_disco_new (test_stream_get_client (stream));
  g_autoptr(XmppUploads) uploads = xmpp_uploads_new (test_stream_get_client (stream), disco, f->policy);
  g_autoptr(GAsyncResult) changed = NULL;
  g_autoptr(GAsyncResult) cancelled = NULL;
  g_autofree char *answer = slot (f);
  g_autoptr(GError) error = NULL;

  f->stream = stream;
  f->rewrite = "other";
  write_file (f, "hello");
  send_file (f, uploads, &changed);
  answer_disco (f);
  test_stream_answer (stream, SLOT_REQUEST, answer);
  g_assert_null (xmpp_uploads_send_finish (uploads, test_async_wait (&changed), &error));
  g_assert_error (error, XMPP_TRANSFER_ERROR, XMPP_TRANSFER_ERROR_CHANGED);
  g_clear_error (&error);

  f->requests = 0;
  f->progress = 0;
  send_file (f, uploads, &cancelled);
  g_cancellable_cancel (f->cancellable);
  g_assert_null (xmpp_uploads_send_finish (uploads, test_async_wait (&cancelled), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (f->requests, ==, 0);
}

#define ADD(path, func) g_test_add ("/xmpp/transfer/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/xmpp/transfer/addresses", test_addresses);
  g_test_add_func ("/xmpp/transfer/hashes", test_hashes);
  ADD ("download", test_download);
  ADD ("download/refused", test_download_refused);
  ADD ("download/redirect-away", test_download_redirect_away);
  ADD ("download/hash", test_download_hash);
  ADD ("download/resumed", test_download_resumed);
  ADD ("download/changed", test_download_changed);
  ADD ("download/other-address", test_download_other_address);
  ADD ("certificate", test_certificate);
  ADD ("upload", test_upload);
  ADD ("upload/changed", test_upload_changed);
  ADD ("upload/refused", test_upload_refused);
  return g_test_run ();
}
