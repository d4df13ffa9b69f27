/* SPDX-License-Identifier: GPL-3.0-or-later */

/* XEP-0045: one room: the object, its list of occupants, and what one asks of it. */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "xmpp/client-private.h"
#include "xmpp/delay.h"
#include "xmpp/jid.h"
#include "xmpp/muc-room-private.h"

#define NS_CLIENT "jabber:client"
#define REQUEST_SECONDS 30

enum
{
  PROP_0,
  PROP_STATE,
  PROP_NICK,
  PROP_SUBJECT,
  PROP_INFO,
  PROP_ROLE,
  PROP_AFFILIATION,
  PROP_ERROR,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];
guint xmpp_room_signals[XMPP_ROOM_N_SIGNALS];

static GType
get_item_type (GListModel *list)
{
  return XMPP_TYPE_MUC_OCCUPANT;
}

static guint
get_n_items (GListModel *list)
{
  return XMPP_MUC_ROOM (list)->occupants->len;
}

static gpointer
get_item (GListModel *list,
          guint       position)
{
  XmppMucRoom *self = XMPP_MUC_ROOM (list);

  return position < self->occupants->len ? g_object_ref (g_ptr_array_index (self->occupants, position)) : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (XmppMucRoom, xmpp_muc_room, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

void
xmpp_muc_room_set_state (XmppMucRoom   *self,
                         XmppRoomState  state)
{
  if (self->state == state)
    return;
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

void
xmpp_muc_room_take_error (XmppMucRoom *self,
                          GError      *error)
{
  if (self->error == NULL && error == NULL)
    return;
  g_clear_error (&self->error);
  self->error = error;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ERROR]);
}

void
xmpp_muc_room_take_info (XmppMucRoom *self,
                         XmppMucInfo *info)
{
  g_clear_pointer (&self->info, xmpp_muc_info_free);
  self->info = info;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_INFO]);
}

void
xmpp_muc_room_take_nick (XmppMucRoom *self,
                         char        *nick)
{
  if (g_strcmp0 (self->nick, nick) == 0)
    {
      g_free (nick);
      return;
    }
  g_free (self->nick);
  self->nick = nick;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NICK]);
}

void
xmpp_muc_room_note_self (XmppMucRoom *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ROLE]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_AFFILIATION]);
}

static void
set_subject (XmppMucRoom *self,
             const char  *subject,
             const char  *nick,
             gint64       time)
{
  gboolean same = g_strcmp0 (self->subject, subject) == 0;

  if (!same)
    {
      g_free (self->subject);
      self->subject = g_strdup (subject);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SUBJECT]);
      g_signal_emit (self, xmpp_room_signals[XMPP_ROOM_SUBJECT_CHANGED_SIGNAL], 0, subject, nick, time);
    }
  xmpp_room_request_return (&self->subject_request, NULL);
}

/* --- requests --- */

void
xmpp_room_request_return (XmppRoomRequest *self,
                          GError          *error)
{
  g_autoptr(GTask) task = g_steal_pointer (&self->task);

  g_clear_handle_id (&self->timeout, g_source_remove);
  g_clear_pointer (&self->id, g_free);
  if (task == NULL)
    g_clear_error (&error);
  else if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

gboolean
xmpp_room_request_take_error (XmppRoomRequest *self,
                              const XmppNode  *stanza)
{
  if (self->task == NULL || g_strcmp0 (self->id, xmpp_node_get_attribute (stanza, "id")) != 0)
    return FALSE;
  xmpp_room_request_return (self, xmpp_stanza_error_from_node (stanza));
  return TRUE;
}

static gboolean
on_request_timeout (gpointer user_data)
{
  XmppRoomRequest *request = user_data;

  request->timeout = 0;
  xmpp_room_request_return (request, g_error_new_literal (XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_TIMED_OUT,
                                                          "the room did not answer"));
  return G_SOURCE_REMOVE;
}

/* Sends @stanza; @task waits for what it brings about. */
static void
request_start (XmppMucRoom     *self,
               XmppRoomRequest *request,
               GTask           *task,
               XmppNode        *stanza)
{
  xmpp_room_request_return (request, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "asked again"));
  request->task = task;
  request->id = xmpp_random_id (12);
  xmpp_node_set_attribute (stanza, "id", request->id);
  if (self->state != XMPP_ROOM_JOINED || xmpp_client_send (self->client, g_steal_pointer (&stanza)) == 0)
    {
      g_clear_pointer (&stanza, xmpp_node_unref);
      xmpp_room_request_return (request, g_error_new (XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_DISCONNECTED,
                                                      "not in the room %s", self->address));
      return;
    }
  request->timeout = g_timeout_add_seconds (REQUEST_SECONDS, on_request_timeout, request);
}

