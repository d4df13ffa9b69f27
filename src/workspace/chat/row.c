/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium"

#include "config.h"

#include "workspace/chat/row.h"

#include "workspace/account/account.h"
#include "workspace/chat/extra.h"
#include "workspace/chat/file-private.h"
#include "workspace/chat/message-private.h"
#include "workspace/chat/reaction-private.h"
#include "workspace/jobs/transfers.h"
#include "workspace/people/directory-private.h"
#include "workspace/workspace-private.h"

#include <string.h>

/* First line of a quoted message, in characters. */
#define PREVIEW_LENGTH 160

AtriumRow *
atrium_row_new (StoreTransaction *tx,
                StoreMessage     *message)
{
  AtriumRow *row = g_new0 (AtriumRow, 1);

  row->message = store_message_ref (message);
  if (message->reply_message != 0)
    row->reply = store_message_load (tx, message->reply_message, NULL);

  return row;
}

void
atrium_row_free (AtriumRow *row)
{
  if (row == NULL)
    return;

  store_message_unref (row->message);
  g_clear_pointer (&row->reply, store_message_unref);
  g_free (row);
}

GPtrArray *
atrium_rows_new (StoreTransaction *tx,
                 GPtrArray        *messages)
{
  GPtrArray *rows = g_ptr_array_new_full (messages->len, (GDestroyNotify) atrium_row_free);

  for (guint i = 0; i < messages->len; i++)
    g_ptr_array_add (rows, atrium_row_new (tx, g_ptr_array_index (messages, i)));

  return rows;
}

static char *
dup_preview (const char *body)
{
  const char *end = strchr (body, '\n');
  g_autofree char *line = end != NULL ? g_strndup (body, end - body) : g_strdup (body);
  char *cut;

  g_strstrip (line);
  if (g_utf8_strlen (line, -1) <= PREVIEW_LENGTH)
    return g_steal_pointer (&line);
  cut = g_utf8_substring (line, 0, PREVIEW_LENGTH);

  return cut;
}

/* Name of an author: the directory's, else what the room calls them, else the address (threat A12). */
static char *
dup_author_name (AtriumWorkspace *workspace,
                 StoreDirection   direction,
                 const char      *sender,
                 const char      *nick)
{
  if (direction == STORE_DIRECTION_OUT)
    {
      const char *own = atrium_account_get_display_name (atrium_workspace_get_account (workspace));

      return g_strdup (own != NULL ? own : atrium_workspace_get_own_address (workspace));
    }

  return atrium_directory_dup_name (atrium_workspace_get_directory (workspace), sender, nick);
}

static AtriumFileKind
guess_kind (const StoreFile *file,
            gboolean         voice)
{
  if (voice)
    return ATRIUM_FILE_VOICE;
  if (file->type == NULL)
    return ATRIUM_FILE_OTHER;
  if (g_str_equal (file->type, "image/png") || g_str_equal (file->type, "image/jpeg") ||
      g_str_equal (file->type, "image/webp") || g_str_equal (file->type, "image/gif"))
    return ATRIUM_FILE_IMAGE;
  if (g_str_has_prefix (file->type, "video/"))
    return ATRIUM_FILE_VIDEO;
  if (g_str_has_prefix (file->type, "audio/ogg") && file->duration > 0)
    return ATRIUM_FILE_VOICE;

  return ATRIUM_FILE_OTHER;
}

static void
fill_files (AtriumMessage     *message,
            const StoreMessage *row,
            const AtriumExtra *extra,
            AtriumWorkspace   *workspace)
{
  GListStore *files = G_LIST_STORE (atrium_message_get_files (message));
  guint n_files = row->files != NULL && row->retracted == 0 ? row->files->len : 0;
  guint n_before = g_list_model_get_n_items (G_LIST_MODEL (files));

  if (n_before > n_files)
    g_list_store_splice (files, n_files, n_before - n_files, NULL, 0);
  for (guint i = 0; i < n_files; i++)
    {
      const StoreFile *source = g_ptr_array_index (row->files, i);
      g_autoptr (AtriumFile) file = g_list_model_get_item (G_LIST_MODEL (files), i);
      gboolean made = file == NULL;

      if (made)
        file = atrium_file_new ();
      atrium_file_set_id (file, source->id);
      atrium_file_set_name (file, source->name != NULL && *source->name != '\0' ? source->name : "file");
      atrium_file_set_size (file, source->size);
      atrium_file_set_media_type (file, source->type);
      atrium_file_set_width (file, source->width);
      atrium_file_set_height (file, source->height);
      atrium_file_set_duration (file, source->duration / 1000);
      atrium_file_set_waveform (file, extra->waveform);
      atrium_file_set_kind (file, guess_kind (source, extra->waveform != NULL));
      atrium_file_set_url (file, source->url);
      atrium_file_set_path (file, source->path);
      atrium_transfers_fill_file (atrium_workspace_get_transfers (workspace), file, source,
                                  row->direction == STORE_DIRECTION_OUT);
      if (made)
        g_list_store_append (files, file);
    }
}

