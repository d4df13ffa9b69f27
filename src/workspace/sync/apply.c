/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium"

#include "config.h"

#include "workspace/sync/apply.h"

#include "workspace/account/session.h"
#include "workspace/chat/extra.h"
#include "workspace/clock.h"
#include "workspace/people/mention.h"
#include "xmpp/jid.h"
#include "xmpp/muc.h"

#include <string.h>

typedef struct
{
  XmppIncoming *incoming;
  char         *nick;       /* ours in that room; NULL */
  gint64        settles;
  StoreMessage *row;        /* borrowed, while a page is written */
} Item;

struct _AtriumApply
{
  AtriumWorkspace *workspace;   /* main thread only, while being filled */
  char *own;
  GPtrArray *items;             /* (element-type Item) */

  XmppArchivePage *page;
  StoreArchiveDirection direction;
  char *scope;
  char *anchor_id;
  gboolean seen;
  gboolean bounded;

  GHashTable *conversations;    /* address → gint64*, of this run */
  GPtrArray *receipts;
  GPtrArray *news;
  GArray *settled;
  GArray *read;
};

static void
item_free (gpointer data)
{
  Item *item = data;

  xmpp_incoming_unref (item->incoming);
  g_free (item->nick);
  g_free (item);
}

static void
receipt_free (gpointer data)
{
  AtriumReceipt *receipt = data;

  g_free (receipt->to);
  g_free (receipt->type);
  g_free (receipt->id);
  g_free (receipt);
}

static void
news_free (gpointer data)
{
  AtriumNews *news = data;

  store_message_unref (news->message);
  g_free (news);
}

AtriumApply *
atrium_apply_new (AtriumWorkspace *workspace)
{
  AtriumApply *self = g_new0 (AtriumApply, 1);

  self->workspace = workspace;
  self->own = g_strdup (atrium_workspace_get_own_address (workspace));
  self->items = g_ptr_array_new_with_free_func (item_free);
  self->receipts = g_ptr_array_new_with_free_func (receipt_free);
  self->news = g_ptr_array_new_with_free_func (news_free);
  self->settled = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->read = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->conversations = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  return self;
}

void
atrium_apply_free (AtriumApply *self)
{
  if (self == NULL)
    return;

  g_ptr_array_unref (self->items);
  g_ptr_array_unref (self->receipts);
  g_ptr_array_unref (self->news);
  g_array_unref (self->settled);
  g_array_unref (self->read);
  g_hash_table_unref (self->conversations);
  g_clear_pointer (&self->page, xmpp_archive_page_unref);
  g_free (self->own);
  g_free (self->scope);
  g_free (self->anchor_id);
  g_free (self);
}

void
atrium_apply_add (AtriumApply  *self,
                  XmppIncoming *incoming,
                  gint64        settles)
{
  AtriumSession *session = atrium_workspace_get_session (self->workspace);
  Item *item = g_new0 (Item, 1);

  item->incoming = xmpp_incoming_ref (incoming);
  item->settles = settles;
  if (incoming->kind == XMPP_CHAT_ROOM && session != NULL)
    item->nick = g_strdup (atrium_session_get_room_nick (session, incoming->chat));
  g_ptr_array_add (self->items, item);
}

void
atrium_apply_set_page (AtriumApply           *self,
                       XmppArchivePage       *page,
                       StoreArchiveDirection  direction,
                       const char            *scope,
                       const char            *anchor_id,
                       gboolean               seen,
                       gboolean               bounded)
{
  self->page = xmpp_archive_page_ref (page);
  self->direction = direction;
  self->scope = g_strdup (scope);
  self->anchor_id = g_strdup (anchor_id);
  self->seen = seen;
  self->bounded = bounded;
}

gboolean
atrium_apply_is_empty (AtriumApply *self)
{
  return self->items->len == 0 && self->page == NULL;
}

void
atrium_apply_reset (AtriumApply *self)
{
  g_ptr_array_set_size (self->receipts, 0);
  g_ptr_array_set_size (self->news, 0);
  g_array_set_size (self->settled, 0);
  g_array_set_size (self->read, 0);
  g_hash_table_remove_all (self->conversations);
}

GPtrArray *
atrium_apply_get_receipts (AtriumApply *self)
{
  return self->receipts;
}

