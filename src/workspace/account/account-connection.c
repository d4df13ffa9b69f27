/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium"

#include "config.h"

#include "workspace/account/account-private.h"

#include "workspace/account/session.h"
#include "workspace/clock.h"
#include "workspace/chat/extra.h"
#include "workspace/store-task.h"
#include "workspace/workspace-private.h"
#include "xmpp/jid.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Stored words of the presence; append only. */
static const char *presence_words[] = {
  [ATRIUM_PRESENCE_UNKNOWN] = "available",
  [ATRIUM_PRESENCE_OFFLINE] = "invisible",
  [ATRIUM_PRESENCE_AVAILABLE] = "available",
  [ATRIUM_PRESENCE_AWAY] = "away",
  [ATRIUM_PRESENCE_EXTENDED_AWAY] = "xa",
  [ATRIUM_PRESENCE_BUSY] = "busy",
};

static char *
dup_setting (GHashTable *settings,
             const char *key)
{
  GBytes *bytes = g_hash_table_lookup (settings, key);

  return bytes != NULL ? g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)) : NULL;
}

static AtriumPresence
parse_presence (const char *word)
{
  for (guint i = ATRIUM_PRESENCE_OFFLINE; i < G_N_ELEMENTS (presence_words); i++)
    if (g_strcmp0 (word, presence_words[i]) == 0)
      return i;

  return ATRIUM_PRESENCE_AVAILABLE;
}

/* What the program that is online says of the connection. */
static void
load_state (AtriumAccount *self,
            const char    *json)
{
  g_autoptr (JsonObject) object = atrium_json_parse (json, -1);
  gint64 since;

  if (object == NULL)
    return;
  atrium_account_put_state (self, CLAMP (atrium_json_get_int (object, "state"), ATRIUM_ACCOUNT_OFFLINE, ATRIUM_ACCOUNT_ONLINE));
  atrium_account_put_problem (self, atrium_json_get_string (object, "problem"));
  atrium_account_put_problem_hint (self, atrium_json_get_string (object, "hint"));
  atrium_account_put_problem_final (self, atrium_json_get_boolean (object, "final"));
  atrium_account_put_server_description (self, atrium_json_get_string (object, "server"));
  since = atrium_json_get_int (object, "since");
  if (since > 0)
    {
      g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (since / G_USEC_PER_SEC);

      atrium_account_put_since (self, time);
    }
}

void
atrium_account_load (AtriumAccount *self,
                     GHashTable    *settings)
{
  g_autofree char *address = dup_setting (settings, ATRIUM_KEY_ADDRESS);
  g_autofree char *name = dup_setting (settings, ATRIUM_KEY_DISPLAY_NAME);
  g_autofree char *presence = dup_setting (settings, ATRIUM_KEY_PRESENCE);
  g_autofree char *status = dup_setting (settings, ATRIUM_KEY_STATUS_TEXT);
  g_autofree char *offline = dup_setting (settings, ATRIUM_KEY_OFFLINE);
  g_autofree char *state = dup_setting (settings, ATRIUM_KEY_STATE);
  AtriumWorkspace *workspace = atrium_account_get_workspace (self);
  gboolean changed = g_strcmp0 (address, atrium_account_get_address (self)) != 0;

  atrium_account_put_address (self, address);
  /* Until somebody says otherwise: the name in the address, which colleagues see too. */
  if (name == NULL && address != NULL)
    name = xmpp_jid_dup_local (address);
  atrium_account_put_display_name (self, name);
  atrium_account_put_presence (self, parse_presence (presence));
  atrium_account_put_status_text (self, status);
  atrium_account_put_network_allowed (self, g_strcmp0 (offline, "1") != 0);
  if (address == NULL)
    {
      atrium_account_put_state (self, ATRIUM_ACCOUNT_NONE);
      atrium_account_put_problem (self, NULL);
    }
  else if (atrium_workspace_get_session (workspace) == NULL)
    {
      if (state != NULL && !atrium_workspace_get_online_here (workspace) && atrium_workspace_is_online_elsewhere (workspace))
        load_state (self, state);
      else
        atrium_account_put_state (self, ATRIUM_ACCOUNT_OFFLINE);
    }
  if (changed)
    atrium_workspace_update_session (workspace);
  if (atrium_workspace_get_session (workspace) != NULL)
    atrium_session_update (atrium_workspace_get_session (workspace));
}

