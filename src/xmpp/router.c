/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "router.h"

#include "client-private.h"
#include "jid.h"
#include "namespaces.h"

#include <string.h>

#define ANSWER_TIMEOUT (30 * G_USEC_PER_SEC)

typedef struct
{
  guint              id;
  XmppStanzaKind     kind;
  int                priority;
  char              *name;
  char              *xmlns;
  XmppStanzaHandler  handler;   /* NULL once removed */
  gpointer           user_data;
  GDestroyNotify     destroy;
  guint              refs;
} Handler;

typedef struct
{
  XmppRouter   *router;
  char         *id;
  char         *to;            /* NULL: the own account */
  GTask        *task;
  XmppTimer    *timer;
  gulong        cancelled_id;
  GSource      *cancelled;     /* idle that ends a cancelled request */
} Pending;

struct _XmppRouter
{
  XmppClient *client;     /* borrowed: owns us */
  XmppClock  *clock;
  GPtrArray  *handlers;   /* of Handler, in the order they are asked */
  GHashTable *pending;    /* id → Pending */
  guint       last_id;
};

static void
handler_unref (gpointer data)
{
  Handler *handler = data;

  if (--handler->refs > 0)
    return;
  if (handler->destroy != NULL)
    handler->destroy (handler->user_data);
  g_free (handler->name);
  g_free (handler->xmlns);
  g_free (handler);
}

static void
pending_free (gpointer data)
{
  Pending *pending = data;

  if (pending->cancelled_id != 0)
    g_signal_handler_disconnect (g_task_get_cancellable (pending->task), pending->cancelled_id);
  if (pending->cancelled != NULL)
    {
      g_source_destroy (pending->cancelled);
      g_source_unref (pending->cancelled);
    }
  xmpp_clock_stop (pending->router->clock, &pending->timer);
  g_object_unref (pending->task);
  g_free (pending->id);
  g_free (pending->to);
  g_free (pending);
}

XmppRouter *
xmpp_router_new (XmppClient *client,
                 XmppClock  *clock)
{
  XmppRouter *self = g_new0 (XmppRouter, 1);

  self->client = client;
  self->clock = clock;
  self->handlers = g_ptr_array_new_with_free_func (handler_unref);
  self->pending = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, pending_free);
  return self;
}

void
xmpp_router_free (XmppRouter *self)
{
  g_hash_table_unref (self->pending);
  g_ptr_array_unref (self->handlers);
  g_free (self);
}

/* --- handlers --- */

guint
xmpp_router_add (XmppRouter        *self,
                 XmppStanzaKind     kind,
                 int                priority,
                 const char        *name,
                 const char        *xmlns,
                 XmppStanzaHandler  handler,
                 gpointer           user_data,
                 GDestroyNotify     destroy)
{
  Handler *entry = g_new0 (Handler, 1);
  guint place = 0;

  entry->id = ++self->last_id;
  entry->kind = kind;
  entry->priority = priority;
  entry->name = g_strdup (name);
  entry->xmlns = g_strdup (xmlns);
  entry->handler = handler;
  entry->user_data = user_data;
  entry->destroy = destroy;
  entry->refs = 1;

  while (place < self->handlers->len &&
         ((Handler *) g_ptr_array_index (self->handlers, place))->priority >= priority)
    place++;
  g_ptr_array_insert (self->handlers, place, entry);
  return entry->id;
}

void
xmpp_router_remove (XmppRouter *self,
                    guint       id)
{
  for (guint i = 0; i < self->handlers->len; i++)
    {
      Handler *handler = g_ptr_array_index (self->handlers, i);

      if (handler->id != id)
        continue;
      handler->handler = NULL;
      g_ptr_array_remove_index (self->handlers, i);
      return;
    }
}

static gboolean
handler_wants (const Handler  *handler,
               XmppStanzaKind  kind,
               XmppNode       *stanza)
{
  if (handler->kind != kind)
    return FALSE;
  if (handler->name == NULL && handler->xmlns == NULL)
    return TRUE;
  for (XmppNode *n = xmpp_node_get_first_child (stanza); n != NULL; n = xmpp_node_get_next (n))
    if (xmpp_node_is (n, handler->name, handler->xmlns))
      return TRUE;
  return FALSE;
}

/* Handlers may add and remove handlers: a snapshot is walked, and a removed one is not called any more. */
static gboolean
ask_handlers (XmppRouter     *self,
              XmppStanzaKind  kind,
              XmppNode       *stanza)
{
  g_autoptr(GPtrArray) wanting = g_ptr_array_new_with_free_func (handler_unref);

  for (guint i = 0; i < self->handlers->len; i++)
    {
      Handler *handler = g_ptr_array_index (self->handlers, i);

      if (handler_wants (handler, kind, stanza))
        {
          handler->refs++;
          g_ptr_array_add (wanting, handler);
        }
    }

  for (guint i = 0; i < wanting->len; i++)
    {
      Handler *handler = g_ptr_array_index (wanting, i);

      if (handler->handler != NULL && handler->handler (self->client, stanza, handler->user_data))
        return TRUE;
    }
  return FALSE;
}

/* --- answers --- */

static Pending *
take_pending (XmppRouter *self,
              const char *id)
{
  gpointer pending;

  return g_hash_table_steal_extended (self->pending, id, NULL, &pending) ? pending : NULL;
}

static void
on_answer_timeout (gpointer user_data)
{
  Pending *pending = user_data;
  g_autoptr(GTask) task = g_object_ref (pending->task);

  pending->timer = NULL;
  g_hash_table_remove (pending->router->pending, pending->id);
  g_task_return_new_error (task, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_TIMED_OUT, "no answer in 30 seconds");
}

