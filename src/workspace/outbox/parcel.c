/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium"

#include "config.h"

#include "workspace/outbox/sender-private.h"

#include "workspace/chat/extra.h"
#include "xmpp/outgoing.h"

#include <glib/gi18n-lib.h>
#include <string.h>

void
atrium_parcel_free (AtriumParcel *parcel)
{
  if (parcel == NULL)
    return;

  g_clear_pointer (&parcel->entry, store_outbox_entry_unref);
  g_clear_pointer (&parcel->message, store_message_unref);
  g_clear_pointer (&parcel->reply, store_message_unref);
  g_free (parcel->target_id);
  g_free (parcel->own_reply_to);
  g_free (parcel);
}

static gboolean
is_about_message (const char *kind)
{
  return g_str_equal (kind, ATRIUM_ENTRY_RETRACTION) || g_str_equal (kind, ATRIUM_ENTRY_REACTION);
}

/* How the wire names a message for replies, reactions and retractions: in rooms by the room's id. NULL: not named yet. */
static char *
dup_wire_name (const StoreMessage    *message,
               StoreConversationKind  kind)
{
  const char *plain = message->message_id != NULL ? message->message_id : message->origin_id;

  if (kind == STORE_CONVERSATION_PERSON)
    return g_strdup (plain);
  if (message->archive_id != NULL)
    return g_strdup (message->archive_id);
  /* A room without stanza ids; but our own message may just not have come back yet. */
  if (message->direction == STORE_DIRECTION_IN || message->state != STORE_MESSAGE_QUEUED)
    return g_strdup (plain);

  return NULL;
}

AtriumParcel *
atrium_parcel_read (StoreTransaction  *tx,
                    StoreOutboxEntry  *entry,
                    const char        *own,
                    GError           **error)
{
  g_autoptr (AtriumParcel) parcel = g_new0 (AtriumParcel, 1);

  parcel->entry = store_outbox_entry_ref (entry);
  parcel->own_reply_to = g_strdup (own);
  if (entry->conversation != 0)
    {
      g_autoptr (StoreConversation) conversation = store_conversation_load (tx, entry->conversation, error);

      if (conversation == NULL)
        return NULL;
      parcel->kind = conversation->kind;
    }
  if (entry->message == 0)
    return g_steal_pointer (&parcel);

  parcel->message = store_message_load (tx, entry->message, error);
  if (parcel->message == NULL)
    return NULL;
  if (is_about_message (entry->kind))
    {
      parcel->target_id = dup_wire_name (parcel->message, parcel->kind);
      if (parcel->target_id == NULL)
        return NULL;
    }
  if (parcel->message->reply_message != 0 && g_str_equal (entry->kind, ATRIUM_ENTRY_MESSAGE))
    {
      parcel->reply = store_message_load (tx, parcel->message->reply_message, NULL);
      if (parcel->reply != NULL)
        {
          parcel->target_id = dup_wire_name (parcel->reply, parcel->kind);
          if (parcel->target_id == NULL)
            return NULL;
        }
    }

  return g_steal_pointer (&parcel);
}

static GPtrArray *
make_mentions (const char *json,
               const char *body)
{
  g_autoptr (AtriumExtra) extra = atrium_extra_parse (json);
  GPtrArray *mentions = g_ptr_array_new_with_free_func ((GDestroyNotify) xmpp_mention_free);

  for (guint i = 0; extra->mentions != NULL && i < extra->mentions->len; i++)
    {
      const AtriumSpan *span = g_ptr_array_index (extra->mentions, i);
      XmppMention *mention;

      if (span->end > strlen (body))
        continue;
      mention = g_new0 (XmppMention, 1);
      mention->address = g_strdup (span->value);
      mention->start = span->start;
      mention->end = span->end;
      g_ptr_array_add (mentions, mention);
    }

  return mentions;
}

