/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium"

#include "config.h"

#include "workspace/chat/conversation-private.h"

#include "workspace/account/account.h"
#include "workspace/chat/extra.h"
#include "workspace/chat/file.h"
#include "workspace/chat/message-private.h"
#include "workspace/chat/row.h"
#include "workspace/clock.h"
#include "workspace/fault.h"
#include "workspace/notify/notifier.h"
#include "workspace/outbox/outbox.h"
#include "workspace/outbox/entry-kind.h"
#include "workspace/policy/policy.h"
#include "workspace/store-task.h"
#include "workspace/workspace-private.h"
#include "xmpp/file-name.h"
#include "xmpp/reactions.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

#define MAX_TEXT (64 * 1024)

/* A write of the user, in one transaction: the row and its entry of the outbox. */
typedef struct
{
  gint64     conversation;
  char      *address;
  gboolean   room;
  char      *own;
  char      *own_nick;
  char      *body;
  char      *extra;         /* JSON (nullable) */
  gint64     target;        /* row that is answered, edited, … */
  char      *emoji;
  gboolean   on;
  gboolean   all;
  gboolean   tell;
  gboolean   local;         /* a profile without an account: nothing is sent */
  GPtrArray *files;         /* (element-type StoreFile) (nullable) */
  AtriumRow *row;           /* out */
} Write;

static void
write_free (gpointer data)
{
  Write *write = data;

  g_free (write->address);
  g_free (write->own);
  g_free (write->own_nick);
  g_free (write->body);
  g_free (write->extra);
  g_free (write->emoji);
  g_clear_pointer (&write->files, g_ptr_array_unref);
  g_clear_pointer (&write->row, atrium_row_free);
  g_free (write);
}

static Write *
write_new (AtriumConversation *self)
{
  AtriumWorkspace *workspace = atrium_conversation_get_workspace (self);
  Write *write = g_new0 (Write, 1);

  write->conversation = atrium_conversation_get_id (self);
  write->address = g_strdup (atrium_conversation_get_address (self));
  write->room = atrium_conversation_get_kind (self) == ATRIUM_CONVERSATION_ROOM;
  write->own = g_strdup (atrium_workspace_get_own_address (workspace));
  write->own_nick = g_strdup (atrium_conversation_get_nick (self));
  write->local = atrium_account_get_address (atrium_workspace_get_account (workspace)) == NULL;

  return write;
}

static GTask *
begin (AtriumConversation  *self,
       gpointer             tag,
       GCancellable        *cancellable,
       GAsyncReadyCallback  callback,
       gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  AtriumWorkspace *workspace = atrium_conversation_get_workspace (self);

  g_task_set_source_tag (task, tag);
  if (workspace == NULL || atrium_workspace_get_database (workspace) == NULL)
    {
      g_task_return_new_error (task, ATRIUM_ERROR, ATRIUM_ERROR_FAILED, _("The profile is closed."));
      g_object_unref (task);
      return NULL;
    }

  return task;
}

static void
run (AtriumConversation *self,
     GTask              *task,
     StoreWork           work,
     Write              *write,
     AtriumStoreDone     done)
{
  atrium_store_run_task (atrium_workspace_get_database (atrium_conversation_get_workspace (self)), STORE_ACCESS_WRITE, task,
                         work, write, write_free, done);
}

static gboolean
check_text (GTask      *task,
            const char *text,
            gboolean    may_be_empty)
{
  if (text == NULL || !g_utf8_validate (text, -1, NULL) || (*text == '\0' && !may_be_empty))
    g_task_return_new_error (task, ATRIUM_ERROR, ATRIUM_ERROR_INVALID, _("There is nothing to send."));
  else if (strlen (text) > MAX_TEXT)
    g_task_return_new_error (task, ATRIUM_ERROR, ATRIUM_ERROR_TOO_LARGE, _("The text is too long. Send it as a file."));
  else
    return TRUE;

  return FALSE;
}

/* Sending. */

static char *
dup_wire_id (const StoreMessage *message,
             gboolean            room)
{
  if (room && message->archive_id != NULL)
    return g_strdup (message->archive_id);

  return g_strdup (message->message_id != NULL ? message->message_id : message->origin_id);
}

