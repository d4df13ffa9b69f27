/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium"

#include "config.h"

#include "workspace/account/account-private.h"

#include "workspace/account/secrets.h"
#include "workspace/account/session.h"
#include "workspace/policy/policy.h"
#include "workspace/store-task.h"
#include "workspace/workspace-private.h"
#include "xmpp/account.h"
#include "xmpp/invite.h"
#include "xmpp/jid.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/*
 * Signing in is tried with a client of its own; only what has worked becomes the account of the profile.
 */
typedef struct
{
  XmppClient *client;
  char       *address;
  char       *password;
  char       *server;
  char       *ca_file;
  char       *floor;
  gboolean    done;
} SignIn;

static void
sign_in_free (gpointer data)
{
  SignIn *sign_in = data;

  if (sign_in->client != NULL)
    {
      xmpp_client_disconnect (sign_in->client, FALSE);
      g_object_unref (sign_in->client);
    }
  if (sign_in->password != NULL)
    explicit_bzero (sign_in->password, strlen (sign_in->password));
  g_free (sign_in->password);
  g_free (sign_in->address);
  g_free (sign_in->server);
  g_free (sign_in->ca_file);
  g_free (sign_in->floor);
  g_free (sign_in);
}

static AtriumError
map_code (const GError *error)
{
  if (error == NULL || error->domain != XMPP_CLIENT_ERROR)
    return ATRIUM_ERROR_FAILED;

  switch ((XmppClientError) error->code)
    {
    case XMPP_CLIENT_ERROR_AUTH_FAILED:
      return ATRIUM_ERROR_WRONG_PASSWORD;
    case XMPP_CLIENT_ERROR_NOT_FOUND:
      return ATRIUM_ERROR_NOT_FOUND;
    case XMPP_CLIENT_ERROR_UNREACHABLE:
    case XMPP_CLIENT_ERROR_TIMED_OUT:
    case XMPP_CLIENT_ERROR_CLOSED:
      return ATRIUM_ERROR_OFFLINE;
    default:
      return ATRIUM_ERROR_REFUSED;
    }
}

static gboolean
write_account (StoreTransaction  *tx,
               gpointer           data,
               GError           **error)
{
  SignIn *sign_in = data;

  return store_setting_set_string (tx, ATRIUM_KEY_ADDRESS, sign_in->address, error) &&
         store_setting_set_string (tx, ATRIUM_KEY_LAST_ADDRESS, sign_in->address, error) &&
         store_setting_set_string (tx, ATRIUM_KEY_SERVER, sign_in->server, error) &&
         store_setting_set_string (tx, ATRIUM_KEY_CA_FILE, sign_in->ca_file, error) &&
         store_setting_set_string (tx, ATRIUM_KEY_AUTH_FLOOR, sign_in->floor, error) &&
         store_setting_set_string (tx, ATRIUM_KEY_OFFLINE, NULL, error);
}

static void
on_account_written (GTask    *task,
                    gpointer  data)
{
  AtriumAccount *self = g_task_get_source_object (task);
  SignIn *sign_in = data;

  atrium_account_put_problem (self, NULL);
  atrium_account_put_problem_hint (self, NULL);
  atrium_account_put_problem_final (self, FALSE);
  atrium_account_put_network_allowed (self, TRUE);
  atrium_account_put_address (self, sign_in->address);
  atrium_account_put_state (self, ATRIUM_ACCOUNT_CONNECTING);
  if (atrium_account_get_workspace (self) != NULL)
    atrium_workspace_restart_session (atrium_account_get_workspace (self));
  g_task_return_boolean (task, TRUE);
}

static void
on_secret_stored (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  AtriumAccount *self = g_task_get_source_object (task);
  SignIn *sign_in = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  if (!atrium_secrets_store_finish (result, &error))
    {
      g_task_return_new_error (task, ATRIUM_ERROR, ATRIUM_ERROR_STORAGE,
                               _("The password cannot be kept: %s. Unlock or install a keyring."), error->message);
      return;
    }

  atrium_store_run_task (atrium_workspace_get_database (atrium_account_get_workspace (self)), STORE_ACCESS_WRITE, g_object_ref (task),
                         write_account, sign_in, NULL, on_account_written);
}

static void
on_trial_state (XmppClient *client,
                GParamSpec *pspec,
                gpointer    user_data)
{
  g_autoptr (GTask) task = g_object_ref (user_data);
  AtriumAccount *self = g_task_get_source_object (task);
  SignIn *sign_in = g_task_get_task_data (task);
  const GError *error = xmpp_client_get_error (client);
  XmppClientState state = xmpp_client_get_state (client);

  if (sign_in->done)
    return;
  if (state == XMPP_CLIENT_ONLINE)
    {
      sign_in->done = TRUE;
      g_signal_handlers_disconnect_by_func (client, on_trial_state, user_data);
      sign_in->floor = xmpp_client_dup_auth_floor (client);
      xmpp_client_disconnect (client, FALSE);
      atrium_secrets_store_async (atrium_workspace_get_data_dir (atrium_account_get_workspace (self)), sign_in->address,
                                  sign_in->password, g_object_get_data (G_OBJECT (self), "secrets-file") != NULL,
                                  on_secret_stored, g_object_ref (task));
      g_object_unref (user_data);
    }
  else if (error != NULL && (state == XMPP_CLIENT_OFFLINE || state == XMPP_CLIENT_WAITING))
    {
      /* The first try tells: nobody waits at a sign-in page for the second. */
      sign_in->done = TRUE;
      g_signal_handlers_disconnect_by_func (client, on_trial_state, user_data);
      atrium_account_follow_trial (self, client);
      g_task_return_new_error (task, ATRIUM_ERROR, map_code (error), "%s",
                               atrium_account_get_problem (self) != NULL ? atrium_account_get_problem (self) : error->message);
      xmpp_client_disconnect (client, FALSE);
      g_object_unref (user_data);
    }
}

