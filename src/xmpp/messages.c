/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The gate for messages. One function, verify(), decides for every source what is proved about a message:
 *
 *   source      who vouches            conversation                 own if
 *   live        our server: from       bare from; room of from      from is the own address; nick is ours
 *   carbon      our server: wrapper    the other of from and to     "sent"
 *   archive     the archive: wrapper   own: the other side;         from is the own address; in rooms the own
 *                                      room: the room itself        occupant-id or real address
 *
 * Invariants:
 *   M1  what a sender can write (stamps, ids, occupant-ids, room items) counts only where the server or the room that
 *       vouches is known to put its own in place of it;
 *   M2  a message that fails one check is dropped whole, and counted once.
 */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "xmpp/carbons.h"
#include "xmpp/correction.h"
#include "xmpp/delay.h"
#include "xmpp/jid.h"
#include "xmpp/markers.h"
#include "xmpp/messages-private.h"
#include "xmpp/moderation.h"
#include "xmpp/muc-info-private.h"
#include "xmpp/muc-room-private.h"
#include "xmpp/namespaces.h"
#include "xmpp/occupant-id.h"
#include "xmpp/oob.h"
#include "xmpp/receipts.h"
#include "xmpp/stanza-id.h"
#include "xmpp/styling.h"

#define NS_PUBSUB_EVENT "http://jabber.org/protocol/pubsub#event"

/* After all the others: what is left is for people. */
#define HANDLER_PRIORITY (-100)
#define MAX_FEATURES 1024

enum
{
  RECEIVED,
  BOUNCED,
  READY,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

struct _XmppMessages
{
  GObject       parent_instance;

