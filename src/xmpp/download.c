/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that others shared by HTTP: XEP-0363 §4, XEP-0447, hashes XEP-0300. */
#define G_LOG_DOMAIN "xmpp"

#include "config.h"

#include "xmpp/download.h"

#include "xmpp/http-private.h"

#define MAX_REDIRECTS 5
#define READ_SIZE     (64 * 1024)
#define MAX_TYPE      256      /* bytes of a content type passed on */
#define MAX_VALIDATOR 1024     /* bytes of an entity tag */

/*
 * Beside the target "name" lie, while the download is under way or interrupted, "name.part" with the bytes so far and
 * "name.part.from" with two lines: the address, and the validator (a strong entity tag or a date) that the web server
 * gave for exactly these bytes. Going on asks for the rest if nothing has changed (RFC 9110 §13.1.5); a part without
 * a validator, or of another address, is begun anew. The part becomes the target only after all checks.
 */
typedef struct
{
  char                 *uri_text;      /* as asked for */
  gint64                size, max_size;
  char                 *algorithm;     /* (nullable) */
  char                 *hash;
  XmppTransferPolicy   *policy;
  GFile                *target, *part, *from;
  XmppTransferProgress  progress;
  gpointer              progress_data;

  char                 *validator;     /* (nullable): of the part that is there */
  gint64                done;          /* bytes in the part */
  guint                 redirects;
  SoupMessage          *message;
  GInputStream         *body;
  GOutputStream        *out;
  GBytes               *block;         /* being written */
  char                 *content_type;
} Download;

static void start_exchange (GTask *task, GUri *uri);
static void read_block     (GTask *task);

static void
download_free (gpointer data)
{
  Download *download = data;

  g_free (download->uri_text);
  g_free (download->algorithm);
  g_free (download->hash);
  xmpp_transfer_policy_unref (download->policy);
  g_object_unref (download->target);
  g_object_unref (download->part);
  g_object_unref (download->from);
  g_free (download->validator);
  g_clear_object (&download->message);
  g_clear_object (&download->body);
  g_clear_object (&download->out);
  g_clear_pointer (&download->block, g_bytes_unref);
  g_free (download->content_type);
  g_free (download);
}

/* Ends with an error after which nothing of the part is worth keeping. */
static void
fail_and_forget (GTask  *task,
                 GError *error)
{
  Download *download = g_task_get_task_data (task);

  g_clear_object (&download->out);
  g_file_delete (download->part, NULL, NULL);
  g_file_delete (download->from, NULL, NULL);
  g_task_return_error (task, error);
}

static GError *
too_big (Download *download)
{
  return g_error_new (XMPP_TRANSFER_ERROR, XMPP_TRANSFER_ERROR_TOO_BIG,
                      "the file has more than %" G_GINT64_FORMAT " bytes", download->max_size);
}

static GError *
wrong_size (Download *download)
{
  return g_error_new (XMPP_TRANSFER_ERROR, XMPP_TRANSFER_ERROR_SIZE,
                      "the file has not the announced %" G_GINT64_FORMAT " bytes", download->size);
}