static gboolean
send_work (StoreTransaction  *tx,
           gpointer           data,
           GError           **error)
{
  Write *write = data;
  g_autoptr (StoreMessage) message = store_message_new ();
  g_autoptr (StoreMessage) stored = NULL;

  message->conversation = write->conversation;
  message->kind = STORE_MESSAGE_TEXT;
  message->direction = STORE_DIRECTION_OUT;
  message->sender = g_strdup (write->own);
  message->nick = write->room ? g_strdup (write->own_nick) : NULL;
  message->origin_id = atrium_entry_new_id ();
  message->message_id = g_strdup (message->origin_id);
  g_free (message->body);
  message->body = g_strdup (write->body);
  message->extra = g_strdup (write->extra);
  message->time = atrium_clock_now ();
  message->state = write->local ? STORE_MESSAGE_SENT : STORE_MESSAGE_QUEUED;
  if (write->target != 0)
    {
      g_autoptr (StoreMessage) target = store_message_load (tx, write->target, error);

      if (target == NULL)
        return FALSE;
      message->reply_id = dup_wire_id (target, write->room);
      message->reply_message = target->id;
    }
  for (guint i = 0; write->files != NULL && i < write->files->len; i++)
    {
      const StoreFile *from = g_ptr_array_index (write->files, i);
      StoreFile *to = store_message_add_file (message);

      to->name = g_strdup (from->name);
      to->size = from->size;
      to->type = g_strdup (from->type);
      to->hash = g_strdup (from->hash);
      to->path = g_strdup (from->path);
      to->url = g_strdup (from->url);
      to->width = from->width;
      to->height = from->height;
      to->duration = from->duration;
      to->state = from->path != NULL ? STORE_FILE_LOCAL : STORE_FILE_REMOTE;
    }
  if (!store_message_insert (tx, message, STORE_INSERT_NONE, NULL, error))
    return FALSE;
  atrium_fault_point ("row-written");

  if (!write->local)
    {
      gboolean upload = FALSE;
      g_autofree char *lane = NULL;

      for (guint i = 0; write->files != NULL && i < write->files->len; i++)
        upload |= ((StoreFile *) g_ptr_array_index (write->files, i))->url == NULL;
      if (upload)
        lane = g_strdup_printf ("upload:%s", message->origin_id);
      if (atrium_entry_add (tx, upload ? ATRIUM_ENTRY_UPLOAD : ATRIUM_ENTRY_MESSAGE, write->address, lane,
                            upload ? NULL : message->origin_id, NULL, message->id, write->conversation, error) == 0)
        return FALSE;
    }
  stored = store_message_load (tx, message->id, error);
  if (stored == NULL)
    return FALSE;
  write->row = atrium_row_new (tx, stored);

  return TRUE;
}

static void
on_sent (GTask    *task,
         gpointer  data)
{
  AtriumConversation *self = g_task_get_source_object (task);
  Write *write = data;
  AtriumWorkspace *workspace = atrium_conversation_get_workspace (self);

  atrium_fault_point ("safe");
  if (workspace == NULL)
    g_task_return_new_error (task, ATRIUM_ERROR, ATRIUM_ERROR_FAILED, "the profile was closed");
  else
    g_task_return_pointer (task, atrium_workspace_ensure_message (workspace, write->row), g_object_unref);
}

void
atrium_conversation_send_async (AtriumConversation  *self,
                                const char          *text,
                                AtriumMessage       *reply_to,
                                GPtrArray           *mentions,
                                AtriumSendFlags      flags,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data)
{
  AtriumExtra extra = { 0 };
  GTask *task;
  Write *write;

  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));

  task = begin (self, atrium_conversation_send_async, cancellable, callback, user_data);
  if (task == NULL)
    return;
  if (!check_text (task, text, FALSE))
    {
      g_object_unref (task);
      return;
    }

  extra.mentions = mentions;
  extra.silent = (flags & ATRIUM_SEND_SILENT) != 0;
  write = write_new (self);
  write->body = g_strdup (text);
  write->target = reply_to != NULL ? atrium_message_get_id (reply_to) : 0;
  write->extra = atrium_extra_to_json (&extra);
  run (self, task, send_work, write, on_sent);
}

AtriumMessage *
atrium_conversation_send_finish (AtriumConversation  *self,
                                 GAsyncResult        *result,
                                 GError             **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* Files: copied first, on a worker thread. */

typedef struct
{
  GPtrArray *sources;       /* GFile */
  GPtrArray *files;         /* StoreFile, out */
  char      *folder;
  char      *text;
  GBytes    *waveform;
  gint64     duration;      /* ms */
  gint64     reply_to;
  gint64     limit;
} Copy;

static void
copy_free (gpointer data)
{
  Copy *copy = data;

  g_ptr_array_unref (copy->sources);
  g_clear_pointer (&copy->files, g_ptr_array_unref);
  g_clear_pointer (&copy->waveform, g_bytes_unref);
  g_free (copy->folder);
  g_free (copy->text);
  g_free (copy);
}

/* Size of a picture from its first bytes: PNG and JPEG, as the receiver wants to keep room for it. */
static void
read_picture_size (const char *path,
                   int        *out_width,
                   int        *out_height)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, NULL);
  g_autofree guchar *head = g_malloc (65536);
  gsize size = 0;

  if (stream == NULL || !g_input_stream_read_all (G_INPUT_STREAM (stream), head, 65536, &size, NULL, NULL))
    return;
  if (size >= 24 && memcmp (head, "\x89PNG\r\n\x1a\n", 8) == 0)
    {
      *out_width = MIN (GUINT32_FROM_BE (*(guint32 *) (head + 16)), 65535);
      *out_height = MIN (GUINT32_FROM_BE (*(guint32 *) (head + 20)), 65535);
      return;
    }
  if (size < 4 || head[0] != 0xff || head[1] != 0xd8)
    return;
  for (gsize i = 2; i + 9 < size && head[i] == 0xff;)
    {
      guint marker = head[i + 1];
      guint length = head[i + 2] << 8 | head[i + 3];

      if ((marker >= 0xc0 && marker <= 0xc3) || (marker >= 0xc5 && marker <= 0xc7))
        {
          *out_height = head[i + 5] << 8 | head[i + 6];
          *out_width = head[i + 7] << 8 | head[i + 8];
          return;
        }
      i += 2 + length;
    }
}