static gboolean
on_cancelled_idle (gpointer user_data)
{
  Pending *pending = user_data;
  g_autoptr(GTask) task = g_object_ref (pending->task);

  g_hash_table_remove (pending->router->pending, pending->id);
  g_task_return_error_if_cancelled (task);
  return G_SOURCE_REMOVE;
}

/* Runs inside g_cancellable_cancel(), where the handler cannot be disconnected: an idle does the rest. */
static void
on_cancelled (GCancellable *cancellable,
              Pending      *pending)
{
  if (pending->cancelled != NULL)
    return;
  pending->cancelled = g_idle_source_new ();
  g_source_set_priority (pending->cancelled, G_PRIORITY_DEFAULT);
  g_source_set_callback (pending->cancelled, on_cancelled_idle, pending, NULL);
  g_source_attach (pending->cancelled, g_task_get_context (pending->task));
}

void
xmpp_router_expect (XmppRouter *self,
                    const char *id,
                    const char *to,
                    GTask      *task)
{
  Pending *pending = g_new0 (Pending, 1);
  GCancellable *cancellable = g_task_get_cancellable (task);

  pending->router = self;
  pending->id = g_strdup (id);
  pending->to = g_strdup (to);
  pending->task = task;
  pending->timer = xmpp_clock_start (self->clock, ANSWER_TIMEOUT, on_answer_timeout, pending);
  g_hash_table_replace (self->pending, pending->id, pending);
  if (cancellable != NULL)
    pending->cancelled_id = g_signal_connect (cancellable, "cancelled", G_CALLBACK (on_cancelled), pending);
}

void
xmpp_router_fail_all (XmppRouter      *self,
                      XmppStanzaError  code,
                      const char      *message)
{
  g_autoptr(GHashTable) pending = g_steal_pointer (&self->pending);
  GHashTableIter iter;
  gpointer value;

  self->pending = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, pending_free);
  g_hash_table_iter_init (&iter, pending);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      g_autoptr(GTask) task = g_object_ref (((Pending *) value)->task);

      g_hash_table_iter_remove (&iter);
      g_task_return_new_error (task, XMPP_STANZA_ERROR, code, "%s", message);
      g_hash_table_iter_init (&iter, pending);
    }
}

/*
 * RFC 6120 §8.1.2.1, §8.2.3: an answer comes from whom the request went to. The own server answers for the account
 * with the bare address or with none; nobody else can send a stanza without a 'from'.
 */
static gboolean
is_from_asked (XmppRouter *self,
               const char *to,
               const char *from)
{
  const char *bare = xmpp_client_get_address (self->client);
  const char *full = xmpp_client_get_full_address (self->client);
  gboolean own = to == NULL || strcmp (to, bare) == 0;

  if (from == NULL)
    return own || strcmp (to, xmpp_client_get_domain (self->client)) == 0;
  if (to != NULL && strcmp (to, from) == 0)
    return TRUE;
  return own && (strcmp (from, bare) == 0 || (full != NULL && strcmp (from, full) == 0));
}

static void
dispatch_answer (XmppRouter *self,
                 XmppNode   *stanza,
                 gboolean    is_error)
{
  const char *id = xmpp_node_get_attribute (stanza, "id");
  Pending *pending = id != NULL ? g_hash_table_lookup (self->pending, id) : NULL;
  g_autoptr(GTask) task = NULL;

  if (pending == NULL)
    {
      xmpp_client_note_rejection (self->client, "iq-answer-unknown");
      return;
    }
  if (!is_from_asked (self, pending->to, xmpp_node_get_attribute (stanza, "from")))
    {
      xmpp_client_note_rejection (self->client, "iq-answer-sender");
      return;
    }

  take_pending (self, id);
  task = g_object_ref (pending->task);
  pending_free (pending);
  if (is_error)
    g_task_return_error (task, xmpp_stanza_error_from_node (stanza));
  else
    g_task_return_pointer (task, xmpp_node_ref (stanza), (GDestroyNotify) xmpp_node_unref);
}

static void
dispatch_request (XmppRouter *self,
                  XmppNode   *stanza)
{
  XmppNode *payload = xmpp_node_get_first_child (stanza);

  /* RFC 6120 §8.2.3: an id, and exactly one child. */
  if (xmpp_node_get_attribute (stanza, "id") == NULL)
    {
      xmpp_client_note_rejection (self->client, "iq-malformed");
      return;
    }
  if (payload == NULL || xmpp_node_get_next (payload) != NULL)
    {
      xmpp_client_note_rejection (self->client, "iq-malformed");
      xmpp_client_reply_error (self->client, stanza, XMPP_STANZA_ERROR_BAD_REQUEST, NULL);
      return;
    }

  if (!ask_handlers (self, XMPP_STANZA_IQ, stanza))
    xmpp_client_reply_error (self->client, stanza, XMPP_STANZA_ERROR_SERVICE_UNAVAILABLE, NULL);
}

/**
 * xmpp_router_dispatch:
 * @stanza: (transfer none): as received
 */
void
xmpp_router_dispatch (XmppRouter     *self,
                      XmppStanzaKind  kind,
                      XmppNode       *stanza)
{
  const char *type;

  if (kind != XMPP_STANZA_IQ)
    {
      ask_handlers (self, kind, stanza);
      return;
    }

  type = xmpp_node_get_attribute (stanza, "type");
  if (g_strcmp0 (type, "result") == 0)
    dispatch_answer (self, stanza, FALSE);
  else if (g_strcmp0 (type, "error") == 0)
    dispatch_answer (self, stanza, TRUE);
  else if (g_strcmp0 (type, "get") == 0 || g_strcmp0 (type, "set") == 0)
    dispatch_request (self, stanza);
  else
    xmpp_client_note_rejection (self->client, "iq-malformed");
}