  XmppClient   *client;
  XmppMuc      *muc;
  guint         handler;
  GHashTable   *features;       /* set: of the own account, in this session */
  GCancellable *cancellable;    /* of the questions at the start of the session */
  guint         pending;        /* of those */
  gboolean      ready;
  gboolean      carbons;
};

G_DEFINE_FINAL_TYPE (XmppMessages, xmpp_messages, G_TYPE_OBJECT)

/* --- verifying --- */

/* What is being found out about one message. */
typedef struct
{
  XmppMessages  *self;
  XmppSource     source;
  XmppNode      *node;
  XmppNode      *forwarded;     /* wrapper; NULL for live ones */
  const char    *archive;       /* of an archive result; else NULL */
  XmppMessage   *message;
  XmppMucRoom   *room;          /* borrowed; NULL if it is not about a known room */
  const char    *own;
  const char    *reason;
} Case;

static XmppMucRoom *
find_room (XmppMessages *self,
           const char   *address)
{
  g_autofree char *bare = address != NULL ? xmpp_jid_dup_bare (address) : NULL;

  return bare != NULL ? xmpp_muc_get_room (self->muc, bare) : NULL;
}

static gboolean
room_has (XmppMucRoom  *room,
          XmppMucFlags  flag)
{
  return room != NULL && room->info != NULL && (room->info->flags & flag) != 0;
}

static gboolean
refuse (Case       *c,
        const char *reason)
{
  c->reason = reason;
  return FALSE;
}

static gboolean
is_own (Case       *c,
        const char *address)
{
  return xmpp_jid_bare_equal (address, c->own);
}

/* Direct or an aside in a room: between two addresses, one of them ours. */
static gboolean
decide_two (Case         *c,
            XmppIncoming *incoming)
{
  XmppMessage *message = c->message;
  const char *peer;

  switch (c->source)
    {
    case XMPP_SOURCE_LIVE:
      incoming->outgoing = is_own (c, message->from);
      break;
    case XMPP_SOURCE_CARBON_SENT:
      incoming->outgoing = TRUE;
      break;
    case XMPP_SOURCE_CARBON_RECEIVED:
      incoming->outgoing = FALSE;
      break;
    case XMPP_SOURCE_ARCHIVE:
    default:
      if (g_strcmp0 (c->archive, c->own) != 0)
        return refuse (c, "archive-foreign");
      incoming->outgoing = is_own (c, message->from);
      if (!incoming->outgoing && !is_own (c, message->to))
        return refuse (c, "archive-foreign");
      break;
    }
  peer = incoming->outgoing ? message->to : message->from;
  if (peer == NULL)
    peer = c->own;          /* RFC 6120 §8.1.1: to the own account */
  c->room = find_room (c->self, peer);
  /* Only our own server's records may say by a mark that a room, which we may have forgotten, was behind it. */
  if (xmpp_jid_get_resource (peer) != NULL
      && (c->room != NULL
          || (c->source != XMPP_SOURCE_LIVE && xmpp_node_get_child (c->node, "x", XMPP_NS_MUC_USER) != NULL)))
    {
      incoming->kind = XMPP_CHAT_ROOM_PRIVATE;
      incoming->chat = g_strdup (peer);
    }
  else
    {
      /* A room that speaks to us alone, not as "groupchat", is still the room. */
      gboolean room_itself = c->room != NULL && !incoming->outgoing && c->source == XMPP_SOURCE_LIVE;

      incoming->kind = room_itself ? XMPP_CHAT_ROOM : XMPP_CHAT_DIRECT;
      incoming->chat = xmpp_jid_dup_bare (peer);
    }
  return TRUE;
}

static gboolean
decide_room (Case         *c,
             XmppIncoming *incoming)
{
  c->room = find_room (c->self, c->message->from);
  incoming->kind = XMPP_CHAT_ROOM;
  incoming->chat = xmpp_jid_dup_bare (c->message->from);
  switch (c->source)
    {
    case XMPP_SOURCE_LIVE:
      if (c->room == NULL || (c->room->state != XMPP_ROOM_JOINED && c->room->state != XMPP_ROOM_JOINING))
        return refuse (c, "room-unknown");
      return TRUE;
    case XMPP_SOURCE_ARCHIVE:
      return g_strcmp0 (c->archive, incoming->chat) == 0 || refuse (c, "archive-foreign");
    case XMPP_SOURCE_CARBON_SENT:
    case XMPP_SOURCE_CARBON_RECEIVED:
    default:
      return refuse (c, "carbon-of-room");
    }
}

/* Stamps of those who vouch for the message: see M1. */
static void
decide_time (Case         *c,
             XmppIncoming *incoming)
{
  gint64 now = g_get_real_time (), stamp;

  if (c->forwarded != NULL)
    incoming->delayed = xmpp_delay_get (c->forwarded, NULL, &stamp);
  else if (incoming->kind == XMPP_CHAT_ROOM)
    {
      const char *by[] = { incoming->chat, NULL };

      incoming->delayed = c->room->in_history && xmpp_delay_get (c->node, by, &stamp);
      incoming->history = incoming->delayed;
    }
  else
    {
      const char *by[] = { xmpp_client_get_domain (c->self->client), c->own, NULL };

      incoming->delayed = xmpp_delay_get (c->node, by, &stamp);
    }
  incoming->time = incoming->delayed ? xmpp_delay_clamp (stamp, now) : now;
}

/* The real address that a room puts into its archive (XEP-0313 §5.1.2) where everybody may see it. */
static char *
dup_archived_address (Case *c)
{
  XmppNode *x = room_has (c->room, XMPP_MUC_NON_ANONYMOUS) ? xmpp_muc_get_user_node (c->node) : NULL;
  XmppNode *item = x != NULL ? xmpp_node_get_child (x, "item", NULL) : NULL;
  const char *text = item != NULL ? xmpp_node_get_attribute (item, "jid") : NULL;
  g_autofree char *address = text != NULL ? xmpp_jid_prepare (text, NULL) : NULL;

  return address != NULL ? xmpp_jid_dup_bare (address) : NULL;
}

static XmppAuthor *
new_occupant_author (Case         *c,
                     XmppIncoming *incoming,
                     const char   *nick)
{
  const char *id = room_has (c->room, XMPP_MUC_OCCUPANT_ID) ? xmpp_occupant_id_get (c->node) : NULL;
  gboolean present = c->source != XMPP_SOURCE_ARCHIVE && !incoming->history;
  XmppMucOccupant *occupant = present && c->room != NULL ? xmpp_muc_room_find (c->room, nick) : NULL;

  if (occupant != NULL)
    {
      const char *known = xmpp_muc_occupant_get_occupant_id (occupant);

      /* Somebody else than who has the nick now: the message overtook, or was held up. */
      if (id == NULL || known == NULL || g_str_equal (id, known))
        return xmpp_author_new (incoming->kind, incoming->chat, xmpp_muc_occupant_get_address (occupant), nick,
                                known != NULL ? known : id, xmpp_muc_occupant_get_stay (occupant));
    }
  if (c->source == XMPP_SOURCE_ARCHIVE && incoming->kind == XMPP_CHAT_ROOM)
    {
      g_autofree char *address = dup_archived_address (c);

      return xmpp_author_new (incoming->kind, incoming->chat, address, nick, id, 0);
    }
  return xmpp_author_new (incoming->kind, incoming->chat, NULL, nick, id, 0);
}

static gboolean
is_own_occupant (Case             *c,
                 XmppIncoming     *incoming,
                 const XmppAuthor *author)
{
  XmppMucOccupant *me = c->room != NULL ? c->room->self_occupant : NULL;
  const char *my_id = me != NULL ? xmpp_muc_occupant_get_occupant_id (me) : NULL;

  if (author->occupant_id != NULL && my_id != NULL)
    return g_str_equal (author->occupant_id, my_id);
  if (author->address != NULL)
    return is_own (c, author->address);
  return me != NULL && author->stay != 0 && author->stay == xmpp_muc_occupant_get_stay (me);
}

static void
decide_author (Case         *c,
               XmppIncoming *incoming)
{
  const char *nick = xmpp_jid_get_resource (c->message->from);

  if (incoming->kind == XMPP_CHAT_DIRECT || (incoming->kind == XMPP_CHAT_ROOM_PRIVATE && incoming->outgoing))
    {
      g_autofree char *bare = xmpp_jid_dup_bare (c->message->from);

      incoming->author = xmpp_author_new (incoming->kind, incoming->chat, bare, NULL, NULL, 0);
    }
  else if (nick == NULL)
    incoming->author = xmpp_author_new (incoming->kind, incoming->chat, NULL, NULL, NULL, 0);
  else
    {
      incoming->author = new_occupant_author (c, incoming, nick);
      if (incoming->kind == XMPP_CHAT_ROOM)
        incoming->outgoing = is_own_occupant (c, incoming, incoming->author);
    }
}

static void
decide_archive_id (Case         *c,
                   XmppIncoming *incoming,
                   const char   *archive_id)
{
  XmppHints unstored = XMPP_HINT_NO_STORE | XMPP_HINT_NO_PERMANENT_STORE;

  if (c->source == XMPP_SOURCE_ARCHIVE)
    {
      incoming->archive = g_strdup (c->archive);
      incoming->archive_id = g_strdup (archive_id);
      return;
    }
  incoming->archive = g_strdup (incoming->kind == XMPP_CHAT_ROOM ? incoming->chat : c->own);
  /* What is not archived gets no id; one that is there all the same is the sender's. */
  if ((c->message->hints & unstored) != 0)
    return;
  if (incoming->kind == XMPP_CHAT_ROOM ? room_has (c->room, XMPP_MUC_STANZA_ID)
                                       : xmpp_messages_has_feature (c->self, XMPP_NS_STANZA_ID))
    incoming->archive_id = g_strdup (xmpp_stanza_id_get (c->node, incoming->archive));
}

/* Retractions by a moderator come from the room itself; what is left of a message only from an archive (threat A8). */
static gboolean
check_retraction (Case         *c,
                  XmppIncoming *incoming)
{
  const XmppRetraction *retraction = c->message->retraction;

  if (retraction == NULL)
    return TRUE;
  if (retraction->tombstone)
    return c->source == XMPP_SOURCE_ARCHIVE || incoming->history || refuse (c, "tombstone-forged");
  if (retraction->moderated)
    return xmpp_author_is_room (incoming->author) || refuse (c, "moderation-forged");
  return TRUE;
}

static gboolean
verify_into (Case         *c,
             XmppIncoming *incoming,
             const char   *archive_id)
{
  XmppMessage *message = c->message;

  if (message->from == NULL)
    {
      /* RFC 6120 §8.1.2.1: the server speaks for the own account; inside a wrapper it has to say so. */
      if (c->source != XMPP_SOURCE_LIVE || message->type == XMPP_MESSAGE_GROUPCHAT)
        return refuse (c, "message-malformed");
      message->from = g_strdup (c->own);
    }
  if (message->type == XMPP_MESSAGE_ERROR || xmpp_node_get_child (c->node, "event", NS_PUBSUB_EVENT) != NULL)
    return FALSE;
  if (!(message->type == XMPP_MESSAGE_GROUPCHAT ? decide_room (c, incoming) : decide_two (c, incoming)))
    return FALSE;
  incoming->from = g_strdup (message->from);
  decide_time (c, incoming);
  decide_author (c, incoming);
  decide_archive_id (c, incoming, archive_id);
  return check_retraction (c, incoming);
}

/* @archive, @archive_id: of an archive result; else NULL. NULL with a reason: refused; without: of no interest. */
static XmppIncoming *
verify (XmppMessages  *self,
        XmppSource     source,
        XmppNode      *node,
        XmppNode      *forwarded,
        const char    *archive,
        const char    *archive_id,
        const char   **out_reason)
{
  g_autoptr(XmppIncoming) incoming = g_new0 (XmppIncoming, 1);
  Case c = { .self = self, .source = source, .node = node, .forwarded = forwarded, .archive = archive };

  g_atomic_ref_count_init (&incoming->refs);
  incoming->source = source;
  c.own = xmpp_client_get_address (self->client);
  c.message = incoming->message = xmpp_message_parse (node, NULL);
  if (c.message == NULL)
    {
      *out_reason = "message-malformed";
      return NULL;
    }
  if (!verify_into (&c, incoming, archive_id))
    {
      *out_reason = c.reason;
      return NULL;
    }
  return g_steal_pointer (&incoming);
}

XmppIncoming *
xmpp_messages_verify_archived (XmppMessages  *self,
                               const char    *archive,
                               const char    *archive_id,
                               XmppNode      *forwarded,
                               const char   **out_reason)
{
  XmppNode *node = xmpp_node_get_child (forwarded, "message", XMPP_NS_CLIENT);

  *out_reason = NULL;
  if (node == NULL)
    {
      *out_reason = "archive-malformed";
      return NULL;
    }
  return verify (self, XMPP_SOURCE_ARCHIVE, node, forwarded, archive, archive_id, out_reason);
}

void
xmpp_messages_emit_page (XmppMessages    *self,
                         XmppArchivePage *page)
{
  g_signal_emit (self, signals[RECEIVED], 0, page->messages, page);
}

/* --- receiving --- */

static void
emit_one (XmppMessages *self,
          XmppIncoming *incoming)
{
  g_autoptr(GPtrArray) messages = g_ptr_array_new_with_free_func ((GDestroyNotify) xmpp_incoming_unref);

  incoming->serial = xmpp_client_get_received (self->client);
  g_ptr_array_add (messages, xmpp_incoming_ref (incoming));
  g_signal_emit (self, signals[RECEIVED], 0, messages, NULL);
}

static void
take_error (XmppMessages   *self,
            const XmppNode *node)
{
  g_autoptr(XmppMessage) message = xmpp_message_parse (node, NULL);
  g_autofree char *chat = NULL;

  if (message == NULL || message->id == NULL)
    return;
  if (message->from == NULL)
    chat = g_strdup (xmpp_client_get_address (self->client));
  else if (find_room (self, message->from) != NULL)
    chat = g_strdup (message->from);      /* the room, or an aside in it */
  else
    chat = xmpp_jid_dup_bare (message->from);
  g_signal_emit (self, signals[BOUNCED], 0, chat, message->id, message->error);
}

static gboolean
on_message (XmppClient *client,
            XmppNode   *node,
            gpointer    user_data)
{
  XmppMessages *self = user_data;
  g_autoptr(XmppMessages) alive G_GNUC_UNUSED = g_object_ref (self);
  g_autoptr(XmppIncoming) incoming = NULL;
  XmppNode *forwarded = NULL, *inner = NULL;
  const char *reason = NULL;

  if (xmpp_node_get_child (node, "event", NS_PUBSUB_EVENT) != NULL
      && xmpp_node_get_child (node, "body", NULL) == NULL)
    return FALSE;
  switch (xmpp_carbons_parse (node, xmpp_client_get_address (client), &forwarded, &inner, &reason))
    {
    case XMPP_CARBON_SENT:
      incoming = verify (self, XMPP_SOURCE_CARBON_SENT, inner, forwarded, NULL, NULL, &reason);
      break;
    case XMPP_CARBON_RECEIVED:
      incoming = verify (self, XMPP_SOURCE_CARBON_RECEIVED, inner, forwarded, NULL, NULL, &reason);
      break;
    case XMPP_CARBON_NONE:
      if (g_strcmp0 (xmpp_node_get_attribute (node, "type"), "error") == 0)
        {
          take_error (self, node);
          return TRUE;
        }
      if (xmpp_node_get_child (node, "result", XMPP_NS_ARCHIVE) != NULL)
        reason = "archive-unasked";
      else
        incoming = verify (self, XMPP_SOURCE_LIVE, node, NULL, NULL, NULL, &reason);
      break;
    case XMPP_CARBON_REFUSED:
    default:
      break;
    }
  if (incoming != NULL)
    emit_one (self, incoming);
  else if (reason != NULL)
    xmpp_client_note_rejection (client, reason);
  return TRUE;
}

/* --- the start of a session --- */

static void
note_answer (XmppMessages *self)
{
  if (--self->pending > 0)
    return;
  self->ready = TRUE;
  g_signal_emit (self, signals[READY], 0);
}

static void
on_features (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(XmppMessages) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(XmppNode) answer = xmpp_client_send_iq_finish (XMPP_CLIENT (source), result, &error);
  XmppNode *query = answer != NULL ? xmpp_node_get_child (answer, "query", XMPP_NS_DISCO_INFO) : NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  for (XmppNode *child = query != NULL ? xmpp_node_get_first_child (query) : NULL; child != NULL; child = xmpp_node_get_next (child))
    {
      const char *feature = xmpp_node_get_attribute (child, "var");

      if (xmpp_node_is (child, "feature", XMPP_NS_DISCO_INFO) && feature != NULL
          && g_hash_table_size (self->features) < MAX_FEATURES)
        g_hash_table_add (self->features, g_strdup (feature));
    }
  note_answer (self);
}

static void
on_carbons (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(XmppMessages) self = user_data;
  g_autoptr(GError) error = NULL;
  gboolean enabled = xmpp_carbons_enable_finish (XMPP_CLIENT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self->carbons = enabled;
  note_answer (self);
}

static void
begin_session (XmppMessages *self)
{
  XmppNode *iq = xmpp_client_new_iq ("get", xmpp_client_get_address (self->client));

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  g_hash_table_remove_all (self->features);
  self->carbons = FALSE;
  self->ready = FALSE;
  self->pending = 2;
  xmpp_node_add_child (iq, "query", XMPP_NS_DISCO_INFO);
  xmpp_client_send_iq_async (self->client, iq, self->cancellable, on_features, g_object_ref (self));
  xmpp_carbons_enable_async (self->client, self->cancellable, on_carbons, g_object_ref (self));
}

static void
on_session_started (XmppClient *client,
                    gboolean    resumed,
                    gpointer    user_data)
{
  XmppMessages *self = user_data;

  if (!resumed)
    begin_session (self);
  else if (self->ready)
    g_signal_emit (self, signals[READY], 0);
}

/* --- the object --- */

static void
xmpp_messages_dispose (GObject *object)
{
  XmppMessages *self = XMPP_MESSAGES (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->client != NULL)
    {
      xmpp_client_remove_handler (self->client, self->handler);
      g_signal_handlers_disconnect_by_data (self->client, self);
    }
  g_clear_object (&self->muc);
  g_clear_object (&self->client);

  G_OBJECT_CLASS (xmpp_messages_parent_class)->dispose (object);
}

static void
xmpp_messages_finalize (GObject *object)
{
  XmppMessages *self = XMPP_MESSAGES (object);

  g_hash_table_unref (self->features);

  G_OBJECT_CLASS (xmpp_messages_parent_class)->finalize (object);
}

static void
xmpp_messages_class_init (XmppMessagesClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = xmpp_messages_dispose;
  object_class->finalize = xmpp_messages_finalize;

  signals[RECEIVED] = g_signal_new ("received", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 2, G_TYPE_PTR_ARRAY | G_SIGNAL_TYPE_STATIC_SCOPE,
                                    XMPP_TYPE_ARCHIVE_PAGE | G_SIGNAL_TYPE_STATIC_SCOPE);
  signals[BOUNCED] = g_signal_new ("bounced", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 3, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_ERROR);
  signals[READY] = g_signal_new ("ready", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 0);
}

static void
xmpp_messages_init (XmppMessages *self)
{
  self->features = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

XmppMessages *
xmpp_messages_new (XmppClient *client,
                   XmppMuc    *muc)
{
  XmppMessages *self;

  g_return_val_if_fail (XMPP_IS_CLIENT (client), NULL);
  g_return_val_if_fail (XMPP_IS_MUC (muc), NULL);

  self = g_object_new (XMPP_TYPE_MESSAGES, NULL);
  self->client = g_object_ref (client);
  self->muc = g_object_ref (muc);
  self->handler = xmpp_client_add_handler (client, XMPP_STANZA_MESSAGE, HANDLER_PRIORITY, NULL, NULL, on_message, self, NULL);
  g_signal_connect (client, "session-started", G_CALLBACK (on_session_started), self);
  if (xmpp_client_get_state (client) == XMPP_CLIENT_ONLINE)
    begin_session (self);
  return self;
}

XmppClient *
xmpp_messages_get_client (XmppMessages *self)
{
  g_return_val_if_fail (XMPP_IS_MESSAGES (self), NULL);

  return self->client;
}

XmppMuc *
xmpp_messages_get_muc (XmppMessages *self)
{
  g_return_val_if_fail (XMPP_IS_MESSAGES (self), NULL);

  return self->muc;
}

gboolean
xmpp_messages_is_ready (XmppMessages *self)
{
  g_return_val_if_fail (XMPP_IS_MESSAGES (self), FALSE);

  return self->ready;
}

gboolean
xmpp_messages_has_carbons (XmppMessages *self)
{
  g_return_val_if_fail (XMPP_IS_MESSAGES (self), FALSE);

  return self->carbons;
}

const char *const *
xmpp_messages_list_understood (void)
{
  static const char *const features[] = {
    XMPP_NS_CHAT_STATES,
    XMPP_NS_CORRECTION,
    XMPP_NS_DIRECT_INVITE,
    XMPP_NS_FALLBACK,
    XMPP_NS_FILE_METADATA,
    XMPP_NS_FILE_SHARING,
    XMPP_NS_FORMS,
    XMPP_NS_MARKERS,
    XMPP_NS_MODERATION,
    XMPP_NS_MUC,
    XMPP_NS_OOB,
    XMPP_NS_REACTIONS,
    XMPP_NS_RECEIPTS,
    XMPP_NS_REFERENCES,
    XMPP_NS_REPLY,
    XMPP_NS_RETRACT,
    XMPP_NS_STANZA_ID,
    XMPP_NS_STYLING,
    NULL,
  };

  return features;
}

gboolean
xmpp_messages_has_feature (XmppMessages *self,
                           const char   *feature)
{
  g_return_val_if_fail (XMPP_IS_MESSAGES (self), FALSE);
  g_return_val_if_fail (feature != NULL, FALSE);

  return g_hash_table_contains (self->features, feature);
}