static StoreFile *
copy_one (Copy    *copy,
          GFile   *source,
          GError **error)
{
  g_autoptr (GFileInfo) info = g_file_query_info (source, G_FILE_ATTRIBUTE_STANDARD_NAME "," G_FILE_ATTRIBUTE_STANDARD_DISPLAY_NAME ","
                                                  G_FILE_ATTRIBUTE_STANDARD_SIZE "," G_FILE_ATTRIBUTE_STANDARD_TYPE ","
                                                  G_FILE_ATTRIBUTE_STANDARD_CONTENT_TYPE, G_FILE_QUERY_INFO_NONE, NULL, error);
  g_autoptr (StoreFile) file = NULL;
  g_autofree char *uuid = g_uuid_string_random ();
  g_autofree char *folder = g_build_filename (copy->folder, uuid, NULL);
  g_autoptr (GFile) target = NULL;

  if (info == NULL)
    return NULL;
  if (g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR)
    {
      g_set_error (error, ATRIUM_ERROR, ATRIUM_ERROR_INVALID, _("“%s” is not a file."), g_file_info_get_display_name (info));
      return NULL;
    }
  if (copy->limit > 0 && g_file_info_get_size (info) > copy->limit)
    {
      g_set_error (error, ATRIUM_ERROR, ATRIUM_ERROR_TOO_LARGE, _("“%s” is larger than your organisation allows."), g_file_info_get_display_name (info));
      return NULL;
    }
  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      g_set_error (error, ATRIUM_ERROR, ATRIUM_ERROR_STORAGE, _("The folder %s cannot be made."), folder);
      return NULL;
    }

  file = store_file_new ();
  g_free (file->name);
  file->name = xmpp_file_name_clean (g_file_info_get_display_name (info));
  file->path = g_build_filename (folder, file->name, NULL);
  file->size = g_file_info_get_size (info);
  file->type = g_content_type_get_mime_type (g_file_info_get_content_type (info));
  target = g_file_new_for_path (file->path);
  if (!g_file_copy (source, target, G_FILE_COPY_TARGET_DEFAULT_PERMS, NULL, NULL, NULL, error))
    return NULL;
  g_chmod (file->path, 0600);
  if (copy->duration > 0)
    {
      file->duration = copy->duration * 1000;
      g_free (file->type);
      file->type = g_strdup ("audio/ogg");
    }
  if (file->type != NULL && g_str_has_prefix (file->type, "image/"))
    read_picture_size (file->path, &file->width, &file->height);

  return g_steal_pointer (&file);
}

static void
copy_thread (GTask        *task,
             gpointer      source,
             gpointer      data,
             GCancellable *cancellable)
{
  Copy *copy = data;
  GError *error = NULL;

  for (guint i = 0; i < copy->sources->len; i++)
    {
      StoreFile *file = copy_one (copy, g_ptr_array_index (copy->sources, i), &error);

      if (file == NULL)
        {
          for (guint j = 0; j < copy->files->len; j++)
            g_unlink (((StoreFile *) g_ptr_array_index (copy->files, j))->path);
          g_task_return_error (task, error);
          return;
        }
      g_ptr_array_add (copy->files, file);
    }
  g_task_return_boolean (task, TRUE);
}

static void
on_copied (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  AtriumConversation *self = ATRIUM_CONVERSATION (source);
  g_autoptr (GTask) task = user_data;
  Copy *copy = g_task_get_task_data (G_TASK (result));
  AtriumExtra extra = { 0 };
  GError *error = NULL;
  Write *write;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      g_task_return_error (task, error);
      return;
    }
  if (atrium_conversation_get_workspace (self) == NULL)
    {
      g_task_return_new_error (task, ATRIUM_ERROR, ATRIUM_ERROR_FAILED, "the profile was closed");
      return;
    }

  extra.waveform = copy->waveform;
  write = write_new (self);
  write->body = g_strdup (copy->text != NULL ? copy->text : "");
  write->extra = atrium_extra_to_json (&extra);
  write->target = copy->reply_to;
  write->files = g_ptr_array_ref (copy->files);
  run (self, g_steal_pointer (&task), send_work, write, on_sent);
}

