/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * SASL (RFC 6120 §6), channel binding types by XEP-0440, EXTERNAL by XEP-0178.
 *
 * SCRAM is our own: libgsasl knows neither tls-server-end-point nor a limit on the iteration count before it has
 * derived the key, and these are what an account is protected by. The tests hold it against libgsasl's server and the
 * examples of RFC 5802 and RFC 7677.
 *
 * Steps of SCRAM: INITIAL → (client-first sent) → CHALLENGED → (client-final sent) → PROVEN. Success counts in PROVEN
 * only.
 */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "sasl.h"

#include "client-private.h"

#include <gnutls/crypto.h>
#include <string.h>
#include <unicode/usprep.h>
#include <unicode/ustring.h>

/* A server's message is a few hundred bytes; salts and nonces beyond this are not honest. */
#define MAX_MESSAGE 8192
#define MAX_HASH    64

typedef enum
{
  MECHANISM_PLAIN,
  MECHANISM_EXTERNAL,
  MECHANISM_SCRAM,
} MechanismKind;

/* Weakest first. The place in this table is the rank that the floor is about. */
typedef struct
{
  const char             *name;
  MechanismKind           kind;
  gnutls_mac_algorithm_t  mac;
  gsize                   size;     /* bytes of a hash */
  gboolean                plus;
} Mechanism;

static const Mechanism mechanisms_known[] = {
  { "PLAIN", MECHANISM_PLAIN, GNUTLS_MAC_UNKNOWN, 0, FALSE },
  { "SCRAM-SHA-1", MECHANISM_SCRAM, GNUTLS_MAC_SHA1, 20, FALSE },
  { "SCRAM-SHA-256", MECHANISM_SCRAM, GNUTLS_MAC_SHA256, 32, FALSE },
  { "SCRAM-SHA-512", MECHANISM_SCRAM, GNUTLS_MAC_SHA512, 64, FALSE },
  { "SCRAM-SHA-1-PLUS", MECHANISM_SCRAM, GNUTLS_MAC_SHA1, 20, TRUE },
  { "SCRAM-SHA-256-PLUS", MECHANISM_SCRAM, GNUTLS_MAC_SHA256, 32, TRUE },
  { "SCRAM-SHA-512-PLUS", MECHANISM_SCRAM, GNUTLS_MAC_SHA512, 64, TRUE },
  { "EXTERNAL", MECHANISM_EXTERNAL, GNUTLS_MAC_UNKNOWN, 0, FALSE },
};

/* Best first. tls-unique does not exist in TLS 1.3, tls-exporter says nothing in older ones without extended master
 * secret. */
static const struct
{
  const char            *name;
  GTlsChannelBindingType type;
} bindings_known[] = {
  { "tls-exporter", G_TLS_CHANNEL_BINDING_TLS_EXPORTER },
  { "tls-unique", G_TLS_CHANNEL_BINDING_TLS_UNIQUE },
  { "tls-server-end-point", G_TLS_CHANNEL_BINDING_TLS_SERVER_END_POINT },
};

struct _XmppSaslKey
{
  gnutls_mac_algorithm_t  mac;
  GBytes                 *salt;
  guint                   iterations;
  char                   *password_digest;   /* the key is of this password */
  guint8                  salted[MAX_HASH];
};

typedef enum
{
  STEP_INITIAL,
  STEP_CHALLENGED,
  STEP_PROVEN,
  STEP_FAILED,
} Step;

struct _XmppSasl
{
  GObject           parent_instance;

  const Mechanism  *mechanism;
  char             *username;
  char             *password;        /* prepared */
  GBytes           *initial;
  XmppSaslKey     **key;             /* borrowed from the account */
  Step              step;
  gboolean          guess;           /* bound to a type that was not announced */
  char             *gs2_header;      /* "p=tls-exporter,," … */
  GByteArray       *binding;         /* channel binding data; NULL without -PLUS */
  char             *nonce;
  char             *first_bare;
  guint8            server_signature[MAX_HASH];
};