GPtrArray *
atrium_apply_get_news (AtriumApply *self)
{
  return self->news;
}

GArray *
atrium_apply_get_settled (AtriumApply *self)
{
  return self->settled;
}

GArray *
atrium_apply_get_read (AtriumApply *self)
{
  return self->read;
}

/* On the database thread. */

static gboolean
ensure_conversation (AtriumApply       *self,
                     StoreTransaction  *tx,
                     XmppIncoming      *incoming,
                     gint64            *out_id,
                     GError           **error)
{
  gint64 *known = g_hash_table_lookup (self->conversations, incoming->chat);

  if (known == NULL)
    {
      StoreConversationKind kind = incoming->kind == XMPP_CHAT_ROOM ? STORE_CONVERSATION_ROOM : STORE_CONVERSATION_PERSON;
      gint64 id;

      if (!store_conversation_ensure (tx, incoming->chat, kind, &id, error))
        return FALSE;
      known = g_memdup2 (&id, sizeof id);
      g_hash_table_insert (self->conversations, g_strdup (incoming->chat), known);
    }
  *out_id = *known;

  return TRUE;
}

static void
fill_author (StoreAuthor        *author,
             const XmppIncoming *incoming)
{
  author->direction = incoming->outgoing ? STORE_DIRECTION_OUT : STORE_DIRECTION_IN;
  author->sender = incoming->author->address;
  author->occupant_id = incoming->author->occupant_id;
  author->nick = incoming->author->nick;
}

static void
fill_ids (StoreStanzaIds     *ids,
          const XmppIncoming *incoming)
{
  ids->origin_id = incoming->message->origin_id;
  ids->message_id = incoming->message->id;
  ids->archive = incoming->archive_id != NULL ? incoming->archive : NULL;
  ids->archive_id = incoming->archive_id;
}

static void
add_file (StoreMessage        *row,
          const XmppFileShare *share)
{
  const XmppFileMetadata *metadata = share->metadata;
  StoreFile *file = store_message_add_file (row);

  file->name = g_strdup (metadata->name != NULL ? metadata->name : "file");
  file->size = metadata->size;
  file->type = g_strdup (metadata->media_type);
  file->description = g_strdup (metadata->description);
  file->width = metadata->width;
  file->height = metadata->height;
  file->duration = metadata->duration * 1000;
  file->state = STORE_FILE_REMOTE;
  if (share->urls != NULL)
    file->url = g_strdup (share->urls[0]);
  for (guint i = 0; metadata->hashes != NULL && i < metadata->hashes->len; i++)
    {
      const XmppFileHash *hash = g_ptr_array_index (metadata->hashes, i);

      if (file->hash == NULL || g_str_equal (hash->algorithm, "sha-256"))
        {
          g_autofree char *digest = g_base64_encode (g_bytes_get_data (hash->value, NULL), g_bytes_get_size (hash->value));

          g_free (file->hash);
          file->hash = g_strdup_printf ("%s:%s", hash->algorithm, digest);
        }
    }
}

/* The text of a message and the extra column for it. */
static char *
dup_text (const Item  *item,
          char       **out_extra,
          gboolean    *out_mention,
          const char  *own)
{
  g_autoptr (GPtrArray) mentions = NULL;
  g_autoptr (AtriumExtra) extra = atrium_extra_parse (NULL);
  XmppIncoming *incoming = item->incoming;
  char *text = xmpp_message_dup_text_with_mentions (incoming->message, &mentions);

  *out_mention = FALSE;
  extra->unstyled = incoming->message->unstyled;
  extra->stay = incoming->author->stay;
  if (mentions != NULL && mentions->len > 0 && text != NULL)
    {
      extra->mentions = g_ptr_array_new_with_free_func ((GDestroyNotify) atrium_span_free);
      for (guint i = 0; i < mentions->len; i++)
        {
          const XmppMention *mention = g_ptr_array_index (mentions, i);

          g_ptr_array_add (extra->mentions, atrium_span_new (mention->start, mention->end, ATRIUM_SPAN_MENTION, mention->address));
        }
    }
  if (!incoming->outgoing && incoming->kind == XMPP_CHAT_ROOM && text != NULL)
    *out_mention = atrium_mention_is_for (text, extra->mentions, own, incoming->chat, item->nick);
  *out_extra = atrium_extra_to_json (extra);

  return text != NULL ? text : g_strdup ("");
}

