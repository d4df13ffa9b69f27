/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "atrium"

#include "config.h"

#include "workspace/sync/inbox.h"

#include "workspace/account/session.h"
#include "workspace/chat/conversation-private.h"
#include "workspace/clock.h"
#include "workspace/jobs/transfers.h"
#include "workspace/notify/notifier.h"
#include "workspace/outbox/sender.h"
#include "workspace/policy/policy.h"
#include "workspace/sync/apply.h"
#include "xmpp/receipts.h"

/*
 * Batches. At most one is being written; what comes meanwhile gathers for the next. A batch holds live messages, or one
 * archive page. Invariants:
 *  1. batches are written in the order their stanzas came;
 *  2. a stanza is confirmed to the server only after its batch is committed;
 *  3. a batch that the disk refused stays and is tried again: nothing is confirmed past it.
 */
typedef struct
{
  AtriumApply     *apply;       /* what to write, and what came of it */
  guint64          serial;      /* newest stanza in it; 0: none */
  gboolean         page;
  gboolean         quiet;
  char            *archive;
} Batch;

typedef struct
{
  StoreArchiveDirection direction;
  gboolean              seen;
  gboolean              quiet;
  gboolean              bounded;
  char                 *archive;
  char                 *scope;
  char                 *anchor_id;
} Expected;

struct _AtriumInbox
{
  GObject parent_instance;

  AtriumWorkspace *workspace;   /* borrowed; NULL when detached */
  XmppMessages *messages;
  XmppClient *client;
  GQueue batches;               /* of Batch, oldest first; the head is being written when `writing` */
  GQueue expected;              /* of Expected */
  GPtrArray *flushing;          /* (element-type GTask) */
  guint64 seen;                 /* newest stanza that came */
  guint idle;
  guint late;
  guint retry;
  guint handlers[3];
  gboolean writing;
};

enum
{
  PAGE_STORED,
  TYPING,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AtriumInbox, atrium_inbox, G_TYPE_OBJECT)

static void write_next (AtriumInbox *self);

/* Seconds until a write that the disk refused is tried again. */
#define RETRY_SECONDS 2
/* Stanzas that leave nothing to write are counted together, in ms. */
#define COUNT_WAIT_MS 300

static void
batch_free (gpointer data)
{
  Batch *batch = data;

  atrium_apply_free (batch->apply);
  g_free (batch->archive);
  g_free (batch);
}

static void
expected_free (gpointer data)
{
  Expected *expected = data;

  g_free (expected->archive);
  g_free (expected->scope);
  g_free (expected->anchor_id);
  g_free (expected);
}

static gboolean
on_idle (gpointer user_data)
{
  AtriumInbox *self = user_data;

  self->idle = 0;
  write_next (self);

  return G_SOURCE_REMOVE;
}

static void
schedule (AtriumInbox *self)
{
  if (self->idle == 0 && !self->writing && self->retry == 0)
    self->idle = g_idle_add_full (G_PRIORITY_DEFAULT, on_idle, self, NULL);
}

/* The batch that gathers live messages: the last one unless it is a page or is being written. */
static Batch *
gather (AtriumInbox *self)
{
  Batch *last = g_queue_peek_tail (&self->batches);

  if (last == NULL || last->page || (self->writing && self->batches.length == 1))
    {
      last = g_new0 (Batch, 1);
      last->apply = atrium_apply_new (self->workspace);
      g_queue_push_tail (&self->batches, last);
    }

  return last;
}

static void
note_typing (AtriumInbox  *self,
             XmppIncoming *incoming)
{
  const char *who;

  if (incoming->source != XMPP_SOURCE_LIVE || incoming->outgoing)
    return;
  who = incoming->author->nick != NULL ? incoming->author->nick : incoming->author->address;
  if (who == NULL)
    return;
  if (incoming->message->chat_state != XMPP_CHAT_STATE_NONE)
    g_signal_emit (self, signals[TYPING], 0, incoming->chat, who,
                   incoming->message->chat_state == XMPP_CHAT_STATE_COMPOSING);
}

static void
add_incoming (AtriumInbox  *self,
              Batch        *batch,
              XmppIncoming *incoming)
{
  AtriumSession *session = atrium_workspace_get_session (self->workspace);
  gint64 settles = 0;

  if (incoming->outgoing && incoming->message->origin_id != NULL && session != NULL)
    settles = atrium_sender_find (atrium_session_get_sender (session), incoming->message->origin_id);
  atrium_apply_add (batch->apply, incoming, settles);
}

static Expected *
take_expected (AtriumInbox *self,
               const char  *archive)
{
  for (GList *l = self->expected.head; l != NULL; l = l->next)
    {
      Expected *expected = l->data;

      if (g_strcmp0 (expected->archive, archive) != 0)
        continue;
      g_queue_delete_link (&self->expected, l);
      return expected;
    }

  return NULL;
}

