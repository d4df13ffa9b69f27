/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium"

#include "config.h"

#include "workspace/account/account-private.h"

#include "workspace/account/check-private.h"
#include "workspace/account/secrets.h"
#include "workspace/account/session.h"
#include "workspace/chat/extra.h"
#include "workspace/outbox/entry-kind.h"
#include "workspace/outbox/sender-private.h"
#include "workspace/store-task.h"
#include "workspace/workspace-private.h"
#include "xmpp/account.h"
#include "xmpp/extdisco.h"
#include "xmpp/invite.h"
#include "xmpp/jid.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static void
return_stanza_error (GTask  *task,
                     GError *error)     /* (transfer full) */
{
  gboolean retry;
  g_autofree char *text = atrium_stanza_error_to_text (error, &retry);

  g_task_return_new_error (task, ATRIUM_ERROR, ATRIUM_ERROR_REFUSED, "%s", text);
  g_error_free (error);
}

static AtriumSession *
get_online (AtriumAccount *self,
            GTask         *task)
{
  AtriumWorkspace *workspace = atrium_account_get_workspace (self);
  AtriumSession *session = workspace != NULL ? atrium_workspace_get_session (workspace) : NULL;

  if (session != NULL && atrium_session_is_online (session))
    return session;
  g_task_return_new_error (task, ATRIUM_ERROR, ATRIUM_ERROR_OFFLINE, _("This needs the server, and there is no connection."));

  return NULL;
}

/* Finding the server of an address: by its names in DNS, or by its own name. */

typedef struct
{
  char *domain;
  guint waiting;
  char *found;
} Lookup;

static void
lookup_free (gpointer data)
{
  Lookup *lookup = data;

  g_free (lookup->domain);
  g_free (lookup->found);
  g_free (lookup);
}

static void
on_host_looked_up (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Lookup *lookup = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  GList *addresses = g_resolver_lookup_by_name_finish (G_RESOLVER (source), result, &error);

  if (addresses != NULL)
    {
      g_resolver_free_addresses (addresses);
      g_task_return_pointer (task, g_strdup_printf (_("Found %s"), lookup->domain), g_free);
    }
  else if (g_error_matches (error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_TEMPORARY_FAILURE))
    g_task_return_new_error (task, ATRIUM_ERROR, ATRIUM_ERROR_OFFLINE, _("There is no network, or the name service does not answer."));
  else
    g_task_return_new_error (task, ATRIUM_ERROR, ATRIUM_ERROR_NOT_FOUND, _("There is no server for “%s”. Check the part after the @."), lookup->domain);
}

static void
on_service_looked_up (GObject      *source,
                      GAsyncResult *result,
                      gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Lookup *lookup = g_task_get_task_data (task);
  GList *targets = g_resolver_lookup_service_finish (G_RESOLVER (source), result, NULL);

  lookup->waiting--;
  if (targets != NULL && lookup->found == NULL && g_strcmp0 (g_srv_target_get_hostname (targets->data), ".") != 0 &&
      *g_srv_target_get_hostname (targets->data) != '\0')
    lookup->found = g_strdup (g_srv_target_get_hostname (targets->data));
  g_list_free_full (targets, (GDestroyNotify) g_srv_target_free);
  if (lookup->waiting > 0)
    return;
  if (lookup->found != NULL)
    g_task_return_pointer (task, g_strdup_printf (_("Found %s"), lookup->found), g_free);
  else
    g_resolver_lookup_by_name_async (G_RESOLVER (source), lookup->domain, NULL, on_host_looked_up, g_steal_pointer (&task));
}