static XmppFileShare *
make_share (const StoreFile *file)
{
  XmppFileShare *share = xmpp_file_share_new ();
  XmppFileMetadata *metadata = share->metadata;

  g_free (metadata->name);
  metadata->name = g_strdup (file->name);
  g_free (metadata->media_type);
  metadata->media_type = g_strdup (file->type);
  metadata->description = g_strdup (file->description);
  metadata->size = file->size;
  metadata->width = file->width;
  metadata->height = file->height;
  metadata->duration = file->duration / 1000;
  if (file->hash != NULL && strchr (file->hash, ':') != NULL)
    {
      g_auto (GStrv) parts = g_strsplit (file->hash, ":", 2);
      gsize size;
      guchar *digest = g_base64_decode (parts[1], &size);
      g_autoptr (GBytes) bytes = g_bytes_new_take (digest, size);

      xmpp_file_metadata_add_hash (metadata, parts[0], bytes);
    }
  share->is_inline = file->type != NULL && g_str_has_prefix (file->type, "image/");
  g_strfreev (share->urls);
  share->urls = g_new0 (char *, 2);
  share->urls[0] = g_strdup (file->url);

  return share;
}

static XmppNode *
message_to_node (const AtriumParcel *parcel,
                 const char         *body,
                 const char         *extra,
                 const char         *replaces)
{
  const StoreMessage *row = parcel->message;
  g_autoptr (GPtrArray) mentions = make_mentions (extra, body);
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func ((GDestroyNotify) xmpp_file_share_free);
  g_autofree char *reply_to = NULL;
  XmppOutgoing outgoing = { 0 };

  outgoing.type = parcel->kind == STORE_CONVERSATION_ROOM ? XMPP_MESSAGE_GROUPCHAT : XMPP_MESSAGE_CHAT;
  outgoing.to = parcel->entry->target;
  outgoing.id = parcel->entry->stanza_id;
  outgoing.body = *body != '\0' ? body : NULL;
  outgoing.thread = row->thread;
  outgoing.replaces = replaces;
  outgoing.want_receipt = parcel->kind == STORE_CONVERSATION_PERSON && replaces == NULL;
  outgoing.markable = replaces == NULL;
  outgoing.hints = XMPP_HINT_STORE;
  if (parcel->reply != NULL && replaces == NULL)
    {
      const StoreMessage *reply = parcel->reply;

      if (parcel->kind == STORE_CONVERSATION_ROOM && reply->nick != NULL)
        reply_to = g_strdup_printf ("%s/%s", parcel->entry->target, reply->nick);
      else
        reply_to = g_strdup (reply->direction == STORE_DIRECTION_OUT ? parcel->own_reply_to : reply->sender);
      outgoing.reply_id = parcel->target_id;
      outgoing.reply_to = reply_to;
      outgoing.reply_quote = reply->retracted == 0 && *reply->body != '\0' ? reply->body : NULL;
    }
  else if (row->reply_id != NULL && replaces == NULL)
    {
      outgoing.reply_id = row->reply_id;
    }
  if (mentions->len > 0)
    {
      g_ptr_array_add (mentions, NULL);
      outgoing.mentions = (const XmppMention * const *) mentions->pdata;
    }
  for (guint i = 0; replaces == NULL && row->files != NULL && i < row->files->len; i++)
    {
      const StoreFile *file = g_ptr_array_index (row->files, i);

      if (file->url != NULL)
        g_ptr_array_add (files, make_share (file));
    }
  if (files->len > 0)
    {
      g_ptr_array_add (files, NULL);
      outgoing.files = (const XmppFileShare * const *) files->pdata;
    }

  return xmpp_outgoing_to_node (&outgoing);
}

