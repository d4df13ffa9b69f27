/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium"

#include "config.h"

#include "workspace/account/session.h"

#include "workspace/account/account-private.h"
#include "workspace/account/secrets.h"
#include "workspace/chat/conversation-private.h"
#include "workspace/clock.h"
#include "workspace/outbox/sender.h"
#include "workspace/people/directory-private.h"
#include "workspace/policy/policy.h"
#include "workspace/store-task.h"
#include "workspace/sync/history.h"
#include "workspace/sync/inbox.h"
#include "workspace/sync/rooms.h"
#include "xmpp/entity-time.h"
#include "xmpp/jid.h"
#include "xmpp/version.h"

#include <string.h>

/* The server is given this long to take the goodbye. */
#define GOODBYE_MS 1500
#define CURSOR_ROSTER "roster"
#define CURSOR_CAPS "caps"

struct _AtriumSession
{
  GObject parent_instance;

  AtriumWorkspace *workspace;   /* borrowed; NULL when detached */
  XmppClient *client;
  XmppDisco *disco;
  XmppPresences *presences;
  XmppCaps *caps;
  XmppRoster *roster;
  XmppPubsub *pubsub;
  XmppPep *pep;
  XmppMuc *muc;
  XmppMessages *messages;
  XmppArchive *archive;
  XmppBookmarks *bookmarks;
  XmppMds *mds;
  XmppAvatars *avatars;
  XmppNicks *nicks;
  XmppBlocking *blocking;
  XmppAdhoc *adhoc;
  XmppTransferPolicy *transfer_policy;
  XmppUploads *uploads;
  XmppEntityTime *entity_time;
  XmppVersion *version;
  AtriumInbox *inbox;
  AtriumSender *sender;
  AtriumHistory *history;
  AtriumRooms *rooms;
  GHashTable *rejections;       /* reason → GUINT last told */
  GHashTable *idle_saves;       /* names of states to save */
  guint save_idle;
  gboolean started;
  gboolean settled;
  gboolean stopping;
};

enum
{
  REJECTED,
  SETTLED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AtriumSession, atrium_session, G_TYPE_OBJECT)

/* What the server told and what is kept between runs. */

typedef struct
{
  char     *own;
  GVariant *roster;
  GVariant *caps;
  char     *auth_floor;
} SaveState;

static void
save_state_free (gpointer data)
{
  SaveState *state = data;

  g_clear_pointer (&state->roster, g_variant_unref);
  g_clear_pointer (&state->caps, g_variant_unref);
  g_free (state->auth_floor);
  g_free (state->own);
  g_free (state);
}

static gboolean
save_variant (StoreTransaction  *tx,
              const char        *name,
              GVariant          *value,
              GError           **error)
{
  g_autofree char *text = NULL;
  g_autoptr (GBytes) bytes = NULL;

  if (value == NULL)
    return TRUE;
  text = g_variant_print (value, TRUE);
  bytes = g_bytes_new (text, strlen (text));
  /* A directory too large to keep is fetched anew each time. */
  if (g_bytes_get_size (bytes) > 1000000)
    return store_setting_set (tx, name, NULL, error);

  return store_setting_set (tx, name, bytes, error);
}

static gboolean
save_work (StoreTransaction  *tx,
           gpointer           data,
           GError           **error)
{
  SaveState *state = data;

  return save_variant (tx, "cache/" CURSOR_ROSTER, state->roster, error) &&
         save_variant (tx, "cache/" CURSOR_CAPS, state->caps, error) &&
         (state->auth_floor == NULL || store_setting_set_string (tx, ATRIUM_KEY_AUTH_FLOOR, state->auth_floor, error));
}

