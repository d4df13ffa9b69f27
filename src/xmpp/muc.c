/* SPDX-License-Identifier: GPL-3.0-or-later */

/* XEP-0045: Multi-User Chat: all rooms of an account. */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "xmpp/jid.h"
#include "xmpp/muc-info-private.h"
#include "xmpp/muc-room-private.h"
#include "xmpp/muc.h"
#include "xmpp/rsm.h"

#define NS_DISCO_ITEMS "http://jabber.org/protocol/disco#items"

/* Before the modules that would take a room's stanza for a person's. */
#define HANDLER_PRIORITY 100
/* Rooms entered at the same time: the answer to each can be thousands of presences. */
#define MAX_JOINING 4
#define INVITE_AGAIN (10 * 60 * G_USEC_PER_SEC)
#define MAX_INVITES 256
#define MAX_LISTED 10000
#define LIST_PAGE 200

enum
{
  INVITED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

struct _XmppMuc
{
  GObject      parent_instance;

  XmppClient  *client;
  GHashTable  *rooms;           /* address → XmppMucRoom */
  GQueue       waiting;         /* of XmppMucRoom, borrowed */
  GHashTable  *joining;         /* set of XmppMucRoom, borrowed */
  GHashTable  *invites;         /* "room\ninviter" → gint64 monotonic µs when it was told */
  guint        presence_handler;
  guint        message_handler;
  guint        quiet_timeout;
};

G_DEFINE_FINAL_TYPE (XmppMuc, xmpp_muc, G_TYPE_OBJECT)

/* --- the queue --- */

static void
start_joins (XmppMuc *self)
{
  while (g_hash_table_size (self->joining) < MAX_JOINING && xmpp_client_get_state (self->client) == XMPP_CLIENT_ONLINE)
    {
      XmppMucRoom *room = g_queue_pop_head (&self->waiting);

      if (room == NULL)
        return;
      g_hash_table_add (self->joining, room);
      xmpp_muc_room_begin_join (room);
    }
}

void
xmpp_muc_enqueue (XmppMuc     *self,
                  XmppMucRoom *room)
{
  if (g_queue_find (&self->waiting, room) == NULL)
    g_queue_push_tail (&self->waiting, room);
  start_joins (self);
}

void
xmpp_muc_join_ended (XmppMuc     *self,
                     XmppMucRoom *room)
{
  g_queue_remove (&self->waiting, room);
  if (g_hash_table_remove (self->joining, room))
    start_joins (self);
}

/* --- silence (XEP-0410) --- */

static gboolean on_quiet (gpointer user_data);

static void
arm_quiet (XmppMuc *self,
           guint    seconds)
{
  g_clear_handle_id (&self->quiet_timeout, g_source_remove);
  self->quiet_timeout = g_timeout_add_seconds (seconds, on_quiet, self);
}

void
xmpp_muc_check_quiet (XmppMuc *self,
                      gint64   now)
{
  gint64 quiet = (gint64) XMPP_ROOM_QUIET_SECONDS * G_USEC_PER_SEC;
  gint64 next = quiet;
  GHashTableIter iter;
  XmppMucRoom *room;

  g_hash_table_iter_init (&iter, self->rooms);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &room))
    {
      if (room->state != XMPP_ROOM_JOINED)
        continue;
      if (now - room->heard >= quiet)
        xmpp_muc_room_ping (room);
      else
        next = MIN (next, quiet - (now - room->heard));
    }
  arm_quiet (self, next / G_USEC_PER_SEC + 1);
}

static gboolean
on_quiet (gpointer user_data)
{
  XmppMuc *self = user_data;

  self->quiet_timeout = 0;
  xmpp_muc_check_quiet (self, g_get_monotonic_time ());
  return G_SOURCE_REMOVE;
}

/* --- sessions --- */

static void
on_session_started (XmppClient *client,
                    gboolean    resumed,
                    gpointer    user_data)
{
  XmppMuc *self = user_data;
  g_autoptr(GList) rooms = g_hash_table_get_values (self->rooms);

  for (GList *l = rooms; l != NULL; l = l->next)
    {
      XmppMucRoom *room = l->data;

      if (resumed)
        xmpp_muc_room_ping (room);      /* the stream had a problem: so may the room */
      else if (room->state != XMPP_ROOM_OUT)
        xmpp_muc_room_come_again (room);
    }
  start_joins (self);
}

