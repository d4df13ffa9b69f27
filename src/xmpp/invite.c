/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Invitations: to an account XEP-0401, to a contact XEP-0379. */
#define G_LOG_DOMAIN "xmpp"

#include "config.h"

#include "xmpp/invite.h"

#include "xmpp/jid.h"
#include "xmpp/timestamp.h"

#define INVITE_NODE  "urn:xmpp:invite#invite"            /* XEP-0401 §4.1 */
#define CREATE_NODE  "urn:xmpp:invite#create-account"
#define MAX_TOKEN    1024

G_DEFINE_BOXED_TYPE (XmppInvite, xmpp_invite, xmpp_invite_copy, xmpp_invite_free)

XmppInvite *
xmpp_invite_copy (const XmppInvite *invite)
{
  XmppInvite *copy = g_new0 (XmppInvite, 1);

  *copy = *invite;
  copy->address = g_strdup (invite->address);
  copy->token = g_strdup (invite->token);
  copy->inviter = g_strdup (invite->inviter);
  return copy;
}

void
xmpp_invite_free (XmppInvite *invite)
{
  if (invite == NULL)
    return;
  g_free (invite->address);
  g_free (invite->token);
  g_free (invite->inviter);
  g_free (invite);
}

XmppInvite *
xmpp_invite_parse (const char  *text,
                   GError     **error)
{
  g_autoptr(XmppUri) uri = xmpp_uri_parse (text, error);
  const char *token;
  XmppInvite *invite;

  if (uri == NULL)
    return NULL;
  token = xmpp_uri_get_key (uri, "preauth");
  if (uri->address == NULL || !xmpp_jid_is_bare (uri->address) ||
      (uri->action != XMPP_URI_REGISTER && uri->action != XMPP_URI_ROSTER && uri->action != XMPP_URI_SUBSCRIBE) ||
      (token != NULL && (*token == '\0' || strlen (token) > MAX_TOKEN)))
    {
      g_set_error_literal (error, XMPP_URI_ERROR, XMPP_URI_ERROR_INVALID, "the link is no invitation");
      return NULL;
    }
  invite = g_new0 (XmppInvite, 1);
  invite->address = g_strdup (uri->address);
  invite->new_account = uri->action == XMPP_URI_REGISTER;
  invite->token = g_strdup (token);
  if (!invite->new_account)
    {
      invite->inviter = g_strdup (uri->address);
      invite->may_register = token != NULL && g_strcmp0 (xmpp_uri_get_key (uri, "ibr"), "y") == 0;
    }
  return invite;
}

/* Creating one: the commands of the server are listed, the right one is started; a form is sent back as it is when the
 * server wants one, and the link is read from the result. */
typedef struct
{
  gboolean  for_account;
  char     *uri;
  gint64    expires;
} Create;

static void
create_free (gpointer data)
{
  Create *create = data;

  g_free (create->uri);
  g_free (create);
}

static const char *
get_field (const XmppNode *form,
           const char     *var)
{
  for (XmppNode *field = xmpp_node_get_first_child (form); field != NULL; field = xmpp_node_get_next (field))
    if (xmpp_node_is (field, "field", "jabber:x:data") && g_strcmp0 (xmpp_node_get_attribute (field, "var"), var) == 0)
      return xmpp_node_get_child_text (field, "value", "jabber:x:data");
  return NULL;
}

static void
take_result (GTask               *task,
             const XmppAdhocStep *step)
{
  Create *create = g_task_get_task_data (task);
  const char *text = step->form != NULL ? get_field (step->form, "uri") : NULL;
  const char *expires = step->form != NULL ? get_field (step->form, "expire") : NULL;
  g_autoptr(XmppInvite) invite = text != NULL ? xmpp_invite_parse (text, NULL) : NULL;

  if (invite == NULL)
    {
      g_task_return_new_error (task, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_INVALID_ANSWER,
                               "the server made no invitation%s%s",
                               step->notes[0] != NULL ? ": " : "", step->notes[0] != NULL ? step->notes[0] : "");
      return;
    }
  create->uri = g_strdup (text);
  if (expires == NULL || !xmpp_timestamp_parse (expires, &create->expires))
    create->expires = 0;
  g_task_return_boolean (task, TRUE);
}