static int
compare_reactions (gconstpointer a,
                   gconstpointer b)
{
  AtriumReaction *left = *(AtriumReaction **) a, *right = *(AtriumReaction **) b;
  guint left_count = atrium_reaction_get_count (left), right_count = atrium_reaction_get_count (right);

  if (left_count != right_count)
    return left_count > right_count ? -1 : 1;

  return g_strcmp0 (atrium_reaction_get_emoji (left), atrium_reaction_get_emoji (right));
}

typedef struct
{
  GStrvBuilder *names;
  GStrvBuilder *addresses;
  guint         count;
  gboolean      own;
} Tally;

static void
tally_free (gpointer data)
{
  Tally *tally = data;

  g_strv_builder_unref (tally->names);
  g_strv_builder_unref (tally->addresses);
  g_free (tally);
}

static void
count_reaction (GHashTable          *tallies,
                const StoreReaction *reaction,
                AtriumWorkspace     *workspace)
{
  g_autofree char *name = dup_author_name (workspace, reaction->own ? STORE_DIRECTION_OUT : STORE_DIRECTION_IN,
                                           reaction->sender, reaction->nick);
  const char *address = reaction->own ? atrium_workspace_get_own_address (workspace)
                                      : reaction->sender != NULL ? reaction->sender : reaction->nick;

  for (guint i = 0; reaction->emojis != NULL && reaction->emojis[i] != NULL; i++)
    {
      Tally *tally = g_hash_table_lookup (tallies, reaction->emojis[i]);

      if (tally == NULL)
        {
          tally = g_new0 (Tally, 1);
          tally->names = g_strv_builder_new ();
          tally->addresses = g_strv_builder_new ();
          g_hash_table_insert (tallies, g_strdup (reaction->emojis[i]), tally);
        }
      tally->count++;
      tally->own |= reaction->own;
      g_strv_builder_add (tally->names, name);
      g_strv_builder_add (tally->addresses, address != NULL ? address : "");
    }
}

static void
fill_reactions (AtriumMessage      *message,
                const StoreMessage *row,
                AtriumWorkspace    *workspace)
{
  GListStore *model = G_LIST_STORE (atrium_message_get_reactions (message));
  g_autoptr (GHashTable) tallies = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, tally_free);
  g_autoptr (GPtrArray) made = g_ptr_array_new_with_free_func (g_object_unref);
  guint n_before = g_list_model_get_n_items (G_LIST_MODEL (model));
  GHashTableIter iter;
  gpointer key, value;

  if (row->reactions != NULL && row->retracted == 0)
    for (guint i = 0; i < row->reactions->len; i++)
      count_reaction (tallies, g_ptr_array_index (row->reactions, i), workspace);

  if (g_hash_table_size (tallies) == 0 && n_before == 0)
    return;

  g_hash_table_iter_init (&iter, tallies);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      Tally *tally = value;
      AtriumReaction *reaction = atrium_reaction_new ();
      g_auto (GStrv) names = g_strv_builder_end (tally->names);
      g_auto (GStrv) addresses = g_strv_builder_end (tally->addresses);

      atrium_reaction_set_emoji (reaction, key);
      atrium_reaction_set_count (reaction, tally->count);
      atrium_reaction_set_own (reaction, tally->own);
      atrium_reaction_set_names (reaction, (const char * const *) names);
      atrium_reaction_set_addresses (reaction, (const char * const *) addresses);
      g_ptr_array_add (made, reaction);
    }
  g_ptr_array_sort (made, compare_reactions);
  g_list_store_splice (model, 0, n_before, made->pdata, made->len);
}

