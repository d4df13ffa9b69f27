/* SPDX-License-Identifier: GPL-3.0-or-later */
/* File upload by HTTP: XEP-0363. */
#define G_LOG_DOMAIN "xmpp"

#include "config.h"

#include "xmpp/upload.h"

#include "xmpp/http-private.h"

#define UPLOAD_XMLNS "urn:xmpp:http:upload:0"
#define MAX_TRIES    3      /* slots asked for one file */
#define MAX_HEADER   4096   /* bytes of a value */

struct _XmppUploads
{
  GObject             parent_instance;

  XmppClient         *client;
  XmppDisco          *disco;
  XmppTransferPolicy *policy;
};

G_DEFINE_FINAL_TYPE (XmppUploads, xmpp_uploads, G_TYPE_OBJECT)

static void
xmpp_uploads_dispose (GObject *object)
{
  XmppUploads *self = XMPP_UPLOADS (object);

  g_clear_object (&self->client);
  g_clear_object (&self->disco);
  g_clear_pointer (&self->policy, xmpp_transfer_policy_unref);
  G_OBJECT_CLASS (xmpp_uploads_parent_class)->dispose (object);
}

static void
xmpp_uploads_class_init (XmppUploadsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = xmpp_uploads_dispose;
}

static void
xmpp_uploads_init (XmppUploads *self)
{
}

XmppUploads *
xmpp_uploads_new (XmppClient         *client,
                  XmppDisco          *disco,
                  XmppTransferPolicy *policy)
{
  XmppUploads *self;

  g_return_val_if_fail (XMPP_IS_CLIENT (client), NULL);
  g_return_val_if_fail (XMPP_IS_DISCO (disco), NULL);
  g_return_val_if_fail (policy != NULL, NULL);

  self = g_object_new (XMPP_TYPE_UPLOADS, NULL);
  self->client = g_object_ref (client);
  self->disco = g_object_ref (disco);
  self->policy = xmpp_transfer_policy_ref (policy);
  return self;
}

/* Finding the service. */

typedef struct
{
  char   *address;
  gint64  max_size;
} Service;

static void
service_free (gpointer data)
{
  Service *service = data;

  g_free (service->address);
  g_free (service);
}