static StoreMessage *
new_row (AtriumApply *self,
         const Item  *item,
         gint64       conversation)
{
  XmppIncoming *incoming = item->incoming;
  XmppMessage *message = incoming->message;
  StoreMessage *row = store_message_new ();

  row->conversation = conversation;
  row->kind = STORE_MESSAGE_TEXT;
  row->direction = incoming->outgoing ? STORE_DIRECTION_OUT : STORE_DIRECTION_IN;
  row->sender = g_strdup (incoming->author->address);
  row->nick = g_strdup (incoming->author->nick);
  row->occupant_id = g_strdup (incoming->author->occupant_id);
  row->origin_id = g_strdup (message->origin_id);
  row->message_id = g_strdup (message->id);
  if (incoming->archive_id != NULL)
    {
      row->archive = g_strdup (incoming->archive);
      row->archive_id = g_strdup (incoming->archive_id);
    }
  g_clear_pointer (&row->body, g_free);
  row->body = dup_text (item, &row->extra, &row->mention, self->own);
  row->thread = g_strdup (message->thread);
  row->time = incoming->time;
  row->state = incoming->outgoing ? STORE_MESSAGE_SENT : STORE_MESSAGE_DELIVERED;
  if (message->reply != NULL)
    row->reply_id = g_strdup (message->reply->id);
  if (message->retraction != NULL && message->retraction->tombstone)
    row->retracted = incoming->time;
  for (guint i = 0; message->files != NULL && i < message->files->len; i++)
    add_file (row, g_ptr_array_index (message->files, i));

  return row;
}

/* Invitations have a text for programs that do not know them; they are told another way (see rooms.c). */
static gboolean
is_invitation (XmppMessage *message)
{
  const XmppNode *user = xmpp_message_get_payload (message, "x", XMPP_NS_MUC_USER);

  return xmpp_message_get_payload (message, "x", XMPP_NS_DIRECT_INVITE) != NULL ||
         (user != NULL && xmpp_node_get_child (user, "invite", NULL) != NULL);
}

/* Whether it is a message of its own, and not something done to another. */
static gboolean
is_message (const XmppIncoming *incoming)
{
  XmppMessage *message = incoming->message;

  if (message->type == XMPP_MESSAGE_ERROR || message->type == XMPP_MESSAGE_HEADLINE)
    return FALSE;
  if (message->retraction != NULL)
    return message->retraction->tombstone;
  if (message->replaces != NULL || message->reactions != NULL || message->received_id != NULL || message->displayed_id != NULL)
    return FALSE;
  if (xmpp_message_is_subject_change (message) || is_invitation (message))
    return FALSE;

  return message->bodies->len > 0 || (message->files != NULL && message->files->len > 0);
}

static void
owe_receipt (AtriumApply        *self,
             const XmppIncoming *incoming)
{
  AtriumReceipt *receipt;

  if (!incoming->message->wants_receipt || incoming->message->id == NULL || incoming->outgoing ||
      incoming->source != XMPP_SOURCE_LIVE || incoming->kind != XMPP_CHAT_DIRECT)
    return;

  receipt = g_new0 (AtriumReceipt, 1);
  receipt->to = g_strdup (incoming->chat);
  receipt->type = g_strdup (xmpp_message_type_to_string (incoming->message->type));
  receipt->id = g_strdup (incoming->message->id);
  g_ptr_array_add (self->receipts, receipt);
}

static void
add_news (AtriumApply  *self,
          StoreMessage *row,
          gboolean      live)
{
  AtriumNews *news = g_new0 (AtriumNews, 1);

  news->conversation = row->conversation;
  news->message = store_message_ref (row);
  news->live = live;
  g_ptr_array_add (self->news, news);
}