static gboolean
on_save_idle (gpointer user_data)
{
  AtriumSession *self = user_data;
  SaveState *state;

  self->save_idle = 0;
  if (self->workspace == NULL)
    return G_SOURCE_REMOVE;

  state = g_new0 (SaveState, 1);
  state->own = g_strdup (xmpp_client_get_address (self->client));
  if (g_hash_table_contains (self->idle_saves, CURSOR_ROSTER))
    state->roster = xmpp_roster_dup_state (self->roster);
  if (g_hash_table_contains (self->idle_saves, CURSOR_CAPS))
    state->caps = xmpp_caps_export (self->caps);
  if (g_hash_table_contains (self->idle_saves, ATRIUM_KEY_AUTH_FLOOR))
    state->auth_floor = xmpp_client_dup_auth_floor (self->client);
  g_hash_table_remove_all (self->idle_saves);
  atrium_store_run (atrium_workspace_get_database (self->workspace), STORE_ACCESS_FILL, save_work, state, save_state_free);

  return G_SOURCE_REMOVE;
}

static void
save_later (AtriumSession *self,
            const char    *what)
{
  g_hash_table_add (self->idle_saves, (gpointer) what);
  if (self->save_idle == 0)
    self->save_idle = g_idle_add_full (G_PRIORITY_LOW, on_save_idle, self, NULL);
}

/* Following the client. */

static void
on_state_changed (XmppClient    *client,
                  GParamSpec    *pspec,
                  AtriumSession *self)
{
  if (self->workspace == NULL)
    return;
  if (xmpp_client_get_state (client) != XMPP_CLIENT_ONLINE)
    {
      atrium_sender_set_ready (self->sender, FALSE);
      self->settled = FALSE;
    }
  atrium_account_follow (atrium_workspace_get_account (self->workspace), client);
}

static void
on_messages_ready (XmppMessages  *messages,
                   AtriumSession *self)
{
  if (self->workspace == NULL)
    return;

  save_later (self, ATRIUM_KEY_AUTH_FLOOR);
  atrium_session_update (self);
  atrium_rooms_want_all (self->rooms);
  atrium_sender_set_ready (self->sender, TRUE);
  atrium_history_begin (self->history);
}

static void
on_history_settled (AtriumHistory *history,
                    AtriumSession *self)
{
  if (self->settled)
    return;
  self->settled = TRUE;
  g_signal_emit (self, signals[SETTLED], 0);
}

static void
on_session_started (XmppClient    *client,
                    gboolean       resumed,
                    AtriumSession *self)
{
  if (self->workspace != NULL)
    atrium_history_note_session (self->history, resumed);
}

static void
on_roster_version (XmppRoster    *roster,
                   AtriumSession *self)
{
  save_later (self, CURSOR_ROSTER);
}

static void
on_caps_changed (XmppCaps      *caps,
                 AtriumSession *self)
{
  save_later (self, CURSOR_CAPS);
}

static void
on_displayed (XmppMds       *mds,
              const char    *chat,
              const char    *stanza_id,
              const char    *by,
              AtriumSession *self)
{
  if (self->workspace != NULL)
    atrium_history_apply_displayed (self->history, chat, stanza_id);
}

static void
on_typing (AtriumInbox   *inbox,
           const char    *chat,
           const char    *who,
           gboolean       typing,
           AtriumSession *self)
{
  AtriumConversation *conversation = self->workspace != NULL ? atrium_workspace_find (self->workspace, chat) : NULL;

  if (conversation != NULL)
    atrium_conversation_note_typing (conversation, who, typing);
}

/* Starting. */

typedef struct
{
  char       *own;
  GBytes     *roster;
  GBytes     *caps;
  GHashTable *settings;
} LoadState;

static void
load_state_free (gpointer data)
{
  LoadState *state = data;

  g_clear_pointer (&state->roster, g_bytes_unref);
  g_clear_pointer (&state->caps, g_bytes_unref);
  g_clear_pointer (&state->settings, g_hash_table_unref);
  g_free (state->own);
  g_free (state);
}