void
atrium_account_lookup_server_async (AtriumAccount       *self,
                                    const char          *address,
                                    GCancellable        *cancellable,
                                    GAsyncReadyCallback  callback,
                                    gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GResolver) resolver = g_resolver_get_default ();
  g_autofree char *prepared = address != NULL ? xmpp_jid_prepare (address, NULL) : NULL;
  g_autofree char *local = prepared != NULL ? xmpp_jid_dup_local (prepared) : NULL;
  Lookup *lookup;

  g_return_if_fail (ATRIUM_IS_ACCOUNT (self));

  g_task_set_source_tag (task, atrium_account_lookup_server_async);
  if (local == NULL)
    {
      g_task_return_new_error (task, ATRIUM_ERROR, ATRIUM_ERROR_INVALID, _("“%s” is not a work address. It looks like name@company."), address);
      return;
    }
  lookup = g_new0 (Lookup, 1);
  lookup->domain = xmpp_jid_dup_domain (prepared);
  lookup->waiting = 2;
  g_task_set_task_data (task, lookup, lookup_free);
  g_resolver_lookup_service_async (resolver, "xmpps-client", "tcp", lookup->domain, cancellable, on_service_looked_up, g_object_ref (task));
  g_resolver_lookup_service_async (resolver, "xmpp-client", "tcp", lookup->domain, cancellable, on_service_looked_up, g_object_ref (task));
}

