/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nicknames: XEP-0172. */
#define G_LOG_DOMAIN "xmpp"

#include "config.h"

#include "xmpp/nick.h"

#define MAX_NICK 256   /* bytes */

struct _XmppNicks
{
  GObject  parent_instance;

  XmppPep *pep;
  guint    watch;
};

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (XmppNicks, xmpp_nicks, G_TYPE_OBJECT)

/* Invisible characters that could reorder or hide what stands around the name. */
static gboolean
is_unwanted (gunichar c)
{
  GUnicodeType type = g_unichar_type (c);

  return type == G_UNICODE_CONTROL || type == G_UNICODE_LINE_SEPARATOR || type == G_UNICODE_PARAGRAPH_SEPARATOR ||
         type == G_UNICODE_PRIVATE_USE || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

static char *
clean (const char *text)
{
  g_autoptr(GString) out = g_string_new (NULL);

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (is_unwanted (c))
        continue;
      if (out->len + (gsize) (g_utf8_next_char (p) - p) > MAX_NICK)
        break;
      g_string_append_unichar (out, c);
    }
  g_strstrip (out->str);
  return *out->str != '\0' ? g_strdup (out->str) : NULL;
}

char *
xmpp_nick_dup_from (const XmppNode *parent)
{
  const char *text = xmpp_node_get_child_text (parent, "nick", XMPP_NICK_XMLNS);

  return text != NULL ? clean (text) : NULL;
}

static void
on_event (XmppPubsub            *pubsub,
          const XmppPubsubEvent *event,
          gpointer               user_data)
{
  g_autoptr(XmppNicks) self = g_object_ref (XMPP_NICKS (user_data));
  const XmppPubsubItem *item;
  g_autofree char *nick = NULL;

  if (event->items->len == 0)
    {
      if (event->kind != XMPP_PUBSUB_EVENT_CONFIGURATION && event->kind != XMPP_PUBSUB_EVENT_SUBSCRIPTION)
        g_signal_emit (self, signals[CHANGED], 0, event->from, "");
      return;
    }
  item = g_ptr_array_index (event->items, event->items->len - 1);
  if (item->payload != NULL && xmpp_node_is (item->payload, "nick", XMPP_NICK_XMLNS))
    nick = clean (xmpp_node_get_text (item->payload));
  g_signal_emit (self, signals[CHANGED], 0, event->from, nick != NULL ? nick : "");
}

static void
xmpp_nicks_dispose (GObject *object)
{
  XmppNicks *self = XMPP_NICKS (object);

  if (self->pep != NULL)
    {
      xmpp_pubsub_unwatch (xmpp_pep_get_pubsub (self->pep), self->watch);
      xmpp_pep_remove_interest (self->pep, XMPP_NICK_XMLNS);
    }
  g_clear_object (&self->pep);
  G_OBJECT_CLASS (xmpp_nicks_parent_class)->dispose (object);
}

static void
xmpp_nicks_class_init (XmppNicksClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = xmpp_nicks_dispose;

  signals[CHANGED] = g_signal_new ("changed", XMPP_TYPE_NICKS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
}

static void
xmpp_nicks_init (XmppNicks *self)
{
}

XmppNicks *
xmpp_nicks_new (XmppPep *pep)
{
  XmppNicks *self;

  g_return_val_if_fail (XMPP_IS_PEP (pep), NULL);

  self = g_object_new (XMPP_TYPE_NICKS, NULL);
  self->pep = g_object_ref (pep);
  self->watch = xmpp_pubsub_watch (xmpp_pep_get_pubsub (pep), XMPP_PUBSUB_FROM_ANYBODY, NULL, XMPP_NICK_XMLNS,
                                   on_event, self, NULL);
  xmpp_pep_add_interest (pep, XMPP_NICK_XMLNS);
  return self;
}

static void
on_published (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  GError *error = NULL;

  if (xmpp_pep_publish_finish (XMPP_PEP (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
xmpp_nicks_publish_async (XmppNicks           *self,
                          const char          *nick,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  XmppNode *node;
  GTask *task;

  g_return_if_fail (XMPP_IS_NICKS (self));

  node = xmpp_node_new ("nick", XMPP_NICK_XMLNS);
  if (nick != NULL)
    xmpp_node_add_text (node, nick);
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, xmpp_nicks_publish_async);
  xmpp_pep_publish_async (self->pep, XMPP_NICK_XMLNS, "current", node, XMPP_PEP_CONTACTS, 1, cancellable,
                          on_published, task);
}

gboolean
xmpp_nicks_publish_finish (XmppNicks     *self,
                           GAsyncResult  *result,
                           GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