G_DEFINE_FINAL_TYPE (XmppSasl, xmpp_sasl, G_TYPE_OBJECT)

static char *nonce_for_tests;

void
xmpp_sasl_set_nonce_for_tests (const char *nonce)
{
  g_free (nonce_for_tests);
  nonce_for_tests = g_strdup (nonce);
}

static void
wipe_string (char *secret)
{
  if (secret != NULL)
    explicit_bzero (secret, strlen (secret));
  g_free (secret);
}

void
xmpp_sasl_key_free (XmppSaslKey *key)
{
  if (key == NULL)
    return;
  g_bytes_unref (key->salt);
  g_free (key->password_digest);
  explicit_bzero (key->salted, sizeof key->salted);
  g_free (key);
}

/* --- choosing --- */

static int
get_rank (const char *name)
{
  for (guint i = 0; name != NULL && i < G_N_ELEMENTS (mechanisms_known); i++)
    if (strcmp (mechanisms_known[i].name, name) == 0 && mechanisms_known[i].kind != MECHANISM_EXTERNAL)
      return i;
  return -1;
}

const char *
xmpp_sasl_raise_floor (const char *floor,
                       const char *mechanism)
{
  return get_rank (mechanism) > get_rank (floor) ? mechanism : floor;
}

/* What a floor asks of a connection that can bind nothing (a WebSocket): the same mechanism without binding. */
static int
get_floor_rank (const char *floor,
                gboolean    can_bind)
{
  int rank = get_rank (floor);

  if (rank >= 0 && mechanisms_known[rank].plus && !can_bind)
    {
      g_autofree char *plain = g_strndup (floor, strlen (floor) - strlen ("-PLUS"));
      rank = get_rank (plain);
    }
  return rank;
}

static GByteArray *
get_binding (const XmppSaslAccount *account,
             const char * const    *announced,
             const char           **name)
{
  if (announced == NULL && account->unbound)
    return NULL;
  for (guint i = 0; account->tls != NULL && i < G_N_ELEMENTS (bindings_known); i++)
    {
      g_autoptr(GByteArray) data = g_byte_array_new ();

      /* Without an announcement: what RFC 9266 §3 and RFC 5802 §6 name as the default of the TLS version. */
      if (announced != NULL ? !g_strv_contains (announced, bindings_known[i].name)
                            : bindings_known[i].type == G_TLS_CHANNEL_BINDING_TLS_SERVER_END_POINT)
        continue;
      if (bindings_known[i].type == G_TLS_CHANNEL_BINDING_TLS_EXPORTER &&
          g_tls_connection_get_protocol_version (account->tls) < G_TLS_PROTOCOL_VERSION_TLS_1_3)
        continue;
      if (!g_tls_connection_get_channel_binding_data (account->tls, bindings_known[i].type, data, NULL) || data->len == 0)
        continue;
      *name = bindings_known[i].name;
      return g_steal_pointer (&data);
    }
  return NULL;
}

static const Mechanism *
choose (const XmppSaslAccount *account,
        const char * const    *offered,
        gboolean               can_bind)
{
  if (account->certificate && g_strv_contains (offered, "EXTERNAL"))
    return &mechanisms_known[G_N_ELEMENTS (mechanisms_known) - 1];

  for (int i = G_N_ELEMENTS (mechanisms_known) - 1; i >= 0; i--)
    if (mechanisms_known[i].kind != MECHANISM_EXTERNAL && (!mechanisms_known[i].plus || can_bind) &&
        g_strv_contains (offered, mechanisms_known[i].name))
      return &mechanisms_known[i];
  return NULL;
}

static gboolean
offers_plus (const char * const *offered)
{
  for (; *offered != NULL; offered++)
    if (g_str_has_prefix (*offered, "SCRAM-") && g_str_has_suffix (*offered, "-PLUS"))
      return TRUE;
  return FALSE;
}

/* --- strings --- */