static gboolean
read_last_address (StoreTransaction  *tx,
                   gpointer           data,
                   GError           **error)
{
  char **last = data;

  return store_setting_get_string (tx, ATRIUM_KEY_LAST_ADDRESS, last, error);
}

static void
last_address_free (gpointer data)
{
  char **last = data;

  g_free (*last);
  g_free (last);
}

static void
try_sign_in (GTask    *task,
             gpointer  data)
{
  SignIn *sign_in = g_task_get_task_data (task);
  char **last = data;

  if (*last != NULL && !g_str_equal (*last, sign_in->address))
    {
      g_task_return_new_error (task, ATRIUM_ERROR, ATRIUM_ERROR_INVALID,
                               _("This profile holds the messages of %s. Use another profile, or sign that account out with everything wiped."), *last);
      return;
    }

  if (sign_in->client == NULL)
    sign_in->client = xmpp_client_new (sign_in->address);
  xmpp_client_set_password (sign_in->client, sign_in->password);
  xmpp_client_set_server (sign_in->client, sign_in->server);
  xmpp_client_set_ca_file (sign_in->client, sign_in->ca_file);
  g_signal_connect (sign_in->client, "notify::state", G_CALLBACK (on_trial_state), g_object_ref (task));
  g_signal_connect (sign_in->client, "notify::error", G_CALLBACK (on_trial_state), task);
  xmpp_client_connect (sign_in->client);
}

void
atrium_account_sign_in_async (AtriumAccount       *self,
                              const char          *address,
                              const char          *password,
                              const char          *server_uri,
                              const char          *ca_file,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  AtriumWorkspace *workspace = atrium_account_get_workspace (self);
  GSettings *settings = atrium_workspace_get_settings (workspace);
  SignIn *sign_in = g_new0 (SignIn, 1);
  g_autofree char *policy_server = atrium_policy_dup_server (settings);
  g_autofree char *policy_domain = atrium_policy_dup_domain (settings);
  g_autofree char *policy_ca = atrium_policy_dup_ca_file (settings);
  g_autofree char *local = NULL;
  g_autofree char *domain = NULL;

  g_return_if_fail (ATRIUM_IS_ACCOUNT (self));

  g_task_set_source_tag (task, atrium_account_sign_in_async);
  g_task_set_task_data (task, sign_in, sign_in_free);
  sign_in->address = xmpp_jid_prepare (address, NULL);
  local = sign_in->address != NULL ? xmpp_jid_dup_local (sign_in->address) : NULL;
  if (local == NULL || !xmpp_jid_is_bare (sign_in->address))
    {
      g_task_return_new_error (task, ATRIUM_ERROR, ATRIUM_ERROR_INVALID, _("“%s” is not a work address. It looks like name@company."), address);
      return;
    }
  domain = xmpp_jid_dup_domain (sign_in->address);
  if (policy_domain != NULL && atrium_policy_is_locked (settings, "address-domain") && g_ascii_strcasecmp (domain, policy_domain) != 0)
    {
      g_task_return_new_error (task, ATRIUM_ERROR, ATRIUM_ERROR_POLICY, _("Your organisation allows addresses of %s only."), policy_domain);
      return;
    }
  if (!atrium_workspace_get_online_here (workspace))
    {
      g_task_return_new_error (task, ATRIUM_ERROR, ATRIUM_ERROR_BUSY, _("Another program has this profile open. Sign in there, or close it."));
      return;
    }

  sign_in->password = g_strdup (password);
  sign_in->server = g_strdup (policy_server != NULL && (server_uri == NULL || atrium_policy_is_locked (settings, "server")) ? policy_server : server_uri);
  sign_in->ca_file = g_strdup (policy_ca != NULL && (ca_file == NULL || atrium_policy_is_locked (settings, "ca-file")) ? policy_ca : ca_file);
  atrium_store_run_task (atrium_workspace_get_database (workspace), STORE_ACCESS_READ, g_steal_pointer (&task),
                         read_last_address, g_new0 (char *, 1), last_address_free, try_sign_in);
}