/* --- invitations --- */

static gboolean
is_old_invite (gpointer key,
               gpointer value,
               gpointer user_data)
{
  return *(gint64 *) user_data - *(gint64 *) value >= INVITE_AGAIN;
}

static void
take_invite (XmppMuc       *self,
             XmppMucInvite *invite)
{
  g_autofree char *key = g_strconcat (invite->room, "\n", invite->from, NULL);
  XmppMucRoom *room = g_hash_table_lookup (self->rooms, invite->room);
  gint64 now = g_get_monotonic_time ();

  if (xmpp_jid_bare_equal (invite->from, xmpp_client_get_address (self->client))
      || (room != NULL && room->state == XMPP_ROOM_JOINED))
    return;
  g_hash_table_foreach_remove (self->invites, is_old_invite, &now);
  if (g_hash_table_contains (self->invites, key))
    return;
  if (g_hash_table_size (self->invites) >= MAX_INVITES)
    {
      xmpp_client_note_rejection (self->client, "invite-flood");
      return;
    }
  g_hash_table_insert (self->invites, g_steal_pointer (&key), g_memdup2 (&now, sizeof now));
  g_signal_emit (self, signals[INVITED], 0, invite);
}

/* --- stanzas --- */

static XmppMucRoom *
find_room (XmppMuc        *self,
           const XmppNode *stanza)
{
  const char *from = xmpp_node_get_attribute (stanza, "from");
  g_autofree char *bare = from != NULL ? xmpp_jid_dup_bare (from) : NULL;

  return bare != NULL ? g_hash_table_lookup (self->rooms, bare) : NULL;
}

static gboolean
on_presence (XmppClient *client,
             XmppNode   *presence,
             gpointer    user_data)
{
  XmppMuc *self = user_data;
  XmppMucRoom *room = find_room (self, presence);

  if (room != NULL)
    {
      g_object_ref (room);
      xmpp_muc_room_handle_presence (room, presence);
      g_object_unref (room);
      return TRUE;
    }
  if (xmpp_muc_get_user_node (presence) == NULL)
    return FALSE;
  xmpp_client_note_rejection (client, "room-unknown");
  return TRUE;
}

/* What only rooms may say. An empty <x/> just marks an aside (§7.5). */
static gboolean
is_room_talk (const XmppNode *message)
{
  XmppNode *x = xmpp_muc_get_user_node (message);

  return x != NULL && xmpp_node_get_first_child (x) != NULL;
}

static gboolean
on_message (XmppClient *client,
            XmppNode   *message,
            gpointer    user_data)
{
  XmppMuc *self = user_data;
  XmppMucRoom *room = find_room (self, message);
  g_autoptr(XmppMucInvite) invite = NULL;
  const char *refused = NULL;

  if (room != NULL)
    {
      gboolean consumed;

      g_object_ref (room);
      consumed = xmpp_muc_room_handle_message (room, message);
      g_object_unref (room);
      if (consumed)
        return TRUE;
    }
  invite = xmpp_muc_invite_parse (message, &refused);
  if (invite != NULL)
    {
      take_invite (self, invite);
      return TRUE;
    }
  if (refused == NULL && (room != NULL || !is_room_talk (message)))
    return FALSE;
  if (g_strcmp0 (xmpp_node_get_attribute (message, "type"), "error") == 0)
    return FALSE;       /* our own invitation, sent back */
  xmpp_client_note_rejection (client, refused != NULL ? refused : "room-unknown");
  return TRUE;
}

/* --- lists and information --- */

void
xmpp_muc_listed_free (XmppMucListed *self)
{
  if (self == NULL)
    return;
  g_free (self->address);
  g_free (self->name);
  g_free (self);
}

typedef struct
{
  char      *service;
  GPtrArray *rooms;
} Listing;

static void
listing_free (gpointer data)
{
  Listing *listing = data;

  g_free (listing->service);
  g_clear_pointer (&listing->rooms, g_ptr_array_unref);
  g_free (listing);
}

static void
add_listed (GPtrArray      *rooms,
            const XmppNode *item)
{
  const char *text = xmpp_node_get_attribute (item, "jid");
  g_autofree char *address = text != NULL ? xmpp_jid_prepare (text, NULL) : NULL;
  XmppMucListed *listed;

  if (address == NULL || !xmpp_jid_is_bare (address) || xmpp_node_get_attribute (item, "node") != NULL)
    return;
  listed = g_new0 (XmppMucListed, 1);
  listed->address = g_steal_pointer (&address);
  listed->name = g_strdup (xmpp_node_get_attribute (item, "name"));
  g_ptr_array_add (rooms, listed);
}