static gboolean
load_work (StoreTransaction  *tx,
           gpointer           data,
           GError           **error)
{
  LoadState *state = data;
  g_autofree char *resource = NULL;

  /* The same at each start: what a killed program left on the server is replaced and not a ghost beside us. */
  if (!store_setting_get_string (tx, ATRIUM_KEY_RESOURCE, &resource, error))
    return FALSE;
  if (resource == NULL)
    {
      g_autofree char *uuid = g_uuid_string_random ();
      g_autofree char *made = g_strdup_printf ("atrium-%.8s", uuid);

      if (!store_setting_set_string (tx, ATRIUM_KEY_RESOURCE, made, error))
        return FALSE;
    }
  state->settings = store_setting_list (tx, "account/", error);

  return state->settings != NULL &&
         store_setting_get (tx, "cache/" CURSOR_ROSTER, &state->roster, error) &&
         store_setting_get (tx, "cache/" CURSOR_CAPS, &state->caps, error);
}

static GVariant *
parse_variant (GBytes *bytes)
{
  gsize size;
  const char *text;

  if (bytes == NULL)
    return NULL;
  text = g_bytes_get_data (bytes, &size);

  return text != NULL ? g_variant_parse (NULL, text, text + size, NULL, NULL) : NULL;
}

static char *
dup_setting (GHashTable *settings,
             const char *key)
{
  GBytes *bytes = g_hash_table_lookup (settings, key);

  return bytes != NULL ? g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)) : NULL;
}

static void
on_password (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (AtriumSession) self = user_data;
  g_autofree char *password = atrium_secrets_lookup_finish (result, NULL);

  if (self->workspace == NULL || self->stopping)
    return;
  if (password == NULL)
    {
      atrium_account_need_password (atrium_workspace_get_account (self->workspace));
      return;
    }

  xmpp_client_set_password (self->client, password);
  self->started = TRUE;
  atrium_session_update (self);
}

static void
configure (AtriumSession *self,
           LoadState     *state)
{
  GSettings *settings = atrium_workspace_get_settings (self->workspace);
  g_autofree char *server = atrium_policy_dup_server (settings);
  g_autofree char *ca_file = atrium_policy_dup_ca_file (settings);
  g_autofree char *resource = dup_setting (state->settings, ATRIUM_KEY_RESOURCE);
  g_autofree char *floor = dup_setting (state->settings, ATRIUM_KEY_AUTH_FLOOR);
  g_autoptr (GVariant) roster = parse_variant (state->roster);
  g_autoptr (GVariant) caps = parse_variant (state->caps);

  if (server == NULL)
    server = dup_setting (state->settings, ATRIUM_KEY_SERVER);
  if (ca_file == NULL)
    ca_file = dup_setting (state->settings, ATRIUM_KEY_CA_FILE);

  xmpp_client_set_server (self->client, server);
  xmpp_client_set_ca_file (self->client, ca_file);
  xmpp_client_set_resource (self->client, resource);
  if (floor != NULL)
    xmpp_client_set_auth_floor (self->client, floor);
  if (roster != NULL)
    xmpp_roster_restore (self->roster, roster);
  if (caps != NULL)
    xmpp_caps_import (self->caps, caps);
  if (ca_file != NULL)
    xmpp_transfer_policy_set_ca_file (self->transfer_policy, ca_file, NULL);
  atrium_session_set_host_address (self, server);
}

/* A server named by the administrator or the user may not be in DNS: its web service is then looked for there too. */
void
atrium_session_set_host_address (AtriumSession *self,
                                 const char    *server)
{
  g_autoptr (GUri) uri = server != NULL ? g_uri_parse (server, G_URI_FLAGS_NONE, NULL) : NULL;
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;

  /* It is the own server whatever it is called; files that lie on it are fetched like those under the own domain. */
  if (host != NULL)
    xmpp_transfer_policy_add_trusted_host (self->transfer_policy, host);
  if (host != NULL && g_hostname_is_ip_address (host))
    {
      xmpp_transfer_policy_set_host_address (self->transfer_policy, xmpp_client_get_domain (self->client), host);
      xmpp_transfer_policy_add_trusted_host (self->transfer_policy, xmpp_client_get_domain (self->client));
    }
}