static AtriumMessageState
map_state (const StoreMessage *row)
{
  switch (row->state)
    {
    case STORE_MESSAGE_SENT:
      return ATRIUM_MESSAGE_SENT;
    case STORE_MESSAGE_DELIVERED:
      return ATRIUM_MESSAGE_DELIVERED;
    case STORE_MESSAGE_READ:
      return ATRIUM_MESSAGE_READ;
    case STORE_MESSAGE_FAILED:
      return ATRIUM_MESSAGE_FAILED;
    case STORE_MESSAGE_QUEUED:
    default:
      return row->direction == STORE_DIRECTION_OUT ? ATRIUM_MESSAGE_QUEUED : ATRIUM_MESSAGE_DELIVERED;
    }
}

static void
fill_reply (AtriumMessage   *message,
            const AtriumRow *row,
            AtriumWorkspace *workspace)
{
  g_autofree char *author = NULL;
  g_autofree char *preview = NULL;

  if (row->message->reply_id == NULL)
    {
      atrium_message_set_reply_id (message, 0);
      return;
    }
  if (row->reply == NULL)
    {
      atrium_message_set_reply_id (message, -1);
      return;
    }

  author = dup_author_name (workspace, row->reply->direction, row->reply->sender, row->reply->nick);
  if (row->reply->retracted == 0)
    preview = dup_preview (*row->reply->body == '\0' && row->reply->files != NULL && row->reply->files->len > 0
                             ? ((StoreFile *) g_ptr_array_index (row->reply->files, 0))->name
                             : row->reply->body);
  atrium_message_set_reply_id (message, row->reply->id);
  atrium_message_set_reply_author (message, author);
  atrium_message_set_reply_preview (message, preview);
}

static void
fill_author (AtriumMessage      *message,
             const StoreMessage *row,
             AtriumWorkspace    *workspace,
             const char         *conversation)
{
  AtriumDirectory *directory = atrium_workspace_get_directory (workspace);
  gboolean own = row->direction == STORE_DIRECTION_OUT;
  const char *address = own ? atrium_workspace_get_own_address (workspace) : row->sender;
  g_autofree char *name = dup_author_name (workspace, row->direction, row->sender, row->nick);
  g_autofree char *occupant = NULL;
  g_autoptr (AtriumPerson) person = NULL;

  if (address != NULL)
    person = atrium_directory_lookup (directory, address);
  else if (row->nick != NULL && conversation != NULL)
    address = occupant = g_strdup_printf ("%s/%s", conversation, row->nick);

  atrium_message_set_author_address (message, address != NULL ? address : conversation);
  atrium_message_set_author_name (message, name != NULL && *name != '\0' ? name : atrium_message_get_author_address (message));
  atrium_message_set_author (message, person);
  atrium_message_set_nick (message, row->nick);
}

void
atrium_message_fill (AtriumMessage   *message,
                     const AtriumRow *row,
                     AtriumWorkspace *workspace,
                     const char      *conversation)
{
  const StoreMessage *source = row->message;
  g_autoptr (AtriumExtra) extra = atrium_extra_parse (source->extra);

  g_object_freeze_notify (G_OBJECT (message));

  atrium_message_set_id (message, source->id);
  atrium_message_put_place (message, source->conversation, source->order_key);
  atrium_message_put_wire (message, source->message_id, extra->mentions, extra->unstyled);
  atrium_message_set_conversation_address (message, conversation);
  atrium_message_set_origin_id (message, source->origin_id);
  atrium_message_set_archive_id (message, source->archive_id);
  fill_author (message, source, workspace, conversation);
  atrium_message_set_own (message, source->direction == STORE_DIRECTION_OUT);
  atrium_message_set_body (message, source->retracted != 0 ? "" : source->body);
  atrium_message_set_time (message, source->time);
  atrium_message_set_state (message, map_state (source));
  atrium_message_set_error (message, source->state == STORE_MESSAGE_FAILED ? source->error : NULL);
  atrium_message_set_edited (message, source->edited != 0);
  atrium_message_set_retracted (message, source->retracted != 0);
  atrium_message_set_retracted_by (message, source->retracted_by);
  atrium_message_set_retract_reason (message, source->retracted_reason);
  fill_reply (message, row, workspace);
  atrium_message_set_mentions_me (message, source->mention);
  atrium_message_set_forwarded_from (message, extra->forwarded);
  atrium_message_set_system (message, source->kind == STORE_MESSAGE_NOTICE);
  fill_files (message, source, extra, workspace);
  fill_reactions (message, source, workspace);

  g_object_thaw_notify (G_OBJECT (message));
}
