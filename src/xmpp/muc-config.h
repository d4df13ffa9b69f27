/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/client.h"
#include "xmpp/forms.h"

G_BEGIN_DECLS

/* XEP-0045 §10: configuring a room. Free of state: @room is a bare address. */

#define XMPP_NS_MUC_OWNER  "http://jabber.org/protocol/muc#owner"
#define XMPP_MUC_ROOM_CONFIG "http://jabber.org/protocol/muc#roomconfig"

typedef enum
{
  XMPP_MUC_KEEP = 0,        /* leave as it is */
  XMPP_MUC_NO,
  XMPP_MUC_YES,
} XmppMucSetting;

/* What we want of a room; each in whichever field the server has for it. Plain data: initialise with { 0 }. */
typedef struct
{
  const char    *name;              /* NULL: keep */
  const char    *description;
  const char    *language;
  const char    *password;          /* "" removes it */
  XmppMucSetting persistent;
  XmppMucSetting members_only;
  XmppMucSetting hidden;
  XmppMucSetting non_anonymous;
  XmppMucSetting moderated;
  XmppMucSetting archived;          /* muc#roomconfig_enablearchiving (Prosody), mam (ejabberd) */
  XmppMucSetting members_invite;
  XmppMucSetting members_subject;   /* everybody may change the subject */
} XmppMucConfig;

/* A private team room: persistent, members only, hidden, everybody knows everybody, archived. */
void      xmpp_muc_config_init_team       (XmppMucConfig       *config,
                                           const char          *name);
/* Sets what @form has fields for; the number of wishes it has no field for. */
guint     xmpp_muc_config_fill            (const XmppMucConfig *config,
                                           XmppForm            *form);

void      xmpp_muc_config_get_async       (XmppClient *client, const char *room, GCancellable *cancellable,
                                           GAsyncReadyCallback callback, gpointer user_data);
XmppForm *xmpp_muc_config_get_finish      (XmppClient *client, GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* @form: what xmpp_muc_config_get_finish() gave, changed; NULL accepts the default (instant room). */
void      xmpp_muc_config_set_async       (XmppClient *client, const char *room, XmppForm *form, GCancellable *cancellable,
                                           GAsyncReadyCallback callback, gpointer user_data);
gboolean  xmpp_muc_config_set_finish      (XmppClient *client, GAsyncResult *result, GError **error);
/* Gets, fills, sets: unlocks a new (reserved) room or changes an existing one. Errors: XMPP_STANZA_ERROR, XMPP_FORM_ERROR. */
void      xmpp_muc_config_apply_async     (XmppClient *client, const char *room, const XmppMucConfig *config,
                                           GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean  xmpp_muc_config_apply_finish    (XmppClient *client, GAsyncResult *result, GError **error);

G_END_DECLS