static void
on_loaded (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (AtriumSession) self = user_data;
  g_autoptr (GError) error = NULL;
  LoadState *state = store_database_get_run_data (result);

  if (self->workspace == NULL || self->stopping)
    return;
  if (!store_database_run_finish (STORE_DATABASE (source), result, &error))
    {
      g_debug ("reading the session: %s", error->message);
      return;
    }

  configure (self, state);
  atrium_secrets_lookup_async (atrium_workspace_get_data_dir (self->workspace), state->own, on_password, g_object_ref (self));
}

void
atrium_session_start (AtriumSession *self)
{
  LoadState *state = g_new0 (LoadState, 1);

  state->own = g_strdup (xmpp_client_get_address (self->client));
  store_database_run_async (atrium_workspace_get_database (self->workspace), STORE_ACCESS_WRITE, G_PRIORITY_DEFAULT,
                            load_work, state, load_state_free, NULL, on_loaded, g_object_ref (self));
}

static XmppShow
map_presence (AtriumPresence presence)
{
  switch (presence)
    {
    case ATRIUM_PRESENCE_OFFLINE:
      return XMPP_SHOW_OFFLINE;
    case ATRIUM_PRESENCE_AWAY:
      return XMPP_SHOW_AWAY;
    case ATRIUM_PRESENCE_EXTENDED_AWAY:
      return XMPP_SHOW_XA;
    case ATRIUM_PRESENCE_BUSY:
      return XMPP_SHOW_DND;
    case ATRIUM_PRESENCE_UNKNOWN:
    case ATRIUM_PRESENCE_AVAILABLE:
    default:
      return XMPP_SHOW_ONLINE;
    }
}

void
atrium_session_update (AtriumSession *self)
{
  AtriumAccount *account;

  if (self->workspace == NULL || self->stopping)
    return;

  account = atrium_workspace_get_account (self->workspace);
  xmpp_presences_set_own (self->presences, map_presence (atrium_account_get_presence (account)),
                          atrium_account_get_status_text (account), 0);
  if (!self->started)
    return;
  if (!atrium_account_get_network_allowed (account))
    {
      if (xmpp_client_get_state (self->client) != XMPP_CLIENT_OFFLINE)
        xmpp_client_disconnect (self->client, TRUE);
    }
  else if (xmpp_client_get_state (self->client) == XMPP_CLIENT_OFFLINE && xmpp_client_get_error (self->client) == NULL)
    {
      xmpp_client_connect (self->client);
    }
}

void
atrium_session_reconnect (AtriumSession *self)
{
  if (self->started && atrium_account_get_network_allowed (atrium_workspace_get_account (self->workspace)))
    xmpp_client_connect (self->client);
}

/* Stopping. */

static void
finish_stop (GTask *task)
{
  AtriumSession *self = g_task_get_source_object (task);

  atrium_session_detach (self);
  g_task_return_boolean (task, TRUE);
}

typedef struct
{
  GTask  *task;
  gulong  handler;
  guint   deadline;
} Goodbye;

static void
end_goodbye (Goodbye *goodbye)
{
  AtriumSession *self = g_task_get_source_object (goodbye->task);

  g_clear_signal_handler (&goodbye->handler, self->client);
  g_clear_handle_id (&goodbye->deadline, g_source_remove);
  finish_stop (goodbye->task);
  g_object_unref (goodbye->task);
  g_free (goodbye);
}

static gboolean
on_goodbye_late (gpointer user_data)
{
  Goodbye *goodbye = user_data;

  goodbye->deadline = 0;
  end_goodbye (goodbye);

  return G_SOURCE_REMOVE;
}