static void
begin_files (AtriumConversation  *self,
             GPtrArray           *files,
             const char          *text,
             AtriumMessage       *reply_to,
             gint64               duration,
             GBytes              *waveform,
             gpointer             tag,
             GCancellable        *cancellable,
             GAsyncReadyCallback  callback,
             gpointer             user_data)
{
  GTask *task = begin (self, tag, cancellable, callback, user_data);
  g_autoptr (GTask) thread = NULL;
  Copy *copy;

  if (task == NULL)
    return;
  if (files->len == 0 || !check_text (task, text != NULL ? text : "", TRUE))
    {
      if (files->len == 0)
        g_task_return_new_error (task, ATRIUM_ERROR, ATRIUM_ERROR_INVALID, _("There is nothing to send."));
      g_object_unref (task);
      return;
    }

  copy = g_new0 (Copy, 1);
  copy->sources = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < files->len; i++)
    g_ptr_array_add (copy->sources, g_object_ref (g_ptr_array_index (files, i)));
  copy->files = g_ptr_array_new_with_free_func ((GDestroyNotify) store_file_free);
  copy->folder = g_build_filename (atrium_workspace_get_data_dir (atrium_conversation_get_workspace (self)), "outgoing", NULL);
  copy->text = g_strdup (text);
  copy->waveform = waveform != NULL ? g_bytes_ref (waveform) : NULL;
  copy->duration = duration;
  copy->reply_to = reply_to != NULL ? atrium_message_get_id (reply_to) : 0;
  copy->limit = atrium_policy_get_upload_max (atrium_workspace_get_settings (atrium_conversation_get_workspace (self)));
  thread = g_task_new (self, cancellable, on_copied, task);
  g_task_set_source_tag (thread, begin_files);
  g_task_set_task_data (thread, copy, copy_free);
  g_task_run_in_thread (thread, copy_thread);
}

void
atrium_conversation_send_files_async (AtriumConversation  *self,
                                      GPtrArray           *files,
                                      const char          *text,
                                      AtriumMessage       *reply_to,
                                      GCancellable        *cancellable,
                                      GAsyncReadyCallback  callback,
                                      gpointer             user_data)
{
  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));
  g_return_if_fail (files != NULL);

  begin_files (self, files, text, reply_to, 0, NULL, atrium_conversation_send_files_async, cancellable, callback, user_data);
}

AtriumMessage *
atrium_conversation_send_files_finish (AtriumConversation  *self,
                                       GAsyncResult        *result,
                                       GError             **error)
{
  return atrium_conversation_send_finish (self, result, error);
}

void
atrium_conversation_send_file_async (AtriumConversation  *self,
                                     GFile               *file,
                                     const char          *text,
                                     AtriumMessage       *reply_to,
                                     GCancellable        *cancellable,
                                     GAsyncReadyCallback  callback,
                                     gpointer             user_data)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new ();

  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));
  g_return_if_fail (G_IS_FILE (file));

  g_ptr_array_add (files, file);
  begin_files (self, files, text, reply_to, 0, NULL, atrium_conversation_send_file_async, cancellable, callback, user_data);
}

AtriumMessage *
atrium_conversation_send_file_finish (AtriumConversation  *self,
                                      GAsyncResult        *result,
                                      GError             **error)
{
  return atrium_conversation_send_finish (self, result, error);
}

void
atrium_conversation_send_voice_async (AtriumConversation  *self,
                                      GFile               *file,
                                      gint64               duration,
                                      GBytes              *waveform,
                                      GCancellable        *cancellable,
                                      GAsyncReadyCallback  callback,
                                      gpointer             user_data)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new ();

  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));
  g_return_if_fail (G_IS_FILE (file));

  g_ptr_array_add (files, file);
  begin_files (self, files, NULL, NULL, MAX (duration, 1), waveform, atrium_conversation_send_voice_async, cancellable, callback, user_data);
}

AtriumMessage *
atrium_conversation_send_voice_finish (AtriumConversation  *self,
                                       GAsyncResult        *result,
                                       GError             **error)
{
  return atrium_conversation_send_finish (self, result, error);
}