typedef struct
{
  AtriumAccount *self;
  GHashTable    *settings;
} Reload;

static void
reload_free (gpointer data)
{
  Reload *reload = data;

  g_clear_pointer (&reload->settings, g_hash_table_unref);
  g_object_unref (reload->self);
  g_free (reload);
}

static gboolean
reload_work (StoreTransaction  *tx,
             gpointer           data,
             GError           **error)
{
  Reload *reload = data;

  reload->settings = store_setting_list (tx, "account/", error);

  return reload->settings != NULL;
}

static void
on_reloaded (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  Reload *reload = store_database_get_run_data (result);

  if (store_database_run_finish (STORE_DATABASE (source), result, NULL) && atrium_account_get_workspace (reload->self) != NULL)
    atrium_account_load (reload->self, reload->settings);
}

void
atrium_account_reload (AtriumAccount *self)
{
  AtriumWorkspace *workspace = atrium_account_get_workspace (self);
  Reload *reload = g_new0 (Reload, 1);

  reload->self = g_object_ref (self);
  store_database_run_async (atrium_workspace_get_database (workspace), STORE_ACCESS_READ, G_PRIORITY_DEFAULT, reload_work,
                            reload, reload_free, NULL, on_reloaded, NULL);
}

/* Writing settings. */

typedef struct
{
  const char *key;      /* static */
  char       *value;
} Setting;

static void
setting_free (gpointer data)
{
  Setting *setting = data;

  g_free (setting->value);
  g_free (setting);
}

static gboolean
setting_work (StoreTransaction  *tx,
              gpointer           data,
              GError           **error)
{
  Setting *setting = data;

  return store_setting_set_string (tx, setting->key, setting->value, error);
}

static void
save_setting (AtriumAccount *self,
              const char    *key,
              const char    *value)
{
  AtriumWorkspace *workspace = atrium_account_get_workspace (self);
  Setting *setting;

  if (workspace == NULL || atrium_workspace_get_database (workspace) == NULL)
    return;
  setting = g_new0 (Setting, 1);
  setting->key = key;
  setting->value = g_strdup (value);
  atrium_store_run (atrium_workspace_get_database (workspace), STORE_ACCESS_FILL, setting_work, setting, setting_free);
}

/* Problems in plain words. */