/* Something done to a message. TRUE without effect when it is none of these. */
static gboolean
apply_action (AtriumApply       *self,
              StoreTransaction  *tx,
              const Item        *item,
              gint64             conversation,
              GError           **error)
{
  XmppIncoming *incoming = item->incoming;
  XmppMessage *message = incoming->message;
  StoreAuthor author;
  StoreStanzaIds ids;

  fill_author (&author, incoming);
  fill_ids (&ids, incoming);

  if (message->retraction != NULL)
    {
      const XmppRetraction *retraction = message->retraction;
      const char *moderator = NULL;

      if (retraction->id == NULL)
        return TRUE;
      if (retraction->moderated)
        {
          /* Only the room itself may say so (threat A8). */
          if (!xmpp_author_is_room (incoming->author))
            return TRUE;
          moderator = retraction->moderator != NULL && xmpp_jid_get_resource (retraction->moderator) != NULL
                        ? xmpp_jid_get_resource (retraction->moderator) : incoming->chat;
        }

      return store_message_apply_retraction (tx, conversation, retraction->id, &author, &ids, incoming->time, moderator,
                                             retraction->reason, NULL, error);
    }
  if (message->replaces != NULL)
    {
      g_autofree char *extra = NULL;
      gboolean mention;
      g_autofree char *text = dup_text (item, &extra, &mention, self->own);

      return store_message_apply_edit (tx, conversation, message->replaces, &author, &ids, incoming->time, text, extra, NULL, error);
    }
  if (message->reactions != NULL)
    return store_message_apply_reactions (tx, conversation, message->reactions->id, &author, incoming->time,
                                          (const char * const *) message->reactions->emojis, NULL, error);
  if (message->received_id != NULL)
    return incoming->outgoing ||
           store_message_apply_receipt (tx, conversation, message->received_id, &author, incoming->time, NULL, error);
  if (message->displayed_id != NULL)
    {
      if (incoming->outgoing)
        g_array_append_val (self->read, conversation);

      return store_message_apply_read (tx, conversation, message->displayed_id, &author, incoming->time, NULL, error);
    }

  return TRUE;
}

static gboolean
settle (AtriumApply       *self,
        StoreTransaction  *tx,
        const Item        *item,
        gint64             conversation,
        GError           **error)
{
  g_autoptr (GError) missing = NULL;

  if (item->settles == 0)
    return TRUE;
  if (!store_outbox_remove (tx, item->settles, &missing) && !g_error_matches (missing, STORE_ERROR, STORE_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&missing));
      return FALSE;
    }
  g_array_append_val (self->settled, item->settles);

  return TRUE;
}

/* The store refuses what is too large or malformed; a peer's nonsense must not hold up everybody else's words. */
static gboolean
is_refusal (const GError *error)
{
  return g_error_matches (error, STORE_ERROR, STORE_ERROR_INVALID);
}

static gboolean
apply_live (AtriumApply       *self,
            StoreTransaction  *tx,
            const Item        *item,
            GError           **error)
{
  XmppIncoming *incoming = item->incoming;
  gint64 conversation;

  if (!is_message (incoming) && (!xmpp_message_has_content (incoming->message) || is_invitation (incoming->message)))
    return settle (self, tx, item, 0, error);
  /* Receipts and marks of strangers make no conversation. */
  if (!is_message (incoming) && incoming->message->retraction == NULL && incoming->message->replaces == NULL)
    {
      g_autoptr (StoreConversation) known = store_conversation_find (tx, incoming->chat, NULL);

      if (known == NULL)
        return TRUE;
    }
  if (!ensure_conversation (self, tx, incoming, &conversation, error))
    return FALSE;

  if (is_message (incoming))
    {
      g_autoptr (StoreMessage) row = new_row (self, item, conversation);
      StoreInsertFlags flags = STORE_INSERT_NONE;
      StoreInsertOutcome outcome;

      if (incoming->history)
        {
          g_autoptr (StoreConversation) known = store_conversation_load (tx, conversation, NULL);

          if (known != NULL && known->last_message == 0)
            flags = STORE_INSERT_SEEN;
        }
      if (!store_message_insert (tx, row, flags, &outcome, error))
        return FALSE;
      if (incoming->outgoing && !store_message_set_state (tx, row->id, STORE_MESSAGE_SENT, NULL, error))
        return FALSE;
      if (!store_message_place_waiting (tx, conversation, error))
        return FALSE;
      if (outcome == STORE_INSERTED && row->direction == STORE_DIRECTION_IN && flags == STORE_INSERT_NONE)
        add_news (self, row, TRUE);
      owe_receipt (self, incoming);
    }
  else if (!apply_action (self, tx, item, conversation, error))
    {
      return FALSE;
    }

  if (!settle (self, tx, item, conversation, error))
    return FALSE;

  if (incoming->archive_id != NULL && incoming->archive != NULL)
    return store_archive_extend_live (tx, incoming->archive, incoming->archive_id, incoming->time, error);

  return TRUE;
}

