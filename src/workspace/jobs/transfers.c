/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium"

#include "config.h"

#include "workspace/jobs/transfers.h"

#include "workspace/account/session.h"
#include "workspace/chat/file-private.h"
#include "workspace/clock.h"
#include "workspace/jobs/job-private.h"
#include "workspace/outbox/outbox-entry.h"
#include "workspace/outbox/sender-private.h"
#include "workspace/policy/policy.h"
#include "workspace/store-task.h"
#include "xmpp/download.h"
#include "xmpp/file-name.h"
#include "xmpp/jid.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

#define AT_A_TIME 2
#define RETRY (30 * G_TIME_SPAN_SECOND)
/* A file of unknown size is not followed further than this, in bytes. */
#define MAX_DOWNLOAD (G_GINT64_CONSTANT (8) << 30)
#define JOB_DOWNLOAD "download"

typedef struct
{
  AtriumTransfers *self;      /* holds a reference while it runs */
  gint64           file;
  gint64           entry;     /* outbox entry of an upload; 0: a download */
  gint64           message;
  gint64           job_row;
  char            *name;
  char            *source;    /* path or URL */
  char            *target;    /* path */
  char            *type;
  char            *hash;
  gint64           size;
  GCancellable    *cancellable;
  AtriumJob       *job;
  GPtrArray       *waiting;   /* (element-type GTask) */
  gint64           began;     /* monotonic µs */
  gint64           done;
  gint64           auto_max;  /* bytes; it comes by itself and nobody knows how large it is; 0: somebody asked for it */
  gboolean         capped;    /* what runs began with auto_max */
  gboolean         running;
  gboolean         paused;
  char            *error;
} Transfer;

struct _AtriumTransfers
{
  GObject parent_instance;

  AtriumWorkspace *workspace;   /* borrowed; NULL when detached */
  GHashTable *transfers;        /* gint64* file → Transfer */
  GHashTable *files;            /* gint64* file → GWeakRef* AtriumFile */
  GHashTable *uploads;          /* gint64* outbox entries being worked on */
  gboolean stopped;
};

G_DEFINE_FINAL_TYPE (AtriumTransfers, atrium_transfers, G_TYPE_OBJECT)

static void start_downloads (AtriumTransfers *self);

static void
transfer_free (gpointer data)
{
  Transfer *transfer = data;

  g_free (transfer->name);
  g_free (transfer->source);
  g_free (transfer->target);
  g_free (transfer->type);
  g_free (transfer->hash);
  g_free (transfer->error);
  g_clear_object (&transfer->cancellable);
  g_clear_object (&transfer->job);
  g_ptr_array_unref (transfer->waiting);
  g_free (transfer);
}

static void
weak_ref_free (gpointer data)
{
  g_weak_ref_clear (data);
  g_free (data);
}

static AtriumFile *
dup_file (AtriumTransfers *self,
          gint64           id)
{
  GWeakRef *ref = g_hash_table_lookup (self->files, &id);

  return ref != NULL ? g_weak_ref_get (ref) : NULL;
}

static void
show (AtriumTransfers *self,
      Transfer        *transfer)
{
  g_autoptr (AtriumFile) file = dup_file (self, transfer->file);
  double progress = transfer->size > 0 ? CLAMP ((double) transfer->done / transfer->size, 0, 1) : 0;

  if (file != NULL)
    {
      atrium_file_set_state (file, transfer->error != NULL ? ATRIUM_FILE_FAILED
                                   : transfer->paused ? ATRIUM_FILE_PAUSED
                                   : transfer->running ? ATRIUM_FILE_RUNNING : ATRIUM_FILE_WAITING);
      atrium_file_set_progress (file, progress);
      atrium_file_set_error (file, transfer->error);
    }
  if (transfer->job != NULL)
    {
      gint64 elapsed = g_get_monotonic_time () - transfer->began;

      atrium_job_set_progress (transfer->job, transfer->size > 0 ? progress : -1);
      atrium_job_set_speed (transfer->job, elapsed > G_USEC_PER_SEC / 2 ? transfer->done * G_USEC_PER_SEC / elapsed : 0);
      atrium_job_set_state (transfer->job, transfer->paused ? ATRIUM_JOB_PAUSED : transfer->running ? ATRIUM_JOB_RUNNING : ATRIUM_JOB_WAITING);
    }
}