/* RFC 4013. A password that it forbids is used as it is: the server decides. */
static char *
prepare_password (const char *password)
{
  UErrorCode status = U_ZERO_ERROR;
  gsize length = strlen (password);
  UStringPrepProfile *profile;
  UChar *in, *out;
  char *prepared;
  int32_t in_length = 0, out_length, room = 4 * length + 8;

  if (g_str_is_ascii (password))
    return g_strdup (password);

  in = g_new0 (UChar, length + 1);
  out = g_new0 (UChar, room);
  prepared = g_malloc0 (3 * room + 1);
  profile = usprep_openByType (USPREP_RFC4013_SASLPREP, &status);
  u_strFromUTF8 (in, length + 1, &in_length, password, length, &status);
  out_length = U_SUCCESS (status)
               ? usprep_prepare (profile, in, in_length, out, room, USPREP_ALLOW_UNASSIGNED, NULL, &status) : 0;
  if (U_SUCCESS (status))
    u_strToUTF8 (prepared, 3 * room + 1, NULL, out, out_length, &status);
  if (U_FAILURE (status))
    {
      g_free (prepared);
      prepared = g_strdup (password);
    }

  usprep_close (profile);
  explicit_bzero (in, (length + 1) * sizeof (UChar));
  explicit_bzero (out, room * sizeof (UChar));
  g_free (in);
  g_free (out);
  return prepared;
}

/* RFC 5802 §5.1: "saslname". */
static char *
escape_name (const char *name)
{
  GString *escaped = g_string_new (NULL);

  for (; *name != '\0'; name++)
    {
      if (*name == ',')
        g_string_append (escaped, "=2C");
      else if (*name == '=')
        g_string_append (escaped, "=3D");
      else
        g_string_append_c (escaped, *name);
    }
  return g_string_free (escaped, FALSE);
}