static gboolean
on_goodbye_idle (gpointer user_data)
{
  end_goodbye (user_data);

  return G_SOURCE_REMOVE;
}

static void
on_goodbye_state (XmppClient *client,
                  GParamSpec *pspec,
                  Goodbye    *goodbye)
{
  if (xmpp_client_get_state (client) != XMPP_CLIENT_OFFLINE)
    return;
  g_clear_signal_handler (&goodbye->handler, client);
  g_clear_handle_id (&goodbye->deadline, g_source_remove);
  goodbye->deadline = g_idle_add (on_goodbye_idle, goodbye);
}

/* A program that starts anew knows nothing of rooms entered and presences seen: it begins a new session and looks into the
 * archive instead of resuming, so this one is ended, and the server told. */
static void
on_flushed (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  AtriumSession *self = g_task_get_source_object (task);
  Goodbye *goodbye;

  atrium_inbox_flush_finish (ATRIUM_INBOX (source), result, NULL);
  xmpp_client_disconnect (self->client, FALSE);
  if (xmpp_client_get_state (self->client) == XMPP_CLIENT_OFFLINE)
    {
      finish_stop (task);
      return;
    }
  goodbye = g_new0 (Goodbye, 1);
  goodbye->task = g_steal_pointer (&task);
  goodbye->handler = g_signal_connect (self->client, "notify::state", G_CALLBACK (on_goodbye_state), goodbye);
  goodbye->deadline = g_timeout_add (GOODBYE_MS, on_goodbye_late, goodbye);
}

void
atrium_session_stop_async (AtriumSession       *self,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, atrium_session_stop_async);
  self->stopping = TRUE;
  atrium_sender_set_ready (self->sender, FALSE);
  atrium_inbox_flush_async (self->inbox, on_flushed, g_steal_pointer (&task));
}

gboolean
atrium_session_stop_finish (AtriumSession  *self,
                            GAsyncResult   *result,
                            GError        **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
atrium_session_detach (AtriumSession *self)
{
  if (self->workspace == NULL)
    return;

  self->workspace = NULL;
  g_clear_handle_id (&self->save_idle, g_source_remove);
  atrium_rooms_detach (self->rooms);
  atrium_history_detach (self->history);
  atrium_sender_detach (self->sender);
  atrium_inbox_detach (self->inbox);
}

/* Asking. */

void
atrium_session_set_inactive (AtriumSession *self,
                             gboolean       inactive)
{
  xmpp_client_set_inactive (self->client, inactive);
}

gboolean
atrium_session_is_online (AtriumSession *self)
{
  return xmpp_client_get_state (self->client) == XMPP_CLIENT_ONLINE;
}

gboolean
atrium_session_is_settled (AtriumSession *self)
{
  return self->settled;
}

void
atrium_session_note_rejections (AtriumSession *self)
{
  GHashTable *now = xmpp_client_get_rejections (self->client);
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, now);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      guint before = GPOINTER_TO_UINT (g_hash_table_lookup (self->rejections, key));

      if (before == GPOINTER_TO_UINT (value))
        continue;
      g_hash_table_insert (self->rejections, g_strdup (key), value);
      g_signal_emit (self, signals[REJECTED], 0, key, GPOINTER_TO_UINT (value));
    }
}

GVariant *
atrium_session_dup_rejections (AtriumSession *self)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{su}"));
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, xmpp_client_get_rejections (self->client));
  while (g_hash_table_iter_next (&iter, &key, &value))
    g_variant_builder_add (&builder, "{su}", key, GPOINTER_TO_UINT (value));

  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

const char *
atrium_session_get_room_nick (AtriumSession *self,
                              const char    *address)
{
  XmppMucRoom *room = xmpp_muc_get_room (self->muc, address);

  return room != NULL ? xmpp_muc_room_get_nick (room) : NULL;
}