/* Forwarding: text and files on the server as they are; a file that is only here is sent anew. */
void
atrium_conversation_forward_async (AtriumConversation  *self,
                                   AtriumMessage       *message,
                                   AtriumConversation  *to,
                                   GCancellable        *cancellable,
                                   GAsyncReadyCallback  callback,
                                   gpointer             user_data)
{
  GTask *task;
  GListModel *files;
  AtriumExtra extra = { 0 };
  Write *write;

  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));
  g_return_if_fail (ATRIUM_IS_MESSAGE (message));
  g_return_if_fail (ATRIUM_IS_CONVERSATION (to));

  task = begin (to, atrium_conversation_forward_async, cancellable, callback, user_data);
  if (task == NULL)
    return;
  if (atrium_message_get_retracted (message))
    {
      g_task_return_new_error (task, ATRIUM_ERROR, ATRIUM_ERROR_INVALID, _("This message was taken back."));
      g_object_unref (task);
      return;
    }

  extra.forwarded = (char *) atrium_message_get_author_name (message);
  write = write_new (to);
  write->body = g_strdup (atrium_message_get_body (message));
  write->extra = atrium_extra_to_json (&extra);
  files = atrium_message_get_files (message);
  for (guint i = 0; i < g_list_model_get_n_items (files); i++)
    {
      g_autoptr (AtriumFile) from = g_list_model_get_item (files, i);
      StoreFile *file = store_file_new ();

      if (write->files == NULL)
        write->files = g_ptr_array_new_with_free_func ((GDestroyNotify) store_file_free);
      g_free (file->name);
      file->name = g_strdup (atrium_file_get_name (from));
      file->size = atrium_file_get_size (from);
      file->type = g_strdup (atrium_file_get_media_type (from));
      file->url = g_strdup (atrium_file_get_url (from));
      file->path = g_strdup (atrium_file_get_path (from));
      file->width = atrium_file_get_width (from);
      file->height = atrium_file_get_height (from);
      file->duration = atrium_file_get_duration (from) * 1000;
      g_ptr_array_add (write->files, file);
    }
  run (to, task, send_work, write, on_sent);
}

AtriumMessage *
atrium_conversation_forward_finish (AtriumConversation  *self,
                                    GAsyncResult        *result,
                                    GError             **error)
{
  g_return_val_if_fail (G_IS_TASK (result), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* What is done to messages. */

static gboolean
finish_boolean (AtriumConversation  *self,
                GAsyncResult        *result,
                GError             **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static StoreMessage *
load_target (StoreTransaction  *tx,
             const Write       *write,
             gboolean           own,
             GError           **error)
{
  g_autoptr (StoreMessage) message = store_message_load (tx, write->target, error);

  if (message == NULL)
    return NULL;
  if (message->conversation != write->conversation || message->retracted != 0 || (own && message->direction != STORE_DIRECTION_OUT))
    {
      g_set_error_literal (error, ATRIUM_ERROR, ATRIUM_ERROR_INVALID,
                           own ? _("Only your own messages can be changed.") : _("This message was taken back."));
      return NULL;
    }

  return g_steal_pointer (&message);
}

/* The entry that will bring @message to the server, when it has not left yet: then it simply goes as it is now. */
static gboolean
is_waiting (StoreTransaction   *tx,
            const StoreMessage *message)
{
  g_autoptr (GPtrArray) entries = NULL;

  if (message->state != STORE_MESSAGE_QUEUED && message->state != STORE_MESSAGE_FAILED)
    return FALSE;
  entries = store_outbox_list (tx, 100000, NULL);
  for (guint i = 0; entries != NULL && i < entries->len; i++)
    {
      const StoreOutboxEntry *entry = g_ptr_array_index (entries, i);

      if (entry->message == message->id && entry->state != STORE_OUTBOX_SENDING && entry->tries == 0 &&
          (g_str_equal (entry->kind, ATRIUM_ENTRY_MESSAGE) || g_str_equal (entry->kind, ATRIUM_ENTRY_UPLOAD)))
        return TRUE;
    }

  return FALSE;
}

static gboolean
edit_work (StoreTransaction  *tx,
           gpointer           data,
           GError           **error)
{
  Write *write = data;
  g_autoptr (StoreMessage) message = load_target (tx, write, TRUE, error);
  g_autofree char *origin_id = atrium_entry_new_id ();
  StoreAuthor author = { .direction = STORE_DIRECTION_OUT, .sender = write->own };
  StoreStanzaIds ids = { .origin_id = origin_id, .message_id = origin_id };
  g_autoptr (JsonObject) payload = json_object_new ();
  g_autofree char *json = NULL;
  const char *target;

  if (message == NULL)
    return FALSE;
  author.occupant_id = message->occupant_id;
  author.nick = message->nick;
  target = message->message_id != NULL ? message->message_id : message->origin_id;
  if (target == NULL)
    {
      g_set_error_literal (error, ATRIUM_ERROR, ATRIUM_ERROR_INVALID, _("This message cannot be changed any more."));
      return FALSE;
    }
  if (!store_message_apply_edit (tx, write->conversation, target, &author, &ids, atrium_clock_now (), write->body, message->extra, NULL, error))
    return FALSE;
  if (write->local || is_waiting (tx, message))
    return TRUE;

  json_object_set_string_member (payload, "body", write->body);
  json = atrium_json_to_text (g_steal_pointer (&payload));

  return atrium_entry_add (tx, ATRIUM_ENTRY_EDIT, write->address, NULL, origin_id, json, message->id, write->conversation, error) != 0;
}

void
atrium_conversation_edit_async (AtriumConversation  *self,
                                AtriumMessage       *message,
                                const char          *text,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data)
{
  GTask *task;
  Write *write;

  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));
  g_return_if_fail (ATRIUM_IS_MESSAGE (message));

  task = begin (self, atrium_conversation_edit_async, cancellable, callback, user_data);
  if (task == NULL)
    return;
  if (!check_text (task, text, FALSE))
    {
      g_object_unref (task);
      return;
    }
  write = write_new (self);
  write->target = atrium_message_get_id (message);
  write->body = g_strdup (text);
  run (self, task, edit_work, write, NULL);
}

gboolean
atrium_conversation_edit_finish (AtriumConversation  *self,
                                 GAsyncResult        *result,
                                 GError             **error)
{
  return finish_boolean (self, result, error);
}

static gboolean
retract_work (StoreTransaction  *tx,
              gpointer           data,
              GError           **error)
{
  Write *write = data;
  g_autoptr (StoreMessage) message = load_target (tx, write, TRUE, error);
  g_autofree char *origin_id = atrium_entry_new_id ();
  StoreAuthor author = { .direction = STORE_DIRECTION_OUT, .sender = write->own };
  StoreStanzaIds ids = { .origin_id = origin_id, .message_id = origin_id };
  gboolean waiting;

  if (message == NULL)
    return FALSE;
  author.occupant_id = message->occupant_id;
  author.nick = message->nick;
  waiting = is_waiting (tx, message);
  if (!store_message_apply_retraction (tx, write->conversation, message->message_id != NULL ? message->message_id : message->origin_id,
                                       &author, &ids, atrium_clock_now (), NULL, NULL, NULL, error))
    return FALSE;
  if (write->local || waiting)
    return TRUE;

  return atrium_entry_add (tx, ATRIUM_ENTRY_RETRACTION, write->address, NULL, origin_id, NULL, message->id, write->conversation, error) != 0;
}

void
atrium_conversation_retract_async (AtriumConversation  *self,
                                   AtriumMessage       *message,
                                   GCancellable        *cancellable,
                                   GAsyncReadyCallback  callback,
                                   gpointer             user_data)
{
  GTask *task;
  Write *write;

  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));
  g_return_if_fail (ATRIUM_IS_MESSAGE (message));

  task = begin (self, atrium_conversation_retract_async, cancellable, callback, user_data);
  if (task == NULL)
    return;
  write = write_new (self);
  write->target = atrium_message_get_id (message);
  run (self, task, retract_work, write, NULL);
}