static void
on_received (XmppMessages    *messages,
             GPtrArray       *incoming,
             XmppArchivePage *page,
             AtriumInbox     *self)
{
  Batch *batch;

  if (self->workspace == NULL)
    return;

  if (page == NULL)
    {
      batch = gather (self);
      for (guint i = 0; i < incoming->len; i++)
        {
          XmppIncoming *one = g_ptr_array_index (incoming, i);

          note_typing (self, one);
          add_incoming (self, batch, one);
          batch->serial = MAX (batch->serial, one->serial);
        }
    }
  else
    {
      Expected *expected = take_expected (self, page->archive);

      /* A page that nobody of ours asked for (a look-up) is not kept. */
      if (expected == NULL)
        return;
      batch = g_new0 (Batch, 1);
      batch->apply = atrium_apply_new (self->workspace);
      batch->page = TRUE;
      batch->quiet = expected->quiet;
      batch->archive = g_strdup (page->archive);
      atrium_apply_set_page (batch->apply, page, expected->direction, expected->scope, expected->anchor_id,
                             expected->seen, expected->bounded);
      for (guint i = 0; i < incoming->len; i++)
        add_incoming (self, batch, g_ptr_array_index (incoming, i));
      expected_free (expected);
      g_queue_push_tail (&self->batches, batch);
    }

  schedule (self);
}

static gboolean
on_late (gpointer user_data)
{
  AtriumInbox *self = user_data;

  self->late = 0;
  write_next (self);

  return G_SOURCE_REMOVE;
}

/* Every stanza counts, also those that are not messages: the newest one is confirmed together with the batch before it. */
static gboolean
on_stanza (XmppClient *client,
           XmppNode   *stanza,
           gpointer    user_data)
{
  AtriumInbox *self = user_data;

  self->seen = xmpp_client_get_received (client);
  if (self->workspace != NULL)
    {
      Batch *batch = gather (self);

      batch->serial = MAX (batch->serial, self->seen);
      if (self->late == 0 && self->idle == 0 && !self->writing)
        self->late = g_timeout_add (COUNT_WAIT_MS, on_late, self);
    }

  return FALSE;
}

static void
send_receipts (AtriumInbox *self,
               GPtrArray   *receipts)
{
  if (!atrium_policy_get_send_read_receipts (atrium_workspace_get_settings (self->workspace)))
    return;

  for (guint i = 0; i < receipts->len; i++)
    {
      AtriumReceipt *receipt = g_ptr_array_index (receipts, i);

      xmpp_client_send (self->client, xmpp_receipts_new_received (receipt->to, receipt->type, receipt->id));
    }
}

static void
finish_flushing (AtriumInbox *self)
{
  g_autoptr (GPtrArray) flushing = NULL;

  if (self->flushing->len == 0 || self->batches.length > 0)
    return;

  flushing = g_steal_pointer (&self->flushing);
  self->flushing = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < flushing->len; i++)
    g_task_return_boolean (g_ptr_array_index (flushing, i), TRUE);
}

static gboolean
on_retry (gpointer user_data)
{
  AtriumInbox *self = user_data;

  self->retry = 0;
  write_next (self);

  return G_SOURCE_REMOVE;
}

static void
after_commit (AtriumInbox *self,
              Batch       *batch)
{
  AtriumSession *session = atrium_workspace_get_session (self->workspace);

  if (batch->serial > 0)
    xmpp_client_confirm (self->client, batch->serial);
  send_receipts (self, atrium_apply_get_receipts (batch->apply));
  if (session != NULL)
    {
      GArray *settled = atrium_apply_get_settled (batch->apply);

      for (guint i = 0; i < settled->len; i++)
        atrium_sender_note_settled (atrium_session_get_sender (session), g_array_index (settled, gint64, i));
      atrium_session_note_rejections (session);
    }
  for (guint i = 0; i < atrium_apply_get_news (batch->apply)->len; i++)
    atrium_transfers_auto (atrium_workspace_get_transfers (self->workspace),
                           ((AtriumNews *) g_ptr_array_index (atrium_apply_get_news (batch->apply), i))->message);
  if (!batch->quiet)
    atrium_notifier_note_messages (atrium_workspace_get_notifier (self->workspace), atrium_apply_get_news (batch->apply));
  atrium_notifier_note_reads (atrium_workspace_get_notifier (self->workspace), atrium_apply_get_read (batch->apply));
}

static void
on_written (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (AtriumInbox) self = user_data;
  g_autoptr (GError) error = NULL;
  Batch *batch;

  self->writing = FALSE;
  batch = g_queue_peek_head (&self->batches);
  if (!store_database_run_finish (STORE_DATABASE (source), result, &error))
    {
      g_debug ("writing what came: %s", error->message);
      if (self->workspace == NULL)
        return;
      atrium_apply_reset (batch->apply);
      if (self->retry == 0)
        self->retry = g_timeout_add_seconds (RETRY_SECONDS, on_retry, self);
      return;
    }

  g_queue_pop_head (&self->batches);
  if (self->workspace != NULL)
    {
      after_commit (self, batch);
      if (batch->page)
        g_signal_emit (self, signals[PAGE_STORED], 0, batch->archive, TRUE);
    }
  batch_free (batch);
  finish_flushing (self);

  batch = g_queue_peek_head (&self->batches);
  if (batch != NULL && atrium_apply_is_empty (batch->apply) && self->flushing->len == 0 && self->workspace != NULL)
    {
      if (self->late == 0)
        self->late = g_timeout_add (COUNT_WAIT_MS, on_late, self);
      return;
    }
  write_next (self);
}

