/* SPDX-License-Identifier: GPL-3.0-or-later */

/* XEP-0045 §10: creating and configuring a room. */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "xmpp/muc-config.h"

/* Names of fields are the same on all servers but for these. */
static const char *const archive_fields[] = { "muc#roomconfig_enablearchiving", "mam", NULL };
static const char *const invite_fields[] = { "muc#roomconfig_allowinvites", "{http://prosody.im/protocol/muc}roomconfig_allowmemberinvites", NULL };

typedef struct
{
  char          *name, *description, *language, *password;
  XmppMucConfig  config;        /* its strings are those above */
} Wishes;

static void
wishes_free (gpointer data)
{
  Wishes *wishes = data;

  g_free (wishes->name);
  g_free (wishes->description);
  g_free (wishes->language);
  g_free (wishes->password);
  g_free (wishes);
}

static Wishes *
wishes_new (const XmppMucConfig *config)
{
  Wishes *wishes = g_new0 (Wishes, 1);

  wishes->config = *config;
  wishes->config.name = wishes->name = g_strdup (config->name);
  wishes->config.description = wishes->description = g_strdup (config->description);
  wishes->config.language = wishes->language = g_strdup (config->language);
  wishes->config.password = wishes->password = g_strdup (config->password);
  return wishes;
}

void
xmpp_muc_config_init_team (XmppMucConfig *config,
                           const char    *name)
{
  g_return_if_fail (config != NULL);

  *config = (XmppMucConfig) {
    .name = name,
    .persistent = XMPP_MUC_YES,
    .members_only = XMPP_MUC_YES,
    .hidden = XMPP_MUC_YES,
    .non_anonymous = XMPP_MUC_YES,
    .moderated = XMPP_MUC_NO,
    .archived = XMPP_MUC_YES,
    .members_invite = XMPP_MUC_YES,
    .members_subject = XMPP_MUC_YES,
  };
}

static guint
fill_text (XmppForm   *form,
           const char *field,
           const char *value)
{
  if (value == NULL)
    return 0;
  if (xmpp_form_find_field (form, field) == NULL)
    return 1;
  xmpp_form_set_value (form, field, value);
  return 0;
}

static guint
fill_boolean (XmppForm       *form,
              const char     *field,
              XmppMucSetting  setting,
              gboolean        inverted)
{
  if (setting == XMPP_MUC_KEEP)
    return 0;
  if (xmpp_form_find_field (form, field) == NULL)
    return 1;
  xmpp_form_set_boolean (form, field, (setting == XMPP_MUC_YES) != inverted);
  return 0;
}

/* The first of the fields that the form has. */
static guint
fill_any (XmppForm           *form,
          const char *const  *fields,
          XmppMucSetting      setting)
{
  if (setting == XMPP_MUC_KEEP)
    return 0;
  for (gsize i = 0; fields[i] != NULL; i++)
    {
      if (xmpp_form_find_field (form, fields[i]) != NULL)
        return fill_boolean (form, fields[i], setting, FALSE);
    }
  return 1;
}

static guint
fill_password (XmppForm   *form,
               const char *password)
{
  if (password == NULL)
    return 0;
  /* Prosody has no switch beside the secret: an empty one means none. */
  fill_boolean (form, "muc#roomconfig_passwordprotectedroom", *password != '\0' ? XMPP_MUC_YES : XMPP_MUC_NO, FALSE);
  return fill_text (form, "muc#roomconfig_roomsecret", password);
}

guint
xmpp_muc_config_fill (const XmppMucConfig *config,
                      XmppForm            *form)
{
  guint missing = 0;

  g_return_val_if_fail (config != NULL && form != NULL, 0);

  missing += fill_text (form, "muc#roomconfig_roomname", config->name);
  missing += fill_text (form, "muc#roomconfig_roomdesc", config->description);
  missing += fill_text (form, "muc#roomconfig_lang", config->language);
  missing += fill_password (form, config->password);
  missing += fill_boolean (form, "muc#roomconfig_persistentroom", config->persistent, FALSE);
  missing += fill_boolean (form, "muc#roomconfig_membersonly", config->members_only, FALSE);
  missing += fill_boolean (form, "muc#roomconfig_publicroom", config->hidden, TRUE);
  missing += fill_boolean (form, "muc#roomconfig_moderatedroom", config->moderated, FALSE);
  missing += fill_boolean (form, "muc#roomconfig_changesubject", config->members_subject, FALSE);
  missing += fill_any (form, archive_fields, config->archived);
  missing += fill_any (form, invite_fields, config->members_invite);
  if (config->non_anonymous != XMPP_MUC_KEEP)
    missing += fill_text (form, "muc#roomconfig_whois", config->non_anonymous == XMPP_MUC_YES ? "anyone" : "moderators");
  return missing;
}