gboolean
atrium_conversation_retract_finish (AtriumConversation  *self,
                                    GAsyncResult        *result,
                                    GError             **error)
{
  return finish_boolean (self, result, error);
}

static gboolean
react_work (StoreTransaction  *tx,
            gpointer           data,
            GError           **error)
{
  Write *write = data;
  g_autoptr (StoreMessage) message = load_target (tx, write, FALSE, error);
  g_autofree char *origin_id = atrium_entry_new_id ();
  g_autoptr (GPtrArray) now = g_ptr_array_new ();
  StoreAuthor author = { .direction = STORE_DIRECTION_OUT, .sender = write->own };
  g_autoptr (JsonObject) payload = json_object_new ();
  g_autofree char *json = NULL;
  const StoreReaction *own = NULL;
  const char *target;

  if (message == NULL)
    return FALSE;
  for (guint i = 0; message->reactions != NULL && i < message->reactions->len; i++)
    if (((StoreReaction *) g_ptr_array_index (message->reactions, i))->own)
      own = g_ptr_array_index (message->reactions, i);
  for (guint i = 0; own != NULL && own->emojis != NULL && own->emojis[i] != NULL; i++)
    if (!g_str_equal (own->emojis[i], write->emoji))
      g_ptr_array_add (now, own->emojis[i]);
  if (write->on)
    g_ptr_array_add (now, write->emoji);
  g_ptr_array_add (now, NULL);
  if (write->room)
    author.nick = write->own_nick;

  target = message->archive_id != NULL && write->room ? message->archive_id
             : message->message_id != NULL ? message->message_id
             : message->origin_id != NULL ? message->origin_id : message->archive_id;
  if (!store_message_apply_reactions (tx, write->conversation, target, &author, atrium_clock_now (),
                                      (const char * const *) now->pdata, NULL, error))
    return FALSE;
  if (write->local)
    return TRUE;

  atrium_json_set_strv (payload, "emojis", (const char * const *) now->pdata);
  atrium_json_set_strv (payload, "before", own != NULL ? (const char * const *) own->emojis : NULL);
  json = atrium_json_to_text (g_steal_pointer (&payload));

  return atrium_entry_add (tx, ATRIUM_ENTRY_REACTION, write->address, NULL, origin_id, json, message->id, write->conversation, error) != 0;
}