static gboolean
apply_page (AtriumApply       *self,
            StoreTransaction  *tx,
            GError           **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) store_message_unref);
  g_autoptr (GHashTable) newest = g_hash_table_new (g_int64_hash, g_int64_equal);
  StoreArchivePage page = { 0 };
  GHashTableIter iter;
  gpointer value;
  guint added = 0;

  for (guint i = 0; i < self->items->len; i++)
    {
      Item *item = g_ptr_array_index (self->items, i);
      gint64 conversation;

      item->row = NULL;
      if (!is_message (item->incoming))
        continue;
      if (!ensure_conversation (self, tx, item->incoming, &conversation, error))
        return FALSE;
      item->row = new_row (self, item, conversation);
      g_ptr_array_add (rows, item->row);
    }

  page.archive = self->page->archive;
  page.scope = self->scope != NULL ? self->scope : "";
  page.direction = self->direction;
  page.anchor_id = self->anchor_id;
  page.first_id = self->page->first;
  page.last_id = self->page->last;
  page.complete = self->page->complete && !self->bounded;
  page.messages = rows;
  if (self->items->len > 0)
    {
      page.first_time = ((Item *) g_ptr_array_index (self->items, 0))->incoming->time;
      page.last_time = ((Item *) g_ptr_array_index (self->items, self->items->len - 1))->incoming->time;
    }
  else
    {
      page.first_time = page.last_time = atrium_clock_now ();
    }
  if (!store_archive_insert_page (tx, &page, self->seen ? STORE_INSERT_SEEN : STORE_INSERT_NONE, &added, error))
    return FALSE;

  for (guint i = 0; i < self->items->len; i++)
    {
      Item *item = g_ptr_array_index (self->items, i);
      gint64 conversation;

      if (!is_message (item->incoming) && xmpp_message_has_content (item->incoming->message) &&
          !is_invitation (item->incoming->message))
        {
          g_autoptr (GError) refusal = NULL;

          if (!ensure_conversation (self, tx, item->incoming, &conversation, error))
            return FALSE;
          if (!apply_action (self, tx, item, conversation, &refusal))
            {
              if (!is_refusal (refusal))
                return g_propagate_error (error, g_steal_pointer (&refusal)), FALSE;
              g_debug ("refused: %s", refusal->message);
            }
        }
      if (!settle (self, tx, item, 0, error))
        return FALSE;
      if (item->settles != 0 && item->row != NULL &&
          !store_message_set_state (tx, item->row->id, STORE_MESSAGE_SENT, NULL, error))
        return FALSE;
    }

  g_hash_table_iter_init (&iter, self->conversations);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (!store_message_place_waiting (tx, *(gint64 *) value, error))
      return FALSE;
  if (self->seen || added == 0)
    return TRUE;
  for (guint i = 0; i < rows->len; i++)
    {
      StoreMessage *row = g_ptr_array_index (rows, i);

      if (row->direction == STORE_DIRECTION_IN)
        g_hash_table_insert (newest, &row->conversation, row);
    }
  g_hash_table_iter_init (&iter, newest);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    add_news (self, value, FALSE);

  return TRUE;
}

gboolean
atrium_apply_work (StoreTransaction  *tx,
                   gpointer           data,
                   GError           **error)
{
  AtriumApply *self = data;

  if (self->page != NULL)
    {
      if (!apply_page (self, tx, error))
        return FALSE;
    }
  else
    {
      for (guint i = 0; i < self->items->len; i++)
        {
          g_autoptr (GError) refusal = NULL;

          if (apply_live (self, tx, g_ptr_array_index (self->items, i), &refusal))
            continue;
          if (!is_refusal (refusal))
            return g_propagate_error (error, g_steal_pointer (&refusal)), FALSE;
          g_debug ("refused: %s", refusal->message);
        }
    }

  return TRUE;
}