static void
on_form (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(XmppNode) answer = NULL;
  XmppNode *query, *x;
  XmppForm *form;
  GError *error = NULL;

  answer = xmpp_client_send_iq_finish (XMPP_CLIENT (source), result, &error);
  if (answer == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  query = xmpp_node_get_child (answer, "query", XMPP_NS_MUC_OWNER);
  x = query != NULL ? xmpp_node_get_child (query, "x", XMPP_NS_FORMS) : NULL;
  if (x == NULL)
    {
      g_task_return_new_error (task, XMPP_STANZA_ERROR, XMPP_STANZA_ERROR_INVALID_ANSWER, "the room sent no configuration");
      return;
    }
  form = xmpp_form_parse (x, &error);
  if (form == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, form, (GDestroyNotify) xmpp_form_unref);
}

void
xmpp_muc_config_get_async (XmppClient          *client,
                           const char          *room,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  XmppNode *iq;
  GTask *task;

  g_return_if_fail (XMPP_IS_CLIENT (client));
  g_return_if_fail (room != NULL);

  task = g_task_new (client, cancellable, callback, user_data);
  g_task_set_source_tag (task, xmpp_muc_config_get_async);
  iq = xmpp_client_new_iq ("get", room);
  xmpp_node_add_child (iq, "query", XMPP_NS_MUC_OWNER);
  xmpp_client_send_iq_async (client, iq, cancellable, on_form, task);
}

XmppForm *
xmpp_muc_config_get_finish (XmppClient    *client,
                            GAsyncResult  *result,
                            GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, client), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
on_set (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(XmppNode) answer = NULL;
  GError *error = NULL;

  answer = xmpp_client_send_iq_finish (XMPP_CLIENT (source), result, &error);
  if (answer == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

void
xmpp_muc_config_set_async (XmppClient          *client,
                           const char          *room,
                           XmppForm            *form,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  g_autoptr(XmppForm) submit = NULL;
  XmppNode *iq, *query;
  GTask *task;

  g_return_if_fail (XMPP_IS_CLIENT (client));
  g_return_if_fail (room != NULL);

  task = g_task_new (client, cancellable, callback, user_data);
  g_task_set_source_tag (task, xmpp_muc_config_set_async);
  submit = form != NULL ? xmpp_form_new_submit (form) : xmpp_form_new (XMPP_FORM_SUBMIT, NULL);
  iq = xmpp_client_new_iq ("set", room);
  query = xmpp_node_add_child (iq, "query", XMPP_NS_MUC_OWNER);
  xmpp_form_add_to_node (submit, query);
  xmpp_client_send_iq_async (client, iq, cancellable, on_set, task);
}

gboolean
xmpp_muc_config_set_finish (XmppClient    *client,
                            GAsyncResult  *result,
                            GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, client), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

typedef struct
{
  char   *room;
  Wishes *wishes;
} Apply;

static void
apply_free (gpointer data)
{
  Apply *apply = data;

  g_free (apply->room);
  wishes_free (apply->wishes);
  g_free (apply);
}

static void
on_applied (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  GError *error = NULL;

  if (!xmpp_muc_config_set_finish (XMPP_CLIENT (source), result, &error))
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
on_form_to_apply (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(XmppForm) form = NULL;
  Apply *apply = g_task_get_task_data (task);
  GError *error = NULL;

  form = xmpp_muc_config_get_finish (XMPP_CLIENT (source), result, &error);
  if (form == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  xmpp_muc_config_fill (&apply->wishes->config, form);
  xmpp_muc_config_set_async (XMPP_CLIENT (source), apply->room, form, g_task_get_cancellable (task), on_applied,
                             g_object_ref (task));
}

void
xmpp_muc_config_apply_async (XmppClient          *client,
                             const char          *room,
                             const XmppMucConfig *config,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  Apply *apply;
  GTask *task;

  g_return_if_fail (XMPP_IS_CLIENT (client));
  g_return_if_fail (room != NULL && config != NULL);

  task = g_task_new (client, cancellable, callback, user_data);
  g_task_set_source_tag (task, xmpp_muc_config_apply_async);
  apply = g_new0 (Apply, 1);
  apply->room = g_strdup (room);
  apply->wishes = wishes_new (config);
  g_task_set_task_data (task, apply, apply_free);
  xmpp_muc_config_get_async (client, room, cancellable, on_form_to_apply, task);
}

gboolean
xmpp_muc_config_apply_finish (XmppClient    *client,
                              GAsyncResult  *result,
                              GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, client), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