static void
on_moved (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Download *download = g_task_get_task_data (task);
  GError *error = NULL;

  if (!g_file_move_finish (G_FILE (source), result, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  g_file_delete (download->from, NULL, NULL);
  g_task_return_boolean (task, TRUE);
}

static void
move_to_target (GTask *task)
{
  Download *download = g_task_get_task_data (task);

  g_file_move_async (download->part, download->target, G_FILE_COPY_OVERWRITE | G_FILE_COPY_NOFOLLOW_SYMLINKS,
                     G_PRIORITY_DEFAULT, g_task_get_cancellable (task), NULL, NULL, on_moved, g_object_ref (task));
}

static void
on_hashed (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Download *download = g_task_get_task_data (task);
  GError *error = NULL;
  g_autofree char *hash = xmpp_hash_file_finish (G_FILE (source), result, &error);

  if (hash == NULL)
    g_task_return_error (task, error);
  else if (!g_str_equal (hash, download->hash))
    fail_and_forget (task, g_error_new (XMPP_TRANSFER_ERROR, XMPP_TRANSFER_ERROR_HASH,
                                        "the file is not the one that was announced (%s)", download->algorithm));
  else
    move_to_target (task);
}

static void
on_closed (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Download *download = g_task_get_task_data (task);
  GError *error = NULL;

  if (!g_output_stream_close_finish (G_OUTPUT_STREAM (source), result, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  g_clear_object (&download->out);
  if (download->size >= 0 && download->done != download->size)
    fail_and_forget (task, wrong_size (download));
  else if (download->hash != NULL)
    xmpp_hash_file_async (download->part, download->algorithm, g_task_get_cancellable (task), on_hashed,
                          g_object_ref (task));
  else
    move_to_target (task);
}

static void
on_written (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Download *download = g_task_get_task_data (task);
  GError *error = NULL;

  if (!g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  download->done += g_bytes_get_size (download->block);
  g_clear_pointer (&download->block, g_bytes_unref);
  if (download->progress != NULL)
    download->progress (download->done, download->size, download->progress_data);
  read_block (task);
}

static void
on_read (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Download *download = g_task_get_task_data (task);
  GError *error = NULL;
  gint64 length;

  download->block = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);
  if (download->block == NULL)
    {
      g_task_return_error (task, xmpp_http_map_error (error));    /* the part stays */
      return;
    }
  length = g_bytes_get_size (download->block);
  if (length == 0)
    {
      g_output_stream_close_async (download->out, G_PRIORITY_DEFAULT, g_task_get_cancellable (task), on_closed,
                                   g_object_ref (task));
      return;
    }
  /* Whatever the headers said: this is what came. */
  if (length > download->max_size - download->done)
    fail_and_forget (task, too_big (download));
  else if (download->size >= 0 && length > download->size - download->done)
    fail_and_forget (task, wrong_size (download));
  else
    g_output_stream_write_all_async (download->out, g_bytes_get_data (download->block, NULL), length,
                                     G_PRIORITY_DEFAULT, g_task_get_cancellable (task), on_written,
                                     g_object_ref (task));
}

static void
read_block (GTask *task)
{
  Download *download = g_task_get_task_data (task);

  g_input_stream_read_bytes_async (download->body, READ_SIZE, G_PRIORITY_DEFAULT, g_task_get_cancellable (task),
                                   on_read, g_object_ref (task));
}

static void
on_appending (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Download *download = g_task_get_task_data (task);
  GError *error = NULL;

  download->out = G_OUTPUT_STREAM (g_file_append_to_finish (G_FILE (source), result, &error));
  if (download->out == NULL)
    g_task_return_error (task, error);
  else
    read_block (task);
}

static void
on_replacing (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Download *download = g_task_get_task_data (task);
  GError *error = NULL;

  download->out = G_OUTPUT_STREAM (g_file_create_finish (G_FILE (source), result, &error));
  if (download->out == NULL)
    g_task_return_error (task, error);
  else
    read_block (task);
}

/* What the next try may continue with: a strong tag, else the date (RFC 9110 §13.1.5). */
static const char *
get_validator (SoupMessageHeaders *headers)
{
  const char *tag = soup_message_headers_get_one (headers, "ETag");
  const char *date = soup_message_headers_get_one (headers, "Last-Modified");

  if (tag != NULL && *tag == '"' && strlen (tag) <= MAX_VALIDATOR)
    return tag;
  return date != NULL && strlen (date) <= MAX_VALIDATOR ? date : NULL;
}

static void
begin_part (GTask *task)
{
  Download *download = g_task_get_task_data (task);
  const char *validator = get_validator (soup_message_get_response_headers (download->message));
  g_autofree char *note = g_strdup_printf ("%s\n%s\n", download->uri_text, validator != NULL ? validator : "");

  download->done = 0;
  g_file_delete (download->part, NULL, NULL);
  /* Without the note the part is only not continued. */
  g_file_replace_contents (download->from, note, strlen (note), NULL, FALSE,
                           G_FILE_CREATE_PRIVATE | G_FILE_CREATE_REPLACE_DESTINATION, NULL, NULL, NULL);
  g_file_create_async (download->part, G_FILE_CREATE_PRIVATE, G_PRIORITY_DEFAULT, g_task_get_cancellable (task),
                       on_replacing, g_object_ref (task));
}

static void
follow (GTask *task)
{
  Download *download = g_task_get_task_data (task);
  const char *location = soup_message_headers_get_one (soup_message_get_response_headers (download->message),
                                                       "Location");
  GError *error = NULL;
  g_autoptr(GUri) relative = NULL;
  g_autoptr(GUri) uri = NULL;
  g_autofree char *text = NULL;

  if (++download->redirects > MAX_REDIRECTS)
    {
      g_task_return_new_error (task, XMPP_TRANSFER_ERROR, XMPP_TRANSFER_ERROR_ADDRESS, "too many redirects");
      return;
    }
  if (location != NULL)
    relative = g_uri_parse_relative (soup_message_get_uri (download->message), location, SOUP_HTTP_URI_FLAGS, NULL);
  if (relative == NULL)
    {
      g_task_return_new_error (task, XMPP_TRANSFER_ERROR, XMPP_TRANSFER_ERROR_ADDRESS, "a redirect to nowhere");
      return;
    }
  text = g_uri_to_string (relative);
  uri = xmpp_http_parse_uri (download->policy, text, &error);
  if (uri == NULL)
    g_task_return_error (task, error);
  else
    start_exchange (task, uri);
}

/* Does the answer go on where the part ends? */
static gboolean
continues_part (Download *download)
{
  goffset start, end, total;

  return soup_message_get_status (download->message) == SOUP_STATUS_PARTIAL_CONTENT &&
         soup_message_headers_get_content_range (soup_message_get_response_headers (download->message),
                                                 &start, &end, &total) &&
         start == download->done;
}

static void
take_body (GTask *task)
{
  Download *download = g_task_get_task_data (task);
  SoupMessageHeaders *headers = soup_message_get_response_headers (download->message);
  const char *type = soup_message_headers_get_content_type (headers, NULL);
  gboolean more = continues_part (download);
  gint64 had = more ? download->done : 0;

  if (type != NULL && strlen (type) <= MAX_TYPE)
    {
      g_free (download->content_type);
      download->content_type = g_strdup (type);
    }
  if (soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CONTENT_LENGTH)
    {
      gint64 length = soup_message_headers_get_content_length (headers);

      if (length < 0 || length > download->max_size - had)
        {
          fail_and_forget (task, too_big (download));
          return;
        }
      if (download->size >= 0 && length + had != download->size)
        {
          fail_and_forget (task, wrong_size (download));
          return;
        }
    }
  if (more)
    g_file_append_to_async (download->part, G_FILE_CREATE_PRIVATE, G_PRIORITY_DEFAULT, g_task_get_cancellable (task),
                            on_appending, g_object_ref (task));
  else
    begin_part (task);
}

static void
on_headers (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Download *download = g_task_get_task_data (task);
  GError *error = NULL;
  guint status;

  g_clear_object (&download->body);
  download->body = xmpp_http_send_finish (result, &error);
  if (download->body == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  status = soup_message_get_status (download->message);
  if (status == SOUP_STATUS_OK || continues_part (download))
    take_body (task);
  else if ((status == SOUP_STATUS_REQUESTED_RANGE_NOT_SATISFIABLE || status == SOUP_STATUS_PARTIAL_CONTENT) &&
           download->done > 0)
    {
      /* There is not more of it, or another piece came than the one that is missing: from the start. */
      g_autoptr(GUri) uri = g_uri_ref (soup_message_get_uri (download->message));

      download->done = 0;
      start_exchange (task, uri);
    }
  else if (SOUP_STATUS_IS_REDIRECTION (status) && status != SOUP_STATUS_NOT_MODIFIED)
    follow (task);
  else
    g_task_return_error (task, xmpp_http_error_new (download->message));
}

static void
start_exchange (GTask *task,
                GUri  *uri)
{
  Download *download = g_task_get_task_data (task);
  SoupMessageHeaders *headers;

  g_clear_object (&download->message);
  download->message = soup_message_new_from_uri ("GET", uri);
  headers = soup_message_get_request_headers (download->message);
  soup_message_headers_replace (headers, "Accept-Encoding", "identity");
  if (download->done > 0)
    {
      soup_message_headers_set_range (headers, download->done, -1);
      soup_message_headers_replace (headers, "If-Range", download->validator);
    }
  xmpp_http_send_async (download->policy, download->message, g_task_get_cancellable (task), on_headers,
                        g_object_ref (task));
}

static void
on_part_found (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Download *download = g_task_get_task_data (task);
  g_autoptr(GFileInfo) info = g_file_query_info_finish (G_FILE (source), result, NULL);
  g_autoptr(GUri) uri = xmpp_http_parse_uri (download->policy, download->uri_text, NULL);

  if (info != NULL && g_file_info_get_file_type (info) == G_FILE_TYPE_REGULAR &&
      g_file_info_get_size (info) < download->max_size &&
      (download->size < 0 || g_file_info_get_size (info) < download->size))
    download->done = g_file_info_get_size (info);
  start_exchange (task, uri);
}

static void
on_note (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Download *download = g_task_get_task_data (task);
  g_autoptr(GUri) uri = xmpp_http_parse_uri (download->policy, download->uri_text, NULL);
  g_autofree char *text = NULL;
  g_auto(GStrv) lines = NULL;

  if (g_file_load_contents_finish (G_FILE (source), result, &text, NULL, NULL, NULL))
    lines = g_strsplit (text, "\n", 3);
  if (lines == NULL || g_strv_length (lines) < 2 || !g_str_equal (lines[0], download->uri_text) || *lines[1] == '\0' ||
      strlen (lines[1]) > MAX_VALIDATOR || strpbrk (lines[1], "\r") != NULL)
    {
      start_exchange (task, uri);
      return;
    }
  download->validator = g_strdup (lines[1]);
  g_file_query_info_async (download->part, G_FILE_ATTRIBUTE_STANDARD_SIZE "," G_FILE_ATTRIBUTE_STANDARD_TYPE,
                           G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, G_PRIORITY_DEFAULT, g_task_get_cancellable (task),
                           on_part_found, g_object_ref (task));
}

static GFile *
beside (GFile      *target,
        const char *suffix)
{
  g_autoptr(GFile) parent = g_file_get_parent (target);
  g_autofree char *base = g_file_get_basename (target);
  g_autofree char *name = g_strconcat (base, suffix, NULL);

  return g_file_get_child (parent, name);
}

void
xmpp_download_async (const XmppDownloadRequest *request,
                     XmppTransferPolicy        *policy,
                     GFile                     *target,
                     XmppTransferProgress       progress,
                     gpointer                   progress_data,
                     GCancellable              *cancellable,
                     GAsyncReadyCallback        callback,
                     gpointer                   user_data)
{
  g_autoptr(GTask) task = NULL;
  g_autoptr(GUri) uri = NULL;
  GError *error = NULL;
  Download *download;
  int chosen;

  g_return_if_fail (request != NULL && request->url != NULL && request->max_size > 0);
  g_return_if_fail (policy != NULL);
  g_return_if_fail (G_IS_FILE (target));

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, xmpp_download_async);
  download = g_new0 (Download, 1);
  download->uri_text = g_strdup (request->url);
  download->size = request->size;
  download->max_size = request->max_size;
  chosen = xmpp_hash_choose (request->hashes);
  if (chosen >= 0)
    {
      download->algorithm = g_strdup (request->hashes[chosen]);
      download->hash = g_strdup (request->hashes[chosen + 1]);
    }
  download->policy = xmpp_transfer_policy_ref (policy);
  download->target = g_object_ref (target);
  download->part = beside (target, ".part");
  download->from = beside (target, ".part.from");
  download->progress = progress;
  download->progress_data = progress_data;
  g_task_set_task_data (task, download, download_free);

  uri = xmpp_http_parse_uri (policy, request->url, &error);
  if (uri == NULL)
    g_task_return_error (task, error);
  else if (request->size > request->max_size)
    g_task_return_error (task, too_big (download));
  else
    g_file_load_contents_async (download->from, cancellable, on_note, g_steal_pointer (&task));
}

gboolean
xmpp_download_finish (GAsyncResult  *result,
                      char         **out_content_type,
                      GError       **error)
{
  Download *download;

  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;
  download = g_task_get_task_data (G_TASK (result));
  if (out_content_type != NULL)
    *out_content_type = g_steal_pointer (&download->content_type);
  return TRUE;
}