void
atrium_conversation_react_async (AtriumConversation  *self,
                                 AtriumMessage       *message,
                                 const char          *emoji,
                                 gboolean             on,
                                 GCancellable        *cancellable,
                                 GAsyncReadyCallback  callback,
                                 gpointer             user_data)
{
  GTask *task;
  Write *write;

  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));
  g_return_if_fail (ATRIUM_IS_MESSAGE (message));

  task = begin (self, atrium_conversation_react_async, cancellable, callback, user_data);
  if (task == NULL)
    return;
  if (emoji == NULL || !xmpp_reaction_is_valid (emoji))
    {
      g_task_return_new_error (task, ATRIUM_ERROR, ATRIUM_ERROR_INVALID, _("A reaction is one emoji."));
      g_object_unref (task);
      return;
    }
  write = write_new (self);
  write->target = atrium_message_get_id (message);
  write->emoji = g_strdup (emoji);
  write->on = on;
  run (self, task, react_work, write, NULL);
}

gboolean
atrium_conversation_react_finish (AtriumConversation  *self,
                                  GAsyncResult        *result,
                                  GError             **error)
{
  return finish_boolean (self, result, error);
}

/* Reading. */

/* Marks of the same chat that have not left yet are overtaken by a newer one. */
static gboolean
drop_older_marks (StoreTransaction  *tx,
                  gint64             conversation,
                  GError           **error)
{
  g_autoptr (GPtrArray) entries = store_outbox_list (tx, 100000, error);

  if (entries == NULL)
    return FALSE;
  for (guint i = 0; i < entries->len; i++)
    {
      const StoreOutboxEntry *entry = g_ptr_array_index (entries, i);

      if (entry->conversation == conversation && entry->state == STORE_OUTBOX_WAITING && g_str_equal (entry->kind, ATRIUM_ENTRY_READ) &&
          !store_outbox_remove (tx, entry->id, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
read_work (StoreTransaction  *tx,
           gpointer           data,
           GError           **error)
{
  Write *write = data;
  g_autoptr (StoreConversation) before = store_conversation_load (tx, write->conversation, error);
  g_autoptr (StoreConversation) after = NULL;
  g_autoptr (JsonObject) payload = json_object_new ();
  g_autofree char *json = NULL;
  g_autofree char *lane = NULL;

  if (before == NULL || !store_conversation_mark_read (tx, write->conversation, 0, FALSE, error))
    return FALSE;
  after = store_conversation_load (tx, write->conversation, error);
  if (after == NULL)
    return FALSE;
  if (write->local || after->read_message == 0 || after->read_message == before->read_message)
    return TRUE;
  if (!drop_older_marks (tx, write->conversation, error))
    return FALSE;

  json_object_set_boolean_member (payload, "tell", write->tell);
  json = atrium_json_to_text (g_steal_pointer (&payload));
  lane = g_strdup_printf ("read:%s", write->address);

  return atrium_entry_add (tx, ATRIUM_ENTRY_READ, write->address, lane, NULL, json, after->read_message, write->conversation, error) != 0;
}

static void
on_read (GTask    *task,
         gpointer  data)
{
  AtriumConversation *self = g_task_get_source_object (task);
  AtriumWorkspace *workspace = atrium_conversation_get_workspace (self);

  if (workspace != NULL)
    atrium_notifier_withdraw (atrium_workspace_get_notifier (workspace), atrium_conversation_get_address (self));
  g_task_return_boolean (task, TRUE);
}

void
atrium_conversation_read_async (AtriumConversation  *self,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data)
{
  GTask *task;
  Write *write;

  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));

  task = begin (self, atrium_conversation_read_async, cancellable, callback, user_data);
  if (task == NULL)
    return;
  write = write_new (self);
  write->tell = atrium_policy_get_send_read_receipts (atrium_workspace_get_settings (atrium_conversation_get_workspace (self)));
  run (self, task, read_work, write, on_read);
}

gboolean
atrium_conversation_read_finish (AtriumConversation  *self,
                                 GAsyncResult        *result,
                                 GError             **error)
{
  return finish_boolean (self, result, error);
}

static void
on_quietly_read (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (GError) error = NULL;

  if (!atrium_conversation_read_finish (ATRIUM_CONVERSATION (source), result, &error))
    g_debug ("marking as read: %s", error->message);
}

void
atrium_conversation_mark_read (AtriumConversation *self)
{
  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));

  if (atrium_conversation_get_workspace (self) == NULL)
    return;
  if (atrium_conversation_get_unread (self) == 0 &&
      atrium_conversation_get_read_message (self) == atrium_conversation_get_last_message (self))
    return;
  atrium_conversation_read_async (self, NULL, on_quietly_read, NULL);
}