gboolean
atrium_account_sign_in_finish (AtriumAccount  *self,
                               GAsyncResult   *result,
                               GError        **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* By invitation. */

void
atrium_account_register_async (AtriumAccount       *self,
                               const char          *invitation,
                               const char          *name,
                               const char          *password,
                               const char          *server_uri,
                               const char          *ca_file,
                               GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  AtriumWorkspace *workspace = atrium_account_get_workspace (self);
  g_autoptr (XmppInvite) invite = xmpp_invite_parse (invitation, NULL);
  g_autofree char *domain = NULL;
  g_autofree char *text = NULL;
  SignIn *sign_in = g_new0 (SignIn, 1);

  g_return_if_fail (ATRIUM_IS_ACCOUNT (self));

  g_task_set_source_tag (task, atrium_account_register_async);
  g_task_set_task_data (task, sign_in, sign_in_free);
  if (invite == NULL || (!invite->new_account && !invite->may_register))
    {
      g_task_return_new_error (task, ATRIUM_ERROR, ATRIUM_ERROR_INVALID, _("This is not an invitation to make an account."));
      return;
    }
  domain = xmpp_jid_dup_domain (invite->address);
  text = name != NULL && *name != '\0' ? g_strdup_printf ("%s@%s", name, domain) : g_strdup (invite->address);
  sign_in->address = xmpp_jid_prepare (text, NULL);
  if (sign_in->address == NULL || strchr (sign_in->address, '@') == NULL)
    {
      g_task_return_new_error (task, ATRIUM_ERROR, ATRIUM_ERROR_INVALID, _("This name cannot be used. Letters and digits are best."));
      return;
    }
  if (!atrium_workspace_get_online_here (workspace))
    {
      g_task_return_new_error (task, ATRIUM_ERROR, ATRIUM_ERROR_BUSY, _("Another program has this profile open. Sign in there, or close it."));
      return;
    }

  sign_in->password = g_strdup (password);
  sign_in->server = g_strdup (server_uri);
  sign_in->ca_file = g_strdup (ca_file);
  sign_in->client = xmpp_client_new (sign_in->address);
  xmpp_client_set_registration (sign_in->client, TRUE, invite->token);
  atrium_store_run_task (atrium_workspace_get_database (workspace), STORE_ACCESS_READ, g_steal_pointer (&task),
                         read_last_address, g_new0 (char *, 1), last_address_free, try_sign_in);
}

gboolean
atrium_account_register_finish (AtriumAccount  *self,
                                GAsyncResult   *result,
                                GError        **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* Signing out. */

static gboolean
forget_account (StoreTransaction  *tx,
                gpointer           data,
                GError           **error)
{
  const char *own = data;

  return store_setting_set_string (tx, ATRIUM_KEY_ADDRESS, NULL, error) &&
         store_setting_set_string (tx, ATRIUM_KEY_STATE, NULL, error) &&
         store_session_set (tx, own, NULL, error);
}

static void
on_wiped (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (atrium_workspace_wipe_finish (ATRIUM_WORKSPACE (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_account_forgotten (GTask    *task,
                      gpointer  data)
{
  AtriumAccount *self = g_task_get_source_object (task);

  atrium_account_put_address (self, NULL);
  atrium_account_put_state (self, ATRIUM_ACCOUNT_NONE);
  atrium_account_put_problem (self, NULL);
  if (GPOINTER_TO_INT (g_task_get_task_data (task)))
    atrium_workspace_wipe_async (atrium_account_get_workspace (self), NULL, on_wiped, g_object_ref (task));
  else
    g_task_return_boolean (task, TRUE);
}

static void
on_secret_cleared (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  GTask *task = user_data;
  AtriumAccount *self = g_task_get_source_object (task);
  AtriumWorkspace *workspace = atrium_account_get_workspace (self);

  atrium_secrets_store_finish (result, NULL);
  atrium_store_run_task (atrium_workspace_get_database (workspace), STORE_ACCESS_WRITE, task, forget_account,
                         g_strdup (atrium_workspace_get_own_address (workspace)), g_free, on_account_forgotten);
}

static void
on_signed_off (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  AtriumAccount *self = g_task_get_source_object (task);
  AtriumWorkspace *workspace = atrium_account_get_workspace (self);

  atrium_workspace_end_session_finish (workspace, result, NULL);
  atrium_secrets_store_async (atrium_workspace_get_data_dir (workspace), atrium_workspace_get_own_address (workspace), NULL, TRUE,
                              on_secret_cleared, g_steal_pointer (&task));
}

void
atrium_account_sign_out_async (AtriumAccount       *self,
                               gboolean             wipe,
                               GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  AtriumWorkspace *workspace = atrium_account_get_workspace (self);

  g_return_if_fail (ATRIUM_IS_ACCOUNT (self));

  g_task_set_source_tag (task, atrium_account_sign_out_async);
  g_task_set_task_data (task, GINT_TO_POINTER (wipe), NULL);
  if (!atrium_workspace_get_online_here (workspace))
    {
      g_task_return_new_error (task, ATRIUM_ERROR, ATRIUM_ERROR_BUSY, _("Another program has this profile open. Sign out there, or close it."));
      return;
    }

  atrium_workspace_end_session_async (workspace, NULL, on_signed_off, g_steal_pointer (&task));
}

gboolean
atrium_account_sign_out_finish (AtriumAccount  *self,
                                GAsyncResult   *result,
                                GError        **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
