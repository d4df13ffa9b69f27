/* SPDX-License-Identifier: GPL-3.0-or-later */

/* XEP-0313: Message Archive Management. */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "xmpp/archive.h"
#include "xmpp/carbons.h"
#include "xmpp/client-private.h"
#include "xmpp/forms.h"
#include "xmpp/jid.h"
#include "xmpp/messages-private.h"
#include "xmpp/rsm.h"
#include "xmpp/stanza-id.h"
#include "xmpp/timestamp.h"

/* Before the rooms: an archive's result is not what the room says now. */
#define HANDLER_PRIORITY 110
#define FIND_MARGIN (10 * 60 * G_TIME_SPAN_SECOND)
/* Queries that ended a moment ago: their late results are no attack. */
#define MAX_ENDED 32

struct _XmppArchive
{
  GObject       parent_instance;

  XmppMessages *messages;
  XmppClient   *client;
  guint         handler;
  GHashTable   *open;       /* query id → Query, borrowed from its task */
  GQueue        ended;      /* of query ids */
};

G_DEFINE_FINAL_TYPE (XmppArchive, xmpp_archive, G_TYPE_OBJECT)
G_DEFINE_QUARK (xmpp-archive-error-quark, xmpp_archive_error)
G_DEFINE_BOXED_TYPE (XmppArchivePage, xmpp_archive_page, xmpp_archive_page_ref, xmpp_archive_page_unref)

/* One page being fetched. */
typedef struct
{
  char            *id;
  char            *archive;     /* bare address */
  guint            max;
  guint            results;
  gboolean         silent;      /* a look-up: nothing is emitted */
  XmppArchivePage *page;
} Query;

/* --- pages --- */

static XmppArchivePage *
page_new (const char *archive)
{
  XmppArchivePage *page = g_new0 (XmppArchivePage, 1);

  g_atomic_ref_count_init (&page->refs);
  page->archive = g_strdup (archive);
  page->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) xmpp_incoming_unref);
  page->count = -1;
  return page;
}