/* --- messages from the room --- */

static void
handle_configuration (XmppMucRoom    *self,
                      const XmppNode *x)
{
  static const int codes[] = { 104, 170, 171, 172, 173, 174 };

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      if (xmpp_muc_has_status (x, codes[i]))
        {
          xmpp_muc_room_refresh_info (self);
          return;
        }
    }
}

static void
handle_affiliation (XmppMucRoom    *self,
                    const XmppNode *x)
{
  XmppNode *item = xmpp_node_get_child (x, "item", NULL);
  const char *text = item != NULL ? xmpp_node_get_attribute (item, "jid") : NULL;
  g_autofree char *address = text != NULL ? xmpp_jid_prepare (text, NULL) : NULL;
  g_autofree char *bare = NULL;
  XmppAffiliation affiliation;

  if (address == NULL || !xmpp_affiliation_from_string (xmpp_node_get_attribute (item, "affiliation"), &affiliation))
    return;
  bare = xmpp_jid_dup_bare (address);
  g_signal_emit (self, xmpp_room_signals[XMPP_ROOM_AFFILIATION_CHANGED_SIGNAL], 0, bare, affiliation);
}

static void
handle_decline (XmppMucRoom    *self,
                const XmppNode *x)
{
  XmppNode *decline = xmpp_node_get_child (x, "decline", NULL);
  const char *text = decline != NULL ? xmpp_node_get_attribute (decline, "from") : NULL;
  g_autofree char *who = text != NULL ? xmpp_jid_prepare (text, NULL) : NULL;

  if (who != NULL)
    g_signal_emit (self, xmpp_room_signals[XMPP_ROOM_INVITE_DECLINED_SIGNAL], 0, who,
                   xmpp_node_get_child_text (decline, "reason", NULL));
}

static void
handle_subject (XmppMucRoom    *self,
                const XmppNode *message,
                const char     *nick)
{
  const char *subject = xmpp_node_get_child_text (message, "subject", NULL);
  const char *const by[] = { self->address, NULL };
  gint64 now = g_get_real_time (), time = now;

  /* §7.2.15: a message with a body or a thread is no change of subject. */
  if (subject == NULL || xmpp_node_get_child (message, "body", NULL) != NULL
      || xmpp_node_get_child (message, "thread", NULL) != NULL)
    return;
  if (self->in_history)
    xmpp_delay_get (message, by, &time);
  self->in_history = FALSE;
  set_subject (self, subject, nick, xmpp_delay_clamp (time, now));
}

gboolean
xmpp_muc_room_handle_message (XmppMucRoom *self,
                              XmppNode    *message)
{
  const char *from = xmpp_node_get_attribute (message, "from");
  const char *type = xmpp_node_get_attribute (message, "type");
  const char *nick = xmpp_jid_get_resource (from);
  XmppNode *x;

  g_assert (XMPP_IS_MUC_ROOM (self));

  self->heard = g_get_monotonic_time ();
  if (g_strcmp0 (type, "error") == 0)
    {
      xmpp_room_request_take_error (&self->subject_request, message);
      return FALSE;
    }
  if (self->state != XMPP_ROOM_JOINED && self->state != XMPP_ROOM_JOINING)
    return FALSE;
  if (g_strcmp0 (type, "groupchat") == 0)
    handle_subject (self, message, nick);
  if (nick != NULL)
    return FALSE;       /* an occupant's status codes are nobody's business */
  x = xmpp_muc_get_user_node (message);
  if (x == NULL || xmpp_node_get_child (x, "invite", NULL) != NULL)
    return FALSE;
  handle_configuration (self, x);
  handle_affiliation (self, x);
  handle_decline (self, x);
  return xmpp_node_get_child (message, "body", NULL) == NULL && xmpp_node_get_child (message, "subject", NULL) == NULL;
}

