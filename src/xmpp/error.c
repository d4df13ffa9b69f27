/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The error domains of the protocol library, and stanza errors (RFC 6120 §8.3) on the wire. */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "client-private.h"
#include "namespaces.h"

#include <string.h>

/* A condition's text goes to logs and people: more than this is cut. */
#define MAX_TEXT 500

G_DEFINE_QUARK (xmpp-client-error-quark, xmpp_client_error)
G_DEFINE_QUARK (xmpp-stanza-error-quark, xmpp_stanza_error)

/* RFC 6120 §8.3.3, in the order of XmppStanzaError; the type is the one that the RFC recommends. */
static const struct
{
  const char *name;
  const char *type;
} conditions[] = {
  { "undefined-condition", "cancel" },
  { "bad-request", "modify" },
  { "conflict", "cancel" },
  { "feature-not-implemented", "cancel" },
  { "forbidden", "auth" },
  { "gone", "cancel" },
  { "internal-server-error", "cancel" },
  { "item-not-found", "cancel" },
  { "jid-malformed", "modify" },
  { "not-acceptable", "modify" },
  { "not-allowed", "cancel" },
  { "not-authorized", "auth" },
  { "policy-violation", "modify" },
  { "recipient-unavailable", "wait" },
  { "redirect", "modify" },
  { "registration-required", "auth" },
  { "remote-server-not-found", "cancel" },
  { "remote-server-timeout", "wait" },
  { "resource-constraint", "wait" },
  { "service-unavailable", "cancel" },
  { "subscription-required", "auth" },
  { "unexpected-request", "wait" },
};

/**
 * xmpp_stanza_error_from_node:
 * @stanza: a stanza of type "error"
 *
 * Returns: (transfer full): what its <error/> says; UNDEFINED_CONDITION when it says nothing that RFC 6120 knows
 */
GError *
xmpp_stanza_error_from_node (const XmppNode *stanza)
{
  XmppNode *error = xmpp_node_get_child (stanza, "error", NULL);
  XmppStanzaError code = XMPP_STANZA_ERROR_UNDEFINED_CONDITION;
  const char *text = NULL;
  g_autofree char *cut = NULL;

  if (error != NULL)
    {
      text = xmpp_node_get_child_text (error, "text", XMPP_NS_STANZA_ERRORS);
      for (XmppNode *n = xmpp_node_get_first_child (error); n != NULL; n = xmpp_node_get_next (n))
        for (guint i = 0; i < G_N_ELEMENTS (conditions); i++)
          if (xmpp_node_is (n, conditions[i].name, XMPP_NS_STANZA_ERRORS))
            code = i;
    }

  if (text == NULL || *text == '\0')
    return g_error_new_literal (XMPP_STANZA_ERROR, code, conditions[code].name);
  cut = g_utf8_strlen (text, -1) > MAX_TEXT ? g_utf8_substring (text, 0, MAX_TEXT) : g_strdup (text);
  return g_error_new (XMPP_STANZA_ERROR, code, "%s: %s", conditions[code].name, cut);
}

/**
 * xmpp_stanza_error_add:
 *
 * Adds the <error/> for @condition to @stanza, an answer being built.
 */
void
xmpp_stanza_error_add (XmppNode        *stanza,
                       XmppStanzaError  condition,
                       const char      *text)
{
  XmppNode *error = xmpp_node_add_child (stanza, "error", NULL);

  if (condition >= G_N_ELEMENTS (conditions))
    condition = XMPP_STANZA_ERROR_UNDEFINED_CONDITION;
  xmpp_node_set_attribute (error, "type", conditions[condition].type);
  xmpp_node_add_child (error, conditions[condition].name, XMPP_NS_STANZA_ERRORS);
  if (text != NULL)
    xmpp_node_add_text_child (error, "text", XMPP_NS_STANZA_ERRORS, text);
}

/**
 * xmpp_stream_error_from_node:
 * @node: <stream:error/> (RFC 6120 §4.9)
 *
 * Returns: (transfer full): CONFLICT when another session took the place, else STREAM
 */
GError *
xmpp_stream_error_from_node (const XmppNode *node)
{
  const char *text = xmpp_node_get_child_text (node, "text", XMPP_NS_STREAM_ERRORS);
  g_autofree char *cut = NULL;
  const char *condition = "no reason";

  for (XmppNode *n = xmpp_node_get_first_child (node); n != NULL; n = xmpp_node_get_next (n))
    if (xmpp_node_is (n, NULL, XMPP_NS_STREAM_ERRORS) && !xmpp_node_is (n, "text", NULL))
      {
        condition = xmpp_node_get_name (n);
        break;
      }
  if (text != NULL && *text != '\0')
    cut = g_utf8_strlen (text, -1) > MAX_TEXT ? g_utf8_substring (text, 0, MAX_TEXT) : g_strdup (text);

  return g_error_new (XMPP_CLIENT_ERROR,
                      strcmp (condition, "conflict") == 0 ? XMPP_CLIENT_ERROR_CONFLICT : XMPP_CLIENT_ERROR_STREAM,
                      "the server ended the stream: %.100s%s%s", condition, cut != NULL ? ": " : "", cut != NULL ? cut : "");
}
