/* SPDX-License-Identifier: GPL-3.0-or-later */

/* XEP-0045 §7.2: the way into a room; XEP-0410: MUC Self-Ping (Schrödinger's Chat). */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "xmpp/client-private.h"
#include "xmpp/jid.h"
#include "xmpp/muc-info-private.h"
#include "xmpp/muc-occupant-private.h"
#include "xmpp/muc-room-private.h"
#include "xmpp/timestamp.h"

#define JOIN_SECONDS 60           /* a room of thousands takes its time */
#define RETRY_FIRST_SECONDS 5
#define RETRY_MAX_SECONDS 300
#define MAX_NICK_TRIES 9
#define HISTORY_STANZAS 50        /* from rooms without an archive */

static void
fail_task (gpointer data,
           gpointer user_data)
{
  g_task_return_error (G_TASK (data), g_error_copy (user_data));
}

void
xmpp_muc_room_fail_joins (XmppMucRoom  *self,
                          const GError *error)
{
  g_autoptr(GPtrArray) tasks = g_steal_pointer (&self->join_tasks);

  self->join_tasks = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_foreach (tasks, fail_task, (gpointer) error);
}

/* Ends a try, however it went. */
static void
end_try (XmppMucRoom *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_handle_id (&self->join_timeout, g_source_remove);
  g_clear_handle_id (&self->retry_timeout, g_source_remove);
  g_clear_pointer (&self->join_id, g_free);
  if (self->muc != NULL)
    xmpp_muc_join_ended (self->muc, self);
}

static GError *
new_disconnected (XmppMucRoom *self)
{
  return g_error_new (XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_DISCONNECTED, "no longer in the room %s", self->address);
}

void
xmpp_muc_room_stop (XmppMucRoom *self)
{
  g_autoptr(GError) error = new_disconnected (self);

  end_try (self);
  self->retries = 0;
  xmpp_room_request_return (&self->nick_request, new_disconnected (self));
  xmpp_room_request_return (&self->subject_request, new_disconnected (self));
  xmpp_muc_room_fail_joins (self, error);
}

/* --- trying again --- */

/* What may pass by itself; everything else needs a person. */
static gboolean
is_passing (const GError *error)
{
  if (error->domain != XMPP_STANZA_ERROR)
    return TRUE;
  switch ((XmppStanzaError) error->code)
    {
    case XMPP_STANZA_ERROR_INTERNAL_SERVER_ERROR:
    case XMPP_STANZA_ERROR_RECIPIENT_UNAVAILABLE:
    case XMPP_STANZA_ERROR_REMOTE_SERVER_NOT_FOUND:
    case XMPP_STANZA_ERROR_REMOTE_SERVER_TIMEOUT:
    case XMPP_STANZA_ERROR_RESOURCE_CONSTRAINT:
    case XMPP_STANZA_ERROR_TIMED_OUT:
    case XMPP_STANZA_ERROR_DISCONNECTED:
      return TRUE;
    default:
      return FALSE;
    }
}

static gboolean
on_retry (gpointer user_data)
{
  XmppMucRoom *self = user_data;

  self->retry_timeout = 0;
  if (self->muc != NULL)
    xmpp_muc_enqueue (self->muc, self);
  return G_SOURCE_REMOVE;
}

static void
fail (XmppMucRoom *self,
      GError      *error)       /* (transfer full) */
{
  xmpp_muc_room_clear_occupants (self);
  end_try (self);
  if (is_passing (error))
    {
      guint limit = MIN (RETRY_MAX_SECONDS, RETRY_FIRST_SECONDS << MIN (self->retries, 8));

      self->retries++;
      self->retry_timeout = g_timeout_add_seconds (1 + g_random_int_range (0, limit), on_retry, self);
      xmpp_muc_room_set_state (self, XMPP_ROOM_WAITING);
    }
  else
    xmpp_muc_room_set_state (self, XMPP_ROOM_OUT);
  xmpp_muc_room_fail_joins (self, error);
  xmpp_muc_room_take_error (self, error);
}

static gboolean
on_join_timeout (gpointer user_data)
{
  XmppMucRoom *self = user_data;

  self->join_timeout = 0;
  fail (self, g_error_new (XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_TIMED_OUT, "the room %s did not answer", self->address));
  return G_SOURCE_REMOVE;
}