typedef struct
{
  gint64 conversation;
  gint64 message;
} Unread;

static gboolean
unread_work (StoreTransaction  *tx,
             gpointer           data,
             GError           **error)
{
  Unread *unread = data;
  g_autoptr (GPtrArray) messages = store_message_list_before (tx, unread->conversation, G_MAXINT64, 50, error);

  if (messages == NULL)
    return FALSE;
  for (guint i = messages->len; i > 0; i--)
    {
      const StoreMessage *message = g_ptr_array_index (messages, i - 1);

      if (message->direction == STORE_DIRECTION_IN)
        return store_conversation_mark_unread (tx, unread->conversation, message->id, error);
    }

  return TRUE;
}

void
atrium_conversation_mark_unread (AtriumConversation *self)
{
  AtriumWorkspace *workspace;
  Unread *unread;

  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));

  workspace = atrium_conversation_get_workspace (self);
  if (workspace == NULL)
    return;
  unread = g_new0 (Unread, 1);
  unread->conversation = atrium_conversation_get_id (self);
  atrium_store_run (atrium_workspace_get_database (workspace), STORE_ACCESS_WRITE, unread_work, unread, g_free);
}

/* Retry and drop by message. */

typedef struct
{
  gint64 message;
  gint64 entry;
} FindEntry;

static gboolean
find_entry_work (StoreTransaction  *tx,
                 gpointer           data,
                 GError           **error)
{
  FindEntry *find = data;
  g_autoptr (GPtrArray) entries = store_outbox_list (tx, 100000, error);

  if (entries == NULL)
    return FALSE;
  for (guint i = 0; i < entries->len; i++)
    {
      const StoreOutboxEntry *entry = g_ptr_array_index (entries, i);

      if (entry->message == find->message &&
          (g_str_equal (entry->kind, ATRIUM_ENTRY_MESSAGE) || g_str_equal (entry->kind, ATRIUM_ENTRY_UPLOAD)))
        find->entry = entry->id;
    }
  if (find->entry != 0)
    return TRUE;
  g_set_error_literal (error, ATRIUM_ERROR, ATRIUM_ERROR_NOT_FOUND, _("This message does not wait to be sent."));

  return FALSE;
}

static void
on_entry_retried (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (atrium_outbox_retry_finish (ATRIUM_OUTBOX (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_entry_dropped (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (atrium_outbox_drop_finish (ATRIUM_OUTBOX (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_entry_found (GTask    *task,
                gpointer  data)
{
  AtriumConversation *self = g_task_get_source_object (task);
  AtriumWorkspace *workspace = atrium_conversation_get_workspace (self);
  FindEntry *find = data;

  if (workspace == NULL)
    g_task_return_new_error (task, ATRIUM_ERROR, ATRIUM_ERROR_FAILED, "the profile was closed");
  else if (g_task_get_source_tag (task) == atrium_conversation_retry_async)
    atrium_outbox_retry_async (atrium_workspace_get_outbox (workspace), find->entry, NULL, on_entry_retried, g_object_ref (task));
  else
    atrium_outbox_drop_async (atrium_workspace_get_outbox (workspace), find->entry, NULL, on_entry_dropped, g_object_ref (task));
}

static void
find_entry (AtriumConversation  *self,
            AtriumMessage       *message,
            gpointer             tag,
            GCancellable        *cancellable,
            GAsyncReadyCallback  callback,
            gpointer             user_data)
{
  GTask *task = begin (self, tag, cancellable, callback, user_data);
  FindEntry *find;

  if (task == NULL)
    return;
  find = g_new0 (FindEntry, 1);
  find->message = atrium_message_get_id (message);
  atrium_store_run_task (atrium_workspace_get_database (atrium_conversation_get_workspace (self)), STORE_ACCESS_READ, task,
                         find_entry_work, find, g_free, on_entry_found);
}

void
atrium_conversation_retry_async (AtriumConversation  *self,
                                 AtriumMessage       *message,
                                 GCancellable        *cancellable,
                                 GAsyncReadyCallback  callback,
                                 gpointer             user_data)
{
  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));

  find_entry (self, message, atrium_conversation_retry_async, cancellable, callback, user_data);
}

gboolean
atrium_conversation_retry_finish (AtriumConversation  *self,
                                  GAsyncResult        *result,
                                  GError             **error)
{
  return finish_boolean (self, result, error);
}

void
atrium_conversation_drop_async (AtriumConversation  *self,
                                AtriumMessage       *message,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data)
{
  g_return_if_fail (ATRIUM_IS_CONVERSATION (self));

  find_entry (self, message, atrium_conversation_drop_async, cancellable, callback, user_data);
}

gboolean
atrium_conversation_drop_finish (AtriumConversation  *self,
                                 GAsyncResult        *result,
                                 GError             **error)
{
  return finish_boolean (self, result, error);
}