static void
on_progress (gint64   done,
             gint64   total,
             gpointer user_data)
{
  Transfer *transfer = user_data;

  if (total > 0)
    transfer->size = total;
  /* The bar needs no more than a step a percent. */
  if (done < transfer->size && done - transfer->done < transfer->size / 100)
    return;
  transfer->done = done;
  if (transfer->self->workspace != NULL)
    show (transfer->self, transfer);
}

static void
on_job_request (AtriumJob       *job,
                const char      *what,
                AtriumTransfers *self)
{
  gint64 id = *(gint64 *) g_object_get_data (G_OBJECT (job), "file");
  g_autoptr (AtriumFile) file = dup_file (self, id);
  g_autoptr (AtriumFile) made = NULL;

  if (file == NULL)
    {
      made = atrium_file_new ();
      atrium_file_set_id (made, id);
    }
  if (g_str_equal (what, "cancel"))
    atrium_transfers_cancel (self, file != NULL ? file : made);
  else if (g_str_equal (what, "pause"))
    atrium_transfers_pause (self, file != NULL ? file : made);
  else if (g_hash_table_contains (self->transfers, &id))
    {
      ((Transfer *) g_hash_table_lookup (self->transfers, &id))->paused = FALSE;
      start_downloads (self);
    }
}

static Transfer *
transfer_new (AtriumTransfers *self,
              const StoreFile *row,
              gboolean         upload)
{
  Transfer *transfer = g_new0 (Transfer, 1);

  transfer->self = self;
  transfer->file = row->id;
  transfer->message = row->message;
  transfer->name = g_strdup (row->name);
  transfer->type = g_strdup (row->type);
  transfer->hash = g_strdup (row->hash);
  transfer->size = row->size;
  transfer->source = g_strdup (upload ? row->path : row->url);
  transfer->cancellable = g_cancellable_new ();
  transfer->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  transfer->job = atrium_job_new ();
  atrium_job_set_kind (transfer->job, upload ? ATRIUM_JOB_UPLOAD : ATRIUM_JOB_DOWNLOAD);
  atrium_job_set_title (transfer->job, transfer->name);
  atrium_job_set_cancellable (transfer->job, TRUE);
  atrium_job_set_pausable (transfer->job, !upload);
  g_object_set_data_full (G_OBJECT (transfer->job), "file", g_memdup2 (&row->id, sizeof row->id), g_free);
  g_signal_connect_object (transfer->job, "request", G_CALLBACK (on_job_request), self, 0);
  g_hash_table_replace (self->transfers, g_memdup2 (&row->id, sizeof row->id), transfer);
  atrium_workspace_add_job (self->workspace, transfer->job);

  return transfer;
}

static void
end_transfer (AtriumTransfers *self,
              gint64           file)
{
  Transfer *transfer = g_hash_table_lookup (self->transfers, &file);

  if (transfer == NULL)
    return;
  if (self->workspace != NULL)
    atrium_workspace_remove_job (self->workspace, transfer->job);
  g_hash_table_remove (self->transfers, &file);
}

static guint
count_running (AtriumTransfers *self,
               gboolean         uploads)
{
  GHashTableIter iter;
  gpointer value;
  guint n = 0;

  g_hash_table_iter_init (&iter, self->transfers);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    n += ((Transfer *) value)->running && (((Transfer *) value)->entry != 0) == uploads;

  return n;
}

static char *
describe (const GError *error,
          gboolean     *out_retry)
{
  *out_retry = FALSE;
  if (error->domain != XMPP_TRANSFER_ERROR)
    {
      *out_retry = error->domain == XMPP_STANZA_ERROR;
      return error->domain == XMPP_STANZA_ERROR ? atrium_stanza_error_to_text (error, out_retry) : g_strdup (error->message);
    }

  switch ((XmppTransferError) error->code)
    {
    case XMPP_TRANSFER_ERROR_NO_SERVICE:
      return g_strdup (_("This server takes no files. Ask your administrator."));
    case XMPP_TRANSFER_ERROR_TOO_BIG:
      return g_strdup (_("The file is larger than the server allows."));
    case XMPP_TRANSFER_ERROR_QUOTA:
      return g_strdup (_("Your space for files on the server is used up."));
    case XMPP_TRANSFER_ERROR_GONE:
      return g_strdup (_("The file is not on the server any more."));
    case XMPP_TRANSFER_ERROR_HASH:
    case XMPP_TRANSFER_ERROR_SIZE:
      return g_strdup (_("The file is not what was announced. Nothing was kept."));
    case XMPP_TRANSFER_ERROR_ADDRESS:
      return g_strdup (_("This link leads to a place that Atrium does not fetch from."));
    case XMPP_TRANSFER_ERROR_CERTIFICATE:
      return g_strdup (_("The file server could not prove who it is."));
    case XMPP_TRANSFER_ERROR_CHANGED:
      return g_strdup (_("The file was changed while it was being sent."));
    case XMPP_TRANSFER_ERROR_NETWORK:
      *out_retry = TRUE;
      return g_strdup (_("The network broke off; it will be tried again."));
    case XMPP_TRANSFER_ERROR_HTTP:
    default:
      return g_strdup_printf (_("The file server refused: %s"), error->message);
    }
}

