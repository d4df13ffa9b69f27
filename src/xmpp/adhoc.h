/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xmpp/client.h"
#include "xmpp/disco.h"

G_BEGIN_DECLS

/* Commands that a server or a program offers (XEP-0050), with data forms (XEP-0004). */

#define XMPP_ADHOC_XMLNS "http://jabber.org/protocol/commands"

typedef enum
{
  XMPP_ADHOC_EXECUTING,
  XMPP_ADHOC_COMPLETED,
  XMPP_ADHOC_CANCELED,
} XmppAdhocStatus;

typedef enum
{
  XMPP_ADHOC_EXECUTE  = 0,        /* default action, always allowed while EXECUTING */
  XMPP_ADHOC_PREV     = 1 << 0,
  XMPP_ADHOC_NEXT     = 1 << 1,
  XMPP_ADHOC_COMPLETE = 1 << 2,
  XMPP_ADHOC_CANCEL   = 1 << 3,
} XmppAdhocAction;

/* One step of a command. */
typedef struct
{
  char            *service;      /* who runs it */
  char            *node;
  char            *session;      /* (nullable) */
  XmppAdhocStatus  status;
  XmppAdhocAction  actions;      /* allowed ones, or-ed */
  XmppAdhocAction  default_action;
  XmppNode        *form;         /* (nullable): <x xmlns='jabber:x:data'/>, root of its own; read with forms.h */
  char           **notes;        /* plain texts, never NULL */
  gboolean         failed;       /* one of the notes is an error */
} XmppAdhocStep;

#define XMPP_TYPE_ADHOC_STEP (xmpp_adhoc_step_get_type ())
GType          xmpp_adhoc_step_get_type  (void) G_GNUC_CONST;
XmppAdhocStep *xmpp_adhoc_step_copy      (const XmppAdhocStep *step);
void           xmpp_adhoc_step_free      (XmppAdhocStep *step);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XmppAdhocStep, xmpp_adhoc_step_free)

#define XMPP_TYPE_ADHOC (xmpp_adhoc_get_type ())
G_DECLARE_FINAL_TYPE (XmppAdhoc, xmpp_adhoc, XMPP, ADHOC, GObject)

XmppAdhoc     *xmpp_adhoc_new            (XmppClient *client,
                                          XmppDisco  *disco) G_GNUC_WARN_UNUSED_RESULT;
XmppClient    *xmpp_adhoc_get_client     (XmppAdhoc *self);

/* The commands of @service (NULL: the own server): finish gives XmppDiscoItem with node and name. */
void           xmpp_adhoc_list_async     (XmppAdhoc           *self,
                                          const char          *service,
                                          GCancellable        *cancellable,
                                          GAsyncReadyCallback  callback,
                                          gpointer             user_data);
GPtrArray     *xmpp_adhoc_list_finish    (XmppAdhoc     *self,
                                          GAsyncResult  *result,
                                          GError       **error) G_GNUC_WARN_UNUSED_RESULT;
/* Starts a command. */
void           xmpp_adhoc_start_async    (XmppAdhoc           *self,
                                          const char          *service,
                                          const char          *node,
                                          GCancellable        *cancellable,
                                          GAsyncReadyCallback  callback,
                                          gpointer             user_data);
/* Goes on from @step with @action and the filled @form (transfer full) (nullable): an <x type='submit'/>. */
void           xmpp_adhoc_continue_async (XmppAdhoc           *self,
                                          const XmppAdhocStep *step,
                                          XmppAdhocAction      action,
                                          XmppNode            *form,
                                          GCancellable        *cancellable,
                                          GAsyncReadyCallback  callback,
                                          gpointer             user_data);
XmppAdhocStep *xmpp_adhoc_finish         (XmppAdhoc     *self,
                                          GAsyncResult  *result,
                                          GError       **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
