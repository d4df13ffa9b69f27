/* SPDX-License-Identifier: GPL-3.0-or-later */

/* XEP-0447: Stateless file sharing. */

#define G_LOG_DOMAIN "Xmpp"

#include "config.h"

#include "xmpp/file-name.h"
#include "xmpp/file-sharing.h"
#include "xmpp/links.h"
#include "xmpp/oob.h"
#include "xmpp/stanza-id.h"

#include <string.h>

XmppFileShare *
xmpp_file_share_new (void)
{
  XmppFileShare *self = g_new0 (XmppFileShare, 1);

  self->metadata = xmpp_file_metadata_new ();
  self->urls = g_new0 (char *, 1);
  return self;
}

void
xmpp_file_share_free (XmppFileShare *self)
{
  if (self == NULL)
    return;
  g_free (self->id);
  xmpp_file_metadata_free (self->metadata);
  g_strfreev (self->urls);
  g_free (self);
}

static gboolean
is_web (const char *url)
{
  XmppLinkScheme scheme;

  return url != NULL && xmpp_link_is_safe (url, &scheme, NULL)
         && (scheme == XMPP_LINK_HTTPS || scheme == XMPP_LINK_HTTP);
}

static char **
parse_sources (const XmppNode *sources)
{
  g_autoptr(GStrvBuilder) urls = g_strv_builder_new ();
  guint count = 0;

  if (sources == NULL)
    return g_new0 (char *, 1);
  for (XmppNode *child = xmpp_node_get_first_child (sources); child != NULL; child = xmpp_node_get_next (child))
    {
      const char *target = xmpp_node_get_attribute (child, "target");

      if (!xmpp_node_is (child, "url-data", XMPP_NS_URL_DATA) || !is_web (target) || count >= XMPP_FILE_MAX_SOURCES)
        continue;
      g_strv_builder_add (urls, target);
      count++;
    }
  return g_strv_builder_end (urls);
}

static XmppFileShare *
parse_share (const XmppNode *node)
{
  XmppNode *file = xmpp_node_get_child (node, "file", XMPP_NS_FILE_METADATA);
  const char *id = xmpp_node_get_attribute (node, "id");
  XmppFileShare *self;

  if (file == NULL)
    return NULL;
  self = g_new0 (XmppFileShare, 1);
  self->id = xmpp_id_is_usable (id) ? g_strdup (id) : NULL;
  self->is_inline = g_strcmp0 (xmpp_node_get_attribute (node, "disposition"), "attachment") != 0;
  self->metadata = xmpp_file_metadata_parse (file);
  self->urls = parse_sources (xmpp_node_get_child (node, "sources", NULL));
  return self;
}

/* A name for a file of which only the address is known. */
static char *
dup_url_name (const char *url)
{
  const char *path = strstr (url, "://") + strlen ("://");
  g_autofree char *clean = g_strndup (path, strcspn (path, "?#"));
  g_autofree char *name = NULL;
  const char *last = strrchr (clean, '/');

  if (last == NULL || last[1] == '\0')
    return NULL;
  name = g_uri_unescape_string (last + 1, NULL);
  return xmpp_file_name_clean (name != NULL ? name : last + 1);
}

GPtrArray *
xmpp_file_sharing_parse (const XmppNode *message)
{
  g_autoptr(GPtrArray) shares = g_ptr_array_new_with_free_func ((GDestroyNotify) xmpp_file_share_free);
  const char *url;

  g_return_val_if_fail (message != NULL, NULL);

  for (XmppNode *child = xmpp_node_get_first_child (message); child != NULL; child = xmpp_node_get_next (child))
    {
      XmppFileShare *share;

      if (!xmpp_node_is (child, "file-sharing", XMPP_NS_FILE_SHARING) || shares->len >= XMPP_FILE_SHARES_MAX)
        continue;
      share = parse_share (child);
      if (share != NULL)
        g_ptr_array_add (shares, share);
    }
  url = shares->len == 0 ? xmpp_oob_get_url (message) : NULL;
  if (url != NULL)
    {
      XmppFileShare *share = xmpp_file_share_new ();

      share->is_inline = TRUE;
      share->metadata->name = dup_url_name (url);
      share->metadata->description = g_strdup (xmpp_oob_get_description (message));
      g_strfreev (share->urls);
      share->urls = g_strdupv ((char *[]) { (char *) url, NULL });
      g_ptr_array_add (shares, share);
    }
  return g_steal_pointer (&shares);
}

void
xmpp_file_sharing_add (XmppNode            *message,
                       const XmppFileShare *share)
{
  XmppNode *node, *sources;

  g_return_if_fail (message != NULL && share != NULL);

  node = xmpp_node_add_child (message, "file-sharing", XMPP_NS_FILE_SHARING);
  xmpp_node_set_attribute (node, "disposition", share->is_inline ? "inline" : "attachment");
  if (share->id != NULL)
    xmpp_node_set_attribute (node, "id", share->id);
  xmpp_file_metadata_add_to_node (share->metadata, node);
  sources = xmpp_node_add_child (node, "sources", NULL);
  for (gsize i = 0; share->urls != NULL && share->urls[i] != NULL; i++)
    xmpp_node_set_attribute (xmpp_node_add_child (sources, "url-data", XMPP_NS_URL_DATA), "target", share->urls[i]);
}
