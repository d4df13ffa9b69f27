/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium"

#include "config.h"

#include "workspace/sync/history.h"

#include "workspace/account/session.h"
#include "workspace/chat/conversation-private.h"
#include "workspace/jobs/job-private.h"
#include "workspace/store-task.h"
#include "workspace/sync/rooms.h"

#include <glib/gi18n-lib.h>

/* As much as a page may hold: a server gives less where it likes to. */
#define PAGE XMPP_ARCHIVE_PAGE_MAX
/* On the first sign-in: so many messages of so many chats at once. */
#define FIRST_CHATS 20
#define FIRST_MESSAGES 50
/* … and so many in the background; the rest when somebody scrolls there. */
#define BACKGROUND_MESSAGES 10000

typedef struct _Query Query;
typedef void (*QueryDone) (AtriumHistory   *self,
                           Query           *query,
                           XmppArchivePage *page,      /* NULL: it failed */
                           const GError    *error);

/* One page to ask for. Queries of one archive run one after another. */
struct _Query
{
  AtriumHistory *self;      /* holds a reference while it runs */
  char      *archive;       /* bare address */
  char      *with;          /* (nullable) */
  char      *before;        /* archive id, "" the newest */
  gint64     start;         /* µs; 0 open */
  guint      max;
  gboolean   seen;
  gboolean   quiet;
  QueryDone  done;
  char      *known;         /* catch-up: the newest id known before (nullable) */
  gint64     known_time;
  guint      count;         /* messages fetched by the run that this page belongs to */
  AtriumJob *job;           /* (nullable) */
  GTask     *task;          /* (nullable) */
};

struct _AtriumHistory
{
  GObject parent_instance;

  AtriumWorkspace *workspace;   /* borrowed; NULL when detached */
  XmppArchive *archive;
  AtriumInbox *inbox;
  GHashTable *queues;           /* archive → GQueue of Query; the head runs */
  GHashTable *rooms;            /* archives of rooms caught up in this session */
  GCancellable *cancellable;
  gboolean resumed;
  gboolean begun;               /* the own archive was asked, or needs not be */
  guint busy;                   /* catch-ups under way */
};

enum
{
  SETTLED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AtriumHistory, atrium_history, G_TYPE_OBJECT)

static void run_next (AtriumHistory *self,
                      const char    *archive);

static void
query_free (gpointer data)
{
  Query *query = data;

  g_free (query->archive);
  g_free (query->with);
  g_free (query->before);
  g_free (query->known);
  g_clear_object (&query->job);
  g_clear_object (&query->task);
  g_clear_object (&query->self);
  g_free (query);
}

static void
queue_free (gpointer data)
{
  g_queue_free_full (data, query_free);
}

static Query *
query_new (const char *archive,
           const char *with,
           const char *before,
           QueryDone   done)
{
  Query *query = g_new0 (Query, 1);

  query->archive = g_strdup (archive);
  query->with = g_strdup (with);
  query->before = g_strdup (before);
  query->max = PAGE;
  query->done = done;

  return query;
}

static const char *
get_own (AtriumHistory *self)
{
  return atrium_workspace_get_own_address (self->workspace);
}

static void
push (AtriumHistory *self,
      Query         *query)
{
  GQueue *queue = g_hash_table_lookup (self->queues, query->archive);

  if (queue == NULL)
    {
      queue = g_queue_new ();
      g_hash_table_insert (self->queues, g_strdup (query->archive), queue);
    }
  g_queue_push_tail (queue, query);
  if (queue->length == 1)
    run_next (self, query->archive);
}

static void
on_page (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  Query *query = user_data;
  g_autoptr (AtriumHistory) self = g_object_ref (query->self);
  g_autoptr (GError) error = NULL;
  g_autoptr (XmppArchivePage) page = xmpp_archive_query_finish (XMPP_ARCHIVE (source), result, &error);
  g_autofree char *archive = g_strdup (query->archive);
  GQueue *queue = g_hash_table_lookup (self->queues, archive);

  if (queue != NULL && g_queue_peek_head (queue) == query)
    g_queue_pop_head (queue);
  if (page == NULL)
    atrium_inbox_drop_expected (self->inbox, archive);
  if (self->workspace != NULL)
    query->done (self, query, page, error);
  else if (query->task != NULL)
    g_task_return_new_error (query->task, ATRIUM_ERROR, ATRIUM_ERROR_OFFLINE, _("The connection was closed."));
  query_free (query);
  if (self->workspace != NULL)
    run_next (self, archive);
}