/* Uploads. */

typedef struct
{
  gint64    entry;
  GPtrArray *files;       /* out: StoreFile copies without URL */
  gint64    message;
  char     *target;
  char     *url;
  gint64    file;
  char     *error;
  gboolean  retry;
  gboolean  finished;     /* out: nothing is left to upload, the message waits in the outbox */
} Upload;

static void
upload_free (gpointer data)
{
  Upload *upload = data;

  g_clear_pointer (&upload->files, g_ptr_array_unref);
  g_free (upload->target);
  g_free (upload->url);
  g_free (upload->error);
  g_free (upload);
}

static gboolean
turn_into_message (StoreTransaction  *tx,
                   StoreOutboxEntry  *entry,
                   StoreMessage      *message,
                   GError           **error)
{
  return store_outbox_remove (tx, entry->id, error) &&
         atrium_entry_add (tx, ATRIUM_ENTRY_MESSAGE, entry->target, NULL, message->origin_id, NULL, message->id,
                           message->conversation, error) != 0;
}

/* Which files of an entry are still to be sent; none: its message may go. */
static gboolean
upload_work (StoreTransaction  *tx,
             gpointer           data,
             GError           **error)
{
  Upload *upload = data;
  g_autoptr (StoreOutboxEntry) entry = store_outbox_load (tx, upload->entry, error);
  g_autoptr (StoreMessage) message = NULL;

  if (entry == NULL)
    return FALSE;
  message = store_message_load (tx, entry->message, error);
  if (message == NULL)
    return FALSE;

  upload->message = message->id;
  upload->files = g_ptr_array_new_with_free_func ((GDestroyNotify) store_file_free);
  if (upload->url != NULL)
    {
      g_autoptr (StoreFile) file = store_file_load (tx, upload->file, error);

      if (file == NULL)
        return FALSE;
      g_free (file->url);
      file->url = g_strdup (upload->url);
      file->state = STORE_FILE_LOCAL;
      if (!store_file_update (tx, file, error))
        return FALSE;
    }
  for (guint i = 0; message->files != NULL && i < message->files->len; i++)
    {
      StoreFile *file = g_ptr_array_index (message->files, i);

      if (file->url == NULL && file->id != upload->file)
        g_ptr_array_add (upload->files, store_file_load (tx, file->id, error));
    }
  if (upload->files->len > 0)
    return TRUE;

  upload->finished = TRUE;

  return turn_into_message (tx, entry, message, error);
}

static gboolean
upload_failed_work (StoreTransaction  *tx,
                    gpointer           data,
                    GError           **error)
{
  Upload *upload = data;

  if (upload->retry)
    return store_outbox_set_waiting (tx, upload->entry, atrium_clock_now () + RETRY, upload->error, error);

  return store_outbox_set_failed (tx, upload->entry, upload->error, error) &&
         store_message_set_state (tx, upload->message, STORE_MESSAGE_FAILED, upload->error, error);
}

static void step_upload (AtriumTransfers *self,
                         gint64           entry,
                         gint64           file,
                         const char      *url);

static void
on_uploaded (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  Transfer *transfer = user_data;
  g_autoptr (AtriumTransfers) self = transfer->self;
  g_autoptr (GError) error = NULL;
  g_autofree char *url = xmpp_uploads_send_finish (XMPP_UPLOADS (source), result, &error);
  gint64 entry = transfer->entry, file = transfer->file, message = transfer->message;

  end_transfer (self, file);
  if (self->workspace == NULL)
    return;
  if (url != NULL)
    {
      step_upload (self, entry, file, url);
      return;
    }

  g_hash_table_remove (self->uploads, &entry);
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      Upload *upload = g_new0 (Upload, 1);

      upload->entry = entry;
      upload->message = message;
      upload->error = describe (error, &upload->retry);
      atrium_store_run (atrium_workspace_get_database (self->workspace), STORE_ACCESS_WRITE, upload_failed_work, upload, upload_free);
    }
}