/* --- sending --- */

XmppNode *
xmpp_muc_room_new_presence (XmppMucRoom *self,
                            const char  *nick)
{
  XmppNode *presence = xmpp_node_new ("presence", NS_CLIENT);
  g_autofree char *to = xmpp_jid_join (self->address, nick);

  xmpp_node_set_attribute (presence, "to", to);
  if (self->show != NULL)
    xmpp_node_add_text_child (presence, "show", NULL, self->show);
  if (self->status != NULL)
    xmpp_node_add_text_child (presence, "status", NULL, self->status);
  return presence;
}

void
xmpp_muc_room_set_nick_async (XmppMucRoom         *self,
                              const char          *nick,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  GTask *task;

  g_return_if_fail (XMPP_IS_MUC_ROOM (self));
  g_return_if_fail (nick != NULL && *nick != '\0');

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, xmpp_muc_room_set_nick_async);
  request_start (self, &self->nick_request, task, xmpp_muc_room_new_presence (self, nick));
}

gboolean
xmpp_muc_room_set_nick_finish (XmppMucRoom   *self,
                               GAsyncResult  *result,
                               GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
xmpp_muc_room_set_subject_async (XmppMucRoom         *self,
                                 const char          *subject,
                                 GCancellable        *cancellable,
                                 GAsyncReadyCallback  callback,
                                 gpointer             user_data)
{
  XmppNode *message;
  GTask *task;

  g_return_if_fail (XMPP_IS_MUC_ROOM (self));
  g_return_if_fail (subject != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, xmpp_muc_room_set_subject_async);
  message = xmpp_node_new ("message", NS_CLIENT);
  xmpp_node_set_attribute (message, "type", "groupchat");
  xmpp_node_set_attribute (message, "to", self->address);
  xmpp_node_add_text_child (message, "subject", NULL, subject);
  request_start (self, &self->subject_request, task, message);
}

gboolean
xmpp_muc_room_set_subject_finish (XmppMucRoom   *self,
                                  GAsyncResult  *result,
                                  GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
xmpp_muc_room_set_presence (XmppMucRoom *self,
                            const char  *show,
                            const char  *status)
{
  g_return_if_fail (XMPP_IS_MUC_ROOM (self));

  if (g_strcmp0 (self->show, show) == 0 && g_strcmp0 (self->status, status) == 0)
    return;
  g_free (self->show);
  self->show = g_strdup (show);
  g_free (self->status);
  self->status = g_strdup (status);
  if (self->state == XMPP_ROOM_JOINED)
    xmpp_client_send (self->client, xmpp_muc_room_new_presence (self, self->nick));
}

void
xmpp_muc_room_leave (XmppMucRoom *self,
                     const char  *reason)
{
  XmppRoomState before;

  g_return_if_fail (XMPP_IS_MUC_ROOM (self));

  before = self->state;
  if (before == XMPP_ROOM_OUT)
    return;
  if (before == XMPP_ROOM_JOINING || before == XMPP_ROOM_JOINED)
    {
      XmppNode *presence = xmpp_node_new ("presence", NS_CLIENT);
      g_autofree char *to = xmpp_jid_join (self->address, self->nick);

      xmpp_node_set_attribute (presence, "to", to);
      xmpp_node_set_attribute (presence, "type", "unavailable");
      if (reason != NULL)
        xmpp_node_add_text_child (presence, "status", NULL, reason);
      xmpp_client_send (self->client, presence);
    }
  xmpp_muc_room_stop (self);
  xmpp_muc_room_clear_occupants (self);
  xmpp_muc_room_set_state (self, XMPP_ROOM_OUT);
  if (before == XMPP_ROOM_JOINED)
    g_signal_emit (self, xmpp_room_signals[XMPP_ROOM_LEFT_SIGNAL], 0, XMPP_ROOM_LEFT_ASKED, NULL, NULL);
}

/* --- the object --- */

static void
xmpp_muc_room_get_property (GObject    *object,
                            guint       property,
                            GValue     *value,
                            GParamSpec *pspec)
{
  XmppMucRoom *self = XMPP_MUC_ROOM (object);

  switch (property)
    {
    case PROP_STATE:
      g_value_set_int (value, self->state);
      break;
    case PROP_NICK:
      g_value_set_string (value, self->nick);
      break;
    case PROP_SUBJECT:
      g_value_set_string (value, self->subject);
      break;
    case PROP_INFO:
      g_value_set_boxed (value, self->info);
      break;
    case PROP_ROLE:
      g_value_set_int (value, self->self_occupant != NULL ? xmpp_muc_occupant_get_role (self->self_occupant) : XMPP_ROLE_NONE);
      break;
    case PROP_AFFILIATION:
      g_value_set_int (value, self->self_occupant != NULL ? xmpp_muc_occupant_get_affiliation (self->self_occupant)
                                                          : XMPP_AFFILIATION_NONE);
      break;
    case PROP_ERROR:
      g_value_set_boxed (value, self->error);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
    }
}

static void
xmpp_muc_room_dispose (GObject *object)
{
  XmppMucRoom *self = XMPP_MUC_ROOM (object);

  xmpp_muc_room_stop (self);
  self->muc = NULL;
  g_clear_object (&self->client);

  G_OBJECT_CLASS (xmpp_muc_room_parent_class)->dispose (object);
}

static void
xmpp_muc_room_finalize (GObject *object)
{
  XmppMucRoom *self = XMPP_MUC_ROOM (object);

  g_free (self->address);
  g_free (self->nick);
  g_free (self->subject);
  g_clear_pointer (&self->info, xmpp_muc_info_free);
  g_clear_error (&self->error);
  g_free (self->show);
  g_free (self->status);
  g_free (self->password);
  g_free (self->wanted_nick);
  g_free (self->join_id);
  g_clear_object (&self->cancellable);
  g_hash_table_unref (self->by_nick);
  g_ptr_array_unref (self->occupants);
  g_ptr_array_unref (self->arriving);
  g_ptr_array_unref (self->join_tasks);

  G_OBJECT_CLASS (xmpp_muc_room_parent_class)->finalize (object);
}

static void
xmpp_muc_room_class_init (XmppMucRoomClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  guint *ids = xmpp_room_signals;

  object_class->get_property = xmpp_muc_room_get_property;
  object_class->dispose = xmpp_muc_room_dispose;
  object_class->finalize = xmpp_muc_room_finalize;

  properties[PROP_STATE] = g_param_spec_int ("state", NULL, NULL, XMPP_ROOM_OUT, XMPP_ROOM_JOINED, XMPP_ROOM_OUT, flags);
  properties[PROP_NICK] = g_param_spec_string ("nick", NULL, NULL, NULL, flags);
  properties[PROP_SUBJECT] = g_param_spec_string ("subject", NULL, NULL, "", flags);
  properties[PROP_INFO] = g_param_spec_boxed ("info", NULL, NULL, XMPP_TYPE_MUC_INFO, flags);
  properties[PROP_ROLE] = g_param_spec_int ("role", NULL, NULL, XMPP_ROLE_NONE, XMPP_ROLE_MODERATOR, XMPP_ROLE_NONE, flags);
  properties[PROP_AFFILIATION] = g_param_spec_int ("affiliation", NULL, NULL, XMPP_AFFILIATION_OUTCAST,
                                                   XMPP_AFFILIATION_OWNER, XMPP_AFFILIATION_NONE, flags);
  properties[PROP_ERROR] = g_param_spec_boxed ("error", NULL, NULL, G_TYPE_ERROR, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  ids[XMPP_ROOM_JOINED_SIGNAL] =
    g_signal_new ("joined", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
  ids[XMPP_ROOM_LEFT_SIGNAL] =
    g_signal_new ("left", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3,
                  G_TYPE_INT, G_TYPE_STRING, G_TYPE_STRING);
  ids[XMPP_ROOM_OCCUPANT_JOINED_SIGNAL] =
    g_signal_new ("occupant-joined", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                  XMPP_TYPE_MUC_OCCUPANT);
  ids[XMPP_ROOM_OCCUPANT_LEFT_SIGNAL] =
    g_signal_new ("occupant-left", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 4,
                  XMPP_TYPE_MUC_OCCUPANT, G_TYPE_INT, G_TYPE_STRING, G_TYPE_STRING);
  ids[XMPP_ROOM_OCCUPANT_RENAMED_SIGNAL] =
    g_signal_new ("occupant-renamed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                  XMPP_TYPE_MUC_OCCUPANT, G_TYPE_STRING);
  ids[XMPP_ROOM_SUBJECT_CHANGED_SIGNAL] =
    g_signal_new ("subject-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3,
                  G_TYPE_STRING, G_TYPE_STRING, G_TYPE_INT64);
  ids[XMPP_ROOM_CONFIGURATION_CHANGED_SIGNAL] =
    g_signal_new ("configuration-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  ids[XMPP_ROOM_AFFILIATION_CHANGED_SIGNAL] =
    g_signal_new ("affiliation-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                  G_TYPE_STRING, G_TYPE_INT);
  ids[XMPP_ROOM_INVITE_DECLINED_SIGNAL] =
    g_signal_new ("invite-declined", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                  G_TYPE_STRING, G_TYPE_STRING);
}

static void
xmpp_muc_room_init (XmppMucRoom *self)
{
  self->subject = g_strdup ("");
  self->occupants = g_ptr_array_new_with_free_func (g_object_unref);
  self->arriving = g_ptr_array_new_with_free_func (g_object_unref);
  self->by_nick = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->join_tasks = g_ptr_array_new_with_free_func (g_object_unref);
}

XmppMucRoom *
xmpp_muc_room_new (XmppMuc    *muc,
                   XmppClient *client,
                   const char *address)
{
  XmppMucRoom *self = g_object_new (XMPP_TYPE_MUC_ROOM, NULL);

  self->muc = muc;
  self->client = g_object_ref (client);
  self->address = g_strdup (address);
  return self;
}

void
xmpp_muc_room_orphan (XmppMucRoom *self)
{
  xmpp_muc_room_stop (self);
  self->muc = NULL;
}

const char *
xmpp_muc_room_get_address (XmppMucRoom *self)
{
  g_return_val_if_fail (XMPP_IS_MUC_ROOM (self), NULL);

  return self->address;
}

XmppRoomState
xmpp_muc_room_get_state (XmppMucRoom *self)
{
  g_return_val_if_fail (XMPP_IS_MUC_ROOM (self), XMPP_ROOM_OUT);

  return self->state;
}

const char *
xmpp_muc_room_get_nick (XmppMucRoom *self)
{
  g_return_val_if_fail (XMPP_IS_MUC_ROOM (self), NULL);

  return self->nick;
}

const char *
xmpp_muc_room_get_subject (XmppMucRoom *self)
{
  g_return_val_if_fail (XMPP_IS_MUC_ROOM (self), NULL);

  return self->subject;
}

const XmppMucInfo *
xmpp_muc_room_get_info (XmppMucRoom *self)
{
  g_return_val_if_fail (XMPP_IS_MUC_ROOM (self), NULL);

  return self->info;
}

const GError *
xmpp_muc_room_get_error (XmppMucRoom *self)
{
  g_return_val_if_fail (XMPP_IS_MUC_ROOM (self), NULL);

  return self->error;
}

XmppMucOccupant *
xmpp_muc_room_get_self (XmppMucRoom *self)
{
  g_return_val_if_fail (XMPP_IS_MUC_ROOM (self), NULL);

  return self->self_occupant;
}

XmppMucOccupant *
xmpp_muc_room_find (XmppMucRoom *self,
                    const char  *nick)
{
  g_return_val_if_fail (XMPP_IS_MUC_ROOM (self), NULL);
  g_return_val_if_fail (nick != NULL, NULL);

  return g_hash_table_lookup (self->by_nick, nick);
}