/* Strict base64: g_base64_decode() would skip what it does not know. */
static GBytes *
decode_base64 (const char *text)
{
  gsize length = strlen (text);
  gsize decoded_length;
  guchar *decoded;

  if (length == 0 || length % 4 != 0 ||
      strspn (text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=") != length)
    return NULL;
  decoded = g_base64_decode (text, &decoded_length);
  if (decoded_length == 0)
    {
      g_free (decoded);
      return NULL;
    }
  return g_bytes_new_take (decoded, decoded_length);
}

/* "x=value" at the head of *at; moves past the comma. NULL if it is not the attribute @name. */
static char *
take_attribute (const char **at,
                char         name)
{
  const char *end;
  char *value;

  if ((*at)[0] != name || (*at)[1] != '=')
    return NULL;
  end = strchrnul (*at, ',');
  value = g_strndup (*at + 2, end - *at - 2);
  *at = *end == ',' ? end + 1 : end;
  return value;
}

/* --- SCRAM (RFC 5802 §3, §5, §7) --- */

typedef struct
{
  char        *server_first;
  char        *nonce;        /* client's and server's */
  GBytes      *salt;
  guint        iterations;
  XmppSaslKey *key;          /* owned */
  char        *final;        /* client-final-message */
} Challenge;

static void
challenge_free (gpointer data)
{
  Challenge *challenge = data;

  g_free (challenge->server_first);
  g_free (challenge->nonce);
  g_clear_pointer (&challenge->salt, g_bytes_unref);
  xmpp_sasl_key_free (challenge->key);
  g_free (challenge->final);
  g_free (challenge);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Challenge, challenge_free)

static gboolean
fail (XmppSasl   *self,
      GError    **error,
      const char *what)
{
  self->step = STEP_FAILED;
  g_set_error (error, XMPP_CLIENT_ERROR, XMPP_CLIENT_ERROR_PROTOCOL, "the server's part of the sign-in is wrong: %s", what);
  return FALSE;
}

static char *
dup_text (GBytes *message)
{
  gsize length;
  const char *data = g_bytes_get_data (message, &length);

  if (length == 0 || length > MAX_MESSAGE || !g_utf8_validate (data, length, NULL))
    return NULL;
  return g_strndup (data, length);
}

static Challenge *
read_challenge (XmppSasl  *self,
                GBytes    *message,
                GError   **error)
{
  g_autoptr(Challenge) challenge = g_new0 (Challenge, 1);
  g_autofree char *salt = NULL;
  g_autofree char *count = NULL;
  const char *at;
  guint64 iterations;

  challenge->server_first = dup_text (message);
  if (challenge->server_first == NULL)
    {
      fail (self, error, "not a SCRAM message");
      return NULL;
    }

  at = challenge->server_first;
  challenge->nonce = take_attribute (&at, 'r');
  salt = take_attribute (&at, 's');
  count = take_attribute (&at, 'i');
  if (challenge->nonce == NULL || salt == NULL || count == NULL ||
      (challenge->salt = decode_base64 (salt)) == NULL)
    {
      fail (self, error, "not a SCRAM message");
      return NULL;
    }
  if (!g_str_has_prefix (challenge->nonce, self->nonce) || strlen (challenge->nonce) <= strlen (self->nonce))
    {
      fail (self, error, "it did not repeat what we had chosen");
      return NULL;
    }
  if (!g_ascii_isdigit (*count) || !g_ascii_string_to_unsigned (count, 10, 1, G_MAXUINT32, &iterations, NULL))
    {
      fail (self, error, "no iteration count");
      return NULL;
    }
  if (iterations < XMPP_SASL_MIN_ITERATIONS || iterations > XMPP_SASL_MAX_ITERATIONS)
    {
      self->step = STEP_FAILED;
      g_set_error (error, XMPP_CLIENT_ERROR,
                   iterations < XMPP_SASL_MIN_ITERATIONS ? XMPP_CLIENT_ERROR_AUTH_DOWNGRADE : XMPP_CLIENT_ERROR_PROTOCOL,
                   "the server asks for %" G_GUINT64_FORMAT " iterations; %d to %d are safe", iterations,
                   XMPP_SASL_MIN_ITERATIONS, XMPP_SASL_MAX_ITERATIONS);
      return NULL;
    }
  challenge->iterations = iterations;
  return g_steal_pointer (&challenge);
}

static void
hmac (const Mechanism *mechanism,
      const guint8    *key,
      const void      *data,
      gsize            length,
      guint8          *out)
{
  if (gnutls_hmac_fast (mechanism->mac, key, mechanism->size, data, length, out) < 0)
    g_error ("HMAC failed");
}

/* Runs on a worker thread: 1,000,000 iterations are half a second. */
static void
derive_in_thread (GTask        *task,
                  gpointer      source,
                  gpointer      task_data,
                  GCancellable *cancellable)
{
  XmppSasl *self = source;
  Challenge *challenge = task_data;
  gnutls_datum_t password = { (unsigned char *) self->password, strlen (self->password) };
  gnutls_datum_t salt;
  gsize salt_length;

  salt.data = (unsigned char *) g_bytes_get_data (challenge->salt, &salt_length);
  salt.size = salt_length;
  if (gnutls_pbkdf2 (self->mechanism->mac, &password, &salt, challenge->iterations, challenge->key->salted,
                     self->mechanism->size) < 0)
    g_task_return_new_error (task, XMPP_CLIENT_ERROR, XMPP_CLIENT_ERROR_PROTOCOL, "the password could not be prepared");
  else
    g_task_return_boolean (task, TRUE);
}

static char *
digest_password (XmppSasl *self)
{
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, self->password, -1);
}

/* "c=…,r=…,p=…" and the signature to expect (RFC 5802 §3). */
static char *
make_final (XmppSasl  *self,
            Challenge *challenge)
{
  const Mechanism *mechanism = self->mechanism;
  g_autoptr(GByteArray) header = g_byte_array_new ();
  g_autofree char *header_text = NULL;
  g_autofree char *without_proof = NULL;
  g_autofree char *message = NULL;
  g_autofree char *proof = NULL;
  guint8 client_key[MAX_HASH], stored_key[MAX_HASH], signature[MAX_HASH], server_key[MAX_HASH];

  g_byte_array_append (header, (const guint8 *) self->gs2_header, strlen (self->gs2_header));
  if (self->binding != NULL)
    g_byte_array_append (header, self->binding->data, self->binding->len);
  header_text = g_base64_encode (header->data, header->len);
  without_proof = g_strdup_printf ("c=%s,r=%s", header_text, challenge->nonce);
  message = g_strdup_printf ("%s,%s,%s", self->first_bare, challenge->server_first, without_proof);

  hmac (mechanism, challenge->key->salted, "Client Key", strlen ("Client Key"), client_key);
  if (gnutls_hash_fast ((gnutls_digest_algorithm_t) mechanism->mac, client_key, mechanism->size, stored_key) < 0)
    g_error ("hash failed");
  hmac (mechanism, stored_key, message, strlen (message), signature);
  for (gsize i = 0; i < mechanism->size; i++)
    client_key[i] ^= signature[i];
  proof = g_base64_encode (client_key, mechanism->size);

  hmac (mechanism, challenge->key->salted, "Server Key", strlen ("Server Key"), server_key);
  hmac (mechanism, server_key, message, strlen (message), self->server_signature);

  explicit_bzero (client_key, sizeof client_key);
  explicit_bzero (stored_key, sizeof stored_key);
  explicit_bzero (server_key, sizeof server_key);
  return g_strdup_printf ("%s,p=%s", without_proof, proof);
}

static void
return_final (XmppSasl  *self,
              GTask     *task,
              Challenge *challenge)
{
  g_autofree char *final = make_final (self, challenge);

  g_clear_pointer (self->key, xmpp_sasl_key_free);
  *self->key = g_steal_pointer (&challenge->key);
  self->step = STEP_CHALLENGED;
  g_task_return_pointer (task, g_bytes_new (final, strlen (final)), (GDestroyNotify) g_bytes_unref);
}

static void
on_derived (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  XmppSasl *self = XMPP_SASL (source);
  g_autoptr(GTask) task = user_data;
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      self->step = STEP_FAILED;
      g_task_return_error (task, error);
      return;
    }
  return_final (self, task, g_task_get_task_data (task));
}

