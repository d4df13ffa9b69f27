/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "workspace/account/account.h"
#include "xmpp/client.h"

G_BEGIN_DECLS

typedef struct _AtriumWorkspace AtriumWorkspace;

AtriumAccount   *atrium_account_new           (AtriumWorkspace *workspace) G_GNUC_WARN_UNUSED_RESULT;
void             atrium_account_detach        (AtriumAccount   *self);
AtriumWorkspace *atrium_account_get_workspace (AtriumAccount   *self);   /* (nullable) */

/* Each copies or references its value and notifies only when it is a new one. */
void atrium_account_put_address (AtriumAccount *self, const char *value);
void atrium_account_put_display_name (AtriumAccount *self, const char *value);
void atrium_account_put_state (AtriumAccount *self, AtriumAccountState value);
void atrium_account_put_since (AtriumAccount *self, GDateTime *value);
void atrium_account_put_problem (AtriumAccount *self, const char *value);
void atrium_account_put_problem_hint (AtriumAccount *self, const char *value);
void atrium_account_put_problem_final (AtriumAccount *self, gboolean value);
void atrium_account_put_retry_at (AtriumAccount *self, gint64 value);
void atrium_account_put_server_description (AtriumAccount *self, const char *value);
void atrium_account_put_presence (AtriumAccount *self, AtriumPresence value);
void atrium_account_put_status_text (AtriumAccount *self, const char *value);
void atrium_account_put_network_allowed (AtriumAccount *self, gboolean value);
void atrium_account_put_avatar (AtriumAccount *self, GBytes *value);
void atrium_account_put_can_register_people (AtriumAccount *self, gboolean value);

/* Sets what the database remembers: settings "account/…" → GBytes. */
void             atrium_account_load          (AtriumAccount   *self,
                                               GHashTable      *settings);
/* Another program may have changed them. */
void             atrium_account_reload        (AtriumAccount   *self);
/* Shows what the client says, and writes it for other programs on this profile. */
void             atrium_account_follow        (AtriumAccount   *self,
                                               XmppClient      *client);
/* Shows only what is wrong with a client that is being tried. */
void             atrium_account_follow_trial  (AtriumAccount   *self,
                                               XmppClient      *client);
void             atrium_account_need_password (AtriumAccount   *self);

G_END_DECLS
