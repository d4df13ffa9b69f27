/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/client.h"

G_BEGIN_DECLS

/* The step that all features share: an IQ whose answer finishes, or carries on, a task. */

/* Gets the <iq type='result'/>; either returns @task or starts the next step with a reference of its own. */
typedef void (*XmppIqTaskFunc)  (GTask    *task,
                                 XmppNode *result);

/**
 * xmpp_iq_task_send:
 * @client: the account
 * @iq: (transfer full): request
 * @task: (transfer full): whose cancellable is used; returned with the error when the IQ fails
 * @on_result: (nullable): what follows; %NULL returns TRUE
 */
void  xmpp_iq_task_send         (XmppClient     *client,
                                 XmppNode       *iq,
                                 GTask          *task,
                                 XmppIqTaskFunc  on_result);
/* The child of an answer, or the task returned with XMPP_STANZA_ERROR_INVALID_ANSWER and NULL. */
XmppNode *xmpp_iq_task_require  (GTask          *task,
                                 XmppNode       *result,
                                 const char     *name,
                                 const char     *xmlns);

G_END_DECLS