static void
describe_problem (XmppClient    *client,
                  const GError  *error,
                  char         **out_problem,
                  char         **out_hint,
                  gboolean      *out_final)
{
  const char *domain = xmpp_client_get_domain (client);

  *out_final = FALSE;
  *out_hint = NULL;
  if (error == NULL)
    {
      *out_problem = NULL;
      return;
    }
  if (error->domain != XMPP_CLIENT_ERROR)
    {
      *out_problem = g_strdup (error->message);
      return;
    }

  switch ((XmppClientError) error->code)
    {
    case XMPP_CLIENT_ERROR_NOT_FOUND:
      *out_problem = g_strdup_printf (_("There is no server for “%s”."), domain);
      *out_hint = g_strdup (_("Check the part of the address after the @."));
      break;
    case XMPP_CLIENT_ERROR_UNREACHABLE:
      *out_problem = g_strdup_printf (_("The server of %s cannot be reached."), domain);
      *out_hint = g_strdup (_("Check the network. Atrium keeps trying by itself."));
      break;
    case XMPP_CLIENT_ERROR_TIMED_OUT:
      *out_problem = g_strdup_printf (_("The server of %s does not answer."), domain);
      *out_hint = g_strdup (_("Atrium keeps trying by itself."));
      break;
    case XMPP_CLIENT_ERROR_TLS_REQUIRED:
      *out_final = TRUE;
      *out_problem = g_strdup_printf (_("The server of %s offers no encryption."), domain);
      *out_hint = g_strdup (_("Atrium never signs in without it. Ask your administrator."));
      break;
    case XMPP_CLIENT_ERROR_CERTIFICATE:
      *out_final = TRUE;
      *out_problem = xmpp_client_dup_certificate_problem (client);
      if (*out_problem == NULL)
        *out_problem = g_strdup_printf (_("The server could not prove that it is %s."), domain);
      *out_hint = g_strdup (_("Ask your administrator. Check that the clock of this computer is right."));
      break;
    case XMPP_CLIENT_ERROR_AUTH_FAILED:
      *out_final = TRUE;
      *out_problem = g_strdup (_("The name or the password is wrong."));
      *out_hint = g_strdup (_("Type the password again."));
      break;
    case XMPP_CLIENT_ERROR_AUTH_DOWNGRADE:
      *out_final = TRUE;
      *out_problem = g_strdup_printf (_("The server of %s asks for a weaker sign-in than before."), domain);
      *out_hint = g_strdup (_("Somebody may be listening. Ask your administrator before you sign in again."));
      break;
    case XMPP_CLIENT_ERROR_AUTH_UNSUPPORTED:
      *out_final = TRUE;
      *out_problem = g_strdup_printf (_("The server of %s has no way to sign in that Atrium knows."), domain);
      *out_hint = g_strdup (_("Ask your administrator."));
      break;
    case XMPP_CLIENT_ERROR_SERVER_UNPROVEN:
      *out_final = TRUE;
      *out_problem = g_strdup (_("The server could not prove that it knows your password."));
      *out_hint = g_strdup (_("Somebody may be in between. Ask your administrator."));
      break;
    case XMPP_CLIENT_ERROR_CONFLICT:
      *out_final = TRUE;
      *out_problem = g_strdup (_("Another program has taken over this session."));
      *out_hint = g_strdup (_("Close it there, then connect again."));
      break;
    case XMPP_CLIENT_ERROR_PROTOCOL:
    case XMPP_CLIENT_ERROR_STREAM:
    case XMPP_CLIENT_ERROR_CLOSED:
    default:
      *out_problem = g_strdup_printf (_("The connection was closed: %s"), error->message);
      *out_hint = g_strdup (_("Atrium keeps trying by itself."));
      break;
    }
}

static AtriumAccountState
map_state (XmppClientState state)
{
  switch (state)
    {
    case XMPP_CLIENT_WAITING:
      return ATRIUM_ACCOUNT_WAITING;
    case XMPP_CLIENT_CONNECTING:
      return ATRIUM_ACCOUNT_CONNECTING;
    case XMPP_CLIENT_ONLINE:
      return ATRIUM_ACCOUNT_ONLINE;
    case XMPP_CLIENT_OFFLINE:
    default:
      return ATRIUM_ACCOUNT_OFFLINE;
    }
}

static void
publish_state (AtriumAccount *self)
{
  g_autoptr (JsonObject) object = json_object_new ();
  g_autofree char *json = NULL;

  json_object_set_int_member (object, "state", atrium_account_get_state (self));
  json_object_set_int_member (object, "since", g_date_time_to_unix (atrium_account_get_since (self)) * G_USEC_PER_SEC);
  if (atrium_account_get_problem (self) != NULL)
    json_object_set_string_member (object, "problem", atrium_account_get_problem (self));
  if (atrium_account_get_problem_hint (self) != NULL)
    json_object_set_string_member (object, "hint", atrium_account_get_problem_hint (self));
  json_object_set_boolean_member (object, "final", atrium_account_get_problem_final (self));
  if (atrium_account_get_server_description (self) != NULL)
    json_object_set_string_member (object, "server", atrium_account_get_server_description (self));
  json = atrium_json_to_text (g_steal_pointer (&object));
  save_setting (self, ATRIUM_KEY_STATE, json);
}

