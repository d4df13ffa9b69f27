/* SPDX-License-Identifier: GPL-3.0-or-later */

/* XEP-0077 In-Band Registration before sign-in, XEP-0445 Pre-Authenticated In-Band Registration. */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "register.h"

#include "client-private.h"
#include "namespaces.h"

#define NS_REGISTER "jabber:iq:register"
#define NS_PREAUTH  "urn:xmpp:pars:0"

typedef enum
{
  STEP_TOKEN,
  STEP_FIELDS,
  STEP_SUBMIT,
  STEP_DONE,
} Step;

struct _XmppRegistration
{
  char *domain;
  char *username;
  char *password;
  char *token;
  char *id;        /* of the request under way */
  Step  step;
};

XmppRegistration *
xmpp_registration_new (const char *domain,
                       const char *username,
                       const char *password,
                       const char *token)
{
  XmppRegistration *self = g_new0 (XmppRegistration, 1);

  self->domain = g_strdup (domain);
  self->username = g_strdup (username);
  self->password = g_strdup (password);
  self->token = g_strdup (token);
  self->step = token != NULL ? STEP_TOKEN : STEP_FIELDS;
  return self;
}

void
xmpp_registration_free (XmppRegistration *self)
{
  g_free (self->domain);
  g_free (self->username);
  g_free (self->password);
  g_free (self->token);
  g_free (self->id);
  g_free (self);
}

XmppNode *
xmpp_registration_next (XmppRegistration *self)
{
  XmppNode *iq, *payload;

  if (self->step == STEP_DONE)
    return NULL;

  iq = xmpp_client_new_iq (self->step == STEP_FIELDS ? "get" : "set", self->domain);
  g_free (self->id);
  self->id = xmpp_random_id (12);
  xmpp_node_set_attribute (iq, "id", self->id);
  if (self->step == STEP_TOKEN)
    {
      payload = xmpp_node_add_child (iq, "preauth", NS_PREAUTH);
      xmpp_node_set_attribute (payload, "token", self->token);
      return iq;
    }

  payload = xmpp_node_add_child (iq, "query", NS_REGISTER);
  if (self->step == STEP_SUBMIT)
    {
      xmpp_node_add_text_child (payload, "username", NULL, self->username);
      xmpp_node_add_text_child (payload, "password", NULL, self->password);
    }
  return iq;
}

/* A server that asks for more than a name and a password (an e-mail address, a puzzle) has its own web page for it. */
static gboolean
check_fields (XmppNode  *answer,
              GError   **error)
{
  XmppNode *query = xmpp_node_get_child (answer, "query", NS_REGISTER);

  if (query == NULL)
    {
      g_set_error_literal (error, XMPP_CLIENT_ERROR, XMPP_CLIENT_ERROR_PROTOCOL, "the server's registration form is empty");
      return FALSE;
    }
  for (XmppNode *n = xmpp_node_get_first_child (query); n != NULL; n = xmpp_node_get_next (n))
    if (xmpp_node_is (n, NULL, NS_REGISTER) && !xmpp_node_is (n, "username", NULL) &&
        !xmpp_node_is (n, "password", NULL) && !xmpp_node_is (n, "instructions", NULL) &&
        !xmpp_node_is (n, "registered", NULL))
      {
        g_set_error (error, XMPP_CLIENT_ERROR, XMPP_CLIENT_ERROR_REGISTRATION,
                     "the server asks for more than a name and a password: %.50s", xmpp_node_get_name (n));
        return FALSE;
      }
  return TRUE;
}

static gboolean
explain (XmppRegistration  *self,
         XmppNode          *answer,
         GError           **error)
{
  g_autoptr(GError) said = xmpp_stanza_error_from_node (answer);
  const char *what;

  if (self->step == STEP_TOKEN)
    what = "the invitation is not valid any more";
  else if (said->code == XMPP_STANZA_ERROR_CONFLICT)
    what = "the name is taken";
  else if (said->code == XMPP_STANZA_ERROR_NOT_ACCEPTABLE || said->code == XMPP_STANZA_ERROR_JID_MALFORMED)
    what = "the server does not like the name or the password";
  else
    what = "the server does not let new accounts be made this way";
  g_set_error (error, XMPP_CLIENT_ERROR, XMPP_CLIENT_ERROR_REGISTRATION, "%s (%s)", what, said->message);
  return FALSE;
}

gboolean
xmpp_registration_take (XmppRegistration  *self,
                        XmppNode          *answer,
                        GError           **error)
{
  const char *type = xmpp_node_get_attribute (answer, "type");

  if (!xmpp_node_is (answer, "iq", XMPP_NS_CLIENT) ||
      g_strcmp0 (xmpp_node_get_attribute (answer, "id"), self->id) != 0 ||
      (g_strcmp0 (type, "result") != 0 && g_strcmp0 (type, "error") != 0))
    {
      g_set_error_literal (error, XMPP_CLIENT_ERROR, XMPP_CLIENT_ERROR_PROTOCOL,
                           "the server did not answer the registration");
      return FALSE;
    }
  if (g_strcmp0 (type, "error") == 0)
    return explain (self, answer, error);
  if (self->step == STEP_FIELDS && !check_fields (answer, error))
    return FALSE;

  self->step++;
  return TRUE;
}