static void on_listed (GObject *source, GAsyncResult *result, gpointer user_data);

static void
ask_list (XmppMuc    *self,
          GTask      *task,
          const char *after)
{
  Listing *listing = g_task_get_task_data (task);
  XmppNode *iq = xmpp_client_new_iq ("get", listing->service);
  XmppNode *query = xmpp_node_add_child (iq, "query", NS_DISCO_ITEMS);

  xmpp_rsm_add (query, LIST_PAGE, after, NULL);
  xmpp_client_send_iq_async (self->client, iq, g_task_get_cancellable (task), on_listed, g_object_ref (task));
}

static void
on_listed (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(XmppNode) answer = NULL;
  g_autoptr(XmppRsm) set = NULL;
  Listing *listing = g_task_get_task_data (task);
  guint before = listing->rooms->len;
  GError *error = NULL;
  XmppNode *query;

  answer = xmpp_client_send_iq_finish (XMPP_CLIENT (source), result, &error);
  if (answer == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  query = xmpp_node_get_child (answer, "query", NS_DISCO_ITEMS);
  for (XmppNode *item = query != NULL ? xmpp_node_get_first_child (query) : NULL;
       item != NULL && listing->rooms->len < MAX_LISTED;
       item = xmpp_node_get_next (item))
    {
      if (xmpp_node_is (item, "item", NS_DISCO_ITEMS))
        add_listed (listing->rooms, item);
    }
  /* A server without paging sent all of it. */
  set = query != NULL ? xmpp_rsm_parse (query) : NULL;
  if (set != NULL && set->last != NULL && listing->rooms->len > before && listing->rooms->len < MAX_LISTED
      && (set->count < 0 || set->count > listing->rooms->len))
    ask_list (g_task_get_source_object (task), task, set->last);
  else
    g_task_return_pointer (task, g_steal_pointer (&listing->rooms), (GDestroyNotify) g_ptr_array_unref);
}

void
xmpp_muc_list_async (XmppMuc             *self,
                     const char          *service,
                     GCancellable        *cancellable,
                     GAsyncReadyCallback  callback,
                     gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  Listing *listing;

  g_return_if_fail (XMPP_IS_MUC (self));
  g_return_if_fail (service != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, xmpp_muc_list_async);
  listing = g_new0 (Listing, 1);
  listing->service = g_strdup (service);
  listing->rooms = g_ptr_array_new_with_free_func ((GDestroyNotify) xmpp_muc_listed_free);
  g_task_set_task_data (task, listing, listing_free);
  ask_list (self, task, NULL);
}

GPtrArray *
xmpp_muc_list_finish (XmppMuc       *self,
                      GAsyncResult  *result,
                      GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
on_info (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(XmppNode) answer = NULL;
  const char *address = g_task_get_task_data (task);
  XmppNode *query;
  XmppMucInfo *info;
  GError *error = NULL;

  answer = xmpp_client_send_iq_finish (XMPP_CLIENT (source), result, &error);
  if (answer == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  query = xmpp_node_get_child (answer, "query", XMPP_NS_DISCO_INFO);
  info = query != NULL ? xmpp_muc_info_parse (query, address) : NULL;
  if (info == NULL)
    g_task_return_new_error (task, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_INVALID_ANSWER, "%s is not a room", address);
  else
    g_task_return_pointer (task, info, (GDestroyNotify) xmpp_muc_info_free);
}

void
xmpp_muc_get_info_async (XmppMuc             *self,
                         const char          *room,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  XmppNode *iq;
  GTask *task;

  g_return_if_fail (XMPP_IS_MUC (self));
  g_return_if_fail (room != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, xmpp_muc_get_info_async);
  g_task_set_task_data (task, g_strdup (room), g_free);
  iq = xmpp_client_new_iq ("get", room);
  xmpp_node_add_child (iq, "query", XMPP_NS_DISCO_INFO);
  xmpp_client_send_iq_async (self->client, iq, cancellable, on_info, task);
}

XmppMucInfo *
xmpp_muc_get_info_finish (XmppMuc       *self,
                          GAsyncResult  *result,
                          GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- the object --- */

static void
xmpp_muc_dispose (GObject *object)
{
  XmppMuc *self = XMPP_MUC (object);
  GHashTableIter iter;
  XmppMucRoom *room;

  g_clear_handle_id (&self->quiet_timeout, g_source_remove);
  if (self->client != NULL)
    {
      xmpp_client_remove_handler (self->client, self->presence_handler);
      xmpp_client_remove_handler (self->client, self->message_handler);
      g_signal_handlers_disconnect_by_data (self->client, self);
    }
  g_queue_clear (&self->waiting);
  g_hash_table_remove_all (self->joining);
  g_hash_table_iter_init (&iter, self->rooms);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &room))
    {
      room->muc = NULL;     /* before it stops, so that it does not call back */
      xmpp_muc_room_orphan (room);
    }
  g_hash_table_remove_all (self->rooms);
  g_clear_object (&self->client);

  G_OBJECT_CLASS (xmpp_muc_parent_class)->dispose (object);
}

static void
xmpp_muc_finalize (GObject *object)
{
  XmppMuc *self = XMPP_MUC (object);

  g_hash_table_unref (self->rooms);
  g_hash_table_unref (self->joining);
  g_hash_table_unref (self->invites);

  G_OBJECT_CLASS (xmpp_muc_parent_class)->finalize (object);
}

static void
xmpp_muc_class_init (XmppMucClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = xmpp_muc_dispose;
  object_class->finalize = xmpp_muc_finalize;

  signals[INVITED] = g_signal_new ("invited", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 1, XMPP_TYPE_MUC_INVITE | G_SIGNAL_TYPE_STATIC_SCOPE);
}

static void
xmpp_muc_init (XmppMuc *self)
{
  self->rooms = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  self->joining = g_hash_table_new (NULL, NULL);
  self->invites = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_queue_init (&self->waiting);
}

XmppMuc *
xmpp_muc_new (XmppClient *client)
{
  XmppMuc *self;

  g_return_val_if_fail (XMPP_IS_CLIENT (client), NULL);

  self = g_object_new (XMPP_TYPE_MUC, NULL);
  self->client = g_object_ref (client);
  self->presence_handler = xmpp_client_add_handler (client, XMPP_STANZA_PRESENCE, HANDLER_PRIORITY, NULL, NULL,
                                                    on_presence, self, NULL);
  self->message_handler = xmpp_client_add_handler (client, XMPP_STANZA_MESSAGE, HANDLER_PRIORITY, NULL, NULL,
                                                   on_message, self, NULL);
  g_signal_connect (client, "session-started", G_CALLBACK (on_session_started), self);
  arm_quiet (self, XMPP_ROOM_QUIET_SECONDS);
  return self;
}

XmppClient *
xmpp_muc_get_client (XmppMuc *self)
{
  g_return_val_if_fail (XMPP_IS_MUC (self), NULL);

  return self->client;
}

XmppMucRoom *
xmpp_muc_ensure_room (XmppMuc    *self,
                      const char *address)
{
  XmppMucRoom *room;

  g_return_val_if_fail (XMPP_IS_MUC (self), NULL);
  g_return_val_if_fail (address != NULL && xmpp_jid_is_bare (address), NULL);

  room = g_hash_table_lookup (self->rooms, address);
  if (room == NULL)
    {
      room = xmpp_muc_room_new (self, self->client, address);
      g_hash_table_insert (self->rooms, g_strdup (address), room);
    }
  return room;
}

XmppMucRoom *
xmpp_muc_get_room (XmppMuc    *self,
                   const char *address)
{
  g_return_val_if_fail (XMPP_IS_MUC (self), NULL);
  g_return_val_if_fail (address != NULL, NULL);

  return g_hash_table_lookup (self->rooms, address);
}

void
xmpp_muc_forget_room (XmppMuc    *self,
                      const char *address)
{
  XmppMucRoom *room;

  g_return_if_fail (XMPP_IS_MUC (self));
  g_return_if_fail (address != NULL);

  room = g_hash_table_lookup (self->rooms, address);
  if (room == NULL)
    return;
  g_object_ref (room);
  xmpp_muc_room_leave (room, NULL);
  xmpp_muc_room_orphan (room);
  g_hash_table_remove (self->rooms, address);
  g_object_unref (room);
}