void
xmpp_muc_room_come_again (XmppMucRoom *self)
{
  end_try (self);
  xmpp_room_request_return (&self->nick_request, new_disconnected (self));
  xmpp_room_request_return (&self->subject_request, new_disconnected (self));
  xmpp_muc_room_clear_occupants (self);
  xmpp_muc_room_set_state (self, XMPP_ROOM_WAITING);
  if (self->muc != NULL)
    xmpp_muc_enqueue (self->muc, self);
}

/* --- one try --- */

static void
add_history (XmppMucRoom *self,
             XmppNode    *x)
{
  XmppNode *history = xmpp_node_add_child (x, "history", NULL);

  if (self->info != NULL && (self->info->flags & XMPP_MUC_ARCHIVE) != 0)
    xmpp_node_set_attribute (history, "maxstanzas", "0");       /* the archive has all of it, and each once */
  else if (self->history_since > 0)
    {
      g_autofree char *since = xmpp_timestamp_format (self->history_since);

      xmpp_node_set_attribute (history, "since", since);
    }
  else
    xmpp_node_set_attribute_int64 (history, "maxstanzas", HISTORY_STANZAS);
}

static void
send_join (XmppMucRoom *self)
{
  XmppNode *presence = xmpp_muc_room_new_presence (self, self->nick);
  XmppNode *x = xmpp_node_add_child (presence, "x", XMPP_NS_MUC);

  add_history (self, x);
  if (self->password != NULL)
    xmpp_node_add_text_child (x, "password", NULL, self->password);
  g_free (self->join_id);
  self->join_id = xmpp_random_id (12);
  xmpp_node_set_attribute (presence, "id", self->join_id);
  g_clear_handle_id (&self->join_timeout, g_source_remove);
  self->join_timeout = g_timeout_add_seconds (JOIN_SECONDS, on_join_timeout, self);
  self->created = FALSE;
  if (xmpp_client_send (self->client, presence) == 0)
    fail (self, new_disconnected (self));
}

static XmppMucInfo *
read_info (XmppClient    *client,
           GAsyncResult  *result,
           const char    *address,
           GError       **error)
{
  g_autoptr(XmppNode) answer = xmpp_client_send_iq_finish (client, result, error);
  XmppNode *query;
  XmppMucInfo *info;

  if (answer == NULL)
    return NULL;
  query = xmpp_node_get_child (answer, "query", XMPP_NS_DISCO_INFO);
  info = query != NULL ? xmpp_muc_info_parse (query, address) : NULL;
  if (info == NULL)
    g_set_error (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_INVALID_ANSWER, "%s is not a room", address);
  return info;
}

/* A room may keep itself to itself and still let us in. */
static gboolean
is_silent (const GError *error)
{
  return g_error_matches (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_FORBIDDEN)
         || g_error_matches (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_NOT_ALLOWED)
         || g_error_matches (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_NOT_AUTHORIZED)
         || g_error_matches (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_REGISTRATION_REQUIRED)
         || g_error_matches (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_FEATURE_NOT_IMPLEMENTED);
}

static void
on_info_to_join (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr(XmppMucRoom) self = user_data;
  g_autoptr(GError) error = NULL;
  XmppMucInfo *info = read_info (XMPP_CLIENT (source), result, self->address, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->state != XMPP_ROOM_JOINING)
    {
      xmpp_muc_info_free (info);
      return;
    }
  if (info != NULL)
    xmpp_muc_room_take_info (self, info);
  else if (g_error_matches (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_ITEM_NOT_FOUND))
    {
      if (!self->create)        /* entering would make it */
        {
          fail (self, g_steal_pointer (&error));
          return;
        }
    }
  else if (!is_silent (error))
    {
      fail (self, g_steal_pointer (&error));
      return;
    }
  send_join (self);
}

static void
ask_info (XmppMucRoom         *self,
          GAsyncReadyCallback  callback)
{
  XmppNode *iq = xmpp_client_new_iq ("get", self->address);

  xmpp_node_add_child (iq, "query", XMPP_NS_DISCO_INFO);
  xmpp_client_send_iq_async (self->client, iq, self->cancellable, callback, g_object_ref (self));
}

void
xmpp_muc_room_begin_join (XmppMucRoom *self)
{
  g_assert (XMPP_IS_MUC_ROOM (self));
  g_assert (self->state == XMPP_ROOM_WAITING);

  self->cancellable = g_cancellable_new ();
  self->nick_tries = 0;
  xmpp_muc_room_take_nick (self, g_strdup (self->wanted_nick));
  xmpp_muc_room_set_state (self, XMPP_ROOM_JOINING);
  ask_info (self, on_info_to_join);
}