char *
atrium_account_lookup_server_finish (AtriumAccount  *self,
                                     GAsyncResult   *result,
                                     GError        **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* Password. */

static void
on_new_password_kept (GObject      *source,
                      GAsyncResult *result,
                      gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  /* The server has the new one already: that the keyring has not is a question at the next start, no failure. */
  if (!atrium_secrets_store_finish (result, &error))
    g_debug ("keeping the new password: %s", error->message);
  g_task_return_boolean (task, TRUE);
}

static void
on_password_changed (GObject      *source,
                     GAsyncResult *result,
                     gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  AtriumAccount *self = g_task_get_source_object (task);
  AtriumWorkspace *workspace = atrium_account_get_workspace (self);
  GError *error = NULL;

  if (!xmpp_account_finish (XMPP_CLIENT (source), result, &error))
    {
      return_stanza_error (task, error);
      return;
    }
  if (workspace == NULL)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  atrium_secrets_store_async (atrium_workspace_get_data_dir (workspace), atrium_account_get_address (self),
                              g_task_get_task_data (task), g_object_get_data (G_OBJECT (self), "secrets-file") != NULL,
                              on_new_password_kept, g_steal_pointer (&task));
}

static void
on_old_password (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  AtriumAccount *self = g_task_get_source_object (task);
  g_autofree char *known = atrium_secrets_lookup_finish (result, NULL);
  const char *given = g_object_get_data (G_OBJECT (task), "old");
  AtriumSession *session = get_online (self, task);

  if (session == NULL)
    return;
  if (known != NULL && g_strcmp0 (known, given) != 0)
    {
      g_task_return_new_error (task, ATRIUM_ERROR, ATRIUM_ERROR_WRONG_PASSWORD, _("The old password is wrong."));
      return;
    }
  xmpp_account_change_password_async (atrium_session_get_client (session), g_task_get_task_data (task), NULL,
                                      on_password_changed, g_steal_pointer (&task));
}

static void
secret_free (gpointer data)
{
  if (data != NULL)
    explicit_bzero (data, strlen (data));
  g_free (data);
}

void
atrium_account_change_password_async (AtriumAccount       *self,
                                      const char          *old_password,
                                      const char          *new_password,
                                      GCancellable        *cancellable,
                                      GAsyncReadyCallback  callback,
                                      gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_return_if_fail (ATRIUM_IS_ACCOUNT (self));

  g_task_set_source_tag (task, atrium_account_change_password_async);
  if (new_password == NULL || *new_password == '\0')
    {
      g_task_return_new_error (task, ATRIUM_ERROR, ATRIUM_ERROR_INVALID, _("The new password is empty."));
      return;
    }
  if (get_online (self, task) == NULL)
    return;
  g_task_set_task_data (task, g_strdup (new_password), secret_free);
  g_object_set_data_full (G_OBJECT (task), "old", g_strdup (old_password), secret_free);
  atrium_secrets_lookup_async (atrium_workspace_get_data_dir (atrium_account_get_workspace (self)), atrium_account_get_address (self),
                               on_old_password, g_steal_pointer (&task));
}

gboolean
atrium_account_change_password_finish (AtriumAccount  *self,
                                       GAsyncResult   *result,
                                       GError        **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* Own name and picture: through the outbox. */

typedef struct
{
  char *own;
  char *name;       /* (nullable) */
  char *json;
} Profile;

static void
profile_free (gpointer data)
{
  Profile *profile = data;

  g_free (profile->own);
  g_free (profile->name);
  g_free (profile->json);
  g_free (profile);
}

static gboolean
profile_work (StoreTransaction  *tx,
              gpointer           data,
              GError           **error)
{
  Profile *profile = data;

  if (profile->name != NULL && !store_setting_set_string (tx, ATRIUM_KEY_DISPLAY_NAME, profile->name, error))
    return FALSE;
  if (profile->own == NULL)
    return TRUE;

  return atrium_entry_add (tx, ATRIUM_ENTRY_PROFILE, profile->own, "profile", NULL, profile->json, 0, 0, error) != 0;
}

static void
run_profile (AtriumAccount *self,
             GTask         *task,       /* (transfer full) */
             const char    *name,
             JsonObject    *payload)    /* (transfer full) */
{
  AtriumWorkspace *workspace = atrium_account_get_workspace (self);
  Profile *profile = g_new0 (Profile, 1);

  profile->own = g_strdup (atrium_account_get_address (self));
  profile->name = g_strdup (name);
  profile->json = atrium_json_to_text (payload);
  atrium_store_run_task (atrium_workspace_get_database (workspace), STORE_ACCESS_WRITE, task, profile_work, profile, profile_free, NULL);
}

void
atrium_account_set_display_name_async (AtriumAccount       *self,
                                       const char          *name,
                                       GCancellable        *cancellable,
                                       GAsyncReadyCallback  callback,
                                       gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  JsonObject *payload;

  g_return_if_fail (ATRIUM_IS_ACCOUNT (self));

  g_task_set_source_tag (task, atrium_account_set_display_name_async);
  if (name == NULL || strlen (name) > 256 || atrium_account_get_workspace (self) == NULL)
    {
      g_task_return_new_error (task, ATRIUM_ERROR, ATRIUM_ERROR_INVALID, _("The name is too long."));
      g_object_unref (task);
      return;
    }
  payload = json_object_new ();
  json_object_set_string_member (payload, "verb", "nick");
  json_object_set_string_member (payload, "nick", name);
  atrium_account_put_display_name (self, name);
  run_profile (self, task, name, payload);
}

gboolean
atrium_account_set_display_name_finish (AtriumAccount  *self,
                                        GAsyncResult   *result,
                                        GError        **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
atrium_account_set_avatar_async (AtriumAccount       *self,
                                 GBytes              *picture,
                                 const char          *media_type,
                                 int                  width,
                                 int                  height,
                                 GCancellable        *cancellable,
                                 GAsyncReadyCallback  callback,
                                 gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  JsonObject *payload;

  g_return_if_fail (ATRIUM_IS_ACCOUNT (self));

  g_task_set_source_tag (task, atrium_account_set_avatar_async);
  if (atrium_account_get_workspace (self) == NULL ||
      (picture != NULL && (g_bytes_get_size (picture) > 96 * 1024 || g_strcmp0 (xmpp_avatar_sniff (picture), "image/png") != 0)))
    {
      g_task_return_new_error (task, ATRIUM_ERROR, ATRIUM_ERROR_TOO_LARGE, _("The picture has to be a PNG of at most 96 kB."));
      g_object_unref (task);
      return;
    }
  payload = json_object_new ();
  json_object_set_string_member (payload, "verb", "avatar");
  json_object_set_int_member (payload, "width", width);
  json_object_set_int_member (payload, "height", height);
  if (picture != NULL)
    {
      g_autofree char *text = g_base64_encode (g_bytes_get_data (picture, NULL), g_bytes_get_size (picture));

      json_object_set_string_member (payload, "data", text);
    }
  atrium_account_put_avatar (self, picture);
  run_profile (self, task, NULL, payload);
}

gboolean
atrium_account_set_avatar_finish (AtriumAccount  *self,
                                  GAsyncResult   *result,
                                  GError        **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* Invitations. */

static void
on_invitation (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  char *link = xmpp_invite_create_finish (XMPP_ADHOC (source), result, NULL, &error);

  if (link != NULL)
    g_task_return_pointer (task, link, g_free);
  else if (g_error_matches (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_FEATURE_NOT_IMPLEMENTED))
    {
      g_clear_error (&error);
      g_task_return_new_error (task, ATRIUM_ERROR, ATRIUM_ERROR_UNSUPPORTED, _("This server makes no invitations. Ask your administrator."));
    }
  else
    return_stanza_error (task, error);
}

void
atrium_account_create_invitation_async (AtriumAccount       *self,
                                        GCancellable        *cancellable,
                                        GAsyncReadyCallback  callback,
                                        gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  AtriumSession *session;

  g_return_if_fail (ATRIUM_IS_ACCOUNT (self));

  g_task_set_source_tag (task, atrium_account_create_invitation_async);
  session = get_online (self, task);
  if (session != NULL)
    xmpp_invite_create_async (atrium_session_get_adhoc (session), TRUE, cancellable, on_invitation, g_steal_pointer (&task));
}

char *
atrium_account_create_invitation_finish (AtriumAccount  *self,
                                         GAsyncResult   *result,
                                         GError        **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* Check connection. */

typedef enum { CHECK_NAME, CHECK_SERVER, CHECK_SIGN_IN, CHECK_ARCHIVE, CHECK_CARBONS, CHECK_UPLOAD, CHECK_ROOMS, CHECK_RELAY, CHECK_STORAGE, N_CHECKS } CheckId;

typedef struct
{
  GListStore *checks;
  guint       waiting;
} Checks;

static void
checks_free (gpointer data)
{
  Checks *checks = data;

  g_object_unref (checks->checks);
  g_free (checks);
}

static void
set_check (GTask            *task,
           CheckId           id,
           AtriumCheckState  state,
           const char       *detail,
           const char       *fix)
{
  Checks *checks = g_task_get_task_data (task);
  g_autoptr (AtriumCheck) check = g_list_model_get_item (G_LIST_MODEL (checks->checks), id);

  atrium_check_set_detail (check, detail);
  atrium_check_set_fix (check, fix);
  atrium_check_set_state (check, state);
}

static void
release_checks (GTask *task)    /* (transfer full) */
{
  Checks *checks = g_task_get_task_data (task);

  if (--checks->waiting == 0)
    g_task_return_pointer (task, g_object_ref (checks->checks), g_object_unref);
  g_object_unref (task);
}

static void
on_check_lookup (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  GTask *task = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *found = atrium_account_lookup_server_finish (ATRIUM_ACCOUNT (source), result, &error);
  AtriumAccount *self = g_task_get_source_object (task);

  if (found != NULL)
    set_check (task, CHECK_NAME, ATRIUM_CHECK_OK, found, NULL);
  else if (atrium_account_get_state (self) == ATRIUM_ACCOUNT_ONLINE)
    set_check (task, CHECK_NAME, ATRIUM_CHECK_OK, _("Not in the name service; the server was given by hand or policy."), NULL);
  else
    set_check (task, CHECK_NAME, ATRIUM_CHECK_FAILED, error->message, _("Check the address, or ask your administrator for the server's name."));
  release_checks (task);
}

static void
on_check_upload (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  GTask *task = user_data;
  gint64 max = -1;
  g_autofree char *service = xmpp_uploads_find_finish (XMPP_UPLOADS (source), result, &max, NULL);

  if (service != NULL)
    {
      g_autofree char *size = max > 0 ? g_format_size (max) : g_strdup (_("any size"));
      g_autofree char *detail = g_strdup_printf (_("%s takes files up to %s."), service, size);

      set_check (task, CHECK_UPLOAD, ATRIUM_CHECK_OK, detail, NULL);
    }
  else
    set_check (task, CHECK_UPLOAD, ATRIUM_CHECK_ABSENT, _("This server takes no files."), _("Ask your administrator to switch on HTTP file upload (XEP-0363)."));
  release_checks (task);
}

static void
on_check_rooms (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  GTask *task = user_data;
  g_auto (GStrv) services = xmpp_disco_find_finish (XMPP_DISCO (source), result, NULL);

  if (services != NULL && services[0] != NULL)
    set_check (task, CHECK_ROOMS, ATRIUM_CHECK_OK, services[0], NULL);
  else
    set_check (task, CHECK_ROOMS, ATRIUM_CHECK_ABSENT, _("This server has no rooms."), _("Ask your administrator to switch on multi-user chat (XEP-0045)."));
  release_checks (task);
}

static void
on_check_relay (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  GTask *task = user_data;
  g_autoptr (GPtrArray) services = xmpp_extdisco_fetch_finish (XMPP_CLIENT (source), result, NULL);

  if (services != NULL && services->len > 0)
    {
      const XmppExternalService *service = g_ptr_array_index (services, 0);
      g_autofree char *detail = g_strdup_printf ("%s:%s:%u", service->type, service->host, service->port);

      set_check (task, CHECK_RELAY, ATRIUM_CHECK_OK, detail, NULL);
    }
  else
    set_check (task, CHECK_RELAY, ATRIUM_CHECK_ABSENT, _("The server names no relay for calls."), _("Calls across networks may fail. Ask your administrator for a TURN server (XEP-0215)."));
  release_checks (task);
}

static void
check_features (GTask        *task,
                XmppMessages *messages)
{
  if (xmpp_messages_has_feature (messages, XMPP_NS_ARCHIVE))
    set_check (task, CHECK_ARCHIVE, ATRIUM_CHECK_OK, _("The server keeps messages while you are away."), NULL);
  else
    set_check (task, CHECK_ARCHIVE, ATRIUM_CHECK_ABSENT, _("The server keeps no history."), _("Ask your administrator to switch on the message archive (XEP-0313)."));
  if (xmpp_messages_has_carbons (messages))
    set_check (task, CHECK_CARBONS, ATRIUM_CHECK_OK, _("Your other devices see the same conversations."), NULL);
  else
    set_check (task, CHECK_CARBONS, ATRIUM_CHECK_ABSENT, _("Your other devices do not see what you write here at once."), _("Ask your administrator to switch on message carbons (XEP-0280)."));
}

/* The server's features are known a moment after the sign-in. */
static void
on_features_known (XmppMessages *messages,
                   GTask        *task)
{
  g_signal_handlers_disconnect_by_func (messages, on_features_known, task);
  check_features (task, messages);
  release_checks (task);
}

static void
check_online (AtriumAccount *self,
              AtriumSession *session,
              GTask         *task)
{
  Checks *checks = g_task_get_task_data (task);
  XmppMessages *messages = atrium_session_get_messages (session);

  set_check (task, CHECK_SERVER, ATRIUM_CHECK_OK, atrium_account_get_server_description (self), NULL);
  set_check (task, CHECK_SIGN_IN, ATRIUM_CHECK_OK, atrium_account_get_address (self), NULL);
  if (xmpp_messages_is_ready (messages))
    {
      check_features (task, messages);
    }
  else
    {
      checks->waiting++;
      g_signal_connect (messages, "ready", G_CALLBACK (on_features_known), g_object_ref (task));
    }

  checks->waiting += 3;
  xmpp_uploads_find_async (atrium_session_get_uploads (session), NULL, on_check_upload, g_object_ref (task));
  xmpp_disco_find_async (atrium_session_get_disco (session), XMPP_NS_MUC, "conference", "text", NULL, on_check_rooms, g_object_ref (task));
  xmpp_extdisco_fetch_async (atrium_session_get_client (session), NULL, on_check_relay, g_object_ref (task));
}

void
atrium_account_check_connection_async (AtriumAccount        *self,
                                       const char           *address,
                                       GListModel          **out_checks,
                                       GCancellable         *cancellable,
                                       GAsyncReadyCallback   callback,
                                       gpointer              user_data)
{
  static const struct
  {
    const char *name;
    const char *title;
  } lines[N_CHECKS] = {
    [CHECK_NAME] = { "name", N_("Name") },
    [CHECK_SERVER] = { "server", N_("Server") },
    [CHECK_SIGN_IN] = { "sign-in", N_("Sign-in") },
    [CHECK_ARCHIVE] = { "archive", N_("History on the server") },
    [CHECK_CARBONS] = { "carbons", N_("Other devices") },
    [CHECK_UPLOAD] = { "upload", N_("Files") },
    [CHECK_ROOMS] = { "rooms", N_("Rooms") },
    [CHECK_RELAY] = { "relay", N_("Relay for calls") },
    [CHECK_STORAGE] = { "storage", N_("Storage on this computer") },
  };
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  AtriumWorkspace *workspace = atrium_account_get_workspace (self);
  AtriumSession *session = workspace != NULL ? atrium_workspace_get_session (workspace) : NULL;
  Checks *checks = g_new0 (Checks, 1);
  const char *own = address != NULL ? address : atrium_account_get_address (self);

  g_return_if_fail (ATRIUM_IS_ACCOUNT (self));

  g_task_set_source_tag (task, atrium_account_check_connection_async);
  checks->checks = g_list_store_new (ATRIUM_TYPE_CHECK);
  checks->waiting = 1;
  g_task_set_task_data (task, checks, checks_free);
  for (guint i = 0; i < N_CHECKS; i++)
    {
      g_autoptr (AtriumCheck) check = atrium_check_new ();

      atrium_check_set_name (check, lines[i].name);
      atrium_check_set_title (check, _(lines[i].title));
      g_list_store_append (checks->checks, check);
    }
  if (out_checks != NULL)
    *out_checks = g_object_ref (G_LIST_MODEL (checks->checks));

  set_check (task, CHECK_STORAGE, workspace != NULL && atrium_workspace_get_database (workspace) != NULL ? ATRIUM_CHECK_OK : ATRIUM_CHECK_FAILED,
             workspace != NULL ? atrium_workspace_get_data_dir (workspace) : NULL, NULL);
  if (own != NULL)
    {
      checks->waiting++;
      atrium_account_lookup_server_async (self, own, NULL, on_check_lookup, g_object_ref (task));
    }
  else
    set_check (task, CHECK_NAME, ATRIUM_CHECK_ABSENT, _("There is no account."), _("Sign in."));
  if (session != NULL && atrium_session_is_online (session))
    {
      check_online (self, session, task);
    }
  else
    {
      const char *problem = atrium_account_get_problem (self);

      set_check (task, CHECK_SERVER, ATRIUM_CHECK_FAILED, problem != NULL ? problem : _("There is no connection."), atrium_account_get_problem_hint (self));
      for (guint i = CHECK_SIGN_IN; i <= CHECK_RELAY; i++)
        set_check (task, i, ATRIUM_CHECK_UNKNOWN, _("Can be seen when there is a connection."), NULL);
    }
  release_checks (task);
}

GListModel *
atrium_account_check_connection_finish (AtriumAccount  *self,
                                        GAsyncResult   *result,
                                        GError        **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