XmppNode *
atrium_parcel_to_node (const AtriumParcel *parcel)
{
  const StoreOutboxEntry *entry = parcel->entry;
  XmppMessageType type = parcel->kind == STORE_CONVERSATION_ROOM ? XMPP_MESSAGE_GROUPCHAT : XMPP_MESSAGE_CHAT;
  g_autoptr (JsonObject) payload = NULL;
  gsize size = 0;
  const char *text = entry->payload != NULL ? g_bytes_get_data (entry->payload, &size) : NULL;

  if (parcel->message == NULL || entry->stanza_id == NULL)
    return NULL;
  if (g_str_equal (entry->kind, ATRIUM_ENTRY_MESSAGE))
    {
      if (parcel->message->retracted != 0)
        return NULL;    /* taken back before it went: nobody needs to see it */

      return message_to_node (parcel, parcel->message->body, parcel->message->extra, NULL);
    }
  if (g_str_equal (entry->kind, ATRIUM_ENTRY_RETRACTION))
    return xmpp_outgoing_new_retraction (type, entry->target, entry->stanza_id, parcel->target_id,
                                         _("This message was taken back by its author."));

  payload = text != NULL ? atrium_json_parse (text, size) : NULL;
  if (payload == NULL)
    return NULL;
  if (g_str_equal (entry->kind, ATRIUM_ENTRY_EDIT))
    {
      const char *body = atrium_json_get_string (payload, "body");
      const char *replaces = parcel->message->message_id != NULL ? parcel->message->message_id : parcel->message->origin_id;

      if (body == NULL || replaces == NULL)
        return NULL;

      return message_to_node (parcel, body, atrium_json_get_string (payload, "extra"), replaces);
    }
  if (g_str_equal (entry->kind, ATRIUM_ENTRY_REACTION))
    {
      g_auto (GStrv) emojis = atrium_json_dup_strv (payload, "emojis");

      return xmpp_outgoing_new_reactions (type, entry->target, entry->stanza_id, parcel->target_id, (const char * const *) emojis);
    }

  return NULL;
}

char *
atrium_stanza_error_to_text (const GError *error,
                             gboolean     *out_retry)
{
  gboolean retry = FALSE;
  char *text;

  if (error->domain != XMPP_STANZA_ERROR)
    {
      *out_retry = TRUE;
      return g_strdup (error->message);
    }

  switch ((XmppStanzaError) error->code)
    {
    case XMPP_STANZA_ERROR_DISCONNECTED:
    case XMPP_STANZA_ERROR_TIMED_OUT:
    case XMPP_STANZA_ERROR_REMOTE_SERVER_TIMEOUT:
    case XMPP_STANZA_ERROR_RESOURCE_CONSTRAINT:
    case XMPP_STANZA_ERROR_INTERNAL_SERVER_ERROR:
      retry = TRUE;
      text = g_strdup (_("The server did not take it this time; it will be tried again."));
      break;
    case XMPP_STANZA_ERROR_NOT_ACCEPTABLE:
      retry = TRUE;
      text = g_strdup (_("You are not in this room at the moment; it will be tried again."));
      break;
    case XMPP_STANZA_ERROR_ITEM_NOT_FOUND:
    case XMPP_STANZA_ERROR_SERVICE_UNAVAILABLE:
    case XMPP_STANZA_ERROR_RECIPIENT_UNAVAILABLE:
    case XMPP_STANZA_ERROR_GONE:
      text = g_strdup (_("There is nobody with this address, or they cannot be reached. Check the address."));
      break;
    case XMPP_STANZA_ERROR_REMOTE_SERVER_NOT_FOUND:
      text = g_strdup (_("The server of this address cannot be found. Check the address."));
      break;
    case XMPP_STANZA_ERROR_FORBIDDEN:
    case XMPP_STANZA_ERROR_NOT_AUTHORIZED:
    case XMPP_STANZA_ERROR_NOT_ALLOWED:
    case XMPP_STANZA_ERROR_REGISTRATION_REQUIRED:
    case XMPP_STANZA_ERROR_SUBSCRIPTION_REQUIRED:
      text = g_strdup (_("You are not allowed to do this here. Ask an administrator of the room or server."));
      break;
    case XMPP_STANZA_ERROR_POLICY_VIOLATION:
      text = g_strdup (_("The server's rules do not allow this message."));
      break;
    default:
      text = error->message != NULL && *error->message != '\0'
               ? g_strdup_printf (_("The server refused it: %s"), error->message)
               : g_strdup (_("The server refused it."));
      break;
    }
  *out_retry = retry;

  return text;
}
