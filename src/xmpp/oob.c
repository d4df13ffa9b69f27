/* SPDX-License-Identifier: GPL-3.0-or-later */

/* XEP-0066: Out of Band Data. */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "xmpp/links.h"
#include "xmpp/oob.h"

const char *
xmpp_oob_get_url (const XmppNode *message)
{
  XmppNode *node;
  const char *url;
  XmppLinkScheme scheme;

  g_return_val_if_fail (message != NULL, NULL);

  node = xmpp_node_get_child (message, "x", XMPP_NS_OOB);
  url = node != NULL ? xmpp_node_get_child_text (node, "url", NULL) : NULL;
  if (url == NULL || !xmpp_link_is_safe (url, &scheme, NULL) || (scheme != XMPP_LINK_HTTPS && scheme != XMPP_LINK_HTTP))
    return NULL;
  return url;
}

const char *
xmpp_oob_get_description (const XmppNode *message)
{
  XmppNode *node;

  g_return_val_if_fail (message != NULL, NULL);

  node = xmpp_node_get_child (message, "x", XMPP_NS_OOB);
  return node != NULL ? xmpp_node_get_child_text (node, "desc", NULL) : NULL;
}

void
xmpp_oob_add (XmppNode   *message,
              const char *url)
{
  g_return_if_fail (message != NULL && url != NULL);

  xmpp_node_add_text_child (xmpp_node_add_child (message, "x", XMPP_NS_OOB), "url", NULL, url);
}