static void
on_upload_step (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr (AtriumTransfers) self = user_data;
  Upload *upload = store_database_get_run_data (result);
  g_autoptr (GError) error = NULL;
  AtriumSession *session = self->workspace != NULL ? atrium_workspace_get_session (self->workspace) : NULL;
  gboolean done = store_database_run_finish (STORE_DATABASE (source), result, &error);
  StoreFile *row;
  Transfer *transfer;
  g_autoptr (GFile) file = NULL;

  if (!done || upload->finished || session == NULL || !atrium_session_is_online (session))
    {
      g_hash_table_remove (self->uploads, &upload->entry);
      return;
    }

  row = g_ptr_array_index (upload->files, 0);
  transfer = transfer_new (self, row, TRUE);
  transfer->self = g_object_ref (self);
  transfer->entry = upload->entry;
  transfer->message = upload->message;
  transfer->running = TRUE;
  transfer->began = g_get_monotonic_time ();
  show (self, transfer);
  file = g_file_new_for_path (row->path);
  xmpp_uploads_send_async (atrium_session_get_uploads (session), file, row->name, row->type, on_progress, transfer,
                           transfer->cancellable, on_uploaded, transfer);
}

static void
step_upload (AtriumTransfers *self,
             gint64           entry,
             gint64           file,
             const char      *url)
{
  Upload *upload = g_new0 (Upload, 1);

  upload->entry = entry;
  upload->file = file;
  upload->url = g_strdup (url);
  store_database_run_async (atrium_workspace_get_database (self->workspace), STORE_ACCESS_WRITE, G_PRIORITY_DEFAULT,
                            upload_work, upload, upload_free, NULL, on_upload_step, g_object_ref (self));
}

static void
start_uploads (AtriumTransfers *self)
{
  GListModel *outbox = G_LIST_MODEL (atrium_workspace_get_outbox (self->workspace));
  guint n = g_list_model_get_n_items (outbox);

  for (guint i = 0; i < n && g_hash_table_size (self->uploads) < AT_A_TIME; i++)
    {
      g_autoptr (AtriumOutboxEntry) entry = g_list_model_get_item (outbox, i);
      gint64 id = atrium_outbox_entry_get_id (entry);

      if (atrium_outbox_entry_get_kind (entry) != ATRIUM_OUTBOX_UPLOAD || atrium_outbox_entry_get_state (entry) == ATRIUM_OUTBOX_FAILED ||
          atrium_outbox_entry_get_next_try (entry) > atrium_clock_now () || g_hash_table_contains (self->uploads, &id))
        continue;
      g_hash_table_add (self->uploads, g_memdup2 (&id, sizeof id));
      step_upload (self, id, 0, NULL);
    }
}

void
atrium_transfers_kick (AtriumTransfers *self)
{
  AtriumSession *session = self->workspace != NULL && !self->stopped ? atrium_workspace_get_session (self->workspace) : NULL;

  if (session == NULL || !atrium_session_is_online (session))
    return;
  start_uploads (self);
  start_downloads (self);
}

void
atrium_transfers_abandon (AtriumTransfers *self,
                          gint64           entry)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->transfers);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((Transfer *) value)->entry == entry)
      g_cancellable_cancel (((Transfer *) value)->cancellable);
}

/* Downloads. */

typedef struct
{
  gint64    file;
  gint64    job;          /* in and out */
  char     *path;         /* NULL: it did not come */
  char     *error;
  gboolean  keep_job;
} Download;

static void
download_free (gpointer data)
{
  Download *download = data;

  g_free (download->path);
  g_free (download->error);
  g_free (download);
}

static gboolean
download_ended_work (StoreTransaction  *tx,
                     gpointer           data,
                     GError           **error)
{
  Download *download = data;
  g_autoptr (StoreFile) file = store_file_load (tx, download->file, NULL);

  if (download->job != 0 && !download->keep_job)
    {
      g_autoptr (GError) missing = NULL;

      if (!store_job_remove (tx, download->job, &missing) && !g_error_matches (missing, STORE_ERROR, STORE_ERROR_NOT_FOUND))
        return g_propagate_error (error, g_steal_pointer (&missing)), FALSE;
    }
  if (file == NULL || download->keep_job)
    return TRUE;
  if (download->path != NULL)
    {
      g_free (file->path);
      file->path = g_strdup (download->path);
    }
  g_free (file->error);
  file->error = g_strdup (download->error);
  file->state = download->path != NULL ? STORE_FILE_LOCAL : download->error != NULL ? STORE_FILE_FAILED : STORE_FILE_REMOTE;

  return store_file_update (tx, file, error);
}