static void
run_next (AtriumHistory *self,
          const char    *archive)
{
  GQueue *queue = g_hash_table_lookup (self->queues, archive);
  Query *query = queue != NULL ? g_queue_peek_head (queue) : NULL;
  XmppArchiveQuery ask = { 0 };
  AtriumInboxPage page = { 0 };

  if (query == NULL || query->self != NULL)
    return;

  query->self = g_object_ref (self);
  ask.archive = g_str_equal (archive, get_own (self)) ? NULL : archive;
  ask.with = query->with;
  ask.before = query->before;
  ask.start = query->start;
  ask.max = query->max;
  page.archive = archive;
  page.direction = STORE_ARCHIVE_BACKWARD;
  page.seen = query->seen;
  page.quiet = query->quiet;
  page.bounded = query->start != 0;
  page.scope = query->with != NULL ? query->with : "";
  page.anchor_id = *query->before != '\0' ? query->before : NULL;
  atrium_inbox_expect_page (self->inbox, &page);
  xmpp_archive_query_async (self->archive, &ask, self->cancellable, on_page, query);
}

/* Catching up. */

void
atrium_history_check (AtriumHistory *self)
{
  AtriumSession *session = self->workspace != NULL ? atrium_workspace_get_session (self->workspace) : NULL;

  if (session != NULL && self->begun && self->busy == 0 && !atrium_rooms_is_pending (atrium_session_get_rooms (session)))
    g_signal_emit (self, signals[SETTLED], 0);
}

static void
end_catch_up (AtriumHistory *self)
{
  g_assert (self->busy > 0);
  self->busy--;
  atrium_history_check (self);
}

static gboolean
contains (XmppArchivePage *page,
          const char      *id)
{
  if (g_strcmp0 (page->first, id) == 0 || g_strcmp0 (page->last, id) == 0)
    return TRUE;
  for (guint i = 0; i < page->messages->len; i++)
    if (g_strcmp0 (((XmppIncoming *) g_ptr_array_index (page->messages, i))->archive_id, id) == 0)
      return TRUE;

  return FALSE;
}

static void
on_background_page (AtriumHistory   *self,
                    Query           *query,
                    XmppArchivePage *page,
                    const GError    *error)
{
  Query *next;
  g_autofree char *detail = NULL;

  if (page == NULL || page->complete || page->first == NULL || query->count >= BACKGROUND_MESSAGES ||
      atrium_job_get_state (query->job) == ATRIUM_JOB_DONE)
    {
      atrium_job_set_state (query->job, ATRIUM_JOB_DONE);
      atrium_workspace_remove_job (self->workspace, query->job);
      return;
    }

  next = query_new (query->archive, NULL, page->first, on_background_page);
  next->seen = next->quiet = TRUE;
  next->count = query->count + page->messages->len;
  next->job = g_object_ref (query->job);
  detail = g_strdup_printf (ngettext ("%u message", "%u messages", next->count), next->count);
  atrium_job_set_detail (next->job, detail);
  atrium_job_set_progress (next->job, page->count > 0 ? MIN (1.0, (double) next->count / MIN (page->count, BACKGROUND_MESSAGES)) : -1);
  push (self, next);
}

static void
on_job_request (AtriumJob     *job,
                const char    *what,
                AtriumHistory *self)
{
  if (g_str_equal (what, "cancel"))
    atrium_job_set_state (job, ATRIUM_JOB_DONE);
}

static void
begin_background (AtriumHistory *self,
                  const char    *before)
{
  Query *query = query_new (get_own (self), NULL, before, on_background_page);
  g_autoptr (AtriumJob) job = atrium_job_new ();

  atrium_job_set_kind (job, ATRIUM_JOB_HISTORY);
  atrium_job_set_title (job, _("Fetching older messages"));
  atrium_job_set_progress (job, -1);
  atrium_job_set_state (job, ATRIUM_JOB_RUNNING);
  atrium_job_set_cancellable (job, TRUE);
  g_signal_connect_object (job, "request", G_CALLBACK (on_job_request), self, 0);
  atrium_workspace_add_job (self->workspace, job);
  query->seen = query->quiet = TRUE;
  query->job = g_steal_pointer (&job);
  push (self, query);
}