XmppArchivePage *
xmpp_archive_page_ref (XmppArchivePage *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
xmpp_archive_page_unref (XmppArchivePage *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;
  g_free (self->archive);
  g_ptr_array_unref (self->messages);
  g_free (self->first);
  g_free (self->last);
  g_free (self);
}

static void
query_free (gpointer data)
{
  Query *query = data;

  g_free (query->id);
  g_free (query->archive);
  xmpp_archive_page_unref (query->page);
  g_free (query);
}

/* --- results --- */

static const char *
check_sender (XmppArchive    *self,
              const Query    *query,
              const XmppNode *message)
{
  const char *from = xmpp_node_get_attribute (message, "from");
  gboolean own = g_strcmp0 (query->archive, xmpp_client_get_address (self->client)) == 0;

  if (from == NULL)
    return own ? NULL : "archive-forged";
  return g_strcmp0 (from, query->archive) == 0 ? NULL : "archive-forged";
}

static const char *
take_result (XmppArchive    *self,
             Query          *query,
             const XmppNode *result)
{
  XmppNode *forwarded = xmpp_node_get_child (result, "forwarded", XMPP_NS_FORWARD);
  const char *id = xmpp_node_get_attribute (result, "id");
  const char *reason = NULL;
  XmppIncoming *incoming;

  if (query->results >= query->max)
    return "archive-too-many";
  query->results++;
  if (forwarded == NULL || !xmpp_id_is_usable (id))
    {
      query->page->refused++;
      return "archive-malformed";
    }
  incoming = xmpp_messages_verify_archived (self->messages, query->archive, id, forwarded, &reason);
  if (incoming != NULL)
    g_ptr_array_add (query->page->messages, incoming);
  else if (reason != NULL)
    query->page->refused++;
  return reason;
}

static gboolean
has_ended (XmppArchive *self,
           const char  *id)
{
  return id != NULL && g_queue_find_custom (&self->ended, id, (GCompareFunc) g_strcmp0) != NULL;
}

static gboolean
on_result (XmppClient *client,
           XmppNode   *message,
           gpointer    user_data)
{
  XmppArchive *self = user_data;
  XmppNode *result = xmpp_node_get_child (message, "result", XMPP_NS_ARCHIVE);
  const char *id = xmpp_node_get_attribute (result, "queryid");
  Query *query = id != NULL ? g_hash_table_lookup (self->open, id) : NULL;
  const char *reason;

  if (query == NULL)
    reason = has_ended (self, id) ? "archive-late" : "archive-unasked";
  else
    {
      reason = check_sender (self, query, message);
      if (reason == NULL)
        reason = take_result (self, query, result);
    }
  if (reason != NULL)
    xmpp_client_note_rejection (client, reason);
  return TRUE;
}

/* --- asking --- */

static void
add_time (XmppForm   *form,
          const char *field,
          gint64      time)
{
  g_autofree char *stamp = time != 0 ? xmpp_timestamp_format (time) : NULL;

  if (stamp != NULL)
    xmpp_form_set_value (form, field, stamp);
}

static void
add_text (XmppForm   *form,
          const char *field,
          const char *value)
{
  if (value != NULL)
    xmpp_form_set_value (form, field, value);
}

static XmppNode *
new_request (const XmppArchiveQuery *wish,
             const Query            *query)
{
  g_autoptr(XmppForm) form = xmpp_form_new (XMPP_FORM_SUBMIT, XMPP_NS_ARCHIVE);
  XmppNode *iq = xmpp_client_new_iq ("set", wish->archive);
  XmppNode *node = xmpp_node_add_child (iq, "query", XMPP_NS_ARCHIVE);

  xmpp_node_set_attribute (node, "queryid", query->id);
  add_text (form, "with", wish->with);
  add_time (form, "start", wish->start);
  add_time (form, "end", wish->end);
  add_text (form, "after-id", wish->newer_than);
  add_text (form, "before-id", wish->older_than);
  if (wish->ids != NULL)
    xmpp_form_set_values (form, "ids", wish->ids);
  xmpp_form_add_to_node (form, node);
  xmpp_rsm_add (node, query->max, wish->after, wish->before);
  return iq;
}

static gboolean
read_fin (Query           *query,
          const XmppNode  *answer,
          GError         **error)
{
  XmppNode *fin = xmpp_node_get_child (answer, "fin", XMPP_NS_ARCHIVE);
  g_autoptr(XmppRsm) set = fin != NULL ? xmpp_rsm_parse (fin) : NULL;
  const char *complete;

  if (fin == NULL)
    {
      g_set_error (error, XMPP_ARCHIVE_ERROR, XMPP_ARCHIVE_ERROR_INVALID, "the archive of %s did not end its page", query->archive);
      return FALSE;
    }
  complete = xmpp_node_get_attribute (fin, "complete");
  query->page->complete = g_strcmp0 (complete, "true") == 0 || g_strcmp0 (complete, "1") == 0;
  if (set != NULL)
    {
      query->page->first = g_steal_pointer (&set->first);
      query->page->last = g_steal_pointer (&set->last);
      query->page->count = set->count;
    }
  if (query->page->last == NULL)
    query->page->complete = TRUE;     /* an empty page leads nowhere */
  return TRUE;
}

static void
end_query (XmppArchive *self,
           Query       *query)
{
  g_hash_table_remove (self->open, query->id);
  g_queue_push_tail (&self->ended, g_strdup (query->id));
  if (g_queue_get_length (&self->ended) > MAX_ENDED)
    g_free (g_queue_pop_head (&self->ended));
}

static void
on_fin (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(XmppNode) answer = NULL;
  XmppArchive *self = g_task_get_source_object (task);
  Query *query = g_task_get_task_data (task);
  GError *error = NULL;

  answer = xmpp_client_send_iq_finish (XMPP_CLIENT (source), result, &error);
  end_query (self, query);
  if (answer == NULL || !read_fin (query, answer, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  if (!query->silent)
    xmpp_messages_emit_page (self->messages, query->page);
  g_task_return_pointer (task, xmpp_archive_page_ref (query->page), (GDestroyNotify) xmpp_archive_page_unref);
}

static void
query_async (XmppArchive            *self,
             const XmppArchiveQuery *wish,
             gboolean                silent,
             GCancellable           *cancellable,
             GAsyncReadyCallback     callback,
             gpointer                user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Query *query = g_new0 (Query, 1);

  g_task_set_source_tag (task, xmpp_archive_query_async);
  g_task_set_task_data (task, query, query_free);
  query->id = xmpp_random_id (16);
  query->archive = g_strdup (wish->archive != NULL ? wish->archive : xmpp_client_get_address (self->client));
  query->silent = silent;
  query->page = page_new (query->archive);
  query->max = CLAMP (wish->max != 0 ? wish->max : XMPP_ARCHIVE_PAGE_DEFAULT, 1, XMPP_ARCHIVE_PAGE_MAX);
  if (wish->ids != NULL)
    query->max = MAX (query->max, g_strv_length ((char **) wish->ids));
  g_hash_table_insert (self->open, query->id, query);
  xmpp_client_send_iq_async (self->client, new_request (wish, query), cancellable, on_fin, task);
}

static gboolean
needs_extended (const XmppArchiveQuery *query)
{
  return query->newer_than != NULL || query->older_than != NULL || query->ids != NULL;
}

void
xmpp_archive_query_async (XmppArchive            *self,
                          const XmppArchiveQuery *query,
                          GCancellable           *cancellable,
                          GAsyncReadyCallback     callback,
                          gpointer                user_data)
{
  gboolean extended = FALSE;

  g_return_if_fail (XMPP_IS_ARCHIVE (self));
  g_return_if_fail (query != NULL);
  g_return_if_fail (query->after == NULL || query->before == NULL);
  g_return_if_fail (query->ids == NULL || g_strv_length ((char **) query->ids) <= XMPP_ARCHIVE_PAGE_MAX);

  if (needs_extended (query) && (!xmpp_archive_is_supported (self, query->archive, &extended) || !extended))
    {
      g_task_report_new_error (self, callback, user_data, xmpp_archive_query_async, XMPP_ARCHIVE_ERROR,
                               XMPP_ARCHIVE_ERROR_UNSUPPORTED, "the archive cannot be asked by id");
      return;
    }
  query_async (self, query, FALSE, cancellable, callback, user_data);
}

XmppArchivePage *
xmpp_archive_query_finish (XmppArchive   *self,
                           GAsyncResult  *result,
                           GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- looking up --- */

typedef struct
{
  char   *archive;
  char   *with;
  char   *origin_id;
  gint64  start;
  char   *after;
} Find;

static void
find_free (gpointer data)
{
  Find *find = data;

  g_free (find->archive);
  g_free (find->with);
  g_free (find->origin_id);
  g_free (find->after);
  g_free (find);
}

/* Ours for certain; a room that shows neither address nor occupant-id leaves only the nick to go by. */
static gboolean
is_ours (XmppArchive        *self,
         const XmppIncoming *incoming)
{
  XmppMucRoom *room;

  if (incoming->outgoing)
    return TRUE;
  if (incoming->kind != XMPP_CHAT_ROOM || incoming->author->occupant_id != NULL || incoming->author->address != NULL)
    return FALSE;
  room = xmpp_muc_get_room (xmpp_messages_get_muc (self->messages), incoming->chat);
  return room != NULL && g_strcmp0 (xmpp_muc_room_get_nick (room), incoming->author->nick) == 0;
}

static const char *
search_page (XmppArchive     *self,
             XmppArchivePage *page,
             const char      *origin_id)
{
  for (guint i = 0; i < page->messages->len; i++)
    {
      const XmppIncoming *incoming = g_ptr_array_index (page->messages, i);
      const XmppMessage *message = incoming->message;

      if ((g_strcmp0 (message->origin_id, origin_id) == 0 || g_strcmp0 (message->id, origin_id) == 0)
          && is_ours (self, incoming))
        return incoming->archive_id;
    }
  return NULL;
}

static void on_find_page (GObject *source, GAsyncResult *result, gpointer user_data);

static void
find_next (XmppArchive *self,
           GTask       *task)
{
  Find *find = g_task_get_task_data (task);
  XmppArchiveQuery query = {
    .archive = find->archive,
    .with = find->with,
    .start = find->start,
    .after = find->after,
    .max = XMPP_ARCHIVE_PAGE_DEFAULT,
  };

  query_async (self, &query, TRUE, g_task_get_cancellable (task), on_find_page, g_object_ref (task));
}

static void
on_find_page (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  XmppArchive *self = XMPP_ARCHIVE (source);
  g_autoptr(GTask) task = user_data;
  g_autoptr(XmppArchivePage) page = NULL;
  Find *find = g_task_get_task_data (task);
  GError *error = NULL;
  const char *id;

  page = xmpp_archive_query_finish (self, result, &error);
  if (page == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  id = search_page (self, page, find->origin_id);
  if (id != NULL || page->complete)
    {
      g_task_return_pointer (task, g_strdup (id), g_free);
      return;
    }
  if (g_strcmp0 (find->after, page->last) == 0)
    {
      g_task_return_new_error (task, XMPP_ARCHIVE_ERROR, XMPP_ARCHIVE_ERROR_INVALID, "the archive does not move on");
      return;
    }
  g_free (find->after);
  find->after = g_strdup (page->last);
  find_next (self, task);
}

void
xmpp_archive_find_async (XmppArchive         *self,
                         const char          *archive,
                         const char          *with,
                         const char          *origin_id,
                         gint64               since,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  Find *find;

  g_return_if_fail (XMPP_IS_ARCHIVE (self));
  g_return_if_fail (origin_id != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, xmpp_archive_find_async);
  find = g_new0 (Find, 1);
  find->archive = g_strdup (archive);
  find->with = g_strdup (with);
  find->origin_id = g_strdup (origin_id);
  find->start = since - FIND_MARGIN;
  g_task_set_task_data (task, find, find_free);
  find_next (self, task);
}

char *
xmpp_archive_find_finish (XmppArchive   *self,
                          GAsyncResult  *result,
                          GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- the object --- */

gboolean
xmpp_archive_is_supported (XmppArchive *self,
                           const char  *archive,
                           gboolean    *extended)
{
  const XmppMucInfo *info;
  XmppMucRoom *room;

  g_return_val_if_fail (XMPP_IS_ARCHIVE (self), FALSE);

  if (archive == NULL || g_str_equal (archive, xmpp_client_get_address (self->client)))
    {
      if (extended != NULL)
        *extended = xmpp_messages_has_feature (self->messages, XMPP_NS_ARCHIVE_EXTENDED);
      return xmpp_messages_has_feature (self->messages, XMPP_NS_ARCHIVE);
    }
  room = xmpp_muc_get_room (xmpp_messages_get_muc (self->messages), archive);
  info = room != NULL ? xmpp_muc_room_get_info (room) : NULL;
  if (info == NULL)
    return FALSE;
  if (extended != NULL)
    *extended = (info->flags & XMPP_MUC_ARCHIVE_EXTENDED) != 0;
  return (info->flags & XMPP_MUC_ARCHIVE) != 0;
}

static void
xmpp_archive_dispose (GObject *object)
{
  XmppArchive *self = XMPP_ARCHIVE (object);

  if (self->client != NULL)
    xmpp_client_remove_handler (self->client, self->handler);
  g_clear_object (&self->messages);
  g_clear_object (&self->client);

  G_OBJECT_CLASS (xmpp_archive_parent_class)->dispose (object);
}

static void
xmpp_archive_finalize (GObject *object)
{
  XmppArchive *self = XMPP_ARCHIVE (object);

  g_hash_table_unref (self->open);
  g_queue_clear_full (&self->ended, g_free);

  G_OBJECT_CLASS (xmpp_archive_parent_class)->finalize (object);
}

static void
xmpp_archive_class_init (XmppArchiveClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = xmpp_archive_dispose;
  object_class->finalize = xmpp_archive_finalize;
}

static void
xmpp_archive_init (XmppArchive *self)
{
  self->open = g_hash_table_new (g_str_hash, g_str_equal);
  g_queue_init (&self->ended);
}

XmppArchive *
xmpp_archive_new (XmppMessages *messages)
{
  XmppArchive *self;

  g_return_val_if_fail (XMPP_IS_MESSAGES (messages), NULL);

  self = g_object_new (XMPP_TYPE_ARCHIVE, NULL);
  self->messages = g_object_ref (messages);
  self->client = g_object_ref (xmpp_messages_get_client (messages));
  self->handler = xmpp_client_add_handler (self->client, XMPP_STANZA_MESSAGE, HANDLER_PRIORITY, "result", XMPP_NS_ARCHIVE,
                                           on_result, self, NULL);
  return self;
}