void
atrium_session_list_joined (AtriumSession *self,
                            GHashTable    *out)
{
  atrium_rooms_list_joined (self->rooms, out);
}

char *
atrium_session_dup_nick (AtriumSession *self)
{
  const char *name = self->workspace != NULL ? atrium_account_get_display_name (atrium_workspace_get_account (self->workspace)) : NULL;

  if (name != NULL && *name != '\0')
    return g_strdup (name);

  return xmpp_jid_dup_local (xmpp_client_get_address (self->client));
}

XmppMucRoom *
atrium_session_want_room (AtriumSession *self,
                          const char    *address,
                          const char    *nick,
                          const char    *password)
{
  return atrium_rooms_want (self->rooms, address, nick, password);
}

XmppClient *
atrium_session_get_client (AtriumSession *self)
{
  return self->client;
}

XmppRoster *
atrium_session_get_roster (AtriumSession *self)
{
  return self->roster;
}

XmppPresences *
atrium_session_get_presences (AtriumSession *self)
{
  return self->presences;
}

XmppDisco *
atrium_session_get_disco (AtriumSession *self)
{
  return self->disco;
}

XmppMuc *
atrium_session_get_muc (AtriumSession *self)
{
  return self->muc;
}

XmppMessages *
atrium_session_get_messages (AtriumSession *self)
{
  return self->messages;
}

XmppArchive *
atrium_session_get_archive (AtriumSession *self)
{
  return self->archive;
}

XmppBookmarks *
atrium_session_get_bookmarks (AtriumSession *self)
{
  return self->bookmarks;
}

XmppMds *
atrium_session_get_mds (AtriumSession *self)
{
  return self->mds;
}

XmppAvatars *
atrium_session_get_avatars (AtriumSession *self)
{
  return self->avatars;
}

XmppNicks *
atrium_session_get_nicks (AtriumSession *self)
{
  return self->nicks;
}

XmppBlocking *
atrium_session_get_blocking (AtriumSession *self)
{
  return self->blocking;
}

XmppPep *
atrium_session_get_pep (AtriumSession *self)
{
  return self->pep;
}

XmppAdhoc *
atrium_session_get_adhoc (AtriumSession *self)
{
  return self->adhoc;
}

XmppUploads *
atrium_session_get_uploads (AtriumSession *self)
{
  return self->uploads;
}

XmppTransferPolicy *
atrium_session_get_transfer_policy (AtriumSession *self)
{
  return self->transfer_policy;
}

AtriumInbox *
atrium_session_get_inbox (AtriumSession *self)
{
  return self->inbox;
}

AtriumSender *
atrium_session_get_sender (AtriumSession *self)
{
  return self->sender;
}

AtriumHistory *
atrium_session_get_history (AtriumSession *self)
{
  return self->history;
}

AtriumRooms *
atrium_session_get_rooms (AtriumSession *self)
{
  return self->rooms;
}

static void
atrium_session_finalize (GObject *object)
{
  AtriumSession *self = ATRIUM_SESSION (object);

  atrium_session_detach (self);
  g_clear_object (&self->rooms);
  g_clear_object (&self->history);
  g_clear_object (&self->sender);
  g_clear_object (&self->inbox);
  g_clear_object (&self->version);
  g_clear_object (&self->entity_time);
  g_clear_object (&self->uploads);
  g_clear_pointer (&self->transfer_policy, xmpp_transfer_policy_unref);
  g_clear_object (&self->adhoc);
  g_clear_object (&self->blocking);
  g_clear_object (&self->nicks);
  g_clear_object (&self->avatars);
  g_clear_object (&self->mds);
  g_clear_object (&self->bookmarks);
  g_clear_object (&self->archive);
  g_clear_object (&self->messages);
  g_clear_object (&self->muc);
  g_clear_object (&self->pep);
  g_clear_object (&self->pubsub);
  g_clear_object (&self->roster);
  g_clear_object (&self->caps);
  g_clear_object (&self->presences);
  g_clear_object (&self->disco);
  g_clear_object (&self->client);
  g_clear_pointer (&self->rejections, g_hash_table_unref);
  g_clear_pointer (&self->idle_saves, g_hash_table_unref);

  G_OBJECT_CLASS (atrium_session_parent_class)->finalize (object);
}