static void
on_first_chat_page (AtriumHistory   *self,
                    Query           *query,
                    XmppArchivePage *page,
                    const GError    *error)
{
  end_catch_up (self);
}

typedef struct
{
  char      *before;
  GPtrArray *addresses;
} FirstChats;

static void
first_chats_free (gpointer data)
{
  FirstChats *chats = data;

  g_free (chats->before);
  g_ptr_array_unref (chats->addresses);
  g_free (chats);
}

static gboolean
first_chats_work (StoreTransaction  *tx,
                  gpointer           data,
                  GError           **error)
{
  FirstChats *chats = data;
  g_autoptr (GPtrArray) rows = store_conversation_list (tx, FALSE, 0, FIRST_CHATS, error);

  if (rows == NULL)
    return FALSE;
  for (guint i = 0; i < rows->len; i++)
    {
      StoreConversation *row = g_ptr_array_index (rows, i);

      if (row->kind == STORE_CONVERSATION_PERSON)
        g_ptr_array_add (chats->addresses, g_strdup (row->address));
    }

  return TRUE;
}

static void
on_first_chats (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr (AtriumHistory) self = user_data;
  FirstChats *chats = store_database_get_run_data (result);

  if (!store_database_run_finish (STORE_DATABASE (source), result, NULL) || self->workspace == NULL)
    return;

  for (guint i = 0; i < chats->addresses->len; i++)
    {
      Query *query = query_new (get_own (self), g_ptr_array_index (chats->addresses, i), "", on_first_chat_page);

      query->max = FIRST_MESSAGES;
      query->seen = query->quiet = TRUE;
      self->busy++;
      push (self, query);
    }
  begin_background (self, chats->before);
  end_catch_up (self);
}

static void
on_catch_up_page (AtriumHistory   *self,
                  Query           *query,
                  XmppArchivePage *page,
                  const GError    *error)
{
  gboolean own = g_str_equal (query->archive, get_own (self));
  Query *next;

  if (page == NULL || page->first == NULL || page->complete || (query->known != NULL && contains (page, query->known)))
    {
      if (error != NULL)
        g_debug ("catching up with %s: %s", own ? "the own archive" : "a room", error->message);
      end_catch_up (self);
      return;
    }

  if (query->known == NULL)
    {
      FirstChats *chats;

      if (!own)
        {
          end_catch_up (self);
          return;
        }
      chats = g_new0 (FirstChats, 1);
      chats->before = g_strdup (page->first);
      chats->addresses = g_ptr_array_new_with_free_func (g_free);
      store_database_run_async (atrium_workspace_get_database (self->workspace), STORE_ACCESS_READ, G_PRIORITY_DEFAULT,
                                first_chats_work, chats, first_chats_free, NULL, on_first_chats, g_object_ref (self));
      return;
    }

  next = query_new (query->archive, NULL, page->first, on_catch_up_page);
  next->known = g_strdup (query->known);
  next->known_time = query->known_time;
  /* Archives keep whole seconds: the known message has to be in the last page, which closes the gap. */
  next->start = query->known_time > 2 * G_USEC_PER_SEC ? query->known_time - 2 * G_USEC_PER_SEC : 0;
  push (self, next);
}

typedef struct
{
  char   *archive;
  char   *id;
  gint64  time;
} Newest;

static void
newest_free (gpointer data)
{
  Newest *newest = data;

  g_free (newest->archive);
  g_free (newest->id);
  g_free (newest);
}

static gboolean
newest_work (StoreTransaction  *tx,
             gpointer           data,
             GError           **error)
{
  Newest *newest = data;

  /* What was live ended with the last session. */
  return store_archive_end_live (tx, newest->archive, error) &&
         store_archive_get_newest (tx, newest->archive, &newest->id, &newest->time, error);
}