static void
answer_challenge (XmppSasl *self,
                  GTask    *task,
                  GBytes   *message)
{
  Challenge *challenge;
  XmppSaslKey *old = *self->key;
  g_autoptr(GTask) derive = NULL;
  GError *error = NULL;

  challenge = read_challenge (self, message, &error);
  if (challenge == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_task_set_task_data (task, challenge, challenge_free);

  challenge->key = g_new0 (XmppSaslKey, 1);
  challenge->key->mac = self->mechanism->mac;
  challenge->key->salt = g_bytes_ref (challenge->salt);
  challenge->key->iterations = challenge->iterations;
  challenge->key->password_digest = digest_password (self);
  if (old != NULL && old->mac == self->mechanism->mac && old->iterations == challenge->iterations &&
      g_bytes_equal (old->salt, challenge->salt) &&
      strcmp (old->password_digest, challenge->key->password_digest) == 0)
    {
      memcpy (challenge->key->salted, old->salted, sizeof old->salted);
      return_final (self, task, challenge);
      return;
    }

  derive = g_task_new (self, g_task_get_cancellable (task), on_derived, g_object_ref (task));
  g_task_set_task_data (derive, challenge, NULL);
  g_task_run_in_thread (derive, derive_in_thread);
}

/* server-final-message: "v=signature", or "e=error". */
static gboolean
check_server_final (XmppSasl  *self,
                    GBytes    *message,
                    GError   **error)
{
  g_autofree char *text = dup_text (message);
  g_autofree char *signature = NULL;
  g_autoptr(GBytes) given = NULL;
  const char *at = text;

  if (text != NULL)
    signature = take_attribute (&at, 'v');
  if (signature != NULL)
    given = decode_base64 (signature);
  if (given == NULL || g_bytes_get_size (given) != self->mechanism->size ||
      gnutls_memcmp (g_bytes_get_data (given, NULL), self->server_signature, self->mechanism->size) != 0)
    {
      self->step = STEP_FAILED;
      g_set_error_literal (error, XMPP_CLIENT_ERROR, XMPP_CLIENT_ERROR_SERVER_UNPROVEN,
                           "the server could not prove that it knows the password");
      return FALSE;
    }
  self->step = STEP_PROVEN;
  return TRUE;
}

/* --- public --- */

static void
xmpp_sasl_finalize (GObject *object)
{
  XmppSasl *self = XMPP_SASL (object);

  g_free (self->username);
  wipe_string (self->password);
  g_clear_pointer (&self->initial, g_bytes_unref);
  g_free (self->gs2_header);
  g_clear_pointer (&self->binding, g_byte_array_unref);
  g_free (self->nonce);
  g_free (self->first_bare);

  G_OBJECT_CLASS (xmpp_sasl_parent_class)->finalize (object);
}

static void
xmpp_sasl_class_init (XmppSaslClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = xmpp_sasl_finalize;
}

static void
xmpp_sasl_init (XmppSasl *self)
{
}

static void
begin_plain (XmppSasl *self)
{
  g_autoptr(GByteArray) message = g_byte_array_new ();

  g_byte_array_append (message, (const guint8 *) "", 1);
  g_byte_array_append (message, (const guint8 *) self->username, strlen (self->username) + 1);
  g_byte_array_append (message, (const guint8 *) self->password, strlen (self->password));
  self->initial = g_byte_array_free_to_bytes (g_steal_pointer (&message));
  self->step = STEP_PROVEN;
}

/* XEP-0178 §3: the address that the certificate shall stand for. */
static void
begin_external (XmppSasl   *self,
                const char *address)
{
  self->initial = g_bytes_new (address, strlen (address));
  self->step = STEP_PROVEN;
}

static void
begin_scram (XmppSasl   *self,
             const char *binding_name,
             gboolean    server_offers_plus)
{
  g_autofree char *name = escape_name (self->username);
  g_autofree char *message = NULL;

  /* RFC 5802 §6: 'p' bound; 'y' we could bind and the server says it cannot; 'n' we cannot. */
  if (self->mechanism->plus)
    self->gs2_header = g_strdup_printf ("p=%s,,", binding_name);
  else
    self->gs2_header = g_strdup (binding_name != NULL && !server_offers_plus ? "y,," : "n,,");
  self->nonce = nonce_for_tests != NULL ? g_strdup (nonce_for_tests) : xmpp_random_id (24);
  self->first_bare = g_strdup_printf ("n=%s,r=%s", name, self->nonce);
  message = g_strconcat (self->gs2_header, self->first_bare, NULL);
  self->initial = g_bytes_new (message, strlen (message));
}

XmppSasl *
xmpp_sasl_new (const XmppSaslAccount *account,
               const char * const    *mechanisms,
               const char * const    *bindings,
               GError               **error)
{
  g_autoptr(XmppSasl) self = NULL;
  g_autoptr(GByteArray) binding = NULL;
  const char *binding_name = NULL;
  const Mechanism *mechanism;
  int floor;

  g_return_val_if_fail (account != NULL && account->key != NULL, NULL);

  binding = get_binding (account, bindings, &binding_name);
  mechanism = choose (account, mechanisms, binding != NULL);
  if (mechanism == NULL)
    {
      g_set_error_literal (error, XMPP_CLIENT_ERROR, XMPP_CLIENT_ERROR_AUTH_UNSUPPORTED,
                           "the server offers no way to sign in that is safe");
      return NULL;
    }
  floor = get_floor_rank (account->floor, account->tls != NULL);
  if (mechanism->kind != MECHANISM_EXTERNAL && get_rank (mechanism->name) < floor)
    {
      g_set_error (error, XMPP_CLIENT_ERROR, XMPP_CLIENT_ERROR_AUTH_DOWNGRADE,
                   "the server offers %s, which is weaker than %s that this account has used", mechanism->name, account->floor);
      return NULL;
    }
  if (mechanism->kind != MECHANISM_EXTERNAL && account->password == NULL)
    {
      g_set_error_literal (error, XMPP_CLIENT_ERROR, XMPP_CLIENT_ERROR_AUTH_FAILED, "no password");
      return NULL;
    }

  self = g_object_new (XMPP_TYPE_SASL, NULL);
  self->mechanism = mechanism;
  self->username = g_strdup (account->username);
  self->key = account->key;
  if (account->password != NULL)
    self->password = prepare_password (account->password);
  if (mechanism->plus)
    self->binding = g_byte_array_ref (binding);
  self->guess = mechanism->plus && bindings == NULL;

  switch (mechanism->kind)
    {
    case MECHANISM_PLAIN:
      begin_plain (self);
      break;
    case MECHANISM_EXTERNAL:
      begin_external (self, account->address);
      break;
    case MECHANISM_SCRAM:
      begin_scram (self, binding_name, offers_plus (mechanisms));
      break;
    default:
      g_assert_not_reached ();
    }
  return g_steal_pointer (&self);
}

const char *
xmpp_sasl_get_mechanism (XmppSasl *self)
{
  g_return_val_if_fail (XMPP_IS_SASL (self), NULL);

  return self->mechanism->name;
}

GBytes *
xmpp_sasl_get_initial (XmppSasl *self)
{
  g_return_val_if_fail (XMPP_IS_SASL (self), NULL);

  return self->initial;
}

void
xmpp_sasl_step_async (XmppSasl            *self,
                      GBytes              *challenge,
                      GCancellable        *cancellable,
                      GAsyncReadyCallback  callback,
                      gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  GError *error = NULL;

  g_return_if_fail (XMPP_IS_SASL (self));
  g_return_if_fail (challenge != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, xmpp_sasl_step_async);
  if (self->mechanism->kind == MECHANISM_SCRAM && self->step == STEP_INITIAL)
    {
      answer_challenge (self, task, challenge);
      return;
    }
  if (self->mechanism->kind == MECHANISM_SCRAM && self->step == STEP_CHALLENGED)
    {
      /* The proof may come as a challenge of its own (RFC 6120 §6.4.4), to be answered with nothing. */
      if (check_server_final (self, challenge, &error))
        g_task_return_pointer (task, g_bytes_new_static ("", 0), (GDestroyNotify) g_bytes_unref);
      else
        g_task_return_error (task, error);
      return;
    }
  self->step = STEP_FAILED;
  g_task_return_new_error (task, XMPP_CLIENT_ERROR, XMPP_CLIENT_ERROR_PROTOCOL,
                           "the server asks for more than %s has", self->mechanism->name);
}

GBytes *
xmpp_sasl_step_finish (XmppSasl      *self,
                       GAsyncResult  *result,
                       GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

gboolean
xmpp_sasl_was_guess (XmppSasl *self)
{
  g_return_val_if_fail (XMPP_IS_SASL (self), FALSE);

  return self->guess && self->step == STEP_INITIAL;
}

gboolean
xmpp_sasl_succeed (XmppSasl  *self,
                   GBytes    *data,
                   GError   **error)
{
  g_return_val_if_fail (XMPP_IS_SASL (self), FALSE);

  if (self->step == STEP_CHALLENGED && data != NULL && g_bytes_get_size (data) > 0)
    return check_server_final (self, data, error);
  if (self->step == STEP_PROVEN)
    return TRUE;

  self->step = STEP_FAILED;
  g_set_error_literal (error, XMPP_CLIENT_ERROR, XMPP_CLIENT_ERROR_SERVER_UNPROVEN,
                       "the server let us in without proving that it knows the password");
  return FALSE;
}