static void
atrium_session_class_init (AtriumSessionClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = atrium_session_finalize;

  signals[REJECTED] = g_signal_new ("rejected", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_UINT);
  signals[SETTLED] = g_signal_new ("settled", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
atrium_session_init (AtriumSession *self)
{
  self->rejections = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->idle_saves = g_hash_table_new (g_str_hash, g_str_equal);
}

static void
make_modules (AtriumSession *self)
{
  XmppClient *client = self->client;

  self->disco = xmpp_disco_new (client);
  self->presences = xmpp_presences_new (client);
  self->caps = xmpp_caps_new (client, self->disco, self->presences);
  self->roster = xmpp_roster_new (client);
  self->pubsub = xmpp_pubsub_new (client, self->disco);
  self->pep = xmpp_pep_new (client, self->disco, self->pubsub);
  self->muc = xmpp_muc_new (client);
  self->messages = xmpp_messages_new (client, self->muc);
  self->archive = xmpp_archive_new (self->messages);
  self->bookmarks = xmpp_bookmarks_new (client, self->pep);
  self->mds = xmpp_mds_new (client, self->pep);
  self->avatars = xmpp_avatars_new (client, self->pep, self->presences);
  self->nicks = xmpp_nicks_new (self->pep);
  self->blocking = xmpp_blocking_new (client, self->disco);
  self->adhoc = xmpp_adhoc_new (client, self->disco);
  self->transfer_policy = xmpp_transfer_policy_new ();
  self->uploads = xmpp_uploads_new (client, self->disco, self->transfer_policy);
  self->entity_time = xmpp_entity_time_new (client, self->disco, self->roster);
  self->version = xmpp_version_new (client, self->disco, self->roster, "Atrium", ATRIUM_VERSION);
}

AtriumSession *
atrium_session_new (AtriumWorkspace *workspace)
{
  g_autoptr (XmppClient) client = xmpp_client_new (atrium_workspace_get_own_address (workspace));

  return atrium_session_new_for_client (workspace, client);
}

AtriumSession *
atrium_session_new_for_client (AtriumWorkspace *workspace,
                               XmppClient      *client)
{
  AtriumSession *self = g_object_new (ATRIUM_TYPE_SESSION, NULL);

  self->workspace = workspace;
  self->client = g_object_ref (client);
  make_modules (self);
  self->inbox = atrium_inbox_new (workspace, self->messages);
  self->sender = atrium_sender_new (workspace, self->archive, self->messages);
  self->history = atrium_history_new (workspace, self->archive, self->inbox);
  self->rooms = atrium_rooms_new (workspace, self);
  atrium_directory_follow (atrium_workspace_get_directory (workspace), self);

  g_signal_connect_object (self->client, "notify::state", G_CALLBACK (on_state_changed), self, 0);
  g_signal_connect_object (self->client, "session-started", G_CALLBACK (on_session_started), self, 0);
  g_signal_connect_object (self->messages, "ready", G_CALLBACK (on_messages_ready), self, 0);
  g_signal_connect_object (self->roster, "version-changed", G_CALLBACK (on_roster_version), self, 0);
  g_signal_connect_object (self->caps, "cache-changed", G_CALLBACK (on_caps_changed), self, 0);
  g_signal_connect_object (self->mds, "displayed", G_CALLBACK (on_displayed), self, 0);
  g_signal_connect_object (self->inbox, "typing", G_CALLBACK (on_typing), self, 0);
  g_signal_connect_object (self->history, "settled", G_CALLBACK (on_history_settled), self, 0);

  return self;
}