static void
return_waiting (Transfer     *transfer,
                const GError *error)
{
  for (guint i = 0; i < transfer->waiting->len; i++)
    {
      if (error == NULL)
        g_task_return_boolean (g_ptr_array_index (transfer->waiting, i), TRUE);
      else
        g_task_return_error (g_ptr_array_index (transfer->waiting, i), g_error_copy (error));
    }
  g_ptr_array_set_size (transfer->waiting, 0);
}

static void
on_downloaded (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  Transfer *transfer = user_data;
  g_autoptr (AtriumTransfers) self = transfer->self;
  g_autoptr (GError) error = NULL;
  Download *download;
  gboolean retry = FALSE;
  gboolean too_big_alone;

  xmpp_download_finish (result, NULL, &error);
  transfer->self = NULL;
  transfer->running = FALSE;
  if (self->workspace == NULL)
    {
      return_waiting (transfer, error);
      return;
    }
  if (transfer->paused && error != NULL)
    {
      transfer->self = self;
      g_clear_object (&transfer->cancellable);
      transfer->cancellable = g_cancellable_new ();
      show (self, transfer);
      return_waiting (transfer, error);
      return;
    }

  too_big_alone = transfer->capped && g_error_matches (error, XMPP_TRANSFER_ERROR, XMPP_TRANSFER_ERROR_TOO_BIG);
  if (too_big_alone && transfer->auto_max == 0 && !self->stopped)
    {
      /* Somebody asked for it meanwhile: all of it. */
      transfer->self = self;
      start_downloads (self);
      return;
    }

  download = g_new0 (Download, 1);
  download->file = transfer->file;
  download->job = transfer->job_row;
  if (error == NULL)
    download->path = g_strdup (transfer->target);
  else if (!too_big_alone && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    download->error = describe (error, &retry);
  download->keep_job = self->stopped;
  return_waiting (transfer, error);
  end_transfer (self, download->file);
  atrium_store_run (atrium_workspace_get_database (self->workspace), STORE_ACCESS_FILL, download_ended_work, download, download_free);
  start_downloads (self);
}

static void
run_download (AtriumTransfers *self,
              Transfer        *transfer)
{
  AtriumSession *session = atrium_workspace_get_session (self->workspace);
  g_autofree char *folder = NULL;
  g_autofree char *name = xmpp_file_name_clean (transfer->name);
  g_autofree char *id = g_strdup_printf ("%" G_GINT64_FORMAT, transfer->file);
  g_auto (GStrv) hash = transfer->hash != NULL ? g_strsplit (transfer->hash, ":", 2) : NULL;
  gint64 limit = atrium_policy_get_download_max (atrium_workspace_get_settings (self->workspace));
  XmppDownloadRequest request = { 0 };
  g_autoptr (GFile) target = NULL;

  folder = g_build_filename (atrium_workspace_get_data_dir (self->workspace), "files", id, NULL);
  g_mkdir_with_parents (folder, 0700);
  g_free (transfer->target);
  transfer->target = g_build_filename (folder, name, NULL);
  target = g_file_new_for_path (transfer->target);
  request.url = transfer->source;
  request.size = transfer->size;
  transfer->capped = transfer->auto_max > 0;
  request.max_size = transfer->size > 0 ? transfer->size : MAX_DOWNLOAD;
  if (limit > 0)
    request.max_size = MIN (request.max_size, limit);
  if (transfer->capped)
    request.max_size = MIN (request.max_size, transfer->auto_max);
  request.hashes = hash != NULL && hash[0] != NULL && hash[1] != NULL ? (const char * const *) hash : NULL;

  transfer->self = g_object_ref (self);
  transfer->running = TRUE;
  transfer->began = g_get_monotonic_time ();
  show (self, transfer);
  xmpp_download_async (&request, atrium_session_get_transfer_policy (session), target, on_progress, transfer,
                       transfer->cancellable, on_downloaded, transfer);
}

static void
start_downloads (AtriumTransfers *self)
{
  AtriumSession *session = self->workspace != NULL && !self->stopped ? atrium_workspace_get_session (self->workspace) : NULL;
  GHashTableIter iter;
  gpointer value;

  if (session == NULL || !atrium_session_is_online (session))
    return;
  g_hash_table_iter_init (&iter, self->transfers);
  while (count_running (self, FALSE) < AT_A_TIME && g_hash_table_iter_next (&iter, NULL, &value))
    {
      Transfer *transfer = value;

      if (transfer->entry == 0 && !transfer->running && !transfer->paused)
        run_download (self, transfer);
    }
}

typedef struct
{
  gint64     file;
  gint64     auto_max;    /* as in Transfer */
  StoreFile *row;
  gint64     job;
} BeginDownload;

static void
begin_download_free (gpointer data)
{
  BeginDownload *begin = data;

  g_clear_pointer (&begin->row, store_file_free);
  g_free (begin);
}

static gboolean
begin_download_work (StoreTransaction  *tx,
                     gpointer           data,
                     GError           **error)
{
  BeginDownload *begin = data;
  g_autoptr (StoreJob) job = store_job_new ();

  begin->row = store_file_load (tx, begin->file, error);
  if (begin->row == NULL)
    return FALSE;
  /* One that nobody asked for and that breaks off waits for somebody to ask. */
  if (begin->auto_max > 0)
    return TRUE;
  job->kind = g_strdup (JOB_DOWNLOAD);
  job->file = begin->file;
  job->source = g_strdup (begin->row->url);
  job->total = begin->row->size;
  job->created = atrium_clock_now ();
  if (!store_job_add (tx, job, error))
    return FALSE;
  begin->job = job->id;

  return TRUE;
}

static void
on_download_begun (GTask    *task,
                   gpointer  data)
{
  AtriumTransfers *self = g_task_get_source_object (task);
  BeginDownload *begin = data;
  Transfer *transfer = g_hash_table_lookup (self->transfers, &begin->file);

  if (self->workspace == NULL || begin->row->url == NULL)
    {
      g_task_return_new_error (task, ATRIUM_ERROR, ATRIUM_ERROR_NOT_FOUND, _("The file has no address yet."));
      return;
    }
  if (transfer == NULL)
    {
      transfer = transfer_new (self, begin->row, FALSE);
      transfer->job_row = begin->job;
      transfer->auto_max = begin->auto_max;
    }
  else if (begin->auto_max == 0)
    {
      transfer->auto_max = 0;
    }
  transfer->paused = FALSE;
  g_ptr_array_add (transfer->waiting, g_object_ref (task));
  show (self, transfer);
  start_downloads (self);
}

/* @auto_max: as in Transfer. */
static void
download (AtriumTransfers     *self,
          AtriumFile          *file,
          gint64               auto_max,
          GCancellable        *cancellable,
          GAsyncReadyCallback  callback,
          gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  gint64 id = atrium_file_get_id (file);
  gint64 limit = self->workspace != NULL ? atrium_policy_get_download_max (atrium_workspace_get_settings (self->workspace)) : 0;
  Transfer *transfer = g_hash_table_lookup (self->transfers, &id);
  BeginDownload *begin;

  g_task_set_source_tag (task, atrium_transfers_download_async);
  if (self->workspace == NULL || atrium_file_get_state (file) == ATRIUM_FILE_DONE)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  if (limit > 0 && atrium_file_get_size (file) > limit)
    {
      g_task_return_new_error (task, ATRIUM_ERROR, ATRIUM_ERROR_POLICY, _("The file is larger than your organisation allows."));
      return;
    }
  if (transfer != NULL)
    {
      if (auto_max == 0)
        transfer->auto_max = 0;
      transfer->paused = FALSE;
      g_ptr_array_add (transfer->waiting, g_steal_pointer (&task));
      start_downloads (self);
      return;
    }

  begin = g_new0 (BeginDownload, 1);
  begin->file = id;
  begin->auto_max = auto_max;
  atrium_store_run_task (atrium_workspace_get_database (self->workspace), STORE_ACCESS_FILL, g_steal_pointer (&task),
                         begin_download_work, begin, begin_download_free, on_download_begun);
}

void
atrium_transfers_download_async (AtriumTransfers     *self,
                                 AtriumFile          *file,
                                 GCancellable        *cancellable,
                                 GAsyncReadyCallback  callback,
                                 gpointer             user_data)
{
  download (self, file, 0, cancellable, callback, user_data);
}

gboolean
atrium_transfers_download_finish (AtriumTransfers  *self,
                                  GAsyncResult     *result,
                                  GError          **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
atrium_transfers_pause (AtriumTransfers *self,
                        AtriumFile      *file)
{
  gint64 id = atrium_file_get_id (file);
  Transfer *transfer = g_hash_table_lookup (self->transfers, &id);

  if (transfer == NULL || transfer->entry != 0 || transfer->paused)
    return;
  transfer->paused = TRUE;
  if (transfer->running)
    g_cancellable_cancel (transfer->cancellable);
  else
    show (self, transfer);
}

void
atrium_transfers_cancel (AtriumTransfers *self,
                         AtriumFile      *file)
{
  gint64 id = atrium_file_get_id (file);
  Transfer *transfer = g_hash_table_lookup (self->transfers, &id);
  gint64 entry;

  if (transfer == NULL)
    return;
  entry = transfer->entry;
  transfer->paused = FALSE;
  if (transfer->running)
    {
      g_cancellable_cancel (transfer->cancellable);
    }
  else if (entry == 0)
    {
      Download *download = g_new0 (Download, 1);

      download->file = id;
      download->job = transfer->job_row;
      end_transfer (self, id);
      atrium_store_run (atrium_workspace_get_database (self->workspace), STORE_ACCESS_FILL, download_ended_work, download, download_free);
    }
  if (entry != 0)
    {
      Upload *upload = g_new0 (Upload, 1);

      upload->entry = entry;
      upload->message = transfer->message;
      upload->error = g_strdup (_("You stopped the upload."));
      atrium_store_run (atrium_workspace_get_database (self->workspace), STORE_ACCESS_WRITE, upload_failed_work, upload, upload_free);
    }
}

/* What comes by itself. */

static gboolean
is_own_host (AtriumTransfers *self,
             const char      *url)
{
  AtriumSession *session = atrium_workspace_get_session (self->workspace);
  g_autoptr (GUri) uri = url != NULL ? g_uri_parse (url, G_URI_FLAGS_NONE, NULL) : NULL;
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;
  g_autofree char *domain = xmpp_jid_dup_domain (atrium_workspace_get_own_address (self->workspace));
  g_autofree char *dotted = NULL;

  if (host == NULL || domain == NULL || g_strcmp0 (g_uri_get_scheme (uri), "https") != 0)
    return FALSE;
  dotted = g_strconcat (".", domain, NULL);

  return g_ascii_strcasecmp (host, domain) == 0 || g_str_has_suffix (host, dotted) ||
         (session != NULL && xmpp_transfer_policy_is_trusted_host (atrium_session_get_transfer_policy (session), host));
}

static void
on_auto_done (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (GError) error = NULL;

  if (!atrium_transfers_download_finish (ATRIUM_TRANSFERS (source), result, &error))
    g_debug ("fetching by itself: %s", error->message);
}

void
atrium_transfers_auto (AtriumTransfers    *self,
                       const StoreMessage *message)
{
  gint64 limit = self->workspace != NULL ? atrium_policy_get_download_auto_max (atrium_workspace_get_settings (self->workspace)) : 0;

  for (guint i = 0; limit > 0 && message->files != NULL && i < message->files->len; i++)
    {
      const StoreFile *row = g_ptr_array_index (message->files, i);
      g_autoptr (AtriumFile) file = NULL;

      if (row->id == 0 || row->path != NULL || row->size == 0 || row->size > limit || !is_own_host (self, row->url))
        continue;
      file = dup_file (self, row->id);
      if (file == NULL)
        {
          file = atrium_file_new ();
          atrium_file_set_id (file, row->id);
          atrium_file_set_size (file, row->size);
        }
      /* Older programs send an address alone (XEP-0066): as much as may come by itself is tried. */
      download (self, file, row->size < 0 ? limit : 0, NULL, on_auto_done, NULL);
    }
}

void
atrium_transfers_fill_file (AtriumTransfers *self,
                            AtriumFile      *file,
                            const StoreFile *row,
                            gboolean         own)
{
  Transfer *transfer = g_hash_table_lookup (self->transfers, &row->id);
  GWeakRef *ref = g_hash_table_lookup (self->files, &row->id);

  atrium_file_put_transfers (file, self);
  if (ref == NULL)
    {
      ref = g_new0 (GWeakRef, 1);
      g_weak_ref_init (ref, file);
      g_hash_table_insert (self->files, g_memdup2 (&row->id, sizeof row->id), ref);
    }
  else
    {
      g_weak_ref_set (ref, file);
    }
  atrium_file_set_can_auto (file, is_own_host (self, row->url));
  if (transfer != NULL)
    {
      show (self, transfer);
      return;
    }

  atrium_file_set_error (file, row->error);
  if (row->state == STORE_FILE_FAILED)
    atrium_file_set_state (file, ATRIUM_FILE_FAILED);
  else if (own && row->url == NULL)
    atrium_file_set_state (file, ATRIUM_FILE_WAITING);
  else
    atrium_file_set_state (file, row->path != NULL ? ATRIUM_FILE_DONE : ATRIUM_FILE_REMOTE);
  atrium_file_set_progress (file, row->path != NULL ? 1 : 0);
}

/* After a restart. */

typedef struct
{
  GPtrArray *jobs;    /* StoreJob */
  GPtrArray *files;   /* StoreFile, same order */
} OpenJobs;

static void
open_jobs_free (gpointer data)
{
  OpenJobs *open = data;

  g_clear_pointer (&open->jobs, g_ptr_array_unref);
  g_clear_pointer (&open->files, g_ptr_array_unref);
  g_free (open);
}

static gboolean
open_jobs_work (StoreTransaction  *tx,
                gpointer           data,
                GError           **error)
{
  OpenJobs *open = data;
  g_autoptr (GPtrArray) jobs = store_job_list (tx, error);

  if (jobs == NULL)
    return FALSE;
  open->jobs = g_ptr_array_new_with_free_func ((GDestroyNotify) store_job_unref);
  open->files = g_ptr_array_new_with_free_func ((GDestroyNotify) store_file_free);
  for (guint i = 0; i < jobs->len; i++)
    {
      StoreJob *job = g_ptr_array_index (jobs, i);
      StoreFile *file = g_strcmp0 (job->kind, JOB_DOWNLOAD) == 0 ? store_file_load (tx, job->file, NULL) : NULL;

      if (file == NULL)
        continue;
      g_ptr_array_add (open->jobs, store_job_ref (job));
      g_ptr_array_add (open->files, file);
    }

  return TRUE;
}

static void
on_jobs_read (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (AtriumTransfers) self = user_data;
  OpenJobs *open = store_database_get_run_data (result);

  if (!store_database_run_finish (STORE_DATABASE (source), result, NULL) || self->workspace == NULL)
    return;
  for (guint i = 0; i < open->jobs->len; i++)
    {
      StoreFile *file = g_ptr_array_index (open->files, i);
      Transfer *transfer;

      if (g_hash_table_contains (self->transfers, &file->id) || file->path != NULL || file->url == NULL)
        continue;
      transfer = transfer_new (self, file, FALSE);
      transfer->job_row = ((StoreJob *) g_ptr_array_index (open->jobs, i))->id;
      show (self, transfer);
    }
  start_downloads (self);
}

void
atrium_transfers_open (AtriumTransfers *self)
{
  self->stopped = FALSE;
  /* Another program that is online does them. */
  if (!atrium_workspace_get_online_here (self->workspace))
    return;
  store_database_run_async (atrium_workspace_get_database (self->workspace), STORE_ACCESS_READ, G_PRIORITY_DEFAULT,
                            open_jobs_work, g_new0 (OpenJobs, 1), open_jobs_free, NULL, on_jobs_read, g_object_ref (self));
}

void
atrium_transfers_stop (AtriumTransfers *self)
{
  GHashTableIter iter;
  gpointer value;

  self->stopped = TRUE;
  g_hash_table_iter_init (&iter, self->transfers);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_cancellable_cancel (((Transfer *) value)->cancellable);
}

void
atrium_transfers_detach (AtriumTransfers *self)
{
  atrium_transfers_stop (self);
  self->workspace = NULL;
}

static void
atrium_transfers_finalize (GObject *object)
{
  AtriumTransfers *self = ATRIUM_TRANSFERS (object);

  g_clear_pointer (&self->transfers, g_hash_table_unref);
  g_clear_pointer (&self->files, g_hash_table_unref);
  g_clear_pointer (&self->uploads, g_hash_table_unref);

  G_OBJECT_CLASS (atrium_transfers_parent_class)->finalize (object);
}

static void
atrium_transfers_class_init (AtriumTransfersClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = atrium_transfers_finalize;
}

static void
atrium_transfers_init (AtriumTransfers *self)
{
  self->transfers = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, transfer_free);
  self->files = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, weak_ref_free);
  self->uploads = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
}

AtriumTransfers *
atrium_transfers_new (AtriumWorkspace *workspace)
{
  AtriumTransfers *self = g_object_new (ATRIUM_TYPE_TRANSFERS, NULL);

  self->workspace = workspace;

  return self;
}