void
atrium_account_follow (AtriumAccount *self,
                       XmppClient    *client)
{
  AtriumAccountState state = map_state (xmpp_client_get_state (client));
  g_autofree char *problem = NULL;
  g_autofree char *hint = NULL;
  gboolean final = FALSE;
  gint64 retry_at = 0;

  if (state != ATRIUM_ACCOUNT_ONLINE)
    describe_problem (client, xmpp_client_get_error (client), &problem, &hint, &final);
  if (state == ATRIUM_ACCOUNT_WAITING)
    {
      g_object_get (client, "retry-at", &retry_at, NULL);
      if (retry_at != 0)
        retry_at += atrium_clock_now () - g_get_monotonic_time ();
    }

  g_object_freeze_notify (G_OBJECT (self));
  if (state != atrium_account_get_state (self) || atrium_account_get_since (self) == NULL)
    {
      g_autoptr (GDateTime) now = g_date_time_new_from_unix_utc (atrium_clock_now () / G_USEC_PER_SEC);

      atrium_account_put_since (self, now);
    }
  atrium_account_put_state (self, state);
  atrium_account_put_problem (self, problem);
  atrium_account_put_problem_hint (self, hint);
  atrium_account_put_problem_final (self, final);
  atrium_account_put_retry_at (self, retry_at);
  if (state == ATRIUM_ACCOUNT_ONLINE)
    {
      g_autofree char *description = xmpp_client_dup_description (client);

      atrium_account_put_server_description (self, description);
    }
  g_object_thaw_notify (G_OBJECT (self));
  publish_state (self);
}

void
atrium_account_follow_trial (AtriumAccount *self,
                             XmppClient    *client)
{
  g_autofree char *problem = NULL;
  g_autofree char *hint = NULL;
  gboolean final;

  describe_problem (client, xmpp_client_get_error (client), &problem, &hint, &final);
  atrium_account_put_problem (self, problem);
  atrium_account_put_problem_hint (self, hint);
  atrium_account_put_problem_final (self, final);
}

void
atrium_account_need_password (AtriumAccount *self)
{
  atrium_account_put_state (self, ATRIUM_ACCOUNT_OFFLINE);
  atrium_account_put_problem (self, _("The password is not known on this computer."));
  atrium_account_put_problem_hint (self, _("Type the password again."));
  atrium_account_put_problem_final (self, TRUE);
  g_signal_emit_by_name (self, "password-needed");
}

/* What the user sets. */

void
atrium_account_set_presence (AtriumAccount  *self,
                             AtriumPresence  presence,
                             const char     *text)
{
  AtriumWorkspace *workspace;

  g_return_if_fail (ATRIUM_IS_ACCOUNT (self));
  g_return_if_fail (presence < G_N_ELEMENTS (presence_words));

  atrium_account_put_presence (self, presence);
  atrium_account_put_status_text (self, text);
  save_setting (self, ATRIUM_KEY_PRESENCE, presence_words[presence]);
  save_setting (self, ATRIUM_KEY_STATUS_TEXT, text);
  workspace = atrium_account_get_workspace (self);
  if (workspace != NULL && atrium_workspace_get_session (workspace) != NULL)
    atrium_session_update (atrium_workspace_get_session (workspace));
}

void
atrium_account_set_network_allowed (AtriumAccount *self,
                                    gboolean       allowed)
{
  AtriumWorkspace *workspace;

  g_return_if_fail (ATRIUM_IS_ACCOUNT (self));

  atrium_account_put_network_allowed (self, allowed);
  save_setting (self, ATRIUM_KEY_OFFLINE, allowed ? NULL : "1");
  workspace = atrium_account_get_workspace (self);
  if (workspace != NULL && atrium_workspace_get_session (workspace) != NULL)
    atrium_session_update (atrium_workspace_get_session (workspace));
}

void
atrium_account_set_secrets_file (AtriumAccount *self,
                                 gboolean       allowed)
{
  g_return_if_fail (ATRIUM_IS_ACCOUNT (self));

  g_object_set_data (G_OBJECT (self), "secrets-file", GINT_TO_POINTER (allowed));
}

void
atrium_account_reconnect (AtriumAccount *self)
{
  AtriumWorkspace *workspace;

  g_return_if_fail (ATRIUM_IS_ACCOUNT (self));

  workspace = atrium_account_get_workspace (self);
  if (workspace == NULL)
    return;
  if (atrium_workspace_get_session (workspace) != NULL)
    atrium_session_reconnect (atrium_workspace_get_session (workspace));
  else
    atrium_workspace_update_session (workspace);
}