static void
on_newest (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (AtriumHistory) self = user_data;
  Newest *newest = store_database_get_run_data (result);
  g_autoptr (GError) error = NULL;
  Query *query;

  if (!store_database_run_finish (STORE_DATABASE (source), result, &error) || self->workspace == NULL)
    {
      if (self->workspace != NULL)
        end_catch_up (self);
      return;
    }

  query = query_new (newest->archive, NULL, "", on_catch_up_page);
  query->known = g_strdup (newest->id);
  query->known_time = newest->time;
  query->seen = query->quiet = newest->id == NULL;
  push (self, query);
}

static void
catch_up (AtriumHistory *self,
          const char    *archive)
{
  Newest *newest = g_new0 (Newest, 1);

  self->busy++;
  newest->archive = g_strdup (archive);
  store_database_run_async (atrium_workspace_get_database (self->workspace), STORE_ACCESS_FILL, G_PRIORITY_DEFAULT,
                            newest_work, newest, newest_free, NULL, on_newest, g_object_ref (self));
}

void
atrium_history_note_session (AtriumHistory *self,
                             gboolean       resumed)
{
  self->resumed = resumed;
  if (resumed)
    return;

  self->begun = FALSE;
  g_hash_table_remove_all (self->rooms);
}

void
atrium_history_begin (AtriumHistory *self)
{
  if (self->workspace == NULL)
    return;
  if (!self->begun && !self->resumed && xmpp_archive_is_supported (self->archive, NULL, NULL))
    {
      self->begun = TRUE;
      catch_up (self, get_own (self));
    }
  self->begun = TRUE;
  atrium_history_check (self);
}

void
atrium_history_begin_room (AtriumHistory *self,
                           const char    *room)
{
  if (self->workspace == NULL || g_hash_table_contains (self->rooms, room) ||
      !xmpp_archive_is_supported (self->archive, room, NULL))
    return;

  g_hash_table_add (self->rooms, g_strdup (room));
  catch_up (self, room);
}

void
atrium_history_end_room (AtriumHistory *self,
                         const char    *room)
{
  g_hash_table_remove (self->rooms, room);
}

gboolean
atrium_history_is_busy (AtriumHistory *self)
{
  return self->busy > 0 || !self->begun;
}

/* On demand. */

gboolean
atrium_history_can_fetch (AtriumHistory      *self,
                          AtriumConversation *conversation)
{
  const char *room = atrium_conversation_get_kind (conversation) == ATRIUM_CONVERSATION_ROOM
                       ? atrium_conversation_get_address (conversation) : NULL;
  AtriumSession *session = self->workspace != NULL ? atrium_workspace_get_session (self->workspace) : NULL;

  return session != NULL && atrium_session_is_online (session) && xmpp_archive_is_supported (self->archive, room, NULL);
}

static void
on_older_stored (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;

  atrium_inbox_flush_finish (ATRIUM_INBOX (source), result, NULL);
  g_task_return_boolean (task, TRUE);
}

static void
on_older_page (AtriumHistory   *self,
               Query           *query,
               XmppArchivePage *page,
               const GError    *error)
{
  if (page == NULL)
    {
      g_task_return_new_error (query->task, ATRIUM_ERROR, ATRIUM_ERROR_REFUSED, _("The server did not give older messages: %s"), error->message);
      return;
    }

  atrium_inbox_flush_async (self->inbox, on_older_stored, g_object_ref (query->task));
}

typedef struct
{
  char *archive;
  char *address;
  char *before;
  gboolean found;
} FindGap;

static void
find_gap_free (gpointer data)
{
  FindGap *gap = data;

  g_free (gap->archive);
  g_free (gap->address);
  g_free (gap->before);
  g_free (gap);
}

static gboolean
find_gap_work (StoreTransaction  *tx,
               gpointer           data,
               GError           **error)
{
  FindGap *find = data;
  g_autoptr (GPtrArray) gaps = store_archive_list_gaps (tx, find->archive, find->address, error);
  StoreArchiveGap *oldest;

  if (gaps == NULL)
    return FALSE;
  if (gaps->len == 0)
    return TRUE;
  oldest = g_ptr_array_index (gaps, gaps->len - 1);
  if (oldest->after_id != NULL)
    return TRUE;
  find->found = TRUE;
  find->before = g_strdup (oldest->before_id != NULL ? oldest->before_id : "");

  return TRUE;
}