static void
write_next (AtriumInbox *self)
{
  Batch *batch = g_queue_peek_head (&self->batches);
  StoreDatabase *database;
  StoreAccess access;

  if (batch == NULL || self->writing || self->workspace == NULL)
    return;

  database = atrium_workspace_get_database (self->workspace);
  if (atrium_apply_is_empty (batch->apply))
    {
      /* Nothing to write: the stanzas only count. */
      g_queue_pop_head (&self->batches);
      if (batch->serial > 0)
        xmpp_client_confirm (self->client, batch->serial);
      batch_free (batch);
      finish_flushing (self);
      if (self->batches.length > 0)
        write_next (self);
      return;
    }

  /* What the server still has in its archive need not wait for the disk; what it will forget once confirmed must. */
  access = batch->page ? STORE_ACCESS_FILL : STORE_ACCESS_WRITE;
  self->writing = TRUE;
  store_database_run_async (database, access, G_PRIORITY_DEFAULT, atrium_apply_work, batch->apply, NULL, NULL,
                            on_written, g_object_ref (self));
}

void
atrium_inbox_expect_page (AtriumInbox           *self,
                          const AtriumInboxPage *page)
{
  Expected *expected = g_new0 (Expected, 1);

  expected->direction = page->direction;
  expected->seen = page->seen;
  expected->quiet = page->quiet;
  expected->bounded = page->bounded;
  expected->archive = g_strdup (page->archive);
  expected->scope = g_strdup (page->scope);
  expected->anchor_id = g_strdup (page->anchor_id);
  g_queue_push_tail (&self->expected, expected);
}

void
atrium_inbox_drop_expected (AtriumInbox *self,
                            const char  *archive)
{
  Expected *expected = take_expected (self, archive);

  if (expected != NULL)
    expected_free (expected);
}

void
atrium_inbox_flush_async (AtriumInbox         *self,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, atrium_inbox_flush_async);
  g_ptr_array_add (self->flushing, task);
  if (self->batches.length == 0)
    finish_flushing (self);
  else
    write_next (self);
}

gboolean
atrium_inbox_flush_finish (AtriumInbox   *self,
                           GAsyncResult  *result,
                           GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
atrium_inbox_detach (AtriumInbox *self)
{
  if (self->workspace == NULL)
    return;

  self->workspace = NULL;
  g_clear_handle_id (&self->idle, g_source_remove);
  g_clear_handle_id (&self->late, g_source_remove);
  g_clear_handle_id (&self->retry, g_source_remove);
  for (guint i = 0; i < G_N_ELEMENTS (self->handlers); i++)
    xmpp_client_remove_handler (self->client, self->handlers[i]);
}

static void
atrium_inbox_finalize (GObject *object)
{
  AtriumInbox *self = ATRIUM_INBOX (object);

  atrium_inbox_detach (self);
  g_queue_clear_full (&self->batches, batch_free);
  g_queue_clear_full (&self->expected, expected_free);
  g_clear_pointer (&self->flushing, g_ptr_array_unref);
  g_clear_object (&self->messages);
  g_clear_object (&self->client);

  G_OBJECT_CLASS (atrium_inbox_parent_class)->finalize (object);
}

static void
atrium_inbox_class_init (AtriumInboxClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = atrium_inbox_finalize;

  signals[PAGE_STORED] = g_signal_new ("page-stored", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_BOOLEAN);
  signals[TYPING] = g_signal_new ("typing", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 3, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_BOOLEAN);
}

static void
atrium_inbox_init (AtriumInbox *self)
{
  g_queue_init (&self->batches);
  g_queue_init (&self->expected);
  self->flushing = g_ptr_array_new_with_free_func (g_object_unref);
}

AtriumInbox *
atrium_inbox_new (AtriumWorkspace *workspace,
                  XmppMessages    *messages)
{
  AtriumInbox *self = g_object_new (ATRIUM_TYPE_INBOX, NULL);

  self->workspace = workspace;
  self->messages = g_object_ref (messages);
  self->client = g_object_ref (xmpp_messages_get_client (messages));
  xmpp_client_set_confirm_manually (self->client, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (self->handlers); i++)
    self->handlers[i] = xmpp_client_add_handler (self->client, (XmppStanzaKind) i, G_MAXINT, NULL, NULL, on_stanza, self, NULL);
  g_signal_connect_object (messages, "received", G_CALLBACK (on_received), self, 0);

  return self;
}
