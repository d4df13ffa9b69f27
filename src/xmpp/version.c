/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Software version: XEP-0092. */
#define G_LOG_DOMAIN "xmpp"

#include "config.h"

#include "xmpp/version.h"

#include "xmpp/iq-task-private.h"
#include "xmpp/sender-private.h"

#define VERSION_XMLNS "jabber:iq:version"
#define MAX_TEXT      256   /* bytes of each part */

struct _XmppVersion
{
  GObject     parent_instance;

  XmppClient *client;
  XmppDisco  *disco;
  XmppRoster *roster;
  char       *name;
  char       *version;
  guint       handler;
};

G_DEFINE_FINAL_TYPE (XmppVersion, xmpp_version, G_TYPE_OBJECT)

static gboolean
on_query (XmppClient *client,
          XmppNode   *iq,
          gpointer    user_data)
{
  XmppVersion *self = user_data;
  g_autofree char *from = xmpp_sender_dup (client, iq);
  XmppNode *answer;

  if (g_strcmp0 (xmpp_node_get_attribute (iq, "type"), "get") != 0)
    return FALSE;
  if (!xmpp_roster_sees_us (self->roster, from) && g_strcmp0 (from, xmpp_client_get_domain (client)) != 0)
    {
      xmpp_client_reply_error (client, iq, XMPP_STANZA_ERROR_SERVICE_UNAVAILABLE, NULL);
      return TRUE;
    }
  answer = xmpp_node_new ("query", VERSION_XMLNS);
  xmpp_node_add_text_child (answer, "name", NULL, self->name);
  xmpp_node_add_text_child (answer, "version", NULL, self->version);
  xmpp_client_reply_result (client, iq, answer);
  return TRUE;
}

static void
xmpp_version_dispose (GObject *object)
{
  XmppVersion *self = XMPP_VERSION (object);

  if (self->client != NULL)
    {
      xmpp_client_remove_handler (self->client, self->handler);
      xmpp_disco_remove_feature (self->disco, VERSION_XMLNS);
    }
  g_clear_object (&self->client);
  g_clear_object (&self->disco);
  g_clear_object (&self->roster);
  G_OBJECT_CLASS (xmpp_version_parent_class)->dispose (object);
}

static void
xmpp_version_finalize (GObject *object)
{
  XmppVersion *self = XMPP_VERSION (object);

  g_free (self->name);
  g_free (self->version);
  G_OBJECT_CLASS (xmpp_version_parent_class)->finalize (object);
}

static void
xmpp_version_class_init (XmppVersionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = xmpp_version_dispose;
  object_class->finalize = xmpp_version_finalize;
}

static void
xmpp_version_init (XmppVersion *self)
{
}

XmppVersion *
xmpp_version_new (XmppClient *client,
                  XmppDisco  *disco,
                  XmppRoster *roster,
                  const char *name,
                  const char *version)
{
  XmppVersion *self;

  g_return_val_if_fail (XMPP_IS_CLIENT (client), NULL);
  g_return_val_if_fail (XMPP_IS_DISCO (disco), NULL);
  g_return_val_if_fail (XMPP_IS_ROSTER (roster), NULL);
  g_return_val_if_fail (name != NULL && version != NULL, NULL);

  self = g_object_new (XMPP_TYPE_VERSION, NULL);
  self->client = g_object_ref (client);
  self->disco = g_object_ref (disco);
  self->roster = g_object_ref (roster);
  self->name = g_strdup (name);
  self->version = g_strdup (version);
  self->handler = xmpp_client_add_handler (client, XMPP_STANZA_IQ, 0, "query", VERSION_XMLNS, on_query, self, NULL);
  xmpp_disco_add_feature (disco, VERSION_XMLNS);
  return self;
}

static char *
dup_part (const XmppNode *node,
          const char     *name)
{
  const char *text = xmpp_node_get_child_text (node, name, VERSION_XMLNS);

  if (text == NULL)
    return g_strdup ("");
  if (strlen (text) <= MAX_TEXT)
    return g_strdup (text);
  return g_strndup (text, g_utf8_find_prev_char (text, text + MAX_TEXT + 1) - text);
}

static void
on_answer (GTask    *task,
           XmppNode *result)
{
  XmppNode *query = xmpp_iq_task_require (task, result, "query", VERSION_XMLNS);
  char **parts;

  if (query == NULL)
    return;
  parts = g_new0 (char *, 4);
  parts[0] = dup_part (query, "name");
  parts[1] = dup_part (query, "version");
  parts[2] = dup_part (query, "os");
  g_task_return_pointer (task, parts, (GDestroyNotify) g_strfreev);
}

void
xmpp_version_fetch_async (XmppVersion         *self,
                          const char          *address,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  GTask *task;
  XmppNode *iq;

  g_return_if_fail (XMPP_IS_VERSION (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, xmpp_version_fetch_async);
  iq = xmpp_client_new_iq ("get", address != NULL ? address : xmpp_client_get_domain (self->client));
  xmpp_node_add_child (iq, "query", VERSION_XMLNS);
  xmpp_iq_task_send (self->client, iq, task, on_answer);
}

gboolean
xmpp_version_fetch_finish (XmppVersion   *self,
                           GAsyncResult  *result,
                           char         **out_name,
                           char         **out_version,
                           char         **out_system,
                           GError       **error)
{
  g_auto(GStrv) parts = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  parts = g_task_propagate_pointer (G_TASK (result), error);
  if (parts == NULL)
    return FALSE;
  *out_name = g_strdup (parts[0]);
  *out_version = g_strdup (parts[1]);
  *out_system = g_strdup (parts[2]);
  return TRUE;
}