static gboolean
try_other_nick (XmppMucRoom  *self,
                const GError *error)
{
  if (!self->other_nick || !g_error_matches (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_CONFLICT)
      || self->nick_tries + 1 >= MAX_NICK_TRIES)
    return FALSE;
  self->nick_tries++;
  xmpp_muc_room_take_nick (self, g_strdup_printf ("%s %u", self->wanted_nick, self->nick_tries + 1));
  send_join (self);
  return TRUE;
}

gboolean
xmpp_muc_room_take_join_error (XmppMucRoom    *self,
                               const XmppNode *presence)
{
  g_autoptr(GError) error = NULL;

  if (self->join_id == NULL || g_strcmp0 (self->join_id, xmpp_node_get_attribute (presence, "id")) != 0)
    return FALSE;
  error = xmpp_stanza_error_from_node (presence);
  if (!try_other_nick (self, error))
    fail (self, g_steal_pointer (&error));
  return TRUE;
}

void
xmpp_muc_room_enter (XmppMucRoom *self)
{
  g_autoptr(GPtrArray) tasks = g_steal_pointer (&self->join_tasks);
  guint n = self->arriving->len;

  self->join_tasks = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < n; i++)
    {
      XmppMucOccupant *occupant = g_ptr_array_index (self->arriving, i);

      xmpp_muc_occupant_set_position (occupant, self->occupants->len);
      g_ptr_array_add (self->occupants, g_object_ref (occupant));
    }
  g_ptr_array_set_size (self->arriving, 0);
  end_try (self);
  self->retries = 0;
  self->in_history = TRUE;
  xmpp_muc_room_take_error (self, NULL);
  xmpp_muc_room_set_state (self, XMPP_ROOM_JOINED);
  g_list_model_items_changed (G_LIST_MODEL (self), 0, 0, n);
  g_signal_emit (self, xmpp_room_signals[XMPP_ROOM_JOINED_SIGNAL], 0, self->created);
  for (guint i = 0; i < tasks->len; i++)
    g_task_return_boolean (g_ptr_array_index (tasks, i), TRUE);
  if (self->created || self->info == NULL)
    xmpp_muc_room_refresh_info (self);      /* it did not exist when we asked */
}

/* --- what one asks for --- */

/* One who waits for the way in, and may stop to. The wish itself stays: leaving is another verb. */
typedef struct
{
  XmppMucRoom *room;        /* kept alive by the task */
  GTask       *task;        /* borrowed: join_tasks has it */
} Waiter;

static gboolean
on_cancelled (GCancellable *cancellable,
              gpointer      user_data)
{
  Waiter *waiter = user_data;
  g_autoptr(GTask) task = g_object_ref (waiter->task);

  if (g_ptr_array_remove (waiter->room->join_tasks, task))
    g_task_return_error_if_cancelled (task);
  return G_SOURCE_REMOVE;
}

/* An idle source, so that the answer never comes from inside g_cancellable_cancel(); it goes with the task. */
static void
watch_cancellable (XmppMucRoom *self,
                   GTask       *task)
{
  GCancellable *cancellable = g_task_get_cancellable (task);
  Waiter *waiter;
  GSource *source;

  if (cancellable == NULL)
    return;
  waiter = g_new0 (Waiter, 1);
  waiter->room = self;
  waiter->task = task;
  source = g_cancellable_source_new (cancellable);
  g_source_set_callback (source, G_SOURCE_FUNC (on_cancelled), waiter, g_free);
  g_source_attach (source, g_task_get_context (task));
  g_task_set_task_data (task, source, (GDestroyNotify) g_source_unref);
  g_signal_connect_swapped (task, "notify::completed", G_CALLBACK (g_source_destroy), source);
}

static void
set_wishes (XmppMucRoom        *self,
            const XmppRoomJoin *join)
{
  g_free (self->wanted_nick);
  self->wanted_nick = g_strdup (join->nick);
  g_free (self->password);
  self->password = g_strdup (join->password);
  self->other_nick = join->other_nick;
  self->create = join->create;
  self->history_since = join->history_since;
}