static void
on_gap_found (GTask    *task,
              gpointer  data)
{
  AtriumHistory *self = g_task_get_source_object (task);
  FindGap *find = data;
  Query *query;

  if (!find->found || self->workspace == NULL)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }

  query = query_new (find->archive, g_str_equal (find->archive, find->address) ? NULL : find->address, find->before, on_older_page);
  query->max = FIRST_MESSAGES;
  query->seen = query->quiet = TRUE;
  query->task = g_object_ref (task);
  push (self, query);
}

void
atrium_history_fetch_older_async (AtriumHistory       *self,
                                  AtriumConversation  *conversation,
                                  GCancellable        *cancellable,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  FindGap *find;

  g_task_set_source_tag (task, atrium_history_fetch_older_async);
  if (!atrium_history_can_fetch (self, conversation))
    {
      g_task_return_boolean (task, TRUE);
      return;
    }

  find = g_new0 (FindGap, 1);
  find->address = g_strdup (atrium_conversation_get_address (conversation));
  find->archive = g_strdup (atrium_conversation_get_kind (conversation) == ATRIUM_CONVERSATION_ROOM ? find->address : get_own (self));
  atrium_store_run_task (atrium_workspace_get_database (self->workspace), STORE_ACCESS_READ, g_steal_pointer (&task),
                         find_gap_work, find, find_gap_free, on_gap_found);
}

gboolean
atrium_history_fetch_older_finish (AtriumHistory  *self,
                                   GAsyncResult   *result,
                                   GError        **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* Read on another device. */

typedef struct
{
  char *chat;
  char *archive_id;
} Displayed;

static void
displayed_free (gpointer data)
{
  Displayed *displayed = data;

  g_free (displayed->chat);
  g_free (displayed->archive_id);
  g_free (displayed);
}

static gboolean
displayed_work (StoreTransaction  *tx,
                gpointer           data,
                GError           **error)
{
  Displayed *displayed = data;
  g_autoptr (StoreConversation) conversation = store_conversation_find (tx, displayed->chat, NULL);
  StoreAuthor author = { .direction = STORE_DIRECTION_OUT };

  /* A mark of a chat that is not here: its history will come with a mark of its own. */
  return conversation == NULL ||
         store_message_apply_read (tx, conversation->id, displayed->archive_id, &author, 0, NULL, error);
}

void
atrium_history_apply_displayed (AtriumHistory *self,
                                const char    *chat,
                                const char    *archive_id)
{
  Displayed *displayed = g_new0 (Displayed, 1);

  displayed->chat = g_strdup (chat);
  displayed->archive_id = g_strdup (archive_id);
  atrium_store_run (atrium_workspace_get_database (self->workspace), STORE_ACCESS_FILL, displayed_work, displayed, displayed_free);
}

void
atrium_history_detach (AtriumHistory *self)
{
  self->workspace = NULL;
  g_cancellable_cancel (self->cancellable);
}

static void
atrium_history_finalize (GObject *object)
{
  AtriumHistory *self = ATRIUM_HISTORY (object);

  g_clear_pointer (&self->queues, g_hash_table_unref);
  g_clear_pointer (&self->rooms, g_hash_table_unref);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->archive);
  g_clear_object (&self->inbox);

  G_OBJECT_CLASS (atrium_history_parent_class)->finalize (object);
}

static void
atrium_history_class_init (AtriumHistoryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = atrium_history_finalize;

  signals[SETTLED] = g_signal_new ("settled", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
atrium_history_init (AtriumHistory *self)
{
  self->queues = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, queue_free);
  self->rooms = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->cancellable = g_cancellable_new ();
}

AtriumHistory *
atrium_history_new (AtriumWorkspace *workspace,
                    XmppArchive     *archive,
                    AtriumInbox     *inbox)
{
  AtriumHistory *self = g_object_new (ATRIUM_TYPE_HISTORY, NULL);

  self->workspace = workspace;
  self->archive = g_object_ref (archive);
  self->inbox = g_object_ref (inbox);

  return self;
}