static void
on_service_info (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Service *service = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr(XmppDiscoInfo) info = xmpp_disco_info_finish (XMPP_DISCO (source), result, &error);
  const char * const *values;

  if (info == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  values = xmpp_disco_info_get_field (info, UPLOAD_XMLNS, "max-file-size");
  if (values == NULL || values[0] == NULL ||
      !g_ascii_string_to_signed (values[0], 10, 0, G_MAXINT64, &service->max_size, NULL))
    service->max_size = -1;
  g_task_return_boolean (task, TRUE);
}

static void
on_services (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Service *service = g_task_get_task_data (task);
  GError *error = NULL;
  g_auto(GStrv) addresses = xmpp_disco_find_finish (XMPP_DISCO (source), result, &error);

  if (addresses == NULL)
    g_task_return_error (task, error);
  else if (addresses[0] == NULL)
    g_task_return_new_error (task, XMPP_TRANSFER_ERROR, XMPP_TRANSFER_ERROR_NO_SERVICE,
                             "the server has no place for files");
  else
    {
      service->address = g_strdup (addresses[0]);
      xmpp_disco_info_async (XMPP_DISCO (source), service->address, NULL, g_task_get_cancellable (task),
                             on_service_info, g_object_ref (task));
    }
}

void
xmpp_uploads_find_async (XmppUploads         *self,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  GTask *task;

  g_return_if_fail (XMPP_IS_UPLOADS (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, xmpp_uploads_find_async);
  g_task_set_task_data (task, g_new0 (Service, 1), service_free);
  xmpp_disco_find_async (self->disco, UPLOAD_XMLNS, NULL, NULL, cancellable, on_services, task);
}

char *
xmpp_uploads_find_finish (XmppUploads   *self,
                          GAsyncResult  *result,
                          gint64        *out_max_size,
                          GError       **error)
{
  Service *service;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return NULL;
  service = g_task_get_task_data (G_TASK (result));
  if (out_max_size != NULL)
    *out_max_size = service->max_size;
  return g_strdup (service->address);
}

/*
 * Sending: service → size of the file → slot → PUT → the file is still the one that was measured. A PUT that broke is
 * begun again from the slot, since a slot is good for one PUT only (both servers refuse a second one).
 */
typedef struct
{
  GFile                *file;
  char                 *name;
  char                 *content_type;
  XmppTransferProgress  progress;
  gpointer              progress_data;

  char                 *service;
  gint64                size;
  guint64               modified;       /* seconds and µs as one number */
  guint64               inode;          /* programs save by putting a new file in the place of the old one */
  guint                 tries;
  char                 *get_uri;
  SoupMessage          *message;        /* of the PUT */
  gint64                written;
} Upload;

static void request_slot (GTask *task);

static void
upload_free (gpointer data)
{
  Upload *upload = data;

  g_object_unref (upload->file);
  g_free (upload->name);
  g_free (upload->content_type);
  g_free (upload->service);
  g_free (upload->get_uri);
  g_clear_object (&upload->message);
  g_free (upload);
}

static guint64
get_modified (GFileInfo *info)
{
  return g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_TIME_MODIFIED) * G_USEC_PER_SEC +
         g_file_info_get_attribute_uint32 (info, G_FILE_ATTRIBUTE_TIME_MODIFIED_USEC);
}

#define FILE_ATTRIBUTES G_FILE_ATTRIBUTE_STANDARD_SIZE "," G_FILE_ATTRIBUTE_STANDARD_TYPE "," \
                        G_FILE_ATTRIBUTE_TIME_MODIFIED "," G_FILE_ATTRIBUTE_TIME_MODIFIED_USEC "," \
                        G_FILE_ATTRIBUTE_UNIX_INODE

static void
on_checked_again (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Upload *upload = g_task_get_task_data (task);
  g_autoptr(GFileInfo) info = g_file_query_info_finish (G_FILE (source), result, NULL);

  if (info == NULL || g_file_info_get_size (info) != upload->size || get_modified (info) != upload->modified ||
      g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_UNIX_INODE) != upload->inode)
    g_task_return_new_error (task, XMPP_TRANSFER_ERROR, XMPP_TRANSFER_ERROR_CHANGED,
                             "the file was changed while it was sent");
  else
    g_task_return_pointer (task, g_steal_pointer (&upload->get_uri), g_free);
}

/* (transfer full) @error: once more, if that may help, else the end. */
static void
fail_or_retry (GTask  *task,
               GError *error)
{
  Upload *upload = g_task_get_task_data (task);
  g_autoptr(GError) owned = error;

  if (upload->tries < MAX_TRIES && !g_cancellable_is_cancelled (g_task_get_cancellable (task)) &&
      g_error_matches (error, XMPP_TRANSFER_ERROR, XMPP_TRANSFER_ERROR_NETWORK))
    request_slot (g_object_ref (task));
  else
    g_task_return_error (task, g_steal_pointer (&owned));
}

static void
on_put (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Upload *upload = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr(GInputStream) body = xmpp_http_send_finish (result, &error);
  guint status;

  if (body == NULL)
    {
      fail_or_retry (task, error);
      return;
    }
  status = soup_message_get_status (upload->message);
  if (status >= 500)
    fail_or_retry (task, g_error_new (XMPP_TRANSFER_ERROR, XMPP_TRANSFER_ERROR_NETWORK,
                                      "the web server answered %u", status));
  else if (status != SOUP_STATUS_CREATED && status != SOUP_STATUS_OK && status != SOUP_STATUS_NO_CONTENT)
    g_task_return_error (task, xmpp_http_error_new (upload->message));
  else
    g_file_query_info_async (upload->file, FILE_ATTRIBUTES, G_FILE_QUERY_INFO_NONE, G_PRIORITY_DEFAULT,
                             g_task_get_cancellable (task), on_checked_again, g_object_ref (task));
}