void
xmpp_muc_room_want (XmppMucRoom        *self,
                    const XmppRoomJoin *join)
{
  g_return_if_fail (XMPP_IS_MUC_ROOM (self));
  g_return_if_fail (join != NULL && join->nick != NULL && *join->nick != '\0');

  set_wishes (self, join);
  if (self->state == XMPP_ROOM_JOINED || self->state == XMPP_ROOM_JOINING || self->muc == NULL)
    return;
  g_clear_handle_id (&self->retry_timeout, g_source_remove);
  if (self->nick == NULL)
    xmpp_muc_room_take_nick (self, g_strdup (join->nick));
  xmpp_muc_room_set_state (self, XMPP_ROOM_WAITING);
  xmpp_muc_enqueue (self->muc, self);
}

void
xmpp_muc_room_join_async (XmppMucRoom         *self,
                          const XmppRoomJoin  *join,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;

  g_return_if_fail (XMPP_IS_MUC_ROOM (self));
  g_return_if_fail (join != NULL && join->nick != NULL && *join->nick != '\0');

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, xmpp_muc_room_join_async);
  if (self->state == XMPP_ROOM_JOINED)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  if (self->muc == NULL || xmpp_client_get_state (self->client) != XMPP_CLIENT_ONLINE)
    {
      g_task_return_error (task, new_disconnected (self));
      return;
    }
  watch_cancellable (self, task);
  g_ptr_array_add (self->join_tasks, g_steal_pointer (&task));
  xmpp_muc_room_want (self, join);
}

gboolean
xmpp_muc_room_join_finish (XmppMucRoom   *self,
                           GAsyncResult  *result,
                           GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- in the room --- */

static void
on_info (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(XmppMucRoom) self = user_data;
  XmppMucInfo *info = read_info (XMPP_CLIENT (source), result, self->address, NULL);

  if (info == NULL)
    return;
  xmpp_muc_room_take_info (self, info);
  g_signal_emit (self, xmpp_room_signals[XMPP_ROOM_CONFIGURATION_CHANGED_SIGNAL], 0);
}

void
xmpp_muc_room_refresh_info (XmppMucRoom *self)
{
  ask_info (self, on_info);
}

/* XEP-0410 §3.2: which answers mean that we are still in. */
static gboolean
is_still_in (const GError *error)
{
  if (error == NULL)
    return TRUE;
  if (error->domain != XMPP_STANZA_ERROR)
    return TRUE;        /* cancelled: nothing was learnt */
  switch ((XmppStanzaError) error->code)
    {
    case XMPP_STANZA_ERROR_FEATURE_NOT_IMPLEMENTED:
    case XMPP_STANZA_ERROR_SERVICE_UNAVAILABLE:       /* another device of ours answered, or none could */
    case XMPP_STANZA_ERROR_ITEM_NOT_FOUND:            /* our nick was changed a moment ago */
    case XMPP_STANZA_ERROR_DISCONNECTED:              /* the new session will tell */
      return TRUE;
    default:
      return FALSE;
    }
}

/* Not known: neither in nor out. The question is asked again after the next quiet time. */
static gboolean
is_undecided (const GError *error)
{
  return g_error_matches (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_TIMED_OUT)
         || g_error_matches (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_REMOTE_SERVER_TIMEOUT)
         || g_error_matches (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_REMOTE_SERVER_NOT_FOUND);
}

static void
on_pong (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(XmppMucRoom) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(XmppNode) answer = xmpp_client_send_iq_finish (XMPP_CLIENT (source), result, &error);

  self->pinging = FALSE;
  self->heard = g_get_monotonic_time ();
  if (self->state != XMPP_ROOM_JOINED || is_still_in (error) || is_undecided (error))
    return;
  xmpp_muc_room_come_again (self);
  g_signal_emit (self, xmpp_room_signals[XMPP_ROOM_LEFT_SIGNAL], 0, XMPP_ROOM_LEFT_SERVICE, NULL, NULL);
}

void
xmpp_muc_room_ping (XmppMucRoom *self)
{
  g_autofree char *to = NULL;
  XmppNode *iq;

  g_return_if_fail (XMPP_IS_MUC_ROOM (self));

  if (self->state != XMPP_ROOM_JOINED || self->pinging)
    return;
  self->pinging = TRUE;
  to = xmpp_jid_join (self->address, self->nick);
  iq = xmpp_client_new_iq ("get", to);
  xmpp_node_add_child (iq, "ping", "urn:xmpp:ping");
  xmpp_client_send_iq_async (self->client, iq, NULL, on_pong, g_object_ref (self));
}
