/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Entity time: XEP-0202. */
#define G_LOG_DOMAIN "xmpp"

#include "config.h"

#include "xmpp/entity-time.h"

#include "xmpp/iq-task-private.h"
#include "xmpp/sender-private.h"
#include "xmpp/timestamp.h"

#define TIME_XMLNS "urn:xmpp:time"

struct _XmppEntityTime
{
  GObject     parent_instance;

  XmppClient *client;
  XmppDisco  *disco;
  XmppRoster *roster;
  guint       handler;
};

G_DEFINE_FINAL_TYPE (XmppEntityTime, xmpp_entity_time, G_TYPE_OBJECT)

typedef struct
{
  gint64 time;
  int    offset;
} Answer;

gboolean
xmpp_entity_time_parse_offset (const char *text,
                               int        *out_offset)
{
  int hours, minutes;

  if (text == NULL)
    return FALSE;
  if (g_str_equal (text, "Z"))
    {
      *out_offset = 0;
      return TRUE;
    }
  if (strlen (text) != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':' ||
      !g_ascii_isdigit (text[1]) || !g_ascii_isdigit (text[2]) ||
      !g_ascii_isdigit (text[4]) || !g_ascii_isdigit (text[5]))
    return FALSE;
  hours = (text[1] - '0') * 10 + text[2] - '0';
  minutes = (text[4] - '0') * 10 + text[5] - '0';
  if (hours > 14 || minutes > 59 || (hours == 14 && minutes > 0))
    return FALSE;
  *out_offset = (hours * 60 + minutes) * 60 * (text[0] == '-' ? -1 : 1);
  return TRUE;
}

static gboolean
on_query (XmppClient *client,
          XmppNode   *iq,
          gpointer    user_data)
{
  XmppEntityTime *self = user_data;
  g_autofree char *from = xmpp_sender_dup (client, iq);
  g_autoptr(GDateTime) now = NULL;
  g_autofree char *utc = NULL;
  g_autofree char *offset = NULL;
  GTimeSpan span;
  XmppNode *answer;

  if (g_strcmp0 (xmpp_node_get_attribute (iq, "type"), "get") != 0)
    return FALSE;
  /* Where somebody is awake tells where he is: only those who see our presence. */
  if (!xmpp_roster_sees_us (self->roster, from))
    {
      xmpp_client_reply_error (client, iq, XMPP_STANZA_ERROR_SERVICE_UNAVAILABLE, NULL);
      return TRUE;
    }
  now = g_date_time_new_now_local ();
  span = g_date_time_get_utc_offset (now) / G_TIME_SPAN_MINUTE;
  offset = g_strdup_printf ("%c%02d:%02d", span < 0 ? '-' : '+', (int) (ABS (span) / 60), (int) (ABS (span) % 60));
  utc = xmpp_timestamp_format (g_date_time_to_unix (now) * G_USEC_PER_SEC);
  answer = xmpp_node_new ("time", TIME_XMLNS);
  xmpp_node_add_text_child (answer, "tzo", NULL, offset);
  xmpp_node_add_text_child (answer, "utc", NULL, utc);
  xmpp_client_reply_result (client, iq, answer);
  return TRUE;
}

static void
xmpp_entity_time_dispose (GObject *object)
{
  XmppEntityTime *self = XMPP_ENTITY_TIME (object);

  if (self->client != NULL)
    {
      xmpp_client_remove_handler (self->client, self->handler);
      xmpp_disco_remove_feature (self->disco, TIME_XMLNS);
    }
  g_clear_object (&self->client);
  g_clear_object (&self->disco);
  g_clear_object (&self->roster);
  G_OBJECT_CLASS (xmpp_entity_time_parent_class)->dispose (object);
}

static void
xmpp_entity_time_class_init (XmppEntityTimeClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = xmpp_entity_time_dispose;
}

static void
xmpp_entity_time_init (XmppEntityTime *self)
{
}

XmppEntityTime *
xmpp_entity_time_new (XmppClient *client,
                      XmppDisco  *disco,
                      XmppRoster *roster)
{
  XmppEntityTime *self;

  g_return_val_if_fail (XMPP_IS_CLIENT (client), NULL);
  g_return_val_if_fail (XMPP_IS_DISCO (disco), NULL);
  g_return_val_if_fail (XMPP_IS_ROSTER (roster), NULL);

  self = g_object_new (XMPP_TYPE_ENTITY_TIME, NULL);
  self->client = g_object_ref (client);
  self->disco = g_object_ref (disco);
  self->roster = g_object_ref (roster);
  self->handler = xmpp_client_add_handler (client, XMPP_STANZA_IQ, 0, "time", TIME_XMLNS, on_query, self, NULL);
  xmpp_disco_add_feature (disco, TIME_XMLNS);
  return self;
}

static void
on_answer (GTask    *task,
           XmppNode *result)
{
  XmppNode *node = xmpp_iq_task_require (task, result, "time", TIME_XMLNS);
  g_autofree Answer *answer = g_new0 (Answer, 1);
  const char *utc;

  if (node == NULL)
    return;
  utc = xmpp_node_get_child_text (node, "utc", NULL);
  if (utc == NULL || !xmpp_timestamp_parse (utc, &answer->time) ||
      !xmpp_entity_time_parse_offset (xmpp_node_get_child_text (node, "tzo", NULL), &answer->offset))
    g_task_return_new_error (task, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_INVALID_ANSWER,
                             "the answer holds no time and offset");
  else
    g_task_return_pointer (task, g_steal_pointer (&answer), g_free);
}

void
xmpp_entity_time_fetch_async (XmppEntityTime      *self,
                              const char          *address,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  GTask *task;
  XmppNode *iq;

  g_return_if_fail (XMPP_IS_ENTITY_TIME (self));
  g_return_if_fail (address != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, xmpp_entity_time_fetch_async);
  iq = xmpp_client_new_iq ("get", address);
  xmpp_node_add_child (iq, "time", TIME_XMLNS);
  xmpp_iq_task_send (self->client, iq, task, on_answer);
}

gboolean
xmpp_entity_time_fetch_finish (XmppEntityTime  *self,
                               GAsyncResult    *result,
                               int             *out_offset,
                               gint64          *out_time,
                               GError         **error)
{
  g_autofree Answer *answer = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  answer = g_task_propagate_pointer (G_TASK (result), error);
  if (answer == NULL)
    return FALSE;
  *out_offset = answer->offset;
  *out_time = answer->time;
  return TRUE;
}