/* The server's form with its own values: all of them have defaults. */
static XmppNode *
new_submit (const XmppNode *form)
{
  XmppNode *submit = xmpp_node_new ("x", "jabber:x:data");

  xmpp_node_set_attribute (submit, "type", "submit");
  for (XmppNode *field = xmpp_node_get_first_child (form); field != NULL; field = xmpp_node_get_next (field))
    {
      const char *var = xmpp_node_get_attribute (field, "var");
      const char *value = xmpp_node_get_child_text (field, "value", "jabber:x:data");
      XmppNode *copy;

      if (!xmpp_node_is (field, "field", "jabber:x:data") || var == NULL || value == NULL)
        continue;
      copy = xmpp_node_add_child (submit, "field", NULL);
      xmpp_node_set_attribute (copy, "var", var);
      xmpp_node_add_text_child (copy, "value", NULL, value);
    }
  return submit;
}

static void
on_completed (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(XmppAdhocStep) step = xmpp_adhoc_finish (XMPP_ADHOC (source), result, &error);

  if (step == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    take_result (task, step);
}

static void
on_started (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(XmppAdhocStep) step = xmpp_adhoc_finish (XMPP_ADHOC (source), result, &error);

  if (step == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else if (step->status == XMPP_ADHOC_EXECUTING && step->form != NULL)
    xmpp_adhoc_continue_async (XMPP_ADHOC (source), step, XMPP_ADHOC_COMPLETE, new_submit (step->form),
                               g_task_get_cancellable (task), on_completed, g_object_ref (task));
  else
    take_result (task, step);
}

static void
on_commands (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Create *create = g_task_get_task_data (task);
  const char *wanted = create->for_account ? CREATE_NODE : INVITE_NODE;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) commands = xmpp_adhoc_list_finish (XMPP_ADHOC (source), result, &error);

  for (guint i = 0; commands != NULL && i < commands->len; i++)
    if (g_strcmp0 (((XmppDiscoItem *) g_ptr_array_index (commands, i))->node, wanted) == 0)
      {
        xmpp_adhoc_start_async (XMPP_ADHOC (source), NULL, wanted, g_task_get_cancellable (task), on_started,
                                g_object_ref (task));
        return;
      }
  if (commands == NULL && !g_error_matches (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_ITEM_NOT_FOUND) &&
      !g_error_matches (error, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_SERVICE_UNAVAILABLE))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_new_error (task, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_FEATURE_NOT_IMPLEMENTED,
                             "the server offers no such invitations to this account");
}

void
xmpp_invite_create_async (XmppAdhoc           *adhoc,
                          gboolean             for_account,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  GTask *task;
  Create *create;

  g_return_if_fail (XMPP_IS_ADHOC (adhoc));

  task = g_task_new (adhoc, cancellable, callback, user_data);
  g_task_set_source_tag (task, xmpp_invite_create_async);
  create = g_new0 (Create, 1);
  create->for_account = for_account;
  g_task_set_task_data (task, create, create_free);
  xmpp_adhoc_list_async (adhoc, NULL, cancellable, on_commands, task);
}

char *
xmpp_invite_create_finish (XmppAdhoc     *adhoc,
                           GAsyncResult  *result,
                           gint64        *out_expires,
                           GError       **error)
{
  Create *create;

  g_return_val_if_fail (g_task_is_valid (result, adhoc), NULL);

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return NULL;
  create = g_task_get_task_data (G_TASK (result));
  if (out_expires != NULL)
    *out_expires = create->expires;
  return g_strdup (create->uri);
}