static void
on_wrote (SoupMessage *message,
          guint        size,
          gpointer     user_data)
{
  Upload *upload = user_data;

  upload->written = MIN (upload->written + size, upload->size);
  if (upload->progress != NULL)
    upload->progress (upload->written, upload->size, upload->progress_data);
}

static void
on_opened (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  XmppUploads *self = g_task_get_source_object (task);
  Upload *upload = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr(GFileInputStream) stream = g_file_read_finish (G_FILE (source), result, &error);

  if (stream == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  upload->written = 0;
  soup_message_set_request_body (upload->message, upload->content_type, G_INPUT_STREAM (stream), upload->size);
  g_signal_connect (upload->message, "wrote-body-data", G_CALLBACK (on_wrote), upload);
  xmpp_http_send_async (self->policy, upload->message, g_task_get_cancellable (task), on_put, g_object_ref (task));
}

/* §5: these three and no others, and no line breaks in them. FALSE if one is broken. */
static gboolean
add_headers (SoupMessage    *message,
             const XmppNode *put)
{
  static const char * const allowed[] = { "Authorization", "Cookie", "Expires" };

  for (XmppNode *child = xmpp_node_get_first_child (put); child != NULL; child = xmpp_node_get_next (child))
    {
      const char *name = xmpp_node_get_attribute (child, "name");
      const char *value = xmpp_node_get_text (child);

      if (!xmpp_node_is (child, "header", UPLOAD_XMLNS) || name == NULL)
        continue;
      for (guint i = 0; i < G_N_ELEMENTS (allowed); i++)
        if (g_ascii_strcasecmp (name, allowed[i]) == 0)
          {
            for (const char *p = value; *p != '\0'; p++)
              if (*p == '\r' || *p == '\n' || (guchar) *p < 0x20 || (guchar) *p >= 0x7f)
                return FALSE;
            if (strlen (value) > MAX_HEADER)
              return FALSE;
            soup_message_headers_append (soup_message_get_request_headers (message), allowed[i], value);
          }
    }
  return TRUE;
}

static GError *
map_slot_error (GError *error)
{
  g_autoptr(GError) owned = error;

  if (g_error_matches (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_NOT_ACCEPTABLE))
    return g_error_new (XMPP_TRANSFER_ERROR, XMPP_TRANSFER_ERROR_TOO_BIG, "%s", error->message);
  if (g_error_matches (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_RESOURCE_CONSTRAINT))
    return g_error_new (XMPP_TRANSFER_ERROR, XMPP_TRANSFER_ERROR_QUOTA, "%s", error->message);
  return g_steal_pointer (&owned);
}

static void
on_slot (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  XmppUploads *self = g_task_get_source_object (task);
  Upload *upload = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr(XmppNode) answer = xmpp_client_send_iq_finish (XMPP_CLIENT (source), result, &error);
  XmppNode *slot, *put, *get;
  const char *put_text, *get_text;
  g_autoptr(GUri) put_uri = NULL;
  g_autoptr(GUri) get_uri = NULL;

  if (answer == NULL)
    {
      g_task_return_error (task, map_slot_error (error));
      return;
    }
  slot = xmpp_node_get_child (answer, "slot", UPLOAD_XMLNS);
  put = slot != NULL ? xmpp_node_get_child (slot, "put", NULL) : NULL;
  get = slot != NULL ? xmpp_node_get_child (slot, "get", NULL) : NULL;
  put_text = put != NULL ? xmpp_node_get_attribute (put, "url") : NULL;
  get_text = get != NULL ? xmpp_node_get_attribute (get, "url") : NULL;
  if (put_text == NULL || get_text == NULL)
    {
      g_task_return_new_error (task, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_INVALID_ANSWER,
                               "the upload service gave no addresses");
      return;
    }
  /* The own service may be in the own network: it is the server the account trusts anyway. */
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr(GUri) uri = g_uri_parse (i == 0 ? put_text : get_text, SOUP_HTTP_URI_FLAGS, NULL);

      if (uri != NULL && g_uri_get_host (uri) != NULL)
        xmpp_transfer_policy_add_trusted_host (self->policy, g_uri_get_host (uri));
    }
  put_uri = xmpp_http_parse_uri (self->policy, put_text, &error);
  get_uri = put_uri != NULL ? xmpp_http_parse_uri (self->policy, get_text, &error) : NULL;
  if (get_uri == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_free (upload->get_uri);
  upload->get_uri = g_strdup (get_text);
  g_clear_object (&upload->message);
  upload->message = soup_message_new_from_uri ("PUT", put_uri);
  if (!add_headers (upload->message, put))
    {
      g_task_return_new_error (task, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_INVALID_ANSWER,
                               "the upload service wants broken headers");
      return;
    }
  g_file_read_async (upload->file, G_PRIORITY_DEFAULT, g_task_get_cancellable (task), on_opened,
                     g_object_ref (task));
}

/* (transfer full) @task */
static void
request_slot (GTask *task)
{
  XmppUploads *self = g_task_get_source_object (task);
  Upload *upload = g_task_get_task_data (task);
  XmppNode *iq = xmpp_client_new_iq ("get", upload->service);
  XmppNode *request = xmpp_node_add_child (iq, "request", UPLOAD_XMLNS);

  upload->tries++;
  xmpp_node_set_attribute (request, "filename", upload->name);
  xmpp_node_set_attribute_int64 (request, "size", upload->size);
  if (upload->content_type != NULL)
    xmpp_node_set_attribute (request, "content-type", upload->content_type);
  xmpp_client_send_iq_async (self->client, iq, g_task_get_cancellable (task), on_slot, task);
}

static void
on_found (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Upload *upload = g_task_get_task_data (task);
  GError *error = NULL;
  gint64 max_size;

  upload->service = xmpp_uploads_find_finish (XMPP_UPLOADS (source), result, &max_size, &error);
  if (upload->service == NULL)
    g_task_return_error (task, error);
  else if (max_size >= 0 && upload->size > max_size)
    g_task_return_new_error (task, XMPP_TRANSFER_ERROR, XMPP_TRANSFER_ERROR_TOO_BIG,
                             "the file has %" G_GINT64_FORMAT " bytes; the server takes at most %" G_GINT64_FORMAT,
                             upload->size, max_size);
  else
    request_slot (g_steal_pointer (&task));
}

static void
on_measured (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  XmppUploads *self = g_task_get_source_object (task);
  Upload *upload = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr(GFileInfo) info = g_file_query_info_finish (G_FILE (source), result, &error);

  if (info == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  if (g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE, "only ordinary files can be sent");
      return;
    }
  upload->size = g_file_info_get_size (info);
  upload->modified = get_modified (info);
  upload->inode = g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_UNIX_INODE);
  xmpp_uploads_find_async (self, g_task_get_cancellable (task), on_found, g_object_ref (task));
}

void
xmpp_uploads_send_async (XmppUploads          *self,
                         GFile                *file,
                         const char           *name,
                         const char           *content_type,
                         XmppTransferProgress  progress,
                         gpointer              progress_data,
                         GCancellable         *cancellable,
                         GAsyncReadyCallback   callback,
                         gpointer              user_data)
{
  GTask *task;
  Upload *upload;

  g_return_if_fail (XMPP_IS_UPLOADS (self));
  g_return_if_fail (G_IS_FILE (file));
  g_return_if_fail (name != NULL && *name != '\0');

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, xmpp_uploads_send_async);
  upload = g_new0 (Upload, 1);
  upload->file = g_object_ref (file);
  upload->name = g_strdup (name);
  upload->content_type = g_strdup (content_type);
  upload->progress = progress;
  upload->progress_data = progress_data;
  g_task_set_task_data (task, upload, upload_free);
  g_file_query_info_async (file, FILE_ATTRIBUTES, G_FILE_QUERY_INFO_NONE, G_PRIORITY_DEFAULT, cancellable,
                           on_measured, task);
}

char *
xmpp_uploads_send_finish (XmppUploads   *self,
                          GAsyncResult  *result,
                          GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
